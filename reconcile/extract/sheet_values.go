package extract

import (
	"strconv"
	"strings"
	"time"

	"bascule/reconcile"
)

// What is wrong with a cell of a sheet. Each completes the sentence "<field> …".
var (
	errCellBool     = reconcile.Say("porte un booléen (VRAI ou FAUX)")
	errCellDay      = reconcile.Say("porte une date du tableur : la changer en texte, ou mettre la cellule au format d'un nombre")
	errCellPercent  = reconcile.Say("porte un pourcentage du tableur : mettre la cellule au format d'un nombre")
	errCellNoResult = reconcile.Say("porte une formule dont le résultat n'est pas enregistré : ouvrir le classeur dans Excel et l'enregistrer")
)

// appendCell writes a cell as a flat file would have it for the field: Excel
// stores binary floats, and days for dates. What is wrong with the cell is told
// apart from it, and leaves a text that no number can be.
func (f *sheetFile) appendCell(dst []byte, id field, text string, kind byte) ([]byte, error) {
	if text == "" {
		return dst, nil
	}
	switch kind {
	case cellBool:
		return append(dst, text+" ?"...), errCellBool
	case cellError:
		return append(dst, text+" ?"...), reconcile.Say("porte l'erreur %s", short(text))
	case cellNoResult:
		return append(dst, text+" ?"...), errCellNoResult
	case cellNumber, cellDate, cellDay, cellPercent:
	default:
		return append(dst, text...), nil
	}
	k := fieldInfos[id].kind
	mark := f.layout.mark
	if mark != ',' {
		mark = '.'
	}
	switch {
	case (k == kindMonth || k == kindDate) && id != fNone:
		return f.appendDay(dst, f.layout.format[id].form, text, kind), nil
	case kind == cellDate:
		return append(dst, text...), nil
	case kind == cellDay:
		return append(dst, text+" ?"...), errCellDay
	case kind == cellPercent && (k == kindHundredths || id == fRate):
		return appendPlain(dst, text, mark, 2), nil // as shown: 0.8571 is 85.71 %
	case kind == cellPercent:
		return append(dst, text+" ?"...), errCellPercent
	case k == kindText || k == kindSense:
		return appendPlain(dst, text, '.', 0), nil
	}
	return appendPlain(dst, text, mark, 0), nil
}

// significantDigits are those that Excel shows. The two more that it stores are
// the noise of its binary floats: 1234.5599999999999 was typed 1234.56.
const significantDigits = 15

// appendPlain writes a number without exponent, and without the noise of a
// float: 1.850475123456E+12 is 1850475123456, and 481.0 is 481. A whole number
// keeps all its digits: no float wrote it. What is no number stays as it is. The
// number is multiplied by a power of ten.
func appendPlain(dst []byte, text string, mark byte, power int) []byte {
	digits, point, negative, ok := takeApart(text)
	if !ok {
		return append(dst, text...)
	}
	point += power
	if strings.ContainsAny(text, ".eE") {
		digits, point = rounded(digits, point)
	}
	for len(digits) > point && len(digits) > 0 && digits[len(digits)-1] == '0' {
		digits = digits[:len(digits)-1]
	}
	if len(digits) == 0 {
		return append(dst, '0')
	}
	if negative {
		dst = append(dst, '-')
	}
	if point <= 0 {
		dst = append(dst, '0', mark)
		for range -point {
			dst = append(dst, '0')
		}
		return append(dst, digits...)
	}
	for i := range max(point, len(digits)) {
		if i == point {
			dst = append(dst, mark)
		}
		if i < len(digits) {
			dst = append(dst, digits[i])
		} else {
			dst = append(dst, '0')
		}
	}
	return dst
}

