package sqlite

import (
	"context"
	"database/sql/driver"
	"slices"
	"strings"

	"bascule/reconcile"
)

// producer turns one file's payslips into batches.
type producer struct {
	ctx    context.Context
	load   int64
	known  *Blocks
	back   bool // the next batch goes through the keys from the last
	period reconcile.Period
	full   chan<- *batch
	free   <-chan *batch
	b      *batch
}

func (p *producer) run(s Source) error {
	p.b = p.next()
	if err := s.Each(p.payslip, p.reject, p.block); err != nil {
		return err
	}
	return p.send()
}

func (p *producer) next() *batch {
	select {
	case b := <-p.free:
		return b
	default:
		return &batch{payslips: make([]driver.Value, 0, batchPayslips*payslipColumns)}
	}
}

func (p *producer) send() error {
	p.b.load, p.b.known, p.b.back = p.load, p.known, p.back
	p.back = !p.back
	select {
	case p.full <- p.b:
		p.b = p.next()
		return nil
	case <-p.ctx.Done():
		return p.ctx.Err()
	}
}

func (p *producer) payslip(s *reconcile.Payslip) error {
	b, a := p.b, &s.Agent
	b.text = appendLines(b.text[:0], s.Lines, p.period)
	b.payslips = append(b.payslips, p.load, clean(s.Key), int64(s.Line), s.Whole, clean(a.NIR), clean(a.NIRKey), clean(a.Dossier), clean(a.Matricule),
		clean(a.Surname), clean(a.FirstName), clean(a.Grade), clean(a.Echelon), optNumber(a.Indice), optNumber(a.NBI), optNumber(a.Quotite),
		optNumber(a.Children), clean(a.Service), clean(a.Status), clean(a.Zone), a.IBANDigest, clean(a.Programme), clean(a.BOP), clean(a.Accountant),
		optAmount(s.Declared.ToPay), optAmount(s.Declared.ToDeduct), optAmount(s.Declared.Net), optAmount(s.Declared.Employer),
		s.Sums.Lines, int64(s.Sums.ToPay), int64(s.Sums.ToDeduct), int64(s.Sums.Information), string(b.text), nil, nil)
	if b.full() {
		return p.send()
	}
	return nil
}

// block notes that a block ends here, or that a known one stands here.
func (p *producer) block(k *Block) error {
	b := p.b
	if k.Known == 0 {
		b.blocks = append(b.blocks, blockEnd{*k, len(b.payslips) / payslipColumns})
		return nil
	}
	copies, err := p.known.copies(k)
	if err != nil {
		return err
	}
	// As far as can be, payslips that were stored together are copied together:
	// they are neighbours in the order of their keys.
	first := slices.MinFunc(copies, compareIDs).id
	if len(b.copies) > batchPayslips/8 && first >= b.firstID+batchPayslips {
		if err := p.send(); err != nil {
			return err
		}
		b = p.b
	}
	if len(b.copies) == 0 || first < b.firstID {
		b.firstID = first
	}
	b.copies = append(b.copies, copies...)
	if b.from == nil {
		b.from = make(map[int64]int64)
	}
	b.from[p.known.found.load] += int64(k.Payslips)
	if b.full() {
		return p.send()
	}
	return nil
}

func (p *producer) reject(r *reconcile.Reject) error {
	sense := ""
	if r.Sense != 0 {
		sense = r.Sense.String()
	}
	raw := append([]byte{}, r.Raw...)
	p.b.rejects = append(p.b.rejects, []driver.Value{p.load, r.File, int64(r.Line), r.Record, r.Field.Stored(), r.Reason.Stored(), raw, sense, optAmount(r.Amount), r.Readable})
	if p.b.full() {
		return p.send()
	}
	return nil
}

// clean replaces the unit separator, which columnsOfPayslip relies on, should a
// file hold one.
func clean(s string) string {
	if strings.IndexByte(s, 0x1f) < 0 {
		return s
	}
	return strings.ReplaceAll(s, "\x1f", "\u2423")
}

func optNumber(v int32) driver.Value {
	if v == reconcile.Absent {
		return nil
	}
	return int64(v)
}

func optAmount(a reconcile.OptAmount) driver.Value {
	if !a.Set {
		return nil
	}
	return int64(a.Amount)
}
