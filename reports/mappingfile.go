package reports

import (
	"fmt"
	"io"
	"strings"

	"bascule/reconcile"
)

// mappingPage is the screen of `mapping check` or of `mapping suggest`.
type mappingPage struct {
	m *messages
	b strings.Builder
}

func (p *mappingPage) printf(format string, args ...any) {
	line := fmt.Sprintf(format, args...)
	p.b.WriteString(strings.TrimRight(line, " ") + "\n")
}

// WriteMappingCheck prints the coverage of both sides, then what is to be done,
// the heaviest first.
func WriteMappingCheck(w io.Writer, lang string, labels Labels, c *reconcile.MappingCheck) error {
	p := &mappingPage{m: newMessages(lang, labels)}
	p.printf("%s", p.m.t("mapping.check", p.m.month(c.Period)))
	p.printf("%s", strings.Repeat("─", screenWidth))
	for _, side := range reconcile.Sides {
		v := &c.Coverage[side]
		p.printf("%s", p.m.t("mapping.coverage", pad(p.m.side(side), sideWidth, false), p.m.rate(int64(v.MappedAmount), int64(v.Absolute)), v.Mapped, v.Codes))
	}
	for _, state := range []reconcile.CodeState{reconcile.CodeUnmapped, reconcile.CodeOutOfDate, reconcile.CodeRefused} {
		p.codes(c, state)
	}
	p.elements(c, p.m.t("mapping.one_sided"), c.OneSided)
	p.elements(c, p.m.t("mapping.codeless"), c.Codeless)
	p.unseen(c)
	p.printf("")
	if c.Open() {
		p.printf("%s", p.m.t("mapping.next"))
	} else {
		p.printf("%s", p.m.t("mapping.done"))
	}
	_, err := io.WriteString(w, p.b.String())
	return err
}

const (
	sideWidth = 8
	codeWidth = 12
)

// columns prints a row of a table of codes or elements.
func (p *mappingPage) columns(side, code, sense, label, lines, agents, total, net, rate string) {
	p.printf("  %s%s%s%s%s%s%s%s%s", pad(side, sideWidth, false), pad(code, codeWidth, false), pad(sense, 3, false), pad(label, 30, false),
		pad(lines, 10, true), pad(agents, 9, true), pad(total, 18, true), pad(net, 18, true), pad(rate, 10, true))
}

func (p *mappingPage) heading(title string, n int) {
	p.printf("")
	p.printf("%s (%d)", title, n)
}

// codes lists the codes of an open state.
func (p *mappingPage) codes(c *reconcile.MappingCheck, state reconcile.CodeState) {
	var list []*reconcile.CodeCheck
	for i := range c.Codes {
		if c.Codes[i].State == state {
			list = append(list, &c.Codes[i])
		}
	}
	if len(list) == 0 {
		return
	}
	p.heading(p.m.t("state."+string(state)), len(list))
	p.columns(p.m.t("mapping.side"), p.m.t("mapping.code"), "", p.m.t("mapping.label"), p.m.t("mapping.lines"), p.m.t("mapping.agents"),
		p.m.t("mapping.amount"), p.m.t("mapping.net"), p.m.t("mapping.share"))
	for _, k := range list {
		p.columns(p.m.side(k.Side), Clean(string(k.Code)), k.Sense.String(), Clean(k.Label), p.m.count(k.Lines), p.m.count(k.Agents),
			p.m.money(k.Absolute), p.m.money(k.Amount), p.m.rate(int64(k.Absolute), int64(c.Coverage[k.Side].Absolute)))
		switch state {
		case reconcile.CodeOutOfDate:
			p.printf("    %s", p.m.t("mapping.out_of_date", string(k.Element), orOpen(k.From), orOpen(k.To)))
		case reconcile.CodeRefused:
			p.printf("    %s", p.m.t("mapping.refused", string(k.Element)))
		}
	}
}

// orOpen is a bound of a validity.
func orOpen(p reconcile.Period) string {
	if p == 0 {
		return "…"
	}
	return p.String()
}

// elements lists the elements that a side does not feed.
func (p *mappingPage) elements(c *reconcile.MappingCheck, title string, list []reconcile.ElementCheck) {
	if len(list) == 0 {
		return
	}
	elements := len(list)
	for i := 1; i < len(list); i++ {
		if list[i].Element == list[i-1].Element {
			elements--
		}
	}
	p.heading(title, elements)
	for i := 0; i < len(list); i++ {
		k := &list[i]
		text := p.m.t("mapping.no_code", p.m.side(k.Side))
		switch {
		case len(k.Codes) > 0:
			text = p.m.t("mapping.no_line", p.m.side(k.Side), joined(k.Codes))
		case i+1 < len(list) && list[i+1].Element == k.Element:
			text = p.m.t("mapping.no_code_both")
			i++
		}
		if k.Lines > 0 {
			text += " · " + p.m.t("mapping.other_side", p.m.side(1-k.Side), p.m.count(k.Lines), p.m.count(k.Agents), p.m.money(k.Total), p.m.money(k.Amount),
				p.m.rate(int64(k.Total), int64(c.Coverage[1-k.Side].Absolute)))
		}
		p.printf("  %s %s", pad(string(k.Element.Code), 28, false), text)
	}
}

func joined(codes []reconcile.Code) string {
	texts := make([]string, len(codes))
	for i, c := range codes {
		texts[i] = Clean(string(c))
	}
	return strings.Join(texts, ", ")
}

// unseen lists the codes of the table that no payslip bears.
func (p *mappingPage) unseen(c *reconcile.MappingCheck) {
	n := 0
	for i := range c.Codes {
		if c.Codes[i].State == reconcile.CodeUnseen {
			n++
		}
	}
	if n == 0 {
		return
	}
	p.heading(p.m.t("state."+string(reconcile.CodeUnseen)), n)
	for i := range c.Codes {
		if k := &c.Codes[i]; k.State == reconcile.CodeUnseen {
			p.printf("  %s%s%s", pad(p.m.side(k.Side), sideWidth, false), pad(Clean(string(k.Code)), codeWidth, false), k.Element)
		}
	}
}
