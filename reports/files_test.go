package reports_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"bascule/reconcile"
	"bascule/reports"
)

var update = flag.Bool("update", false, "rewrite the goldens")

// golden compares with testdata/name; a missing golden fails.
func golden(t *testing.T, name string, write func(io.Writer) error) {
	t.Helper()
	var got bytes.Buffer
	if err := write(&got); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("%s (-wanted +got)\n%s", name, diff)
	}
}

func TestFilesAreWrittenAsTheContractSays(t *testing.T) {
	masked := invented(12, "fr")
	masked.ShowNames = false
	for _, c := range []struct {
		golden, reason string
		data           *reports.Data
		write          func(io.Writer, *reports.Data) error
	}{
		{"discrepancies.fr.csv", "one gap of each kind, decimal comma, names, an agent named as a formula", invented(18, "fr"), reports.WriteDiscrepancies},
		{"discrepancies.en.csv", "decimal point", invented(12, "en"), reports.WriteDiscrepancies},
		{"discrepancies.masked.csv", "no name is shown", masked, reports.WriteDiscrepancies},
		{"discrepancies.none.csv", "no gap: the header alone", nothing("fr"), reports.WriteDiscrepancies},
		{"rejects.fr.csv", "Latin-1 bytes, a hidden NIR, an amount, a formula inside a line", invented(0, "fr"), reports.WriteRejects},
		{"rejects.masked.csv", "letters of the raw line hidden with the names", masked, reports.WriteRejects},
		{"screen.fr.txt", "the screen that ends run", invented(250, "fr"), reports.WriteText},
		{"screen.en.txt", "the same in English", invented(12, "en"), reports.WriteText},
		{"screen.none.txt", "nothing to say is said", nothing("fr"), reports.WriteText},
		{"summary.json", "figures of a run, maps sorted, lists never null", invented(12, "fr"), func(w io.Writer, d *reports.Data) error { return reports.WriteSummary(w, &d.Run.Summary) }},
		{"summary.empty.json", "an empty summary has empty lists", &reports.Data{Run: &reconcile.Run{}}, func(w io.Writer, d *reports.Data) error { return reports.WriteSummary(w, &d.Run.Summary) }},
	} {
		t.Run(c.golden, func(t *testing.T) {
			t.Log(c.reason)
			golden(t, c.golden, func(w io.Writer) error { return c.write(w, c.data) })
		})
	}
}

func TestTheDeltaColumnsAddUpToTheSummary(t *testing.T) {
	for _, lang := range []string{"fr", "en"} {
		d := invented(300, lang)
		var out bytes.Buffer
		if err := reports.WriteDiscrepancies(&out, d); err != nil {
			t.Fatal(err)
		}
		var net, information reconcile.Amount
		for _, line := range strings.Split(strings.TrimSpace(out.String()), "\n")[1:] {
			cells := strings.Split(line, ";")
			delta, sense := amount(t, cells[16]), cells[26]
			if sense != "I" {
				net += delta
			}
			information += amount(t, cells[27])
		}
		if want := d.Run.Summary.Discrepancies; net != want.Delta || information != want.DeltaInformation {
			t.Errorf("%s: net %v, information %v; the summary says %v and %v", lang, net, information, want.Delta, want.DeltaInformation)
		}
	}
}

func amount(t *testing.T, s string) reconcile.Amount {
	t.Helper()
	a, err := reconcile.ParseAmount(s)
	if err != nil {
		t.Fatalf("%q: %v", s, err)
	}
	return a
}

func TestABankAccountIsNeverShown(t *testing.T) {
	d := nothing("fr")
	d.Discrepancies = func() iter.Seq2[*reconcile.Discrepancy, error] {
		return each([]*reconcile.Discrepancy{{Key: "17503/01", Kind: reconcile.SituationDiffers, Element: "iban", LegacyText: "digest-one", ONPText: "digest-two"}}, nil)
	}
	var out bytes.Buffer
	if err := reports.WriteDiscrepancies(&out, d); err != nil {
		t.Fatal(err)
	}
	for row, err := range reports.Ecarts(d).Sheets[3].Table.Rows {
		if err != nil {
			t.Fatal(err)
		}
		for _, cell := range row {
			out.WriteString(cell.Text)
		}
	}
	if strings.Contains(out.String(), "digest") || !strings.Contains(out.String(), "•••") {
		t.Errorf("a digest is shown: %s", out.String())
	}
}

