package reconcile

import (
	"errors"
	"fmt"
	"iter"
)

// Terms are what a reconciliation is done under: all that, with the payslips,
// decides its result.
type Terms struct {
	Period    Period
	Months    Months // zero: both systems are compared
	Tables    *Tables
	Mapping   *Mapping // Tables for Period and Months
	Tolerance Tolerance
	Identity  Identity
	Secret    []byte // key of the fingerprints
	// Explainer makes the one that a Comparer uses; nil leaves every gap unexplained.
	Explainer func() Explainer
	Reviewer  Reviewer // nil carries no decision
}

// Sink takes what a comparison finds. Arguments are valid during the call only.
type Sink interface {
	Discrepancy(*Discrepancy) error
	// Single keeps a payslip that the key left alone, for Rematch and Alone.
	Single(*Single) error
}

// Errors of the engine about its own work: the run stops, since a total is
// wrong somewhere.
var (
	ErrStoredSums = errors.New("les lignes relues d'un bulletin ne redonnent pas les totaux lus dans le fichier: base altérée")
	ErrPairSum    = errors.New("les écarts d'un bulletin ne redonnent pas la différence des nets")
)

// Comparer compares pairs and keeps the accounts of what passed. One goroutine
// uses one Comparer; Tally.Merge joins their accounts.
type Comparer struct {
	Tally Tally  // of all pairs but the quiet ones
	Quiet *Quiet // of the quiet pairs of First
	// Noted are rows of the store, one of each pair of First that is not quiet.
	Noted []int64

	terms     *Terms
	sink      Sink
	crosswalk [2]map[string]*CrosswalkRow // by the key of each side
	looser    [len(Passes)][]IdentityField
	person    [2]string // last one met, per side
	emitted   verdict
	row       Discrepancy
	rows      []Discrepancy // of the pair
	explainer Explainer
	sides     [2]mappedSide
	where     imputation
	gaps      []gap
	measure   pairMeasure
	elements  map[ElementCode]int // by their codes
	paidIn    [2]Period           // month of pay of each side
	selectors []Field
	waves     map[string]string // wave by what the selectors look at
	scratch   []byte
	only      bool // the key of the pair is the only one of its person
}

// NewComparer is ready for First.
func NewComparer(t *Terms, sink Sink) *Comparer {
	c := &Comparer{terms: t, sink: sink, Tally: newTally(t.Mapping), Quiet: NewQuiet(t.Mapping), looser: looserKeys(&t.Identity), selectors: selectorsOf(t.Tables.Waves), waves: make(map[string]string), elements: make(map[ElementCode]int)}
	for i := range t.Mapping.Elements {
		c.elements[t.Mapping.Elements[i].Code] = i
	}
	for _, side := range Sides {
		_, c.paidIn[side] = t.Months.Source(side, t.Period)
	}
	if t.Explainer != nil {
		c.explainer = t.Explainer()
	}
	for _, side := range Sides {
		c.crosswalk[side] = make(map[string]*CrosswalkRow)
	}
	rows := t.crosswalk()
	for i := range rows {
		row := &rows[i]
		c.crosswalk[Legacy][row.LegacyKey] = row
		c.crosswalk[ONP][row.ONPKey] = row
	}
	return c
}

// First compares the pairs made by the key, in key order, and hands those left
// alone to the sink where a looser key exists for them.
func (c *Comparer) First(pairs iter.Seq2[*Pair, error]) error {
	for k, err := range byPerson(pairs) {
		if err != nil {
			return err
		}
		p := k.Pair
		c.reset()
		c.only = k.only
		for _, side := range Sides {
			if g := &p.Groups[side]; g.Payslip != nil && !g.Shared { // the others are admitted by Second, put together
				if err := c.setAside(side, g); err != nil {
					return err
				}
			}
		}
		singles := c.singles(p)
		for _, single := range singles {
			if err := c.sink.Single(single); err != nil {
				return err
			}
		}
		if len(singles) == 0 {
			if err := c.pair(p); err != nil {
				return err
			}
		}
		if c.emitted.quiet {
			continue
		}
		c.Noted = append(c.Noted, p.Groups[sideOf(p)].Payslip.ID)
		for _, side := range Sides {
			if g := &p.Groups[side]; g.Payslip != nil && !g.Shared {
				c.Tally.Sides[side].admit(g, c.newPerson(side, g))
			}
		}
		if err := c.flush(p); err != nil {
			return err
		}
	}
	return nil
}

