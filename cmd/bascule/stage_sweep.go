package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"bascule/reconcile/sqlite"
)

// unfinishedMetrics starts the names of files of measures being written beside
// their place: the folder may be that of other ministries too.
func unfinishedMetrics(final string) string { return ".metrics-" + filepath.Base(final) + "-" }

// sweep removes what commands that were killed left behind, in every month. The
// lock is held: none that takes it is under way.
func (a *App) sweep(ctx context.Context, db *sqlite.DB) error {
	output := a.Config.Abs(a.Config.Output)
	found, err := filepath.Glob(filepath.Join(escapeGlob(output), "*", unfinished+"*"))
	if err != nil {
		return err
	}
	for i, name := range found {
		found[i] = filepath.Dir(name)
	}
	for _, month := range slices.Compact(found) { // sorted by Glob
		if err := a.settleUnfinished(ctx, db, month); err != nil {
			return err
		}
	}
	if a.Config.Metrics.Path == "" {
		return nil
	}
	final := a.Config.Abs(a.Config.Metrics.Path)
	return removeOurs(filepath.Dir(final), unfinishedMetrics(final))
}

// removeOurs removes the files of a folder that are ours and begin so.
func removeOurs(folder, prefix string) error {
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !strings.HasPrefix(e.Name(), prefix) || !info.Mode().IsRegular() || !ownedByUs(info) {
			continue // gone meanwhile, or somebody else's
		}
		if err := os.Remove(filepath.Join(folder, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

// warnOfReaders says which of the database and the folders other accounts of the
// machine may read: the program makes them private, and changes no mode that
// somebody has given since.
func (a *App) warnOfReaders() {
	c := a.Config
	for _, p := range []Path{c.Database, Path(filepath.ToSlash(filepath.Dir(string(c.Database)))), c.Output} {
		info, err := os.Stat(c.Abs(p))
		if err != nil || info.Mode().Perm()&0o077 == 0 || c.Abs(p) == c.Dir {
			continue
		}
		private := "600"
		if info.IsDir() {
			private = "700"
		}
		a.Log.Warn("d'autres comptes peuvent y accéder", "chemin", string(p), "droits", fmt.Sprintf("%04o", info.Mode().Perm()), "remède", "chmod "+private+" "+shellWord(c.Abs(p)))
	}
}
