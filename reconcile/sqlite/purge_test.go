package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"bascule/reconcile"
)

// Persons of November: one who left, one whom December still pays.
const (
	gone    = "1850175123456"
	staying = "2800299123456"
)

// withNames gives the payslips of a source a name each, and its reject bytes of
// somebody.
func withNames(s *memorySource, rejected string) *memorySource {
	each := s.payslips
	s.payslips = func(yield func(*reconcile.Payslip) error) error {
		return each(func(p *reconcile.Payslip) error {
			p.Agent.Surname, p.Agent.FirstName = "NOM"+p.Agent.NIR, "Prénom"
			return yield(p)
		})
	}
	for i := range s.rejects {
		s.rejects[i].Raw = []byte("20;" + rejected + ";montant illisible")
	}
	return s
}

// novemberPaid adds November to a campaign: two persons, one of whom December
// pays too, a run of it and a decision about its gap.
func novemberPaid(t testing.TB, d *DB) *reconcile.Run {
	t.Helper()
	of := func(side reconcile.Side, month reconcile.Period, path string, nirs ...string) Job {
		j := job(side, path, month.String(), withNames(summed(nirs...), nirs[0]))
		j.Load.Period = month
		return j
	}
	loads, err := d.Load(background, []Job{of(reconcile.Legacy, november, "l11", gone, staying), of(reconcile.ONP, november, "o11", staying)}, WholeSide)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Load(background, []Job{of(reconcile.Legacy, december, "l12", staying)}, SamePaths); err != nil {
		t.Fatal(err)
	}
	g := lineGap(gone)
	g.Matricule, g.Name, g.LegacyText = "M"+gone, "NOM"+gone+" Prénom", "texte de la personne"
	run := recordRun(t, d, loads, g)
	decision := reconcile.Decision{Run: run.ID, Place: "e.xlsx", Fingerprint: g.Fingerprint, Kind: g.Kind, Element: "A", Amount: -100, Low: -100, High: -100, LegacyText: "M" + gone, Status: reconcile.StatusAccepted,
		Reason: "arrondi", Author: "Dupont", Visa: "Durand", Comment: "vu avec NOM" + gone + " Prénom", From: november}
	if err := d.Decide(background, &Import{At: "2026-01-03T09:00:00Z", Files: []ImportedFile{{"n.xlsx", "1"}}, Read: 1}, []reconcile.Decision{decision}); err != nil {
		t.Fatal(err)
	}
	return run
}

// mustPurge erases what is before December and proves it.
func mustPurge(t testing.TB, d *DB, path string) (*reconcile.Purge, *reconcile.Erasure) {
	t.Helper()
	p, sought, err := d.Purge(background, december, "2026-02-01T00:00:00Z", false, noWatch{})
	if err != nil {
		t.Fatal(err)
	}
	e, err := d.FinishPurge(background, path, sought, "2026-02-01T00:01:00Z", noWatch{})
	if err != nil {
		t.Fatal(err)
	}
	return p, e
}

