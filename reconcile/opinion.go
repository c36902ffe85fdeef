package reconcile

import (
	"encoding/json"

	"github.com/shopspring/decimal"
)

// Opinion is what the gates say of the switchover (avis de bascule), in the
// words of CONTRACT 7.
type Opinion string

// The opinions; the opinion "" is that of a run that no gate may judge.
const (
	Favourable   Opinion = "favorable"
	WithReserves Opinion = "favorable avec réserves"
	Unfavourable Opinion = "défavorable"
)

// Opinions lists them, the best first.
var Opinions = []Opinion{Favourable, WithReserves, Unfavourable}

// Trend is how a figure moved since the run before, seen from the gate.
type Trend string

// The trends; the trend "" is that of a figure that nothing stands before.
const (
	TrendBetter Trend = "better"
	TrendSame   Trend = "same"
	TrendWorse  Trend = "worse"
)

// GateResult is what a gate says of a wave, or of the whole ministry, in a run.
type GateResult struct {
	Gate
	Wave     string // WholeMinistry, NoWave, or a name of vagues.csv
	Figure   Figure // of the run judged; of stability, over the runs that there are
	Measured bool   // false: there was nothing to measure, and the gate is not held
	Held     int    // successive runs, up to this one, in which it holds; at most Runs
	Seen     int    // successive runs that there are; at most Runs, and 2 at least for stability
	OK       bool
	Trend    Trend
}

// Needs is the number of successive runs that a gate looks at: a change takes
// two of them.
func (g *Gate) Needs() int {
	if g.Metric == MetricStability {
		return max(g.Runs, 2)
	}
	return g.Runs
}

// Judgement is what the gates say of a run.
type Judgement struct {
	Results  []GateResult       // in the order of the gates, then of the waves
	Opinion  Opinion            // of the whole
	Waves    map[string]Opinion // by wave
	Awaiting int64              // decisions that would close gaps of the run, and await their visa
}

// resultJSON is how a result is written in summary.json.
type resultJSON struct {
	Gate
	Wave        string           `json:"wave"`
	Value       *decimal.Decimal `json:"value"` // cut to six decimals, null where nothing was measured
	Numerator   int64            `json:"numerator"`
	Denominator int64            `json:"denominator"`
	Held        int              `json:"held"`
	Seen        int              `json:"seen"`
	OK          bool             `json:"ok"`
	Trend       Trend            `json:"trend"`
}

// MarshalJSON writes the value as a number people read, and as the exact fraction.
func (r GateResult) MarshalJSON() ([]byte, error) {
	j := resultJSON{Gate: r.Gate, Wave: r.Wave, Numerator: r.Figure.Value, Denominator: r.Figure.Of, Held: r.Held, Seen: r.Seen, OK: r.OK, Trend: r.Trend}
	if r.Measured {
		value := r.Metric.Decimal(r.Figure)
		j.Value = &value
	}
	return json.Marshal(j)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (r *GateResult) UnmarshalJSON(b []byte) error {
	var j resultJSON
	err := json.Unmarshal(b, &j)
	*r = GateResult{Gate: j.Gate, Wave: j.Wave, Figure: Figure{j.Numerator, j.Denominator}, Measured: j.Value != nil, Held: j.Held, Seen: j.Seen, OK: j.OK, Trend: j.Trend}
	return err
}

// GateSet is a version of the gates: the run that first used it, and when.
type GateSet struct {
	ID    int64
	Hash  string
	At    string // RFC 3339, UTC
	Run   int
	Gates []Gate // by identifier
}

// Loosening is a gate that became less demanding. It is shown for ever.
type Loosening struct {
	At            string // RFC 3339, UTC
	Run           int    // the first that was judged so
	What          Loosened
	Before, After Gate // After is zero when the gate is gone
}

// Loosened is what became less demanding in a gate.
type Loosened string

// What may be loosened. A metric, an operator or a scope that changes counts as
// loosened unless it is sure to ask for more: nothing says that it does.
const (
	LoosenedThreshold Loosened = "threshold"
	LoosenedRuns      Loosened = "runs"
	LoosenedBlocking  Loosened = "blocking"
	LoosenedMetric    Loosened = "metric"
	LoosenedOperator  Loosened = "operator"
	LoosenedScope     Loosened = "scope"
	LoosenedRemoved   Loosened = "removed"
)

// AllLoosened lists them in the order they are told.
var AllLoosened = []Loosened{LoosenedRemoved, LoosenedMetric, LoosenedScope, LoosenedOperator, LoosenedThreshold, LoosenedRuns, LoosenedBlocking}

// UndueMonths is how long undue pay may be claimed back: two years from the first
// day of the month after the payment (loi 2000-321, art. 37-1; DOMAIN 4.4).
const UndueMonths = 24

// Over24 tells whether what was paid in a month is out of reach in another one.
func Over24(paid, now Period) bool { return now-(paid+1) >= UndueMonths }

// AgeTotal sums what the legacy system may have paid wrongly in a month: gaps on
// nets where it pays more than the ONP (possible overpayment) or less, but for
// those that are tolerated, accepted, justified, or the ONP's fault.
type AgeTotal struct {
	Month     Period
	Over24    bool
	Overpaid  Amount // by the legacy side, without sign
	Underpaid Amount
	Count     int64
}

// OwnerTotal counts the open gaps that somebody has to act on.
type OwnerTotal struct {
	Owner    Owner
	Roots    int64 // open gaps that derive from no other
	Gaps     int64 // open gaps in all
	DeltaNet Amount
	Absolute Amount
}

// Owners lists them in the order of every screen.
var Owners = []Owner{OwnerHR, OwnerONP, OwnerLegacy, OwnerReference, OwnerNobody}

// AgeBounds are the last days of the bands that open roots are counted by age
// in; the last band has no end.
var AgeBounds = [3]int{7, 30, 90}

// DecisionTotal counts the decisions of an author by status.
type DecisionTotal struct {
	Status   Status
	Author   string
	Count    int64 // all that were ever taken
	InForce  int64 // that no later one has replaced
	Awaiting int64 // of those, the ones that would close gaps of the run, and await their visa
}

// Judges tells whether the result weighs on the opinion of a wave: its own and
// those of the whole ministry do, and all weigh on that of the whole.
func (r *GateResult) Judges(wave string) bool {
	return wave == WholeMinistry || r.Wave == wave || r.Wave == WholeMinistry
}

// OpinionOn is the opinion on a wave, or on the whole ministry.
func (s *Summary) OpinionOn(wave string) Opinion {
	if wave == WholeMinistry {
		return s.Opinion
	}
	return s.Opinions[wave]
}
