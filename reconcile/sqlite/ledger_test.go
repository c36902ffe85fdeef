package sqlite

import (
	"crypto/sha256"
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"bascule/reconcile"
)

// BenchmarkSealPayslips is what the readers do for the chain, without the rest
// of a load.
func BenchmarkSealPayslips(b *testing.B) {
	p := producer{b: new(batch), load: 1, period: december}
	n := 0
	if err := bulk(2000, "L").payslips(func(s *reconcile.Payslip) error { n++; return p.payslip(s) }); err != nil {
		b.Fatal(err)
	}
	p.b.sort()
	b.ResetTimer()
	for range b.N {
		if err := p.b.sum(background); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n)/1000, "µs/payslip")
	b.SetBytes(int64(n) * int64(len(p.b.row.text)))
}

// BenchmarkSealRun is what a comparison that found many gaps does for the chain.
func BenchmarkSealRun(b *testing.B) {
	const gaps = 100_000
	d := openStore(b)
	loads := loadBulk(b, d, 10)
	run := manyGaps(b, d, loads, gaps)
	b.ResetTimer()
	for range b.N {
		if err := d.transaction(background, func(c *sql.Conn) error {
			_, err := d.seal(background, c, sealRun, int64(run.ID), "", nil)
			return err
		}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/gaps, "µs/gap")
}

// manyGaps records a run of many discrepancies.
func manyGaps(t testing.TB, d *DB, loads []reconcile.Load, n int) *reconcile.Run {
	gaps := make([]*reconcile.Discrepancy, n)
	for i := range gaps {
		gaps[i] = lineGap(fmt.Sprintf("1%012d", i))
		gaps[i].Fingerprint = fmt.Sprintf("%x", sha256.Sum256([]byte(gaps[i].Key)))[:32]
		gaps[i].Service, gaps[i].Name, gaps[i].Matricule = "SGAMI SUD", "DUPONT Jeanne", fmt.Sprintf("%010d", i)
		gaps[i].Evidence = []reconcile.Fact{{Name: "base", Value: "1234.56"}, {Name: "rate", Value: "9.14"}}
	}
	return recordRun(t, d, loads, gaps...)
}

// BenchmarkVerify reads again 40,000 payslips of 25 lines, a million pay lines,
// and 40,000 gaps.
func BenchmarkVerify(b *testing.B) {
	path := filepath.Join(b.TempDir(), "b.db")
	d, err := Open(background, path, strings.NewReader(strings.Repeat("k", 64)))
	if err != nil {
		b.Fatal(err)
	}
	manyGaps(b, d, loadBulk(b, d, 20000), 40000)
	if err := d.Close(); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		mustVerify(b, path, false)
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/Mline")
}
