package extract

import (
	"bytes"
	"encoding/binary"

	"bascule/reconcile"
)

// What is wrong with a field. Each completes the sentence "<field> …".
var (
	errEmpty     = reconcile.Say("est vide")
	errNumber    = reconcile.Say("n'est pas un nombre")
	errPrecision = reconcile.Say("a trop de décimales")
	errRange     = reconcile.Say("est trop grand")
	errSign      = reconcile.Say("a un signe qui n'est ni + ni -")
	errCut       = reconcile.Say("est coupé par la fin de la ligne")
	errNegative  = reconcile.Say("est négatif")
	errInteger   = reconcile.Say("n'est pas un nombre entier")
	errMonth     = reconcile.Say("n'est pas un mois possible")
	errControl   = reconcile.Say("contient un caractère de commande")
	errCoding    = reconcile.Say("n'est pas un nombre codé comme le dit le format")
)

// maxDigits bounds a scaled number so that it fits an int64 with room to add.
const maxDigits = 18

// centimes is the scale of amounts.
const centimes = 2

var powersOfTen = [maxDigits + 1]int64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18}

// explicit is the value of format.implied for numbers that print their mark.
const explicit = -1

// format is how the text of one field is to be read.
type format struct {
	word    *reconcile.Saying // what the file calls the field, or what it is where the file has no names
	implied int8              // number of implied decimals, or explicit
	mark    byte              // decimal mark of explicit numbers, or eitherMark
	signed  bool              // the sign stands apart, at its own position
	form    form
	values  []translation
	pad     int // width up to which a text of digits gets zeros in front
}

// eitherMark accepts a comma or a point, whichever the number holds. Amounts
// then have two decimals at the most, zeros included: "1,230" could mean
// thousands.
const eitherMark = '?'

// markIn is the decimal mark of one number.
func (f *format) markIn(b []byte) byte {
	switch {
	case f.mark != eitherMark:
		return f.mark
	case bytes.IndexByte(b, '.') >= 0:
		return '.'
	}
	return ','
}

// doubtful tells whether a number may hold a separator of thousands where a
// decimal mark is looked for.
func (f *format) doubtful(b []byte, mark byte, scale int) bool {
	at := bytes.IndexByte(b, mark)
	return f.mark == eitherMark && scale == centimes && at >= 0 && len(b)-at-1 > centimes
}

// translation replaces a value of the file by the house's.
type translation struct{ from, to string }

// digits reads 1 to 18 decimal digits.
func digits(b []byte) (int64, bool) {
	if len(b) == 0 || len(b) > maxDigits {
		return 0, false
	}
	var v int64
	for len(b) >= 8 {
		e, ok := eightDigits(binary.LittleEndian.Uint64(b))
		if !ok {
			return 0, false
		}
		v, b = v*1e8+e, b[8:]
	}
	for _, c := range b {
		d := c - '0'
		if d > 9 {
			return 0, false
		}
		v = v*10 + int64(d)
	}
	return v, true
}

// eightDigits reads eight digits at once, the first in the lowest byte: it adds
// neighbours up by pairs, then by fours, then all. It takes half the time of
// reading them one by one, and amounts are most of what a file holds.
func eightDigits(w uint64) (int64, bool) {
	w ^= 0x3030303030303030
	if (w|(w+0x7676767676767676))&0x8080808080808080 != 0 {
		return 0, false
	}
	w = w*10 + w>>8
	const lanes = 0x000000FF000000FF
	return int64((w&lanes*(100+1e6<<32) + w>>16&lanes*(1+1e4<<32)) >> 32), true
}

// scaled reads a number and gives it in units of 10^-scale: 2 for centimes, 6
// for a Fixed, 0 for an integer. A blank number is not set, and is no error.
func (f *format) scaled(b []byte, sign byte, scale int) (v int64, set bool, err error) {
	mark := f.markIn(b)
	if f.implied == explicit && !f.signed {
		if v, ok := simple(b, mark, scale); ok {
			return v, true, nil
		}
	}
	b = trimmed(b)
	if len(b) == 0 {
		if f.signed && sign != ' ' && sign != '+' {
			return 0, false, errSign
		}
		return 0, false, nil
	}
	negative := false
	if f.signed {
		if sign != '+' && sign != '-' {
			return 0, false, errSign
		}
		negative = sign == '-'
	} else {
		b, negative = cutSign(b)
	}
	switch {
	case f.implied == explicit && f.doubtful(b, mark, scale):
		return 0, false, errPrecision
	case f.implied == explicit:
		v, err = decimals(b, mark, scale)
	default:
		v, err = implied(b, scale-int(f.implied))
	}
	if err != nil {
		return 0, false, err
	}
	if negative {
		v = -v
	}
	return v, true, nil
}

