package mappings

import (
	"strings"

	"bascule/reconcile"
)

// Columns of bases.csv.
const (
	baseName = iota
	baseLabel
	baseFormula
	baseSource
	baseMark
)

// Columns of cles_baremes.csv.
const (
	keyScale = iota
	keyField
	keyPattern
	keyKey
	keySource
	keyMark
)

var (
	baseColumns     = []string{"base", "label", "formula", "source", "mark"}
	scaleKeyColumns = []string{"scale", "field", "pattern", "key", "source", "mark"}
)

// memberColumn is the column of elements.csv, among a ministry's own, that lists
// the groups of elements whose sums formulas use.
const memberColumn = "assiettes"

// readMembers reads the groups of an element; a table without the column has
// none.
func readMembers(r *row) []string {
	for i, name := range r.header {
		if name == memberColumn {
			return strings.Fields(r.text(i))
		}
	}
	return nil
}

// readBases reads bases.csv: what several formulas share.
func readBases(f file, p *Problems) []reconcile.Base {
	rows := readRows(f, baseColumns, p)
	bases := make([]reconcile.Base, 0, len(rows))
	lines := map[string]int{}
	for i := range rows {
		r := &rows[i]
		b := reconcile.Base{Name: r.name(baseName), Label: r.required(baseLabel, "donnez le libellé de la base"), Line: r.line,
			Formula: r.required(baseFormula, "écrivez la formule de la base"), Source: r.required(baseSource, hintSource), Mark: r.mark(baseMark)}
		if first := lines[b.Name]; first > 0 && b.Name != "" {
			r.bad(baseName, "gardez une seule des deux lignes", "figure déjà ligne %d", first)
			continue
		}
		lines[b.Name] = r.line
		bases = append(bases, b)
	}
	return bases
}

// readScaleKeys reads cles_baremes.csv, in file order.
func readScaleKeys(f file, p *Problems) []reconcile.ScaleKey {
	rows := readRows(f, scaleKeyColumns, p)
	keys := make([]reconcile.ScaleKey, 0, len(rows))
	for i := range rows {
		r := &rows[i]
		k := reconcile.ScaleKey{Scale: r.name(keyScale), Pattern: r.word(keyPattern), Key: r.word(keyKey)}
		r.required(keySource, hintSource)
		r.mark(keyMark)
		field, ok := fieldNamed(r.word(keyField))
		if !ok {
			r.bad(keyField, "écrivez un champ de l'agent : grade, echelon, zone, status…", "vaut « %s »", r.word(keyField))
		}
		if k.Field = field; k.Pattern == "" || k.Key == "" {
			r.bad(keyPattern, "donnez le motif (« * », « ? ») et la clé du barème", "est vide, ou la clé l'est")
		}
		keys = append(keys, k)
	}
	return keys
}
