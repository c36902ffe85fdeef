package explain

import (
	"slices"
	"strings"

	"bascule/reconcile"
)

// situation explains a gap by fields that differ: each side pays what the scale
// gives for its own situation. The first element that a field enters is the
// root; those that follow it derive.
func situation(c *pairCase, row int) (verdict, bool) {
	g, ok := c.scaled(row)
	if !ok || !g.bothTold() {
		return verdict{}, false
	}
	var evidence []reconcile.Fact
	var patterns []string
	fault, told := reconcile.FaultUnknown, reconcile.FieldSet(0)
	for _, n := range c.ownInputs(g) {
		field, ok := c.fieldOf(n)
		if !ok || told.Has(field) {
			continue
		}
		told = told.With(field)
		legacy, onp := c.texts(field)
		evidence = append(evidence, fact(reconcile.FactField, field.String()), fact(reconcile.FactLegacyValue, legacy), fact(reconcile.FactONPValue, onp))
		patterns = append(patterns, change(field.String(), legacy, onp))
	}
	if evidence == nil {
		return verdict{}, false
	}
	if told == reconcile.FieldSet(0).With(reconcile.FieldIndice) {
		_, fault = c.offGrid()
	}
	evidence = append(evidence, fact(reconcile.FactLegacyScale, g.scale[reconcile.Legacy].String()), fact(reconcile.FactONPScale, g.scale[reconcile.ONP].String()))
	return rootOf(reconcile.CauseSituation, "situation_pay", fault, strings.Join(patterns, ", "), evidence...), true
}

func (c *pairCase) texts(f reconcile.Field) (legacy, onp string) {
	return c.sides[reconcile.Legacy].agent.Text(f), c.sides[reconcile.ONP].agent.Text(f)
}

// ownInputs lists what differs between the sides and enters the gap's formula,
// but for what already enters that of an element it depends on, whose gap it is.
func (c *pairCase) ownInputs(g *gap) []*node {
	var own []*node
	for _, n := range g.formula.inputs {
		if c.differs(n, g) && !c.covered(n, g) && !slices.ContainsFunc(own, n.same) {
			own = append(own, n)
		}
	}
	return own
}

// same tells whether two inputs are one.
func (n *node) same(m *node) bool {
	return n.op == m.op && n.field == m.field && n.name == m.name
}

// differs tells whether an input is not the same on both sides.
func (c *pairCase) differs(n *node, g *gap) bool {
	if !c.carried(n) {
		return false
	}
	if n.op == opWhen {
		legacy, onp := c.texts(n.field)
		return (legacy == n.name) != (onp == n.name)
	}
	var values [2]string
	for _, side := range reconcile.Sides {
		r := reckoning{book: c.book, paid: &c.sides[side], origin: g.origin, current: g.current, element: g.formula}
		if v, ok := r.value(n); ok {
			values[side] = v.RatString()
		}
	}
	return values[0] != values[1]
}

// carried tells whether both files tell the field that an input is read from.
func (c *pairCase) carried(n *node) bool {
	field := n.field
	switch n.op {
	case opField, opScale, opSteps, opWhen:
	case opPart:
		field = reconcile.FieldQuotite
	default:
		return true
	}
	return c.bothCarry(field)
}

func (c *pairCase) bothCarry(f reconcile.Field) bool {
	return (c.sides[reconcile.Legacy].agent.Carried & c.sides[reconcile.ONP].agent.Carried).Has(f)
}

// covered tells whether an element that the gap depends on has a gap, and the
// same input.
func (c *pairCase) covered(n *node, g *gap) bool {
	for _, e := range g.formula.depends {
		f := c.book.formulas[e]
		if f != nil && c.hasGap(e) && slices.ContainsFunc(f.inputs, n.same) {
			return true
		}
	}
	return false
}

func (c *pairCase) hasGap(element int32) bool {
	return slices.ContainsFunc(c.gaps, func(g gap) bool { return g.element == element && c.root[g.row] != noRow })
}

// fieldOf is the field of the situation behind an input that differs; none for
// what no field tells: the thirtieths, or how the working time is paid.
func (c *pairCase) fieldOf(n *node) (reconcile.Field, bool) {
	switch n.op {
	case opField, opScale, opSteps, opWhen:
		legacy, onp := c.texts(n.field)
		return n.field, legacy != onp
	case opPart:
		legacy, onp := c.texts(reconcile.FieldQuotite)
		return reconcile.FieldQuotite, legacy != onp
	}
	return 0, false
}
