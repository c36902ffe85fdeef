package reports

import (
	"iter"
	"strings"
	"unicode/utf8"

	"bascule/reconcile"
)

// discrepancySheet lists every gap, tolerated ones too, then the columns that
// a reviewer fills. What is printed stands first.
func (v *view) discrepancySheet() *Sheet {
	tab := Good
	if v.summary().Discrepancies.Open > 0 {
		tab = Bad
	}
	columns := v.discrepancyColumns()
	return &Sheet{
		Name:  v.sheets.discrepancies,
		Tab:   tab,
		Lines: v.head(v.m.t("gaps.title", v.m.month(v.Run.Period)), v.gapsPurpose()),
		Table: &Table{
			Name:    v.m.t("table.gaps"),
			Columns: columns,
			Frozen:  2,
			Printed: indexOf(columns, "status") + 1,
			Empty:   v.m.t("gaps.none"),
			Outline: true,
			Tick:    v.m.t("table.more"),
			Rows:    v.discrepancyRows(),
		},
	}
}

func (v *view) discrepancyColumns() []Column {
	columns := []Column{v.column("agent", Text, 19), v.column("matricule", Text, 12)}
	if v.ShowNames {
		columns = append(columns, v.wrapped("name", 28))
	}
	status := v.column("status", Text, 19)
	status.Rules = v.statusRules()
	columns = append(columns,
		v.column("programme", Text, 8), v.column("level", Text, 11), v.wrapped("label", 36), v.column("origin", Month, 10),
		v.column("legacy", Money, 17), v.column("onp", Money, 17), v.column("delta", Delta, 17),
		v.column("cause", Text, 26), v.wrapped("explanation", 58), status,
		v.column("cluster_rank", Count, 10), v.column("service", Text, 13), v.column("kind", Text, 27), v.wrapped("element", 36), v.column("delta_net", Delta, 17), v.column("delta_information", Delta, 17),
		v.column("at_fault", Text, v.sideWidth(13)), v.column("owner", Text, v.sideWidth(13)), v.column("evolution", Text, 12),
		v.column("legacy_text", Text, 14), v.column("onp_text", Text, 14),
		v.column("rule", Text, 18), v.column("root", Digest, 19),
		v.column("dossier", Text, 10), v.column("bop", Text, 11), v.column("wave", Text, 10),
		v.column("first_seen", Date, 12), v.column("age_days", Count, 7), v.column("decision", Text, 16), v.wrapped("reopened", 44), v.column("fingerprint", Digest, 19))
	return append(columns, v.reviewColumns()...)
}

// wrapped is a column of texts shown whole, on as many lines as they need.
func (v *view) wrapped(key string, width int) Column {
	c := v.column(key, Text, width)
	c.Wrap = true
	return c
}

