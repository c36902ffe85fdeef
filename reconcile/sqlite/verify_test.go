package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"bascule/reconcile"
)

type noWatch struct{}

func (noWatch) Start(string, int64) {}
func (noWatch) Add(int)             {}

// summed is a source whose totals by code are those of its lines, with a reject.
func summed(nirs ...string) *memorySource {
	s := few(100, nirs...)
	n := int64(len(nirs))
	s.totals = append(s.totals, reconcile.CodeTotal{Programme: "176", Code: "Z", Sense: 'I', Label: "Cotisation", Lines: n, Amount: 5 * reconcile.Amount(n)})
	s.rejects = []reconcile.Reject{{File: "l", Line: 9, Record: "20", Field: reconcile.Say("montant"), Reason: reconcile.Say("n'est pas un nombre"), Raw: []byte{0, 'x', 0xe9}, Sense: 'P'}}
	return s
}

// lineGap is a discrepancy of one line, missing on the ONP side.
func lineGap(nir string) *reconcile.Discrepancy {
	return &reconcile.Discrepancy{Fingerprint: "f" + nir, Key: nir + "/01", Kind: reconcile.LineMissingInONP, Element: "A", Sense: 'P', Origin: december, Legacy: 100, Delta: -100, DeltaNet: -100,
		Cause: reconcile.CauseUnexplained, Rule: "unexplained", AtFault: reconcile.FaultUnknown, Status: reconcile.StatusOpen}
}

