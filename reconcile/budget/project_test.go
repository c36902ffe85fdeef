package budget_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"bascule/reconcile"
	"bascule/reconcile/budget"
)

// project reckons a project at the end of October 2013.
func project(t testing.TB, b *reconcile.Budget) *reconcile.BudgetFigures {
	t.Helper()
	return budget.Figures(&budget.Terms{Through: period(t, "2013-10")}, nil, b)
}

func commitment(id string, day reconcile.Day, ae reconcile.Amount) reconcile.Operation {
	return reconcile.Operation{ID: id, Workstream: "R", Nature: reconcile.OperationCommitment, Date: day, AE: ae}
}

func payment(id string, day reconcile.Day, of string, cp reconcile.Amount) reconcile.Operation {
	return reconcile.Operation{ID: id, Workstream: "R", Nature: reconcile.OperationPayment, Date: day, Commitment: of, CP: cp}
}

func expected(id string, day reconcile.Day, of string, ae, cp reconcile.Amount) reconcile.Operation {
	return reconcile.Operation{ID: id, Workstream: "R", Nature: reconcile.OperationExpected, Date: day, Commitment: of, AE: ae, CP: cp}
}

func TestWhereAWorkstreamStandsIsWorkedOutByHand(t *testing.T) {
	amendment := commitment("E1b", "2013-05-01", -100)
	amendment.Commitment = "E1"
	withdrawn := commitment("E9", "2013-05-01", 9999)
	withdrawn.Nature, withdrawn.AE = reconcile.OperationWithdrawn, 0
	f := project(t, &reconcile.Budget{
		Workstreams: []reconcile.Workstream{{ID: "R", Label: "Raccordement", Year: 2012, AE: 500, CP: 100}, {ID: "R", Label: "Raccordement", Year: 2013, AE: 1000, CP: 600}},
		Operations: []reconcile.Operation{
			commitment("E0", "2012-03-01", 400), // 400, of which 50 and 150 are paid: 200 to pay
			commitment("E1", "2013-02-01", 700), amendment, withdrawn,
			payment("P1", "2012-12-01", "E0", 50), payment("P2", "2013-01-10", "E0", 150),
			payment("P3", "2013-06-10", "E1", 250),                                                      // 600 − 250: 350 to pay
			expected("V1", "2013-12-01", "E1", 0, 120),                                                  // when E1 is paid
			expected("V2", "2013-11-01", "", 300, 60),                                                   // a further contract
			expected("V3", "2014-02-01", "", 0, 240),                                                    // the rest of it, next year
			{ID: "P4", Nature: reconcile.OperationPayment, Date: "2013-07-01", Commitment: "E1", CP: 0}, // takes the workstream of E1
		}})
	want := reconcile.WorkstreamBudget{ID: "R", Label: "Raccordement",
		AE: 1000, Committed: 600, LeftAE: 400, CP: 600, Paid: 400, LeftCP: 200,
		ExpectedAE: 300, ExpectedCP: 180, AllCommit: 1000, AllPaid: 450, ToPay: 550, Further: 300, Completion: 450 + 550 + 300}
	if diff := cmp.Diff([]reconcile.WorkstreamBudget{want}, f.Project.Workstreams); diff != "" {
		t.Error(diff)
	}
	if len(f.Alerts) != 0 {
		t.Errorf("AE and CP are enough: %+v", f.Alerts)
	}
	var left reconcile.Amount
	for _, c := range f.Project.Commitments {
		left += c.ToPay
	}
	if left != want.ToPay || len(f.Project.Commitments) != 2 || f.Project.Commitments[1].Expected != 120 || f.Project.Commitments[1].AE != 600 {
		t.Errorf("the commitments: %+v", f.Project.Commitments)
	}
	years := []reconcile.ProjectYear{{Year: 2012, AE: 500, Committed: 400, CP: 100, Paid: 50}, {Year: 2013, AE: 1000, Committed: 600, CP: 600, Paid: 400, Expected: 180}, {Year: 2014, Expected: 240}}
	if diff := cmp.Diff(years, f.Project.Years); diff != "" {
		t.Error(diff)
	}
}

