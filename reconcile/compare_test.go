package reconcile

import (
	"errors"
	"strings"
	"testing"
)

const (
	october  = december - 2
	november = december - 1
)

func TestCompareFindsEachKindOfGap(t *testing.T) {
	pay := func(side string, cents Amount) PayLine { return line(Code(side+"PAY"), ToPay, cents) }
	cases := []struct {
		reason string
		build  func(*ministry)
		want   []string
	}{
		{"equal payslips have no gap, whatever the codes", func(m *ministry) {
			m.legacy(agent("1", pay("L", 200000), line("LPENSION", ToDeduct, 1752))).onp(agent("1", pay("O", 200000), line("OPENSION", ToDeduct, 1752)))
		}, nil},
		{"one centime is a gap when nothing is tolerated", func(m *ministry) {
			m.legacy(agent("1", pay("L", 200000))).onp(agent("1", pay("O", 199999)))
		}, []string{"1/01 amount PAY 2000.00→1999.99 net -0.01 info 0.00 compared_line open"}},
		{"a larger deduction is less money for the agent", func(m *ministry) {
			m.legacy(agent("1", line("LPENSION", ToDeduct, 1700))).onp(agent("1", line("OPENSION", ToDeduct, 1800)))
		}, []string{"1/01 amount PENSION -17.00→-18.00 net -1.00 info 0.00 compared_line open"}},
		{"an employer line moves no net", func(m *ministry) {
			m.legacy(agent("1", line("LCAS", Information, 4428))).onp(agent("1", line("OCAS", Information, 7428)))
		}, []string{"1/01 amount CAS 44.28→74.28 net 0.00 info 30.00 compared_line open"}},
		{"several lines of one element are summed before comparison", func(m *ministry) {
			m.legacy(agent("1", line("LBONUS", ToPay, 100), line("LBONUS", ToPay, 50))).onp(agent("1", line("OBONUS", ToPay, 30), line("O2BONUS", ToPay, 120)))
		}, nil},
		{"a line that one side lacks", func(m *ministry) {
			m.legacy(agent("1", pay("L", 100), line("LBONUS", ToPay, 50))).onp(agent("1", pay("O", 100), line("OCAS", Information, 7)))
		}, []string{"1/01 line_missing_in_onp BONUS 0.50→0.00 net -0.50 info 0.00 compared_line open",
			"1/01 line_missing_in_legacy CAS 0.00→0.07 net 0.00 info 0.07 compared_line open"}},
		{"a line of zero that the other side lacks is no gap: it carries a base only", func(m *ministry) {
			m.legacy(agent("1", pay("L", 100), line("LBONUS", ToPay, 0))).onp(agent("1", pay("O", 100)))
		}, nil},
		{"a payslip that one side lacks carries its net and its employer lines", func(m *ministry) {
			m.legacy(agent("1", pay("L", 100), line("LPENSION", ToDeduct, 10), line("LCAS", Information, 30)))
			m.onp(agent("2", pay("O", 5)))
		}, []string{"1/01 missing_in_onp  0.90→0.00 net -0.90 info -0.30 missing_payslip open",
			"2/01 missing_in_legacy  0.00→0.05 net 0.05 info 0.00 missing_payslip open"}},
		{"a code that no table knows is a gap of its full amount, on each side", func(m *ministry) {
			m.legacy(agent("1", line("X1", ToPay, 100), line("X1", ToPay, 1), line("X2", Information, 7))).onp(agent("1", line("Y1", ToDeduct, 40)))
		}, []string{"1/01 unmapped X1 1.01→0.00 net -1.01 info 0.00 unmapped_code open",
			"1/01 unmapped X2 0.07→0.00 net 0.00 info -0.07 unmapped_code open",
			"1/01 unmapped Y1 0.00→-0.40 net -0.40 info 0.00 unmapped_code open"}},
		{"a line outside the net cannot feed an element of the net", func(m *ministry) {
			m.legacy(agent("1", line("LPAY", Information, 100)))
			m.onp(agent("1"))
		}, []string{"1/01 unmapped LPAY 1.00→0.00 net 0.00 info -1.00 sense_mismatch open"}},
		{"arrears spread otherwise over the months vanish in the net", func(m *ministry) {
			m.legacy(agent("1", line("LBONUS", ToPay, 300, october))).onp(agent("1", line("OBONUS", ToPay, 100, october), line("OBONUS", ToPay, 200, november)))
		}, []string{"1/01 amount BONUS 3.00→1.00 net -2.00 info 0.00 net_over_origins open 2013-10",
			"1/01 line_missing_in_legacy BONUS 0.00→2.00 net 2.00 info 0.00 net_over_origins open 2013-11"}},
		{"an element that is not compared is listed as justified, with its amount", func(m *ministry) {
			m.legacy(agent("1", line("LTAXABLE", Information, 100))).onp(agent("1", line("OTAXABLE", Information, 90)))
		}, []string{"1/01 amount TAXABLE 1.00→0.90 net 0.00 info -0.10 not_compared justified"}},
		{"a field of the situation, then one of the imputation", func(m *ministry) {
			o := agent("1", pay("O", 100))
			o.Agent.Indice, o.Agent.Accountant = 410, "038"
			m.legacy(agent("1", pay("L", 100))).onp(o)
		}, []string{"1/01 situation indice 400→410", "1/01 budget accountant 075→038"}},
		{"a field that one file does not carry cannot differ; one left blank can", func(m *ministry) {
			o := agent("1", pay("O", 100))
			o.Agent.Grade, o.Agent.Indice = "", Absent
			o.Agent.Carried = AllFields &^ (1 << FieldGrade)
			m.legacy(agent("1", pay("L", 100))).onp(o)
		}, []string{"1/01 situation indice 400→"}},
		{"equal amounts on another programme move no delta but close by programme", func(m *ministry) {
			m.legacy(agentOf("176", "1", "M1", pay("L", 100))).onp(agentOf("216", "1", "M1", pay("O", 130)))
		}, []string{"1/01 amount PAY 1.00→1.30 net 0.30 info 0.00 compared_line open", "1/01 budget programme 176→216"}},
		{"another NIR and the same matricule is one doubtful agent, not two missing", func(m *ministry) {
			m.legacy(agentOf("176", "1", "M1", pay("L", 100))).onp(agentOf("176", "9", "M1", pay("O", 90)))
		}, []string{"1/01 identity  0.00→0.00 net 0.00 info 0.00 fallback_key open", "1/01 amount PAY 1.00→0.90 net -0.10 info 0.00 compared_line open"}},
		{"two candidates are never chosen between", func(m *ministry) {
			m.legacy(agentOf("176", "1", "M1", pay("L", 100))).onp(agentOf("176", "8", "M1", pay("O", 90)), agentOf("176", "9", "M1", pay("O", 80)))
		}, []string{"1/01 identity ambiguous 1: M1/01→2: M1/01, M1/01 identity unknown open", "1/01 missing_in_onp  1.00→0.00 net -1.00 info 0.00 missing_payslip open",
			"8/01 identity ambiguous 1: M1/01→2: M1/01, M1/01 identity unknown open", "8/01 missing_in_legacy  0.00→0.90 net 0.90 info 0.00 missing_payslip open",
			"9/01 identity ambiguous 1: M1/01→2: M1/01, M1/01 identity unknown open", "9/01 missing_in_legacy  0.00→0.80 net 0.80 info 0.00 missing_payslip open"}},
		{"a declared crosswalk is an identity already justified", func(m *ministry) {
			m.terms.Tables.Crosswalk = []CrosswalkRow{{"1/01", "9/01", "NIR certifié en décembre"}}
			m.legacy(agentOf("176", "1", "M1", pay("L", 100))).onp(agentOf("176", "9", "M9", pay("O", 100)))
		}, []string{"1/01 identity  0.00→0.00 net 0.00 info 0.00 crosswalk justified"}},
		{"parts of a flat file are one payslip", func(m *ministry) {
			a, b := agent("1", pay("L", 60)), agent("1", pay("L", 40))
			a.Whole, b.Whole = false, false
			m.legacy(a, b).onp(agent("1", pay("O", 100)))
		}, nil},
		{"a payslip twice in one file is summed and reported", func(m *ministry) {
			m.legacy(agent("1", pay("L", 60)), agent("1", pay("L", 60))).onp(agent("1", pay("O", 60)))
		}, []string{"1/01 identity  1.20→0.00 net 0.00 info 0.00 repeated_in_file open", "1/01 amount PAY 1.20→0.60 net -0.60 info 0.00 compared_line open"}},
		{"a payslip in two files is set aside and summed nowhere", func(m *ministry) {
			second, third := agent("1", pay("L", 60)), agent("1", pay("L", 60))
			second.Load, third.Load = 2, 3
			m.legacy(agent("1", pay("L", 60)), second, third).onp(agent("1", pay("O", 60)))
		}, []string{"1/01 identity  0.60→0.00 net 0.00 info 0.00 doubled_in_files open", "1/01 identity  0.60→0.00 net 0.00 info 0.00 doubled_in_files open"}},
		{"a part of a payslip on another programme is not hidden behind the first", func(m *ministry) {
			a, b := agentOf("176", "1", "M1", pay("O", 60)), agentOf("216", "1", "M1", line("OBONUS", ToPay, 40))
			b.Agent.Indice = 888
			m.legacy(agentOf("176", "1", "M1", pay("L", 60), line("LBONUS", ToPay, 40))).onp(a, b)
		}, []string{"1/01 identity  0.00→1.00 net 0.00 info 0.00 repeated_in_file open", "1/01 situation indice 400→400 + 888", "1/01 budget programme 176→176 + 216"}},
		{"two matricules under one NIR that may be true are joined, and reported", func(m *ministry) {
			a, b := agentOf("176", "1730975108042", "M1", pay("L", 60)), agentOf("176", "1730975108042", "M9", pay("L", 40))
			a.Whole, b.Whole = false, false
			m.legacy(a, b).onp(agentOf("176", "1730975108042", "M1", pay("O", 100)))
		}, []string{"1730975108042/01 identity  1.00→0.00 net 0.00 info 0.00 conflicting_matricules open"}},
		{"a gap stands on the programme that both sides book it on", func(m *ministry) {
			for _, side := range []struct {
				letter string
				bonus  Amount
			}{{"L", 50}, {"O", 60}} {
				a, b := agentOf("176", "1", "M1", pay(side.letter, 100)), agentOf("216", "1", "M1", line(Code(side.letter+"BONUS"), ToPay, side.bonus))
				a.Whole, b.Whole = false, false
				if side.letter == "L" {
					m.legacy(b, a)
				} else {
					m.onp(a, b)
				}
			}
		}, []string{"1/01 amount BONUS 0.50→0.60 net 0.10 info 0.00 compared_line open on 216"}},
		{"the same programmes bearing other elements is told", func(m *ministry) {
			for i, p := range []*Payslip{agentOf("176", "1", "M1", pay("L", 100)), agentOf("216", "1", "M1", line("LBONUS", ToPay, 70)),
				agentOf("216", "1", "M1", pay("O", 100)), agentOf("176", "1", "M1", line("OBONUS", ToPay, 70))} {
				p.Whole = false
				if i < 2 {
					m.legacy(p)
				} else {
					m.onp(p)
				}
			}
		}, []string{"1/01 budget programme 176: 1.00 + 216: 0.70→176: 0.70 + 216: 1.00"}},
		{"nets declared otherwise than the lines are told", func(m *ministry) {
			l, o := agent("1", pay("L", 100)), agent("1", pay("O", 100))
			l.Declared.Net, o.Declared.Net = Some(100), Some(50)
			m.legacy(l).onp(o)
		}, []string{"1/01 situation net 1.00→0.50"}},
		{"a crosswalk that leads nowhere leaves the fallback its turn", func(m *ministry) {
			m.terms.Tables.Crosswalk = []CrosswalkRow{{"1/01", "8/01", "doublon de NIR"}}
			m.legacy(agentOf("176", "1", "M1", pay("L", 100))).onp(agentOf("176", "9", "M1", pay("O", 100)))
		}, []string{"1/01 identity  0.00→0.00 net 0.00 info 0.00 fallback_key open"}},
		{"agents without a key are paired by the fallback, unless there are several", func(m *ministry) {
			l, o := agentOf("176", "", "M1", pay("L", 100)), agentOf("176", "", "M1", pay("O", 100))
			l.Key, o.Key = "?M1/01", "?M1/01"
			m.legacy(l).onp(o, agentOf("176", "9", "M1", pay("O", 100)))
		}, []string{"?M1/01 identity ambiguous 1: M1/01→2: M1/01, M1/01 identity unknown open", "?M1/01 missing_in_onp  1.00→0.00 net -1.00 info 0.00 missing_payslip open",
			"9/01 identity ambiguous 1: M1/01→2: M1/01, M1/01 identity unknown open", "9/01 missing_in_legacy  0.00→1.00 net 1.00 info 0.00 missing_payslip open",
			"?M1/01 identity ambiguous 1: M1/01→2: M1/01, M1/01 identity unknown open", "?M1/01 missing_in_legacy  0.00→1.00 net 1.00 info 0.00 missing_payslip open"}},
		{"a factor of -1 turns a rubric printed with the other sign", func(m *ministry) {
			m.terms.Tables.Correspondences[1].Factor = -1
			m.legacy(agent("1", pay("L", 60))).onp(agent("1", pay("O", -60)))
		}, nil},
	}
	for _, c := range cases {
		m := newMinistry()
		c.build(m)
		o := m.run(t)
		equal(t, c.reason, o.briefs(), c.want)
		seen := map[string]bool{}
		for _, d := range o.rows {
			if seen[d.Fingerprint] || d.Fingerprint == "" {
				t.Errorf("%s: fingerprint %q of %s stands twice", c.reason, d.Fingerprint, brief(d))
			}
			seen[d.Fingerprint] = true
		}
	}
}

