package reconcile

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// Summary is what a run found, in figures: summary.json (CONTRACT 5), frozen
// when the run is recorded. Keys are added, never renamed.
type Summary struct {
	Run           int                `json:"run"`
	Period        Period             `json:"period"`
	PreviousRun   int                `json:"previous_run"`  // 0 when there is none
	Compares      string             `json:"compares"`      // ComparesSystems or ComparesMonths
	LegacyPeriod  Period             `json:"legacy_period"` // of two months, the earlier, which stands as legacy
	System        string             `json:"side"`          // of two months, the one system
	Legacy        SideSummary        `json:"legacy"`
	ONP           SideSummary        `json:"onp"`
	Payslips      PayslipSummary     `json:"payslips"`
	Discrepancies DiscrepancySummary `json:"discrepancies"`
	Closing       Closing            `json:"closing"`
	Gates         []GateResult       `json:"gates"`
	Opinion       Opinion            `json:"opinion"`       // of the whole; blank where no gate judges
	Opinions      map[string]Opinion `json:"opinions"`      // by wave
	Budget        *BudgetFigures     `json:"budget"`        // in brief; nil where months are compared
	AwaitingVisa  int64              `json:"awaiting_visa"` // decisions that would close gaps of the run, and that nobody else has signed yet
	Outputs       []Output           `json:"outputs"`
	Seconds       Seconds            `json:"seconds"`
	Seal          string             `json:"seal"`  // hash of the run in the chain, which verify walks; blank for a run made before it
	Notes         []string           `json:"notes"` // warnings a reader must know, in the language of the outputs; they never change the exit code
	// Sayings are what the notes are made of. The store keeps them, no output shows
	// them; runs recorded by an earlier version have notes alone.
	Sayings []*Saying `json:"sayings,omitempty"`
}

// Side is the summary of one side.
func (s *Summary) Side(side Side) *SideSummary {
	if side == ONP {
		return &s.ONP
	}
	return &s.Legacy
}

// SideSummary is what one side's files held.
type SideSummary struct {
	Files    int   `json:"files"`
	Agents   int64 `json:"agents"`   // distinct persons
	Payslips int64 `json:"payslips"` // as the files delimit them
	Lines    int64 `json:"lines"`
	Rejected int64 `json:"rejected"`
	// Of the rejected lines whose amount could be read, in no other total.
	RejectedSums Sums       `json:"rejected_sums"`
	Aside        int64      `json:"aside"`      // titles and totals that the layout keeps apart
	Duplicates   int64      `json:"duplicates"` // payslips met twice in different files, summed once
	Unbalanced   int64      `json:"unbalanced"` // payslips whose declared totals are not those of their lines
	ToPay        Amount     `json:"to_pay"`
	ToDeduct     Amount     `json:"to_deduct"`
	Information  Amount     `json:"information"`
	NIR          NIRSummary `json:"nir"`
}

// NIRSummary counts payslips by the state of their NIR.
type NIRSummary struct {
	Valid       int64 `json:"valid"`
	KeyAbsent   int64 `json:"key_absent"`
	WrongKey    int64 `json:"wrong_key"`
	Provisional int64 `json:"provisional"`
	Malformed   int64 `json:"malformed"`
	Masked      int64 `json:"masked"`
	Absent      int64 `json:"absent"`
}

// PayslipSummary counts payslips by verdict. Matched = identical + tolerated +
// differing.
type PayslipSummary struct {
	Matched         int64 `json:"matched"`
	Identical       int64 `json:"identical"`
	Tolerated       int64 `json:"tolerated"` // no open discrepancy: tolerated or justified ones only
	Differing       int64 `json:"differing"`
	MissingInONP    int64 `json:"missing_in_onp"`
	MissingInLegacy int64 `json:"missing_in_legacy"`
}

// DiscrepancySummary counts and sums discrepancies. Delta sums the effects on
// nets, DeltaInformation those outside the net, Absolute both without signs.
type DiscrepancySummary struct {
	Total            int64               `json:"total"`
	Open             int64               `json:"open"`
	Justified        int64               `json:"justified"`
	Tolerated        int64               `json:"tolerated"`
	Roots            int64               `json:"roots"`
	ByKind           map[Kind]int64      `json:"by_kind"`
	ByCause          map[Cause]int64     `json:"by_cause"`
	ByEvolution      map[Evolution]int64 `json:"by_evolution"`
	Delta            Amount              `json:"delta"`
	DeltaInformation Amount              `json:"delta_information"`
	Absolute         Amount              `json:"absolute"`
	ToleratedDelta   Amount              `json:"tolerated_delta"` // signed sum of the tolerated gaps
}

// Closing is the proof that no centime was lost between the files and the
// discrepancies.
type Closing struct {
	OK       bool    `json:"ok"`
	Identity string  `json:"identity"` // "Σ écarts = Σ ONP − Σ PSOP" in figures
	Checks   []Check `json:"checks"`
}

// Check is one equality that must hold exactly.
type Check struct {
	Name        string // which equality
	Scope       string // of what: a side, a file, an element and programme…
	Left, Right Amount
	Counted     bool // Left and Right count things, not centimes
	OK          bool
	Note        string // blank, or as NoteOf writes it
}

