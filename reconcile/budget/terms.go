package budget

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"bascule/reconcile"
)

// Terms are what the figures of a year are reckoned under.
type Terms struct {
	Through reconcile.Period // last month taken into account; its year is the exercise
	Waves   []reconcile.Wave // whose cutovers tell who pays
	// Rate discounts the project's value: 0.04 for 4 %. RateText is how it was declared.
	Rate     decimal.Decimal
	RateText string
	BaseYear int // whose euros the present value is in; 0: the first year of the value
	// MarginAlert is the share of the available credits below which a margin is an
	// alert, zero for none.
	MarginAlert decimal.Decimal
}

// Month is what the last run of the systems found in a month.
type Month struct {
	Period reconcile.Period
	Run    int
	Lines  []reconcile.MassLine
	Gaps   []reconcile.MassGap
	Heads  []reconcile.MassHead
}

// ParseShare reads a percentage as people write it: "4%", "4,5 %".
func ParseShare(text string) (decimal.Decimal, error) {
	digits := strings.ReplaceAll(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(text), "%")), ",", ".")
	d, err := decimal.NewFromString(digits)
	if err != nil {
		return d, fmt.Errorf("« %s » n'est pas un pourcentage", text)
	}
	return d.Shift(-2), nil
}
