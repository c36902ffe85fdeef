package reports

import (
	"strings"

	"bascule/reconcile"
)

// verdictText says in one sentence what the run found, and how grave it is.
func (v *view) verdictText() (string, Role) {
	s := v.summary()
	d, p := s.Discrepancies, s.Payslips
	switch {
	case !s.Closing.OK:
		return v.m.t("verdict.broken"), Bad
	case d.Total == 0 && s.Legacy.Rejected+s.ONP.Rejected > 0:
		return v.m.t("verdict.rejected", v.m.n("rejects.count", s.Legacy.Rejected+s.ONP.Rejected)), Warn
	case d.Total == 0:
		return v.m.t("verdict.equal", v.m.n("payslips.matched", p.Matched)), Good
	case d.Open == 0:
		return v.m.t("verdict.closed", v.m.n("gaps.total", d.Total), v.m.count(d.Justified), v.m.count(d.Tolerated)), Good
	}
	parts := []string{v.m.n("payslips.different", p.Differing)}
	if n := v.openOf(reconcile.MissingInONP); n > 0 {
		parts = append(parts, v.m.n("payslips.without_onp", n))
	}
	if n := v.openOf(reconcile.MissingInLegacy); n > 0 {
		parts = append(parts, v.m.n("payslips.without_legacy", n))
	}
	return v.m.t("verdict.open", v.m.n("gaps.open", d.Open), strings.Join(parts, ", ")), Bad
}

// openOf counts the open gaps of a kind.
func (v *view) openOf(kind reconcile.Kind) int64 {
	return v.tally(func(c *reconcile.CauseTotal) bool { return c.Kind == kind }).open
}

// mark is the sign that goes with a role: a colour never speaks alone.
func (r Role) mark() string {
	switch r {
	case Good:
		return "✔ "
	case Warn:
		return "⚠ "
	}
	return "✘ "
}

// concordance is the share of all payslips, missing ones included, that need no
// decision: identical or within tolerance.
func (v *view) concordance() string {
	p := v.summary().Payslips
	return v.m.rate(p.Identical+p.Tolerated, allPayslips(&p))
}

// evolutionText tells what is new since the previous run.
func (v *view) evolutionText() string {
	if v.Run.Previous == 0 {
		return v.m.t("evolution.first")
	}
	by := v.summary().Discrepancies.ByEvolution
	parts := make([]string, 0, len(reconcile.Evolutions))
	for _, e := range reconcile.Evolutions {
		parts = append(parts, v.m.t("evolution.item", v.m.evolution(e), v.m.count(by[e])))
	}
	return v.m.t("evolution.since", v.Run.Previous, strings.Join(parts, " · "))
}
