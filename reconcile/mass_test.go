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
