package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"bascule/reconcile"
	"bascule/reconcile/sqlite"
	"bascule/reports"
	"bascule/reports/xlsx"
)

// RunResult is what run, compare and report end with.
type RunResult struct {
	Run  *reconcile.Run
	Text string // the one-screen summary
	Open bool   // open discrepancies remain
}

// clustersShown bounds the sheet of clusters; the summary says the rest.
const clustersShown = 5000

// aggregatesShown bounds what the pivot table of a workbook adds up, all on one
// sheet.
func (a *App) aggregatesShown() int {
	const most, besides = 5000, 16 // rows; of them, those that are no aggregate
	return min(most, a.Config.Limits.SheetRows-besides)
}

// runFolder is where a run's outputs stand, as the configuration writes paths.
func runFolder(c *Config, run int) string {
	return path.Join(string(c.Output), c.Period.String(), fmt.Sprintf("run-%04d", run))
}

// publish writes a run's outputs beside their place and puts them there in one
// rename, then notes it in the store.
func (a *App) publish(ctx context.Context, db *sqlite.DB, run *reconcile.Run) (err error) {
	start := a.Now()
	a.Progress.Start("classeur", -1)
	data, err := a.reportData(ctx, db, run)
	if err != nil {
		return err
	}
	final := a.Config.Abs(Path(run.Folder))
	parent := filepath.Dir(final)
	if err := os.MkdirAll(parent, 0o700); err != nil {
		return err
	}
	if err := a.settleUnfinished(ctx, db, parent); err != nil {
		return err
	}
	work, err := os.MkdirTemp(parent, unfinished)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	run.Summary.Outputs, run.Summary.Notes = nil, reports.Worded(&run.Summary, a.Config.Lang).Notes
	if err := a.writeOutputs(work, data); err != nil {
		return err
	}
	if err := a.writeParts(ctx, db, work, data); err != nil {
		return err
	}
	if err := a.writeAvis(ctx, db, work, run); err != nil {
		return err
	}
	if err := a.writeBudget(ctx, db, work, run); err != nil {
		return err
	}
	run.Summary.Seconds.Report = millis(a.Now().Sub(start))
	if _, err := writeFile(filepath.Join(work, "summary.json"), func(w io.Writer) error { return reports.WriteSummary(w, &run.Summary) }); err != nil {
		return err
	}
	former, err := replaceFolder(work, final)
	if err == nil {
		err = a.writeMetrics(ctx, db, run)
	}
	if err == nil {
		err = db.Publish(ctx, run, a.instant())
	}
	if err != nil {
		return errors.Join(err, restoreFolder(former, final))
	}
	return os.RemoveAll(former)
}

// writeMetrics puts the figures of the run where the configuration asks for
// them, in one rename, readable by the supervisor's own account.
func (a *App) writeMetrics(ctx context.Context, db *sqlite.DB, run *reconcile.Run) (err error) {
	if a.Config.Metrics.Path == "" {
		return nil
	}
	if run.Months.Set() { // the supervisor watches the nights: another comparison would look like a leap
		a.Log.Info("mesures", "état", "inchangées : elles ne suivent que la comparaison des deux systèmes")
		return nil
	}
	measures, err := db.Measures(ctx, run.ID)
	if err != nil {
		return err
	}
	final := a.Config.Abs(a.Config.Metrics.Path)
	f, err := os.CreateTemp(filepath.Dir(final), unfinishedMetrics(final)+"*")
	if err != nil {
		return fmt.Errorf("metrics.path : %w", err)
	}
	err = errors.Join(reports.WriteMetrics(f, run, measures[run.ID]), f.Chmod(0o644), f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), final)
	}
	if err != nil {
		err = errors.Join(fmt.Errorf("metrics.path : %w", err), os.Remove(f.Name()))
	}
	return err
}

// writeOutputs writes all files but the summary, which lists them, and proves
// that the workbook holds the run's sums. The lists in text are written while
// the workbook is: each reads the discrepancies for itself.
func (a *App) writeOutputs(folder string, d *reports.Data) error {
	var texts []reconcile.Output
	written := make(chan error, 1)
	go func() {
		var err error
		texts, err = writeTexts(folder, d)
		written <- err
	}()
	name := workbookName(d.Run)
	result, err := a.writeWorkbook(filepath.Join(folder, name), d)
	if textErr := <-written; textErr != nil {
		err = textErr
	}
	if err != nil {
		return err
	}
	d.Run.Summary.Outputs = append(texts, reconcile.Output{File: name, SHA256: result.SHA256})
	return nil
}

