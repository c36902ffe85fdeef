package sqlite

import (
	"encoding/json"
	"fmt"

	"bascule/reconcile"
)

// subjectTable is a table that the entry of a subject covers.
type subjectTable struct {
	kind    string
	subject int64
	table   string
}

// erase notes what a purge says is left of what earlier entries cover: a row
// that it does not say is gone was taken by somebody else.
func (v *verifier) erase(e *entry) {
	var all content
	if json.Unmarshal([]byte(e.content), &all) != nil {
		return // its own rows tell
	}
	if v.erased == nil {
		v.erased = make(map[subjectTable]*part)
	}
	for i := range all.Erased {
		if x := &all.Erased[i]; x.Left != nil && x.Left.Table == x.Table {
			v.erased[subjectTable{x.Kind, x.Subject, x.Table}] = x.Left
		}
	}
}

// purges lists what was erased, and doubts what was not proved.
func (v *verifier) purges() (err error) {
	if v.Purges, err = purges(v.ctx, v.c, ""); err != nil {
		return err
	}
	if v.Oldest, v.Current, err = retained(v.ctx, v.c); err != nil {
		return err
	}
	for i := range v.Purges {
		if p := &v.Purges[i]; p.Proof == nil {
			v.find(reconcile.Finding{Table: "purge", Rows: fmt.Sprintf("ligne %d", p.ID), What: fmt.Sprintf("purge d'avant %v inachevée : ce qui est effacé peut encore se lire dans le fichier de la base", p.Before),
				Hint: fmt.Sprintf("relancez « bascule purge --before %v »", p.Before), Warning: true})
		}
	}
	return nil
}
