package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"time"

	"bascule/mappings"
	"bascule/reconcile"
	"bascule/reconcile/extract"
	"bascule/reconcile/sqlite"
)

// LoadResult is what load ends with.
type LoadResult struct {
	Loads    []reconcile.Load
	Warnings [][]*reconcile.Saying // of each load
}

// Load reads files of one side, relative to the working directory, into the
// store: all of them, or none.
func (a *App) Load(ctx context.Context, side reconcile.Side, layout string, files []string) (*LoadResult, error) {
	var inputs []Extract
	seen := make(map[string]bool)
	for _, f := range files {
		path, err := filepath.Abs(f)
		if err != nil {
			return nil, err
		}
		if seen[path] {
			return nil, &usageError{"le même fichier est donné deux fois", "nommez chaque fichier une seule fois : ses bulletins compteraient double"}
		}
		seen[path] = true
		found, err := a.Config.extracts(Input{Path: Path(filepath.ToSlash(path)), Layout: layout})
		if err != nil {
			return nil, err
		}
		inputs = append(inputs, found...)
	}
	var loads []reconcile.Load
	var warnings [][]*reconcile.Saying
	err := a.withStore(ctx, func(db *sqlite.DB) (err error) {
		if loads, err = a.loadFiles(ctx, db, []intake{{side, a.Config.Period, inputs}}, sqlite.SamePaths, false); err != nil {
			return err
		}
		warnings = make([][]*reconcile.Saying, len(loads))
		for i := range loads {
			if warnings[i], err = db.Warnings(ctx, loads[i].ID); err != nil {
				return err
			}
		}
		return nil
	})
	return &LoadResult{Loads: loads, Warnings: warnings}, err
}

// withStore opens the database for one stage.
func (a *App) withStore(ctx context.Context, stage func(*sqlite.DB) error) error {
	key, err := a.Config.databaseKey()
	if err != nil {
		return err
	}
	options := []sqlite.Option{sqlite.WithKey(key), sqlite.WithWaiting(a.waitsForBase)}
	if a.straight > 0 {
		options = append(options, sqlite.WithStraight(a.straight))
	}
	db, err := sqlite.Open(ctx, a.Config.Abs(a.Config.Database), a.Rand, options...)
	if err != nil {
		return err
	}
	return sqlite.Told(errors.Join(stage(db), db.Close()))
}

// waitsForBase says that the command stands still.
func (a *App) waitsForBase() {
	a.Log.Warn("base", "état", "occupée par un gros chargement, ou par un autre programme : la commande attend")
}

// loadFiles has the files in the store, reading those that are not there yet,
// or all of them when again is set.
func (a *App) loadFiles(ctx context.Context, db *sqlite.DB, intakes []intake, scope sqlite.Scope, again bool) (loads []reconcile.Load, err error) {
	limit, err := extract.ParseLimit(a.Config.Limits.MaxRejects)
	if err != nil {
		return nil, err
	}
	p := loadPlan{app: a, db: db, again: again, blocks: make(map[blocksOf]*sqlite.Blocks), layouts: make(map[string]*extract.Layout), options: extract.Options{
		Identity: a.Config.Identity.Identity, MaxRejects: limit, MaxLineBytes: a.Config.Limits.MaxLineBytes,
		MaxUnzippedBytes: a.Config.Limits.MaxUnzippedBytes, Workbook: openWorkbook,
	}}
	defer func() {
		for _, b := range p.blocks {
			err = errors.Join(err, b.Close())
		}
	}()
	for _, of := range intakes {
		for _, in := range of.files {
			defer in.File.Close()
			p.files = append(p.files, candidate{side: of.side, period: of.period, Extract: in})
		}
	}
	if !again {
		if err := p.digestFiles(ctx); err != nil {
			return nil, err
		}
	}
	for i := range p.files {
		if err := p.add(ctx, &p.files[i]); err != nil {
			return nil, err
		}
	}
	a.Progress.Start("lecture (Mo)", p.bytes/megabyte)
	stop := p.watch(ctx)
	loads, err = db.Load(ctx, p.jobs, scope)
	stop()
	if err != nil {
		return nil, err
	}
	if err := a.remindReloaded(ctx, db, loads); err != nil {
		return nil, err
	}
	for _, l := range loads {
		level := slog.LevelInfo
		if l.Rejects > 0 {
			level = slog.LevelWarn
		}
		a.Log.Log(ctx, level, "chargement", "côté", l.Side.String(), "fichier", l.Path, "déjà chargé", l.Reused, "bulletins", l.Payslips, "repris", l.Taken, "lignes", l.Sums.Lines, "rejets", l.Rejects)
	}
	return loads, nil
}

// loadPlan gathers the files to have in the store.
type loadPlan struct {
	app     *App
	db      *sqlite.DB
	again   bool // nothing is taken from earlier loads
	blocks  map[blocksOf]*sqlite.Blocks
	options extract.Options
	layouts map[string]*extract.Layout
	files   []candidate
	jobs    []sqlite.Job
	readers []*extract.Reader
	bytes   int64
}

// candidate is a file to have in the store. Its SHA-256 is blank where no load
// can hold the same bytes.
type candidate struct {
	side   reconcile.Side
	period reconcile.Period
	Extract
	sha256 string
}

