package reports_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/shopspring/decimal"
	"github.com/xuri/excelize/v2"

	"bascule/reconcile"
	"bascule/reports"
	"bascule/reports/xlsx"
)

// opinion is an opinion that never was, on so many waves after so many runs.
func opinion(waves, runs int, lang string) *reports.AvisData {
	run := inventedRun()
	run.GatesHash = run.Inputs
	d := &reports.AvisData{Run: run, Lang: lang, Tables: &reconcile.Tables{}, Seal: "5ea1" + run.Inputs[4:],
		RootAges: [4]int64{12, 30, 4, 1},
		Owners:   []reconcile.OwnerTotal{{Owner: reconcile.OwnerHR, Roots: 3, Gaps: 9, DeltaNet: -123_45, Absolute: 200_00}, {Owner: reconcile.OwnerNobody, Roots: 1, Gaps: 1}},
		Ageing: []reconcile.AgeTotal{{Month: 24100, Overpaid: 1_000_00, Underpaid: 20_00, Count: 3}, {Month: 24101, Overpaid: 1_00, Count: 1},
			{Month: 24000, Over24: true, Underpaid: 5_00, Count: 1}},
	}
	for i := range waves {
		name := fmt.Sprintf("V%d", i+1)
		d.Waves = append(d.Waves, name)
		d.Tables.Waves = append(d.Tables.Waves, reconcile.Wave{Name: name, Label: "Préfectures, sous-préfectures et secrétariats généraux", Cutover: reconcile.NewPeriod(2014, 1+i%12)})
		d.Measures = append(d.Measures, measured(name, 997, 1000)...)
	}
	d.Measures = append(d.Measures, measured(reconcile.WholeMinistry, int64(997*max(waves, 1)), int64(1000*max(waves, 1)))...)
	for i := range runs {
		at := time.Date(2013, 12, 21-runs+i+1, 2, 15, 0, 0, time.UTC).Format(time.RFC3339)
		d.History = append(d.History, reports.AvisRun{Systems: true, Inputs: run.Inputs, Opinion: reconcile.Unfavourable, Seal: d.Seal,
			Lines: reconcile.Figure{Value: 99, Of: 100}, Amount: reconcile.Figure{Value: 999, Of: 1000},
			RunPoint: reports.RunPoint{Run: i + 1, Period: run.Period, StartedAt: at, Matched: 1000, Identical: int64(900 + 3*i), Differing: int64(100 - 3*i), Open: int64(500 - 12*i), DeltaNet: -100_00}})
	}
	return d
}

func measured(wave string, n, of int64) []reconcile.Measure {
	return []reconcile.Measure{
		{Wave: wave, Metric: reconcile.MetricConcordancePayslips, Value: n, Of: of}, {Wave: wave, Metric: reconcile.MetricConcordanceLines, Value: 9 * n, Of: 9 * of},
		{Wave: wave, Metric: reconcile.MetricConcordanceAmount, Value: 100 * n, Of: 100 * of}, {Wave: wave, Metric: reconcile.MetricOpenRoots, Value: 7, Of: 1},
		{Wave: wave, Metric: reconcile.MetricMissingPayslips, Value: 0, Of: 1}, {Wave: wave, Metric: reconcile.MetricAbsoluteDeltaShare, Value: 1, Of: 1999},
		{Wave: wave, Metric: reconcile.MetricMaxNetGap, Value: 188_63, Of: 1}, {Wave: wave, Metric: reconcile.MetricExplainedShare},
	}
}

func inventedGate(id string, metric reconcile.Metric, operator reconcile.Operator, threshold string, runs int, blocking bool) reconcile.Gate {
	return reconcile.Gate{ID: id, Scope: reconcile.ScopeWaves, Metric: metric, Operator: operator, Threshold: decimal.RequireFromString(threshold), Runs: runs, Blocking: blocking,
		Label: "Libellé de " + id, Source: "à confirmer par le comptable"}
}

