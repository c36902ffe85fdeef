package extract

import (
	"bytes"
	"io"
	"unicode/utf8"
)

// What the scanner looks for among bytes: each bit tells what the byte may be.
const (
	xmlNameStart = 1 << iota // the first of a name; ':' and bytes beyond ASCII are looked at apart
	xmlNameByte              // another of a name
	xmlSpace
	xmlInValue // in the value of an attribute, stands for itself and ends nothing
	xmlInText  // between the tags, likewise
)

var xmlClass = func() (class [256]uint8) {
	for c := range 0x80 {
		switch {
		case 'a' <= c|0x20 && c|0x20 <= 'z' || c == '_':
			class[c] |= xmlNameStart | xmlNameByte
		case '0' <= c && c <= '9' || c == '-' || c == '.':
			class[c] |= xmlNameByte
		}
		switch c {
		case ' ', '\t', '\n', '\r':
			class[c] |= xmlSpace
		}
		if c < ' ' && class[c]&xmlSpace == 0 {
			continue
		}
		if c != '"' && c != '\'' && c != '<' && c != '&' && c != '\r' {
			class[c] |= xmlInValue
		}
		if c != '<' && c != '>' && c != '&' {
			class[c] |= xmlInText
		}
	}
	return class
}()

// unexpected blames b[i], unless it is what ends the bytes shown.
func unexpected(b []byte, i int) *xmlError {
	if b[i] == 0 {
		return errMore
	}
	return errMalformed
}

// begins tells how much of a text b starts with, and whether with all of it.
func begins(b []byte, text string) (n int, all bool) {
	for n < len(text) && b[n] == text[n] {
		n++
	}
	return n, n == len(text)
}

// char is how long the character at b[i] is, which no table lets pass: one
// beyond ASCII, or one that XML forbids. A character of a single-byte encoding
// never is what UTF-8 forbids.
func (s *xmlScanner) char(b []byte, i int) (int, *xmlError) {
	switch {
	case b[i] < 0x80:
		return 0, unexpected(b, i)
	case b[i] == 0xEF && b[i+1] == 0xBF && b[i+2] >= 0xBE && s.charset.cm == nil:
		return 0, errMalformed // U+FFFE, U+FFFF
	}
	return 1, nil
}

// text gives the length of the text at the start of b, up to the next tag.
func (s *xmlScanner) text(b []byte) (int, *xmlError) {
	for i := 0; ; {
		for xmlClass[b[i]]&xmlInText != 0 {
			i++
		}
		n, bad := 1, (*xmlError)(nil)
		switch c := b[i]; {
		case c == '<', c == 0 && s.closed == io.EOF:
			return i, nil
		case c == '>' && i >= 2 && b[i-1] == ']' && b[i-2] == ']':
			return i, errMalformed
		case c == '>':
		case c == '&':
			_, n, bad = reference(b[i:])
		default:
			n, bad = s.char(b, i)
		}
		if i += n; bad != nil {
			return i, bad
		}
	}
}

// cdata gives the length of the section that b starts with.
func (s *xmlScanner) cdata(b []byte) (int, *xmlError) {
	const open = len("<![CDATA[")
	for i := open; ; {
		for xmlClass[b[i]]&xmlInText != 0 {
			i++
		}
		n, bad := 1, (*xmlError)(nil)
		switch c := b[i]; {
		case c == '>' && i >= open+2 && b[i-1] == ']' && b[i-2] == ']':
			return i + 1, nil
		case c == '>', c == '<', c == '&':
		default:
			n, bad = s.char(b, i)
		}
		if i += n; bad != nil {
			return i, bad
		}
	}
}

// comment gives the length of the comment that b starts with.
func comment(b []byte) (int, *xmlError) {
	const open = len("<!--")
	i := bytes.Index(b[open:], []byte("--"))
	if i < 0 {
		return open, errMore
	}
	if i += open + len("--"); b[i] != '>' {
		return i, unexpected(b, i)
	}
	return i + 1, nil
}

// references are the only ones that need no declaration; a file may declare
// none.
var references = [...]struct {
	text string
	char rune
}{{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}}

// reference reads the reference to a character that b starts with.
func reference(b []byte) (char rune, n int, bad *xmlError) {
	if b[1] == '#' {
		return numericReference(b)
	}
	furthest := 1
	for _, r := range references {
		n, all := begins(b, r.text)
		if all {
			return r.char, n, nil
		}
		furthest = max(furthest, n)
	}
	if b[furthest] == 0 {
		return 0, furthest, errMore
	}
	return 0, furthest, errReference
}

func numericReference(b []byte) (char rune, n int, bad *xmlError) {
	base, i := rune(10), len("&#")
	if b[i] == 'x' {
		base, i = 16, i+1
	}
	from := i
	for ; ; i++ {
		d := rune(16)
		switch c := rune(b[i]); {
		case '0' <= c && c <= '9':
			d = c - '0'
		case 'a' <= c|0x20 && c|0x20 <= 'f':
			d = c | 0x20 - 'a' + 10
		}
		if d >= base {
			break
		}
		char = min(char*base+d, utf8.MaxRune+1)
	}
	switch {
	case b[i] == 0:
		return 0, i, errMore
	case b[i] != ';' || i == from || char > utf8.MaxRune:
		return 0, i, errReference
	case char < ' ' && xmlClass[char]&xmlSpace == 0, !utf8.ValidRune(char), char == 0xFFFE, char == 0xFFFF:
		return 0, i, errMalformed
	}
	return char, i + 1, nil
}

// decoded appends in UTF-8 the text that checked bytes stand for.
func (s *xmlScanner) decoded(dst, b []byte) []byte {
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case c == '&':
			char, n, _ := reference(b[i:])
			dst = utf8.AppendRune(dst, char)
			i += n - 1
		case c == '\r':
			if dst = append(dst, '\n'); i+1 < len(b) && b[i+1] == '\n' {
				i++
			}
		case c >= utf8.RuneSelf:
			dst = s.charset.append(dst, b[i:i+1])
		default:
			dst = append(dst, c)
		}
	}
	return dst
}
