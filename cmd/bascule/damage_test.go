package main

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestFaultOfAClockThatGoesBackIsToldAndAgesNothing(t *testing.T) {
	p := newPlace(t)
	if code, _, stderr := p.at(faultNight, "run"); code != exitOpen {
		t.Fatal(code, stderr)
	}
	before := faultNight.AddDate(0, 0, -9)
	code, _, stderr := p.at(before, "run", "--force")
	if code != exitOpen || !strings.Contains(stderr, "l'horloge de la machine a reculé : cette exécution est datée du 2014-01-06T03:00:00Z, celle d'avant (n° 1) du 2014-01-15T03:00:00Z") {
		t.Errorf("exits %d: %s", code, stderr)
	}
	folder := filepath.Join(p.dir, runFolderOf(t, 2))
	rows := readTable(t, filepath.Join(folder, "discrepancies.csv"))
	for _, r := range rows {
		if r["age_days"] != "0" || r["evolution"] != "persisting" || r["first_seen"] != "2014-01-15" {
			t.Fatalf("a gap of the former night: %v", r)
		}
	}
	s := summaryOf(t, folder)
	if len(rows) == 0 || s.PreviousRun != 1 || !slices.ContainsFunc(s.Notes, func(n string) bool { return strings.Contains(n, "l'horloge de la machine a reculé") }) {
		t.Errorf("%d rows, after run %d, notes %q", len(rows), s.PreviousRun, s.Notes)
	}
	if code, _, stderr := p.at(faultNight.AddDate(0, 0, 1), "run", "--force"); code != exitOpen || strings.Contains(stderr, "horloge") {
		t.Errorf("once it is right again: exits %d: %s", code, stderr)
	}
	for _, r := range readTable(t, filepath.Join(p.dir, runFolderOf(t, 3), "discrepancies.csv")) {
		if r["age_days"] != "1" {
			t.Fatalf("the age of a gap seen on the 15th, on the 16th: %v", r)
		}
	}
	p.must(exitClosed, "verify")
}

func TestFaultOfANewerDatabaseIsRefusedAndNothingChanges(t *testing.T) {
	p := newPlace(t)
	p.must(exitOpen, "run")
	db := p.base()
	p.exec(db, "PRAGMA user_version = 999")
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	before := fingerprintOf(t, p.dir)
	for _, args := range [][]string{{"run"}, {"compare"}, {"report"}, {"runs"}, {"verify"}, {"gate"}, {"review", "list"}, {"budget", "show"}} {
		code, stdout, stderr := p.in(args...)
		if code != exitFailure || stdout != "" || !strings.Contains(stderr, "la base a été écrite par une version plus récente de bascule: mettez le programme à jour") || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%v exits %d: %s%s", args, code, stdout, stderr)
		}
	}
	if fingerprintOf(t, p.dir) != before {
		t.Error("something was changed")
	}
}

// leaf finds the last page of a table or an index: its offset and its size.
func (p place) leaf(name string) (offset, size int64) {
	p.t.Helper()
	db := p.base()
	defer db.Close()
	var root int64
	if err := db.QueryRow("SELECT rootpage, (SELECT page_size FROM pragma_page_size) FROM sqlite_master WHERE name = ?", name).Scan(&root, &size); err != nil {
		p.t.Fatal(name, err)
	}
	text := []byte(readFile(p.t, filepath.Join(p.dir, "data", "bascule.db")))
	for page := root; ; {
		at := (page - 1) * size
		switch text[at] {
		case 2, 5: // an inner page
			page = int64(binary.BigEndian.Uint32(text[at+8:]))
		case 10, 13:
			return at, size
		default:
			p.t.Fatalf("%s: page %d is none of a table or an index", name, page)
		}
	}
}

// oneBit is what SQLite itself does not see: the chain alone does.
const oneBit = "a bit of its last row"

// damages are what befalls a page.
var damages = map[string]func(page []byte){
	"zeros":              func(page []byte) { clear(page) },
	"text over its head": func(page []byte) { copy(page, "ceci n'est pas une page") },
	oneBit: func(page []byte) {
		first := int(binary.BigEndian.Uint16(page[8:])) // where the cell pointed to first starts
		page[first+min(40, (len(page)-first)/2)] ^= 1
	},
}

func TestFaultOfADamagedPageIsFoundByVerify(t *testing.T) {
	whole := newPlace(t)
	whole.must(exitOpen, "run")
	names := []string{"payslip", "block", "discrepancy", "ledger", "run", "load", "code_total", "measure", "mass"}
	db := whole.base()
	names = append(names, whole.column(db, "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ('payslip', 'discrepancy') ORDER BY name")...)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		for damage, spoil := range damages {
			t.Run(name+", "+damage, func(t *testing.T) {
				t.Parallel()
				p := whole.copied(t)
				offset, size := p.leaf(name)
				edit(t, filepath.Join(p.dir, "data", "bascule.db"), func(b []byte) []byte { spoil(b[offset : offset+size]); return b })
				code, stdout, stderr := p.in("verify")
				if code != exitFailure || !strings.Contains(stdout, "✘") && strings.Count(stderr, "\n") != 1 || english.MatchString(stderr) {
					t.Errorf("verify exits %d: %s%s", code, stdout, stderr)
				}
				code, stdout, stderr = p.in("compare", "--force")
				if code == exitFailure {
					if strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, "altérée") {
						t.Errorf("compare is not refused clearly: %s", stderr)
					}
				} else if name == "payslip" && damage != oneBit || code != exitOpen {
					t.Errorf("compare goes on over it and exits %d: %s%s", code, stdout, stderr)
				}
				if code, _, _ := p.in("verify"); code != exitFailure {
					t.Errorf("after it, verify exits %d", code)
				}
			})
		}
	}
}

func TestFaultOfATempFolderThatIsGone(t *testing.T) {
	p := newPlace(t)
	struck := func(want int, args ...string) {
		t.Helper()
		cmd := p.apart(args...)
		cmd.Env = append(cmd.Env, "TMPDIR="+filepath.Join(p.dir, "absent"))
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		_ = cmd.Run() // its state tells
		if code := cmd.ProcessState.ExitCode(); code != want {
			t.Errorf("%v exits %d, wanted %d: %s", args, code, want, &stderr)
		}
	}
	struck(exitOpen, "run")
	struck(exitClosed, "verify")
	struck(exitOpen, "report")
	struck(exitClosed, "backup", "copie.db")
	p.must(exitClosed, "verify")
}

// TestFaultsAreToldInOneFrenchLine names what the machine refuses, and where.
func TestFaultsAreToldInOneFrenchLine(t *testing.T) {
	p := newPlace(t)
	if err := os.WriteFile(filepath.Join(p.dir, "out"), nil, 0o600); err != nil { // a file where a folder is needed
		t.Fatal(err)
	}
	code, _, stderr := p.in("run")
	if code != exitFailure || strings.Count(stderr, "\n") != 1 || english.MatchString(stderr) || !strings.Contains(stderr, " — ") {
		t.Errorf("exits %d: %s", code, stderr)
	}
}
