package reconcile

// BudgetFigures are what a run says of the budget of its year: what title 2 paid
// and where it lands, what the switchover does to it, where the project's AE and
// CP stand, and what the project is worth. Lists whose JSON may be left out are
// those that Brief leaves out.
type BudgetFigures struct {
	Year       int                `json:"year"`
	Through    Period             `json:"through"` // last month taken into account
	Run        int                `json:"run"`     // 0 where no run was made yet
	Import     int64              `json:"import"`  // last import taken into account, 0 for none
	Executed   []Period           `json:"executed"`
	Estimated  []Period           `json:"estimated"` // months of the year without a run, estimated by the forecasts
	Total      ProgrammeBudget    `json:"total"`     // of the ministry
	Programmes []ProgrammeBudget  `json:"programmes"`
	Effect     SwitchEffect       `json:"effect"`
	Tolerated  ToleratedCents     `json:"tolerated"`
	Project    *ProjectBudget     `json:"project"` // nil: nothing was imported
	Value      *ProjectValue      `json:"value"`   // nil: nothing was imported
	Alerts     []BudgetAlert      `json:"alerts"`
	Imported   []BudgetImported   `json:"imported"`
	Other      []OtherTitleCredit `json:"other_credits"` // opened beyond title 2
}

// ProgrammeBudget is the title 2 of a programme in the year.
type ProgrammeBudget struct {
	Programme string `json:"programme"` // blank: the ministry
	// Executed is what the side that pays has paid in the months that have a run:
	// the legacy side before the cutover of an agent's wave, ONP from it on.
	Executed   Amount           `json:"executed"`
	Arrears    Amount           `json:"arrears"` // of Executed, what belongs to another month of origin
	Latest     Amount           `json:"latest"`  // executed in the latest month
	Credits    CreditTotals     `json:"credits"`
	Declared   Forecast         `json:"declared"`
	Simple     Forecast         `json:"simple"`
	Explained  Forecast         `json:"explained"`
	Parts      ExplainedParts   `json:"explained_parts"`
	Jobs       JobFigures       `json:"etpt"`
	Categories []CategoryBudget `json:"categories"`
	Months     []ProgrammeMonth `json:"months,omitempty"` // the twelve of the year
}

// CreditTotals are the CP of title 2, where AE are the same.
type CreditTotals struct {
	Told      bool   `json:"told"` // some row opens credits
	LFI       Amount `json:"lfi"`
	Moved     Amount `json:"moved"`     // by all that came after the LFI, but freezes
	Frozen    Amount `json:"frozen"`    // ≤ 0
	Available Amount `json:"available"` // LFI + moved + frozen
}

// Forecast is where the year ends by one method, and what it leaves of the
// available credits. Told is false where the method lacks what it needs.
type Forecast struct {
	Told     bool      `json:"told"`
	YearEnd  Amount    `json:"year_end"`
	Margin   OptAmount `json:"margin"` // available − year end; absent without credits
	Exceeded bool      `json:"exceeded"`
}

// ExplainedParts are what the explained forecast adds to what is executed.
type ExplainedParts struct {
	Base   Amount `json:"base"`   // lasting part of the latest month, for each month that has no run
	Switch Amount `json:"switch"` // what ONP pays more, from the cutovers on
	Season Amount `json:"season"` // what the declared profile says above or below the latest month
	Flows  Amount `json:"flows"`  // entries less exits, at the average cost of a job
	// AverageCost is the lasting part of the latest month for one job (ETP),
	// rounded to the nearest centime.
	AverageCost Amount `json:"average_cost"`
}

// JobFigures are jobs of the year (ETPT).
type JobFigures struct {
	Executed  Jobs    `json:"executed"` // of the months that have a run
	Latest    ETP     `json:"latest"`   // of the latest month
	Declared  OptJobs `json:"declared"` // executed, then the declared profile
	Simple    OptJobs `json:"simple"`   // executed, then the latest month
	Explained OptJobs `json:"explained"`
	Ceiling   OptJobs `json:"ceiling"`
	Margin    OptJobs `json:"margin"` // ceiling − explained
}

// CategoryBudget is what a category of title 2 has paid.
type CategoryBudget struct {
	Title2   string    `json:"category"` // blank: codes that feed no element
	CAS      bool      `json:"cas"`
	Executed Amount    `json:"executed"`
	Credits  OptAmount `json:"credits"` // available; absent where they are not split so
}

