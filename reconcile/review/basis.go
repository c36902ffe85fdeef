package review

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"bascule/reconcile"
)

// GroundsOf is what decisions may rest upon in a month, as the tables have it.
func GroundsOf(t *reconcile.Tables, p reconcile.Period) *reconcile.Grounds {
	g := &reconcile.Grounds{Mappings: make(map[string]string, len(t.Elements)), Rates: make(map[string]string, len(t.Rates)+len(t.Scales))}
	rows := make(map[reconcile.ElementCode][]string, len(t.Elements))
	for _, c := range t.Correspondences {
		if p.Within(c.From, c.To) {
			rows[c.Element] = append(rows[c.Element], fmt.Sprintf("%v %s %d", c.Side, c.Code, c.Factor))
		}
	}
	for i := range t.Elements {
		e := &t.Elements[i]
		of := append(rows[e.Code], string(e.Kind))
		slices.Sort(of)
		sum := sha256.Sum256([]byte(strings.Join(of, "\n")))
		g.Mappings[string(e.Code)] = hex.EncodeToString(sum[:8])
	}
	for i := range t.Rates {
		if r := &t.Rates[i]; p.Within(r.From, r.To) {
			g.Rates[r.Name] = r.Value.String()
		}
	}
	for i := range t.Scales {
		if r := &t.Scales[i]; p.Within(r.From, r.To) {
			g.Rates[r.Scale+"/"+r.Key] = r.Value.String()
		}
	}
	return g
}

// BasisOf is what a decision about a gap rests upon: the correspondences of its
// element, and the rates that its evidence names.
func BasisOf(g *reconcile.Grounds, d *reconcile.Discrepancy) reconcile.Basis {
	b := reconcile.Basis{Mapping: g.Mappings[d.Element]}
	for _, f := range d.Evidence {
		if f.Name != reconcile.FactRate || slices.ContainsFunc(b.Rates, func(k reconcile.BasisRate) bool { return k.Name == f.Value }) {
			continue
		}
		b.Rates = append(b.Rates, reconcile.BasisRate{Name: f.Value, Value: g.Rates[f.Value]})
	}
	return b
}

// stale tells why a decision holds for no gap of a month, blank when it may.
func stale(g *reconcile.Grounds, p reconcile.Period, d *reconcile.Decision) string {
	switch {
	case d.To != 0 && p > d.To:
		return reconcile.ReopenedExpired + " " + d.To.String()
	case d.Basis.Mapping != g.Mappings[d.Element]:
		return reconcile.ReopenedMapping
	}
	for _, rate := range d.Basis.Rates {
		if now := g.Rates[rate.Name]; now != rate.Value {
			return strings.Join([]string{reconcile.ReopenedRate, rate.Name, rate.Value, now}, " ")
		}
	}
	return ""
}
