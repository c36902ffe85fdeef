package reconcile

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"testing"
)

// ministry reconciles slices of payslips as production reconciles cursors: no
// database, no files, no mocks.
type ministry struct {
	terms    *Terms
	payslips [2][]*Payslip
}

const december = Period(2013*12 + 11)

func newMinistry() *ministry {
	tables := &Tables{
		Elements: []Element{
			{Code: "PAY", LabelFR: "Traitement", Kind: Gain, Compared: true},
			{Code: "BONUS", LabelFR: "Prime", Kind: Gain, Compared: true},
			{Code: "PENSION", LabelFR: "Retenue", Kind: Retenue, Compared: true},
			{Code: "CAS", LabelFR: "Contribution", Kind: Patronale, Compared: true},
			{Code: "TAXABLE", LabelFR: "Net imposable", Kind: Info, Reason: "calculé autrement"},
		},
	}
	for _, e := range tables.Elements {
		tables.Correspondences = append(tables.Correspondences,
			Correspondence{Element: e.Code, Side: Legacy, Code: "L" + Code(e.Code), Factor: 1},
			Correspondence{Element: e.Code, Side: ONP, Code: "O" + Code(e.Code), Factor: 1},
			Correspondence{Element: e.Code, Side: ONP, Code: "O2" + Code(e.Code), Factor: 1})
	}
	return &ministry{terms: &Terms{
		Period: december, Tables: tables, Secret: []byte("secret"),
		Identity: Identity{Key: []IdentityField{IdentityNIR, IdentityDossier}, Fallback: []IdentityField{IdentityMatricule, IdentityDossier}},
	}}
}

// agent makes a payslip of one side: the NIR is the key, the matricule follows.
func agent(nir string, lines ...PayLine) *Payslip {
	return agentOf("176", nir, "M"+nir, lines...)
}

func agentOf(programme, nir, matricule string, lines ...PayLine) *Payslip {
	p := &Payslip{Key: nir + "/01", Period: december, Lines: lines, Sums: SumLines(lines), Whole: true, Load: 1,
		Agent: Agent{NIR: nir, Dossier: "01", Matricule: matricule, Grade: "AAA001", Indice: 400, Programme: programme, BOP: "B1", Accountant: "075", Carried: AllFields}}
	return p
}

// line is a line as files print it: a deduction is given positive.
func line(code Code, sense Sense, cents Amount, origin ...Period) PayLine {
	l := PayLine{Code: code, Sense: sense, Amount: cents, Origin: december, Base: NoFixed, Rate: NoFixed}
	if sense == ToDeduct {
		l.Amount = -cents
	}
	if len(origin) > 0 {
		l.Origin = origin[0]
	}
	return l
}

func (m *ministry) legacy(p ...*Payslip) *ministry {
	m.payslips[Legacy] = append(m.payslips[Legacy], p...)
	return m
}

func (m *ministry) onp(p ...*Payslip) *ministry {
	m.payslips[ONP] = append(m.payslips[ONP], p...)
	return m
}

// outcome is what a reconciliation found.
type outcome struct {
	rows    []*Discrepancy
	singles []*Single
	tally   *Tally
	closing Closing
}

func (o *outcome) Discrepancy(d *Discrepancy) error {
	copied := *d
	o.rows = append(o.rows, &copied)
	return nil
}

func (o *outcome) Single(s *Single) error {
	o.singles = append(o.singles, s)
	return nil
}

// brief is a discrepancy in a line, as the tables of cases expect it.
func brief(d *Discrepancy) string {
	s := fmt.Sprintf("%s %s %s", d.Key, d.Kind, d.Element)
	if d.Kind == SituationDiffers || d.Kind == BudgetDiffers {
		return s + " " + d.LegacyText + "→" + d.ONPText
	}
	if d.Kind == IdentityDoubt && d.LegacyText+d.ONPText != "" {
		return fmt.Sprintf("%s%s %s→%s %s %s %s", s, d.Rule, d.LegacyText, d.ONPText, d.Cause, d.AtFault, d.Status)
	}
	s += fmt.Sprintf(" %v→%v net %v info %v %s %s", d.Legacy, d.ONP, d.DeltaNet, d.DeltaInformation, d.Rule, d.Status)
	if d.Origin != 0 && d.Origin != december {
		s += " " + d.Origin.String()
	}
	if d.Programme != "176" {
		s += " on " + d.Programme
	}
	return s
}

func (o *outcome) briefs() []string {
	all := make([]string, len(o.rows))
	for i, d := range o.rows {
		all[i] = brief(d)
	}
	return all
}

// sorted are the briefs whatever the order in which they were found.
func (o *outcome) sorted() []string {
	all := o.briefs()
	slices.Sort(all)
	return all
}

// rekey gives a payslip the key that the reader would.
func (m *ministry) rekey(p *Payslip) {
	id := m.terms.Identity
	if key, ok := KeyOf(&p.Agent, id.Key); ok {
		p.Key = key
		return
	}
	key, ok := KeyOf(&p.Agent, id.Fallback)
	if p.Key = NoKey + key; !ok {
		p.Agent.Matricule = "M9" // a reader rejects who has neither
		m.rekey(p)
	}
}