func TestTolerancesCountInCentimes(t *testing.T) {
	gap := func(pay, pension Amount) *ministry {
		m := newMinistry()
		m.legacy(agent("1", line("LPAY", ToPay, 200000), line("LPENSION", ToDeduct, 10000)))
		m.onp(agent("1", line("OPAY", ToPay, 200000+pay), line("OPENSION", ToDeduct, 10000+pension)))
		return m
	}
	cases := []struct {
		reason       string
		pay, pension Amount
		tolerance    Tolerance
		element      OptAmount
		tolerated    int64
	}{
		{"nothing is tolerated by default", 1, 0, Tolerance{}, OptAmount{}, 0},
		{"a line within its tolerance", 1, 0, Tolerance{LineCents: 1}, OptAmount{}, 1},
		{"a line beyond it", 2, 0, Tolerance{LineCents: 1}, OptAmount{}, 0},
		{"each line is judged alone", 1, 2, Tolerance{LineCents: 1}, OptAmount{}, 1},
		{"an element's own tolerance wins, upwards", 3, 0, Tolerance{LineCents: 1}, Some(3), 1},
		{"an element's own tolerance wins, downwards", 1, 0, Tolerance{LineCents: 1}, Some(0), 0},
		{"a payslip whose gaps together stay within its tolerance", 2, 2, Tolerance{PayslipCents: 4}, OptAmount{}, 2},
		{"gaps that compensate do not hide behind the net", 2, 2, Tolerance{PayslipCents: 3}, OptAmount{}, 0},
		{"an element's own tolerance is not widened by the payslip's", 1, 1, Tolerance{PayslipCents: 5}, Some(0), 1},
	}
	for _, c := range cases {
		m := gap(c.pay, c.pension)
		m.terms.Tolerance = c.tolerance
		m.terms.Tables.Elements[0].Tolerance = c.element
		o := m.run(t)
		d := o.tally.Discrepancies
		if d.Tolerated != c.tolerated || d.Open != d.Total-c.tolerated {
			t.Errorf("%s: %d of %d tolerated, %d open, wanted %d tolerated", c.reason, d.Tolerated, d.Total, d.Open, c.tolerated)
		}
		if want := c.pay - c.pension; d.Delta != want {
			t.Errorf("%s: delta %v, wanted %v: a tolerated gap is still counted", c.reason, d.Delta, want)
		}
	}
}

