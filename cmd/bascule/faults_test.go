package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

// The long campaign of faults: go test ./cmd/bascule -run Faults -campaign -timeout 60m -v

// faultAgents make a ministry whose night takes a fraction of a second.
const faultAgents = 60

var faultNight = time.Date(2014, 1, 15, 3, 0, 0, 0, time.UTC)

// struckFaults is how many faults of a kind are tried.
func struckFaults() int {
	if *campaign {
		return 200
	}
	return 20
}

// place is a ministry's folder in which a fault may strike.
type place struct {
	t   *testing.T
	dir string
}

// situation is what a fault strikes: a ministry, and commands to come, one of
// which is struck.
type situation struct {
	name     string
	built    place
	commands [][]string
	wanted   map[string]string // what stands there once all have ended well
	codes    []int
	took     []time.Duration
}

// in is the program in this folder, its clock stopped.
func (p place) in(args ...string) (code int, stdout, stderr string) {
	return p.at(faultNight, args...)
}

func (p place) at(now time.Time, args ...string) (code int, stdout, stderr string) {
	var out, log bytes.Buffer
	code = appAt(now, &out, &log).execute(context.Background(), p.arguments(args))
	return code, out.String(), log.String()
}

// arguments designates the folder's configuration and, in it, files.
func (p place) arguments(args []string) []string {
	full := append([]string{}, args...)
	for i, a := range full {
		if strings.Contains(a, ".") {
			full[i] = filepath.Join(p.dir, a)
		}
	}
	return append(full, "--config", filepath.Join(p.dir, "config.yaml"), "--quiet")
}

// apart is the program in this folder, in a process of its own.
func (p place) apart(args ...string) *exec.Cmd {
	cmd := program(p.t, p.arguments(args)...)
	cmd.Env = append(cmd.Env, atClock+"="+faultNight.Format(time.RFC3339), "TMPDIR="+filepath.Join(p.dir, "tmp"))
	return cmd
}

func (p place) must(want int, args ...string) {
	p.t.Helper()
	if code, stdout, stderr := p.in(args...); code != want {
		p.t.Fatalf("%v exits %d, wanted %d: %s%s", args, code, want, stdout, stderr)
	}
}

// copied is the same folder elsewhere.
func (p place) copied(t *testing.T) place {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "m")
	if out, err := exec.Command("cp", "-a", p.dir, dir).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return place{t, dir}
}

// newPlace is a ministry where nothing has been done yet: a key of its own makes
// its pseudonyms, fingerprints and seals the same each time.
func newPlace(t *testing.T) place {
	t.Helper()
	p := place{t, filepath.Join(t.TempDir(), "m")}
	if code, _, stderr := invoke(t, "init", p.dir, "--quiet"); code != 0 {
		t.Fatal(stderr)
	}
	p.extract(7)
	p.edit("config.yaml", func(text string) string {
		text = strings.Replace(text, `key_file: ""`, `key_file: "cle"`, 1)
		return regexp.MustCompile(`(?m)^metrics:\n  path: ""`).ReplaceAllString(text, "metrics:\n  path: \"out/bascule.prom\"")
	})
	if err := errors.Join(os.WriteFile(filepath.Join(p.dir, "cle"), []byte("une clé d'essai, qui ne protège personne de rien 0123456789\n"), 0o600),
		os.Mkdir(filepath.Join(p.dir, "tmp"), 0o700), os.RemoveAll(filepath.Join(p.dir, "exploitation"))); err != nil {
		t.Fatal(err)
	}
	return p
}

// extract has both systems deliver their files.
func (p place) extract(seed int) {
	p.t.Helper()
	if code, _, stderr := p.in("generate", "--agents", strconv.Itoa(faultAgents), "--seed", strconv.Itoa(seed), "--period", "2013-12", "--out", p.dir); code != 0 {
		p.t.Fatal(stderr)
	}
}

func (p place) edit(name string, change func(string) string) {
	p.t.Helper()
	edit(p.t, filepath.Join(p.dir, name), func(b []byte) []byte { return []byte(change(string(b))) })
}

