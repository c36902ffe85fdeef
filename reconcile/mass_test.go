package reconcile

import (
	"fmt"
	"testing"
)

// booked is a part of the payslip of one agent, as one row of a file gives it.
func booked(programme, bop, service string, quotite int32, lines ...PayLine) *Payslip {
	p := agentOf(programme, "1", "M1", lines...)
	p.Whole, p.Agent.BOP, p.Agent.Service, p.Agent.Quotite = false, bop, service, quotite
	return p
}

// massMinistry is one whose elements all belong to title 2.
func massMinistry() *ministry {
	m := newMinistry()
	for i := range m.terms.Tables.Elements {
		m.terms.Tables.Elements[i].Title2 = "21"
	}
	return m
}

func (a MassAxis) place() string { return a.Programme + " " + a.BOP + " " + a.Service }

func TestTheMassAndItsGapsStandWhereTheFilesBookThem(t *testing.T) {
	m := massMinistry()
	m.legacy(booked("176", "B1", "S1", 10_000, line("LPAY", ToPay, 100)), booked("216", "B2", "S2", 10_000, line("LBONUS", ToPay, 70)))
	m.onp(booked("176", "B1", "S1", 10_000, line("OPAY", ToPay, 100)), booked("216", "B2", "S2", 10_000, line("OBONUS", ToPay, 75)))
	mass := m.run(t).tally.Mass
	var got []string
	for _, l := range mass.Lines() {
		got = append(got, l.place()+" "+l.Legacy.String()+" "+l.ONP.String())
	}
	for _, g := range mass.Gaps() {
		got = append(got, g.place()+" "+g.Delta.String())
	}
	equal(t, "one agent paid on two programmes", got, []string{"176 B1 S1 1.00 1.00", "216 B2 S2 0.70 0.75", "216 B2 S2 0.05"})
}

func TestAnAgentPaidOnTwoPlacesIsCountedWhereHeIsPaidMost(t *testing.T) {
	for _, c := range []struct {
		reason      string
		legacy, onp []*Payslip
		want        []string // place, then heads and working times of both sides
	}{
		{"the larger part is neither the first of the file nor of its contents",
			[]*Payslip{booked("176", "B1", "S1", 10_000, line("LPAY", ToPay, 100)), booked("216", "B2", "S2", 10_000, line("LBONUS", ToPay, 101))},
			[]*Payslip{booked("176", "B1", "S1", 10_000, line("OPAY", ToPay, 100)), booked("216", "B2", "S2", 10_000, line("OBONUS", ToPay, 101))},
			[]string{"216 B2 S2 [1 1] [10000 10000]"}},
		{"each side counts him where it pays him most itself",
			[]*Payslip{booked("176", "B1", "S1", 10_000, line("LPAY", ToPay, 100)), booked("216", "B2", "S2", 10_000, line("LBONUS", ToPay, 70))},
			[]*Payslip{booked("176", "B1", "S1", 10_000, line("OPAY", ToPay, 60)), booked("216", "B2", "S2", 10_000, line("OBONUS", ToPay, 110))},
			[]string{"176 B1 S1 [1 0] [10000 0]", "216 B2 S2 [0 1] [0 10000]"}},
		{"of equal parts, the smallest programme, then BOP, then service",
			[]*Payslip{booked("216", "B1", "S1", 10_000, line("LPAY", ToPay, 50)), booked("176", "B2", "S2", 10_000, line("LBONUS", ToPay, 50)), booked("176", "B2", "S1", 10_000, line("LPAY", ToPay, 50))},
			nil, []string{"176 B2 S1 [1 0] [10000 0]"}},
		{"what is deducted or borne by the employer does not weigh, and one place told twice is one part",
			[]*Payslip{booked("176", "B1", "S1", 10_000, line("LPAY", ToPay, 60), line("LPENSION", ToDeduct, 500), line("LCAS", Information, 900)),
				booked("216", "B2", "S2", 10_000, line("LPAY", ToPay, 40)), booked("176", "B1", "S2", 10_000, line("LPAY", ToPay, 1)), booked("216", "B2", "S2", 10_000, line("LBONUS", ToPay, 41))},
			nil, []string{"216 B2 S2 [1 0] [10000 0]"}},
		{"his working time is the one told on the part that counts him",
			[]*Payslip{booked("176", "B1", "S1", 2_000, line("LPAY", ToPay, 20)), booked("216", "B2", "S2", 8_000, line("LPAY", ToPay, 80))},
			nil, []string{"216 B2 S2 [1 0] [8000 0]"}},
	} {
		m := massMinistry()
		m.legacy(c.legacy...)
		m.onp(c.onp...)
		var got []string
		for _, h := range m.run(t).tally.Mass.Heads() {
			got = append(got, fmt.Sprintf("%s %v %v", h.place(), h.Heads, h.Quotite))
		}
		equal(t, c.reason, got, c.want)
	}
}

