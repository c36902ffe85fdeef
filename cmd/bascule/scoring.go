package main

import (
	"cmp"
	"slices"
	"strings"

	"bascule/reconcile"
)

// gapKey tells which gap a row of truth and a discrepancy speak of.
type gapKey struct {
	matricule, dossier string
	kind               reconcile.Kind
	element, origin    string
	delta              reconcile.Amount
}

// plantedGap is a row of truth: what the generator knows.
type plantedGap struct {
	gapKey
	cause reconcile.Cause
	roots string // elements of its roots joined by +, blank for a root
	fault reconcile.Fault
}

// foundGap is a discrepancy: what the engine says.
type foundGap struct {
	gapKey
	cause     reconcile.Cause
	rule      string
	root      string // element of its root, blank for a root
	fault     reconcile.Fault
	tolerated bool // within the tolerance of its element
}

// scorer sets what the engine says against what was planted. All rows of truth
// are given before the first discrepancy.
type scorer struct {
	planted map[gapKey][]plantedGap
	order   []gapKey
	cells   map[[2]string]int64
	misses  map[missKind]map[missed]*example
	score   score
}

// missKind is a way of being wrong.
type missKind string

const (
	wrongCause    missKind = "cause"
	wrongRoot     missKind = "root"
	wrongFault    missKind = "at_fault"
	blamesAnyway  missKind = "blamed"
	falseRounding missKind = "rounding"
	notFound      missKind = "not_found"
	notPlanted    missKind = "not_planted"
)

var missKinds = [...]missKind{wrongCause, wrongRoot, wrongFault, blamesAnyway, falseRounding, notFound, notPlanted}

// missed is what misses of one sort have in common.
type missed struct {
	Element string `json:"element"`
	Planted string `json:"planted"`
	Found   string `json:"found"`
	Rule    string `json:"rule"`
}

// example is a sort of miss, how often it was met, and where first.
type example struct {
	missed
	Count     int64  `json:"count"`
	Matricule string `json:"matricule"`
	Dossier   string `json:"dossier"`
}

// share is how many of some are right.
type share struct {
	Right int64 `json:"right"`
	Of    int64 `json:"of"`
}

func (s *share) add(right bool) {
	s.Of++
	if right {
		s.Right++
	}
}

// score is the result. A planted gap that was not found is wrong in all shares.
type score struct {
	Planted    int64        `json:"planted"`
	Found      int64        `json:"found"`
	Causes     share        `json:"causes"`
	RootCauses share        `json:"root_causes"` // of the planted gaps that derive from none
	ByCause    []causeScore `json:"by_cause"`
	Confusion  []confusion  `json:"confusion"`
	Roots      share        `json:"roots"`    // of derived gaps, hung on a root that the truth names
	AtFault    share        `json:"at_fault"` // where the truth blames somebody
	Blamed     share        `json:"blamed"`   // where the truth blames nobody: "right" counts the sides blamed all the same
	Roundings  int64        `json:"roundings_above_tolerance"`
	NotFound   int64        `json:"not_found"`
	NotPlanted int64        `json:"not_planted"`
	Misses     []misses     `json:"misses"`
}

type causeScore struct {
	Cause string `json:"cause"`
	share
}

// confusion is a cell of the matrix. A cause is blank where nothing was planted,
// or found.
type confusion struct {
	Planted string `json:"planted"`
	Found   string `json:"found"`
	Count   int64  `json:"count"`
}

type misses struct {
	Kind     missKind  `json:"kind"`
	Examples []example `json:"examples"`
}

func newScorer() *scorer {
	return &scorer{planted: map[gapKey][]plantedGap{}, cells: map[[2]string]int64{}, misses: map[missKind]map[missed]*example{}}
}

// plant takes a row of truth.
func (s *scorer) plant(g plantedGap) {
	s.score.Planted++
	s.planted[g.gapKey] = append(s.planted[g.gapKey], g)
	s.order = append(s.order, g.gapKey)
}

