package sqlite

import (
	"fmt"
	"strings"
	"testing"

	"bascule/reconcile"
)

// largestOf names the roots that LargestRoots gives.
func largestOf(t *testing.T, d *DB, run int, of Part, limit int) (names string, payslips, roots int64) {
	t.Helper()
	list, payslips, roots, err := d.LargestRoots(background, run, of, limit)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range list {
		names += " " + r.Fingerprint
	}
	return strings.TrimSpace(names), payslips, roots
}

func TestTheLargestRootOfEachPayslipIsFoundByItsWholeEffect(t *testing.T) {
	d := openStore(t)
	small := root("small", "=1", -10)
	deep := root("deep", "=2", 20) // with what derives from it, 520
	derived := under(&deep, "derived", 500)
	wide, twice := root("wide", "=3", -100), root("twice", "=4", 90)
	twice.Key = wide.Key // of one payslip, once
	closed := root("closed", "=5", 9_000)
	closed.Status = reconcile.StatusJustified
	employer := root("employer", "=6", 10)
	employer.Effect.Employer = -70 // as small on the net, and not on the employer
	silent := root("silent", "=7", 0)
	other := root("other", "=8", 60)
	small.Service, deep.Service, wide.Service, twice.Service, employer.Service, silent.Service, other.Service = "A", "A", "A", "A", "A", "A", "B"
	run := gathered(t, d, derived, small, deep, wide, twice, closed, employer, silent, other)
	for _, c := range []struct {
		limit  int
		want   string
		reason string
	}{
		{10, "deep wide other employer small silent", "net first, whatever its sign, then the employer, each payslip once, nothing closed"},
		{2, "deep wide", "as many as asked"},
	} {
		if got, payslips, roots := largestOf(t, d, run, Part{}, c.limit); got != c.want || payslips != 6 || roots != 7 {
			t.Errorf("%s: %s, of %d payslips and %d roots", c.reason, got, payslips, roots)
		}
	}
	parts, err := d.Parts(background, run, "service")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range parts {
		if p.Value != "B" {
			continue
		}
		if got, payslips, roots := largestOf(t, d, run, p, 10); got != "other" || payslips != 1 || roots != 1 {
			t.Errorf("of a part: %s, of %d payslips and %d roots", got, payslips, roots)
		}
	}
}

func BenchmarkLargestRoots(b *testing.B) {
	d := openStore(b)
	var list []reconcile.Discrepancy
	for i := range 50_000 {
		r := root(fmt.Sprintf("%x-%06d", i%16, i), fmt.Sprintf("=%d", i%30_000), reconcile.Amount(i))
		r.Key = fmt.Sprintf("k%05d", i/2)
		list = append(list, under(&r, r.Fingerprint+"x", 1), r)
	}
	run := gathered(b, d, list...)
	for b.Loop() {
		if found, _, _, err := d.LargestRoots(background, run, Part{}, 12); err != nil || len(found) != 12 {
			b.Fatal(len(found), err)
		}
	}
}
