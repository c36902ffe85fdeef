package reports_test

import (
	"fmt"
	"strings"
	"testing"

	"bascule/reconcile"
	"bascule/reports"
)

// withPayslips shows some payslips in the workbook: one with roots of all sorts,
// one of so many lines, and one that a side lacks.
func withPayslips(lang string, lines int) *reports.Data {
	d := invented(20, lang)
	first := inventedAgent(lang)
	long := inventedAgent(lang)
	long.Agent, long.Discrepancies, long.Lines = "A000000000300", nil, nil
	for side := range long.Payslips {
		long.Payslips[side] = &reconcile.Payslip{Agent: first.Payslips[side].Agent}
	}
	for i := range lines {
		of := reconcile.Aligned{Element: fmt.Sprintf("E%03d", i), Label: fmt.Sprintf("Élément %d d'un bulletin dont le libellé est bien plus long que sa colonne", i), Sense: reconcile.ToPay,
			Origin: first.Period, Amounts: [2]reconcile.Amount{1_00, 1_00}, Lines: [2]int32{2, 1}, Codes: [2][]reconcile.Code{{"101000", "101000"}, {"R1010"}}}
		if i == 0 {
			of.Amounts[reconcile.ONP] = 3_00
			gap := inventedGap(0)
			gap.Element, gap.Delta, gap.DeltaNet, gap.Origin = of.Element, 2_00, 2_00, of.Origin
			long.Discrepancies = []*reconcile.Discrepancy{gap}
		}
		for side, s := range long.Payslips {
			s.Sums.ToPay += of.Amounts[side]
		}
		long.Lines = append(long.Lines, of)
	}
	missing := inventedAgent(lang)
	missing.Agent, missing.Payslips[reconcile.ONP] = "A00000000MISS", nil
	missing.Lines = missing.Lines[:1]
	missing.Lines[0].Amounts[reconcile.ONP], missing.Lines[0].Lines[reconcile.ONP] = 0, 0
	missing.Payslips[reconcile.Legacy].Sums = reconcile.Sums{ToPay: missing.Lines[0].Amounts[reconcile.Legacy]}
	gone := inventedGap(8)
	gone.Delta, gone.DeltaNet, gone.DeltaInformation = -missing.Lines[0].Amounts[0], -missing.Lines[0].Amounts[0], 0
	missing.Discrepancies = []*reconcile.Discrepancy{gone}
	d.Largest = reports.Largest{Asked: 3, Payslips: 10, Roots: 14}
	for _, v := range []*reports.AgentView{missing, first, long} {
		d.Largest.Of = append(d.Largest.Of, reports.LargestPayslip{Root: v.Discrepancies[0], View: v})
	}
	return d
}

func TestTheLargestPayslipsAreShownSideBySide(t *testing.T) {
	for _, c := range []struct {
		lang, sheet string
		words       []string
	}{
		{"fr", "Bulletins", []string{
			"les 3 bulletins au plus", "7 autres bulletins ont un écart racine ouvert (14 écarts racines ouverts en tout)",
			"Bulletin 2|A1B2C3D4E5F6 · LE GALL Camille|176|SGAP-PARIS|-31.23 €|-19.93 €|-66.73 €|3|Taux ou barème",
			"⚠ Bulletin absent côté ONP.", "Traitement brut|2013-12||2,150.31 €||-2,150.31 €|○ dérivé de 1|Reconduction tacite",
			"● racine 1|Traitement brut||Ouvert|", "● racine 2|code 202206 sans correspondance", "Indice majoré||467|475|||● racine 3",
			"|Indemnité de sujétions spéciales de police|2013-12||542.10 €|536.51 €|-5.59 €|○ dérivé de 1|Écart dérivé",
			"101000 ×2|Élément 0", "R1010|1.00 €|3.00 €|2.00 €|● racine 1",
			"|Net à payer|||2,539.54 €|2,472.81 €|-66.73 €", "Cotisations employeur|||1,597.90 €|1,577.97 €|-19.93 €",
			"✔ Bouclé : Σ écarts = différence des deux bulletins. Net −66,73 € = −66,73 € · hors net −19,93 € = −19,93 €"}},
		{"en", "Payslips", []string{"7 more payslips have an open root gap", "⚠ No payslip on the ONP side.", "● root 1|Base pay", "○ derives from 1|", "✔ Closed: Σ gaps"}},
	} {
		file, _ := publish(t, withPayslips(c.lang, 300))
		text := strings.NewReplacer("\u00a0", " ", "+", "").Replace(sheetText(t, file, c.sheet))
		for _, words := range c.words {
			if !strings.Contains(text, words) {
				t.Errorf("%s does not say %q\n%s", c.sheet, words, text[:min(len(text), 6000)])
			}
		}
	}
}

