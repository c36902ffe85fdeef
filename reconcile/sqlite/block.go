package sqlite

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"bascule/reconcile"
)

// Block is some payslips that follow each other in a file.
type Block struct {
	Digest   [sha256.Size]byte // SHA-256 of their bytes
	Line     int               // of the file, that it begins with
	Payslips int
	Said     []byte // what their reading counted, kept for Blocks.Find; nil where it is not to be kept
	Known    int64  // the number that Blocks.Find gave: they were not read; 0: they came just before
}

// Blocks are those that a new load may take from earlier ones.
type Blocks struct {
	byDigest map[[sha256.Size]byte]blockOf
	stored   *sql.Stmt
	found    storedBlock // the last one found
}

// blockOf is a block, and the load that it was read for.
type blockOf struct{ number, load int64 }

// storedBlock is where the payslips of a block are stored.
type storedBlock struct {
	blockOf
	line int
	rows string
}

// Blocks finds those of the loads of a side and month that were read with the
// same options.
func (d *DB) Blocks(ctx context.Context, side reconcile.Side, p reconcile.Period, options string) (*Blocks, error) {
	b := &Blocks{byDigest: make(map[[sha256.Size]byte]blockOf)}
	rows, err := d.read.QueryContext(ctx, `SELECT b.id, b.load_id, b.digest FROM load l JOIN block b ON b.load_id = l.id
		WHERE l.side = ? AND l.period = ? AND l.options = ? AND l.purge = 0 ORDER BY b.id`, side.String(), p.String(), options)
	if err != nil {
		return nil, describe(err)
	}
	defer rows.Close()
	for rows.Next() {
		var of blockOf
		var digest sql.RawBytes
		if err := rows.Scan(&of.number, &of.load, &digest); err != nil {
			return nil, describe(err)
		}
		if len(digest) == sha256.Size {
			b.byDigest[[sha256.Size]byte(digest)] = of
		}
	}
	if err := rows.Err(); err != nil {
		return nil, describe(err)
	}
	b.stored, err = d.read.PrepareContext(ctx, "SELECT said, line, rows FROM block WHERE id = ?")
	return b, describe(err)
}

// Share gives the same blocks for the reading of another file beside this one. It
// is closed with b.
func (b *Blocks) Share() *Blocks { return &Blocks{byDigest: b.byDigest, stored: b.stored} }

// Close lets go of the database.
func (b *Blocks) Close() error { return b.stored.Close() }

// none tells that nothing can be found in them.
func (b *Blocks) none() bool { return b == nil || len(b.byDigest) == 0 }

// Find gives the number of the block whose bytes have a digest, and what its
// reading counted; 0 for none.
func (b *Blocks) Find(ctx context.Context, digest [sha256.Size]byte) (number int64, said []byte, err error) {
	of, found := b.byDigest[digest]
	if !found {
		return 0, nil, nil
	}
	b.found.blockOf = of
	err = b.stored.QueryRowContext(ctx, of.number).Scan(&said, &b.found.line, &b.found.rows)
	return of.number, said, describe(err)
}

// errBlock means that a block does not hold what the reader took.
var errBlock = errors.New("un bloc de bulletins déjà chargé n'est pas ce que le fichier en dit: lancez « bascule verify », puis « bascule run --force »")

// copyOf is a payslip to be copied from an earlier load.
type copyOf struct{ id, shift int64 } // of its line

func compareIDs(a, b copyOf) int { return cmp.Compare(a.id, b.id) }

// copies lists the payslips of a known block, just found.
func (b *Blocks) copies(k *Block) ([]copyOf, error) {
	var ids []int64
	if b == nil || b.found.number != k.Known || json.Unmarshal([]byte(b.found.rows), &ids) != nil || len(ids) != k.Payslips || len(ids) == 0 {
		return nil, errBlock
	}
	copies := make([]copyOf, len(ids))
	for i, id := range ids {
		copies[i] = copyOf{id, int64(k.Line - b.found.line)}
	}
	return copies, nil
}

// takePayslips copies payslips for the load ?1, ?2 lines further down, but for
// their pay lines, in the order of their ids.
func takePayslips() string {
	values := slices.Clone(columnsStored)
	for i, c := range values {
		switch c {
		case "load_id":
			values[i] = "?1"
		case "line":
			values[i] = "line + ?2"
		case "lines":
			values[i] = "''"
		case "same":
			values[i] = "id"
		}
	}
	return "INSERT INTO payslip (" + strings.Join(columnsStored, ", ") + ") SELECT " + strings.Join(values, ", ") +
		" FROM payslip WHERE id BETWEEN ?3 AND ?4 AND same IS NULL ORDER BY id"
}

