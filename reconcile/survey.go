package reconcile

import (
	"errors"
	"iter"
	"strings"
	"sync"
)

// CodeCount is what one side's payslips hold under a code and a sense.
type CodeCount struct {
	Side     Side
	Code     Code
	Sense    Sense
	Label    string // as the file prints it
	Lines    int64
	Agents   int64  // distinct keys, each an agent of discrepancies.csv
	Amount   Amount // signed sum
	Absolute Amount // sum without signs: what corrections hide in Amount
}

// survey counts what both sides hold, code by code and element by element. Its
// memory does not grow with the payslips.
type survey struct {
	mapping  *Mapping
	codes    [2]map[Code]*surveyed
	elements [2][]counter
	ordinal  int64 // of the pair: what a counter met last
}

// surveyed holds the counters of a code, by sense.
type surveyed struct {
	senses  [len(Senses)]counter
	element [len(Senses)]*counter // what it feeds under this sense, or nil
}

type counter struct {
	lines, agents, last int64
	amount, absolute    Amount
}

func (c *counter) add(a Amount, pair int64) {
	c.lines++
	c.amount += a
	c.absolute += a.Abs()
	if c.last != pair {
		c.agents++
		c.last = pair
	}
}

func (c *counter) plus(o *counter) {
	c.lines += o.lines
	c.agents += o.agents
	c.amount += o.amount
	c.absolute += o.absolute
}

// surveyPairs makes one pass over the parts.
func surveyPairs(m *Mapping, parts []iter.Seq2[*Pair, error]) (*survey, error) {
	surveys := make([]*survey, len(parts))
	for i := range parts {
		surveys[i] = newSurvey(m)
	}
	if err := inParallel(parts, func(i int, p *Pair) { surveys[i].add(p) }); err != nil {
		return nil, err
	}
	all := newSurvey(m)
	for _, s := range surveys {
		all.merge(s)
	}
	return all, nil
}

// inParallel hands the pairs of each part to the function, one goroutine a part.
func inParallel(parts []iter.Seq2[*Pair, error], each func(part int, p *Pair)) error {
	errs := make([]error, len(parts))
	var wait sync.WaitGroup
	for i, pairs := range parts {
		wait.Go(func() {
			for p, err := range pairs {
				if err != nil {
					errs[i] = err
					return
				}
				each(i, p)
			}
		})
	}
	wait.Wait()
	return errors.Join(errs...)
}

func newSurvey(m *Mapping) *survey {
	s := &survey{mapping: m}
	for _, side := range Sides {
		s.codes[side] = make(map[Code]*surveyed)
		s.elements[side] = make([]counter, len(m.Elements))
	}
	return s
}

// add counts a pair. A payslip set aside as a double is summed nowhere.
func (s *survey) add(p *Pair) {
	s.ordinal++
	for _, side := range Sides {
		payslip := p.Groups[side].Payslip
		if payslip == nil {
			continue
		}
		for i := range payslip.Lines {
			l := &payslip.Lines[i]
			c := s.codes[side][l.Code]
			if c == nil {
				c = s.open(side, l.Code)
			}
			k := l.Sense.index()
			c.senses[k].add(l.Amount, s.ordinal)
			if e := c.element[k]; e != nil {
				e.add(l.Amount, s.ordinal)
			}
		}
	}
}

// open makes the counters of a code. The code is a part of a whole row of the
// store, which the map must not keep in memory.
func (s *survey) open(side Side, code Code) *surveyed {
	c := new(surveyed)
	for i, sense := range Senses {
		if t, ok := s.mapping.Target(side, code, sense); ok {
			c.element[i] = &s.elements[side][t.Element]
		}
	}
	s.codes[side][Code(strings.Clone(string(code)))] = c
	return c
}

// merge adds the counts of other keys.
func (s *survey) merge(o *survey) {
	for _, side := range Sides {
		for code, from := range o.codes[side] { // order does not matter to sums
			to := s.codes[side][code]
			if to == nil {
				to = s.open(side, code)
			}
			for i := range from.senses {
				to.senses[i].plus(&from.senses[i])
			}
		}
		for i := range o.elements[side] {
			s.elements[side][i].plus(&o.elements[side][i])
		}
	}
}

// index is the place of a sense in Senses.
func (s Sense) index() int {
	switch s {
	case ToPay:
		return 0
	case ToDeduct:
		return 1
	}
	return 2
}
