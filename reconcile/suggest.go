package reconcile

import (
	"cmp"
	"iter"
	"slices"
)

// Confidence is how far the evidence of a candidate goes. It is never proof.
type Confidence string

// The degrees, from the best.
const (
	Sure   Confidence = "sure"   // see CodeCandidate.judge
	Likely Confidence = "likely" // worth a row, to be read over
	Weak   Confidence = "weak"   // a lead
)

// CodeCandidate is an answer to what an unmapped code is: codes and at most one
// element that are the same money agent by agent.
type CodeCandidate struct {
	Element  ElementCode // blank: an element to be made
	ByLabel  bool        // no amount tells which element: its label does, among those without codes
	Factor   int64
	With     [2][]Code // further unmapped codes of the same element
	Mapped   [2][]Code // codes that feed it already
	Evidence Evidence
	Likeness int   // of the labels, 0 to 1000
	Rival    int64 // agents for whom the best candidate of other money closes
	// Confidence is that of the amounts; ByLabel says where the element's name
	// rests on less.
	Confidence Confidence
	// Alternatives are other compositions of the same element, or of some of the
	// same codes.
	Alternatives []CodeCandidate

	composition   composition
	score         int
	rivalLikeness int // the best among the rivals
}

// Suggestion is an unmapped code and its candidates, the best first; none when
// nothing on the other side is like it.
type Suggestion struct {
	UnmappedCode
	Paid       int64 // agents whom both sides pay and who have the code
	Candidates []CodeCandidate

	item  item
	group int // of the codes that make a new element together
}

// Suggestions are the answers for a month, the codes of most money first.
type Suggestions struct {
	Period  Period
	Codes   []Suggestion
	Left    int   // open codes beyond those that hypotheses are made for
	Sampled int   // agents of a code that sums are searched with, at most
	Paid    int64 // agents whom both sides pay
}

// Suggest looks for what the codes that a check leaves open may feed.
//
// For each agent, what his two payslips leave open is a list of items: the gaps
// of the elements and the amounts of the unmapped codes, ONP − Legacy. The codes
// of one element and its gap sum to nothing, for all agents but those whom the
// two systems pay differently. So:
//
//  1. Count over all agents how often each code and each other item close
//     (scout.go).
//  2. For the codes that no pair explains, add terms that close it for more
//     agents, on a sample that is the same at every run (sums.go).
//  3. Measure every hypothesis over all agents (evidence.go), and rank.
//
// The parts are streams of pairs that can be ranged over several times, each
// read by a goroutine of its own; no key may be in two. The totals of the reader
// name the codes.
func Suggest(t *Tables, p Period, read [2][]CodeTotal, parts []iter.Seq2[*Pair, error]) (*Suggestions, error) {
	m := t.At(p)
	unmapped, left := unmappedCodes(m, read)
	out := &Suggestions{Period: p, Sampled: maxSample, Left: left}
	if len(unmapped) == 0 {
		return out, nil
	}
	v := newInventory(m, unmapped)
	scout, met, err := scoutPairs(v, parts)
	if err != nil {
		return nil, err
	}
	check := checkMapping(t, p, met, read)
	count(unmapped, check)
	out.Sampled, out.Paid = scout.keep, scout.paid
	hypotheses := search{scout: scout}
	measured, err := measurePairs(v, hypotheses.run(), parts)
	if err != nil {
		return nil, err
	}
	r := ranking{inventory: v, codes: m.codesOf(), suggestions: make([]Suggestion, len(unmapped))}
	for i := range unmapped {
		at := item(len(m.Elements) + i)
		r.suggestions[i] = Suggestion{UnmappedCode: unmapped[i], Paid: scout.holders[at], item: at}
	}
	r.collect(measured)
	r.rank()
	r.nameElements()
	out.Codes = r.suggestions
	slices.SortStableFunc(out.Codes, func(a, b Suggestion) int {
		return cmp.Or(cmp.Compare(b.Absolute, a.Absolute), compareUnmapped(&a.UnmappedCode, &b.UnmappedCode))
	})
	return out, nil
}

// ranking turns measured compositions into ranked candidates.
type ranking struct {
	*inventory
	codes       [2][][]Code // in force, by side and element
	suggestions []Suggestion
}

func (r *ranking) suggestion(i item) *Suggestion {
	return &r.suggestions[int(i)-len(r.mapping.Elements)]
}

// collect gives each code the compositions it is in, where at least one agent
// supports them.
func (r *ranking) collect(m *measure) {
	for c := range m.compositions {
		for k := range m.members[c] {
			b := &m.members[c][k]
			if b.found.Near == 0 {
				continue
			}
			s := r.suggestion(b.code)
			candidate := r.candidate(s, &m.compositions[c])
			candidate.Evidence = b.found
			candidate.weigh()
			s.Candidates = append(s.Candidates, candidate)
		}
	}
	for i := range r.suggestions {
		r.addByLabel(&r.suggestions[i])
	}
}

func (r *ranking) candidate(s *Suggestion, c *composition) CodeCandidate {
	k := CodeCandidate{composition: *c, Factor: 1}
	if c.turned == s.item {
		k.Factor = -1
	}
	for _, i := range c.items {
		switch {
		case i == s.item:
		case r.isElement(i):
			e := &r.mapping.Elements[i]
			k.Element, k.Likeness = e.Code, max(k.Likeness, elementLikeness(s.Label, e))
			k.Mapped = [2][]Code{r.codes[Legacy][i], r.codes[ONP][i]}
		default:
			u := r.code(i)
			k.With[u.Side] = append(k.With[u.Side], u.Code)
			if u.Side != s.Side {
				k.Likeness = max(k.Likeness, Likeness(s.Label, u.Label))
			}
		}
	}
	return k
}

