package reports

import (
	"cmp"
	"slices"

	"bascule/reconcile"
)

// tally adds up some of the causes.
type tally struct {
	count, open int64
	net, abs    reconcile.Amount
}

func (v *view) tally(keep func(*reconcile.CauseTotal) bool) tally {
	var t tally
	for i := range v.Causes {
		c := &v.Causes[i]
		if !keep(c) {
			continue
		}
		t.count += c.Count
		t.net += c.DeltaNet
		t.abs += c.Absolute
		if c.Status.Open() {
			t.open += c.Count
		}
	}
	return t
}

// causeTally is what one cause weighs.
type causeTally struct {
	cause reconcile.Cause
	tally
}

// topCauses are the causes by weight of money, the biggest first.
func (v *view) topCauses(limit int) []causeTally {
	var list []causeTally
	for _, cause := range reconcile.Causes {
		t := v.tally(func(c *reconcile.CauseTotal) bool { return c.Cause == cause })
		if t.count > 0 {
			list = append(list, causeTally{cause, t})
		}
	}
	slices.SortStableFunc(list, func(x, y causeTally) int {
		return cmp.Or(cmp.Compare(y.abs, x.abs), cmp.Compare(y.count, x.count))
	})
	return list[:min(len(list), limit)]
}

func (v *view) causeBlock() []Line {
	var rows [][]Cell
	for _, t := range v.topCauses(moneyRows) {
		rows = append(rows, []Cell{T(v.m.cause(t.cause)), N(t.count), N(t.open), D(t.net)})
	}
	return block(T(v.m.t("causes.top")).To(v.sheets.causes),
		[]string{v.m.t("col.cause"), v.m.t("word.count"), v.m.t("word.open"), v.m.t("word.net_effect")}, orNone(rows, v.m)...)
}

// moneyBlock shows the clusters that weigh most, agentBlock those of most agents.
func (v *view) moneyBlock() []Line {
	return v.clusterBlock(v.m.t("clusters.top"), v.Clusters, moneyRows) // in the order of the store
}

func (v *view) agentBlock() []Line {
	list := slices.Clone(v.Clusters)
	slices.SortStableFunc(list, func(x, y reconcile.Cluster) int { return cmp.Compare(y.Agents, x.Agents) })
	return v.clusterBlock(v.m.t("clusters.top_agents"), list, agentRows)
}

func (v *view) clusterBlock(title string, list []reconcile.Cluster, most int) []Line {
	var rows [][]Cell
	shown := list[:min(len(list), most)]
	texts := v.clusterTexts(shown)
	for i := range shown {
		c := &shown[i]
		// LibreOffice folds no text that is a link: that is the number beside it.
		rows = append(rows, []Cell{whole(texts[i]), N(c.Agents).ToMark(v.sheets.discrepancies, c.ID), N(c.Open), D(c.Effect.Net)})
	}
	if len(rows) == 0 {
		rows = [][]Cell{{T(v.m.t("clusters.none"))}}
	}
	return block(T(title).To(v.sheets.clusters),
		[]string{v.m.t("clusters.what"), v.m.t("word.agents"), v.m.t("word.open"), v.m.t("word.net_effect")}, rows...)
}

// longestWhat is how much of a label the Synthèse shows; Grappes has it all.
const longestWhat = 80

// clusterTexts names clusters in a few words each: what, why and, where it fits on
// the line, by how much. Of two that would read alike, how much says more than why.
func (v *view) clusterTexts(list []reconcile.Cluster) []string {
	texts, alike := make([]string, len(list)), make(map[string]int)
	for i := range list {
		what, why, how := v.clusterParts(&list[i])
		texts[i] = fitting(what+" · "+why, how)
		alike[texts[i]]++
	}
	for i := range list {
		if what, _, how := v.clusterParts(&list[i]); alike[texts[i]] > 1 && how != "" && fits(what+" · "+how) {
			texts[i] = what + " · " + how
		}
	}
	return texts
}