func TestPayslipsAreCountedByVerdict(t *testing.T) {
	m := newMinistry()
	m.terms.Tolerance.LineCents = 1
	pay := func(side string, cents Amount) PayLine { return line(Code(side+"PAY"), ToPay, cents) }
	m.legacy(agent("1", pay("L", 100)), agent("2", pay("L", 100)), agent("3", pay("L", 100)), agent("4", pay("L", 100)))
	m.onp(agent("1", pay("O", 100)), agent("2", pay("O", 101)), agent("3", pay("O", 150)), agent("5", pay("O", 100)), agent("6", pay("O", 100)))
	want := PayslipSummary{Matched: 3, Identical: 1, Tolerated: 1, Differing: 1, MissingInONP: 1, MissingInLegacy: 2}
	if got := m.run(t).tally.Payslips; got != want {
		t.Errorf("got %+v, wanted %+v", got, want)
	}
}

func TestDeclaredTotalsAreHeldAgainstLines(t *testing.T) {
	cases := []struct {
		reason     string
		declared   Declared
		unbalanced int64
	}{
		{"no declared total, nothing to hold", Declared{}, 0},
		{"all totals agree", Declared{Some(100), Some(10), Some(90), Some(30)}, 0},
		{"the net disagrees", Declared{Some(100), Some(10), Some(91), Some(30)}, 1},
		{"the employer's total disagrees", Declared{Employer: Some(31)}, 1},
	}
	for _, c := range cases {
		m := newMinistry()
		p := agent("1", line("LPAY", ToPay, 100), line("LPENSION", ToDeduct, 10), line("LCAS", Information, 30), line("LTAXABLE", Information, 5))
		p.Declared = c.declared
		m.legacy(p)
		if got := m.run(t).tally.Sides[Legacy].Unbalanced; got != c.unbalanced {
			t.Errorf("%s: %d unbalanced, wanted %d", c.reason, got, c.unbalanced)
		}
	}
}

