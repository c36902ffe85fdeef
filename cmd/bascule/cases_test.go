package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCasesGiveWhatIsExpected runs each folder of fixtures/cases that holds a
// configuration: extracts in, the list of discrepancies out, with the reason
// why. options.txt, where there is one, is added to the command; avant.txt holds
// the options of the runs that come first, of other months, one a line. A root is
// named by its element. Files of a folder budget are imported first, and figures
// of the budget of some runs held to attendu-budget.csv. What is expected was
// worked out by hand; nothing rewrites it.
func TestCasesGiveWhatIsExpected(t *testing.T) {
	if elsewhere(t) {
		return
	}
	folders, err := filepath.Glob(filepath.Join("..", "..", "fixtures", "cases", "*", "config.yaml"))
	if err != nil || len(folders) < 20 {
		t.Fatalf("%d cases found, %v", len(folders), err)
	}
	for _, config := range folders {
		folder, err := filepath.Abs(filepath.Dir(config))
		if err != nil {
			t.Fatal(err)
		}
		t.Run(filepath.Base(folder), func(t *testing.T) {
			reason := readFile(t, filepath.Join(folder, "raison.txt"))
			want := strings.Split(strings.TrimSpace(readFile(t, filepath.Join(folder, "attendu.csv"))), "\n")
			t.Chdir(t.TempDir())
			if err := os.CopyFS(".", os.DirFS(folder)); err != nil {
				t.Fatal(err)
			}
			if code, _, stderr := invoke(t, "init", "."); code != 0 {
				t.Fatal(stderr)
			}
			importBudgetOf(t, folder)
			number := 1
			for _, before := range linesIn(t, "avant.txt") {
				if code, _, stderr := invoke(t, append([]string{"run", "--quiet"}, strings.Fields(before)...)...); code > exitOpen {
					t.Fatal(stderr)
				}
				number++
			}
			options := strings.Fields(strings.Join(linesIn(t, "options.txt"), " "))
			code, _, stderr := invoke(t, append([]string{"run", "--quiet"}, options...)...)
			if wantCode := map[bool]int{false: exitClosed, true: exitOpen}[strings.Contains(strings.Join(want, "\n"), ";open")]; code != wantCode {
				t.Fatalf("exits %d, wanted %d: %s", code, wantCode, stderr)
			}
			found, err := filepath.Glob(filepath.Join("out", "*", fmt.Sprintf("run-%04d", number)))
			if err != nil || len(found) != 1 {
				t.Fatalf("run %d wrote %v, %v", number, found, err)
			}
			got := append(want[:1:1], columnsOf(want[0], readTable(t, filepath.Join(found[0], "discrepancies.csv")))...)
			if strings.Join(got, "\n") != strings.Join(want, "\n") {
				t.Errorf("%s\ngot:\n%s\nwanted:\n%s", reason, strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
			if !summaryOf(t, found[0]).Closing.OK {
				t.Error("does not close")
			}
			for _, wrong := range budgetOfCase(t) {
				t.Errorf("%s\n%s", reason, wrong)
			}
		})
	}
}

// linesIn are the lines of a file, none where there is none.
func linesIn(t *testing.T, file string) []string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return strings.FieldsFunc(string(text), func(r rune) bool { return r == '\n' || r == '\r' })
}

// columnsOf writes the columns of a header, roots by their element: fingerprints
// change with the secret of each folder.
func columnsOf(header string, table []map[string]string) []string {
	element := map[string]string{}
	for _, r := range table {
		element[r["fingerprint"]] = r["element"]
	}
	rows := make([]string, 0, len(table))
	for _, r := range table {
		var cells []string
		for _, c := range strings.Split(header, ";") {
			value := r[c]
			if name, ok := element[value]; ok && c == "root" {
				value = name
			}
			cells = append(cells, value)
		}
		rows = append(rows, strings.Join(cells, ";"))
	}
	return rows
}
