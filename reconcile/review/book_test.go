package review

import (
	"testing"

	"github.com/shopspring/decimal"

	"bascule/reconcile"
)

const (
	november = reconcile.Period(2013*12 + 10)
	december = november + 1
	january  = december + 1
)

// tables know one element, of one code on each side, and one rate that changes
// in January.
func tables() *reconcile.Tables {
	return &reconcile.Tables{
		Elements: []reconcile.Element{{Code: "PENSION", Kind: reconcile.Retenue, Compared: true}},
		Correspondences: []reconcile.Correspondence{
			{Element: "PENSION", Side: reconcile.Legacy, Code: "101", Factor: 1},
			{Element: "PENSION", Side: reconcile.ONP, Code: "PC1", Factor: 1},
		},
		Rates: []reconcile.Rate{
			{Name: "PC", Value: decimal.RequireFromString("8.76"), To: december},
			{Name: "PC", Value: decimal.RequireFromString("9.14"), From: january},
		},
		Reasons: []reconcile.Reason{
			{Code: "ARRONDI", LabelFR: "Arrondi admis"},
			{Code: "DEROGATION", LabelFR: "Dérogation", Months: 2},
			{Code: "ERREUR", LabelFR: "Erreur ONP", Statuses: []reconcile.Status{reconcile.StatusToFixONP}},
			{Code: "AUTRE", LabelFR: "Autre", Free: true},
		},
	}
}

// onGap is a justified decision about a gap of −1,00 €, given in December.
func onGap(fingerprint string, change func(*reconcile.Decision)) reconcile.Decision {
	d := reconcile.Decision{ID: 1, Fingerprint: fingerprint, Kind: reconcile.AmountDiffers, Element: "PENSION", Amount: -100, Low: -100, High: -100,
		Status: reconcile.StatusJustified, Reason: "ARRONDI", Author: "Anne Martin", Visa: "Paul Durand", From: december}
	d.Basis = BasisOf(GroundsOf(tables(), december), rowOf(fingerprint, -100))
	if change != nil {
		change(&d)
	}
	return d
}

func onCluster(id int64, pattern string, low, high reconcile.Amount) reconcile.Decision {
	d := onGap("", func(d *reconcile.Decision) { d.ID, d.Low, d.High = id, low, high })
	d.Cluster = reconcile.Predicate{ID: "c" + pattern, Cause: reconcile.CauseRate, Rule: "rate_table", Pattern: pattern}
	return d
}

func rowOf(fingerprint string, delta reconcile.Amount) *reconcile.Discrepancy {
	return &reconcile.Discrepancy{Fingerprint: fingerprint, Kind: reconcile.AmountDiffers, Element: "PENSION", Delta: delta, DeltaNet: delta, Cause: reconcile.CauseRate,
		Rule: "rate_table", Pattern: "PC onp", Status: reconcile.StatusOpen, Programme: "176", Evidence: []reconcile.Fact{{Name: reconcile.FactRate, Value: "PC"}}}
}

