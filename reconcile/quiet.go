package reconcile

import (
	"errors"
	"iter"
	"strings"
)

// Quiet keeps the accounts of the quiet pairs apart: those that a comparison has
// nothing to say of. A pair is quiet when both sides hold one ordinary payslip
// under a key that is all its person has, alike in all that is compared, without
// any doubt about the totals or the NIR. It moves sums that only add, so a later
// comparison under the same terms takes them from here unless one of the two
// payslips has changed.
type Quiet struct {
	Pairs  int64
	nirs   [2][nirStates]int64
	ledger *Ledger
	mass   *MassTally
	waves  map[string]*WaveTally
}

// NewQuiet opens the accounts of no pair.
func NewQuiet(m *Mapping) *Quiet {
	return &Quiet{ledger: newLedger(len(m.Elements)), mass: newMassTally(m), waves: make(map[string]*WaveTally)}
}

// ErrNotQuiet means that a pair counted as quiet is not: what was kept of the
// former comparison cannot be relied upon.
var ErrNotQuiet = errors.New("ce qui a été gardé de la comparaison précédente n'est plus ce que ses bulletins donnent")

// Take moves the accounts of pairs that were quiet, and are compared again, out
// of these.
func (q *Quiet) Take(o *Quiet) error {
	q.add(o, -1)
	if q.Pairs < 0 {
		return ErrNotQuiet
	}
	return nil
}

// Merge adds the accounts of other pairs, under the same terms.
func (q *Quiet) Merge(o *Quiet) { q.add(o, 1) }

func (q *Quiet) add(o *Quiet, sign Amount) {
	q.Pairs += int64(sign) * o.Pairs
	for _, s := range Sides {
		for state, n := range o.nirs[s] {
			q.nirs[s][state] += int64(sign) * n
		}
	}
	q.ledger.addHeld(o.ledger, sign)
	q.mass.addHeld(o.mass, sign)
	for name, from := range o.waves {
		to := waveIn(q.waves, name)
		to.Payslips += int64(sign) * from.Payslips
		to.Concordant += int64(sign) * from.Concordant
		to.Lines += int64(sign) * from.Lines
		to.Paid += sign * from.Paid
	}
}

// AddQuiet counts the quiet pairs with the others.
func (t *Tally) AddQuiet(q *Quiet) {
	t.Payslips.Matched += q.Pairs
	t.Payslips.Identical += q.Pairs
	for _, s := range Sides {
		t.Sides[s].Payslips += q.Pairs
		t.Sides[s].Agents += q.Pairs
		for state, n := range q.nirs[s] {
			t.Sides[s].NIRs[state] += n
		}
	}
	t.Ledger.addHeld(q.ledger, 1)
	t.Mass.addHeld(q.mass, 1)
	for name, w := range q.waves {
		t.wave(name).merge(w)
	}
}

// countQuiet enters a quiet pair, mapped and measured.
func (c *Comparer) countQuiet(p *Pair) {
	q := c.Quiet
	q.Pairs++
	for _, side := range Sides {
		q.nirs[side][p.Groups[side].Payslip.Agent.NIRState()]++
		c.book(side, p, q.ledger, q.mass)
	}
	waveIn(q.waves, c.waveOf(c.emitted.agent)).settle(&c.measure, nil)
}

// quiet tells whether the comparison has nothing to say of a pair that is mapped.
func (c *Comparer) quiet(p *Pair) bool {
	if !c.only || p.Match != ByKey || len(c.gaps)+len(c.rows) > 0 {
		return false
	}
	for _, side := range Sides {
		if m := &c.sides[side]; m.unbalanced || len(m.unmapped) > 0 || !p.Groups[side].ordinary() {
			return false
		}
	}
	l, o := p.Groups[Legacy].Payslip, p.Groups[ONP].Payslip
	carried := l.Agent.Carried & o.Agent.Carried
	for f := Field(0); f < fieldCount; f++ {
		if carried.Has(f) && !l.Agent.same(&o.Agent, f) {
			return false
		}
	}
	return !declaredNetsDiffer(l, o)
}

// ordinary tells whether a group is one payslip of one row, whose NIR nothing is
// told of.
func (g *Group) ordinary() bool {
	p := g.Payslip
	if p == nil || g.Repeats > 0 || g.Repeated || g.Split || g.Shared || len(g.Doubles) > 0 || p.Rows != nil || len(p.Parts)+len(p.Others) > 0 {
		return false
	}
	state := p.Agent.NIRState()
	return state == NIRValid || state == NIRKeyAbsent || state == NIRAbsent
}

// Person is the part of a key that tells the person, without the dossier.
func Person(key string) string {
	person, _, _ := strings.Cut(key, KeySeparator)
	return person
}

// keyed is a pair, and whether its key is the only one of its person.
type keyed struct {
	*Pair
	only bool
}

// byPerson tells of each pair, in key order, whether its person has another key.
// It looks one pair ahead.
func byPerson(pairs iter.Seq2[*Pair, error]) iter.Seq2[keyed, error] {
	return func(yield func(keyed, error) bool) {
		var held *Pair
		person, follows := "", false // of the pair held; the one before is his too
		for p, err := range pairs {
			if err != nil {
				yield(keyed{}, err)
				return
			}
			next := Person(p.Key)
			again := held != nil && next == person
			if held != nil && !yield(keyed{held, !follows && !again}, nil) {
				return
			}
			held, person, follows = p, next, again
		}
		if held != nil {
			yield(keyed{held, !follows}, nil)
		}
	}
}