// judgedBy gives the opinion three criteria for each wave: held, held for too
// short, not held.
func judgedBy(d *reports.AvisData, blocking bool) *reports.AvisData {
	s := &d.Run.Summary
	s.Opinion, s.Opinions = reconcile.WithReserves, map[string]reconcile.Opinion{}
	if blocking {
		s.Opinion = reconcile.Unfavourable
	}
	missing := inventedGate("ABSENTS", reconcile.MetricMissingPayslips, reconcile.Equals, "0", 1, true)
	rate := inventedGate("BULLETINS", reconcile.MetricConcordancePayslips, reconcile.AtLeast, "0.995", 3, false)
	share := inventedGate("PART", reconcile.MetricAbsoluteDeltaShare, reconcile.AtMost, "0.0005", 1, blocking)
	for _, w := range d.Waves {
		s.Opinions[w] = s.Opinion
		s.Gates = append(s.Gates,
			reconcile.GateResult{Gate: missing, Wave: w, Figure: reconcile.Figure{Of: 1}, Measured: true, Held: 1, Seen: 1, OK: true, Trend: reconcile.TrendSame},
			reconcile.GateResult{Gate: rate, Wave: w, Figure: reconcile.Figure{Value: 997, Of: 1000}, Measured: true, Held: 2, Seen: 2, Trend: reconcile.TrendBetter},
			reconcile.GateResult{Gate: share, Wave: w, Figure: reconcile.Figure{Value: 1, Of: 1999}, Measured: true, Seen: 1, Trend: reconcile.TrendWorse})
	}
	return d
}

func publishAvis(t *testing.T, d *reports.AvisData) *excelize.File {
	t.Helper()
	folder := t.TempDir()
	if keep := os.Getenv("BASCULE_AVIS_FOLDER"); keep != "" { // to look at them
		folder = keep
	}
	path := filepath.Join(folder, strings.ReplaceAll(t.Name(), "/", "-")+fmt.Sprintf("-%d-%d-%s.xlsx", len(d.Waves), len(d.History), d.Lang))
	if _, err := xlsx.Write(path, reports.Avis(d), xlsx.Options{Creator: "bascule"}); err != nil {
		t.Fatal(err)
	}
	file, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	return file
}

func TestTheOpinionHasTheSheetsOfTheContractHoweverManyWavesAndRuns(t *testing.T) {
	for _, c := range []struct {
		lang  string
		names []string
	}{
		{"fr", []string{"Baromètre", "Vagues", "Critères", "Historique", "Signatures"}},
		{"en", []string{"Barometer", "Waves", "Criteria", "Past runs", "Signatures"}},
	} {
		for _, n := range []struct{ waves, runs, charts int }{{0, 0, 0}, {1, 1, 0}, {20, 30, 1}} {
			d := judgedBy(opinion(n.waves, n.runs, c.lang), true)
			file := publishAvis(t, d)
			if got := file.GetSheetList(); !slices.Equal(got, c.names) {
				t.Errorf("%s: %q", c.lang, got)
			}
			charts := 0
			for _, f := range []string{"xl/charts/chart1.xml"} {
				if _, ok := file.Pkg.Load(f); ok {
					charts++
				}
			}
			if charts != n.charts {
				t.Errorf("%d waves, %d runs: %d charts", n.waves, n.runs, charts)
			}
		}
	}
}

