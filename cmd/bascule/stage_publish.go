package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"bascule/reconcile"
	"bascule/reconcile/sqlite"
	"bascule/reports"
)

// unfinished starts the names of folders being published, and replacedFolder ends
// those of what stood in their place, until the store has noted the new one.
const (
	unfinished     = ".publication-"
	replacedFolder = ".ancien"
)

// settleUnfinished undoes what a publication that was killed left behind: pay
// data that nobody would look after, and a folder that the store has not noted
// in the place of one that it has. The lock is held: none is under way.
func (a *App) settleUnfinished(ctx context.Context, db *sqlite.DB, parent string) error {
	entries, err := os.ReadDir(parent)
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := filepath.Join(parent, e.Name())
		if !strings.HasPrefix(e.Name(), unfinished) {
			continue
		}
		if strings.HasSuffix(name, replacedFolder) {
			if err := a.putBack(ctx, db, name); err != nil {
				return err
			}
		}
		if err := os.RemoveAll(name); err != nil {
			return err
		}
	}
	return nil
}

// putBack returns a folder that was moved away to its place, if it is the one that
// the store has noted.
func (a *App) putBack(ctx context.Context, db *sqlite.DB, former string) error {
	var printed reconcile.Summary
	text, err := os.ReadFile(filepath.Join(former, "summary.json"))
	if errors.Is(err, fs.ErrNotExist) || err == nil && json.Unmarshal(text, &printed) != nil || err == nil && printed.Run == 0 {
		return nil // half removed, once the store had noted the other
	}
	if err != nil {
		return err
	}
	run, err := db.Run(ctx, printed.Run)
	if run == nil || err != nil {
		return err
	}
	final := a.Config.Abs(Path(run.Folder))
	if of, err := interrupted(run, final); of != former || err != nil {
		return err
	}
	return restoreFolder(former, final)
}

// interrupted finds what the store has noted of a run where a publication that
// was killed moved it away from its place, blank when it did not.
func interrupted(run *reconcile.Run, final string) (string, error) {
	if noted, err := notedIn(run, final); noted || err != nil {
		return "", err
	}
	folders, err := filepath.Glob(filepath.Join(escapeGlob(filepath.Dir(final)), unfinished+"*"+replacedFolder))
	if err != nil {
		return "", err
	}
	slices.Sort(folders)
	for _, f := range folders {
		if noted, err := notedIn(run, f); noted || err != nil {
			return f, err
		}
	}
	return "", nil
}

// notedIn tells whether the summary printed in a folder is that of the store.
func notedIn(run *reconcile.Run, folder string) (bool, error) {
	text, err := os.ReadFile(filepath.Join(folder, "summary.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	var printed reconcile.Summary
	return json.Unmarshal(text, &printed) == nil && sameSummary(text, &printed, &run.Summary), nil
}

// sameSummary tells whether a printed text, and what was read of it, say what a
// summary says. Both are written anew: what a later version adds to one, it adds
// to the other.
func sameSummary(text []byte, printed, of *reconcile.Summary) bool {
	var want, got bytes.Buffer
	err := errors.Join(reports.WriteSummary(&want, of), reports.WriteSummary(&got, printed))
	return err == nil && bytes.Equal(want.Bytes(), got.Bytes()) && within(text, want.Bytes())
}

// replaceFolder puts a finished folder in its place. A former one is moved away
// first, to where the name returned tells, so that a crash leaves both whole.
func replaceFolder(work, final string) (string, error) {
	former := work + replacedFolder
	err := os.Rename(final, former)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	if errors.Is(err, fs.ErrNotExist) {
		former = ""
	}
	if err := os.Rename(work, final); err != nil {
		return "", errors.Join(err, restoreFolder(former, final))
	}
	return former, syncFolder(filepath.Dir(final))
}

// restoreFolder puts a former folder, if there was one, back into its place.
func restoreFolder(former, final string) error {
	if former == "" {
		return nil
	}
	return errors.Join(os.RemoveAll(final), os.Rename(former, final))
}

func syncFolder(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