func TestDecisionIsCarriedWhileItHolds(t *testing.T) {
	changed := tables()
	changed.Correspondences[1].Code = "PC2"
	cases := []struct {
		reason    string
		decisions []reconcile.Decision
		tables    *reconcile.Tables
		month     reconcile.Period
		row       func(*reconcile.Discrepancy)
		status    reconcile.Status
		decision  string
		reopened  string
	}{
		{"the same gap the next night", []reconcile.Decision{onGap("f", nil)}, nil, december, nil, "justified", "D-1", ""},
		{"a line that went missing on one side is the same gap", []reconcile.Decision{onGap("f", nil)}, nil, december,
			func(d *reconcile.Discrepancy) { d.Kind = reconcile.LineMissingInONP }, "justified", "D-1", ""},
		{"another gap", []reconcile.Decision{onGap("g", nil)}, nil, december, nil, "open", "", ""},
		{"a decision about later pays", []reconcile.Decision{onGap("f", nil)}, nil, november, nil, "open", "", ""},
		{"the amount has moved", []reconcile.Decision{onGap("f", nil)}, nil, december, func(d *reconcile.Discrepancy) { d.Delta = -101 }, "open", "D-1", "amount -1.00"},
		{"the amount has moved within the margin", []reconcile.Decision{onGap("f", func(d *reconcile.Decision) { d.Low, d.High = -110, -90 })}, nil, december,
			func(d *reconcile.Discrepancy) { d.Delta = -101 }, "justified", "D-1", ""},
		{"the values of a field have changed", []reconcile.Decision{onGap("f", nil)}, nil, december, func(d *reconcile.Discrepancy) { d.ONPText = "7" }, "open", "D-1", "texts"},
		{"it has expired", []reconcile.Decision{onGap("f", func(d *reconcile.Decision) { d.To, d.Basis.Rates = december, nil })}, nil, january, nil, "open", "D-1", "expired 2013-12"},
		{"its last month", []reconcile.Decision{onGap("f", func(d *reconcile.Decision) { d.To = december })}, nil, december, nil, "justified", "D-1", ""},
		{"the correspondences of its element have changed", []reconcile.Decision{onGap("f", nil)}, changed, december, nil, "open", "D-1", "mapping"},
		{"the rate it rests upon has changed", []reconcile.Decision{onGap("f", nil)}, nil, january, nil, "open", "D-1", "rate PC 8.76 9.14"},
		{"nobody else has signed", []reconcile.Decision{onGap("f", func(d *reconcile.Decision) { d.Visa = "" })}, nil, december, nil, "open", "D-1", "visa"},
		{"nobody else has signed, and the amount has moved", []reconcile.Decision{onGap("f", func(d *reconcile.Decision) { d.Visa = "" })}, nil, december, func(d *reconcile.Discrepancy) { d.Delta = -101 }, "open", "D-1", "amount -1.00"},
		{"what is to be fixed needs no visa", []reconcile.Decision{onGap("f", func(d *reconcile.Decision) { d.Visa, d.Status = "", reconcile.StatusToFixONP })}, nil, december, nil, "to_fix_onp", "D-1", ""},
		{"the last decision wins", []reconcile.Decision{onGap("f", nil), onGap("f", func(d *reconcile.Decision) { d.ID, d.Status = 2, reconcile.StatusAccepted })}, nil, december, nil, "accepted", "D-2", ""},
		{"a decision is taken back", []reconcile.Decision{onCluster(1, "PC onp", -200, -1), onGap("f", func(d *reconcile.Decision) { d.ID, d.Status = 2, reconcile.StatusOpen })}, nil, december, nil, "open", "D-2", ""},
		{"tomorrow's agent in the cluster", []reconcile.Decision{onCluster(1, "PC onp", -200, -1)}, nil, december, nil, "justified", "D-1", ""},
		{"beyond the bounds of the cluster", []reconcile.Decision{onCluster(1, "PC onp", -80, -1)}, nil, december, nil, "open", "D-1", "range -0.80 -0.01"},
		{"another pattern", []reconcile.Decision{onCluster(1, "PC legacy", -200, -1)}, nil, december, nil, "open", "", ""},
		{"any amount, where two agents have the same", []reconcile.Decision{onCluster(1, "", -200, -1)}, nil, december, func(d *reconcile.Discrepancy) { d.Pattern = "=-100" }, "justified", "D-1", ""},
		{"any amount, but one that was another cluster when it was decided", []reconcile.Decision{func() reconcile.Decision {
			d := onCluster(1, "", -200, -1)
			d.Basis.Apart = []string{"=-100"}
			return d
		}()}, nil, december, func(d *reconcile.Discrepancy) { d.Pattern = "=-100" }, "open", "", ""},
		{"any amount, but words of a rule are another cluster", []reconcile.Decision{onCluster(1, "", -200, -1)}, nil, december, nil, "open", "", ""},
		{"the population of its workbook", []reconcile.Decision{func() reconcile.Decision {
			d := onCluster(1, "PC onp", -200, -1)
			d.Cluster.Axis, d.Cluster.Value = "programme", "176"
			return d
		}()}, nil, december, nil, "justified", "D-1", ""},
		{"another population", []reconcile.Decision{func() reconcile.Decision {
			d := onCluster(1, "PC onp", -200, -1)
			d.Cluster.Axis, d.Cluster.Value = "programme", "307"
			return d
		}()}, nil, december, nil, "open", "", ""},
		{"the gap's own decision is stronger than its cluster's", []reconcile.Decision{onGap("f", func(d *reconcile.Decision) { d.Status = reconcile.StatusToFixONP }), onCluster(2, "PC onp", -200, -1)}, nil, december, nil, "to_fix_onp", "D-1", ""},
		{"where its own no longer holds, its cluster's may", []reconcile.Decision{onGap("f", func(d *reconcile.Decision) { d.Low, d.High = 5, 5 }), onCluster(2, "PC onp", -200, -1)}, nil, december, nil, "justified", "D-2", ""},
		{"where neither holds, its own says why", []reconcile.Decision{onGap("f", func(d *reconcile.Decision) { d.Low, d.High = 5, 5 }), onCluster(2, "PC onp", -2, -1)}, nil, december, nil, "open", "D-1", "amount -1.00"},
		{"what is tolerated is not reopened", []reconcile.Decision{onGap("f", func(d *reconcile.Decision) { d.Low, d.High = 5, 5 })}, nil, december, func(d *reconcile.Discrepancy) { d.Status = reconcile.StatusTolerated }, "tolerated", "", ""},
		{"what is tolerated may be justified", []reconcile.Decision{onGap("f", nil)}, nil, december, func(d *reconcile.Discrepancy) { d.Status = reconcile.StatusTolerated }, "justified", "D-1", ""},
		{"a decision on a cluster leaves what is tolerated alone", []reconcile.Decision{onCluster(1, "PC onp", -200, -1)}, nil, december, func(d *reconcile.Discrepancy) { d.Status = reconcile.StatusTolerated }, "tolerated", "", ""},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			of := c.tables
			if of == nil {
				of = tables()
			}
			row := rowOf("f", -100)
			if c.row != nil {
				c.row(row)
			}
			rows := []reconcile.Discrepancy{*row}
			NewBook(c.decisions, GroundsOf(of, c.month), c.month).Review(rows)
			if d := &rows[0]; d.Status != c.status || d.Decision != c.decision || d.Reopened != c.reopened {
				t.Errorf("got %s %s %q, want %s %s %q", d.Status, d.Decision, d.Reopened, c.status, c.decision, c.reopened)
			}
		})
	}
}

