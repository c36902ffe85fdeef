package budget

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"bascule/reconcile"
)

// check holds the rows against each other, and against what is in force.
func (b *batch) check(k *Known) {
	b.checkWithdrawn(k)
	b.checkProgrammes(k)
	b.checkProfile(k)
	b.checkWorkstreams(k)
	b.checkOperations(k)
}

// fresh yields the rows of the batch of one type that could be read.
func fresh[T any](b *batch) (rows []*line) {
	for _, l := range b.rows {
		if _, ok := l.value.(T); ok && !l.failed {
			rows = append(rows, l)
		}
	}
	return rows
}

// overlaid gives the rows of a kind as they would be in force after the import,
// in the order of their keys; a row that was not read again has no line.
func overlaid[T any](b *batch, k *Known, kind reconcile.BudgetKind) []inForce[T] {
	again := make(map[string]bool)
	var list []inForce[T]
	for _, l := range fresh[T](b) {
		again[l.key] = true
		if !l.withdrawn {
			list = append(list, inForce[T]{l.key, l.value.(T), l})
		}
	}
	for i := range k.Rows {
		r := &k.Rows[i]
		if r.Kind != kind || again[r.Key] || r.Withdrawn() {
			continue
		}
		var row T
		if json.Unmarshal([]byte(r.Content), &row) == nil { // what the store holds, it wrote
			list = append(list, inForce[T]{r.Key, row, nil})
		}
	}
	slices.SortFunc(list, func(x, y inForce[T]) int { return cmp.Compare(x.key, y.key) })
	return list
}

type inForce[T any] struct {
	key  string
	row  T
	line *line
}

func (b *batch) operations(k *Known) (list []reconcile.Operation) {
	for _, o := range overlaid[reconcile.Operation](b, k, reconcile.BudgetOperations) {
		list = append(list, o.row)
	}
	return list
}

// checkWithdrawn refuses to withdraw what was never imported, and a workstream
// that is still cited.
func (b *batch) checkWithdrawn(k *Known) {
	formerly := formerKeys(k)
	cited := b.cited(k)
	for _, l := range b.rows {
		switch w, _ := l.value.(reconcile.Workstream); {
		case !l.withdrawn || l.failed:
		case !formerly[rowKey(l.kind, l.key)]:
			l.problem("retrait", errors.New("aucune ligne de même clé n'a été importée : il n'y a rien à retirer"), "reprenez la ligne telle qu'elle a été importée, et ajoutez « oui » dans la colonne retrait")
		case cited[w.ID] != "":
			l.problem("retrait", fmt.Errorf("le chantier %s est encore cité par %s", w.ID, cited[w.ID]), "retirez aussi les opérations et les jalons de ce chantier, ou donnez-leur en un autre")
		}
	}
}

// cited gives, for each workstream that the import leaves undescribed, an
// operation or a milestone that cites it.
func (b *batch) cited(k *Known) map[string]string {
	by := make(map[string]string)
	for _, m := range overlaid[reconcile.Milestone](b, k, reconcile.BudgetMilestones) {
		by[m.row.Workstream] = "le jalon " + m.row.ID
	}
	for _, o := range b.operations(k) {
		if o.Nature != reconcile.OperationWithdrawn {
			by[o.Workstream] = "l'opération " + o.ID
		}
	}
	for _, w := range overlaid[reconcile.Workstream](b, k, reconcile.BudgetWorkstreams) {
		delete(by, w.row.ID)
	}
	delete(by, "")
	return by
}

// rowKey tells a row from those of all kinds.
func rowKey(kind reconcile.BudgetKind, key string) string { return string(kind) + " " + key }

// formerKeys are the kinds and keys of what was imported.
func formerKeys(k *Known) map[string]bool {
	keys := make(map[string]bool)
	for i := range k.Rows {
		keys[rowKey(k.Rows[i].Kind, k.Rows[i].Key)] = true
	}
	return keys
}

