package reports_test

import (
	"fmt"
	"iter"
	"slices"

	"bascule/reconcile"
	"bascule/reports"
)

// invented is a run that never was, with n gaps of money, one gap of situation
// and one missing payslip for each hundred, some decided, some tolerated.
func invented(n int, lang string) *reports.Data {
	tables := &reconcile.Tables{Elements: []reconcile.Element{
		{Code: "TRAITEMENT", LabelFR: "Traitement brut", LabelEN: "Base pay", Kind: reconcile.Gain},
		{Code: "ISSP", LabelFR: "Indemnité de sujétions spéciales de police", LabelEN: "Police special duties allowance", Kind: reconcile.Gain},
		{Code: "PC", LabelFR: "Pension civile", LabelEN: "Civil pension", Kind: reconcile.Retenue},
		{Code: "CAS", LabelFR: "Contribution au CAS Pensions", LabelEN: "Contribution to the pension account", Kind: reconcile.Patronale},
	}, Rates: []reconcile.Rate{{Name: "POINT_INDICE", Label: "Valeur annuelle d'un point d'indice", Unit: reconcile.UnitEuroYear}}}
	list := make([]*reconcile.Discrepancy, 0, n+n/50)
	for i := range n {
		list = append(list, inventedGap(i))
	}
	d := &reports.Data{
		Run: inventedRun(), Tables: tables, Lang: lang, ShowNames: true, MaskAgents: true,
		Labels:        reports.Labels{Legacy: "PSOP", ONP: "ONP"},
		Agent:         func(key string) string { return "ag-" + key[len(key)-6:] },
		Discrepancies: func() iter.Seq2[*reconcile.Discrepancy, error] { return each(list, nil) },
		Missing:       func() iter.Seq2[*reconcile.Discrepancy, error] { return each(only(list), nil) },
		Rejects:       func() iter.Seq2[*reconcile.Reject, error] { return each(inventedRejects(), nil) },
	}
	addUp(d, list)
	return d
}

var (
	surnames = []string{"MARTIN", "DUPONT-LAJOIE", "LE GALL", "N'DIAYE", "GARCÍA LÓPEZ", "=HYPERLINK(\"http://x\")", "VAN DEN BERGHE DE LA TOUR"}
	services = []string{"SGAP-PARIS", "PREF-075", "DDSP-13", "DCPN"}
)

