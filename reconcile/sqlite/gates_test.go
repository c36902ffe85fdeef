package sqlite

import (
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"bascule/reconcile"
)

// judged records a run, started on a day of January 2026, that some gates judge.
func judged(t *testing.T, d *DB, day string, gates ...reconcile.Gate) int {
	t.Helper()
	run := &reconcile.Run{Period: december, StartedAt: "2026-01-" + day + "T02:00:00Z", GatesHash: reconcile.GatesHash(gates)}
	if err := d.Record(background, run, func(r *Recorder) error { return r.GateSet(gates) }); err != nil {
		t.Fatal(err)
	}
	return run.ID
}

func TestAVersionOfTheGatesIsKeptOnceForEver(t *testing.T) {
	d := openStore(t)
	a := reconcile.Gate{ID: "A", Scope: "wave:V1", Metric: reconcile.MetricConcordancePayslips, Operator: reconcile.AtLeast, Threshold: decimal.New(998, -3), Runs: 3, Blocking: true, Label: "Été", Source: "art. 2"}
	b := a
	b.ID, b.Threshold = "B", decimal.New(95, -2)
	judged(t, d, "01", a, b)
	judged(t, d, "02", b, a) // the same, in another order
	judged(t, d, "03", a)
	judged(t, d, "04", a, b) // as before: a version again, since the one between differs
	last := judged(t, d, "05")
	sets, err := d.GateSets(background, last)
	if err != nil {
		t.Fatal(err)
	}
	var runs []int
	for _, s := range sets {
		runs = append(runs, s.Run)
	}
	if !slices.Equal(runs, []int{1, 3, 4, 5}) {
		t.Fatalf("versions of the runs %v", runs)
	}
	got := sets[0].Gates[0]
	if !got.Threshold.Equal(a.Threshold) || sets[0].At != "2026-01-01T02:00:00Z" || sets[0].Hash != reconcile.GatesHash([]reconcile.Gate{a, b}) {
		t.Errorf("read back %+v", sets[0])
	}
	if got.Threshold = a.Threshold; got != a {
		t.Errorf("read back %+v, wrote %+v", got, a)
	}
	if before, err := d.GateSets(background, 3); err != nil || len(before) != 2 {
		t.Errorf("an older run knew %d versions %v", len(before), err)
	}
	run, err := d.Run(background, 3)
	if err != nil || run.GatesHash != reconcile.GatesHash([]reconcile.Gate{a}) {
		t.Errorf("the run says %q %v", run.GatesHash, err)
	}
	for _, attempt := range []string{"UPDATE gate_set SET gates = '[]' WHERE id = 1", "DELETE FROM gate_set"} {
		if _, err := d.write.Exec(attempt); err == nil || !strings.Contains(err.Error(), "une version des critères ne") {
			t.Errorf("%s: %v", attempt, err)
		}
	}
}

