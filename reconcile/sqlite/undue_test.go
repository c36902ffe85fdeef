package sqlite

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bascule/reconcile"
)

func TestUndueSumsTheLastRunOfEachMonth(t *testing.T) {
	d := openStore(t)
	record := func(p reconcile.Period, months reconcile.Months, rows ...reconcile.Discrepancy) *reconcile.Run {
		t.Helper()
		run := &reconcile.Run{Period: p, Months: months, StartedAt: "2026-01-01T02:00:00Z"}
		err := d.Record(background, run, func(r *Recorder) error {
			for i := range rows {
				rows[i].Fingerprint = fmt.Sprint(i)
				if err := r.Discrepancy(&rows[i]); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return run
	}
	of := func(delta reconcile.Amount, status reconcile.Status, fault reconcile.Fault) reconcile.Discrepancy {
		g := gap("", delta, status)
		g.AtFault = fault
		return g
	}
	old := december - 25 // paid 25 months before: the 24 have run out
	record(old-1, reconcile.Months{}, of(-700, reconcile.StatusOpen, reconcile.FaultLegacy))
	record(old, reconcile.Months{}, of(-500, reconcile.StatusOpen, reconcile.FaultUnknown))
	record(old+1, reconcile.Months{}, of(40, reconcile.StatusToFixHR, reconcile.FaultUnknown))
	record(december, reconcile.Months{}, of(-9999, reconcile.StatusOpen, reconcile.FaultLegacy)) // another night has replaced it
	record(december, reconcile.Months{Side: reconcile.ONP, Earlier: december - 1}, of(-8888, reconcile.StatusOpen, reconcile.FaultLegacy))
	last := record(december, reconcile.Months{}, of(-100, reconcile.StatusToFixLegacy, reconcile.FaultLegacy), of(30, reconcile.StatusOpen, reconcile.FaultBoth),
		of(-1, reconcile.StatusTolerated, reconcile.FaultUnknown), of(-2, reconcile.StatusJustified, reconcile.FaultLegacy), of(-3, reconcile.StatusOpen, reconcile.FaultONP), of(-4, reconcile.StatusToFixONP, reconcile.FaultLegacy))
	record(december+1, reconcile.Months{}, of(-6666, reconcile.StatusOpen, reconcile.FaultLegacy)) // later than the run
	got, err := d.Undue(background, last)
	if err != nil {
		t.Fatal(err)
	}
	want := []reconcile.AgeTotal{{Month: old - 1, Over24: true, Overpaid: 700, Count: 1}, {Month: old, Over24: true, Overpaid: 500, Count: 1},
		{Month: old + 1, Underpaid: 40, Count: 1}, {Month: december, Overpaid: 100, Underpaid: 30, Count: 2}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-wanted +got)\n%s", diff)
	}
}
