package extract

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bascule/reconcile"
)

const (
	pesNamespace = "http://www.minefi.gouv.fr/cp/helios/pes_v2/paye_1_1"

	pesAgent = `<Agent><Civilite V="M"/><Nom V="D'EXEMPLE"/><Prenom V="CAMILLE"/><Matricule V = "196 N"/><NIR  V="160017500000142"/>` +
		`<NbEnfants V="3"/><Statut V="STAGIAIRE"/><EmploiMetier V="AGENT"/><Grade V="654321"/><Echelon V="0007"/><Indice V="467"/></Agent>`
	pesSituation = `<Evenement><Code V="MOR"/></Evenement><Service V="ASS SECTEUR 3"/><NBI V="25"/><NBI V="10"/><QuotiteTrav V="85.71"/>`
	pesLine      = `<TraitBrut><Libelle V="TRAITEMENT"/><Code V="011N"/><Mt V="2162.34"/></TraitBrut>`
)

// pes wraps payslips into a file of December 2013.
func pes(payslips ...string) []byte {
	return []byte(fmt.Sprintf("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<astre:DocumentPaye xmlns:astre=%q>\n<Annee V = \"2013\"/><Mois V=\"12\"/>\n<Employeur><Nom V=\"MAIRIE\"/><Siret V=\"123\"/></Employeur>\n<DonneesIndiv><Etablissement><Nom V=\"AUTRE\"/></Etablissement>\n%s\n</DonneesIndiv></astre:DocumentPaye>\n",
		pesNamespace, strings.Join(payslips, "\n")))
}

func pesPayslip(agent, situation, lines, totals string) string {
	return "<PayeIndivMensuel>" + agent + situation + "<Remuneration>" + lines + "</Remuneration>" + totals + "</PayeIndivMensuel>"
}

// oneLine reads a file of one payslip of one line.
func oneLine(t testing.TB, line string) readFile {
	t.Helper()
	return readText(t, "pes-paye", "2013-12", pes(pesPayslip(pesAgent, pesSituation, line, "")))
}

func TestPesElementsBecomeAPayslip(t *testing.T) {
	lines := pesLine +
		`<Indemnite><Libelle V="PRIME"/><Code V="230N"/><Taux V="13.500"/><NbUnite V="2422.44"/><Mt V="327.02"/><Ordre V="1"/></Indemnite>` +
		`<Deduction><Code V="804C"/><Taux V="-6.650"/><Mt V="184.4"/></Deduction>` +
		`<Cotisation><Code V="807C"/><Base V="3651.46"/><NbUnite V="1"/><Mt V="-58"/></Cotisation>` +
		`<Rappel><Code V="011N"/><Mt V="-12.05"/><PeriodeRef><DateDebut V="2013-10-01"/><DateFin V="2013-10-31"/></PeriodeRef></Rappel>` +
		`<Commentaire><Libelle V="BONNE ANNEE"/></Commentaire>`
	got := readText(t, "pes-paye", "2013-12", pes(pesPayslip(pesAgent, pesSituation, lines, `<MtBrut V="1"/><MtNetAPayer V="2292.91"/>`)))
	december := period(t, "2013-12")
	carried := reconcile.FieldSet(0)
	for _, f := range []reconcile.Field{reconcile.FieldGrade, reconcile.FieldEchelon, reconcile.FieldIndice, reconcile.FieldNBI, reconcile.FieldQuotite, reconcile.FieldChildren, reconcile.FieldService, reconcile.FieldStatus} {
		carried = carried.With(f)
	}
	want := reconcile.Payslip{
		Line: 6, Key: "1600175000001/", Period: december, Whole: true,
		Agent: reconcile.Agent{NIR: "1600175000001", NIRKey: "42", Matricule: "196 N", Surname: "D'EXEMPLE", FirstName: "CAMILLE", Grade: "654321", Echelon: "7",
			Indice: 467, NBI: 25, Quotite: 8571, Children: 3, Service: "ASS SECTEUR 3", Status: "S", Carried: carried},
		Lines: []reconcile.PayLine{
			{Code: "011N", Sense: 'P', Amount: 216234, Origin: december, Base: reconcile.NoFixed, Rate: reconcile.NoFixed},
			{Code: "230N", Sense: 'P', Amount: 32702, Origin: december, Base: 2422_440_000, Rate: 13_500_000},
			{Code: "804C", Sense: 'D', Amount: -18440, Origin: december, Base: reconcile.NoFixed, Rate: -6_650_000},
			{Code: "807C", Sense: 'I', Amount: -5800, Origin: december, Base: 3651_460_000, Rate: reconcile.NoFixed},
			{Code: "011N", Sense: 'P', Amount: -1205, Origin: period(t, "2013-10"), Base: reconcile.NoFixed, Rate: reconcile.NoFixed},
		},
		Declared: reconcile.Declared{Net: reconcile.Some(229291)},
		Sums:     reconcile.Sums{Lines: 5, ToPay: 247731, ToDeduct: 18440, Information: -5800},
	}
	if diff := cmp.Diff([]reconcile.Payslip{want}, got.payslips); diff != "" {
		t.Errorf("payslip (-want +got):\n%s", diff)
	}
	if got.load.Ministry != "MAIRIE" || got.load.Sender != "123" || got.load.Aside != 1 || len(got.rejects) > 0 {
		t.Errorf("load %+v, rejects %+v", got.load, got.rejects)
	}
	if diff := cmp.Diff([]string{"1 ligne(s) de titre ou de total mises à part"}, got.warnings); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
}

