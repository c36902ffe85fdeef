package reports

import (
	"cmp"
	"iter"
	"path/filepath"
	"slices"

	"bascule/reconcile"
)

// coverageSheet lists the codes of both sides and what they feed, the ones
// that feed nothing first.
func (v *view) coverageSheet() *Sheet {
	rows := slices.Clone(v.Coverage)
	slices.SortStableFunc(rows, func(x, y reconcile.CodeCoverage) int {
		return cmp.Or(
			cmp.Compare(coverageRank(&x), coverageRank(&y)),
			cmp.Compare(x.Side, y.Side), cmp.Compare(x.Element, y.Element), cmp.Compare(x.Code, y.Code))
	})
	unmapped := 0
	for i := range rows {
		if coverageRank(&rows[i]) == 0 {
			unmapped++
		}
	}
	tab, purpose := Good, v.m.t("coverage.complete")
	if unmapped > 0 {
		tab, purpose = Bad, v.m.n("coverage.unmapped", int64(unmapped))
	}
	state := v.column("coverage", Text, 26)
	state.Rules = []Rule{{v.coverageText(0), Bad}, {v.coverageText(1), Good}, {v.coverageText(2), Muted}}
	return &Sheet{
		Name:  v.sheets.coverage,
		Tab:   tab,
		Lines: v.glance(v.head(v.m.t("coverage.title"), purpose), v.coverageGlance),
		Table: &Table{
			Name: v.m.t("table.coverage"),
			Columns: []Column{
				state, v.column("side", Text, v.sideWidth(10)), v.column("code", Text, 12), v.wrapped("code_label", 38), v.column("sense", Text, 18),
				v.wrapped("element", 44), v.wrapped("label", 46), v.column("factor", Count, 10),
				v.column("lines", Count, 11), v.column("amount", Money, 19),
			},
			Frozen: 1,
			Empty:  v.m.t("coverage.none"),
			Rows:   slice(rows, v.coverageRow),
		},
	}
}

// glance adds a line a side to the top of a list, before its last, blank line.
func (v *view) glance(head []Line, text func(reconcile.Side) (string, Role)) []Line {
	lines := head[:len(head)-1]
	for _, side := range reconcile.Sides {
		words, role := text(side)
		lines = append(lines, Line{Cells: []Cell{T(role.mark() + words).As(Strong)}})
	}
	return append(lines, Line{})
}

// coverageGlance tells how much of what a side paid is mapped.
func (v *view) coverageGlance(side reconcile.Side) (string, Role) {
	var met, mapped, unseen, lines, mappedLines int64
	for i := range v.Coverage {
		c := &v.Coverage[i]
		if c.Side != side {
			continue
		}
		switch coverageRank(c) {
		case 1:
			mapped, mappedLines = mapped+1, mappedLines+c.Lines
			fallthrough
		case 0:
			met, lines = met+1, lines+c.Lines
		case 2:
			unseen++
		}
	}
	role := Good
	if mapped < met {
		role = Bad
	}
	return v.m.t("coverage.glance", v.m.side(side), v.m.count(mapped), v.m.count(met), v.m.count(mappedLines), v.m.count(lines), v.m.rate(mappedLines, lines), v.m.count(unseen)), role
}

// rejectGlance tells how much of a side's files could not be read.
func (v *view) rejectGlance(side reconcile.Side) (string, Role) {
	s := v.summary().Side(side)
	role := Good
	if s.Rejected > 0 {
		role = Warn
	}
	sums := s.RejectedSums
	return v.m.t("rejects.glance", v.m.side(side), v.m.n("rejects.number", s.Rejected), v.m.count(s.Lines), v.m.money(sums.ToPay), v.m.money(sums.ToDeduct), v.m.money(sums.Information)), role
}

func (v *view) coverageRow(c *reconcile.CodeCoverage) []Cell {
	label, factor := "", Cell{}
	if e, ok := v.elements[string(c.Element)]; ok {
		label, factor = e.Label(v.Lang), N(c.Factor)
	}
	return []Cell{
		T(v.coverageText(coverageRank(c))), T(v.m.side(c.Side)), T(string(c.Code)), T(c.Label), T(v.m.sense(c.Sense)),
		T(string(c.Element)), T(label), factor, N(c.Lines), A(c.Amount),
	}
}

// coverageRank orders the states: 0 unmapped, 1 mapped and met, 2 never met.
func coverageRank(c *reconcile.CodeCoverage) int {
	switch {
	case c.Element == "":
		return 0
	case c.Seen:
		return 1
	}
	return 2
}

func (v *view) coverageText(rank int) string {
	switch rank {
	case 0:
		return v.m.t("coverage.state.unmapped")
	case 1:
		return v.m.t("coverage.state.mapped")
	}
	return v.m.t("coverage.state.unseen")
}

// longestRaw is how much of a rejected line a cell shows; rejects.csv has it all.
const longestRaw = 160

// rejectSheet lists the lines that could not be read.
func (v *view) rejectSheet() *Sheet {
	s := v.summary()
	tab := Good
	if s.Legacy.Rejected+s.ONP.Rejected > 0 {
		tab = Warn
	}
	return &Sheet{
		Name:  v.sheets.rejects,
		Tab:   tab,
		Lines: v.glance(v.head(v.m.t("rejects.title"), v.m.t("rejects.purpose")), v.rejectGlance),
		Table: &Table{
			Name: v.m.t("table.rejects"),
			Columns: []Column{
				v.column("file", Text, 30), v.column("line", Count, 10), v.column("record", Text, 12), v.column("field", Text, 16),
				v.wrapped("reason", 46), v.column("sense", Text, 17), v.column("amount", Money, 17), v.wrapped("raw", 70),
			},
			Frozen: 2,
			Empty:  v.m.t("rejects.none"),
			Tick:   v.m.t("table.more"),
			Rows:   v.rejectRows(),
		},
	}
}

func (v *view) rejectRows() iter.Seq2[[]Cell, error] {
	return func(yield func([]Cell, error) bool) {
		var row []Cell
		for r, err := range rejects(v.Rejects) {
			if err == nil {
				row = v.appendReject(row[:0], r)
			}
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
}

func (v *view) appendReject(row []Cell, r *reconcile.Reject) []Cell {
	amount := Cell{}
	if r.Amount.Set {
		amount = A(r.Amount.Amount)
	}
	raw := maskRaw(legible(r), v.MaskAgents, !v.ShowNames)
	return append(row, T(filepath.Base(r.File)), N(r.Line), T(r.Record), T(v.m.say(r.Field)), v.m.prose(v.m.say(r.Reason)), T(v.m.sense(r.Sense)), amount, T(shorten(raw, longestRaw)))
}
