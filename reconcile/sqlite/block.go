package sqlite

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"database/sql/driver"
	"encoding/hex"
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
	taken    *sql.Stmt   // bytes, for the chain, of what takePayslips inserts
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
	if b.stored, err = d.read.PrepareContext(ctx, "SELECT said, line, rows FROM block WHERE id = ?"); err != nil {
		return nil, describe(err)
	}
	query, err := d.takenBytes(ctx)
	if err == nil {
		b.taken, err = d.read.PrepareContext(ctx, query)
	}
	if err != nil {
		return nil, errors.Join(describe(err), b.stored.Close())
	}
	return b, nil
}

// Share gives the same blocks for the reading of another file beside this one. It
// is closed with b.
func (b *Blocks) Share() *Blocks {
	return &Blocks{byDigest: b.byDigest, stored: b.stored, taken: b.taken}
}

// Close lets go of the database.
func (b *Blocks) Close() error { return errors.Join(b.stored.Close(), b.taken.Close()) }

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

// copiesInARow are the payslips of these ids, moved by so many lines.
type copiesInARow struct{ from, to, shift int64 }

// inRows gathers copies, sorted by id.
func inRows(copies []copyOf, rows []copiesInARow) []copiesInARow {
	for _, c := range copies {
		if last := len(rows) - 1; last >= 0 && rows[last].to+1 == c.id && rows[last].shift == c.shift {
			rows[last].to = c.id
			continue
		}
		rows = append(rows, copiesInARow{c.id, c.id, c.shift})
	}
	return rows
}

// takenColumns is a payslip as the load ?1 takes it, ?2 lines further down, but for
// its pay lines; in the order of ids, from ?3 to ?4.
func takenColumns() string {
	values := slices.Clone(columnsStored)
	for i, c := range values {
		switch c {
		case "load_id":
			values[i] = "?1 AS load_id"
		case "line":
			values[i] = "line + ?2 AS line"
		case "lines":
			values[i] = "'' AS lines"
		case "same":
			values[i] = "id AS same"
		}
	}
	return "SELECT " + strings.Join(values, ", ") + " FROM payslip WHERE id BETWEEN ?3 AND ?4 AND same IS NULL ORDER BY id"
}

func takePayslips() string {
	return "INSERT INTO payslip (" + strings.Join(columnsStored, ", ") + ") " + takenColumns()
}

// takenBytes selects the bytes that the chain covers of such payslips.
func (d *DB) takenBytes(ctx context.Context) (string, error) {
	c, err := d.read.Conn(ctx)
	if err != nil {
		return "", err
	}
	defer c.Close()
	t, err := describeTable(ctx, c, "payslip")
	if err != nil {
		return "", err
	}
	return "SELECT " + t.rowBytes(t.covers(coveredOf(sealLoad, "payslip"))) + " FROM (" + takenColumns() + ") ORDER BY same", nil
}

// digest digests the payslips that a load takes, as they will be stored.
func (b *Blocks) digest(ctx context.Context, load int64, taken []copiesInARow) (string, error) {
	h := sha256.New()
	for _, of := range taken {
		missing := of.to - of.from + 1
		rows, err := b.taken.QueryContext(ctx, load, of.shift, of.from, of.to)
		if err != nil {
			return "", describe(err)
		}
		var row sql.RawBytes
		for ; rows.Next(); missing-- {
			if err = rows.Scan(&row); err != nil {
				break
			}
			h.Write(row)
		}
		if err = errors.Join(err, rows.Err(), rows.Close()); err == nil && missing != 0 {
			err = errBlock
		}
		if err != nil {
			return "", describe(err)
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// blockWriter stores blocks and copies the payslips of known ones, on the
// writer's connection.
type blockWriter struct {
	ctx    context.Context
	insert *sql.Stmt
	take   *statement
	last   *sql.Stmt         // payslip inserted
	latest map[int64][]int64 // by load, the last payslips inserted, in the order of the file
}

// keptLatest bounds the payslips of a block that is kept: four times those of the
// reader's greatest.
const keptLatest = 1024

func newBlockWriter(ctx context.Context, c *sql.Conn) (_ *blockWriter, err error) {
	w := &blockWriter{ctx: ctx, latest: make(map[int64][]int64)}
	for _, p := range []struct {
		into **sql.Stmt
		text string
	}{
		{&w.insert, "INSERT INTO block (load_id, digest, line, said, rows) VALUES (?, ?, ?, ?, ?)"},
		{&w.last, "SELECT coalesce(max(id), 0) FROM payslip"},
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
	for _, s := range []*sql.Stmt{w.insert, w.last} {
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

// copyAll copies the payslips that a batch takes.
func (w *blockWriter) copyAll(b *batch) (*chunk, error) {
	of := chunk{SHA256: b.takenDigest}
	if err := w.last.QueryRowContext(w.ctx).Scan(&of.First); err != nil {
		return nil, err
	}
	of.First++ // the others follow: nobody else writes
	for _, r := range b.taken {
		if err := w.take.exec([]driver.Value{b.load, r.shift, r.from, r.to}); err != nil {
			return nil, err
		}
		of.Rows += r.to - r.from + 1
	}
	var last int64
	if err := w.last.QueryRowContext(w.ctx).Scan(&last); err != nil {
		return nil, err
	}
	if last != of.First+of.Rows-1 {
		return nil, errBlock
	}
	return &of, nil
}