func TestWhatDerivesFollowsItsRoot(t *testing.T) {
	rows := func() []reconcile.Discrepancy {
		root, derived, decided, tolerated, other := rowOf("root", -100), rowOf("derived", -9), rowOf("decided", -8), rowOf("tolerated", -1), rowOf("other", -7)
		for _, d := range []*reconcile.Discrepancy{derived, decided, tolerated} {
			d.Root = "root"
		}
		tolerated.Status = reconcile.StatusTolerated
		other.Root = "elsewhere"
		return []reconcile.Discrepancy{*derived, *root, *decided, *tolerated, *other}
	}
	own := onGap("decided", func(d *reconcile.Decision) { d.ID, d.Low, d.High, d.Status = 2, -8, -8, reconcile.StatusToFixHR })
	check := func(reason string, decisions []reconcile.Decision, want ...reconcile.Status) {
		t.Helper()
		got := rows()
		NewBook(decisions, GroundsOf(tables(), december), december).Review(got)
		for i := range got {
			if got[i].Status != want[i] {
				t.Errorf("%s: %s is %s, want %s", reason, got[i].Fingerprint, got[i].Status, want[i])
			}
		}
	}
	check("the root is decided", []reconcile.Decision{onGap("root", nil), own}, "justified", "justified", "to_fix_hr", "tolerated", "open")
	check("the root is decided for another amount", []reconcile.Decision{onGap("root", func(d *reconcile.Decision) { d.Low, d.High = 1, 1 }), own}, "open", "open", "to_fix_hr", "tolerated", "open")
	check("its cluster is decided", []reconcile.Decision{onCluster(1, "PC onp", -200, -1)}, "justified", "justified", "justified", "tolerated", "open")
}

func TestClustersShowOnlyWhatMayHoldInTheMonth(t *testing.T) {
	changed := tables()
	changed.Correspondences[1].Code = "PC2"
	made := []reconcile.Decision{onCluster(1, "PC onp", -200, -1)}
	cases := []struct {
		reason string
		until  reconcile.Period
		tables *reconcile.Tables
		month  reconcile.Period
		want   int
	}{
		{"in its month", 0, tables(), december, 1},
		{"the month before", 0, tables(), november, 0},
		{"in its last month", december, tables(), december, 1},
		{"the rate has changed", 0, tables(), january, 0},
		{"the correspondences have changed", 0, changed, december, 0},
	}
	for _, c := range cases {
		made[0].To = c.until
		if got := Standing(made, GroundsOf(c.tables, c.month), c.month); len(got) != c.want {
			t.Errorf("%s: %d, want %d", c.reason, len(got), c.want)
		}
	}
	made[0].To, made[0].Basis.Rates = december, nil
	if got := Standing(made, GroundsOf(tables(), january), january); len(got) != 0 {
		t.Error("it has expired, and stands")
	}
}