// Second compares the pairs that Rematch made of the singles, pass by pass, and
// at last those that Alone gives.
func (c *Comparer) Second(pairs iter.Seq2[*Pair, error]) error {
	for p, err := range pairs {
		if err != nil {
			return err
		}
		c.reset()
		for _, side := range Sides {
			if g := &p.Groups[side]; g.Payslip != nil && g.Shared { // the others were admitted by First
				c.Tally.Sides[side].admit(g, true)
				if err := c.setAside(side, g); err != nil {
					return err
				}
			}
		}
		if err := c.pair(p); err != nil {
			return err
		}
		if err := c.flush(p); err != nil {
			return err
		}
	}
	return nil
}

// reset forgets the former pair.
func (c *Comparer) reset() {
	c.emitted, c.measure = verdict{}, pairMeasure{}
	for _, side := range Sides {
		c.sides[side].cells = c.sides[side].cells[:0]
	}
}

// pair runs the steps of the algorithm (doc.go) on one pair.
func (c *Comparer) pair(p *Pair) error {
	if err := c.doubts(p); err != nil { // step 1
		return err
	}
	c.head(p)
	for _, side := range Sides {
		if err := c.mapSide(side, p); err != nil {
			return err
		}
	}
	c.countLines()
	alone := p.Groups[Legacy].Payslip == nil || p.Groups[ONP].Payslip == nil
	c.findGaps() // steps 4 and 5
	if !alone && c.quiet(p) {
		c.emitted.quiet, c.measure.complete, c.measure.matched = true, true, true
		c.where.reset(c.Quiet.ledger, p)
		c.countQuiet(p)
		return nil
	}
	c.where.reset(c.Tally.Ledger, p)
	for _, side := range Sides {
		if c.book(side, p, c.Tally.Ledger, c.Tally.Mass); c.sides[side].unbalanced {
			c.Tally.Sides[side].doubt(p.Groups[side].Payslip)
		}
	}
	if alone {
		return c.missing(p) // step 1
	}
	if err := c.identity(p); err != nil {
		return err
	}
	if err := c.unmapped(); err != nil { // step 3
		return err
	}
	c.netOverOrigins() // step 6
	c.tolerate()       // step 5, of the whole payslip
	if err := c.emitGaps(); err != nil {
		return err
	}
	if err := c.fields(p); err != nil { // steps 2 and 7
		return err
	}
	if err := c.declaredNets(p); err != nil { // step 8
		return err
	}
	if c.emitted.net != c.sides[ONP].net-c.sides[Legacy].net { // step 8
		return fmt.Errorf("bulletins %d et %d: %w", c.row.LegacyPayslip, c.row.ONPPayslip, ErrPairSum)
	}
	c.measure.complete, c.measure.matched = true, true
	return nil
}

// missing reports a payslip that one side lacks (step 1).
func (c *Comparer) missing(p *Pair) error {
	if err := c.alone(p); err != nil {
		return err
	}
	side := sideOf(p)
	m := &c.sides[side]
	d := c.blank(MissingInLegacy)
	d.ONP, d.DeltaNet, d.DeltaInformation = m.net, m.net, m.information
	if side == Legacy {
		d.Kind = MissingInONP
		d.Legacy, d.ONP, d.DeltaNet, d.DeltaInformation = m.net, 0, -m.net, -m.information
	}
	d.Delta, d.LegacyLines, d.ONPLines = d.DeltaNet, int32(c.sides[Legacy].lines), int32(c.sides[ONP].lines)
	d.Rule = "missing_payslip"
	if p.Match == Ambiguous {
		d.LegacyText, d.ONPText = p.Rivals.String(Legacy), p.Rivals.String(ONP)
	}
	c.where.transfer()
	c.Tally.missing(side)
	c.measure.complete = true
	return c.emit(d)
}

