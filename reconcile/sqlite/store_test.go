package sqlite

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"bascule/reconcile"
)

// memorySource is a file that stands in memory, each payslip a block of its own.
type memorySource struct {
	payslips func(yield func(*reconcile.Payslip) error) error
	rejects  []reconcile.Reject
	warnings []*reconcile.Saying
	load     reconcile.Load
	totals   []reconcile.CodeTotal
	known    *Blocks // of earlier loads, taken where they are the same but for the line
	err      error
}

func (s *memorySource) Each(payslip func(*reconcile.Payslip) error, reject func(*reconcile.Reject) error, block func(*Block) error) error {
	if err := s.payslips(func(p *reconcile.Payslip) error {
		s.load.Payslips++
		s.load.Sums = s.load.Sums.Plus(p.Sums)
		of := *p
		of.Line = 0
		k := &Block{Digest: sha256.Sum256(fmt.Append(nil, of)), Line: p.Line, Payslips: 1}
		if s.known != nil {
			var err error
			if k.Known, _, err = s.known.Find(background, k.Digest); err != nil || k.Known != 0 {
				return errors.Join(err, block(k))
			}
		}
		k.Said = []byte{1}
		return errors.Join(payslip(p), block(k))
	}); err != nil {
		return err
	}
	for i := range s.rejects {
		if err := reject(&s.rejects[i]); err != nil {
			return err
		}
	}
	return s.err
}
func (s *memorySource) Load() reconcile.Load          { return s.load }
func (s *memorySource) Totals() []reconcile.CodeTotal { return s.totals }
func (s *memorySource) Warnings() []*reconcile.Saying { return s.warnings }

var december, _ = reconcile.ParsePeriod("2013-12")

func openStore(t testing.TB) *DB {
	t.Helper()
	return opened(t, filepath.Join(t.TempDir(), "b.db"))
}

// opened opens a database until the test ends.
func opened(t testing.TB, path string, options ...Option) *DB {
	t.Helper()
	d, err := Open(context.Background(), path, bytes.NewReader(make([]byte, 64)), options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// bulk makes n payslips of 25 lines, like those of a ministry.
func bulk(n int, letter string) *memorySource {
	return &memorySource{payslips: func(yield func(*reconcile.Payslip) error) error {
		p := &reconcile.Payslip{Whole: true, Period: december}
		for l := range 25 {
			p.Lines = append(p.Lines, reconcile.PayLine{Code: reconcile.Code(fmt.Sprintf("%s%05d", letter, l)), Sense: reconcile.Senses[l%3], Origin: december, Base: 1_234_560_000, Rate: 74_280_000})
		}
		for i := range n {
			order := i * 7919 % n
			p.Line = i
			p.Key = fmt.Sprintf("1%012d/01", order)
			p.Agent = reconcile.Agent{NIR: p.Key[:13], NIRKey: "97", Dossier: "01", Matricule: fmt.Sprintf("%010d", order), Surname: "DUPONT", FirstName: "Jeanne",
				Grade: "AAA001", Echelon: "7", Indice: 467, NBI: reconcile.Absent, Quotite: 10000, Children: 2, Service: "SGAMI SUD", Status: "T", Zone: "1",
				IBANDigest: "0123456789abcdef", Programme: "176", BOP: "17600001", Accountant: "075"}
			for l := range p.Lines {
				p.Lines[l].Amount = reconcile.Amount(order%5000 + l*100)
			}
			p.Sums = reconcile.SumLines(p.Lines)
			if err := yield(p); err != nil {
				return err
			}
		}
		return nil
	}}
}

func loadBulk(t testing.TB, d *DB, n int) []reconcile.Load {
	t.Helper()
	jobs := []Job{
		{Load: reconcile.Load{Side: reconcile.Legacy, Period: december, Path: "l", Layout: "psop", LoadedAt: "2026-01-01T00:00:00Z"}, Source: bulk(n, "L")},
		{Load: reconcile.Load{Side: reconcile.ONP, Period: december, Path: "o", Layout: "sipaye", LoadedAt: "2026-01-01T00:00:00Z"}, Source: bulk(n, "O")},
	}
	loads, err := d.Load(context.Background(), jobs, WholeSide)
	if err != nil {
		t.Fatal(err)
	}
	return loads
}

func BenchmarkLoad(b *testing.B) {
	b.ReportAllocs()
	for range b.N {
		d := openStore(b)
		loadBulk(b, d, 20000)
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/40000, "µs/payslip")
}

func BenchmarkReadBack(b *testing.B) {
	d := openStore(b)
	loads := loadBulk(b, d, 20000)
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		for i := range loads {
			for _, err := range d.Payslips(context.Background(), loads[i:i+1], Range{}) {
				if err != nil {
					b.Fatal(err)
				}
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/40000, "µs/payslip")
}
