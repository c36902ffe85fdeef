package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"bascule/reconcile"
	"bascule/reconcile/sqlite"
)

// keptWhenPurged tells whether a file in the folder of a run is one that names
// nobody: its summary, its opinion and its budget, as it published them.
func keptWhenPurged(run *reconcile.Run, name string) bool {
	if name == "summary.json" {
		return true
	}
	published := slices.ContainsFunc(run.Summary.Outputs, func(o reconcile.Output) bool { return o.File == name })
	return published && path.Ext(name) == ".xlsx" && (strings.HasPrefix(name, "avis-") || strings.HasPrefix(name, "budget-"))
}

// personal lists the files under the folder of a run that may name somebody,
// copies that others put there included.
func (a *App) personal(run *reconcile.Run) ([]string, error) {
	folder := a.Config.Abs(Path(run.Folder))
	if run.Folder == "" {
		return nil, nil // compared, never published
	}
	files, err := filesUnder(folder)
	return slices.DeleteFunc(files, func(name string) bool {
		rel, err := filepath.Rel(folder, name)
		return err == nil && keptWhenPurged(run, filepath.ToSlash(rel))
	}), err
}

// wouldErase counts the files of the runs that a purge would erase the gaps of.
func (a *App) wouldErase(ctx context.Context, db *sqlite.DB, r *PurgeResult) error {
	runs, err := db.Runs(ctx)
	if err != nil {
		return err
	}
	for i := range runs {
		run := &runs[i]
		if run.Period >= r.Before && (!run.Months.Set() || run.Months.Earlier >= r.Before) {
			continue
		}
		files, err := a.personal(run)
		if err != nil {
			return err
		}
		r.Files += len(files)
	}
	return nil
}

// erasePublished erases what purged runs published and names somebody, and counts
// the files.
func (a *App) erasePublished(ctx context.Context, db *sqlite.DB) (int, error) {
	runs, err := db.PurgedRuns(ctx)
	if err != nil {
		return 0, err
	}
	erased := 0
	settled := make(map[string]bool)
	for i := range runs {
		folder := a.Config.Abs(Path(runs[i].Folder))
		if parent := filepath.Dir(folder); runs[i].Folder != "" && !settled[parent] {
			settled[parent] = true
			if err := a.settleUnfinished(ctx, db, parent); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return erased, err
			}
		}
		files, err := a.personal(&runs[i])
		if err != nil {
			return erased, err
		}
		for _, name := range files {
			if err := shred(name); err != nil {
				return erased, fmt.Errorf("%s: ne peut être effacé, la base l'est: donnez-le au compte qui lance bascule, puis relancez la même commande: %w", name, err)
			}
			erased++
		}
		if len(files) > 0 {
			if err := removeEmptyFolders(folder); err != nil {
				return erased, err
			}
		}
	}
	return erased, nil
}

// shred writes zeros over a file before it removes it. A disk that copies on
// write, a snapshot or a backup keeps the former bytes: nothing here reaches them.
func shred(name string) (err error) {
	info, err := os.Lstat(name)
	if err != nil {
		return err
	}
	if info.Mode().IsRegular() {
		if err := errors.Join(os.Chmod(name, 0o600), overwrite(name, info.Size())); err != nil {
			return err
		}
	}
	return os.Remove(name)
}

func overwrite(name string, size int64) (err error) {
	f, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if _, err := io.CopyN(f, zeros{}, size); err != nil {
		return err
	}
	return f.Sync()
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	clear(b)
	return len(b), nil
}

// removeEmptyFolders removes the folders that hold nothing any more, the deepest
// first, the given one last.
func removeEmptyFolders(folder string) error {
	var folders []string
	err := filepath.WalkDir(folder, func(name string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() {
			folders = append(folders, name)
		}
		return err
	})
	if err != nil {
		return err
	}
	for _, name := range slices.Backward(folders) {
		entries, err := os.ReadDir(name)
		if err != nil {
			return err
		}
		if len(entries) == 0 {
			if err := os.Remove(name); err != nil {
				return err
			}
		}
	}
	return syncFolder(filepath.Dir(folder))
}

// extractsLeft lists the files that purged loads alone were read from and that
// are still there: a member of an archive by its archive.
func (a *App) extractsLeft(ctx context.Context, db *sqlite.DB) ([]string, error) {
	paths, err := db.PurgedFiles(ctx)
	if err != nil {
		return nil, err
	}
	left := []string{}
	for _, p := range paths {
		for p != "." && p != "/" {
			info, err := os.Stat(a.Config.Abs(Path(p)))
			if err == nil && info.Mode().IsRegular() {
				left = append(left, p)
			}
			if err == nil {
				break
			}
			p = path.Dir(p)
		}
	}
	slices.Sort(left)
	return slices.Compact(left), nil
}
