package explain

import (
	"cmp"
	"math"
	"math/big"
	"slices"

	"bascule/reconcile"
)

// paid is what one side pays an agent, and what is known or supposed of how it
// reckoned.
type paid struct {
	side   reconcile.Side
	agent  *reconcile.Agent
	period reconcile.Period // month of pay
	lag    reconcile.Period // added to its months of origin
	cells  []reconcile.Cell
	days   int64 // thirtieths of the month paid
	plain  bool  // a working time of 80 % is paid 80/100
}

// amount is what the side pays of an element for a month of origin, from the
// agent's side.
func (p *paid) amount(element int32, origin reconcile.Period) reconcile.Amount {
	if at, found := p.find(element, origin); found {
		return p.cells[at].Amount
	}
	return 0
}

// find is where the cell of an element and origin stands, or would.
func (p *paid) find(element int32, origin reconcile.Period) (int, bool) {
	return slices.BinarySearchFunc(p.cells, origin, func(c reconcile.Cell, o reconcile.Period) int {
		return cmp.Or(cmp.Compare(c.Element(), element), cmp.Compare(c.Origin(), o))
	})
}

func (p *paid) total(element int32) (sum reconcile.Amount) {
	for i, _ := p.find(element, 0); i < len(p.cells) && p.cells[i].Element() == element; i++ {
		sum += p.cells[i].Amount
	}
	return sum
}

// supposition is one thing that a side may have done otherwise than the tables
// say. The zero value is none.
type supposition struct {
	rate   string // another value of a rate
	scale  string // or of a scale
	value  *big.Rat
	turned *node // a condition is taken for the contrary
	lifted *node // a bound is ignored
	all    bool  // all bounds are
	// Amounts of another side in the place of this side's, for the elements told.
	swap     func(element int32) bool
	swapWith *paid
}

// reckoning evaluates one formula for one side, once.
type reckoning struct {
	book     *Book
	paid     *paid
	origin   reconcile.Period // of the line, among those of the run
	current  bool             // the line is of the pay month
	rounding Rounding
	event    int64 // thirtieths of the line itself
	suppose  *supposition
	element  *Formula
}

var (
	hundred = big.NewRat(100, 1)
	twelve  = big.NewRat(12, 1)
)

// amount reckons the element's amount, from the agent's side; ok is false where
// something it needs is not known.
func (r *reckoning) amount(f *Formula) (reconcile.Amount, bool) {
	if f.static && !f.event && !r.current {
		return 0, false
	}
	r.element = f
	v, ok := r.value(f.root)
	if !ok {
		return 0, false
	}
	cents := toCents(v, r.rounding.truncates()) // a formula that does not round is rounded here
	return natural(&r.book.tables.Elements[f.element], cents), true
}

// natural turns an amount as a formula writes it, deductions positive, into one
// from the agent's side, and back.
func natural(e *reconcile.Element, a reconcile.Amount) reconcile.Amount {
	if e.Kind == reconcile.Retenue {
		return -a
	}
	return a
}

// toCents turns exact euros into centimes: 2 × 100 × numerator ± denominator over
// twice the denominator, cut towards zero; in machine words where they hold it,
// as for nearly all amounts.
func toCents(euros *big.Rat, truncate bool) reconcile.Amount {
	num, den := euros.Num(), euros.Denom()
	if num.IsInt64() && den.IsInt64() {
		if n, d := num.Int64(), den.Int64(); n > -maxWord && n < maxWord && d < maxWord {
			return reconcile.Amount((200*n + halfOf(n, d, truncate)) / (2 * d))
		}
	}
	n, d := new(big.Int).Mul(num, big.NewInt(200)), new(big.Int).Lsh(den, 1)
	if !truncate {
		n.Add(n, new(big.Int).Mul(den, big.NewInt(int64(num.Sign()))))
	}
	if n.Quo(n, d); !n.IsInt64() {
		return math.MaxInt64 // of an absurd table: no payslip pays it
	}
	return reconcile.Amount(n.Int64())
}

