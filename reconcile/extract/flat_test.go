package extract

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bascule/reconcile"
)

const flatNames = "mois;nir;cle;dossier;matricule;nom;prenom;grade;echelon;indice;nbi;quotite;enfants;service;programme;bop;comptable;statut;zone;iban;code;libelle;sens;montant;base;taux;origine"

// flatLines is the payslip of sipayeLines with its columns in the order of
// CONTRACT 3.3.
func flatLines() []string {
	const agent = "2013-12;1600175000001;42;03;AB 123;D'EXEMPLE;CAMILLE;654321;07;467;25;85,71;3;SGAP LYON;176;BOP-69;038;S;2;FR7630001007941234567890185;"
	return []string{flatNames,
		agent + "R1000;Traitement indiciaire;P;2162,34;-2500,01;5,4321;2013-10",
		agent + "R1050;Retenue pension;D;200,00;;;",
		agent + "R4110;Contribution employeur;I;1000,00;;;",
		agent + "R2958;Rappel;P;-1,00;0;0;",
	}
}

// flatPayslip is what a flat file says of the same payslip: no totals, and no
// certainty that it is whole.
func flatPayslip(t testing.TB) reconcile.Payslip {
	p := sipayePayslip(t)
	p.Declared, p.Whole = reconcile.Declared{}, false
	return p
}

func csv(lines ...string) []byte { return []byte(strings.Join(lines, "\n") + "\n") }

func TestFlatColumnsAreFoundByName(t *testing.T) {
	reversed := flatLines()
	for i, l := range reversed {
		columns := strings.Split(l, ";")
		for a, b := 0, len(columns)-1; a < b; a, b = a+1, b-1 {
			columns[a], columns[b] = columns[b], columns[a]
		}
		reversed[i] = strings.Join(columns, ";")
	}
	upper := flatLines()
	upper[0] = strings.ToUpper(upper[0])
	for _, c := range []struct {
		reason string
		lines  []string
	}{{"the order of the contract", flatLines()}, {"the reverse order", reversed}, {"names in capitals", upper}} {
		got := readText(t, "flat", "2013-12", csv(c.lines...))
		if diff := cmp.Diff([]reconcile.Payslip{flatPayslip(t)}, got.payslips); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.reason, diff)
		}
		if len(got.rejects)+len(got.warnings) > 0 || got.load.Carried != reconcile.AllFields {
			t.Errorf("%s: rejects %v, warnings %v, carried %b", c.reason, got.rejects, got.warnings, got.load.Carried)
		}
	}
}

func TestFlatSenseFollowsTheSignWhenItIsNotSaid(t *testing.T) {
	for _, c := range []struct {
		names, sense, amount string
		want                 reconcile.PayLine
		reason               string
	}{
		{"mois;nir;code;montant", "", "12,50", reconcile.PayLine{Sense: 'P', Amount: 1250}, "no column: positive is paid"},
		{"mois;nir;code;montant", "", "-12,50", reconcile.PayLine{Sense: 'D', Amount: -1250}, "no column: negative is deducted"},
		{"mois;nir;code;montant", "", "0,00", reconcile.PayLine{Sense: 'P', Amount: 0}, "no column: zero"},
		{"mois;nir;code;sens;montant", ";", "-12,50", reconcile.PayLine{Sense: 'D', Amount: -1250}, "blank column: the sign"},
		{"mois;nir;code;sens;montant", "D;", "12,50", reconcile.PayLine{Sense: 'D', Amount: -1250}, "said: a deduction is printed positive"},
		{"mois;nir;code;sens;montant", "D;", "-12,50", reconcile.PayLine{Sense: 'D', Amount: 1250}, "said: a deduction given back"},
		{"mois;nir;code;sens;montant", "P;", "-12,50", reconcile.PayLine{Sense: 'P', Amount: -1250}, "said: a payment taken back"},
		{"mois;nir;code;sens;montant", "I;", "-12,50", reconcile.PayLine{Sense: 'I', Amount: -1250}, "said: information keeps its sign"},
	} {
		got := readText(t, "flat", "2013-12", csv(c.names, "2013-12;1;R1;"+c.sense+c.amount))
		if len(got.payslips) != 1 || got.payslips[0].Lines[0].Sense != c.want.Sense || got.payslips[0].Lines[0].Amount != c.want.Amount {
			t.Errorf("%s: %+v, rejects %+v", c.reason, got.payslips, got.rejects)
		}
	}
}

func TestFlatCarriesOnlyTheColumnsItHas(t *testing.T) {
	got := readText(t, "flat", "2013-12", csv("mois;nir;grade;programme;code;montant", "2013-12;1;654321;176;R1;1,00"))
	want := reconcile.FieldSet(0).With(reconcile.FieldGrade).With(reconcile.FieldProgramme)
	if got.load.Carried != want || got.payslips[0].Agent.Carried != want {
		t.Errorf("carried %b and %b, want %b", got.load.Carried, got.payslips[0].Agent.Carried, want)
	}
	if a := got.payslips[0].Agent; a.Indice != reconcile.Absent || a.Service != "" {
		t.Errorf("agent %+v", a)
	}
}