func TestOpenGapsAreCountedByOwnerAndByAge(t *testing.T) {
	d := openStore(t)
	blamed := func(fingerprint string, status reconcile.Status, kind reconcile.Kind, cause reconcile.Cause, fault reconcile.Fault) reconcile.Discrepancy {
		g := gap(fingerprint, -100, status)
		g.Kind, g.Cause, g.AtFault = kind, cause, fault
		return g
	}
	head := blamed("a", reconcile.StatusOpen, reconcile.AmountDiffers, reconcile.CauseRate, reconcile.FaultONP)
	rows := []reconcile.Discrepancy{
		head, under(&head, "b", 40),
		blamed("c", reconcile.StatusToFixLegacy, reconcile.AmountDiffers, reconcile.CauseRate, reconcile.FaultONP),
		blamed("d", reconcile.StatusOpen, reconcile.Unmapped, reconcile.CauseMapping, reconcile.FaultLegacy),
		blamed("e", reconcile.StatusOpen, reconcile.AmountDiffers, reconcile.CauseUnexplained, reconcile.FaultUnknown),
		blamed("f", reconcile.StatusJustified, reconcile.AmountDiffers, reconcile.CauseRate, reconcile.FaultONP),
	}
	run := gathered(t, d, rows...)
	totals, err := d.OwnerTotals(background, run)
	if err != nil {
		t.Fatal(err)
	}
	want := []reconcile.OwnerTotal{
		{Owner: reconcile.OwnerHR},
		{Owner: reconcile.OwnerONP, Roots: 1, Gaps: 1, DeltaNet: -100, Absolute: 100},
		{Owner: reconcile.OwnerLegacy, Roots: 1, Gaps: 1, DeltaNet: -100, Absolute: 100},
		{Owner: reconcile.OwnerReference, Roots: 1, Gaps: 1, DeltaNet: -100, Absolute: 100},
		{Owner: reconcile.OwnerNobody, Roots: 1, Gaps: 2, DeltaNet: -60, Absolute: 140},
	}
	if !slices.Equal(totals, want) {
		t.Errorf("by owner:\n%+v, wanted\n%+v", totals, want)
	}
	for fingerprint, age := range map[string]int{"a": 7, "b": 99, "c": 8, "d": 90, "e": 91} { // b is no root
		if _, err := d.write.Exec("UPDATE discrepancy SET age_days = ? WHERE fingerprint = ?", age, fingerprint); err != nil {
			t.Fatal(err)
		}
	}
	if bands, err := d.RootAges(background, run); err != nil || bands != [4]int64{1, 1, 1, 1} {
		t.Errorf("by age: %v %v", bands, err)
	}
}

func TestDecisionsAreCountedAsTheRunKnewThem(t *testing.T) {
	d := openStore(t)
	if _, err := d.write.Exec("INSERT INTO review_import (id, at, files, read, decided) VALUES (1, '2026-01-01T00:00:00Z', '[]', 0, 0)"); err != nil {
		t.Fatal(err)
	}
	for _, of := range []struct {
		id, replaces                  int
		status, author, visa, expires string
	}{
		{1, 0, "justified", "Anne", "Béa", ""}, {2, 0, "justified", "Anne", "", ""}, {3, 0, "accepted", "Anne", "", "2013-11"},
		{4, 0, "to_fix_onp", "Anne", "", ""}, {5, 2, "justified", "Chloé", "Béa", ""},
	} {
		if _, err := d.write.Exec(`INSERT INTO decision (id, import_id, run, place, fingerprint, cluster, kind, element, cause, rule, pattern, axis, axis_value, amount, low, high,
			legacy_text, onp_text, status, reason, reference, author, visa, comment, valid_from, valid_to, basis, replaces)
			VALUES (?, 1, 1, '', 'f', '', '', '', '', '', '', '', '', 0, 0, 0, '', '', ?, '', '', ?, ?, '', '', ?, '{}', ?)`,
			of.id, of.status, of.author, of.visa, of.expires, of.replaces); err != nil {
			t.Fatal(err)
		}
	}
	held := gap("f", -100, reconcile.StatusOpen)
	held.Decision, held.Reopened = "D-2", reconcile.AwaitsVisa
	holding, later := gathered(t, d, held), gathered(t, d)
	for _, c := range []struct {
		run    int
		known  int64
		want   []reconcile.DecisionTotal
		reason string
	}{
		{later, 0, nil, "a run that knew none"},
		{later, 2, []reconcile.DecisionTotal{{Status: "justified", Author: "Anne", Count: 2, InForce: 2}}, "what the second one was about is gone"},
		{holding, 2, []reconcile.DecisionTotal{{Status: "justified", Author: "Anne", Count: 2, InForce: 2, Awaiting: 1}}, "the second one awaits its visa"},
		{later, 5, []reconcile.DecisionTotal{{Status: "to_fix_onp", Author: "Anne", Count: 1, InForce: 1}, {Status: "justified", Author: "Anne", Count: 2, InForce: 1},
			{Status: "justified", Author: "Chloé", Count: 1, InForce: 1}, {Status: "accepted", Author: "Anne", Count: 1, InForce: 1}},
			"replaced since; what has expired awaits nothing; what closes nothing needs no visa"},
	} {
		got, err := d.DecisionTotals(background, &reconcile.Run{ID: c.run, Decided: c.known, Period: december})
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: %+v %v", c.reason, got, err)
		}
	}
}
