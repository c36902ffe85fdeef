package budget_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"bascule/reconcile"
	"bascule/reconcile/budget"
)

func period(t testing.TB, s string) reconcile.Period {
	t.Helper()
	p, err := reconcile.ParsePeriod(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// month is a month of one programme, all of category 21: amounts in euros, ETP in
// full-time jobs, arrears of each side.
func month(p reconcile.Period, wave string, legacy, onp, legacyArrears, onpArrears reconcile.Amount, etp int64) budget.Month {
	axis := reconcile.MassAxis{Programme: "176", Wave: wave}
	return budget.Month{Period: p, Run: int(p) % 100, Lines: []reconcile.MassLine{{MassAxis: axis, MassCategory: reconcile.MassCategory{Title2: "21"}, Legacy: legacy * 100, ONP: onp * 100,
		Arrears: [2]reconcile.Amount{legacyArrears * 100, onpArrears * 100}}},
		Heads: []reconcile.MassHead{{MassAxis: axis, Heads: [2]int64{etp, etp}, Quotite: [2]int64{etp * 10_000, etp * 10_000}}}}
}

func credit(nature reconcile.CreditNature, euros reconcile.Amount) reconcile.Credit {
	return reconcile.Credit{Year: 2013, Programme: "176", Category: "2", Nature: nature, Date: "2013-01-01", AE: euros * 100, CP: euros * 100}
}

func profile(p reconcile.Period, euros reconcile.Amount, etp, entries, exits reconcile.ETP) reconcile.ProfileMonth {
	return reconcile.ProfileMonth{Year: p.Year(), Programme: "176", Category: "2", Month: p, Amount: euros * 100, Jobs: etp * reconcile.OneETP, Entries: entries * reconcile.OneETP, Exits: exits * reconcile.OneETP}
}

// eleven are the months from January to November, each 1000 € for 10 ETP.
func eleven(t testing.TB) (months []budget.Month) {
	t.Helper()
	for p := period(t, "2013-01"); p <= period(t, "2013-11"); p++ {
		months = append(months, month(p, "V1", 1000, 1100, 0, 0, 10))
	}
	return months
}

func TestTheYearEndsByEachMethodAsItIsWorkedOutByHand(t *testing.T) {
	november, december := period(t, "2013-11"), period(t, "2013-12")
	cutover := func(at reconcile.Period) []reconcile.Wave { return []reconcile.Wave{{Name: "V1", Cutover: at}} }
	for _, c := range []struct {
		reason                      string
		latest                      budget.Month
		waves                       []reconcile.Wave
		profile                     []reconcile.ProfileMonth
		declared, simple, explained string // "" for a method that cannot tell
		parts                       [4]string
	}{
		{"nothing declared: the latest month again, 10 × 1000 + 2 × 1200", month(november, "V1", 1200, 1100, 0, 0, 10), nil, nil,
			"", "12400.00", "12400.00", [4]string{"1200.00", "0.00", "0.00", "0.00"}},
		{"200 € of arrears will not come back: simple repeats them, explained does not", month(november, "V1", 1200, 1100, 200, 0, 10), nil, nil,
			"", "12400.00", "12200.00", [4]string{"1000.00", "0.00", "0.00", "0.00"}},
		{"ONP pays from December on: its own 1100 €, of which 50 € of arrears", month(november, "V1", 1000, 1100, 0, 50, 10), cutover(december), nil,
			"", "12000.00", "12050.00", [4]string{"1000.00", "50.00", "0.00", "0.00"}},
		{"ONP pays since November: what it books is executed", month(november, "V1", 1000, 1100, 0, 0, 10), cutover(november), nil,
			"", "12200.00", "12200.00", [4]string{"1100.00", "0.00", "0.00", "0.00"}},
		{"the profile declares a December 10 % above November: 1200 × 10 %", month(november, "V1", 1200, 1100, 0, 0, 10), nil,
			[]reconcile.ProfileMonth{profile(november, 1100, 0, 0, 0), profile(december, 1210, 0, 0, 0)},
			"12410.00", "12400.00", "12520.00", [4]string{"1200.00", "0.00", "120.00", "0.00"}},
		{"three enter, one leaves: two jobs at 1200 ÷ 10 = 120 €, and a flat profile", month(november, "V1", 1200, 1100, 0, 0, 10), nil,
			[]reconcile.ProfileMonth{profile(november, 1200, 10, 5, 5), profile(december, 1440, 12, 3, 1)},
			"12640.00", "12400.00", "12640.00", [4]string{"1200.00", "0.00", "0.00", "240.00"}},
		{"the flows are taken out of the profile before it weighs: 1200 × (1350 − 240 − 1200) ÷ 1200", month(november, "V1", 1200, 1100, 0, 0, 10), nil,
			[]reconcile.ProfileMonth{profile(november, 1200, 10, 0, 0), profile(december, 1350, 12, 3, 1)},
			"12550.00", "12400.00", "12550.00", [4]string{"1200.00", "0.00", "-90.00", "240.00"}},
		{"a cost that does not divide is rounded to the centime: 1000 ÷ 3 = 333.33, one leaves", month(november, "V1", 1000, 1000, 0, 0, 3), nil,
			[]reconcile.ProfileMonth{profile(december, 900, 0, 0, 1)},
			"11900.00", "12000.00", "11666.67", [4]string{"1000.00", "0.00", "0.00", "-333.33"}},
		{"a December set to nought is withdrawn: it declares no month without pay", month(november, "V1", 1200, 1100, 0, 0, 10), nil,
			[]reconcile.ProfileMonth{profile(november, 1100, 0, 0, 0), profile(december, 0, 0, 0, 0)},
			"", "12400.00", "12400.00", [4]string{"1200.00", "0.00", "0.00", "0.00"}},
	} {
		t.Run(c.reason, func(t *testing.T) {
			months := append(eleven(t)[:10], c.latest)
			f := budget.Figures(&budget.Terms{Through: november, Waves: c.waves}, months, &reconcile.Budget{Profile: c.profile})
			p := f.Programmes[0]
			text := func(of reconcile.Forecast) string {
				if !of.Told {
					return ""
				}
				return of.YearEnd.String()
			}
			if diff := cmp.Diff([]string{c.declared, c.simple, c.explained}, []string{text(p.Declared), text(p.Simple), text(p.Explained)}); diff != "" {
				t.Errorf("declared, simple, explained: %s", diff)
			}
			if diff := cmp.Diff(c.parts, [4]string{p.Parts.Base.String(), p.Parts.Switch.String(), p.Parts.Season.String(), p.Parts.Flows.String()}); diff != "" {
				t.Errorf("base, switch, season, flows: %s", diff)
			}
			var sum reconcile.Amount
			for _, m := range p.Months {
				sum += m.Explained.Amount
			}
			if whole := p.Executed + p.Parts.Base + p.Parts.Switch + p.Parts.Season + p.Parts.Flows; sum != p.Explained.YearEnd || whole != p.Explained.YearEnd {
				t.Errorf("the months add up to %v, the parts to %v, not to %v", sum, whole, p.Explained.YearEnd)
			}
			if f.Total.Explained.YearEnd != p.Explained.YearEnd || f.Total.Simple.YearEnd != p.Simple.YearEnd {
				t.Error("the ministry of one programme is that programme")
			}
		})
	}
}

func TestPayBookedNowhereHasNotTheCeilingOfTheMinistry(t *testing.T) {
	nowhere := month(period(t, "2013-01"), "V1", 1000, 1000, 0, 0, 10)
	nowhere.Lines[0].Programme, nowhere.Heads[0].Programme = "", ""
	f := budget.Figures(&budget.Terms{Through: period(t, "2013-01")}, []budget.Month{nowhere}, &reconcile.Budget{Ceilings: []reconcile.Ceiling{{Year: 2013, Jobs: reconcile.OneETPT}}})
	if p := f.Programmes[0]; p.Programme != "" || p.Jobs.Ceiling.Set || p.Jobs.Margin.Set || !f.Total.Jobs.Ceiling.Set {
		t.Errorf("%+v, the ministry %+v", p.Jobs, f.Total.Jobs)
	}
	if n := len(f.Alerts); n != 1 || f.Alerts[0].Code != reconcile.AlertCeilingExceeded {
		t.Errorf("the ceiling is exceeded once: %+v", f.Alerts)
	}
}

func TestAMonthMissedIsEstimatedLikeOneToComeAndTold(t *testing.T) {
	months := eleven(t)
	months = append(months[:2], months[3:]...) // no March
	f := budget.Figures(&budget.Terms{Through: period(t, "2013-11")}, months, &reconcile.Budget{})
	if f.Total.Executed != 1_000_000 || f.Total.Simple.YearEnd != 1_200_000 {
		t.Errorf("ten months are executed and two estimated: %v, %v", f.Total.Executed, f.Total.Simple.YearEnd)
	}
	if diff := cmp.Diff([]reconcile.Period{period(t, "2013-03"), period(t, "2013-12")}, f.Estimated); diff != "" {
		t.Error(diff)
	}
	if len(f.Alerts) != 1 || f.Alerts[0].Code != reconcile.AlertMonthsMissing || len(f.Alerts[0].Months) != 1 {
		t.Errorf("March alone is missed: %+v", f.Alerts)
	}
}

func TestNoEstimateFallsBelowNothingAndItIsTold(t *testing.T) {
	january, november, december := period(t, "2013-01"), period(t, "2013-11"), period(t, "2013-12")
	for _, c := range []struct {
		reason            string
		months            []budget.Month
		waves             []reconcile.Wave
		profile           []reconcile.ProfileMonth
		at                int // the month looked at
		explained, jobs   string
		bounded           bool
		season, yearsJobs string
	}{
		{"January was missed, and more have entered since than are there now: 10 − 15; eleven months of 10", eleven(t)[1:], nil, []reconcile.ProfileMonth{profile(period(t, "2013-06"), 1000, 10, 15, 0)},
			0, "0.00", "0.00", true, "0.00", "9.17"},
		{"more leave than there are", eleven(t), nil, []reconcile.ProfileMonth{profile(december, 1000, 0, 0, 30)}, 11, "0.00", "0.00", true, "0.00", "9.17"},
		{"all leave, and ONP pays less than what a job costs today", []budget.Month{month(november, "V1", 1000, 900, 0, 0, 10)}, []reconcile.Wave{{Name: "V1", Cutover: december}},
			[]reconcile.ProfileMonth{profile(december, 1000, 0, 0, 10)}, 11, "0.00", "0.00", true, "0.00", "9.17"},
		{"a profile of nothing but entries would take more than the month: 1000 × (0 − 1000 − 500) ÷ 500", []budget.Month{month(november, "V1", 1000, 1000, 0, 0, 10)}, nil,
			[]reconcile.ProfileMonth{profile(november, 500, 10, 0, 0), profile(december, 0, 10, 10, 0)}, 11, "0.00", "1.67", true, "-2000.00", "10.83"},
		{"what the latest month took back is what the estimate repeats", []budget.Month{month(january, "V1", -50, -50, 0, 0, 1)}, nil, nil, 11, "-50.00", "0.08", false, "0.00", "1.00"},
		{"half of them leave", eleven(t), nil, []reconcile.ProfileMonth{profile(december, 1000, 0, 0, 5)}, 11, "500.00", "0.42", false, "0.00", "9.58"},
	} {
		t.Run(c.reason, func(t *testing.T) {
			f := budget.Figures(&budget.Terms{Through: c.months[len(c.months)-1].Period, Waves: c.waves}, c.months, &reconcile.Budget{Profile: c.profile})
			p := &f.Programmes[0]
			m := &p.Months[c.at]
			got := []string{m.Explained.Amount.String(), m.Forecast.Jobs.Decimal().StringFixed(2), p.Parts.Season.String(), p.Jobs.Explained.Jobs.Decimal().StringFixed(2)}
			if diff := cmp.Diff([]string{c.explained, c.jobs, c.season, c.yearsJobs}, got); diff != "" || m.Bounded != c.bounded {
				t.Errorf("bounded %v: %s", m.Bounded, diff)
			}
			if whole := p.Executed + p.Parts.Base + p.Parts.Switch + p.Parts.Season + p.Parts.Flows; whole != p.Explained.YearEnd {
				t.Errorf("the parts add up to %v, not to %v", whole, p.Explained.YearEnd)
			}
			told := false
			for _, a := range f.Alerts {
				told = told || a.Code == reconcile.AlertEstimateBounded && a.Scope == "176" && a.Months[0] == m.Month
			}
			if told != c.bounded {
				t.Errorf("told: %+v", f.Alerts)
			}
		})
	}
}

func TestAProfileUnlikeThePayIsLeftAsideAndTold(t *testing.T) {
	november, december := period(t, "2013-11"), period(t, "2013-12")
	centimes := func(p reconcile.Period, cents reconcile.Amount) reconcile.ProfileMonth {
		of := profile(p, 0, 0, 0, 0)
		of.Amount, of.Jobs = cents, reconcile.OneETP // it says something, even of no amount
		return of
	}
	for _, c := range []struct {
		reason    string
		now, then reconcile.Amount
		explained string
		unlike    bool
	}{
		{"one centime for a month of 1000 €", 1, 2, "1000.00", true},
		{"one centime, then all that an amount may be: it would not fit an int64", 1, 1_000_000_000_000_000, "1000.00", true},
		{"a centime below a tenth", 99_99, 200_00, "1000.00", true},
		{"a tenth: ten times 200 − 100", 100_00, 200_00, "2000.00", false},
		{"nothing declared but flows", 0, 200_00, "1000.00", true},
		{"ten times what is paid, and half of it then", 10_000_00, 5_000_00, "500.00", false},
	} {
		f := budget.Figures(&budget.Terms{Through: november}, eleven(t), &reconcile.Budget{Profile: []reconcile.ProfileMonth{centimes(november, c.now), centimes(december, c.then)}})
		p := &f.Programmes[0]
		if got := p.Months[11].Explained.Amount.String(); got != c.explained || p.Months[11].Unlike != c.unlike {
			t.Errorf("%s: %s, unlike %v", c.reason, got, p.Months[11].Unlike)
		}
		if told := len(f.Alerts) == 1 && f.Alerts[0].Code == reconcile.AlertProfileUnlike && len(f.Alerts[0].Months) == 1; told != c.unlike {
			t.Errorf("%s: %+v", c.reason, f.Alerts)
		}
	}
}

func TestAnEstimateBeyondAnyAmountIsHeldBackAndTold(t *testing.T) {
	m := month(period(t, "2013-11"), "V1", 5_000_000_000, 0, 0, 0, 1)
	m.Heads[0].Quotite = [2]int64{1, 1} // of one agent at a hundredth of a percent
	f := budget.Figures(&budget.Terms{Through: m.Period}, []budget.Month{m}, &reconcile.Budget{Profile: []reconcile.ProfileMonth{profile(period(t, "2013-12"), 1, 0, 10_000_000, 0)}})
	if p := &f.Programmes[0]; !p.Months[11].Bounded || p.Explained.YearEnd < p.Executed || p.Parts.Flows <= 0 {
		t.Errorf("%v, %+v", p.Explained, p.Parts)
	}
}

func TestMarginsAndJobsAreHeldAgainstWhatWasGiven(t *testing.T) {
	ceiling := func(programme string, etpt reconcile.Jobs) reconcile.Ceiling {
		return reconcile.Ceiling{Year: 2013, Programme: programme, Jobs: etpt * reconcile.OneETPT / 100}
	}
	for _, c := range []struct {
		reason       string
		credits      []reconcile.Credit
		ceilings     []reconcile.Ceiling
		margin, etpt string
		alerts       []reconcile.BudgetAlertCode
	}{
		{"LFI, a transfer out, a freeze: 13 000 − 400 − 500 − 12 000", []reconcile.Credit{credit("lfi", 13_000), credit("transfert", -400), credit("gel", -500)}, nil, "100.00", "", []reconcile.BudgetAlertCode{"margin_low"}},
		{"a margin at the declared share is no alert: 1 % of 12 121.22 is 121.2122", []reconcile.Credit{{Year: 2013, Programme: "176", Category: "21", CAS: "non", Nature: "lfi", Date: "2012-12-29", AE: 1_212_122, CP: 1_212_122}}, nil, "121.22", "", nil},
		{"one euro short", []reconcile.Credit{credit("lfi", 11_999)}, nil, "-1.00", "", []reconcile.BudgetAlertCode{"credits_exceeded"}},
		{"another year's credits are none of this one", []reconcile.Credit{{Year: 2014, Programme: "176", Category: "2", Nature: "lfi", Date: "2014-01-01", AE: 1, CP: 1}}, nil, "", "", nil},
		{"nor are those of another title", []reconcile.Credit{{Year: 2013, Programme: "176", Category: "31", Nature: "lfi", Date: "2013-01-01", AE: 1, CP: 2}}, nil, "", "", nil},
		{"ten jobs all year under a ceiling of 9.99", nil, []reconcile.Ceiling{ceiling("176", 999)}, "", "-0.01", []reconcile.BudgetAlertCode{"ceiling_exceeded", "ceiling_exceeded"}},
		{"a ceiling of nought is none, as the rows that were withdrawn so", nil, []reconcile.Ceiling{ceiling("176", 0), ceiling("", 0)}, "", "", nil},
		{"credits of nought are none, not known to be nothing", []reconcile.Credit{credit("lfi", 0), {Year: 2013, Programme: "216", Category: "21", CAS: "oui", Nature: "lfi", Date: "2013-01-01"}}, nil, "", "", nil},
		{"credits that were all cancelled are known", []reconcile.Credit{credit("lfi", 5), credit("annulation", -5)}, nil, "-12000.00", "", []reconcile.BudgetAlertCode{"credits_exceeded"}},
		{"the ministry's own ceiling goes before the sum of the others", nil, []reconcile.Ceiling{ceiling("176", 1000), ceiling("", 998)}, "", "0.00", []reconcile.BudgetAlertCode{"ceiling_exceeded"}},
	} {
		t.Run(c.reason, func(t *testing.T) {
			f := budget.Figures(&budget.Terms{Through: period(t, "2013-11"), MarginAlert: decimal.New(1, -2)}, eleven(t), &reconcile.Budget{Credits: c.credits, Ceilings: c.ceilings})
			p := f.Programmes[0]
			margin, etpt := "", ""
			if p.Explained.Margin.Set {
				margin = p.Explained.Margin.Amount.String()
			}
			if p.Jobs.Margin.Set {
				etpt = p.Jobs.Margin.Jobs.Decimal().StringFixed(2)
			}
			var alerts []reconcile.BudgetAlertCode
			for _, a := range f.Alerts {
				alerts = append(alerts, a.Code)
			}
			if diff := cmp.Diff([]any{c.margin, c.etpt, c.alerts}, []any{margin, etpt, alerts}); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestHalfAYearAtFourFifthsIsFourTenthsOfAJob(t *testing.T) {
	var months []budget.Month
	for p := period(t, "2013-07"); p <= period(t, "2013-12"); p++ {
		m := month(p, "", 1, 1, 0, 0, 1)
		m.Heads[0].Quotite = [2]int64{8000, 8000}
		months = append(months, m)
	}
	f := budget.Figures(&budget.Terms{Through: period(t, "2013-12")}, months, &reconcile.Budget{})
	if got := f.Total.Jobs.Executed.Decimal().StringFixed(2); got != "0.40" {
		t.Errorf("80 %% from 1 July is 0.4 ETPT (DOMAIN 5.1), got %s", got)
	}
}

func TestTheEffectOfTheSwitchoverIsToldBeforeAndAfterEachCutover(t *testing.T) {
	gap := func(wave string, delta reconcile.Amount, oneOff bool, judged reconcile.Judged) reconcile.MassGap {
		return reconcile.MassGap{MassAxis: reconcile.MassAxis{Programme: "176", Wave: wave}, Judged: judged, OneOff: oneOff, Delta: delta, Gaps: 1}
	}
	at := func(s string) budget.Month {
		return budget.Month{Period: period(t, s), Run: 1, Lines: []reconcile.MassLine{
			{MassAxis: reconcile.MassAxis{Programme: "176", Wave: "V1"}, Legacy: 1000, ONP: 1010},
			{MassAxis: reconcile.MassAxis{Programme: "176", Wave: "V2"}, Legacy: 2000, ONP: 2003}},
			Gaps:  []reconcile.MassGap{gap("V1", 8, false, reconcile.JudgedONP), gap("V1", 2, true, reconcile.JudgedUnknown), gap("V2", 3, false, reconcile.JudgedTolerated)},
			Heads: []reconcile.MassHead{{MassAxis: reconcile.MassAxis{Programme: "176", Wave: "V1"}, Heads: [2]int64{5, 7}}}}
	}
	waves := []reconcile.Wave{{Name: "V1", Label: "pilote", Cutover: period(t, "2013-02")}, {Name: "V1", Cutover: period(t, "2013-02")}, {Name: "V2"}}
	f := budget.Figures(&budget.Terms{Through: period(t, "2013-02"), Waves: waves}, []budget.Month{at("2013-01"), at("2013-02")}, &reconcile.Budget{})
	e := f.Effect
	if e.Delta != 26 || e.Lasting != 22 || e.OneOff != 4 || e.Before != 16 || e.After != 10 || e.FullYear != 132 {
		t.Errorf("13 cents a month, 11 lasting; V1 has switched in February: %+v", e)
	}
	want := []reconcile.EffectWave{
		{Wave: "V1", Label: "pilote", Cutover: period(t, "2013-02"), MonthsBefore: 1, MonthsAfter: 1, Before: 10, After: 10, LastingBefore: 8, LastingAfter: 8},
		{Wave: "V2", MonthsBefore: 2, Before: 6, LastingBefore: 6}}
	if diff := cmp.Diff(want, e.Waves); diff != "" {
		t.Error(diff)
	}
	if f.Total.Executed != 1000+2000+1010+2000 {
		t.Errorf("V1 is paid by ONP in February alone, V2 never: %v", f.Total.Executed)
	}
	if m := e.Months[1]; m.Cumulated != 26 || m.CumulatedLast != 22 || m.Before != 3 || m.After != 10 {
		t.Errorf("since January: %+v", m)
	}
	if x := f.Tolerated; x.Gaps != 1 || x.Delta != 3 || x.Yearly != 36 || x.Mass != 3000 || x.Agents != 7 || x.CentPerAgent != 84 {
		t.Errorf("three tolerated cents in February, seven agents paid by ONP: %+v", x)
	}
}

func TestOneCentimeForEachAgentIsWorthWhatTheFactsSay(t *testing.T) {
	m := month(period(t, "2013-12"), "", 1, 1, 0, 0, 280_000)
	f := budget.Figures(&budget.Terms{Through: m.Period}, []budget.Month{m}, &reconcile.Budget{})
	if got := f.Tolerated.CentPerAgent.String(); got != "33600.00" {
		t.Errorf("280,000 agents, twelve months (DOMAIN 4.1): %s", got)
	}
}

func TestFiguresDoNotDependOnTheOrderOfTheMonths(t *testing.T) {
	months := eleven(t)
	whole := budget.Figures(&budget.Terms{Through: period(t, "2013-12")}, months, &reconcile.Budget{})
	for i := range len(months) / 2 {
		months[i], months[len(months)-1-i] = months[len(months)-1-i], months[i]
	}
	if diff := cmp.Diff(whole, budget.Figures(&budget.Terms{Through: period(t, "2013-12")}, months, &reconcile.Budget{})); diff != "" {
		t.Error(diff)
	}
}

func TestSharesAreReadAsPeopleWriteThem(t *testing.T) {
	for text, want := range map[string]string{"4%": "0.04", "4,5 %": "0.045", "0.25 %": "0.0025"} {
		if got, err := budget.ParseShare(text); err != nil || got.String() != want {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	if _, err := budget.ParseShare("quatre"); err == nil || !strings.Contains(err.Error(), "quatre") {
		t.Errorf("a word is no share: %v", err)
	}
}
