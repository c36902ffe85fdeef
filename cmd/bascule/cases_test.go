package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCasesGiveWhatIsExpected runs each folder of fixtures/cases that holds a
// configuration: extracts in, the list of discrepancies out, with the reason
// why. options.txt, where there is one, is added to the command. What is expected was worked out by hand; nothing rewrites it.
func TestCasesGiveWhatIsExpected(t *testing.T) {
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
			options, err := os.ReadFile("options.txt")
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				t.Fatal(err)
			}
			code, _, stderr := invoke(t, append([]string{"run", "--quiet"}, strings.Fields(string(options))...)...)
			if wantCode := map[bool]int{false: exitClosed, true: exitOpen}[strings.Contains(strings.Join(want, "\n"), ";open")]; code != wantCode {
				t.Fatalf("exits %d, wanted %d: %s", code, wantCode, stderr)
			}
			columns := strings.Split(want[0], ";")
			got := []string{want[0]}
			for _, r := range readTable(t, filepath.Join(runFolderOf(t, 1), "discrepancies.csv")) {
				cells := make([]string, len(columns))
				for i, c := range columns {
					cells[i] = r[c]
				}
				got = append(got, strings.Join(cells, ";"))
			}
			if strings.Join(got, "\n") != strings.Join(want, "\n") {
				t.Errorf("%s\ngot:\n%s\nwanted:\n%s", reason, strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
			if !summaryOf(t, runFolderOf(t, 1)).Closing.OK {
				t.Error("does not close")
			}
		})
	}
}