func TestFlatUnknownColumnsAreReportedOnce(t *testing.T) {
	got := readText(t, "flat", "2013-12", csv("mois;nir;couleur;code;montant;âge du capitaine", "2013-12;1;vert;R1;1,00;50", "2013-12;1;bleu;R2;1,00;51"))
	if len(got.payslips) != 1 || len(got.payslips[0].Lines) != 2 {
		t.Errorf("unknown columns cut the payslip: %+v", got.payslips)
	}
	if len(got.warnings) != 1 || !strings.Contains(got.warnings[0], "2 colonne(s) inconnue(s)") || !strings.Contains(got.warnings[0], "« couleur », « âge du capitaine »") {
		t.Errorf("warnings %q", got.warnings)
	}
}

func TestFlatRowsMakePayslipsOfConsecutiveKeys(t *testing.T) {
	got := readText(t, "flat", "2013-12", csv("mois;nir;grade;code;montant",
		"2013-12;1;A;R1;1,00", "2013-12;1;A;R2;2,00", "2013-12;2;A;R1;4,00", "2013-12;1;A;R3;8,00", "2013-12;1;B;R4;16,00"))
	var shape []string
	for _, p := range got.payslips {
		shape = append(shape, p.Key+" "+p.Agent.Grade+" "+p.Sums.ToPay.String())
		if p.Whole {
			t.Errorf("%s is said to be whole", p.Key)
		}
	}
	if diff := cmp.Diff([]string{"1/ A 3.00", "2/ A 4.00", "1/ A 8.00", "1/ B 16.00"}, shape); diff != "" {
		t.Errorf("fragments (-want +got):\n%s", diff)
	}
	if len(got.warnings) != 1 || !strings.Contains(got.warnings[0], "1 fois, la situation") {
		t.Errorf("warnings %q", got.warnings)
	}
}

// TestFlatWithoutNIRFindsTheSenseInTheCode reads a made-up file that has every
// quirk of the real ones: unsigned amounts, NA, titles, totals, repeated codes,
// months of origin as dates, letters in codes, the month in two columns.
func TestFlatWithoutNIRFindsTheSenseInTheCode(t *testing.T) {
	content, err := os.ReadFile("testdata/plat-sans-nir-2013-12.csv")
	if err != nil {
		t.Fatal(err)
	}
	got := readText(t, "exemple-plat-sans-nir", "2013-12", content)
	if len(got.rejects) > 0 {
		t.Fatalf("rejects %+v", got.rejects)
	}
	if diff := cmp.Diff(reconcile.Sums{Lines: 15, ToPay: 257_544, ToDeduct: 21_917, Information: 45_030}, got.load.Sums); diff != "" {
		t.Errorf("sums (-want +got):\n%s", diff)
	}
	if got.load.Payslips != 2 || got.load.Aside != 5 {
		t.Errorf("%d payslips, %d lines aside", got.load.Payslips, got.load.Aside)
	}
	first, second := got.payslips[0], got.payslips[1]
	if first.Key != "?12/" || first.Agent.Surname != "NA" || first.Agent.FirstName != "ZOÉ" {
		t.Errorf("agent %+v", first.Agent)
	}
	overtime := first.Lines[2]
	want := reconcile.PayLine{Code: "1920", Sense: 'P', Amount: 20966, Origin: period(t, "2013-11"), Base: 11_000_000, Rate: 19_060_000}
	if diff := cmp.Diff(want, overtime); diff != "" {
		t.Errorf("overtime of an earlier month (-want +got):\n%s", diff)
	}
	if line := first.Lines[0]; line.Base != reconcile.NoFixed || line.Rate != reconcile.NoFixed {
		t.Errorf("NA is not absent: %+v", line)
	}
	if second.Key != "?34/" || len(second.Lines) != 4 {
		t.Errorf("second payslip %+v", second)
	}
}

// TestRealFlatLines reads real lines where they are at hand; what they taught
// is in TestFlatWithoutNIRFindsTheSenseInTheCode.
func TestRealFlatLines(t *testing.T) {
	const path = "../../../shared/data/lignes-de-paye-2011-01.csv"
	content, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		t.Skip("the real data is not at hand: " + path)
	}
	if err != nil {
		t.Fatal(err)
	}
	got := readText(t, "exemple-plat-sans-nir", "2011-01", content)
	want := reconcile.Sums{Lines: 35, ToPay: 541_509, ToDeduct: 57_486, Information: 63_482}
	if got.load.Payslips != 3 || got.load.Aside != 7 || got.load.Sums != want || len(got.rejects) != 0 {
		t.Errorf("%d payslips, %d aside, %+v, rejects %+v", got.load.Payslips, got.load.Aside, got.load.Sums, got.rejects)
	}
}