// find takes a discrepancy.
func (s *scorer) find(f foundGap) {
	s.score.Found++
	of := s.planted[f.gapKey]
	if len(of) == 0 {
		s.score.NotPlanted++
		s.cells[[2]string{"", string(f.cause)}]++
		s.miss(notPlanted, f.gapKey, "", string(f.cause), f.rule)
		return
	}
	p := of[0]
	s.planted[f.gapKey] = of[1:]
	s.judge(&p, &f)
}

// judge scores a gap that was planted; found is nil when the engine lacks it.
func (s *scorer) judge(p *plantedGap, f *foundGap) {
	if f == nil {
		f = &foundGap{gapKey: p.gapKey}
		s.score.NotFound++
		s.miss(notFound, p.gapKey, string(p.cause), "", "")
	}
	found := f.cause != ""
	check := func(to *share, kind missKind, right bool, planted, said string) {
		if to.add(right); found && !right {
			s.miss(kind, p.gapKey, planted, said, f.rule)
		}
	}
	s.cells[[2]string{string(p.cause), string(f.cause)}]++
	check(&s.score.Causes, wrongCause, p.cause == f.cause, string(p.cause), string(f.cause))
	if p.cause != reconcile.CauseDerived {
		s.score.RootCauses.add(p.cause == f.cause)
	} else {
		right := f.root != "" && slices.Contains(strings.Split(p.roots, "+"), f.root)
		check(&s.score.Roots, wrongRoot, right, p.roots, f.root)
	}
	if p.fault != reconcile.FaultUnknown {
		check(&s.score.AtFault, wrongFault, p.fault == f.fault, string(p.fault), string(f.fault))
	} else {
		blames := f.fault != "" && f.fault != reconcile.FaultUnknown
		if s.score.Blamed.add(blames); blames {
			s.miss(blamesAnyway, p.gapKey, string(p.fault), string(f.fault), f.rule)
		}
	}
	if f.cause == reconcile.CauseRounding && p.cause != reconcile.CauseRounding && !f.tolerated {
		s.score.Roundings++
		s.miss(falseRounding, p.gapKey, string(p.cause), string(f.cause), f.rule)
	}
}

func (s *scorer) miss(kind missKind, at gapKey, planted, found, rule string) {
	if s.misses[kind] == nil {
		s.misses[kind] = map[missed]*example{}
	}
	m := missed{at.element, planted, found, rule}
	if s.misses[kind][m] == nil {
		s.misses[kind][m] = &example{missed: m, Matricule: at.matricule, Dossier: at.dossier}
	}
	s.misses[kind][m].Count++
}

// shownMisses is how many sorts of a miss are shown, the most frequent first.
const shownMisses = 10

// result ends the scoring: what is still planted was not found.
func (s *scorer) result() *score {
	for _, key := range s.order {
		for i := range s.planted[key] {
			s.judge(&s.planted[key][i], nil)
		}
		delete(s.planted, key)
	}
	causes := append(causeNames(), "")
	for _, planted := range causes {
		of := causeScore{Cause: planted}
		for _, found := range causes {
			if n := s.cells[[2]string{planted, found}]; n > 0 {
				s.score.Confusion = append(s.score.Confusion, confusion{planted, found, n})
				of.Of += n
			}
		}
		if of.Right = s.cells[[2]string{planted, planted}]; planted != "" && of.Of > 0 {
			s.score.ByCause = append(s.score.ByCause, of)
		}
	}
	for _, kind := range missKinds {
		if all := s.examples(kind); len(all) > 0 {
			s.score.Misses = append(s.score.Misses, misses{kind, all[:min(len(all), shownMisses)]})
		}
	}
	return &s.score
}

func (s *scorer) examples(kind missKind) []example {
	all := make([]example, 0, len(s.misses[kind]))
	for _, e := range s.misses[kind] {
		all = append(all, *e)
	}
	slices.SortFunc(all, func(a, b example) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Element, b.Element), cmp.Compare(a.Planted, b.Planted), cmp.Compare(a.Found, b.Found), cmp.Compare(a.Rule, b.Rule))
	})
	return all
}

func causeNames() []string {
	names := make([]string, len(reconcile.Causes))
	for i, c := range reconcile.Causes {
		names[i] = string(c)
	}
	return names
}