func TestAnAmendmentToComeIsPartOfWhatTheProjectWillHaveCost(t *testing.T) {
	f := project(t, &reconcile.Budget{Operations: []reconcile.Operation{
		commitment("E1", "2013-02-01", 1000), payment("P1", "2013-06-10", "E1", 400),
		expected("V1", "2013-12-01", "E1", 300, 500), // 300 more on E1; the 500 pay what E1 will commit
		expected("V2", "2014-02-01", "", 50, 80),     // a further contract
	}})
	// 400 paid, 600 to pay, 300 + 80 to come.
	if w := &f.Project.Workstreams[0]; w.Further != 380 || w.Completion != 1380 || w.ToPay != 600 || w.ExpectedAE != 300 {
		t.Errorf("%+v", w)
	}
}

func TestWhatIsDatedAfterTheMonthIsPlannedNotCommittedNorPaid(t *testing.T) {
	amendment := commitment("E1b", "2013-12-15", 60)
	amendment.Commitment = "E1"
	f := project(t, &reconcile.Budget{
		Workstreams: []reconcile.Workstream{{ID: "R", Year: 2013, AE: 1000, CP: 600}},
		Operations: []reconcile.Operation{
			commitment("E1", "2013-10-31", 500), payment("P1", "2013-10-31", "E1", 100), // the last day counts
			payment("P2", "2013-11-01", "E1", 150), amendment, // planned, this year
			commitment("E2", "2013-12-01", 200), payment("P3", "2013-12-20", "E2", 70),
			commitment("E3", "2014-01-10", 300), payment("P4", "2014-02-01", "E3", 300), // and the next
		}})
	// 400 of E1 are to pay; 60 + 200 + 300 are to commit.
	want := reconcile.WorkstreamBudget{ID: "R", AE: 1000, Committed: 500, LeftAE: 500, CP: 600, Paid: 100, LeftCP: 500,
		ExpectedAE: 260, ExpectedCP: 220, AllCommit: 500, AllPaid: 100, ToPay: 400, Further: 560, Completion: 1060}
	if diff := cmp.Diff([]reconcile.WorkstreamBudget{want}, f.Project.Workstreams); diff != "" {
		t.Error(diff)
	}
	if c := f.Project.Commitments; len(c) != 1 || c[0].AE != 500 || c[0].Paid != 100 || c[0].Payments != 1 || c[0].Expected != 150 {
		t.Errorf("one commitment stands at the end of October: %+v", c)
	}
	years := []reconcile.ProjectYear{{Year: 2013, AE: 1000, Committed: 500, CP: 600, Paid: 100, Expected: 220}, {Year: 2014, Expected: 300}}
	if diff := cmp.Diff(years, f.Project.Years); diff != "" {
		t.Error(diff)
	}
	if len(f.Alerts) != 0 {
		t.Errorf("nothing lacks: %+v", f.Alerts)
	}
}

