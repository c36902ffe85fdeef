package reports

import (
	"cmp"
	"path/filepath"
	"slices"
	"strings"

	"bascule/reconcile"
)

const checkColumns = 7

// checkSheet proves the run: digests of what it read, then each equality with
// both figures.
func (v *view) checkSheet() *Sheet {
	s := v.summary()
	verdict := v.closing()
	lines := v.head(v.m.t("checks.title"), v.m.t("checks.purpose"))
	lines = append(lines, Line{Cells: banner(verdict.Text, verdict.Role, checkColumns), Height: 2}, Line{})
	lines = append(lines, v.familyLines()...)
	lines = append(lines, v.noteLines()...)
	lines = append(lines, v.inputLines()...)
	lines = append(lines, v.digestLines()...)
	lines = append(lines, heading(v.m.t("checks.detail")), Line{Cells: []Cell{T(v.m.t("checks.unprinted")).As(Muted)}})
	ok := v.column("verdict", Text, 12)
	ok.Rules = []Rule{{v.verdict(true), Good}, {v.verdict(false), Bad}}
	return &Sheet{
		Name:  v.sheets.checks,
		Tab:   verdict.Role,
		Lines: lines,
		Table: &Table{
			Name: v.m.t("table.checks"),
			Columns: []Column{
				v.wrapped("check", 58), v.wrapped("scope", 68), v.column("left", Figure, 20), v.column("right", Figure, 20),
				v.column("difference", Figure, 16), ok, v.wrapped("note", 50),
			},
			Empty: v.m.t("checks.none"),
			Brief: true,
			First: falseChecks(s.Closing.Checks),
			Rows:  slice(falseFirst(s.Closing.Checks), v.checkRow),
		},
	}
}

// family is what the equalities of one name prove together.
type family struct {
	name           string
	checks, proved int64
	note           string // of what does not close
}

// families gathers the equalities by name, in the order they were made: a file's,
// the store's, the engine's, the closing's, the workbooks'.
func (v *view) families() []family {
	var list []family
	checks := v.summary().Closing.Checks
	for i := range checks {
		name := v.checkName(checks[i].Name)
		at := slices.IndexFunc(list, func(f family) bool { return f.name == name })
		if at < 0 {
			at = len(list)
			list = append(list, family{name: name})
		}
		f := &list[at]
		if f.checks++; checks[i].OK {
			f.proved++
		} else if f.note == "" {
			f.note = v.m.t("checks.first_false", v.checkScope(&checks[i]))
		}
	}
	return list
}

// familyLines tell what was proved, a line for each family of equalities.
func (v *view) familyLines() []Line {
	lines := []Line{
		{Cells: []Cell{T(v.m.t("checks.families")).As(Heading)}},
		{Cells: headers(2, v.m.t("col.check"), v.m.t("checks.remark"), v.m.t("checks.made"), v.m.t("checks.proved"), v.m.t("checks.false"), v.m.t("col.verdict"))},
	}
	lines[1].Cells[checkColumns-2].Right = false // above words
	var all family
	for _, f := range v.families() {
		lines = append(lines, Line{Cells: v.familyCells(f)})
		all.checks, all.proved = all.checks+f.checks, all.proved+f.proved
	}
	all.name = v.m.t("word.total")
	return append(lines, Line{Cells: asTotal(v.familyCells(all))}, Line{})
}

func (v *view) familyCells(f family) []Cell {
	cells := []Cell{T(f.name), T(f.note), N(f.checks), N(f.proved), N(f.checks - f.proved), T(v.verdict(f.checks == f.proved))}
	for i := range cells {
		cells[i].Role = Body
	}
	if last := &cells[len(cells)-1]; f.checks == f.proved {
		last.Role = Good
	} else {
		last.Role = Bad
	}
	return cells
}

// falseFirst puts the equalities that do not hold where nobody misses them.
func falseFirst(checks []reconcile.Check) []reconcile.Check {
	sorted := slices.Clone(checks)
	slices.SortStableFunc(sorted, func(x, y reconcile.Check) int {
		switch {
		case x.OK == y.OK:
			return 0
		case y.OK:
			return -1
		}
		return 1
	})
	return sorted
}

func falseChecks(checks []reconcile.Check) int {
	n := 0
	for i := range checks {
		if !checks[i].OK {
			n++
		}
	}
	return n
}

// closing says whether the run closes, with the identity in figures.
func (v *view) closing() Cell {
	c := v.summary().Closing
	failed := int64(falseChecks(c.Checks))
	if c.OK && failed == 0 {
		return T("✔ " + v.m.t("checks.closed", v.closingText())).As(Good)
	}
	return T("✘ " + v.m.t("checks.broken", v.closingText(), v.m.count(failed))).As(Bad)
}

// closingText is the identity in figures as people write them, when it is that
// of the totals shown; otherwise as the run stored it.
func (v *view) closingText() string {
	s := v.summary()
	legacy, onp := s.Legacy.ToPay-s.Legacy.ToDeduct, s.ONP.ToPay-s.ONP.ToDeduct
	if !s.Closing.OK || s.Discrepancies.Delta != onp-legacy {
		return s.Closing.Identity
	}
	return v.m.t("checks.identity", v.m.delta(s.Discrepancies.Delta), v.m.money(onp), v.m.money(legacy))
}

