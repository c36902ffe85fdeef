package reconcile

import "slices"

// WaveTally counts what a run measures of one wave. A line is an (element,
// origin), or a raw code that feeds none, that either side pays on a payslip.
type WaveTally struct {
	Payslips, Concordant int64 // of either side, those paired once; without any open gap
	Lines, OpenLines     int64
	Paid                 Amount // Σ|amounts of the lines| on the legacy side
	Absolute, Open       Amount // Σ|gaps|; of those open
	Roots, Explained     int64  // gaps that derive from no other; those that have a cause
	OpenRoots            int64
	OpenMissing          int64  // whole payslips
	MaxNetGap            Amount // greatest |Σ open gaps on the net| of a payslip
	Codes                map[codeOfSide]struct{}
}

// codeOfSide is a code that no table knows.
type codeOfSide struct {
	code Code
	side Side
}

// pairMeasure is what the steps of a pair count for its wave.
type pairMeasure struct {
	complete bool // the pair has been compared, or one side is missing
	matched  bool
	lines    int64
	paid     Amount
}

func (w *WaveTally) merge(o *WaveTally) {
	w.Payslips += o.Payslips
	w.Concordant += o.Concordant
	w.Lines += o.Lines
	w.OpenLines += o.OpenLines
	w.Paid += o.Paid
	w.Absolute += o.Absolute
	w.Open += o.Open
	w.Roots += o.Roots
	w.Explained += o.Explained
	w.OpenRoots += o.OpenRoots
	w.OpenMissing += o.OpenMissing
	w.MaxNetGap = max(w.MaxNetGap, o.MaxNetGap)
	for code := range o.Codes {
		w.Codes[code] = struct{}{}
	}
}

// wave finds or opens the accounts of a wave.
func (t *Tally) wave(name string) *WaveTally { return waveIn(t.Waves, name) }

func waveIn(waves map[string]*WaveTally, name string) *WaveTally {
	w := waves[name]
	if w == nil {
		w = &WaveTally{Codes: make(map[codeOfSide]struct{})}
		waves[name] = w
	}
	return w
}

// waveOf is the wave of the current pair: that of the legacy side's agent, or of
// the one there is. What the selectors look at is remembered: a ministry has
// thousands of payslips in each service.
func (c *Comparer) waveOf(a *Agent) string {
	c.scratch = c.scratch[:0]
	for _, field := range c.selectors {
		c.scratch = append(append(c.scratch, a.Text(field)...), 0)
	}
	if name, known := c.waves[string(c.scratch)]; known {
		return name
	}
	name := c.terms.Tables.WaveOf(a)
	c.waves[string(c.scratch)] = name
	return name
}

// selectorsOf lists the fields that some wave selects on.
func selectorsOf(waves []Wave) []Field {
	var fields []Field
	for i := range waves {
		for _, s := range waves[i].Selectors {
			if s.Pattern != "" && !slices.Contains(fields, s.Field) {
				fields = append(fields, s.Field)
			}
		}
	}
	return fields
}

// countLines counts the lines of both sides, and what the legacy side pays:
// findGaps takes off those that both have.
func (c *Comparer) countLines() {
	m := &c.measure
	for _, side := range Sides {
		m.lines += int64(len(c.sides[side].cells) + len(c.sides[side].unmapped))
	}
	for i := range c.sides[Legacy].cells {
		m.paid += c.sides[Legacy].cells[i].Amount.Abs()
	}
	for i := range c.sides[Legacy].unmapped {
		m.paid += c.sides[Legacy].unmapped[i].amount.Abs()
	}
}

// settle counts the pair for its wave, once its gaps are explained and decided.
func (w *WaveTally) settle(m *pairMeasure, rows []Discrepancy) {
	w.Lines += m.lines
	w.Paid += m.paid
	var net Amount
	open := false
	for i := range rows {
		d := &rows[i]
		absolute := d.DeltaNet.Abs() + d.DeltaInformation.Abs()
		w.Absolute += absolute
		if d.Kind == Unmapped {
			w.Codes[codeOfSide{Code(d.Element), d.Side}] = struct{}{}
		}
		if d.Root == "" {
			w.Roots++
			if d.Cause != CauseUnexplained {
				w.Explained++
			}
		}
		if !d.Status.Open() {
			continue
		}
		open = true
		w.Open += absolute
		net += d.DeltaNet
		if d.Root == "" {
			w.OpenRoots++
		}
		switch d.Kind {
		case MissingInLegacy, MissingInONP:
			w.OpenMissing++
			w.OpenLines += m.lines
		case LineMissingInLegacy, LineMissingInONP, AmountDiffers, Unmapped:
			w.OpenLines++
		}
	}
	w.MaxNetGap = max(w.MaxNetGap, net.Abs())
	if !m.complete {
		return
	}
	w.Payslips++
	if !open {
		w.Concordant++
	}
}

// Measures are what the tally gives the gates to judge: the waves in the order
// of vagues.csv, the agents of none of them where there are some, and the whole
// ministry. Rejected lines belong to no wave.
func (t *Tally) Measures(waves []Wave, rejects int64) []Measure {
	var names []string
	for i := range waves {
		if !slices.Contains(names, waves[i].Name) {
			names = append(names, waves[i].Name)
		}
	}
	whole := WaveTally{Codes: make(map[codeOfSide]struct{})}
	for _, w := range t.Waves {
		whole.merge(w)
	}
	var measures []Measure
	for _, name := range names {
		measures = append(measures, t.wave(name).measures(name, rejects)...)
	}
	if none := t.Waves[NoWave]; none != nil && none.Payslips > 0 {
		measures = append(measures, none.measures(NoWave, rejects)...)
	}
	return append(measures, whole.measures(WholeMinistry, rejects)...)
}

func (w *WaveTally) measures(name string, rejects int64) []Measure {
	concordant := max(0, w.Paid-w.Open)
	return []Measure{
		{name, MetricConcordancePayslips, w.Concordant, w.Payslips},
		{name, MetricConcordanceLines, w.Lines - w.OpenLines, w.Lines},
		{name, MetricConcordanceAmount, int64(concordant), int64(w.Paid)},
		{name, MetricOpenRoots, w.OpenRoots, 1},
		{name, MetricMissingPayslips, w.OpenMissing, 1},
		{name, MetricAbsoluteDeltaShare, int64(w.Absolute), int64(w.Paid)},
		{name, MetricMaxNetGap, int64(w.MaxNetGap), 1},
		{name, MetricUnmappedCodes, int64(len(w.Codes)), 1},
		{name, MetricRejects, rejects, 1},
		{name, MetricExplainedShare, w.Explained, w.Roots},
	}
}
