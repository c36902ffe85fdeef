package reconcile

import (
	"fmt"
	"math/rand"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// drawn is a random little ministry, where gaps and doubts of all kinds are
// frequent: NIRs masked, provisional, shared or short, dossiers that change,
// payslips doubled, repeated, or parted between accountants.
func drawn(t *rapid.T) *ministry {
	m := newMinistry()
	m.terms.Tolerance = Tolerance{LineCents: rapid.SampledFrom([]Amount{0, 0, 1, 5}).Draw(t, "line"), PayslipCents: rapid.SampledFrom([]Amount{0, 0, 3}).Draw(t, "payslip")}
	n := rapid.IntRange(0, 6).Draw(t, "agents")
	for i := range n {
		for _, side := range Sides {
			if rapid.IntRange(0, 9).Draw(t, "absent") == 0 {
				continue
			}
			copies := 1 + rapid.IntRange(0, 12).Draw(t, "copies")/10
			for load := range copies {
				m.payslips[side] = append(m.payslips[side], drawPayslip(t, m, side, i, int64(load/2+1)))
			}
		}
	}
	return m
}

// nirs are six true numbers.
var nirs = [...]string{"1730975108042", "2800175056012", "1690549588157", "153032A004001", "2550814168025", "153032B004001"}

// trueKey is the key of a NIR, blank where it can have none.
func trueKey(nir string) string {
	remainder, ok := nirRemainder(nir)
	if !ok {
		return ""
	}
	return fmt.Sprintf("%02d", nirModulus-remainder)
}

func drawPayslip(t *rapid.T, m *ministry, side Side, agent int, load int64) *Payslip {
	letter := Code("LO"[side])
	var lines []PayLine
	for _, e := range []struct {
		code  Code
		sense Sense
	}{{"PAY", ToPay}, {"BONUS", ToPay}, {"PENSION", ToDeduct}, {"CAS", Information}, {"TAXABLE", Information}, {"UNKNOWN", ToPay}} {
		for range rapid.IntRange(0, 2).Draw(t, "lines") {
			lines = append(lines, line(letter+e.code, e.sense, rapid.SampledFrom([]Amount{-100, 0, 99, 100, 101, 20000}).Draw(t, "cents"),
				rapid.SampledFrom([]Period{october, november, december}).Draw(t, "origin")))
		}
	}
	nir := rapid.SampledFrom([]string{nirs[agent], nirs[agent], nirs[agent], nirs[agent], "7" + nirs[agent][1:], "7000000000001", "12", "15105Z", ""}).Draw(t, "nir")
	matricule := rapid.SampledFrom([]string{"M" + nirs[agent], "M" + nirs[agent], "M" + nirs[agent], "M0", ""}).Draw(t, "matricule")
	p := agentOf(rapid.SampledFrom([]string{"176", "176", "216"}).Draw(t, "programme"), nir, matricule, lines...)
	p.Load, p.Whole = load, rapid.Bool().Draw(t, "whole")
	p.Agent.Indice = rapid.SampledFrom([]int32{400, 400, 400, 410, Absent}).Draw(t, "indice")
	p.Agent.Dossier = rapid.SampledFrom([]string{"01", "01", "01", "02", ""}).Draw(t, "dossier")
	p.Agent.NIRKey = rapid.SampledFrom([]string{"", "", trueKey(nir), "00"}).Draw(t, "key")
	p.Agent.Surname = rapid.SampledFrom([]string{"NOM", "NOM", "AUTRE", ""}).Draw(t, "surname")
	p.Agent.Accountant = rapid.SampledFrom([]string{"075", "075", "038", ""}).Draw(t, "accountant")
	m.rekey(p)
	return p
}

func TestRandomMinistriesClose(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawn(t)
		o := m.run(t)
		seen := map[string]bool{}
		for _, d := range o.rows {
			if seen[d.Fingerprint] {
				t.Fatalf("fingerprint of %s stands twice", brief(d))
			}
			seen[d.Fingerprint] = true
		}
		p := o.tally.Payslips
		if p.Matched != p.Identical+p.Tolerated+p.Differing {
			t.Fatalf("verdicts do not add up: %+v", p)
		}
		for _, side := range Sides {
			var states int64
			for _, n := range o.tally.Sides[side].NIRs {
				states += n
			}
			missing := p.MissingInONP
			if side == ONP {
				missing = p.MissingInLegacy
			}
			if states != p.Matched+missing {
				t.Fatalf("%v: %d payslips have a NIR or none, %d are matched and %d missing", side, states, p.Matched, missing)
			}
		}
	})
}

