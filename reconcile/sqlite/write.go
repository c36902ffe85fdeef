package sqlite

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"database/sql/driver"
	"encoding/base64"
	"encoding/hex"
	"runtime"
	"slices"
	"strings"
	"sync"

	"bascule/reconcile"
)

// Payslips pass from the readers to the writer in batches, each sorted by key.
// So the table is made of runs in key order, and reading it in key order goes
// through as many pages in turn as there are runs, all of them in the cache: 75
// runs for 300,000 payslips, 610 for 2,500,000, of 16 KiB each. In the order of
// the files, which is not that of the keys, every payslip would cost a page.
// One batch goes through the keys upwards, the next downwards: where the index is
// larger than the cache, the pages that it ends with are those that the next one
// needs first, and are still there.
const batchPayslips = 4096 // some 8 MB

// indexedBytes is how many bytes of a file the index needs one for. Keys come in
// any order, so what the index of a load takes must be in the cache while it is
// written: beyond that, each payslip costs a page written and read again.
const indexedBytes = 15

// cacheToWrite is what the writer needs to load the jobs, in KiB, one after the
// other.
func cacheToWrite(jobs []Job) int {
	biggest := int64(0)
	for i := range jobs {
		if jobs[i].Known == 0 {
			biggest = max(biggest, jobs[i].Bytes)
		}
	}
	return int(min(max(biggest/indexedBytes>>10, writerCacheKiB), largestCacheKiB))
}

// readersFor is how many files are read at once. Two of them would share the
// cache, and on two cores one is enough: another goroutine writes.
func readersFor(cacheKiB int) int {
	if cacheKiB > writerCacheKiB || runtime.GOMAXPROCS(0) <= 2 {
		return 1
	}
	return 2
}

// columnsStored are those of a payslip, but for its number, in the order of the
// table.
var columnsStored = strings.Fields(`load_id agent_key line whole nir nir_key dossier matricule surname first_name grade echelon
	indice nbi quotite children service status zone iban programme bop accountant to_pay to_deduct net employer
	sum_lines sum_p sum_d sum_i lines digest same`)

var (
	payslipColumns = len(columnsStored)
	insertPayslip  = "INSERT INTO payslip (" + strings.Join(columnsStored, ", ") + ") VALUES (?" + strings.Repeat(",?", payslipColumns-1) + ")"
)

const insertReject = `INSERT INTO reject (load_id, file, line, record, field, reason, raw, sense, cents, readable) VALUES (?,?,?,?,?,?,?,?,?,?)`

// batch holds rows of one load ready to be bound.
type batch struct {
	load        int64
	digest      string          // of the payslips in their order, for the chain
	payslips    []driver.Value  // payslipColumns for each
	order       []int           // where each payslip starts, sorted by key
	back        bool            // from the greatest key to the least
	blocks      []blockEnd      // that end among them, in the order of the file
	copies      []copyOf        // payslips of known ones
	known       *Blocks         // that they come from
	taken       []copiesInARow  // the same, in the order of their ids
	takenDigest string          // of theirs, for the chain
	firstID     int64           // the least of theirs
	from        map[int64]int64 // how many of them each load gives
	rejects     [][]driver.Value
	err         error
	text        []byte // scratch of the encoder
	row         rowWriter
}

// blockEnd is a block that ends after so many payslips of a batch.
type blockEnd struct {
	Block
	after int
}

// Columns of insertPayslip.
const (
	keyColumn   = 1
	saidFrom    = 3 // from here to the digest stands what the file says of the payslip
	digestBytes = 15
)

// digestColumn has the digest; the column after it is of payslips taken alone.
var digestColumn = payslipColumns - 2

// sort puts the payslips in key order, or back, those of equal keys in file order;
// and those to be copied in the order in which they stand, which is that of their
// keys but for a few.
func (b *batch) sort() {
	b.order = b.order[:0]
	for i := 0; i < len(b.payslips); i += payslipColumns {
		b.order = append(b.order, i)
	}
	slices.SortFunc(b.order, func(i, j int) int {
		byKey := strings.Compare(b.payslips[i+keyColumn].(string), b.payslips[j+keyColumn].(string))
		if b.back {
			byKey = -byKey
		}
		return cmp.Or(byKey, cmp.Compare(i, j))
	})
	slices.SortFunc(b.copies, compareIDs)
	b.taken = inRows(b.copies, b.taken[:0])
}

// sum digests each payslip, and all of them as they will be stored.
func (b *batch) sum(ctx context.Context) (err error) {
	if len(b.taken) > 0 {
		if b.takenDigest, err = b.known.digest(ctx, b.load, b.taken); err != nil {
			return err
		}
	}
	h := sha256.New()
	for _, i := range b.order {
		row := b.payslips[i : i+payslipColumns]
		said := sha256.Sum256(b.row.row(row[saidFrom:digestColumn]))
		row[digestColumn] = base64.RawURLEncoding.EncodeToString(said[:digestBytes])
		h.Write(b.row.row(row))
	}
	b.digest = hex.EncodeToString(h.Sum(nil))
	return nil
}

