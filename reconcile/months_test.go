package reconcile

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// overMonths is a ministry of ONP alone: November stands as legacy, December as
// ONP.
func overMonths() *ministry {
	m := newMinistry()
	m.terms.Months = Months{Side: ONP, Earlier: november}
	return m
}

// inNovember gives lines that bear no other origin the month they were paid in.
func inNovember(lines ...PayLine) []PayLine {
	for i := range lines {
		if lines[i].Origin == december {
			lines[i].Origin = november
		}
	}
	return lines
}

func TestTwoMonthsOfOneSystem(t *testing.T) {
	pay := line("OPAY", ToPay, 200000)
	cases := []struct {
		reason string
		build  func(*ministry)
		want   []string
	}{
		{"the same pay in both months has no gap", func(m *ministry) {
			m.legacy(agent("1", inNovember(pay)...)).onp(agent("1", pay))
		}, nil},
		{"a new échelon raises the pay", func(m *ministry) {
			later := agent("1", line("OPAY", ToPay, 204000))
			later.Agent.Echelon = "6"
			m.legacy(agent("1", inNovember(pay)...)).onp(later)
		}, []string{"1/01 amount PAY 2000.00→2040.00 net 40.00 info 0.00 compared_line open", "1/01 situation echelon →6"}},
		{"one origin paid in both months is two gaps: nothing says that it was not paid twice", func(m *ministry) {
			m.legacy(agent("1", append(inNovember(pay), line("OBONUS", ToPay, 5000, october-1))...))
			m.onp(agent("1", pay, line("OBONUS", ToPay, 5000, october-1)))
		}, []string{"1/01 line_missing_in_legacy BONUS 0.00→50.00 net 50.00 info 0.00 one_off_arrears open 2013-09",
			"1/01 line_missing_in_onp BONUS 50.00→0.00 net -50.00 info 0.00 one_off_arrears open 2013-09"}},
		{"a bonus always paid a month late meets its like", func(m *ministry) {
			m.legacy(agent("1", append(inNovember(pay), line("OBONUS", ToPay, 700, october))...))
			m.onp(agent("1", pay, line("OBONUS", ToPay, 700, november)))
		}, nil},
		{"late alike, for another amount, it is no one-off", func(m *ministry) {
			m.legacy(agent("1", line("OBONUS", ToPay, 700, october))).onp(agent("1", line("OBONUS", ToPay, 800, november)))
		}, []string{"1/01 amount BONUS 7.00→8.00 net 1.00 info 0.00 compared_line open 2013-11"}},
		{"a monthly line gone has the month it was paid for, and is no rappel", func(m *ministry) {
			m.legacy(agent("1", inNovember(pay, line("OBONUS", ToPay, 100))...)).onp(agent("1", pay))
		}, []string{"1/01 line_missing_in_onp BONUS 1.00→0.00 net -1.00 info 0.00 compared_line open 2013-11"}},
		{"a departure, an arrival and a second dossier", func(m *ministry) {
			second := agent("3", pay)
			second.Key, second.Agent.Dossier = "3/02", "02"
			m.legacy(agent("1", inNovember(pay)...), agent("3", inNovember(pay)...)).onp(agent("2", pay), agent("3", pay), second)
		}, []string{"1/01 missing_in_onp  2000.00→0.00 net -2000.00 info 0.00 missing_payslip open",
			"2/01 missing_in_legacy  0.00→2000.00 net 2000.00 info 0.00 missing_payslip open",
			"3/02 missing_in_legacy  0.00→2000.00 net 2000.00 info 0.00 missing_payslip open"}},
		{"a NIR corrected meanwhile is found by the fallback, not by the crosswalk of the two systems", func(m *ministry) {
			m.terms.Tables.Crosswalk = []CrosswalkRow{{"7/01", "5/01", "d'un système à l'autre"}}
			m.legacy(agentOf("176", "7", "M1", inNovember(pay)...)).onp(agentOf("176", "1", "M1", pay), agentOf("176", "5", "M5", pay))
		}, []string{"5/01 missing_in_legacy  0.00→2000.00 net 2000.00 info 0.00 missing_payslip open",
			"7/01 identity  0.00→0.00 net 0.00 info 0.00 fallback_key open"}},
		{"each month's codes are those in force that month", func(m *ministry) {
			m.terms.Tables.Correspondences = []Correspondence{{"PAY", ONP, "OPAY", 1, 0, november}, {"PAY", ONP, "NEWPAY", 1, december, 0}, {"BONUS", ONP, "OPAY", -1, december, 0}}
			m.legacy(agent("1", inNovember(pay)...)).onp(agent("1", line("NEWPAY", ToPay, 200000)))
		}, nil},
		{"a code known later only is unmapped in the earlier month", func(m *ministry) {
			m.terms.Tables.Correspondences = []Correspondence{{"PAY", ONP, "OPAY", 1, december, 0}}
			m.legacy(agent("1", append(inNovember(pay), line("OPAY", ToPay, 3, october))...)).onp(agent("1", pay))
		}, []string{"1/01 unmapped OPAY 0.03→0.00 net -0.03 info 0.00 unmapped_code open 2013-10",
			"1/01 unmapped OPAY 2000.00→0.00 net -2000.00 info 0.00 unmapped_code open 2013-11",
			"1/01 line_missing_in_legacy PAY 0.00→2000.00 net 2000.00 info 0.00 compared_line open"}},
		{"the other system's codes are unknown to this one", func(m *ministry) {
			m.legacy(agent("1", inNovember(line("LPAY", ToPay, 100))...)).onp(agent("1", line("LPAY", ToPay, 100)))
		}, []string{"1/01 unmapped LPAY 1.00→0.00 net -1.00 info 0.00 unmapped_code open 2013-11",
			"1/01 unmapped LPAY 0.00→1.00 net 1.00 info 0.00 unmapped_code open"}},
	}
	for _, c := range cases {
		m := overMonths()
		c.build(m)
		o := m.run(t)
		got := o.briefs()
		slices.Sort(got)
		slices.Sort(c.want)
		equal(t, c.reason, got, c.want)
		seen := map[string]bool{}
		for _, d := range o.rows {
			if d.Rule == "one_off_arrears" && d.Cause != CauseArrears {
				t.Errorf("%s: cause %s", c.reason, d.Cause)
			}
			if seen[d.Fingerprint] {
				t.Errorf("%s: the fingerprint of %s stands twice", c.reason, brief(d))
			}
			seen[d.Fingerprint] = true
		}
	}
}