func TestAGapStandsOnThePlaceThatBearsIt(t *testing.T) {
	for _, c := range []struct {
		reason      string
		legacy, onp []*Payslip
		want        []string // place of the gap, then of what each place pays: both sides, and what no gap tells
	}{
		{"another BOP of the same programme pays the bonus that differs",
			[]*Payslip{booked("176", "B1", "S1", 10_000, line("LPAY", ToPay, 100)), booked("176", "B2", "S2", 10_000, line("LBONUS", ToPay, 70))},
			[]*Payslip{booked("176", "B1", "S1", 10_000, line("OPAY", ToPay, 100)), booked("176", "B2", "S2", 10_000, line("OBONUS", ToPay, 75))},
			[]string{"gap 176 B2 S2 0.05", "176 B1 S1 1.00 1.00 0.00", "176 B2 S2 0.70 0.75 0.00"}},
		{"both BOPs pay the element, one of them differs",
			[]*Payslip{booked("176", "B1", "S1", 10_000, line("LPAY", ToPay, 100)), booked("176", "B2", "S1", 10_000, line("LPAY", ToPay, 50))},
			[]*Payslip{booked("176", "B1", "S1", 10_000, line("OPAY", ToPay, 100)), booked("176", "B2", "S1", 10_000, line("OPAY", ToPay, 60))},
			[]string{"gap 176 B2 S1 0.10", "176 B1 S1 1.00 1.00 0.00", "176 B2 S1 0.50 0.60 0.00"}},
		{"both programmes pay the element, one of them differs",
			[]*Payslip{booked("176", "B1", "S1", 10_000, line("LPAY", ToPay, 100)), booked("216", "B2", "S1", 10_000, line("LPAY", ToPay, 50))},
			[]*Payslip{booked("176", "B1", "S1", 10_000, line("OPAY", ToPay, 100)), booked("216", "B2", "S1", 10_000, line("OPAY", ToPay, 60))},
			[]string{"gap 216 B2 S1 0.10", "176 B1 S1 1.00 1.00 0.00", "216 B2 S1 0.50 0.60 0.00"}},
		{"ONP alone pays a bonus, on its own BOP",
			[]*Payslip{booked("176", "B1", "S1", 10_000, line("LPAY", ToPay, 100))},
			[]*Payslip{booked("176", "B2", "S1", 10_000, line("OPAY", ToPay, 100), line("OBONUS", ToPay, 5))},
			[]string{"gap 176 B2 S1 0.05", "176 B1 S1 1.00 0.00 -1.00", "176 B2 S1 0.00 1.05 1.00"}},
		{"ONP alone pays a bonus, in its own service of the same BOP",
			[]*Payslip{booked("176", "B1", "S1", 10_000, line("LPAY", ToPay, 100))},
			[]*Payslip{booked("176", "B1", "S2", 10_000, line("OPAY", ToPay, 100), line("OBONUS", ToPay, 5))},
			[]string{"gap 176 B1 S2 0.05", "176 B1 S1 1.00 0.00 -1.00", "176 B1 S2 0.00 1.05 1.00"}},
		{"what moves from one BOP to the other is a transfer, and the gap stays with the pair",
			[]*Payslip{booked("176", "B1", "S1", 10_000, line("LPAY", ToPay, 100))},
			[]*Payslip{booked("176", "B2", "S1", 10_000, line("OPAY", ToPay, 105))},
			[]string{"gap 176 B1 S1 0.05", "176 B1 S1 1.00 0.00 -1.05", "176 B2 S1 0.00 1.05 1.05"}},
	} {
		m := massMinistry()
		m.legacy(c.legacy...)
		m.onp(c.onp...)
		mass := m.run(t).tally.Mass
		var got []string
		told := make(map[string]Amount)
		for _, g := range mass.Gaps() {
			told[g.place()] += g.Delta
			got = append(got, fmt.Sprintf("gap %s %v", g.place(), g.Delta))
		}
		for _, l := range mass.Lines() {
			got = append(got, fmt.Sprintf("%s %v %v %v", l.place(), l.Legacy, l.ONP, l.ONP-l.Legacy-told[l.place()]))
		}
		equal(t, c.reason, got, c.want)
	}
}

func TestWhereAGapStandsDoesNotDependOnTheOrderOfTheFile(t *testing.T) {
	parts := []*Payslip{booked("176", "B3", "S1", 10_000, line("LPAY", ToPay, 100)), booked("216", "B2", "S1", 10_000, line("LBONUS", ToPay, 50)), booked("216", "B1", "S1", 10_000, line("LBONUS", ToPay, 50))}
	var first []string
	for _, order := range [][3]int{{0, 1, 2}, {0, 2, 1}, {2, 1, 0}, {1, 0, 2}} {
		m := massMinistry()
		for _, i := range order {
			of := *parts[i]
			m.legacy(&of)
		}
		m.onp(booked("176", "B3", "S1", 10_000, line("OPAY", ToPay, 100)))
		var got []string
		for _, g := range m.run(t).tally.Mass.Gaps() {
			got = append(got, fmt.Sprintf("%s %v", g.place(), g.Delta))
		}
		if first == nil {
			first = got
		}
		equal(t, fmt.Sprint("rows in the order ", order), got, first)
	}
	equal(t, "of two BOPs of another programme, the first", first, []string{"216 B1 S1 -1.00"})
}
