package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var lockedAt = time.Date(2014, 1, 2, 4, 4, 5, 0, time.FixedZone("CET", 3600))

func TestWritingCommandsExit3WhenTheDatabaseIsBusy(t *testing.T) {
	file := writeConfig(t, minimal)
	l, err := takeLock(filepath.Join(filepath.Dir(file), "data", "bascule.db"), "run", lockedAt)
	if err != nil {
		t.Fatal(err)
	}
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	age := fmt.Sprintf("%d jours", int(time.Since(lockedAt).Hours())/24)
	want := fmt.Sprintf("bascule: %s: « bascule run » de %s, processus %d sur %s, depuis 2014-01-02T03:04:05Z (%s), travaille déjà sur cette base — attendez sa fin, puis relancez\n", l.path, userName(), os.Getpid(), host, age)
	for _, args := range []string{"run", "compare", "report", "load --side onp a.csv", "budget import a.csv"} {
		code, stdout, stderr := invoke(t, append(strings.Fields(args), "--config", file)...)
		if code != exitBusy || stdout != "" || stderr != want {
			t.Errorf("%s: code %d, stdout %q\ngot  %swant %s", args, code, stdout, stderr, want)
		}
	}
	for _, args := range []string{"runs", "runs show 1", "explain 1", "budget show"} {
		if code, _, stderr := invoke(t, append(strings.Fields(args), "--config", file)...); code == exitBusy {
			t.Errorf("%s only reads, and yet: %s", args, stderr)
		}
	}
	if err := l.release(); err != nil {
		t.Fatal(err)
	}
	again, err := takeLock(filepath.Join(filepath.Dir(file), "data", "bascule.db"), "run", lockedAt)
	if err != nil {
		t.Fatalf("after release: %v", err)
	}
	if err := again.release(); err != nil {
		t.Error(err)
	}
}

func TestLockIsReleasedWhenTheStageFails(t *testing.T) {
	app := &App{Config: mustLoad(t, writeConfig(t, minimal), nil), Now: func() time.Time { return lockedAt }}
	wrong := errors.New("x")
	for range 2 {
		if err := app.exclusively(func() error { return wrong }); !errors.Is(err, wrong) {
			t.Fatalf("got %v", err)
		}
	}
}

func TestLockOfADeadProcessIsTaken(t *testing.T) {
	database := filepath.Join(t.TempDir(), "bascule.db")
	if err := os.WriteFile(database+".lock", []byte(`{"pid":1,"host":"ailleurs","since":"2013-01-01T00:00:00Z"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := takeLock(database, "run", lockedAt)
	if err != nil {
		t.Fatal(err)
	}
	if h := readHolder(l.path); h.PID != os.Getpid() {
		t.Errorf("held by %+v", h)
	}
	if err := l.release(); err != nil {
		t.Error(err)
	}
}

func TestLockAndItsFolderArePrivate(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "data")
	l, err := takeLock(filepath.Join(folder, "bascule.db"), "run", lockedAt)
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]os.FileMode{folder: 0o700, l.path: 0o600} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s: mode %o, want %o", filepath.Base(path), got, want)
		}
	}
	if err := l.release(); err != nil {
		t.Error(err)
	}
}

func TestBusyWithoutAHolderStillSpeaks(t *testing.T) {
	path := filepath.Join(t.TempDir(), "b.lock")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	got := (&busyError{path: "b.lock", holder: readHolder(path)}).Error()
	if want := "b.lock: une autre exécution travaille déjà sur cette base — attendez sa fin, puis relancez"; got != want {
		t.Errorf("got %s", got)
	}
}

func TestTheAgeOfALockIsTold(t *testing.T) {
	for since, want := range map[string]string{"2014-01-02T03:04:00Z": " (moins d'une minute)", "2014-01-02T02:50:05Z": " (14 min)", "2014-01-01T20:00:05Z": " (7 h 04)", "2013-12-20T03:04:05Z": " (13 jours)",
		"2014-01-02T03:04:06Z": "", "hier": ""} {
		if got := (&busyError{holder: holder{Since: since}, now: lockedAt}).age(); got != want {
			t.Errorf("since %s: %q, wanted %q", since, got, want)
		}
	}
}

// TestANightThatWasKilledBarsNobodyAndLeavesNothing kills the program at work: the
// next one takes its lock, and removes what it was writing.
func TestANightThatWasKilledBarsNobodyAndLeavesNothing(t *testing.T) {
	ministry(t, 1500, 7)
	killed := false
	for wait := 100 * time.Millisecond; wait < time.Second; wait *= 2 {
		killed = killedAfter(t, program(t, "run", "--force", "--quiet"), wait) || killed
	}
	if !killed {
		t.Fatal("no night was killed: the test proves nothing")
	}
	writeAll(t, map[string]string{"out/2013-11/.publication-9/ecarts.xlsx": "de novembre", "out/.metrics-m.prom-7": "à moitié"})
	t.Setenv("BASCULE_METRICS_PATH", "out/m.prom")
	mustExit(t, exitOpen, "run")
	err := filepath.WalkDir("out", func(name string, _ os.DirEntry, err error) error {
		if strings.HasPrefix(filepath.Base(name), ".") {
			t.Errorf("%s is left", name)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	mustExit(t, exitClosed, "verify")
}

// TestTheMeasuresOfAnotherMinistryAreLeftToIt: several write in the folder that the
// supervisor reads, each under its own lock.
func TestTheMeasuresOfAnotherMinistryAreLeftToIt(t *testing.T) {
	ministry(t, 20, 7)
	const other = "mesures/.metrics-autre.prom-7"
	writeAll(t, map[string]string{other: "en cours"})
	t.Setenv("BASCULE_METRICS_PATH", "mesures/m.prom")
	mustExit(t, exitOpen, "run")
	if _, err := os.Stat(other); err != nil {
		t.Error(err)
	}
}
