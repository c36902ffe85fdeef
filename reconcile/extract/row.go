package extract

import (
	"bytes"
	"slices"

	"bascule/reconcile"
)

// row is one record taken apart: what each field holds, as the file writes it.
// Cells that a record does not have are nil.
type row struct {
	cell    [fieldCount][]byte
	sign    [fieldCount]byte // of numbers whose sign stands apart; 0 beyond the end of the line
	cut     uint64           // fields that the end of the line cuts, as bits
	miscode uint64           // fields whose packed or zoned digits are none, as bits
	line    int
	raw     []byte // as the file has it
	high    bool   // some bytes are beyond ASCII
	control bool   // some are control characters
	charset *charset
	group   string // in XML, the element that holds the line
	digits  []byte // of the packed and zoned fields
	starts  []int  // of the characters of a fixed record of UTF-8
}

// unreadable is why a text cell cannot be taken as it is, or nil.
func (row *row) unreadable(id field) error {
	switch {
	case row.miscode&(1<<id) != 0:
		return errCoding
	case row.control && row.charset.hasControl(row.cell[id]):
		return errControl
	}
	return nil
}

// fillFixed takes the fields of a record of fixed positions. A line may lack
// its trailing blanks.
func (row *row) fillFixed(rec *record, b []byte) error {
	if row.high && row.charset.cm == nil {
		return row.fillCharacters(rec, b)
	}
	for i := range rec.places {
		p := &rec.places[i]
		switch {
		case len(b) >= p.to:
			row.cell[p.id] = b[p.from:p.to:p.to]
		case len(b) <= p.from:
			row.cell[p.id] = nil
		default:
			row.cell[p.id] = b[p.from:]
			row.cut |= 1 << p.id
		}
		if p.sign >= 0 {
			row.sign[p.id] = 0
			if p.sign < len(b) {
				row.sign[p.id] = b[p.sign]
			}
		}
	}
	if len(b) > rec.width {
		if rest := b[rec.width:]; len(trimmed(rest)) > 0 && !(rec.coded && blankBytes(rest)) {
			return reconcile.Say("la ligne continue au-delà de la position %s", rec.width)
		}
	}
	return nil
}

var errOctets = reconcile.Say("la ligne compte ses positions en octets, et non en caractères : faire produire le fichier en iso-8859-15")

// fillCharacters is fillFixed for a record of UTF-8 with letters beyond ASCII:
// positions count characters. Nothing tells for sure how the file counts them;
// one that holds the width of the record in bytes alone counts bytes.
func (row *row) fillCharacters(rec *record, b []byte) error {
	row.starts = row.starts[:0]
	for i := range string(b) {
		row.starts = append(row.starts, i)
	}
	n := len(row.starts)
	row.starts = append(row.starts, len(b))
	if n < rec.width && len(b) >= rec.width {
		return errOctets
	}
	for i := range rec.places {
		p := &rec.places[i]
		from, to := min(p.from, n), min(p.to, n)
		row.cell[p.id] = b[row.starts[from]:row.starts[to]]
		if p.to > n && p.from < n {
			row.cut |= 1 << p.id
		}
		if p.sign >= 0 {
			row.sign[p.id] = 0
			if p.sign < n {
				row.sign[p.id] = b[row.starts[p.sign]]
			}
		}
	}
	if n > rec.width && len(trimmed(b[row.starts[rec.width]:])) > 0 {
		return reconcile.Say("la ligne continue au-delà de la position %s", rec.width)
	}
	return nil
}

// decodeFixed reads the packed and zoned fields of a record, and forgets the
// zeros that a mainframe leaves in a field that holds nothing.
func (row *row) decodeFixed(rec *record) {
	row.digits, row.miscode = row.digits[:0], 0
	ebcdic := row.charset.ebcdic != nil
	for i := range rec.places {
		p := &rec.places[i]
		if p.coding == codingText {
			if b := row.cell[p.id]; len(b) > 0 && b[0] == 0 && blankBytes(b) {
				row.cell[p.id] = nil
			}
			continue
		}
		if len(row.raw) < p.to {
			continue // cut: the cell is, too
		}
		from := len(row.digits)
		digits, sign, ok := p.coding.decode(row.digits, row.raw[p.from:p.to], ebcdic)
		row.digits = digits
		cell := digits[from:len(digits):len(digits)]
		if p.digits > 0 && len(cell) > p.digits {
			extra := cell[:len(cell)-p.digits]
			ok = ok && len(bytes.Trim(extra, "0")) == 0
			cell = cell[len(extra):]
		}
		if !p.numeric && sign == '-' {
			ok = false
		}
		row.cell[p.id], row.sign[p.id] = cell, sign
		if !ok {
			row.miscode |= 1 << p.id
		}
	}
}

// fillColumns takes the columns of a delimited record, the first of which is
// its type.
func (row *row) fillColumns(rec *record, columns [][]byte, l *Layout) error {
	if len(columns) != len(rec.places)+1 {
		return reconcile.Say("la ligne a %n colonnes au lieu de %n", len(columns), len(rec.places)+1)
	}
	for i := range rec.places {
		row.set(rec.places[i].id, columns[i+1], l)
	}
	return nil
}

// set fills a cell, unless the layout says that such a text stands for
// nothing. Names are left alone: somebody may be called NA.
func (row *row) set(id field, b []byte, l *Layout) {
	if len(l.absent) > 0 && id != fSurname && id != fFirstName && slices.Contains(l.absent, string(bytes.TrimSpace(b))) {
		b = nil
	}
	row.cell[id] = b
}

