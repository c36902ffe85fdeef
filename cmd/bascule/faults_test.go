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

// The long campaign of faults: go test ./cmd/bascule -run Faults -campaign -timeout 2h -v

// faultAgents make a ministry whose night takes a fraction of a second.
const faultAgents = 60

var faultNight = time.Date(2014, 1, 15, 3, 0, 0, 0, time.UTC)

// struckFaults is how many faults of a kind are tried.
func struckFaults() int {
	switch {
	case *campaign:
		return 200
	case raced:
		return 4
	case os.Getenv("CI") != "":
		return 20
	}
	return 8
}

// place is a ministry's folder in which a fault may strike.
type place struct {
	t      *testing.T
	dir    string
	logged bool // its first load goes through the log of the base
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
	counting sync.Mutex
	counted  []int            // steps of SQL of each command
	made     []map[string]int // operations on files of each command
}

// in is the program in this folder, its clock stopped.
func (p place) in(args ...string) (code int, stdout, stderr string) {
	return p.at(faultNight, args...)
}

func (p place) at(now time.Time, args ...string) (code int, stdout, stderr string) {
	var out, log bytes.Buffer
	code = appAt(now, p.logged, &out, &log).execute(context.Background(), p.arguments(args))
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
	if p.logged {
		cmd.Env = append(cmd.Env, logged+"=1")
	}
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
	return place{t, dir, p.logged}
}

