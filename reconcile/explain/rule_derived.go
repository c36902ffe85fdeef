package explain

import (
	"cmp"
	"slices"

	"bascule/reconcile"
)

// derived hangs a gap under the root it follows from: both sides follow the
// formula, each on its own amounts, and some of those differ.
func derived(c *pairCase, row int) (verdict, bool) {
	g, ok := c.scaled(row)
	if !ok || !g.bothTold() {
		return verdict{}, false
	}
	return c.hang(g, "derived_formula")
}

// derivedGap does the same where neither side is where the formula puts it: it
// lacks something that both sides count, but the gap of its base gives this gap
// under its rounding.
func derivedGap(c *pairCase, row int) (verdict, bool) {
	g, ok := c.scaled(row)
	if !ok || g.follows[reconcile.Legacy] || g.follows[reconcile.ONP] {
		return verdict{}, false
	}
	moved := g.scale[reconcile.ONP] - g.scale[reconcile.Legacy]
	if moved == 0 || (moved-g.delta).Abs() > 1 || len(c.ownInputs(g)) > 0 {
		return verdict{}, false
	}
	return c.hang(g, "derived_gap")
}

// hang finds the root of a gap among those of the elements it depends on.
func (c *pairCase) hang(g *gap, rule string) (verdict, bool) {
	sources := c.sources(g)
	if len(sources) == 0 {
		return verdict{}, false
	}
	first := sources[0]
	v := verdict{cause: reconcile.CauseDerived, rule: rule, fault: reconcile.FaultUnknown, root: first.root}
	v.evidence = []reconcile.Fact{fact(reconcile.FactElement, c.code(first.element)), fact(reconcile.FactRoot, c.findings.Rows[first.root].Element)}
	for _, s := range sources[1:] {
		v.evidence = append(v.evidence, fact(reconcile.FactShared, c.findings.Rows[s.root].Element))
	}
	return v, true
}

// source is an element that a gap depends on and has a gap itself, and the row
// that one hangs on.
type source struct {
	element int32
	root    int
}

// sources lists the roots that a gap follows from, each with the first element
// through which it does, in the order of the table. Where several may, only
// those without which the formula gives another amount count.
func (c *pairCase) sources(g *gap) []source {
	var all []source
	for i := range c.gaps {
		d := &c.gaps[i]
		if c.root[d.row] == noRow || !slices.Contains(g.formula.depends, d.element) || !g.current && d.origin != g.origin {
			continue
		}
		all = append(all, source{d.element, c.root[d.row]})
	}
	slices.SortStableFunc(all, func(a, b source) int {
		return cmp.Or(cmp.Compare(c.place(a.root), c.place(b.root)), cmp.Compare(a.element, b.element))
	})
	roots := slices.CompactFunc(slices.Clone(all), func(a, b source) bool { return a.root == b.root })
	if len(roots) < 2 {
		return roots
	}
	if felt := slices.DeleteFunc(slices.Clone(roots), func(s source) bool { return !c.felt(g, s.root, all) }); len(felt) > 0 {
		return felt
	}
	return roots
}

// place orders roots: what a scale gives before what is paid as sent, each as
// the table orders its elements, and other rows last.
func (c *pairCase) place(row int) int32 {
	n := int32(len(c.book.formulas))
	i := c.gapOf[row]
	switch {
	case i == noRow:
		return 2 * n
	case c.gaps[i].formula == nil:
		return n + c.gaps[i].element
	}
	return c.gaps[i].element
}

// felt tells whether the formula gives ONP another amount once all that hangs on
// a root is as on the legacy side.
func (c *pairCase) felt(g *gap, root int, all []source) bool {
	through := func(element int32) bool {
		return slices.ContainsFunc(all, func(s source) bool { return s.element == element && s.root == root })
	}
	for _, e := range g.formula.follows {
		if through(e) && slices.ContainsFunc(g.formula.inputs, func(n *node) bool {
			return c.differs(n, g) && slices.ContainsFunc(c.inputsOf(e), n.same)
		}) {
			return true
		}
	}
	v, ok := c.reckon(g, reconcile.ONP, &supposition{swap: through, swapWith: &c.sides[reconcile.Legacy]})
	return ok && v != g.scale[reconcile.ONP]
}

func (c *pairCase) inputsOf(element int32) []*node {
	if f := c.book.formulas[element]; f != nil {
		return f.inputs
	}
	return nil
}
