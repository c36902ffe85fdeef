package reconcile

import (
	"errors"
	"fmt"
	"strings"

	"github.com/shopspring/decimal"
)

// Amount is an amount of money in centimes: exact, and summable in SQL.
// Rates and prorations are never Amounts; they are decimals that become an
// Amount through Round, under a named rounding rule.
type Amount int64

// String prints the amount in euros with two decimals and a point, "-1234.56".
func (a Amount) String() string {
	sign := ""
	u := uint64(a)
	if a < 0 {
		sign, u = "-", -u
	}
	return fmt.Sprintf("%s%d.%02d", sign, u/100, u%100)
}

// Abs is the amount without its sign.
func (a Amount) Abs() Amount {
	if a < 0 {
		return -a
	}
	return a
}

// Decimal is the amount in euros.
func (a Amount) Decimal() decimal.Decimal { return decimal.New(int64(a), -2) }

// MarshalJSON writes the amount as a string of two decimals, since JSON
// numbers are floats in most readers.
func (a Amount) MarshalJSON() ([]byte, error) { return []byte(`"` + a.String() + `"`), nil }

// UnmarshalJSON reads what MarshalJSON wrote.
func (a *Amount) UnmarshalJSON(b []byte) error {
	v, err := ParseAmount(strings.Trim(string(b), `"`))
	if err != nil {
		return err
	}
	*a = v
	return nil
}

// Errors of ParseAmount. They complete the sentence "le montant …", in French
// as every message that a user of the tool may read.
var (
	ErrAmountEmpty     = errors.New("est vide")
	ErrAmountSyntax    = errors.New("n'est pas un nombre")
	ErrAmountPrecision = errors.New("a plus de deux décimales")
	ErrAmountRange     = errors.New("dépasse dix mille milliards d'euros")
)

// maxAmount bounds one amount to 10^15 centimes (10^13 €), so that nine
// thousand of them still sum within an int64.
const maxAmount Amount = 1_000_000_000_000_000

// ParseAmount reads an amount in euros as people and spreadsheets write it:
// "1 234,56" with any French space, "-12.5", "1234,56-". A decimal comma or a
// decimal point, never both; zeros beyond the second decimal are accepted.
func ParseAmount(s string) (Amount, error) {
	s = strings.TrimSpace(strings.Map(dropSpaces, s))
	if s == "" {
		return 0, ErrAmountEmpty
	}
	negative := false
	switch {
	case s[0] == '-', s[0] == '+':
		negative, s = s[0] == '-', s[1:]
	case s[len(s)-1] == '-', s[len(s)-1] == '+':
		negative, s = s[len(s)-1] == '-', s[:len(s)-1]
	}
	whole, fraction, hasMark := strings.Cut(strings.Replace(s, ",", ".", 1), ".")
	if whole == "" && fraction == "" || hasMark && fraction == "" {
		return 0, ErrAmountSyntax
	}
	if !digits(whole) || !digits(fraction) {
		return 0, ErrAmountSyntax
	}
	var v Amount
	for i := 0; i < len(whole); i++ {
		if v = v*10 + Amount(whole[i]-'0'); v > maxAmount/100 {
			return 0, ErrAmountRange
		}
	}
	v *= 100
	unit := Amount(10)
	for i := 0; i < len(fraction); i++ {
		if unit == 0 && fraction[i] != '0' {
			return 0, ErrAmountPrecision
		}
		v += unit * Amount(fraction[i]-'0')
		unit /= 10
	}
	if v > maxAmount {
		return 0, ErrAmountRange
	}
	if negative {
		v = -v
	}
	return v, nil
}

func digits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// dropSpaces removes the separators of thousands: space, no-break space,
// narrow no-break space.
func dropSpaces(r rune) rune {
	switch r {
	case ' ', '\u00a0', '\u202f':
		return -1
	}
	return r
}

// Rounding is a rule that turns euros into centimes. French State pay has no
// official text on it; engines were seen to use both (DOMAIN 4.1).
type Rounding uint8

// The rounding rules in use.
const (
	HalfUp   Rounding = iota // nearest centime, halves away from zero
	Truncate                 // the centime below, towards zero
)

// Round turns an exact number of euros into an Amount under the rule r.
func Round(euros decimal.Decimal, r Rounding) Amount {
	if r == Truncate {
		return Amount(euros.Shift(2).Truncate(0).IntPart())
	}
	return Amount(euros.Shift(2).Round(0).IntPart())
}

// Fixed is an exact number with six decimals, in millionths: the base or the
// rate printed on a pay line. It is carried, never computed with.
type Fixed int64

// FixedUnit is the Fixed of one.
const FixedUnit = 1_000_000

// NoFixed is the value of an absent base or rate. Absent is not zero.
const NoFixed Fixed = -1 << 63

// Append writes the number with a point and without useless zeros; an absent
// number writes nothing.
func (f Fixed) Append(b []byte) []byte {
	if f == NoFixed {
		return b
	}
	u := uint64(f)
	if f < 0 {
		b, u = append(b, '-'), -u
	}
	b = appendUint(b, u/FixedUnit)
	fraction := u % FixedUnit
	if fraction == 0 {
		return b
	}
	b = append(b, '.')
	for unit := uint64(FixedUnit / 10); fraction > 0; unit /= 10 {
		b = append(b, byte('0'+fraction/unit))
		fraction %= unit
	}
	return b
}

// String prints what Append writes.
func (f Fixed) String() string { return string(f.Append(nil)) }

func appendUint(b []byte, u uint64) []byte {
	var digits [20]byte
	i := len(digits)
	for {
		i--
		digits[i] = byte('0' + u%10)
		if u /= 10; u == 0 {
			return append(b, digits[i:]...)
		}
	}
}
