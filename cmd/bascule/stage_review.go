package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"bascule/reconcile"
	"bascule/reconcile/review"
	"bascule/reconcile/sqlite"
	"bascule/reports"
	"bascule/reports/xlsx"
)

// ImportResult is what an import of decisions ends with.
type ImportResult struct {
	*review.Outcome
	Import sqlite.Import // ID 0: nothing was imported
	DryRun bool
	Known  int // rows of the workbooks, annotated or not
	Again  int // workbooks left aside: they were imported before, as they are
}

// ReviewImport reads annotated workbooks, checks them together, and records
// their decisions: all of them, or none when anything is wrong.
func (a *App) ReviewImport(ctx context.Context, files []string, dryRun bool) (*ImportResult, error) {
	result := &ImportResult{DryRun: dryRun, Import: sqlite.Import{At: a.instant()}}
	err := a.withStore(ctx, func(db *sqlite.DB) error {
		notes, err := a.readNotes(ctx, db, files, result)
		if err != nil {
			return err
		}
		known, err := a.known(ctx, db, notes)
		if err != nil {
			return err
		}
		lockCells(notes, known)
		result.Outcome = review.Examine(notes, known)
		if dryRun || len(result.Problems) > 0 || len(result.Decisions) == 0 {
			return nil
		}
		return db.Decide(ctx, &result.Import, result.Decisions)
	})
	if err != nil {
		return nil, err
	}
	a.Log.Info("décisions", "import", result.Import.ID, "fichiers", len(files), "annotées", result.Import.Read, "nouvelles", len(result.Decisions), "inchangées", result.Unchanged, "problèmes", len(result.Problems))
	return result, nil
}

// readNotes reads the annotations of all files.
func (a *App) readNotes(ctx context.Context, db *sqlite.DB, files []string, result *ImportResult) ([]*review.Note, error) {
	password, err := a.Config.WorkbookPassword()
	if err != nil {
		return nil, err
	}
	imported, err := db.Imported(ctx)
	if err != nil {
		return nil, err
	}
	a.Progress.Start("annotations (classeurs)", int64(len(files)))
	columns := columnsRead{reports.AnnotatedColumns(false), reports.AnnotatedColumns(true)}
	var notes, bare []*review.Note
	for _, file := range files {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		sum, book, err := annotationsIn(file, password, func(sum string) bool {
			if imported[sum] { // its reviewers may have decided otherwise since
				result.Again++
			}
			return imported[sum] || slices.ContainsFunc(result.Import.Files, func(f sqlite.ImportedFile) bool { return f.SHA256 == sum }) // given twice
		})
		if err != nil {
			return nil, err
		}
		if book == nil {
			continue
		}
		if book.Stamp.Database != databaseID(db) {
			return nil, &reconcile.InputError{File: file, Err: fmt.Errorf("vient d'une autre base que %s", a.Config.Database), Hint: "importez-le avec la configuration du ministère dont il vient"}
		}
		if err := refuseNotesOfPurged(ctx, db, file, book.Stamp.Run); err != nil {
			return nil, err
		}
		result.Import.Files = append(result.Import.Files, sqlite.ImportedFile{Name: filepath.Base(file), SHA256: sum})
		result.Known += book.Read
		for i := range book.Rows {
			notes = append(notes, columns.noteOf(filepath.Base(file), &book.Stamp, &book.Rows[i]))
		}
		for i := range book.Bare {
			bare = append(bare, columns.noteOf(filepath.Base(file), &book.Stamp, &book.Bare[i]))
		}
		a.Progress.Add(1)
	}
	result.Import.Read = len(notes)
	return append(notes, bare...), nil
}

// refuseNotesOfPurged refuses a workbook whose gaps are erased: nothing is left to
// hold its decisions against.
func refuseNotesOfPurged(ctx context.Context, db *sqlite.DB, file string, number int) error {
	if number == 0 {
		return nil
	}
	run, err := db.Run(ctx, number)
	if err != nil || run == nil || run.Purged == "" {
		return err
	}
	return &reconcile.InputError{File: file, Err: fmt.Errorf("annote l'exécution n° %d, purgée le %s", number, dayOf(run.Purged)), Hint: "effacez ce classeur ; annotez celui d'un mois conservé"}
}

// annotationsIn gives the digest of a workbook and, unless a digest is known, its
// annotations. Its bytes pass twice, through one open file: what is read is what
// the digest is of, and a workbook of hundreds of megabytes, which is read here and
// there, is not held in memory.
func annotationsIn(file, password string, known func(sum string) bool) (string, *reports.Annotated, error) {
	refuse := func(what, hint string) error {
		return &reconcile.InputError{File: file, Err: errors.New(what), Hint: hint}
	}
	f, err := os.Open(file)
	if err != nil {
		return "", nil, refuse("ne s'ouvre pas", "vérifiez le chemin et les droits du classeur")
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", nil, refuse("ne se lit pas", "donnez le chemin d'un classeur, pas d'un dossier")
	}
	sum := hex.EncodeToString(h.Sum(nil))
	if known(sum) {
		return sum, nil, nil
	}
	book, err := xlsx.ReadAnnotations(f, password)
	return sum, book, err
}

// lockedKeys are the columns that must still say what the run has, for a gap
// and for a cluster.
var (
	lockedOfGap     = []string{"matricule", "element", "delta_net", "delta_information"}
	lockedOfCluster = []string{"element", "roots", "low", "high"}
)

// columnsRead are the columns of both kinds of sheets, those of a gap first.
type columnsRead [2][]reports.AnnotatedColumn

