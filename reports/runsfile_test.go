package reports

import (
	"bytes"
	"strings"
	"testing"

	"bascule/reconcile"
)

// night is a run of which some payslips of all are identical.
func night(id, previous int, identical, all int64, fresh, resolved int64) reconcile.Run {
	r := reconcile.Run{ID: id, Previous: previous, Period: reconcile.NewPeriod(2013, 12), StartedAt: "2013-12-02T03:04:05Z"}
	r.Summary.Payslips = reconcile.PayslipSummary{Matched: all, Identical: identical, Differing: all - identical}
	r.Summary.Discrepancies.ByEvolution = map[reconcile.Evolution]int64{reconcile.EvolutionNew: fresh, reconcile.EvolutionResolved: resolved}
	return r
}

func TestTheHistoryTellsWhereTheRateIsGoing(t *testing.T) {
	runs := []reconcile.Run{night(5, 4, 0, 0, 0, 0), night(4, 3, 999_999, 1_000_000, 1, 0), night(3, 2, 1_000_000, 1_000_000, 0, 0), night(2, 1, 9_995, 10_000, 3, 8), night(1, 0, 999, 1_000, 7, 0)}
	for _, c := range []struct {
		reason, lang string
		run          int
		want         []string
	}{
		{"nothing before it: neither trend nor news", "fr", 1, []string{"–", "–", "–"}},
		{"99.90 % then 99.95 %", "fr", 2, []string{"▲", "0,05", "3", "8"}},
		{"a point in English", "en", 2, []string{"▲", "0.05", "3", "8"}},
		{"one payslip of a million is no rise and no equality", "fr", 4, []string{"▼", "0,00", "1", "0"}},
		{"no payslip, no rate", "fr", 5, []string{"–", "–", "0", "0"}},
	} {
		var b bytes.Buffer
		if err := WriteRuns(&b, c.lang, Labels{}, runs); err != nil {
			t.Fatal(err)
		}
		line := strings.Split(b.String(), "\n")[1+5-c.run]
		at := 0
		for _, want := range c.want {
			i := strings.Index(line[at:], " "+want+" ")
			if i < 0 {
				t.Errorf("%s: no %q in %s", c.reason, want, line)
				break
			}
			at += i + len(want)
		}
	}
}

func TestAnUnsealedRunSaysSo(t *testing.T) {
	run := night(2, 1, 1, 1, 0, 0)
	run.Decided = 12
	for _, c := range []struct{ seal, former, want string }{
		{"", "", "non scellée"}, {"abc", "", "Sceau                           abc\n"}, {"abc", "def", "Sceau de l'exécution d'avant    def\n"}, {"", "", "jusqu'à D-12"},
	} {
		run.Summary.Seal = c.seal
		var b bytes.Buffer
		if err := WriteInputs(&b, "fr", Labels{}, &run, c.former); err != nil || !strings.Contains(b.String(), c.want) {
			t.Errorf("%v, no %q in:\n%s", err, c.want, b.String())
		}
	}
}
