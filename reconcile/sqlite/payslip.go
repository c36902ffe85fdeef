package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

	"bascule/reconcile"
)

// columnsOfPayslip selects a payslip as two texts: its lines, and all the rest
// joined by the unit separator. The lines may be an earlier load's; blank, which
// is no payslip's, where that one is gone. Crossing from C to Go once instead of
// thirty times halves the cost of a row.
const columnsOfPayslip = `concat(p.id, x'1f', p.load_id, x'1f', p.agent_key, x'1f', p.line, x'1f', p.whole, x'1f', p.nir, x'1f', p.nir_key, x'1f',
	p.dossier, x'1f', p.matricule, x'1f', p.surname, x'1f', p.first_name, x'1f', p.grade, x'1f', p.echelon, x'1f', p.indice, x'1f', p.nbi, x'1f',
	p.quotite, x'1f', p.children, x'1f', p.service, x'1f', p.status, x'1f', p.zone, x'1f', p.iban, x'1f', p.programme, x'1f', p.bop, x'1f',
	p.accountant, x'1f', p.to_pay, x'1f', p.to_deduct, x'1f', p.net, x'1f', p.employer, x'1f', p.sum_lines, x'1f', p.sum_p, x'1f', p.sum_d, x'1f',
	p.sum_i), iif(p.same IS NULL, p.lines, coalesce((SELECT q.lines FROM payslip q WHERE q.id = p.same), ''))`

// Range is a range of keys, From included, To excluded; a blank To is open.
type Range struct{ From, To string }

// Ranges cuts the keys of some loads into n ranges of like size that no person
// straddles. There may be fewer.
func (d *DB) Ranges(ctx context.Context, loads []reconcile.Load, n int) ([]Range, error) {
	whole := []Range{{}}
	if len(loads) == 0 || n < 2 {
		return whole, nil
	}
	biggest := loads[0]
	for _, l := range loads {
		if l.Payslips > biggest.Payslips {
			biggest = l
		}
	}
	ranges, from := []Range{}, ""
	for i := 1; i < n; i++ {
		var key string
		err := d.read.QueryRowContext(ctx, "SELECT agent_key FROM payslip WHERE load_id = ? ORDER BY agent_key LIMIT 1 OFFSET ?",
			biggest.ID, biggest.Payslips*int64(i)/int64(n)).Scan(&key)
		if err == sql.ErrNoRows {
			break
		}
		if err != nil {
			return nil, describe(err)
		}
		person, _, _ := strings.Cut(key, reconcile.KeySeparator)
		if person > from {
			ranges, from = append(ranges, Range{from, person}), person
		}
	}
	return append(ranges, Range{From: from}), nil
}

// Payslips streams the rows of some loads of one side in ascending (key, load,
// row) order, as Assemble wants them. Loads of equal keys come in the given
// order.
func (d *DB) Payslips(ctx context.Context, loads []reconcile.Load, r Range) iter.Seq2[*reconcile.Payslip, error] {
	return func(yield func(*reconcile.Payslip, error) bool) {
		query, args := payslipQuery(loads, r)
		d.payslips(ctx, loads, query, args, yield)
	}
}

// payslips streams the rows of a query, which come in the order of their keys.
func (d *DB) payslips(ctx context.Context, loads []reconcile.Load, query string, args []any, yield func(*reconcile.Payslip, error) bool) {
	if len(loads) == 0 {
		return
	}
	c, done, err := d.cached(ctx, cacheFor(loads))
	if err != nil {
		yield(nil, err)
		return
	}
	defer done()
	rows, err := c.QueryContext(ctx, query, args...)
	if err != nil {
		yield(nil, describe(err))
		return
	}
	defer rows.Close()
	decode := newDecoder(loads)
	var key sql.RawBytes
	var head, lines string
	var ties []*reconcile.Payslip
	for rows.Next() {
		if err := rows.Scan(&head, &lines, &key); err != nil {
			yield(nil, err)
			return
		}
		p, err := decode.payslip(head, lines)
		if err != nil {
			yield(nil, err)
			return
		}
		if len(ties) > 0 && (ties[0].Key != p.Key || len(ties) == maxTies) && !decode.flush(&ties, yield) {
			return
		}
		ties = append(ties, p)
	}
	if err := rows.Err(); err != nil {
		yield(nil, describe(err))
		return
	}
	decode.flush(&ties, yield)
}

// cacheFor is what reading some loads in the order of their keys needs in the
// cache, in KiB: the page where each run of batchPayslips stands, and the pages
// above those. With less, each payslip would have its page read again.
func cacheFor(loads []reconcile.Load) int {
	runs := 0
	for i := range loads {
		runs += int((loads[i].Payslips+loads[i].Taken)/batchPayslips) + 1
	}
	return readerCacheKiB/4 + runs*pageBytes/1024*8/5
}

// cached is a connection that reads, with so much cache or the usual one, and
// what gives it back.
func (d *DB) cached(ctx context.Context, cacheKiB int) (*sql.Conn, func(), error) {
	c, err := d.read.Conn(ctx)
	if err != nil {
		return nil, nil, describe(err)
	}
	if cacheKiB <= readerCacheKiB {
		return c, func() { c.Close() }, nil
	}
	resize := func(ctx context.Context, kib int) error {
		_, err := c.ExecContext(ctx, fmt.Sprintf("PRAGMA cache_size = -%d", kib))
		return describe(err)
	}
	if err := resize(ctx, cacheKiB); err != nil {
		c.Close()
		return nil, nil, err
	}
	return c, func() {
		_ = resize(context.WithoutCancel(ctx), readerCacheKiB) // a larger cache harms nothing but memory
		c.Close()
	}, nil
}