// situations are built once and copied for each fault.
func situations(t *testing.T) []*situation {
	t.Helper()
	demo := filepath.Join(projectRoot(t), "fixtures", "demo", "budget")
	first := newPlace(t)
	night := first.copied(t)
	if code, _, stderr := night.at(faultNight.AddDate(0, 0, -5), "run"); code != exitOpen {
		t.Fatal(code, stderr)
	}
	decided := night.copied(t)
	t.Run("annotations", func(t *testing.T) {
		t.Chdir(decided.dir)
		annotated(t, 1, "decisions.xlsx", justified)
	})
	if err := os.CopyFS(filepath.Join(decided.dir, "demo"), os.DirFS(demo)); err != nil {
		t.Fatal(err)
	}
	imports := append([]string{"budget", "import"}, budgetFiles...)
	carried := decided.copied(t)
	carried.must(exitClosed, "review", "import", "decisions.xlsx")
	carried.must(exitClosed, imports...)
	for _, p := range []place{night, carried} { // the next night finds one agent less, and pay that has moved
		p.extract(8)
	}
	republished := night.copied(t)
	republished.must(exitOpen, "run")
	all := []*situation{
		{name: "empty", built: first, commands: [][]string{{"run"}}},
		{name: "former night", built: night, commands: [][]string{{"run"}}},
		{name: "imports", built: decided, commands: [][]string{{"review", "import", "decisions.xlsx"}, imports, {"run"}}},
		{name: "decisions", built: carried, commands: [][]string{{"run"}}},
		{name: "published again", built: republished, commands: [][]string{{"report"}, {"run"}}},
	}
	for _, s := range all {
		s.reference(t)
	}
	return all
}

var budgetFiles = []string{"demo/chantiers.csv", "demo/credits.csv", "demo/jalons.csv", "demo/operations.csv", "demo/plafonds.csv", "demo/profil.csv", "demo/valeur.csv"}

func projectRoot(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// reference is what the commands give where nothing strikes them.
func (s *situation) reference(t *testing.T) {
	t.Helper()
	p := s.built.copied(t)
	for _, c := range s.commands {
		start := time.Now()
		cmd := p.apart(c...)
		out, err := cmd.CombinedOutput()
		if code := cmd.ProcessState.ExitCode(); code > exitOpen || code < 0 {
			t.Fatalf("%s: %v: %v: %s", s.name, c, err, out)
		}
		s.codes = append(s.codes, cmd.ProcessState.ExitCode())
		s.took = append(s.took, time.Since(start))
	}
	s.wanted = p.standing()
	if len(s.wanted) < 10 {
		t.Fatalf("%s: little stands there: %v", s.name, slices.Sorted(maps.Keys(s.wanted)))
	}
}

// digests are of what differs each time: seals rest on the ids of rows, which two
// readers at work give in no order.
var digests = regexp.MustCompile(`[0-9a-f]{64}|([0-9a-f]{4,16} )+[0-9a-f]{4,16}`)

// physical are the columns of the views that hold ids of rows.
const physical = "'id', 'payslip_id', 'legacy_payslip_id', 'onp_payslip_id', 'hash', 'seal', 'content', 'former'"

// standing is all that stands in the folder: each file by its text, a workbook by
// those of its cells, the base by the rows that its views show and by how many
// there are in its tables.
func (p place) standing() map[string]string {
	p.t.Helper()
	found := make(map[string]string)
	keep := func(name, text string) {
		text = strings.ReplaceAll(text, p.dir, "DIR")
		sum := sha256.Sum256([]byte(digests.ReplaceAllString(text, "DIGEST")))
		found[name] = fmt.Sprintf("%d bytes, %x", len(text), sum[:4])
	}
	err := filepath.WalkDir(p.dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		shown, err := filepath.Rel(p.dir, name)
		if err != nil {
			return err
		}
		var text []byte
		switch filepath.Ext(name) {
		case ".db":
		case ".xlsx":
			text = []byte(p.cells(name))
		default:
			text, err = os.ReadFile(name)
		}
		keep(shown, string(text))
		return err
	})
	if err != nil {
		p.t.Fatal(err)
	}
	db := p.base()
	defer db.Close()
	for _, table := range p.column(db, "SELECT name FROM sqlite_master WHERE type IN ('view', 'table') AND name NOT LIKE 'sqlite%'") {
		query := "SELECT count(*) FROM " + table
		if strings.HasPrefix(table, "v_") {
			columns := p.column(db, "SELECT name FROM pragma_table_info('"+table+"') WHERE name NOT IN ("+physical+")")
			query = "SELECT json_array(" + strings.Join(columns, ", ") + ") FROM " + table
		}
		rows := p.column(db, query)
		slices.Sort(rows)
		keep("rows of "+table, strings.Join(rows, "\n"))
	}
	return found
}

// cells are the texts of a workbook.
func (p place) cells(name string) string {
	p.t.Helper()
	f, err := excelize.OpenFile(name)
	if err != nil {
		p.t.Fatal(err)
	}
	defer f.Close()
	var all strings.Builder
	for _, sheet := range f.GetSheetList() {
		rows, err := f.GetRows(sheet)
		if err != nil {
			p.t.Fatal(err)
		}
		fmt.Fprintln(&all, sheet, rows)
	}
	return all.String()
}

func (p place) base() *sql.DB {
	p.t.Helper()
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(p.dir, "data", "bascule.db"))
	if err != nil {
		p.t.Fatal(err)
	}
	return db
}

func (p place) column(db *sql.DB, query string) (all []string) {
	p.t.Helper()
	rows, err := db.Query(query)
	if err != nil {
		p.t.Fatal(query, err)
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			p.t.Fatal(err)
		}
		all = append(all, s)
	}
	if err := rows.Err(); err != nil {
		p.t.Fatal(err)
	}
	return all
}