// trimmed is b without its trailing spaces.
func trimmed(b []byte) []byte {
	for len(b) > 0 && b[len(b)-1] == ' ' {
		b = b[:len(b)-1]
	}
	return b
}

// blank tells whether a cell holds nothing.
func (row *row) blank(id field) bool { return len(trimmed(row.cell[id])) == 0 }

// number reads a cell in units of 10^-scale; a blank one is not set.
func (l *Layout) number(row *row, id field, scale int) (v int64, set bool, err error) {
	f, b := &l.format[id], row.cell[id]
	if row.miscode&(1<<id) != 0 {
		return 0, false, errCoding
	}
	if f.implied >= 0 && row.cut == 0 {
		if v, ok := digits(b); ok && len(b)+scale-int(f.implied) <= maxDigits {
			v *= powersOfTen[scale-int(f.implied)]
			switch sign := row.sign[id]; {
			case !f.signed, sign == '+':
				return v, true, nil
			case sign == '-':
				return -v, true, nil
			}
		}
	}
	if len(b) == 0 && !f.signed {
		return 0, false, nil
	}
	if len(b) > 0 && (row.cut&(1<<id) != 0 || f.signed && row.sign[id] == 0) && !row.blank(id) {
		return 0, false, errCut
	}
	if f.signed && row.sign[id] == 0 {
		return 0, false, nil
	}
	return f.scaled(b, row.sign[id], scale)
}

// amount reads a cell of money.
func (l *Layout) amount(row *row, id field) (reconcile.Amount, bool, error) {
	v, set, err := l.number(row, id, 2)
	return reconcile.Amount(v), set, err
}

// fixedNumber reads a base or a rate, NoFixed when it is blank.
func (l *Layout) fixedNumber(row *row, id field) (reconcile.Fixed, error) {
	v, set, err := l.number(row, id, 6)
	if err != nil || !set {
		return reconcile.NoFixed, err
	}
	return reconcile.Fixed(v), nil
}

// count reads a number of points, of children, of hundredths of a percent:
// never negative, Absent when it is blank.
func (l *Layout) count(row *row, id field, scale int) (int32, error) {
	v, set, err := l.number(row, id, scale)
	switch {
	case err != nil && scale == 0 && (err == errNumber || err == errPrecision):
		return reconcile.Absent, errInteger
	case err != nil || !set:
		return reconcile.Absent, err
	case v < 0:
		return reconcile.Absent, errNegative
	case v > maxCount:
		return reconcile.Absent, errRange
	}
	return int32(v), nil
}

// maxCount bounds what count reads.
const maxCount = 10_000_000

// month reads a cell that holds a month; blank gives the zero Period.
func (l *Layout) month(row *row, id field) (reconcile.Period, error) {
	b := trimmed(row.cell[id])
	switch {
	case row.miscode&(1<<id) != 0:
		return 0, errCoding
	case len(b) == 0:
		return 0, nil
	}
	return l.format[id].form.month(b)
}

// payMonth reads the month of pay, written in one cell or in two. Blank is an
// error. word is what the file calls it.
func (l *Layout) payMonth(row *row, rec *record) (p reconcile.Period, word *reconcile.Saying, err error) {
	if rec.has(fPeriod) {
		p, err = l.month(row, fPeriod)
		if err == nil && p == 0 {
			err = errEmpty
		}
		return p, l.format[fPeriod].word, err
	}
	word = reconcile.Say("%s/%s", l.format[fYear].word, l.format[fMonth].word)
	if row.blank(fYear) || row.blank(fMonth) {
		return 0, word, errEmpty
	}
	year, _, _, okYear := l.format[fYear].form.parse(trimmed(row.cell[fYear]))
	_, month, _, okMonth := l.format[fMonth].form.parse(trimmed(row.cell[fMonth]))
	if p = reconcile.NewPeriod(year, month); p == 0 || !okYear || !okMonth {
		return 0, word, errMonth
	}
	return p, word, nil
}

// appendText decodes a text cell, without its trailing spaces, into UTF-8.
func (l *Layout) appendText(dst []byte, row *row, id field) []byte {
	from := len(dst)
	b := trimmed(row.cell[id])
	if row.high {
		dst = row.charset.append(dst, b)
	} else {
		dst = append(dst, b...)
	}
	return l.format[id].translate(l.format[id].padded(dst, from), from)
}

// padded gives back the zeros that a spreadsheet dropped in front of the text
// that starts at from.
func (f *format) padded(text []byte, from int) []byte {
	missing := f.pad - (len(text) - from)
	if f.pad == 0 || missing <= 0 || missing == f.pad || len(bytes.Trim(text[from:], "0123456789")) > 0 {
		return text
	}
	return slices.Insert(text, from, bytes.Repeat([]byte("0"), missing)...)
}

// translate replaces the text that starts at from by the house's value for it,
// where the layout gives one.
func (f *format) translate(text []byte, from int) []byte {
	for i := range f.values {
		if f.values[i].from == string(text[from:]) {
			return append(text[:from], f.values[i].to...)
		}
	}
	return text
}

// text is the decoded text of a cell.
func (l *Layout) text(row *row, id field) string { return string(l.appendText(nil, row, id)) }
