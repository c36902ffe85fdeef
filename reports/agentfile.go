package reports

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"bascule/reconcile"
)

// AgentView is what is shown of one agent: both payslips side by side and the
// discrepancies between them. A side that lacks the payslip has none.
type AgentView struct {
	Run          int
	Period       reconcile.Period
	LegacyPeriod reconcile.Period // of two months compared, the earlier
	Agent        string           // how the key is shown
	ShowName     bool
	Lang         string
	Labels       Labels            // of the run's sides
	Tables       *reconcile.Tables // name elements and rates; nil names none

	Payslips      [2]*reconcile.Payslip
	Lines         []reconcile.Aligned
	Discrepancies []*reconcile.Discrepancy // a root just before what derives from it
	ClusterAgents map[string]int64         // agents of each cluster of theirs
}

// Widths of the page that explain prints, in characters.
const (
	agentLabel  = 40
	agentFigure = 16
	gapFigure   = 14
)

// WriteAgent prints one agent's page: who he is, the situation on both sides,
// the lines aligned by element with the number of the root their gap comes from,
// and the roots as a tree.
func WriteAgent(w io.Writer, a *AgentView) error {
	p := newAgentPage(a)
	p.title()
	p.situation()
	p.lines()
	p.discrepancies()
	_, err := io.WriteString(w, p.b.String())
	return err
}

type agentPage struct {
	*teller
	a        *AgentView
	branches []branch
	b        strings.Builder
}

func newAgentPage(a *AgentView) *agentPage {
	return &agentPage{teller: newTeller(newMessages(a.Lang, a.Labels), a.Tables), a: a, branches: branches(a.Discrepancies)}
}

func (p *agentPage) printf(format string, args ...any) {
	line := fmt.Sprintf(format, args...)
	p.b.WriteString(strings.TrimRight(line, " ") + "\n")
}

func (p *agentPage) title() {
	p.printf("%s", p.m.t("agent.title", p.a.Agent, p.m.month(p.a.Period), p.a.Run))
	if agent := p.a.agent(); agent != nil {
		p.printf("%s", p.who(agent))
	}
	p.printf("%s", strings.Repeat("─", screenWidth))
}

// agent is who is paid, as the first side that has a payslip says it; nil when
// none has.
func (a *AgentView) agent() *reconcile.Agent {
	for _, s := range a.Payslips {
		if s != nil {
			return &s.Agent
		}
	}
	return nil
}

// who tells an agent's numbers and, where it may be shown, his name.
func (p *agentPage) who(agent *reconcile.Agent) string {
	text := p.m.t("agent.who", Clean(agent.Matricule), Clean(agent.Dossier))
	if name := agent.Name(); p.a.ShowName && name != "" {
		text += " · " + Clean(name)
	}
	return text
}

// row prints a label, both sides, and what is said of them.
func (p *agentPage) row(mark, label, legacy, onp, last string) {
	p.printf("%s %s%s%s  %s", mark, pad(label, agentLabel, false), pad(legacy, agentFigure, true), pad(onp, agentFigure, true), last)
}

// pad fits a text in a column, cutting what is too long.
func pad(s string, width int, right bool) string {
	s = shorten(s, width)
	gap := blanks(width - utf8.RuneCountInString(s))
	if right {
		return gap + s
	}
	return s + gap
}

func (p *agentPage) situation() {
	p.row(" ", p.m.t("agent.situation"), p.m.side(reconcile.Legacy), p.m.side(reconcile.ONP), "")
	for _, f := range p.fields() {
		mark := " "
		if f.differs {
			mark = "≠"
		}
		p.row(mark, p.m.field(f.field.String()), f.texts[reconcile.Legacy], f.texts[reconcile.ONP], "")
	}
	p.printf("")
}

// agentField is a field of the situation on both sides, as it may be shown.
type agentField struct {
	field   reconcile.Field
	texts   [2]string // a dash where the file of the side does not carry it
	differs bool
}

// fields are those that a side carries and that are not blank on both.
func (p *agentPage) fields() []agentField {
	var list []agentField
	for _, f := range reconcile.Fields() {
		of, carried := agentField{field: f, texts: [2]string{"–", "–"}}, 0
		for side, s := range p.a.Payslips {
			if s != nil && s.Agent.Carried.Has(f) {
				of.texts[side] = s.Agent.Text(f)
				carried++
			}
		}
		of.differs = carried == 2 && of.texts[0] != of.texts[1]
		for side, text := range of.texts {
			if of.texts[side] = Clean(text); f == reconcile.FieldIBAN && carried > 0 {
				of.texts[side] = hidden(text)
			}
		}
		if carried > 0 && of.texts[0]+of.texts[1] != "" {
			list = append(list, of)
		}
	}
	return list
}

func (p *agentPage) lines() {
	p.row(" ", p.m.t("agent.lines"), p.m.side(reconcile.Legacy), p.m.side(reconcile.ONP), pad(p.m.t("word.gap"), gapFigure, true))
	for _, sense := range reconcile.Senses {
		heading := false
		for i := range p.a.Lines {
			l := &p.a.Lines[i]
			if l.Sense != sense {
				continue
			}
			if !heading {
				p.printf("  %s", p.m.sense(sense))
				heading = true
			}
			p.line(l)
		}
	}
	nets := [2]string{"–", "–"}
	var gap reconcile.Amount
	for side, s := range p.a.Payslips {
		if s == nil {
			continue
		}
		nets[side] = p.m.money(s.Sums.Net())
		if gap -= s.Sums.Net(); reconcile.Side(side) == reconcile.ONP {
			gap += 2 * s.Sums.Net()
		}
	}
	p.row(" ", p.m.t("agent.net"), nets[0], nets[1], pad(p.m.delta(gap), gapFigure, true))
	p.printf("")
}

func (p *agentPage) line(l *reconcile.Aligned) {
	label := p.lineLabel(l)
	if l.Origin != p.payMonth(l) {
		label += " (" + l.Origin.String() + ")"
	}
	texts := [2]string{}
	for side := range texts {
		if l.Lines[side] > 0 {
			texts[side] = p.m.money(l.Amounts[side])
		}
	}
	mark, gap := " ", ""
	if l.Delta() != 0 {
		mark, gap = "≠", pad(p.m.delta(l.Delta()), gapFigure, true)+" "+p.number(l)
	}
	p.row(mark, "  "+Clean(label), texts[0], texts[1], gap)
}

// lineLabel names the element of a line, or the code that feeds none.
func (p *agentPage) lineLabel(l *reconcile.Aligned) string {
	switch {
	case l.Raw:
		return p.m.t("agent.raw", Clean(l.Element))
	case l.Label != "":
		return l.Label
	}
	return l.Element
}

// payMonth is the month of pay of a line: the earlier one's where it is alone.
func (p *agentPage) payMonth(l *reconcile.Aligned) reconcile.Period {
	if p.a.LegacyPeriod != 0 && l.Lines[reconcile.ONP] == 0 {
		return p.a.LegacyPeriod
	}
	return p.a.Period
}
