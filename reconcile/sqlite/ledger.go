package sqlite

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"bascule/reconcile"
)

// The kinds of entries of the chain.
const (
	sealOpening = "opening"  // the chain itself, and what stands in meta
	sealLoad    = "load"     // a file read
	sealInForce = "in_force" // the loads in force of a side and month, and where their files were last found
	sealSummary = "summary"  // the summary of a run: as compared, then each time it is published
	sealRun     = "run"      // a run: the hash of this entry is its seal
	sealImport  = "import"   // decisions imported
	sealBudget  = "budget"   // rows of the budget imported
	sealPurge   = "purge"    // months erased, and what their entries cover since
	sealErasure = "erasure"  // the proof that a purge left nothing
)

// sealKind tells what the entries of a kind cover. A table that is in none of
// them is outside the chain: a test holds that only "single" and the chain itself
// are.
type sealKind struct {
	name     string
	label    string // in French, before the number of the subject
	subjects string // table where each row owes an entry
	once     bool   // a subject has one entry for ever; otherwise the last one counts
	runs     string // SQL of the runs that rest on the subject ?1
	covers   []covered
}

// covered are rows of one table that an entry covers, and their columns.
type covered struct {
	table  string
	rows   string // condition, ?1 being the subject
	from   string // the table with a hint, if it needs one
	only   []string
	except []string
	small  bool   // each row is a chunk of its own
	stray  string // condition of rows that no subject has, where no reference to it forbids them
}

func (c *covered) chunkRows() int64 {
	if c.small {
		return 1
	}
	return chunkRows
}

// Columns that change after the row is sealed: entries of their own follow them.
var (
	changingOfLoad = []string{"path", "active", "purge"}
	changingOfRun  = []string{"folder", "summary", "published", "purge"}
)

// alike are the loads of the side and month of the load ?1.
const alike = "(side, period) = (SELECT side, period FROM load WHERE id = ?1)"

var sealKinds = []sealKind{
	{name: sealOpening, label: "clé de la base", once: true, runs: "SELECT id FROM run", covers: []covered{
		{table: "meta", rows: "?1 = 0 AND key IN ('secret', 'key_mark', 'unsealed')", small: true, stray: "key NOT IN ('secret', 'key_mark', 'unsealed')"}}},
	{name: sealLoad, label: "chargement", subjects: "load", once: true, runs: runsOnLoad, covers: []covered{
		{table: "payslip", rows: "load_id = ?1", from: "payslip NOT INDEXED"},
		{table: "code_total", rows: "load_id = ?1"},
		{table: "reject", rows: "load_id = ?1"},
		{table: "block", rows: "load_id = ?1"},
		{table: "load", rows: "id = ?1", except: changingOfLoad}}},
	{name: sealInForce, label: "fichiers en vigueur avec le chargement", runs: "SELECT DISTINCT run_id FROM run_load JOIN load ON id = load_id WHERE " + alike, covers: []covered{
		{table: "load", rows: alike, only: changingOfLoad, small: true}}},
	{name: sealSummary, label: "synthèse de l'exécution", runs: "SELECT ?1", covers: []covered{
		{table: "run", rows: "id = ?1", only: changingOfRun}}},
	{name: sealRun, label: "exécution", subjects: "run", once: true, runs: "SELECT ?1", covers: []covered{
		{table: "run", rows: "id = ?1", except: changingOfRun},
		{table: "run_load", rows: "run_id = ?1"},
		{table: "discrepancy", rows: "run_id = ?1", from: wholeRun},
		{table: "measure", rows: "run_id = ?1"},
		{table: "mass", rows: "run_id = ?1"},
		{table: "mass_gap", rows: "run_id = ?1"},
		{table: "mass_head", rows: "run_id = ?1"},
		{table: "quiet", rows: "run_id = ?1"},
		{table: "gate_set", rows: "run = ?1", stray: "run NOT IN (SELECT subject FROM ledger WHERE kind = '" + sealRun + "')"}}},
	{name: sealImport, label: "import", subjects: "review_import", once: true,
		runs: "SELECT id FROM run WHERE decided >= (SELECT min(id) FROM decision WHERE import_id = ?1)", covers: []covered{
			{table: "review_import", rows: "id = ?1"},
			{table: "decision", rows: "import_id = ?1"}}},
	{name: sealBudget, label: "import de budget", subjects: "budget_import", once: true, runs: "SELECT id FROM run WHERE budgeted >= ?1", covers: []covered{
		{table: "budget_import", rows: "id = ?1"},
		{table: "budget_row", rows: "import_id = ?1"}}},
	{name: sealPurge, label: "purge", subjects: "purge", once: true, runs: purgedRuns, covers: []covered{
		{table: "purge", rows: "id = ?1"},
		{table: "gap_total", rows: "run_id IN (" + purgedRuns + ")", stray: "run_id NOT IN (SELECT id FROM run WHERE purge <> 0)"}}},
	{name: sealErasure, label: "preuve de la purge", once: true, runs: purgedRuns},
}

