package sqlite

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bascule/reconcile"
)

// root is a gap of base pay that a rule explained, with the cluster it bears.
func root(fingerprint, pattern string, delta reconcile.Amount) reconcile.Discrepancy {
	d := gap(fingerprint, delta, reconcile.StatusOpen)
	d.Element, d.Cause, d.Rule, d.Pattern, d.AtFault = "TB", reconcile.CauseRate, "rate_dated", pattern, reconcile.FaultONP
	d.Matricule, d.Service, d.Wave, d.Programme = "M"+fingerprint, "S-"+fingerprint[:1], "V1", "176"
	d.Cluster = reconcile.ClusterOf(d.Kind, d.Element, d.Cause, d.Rule, d.Pattern)
	d.Effect = reconcile.Effect{Net: delta}
	return d
}

// under is a gap that derives from a root.
func under(of *reconcile.Discrepancy, fingerprint string, delta reconcile.Amount) reconcile.Discrepancy {
	d := gap(fingerprint, delta, reconcile.StatusOpen)
	d.Key, d.Element, d.Cause, d.Rule, d.Root = of.Key, "PC", reconcile.CauseDerived, "derived_formula", of.Fingerprint
	of.Effect.Derived++
	of.Effect.Net += delta
	return d
}

// gathered records a run of some rows and gathers its clusters.
func gathered(t testing.TB, d *DB, rows ...reconcile.Discrepancy) int {
	t.Helper()
	run := &reconcile.Run{Period: december, StartedAt: "2026-01-01T02:00:00Z"}
	err := d.Record(background, run, func(r *Recorder) error {
		for i := range rows {
			if err := r.Discrepancy(&rows[i]); err != nil {
				return err
			}
		}
		return r.GatherClusters()
	})
	if err != nil {
		t.Fatal(err)
	}
	return run.ID
}

func TestEvidenceIsReadBackAsWritten(t *testing.T) {
	d := openStore(t)
	row := root("a", "POINT: 55.28 → 55.56", -100)
	row.Evidence = []reconcile.Fact{{Name: reconcile.FactSide, Value: "onp"}, {Name: reconcile.FactSource, Value: `décret n° 2010-761, « art. 2 » "a\b"`}, {Name: reconcile.FactText}}
	row.Effect = reconcile.Effect{Derived: 7, Net: -80, Employer: -74, Budget: -174}
	run := gathered(t, d, row)
	for got, err := range d.Discrepancies(background, run, Part{}) {
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]any{row.Evidence, row.Pattern, row.Cluster, row.Effect}, []any{got.Evidence, got.Pattern, got.Cluster, got.Effect}); diff != "" {
			t.Error(diff)
		}
	}
	if n := count(t, d, "SELECT count(*) FROM v_discrepancy WHERE evidence ->> '$[1][0]' = 'source' AND derived = 7 AND effect_budget_cents = -174 AND cluster <> ''"); n != 1 {
		t.Error("the view does not show what explains the gap")
	}
}

func TestEvidenceThatWasAlteredIsRefused(t *testing.T) {
	for _, text := range []string{"", "[", "[[]]", `[["side"]]`, `[["side","onp"]`, `[["side","onp"]]x`, `[["side","onp"],]`, `["side","onp"]`} {
		if facts, err := parseFacts(text); err == nil {
			t.Errorf("%q is read as %v", text, facts)
		}
	}
}

func TestLonelyAmountsGatherInOneCluster(t *testing.T) {
	d := openStore(t)
	missing := root("e", "=-9", -9)
	missing.Kind = reconcile.LineMissingInONP // the same family
	missing.Cluster = reconcile.ClusterOf(missing.Kind, missing.Element, missing.Cause, missing.Rule, missing.Pattern)
	words := root("f", "indice 467 → 472", 3)
	other := root("g", "=-5", -5)
	other.Element = "NBI"
	run := gathered(t, d, root("a", "=-5", -5), root("b", "=-5", -5), root("c", "=-7", -7), root("d", "=-8", -8), missing, words, other)
	clusters, err := d.Clusters(background, run, Part{}, 10)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range clusters {
		if c.ID != reconcile.ClusterOf(c.Kind, c.Element, c.Cause, c.Rule, c.Pattern) {
			t.Errorf("the identifier of %+v is not that of its parts", c)
		}
		got = append(got, fmt.Sprintf("%s %q %d %v", c.Element, c.Pattern, c.Count, c.Examples.First))
	}
	want := []string{`TB "" 3 [Mc Md Me]`, `TB "=-5" 2 [Ma Mb]`, `NBI "" 1 [Mg]`, `TB "indice 467 → 472" 1 [Mf]`}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, wanted %q", got, want)
	}
	if n := count(t, d, "SELECT count(DISTINCT cluster) FROM v_discrepancy"); n != 4 {
		t.Errorf("%d clusters stand in the store, wanted 4", n)
	}
}

