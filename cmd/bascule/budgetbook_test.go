package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"bascule/reconcile"
)

// budgetBook finds the budget workbook among the outputs of a run, blank for none.
func budgetBook(s reconcile.Summary) string {
	i := slices.IndexFunc(s.Outputs, func(o reconcile.Output) bool { return strings.HasPrefix(o.File, "budget-") })
	if i < 0 {
		return ""
	}
	return s.Outputs[i].File
}

func TestTheBudgetWorkbookIsPublishedReadAgainAndHeldToTheRun(t *testing.T) {
	ministry(t, 120, 7)
	mustExit(t, exitOpen, "run")
	s := summaryOf(t, runFolderOf(t, 1))
	if got := budgetBook(s); got != "budget-2013-12-run-0001.xlsx" {
		t.Fatalf("the outputs are %+v", s.Outputs)
	}
	var held []string
	for _, c := range s.Closing.Checks {
		if c.Name == "budget" {
			held = append(held, fmt.Sprintf("%s %t %t", c.Scope, c.OK, c.Left != 0))
		}
	}
	if want := []string{"legacy true true", "onp true true", "ministry true true"}; !slices.Equal(held, want) {
		t.Errorf("what was read again: %q, wanted %q", held, want)
	}
	mustExit(t, exitClosed, "verify")
	book := filepath.Join(runFolderOf(t, 1), budgetBook(s))
	file, err := excelize.OpenFile(book)
	if err != nil {
		t.Fatal(err)
	}
	if err := file.SetCellValue("Synthèse", "B11", 1); err != nil {
		t.Fatal(err)
	}
	if err := file.Save(); err != nil {
		t.Fatal(err)
	}
	if code, stdout, stderr := invoke(t, "verify", "--quiet"); code == exitClosed || !strings.Contains(stdout+stderr, filepath.Base(book)) {
		t.Errorf("an altered figure goes by: exits %d: %s%s", code, stdout, stderr)
	}
	if err := os.Remove(book); err != nil {
		t.Fatal(err)
	}
	mustExit(t, exitOpen, "run")
	if _, err := os.Stat(book); err != nil {
		t.Errorf("a workbook that was lost is not written again: %v", err)
	}
}

func TestARunThatComparesMonthsHasNoBudgetWorkbook(t *testing.T) {
	twoMonths(t, 60, 7)
	mustExit(t, exitOpen, monthsOf("onp")...)
	if got := budgetBook(summaryOf(t, runFolderOf(t, 1))); got != "" {
		t.Errorf("it has %s", got)
	}
}
