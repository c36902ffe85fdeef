package main

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"bascule/reconcile/sqlite"
)

func TestABackupRestoresTheBaseAsItWas(t *testing.T) {
	twoNights(t)
	_, before, _ := invoke(t, "verify", "--json")
	code, stdout, stderr := invoke(t, "backup", "copie.db", "--json")
	var r BackupResult
	if err := json.Unmarshal([]byte(stdout), &r); err != nil || code != exitClosed || r.Runs != 2 || r.Loads != 3 || r.Bytes == 0 || !strings.Contains(before, r.Head) {
		t.Fatalf("code %d, %v: %s%s", code, err, stdout, stderr)
	}
	if got := fmt.Sprintf("%x", sha256.Sum256([]byte(readFile(t, "copie.db")))); got != r.SHA256 {
		t.Errorf("digest %s, told %s", got, r.SHA256)
	}
	writeAll(t, map[string]string{"l.csv": flatHeader + flatRow("M1", "101000", "97,00")})
	mustExit(t, exitOpen, "run")
	remove(t, "out/2013-12/run-0003")
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		remove(t, "data/bascule.db"+suffix)
	}
	copied(t, "copie.db", "data/bascule.db")
	if _, after, _ := invoke(t, "verify", "--json"); after != before {
		t.Errorf("restored, verify says\n%s, before\n%s", after, before)
	}
	mustExit(t, exitOpen, "run")
}

func TestABackupRefusesWhatItWouldDestroy(t *testing.T) {
	twoNights(t)
	writeAll(t, map[string]string{"autre.db": "à garder", "dossier/x": "", "orpheline.db-wal": "x", "défaite.db-journal": "x"})
	for _, c := range []struct{ args, want string }{
		{"autre.db", "autre.db existe déjà — donnez un autre nom, ou --force"},
		{"data/bascule.db --force", "data/bascule.db est la base elle-même"},
		{"dossier --force", "dossier est un dossier"},
		{"orpheline.db", "orpheline.db-wal est là"},
		{"défaite.db", "défaite.db-journal est là"},
		{"nulle/part.db", "nulle/part.db: ne peut être écrit — vérifiez que le dossier existe"},
	} {
		if stderr := mustExit(t, exitFailure, append([]string{"backup"}, strings.Fields(c.args)...)...); !strings.Contains(stderr, c.want) {
			t.Errorf("%s: %s", c.args, stderr)
		}
	}
	if readFile(t, "autre.db") != "à garder" {
		t.Error("the file was touched")
	}
	mustExit(t, exitClosed, "backup", "autre.db", "--force")
	remove(t, "data")
	if stderr := mustExit(t, exitFailure, "backup", "rien.db"); !strings.Contains(stderr, "n'existe pas") {
		t.Error(stderr)
	}
	if entries, err := os.ReadDir("."); err != nil || strings.Contains(strings.Join(names(entries), " "), "partiel") {
		t.Errorf("%v: something half written is left", err)
	}
}

func names(entries []os.DirEntry) (all []string) {
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

func TestABackupThatWasKilledIsTakenOver(t *testing.T) {
	twoNights(t)
	if err := os.WriteFile(".copie.db.partiel", []byte(strings.Repeat("à moitié", 9000)), 0o644); err != nil {
		t.Fatal(err)
	}
	mustExit(t, exitClosed, "backup", "copie.db")
	info, err := os.Stat("copie.db")
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v: %v", err, info)
	}
	if _, err := os.Stat(".copie.db.partiel"); err == nil {
		t.Error("half a copy is left")
	}
}

func TestABackupIsMadeWhileANightIsAtWork(t *testing.T) {
	ministry(t, 400, 5)
	mustExit(t, exitOpen, "run")
	l, err := takeLock("data/bascule.db", "run", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	mustExit(t, exitClosed, "backup", "verrou.db")
	if err := l.release(); err != nil {
		t.Fatal(err)
	}
	var night sync.WaitGroup
	night.Go(func() { invoke(t, "run", "--force", "--quiet") })
	for i := range 5 {
		name := fmt.Sprintf("copie-%d.db", i)
		mustExit(t, exitClosed, "backup", name)
		v, err := sqlite.Verify(t.Context(), name, false, (*Progress)(nil))
		if err != nil || len(v.Findings) > 0 {
			t.Errorf("%v: the copy does not hold: %+v", err, v)
		}
	}
	night.Wait()
}
