package reconcile

// Kind is what differs: a fact the engine computes.
type Kind string

// The kinds (CONTRACT 5).
const (
	MissingInONP        Kind = "missing_in_onp"
	MissingInLegacy     Kind = "missing_in_legacy"
	LineMissingInONP    Kind = "line_missing_in_onp"
	LineMissingInLegacy Kind = "line_missing_in_legacy"
	AmountDiffers       Kind = "amount"
	SituationDiffers    Kind = "situation"
	BudgetDiffers       Kind = "budget"
	Unmapped            Kind = "unmapped"
	IdentityDoubt       Kind = "identity"
)

// Kinds lists them in the order of every screen and file.
var Kinds = []Kind{MissingInONP, MissingInLegacy, IdentityDoubt, Unmapped, LineMissingInONP, LineMissingInLegacy, AmountDiffers, SituationDiffers, BudgetDiffers}

// Cause is why: an opinion of a named rule.
type Cause string

// The causes (CONTRACT 5).
const (
	CauseRounding     Cause = "rounding"
	CauseProration    Cause = "proration"
	CauseRate         Cause = "rate"
	CauseThreshold    Cause = "threshold"
	CauseSituation    Cause = "situation"
	CauseHandEntered  Cause = "hand_entered"
	CauseTiming       Cause = "timing"
	CauseTacitRenewal Cause = "tacit_renewal"
	CauseArrears      Cause = "arrears"
	CauseMapping      Cause = "mapping"
	CauseIdentity     Cause = "identity"
	CauseAccountant   Cause = "accountant"
	CauseSign         Cause = "sign"
	CauseDuplicate    Cause = "duplicate"
	CauseSwapped      Cause = "swapped"
	CauseBudgetOnly   Cause = "budget_only"
	CauseDerived      Cause = "derived"
	CauseUnexplained  Cause = "unexplained"
)

// Causes lists them in the order of every screen and file.
var Causes = []Cause{CauseIdentity, CauseDuplicate, CauseMapping, CauseSituation, CauseRate, CauseThreshold, CauseDerived, CauseProration,
	CauseArrears, CauseTiming, CauseTacitRenewal, CauseSign, CauseSwapped, CauseHandEntered, CauseAccountant, CauseBudgetOnly, CauseRounding, CauseUnexplained}

// Fault is the side that is wrong: an opinion too.
type Fault string

// The verdicts.
const (
	FaultLegacy  Fault = "legacy"
	FaultONP     Fault = "onp"
	FaultBoth    Fault = "both"
	FaultUnknown Fault = "unknown"
)

// Evolution compares a discrepancy with the previous run. Those gone are
// counted as Resolved and stand in no list.
type Evolution string

// The evolutions.
const (
	EvolutionNew        Evolution = "new"
	EvolutionPersisting Evolution = "persisting"
	EvolutionChanged    Evolution = "changed"
	EvolutionReopened   Evolution = "reopened"
	EvolutionResolved   Evolution = "resolved"
)

// Evolutions lists them in the order of every screen and file.
var Evolutions = []Evolution{EvolutionNew, EvolutionReopened, EvolutionChanged, EvolutionPersisting, EvolutionResolved}

// Status is what was decided about a discrepancy.
type Status string

// The statuses. The first four are open: they keep a wave from switching.
const (
	StatusOpen        Status = "open"
	StatusToFixLegacy Status = "to_fix_legacy"
	StatusToFixONP    Status = "to_fix_onp"
	StatusToFixHR     Status = "to_fix_hr"
	StatusJustified   Status = "justified"
	StatusAccepted    Status = "accepted"
	StatusTolerated   Status = "tolerated"
)

// Statuses lists them in the order of every screen and file.
var Statuses = []Status{StatusOpen, StatusToFixLegacy, StatusToFixONP, StatusToFixHR, StatusJustified, StatusAccepted, StatusTolerated}

// Open tells whether the discrepancy still awaits an end.
func (s Status) Open() bool {
	return s != StatusJustified && s != StatusAccepted && s != StatusTolerated
}

// Discrepancy is one difference between both sides on one payslip.
type Discrepancy struct {
	Fingerprint string // stable from run to run while the same thing differs on the same payslip
	Key         string // identity key of the payslip
	Dossier     string
	Matricule   string
	Name        string
	Service     string
	Programme   string
	BOP         string
	Wave        string

	Kind    Kind
	Element string // element code, name of a field, raw code of an unmapped line; blank for a whole payslip
	Side    Side   // of an unmapped code, or the side concerned by an identity doubt
	Sense   Sense  // under which the amounts are totalled; 0 for a whole payslip, a field, an identity
	Origin  Period // 0 where it makes no sense

	// Amounts, signed from the agent's side for P and D. For a field they are 0
	// and the texts tell; for an identity or a missing payslip the texts tell the
	// dossiers, accountants or candidates in doubt. Delta is ONP − Legacy.
	Legacy, ONP, Delta         Amount
	LegacyText, ONPText        string
	LegacyLines, ONPLines      int32  // pay lines summed on each side
	DeltaNet, DeltaInformation Amount // effect on the net to pay; effect on lines outside the net
	LegacyPayslip, ONPPayslip  int64  // rows in the store, 0 when missing
	Cause                      Cause
	Rule                       string // name of the rule that gave the cause
	Root                       string // fingerprint of the discrepancy this one derives from
	AtFault                    Fault
	Evidence                   []Fact // what the rule relied upon, in its order
	Pattern                    string // what it has in common with the others of its cluster
	Cluster                    string // identifier of the cluster of a root, blank where it derives
	Effect                     Effect // of a root, with what derives from it
	Evolution                  Evolution
	Status                     Status
	Decision                   string // reference of the decision carried, or the reason of what is not compared
	Reopened                   string // why that decision no longer holds: a Reopened word and what it says; blank while it does
	FirstSeen                  string // AAAA-MM-JJ
	AgeDays                    int

	ordinal int // tells several doubles of one payslip apart
}

// text is the text of a side.
func (d *Discrepancy) text(side Side) *string {
	if side == ONP {
		return &d.ONPText
	}
	return &d.LegacyText
}

// Monetary tells whether the discrepancy moves money.
func (d *Discrepancy) Monetary() bool { return d.DeltaNet != 0 || d.DeltaInformation != 0 }
