package reports

import (
	"slices"

	"bascule/reconcile"
)

// workstreamSheet lists the commitments of the project with what remains to be
// paid of each, under its milestones; then every operation imported.
func (v *budgetView) workstreamSheet() *Sheet {
	lines := v.head(v.m.t("workstreams.title"), v.m.t("workstreams.purpose"))
	p := v.project()
	if p == nil {
		return v.wordSheet(v.names.workstreams, append(lines, heading(v.m.t("project.none"))))
	}
	lines = append(lines, v.milestoneLines()...)
	columns := []Column{
		v.titled("operation", Text, 20), v.titledLong("workstream", 30), v.titled("date_of", Date, 12), v.titledLong("third", 30), v.titledLong("operation_label", 44),
		v.titled("commitment_ae", Money, 18), v.titled("paid", Money, 18), v.titled("paid_share", Percent, 10), v.titled("to_pay", Money, 18), v.titled("foreseen", Money, 18),
		v.titled("payments", Count, 12), v.titled("last_payment", Date, 12),
	}
	return &Sheet{
		Name: v.names.workstreams, Tab: Muted,
		Lines: append(lines, blockHeading(v.m.t("workstreams.commitments"))),
		Table: &Table{Name: v.m.t("table.workstreams"), Columns: columns, Frozen: 1, Empty: v.m.t("workstreams.no_commitment"), Rows: slice(p.Commitments, v.commitmentCells)},
		Below: append(v.commitmentTotal(), v.operationLines()...),
	}
}

func (v *budgetView) commitmentCells(c *reconcile.CommitmentBudget) []Cell {
	return []Cell{T(c.ID), T(v.workstreamName(c.Workstream, v.workstreamLabel(c.Workstream))), Day(string(c.Date)), T(c.Third), T(c.Label),
		A(c.AE), A(c.Paid), R(int64(c.Paid), int64(c.AE)), A(c.ToPay), A(c.Expected), N(c.Payments), Day(string(c.Last))}
}

func (v *budgetView) commitmentTotal() []Line {
	var sum reconcile.CommitmentBudget
	for i := range v.project().Commitments {
		c := &v.project().Commitments[i]
		sum.AE, sum.Paid, sum.ToPay, sum.Expected, sum.Payments = sum.AE+c.AE, sum.Paid+c.Paid, sum.ToPay+c.ToPay, sum.Expected+c.Expected, sum.Payments+c.Payments
	}
	cells := v.commitmentCells(&sum)
	cells[0], cells[1] = T(v.m.t("word.total")), Cell{}
	return []Line{{Cells: asTotal(cells)}}
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

// operationLines list every operation in force, as it was imported.
func (v *budgetView) operationLines() []Line {
	if v.budget.Imported == nil || len(v.budget.Imported.Operations) == 0 {
		return nil
	}
	lines := []Line{blockHeading(v.m.t("workstreams.operations")), {Cells: headers(5, v.m.t("col.operation"), v.m.t("col.workstream"), v.m.t("col.date_of"), v.m.t("col.third"), v.m.t("col.operation_label"),
		v.m.t("workstreams.ae"), v.m.t("workstreams.cp"), "", v.m.t("workstreams.nature"), v.m.t("workstreams.pays"))}}
	lines[1].Cells[8].Right, lines[1].Cells[9].Right = false, false
	for i := range v.budget.Imported.Operations {
		o := &v.budget.Imported.Operations[i]
		lines = append(lines, bodyLine([]Cell{T(o.ID), whole(v.workstreamName(o.Workstream, v.workstreamLabel(o.Workstream))), Day(string(o.Date)), whole(o.Third), whole(o.Label),
			A(o.AE), A(o.CP), {}, T(v.m.t("operation." + string(o.Nature))), T(o.Commitment)}))
	}
	return append([]Line{{}}, loose(lines)...)
}
