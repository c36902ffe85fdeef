package budget_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bascule/reconcile"
	"bascule/reconcile/budget"
)

const (
	creditsHeader    = "exercice;programme;categorie;cas;nature;date;ae;cp;libelle;source\n"
	ceilingsHeader   = "exercice;programme;etpt;libelle;source\n"
	profileHeader    = "exercice;programme;categorie;mois;montant;etpt;entrees;sorties\n"
	streamsHeader    = "chantier;libelle;exercice;ae;cp;prevision_ae;prevision_cp\n"
	operationsHeader = "operation;chantier;nature;date;engagement;ae;cp;tiers;libelle\n"
	milestonesHeader = "jalon;chantier;prevu;realise;libelle\n"
	valuesHeader     = "annee;nature;etat;montant;libelle;source\n"
	oneStream        = streamsHeader + "R;Raccordement;2013;1000;1000;;\n"
)

// table is a CSV file, without quotes.
func table(name, text string) budget.Table {
	t := budget.Table{File: name}
	for i, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		row := budget.Row{Number: i + 1}
		for _, cell := range strings.Split(line, ";") {
			row.Cells = append(row.Cells, budget.Cell{Text: cell})
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func known(rows ...reconcile.BudgetRow) *budget.Known {
	return &budget.Known{Programmes: []string{"176", "216"}, Patterns: []string{"30?"}, Rows: rows}
}

// examine reads files named by their place, a.csv, b.csv…
func examine(k *budget.Known, texts ...string) *budget.Outcome {
	var tables []budget.Table
	for i, text := range texts {
		tables = append(tables, table(string(rune('a'+i))+".csv", text))
	}
	return budget.Examine(tables, k)
}

// kept numbers the rows of an outcome, as the store does.
func kept(t testing.TB, o *budget.Outcome) []reconcile.BudgetRow {
	t.Helper()
	for _, p := range o.Problems {
		t.Fatal(p)
	}
	for i := range o.Rows {
		o.Rows[i].ID, o.Rows[i].Import = int64(i+1), 1
	}
	return o.Rows
}

func TestWhatCannotBeIsRefusedWithItsFileLineAndRemedy(t *testing.T) {
	const columns = " — colonnes du fichier « credits » : exercice;programme;categorie;cas;nature;date;ae;cp;libelle;source;retrait"
	const kinds = " — la première ligne nomme les colonnes, comme dans les exemples que « bascule init » écrit dans le dossier budget : credits, plafonds, profil, chantiers, operations, jalons, valeur"
	const number = " — écrivez un nombre, deux décimales au plus, sans unité : 1234,56"
	for _, c := range []struct {
		reason string
		texts  []string
		want   []string
	}{
		{"a text where an amount must be", []string{creditsHeader + "2013;176;21;non;lfi;2013-01-01;mille;1000;;\n"},
			[]string{"a.csv:2: ae: n'est pas un nombre" + number}},
		{"an amount with its unit", []string{creditsHeader + "2013;176;21;non;lfi;2013-01-01;1 000 €;1 000 €;;\n"},
			[]string{"a.csv:2: ae: n'est pas un nombre" + number, "a.csv:2: cp: n'est pas un nombre" + number}},
		{"no amount", []string{creditsHeader + "2013;176;21;non;lfi;2013-01-01;;;;\n"},
			[]string{"a.csv:2: ae: est vide" + number, "a.csv:2: cp: est vide" + number}},
		{"three decimals", []string{ceilingsHeader + "2013;176;9,125;;\n"}, []string{"a.csv:2: etpt: a plus de deux décimales" + number}},
		{"a programme that nobody pays", []string{creditsHeader + "2013;177;21;non;lfi;2013-01-01;1;1;;\n"},
			[]string{"a.csv:2: programme: « 177 » est inconnu — les programmes connus sont ceux des extractions chargées et de vagues.csv : 176, 216, 30?"}},
		{"AE ≠ CP in title 2", []string{creditsHeader + "2013;176;21;non;lfi;2013-01-01;1000,00;999,99;;\n"},
			[]string{"a.csv:2: cp: n'est pas égal à l'AE, en titre 2 : 999.99 et 1000.00 — en dépenses de personnel, AE = CP (LOLF, article 8) : corrigez l'une des deux, ou la catégorie"}},
		{"a date of another year", []string{creditsHeader + "2013;176;;;lfr;2014-01-01;1;1;;\n"},
			[]string{"a.csv:2: date: n'est pas de l'exercice 2013 — corrigez l'exercice ou la date ; une LFI peut être de décembre de l'année précédente"}},
		{"a month of another year", []string{profileHeader + "2013;176;;2014-01;1;;;\n"}, []string{"a.csv:2: mois: n'est pas de l'exercice 2013 — corrigez l'exercice ou le mois"}},
		{"30 February", []string{creditsHeader + "2013;176;;;lfr;30/02/2013;1;1;;\n"}, []string{"a.csv:2: date: n'est pas une date possible — écrivez la date : 31/12/2013 ou 2013-12-31"}},
		{"an unknown nature", []string{creditsHeader + "2013;176;;;rallonge;2013-01-01;1;1;;\n"},
			[]string{"a.csv:2: nature: vaut « rallonge » — écrivez l'un de : lfi, report, lfr, virement, transfert, fonds de concours, decret d'avance, annulation, gel, degel"}},
		{"a freeze that adds", []string{creditsHeader + "2013;176;;;gel;2013-01-01;5;5;;\n"},
			[]string{"a.csv:2: ae: est positif : une ligne « gel » diminue les crédits — écrivez-le avec le signe moins : -1000,00",
				"a.csv:2: cp: est positif : une ligne « gel » diminue les crédits — écrivez-le avec le signe moins : -1000,00"}},
		{"a LFI that takes away", []string{creditsHeader + "2013;176;31;;lfi;2013-01-01;-5;5;;\n"},
			[]string{"a.csv:2: ae: est négatif : une ligne « lfi » augmente les crédits — écrivez-le sans signe, ou changez la nature : annulation, gel"}},
		{"the CAS of another title", []string{creditsHeader + "2013;176;31;oui;lfi;2013-01-01;1;2;;\n"}, []string{"a.csv:2: cas: n'a de sens qu'en titre 2 — laissez-le vide"}},
		{"a category that is none", []string{creditsHeader + "2013;176;24;;lfi;2013-01-01;1;1;;\n"},
			[]string{"a.csv:2: categorie: vaut « 24 » — écrivez 21, 22 ou 23, rien pour tout le titre 2, ou la catégorie d'un autre titre : 31, 51"}},
		{"a year of two digits", []string{ceilingsHeader + "13;176;1;;\n"}, []string{"a.csv:2: exercice: n'est pas une année possible — écrivez quatre chiffres : 2013"}},
		{"more jobs than can be counted", []string{ceilingsHeader + "2013;176;2000000000000;;\n"}, []string{"a.csv:2: etpt: dépasse dix millions d'emplois — écrivez un nombre d'emplois, pas un montant"}},
		{"a negative ceiling", []string{ceilingsHeader + "2013;176;-1;;\n"}, []string{"a.csv:2: etpt: est négatif — écrivez un montant positif"}},
		{"the same movement twice, in two files", []string{creditsHeader + "2013;176;;;lfr;2013-02-01;1;1;un;loi\n", creditsHeader + "2013;176;;;LFR;01/02/2013;2;2;deux;Loi\n"},
			[]string{"b.csv:2: ce mouvement du programme 176 (même exercice, catégorie, CAS, nature, date et source) est déjà donné(e) (a.csv, ligne 2) — gardez l'une des deux, ou réunissez leurs montants en une ligne"}},
		{"jobs in the category of contributions", []string{profileHeader + "2013;176;22;2013-01;1;10;;\n"},
			[]string{"a.csv:2: etpt: les emplois comptent une fois, pas dans chaque catégorie — donnez etpt, entrees et sorties sur la ligne de la catégorie 21"}},
		{"a profile both whole and split", []string{profileHeader + "2013;176;;2013-01;3;;;\n2013;176;21;2013-01;2;;;\n"},
			[]string{"a.csv:2: categorie: le profil du programme 176 en 2013-01 est donné à la fois en entier et par catégorie — gardez l'une des deux formes ; retirez les lignes déjà importées de l'autre (« oui » dans la colonne retrait)"}},
		{"an operation given twice", []string{oneStream, operationsHeader + "E1;R;engagement;2013-01-01;;5;;;\nE1;R;engagement;2013-01-02;;6;;;\n"},
			[]string{"b.csv:3: l'opération E1 est déjà donné(e) (ligne 2) — gardez l'une des deux, ou réunissez leurs montants en une ligne"}},
		{"an operation told again in other letters", []string{oneStream, operationsHeader + "E1;R;engagement;2013-01-01;;5;;;\ne 1;R;engagement;2013-01-01;;5;;;\nÉ1;R;engagement;2013-01-01;;5;;;\n"},
			[]string{"b.csv:4: operation: « É1 » ne diffère de « E1 » que par ses majuscules, accents ou espaces : elle compterait deux fois — reprenez le numéro déjà donné, ou donnez-en un autre"}},
		{"more withdrawn than was committed", []string{oneStream, operationsHeader + "E1;R;engagement;2013-01-01;;5;;;\nA1;R;engagement;2013-01-02;E1;-6;;;\n"},
			[]string{"b.csv:3: ae: l'engagement E1 deviendrait négatif : -1.00 — vérifiez ce qui diminue ce total, et son signe"}},
		{"more paid back than was paid", []string{oneStream, operationsHeader + "E1;R;engagement;2013-01-01;;5;;;\nP1;R;paiement;2013-01-02;E1;;4;;\nP2;R;paiement;2013-01-03;E1;;-5;;\n"},
			[]string{"b.csv:4: cp: les paiements de l'engagement E1 deviendraient négatifs : -1.00 — vérifiez ce qui diminue ce total, et son signe"}},
		{"a payment before its commitment", []string{oneStream, operationsHeader + "P1;R;paiement;2013-01-01;E1;;5;;\nE1;R;engagement;2013-01-02;;6;;;\n"},
			[]string{"b.csv:2: date: l'opération P1 est du 2013-01-01, avant l'engagement E1 qu'elle cite, du 2013-01-02 — corrigez l'une des deux dates : un paiement suit son engagement"}},
		{"a payment of nothing known", []string{oneStream, operationsHeader + "P1;R;paiement;2013-01-01;E1;;5;;\n"},
			[]string{"b.csv:2: engagement: cite « E1 », qui n'est pas une opération connue — donnez d'abord l'engagement, dans ce fichier ou un autre du même import"}},
		{"a payment that cites none", []string{oneStream, operationsHeader + "P1;R;paiement;2013-01-01;;;5;;\n"},
			[]string{"b.csv:2: engagement: est vide — citez l'engagement payé : aucun paiement sans engagement"}},
		{"a payment that pays a payment", []string{oneStream, operationsHeader + "E1;R;engagement;2013-01-01;;6;;;\nP1;R;paiement;2013-01-01;E1;;5;;\nP2;R;paiement;2013-01-01;P1;;5;;\n"},
			[]string{"b.csv:4: engagement: l'opération P2 cite P1, qui n'est pas un engagement — citez une opération de nature « engagement »"}},
		{"a payment of an amendment", []string{oneStream, operationsHeader + "E1;R;engagement;2013-01-01;;6;;;\nE2;R;engagement;2013-01-01;E1;1;;;\nP2;R;paiement;2013-01-01;E2;;5;;\n"},
			[]string{"b.csv:4: engagement: l'opération P2 cite E2, qui modifie elle-même l'engagement E1 — citez l'engagement d'origine"}},
		{"a payment of another workstream", []string{oneStream + "S;;2013;1;1;;\n", operationsHeader + "E1;R;engagement;2013-01-01;;6;;;\nP1;S;paiement;2013-01-01;E1;;5;;\n"},
			[]string{"b.csv:3: chantier: l'opération P1 est du chantier S, et l'engagement E1 qu'elle cite du chantier R — donnez le même chantier, ou laissez vide celui du paiement"}},
		{"a commitment that pays", []string{oneStream, operationsHeader + "E1;R;engagement;2013-01-01;;6;6;;\n"},
			[]string{"b.csv:2: cp: un engagement ne consomme que des AE — laissez cp vide ; le paiement est une opération à part, qui cite l'engagement"}},
		{"a withdrawal of what was never imported", []string{oneStream, operationsHeader + "E1;R;annulation;2013-01-01;;;;;\n"},
			[]string{"b.csv:2: operation: « E1 » n'a jamais été importée : il n'y a rien à annuler — vérifiez son numéro, ou retirez cette ligne"}},
		{"a ceiling withdrawn that was never imported", []string{"exercice;programme;etpt;retrait\n2013;176;;oui\n"},
			[]string{"a.csv:2: retrait: aucune ligne de même clé n'a été importée : il n'y a rien à retirer — reprenez la ligne telle qu'elle a été importée, et ajoutez « oui » dans la colonne retrait"}},
		{"a withdrawal that says neither yes nor no", []string{"exercice;programme;etpt;retrait\n2013;176;1;peut-être\n"},
			[]string{"a.csv:2: retrait: vaut « peut-être » — écrivez l'un de : oui, non"}},
		{"a workstream that no file describes", []string{oneStream, milestonesHeader + "J;Racordement;2013-01-01;;\n"},
			[]string{"b.csv:2: chantier: « Racordement » est inconnu — décrivez-le dans un fichier « chantiers », donné avec celui-ci ou importé avant ; connus : R"}},
		{"a gain without a name", []string{valuesHeader + "2013;gain;attendu;1;;\n"}, []string{"a.csv:2: libelle: est vide — dites ce que c'est : il distingue les lignes d'une même année"}},
		{"a loss", []string{valuesHeader + "2013;perte;attendu;1;x;\n"}, []string{"a.csv:2: nature: vaut « perte » — écrivez l'un de : gain, cout"}},
		{"a cell beyond the header", []string{ceilingsHeader + "2013;176;1;;;12\n"},
			[]string{"a.csv:2: la colonne F est remplie et n'a pas de nom — vérifiez les points-virgules de la ligne, et mettez entre guillemets un texte qui en contient"}},
		{"a misspelt column", []string{strings.Replace(creditsHeader, "nature", "natrue", 1) + "2013;176;;;lfr;2013-01-01;1;1;;\n"},
			[]string{"a.csv:1: en-tête: a une colonne inconnue : « natrue »" + columns}},
		{"a column that lacks", []string{"exercice;programme;nature;date;ae\n2013;176;lfr;2013-01-01;1\n"}, []string{"a.csv:1: en-tête: n'a pas la colonne « cp »" + columns}},
		{"a column given twice", []string{"exercice;programme;etpt;etpt\n2013;176;1;1\n"}, []string{"a.csv:1: en-tête: répète la colonne « etpt » — gardez l'une des deux"}},
		{"a file of something else", []string{"nom;prenom\nx;y\n"}, []string{"a.csv:1: en-tête: n'est celui d'aucun fichier du budget" + kinds}},
		{"columns between commas", []string{"exercice,programme,etpt\n2013,176,1\n", "exercice\tprogramme\tetpt\n2013\t176\t1\n"}, []string{"a.csv:1: en-tête: n'a aucun point-virgule entre ses colonnes — enregistrez le fichier avec des points-virgules comme séparateurs, ou donnez le classeur .xlsx",
			"b.csv:1: en-tête: n'a aucun point-virgule entre ses colonnes — enregistrez le fichier avec des points-virgules comme séparateurs, ou donnez le classeur .xlsx"}},
		{"an empty file", []string{"\n"}, []string{"a.csv: n'a pas d'en-tête" + kinds}},
		{"nothing under any header", []string{ceilingsHeader + "# 2013;176;1;;\n", creditsHeader},
			[]string{"a.csv: ne contient aucune ligne sous son en-tête, ni aucun autre fichier donné — écrivez au moins une ligne, sans # devant"}},
		{"problems of all files come together, in the order of files and lines", []string{ceilingsHeader + "2013;176;x;;\n2013;999;1;;\n", valuesHeader + "x;gain;attendu;1;x;\n"},
			[]string{"a.csv:2: etpt: n'est pas un nombre" + number,
				"a.csv:3: programme: « 999 » est inconnu — les programmes connus sont ceux des extractions chargées et de vagues.csv : 176, 216, 30?",
				"b.csv:2: annee: n'est pas une année possible — écrivez quatre chiffres : 2013"}},
	} {
		t.Run(c.reason, func(t *testing.T) {
			o := examine(known(), c.texts...)
			var got []string
			for _, p := range o.Problems {
				got = append(got, p.Error())
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
			if len(o.Rows) != 0 {
				t.Errorf("%d rows are to be kept all the same", len(o.Rows))
			}
		})
	}
}

func TestWhenNothingIsLoadedYetThatIsSaidFirst(t *testing.T) {
	o := examine(&budget.Known{Patterns: []string{"176"}}, ceilingsHeader+"x;176;1;;\n2013;216;1;;\n")
	if len(o.Problems) != 3 || o.Problems[0].Error() != "aucune extraction n'est encore chargée : les seuls programmes connus sont ceux de vagues.csv — chargez d'abord un mois (« bascule run »), puis relancez l'import" {
		t.Errorf("%v", o.Problems)
	}
	if o := examine(&budget.Known{Patterns: []string{"176"}}, ceilingsHeader+"x;176;1;;\n"); len(o.Problems) != 1 {
		t.Errorf("a year that is none has nothing to do with what is loaded: %v", o.Problems)
	}
}

func TestWhatIsWrongInTheSameWayIsToldOnceWithItsRows(t *testing.T) {
	rows := func(lines ...string) string { return ceilingsHeader + strings.Join(lines, "\n") + "\n" }
	sheet := table("b.xlsx", ceilingsHeader+"2013;176;dix;;\n2013;216;dix;;\n2014;176;1;;\n2014;216;dix;;\n")
	sheet.Sheet = "Plafonds"
	for i := range sheet.Rows {
		for j := range sheet.Rows[i].Cells {
			sheet.Rows[i].Cells[j].Kind = budget.Text
		}
	}
	sheet.Rows[3].Cells[2] = budget.Cell{Text: "1", Kind: budget.Number}
	const programmes = " est inconnu — les programmes connus sont ceux des extractions chargées et de vagues.csv : 176, 216, 30?"
	const number = "n'est pas un nombre — écrivez un nombre, deux décimales au plus, sans unité : 1234,56"
	var many []string
	for year := 1960; year < 2010; year += 2 {
		many = append(many, fmt.Sprintf("%d;176;x;;", year), fmt.Sprintf("%d;176;1;;", year+1))
	}
	for _, c := range []struct {
		reason string
		tables []budget.Table
		want   []string
	}{
		{"one value, four rows, where it is met first; another value by itself", []budget.Table{table("a.csv", rows("2013;999;1;;", "2013;998;1;;", "2014;999;1;;", "2015;999;1;;", "2016;999;1;;"))},
			[]string{"a.csv: lignes 2, 4 à 6: programme: « 999 »" + programmes, "a.csv:3: programme: « 998 »" + programmes}},
		{"two rows in a row, and another field of the same ones", []budget.Table{table("a.csv", rows("2013;999;x;;", "2014;999;x;;"))},
			[]string{"a.csv: lignes 2, 3: etpt: " + number, "a.csv: lignes 2, 3: programme: « 999 »" + programmes}},
		{"another file is told by itself", []budget.Table{table("a.csv", rows("2013;999;1;;")), table("b.csv", rows("2014;999;1;;", "2015;999;1;;"))},
			[]string{"a.csv:2: programme: « 999 »" + programmes, "b.csv: lignes 2, 3: programme: « 999 »" + programmes}},
		{"the cells of a sheet", []budget.Table{sheet},
			[]string{"b.xlsx: Plafonds!C2:C3, C5 (etpt): est un texte, pas un nombre — tapez le nombre dans la cellule, au format Nombre et sans unité"}},
		{"too many rows to cite", []budget.Table{table("a.csv", rows(many...))},
			[]string{"a.csv: lignes 2, 4, 6, 8, 10, 12, 14, 16, 18, 20 et 15 autre(s): etpt: " + number}},
	} {
		var got []string
		for _, e := range budget.Grouped(budget.Examine(c.tables, known()).Problems) {
			got = append(got, e.Error())
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", c.reason, diff)
		}
	}
}

func TestWhatPeopleWriteIsUnderstood(t *testing.T) {
	for _, c := range []struct {
		reason string
		texts  []string
		want   []string // contents kept
	}{
		{"French amounts, accents and capitals, a LFI of December", []string{"Exercice;Programme;Catégorie;CAS;Nature;Date;AE;CP;Libellé;Source\n2013;176;T2;;LFI;29/12/2012;1 234 567,89;1\u202f234\u00a0567,89;Loi;loi\n"},
			[]string{`{"exercice":2013,"programme":"176","categorie":"2","cas":"","nature":"lfi","date":"2012-12-29","ae":"1234567.89","cp":"1234567.89","libelle":"Loi","source":"loi"}`}},
		{"columns in another order, optional ones left out, a programme of vagues.csv", []string{"etpt;programme;exercice\n5 762,25;307;2013\n"},
			[]string{`{"exercice":2013,"programme":"307","etpt":"5762.25","libelle":"","source":""}`}},
		{"the ministry's ceiling, comments and blank rows", []string{ceilingsHeader + "# commentaire\n;;;;\n2013;;1;;\n"},
			[]string{`{"exercice":2013,"programme":"","etpt":"1.00","libelle":"","source":""}`}},
		{"another title: AE may differ from CP", []string{creditsHeader + "2013;216;31;;décret d’avance;2013-11-28;10;-5;;\n"},
			[]string{`{"exercice":2013,"programme":"216","categorie":"31","cas":"","nature":"decret d'avance","date":"2013-11-28","ae":"10.00","cp":"-5.00","libelle":"","source":""}`}},
		{"a month written the French way, jobs of a month", []string{profileHeader + "2013;176;21;12/2013;10;12,5;3;\n"},
			[]string{`{"exercice":2013,"programme":"176","categorie":"21","mois":"2013-12","montant":"10.00","etpt":"12.5000","entrees":"3.0000","sorties":"0.0000"}`}},
	} {
		o := examine(known(), c.texts...)
		var got []string
		for _, p := range o.Problems {
			got = append(got, p.Error())
		}
		for _, r := range o.Rows {
			got = append(got, r.Content)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", c.reason, diff)
		}
	}
}

func TestARowReadAgainChangesNothingAndAChangedOneCorrects(t *testing.T) {
	files := []string{oneStream, operationsHeader + "E1;R;engagement;2013-01-01;;500;;Éditeur;\nP1;R;paiement;2013-02-01;E1;;100;;\n", ceilingsHeader + "2013;176;10;;\n"}
	rows := kept(t, examine(known(), files...))
	if len(rows) != 4 {
		t.Fatalf("%d rows", len(rows))
	}
	again := examine(known(rows...), files...)
	if len(again.Problems)+len(again.Rows) != 0 || again.Unchanged != 4 || again.Read != 4 {
		t.Errorf("the same files say nothing new: %+v", again)
	}
	changed := examine(known(rows...), operationsHeader+"P1;R;paiement;2013-02-02;E1;;600;;\n")
	want := []budget.Change{{Kind: "operations", Key: "P1", File: "a.csv", Place: "2", Fields: []budget.FieldChange{{Field: "date", Old: "2013-02-01", New: "2013-02-02"}, {Field: "cp", Old: "100.00", New: "600.00"}}}}
	if diff := cmp.Diff(want, changed.Changes); diff != "" {
		t.Error(diff)
	}
	if changed.Rows[0].Replaces != rows[2].ID {
		t.Errorf("the correction replaces row %d, not %d", changed.Rows[0].Replaces, rows[2].ID)
	}
	if diff := cmp.Diff([]reconcile.BudgetAlert{{Code: "paid_above_committed", Scope: "E1", Amount: 10_000, Of: 50_000}}, changed.Alerts); diff != "" {
		t.Errorf("payments above the commitment are an alert: %s", diff)
	}
}

func TestACorrectionIsHeldAgainstWhatIsInForce(t *testing.T) {
	rows := kept(t, examine(known(), oneStream, operationsHeader+"E1;R;engagement;2013-01-01;;500;;;\nP1;R;paiement;2013-02-01;E1;;100;;\n"))
	for _, c := range []struct{ reason, text, want string }{
		{"a commitment moved after a payment that is in force", operationsHeader + "E1;R;engagement;2013-03-01;;500;;;\n",
			"a.csv:2: date: l'opération P1 est du 2013-02-01, avant l'engagement E1 qu'elle cite, du 2013-03-01 — corrigez l'une des deux dates : un paiement suit son engagement"},
		{"a commitment withdrawn under its payment", operationsHeader + "E1;R;annulation;2013-03-01;;;;;\n",
			"a.csv:2: engagement: l'opération P1 cite l'engagement E1, qui est annulé — annulez aussi les opérations qui le citent, ou faites-leur citer un autre engagement"},
		{"both withdrawn together", operationsHeader + "E1;R;annulation;2013-03-01;;;;;\nP1;R;annulation;2013-03-01;;;;;\n", ""},
		{"a payment of a commitment in force", operationsHeader + "P2;;paiement;2013-03-01;E1;;1;;\n", ""},
	} {
		o := examine(known(rows...), c.text)
		got := ""
		for _, p := range o.Problems {
			got += p.Error()
		}
		if got != c.want {
			t.Errorf("%s: got %q", c.reason, got)
		}
	}
}

func TestAProfileChangesFormOnceTheFormerRowsAreSetToNought(t *testing.T) {
	rows := kept(t, examine(known(), profileHeader+"2013;176;;2013-01;3;1;;\n"))
	split := "2013;176;21;2013-01;2;1;;\n2013;176;22;2013-01;1;;;\n"
	if o := examine(known(rows...), profileHeader+split); len(o.Problems) != 1 {
		t.Errorf("both forms would count: %+v", o.Problems)
	}
	if o := examine(known(rows...), profileHeader+"2013;176;;2013-01;0;;;\n"+split); len(o.Problems) != 0 || len(o.Rows) != 3 {
		t.Errorf("the remedy that the refusal gives must work: %v", o.Problems)
	}
}

func TestAnyRowIsWithdrawnByTellingItAgainWithTheMark(t *testing.T) {
	given := []string{
		creditsHeader + "2013;176;;;lfi;2013-01-01;5;5;Loi;loi\n", ceilingsHeader + "2013;176;10;;\n", profileHeader + "2013;176;;2013-01;3;1;;\n", oneStream,
		operationsHeader + "E1;R;engagement;2013-01-01;;5;;;\n", milestonesHeader + "J;R;2013-01-01;;\n", valuesHeader + "2013;gain;mesure;9;Équipe;s\n",
	}
	rows := kept(t, examine(known(), given...))
	marked := make([]string, len(given))
	for i, text := range given { // as they were imported, the mark added at the end
		lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
		marked[i] = lines[0] + ";Retrait\n" + lines[1] + ";Oui\n"
	}
	o := examine(known(rows...), marked...)
	if len(o.Problems) != 0 || len(o.Rows) != len(given) {
		t.Fatalf("%d rows, %v", len(o.Rows), o.Problems)
	}
	for i := range o.Changes {
		c := &o.Changes[i]
		if c.Kind == reconcile.BudgetOperations {
			continue // it becomes of nature annulation
		}
		if diff := cmp.Diff([]budget.FieldChange{{Field: "retrait", New: "oui"}}, c.Fields); diff != "" || !c.Withdrawn {
			t.Errorf("%s: %s", c.Kind, diff)
		}
	}
	for i := range o.Rows {
		if o.Rows[i].Replaces == 0 {
			t.Errorf("%s replaces nothing", o.Rows[i].Kind)
		}
		o.Rows[i].ID = int64(100 + i)
	}
	b, err := reconcile.BudgetOf(o.Rows)
	if err != nil || len(b.Credits)+len(b.Ceilings)+len(b.Profile)+len(b.Workstreams)+len(b.Milestones)+len(b.Values) != 0 || b.Operations[0].Nature != reconcile.OperationWithdrawn {
		t.Errorf("nothing is left: %+v, %v", b, err)
	}
	if again := examine(known(o.Rows...), marked...); again.Unchanged != len(given) || len(again.Problems) != 0 {
		t.Errorf("the same withdrawals again: %+v", again)
	}
	otherwise := make([]string, len(marked))
	for i, text := range marked { // a withdrawn row says nothing by its label
		otherwise[i] = strings.NewReplacer(";Loi;", ";Autre loi;", ";Raccordement;", ";Raccordé;", ";s;", ";t;").Replace(text)
	}
	if again := examine(known(o.Rows...), otherwise...); again.Unchanged != len(given) || len(again.Rows)+len(again.Problems) != 0 {
		t.Errorf("the same withdrawals with other labels: %+v", again)
	}
	if back := examine(known(o.Rows...), given...); len(back.Problems) != 0 || len(back.Rows) != len(given) || back.Rows[0].Content != rows[0].Content {
		t.Errorf("what is told again without the mark counts again: %+v", back)
	}
}

func TestAWorkstreamIsNotWithdrawnUnderItsOperations(t *testing.T) {
	rows := kept(t, examine(known(), oneStream+"R;Raccordement;2014;1;1;;\n", operationsHeader+"E1;R;engagement;2013-01-01;;5;;;\n"))
	const header = "chantier;libelle;exercice;ae;cp;retrait\n"
	if o := examine(known(rows...), header+"R;;2013;;;oui\n"); len(o.Problems) != 0 {
		t.Errorf("another year still describes it: %v", o.Problems)
	}
	both := header + "R;;2013;;;oui\nR;;2014;;;oui\n"
	if o := examine(known(rows...), both); len(o.Problems) != 2 || !strings.Contains(o.Problems[0].Error(), "est encore cité par l'opération E1") {
		t.Errorf("E1 would belong to nothing: %v", o.Problems)
	}
	if o := examine(known(rows...), both, operationsHeader+"E1;R;annulation;2013-01-01;;;;;\n"); len(o.Problems) != 0 {
		t.Errorf("withdrawn with it: %v", o.Problems)
	}
}

func TestAMeasureOfNothingIsToldWhenItIsImported(t *testing.T) {
	rows := kept(t, examine(known(), valuesHeader+"2014;gain;attendu;9;Équipe;s\n"))
	o := examine(known(rows...), valuesHeader+"2014;gain;mesure;0;Équipe;s\n")
	if diff := cmp.Diff([]reconcile.BudgetAlert{{Code: reconcile.AlertGainNought, Scope: "2014", Amount: 900}}, o.Alerts); diff != "" || len(o.Rows) != 1 {
		t.Error(diff)
	}
}

func TestAnOldFileThatBringsBackWhatWasCorrectedIsTold(t *testing.T) {
	version := func(id, replaces int64, at, etpt string) reconcile.BudgetRow {
		of := kept(t, examine(known(), ceilingsHeader+"2013;176;"+etpt+";;\n"))[0]
		of.ID, of.Replaces, of.At = id, replaces, at
		return of
	}
	history := []reconcile.BudgetRow{version(1, 0, "2013-01-01T00:00:00Z", "10"), version(2, 1, "2013-02-01T00:00:00Z", "11"), version(3, 2, "2013-03-01T00:00:00Z", "12")}
	for _, c := range []struct {
		reason, etpt string
		want         *budget.Return
	}{
		{"the first version", "10", &budget.Return{At: "2013-01-01T00:00:00Z", Corrected: "2013-02-01T00:00:00Z"}},
		{"the second one", "11", &budget.Return{At: "2013-02-01T00:00:00Z", Corrected: "2013-03-01T00:00:00Z"}},
		{"a new one", "13", nil},
	} {
		o := examine(&budget.Known{Programmes: []string{"176"}, Rows: history[2:], History: history}, ceilingsHeader+"2013;176;"+c.etpt+";;\n")
		if len(o.Problems) != 0 || len(o.Changes) != 1 {
			t.Fatalf("%s: %+v", c.reason, o)
		}
		if diff := cmp.Diff(c.want, o.Changes[0].Returns); diff != "" {
			t.Errorf("%s: %s", c.reason, diff)
		}
	}
	twice := append(history, version(4, 3, "2013-04-01T00:00:00Z", "10"), version(5, 4, "2013-05-01T00:00:00Z", "12"))
	o := examine(&budget.Known{Programmes: []string{"176"}, Rows: twice[4:], History: twice}, ceilingsHeader+"2013;176;10;;\n")
	if diff := cmp.Diff(&budget.Return{At: "2013-04-01T00:00:00Z", Corrected: "2013-05-01T00:00:00Z"}, o.Changes[0].Returns); diff != "" {
		t.Errorf("the last time it was in force: %s", diff)
	}
}

func TestACreditThatDiffersByItsSourceAloneIsDoubted(t *testing.T) {
	rows := kept(t, examine(known(), creditsHeader+"2013;176;;;lfr;2013-08-01;5;5;Loi;loi 2013-1\n"))
	o := examine(known(rows...), creditsHeader+"2013;176;;;lfr;2013-08-01;5;5;Loi;loi n° 2013-1\n2013;176;;;lfr;2013-08-01;6;6;Loi;autre\n")
	if len(o.Problems) != 0 || len(o.Rows) != 2 || len(o.Doubts) != 1 || o.Doubts[0].Former != rows[0].Key {
		t.Errorf("it counts twice, and is told: %+v", o)
	}
}

func TestCreditsThatMayCountTwiceAreDoubted(t *testing.T) {
	const lfi = "2013;176;;;lfi;2013-01-01;5;5;LFI;\n"
	for _, c := range []struct {
		reason, first, then string
		doubts              int
	}{
		{"the LFI again, its date corrected", lfi, "2013;176;;;lfi;2012-12-29;5;5;LFI;\n", 1},
		{"the LFI again, its date and its amount corrected", lfi, "2013;176;;;lfi;2012-12-29;6;6;LFI;\n", 1},
		{"the LFI whole, then split by category", lfi, "2013;176;21;;lfi;2013-01-01;3;3;LFI;\n2013;176;22;;lfi;2013-01-01;2;2;LFI;\n", 2},
		{"the LFI of a category, then cut by CAS", "2013;176;22;;lfi;2013-01-01;5;5;;\n", "2013;176;22;oui;lfi;2013-01-01;4;4;;\n", 1},
		{"the LFI split, the whole set to nought as told", lfi, "2013;176;;;lfi;2013-01-01;0;0;LFI;\n2013;176;21;;lfi;2013-01-01;5;5;LFI;\n", 0},
		{"another category of the LFI", "2013;176;21;;lfi;2013-01-01;5;5;;\n", "2013;176;22;;lfi;2013-01-01;5;5;;\n", 0},
		{"another programme's LFI, and another title's", lfi, "2013;216;;;lfi;2013-01-01;5;5;;\n2013;176;31;;lfi;2013-01-01;5;5;;\n", 0},
		{"a transfer of the same amount, its date corrected", "2013;176;;;virement;2013-03-01;5;5;;arrêté\n", "2013;176;;;virement;2013-03-02;5;5;;arrêté\n", 1},
		{"two transfers of different amounts", "2013;176;;;virement;2013-03-01;5;5;;\n", "2013;176;;;virement;2013-04-01;6;6;;\n", 0},
	} {
		rows := kept(t, examine(known(), creditsHeader+c.first))
		if o := examine(known(rows...), creditsHeader+c.then); len(o.Problems) != 0 || len(o.Doubts) != c.doubts {
			t.Errorf("%s: %d doubts, problems %v", c.reason, len(o.Doubts), o.Problems)
		}
	}
	if o := examine(known(), creditsHeader+lfi+"2013;176;21;;lfi;2013-01-01;5;5;;\n"); len(o.Doubts) != 1 {
		t.Errorf("whole and split in one file: %d doubts", len(o.Doubts))
	}
}

func TestSheetsKnowNumbersFromTexts(t *testing.T) {
	header := budget.Row{Number: 3}
	for _, name := range strings.Split("exercice;programme;nature;date;ae;cp", ";") {
		header.Cells = append(header.Cells, budget.Cell{Text: name, Kind: budget.Text})
	}
	for _, c := range []struct {
		reason       string
		date, ae, cp budget.Cell
		want         string // the amount kept, or the problem
	}{
		{"numbers, and a day", budget.Cell{Text: "2013-01-01", Kind: budget.Day}, budget.Cell{Text: "1234.5", Kind: budget.Number}, budget.Cell{Text: "1.2345E3", Kind: budget.Number}, "1234.50"},
		{"the noise of a sum: 0.1 + 0.2", budget.Cell{Text: "2013-01-01", Kind: budget.Day}, budget.Cell{Text: "0.30000000000000004", Kind: budget.Number}, budget.Cell{Text: "0.29999999999999999", Kind: budget.Number}, "0.30"},
		{"an amount typed as a text", budget.Cell{Text: "2013-01-01", Kind: budget.Day}, budget.Cell{Text: "1234,50", Kind: budget.Text}, budget.Cell{Text: "1234.5", Kind: budget.Number},
			"b.xlsx: Crédits!E4 (ae): est un texte, pas un nombre — tapez le nombre dans la cellule, au format Nombre et sans unité"},
		{"a fraction of a centime", budget.Cell{Text: "2013-01-01", Kind: budget.Day}, budget.Cell{Text: "1234.505", Kind: budget.Number}, budget.Cell{Text: "1234.5", Kind: budget.Number},
			"b.xlsx: Crédits!E4 (ae): a plus de deux décimales — écrivez un nombre, deux décimales au plus, sans unité : 1234,56"},
		{"a number beyond all credits", budget.Cell{Text: "2013-01-01", Kind: budget.Day}, budget.Cell{Text: "1E300", Kind: budget.Number}, budget.Cell{Text: "1234.5", Kind: budget.Number},
			"b.xlsx: Crédits!E4 (ae): n'est pas un nombre — écrivez un nombre, deux décimales au plus, sans unité : 1234,56"},
		{"a date where an amount must be", budget.Cell{Text: "2013-01-01", Kind: budget.Day}, budget.Cell{Text: "2013-01-01", Kind: budget.Day}, budget.Cell{Text: "1", Kind: budget.Number},
			"b.xlsx: Crédits!E4 (ae): est une date, pas un nombre — tapez le nombre dans la cellule, au format Nombre et sans unité"},
		{"a percentage where an amount must be: 50 % is no 0.50 €", budget.Cell{Text: "2013-01-01", Kind: budget.Day}, budget.Cell{Text: "0.5", Kind: budget.Percent}, budget.Cell{Text: "0.5", Kind: budget.Number},
			"b.xlsx: Crédits!E4 (ae): est un pourcentage, pas un nombre — tapez le nombre dans la cellule, au format Nombre et sans unité"},
		{"a number where a date must be", budget.Cell{Text: "41275", Kind: budget.Number}, budget.Cell{Text: "1", Kind: budget.Number}, budget.Cell{Text: "1", Kind: budget.Number},
			"b.xlsx: Crédits!D4 (date): est un nombre, pas une date — écrivez la date : 31/12/2013 ou 2013-12-31"},
		{"an error", budget.Cell{Text: "2013-01-01", Kind: budget.Day}, budget.Cell{Text: "#REF!", Kind: budget.Unreadable}, budget.Cell{Text: "1", Kind: budget.Number},
			"b.xlsx: Crédits!E4 (ae): contient une erreur ou une formule sans résultat — tapez le nombre dans la cellule, au format Nombre et sans unité"},
	} {
		row := budget.Row{Number: 4, Cells: []budget.Cell{{Text: "2013", Kind: budget.Number}, {Text: "176", Kind: budget.Number}, {Text: "LFI", Kind: budget.Text}, c.date, c.ae, c.cp}}
		o := budget.Examine([]budget.Table{{File: "b.xlsx", Sheet: "Crédits", Rows: []budget.Row{header, row}}}, known())
		got := ""
		for _, p := range o.Problems {
			got += p.Error()
		}
		for _, r := range o.Rows {
			b, err := reconcile.BudgetOf(o.Rows)
			if err != nil || r.Place != "Crédits!4" {
				t.Fatal(err, r)
			}
			got += fmt.Sprint(b.Credits[0].AE)
		}
		if got != c.want {
			t.Errorf("%s: got %q", c.reason, got)
		}
	}
}

func TestRowsOfEveryKindAreReadBackAsTheyWereWritten(t *testing.T) {
	rows := kept(t, examine(known(), creditsHeader+"2013;176;21;oui;gel;2013-05-01;-5,01;-5,01;a|b;x\\y\n", ceilingsHeader+"2013;176;0,01;;\n", profileHeader+"2013;176;;2013-01;1;0,33;1,5;0,25\n",
		oneStream, operationsHeader+"E|1;R;engagement;2013-01-01;;5;;T;L\n", milestonesHeader+"J;R;2013-01-01;2013-02-01;L\n", valuesHeader+"2013;Coût;Mesuré;9;Équipe;s\n"))
	got, err := reconcile.BudgetOf(rows)
	if err != nil {
		t.Fatal(err)
	}
	january := period(t, "2013-01")
	want := &reconcile.Budget{Import: 1,
		Credits:     []reconcile.Credit{{Year: 2013, Programme: "176", Category: "21", CAS: "oui", Nature: "gel", Date: "2013-05-01", AE: -501, CP: -501, Label: "a|b", Source: `x\y`}},
		Ceilings:    []reconcile.Ceiling{{Year: 2013, Programme: "176", Jobs: 1200}},
		Profile:     []reconcile.ProfileMonth{{Year: 2013, Programme: "176", Category: "2", Month: january, Amount: 100, Jobs: 3300, Entries: 15_000, Exits: 2500}},
		Workstreams: []reconcile.Workstream{{ID: "R", Label: "Raccordement", Year: 2013, AE: 100_000, CP: 100_000}},
		Operations:  []reconcile.Operation{{ID: "E|1", Workstream: "R", Nature: "engagement", Date: "2013-01-01", AE: 500, Third: "T", Label: "L"}},
		Milestones:  []reconcile.Milestone{{ID: "J", Workstream: "R", Planned: "2013-01-01", Met: "2013-02-01", Label: "L"}},
		Values:      []reconcile.ValueRow{{Year: 2013, Nature: "cout", State: "mesure", Amount: 900, Label: "Équipe", Source: "s"}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if rows[0].Key != `2013|176|21|oui|gel|2013-05-01|x\\y` || rows[4].Key != `E\|1` {
		t.Errorf("keys keep their fields apart: %s, %s", rows[0].Key, rows[4].Key)
	}
}
