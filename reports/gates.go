package reports

import (
	"strings"

	"github.com/shopspring/decimal"

	"bascule/reconcile"
)

func (m *messages) metric(of reconcile.Metric) string    { return m.t("metric." + string(of)) }
func (m *messages) opinion(o reconcile.Opinion) string   { return m.t("opinion." + string(o)) }
func (m *messages) loosened(l reconcile.Loosened) string { return m.t("loosened." + string(l)) }
func (m *messages) trend(t reconcile.Trend) string {
	return or(t, func(t reconcile.Trend) string { return m.t("trend." + string(t)) })
}

// owner names who has to act.
func (m *messages) owner(o reconcile.Owner) string {
	if o == reconcile.OwnerNobody {
		return m.t("owner.nobody")
	}
	return m.t("owner." + string(o))
}

func opinionRole(o reconcile.Opinion) Role {
	switch o {
	case reconcile.Favourable:
		return Good
	case reconcile.WithReserves:
		return Warn
	}
	return Bad
}

// wave names a wave, the agents of none, or the whole ministry.
func (m *messages) wave(name string) string {
	switch name {
	case reconcile.WholeMinistry:
		return m.t("wave.whole")
	case reconcile.NoWave:
		return m.t("wave.none")
	}
	return Clean(name)
}

// gateName is what a criterion is called: as the ministry does, or what it measures.
func (m *messages) gateName(g *reconcile.Gate) string {
	if g.Label != "" && !m.english {
		return Clean(g.Label)
	}
	return m.metric(g.Metric)
}

// sharePlaces are the decimals of a percentage that tell the threshold apart.
func sharePlaces(g *reconcile.Gate) int32 {
	const usual = 2
	return max(usual, -g.Threshold.Shift(2).Exponent())
}

// percentage prints an exact percentage.
func (m *messages) percentage(d decimal.Decimal, places int32) string {
	s := d.StringFixed(places)
	if m.english {
		return s + "%"
	}
	return strings.Replace(s, ".", ",", 1) + noBreak + "%"
}

// threshold prints what is asked for: "≥ 99,80 %".
func (m *messages) threshold(g *reconcile.Gate) string {
	text := ""
	switch {
	case g.Metric.Share():
		text = m.percentage(g.Threshold.Shift(2), sharePlaces(g))
	case g.Metric.Money():
		text = m.money(reconcile.Round(g.Threshold, reconcile.HalfUp))
	default:
		text = m.count(g.Threshold.IntPart())
	}
	return strings.NewReplacer(">=", "≥", "<=", "≤").Replace(string(g.Operator)) + noBreak + text
}

// gateValue prints what was measured. A share is rounded away from what the gate
// wants: what reads as held is held.
func (m *messages) gateValue(r *reconcile.GateResult) string {
	switch {
	case !r.Measured:
		return "–"
	case r.Metric.Money():
		return m.money(reconcile.Amount(r.Figure.Value))
	case !r.Metric.Share():
		return m.count(r.Figure.Value)
	}
	places := sharePlaces(&r.Gate)
	return m.percentage(percent(r.Figure, places, r.Operator == reconcile.AtMost || r.Operator == reconcile.Below), places)
}

// percent is a share in percent, cut to some decimals or rounded up.
func percent(f reconcile.Figure, places int32, up bool) decimal.Decimal {
	share, rest := decimal.NewFromInt(f.Value).Shift(2).QuoRem(decimal.NewFromInt(f.Of), places)
	if up && !rest.IsZero() {
		share = share.Add(decimal.New(1, -places))
	}
	return share
}

// gateHeld tells over how many successive runs a criterion is held, and why not
// more.
func (m *messages) gateHeld(r *reconcile.GateResult) string {
	needs := m.count(int64(r.Needs()))
	seen := m.n("gate.runs", int64(r.Seen))
	few := r.Seen < r.Needs()
	switch {
	case few && (!r.Measured || r.Held == r.Seen):
		return m.t("gate.seen", seen, needs)
	case !r.Measured:
		return m.t("gate.nothing")
	case few:
		return m.t("gate.held_few", m.count(int64(r.Held)), needs, seen)
	}
	return m.t("gate.held", m.count(int64(r.Held)), needs)
}

// gateVerdict says whether a criterion is held, and how much that weighs.
func (m *messages) gateVerdict(r *reconcile.GateResult) (string, Role) {
	switch {
	case r.OK:
		return Good.mark() + m.t("gate.ok"), Good
	case r.Blocking:
		return Bad.mark() + m.t("gate.blocking"), Bad
	}
	return Warn.mark() + m.t("gate.reserve"), Warn
}

// gateReason tells in a few words why a criterion is not held.
func (m *messages) gateReason(r *reconcile.GateResult) string {
	why := m.t("gate.not_long", m.gateHeld(r))
	switch {
	case r.Measured && !r.Accepts(r.Figure):
		why = m.t("gate.missed", m.gateValue(r), m.threshold(&r.Gate))
	case !r.Measured || r.Seen < r.Needs():
		why = m.gateHeld(r)
	}
	return m.t("gate.reason", m.gateName(&r.Gate), why)
}

// opinionText says the opinion on a wave in one sentence, and how grave it is.
func (m *messages) opinionText(s *reconcile.Summary, wave string) (string, Role) {
	opinion := s.OpinionOn(wave)
	var judged, blocking, reserves int64
	for i := range s.Gates {
		r := &s.Gates[i]
		if !r.Judges(wave) {
			continue
		}
		judged++
		switch {
		case r.OK:
		case r.Blocking:
			blocking++
		default:
			reserves++
		}
	}
	role := opinionRole(opinion)
	switch {
	case judged == 0:
		return m.t("opinion.none", m.opinion(opinion)), role
	case blocking > 0:
		return m.t("opinion.text", m.opinion(opinion), m.n("opinion.blocking", blocking)), role
	case reserves > 0:
		return m.t("opinion.text", m.opinion(opinion), m.n("opinion.reserves", reserves)), role
	case s.AwaitingVisa > 0:
		return m.t("opinion.text", m.opinion(opinion), m.n("opinion.awaiting", s.AwaitingVisa)), role
	}
	return m.t("opinion.text", m.opinion(opinion), m.n("opinion.held", judged)), role
}

// loosening tells what became less demanding: before, then after.
func (m *messages) loosening(l *reconcile.Loosening) (before, after string) {
	of := func(g *reconcile.Gate) string {
		switch l.What {
		case reconcile.LoosenedMetric:
			return m.metric(g.Metric)
		case reconcile.LoosenedScope:
			return m.scope(g)
		case reconcile.LoosenedRuns:
			return m.n("gate.runs", int64(g.Needs()))
		case reconcile.LoosenedBlocking:
			return m.yes(g.Blocking)
		}
		return m.threshold(g)
	}
	if l.What == reconcile.LoosenedRemoved {
		return m.metric(l.Before.Metric) + " " + m.threshold(&l.Before), m.t("gate.removed")
	}
	return of(&l.Before), of(&l.After)
}

func (m *messages) yes(yes bool) string {
	if yes {
		return m.t("word.yes")
	}
	return m.t("word.no")
}

// scope names what a criterion judges.
func (m *messages) scope(g *reconcile.Gate) string {
	if name, one := g.Wave(); one {
		return Clean(name)
	}
	return m.t("gate.scope." + g.Scope)
}
