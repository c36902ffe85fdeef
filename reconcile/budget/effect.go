package budget

import (
	"slices"

	"bascule/reconcile"
)

// effect adds what the switchover does to the mass, month by month: the gaps of
// both systems, whoever pays.
func (y *year) effect() reconcile.SwitchEffect {
	e := reconcile.SwitchEffect{Months: []reconcile.EffectMonth{}, Waves: []reconcile.EffectWave{}}
	waves := y.waves()
	for _, m := range y.months {
		if m == nil {
			continue
		}
		of := reconcile.EffectMonth{Month: m.Period, Run: m.Run}
		for i := range m.Lines {
			of.Legacy, of.ONP = of.Legacy+m.Lines[i].Legacy, of.ONP+m.Lines[i].ONP
		}
		of.Delta = of.ONP - of.Legacy
		for i := range waves {
			w := &waves[i]
			lasting, oneOff := ofWave(m, w.Wave)
			of.Lasting, of.OneOff = of.Lasting+lasting, of.OneOff+oneOff
			if y.terms.payer(w.Wave, m.Period) == reconcile.ONP {
				of.After += lasting + oneOff
				w.MonthsAfter, w.After, w.LastingAfter = w.MonthsAfter+1, w.After+lasting+oneOff, w.LastingAfter+lasting
			} else {
				of.Before += lasting + oneOff
				w.MonthsBefore, w.Before, w.LastingBefore = w.MonthsBefore+1, w.Before+lasting+oneOff, w.LastingBefore+lasting
			}
		}
		e.Legacy, e.ONP, e.Delta, e.Lasting, e.OneOff = e.Legacy+of.Legacy, e.ONP+of.ONP, e.Delta+of.Delta, e.Lasting+of.Lasting, e.OneOff+of.OneOff
		e.Before, e.After, e.FullYear = e.Before+of.Before, e.After+of.After, 12*of.Lasting
		of.Cumulated, of.CumulatedLast = e.Delta, e.Lasting
		e.Months = append(e.Months, of)
	}
	e.Waves = append(e.Waves, waves...)
	return e
}

// waves lists the waves in the order of vagues.csv, then those that it no longer
// knows, then the agents of none, where some are paid.
func (y *year) waves() []reconcile.EffectWave {
	var list []reconcile.EffectWave
	has := func(name string) bool {
		return slices.ContainsFunc(list, func(w reconcile.EffectWave) bool { return w.Wave == name })
	}
	for i := range y.terms.Waves {
		if w := &y.terms.Waves[i]; !has(w.Name) {
			list = append(list, reconcile.EffectWave{Wave: w.Name, Label: w.Label, Cutover: w.Cutover})
		}
	}
	var others []string
	for _, m := range y.months {
		if m == nil {
			continue
		}
		for i := range m.Lines {
			if name := m.Lines[i].Wave; !has(name) && !slices.Contains(others, name) {
				others = append(others, name)
			}
		}
		for i := range m.Gaps {
			if name := m.Gaps[i].Wave; !has(name) && !slices.Contains(others, name) {
				others = append(others, name)
			}
		}
	}
	slices.SortFunc(others, func(a, b string) int {
		switch {
		case a == reconcile.NoWave && b != a:
			return 1
		case b == reconcile.NoWave && b != a:
			return -1
		case a < b:
			return -1
		}
		return 1
	})
	for _, name := range others {
		list = append(list, reconcile.EffectWave{Wave: name})
	}
	return list
}

func ofWave(m *Month, wave string) (lasting, oneOff reconcile.Amount) {
	for i := range m.Gaps {
		switch g := &m.Gaps[i]; {
		case g.Wave != wave:
		case g.OneOff:
			oneOff += g.Delta
		default:
			lasting += g.Delta
		}
	}
	return lasting, oneOff
}

// tolerated adds the gaps within tolerance in the latest month.
func (y *year) tolerated() (t reconcile.ToleratedCents) {
	if y.latest < 0 {
		return t
	}
	m := y.months[y.latest]
	for i := range m.Gaps {
		if g := &m.Gaps[i]; g.Judged == reconcile.JudgedTolerated {
			t.Gaps, t.Delta = t.Gaps+g.Gaps, t.Delta+g.Delta
		}
	}
	for i := range m.Lines {
		t.Mass += m.Lines[i].Legacy
	}
	for i := range m.Heads {
		h := &m.Heads[i]
		t.Agents += h.Heads[y.terms.payer(h.Wave, m.Period)]
	}
	t.Yearly, t.CentPerAgent = 12*t.Delta, reconcile.Amount(12*t.Agents)
	return t
}