// checkProgrammes refuses the programmes that nobody pays nor will switch.
func (b *batch) checkProgrammes(k *Known) {
	known := slices.Compact(slices.Sorted(slices.Values(append(slices.Clone(k.Programmes), k.Patterns...))))
	hint := "les programmes connus sont ceux des extractions chargées et de vagues.csv : " + strings.Join(known, ", ")
	if len(known) == 0 {
		hint = "les programmes connus sont ceux des extractions chargées et de vagues.csv, et il n'y en a encore aucun"
	}
	for _, l := range b.rows {
		var programme string
		switch v := l.value.(type) {
		case reconcile.Credit:
			programme = v.Programme
		case reconcile.Ceiling:
			programme = v.Programme
		case reconcile.ProfileMonth:
			programme = v.Programme
		}
		if programme == "" || l.withdrawn || slices.Contains(k.Programmes, programme) || slices.ContainsFunc(k.Patterns, func(p string) bool { return reconcile.MatchPattern(p, programme) }) {
			continue
		}
		b.nothingLoaded = len(k.Programmes) == 0
		l.problem("programme", fmt.Errorf("« %s » est inconnu", programme), hint)
	}
}

// checkProfile refuses a month that is given both whole and by category. A row
// that was set to nought gives it neither way.
func (b *batch) checkProfile(k *Known) {
	type place struct {
		programme string
		month     reconcile.Period
	}
	whole := make(map[place]bool)
	rows := slices.DeleteFunc(overlaid[reconcile.ProfileMonth](b, k, reconcile.BudgetProfile), func(x inForce[reconcile.ProfileMonth]) bool { return !x.row.Says() })
	for i := range rows {
		if p := &rows[i].row; p.Category == reconcile.Title2 {
			whole[place{p.Programme, p.Month}] = true
		}
	}
	blamed := make(map[place]bool)
	for _, l := range fresh[reconcile.ProfileMonth](b) {
		p := l.value.(reconcile.ProfileMonth)
		at := place{p.Programme, p.Month}
		if !p.Says() || !whole[at] || blamed[at] {
			continue
		}
		if slices.ContainsFunc(rows, func(x inForce[reconcile.ProfileMonth]) bool {
			return x.row.Programme == p.Programme && x.row.Month == p.Month && x.row.Category != reconcile.Title2
		}) {
			blamed[at] = true
			l.problem("categorie", fmt.Errorf("le profil du programme %s en %v est donné à la fois en entier et par catégorie", p.Programme, p.Month),
				"gardez l'une des deux formes ; retirez les lignes déjà importées de l'autre (« oui » dans la colonne retrait)")
		}
	}
}

// checkWorkstreams refuses the workstreams that no file describes.
func (b *batch) checkWorkstreams(k *Known) {
	var known []string
	for _, w := range overlaid[reconcile.Workstream](b, k, reconcile.BudgetWorkstreams) {
		known = append(known, w.row.ID)
	}
	known = slices.Compact(known)
	for _, l := range b.rows {
		var id string
		switch v := l.value.(type) {
		case reconcile.Operation:
			if v.Nature != reconcile.OperationWithdrawn { // which counts nowhere
				id = v.Workstream
			}
		case reconcile.Milestone:
			id = v.Workstream
		}
		if id == "" || l.withdrawn || slices.Contains(known, id) {
			continue
		}
		hint := "décrivez-le dans un fichier « chantiers », donné avec celui-ci ou importé avant"
		if len(known) > 0 {
			hint += " ; connus : " + strings.Join(known, ", ")
		}
		l.problem("chantier", fmt.Errorf("« %s » est inconnu", id), hint)
	}
}

// checkOperations follows what operations cite.
func (b *batch) checkOperations(k *Known) {
	all := overlaid[reconcile.Operation](b, k, reconcile.BudgetOperations)
	of := make(map[string]*inForce[reconcile.Operation])
	for i := range all {
		of[all[i].row.ID] = &all[i]
	}
	formerly := formerKeys(k)
	for i := range all {
		o, l := &all[i].row, all[i].line
		if o.Nature == reconcile.OperationWithdrawn {
			if l != nil && !formerly[rowKey(l.kind, l.key)] {
				l.problem("operation", fmt.Errorf("« %s » n'a jamais été importée : il n'y a rien à annuler", o.ID), "vérifiez son numéro, ou retirez cette ligne")
			}
			continue
		}
		if o.Commitment == "" {
			continue
		}
		cited := of[o.Commitment]
		if l == nil && cited != nil {
			l = cited.line // what the import says of it is to blame
		}
		if l != nil && !l.failed {
			l.checkCited(o, cited)
		}
	}
	checkSpelling(all)
	checkTotals(all)
}

