package extract

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bascule/reconcile"
)

func TestShippedLayoutsAreWhole(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join(layoutsFolder, "*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	shapesSeen := map[string]bool{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		l, err := ParseLayout(path, text)
		if err != nil {
			t.Error(err)
			continue
		}
		sum := sha256.Sum256(text)
		if l.Name+".yaml" != filepath.Base(path) || l.Title == "" || l.Hash != hex.EncodeToString(sum[:]) {
			t.Errorf("%s: name %q, title %q, hash %s", path, l.Name, l.Title, l.Hash)
		}
		shapesSeen[l.Shape] = true
	}
	for _, name := range []string{"psop", "sipaye", "flat"} {
		if l := shippedLayout(t, name); l.Carried != reconcile.AllFields {
			t.Errorf("%s carries %b", name, l.Carried)
		}
	}
	for _, s := range shapes {
		if !shapesSeen[s] {
			t.Errorf("no layout is shipped of shape %s", s)
		}
	}
}

func TestAssumedLayoutsSaySoInTheirFirstLine(t *testing.T) {
	for _, name := range []string{"psop", "sipaye"} {
		text, err := os.ReadFile(filepath.Join(layoutsFolder, name+".yaml"))
		if err != nil {
			t.Fatal(err)
		}
		if first, _, _ := strings.Cut(string(text), "\n"); !strings.Contains(first, "HYPOTHÈSE") {
			t.Errorf("%s begins with %q", name, first)
		}
	}
}

const smallLayout = `name: essai
title: Essai
shape: records
encoding: utf-8
type: "1"
sense:
  - { by: always, sense: P }
records:
  - record: E
    is: header
    fields:
      - { name: period, at: "2-7", form: AAAAMM }
  - record: A
    is: agent
    fields:
      - { name: nir, at: "2-14" }
      - { name: indice, at: "15-18" }
  - record: L
    is: line
    fields:
      - { name: code, at: "2-7" }
      - { name: amount, at: "8-18", decimals: 2, sign_at: "19" }
`

