// Package review holds what people decide about gaps, and what the gates make of
// a run once they have.
package review

import (
	"cmp"
	"math/big"

	"bascule/reconcile"
)

// Measured is what a run measured.
type Measured struct {
	Run      int
	Measures []reconcile.Measure
}

func (m *Measured) find(wave string, metric reconcile.Metric) (reconcile.Figure, bool) {
	for i := range m.Measures {
		if of := &m.Measures[i]; of.Wave == wave && of.Metric == metric {
			return of.Figure(), true
		}
	}
	return reconcile.Figure{}, false
}

// figure is what a run measured of a wave. There is nothing to measure in a wave
// without payslips; rejected lines belong to no wave, and to all; where there
// is no root, none is left unexplained.
func (m *Measured) figure(wave string, metric reconcile.Metric) (reconcile.Figure, bool) {
	if payslips, known := m.find(wave, reconcile.MetricConcordancePayslips); !known || payslips.Of == 0 {
		return reconcile.Figure{}, false
	}
	f, known := m.find(wave, metric)
	if !known && metric == reconcile.MetricRejects {
		f, known = m.find(reconcile.WholeMinistry, metric)
	}
	if known && f.Of == 0 && metric == reconcile.MetricExplainedShare {
		f = reconcile.Figure{Value: 1, Of: 1}
	}
	return f, known && f.Of > 0
}

// Judge says what the gates make of the last of some successive runs, the newest
// first; of no run, nothing is held. Waves are those of vagues.csv, in their
// order: the agents of none of them are judged as a wave of their own when the
// run has some. Awaiting is the number of closing decisions without a visa.
//
//  1. A gate gives one result for the whole ministry, or one for each wave of
//     its scope.
//  2. It must hold in as many successive runs as it asks for: fewer runs, or one
//     with nothing to measure, and it is not held.
//  3. A wave is judged by its own gates and those of the whole; the whole by all.
//     A blocking gate not held makes the opinion unfavourable; another, or a
//     decision without a visa, makes reserves; no gate at all is unfavourable.
func Judge(gates []reconcile.Gate, waves []reconcile.Wave, runs []Measured, awaiting int64) *reconcile.Judgement {
	names := reconcile.WaveNames(waves)
	if len(runs) > 0 {
		if _, some := runs[0].figure(reconcile.NoWave, reconcile.MetricConcordancePayslips); some {
			names = append(names, reconcile.NoWave)
		}
	}
	j := &reconcile.Judgement{Results: []reconcile.GateResult{}, Waves: make(map[string]reconcile.Opinion, len(names)), Awaiting: awaiting}
	for i := range gates {
		for _, wave := range wavesOf(&gates[i], names) {
			j.Results = append(j.Results, judge(&gates[i], wave, runs))
		}
	}
	for _, name := range names {
		j.Waves[name] = opinion(j.Results, awaiting, func(r *reconcile.GateResult) bool { return r.Wave == name || r.Wave == reconcile.WholeMinistry })
	}
	j.Opinion = opinion(j.Results, awaiting, func(*reconcile.GateResult) bool { return true })
	return j
}

func wavesOf(g *reconcile.Gate, names []string) []string {
	if name, one := g.Wave(); one {
		return []string{name}
	}
	if g.Scope == reconcile.ScopeWaves {
		return names
	}
	return []string{reconcile.WholeMinistry}
}

func opinion(results []reconcile.GateResult, awaiting int64, of func(*reconcile.GateResult) bool) reconcile.Opinion {
	judged, reserves := false, awaiting > 0
	for i := range results {
		r := &results[i]
		if !of(r) {
			continue
		}
		judged = true
		switch {
		case r.OK:
		case r.Blocking:
			return reconcile.Unfavourable
		default:
			reserves = true
		}
	}
	switch {
	case !judged:
		return reconcile.Unfavourable
	case reserves:
		return reconcile.WithReserves
	}
	return reconcile.Favourable
}

// judge looks back from the newest run.
func judge(g *reconcile.Gate, wave string, runs []Measured) reconcile.GateResult {
	r := reconcile.GateResult{Gate: *g, Wave: wave, Seen: min(len(runs), g.Needs())}
	if g.Metric == reconcile.MetricStability {
		judgeStability(&r, runs[:r.Seen])
	} else {
		judgeFigures(&r, runs)
	}
	r.OK = r.Measured && r.Held >= g.Needs()
	return r
}

func judgeFigures(r *reconcile.GateResult, runs []Measured) {
	for i := range runs[:r.Seen] {
		f, some := runs[i].figure(r.Wave, r.Metric)
		if i == 0 {
			r.Figure, r.Measured = f, some
		}
		if !some || !r.Accepts(f) {
			break
		}
		r.Held++
	}
	if r.Measured && len(runs) > 1 {
		if before, some := runs[1].figure(r.Wave, r.Metric); some {
			r.Trend = trend(r.Operator, compare(r.Figure, before))
		}
	}
}

// judgeStability measures the greatest change of the concordance of payslips
// between neighbours. It holds over as many runs as no change exceeds it.
func judgeStability(r *reconcile.GateResult, runs []Measured) {
	holds := true
	for i := 1; i < len(runs); i++ {
		later, some1 := runs[i-1].figure(r.Wave, reconcile.MetricConcordancePayslips)
		earlier, some2 := runs[i].figure(r.Wave, reconcile.MetricConcordancePayslips)
		if !some1 || !some2 {
			return
		}
		change := changeOf(later, earlier)
		if !r.Measured || compare(change, r.Figure) > 0 {
			r.Figure, r.Measured = change, true
		}
		if holds = holds && r.Accepts(change); holds {
			r.Held = i + 1
		}
	}
}

// changeOf is |x − y|, reduced. Denominators count payslips: their product stays
// within an int64 up to three thousand million of them.
func changeOf(x, y reconcile.Figure) reconcile.Figure {
	d := new(big.Rat).Sub(big.NewRat(x.Value, x.Of), big.NewRat(y.Value, y.Of))
	d.Abs(d)
	return reconcile.Figure{Value: d.Num().Int64(), Of: d.Denom().Int64()}
}

func compare(x, y reconcile.Figure) int {
	return big.NewRat(x.Value, x.Of).Cmp(big.NewRat(y.Value, y.Of))
}

// trend tells whether a change goes the way the gate wants; a gate that wants
// one very value wants less of what it counts.
func trend(o reconcile.Operator, change int) reconcile.Trend {
	if o != reconcile.AtLeast && o != reconcile.Above {
		change = -change
	}
	return [...]reconcile.Trend{reconcile.TrendWorse, reconcile.TrendSame, reconcile.TrendBetter}[cmp.Compare(change, 0)+1]
}