// recordRun records a run of some loads that found some gaps, each of one line
// of a whole payslip's amount.
func recordRun(t testing.TB, d *DB, loads []reconcile.Load, gaps ...*reconcile.Discrepancy) *reconcile.Run {
	t.Helper()
	run := &reconcile.Run{Period: loads[0].Period, StartedAt: "2026-01-02T03:04:05Z", Version: "v1", Inputs: "i", ConfigHash: "c", TablesHash: "t", Config: "{}", Loads: loads}
	err := d.Record(background, run, func(r *Recorder) error {
		s := &run.Summary.Discrepancies
		s.ByKind, s.ByCause = map[reconcile.Kind]int64{}, map[reconcile.Cause]int64{}
		for _, g := range gaps {
			if err := r.Discrepancy(g); err != nil {
				return err
			}
			s.Total, s.Open, s.Roots, s.Delta, s.Absolute = s.Total+1, s.Open+1, s.Roots+1, s.Delta+g.DeltaNet, s.Absolute+g.DeltaNet.Abs()
			s.ByKind[g.Kind]++
			s.ByCause[g.Cause]++
		}
		for i := range loads {
			of, l := run.Summary.Side(loads[i].Side), &loads[i].Sums
			of.Lines, of.ToPay, of.ToDeduct, of.Information = l.Lines, l.ToPay, l.ToDeduct, l.Information
		}
		run.Summary.Closing.Checks = []reconcile.Check{{Name: "identity", Scope: "information", OK: true}}
		if err := r.GateSet([]reconcile.Gate{{ID: fmt.Sprint("g", run.ID)}}); err != nil {
			return err
		}
		if err := r.Keep(&Kept{Terms: "t", Accounts: []byte("{}"), Noted: []int64{7, 2}}); err != nil {
			return err
		}
		_, err := r.conn.ExecContext(background, strings.ReplaceAll(`INSERT INTO measure (run_id, wave, metric, rank, value, "of") VALUES (?1, '*', 'open_roots', 0, 1, 1);
			INSERT INTO mass VALUES (?1, '176', 'B', 'S', 'T', 'V1', '21', 0, '641', 300, 200, 0, 0);
			INSERT INTO mass_gap VALUES (?1, '176', 'B', 'S', 'T', 'V1', '21', 0, '641', 'unexplained', 'unexplained', 0, -100, 1);
			INSERT INTO mass_head VALUES (?1, '176', 'B', 'S', 'T', 'V1', 3, 2, 30000, 20000)`, "?1", fmt.Sprint(run.ID)))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// campaign makes a closed database in which every table holds rows, and returns
// its path: two nights, the first published, and decisions between them.
func campaign(t testing.TB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "b.db")
	d, err := Open(background, path, strings.NewReader(strings.Repeat("k", 64)))
	if err != nil {
		t.Fatal(err)
	}
	for night := 1; night <= 2; night++ { // the second takes payslips from the first
		jobs := []Job{job(reconcile.Legacy, "l", "", summed("1", "2", "3")), job(reconcile.ONP, "o", "", summed("1", "2"))}
		for i := range jobs {
			taking(t, d, &jobs[i])
		}
		loads, err := d.Load(background, jobs, WholeSide)
		if err != nil {
			t.Fatal(err)
		}
		run := recordRun(t, d, loads, lineGap("3"))
		run.Summary.Outputs = []reconcile.Output{{File: "x.csv", SHA256: "0"}}
		if err := d.Publish(background, run, "2026-01-02T03:05:00Z"); err != nil {
			t.Fatal(err)
		}
		if night == 1 {
			decide(t, d)
			importBudget(t, d, reconcile.BudgetRow{Kind: reconcile.BudgetCeilings, Key: "2013|176", Content: "{}", File: "plafonds.csv", Place: "2"})
		}
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// decide imports two decisions.
func decide(t testing.TB, d *DB) {
	t.Helper()
	decisions := make([]reconcile.Decision, 2)
	for i := range decisions {
		decisions[i] = reconcile.Decision{Run: 1, Place: fmt.Sprintf("e.xlsx, Écarts, ligne %d", i+7), Fingerprint: fmt.Sprint("f", i), Kind: reconcile.AmountDiffers, Element: "A", Amount: 100, High: 100,
			Status: reconcile.StatusAccepted, Reason: "arrondi", Author: "Dupont", Visa: "Durand", From: december}
	}
	of := &Import{At: "2026-01-02T09:00:00Z", Files: []ImportedFile{{"e.xlsx", "0"}}, Read: 2}
	if err := d.Decide(background, of, decisions); err != nil {
		t.Fatal(err)
	}
}

// importBudget imports rows of the budget.
func importBudget(t testing.TB, d *DB, rows ...reconcile.BudgetRow) []reconcile.BudgetRow {
	t.Helper()
	of := &Import{At: "2026-01-02T10:00:00Z", Files: []ImportedFile{{"plafonds.csv", "0"}}, Read: len(rows)}
	if err := d.ImportBudget(background, of, rows); err != nil {
		t.Fatal(err)
	}
	return rows
}

func mustVerify(t testing.TB, path string, last bool) *reconcile.Verification {
	t.Helper()
	v, err := Verify(background, path, last, noWatch{})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// tampered copies a database and edits it as somebody with an SQLite client
// would: triggers out of the way, then put back.
func tampered(t testing.TB, path string, statements ...string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	forged := filepath.Join(t.TempDir(), "forged.db")
	if err := os.WriteFile(forged, content, 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite3", "file:"+forged)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	exec := func(s string) {
		if _, err := db.Exec(s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
	exec("PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON; PRAGMA synchronous = OFF")
	triggers := rowsOf(t, db, "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
	for _, g := range triggers {
		exec("DROP TRIGGER " + g[0])
	}
	for _, s := range statements {
		exec(s)
	}
	for _, g := range triggers {
		exec(g[1])
	}
	return forged
}

func rowsOf(t testing.TB, db *sql.DB, query string) (all [][2]string) {
	t.Helper()
	rows, err := db.Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var r [2]string
		if err := rows.Scan(&r[0], &r[1]); err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	return all
}

func TestADatabaseThatNobodyTouchedHolds(t *testing.T) {
	path := campaign(t)
	v := mustVerify(t, path, false)
	if len(v.Findings) > 0 {
		t.Fatalf("found %+v", v.Findings)
	}
	if v.Sealed.Runs != 2 || v.Sealed.Loads != 4 || v.Sealed.Imports != 2 || v.Unsealed != 0 || v.Head == "" {
		t.Errorf("got %+v", v)
	}
	if v := mustVerify(t, path, true); len(v.Findings) > 0 || len(v.Runs) != 1 || v.Runs[0].ID != 2 {
		t.Errorf("the last run alone: %+v, runs %d", v.Findings, len(v.Runs))
	}
}

// named tells whether a finding says which run, load or import is touched.
func named(v *reconcile.Verification) bool {
	return slices.ContainsFunc(v.Findings, func(f reconcile.Finding) bool {
		return !f.Warning && (len(f.Runs) > 0 || strings.HasPrefix(f.What, "chargement ") || strings.HasPrefix(f.What, "import "))
	})
}

// column is one of the columns of the database.
type column struct{ table, name, kind string }

// everyColumn lists those of every table, also of tables that later schemas add.
func everyColumn(t testing.TB, path string) (columns []column) {
	t.Helper()
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, r := range rowsOf(t, db, `SELECT m.name, c.name || ' ' || c.type FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' ORDER BY m.name, c.cid`) {
		name, kind, _ := strings.Cut(r[1], " ")
		columns = append(columns, column{r[0], name, kind})
	}
	return columns
}

// wiped tells whether there was no key left to verify anything with.
func wiped(err error) bool { return errors.Is(err, ErrKeyless) }

func TestEditingAnyColumnOfAnyTableNamesWhatNoLongerHolds(t *testing.T) {
	path := purged(t)
	columns := everyColumn(t, path)
	if len(columns) < 150 {
		t.Fatalf("only %d columns: the list is broken", len(columns))
	}
	for _, c := range columns {
		if c.table == "single" {
			continue // empty: below
		}
		change := map[string]string{"INTEGER": "coalesce(%[1]s, 0) + 1000", "TEXT": "%[1]s || 'x'", "BLOB": "substr(%[1]s, 2)", "": "iif(typeof(%[1]s) = 'text', %[1]s || 'x', %[1]s + 1)"}[c.kind]
		if change == "" {
			t.Fatalf("%s.%s: no way to edit %s", c.table, c.name, c.kind)
		}
		for _, which := range []string{"ASC", "DESC"} {
			key := quoted(keyOf(c.table))
			s := fmt.Sprintf("UPDATE %[1]s SET %[2]s = %[3]s WHERE (%[4]s) = (SELECT %[4]s FROM %[1]s ORDER BY %[4]s %[5]s LIMIT 1)", c.table, quoted(c.name), fmt.Sprintf(change, quoted(c.name)),
				key, which)
			forged := tampered(t, path, s)
			v, err := Verify(background, forged, false, noWatch{})
			if c.table == "meta" && wiped(err) {
				continue
			}
			if err != nil {
				t.Errorf("%s: %v", s, err)
			} else if !named(v) {
				t.Errorf("%s passes: %+v", s, v.Findings)
			}
		}
	}
}

// keyOf is a column that orders a table's rows.
func keyOf(table string) string {
	switch table {
	case "meta":
		return "key"
	case "sqlite_sequence":
		return "name"
	case "code_total":
		return "load_id"
	case "run_load", "measure", "mass", "mass_gap", "mass_head", "gap_total", "quiet":
		return "run_id"
	}
	return "id"
}

func TestDeletingOrAddingARowOfAnyTableNamesWhatNoLongerHolds(t *testing.T) {
	path := purged(t)
	tables := make(map[string]bool)
	for _, c := range everyColumn(t, path) {
		if tables[c.table] || c.table == "single" {
			continue
		}
		tables[c.table] = true
		key := quoted(keyOf(c.table))
		for _, which := range []string{"ASC", "DESC"} {
			s := fmt.Sprintf("DELETE FROM %[1]s WHERE (%[2]s) = (SELECT %[2]s FROM %[1]s ORDER BY %[2]s %[3]s LIMIT 1)", c.table, key, which)
			v, err := Verify(background, tampered(t, path, s), false, noWatch{})
			if c.table == "meta" && wiped(err) {
				continue
			}
			if err != nil || !named(v) {
				t.Errorf("%s passes: %v", s, err)
			}
		}
	}
	for _, c := range []struct{ reason, statement string }{
		{"a payslip slipped into a load", "INSERT INTO payslip SELECT 1000, load_id, 'z', line, whole, nir, nir_key, dossier, matricule, surname, first_name, grade, echelon, indice, nbi, quotite, children, service, status, zone, iban, programme, bop, accountant, to_pay, to_deduct, net, employer, 0, 0, 0, 0, '[]', digest, NULL FROM payslip WHERE id = 1"},
		{"a reject", "INSERT INTO reject SELECT 1000, load_id, file, line, record, field, reason, raw, sense, cents, readable FROM reject WHERE id = 1"},
		{"a code", "INSERT INTO code_total VALUES (1, '176', 'B', 'P', '', 0, 0)"},
		{"gates", "INSERT INTO gate_set VALUES (1000, '', '', 1, '[]')"},
		{"a measure", "INSERT INTO measure VALUES (1, 'V1', 'rejects', 1, 0, 1)"},
		{"a load that no reader made", "INSERT INTO load (id, side, period, path, layout, options, loaded_at) VALUES (1000, 'onp', '2014-01', 'p', 'psop', '', '')"},
		{"an import that nobody made", "INSERT INTO review_import VALUES (1000, '', '[]', 0, 0)"},
		{"an import of the budget that nobody made", "INSERT INTO budget_import VALUES (1000, '', '[]', 0, 0)"},
		{"a row slipped into an import of the budget", "INSERT INTO budget_row VALUES (1000, 1, 'plafonds', '2013|152', '{}', '', '', 0)"},
		{"a run that nobody made", "INSERT INTO run (id, period, previous, started_at, version, inputs, config_hash, tables_hash, config, folder, summary) VALUES (1000, '2014-01', 0, '', '', '', '', '', '', '', '{}')"},
	} {
		if v := mustVerify(t, tampered(t, path, c.statement), false); !named(v) {
			t.Errorf("%s passes: %+v", c.reason, v.Findings)
		}
	}
	if v := mustVerify(t, tampered(t, path, "INSERT INTO single VALUES (0, '', 0, '', '', '', 0, '', '', '', '')"), false); v.Broken() == 0 {
		t.Error("the table of payslips left alone may hold something between runs")
	}
}

func TestAnEditIsPlacedNearItsRow(t *testing.T) {
	path := campaign(t)
	cases := []struct{ reason, statement, table, rows string }{
		{"one row gone", "DELETE FROM payslip WHERE id = 2", "payslip", "lignes effacées : 2"},
		{"one cell among a few payslips", "UPDATE payslip SET surname = 'X' WHERE id = 2", "payslip", "entre les lignes "},
		{"one row of one", "UPDATE discrepancy SET status = 'accepted' WHERE id = 2", "discrepancy", "ligne 2"},
	}
	for _, c := range cases {
		v := mustVerify(t, tampered(t, path, c.statement), false)
		if !slices.ContainsFunc(v.Findings, func(f reconcile.Finding) bool { return f.Table == c.table && strings.HasPrefix(f.Rows, c.rows) }) {
			t.Errorf("%s: %+v", c.reason, v.Findings)
		}
	}
}

func TestARunIsNamedAloneWhenItAloneIsTouched(t *testing.T) {
	v := mustVerify(t, tampered(t, campaign(t), "UPDATE discrepancy SET delta_net = delta_net + 1 WHERE run_id = 2"), false)
	for _, f := range v.Findings {
		if !slices.Equal(f.Runs, []int{2}) {
			t.Errorf("%+v names other runs than 2", f)
		}
	}
	if len(v.Findings) == 0 {
		t.Error("nothing found")
	}
}

func TestASchemaThatWasBentIsSeen(t *testing.T) {
	path := campaign(t)
	cases := []struct {
		reason, statement string
		broken            bool
	}{
		{"a view shows other figures", "DROP VIEW v_run; CREATE VIEW v_run AS SELECT 1 AS run", true},
		{"a trigger rewrites", "CREATE TRIGGER z AFTER INSERT ON discrepancy BEGIN UPDATE discrepancy SET status = 'accepted'; END", true},
		{"an index of one's own harms nothing", "CREATE INDEX mine ON payslip (matricule)", false},
		{"a column more on a table", "ALTER TABLE load ADD COLUMN note TEXT NOT NULL DEFAULT ''", true},
	}
	for _, c := range cases {
		v := mustVerify(t, tampered(t, path, c.statement), false)
		if len(v.Findings) == 0 || v.Broken() > 0 != c.broken {
			t.Errorf("%s: %+v", c.reason, v.Findings)
		}
	}
	content := mustVerify(t, tampered(t, path, "DROP INDEX discrepancy_run; CREATE INDEX discrepancy_run ON discrepancy (run_id); ALTER TABLE load ADD COLUMN note TEXT NOT NULL DEFAULT ''; UPDATE load SET note = 'x' WHERE id = 1"), false)
	if !slices.ContainsFunc(content.Findings, func(f reconcile.Finding) bool { return strings.Contains(f.What, "colonnes ajoutées") }) {
		t.Errorf("a later column filled by hand: %+v", content.Findings)
	}
}

func TestWhatCannotBeVerifiedIsRefused(t *testing.T) {
	path := campaign(t)
	cases := []struct {
		reason, path string
		want         error
	}{
		{"no database", filepath.Join(t.TempDir(), "absent.db"), ErrAbsent},
		{"a later version's", tampered(t, path, "PRAGMA user_version = 9999"), ErrNewer},
		{"an older version's", tampered(t, path, "PRAGMA user_version = 6"), ErrOlder},
		{"without its key", tampered(t, path, "DELETE FROM meta WHERE key = 'secret'"), ErrKeyless},
	}
	for _, c := range cases {
		if _, err := Verify(background, c.path, false, noWatch{}); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v", c.reason, err)
		}
	}
	if _, err := os.Stat(cases[0].path); err == nil {
		t.Error("verifying made a database")
	}
	if _, err := Open(context.Background(), cases[3].path, strings.NewReader(strings.Repeat("k", 64))); !errors.Is(err, ErrKeyless) {
		t.Errorf("a key is drawn anew for a database that has a chain: %v", err)
	}
}

func TestADamagedPageIsNamedOrRefused(t *testing.T) {
	path := campaign(t)
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for at := pageBytes; at < len(content); at += pageBytes {
		damaged := slices.Clone(content)
		for i := range 64 {
			damaged[at+i] ^= 0xff
		}
		name := filepath.Join(t.TempDir(), "damaged.db")
		if err := os.WriteFile(name, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		if v, err := Verify(background, name, false, noWatch{}); err == nil && v.Broken() == 0 {
			t.Errorf("page %d: damage passes", at/pageBytes+1)
		}
	}
}

// beforeChain makes a database of the schema before the chain, which holds one
// load and one run.
func beforeChain(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "old.db")
	db, err := sql.Open("sqlite3", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for n := 1; n <= 6; n++ {
		text, err := schema.ReadFile(fmt.Sprintf("schema/%04d.sql", n))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec(string(text)); err != nil {
			t.Fatal(err)
		}
	}
	_, err = db.Exec(`PRAGMA user_version = 6;
		INSERT INTO meta VALUES ('secret', '6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b');
		INSERT INTO load (id, side, period, path, layout, options, loaded_at, lines, to_pay) VALUES (4, 'legacy', '2013-12', 'l', 'psop', '', '2026-01-01T00:00:00Z', 1, 100);
		INSERT INTO payslip VALUES (9, 4, '1/01', 2, 1, '1', '', '01', 'M1', '', '', '', '', NULL, NULL, NULL, NULL, '', '', '', '', '176', '', '', NULL, NULL, NULL, NULL, 1, 100, 0, 0, '[["A","P",100]]');
		INSERT INTO code_total VALUES (4, '176', 'A', 'P', 'Traitement', 1, 100);
		INSERT INTO run (id, period, previous, started_at, version, inputs, config_hash, tables_hash, config, folder, summary)
			VALUES (3, '2013-12', 0, '2026-01-01T00:00:00Z', 'v0', '', '', '', '{}', '', '{"discrepancies": {"by_kind": {}, "by_cause": {}}}')`)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func TestRunsFromBeforeTheChainAreToldApart(t *testing.T) {
	path := beforeChain(t)
	if _, err := Verify(background, path, false, noWatch{}); !errors.Is(err, ErrOlder) {
		t.Fatalf("got %v, wanted to be told to bring the database up to date", err)
	}
	d, err := Open(background, path, nil)
	if err != nil {
		t.Fatal(err)
	}
	loads, err := d.ActiveLoads(background, december)
	if err != nil || len(loads) != 1 {
		t.Fatalf("%d loads, %v", len(loads), err)
	}
	if v := mustVerify(t, path, false); len(v.Findings) > 0 || v.Unsealed != 1 || v.Sealed.Runs != 0 {
		t.Errorf("before any run: %+v", v)
	}
	g := lineGap("1")
	recordRun(t, d, loads, g)
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if v := mustVerify(t, path, false); len(v.Findings) > 0 || v.Unsealed != 1 || v.Sealed.Runs != 1 || v.Sealed.Loads != 1 {
		t.Errorf("a run seals the loads it rests upon: %+v", v)
	}
	if v := mustVerify(t, tampered(t, path, "UPDATE payslip SET surname = 'X'"), false); !named(v) {
		t.Errorf("a payslip of a load sealed late: %+v", v.Findings)
	}
	if v := mustVerify(t, tampered(t, path, "DELETE FROM ledger WHERE kind = 'run'"), false); !named(v) {
		t.Errorf("a run that lost its seal passes for one from before: %+v", v.Findings)
	}
}

func TestRowsThatAreNobodysAreFound(t *testing.T) {
	for _, c := range []struct{ statement, table, reason string }{
		{"INSERT INTO gate_set (id, hash, at, run, gates) VALUES (0, 'x', '2026', 0, '[]')", "gate_set", "gates from before the first run: every opinion shows what was loosened since"},
		{"INSERT INTO gate_set (hash, at, run, gates) VALUES ('x', '2026', 99, '[]')", "gate_set", "gates of a run to come"},
		{"INSERT INTO meta (key, value) VALUES ('x', 'y')", "meta", "a key that the program does not know"},
		{"INSERT INTO review_import SELECT -1, at, files, read, decided FROM review_import LIMIT 1", "review_import", "an import numbered to look older than the chain"},
		{"INSERT INTO load (id, side, period, path, layout, options, loaded_at, active) VALUES (-1, 'legacy', '2009-01', 'l', '', '', '', 0)", "load", "a load numbered so, of a month of its own"},
	} {
		v := mustVerify(t, tampered(t, campaign(t), c.statement), false)
		if !slices.ContainsFunc(v.Findings, func(f reconcile.Finding) bool { return f.Table == c.table && !f.Warning }) {
			t.Errorf("%s: %+v", c.reason, v.Findings)
		}
	}
}

func TestAChainIsOnlyAddedTo(t *testing.T) {
	d := openStore(t)
	mustLoad(t, d, WholeSide, job(reconcile.Legacy, "l", "", summed("1")))
	for _, s := range []string{"UPDATE ledger SET at = 'x'", "DELETE FROM ledger"} {
		if _, err := d.write.Exec(s); err == nil || !strings.Contains(err.Error(), "la chaîne des sceaux ne s") {
			t.Errorf("%s: %v", s, err)
		}
	}
}

func TestAnErasedEntryLeavesItsNumber(t *testing.T) {
	path := tampered(t, campaign(t), "DELETE FROM ledger WHERE id = (SELECT max(id) FROM ledger)")
	d, err := Open(background, path, nil)
	if err != nil {
		t.Fatal(err)
	}
	mustLoad(t, d, WholeSide, job(reconcile.Legacy, "l", "3", summed("1", "2")))
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if v := mustVerify(t, path, false); !slices.ContainsFunc(v.Findings, func(f reconcile.Finding) bool { return f.Table == "ledger" }) {
		t.Errorf("an entry erased, then others added: %+v", v.Findings)
	}
}

func TestRowsAreDigestedAlikeByTheReaderAndFromTheStore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "b.db")
	d, err := Open(background, path, strings.NewReader(strings.Repeat("k", 64)))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	s := bulk(batchPayslips+10, "L")
	s.payslips = odd(s.payslips)
	loads := mustLoad(t, d, WholeSide, job(reconcile.Legacy, "l", "", s), job(reconcile.ONP, "o", "", bulk(5000, "O")))
	for i := range loads {
		var text string
		if err := d.read.Get(&text, "SELECT content FROM ledger WHERE kind = 'load' AND subject = ?", loads[i].ID); err != nil {
			t.Fatal(err)
		}
		var all content
		if err := json.Unmarshal([]byte(text), &all); err != nil {
			t.Fatal(err)
		}
		if p := all.Parts[0]; !slices.Equal(p.Columns, columnsStored) || p.rows() != loads[i].Payslips {
			t.Errorf("the entry covers %v of %d rows: the reader digests other columns", p.Columns, p.rows())
		}
	}
	for _, f := range mustVerify(t, path, false).Findings {
		if f.Table == "payslip" {
			t.Errorf("%+v", f)
		}
	}
}

// odd puts awkward texts into some payslips.
func odd(payslips func(func(*reconcile.Payslip) error) error) func(func(*reconcile.Payslip) error) error {
	texts := []string{"", "a\x00b", "é\xff", "~,1:", strings.Repeat("x", 300), "'\"", "\x1f"}
	return func(yield func(*reconcile.Payslip) error) error {
		n := 0
		return payslips(func(p *reconcile.Payslip) error {
			p.Agent.Surname, p.Agent.FirstName = texts[n%len(texts)], texts[n/2%len(texts)]
			n++
			return yield(p)
		})
	}
}

func TestATableSealedOnlySinceBreaksNoOlderEntry(t *testing.T) {
	k := kindOf(sealRun)
	whole := k.covers
	defer func() { k.covers = whole }()
	k.covers = slices.DeleteFunc(slices.Clone(whole), func(c covered) bool { return c.table == "measure" })
	path := campaign(t)
	k.covers = whole
	if v := mustVerify(t, tampered(t, path, "DELETE FROM measure"), false); len(v.Findings) > 0 {
		t.Errorf("runs from before the table: %+v", v.Findings)
	}
	if v := mustVerify(t, path, false); !named(v) {
		t.Errorf("rows of the table that no entry of their run covers: %+v", v.Findings)
	}
}

func TestVerifyingDuringAWriteSeesWhatStoodBefore(t *testing.T) {
	path := campaign(t)
	d := opened(t, path)
	err := d.transaction(background, func(c *sql.Conn) error {
		if _, err := c.ExecContext(background, "UPDATE load SET active = 1 - active"); err != nil {
			return err
		}
		if v := mustVerify(t, path, false); len(v.Findings) > 0 {
			t.Errorf("%+v", v.Findings)
		}
		return errors.New("undone")
	})
	if err == nil || err.Error() != "undone" {
		t.Error(err)
	}
}
