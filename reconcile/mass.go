package reconcile

import "slices"

// MassAxis is what the payroll mass is cut by: where pay is booked, and whom it
// pays. Each side's amounts stand where that side books them.
type MassAxis struct {
	Programme, BOP, Service string
	Population              string // status of the agent: T, S, C, M, O
	Wave                    string // of the pair, for both sides
}

// MassCategory is the nature of an expense of title 2, as elements.csv gives it.
// The zero category is that of the codes to pay that feed no element.
type MassCategory struct {
	Title2  string // 21 pay, 22 contributions, 23 benefits
	CAS     bool   // borne by the CAS Pensions
	Account string // of the Plan comptable de l'État
}

// Judged is what is held of a gap, for the budget.
type Judged string

// What may be held of a gap: whose error it is, that it is justified or accepted,
// within tolerance, or none of them.
const (
	JudgedONP       Judged = "onp"
	JudgedLegacy    Judged = "legacy"
	JudgedJustified Judged = "justified"
	JudgedTolerated Judged = "tolerated"
	JudgedUnknown   Judged = "unexplained"
)

// AllJudged lists them in the order of every screen.
var AllJudged = []Judged{JudgedONP, JudgedLegacy, JudgedJustified, JudgedTolerated, JudgedUnknown}

// Judged tells whose error the gap is held to be: what was decided of it says
// it, or else the side at fault.
func (d *Discrepancy) Judged() Judged {
	switch {
	case d.Status == StatusTolerated:
		return JudgedTolerated
	case !d.Status.Open():
		return JudgedJustified
	case d.Status == StatusToFixONP:
		return JudgedONP
	case d.Status == StatusToFixLegacy:
		return JudgedLegacy
	case d.AtFault == FaultONP:
		return JudgedONP
	case d.AtFault == FaultLegacy:
		return JudgedLegacy
	}
	return JudgedUnknown
}

// MassLine is what both sides pay on one axis in one category.
type MassLine struct {
	MassAxis
	MassCategory
	Legacy, ONP Amount
	// Arrears is, of each side's amount, what belongs to another month of origin
	// than the one it is paid in.
	Arrears [2]Amount
}

// MassGap is what the gaps of one axis and category amount to, by the cause of
// their root and what is held of them.
type MassGap struct {
	MassAxis
	MassCategory
	Cause  Cause // of the root that they derive from
	Judged Judged
	OneOff bool // arrears, timing, or another month of origin: it will not come back
	Delta  Amount
	Gaps   int64
}

// MassHead counts who is paid for the month on one axis: agents with pay of the
// month, and the sum of their working times, in hundredths of a percent.
type MassHead struct {
	MassAxis
	Heads, Quotite [2]int64 // by side
}

// MassTally adds the payroll mass of a run. Categories are those of the
// elements; what an element without title-2 category moves is no mass.
type MassTally struct {
	categories []MassCategory // the last is that of unmapped codes
	of         []int          // by element: its category, noCategory for none
	books      map[MassAxis]*massBook
}

const noCategory = -1

type massBook struct {
	held, arrears  [2][]Amount // by category
	heads, quotite [2]int64
	gaps           map[massKey]massSum
}

type massKey struct {
	category int
	cause    Cause
	judged   Judged
	oneOff   bool
}

type massSum struct {
	delta Amount
	gaps  int64
}

func newMassTally(m *Mapping) *MassTally {
	t := &MassTally{of: make([]int, len(m.Elements)), books: make(map[MassAxis]*massBook)}
	for i := range m.Elements {
		e := &m.Elements[i]
		t.of[i] = noCategory
		if e.Title2 == "" {
			continue
		}
		category := MassCategory{e.Title2, e.CAS, e.Account}
		if t.of[i] = slices.Index(t.categories, category); t.of[i] < 0 {
			t.of[i] = len(t.categories)
			t.categories = append(t.categories, category)
		}
	}
	t.categories = append(t.categories, MassCategory{})
	return t
}

func (t *MassTally) book(a MassAxis) *massBook {
	b := t.books[a]
	if b == nil {
		b = &massBook{gaps: make(map[massKey]massSum)}
		for side := range b.held {
			b.held[side], b.arrears[side] = make([]Amount, len(t.categories)), make([]Amount, len(t.categories))
		}
		t.books[a] = b
	}
	return b
}

// category is that of a line, noCategory where it is no mass: codes that feed no
// element count where they pay the agent.
func (t *MassTally) category(at place, sense Sense) int {
	switch {
	case !at.unmapped():
		return t.of[at.cell.element()]
	case sense == ToPay:
		return len(t.categories) - 1
	}
	return noCategory
}

