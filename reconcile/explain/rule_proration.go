package explain

import (
	"strconv"

	"bascule/reconcile"
)

// proration explains a gap by the thirtieths that each side pays or withholds,
// or by the part that it pays of a working time. Where case law settles the
// count, it tells who is wrong.
func proration(c *pairCase, row int) (verdict, bool) {
	g, ok := c.scaled(row)
	if !ok || !g.bothTold() {
		return verdict{}, false
	}
	if l, o := g.events[reconcile.Legacy], g.events[reconcile.ONP]; g.formula.event && l != o {
		return c.absence(l, o), true
	}
	for _, n := range c.ownInputs(g) {
		switch {
		case n.op == opDays:
			return c.daysPaid(), true
		case n.op == opPart && c.sides[reconcile.Legacy].plain != c.sides[reconcile.ONP].plain:
			return c.plainPart(), true
		}
	}
	return verdict{}, false
}

const (
	sourceEntry   = "CE, 26 février 1996, n° 156217"
	sourceAbsence = "CE, 24 juin 2011, n° 336908"
)

func thirtiethFacts(legacy, onp int64) []reconcile.Fact {
	return []reconcile.Fact{fact(reconcile.FactLegacyDays, itoa(legacy)), fact(reconcile.FactONPDays, itoa(onp))}
}

func thirtiethChange(legacy, onp int64) string {
	return change("", itoa(legacy)+"/30", itoa(onp)+"/30")
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// absence: days withheld run from the first to the last, week-ends included, so
// that two days fewer, of an absence that can span one, are a week-end left out.
func (c *pairCase) absence(legacy, onp int64) verdict {
	evidence, fewer := thirtiethFacts(legacy, onp), reconcile.Legacy
	if onp < legacy {
		fewer = reconcile.ONP
	}
	if min(legacy, onp) < 2 || legacy-onp != 2 && onp-legacy != 2 {
		return rootOf(reconcile.CauseProration, "proration_days", reconcile.FaultUnknown, thirtiethChange(legacy, onp), evidence...)
	}
	return rootOf(reconcile.CauseProration, "proration_absence", faultOf(fewer), thirtiethChange(legacy, onp),
		append(evidence, fact(reconcile.FactSide, fewer.String()), fact(reconcile.FactSource, sourceAbsence))...)
}

// daysPaid: who enters is due the days from his entry to the last of the month;
// an engine that counts thirty less the days before is one short in a month of
// 31 days, one or two over in February.
func (c *pairCase) daysPaid() verdict {
	legacy, onp := c.sides[reconcile.Legacy].days, c.sides[reconcile.ONP].days
	evidence, pattern := thirtiethFacts(legacy, onp), thirtiethChange(legacy, onp)
	odd := int64(c.terms.Period.Days()) - 30 // by how much the two counts of an entry differ
	wrong := reconcile.ONP
	switch {
	case odd == 0 || c.terms.Months.Set() || legacy-onp != odd && onp-legacy != odd || !c.mayHaveEntered(legacy, onp):
		return rootOf(reconcile.CauseProration, "proration_days", reconcile.FaultUnknown, pattern, evidence...)
	case onp-legacy == odd:
		wrong = reconcile.Legacy
	}
	return rootOf(reconcile.CauseProration, "proration_entry", faultOf(wrong), pattern,
		append(evidence, fact(reconcile.FactSide, wrong.String()), fact(reconcile.FactSource, sourceEntry))...)
}

// mayHaveEntered tells whether an entry may be behind the thirtieths: neither
// side pays the whole month, and last month, where it is known, paid nobody.
func (c *pairCase) mayHaveEntered(legacy, onp int64) bool {
	if max(legacy, onp) == 30 {
		return false
	}
	for _, side := range reconcile.Sides {
		if _, paid, _ := c.month(side, c.terms.Period-1); paid {
			return false
		}
	}
	return true
}

// plainPart: a working time of 80 % is paid 6/7, not 80/100.
func (c *pairCase) plainPart() verdict {
	side := reconcile.ONP
	if c.sides[reconcile.Legacy].plain {
		side = reconcile.Legacy
	}
	p := &c.sides[side]
	text := p.agent.Text(reconcile.FieldQuotite)
	r := reckoning{book: c.book, paid: p, origin: c.terms.Period, current: true}
	applied, _ := r.part()
	official, _ := r.value(c.book.part)
	evidence := []reconcile.Fact{fact(reconcile.FactSide, side.String()), fact(reconcile.FactText, text), fact(reconcile.FactApplied, applied.RatString()),
		fact(reconcile.FactOfficial, official.RatString())}
	if d := c.partRow(p); d != nil {
		evidence = append(evidence, fact(reconcile.FactSource, d.source))
	}
	return rootOf(reconcile.CauseProration, "proration_part", faultOf(side), "quotite "+text, evidence...)
}

// partRow is the row of the scales that tells what the working time is paid.
func (c *pairCase) partRow(p *paid) *dated {
	var found *dated
	var walk func(n *node)
	walk = func(n *node) {
		if n.op == opScale && found == nil {
			found = at(c.book.scales[n.name][c.book.keyOf(n.name, n.field, p.agent.Text(n.field))], p.period)
		}
		for _, a := range n.args {
			walk(a)
		}
	}
	walk(c.book.part)
	return found
}