func TestTheOpinionIsToldInWordsOnEverySheet(t *testing.T) {
	unfavourable := judgedBy(opinion(2, 3, "fr"), true)
	reserves := judgedBy(opinion(2, 3, "fr"), false)
	reserves.Run.Summary.AwaitingVisa = 2
	english := judgedBy(opinion(2, 3, "en"), true)
	none := opinion(0, 0, "fr")
	none.Run.Summary.Opinion = reconcile.Unfavourable
	none.Seal = ""
	strict, loose := inventedGate("G", reconcile.MetricConcordancePayslips, reconcile.AtLeast, "0.998", 3, true), inventedGate("G", reconcile.MetricConcordancePayslips, reconcile.AtLeast, "0.99", 1, true)
	loosened := judgedBy(opinion(1, 2, "fr"), true)
	loosened.Loosenings = []reconcile.Loosening{
		{At: "2013-12-20T02:00:00Z", Run: 6, What: reconcile.LoosenedThreshold, Before: strict, After: loose},
		{At: "2013-12-20T02:00:00Z", Run: 6, What: reconcile.LoosenedRuns, Before: strict, After: loose},
		{At: "2013-12-21T02:00:00Z", Run: 7, What: reconcile.LoosenedRemoved, Before: loose},
	}
	gone := opinion(1, 1, "fr")
	gone.Run.Summary.Opinion, gone.Loosenings = reconcile.Unfavourable, loosened.Loosenings
	decided := judgedBy(opinion(1, 2, "fr"), true)
	decided.Decisions = []reconcile.DecisionTotal{{Status: reconcile.StatusJustified, Author: "A. Martin", Count: 12, InForce: 10, Awaiting: 1}, {Status: reconcile.StatusToFixONP, Author: "B. Petit", Count: 3, InForce: 3}}
	decided.History[1].AgainOf = 1
	decided.History = append(decided.History, reports.AvisRun{RunPoint: reports.RunPoint{Run: 7, Period: decided.Run.Period, StartedAt: decided.Run.StartedAt}, Compares: reports.Labels{Legacy: "ONP 2013-11", ONP: "ONP 2013-12"}})
	for _, c := range []struct {
		data   *reports.AvisData
		sheet  string
		words  []string
		reason string
	}{
		{unfavourable, "Baromètre", []string{"✘ Défavorable : 2 critères bloquants ne sont pas tenus.", "✘ V1, V2 — Libellé de PART : 0,06 %, attendu ≤ 0,05 % (V1)", "5ea1",
			"SIRH|3|9|-123.45", "Bulletins concordants|99.70%|≥ 99,50 %|⚠ 0 sur 2", "Bulletins absents|0|= 0|✔ 2 sur 2", "7 jours au plus|12", "de 8 à 30 jours|30", "plus de 90 jours|1",
			"24 mois au plus|4|1,001.00 €|20.00 €", "plus de 24 mois (prescrit)|1|0.00 €|5.00 €", "Écarts rapportés aux montants|0.06%|≤ 0,05 %|✘ 0 sur 2"}, "a blocking criterion, and a share that no rounding hides"},
		{unfavourable, "Vagues", []string{"V2|Préfectures, sous-préfectures et secrétariats généraux|2014-02|✘ Défavorable|⚠ Libellé de BULLETINS : 2 exécutions sur 3 · ✘ Libellé de PART", "Ensemble||"}, "a wave and its reasons"},
		{unfavourable, "Critères", []string{"BULLETINS|Libellé de BULLETINS|V1|≥ 99,50 %|99,70 %|2 exécutions sur 3|▲ mieux|Non|⚠ Réserve", "ABSENTS|Libellé de ABSENTS|V1|= 0|0|1 sur 1|= stable|Oui|✔ Tenu",
			"PART|Libellé de PART|V2|≤ 0,05 %|0,06 %|0 sur 1|▼ moins bien|Oui|✘ Non tenu", "✔ Aucun critère n'a jamais été assoupli."}, "each criterion and wave"},
		{unfavourable, "Historique", []string{"3 comparaisons des deux systèmes, du 19/12/2013 au 21/12/2013 : de 90,00 % à 90,60 % de bulletins concordants.", "✘ Défavorable", "Aucune décision n'a été prise."}, "every run"},
		{unfavourable, "Signatures", []string{"n° 7 · paye de décembre 2013", "5ea1", "V1|Préfectures", "Pilote de la bascule", "Responsable du SIRH", "DGFiP — comptable assignataire", "CBCM"}, "who signs, and for what"},
		{reserves, "Baromètre", []string{"⚠ Favorable avec réserves : 4 critères non bloquants ne sont pas tenus.", "⚠ 2 décisions attendent leur visa"}, "reserves"},
		{english, "Barometer", []string{"✘ Unfavourable: 2 blocking criteria are not met.", "✘ V1, V2 — Gaps as a share of amounts: 0.06%, wanted ≤ 0.05% (V1)"}, "in English the metric is named, not the French label"},
		{none, "Baromètre", []string{"✘ Défavorable : aucun critère n'est défini.", "Aucune vague n'est définie", "Aucune exécution antérieure."}, "nothing at all"},
		{none, "Critères", []string{"Aucun critère n'est défini : l'avis est défavorable."}, "no criterion"},
		{none, "Historique", []string{"Aucune exécution antérieure."}, "no run"},
		{loosened, "Critères", []string{"G|Seuil|20/12/2013|n° 6|≥ 99,80 % → ≥ 99,00 %", "G|Exécutions successives|20/12/2013|n° 6|3 exécutions → 1 exécution", "G|Critère supprimé|21/12/2013|n° 7|Bulletins concordants ≥ 99,00 % → supprimé"}, "loosened for ever"},
		{loosened, "Baromètre", []string{"⚠ 3 assouplissements des critères depuis le premier jour"}, "and told on the first page"},
		{loosened, "Signatures", []string{"⚠ 3 assouplissements"}, "and on the page that is signed"},
		{gone, "Critères", []string{"G|Critère supprimé", "Aucun critère n'est défini"}, "even when no criterion is left"},
		{decided, "Historique", []string{"Justifié|||A. Martin|12|10|1", "À corriger ONP|||B. Petit|3|3|0", "Total||||15|13|1", "refaite sur les entrées de la n° 1", "ONP 2013-11 / ONP 2013-12", "d'un mois sur l'autre : hors avis"}, "who accepted what"},
	} {
		text := strings.ReplaceAll(sheetText(t, publishAvis(t, c.data), c.sheet), "\u00a0", " ")
		for _, words := range c.words {
			if !strings.Contains(text, words) {
				t.Errorf("%s: %s does not say %q\n%s", c.reason, c.sheet, words, text)
			}
		}
	}
	if text := sheetText(t, publishAvis(t, none), "Baromètre"); strings.Contains(text, "Sceau") {
		t.Errorf("a seal that there is none of:\n%s", text)
	}
}