// takeApart reads "-12.5E+3": its digits from the first that is not zero, and
// how many of them stand before the decimal point, which may be negative.
func takeApart(text string) (digits []byte, point int, negative, ok bool) {
	const longest, widest = 400, 400 // digits; exponent: those of a float stay under 309
	if len(text) > longest {
		return nil, 0, false, false
	}
	rest := text
	if rest[0] == '-' || rest[0] == '+' {
		negative, rest = rest[0] == '-', rest[1:]
	}
	seen, fraction := false, false
	for len(rest) > 0 && rest[0] != 'e' && rest[0] != 'E' {
		c := rest[0]
		rest = rest[1:]
		switch {
		case c == '.' && !fraction:
			fraction = true
			continue
		case c < '0' || c > '9':
			return nil, 0, false, false
		}
		seen = true
		if len(digits) > 0 || c != '0' {
			digits = append(digits, c)
			if !fraction {
				point++
			}
		} else if fraction {
			point--
		}
	}
	if len(rest) > 0 {
		exponent, err := strconv.Atoi(rest[1:])
		if err != nil || exponent > widest || exponent < -widest {
			return nil, 0, false, false
		}
		point += exponent
	}
	return digits, point, negative, seen
}

// rounded keeps the significant digits, the half away from zero.
func rounded(digits []byte, point int) ([]byte, int) {
	if len(digits) <= significantDigits {
		return digits, point
	}
	up := digits[significantDigits] >= '5'
	digits = digits[:significantDigits]
	for i := len(digits) - 1; up && i >= 0; i-- {
		if up = digits[i] == '9'; up {
			digits[i] = '0'
		} else {
			digits[i]++
		}
	}
	if up {
		digits, point = append([]byte("1"), digits[:len(digits)-1]...), point+1
	}
	return digits, point
}

// appendDay writes a month or a date in the form of its column. A number that
// has that form already is taken as it is: 201312 for AAAAMM. Any other counts
// days; the time of the day is dropped.
func (f *sheetFile) appendDay(dst []byte, form form, text string, kind byte) []byte {
	if kind == cellDate {
		iso := []byte(text)
		if len(iso) > forms[formISODate].length && iso[forms[formISODate].length] == 'T' {
			iso = iso[:forms[formISODate].length]
		}
		year, month, day, ok := formISODate.parse(iso)
		if !ok || !dayExists(year, month, day) {
			return append(dst, text...)
		}
		return form.append(dst, year, month, day)
	}
	from := len(dst)
	dst = appendPlain(dst, text, '.', 0)
	if _, _, _, ok := form.parse(dst[from:]); ok {
		return dst
	}
	whole := dst[from:]
	for i, c := range whole {
		if c == '.' {
			whole = whole[:i]
			break
		}
	}
	serial, ok := digits(whole)
	year, month, day, exists := SerialDay(serial, f.date1904)
	if !ok || !exists {
		return dst
	}
	return form.append(dst[:from], year, month, day)
}

// SerialDay is the date of a day that Excel counts: 1 is 1 January 1900, or 0
// is 1 January 1904. Excel believes that 1900 had a 29 February, its day 60.
func SerialDay(serial int64, date1904 bool) (year, month, day int, ok bool) {
	const leap, last, between = 60, 2_958_465, 1462 // last: 31 December 9999
	if date1904 {
		serial += between
	}
	if serial < 1 || serial > last || serial == leap && !date1904 {
		return 0, 0, 0, false
	}
	if serial < leap {
		serial++
	}
	t := time.Date(1899, 12, 30+int(serial), 0, 0, 0, 0, time.UTC)
	return t.Year(), int(t.Month()), t.Day(), true
}

// append writes a date in the form.
func (f form) append(dst []byte, year, month, day int) []byte {
	d := &forms[f]
	from := len(dst)
	for range d.length {
		dst = append(dst, d.mark)
	}
	for _, p := range [...]struct{ at, width, value int }{{d.year, 4, year}, {d.month, 2, month}, {d.day, 2, day}} {
		for i, v := p.width-1, p.value; p.at >= 0 && i >= 0; i, v = i-1, v/10 {
			dst[from+p.at+i] = byte('0' + v%10)
		}
	}
	return dst
}
