package xlsx

import (
	"fmt"
	"math"
	"strconv"

	"github.com/shopspring/decimal"
)

// significantDigits is what Excel keeps of a number, beyond is the first one
// that has more.
const (
	significantDigits = 15
	beyond            = 1_000_000_000_000_000
)

var tenTo = [...]int64{1, 10, 100, 1_000, 10_000}

// number turns n units of 10^-decimals into the number Excel stores. It is the
// only place where an amount becomes a float, and it proves the way back. Both
// the units and the power of ten are exact as floats, so that the one rounding
// is that of their quotient.
func number(n int64, decimals int) (float64, error) {
	unit := float64(tenTo[decimals])
	f := float64(n) / unit
	if n <= -beyond || n >= beyond || int64(math.Round(f*unit)) != n {
		return 0, fmt.Errorf("un nombre de plus de %d chiffres ne tient pas dans une cellule", significantDigits)
	}
	return f, nil
}

// appendNumber adds the text under which such a number is stored: the shortest
// that gives it back, which up to fifteen digits is the number itself, its last
// zeros left out.
func appendNumber(to []byte, n int64, decimals int) []byte {
	if n < 0 {
		to, n = append(to, '-'), -n
	}
	to = strconv.AppendInt(to, n/tenTo[decimals], 10)
	rest := n % tenTo[decimals]
	for unit := tenTo[decimals]; rest > 0; rest %= unit {
		if unit == tenTo[decimals] {
			to = append(to, '.')
		}
		unit /= 10
		to = append(to, byte('0'+rest/unit))
	}
	return to
}

// ratio is n/of in hundredths of a percent, rounded downwards.
func ratio(n, of int64) int64 {
	q, _ := decimal.New(n, 4).QuoRem(decimal.NewFromInt(of), 0)
	return q.IntPart()
}
