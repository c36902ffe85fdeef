package reports

import (
	"cmp"
	"iter"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"bascule/reconcile"
)

// causeSheet adds the gaps up by cause and, below, by cause, kind and status.
func (v *view) causeSheet() *Sheet {
	columns := v.causeColumns()
	names := make([]string, len(columns))
	for i := range columns {
		names[i] = columns[i].Header
	}
	names[1] = v.m.t("causes.detail.what")
	const texts = 2 // columns before the figures
	below := []Line{blockHeading(v.m.t("causes.detail")), {Cells: headers(texts, names...), Height: 2}}
	for i := range v.Causes {
		c := &v.Causes[i]
		cells := v.causeCells(c, v.m.t("causes.detail.of", or(c.Kind, v.m.kind), or(c.Status, v.m.status)))
		for i := range cells {
			cells[i].Role = Body
		}
		below = append(below, Line{Cells: cells})
	}
	return &Sheet{
		Name:  v.sheets.causes,
		Tab:   Muted,
		Lines: v.head(v.m.t("causes.title", v.m.month(v.Run.Period)), v.m.t("causes.purpose")),
		Table: &Table{
			Name:    v.m.t("table.causes"),
			Columns: columns,
			Frozen:  1,
			Empty:   v.m.t("gaps.none"),
			Rows: slice(v.ByCause, func(c *reconcile.CauseTotal) []Cell {
				cells := v.causeCells(c, or(c.Cause, func(c reconcile.Cause) string { return v.m.t("cause." + string(c) + ".note") }))
				cells[0] = cells[0].ToMark(v.sheets.discrepancies, causeMark(c.Cause))
				return cells
			}),
		},
		Below: append([]Line{{}}, loose(below)...),
	}
}

func (v *view) causeColumns() []Column {
	return []Column{
		v.column("cause", Text, 25), v.wrapped("meaning", 58),
		v.column("count", Count, 10), v.column("roots", Count, 10), v.column("derived", Count, 10), v.column("agents", Count, 10), v.column("open", Count, 10),
		v.column("effect_net", Delta, 18), v.column("effect_employer", Delta, 18), v.column("effect_budget", Delta, 18),
		v.column("delta_net", Delta, 18), v.column("delta_information", Delta, 18), v.column("absolute", Money, 18), v.column("share", Percent, 9),
		v.column("fault_legacy", Count, 10), v.column("fault_onp", Count, 10), v.column("fault_both", Count, 10), v.column("fault_unknown", Count, 14),
	}
}

// causeCells follows the order of causeColumns.
func (v *view) causeCells(c *reconcile.CauseTotal, meaning string) []Cell {
	return []Cell{
		T(or(c.Cause, v.m.cause)), v.m.prose(meaning),
		N(c.Count), N(c.Roots), N(c.Effect.Derived), N(c.Agents), N(c.Open),
		D(c.Effect.Net), D(c.Effect.Employer), D(c.Effect.Budget),
		D(c.DeltaNet), D(c.DeltaInformation), A(c.Absolute), R(int64(c.Absolute), int64(v.summary().Discrepancies.Absolute)),
		N(c.AtFault.Legacy), N(c.AtFault.ONP), N(c.AtFault.Both), N(c.AtFault.Unknown),
	}
}

// clusterSheet lists the groups of like roots: the unit a person decides on.
func (v *view) clusterSheet() *Sheet {
	return &Sheet{
		Name:  v.sheets.clusters,
		Tab:   Muted,
		Lines: v.head(v.m.t("clusters.title", v.m.month(v.Run.Period)), v.m.t("clusters.purpose")),
		Table: &Table{
			Name: v.m.t("table.clusters"),
			Columns: append([]Column{
				v.column("rank", Count, 8), v.column("rank_count", Count, 10), v.wrapped("label", 30), v.column("cause", Text, 26),
				v.wrapped("pattern", 22), v.wrapped("explained", 62),
				v.column("roots", Count, 10), v.column("agents", Count, 10), v.column("derived", Count, 10), v.column("open", Count, 10),
				v.column("effect_net", Delta, 18), v.column("effect_employer", Delta, 18), v.column("effect_budget", Delta, 18), v.column("absolute", Money, 18),
				v.column("services", Count, 11), v.wrapped("where", 42), v.wrapped("examples", 13), v.wrapped("faults", 18),
				v.column("kind", Text, 28), v.wrapped("element", 36), v.column("rule", Text, 20),
				v.column("low", Delta, 17), v.column("high", Delta, 17), v.column("decided", Text, 12), v.column("cluster", Digest, 14),
			}, v.reviewColumns()...),
			Frozen:  3,
			Printed: 17,
			Empty:   v.m.t("clusters.none"),
			Rows:    v.clusterRows(),
		},
	}
}

