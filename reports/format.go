package reports

import (
	"strconv"
	"strings"
	"time"

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

// figure writes a decimal number with its thousands apart and the mark of the
// language; what is no such number stays as it is.
func (m *messages) figure(s string) string {
	whole, rest, decimals := strings.Cut(s, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || strings.HasPrefix(whole, "+") || strings.Trim(rest, "0123456789") != "" {
		return s
	}
	sign := ""
	if strings.HasPrefix(whole, "-") {
		sign, n = m.minus(), -n
	}
	switch {
	case !decimals:
		return sign + m.count(n)
	case m.english:
		return sign + m.count(n) + "." + rest
	}
	return sign + m.count(n) + "," + rest
}

// rateText writes a percentage of the configuration, "4%" or "4,5 %", as people do.
func (m *messages) rateText(s string) string {
	figure := strings.TrimRight(Clean(s), "% "+noBreak)
	if m.english {
		return strings.Replace(figure, ",", ".", 1) + "%"
	}
	return strings.Replace(figure, ".", ",", 1) + noBreak + "%"
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

// decimal prints an amount for a CSV file: no thousands, the mark of the language.
func (m *messages) decimal(a reconcile.Amount) string {
	if m.english {
		return a.String()
	}
	return strings.Replace(a.String(), ".", ",", 1)
}

// unitOf is the unit in which an axis up to some amounts has short figures, and
// its name.
func (m *messages) unitOf(amounts ...reconcile.Amount) (Unit, string) {
	const thousands, millions = 100_000_00, 20_000_000_00 // centimes, from which on they are used
	var greatest reconcile.Amount
	for _, a := range amounts {
		greatest = max(greatest, a.Abs())
	}
	switch {
	case greatest >= millions:
		return Millions, m.t("unit.millions")
	case greatest >= thousands:
		return Thousands, m.t("unit.thousands")
	}
	return Euros, m.t("unit.euros")
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