func TestPesGroupsTellTheSense(t *testing.T) {
	for group, want := range map[string]reconcile.Sense{
		"TraitBrut": 'P', "IndemResid": 'P', "SupFam": 'P', "AvantageNature": 'P', "Indemnite": 'P', "RemDivers": 'P', "Rappel": 'P',
		"Deduction": 'D', "Acompte": 'D', "Retenue": 'D', "Cotisation": 'I',
	} {
		got := oneLine(t, "<"+group+`><Code V="1"/><Mt V="1.5"/></`+group+">")
		if len(got.payslips) != 1 || len(got.payslips[0].Lines) != 1 || got.payslips[0].Lines[0].Sense != want {
			t.Errorf("%s: %+v %+v", group, got.payslips, got.rejects)
		}
	}
}

// TestPesVendorsAreAllRead: what real files do to tidy readers.
func TestPesVendorsAreAllRead(t *testing.T) {
	normal := string(pes(pesPayslip(pesAgent, pesSituation, pesLine, "")))
	for _, c := range []struct {
		reason, from, to string
	}{
		{"the older namespace", pesNamespace, "http://www.minefi.gouv.fr/cp/helios/pes"},
		{"another prefix", "astre:", "n:"},
		{"no prefix", "astre:DocumentPaye xmlns:astre", "DocumentPaye xmlns"},
		{"a month padded with a zero", `<Mois V="12"/>`, `<Mois V="12" />`},
		{"no service", `<Service V="ASS SECTEUR 3"/>`, ``},
		{"an empty grade", `<Grade V="654321"/>`, `<Grade V = ""/>`},
		{"no status", `<Statut V="STAGIAIRE"/>`, ``},
		{"an agent after the lines", pesAgent + pesSituation + "<Remuneration>" + pesLine + "</Remuneration>", "<Remuneration>" + pesLine + "</Remuneration>" + pesSituation + pesAgent},
		{"elements written in full", `<Mt V="2162.34"/>`, `<Mt V="2162.34"></Mt>`},
		{"other quotes", `<Mt V="2162.34"/>`, `<Mt V='2162.34'/>`},
		{"a comment inside", pesLine, "<!-- ligne -->" + pesLine},
	} {
		text := strings.Replace(normal, c.from, c.to, 1)
		if c.from == "astre:" {
			text = strings.NewReplacer("astre:", "n:", "xmlns:astre", "xmlns:n").Replace(normal)
		}
		if c.from == "astre:DocumentPaye xmlns:astre" {
			text = strings.NewReplacer("astre:DocumentPaye xmlns:astre", "DocumentPaye xmlns", "/astre:", "/").Replace(normal)
		}
		if text == normal {
			t.Fatalf("%s: nothing replaced", c.reason)
		}
		got := readText(t, "pes-paye", "2013-12", []byte(text))
		if len(got.payslips) != 1 || got.load.Sums != (reconcile.Sums{Lines: 1, ToPay: 216234}) || len(got.rejects) > 0 || got.payslips[0].Agent.Surname != "D'EXEMPLE" {
			t.Errorf("%s: %+v %+v", c.reason, got.payslips, got.rejects)
		}
	}
}