// simple reads the numbers that files are full of, "1234,56" and "-12", in one
// pass. The others, wrong ones too, are left to decimals.
func simple(b []byte, mark byte, scale int) (v int64, ok bool) {
	negative := len(b) > 0 && b[0] == '-'
	if negative {
		b = b[1:]
	}
	if len(b) == 0 || len(b)+scale > maxDigits {
		return 0, false
	}
	at := len(b)
	for i, c := range b {
		if d := c - '0'; d <= 9 {
			v = v*10 + int64(d)
		} else if c == mark && at == len(b) && i > 0 {
			at = i
		} else {
			return 0, false
		}
	}
	fraction := max(len(b)-at-1, 0)
	if fraction > scale || at == len(b)-1 {
		return 0, false
	}
	v *= powersOfTen[scale-fraction]
	if negative {
		v = -v
	}
	return v, true
}

// cutSign takes a sign off the front or off the end of a number, not both.
func cutSign(b []byte) (rest []byte, negative bool) {
	b = bytes.TrimLeft(b, " ")
	last := len(b) - 1
	switch {
	case b[0] == '-' || b[0] == '+':
		return b[1:], b[0] == '-'
	case b[last] == '-' || b[last] == '+':
		return trimmed(b[:last]), b[last] == '-'
	}
	return b, false
}

func implied(b []byte, shift int) (int64, error) {
	for len(b) > 1 && b[0] == '0' {
		b = b[1:]
	}
	if len(b)+shift > maxDigits {
		if len(bytes.Trim(b, "0123456789")) > 0 {
			return 0, errNumber
		}
		return 0, errRange
	}
	v, ok := digits(b)
	if !ok {
		return 0, errNumber
	}
	return v * powersOfTen[shift], nil
}

// decimals reads "1 234,56" without its sign: digits, grouped by three with
// French spaces or not grouped at all, then an optional mark with at least one
// digit. Zeros beyond the scale are accepted.
func decimals(b []byte, mark byte, scale int) (int64, error) {
	whole, fraction := b, []byte(nil)
	if i := bytes.IndexByte(b, mark); i >= 0 {
		whole, fraction = b[:i], b[i+1:]
		if len(fraction) == 0 {
			return 0, errNumber
		}
	}
	var v int64
	n, err := 0, error(nil)
	if v, n, err = grouped(whole); err != nil {
		return 0, err
	}
	if n == 0 && len(fraction) == 0 {
		return 0, errNumber
	}
	if n+scale > maxDigits {
		err = errRange
	}
	for i, c := range fraction {
		switch {
		case c < '0' || c > '9':
			return 0, errNumber
		case i < scale:
			v = v*10 + int64(c-'0')
		case c != '0' && err == nil:
			err = errPrecision
		}
	}
	if err != nil {
		return 0, err
	}
	return v * powersOfTen[max(scale-len(fraction), 0)], nil
}

// grouped reads the whole part of a number. n counts its digits without
// leading zeros; beyond maxDigits v is meaningless.
func grouped(b []byte) (v int64, n int, err error) {
	group, separated := 0, false
	for len(b) > 0 {
		c := b[0]
		if c >= '0' && c <= '9' {
			if n > 0 || c != '0' {
				n++
			}
			v, group, b = v*10+int64(c-'0'), group+1, b[1:]
			continue
		}
		width := spaceWidth(b)
		if width == 0 || group == 0 || group > 3 || separated && group != 3 {
			return 0, 0, errNumber
		}
		group, separated, b = 0, true, b[width:]
	}
	if separated && group != 3 {
		return 0, 0, errNumber
	}
	if n == 0 && group > 0 {
		n = 1
	}
	return v, n, nil
}

// spaceWidth is the length of the French separator of thousands that b starts
// with: space, no-break space (in UTF-8 or in a single byte), narrow no-break
// space.
func spaceWidth(b []byte) int {
	switch {
	case b[0] == ' ', b[0] == 0xA0:
		return 1
	case bytes.HasPrefix(b, []byte("\u00a0")):
		return 2
	case bytes.HasPrefix(b, []byte("\u202f")):
		return 3
	}
	return 0
}
