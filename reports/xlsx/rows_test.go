package xlsx_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"bascule/reconcile"
	"bascule/reports/xlsx"
)

// opened opens a workbook in memory.
func opened(t *testing.T, content []byte) (*xlsx.Workbook, error) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	return xlsx.Open(z)
}

// shown reads the rows of a sheet, each cell as its type and its text.
func shown(w *xlsx.Workbook, sheet int) (rows [][]string, numbers []int, err error) {
	for row, err := range w.Rows(sheet) {
		if err != nil {
			return rows, numbers, err
		}
		var cells []string
		for i, text := range row.Cells {
			if text != "" {
				text = string(rune(row.Types[i])) + text
			}
			cells = append(cells, text)
		}
		rows, numbers = append(rows, cells), append(numbers, row.Number)
	}
	return rows, numbers, nil
}

// made is a workbook made by excelize.
func made(t *testing.T, change func(*excelize.File) error) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	if err := change(f); err != nil {
		t.Fatal(err)
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestRowsGiveTextsAndTypesAsTheyAreStored(t *testing.T) {
	w, err := opened(t, made(t, func(f *excelize.File) error {
		for cell, v := range map[string]any{"A1": "mois", "C1": "été\nhiver", "A3": 1234.56, "B3": true, "D3": 41609, "A4": "3.10", "B4": 1e21, "A5": "_x005F_x0041_"} {
			if err := f.SetCellValue("Sheet1", cell, v); err != nil {
				return err
			}
		}
		if _, err := f.NewSheet("Notes"); err != nil {
			return err
		}
		return errors.Join(f.SetCellFormula("Sheet1", "C4", "1+1"), f.SetSheetVisible("Notes", false),
			f.SetCellRichText("Sheet1", "D4", []excelize.RichTextRun{{Text: "en "}, {Text: "gras", Font: &excelize.Font{Bold: true}}}))
	}))
	if err != nil {
		t.Fatal(err)
	}
	rows, numbers, err := shown(w, 0)
	want := [][]string{{"smois", "", "sété\nhiver"}, {"n1234.56", "b1", "", "n41609"}, {"s3.10", "n1000000000000000000000", "f=", "sen gras"}, {"s_x0041_"}}
	if diff := cmp.Diff(want, rows) + cmp.Diff([]int{1, 3, 4, 5}, numbers); diff != "" || err != nil {
		t.Errorf("%v, -want +got:\n%s", err, diff)
	}
	if diff := cmp.Diff([]string{"Sheet1", "Notes"}, w.Sheets()); diff != "" || w.Hidden(0) || !w.Hidden(1) || w.Date1904() {
		t.Errorf("sheets: %s", diff)
	}
	if notes, _, err := shown(w, 1); len(notes) > 0 || err != nil {
		t.Errorf("an empty sheet gives %v, %v", notes, err)
	}
}

// TestWhatWriteMadeIsReadBack: annotated workbooks come back this way.
func TestWhatWriteMadeIsReadBack(t *testing.T) {
	path, _ := write(t, workbook(rows(20)), xlsx.Options{})
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	w, err := opened(t, content)
	if err != nil {
		t.Fatal(err)
	}
	got, numbers, err := shown(w, 1)
	if err != nil || numbers[len(numbers)-1] != 23 || len(got) < 21 || got[len(got)-20][0] != "s=AGENT(0)" || got[len(got)-20][1] != "n-10000" {
		t.Errorf("%v, %v, %q", err, numbers, got[len(got)-20])
	}
}

// handMade is a workbook of parts at hand: the sheet's XML, and others in place
// of the usual ones.
func handMade(t *testing.T, sheet string, parts map[string]string) []byte {
	t.Helper()
	const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	all := map[string]string{
		"[Content_Types].xml":        "<Types/>",
		"_rels/.rels":                `<Relationships><Relationship Id="r" Type="` + office + `/officeDocument" Target="/xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml":            `<workbook xmlns:r="` + office + `"><workbookPr date1904="1"/><sheets><sheet name="Graphe" r:id="g"/><sheet name="Paye" r:id="s"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="g" Type="` + office + `/chartsheet" Target="chartsheets/c.xml"/><Relationship Id="s" Type="` + office + `/worksheet" Target="/xl/Worksheets/Feuille.xml"/><Relationship Id="t" Type="` + office + `/sharedStrings" Target="sharedStrings.xml"/></Relationships>`,
		"xl/sharedStrings.xml":       `<sst><si><t>zéro</t></si><si><r><t>un</t></r><r><t xml:space="preserve"> deux</t></r><rPh><t>lu</t></rPh></si><si/><si><t>a_x000D_b_x_</t></si></sst>`,
		"xl/worksheets/feuille.xml":  sheet,
	}
	for name, text := range parts {
		all[name] = text
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range []string{"[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/sharedStrings.xml", "xl/worksheets/feuille.xml"} {
		if all[name] == "-" {
			continue
		}
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err == nil {
			_, err = w.Write([]byte(all[name]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestRowsOfOtherProgramsAreRead(t *testing.T) {
	w, err := opened(t, handMade(t, `<x:worksheet xmlns:x="u"><x:cols><x:col/></x:cols><x:sheetData>
		<x:row><x:c t="s"><x:v> 0 </x:v></x:c><x:c t="s"><x:v>1</x:v></x:c><x:c t="s"><x:v>2</x:v></x:c><x:c t="s"><x:v>3</x:v></x:c></x:row>
		<x:row r="4"><x:c r="b4" s="1"/><x:c r="AB4"><x:v>1</x:v></x:c></x:row>
		<x:row r="5"><x:c r="A5" s="1"/></x:row>
		<x:row><x:c t="e"><x:f>A1</x:f><x:v>#REF!</x:v></x:c><x:c t="str"><x:f>A1</x:f><x:v></x:v></x:c><x:c t="str"><x:f>A1</x:f><x:v>ok</x:v></x:c><x:c><x:f>A1</x:f><x:v/></x:c><x:c t="d"><x:v>2013-12-01</x:v></x:c><x:c t="inlineStr"><x:is><x:r><x:t>a</x:t></x:r><x:rPh><x:t>x</x:t></x:rPh><x:t>b</x:t></x:is></x:c></x:row>
		</x:sheetData><x:extLst><row r="1"><c><v>9</v></c></row></x:extLst></x:worksheet>`, nil))
	if err != nil {
		t.Fatal(err)
	}
	rows, numbers, err := shown(w, 0)
	want := [][]string{{"széro", "sun deux", "", "sa\rb_x_"}, append(make([]string, 27), "n1"), {"e#REF!", "", "sok", "f=", "d2013-12-01", "sab"}}
	if diff := cmp.Diff(want, rows) + cmp.Diff([]int{1, 4, 6}, numbers) + cmp.Diff([]string{"Paye"}, w.Sheets()); diff != "" || err != nil || !w.Date1904() {
		t.Errorf("%v, 1904 %v, -want +got:\n%s", err, w.Date1904(), diff)
	}
}

// TestDamagedWorkbooksAreRefused: what excelize reads without a word, a sheet
// that breaks off above all.
func TestDamagedWorkbooksAreRefused(t *testing.T) {
	const good = `<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData></worksheet>`
	for _, c := range []struct {
		reason, sheet string
		parts         map[string]string
		want          string
	}{
		{"a sheet that breaks off", good[:len(good)-30], nil, "mal formé ou coupé"},
		{"an element that another closes", strings.Replace(good, "</c>", "</d>", 1), nil, "mal formé ou coupé"},
		{"a row before the former", strings.Replace(good, "</row>", `</row><row r="1"/>`, 1), nil, "ne sont pas dans l'ordre"},
		{"a row beyond the last", strings.Replace(good, `row r="1"`, `row r="1048577"`, 1), nil, "ne sont pas dans l'ordre"},
		{"a row without number", strings.Replace(good, `row r="1"`, `row r="un"`, 1), nil, "pas de numéro lisible"},
		{"two cells at one place", strings.Replace(good, "</c>", `</c><c r="A1"/>`, 1), nil, "ne sont pas dans l'ordre"},
		{"a column beyond the last", strings.Replace(good, `"A1"`, `"XFE1"`, 1), nil, "ne sont pas dans l'ordre"},
		{"a cell without address", strings.Replace(good, `"A1"`, `"1A"`, 1), nil, "pas d'adresse lisible"},
		{"a type that nobody knows", strings.Replace(good, `"A1"`, `"A1" t="x"`, 1), nil, "type inconnu"},
		{"a text that is not there", strings.Replace(good, `"A1"><v>1`, `"A1" t="s"><v>4`, 1), nil, "texte qui n'existe pas"},
		{"a text without number", strings.Replace(good, `"A1"><v>1`, `"A1" t="s"><v>x`, 1), nil, "texte qui n'existe pas"},
		{"a text without end", strings.Replace(good, "<v>1", "<v>"+strings.Repeat("1", 9<<20), 1), nil, "plus long que toute cellule"},
		{"texts that break off", good, map[string]string{"xl/sharedStrings.xml": "<sst><si>"}, "mal formé ou coupé"},
		{"no texts", good, map[string]string{"xl/sharedStrings.xml": "-"}, "manque"},
		{"no sheet", good, map[string]string{"xl/worksheets/feuille.xml": "-"}, "manque"},
		{"no list of sheets", good, map[string]string{"xl/workbook.xml": "-"}, "n'est pas un classeur"},
		{"sheets of nothing", good, map[string]string{"xl/_rels/workbook.xml.rels": "<Relationships/>"}, "aucune feuille"},
		{"a list of sheets that breaks off", good, map[string]string{"xl/workbook.xml": "<workbook>"}, "mal formé ou coupé"},
	} {
		w, err := opened(t, handMade(t, c.sheet, c.parts))
		if err == nil {
			_, _, err = shown(w, 0)
		}
		var input *reconcile.InputError
		if !errors.As(err, &input) || input.Hint == "" || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.reason, err)
		}
	}
}

func TestAByteChangedInASheetIsNoticed(t *testing.T) {
	content := handMade(t, `<worksheet><sheetData><row r="1"><c r="A1"><v>100.5</v></c></row></sheetData></worksheet>`, nil)
	w, err := opened(t, bytes.Replace(content, []byte("<v>100.5"), []byte("<v>900.5"), 1))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := shown(w, 0); !errors.Is(err, zip.ErrChecksum) {
		t.Errorf("got %v", err)
	}
}

func TestTheConsumerMayStopAmongTheRows(t *testing.T) {
	w, err := opened(t, made(t, func(f *excelize.File) error {
		return errors.Join(f.SetCellValue("Sheet1", "A1", 1), f.SetCellValue("Sheet1", "A2", 2))
	}))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for range w.Rows(0) {
		n++
		break
	}
	if n != 1 {
		t.Errorf("%d rows", n)
	}
}

func TestNumbersTellHowExcelShowsThem(t *testing.T) {
	formats := map[string]excelize.Style{
		"A1": {NumFmt: 0}, "B1": {NumFmt: 4}, "C1": {NumFmt: 10}, "D1": {NumFmt: 14}, "E1": {NumFmt: 22},
		"F1": {CustomNumFmt: ptr(`jj/mm/aaaa`)}, "G1": {CustomNumFmt: ptr(`0.0" %"`)}, "H1": {CustomNumFmt: ptr(`[Red]0.00\ %;-0.00%`)},
		"I1": {CustomNumFmt: ptr(`[h]:mm`)}, "J1": {CustomNumFmt: ptr(`[$-40C]mmm\-yy;@`)}, "K1": {CustomNumFmt: ptr(`#,##0.00\ "EUR m"`)}, "L1": {CustomNumFmt: ptr(`General`)},
		"M1": {CustomNumFmt: ptr(`0.00E+00`)},
	}
	w, err := opened(t, made(t, func(f *excelize.File) error {
		for cell, style := range formats {
			id, err := f.NewStyle(&style)
			if err == nil {
				err = errors.Join(f.SetCellValue("Sheet1", cell, 41275), f.SetCellStyle("Sheet1", cell, cell, id))
			}
			if err != nil {
				return err
			}
		}
		return nil
	}))
	if err != nil {
		t.Fatal(err)
	}
	rows, _, err := shown(w, 0)
	if err != nil {
		t.Fatal(err)
	}
	kinds := ""
	for _, cell := range rows[0] {
		kinds += cell[:1]
	}
	if want := "nnpDDDnpDDnnn"; kinds != want {
		t.Errorf("%s, want %s", kinds, want)
	}
}

func ptr(s string) *string { return &s }

func TestElementsWithoutEndAreRefused(t *testing.T) {
	sheet := `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>` + strings.Repeat("<a>", 1_000_000)
	w, err := opened(t, handMade(t, sheet, nil))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := shown(w, 0); err == nil || !strings.Contains(err.Error(), "emboîtés sans fin") {
		t.Error(err)
	}
}
