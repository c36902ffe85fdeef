package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const flatHeader = "mois;nir;dossier;matricule;programme;code;sens;montant\n"

func flatRow(matricule, code, amount string) string {
	return fmt.Sprintf("2013-12;%s;01;%s;176;%s;P;%s\n", "1"+matricule, matricule, code, amount)
}

// writeAll writes files below the working directory.
func writeAll(t *testing.T, files map[string]string) {
	t.Helper()
	for name, text := range files {
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// flatMinistry sets a ministry of flat files up in a folder of its own, whose
// sibling ext is outside.
func flatMinistry(t *testing.T, legacy string) {
	t.Helper()
	t.Chdir(t.TempDir())
	writeAll(t, map[string]string{"m/config.yaml": fmt.Sprintf(`period: "2013-12"
mappings: "mappings"
inputs:
  legacy: [ { path: %q, layout: "flat" } ]
  onp: [ { path: "o.csv", layout: "flat" } ]
`, legacy), "m/o.csv": flatHeader + flatRow("M1", "R1010", "100,00") + flatRow("M2", "R1010", "50,00")})
	t.Chdir("m")
	if code, _, stderr := invoke(t, "init", "."); code != 0 {
		t.Fatal(stderr)
	}
}

func mustExit(t *testing.T, want int, args ...string) string {
	t.Helper()
	code, stdout, stderr := invoke(t, append(args, "--quiet")...)
	if code != want {
		t.Fatalf("%v exits %d, wanted %d: %s%s", args, code, want, stdout, stderr)
	}
	return stderr
}

func TestRunAndCompareAgreeOnWhichFileADoubleCountsIn(t *testing.T) {
	flatMinistry(t, "l*.csv")
	both := flatRow("M1", "101000", "100,00")
	writeAll(t, map[string]string{"l1.csv": flatHeader + both + flatRow("M2", "101000", "50,00"), "l2.csv": flatHeader + both})
	mustExit(t, exitOpen, "run")
	writeAll(t, map[string]string{"l1.csv": flatHeader + flatRow("M1", "101000", "300,00") + flatRow("M2", "101000", "50,00")})
	mustExit(t, exitOpen, "run")
	second := summaryOf(t, runFolderOf(t, 2)).Discrepancies.Delta
	if second.String() != "-200.00" {
		t.Fatalf("the first file is the one that counts: delta %v, wanted -200.00", second)
	}
	mustExit(t, exitOpen, "compare")
	mustExit(t, exitOpen, "run")
	if _, err := os.Stat(runFolderOf(t, 3)); err == nil {
		t.Error("compare and run take each other's result for another")
	}
}

func TestAFileOutsideTheFolderSupersedesItsFormerSelf(t *testing.T) {
	flatMinistry(t, "../ext/l.csv")
	writeAll(t, map[string]string{"../ext/l.csv": flatHeader + flatRow("M1", "101000", "90,00") + flatRow("M2", "101000", "50,00")})
	mustExit(t, exitOpen, "run")
	writeAll(t, map[string]string{"../ext/l.csv": flatHeader + flatRow("M1", "101000", "100,00") + flatRow("M2", "101000", "50,00")})
	mustExit(t, exitClosed, "load", "--side", "legacy", filepath.Join("..", "ext", "l.csv"))
	mustExit(t, exitClosed, "compare")
	if stderr := mustExit(t, exitFailure, "load", "--side", "legacy", "o.csv", "./o.csv"); !strings.Contains(stderr, "deux fois") {
		t.Errorf("one file given twice: %s", stderr)
	}
}

func TestOlderRunsKeepTheirOwnFilesAndTables(t *testing.T) {
	flatMinistry(t, "l*.csv")
	writeAll(t, map[string]string{"l1.csv": flatHeader + flatRow("M1", "101000", "90,00") + flatRow("M2", "299999", "50,00")})
	mustExit(t, exitOpen, "run")
	if err := os.Rename("l1.csv", "l-autre.csv"); err != nil {
		t.Fatal(err)
	}
	mustExit(t, exitOpen, "run")
	_, first, _ := invoke(t, "runs", "show", "1")
	if !strings.Contains(first, "l1.csv") || strings.Contains(first, "l-autre.csv") {
		t.Errorf("run 1 says it read:\n%s", first)
	}
	edit(t, "mappings/correspondances.csv", func(b []byte) []byte { return append(b, "IFTS;legacy;299999;1;;;essai;X\n"...) })
	if stderr := mustExit(t, exitFailure, "report", "--run", "1"); !strings.Contains(stderr, "tables") {
		t.Errorf("report on other tables: %s", stderr)
	}
}

func TestASideNeverLoadedIsNoEmptyPayroll(t *testing.T) {
	flatMinistry(t, "l*.csv")
	writeAll(t, map[string]string{"l1.csv": flatHeader + flatRow("M1", "101000", "90,00")})
	mustExit(t, exitClosed, "load", "--side", "legacy", "l1.csv")
	if stderr := mustExit(t, exitFailure, "compare"); !strings.Contains(stderr, "ONP") {
		t.Errorf("compare with one side: %s", stderr)
	}
}

func TestAMissingOutputIsPublishedAgain(t *testing.T) {
	flatMinistry(t, "l*.csv")
	writeAll(t, map[string]string{"l1.csv": flatHeader + flatRow("M1", "101000", "90,00")})
	mustExit(t, exitOpen, "run")
	book := filepath.Join(runFolderOf(t, 1), "ecarts-2013-12-run-0001.xlsx")
	if err := os.Remove(book); err != nil {
		t.Fatal(err)
	}
	mustExit(t, exitOpen, "run")
	if _, err := os.Stat(book); err != nil {
		t.Error(err)
	}
}

func TestAFlatFileThatEndsWithoutALineEndIsTold(t *testing.T) {
	flatMinistry(t, "l*.csv")
	writeAll(t, map[string]string{"l1.csv": strings.TrimSuffix(flatHeader+flatRow("M1", "101000", "100,00")+flatRow("M2", "101000", "50,00"), "\n")})
	mustExit(t, exitClosed, "run")
	if notes := strings.Join(summaryOf(t, runFolderOf(t, 1)).Notes, "\n"); !strings.Contains(notes, "coupé") {
		t.Errorf("notes: %q", notes)
	}
}

func TestCompareRefusesLoadsReadUnderOtherSettings(t *testing.T) {
	flatMinistry(t, "l.csv")
	writeAll(t, map[string]string{"l.csv": flatHeader + flatRow("M1", "101000", "100,00") + flatRow("M2", "101000", "50,00")})
	mustExit(t, exitClosed, "run")
	mustExit(t, exitClosed, "compare")
	config, err := os.ReadFile("config.yaml")
	if err != nil {
		t.Fatal(err)
	}
	writeAll(t, map[string]string{"config.yaml": string(config) + "identity: { key: [\"matricule\", \"dossier\"] }\n"})
	if stderr := mustExit(t, exitFailure, "compare"); !strings.Contains(stderr, "a été chargé sous d'autres réglages") || !strings.Contains(stderr, "bascule load --side legacy") {
		t.Errorf("stderr %q", stderr)
	}
	mustExit(t, exitClosed, "run")
	mustExit(t, exitClosed, "compare")
}

func TestReportPublishesTheNightThatAMonthRunFollowed(t *testing.T) {
	flatMinistry(t, "l.csv")
	writeAll(t, map[string]string{"l.csv": flatHeader + flatRow("M1", "101000", "100,00") + flatRow("M2", "101000", "50,00"),
		"o11.csv": strings.ReplaceAll(flatHeader+flatRow("M1", "R1010", "100,00")+flatRow("M2", "R1010", "50,00"), "2013-12", "2013-11")})
	mustExit(t, exitClosed, "load", "--side", "legacy", "l.csv")
	mustExit(t, exitClosed, "load", "--side", "onp", "o.csv")
	mustExit(t, exitClosed, "load", "--side", "onp", "--period", "2013-11", "o11.csv")
	mustExit(t, exitClosed, "compare")
	mustExit(t, exitClosed, "compare", "--side", "onp", "--legacy-period", "2013-11")
	mustExit(t, exitClosed, "report")
	if _, err := os.Stat("out/2013-12/run-0001/summary.json"); err != nil {
		t.Errorf("the night's run is not published: %v", err)
	}
}

func TestLoadTellsWhatItsReaderHadToSay(t *testing.T) {
	flatMinistry(t, "l.csv")
	writeAll(t, map[string]string{"l.csv": strings.Replace(flatHeader, "montant", "montant;primes;2550814168025", 1) + strings.ReplaceAll(flatRow("M1", "101000", "100,00"), "\n", ";1;2\n")})
	code, stdout, stderr := invoke(t, "load", "--side", "legacy", "l.csv", "--quiet")
	if code != 0 || !strings.Contains(stdout, "« primes »") || strings.Contains(stdout, "2550814168025") {
		t.Errorf("exit %d, %q %q", code, stdout, stderr)
	}
}
