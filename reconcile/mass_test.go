package reconcile

import "testing"

func TestTheMassAndItsGapsStandWhereTheFilesBookThem(t *testing.T) {
	on := func(programme, bop, service string, lines ...PayLine) *Payslip {
		p := agentOf(programme, "1", "M1", lines...)
		p.Whole, p.Agent.BOP, p.Agent.Service = false, bop, service
		return p
	}
	m := newMinistry()
	for i := range m.terms.Tables.Elements {
		m.terms.Tables.Elements[i].Title2 = "21"
	}
	m.legacy(on("176", "B1", "S1", line("LPAY", ToPay, 100)), on("216", "B2", "S2", line("LBONUS", ToPay, 70)))
	m.onp(on("176", "B1", "S1", line("OPAY", ToPay, 100)), on("216", "B2", "S2", line("OBONUS", ToPay, 75)))
	mass := m.run(t).tally.Mass
	at := func(a MassAxis) string { return a.Programme + " " + a.BOP + " " + a.Service }
	var got []string
	for _, l := range mass.Lines() {
		got = append(got, at(l.MassAxis)+" "+l.Legacy.String()+" "+l.ONP.String())
	}
	for _, g := range mass.Gaps() {
		got = append(got, at(g.MassAxis)+" "+g.Delta.String())
	}
	equal(t, "one agent paid on two programmes", got, []string{"176 B1 S1 1.00 1.00", "216 B2 S2 0.70 0.75", "216 B2 S2 0.05"})
}
