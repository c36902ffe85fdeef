package reconcile

import (
	"slices"

	"github.com/shopspring/decimal"
)

// ElementCode names a pivot element: what both sides' codes are translated to.
type ElementCode string

// ElementKind tells what a pivot element is for the agent and the budget.
type ElementKind string

// The kinds of elements.csv.
const (
	Gain      ElementKind = "gain"      // paid to the agent
	Retenue   ElementKind = "retenue"   // deducted from him
	Patronale ElementKind = "patronale" // employer contribution, outside the net
	Info      ElementKind = "info"      // other lines outside the net
)

// Sense is the sense under which an element of this kind is totalled.
func (k ElementKind) Sense() Sense {
	switch k {
	case Gain:
		return ToPay
	case Retenue:
		return ToDeduct
	}
	return Information
}

// Valid tells whether k is one of the four.
func (k ElementKind) Valid() bool { return k == Gain || k == Retenue || k == Patronale || k == Info }

// Element is a row of elements.csv.
type Element struct {
	Code             ElementCode
	LabelFR, LabelEN string
	Kind             ElementKind
	Title2           string // title-2 category: 21 pay, 22 contributions, 23 benefits; blank outside the budget
	CAS              bool   // borne by the CAS Pensions
	Account          string // account of the Plan comptable de l'État
	Tolerance        OptAmount
	Formula          string
	Bases            []string // words of the bases that its amount enters, for formulas
	Line             int      // of elements.csv, for errors about the formula
	Compared         bool     // false: gaps are listed as justified, for Reason
	Reason           string   // why it is not compared
}

// Label is the element's name in a language, "fr" or "en".
func (e *Element) Label(lang string) string {
	if lang == "en" && e.LabelEN != "" {
		return e.LabelEN
	}
	return e.LabelFR
}

// Correspondence is a row of correspondances.csv: a code of one side feeds a
// pivot element. Several codes of a side may feed one element.
type Correspondence struct {
	Element  ElementCode
	Side     Side
	Code     Code
	Factor   int64 // 1 or -1
	From, To Period
}

// Unit is the unit of a rate or a scale value.
type Unit string

// The units of rates.csv and scales.csv.
const (
	UnitPercent   Unit = "percent"    // 8.76 means 8.76 %
	UnitEuroMonth Unit = "euro_month" // euros a month
	UnitEuroYear  Unit = "euro_year"  // euros a year
	UnitPoints    Unit = "points"     // index points
	UnitNumber    Unit = "number"     // anything else
)

// Valid tells whether u is one of the five.
func (u Unit) Valid() bool {
	return u == UnitPercent || u == UnitEuroMonth || u == UnitEuroYear || u == UnitPoints || u == UnitNumber
}

// Rate is a row of rates.csv: a dated value with its legal source.
type Rate struct {
	Name     string
	Label    string
	Value    decimal.Decimal
	Unit     Unit
	From, To Period
	Source   string // decree or page
	Mark     string // confidence: S sure, L likely, U unverified, D derived, X invented for the demo
}

// ScaleRow is a row of scales.csv: one step of a dated scale, found by its key.
type ScaleRow struct {
	Scale    string
	Key      string
	Value    decimal.Decimal
	Unit     Unit
	From, To Period
	Source   string
	Mark     string
}

// Base is a row of bases.csv: an amount that several formulas share.
type Base struct {
	Name, Label, Formula string
	Source, Mark         string
	Line                 int
}

// ScaleKey is a row of cles_baremes.csv: of a scale that is not keyed by the
// field itself, the key that holds for the values of a pattern. The first row
// whose pattern accepts wins.
type ScaleKey struct {
	Scale   string
	Field   Field
	Pattern string
	Key     string
}

// Wave is a row of vagues.csv: a part of the ministry that switches together.
type Wave struct {
	Name, Label string
	Cutover     Period
	Selectors   []Selector
}

// Selector is a condition on one field of the agent. Pattern may hold the
// wildcards * and ?; the pattern "" accepts everything.
type Selector struct {
	Field   Field
	Pattern string
}

// CrosswalkRow is a row of identites.csv: the same person under two keys.
type CrosswalkRow struct {
	LegacyKey, ONPKey, Reason string
}

