package reports

import (
	"fmt"
	"io"
	"unicode/utf8"

	"bascule/reconcile"
)

// WriteRuns prints the history of runs, one line each.
func WriteRuns(w io.Writer, lang string, labels Labels, runs []reconcile.Run) error {
	m := newMessages(lang, labels)
	line := func(compared string, cells ...string) error {
		text := ""
		for i, c := range cells {
			text += pad(c, [...]int{6, 10, 22, 12, 12, 12, 12, 12}[i], i > 2)
		}
		_, err := fmt.Fprintln(w, text+"  "+compared)
		return err
	}
	if err := line(m.t("runs.compared"), m.t("runs.run"), m.t("runs.period"), m.t("runs.date"), m.t("runs.matched"), m.t("runs.rate"), m.t("runs.missing"), m.t("runs.gaps"), m.t("runs.open")); err != nil {
		return err
	}
	for i := range runs {
		r, s := &runs[i], &runs[i].Summary
		p := s.Payslips
		sides := labels.orDefault().For(r)
		err := line(Clean(sides.Legacy+" / "+sides.ONP), fmt.Sprint(r.ID), r.Period.String(), m.instant(r.StartedAt), m.count(p.Matched), m.rate(p.Identical+p.Tolerated, p.Matched+p.MissingInONP+p.MissingInLegacy),
			m.count(p.MissingInONP+p.MissingInLegacy), m.count(s.Discrepancies.Total), m.count(s.Discrepancies.Open))
		if err != nil {
			return err
		}
	}
	return nil
}

// WriteInputs prints what a run was made from: each file with its digest, the
// configuration and the tables.
func WriteInputs(w io.Writer, lang string, labels Labels, run *reconcile.Run) error {
	m := newMessages(lang, labels.For(run))
	width := 8
	for _, side := range reconcile.Sides {
		width = max(width, utf8.RuneCountInString(m.side(side))+2)
	}
	lines := []string{m.t("runs.inputs")}
	for i := range run.Loads {
		l := &run.Loads[i]
		lines = append(lines, fmt.Sprintf("  %s%s%s", pad(m.side(run.PlaceOf(l)), width, false), pad(Clean(l.Path), 44, false), l.Layout), "    SHA-256 "+l.SHA256)
	}
	lines = append(lines, "  "+m.t("checks.config"), "    SHA-256 "+run.ConfigHash, "  "+m.t("checks.tables"), "    SHA-256 "+run.TablesHash)
	for _, text := range lines {
		if _, err := fmt.Fprintln(w, text); err != nil {
			return err
		}
	}
	return nil
}
