package xlsx

import (
	"fmt"
	"strconv"

	"github.com/shopspring/decimal"
)

// significantDigits is what Excel keeps of a number.
const significantDigits = 15

// number turns n units of 10^-decimals into the number Excel stores, with the
// text it is stored under. It is the only place where an amount becomes a
// float, and it proves the way back.
func number(n int64, decimals int32) (float64, string, error) {
	exact := decimal.New(n, -decimals)
	f, _ := exact.Float64()
	text := strconv.FormatFloat(f, 'f', -1, 64)
	back, err := decimal.NewFromString(text)
	if err != nil || !back.Equal(exact) || len(strconv.FormatInt(abs(n), 10)) > significantDigits {
		return 0, "", fmt.Errorf("un nombre de plus de %d chiffres ne tient pas dans une cellule", significantDigits)
	}
	return f, text, nil
}

// ratio is n/of in hundredths of a percent, rounded downwards.
func ratio(n, of int64) int64 {
	q, _ := decimal.New(n, 4).QuoRem(decimal.NewFromInt(of), 0)
	return q.IntPart()
}

func abs(n int64) int64 {
	if n < 0 {
		return -n
	}
	return n
}