func TestAClusterWeighsItsRootsWithAllThatDerives(t *testing.T) {
	d := openStore(t)
	var rows []reconcile.Discrepancy
	for i, f := range []string{"a1", "a2", "b1"} {
		r := root(f, "=-10", -10)
		r.Evidence = []reconcile.Fact{{Name: reconcile.FactSide, Value: f}}
		if i == 2 {
			r.AtFault, r.Status = reconcile.FaultUnknown, reconcile.StatusJustified
		}
		child := under(&r, f+"x", 2)
		rows = append(rows, child, r)
	}
	light := root("z", "=-20", -20)
	second := root("y", "=-20", 1)
	second.Key = light.Key
	rows = append(rows, light, second)
	run := gathered(t, d, rows...)
	clusters, err := d.Clusters(background, run, Part{}, 10)
	if err != nil || len(clusters) != 2 {
		t.Fatalf("%d clusters, %v", len(clusters), err)
	}
	c := clusters[0]
	if c.Example == nil || c.Example.Fact(reconcile.FactSide) != "a1" {
		t.Errorf("the example is %+v, wanted the root of lowest fingerprint", c.Example)
	}
	c.Example = nil
	want := reconcile.Cluster{ID: c.ID, Kind: reconcile.AmountDiffers, Element: "TB", Cause: reconcile.CauseRate, Rule: "rate_dated", Pattern: "=-10", Low: -10, High: -10,
		Count: 3, Agents: 3, Open: 2, DeltaNet: -30, Effect: reconcile.Effect{Derived: 3, Net: -24}, Absolute: 24,
		AtFault: reconcile.FaultSplit{ONP: 2, Unknown: 1}, ByCount: 1,
		Services: reconcile.Spread{Count: 2, First: []string{"S-a", "S-b"}}, Waves: reconcile.Spread{Count: 1, First: []string{"V1"}},
		Programmes: reconcile.Spread{Count: 1, First: []string{"176"}}, Examples: reconcile.Spread{Count: 3, First: []string{"Ma1", "Ma2", "Mb1"}}}
	if diff := cmp.Diff(want, c); diff != "" {
		t.Errorf("(-wanted +got)\n%s", diff)
	}
	if clusters[1].Count != 2 || clusters[1].Agents != 1 {
		t.Errorf("two roots of one agent: %+v", clusters[1])
	}
	causes, err := d.ByCause(background, run, Part{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range causes {
		got = append(got, fmt.Sprintf("%s: %d gaps, %d roots, %d derived, %d agents, net %v, faults %v", c.Cause, c.Count, c.Roots, c.Effect.Derived, c.Agents, c.Effect.Net, c.AtFault))
	}
	if want := []string{"rate: 5 gaps, 5 roots, 3 derived, 4 agents, net -0.43, faults {0 4 0 1}", "derived: 3 gaps, 0 roots, 0 derived, 3 agents, net 0.00, faults {0 0 0 0}"}; !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func TestARootStandsJustBeforeWhatDerivesFromIt(t *testing.T) {
	d := openStore(t)
	one, two, field := root("one", "=1", 1), root("two", "=2", 2), gap("field", 0, reconcile.StatusOpen)
	field.Kind = reconcile.SituationDiffers
	for _, r := range []*reconcile.Discrepancy{&one, &two, &field} {
		r.Key = "agent"
	}
	oneA, twoA, oneB, fieldA := under(&one, "1a", 1), under(&two, "2a", 1), under(&one, "1b", 1), under(&field, "fa", 1)
	run := gathered(t, d, oneA, twoA, one, oneB, fieldA, two, field)
	var got []string
	for row, err := range d.Discrepancies(background, run, Part{}) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, row.Fingerprint)
	}
	ofAgent, err := d.OfAgent(background, run, "agent")
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range ofAgent {
		if row.Fingerprint != got[i] {
			t.Errorf("of the agent alone, %s stands at %d", row.Fingerprint, i)
		}
	}
	if want := "field fa one 1a 1b two 2a"; strings.Join(got, " ") != want {
		t.Errorf("got %q, wanted %q", got, want)
	}
}

func TestRunsRecordedBeforeClustersHaveThem(t *testing.T) {
	d := openStore(t)
	a, b := root("a", "", 1), root("b", "", 2)
	a.Cluster, b.Cluster = "", ""
	run, _ := record(t, d, "2026-01-01", a, b)
	clusters, err := d.Clusters(background, run.ID, Part{}, 10)
	if err != nil || len(clusters) != 1 || clusters[0].ID != reconcile.ClusterOf(a.Kind, "TB", reconcile.CauseRate, "rate_dated", "") || clusters[0].Services.Count != 2 {
		t.Errorf("got %+v, %v", clusters, err)
	}
}

func BenchmarkClusters(b *testing.B) {
	const rows = 100_000
	d := openStore(b)
	var list []reconcile.Discrepancy
	for i := range rows / 2 {
		r := root(fmt.Sprintf("%x-%06d", i%16, i), fmt.Sprintf("=%d", i%30_000), reconcile.Amount(i))
		r.Element, r.Evidence = fmt.Sprintf("E%02d", i%40), []reconcile.Fact{{Name: reconcile.FactSide, Value: "onp"}, {Name: reconcile.FactSource, Value: "décret 2010-761 du 7 juillet 2010"},
			{Name: reconcile.FactApplied, Value: "55.28"}, {Name: reconcile.FactOfficial, Value: "55.56"}, {Name: reconcile.FactPaid, Value: "2150.31"}, {Name: reconcile.FactExpected, Value: "2161.31"}}
		list = append(list, under(&r, r.Fingerprint+"x", 1), r)
	}
	b.ResetTimer()
	var gather, read time.Duration
	for range b.N {
		var start time.Time
		run := &reconcile.Run{Period: december, StartedAt: "2026-01-01T02:00:00Z"}
		if err := d.Record(background, run, func(r *Recorder) error {
			for i := range list {
				if err := r.Discrepancy(&list[i]); err != nil {
					return err
				}
			}
			start = time.Now()
			err := r.GatherClusters()
			gather += time.Since(start)
			return err
		}); err != nil {
			b.Fatal(err)
		}
		start = time.Now()
		clusters, err := d.Clusters(context.Background(), run.ID, Part{}, 5000)
		if err != nil || len(clusters) == 0 {
			b.Fatal(err)
		}
		read += time.Since(start)
	}
	b.ReportMetric(float64(gather.Milliseconds())/float64(b.N), "ms/gather")
	b.ReportMetric(float64(read.Milliseconds())/float64(b.N), "ms/read")
}

func TestVariousAmountsStandApartFromEqualOnes(t *testing.T) {
	d := openStore(t)
	of := func(element string, r reconcile.Discrepancy) reconcile.Discrepancy {
		r.Element = element
		r.Cluster = reconcile.ClusterOf(r.Kind, r.Element, r.Cause, r.Rule, r.Pattern)
		return r
	}
	alone, first, second := root("a", "=5", 5), root("b", "=100", 100), root("c", "=100", 100)
	run := gathered(t, d, alone, first, second, of("NBI", root("d", "=7", 7)), of("NBI", root("e", "=7", 7)))
	various := reconcile.ClusterOf(alone.Kind, alone.Element, alone.Cause, alone.Rule, "")
	clusters, err := d.ClustersNamed(background, run, []string{various, first.Cluster}, "", "")
	if err != nil || len(clusters) != 2 || !slices.Equal(clusters[various].Apart, []string{"=100"}) || clusters[first.Cluster].Apart != nil {
		t.Errorf("got %+v, %v", clusters, err)
	}
}