func TestSwappingTheSidesNegatesEveryDelta(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawn(t)
		straight := m.run(t)
		swapped := newMinistry()
		swapped.terms.Tolerance = m.terms.Tolerance
		for i := range swapped.terms.Tables.Correspondences {
			c := &swapped.terms.Tables.Correspondences[i]
			c.Side = 1 - c.Side
		}
		swapped.payslips = [2][]*Payslip{m.payslips[ONP], m.payslips[Legacy]}
		back := swapped.run(t)
		s, b := straight.tally.Discrepancies, back.tally.Discrepancies
		if s.Total != b.Total || s.Delta != -b.Delta || s.DeltaInformation != -b.DeltaInformation || s.Absolute != b.Absolute ||
			s.Open != b.Open || s.ByKind[IdentityDoubt] != b.ByKind[IdentityDoubt] || s.ByKind[MissingInONP] != b.ByKind[MissingInLegacy] || s.ByKind[LineMissingInONP] != b.ByKind[LineMissingInLegacy] {
			t.Fatalf("straight %+v\nswapped %+v", s, b)
		}
		rules := func(o *outcome) (rules []string) {
			for _, d := range o.rows {
				if d.Kind == IdentityDoubt {
					rules = append(rules, d.Rule)
				}
			}
			slices.Sort(rules)
			return rules
		}
		if s, b := rules(straight), rules(back); !slices.Equal(s, b) {
			t.Fatalf("straight %q\nswapped %q", s, b)
		}
	})
}

func TestOrderOfPayslipsAndLinesChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawn(t)
		for side := range m.payslips { // which of several files comes first is the configuration's choice
			for _, p := range m.payslips[side] {
				p.Load, p.Whole = 1, false
			}
		}
		want := m.run(t).sorted()
		shuffle := rand.New(rand.NewSource(rapid.Int64().Draw(t, "seed")))
		for side := range m.payslips {
			shuffle.Shuffle(len(m.payslips[side]), func(i, j int) {
				m.payslips[side][i], m.payslips[side][j] = m.payslips[side][j], m.payslips[side][i]
			})
			for _, p := range m.payslips[side] {
				shuffle.Shuffle(len(p.Lines), func(i, j int) { p.Lines[i], p.Lines[j] = p.Lines[j], p.Lines[i] })
			}
		}
		if got := m.run(t).sorted(); !slices.Equal(got, want) {
			t.Fatalf("shuffled:\n%q\nwanted:\n%q", got, want)
		}
	})
}

// The second file holds the same payslip again, or the part that another
// accountant pays. Of files that tell it otherwise, their names say which one
// counts (compareLoads).
func TestOrderOfFilesChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawn(t)
		for side := range m.payslips {
			seen := map[string][]*Payslip{}
			m.payslips[side] = slices.DeleteFunc(m.payslips[side], func(p *Payslip) bool {
				held := seen[p.Key]
				seen[p.Key] = append(held, p)
				if p.Load = 1; len(held) != 1 {
					return len(held) > 1
				}
				first := held[0]
				accountant, lines, sums := p.Agent.Accountant, p.Lines, p.Sums
				if *p = *first; accountant == "038" && first.Agent.Accountant == "075" && !sameLines(lines, first.Lines) {
					p.Agent.Accountant, p.Lines, p.Sums = accountant, lines, sums
				}
				p.Load = 2
				return false
			})
		}
		want := m.run(t).sorted()
		for side := range m.payslips {
			for _, p := range m.payslips[side] {
				p.Load = 3 - p.Load
			}
		}
		if got := m.run(t).sorted(); !slices.Equal(got, want) {
			t.Fatalf("files in the other order:\n%q\nwanted:\n%q", got, want)
		}
	})
}

func TestRaisingAToleranceNeverAddsAnOpenGap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawn(t)
		before := m.run(t)
		m.terms.Tolerance.LineCents += Amount(rapid.IntRange(0, 3).Draw(t, "more per line"))
		m.terms.Tolerance.PayslipCents += Amount(rapid.IntRange(0, 3).Draw(t, "more per payslip"))
		after := m.run(t)
		open := map[string]bool{}
		for _, d := range before.rows {
			open[d.Fingerprint] = d.Status.Open()
		}
		for _, d := range after.rows {
			if d.Status.Open() && !open[d.Fingerprint] {
				t.Fatalf("%s opened", brief(d))
			}
		}
		if len(before.rows) != len(after.rows) || before.tally.Discrepancies.Delta != after.tally.Discrepancies.Delta {
			t.Fatal("a tolerance changed what is listed or summed")
		}
	})
}