// writeTexts writes the lists that any program reads.
func writeTexts(folder string, d *reports.Data) (written []reconcile.Output, err error) {
	for _, t := range []struct {
		name  string
		write func(io.Writer, *reports.Data) error
	}{{"discrepancies.csv", reports.WriteDiscrepancies}, {"rejects.csv", reports.WriteRejects}} {
		sum, err := writeFile(filepath.Join(folder, t.name), func(w io.Writer) error { return t.write(w, d) })
		if err != nil {
			return nil, err
		}
		written = append(written, reconcile.Output{File: t.name, SHA256: sum})
	}
	return written, nil
}

func (a *App) reportData(ctx context.Context, db *sqlite.DB, run *reconcile.Run) (*reports.Data, error) {
	c := a.Config
	tables, err := a.tablesOf(run)
	if err != nil {
		return nil, err
	}
	d := &reports.Data{
		Run: run, Tables: tables, Labels: a.labels(), Lang: c.Lang, Database: databaseID(db),
		SheetRows:  c.Limits.SheetRows,
		MaskAgents: c.Privacy.MaskNIR, ShowNames: c.Privacy.Names, Agent: a.agentNamer(db),
		Discrepancies: func() discrepancySeq { return db.Discrepancies(ctx, run.ID, sqlite.Part{}) },
		Missing:       func() discrepancySeq { return db.Missing(ctx, run.ID, sqlite.Part{}) },
		Rejects:       func() rejectSeq { return db.Rejects(ctx, run.ID) },
	}
	var read [2][]reconcile.CodeTotal
	err = together(
		func() error { return a.decided(ctx, db, run, d) },
		func() error { return a.gapTables(ctx, db, d, sqlite.Part{}) },
		func() (err error) {
			for _, side := range reconcile.Sides {
				if read[side], err = db.CodeTotals(ctx, run.LoadsOf(side)); err != nil {
					return err
				}
			}
			return nil
		},
		func() (err error) { d.Evolutions, err = db.Evolutions(ctx, run); return err },
		func() (err error) { d.History, err = history(ctx, db, run); return err })
	d.Coverage = reconcile.Coverage(tables.For(run.Period, run.Months), read)
	return d, err
}

// gapTables fills in what the gaps of a run, or of a part of it, amount to.
func (a *App) gapTables(ctx context.Context, db *sqlite.DB, d *reports.Data, p sqlite.Part) error {
	run := d.Run.ID
	return together(
		func() (err error) { d.Causes, err = db.Causes(ctx, run, p); return err },
		func() (err error) { d.ByCause, err = db.ByCause(ctx, run, p); return err },
		func() (err error) { d.Clusters, err = db.Clusters(ctx, run, p, clustersShown); return err },
		func() (err error) { d.Largest, err = a.largest(ctx, db, d.Run, d.Tables, p); return err },
		func() (err error) { d.Aggregates, err = db.Aggregates(ctx, run, p, a.aggregatesShown()); return err })
}

// agentNamer shows keys, or pseudonyms of them.
func (a *App) agentNamer(db *sqlite.DB) func(string) string {
	if !a.Config.Privacy.MaskNIR {
		return func(key string) string { return key }
	}
	return func(key string) string { return pseudonym(db, key) }
}

// databaseID names a database in public: workbooks bear it, so that one of
// another ministry is told from one's own. It gives nothing of the secret away.
func databaseID(db *sqlite.DB) string { return reconcile.Digest(db.Secret(), "database")[:12] }

// pseudonym stands for a key, the same in all outputs of one database.
func pseudonym(db *sqlite.DB, key string) string {
	return "A" + strings.ToUpper(reconcile.Digest(db.Secret(), "agent", key)[:12])
}

// historyShown bounds the history to what a screen holds.
const historyShown = 30

func history(ctx context.Context, db *sqlite.DB, run *reconcile.Run) ([]reports.RunPoint, error) {
	runs, err := db.Runs(ctx)
	if err != nil {
		return nil, err
	}
	var points []reports.RunPoint
	for i := range runs {
		r := &runs[i]
		if r.ID > run.ID || len(points) == historyShown || !r.Alike(run) {
			continue
		}
		points = append([]reports.RunPoint{runPoint(r)}, points...)
	}
	return points, nil
}

func runPoint(r *reconcile.Run) reports.RunPoint {
	s := &r.Summary
	return reports.RunPoint{Run: r.ID, Period: r.Period, StartedAt: r.StartedAt, Matched: s.Payslips.Matched, Identical: s.Payslips.Identical,
		Tolerated: s.Payslips.Tolerated, Differing: s.Payslips.Differing, Missing: s.Payslips.MissingInONP + s.Payslips.MissingInLegacy,
		Open: s.Discrepancies.Open, DeltaNet: s.Discrepancies.Delta}
}

