package reports

import (
	"cmp"
	"strings"

	"bascule/reconcile"
)

// Names of the drop-down lists.
const (
	listStatuses = "Statuts"
	listReasons  = "Motifs"
)

// reviewColumns are the reviewer's (CONTRACT 6): the only unlocked cells. The
// list of reasons only suggests where one of them takes any text.
func (v *view) reviewColumns() []Column {
	columns := []Column{
		v.column("review_status", Text, 19), v.column("review_reason", Text, 34), v.column("review_decision", Text, 18),
		v.column("review_author", Text, 18), v.column("review_visa", Text, 18), v.column("review_comment", Text, 40),
	}
	for i := range columns {
		columns[i].Input = true
	}
	columns[0].List = listStatuses
	columns[0].Rules = v.statusRules()
	for i := range v.reasons() {
		columns[1].List = listReasons
		columns[1].Open = columns[1].Open || v.reasons()[i].Free
	}
	return columns
}

func (v *view) reasons() []reconcile.Reason {
	if v.Tables == nil {
		return nil
	}
	return v.Tables.Reasons
}

// appendReview fills the reviewer's columns with what was decided. Without a
// decision they are left to the reviewer.
func (v *view) appendReview(row []Cell, d *reconcile.Decision) []Cell {
	if d == nil {
		return row
	}
	return append(row, T(v.m.status(d.Status)), T(v.reason(d.Reason)), T(d.Reference), T(d.Author), T(d.Visa), T(d.Comment))
}

// reason is how a workbook calls a reason. One that the list no longer has is
// called by its code.
func (v *view) reason(code string) string {
	reasons := v.reasons()
	for i := range reasons {
		if reasons[i].Code == code {
			return reasons[i].Label(v.m.lang())
		}
	}
	return code
}

// ownDecision is the decision in force that was given for this very gap; nil
// where there is none, or where it no longer holds: what was decided of a
// cluster or of the root is shown apart.
func (v *view) ownDecision(d *reconcile.Discrepancy) *reconcile.Decision {
	if _, ok := reconcile.ParseDecisionRef(d.Decision); !ok || v.Decisions == nil {
		return nil
	}
	if d.Reopened != "" && d.Reopened != reconcile.AwaitsVisa {
		return nil
	}
	if own := v.Decisions(d.Decision); own != nil && own.Fingerprint == d.Fingerprint {
		return own
	}
	return nil
}

// clusterDecision is the decision in force on a cluster in the population of the
// workbook, which its reviewer may change, and the reference of that or, for
// want of one, of the whole ministry's.
func (v *view) clusterDecision(c *reconcile.Cluster) (own *reconcile.Decision, ref string) {
	if v.ClusterDecisions == nil {
		return nil, ""
	}
	own = v.ClusterDecisions(c.ID, v.Axis, v.Value)
	inForce := own
	if inForce == nil && !v.whole() {
		inForce = v.ClusterDecisions(c.ID, "", "")
	}
	if inForce == nil {
		inForce = v.widerDecision(c)
	}
	if inForce != nil {
		ref = inForce.Ref()
	}
	return own, ref
}

// widerDecision is the decision on another cluster that treats this one too: that
// of various amounts, once several agents come to have the same. The example of
// the cluster bears it, as all its roots do.
func (v *view) widerDecision(c *reconcile.Cluster) *reconcile.Decision {
	if c.Example == nil || v.Decisions == nil || c.Example.Reopened != "" && c.Example.Reopened != reconcile.AwaitsVisa {
		return nil
	}
	d := v.Decisions(c.Example.Decision)
	if d == nil || d.Fingerprint != "" || d.Cluster.Axis != "" && (d.Cluster.Axis != v.Axis || d.Cluster.Value != v.Value) {
		return nil
	}
	return d
}

// reopened says in a sentence why the decision carried no longer holds.
func (v *view) reopened(d *reconcile.Discrepancy) string {
	word, rest, _ := strings.Cut(d.Reopened, " ")
	args := strings.Fields(rest)
	ref := Clean(cmp.Or(d.Decision, "?"))
	switch {
	case word == reconcile.ReopenedAmount && len(args) == 1:
		return v.m.t("reopened.amount", ref, v.amountText(args[0]))
	case word == reconcile.ReopenedRange && len(args) == 2:
		return v.m.t("reopened.range", ref, v.amountText(args[0]), v.amountText(args[1]))
	case word == reconcile.ReopenedTexts:
		return v.m.t("reopened.texts", ref)
	case word == reconcile.ReopenedExpired && len(args) == 1:
		return v.m.t("reopened.expired", ref, Clean(args[0]))
	case word == reconcile.ReopenedMapping:
		return v.m.t("reopened.mapping", ref)
	case word == reconcile.ReopenedRate && len(args) >= 3:
		n := len(args)
		name := strings.Join(args[:n-2], " ") // the key of a scale may hold a space
		rate := v.rateNamed(name)
		return v.m.t("reopened.rate", ref, Clean(cmp.Or(rate.label, name)), v.number(args[n-2], rate.unit), v.number(args[n-1], rate.unit))
	case word == reconcile.AwaitsVisa:
		return v.m.t("reopened.visa", ref)
	}
	return Clean(d.Reopened)
}

// amountText is an amount of the store as the language writes it.
func (v *view) amountText(s string) string {
	a, err := reconcile.ParseAmount(s)
	if err != nil {
		return Clean(s)
	}
	return v.m.delta(a)
}

// owner is who has to act on a gap, by the name that the ministry gives its
// systems.
func (v *view) owner(d *reconcile.Discrepancy) string {
	return or(d.Owner(), func(o reconcile.Owner) string { return v.m.t("owner." + string(o)) })
}

// StatusNamed reads a status as a workbook of either language shows it, or by
// its code, whatever its capitals and accents.
func StatusNamed(l Labels, text string) (reconcile.Status, bool) {
	for _, lang := range [...]string{"fr", "en"} {
		m := newMessages(lang, l)
		for _, s := range reconcile.Statuses {
			if alike(text, string(s)) || alike(text, m.status(s)) {
				return s, true
			}
		}
	}
	return "", false
}

// ReasonNamed reads a reason as a workbook of either language shows it, or by
// its code.
func ReasonNamed(reasons []reconcile.Reason, text string) (*reconcile.Reason, bool) {
	for i := range reasons {
		if r := &reasons[i]; alike(text, r.Code) || alike(text, r.LabelFR) || r.LabelEN != "" && alike(text, r.LabelEN) {
			return r, true
		}
	}
	return nil, false
}

// alike compares two texts as a person would, whatever the capitals, the accents
// and the spaces.
func alike(a, b string) bool {
	return reconcile.Plain(strings.Join(strings.Fields(a), " ")) == reconcile.Plain(strings.Join(strings.Fields(b), " "))
}