// elementLikeness compares a label with those of an element and with its name.
func elementLikeness(label string, e *Element) int {
	return max(Likeness(label, e.LabelFR), Likeness(label, e.LabelEN), Likeness(label, string(e.Code)))
}

// labelAlone is the likeness from which a label makes a candidate by itself.
const labelAlone = 700

// addByLabel adds the elements that have no code on the side and bear the
// code's label, where no amount spoke for them: too few agents, or all of them
// paid differently.
func (r *ranking) addByLabel(s *Suggestion) {
	for i := range r.mapping.Elements {
		e := &r.mapping.Elements[i]
		if len(r.codes[s.Side][i]) > 0 || e.Kind.Sense().Net() != s.Net ||
			slices.ContainsFunc(s.Candidates, func(c CodeCandidate) bool { return c.Element == e.Code }) {
			continue
		}
		if like := elementLikeness(s.Label, e); like >= labelAlone {
			c := CodeCandidate{Element: e.Code, ByLabel: true, Factor: 1, Likeness: like, composition: composition{[]item{item(i), s.item}, noItem},
				Mapped: [2][]Code{r.codes[Legacy][i], r.codes[ONP][i]}, Evidence: Evidence{Agents: s.Paid}}
			c.weigh()
			s.Candidates = append(s.Candidates, c)
		}
	}
}

// weigh makes the score by which candidates are ranked, in thousandths. Half is
// the share of the agents who have the code and for whom it closes, a quarter
// that of its amount, a quarter the reverse share: of the agents for whom the
// rest is open, those whom the code explains. Amounts that vary say more than
// one amount for all; a composition must earn its terms; the labels tell between
// neighbours, the more the fewer the agents.
func (c *CodeCandidate) weigh() {
	e := &c.Evidence
	closed := share(e.Closed, e.Agents)
	near := share(e.Near, e.Agents)
	reverse := share(e.Closed, max(e.Others, e.Closed))
	c.score = (2*(closed+(near-closed)/3) + share(int64(e.ClosedAmount), int64(e.Amount)) + reverse) / 4
	c.score = c.score * [...]int{700, 800, 900, 1000}[min(e.Distinct, 3)] / 1000
	c.score -= 15 * (len(c.composition.items) - 2)
	if c.composition.turned != noItem {
		c.score -= 20
	}
	switch {
	case e.Closed <= 3:
		c.score += c.Likeness * 200 / 1000
	case e.Closed <= 10:
		c.score += c.Likeness * 120 / 1000
	default:
		c.score += c.Likeness * 60 / 1000
	}
}

// share is n out of of, in thousandths, rounded downwards.
func share(n, of int64) int {
	if of == 0 {
		return 0
	}
	return int(n * 1000 / of)
}

// Candidates shown of one code, and alternatives of one candidate.
const (
	maxCandidates   = 5
	maxAlternatives = 3
)

// rank orders the candidates of each code, keeps one for each target, and says
// how far to trust it.
func (r *ranking) rank() {
	for i := range r.suggestions {
		s := &r.suggestions[i]
		slices.SortStableFunc(s.Candidates, func(a, b CodeCandidate) int {
			return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(len(a.composition.items), len(b.composition.items)),
				slices.Compare(a.composition.items, b.composition.items))
		})
		var kept []CodeCandidate
		for _, c := range s.Candidates {
			if at := slices.IndexFunc(kept, func(k CodeCandidate) bool { return k.sameMoney(&c, 1-s.Side) }); at >= 0 {
				if k := &kept[at]; len(k.Alternatives) < maxAlternatives {
					c.judge()
					k.Alternatives = append(k.Alternatives, c)
				}
			} else if len(kept) < maxCandidates {
				kept = append(kept, c)
			}
		}
		for j := range kept {
			for l := range kept {
				if l != j {
					kept[j].Rival = max(kept[j].Rival, kept[l].Evidence.Closed)
					kept[j].rivalLikeness = max(kept[j].rivalLikeness, kept[l].Likeness)
				}
			}
			kept[j].judge()
		}
		s.Candidates = kept
	}
}

// sameMoney tells whether two candidates are about one element, or share codes
// of the other side.
func (c *CodeCandidate) sameMoney(o *CodeCandidate, other Side) bool {
	if c.Element != "" || o.Element != "" {
		return c.Element == o.Element
	}
	return slices.ContainsFunc(c.With[other], func(k Code) bool { return slices.Contains(o.With[other], k) })
}

// judge names the confidence.
//
//   - Sure: it closes for nine tenths of ten agents or more, with five different
//     amounts or more, explains seven tenths of what the rest leaves open, and
//     no other money closes for half as many.
//   - Likely: it closes for six tenths of three agents or more, with two
//     different amounts or more, and no other money closes for eight tenths as
//     many, unless the label decides between them. One amount for all is likely
//     only for ten agents or more, without any rival.
//   - Weak: all else.
func (c *CodeCandidate) judge() {
	e := &c.Evidence
	closed, reverse := share(e.Closed, e.Agents), share(e.Closed, max(e.Others, e.Closed))
	rival := share(c.Rival, e.Closed)
	c.Confidence = Weak
	switch {
	case e.Closed >= 10 && closed >= 900 && e.Distinct >= 5 && reverse >= 700 && rival < 500:
		c.Confidence = Sure
	case e.Closed >= 3 && closed >= 600 && e.Distinct >= 2 && (rival < 800 || c.Likeness >= c.rivalLikeness+300),
		e.Closed >= 10 && closed >= 800 && reverse >= 800 && rival < 500:
		c.Confidence = Likely
	}
}