func TestAGapBetweenMonthsIsNoGapBetweenSystems(t *testing.T) {
	gap := func(m *ministry) *Discrepancy {
		m.terms.Tables.Correspondences = append(m.terms.Tables.Correspondences, Correspondence{Element: "PAY", Side: Legacy, Code: "OPAY", Factor: 1})
		m.legacy(agent("1", line("OPAY", ToPay, 100, m.terms.Period-m.terms.Months.lag(Legacy, december)))).onp(agent("1", line("OPAY", ToPay, 200)))
		return m.run(t).rows[0]
	}
	systems, months, earlier := gap(newMinistry()), overMonths(), overMonths()
	earlier.terms.Months.Earlier = october
	one, two := gap(months), gap(earlier)
	if systems.Delta != 100 || one.Delta != 100 || two.Delta != 100 {
		t.Fatalf("deltas %v, %v, %v", systems.Delta, one.Delta, two.Delta)
	}
	if systems.Fingerprint == one.Fingerprint || one.Fingerprint == two.Fingerprint {
		t.Error("a decision on one of these gaps would be taken for a decision on another")
	}
}

func TestALoadTakesThePlaceOfItsMonth(t *testing.T) {
	earlier, later := Load{ID: 1, Side: ONP, Period: november, Rejects: 3}, Load{ID: 2, Side: ONP, Period: december}
	r := &Run{Period: december, Months: Months{Side: ONP, Earlier: november}, Loads: []Load{later, earlier}}
	if l, o := r.LoadsOf(Legacy), r.LoadsOf(ONP); len(l) != 1 || l[0].ID != 1 || len(o) != 1 || o[0].ID != 2 {
		t.Errorf("legacy %v, onp %v", l, o)
	}
	tally := newTally(newMinistry().terms.Tables.At(december))
	r.Summarise(&tally, Closing{})
	s := &r.Summary
	if s.Legacy.Rejected != 3 || s.ONP.Files != 1 || s.Compares != "months" || s.LegacyPeriod != november || s.System != "onp" {
		t.Errorf("summary %+v", s)
	}
	systems := &Run{Period: december, Loads: []Load{{Side: ONP}, {Side: Legacy}}}
	systems.Summarise(&tally, Closing{})
	if s := &systems.Summary; s.Compares != "systems" || s.LegacyPeriod != 0 || s.System != "" || s.Legacy.Files != 1 {
		t.Errorf("summary of two systems %+v", s)
	}
	for _, c := range []struct {
		reason string
		run    Run
		want   bool
	}{
		{"the same months", Run{Period: december, Months: r.Months}, true},
		{"another later month", Run{Period: december + 1, Months: r.Months}, false},
		{"another earlier month", Run{Period: december, Months: Months{ONP, october}}, false},
		{"the other system", Run{Period: december, Months: Months{Legacy, november}}, false},
		{"both systems", Run{Period: december}, false},
	} {
		if r.Alike(&c.run) != c.want || c.run.Alike(r) != c.want {
			t.Errorf("%s: alike is not %v", c.reason, c.want)
		}
	}
	if !systems.Alike(&Run{Period: november}) {
		t.Error("the systems are one history over the months")
	}
}

