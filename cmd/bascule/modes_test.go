package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestNobodyElseReadsWhatIsWrittenWhateverTheMaskOfTheAccount looks at every file
// that a night, a backup and a purge leave, under a mask that hides nothing.
func TestNobodyElseReadsWhatIsWrittenWhateverTheMaskOfTheAccount(t *testing.T) {
	former := syscall.Umask(0)
	defer syscall.Umask(former)
	threeMonths(t)
	t.Setenv("BASCULE_SPLIT_BY", "service")
	mustExit(t, exitOpen, "run")
	mustExit(t, exitClosed, "backup", "data/copie.db")
	mustExit(t, exitClosed, "purge", "--before", "2013-11")
	seen := 0
	for _, folder := range []string{"data", "out"} {
		err := filepath.WalkDir(folder, func(name string, entry fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			info, err := entry.Info()
			want := fs.FileMode(0o600)
			if entry.IsDir() {
				want = 0o700
			}
			if err == nil && info.Mode().Perm() != want {
				t.Errorf("%s: %04o, wanted %04o", name, info.Mode().Perm(), want)
			}
			seen++
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if seen < 20 {
		t.Errorf("only %d files and folders were looked at", seen)
	}
}

func TestWhatOthersMayReadIsTold(t *testing.T) {
	twoNights(t)
	if err := os.Chmod("data/bascule.db", 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod("out", 0o750); err != nil {
		t.Fatal(err)
	}
	stderr := mustExit(t, exitOpen, "run")
	says(t, "a database and a folder", stderr, "chemin=data/bascule.db droits=0644", "chmod 600 ", "chemin=out droits=0750", "chmod 700 ")
	if strings.Contains(stderr, "chemin=data droits") {
		t.Errorf("a private folder is told: %s", stderr)
	}
}
