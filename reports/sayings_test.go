package reports

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"bascule/reconcile"
)

// uttered are the formats of the sayings of all packages, with how many values
// each is given. A format that cannot be read in the code fails: no test could
// hold its message.
func uttered(t *testing.T) map[string]int {
	t.Helper()
	formats := map[string]int{}
	files := token.NewFileSet()
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(files, path, nil, 0)
		if err != nil {
			return err
		}
		known := map[ast.Node]bool{} // the functions called
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				known[n.Name] = true
			case *ast.CallExpr:
				if !isNamed(n.Fun, "Say") {
					return true
				}
				known[n.Fun] = true
				literal, ok := n.Args[0].(*ast.BasicLit)
				if !ok || literal.Kind != token.STRING || n.Ellipsis.IsValid() {
					t.Errorf("%s: a saying whose format or values are not written where it is said", files.Position(n.Pos()))
					return true
				}
				format, _ := strconv.Unquote(literal.Value)
				if given, met := formats[format]; met && given != len(n.Args)-1 {
					t.Errorf("%s: %q is given %d values here, %d elsewhere", files.Position(n.Pos()), format, len(n.Args)-1, given)
				}
				formats[format] = len(n.Args) - 1
			case *ast.CompositeLit:
				for _, e := range n.Elts {
					pair, ok := e.(*ast.KeyValueExpr)
					if ok && isNamed(n.Type, "Saying") && isNamed(pair.Key, "Format") && filepath.Base(path) != "saying.go" {
						t.Errorf("%s: a saying made without Say", files.Position(n.Pos()))
					}
				}
			case ast.Expr:
				if isNamed(n, "Say") && !known[n] {
					t.Errorf("%s: Say is not called", files.Position(n.Pos()))
				}
				return !isNamed(n, "Say") // a selector holds its own name
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return formats
}

// isNamed tells whether an expression is a name, of this package or of reconcile.
func isNamed(e ast.Expr, name string) bool {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name == name
	case *ast.SelectorExpr:
		of, ok := e.X.(*ast.Ident)
		return ok && of.Name == "reconcile" && e.Sel.Name == name
	}
	return false
}

// saidVerb is what follows each percent sign of a format: all must be verbs.
var saidVerb = regexp.MustCompile(`%.?`)

func TestEverySayingHasOneMessageInBothLanguages(t *testing.T) {
	messages := map[string]string{} // key of each format
	for key, texts := range catalogue() {
		if !strings.HasPrefix(key, saidPrefix) {
			continue
		}
		if other, twice := messages[texts[0]]; twice {
			t.Errorf("%s and %s are one saying", key, other)
		}
		messages[texts[0]] = key
		fr, en := saidVerb.FindAllString(texts[0], -1), saidVerb.FindAllString(texts[1], -1)
		for _, verb := range fr {
			if !slices.Contains([]string{"%s", "%n"}, verb) {
				t.Errorf("%s: %q is no verb", key, verb)
			}
		}
		if texts[1] == "" || !slices.Equal(fr, en) {
			t.Errorf("%s: the English message is %q, of %q", key, texts[1], texts[0])
		}
	}
	formats := uttered(t)
	if len(formats) < 50 {
		t.Fatalf("only %d sayings are found in the code", len(formats))
	}
	for format, given := range formats {
		if _, known := messages[format]; !known {
			t.Errorf("%q is said, and has no message", format)
		}
		if n := len(saidVerb.FindAllString(format, -1)); n != given {
			t.Errorf("%q: %d blanks, given %d values", format, n, given)
		}
	}
	for format, key := range messages {
		if _, met := formats[format]; !met {
			t.Errorf("%s: nobody says %q", key, format)
		}
	}
}

