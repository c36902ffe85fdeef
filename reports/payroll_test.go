package reports_test

import (
	"fmt"

	"github.com/shopspring/decimal"

	"bascule/reconcile"
	"bascule/reconcile/budget"
	"bascule/reports"
)

// payroll is the payroll mass of a run that never was, of so many programmes. The
// gaps tell all of its difference, but for what the ONP side books on the second
// programme in the place of the first.
func payroll(programmes int, lang string) *reports.BudgetData {
	run := inventedRun()
	run.Period, run.Summary.Period, run.Summary.Seal = reconcile.NewPeriod(2013, 9), reconcile.NewPeriod(2013, 9), "5ea1"+run.Inputs[4:]
	d := &reports.BudgetData{Run: run, Lang: lang, Tables: &reconcile.Tables{Waves: []reconcile.Wave{
		{Name: "V1", Label: "Pilote : conduite et pilotage des politiques, cultes", Cutover: reconcile.NewPeriod(2013, 6)}, {Name: "V2", Label: "Police", Cutover: reconcile.NewPeriod(2014, 1)}}}}
	for i := range programmes {
		addProgramme(d, i)
	}
	if programmes > 1 {
		const moved = 4_947_95
		d.Lines[0].ONP -= moved
		d.Lines[perProgramme].ONP += moved
	}
	addChecks(d)
	return d
}

// perProgramme are the lines of a programme: one for each category.
const perProgramme = 5

var massCategories = [perProgramme]reconcile.MassCategory{{Title2: "21", Account: "641"}, {Title2: "22", Account: "645"}, {Title2: "22", CAS: true, Account: "645"}, {Title2: "23", Account: "647"}, {}}

func addProgramme(d *reports.BudgetData, i int) {
	axis := reconcile.MassAxis{Programme: fmt.Sprint(176 + i), BOP: fmt.Sprintf("%d-NORD", 176+i), Service: services[i%len(services)], Population: string("TCSMO"[i%5]), Wave: [...]string{"V1", "V2", ""}[i%3]}
	size := reconcile.Amount(10 / (i + 1))
	gaps := []reconcile.MassGap{
		{Cause: reconcile.CauseRate, Judged: reconcile.JudgedONP, Delta: 2_086_42 * (size + 1), Gaps: 30},
		{Cause: reconcile.CauseTiming, Judged: reconcile.JudgedLegacy, OneOff: true, Delta: -4_515_93 * (size + 1), Gaps: 7},
		{Cause: reconcile.CauseSituation, Judged: reconcile.JudgedUnknown, Delta: 146_35, Gaps: 17},
		{Cause: reconcile.CauseRounding, Judged: reconcile.JudgedTolerated, Delta: -27, Gaps: 27},
		{Cause: reconcile.CauseProration, Judged: reconcile.JudgedJustified, Delta: -331_47, OneOff: i%2 == 0, Gaps: 8},
		{Cause: reconcile.CauseMapping, Judged: reconcile.JudgedUnknown, Delta: -49_77, Gaps: 1},
	}
	of := [...]int{0, 2, 0, 1, 3, 4} // category of each gap
	var moved [perProgramme]reconcile.Amount
	for j := range gaps {
		gaps[j].MassAxis, gaps[j].MassCategory = axis, massCategories[of[j]]
		moved[of[j]] += gaps[j].Delta
	}
	d.Gaps = append(d.Gaps, gaps...)
	for c, legacy := range [perProgramme]reconcile.Amount{1_079_883_73 * (size + 1), 311_098_18 * (size + 1), 347_218_77 * (size + 1), 4_996_73, 49_77} {
		d.Lines = append(d.Lines, reconcile.MassLine{MassAxis: axis, MassCategory: massCategories[c], Legacy: legacy, ONP: legacy + moved[c]})
	}
	d.Heads = append(d.Heads, reconcile.MassHead{MassAxis: axis, Heads: [2]int64{250 * int64(size+1), 250*int64(size+1) - 1}, Quotite: [2]int64{2_421_000 * int64(size+1), 2_421_000*int64(size+1) - 8_000}})
}

// addChecks gives the run the closing that such a mass would have.
func addChecks(d *reports.BudgetData) {
	sums := map[string]reconcile.Amount{}
	var order []string
	var all reconcile.Amount
	for i := range d.Lines {
		l := &d.Lines[i]
		if _, met := sums[l.Programme]; !met {
			order = append(order, l.Programme)
		}
		sums[l.Programme] += l.ONP - l.Legacy
		all += l.ONP - l.Legacy
	}
	for _, p := range order {
		d.Run.Summary.Closing.Checks = append(d.Run.Summary.Closing.Checks, reconcile.Check{Name: "mass", Scope: p, Left: sums[p], Right: sums[p], OK: true})
	}
	d.Run.Summary.Closing.Checks = append(d.Run.Summary.Closing.Checks, reconcile.Check{Name: "mass", Scope: "ministry", Left: all, Right: all, OK: true})
}

// reckoned adds what the year comes to, from seven months like the run's; and,
// with all, what was imported.
func reckoned(d *reports.BudgetData, all bool) *reports.BudgetData {
	imported := &reconcile.Budget{}
	if all {
		imported = importedBudget(d)
		d.Imported, d.Digest = imported, d.Run.Inputs
	}
	var months []budget.Month
	for m := 3; m <= 9; m++ {
		months = append(months, budget.Month{Period: reconcile.NewPeriod(2013, m), Run: d.Run.ID - 9 + m, Lines: d.Lines, Gaps: d.Gaps, Heads: d.Heads})
	}
	d.Figures = budget.Figures(&budget.Terms{Through: d.Run.Period, Waves: d.Tables.Waves, Rate: decimal.New(4, -2), RateText: "4 %", BaseYear: 2013, MarginAlert: decimal.New(1, -2)}, months, imported)
	return d
}