// Tables are the business facts of a ministry: the folder of mappings, read
// and validated as a whole.
type Tables struct {
	Elements        []Element
	Correspondences []Correspondence
	Rates           []Rate
	Scales          []ScaleRow
	ScaleKeys       []ScaleKey
	Bases           []Base
	Waves           []Wave
	Crosswalk       []CrosswalkRow
	Reasons         []Reason
	Gates           []Gate
	Hash            string // SHA-256 of the files' contents, in the order of their names
}

// Rate finds the value of a named rate in a month.
func (t *Tables) Rate(name string, p Period) (*Rate, bool) {
	for i := range t.Rates {
		if r := &t.Rates[i]; r.Name == name && p.Within(r.From, r.To) {
			return r, true
		}
	}
	return nil, false
}

// Scale finds the step of a scale that has this key in a month.
func (t *Tables) Scale(name, key string, p Period) (*ScaleRow, bool) {
	for i := range t.Scales {
		if r := &t.Scales[i]; r.Scale == name && r.Key == key && p.Within(r.From, r.To) {
			return r, true
		}
	}
	return nil, false
}

// Element finds a pivot element by its code.
func (t *Tables) Element(code ElementCode) (*Element, bool) {
	for i := range t.Elements {
		if t.Elements[i].Code == code {
			return &t.Elements[i], true
		}
	}
	return nil, false
}

// WaveOf is the name of the first wave whose selectors all accept the agent,
// or nothing.
func (t *Tables) WaveOf(a *Agent) string {
	for i := range t.Waves {
		if t.Waves[i].accepts(a) {
			return t.Waves[i].Name
		}
	}
	return ""
}

func (w *Wave) accepts(a *Agent) bool {
	for _, s := range w.Selectors {
		if s.Pattern == "" {
			continue
		}
		if !MatchPattern(s.Pattern, a.Text(s.Field)) {
			return false
		}
	}
	return true
}

// Mapping is Tables resolved for what a run compares: what the engine looks up
// for each line. It is read-only and may be shared by goroutines.
type Mapping struct {
	Elements []Element
	targets  [2]map[Code]Target
	lags     [2]Period // what is added to a side's months of origin
}

// Target is what a code feeds.
type Target struct {
	Element int32 // index in Mapping.Elements
	Factor  int8
}

// At resolves the tables for both systems in a month of pay.
func (t *Tables) At(p Period) *Mapping { return t.For(p, Months{}) }

// For resolves the tables for a run of month p: each side's codes are those of
// the system that takes its place, as valid in the month it was paid.
func (t *Tables) For(p Period, months Months) *Mapping {
	m := &Mapping{Elements: t.Elements}
	index := make(map[ElementCode]int32, len(t.Elements))
	for i := range t.Elements {
		index[t.Elements[i].Code] = int32(i)
	}
	for _, side := range Sides {
		system, paid := months.Source(side, p)
		m.targets[side], m.lags[side] = make(map[Code]Target), months.lag(side, p)
		for _, c := range t.Correspondences {
			if e, ok := index[c.Element]; ok && c.Side == system && paid.Within(c.From, c.To) {
				m.targets[side][c.Code] = Target{Element: e, Factor: int8(c.Factor)}
			}
		}
	}
	return m
}

// InForce tells whether any code of a system has a correspondence in a month.
func (t *Tables) InForce(side Side, p Period) bool {
	return slices.ContainsFunc(t.Correspondences, func(c Correspondence) bool { return c.Side == side && p.Within(c.From, c.To) })
}

func (m *Mapping) knows(side Side, code Code) bool {
	_, ok := m.targets[side][code]
	return ok
}

// Target finds what a line of the given code and sense feeds. A code that
// stands on the wrong side of the payslip for its element, an employer line
// for an element of the net say, feeds nothing: adding it there would falsify
// a total.
func (m *Mapping) Target(side Side, code Code, sense Sense) (Target, bool) {
	t, ok := m.targets[side][code]
	if !ok || m.Elements[t.Element].Kind.Sense().Net() != sense.Net() {
		return Target{}, false
	}
	return t, true
}
