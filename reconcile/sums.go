package reconcile

import (
	"cmp"
	"slices"
)

// composition is a set of items that may sum to nothing for each agent: the
// codes of one element, and the element itself where it has other codes.
type composition struct {
	items  []item // ascending, so an element comes first
	turned item   // counted with the other sign, or noItem
}

const noItem item = -1

// maxTerms bounds a composition: an element, or a code of the other side, and
// four codes.
const maxTerms = 5

func (c *composition) has(i item) bool { return slices.Contains(c.items, i) }

func (c *composition) equal(o *composition) bool {
	return c.turned == o.turned && slices.Equal(c.items, o.items)
}

func (c *composition) with(more ...item) composition {
	items := append(slices.Clone(c.items), more...)
	slices.Sort(items)
	return composition{items, c.turned}
}

// search finds compositions for the unmapped codes of a scout.
type search struct {
	*scout
	found []composition
}

// Bounds of the search, per code.
const (
	maxSingles = 6  // pairs kept as hypotheses
	maxStarts  = 3  // of them, also tried with more terms
	maxOpen    = 32 // open items of an agent that sums are tried with
)

// run makes the hypotheses of all codes, each once, in a stable order.
func (s *search) run() []composition {
	for k := range s.unmapped {
		u := item(len(s.mapping.Elements) + k)
		singles := s.singles(u)
		for i := range singles {
			s.keepOne(singles[i])
		}
		if s.wellExplained(u, singles) {
			continue
		}
		for _, settledToo := range []bool{false, true} {
			starts := append([]composition{{[]item{u}, noItem}}, singles[:min(len(singles), maxStarts)]...)
			best := int64(0)
			for i := range starts {
				if starts[i].turned == noItem {
					best = max(best, s.climb(u, starts[i], settledToo))
				}
			}
			if best*10 >= int64(len(*s.sample(u)))*6 {
				break
			}
		}
	}
	return s.found
}

func (s *search) keepOne(c composition) {
	if !slices.ContainsFunc(s.found, func(o composition) bool { return o.equal(&c) }) {
		s.found = append(s.found, c)
	}
}

// singles lists the best pairs of a code with one other item. One that closes
// for less than a twentieth of the agents is chance, unless agents are few.
func (s *search) singles(u item) []composition {
	type hypothesis struct {
		composition
		closed, near int64
	}
	var list []hypothesis
	holders := s.holders[u]
	for i := range item(s.items()) {
		p := s.pair(u, i)
		enough := func(n int64) bool { return n > 0 && n*20 >= holders }
		if enough(p.closed) || p.near > 1 && p.near*10 >= holders*3 {
			list = append(list, hypothesis{s.pairOf(u, i, false), p.closed, p.near})
		}
		if enough(p.turned) {
			list = append(list, hypothesis{s.pairOf(u, i, true), p.turned, p.turned})
		}
	}
	slices.SortStableFunc(list, func(a, b hypothesis) int {
		return cmp.Or(cmp.Compare(b.closed, a.closed), cmp.Compare(b.near, a.near))
	})
	singles := make([]composition, min(len(list), maxSingles))
	for i := range singles {
		singles[i] = list[i].composition
	}
	return singles
}

// pairOf is the composition of a code and another item. Of two codes, it is
// the legacy one that is turned, whichever is asked about.
func (s *search) pairOf(u, other item, turned bool) composition {
	c := composition{items: []item{u, other}, turned: noItem}
	slices.Sort(c.items)
	if turned {
		if c.turned = u; !s.isElement(other) {
			c.turned = c.items[0]
		}
	}
	return c
}

// wellExplained tells whether the best pair leaves little to explain.
func (s *search) wellExplained(u item, singles []composition) bool {
	return len(singles) > 0 && s.closedBy(u, &singles[0])*10 >= s.holders[u]*9
}

func (s *search) closedBy(u item, c *composition) int64 {
	other := c.items[0]
	if other == u {
		other = c.items[1]
	}
	if p := s.pair(u, other); c.turned == noItem {
		return p.closed
	} else {
		return p.turned
	}
}

// settled tells whether an item and another explain each other so well that
// neither belongs with a third.
func (s *search) settled(i item) bool {
	for k := range s.unmapped {
		u := item(len(s.mapping.Elements) + k)
		if u != i && !s.isElement(i) {
			if p := s.pair(i, u); p.closed*20 >= s.holders[i]*19 && p.closed*20 >= s.holders[u]*19 {
				return true
			}
		}
		if s.isElement(i) {
			if p := s.pair(u, i); p.closed > 0 && p.closed*20 >= s.holders[i]*19 && p.closed*20 >= s.holders[u]*19 {
				return true
			}
		}
	}
	return false
}

