package budget

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"

	"bascule/reconcile"
)

// Known is what files of the budget are held against.
type Known struct {
	Rows       []reconcile.BudgetRow // in force
	History    []reconcile.BudgetRow // all that were ever imported, in their order
	Programmes []string              // met in the loads
	Patterns   []string              // of programmes, in vagues.csv
}

// Outcome is what an import comes to. Where there is any problem, nothing of it
// may be kept.
type Outcome struct {
	Problems  []Problem             // in the order of the files and lines
	Rows      []reconcile.BudgetRow // to be kept: new ones and corrections
	Changes   []Change              // what Rows say, in the same order
	Unchanged int
	Read      int
	Alerts    []reconcile.BudgetAlert // what is accepted and must be looked at
	Doubts    []Change                // new credits that may be others, told again
}

// Change is a row that says something new.
type Change struct {
	Kind   reconcile.BudgetKind
	Key    string
	File   string
	Place  string
	Former string        // key of what it looks like, or blank
	Fields []FieldChange // that a correction changes; none for a new row
	// Withdrawn tells that the row counts no more: Fields say that alone.
	Withdrawn bool
	Returns   *Return // the former version that the row brings back, nil for none
}

// Return is a version of a row that was in force, was corrected, and comes back.
type Return struct{ At, Corrected string } // when it was imported, and corrected

// FieldChange is a field that a correction changes.
type FieldChange struct{ Field, Old, New string }

// Examine reads tables together, and holds them against each other and against
// what is in force.
func Examine(tables []Table, k *Known) *Outcome {
	b := &batch{}
	for i := range tables {
		b.read(&tables[i])
	}
	if len(b.rows) == 0 && len(b.problems) == 0 && len(tables) > 0 {
		b.refuse(&reconcile.InputError{File: tables[0].File, Field: tables[0].Sheet, Err: errNoRows, Hint: "écrivez au moins une ligne, sans # devant"})
	}
	b.refuseTwice()
	b.check(k)
	o := &Outcome{Problems: b.problems, Read: len(b.rows)}
	if b.nothingLoaded {
		o.Problems = append([]Problem{{InputError: &reconcile.InputError{Err: errNothingLoaded, Hint: "chargez d'abord un mois (« bascule run »), puis relancez l'import"}}}, o.Problems...)
	}
	if len(b.problems) > 0 {
		order := make(map[string]int)
		for i := range tables {
			order[tables[i].File] = i + 1 // what is wrong with no file comes first
		}
		slices.SortStableFunc(o.Problems, func(x, y Problem) int {
			return cmp.Or(order[x.File]-order[y.File], x.Line-y.Line)
		})
		return o
	}
	o.merge(b, k)
	return o
}

// refuseTwice refuses a row given twice: nobody could say which one holds.
func (b *batch) refuseTwice() {
	first := make(map[string]*line)
	for _, l := range b.rows {
		if l.failed {
			continue
		}
		k := string(l.kind) + " " + l.key
		of := first[k]
		if of == nil {
			first[k] = l
			continue
		}
		where := "ligne " + of.place()
		if of.table.File != l.table.File {
			where = of.table.File + ", " + where
		}
		l.problem("", fmt.Errorf("%s est déjà donné(e) (%s)", subject(l), where), "gardez l'une des deux, ou réunissez leurs montants en une ligne")
	}
}

// subject names a row to who wrote it.
func subject(l *line) string {
	switch v := l.value.(type) {
	case reconcile.Operation:
		return "l'opération " + v.ID
	case reconcile.Milestone:
		return "le jalon " + v.ID
	case reconcile.Workstream:
		return fmt.Sprintf("le chantier %s, exercice %d,", v.ID, v.Year)
	case reconcile.Credit:
		return fmt.Sprintf("ce mouvement du programme %s (même exercice, catégorie, CAS, nature, date et source)", v.Programme)
	}
	return "cette ligne"
}

// contentOf is the text under which a row is kept.
func contentOf(value any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		panic(fmt.Sprintf("budget row that JSON cannot hold: %v", err))
	}
	return string(bytes.TrimSpace(b.Bytes()))
}

// merge tells what the rows say that was not known.
func (o *Outcome) merge(b *batch, k *Known) {
	former := make(map[string]*reconcile.BudgetRow)
	for i := range k.Rows {
		former[rowKey(k.Rows[i].Kind, k.Rows[i].Key)] = &k.Rows[i]
	}
	versions := make(map[string][]*reconcile.BudgetRow)
	for i := range k.History {
		of := rowKey(k.History[i].Kind, k.History[i].Key)
		versions[of] = append(versions[of], &k.History[i])
	}
	credits := alike(overlaid[reconcile.Credit](b, k, reconcile.BudgetCredits))
	for _, l := range b.rows {
		r := reconcile.BudgetRow{Kind: l.kind, Key: l.key, Content: contentOf(l.value), File: filepath.Base(l.table.File), Place: l.place()}
		if l.withdrawn {
			r.Withdraw()
		}
		c := Change{Kind: l.kind, Key: l.key, File: r.File, Place: r.Place, Withdrawn: l.withdrawn}
		if old := former[rowKey(l.kind, l.key)]; old != nil {
			if old.Content == r.Content || l.withdrawn && old.Withdrawn() { // but for its key, what is withdrawn says nothing
				o.Unchanged++
				continue
			}
			r.Replaces, c.Fields, c.Returns = old.ID, fieldChanges(l.kind, old.Content, r.Content), returns(&r, versions[rowKey(l.kind, l.key)])
		} else if like := lookAlike(l, credits); like != "" {
			doubt := c
			doubt.Former = like
			o.Doubts = append(o.Doubts, doubt)
		}
		o.Rows, o.Changes = append(o.Rows, r), append(o.Changes, c)
	}
	o.Alerts = importAlerts(b, k)
}

