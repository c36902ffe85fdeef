package review_test

import (
	"fmt"
	"slices"
	"testing"

	"bascule/reconcile"
	"bascule/reconcile/review"
)

var waves = []reconcile.Wave{{Name: "V1"}, {Name: "V2"}, {Name: "V2"}}

func gate(t *testing.T, fields ...string) reconcile.Gate {
	t.Helper()
	g, faults := reconcile.ReadGate(func(name string) string {
		if i := slices.Index(reconcile.GateFields, name); i < len(fields) {
			return fields[i]
		}
		return ""
	})
	if faults != nil {
		t.Fatalf("%q: %+v", fields, faults)
	}
	return g
}

// night is a run in which so many payslips of 1,000 agree in V1, and all of 500
// in V2.
func night(run int, concordant int64, more ...reconcile.Measure) review.Measured {
	m := review.Measured{Run: run, Measures: []reconcile.Measure{
		{Wave: "V1", Metric: reconcile.MetricConcordancePayslips, Value: concordant, Of: 1000},
		{Wave: "V2", Metric: reconcile.MetricConcordancePayslips, Value: 500, Of: 500},
		{Wave: reconcile.WholeMinistry, Metric: reconcile.MetricConcordancePayslips, Value: concordant + 500, Of: 1500},
		{Wave: reconcile.WholeMinistry, Metric: reconcile.MetricRejects, Value: 2, Of: 1},
		{Wave: "V1", Metric: reconcile.MetricMissingPayslips, Value: 0, Of: 1},
	}}
	m.Measures = append(m.Measures, more...)
	return m
}

func nights(concordant ...int64) []review.Measured {
	var list []review.Measured
	for i, n := range concordant {
		list = append(list, night(len(concordant)-i, n))
	}
	return list
}

func told(r *reconcile.GateResult) string {
	value := "rien"
	if r.Measured {
		value = fmt.Sprintf("%d/%d", r.Figure.Value, r.Figure.Of)
	}
	return fmt.Sprintf("%q %s held %d of %d seen, ok %v %s", r.Wave, value, r.Held, r.Seen, r.OK, r.Trend)
}

func TestAGateHoldsOverSuccessiveRuns(t *testing.T) {
	three := []string{"A", "V1", "concordance_payslips", ">=", "99.8%", "3"}
	stable := []string{"S", "V1", "stability", "<=", "0.5%", "3"}
	for _, c := range []struct {
		gate   []string
		runs   []review.Measured // the newest first
		want   string
		reason string
	}{
		{three, nights(999, 998, 998, 10), `"V1" 999/1000 held 3 of 3 seen, ok true better`, "three in a row; older ones do not count"},
		{three, nights(999, 998), `"V1" 999/1000 held 2 of 2 seen, ok false better`, "two runs of three"},
		{three, nights(998, 999, 997, 999), `"V1" 998/1000 held 2 of 3 seen, ok false worse`, "the third one back did not hold"},
		{three, nights(997, 999, 999), `"V1" 997/1000 held 0 of 3 seen, ok false worse`, "the run judged does not hold"},
		{three, nights(998, 998, 998), `"V1" 998/1000 held 3 of 3 seen, ok true same`, "nothing moved"},
		{three, nil, `"V1" rien held 0 of 0 seen, ok false `, "no run at all"},
		{[]string{"A", "", "concordance_payslips", ">=", "99%"}, nights(985), `"*" 1485/1500 held 1 of 1 seen, ok true `, "of the whole ministry, at its very edge"},
		{stable, nights(999, 995, 1000), `"V1" 1/200 held 3 of 3 seen, ok true `, "5 in a thousand at most from night to night"},
		{stable, nights(999, 998, 992), `"V1" 3/500 held 2 of 3 seen, ok false `, "6 in a thousand the night before: the greatest change counts"},
		{stable, nights(992, 998, 998), `"V1" 3/500 held 0 of 3 seen, ok false `, "the last change is too great"},
		{stable, nights(999, 999), `"V1" 0/1 held 2 of 2 seen, ok false `, "stable, and not for long enough"},
		{stable, nights(999), `"V1" rien held 0 of 1 seen, ok false `, "one run has no change"},
		{[]string{"S", "V1", "stability", "<=", "0.5%"}, nights(999, 999, 1), `"V1" 0/1 held 2 of 2 seen, ok true `, "a change takes two runs even when one is asked for"},
		{[]string{"R", "V1", "rejects", "<=", "2"}, nights(1), `"V1" 2/1 held 1 of 1 seen, ok true `, "rejected lines belong to every wave"},
		{[]string{"U", "V1", "unmapped_codes", "=", "0"}, nights(1), `"V1" rien held 0 of 1 seen, ok false `, "what no run measured is not held"},
		{[]string{"E", "V1", "explained_share", ">=", "95%"}, []review.Measured{night(1, 1000, reconcile.Measure{Wave: "V1", Metric: reconcile.MetricExplainedShare})},
			`"V1" 1/1 held 1 of 1 seen, ok true `, "no root is left unexplained where there is none"},
		{[]string{"M", "V3", "missing_payslips", "=", "0"}, []review.Measured{night(1, 1000, reconcile.Measure{Wave: "V3", Metric: reconcile.MetricConcordancePayslips},
			reconcile.Measure{Wave: "V3", Metric: reconcile.MetricMissingPayslips, Of: 1})},
			`"V3" rien held 0 of 1 seen, ok false `, "no payslip is missing in a wave that has none: nothing is proved"},
	} {
		g := gate(t, c.gate...)
		j := review.Judge([]reconcile.Gate{g}, waves, c.runs, 0)
		if len(j.Results) != 1 || told(&j.Results[0]) != c.want {
			t.Errorf("%s:\n%+v, wanted\n%s", c.reason, j.Results, c.want)
			for i := range j.Results {
				t.Log(told(&j.Results[i]))
			}
		}
	}
}

