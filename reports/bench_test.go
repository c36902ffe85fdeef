package reports_test

import (
	"fmt"
	"iter"
	"runtime"
	"testing"

	"bascule/reconcile"
	"bascule/reports"
	"bascule/reports/xlsx"
)

// allDecided is an invented run each of whose n gaps was decided.
func allDecided(n int) *reports.Data {
	d := decided(n, "fr")
	all := d.Discrepancies
	var current *reconcile.Discrepancy
	d.Decisions = func(string) *reconcile.Decision {
		return &reconcile.Decision{ID: 1, Fingerprint: current.Fingerprint, Status: reconcile.StatusJustified, Reason: "ARRONDI", Reference: "PV-" + current.Fingerprint[:6], Author: "A. Renard", Visa: "B. Leduc", Comment: "vu avec le service"}
	}
	d.Discrepancies = func() iter.Seq2[*reconcile.Discrepancy, error] {
		return func(yield func(*reconcile.Discrepancy, error) bool) {
			for x, err := range all() {
				copied := *x
				copied.Decision, copied.Reopened = "D-1", ""
				current = &copied
				if !yield(&copied, err) {
					return
				}
			}
		}
	}
	return d
}

// BenchmarkReadAnnotations reads back 50,000 annotated rows (the issue asks for
// seconds, not minutes, for the whole import).
func BenchmarkReadAnnotations(b *testing.B) {
	path := written(b, allDecided(50_000), xlsx.Options{SkipReread: true})
	b.ReportAllocs()
	for b.Loop() {
		a, err := readAnnotations(path, "")
		if err != nil || a.Read < 50_000 || len(a.Rows) < 50_000 {
			b.Fatal(fmt.Sprint(len(a.Rows)), err)
		}
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		b.ReportMetric(float64(m.HeapAlloc)/(1<<20), "MiB-live")
		runtime.KeepAlive(a)
	}
}
