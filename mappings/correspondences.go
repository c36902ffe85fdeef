package mappings

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"bascule/reconcile"
)

// Columns of correspondances.csv (CONTRACT 4).
const (
	correspondenceElement = iota
	correspondenceSide
	correspondenceCode
	correspondenceFactor
	correspondenceFrom
	correspondenceTo
)

var correspondenceColumns = []string{"element", "side", "code", "factor", "valid_from", "valid_to"}

// readCorrespondences reads correspondances.csv. A code feeds one element at a
// time; an element may be fed by many.
func readCorrespondences(f file, elements []reconcile.Element, p *Problems) []reconcile.Correspondence {
	known := map[reconcile.ElementCode]bool{}
	for i := range elements {
		known[elements[i].Code] = true
	}
	rows := readRows(f, correspondenceColumns, p)
	list := make([]reconcile.Correspondence, 0, len(rows))
	taken := dated{}
	for i := range rows {
		r := &rows[i]
		v := r.months(correspondenceFrom, correspondenceTo)
		c := reconcile.Correspondence{Element: reconcile.ElementCode(r.name(correspondenceElement)), Code: readCode(r), From: v.from, To: v.to}
		if len(known) > 0 && !known[c.Element] && isName(string(c.Element)) {
			r.bad(correspondenceElement, "ajoutez-le à "+elementsFile+" ou corrigez le nom", "« %s » n'est pas dans %s", c.Element, elementsFile)
		}
		side, ok := r.oneOf(correspondenceSide, reconcile.Legacy.String(), reconcile.ONP.String())
		if ok {
			c.Side, _ = reconcile.ParseSide(side)
			if first := taken.clash(side+" "+string(c.Code), v, r.line); first > 0 {
				r.bad(correspondenceCode, "un code n'alimente qu'un élément à la fois : corrigez les mois de validité", "« %s » vaut déjà, côté %s, pour les mêmes mois ligne %d", c.Code, side, first)
			}
		}
		if factor, _ := r.oneOf(correspondenceFactor, "1", "-1"); factor == "-1" {
			c.Factor = -1
		} else {
			c.Factor = 1
		}
		list = append(list, c)
	}
	return list
}

// maxCodeBytes bounds a code; six characters in PSOP, a dozen in HR Access.
const maxCodeBytes = 30

// readCode reads a pay code, kept to the character: 0201 is not 201.
func readCode(r *row) reconcile.Code {
	s := r.word(correspondenceCode)
	switch {
	case s == "":
		r.bad(correspondenceCode, "écrivez le code tel que l'extrait le porte", "est vide")
	case isScientific(s):
		r.bad(correspondenceCode, "un tableur a changé le code en nombre : mettez la colonne au format texte et ressaisissez-le", "« %s » n'est pas un code", s)
	case !isCode(s):
		r.bad(correspondenceCode, "une lettre ou un chiffre d'abord, ni guillemet ni caractère de commande, 30 octets au plus", "« %s » n'est pas un code possible", s)
	}
	return reconcile.Code(s)
}

// isCode accepts what an extract may hold in a code column, accents and inner
// spaces included ("10 1000" on payslips); not what a spreadsheet would take
// for a formula.
func isCode(s string) bool {
	if first, _ := utf8.DecodeRuneInString(s); !unicode.IsLetter(first) && !unicode.IsDigit(first) {
		return false
	}
	for _, c := range s {
		if !unicode.IsPrint(c) || c == '"' || c == '\'' {
			return false
		}
	}
	return len(s) <= maxCodeBytes
}

// isScientific recognises 1,01E+05, what a spreadsheet makes of 101000.
func isScientific(s string) bool {
	mantissa, exponent, ok := strings.Cut(s, "E+")
	return ok && isDigits(exponent) && isNumber(strings.Replace(mantissa, ",", ".", 1))
}

// checkInForce refuses tables that hold nothing for the month of pay on one
// side: every line would be unmapped.
func checkInForce(f file, list []reconcile.Correspondence, period reconcile.Period, p *Problems) {
	if period == 0 || p.Total > 0 {
		return
	}
	for _, side := range reconcile.Sides {
		found := false
		for _, c := range list {
			found = found || c.Side == side && period.Within(c.From, c.To)
		}
		if !found {
			p.add(&reconcile.InputError{File: f.path, Err: fmt.Errorf("aucune correspondance côté %s ne vaut en %s", side, period), Hint: "complétez la table ou ses mois de validité"})
		}
	}
}