func inventedGap(i int) *reconcile.Discrepancy {
	d := &reconcile.Discrepancy{
		Fingerprint: fmt.Sprintf("%016x", uint64(i+1)*0x9E3779B97F4A7C15), Key: fmt.Sprintf("17503%08d/%02d", i/3, 1), Dossier: "01",
		Matricule: fmt.Sprintf("%010d", 4000000+i/3), Name: surnames[i/3%len(surnames)] + " Camille", Service: services[i/3%len(services)],
		Programme: "176", BOP: "17601", Wave: "V1", Origin: reconcile.NewPeriod(2013, 12),
		Kind: reconcile.AmountDiffers, Element: "TRAITEMENT", Sense: reconcile.ToPay, Legacy: 215_031, ONP: 215_031 + reconcile.Amount(i%7-2)*1_341,
		LegacyLines: 1, ONPLines: 1, Cause: reconcile.CauseRate, Rule: "rate_dated", AtFault: reconcile.FaultONP,
		Evidence: []reconcile.Fact{{Name: reconcile.FactSide, Value: "onp"}, {Name: reconcile.FactRate, Value: "POINT_INDICE"}, {Name: reconcile.FactApplied, Value: "55.2871"},
			{Name: reconcile.FactAppliedFrom, Value: "2009-10"}, {Name: reconcile.FactAppliedTo, Value: "2010-06"}, {Name: reconcile.FactOfficial, Value: "55.5635"},
			{Name: reconcile.FactSource, Value: "décret 2010-761 du 7 juillet 2010"}, {Name: reconcile.FactExpected, Value: "2150.31"}},
		Evolution: reconcile.EvolutionNew, Status: reconcile.StatusOpen, FirstSeen: "2013-12-19", AgeDays: 2,
	}
	switch i % 10 {
	case 1:
		d.Element, d.Sense, d.Cause, d.Rule, d.Root = "PC", reconcile.ToDeduct, reconcile.CauseDerived, "derived_formula", fmt.Sprintf("%016x", uint64(i)*0x9E3779B97F4A7C15)
		d.Legacy, d.ONP = -18_837, -18_954
		d.Evidence = []reconcile.Fact{{Name: reconcile.FactElement, Value: "TRAITEMENT"}, {Name: reconcile.FactRoot, Value: "TRAITEMENT"}}
	case 2:
		d.Element, d.Sense, d.Cause, d.AtFault = "CAS", reconcile.Information, reconcile.CauseRate, reconcile.FaultLegacy
		d.Legacy, d.ONP = 159_790, 160_000
		d.Status, d.Decision = reconcile.StatusJustified, "D-2013-004"
	case 3:
		d.Kind, d.Element, d.Sense, d.Origin = reconcile.SituationDiffers, "indice", 0, 0
		d.Legacy, d.ONP, d.LegacyText, d.ONPText, d.Cause, d.Rule = 0, 0, "467", "475", reconcile.CauseSituation, "situation_field"
		d.Status = reconcile.StatusToFixHR
	case 4:
		d.ONP, d.Cause, d.Rule, d.Status, d.Decision = d.Legacy+1, reconcile.CauseRounding, "tolerance", reconcile.StatusTolerated, "tolérance de ligne"
	case 5:
		d.Kind, d.Element, d.Legacy, d.ONP, d.LegacyLines = reconcile.LineMissingInLegacy, "ISSP", 0, 54_210, 0
		d.Cause, d.Rule, d.Evolution = reconcile.CauseHandEntered, "hand_entered", reconcile.EvolutionPersisting
	case 6:
		d.Kind, d.Element, d.Side, d.Legacy, d.ONP, d.Cause = reconcile.Unmapped, "202206", reconcile.Legacy, 3_550, 0, reconcile.CauseMapping
		d.Rule = "unmapped_code"
	case 7:
		d.Kind, d.Element, d.Sense, d.Origin, d.LegacyText, d.ONPText, d.Legacy, d.ONP = reconcile.BudgetDiffers, "programme", 0, 0, "176", "216", 0, 0
		d.Cause, d.Rule, d.Status = reconcile.CauseBudgetOnly, "imputation_field", reconcile.StatusAccepted
	}
	if i%100 == 8 {
		d.Kind, d.Element, d.Sense, d.Origin, d.Cause, d.Rule = reconcile.MissingInONP, "", 0, 0, reconcile.CauseTacitRenewal, "tacit_renewal"
		d.Legacy, d.ONP = 187_420, 0
		d.Delta, d.DeltaNet, d.DeltaInformation = -187_420, -187_420, -160_055
		return d
	}
	if d.Rule != "rate_dated" && d.Rule != "derived_formula" {
		d.Evidence = nil
	}
	d.Delta = d.ONP - d.Legacy
	if d.Sense.Net() {
		d.DeltaNet = d.Delta
	} else {
		d.DeltaInformation = d.Delta
	}
	return d
}

func inventedRejects() []*reconcile.Reject {
	return []*reconcile.Reject{
		{File: "in/psop-2013-12.txt", Line: 1042, Record: "ligne", Field: reconcile.Say("montant"), Reason: reconcile.Verbatim("contient des lettres ; attendu 11 chiffres et un signe"), Sense: reconcile.ToPay, Raw: []byte("20101000TRAITEMENT \xe9CHU  P0000021x031+")},
		{File: "in/sipaye-2013-12.csv", Line: 77, Record: "L", Field: reconcile.Verbatim("origine"), Reason: reconcile.Say("n'est pas un mois possible écrit %s", reconcile.Say("AAAA-MM")), Sense: reconcile.ToDeduct, Amount: reconcile.Some(1_250), Raw: []byte("L;R0450;=cmd|x;D;12,50;;;2013-13")},
		{File: "in/psop-2013-12.txt", Line: 2001, Record: "agent", Field: reconcile.Say("NIR"), Reason: reconcile.Verbatim("compte 12 caractères au lieu de 13"), Raw: []byte("101750375123456 MARTIN FR7630001007941234567890185"), Payslip: true},
	}
}

