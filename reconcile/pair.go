package reconcile

import (
	"errors"
	"fmt"
	"iter"
)

// ErrOrder means that a stream of payslips was not in ascending key order.
var ErrOrder = errors.New("les bulletins ne sont pas dans l'ordre des clés")

// Part tells which programme bears the lines of a payslip joined from several:
// from Lines[From] on, amounts are booked on Programme.
type Part struct {
	From      int
	Programme string
}

// Group is all that one side holds under one key.
type Group struct {
	Payslip *Payslip
	Repeats int        // further whole payslips of the same file, joined into Payslip
	Doubles []*Payslip // the same payslip in other files, set aside
}

// Pair is what both sides hold under one key; a side that holds nothing has a
// nil Payslip.
type Pair struct {
	Key    string
	Groups [2]Group
	Match  Match
	From   Match // how the payslips came to be tried together; ByKey at first
}

// Match tells how the two payslips of a pair were brought together.
type Match uint8

// The ways, from the surest.
const (
	ByKey Match = iota
	ByCrosswalk
	ByFallback
	Ambiguous // several candidates: left alone, on each side
)

// Assemble joins the rows of one side, in ascending (key, load) order, into one
// Group for each key.
func Assemble(rows iter.Seq2[*Payslip, error]) iter.Seq2[*Group, error] {
	return func(yield func(*Group, error) bool) {
		var g *Group
		for p, err := range rows {
			switch {
			case err != nil:
				yield(nil, err)
				return
			case g == nil:
				g = &Group{Payslip: p}
			case p.Key == g.Payslip.Key:
				g.add(p)
			case p.Key < g.Payslip.Key:
				yield(nil, ErrOrder)
				return
			default:
				if !yield(g, nil) {
					return
				}
				g = &Group{Payslip: p}
			}
		}
		if g != nil {
			yield(g, nil)
		}
	}
}

// add takes in a further row of the same key.
func (g *Group) add(p *Payslip) {
	if p.Load != g.Payslip.Load {
		if n := len(g.Doubles); n > 0 && g.Doubles[n-1].Load == p.Load {
			g.Doubles[n-1].Join(p)
			return
		}
		g.Doubles = append(g.Doubles, p)
		return
	}
	if p.Whole {
		g.Repeats++
	}
	g.Payslip.Join(p)
}

// Join appends the lines and totals of q, remembering where another programme
// begins and what else differs. Who stands first is told by the contents, not
// by the order of the file.
func (p *Payslip) Join(q *Payslip) {
	last := p.Agent.Programme
	if n := len(p.Parts); n > 0 {
		last = p.Parts[n-1].Programme
	}
	if q.Agent.Programme != last {
		if p.Parts == nil {
			p.Parts = []Part{{0, last}}
		}
		p.Parts = append(p.Parts, Part{From: len(p.Lines), Programme: q.Agent.Programme})
	}
	if order := q.Agent.compare(&p.Agent); order != 0 {
		other := q.Agent
		if order < 0 {
			p.Agent, other = q.Agent, p.Agent
		}
		p.Others = append(p.Others, other)
	}
	p.Lines = append(p.Lines, q.Lines...)
	p.Sums = p.Sums.Plus(q.Sums)
	p.Declared = p.Declared.plus(q.Declared)
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

// Pairs merges both sides, each in ascending key order.
func Pairs(legacy, onp iter.Seq2[*Group, error]) iter.Seq2[*Pair, error] {
	return func(yield func(*Pair, error) bool) {
		nextL, stopL := iter.Pull2(ascending(legacy))
		defer stopL()
		nextO, stopO := iter.Pull2(ascending(onp))
		defer stopO()
		l, errL, okL := nextL()
		o, errO, okO := nextO()
		for okL || okO {
			if err := errors.Join(errL, errO); err != nil {
				yield(nil, err)
				return
			}
			takeL := okL && (!okO || l.Payslip.Key <= o.Payslip.Key)
			takeO := okO && (!okL || o.Payslip.Key <= l.Payslip.Key)
			var p Pair
			if takeL {
				p.Key, p.Groups[Legacy] = l.Payslip.Key, *l
			}
			if takeO {
				p.Key, p.Groups[ONP] = o.Payslip.Key, *o
			}
			if !yield(&p, nil) {
				return
			}
			if takeL {
				l, errL, okL = nextL()
			}
			if takeO {
				o, errO, okO = nextO()
			}
		}
	}
}

// ascending passes groups on and stops with ErrOrder where a key does not
// follow the one before.
func ascending(groups iter.Seq2[*Group, error]) iter.Seq2[*Group, error] {
	return func(yield func(*Group, error) bool) {
		last, first := "", true
		for g, err := range groups {
			if err == nil && !first && g.Payslip.Key <= last {
				yield(nil, fmt.Errorf("fusion des deux côtés: %w", ErrOrder))
				return
			}
			if !yield(g, err) || err != nil {
				return
			}
			last, first = g.Payslip.Key, false
		}
	}
}

// Single is a payslip that the key left alone, with the looser key under which
// it is tried once more.
type Single struct {
	Side    Side
	By      Match
	Loose   string
	Payslip *Payslip
}

// Rematch pairs singles, in ascending (Loose, Side) order, under their looser
// key: one of each side make a pair; any other number stays alone, and is
// Ambiguous where both sides have candidates.
func Rematch(singles iter.Seq2[*Single, error]) iter.Seq2[*Pair, error] {
	return func(yield func(*Pair, error) bool) {
		var batch []*Single
		flush := func() bool {
			for _, p := range pairSingles(batch) {
				if !yield(p, nil) {
					return false
				}
			}
			batch = batch[:0]
			return true
		}
		for s, err := range singles {
			if err != nil {
				yield(nil, err)
				return
			}
			if len(batch) > 0 && s.Loose != batch[0].Loose {
				if s.Loose < batch[0].Loose {
					yield(nil, fmt.Errorf("rapprochement de repli: %w", ErrOrder))
					return
				}
				if !flush() {
					return
				}
			}
			batch = append(batch, s)
		}
		flush()
	}
}

func pairSingles(batch []*Single) []*Pair {
	var count [2]int
	for _, s := range batch {
		count[s.Side]++
	}
	if count[Legacy] == 1 && count[ONP] == 1 {
		p := &Pair{Match: batch[0].By, From: batch[0].By}
		for _, s := range batch {
			p.Groups[s.Side].Payslip = s.Payslip
		}
		p.Key = p.Groups[Legacy].Payslip.Key
		return []*Pair{p}
	}
	pairs := make([]*Pair, len(batch))
	for i, s := range batch {
		pairs[i] = &Pair{Key: s.Payslip.Key, From: s.By}
		pairs[i].Groups[s.Side].Payslip = s.Payslip
		if count[Legacy] > 0 && count[ONP] > 0 {
			pairs[i].Match = Ambiguous
		}
	}
	return pairs
}