// TestLayoutErrorsTellTheLineAndTheRemedy changes one thing of a good layout at
// a time.
func TestLayoutErrorsTellTheLineAndTheRemedy(t *testing.T) {
	if _, err := ParseLayout("essai.yaml", []byte(smallLayout)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ from, to, want, reason string }{
		{"name: essai", "nom: essai", "essai.yaml:1: nom: clé inconnue — clés possibles : name, title", "a key in French"},
		{"name: essai", "name: Essai 1", "essai.yaml: name: doit être fait de minuscules", "a name that is no file name"},
		{"title: Essai", "title:", "essai.yaml:2: title: un texte est attendu", "an empty value"},
		{"title: Essai\n", "", "essai.yaml: title: manque", "no title"},
		{"title: Essai", "name: essai", "essai.yaml:2: name: la clé est donnée deux fois", "a key twice"},
		{"shape: records", "shape: ods", "essai.yaml:3: ods: valeur inconnue — choisir parmi : records, flat, xml, xlsx", "a shape that nobody reads"},
		{"name: essai", "name: essai\nsheet: Paye", "essai.yaml: sheet: ne convient qu'à la forme « xlsx »", "a sheet where there is none"},
		{`at: "15-18"`, `at: "15-18", pad: 4`, "essai.yaml:17: pad: ne convient pas à ce champ", "a number is not padded"},
		{`at: "2-14" }`, `at: "2-14", pad: 0 }`, "essai.yaml:16: pad: ne convient pas à ce champ", "no width"},
		{"encoding: utf-8", "encoding: ebcdic-1147", "length: manque : un fichier en EBCDIC n'a pas de fins de ligne", "EBCDIC without the length of its records"},
		{"encoding: utf-8", "encoding: ebcdic-037", "essai.yaml:4: ebcdic-037: valeur inconnue — choisir parmi : utf-8, iso-8859-1, iso-8859-15, windows-1252, ebcdic-1047, ebcdic-1147, xml", "an encoding that is not read"},
		{"encoding: utf-8", "encoding: xml", "essai.yaml: encoding: ne convient pas à la forme « records »", "the encoding of another shape"},
		{"encoding: utf-8", "encoding: \"", "n'est pas du YAML", "broken YAML"},
		{`type: "1"`, `delimiter: ";"`, "period: des positions sans type d'enregistrement", "positions without a record type"},
		{`type: "1"`, "type: \"1\"\ndelimiter: \";\"", "positions fixes ou colonnes", "both ways to cut records"},
		{`type: "1"`, `type: "1-2"`, "essai.yaml:9: record: n'a pas la longueur du type", "tags of another length"},
		{"by: always, sense: P", "by: column, values: { P: P }", "essai.yaml:7: by: le sens est lu dans une colonne qui n'est pas décrite", "a sense column that is not there"},
		{"by: always, sense: P", "by: always", "essai.yaml:7: sense: l'étape « always » est incomplète", "a step that decides nothing"},
		{"by: always, sense: P", "by: sign, positive: P, negative: I", "essai.yaml:7: sense: l'étape « sign » est incomplète", "information has no side"},
		{"by: always, sense: P", "by: always, sense: X", "essai.yaml:7: X: valeur inconnue — choisir parmi : P, D, I", "an unknown sense"},
		{"by: always, sense: P", "by: group, table: [ { groups: [A], sense: P } ]", "« group » ne convient qu'à la forme « xml »", "groups outside XML"},
		{"sense:\n  - { by: always, sense: P }\n", "", "essai.yaml: sense: manque", "no sense at all"},
		{"is: agent", "is: person", "essai.yaml:14: person: valeur inconnue — choisir parmi : header, agent, line, totals, trailer", "an unknown role"},
		{smallLayout, smallLayout + "  - { record: B, is: agent, fields: [ { name: nir, at: \"2-14\" } ] }\n", "essai.yaml:23: is: deux enregistrements ont le même rôle — garder un seul enregistrement de chaque sorte", "a role twice"},
		{"record: A", "record: L", "« L » est décrit deux fois", "a tag twice"},
		{"name: nir", "name: salaire", "essai.yaml:16: salaire: champ inconnu de cet enregistrement — choisir parmi :", "an unknown field"},
		{"name: nir", "name: amount", "essai.yaml:16: amount: champ inconnu de cet enregistrement", "a field of another record"},
		{"name: indice", "name: nir", "nir: est décrit deux fois", "a field twice"},
		{`"15-18"`, `"10-18"`, "essai.yaml:13: indice: chevauche nir", "two fields on the same positions"},
		{`"15-18"`, `"18-15"`, `les positions s'écrivent "3-15"`, "positions backwards"},
		{`"15-18"`, `"0-3"`, `les positions s'écrivent "3-15"`, "positions from 0"},
		{`at: "15-18"`, `column: indice`, "n'a pas de positions", "a column in a fixed record"},
		{"form: AAAAMM", "form: AAMM", "essai.yaml:12: AAMM: valeur inconnue — choisir parmi : AAAA, MM, AAAAMM", "an unknown form"},
		{", form: AAAAMM", "", "period: n'a pas de forme de date", "a month without a form"},
		{"form: AAAAMM", "form: AAAA", "period: a une forme de date incomplète", "a month without its month"},
		{"decimals: 2, ", "", "amount: n'a ni décimales implicites ni signe décimal", "nobody knows where the decimals are"},
		{"decimals: 2", "decimals: 3", "décimales impossible", "an amount finer than a centime"},
		{`at: "8-18"`, `at: "8-19"`, "amount: chevauche son signe", "the sign inside the number"},
		{`      - { name: amount, at: "8-18", decimals: 2, sign_at: "19" }` + "\n", "", "l'enregistrement « L » manque d'un champ obligatoire — ajouter amount", "a line without its amount"},
		{`      - { name: nir, at: "2-14" }` + "\n", "", "ajouter nir ou matricule", "an agent without identity"},
		{"name: essai", "name: essai\naside:\n  - { label_prefix: [] }", "mettrait toutes les lignes à part", "a rule that catches all"},
		{"name: essai", "name: essai\naside:\n  - { amount: zero, without: [nir] }", "champ inconnu d'une ligne", "a rule about another record"},
		{"name: essai", "name: essai\nvalue: V", "ne convient qu'à la forme « xml »", "a key of XML"},
		{"name: essai", "a: &x 1\nname: *x", "clé inconnue", "anchors"},
		{smallLayout, "", "le fichier est vide", "an empty file"},
		{smallLayout, "- a\n- b\n", "une liste de clés est attendue", "a list"},
		{smallLayout, smallLayout + "---\n" + smallLayout, "plusieurs documents", "two documents"},
	} {
		text := strings.Replace(smallLayout, c.from, c.to, 1)
		if text == smallLayout {
			t.Fatalf("%s: nothing replaced", c.reason)
		}
		_, err := ParseLayout("essai.yaml", []byte(text))
		var input *reconcile.InputError
		if !errors.As(err, &input) || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v\nwant %s", c.reason, err, c.want)
		}
	}
}

