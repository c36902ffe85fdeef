package reports

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"bascule/reconcile"
)

// Clean makes a text harmless to a reader of sheets and lines: tabs and line
// ends become spaces, other control characters and the marks that reverse the
// direction of writing become U+FFFD, as do bytes that are not UTF-8.
func Clean(s string) string {
	clean := true
	for i := 0; i < len(s) && clean; i++ {
		clean = s[i] >= ' ' && s[i] < 0x7f
	}
	if clean {
		return s
	}
	return strings.Map(cleanRune, s)
}

func cleanRune(r rune) rune {
	switch {
	case r == '\t', r == '\n', r == '\r', r == '\u2028', r == '\u2029':
		return ' '
	case unicode.IsControl(r), r == '\ufffe', r == '\uffff':
		return utf8.RuneError
	case unicode.Is(unicode.Bidi_Control, r):
		return utf8.RuneError
	}
	return r
}

// inert is a cleaned text that no spreadsheet takes for a formula when it
// opens a CSV file: what is blank before the sign of a formula is left out by
// some. Only texts pass here: an amount may begin with a minus.
func inert(s string) string {
	shown := strings.TrimLeftFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) })
	switch first, _ := utf8.DecodeRuneInString(shown); {
	case strings.ContainsRune("=+-@＝＋－＠", first), s != "" && (s[0] == '\t' || s[0] == '\r'):
		return "'" + Clean(s)
	}
	return Clean(s)
}

// shorten cuts a text to a number of characters, the last being an ellipsis.
func shorten(s string, limit int) string {
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	return string([]rune(s)[:limit-1]) + "…"
}

// printable shows the bytes of a file. Those that are not UTF-8 are read as
// Latin-1, which every byte is.
func printable(raw []byte) string {
	if utf8.Valid(raw) {
		return Clean(string(raw))
	}
	runes := make([]rune, len(raw))
	for i, b := range raw {
		runes[i] = rune(b)
	}
	return Clean(string(runes))
}

// legible is a rejected record as a person can read it.
func legible(r *reconcile.Reject) string {
	if r.Readable != "" {
		return Clean(r.Readable)
	}
	return printable(r.Raw)
}

// What identifies a person in the raw bytes of a rejected line.
var (
	rawNIR  = regexp.MustCompile(`[0-9][0-9AB]{12,}`)
	rawIBAN = regexp.MustCompile(`[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}`)
)

// maskRaw hides the NIR and the bank account in a rejected line, or every
// letter.
func maskRaw(s string, hideNIR, hideLetters bool) string {
	if hideNIR {
		s = rawIBAN.ReplaceAllStringFunc(s, bullets)
		s = rawNIR.ReplaceAllStringFunc(s, bullets)
	}
	if hideLetters {
		s = strings.Map(func(r rune) rune {
			if unicode.IsLetter(r) {
				return 'x'
			}
			return r
		}, s)
	}
	return s
}

func bullets(s string) string { return strings.Repeat("•", len(s)) }
