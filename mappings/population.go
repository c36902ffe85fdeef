package mappings

import (
	"errors"
	"strings"

	"bascule/reconcile"
)

// Columns of vagues.csv before the selectors.
const (
	waveName = iota
	waveLabel
	waveCutover
	waveSelectors
)

// Columns of identites.csv.
const (
	crosswalkLegacy = iota
	crosswalkONP
	crosswalkReason
)

var (
	waveColumns      = []string{"wave", "label", "cutover"}
	crosswalkColumns = []string{"legacy_key", "onp_key", "reason"}
)

// readWaves reads vagues.csv: each column after the first three is a field of
// the agent (reconcile.Field), each cell a pattern that it must match.
func readWaves(f file, p *Problems) []reconcile.Wave {
	rows := readRows(f, waveColumns, p)
	if len(rows) == 0 {
		return nil
	}
	fields, ok := selectorFields(&rows[0])
	if !ok {
		return nil
	}
	waves := make([]reconcile.Wave, 0, len(rows))
	lines := map[string]waveRow{}
	for i := range rows {
		r := &rows[i]
		w := reconcile.Wave{Name: r.required(waveName, "donnez un nom court à la vague"), Label: r.text(waveLabel), Cutover: r.month(waveCutover)}
		if w.Cutover == 0 && r.text(waveCutover) == "" {
			r.bad(waveCutover, "écrivez le mois de bascule AAAA-MM", "est vide")
		}
		// A wave may stand on several rows: one for each of its services, say.
		if first, met := lines[w.Name]; !met {
			lines[w.Name] = waveRow{r.line, w.Label, w.Cutover}
		} else if first.label != w.Label || first.cutover != w.Cutover {
			r.bad(waveName, "donnez le même libellé et le même mois à toutes les lignes d'une vague", "« %s » a un autre libellé ou un autre mois ligne %d", w.Name, first.line)
		}
		for j, field := range fields {
			pattern := r.word(waveSelectors + j)
			if strings.ContainsAny(pattern, `[]\`) {
				r.bad(waveSelectors+j, "seuls « * » (des caractères) et « ? » (un caractère) remplacent du texte", "« %s » n'est pas un motif", pattern)
			}
			w.Selectors = append(w.Selectors, reconcile.Selector{Field: field, Pattern: pattern})
		}
		waves = append(waves, w)
	}
	return waves
}

// waveRow is the first row of a wave.
type waveRow struct {
	line    int
	label   string
	cutover reconcile.Period
}

// selectorFields reads the header's columns after the first three.
func selectorFields(r *row) ([]reconcile.Field, bool) {
	var fields []reconcile.Field
	for _, column := range r.header[waveSelectors:] {
		field, ok := fieldNamed(column)
		if !ok {
			r.problems.add(&reconcile.InputError{File: r.path, Line: 1, Field: column, Err: errors.New("n'est pas un champ de l'agent"), Hint: "écrivez " + strings.Join(selectorNames(), ", ")})
			return nil, false
		}
		fields = append(fields, field)
	}
	return fields, true
}

// fieldNamed finds a field that a wave may select on: any but the bank
// account.
func fieldNamed(name string) (reconcile.Field, bool) {
	for f := reconcile.FieldGrade; f <= reconcile.FieldAccountant; f++ {
		if f.String() == name && f != reconcile.FieldIBAN {
			return f, true
		}
	}
	return 0, false
}

func selectorNames() []string {
	var names []string
	for f := reconcile.FieldGrade; f <= reconcile.FieldAccountant; f++ {
		if f != reconcile.FieldIBAN {
			names = append(names, f.String())
		}
	}
	return names
}

// readCrosswalk reads identites.csv. Keys identify persons: no message quotes
// them.
func readCrosswalk(f file, p *Problems) []reconcile.CrosswalkRow {
	rows := readRows(f, crosswalkColumns, p)
	list := make([]reconcile.CrosswalkRow, 0, len(rows))
	seen := [2]map[string]int{{}, {}}
	for i := range rows {
		r := &rows[i]
		c := reconcile.CrosswalkRow{LegacyKey: r.word(crosswalkLegacy), ONPKey: r.word(crosswalkONP), Reason: r.text(crosswalkReason)}
		for column, key := range []string{c.LegacyKey, c.ONPKey} {
			if key == "" {
				r.bad(column, "écrivez la clé d'identité, ses parties séparées par « / »", "est vide")
			} else if first := seen[column][key]; first > 0 {
				r.bad(column, "une clé n'a qu'une ligne", "figure déjà ligne %d", first)
			}
			seen[column][key] = r.line
		}
		list = append(list, c)
	}
	return list
}
