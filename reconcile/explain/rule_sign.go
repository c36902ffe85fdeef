package explain

import "bascule/reconcile"

// sign explains two equal amounts of opposite signs. The side that pays what is
// to be deducted, or takes what is to be paid, is wrong.
func sign(c *pairCase, row int) (verdict, bool) {
	g, ok := c.gap(row)
	if !ok {
		return verdict{}, false
	}
	legacy, onp := c.amounts(g)
	if legacy == 0 || legacy != -onp {
		return verdict{}, false
	}
	wrong := reconcile.Legacy
	if (onp < 0) != (c.element(g).Kind == reconcile.Retenue) {
		wrong = reconcile.ONP
	}
	fault := faultOf(wrong)
	if !g.current && c.element(g).Kind == reconcile.Gain {
		fault = reconcile.FaultUnknown // a past month may well be taken back
	}
	return rootOf(reconcile.CauseSign, "sign_opposite", fault, "", fact(reconcile.FactSide, wrong.String())), true
}
