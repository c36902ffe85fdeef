package reports

import (
	"strings"

	"bascule/reconcile"
)

const (
	termWidth = 42
	textWidth = 118
)

// readMeSheet explains the workbook: how to read it, how to annotate it, what
// each word and column means. It holds the lists of the drop-downs.
func (v *view) readMeSheet(columns []Column) *Sheet {
	lines := []Line{
		{Cells: []Cell{T(v.m.t("readme.title")).As(Title)}, Height: 2},
		{Cells: []Cell{T(v.identity()).As(Subtitle)}},
		{Cells: []Cell{T(v.m.t("link.back")).To(v.sheets.summary)}},
	}
	lines = append(lines, v.section("readme.reading", "readme.purpose", "readme.sign", "readme.net", "readme.rate", "readme.tolerated", "readme.derived")...)
	if v.m.months {
		lines = append(lines, v.section("readme.months", "readme.movements", "readme.origins", "readme.arrears", "readme.unapplied")...)
	}
	lines = append(lines, Line{}, heading(v.m.t("readme.sheets")))
	for _, s := range v.sheetNotes() {
		lines = append(lines, entry(T(s[0]).To(s[0]), v.m.tied(s[1])))
	}
	lines = append(lines, v.section("readme.annotating", "readme.fill", "readme.import", "readme.filter", "readme.outline", "readme.links", "readme.pivot", "readme.print")...)
	lines = append(lines, entry(T(v.m.t("readme.stamp")), v.stamp().String()))
	lines = append(lines, Line{}, heading(v.m.t("readme.statuses")))
	for _, s := range decidable {
		item := T(v.m.status(s)).As(statusRole(s))
		item.List = listStatuses
		lines = append(lines, entry(item, v.m.tied(v.m.t("status."+string(s)+".note"))))
	}
	tolerated := T(v.m.status(reconcile.StatusTolerated)).As(Muted)
	tolerated.Inset = true
	lines = append(lines, entry(tolerated, v.m.tied(v.m.t("status.tolerated.note"))))
	lines = append(lines, v.reasonEntries()...)
	lines = append(lines, Line{}, heading(v.m.t("readme.causes")))
	for _, c := range reconcile.Causes {
		lines = append(lines, entry(T(v.m.cause(c)), v.m.tied(v.m.t("cause."+string(c)+".note"))))
	}
	lines = append(lines, Line{}, heading(v.m.t("readme.columns", v.sheets.discrepancies)))
	for _, c := range columns {
		lines = append(lines, entry(T(c.Header), v.m.tied(c.Note)))
	}
	lines = append(lines, v.section("readme.privacy", "readme.confidential", "readme.pseudonyms", "readme.protection")...)
	return &Sheet{Name: v.sheets.readMe, Tab: Muted, Widths: []int{termWidth, textWidth}, Lines: loose(lines)}
}

// reasonEntries list the reasons, with what each may give and for how long.
func (v *view) reasonEntries() []Line {
	if len(v.reasons()) == 0 {
		return nil
	}
	lines := []Line{{}, heading(v.m.t("readme.reasons"))}
	for i := range v.reasons() {
		reason := &v.reasons()[i]
		var gives []string
		for _, s := range decidable {
			if reason.Gives(s) {
				gives = append(gives, v.m.status(s))
			}
		}
		text := v.m.t("reasons.all")
		if len(gives) < len(decidable) {
			text = v.m.t("reasons.gives", strings.Join(gives, ", "))
		}
		if reason.Months > 0 {
			text += " " + v.m.n("reasons.months", int64(reason.Months))
		}
		if reason.Free {
			text += " " + v.m.t("reasons.free")
		}
		item := T(reason.Label(v.m.lang()))
		item.List = listReasons
		lines = append(lines, entry(item, v.m.tied(text)))
	}
	return lines
}

// decidable are the statuses that a reviewer may choose.
var decidable = []reconcile.Status{
	reconcile.StatusOpen, reconcile.StatusToFixLegacy, reconcile.StatusToFixONP, reconcile.StatusToFixHR, reconcile.StatusJustified, reconcile.StatusAccepted,
}

func (v *view) sheetNotes() [][2]string {
	n := v.sheets
	notes := [][2]string{
		{n.summary, v.m.t("sheet.summary.note")},
		{n.causes, v.m.t("sheet.causes.note")},
		{n.clusters, v.m.t("sheet.clusters.note")},
		{n.discrepancies, v.m.t("sheet.discrepancies.note")},
		{n.missing, v.m.t("sheet.missing.note")},
	}
	if v.Largest.Asked > 0 {
		notes = append(notes, [2]string{n.payslips, v.m.t("sheet.payslips.note")})
	}
	notes = append(notes, [2]string{n.analysis, v.m.t("sheet.analysis.note")}, [2]string{n.aggregates, v.m.t("sheet.aggregates.note")})
	if !v.whole() {
		notes[0][1] = v.m.t("part.summary.note")
		return notes
	}
	return append(notes, [][2]string{
		{n.coverage, v.m.t("sheet.coverage.note")},
		{n.rejects, v.m.t("sheet.rejects.note")},
		{n.checks, v.m.t("sheet.checks.note")},
	}...)
}

func heading(s string) Line { return Line{Cells: []Cell{T(s).As(Heading)}} }

// blockHeading is a heading that stays on the page of what it heads.
func blockHeading(s string) Line {
	l := heading(s)
	l.Block = true
	return l
}

// loose lets a printed page begin at each row of lists but the first ones, which
// stay under their heading.
func loose(lines []Line) []Line {
	const together = 2 // rows
	rows := 0
	for i := range lines {
		cells := lines[i].Cells
		switch {
		case len(cells) == 0 || cells[0].Role == Header:
		case cells[0].Role == Heading:
			lines[i].Block, rows = true, 0
		default:
			rows++
			lines[i].Block = rows > together
		}
	}
	return lines
}

// section is a heading and entries; each key has a term, KEY, and a text, KEY.note.
func (v *view) section(title string, keys ...string) []Line {
	lines := []Line{{}, heading(v.m.t(title))}
	for _, key := range keys {
		lines = append(lines, entry(T(v.m.t(key)), v.m.tied(v.m.t(key+".note"))))
	}
	return lines
}

// entry is a term and its text, on as many lines as they need.
func entry(term Cell, text string) Line {
	if term.Role == Plain {
		term.Role = Strong
	}
	term.Wrap = true
	return Line{Cells: []Cell{term, T(text).As(Paragraph)}, Height: 1}
}