func TestWhatAWorkstreamDeclaresIsPartOfItsCostEvenWithoutAnyOperation(t *testing.T) {
	declares := func(year int, ae reconcile.Amount) reconcile.Workstream {
		return reconcile.Workstream{ID: "R", Year: year, ExpectedAE: ae}
	}
	for _, c := range []struct {
		reason      string
		workstreams []reconcile.Workstream
		operations  []reconcile.Operation
		further     reconcile.Amount
	}{
		{"900 are to be committed in the year, and 400 are", []reconcile.Workstream{declares(2013, 900)}, []reconcile.Operation{commitment("E1", "2013-01-01", 400)}, 500},
		{"more is committed than was declared", []reconcile.Workstream{declares(2013, 300)}, []reconcile.Operation{commitment("E1", "2013-01-01", 400)}, 0},
		{"an operation foresees what is declared: it counts once", []reconcile.Workstream{declares(2013, 900)}, []reconcile.Operation{commitment("E1", "2013-01-01", 400), expected("V1", "2013-12-01", "", 500, 500)}, 500},
		{"payments foresee what is declared", []reconcile.Workstream{declares(2013, 300)}, []reconcile.Operation{expected("V1", "2013-12-01", "", 0, 60), expected("V2", "2014-02-01", "", 0, 240)}, 300},
		{"the next year declares too", []reconcile.Workstream{declares(2013, 100), declares(2014, 50)}, nil, 150},
		{"an operation of the next year is none of what this one declares", []reconcile.Workstream{declares(2013, 500)}, []reconcile.Operation{expected("V1", "2014-03-01", "", 300, 300)}, 800},
		{"what a former year declared is over", []reconcile.Workstream{declares(2012, 700)}, nil, 0},
		{"a planned commitment is what is declared", []reconcile.Workstream{declares(2013, 900)}, []reconcile.Operation{commitment("E1", "2013-12-01", 850)}, 900},
	} {
		f := project(t, &reconcile.Budget{Workstreams: c.workstreams, Operations: c.operations})
		if w := &f.Project.Workstreams[0]; w.Further != c.further || w.Completion != w.AllPaid+w.ToPay+c.further {
			t.Errorf("%s: further %v, wanted %v; completion %v", c.reason, w.Further, c.further, w.Completion)
		}
	}
}

