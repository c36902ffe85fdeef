package reconcile

// Months is the comparison of one system with itself: its pay of an earlier
// month takes the place of the legacy side, its pay of the run's month that of
// the ONP side. The zero value compares the two systems over one month.
type Months struct {
	Side    Side // the one system
	Earlier Period
}

// What a run compares, as summary.json and v_run say it.
const (
	ComparesSystems = "systems"
	ComparesMonths  = "months"
)

// Set tells whether two months are compared, rather than two systems.
func (m Months) Set() bool { return m.Earlier != 0 }

// Source is the system and the month of pay that take a side's place in a run
// of month p.
func (m Months) Source(place Side, p Period) (Side, Period) {
	switch {
	case !m.Set():
		return place, p
	case place == Legacy:
		return m.Side, m.Earlier
	}
	return m.Side, p
}

// lag is what brings the origins of a side to the months of the run: current
// pay meets current pay, a rappel meets one as old.
func (m Months) lag(place Side, p Period) Period {
	_, paid := m.Source(place, p)
	return p - paid
}

// crosswalk are the rows that pair both sides' keys: none for one system, whose
// keys they do not speak of.
func (t *Terms) crosswalk() []CrosswalkRow {
	if t.Months.Set() {
		return nil
	}
	return t.Tables.Crosswalk
}

// oneOff tells whether a gap is of arrears that one of two months holds alone.
func (t *Terms) oneOff(g *gap) bool {
	return t.Months.Set() && (g.sides[Legacy].Lines == 0 || g.sides[ONP].Lines == 0) && g.key.origin() != t.Period
}

// aligned is where a line's month of origin stands among those of the run.
func (m *Mapping) aligned(side Side, origin Period) Period { return origin + m.lags[side] }

// trueOrigin is the month of origin that a discrepancy shows: what the legacy
// side holds alone has its own, not the one it was aligned with.
func (m *Mapping) trueOrigin(d *Discrepancy) Period {
	if d.Origin == 0 || d.ONPLines > 0 {
		return d.Origin
	}
	return d.Origin - m.lags[Legacy]
}
