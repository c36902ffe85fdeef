package reconcile

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"slices"
)

// Part tells where the lines of a payslip joined from several are booked, from
// Lines[From] on.
type Part struct {
	From                    int
	Programme, BOP, Service string
}

// bookedOn is the part that begins at a line and is booked where the agent is.
func (a *Agent) bookedOn(from int) Part { return Part{from, a.Programme, a.BOP, a.Service} }

// Group is all that one side holds of one payslip.
type Group struct {
	Payslip  *Payslip
	Repeats  int      // further payslips, as the files delimit them, joined into Payslip
	Repeated bool     // some of them are the same payslip again, in its own file
	Split    bool     // some of them are the part that another accountant pays
	Doubles  []Double // the same payslip in other files, set aside
	// Shared tells that several persons are under the key: the group is, or is a
	// part of, what one of them is paid.
	Shared bool
}

// Double is a payslip met again in another file.
type Double struct {
	Payslip         *Payslip
	OtherAccountant bool // the other file names another accountant for the same lines
}

// ErrCrowded means that one key holds more than a person is ever paid: it is a
// number that fills in for a missing one.
var ErrCrowded = errors.New("une même clé d'identité porte plus de lignes de paye qu'aucun agent n'en a : NIR de remplissage, sans matricule ni nom ? Faites livrer le matricule, ou changez identity.key")

// Assemble joins the rows of one side, in ascending (key, load) order, into one
// Group for each key; for a key that several persons share, into several in a
// row, each as soon as it ends, so that no number of them fills the memory.
func Assemble(rows iter.Seq2[*Payslip, error]) iter.Seq2[*Group, error] {
	return func(yield func(*Group, error) bool) {
		var a assembler
		for p, err := range rows {
			more := true
			switch {
			case err != nil:
				yield(nil, err)
				return
			case len(a.units) == 0:
				a.start(p)
			case p.Key == a.key:
				more = a.add(p, yield)
			case p.Key < a.key:
				yield(nil, ErrOrder)
				return
			default:
				if more = a.end(yield); more {
					a.start(p)
				}
			}
			if !more {
				return
			}
		}
		a.end(yield)
	}
}

// unit is what one load holds under a key of one matricule and one accountant.
type unit struct {
	payslip *Payslip
	wholes  int // payslips that the file delimits
}

// is tells whether a row belongs to the unit.
func (u *unit) is(p *Payslip) bool {
	return u.payslip.Load == p.Load && u.payslip.Agent.Accountant == p.Agent.Accountant && SamePayslip(&u.payslip.Agent, &p.Agent)
}

func (u *unit) join(p *Payslip) {
	u.payslip.Join(p)
	u.wholes += wholes(p)
}

func wholes(p *Payslip) int {
	if p.Whole {
		return 1
	}
	return 0
}

// apart tells whether two units are two parts of one payslip, that two
// accountants pay.
func (u *unit) apart(v *unit) bool {
	return u.otherAccountant(v) && !sameLines(u.payslip.Lines, v.payslip.Lines)
}

func (u *unit) otherAccountant(v *unit) bool {
	x, y := u.payslip.Agent.Accountant, v.payslip.Agent.Accountant
	return x != y && x != "" && y != ""
}

// otherPost tells whether the units are of two posts or of two dossiers, of one
// person or of two.
func (u *unit) otherPost(v *unit) bool {
	x, y := &u.payslip.Agent, &v.payslip.Agent
	return x.Matricule != y.Matricule && x.Matricule != "" && y.Matricule != "" || x.Dossier != y.Dossier && x.Dossier != "" && y.Dossier != ""
}

// sameLines tells whether both hold the same lines, in any order.
func sameLines(x, y []PayLine) bool {
	if len(x) != len(y) {
		return false
	}
	order := func(a, b PayLine) int {
		return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(a.Sense, b.Sense), cmp.Compare(a.Origin, b.Origin), cmp.Compare(a.Amount, b.Amount))
	}
	x, y = slices.Clone(x), slices.Clone(y)
	slices.SortFunc(x, order)
	slices.SortFunc(y, order)
	return slices.EqualFunc(x, y, func(a, b PayLine) bool { return order(a, b) == 0 })
}

// assembler gathers the rows of one key.
type assembler struct {
	key    string
	units  []unit
	met    company
	shared bool
}

func (a *assembler) start(p *Payslip) {
	a.key, a.units, a.shared = p.Key, append(a.units[:0], unit{p, wholes(p)}), false
	a.met = company{faces: a.met.faces[:0]}
	a.met.meet(&p.Agent)
}

// add takes in a further row of the key. Once the key is found to be shared,
// what is held is passed on.
func (a *assembler) add(p *Payslip, yield func(*Group, error) bool) bool {
	a.met.meet(&p.Agent)
	first := !a.shared && a.met.shared()
	a.shared = a.shared || first
	if a.shared && (first || a.unitOf(p) < 0) && !a.passOn(yield) {
		return false
	}
	if u := a.hold(p); len(u.payslip.Lines) > maxKeyLines {
		yield(nil, fmt.Errorf("%w: bulletin %d", ErrCrowded, u.payslip.ID))
		return false
	}
	return true
}