func TestTheScreenFitsATerminal(t *testing.T) {
	worst := invented(2000, "fr")
	s := &worst.Run.Summary
	s.Notes = []string{strings.Repeat("une remarque qui n'en finit pas ", 10), "une autre", "et une troisième"}
	for _, side := range reconcile.Sides {
		s.Side(side).ToPay, s.Side(side).ToDeduct = 9_999_999_999_999, 1_234_567_890_123
	}
	s.Discrepancies.Delta, s.Discrepancies.DeltaInformation, s.Discrepancies.Absolute = -12_345_678_90, 12_345_678_90, 98_765_432_10
	refused := judgedBy(opinion(20, 1, "fr"), true).Run.Summary
	s.Gates, s.Opinion, s.Opinions = refused.Gates, refused.Opinion, refused.Opinions
	for _, c := range []struct {
		lang   string
		months reconcile.Months
	}{{"fr", reconcile.Months{}}, {"en", reconcile.Months{}}, {"fr", reconcile.Months{Side: reconcile.ONP, Earlier: worst.Run.Period - 1}}, {"en", reconcile.Months{Earlier: worst.Run.Period - 1}}} {
		lang := c.lang
		worst.Lang, worst.Run.Months = lang, c.months
		var out bytes.Buffer
		if err := reports.WriteText(&out, worst); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimRight(out.String(), "\n"), "\n")
		if len(lines) > 24 {
			t.Errorf("%s: %d lines, wanted at most 24", lang, len(lines))
		}
		for _, line := range lines {
			if n := utf8.RuneCountInString(line); n > 100 {
				t.Errorf("%s: %d columns: %s", lang, n, line)
			}
		}
	}
}

var errBroken = errors.New("the store is gone")

// broken is a list that fails after its first row.
func broken(d *reports.Data) *reports.Data {
	d.Discrepancies = func() iter.Seq2[*reconcile.Discrepancy, error] {
		return each([]*reconcile.Discrepancy{inventedGap(0)}, errBroken)
	}
	d.Rejects = func() iter.Seq2[*reconcile.Reject, error] { return each(inventedRejects(), errBroken) }
	return d
}

// full is a disk that takes so many bytes.
type full struct{ left int }

var errFull = errors.New("no space left")

func (f *full) Write(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, errFull
	}
	return len(p), nil
}

func TestAFailureIsToldNotSwallowed(t *testing.T) {
	for _, c := range []struct {
		write  func() error
		want   error
		reason string
	}{
		{func() error { return reports.WriteDiscrepancies(io.Discard, broken(invented(0, "fr"))) }, errBroken, "the list of gaps breaks"},
		{func() error { return reports.WriteRejects(io.Discard, broken(invented(0, "fr"))) }, errBroken, "the list of rejects breaks"},
		{func() error { return reports.WriteDiscrepancies(&full{100}, invented(2000, "fr")) }, errFull, "the disk is full half-way"},
		{func() error { return reports.WriteRejects(&full{100}, invented(0, "fr")) }, errFull, "the disk is full at the end"},
		{func() error { return reports.WriteText(&full{100}, invented(0, "fr")) }, errFull, "so it is for the screen"},
		{func() error { return reports.WriteSummary(&full{100}, &invented(0, "fr").Run.Summary) }, errFull, "and for the summary"},
	} {
		if err := c.write(); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, wanted %v", c.reason, err, c.want)
		}
	}
}

func TestMetricsAreWellFormedAndGiveTheSummary(t *testing.T) {
	d := invented(5, "fr")
	var b strings.Builder
	d.Run.Summary.Opinion, d.Run.Summary.Opinions = reconcile.Unfavourable, map[string]reconcile.Opinion{`V "1"`: reconcile.Favourable, "": reconcile.WithReserves}
	measures := []reconcile.Measure{{Wave: `V "1"`, Metric: reconcile.MetricConcordancePayslips, Value: 2, Of: 3}, {Wave: "V2", Metric: reconcile.MetricConcordancePayslips},
		{Wave: "*", Metric: reconcile.MetricMaxNetGap, Value: 123_45, Of: 1}}
	if err := reports.WriteMetrics(&b, d.Run, measures); err != nil {
		t.Fatal(err)
	}
	sample := regexp.MustCompile(`^bascule_[a-z_]+(\{[a-z]+="([^"\\]|\\")*"\})? -?\d+(\.\d+)?$`)
	for _, line := range strings.Split(strings.TrimSpace(b.String()), "\n") {
		if !strings.HasPrefix(line, "# HELP bascule_") && !strings.HasPrefix(line, "# TYPE bascule_") && !sample.MatchString(line) {
			t.Errorf("%q is no sample", line)
		}
	}
	for _, want := range []string{
		fmt.Sprintf(`bascule_discrepancies{state="open"} %d`, d.Run.Summary.Discrepancies.Open),
		fmt.Sprintf(`bascule_delta_euros{on="net"} %v`, d.Run.Summary.Discrepancies.Delta),
		`bascule_gate_concordance_payslips{wave="V \"1\""} 0.666666`, `bascule_gate_max_net_gap{wave="*"} 123.45`,
		`bascule_opinion{wave="*"} 0`, `bascule_opinion{wave="V \"1\""} 2`, `bascule_opinion{wave=""} 1`,
	} {
		if !strings.Contains(b.String(), want+"\n") {
			t.Errorf("the metrics lack %q", want)
		}
	}
}