func TestTheScreenOfTheOpinionFitsATerminal(t *testing.T) {
	for _, c := range []struct {
		lang   string
		words  []string
		reason string
	}{
		{"fr", []string{"✘ Défavorable : 20 critères bloquants ne sont pas tenus.", "✘ Libellé de PART                      V20             0,06 %      ≤ 0,05 %  0 sur 1", "  ✘ V1          Défavorable", "G, Seuil : ≥ 99,80 % → ≥ 99,00 %"}, "in French"},
		{"en", []string{"✘ Unfavourable: 20 blocking criteria are not met.", "✘ Gaps as a share of amounts", "  ✘ V1          Unfavourable", "G, Threshold: ≥ 99.80% → ≥ 99.00%"}, "in English"},
	} {
		d := judgedBy(opinion(20, 1, c.lang), true)
		strict, loose := inventedGate("G", reconcile.MetricConcordancePayslips, reconcile.AtLeast, "0.998", 3, true), inventedGate("G", reconcile.MetricConcordancePayslips, reconcile.AtLeast, "0.99", 3, true)
		var out strings.Builder
		if err := reports.WriteGate(&out, &reports.GateView{Run: d.Run, Wave: reconcile.WholeMinistry, Waves: d.Waves, Lang: c.lang,
			Loosenings: []reconcile.Loosening{{At: "2013-12-20T02:00:00Z", Run: 6, What: reconcile.LoosenedThreshold, Before: strict, After: loose}}}); err != nil {
			t.Fatal(err)
		}
		text := strings.ReplaceAll(out.String(), "\u00a0", " ")
		for _, w := range c.words {
			if !strings.Contains(text, w) {
				t.Errorf("%s: %q is not in\n%s", c.reason, w, text)
			}
		}
		for _, line := range strings.Split(text, "\n") {
			if n := utf8.RuneCountInString(line); n > 100 {
				t.Errorf("%s: %d columns: %s", c.reason, n, line)
			}
		}
	}
}