func TestASayingIsPutIntoTheWordsOfTheLanguage(t *testing.T) {
	fr, en := newMessages("fr", Labels{}), newMessages("en", Labels{})
	for _, c := range []struct {
		saying         *reconcile.Saying
		fr, en, reason string
	}{
		{nil, "", "", "nothing is said"},
		{reconcile.Say("est vide"), "est vide", "is empty", "a message without blanks"},
		{reconcile.Say("la ligne a %n colonnes au lieu de %n", 12345, 3), "la ligne a 12\u00a0345 colonnes au lieu de 3", "the line has 12,345 columns instead of 3", "counts"},
		{reconcile.Say("le mois voisin %s a été purgé le %s : un décalage avec lui est présumé, plus prouvé", reconcile.NewPeriod(2013, 8), "2014-01-02"),
			"le mois voisin 2013-08 a été purgé le 2014-01-02 : un décalage avec lui est présumé, plus prouvé",
			"the neighbouring month 2013-08 was purged on 2014-01-02: a shift from or to it is presumed, no longer proved", "a month and a day"},
		{reconcile.Say("%s : %s", "a 100 %n.txt", reconcile.Say("%n bulletin(s) sans totaux", int64(2))), "a 100 %n.txt : 2 bulletin(s) sans totaux", "a 100 %n.txt: 2 payslip(s) without totals",
			"a saying in a saying; a text of somebody else is no format"},
		{reconcile.List([]*reconcile.Saying{reconcile.Say("« %s »", "âge"), reconcile.Say("la %se", 5)}), "« âge », la 5e", "“âge”, no. 5", "a list"},
		{reconcile.Say("« %s »", &reconcile.Saying{Text: "Traitement", English: "Pay"}), "« Traitement »", "“Pay”", "a text written in both languages"},
		{reconcile.Say("« %s »", &reconcile.Saying{Text: "Traitement"}), "« Traitement »", "“Traitement”", "and in one alone"},
		{reconcile.Recall("est vide"), "est vide", "est vide", "what an earlier version stored stays as it is"},
		{reconcile.Recall(`["une version à venir le dit : %s et %n","x","3000"]`), "une version à venir le dit : x et 3\u00a0000", "une version à venir le dit : x et 3,000", "what the catalogue lacks is said in French"},
		{reconcile.Recall(`["%n %n %n %s","x",["est vide"],"12.5"]`), "x est vide 12.5 %s", "x is empty 12.5 %s", "what is no number, or lacks, stays as it is"},
	} {
		stored := reconcile.Recall(c.saying.Stored())
		for i, s := range []*reconcile.Saying{c.saying, stored} {
			if got := fr.say(s); got != c.fr {
				t.Errorf("%s (%d): %q, wanted %q", c.reason, i, got, c.fr)
			}
			if got := en.say(s); got != c.en {
				t.Errorf("%s (%d): %q, wanted %q", c.reason, i, got, c.en)
			}
		}
	}
}

func TestNotesAreThoseThatTheRunWasRecordedWith(t *testing.T) {
	const recorded = `{"notes": ["data/psop.txt : 3 bulletin(s) sans totaux"]}`
	for _, c := range []struct{ stored, fr, en, reason string }{
		{recorded, "data/psop.txt : 3 bulletin(s) sans totaux", "data/psop.txt : 3 bulletin(s) sans totaux", "an earlier version stored sentences"},
		{`{"notes": ["dite autrefois"], "sayings": [["%s : %s", "data/psop.txt", ["%n bulletin(s) sans totaux", "3"]]]}`,
			"data/psop.txt : 3 bulletin(s) sans totaux", "data/psop.txt: 3 payslip(s) without totals", "what was published in another language is said anew"},
	} {
		var s reconcile.Summary
		if err := json.Unmarshal([]byte(c.stored), &s); err != nil {
			t.Fatal(err)
		}
		for lang, want := range map[string]string{"fr": c.fr, "en": c.en} {
			worded := Worded(&s, lang)
			if !slices.Equal(worded.Notes, []string{want}) || worded.Sayings != nil {
				t.Errorf("%s: in %s %q, %v; wanted %q", c.reason, lang, worded.Notes, worded.Sayings, want)
			}
		}
	}
}
