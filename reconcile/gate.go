package reconcile

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
