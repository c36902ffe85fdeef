package main

import (
	"bytes"
	"encoding/csv"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// frenchTexts are the French pieces of the messages that are not the same in
// English, by key. A piece is what stands between two values; the short ones could
// be found in anything.
func frenchTexts(t *testing.T) map[string][]string {
	t.Helper()
	r := csv.NewReader(strings.NewReader(readFile(t, messagesFile)))
	r.Comma = ';'
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	const short = 12
	value := regexp.MustCompile(`%(\[\d\])?[a-z]|\{[^}]*\}|[\[\]|]`)
	texts := map[string][]string{}
	for _, row := range rows[1:] {
		for _, piece := range value.Split(row[1], -1) {
			if piece = strings.TrimSpace(piece); utf8.RuneCountInString(piece) >= short && !strings.Contains(row[2], piece) {
				texts[row[0]] = append(texts[row[0]], piece)
			}
		}
	}
	return texts
}

// messagesFile is the catalogue, found before a test changes its folder.
var messagesFile, _ = filepath.Abs("../../reports/messages.csv")

// spoiled makes a ministry whose files and tables have something to be told of.
func spoiled(t *testing.T) {
	t.Helper()
	ministry(t, 60, 7)
	edit(t, "psop-2013-12.txt", func(text []byte) []byte {
		met := map[string]int{}
		var lines [][]byte
		for _, line := range bytes.Split(text, []byte("\n")) {
			kind := string(line[:min(2, len(line))])
			put := func(position int, with string) { copy(line[position-1:], with) }
			switch met[kind]++; kind + " " + string(rune('0'+met[kind])) {
			case "10 2":
				put(92, "A1B") // NBI
			case "10 3":
				put(3, "               ") // no identity
				put(20, "          ")
			case "10 4":
				put(16, "99") // a key that is not that of the NIR
			case "20 1":
				put(52, "ABCDEFGHIJK") // base
			case "20 2":
				put(64, "1A2B3C4D") // rate
			case "20 3":
				put(72, "201399") // origin
			case "20 4":
				put(39, "X") // sense
			case "30 1":
				put(3, "00000000001") // not what its lines add up to
			case "30 5":
				lines = append(lines, line) // twice
			}
			lines = append(lines, line)
		}
		return bytes.Join(lines, []byte("\n"))
	})
	edit(t, "sipaye-2013-12.csv", func(text []byte) []byte { // a column too many
		return bytes.Replace(text, []byte("\nT;"), []byte("\nT;1;"), 1)
	})
	rewrite(t, "config.yaml", func(text string) string { return strings.Replace(text, `max_rejects: "1%"`, `max_rejects: "20%"`, 1) })
	replace(t, filepath.Join("mappings", "elements.csv"), "taux(CAS_CIVIL)", "taux(POINT_D_OR)")
	rewrite(t, filepath.Join("mappings", "correspondances.csv"), func(text string) string {
		return text + strings.Replace(strings.Split(text, "\n")[1], ";101000;", ";0101000;", 1) + "\n"
	})
	rewrite(t, filepath.Join("mappings", "vagues.csv"), func(text string) string { return strings.Replace(text, "\nV2;", "\nVX;Tous;2014-04;;;;;;\nV2;", 1) })
}

// told is all that a run tells people: each cell of its workbooks, its page, its
// screen, its notes and why lines were rejected.
func told(t *testing.T, folder, screen string) string {
	t.Helper()
	all := []string{screen, strings.Join(summaryOf(t, folder).Notes, "\n")}
	for _, row := range readTable(t, filepath.Join(folder, "rejects.csv")) {
		all = append(all, row["field"], row["reason"])
	}
	for _, row := range readTable(t, filepath.Join(folder, "discrepancies.csv")) {
		all = append(all, row["explanation"])
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		switch filepath.Ext(e.Name()) {
		case ".html":
			all = append(all, readFile(t, filepath.Join(folder, e.Name())))
		case ".xlsx":
			all = append(all, cellsOf(t, filepath.Join(folder, e.Name()))...)
		}
	}
	return strings.Join(all, "\n")
}

// ofTables are the sentences of the ministry's own tables, which stay as they are.
func ofTables(t *testing.T) []string {
	t.Helper()
	var words []string
	for _, row := range readTable(t, filepath.Join("mappings", "gates.csv")) {
		words = append(words, row["label"], row["source"])
	}
	return words
}

func cellsOf(t *testing.T, name string) []string {
	t.Helper()
	book, err := excelize.OpenFile(name)
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	all := book.GetSheetList()
	for _, sheet := range book.GetSheetList() {
		rows, err := book.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			all = append(all, row...)
		}
	}
	return all
}

func TestAReportInEnglishSaysNothingInFrench(t *testing.T) {
	spoiled(t)
	code, screen, stderr := invoke(t, "run", "--quiet", "--lang", "en")
	if code != exitOpen {
		t.Fatalf("exits %d: %s", code, stderr)
	}
	english := told(t, runFolderOf(t, 1), screen)
	mustExit(t, exitClosed, "verify")
	mustExit(t, exitOpen, "report", "--run", "1") // the same run, in French
	french := told(t, runFolderOf(t, 1), "")
	mustExit(t, exitClosed, "verify")
	summary := readFile(t, filepath.Join(runFolderOf(t, 1), "summary.json"))
	if strings.Contains(summary, `"sayings"`) || !strings.Contains(summary, "correspondances.csv : côté legacy") {
		t.Errorf("summary.json holds other notes than sentences in French:\n%s", summary)
	}

	var met []string
	for _, words := range ofTables(t) {
		english = strings.ReplaceAll(english, words, "")
	}
	for key, pieces := range frenchTexts(t) {
		for _, piece := range pieces {
			if strings.Contains(english, piece) {
				t.Errorf("%s: the English report says %q", key, piece)
			}
			if strings.Contains(french, piece) && strings.HasPrefix(key, "say.") {
				met = append(met, key)
			}
		}
	}
	for _, key := range []string{"say.reject.number", "say.reject.sense", "say.reject.month_form", "say.reject.identity", "say.reject.lost", "say.reject.second_totals",
		"say.reject.columns", "say.field.origin", "say.note.unbalanced", "say.note.nir_wrong_key", "say.note.formula", "say.note.zeros", "say.note.catch_all"} {
		if !slices.Contains(met, key) {
			t.Errorf("%s is not said: nothing is proved of it", key)
		}
	}
	for _, want := range []string{"is not a number", "month of origin", "the payslip is rejected with its agent record, line ", "correspondances.csv: on side legacy, the codes 101000 and 0101000 differ by leading zeros alone"} {
		if !strings.Contains(english, want) {
			t.Errorf("the English report does not say %q", want)
		}
	}
}

func TestTheLanguageOfARunIsThatOfWhoReadsIt(t *testing.T) {
	spoiled(t)
	mustExit(t, exitOpen, "run")
	for lang, want := range map[string]string{"fr": "correspondances.csv : côté legacy", "en": "correspondances.csv: on side legacy"} {
		_, stdout, _ := invoke(t, "runs", "show", "1", "--json", "--lang", lang)
		if !strings.Contains(stdout, want) || strings.Contains(stdout, `"sayings"`) {
			t.Errorf("in %s, runs show says:\n%s", lang, stdout)
		}
	}
}
