package explain

import (
	"bascule/reconcile"
)

// situationField tells of a field of the situation that differs. Of the index,
// the grid tells which side is wrong where the grade and the échelon agree.
func situationField(c *pairCase, row int) (verdict, bool) {
	d := &c.findings.Rows[row]
	if d.Kind != reconcile.SituationDiffers {
		return verdict{}, false
	}
	v := c.found(row, change("", d.LegacyText, d.ONPText))
	switch d.Element {
	case reconcile.FieldIBAN.String(), "net":
		v.pattern = ""
	case reconcile.FieldIndice.String():
		if evidence, fault := c.offGrid(); fault != reconcile.FaultUnknown {
			v.rule, v.fault, v.evidence = "grid_index", fault, evidence
		}
	}
	return v, true
}

// gridScale holds the index of each grade and échelon, keyed GRADE/ECHELON.
const gridScale = "GRILLE"

// offGrid tells whose index is not that of the grid for his own grade and
// échelon, if exactly one side's is not.
func (c *pairCase) offGrid() ([]reconcile.Fact, reconcile.Fault) {
	var evidence []reconcile.Fact
	wrong := [2]bool{}
	legacy, onp := c.sides[reconcile.Legacy].agent, c.sides[reconcile.ONP].agent
	if legacy.Grade != onp.Grade || legacy.Echelon != onp.Echelon {
		return nil, reconcile.FaultUnknown
	}
	for _, side := range reconcile.Sides {
		p := &c.sides[side]
		step := p.agent.Grade + "/" + p.agent.Echelon
		of := at(c.book.scales[gridScale][step], p.period)
		points, ok := number(p.agent, reconcile.FieldIndice)
		if of == nil || !ok {
			return nil, reconcile.FaultUnknown
		}
		official := of.value
		if least := at(c.book.rates["INDICE_MINIMUM"], p.period); least != nil && least.value.Cmp(official) > 0 {
			official = least.value
		}
		if wrong[side] = official.Cmp(points) != 0; wrong[side] {
			evidence = []reconcile.Fact{fact(reconcile.FactSide, side.String()), fact(reconcile.FactText, step),
				fact(reconcile.FactApplied, p.agent.Text(reconcile.FieldIndice)), fact(reconcile.FactOfficial, official.RatString()), fact(reconcile.FactSource, of.source)}
		}
	}
	switch {
	case wrong[reconcile.Legacy] && !wrong[reconcile.ONP]:
		return evidence, reconcile.FaultLegacy
	case wrong[reconcile.ONP] && !wrong[reconcile.Legacy]:
		return evidence, reconcile.FaultONP
	}
	return nil, reconcile.FaultUnknown
}
