package review_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"bascule/reconcile"
	"bascule/reconcile/review"
)

func words(list []reconcile.Loosening) string {
	var b strings.Builder
	for _, l := range list {
		fmt.Fprintf(&b, "%s:%s ", l.Before.ID, l.What)
	}
	return strings.TrimSpace(b.String())
}

func TestWhatBecomesLessDemandingIsSeen(t *testing.T) {
	base := []string{"A", "wave", "concordance_payslips", ">=", "99.8%", "3", "oui"}
	with := func(field int, value string) []string {
		fields := slices.Clone(base)
		fields[field] = value
		return fields
	}
	most := []string{"A", "", "rejects", "<=", "5", "1", "oui"}
	for _, c := range []struct {
		before, after []string
		want          string
		reason        string
	}{
		{base, base, "", "nothing moved"},
		{base, with(4, "99.7%"), "A:threshold", "a lower share"},
		{base, with(4, "99.9%"), "", "a higher one asks for more"},
		{most, []string{"A", "", "rejects", "<=", "6", "1", "oui"}, "A:threshold", "more rejects admitted"},
		{most, []string{"A", "", "rejects", "<=", "4", "1", "oui"}, "", "fewer"},
		{base, with(5, "2"), "A:runs", "fewer runs"},
		{base, with(5, "4"), "", "more runs"},
		{base, with(6, "non"), "A:blocking", "it no longer blocks"},
		{with(6, "non"), base, "", "it blocks from now on"},
		{base, with(2, "concordance_lines"), "A:metric", "another metric: nothing says that it asks for as much"},
		{base, with(1, "V1"), "A:scope", "one wave instead of each"},
		{with(3, ">"), base, "A:operator", "reached is enough from now on"},
		{base, with(3, ">"), "", "reached is no longer enough"},
		{base, with(3, "<="), "A:operator", "turned round"},
		{base, nil, "A:removed", "gone"},
		{nil, base, "", "new"},
		{base, []string{"A", "V1", "concordance_payslips", ">=", "90%", "1", "non"}, "A:scope A:threshold A:runs A:blocking", "all at once"},
		{[]string{"S", "", "stability", "<=", "1%", "2"}, []string{"S", "", "stability", "<=", "1%", "1"}, "", "a change takes two runs in any case"},
		{[]string{"E", "", "rejects", "=", "5"}, []string{"E", "", "rejects", "=", "4"}, "E:threshold", "another very value is not a harder one"},
	} {
		var former, next []reconcile.Gate
		if c.before != nil {
			former = append(former, gate(t, c.before...))
		}
		if c.after != nil {
			next = append(next, gate(t, c.after...))
		}
		if got := words(review.Loosened(former, next)); got != c.want {
			t.Errorf("%s: %q, wanted %q", c.reason, got, c.want)
		}
	}
}

func TestALooseningIsShownForEverWithItsRun(t *testing.T) {
	strict := gate(t, "A", "", "rejects", "<=", "0")
	loose := gate(t, "A", "", "rejects", "<=", "9")
	other := gate(t, "B", "", "rejects", "<=", "0")
	list := review.Loosenings([]reconcile.GateSet{
		{At: "2013-12-01T02:00:00Z", Run: 1, Gates: []reconcile.Gate{strict, other}},
		{At: "2013-12-02T02:00:00Z", Run: 2, Gates: []reconcile.Gate{loose, other}},
		{At: "2013-12-03T02:00:00Z", Run: 3, Gates: []reconcile.Gate{strict}}, // tightened again, and B goes
		{At: "2013-12-04T02:00:00Z", Run: 4, Gates: []reconcile.Gate{strict}},
		{At: "2013-12-05T02:00:00Z", Run: 5, Gates: []reconcile.Gate{strict, gate(t, "B", "", "rejects", "<=", "3")}}, // B comes back, softer
		{At: "2013-12-06T02:00:00Z", Run: 6, Gates: []reconcile.Gate{strict, gate(t, "B", "", "rejects", "<=", "3")}},
	})
	var got []string
	for _, l := range list {
		got = append(got, fmt.Sprintf("%d %s %s:%s %v→%v", l.Run, l.At[:10], l.Before.ID, l.What, l.Before.Threshold, l.After.Threshold))
	}
	want := []string{"2 2013-12-02 A:threshold 0→9", "3 2013-12-03 B:removed 0→0", "5 2013-12-05 B:threshold 0→3"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, wanted %q", got, want)
	}
	if list := review.Loosenings(nil); list != nil {
		t.Errorf("of no version: %v", list)
	}
}
