package extract

// coding is how the digits of a fixed field are written.
type coding uint8

const (
	codingText   coding = iota // one character each
	codingZoned                // the same, the last one holding the sign too (COBOL DISPLAY, overpunched)
	codingPacked               // two a byte, the sign in the last half (COBOL COMP-3)
)

var codings = []string{codingText: "text", codingZoned: "zoned", codingPacked: "packed"}

// blankBytes are the bytes that a mainframe leaves in a field that holds
// nothing: zeros, or the blanks of its own page or of ASCII.
func blankBytes(b []byte) bool {
	for _, x := range b {
		if x != b[0] {
			return false
		}
	}
	return len(b) == 0 || b[0] == 0 || b[0] == ' ' || b[0] == 0x40
}

// decode appends the digits of a packed or zoned field, and gives its sign. A
// field that holds nothing gives no sign and no digits.
func (c coding) decode(dst, b []byte, ebcdic bool) (digits []byte, sign byte, ok bool) {
	switch {
	case blankBytes(b):
		return dst, 0, true
	case c == codingPacked:
		return unpack(dst, b)
	}
	return unzone(dst, b, ebcdic)
}

// halfSign is the sign that a half-byte stands for: C, A, E and F are positive,
// D and B negative (IBM z/Architecture, decimal codes).
func halfSign(half byte) byte {
	switch half {
	case 0xA, 0xC, 0xE, 0xF:
		return '+'
	case 0xB, 0xD:
		return '-'
	}
	return 0
}

func unpack(dst, b []byte) (digits []byte, sign byte, ok bool) {
	ok = true
	for i, x := range b {
		high, low := x>>4, x&0xF
		ok = ok && high <= 9
		dst = append(dst, '0'+high)
		if i < len(b)-1 {
			ok = ok && low <= 9
			dst = append(dst, '0'+low)
			continue
		}
		sign = halfSign(low)
	}
	return dst, sign, ok && sign != 0
}

// unzone reads digits whose last holds the sign. Files turned into ASCII on
// their way hold it as the letter that the mainframe would have printed.
func unzone(dst, b []byte, ebcdic bool) (digits []byte, sign byte, ok bool) {
	last := b[len(b)-1]
	digit, sign := last&0xF, halfSign(last>>4)
	if !ebcdic {
		digit, sign = overpunched(last)
	}
	for _, x := range b[:len(b)-1] {
		if ebcdic && x>>4 != 0xF || !ebcdic && x>>4 != 3 || x&0xF > 9 {
			return dst, 0, false
		}
		dst = append(dst, '0'+x&0xF)
	}
	return append(dst, '0'+digit), sign, sign != 0 && digit <= 9
}

// overpunched is the digit and the sign that a character of an ASCII file
// stands for: { A…I and } J…R as the American pages print them, é and è where
// the French page 1147 has the braces, p…y where the compiler was not IBM's.
func overpunched(x byte) (digit, sign byte) {
	const eAcute, eGrave = 0xE9, 0xE8 // in Latin 1, Latin 9 and windows-1252
	switch {
	case x >= '0' && x <= '9':
		return x - '0', '+'
	case x == '{', x == eAcute:
		return 0, '+'
	case x >= 'A' && x <= 'I':
		return x - 'A' + 1, '+'
	case x == '}', x == eGrave:
		return 0, '-'
	case x >= 'J' && x <= 'R':
		return x - 'J' + 1, '-'
	case x >= 'p' && x <= 'y':
		return x - 'p', '-'
	}
	return 0, 0
}