// returns finds the last of the versions of a row that said what it says now, and
// was corrected since.
func returns(r *reconcile.BudgetRow, versions []*reconcile.BudgetRow) (found *Return) {
	var of int64
	for _, h := range versions {
		switch {
		case h.Content == r.Content:
			found, of = &Return{At: h.At}, h.ID
		case found != nil && h.Replaces == of:
			found.Corrected = h.At
		}
	}
	return found
}

// sort is what credits that may be the same money have in common.
type sort struct {
	year      int
	programme string
	nature    reconcile.CreditNature
}

func sortOf(c *reconcile.Credit) sort { return sort{c.Year, c.Programme, c.Nature} }

// alike puts together the credits of one sort that open something.
func alike(credits []inForce[reconcile.Credit]) map[sort][]*inForce[reconcile.Credit] {
	by := make(map[sort][]*inForce[reconcile.Credit])
	for i := range credits {
		if x := &credits[i]; x.row.Says() {
			by[sortOf(&x.row)] = append(by[sortOf(&x.row)], x)
		}
	}
	return by
}

// lookAlike finds a credit that would be in force besides a new one and may be the
// same money, which would count twice; of two new ones, the later is the doubt.
func lookAlike(l *line, besides map[sort][]*inForce[reconcile.Credit]) string {
	c, ok := l.value.(reconcile.Credit)
	if !ok || !c.Says() {
		return ""
	}
	for _, x := range besides[sortOf(&c)] {
		if x.key == l.key || !sameMoney(&c, &x.row) {
			continue
		}
		if x.line == nil || slices.Index(l.batch.rows, x.line) < slices.Index(l.batch.rows, l) {
			return x.key
		}
	}
	return ""
}

// sameMoney tells whether two credits of one sort may be one, told twice: they differ by
// their source or their date alone; or both are the LFI, which one law opens
// once, dated otherwise, or whole and split.
func sameMoney(a, b *reconcile.Credit) bool {
	same := a.Category == b.Category && a.CAS == b.CAS
	if same && a.AE == b.AE && a.CP == b.CP && (a.Date == b.Date || fold(a.Source) == fold(b.Source)) {
		return true
	}
	if a.Nature != reconcile.CreditLFI {
		return false
	}
	within := func(whole, part *reconcile.Credit) bool {
		return whole.Category == part.Category || whole.Category == reconcile.Title2 && reconcile.InTitle2(part.Category)
	}
	overlap := (within(a, b) || within(b, a)) && (a.CAS == b.CAS || a.CAS == "" || b.CAS == "")
	return overlap && (!same || a.Date != b.Date)
}

// fieldChanges tells which columns differ, in the order of the file.
func fieldChanges(kind reconcile.BudgetKind, old, now string) (changes []FieldChange) {
	var before, after map[string]any
	if json.Unmarshal([]byte(old), &before) != nil || json.Unmarshal([]byte(now), &after) != nil {
		return nil
	}
	text := func(row map[string]any, column string) string {
		if row[column] == nil { // a row that is not withdrawn does not say so
			return ""
		}
		return fmt.Sprint(row[column])
	}
	withdraws := after["retrait"] != nil
	for _, c := range Columns(kind) {
		if x, y := text(before, c), text(after, c); x != y && (!withdraws || c == "retrait") {
			changes = append(changes, FieldChange{c, x, y})
		}
	}
	return changes
}

// importAlerts are those that an import can tell by itself.
func importAlerts(b *batch, k *Known) []reconcile.BudgetAlert {
	list := []reconcile.BudgetAlert{}
	operations := attach(b.operations(k))
	for _, c := range commitments(operations) {
		if c.Paid > c.AE {
			list = append(list, reconcile.BudgetAlert{Code: reconcile.AlertPaidAboveCommitted, Scope: c.ID, Amount: c.Paid - c.AE, Of: c.AE})
		}
	}
	var values []reconcile.ValueRow
	for _, v := range overlaid[reconcile.ValueRow](b, k, reconcile.BudgetValues) {
		values = append(values, v.row)
	}
	return append(append(list, withoutWorkstream(operations)...), measuredNought(values)...)
}