func TestStreamsOutOfOrderAreRefused(t *testing.T) {
	m := newMinistry()
	m.terms.Mapping = m.terms.Tables.At(december)
	unsorted := []*Payslip{agent("2"), agent("1")}
	c := NewComparer(m.terms, new(outcome))
	err := c.First(Pairs(Assemble(each(unsorted)), Assemble(each([]*Payslip{}))))
	if !errors.Is(err, ErrOrder) {
		t.Errorf("unsorted payslips: got %v, wanted ErrOrder", err)
	}
	under := func(loose string, p *Payslip) *Single {
		s := &Single{Payslip: p}
		s.Loose[ByFallback-1] = loose
		return s
	}
	err = c.Second(Rematch(ByFallback, each([]*Single{under("b", agent("1")), under("a", agent("2"))}), each([]*Candidate{})))
	if !errors.Is(err, ErrOrder) {
		t.Errorf("unsorted singles: got %v, wanted ErrOrder", err)
	}
}

func TestLinesThatDoNotGiveTheStoredSumsStopTheRun(t *testing.T) {
	m := newMinistry()
	p := agent("1", line("LPAY", ToPay, 100))
	p.ID, p.Sums.ToPay = 7, 99
	_, err := m.legacy(p).onp(agent("1")).reconcile()
	if !errors.Is(err, ErrStoredSums) {
		t.Errorf("got %v, wanted ErrStoredSums", err)
	}
}

