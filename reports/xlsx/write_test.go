package xlsx_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"bascule/reconcile"
	"bascule/reports"
	"bascule/reports/xlsx"
)

func sums(n int) (amount, delta reconcile.Amount) {
	for i := range n {
		row := invented(i)
		amount += reconcile.Amount(row[1].N)
		delta += reconcile.Amount(row[2].N)
	}
	return amount, delta
}

func TestTheFileReadBackGivesTheSumsWritten(t *testing.T) {
	for _, n := range []int{0, 1, 500} {
		path, written := write(t, workbook(rows(n)), xlsx.Options{})
		read, err := xlsx.Sums(path, xlsx.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(written, read); diff != "" {
			t.Errorf("%d rows: (-written +read)\n%s", n, diff)
		}
		amount, delta := sums(n)
		if got, _ := read.Sum("Liste", "amount"); got != amount {
			t.Errorf("%d rows: amount %v, wanted %v", n, got, amount)
		}
		if got, _ := read.Sum("Liste", "delta"); got != delta {
			t.Errorf("%d rows: delta %v, wanted %v", n, got, delta)
		}
		if got := read.Rows("Liste"); got != n {
			t.Errorf("%d rows read for %d", got, n)
		}
	}
}

func TestTheDigestIsOfTheContent(t *testing.T) {
	_, first := write(t, workbook(rows(40)), xlsx.Options{Creator: "one"})
	_, again := write(t, workbook(rows(40)), xlsx.Options{Creator: "another"})
	_, more := write(t, workbook(rows(41)), xlsx.Options{})
	if first.SHA256 != again.SHA256 {
		t.Error("the same content has two digests")
	}
	if first.SHA256 == more.SHA256 || len(first.SHA256) != 64 {
		t.Error("another content has the same digest")
	}
}

func TestAFullSheetGoesOnInAnother(t *testing.T) {
	const sheetRows, each = 64, 64 - 3 // two lines and a header on each
	path, result := write(t, workbook(rows(2*each+5)), xlsx.Options{SheetRows: sheetRows})
	file := open(t, path, "")
	want := []string{"Page l'une", "Liste", "Liste (2)", "Liste (3)", "Choix"}
	if diff := cmp.Diff(want, file.GetSheetList()); diff != "" {
		t.Fatal(diff)
	}
	for i, sheet := range want[1:4] {
		tables, err := file.GetTables(sheet)
		if err != nil || len(tables) != 1 {
			t.Fatalf("%s: %v %v", sheet, tables, err)
		}
		if want := [...]string{"A3:J64", "A3:J64", "A3:J8"}[i]; tables[0].Range != want {
			t.Errorf("%s: table %s, wanted %s", sheet, tables[0].Range, want)
		}
		title, err := file.GetCellValue(sheet, "A1")
		if want := [...]string{"Titre & suite", "Titre & suite — suite 2", "Titre & suite — suite 3"}[i]; err != nil || title != want {
			t.Errorf("%s: title %q %v", sheet, title, err)
		}
	}
	amount, _ := sums(2*each + 5)
	if got, _ := result.Sum("Liste", "amount"); got != amount || result.Rows("Liste") != 2*each+5 {
		t.Errorf("the parts add up to %v in %d rows, wanted %v", got, result.Rows("Liste"), amount)
	}
}

func TestASheetExactlyFullHasNoContinuation(t *testing.T) {
	path, _ := write(t, workbook(rows(61)), xlsx.Options{SheetRows: 64})
	if got := open(t, path, "").GetSheetList(); len(got) != 3 {
		t.Errorf("%q", got)
	}
}

var errBroken = errors.New("the store is gone")

// breaking fails after n rows.
func breaking(n int) iter.Seq2[[]reports.Cell, error] {
	return func(yield func([]reports.Cell, error) bool) {
		for row := range rows(n) {
			if !yield(row, nil) {
				return
			}
		}
		yield(nil, errBroken)
	}
}

func TestAFailureLeavesNothingAndKeepsTheFormerFile(t *testing.T) {
	huge := func(yield func([]reports.Cell, error) bool) {
		row := invented(1)
		row[1].N = 1_234_567_890_123_456
		yield(row, nil)
	}
	short := func(yield func([]reports.Cell, error) bool) { yield(invented(1)[:3], nil) }
	longName := workbook(rows(3))
	longName.Sheets[2].Name = strings.Repeat("x", 32)
	for _, c := range []struct {
		book   *reports.Workbook
		o      xlsx.Options
		reason string
	}{
		{workbook(breaking(0)), xlsx.Options{}, "the first row fails"},
		{workbook(breaking(100)), xlsx.Options{}, "a later row fails"},
		{workbook(breaking(100)), xlsx.Options{SheetRows: 64}, "a row fails on the second sheet"},
		{workbook(huge), xlsx.Options{}, "an amount of sixteen digits, which Excel would round"},
		{workbook(short), xlsx.Options{}, "a row without all its columns"},
		{longName, xlsx.Options{}, "a sheet name that Excel refuses"},
		{workbook(rows(1)), xlsx.Options{SheetRows: 5}, "no room for a table"},
		{workbook(rows(1)), xlsx.Options{TempDir: "/nowhere/at/all"}, "no folder for the spilled rows"},
	} {
		for _, former := range []string{"", "former"} {
			folder := t.TempDir()
			path := filepath.Join(folder, "essai.xlsx")
			if former != "" {
				if err := os.WriteFile(path, []byte(former), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := xlsx.Write(path, c.book, c.o); err == nil {
				t.Errorf("%s: no error", c.reason)
			}
			left, err := os.ReadDir(folder)
			if err != nil {
				t.Fatal(err)
			}
			if former == "" && len(left) > 0 || former != "" && len(left) != 1 {
				t.Errorf("%s: left behind %v", c.reason, left)
			}
			if kept, err := os.ReadFile(path); former != "" && (err != nil || string(kept) != former) {
				t.Errorf("%s: the former file is now %q %v", c.reason, kept, err)
			}
		}
	}
}

func TestWriteTellsTheCauseOfAFailure(t *testing.T) {
	_, err := xlsx.Write(filepath.Join(t.TempDir(), "essai.xlsx"), workbook(breaking(2)), xlsx.Options{})
	if !errors.Is(err, errBroken) || !strings.Contains(err.Error(), "feuille Liste") {
		t.Errorf("%v", err)
	}
}

func TestTheFileIsPrivateAndSpillsAreGone(t *testing.T) {
	spills := t.TempDir()
	during := 0
	list := func(yield func([]reports.Cell, error) bool) {
		for row := range rows(10) {
			folders, err := os.ReadDir(spills)
			if err == nil && len(folders) == 1 {
				if info, err := folders[0].Info(); err == nil && info.Mode() == fs.ModeDir|0o700 {
					during++
				}
			}
			if !yield(row, nil) {
				return
			}
		}
	}
	path, _ := write(t, workbook(list), xlsx.Options{TempDir: spills})
	if info, err := os.Stat(path); err != nil || info.Mode() != 0o600 {
		t.Errorf("mode %v %v", info.Mode(), err)
	}
	if during != 10 {
		t.Errorf("the private folder was there for %d rows of 10", during)
	}
	if left, err := os.ReadDir(spills); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

func TestAPasswordEncryptsTheFile(t *testing.T) {
	path, written := write(t, workbook(rows(5)), xlsx.Options{Password: "sésame"})
	if _, err := xlsx.Sums(path, xlsx.Options{}); err == nil {
		t.Error("the file opens without its password")
	}
	read, err := xlsx.Sums(path, xlsx.Options{Password: "sésame"})
	if diff := cmp.Diff(written, read); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
}

func TestAWorkbookChangedByHandIsSeen(t *testing.T) {
	for _, c := range []struct {
		cell   string
		value  any
		seen   bool
		reason string
	}{
		{"B5", 12.34, true, "an amount was changed"},
		{"A5", "AUTRE", true, "a text was changed"},
		{"B5", "douze", true, "an amount became a text"},
		{"B5", 12.345, true, "an amount has tenths of centimes"},
		{"I5", "oui", false, "the reviewer filled his column"},
	} {
		path, written := write(t, workbook(rows(9)), xlsx.Options{})
		file := open(t, path, "")
		if err := file.SetCellValue("Liste", c.cell, c.value); err != nil {
			t.Fatal(err)
		}
		if err := file.Save(); err != nil {
			t.Fatal(err)
		}
		if err := xlsx.Verify(path, written, xlsx.Options{}); (err != nil) != c.seen {
			t.Errorf("%s: %v", c.reason, err)
		}
	}
}

func TestAFileThatTheDiskSpoiledIsSeen(t *testing.T) {
	path, written := write(t, workbook(rows(2000)), xlsx.Options{})
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	spoiled := func(content []byte, reason string) {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := xlsx.Verify(path, written, xlsx.Options{}); err == nil {
			t.Errorf("%s, and nothing tells", reason)
		}
	}
	spoiled(whole[:len(whole)/2], "half the file is gone")
	sheets, err := zip.NewReader(bytes.NewReader(whole), int64(len(whole)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range sheets.File {
		if !strings.HasPrefix(f.Name, "xl/worksheets/sheet") {
			continue
		}
		from, err := f.DataOffset()
		if err != nil {
			t.Fatal(err)
		}
		for _, at := range []int64{from, from + int64(f.CompressedSize64)/2, from + int64(f.CompressedSize64) - 1} {
			content := bytes.Clone(whole)
			content[at] ^= 0x10
			spoiled(content, fmt.Sprintf("a bit of %s is turned", f.Name))
		}
	}
}

func TestAForeignWorkbookIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "autre.xlsx")
	file := excelize.NewFile()
	if err := file.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	if _, err := xlsx.Sums(path, xlsx.Options{}); !errors.Is(err, xlsx.ErrForeign) {
		t.Errorf("%v, wanted %v", err, xlsx.ErrForeign)
	}
}

func open(t *testing.T, path, password string) *excelize.File {
	t.Helper()
	file, err := excelize.OpenFile(path, excelize.Options{Password: password})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	return file
}
