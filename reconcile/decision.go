package reconcile

import (
	"fmt"
	"strconv"
	"strings"
)

// Reason is a row of motifs.csv: why a decision may be taken.
type Reason struct {
	Code             string
	LabelFR, LabelEN string
	Statuses         []Status // that it may give; none: all
	Months           int      // how long its decisions hold, the month of the run included; 0 without limit
	Free             bool     // takes the texts that are no reason of the list
	Source           string
}

// Label is the reason's name in a language, "fr" or "en".
func (r *Reason) Label(lang string) string {
	if lang == "en" && r.LabelEN != "" {
		return r.LabelEN
	}
	return r.LabelFR
}

// Gives tells whether the reason may give a status.
func (r *Reason) Gives(s Status) bool {
	if len(r.Statuses) == 0 {
		return true
	}
	for _, of := range r.Statuses {
		if of == s {
			return true
		}
	}
	return false
}

// Reason finds a reason by its code.
func (t *Tables) Reason(code string) (*Reason, bool) {
	for i := range t.Reasons {
		if t.Reasons[i].Code == code {
			return &t.Reasons[i], true
		}
	}
	return nil, false
}

// Decision is what somebody decided about a gap, or about all those of a
// cluster, today's and tomorrow's. It is never changed: a later one of the same
// scope takes its place.
type Decision struct {
	ID     int64
	Import int64  // the import that brought it
	Run    int    // whose workbook it was written in
	Place  string // file, sheet and row it was read from
	At     string // RFC 3339, UTC: when it was imported

	Fingerprint string    // of the gap; blank when the scope is a cluster
	Cluster     Predicate // zero when the scope is a gap
	Kind        Kind      // of the gap, or of the roots of the cluster: AmountDiffers for the lines missing on one side too
	Element     string

	// Amount is the delta it was given for, the sum of the deltas of a cluster. It
	// holds while the delta of a gap stands between Low and High, both included,
	// and while the texts of a field that differs are the same.
	Amount, Low, High   Amount
	LegacyText, ONPText string

	Status    Status
	Reason    string // code of motifs.csv
	Reference string // of the decision or its evidence, as written
	Author    string
	Visa      string // of somebody else; blank: the decision awaits it
	Comment   string
	From, To  Period // months of pay in which it holds; To 0: without limit
	Basis     Basis
	Replaces  int64 // the former decision of the same scope, 0 for none
}

// Predicate is a cluster as a condition: a root of the decision's kind and
// element, of this cause, rule and pattern, in this population. The pattern ""
// accepts any amount but those that had a cluster of their own (Basis.Apart).
type Predicate struct {
	ID      string // identifier of the cluster, ClusterOf
	Cause   Cause
	Rule    string
	Pattern string
	Axis    string // population: "service", "programme", "wave", "bop"; blank for the whole ministry
	Value   string
}

// Accepts tells whether a root is inside the population of the predicate.
func (p *Predicate) Accepts(d *Discrepancy) bool { return p.Axis == "" || d.Along(p.Axis) == p.Value }

// Along is the value of a discrepancy on an axis that populations are cut by.
func (d *Discrepancy) Along(axis string) string {
	switch axis {
	case "service":
		return d.Service
	case "programme":
		return d.Programme
	case "bop":
		return d.BOP
	case "wave":
		return d.Wave
	}
	return ""
}

// Basis is what a decision rests upon: the correspondences of its element, the
// rates that its evidence names, and the clusters beside its own, as they stood.
type Basis struct {
	Mapping string      `json:"mapping,omitempty"` // digest; blank where no element is concerned
	Rates   []BasisRate `json:"rates,omitempty"`
	Apart   []string    `json:"apart,omitempty"` // patterns that had a cluster of their own beside that of various amounts: it says nothing of them
}

// Grounds are what decisions may rest upon in a month: a digest of the
// correspondences of each element, and the value in force of each rate and of
// each step of a scale, as "SCALE/KEY".
type Grounds struct {
	Mappings map[string]string `json:"mappings"`
	Rates    map[string]string `json:"rates"`
}

// BasisRate is a rate, or a step of a scale as "SCALE/KEY", and its value.
type BasisRate struct{ Name, Value string }

// Awaits tells whether the decision waits for its visa: it closes gaps, and
// nobody else has signed.
func (d *Decision) Awaits() bool { return !d.Status.Open() && d.Visa == "" }

// Ref is how screens and files call a decision: D-12.
func (d *Decision) Ref() string { return DecisionRef(d.ID) }

// DecisionRef writes the reference of a decision.
func DecisionRef(id int64) string { return fmt.Sprintf("D-%d", id) }

// ParseDecisionRef reads the reference of a decision.
func ParseDecisionRef(s string) (int64, bool) {
	digits, ok := strings.CutPrefix(s, "D-")
	if !ok {
		return 0, false
	}
	id, err := strconv.ParseInt(digits, 10, 64)
	return id, err == nil && id > 0
}

// Why a decision that was carried no longer holds: a word, then what it says.
const (
	ReopenedAmount  = "amount"  // the delta it was given for
	ReopenedRange   = "range"   // the bounds it was given for
	ReopenedTexts   = "texts"   // the values of the field have changed
	ReopenedExpired = "expired" // the last month in which it held
	ReopenedMapping = "mapping" // the correspondences of the element have changed
	ReopenedRate    = "rate"    // the rate, its former value, its present one
	AwaitsVisa      = "visa"    // nobody else has signed yet
)

// Reviewer gives the discrepancies of a pair the decisions that hold for them,
// once they are explained. Several goroutines share one.
type Reviewer interface{ Review(rows []Discrepancy) }

// Owner is who has to act on a gap.
type Owner string

// The owners (DOMAIN 7).
const (
	OwnerHR        Owner = "sirh"
	OwnerONP       Owner = "onp"
	OwnerLegacy    Owner = "psop"
	OwnerReference Owner = "referentiel" // tables of correspondence and rates
	OwnerNobody    Owner = ""            // to be analysed, or closed
)

// Owner tells who has to act: what was decided says it, or else the side at
// fault and the cause.
func (d *Discrepancy) Owner() Owner {
	switch d.Status {
	case StatusToFixLegacy:
		return OwnerLegacy
	case StatusToFixONP:
		return OwnerONP
	case StatusToFixHR:
		return OwnerHR
	case StatusOpen:
	default:
		return OwnerNobody
	}
	switch {
	case d.Kind == Unmapped || d.Cause == CauseMapping:
		return OwnerReference
	case d.AtFault == FaultLegacy:
		return OwnerLegacy
	case d.AtFault == FaultONP:
		return OwnerONP
	case d.Kind == SituationDiffers || d.Cause == CauseSituation || d.Kind == IdentityDoubt:
		return OwnerHR
	}
	return OwnerNobody
}