// checkName puts the name of an equality into words.
func (v *view) checkName(name string) string {
	if _, ours := catalogue()["check."+name]; !ours {
		return name
	}
	return v.m.t("check." + name)
}

// checkScope tells what an equality is about: the engine writes words and
// letters, "onp P" or "P TRAITEMENT_BRUT 176".
func (v *view) checkScope(c *reconcile.Check) string {
	if strings.HasPrefix(c.Name, "trailer_") || strings.HasPrefix(c.Name, "reader_") {
		return c.Scope // the path of a file
	}
	if _, known := catalogue()["scope."+c.Scope]; known {
		return v.m.t("scope." + c.Scope)
	}
	words := strings.Fields(c.Scope)
	for i, word := range words {
		if side, ok := reconcile.ParseSide(word); ok {
			words[i] = v.m.side(side)
		} else if len(word) == 1 {
			words[i] = cmp.Or(v.m.sense(reconcile.Sense(word[0])), word)
		}
	}
	return strings.Join(words, " · ")
}

// checkNote puts a note into words.
func (v *view) checkNote(note string) string {
	word, figure, _ := strings.Cut(note, " ")
	amount, err := reconcile.ParseAmount(figure)
	if err != nil {
		return note
	}
	switch word {
	case reconcile.NoteTransfer:
		return v.m.t("note.transfer", v.m.delta(amount))
	case reconcile.NoteUnreadSense:
		return v.m.t("note.unread_sense", v.m.money(amount))
	}
	return note
}

func (v *view) checkRow(c *reconcile.Check) []Cell {
	left, right, gap := A(c.Left), A(c.Right), D(c.Right-c.Left)
	if c.Counted {
		left, right, gap = N(int64(c.Left)), N(int64(c.Right)), N(int64(c.Right-c.Left))
	}
	return []Cell{v.m.prose(v.checkName(c.Name)), T(v.checkScope(c)), left, right, gap, T(v.verdict(c.OK)), v.m.prose(v.checkNote(c.Note))}
}

func (v *view) verdict(ok bool) string {
	if ok {
		return "✔ " + v.m.t("checks.exact")
	}
	return "✘ " + v.m.t("checks.wrong")
}

// digestLines tell which configuration and tables the run used, and its seal: on
// paper, it proves that the database still holds the same run.
func (v *view) digestLines() []Line {
	lines := []Line{
		digestLine(v.m.t("checks.config"), v.Run.ConfigHash),
		digestLine(v.m.t("checks.tables"), v.Run.TablesHash),
		digestLine(v.m.t("checks.inputs"), v.Run.Inputs),
	}
	if seal := v.summary().Seal; seal != "" {
		lines = append(lines, digestLine(v.m.t("checks.seal"), seal))
	}
	return append(lines, Line{})
}

// digestLine names a digest, which stands as in the list above it.
func digestLine(name, digest string) Line {
	c := H(digest)
	c.Inset = true
	return Line{Cells: []Cell{T(name).As(Strong), c}}
}

// noteLines give what a reader must know and no equality says.
func (v *view) noteLines() []Line {
	notes := v.m.notes(v.summary())
	if len(notes) == 0 {
		return nil
	}
	lines := []Line{{Cells: []Cell{T(v.m.t("checks.notes")).As(Heading)}}}
	for _, n := range notes {
		lines = append(lines, Line{Cells: []Cell{T("⚠ " + n)}})
	}
	return append(lines, Line{})
}

// shortDigest is what a page has room for; Contrôles has the whole.
func shortDigest(s string) string { return s[:min(len(s), 16)] }

// inputLines list the files read, with their whole digest.
func (v *view) inputLines() []Line {
	lines := []Line{
		{Cells: []Cell{T(v.m.t("checks.files")).As(Heading)}},
		{Cells: headers(4, v.m.t("inputs.file"), v.m.t("inputs.sha256"), v.m.t("inputs.side"), v.m.t("inputs.layout"), v.m.t("inputs.payslips"), v.m.t("inputs.lines"))},
	}
	for i := range v.Run.Loads {
		l := &v.Run.Loads[i]
		lines = append(lines, Line{Cells: []Cell{
			T(filepath.Base(l.Path)).As(Body), H(l.SHA256).As(Body), T(v.m.side(v.Run.PlaceOf(l))).As(Body), T(l.Layout).As(Body),
			N(l.Payslips).As(Body), N(l.Sums.Lines).As(Body),
		}})
	}
	return append(lines, Line{})
}

// headers are the header cells of a block: texts, then figures from the
// column called figures on, counted from 0.
func headers(figures int, texts ...string) []Cell {
	cells := make([]Cell, len(texts))
	for i, s := range texts {
		cells[i] = T(s).As(Header)
		cells[i].Right = i >= figures
	}
	return cells
}