// run reconciles, and fails the test unless everything closes.
func (m *ministry) run(t interface {
	Helper()
	Fatal(...any)
}) *outcome {
	t.Helper()
	o, err := m.reconcile()
	if err != nil {
		t.Fatal(err)
	}
	if !o.closing.OK {
		for _, c := range o.closing.Checks {
			if !c.OK {
				t.Fatal("does not close:", c)
			}
		}
		t.Fatal("does not close")
	}
	return o
}

func (m *ministry) reconcile() (*outcome, error) {
	m.terms.Mapping = m.terms.Tables.For(m.terms.Period, m.terms.Months)
	o := new(outcome)
	c := NewComparer(m.terms, o)
	if err := c.First(Pairs(Assemble(m.rows(Legacy)), Assemble(m.rows(ONP)))); err != nil {
		return nil, err
	}
	second := NewComparer(m.terms, o)
	for _, by := range Passes {
		singles, crowds := o.round(by)
		if err := second.Second(Rematch(by, each(singles), each(crowds))); err != nil {
			return nil, err
		}
	}
	sortSingles(o.singles, ByKey)
	if err := second.Second(Alone(each(o.singles))); err != nil {
		return nil, err
	}
	c.Tally.Merge(&second.Tally)
	c.Tally.AddQuiet(c.Quiet)
	o.tally = &c.Tally
	o.closing = Close(m.terms.Mapping, o.tally, m.accounts(o))
	return o, nil
}

// round takes out the singles that a pass settles, as a store would: those
// whose looser key both sides have.
func (o *outcome) round(by Match) (singles []*Single, crowds []*Candidate) {
	sides, payslips, strangers := map[string][2]bool{}, map[string]map[string]bool{}, map[string]bool{}
	for _, s := range o.singles {
		if loose := s.Under(by); loose != "" {
			met := sides[loose]
			met[s.Side] = true
			sides[loose] = met
			if payslips[loose] == nil {
				payslips[loose] = map[string]bool{}
			}
			payslips[loose][fmt.Sprint(s.Side, s.Payslip.Key, " ", s.Person)] = true
			for _, other := range o.singles {
				strangers[loose] = strangers[loose] || other.Under(by) == loose && other.Side != s.Side && s.Strangers(other, by)
			}
		}
	}
	o.singles = slices.DeleteFunc(o.singles, func(s *Single) bool {
		loose := s.Under(by)
		settled := sides[loose] == [2]bool{true, true} && (len(payslips[loose]) > 2 || !strangers[loose])
		if settled {
			singles = append(singles, s)
		}
		return settled
	})
	sortSingles(singles, by)
	for _, s := range singles {
		if len(payslips[s.Under(by)]) > 2 {
			crowds = append(crowds, &Candidate{s.Under(by), s.Side, s.Payslip.Key, s.Person, s.Payslip.Agent.Matricule, s.Payslip.Agent.Dossier})
		}
	}
	return singles, crowds
}

func sortSingles(singles []*Single, by Match) {
	slices.SortStableFunc(singles, func(a, b *Single) int {
		looser := 0
		if by != ByKey {
			looser = cmp.Compare(a.Under(by), b.Under(by))
		}
		return cmp.Or(looser, cmp.Compare(a.Side, b.Side), cmp.Compare(a.Payslip.Key, b.Payslip.Key), cmp.Compare(a.Person, b.Person), cmp.Compare(a.Payslip.Load, b.Payslip.Load))
	})
}

func each[T any](all []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, v := range all {
			if !yield(v, nil) {
				return
			}
		}
	}
}

// rows gives copies, in the order a store would.
func (m *ministry) rows(side Side) iter.Seq2[*Payslip, error] {
	sorted := make([]*Payslip, len(m.payslips[side]))
	for i, p := range m.payslips[side] {
		copied := *p
		copied.Lines = slices.Clone(p.Lines)
		sorted[i] = &copied
	}
	slices.SortStableFunc(sorted, func(a, b *Payslip) int { return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.Load, b.Load)) })
	return each(sorted)
}

// accounts adds the payslips as a reader and a database would, without the
// engine.
func (m *ministry) accounts(o *outcome) *Accounts {
	a := new(Accounts)
	for _, side := range Sides {
		stored := map[string]*Sums{}
		for _, p := range m.payslips[side] {
			for _, l := range p.Lines {
				a.Read[side] = append(a.Read[side], CodeTotal{Programme: p.Agent.Programme, Code: l.Code, Sense: l.Sense, Lines: 1, Amount: l.Amount})
			}
			if stored[p.Agent.Programme] == nil {
				stored[p.Agent.Programme] = new(Sums)
			}
			*stored[p.Agent.Programme] = stored[p.Agent.Programme].Plus(p.Sums)
		}
		for programme, sums := range stored {
			a.Stored = append(a.Stored, StoredSum{side, programme, *sums})
		}
	}
	for _, d := range o.rows {
		a.Rows = append(a.Rows, RowSum{d.Programme, d.Kind, d.Element, d.Side, d.Sense, d.DeltaNet, d.DeltaInformation})
	}
	return a
}

func equal(t *testing.T, reason string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s\n got:", reason)
		for _, s := range got {
			t.Errorf("   %s", s)
		}
		t.Errorf("want:")
		for _, s := range want {
			t.Errorf("   %s", s)
		}
	}
}
