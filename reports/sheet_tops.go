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
	for _, t := range v.topCauses(topRows) {
		rows = append(rows, []Cell{T(v.m.cause(t.cause)), N(t.count), N(t.open), D(t.net)})
	}
	return block(T(v.m.t("causes.top")).To(v.sheets.causes),
		[]string{v.m.t("col.cause"), v.m.t("word.count"), v.m.t("word.open"), v.m.t("word.net_effect")}, orNone(rows, v.m)...)
}

// clusterBlock shows the clusters that weigh most.
func (v *view) clusterBlock() []Line {
	var rows [][]Cell
	for i := range v.Clusters[:min(len(v.Clusters), topRows)] { // in the order of the store
		c := &v.Clusters[i]
		rows = append(rows, []Cell{T(shorten(v.clusterText(c), 57)), N(c.Agents), N(c.Open), D(c.Effect.Net)})
	}
	if len(rows) == 0 {
		rows = [][]Cell{{T(v.m.t("clusters.none"))}}
	}
	return block(T(v.m.t("clusters.top")).To(v.sheets.clusters),
		[]string{v.m.t("clusters.what"), v.m.t("word.agents"), v.m.t("word.open"), v.m.t("word.net_effect")}, rows...)
}

// clusterText names a cluster in a few words: what, why, by how much.
func (v *view) clusterText(c *reconcile.Cluster) string {
	what := cmp.Or(v.clusterLabel(c), c.Element, or(c.Kind, v.m.kind))
	text := shorten(what, 27) + " · " + or(c.Cause, v.m.cause)
	if pattern := v.pattern(c); pattern != "" {
		text += " · " + pattern
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

// summaryCharts draw the gap by cause and the concordance over the runs, from
// the figures of the page itself.
func (v *view) summaryCharts(top, causesTop, causeLines int) []Chart {
	var charts []Chart
	if len(v.topCauses(1)) > 0 {
		const column = bandStep + 1
		first, last := causesTop+2, causesTop+causeLines-1
		charts = append(charts, Chart{
			Title: v.m.t("chart.causes"), Row: top, Col: 1, Width: 560, Height: 228,
			Categories: Range{column, first, last}, Series: []Series{{Values: Range{column + 3, first, last}}},
			AltText: v.m.t("chart.causes.alt"),
		})
	}
	if runs := len(v.lastRuns()); runs > 1 {
		const column = 2*bandStep + 1
		first, last := top+2, top+1+runs
		charts = append(charts, Chart{
			Title: v.m.t("chart.history"), Kind: Curve, Percent: true, Row: top, Col: bandStep + 1, Width: 520, Height: 228,
			Categories: Range{column, first, last}, Series: []Series{{Values: Range{column + 1, first, last}}},
			AltText: v.m.t("chart.history.alt"),
		})
	}
	return charts
}