// hold takes in a row of the same person.
func (a *assembler) hold(p *Payslip) *unit {
	i := a.unitOf(p)
	if i >= 0 {
		a.units[i].join(p)
	} else {
		i = len(a.units)
		a.units = append(a.units, unit{p, wholes(p)})
	}
	return &a.units[i]
}

func (a *assembler) unitOf(p *Payslip) int {
	return slices.IndexFunc(a.units, func(u unit) bool { return u.is(p) })
}

func (a *assembler) passOn(yield func(*Group, error) bool) bool {
	for i := range a.units {
		if !yield(&Group{Payslip: a.units[i].payslip, Shared: true}, nil) {
			return false
		}
	}
	a.units = a.units[:0]
	return true
}

// end passes on what is held of the key.
func (a *assembler) end(yield func(*Group, error) bool) bool {
	if a.shared {
		return a.passOn(yield)
	}
	g := a.group()
	return g == nil || yield(g, nil)
}

// group makes one of the units held, which are of one person; nil for none. What
// another load holds as well is a double, unless other lines stand there under
// another accountant, another matricule or another dossier.
func (a *assembler) group() *Group {
	if len(a.units) == 0 {
		return nil
	}
	if len(a.units) == 1 {
		u := &a.units[0]
		n := max(u.wholes-1, 0)
		return &Group{Payslip: u.payslip, Repeats: n, Repeated: n > 0}
	}
	g, kept := new(Group), make([]*unit, 0, len(a.units))
	for i := range a.units {
		u := &a.units[i]
		if double, other := u.doubles(kept); double {
			g.setAside(u.payslip, other)
			continue
		}
		kept = append(kept, u)
	}
	g.join(kept)
	return g
}

// doubles tells whether the unit is in what other loads hold, and whether for
// another accountant.
func (u *unit) doubles(kept []*unit) (double, other bool) {
	for _, k := range kept {
		if k.payslip.Load == u.payslip.Load {
			continue
		}
		elsewhere := u.otherAccountant(k)
		if (elsewhere || u.otherPost(k)) && !sameLines(u.payslip.Lines, k.payslip.Lines) {
			continue
		}
		if !elsewhere {
			return true, false
		}
		double, other = true, true
	}
	return double, other
}

func (g *Group) setAside(p *Payslip, other bool) {
	if n := len(g.Doubles); n > 0 && g.Doubles[n-1].Payslip.Load == p.Load && g.Doubles[n-1].OtherAccountant == other {
		g.Doubles[n-1].Payslip.Join(p)
		return
	}
	g.Doubles = append(g.Doubles, Double{p, other})
}

// join makes one payslip of the units, and tells what they are to each other.
func (g *Group) join(kept []*unit) {
	for i, u := range kept {
		g.Repeated = g.Repeated || u.wholes > 1
		for _, v := range kept[:i] {
			apart := u.apart(v)
			g.Split = g.Split || apart
			g.Repeated = g.Repeated || !apart && u.payslip.Load == v.payslip.Load && u.wholes > 0 && v.wholes > 0
		}
	}
	payslips := 0
	for start, end := 0, 0; start < len(kept); start = end {
		wholes := 0
		for ; end < len(kept) && kept[end].payslip.Load == kept[start].payslip.Load; end++ {
			wholes += kept[end].wholes
		}
		payslips += max(wholes, 1)
	}
	g.Repeats = payslips - 1
	g.Payslip = kept[0].payslip // all comparisons are made: joining changes it
	for _, u := range kept[1:] {
		g.Payslip.Join(u.payslip)
	}
}

// Join appends the lines and totals of q, remembering where lines booked elsewhere
// begin and what else differs. Who stands first is told by the contents, not
// by the order of the file.
func (p *Payslip) Join(q *Payslip) {
	last := p.Agent.bookedOn(0)
	if n := len(p.Parts); n > 0 {
		last = p.Parts[n-1]
	}
	for part, lines := range q.byPart() {
		part.From, last.From = len(p.Lines), len(p.Lines)
		if part != last {
			if p.Parts == nil {
				p.Parts = []Part{p.Agent.bookedOn(0)}
			}
			p.Parts = append(p.Parts, part)
		}
		p.Lines, last = append(p.Lines, lines...), part
	}
	p.meet(q.Agent)
	for _, other := range q.Others {
		p.meet(other)
	}
	if p.Rows == nil {
		p.Rows = []int64{p.ID}
	}
	if p.Rows = append(p.Rows, q.Rows...); q.Rows == nil {
		p.Rows = append(p.Rows, q.ID)
	}
	p.Sums = p.Sums.Plus(q.Sums)
	p.Declared = p.Declared.plus(q.Declared)
}

// meet keeps what else the agent is said to be.
func (p *Payslip) meet(a Agent) {
	switch order := a.compare(&p.Agent); {
	case order > 0:
		p.Others = append(p.Others, a)
	case order < 0:
		p.Others = append(p.Others, p.Agent)
		p.Agent = a
	}
}

// plus adds declared totals; a total that one of both lacks is unknown.
func (d Declared) plus(e Declared) Declared {
	add := func(a, b OptAmount) OptAmount {
		if !a.Set || !b.Set {
			return OptAmount{}
		}
		return Some(a.Amount + b.Amount)
	}
	return Declared{add(d.ToPay, e.ToPay), add(d.ToDeduct, e.ToDeduct), add(d.Net, e.Net), add(d.Employer, e.Employer)}
}
