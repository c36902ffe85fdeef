package reports_test

import (
	"bytes"
	"iter"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"bascule/reports"
	"bascule/reports/xlsx"
)

// BenchmarkAMillionRows holds xlsx.Write against excelize's stream alone, given
// the same cells with as many styles, in turn and in one process: how many
// times as long it takes to write, then to write, read back and publish, and
// the peak of memory of each. The rows are made beforehand, for neither makes
// them. Run it with -benchtime 1x or more, and -timeout 0.
func BenchmarkAMillionRows(b *testing.B) {
	count := 1_000_000
	if n, err := strconv.Atoi(os.Getenv("ROWS")); err == nil {
		count = n
	}
	const asTheProgram = 300 // gcPercent of cmd/bascule
	defer debug.SetGCPercent(debug.SetGCPercent(asTheProgram))
	columns, rows := manyRows(b, count)
	var bare, written, published []taken
	for b.Loop() {
		bare = append(bare, writing(b, func(path string) error { return bareStream(path, columns, rows) }))
		written = append(written, writing(b, func(path string) error { return wholeBook(path, rows, true) }))
		published = append(published, writing(b, func(path string) error { return wholeBook(path, rows, false) }))
	}
	base := median(bare)
	b.ReportMetric(base.seconds, "s-bare")
	b.ReportMetric(float64(base.peak), "MB-bare")
	b.ReportMetric(median(written).seconds/base.seconds, "x-write")
	b.ReportMetric(median(written).cores/base.cores, "x-write-cores")
	b.ReportMetric(float64(median(written).peak), "MB-write")
	b.ReportMetric(median(published).seconds/base.seconds, "x-reread")
	b.ReportMetric(median(published).cores/base.cores, "x-reread-cores")
	b.ReportMetric(float64(median(published).peak), "MB-reread")
}

// manyRows cycles through the rows of an invented list of discrepancies.
func manyRows(b *testing.B, count int) (int, iter.Seq2[[]reports.Cell, error]) {
	const made = 5000
	table := gapsOf(reports.Ecarts(invented(made, "fr"))).Table
	var pool [][]reports.Cell
	for row, err := range table.Rows {
		if err != nil {
			b.Fatal(err)
		}
		pool = append(pool, slices.Clone(row))
	}
	return len(table.Columns), func(yield func([]reports.Cell, error) bool) {
		for i := range count {
			if !yield(pool[i%len(pool)], nil) {
				return
			}
		}
	}
}

// gapsOf is the sheet of discrepancies of a workbook.
func gapsOf(wb *reports.Workbook) *reports.Sheet {
	return wb.Sheets[slices.IndexFunc(wb.Sheets, func(s *reports.Sheet) bool { return s.Name == "Écarts" })]
}

// wholeBook writes the workbook of discrepancies as a run does.
func wholeBook(path string, rows iter.Seq2[[]reports.Cell, error], skip bool) error {
	wb := reports.Ecarts(invented(100, "fr"))
	gapsOf(wb).Table.Rows = rows
	_, err := xlsx.Write(path, wb, xlsx.Options{SkipReread: skip})
	return err
}

// bareStream writes the cells as excelize's documentation says to.
func bareStream(path string, columns int, rows iter.Seq2[[]reports.Cell, error]) (err error) {
	f := excelize.NewFile(excelize.Options{TmpDir: filepath.Dir(path)})
	defer f.Close()
	styles := map[reports.CellType]int{}
	for _, c := range []struct {
		typ    reports.CellType
		format string
	}{{reports.Text, "@"}, {reports.Digest, "@"}, {reports.Money, "#,##0.00"}, {reports.Delta, "+#,##0.00"}, {reports.Count, "0"}, {reports.Date, "dd/mm/yyyy"}, {reports.Month, "yyyy-mm"}} {
		if styles[c.typ], err = f.NewStyle(&excelize.Style{CustomNumFmt: &c.format, Font: &excelize.Font{Family: "Arial", Size: 10}}); err != nil {
			return err
		}
	}
	stream, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		return err
	}
	cells, values, n := make([]excelize.Cell, columns), make([]any, columns), 0
	for i := range cells {
		values[i] = &cells[i]
	}
	for row := range rows {
		n++
		for i := range columns {
			cells[i] = excelize.Cell{StyleID: styles[reports.Text]}
			if i < len(row) {
				cells[i] = bareCell(&row[i], styles)
			}
		}
		if err := stream.SetRow("A"+strconv.Itoa(n), values); err != nil {
			return err
		}
	}
	if err := stream.Flush(); err != nil {
		return err
	}
	return f.SaveAs(path)
}

func bareCell(c *reports.Cell, styles map[reports.CellType]int) excelize.Cell {
	cell := excelize.Cell{StyleID: styles[reports.Text]}
	switch c.Type {
	case reports.Blank:
	case reports.Money, reports.Delta:
		cell = excelize.Cell{StyleID: styles[c.Type], Value: float64(c.N) / 100}
	case reports.Count, reports.Date, reports.Month:
		cell = excelize.Cell{StyleID: styles[c.Type], Value: c.N}
	default:
		cell.Value = c.Text
	}
	return cell
}

// taken is what a writing took.
type taken struct {
	seconds float64
	cores   float64 // seconds that all cores spent
	peak    int     // of memory, in MB
}

// writing times a writing, the former's memory given back.
func writing(b *testing.B, write func(path string) error) taken {
	for range 2 { // what pools keep goes at the second
		debug.FreeOSMemory()
	}
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil { // the peak starts anew
		b.Fatal(err)
	}
	start, spent := time.Now(), coreSeconds(b)
	if err := write(filepath.Join(b.TempDir(), "essai.xlsx")); err != nil {
		b.Fatal(err)
	}
	m := taken{time.Since(start).Seconds(), coreSeconds(b) - spent, peakMB(b)}
	b.Logf("%.1f s, %.1f s of cores, %d MB", m.seconds, m.cores, m.peak)
	return m
}

// coreSeconds is what the process has spent on all cores.
func coreSeconds(b *testing.B) float64 {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		b.Fatal(err)
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano()).Seconds()
}

// peakMB is the most memory that the process has held.
func peakMB(b *testing.B) int {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Fatal(err)
	}
	_, after, _ := bytes.Cut(status, []byte("VmHWM:"))
	fields := bytes.Fields(after)
	kB, err := strconv.Atoi(string(fields[0]))
	if err != nil {
		b.Fatal(err)
	}
	return kB / 1024
}

// median is the taken in the middle.
func median(list []taken) taken {
	sorted := slices.SortedFunc(slices.Values(list), func(a, b taken) int {
		if a.seconds < b.seconds {
			return -1
		}
		return 1
	})
	return sorted[len(sorted)/2]
}