func (v *view) clusterRows() iter.Seq2[[]Cell, error] {
	rank := 0
	return slice(v.Clusters, func(c *reconcile.Cluster) []Cell {
		rank++
		sentence := ""
		if c.Example != nil {
			sentence = v.why(c.Example)
		}
		decided, ref := v.clusterDecision(c)
		return v.appendReview([]Cell{
			N(rank).ToMark(v.sheets.discrepancies, c.ID), N(c.ByCount), T(cmp.Or(v.clusterLabel(c), c.Element, or(c.Kind, v.m.kind))), T(or(c.Cause, v.m.cause)),
			v.m.prose(v.pattern(c)), v.m.prose(sentence),
			N(c.Count), v.toBlock(N(c.Agents), c.ID), N(c.Effect.Derived), N(c.Open),
			D(c.Effect.Net), D(c.Effect.Employer), D(c.Effect.Budget), A(c.Absolute),
			N(c.Services.Count), v.m.prose(v.where(c)), T(strings.Join(c.Examples.First, " ")), v.m.prose(v.faults(&c.AtFault)),
			T(or(c.Kind, v.m.kind)), T(c.Element), T(c.Rule),
			D(c.Low), D(c.High), T(ref), H(c.ID),
		}, decided)
	})
}

// where names the services and, of the populations, the waves and programmes
// where a cluster is found, those of most roots first.
func (v *view) where(c *reconcile.Cluster) string {
	var parts []string
	for _, of := range []struct {
		one, many string
		spread    *reconcile.Spread
	}{
		{v.m.t("clusters.service"), v.m.t("clusters.services"), &c.Services}, {v.m.t("clusters.wave"), v.m.t("clusters.waves"), &c.Waves},
		{v.m.t("clusters.programmes"), v.m.t("clusters.programmes"), &c.Programmes},
	} {
		if len(of.spread.First) == 0 {
			continue
		}
		list := strings.Join(of.spread.First, ", ")
		if more := of.spread.Count - int64(len(of.spread.First)); more > 0 {
			list += v.m.n("clusters.more", more)
		}
		label := of.many
		if of.spread.Count == 1 {
			label = of.one
		}
		parts = append(parts, label+noBreak+list)
	}
	return strings.Join(parts, " · ")
}

// faults splits the roots of a cluster by the side at fault, where one is known.
func (v *view) faults(f *reconcile.FaultSplit) string {
	var parts []string
	for _, of := range []struct {
		fault reconcile.Fault
		count int64
	}{{reconcile.FaultLegacy, f.Legacy}, {reconcile.FaultONP, f.ONP}, {reconcile.FaultBoth, f.Both}, {reconcile.FaultUnknown, f.Unknown}} {
		if of.count > 0 {
			parts = append(parts, v.m.fault(of.fault)+" "+v.m.count(of.count))
		}
	}
	return strings.Join(parts, " · ")
}

var decimalPoint = regexp.MustCompile(`(\d)\.(\d)`)

// pattern is what the roots of a cluster share: an equal amount, various ones,
// or the words of a rule, with the decimal mark of the language.
func (v *view) pattern(c *reconcile.Cluster) string {
	if cents, ok := strings.CutPrefix(c.Pattern, "="); ok {
		if n, err := strconv.ParseInt(cents, 10, 64); err == nil {
			return v.m.delta(reconcile.Amount(n))
		}
	}
	switch {
	case c.Pattern == "" && c.Count > 1 && !textual(c.Kind) && !wholePayslip(c.Kind) && c.Kind != reconcile.IdentityDoubt:
		return v.m.t("clusters.various")
	case textual(c.Kind): // values of a field, as the files have them
		return c.Pattern
	}
	words := strings.Split(c.Pattern, " ")
	for i, word := range words {
		words[i] = v.patternWord(word)
	}
	text := strings.Join(words, " ")
	if v.m.english {
		return text
	}
	return decimalPoint.ReplaceAllString(text, "$1,$2")
}

// patternWord puts into words what rules name in patterns: fields, conventions
// of rounding, elements. Rates keep the name they have in the table.
func (v *view) patternWord(word string) string {
	if slices.ContainsFunc(reconcile.Fields(), func(f reconcile.Field) bool { return f.String() == word }) {
		return v.m.field(word)
	}
	if e, ok := v.elements[word]; ok {
		return e.Label(v.Lang)
	}
	return cmp.Or(v.m.text("round."+word), word)
}

// clusterLabel names the element, the field or the raw code of a cluster. A
// cluster of unmapped codes does not tell its side: its example does.
func (v *view) clusterLabel(c *reconcile.Cluster) string {
	d := reconcile.Discrepancy{Kind: c.Kind, Element: c.Element}
	if c.Example != nil {
		d.Side = c.Example.Side
	}
	label := v.elementLabel(&d)
	if c.Kind == reconcile.Unmapped {
		return strings.TrimSuffix(c.Element+" — "+label, " — ")
	}
	return label
}
