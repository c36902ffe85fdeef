package reconcile_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"bascule/reconcile"
)

// gate reads a gate from its fields, in the order of GateFields.
func gate(fields ...string) (reconcile.Gate, []reconcile.GateFault) {
	return reconcile.ReadGate(func(name string) string {
		if i := slices.Index(reconcile.GateFields, name); i < len(fields) {
			return fields[i]
		}
		return ""
	})
}

func TestAGateIsReadAsPeopleWriteIt(t *testing.T) {
	for _, c := range []struct {
		fields                     []string
		scope, operator, threshold string
		runs                       int
		blocking                   bool
		reason                     string
	}{
		{[]string{"A", "", "concordance_payslips", ">=", "99,8 %"}, "overall", ">=", "0.998", 1, true, "blank is overall, one run, blocking; a French percentage"},
		{[]string{"A", "vagues", "concordance_payslips", "≥", "99.5%", "3", "non"}, "wave", ">=", "0.995", 3, false, "each wave, in French"},
		{[]string{"A", "V1", "stability", "<=", "0.005", "3", "true"}, "wave:V1", "<=", "0.005", 3, true, "one wave by its name; a fraction"},
		{[]string{"A", "wave: V1", "concordance_lines", ">", "99.9"}, "wave:V1", ">", "0.999", 1, true, "above 1 without its sign, a percentage"},
		{[]string{"A", "*", "explained_share", ">=", "1"}, "overall", ">=", "1", 1, true, "1 is all, not one percent"},
		{[]string{"A", "ensemble", "max_net_gap", "<=", "1 000,50 €"}, "overall", "<=", "1000.5", 1, true, "an amount in euros"},
		{[]string{"A", "all", "rejects", "==", "1 000"}, "overall", "=", "1000", 1, true, "a count, with thousands"},
	} {
		g, faults := gate(c.fields...)
		if len(faults) > 0 || g.Scope != c.scope || string(g.Operator) != c.operator || g.Threshold.String() != c.threshold || g.Runs != c.runs || g.Blocking != c.blocking {
			t.Errorf("%s: %+v %v", c.reason, g, faults)
		}
	}
}

func TestAGateThatMayMislead(t *testing.T) {
	for _, c := range []struct {
		fields      []string
		field, says string
		reason      string
	}{
		{[]string{"", "", "rejects", "<=", "0"}, "id", "est vide", "nothing to call it by"},
		{[]string{strings.Repeat("A", 41), "", "rejects", "<=", "0"}, "id", "40 caractères", "too long for a sheet"},
		{[]string{"A", "", "concordance", ">=", "99%"}, "metric", "n'est pas une mesure", "unknown metric"},
		{[]string{"A", "", "rejects", "=<", "0"}, "operator", "vaut « =< »", "unknown operator"},
		{[]string{"A", "", "rejects", "", "0"}, "operator", "est vide", "no operator"},
		{[]string{"A", "", "rejects", "<=", ""}, "threshold", "est vide", "no threshold is not 0"},
		{[]string{"A", "", "rejects", "<=", "0.5"}, "threshold", "choses entières", "half a reject"},
		{[]string{"A", "", "rejects", "<=", "1%"}, "threshold", "choses entières", "a share of a count"},
		{[]string{"A", "", "rejects", "<=", "-1"}, "threshold", "n'est pas un nombre", "less than nothing"},
		{[]string{"A", "", "explained_share", ">=", "101%"}, "threshold", "ne dépasse pas 100 %", "more than all"},
		{[]string{"A", "", "explained_share", ">=", "1e-2"}, "threshold", "n'est pas un nombre", "no exponents"},
		{[]string{"A", "", "explained_share", ">=", "99.%"}, "threshold", "n'est pas un nombre", "a mark without decimals"},
		{[]string{"A", "", "max_net_gap", "<=", "-5"}, "threshold", "est négatif", "an amount has no sign here"},
		{[]string{"A", "", "max_net_gap", "<=", "0,001"}, "threshold", "plus de deux décimales", "less than a centime"},
		{[]string{"A", "", "rejects", "<=", "0", "0"}, "runs", "vaut « 0 »", "must hold at least once"},
		{[]string{"A", "", "rejects", "<=", "0", "1", "peut-être"}, "blocking", "vaut « peut-être »", "neither yes nor no"},
	} {
		_, faults := gate(c.fields...)
		if len(faults) != 1 || faults[0].Field != c.field || !strings.Contains(faults[0].Err.Error(), c.says) || faults[0].Hint == "" {
			t.Errorf("%s: %+v", c.reason, faults)
		}
	}
}

