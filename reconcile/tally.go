package reconcile

import "slices"

// Tally counts what passed through a Comparer.
type Tally struct {
	Payslips      PayslipSummary
	Sides         [2]SideTally
	Discrepancies DiscrepancySummary // Total, Open, Justified, Tolerated, ByKind, ByCause, sums
	Ledger        *Ledger
	Waves         map[string]*WaveTally
	Mass          *MassTally
}

// SideTally counts one side's payslips.
type SideTally struct {
	Payslips, Agents, Duplicates, Unbalanced int64
	SetAside                                 Sums // of the duplicates
	// Examples are rows of the store whose declared totals are not those of their
	// lines, the first few.
	Examples []int64
	NIRs     [nirStates]int64 // payslips by state of their NIR
	NIRRows  [nirStates]int64 // a row of the store in each state, the first met
}

// admit counts a group.
func (t *SideTally) admit(g *Group, newPerson bool) {
	t.Payslips += 1 + int64(g.Repeats)
	if newPerson {
		t.Agents++
	}
	state := g.Payslip.Agent.NIRState()
	if t.NIRs[state]++; t.NIRs[state] == 1 {
		t.NIRRows[state] = g.Payslip.ID
	}
	for _, double := range g.Doubles {
		t.Duplicates++
		t.SetAside = t.SetAside.Plus(double.Payslip.Sums)
	}
}

const maxExamples = 20

func newTally(m *Mapping) Tally {
	return Tally{
		Ledger:        newLedger(len(m.Elements)),
		Waves:         make(map[string]*WaveTally),
		Mass:          newMassTally(m),
		Discrepancies: DiscrepancySummary{ByKind: make(map[Kind]int64), ByCause: make(map[Cause]int64), ByEvolution: make(map[Evolution]int64)},
	}
}

// Merge adds the accounts of another comparer, of a later range of keys.
func (t *Tally) Merge(o *Tally) {
	t.Payslips.Matched += o.Payslips.Matched
	t.Payslips.Identical += o.Payslips.Identical
	t.Payslips.Tolerated += o.Payslips.Tolerated
	t.Payslips.Differing += o.Payslips.Differing
	t.Payslips.MissingInONP += o.Payslips.MissingInONP
	t.Payslips.MissingInLegacy += o.Payslips.MissingInLegacy
	for _, s := range Sides {
		t.Sides[s].merge(&o.Sides[s])
	}
	d, e := &t.Discrepancies, &o.Discrepancies
	d.Total += e.Total
	d.Open += e.Open
	d.Justified += e.Justified
	d.Tolerated += e.Tolerated
	d.Roots += e.Roots
	d.Delta += e.Delta
	d.DeltaInformation += e.DeltaInformation
	d.Absolute += e.Absolute
	d.ToleratedDelta += e.ToleratedDelta
	for k, n := range e.ByKind {
		d.ByKind[k] += n
	}
	for k, n := range e.ByCause {
		d.ByCause[k] += n
	}
	t.Ledger.merge(o.Ledger)
	t.Mass.merge(o.Mass)
	for name, w := range o.Waves {
		t.wave(name).merge(w)
	}
}

func (t *SideTally) merge(o *SideTally) {
	t.Payslips += o.Payslips
	t.Agents += o.Agents
	t.Duplicates += o.Duplicates
	t.Unbalanced += o.Unbalanced
	t.SetAside = t.SetAside.Plus(o.SetAside)
	for state, n := range o.NIRs {
		if t.NIRs[state] == 0 {
			t.NIRRows[state] = o.NIRRows[state]
		}
		t.NIRs[state] += n
	}
	t.Examples = append(t.Examples, o.Examples[:min(len(o.Examples), maxExamples-len(t.Examples))]...)
}

func (t *Tally) discrepancy(d *Discrepancy) {
	s := &t.Discrepancies
	s.Total++
	switch {
	case d.Status == StatusTolerated:
		s.Tolerated++
		s.ToleratedDelta += d.DeltaNet + d.DeltaInformation
	case d.Status.Open():
		s.Open++
	default:
		s.Justified++
	}
	if d.Root == "" {
		s.Roots++
	}
	s.ByKind[d.Kind]++
	s.ByCause[d.Cause]++
	s.Delta += d.DeltaNet
	s.DeltaInformation += d.DeltaInformation
	s.Absolute += d.DeltaNet.Abs() + d.DeltaInformation.Abs()
}

func (t *Tally) missing(side Side) {
	if side == Legacy {
		t.Payslips.MissingInONP++
	} else {
		t.Payslips.MissingInLegacy++
	}
}

// matched counts a pair whose gaps are known.
func (t *Tally) matched(rows []Discrepancy) {
	t.Payslips.Matched++
	switch {
	case len(rows) == 0:
		t.Payslips.Identical++
	case slices.ContainsFunc(rows, func(d Discrepancy) bool { return d.Status.Open() }):
		t.Payslips.Differing++
	default:
		t.Payslips.Tolerated++
	}
}

// balanced holds a payslip's declared totals against its lines (step 8). The
// employer's total is known by the elements, so not where a code feeds none.
func (p *Payslip) balanced(employer Amount, unmapped bool) bool {
	d := &p.Declared
	agrees := func(declared OptAmount, added Amount) bool { return !declared.Set || declared.Amount == added }
	return agrees(d.ToPay, p.Sums.ToPay) && agrees(d.ToDeduct, p.Sums.ToDeduct) && agrees(d.Net, p.Sums.Net()) &&
		(unmapped || agrees(d.Employer, employer))
}

// doubt counts a payslip whose declared totals are not those of its lines.
func (t *SideTally) doubt(p *Payslip) {
	t.Unbalanced++
	if len(t.Examples) < maxExamples {
		t.Examples = append(t.Examples, p.ID)
	}
}

// verdict is what the discrepancies of one pair amount to.
type verdict struct {
	agent *Agent
	net   Amount
	quiet bool // counted in Quiet, and nowhere else
}