// purged makes a closed database in which every table holds rows, those of
// purges included, and returns its path.
func purged(t testing.TB) string {
	t.Helper()
	path := campaign(t)
	d, err := Open(background, path, nil)
	if err != nil {
		t.Fatal(err)
	}
	novemberPaid(t, d)
	mustPurge(t, d, path)
	run, err := d.Run(background, 2)
	if err == nil {
		run.Summary.Seconds.Report++
		err = d.Publish(background, run, "2026-02-02T03:05:00Z")
	}
	if err = errors.Join(err, d.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

// rawBytes are those of the database and of its log.
func rawBytes(t testing.TB, path string) []byte {
	t.Helper()
	all, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, suffix := range []string{"-wal", "-journal"} {
		log, err := os.ReadFile(path + suffix)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		all = append(all, log...)
	}
	return all
}

func TestAPurgeLeavesNoByteOfWhoIsGoneAndKeepsTotalsAndChain(t *testing.T) {
	path := campaign(t)
	d, err := Open(background, path, nil)
	if err != nil {
		t.Fatal(err)
	}
	run := novemberPaid(t, d)
	if !bytes.Contains(rawBytes(t, path), []byte(gone)) {
		t.Fatal("the person was never there: the test proves nothing")
	}
	before := mustVerify(t, path, false)
	last, err := d.Run(background, 2)
	if err != nil {
		t.Fatal(err)
	}
	last.ID = run.ID // as a later night of December sees the months
	undue, err := d.Undue(background, last)
	if err != nil || len(undue) != 2 {
		t.Fatalf("%v, %+v", err, undue)
	}
	p, e := mustPurge(t, d, path)
	if after, err := d.Undue(background, last); err != nil || !slices.Equal(after, undue) {
		t.Errorf("%v: what was paid wrongly month by month was %+v, is %+v", err, undue, after)
	}
	if p.Loads != 2 || p.Runs != 1 || p.Payslips != 3 || p.Rejects != 2 || p.Discrepancies != 1 || p.Decisions != 1 {
		t.Errorf("erased %+v", p)
	}
	if !e.Clean() || e.Sought == 0 || e.Sampled || len(e.Elsewhere) > 0 || e.Kept == 0 {
		t.Errorf("proof %+v: the one who stays is found, the other is not", e)
	}
	raw := rawBytes(t, path) // while the base is open: the log counts too
	for _, trace := range []string{gone, "NOM" + gone, "M" + gone, "texte de la personne", "f" + gone} {
		if bytes.Contains(raw, []byte(trace)) {
			t.Errorf("%q is still among the bytes", trace)
		}
	}
	if !bytes.Contains(raw, []byte(staying)) {
		t.Error("December lost whom it pays")
	}
	kept, err := d.Run(background, run.ID)
	if err != nil || kept.Summary.Discrepancies.Total != 1 || kept.Summary.Discrepancies.Delta != -100 || kept.Purged != "2026-02-01T00:00:00Z" {
		t.Errorf("%v: the summary of the purged run is %+v", err, kept)
	}
	if n := count(t, d, fmt.Sprintf("SELECT gaps FROM gap_total WHERE run_id = %d", run.ID)); n != 1 {
		t.Errorf("%d gaps are told in total, wanted 1", n)
	}
	v := mustVerify(t, path, false)
	if len(v.Findings) > 0 || v.Entries <= before.Entries || len(v.Purges) != 1 || v.Purges[0].Proof == nil || v.Purges[0].Payslips != 3 {
		t.Errorf("after the purge: %+v, purges %+v", v.Findings, v.Purges)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path + "-wal"); err == nil && info.Size() > 0 {
		t.Errorf("a log of %d bytes stays", info.Size())
	}
}

func TestADeletionThatNoPurgeSealsIsAFault(t *testing.T) {
	path := purged(t)
	for _, c := range []struct{ reason, statement string }{
		{"rows of a month kept, deleted as a purge would", "DELETE FROM payslip WHERE load_id = 1"},
		{"and said to be purged", "DELETE FROM payslip WHERE load_id = 1; UPDATE load SET purge = 1, active = 0 WHERE id = 1"},
		{"a run said to be purged", "DELETE FROM discrepancy WHERE run_id = 1; UPDATE run SET purge = 1 WHERE id = 1"},
		{"with its totals", "INSERT INTO gap_total SELECT 1, kind, cause, status, at_fault, gaps, roots, delta_net, delta_info, absolute, overpaid, underpaid, moving FROM gap_total; DELETE FROM discrepancy WHERE run_id = 1; UPDATE run SET purge = 1 WHERE id = 1"},
		{"an erased payslip put back", "INSERT INTO payslip SELECT 1000, (SELECT max(id) FROM load WHERE purge = 1), agent_key, line, whole, nir, nir_key, dossier, matricule, surname, first_name, grade, echelon, indice, nbi, quotite, children, service, status, zone, iban, programme, bop, accountant, to_pay, to_deduct, net, employer, 0, 0, 0, 0, '[]', digest, NULL FROM payslip WHERE id = 1"},
		{"a decision blanked by hand", "UPDATE decision SET comment = '', fingerprint = 'purge-1' WHERE id = 1"},
		{"a blanked decision filled again", "UPDATE decision SET comment = 'x' WHERE id = 3"},
		{"a purge taken out of the chain", "DELETE FROM ledger WHERE kind = 'purge'"},
		{"a purge that erased less", "UPDATE ledger SET content = replace(content, '\"erased\"', '\"erazed\"') WHERE kind = 'purge'"},
		{"the total of a purged run", "UPDATE gap_total SET delta_net = 0"},
		{"a purged load's own totals", "UPDATE load SET to_pay = 0 WHERE purge = 1"},
	} {
		if v := mustVerify(t, tampered(t, path, c.statement), false); !named(v) {
			t.Errorf("%s passes: %+v", c.reason, v.Findings)
		}
	}
	for _, s := range []string{"DELETE FROM ledger WHERE kind = 'erasure'", "UPDATE ledger SET content = '' WHERE kind = 'erasure'", "UPDATE ledger SET subject = 7 WHERE kind = 'erasure'", "UPDATE purge SET before = ''"} {
		if v := mustVerify(t, tampered(t, path, s), false); v.Broken() == 0 {
			t.Errorf("%s passes: %+v", s, v.Findings)
		}
	}
}

func TestAPurgeRefusesToEraseTheProofOfAnEdit(t *testing.T) {
	path := campaign(t)
	d, err := Open(background, path, nil)
	if err != nil {
		t.Fatal(err)
	}
	novemberPaid(t, d)
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	forged := tampered(t, path, "UPDATE payslip SET surname = 'X' WHERE nir = '"+gone+"'")
	if d, err = Open(background, forged, nil); err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, _, err := d.Purge(background, december, "2026-02-01T00:00:00Z", false, noWatch{}); !errors.Is(err, ErrAltered) {
		t.Errorf("got %v", err)
	}
	if n := count(t, d, "SELECT count(*) FROM payslip WHERE nir = '"+gone+"'"); n != 1 {
		t.Errorf("%d payslips are left, wanted the one that was edited", n)
	}
}

func TestADryRunErasesNothingAndASecondPurgeHasNothingLeft(t *testing.T) {
	path := campaign(t)
	d := opened(t, path)
	novemberPaid(t, d)
	p, _, err := d.Purge(background, december, "2026-02-01T00:00:00Z", true, noWatch{})
	if err != nil || p.ID != 0 || p.Payslips != 3 {
		t.Fatalf("%+v, %v", p, err)
	}
	if n := count(t, d, "SELECT count(*) FROM payslip p JOIN load l ON l.id = load_id WHERE l.period = '2013-11'"); n != 3 {
		t.Errorf("a dry run left %d payslips of 3", n)
	}
	mustPurge(t, d, path)
	if p, _, err := d.Purge(background, december, "2026-02-02T00:00:00Z", false, noWatch{}); err != nil || p.ID != 0 || p.Loads != 0 {
		t.Errorf("the second: %+v, %v", p, err)
	}
}

func TestAPurgeInterruptedBeforeItsProofIsDoubtedThenFinished(t *testing.T) {
	path := campaign(t)
	d := opened(t, path)
	novemberPaid(t, d)
	if _, _, err := d.Purge(background, december, "2026-02-01T00:00:00Z", false, noWatch{}); err != nil {
		t.Fatal(err)
	}
	v := mustVerify(t, path, false)
	if v.Broken() > 0 || len(v.Findings) != 1 || !strings.Contains(v.Findings[0].What, "inachevée") {
		t.Errorf("%+v", v.Findings)
	}
	if _, err := d.FinishPurge(background, path, new(Sought), "2026-02-01T02:00:00Z", noWatch{}); err != nil {
		t.Fatal(err)
	}
	if v := mustVerify(t, path, false); len(v.Findings) > 0 {
		t.Errorf("%+v", v.Findings)
	}
	if bytes.Contains(rawBytes(t, path), []byte(gone)) {
		t.Error("the person is still among the bytes")
	}
}

func TestAReaderThatHoldsTheLogKeepsThePurgeFromBeingProved(t *testing.T) {
	path := campaign(t)
	d := opened(t, path)
	if _, err := d.write.Exec("PRAGMA busy_timeout = 50"); err != nil {
		t.Fatal(err)
	}
	novemberPaid(t, d)
	reader, err := sql.Open("sqlite3", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	read := func() *sql.Tx {
		tx, err := reader.BeginTx(context.Background(), &sql.TxOptions{ReadOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		var n int
		if err := tx.QueryRow("SELECT count(*) FROM payslip").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return tx
	}
	tx := read()
	if _, err := d.write.Exec("UPDATE load SET path = path"); err != nil { // something the reader does not see
		t.Fatal(err)
	}
	if _, _, err := d.Purge(background, december, "2026-02-01T00:00:00Z", false, noWatch{}); !errors.Is(err, ErrReaders) {
		t.Errorf("got %v", err)
	}
	if n := count(t, d, "SELECT count(*) FROM load WHERE purge <> 0"); n != 0 {
		t.Errorf("%d loads are purged, though it was refused", n)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	_, sought, err := d.Purge(background, december, "2026-02-01T00:00:00Z", false, noWatch{})
	if err != nil {
		t.Fatal(err)
	}
	tx = read()
	if _, err := d.FinishPurge(background, path, sought, "2026-02-01T00:01:00Z", noWatch{}); !errors.Is(err, ErrReaders) {
		t.Errorf("got %v", err)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	if e, err := d.FinishPurge(background, path, sought, "2026-02-01T00:01:00Z", noWatch{}); err != nil || !e.Clean() {
		t.Errorf("%+v, %v", e, err)
	}
}

func TestAPurgedFileIsReadAnewAndAPurgedMonthIsInForceNoMore(t *testing.T) {
	path := purged(t)
	d := opened(t, path)
	if ids, err := d.Known(background, reconcile.Legacy, november, "2013-11", "l112013-11"); err != nil || len(ids) > 0 {
		t.Errorf("%v, %v: an emptied load would pass for the file", ids, err)
	}
	if loads, err := d.ActiveLoads(background, november); err != nil || len(loads) > 0 {
		t.Errorf("%d loads in force, %v: everybody would be absent in the month before", len(loads), err)
	}
	run := &reconcile.Run{Period: december, StartedAt: "2026-02-03T00:00:00Z"}
	if r, err := d.latest(background, november+0, run.Months); err != nil || r != nil {
		t.Errorf("%+v, %v: a run without its gaps is no past", r, err)
	}
}

func TestADecisionThatAKeptGapFollowsIsKeptWhole(t *testing.T) {
	path := campaign(t)
	d := opened(t, path)
	novemberPaid(t, d)
	decisions, err := d.Decisions(background)
	if err != nil {
		t.Fatal(err)
	}
	last := decisions[len(decisions)-1]
	loads, err := d.ActiveLoads(background, december)
	if err != nil {
		t.Fatal(err)
	}
	g := lineGap("3")
	g.Fingerprint, g.Decision = last.Fingerprint, last.Ref()
	recordRun(t, d, loads[:2], g)
	if p, _ := mustPurge(t, d, path); p.Decisions != 0 {
		t.Errorf("%d decisions blanked", p.Decisions)
	}
	after, err := d.Decisions(background)
	if err != nil || !slices.EqualFunc(decisions, after, func(a, b reconcile.Decision) bool { return fmt.Sprint(a) == fmt.Sprint(b) }) {
		t.Errorf("%v: the decisions are no longer what they were", err)
	}
}

func TestValuesAreFoundAcrossTheBlocksThatAFileIsReadIn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	content := bytes.Repeat([]byte("."), scanBytes*2+100)
	texts := []string{"at the start", "across the first edge", "at the very end", "nowhere at all", "nowhere either"}
	copy(content, texts[0])
	copy(content[scanBytes+len(texts[1])-5:], texts[1])
	copy(content[len(content)-len(texts[2]):], texts[2])
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	f := newFinder(texts)
	n, err := f.scanFile(path, noWatch{})
	if err != nil || n != int64(len(content)) || !slices.Equal(f.found, []bool{true, true, true, false, false}) || f.left != 2 {
		t.Errorf("%v, %d bytes, found %v", err, n, f.found)
	}
	if n, err := f.scanFile(path+"-wal", noWatch{}); n != 0 || err != nil {
		t.Errorf("no file: %d, %v", n, err)
	}
}

// TestEveryTableOfPersonsIsKnownToThePurge holds the tables whose columns name
// somebody against those that a purge erases.
func TestEveryTableOfPersonsIsKnownToThePurge(t *testing.T) {
	ofSomebody := []string{"nir", "nir_key", "agent_key", "matricule", "surname", "first_name", "name", "iban", "raw", "person", "fingerprint", "dossier"}
	handled := []string{"payslip", "reject", "discrepancy", "single", "decision", "sqlite_sequence"}
	met := make(map[string]bool)
	for _, c := range everyColumn(t, campaign(t)) {
		if !slices.Contains(ofSomebody, c.name) {
			continue
		}
		met[c.table] = true
		if !slices.Contains(handled, c.table) {
			t.Errorf("%s.%s may name somebody: purge.go must erase it", c.table, c.name)
		}
	}
	if len(met) != len(handled) {
		t.Errorf("met %v: the list of columns is broken", met)
	}
}
