package reconcile

import (
	"encoding/json"
	"errors"
	"testing"
)

// person makes the payslip of a well-formed NIR.
func person(serial string, lines ...PayLine) *Payslip {
	p := agent("1850475000"+serial, lines...)
	p.ID = 1
	return p
}

// firstOf compares a ministry by its keys alone.
func firstOf(t *testing.T, m *ministry) *Comparer {
	t.Helper()
	m.terms.Mapping = m.terms.Tables.For(m.terms.Period, m.terms.Months)
	c := NewComparer(m.terms, new(outcome))
	if err := c.First(Pairs(Assemble(m.rows(Legacy)), Assemble(m.rows(ONP)))); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestAPairIsQuietOnlyWhereThereIsNothingToSay(t *testing.T) {
	pay := func(side string, cents Amount) PayLine { return line(Code(side+"PAY"), ToPay, cents) }
	cases := []struct {
		name         string
		change       func(m *ministry, l, o *Payslip)
		quiet, noted int64
	}{
		{"alike", func(*ministry, *Payslip, *Payslip) {}, 1, 0},
		{"the same amount in two lines", func(_ *ministry, _, o *Payslip) { o.Lines = []PayLine{pay("O", 40), pay("O", 60)} }, 1, 0},
		{"another amount", func(_ *ministry, _, o *Payslip) { o.Lines = []PayLine{pay("O", 101)} }, 0, 1},
		{"an amount within tolerance", func(m *ministry, _, o *Payslip) {
			m.terms.Tolerance.LineCents, o.Lines = 5, []PayLine{pay("O", 101)}
		}, 0, 1},
		{"another grade", func(_ *ministry, _, o *Payslip) { o.Agent.Grade = "BBB002" }, 0, 1},
		{"another accountant", func(_ *ministry, _, o *Payslip) { o.Agent.Accountant = "069" }, 0, 1},
		{"a grade that one file does not carry", func(_ *ministry, _, o *Payslip) {
			o.Agent.Grade, o.Agent.Carried = "", AllFields&^(1<<FieldGrade)
		}, 1, 0},
		{"a declared total that is wrong", func(_ *ministry, l, _ *Payslip) { l.Declared.ToPay = Some(99) }, 0, 1},
		{"declared totals that are right", func(_ *ministry, l, o *Payslip) { l.Declared.Net, o.Declared.Net = Some(100), Some(100) }, 1, 0},
		{"a provisional NIR", func(m *ministry, l, o *Payslip) {
			for _, p := range []*Payslip{l, o} {
				p.Agent.NIR = "7850475000001"
			}
		}, 0, 1},
		{"a code without correspondence on both sides", func(_ *ministry, l, o *Payslip) {
			l.Lines, o.Lines = append(l.Lines, line("X", Information, 5)), append(o.Lines, line("X", Information, 5))
		}, 0, 1},
		{"another dossier of the same person", func(m *ministry, l, _ *Payslip) {
			other := *l
			other.Key, other.Agent.Dossier = other.Agent.NIR+"/02", "02"
			m.legacy(&other)
		}, 0, 2},
		{"the same payslip twice in a file", func(m *ministry, l, _ *Payslip) {
			other := *l
			m.legacy(&other)
		}, 0, 1},
		{"the same payslip in two files", func(m *ministry, l, _ *Payslip) {
			other := *l
			other.Load = 2
			m.legacy(&other)
		}, 0, 1},
		{"no payslip on one side", func(m *ministry, _, _ *Payslip) { m.payslips[ONP] = nil }, 0, 1},
	}
	for _, c := range cases {
		m := newMinistry()
		l, o := person("001", pay("L", 100)), person("001", pay("O", 100))
		m.legacy(l).onp(o)
		c.change(m, l, o)
		for _, side := range m.payslips {
			for _, p := range side {
				p.Sums = SumLines(p.Lines)
			}
		}
		got := firstOf(t, m)
		if got.Quiet.Pairs != c.quiet || int64(len(got.Noted)) != c.noted {
			t.Errorf("%s: %d quiet and %d noted, wanted %d and %d", c.name, got.Quiet.Pairs, len(got.Noted), c.quiet, c.noted)
		}
	}
}

func TestQuietAccountsAreReadAsWrittenAndTakenOutWithoutTrace(t *testing.T) {
	m := newMinistry()
	pay := func(code Code, cents Amount) []PayLine {
		return []PayLine{line(code, ToPay, cents), line(code, ToPay, 7, december-1)}
	}
	elsewhere := func(p *Payslip) *Payslip { p.Agent.Programme, p.Agent.BOP = "302", "B2"; return p }
	m.terms.Tables.Elements[0].Title2 = "21"
	m.legacy(person("001", pay("LPAY", 100)...), elsewhere(person("002", pay("LPAY", 200)...)))
	m.onp(person("001", pay("OPAY", 100)...), elsewhere(person("002", pay("OPAY", 200)...)))
	all := firstOf(t, m)
	text, err := json.Marshal(all.Quiet)
	if err != nil || all.Quiet.Pairs != 2 {
		t.Fatal(all.Quiet.Pairs, err)
	}
	again, err := ParseQuiet(m.terms.Mapping, text)
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := json.Marshal(again); string(got) != string(text) {
		t.Errorf("read again:\n%s\nwritten:\n%s", got, text)
	}

	one := newMinistry()
	one.terms = m.terms
	one.payslips = [2][]*Payslip{{m.payslips[Legacy][1]}, {m.payslips[ONP][1]}}
	if err := again.Take(firstOf(t, one).Quiet); err != nil {
		t.Fatal(err)
	}
	one.payslips = [2][]*Payslip{{m.payslips[Legacy][0]}, {m.payslips[ONP][0]}}
	left, want := firstOf(t, one).Quiet, new(Tally)
	*want = newTally(m.terms.Mapping)
	want.AddQuiet(left)
	a, _ := json.Marshal(again)
	b, _ := json.Marshal(left)
	if string(a) != string(b) || len(want.Ledger.programmes()) != 1 {
		t.Errorf("left of both:\n%s\nof the first alone:\n%s", a, b)
	}
	if err := again.Take(all.Quiet); !errors.Is(err, ErrNotQuiet) {
		t.Errorf("more taken than there was: %v", err)
	}
}

func TestQuietAccountsOfOtherTablesAreRefused(t *testing.T) {
	m := newMinistry()
	m.terms.Mapping = m.terms.Tables.For(m.terms.Period, m.terms.Months)
	for _, text := range []string{"", "{", `{"elements":4,"categories":1}`, `{"pairs":-1,"elements":5,"categories":1}`,
		`{"elements":5,"categories":1,"books":[{"held":[[5,1,1]]}]}`, `{"elements":5,"categories":1,"mass":[{"held":[[-1,1,1,0,0]]}]}`} {
		if _, err := ParseQuiet(m.terms.Mapping, []byte(text)); !errors.Is(err, ErrNotQuiet) {
			t.Errorf("%s: %v", text, err)
		}
	}
	if _, err := ParseQuiet(m.terms.Mapping, []byte(`{"elements":5,"categories":1}`)); err != nil {
		t.Error("accounts of nothing:", err)
	}
}
