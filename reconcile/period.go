package reconcile

import (
	"errors"
	"fmt"
)

// Period is a month: of pay (mois de paye) or of origin (période de rappel).
// The zero Period is "no month".
type Period int32

// ErrPeriod completes the sentence "le mois …".
var ErrPeriod = errors.New("n'est pas un mois possible écrit AAAA-MM")

// Bounds of a believable month of pay: earlier or later is a typing error.
const (
	firstYear = 1950
	lastYear  = 2149
)

// NewPeriod is the month of a year, or the zero Period when it is no month
// between 1950 and 2149.
func NewPeriod(year, month int) Period {
	if year < firstYear || year > lastYear || month < 1 || month > 12 {
		return 0
	}
	return Period(year*12 + month - 1)
}

// ParsePeriod reads "2013-12".
func ParsePeriod(s string) (Period, error) {
	if len(s) == 7 && s[4] == '-' {
		if p := periodOfDigits(s[:4], s[5:]); p != 0 {
			return p, nil
		}
	}
	return 0, ErrPeriod
}

// ParsePeriodCompact reads "201312".
func ParsePeriodCompact(s string) (Period, error) {
	if len(s) == 6 {
		if p := periodOfDigits(s[:4], s[4:]); p != 0 {
			return p, nil
		}
	}
	return 0, ErrPeriod
}

func periodOfDigits(year, month string) Period {
	y, m := 0, 0
	for i := 0; i < len(year); i++ {
		if year[i] < '0' || year[i] > '9' {
			return 0
		}
		y = y*10 + int(year[i]-'0')
	}
	for i := 0; i < len(month); i++ {
		if month[i] < '0' || month[i] > '9' {
			return 0
		}
		m = m*10 + int(month[i]-'0')
	}
	return NewPeriod(y, m)
}

// Year is the calendar year.
func (p Period) Year() int { return int(p) / 12 }

// Month is 1 to 12.
func (p Period) Month() int { return int(p)%12 + 1 }

// Days is how many days the month has.
func (p Period) Days() int {
	switch p.Month() {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if y := p.Year(); y%4 == 0 && (y%100 != 0 || y%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// String prints "2013-12", or nothing for the zero Period.
func (p Period) String() string {
	if p == 0 {
		return ""
	}
	return fmt.Sprintf("%04d-%02d", p.Year(), p.Month())
}

// Append writes what String prints, without allocating.
func (p Period) Append(b []byte) []byte {
	if p == 0 {
		return b
	}
	y, m := p.Year(), p.Month()
	return append(b, byte('0'+y/1000), byte('0'+y/100%10), byte('0'+y/10%10), byte('0'+y%10), '-', byte('0'+m/10), byte('0'+m%10))
}

// Within tells whether from ≤ p ≤ to, where a zero bound is open.
func (p Period) Within(from, to Period) bool {
	return (from == 0 || from <= p) && (to == 0 || p <= to)
}

// MarshalJSON writes the month as a string.
func (p Period) MarshalJSON() ([]byte, error) { return []byte(`"` + p.String() + `"`), nil }

// UnmarshalJSON reads what MarshalJSON wrote.
func (p *Period) UnmarshalJSON(b []byte) error {
	if string(b) == `""` {
		*p = 0
		return nil
	}
	if len(b) < 2 {
		return ErrPeriod
	}
	v, err := ParsePeriod(string(b[1 : len(b)-1]))
	*p = v
	return err
}
