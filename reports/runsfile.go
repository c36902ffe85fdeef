package reports

import (
	"fmt"
	"io"
	"math/big"
	"unicode/utf8"

	"bascule/reconcile"
)

// WriteRuns prints the history of runs, one line each, as they are ordered. The
// trend is the change of the rate since the run before, in points.
func WriteRuns(w io.Writer, lang string, labels Labels, runs []reconcile.Run) error {
	m := newMessages(lang, labels)
	at := make(map[int]*reconcile.Run, len(runs))
	for i := range runs {
		at[runs[i].ID] = &runs[i]
	}
	const opinion = 11 // the only column of words among figures
	line := func(compared string, cells ...string) error {
		text := ""
		for i, c := range cells {
			text += pad(c, [...]int{6, 10, 22, 12, 11, 10, 10, 10, 10, 10, 10, 26}[i], i > 2 && i < opinion)
		}
		_, err := fmt.Fprintln(w, text+compared)
		return err
	}
	if err := line(m.t("runs.compared"), m.t("runs.run"), m.t("runs.period"), m.t("runs.date"), m.t("runs.matched"), m.t("runs.rate"), m.t("runs.trend"), m.t("runs.missing"),
		m.t("runs.gaps"), m.t("runs.open"), m.t("runs.new"), m.t("runs.resolved"), "  "+m.t("runs.opinion")); err != nil {
		return err
	}
	for i := range runs {
		r, s := &runs[i], &runs[i].Summary
		p, g := s.Payslips, &s.Discrepancies
		sides := labels.orDefault().For(r)
		good, all := concordant(s)
		fresh, resolved := "–", "–" // where there is nothing to compare with, all would be new
		if r.Previous != 0 {
			fresh, resolved = m.count(g.ByEvolution[reconcile.EvolutionNew]), m.count(g.ByEvolution[reconcile.EvolutionResolved])
		}
		err := line(Clean(sides.Legacy+" / "+sides.ONP), fmt.Sprint(r.ID), r.Period.String(), m.instant(r.StartedAt), m.count(p.Matched), m.rate(good, all), m.change(s, at[r.Previous]),
			m.count(p.MissingInONP+p.MissingInLegacy), m.count(g.Total), m.count(g.Open), fresh, resolved, "  "+or(s.Opinion, m.opinion))
		if err != nil {
			return err
		}
	}
	return nil
}

// concordant counts the payslips without an open gap, and all of them.
func concordant(s *reconcile.Summary) (good, all int64) {
	p := s.Payslips
	return p.Identical + p.Tolerated, p.Matched + p.MissingInONP + p.MissingInLegacy
}

// change is by how many points the rate has changed since a former run, to the
// hundredth; a change smaller than that still has its sign.
func (m *messages) change(s *reconcile.Summary, former *reconcile.Run) string {
	if former == nil {
		return "–"
	}
	good, all := concordant(s)
	goodBefore, allBefore := concordant(&former.Summary)
	if all == 0 || allBefore == 0 {
		return "–"
	}
	change := new(big.Rat).Sub(big.NewRat(good, all), big.NewRat(goodBefore, allBefore))
	hundredths := reconcile.Amount(new(big.Int).Quo(new(big.Int).Mul(change.Num(), big.NewInt(10_000)), change.Denom()).Int64())
	switch change.Sign() {
	case 1:
		return "▲ " + m.decimal(hundredths)
	case -1:
		return "▼ " + m.decimal(-hundredths)
	}
	return "="
}

const sealWidth = 32

// WriteInputs prints what a run was made from: each file with its digest, the
// configuration, the tables and the last decision it knew; then its seal and,
// where there is one, that of the run made before, which it continues.
func WriteInputs(w io.Writer, lang string, labels Labels, run *reconcile.Run, former string) error {
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
	lines = append(lines, "  "+m.t("checks.config"), "    SHA-256 "+run.ConfigHash, "  "+m.t("checks.tables"), "    SHA-256 "+run.TablesHash,
		"  "+m.t("checks.inputs"), "    SHA-256 "+run.Inputs)
	if run.GatesHash != "" {
		lines = append(lines, "  "+m.t("runs.gates"), "    SHA-256 "+run.GatesHash)
	}
	if run.Decided != 0 {
		lines = append(lines, "  "+m.t("runs.decided", reconcile.DecisionRef(run.Decided)))
	}
	if run.Budgeted != 0 {
		lines = append(lines, "  "+m.t("runs.budgeted", run.Budgeted))
	}
	if run.Purged != "" {
		lines = append(lines, "  "+m.t("runs.purged", m.instant(run.Purged)))
	}
	lines = append(lines, "", m.t("runs.chain"))
	if run.Summary.Seal == "" {
		lines = append(lines, "  "+m.t("runs.unsealed"))
	} else {
		lines = append(lines, "  "+pad(m.t("runs.seal"), sealWidth, false)+run.Summary.Seal)
	}
	if former != "" {
		lines = append(lines, "  "+pad(m.t("runs.former_seal"), sealWidth, false)+former)
	}
	for _, text := range lines {
		if _, err := fmt.Fprintln(w, text); err != nil {
			return err
		}
	}
	return nil
}
