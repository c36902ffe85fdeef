package explain

import "bascule/reconcile"

// Survey is what a sample of payslips says of how each side reckons: the
// rounding convention it follows for each element, and whether the formulas
// hold at all. A nil Survey believes the tables. It is read-only once taken.
type Survey struct {
	book     *Book
	terms    *reconcile.Terms
	seen     [2][]int64
	matches  [2][][roundings]int64
	rounding [2][]Rounding
	observed [2][]observation
}

// observation is a payslip kept until the survey concludes.
type observation struct {
	agent reconcile.Agent
	cells []reconcile.Cell
}

// Convention is what a survey found of an element on one side that the table
// does not declare, or that the other side does otherwise.
type Convention struct {
	Element  reconcile.ElementCode
	Side     reconcile.Side
	Rounding Rounding
	Declared Rounding
	Payslips int64 // in which the element was seen
	Follow   int64 // of them, those that follow the convention
}

// NewSurvey is ready for Observe.
func NewSurvey(b *Book, t *reconcile.Terms) *Survey {
	s := &Survey{book: b, terms: t}
	for _, side := range reconcile.Sides {
		s.seen[side] = make([]int64, len(b.formulas))
		s.matches[side] = make([][roundings]int64, len(b.formulas))
		s.rounding[side] = make([]Rounding, len(b.formulas))
		for e, f := range b.formulas {
			if f != nil {
				s.rounding[side][e] = f.declared
			}
		}
	}
	return s
}

// Observe takes in a payslip. Only whole months at the agent's usual pay tell.
// One goroutine may observe each side.
func (s *Survey) Observe(side reconcile.Side, p *reconcile.Payslip) {
	o := observation{p.Agent, s.terms.Mapping.Cells(side, p)}
	of := s.paid(side, &o)
	if !s.wholeMonth(&of) {
		return
	}
	s.observed[side] = append(s.observed[side], o)
	s.count(&of, func(element int32, f *Formula) []Rounding {
		s.seen[side][element]++
		return f.options[:1]
	})
}

func (s *Survey) paid(side reconcile.Side, o *observation) paid {
	_, month := s.terms.Months.Source(side, s.terms.Period)
	return paid{side: side, agent: &o.agent, period: month, lag: s.terms.Period - month, cells: o.cells, days: 30}
}

// count adds, for each element of a payslip, under which of some conventions its
// amount is what the formula gives.
func (s *Survey) count(of *paid, tried func(element int32, f *Formula) []Rounding) {
	for i := range of.cells {
		c := &of.cells[i]
		f := s.book.formulas[c.Element()]
		if f == nil || f.event || c.Origin() != s.terms.Period {
			continue
		}
		for _, r := range tried(c.Element(), f) {
			if v, ok := s.reckon(f, of, r); ok && v == c.Amount {
				s.matches[of.side][c.Element()][r]++
			}
		}
	}
}

// tryOthers counts the other conventions of the elements whose declared one too
// many payslips do not follow.
func (s *Survey) tryOthers(side reconcile.Side) {
	doubtful, any := make([]bool, len(s.book.formulas)), false
	for e, f := range s.book.formulas {
		if f != nil && s.matches[side][e][f.declared]*percent < s.seen[side][e]*declaredIsEnough {
			doubtful[e], any = true, true
		}
	}
	for i := range s.observed[side] {
		if !any {
			return
		}
		of := s.paid(side, &s.observed[side][i])
		s.count(&of, func(element int32, f *Formula) []Rounding {
			if doubtful[element] {
				return f.options[1:]
			}
			return nil
		})
	}
}

func (s *Survey) reckon(f *Formula, p *paid, rounding Rounding) (reconcile.Amount, bool) {
	r := reckoning{book: s.book, paid: p, origin: s.terms.Period, current: true, rounding: rounding}
	return r.amount(f)
}

// wholeMonth tells whether the index pay is that of thirty thirtieths.
func (s *Survey) wholeMonth(p *paid) bool {
	for i := range p.cells {
		c := &p.cells[i]
		f := s.book.formulas[c.Element()]
		if f == nil || !f.timed || len(f.depends) > 0 || c.Origin() != s.terms.Period {
			continue
		}
		for _, r := range f.options {
			if v, ok := s.reckon(f, p, r); ok && v == c.Amount {
				return true
			}
		}
		return false
	}
	return true
}

// What a survey needs to speak against the table: enough payslips, nearly all
// of which follow another convention.
const (
	leastSurveyed    = 30
	leastShare       = 95 // per cent
	leastTrusted     = 50 // per cent under which a formula is not believed
	leastToDistrust  = 10
	percent          = 100
	declaredIsEnough = 99
)

// Conclude chooses the conventions, and lists those worth telling.
func (s *Survey) Conclude() []Convention {
	for _, side := range reconcile.Sides {
		s.tryOthers(side)
		s.observed[side] = nil
	}
	var told []Convention
	for e, f := range s.book.formulas {
		if f == nil {
			continue
		}
		for _, side := range reconcile.Sides {
			best, n := f.declared, s.seen[side][e]
			for _, r := range f.options {
				if s.matches[side][e][r] > s.matches[side][e][best] {
					best = r
				}
			}
			if n >= leastSurveyed && best != f.declared && s.matches[side][e][best]*percent >= n*leastShare &&
				s.matches[side][e][f.declared]*percent < n*declaredIsEnough {
				s.rounding[side][e] = best
				told = append(told, Convention{Element: s.book.tables.Elements[e].Code, Side: side, Rounding: best, Declared: f.declared,
					Payslips: n, Follow: s.matches[side][e][best]})
			}
		}
	}
	return told
}

// Of is the convention of a side for the element of a formula.
func (s *Survey) Of(side reconcile.Side, f *Formula) Rounding {
	if s == nil {
		return f.declared
	}
	return s.rounding[side][f.element]
}

// Trusted tells whether the formula holds for most payslips of one side at
// least: otherwise it is the formula that is wrong.
func (s *Survey) Trusted(element int32) bool {
	if s == nil {
		return true
	}
	enough := false
	for _, side := range reconcile.Sides {
		n := s.seen[side][element]
		if n < leastToDistrust {
			continue
		}
		if enough = true; s.matches[side][element][s.rounding[side][element]]*percent >= n*leastTrusted {
			return true
		}
	}
	return !enough
}

// Population is how many payslips of both sides the convention of the element
// was found on, and how many of a hundred follow it.
func (s *Survey) Population(element int32) (payslips, share int64) {
	if s == nil {
		return 0, 0
	}
	follow := int64(0)
	for _, side := range reconcile.Sides {
		payslips += s.seen[side][element]
		follow += s.matches[side][element][s.rounding[side][element]]
	}
	if payslips == 0 {
		return 0, 0
	}
	return payslips, follow * percent / payslips
}