// climb adds terms to a composition of u, each time those that close it for
// most further agents of the sample, and keeps every step. It returns for how
// many it closes at last.
func (s *search) climb(u item, c composition, settledToo bool) int64 {
	agents := s.agentsOf(u, &c, settledToo)
	least := max(1, (len(agents)*3+99)/100)
	if len(agents) >= 10 {
		least = max(least, 2)
	}
	for {
		closed := int64(0)
		for i := range agents {
			if agents[i].sum(&c) {
				closed++
			}
		}
		var more []item
		for terms := 1; terms <= s.further(&c) && more == nil; terms++ {
			more = s.extension(agents, &c, terms, least)
		}
		if more == nil {
			return closed
		}
		c = c.with(more...)
		if s.balanced(&c) {
			s.keepOne(c)
		}
	}
}

// further is how many terms are added to a composition at once, at most: three
// only to the code alone, two where a pair has been found already.
func (s *search) further(c *composition) int {
	most := 2
	if len(c.items) == 1 {
		most = 3
	}
	return min(most, maxTerms-len(c.items))
}

// balanced tells whether a composition has something of both sides.
func (s *search) balanced(c *composition) bool {
	if s.isElement(c.items[0]) {
		return len(c.items) > 1
	}
	first, last := c.items[0], c.items[len(c.items)-1]
	return s.code(first).Side != s.code(last).Side // by side, then code
}

// sampleAgent is an agent of the sample as climb works on him.
type sampleAgent struct {
	one            openItem   // his amounts in the code asked about
	others         []openItem // that may be added
	fixed          []openItem // already in the composition at the start
	total, current Amount     // of the composition
	closed         bool
}

func (s *search) agentsOf(u item, c *composition, settledToo bool) []sampleAgent {
	drawn := *s.sample(u)
	agents := make([]sampleAgent, len(drawn))
	settled := make(map[item]bool)
	for i := range drawn {
		a := &agents[i]
		for _, o := range drawn[i].open {
			if o.item == u {
				a.one = o
			}
			if c.has(o.item) {
				a.fixed = append(a.fixed, o)
				continue
			}
			if s.net[o.item] != s.net[u] || len(a.others) == maxOpen {
				continue
			}
			out, known := settled[o.item]
			if !known {
				out = !settledToo && s.settled(o.item)
				settled[o.item] = out
			}
			if !out {
				a.others = append(a.others, o)
			}
		}
	}
	return agents
}

// sum adds up the composition for the agent, and tells whether it closes.
func (a *sampleAgent) sum(c *composition) bool {
	a.total, a.current = 0, 0
	for _, list := range [2][]openItem{a.fixed, a.others} {
		for i := range list {
			if c.has(list[i].item) {
				a.total += list[i].total
				a.current += list[i].current
			}
		}
	}
	a.closed = a.one.closes(a.total, a.current)
	return a.closed
}

// extension finds the terms to add that close the composition for most agents
// more than they open it for, at least so many.
func (s *search) extension(agents []sampleAgent, c *composition, terms, least int) []item {
	gains := make(map[[3]item]int)
	losses := make(map[item]int)
	element := s.isElement(c.items[0])
	for i := range agents {
		a := &agents[i]
		if a.closed {
			for _, o := range a.others {
				losses[o.item]++
			}
			continue
		}
		a.sums(terms, func(set [3]item) {
			if s.oneElement(element, set) {
				gains[set]++
			}
		}, c)
	}
	var best []item
	most := least - 1
	sets := make([][3]item, 0, len(gains))
	for set := range gains { // sorted below
		sets = append(sets, set)
	}
	slices.SortFunc(sets, func(a, b [3]item) int { return slices.Compare(a[:], b[:]) })
	for _, set := range sets {
		net := gains[set]
		for _, i := range set[:terms] {
			net -= losses[i]
		}
		if net > most {
			most, best = net, slices.Clone(set[:terms])
		}
	}
	return best
}

// oneElement tells whether a composition has one element at most once these
// items are added.
func (s *search) oneElement(element bool, set [3]item) bool {
	n := 0
	if element {
		n = 1
	}
	for _, i := range set {
		if i != noItem && s.isElement(i) {
			n++
		}
	}
	return n < 2
}

// sums calls back for every set of so many of the agent's other items, in
// ascending order, that closes the composition for him.
func (a *sampleAgent) sums(terms int, each func([3]item), c *composition) {
	var try func(from, depth int, set [3]item, total, current Amount)
	try = func(from, depth int, set [3]item, total, current Amount) {
		for i := from; i < len(a.others); i++ {
			o := &a.others[i]
			if c.has(o.item) {
				continue
			}
			set[depth] = o.item
			t, k := total+o.total, current+o.current
			if depth+1 < terms {
				try(i+1, depth+1, set, t, k)
			} else if a.one.closes(t, k) {
				each(set)
			}
		}
	}
	try(0, 0, [3]item{noItem, noItem, noItem}, a.total, a.current)
}