func TestPesMonthMayHaveOneDigit(t *testing.T) {
	for _, month := range []string{"1", "01"} {
		text := strings.Replace(string(pes(pesPayslip(pesAgent, pesSituation, pesLine, ""))), `<Mois V="12"/>`, `<Mois V="`+month+`"/>`, 1)
		if got := readText(t, "pes-paye", "2013-01", []byte(text)); len(got.payslips) != 1 {
			t.Errorf("month %q: %+v", month, got)
		}
	}
}

func TestPesPayslipWithoutLinesIsLoadedAndTold(t *testing.T) {
	got := readText(t, "pes-paye", "2013-12", pes("<PayeIndivMensuel>"+pesAgent+`<MtNetAPayer V="100"/></PayeIndivMensuel>`, pesPayslip(strings.Replace(pesAgent, "42", "43", 1), "", pesLine, `<MtNetAPayer V="2162.34"/>`)))
	if len(got.payslips) != 2 || len(got.payslips[0].Lines) != 0 || got.payslips[0].Declared.Net != reconcile.Some(10000) {
		t.Fatalf("payslips %+v", got.payslips)
	}
	want := []string{
		"1 bulletin(s) sans aucune ligne de paye",
	}
	if diff := cmp.Diff(want, got.warnings); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
}

func TestPesEncodingIsTheOneDeclared(t *testing.T) {
	text := strings.NewReplacer("UTF-8", "ISO-8859-15", "D'EXEMPLE", "ŒUVRÉ").Replace(string(pes(pesPayslip(pesAgent, "", pesLine, ""))))
	got := readText(t, "pes-paye", "2013-12", latin9(t, text))
	if got.payslips[0].Agent.Surname != "ŒUVRÉ" {
		t.Errorf("surname %q", got.payslips[0].Agent.Surname)
	}
}

// TestPesRejectKeepsTheBytesOfTheFile: the decoder works on UTF-8, the reject
// gives back what stands in the file.
func TestPesRejectKeepsTheBytesOfTheFile(t *testing.T) {
	line := `<Indemnite><Libelle V="INDEMNITÉ"/><Code V="1"/><Mt V="x"/></Indemnite>`
	text := strings.Replace(string(pes(pesPayslip(pesAgent, "", pesLine+"\n"+line, ""))), "UTF-8", "ISO-8859-15", 1)
	got := readText(t, "pes-paye", "2013-12", latin9(t, text))
	if len(got.rejects) != 1 || string(got.rejects[0].Raw) != string(latin9(t, line)) {
		t.Fatalf("rejects %+v", got.rejects)
	}
	if r := got.rejects[0]; r.Line != 7 || r.Record != "Indemnite" || r.Field.String() != "Mt" {
		t.Errorf("reject %+v", r)
	}
}

// TestRealPesPayslip reads a real file where it is at hand.
func TestRealPesPayslip(t *testing.T) {
	const path = "../../../shared/data/pes-paye-one-payslip.xhl"
	content, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		t.Skip("the real data is not at hand: " + path)
	}
	if err != nil {
		t.Fatal(err)
	}
	got := readText(t, "pes-paye", "2008-01", content)
	want := reconcile.Sums{Lines: 33, ToPay: 365_146, ToDeduct: 92_742, Information: 146_236}
	if got.load.Sums != want || len(got.rejects) > 0 || got.payslips[0].Declared.Net != reconcile.Some(288_433) {
		t.Errorf("%+v %+v", got.load.Sums, got.rejects)
	}
	if len(got.warnings) != 0 {
		t.Errorf("warnings %q", got.warnings)
	}
}