// clusterParts says of a cluster what it is about, why, and by how much.
func (v *view) clusterParts(c *reconcile.Cluster) (what, why, how string) {
	what = cmp.Or(v.clusterLabel(c), c.Element, or(c.Kind, v.m.kind))
	return shorten(what, longestWhat), or(c.Cause, v.m.cause), v.pattern(c)
}

// fits tells whether the column of the clusters holds a text.
func fits(text string) bool { return Breadth(text) <= Room(summaryWidths[2*bandStep]) }

// fitting adds more to a text where there is room for it.
func fitting(text, more string) string {
	if whole := text + " · " + more; more != "" && fits(whole) {
		return whole
	}
	return text
}

// historyBlock shows the last runs.
func (v *view) historyBlock() []Line {
	var rows [][]Cell
	for _, p := range v.lastRuns() {
		rows = append(rows, []Cell{
			T(v.runName(&p)),
			R(p.Identical+p.Tolerated, p.Matched+p.Missing), N(p.Open), D(p.DeltaNet),
		})
	}
	if len(rows) == 0 {
		rows = [][]Cell{{T(v.m.t("history.none"))}}
	}
	return block(T(v.m.t("history.heading")),
		[]string{v.m.t("history.what"), v.m.t("history.rate"), v.m.t("word.open"), v.m.t("word.net_effect")}, rows...)
}

// runName names a run, with its month when it is not this one's.
func (v *view) runName(p *RunPoint) string {
	if p.Period != v.Run.Period {
		return v.m.t("history.other", p.Run, p.Period, day(v.m, p.StartedAt))
	}
	return v.m.t("history.run", p.Run, day(v.m, p.StartedAt))
}

func (v *view) lastRuns() []RunPoint {
	return v.History[max(0, len(v.History)-historyRows):]
}

// day is the date of an instant.
func day(m *messages, instant string) string {
	return shorten(m.instant(instant), 11)[:10]
}

// trendChart draws the concordance over the runs of the block beside it, nil for
// one run.
func (v *view) trendChart(top int) *Chart {
	runs := v.lastRuns()
	if len(runs) < 2 {
		return nil
	}
	first, last := top+2, top+1+len(runs)
	from, to, under := rateAxis(runs)
	return &Chart{
		Title: v.rateTitle(from, to), Kind: Curve, Percent: true, From: from, To: to, Under: under,
		Row: top, Col: bandStep + 1, Width: pixels(summaryWidths[bandStep:]), Height: (historyRows + 2) * rowPixels,
		Categories: Range{1, first, last}, Series: []Series{{Values: Range{2, first, last}}},
		AltText: v.m.t("chart.history.alt"),
	}
}

// rateTitle names the curve of the rates and, since it does not begin at nought,
// its axis.
func (v *view) rateTitle(from, to int) string {
	return v.m.t("chart.history", v.m.rate(int64(from), 10_000), v.m.rate(int64(to), 10_000))
}

// rateAxis frames the rates of some runs, in hundredths of a percent, close
// enough for a move to be seen, and tells whether their figures are written under
// the curve: over one that touches the top, they would lie on the title.
func rateAxis(runs []RunPoint) (from, to int, under bool) {
	const edge = 5 // the part of the axis where a figure leaves it
	low, high := int64(10_000), int64(0)
	for i := range runs {
		p := &runs[i]
		if all := p.Matched + p.Missing; all > 0 {
			rate := rateIn(p.Identical+p.Tolerated, all)
			low, high = min(low, rate), max(high, rate)
		}
	}
	if low > high {
		return 0, 10_000, false
	}
	step := int64(500)
	if high-low < 100 && low >= 9_500 {
		step = 100
	}
	first, last := max(0, (low-1)/step*step), min(10_000, (high/step+1)*step)
	under = edge*(last-high) < last-first
	if under && edge*(low-first) < last-first {
		first = max(0, first-step)
	}
	return int(first), int(last), under
}