func TestTheProjectWarnsOfWhatItLacks(t *testing.T) {
	given := func(ae, cp, expectedAE, expectedCP reconcile.Amount) []reconcile.Workstream {
		return []reconcile.Workstream{{ID: "R", Year: 2013, AE: ae, CP: cp, ExpectedAE: expectedAE, ExpectedCP: expectedCP}}
	}
	alert := func(code reconcile.BudgetAlertCode, scope string, amount, of reconcile.Amount) reconcile.BudgetAlert {
		return reconcile.BudgetAlert{Code: code, Scope: scope, Amount: amount, Of: of}
	}
	orphan := commitment("E1", "2013-01-01", 80)
	orphan.Workstream = ""
	for _, c := range []struct {
		reason      string
		workstreams []reconcile.Workstream
		operations  []reconcile.Operation
		want        []reconcile.BudgetAlert
	}{
		{"AE are there for the contract, CP are not (decree of 2 October 2010)", given(1000, 100, 0, 0),
			[]reconcile.Operation{commitment("E1", "2013-01-01", 1000), expected("V1", "2013-12-31", "E1", 0, 665)}, []reconcile.BudgetAlert{alert("cp_short", "R", 565, 100)}},
		{"what is declared for the whole year tells a shortage that no operation tells", given(1000, 100, 900, 400), nil, []reconcile.BudgetAlert{alert("cp_short", "R", 300, 100)}},
		{"next year's payments are no need of this year's CP", given(1000, 100, 0, 0),
			[]reconcile.Operation{commitment("E1", "2013-01-01", 1000), expected("V1", "2014-01-01", "E1", 0, 665)}, nil},
		{"neither AE nor CP are there", given(100, 100, 0, 0), []reconcile.Operation{expected("V1", "2013-12-31", "", 150, 160)},
			[]reconcile.BudgetAlert{alert("cp_lacking", "R", 60, 100), alert("ae_short", "R", 50, 100)}},
		{"more is committed and paid than was opened", given(100, 50, 0, 0), []reconcile.Operation{commitment("E1", "2013-01-01", 120), payment("P1", "2013-02-01", "E1", 60)},
			[]reconcile.BudgetAlert{alert("committed_above_ae", "R", 20, 100), alert("paid_above_cp", "R", 10, 50)}},
		{"a commitment is paid beyond its amount: nothing is left to pay, and it shows", given(1000, 1000, 0, 0), []reconcile.Operation{commitment("E1", "2013-01-01", 100), payment("P1", "2013-02-01", "E1", 130)},
			[]reconcile.BudgetAlert{alert("paid_above_committed", "E1", 30, 100)}},
		{"an operation of no workstream", nil, []reconcile.Operation{orphan}, []reconcile.BudgetAlert{alert("committed_above_ae", "", 80, 0), alert("no_workstream", "E1", 80, 0)}},
	} {
		t.Run(c.reason, func(t *testing.T) {
			f := project(t, &reconcile.Budget{Workstreams: c.workstreams, Operations: c.operations})
			if diff := cmp.Diff(append([]reconcile.BudgetAlert{}, c.want...), f.Alerts); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAMilestoneIsLateFromTheDayAfter(t *testing.T) {
	for _, c := range []struct {
		reason       string
		planned, met reconcile.Day
		late         bool
		days         int
		alerts       int
	}{
		{"due today", "2013-10-31", "", false, 0, 0},
		{"due yesterday", "2013-10-30", "", true, 1, 1},
		{"met late: told, and no alert any more", "2013-09-30", "2013-10-10", true, 10, 0},
		{"met before it was due", "2013-09-30", "2013-09-01", false, 0, 0},
		{"due later", "2013-12-31", "", false, 0, 0},
		{"met after the day of the report, due before it", "2013-10-01", "2013-12-01", true, 30, 0},
	} {
		f := project(t, &reconcile.Budget{Milestones: []reconcile.Milestone{{ID: "J", Workstream: "R", Planned: c.planned, Met: c.met}}})
		if m := f.Project.Milestones[0]; m.Late != c.late || m.Days != c.days || len(f.Alerts) != c.alerts {
			t.Errorf("%s: %+v, %d alerts", c.reason, m, len(f.Alerts))
		}
	}
}

func TestNothingImportedIsNoProjectAndNoValue(t *testing.T) {
	if f := project(t, &reconcile.Budget{}); f.Project != nil || f.Value != nil || len(f.Alerts) != 0 {
		t.Errorf("%+v", f)
	}
}

func value(year int, nature, state string, euros reconcile.Amount) reconcile.ValueRow {
	return reconcile.ValueRow{Year: year, Nature: nature, State: state, Amount: euros * 100, Label: state}
}

func TestTheProjectIsWorthWhatAHandReckons(t *testing.T) {
	rows := []reconcile.ValueRow{
		value(2012, "cout", "attendu", 1000), value(2013, "cout", "attendu", 500), value(2014, "gain", "attendu", 600), value(2015, "gain", "attendu", 1500),
		value(2013, "cout", "mesure", 800), // in the place of the 500 expected
	}
	f := budget.Figures(&budget.Terms{Through: period(t, "2013-10"), Rate: decimal.New(4, -2), RateText: "4%"}, nil, &reconcile.Budget{Values: rows})
	v := f.Value
	// Expected, at 4 % in euros of 2012: −1000 − 500 ÷ 1.04 + 600 ÷ 1.0816 + 1500 ÷ 1.124864
	//                                 = −1000 − 480.77 + 554.73 + 1333.49 (each to the centime) = 407.45
	want := reconcile.ValueOutcome{Gains: 210_000, Costs: 150_000, Net: 60_000, Payback: 2015, Present: 40_745, TestYear: 2015, TestTold: true, TestGains: 150_000, TestCosts: 150_000, TestPassed: true}
	if diff := cmp.Diff(want, v.Expected); diff != "" {
		t.Errorf("expected: %s", diff)
	}
	// Retained: −1000 − 800 ÷ 1.04 + 554.73 + 1333.49 = −1000 − 769.23 + 554.73 + 1333.49 = 118.99
	want = reconcile.ValueOutcome{Gains: 210_000, Costs: 180_000, Net: 30_000, Payback: 2015, Present: 11_899, TestYear: 2015, TestTold: true, TestGains: 150_000, TestCosts: 180_000}
	if diff := cmp.Diff(want, v.Retained); diff != "" {
		t.Errorf("retained: one euro saved for 1.20 invested: %s", diff)
	}
	if v.BaseYear != 2012 || v.Years[1].Present != -76_923 || v.Years[3].Cumulated != 30_000 {
		t.Errorf("the years: %+v", v)
	}
}

func TestWhatWasMeasuredToBeNothingIsAFactThatIsTold(t *testing.T) {
	for _, c := range []struct {
		reason string
		rows   []reconcile.ValueRow
		gains  reconcile.Amount
		alerts []reconcile.BudgetAlert
	}{
		{"nothing was gained of the 600 expected", []reconcile.ValueRow{value(2014, "gain", "attendu", 600), value(2014, "gain", "mesure", 0)}, 0,
			[]reconcile.BudgetAlert{{Code: reconcile.AlertGainNought, Scope: "2014", Amount: 60_000}}},
		{"nor was any cost", []reconcile.ValueRow{value(2014, "cout", "attendu", 5), value(2014, "cout", "mesure", 0), value(2014, "gain", "attendu", 1)}, 100,
			[]reconcile.BudgetAlert{{Code: reconcile.AlertCostNought, Scope: "2014", Amount: 500}}},
		{"something was measured beside it", []reconcile.ValueRow{value(2014, "gain", "attendu", 600), value(2014, "gain", "mesure", 0), {Year: 2014, Nature: "gain", State: "mesure", Amount: 700, Label: "autre"}}, 700, nil},
		{"nothing was expected", []reconcile.ValueRow{value(2014, "gain", "mesure", 0), value(2015, "gain", "attendu", 3)}, 300, nil},
	} {
		f := project(t, &reconcile.Budget{Values: c.rows})
		if f.Value.Retained.Gains != c.gains {
			t.Errorf("%s: %v retained", c.reason, f.Value.Retained.Gains)
		}
		if diff := cmp.Diff(append([]reconcile.BudgetAlert{}, c.alerts...), f.Alerts); diff != "" {
			t.Errorf("%s: %s", c.reason, diff)
		}
	}
}

func TestValueInEurosOfALaterYearIsCarriedForward(t *testing.T) {
	f := budget.Figures(&budget.Terms{Through: period(t, "2013-10"), Rate: decimal.New(4, -2), BaseYear: 2014}, nil, &reconcile.Budget{Values: []reconcile.ValueRow{value(2012, "cout", "attendu", 1000)}})
	if o := f.Value.Retained; o.Present != -108_160 || o.Payback != 0 || o.TestYear != 2015 || o.TestPassed || o.TestTold {
		t.Errorf("1000 € × 1.04², never paid back, and nobody told the gains of 2015: %+v", o)
	}
	f = budget.Figures(&budget.Terms{Through: period(t, "2013-10")}, nil, &reconcile.Budget{Values: []reconcile.ValueRow{value(2012, "gain", "attendu", 1000)}})
	if o := f.Value.Retained; o.Payback != 0 || o.TestYear != 0 || o.TestPassed {
		t.Errorf("without costs there is nothing to pay back nor to test: %+v", o)
	}
}

func TestAPaybackThatIsLostAgainIsNone(t *testing.T) {
	rows := []reconcile.ValueRow{value(2012, "cout", "attendu", 100), value(2013, "gain", "attendu", 100), value(2014, "cout", "attendu", 50), value(2015, "gain", "attendu", 50)}
	f := budget.Figures(&budget.Terms{Through: period(t, "2013-10")}, nil, &reconcile.Budget{Values: rows})
	if f.Value.Retained.Payback != 2015 {
		t.Errorf("2014 spends again what 2013 had paid back: %d", f.Value.Retained.Payback)
	}
}
