package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"

	"bascule/reconcile/sqlite"
)

// BackupResult is what a backup ends with.
type BackupResult struct {
	File   string `json:"file"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
	sqlite.Copied
}

// Backup copies the database into a file, relative to the working directory,
// which appears under its name once it is whole. It needs no lock: a night may go
// on meanwhile.
func (a *App) Backup(ctx context.Context, file string, force bool) (*BackupResult, error) {
	database := a.Config.Abs(a.Config.Database)
	if err := refuseTarget(file, database, force); err != nil {
		return nil, err
	}
	a.Progress.Start("sauvegarde", -1)
	// Beside its place and always of the same name: one that was killed is taken over.
	partial := filepath.Join(filepath.Dir(file), "."+filepath.Base(file)+".partiel")
	l := flock.New(partial, flock.SetPermissions(0o600))
	locked, err := l.TryLock()
	if err != nil {
		return nil, fmt.Errorf("%s: ne peut être écrit — vérifiez que le dossier existe et vous appartient", file)
	}
	if !locked {
		return nil, fmt.Errorf("%s: une autre sauvegarde l'écrit déjà — attendez sa fin", file)
	}
	result, err := a.copyAside(ctx, database, partial)
	if err == nil {
		err = errors.Join(os.Rename(partial, file), syncFolder(filepath.Dir(file)))
	}
	if err != nil {
		if removed := os.Remove(partial); !errors.Is(removed, fs.ErrNotExist) {
			err = errors.Join(err, removed)
		}
		return nil, errors.Join(err, l.Close())
	}
	result.File = file
	return result, l.Close()
}

// copyAside makes the copy in a private file and puts it on the disk.
func (a *App) copyAside(ctx context.Context, database, partial string) (*BackupResult, error) {
	if err := errors.Join(os.Chmod(partial, 0o600), os.Truncate(partial, 0)); err != nil {
		return nil, err
	}
	copied, err := sqlite.CopyInto(ctx, database, partial, sqlite.WithWaiting(a.waitsForBase))
	if err != nil {
		return nil, err
	}
	r := &BackupResult{Copied: *copied}
	f, err := os.OpenFile(partial, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	h := sha256.New()
	r.Bytes, err = io.Copy(h, f)
	r.SHA256 = hex.EncodeToString(h.Sum(nil))
	return r, errors.Join(err, f.Sync(), f.Close())
}

// refuseTarget keeps a backup from taking the place of something else.
func refuseTarget(file, database string, force bool) error {
	for _, suffix := range []string{"-wal", "-shm", "-journal"} { // SQLite would take it for the copy's own
		if _, err := os.Lstat(file + suffix); err == nil {
			return &usageError{file + suffix + " est là, reste d'une autre base", "effacez-le, ou donnez un autre nom"}
		}
	}
	info, err := os.Stat(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	own, err := os.Stat(database)
	switch {
	case err == nil && os.SameFile(info, own):
		return &usageError{file + " est la base elle-même", "donnez un autre fichier"}
	case info.IsDir():
		return &usageError{file + " est un dossier", "ajoutez-y le nom du fichier à écrire"}
	case !info.Mode().IsRegular():
		return &usageError{file + " n'est pas un fichier", "donnez un autre nom"}
	case !force:
		return &usageError{file + " existe déjà", "donnez un autre nom, ou --force pour le remplacer"}
	}
	return nil
}
