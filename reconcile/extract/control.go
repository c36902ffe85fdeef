package extract

import (
	"errors"
	"fmt"
	"strings"

	"bascule/reconcile"
)

// unproved is what the control totals cannot count: lines whose amount or whose
// sense cannot be read.
type unproved struct {
	first        fault // of the first line whose amount cannot be read
	line         int
	withoutSense int64
	amount       reconcile.Amount // of the lines without a sense, as printed
}

func (u *unproved) note(line int, f fault) {
	if u.first.err == nil {
		u.line, u.first = line, f
	}
}

// hintIncomplete is the remedy when a trailer disagrees with its file.
const hintIncomplete = "fichier incomplet ou modifié après sa production : redemander l'extraction"

// readTrailer checks the totals of the trailer against what was read: rejects
// count in them as much as the lines kept.
func (r *Reader) readTrailer(row *row, rec *record, bad error) error {
	if err := r.endPayslip(); err != nil {
		return err
	}
	if bad != nil {
		return r.refuse(row.line, "", fmt.Errorf("l'enregistrement de fin ne se lit pas : %w", bad), "fichier coupé ? redemander l'extraction")
	}
	all := r.load.Sums.Plus(r.load.Rejected)
	for _, c := range [...]struct {
		id    field
		found int64
	}{{fPayslips, r.agents}, {fLineCount, r.lineCount}} {
		if !rec.has(c.id) {
			continue
		}
		declared, err := r.declared(row, c.id, 0)
		if err != nil {
			return err
		}
		word := r.layout.format[c.id].word
		if declared != c.found {
			return r.refuse(row.line, word, fmt.Errorf("déclaré %d, trouvé %d", declared, c.found), hintIncomplete)
		}
		r.load.Controls = append(r.load.Controls, reconcile.Check{Name: word, Scope: r.path, Left: reconcile.Amount(declared), Right: reconcile.Amount(c.found), Counted: true, OK: true})
	}
	checks := make([]reconcile.Check, 0, len(reconcile.Senses))
	for _, c := range [...]struct {
		id    field
		found reconcile.Amount
	}{{fTotalToPay, all.ToPay}, {fTotalToDeduct, all.ToDeduct}, {fTotalInformation, all.Information}} {
		if !rec.has(c.id) {
			continue
		}
		declared, err := r.declared(row, c.id, 2)
		if err != nil {
			return err
		}
		checks = append(checks, reconcile.Check{Name: r.layout.format[c.id].word, Scope: r.path, Left: reconcile.Amount(declared), Right: c.found, OK: true})
	}
	return r.proveTotals(row.line, checks)
}

// declared reads a figure of the trailer, which must be there.
func (r *Reader) declared(row *row, id field, scale int) (int64, error) {
	v, set, err := r.layout.number(row, id, scale)
	if err == nil && !set {
		err = errEmpty
	}
	if err != nil {
		return 0, r.refuse(row.line, r.layout.format[id].word, err, "fichier coupé ? redemander l'extraction")
	}
	return v, nil
}

// proveTotals compares the declared totals with those found. Rejected lines
// whose sense cannot be read are proved by the sum of the three totals; a line
// whose amount cannot be read proves nothing, and is blamed.
func (r *Reader) proveTotals(line int, checks []reconcile.Check) error {
	var wrong *reconcile.Check
	var declared, found reconcile.Amount
	for i := range checks {
		c := &checks[i]
		declared, found = declared+c.Left, found+c.Right
		if c.Left != c.Right && wrong == nil {
			wrong = c
		}
	}
	u := &r.unproved
	switch {
	case wrong == nil:
		r.load.Controls = append(r.load.Controls, checks...)
		return nil
	case u.first.err != nil:
		return r.refuse(u.line, u.first.field, fmt.Errorf("%w : le %s ne peut pas être prouvé (déclaré %s, trouvé %s sans les montants illisibles)", u.first.err, wrong.Name, euros(wrong.Left), euros(wrong.Right)),
			"faire corriger cette ligne à la source")
	case u.withoutSense > 0 && len(checks) == len(reconcile.Senses) && declared == found+u.amount:
		r.load.Controls = append(r.load.Controls, reconcile.Check{Name: "total P + D + I", Scope: r.path, Left: declared, Right: found + u.amount, OK: true,
			Note: fmt.Sprintf("dont %d ligne(s) rejetée(s) au sens illisible, que seule la somme des trois totaux peut compter", u.withoutSense)})
		return nil
	}
	what := fmt.Sprintf("déclaré %s, trouvé %s", euros(wrong.Left), euros(wrong.Right))
	if u.withoutSense > 0 {
		what += fmt.Sprintf(", ce que %d ligne(s) au sens illisible n'expliquent pas", u.withoutSense)
	}
	return r.refuse(line, wrong.Name, errors.New(what), hintIncomplete)
}

// proveSums compares the two sums that the reading itself made, by payslip and
// by code.
func (r *Reader) proveSums() error {
	slips, codes := r.load.Sums, r.totals.sums()
	for _, c := range [...]struct {
		name          string
		slips, codes  reconcile.Amount
		countedThings bool
	}{
		{"lignes par code = lignes par bulletin", reconcile.Amount(slips.Lines), reconcile.Amount(codes.Lines), true},
		{"P par code = P par bulletin", slips.ToPay, codes.ToPay, false},
		{"D par code = D par bulletin", slips.ToDeduct, codes.ToDeduct, false},
		{"I par code = I par bulletin", slips.Information, codes.Information, false},
	} {
		if c.slips != c.codes {
			return r.refuse(0, "", errors.New("les deux comptes de la lecture diffèrent : "+c.name), "signaler ce défaut du programme")
		}
		r.load.Controls = append(r.load.Controls, reconcile.Check{Name: c.name, Scope: r.path, Left: c.codes, Right: c.slips, Counted: c.countedThings, OK: true})
	}
	return nil
}

// euros prints an amount with a decimal comma.
func euros(a reconcile.Amount) string { return strings.Replace(a.String(), ".", ",", 1) }
