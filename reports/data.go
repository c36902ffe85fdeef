package reports

import (
	"iter"

	"bascule/reconcile"
)

// Data is what a report is made from: a run, and ordered lists read as they
// are written out.
type Data struct {
	Run    *reconcile.Run
	Tables *reconcile.Tables
	Labels Labels // of the systems, whatever the run compares
	Lang   string // "fr" or "en"

	Database    string // public identifier of the database
	Axis, Value string // population that the lists hold, as reconcile.Along names it; blank axis: everybody

	MaskAgents bool                    // Agent gives pseudonyms, and raw lines hide the NIR
	ShowNames  bool                    // otherwise names are blank
	Agent      func(key string) string // how a payslip's key is shown; nil shows the key

	// Discrepancies are ordered by the biggest effect of their payslip, the rows
	// of an agent together. Missing are those of whole payslips. Each list may be
	// read several times; nil is empty.
	Discrepancies func() iter.Seq2[*reconcile.Discrepancy, error]
	Missing       func() iter.Seq2[*reconcile.Discrepancy, error]
	Rejects       func() iter.Seq2[*reconcile.Reject, error]

	// Decisions finds a decision by its reference, D-12, ClusterDecisions the one in
	// force on a cluster in a population, everybody where the axis is blank; nil for
	// none. Nil: nothing was ever decided.
	Decisions        func(ref string) *reconcile.Decision
	ClusterDecisions func(cluster, axis, value string) *reconcile.Decision

	Largest Largest

	Causes     []reconcile.CauseTotal // by cause, kind and status
	ByCause    []reconcile.CauseTotal // by cause alone
	Aggregates []reconcile.Aggregate  // by programme, kind, cause and status
	Evolutions []reconcile.EvolutionTotal
	Clusters   []reconcile.Cluster
	Coverage   []reconcile.CodeCoverage
	History    []RunPoint // oldest first, this run last

	SheetRows int // rows of a sheet before its table goes on in another; 0: it never does
}

// Labels are the names of the two systems, or of the two sides of a run, on
// screens and sheets.
type Labels struct {
	Legacy, ONP string
	Months      bool // both sides are one system, in two months
}

// Of is the label of a side.
func (l Labels) Of(side reconcile.Side) string {
	if side == reconcile.ONP {
		return l.ONP
	}
	return l.Legacy
}

// For are the labels of a run's sides, made from those of the systems: two
// months bear that of their system and the month.
func (l Labels) For(r *reconcile.Run) Labels {
	if !r.Months.Set() {
		return l
	}
	name := l.orDefault().Of(r.Months.Side)
	return Labels{Legacy: name + " " + r.Months.Earlier.String(), ONP: name + " " + r.Period.String(), Months: true}
}

func (l Labels) orDefault() Labels {
	if l.Legacy == "" {
		l.Legacy = "PSOP"
	}
	if l.ONP == "" {
		l.ONP = "ONP"
	}
	return l
}

// RunPoint is a run in the history of its month or ministry.
type RunPoint struct {
	Run       int
	Period    reconcile.Period
	StartedAt string // RFC 3339, UTC

	Matched, Identical, Tolerated, Differing, Missing int64 // payslips
	Open                                              int64 // discrepancies
	DeltaNet                                          reconcile.Amount
}

// view is Data with what the sheets share.
type view struct {
	*Data
	*teller
	codes  [2]map[string]string // label of each code, by side
	sheets sheetNames
	shown  map[string]string // mark of the payslip where a root of a cluster is shown
}

func newView(d *Data) *view {
	v := &view{Data: d, teller: newTeller(newMessages(d.Lang, d.Labels.For(d.Run)), d.Tables)}
	for _, side := range reconcile.Sides {
		v.codes[side] = map[string]string{}
	}
	for i := range d.Coverage {
		c := &d.Coverage[i]
		v.codes[c.Side][string(c.Code)] = c.Label
	}
	v.sheets = v.nameSheets()
	return v
}

func (v *view) summary() *reconcile.Summary { return &v.Run.Summary }

// agent is how the payslip's key is shown.
func (v *view) agent(key string) string {
	if v.Agent == nil {
		return key
	}
	return v.Agent(key)
}

// name is the agent's name, unless names are not to be shown.
func (v *view) name(d *reconcile.Discrepancy) string {
	if !v.ShowNames {
		return ""
	}
	return d.Name
}

// elementLabel names what differs: the element, the field or the raw code.
func (v *view) elementLabel(d *reconcile.Discrepancy) string {
	switch d.Kind {
	case reconcile.SituationDiffers, reconcile.BudgetDiffers:
		return v.m.field(d.Element)
	case reconcile.Unmapped:
		return v.codes[d.Side][d.Element]
	}
	if e, ok := v.elements[d.Element]; ok {
		return e.Label(v.Lang)
	}
	return ""
}

// values are both sides' texts of a field that differs. A bank account is
// compared, never shown: its digest becomes bullets.
func values(d *reconcile.Discrepancy) (legacy, onp string) {
	if d.Element != reconcile.FieldIBAN.String() {
		return d.LegacyText, d.ONPText
	}
	return hidden(d.LegacyText), hidden(d.ONPText)
}

// hidden stands for a value that is compared, never shown.
func hidden(s string) string {
	if s == "" {
		return ""
	}
	return "•••"
}

// textual tells whether both sides are texts rather than amounts.
func textual(k reconcile.Kind) bool {
	return k == reconcile.SituationDiffers || k == reconcile.BudgetDiffers
}

// told tells whether the discrepancy is told by texts: of a field always, of an
// identity where dossiers, accountants or candidates are in doubt.
func told(d *reconcile.Discrepancy) bool {
	return textual(d.Kind) || d.Kind == reconcile.IdentityDoubt && d.LegacyText+d.ONPText != ""
}

// wholePayslip tells whether the discrepancy is a missing payslip.
func wholePayslip(k reconcile.Kind) bool {
	return k == reconcile.MissingInONP || k == reconcile.MissingInLegacy
}

// delta is the effect of the line or, for a missing payslip, its net.
func delta(d *reconcile.Discrepancy) reconcile.Amount {
	if wholePayslip(d.Kind) {
		return d.DeltaNet
	}
	return d.Delta
}

// present tells whether a side has an amount at all: absent is not zero.
func present(d *reconcile.Discrepancy, side reconcile.Side) bool {
	switch d.Kind {
	case reconcile.MissingInONP, reconcile.LineMissingInONP:
		return side == reconcile.Legacy
	case reconcile.MissingInLegacy, reconcile.LineMissingInLegacy:
		return side == reconcile.ONP
	case reconcile.Unmapped:
		return side == d.Side
	case reconcile.IdentityDoubt: // shown for a payslip met again, on its side
		return d.Cause == reconcile.CauseDuplicate && side == d.Side
	case reconcile.SituationDiffers, reconcile.BudgetDiffers:
		return false
	}
	return true
}

// rejectSense is the letter of a rejected line's sense, blank when unknown.
func rejectSense(s reconcile.Sense) string {
	if s.Valid() {
		return s.String()
	}
	return ""
}

func discrepancies(list func() iter.Seq2[*reconcile.Discrepancy, error]) iter.Seq2[*reconcile.Discrepancy, error] {
	if list == nil {
		return func(func(*reconcile.Discrepancy, error) bool) {}
	}
	return list()
}

func rejects(list func() iter.Seq2[*reconcile.Reject, error]) iter.Seq2[*reconcile.Reject, error] {
	if list == nil {
		return func(func(*reconcile.Reject, error) bool) {}
	}
	return list()
}
