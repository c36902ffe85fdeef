package reports

import (
	"slices"

	"bascule/reconcile"
)

// historySheet answers those who ask how many comparisons were made, at what
// rate, and who accepted what: every run ever made, then the decisions.
func (v *avisView) historySheet() *Sheet {
	opinion := v.titled("opinion", Text, 33)
	opinion.Rules = v.opinionRules()
	lines := v.head(v.m.t("history.title"), v.m.t("history.purpose"))
	lines = slices.Insert(lines, 3, Line{Cells: []Cell{T(v.historyText()).As(Strong)}})
	return &Sheet{
		Name:  v.names.history,
		Tab:   Muted,
		Lines: lines,
		Table: &Table{
			Name: v.m.t("table.history"),
			Columns: []Column{
				v.titled("run", Count, 12), v.titled("month", Month, 10), v.titled("date", Text, 25), v.titled("compared", Text, 26), v.titled("payslips", Count, 11),
				v.titled("rate_payslips", Percent, 15), v.titled("rate_lines", Percent, 15), v.titled("rate_amount", Percent, 15), v.titled("open", Count, 10),
				v.titled("justified", Count, 12), v.titled("delta_net", Delta, 17), opinion, v.titledLong("remark", 34), v.titled("inputs", Digest, 20), v.titled("seal", Digest, 20),
			},
			Frozen: 1,
			Empty:  v.m.t("history.none"),
			Rows:   slice(v.avis.History, v.historyCells),
		},
		Below: append([]Line{{}}, v.decisionLines()...),
	}
}

func (v *avisView) historyCells(r *AvisRun) []Cell {
	remark := ""
	switch {
	case !r.Systems:
		remark = v.m.t("history.months")
	case r.AgainOf > 0:
		remark = v.m.t("history.again", r.AgainOf)
	case r.Loosenings > 0:
		remark = Warn.mark() + v.m.n("history.loosened", int64(r.Loosenings))
	}
	labels := r.Compares.orDefault()
	return []Cell{
		N(r.Run), M(r.Period), T(v.m.instant(r.StartedAt)), T(labels.Legacy + " / " + labels.ONP), N(r.Matched + r.Missing),
		R(r.Identical+r.Tolerated, r.Matched+r.Missing), R(r.Lines.Value, r.Lines.Of), R(r.Amount.Value, r.Amount.Of), N(r.Open),
		N(r.Justified), D(r.DeltaNet), T(v.opinionCell(r.Opinion).Text), T(remark), H(shortDigest(r.Inputs)), H(shortDigest(r.Seal)),
	}
}

// historyText counts the comparisons of the systems, from when to when, at what
// rates.
func (v *avisView) historyText() string {
	runs := v.History
	if len(runs) == 0 {
		return v.m.t("history.none")
	}
	rate := func(p *RunPoint) string { return v.m.rate(p.Identical+p.Tolerated, p.Matched+p.Missing) }
	first, last := &runs[0], &runs[len(runs)-1]
	text := v.m.n("history.count", int64(len(runs)))
	if len(runs) == 1 {
		return v.m.t("history.one", text, day(v.m, first.StartedAt), rate(first))
	}
	return v.m.t("history.many", text, day(v.m, first.StartedAt), day(v.m, last.StartedAt), rate(first), rate(last))
}

// decisionLines count the decisions by status and author.
func (v *avisView) decisionLines() []Line {
	lines := []Line{blockHeading(v.m.t("history.decisions"))}
	if len(v.avis.Decisions) == 0 {
		return append(lines, Line{Cells: []Cell{T(v.m.t("history.undecided"))}})
	}
	const texts, columns = 4, 8
	header := make([]string, columns)
	header[0], header[3] = v.m.t("payslip.status"), v.m.t("history.author")
	header[4], header[5], header[6] = v.m.t("history.taken"), v.m.t("history.in_force"), v.m.t("history.awaiting")
	lines = append(lines, Line{Cells: headers(texts, header[:columns-1]...), Height: 2})
	var sum reconcile.DecisionTotal
	row := func(status, author Cell, d *reconcile.DecisionTotal, role Role) Line {
		cells := []Cell{status, {}, {}, author, N(d.Count), N(d.InForce), N(d.Awaiting)}
		for i := range cells {
			cells[i].Role = role
		}
		return Line{Cells: cells}
	}
	for i := range v.avis.Decisions {
		d := &v.avis.Decisions[i]
		sum.Count, sum.InForce, sum.Awaiting = sum.Count+d.Count, sum.InForce+d.InForce, sum.Awaiting+d.Awaiting
		lines = append(lines, row(T(v.m.status(d.Status)), T(d.Author), d, Body))
	}
	return append(lines, row(T(v.m.t("word.total")), Cell{}, &sum, Total))
}
