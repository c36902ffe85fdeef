package sqlite

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"bascule/reconcile"
)

// chain walks all entries: each must follow the one before, and have the hash
// that the secret gives it.
func (v *verifier) chain() error {
	rows, err := v.c.QueryContext(v.ctx, "SELECT "+entryColumns+" FROM ledger ORDER BY id")
	if err != nil {
		return err
	}
	defer rows.Close()
	v.entries = make(map[string]map[int64][]int64)
	var former entry
	var broken []entry
	good := false
	for rows.Next() {
		var e entry
		if err := e.scan(rows); err != nil {
			return err
		}
		if e.id != former.id+1 || e.former != former.hash || e.hash != e.sealed(v.secret) {
			broken = append(broken, entry{id: e.id, kind: e.kind, subject: e.subject})
		} else {
			good = true
		}
		of := v.entries[e.kind]
		if of == nil {
			of = make(map[int64][]int64)
			v.entries[e.kind] = of
		}
		of[e.subject] = append(of[e.subject], e.id)
		if e.kind == sealPurge {
			v.erase(&e)
		}
		v.Entries, v.Head = v.Entries+1, e.hash
		former = e
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if err := v.ends(former.id); err != nil {
		return err
	}
	if len(broken) > 0 && !good {
		v.find(reconcile.Finding{Runs: v.numbers(), Table: "meta", Rows: "secret", What: "la clé de la base n'est plus celle de la chaîne", Hint: restore})
		return nil
	}
	for i := range broken {
		v.find(reconcile.Finding{Runs: v.runsOn(&broken[i]), Table: "ledger", Rows: fmt.Sprintf("ligne %d", broken[i].id),
			What: "la chaîne des sceaux est rompue : " + labelOf(&broken[i]) + ", modifié, inséré ou précédé d'une entrée effacée", Hint: restore})
	}
	return nil
}

// ends notices entries taken away at either end of the chain.
func (v *verifier) ends(last int64) error {
	given, err := v.number("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'ledger'")
	if err == nil && (given != last || len(v.entries[sealOpening][0]) != 1) {
		v.find(reconcile.Finding{Runs: v.numbers(), Table: "ledger", Rows: fmt.Sprintf("lignes %d à %d", last+1, max(given, last+1)), What: "le début ou la fin de la chaîne des sceaux a été effacé", Hint: restore})
	}
	return err
}

// numbers are those of all runs.
func (v *verifier) numbers() []int {
	all := make([]int, 0, len(v.Known))
	for id := range v.Known { // sorted below
		all = append(all, id)
	}
	slices.Sort(all)
	return all
}

func labelOf(e *entry) string {
	k := kindOf(e.kind)
	switch {
	case k == nil:
		return "entrée d'une sorte inconnue"
	case e.kind == sealOpening:
		return k.label
	}
	return fmt.Sprintf("%s %d", k.label, e.subject)
}

// runsOn are the runs that rest on the subject of an entry. They are the best
// that can be told: the tables that tell it may be what was changed.
func (v *verifier) runsOn(e *entry) []int {
	k := kindOf(e.kind)
	if k == nil {
		return nil
	}
	texts, err := v.texts("SELECT * FROM ("+k.runs+") ORDER BY 1", e.subject)
	if err != nil {
		return nil // said already by integrity
	}
	runs := make([]int, 0, len(texts))
	for _, t := range texts {
		var n int
		if _, err := fmt.Sscan(t, &n); err == nil {
			runs = append(runs, n)
		}
	}
	return runs
}

// owed looks for rows that should have an entry and have none, and entries that
// should be alone and are not; it chooses the entries to read again.
func (v *verifier) owed() error {
	for i := range sealKinds {
		k := &sealKinds[i]
		for subject, ids := range v.entries[k.name] { // sorted below
			if k.once && len(ids) > 1 {
				e := entry{kind: k.name, subject: subject}
				v.find(reconcile.Finding{Runs: v.runsOn(&e), Table: "ledger", Rows: fmt.Sprintf("ligne %d", ids[1]), What: labelOf(&e) + " a été scellé une seconde fois", Hint: restore})
			}
			kept := ids[len(ids)-1]
			if k.once {
				kept = ids[0]
			}
			if !v.last || v.inScope(&entry{kind: k.name, subject: subject}) {
				v.order = append(v.order, kept)
			}
		}
		if err := v.strays(k); err != nil {
			return err
		}
		if k.subjects == "" {
			continue
		}
		if err := v.withoutEntry(k); err != nil {
			return err
		}
	}
	slices.Sort(v.order)
	slices.SortStableFunc(v.Findings, func(a, b reconcile.Finding) int { return strings.Compare(a.Table+a.Rows, b.Table+b.Rows) })
	return nil
}

// inScope tells whether the last run rests on the subject of an entry.
func (v *verifier) inScope(e *entry) bool {
	return len(v.Runs) > 0 && slices.Contains(v.runsOn(e), v.Runs[0].ID)
}

// strays looks for rows of covered tables that are nobody's: each subject's own
// rows are counted with its entry, these with none.
func (v *verifier) strays(k *sealKind) error {
	for i := range k.covers {
		of := &k.covers[i]
		if of.stray == "" {
			continue
		}
		n, err := v.number("SELECT count(*) FROM " + quoted(of.table) + " WHERE " + of.stray)
		if err != nil {
			return err
		}
		if n > 0 {
			v.find(reconcile.Finding{Runs: v.numbers(), Table: of.table, Rows: fmt.Sprintf("%d de plus", n), What: "des lignes que rien ne scelle ont été ajoutées", Hint: restore})
		}
	}
	return nil
}

func (v *verifier) withoutEntry(k *sealKind) error {
	n := len(v.entries[k.name])
	switch k.name {
	case sealLoad:
		v.Sealed.Loads = n
	case sealRun:
		v.Sealed.Runs = n
	case sealImport, sealBudget:
		v.Sealed.Imports += n
	}
	ids, err := v.texts("SELECT id FROM " + quoted(k.subjects) + " ORDER BY id")
	if err != nil {
		return err
	}
	for _, text := range ids {
		var id int64
		if _, err := fmt.Sscan(text, &id); err != nil {
			return err
		}
		switch {
		case v.entries[k.name][id] != nil:
		case id > v.unsealed[k.subjects] || id < 1: // numbers begin at 1: none below is from before the chain
			e := entry{kind: k.name, subject: id}
			v.find(reconcile.Finding{Runs: v.runsOn(&e), Table: k.subjects, Rows: "ligne " + text, What: labelOf(&e) + " n'a pas de sceau : ajouté à la main, ou son sceau effacé", Hint: restore})
		case k.name == sealRun:
			v.Unsealed++
		}
	}
	return nil
}

// rowsAgain digests the rows of the chosen entries anew.
func (v *verifier) rowsAgain() error {
	var total int64
	for _, id := range v.order {
		_, parts, err := v.read(id)
		if err != nil {
			return err
		}
		for _, p := range parts {
			total += p.rows()
		}
	}
	v.watch.Start("vérification (lignes)", total)
	for _, id := range v.order {
		e, parts, err := v.read(id)
		if err != nil {
			return err
		}
		if err := v.entry(e, parts); err != nil {
			return err
		}
	}
	return v.ctx.Err()
}

// read gives an entry and a part for each table that its kind covers, none when
// its content is unreadable. A table that its kind covers only since has a part
// without rows. The contents are read twice rather than kept: they grow with the
// campaign.
func (v *verifier) read(id int64) (*entry, []*part, error) {
	var e entry
	if err := e.scan(v.c.QueryRowContext(v.ctx, "SELECT "+entryColumns+" FROM ledger WHERE id = ?", id)); err != nil {
		return nil, nil, err
	}
	var all content
	k := kindOf(e.kind)
	if json.Unmarshal([]byte(e.content), &all) != nil {
		return &e, nil, nil
	}
	parts := make([]*part, len(k.covers))
	for i := range k.covers {
		parts[i] = &part{Table: k.covers[i].table}
	}
	for _, p := range all.Parts {
		i := -1
		if p != nil {
			i = slices.IndexFunc(k.covers, func(of covered) bool { return of.table == p.Table })
		}
		if i < 0 {
			return &e, nil, nil
		}
		parts[i] = p
	}
	for i, p := range parts {
		if left := v.erased[subjectTable{e.kind, e.subject, p.Table}]; left != nil {
			parts[i] = left
		}
	}
	return &e, parts, nil
}

func (v *verifier) entry(e *entry, parts []*part) error {
	if parts == nil {
		v.find(reconcile.Finding{Runs: v.runsOn(e), Table: "ledger", Rows: fmt.Sprintf("ligne %d", e.id), What: "le sceau de " + labelOf(e) + " est illisible", Hint: restore})
		return nil
	}
	k := kindOf(e.kind)
	for i, p := range parts {
		if err := v.part(e, &k.covers[i], p); err != nil {
			if !corrupt(err) {
				return err
			}
			v.changed(e, p, "", "ne peut être relue : base endommagée")
		}
	}
	return nil
}

func (v *verifier) changed(e *entry, p *part, rows, what string) {
	v.find(reconcile.Finding{Runs: v.runsOn(e), Table: p.Table, Rows: rows, What: labelOf(e) + " : " + what, Hint: restore})
}