// ProgrammeMonth is a month of a programme: executed where it has a run, and
// what the methods give otherwise.
type ProgrammeMonth struct {
	Month    Period    `json:"month"`
	Run      int       `json:"run"` // 0: none
	Legacy   Amount    `json:"legacy"`
	ONP      Amount    `json:"onp"`
	Executed OptAmount `json:"executed"`
	Arrears  Amount    `json:"arrears"`
	Profile  OptAmount `json:"profile"` // declared for the month
	// What each method gives for the month: what is executed where there is a run.
	Declared  OptAmount `json:"declared"`
	Simple    OptAmount `json:"simple"`
	Explained OptAmount `json:"explained"`
	Available Amount    `json:"available"` // credits of the year, at the end of the month
	Jobs      OptJobs   `json:"etpt"`      // executed: a twelfth of the ETP of the month
	Forecast  OptJobs   `json:"etpt_forecast"`
	Entries   ETP       `json:"entries"` // declared
	Exits     ETP       `json:"exits"`
	// Bounded tells that the explained estimate fell below nothing, or beyond any
	// amount, and was held back; Unlike, that the declared profile was not used: in
	// the latest month it is less than a tenth of the lasting pay that it would raise.
	Bounded bool `json:"bounded,omitempty"`
	Unlike  bool `json:"unlike,omitempty"`
}

// SwitchEffect is what the switchover does to the payroll mass: ONP − legacy on
// all that both pay, whoever pays it in fact.
type SwitchEffect struct {
	Legacy   Amount        `json:"legacy"` // of the months that have a run
	ONP      Amount        `json:"onp"`
	Delta    Amount        `json:"delta"`
	Lasting  Amount        `json:"lasting"`
	OneOff   Amount        `json:"one_off"`
	Before   Amount        `json:"before"`    // of the waves not yet switched in their month: what it would do
	After    Amount        `json:"after"`     // of those switched: what it does
	FullYear Amount        `json:"full_year"` // twelve times the lasting part of the latest month
	Months   []EffectMonth `json:"months,omitempty"`
	Waves    []EffectWave  `json:"waves,omitempty"`
}

// EffectMonth is the effect of the switchover in a month, and since January.
type EffectMonth struct {
	Month         Period `json:"month"`
	Run           int    `json:"run"`
	Legacy        Amount `json:"legacy"`
	ONP           Amount `json:"onp"`
	Delta         Amount `json:"delta"` // lasting + one-off
	Lasting       Amount `json:"lasting"`
	OneOff        Amount `json:"one_off"`
	Before        Amount `json:"before"` // of the waves not yet switched
	After         Amount `json:"after"`
	Cumulated     Amount `json:"cumulated"` // of Delta
	CumulatedLast Amount `json:"cumulated_lasting"`
}

// EffectWave is the effect of the switchover on a wave, before its cutover and
// from it on.
type EffectWave struct {
	Wave          string `json:"wave"`
	Label         string `json:"label"`
	Cutover       Period `json:"cutover"` // 0: none
	MonthsBefore  int    `json:"months_before"`
	MonthsAfter   int    `json:"months_after"`
	Before        Amount `json:"before"` // lasting + one-off
	After         Amount `json:"after"`
	LastingBefore Amount `json:"lasting_before"`
	LastingAfter  Amount `json:"lasting_after"`
}

// ToleratedCents are the gaps held to be within tolerance in the latest month.
type ToleratedCents struct {
	Gaps  int64  `json:"gaps"`
	Delta Amount `json:"delta"` // its sign tells whom they favour
	Mass  Amount `json:"mass"`  // the legacy mass that they are a share of
	// Yearly is twelve times Delta; CentPerAgent, one centime a month for each
	// agent of the latest month, over a year (DOMAIN 4.1).
	Yearly       Amount `json:"yearly"`
	Agents       int64  `json:"agents"`
	CentPerAgent Amount `json:"cent_per_agent_yearly"`
}

// ProjectBudget is where the AE and CP of the project stand.
type ProjectBudget struct {
	AsOf        Day                `json:"as_of"` // end of the last month taken into account
	Total       WorkstreamBudget   `json:"total"`
	Workstreams []WorkstreamBudget `json:"workstreams"` // one of blank ID gathers the operations without any
	Commitments []CommitmentBudget `json:"commitments,omitempty"`
	Milestones  []MilestoneState   `json:"milestones,omitempty"`
	Years       []ProjectYear      `json:"years,omitempty"`
}