// digestFiles digests the files that a load may hold already, one on each core:
// on a night where nothing came, that is all the work there is. A file of a size
// never met is new: it is not read twice to know.
func (p *loadPlan) digestFiles(ctx context.Context) error {
	var tasks []func() error
	for i := range p.files {
		c := &p.files[i]
		size := c.File.Size()
		if size == 0 {
			continue // the reader will say what is wrong
		}
		met, err := p.db.HasSize(ctx, c.side, c.period, size)
		if err != nil {
			return err
		}
		if met {
			tasks = append(tasks, func() (err error) {
				if err = ctx.Err(); err == nil {
					c.sha256, _, err = c.File.Digest()
				}
				return err
			})
		}
	}
	return together(tasks...)
}

func (p *loadPlan) add(ctx context.Context, c *candidate) error {
	layout, err := p.layout(c.Layout)
	if err != nil {
		return err
	}
	job := sqlite.Job{Archive: string(c.Archive), Bytes: c.File.Size(), Load: reconcile.Load{Side: c.side, Period: c.period, Path: string(c.Path), Layout: layout.Name,
		Options: p.digest(layout), LoadedAt: p.app.instant()}}
	if c.sha256 != "" {
		if job.Known, err = p.known(ctx, &job.Load, c.sha256); err != nil {
			return err
		}
	}
	if job.Known == 0 {
		options := p.options
		options.Side, options.Period = c.side, c.period
		digest := reconcile.Digester(p.db.Secret()) // one for each reader, which is a goroutine
		options.Digest = func(iban string) string { return digest("iban", iban)[:16] }
		options.Blocks = true // even where none is taken, to keep them for the next night
		if !p.again {
			if job.Blocks, err = p.blocksFor(ctx, &job.Load); err != nil {
				return err
			}
			options.Known = func(digest [sha256.Size]byte) (int64, []byte, error) { return job.Blocks.Find(ctx, digest) }
		}
		reader := c.File.Reader(layout, options)
		job.Source = source{reader, job.Load.Path}
		p.readers = append(p.readers, reader)
		p.bytes += c.File.Size()
	}
	p.jobs = append(p.jobs, job)
	return nil
}

// blocksOf is what the blocks that a load may take have in common with it.
type blocksOf struct {
	side    reconcile.Side
	period  reconcile.Period
	options string
}

// blocksFor lists those blocks, once for all the files that they are the same for.
func (p *loadPlan) blocksFor(ctx context.Context, l *reconcile.Load) (*sqlite.Blocks, error) {
	of := blocksOf{l.Side, l.Period, l.Options}
	if p.blocks[of] == nil {
		b, err := p.db.Blocks(ctx, l.Side, l.Period, l.Options)
		if err != nil {
			return nil, err
		}
		p.blocks[of] = b
	}
	return p.blocks[of].Share(), nil
}

func (p *loadPlan) layout(name string) (*extract.Layout, error) {
	if l := p.layouts[name]; l != nil {
		return l, nil
	}
	text, path, err := mappings.LayoutText(p.app.Config.Abs(p.app.Config.Mappings), name)
	if err != nil {
		return nil, err
	}
	l, err := extract.ParseLayout(path, text)
	if err != nil {
		return nil, err
	}
	p.layouts[name] = l
	return l, nil
}

// readerVersion is part of what decides what a load holds: it is raised whenever
// the same file and layout may be read otherwise, or its blocks be said otherwise.
const readerVersion = 3

// digest covers all that, with the file's bytes, decides what a load holds. The
// limit on unzipped bytes does not: it stops a reading, and no load that stands
// would hold anything else under another one.
func (p *loadPlan) digest(l *extract.Layout) string {
	text, err := json.Marshal([]any{readerVersion, l.Name, l.Hash, p.options.Identity, p.app.Config.Limits.MaxRejects, p.app.Config.Limits.MaxLineBytes})
	if err != nil {
		panic(fmt.Sprintf("options that JSON cannot hold: %v", err))
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// known finds the load that already holds the file, unless an earlier job has
// taken it.
func (p *loadPlan) known(ctx context.Context, l *reconcile.Load, sha256 string) (int64, error) {
	ids, err := p.db.Known(ctx, l.Side, l.Period, l.Options, sha256)
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		if !slices.ContainsFunc(p.jobs, func(j sqlite.Job) bool { return j.Known == id }) {
			return id, nil
		}
	}
	return 0, nil
}

const megabyte = 1_000_000

// watch draws how many bytes the readers have taken, until stopped.
func (p *loadPlan) watch(ctx context.Context) (stop func()) {
	if p.app.Progress == nil {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(200 * time.Millisecond)
		defer tick.Stop()
		var drawn int64
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				var read int64
				for _, r := range p.readers {
					read += r.BytesRead()
				}
				p.app.Progress.Add(int(read/megabyte - drawn))
				drawn = read / megabyte
			}
		}
	}()
	return func() { cancel(); <-done }
}

// source lets the store take from a reader, and shows the file by the path
// that the configuration gives.
type source struct {
	*extract.Reader
	path string
}

func (s source) Each(payslip func(*reconcile.Payslip) error, reject func(*reconcile.Reject) error, block func(*sqlite.Block) error) error {
	for item, err := range s.Items() {
		switch {
		case err != nil:
			return err
		case item.Payslip != nil:
			err = payslip(item.Payslip)
		case item.Block != nil:
			b := item.Block
			err = block(&sqlite.Block{Digest: b.Digest, Line: b.Line, Payslips: int(b.Payslips), Said: b.Said, Known: b.Known})
		default:
			item.Reject.File = s.path
			err = reject(item.Reject)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
