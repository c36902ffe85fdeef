package reports_test

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"bascule/reconcile"
	"bascule/reports"
)

// inventedAgent has a wrong rate from which three gaps derive, another index of
// no consequence, and an unmapped code.
func inventedAgent(lang string) *reports.AgentView {
	december := reconcile.NewPeriod(2013, 12)
	one := invented(0, lang)
	aligned := func(element, label string, sense reconcile.Sense, legacy, onp reconcile.Amount) reconcile.Aligned {
		a := reconcile.Aligned{Element: element, Label: label, Sense: sense, Origin: december, Amounts: [2]reconcile.Amount{legacy, onp}, Lines: [2]int32{1, 1}}
		if a.Raw = label == ""; a.Raw {
			a.Lines[reconcile.ONP] = 0
		}
		return a
	}
	agent := func(indice int32, p, d, i reconcile.Amount) *reconcile.Payslip {
		return &reconcile.Payslip{Agent: reconcile.Agent{Matricule: "0004000001", Dossier: "01", Surname: "LE GALL", FirstName: "Camille", Grade: "PN1010", Echelon: "5",
			Indice: indice, Service: "SGAP-PARIS", Carried: carriedFields}, Sums: reconcile.Sums{ToPay: p, ToDeduct: d, Information: i}}
	}
	gap := func(fingerprint, root, element string, sense reconcile.Sense, delta reconcile.Amount) *reconcile.Discrepancy {
		d := inventedGap(0)
		d.Fingerprint, d.Root, d.Element, d.Sense, d.Delta, d.DeltaNet, d.DeltaInformation = fingerprint, root, element, sense, delta, delta, 0
		if !sense.Net() {
			d.DeltaNet, d.DeltaInformation = 0, delta
		}
		if root != "" {
			d.Cause, d.Rule, d.Evidence = reconcile.CauseDerived, "derived_formula", nil
		}
		return d
	}
	base := gap("base", "", "TRAITEMENT", reconcile.ToPay, -2_682)
	base.Cluster, base.Effect = "1f2e3d4c5b6a", reconcile.Effect{Derived: 3, Net: -3_123, Employer: -1_993, Budget: -5_351}
	field := inventedGap(3)
	field.Fingerprint, field.LegacyText, field.ONPText = "field", "467", "475"
	raw := inventedGap(6)
	raw.Fingerprint, raw.Delta, raw.DeltaNet, raw.Effect = "raw", -3_550, -3_550, reconcile.Effect{Net: -3_550, Budget: -3_550}
	return &reports.AgentView{Run: 7, Period: december, Agent: "A1B2C3D4E5F6", ShowName: true, Lang: lang, Labels: one.Labels, Tables: one.Tables,
		Payslips: [2]*reconcile.Payslip{agent(467, 272_791, 18_837, 159_790), agent(475, 266_000, 18_719, 157_797)},
		Lines: []reconcile.Aligned{aligned("TRAITEMENT", "Traitement brut", reconcile.ToPay, 215_031, 212_349), aligned("ISSP", "Indemnité de sujétions spéciales de police", reconcile.ToPay, 54_210, 53_651),
			aligned("202206", "", reconcile.ToPay, 3_550, 0), aligned("PC", "Pension civile", reconcile.ToDeduct, -18_837, -18_719), aligned("CAS", "Contribution au CAS Pensions", reconcile.Information, 159_790, 157_797)},
		Discrepancies: []*reconcile.Discrepancy{base, gap("i", "base", "ISSP", reconcile.ToPay, -559), gap("p", "base", "PC", reconcile.ToDeduct, 118),
			gap("c", "base", "CAS", reconcile.Information, -1_993), raw, field},
		ClusterAgents: map[string]int64{"1f2e3d4c5b6a": 1842}}
}

const carriedFields = reconcile.FieldSet(1<<reconcile.FieldGrade | 1<<reconcile.FieldEchelon | 1<<reconcile.FieldIndice | 1<<reconcile.FieldService)

func TestTheAgentsPageShowsRootsAsATree(t *testing.T) {
	for _, lang := range []string{"fr", "en"} {
		golden(t, "agent."+lang+".txt", func(w io.Writer) error { return reports.WriteAgent(w, inventedAgent(lang)) })
	}
}

func TestTheAgentsPageFitsATerminal(t *testing.T) {
	a := inventedAgent("fr")
	a.Labels = reports.Labels{Legacy: "PSOP du ministère", ONP: "Opérateur national de paye"}
	for _, d := range a.Discrepancies {
		d.Delta, d.DeltaNet, d.Effect.Net, d.Effect.Employer, d.Effect.Budget = -123_456_789_01, -123_456_789_01, 123_456_789_01, 123_456_789_01, 123_456_789_01
		d.Status, d.Rule = reconcile.StatusToFixLegacy, strings.Repeat("rule", 3)
	}
	var out bytes.Buffer
	if err := reports.WriteAgent(&out, a); err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(out.String(), "\n") {
		if n := utf8.RuneCountInString(line); n > 100 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
}

func TestAGapWhoseRootIsElsewhereIsStillShown(t *testing.T) {
	a := inventedAgent("fr")
	a.Discrepancies = a.Discrepancies[1:2]
	var out bytes.Buffer
	if err := reports.WriteAgent(&out, a); err != nil || !strings.Contains(out.String(), "Découle de sa racine") {
		t.Errorf("%v\n%s", err, out.String())
	}
}
