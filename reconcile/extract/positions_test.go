package extract

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// positionsLayout is a small layout of fixed positions in an encoding, with
// further keys.
func positionsLayout(encoding, more, amount string) string {
	return `name: positions
title: Positions
shape: records
encoding: ` + encoding + `
type: "1"
` + more + `
sense:
  - { by: always, sense: P }
records:
  - record: H
    is: header
    fields:
      - { name: period, at: "2-7", form: AAAAMM }
  - record: A
    is: agent
    fields:
      - { name: matricule, at: "2-6" }
      - { name: surname, at: "7-14" }
      - { name: indice, at: "15-18" }
  - record: L
    is: line
    fields:
      - { name: code, at: "2-5" }
      - { name: label, at: "6-14" }
      - ` + amount + `
`
}

const positionsAmount = `{ name: amount, at: "15-23", decimals: 2 }`

func readPositions(t *testing.T, layout, content string) readFile {
	t.Helper()
	l, err := ParseLayout("positions.yaml", []byte(layout))
	if err != nil {
		t.Fatal(err)
	}
	o := testOptions("2013-12")
	return readPath(writeFile(t, "positions.txt", []byte(content)), l, o)
}

func TestPositionsOfUTF8CountCharacters(t *testing.T) {
	for _, c := range []struct{ reason, line, want string }{
		{"characters", "L1010INDEMNITÉ000012345", "123.45"},
		{"ASCII alone", "L1010INDEMNITE000012345", "123.45"},
		{"positions in bytes: nobody may guess", "L1010INDEMNIT\u00c900012345", "compte ses positions en octets"},
	} {
		got := readPositions(t, positionsLayout("utf-8", "", positionsAmount), "H201312\nAM0001BÉRANGER0467\n"+c.line+"\n")
		switch {
		case strings.HasPrefix(c.want, "compte"):
			text := ""
			if got.err != nil {
				text = got.err.Error()
			} else if len(got.rejects) > 0 {
				text = got.rejects[0].Reason.String()
			}
			if !strings.Contains(text, c.want) {
				t.Errorf("%s: %v %+v", c.reason, got.err, got.rejects)
			}
		case got.err != nil || len(got.rejects) > 0 || got.payslips[0].Lines[0].Amount.String() != c.want || got.payslips[0].Agent.Indice != 467:
			t.Errorf("%s: %+v %v", c.reason, got.payslips, got.err)
		}
	}
}

func TestZonedNumbersNeedNoLength(t *testing.T) {
	const zoned = `{ name: amount, at: "15-23", coding: zoned, decimals: 2 }`
	got := readPositions(t, positionsLayout("iso-8859-15", "", zoned), "H201312\nAM0001BERANGER0467\nL1010INDEMNITE00021623E\nL1011RETENUE  00001894K\n")
	if got.err != nil || len(got.payslips) != 1 {
		t.Fatal(got.err, got.rejects)
	}
	if l := got.payslips[0].Lines; l[0].Amount != 216235 || l[1].Amount != -18942 {
		t.Errorf("%+v", l)
	}
}

func TestTextOfFilesWithoutLineEndsIsInTheirEncoding(t *testing.T) {
	record := func(s string) string { return s + strings.Repeat(" ", 30-len(s)) }
	for _, c := range []struct{ reason, encoding, surname, want string }{
		{"UTF-8 under a single-byte encoding", "iso-8859-15", "BÉRANGE", "est en utf-8 alors que le format déclare iso-8859-15"},
		{"a single byte under UTF-8", "utf-8", "B\xC9RANGER", "n'est pas de l'utf-8"},
		{"windows-1252 under iso-8859-15", "iso-8859-15", "D\x92ARC\xC9  ", "impossibles en iso-8859-15"},
		{"as declared", "iso-8859-15", "B\xC9RANGER", ""},
	} {
		text := record("H201312") + record("AM0001"+c.surname+strings.Repeat(" ", 8-len(c.surname))+"0467") + record("L1010INDEMNITE000012345")
		got := readPositions(t, positionsLayout(c.encoding, "length: 30", positionsAmount), text)
		if (got.err == nil) != (c.want == "") || got.err != nil && !strings.Contains(got.err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.reason, got.err, c.want)
		}
	}
}

