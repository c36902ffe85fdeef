package reports

import (
	"strconv"
	"strings"
	"time"
	"unicode"

	"bascule/reconcile"
)

// noBreak is the space inside French numbers: U+00A0, which every terminal
// and font draws.
const noBreak = "\u00a0"

// count prints a number with its thousands apart.
func (m *messages) count(n int64) string {
	digits := strconv.FormatUint(magnitude(n), 10)
	space := noBreak
	if m.english {
		space = ","
	}
	var b strings.Builder
	if n < 0 {
		b.WriteString(m.minus())
	}
	for i := range len(digits) {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteString(space)
		}
		b.WriteByte(digits[i])
	}
	return b.String()
}

// money prints an amount as people write it: 1 234,56 € or €1,234.56.
func (m *messages) money(a reconcile.Amount) string {
	u := magnitude(int64(a))
	whole, cents := m.count(int64(u/100)), strconv.FormatUint(100+u%100, 10)[1:]
	sign := ""
	if a < 0 {
		sign = m.minus()
	}
	if m.english {
		return sign + "€" + whole + "." + cents
	}
	return sign + whole + "," + cents + noBreak + "€"
}

// delta prints a difference: its sign is always shown.
func (m *messages) delta(a reconcile.Amount) string {
	if a > 0 {
		return "+" + m.money(a)
	}
	return m.money(a)
}

// rate prints n out of of as a percentage with two decimals, rounded
// downwards: 100 % means all.
func (m *messages) rate(n, of int64) string {
	if of == 0 {
		return "–"
	}
	hundredths := rateIn(n, of)
	s := m.count(hundredths / 100)
	cents := strconv.FormatInt(100+hundredths%100, 10)[1:]
	if m.english {
		return s + "." + cents + "%"
	}
	return s + "," + cents + noBreak + "%"
}

// signedCount prints a difference of counts: its sign is always shown.
func (m *messages) signedCount(n int64) string {
	if n > 0 {
		return "+" + m.count(n)
	}
	return m.count(n)
}

// points prints a difference of rates, in hundredths of a percent, as points.
func (m *messages) points(hundredths int64) string {
	s := m.decimal(reconcile.Amount(magnitude(hundredths)))
	switch {
	case hundredths > 0:
		s = "+" + s
	case hundredths < 0:
		s = m.minus() + s
	}
	return m.t("key.points", s)
}

// WidestLetter bounds what Breadth counts for a letter.
const WidestLetter = 12

// Breadth is the width of a text in Arial, in tenths of the width of a digit, by
// which columns are measured.
func Breadth(text string) int {
	used := 0
	for _, r := range text {
		used += LetterBreadth(r)
	}
	return used
}

// LetterBreadth is what Breadth counts for a letter.
func LetterBreadth(r rune) int {
	const lower, other = 9, 6
	switch {
	case r >= 'a' && r <= 'z':
		return lower
	case r < '0':
		return other
	case unicode.IsUpper(r) || unicode.IsDigit(r) || r == '_':
		return WidestLetter
	case unicode.IsLower(r):
		return lower
	}
	return other
}

// fit shortens a text to what a column of some width shows.
func fit(text string, width int) string {
	const margin, ellipsis = 30, WidestLetter
	room := width*10 - margin
	used, cut := 0, 0
	for i, r := range text {
		if used+ellipsis <= room {
			cut = i
		}
		if used += LetterBreadth(r); used > room {
			return strings.TrimRight(text[:cut], " ") + "…"
		}
	}
	return text
}

// decimal prints an amount for a CSV file: no thousands, the mark of the language.
func (m *messages) decimal(a reconcile.Amount) string {
	if m.english {
		return a.String()
	}
	return strings.Replace(a.String(), ".", ",", 1)
}

// month prints "décembre 2013".
func (m *messages) month(p reconcile.Period) string {
	if p == 0 {
		return ""
	}
	return m.t("month."+strconv.Itoa(p.Month())) + " " + strconv.Itoa(p.Year())
}

// shortMonth prints "12/2013", or 2013-12 in English.
func (m *messages) shortMonth(p reconcile.Period) string {
	if m.english {
		return p.String()
	}
	return p.String()[5:] + "/" + p.String()[:4]
}

// instant prints an RFC 3339 time as "21/12/2013 02:15 UTC".
func (m *messages) instant(s string) string {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return Clean(s)
	}
	return t.UTC().Format("02/01/2006 15:04") + " UTC"
}

func (m *messages) minus() string {
	if m.english {
		return "-"
	}
	return "−"
}

func magnitude(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}

// parseDay reads the date that starts s.
func parseDay(s string) (y, m, d int, ok bool) {
	if len(s) < 10 {
		return 0, 0, 0, false
	}
	t, err := time.Parse("2006-01-02", s[:10])
	return t.Year(), int(t.Month()), t.Day(), err == nil
}

// dayNumber counts the days since 30 December 1899, as sheets do.
func dayNumber(y, m, d int) int64 {
	const epoch = 25569 // of 1 January 1970
	return time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC).Unix()/86400 + epoch
}