func inventedRun() *reconcile.Run {
	const sha = "3f8a1c0e5b7d92646a8f0e1d2c3b4a5968778695a4b3c2d1e0f9a8b7c6d5e4f3"
	r := &reconcile.Run{
		ID: 7, Period: reconcile.NewPeriod(2013, 12), Previous: 6, StartedAt: "2013-12-21T02:15:00Z", Version: "0.1.0", Folder: "out/2013-12/run-0007",
		Inputs: sha, ConfigHash: sha, TablesHash: sha,
		Loads: []reconcile.Load{
			{Side: reconcile.Legacy, Path: "in/psop-2013-12.txt", SHA256: sha, Layout: "psop", Produced: "2013-12-18", Payslips: 150_642, Sums: reconcile.Sums{Lines: 3_915_893}, Rejects: 2},
			{Side: reconcile.ONP, Path: "in/sipaye-2013-12.csv", SHA256: sha, Layout: "sipaye", Produced: "2013-12-19", Payslips: 150_641, Sums: reconcile.Sums{Lines: 3_915_877}, Rejects: 1},
		},
	}
	s := &r.Summary
	s.Run, s.Period, s.PreviousRun, s.Compares = 7, r.Period, 6, reconcile.ComparesSystems
	s.Legacy = reconcile.SideSummary{Files: 1, Agents: 149_997, Payslips: 150_642, Lines: 3_915_893, Rejected: 2, ToPay: 45_234_567_890, ToDeduct: 9_876_543_210, Information: 30_001_122_334}
	s.ONP = reconcile.SideSummary{Files: 1, Agents: 149_996, Payslips: 150_641, Lines: 3_915_877, Rejected: 1, ToPay: 45_234_500_000, ToDeduct: 9_876_543_999, Information: 30_001_199_999}
	s.Seconds = reconcile.Seconds{Load: 3200, Compare: 2100, Report: 800}
	s.Outputs = []reconcile.Output{{File: "discrepancies.csv", SHA256: sha}, {File: "ecarts-2013-12-run-0007.xlsx", SHA256: sha}}
	s.Closing = reconcile.Closing{OK: true, Identity: "−678,90 € = 452 345 000,00 € − 452 345 678,90 €"}
	for i := range 30 {
		s.Closing.Checks = append(s.Closing.Checks, reconcile.Check{Name: "Σ écarts = Σ ONP − Σ PSOP", Scope: fmt.Sprintf("élément E%02d, programme 176", i), Left: reconcile.Amount(i) * 1_001, Right: reconcile.Amount(i) * 1_001, OK: true})
	}
	s.Closing.Checks = append(s.Closing.Checks, reconcile.Check{Name: "bulletins lus = bulletins annoncés", Scope: "psop-2013-12.txt", Left: 150_642, Right: 150_642, Counted: true, OK: true, Note: "en-queue du fichier"})
	return r
}

