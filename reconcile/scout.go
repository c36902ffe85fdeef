package reconcile

import (
	"cmp"
	"hash/fnv"
	"iter"
	"slices"
)

// scout counts, over all agents, how often an unmapped code and one other item
// close, and keeps for each code a sample of the agents who have it.
type scout struct {
	*observer
	paid    int64        // agents whom both sides pay
	holders []int64      // by item: agents for whom it is open
	pairs   []pairCounts // by unmapped code, then item
	samples [][]sampled  // by unmapped code, in ascending hash order
	keep    int          // agents in a sample
}

// pairCounts counts the agents for whom a code and an item sum to nothing:
// exactly, with the sign of the code turned, or within a hundredth of it.
type pairCounts struct{ closed, turned, near int64 }

// sampled is an agent of a sample. The hash draws the same agents whatever the
// order of the pairs.
type sampled struct {
	hash uint64
	open []openItem
}

// Bounds of the samples: of one code, and of all together, at some 40 open
// items of 24 bytes each.
const (
	maxSample  = 400
	maxSampled = 60_000
)

func newScout(v *inventory) *scout {
	n := len(v.unmapped)
	return &scout{observer: newObserver(v), holders: make([]int64, v.items()), pairs: make([]pairCounts, n*v.items()), samples: make([][]sampled, n),
		keep: min(maxSample, maxSampled/max(n, 1))}
}

// scoutPairs makes one pass over the parts, and surveys them on the way.
func scoutPairs(v *inventory, parts []iter.Seq2[*Pair, error]) (*scout, *survey, error) {
	scouts, surveys := make([]*scout, len(parts)), make([]*survey, len(parts))
	for i := range parts {
		scouts[i], surveys[i] = newScout(v), newSurvey(v.mapping)
	}
	err := inParallel(parts, func(i int, p *Pair) {
		surveys[i].add(p)
		scouts[i].add(p)
	})
	if err != nil {
		return nil, nil, err
	}
	all, found := newScout(v), newSurvey(v.mapping)
	for i := range parts {
		all.merge(scouts[i])
		found.merge(surveys[i])
	}
	return all, found, nil
}

// pair is the counts of an unmapped code with another item.
func (s *scout) pair(u, other item) *pairCounts {
	return &s.pairs[(int(u)-len(s.mapping.Elements))*s.items()+int(other)]
}

// sample is the agents drawn for an unmapped code.
func (s *scout) sample(u item) *[]sampled { return &s.samples[int(u)-len(s.mapping.Elements)] }

func (s *scout) add(p *Pair) {
	if !p.paidByBoth() {
		return
	}
	s.paid++
	open := s.observe(p)
	var draw *sampled
	for i := range open {
		u := &open[i]
		s.holders[u.item]++
		if s.isElement(u.item) {
			continue
		}
		for j := range open {
			if o := &open[j]; i != j && s.net[o.item] == s.net[u.item] && (s.isElement(o.item) || s.code(o.item).Side != s.code(u.item).Side) {
				s.pair(u.item, o.item).add(u, o)
			}
		}
		if draw == nil {
			h := fnv.New64a()
			h.Write([]byte(p.Key))
			draw = &sampled{hash: h.Sum64()}
		}
		s.draw(s.sample(u.item), draw, open)
	}
}

func (c *pairCounts) add(u, o *openItem) {
	switch total, current := u.total+o.total, u.current+o.current; {
	case u.closes(total, current):
		c.closed++
		c.near++
	case u.closes(o.total-u.total, o.current-u.current):
		c.turned++
	case total.Abs()*100 <= u.total.Abs():
		c.near++
	}
}

// draw takes an agent into a sample when his hash is among the lowest.
func (s *scout) draw(sample *[]sampled, a *sampled, open []openItem) {
	at, _ := slices.BinarySearchFunc(*sample, a.hash, func(b sampled, hash uint64) int { return cmp.Compare(b.hash, hash) })
	if at >= s.keep {
		return
	}
	if a.open == nil {
		a.open = slices.Clone(open)
	}
	if len(*sample) == s.keep {
		*sample = (*sample)[:s.keep-1]
	}
	*sample = slices.Insert(*sample, at, *a)
}

// merge adds what was counted of other agents.
func (s *scout) merge(o *scout) {
	s.paid += o.paid
	for i := range s.holders {
		s.holders[i] += o.holders[i]
	}
	for i := range s.pairs {
		s.pairs[i].closed += o.pairs[i].closed
		s.pairs[i].turned += o.pairs[i].turned
		s.pairs[i].near += o.pairs[i].near
	}
	for i := range s.samples {
		all := slices.Concat(s.samples[i], o.samples[i])
		slices.SortStableFunc(all, func(a, b sampled) int { return cmp.Compare(a.hash, b.hash) })
		s.samples[i] = all[:min(len(all), s.keep)]
	}
}