// runsOnLoad are the runs that rest on the load ?1, or on one that took payslips
// from it.
const runsOnLoad = `SELECT DISTINCT run_id FROM run_load JOIN load l ON l.id = load_id
	WHERE l.id = ?1 OR json_valid(l.taken) AND EXISTS (SELECT 1 FROM json_each(l.taken) WHERE key = CAST(?1 AS TEXT))`

// purgedRuns are those that the purge ?1 erased the gaps of.
const purgedRuns = "SELECT id FROM run WHERE purge = ?1"

func kindOf(name string) *sealKind {
	for i := range sealKinds {
		if sealKinds[i].name == name {
			return &sealKinds[i]
		}
	}
	return nil
}

// coveredOf is what the entries of a kind cover of a table.
func coveredOf(kind, table string) *covered {
	k := kindOf(kind)
	for i := range k.covers {
		if k.covers[i].table == table {
			return &k.covers[i]
		}
	}
	return nil
}

// content is what an entry stands for.
type content struct {
	Parts  []*part            `json:"parts"`
	Former string             `json:"former_run,omitempty"` // of a run: seal of the run made before
	Erased []erased           `json:"erased,omitempty"`     // of a purge
	Proof  *reconcile.Erasure `json:"proof,omitempty"`      // of an erasure
}

// entry is a link of the chain.
type entry struct {
	id, subject                     int64
	kind, at, content, former, hash string
}

const entryColumns = "id, kind, subject, at, content, former, hash"

func (e *entry) scan(row interface{ Scan(...any) error }) error {
	return row.Scan(&e.id, &e.kind, &e.subject, &e.at, &e.content, &e.former, &e.hash)
}

// sealed is the hash that the entry must have.
func (e *entry) sealed(secret []byte) string {
	h := hmac.New(sha256.New, secret)
	for _, s := range []string{e.former, strconv.FormatInt(e.id, 10), e.kind, strconv.FormatInt(e.subject, 10), e.at, e.content} {
		fmt.Fprintf(h, "%d:%s", len(s), s)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// appendEntry adds an entry to the chain inside the caller's transaction, and
// returns its hash. The number after the last ever given, even to an entry that
// somebody erased since, leaves the gap to be seen.
func (d *DB) appendEntry(ctx context.Context, c *sql.Conn, kind string, subject int64, at, content string) (string, error) {
	e := entry{kind: kind, subject: subject, at: at, content: content}
	err := c.QueryRowContext(ctx, `SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'ledger'), 0) + 1,
		coalesce((SELECT hash FROM ledger ORDER BY id DESC LIMIT 1), '')`).Scan(&e.id, &e.former)
	if err != nil {
		return "", err
	}
	e.hash = e.sealed(d.secret)
	_, err = c.ExecContext(ctx, "INSERT INTO ledger ("+entryColumns+") VALUES (?,?,?,?,?,?,?)", e.id, e.kind, e.subject, e.at, e.content, e.former, e.hash)
	return e.hash, err
}

// seal adds the entry of a subject, whose rows are all written. Digests already
// known, by table, are taken as they are.
func (d *DB) seal(ctx context.Context, c *sql.Conn, kind string, subject int64, at string, known map[string][]chunk) (string, error) {
	all, err := contentOf(ctx, c, kind, subject, known)
	if err != nil {
		return "", err
	}
	return d.appendContent(ctx, c, kind, subject, at, all)
}

func (d *DB) appendContent(ctx context.Context, c *sql.Conn, kind string, subject int64, at string, all *content) (string, error) {
	text, err := json.Marshal(all)
	if err != nil {
		return "", err
	}
	return d.appendEntry(ctx, c, kind, subject, at, string(text))
}

// contentOf digests what an entry covers.
func contentOf(ctx context.Context, c *sql.Conn, kind string, subject int64, known map[string][]chunk) (*content, error) {
	all := new(content)
	k := kindOf(kind)
	for i := range k.covers {
		of := &k.covers[i]
		t, err := describeTable(ctx, c, of.table)
		if err != nil {
			return nil, err
		}
		columns := t.covers(of)
		if chunks, ok := known[of.table]; ok {
			all.Parts = append(all.Parts, &part{Table: of.table, Columns: columns, Chunks: chunks})
			continue
		}
		p, err := digestRows(ctx, c, t, of, columns, subject)
		if err != nil {
			return nil, err
		}
		all.Parts = append(all.Parts, p)
	}
	if kind == sealRun {
		err := c.QueryRowContext(ctx, "SELECT hash FROM ledger WHERE kind = ? ORDER BY id DESC LIMIT 1", sealRun).Scan(&all.Former)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return nil, err
		}
	}
	return all, nil
}

// sealOpening begins the chain of a database that has none.
func (d *DB) openChain(ctx context.Context, c *sql.Conn) error {
	var begun bool
	if err := c.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM ledger)").Scan(&begun); err != nil || begun {
		return err
	}
	_, err := d.seal(ctx, c, sealOpening, 0, "", nil)
	return err
}

