package explain

import (
	"cmp"
	"slices"
	"strconv"

	"bascule/reconcile"
)

// Neighbour finds what a side paid an agent in another month: nothing where it
// did not pay him; loaded tells whether the store holds that month at all.
type Neighbour func(side reconcile.Side, agent *reconcile.Agent, month reconcile.Period) (cells []reconcile.Cell, found, loaded bool, err error)

// Explainer implements reconcile.Explainer for the pairs of one run.
type Explainer struct {
	book      *Book
	survey    *Survey
	terms     *reconcile.Terms
	neighbour Neighbour

	c    pairCase
	gaps []gap
}

// New is an Explainer for the pairs of a run. Neighbour may be nil: then no
// month but the run's is known. Each goroutine uses its own.
func New(b *Book, s *Survey, t *reconcile.Terms, n Neighbour) *Explainer {
	return &Explainer{book: b, survey: s, terms: t, neighbour: n}
}

// pairCase is what the rules know of a pair.
type pairCase struct {
	*Explainer
	findings *reconcile.Findings
	sides    [2]paid
	both     bool             // each side has a payslip
	root     []int            // by row: the row it hangs on, or itself; -1 before it is decided
	gapOf    []int            // by row: its gap, noRow for none
	borrowed bool             // a side's thirtieths are those of the other: nothing tells its own
	lines    [2][]elementLine // sorted by element and origin, once asked for
	months   map[sideMonth]monthPaid
	err      error // of a neighbour
}

// gap is one row of money that one element differs by, and what the formula
// says of it.
type gap struct {
	row     int
	element int32
	origin  reconcile.Period
	delta   reconcile.Amount
	formula *Formula // nil where the element has none, or none for this line
	current bool
	// The row of the unmapped code whose amount closes it, noRow for none.
	unmapped int
	// Of the formula, on each side:
	known   [2]bool             // it can be reckoned
	scale   [2]reconcile.Amount // what it gives, from the agent's side
	follows [2]bool             // that is what the side pays
	used    [2]Rounding         // the convention under which it is
	told    [2]bool             // under its own convention or another, the formula gives what it pays
	events  [2]int64            // thirtieths of the line itself, where it has some
}

// verdict is what a rule decides.
type verdict struct {
	cause    reconcile.Cause
	rule     string
	fault    reconcile.Fault
	root     int // row it derives from, -1 for a root
	evidence []reconcile.Fact
	pattern  string
}

const noRow = -1

// Explain implements reconcile.Explainer.
func (x *Explainer) Explain(f *reconcile.Findings) error {
	c := x.open(f)
	for i := range x.gaps {
		c.measure(&x.gaps[i])
		c.decide(x.gaps[i].row)
	}
	for i := range f.Rows {
		if c.root[i] == noRow {
			c.decide(i)
		}
	}
	c.close()
	return c.err
}

// open lays out a pair.
func (x *Explainer) open(f *reconcile.Findings) *pairCase {
	x.c = pairCase{Explainer: x, findings: f, root: slices.Grow(x.c.root[:0], len(f.Rows))[:len(f.Rows)],
		gapOf: slices.Grow(x.c.gapOf[:0], len(f.Rows))[:len(f.Rows)]}
	c := &x.c
	c.both = true
	for _, side := range reconcile.Sides {
		p := &c.sides[side]
		_, month := x.terms.Months.Source(side, x.terms.Period)
		*p = paid{side: side, period: month, lag: x.terms.Period - month, cells: f.Cells[side]}
		if s := f.Pair.Groups[side].Payslip; s != nil {
			p.agent = &s.Agent
		} else {
			c.both = false
		}
	}
	x.gaps = x.gaps[:0]
	for i := range f.Rows {
		c.root[i], c.gapOf[i] = noRow, noRow
		if g, ok := c.gapAt(i); ok {
			x.gaps = append(x.gaps, g)
		}
	}
	rank := x.book.rank
	slices.SortStableFunc(x.gaps, func(a, b gap) int {
		return cmp.Or(cmp.Compare(rank[a.element], rank[b.element]), cmp.Compare(b.origin, a.origin))
	})
	for i := range x.gaps {
		c.gapOf[x.gaps[i].row] = i
	}
	if c.both && len(x.gaps) > 0 {
		c.restoreUnmapped()
		if slices.ContainsFunc(x.gaps, c.timed) {
			c.findDays()
		}
	}
	return c
}

// timed tells whether a gap may be one of thirtieths or of working time.
func (c *pairCase) timed(g gap) bool {
	if g.formula != nil {
		return g.formula.timed
	}
	return c.element(&g).Kind == reconcile.Gain
}

// gapAt is the gap of money of a row, if it is one of an element.
func (c *pairCase) gapAt(row int) (gap, bool) {
	d := &c.findings.Rows[row]
	switch d.Kind {
	case reconcile.AmountDiffers, reconcile.LineMissingInLegacy, reconcile.LineMissingInONP:
	default:
		return gap{}, false
	}
	element, ok := c.book.index[d.Element]
	if !ok {
		return gap{}, false
	}
	g := gap{row: row, unmapped: noRow, element: element, origin: c.aligned(d), delta: d.Delta}
	g.current = g.origin == c.terms.Period
	if f := c.book.formulas[element]; f != nil && (g.current || f.event || !f.static) {
		g.formula = f
	}
	return g, true
}