func (t *MassTally) merge(o *MassTally) {
	for axis, from := range o.books {
		to := t.book(axis)
		for side := range from.held {
			for i, amount := range from.held[side] {
				to.held[side][i] += amount
				to.arrears[side][i] += from.arrears[side][i]
			}
			to.heads[side] += from.heads[side]
			to.quotite[side] += from.quotite[side]
		}
		for k, sum := range from.gaps {
			to.add(k, sum.delta, sum.gaps)
		}
	}
}

// addHeld adds or takes off what the payslips of another tally pay, and whom,
// which is all that quiet pairs enter.
func (t *MassTally) addHeld(o *MassTally, sign Amount) {
	for axis, from := range o.books {
		to := t.book(axis)
		for side := range from.held {
			for i := range from.held[side] {
				to.held[side][i] += sign * from.held[side][i]
				to.arrears[side][i] += sign * from.arrears[side][i]
			}
			to.heads[side] += int64(sign) * from.heads[side]
			to.quotite[side] += int64(sign) * from.quotite[side]
		}
	}
}

func (b *massBook) add(k massKey, delta Amount, gaps int64) {
	sum := b.gaps[k]
	b.gaps[k] = massSum{sum.delta + delta, sum.gaps + gaps}
}

// count counts an agent who has pay of the month; a working time that the file
// does not give is a full one.
func (b *massBook) count(side Side, a *Agent) {
	b.heads[side]++
	if a.Quotite == Absent {
		b.quotite[side] += fullTime
		return
	}
	b.quotite[side] += int64(a.Quotite)
}

const fullTime = 10_000 // hundredths of a percent

// massAxis is where a side books a part of the pay of an agent.
func (c *Comparer) massAxis(part Part, a *Agent) MassAxis {
	return MassAxis{Programme: part.Programme, BOP: part.BOP, Service: part.Service, Population: a.Status, Wave: c.waveOf(c.emitted.agent)}
}

// massGaps adds what the gaps of the pair move in the mass.
func (c *Comparer) massGaps() {
	mass := c.Tally.Mass
	for i := range c.rows {
		d := &c.rows[i]
		k := massKey{cause: d.Cause, judged: d.Judged(), oneOff: c.oneOffGap(d)}
		if root := c.rootOf(d); root != nil {
			k.cause, k.oneOff = root.Cause, k.oneOff || c.oneOffGap(root)
		}
		book := mass.book(MassAxis{Programme: d.Programme, BOP: d.BOP, Service: d.Service, Population: c.emitted.agent.Status, Wave: d.Wave})
		switch d.Kind {
		case MissingInLegacy, MissingInONP:
			side := Legacy
			if d.Kind == MissingInLegacy {
				side = ONP
			}
			c.massOfMissing(book, k, side)
		case LineMissingInLegacy, LineMissingInONP, AmountDiffers:
			if k.category = mass.of[c.elementIndex(d)]; k.category != noCategory {
				book.add(k, d.Delta, 1)
			}
		case Unmapped:
			if d.Sense == ToPay {
				k.category = len(mass.categories) - 1
				book.add(k, d.Delta, 1)
			}
		}
	}
}

// massOfMissing adds a whole payslip that only one side has: one gap, in each
// category that it moves.
func (c *Comparer) massOfMissing(book *massBook, k massKey, side Side) {
	mass := c.Tally.Mass
	sums := make([]Amount, len(mass.categories))
	for i := range c.sides[side].cells {
		cell := &c.sides[side].cells[i]
		if at := mass.of[cell.key.element()]; at != noCategory {
			sums[at] += signOf(side) * cell.Amount
		}
	}
	for i := range c.sides[side].unmapped {
		if u := &c.sides[side].unmapped[i]; u.sense == ToPay {
			sums[len(sums)-1] += signOf(side) * u.amount
		}
	}
	for category, sum := range sums {
		if sum != 0 {
			k.category = category
			book.add(k, sum, 1)
		}
	}
}

// oneOffGap tells whether a gap belongs to one month, by its cause or its month
// of origin.
func (c *Comparer) oneOffGap(d *Discrepancy) bool {
	return d.Cause == CauseArrears || d.Cause == CauseTiming || d.Origin != 0 && d.Origin != c.terms.Period
}

// rootOf finds the row that a gap of the pair derives from, nil for a root.
func (c *Comparer) rootOf(d *Discrepancy) *Discrepancy {
	if d.Root == "" {
		return nil
	}
	for i := range c.rows {
		if c.rows[i].Fingerprint == d.Root {
			return &c.rows[i]
		}
	}
	return nil
}

func (c *Comparer) elementIndex(d *Discrepancy) int { return c.elements[ElementCode(d.Element)] }
