package extract

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// The EBCDIC pages that a layout may name. A row of such a file holds not its
// bytes but those of an extension of ASCII that has the same characters, so
// that digits, blanks and record types are looked at in one way everywhere.
var (
	ebcdic1047 = newEBCDIC("ebcdic-1047", nil)
	ebcdic1147 = newEBCDIC("ebcdic-1147", page1147)
)

// page1147 is where page 1147 (France, with the euro) differs from page 1047
// (open systems, Latin 1). Source: character data of the GNU C library, IBM1147
// and IBM1047.
var page1147 = map[byte]rune{
	0x44: '@', 0x48: '\\', 0x4A: '°', 0x4F: '!', 0x51: '{', 0x54: '}', 0x5A: '§', 0x6A: 'ù', 0x79: 'µ', 0x7B: '£', 0x7C: 'à', 0x90: '[', 0x9F: '€',
	0xA0: '`', 0xA1: '¨', 0xAD: 'Ý', 0xB0: '¢', 0xB1: '#', 0xB5: ']', 0xBA: '¬', 0xBB: '|', 0xBD: '~', 0xC0: 'é', 0xD0: 'è', 0xDD: '¦', 0xE0: 'ç',
}

// euroSign is where rows of page 1147 hold the euro, which Latin 1 lacks: the
// place of the currency sign, as in ISO-8859-15.
const euroSign = 0xA4

// newEBCDIC makes a page that differs from 1047 in some characters, all of them
// Latin 1 but the euro.
func newEBCDIC(name string, differs map[byte]rune) *charset {
	c := newCharset(name, charmap.ISO8859_1, false)
	c.ebcdic = new([256]byte)
	for i := range c.ebcdic {
		r := charmap.CodePage1047.DecodeByte(byte(i))
		if other, ok := differs[byte(i)]; ok {
			r = other
		}
		if r == '€' {
			r = euroSign
			c.table[euroSign] = bytesOf('€')
		}
		c.ebcdic[i] = byte(r) // Latin 1 is the beginning of Unicode
	}
	return c
}

// translated gives the bytes of a record as rows hold them.
func (c *charset) translated(dst, b []byte) []byte {
	dst = dst[:0]
	for _, x := range b {
		dst = append(dst, c.ebcdic[x])
	}
	return dst
}

// inEBCDIC tells whether text looks like EBCDIC rather than like an extension
// of ASCII: by its blanks, digits and capitals, which are most of a pay file.
// Neither is told of text that is too short, or of both kinds.
func inEBCDIC(text []byte) (ebcdic, ascii bool) {
	var e, a int
	for _, x := range text {
		switch {
		case x == ' ', x >= '0' && x <= '9', x >= 'A' && x <= 'I', x >= 'J' && x <= 'Z', x == '\n', x == ';':
			a++
		case x == 0x40, x >= 0xF0 && x <= 0xF9, x >= 0xC1 && x <= 0xC9, x >= 0xD1 && x <= 0xD9, x >= 0xE2 && x <= 0xE9:
			e++
		}
	}
	const fewest = 16
	return e >= fewest && e > 2*a && 2*e > len(text), a >= fewest && a > 2*e && 2*a > len(text)
}

// lookalike is an encoding that could be the true one of a file that declares
// another, and the bytes, as rows hold them, that tell.
type lookalike struct {
	name   string
	proper [256]bool // letters here, no letters there
	doubts [256]bool // letters there, no letters here
}

// lookalikes pairs the encodings that no impossible byte tells apart. The
// spacing accents are left out: people type them for apostrophes.
func lookalikes() map[*charset]*lookalike {
	latin1, latin9, windows := charsets[1], charsets[2], charsets[3]
	pairs := map[*charset]*charset{latin1: latin9, windows: latin9, ebcdic1047: ebcdic1147, ebcdic1147: ebcdic1047}
	found := make(map[*charset]*lookalike, len(pairs))
	for own, other := range pairs {
		l := &lookalike{name: other.name}
		for i := range 256 {
			x, y := byte(i), byte(i) // the same byte of the file, as a row of each would hold it
			if own.ebcdic != nil {
				x, y = own.ebcdic[i], other.ebcdic[i]
			}
			mine, theirs := own.letter(x), other.letter(y)
			l.proper[x] = mine && !theirs
			l.doubts[x] = theirs && !mine && x != 0xA8 && x != 0xB4 && x != 0xB8
		}
		found[own] = l
	}
	return found
}

func (c *charset) letter(x byte) bool {
	r, _ := utf8.DecodeRune(c.append(nil, []byte{x}))
	return unicode.IsLetter(r) && r != 'µ'
}

// lookalikeOf is read-only once the package is initialised.
var lookalikeOf = lookalikes()