// unmapped reports the codes that no table knows, one for each code, sense and
// origin.
func (c *Comparer) unmapped() error {
	for _, side := range Sides {
		for _, u := range c.sides[side].unmapped {
			d := c.blank(Unmapped)
			d.Element, d.Side, d.Sense, d.Origin = string(u.code), side, u.sense, u.origin
			d.ONP, d.ONPLines, d.Delta = u.amount, u.lines, u.amount
			if side == Legacy {
				d.Legacy, d.LegacyLines, d.Delta = u.amount, u.lines, -u.amount
				d.ONP, d.ONPLines = 0, 0
			}
			d.Cause, d.Rule = CauseMapping, "unmapped_code"
			if c.terms.Mapping.knows(side, u.code) {
				d.Rule = "sense_mismatch" // mapped to an element of the other side of the payslip
			}
			c.where.stand(d, rawPlace(u.code, side, u.sense, u.origin)).Delta += d.Delta
			if err := c.emitMoney(d); err != nil {
				return err
			}
		}
	}
	return nil
}

// findGaps merges the sums of both sides (step 5).
func (c *Comparer) findGaps() {
	c.gaps = c.gaps[:0]
	l, o := c.sides[Legacy].cells, c.sides[ONP].cells
	for len(l) > 0 || len(o) > 0 {
		var g gap
		switch {
		case len(o) == 0 || len(l) > 0 && l[0].key < o[0].key:
			g.key, g.sides[Legacy], l = l[0].key, l[0], l[1:]
		case len(l) == 0 || o[0].key < l[0].key:
			g.key, g.sides[ONP], o = o[0].key, o[0], o[1:]
		default:
			g.key, g.sides[Legacy], g.sides[ONP], l, o = l[0].key, l[0], o[0], l[1:], o[1:]
			c.measure.lines-- // of both sides, counted once
		}
		if g.delta() != 0 {
			c.gaps = append(c.gaps, g)
		}
	}
}

// netOverOrigins marks the gaps of an element that vanish over its origins
// (step 6). The pays of two months are other money: nothing vanishes there.
func (c *Comparer) netOverOrigins() {
	for start := 0; start < len(c.gaps); {
		end, sum := start, Amount(0)
		for end < len(c.gaps) && c.gaps[end].key.element() == c.gaps[start].key.element() {
			sum += c.gaps[end].delta()
			end++
		}
		for i := start; i < end; i++ {
			c.gaps[i].vanishes = sum == 0 && !c.terms.Months.Set()
		}
		start = end
	}
}

// tolerate marks the gaps within tolerance, line by line, or all of them when
// together they are within that of the payslip. What is not compared does not
// count; an element's own tolerance is never widened; a payslip with an
// unmapped code is never tolerated as a whole.
func (c *Comparer) tolerate() {
	var absolute Amount
	for i := range c.gaps {
		g := &c.gaps[i]
		e := &c.terms.Mapping.Elements[g.key.element()]
		if e.Compared {
			absolute += g.delta().Abs()
		}
		g.tolerated = c.terms.Tolerance.Line(e, g.delta())
	}
	if len(c.sides[Legacy].unmapped)+len(c.sides[ONP].unmapped) > 0 || !c.terms.Tolerance.Payslip(absolute) {
		return
	}
	for i := range c.gaps {
		g := &c.gaps[i]
		g.tolerated = g.tolerated || !c.terms.Mapping.Elements[g.key.element()].Tolerance.Set
	}
}
