package main

import (
	"encoding/csv"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
)

// exported is a pay line as the other system would export it.
type exported struct {
	matricule, code, label, sense, amount, base, rate, origin string
}

// sharedData is the folder of real lines that stands beside the project on the
// founders' machines; they may be read, not copied.
const sharedData = "../../../shared/data"

// flatLines reads the export without NIR by itself: titles, totals and senses
// are told by the codes, as its layout says in its own words.
func flatLines(t *testing.T, path string) []exported {
	t.Helper()
	r := csv.NewReader(strings.NewReader(readFile(t, path)))
	r.Comma = ';'
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var lines []exported
	for _, row := range rows[1:] {
		code, label := row[6], row[5]
		title := strings.HasPrefix(label, "***")
		if title || code == "4930" || strings.HasPrefix(code, "92") {
			continue
		}
		sense := map[byte]string{'1': "P", '2': "P", '3': "P", '5': "D", '6': "I", '7': "D", '8': "D"}[code[0]]
		if strings.HasPrefix(code, "882") {
			sense = "I"
		}
		origin := row[0] + "-" + ("0" + row[1])[len(row[1])-1:]
		if d := row[10]; d != "" {
			origin = d[6:] + "-" + d[3:5]
		}
		blank := func(s string) string { return strings.Replace(s, "NA", "", 1) }
		lines = append(lines, exported{row[4], code, label, sense, row[9], blank(row[7]), blank(row[8]), origin})
	}
	return lines
}

// xhlLines reads a PES V2 file by itself.
func xhlLines(t *testing.T, path string) []exported {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	senses := map[string]string{"Cotisation": "I", "Deduction": "D", "Acompte": "D", "Retenue": "D"}
	d := xml.NewDecoder(f)
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return charmap.ISO8859_1.NewDecoder().Reader(r), nil }
	var lines []exported
	var matricule string
	var open []string
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return lines
		}
		if err != nil {
			t.Fatal(err)
		}
		switch e := token.(type) {
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.StartElement:
			open = append(open, e.Name.Local)
			value := ""
			for _, a := range e.Attr {
				if a.Name.Local == "V" {
					value = a.Value
				}
			}
			i := slices.Index(open, "Remuneration")
			switch {
			case e.Name.Local == "Matricule":
				matricule = value
			case i < 0 || len(open) == i+1 || open[i+1] == "Commentaire":
			case len(open) == i+2:
				sense := senses[e.Name.Local]
				if sense == "" {
					sense = "P"
				}
				lines = append(lines, exported{matricule: matricule, sense: sense})
			default:
				l := &lines[len(lines)-1]
				switch e.Name.Local {
				case "Code":
					l.code = value
				case "Libelle":
					l.label = value
				case "Mt":
					l.amount = strings.Replace(value, ".", ",", 1)
				case "DateDebut":
					l.origin = value[:7]
				}
			}
		}
	}
}

// realCase is a file of a real form, and what it holds.
type realCase struct {
	name, file, layout, period string
	read                       func(*testing.T, string) []exported
}

func realCases(t *testing.T) []realCase {
	cases := []realCase{
		{"flat look-alike", "../../reconcile/extract/testdata/plat-sans-nir-2013-12.csv", "exemple-plat-sans-nir", "2013-12", flatLines},
		{"XHL look-alike", "../../fixtures/cases/formes/pes-paye-2013-12.xhl", "pes-paye", "2013-12", xhlLines},
	}
	if _, err := os.Stat(sharedData); err != nil {
		t.Logf("%s is not there: the look-alikes of the project are tried alone", sharedData)
		return cases
	}
	return append(cases,
		realCase{"real flat lines", sharedData + "/lignes-de-paye-2011-01.csv", "exemple-plat-sans-nir", "2011-01", flatLines},
		realCase{"a real payslip in XHL", sharedData + "/pes-paye-one-payslip.xhl", "pes-paye", "2008-01", xhlLines})
}

