package reports

import (
	"strings"
	"unicode/utf8"
)

// narrow is the no-break space of thousands on French paper: U+202F.
const narrow = "\u202f"

// tiedFrench and tiedEnglish keep on one line what a line must not end between.
var (
	tiedFrench = strings.NewReplacer("« ", "«"+noBreak, " »", noBreak+"»", " :", noBreak+":", " ;", noBreak+";", " ?", noBreak+"?", " !", noBreak+"!",
		" %", noBreak+"%", "n° ", "n°"+noBreak, " → ", noBreak+"→ ", " = ", noBreak+"= ")
	tiedEnglish = strings.NewReplacer("-€", "\u2011€", " → ", noBreak+"→ ", " = ", noBreak+"= ")
)

// tied is a sentence for a cell that folds it: no line begins with a colon or the
// end of a quotation, nor ends between a sign and its amount.
func (m *messages) tied(s string) string {
	if m.english {
		return tiedEnglish.Replace(s)
	}
	return narrowThousands(tiedFrench.Replace(s))
}

// narrowThousands puts a narrow space between the digits of a number.
func narrowThousands(s string) string {
	at := strings.Index(s, noBreak)
	if at < 0 {
		return s
	}
	var b strings.Builder
	digit := func(i int) bool { return i >= 0 && i < len(s) && s[i] >= '0' && s[i] <= '9' }
	from := 0
	for i := at; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == '\u00a0' && digit(i-1) && digit(i+size) {
			b.WriteString(s[from:i])
			b.WriteString(narrow)
			from = i + size
		}
		i += size
	}
	b.WriteString(s[from:])
	return b.String()
}

// prose is a sentence that a cell folds.
func (m *messages) prose(s string) Cell { return T(m.tied(s)) }
