package extract

import (
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// charset is how the characters of a file are written. cm is nil for UTF-8.
type charset struct {
	name   string
	cm     *charmap.Charmap
	c1     bool           // 0x80 to 0x9F stand for characters, as in windows-1252
	ebcdic *[256]byte     // turns the bytes of the file into those of a row; nil where they are the same
	table  [256]utf8Bytes // of the bytes of a row
}

// utf8Bytes is one character in UTF-8; n is 0 when the byte stands for none.
type utf8Bytes struct {
	b [3]byte
	n uint8
}

const utf8Name = "utf-8"

// charsets lists the encodings that a layout may name.
var charsets = []*charset{
	{name: utf8Name},
	newCharset("iso-8859-1", charmap.ISO8859_1, false),
	newCharset("iso-8859-15", charmap.ISO8859_15, false),
	newCharset("windows-1252", charmap.Windows1252, true),
	ebcdic1047,
	ebcdic1147,
}

func newCharset(name string, cm *charmap.Charmap, c1 bool) *charset {
	c := &charset{name: name, cm: cm, c1: c1}
	for i := range c.table {
		r := cm.DecodeByte(byte(i))
		if r == utf8.RuneError || i >= 0x80 && r >= 0x80 && r <= 0x9F {
			continue
		}
		c.table[i] = bytesOf(r)
	}
	return c
}

func bytesOf(r rune) (u utf8Bytes) {
	u.n = uint8(utf8.EncodeRune(u.b[:], r))
	return u
}

// charsetNamed finds an encoding. Those of EBCDIC have many names, ibm-1147 and
// cp1147 among them.
func charsetNamed(name string) (*charset, bool) {
	name = strings.ToLower(name)
	for _, c := range charsets {
		if c.name == name || c.ebcdic != nil && strings.TrimLeft(name, "cpibm-") == strings.TrimPrefix(c.name, "ebcdic-") {
			return c, true
		}
	}
	return nil, false
}

// charsetNames lists the encodings of text files, those of EBCDIC left out.
func charsetNames() []string {
	var names []string
	for _, c := range charsets {
		if c.ebcdic == nil {
			names = append(names, c.name)
		}
	}
	return names
}

// layoutEncodings lists what a layout may name.
func layoutEncodings() []string {
	return append(charsetNames(), ebcdic1047.name, ebcdic1147.name, encodingXML)
}

// plain tells whether b holds only printable ASCII, eight bytes at a time.
func plain(b []byte) bool {
	const highBits, spaces = 0x8080808080808080, 0x2020202020202020
	if len(b) < 8 {
		for _, c := range b {
			if c < ' ' || c >= 0x80 {
				return false
			}
		}
		return true
	}
	last := binary.LittleEndian.Uint64(b[len(b)-8:])
	bad := last | (last - spaces)
	for ; len(b) > 8; b = b[8:] {
		w := binary.LittleEndian.Uint64(b)
		bad |= w | (w - spaces) // the subtraction sets a high bit from the lowest byte under a space
	}
	return bad&highBits == 0
}

// encodingError is bytes that the declared encoding cannot hold: the file is
// refused.
type encodingError struct{ what, hint string }

func (e *encodingError) Error() string { return e.what }

const hintEncoding = "corriger « encoding » dans le format, ou faire convertir le fichier"

// check looks at the bytes of a record that is not plain. high tells whether
// some are beyond ASCII, control whether some are control characters other
// than tabs and line ends.
func (c *charset) check(b []byte) (high, control bool, err error) {
	var c1, undefined bool
	firstHigh := -1
	for i := 0; i < len(b); i++ {
		if len(b)-i >= 8 && plain(b[i:i+8]) {
			i += 7
			continue
		}
		switch x := b[i]; {
		case x >= 0x80:
			if firstHigh < 0 {
				firstHigh = i
			}
			c1 = c1 || x < 0xA0
			undefined = undefined || c.cm != nil && c.table[x].n == 0
		case x == 0:
			return high, control, &encodingError{"contient un octet nul : ce n'est pas du texte en " + c.name, "donner le fichier texte d'origine (ni UTF-16, ni binaire)"}
		case x < ' ' && x != '\t' && x != '\r' && x != '\n':
			control = true
		}
	}
	if firstHigh < 0 {
		return false, control, nil
	}
	high = true
	valid := utf8.Valid(b[firstHigh:]) // what is before is ASCII
	switch {
	case c.cm == nil && !valid && c1:
		return high, control, &encodingError{"n'est pas de l'utf-8, ressemble à windows-1252", hintEncoding}
	case c.cm == nil && !valid:
		return high, control, &encodingError{"n'est pas de l'utf-8, ressemble à iso-8859-15", hintEncoding}
	case c.cm != nil && valid:
		return high, control, &encodingError{fmt.Sprintf("est en utf-8 alors que le format déclare %s", c.name), hintEncoding}
	case undefined:
		hint := hintEncoding
		if !c.c1 {
			hint = "essayer windows-1252 : " + hint
		}
		return high, control, &encodingError{"contient des octets impossibles en " + c.name, hint}
	}
	return high, control, nil
}

// hasControl tells whether a cell holds a control character, or a byte that
// stands for no character, for a record that may hold some.
func (c *charset) hasControl(b []byte) bool {
	for _, x := range b {
		if x < ' ' && x != '\t' && x != '\r' && x != '\n' || x >= utf8.RuneSelf && c.cm != nil && c.table[x].n == 0 {
			return true
		}
	}
	return false
}

// append decodes checked bytes into UTF-8.
func (c *charset) append(dst, b []byte) []byte {
	if c.cm == nil {
		return append(dst, b...)
	}
	for _, x := range b {
		if x < utf8.RuneSelf {
			dst = append(dst, x)
			continue
		}
		u := &c.table[x]
		if u.n == 0 { // in a field that nothing checks
			dst = utf8.AppendRune(dst, utf8.RuneError)
		}
		dst = append(dst, u.b[:u.n]...)
	}
	return dst
}

// encoded writes text in the bytes of a row, where each character has one.
func (c *charset) encoded(text string) (b []byte, ok bool) {
	if c.cm == nil {
		return []byte(text), true
	}
	for _, r := range text {
		at := 0
		for want := bytesOf(r); at < len(c.table) && c.table[at] != want; at++ {
		}
		if at == len(c.table) {
			return nil, false
		}
		b = append(b, byte(at))
	}
	return b, true
}
