package extract

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"bascule/reconcile"
)

// unproved is what the control totals cannot count: lines whose amount or whose
// sense cannot be read.
type unproved struct {
	first        fault // of the first line whose amount cannot be read
	line         int
	withoutSense []reconcile.Amount // of the lines without a sense, as printed
}

// maxWithoutSense bounds the lines without a sense that a trailer can prove:
// each may be of three senses, and all the ways are tried.
const maxWithoutSense = 8

// placed tells whether the amounts, each under one of the totals, make up what
// the totals lack.
func placed(amounts []reconcile.Amount, lack []reconcile.Amount) bool {
	if len(amounts) == 0 {
		return !slices.ContainsFunc(lack, func(a reconcile.Amount) bool { return a != 0 })
	}
	for i := range lack {
		lack[i] -= amounts[0]
		ok := placed(amounts[1:], lack)
		lack[i] += amounts[0]
		if ok {
			return true
		}
	}
	return false
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
		name  string
		found int64
	}{{fPayslips, "trailer_payslips", r.agents}, {fLineCount, "trailer_lines", r.lineCount}} {
		if !rec.has(c.id) {
			continue
		}
		declared, err := r.declared(row, c.id, 0)
		if err != nil {
			return err
		}
		word := r.layout.format[c.id].word.String()
		if declared != c.found {
			return r.refuse(row.line, word, fmt.Errorf("déclaré %d, trouvé %d", declared, c.found), hintIncomplete)
		}
		r.load.Controls = append(r.load.Controls, reconcile.Check{Name: c.name, Scope: r.path, Left: reconcile.Amount(declared), Right: reconcile.Amount(c.found), Counted: true, OK: true})
	}
	checks, words := make([]reconcile.Check, 0, len(reconcile.Senses)), []string{}
	for _, c := range [...]struct {
		id    field
		name  string
		found reconcile.Amount
	}{{fTotalToPay, "trailer_to_pay", all.ToPay}, {fTotalToDeduct, "trailer_to_deduct", all.ToDeduct}, {fTotalInformation, "trailer_information", all.Information}} {
		if !rec.has(c.id) {
			continue
		}
		declared, err := r.declared(row, c.id, 2)
		if err != nil {
			return err
		}
		checks = append(checks, reconcile.Check{Name: c.name, Scope: r.path, Left: reconcile.Amount(declared), Right: c.found, OK: true})
		words = append(words, r.layout.format[c.id].word.String())
	}
	return r.proveTotals(row.line, checks, words)
}

// declared reads a figure of the trailer, which must be there.
func (r *Reader) declared(row *row, id field, scale int) (int64, error) {
	v, set, err := r.layout.number(row, id, scale)
	if err == nil && !set {
		err = errEmpty
	}
	if err != nil {
		return 0, r.refuse(row.line, r.layout.format[id].word.String(), err, "fichier coupé ? redemander l'extraction")
	}
	return v, nil
}

// proveTotals compares the declared totals with those found. Rejected lines
// whose sense cannot be read must make up exactly what the totals lack, each
// under one of them; a line whose amount cannot be read proves nothing, and is
// blamed.
func (r *Reader) proveTotals(line int, checks []reconcile.Check, words []string) error {
	var wrong *reconcile.Check
	word := ""
	lack := make([]reconcile.Amount, len(checks))
	for i := range checks {
		c := &checks[i]
		lack[i] = c.Left - c.Right
		if c.Left != c.Right && wrong == nil {
			wrong, word = c, words[i]
		}
	}
	u := &r.unproved
	n := len(u.withoutSense)
	switch {
	case wrong != nil && u.first.err != nil:
		return r.refuse(u.line, u.first.field.String(), fmt.Errorf("%w : le %s ne peut pas être prouvé (déclaré %s, trouvé %s sans les montants illisibles)", u.first.err, word, euros(wrong.Left), euros(wrong.Right)),
			"faire corriger cette ligne à la source")
	case n > 0 && len(checks) == len(reconcile.Senses) && n <= maxWithoutSense && placed(u.withoutSense, lack):
		for i := range checks {
			if lack[i] != 0 {
				checks[i].Right = checks[i].Left
				checks[i].Note = reconcile.NoteOf(reconcile.NoteUnreadSense, lack[i])
			}
		}
	case wrong != nil:
		what := fmt.Sprintf("déclaré %s, trouvé %s", euros(wrong.Left), euros(wrong.Right))
		if n > 0 {
			what += fmt.Sprintf(", ce que %d ligne(s) au sens illisible n'expliquent pas", n)
		}
		return r.refuse(line, word, errors.New(what), hintIncomplete)
	case n > 0 && len(checks) > 0:
		return r.refuse(line, "totaux", fmt.Errorf("ne laissent pas de place à %d ligne(s) au sens illisible", n), hintIncomplete)
	}
	r.load.Controls = append(r.load.Controls, checks...)
	return nil
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
		{"reader_lines", reconcile.Amount(slips.Lines), reconcile.Amount(codes.Lines), true},
		{"reader_to_pay", slips.ToPay, codes.ToPay, false},
		{"reader_to_deduct", slips.ToDeduct, codes.ToDeduct, false},
		{"reader_information", slips.Information, codes.Information, false},
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