// WorkstreamBudget is where a workstream stands. AE and CP are of the year; what
// remains to be paid, and the completion, are of all years. What is dated after
// the day of the report is neither committed nor paid yet: it is expected.
type WorkstreamBudget struct {
	ID         string `json:"workstream"`
	Label      string `json:"label"`
	AE         Amount `json:"ae"`
	Committed  Amount `json:"committed"`
	LeftAE     Amount `json:"left_ae"`
	CP         Amount `json:"cp"`
	Paid       Amount `json:"paid"`
	LeftCP     Amount `json:"left_cp"`
	ExpectedAE Amount `json:"expected_ae"` // still to commit before the end of the year
	ExpectedCP Amount `json:"expected_cp"` // still to pay before the end of the year
	AllCommit  Amount `json:"all_committed"`
	AllPaid    Amount `json:"all_paid"`
	ToPay      Amount `json:"to_pay"` // reste à payer: committed less paid, commitment by commitment
	// Further is expected without being committed, by operations or by what is
	// declared for this year and the next ones, the larger of both in each year;
	// Completion is paid + to pay + further.
	Further    Amount `json:"further"`
	Completion Amount `json:"completion"`
	Late       int    `json:"late_milestones"`
}

// CommitmentBudget is what remains to be paid of a commitment.
type CommitmentBudget struct {
	ID         string `json:"operation"`
	Workstream string `json:"workstream"`
	Date       Day    `json:"date"`
	Third      string `json:"third"`
	Label      string `json:"label"`
	AE         Amount `json:"ae"` // with what amends it
	Paid       Amount `json:"paid"`
	ToPay      Amount `json:"to_pay"`
	Expected   Amount `json:"expected"` // payments foreseen
	Payments   int    `json:"payments"`
	Last       Day    `json:"last_payment"`
}

// MilestoneState is a milestone, late or not on the day of the report.
type MilestoneState struct {
	Milestone
	Late bool `json:"late"`
	Days int  `json:"days_late"`
}

// ProjectYear is a year of the project.
type ProjectYear struct {
	Year      int    `json:"year"`
	AE        Amount `json:"ae"`
	Committed Amount `json:"committed"`
	CP        Amount `json:"cp"`
	Paid      Amount `json:"paid"`
	Expected  Amount `json:"expected"` // payments foreseen
}

// ProjectValue is what the project is worth. Where a year has measured amounts of
// a nature, they are retained in the place of the expected ones.
type ProjectValue struct {
	Rate     string       `json:"rate"` // "4%"
	BaseYear int          `json:"base_year"`
	Expected ValueOutcome `json:"expected"` // of what was expected
	Retained ValueOutcome `json:"retained"`
	Years    []ValueYear  `json:"years,omitempty"`
}

// ValueOutcome is what gains and costs come to.
type ValueOutcome struct {
	Gains   Amount `json:"gains"`
	Costs   Amount `json:"costs"`
	Net     Amount `json:"net"`
	Payback int    `json:"payback"` // first year from which the cumulated net stays at or above zero; 0: none
	Present Amount `json:"present"` // net present value, each year rounded to the nearest centime
	// The FTAP test: the gains of the third year after the first cost, against all
	// costs until that year. TestYear is 0 without costs. TestTold is false where no
	// row goes as far as that year: nothing was passed nor failed.
	TestYear   int    `json:"test_year"`
	TestTold   bool   `json:"test_told"`
	TestGains  Amount `json:"test_gains"`
	TestCosts  Amount `json:"test_costs"`
	TestPassed bool   `json:"test_passed"`
}

// ValueYear is a year of the project's value.
type ValueYear struct {
	Year          int    `json:"year"`
	ExpectedGains Amount `json:"expected_gains"`
	MeasuredGains Amount `json:"measured_gains"`
	ExpectedCosts Amount `json:"expected_costs"`
	MeasuredCosts Amount `json:"measured_costs"`
	Gains         Amount `json:"gains"` // retained
	Costs         Amount `json:"costs"`
	Net           Amount `json:"net"`
	Cumulated     Amount `json:"cumulated"`
	Present       Amount `json:"present"` // Net, discounted
}

