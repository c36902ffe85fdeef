package reports

import (
	"slices"
	"testing"

	"bascule/reconcile"
)

func TestAStepOfTheBridgeStandsBetweenItsLevels(t *testing.T) {
	for _, c := range []struct {
		from, to reconcile.Amount
		want     []int64 // base, then above and under nought of a rise and of a fall
		reason   string
	}{
		{0, 500, []int64{0, 500, 0, 0, 0}, "a rise from nought"},
		{500, 800, []int64{500, 300, 0, 0, 0}, "a rise is lifted to where it begins"},
		{800, 200, []int64{200, 0, 0, 600, 0}, "a fall stands on where it ends"},
		{200, -300, []int64{0, 0, 0, 200, -300}, "a fall through nought has a part on each side"},
		{-300, -700, []int64{-300, 0, 0, 0, -400}, "under nought it hangs"},
		{-700, -100, []int64{-100, 0, -600, 0, 0}, "and so does a rise"},
		{-100, 50, []int64{0, 50, -100, 0, 0}, "a rise through nought"},
		{50, 50, []int64{50, 0, 0, 0, 0}, "nothing moves"},
	} {
		var got []int64
		for _, cell := range bridgeCells(c.from, c.to) {
			got = append(got, cell.N)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, wanted %v", c.reason, got, c.want)
		}
	}
}

func TestAShareShowsItsSignAndIsCutTowardsNought(t *testing.T) {
	fr, en := newMessages("fr", Labels{}), newMessages("en", Labels{})
	for _, c := range []struct{ got, want, reason string }{
		{fr.signedRate(92, 10_000), "+0,92\u00a0%", "a rise"},
		{fr.signedRate(-5, 10_000), "−0,05\u00a0%", "a fall of less than one percent"},
		{en.signedRate(-12_345, 10_000), "-123.45%", "more than all"},
		{fr.signedRate(-5, 1_000_000), "0,00\u00a0%", "so little that nothing is left has no sign"},
		{fr.signedRate(0, 10_000), "0,00\u00a0%", "nothing has no sign"},
		{fr.signedRate(5, -100), "−5,00\u00a0%", "of what is negative"},
		{fr.signedRate(5, 0), "–", "of nothing"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, wanted %q", c.reason, c.got, c.want)
		}
	}
}

func TestAJobCostsItsShareToTheNearestCentime(t *testing.T) {
	for _, c := range []struct {
		amount  reconcile.Amount
		quotite int64
		want    int64
		reason  string
	}{
		{3_000_00, 10_000, 3_000_00, "one full-time job"},
		{3_000_00, 8_000, 3_750_00, "at 80 %"},
		{1_00, 30_000, 33, "a third of a euro is cut down"},
		{2_00, 30_000, 67, "two thirds are rounded up"},
		{25, 100_000, 3, "half a centime goes up"},
		{-25, 100_000, -3, "away from nought"},
	} {
		if got := perJob(c.amount, c.quotite); got.N != c.want {
			t.Errorf("%s: %d, wanted %d", c.reason, got.N, c.want)
		}
	}
	if got := perJob(5, 0); got.Type != Blank {
		t.Errorf("of nobody: %+v, wanted a blank", got)
	}
}

func TestTheAxisOfABridgeHasFewRoundMarks(t *testing.T) {
	for _, c := range []struct {
		levels []reconcile.Amount
		want   int
		reason string
	}{
		{nil, 1, "nothing moves"},
		{[]reconcile.Amount{3}, 1, "less than a euro"},
		{[]reconcile.Amount{1_200_00}, 200, "a rise"},
		{[]reconcile.Amount{-17_201_00, -12_343_00}, 5_000, "falls, up to nought"},
		{[]reconcile.Amount{-1_892_00, 1_071_00}, 500, "both sides of nought"},
		{[]reconcile.Amount{9_000_000_000_000_00}, 2_000_000_000_000, "more than any ministry pays"},
	} {
		if got := axisStep(c.levels); got != c.want {
			t.Errorf("%s: marks every %d euros, want %d", c.reason, got, c.want)
		}
	}
}
