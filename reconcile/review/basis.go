package review

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"bascule/reconcile"
)

// BasisOf is what a decision about a gap rests upon in a month: the
// correspondences of its element, and the rates that its evidence names.
func BasisOf(t *reconcile.Tables, p reconcile.Period, d *reconcile.Discrepancy) reconcile.Basis {
	r := basisReader{tables: t, period: p, mappings: make(map[string]string)}
	b := reconcile.Basis{Mapping: r.mapping(d.Element)}
	for _, f := range d.Evidence {
		if f.Name != reconcile.FactRate || slices.ContainsFunc(b.Rates, func(k reconcile.BasisRate) bool { return k.Name == f.Value }) {
			continue
		}
		b.Rates = append(b.Rates, reconcile.BasisRate{Name: f.Value, Value: r.rate(f.Value)})
	}
	return b
}

// basisReader reads the tables as they are in a month.
type basisReader struct {
	tables   *reconcile.Tables
	period   reconcile.Period
	mappings map[string]string // by element, once made
}

// stale tells why a decision holds for no gap of the month, blank when it may.
func (r *basisReader) stale(d *reconcile.Decision) string {
	switch {
	case d.To != 0 && r.period > d.To:
		return reconcile.ReopenedExpired + " " + d.To.String()
	case d.Basis.Mapping != r.mapping(d.Element):
		return reconcile.ReopenedMapping
	}
	for _, rate := range d.Basis.Rates {
		if now := r.rate(rate.Name); now != rate.Value {
			return strings.Join([]string{reconcile.ReopenedRate, rate.Name, rate.Value, now}, " ")
		}
	}
	return ""
}

// rate is the value of a rate, or of a step "SCALE/KEY", blank where there is
// none.
func (r *basisReader) rate(name string) string {
	if scale, key, isScale := strings.Cut(name, "/"); isScale {
		if row, ok := r.tables.Scale(scale, key, r.period); ok {
			return row.Value.String()
		}
		return ""
	}
	if row, ok := r.tables.Rate(name, r.period); ok {
		return row.Value.String()
	}
	return ""
}

// mapping is a digest of the correspondences in force of an element, blank
// where it is no element of the tables.
func (r *basisReader) mapping(element string) string {
	if digest, made := r.mappings[element]; made {
		return digest
	}
	digest := ""
	if e, ok := r.tables.Element(reconcile.ElementCode(element)); ok {
		rows := []string{string(e.Kind)}
		for _, c := range r.tables.Correspondences {
			if c.Element == e.Code && r.period.Within(c.From, c.To) {
				rows = append(rows, fmt.Sprintf("%v %s %d", c.Side, c.Code, c.Factor))
			}
		}
		slices.Sort(rows)
		sum := sha256.Sum256([]byte(strings.Join(rows, "\n")))
		digest = hex.EncodeToString(sum[:8])
	}
	r.mappings[element] = digest
	return digest
}
