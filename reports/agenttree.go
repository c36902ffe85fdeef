package reports

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"bascule/reconcile"
)

// branch is a root of the page and the gaps that derive from it.
type branch struct {
	root    *reconcile.Discrepancy
	derived []*reconcile.Discrepancy
}

// branches groups discrepancies under their roots, in the order of the list. One
// whose root is not there stands for itself.
func branches(list []*reconcile.Discrepancy) []branch {
	var roots []branch
	at := map[string]int{}
	known := map[string]bool{}
	for _, d := range list {
		known[d.Fingerprint] = true
	}
	derives := func(d *reconcile.Discrepancy) bool { return d.Root != "" && d.Root != d.Fingerprint && known[d.Root] }
	for _, d := range list {
		if !derives(d) {
			at[d.Fingerprint] = len(roots)
			roots = append(roots, branch{root: d})
		}
	}
	for _, d := range list {
		if i, found := at[d.Root]; found && derives(d) {
			roots[i].derived = append(roots[i].derived, d)
		}
	}
	return roots
}

// Sentences puts the discrepancies into words, in their order.
func (a *AgentView) Sentences() []string {
	t := newTeller(newMessages(a.Lang, a.Labels), a.Tables)
	texts := make([]string, len(a.Discrepancies))
	for i, d := range a.Discrepancies {
		texts[i] = t.why(d)
	}
	return texts
}

// Widths of the tree, in characters: that of a name with what leads to it, of
// an amount, and of what is said of it.
const (
	treeName   = 57
	treeAmount = 17
	treeRemark = 22
)

// discrepancies prints the roots as a tree, then what all of it amounts to.
func (p *agentPage) discrepancies() {
	all := p.a.Discrepancies
	if len(all) == 0 {
		p.printf("✔ %s", p.m.t("agent.equal"))
		return
	}
	derived := len(all) - len(p.branches)
	heading := p.m.n("gaps.total", int64(len(all)))
	if derived > 0 {
		heading = p.m.t("agent.counts", heading, p.m.n("agent.roots", int64(len(p.branches))), p.m.n("agent.derived", int64(derived)))
	}
	p.printf("  %s", heading)
	for i := range p.branches {
		p.printf("")
		p.branch(i+1, &p.branches[i])
	}
	p.printf("%s", strings.Repeat("─", screenWidth))
	var net, outside reconcile.Amount
	var effect reconcile.Effect
	for _, d := range all {
		net += d.DeltaNet
		outside += d.DeltaInformation
	}
	for i := range p.branches {
		effect.Employer += p.branches[i].root.Effect.Employer
		effect.Budget += p.branches[i].root.Effect.Budget
	}
	p.printf("  %s", p.m.t("agent.all", p.m.delta(net), p.m.delta(outside)))
	if effect.Employer != 0 || effect.Budget != 0 {
		p.printf("  %s", p.m.t("agent.cost", p.m.delta(effect.Employer), p.m.delta(effect.Budget)))
	}
	p.printf("")
}

// branch prints a root: what differs and by how much, why, by which rule, what
// derives from it, and what all of that amounts to.
func (p *agentPage) branch(number int, b *branch) {
	d := b.root
	lead := pad("["+strconv.Itoa(number)+"]", 4, false)
	p.printf("%s%s%s  %s", lead, pad(p.what(d), treeName-4, false), pad(p.amount(d), treeAmount, true), shorten(p.m.status(d.Status), treeRemark))
	trunk := "│   "
	if len(b.derived) == 0 {
		trunk = "    "
	}
	for _, line := range fold(p.why(d), screenWidth-utf8.RuneCountInString(trunk)) {
		p.printf("%s%s", trunk, line)
	}
	small := []string{p.m.cause(d.Cause)}
	if d.Rule != "" {
		small = append(small, p.m.t("agent.rule", d.Rule))
	}
	if d.Cluster != "" {
		text := p.m.t("agent.cluster", d.Cluster)
		if n := p.a.ClusterAgents[d.Cluster]; n > 1 {
			text += p.m.t("agent.alike", p.m.count(n))
		}
		small = append(small, text)
	}
	p.printf("%s%s", trunk, strings.Join(small, " · "))
	for i, x := range b.derived {
		elbow := "├─  "
		if i == len(b.derived)-1 {
			elbow = "└─  "
		}
		p.printf("%s%s%s  %s", elbow, pad(p.what(x), treeName-4, false), pad(p.amount(x), treeAmount, true), p.remark(x))
	}
	if e := d.Effect; len(b.derived) > 0 || e != (reconcile.Effect{}) {
		p.printf("    %s", p.m.t("agent.effect", p.m.delta(e.Net), p.m.delta(e.Employer), p.m.delta(e.Budget)))
	}
}

// remark says of a derived gap what its place in the tree does not.
func (p *agentPage) remark(d *reconcile.Discrepancy) string {
	var parts []string
	if d.Sense == reconcile.Information {
		parts = append(parts, p.m.t("agent.outside"))
	}
	if d.Rule != "derived_formula" {
		parts = append(parts, d.Rule)
	}
	return shorten(strings.Join(parts, " · "), treeRemark)
}

// what names what differs.
func (p *agentPage) what(d *reconcile.Discrepancy) string {
	switch {
	case textual(d.Kind):
		legacy, onp := values(d)
		return Clean(p.m.t("gaps.change", p.m.field(d.Element), blankAsNothing(p.m, legacy), blankAsNothing(p.m, onp)))
	case d.Kind == reconcile.Unmapped:
		return p.m.t("agent.raw", Clean(d.Element))
	case d.Element == "" || d.Kind == reconcile.IdentityDoubt:
		return p.m.kind(d.Kind)
	}
	name := p.element(d.Element)
	if d.Origin != 0 && d.Origin != p.a.Period {
		name += " (" + d.Origin.String() + ")"
	}
	if d.Kind == reconcile.AmountDiffers {
		return name
	}
	return name + " · " + lowerFirst(p.m.kind(d.Kind))
}

// amount is the gap, blank where texts tell it.
func (p *agentPage) amount(d *reconcile.Discrepancy) string {
	if told(d) && d.Delta == 0 {
		return ""
	}
	return p.m.delta(delta(d))
}

// number tells under which root the gap of a line stands, blank for none.
func (p *agentPage) number(l *reconcile.Aligned) string {
	if _, root := p.gapOf(l); root > 0 {
		return "[" + strconv.Itoa(root) + "]"
	}
	return ""
}

// gapOf finds the discrepancy of a line and the number of its root, from 1.
func (p *agentPage) gapOf(l *reconcile.Aligned) (*reconcile.Discrepancy, int) {
	for i := range p.branches {
		b := &p.branches[i]
		for _, d := range append([]*reconcile.Discrepancy{b.root}, b.derived...) {
			if d.Element == l.Element && d.Sense == l.Sense && d.Origin == l.Origin && !textual(d.Kind) {
				return d, i + 1
			}
		}
	}
	return nil, 0
}

// fold cuts a text in lines at its spaces; a word longer than a line stays whole.
func fold(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Split(text, " ") {
		switch {
		case line == "":
			line = word
		case utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width:
			lines = append(lines, line)
			line = word
		default:
			line += " " + word
		}
	}
	return append(lines, line)
}