// blockWriter stores blocks and copies the payslips of known ones, on the
// writer's connection.
type blockWriter struct {
	ctx    context.Context
	insert *sql.Stmt
	take   *statement
	last   *sql.Stmt         // payslip inserted
	stored *sql.Stmt         // payslips copied, for the chain
	latest map[int64][]int64 // by load, the last payslips inserted, in the order of the file
}

// keptLatest bounds the payslips of a block that is kept: four times those of the
// reader's greatest.
const keptLatest = 1024

func newBlockWriter(ctx context.Context, c *sql.Conn) (_ *blockWriter, err error) {
	t, err := describeTable(ctx, c, "payslip")
	if err != nil {
		return nil, err
	}
	w := &blockWriter{ctx: ctx, latest: make(map[int64][]int64)}
	for _, p := range []struct {
		into **sql.Stmt
		text string
	}{
		{&w.insert, "INSERT INTO block (load_id, digest, line, said, rows) VALUES (?, ?, ?, ?, ?)"},
		{&w.last, "SELECT coalesce(max(id), 0) FROM payslip"},
		{&w.stored, "SELECT id, " + t.rowBytes(t.covers(coveredOf(sealLoad, "payslip"))) + " FROM payslip WHERE id > ? ORDER BY id"},
	} {
		if *p.into, err = c.PrepareContext(ctx, p.text); err != nil {
			return nil, errors.Join(err, w.close())
		}
	}
	take, err := prepare(c, takePayslips())
	if err != nil {
		return nil, errors.Join(err, w.close())
	}
	w.take = take
	return w, nil
}

func (w *blockWriter) close() (err error) {
	for _, s := range []*sql.Stmt{w.insert, w.last, w.stored} {
		if s != nil {
			err = errors.Join(err, s.Close())
		}
	}
	if w.take != nil {
		err = errors.Join(err, w.take.Close())
	}
	return err
}

// keep stores the blocks that end in a batch whose payslips are inserted under
// the ids, in the order of the file.
func (w *blockWriter) keep(b *batch, ids []int64) error {
	latest, done := w.latest[b.load], 0
	for i := range b.blocks {
		of := &b.blocks[i]
		latest = append(latest, ids[done:of.after]...)
		done = of.after
		if of.Said != nil && of.Payslips <= len(latest) {
			rows, err := json.Marshal(latest[len(latest)-of.Payslips:])
			if err != nil {
				return err
			}
			if _, err := w.insert.ExecContext(w.ctx, b.load, of.Digest[:], of.Line, of.Said, string(rows)); err != nil {
				return err
			}
		}
		latest = latest[:0]
	}
	latest = append(latest, ids[done:]...)
	if n := len(latest) - keptLatest; n > 0 {
		latest = append(latest[:0], latest[n:]...)
	}
	w.latest[b.load] = latest
	return nil
}

// copyAll copies the payslips that a batch takes, sorted, and returns their
// digests.
func (w *blockWriter) copyAll(b *batch) ([]chunk, error) {
	if len(b.copies) == 0 {
		return nil, nil
	}
	var before int64
	if err := w.last.QueryRowContext(w.ctx).Scan(&before); err != nil {
		return nil, err
	}
	for i := 0; i < len(b.copies); {
		from, to := b.copies[i], b.copies[i]
		for i++; i < len(b.copies) && b.copies[i] == (copyOf{to.id + 1, to.shift}); i++ {
			to = b.copies[i]
		}
		if err := w.take.exec([]driver.Value{b.load, from.shift, from.id, to.id}); err != nil {
			return nil, err
		}
	}
	return w.digests(before, len(b.copies))
}

// digests digests the payslips inserted after one, so many, as they are stored.
func (w *blockWriter) digests(before int64, number int) ([]chunk, error) {
	rows, err := w.stored.QueryContext(w.ctx, before)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	chunks := newChunker(batchPayslips)
	found := 0
	var id int64
	var row sql.RawBytes
	for rows.Next() {
		if err := rows.Scan(&id, &row); err != nil {
			return nil, err
		}
		chunks.add(id, row)
		found++
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	if found != number {
		return nil, errBlock
	}
	return chunks.seal(), nil
}
