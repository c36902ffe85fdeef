package reports

import (
	"iter"
	"strconv"
	"strings"

	"bascule/reconcile"
)

// causeSheet adds the gaps up by cause, kind and status.
func (v *view) causeSheet() *Sheet {
	var total reconcile.Amount
	for i := range v.Causes {
		total += v.Causes[i].Absolute
	}
	status := v.column("status", Text, 20)
	status.Rules = v.statusRules()
	return &Sheet{
		Name:  v.sheets.causes,
		Tab:   Muted,
		Lines: v.head(v.m.t("causes.title", v.m.month(v.Run.Period)), v.m.t("causes.purpose")),
		Table: &Table{
			Name: v.m.t("table.causes"),
			Columns: []Column{
				v.column("cause", Text, 32), v.column("kind", Text, 30), status,
				v.column("count", Count, 10), v.column("agents", Count, 10),
				v.column("delta_net", Delta, 18), v.column("delta_information", Delta, 18),
				v.column("absolute", Money, 18), v.column("share", Percent, 12),
			},
			Frozen: 1,
			Empty:  v.m.t("gaps.none"),
			Rows: slice(v.Causes, func(c *reconcile.CauseTotal) []Cell {
				return []Cell{
					T(or(c.Cause, v.m.cause)), T(or(c.Kind, v.m.kind)), T(or(c.Status, v.m.status)),
					N(c.Count), N(c.Agents), D(c.DeltaNet), D(c.DeltaInformation), A(c.Absolute), R(int64(c.Absolute), int64(total)),
				}
			}),
		},
	}
}

// clusterSheet lists the groups of like gaps: the unit a person decides on.
func (v *view) clusterSheet() *Sheet {
	return &Sheet{
		Name:  v.sheets.clusters,
		Tab:   Muted,
		Lines: v.head(v.m.t("clusters.title", v.m.month(v.Run.Period)), v.m.t("clusters.purpose")),
		Table: &Table{
			Name: v.m.t("table.clusters"),
			Columns: []Column{
				v.column("cluster", Digest, 14), v.column("kind", Text, 28), v.wrapped("label", 38),
				v.column("cause", Text, 24), v.wrapped("pattern", 22),
				v.column("count", Count, 9), v.column("agents", Count, 9), v.column("open", Count, 9), v.column("services", Count, 9),
				v.column("delta_net", Delta, 16), v.column("delta_information", Delta, 16), v.column("absolute", Money, 16),
				v.column("example", Text, 13), v.wrapped("element", 36),
			},
			Frozen: 1,
			Empty:  v.m.t("clusters.none"),
			Rows:   v.clusterRows(),
		},
	}
}

func (v *view) clusterRows() iter.Seq2[[]Cell, error] {
	return slice(v.Clusters, func(c *reconcile.Cluster) []Cell {
		return []Cell{
			H(c.ID), T(or(c.Kind, v.m.kind)), T(v.clusterLabel(c)),
			T(or(c.Cause, v.m.cause)), T(v.pattern(c)),
			N(c.Count), N(c.Agents), N(c.Open), N(c.Services.Count),
			D(c.DeltaNet), D(c.DeltaInformation), A(c.Absolute), T(strings.Join(c.Examples.First, " ")), T(c.Element),
		}
	})
}

// pattern is what the gaps of a cluster share; an amount, which the store
// writes in centimes, is shown as one.
func (v *view) pattern(c *reconcile.Cluster) string {
	if cents, err := strconv.ParseInt(strings.TrimPrefix(c.Pattern, "="), 10, 64); err == nil && c.Pattern[0] == '=' {
		return v.m.delta(reconcile.Amount(cents))
	}
	return c.Pattern
}

// clusterLabel names the element, the field or the raw code of a cluster. A
// cluster of unmapped codes does not tell its side: both are tried.
func (v *view) clusterLabel(c *reconcile.Cluster) string {
	d := reconcile.Discrepancy{Kind: c.Kind, Element: c.Element}
	if label := v.elementLabel(&d); label != "" {
		return label
	}
	d.Side = reconcile.ONP
	return v.elementLabel(&d)
}
