package reports

import (
	"cmp"
	"slices"

	"bascule/reconcile"
)

// analysisSheets are a pivot table and the few rows that it adds up: the gaps by
// programme, kind, cause and status. Over the rows of Écarts it would make a
// workbook that no desktop opens.
func (v *view) analysisSheets() (analysis, aggregates *Sheet) {
	aggregates = v.aggregateSheet()
	analysis = &Sheet{
		Name:   v.sheets.analysis,
		Tab:    Muted,
		Widths: []int{34, 18, 18, 26, 26, 28},
		Lines:  v.head(v.m.t("analysis.title", v.m.month(v.Run.Period)), v.m.t("analysis.purpose", v.sheets.aggregates)),
	}
	if len(v.Aggregates) == 0 {
		analysis.Lines = append(analysis.Lines, Line{Cells: []Cell{T(v.m.t("gaps.none")).As(Strong)}})
		return analysis, aggregates
	}
	columns := aggregates.Table.Columns
	pivot := &Pivot{
		Name: v.m.t("table.analysis"), Source: aggregates, Rows: len(v.Aggregates), Col: 1,
		Labels: []string{columns[2].Header}, Filters: []string{columns[0].Header, columns[1].Header, columns[3].Header},
	}
	for _, c := range columns[aggregateTexts:] {
		pivot.Sums = append(pivot.Sums, PivotSum{Column: c.Header, Name: v.m.t("analysis.sum", c.Header), Counts: c.Type == Count})
	}
	for _, name := range pivot.Filters {
		analysis.Lines = append(analysis.Lines, Line{Cells: []Cell{T(name), T(v.m.t("analysis.all"))}})
	}
	analysis.Lines = append(analysis.Lines, Line{})
	pivot.Row = len(analysis.Lines) + 1
	shown := v.shownByCause(pivot)
	pivot.Height = len(shown)
	analysis.Lines = append(analysis.Lines, shown...)
	analysis.Pivot = pivot
	return analysis, aggregates
}

// shownByCause is what the pivot table shows when it opens, for programs and
// previews that do not refresh it.
func (v *view) shownByCause(pivot *Pivot) []Line {
	header := []Cell{T(v.m.t("analysis.labels")).As(Strong)}
	for _, s := range pivot.Sums {
		header = append(header, T(s.Name).As(Strong).AtRight())
	}
	sums := map[string]*reconcile.Aggregate{}
	var names []string
	var total reconcile.Aggregate
	for i := range v.Aggregates {
		a := &v.Aggregates[i]
		name := v.aggregateText(a, or(a.Cause, v.m.cause))
		if sums[name] == nil {
			sums[name] = &reconcile.Aggregate{}
			names = append(names, name)
		}
		for _, to := range []*reconcile.Aggregate{sums[name], &total} {
			to.Count, to.Roots, to.DeltaNet = to.Count+a.Count, to.Roots+a.Roots, to.DeltaNet+a.DeltaNet
			to.DeltaInformation, to.Absolute = to.DeltaInformation+a.DeltaInformation, to.Absolute+a.Absolute
		}
	}
	slices.SortFunc(names, func(x, y string) int { return cmp.Compare(reconcile.Plain(x), reconcile.Plain(y)) })
	lines := []Line{{Cells: header}}
	for _, name := range names {
		lines = append(lines, Line{Cells: append([]Cell{T(name)}, aggregateFigures(sums[name])...)})
	}
	return append(lines, Line{Cells: append([]Cell{T(v.m.t("analysis.total"))}, aggregateFigures(&total)...)})
}

// aggregateTexts are the columns before the figures.
const aggregateTexts = 4

func (v *view) aggregateSheet() *Sheet {
	status := v.column("status", Text, 20)
	status.Rules = v.statusRules()
	return &Sheet{
		Name:  v.sheets.aggregates,
		Tab:   Muted,
		Lines: v.head(v.m.t("aggregates.title", v.m.month(v.Run.Period)), v.m.t("aggregates.purpose", v.sheets.analysis)),
		Table: &Table{
			Name: v.m.t("table.aggregates"),
			Columns: []Column{
				v.column("programme", Text, 14), v.column("kind", Text, 28), v.column("cause", Text, 26), status,
				v.column("count", Count, 11), v.column("roots", Count, 11), v.column("delta_net", Delta, 18), v.column("delta_information", Delta, 18), v.column("absolute", Money, 18),
			},
			Empty: v.m.t("gaps.none"),
			Tick:  v.m.t("table.more"),
			Rows: slice(v.Aggregates, func(a *reconcile.Aggregate) []Cell {
				return append([]Cell{
					T(v.aggregateText(a, Clean(a.Programme))), T(v.aggregateText(a, or(a.Kind, v.m.kind))),
					T(v.aggregateText(a, or(a.Cause, v.m.cause))), T(v.aggregateText(a, or(a.Status, v.m.status))),
				}, aggregateFigures(a)...)
			}),
		},
	}
}

// aggregateText leaves no label blank: pivot tables name it badly.
func (v *view) aggregateText(a *reconcile.Aggregate, text string) string {
	if a.Rest {
		return v.m.t("analysis.rest")
	}
	return cmp.Or(text, v.m.t("part.none"))
}

func aggregateFigures(a *reconcile.Aggregate) []Cell {
	return []Cell{N(a.Count), N(a.Roots), D(a.DeltaNet), D(a.DeltaInformation), A(a.Absolute)}
}
