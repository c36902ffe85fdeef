package extract

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"bascule/reconcile"
)

// Inspection is what a person who writes a layout wants to see of a file: its
// first agent as it was read, and what went wrong. It shows a person's data.
type Inspection struct {
	Seen       []Seen             // the header and the records of the first agent, in the order of the file
	First      *reconcile.Payslip // its sums and declared totals alone; nil when no payslip was read
	Rejects    []reconcile.Reject // the first ones
	Load       reconcile.Load
	Totals     []reconcile.CodeTotal
	Warnings   []*reconcile.Saying
	Refusal    error  // nil when the file can be loaded
	BlamedText string // of the record that refuses the file, decoded; blank when none does
}

// Seen is one record of the file.
type Seen struct {
	Record string // as the layout names it
	Role   string
	Line   int
	Text   string // decoded, a point for what cannot be printed; blank in XML
	Fields []SeenField
	Unread []string // positions that hold something and that no field describes
}

// SeenField is one field of a record, as the file holds it and as it was
// understood.
type SeenField struct {
	Name  string // in the layout
	Word  string // in French
	Where string // positions, column or element
	Raw   string
	Value string
	Err   error // why there is no value
}

// Inspect reads all that a reader has to read and keeps what explains it, the
// first rejects only. Without a Period in its options the reader takes the month
// that the file is of.
func Inspect(r *Reader, rejects int) *Inspection {
	limit, found := r.o.MaxRejects, new(Inspection)
	r.o.MaxRejects = Limit{absolute: maxRejectsEver}
	r.inspection = found
	for item, err := range r.Items() {
		switch {
		case err != nil:
			found.Refusal = err
		case item.Payslip != nil && found.First == nil:
			found.First = &reconcile.Payslip{Sums: item.Payslip.Sums, Declared: item.Payslip.Declared}
		case item.Reject != nil && len(found.Rejects) < rejects:
			found.Rejects = append(found.Rejects, *item.Reject)
		}
	}
	if r.o.MaxRejects = limit; found.Refusal == nil && limit.exceeded(r.load.Rejects, r.records) {
		found.Refusal = r.tooManyRejects()
	}
	if found.Refusal != nil && r.shown != nil {
		found.BlamedText = readable(r.shown.charset, r.blamed(found.Refusal))
	}
	found.Load, found.Totals, found.Warnings = r.Load(), r.Totals(), r.Warnings()
	return found
}

// blamed is the text of the current record, when the error blames it.
func (r *Reader) blamed(err error) []byte {
	input, ok := err.(*reconcile.InputError)
	if !ok || input.Line != r.shown.line {
		return nil
	}
	return r.shown.text()
}

// text is the record as its fields are looked for: in the positions of the
// file, one byte each.
func (row *row) text() []byte {
	if row.charset.ebcdic != nil {
		return row.charset.translated(nil, row.raw)
	}
	return row.raw
}

// readable decodes bytes as rows hold them, with a point for what is no character.
func readable(c *charset, b []byte) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) || r == unicode.ReplacementChar {
			return '·'
		}
		return r
	}, string(c.append(nil, b)))
}

// see keeps a record of the first agent for the inspection.
func (r *Reader) see(row *row, rec *record) {
	if r.inspection == nil {
		return
	}
	over := rec.role == roleAgent && r.agents > 0
	if r.layout.Shape == shapeXML { // where a record is seen when it is closed
		over = r.agents > 1
	}
	if over || r.load.Payslips > 0 {
		r.inspection = nil
		return
	}
	if len(r.inspection.Seen) >= maxSeen {
		return
	}
	s := Seen{Record: rec.tag, Line: row.line}
	for _, n := range roleNames {
		if n.role == rec.role {
			s.Role = n.name
		}
	}
	if row.group != "" && rec.role == roleLine {
		s.Record = row.group
	}
	if r.layout.Shape == shapeRecords || r.layout.Shape == shapeFlat {
		s.Text = readable(row.charset, row.text())
	}
	told := r.layout.Shape == shapeFlat && len(r.inspection.Seen) > 0 // the agent, by the first row
	for i := range rec.places {
		p := &rec.places[i]
		already := slices.ContainsFunc(s.Fields, func(f SeenField) bool { return f.Name == fieldInfos[p.id].name }) // by another element
		if told && fieldInfos[p.id].roles&roleLine == 0 || p.id == fNone || already {
			continue
		}
		if r.layout.Shape == shapeRecords || row.cell[p.id] != nil {
			s.Fields = append(s.Fields, r.seeField(row, p, i))
		}
	}
	if r.layout.fixed {
		s.Unread = r.layout.unread(row, rec)
	}
	at := len(r.inspection.Seen)
	if r.layout.Shape == shapeXML && rec.role == roleAgent {
		at = min(at, 1) // before his lines, which are closed before him
	}
	r.inspection.Seen = slices.Insert(r.inspection.Seen, at, s)
}

