package reconcile

import (
	"slices"
	"testing"
)

func TestMeasuresCountEachWaveAndTheWholeMinistry(t *testing.T) {
	open := func(kind Kind, delta Amount, root string, cause Cause) Discrepancy {
		return Discrepancy{Kind: kind, DeltaNet: delta, Root: root, Cause: cause, Status: StatusOpen, Element: "0201", Side: ONP}
	}
	tally := newTally(&Mapping{})
	// Three payslips of 10 lines in V1: equal, differing by a root and what derives from it, differing by a justified gap.
	tally.wave("V1").settle(&pairMeasure{complete: true, lines: 10, paid: 1000}, nil)
	tally.wave("V1").settle(&pairMeasure{complete: true, lines: 10, paid: 1000},
		[]Discrepancy{open(AmountDiffers, -50, "", CauseRate), open(AmountDiffers, 10, "f", CauseDerived)})
	justified := open(AmountDiffers, 70, "", CauseUnexplained)
	justified.Status = StatusJustified
	tally.wave("V1").settle(&pairMeasure{complete: true, lines: 10, paid: 1000}, []Discrepancy{justified})
	// In none of the waves: a payslip of 4 lines that one side lacks, and a code met on another.
	tally.wave(NoWave).settle(&pairMeasure{complete: true, lines: 4, paid: 500}, []Discrepancy{open(MissingInONP, -500, "", CauseUnexplained)})
	tally.wave(NoWave).settle(&pairMeasure{complete: true, lines: 6, paid: 600}, []Discrepancy{open(Unmapped, 5, "", CauseMapping)})

	measures := tally.Measures([]Wave{{Name: "V2"}, {Name: "V1"}, {Name: "V2"}}, 3)
	cases := []struct {
		reason, wave string
		metric       Metric
		value, of    int64
	}{
		{"a justified gap leaves a payslip concordant", "V1", MetricConcordancePayslips, 2, 3},
		{"every open gap is a line that differs", "V1", MetricConcordanceLines, 28, 30},
		{"open gaps against what the legacy side pays", "V1", MetricConcordanceAmount, 2940, 3000},
		{"justified gaps count in the share of gaps", "V1", MetricAbsoluteDeltaShare, 130, 3000},
		{"what derives from a root is no root", "V1", MetricOpenRoots, 1, 1},
		{"the net gap of a payslip adds its open gaps", "V1", MetricMaxNetGap, 40, 1},
		{"roots with a cause", "V1", MetricExplainedShare, 1, 2},
		{"a wave without payslips has nothing to measure", "V2", MetricConcordancePayslips, 0, 0},
		{"a missing payslip differs by all its lines", NoWave, MetricConcordanceLines, 5, 10},
		{"missing payslips", NoWave, MetricMissingPayslips, 1, 1},
		{"codes that no table knows", NoWave, MetricUnmappedCodes, 1, 1},
		{"rejected lines are of the whole ministry", "V1", MetricRejects, 3, 1},
		{"the whole ministry adds the waves", WholeMinistry, MetricConcordancePayslips, 2, 5},
		{"and keeps the greatest gap", WholeMinistry, MetricMaxNetGap, 500, 1},
	}
	for _, c := range cases {
		if !slices.Contains(measures, Measure{c.wave, c.metric, c.value, c.of}) {
			t.Errorf("%s: no %s %s of %d / %d in %v", c.reason, c.wave, c.metric, c.value, c.of, measures)
		}
	}
	if first, last := measures[0].Wave, measures[len(measures)-1].Wave; first != "V2" || last != WholeMinistry {
		t.Errorf("order: from %q to %q, wanted that of vagues.csv, the whole ministry last", first, last)
	}
}
