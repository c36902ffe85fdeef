package reconcile

import (
	"encoding/json"
	"fmt"
	"strings"
)

// BudgetKind is what a file of the budget holds: its own header tells it.
type BudgetKind string

// The kinds of files of the budget.
const (
	BudgetCredits     BudgetKind = "credits"
	BudgetCeilings    BudgetKind = "plafonds"
	BudgetProfile     BudgetKind = "profil"
	BudgetWorkstreams BudgetKind = "chantiers"
	BudgetOperations  BudgetKind = "operations"
	BudgetMilestones  BudgetKind = "jalons"
	BudgetValues      BudgetKind = "valeur"
)

// BudgetKinds lists them in the order they are read and shown: operations and
// milestones refer to workstreams.
var BudgetKinds = []BudgetKind{BudgetCredits, BudgetCeilings, BudgetProfile, BudgetWorkstreams, BudgetOperations, BudgetMilestones, BudgetValues}

// Day is a date, AAAA-MM-JJ: it sorts as text. A blank Day is none.
type Day string

// Year is the calendar year of the date, 0 for none.
func (d Day) Year() int { return d.Period().Year() }

// Period is the month of the date.
func (d Day) Period() Period {
	if len(d) < 7 {
		return 0
	}
	p, _ := ParsePeriod(string(d[:7]))
	return p
}

// Title2 is the category of credits of title 2 that are not split.
const Title2 = "2"

// InTitle2 tells whether a category of expenses belongs to title 2, personnel.
func InTitle2(category string) bool { return strings.HasPrefix(category, Title2) }

// CreditNature is what moves credits.
type CreditNature string

// What moves credits, in the order of a year.
const (
	CreditLFI        CreditNature = "lfi"
	CreditReport     CreditNature = "report"
	CreditLFR        CreditNature = "lfr"
	CreditVirement   CreditNature = "virement"
	CreditTransfert  CreditNature = "transfert"
	CreditFonds      CreditNature = "fonds de concours"
	CreditAvance     CreditNature = "decret d'avance"
	CreditAnnulation CreditNature = "annulation"
	CreditGel        CreditNature = "gel"
	CreditDegel      CreditNature = "degel"
)

// CreditNatures lists them.
var CreditNatures = []CreditNature{CreditLFI, CreditReport, CreditLFR, CreditVirement, CreditTransfert, CreditFonds, CreditAvance, CreditAnnulation, CreditGel, CreditDegel}

// Freezes tells whether the nature moves what is frozen: a freeze takes nothing
// from the credits, but from what may be spent.
func (n CreditNature) Freezes() bool { return n == CreditGel || n == CreditDegel }

// Credit is a movement of credits: signed as it moves them, so that a freeze and
// a cancellation are negative.
type Credit struct {
	Year      int          `json:"exercice"`
	Programme string       `json:"programme"`
	Category  string       `json:"categorie"` // 21, 22, 23, Title2, or of another title
	CAS       string       `json:"cas"`       // oui, non, or blank: both
	Nature    CreditNature `json:"nature"`
	Date      Day          `json:"date"`
	AE        Amount       `json:"ae"`
	CP        Amount       `json:"cp"`
	Label     string       `json:"libelle"`
	Source    string       `json:"source"`
}

// Ceiling is how many jobs a programme may pay in a year.
type Ceiling struct {
	Year      int    `json:"exercice"`
	Programme string `json:"programme"` // blank: the ministry
	Jobs      Jobs   `json:"etpt"`
	Label     string `json:"libelle"`
	Source    string `json:"source"`
}

// Says tells whether the row moves anything.
func (c *Credit) Says() bool { return c.AE != 0 || c.CP != 0 }

// Says tells whether the row sets a ceiling: nobody writes down the ceiling of a
// programme that may pay no job at all.
func (c *Ceiling) Says() bool { return c.Jobs != 0 }

// ProfileMonth is what a programme was declared to spend in a month. Jobs are
// those of the month: a twelfth of them counts in the year. Entries and exits
// move them from that month on.
type ProfileMonth struct {
	Year      int    `json:"exercice"`
	Programme string `json:"programme"`
	Category  string `json:"categorie"` // 21, 22, 23 or Title2
	Month     Period `json:"mois"`
	Amount    Amount `json:"montant"`
	Jobs      ETP    `json:"etpt"` // 0: not told
	Entries   ETP    `json:"entrees"`
	Exits     ETP    `json:"sorties"`
}

// Says tells whether the row declares anything.
func (p *ProfileMonth) Says() bool {
	return p.Amount != 0 || p.Jobs != 0 || p.Entries != 0 || p.Exits != 0
}