// addUp fills the summary, the causes and the clusters from the list.
func addUp(d *reports.Data, list []*reconcile.Discrepancy) {
	s := &d.Run.Summary
	g := &s.Discrepancies
	g.ByKind, g.ByCause, g.ByEvolution = map[reconcile.Kind]int64{}, map[reconcile.Cause]int64{}, map[reconcile.Evolution]int64{}
	at := map[[3]string]int{}
	payslips := map[string]bool{}
	for _, x := range list {
		g.Total++
		g.ByKind[x.Kind]++
		g.ByCause[x.Cause]++
		g.ByEvolution[x.Evolution]++
		switch {
		case x.Status.Open():
			g.Open++
		case x.Status == reconcile.StatusTolerated:
			g.Tolerated++
		default:
			g.Justified++
		}
		if x.Root == "" {
			g.Roots++
		}
		if x.Kind == reconcile.MissingInONP {
			s.Payslips.MissingInONP++
		} else {
			payslips[x.Key] = true
		}
		absolute := x.DeltaNet.Abs() + x.DeltaInformation.Abs()
		g.Delta, g.DeltaInformation, g.Absolute = g.Delta+x.DeltaNet, g.DeltaInformation+x.DeltaInformation, g.Absolute+absolute
		addAggregate(d, x)
		key := [3]string{string(x.Cause), string(x.Kind), string(x.Status)}
		i, known := at[key]
		if !known {
			i = len(d.Causes)
			at[key] = i
			d.Causes = append(d.Causes, reconcile.CauseTotal{Cause: x.Cause, Kind: x.Kind, Status: x.Status})
		}
		c := &d.Causes[i]
		c.Count, c.Agents, c.Absolute = c.Count+1, c.Agents+1, c.Absolute+absolute
		c.DeltaNet, c.DeltaInformation = c.DeltaNet+x.DeltaNet, c.DeltaInformation+x.DeltaInformation
	}
	byCause := map[reconcile.Cause]int{}
	for i := range d.Causes {
		c := &d.Causes[i]
		if c.Roots = c.Count; c.Cause == reconcile.CauseDerived {
			c.Roots = 0
		}
		c.Effect.Net, c.AtFault = c.DeltaNet, reconcile.FaultSplit{ONP: c.Roots}
		if c.Status.Open() {
			c.Open = c.Count
		}
		at, known := byCause[c.Cause]
		if !known {
			at = len(d.ByCause)
			byCause[c.Cause] = at
			d.ByCause = append(d.ByCause, reconcile.CauseTotal{Cause: c.Cause})
		}
		t := &d.ByCause[at]
		t.Count, t.Agents, t.Open, t.Roots, t.Absolute = t.Count+c.Count, t.Agents+c.Agents, t.Open+c.Open, t.Roots+c.Roots, t.Absolute+c.Absolute
		t.DeltaNet, t.DeltaInformation, t.Effect.Net, t.AtFault.ONP = t.DeltaNet+c.DeltaNet, t.DeltaInformation+c.DeltaInformation, t.Effect.Net+c.Effect.Net, t.AtFault.ONP+c.AtFault.ONP
		if c.Roots > 0 {
			d.Clusters = append(d.Clusters, inventedCluster(len(d.Clusters), c, list))
		}
	}
	s.Payslips.Differing = int64(len(payslips))
	s.Payslips.Tolerated = 12
	s.Payslips.Identical = 150_641 - 12 - s.Payslips.Differing - s.Payslips.MissingInONP
	s.Payslips.Matched = s.Payslips.Identical + s.Payslips.Tolerated + s.Payslips.Differing
	d.Coverage = []reconcile.CodeCoverage{
		{Side: reconcile.Legacy, Code: "101000", Label: "TRAITEMENT BRUT", Sense: reconcile.ToPay, Element: "TRAITEMENT", Factor: 1, Lines: 150_642, Amount: 31_234_567_890, Seen: true},
		{Side: reconcile.Legacy, Code: "202206", Label: "IND. COMPENSATRICE", Sense: reconcile.ToPay, Lines: 43, Amount: 152_650, Seen: true},
		{Side: reconcile.ONP, Code: "R0101", Label: "Traitement indiciaire", Sense: reconcile.ToPay, Element: "TRAITEMENT", Factor: 1, Lines: 150_641, Amount: 31_234_500_000, Seen: true},
		{Side: reconcile.ONP, Code: "R0999", Sense: reconcile.Information, Element: "CAS", Factor: -1},
	}
	for _, e := range reconcile.Evolutions {
		d.Evolutions = append(d.Evolutions, reconcile.EvolutionTotal{Evolution: e, Count: g.ByEvolution[e]})
	}
	for i := range 6 {
		d.History = append(d.History, reports.RunPoint{Run: 2 + i, Period: d.Run.Period, StartedAt: fmt.Sprintf("2013-12-%02dT02:15:00Z", 16+i),
			Matched: 150_600, Identical: 150_600 - int64(9_000/(i+1)), Tolerated: 12, Differing: int64(9_000/(i+1)) - 12, Missing: 3, Open: int64(20_000 / (i + 1)), DeltaNet: reconcile.Amount(-1_234_567 / (i + 1))})
	}
}