func TestGatesNameWavesThatExistAndThemselvesOnce(t *testing.T) {
	waves := []reconcile.Wave{{Name: "V1"}, {Name: "V1"}, {Name: "V2"}}
	a, _ := gate("A", "V2", "rejects", "<=", "0")
	b, _ := gate("B", "V9", "rejects", "<=", "0")
	if _, f := reconcile.CheckGates([]reconcile.Gate{a}, waves); f != nil {
		t.Errorf("a known wave is refused: %v", f)
	}
	if i, f := reconcile.CheckGates([]reconcile.Gate{a, b}, waves); f == nil || i != 1 || f.Field != "scope" || !strings.HasSuffix(f.Hint, "overall, wave, wave:V1, wave:V2") {
		t.Errorf("an unknown wave: %d %+v", i, f)
	}
	if i, f := reconcile.CheckGates([]reconcile.Gate{a, a}, waves); f == nil || i != 1 || f.Field != "id" {
		t.Errorf("a name taken twice: %d %+v", i, f)
	}
}

func TestThresholdsAreExactAtTheirEdge(t *testing.T) {
	for _, c := range []struct {
		fields []string
		figure reconcile.Figure
		want   bool
		reason string
	}{
		{[]string{"A", "", "concordance_payslips", ">=", "99.8%"}, reconcile.Figure{Value: 998, Of: 1000}, true, "just reached"},
		{[]string{"A", "", "concordance_payslips", ">", "99.8%"}, reconcile.Figure{Value: 998, Of: 1000}, false, "reached is not above"},
		{[]string{"A", "", "concordance_payslips", ">=", "99.8%"}, reconcile.Figure{Value: 299_399_999, Of: 300_000_000}, false, "one payslip in 300 million short: no float would see it rounded"},
		{[]string{"A", "", "concordance_payslips", ">=", "100%"}, reconcile.Figure{Value: 999_999, Of: 1_000_000}, false, "nearly all is not all"},
		{[]string{"A", "", "absolute_delta_share", "<=", "0.1%"}, reconcile.Figure{Value: 1<<62 - 1, Of: 1 << 62}, false, "amounts near the end of an int64 do not overflow"},
		{[]string{"A", "", "max_net_gap", "<=", "100,00"}, reconcile.Figure{Value: 100_00, Of: 1}, true, "an amount is measured in centimes, its threshold written in euros"},
		{[]string{"A", "", "max_net_gap", "<", "100,00"}, reconcile.Figure{Value: 100_00, Of: 1}, false, "not below"},
		{[]string{"A", "", "missing_payslips", "=", "0"}, reconcile.Figure{Value: 0, Of: 1}, true, "none"},
	} {
		g, faults := gate(c.fields...)
		if got := g.Accepts(c.figure); got != c.want || faults != nil {
			t.Errorf("%s: %v %v", c.reason, got, faults)
		}
	}
}

func TestTheHashOfGatesIgnoresTheirOrderAndSpelling(t *testing.T) {
	a, _ := gate("A", "", "concordance_payslips", ">=", "99.80%")
	same, _ := gate("A", "overall", "concordance_payslips", "≥", "0,998", "1", "oui")
	b, _ := gate("B", "", "rejects", "<=", "0")
	if reconcile.GatesHash([]reconcile.Gate{a, b}) != reconcile.GatesHash([]reconcile.Gate{b, same}) {
		t.Error("the same gates in another order and spelling have another hash")
	}
	b.Blocking = false
	if reconcile.GatesHash([]reconcile.Gate{a, b}) == reconcile.GatesHash([]reconcile.Gate{a}) {
		t.Error("other gates have the same hash")
	}
	if got := reconcile.GatesText(nil); got != "[]" {
		t.Errorf("no gate is written %q", got)
	}
}

func TestAResultIsWrittenForPeopleAndReadBackExactly(t *testing.T) {
	g, _ := gate("A", "wave", "concordance_payslips", ">=", "99.8%", "3", "oui", "Bulletins", "DOMAIN 2.4")
	for _, r := range []reconcile.GateResult{
		{Gate: g, Wave: "V1", Figure: reconcile.Figure{Value: 2, Of: 3}, Measured: true, Held: 1, Seen: 2, Trend: reconcile.TrendBetter},
		{Gate: g, Wave: reconcile.NoWave},
	} {
		text, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		if want := `"value":"0.666666"`; r.Measured && !strings.Contains(string(text), want) || !r.Measured && !strings.Contains(string(text), `"value":null`) {
			t.Errorf("the value is not as wanted in %s", text)
		}
		var back reconcile.GateResult
		if err := json.Unmarshal(text, &back); err != nil || !back.Threshold.Equal(r.Threshold) {
			t.Fatalf("%v %+v", err, back)
		}
		back.Threshold = r.Threshold // equal, under another representation
		if back != r {
			t.Errorf("read back %+v, wrote %+v", back, r)
		}
	}
}