// writeFile writes a file of mode 0600, to the disk, and returns its digest.
func writeFile(name string, write func(io.Writer) error) (sha string, err error) {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	h := sha256.New()
	buffer := bufio.NewWriterSize(io.MultiWriter(f, h), 64<<10)
	if err := errors.Join(write(buffer), buffer.Flush()); err != nil {
		return "", fmt.Errorf("%s : %w", filepath.Base(name), err)
	}
	return hex.EncodeToString(h.Sum(nil)), f.Sync()
}

// result is what a command ends with.
func (a *App) result(ctx context.Context, db *sqlite.DB, run *reconcile.Run) (*RunResult, error) {
	causes, err := db.Causes(ctx, run.ID, sqlite.Part{})
	if err != nil {
		return nil, err
	}
	var text strings.Builder
	shown := *run
	if wd, err := os.Getwd(); err == nil && wd != a.Config.Dir { // a path that leads there from here
		shown.Folder = a.Config.Abs(Path(run.Folder))
	}
	if err := reports.WriteText(&text, &reports.Data{Run: &shown, Labels: a.labels(), Lang: a.Config.Lang, Causes: causes}); err != nil {
		return nil, err
	}
	return &RunResult{Run: run, Text: text.String(), Open: run.Summary.Discrepancies.Open > 0}, nil
}

// writeWorkbook writes the workbook of discrepancies, re-reads it, and refuses
// it when its sums are not those of the run.
func (a *App) writeWorkbook(name string, d *reports.Data) (xlsx.Result, error) {
	book := reports.Ecarts(d)
	result, err := a.writeBook(name, d.Run, book)
	if err != nil {
		return xlsx.Result{}, err
	}
	var found listed
	found.add(book, &result)
	return result, closeWorkbook(&d.Run.Summary, "workbook", &found)
}

// writeBook writes a workbook of a run, re-read once written.
func (a *App) writeBook(name string, run *reconcile.Run, book *reports.Workbook) (xlsx.Result, error) {
	created, err := time.Parse(time.RFC3339, run.StartedAt)
	if err != nil {
		return xlsx.Result{}, err
	}
	password, err := a.Config.WorkbookPassword()
	if err != nil {
		return xlsx.Result{}, err
	}
	return xlsx.Write(name, book, xlsx.Options{Creator: "bascule " + run.Version, Created: created, SheetRows: a.Config.Limits.SheetRows, Password: password})
}

// listed is what the lists of discrepancies of workbooks hold, as re-read.
type listed struct {
	net, information reconcile.Amount
	rows             int64
	unread           bool // a workbook has no such list
}

func (l *listed) add(book *reports.Workbook, result *xlsx.Result) {
	list := ""
	for _, sheet := range book.Sheets {
		if sheet.Table != nil && slices.ContainsFunc(sheet.Table.Columns, func(c reports.Column) bool { return c.Key == "fingerprint" }) {
			list = sheet.Name
		}
	}
	net, okNet := result.Sum(list, "delta_net")
	information, okInformation := result.Sum(list, "delta_information")
	l.net, l.information, l.rows, l.unread = l.net+net, l.information+information, l.rows+int64(result.Rows(list)), l.unread || !okNet || !okInformation
}

// closeWorkbook holds the sums re-read from the lists of discrepancies of one or
// many workbooks against those of the run.
func closeWorkbook(s *reconcile.Summary, name string, found *listed) error {
	checks := []reconcile.Check{
		{Name: name, Scope: "net", Left: found.net, Right: s.Discrepancies.Delta, OK: !found.unread && found.net == s.Discrepancies.Delta},
		{Name: name, Scope: "information", Left: found.information, Right: s.Discrepancies.DeltaInformation,
			OK: !found.unread && found.information == s.Discrepancies.DeltaInformation},
		{Name: name, Scope: "discrepancies", Left: reconcile.Amount(found.rows), Right: reconcile.Amount(s.Discrepancies.Total), Counted: true,
			OK: found.rows == s.Discrepancies.Total},
	}
	return holdWorkbook(s, name, checks)
}

// holdWorkbook adds what was checked of a workbook, in place of what was checked
// of it before, and fails when it does not close.
func holdWorkbook(s *reconcile.Summary, name string, checks []reconcile.Check) error {
	s.Closing.Checks = append(slices.DeleteFunc(s.Closing.Checks, func(c reconcile.Check) bool { return c.Name == name }), checks...)
	for _, c := range checks {
		if !c.OK {
			s.Closing.OK = false
			return closingError(&s.Closing)
		}
	}
	return nil
}