func (b *batch) full() bool {
	return len(b.payslips)+(len(b.copies)+len(b.rejects))*payslipColumns >= batchPayslips*payslipColumns
}

func (b *batch) reset() {
	b.payslips, b.rejects, b.blocks, b.copies = b.payslips[:0], b.rejects[:0], b.blocks[:0], b.copies[:0]
	b.from = nil
}

// written is what the writer made of some files, by load.
type written struct {
	chunks map[int64][]chunk         // digests of the payslips
	taken  map[int64]map[int64]int64 // how many payslips came from which load
}

// writePayslips reads the unknown files, so many at a time, and inserts what they
// hold on the writer's connection.
func writePayslips(ctx context.Context, c *sql.Conn, jobs []Job, ids []int64, readers int) (*written, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	full, ready, free := make(chan *batch, 1), make(chan *batch, 1), make(chan *batch, 2*readers+3)
	errs := make([]error, len(jobs)+1)
	go func() {
		defer close(full)
		var wait sync.WaitGroup
		turn := make(chan struct{}, readers)
		for i := range jobs {
			if jobs[i].Known != 0 {
				continue
			}
			turn <- struct{}{}
			wait.Go(func() {
				defer func() { <-turn }()
				if errs[i] = ctx.Err(); errs[i] != nil {
					return
				}
				p := producer{ctx: ctx, load: ids[i], known: jobs[i].Blocks, period: jobs[i].Load.Period, full: full, free: free}
				if errs[i] = p.run(jobs[i].Source); errs[i] != nil {
					cancel()
				}
			})
		}
		wait.Wait()
	}()
	go finishBatches(ctx, full, ready)
	w, err := insertBatches(ctx, c, ready, free)
	if errs[len(jobs)] = err; err != nil {
		cancel()
	}
	for range ready { // let the readers see the cancellation and end
	}
	return w, reconcile.FirstCause(errs)
}

// finishBatches sorts and digests between the readers and the writer, beside
// both: a night that reads one file has a core for that.
func finishBatches(ctx context.Context, full <-chan *batch, ready chan<- *batch) {
	defer close(ready)
	for b := range full {
		b.sort()
		b.err = b.sum(ctx)
		ready <- b
	}
}

// inserter writes batches on the writer's connection.
type inserter struct {
	payslip, reject *statement
	blocks          *blockWriter
	ids             []int64 // of a batch, in the order of the file
	written
}

func insertBatches(ctx context.Context, c *sql.Conn, ready <-chan *batch, free chan<- *batch) (_ *written, err error) {
	w := inserter{written: written{chunks: make(map[int64][]chunk), taken: make(map[int64]map[int64]int64)}}
	if w.payslip, err = prepare(c, insertPayslip); err != nil {
		return nil, err
	}
	defer w.payslip.Close()
	if w.reject, err = prepare(c, insertReject); err != nil {
		return nil, err
	}
	defer w.reject.Close()
	if w.blocks, err = newBlockWriter(ctx, c); err != nil {
		return nil, err
	}
	defer w.blocks.close()
	for b := range ready {
		if err := w.put(b); err != nil {
			return nil, err
		}
		b.reset()
		select {
		case free <- b:
		default:
		}
	}
	return &w.written, nil
}

func (w *inserter) put(b *batch) (err error) {
	if b.err != nil {
		return b.err
	}
	of := chunk{Rows: int64(len(b.order)), SHA256: b.digest}
	w.ids = slices.Grow(w.ids[:0], len(b.order))[:len(b.order)]
	for n, i := range b.order {
		row := b.payslips[i : i+payslipColumns]
		if n == 0 {
			of.First, err = w.payslip.insert(row) // the others follow: nobody else writes
		} else {
			err = w.payslip.exec(row)
		}
		if err != nil {
			return err
		}
		w.ids[i/payslipColumns] = of.First + int64(n)
	}
	if of.Rows > 0 {
		w.chunks[b.load] = append(w.chunks[b.load], of)
	}
	if err := w.blocks.keep(b, w.ids); err != nil {
		return err
	}
	if len(b.taken) > 0 {
		copied, err := w.blocks.copyAll(b)
		if err != nil {
			return err
		}
		w.chunks[b.load] = append(w.chunks[b.load], *copied)
	}
	if b.from != nil && w.taken[b.load] == nil {
		w.taken[b.load] = make(map[int64]int64)
	}
	for load, n := range b.from {
		w.taken[b.load][load] += n
	}
	for _, r := range b.rejects {
		if err := w.reject.exec(r); err != nil {
			return err
		}
	}
	return nil
}