func TestEveryLinkToAPayslipLeadsToItsHeading(t *testing.T) {
	d := withPayslips("fr", 300)
	d.Clusters = []reconcile.Cluster{{ID: "1f2e3d4c5b6a", Element: "TRAITEMENT", Kind: reconcile.AmountDiffers, Cause: reconcile.CauseRate, Count: 1, Examples: reconcile.Spread{Count: 1, First: []string{"0004000001"}}}}
	file, _ := publish(t, d)
	heading := func(sheet, cell string) string {
		linked, to, err := file.GetCellHyperLink(sheet, cell)
		if err != nil || !linked {
			t.Fatalf("%s!%s is no link: %v", sheet, cell, err)
		}
		of, at, _ := strings.Cut(to, "!")
		text, err := file.GetCellValue(strings.Trim(of, "'"), at)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	rows, err := file.GetRows("Bulletins")
	if err != nil {
		t.Fatal(err)
	}
	links, back := 0, 0
	for i, row := range rows {
		switch {
		case len(row) > 1 && strings.HasPrefix(row[0], "Bulletin ") && strings.HasPrefix(row[1], "A"):
			links++
			if got := heading("Bulletins", fmt.Sprintf("A%d", i+1)); !strings.HasPrefix(got, row[0]+" — ") {
				t.Errorf("%s leads to %q", row[0], got)
			}
		case len(row) > 8 && row[8] == "↑ Sommaire":
			back++
			if got := heading("Bulletins", fmt.Sprintf("I%d", i+1)); got != "Sommaire" {
				t.Errorf("the way back leads to %q", got)
			}
		}
	}
	if links != 3 || back != 3 {
		t.Errorf("%d links to payslips and %d back, of 3", links, back)
	}
	if got := heading("Grappes", "H7"); got != "Bulletin 2 — A1B2C3D4E5F6 · LE GALL Camille" {
		t.Errorf("the cluster leads to %q", got)
	}
}

func TestPayslipsKeepNamesOutAndNoneAskedIsNoSheet(t *testing.T) {
	d := withPayslips("fr", 3)
	for _, of := range d.Largest.Of {
		of.View.ShowName = false
	}
	file, _ := publish(t, d)
	if text := sheetText(t, file, "Bulletins"); strings.Contains(text, "GALL") || !strings.Contains(text, "Bulletin 2 — A1B2C3D4E5F6") {
		t.Errorf("names are off:\n%s", text)
	}
	d.Largest = reports.Largest{Asked: 12}
	file, _ = publish(t, d)
	if text := sheetText(t, file, "Bulletins"); !strings.Contains(text, "✔ Aucun bulletin n'a d'écart racine ouvert.") {
		t.Errorf("nothing to show is not told:\n%s", text)
	}
	d.Largest = reports.Largest{}
	file, _ = publish(t, d)
	for _, sheet := range file.GetSheetList() {
		if sheet == "Bulletins" || strings.Contains(sheetText(t, file, sheet), "Bulletins\n") {
			t.Errorf("%s leads to a sheet that is not there", sheet)
		}
	}
}

// A page that no longer adds up must say so, not hide it.
func TestAPayslipThatDoesNotCloseSaysSo(t *testing.T) {
	d := withPayslips("fr", 3)
	d.Largest.Of[1].View.Discrepancies[0].DeltaNet++
	file, _ := publish(t, d)
	text := strings.ReplaceAll(sheetText(t, file, "Bulletins"), "\u00a0", " ")
	if !strings.Contains(text, "✘ Les écarts enregistrés ne font pas la différence de ces deux bulletins. Net −66,72 € ≠ −66,73 €") {
		t.Error(text)
	}
}