// writeRealMinistry sets a ministry up on the file: its tables map each code
// to an element of its own, and the ONP side is another export of the lines.
func writeRealMinistry(t *testing.T, c realCase, file string, lines []exported) {
	t.Helper()
	if code, _, stderr := invoke(t, "init", "."); code != 0 {
		t.Fatal(stderr)
	}
	kinds := map[string]string{"P": "gain", "D": "retenue", "I": "patronale"}
	elements := map[string]string{}
	for _, l := range lines {
		elements[l.code] = kinds[l.sense]
	}
	table := "element;label_fr;label_en;kind;title2;cas;account;tolerance_cents;formula;compared;reason\n"
	correspondences := "element;side;code;factor;valid_from;valid_to\n"
	for _, code := range slices.Sorted(maps.Keys(elements)) {
		table += fmt.Sprintf("E_%s;%s;%s;%s;;non;;;;oui;\n", code, code, code, elements[code])
		correspondences += fmt.Sprintf("E_%s;legacy;%s;1;;\nE_%s;onp;%s;1;;\n", code, code, code, code)
	}
	config := fmt.Sprintf(`period: %q
mappings: "mappings"
inputs:
  legacy: [ { path: %q, layout: %q } ]
  onp: [ { path: "onp.csv", layout: "flat" } ]
identity: { key: ["matricule"], fallback: ["matricule"] }
`, c.period, file, c.layout)
	for name, text := range map[string]string{"mappings/elements.csv": table, "mappings/correspondances.csv": correspondences, "config.yaml": config} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func writeExport(t *testing.T, period string, lines []exported) {
	t.Helper()
	var b strings.Builder
	w := csv.NewWriter(&b)
	w.Comma = ';'
	rows := [][]string{{"mois", "matricule", "code", "libelle", "sens", "montant", "base", "taux", "origine"}}
	for _, l := range lines {
		rows = append(rows, []string{period, l.matricule, l.code, l.label, l.sense, l.amount, l.base, l.rate, l.origin})
	}
	if err := w.WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("onp.csv", []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestRealFormsReconcileToZeroAndThreeHandChangesShow(t *testing.T) {
	for _, c := range realCases(t) {
		t.Run(c.name, func(t *testing.T) {
			file, err := filepath.Abs(c.file)
			if err != nil {
				t.Fatal(err)
			}
			lines := c.read(t, file)
			if len(lines) < 10 {
				t.Fatalf("only %d lines were read: the case proves nothing", len(lines))
			}
			t.Chdir(t.TempDir())
			writeRealMinistry(t, c, file, lines)
			writeExport(t, c.period, lines)
			if code, _, stderr := invoke(t, "run", "--quiet"); code != exitClosed {
				t.Fatalf("the same lines in two exports: exits %d: %s", code, stderr)
			}
			s := summaryOf(t, filepath.Join("out", c.period, "run-0001"))
			if s.Legacy.Lines != int64(len(lines)) || s.Legacy.ToPay != s.ONP.ToPay || s.Discrepancies.Total != 0 {
				t.Errorf("%d lines of %d, to pay %v and %v, %d discrepancies", s.Legacy.Lines, len(lines), s.Legacy.ToPay, s.ONP.ToPay, s.Discrepancies.Total)
			}
			for _, i := range []int{0, len(lines) / 2, len(lines) - 1} {
				whole, _, _ := strings.Cut(lines[i].amount, ",")
				lines[i].amount = "7" + strings.TrimLeft(whole, "-") + ",13"
			}
			writeExport(t, c.period, lines)
			if code, _, stderr := invoke(t, "run", "--quiet"); code != exitOpen {
				t.Fatalf("three amounts changed: exits %d: %s", code, stderr)
			}
			if s := summaryOf(t, filepath.Join("out", c.period, "run-0002")); s.Discrepancies.Total != 3 {
				t.Errorf("three amounts were changed by hand, %d gaps appear", s.Discrepancies.Total)
			}
		})
	}
}
