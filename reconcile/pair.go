package reconcile

import (
	"errors"
	"fmt"
	"iter"
)

// ErrOrder means that a stream of payslips was not in ascending key order.
var ErrOrder = errors.New("les bulletins ne sont pas dans l'ordre des clés")

// Pair is what both sides hold under one key; a side that holds nothing has a
// nil Payslip.
type Pair struct {
	Key    string
	Groups [2]Group
	Match  Match
	Rivals *Rivals // of an Ambiguous one
}

// Match tells how the two payslips of a pair were brought together.
type Match uint8

// The ways, from the surest.
const (
	ByKey Match = iota
	ByCrosswalk
	ByFallback
	ByPerson         // the key without the dossier, which may have changed
	ByPersonFallback // the fallback without the dossier
	Ambiguous        // several candidates: left alone, on each side
)

// Passes are the looser ways in which payslips that the key leaves alone are
// tried, in this order: each takes those that no former one has settled.
var Passes = [...]Match{ByCrosswalk, ByFallback, ByPerson, ByPersonFallback}

// Pairs merges both sides, each in ascending key order. Of a key that several
// persons share, the groups come one by one.
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
// follow the one before, unless several persons share it.
func ascending(groups iter.Seq2[*Group, error]) iter.Seq2[*Group, error] {
	return func(yield func(*Group, error) bool) {
		var last *Group
		for g, err := range groups {
			if err == nil && last != nil && g.Payslip.Key <= last.Payslip.Key && (g.Payslip.Key < last.Payslip.Key || !g.Shared || !last.Shared) {
				yield(nil, fmt.Errorf("fusion des deux côtés: %w", ErrOrder))
				return
			}
			if !yield(g, err) || err != nil {
				return
			}
			last = g
		}
	}
}

// sideOf is the side that a pair has, the legacy one where it has both.
func sideOf(p *Pair) Side {
	if p.Groups[Legacy].Payslip != nil {
		return Legacy
	}
	return ONP
}