// aligned is the origin of a row among those of the run.
func (c *pairCase) aligned(d *reconcile.Discrepancy) reconcile.Period {
	if d.ONPLines == 0 {
		return d.Origin + c.sides[reconcile.Legacy].lag
	}
	return d.Origin
}

// reckon applies the formula of a gap for a side, under a supposition or none.
func (c *pairCase) reckon(g *gap, side reconcile.Side, s *supposition) (reconcile.Amount, bool) {
	return c.reckonUnder(g, &c.sides[side], c.survey.Of(side, g.formula), s)
}

func (c *pairCase) reckonUnder(g *gap, p *paid, rounding Rounding, s *supposition) (reconcile.Amount, bool) {
	r := reckoning{book: c.book, paid: p, origin: g.origin, current: g.current, rounding: rounding, event: g.events[p.side], suppose: s}
	return r.amount(g.formula)
}

// measure finds what the formula gives on each side. Thirtieths that the line
// alone has are those that the amount tells, if any do.
func (c *pairCase) measure(g *gap) {
	if g.formula == nil || !c.both {
		return
	}
	for _, side := range reconcile.Sides {
		amount := c.pays(g, side)
		if g.formula.event {
			for g.events[side] = 0; g.events[side] <= 30; g.events[side]++ {
				if v, ok := c.reckon(g, side, nil); ok && v == amount {
					break
				}
			}
			g.events[side] %= 31
		}
		g.scale[side], g.known[side] = c.reckon(g, side, nil)
		g.follows[side] = g.known[side] && g.scale[side] == amount
		g.used[side], g.told[side] = c.survey.Of(side, g.formula), g.follows[side]
		if g.known[side] && !g.follows[side] {
			g.used[side], g.told[side] = c.otherRounding(g, side, g.used[side])
		}
	}
}

// decide gives a row to the rules.
func (c *pairCase) decide(row int) {
	for i := range rules {
		v, ok := rules[i].decide(c, row)
		if !ok {
			continue
		}
		d := &c.findings.Rows[row]
		d.Cause, d.Rule, d.AtFault, d.Evidence, d.Pattern = v.cause, v.rule, v.fault, v.evidence, v.pattern
		c.root[row] = row
		if v.root != noRow {
			c.root[row] = v.root
			d.Root = c.findings.Rows[v.root].Fingerprint
		}
		return
	}
}

// close adds up what hangs on each root, and names the clusters.
func (c *pairCase) close() {
	rows := c.findings.Rows
	for i := range rows {
		d, at := &rows[i], &rows[c.root[i]]
		if d != at {
			at.Effect.Derived++
			d.AtFault = at.AtFault
		}
		e := &at.Effect
		e.Net += d.DeltaNet
		switch {
		case d.Kind == reconcile.MissingInLegacy || d.Kind == reconcile.MissingInONP:
			c.addPayslip(e)
		case c.employer(d):
			e.Employer += d.DeltaInformation
			e.Budget += d.DeltaInformation
		case c.borne(d):
			e.Budget += d.DeltaNet
		}
	}
	for i := range rows {
		if d := &rows[i]; c.root[i] == i {
			d.Cluster = reconcile.ClusterOf(d.Kind, d.Element, d.Cause, d.Rule, d.Pattern)
		}
	}
}

func (c *pairCase) employer(d *reconcile.Discrepancy) bool {
	e, ok := c.book.index[d.Element]
	if d.Kind == reconcile.Unmapped {
		e, ok = c.elementOf(d)
	}
	return ok && c.book.tables.Elements[e].Kind == reconcile.Patronale
}

// borne tells whether a gap within the net is one of the budget: of what is
// paid, and of what the table says lowers it.
func (c *pairCase) borne(d *reconcile.Discrepancy) bool {
	e, ok := c.book.index[d.Element]
	if !ok || d.Kind == reconcile.Unmapped {
		return d.Sense == reconcile.ToPay
	}
	return c.costs(e)
}

func (c *pairCase) costs(element int32) bool {
	e := &c.book.tables.Elements[element]
	return e.Kind == reconcile.Gain || e.Kind == reconcile.Retenue && e.Title2 != ""
}

// addPayslip adds what a missing payslip costs.
func (c *pairCase) addPayslip(e *reconcile.Effect) {
	for _, side := range reconcile.Sides {
		for i := range c.sides[side].cells {
			cell := &c.sides[side].cells[i]
			amount := cell.Amount
			if side == reconcile.Legacy {
				amount = -amount
			}
			switch {
			case c.book.tables.Elements[cell.Element()].Kind == reconcile.Patronale:
				e.Employer += amount
				e.Budget += amount
			case c.costs(cell.Element()):
				e.Budget += amount
			}
		}
	}
}

// code is the pivot element's code.
func (c *pairCase) code(element int32) string { return string(c.book.tables.Elements[element].Code) }

// faultOf blames one side.
func faultOf(side reconcile.Side) reconcile.Fault {
	if side == reconcile.ONP {
		return reconcile.FaultONP
	}
	return reconcile.FaultLegacy
}

// equalAmount is the pattern of gaps that only their amount makes alike.
func equalAmount(a reconcile.Amount) string { return "=" + strconv.FormatInt(int64(a), 10) }

// change is the pattern of a value that both sides have otherwise.
func change(what, legacy, onp string) string {
	if what != "" {
		what += " "
	}
	return what + legacy + " → " + onp
}

func fact(name reconcile.FactName, value string) reconcile.Fact {
	return reconcile.Fact{Name: name, Value: value}
}
