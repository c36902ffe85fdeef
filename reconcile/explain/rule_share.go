package explain

import (
	"math/big"

	"bascule/reconcile"
)

// share explains an amount without scale that both sides pay in the proportion
// of their working time and thirtieths; a rappel, of their working time.
func share(c *pairCase, row int) (verdict, bool) {
	g, ok := c.gap(row)
	if !ok || g.formula != nil || c.element(g).Kind != reconcile.Gain {
		return verdict{}, false
	}
	base, ok := c.basePay(reconcile.Legacy)
	if !ok || !c.bothCarry(reconcile.FieldQuotite) {
		return verdict{}, false
	}
	due := [2]*big.Rat{}
	for _, side := range reconcile.Sides {
		p := &c.sides[side]
		r := reckoning{book: c.book, paid: p, origin: g.origin, current: true}
		part, ok := r.part()
		if !ok || p.days == 0 {
			return verdict{}, false
		}
		if due[side] = part; g.current {
			due[side] = new(big.Rat).Mul(part, big.NewRat(p.days, 30))
		}
	}
	legacy, onp := c.amounts(g)
	if due[reconcile.Legacy].Sign() == 0 || due[reconcile.ONP].Sign() == 0 {
		return verdict{}, false
	}
	ratio := new(big.Rat).Quo(due[reconcile.ONP], due[reconcile.Legacy])
	if ratio.Cmp(big.NewRat(1, 1)) == 0 || !proportional(legacy, onp, ratio) {
		return verdict{}, false
	}
	l, o := c.texts(reconcile.FieldQuotite)
	if l != o {
		return rootOf(reconcile.CauseSituation, "situation_share", reconcile.FaultUnknown, change(reconcile.FieldQuotite.String(), l, o),
			fact(reconcile.FactField, reconcile.FieldQuotite.String()), fact(reconcile.FactLegacyValue, l), fact(reconcile.FactONPValue, o)), true
	}
	v := c.daysPaid()
	if c.sides[reconcile.Legacy].plain != c.sides[reconcile.ONP].plain {
		v = c.plainPart()
	}
	return rootOf(reconcile.CauseProration, "proration_follows", v.fault, v.pattern, fact(reconcile.FactElement, c.code(base.element))), true
}

// proportional tells whether ONP is the legacy amount times the ratio, both
// rounded to the centime.
func proportional(legacy, onp reconcile.Amount, ratio *big.Rat) bool {
	if legacy == 0 || onp == 0 {
		return false
	}
	off := new(big.Rat).Mul(big.NewRat(int64(legacy), 1), ratio)
	off.Sub(off, big.NewRat(int64(onp), 1))
	most := new(big.Rat).Add(ratio, big.NewRat(1, 1)) // half a centime of each
	most.Quo(most, big.NewRat(2, 1))
	return off.Abs(off).Cmp(most) <= 0
}
