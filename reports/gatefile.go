package reports

import (
	"io"
	"strings"

	"bascule/reconcile"
)

// GateView is an opinion to be read on a screen.
type GateView struct {
	Run        *reconcile.Run
	Wave       string // WholeMinistry, or the one asked for
	Waves      []string
	Loosenings []reconcile.Loosening
	Labels     Labels
	Lang       string
}

// WriteGate prints the opinion on a wave, or on the whole ministry: each
// criterion with its value, its threshold and the runs it holds in, then what
// was ever loosened.
func WriteGate(w io.Writer, g *GateView) error {
	m := newMessages(g.Lang, g.Labels)
	s := &g.Run.Summary
	verdict, role := m.opinionText(s, g.Wave)
	lines := []string{
		m.t("gatefile.title", m.wave(g.Wave), m.month(g.Run.Period), g.Run.ID, m.instant(g.Run.StartedAt)),
		strings.Repeat("─", screenWidth),
		role.mark() + verdict,
	}
	rows := []string{}
	for i := range s.Gates {
		if r := &s.Gates[i]; r.Judges(g.Wave) {
			rows = append(rows, m.gateLine(r))
		}
	}
	if len(rows) > 0 {
		header := gateColumns("  ", m.t("gatefile.gate"), m.t("gatefile.wave"), m.t("gatefile.value"), m.t("gatefile.threshold"), m.t("gatefile.runs"))
		lines = append(append(lines, "", header), rows...)
	}
	if s.AwaitingVisa > 0 {
		lines = append(lines, "", Warn.mark()+m.n("opinion.awaiting", s.AwaitingVisa))
	}
	if g.Wave == reconcile.WholeMinistry && len(g.Waves) > 0 {
		lines = append(lines, "", m.t("gatefile.waves"))
		for _, name := range g.Waves {
			o := s.Opinions[name]
			lines = append(lines, "  "+opinionRole(o).mark()+pad(m.wave(name), 12, false)+m.opinion(o))
		}
	}
	if len(g.Loosenings) > 0 {
		lines = append(lines, "", m.t("gatefile.loosenings"))
		for i := range g.Loosenings {
			l := &g.Loosenings[i]
			before, after := m.loosening(l)
			lines = append(lines, "  "+m.t("gatefile.loosening", day(m, l.At), l.Run, Clean(l.Before.ID), m.loosened(l.What), before, after))
		}
	}
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	_, err := io.WriteString(w, strings.Join(lines, "\n")+"\n")
	return err
}

func gateColumns(mark, name, wave, value, threshold, held string) string {
	return mark + pad(name, 36, false) + " " + pad(wave, 9, false) + pad(value, 13, true) + pad(threshold, 14, true) + "  " + held
}

func (m *messages) gateLine(r *reconcile.GateResult) string {
	_, role := m.gateVerdict(r)
	return gateColumns(role.mark(), m.gateName(&r.Gate), m.wave(r.Wave), m.gateValue(r), m.threshold(&r.Gate), m.gateHeld(r))
}

// opinionLine is the opinion in one line of a screen, with the criteria that
// hold it back: the blocking ones, or when there is none the others.
func (m *messages) opinionLine(s *reconcile.Summary) string {
	var names []string
	waves, judged := map[string][]string{}, map[string]int{}
	for i := range s.Gates {
		r := &s.Gates[i]
		judged[r.ID]++
		if r.OK || r.Blocking != (s.Opinion == reconcile.Unfavourable) {
			continue
		}
		if waves[r.ID] == nil {
			names = append(names, r.ID)
		}
		waves[r.ID] = append(waves[r.ID], m.wave(r.Wave))
	}
	for i, name := range names {
		names[i] = Clean(name)
		if len(waves[name]) < judged[name] { // otherwise all that it judges
			names[i] += " (" + strings.Join(waves[name], ", ") + ")"
		}
	}
	text, role := m.opinionText(s, reconcile.WholeMinistry)
	if len(names) > 0 {
		text = m.t("gate.reason", m.opinion(s.Opinion), strings.Join(names, " · "))
	}
	return shorten(role.mark()+m.t("text.opinion", text), screenWidth)
}