// english betrays a text of the machine that a user would be shown.
var english = regexp.MustCompile(`(?i)\b(no space|input/output|permission denied|no such file|read-only|disk I/O|file name|too many open|quota|database|unable|cannot|error|full)\b`)

// struck holds what a fault leaves against what the program promises: each folder
// published whole or not there at all, a base that verify finds nothing wrong in,
// and, from the struck command on, the same commands that give the same result.
func (s *situation) struck(p place, at int, code int, stderr string) {
	p.t.Helper()
	switch {
	case code == s.codes[at]: // it did no harm
	case code != exitFailure && code >= 0:
		p.t.Errorf("the struck command exits %d: %s", code, stderr)
	case code == exitFailure && (strings.Count(stderr, "\n") != 1 || !strings.HasPrefix(stderr, "bascule: ") || english.MatchString(stderr) || !strings.Contains(stderr, " — ")):
		p.t.Errorf("not one clear line with a remedy: %s", stderr)
	}
	s.wholeOrAbsent(p)
	if code, stdout, stderr := p.in("verify"); code != exitClosed && !(s.name == "empty" && neverWritten.MatchString(stderr)) {
		p.t.Errorf("verify exits %d: %s%s", code, stdout, stderr)
	}
	for i := at; i < len(s.commands); i++ {
		if code, stdout, stderr := p.in(s.commands[i]...); code != s.codes[i] {
			p.t.Fatalf("after it, %v exits %d, wanted %d: %s%s", s.commands[i], code, s.codes[i], stdout, stderr)
		}
	}
	got := p.standing()
	for _, name := range slices.Sorted(maps.Keys(got)) {
		if got[name] != s.wanted[name] {
			p.t.Errorf("%s: %q, wanted %q", name, got[name], s.wanted[name])
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.wanted)) {
		if _, ok := got[name]; !ok {
			p.t.Errorf("%s is missing", name)
		}
	}
	if code, stdout, stderr := p.in("verify"); *campaign && code != exitClosed {
		p.t.Errorf("at the end, verify exits %d: %s%s", code, stdout, stderr)
	}
}

// neverWritten is what verify says where the first night was struck before it
// wrote anything.
var neverWritten = regexp.MustCompile(`n'existe pas: vérifiez la clé « database »|la base est d'une version antérieure`)

// wholeOrAbsent fails where a published folder lacks a file.
func (s *situation) wholeOrAbsent(p place) {
	p.t.Helper()
	folders, err := filepath.Glob(filepath.Join(p.dir, "out", "*", "run-*"))
	if err != nil {
		p.t.Fatal(err)
	}
	for _, folder := range folders {
		shown, _ := filepath.Rel(p.dir, folder)
		for name := range s.wanted {
			if _, err := os.Stat(filepath.Join(p.dir, name)); strings.HasPrefix(name, shown+"/") && err != nil {
				p.t.Errorf("half published: %v", err)
			}
		}
	}
}

// faults strikes until so many have been, and counts what they ended in.
type faults struct {
	mu    sync.Mutex
	tally map[string]int
}

func (f *faults) count(what string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.tally[what]++
}

// each strikes so many faults of a kind, each drawn from a seed of its own. A
// fault that the command ended before is drawn again.
func each(t *testing.T, kind string, strike func(t *testing.T, dice *rand.Rand, f *faults) bool) {
	f := &faults{tally: make(map[string]int)}
	t.Run(kind, func(t *testing.T) {
		for i := range struckFaults() {
			t.Run(strconv.Itoa(i+1), func(t *testing.T) {
				t.Parallel()
				for try := range uint64(40) {
					if strike(t, rand.New(rand.NewPCG(uint64(i), try)), f) {
						f.count("struck")
						return
					}
					f.count("missed")
				}
				t.Error("the command ended before every fault")
			})
		}
	})
	t.Logf("%s: %v", kind, f.tally)
}

// TestFaultsKillAnywhere kills each command as the system would, at moments spread
// over all the time that it takes.
func TestFaultsKillAnywhere(t *testing.T) {
	all := situations(t)
	each(t, "kill -9", func(t *testing.T, dice *rand.Rand, f *faults) bool {
		s := all[dice.IntN(len(all))]
		at := dice.IntN(len(s.commands))
		p := s.built.copied(t)
		for _, before := range s.commands[:at] {
			p.must(exitClosed, before...)
		}
		wait := time.Duration(dice.Float64() * float64(s.took[at]))
		if !killedAfter(t, p.apart(s.commands[at]...), wait) {
			return false
		}
		t.Logf("%s: %v killed after %v", s.name, s.commands[at][:1], wait.Round(time.Millisecond))
		f.count(s.name)
		s.struck(p, at, -1, "")
		return true
	})
}
