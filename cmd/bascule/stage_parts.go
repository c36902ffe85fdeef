package main

import (
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"bascule/reconcile"
	"bascule/reconcile/sqlite"
	"bascule/reports"
)

// partsFolder holds the workbooks of the populations, beside the ministry's.
const partsFolder = "parts"

// writeParts writes a workbook for each population of the axis of split.by, each
// re-read, and proves that together they hold the gaps of the run.
func (a *App) writeParts(ctx context.Context, db *sqlite.DB, folder string, whole *reports.Data) error {
	s := &whole.Run.Summary
	s.Closing.Checks = slices.DeleteFunc(s.Closing.Checks, func(c reconcile.Check) bool { return c.Name == partsFolder })
	axis := a.Config.Split.By
	if axis == "" {
		return nil
	}
	parts, err := db.Parts(ctx, whole.Run.ID, axis)
	if err != nil || len(parts) == 0 {
		return err
	}
	if err := os.Mkdir(filepath.Join(folder, partsFolder), 0o700); err != nil {
		return err
	}
	a.Progress.Start("classeurs par population", int64(len(parts)))
	var found listed
	names := partNames(whole.Run, parts)
	for i, p := range parts {
		if err := ctx.Err(); err != nil {
			return err
		}
		d, err := a.partData(ctx, db, whole, p)
		if err != nil {
			return err
		}
		book, name := reports.EcartsPart(d), path.Join(partsFolder, names[i])
		result, err := a.writeBook(filepath.Join(folder, filepath.FromSlash(name)), whole.Run, book)
		if err != nil {
			return err
		}
		found.add(book, &result)
		s.Outputs = append(s.Outputs, reconcile.Output{File: name, SHA256: result.SHA256})
		a.Progress.Add(1)
	}
	return closeWorkbook(s, partsFolder, &found)
}

// partData is what the report of a population is made from.
func (a *App) partData(ctx context.Context, db *sqlite.DB, whole *reports.Data, p sqlite.Part) (*reports.Data, error) {
	d, run := *whole, whole.Run.ID
	d.Axis, d.Value = p.Axis, p.Value
	d.Discrepancies = func() discrepancySeq { return db.Discrepancies(ctx, run, p) }
	d.Missing = func() discrepancySeq { return db.Missing(ctx, run, p) }
	return &d, a.gapTables(ctx, db, &d, p)
}

// partNames names the workbooks of populations; values that read alike once made
// safe get a number, in their order.
func partNames(run *reconcile.Run, parts []sqlite.Part) []string {
	stem := strings.TrimSuffix(workbookName(run), ".xlsx")
	names, taken := make([]string, len(parts)), make(map[string]bool, len(parts))
	for i, p := range parts {
		base := stem + "-" + p.Axis + "-" + safeName(p.Value)
		name := base
		for n := 2; taken[strings.ToLower(name)]; n++ { // some systems do not tell capitals apart
			name = fmt.Sprintf("%s-%d", base, n)
		}
		taken[strings.ToLower(name)] = true
		names[i] = name + ".xlsx"
	}
	return names
}

// safeName makes a value fit for the name of a file on any system, and in a mail.
func safeName(value string) string {
	const most = 40 // letters: some folders are deep
	var plain strings.Builder
	for _, r := range value {
		if r > 0x7f {
			plain.WriteString(reconcile.Plain(string(r)))
		} else {
			plain.WriteRune(r)
		}
	}
	name := strings.Join(strings.FieldsFunc(plain.String(), func(r rune) bool {
		return (r < '0' || r > '9') && (r|0x20 < 'a' || r|0x20 > 'z') && r != '_'
	}), "-")
	if name == "" {
		return "non-renseigne"
	}
	return name[:min(len(name), most)]
}
