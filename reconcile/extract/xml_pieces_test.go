package extract

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// readStream reads XML as it comes out of a stream, accepted or not.
func readStream(t testing.TB, period string, in io.Reader) readFile {
	t.Helper()
	r := NewReader("stream", shippedLayout(t, "pes-paye"), testOptions(period))
	var got readFile
	r.yield = func(item Item, _ error) bool {
		if item.Reject != nil {
			got.rejects = append(got.rejects, *item.Reject)
			return true
		}
		p := *item.Payslip
		p.Lines = slices.Clone(p.Lines)
		got.payslips = append(got.payslips, p)
		return true
	}
	got.err = r.readXML(in)
	got.load, got.totals = r.Load(), r.Totals()
	for _, w := range r.Warnings() {
		got.warnings = append(got.warnings, w.String())
	}
	return got
}

// samePieces checks that a file reads the same whatever the pieces in which it
// comes, and gives what is read.
func samePieces(t testing.TB, period string, content []byte) readFile {
	t.Helper()
	whole := readStream(t, period, bytes.NewReader(content))
	for size, in := range map[string]io.Reader{
		"1 byte":  iotest.OneByteReader(bytes.NewReader(content)),
		"7 bytes": sevenBytes{bytes.NewReader(content)},
	} {
		got := readStream(t, period, in)
		if fmt.Sprint(got.err) != fmt.Sprint(whole.err) {
			t.Errorf("in pieces of %s: %v, whole: %v", size, got.err, whole.err)
		}
		want := whole
		want.err, got.err = nil, nil
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(readFile{})); diff != "" {
			t.Errorf("in pieces of %s (-whole +pieces):\n%s", size, diff)
		}
	}
	return whole
}

func TestXMLReadsTheSameInAnyPieces(t *testing.T) {
	for i, content := range xmlSeeds(t) {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			for _, period := range []string{"2013-12", "2008-01"} {
				samePieces(t, period, content)
			}
		})
	}
}

// TestXMLRejectsGiveTheirBytesBackInALongPayslip: a payslip longer than what is
// read at once, whose agent is found to be unknown after all its lines.
func TestXMLRejectsGiveTheirBytesBackInALongPayslip(t *testing.T) {
	const lines = 40 // of 16 KB each: the text goes twice beyond readSize
	var slip strings.Builder
	slip.WriteString("<PayeIndivMensuel><Remuneration>\n")
	line := func(i int) string {
		return fmt.Sprintf(`<Retenue><Libelle V="%sÉ"/><Code V="C%d"/><Mt V="%d.5"/></Retenue>`, strings.Repeat("x", 16<<10), i, i)
	}
	for i := range lines {
		slip.WriteString(line(i) + "\n")
	}
	slip.WriteString("</Remuneration><Agent><NIR V=''/></Agent></PayeIndivMensuel>")
	text := strings.Replace(string(pes(pesPayslip(pesAgent, "", pesLine, ""), slip.String(), pesPayslip(pesAgent, "", pesLine, ""))), "UTF-8", "ISO-8859-15", 1)
	got := samePieces(t, "2013-12", latin9(t, text))
	if got.err != nil || len(got.payslips) != 2 || len(got.rejects) != lines+1 {
		t.Fatalf("%d payslips, %d rejects, %v", len(got.payslips), len(got.rejects), got.err)
	}
	for i, r := range got.rejects[1:] {
		if r.Line != 8+i || string(r.Raw) != string(latin9(t, line(i))) {
			t.Fatalf("reject %d: line %d, raw %.40q", i, r.Line, r.Raw)
		}
	}
	if agent := got.rejects[0]; !agent.Payslip || agent.Line != 7 || len(agent.Raw) != defaultMaxLineBytes || !bytes.HasPrefix(agent.Raw, []byte("<PayeIndivMensuel><Remuneration>\n<Retenue>")) {
		t.Errorf("agent: line %d, %d bytes", agent.Line, len(agent.Raw))
	}
}

