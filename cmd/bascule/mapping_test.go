package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"bascule/reconcile"
)

// mappingDesk is a loaded ministry whose table of correspondences the test
// takes rows away from.
type mappingDesk struct {
	t      *testing.T
	table  string
	header string
	rows   []string        // of the shipped table
	seen   map[string]bool // side and code met in the extracts
}

// newMappingDesk loads a generated ministry, or the demonstration when agents
// is 0, in the current folder.
func newMappingDesk(t *testing.T, agents, seed int) *mappingDesk {
	t.Helper()
	demo, err := filepath.Abs("../../fixtures/demo")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	d := &mappingDesk{t: t, table: filepath.Join("mappings", "correspondances.csv"), seen: map[string]bool{}}
	d.bascule(0, "init")
	if agents > 0 {
		d.bascule(0, "generate", "--agents", fmt.Sprint(agents), "--seed", fmt.Sprint(seed), "--period", "2013-12", "--out", ".")
	} else {
		for _, name := range []string{"psop-2013-12.txt", "sipaye-2013-12.csv"} {
			content, err := os.ReadFile(filepath.Join(demo, name))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(name, content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	d.bascule(1, "run", "--period", "2013-12", "--quiet")
	text, err := os.ReadFile(d.table)
	if err != nil {
		t.Fatal(err)
	}
	d.rows = strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	d.header, d.rows = d.rows[0], d.rows[1:]
	for _, name := range []string{"psop-2013-12.txt", "sipaye-2013-12.csv"} {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.SplitSeq(string(content), "\n") {
			switch {
			case strings.HasPrefix(name, "psop") && strings.HasPrefix(line, "20"):
				d.seen["legacy "+strings.TrimSpace(line[2:8])] = true
			case strings.HasPrefix(line, "L;"):
				d.seen["onp "+strings.Split(line, ";")[1]] = true
			}
		}
	}
	return d
}

func (d *mappingDesk) bascule(code int, args ...string) []byte {
	d.t.Helper()
	var stdout, stderr bytes.Buffer
	if got := run(d.t.Context(), args, &stdout, &stderr); got != code {
		d.t.Fatalf("%v: exit %d, want %d: %s", args, got, code, stderr.String())
	}
	return stdout.Bytes()
}

func (d *mappingDesk) write(rows []string) {
	d.t.Helper()
	if err := os.WriteFile(d.table, []byte(d.header+"\n"+strings.Join(rows, "\n")+"\n"), 0o600); err != nil {
		d.t.Fatal(err)
	}
}

// removed is a row taken away.
type removed struct{ element, side, code string }

// remove takes away n rows whose codes the extracts hold, drawn with a seed.
func (d *mappingDesk) remove(n int, seed uint64) (gone []removed) {
	order := rand.New(rand.NewPCG(seed, 11)).Perm(len(d.rows))
	var out []int
	for _, i := range order {
		f := strings.Split(d.rows[i], ";")
		if d.seen[f[1]+" "+f[2]] && len(gone) < n {
			gone, out = append(gone, removed{f[0], f[1], f[2]}), append(out, i)
		}
	}
	var kept []string
	for i, row := range d.rows {
		if !slices.Contains(out, i) {
			kept = append(kept, row)
		}
	}
	d.write(kept)
	return gone
}

// score counts the rows whose element, or whose partner taken away as well, the
// first candidate names.
func (d *mappingDesk) score(gone []removed) (right int, wrong []string) {
	d.t.Helper()
	var got suggestionsJSON
	if err := json.Unmarshal(d.bascule(1, "mapping", "suggest", "--period", "2013-12", "--json"), &got); err != nil {
		d.t.Fatal(err)
	}
	for _, g := range gone {
		at := slices.IndexFunc(got.Codes, func(c suggestedJSON) bool { return c.Side == g.side && string(c.Code) == g.code })
		if at < 0 || len(got.Codes[at].Candidates) == 0 {
			wrong = append(wrong, fmt.Sprintf("%+v: no candidate", g))
			continue
		}
		first := got.Codes[at].Candidates[0]
		ok := string(first.Element) == g.element
		if first.Element == "" { // an element to be made, of codes that were one
			partners := slices.Concat(first.With.Legacy, first.With.ONP)
			ok = len(partners) > 0 && !slices.ContainsFunc(partners, func(c reconcile.Code) bool {
				return !slices.ContainsFunc(gone, func(o removed) bool { return o.element == g.element && o.code == string(c) })
			})
		}
		if ok {
			right++
		} else {
			wrong = append(wrong, fmt.Sprintf("%+v: %q with %v, %d of %d agents", g, first.Element, first.With, first.Closed, first.Agents))
		}
	}
	return right, wrong
}

func TestSuggestFindsWhatTheDemoLost(t *testing.T) {
	d := newMappingDesk(t, 0, 0)
	for seed := range uint64(20) {
		gone := d.remove(10, seed)
		if right, wrong := d.score(gone); right < 9 {
			t.Errorf("draw %d: %d of %d ranked first\n%s", seed, right, len(gone), strings.Join(wrong, "\n"))
		}
	}
}

func TestSuggestFindsWhatOtherMinistriesLost(t *testing.T) {
	for _, seed := range []int{3, 71} {
		d := newMappingDesk(t, 500, seed)
		for draw := range uint64(6) {
			gone := d.remove(10, 100+draw)
			if right, wrong := d.score(gone); right < 9 {
				t.Errorf("seed %d, draw %d: %d of %d ranked first\n%s", seed, draw, right, len(gone), strings.Join(wrong, "\n"))
			}
		}
	}
}

// gapsOfRun lists the gaps of the last run, without what changes from run to run.
func (d *mappingDesk) gapsOfRun() (gaps []string, unmapped int) {
	d.t.Helper()
	folders, err := filepath.Glob("out/2013-12/run-*")
	if err != nil || len(folders) == 0 {
		d.t.Fatal("no run", err)
	}
	f, err := os.Open(filepath.Join(folders[len(folders)-1], "discrepancies.csv"))
	if err != nil {
		d.t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma = ';'
	rows, err := r.ReadAll()
	if err != nil {
		d.t.Fatal(err)
	}
	for _, row := range rows[1:] {
		if row[11] == "unmapped" {
			unmapped++
		}
		gaps = append(gaps, strings.Join(row[2:17], ";"))
	}
	slices.Sort(gaps)
	return gaps, unmapped
}

// TestProposedRowsGiveBackTheSameGaps pastes what is proposed for ten lost rows
// that amounts can tell.
func TestProposedRowsGiveBackTheSameGaps(t *testing.T) {
	d := newMappingDesk(t, 500, 7)
	want, before := d.gapsOfRun()
	var kept []string
	for _, row := range d.rows {
		f := strings.Split(row, ";")
		if f[1] != "legacy" || !slices.Contains([]string{"101000", "101050", "401201", "401301", "401501", "411050", "403301", "102000", "404001", "554500"}, f[2]) {
			kept = append(kept, row)
		}
	}
	if len(d.rows)-len(kept) != 10 {
		t.Fatalf("%d rows were taken away", len(d.rows)-len(kept))
	}
	d.write(kept)
	d.bascule(1, "mapping", "suggest", "--period", "2013-12", "--out", "propositions.csv")
	d.bascule(2, "mapping", "suggest", "--period", "2013-12", "--out", "propositions.csv")
	text, err := os.ReadFile("propositions.csv")
	if err != nil {
		t.Fatal(err)
	}
	header, rows, _ := strings.Cut(strings.TrimRight(string(text), "\n"), "\n")
	if header != d.header {
		t.Fatalf("header %q, the table has %q", header, d.header)
	}
	d.write(append(kept, rows))
	d.bascule(1, "run", "--period", "2013-12", "--quiet")
	got, after := d.gapsOfRun()
	if after != before || !slices.Equal(got, want) {
		t.Errorf("%d unmapped gaps, %d before; %d gaps, %d before\n%s", after, before, len(got), len(want), rows)
	}
}

func TestMappingCheckTellsWhatIsLeft(t *testing.T) {
	d := newMappingDesk(t, 0, 0)
	whole := string(d.bascule(1, "mapping", "check", "--period", "2013-12"))
	d.remove(3, 1)
	less := string(d.bascule(1, "mapping", "check", "--period", "2013-12"))
	if strings.Count(less, "\n") <= strings.Count(whole, "\n") || !strings.Contains(less, "bascule mapping suggest") {
		t.Errorf("with three rows less the page is\n%s\nbefore\n%s", less, whole)
	}
	d.bascule(2, "mapping", "check", "--period", "2013-10")
	d.bascule(2, "mapping", "suggest", "--period", "2013-10")
}
