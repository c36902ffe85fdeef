package explain

import (
	"math/big"

	"bascule/reconcile"
)

// leastProrated is the amount from which a number of thirtieths is more than
// chance: of a hundred euros, one amount in three hundred is one by accident.
const leastProrated reconcile.Amount = 100_00

// thirtieths explains an amount without scale that is a whole number of
// thirtieths of the other side's, though the base pay is not. Of two round
// amounts, that is no evidence.
func thirtieths(c *pairCase, row int) (verdict, bool) {
	g, ok := c.gap(row)
	if !ok || g.formula != nil || !g.current || c.element(g).Kind != reconcile.Gain {
		return verdict{}, false
	}
	legacy, onp := c.amounts(g)
	if max(legacy.Abs(), onp.Abs()) < leastProrated || legacy%roundAmount == 0 && onp%roundAmount == 0 {
		return verdict{}, false
	}
	for days := int64(29); days > 0; days-- {
		if proportional(legacy, onp, big.NewRat(days, 30)) && onp.Abs() < legacy.Abs() {
			return c.someDays(30, days), true
		}
		if proportional(onp, legacy, big.NewRat(days, 30)) && legacy.Abs() < onp.Abs() {
			return c.someDays(days, 30), true
		}
	}
	return verdict{}, false
}

func (c *pairCase) someDays(legacy, onp int64) verdict {
	return rootOf(reconcile.CauseProration, "proration_thirtieths", reconcile.FaultUnknown, thirtiethChange(legacy, onp), thirtiethFacts(legacy, onp)...)
}