func TestWhyACriterionIsNotHeldIsToldExactly(t *testing.T) {
	rate := inventedGate("TAUX", reconcile.MetricConcordancePayslips, reconcile.AtLeast, "0.998", 3, true)
	good, bad := reconcile.Figure{Value: 999, Of: 1000}, reconcile.Figure{Value: 9_979_999, Of: 10_000_000}
	for _, c := range []struct {
		result         reconcile.GateResult
		reason, expect string
	}{
		{reconcile.GateResult{Gate: rate, Wave: "V1", Figure: bad, Measured: true, Seen: 3}, "a value that falls short, rounded downwards", "Libellé de TAUX : 99,79 %, attendu ≥ 99,80 %"},
		{reconcile.GateResult{Gate: rate, Wave: "V1", Figure: bad, Measured: true, Seen: 2}, "short, whatever the number of runs", "Libellé de TAUX : 99,79 %, attendu ≥ 99,80 %"},
		{reconcile.GateResult{Gate: rate, Wave: "V1", Figure: good, Measured: true, Held: 2, Seen: 2}, "too few runs", "Libellé de TAUX : 2 exécutions sur 3"},
		{reconcile.GateResult{Gate: rate, Wave: "V1", Figure: good, Measured: true, Held: 1, Seen: 2}, "too few, and not even these", "Libellé de TAUX : 1 sur 3 (2 exécutions)"},
		{reconcile.GateResult{Gate: rate, Wave: "V1", Figure: good, Measured: true, Held: 2, Seen: 3}, "not long enough", "Libellé de TAUX : tenu 2 sur 3 fois"},
		{reconcile.GateResult{Gate: rate, Wave: "V1", Seen: 3}, "an empty wave", "Libellé de TAUX : rien à mesurer"},
	} {
		d := opinion(1, 1, "fr")
		d.Run.Summary.Opinion, d.Run.Summary.Opinions = reconcile.Unfavourable, map[string]reconcile.Opinion{"V1": reconcile.Unfavourable}
		d.Run.Summary.Gates = []reconcile.GateResult{c.result}
		if text := strings.ReplaceAll(sheetText(t, publishAvis(t, d), "Baromètre"), "\u00a0", " "); !strings.Contains(text, "✘ V1 — "+c.expect+"\n") {
			t.Errorf("%s: the barometer does not say %q\n%s", c.reason, c.expect, text)
		}
	}
}

func TestTheSignaturesOfManyWavesKeepASizeThatIsRead(t *testing.T) {
	for _, c := range []struct {
		waves int
		one   bool
		why   string
	}{
		{4, true, "what is signed holds on a page"},
		{45, false, "fitted to one page, 45 waves print a few points high"},
	} {
		book := reports.Avis(opinion(c.waves, 2, "fr"))
		signed := book.Sheets[len(book.Sheets)-1]
		if signed.OnePage != c.one {
			t.Errorf("%d waves: on one page %t, want %t: %s", c.waves, signed.OnePage, c.one, c.why)
		}
		var blocks []string
		for _, l := range signed.Lines {
			if l.Block {
				blocks = append(blocks, l.Cells[0].Text)
			}
		}
		if !c.one && !slices.Equal(blocks, []string{"Avis et visas"}) {
			t.Errorf("%d waves: a page may cut what is signed: %q", c.waves, blocks)
		}
	}
}
