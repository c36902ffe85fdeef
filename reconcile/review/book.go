package review

import (
	"cmp"
	"slices"
	"strings"

	"bascule/reconcile"
)

// Book holds the decisions in force in a month, ready to be carried. It is
// read-only and may be shared by goroutines.
type Book struct {
	gaps     map[string]*held
	clusters map[clusterKey][]*held // the most particular first
}

// held is a decision, and why it holds for no gap at all, blank when it may.
type held struct {
	*reconcile.Decision
	stale string
}

// clusterKey is what all predicates that may accept a root share with it.
type clusterKey struct {
	kind    reconcile.Kind
	element string
	cause   reconcile.Cause
	rule    string
}

func keyOf(kind reconcile.Kind, element string, cause reconcile.Cause, rule string) clusterKey {
	return clusterKey{kind.Family(), element, cause, rule}
}

// NewBook takes the decisions ever made, in their order, and keeps those in
// force in a month.
func NewBook(decisions []reconcile.Decision, g *reconcile.Grounds, p reconcile.Period) *Book {
	b := &Book{gaps: make(map[string]*held), clusters: make(map[clusterKey][]*held)}
	for _, d := range InForce(decisions) {
		if p < d.From {
			continue // given later, about later pays
		}
		h := &held{d, stale(g, p, d)}
		if d.Fingerprint != "" {
			b.gaps[d.Fingerprint] = h
			continue
		}
		k := keyOf(d.Kind, d.Element, d.Cluster.Cause, d.Cluster.Rule)
		b.clusters[k] = append(b.clusters[k], h)
	}
	for _, list := range b.clusters {
		slices.SortFunc(list, moreParticular)
	}
	return b
}

// moreParticular orders decisions on clusters: those of one population before
// those of the ministry, those of one pattern before those of any amount, the
// last one first.
func moreParticular(a, b *held) int {
	rank := func(blank bool) int {
		if blank {
			return 1
		}
		return 0
	}
	return cmp.Or(cmp.Compare(rank(a.Cluster.Axis == ""), rank(b.Cluster.Axis == "")), cmp.Compare(rank(a.Cluster.Pattern == ""), rank(b.Cluster.Pattern == "")), cmp.Compare(b.ID, a.ID))
}

// InForce keeps the last decision of each scope, in the order they were made.
func InForce(decisions []reconcile.Decision) []*reconcile.Decision {
	last := make(map[Scope]int, len(decisions))
	for i := range decisions {
		last[ScopeOf(&decisions[i])] = i
	}
	kept := make([]*reconcile.Decision, 0, len(last))
	for i := range decisions {
		if last[ScopeOf(&decisions[i])] == i {
			kept = append(kept, &decisions[i])
		}
	}
	return kept
}

// Standing keeps, of the decisions in force, those that may hold in a month: they
// are of an earlier one or of this one, have not expired, and what they rest upon
// is the same.
func Standing(decisions []reconcile.Decision, g *reconcile.Grounds, p reconcile.Period) []*reconcile.Decision {
	return slices.DeleteFunc(InForce(decisions), func(d *reconcile.Decision) bool { return p < d.From || stale(g, p, d) != "" })
}

// Scope is what a decision is about: later decisions of one scope replace
// former ones.
type Scope struct{ Fingerprint, Cluster, Axis, Value string }

// ScopeOf is the scope of a decision.
func ScopeOf(d *reconcile.Decision) Scope {
	return Scope{d.Fingerprint, d.Cluster.ID, d.Cluster.Axis, d.Cluster.Value}
}

// Review implements reconcile.Reviewer.
func (b *Book) Review(rows []reconcile.Discrepancy) {
	for i := range rows {
		if rows[i].Root == "" {
			b.decide(&rows[i])
		}
	}
	for i := range rows {
		d := &rows[i]
		if d.Root == "" || b.own(d) || !computedOpen(d) {
			continue
		}
		if root := rootOf(rows, d.Root); root != nil && carried(root) {
			d.Status, d.Decision = root.Status, root.Decision
		}
	}
}

func rootOf(rows []reconcile.Discrepancy, fingerprint string) *reconcile.Discrepancy {
	i := slices.IndexFunc(rows, func(d reconcile.Discrepancy) bool { return d.Fingerprint == fingerprint })
	if i < 0 {
		return nil
	}
	return &rows[i]
}

// carried tells whether a decision holds for the gap.
func carried(d *reconcile.Discrepancy) bool {
	_, decided := reconcile.ParseDecisionRef(d.Decision)
	return decided && d.Reopened == ""
}

// computedOpen tells whether the engine left the gap open: a decision on a
// cluster or on a root says nothing of those that are tolerated or not compared.
func computedOpen(d *reconcile.Discrepancy) bool { return d.Status == reconcile.StatusOpen }

func (b *Book) decide(d *reconcile.Discrepancy) {
	if b.own(d) && d.Reopened == "" || !computedOpen(d) {
		return
	}
	reopened := *d
	for _, h := range b.clusters[keyOf(d.Kind, d.Element, d.Cause, d.Rule)] {
		if !h.acceptsPattern(d.Pattern) || !h.Cluster.Accepts(d) {
			continue
		}
		if h.apply(d); d.Reopened == "" {
			return
		}
		if reopened.Reopened == "" {
			reopened = *d
		}
	}
	*d = reopened // what was decided first about it tells why it is open
}

// own gives the gap what was decided about itself, if anything was.
func (b *Book) own(d *reconcile.Discrepancy) bool {
	h := b.gaps[d.Fingerprint]
	if h == nil {
		return false
	}
	h.apply(d)
	return true
}

// acceptsPattern: the predicate of various amounts also holds where two agents
// come to have the same one, never for those that were another cluster when it
// was decided.
func (h *held) acceptsPattern(pattern string) bool {
	return pattern == h.Cluster.Pattern || h.Cluster.Pattern == "" && strings.HasPrefix(pattern, "=") && !slices.Contains(h.Basis.Apart, pattern)
}

// apply gives a gap the decision, or tells why it does not hold: unless the gap
// is closed without it, tolerated or not compared.
func (h *held) apply(d *reconcile.Discrepancy) {
	against := h.against(d)
	if against != "" && against != reconcile.AwaitsVisa && !computedOpen(d) {
		return
	}
	d.Decision, d.Reopened = h.Ref(), against
	if against == "" {
		d.Status = h.Status
	}
}

// against tells why the decision does not hold for a gap, blank when it does.
func (h *held) against(d *reconcile.Discrepancy) string {
	switch {
	case h.stale != "":
		return h.stale
	case h.Fingerprint != "" && (d.LegacyText != h.LegacyText || d.ONPText != h.ONPText):
		return reconcile.ReopenedTexts
	case d.Delta >= h.Low && d.Delta <= h.High && h.Awaits(): // said last: whoever signs must find what was decided
		return reconcile.AwaitsVisa
	case d.Delta >= h.Low && d.Delta <= h.High:
		return ""
	case h.Fingerprint == "":
		return reconcile.ReopenedRange + " " + h.Low.String() + " " + h.High.String()
	}
	return reconcile.ReopenedAmount + " " + h.Amount.String()
}
