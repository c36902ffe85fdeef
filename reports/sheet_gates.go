package reports

import (
	"bascule/reconcile"
)

// gateSheet gives a row to each criterion and wave, then lists for ever what was
// loosened in them.
func (v *avisView) gateSheet() *Sheet {
	verdict := v.titled("gate_verdict", Text, 17)
	for _, r := range []reconcile.GateResult{{OK: true}, {Gate: reconcile.Gate{Blocking: true}}, {}} {
		text, role := v.m.gateVerdict(&r)
		verdict.Rules = append(verdict.Rules, Rule{text, role})
	}
	lines, loosened := v.head(v.m.t("gates.title", v.m.month(v.Run.Period)), v.m.t("gates.purpose")), v.loosenedLines()
	if len(v.summary().Gates) == 0 { // nothing goes with an empty table
		lines = append(append(lines, loosened...), Line{})
	}
	return &Sheet{
		Name:  v.names.gates,
		Tab:   Muted,
		Lines: lines,
		Table: &Table{
			Name: v.m.t("table.gates"),
			Columns: []Column{
				v.titled("gate", Text, 28), v.titledLong("gate_label", 36), v.titled("wave", Text, 12), v.titled("expected", Figure, 16), v.titled("measured", Figure, 16),
				v.titled("held", Text, 22), v.titled("trend", Text, 14), v.titled("blocking", Text, 11), verdict, v.titledLong("metric", 58), v.titledLong("source", 58),
			},
			Frozen: 1,
			Empty:  v.m.t("gates.none"),
			Rows:   slice(v.summary().Gates, v.gateCells),
		},
		Below: append([]Line{{}}, loosened...),
	}
}

func (v *avisView) gateCells(r *reconcile.GateResult) []Cell {
	verdict, _ := v.m.gateVerdict(r)
	return []Cell{
		T(r.ID), T(v.m.gateName(&r.Gate)), T(v.m.wave(r.Wave)), T(v.m.threshold(&r.Gate)).AtRight(), T(v.m.gateValue(r)).AtRight(),
		T(v.m.gateHeld(r)), T(v.m.trend(r.Trend)), T(v.m.yes(r.Blocking)), T(verdict), v.m.prose(v.m.t("metric." + string(r.Metric) + ".note")), v.m.prose(r.Source),
	}
}

func (v *avisView) loosenedLines() []Line {
	lines := []Line{blockHeading(v.m.t("gates.loosened"))}
	if len(v.avis.Loosenings) == 0 {
		return append(lines, Line{Cells: []Cell{T("✔ " + v.m.t("gates.never"))}})
	}
	lines = append(lines, Line{Cells: headers(loosenedColumns, v.m.t("col.gate"), v.m.t("gates.what"), v.m.t("gates.date"), v.m.t("history.what"), v.m.t("gates.change"), "")})
	for i := range v.avis.Loosenings {
		l := &v.avis.Loosenings[i]
		before, after := v.m.loosening(l)
		cells := []Cell{T(l.Before.ID), T(v.m.loosened(l.What)).As(Warn), Day(l.At), T(v.m.t("history.number", l.Run)), T(before + " → " + after), {}}
		for j := range cells {
			if cells[j].Role == Plain && cells[j].Type != Blank { // the change runs over the blank beside it
				cells[j].Role = Body
			}
		}
		lines = append(lines, Line{Cells: cells})
	}
	return loose(lines)
}

const loosenedColumns = 6