// BudgetImported counts the rows in force of a kind of file, and sums what they
// hold.
type BudgetImported struct {
	Kind BudgetKind `json:"kind"`
	Rows int        `json:"rows"`
	AE   Amount     `json:"ae"` // or the amounts of a profile or of gains and costs
	CP   Amount     `json:"cp"`
}

// OtherTitleCredit is what a programme opens beyond title 2.
type OtherTitleCredit struct {
	Programme string `json:"programme"`
	Category  string `json:"category"`
	AE        Amount `json:"ae"`
	CP        Amount `json:"cp"`
}

// BudgetAlertCode is what an alert warns of.
type BudgetAlertCode string

// The alerts, the gravest first.
const (
	AlertCreditsExceeded    BudgetAlertCode = "credits_exceeded"     // the explained forecast ends above the available credits
	AlertCeilingExceeded    BudgetAlertCode = "ceiling_exceeded"     // and its jobs above the ceiling
	AlertCPShort            BudgetAlertCode = "cp_short"             // AE are enough for what is expected, CP are not
	AlertCPLacking          BudgetAlertCode = "cp_lacking"           // neither AE nor CP are
	AlertAEShort            BudgetAlertCode = "ae_short"             // AE are not
	AlertCommittedAboveAE   BudgetAlertCode = "committed_above_ae"   // of the year
	AlertPaidAboveCP        BudgetAlertCode = "paid_above_cp"        // of the year
	AlertPaidAboveCommitted BudgetAlertCode = "paid_above_committed" // of one commitment
	AlertMarginLow          BudgetAlertCode = "margin_low"           // below the share declared in the configuration
	AlertMilestoneLate      BudgetAlertCode = "milestone_late"
	AlertNoWorkstream       BudgetAlertCode = "no_workstream" // an operation has none
	AlertGainNought         BudgetAlertCode = "gain_nought"   // measured to be nothing, in the place of what was expected
	AlertCostNought         BudgetAlertCode = "cost_nought"
	AlertProfileMissing     BudgetAlertCode = "profile_missing"
	AlertCreditsMissing     BudgetAlertCode = "credits_missing"
	AlertProfileUnlike      BudgetAlertCode = "profile_unlike"   // the profile is not of the size of what is paid: it was not used
	AlertEstimateBounded    BudgetAlertCode = "estimate_bounded" // the explained estimate of months was held back
	AlertMonthsMissing      BudgetAlertCode = "months_missing"   // months before the last one have no run
)

// BudgetAlerts lists the codes in the order of every screen.
var BudgetAlerts = []BudgetAlertCode{AlertCreditsExceeded, AlertCeilingExceeded, AlertCPShort, AlertCPLacking, AlertAEShort, AlertCommittedAboveAE, AlertPaidAboveCP,
	AlertPaidAboveCommitted, AlertMarginLow, AlertMilestoneLate, AlertNoWorkstream, AlertGainNought, AlertCostNought, AlertProfileMissing, AlertProfileUnlike, AlertCreditsMissing, AlertEstimateBounded, AlertMonthsMissing}

// BudgetAlert is something that the controller must look at.
type BudgetAlert struct {
	Code   BudgetAlertCode `json:"code"`
	Scope  string          `json:"scope"`  // programme, workstream, operation or milestone; blank: all
	Amount Amount          `json:"amount"` // by how much, 0 where that means nothing
	Jobs   Jobs            `json:"etpt"`   // by how much a ceiling is exceeded
	Of     Amount          `json:"of"`     // what was to be kept: credits, AE, CP
	Months []Period        `json:"months,omitempty"`
	Count  int             `json:"count,omitempty"`
}

// Brief is what summary.json keeps of the figures: without the lists of months,
// commitments and milestones, which a workbook shows.
func (f *BudgetFigures) Brief() *BudgetFigures {
	b := *f
	b.Total.Months = nil
	b.Programmes = append([]ProgrammeBudget{}, f.Programmes...)
	for i := range b.Programmes {
		b.Programmes[i].Months = nil
	}
	b.Effect.Months, b.Effect.Waves = nil, nil
	if f.Project != nil {
		p := *f.Project
		p.Commitments, p.Milestones, p.Years = nil, nil, nil
		b.Project = &p
	}
	if f.Value != nil {
		v := *f.Value
		v.Years = nil
		b.Value = &v
	}
	return &b
}