func TestAlignLaysTwoMonthsByTheirPayMonth(t *testing.T) {
	m := overMonths()
	earlier := agent("1", append(inNovember(line("OPAY", ToPay, 100), line("OBONUS", ToPay, 7)), line("OBONUS", ToPay, 5, october-1))...)
	later := agent("1", line("O2PAY", ToPay, 110), line("OBONUS", ToPay, 5, october-1), line("X", ToPay, 1))
	var got []string
	for _, a := range Align(m.terms.Tables.For(december, m.terms.Months), [2]*Payslip{earlier, later}, "fr") {
		got = append(got, fmt.Sprintf("%s %v %v %v", a.Element, a.Origin, a.Amounts, a.Lines))
	}
	equal(t, "current pay on one row, two rappels of one origin on two", got, []string{
		"PAY 2013-12 [1.00 1.10] [1 1]", "BONUS 2013-11 [0.07 0.00] [1 0]", "BONUS 2013-09 [0.05 0.00] [1 0]", "BONUS 2013-09 [0.00 0.05] [0 1]", "X 2013-12 [0.00 0.01] [0 1]"})
}

// drawnMonths is a random ministry of one system in two months, whose codes
// change with the year.
func drawnMonths(t *rapid.T) *ministry {
	m := drawn(t)
	m.terms.Months = Months{Side: Side(rapid.IntRange(0, 1).Draw(t, "system")), Earlier: december - Period(rapid.IntRange(1, 13).Draw(t, "months apart"))}
	for side := range m.payslips {
		for _, p := range m.payslips[side] {
			_, p.Period = m.terms.Months.Source(Side(side), december)
			for i := range p.Lines {
				p.Lines[i].Code = Code("LO"[m.terms.Months.Side]) + p.Lines[i].Code[1:]
				p.Lines[i].Origin -= december - p.Period
			}
		}
	}
	c := m.terms.Tables.Correspondences
	for i := range c {
		c[i].From, c[i].To = december-Period(rapid.IntRange(-1, 14).Draw(t, "valid since")), december+1
	}
	return m
}

func TestRandomMonthsCloseWithUniqueFingerprints(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawnMonths(t)
		for _, p := range m.payslips[ONP] { // origins that the earlier month shows too
			for i := range p.Lines {
				p.Lines[i].Origin -= Period(rapid.IntRange(0, 2).Draw(t, "older"))
			}
		}
		seen := map[string]bool{}
		for _, d := range m.run(t).rows {
			if seen[d.Fingerprint] {
				t.Fatalf("fingerprint of %s stands twice", brief(d))
			}
			seen[d.Fingerprint] = true
		}
	})
}

func TestSwappingTheMonthsNegatesEveryDelta(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawnMonths(t)
		back := newMinistry()
		terms := *m.terms
		back.terms = &terms
		back.terms.Period, back.terms.Months.Earlier = m.terms.Months.Earlier, m.terms.Period
		back.payslips = [2][]*Payslip{m.payslips[ONP], m.payslips[Legacy]}
		s, b := m.run(t), back.run(t)
		if x, y := s.tally.Discrepancies, b.tally.Discrepancies; x.Total != y.Total || x.Delta != -y.Delta || x.DeltaInformation != -y.DeltaInformation ||
			x.Absolute != y.Absolute || x.Open != y.Open || x.ByCause[CauseArrears] != y.ByCause[CauseArrears] {
			t.Fatalf("straight %+v\nswapped %+v", x, y)
		}
		if straight, swapped := gapsOf(s, december, 1), gapsOf(b, terms.Period, -1); !slices.Equal(straight, swapped) {
			t.Fatalf("straight %v\nswapped %v", straight, swapped)
		}
	})
}

// gapsOf lists the gaps of money with a factor on their delta. Where both months
// hold the line, its origin is told from its pay month; else it is the true one.
// The agent is left out: a pair bears the name that the first of its sides gives.
func gapsOf(o *outcome, period Period, factor Amount) []string {
	var all []string
	for _, d := range o.rows {
		if d.Origin == 0 || d.Delta == 0 {
			continue
		}
		origin := d.Origin.String()
		if d.LegacyLines > 0 && d.ONPLines > 0 {
			origin = fmt.Sprint(d.Origin - period)
		}
		all = append(all, fmt.Sprint(d.Element, " ", origin, d.Sense, d.Delta*factor))
	}
	slices.Sort(all)
	return all
}