// noteOf is what a row says. The reviewer's columns come in the order of
// review.Field; amounts are written as the store's are, and what is none stays as
// it is, and differs.
func (columns *columnsRead) noteOf(file string, stamp *reports.Stamp, row *reports.Annotation) *review.Note {
	n := &review.Note{File: file, Run: stamp.Run, Axis: stamp.Axis, Value: stamp.Value, Cluster: row.Cluster, At: fmt.Sprintf("%s!%d", row.Sheet, row.Row)}
	of, id, carried, locked := columns[0], "fingerprint", "decision", lockedOfGap
	if row.Cluster {
		of, id, carried, locked = columns[1], "cluster", "decided", lockedOfCluster
	}
	n.ID, n.Carried = row.Text(id), row.Text(carried)
	inputs := 0
	for i := range of {
		c := &of[i]
		cell := review.Cell{Text: row.Text(c.Key), At: row.At(c.Key)}
		if amount, err := reconcile.ParseAmount(cell.Text); c.Amount && err == nil {
			cell.Text = amount.String()
		}
		switch {
		case c.Input:
			n.Cells[inputs] = cell
			inputs++
		case slices.Contains(locked, c.Key):
			n.Locked = append(n.Locked, review.Locked{Name: c.Headers[0], Key: c.Key, Cell: cell})
		}
	}
	return n
}

// known gathers what the notes are held against.
func (a *App) known(ctx context.Context, db *sqlite.DB, notes []*review.Note) (*review.Known, error) {
	tables, err := a.tables(a.Config.Period, reconcile.Months{})
	if err != nil {
		return nil, err
	}
	k := &review.Known{Tables: tables, Margin: a.Config.Review.MarginCents, Runs: make(map[int]*reconcile.Run), Gaps: make(map[int]map[string]*reconcile.Discrepancy),
		Clusters: make(map[review.ClusterPlace]*reconcile.Cluster), Grounds: make(map[int]*reconcile.Grounds),
		Status: remembered(func(text string) (reconcile.Status, bool) { return reports.StatusNamed(a.labels(), text) }),
		Reason: remembered(func(text string) (*reconcile.Reason, bool) { return reports.ReasonNamed(tables.Reasons, text) })}
	if k.Decisions, err = db.Decisions(ctx); err != nil {
		return nil, err
	}
	runs, err := db.RunKeys(ctx)
	if err != nil {
		return nil, err
	}
	for i := range runs {
		r := &runs[i]
		k.Runs[r.ID] = r
		if current := k.Runs[k.Current]; !r.Months.Set() && (current == nil || r.Period > current.Period) {
			k.Current = r.ID // runs come the last first: of the latest month, the last
		}
	}
	return k, a.fetch(ctx, db, notes, k)
}

// remembered looks a text up once: thousands of rows have the same few.
func remembered[T any](look func(string) (T, bool)) func(string) (T, bool) {
	type found struct {
		value T
		ok    bool
	}
	known := make(map[string]found)
	return func(text string) (T, bool) {
		f, met := known[text]
		if !met {
			f.value, f.ok = look(text)
			known[text] = f
		}
		return f.value, f.ok
	}
}

// fetch reads the gaps and the clusters that the notes are about.
func (a *App) fetch(ctx context.Context, db *sqlite.DB, notes []*review.Note, k *review.Known) error {
	gaps := make(map[int][]string)
	clusters := make(map[review.ClusterPlace][]string) // by place without identifier
	for _, n := range notes {
		if n.Cluster {
			place := review.ClusterPlace{Run: n.Run, Axis: n.Axis, Value: n.Value}
			clusters[place] = append(clusters[place], n.ID)
			continue
		}
		gaps[n.Run] = append(gaps[n.Run], n.ID)
		if n.Run != k.Current {
			gaps[k.Current] = append(gaps[k.Current], n.ID)
		}
	}
	for _, n := range notes {
		if _, met := k.Grounds[n.Run]; met {
			continue
		}
		g, err := db.Grounds(ctx, n.Run)
		if err != nil {
			return err
		}
		k.Grounds[n.Run] = g
	}
	for run, fingerprints := range gaps {
		found, err := db.Gaps(ctx, run, fingerprints)
		if err != nil {
			return err
		}
		k.Gaps[run] = found
	}
	for place, ids := range clusters {
		found, err := db.ClustersNamed(ctx, place.Run, ids, place.Axis, place.Value)
		if err != nil {
			return err
		}
		for id, c := range found {
			place.ID = id
			k.Clusters[place] = c
		}
	}
	return nil
}

// lockCells says what the run has in the locked cells of the notes.
func lockCells(notes []*review.Note, k *review.Known) {
	for _, n := range notes {
		gap, cluster := k.Gaps[n.Run][n.ID], k.Clusters[review.ClusterPlace{Run: n.Run, ID: n.ID, Axis: n.Axis, Value: n.Value}]
		if gap == nil && cluster == nil {
			n.Locked = nil // refused for that
			continue
		}
		for i := range n.Locked {
			c := &n.Locked[i]
			if n.Cluster {
				c.Want = lockedCluster(cluster, c.Key)
			} else {
				c.Want = lockedGap(gap, c.Key)
			}
		}
	}
}

func lockedGap(d *reconcile.Discrepancy, key string) string {
	switch key {
	case "matricule":
		return strings.TrimSpace(reports.Clean(d.Matricule))
	case "element":
		return strings.TrimSpace(reports.Clean(d.Element))
	case "delta_net":
		return d.DeltaNet.String()
	case "delta_information":
		return d.DeltaInformation.String()
	}
	return ""
}

func lockedCluster(c *reconcile.Cluster, key string) string {
	switch key {
	case "element":
		return strings.TrimSpace(reports.Clean(c.Element))
	case "roots":
		return strconv.FormatInt(c.Count, 10)
	case "low":
		return c.Low.String()
	case "high":
		return c.High.String()
	}
	return ""
}
