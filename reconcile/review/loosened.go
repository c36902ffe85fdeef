package review

import (
	"cmp"
	"slices"

	"bascule/reconcile"
)

// Loosened lists what became less demanding from one set of gates to the next,
// by identifier. A gate under a new identifier is none; the one it stands for is
// gone, and that shows.
func Loosened(former, next []reconcile.Gate) []reconcile.Loosening {
	var list []reconcile.Loosening
	for i := range former {
		list = append(list, loosened(&former[i], find(next, former[i].ID))...)
	}
	slices.SortStableFunc(list, func(a, b reconcile.Loosening) int { return cmp.Compare(a.Before.ID, b.Before.ID) })
	return list
}

// Loosenings lists all that ever became less demanding over the versions of the
// gates, in their order. A gate that comes back is held against what it was when
// it went.
func Loosenings(sets []reconcile.GateSet) []reconcile.Loosening {
	var list []reconcile.Loosening
	var former, gone []reconcile.Gate
	for i := range sets {
		s := &sets[i]
		against := former
		for j := range gone {
			if find(s.Gates, gone[j].ID) != nil {
				against = append(slices.Clone(against), gone[j])
			}
		}
		for _, l := range Loosened(against, s.Gates) {
			l.At, l.Run = s.At, s.Run
			list = append(list, l)
		}
		gone = slices.DeleteFunc(append(gone, former...), func(g reconcile.Gate) bool { return find(s.Gates, g.ID) != nil })
		former = s.Gates
	}
	return list
}

func find(gates []reconcile.Gate, id string) *reconcile.Gate {
	for i := range gates {
		if gates[i].ID == id {
			return &gates[i]
		}
	}
	return nil
}

// loosened compares one gate with what became of it, nil when it is gone.
func loosened(before, after *reconcile.Gate) []reconcile.Loosening {
	if after == nil {
		return []reconcile.Loosening{{What: reconcile.LoosenedRemoved, Before: *before}}
	}
	var list []reconcile.Loosening
	add := func(what reconcile.Loosened, yes bool) {
		if yes {
			list = append(list, reconcile.Loosening{What: what, Before: *before, After: *after})
		}
	}
	add(reconcile.LoosenedMetric, before.Metric != after.Metric)
	add(reconcile.LoosenedScope, before.Scope != after.Scope)
	add(reconcile.LoosenedOperator, before.Operator != after.Operator && !tightened(before.Operator, after.Operator))
	add(reconcile.LoosenedThreshold, before.Metric == after.Metric && lower(before, after))
	add(reconcile.LoosenedRuns, after.Needs() < before.Needs())
	add(reconcile.LoosenedBlocking, before.Blocking && !after.Blocking)
	return list
}

// tightened tells whether an operator accepts less than another, under the same
// threshold.
func tightened(before, after reconcile.Operator) bool {
	switch before {
	case reconcile.AtLeast:
		return after == reconcile.Above || after == reconcile.Equals
	case reconcile.AtMost:
		return after == reconcile.Below || after == reconcile.Equals
	}
	return false
}

// lower tells whether the threshold asks for less.
func lower(before, after *reconcile.Gate) bool {
	change := after.Threshold.Cmp(before.Threshold)
	switch before.Operator {
	case reconcile.AtLeast, reconcile.Above:
		return change < 0
	case reconcile.AtMost, reconcile.Below:
		return change > 0
	}
	return change != 0
}
