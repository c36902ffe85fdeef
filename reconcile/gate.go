package reconcile

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"
)

// Metric is what a gate measures, on a wave or on the whole ministry.
type Metric string

// The metrics (CONTRACT 7).
const (
	MetricConcordancePayslips Metric = "concordance_payslips" // share of the payslips of either side that have no open gap
	MetricConcordanceLines    Metric = "concordance_lines"    // share of the pay lines of either side, by element and origin, that have no open gap
	MetricConcordanceAmount   Metric = "concordance_amount"   // 1 − Σ|open gaps| / Σ|amounts of the legacy side|, never below 0
	MetricOpenRoots           Metric = "open_roots"           // open gaps that derive from no other
	MetricMissingPayslips     Metric = "missing_payslips"     // open gaps that are whole payslips
	MetricAbsoluteDeltaShare  Metric = "absolute_delta_share" // Σ|gaps|, whatever their status / Σ|amounts of the legacy side|
	MetricMaxNetGap           Metric = "max_net_gap"          // greatest |gap| on the net of one payslip, open gaps only, centimes
	MetricUnmappedCodes       Metric = "unmapped_codes"       // different codes of either side that no table knows
	MetricRejects             Metric = "rejects"              // rejected lines; of the whole ministry, since a rejected line belongs to no wave
	MetricExplainedShare      Metric = "explained_share"      // share of the roots that have a cause
	MetricStability           Metric = "stability"            // greatest change of concordance_payslips from one run to the next
)

// Metrics lists them in the order of every screen and file.
var Metrics = []Metric{MetricConcordancePayslips, MetricConcordanceLines, MetricConcordanceAmount, MetricOpenRoots, MetricMissingPayslips,
	MetricAbsoluteDeltaShare, MetricMaxNetGap, MetricUnmappedCodes, MetricRejects, MetricExplainedShare, MetricStability}

// Measure is a metric of a run, on a wave or, when Wave is WholeMinistry, on
// all payslips. A share is Value / Of, whose Of is 0 where there is nothing to
// measure; a count or an amount (centimes) is Value, and Of is 1. Stability is
// measured over several runs, and stands in no single one.
type Measure struct {
	Wave   string
	Metric Metric
	Value  int64
	Of     int64
}

// The waves that are none of vagues.csv.
const (
	WholeMinistry = "*"
	NoWave        = "" // the agents that no row of vagues.csv accepts
)

// Share tells whether the metric is a share, given in percent.
func (m Metric) Share() bool {
	switch m {
	case MetricConcordancePayslips, MetricConcordanceLines, MetricConcordanceAmount, MetricAbsoluteDeltaShare, MetricExplainedShare, MetricStability:
		return true
	}
	return false
}

// Figure is an exact number: Value / Of, a Value in centimes where the metric is
// an amount.
type Figure struct{ Value, Of int64 }

// Figure is what was measured.
func (m *Measure) Figure() Figure { return Figure{m.Value, m.Of} }

// Money tells whether the metric is an amount, in centimes.
func (m Metric) Money() bool { return m == MetricMaxNetGap }

// number is the figure's numerator as thresholds count: amounts in euros.
func (m Metric) number(f Figure) decimal.Decimal {
	if m.Money() {
		return decimal.New(f.Value, -2)
	}
	return decimal.NewFromInt(f.Value)
}

// Decimal is the figure as thresholds are written, a share as a fraction, cut to
// six decimals. Of must not be 0.
func (m Metric) Decimal(f Figure) decimal.Decimal {
	const kept = 6
	whole := m.number(f)
	if f.Of == 1 {
		return whole
	}
	quotient, _ := whole.QuoRem(decimal.NewFromInt(f.Of), kept)
	return quotient
}

// Operator compares what is measured with a threshold.
type Operator string

// The operators.
const (
	AtLeast Operator = ">="
	AtMost  Operator = "<="
	Above   Operator = ">"
	Below   Operator = "<"
	Equals  Operator = "="
)

// Operators lists them as a refusal names them.
var Operators = []Operator{AtLeast, AtMost, Above, Below, Equals}

// holds tells whether a value that compares so with the threshold is accepted.
func (o Operator) holds(order int) bool {
	switch o {
	case AtLeast:
		return order >= 0
	case AtMost:
		return order <= 0
	case Above:
		return order > 0
	case Below:
		return order < 0
	}
	return order == 0
}

// What a gate judges: the whole ministry, each wave, or one wave, whose scope is
// ScopeOne and its name.
const (
	ScopeOverall = "overall"
	ScopeWaves   = "wave"
	ScopeOne     = "wave:"
)

// Gate is a criterion of the switchover (CONTRACT 7): what is measured must
// compare so with the threshold, in that many successive runs.
type Gate struct {
	ID        string          `json:"id"`
	Scope     string          `json:"scope"`
	Metric    Metric          `json:"metric"`
	Operator  Operator        `json:"operator"`
	Threshold decimal.Decimal `json:"threshold"` // a share as a fraction, an amount in euros
	Runs      int             `json:"runs"`
	Blocking  bool            `json:"blocking"`
	Label     string          `json:"label"`
	Source    string          `json:"source"`
}

// Accepts tells whether a figure, whose Of is not 0, holds the gate. It is exact.
func (g *Gate) Accepts(f Figure) bool {
	return g.Operator.holds(g.Metric.number(f).Cmp(g.Threshold.Mul(decimal.NewFromInt(f.Of))))
}

// Wave is the one wave that the gate judges, if its scope is one.
func (g *Gate) Wave() (string, bool) { return strings.CutPrefix(g.Scope, ScopeOne) }

// GatesText is a set of gates as it is stored and hashed: JSON, by identifier.
func GatesText(gates []Gate) string {
	sorted := slices.Clone(gates)
	slices.SortFunc(sorted, func(a, b Gate) int { return cmp.Compare(a.ID, b.ID) })
	text, err := json.Marshal(append([]Gate{}, sorted...))
	if err != nil {
		panic(fmt.Sprintf("gates that JSON cannot hold: %v", err))
	}
	return string(text)
}

// GatesHash is the SHA-256 of a set of gates, in hexadecimal.
func GatesHash(gates []Gate) string {
	sum := sha256.Sum256([]byte(GatesText(gates)))
	return hex.EncodeToString(sum[:])
}
