package explain

import "bascule/reconcile"

// roundAmount is what a clerk keys: whole tens of euros.
const roundAmount reconcile.Amount = 10_00

// handEntered explains an indemnity without scale that both sides pay otherwise:
// the legacy side pays bonuses as the ministry sent them, ONP by rule (DOMAIN
// 1.1).
func handEntered(c *pairCase, row int) (verdict, bool) {
	g, ok := c.gap(row)
	if _, lacks := c.lacking(row); !ok || lacks || g.formula != nil || !g.current || c.element(g).Kind != reconcile.Gain || c.terms.Months.Set() {
		return verdict{}, false
	}
	legacy, onp := c.amounts(g)
	rule := "hand_entered"
	if legacy%roundAmount == 0 && onp%roundAmount != 0 {
		rule = "hand_entered_round"
	}
	return rootOf(reconcile.CauseHandEntered, rule, reconcile.FaultUnknown, equalAmount(g.delta), fact(reconcile.FactAmount, legacy.String())), true
}