// rowsOf turns a list of discrepancies into rows, in one buffer.
func rowsOf(list func() iter.Seq2[*reconcile.Discrepancy, error], fill func([]Cell, *reconcile.Discrepancy) []Cell) iter.Seq2[[]Cell, error] {
	return func(yield func([]Cell, error) bool) {
		var row []Cell
		for d, err := range discrepancies(list) {
			if err == nil {
				row = fill(row[:0], d)
			}
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
}

// gapLinks is what the rows of Écarts know of each other: the root under which
// those that derive from it stand, and the clusters and causes met before.
type gapLinks struct {
	clusters map[string]int64 // their ranks in Grappes
	met      map[string]bool
	root     string
	rank     int64 // of the cluster of that root, 0 for none
}

func (v *view) discrepancyRows() iter.Seq2[[]Cell, error] {
	return func(yield func([]Cell, error) bool) {
		links := gapLinks{clusters: make(map[string]int64, len(v.Clusters)), met: map[string]bool{}}
		for i := range v.Clusters {
			links.clusters[v.Clusters[i].ID] = int64(i + 1)
		}
		rowsOf(v.Discrepancies, func(row []Cell, d *reconcile.Discrepancy) []Cell { return v.appendDiscrepancyCells(row, d, &links) })(yield)
	}
}

// place puts a row under its root, where that stands just above, or notes it as
// one, and returns the rank of its cluster. The first row of each cluster and of
// each cause is where links from other sheets lead, and leads back.
func (g *gapLinks) place(v *view, d *reconcile.Discrepancy, first, cause *Cell) Cell {
	under := d.Root != "" && d.Root != d.Fingerprint
	switch {
	case under && d.Root == g.root:
		first.Level = 1
	case under:
		g.root, g.rank = "", 0
	default:
		g.root, g.rank = d.Fingerprint, g.clusters[d.Cluster]
	}
	if mark := causeMark(d.Cause); d.Cause != "" && !g.met[mark] {
		g.met[mark] = true
		*cause = cause.ToMark(v.sheets.causes, mark)
	}
	if g.rank == 0 {
		return Cell{}
	}
	rank := N(g.rank)
	if !under && !g.met[d.Cluster] {
		g.met[d.Cluster] = true
		first.Mark = d.Cluster
		rank = rank.ToMark(v.sheets.clusters, d.Cluster)
	}
	return rank
}

// gapsPurpose says what the sheet lists and, where that takes several, which.
func (v *view) gapsPurpose() string {
	if n := v.gapSheets(); n > 1 {
		return v.m.t("gaps.purpose") + " " + v.m.t("gaps.sheets", n, v.sheets.discrepancies, v.sheets.discrepancies+" (2)")
	}
	return v.m.t("gaps.purpose")
}

// gapSheets is the number of sheets that the list of gaps takes.
func (v *view) gapSheets() int64 {
	const above = 6 // the lines of head and the header
	room := int64(v.SheetRows) - above
	if room <= 0 {
		return 1
	}
	return max(1, (v.summary().Discrepancies.Total+room-1)/room)
}

// appendDiscrepancyCells follows the order of discrepancyColumns.
func (v *view) appendDiscrepancyCells(row []Cell, d *reconcile.Discrepancy, links *gapLinks) []Cell {
	row = append(row, T(v.agent(d.Key)), T(d.Matricule))
	if v.ShowNames {
		row = append(row, T(d.Name))
	}
	legacyText, onpText := "", ""
	label := v.elementLabel(d)
	switch {
	case wholePayslip(d.Kind):
		label = v.m.kind(d.Kind)
	case d.Kind == reconcile.Unmapped:
		label = strings.TrimSuffix(d.Element+" — "+label, " — ")
	case d.Kind == reconcile.IdentityDoubt:
		legacyText, onpText = values(d)
		label = v.m.doubt(d)
	case textual(d.Kind):
		legacyText, onpText = values(d)
		label = v.m.t("gaps.change", label, blankAsNothing(v.m, legacyText), blankAsNothing(v.m, onpText))
	}
	root := d.Root
	if root == d.Fingerprint {
		root = ""
	}
	cause := T(or(d.Cause, v.m.cause))
	rank := links.place(v, d, &row[0], &cause)
	level := v.m.t("level.root")
	if root != "" {
		level = v.m.t("level.derived")
	}
	row = append(row,
		T(d.Programme), T(level), v.m.prose(label), M(d.Origin),
		v.sideAmount(d, reconcile.Legacy), v.sideAmount(d, reconcile.ONP), v.gap(d),
		cause, v.m.prose(v.why(d)), T(or(d.Status, v.m.status)), rank, T(d.Service), T(or(d.Kind, v.m.kind)),
		T(d.Element), D(d.DeltaNet), D(d.DeltaInformation),
		T(or(d.AtFault, v.m.fault)), T(v.owner(d)), T(or(d.Evolution, v.m.evolution)),
		T(legacyText), T(onpText),
		T(d.Rule), H(root),
		T(d.Dossier), T(d.BOP), T(d.Wave),
		Day(d.FirstSeen), N(d.AgeDays), T(d.Decision), T(v.reopened(d)), H(d.Fingerprint))
	return v.appendReview(row, v.ownDecision(d))
}

// sideAmount is the amount of one side, blank when that side has none.
func (v *view) sideAmount(d *reconcile.Discrepancy, side reconcile.Side) Cell {
	switch {
	case !present(d, side):
		return Cell{}
	case side == reconcile.ONP:
		return A(d.ONP)
	}
	return A(d.Legacy)
}

// gap is the delta, blank where texts differ.
func (v *view) gap(d *reconcile.Discrepancy) Cell {
	if told(d) && d.Delta == 0 {
		return Cell{}
	}
	return D(delta(d))
}

func blankAsNothing(m *messages, s string) string {
	if s == "" {
		return m.t("gaps.blank")
	}
	return s
}

// sideWidth is the width of a column of sides: at least the one given, and room
// for both labels.
func (v *view) sideWidth(least int) int {
	for _, side := range reconcile.Sides {
		least = max(least, utf8.RuneCountInString(v.m.side(side))+2)
	}
	return least
}

func indexOf(columns []Column, key string) int {
	for i := range columns {
		if columns[i].Key == key {
			return i
		}
	}
	return -1
}

// missingSheet lists the payslips that one side does not have.
func (v *view) missingSheet() *Sheet {
	p := v.summary().Payslips
	tab := Good
	if p.MissingInONP+p.MissingInLegacy > 0 {
		tab = Bad
	}
	columns := []Column{v.column("agent", Text, 19), v.column("matricule", Text, 12)}
	if v.ShowNames {
		columns = append(columns, v.wrapped("name", 28))
	}
	status := v.column("status", Text, 19)
	status.Rules = v.statusRules()
	columns = append(columns,
		v.column("dossier", Text, 10), v.column("missing_from", Text, v.sideWidth(13)), v.column("service", Text, 13), v.column("programme", Text, 8),
		v.column("bop", Text, 11), v.column("wave", Text, 10),
		v.column("missing_net", Delta, 17), v.column("missing_information", Delta, 17),
		v.column("cause", Text, 22), v.wrapped("explanation", 50), v.column("at_fault", Text, v.sideWidth(13)), v.column("evolution", Text, 12), status,
		v.column("first_seen", Date, 12), v.column("age_days", Count, 9), v.wrapped("candidates", 40))
	return &Sheet{
		Name:  v.sheets.missing,
		Tab:   tab,
		Lines: v.head(v.m.t("missing.title", v.m.month(v.Run.Period)), v.m.t("missing.purpose", p.MissingInONP, p.MissingInLegacy)),
		Table: &Table{Name: v.m.t("table.missing"), Columns: columns, Frozen: 2, Empty: v.m.t("missing.none"), Tick: v.m.t("table.more"), Rows: rowsOf(v.Missing, v.appendMissing)},
	}
}

func (v *view) appendMissing(row []Cell, d *reconcile.Discrepancy) []Cell {
	row = append(row, T(v.agent(d.Key)), T(d.Matricule))
	if v.ShowNames {
		row = append(row, T(d.Name))
	}
	from := reconcile.ONP
	if d.Kind == reconcile.MissingInLegacy {
		from = reconcile.Legacy
	}
	return append(row,
		T(d.Dossier), T(v.m.side(from)), T(d.Service), T(d.Programme), T(d.BOP), T(d.Wave),
		D(d.DeltaNet), D(d.DeltaInformation),
		T(or(d.Cause, v.m.cause)), v.m.prose(v.why(d)), T(or(d.AtFault, v.m.fault)), T(or(d.Evolution, v.m.evolution)), T(or(d.Status, v.m.status)),
		Day(d.FirstSeen), N(d.AgeDays), v.m.prose(v.candidates(d)))
}

// candidates names the payslips of both sides that a missing one could be
// matched with, where there are too many to choose.
func (v *view) candidates(d *reconcile.Discrepancy) string {
	if d.LegacyText+d.ONPText == "" {
		return ""
	}
	return v.m.t("missing.candidates", d.LegacyText, d.ONPText)
}
