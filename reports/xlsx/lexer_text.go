package xlsx

import (
	"bytes"
	"strconv"
	"unicode/utf8"
)

func blank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

func trimBlanks(s []byte) []byte {
	for len(s) > 0 && blank(s[0]) {
		s = s[1:]
	}
	for len(s) > 0 && blank(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	return s
}

func local(name []byte) []byte { return name[bytes.IndexByte(name, ':')+1:] }

// validName tells a name from what mark-up may not hold: letters of any script
// are let pass.
func validName(name []byte) bool {
	for i, c := range name {
		letter := c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || c >= 0x80
		if !letter && (i == 0 || (c < '0' || c > ':') && c != '-' && c != '.') {
			return false
		}
	}
	prefix, _, prefixed := bytes.Cut(name, []byte(":"))
	if prefixed && (len(prefix) == 0 || bytes.Count(name, []byte(":")) > 1 || len(prefix) == len(name)-1) {
		return false
	}
	return len(name) > 0 && utf8.Valid(name)
}

// legal tells whether a text holds what XML admits alone.
func legal(text []byte) bool {
	for _, c := range text {
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' {
			return false
		}
	}
	return utf8.Valid(text)
}

// unescape puts characters in the place of entities, and of the ends of lines;
// a text without any is given as it is, others are made after those of to.
func unescape(to, raw []byte) (text, after []byte, err error) {
	if !legal(raw) {
		return nil, to, errSyntax
	}
	if bytes.IndexByte(raw, '&') < 0 && bytes.IndexByte(raw, '\r') < 0 {
		return raw, to, nil
	}
	from := len(to)
	for i := 0; i < len(raw); i++ {
		switch raw[i] {
		case '\r':
			if i+1 == len(raw) || raw[i+1] != '\n' {
				to = append(to, '\n')
			}
		case '&':
			end := bytes.IndexByte(raw[i:], ';')
			if end < 0 {
				return nil, to, errSyntax
			}
			c, err := entity(string(raw[i+1 : i+end]))
			if err != nil {
				return nil, to, err
			}
			to = utf8.AppendRune(to, c)
			i += end
		default:
			to = append(to, raw[i])
		}
	}
	return to[from:len(to):len(to)], to, nil
}

// entity is the character that a name or a number stands for.
func entity(name string) (rune, error) {
	switch name {
	case "amp":
		return '&', nil
	case "lt":
		return '<', nil
	case "gt":
		return '>', nil
	case "quot":
		return '"', nil
	case "apos":
		return '\'', nil
	}
	base := 10
	if len(name) < 2 || name[0] != '#' {
		return 0, errSyntax
	}
	if name = name[1:]; name[0] == 'x' {
		name, base = name[1:], 16
	}
	n, err := strconv.ParseUint(name, base, 32)
	c := rune(n)
	if err != nil || n > utf8.MaxRune || !utf8.ValidRune(c) || c < ' ' && c != '\t' && c != '\n' && c != '\r' || c == 0xFFFE || c == 0xFFFF {
		return 0, errSyntax
	}
	return c, nil
}
