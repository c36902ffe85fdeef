package extract

import (
	"archive/zip"
	"bytes"
	"errors"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bascule/reconcile"
)

// fakeBook is a workbook whose sheets are rows at hand.
type fakeBook struct {
	names    []string
	hidden   []bool
	rows     [][]SheetRow
	date1904 bool
	broken   error // after the last row
}

func (b *fakeBook) Sheets() []string      { return b.names }
func (b *fakeBook) Hidden(sheet int) bool { return b.hidden[sheet] }
func (b *fakeBook) Date1904() bool        { return b.date1904 }

func (b *fakeBook) Rows(sheet int) iter.Seq2[SheetRow, error] {
	return func(yield func(SheetRow, error) bool) {
		for _, row := range b.rows[sheet] {
			if !yield(row, nil) {
				return
			}
		}
		if b.broken != nil {
			yield(SheetRow{}, b.broken)
		}
	}
}

// typed are the cells of a row, each written as its type and its text: "n1.5".
func typed(number int, cells ...string) SheetRow {
	row := SheetRow{Number: number}
	for _, c := range cells {
		kind, text := byte(0), ""
		if c != "" {
			kind, text = c[0], c[1:]
		}
		row.Cells, row.Types = append(row.Cells, text), append(row.Types, kind)
	}
	return row
}

// sheetOf is a workbook of one sheet: the names, then the rows.
func sheetOf(names string, rows ...SheetRow) *fakeBook {
	var header []string
	for name := range strings.SplitSeq(names, ";") {
		header = append(header, "s"+name)
	}
	return &fakeBook{names: []string{"Paye"}, hidden: []bool{false}, rows: [][]SheetRow{append([]SheetRow{typed(1, header...)}, rows...)}}
}

func readBook(t testing.TB, book *fakeBook, l *Layout, month string) readFile {
	t.Helper()
	o := testOptions(month)
	o.Workbook = func(*zip.Reader) (Workbook, error) { return book, nil }
	return readPath(writeFile(t, "paye.xlsx", zipOf(t, member{"[Content_Types].xml", "x"})), l, o)
}

func TestNumbersOfASheetAreReadAsExcelShowsThem(t *testing.T) {
	for _, c := range []struct{ text, want, reason string }{
		{"1234.5599999999999", "1234.56", "seventeen digits of a float"},
		{"0.30000000000000004", "0.3", "the sum of 0.1 and 0.2"},
		{"1.1000000000000001E-2", "0.011", "an exponent, and noise"},
		{"1.850475123456E+12", "1850475123456", "a NIR typed as a number"},
		{"1.850475123456e12", "1850475123456", "a small e"},
		{"481.0", "481", "a decimal that is none"},
		{"481", "481", "a whole number"},
		{"-0.0", "0", "a zero has no sign"},
		{"-12.50", "-12.5", "a sign"},
		{"+3", "3", "a plus"},
		{"0.0001", "0.0001", "zeros after the mark"},
		{".5", "0.5", "no zero before the mark"},
		{"5.", "5", "no digit after the mark"},
		{"00123", "123", "zeros in front"},
		{"999999999999999.9", "1000000000000000", "a carry that goes through"},
		{"0.99999999999999994", "1", "noise just below one"},
		{"123456789012345678", "123456789012345678", "a whole number that no float wrote keeps its digits"},
		{"1.2345678901234567E+17", "123456789012346000", "one that a float wrote has fifteen"},
		{"2.5E0", "2.5", "an exponent of zero"},
		{"1E400", "1000", "at the bound of exponents"},
		{"1E401", "1E401", "beyond every float"},
		{"1E", "1E", "half an exponent"}, {"1.2.3", "1.2.3", "two marks"}, {"abc", "abc", "letters"}, {"-", "-", "a sign alone"}, {".", ".", "a mark alone"}, {"1,5", "1,5", "a comma is no mark of XML"},
	} {
		got := string(appendPlain(nil, c.text, '.', 0))
		if c.text == "1E400" {
			got = got[:4]
		}
		if got != c.want {
			t.Errorf("%s: %q gives %q, want %q", c.reason, c.text, got, c.want)
		}
	}
}

