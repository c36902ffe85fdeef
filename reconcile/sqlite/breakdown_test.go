package sqlite

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"bascule/reconcile"
)

func TestWhatEachEvolutionMovedIsWhatTheTotalMovedBy(t *testing.T) {
	d := openStore(t)
	first, _ := record(t, d, "2026-01-01", gap("stays", 500, reconcile.StatusOpen), gap("moves", 70, reconcile.StatusOpen), gap("goes", -30, reconcile.StatusOpen), gap("tolerated", 1, reconcile.StatusTolerated))
	if got, err := d.Evolutions(background, first); err != nil || got != nil {
		t.Errorf("a first run evolved: %v %v", got, err)
	}
	run, _ := record(t, d, "2026-01-11", gap("stays", 500, reconcile.StatusOpen), gap("moves", 60, reconcile.StatusOpen), gap("comes", 9, reconcile.StatusOpen), gap("tolerated", 1, reconcile.StatusOpen))
	got, err := d.Evolutions(background, run)
	if err != nil {
		t.Fatal(err)
	}
	want := map[reconcile.Evolution]reconcile.EvolutionTotal{
		"new":        {Evolution: "new", Count: 1, DeltaNet: 9, Moved: 9},
		"persisting": {Evolution: "persisting", Count: 1, DeltaNet: 500},
		"changed":    {Evolution: "changed", Count: 1, DeltaNet: 60, Moved: -10},
		"reopened":   {Evolution: "reopened", Count: 1, DeltaNet: 1},
		"resolved":   {Evolution: "resolved", Count: 1, DeltaNet: -30, Moved: 30},
	}
	found, moved := map[reconcile.Evolution]reconcile.EvolutionTotal{}, reconcile.Amount(0)
	for _, e := range got {
		found[e.Evolution] = e
		moved += e.Moved
	}
	if diff := cmp.Diff(want, found); diff != "" {
		t.Error(diff)
	}
	if before, after := reconcile.Amount(500+70-30+1), reconcile.Amount(500+60+9+1); moved != after-before {
		t.Errorf("moved %v, the total moved %v", moved, after-before)
	}
}

func TestWhatIsBeyondTheAggregatesShownIsStillCounted(t *testing.T) {
	d := openStore(t)
	mine := func(fingerprint, programme string, delta reconcile.Amount) reconcile.Discrepancy {
		x := gap(fingerprint, delta, reconcile.StatusOpen)
		x.Programme = programme
		return x
	}
	run, _ := record(t, d, "2026-01-01", mine("a", "176", 500), mine("b", "176", -100), mine("c", "216", 50), mine("d", "152", -7), mine("e", "", 1))
	for _, limit := range []int{2, 4, 10} {
		list, err := d.Aggregates(background, run.ID, Part{}, limit)
		if err != nil {
			t.Fatal(err)
		}
		if len(list) != min(limit+1, 4) && limit < 4 || len(list) != 4 && limit >= 4 {
			t.Errorf("at most %d: %d aggregates", limit, len(list))
		}
		var count int64
		var net, absolute reconcile.Amount
		for i, a := range list {
			if a.Rest != (limit < 4 && i == limit) {
				t.Errorf("at most %d: aggregate %d is the rest: %v", limit, i, a.Rest)
			}
			count, net, absolute = count+a.Count, net+a.DeltaNet, absolute+a.Absolute
		}
		if count != 5 || net != 444 || absolute != 658 || list[0].Programme != "176" || list[0].DeltaNet != 400 {
			t.Errorf("at most %d: %d gaps of %v, %v without sign, the first %+v", limit, count, net, absolute, list[0])
		}
	}
}