// TestXMLIsRefusedInOneClearSentence: what no vendor's file should hold, beside
// the files of the gallery.
func TestXMLIsRefusedInOneClearSentence(t *testing.T) {
	normal := string(pes(pesPayslip(pesAgent, pesSituation, pesLine, "")))
	const malformed, tooBig = "n'est pas du XML bien formé — faire corriger le fichier par l'éditeur du logiciel",
		"le fichier contient un élément ou un bulletin plus long que la limite — vérifier le fichier, ou relever limits.max_line_bytes"
	for _, c := range []struct{ reason, from, to, want string }{
		{"an amount given twice in one element", `<Mt V="2162.34"/>`, `<Mt V="2162.34" V="0"/>`, "6: " + malformed},
		{"entities are never expanded", "\n<astre:", "\n<!DOCTYPE x [<!ENTITY e 'x'>]><astre:", "2: le fichier contient une déclaration <!DOCTYPE>, qui n'est pas lue — la faire retirer par l'éditeur du logiciel : un fichier de paye n'en a pas"},
		{"an entity of HTML", "D'EXEMPLE", "D&eacute;EXEMPLE", "6: un « & » n'est pas écrit « &amp; » — faire corriger le fichier par l'éditeur du logiciel"},
		{"a declaration in the middle would change the encoding", "<DonneesIndiv>", `<?xml version="1.0" encoding="ISO-8859-1"?><DonneesIndiv>`, "5: " + malformed},
		{"elements without end", "<DonneesIndiv>", strings.Repeat("<a>", maxXMLDepth), "5: les éléments sont emboîtés sans fin — vérifier le fichier"},
		{"elements without end, closed at once", "<DonneesIndiv>", strings.Repeat("<a>", maxXMLDepth-1) + "<a/>", "5: les éléments sont emboîtés sans fin — vérifier le fichier"},
		{"a value longer than a line may be", "D'EXEMPLE", strings.Repeat("X", defaultMaxLineBytes), "6: " + tooBig},
		{"a payslip longer than any", pesLine, strings.Repeat("\n<!--"+strings.Repeat(" ", defaultMaxLineBytes-10)+"-->", maxPayslipBytes/defaultMaxLineBytes+1), "263: " + tooBig},
		{"a payslip in a payslip", pesLine, pesLine + "<PayeIndivMensuel/>", "6: PayeIndivMensuel: un bulletin en contient un autre — faire corriger le fichier par l'éditeur du logiciel"},
	} {
		text := strings.Replace(normal, c.from, c.to, 1)
		if text == normal {
			t.Fatalf("%s: nothing replaced", c.reason)
		}
		got := readStream(t, "2013-12", strings.NewReader(text))
		if want := "stream:" + c.want; got.err == nil || got.err.Error() != want {
			t.Errorf("%s: %v, want %s", c.reason, got.err, want)
		}
	}
}

// TestXMLValuesAreWhatTheyStandFor: references, line ends, spaces and parts.
func TestXMLValuesAreWhatTheyStandFor(t *testing.T) {
	for _, c := range []struct{ reason, written, want string }{
		{"references", `D&apos;&#201;TAT &amp; &#xC9;`, "D'ÉTAT & É"},
		{"spaces around, no-break ones too", " \u00a0 NOM\u00a0\t", "NOM"},
		{"a line end of Windows inside", "A\r\nB", "A\nB"},
	} {
		text := strings.Replace(string(pes(pesPayslip(pesAgent, "", pesLine, ""))), "D'EXEMPLE", c.written, 1)
		for _, encoding := range []string{"UTF-8", "ISO-8859-15"} {
			content := []byte(text)
			if encoding != "UTF-8" {
				content = latin9(t, strings.Replace(text, "UTF-8", encoding, 1))
			}
			got := samePieces(t, "2013-12", content)
			if got.err != nil || len(got.payslips) != 1 || got.payslips[0].Agent.Surname != c.want {
				t.Errorf("%s, %s: %+v %v", c.reason, encoding, got.payslips, got.err)
			}
		}
	}
	for value, want := range map[string]string{"ÉÈÀ": "", "ÉÈÀ45678901234": "4", "1234567890123 ": "", "123456789012345": "45"} {
		first := place{partFrom: 13, partTo: 15}
		if value == "ÉÈÀ45678901234" {
			want = "4"
		}
		if got := string(first.part([]byte(value))); got != want {
			t.Errorf("characters 14 and 15 of %q: %q, want %q", value, got, want)
		}
	}
}

// TestXMLAllocatesNothingPerLine: twice the lines cost no more than what grows
// to hold them.
func TestXMLAllocatesNothingPerLine(t *testing.T) {
	l := shippedLayout(t, "pes-paye")
	allocations := func(lines int) float64 {
		content := pes(pesPayslip(pesAgent, pesSituation, strings.Repeat(pesLine+"\n", lines), ""))
		return testing.AllocsPerRun(5, func() {
			r := NewReader("stream", l, testOptions("2013-12"))
			r.yield = func(item Item, _ error) bool { return item.Payslip.Sums.Lines == int64(lines) }
			if err := r.readXML(bytes.NewReader(content)); err != nil {
				t.Fatal(err)
			}
		})
	}
	const few, many = 100, 1000
	if a, b := allocations(few), allocations(many); b-a > 20 {
		t.Errorf("%d lines: %v allocations, %d lines: %v", few, a, many, b)
	}
}
