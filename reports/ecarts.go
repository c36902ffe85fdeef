package reports

import (
	"slices"
	"strings"

	"bascule/reconcile"
)

// Ecarts is the écarts workbook (CONTRACT 6): Synthèse, Causes, Grappes,
// Écarts, Absents, Correspondances, Rejets, Contrôles, Lisez-moi; and, after
// Absents, Bulletins where it is asked for, Analyse and Agrégats.
func Ecarts(d *Data) *Workbook {
	v := newView(d)
	detail, payslips := v.discrepancySheet(), v.payslipSheet()
	analysis, aggregates := v.analysisSheets()
	return v.workbook(
		v.summarySheet(),
		v.causeSheet(),
		v.clusterSheet(),
		detail,
		v.missingSheet(),
		payslips,
		analysis,
		aggregates,
		v.coverageSheet(),
		v.rejectSheet(),
		v.checkSheet(),
		v.readMeSheet(detail.Table.Columns),
	)
}

// workbook gives the sheets, those that there are, the properties of the document.
func (v *view) workbook(sheets ...*Sheet) *Workbook {
	title := v.m.t("book.title", v.m.month(v.Run.Period))
	if !v.whole() {
		title = v.m.t("book.part", title, v.part())
	}
	sheets = slices.DeleteFunc(sheets, func(s *Sheet) bool { return s == nil })
	book := v.document(title, v.m.t("book.subject", v.Run.ID), v.m.t("book.keywords"), sheets...)
	book.Stamp = v.stamp()
	return book
}

// document is a workbook about the run, with what all of them say of it.
func (v *view) document(title, subject, keywords string, sheets ...*Sheet) *Workbook {
	return &Workbook{
		Title:       title,
		Subject:     subject,
		Description: v.m.t("book.description", v.Run.ID, v.m.instant(v.Run.StartedAt), v.Run.Version),
		Keywords:    keywords,
		Lang:        v.m.lang(),
		Footer:      v.m.t("book.footer"),
		Sheets:      sheets,
	}
}

// stamp tells where the workbook comes from, whatever becomes of its file name.
func (v *view) stamp() Stamp {
	return Stamp{Database: v.Database, Run: v.Run.ID, Lang: v.m.lang(), Axis: v.Axis, Value: v.Value}
}

// sheetNames are the names of the sheets in the language of the report.
type sheetNames struct {
	summary, causes, clusters, discrepancies, missing, payslips, analysis, aggregates, coverage, rejects, checks, readMe string
}

func (v *view) nameSheets() sheetNames {
	return sheetNames{
		summary:       v.m.t("sheet.summary"),
		causes:        v.m.t("sheet.causes"),
		clusters:      v.m.t("sheet.clusters"),
		discrepancies: v.m.t("sheet.discrepancies"),
		missing:       v.m.t("sheet.missing"),
		payslips:      v.m.t("sheet.payslips"),
		analysis:      v.m.t("sheet.analysis"),
		aggregates:    v.m.t("sheet.aggregates"),
		coverage:      v.m.t("sheet.coverage"),
		rejects:       v.m.t("sheet.rejects"),
		checks:        v.m.t("sheet.checks"),
		readMe:        v.m.t("sheet.readme"),
	}
}

// identity says of which run and month a page speaks.
func (v *view) identity() string {
	previous := v.m.t("identity.first")
	if v.Run.Previous > 0 {
		previous = v.m.t("identity.previous", v.Run.Previous)
	}
	parts := []string{
		v.m.t("identity.run", v.m.month(v.Run.Period), v.Run.ID, v.m.instant(v.Run.StartedAt)),
		previous,
		v.m.t("identity.version", v.Run.Version),
		v.m.t("book.footer"),
	}
	if !v.whole() {
		const shown = 44 // letters: the narrowest sheet holds the line
		parts = append([]string{shorten(v.part(), shown)}, parts...)
	}
	return strings.Join(parts, " · ")
}

// head is the top of each list: title, identity, what it shows, the way back.
func (v *view) head(title, purpose string) []Line {
	return []Line{
		{Cells: []Cell{T(title).As(Title)}, Height: 2},
		{Cells: []Cell{T(v.identity()).As(Subtitle)}},
		{Cells: []Cell{T(purpose)}},
		{Cells: []Cell{T(v.m.t("link.back")).To(v.sheets.summary)}},
		{},
	}
}

// column makes a column named and explained by the catalogue: col.KEY and
// col.KEY.note.
func (v *view) column(key string, t CellType, width int) Column {
	c := v.titled(key, t, width)
	c.Note = v.m.t("col." + key + ".note")
	return c
}

// titled makes a column named by the catalogue: col.KEY. It is wider where a word
// of its header, such as the name of a side, would be cut.
func (v *view) titled(key string, t CellType, width int) Column {
	header := v.m.t("col." + key)
	return Column{Key: key, Header: header, Type: t, Width: max(width, widthOfWords(header))}
}

// titledLong is titled, for texts that take several lines.
func (v *view) titledLong(key string, width int) Column {
	c := v.titled(key, Text, width)
	c.Wrap = true
	return c
}

// statusRules colours a column of statuses.
func (v *view) statusRules() []Rule {
	rules := make([]Rule, 0, len(reconcile.Statuses))
	for _, s := range reconcile.Statuses {
		rules = append(rules, Rule{Text: v.m.status(s), Role: statusRole(s)})
	}
	return rules
}

func statusRole(s reconcile.Status) Role {
	switch {
	case s == reconcile.StatusOpen:
		return Bad
	case s.Open():
		return Warn
	case s == reconcile.StatusTolerated:
		return Muted
	}
	return Good
}

// slice streams rows that are already in memory.
func slice[E any](list []E, row func(*E) []Cell) func(func([]Cell, error) bool) {
	return func(yield func([]Cell, error) bool) {
		for i := range list {
			if !yield(row(&list[i]), nil) {
				return
			}
		}
	}
}