func TestDaysOfASheetAreMonthsAndDates(t *testing.T) {
	for _, c := range []struct {
		text     string
		kind     byte
		form     form
		date1904 bool
		want     string
		reason   string
	}{
		{"41609", 'n', formISOMonth, false, "2013-12", "the first of the month"},
		{"41609.0", 'n', formISOMonth, false, "2013-12", "as a float"},
		{"4.1609E4", 'n', formISOMonth, false, "2013-12", "with an exponent"},
		{"41639.999", 'n', formISOMonth, false, "2013-12", "the last evening of the month"},
		{"40147", 'n', formISOMonth, true, "2013-12", "the days of 1904"},
		{"41609", 'n', formFrenchDate, false, "01/12/2013", "a date"},
		{"41609", 'n', formCompactDate, false, "20131201", "a compact date"},
		{"41609", 'n', formYear, false, "2013", "a year alone"},
		{"41609", 'n', formMonth, false, "12", "a month alone"},
		{"201312", 'n', formCompactMonth, false, "201312", "a number that has the form of the column"},
		{"2013", 'n', formYear, false, "2013", "a year"},
		{"9.0", 'n', formMonth, false, "9", "a month"},
		{"20131219", 'n', formCompactDate, false, "20131219", "a compact date as a number"},
		{"61", 'n', formISODate, false, "1900-03-01", "the first day after the one that never was"},
		{"59", 'n', formISODate, false, "1900-02-28", "the last before it"},
		{"60", 'n', formISODate, false, "60", "29 February 1900"},
		{"0", 'n', formISODate, false, "0", "no day"},
		{"0", 'n', formISODate, true, "1904-01-01", "the first day of 1904"},
		{"-5", 'n', formISODate, false, "-5", "before time"},
		{"2958466", 'n', formISODate, false, "2958466", "beyond 9999"},
		{"2013-12-19T00:00:00", 'd', formISOMonth, false, "2013-12", "a date of the norm"},
		{"2013-12-19", 'd', formFrenchDate, false, "19/12/2013", "a date of the norm"},
		{"2013-02-30", 'd', formISODate, false, "2013-02-30", "no such day"},
		{"hier", 'd', formISODate, false, "hier", "no date"},
	} {
		f := &sheetFile{date1904: c.date1904}
		if got := string(f.appendDay(nil, c.form, c.text, c.kind)); got != c.want {
			t.Errorf("%s: %q gives %q, want %q", c.reason, c.text, got, c.want)
		}
	}
}