// addAggregate adds a gap to those of its programme, kind, cause and status.
func addAggregate(d *reports.Data, x *reconcile.Discrepancy) {
	at := slices.IndexFunc(d.Aggregates, func(a reconcile.Aggregate) bool {
		return a.Programme == x.Programme && a.Kind == x.Kind && a.Cause == x.Cause && a.Status == x.Status
	})
	if at < 0 {
		at = len(d.Aggregates)
		d.Aggregates = append(d.Aggregates, reconcile.Aggregate{Programme: x.Programme, Kind: x.Kind, Cause: x.Cause, Status: x.Status})
	}
	a := &d.Aggregates[at]
	a.Count, a.DeltaNet, a.DeltaInformation = a.Count+1, a.DeltaNet+x.DeltaNet, a.DeltaInformation+x.DeltaInformation
	if a.Absolute += x.DeltaNet.Abs() + x.DeltaInformation.Abs(); x.Root == "" {
		a.Roots++
	}
}

// patterns are what rules write, an equal amount and various ones.
var patterns = []string{"=1341", "POINT_INDICE: 55.2871 → 55.5635", "", "indice 467 → 475", "8/30 → 7/30"}

func inventedCluster(i int, c *reconcile.CauseTotal, list []*reconcile.Discrepancy) reconcile.Cluster {
	at := slices.IndexFunc(list, func(d *reconcile.Discrepancy) bool { return d.Cause == c.Cause && d.Kind == c.Kind })
	example := list[at]
	return reconcile.Cluster{ID: fmt.Sprintf("g-%03d", i+1), Kind: c.Kind, Element: example.Element, Cause: c.Cause, Rule: example.Rule, Pattern: patterns[i%len(patterns)],
		Count: c.Count, Agents: c.Agents, Open: c.Open, ByCount: int64(i + 1), DeltaNet: c.DeltaNet, DeltaInformation: c.DeltaInformation, Absolute: c.Absolute,
		Effect: reconcile.Effect{Derived: 7 * c.Count, Net: c.DeltaNet - 5, Employer: 3 * c.DeltaNet / 4, Budget: 7 * c.DeltaNet / 4}, AtFault: reconcile.FaultSplit{ONP: c.Count - 1, Unknown: 1},
		Services: reconcile.Spread{Count: 12, First: []string{"SGAP-PARIS", "PREF-075", "DDSP-13", "DCPN", "SGAMI-SUD"}}, Waves: reconcile.Spread{Count: 1, First: []string{"V1"}},
		Programmes: reconcile.Spread{Count: 2, First: []string{"176", "152"}}, Examples: reconcile.Spread{Count: c.Count, First: []string{"0004000001", "0004000002", "0004000003"}}, Example: example}
}

// each streams a list and then fails with err, if any.
func each[E any](list []*E, err error) iter.Seq2[*E, error] {
	return func(yield func(*E, error) bool) {
		for _, x := range list {
			if !yield(x, nil) {
				return
			}
		}
		if err != nil {
			yield(nil, err)
		}
	}
}

func only(list []*reconcile.Discrepancy) []*reconcile.Discrepancy {
	var missing []*reconcile.Discrepancy
	for _, x := range list {
		if x.Kind == reconcile.MissingInONP || x.Kind == reconcile.MissingInLegacy {
			missing = append(missing, x)
		}
	}
	return missing
}

// nothing is a run without a gap, a reject or a past.
func nothing(lang string) *reports.Data {
	d := invented(0, lang)
	d.Rejects, d.History, d.Coverage = nil, nil, nil
	d.Run.Previous = 0
	d.Run.Summary.ONP = d.Run.Summary.Legacy
	d.Run.Summary.Legacy.Rejected, d.Run.Summary.ONP.Rejected = 0, 0
	return d
}