// checkSpelling refuses an operation that another one seems to be, in other
// letters: both would count.
func checkSpelling(all []inForce[reconcile.Operation]) {
	former := make(map[string]string)
	for _, told := range []bool{false, true} { // what is in force stands; what the import says is to blame
		for i := range all {
			o, l := &all[i].row, all[i].line
			if (l != nil) != told {
				continue
			}
			like, met := former[fold(o.ID)]
			switch {
			case o.Nature == reconcile.OperationWithdrawn: // counts nowhere
			case !met:
				former[fold(o.ID)] = o.ID
			case l != nil:
				l.problem("operation", fmt.Errorf("« %s » ne diffère de « %s » que par ses majuscules, accents ou espaces : elle compterait deux fois", o.ID, like), "reprenez le numéro déjà donné, ou donnez-en un autre")
			}
		}
	}
}

// checkTotals refuses amounts that take from a commitment, or from its payments,
// more than there is.
func checkTotals(all []inForce[reconcile.Operation]) {
	operations := make([]reconcile.Operation, len(all))
	for i := range all {
		operations[i] = all[i].row
	}
	for _, c := range commitments(operations) {
		for _, of := range []struct {
			nature       reconcile.OperationNature
			column, what string
			sum          reconcile.Amount
		}{{reconcile.OperationCommitment, "ae", "l'engagement %s deviendrait négatif : %v", c.AE}, {reconcile.OperationPayment, "cp", "les paiements de l'engagement %s deviendraient négatifs : %v", c.Paid}} {
			at := slices.IndexFunc(all, func(x inForce[reconcile.Operation]) bool {
				lessens := x.row.Nature == of.nature && (x.row.Commitment == c.ID && x.row.AE+x.row.CP < 0 || x.row.ID == c.ID)
				return lessens && x.line != nil && !x.line.failed
			})
			if of.sum < 0 && at >= 0 {
				all[at].line.problem(of.column, fmt.Errorf(of.what, c.ID, of.sum), "vérifiez ce qui diminue ce total, et son signe")
			}
		}
	}
}

// checkCited holds an operation to the commitment that it cites.
func (l *line) checkCited(o *reconcile.Operation, cited *inForce[reconcile.Operation]) {
	switch {
	case cited == nil:
		l.problem("engagement", fmt.Errorf("cite « %s », qui n'est pas une opération connue", o.Commitment), "donnez d'abord l'engagement, dans ce fichier ou un autre du même import")
	case cited.row.Nature == reconcile.OperationWithdrawn:
		l.problem("engagement", fmt.Errorf("l'opération %s cite l'engagement %s, qui est annulé", o.ID, o.Commitment), "annulez aussi les opérations qui le citent, ou faites-leur citer un autre engagement")
	case cited.row.Nature != reconcile.OperationCommitment:
		l.problem("engagement", fmt.Errorf("l'opération %s cite %s, qui n'est pas un engagement", o.ID, o.Commitment), "citez une opération de nature « engagement »")
	case cited.row.Commitment != "":
		l.problem("engagement", fmt.Errorf("l'opération %s cite %s, qui modifie elle-même l'engagement %s", o.ID, o.Commitment, cited.row.Commitment), "citez l'engagement d'origine")
	case o.Nature != reconcile.OperationExpected && o.Date < cited.row.Date:
		l.problem("date", fmt.Errorf("l'opération %s est du %s, avant l'engagement %s qu'elle cite, du %s", o.ID, o.Date, o.Commitment, cited.row.Date), "corrigez l'une des deux dates : un paiement suit son engagement")
	case o.Workstream != "" && cited.row.Workstream != "" && o.Workstream != cited.row.Workstream:
		l.problem("chantier", fmt.Errorf("l'opération %s est du chantier %s, et l'engagement %s qu'elle cite du chantier %s", o.ID, o.Workstream, o.Commitment, cited.row.Workstream), "donnez le même chantier, ou laissez vide celui du paiement")
	}
}