func TestBinaryZerosAfterTheLastFieldAreNothing(t *testing.T) {
	text := ""
	for _, r := range []string{"H201312", "AM0001BERANGER0467", "L1010INDEMNITE000012345"} {
		text += r + strings.Repeat("\x00", 30-len(r))
	}
	got := readPositions(t, positionsLayout("iso-8859-15", "length: 30", positionsAmount), text)
	if got.err != nil || len(got.payslips) != 1 || got.payslips[0].Lines[0].Amount != 12345 {
		t.Errorf("%v %+v", got.err, got.rejects)
	}
}

func TestWordsOfALayoutAreReadInTheEncodingOfTheFile(t *testing.T) {
	text := strings.NewReplacer("encoding: utf-8", "encoding: iso-8859-15", "values: { P: P, D: D, I: I }", "values: { Crédit: P, Débit: D, É: I }",
		"delimiter: \";\"", "delimiter: \";\"\nabsent: [\"néant\"]").Replace(layoutText(t, "flat"))
	l, err := ParseLayout("mots.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	content := latin9(t, "mois;nir;code;montant;sens;statut\n2013-12;2550814168025;1010;10,00;Crédit;néant\n2013-12;2550814168025;1011;3,00;Débit;néant\n2013-12;2550814168025;1012;2,00;É;néant\n")
	if utf8.Valid(content) {
		t.Fatal("the file is in UTF-8")
	}
	got := readPath(writeFile(t, "mots.csv", content), l, testOptions("2013-12"))
	if got.err != nil || len(got.rejects) > 0 || len(got.payslips) != 1 {
		t.Fatal(got.err, got.rejects)
	}
	p := got.payslips[0]
	if p.Sums.ToPay != 1000 || p.Sums.ToDeduct != 300 || p.Sums.Information != 200 || p.Agent.Status != "" {
		t.Errorf("%+v", p)
	}
	if _, err := ParseLayout("mots.yaml", []byte(strings.Replace(text, "Débit", "Дебет", 1))); err == nil || !strings.Contains(err.Error(), "ne s'écrit pas en iso-8859-15") {
		t.Errorf("a word that the encoding lacks: %v", err)
	}
}

func TestLayoutsThatWouldReadGarbageAreRefused(t *testing.T) {
	pes := layoutText(t, "pes-paye")
	for _, c := range []struct{ reason, text, want string }{
		{"a packed number cannot print a mark", positionsLayout("iso-8859-15", "length: 30\ndecimal: \",\"", `{ name: amount, at: "15-23", coding: packed }`), "ajouter decimals: 2"},
		{"one field in two ways", strings.Replace(pes, "{ name: amount, element: Mt }", "{ name: amount, element: Mt }\n      - { name: amount, element: MtCent, decimals: 2 }", 1), "est décrit deux fois, de deux façons"},
		{"a trailer that nothing reads", pes + "\n  - record: Fin\n    is: trailer\n    fields:\n      - { name: payslips, element: N }\n", "un enregistrement de fin ne convient pas à la forme « xml »"},
		{"a month that nothing checks", strings.Replace(positionsLayout("utf-8", "", positionsAmount), `{ name: matricule, at: "2-6" }`, `{ name: matricule, at: "2-6" }`+"\n      - { name: period, at: \"19-24\", form: AAAAMM }", 1), "n'est pas lu dans l'enregistrement d'un agent"},
		{"a sign of two positions", positionsLayout("utf-8", "", `{ name: amount, at: "15-23", decimals: 2, sign_at: "24-25" }`), "le signe tient en une position"},
		{"a field over the type", strings.Replace(positionsLayout("utf-8", "", positionsAmount), `{ name: code, at: "2-5" }`, `{ name: code, at: "1-5" }`, 1), "chevauche le type d'enregistrement"},
	} {
		if _, err := ParseLayout("essai.yaml", []byte(c.text)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.reason, err, c.want)
		}
	}
}
