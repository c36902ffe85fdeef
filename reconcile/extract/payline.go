package extract

import (
	"fmt"

	"bascule/reconcile"
)

// readLine reads a pay line into the current payslip, sets it aside, or
// rejects it. bad tells why the row's cells are not to be trusted; already is
// what is wrong with it before its own fields are looked at.
func (r *Reader) readLine(row *row, tag string, bad error, already fault) error {
	r.lineCount++
	if bad != nil {
		return r.rejectLine(row, tag, fault{err: bad}, parsedLine{line: &reconcile.PayLine{}, amountErr: bad})
	}
	met := len(r.codes.all)
	code, err := r.codes.of(row, r.layout)
	if err != nil {
		return r.refuse(row.line, "", err, "vérifier le format déclaré pour ce fichier")
	}
	if len(r.codes.all) > met {
		r.checkText(row, fCode)
		r.checkText(row, fLabel)
		r.watch(row, fLabel)
	}
	s := &r.slip
	n := len(s.codes)
	if n >= maxPayslipLines {
		return r.refuse(row.line, "", fmt.Errorf("le bulletin de la ligne %d a plus de %d lignes", s.payslip.Line, maxPayslipLines), "vérifier le format déclaré pour ce fichier")
	}
	s.payslip.Lines = append(s.payslip.Lines, reconcile.PayLine{})
	p := parsedLine{line: &s.payslip.Lines[n]}
	r.parseLine(row, code, &p)
	if p.aside || already.err != nil || p.fault.err != nil {
		s.payslip.Lines = s.payslip.Lines[:n]
	}
	switch {
	case p.aside:
		r.load.Aside++
		return nil
	case already.err != nil:
		return r.rejectLine(row, tag, already, p)
	case p.fault.err != nil:
		return r.rejectLine(row, tag, p.fault, p)
	}
	s.codes = append(s.codes, code.index)
	return nil
}

// parsedLine is what a pay line's cells say.
type parsedLine struct {
	line      *reconcile.PayLine // its Sense and Amount stand even when another field is at fault
	fault     fault              // the first, in the order of CONTRACT 3.2
	amountErr error
	aside     bool
}

func (r *Reader) parseLine(row *row, code *codeInfo, p *parsedLine) {
	l := r.layout
	amount, set, err := l.amount(row, fAmount)
	if err == nil && amount.Abs() > maxLineAmount {
		err = errRange
	}
	if code.asides != 0 && l.aside(row, code.asides, err == nil && amount == 0) {
		p.aside = true
		return
	}
	if err == nil && !set {
		err = errEmpty
	}
	p.amountErr = err
	p.line.Code = code.code
	var senseErr error
	p.line.Sense, p.line.Amount, senseErr = l.sense(row, code, amount, err == nil)
	p.line.Origin = r.o.Period
	switch {
	case code.code == "":
		p.fault = fault{l.format[fCode].word, errEmpty}
	case senseErr != nil:
		p.fault = fault{l.format[fSense].word, senseErr}
	case err != nil:
		p.fault = fault{l.format[fAmount].word, err}
	default:
		p.fault = r.parseRest(row, p.line)
	}
}

// parseRest reads the fields of a line that no total rests on.
func (r *Reader) parseRest(row *row, line *reconcile.PayLine) (f fault) {
	l := r.layout
	var err error
	if line.Base, err = l.fixedNumber(row, fBase); err != nil {
		return fault{l.format[fBase].word, err}
	}
	if line.Rate, err = l.fixedNumber(row, fRate); err != nil {
		return fault{l.format[fRate].word, err}
	}
	origin, err := l.month(row, fOrigin)
	if err != nil {
		return fault{l.format[fOrigin].word, err}
	}
	if origin != 0 {
		line.Origin = origin
	}
	for _, id := range [...]field{fCode, fLabel} {
		if err := row.unreadable(id); err != nil {
			return fault{l.format[id].word, err}
		}
	}
	return fault{}
}

// rejectLine counts and yields a line that cannot be kept.
func (r *Reader) rejectLine(row *row, tag string, f fault, p parsedLine) error {
	rej := &reconcile.Reject{Line: row.line, Record: tag, Field: f.field, Reason: reconcile.SayingOf(f.err), Raw: r.rawCopy(row), Sense: p.line.Sense}
	switch {
	case p.amountErr != nil:
		r.load.Rejected.Lines++
		unread := fault{r.layout.format[fAmount].word, p.amountErr}
		if f.err == p.amountErr {
			unread = f
		}
		r.unproved.note(row.line, unread)
	case rej.Sense == 0:
		rej.Amount = reconcile.Some(p.line.Amount)
		r.load.Rejected.Lines++
		r.unproved.withoutSense = append(r.unproved.withoutSense, p.line.Amount)
	default:
		rej.Amount = reconcile.Some(p.line.Amount)
		r.load.Rejected.Add(rej.Sense, p.line.Amount)
	}
	return r.reject(rej)
}