// sealLoads adds the entry of each new load, and of what is in force since.
func (d *DB) sealLoads(ctx context.Context, c *sql.Conn, jobs []Job, ids []int64, written map[int64][]chunk) error {
	for i := range jobs {
		if jobs[i].Known != 0 {
			continue
		}
		chunks := written[ids[i]]
		if _, err := d.seal(ctx, c, sealLoad, ids[i], jobs[i].Load.LoadedAt, map[string][]chunk{"payslip": orEmpty(chunks)}); err != nil {
			return err
		}
	}
	done := make(map[int64]bool)
	for i := range jobs {
		var first int64
		if err := c.QueryRowContext(ctx, "SELECT min(id) FROM load WHERE "+alike, ids[i]).Scan(&first); err != nil {
			return err
		}
		if done[first] {
			continue
		}
		done[first] = true
		if err := d.sealInForce(ctx, c, first, jobs[i].Load.LoadedAt); err != nil {
			return err
		}
	}
	return nil
}

// sealInForce adds an entry unless the last one says the same: a night that
// changes nothing leaves the chain as it was.
func (d *DB) sealInForce(ctx context.Context, c *sql.Conn, first int64, at string) error {
	all, err := contentOf(ctx, c, sealInForce, first, nil)
	if err != nil {
		return err
	}
	text, err := json.Marshal(all)
	if err != nil {
		return err
	}
	var last string
	err = c.QueryRowContext(ctx, "SELECT content FROM ledger WHERE kind = ? AND subject = ? ORDER BY id DESC LIMIT 1", sealInForce, first).Scan(&last)
	if err == nil && last == string(text) {
		return nil
	}
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	_, err = d.appendEntry(ctx, c, sealInForce, first, at, string(text))
	return err
}

// sealRun adds the entries of a run that is wholly recorded, and returns its
// seal. Loads from before the chain are sealed first, as they stand: the run
// rests upon them.
func (d *DB) sealRun(ctx context.Context, c *sql.Conn, run *reconcile.Run) (string, error) {
	for i := range run.Loads {
		id := run.Loads[i].ID
		var there bool
		if err := c.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM ledger WHERE kind = ? AND subject = ?)", sealLoad, id).Scan(&there); err != nil {
			return "", err
		}
		if there {
			continue
		}
		if _, err := d.seal(ctx, c, sealLoad, id, run.StartedAt, nil); err != nil {
			return "", err
		}
	}
	if _, err := d.seal(ctx, c, sealSummary, int64(run.ID), run.StartedAt, nil); err != nil {
		return "", err
	}
	return d.seal(ctx, c, sealRun, int64(run.ID), run.StartedAt, nil)
}

// sealImport adds the entry of an import whose decisions are all written. It is
// called inside the transaction of the import.
func (d *DB) sealImport(ctx context.Context, c *sql.Conn, id int64, at string) error {
	_, err := d.seal(ctx, c, sealImport, id, at, nil)
	return err
}

// Seal is what the chain says of a run.
type Seal struct {
	Hash   string // blank: the run was made before the chain
	Former string // seal of the run made before, blank for the first
	Entry  int64
}

// Seal finds the seal of a run.
func (d *DB) Seal(ctx context.Context, run int) (Seal, error) {
	var s Seal
	err := d.read.QueryRowContext(ctx, "SELECT id, hash, coalesce(json_extract(content, '$.former_run'), '') FROM ledger WHERE kind = ? AND subject = ? ORDER BY id LIMIT 1",
		sealRun, run).Scan(&s.Entry, &s.Hash, &s.Former)
	if errors.Is(err, sql.ErrNoRows) {
		return Seal{}, nil
	}
	return s, describe(err)
}
