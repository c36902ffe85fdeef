package review

import (
	"regexp"
	"strings"

	"bascule/reconcile"
)

// words reads the status and the reason.
func (x *examiner) words(n *Note, d *reconcile.Decision) {
	text := n.text(FieldStatus)
	status, known := x.Status(text)
	switch {
	case text == "":
		x.refuse(n.problem(FieldStatus, "choisissez-le dans la liste, ou videz toute l'annotation", "manque, alors que la ligne est annotée"))
		return
	case !known || status == reconcile.StatusTolerated:
		x.refuse(n.problem(FieldStatus, "choisissez-le dans la liste de la cellule", "n'est pas un statut que l'on décide"))
		return
	}
	d.Status = status
	reason, offList, ok := x.reasonOf(n)
	switch {
	case !ok:
		x.refuse(n.problem(FieldReason, "choisissez-le dans la liste, ou ajoutez-le à motifs.csv", "n'est pas un motif de la liste"))
	case reason == nil && status != reconcile.StatusOpen:
		x.refuse(n.problem(FieldReason, "dites pourquoi, en choisissant dans la liste", "manque"))
	case reason != nil && !reason.Gives(status):
		x.refuse(n.problem(FieldReason, "prenez un autre motif, ou un autre statut ; motifs.csv dit lesquels vont ensemble", "ne va pas avec ce statut"))
	case reason != nil:
		d.Reason = reason.Code
		if offList {
			x.outcome.OffList++
		}
	}
	d.Comment = n.commented(offList)
}

// persons checks who decides and who signs.
func (x *examiner) persons(n *Note, d *reconcile.Decision) {
	switch {
	case len(words(d.Author)) == 0:
		x.refuse(n.problem(FieldAuthor, "écrivez le nom de qui décide", "manque"))
	case d.Visa != "" && len(words(d.Visa)) == 0:
		x.refuse(n.problem(FieldVisa, "écrivez le nom de qui vise", "n'est pas un nom"))
	case d.Visa != "" && SamePerson(d.Author, d.Visa):
		x.refuse(n.problem(FieldVisa, "faites viser par quelqu'un d'autre ; deux homonymes écrivent aussi leur prénom", "est la personne qui décide"))
	}
}

var (
	untilMonth = regexp.MustCompile(`(?i)\b(?:jusqu['’](?:au|à|en)|until)\s*([0-9]{4}-[0-9]{2}|[0-9]{1,2}/[0-9]{4})`)
	untilWord  = regexp.MustCompile(`(?i)\b(?:jusqu|until)`)
)

// validity reads how long the decision holds: what its reference says, or else
// what its reason allows.
func (x *examiner) validity(n *Note, d *reconcile.Decision, p reconcile.Period) {
	d.From = p
	if r, ok := x.Tables.Reason(d.Reason); ok && r.Months > 0 {
		d.To = p + reconcile.Period(r.Months) - 1
	}
	const hint = "écrivez « jusqu'au 2014-06 », le dernier mois de paye où elle vaut"
	m := untilMonth.FindStringSubmatch(d.Reference)
	if m == nil {
		if untilWord.MatchString(d.Reference) {
			x.refuse(n.problem(FieldReference, hint, "limite la décision à un mois qui ne se lit pas"))
		}
		return
	}
	text := m[1]
	if month, year, slash := strings.Cut(text, "/"); slash {
		text = year + "-" + ("0" + month)[len(month)-1:]
	}
	until, err := reconcile.ParsePeriod(text)
	switch {
	case err != nil:
		x.refuse(n.problem(FieldReference, hint, "limite la décision à un mois impossible"))
	case until < p:
		x.refuse(n.problem(FieldReference, hint, "limite la décision à un mois passé"))
	case d.To != 0 && until > d.To:
		x.refuse(n.problem(FieldReference, "abrégez, ou prenez un autre motif", "dépasse %v, le dernier mois que ce motif permet", d.To))
	default:
		d.To = until
	}
}