// TestSheetIsReadAsTheFlatFile writes the payslip of the flat test as Excel
// would store it.
func TestSheetIsReadAsTheFlatFile(t *testing.T) {
	lines := flatLines()
	book := sheetOf(lines[0])
	numbers := map[string]byte{"1600175000001": 'n', "42": 'n', "467": 'n', "25": 'n', "85,71": 'n', "3": 'n', "176": 'n', "2162,34": 'n', "200,00": 'n', "1000,00": 'n', "-1,00": 'n', "-2500,01": 'n', "5,4321": 'n', "0": 'n'}
	for i, line := range lines[1:] {
		var cells []string
		for j, text := range strings.Split(line, ";") {
			switch kind := numbers[text]; {
			case j == 0:
				cells = append(cells, "n41609")
			case text == "2013-10":
				cells = append(cells, "n41548.0")
			case text == "2162,34":
				cells = append(cells, "n2162.3400000000001")
			case text == "1600175000001":
				cells = append(cells, "n1.600175000001E+12")
			case kind != 0:
				cells = append(cells, "n"+strings.Replace(text, ",", ".", 1))
			case text == "":
				cells = append(cells, "")
			default:
				cells = append(cells, "s"+text)
			}
		}
		book.rows[0] = append(book.rows[0], typed(i+2, cells...))
	}
	got := readBook(t, book, shippedLayout(t, "xlsx"), "2013-12")
	if got.err != nil || len(got.rejects)+len(got.warnings) > 0 {
		t.Fatalf("%v, %+v, %v", got.err, got.rejects, got.warnings)
	}
	if diff := cmp.Diff([]reconcile.Payslip{flatPayslip(t)}, got.payslips); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

const sheetNames = "mois;nir;dossier;code;sens;montant;base;libelle"

func TestCellsOfASheetThatAreNoValueRejectTheirLine(t *testing.T) {
	good := []string{"s2013-12", "n1600175000001", "s01", "n101000", "sP", "n10", "", ""}
	const noResult = "porte une formule dont le résultat n'est pas enregistré : ouvrir le classeur dans Excel et l'enregistrer"
	for _, c := range []struct {
		column                int
		cell                  string
		field, reason, amount string
	}{
		{5, "e#N/A", "montant", "porte l'erreur #N/A", ""},
		{5, "b1", "montant", "porte un booléen (VRAI ou FAUX)", ""},
		{5, "f=", "montant", noResult, ""},
		{5, "sdouze", "montant", "n'est pas un nombre", ""},
		{5, "", "montant", "est vide", ""},
		{5, "n12.345", "montant", "a trop de décimales", ""},
		{5, "n1E+300", "montant", "est trop grand", ""},
		{5, "d2013-12-01", "montant", "n'est pas un nombre", ""},
		{6, "e#DIV/0!", "base", "porte l'erreur #DIV/0!", "10.00"},
		{3, "D41275", "code", errCellDay.Error(), "10.00"},
		{5, "D41275", "montant", errCellDay.Error(), ""},
		{5, "p0.5", "montant", errCellPercent.Error(), ""},
		{3, "e#REF!", "code", "porte l'erreur #REF!", "10.00"},
		{1, "b0", "nir", "porte un booléen (VRAI ou FAUX)", "10.00"},
		{0, "f=", "mois", noResult, "10.00"},
		{0, "s12/2013", "mois", "n'est pas un mois possible écrit AAAA-MM", "10.00"},
		{7, "sa\x01b", "libelle", "contient un caractère de commande", "10.00"},
	} {
		cells := append([]string{}, good...)
		cells[c.column] = c.cell
		got := readBook(t, sheetOf(sheetNames, typed(2, good...), typed(7, cells...), typed(8, good...)), shippedLayout(t, "xlsx"), "2013-12")
		if got.err != nil || len(got.rejects) != 2 || got.load.Sums.Lines != 2 {
			t.Errorf("%q: %v, rejects %+v, %d lines", c.cell, got.err, got.rejects, got.load.Sums.Lines)
			continue
		}
		rej, amount := got.rejects[1], ""
		if rej.Amount.Set {
			amount = rej.Amount.Amount.String()
		}
		if got.rejects[0].Reason.String() != "ligne vide" || got.rejects[0].Line != 6 || rej.Line != 7 || rej.Field.String() != c.field || rej.Reason.String() != c.reason || amount != c.amount {
			t.Errorf("%q: %+v", c.cell, rej)
		}
		if want := strings.Join(typed(0, cells...).Cells, ";"); string(rej.Raw) != want {
			t.Errorf("%q: raw %q, want %q", c.cell, rej.Raw, want)
		}
	}
}

func TestTextsOfASheetKeepWhatIsTyped(t *testing.T) {
	for _, c := range []struct{ cell, want, reason string }{
		{"s3.10", "3.10", "a text that looks like a number"},
		{"s1E5", "1E5", "a text that looks like a float"},
		{"n3.10", "3.1", "a number"},
		{"s0201", "0201", "zeros in front of a text"},
		{"n201", "201", "zeros that the sheet dropped: nothing says how many"},
	} {
		got := readBook(t, sheetOf("mois;nir;code;montant", typed(2, "s2013-12", "s1", c.cell, "s1\u202f234,56")), shippedLayout(t, "xlsx"), "2013-12")
		if got.err != nil || len(got.payslips) != 1 || string(got.payslips[0].Lines[0].Code) != c.want || got.payslips[0].Lines[0].Amount != 123456 {
			t.Errorf("%s: %v, %+v, %+v", c.reason, got.err, got.payslips, got.rejects)
		}
	}
}

func TestSheetsThatCannotBeReadRefuseTheFile(t *testing.T) {
	good := typed(2, "s2013-12", "s1", "sR1", "n1")
	broken := sheetOf("mois;nir;code;montant", good)
	broken.broken = &reconcile.InputError{Err: errors.New("le classeur est abîmé"), Hint: "x"}
	late := sheetOf("mois", good)
	late.rows[0] = late.rows[0][1:]
	empty := sheetOf("mois")
	empty.rows[0] = nil
	wrong := sheetOf("mois")
	wrong.rows[0] = []SheetRow{typed(1, "smois", "e#N/A")}
	all := sheetOf("mois")
	all.hidden[0] = true
	for _, c := range []struct {
		reason string
		book   *fakeBook
		want   string
	}{
		{"a sheet that breaks off after good rows", broken, "paye.xlsx: le classeur est abîmé — x"},
		{"no header in the first row", late, ":1: la première ligne de la feuille est vide"},
		{"nothing at all", empty, "ne contient aucune ligne —"},
		{"nothing visible", all, "aucune feuille visible"},
		{"rows backwards", sheetOf("mois;nir;code;montant", good, good), ":2: les lignes du classeur ne sont pas dans l'ordre"},
		{"an error for a name", wrong, ":1: la ligne d'en-tête ne se lit pas : une cellule porte l'erreur #N/A"},
		{"a text that is no UTF-8", sheetOf("mois;nir;code;montant", typed(2, "s\xff")), ":2: la ligne n'est pas de l'utf-8"},
		{"a row beyond the limit", sheetOf("mois;nir;code;montant", typed(2, "s"+strings.Repeat("x", 70_000))), ":2: la ligne est plus longue que la limite de 65536 octets"},
	} {
		if got := readBook(t, c.book, shippedLayout(t, "xlsx"), "2013-12"); got.err == nil || !strings.Contains(got.err.Error(), c.want) {
			t.Errorf("%s: %v", c.reason, got.err)
		}
	}
}

// TestPaddedTextsGetTheirZerosBack: of every shape, where the text is made of
// digits alone.
func TestPaddedTextsGetTheirZerosBack(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(layoutsFolder, "flat.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	text = bytes.Replace(text, []byte("column: dossier }"), []byte("column: dossier, pad: 2 }"), 1)
	text = bytes.Replace(text, []byte("column: code }"), []byte("column: code, pad: 4 }"), 1)
	l, err := ParseLayout("flat.yaml", text)
	if err != nil {
		t.Fatal(err)
	}
	got := readPath(writeFile(t, "flat.csv", csv("mois;nir;dossier;code;montant", "2013-12;1;3;101;1,00", "2013-12;1;3;0101;2,00", "2013-12;2;;A1;4,00", "2013-12;3;003;00101;8,00")), l, testOptions("2013-12"))
	var keys []string
	for _, p := range got.payslips {
		keys = append(keys, p.Key+" "+string(p.Lines[0].Code))
	}
	if diff := cmp.Diff([]string{"1/03 0101", "2/ A1", "3/003 00101"}, keys); diff != "" || got.err != nil {
		t.Errorf("%v (-want +got):\n%s", got.err, diff)
	}
	want := reconcile.CodeTotal{Code: "0101", Sense: 'P', Lines: 2, Amount: 300}
	if len(got.totals) != 3 || got.totals[1] != want {
		t.Errorf("101 and 0101 are two codes: %+v", got.totals)
	}
	sheet := readBook(t, sheetOf("mois;nir;cle;dossier;code;montant", typed(2, "s2013-12", "n123", "n5", "n1", "n7", "n1")), shippedLayout(t, "xlsx"), "2013-12")
	if a := sheet.payslips[0].Agent; a.NIR != "123" || a.NIRKey != "05" || a.Dossier != "1" {
		t.Errorf("the layout shipped: %+v", a)
	}
}

func TestPercentagesOfASheetAreWhatItShows(t *testing.T) {
	got := readBook(t, sheetOf("mois;nir;quotite;code;montant;taux;origine", typed(2, "D41609", "s1", "p0.85709999999999997", "s101", "n1", "p8.7599999999999997E-2", "D41579")), shippedLayout(t, "xlsx"), "2013-12")
	if got.err != nil || len(got.rejects) > 0 {
		t.Fatal(got.err, got.rejects)
	}
	if p := got.payslips[0]; p.Agent.Quotite != 8571 || p.Lines[0].Rate.String() != "8.76" || p.Lines[0].Origin.String() != "2013-11" {
		t.Errorf("%+v", p)
	}
}