// Workstream is what a workstream (chantier) of the project may commit and pay in
// a year, reports included, and what it expects to.
type Workstream struct {
	ID         string `json:"chantier"`
	Label      string `json:"libelle"`
	Year       int    `json:"exercice"`
	AE         Amount `json:"ae"`
	CP         Amount `json:"cp"`
	ExpectedAE Amount `json:"prevision_ae"`
	ExpectedCP Amount `json:"prevision_cp"`
}

// OperationNature is what an operation of the project is.
type OperationNature string

// What operations are. A withdrawn one counts nowhere, and stays in the history.
const (
	OperationCommitment OperationNature = "engagement"
	OperationPayment    OperationNature = "paiement"
	OperationExpected   OperationNature = "prevision"
	OperationWithdrawn  OperationNature = "annulation"
)

// Operation is a commitment, a payment or an expected one. A commitment that
// names another amends it.
type Operation struct {
	ID         string          `json:"operation"`
	Workstream string          `json:"chantier"` // blank: none, which is an alert
	Nature     OperationNature `json:"nature"`
	Date       Day             `json:"date"`
	Commitment string          `json:"engagement"` // of a payment, the one it pays
	AE         Amount          `json:"ae"`
	CP         Amount          `json:"cp"`
	Third      string          `json:"tiers"`
	Label      string          `json:"libelle"`
}

// Milestone is a date that a workstream must meet.
type Milestone struct {
	ID         string `json:"jalon"`
	Workstream string `json:"chantier"`
	Planned    Day    `json:"prevu"`
	Met        Day    `json:"realise"` // blank: not yet
	Label      string `json:"libelle"`
}

// What a row of the project's value is: a gain or a cost, expected or measured.
const (
	ValueGain     = "gain"
	ValueCost     = "cout"
	ValueExpected = "attendu"
	ValueMeasured = "mesure"
)

// ValueRow is a gain or a cost of the project in a year.
type ValueRow struct {
	Year   int    `json:"annee"`
	Nature string `json:"nature"` // ValueGain or ValueCost
	State  string `json:"etat"`   // ValueExpected or ValueMeasured
	Amount Amount `json:"montant"`
	Label  string `json:"libelle"`
	Source string `json:"source"`
}

// Budget is all that was imported and is in force, in the order of the natural
// keys.
type Budget struct {
	Import      int64 // the last import, 0 for none
	Credits     []Credit
	Ceilings    []Ceiling
	Profile     []ProfileMonth
	Workstreams []Workstream
	Operations  []Operation
	Milestones  []Milestone
	Values      []ValueRow
}

// BudgetRow is a row as it is kept: what it says, under its natural key. It is
// never changed: a later one of the same key takes its place.
type BudgetRow struct {
	ID       int64
	Import   int64
	At       string // RFC 3339, UTC
	Kind     BudgetKind
	Key      string // of the row in its kind: its fields, with "|" between
	Content  string // JSON of the row, its keys in the order of the file
	File     string
	Place    string // line, or sheet!row
	Replaces int64  // the former row of the same key, 0 for none
}

// withdrawal ends the content of a row that is withdrawn, whose amounts are
// noughts: it counts nowhere until a later row of its key tells it again.
const withdrawal = `,"retrait":"oui"}`

// Withdraw marks the row as withdrawn.
func (r *BudgetRow) Withdraw() { r.Content = strings.TrimSuffix(r.Content, "}") + withdrawal }

// Withdrawn tells whether the row withdraws what a former one of its key said.
func (r *BudgetRow) Withdrawn() bool { return strings.HasSuffix(r.Content, withdrawal) }

// BudgetOf reads rows in force, which come in the order of kinds and keys, but for
// those that are withdrawn.
func BudgetOf(rows []BudgetRow) (*Budget, error) {
	b := &Budget{}
	for i := range rows {
		r := &rows[i]
		b.Import = max(b.Import, r.Import)
		if r.Withdrawn() {
			continue
		}
		var err error
		switch r.Kind {
		case BudgetCredits:
			b.Credits, err = appendRow(b.Credits, r.Content)
		case BudgetCeilings:
			b.Ceilings, err = appendRow(b.Ceilings, r.Content)
		case BudgetProfile:
			b.Profile, err = appendRow(b.Profile, r.Content)
		case BudgetWorkstreams:
			b.Workstreams, err = appendRow(b.Workstreams, r.Content)
		case BudgetOperations:
			b.Operations, err = appendRow(b.Operations, r.Content)
		case BudgetMilestones:
			b.Milestones, err = appendRow(b.Milestones, r.Content)
		case BudgetValues:
			b.Values, err = appendRow(b.Values, r.Content)
		default:
			err = fmt.Errorf("genre %q inconnu", r.Kind)
		}
		if err != nil {
			return nil, fmt.Errorf("budget, ligne %d : %w", r.ID, err)
		}
	}
	return b, nil
}

func appendRow[T any](list []T, content string) ([]T, error) {
	var row T
	err := json.Unmarshal([]byte(content), &row)
	return append(list, row), err
}
