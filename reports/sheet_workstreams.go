package reports

import (
	"slices"

	"bascule/reconcile"
)

// workstreamSheet lists the milestones of the project, then its commitments with
// what remains to be paid of each; then every operation imported. That list is the
// longest: as the table, it is the one whose header each page of it repeats.
func (v *budgetView) workstreamSheet() *Sheet {
	lines := v.head(v.m.t("workstreams.title"), v.m.t("workstreams.purpose"))
	p := v.project()
	if p == nil {
		return v.wordSheet(v.names.workstreams, append(lines, heading(v.m.t("project.none"))))
	}
	lines = append(append(lines, v.milestoneLines()...), v.commitmentLines()...)
	var operations []reconcile.Operation
	if v.budget.Imported != nil {
		operations = v.budget.Imported.Operations
	}
	columns := []Column{
		v.titled("operation", Text, 20), v.titledLong("workstream", 30), v.titled("date_of", Date, 12), v.titledLong("third", 30), v.titledLong("operation_label", 44),
		{Key: "ae", Header: v.m.t("workstreams.ae"), Type: Money, Width: 18}, {Key: "cp", Header: v.m.t("workstreams.cp"), Type: Money, Width: 18},
		{Key: "nature", Header: v.m.t("workstreams.nature"), Type: Text, Width: 14}, {Key: "pays", Header: v.m.t("workstreams.pays"), Type: Text, Width: 20},
	}
	return &Sheet{
		Name: v.names.workstreams, Tab: Muted, Widths: append(columnWidths(columns), 18, 12, 12),
		Lines: append(lines, Line{}, blockHeading(v.m.t("workstreams.operations"))),
		Table: &Table{Name: v.m.t("table.workstreams"), Columns: columns, Frozen: 1, Empty: v.m.t("workstreams.no_operation"), Rows: slice(operations, v.operationCells)},
	}
}

// commitmentLines list the commitments and their total.
func (v *budgetView) commitmentLines() []Line {
	const texts = 5 // columns before the figures
	lines := []Line{blockHeading(v.m.t("workstreams.commitments"))}
	list := v.project().Commitments
	if len(list) == 0 {
		return append(lines, Line{Cells: []Cell{T(v.m.t("workstreams.no_commitment"))}})
	}
	header := headers(texts, v.m.t("col.operation"), v.m.t("col.workstream"), v.m.t("col.date_of"), v.m.t("col.third"), v.m.t("col.operation_label"),
		v.m.t("col.commitment_ae"), v.m.t("col.paid"), v.m.t("col.paid_share"), v.m.t("col.to_pay"), v.m.t("col.foreseen"), v.m.t("col.payments"), v.m.t("col.last_payment"))
	header[len(header)-1].Right = false // above dates
	lines = append(lines, Line{Cells: header})
	var sum reconcile.CommitmentBudget
	for i := range list {
		c := &list[i]
		sum.AE, sum.Paid, sum.ToPay, sum.Expected, sum.Payments = sum.AE+c.AE, sum.Paid+c.Paid, sum.ToPay+c.ToPay, sum.Expected+c.Expected, sum.Payments+c.Payments
		lines = append(lines, bodyLine(v.commitmentCells(c)))
	}
	total := v.commitmentCells(&sum)
	total[0], total[1] = T(v.m.t("word.total")), Cell{}
	return append(loose(lines), Line{Cells: asTotal(total)})
}

func (v *budgetView) commitmentCells(c *reconcile.CommitmentBudget) []Cell {
	return []Cell{T(c.ID), whole(v.workstreamName(c.Workstream, v.workstreamLabel(c.Workstream))), Day(string(c.Date)), whole(c.Third), whole(c.Label),
		A(c.AE), A(c.Paid), R(int64(c.Paid), int64(c.AE)), A(c.ToPay), A(c.Expected), N(c.Payments), Day(string(c.Last))}
}

// operationCells are those of an operation in force, as it was imported.
func (v *budgetView) operationCells(o *reconcile.Operation) []Cell {
	return []Cell{T(o.ID), T(v.workstreamName(o.Workstream, v.workstreamLabel(o.Workstream))), Day(string(o.Date)), T(o.Third), T(o.Label),
		A(o.AE), A(o.CP), T(v.m.t("operation." + string(o.Nature))), T(o.Commitment)}
}

// workstreamLabel is that of a workstream, blank for none.
func (v *budgetView) workstreamLabel(id string) string {
	list := v.project().Workstreams
	if i := slices.IndexFunc(list, func(w reconcile.WorkstreamBudget) bool { return w.ID == id }); i >= 0 {
		return list[i].Label
	}
	return ""
}

// milestoneLines list the milestones, those late told in words.
func (v *budgetView) milestoneLines() []Line {
	p := v.project()
	lines := []Line{blockHeading(v.m.t("workstreams.milestones", day(v.m, string(p.AsOf)+"T00:00:00Z")))}
	if len(p.Milestones) == 0 {
		return append(lines, Line{Cells: []Cell{T(v.m.t("workstreams.no_milestone"))}}, Line{})
	}
	lines = append(lines, Line{Cells: headers(6, v.m.t("workstreams.milestone"), v.m.t("col.workstream"), v.m.t("workstreams.planned"), v.m.t("workstreams.state"), v.m.t("col.operation_label"), v.m.t("workstreams.met"))})
	lines[1].Cells[5].Right = false
	for i := range p.Milestones {
		m := &p.Milestones[i]
		state := T(Good.mark() + v.m.t("workstreams.on_time"))
		switch {
		case m.Late && m.Met == "":
			state = T(Warn.mark() + v.m.n("workstreams.late", int64(m.Days))).As(Warn)
		case m.Late:
			state = T(Warn.mark() + v.m.n("workstreams.met_late", int64(m.Days)))
		case m.Met != "":
			state = T(Good.mark() + v.m.t("workstreams.done"))
		}
		role := state.Role
		line := bodyLine([]Cell{T(m.ID), whole(v.workstreamName(m.Workstream, v.workstreamLabel(m.Workstream))), Day(string(m.Planned)), state, whole(m.Label), Day(string(m.Met))})
		if role != Plain {
			line.Cells[3].Role = role
		}
		lines = append(lines, line)
	}
	return append(lines, Line{})
}