// maxTies are rows of one key sorted together. More stand only under a key that
// is no person's: SQLite merges the loads in their order, and that will do.
const maxTies = 1024

// payslipQuery orders by the key alone, which the index gives; ordering by the
// load as well would make SQLite copy every row into a sorter.
func payslipQuery(loads []reconcile.Load, r Range) (query string, args []any) {
	var text strings.Builder
	for i, l := range loads {
		if i > 0 {
			text.WriteString(" UNION ALL ")
		}
		text.WriteString("SELECT " + columnsOfPayslip + ", p.agent_key AS agent_key FROM payslip p WHERE p.load_id = ? AND p.agent_key >= ?")
		args = append(args, l.ID, r.From)
		if r.To != "" {
			text.WriteString(" AND p.agent_key < ?")
			args = append(args, r.To)
		}
	}
	text.WriteString(" ORDER BY agent_key")
	return text.String(), args
}

// decoder turns rows back into payslips.
type decoder struct {
	loads map[int64]*reconcile.Load
	rank  map[int64]int // of each load, in the order given
	slab  []reconcile.PayLine
	rest  string
	bad   bool
}

func newDecoder(loads []reconcile.Load) *decoder {
	d := &decoder{loads: make(map[int64]*reconcile.Load, len(loads)), rank: make(map[int64]int, len(loads))}
	for i := range loads {
		d.loads[loads[i].ID] = &loads[i]
		d.rank[loads[i].ID] = i
	}
	return d
}

// flush passes on the rows of one key, in the order of their loads.
func (d *decoder) flush(ties *[]*reconcile.Payslip, yield func(*reconcile.Payslip, error) bool) bool {
	if len(*ties) > 1 {
		slices.SortFunc(*ties, func(a, b *reconcile.Payslip) int {
			return cmp.Or(cmp.Compare(d.rank[a.Load], d.rank[b.Load]), cmp.Compare(a.Line, b.Line), cmp.Compare(a.ID, b.ID))
		})
	}
	for _, p := range *ties {
		if !yield(p, nil) {
			return false
		}
	}
	*ties = (*ties)[:0]
	return true
}

func (d *decoder) payslip(head, lines string) (*reconcile.Payslip, error) {
	d.rest, d.bad = head, false
	p := &reconcile.Payslip{ID: d.integer(), Load: d.integer(), Key: d.text(), Line: int(d.integer()), Whole: d.text() == "1"}
	a := &p.Agent
	a.NIR, a.NIRKey, a.Dossier, a.Matricule, a.Surname, a.FirstName = d.text(), d.text(), d.text(), d.text(), d.text(), d.text()
	a.Grade, a.Echelon = d.text(), d.text()
	a.Indice, a.NBI, a.Quotite, a.Children = d.number(), d.number(), d.number(), d.number()
	a.Service, a.Status, a.Zone, a.IBANDigest, a.Programme, a.BOP, a.Accountant = d.text(), d.text(), d.text(), d.text(), d.text(), d.text(), d.text()
	p.Declared = reconcile.Declared{ToPay: d.amount(), ToDeduct: d.amount(), Net: d.amount(), Employer: d.amount()}
	p.Sums = reconcile.Sums{Lines: d.integer(), ToPay: reconcile.Amount(d.integer()), ToDeduct: reconcile.Amount(d.integer()), Information: reconcile.Amount(d.integer())}
	load := d.loads[p.Load]
	if d.bad || d.rest != "" || load == nil {
		return nil, fmt.Errorf("bulletin %d: %w", p.ID, errLines)
	}
	p.Period, a.Carried = load.Period, load.Carried
	var err error
	if p.Lines, err = parseLines(d.room(p.Sums.Lines, len(lines)), lines, p.Period); err != nil {
		return nil, fmt.Errorf("bulletin %d: %w", p.ID, err)
	}
	return p, nil
}

// shortestLine is `["A","P",1]`, with its comma.
const shortestLine = 12

// room is where the lines of a payslip go: a part of a slab, since allocating
// for each of 600,000 payslips would cost a tenth of the comparison.
func (d *decoder) room(lines int64, bytes int) []reconcile.PayLine {
	const slabLines = 2048
	n := int(min(max(lines, 0), int64(bytes/shortestLine+1)))
	if n > len(d.slab) {
		if n > slabLines/4 {
			return make([]reconcile.PayLine, 0, n)
		}
		d.slab = make([]reconcile.PayLine, slabLines)
	}
	part := d.slab[:0:n]
	d.slab = d.slab[n:]
	return part
}

func (d *decoder) text() string {
	i := strings.IndexByte(d.rest, 0x1f)
	if i < 0 {
		s := d.rest
		d.rest = ""
		return s
	}
	s := d.rest[:i]
	d.rest = d.rest[i+1:]
	return s
}

func (d *decoder) integer() int64 {
	v, err := strconv.ParseInt(d.text(), 10, 64)
	d.bad = d.bad || err != nil
	return v
}

func (d *decoder) number() int32 {
	s := d.text()
	if s == "" {
		return reconcile.Absent
	}
	v, err := strconv.ParseInt(s, 10, 32)
	d.bad = d.bad || err != nil
	return int32(v)
}

func (d *decoder) amount() reconcile.OptAmount {
	s := d.text()
	if s == "" {
		return reconcile.OptAmount{}
	}
	v, err := strconv.ParseInt(s, 10, 64)
	d.bad = d.bad || err != nil
	return reconcile.Some(reconcile.Amount(v))
}