// maxWord keeps 200 × n + d within an int64.
const maxWord = 1 << 54

func halfOf(n, d int64, truncate bool) int64 {
	switch {
	case truncate || n == 0:
		return 0
	case n < 0:
		return -d
	}
	return d
}

func euros(a reconcile.Amount) *big.Rat { return big.NewRat(int64(a), 100) }

// monthOf is the true month of a line's origin, one among those of the run.
func (p *paid) monthOf(origin reconcile.Period, current bool) reconcile.Period {
	if current {
		return p.period
	}
	return origin - p.lag
}

// month is that of the line reckoned.
func (r *reckoning) month() reconcile.Period { return r.paid.monthOf(r.origin, r.current) }

func (r *reckoning) value(n *node) (*big.Rat, bool) {
	switch n.op {
	case opNumber:
		return n.number, true
	case opAdd, opSubtract, opMultiply, opDivide, opNegate:
		return r.arithmetic(n)
	case opMin, opMax, opAbove:
		return r.bound(n)
	case opRound:
		return r.round(n)
	case opElement, opTotal, opMembers, opTotals:
		return euros(r.amounts(n)), true
	case opField:
		return number(r.paid.agent, n.field)
	case opPart:
		return r.part()
	case opDays:
		return big.NewRat(r.paid.days, 1), r.paid.days > 0
	case opEvent:
		return big.NewRat(r.event, 1), true
	case opMonthly:
		return r.monthly(n)
	case opRate:
		return r.rate(n.name)
	case opScale, opSteps:
		return r.scale(n)
	case opBase:
		return r.value(r.book.bases[n.name])
	case opWhen:
		if (r.paid.agent.Text(n.field) == n.name) != (r.suppose != nil && r.suppose.turned == n) {
			return r.value(n.args[0])
		}
		return r.value(n.args[1])
	}
	if v, ok := r.value(n.args[0]); ok { // opElse
		return v, true
	}
	return r.value(n.args[1])
}

func (r *reckoning) arithmetic(n *node) (*big.Rat, bool) {
	x, ok := r.value(n.args[0])
	if !ok {
		return nil, false
	}
	v := new(big.Rat)
	if n.op == opNegate {
		return v.Neg(x), true
	}
	y, ok := r.value(n.args[1])
	if !ok {
		return nil, false
	}
	switch n.op {
	case opAdd:
		return v.Add(x, y), true
	case opSubtract:
		return v.Sub(x, y), true
	case opMultiply:
		return v.Mul(x, y), true
	}
	if y.Sign() == 0 {
		return nil, false
	}
	return v.Quo(x, y), true
}

func (r *reckoning) lifted(n *node) bool {
	return r.suppose != nil && (r.suppose.lifted == n || r.suppose.all && boundRate(n) != nil)
}

func (r *reckoning) bound(n *node) (*big.Rat, bool) {
	if n.op == opAbove {
		if !r.lifted(n) {
			x, okX := r.value(n.args[0])
			y, okY := r.value(n.args[1])
			if !okX || !okY {
				return nil, false
			}
			if x.Cmp(y) <= 0 {
				return new(big.Rat), true
			}
		}
		return r.value(n.args[2])
	}
	args := n.args
	if r.lifted(n) {
		args = args[:len(args)-1]
	}
	var best *big.Rat
	for _, a := range args {
		v, ok := r.value(a)
		if !ok {
			return nil, false
		}
		if best == nil || n.op == opMin && v.Cmp(best) < 0 || n.op == opMax && v.Cmp(best) > 0 {
			best = v
		}
	}
	return best, true
}

func (r *reckoning) round(n *node) (*big.Rat, bool) {
	v, ok := r.value(n.args[0])
	if !ok {
		return nil, false
	}
	truncate := n.rounding == reconcile.Truncate
	if n.outer {
		truncate = r.rounding.truncates()
	}
	return euros(toCents(v, truncate)), true
}

