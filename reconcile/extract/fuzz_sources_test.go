package extract

import (
	"archive/zip"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzReadXLSXRows reads rows of any cells: one line each, the cells between
// semicolons, the first byte of each its type; a blank line is a gap.
func FuzzReadXLSXRows(f *testing.F) {
	header := "s" + strings.ReplaceAll(flatNames, ";", ";s") + "\n"
	for _, rows := range []string{
		"sm\n", "", "\n\nsx",
		header + "n41609;n1600175000001;n42;s01;sAB;sNOM;sP;s6;n7;n467;;n85.710000000000001;n3;s;s176;;;sS;n2;;n101000;sx;sP;n1234.5599999999999;n0.30000000000000004;n5.4321;n41548.0\n",
		header + "n41609;n1.600175000001E+12;;;;;;;;;;;;;;;;;;;s1;;;e#N/A\n\n\ns2013-12;n1;;;;;;;;;;;;;;;;;;;b1;;;f=;;;;n1\n",
		header + "d2013-12-01T00:00:00;s1;;;;;;;;;;;;;;;;;;;s1;;sD;s1\u00a0234,56-\n",
	} {
		f.Add([]byte(rows), false)
		f.Add([]byte(rows), true)
	}
	l := shippedLayout(f, "xlsx")
	path := filepath.Join(f.TempDir(), "input")
	if err := os.WriteFile(path, zipOf(f, member{"[Content_Types].xml", "x"}), 0o600); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text []byte, date1904 bool) {
		book := &fakeBook{names: []string{"Paye"}, hidden: []bool{false}, date1904: date1904, rows: [][]SheetRow{nil}}
		for i, line := range strings.Split(string(text), "\n") {
			if line != "" {
				book.rows[0] = append(book.rows[0], typed(i+1, strings.Split(line, ";")...))
			}
		}
		o := testOptions("2013-12")
		o.MaxRejects, o.MaxLineBytes = Limit{absolute: maxRejectsEver}, 4096
		o.Workbook = func(*zip.Reader) (Workbook, error) { return book, nil }
		checkReading(t, path, l, o)
	})
}

// FuzzReadZip reads any archive of flat files, and any workbook.
func FuzzReadZip(f *testing.F) {
	for _, path := range galleryInputs(f) {
		switch filepath.Ext(path) {
		case ".zip", ".xlsx", ".ods", ".xlsb":
		default:
			continue
		}
		content, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(content)
	}
	f.Add(zipOf(f, member{"a.csv", string(csv(flatLines()...))}, member{"b/", ""}, member{"b/c.csv", string(csv(flatLines()...))}))
	flat, sheet := shippedLayout(f, "flat"), shippedLayout(f, "xlsx")
	path := filepath.Join(f.TempDir(), "input")
	o := testOptions("2013-12")
	o.MaxRejects, o.MaxLineBytes, o.MaxUnzippedBytes, o.Workbook = Limit{absolute: maxRejectsEver}, 4096, 1<<20, openXLSX
	f.Fuzz(func(t *testing.T, content []byte) {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		files, err := Files(path, "", o.MaxUnzippedBytes)
		if err != nil {
			if strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), " — ") {
				t.Fatalf("error %q", err)
			}
			return
		}
		defer files[0].Close()
		for _, file := range files {
			checkReader(t, file.Reader(flat, o))
			checkReader(t, file.Reader(sheet, o))
		}
	})
}
