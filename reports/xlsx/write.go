package xlsx

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/xuri/excelize/v2"

	"bascule/reports"
)

// Options steer the writing of a workbook.
type Options struct {
	TempDir    string    // where the private folder of spilled rows is made; blank: beside the file
	Creator    string    // author and application in the document's properties
	Created    time.Time // date of the document
	SheetRows  int       // rows of a sheet before its table goes on in another; 0 is Excel's limit
	Password   string    // encrypts the file when not blank
	SkipReread bool      // publish without reading back
}

// minSheetRows leaves room for the lines above a table, its header and a row.
const minSheetRows = 64

// Write publishes the workbook at path, mode 0600, and tells what it holds. On
// error nothing is left: neither a partial file nor spilled rows, and a former
// file stays as it was.
func Write(path string, wb *reports.Workbook, o Options) (_ Result, err error) {
	switch {
	case o.SheetRows == 0:
		o.SheetRows = excelize.TotalRows
	case o.SheetRows < minSheetRows || o.SheetRows > excelize.TotalRows:
		return Result{}, fmt.Errorf("limits.sheet_rows : %d n'est pas entre %d et %d", o.SheetRows, minSheetRows, excelize.TotalRows)
	}
	folder := filepath.Dir(path)
	spills, err := os.MkdirTemp(firstOf(o.TempDir, folder), ".bascule-")
	if err != nil {
		return Result{}, fmt.Errorf("écrire le classeur %s : %w", filepath.Base(path), err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(spills)) }()
	o.TempDir = spills

	partial, err := os.CreateTemp(folder, ".bascule-*.xlsx")
	if err != nil {
		return Result{}, fmt.Errorf("écrire le classeur %s : %w", filepath.Base(path), err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, removeIfThere(partial.Name()))
		}
	}()
	result, err := fill(partial, wb, o)
	if err == nil && !o.SkipReread {
		err = Verify(partial.Name(), result, o)
	}
	if err == nil {
		err = publish(partial.Name(), path)
	}
	if err != nil {
		return Result{}, fmt.Errorf("écrire le classeur %s : %w", filepath.Base(path), err)
	}
	return result, nil
}

// fill writes the workbook in the file, syncs and closes it.
func fill(file *os.File, wb *reports.Workbook, o Options) (result Result, err error) {
	defer func() { err = errors.Join(err, file.Close()) }()
	b, err := newBook(wb, o)
	if err != nil {
		return Result{}, err
	}
	defer func() {
		b.rows.stop()
		err = errors.Join(err, b.file.Close())
	}()
	for _, s := range wb.Sheets {
		if err := b.sheet(s); err != nil {
			return Result{}, fmt.Errorf("feuille %s : %w", s.Name, err)
		}
	}
	if err := b.finish(); err != nil {
		return Result{}, err
	}
	if err := b.save(file); err != nil {
		return Result{}, err
	}
	return b.result, file.Sync()
}

// publish renames the finished file over path and syncs the folder, so that
// the name survives a power cut.
func publish(partial, path string) error {
	if err := os.Chmod(partial, 0o600); err != nil {
		return err
	}
	if err := os.Rename(partial, path); err != nil {
		return err
	}
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

func removeIfThere(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