// amounts adds what the side pays. In a rappel, only the line's own month counts.
func (r *reckoning) amounts(n *node) reconcile.Amount {
	t := r.book.tables
	switch n.op {
	case opElement:
		return natural(&t.Elements[n.element], r.of(n.element).amount(n.element, r.origin))
	case opTotal:
		if !r.current && !r.element.event {
			return 0
		}
		return natural(&t.Elements[n.element], r.of(n.element).total(n.element))
	}
	var sum reconcile.Amount
	for _, e := range r.book.members[n.name] {
		if n.op == opMembers {
			sum += r.of(e).amount(e, r.origin)
		} else if r.current || r.element.event {
			sum += r.of(e).total(e)
		}
	}
	return sum
}

// of is the side whose amount of an element counts.
func (r *reckoning) of(element int32) *paid {
	if r.suppose != nil && r.suppose.swap != nil && r.suppose.swap(element) {
		return r.suppose.swapWith
	}
	return r.paid
}

// number is a field of the situation as a number.
func number(a *reconcile.Agent, f reconcile.Field) (*big.Rat, bool) {
	switch f {
	case reconcile.FieldIndice:
		return whole(a.Indice)
	case reconcile.FieldNBI:
		return whole(a.NBI)
	case reconcile.FieldChildren:
		return whole(a.Children)
	case reconcile.FieldQuotite:
		if a.Quotite == reconcile.Absent {
			return nil, false
		}
		return big.NewRat(int64(a.Quotite), 100), true
	}
	return new(big.Rat).SetString(a.Text(f))
}

func whole(v int32) (*big.Rat, bool) {
	if v == reconcile.Absent {
		return nil, false
	}
	return big.NewRat(int64(v), 1), true
}

// part is the part of full pay that the working time gives: full pay where the
// file does not tell it.
func (r *reckoning) part() (*big.Rat, bool) {
	q, ok := number(r.paid.agent, reconcile.FieldQuotite)
	if !ok {
		return big.NewRat(1, 1), !r.paid.agent.Carried.Has(reconcile.FieldQuotite)
	}
	if r.book.part != nil && !r.paid.plain {
		if v, ok := r.value(r.book.part); ok {
			return v, true
		}
	}
	return q.Quo(q, hundred), true
}

const pointRate = "POINT_INDICE"

// monthly is the pay of some index points for a month, under the convention of
// the point.
func (r *reckoning) monthly(n *node) (*big.Rat, bool) {
	points, ok := r.value(n.args[0])
	if !ok {
		return nil, false
	}
	point, ok := r.rate(pointRate)
	if !ok {
		return nil, false
	}
	v := new(big.Rat)
	switch r.rounding {
	case Point4, Point5:
		decimals := int64(10_000)
		if r.rounding == Point5 {
			decimals *= 10
		}
		v.Mul(v.Quo(point, twelve), big.NewRat(decimals, 100))
		v.Mul(euros(toCents(v, false)), big.NewRat(100, decimals))
		return v.Mul(v, points), true
	case Annual:
		return v.Quo(euros(toCents(v.Mul(points, point), false)), twelve), true
	}
	return v.Quo(v.Mul(points, point), twelve), true
}

func (r *reckoning) rate(name string) (*big.Rat, bool) {
	if r.suppose != nil && r.suppose.rate == name {
		return r.suppose.value, true
	}
	d := at(r.book.rates[name], r.month())
	if d == nil {
		return nil, false
	}
	return d.value, true
}

func (r *reckoning) scale(n *node) (*big.Rat, bool) {
	if r.suppose != nil && r.suppose.scale == n.name {
		return r.suppose.value, true
	}
	if n.op == opSteps {
		v, ok := number(r.paid.agent, n.field)
		if !ok || !v.IsInt() {
			return nil, false
		}
		return r.book.steps(n.name, v.Num().Int64(), r.month())
	}
	d := at(r.book.scales[n.name][r.book.keyOf(n.name, n.field, r.paid.agent.Text(n.field))], r.month())
	if d == nil {
		return nil, false
	}
	return d.value, true
}