func TestAGapInTheMeasuresEndsTheSuccession(t *testing.T) {
	runs := nights(999, 999, 999)
	runs[1].Measures = nil // recorded before anything was measured
	j := review.Judge([]reconcile.Gate{gate(t, "A", "V1", "concordance_payslips", ">=", "99%", "3"), gate(t, "S", "V1", "stability", "<=", "1%", "3")}, waves, runs, 0)
	if got := told(&j.Results[0]); got != `"V1" 999/1000 held 1 of 3 seen, ok false ` {
		t.Error(got)
	}
	if got := told(&j.Results[1]); got != `"V1" rien held 0 of 3 seen, ok false ` {
		t.Error(got)
	}
}

func TestTheOpinionIsThatOfTheWorstGate(t *testing.T) {
	good := []string{"G", "", "concordance_payslips", ">=", "50%"}
	v1 := []string{"V", "V1", "concordance_payslips", ">=", "99.9%"}
	v1Soft := []string{"W", "V1", "concordance_payslips", ">=", "99.9%", "1", "non"}
	each := []string{"E", "wave", "concordance_payslips", ">=", "99.9%", "1", "oui"}
	overall := []string{"O", "", "concordance_payslips", ">=", "99.9%", "1", "oui"}
	for _, c := range []struct {
		gates         [][]string
		awaiting      int64
		whole, v1, v2 reconcile.Opinion
		reason        string
	}{
		{nil, 0, reconcile.Unfavourable, reconcile.Unfavourable, reconcile.Unfavourable, "no gate proves nothing"},
		{[][]string{good}, 0, reconcile.Favourable, reconcile.Favourable, reconcile.Favourable, "all hold"},
		{[][]string{good, v1Soft}, 0, reconcile.WithReserves, reconcile.WithReserves, reconcile.Favourable, "a gate that does not block makes reserves, in its wave"},
		{[][]string{good, v1}, 0, reconcile.Unfavourable, reconcile.Unfavourable, reconcile.Favourable, "one that blocks stops its wave and the whole"},
		{[][]string{each}, 0, reconcile.Unfavourable, reconcile.Unfavourable, reconcile.Favourable, "each wave is judged by its own figure"},
		{[][]string{overall}, 0, reconcile.Unfavourable, reconcile.Unfavourable, reconcile.Unfavourable, "the whole ministry's gate holds back every wave"},
		{[][]string{v1Soft, v1}, 1, reconcile.Unfavourable, reconcile.Unfavourable, reconcile.Unfavourable, "V2 has no gate of its own: nobody looked"},
		{[][]string{good}, 1, reconcile.WithReserves, reconcile.WithReserves, reconcile.WithReserves, "a decision without its visa makes reserves"},
	} {
		var gates []reconcile.Gate
		for _, fields := range c.gates {
			gates = append(gates, gate(t, fields...))
		}
		j := review.Judge(gates, waves, nights(990), c.awaiting)
		if j.Opinion != c.whole || j.Waves["V1"] != c.v1 || j.Waves["V2"] != c.v2 || len(j.Waves) != 2 {
			t.Errorf("%s: %q %v", c.reason, j.Opinion, j.Waves)
		}
	}
}

func TestAgentsOfNoWaveAreJudgedToo(t *testing.T) {
	lost := night(1, 1000, reconcile.Measure{Wave: reconcile.NoWave, Metric: reconcile.MetricConcordancePayslips, Value: 1, Of: 2})
	j := review.Judge([]reconcile.Gate{gate(t, "E", "wave", "concordance_payslips", ">=", "99%")}, waves, []review.Measured{lost}, 0)
	if len(j.Results) != 3 || j.Results[2].Wave != reconcile.NoWave || j.Waves[reconcile.NoWave] != reconcile.Unfavourable || j.Opinion != reconcile.Unfavourable {
		t.Errorf("%+v %v", j.Results, j.Waves)
	}
}