func TestCloseSeesEveryTampering(t *testing.T) {
	build := func() (*ministry, *outcome) {
		m := newMinistry()
		m.legacy(agent("1", line("LPAY", ToPay, 100), line("X", ToPay, 5)), agent("3", line("LCAS", Information, 8)))
		m.onp(agentOf("216", "1", "M1", line("OPAY", ToPay, 130), line("OCAS", Information, 7)))
		return m, m.run(t)
	}
	cases := []struct {
		reason, check string
		tamper        func(*Accounts, *Tally)
	}{
		{"the reader added one centime more", "engine", func(a *Accounts, _ *Tally) { a.Read[Legacy][0].Amount++ }},
		{"the reader saw another programme", "engine", func(a *Accounts, _ *Tally) { a.Read[Legacy][0].Programme = "307" }},
		{"the reader counted one line more", "stored", func(a *Accounts, _ *Tally) { a.Read[Legacy][0].Lines++ }},
		{"the database lost a centime", "stored", func(a *Accounts, _ *Tally) { a.Stored[0].Sums.ToPay-- }},
		{"the database holds payslips of a programme that nobody read", "stored", func(a *Accounts, _ *Tally) {
			a.Stored = append(a.Stored, StoredSum{Legacy, "999", Sums{ToPay: 1}})
		}},
		{"a recorded row lost its delta", "recorded", func(a *Accounts, _ *Tally) { a.Rows[1].DeltaNet = 0 }},
		{"a recorded row moved to another element", "recorded", func(a *Accounts, _ *Tally) { a.Rows[1].Element = "BONUS" }},
		{"a row was never recorded", "recorded", func(a *Accounts, _ *Tally) { a.Rows = a.Rows[1:] }},
		{"a missing payslip changed", "recorded", func(a *Accounts, _ *Tally) { a.Rows[len(a.Rows)-1].Information++ }},
		{"the engine forgot a transfer", "closing", func(_ *Accounts, t *Tally) { t.Ledger.books["176"].elements[0].Transfer = 0 }},
		{"the summary's delta is not the sum", "identity", func(_ *Accounts, t *Tally) { t.Discrepancies.Delta++ }},
	}
	for _, c := range cases {
		m, o := build()
		a := m.accounts(o)
		c.tamper(a, o.tally)
		closing := Close(m.terms.Mapping, o.tally, a)
		blamed := ""
		for _, check := range closing.Checks {
			if !check.OK {
				blamed += check.Name + " "
			}
		}
		if closing.OK || !strings.Contains(blamed, c.check) {
			t.Errorf("%s: closing OK is %v, checks that fail: %q, wanted %q among them", c.reason, closing.OK, blamed, c.check)
		}
	}
}