// newPlace is a ministry where nothing has been done yet: a key of its own makes
// its pseudonyms, fingerprints and seals the same each time.
func newPlace(t *testing.T) place {
	t.Helper()
	p := place{t: t, dir: filepath.Join(t.TempDir(), "m")}
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
	small := first.copied(t)
	small.logged = true
	republished := night.copied(t)
	republished.must(exitOpen, "run")
	all := []*situation{
		{name: "empty", built: first, commands: [][]string{{"run"}}},
		{name: "empty, through the log", built: small, commands: [][]string{{"run"}}},
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

// unwritten tells that there is no base yet.
func (s *situation) unwritten() bool { return strings.HasPrefix(s.name, "empty") }

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
	s.wanted = p.standing(s.built)
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
func (p place) standing(built place) map[string]string {
	p.t.Helper()
	found := make(map[string]string)
	keep := func(name, text string) {
		sum := sha256.Sum256([]byte(strings.ReplaceAll(text, p.dir, "DIR")))
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
			text, err = p.cells(name, filepath.Join(built.dir, shown))
		default:
			text, err = os.ReadFile(name)
		}
		switch filepath.Ext(shown) {
		case ".json", ".html", ".xlsx":
			text = digests.ReplaceAll(text, []byte("DIGEST"))
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
		text := strings.Join(rows, "\n")
		if table == "v_run" {
			text = digests.ReplaceAllString(text, "DIGEST")
		}
		keep("rows of "+table, text)
	}
	return found
}

// cells are the texts of a workbook, nothing where it is one that stood there
// before, byte for byte.
func (p place) cells(name, before string) ([]byte, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	if was, err := os.ReadFile(before); err == nil && bytes.Equal(was, text) {
		return nil, nil
	}
	f, err := excelize.OpenReader(bytes.NewReader(text), excelize.Options{RawCellValue: true})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	defer f.Close()
	var all bytes.Buffer
	for _, sheet := range f.GetSheetList() {
		rows, err := f.GetRows(sheet)
		if err != nil {
			return nil, err
		}
		fmt.Fprintln(&all, sheet, rows)
	}
	return all.Bytes(), nil
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
var english = regexp.MustCompile(`(?i)\b(no space|context|input/output|permission denied|no such file|read-only|disk I/O|file name|too many open|quota exceeded|database|unable|cannot|error|full)\b`)

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
	if code, stdout, stderr := p.in("verify"); code != exitClosed && !(s.unwritten() && neverWritten.MatchString(stderr)) {
		p.t.Errorf("verify exits %d: %s%s", code, stdout, stderr)
	}
	for i := at; i < len(s.commands); i++ {
		if code, stdout, stderr := p.in(s.commands[i]...); code != s.codes[i] {
			p.t.Fatalf("after it, %v exits %d, wanted %d: %s%s", s.commands[i], code, s.codes[i], stdout, stderr)
		}
	}
	s.same(p)
	if code, stdout, stderr := p.in("verify"); *campaign && code != exitClosed {
		p.t.Errorf("at the end, verify exits %d: %s%s", code, stdout, stderr)
	}
}

// same holds what stands there against what stands where nothing struck.
func (s *situation) same(p place) {
	p.t.Helper()
	got := p.standing(s.built)
	if slices.Equal(s.commands[0], []string{"report"}) { // each publication is sealed, be it the second of the same
		got["rows of ledger"] = s.wanted["rows of ledger"]
	}
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

// faults tells what the strikes of a kind ended in.
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
func each(t *testing.T, kind string, strikes int, strike func(t *testing.T, dice *rand.Rand, f *faults) bool) {
	f := &faults{tally: make(map[string]int)}
	t.Run(kind, func(t *testing.T) {
		for i := range strikes {
			t.Run(strconv.Itoa(i+1), func(t *testing.T) {
				t.Parallel()
				for try := range uint64(40) {
					if strike(t, rand.New(rand.NewPCG(uint64(i), try)), f) {
						f.count("struck")
						return
					}
					f.count("came too late")
				}
				t.Error("the command ended before every fault")
			})
		}
	})
	t.Logf("%s: %v", kind, f.tally)
}

// draw chooses what is struck: a situation, and one of its commands, those before
// it done.
func draw(t *testing.T, dice *rand.Rand, all []*situation) (s *situation, p place, at int) {
	s = all[dice.IntN(len(all))]
	at = dice.IntN(len(s.commands))
	p = s.built.copied(t)
	for i, before := range s.commands[:at] {
		p.must(s.codes[i], before...)
	}
	return s, p, at
}

// TestFaultsCostNothing strikes every command: killed as the system would, at
// moments spread over all the time that it takes; each of its steps of SQL, and
// each of its operations on files, made to fail. The same command again then gives
// what it gives where nothing struck.
func TestFaultsCostNothing(t *testing.T) {
	all := situations(t)
	each(t, "kill -9", struckFaults(), func(t *testing.T, dice *rand.Rand, f *faults) bool {
		s, p, at := draw(t, dice, all)
		wait := time.Duration(dice.Float64() * float64(s.took[at]))
		if !killedAfter(t, p.apart(s.commands[at]...), wait) {
			return false
		}
		t.Logf("%s: %v killed after %v", s.name, s.commands[at][:1], wait.Round(time.Millisecond))
		f.count(s.name)
		s.struck(p, at, -1, "")
		return true
	})
	each(t, "step of SQL", struckFaults(), func(t *testing.T, dice *rand.Rand, f *faults) bool {
		s, p, at := draw(t, dice, all)
		if s.unwritten() { // its tables are needed
			p.must(exitClosed, "runs")
		}
		steps := s.steps(t, at)
		nth := 1 + dice.IntN(steps)
		way := []string{"ABORT", "ROLLBACK", "FAIL"}[dice.IntN(3)]
		p.failStep(nth, way)
		code, _, stderr := p.in(s.commands[at]...)
		p.mendSteps()
		t.Logf("%s: %v, %s at step %d of %d: exits %d, %s", s.name, s.commands[at][:1], way, nth, steps, code, stderr)
		if code != exitFailure || stderr != "bascule: panne provoquée\n" {
			t.Errorf("a step that fails ends in %d: %s", code, stderr)
		}
		f.count(s.name)
		s.struck(p, at, -1, "")
		return true
	})
	failOperations(t, all)
}

// steps counts the rows that a command writes, changes or erases.
func (s *situation) steps(t *testing.T, at int) int {
	t.Helper()
	s.counting.Lock()
	defer s.counting.Unlock()
	if s.counted == nil {
		s.counted = make([]int, len(s.commands))
	}
	if s.counted[at] == 0 {
		p := s.built.copied(t)
		if s.unwritten() {
			p.must(exitClosed, "runs")
		}
		for i, before := range s.commands[:at] {
			p.must(s.codes[i], before...)
		}
		const many = 1 << 40
		p.failStep(many, "ABORT")
		p.must(s.codes[at], s.commands[at]...)
		s.counted[at] = many - p.mendSteps()
	}
	return s.counted[at]
}

// failStep has the nth row that is written, changed or erased from now on fail,
// in any table.
func (p place) failStep(nth int, way string) {
	p.t.Helper()
	db := p.base()
	defer db.Close()
	p.exec(db, "CREATE TABLE fault (left_ INTEGER)", fmt.Sprintf("INSERT INTO fault VALUES (%d)", nth))
	for _, table := range p.column(db, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name <> 'fault'") {
		for _, event := range []string{"INSERT", "UPDATE", "DELETE"} {
			p.exec(db, fmt.Sprintf(`CREATE TRIGGER fault_%s_%s BEFORE %s ON %s BEGIN
				UPDATE fault SET left_ = left_ - 1;
				SELECT raise(%s, 'panne provoquée') WHERE (SELECT left_ FROM fault) = 0; END`, table, event, event, table, way))
		}
	}
}

// mendSteps takes the triggers away, and tells how many steps were left.
func (p place) mendSteps() (left int) {
	p.t.Helper()
	db := p.base()
	defer db.Close()
	if err := db.QueryRow("SELECT left_ FROM fault").Scan(&left); err != nil {
		p.t.Fatal(err)
	}
	for _, trigger := range p.column(db, "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'fault_%'") {
		p.exec(db, "DROP TRIGGER "+trigger)
	}
	p.exec(db, "DROP TABLE fault")
	return left
}

func (p place) exec(db *sql.DB, queries ...string) {
	p.t.Helper()
	for _, q := range queries {
		if _, err := db.Exec(q); err != nil {
			p.t.Fatal(q, err)
		}
	}
}