// maxSeen bounds the records shown: a payslip may have a great many lines.
const maxSeen = 60

func (r *Reader) seeField(row *row, p *place, index int) SeenField {
	f := SeenField{Name: fieldInfos[p.id].name, Word: fieldInfos[p.id].words.String(), Raw: readable(row.charset, row.cell[p.id])}
	switch {
	case r.layout.fixed:
		f.Where = span(p.from, p.to)
		if p.sign >= 0 {
			f.Where += ", signe " + strconv.Itoa(p.sign+1)
			if row.sign[p.id] != 0 {
				f.Raw += string(row.sign[p.id])
			}
		}
		if p.coding != codingText && len(row.raw) >= p.to {
			f.Raw = fmt.Sprintf("x'%X'", row.raw[p.from:p.to])
		}
	case p.name != "":
		f.Where = p.name
	default:
		f.Where = "colonne " + strconv.Itoa(index+2) // the first holds the type
	}
	f.Value, f.Err = r.layout.valueOf(row, p.id)
	return f
}

// valueOf prints what is understood of a cell, blank when the cell is.
func (l *Layout) valueOf(row *row, id field) (string, error) {
	switch fieldInfos[id].kind {
	case kindAmount:
		v, set, err := l.amount(row, id)
		if err != nil || !set {
			return "", err
		}
		return euros(v) + " €", nil
	case kindFixed:
		v, err := l.fixedNumber(row, id)
		if err != nil || v == reconcile.NoFixed {
			return "", err
		}
		return strings.Replace(v.String(), ".", ",", 1), nil
	case kindInt, kindHundredths:
		scale := 0
		if fieldInfos[id].kind == kindHundredths {
			scale = 2
		}
		v, set, err := l.number(row, id, scale)
		if err != nil || !set {
			return "", err
		}
		if scale == 2 {
			return euros(reconcile.Amount(v)) + " %", nil
		}
		return strconv.FormatInt(v, 10), nil
	case kindMonth:
		if id == fYear || id == fMonth {
			return string(trimmed(row.cell[id])), nil
		}
		p, err := l.month(row, id)
		return p.String(), err
	case kindDate:
		return l.format[id].form.date(row.cell[id])
	}
	if err := row.unreadable(id); err != nil {
		return "", err
	}
	return l.text(row, id), nil
}

// span prints positions as a layout writes them.
func span(from, to int) string {
	if to == from+1 {
		return strconv.Itoa(to)
	}
	return fmt.Sprintf("%d-%d", from+1, to)
}

// unread lists the positions that no field of the record describes, where they
// hold something.
func (l *Layout) unread(row *row, rec *record) []string {
	text := row.text()
	described := make([]bool, len(text))
	mark := func(from, to int) {
		for i := from; i < min(to, len(text)); i++ {
			described[i] = true
		}
	}
	mark(l.typeFrom, l.typeTo)
	for i := range rec.places {
		p := &rec.places[i]
		mark(p.from, p.to)
		if p.sign >= 0 {
			mark(p.sign, p.sign+1)
		}
	}
	var found []string
	for from := 0; from < len(text); from++ {
		to := from
		for to < len(text) && !described[to] {
			to++
		}
		if to > from && !blankBytes(text[from:to]) {
			found = append(found, span(from, to))
		}
		from = to
	}
	return found
}
