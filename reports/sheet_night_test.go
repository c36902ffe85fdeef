package reports

import (
	"testing"

	"bascule/reconcile"
)

func TestTheAxisOfTheRatesLetsAMoveBeSeen(t *testing.T) {
	for _, c := range []struct {
		rates    []int64 // of 10,000 payslips
		from, to int
		under    bool // the figures, which the title would else cross
		reason   string
	}{
		{[]int64{9_200, 9_500}, 9_000, 10_000, false, "both rates stand inside"},
		{[]int64{9_227, 9_227}, 9_000, 9_500, false, "nothing moved"},
		{[]int64{9_910, 9_950}, 9_900, 10_000, false, "near all, finer"},
		{[]int64{10_000, 10_000}, 9_900, 10_000, true, "all"},
		{[]int64{0, 0}, 0, 500, false, "none"},
		{[]int64{4_000, 9_999}, 3_000, 10_000, true, "a long way, with room for the figures beneath"},
		{nil, 0, 10_000, false, "no run"},
	} {
		var runs []RunPoint
		for _, rate := range c.rates {
			runs = append(runs, RunPoint{Matched: 10_000, Identical: rate})
		}
		if from, to, under := rateAxis(runs); from != c.from || to != c.to || under != c.under {
			t.Errorf("%s: from %d to %d, under %t, wanted from %d to %d, under %t", c.reason, from, to, under, c.from, c.to, c.under)
		}
	}
}

// TestTheBridgeClosesWhateverTheCauses: its steps add up to the gap, those of
// many causes and those that no root explains included.
func TestTheBridgeClosesWhateverTheCauses(t *testing.T) {
	for _, c := range []struct {
		reason string
		gap    reconcile.Amount
		nets   []reconcile.Amount
		steps  int
	}{
		{"no gap", 0, nil, 0},
		{"few causes", 70, []reconcile.Amount{100, -30}, 2},
		{"more causes than the page shows", 55, []reconcile.Amount{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, causeRows + 1},
		{"a part whose roots are elsewhere", 500, []reconcile.Amount{100}, 2},
	} {
		d := &Data{Run: &reconcile.Run{}, Lang: "fr"}
		d.Run.Summary.Discrepancies.Delta = c.gap
		for i, net := range c.nets {
			d.ByCause = append(d.ByCause, reconcile.CauseTotal{Cause: reconcile.Causes[i], Roots: 1, Effect: reconcile.Effect{Net: net}})
		}
		steps := newView(d).causeSteps()
		var sum reconcile.Amount
		for _, s := range steps {
			sum += s.net
		}
		if sum != c.gap || len(steps) != c.steps {
			t.Errorf("%s: %d steps that add up to %v, wanted %d and %v", c.reason, len(steps), sum, c.steps, c.gap)
		}
	}
}

func TestAMoveOfTheRateIsToldInPoints(t *testing.T) {
	fr, en := newMessages("fr", Labels{}), newMessages("en", Labels{})
	for _, c := range []struct{ got, want string }{
		{fr.points(312), "+3,12\u00a0pt"}, {fr.points(-5), "−0,05\u00a0pt"}, {fr.points(0), "0,00\u00a0pt"}, {en.points(-312), "-3.12\u00a0pt"},
	} {
		if c.got != c.want {
			t.Errorf("%q, wanted %q", c.got, c.want)
		}
	}
}

func TestEqualitiesThatFailComeFirst(t *testing.T) {
	checks := []reconcile.Check{{Name: "a", OK: true}, {Name: "b"}, {Name: "c", OK: true}, {Name: "d"}}
	got := ""
	for _, c := range falseFirst(checks) {
		got += c.Name
	}
	if got != "bdac" || checks[0].Name != "a" {
		t.Errorf("in the order %q, the run's own now begins with %s", got, checks[0].Name)
	}
	if n := falseChecks(checks); n != 2 {
		t.Errorf("%d of them are printed, wanted 2", n)
	}
}
