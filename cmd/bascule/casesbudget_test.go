package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// importBudgetOf imports the files of the budget of a case, where it has some.
func importBudgetOf(t *testing.T, folder string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "budget", "*.csv"))
	if err != nil {
		t.Fatal(err)
	}
	if files == nil {
		return
	}
	if code, _, stderr := invoke(t, append([]string{"budget", "import", "--quiet"}, files...)...); code != exitClosed {
		t.Fatal(stderr)
	}
}

// budgetOfCase tells which figures of the budget are not those that the case
// expects: run;chiffre;attendu, a figure being its path in « budget show --json »
// and, for lists, the name of the item. The screen of the tenth run is in ecran.fr.txt
// and ecran.en.txt.
func budgetOfCase(t *testing.T) (wrong []string) {
	t.Helper()
	lines := linesIn(t, "attendu-budget.csv")
	if len(lines) == 0 {
		return nil
	}
	for _, lang := range []string{"fr", "en"} {
		code, stdout, stderr := invoke(t, "budget", "show", "--quiet", "--lang", lang, "--run", "10")
		if want := readFile(t, "ecran."+lang+".txt"); code != exitClosed || stdout != want {
			wrong = append(wrong, fmt.Sprintf("screen in %s: exits %d %s\n%s", lang, code, stderr, cmp.Diff(want, stdout)))
		}
	}
	runs := make(map[string]any)
	for _, line := range lines[1:] {
		cells := strings.SplitN(line, ";", 3)
		figures, read := runs[cells[0]]
		if !read {
			code, stdout, stderr := invoke(t, "budget", "show", "--quiet", "--json", "--run", cells[0])
			if code != exitClosed {
				t.Fatal(stderr)
			}
			if err := json.Unmarshal([]byte(stdout), &figures); err != nil {
				t.Fatal(err)
			}
			runs[cells[0]] = figures
		}
		if got := figureText(figureAt(figures, strings.Split(cells[1], "."))); got != cells[2] {
			wrong = append(wrong, fmt.Sprintf("run %s, %s: got %q, wanted %q", cells[0], cells[1], got, cells[2]))
		}
	}
	return wrong
}

// itemNames are the keys that name the items of lists.
var itemNames = []string{"programme", "workstream", "wave", "month", "category", "jalon", "operation", "year"}

func figureAt(value any, path []string) any {
	if len(path) == 0 {
		return value
	}
	switch v := value.(type) {
	case map[string]any:
		return figureAt(v[path[0]], path[1:])
	case []any:
		for _, item := range v {
			for _, name := range itemNames {
				if of, ok := item.(map[string]any); ok && fmt.Sprint(of[name]) == path[0] {
					return figureAt(item, path[1:])
				}
			}
		}
	}
	return "–"
}

func figureText(value any) string {
	list, ok := value.([]any)
	if !ok {
		return fmt.Sprint(value)
	}
	var texts []string
	for _, item := range list {
		if alert, ok := item.(map[string]any); ok {
			item = fmt.Sprintf("%v:%v:%v", alert["code"], alert["scope"], alert["amount"])
		}
		texts = append(texts, fmt.Sprint(item))
	}
	return strings.Join(texts, " ")
}
