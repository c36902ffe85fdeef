package extract

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bascule/reconcile"
)

// sipayeLines is a file of one payslip whose every column holds a value of its
// own, in the order of CONTRACT 3.2.
var sipayeLines = []string{
	`E;009;2013-12;2013-12-15;1.0`,
	`A;1600175000001;42;03;AB 123;D'EXEMPLE;CAMILLE;654321;07;467;25;85,71;3;SGAP LYON;176;BOP-69;038;S;2;FR76 3000 1007 9412 3456 7890 185`,
	`L;R1000;Traitement indiciaire;P;2162,34;-2500,01;5,4321;2013-10`,
	`L;R1050;Retenue pension;D;200,00;;;`,
	`L;R4110;Contribution employeur;I;1000,00;;;`,
	`L;R2958;Rappel;P;-1,00;0;0;`,
	`T;2161,34;200,00;1961,34;1000,00`,
	`F;1;4;2161,34;200,00;1000,00`,
}

func sipayeText(change ...string) []byte {
	text := strings.Join(sipayeLines, "\n") + "\n"
	return []byte(strings.NewReplacer(change...).Replace(text))
}

// sipayePayslip is psopPayslip with the codes of the other side.
func sipayePayslip(t testing.TB) reconcile.Payslip {
	p := psopPayslip(t)
	for i, code := range []reconcile.Code{"R1000", "R1050", "R4110", "R2958"} {
		p.Lines[i].Code = code
	}
	return p
}

func TestSipayeColumnsStandWhereTheContractSays(t *testing.T) {
	got := readText(t, "sipaye", "2013-12", sipayeText())
	if diff := cmp.Diff([]reconcile.Payslip{sipayePayslip(t)}, got.payslips); diff != "" {
		t.Errorf("payslip (-want +got):\n%s", diff)
	}
	if len(got.rejects)+len(got.warnings) > 0 {
		t.Errorf("rejects %v, warnings %v", got.rejects, got.warnings)
	}
	if got.load.Ministry != "009" || got.load.Produced != "2013-12-15" || got.load.Carried != reconcile.AllFields {
		t.Errorf("load %+v", got.load)
	}
	if got.totals[0].Label != "Traitement indiciaire" || got.totals[0].Programme != "176" {
		t.Errorf("totals %+v", got.totals)
	}
}

// TestSipayeIsReadAlikeHoweverItIsWritten: the freedoms of the format change
// nothing.
func TestSipayeIsReadAlikeHoweverItIsWritten(t *testing.T) {
	for _, c := range []struct {
		reason  string
		content []byte
	}{
		{"a mark of UTF-8 in front", append([]byte("\xEF\xBB\xBF"), sipayeText()...)},
		{"CRLF", sipayeText("\n", "\r\n")},
		{"no end on the last line", []byte(strings.TrimRight(string(sipayeText()), "\n"))},
		{"every field between quotes", nil},
		{"numbers between quotes", sipayeText("2162,34", `"2162,34"`, "AB 123", `"AB 123"`)},
		{"thousands set apart by a no-break space", sipayeText("2162,34", "2\u00a0162,34", "1000,00", "1\u202f000,00")},
		{"a sign behind", sipayeText("-1,00", "1,00-")},
		{"a plus sign", sipayeText("2162,34", "+2162,34")},
		{"trailing spaces", sipayeText("CAMILLE", "CAMILLE   ", ";P;", ";P ;", "200,00;;;", "200,00 ;  ; ; ")},
		{"a quotité with the decimals of the other numbers", sipayeText("85,71", "85,7100")},
	} {
		if len(c.content) == 0 {
			c.content = quoteAll(sipayeText())
		}
		got := readText(t, "sipaye", "2013-12", c.content)
		if diff := cmp.Diff([]reconcile.Payslip{sipayePayslip(t)}, got.payslips); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.reason, diff)
		}
	}
}

// quoteAll puts every field of a file between quotes.
func quoteAll(text []byte) []byte {
	lines := strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	for i, l := range lines {
		lines[i] = `"` + strings.ReplaceAll(l, ";", `";"`) + `"`
	}
	return []byte(strings.Join(lines, "\n") + "\n")
}

func TestQuotedFieldsHoldSeparatorsQuotesAndLineEnds(t *testing.T) {
	got := readText(t, "sipaye", "2013-12", sipayeText(
		"D'EXEMPLE", `"D'EXEM;PLE"`,
		"CAMILLE", `"dite ""CAM"""`,
		"SGAP LYON", "\"SGAP\r\nLYON\"",
		"Traitement indiciaire", `"Traitement; dit ""indiciaire"""`))
	a := got.payslips[0].Agent
	if a.Surname != "D'EXEM;PLE" || a.FirstName != `dite "CAM"` || a.Service != "SGAP\r\nLYON" {
		t.Errorf("agent %+v", a)
	}
	if got.totals[0].Label != `Traitement; dit "indiciaire"` {
		t.Errorf("label %q", got.totals[0].Label)
	}
	if len(got.rejects) > 0 {
		t.Errorf("rejects %+v", got.rejects)
	}
}

// TestLinesAreNumberedAsAnEditorShowsThem: a quoted field that runs over two
// lines counts for two.
func TestLinesAreNumberedAsAnEditorShowsThem(t *testing.T) {
	got := readText(t, "sipaye", "2013-12", sipayeText("SGAP LYON", "\"SGAP\nLYON\"", "5,4321", "x"))
	if len(got.rejects) != 1 || got.rejects[0].Line != 4 || got.payslips[0].Line != 2 {
		t.Errorf("rejects %+v, payslip line %d", got.rejects, got.payslips[0].Line)
	}
}

// TestAStrayQuoteCostsItsOwnLineOnly: the lines after it are read, not
// swallowed up to the next quote.
func TestAStrayQuoteCostsItsOwnLineOnly(t *testing.T) {
	for _, other := range []string{"Retenue pension", `"Retenue pension"`} {
		content := sipayeText("Rappel", `"Rappel`, "Retenue pension", other, "-1,00", "0,00", "F;1;4;2161,34", "F;1;4;2162,34")
		got := readText(t, "sipaye", "2013-12", content)
		if len(got.rejects) != 1 || got.rejects[0].Line != 6 || got.load.Sums.Lines != 3 {
			t.Errorf("%s: rejects %+v, %d lines", other, got.rejects, got.load.Sums.Lines)
		}
	}
}

// TestBothSidesOfOnePayslipReadTheSame: the psop and the sipaye samples say the
// same thing in two ways.
func TestBothSidesOfOnePayslipReadTheSame(t *testing.T) {
	legacy := readText(t, "psop", "2013-12", joinLines(psopFile(), "\n"))
	onp := readText(t, "sipaye", "2013-12", sipayeText())
	if diff := cmp.Diff(legacy.payslips[0].Agent, onp.payslips[0].Agent); diff != "" {
		t.Errorf("agent (-legacy +onp):\n%s", diff)
	}
	if legacy.payslips[0].Key != onp.payslips[0].Key || legacy.load.Sums != onp.load.Sums {
		t.Errorf("%q %+v, %q %+v", legacy.payslips[0].Key, legacy.load.Sums, onp.payslips[0].Key, onp.load.Sums)
	}
}
