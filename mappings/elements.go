package mappings

import (
	"errors"
	"strconv"
	"strings"

	"bascule/reconcile"
)

// Columns of elements.csv (CONTRACT 4).
const (
	elementCode = iota
	elementLabelFR
	elementLabelEN
	elementKind
	elementTitle2
	elementCAS
	elementAccount
	elementTolerance
	elementFormula
	elementCompared
	elementReason
)

var elementColumns = []string{"element", "label_fr", "label_en", "kind", "title2", "cas", "account", "tolerance_cents", "formula", "compared", "reason"}

// readElements reads elements.csv, in file order.
func readElements(f file, p *Problems) []reconcile.Element {
	before := p.Total
	rows := readRows(f, elementColumns, p)
	if len(rows) == 0 && p.Total == before {
		p.add(&reconcile.InputError{File: f.path, Err: errors.New("la table ne contient aucun élément"), Hint: hintInit})
	}
	elements := make([]reconcile.Element, 0, len(rows))
	lines := map[string]int{}
	for i := range rows {
		r := &rows[i]
		e := readElement(r)
		if first := lines[string(e.Code)]; first > 0 && e.Code != "" {
			r.bad(elementCode, "gardez une seule des deux lignes", "figure déjà ligne %d", first)
			continue
		}
		lines[string(e.Code)] = r.line
		elements = append(elements, e)
	}
	return elements
}

func readElement(r *row) reconcile.Element {
	e := reconcile.Element{
		Code:    reconcile.ElementCode(r.name(elementCode)),
		LabelFR: r.required(elementLabelFR, "donnez le libellé qui figurera dans les classeurs"),
		LabelEN: r.text(elementLabelEN),
		CAS:     r.yes(elementCAS),
		Account: r.word(elementAccount),
		Formula: r.text(elementFormula),
		Bases:   readMembers(r),
		Line:    r.line,
	}
	kind, _ := r.oneOf(elementKind, string(reconcile.Gain), string(reconcile.Retenue), string(reconcile.Patronale), string(reconcile.Info))
	e.Kind = reconcile.ElementKind(kind)
	if e.Title2 = r.word(elementTitle2); e.Title2 != "" && e.Title2 != "21" && e.Title2 != "22" && e.Title2 != "23" {
		r.bad(elementTitle2, "écrivez 21, 22 ou 23, ou laissez vide hors du titre 2", "vaut « %s »", e.Title2)
	}
	if e.Account != "" && !isDigits(e.Account) {
		r.bad(elementAccount, "exemple : 641", "n'est pas un compte du plan comptable")
	}
	e.Tolerance = readTolerance(r)
	e.Compared, e.Reason = r.yes(elementCompared), r.text(elementReason)
	if r.cells[elementCompared] == "non" && e.Reason == "" {
		r.bad(elementReason, "dites pourquoi l'élément n'est pas comparé", "est vide alors que compared vaut « non »")
	}
	return e
}

// readTolerance reads centimes: a percentage would hide the biggest amounts.
func readTolerance(r *row) reconcile.OptAmount {
	s := r.word(elementTolerance)
	if s == "" {
		return reconcile.OptAmount{}
	}
	const hint = "écrivez un nombre entier de centimes, ou rien"
	if strings.HasPrefix(s, "-") {
		r.bad(elementTolerance, hint, "est négatif")
		return reconcile.OptAmount{}
	}
	cents, err := strconv.ParseInt(s, 10, 32)
	if err != nil || !isDigits(s) {
		r.bad(elementTolerance, hint, "n'est pas un nombre de centimes")
		return reconcile.OptAmount{}
	}
	return reconcile.Some(reconcile.Amount(cents))
}
