package reports

import (
	"fmt"
	"io"
	"path"
	"strings"
	"unicode/utf8"

	"bascule/reconcile"
)

// screenWidth is that of the screen that ends `run`, in characters.
const screenWidth = 96

// WriteText writes the screen that ends `run`: at most 24 lines, to be read at
// seven in the morning.
func WriteText(w io.Writer, d *Data) error {
	v := newView(d)
	s := v.summary()
	lines := []string{
		v.m.t("text.title", v.m.month(v.Run.Period), v.Run.ID, v.m.instant(v.Run.StartedAt)),
		strings.Repeat("─", screenWidth),
	}
	lines = append(lines, v.textTotals()...)
	verdict, role := v.verdictText()
	p, g := s.Payslips, s.Discrepancies
	lines = append(lines, "",
		role.mark()+verdict,
		v.m.t("text.payslips", v.m.count(p.Matched), v.m.count(p.Identical), v.m.count(p.Tolerated), v.m.count(p.Differing)),
		v.m.t("text.missing", v.m.count(p.MissingInONP), v.m.count(p.MissingInLegacy), v.concordance()),
		v.m.t("text.gaps", v.m.count(g.Total), v.m.count(g.Open), v.m.count(g.Justified), v.m.count(g.Tolerated)),
		v.m.t("text.effect", v.m.delta(g.Delta), v.m.delta(g.DeltaInformation), v.m.money(g.Absolute)))
	lines = append(lines, v.textCauses()...)
	if s.Opinion != "" {
		lines = append(lines, v.m.opinionLine(s))
	}
	lines = append(lines, v.textEnd()...)
	for _, line := range lines {
		if _, err := fmt.Fprintln(w, strings.TrimRight(line, " ")); err != nil {
			return err
		}
	}
	return nil
}

// textTotals shows both sides in columns.
func (v *view) textTotals() []string {
	l, o := &v.summary().Legacy, &v.summary().ONP
	signed := func(n int64) string {
		if n > 0 {
			return "+" + v.m.count(n)
		}
		return v.m.count(n)
	}
	counts := func(key string, x, y int64) string {
		return columns(v.m.t(key), v.m.count(x), v.m.count(y), signed(y-x))
	}
	money := func(key string, x, y reconcile.Amount) string {
		return columns(v.m.t(key), v.m.money(x), v.m.money(y), v.m.delta(y-x))
	}
	return []string{
		columns("", v.m.side(reconcile.Legacy), v.m.side(reconcile.ONP), v.m.t("word.gap")),
		counts("totals.files", int64(l.Files), int64(o.Files)),
		counts("totals.payslips", l.Payslips, o.Payslips),
		counts("totals.lines", l.Lines, o.Lines),
		money("totals.to_pay", l.ToPay, o.ToPay),
		money("totals.to_deduct", l.ToDeduct, o.ToDeduct),
		money("totals.net", l.ToPay-l.ToDeduct, o.ToPay-o.ToDeduct),
		money("totals.information", l.Information, o.Information),
	}
}

// columns aligns a label on the left and figures on the right.
func columns(label string, figures ...string) string {
	const labelWidth, figureWidth = 24, 24
	line := label + blanks(labelWidth-utf8.RuneCountInString(label))
	for _, f := range figures {
		line += blanks(figureWidth-utf8.RuneCountInString(f)) + f
	}
	return line
}

func blanks(n int) string { return strings.Repeat(" ", max(0, n)) }

// textCauses shows the three causes that weigh most.
func (v *view) textCauses() []string {
	const shown = 3
	var lines []string
	for i, t := range v.topCauses(shown) {
		label := ""
		if i == 0 {
			label = v.m.t("text.causes")
		}
		lines = append(lines, columns(label, v.m.cause(t.cause), v.m.n("gaps.total", t.count), v.m.delta(t.net)))
	}
	return lines
}

// textEnd gives what was rejected, the closing, the notes and where to look.
func (v *view) textEnd() []string {
	s := v.summary()
	var lines []string
	if n := s.Legacy.Rejected + s.ONP.Rejected; n > 0 {
		lines = append(lines, v.m.n("text.rejected", n))
	}
	if notes := v.m.notes(s); len(notes) > 0 {
		more := ""
		if n := len(notes) - 1; n > 0 {
			more = v.m.n("text.notes", int64(n))
		}
		lines = append(lines, shorten(v.m.t("text.note", Clean(notes[0])), screenWidth-utf8.RuneCountInString(more))+more)
	}
	if s.Closing.OK {
		lines = append(lines, v.m.t("text.closed", v.m.money(0)))
	} else {
		lines = append(lines, v.m.t("text.broken", s.Closing.Identity))
	}
	for _, o := range s.Outputs {
		if path.Ext(o.File) == ".xlsx" {
			return append(lines, v.m.t("text.workbook", path.Join(v.Run.Folder, o.File)))
		}
	}
	return lines
}