func TestPatternsMatchWholeCodes(t *testing.T) {
	for _, c := range []struct {
		pattern, code string
		want          bool
	}{
		{"1010", "1010", true}, {"1010", "10101", false}, {"10*", "10", true}, {"10*", "1010", true}, {"10*", "2010", false}, {"*", "", true},
		{"1???", "1010", true}, {"1???", "101", false}, {"*A", "326A", true}, {"*A", "326B", false}, {"", "", true}, {"", "1", false}, {"a/*", "a/b", true},
	} {
		if got := reconcile.MatchPattern(c.pattern, c.code); got != c.want {
			t.Errorf("%q against %q is %v", c.pattern, c.code, got)
		}
	}
}

// TestDeductionsMayBePrintedNegative: some exports print every amount from the
// agent's side.
func TestDeductionsMayBePrintedNegative(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(layoutsFolder, "flat.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	l, err := ParseLayout("flat.yaml", append(text, "\ndeductions: negative\n"...))
	if err != nil {
		t.Fatal(err)
	}
	got := readPath(writeFile(t, "flat.csv", csv("mois;nir;code;sens;montant", "2013-12;1;R1;P;10,00", "2013-12;1;R2;D;-4,00", "2013-12;1;R3;D;1,00", "2013-12;1;R4;;-2,00")), l, testOptions("2013-12"))
	if want := (reconcile.Sums{Lines: 4, ToPay: 1000, ToDeduct: 500}); got.err != nil || got.load.Sums != want {
		t.Errorf("%+v, %v", got.load.Sums, got.err)
	}
}

// TestAsideRulesNeedAllTheirConditions: a title is put aside, a line that only
// looks like one is kept.
func TestAsideRulesNeedAllTheirConditions(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(layoutsFolder, "flat.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	rules := "\naside:\n  - { codes: [\"9*\"] }\n  - { label_prefix: [\"***\", \"—\"], amount: zero }\n  - { amount: zero, without: [base, rate] }\n"
	l, err := ParseLayout("flat.yaml", append(text, rules...))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		row    string
		aside  bool
		reason string
	}{
		{"920A;Total;12,00;;", true, "a code of totals"},
		{"920A;Total;x;;", true, "a code of totals, whatever its amount"},
		{"1000;*** PAYE ***;0,00;1;", true, "a title with a base"},
		{"1000;— PAYE —;;1;", true, "a title without an amount"},
		{"1000;*** PAYE ***;1,00;1;", false, "a title that pays something is a line"},
		{"1000;PAYE ***;0,00;1;", false, "stars at the end, and a base"},
		{"1000;Points;0,00;;", true, "nothing at all on the line"},
		{"1000;Points;0,00;15;", false, "zero, but a base is told"},
		{"1000;Points;0,00;;5", false, "zero, but a rate is told"},
	} {
		got := readPath(writeFile(t, "flat.csv", csv("mois;nir;code;libelle;montant;base;taux", "2013-12;1;R1;Traitement;1,00;;", "2013-12;1;"+c.row)), l, testOptions("2013-12"))
		if got.err != nil || (got.load.Aside == 1) != c.aside || got.load.Aside+got.load.Sums.Lines != 2 {
			t.Errorf("%s: %d aside, %+v, %v, %+v", c.reason, got.load.Aside, got.load.Sums, got.err, got.rejects)
		}
	}
}