// The notes of checks: a word, then an amount.
const (
	NoteTransfer    = "transfer"     // booked on another programme by one of the sides
	NoteUnreadSense = "unread_sense" // of rejected lines whose sense cannot be read
)

// NoteOf writes a note.
func NoteOf(word string, amount Amount) string { return word + " " + amount.String() }

// checkJSON is how a Check is written: with amounts, or with plain counts.
type checkJSON[T any] struct {
	Name    string `json:"name"`
	Scope   string `json:"scope"`
	Left    T      `json:"left"`
	Right   T      `json:"right"`
	Counted bool   `json:"counted,omitempty"`
	OK      bool   `json:"ok"`
	Note    string `json:"note,omitempty"`
}

// MarshalJSON writes counts as numbers, amounts as strings of two decimals.
func (c Check) MarshalJSON() ([]byte, error) {
	if c.Counted {
		return json.Marshal(checkJSON[int64]{c.Name, c.Scope, int64(c.Left), int64(c.Right), true, c.OK, c.Note})
	}
	return json.Marshal(checkJSON[Amount]{c.Name, c.Scope, c.Left, c.Right, false, c.OK, c.Note})
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (c *Check) UnmarshalJSON(b []byte) error {
	var kind struct{ Counted bool }
	if err := json.Unmarshal(b, &kind); err != nil {
		return err
	}
	if kind.Counted {
		var v checkJSON[int64]
		err := json.Unmarshal(b, &v)
		*c = Check{v.Name, v.Scope, Amount(v.Left), Amount(v.Right), true, v.OK, v.Note}
		return err
	}
	var v checkJSON[Amount]
	err := json.Unmarshal(b, &v)
	*c = Check{v.Name, v.Scope, v.Left, v.Right, false, v.OK, v.Note}
	return err
}

// Seconds is the time each stage took.
type Seconds struct {
	Load    Millis `json:"load"`
	Compare Millis `json:"compare"`
	Report  Millis `json:"report"`
}

// Millis is a duration in milliseconds, written in JSON as a number of seconds.
type Millis int64

// String prints seconds with three decimals, "5.750".
func (m Millis) String() string { return fmt.Sprintf("%d.%03d", m/1000, m%1000) }

// MarshalJSON writes the number of seconds.
func (m Millis) MarshalJSON() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalJSON reads what MarshalJSON wrote.
func (m *Millis) UnmarshalJSON(b []byte) error {
	whole, fraction, _ := strings.Cut(string(b), ".")
	v, err := strconv.ParseInt(whole+(fraction + "000")[:3], 10, 64)
	*m = Millis(v)
	return err
}

// Output is a published file and the digest of its content.
type Output struct {
	File   string `json:"file"`
	SHA256 string `json:"sha256"`
}

// CauseTotal sums the discrepancies of one cause, or of one cause, kind and
// status. Effect is that of its roots and all that derives from them.
type CauseTotal struct {
	Cause            Cause
	Kind             Kind
	Status           Status
	Count            int64
	Agents           int64
	Open             int64
	Roots            int64
	DeltaNet         Amount
	DeltaInformation Amount
	Absolute         Amount
	Effect           Effect
	AtFault          FaultSplit
}

// FaultSplit counts roots by the side at fault.
type FaultSplit struct{ Legacy, ONP, Both, Unknown int64 }

// EvolutionTotal sums the discrepancies of one evolution since the previous run.
type EvolutionTotal struct {
	Evolution Evolution
	Count     int64
	DeltaNet  Amount // effect on nets; of those resolved, as they were
	Moved     Amount // what that effect changed by
}

// Aggregate sums the discrepancies of one programme, kind, cause and status.
type Aggregate struct {
	Programme        string
	Kind             Kind
	Cause            Cause
	Status           Status
	Count            int64
	Roots            int64
	DeltaNet         Amount
	DeltaInformation Amount
	Absolute         Amount
	Rest             bool // of all those beyond the ones told apart
}

// Cluster is a set of roots that look alike across agents: the unit a person
// decides on. The deltas are those of the roots alone.
type Cluster struct {
	ID               string
	Kind             Kind
	Element          string
	Cause            Cause
	Rule             string
	Pattern          string   // what they have in common: the equal delta ("=" and centimes), words of the rule; blank for various amounts
	Apart            []string // of various amounts: the patterns of the equal ones, which have clusters of their own
	Count            int64
	Agents           int64
	Open             int64
	Low, High        Amount // least and greatest delta of its roots
	DeltaNet         Amount
	DeltaInformation Amount
	Effect           Effect // with all that derives from them
	Absolute         Amount // without signs, on the net and on employer contributions
	AtFault          FaultSplit
	ByCount          int64 // its rank by number of roots, from 1
	Services         Spread
	Waves            Spread
	Programmes       Spread
	Examples         Spread       // matricules, in their order
	Example          *Discrepancy // one of the roots, the same while it lasts
}

// Spread is where the roots of a cluster are found.
type Spread struct {
	Count int64    // different values
	First []string // some of them, those of most roots first
}

// CodeCoverage is a row of the sheet Correspondances: a code of one side, what
// it feeds, and what went through it.
type CodeCoverage struct {
	Side    Side
	Code    Code
	Label   string // as the file prints it
	Sense   Sense
	Element ElementCode // blank when unmapped
	Factor  int64
	Lines   int64
	Amount  Amount
	Seen    bool // false: mapped, never met
}
