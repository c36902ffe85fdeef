package xlsx_test

import (
	"path/filepath"
	"runtime"
	"testing"

	"bascule/reports"
	"bascule/reports/xlsx"
)

// BenchmarkWrite writes 10,000 and 100,000 rows of ten columns and tells the
// live heap near the end of each: it must not grow with the rows.
func BenchmarkWrite(b *testing.B) {
	for _, c := range []struct {
		name string
		rows int
		skip bool
	}{{"10k", 10_000, true}, {"100k", 100_000, true}, {"100k_reread", 100_000, false}} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			var live uint64
			for b.Loop() {
				list := func(yield func([]reports.Cell, error) bool) {
					n := 0
					for row := range rows(c.rows) {
						if n++; n == c.rows {
							live = liveHeap()
						}
						if !yield(row, nil) {
							return
						}
					}
				}
				if _, err := xlsx.Write(filepath.Join(b.TempDir(), "essai.xlsx"), workbook(list), xlsx.Options{SkipReread: c.skip}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(live)/(1<<20), "MiB-live")
		})
	}
}

func liveHeap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