func importedBudget(d *reports.BudgetData) *reconcile.Budget {
	b := &reconcile.Budget{Import: 3}
	met := map[string]bool{}
	for i := range d.Lines {
		l := &d.Lines[i]
		if met[l.Programme] {
			continue
		}
		met[l.Programme] = true
		year := 12 * d.Lines[i].Legacy * 17 / 10
		b.Credits = append(b.Credits, reconcile.Credit{Year: 2013, Programme: l.Programme, Category: "2", Nature: reconcile.CreditLFI, Date: "2013-01-01", AE: year, CP: year},
			reconcile.Credit{Year: 2013, Programme: l.Programme, Category: "2", Nature: reconcile.CreditGel, Date: "2013-02-01", AE: -year / 200, CP: -year / 200},
			reconcile.Credit{Year: 2013, Programme: l.Programme, Category: "2", Nature: reconcile.CreditLFR, Date: "2013-07-15", AE: year / 100, CP: year / 100})
		jobs := d.Heads[i/perProgramme].Quotite[0]
		b.Ceilings = append(b.Ceilings, reconcile.Ceiling{Year: 2013, Programme: l.Programme, Jobs: reconcile.Jobs(jobs * 12)})
		for m := 1; m <= 12; m++ {
			b.Profile = append(b.Profile, reconcile.ProfileMonth{Year: 2013, Programme: l.Programme, Category: "2", Month: reconcile.NewPeriod(2013, m), Amount: year / 12, Jobs: reconcile.ETP(jobs), Entries: 20_000, Exits: 15_000})
		}
	}
	b.Workstreams = []reconcile.Workstream{{ID: "CH1", Label: "Calculateur et reprise des données", Year: 2013, AE: 12_000_000_00, CP: 3_000_000_00, ExpectedAE: 9_000_000_00, ExpectedCP: 8_650_000_00},
		{ID: "CH2", Label: "Conduite du changement", Year: 2013, AE: 2_000_000_00, CP: 2_000_000_00, ExpectedAE: 1_500_000_00, ExpectedCP: 1_000_000_00}}
	b.Operations = []reconcile.Operation{
		{ID: "EJ-001", Workstream: "CH1", Nature: reconcile.OperationCommitment, Date: "2012-03-01", AE: 8_000_000_00, Third: "Société d'intégration", Label: "Marché de réalisation, tranche ferme"},
		{ID: "EJ-001-A", Workstream: "CH1", Nature: reconcile.OperationCommitment, Date: "2013-02-01", Commitment: "EJ-001", AE: 500_000_00, Third: "Société d'intégration", Label: "Avenant n° 1"},
		{ID: "EJ-002", Workstream: "CH2", Nature: reconcile.OperationCommitment, Date: "2013-03-15", AE: 600_000_00, Third: "Cabinet", Label: "Formation des gestionnaires"},
		{ID: "DP-01", Workstream: "CH1", Nature: reconcile.OperationPayment, Date: "2013-04-02", Commitment: "EJ-001", CP: 2_500_000_00, Third: "Société d'intégration", Label: "Acompte"},
		{ID: "DP-02", Workstream: "CH2", Nature: reconcile.OperationPayment, Date: "2013-06-30", Commitment: "EJ-002", CP: 650_000_00, Third: "Cabinet", Label: "Sessions de mai et juin"},
		{ID: "PR-01", Workstream: "CH1", Nature: reconcile.OperationExpected, Date: "2013-11-30", Commitment: "EJ-001", CP: 6_150_000_00, Label: "Solde de la tranche ferme"},
		{ID: "PR-02", Nature: reconcile.OperationExpected, Date: "2014-02-01", AE: 100_000_00, CP: 100_000_00, Label: "Audit"},
	}
	b.Milestones = []reconcile.Milestone{{ID: "J1", Workstream: "CH1", Planned: "2013-03-31", Met: "2013-05-15", Label: "Recette du calculateur"}, {ID: "J2", Workstream: "CH1", Planned: "2013-09-01", Label: "Double paye"},
		{ID: "J3", Workstream: "CH2", Planned: "2014-01-15", Label: "Formation achevée"}, {ID: "J0", Workstream: "CH2", Planned: "2013-01-15", Met: "2013-01-10", Label: "Lancement"}}
	for y := 2011; y <= 2018; y++ {
		cost, gain := reconcile.Amount(0), reconcile.Amount(0)
		if y < 2015 {
			cost = 12_000_000_00
		} else {
			gain = 11_000_000_00
		}
		b.Values = append(b.Values, reconcile.ValueRow{Year: y, Nature: reconcile.ValueCost, State: reconcile.ValueExpected, Amount: cost},
			reconcile.ValueRow{Year: y, Nature: reconcile.ValueGain, State: reconcile.ValueExpected, Amount: gain})
	}
	b.Values = append(b.Values, reconcile.ValueRow{Year: 2012, Nature: reconcile.ValueCost, State: reconcile.ValueMeasured, Amount: 14_250_000_00})
	return b
}
