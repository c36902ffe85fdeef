package budget

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/shopspring/decimal"

	"bascule/reconcile"
)

// testAfter is how many years after the first cost the FTAP test looks at the
// gains: one euro saved for each euro invested within three years (DOMAIN 5.5).
const testAfter = 3

// valueOf weighs gains against costs, or gives nil where none was imported.
func valueOf(t *Terms, rows []reconcile.ValueRow) *reconcile.ProjectValue {
	if len(rows) == 0 {
		return nil
	}
	first, last := rows[0].Year, rows[0].Year
	for i := range rows {
		first, last = min(first, rows[i].Year), max(last, rows[i].Year)
	}
	v := &reconcile.ProjectValue{Rate: t.RateText, BaseYear: t.BaseYear}
	if v.BaseYear == 0 {
		v.BaseYear = first
	}
	years := make([]reconcile.ValueYear, last-first+1)
	measured := make([][2]bool, len(years)) // gains, costs
	for i := range rows {
		r := &rows[i]
		y := &years[r.Year-first]
		of := [2][2]*reconcile.Amount{{&y.ExpectedGains, &y.MeasuredGains}, {&y.ExpectedCosts, &y.MeasuredCosts}}[index(r.Nature == reconcile.ValueCost)][index(r.State == reconcile.ValueMeasured)]
		*of += r.Amount
		if r.State == reconcile.ValueMeasured {
			measured[r.Year-first][index(r.Nature == reconcile.ValueCost)] = true
		}
	}
	expected := make([]reconcile.ValueYear, len(years))
	for i := range years {
		y := &years[i]
		y.Year, y.Gains, y.Costs = first+i, y.ExpectedGains, y.ExpectedCosts
		expected[i] = *y
		if measured[i][0] {
			y.Gains = y.MeasuredGains
		}
		if measured[i][1] {
			y.Costs = y.MeasuredCosts
		}
	}
	v.Expected, v.Retained = outcome(t, v.BaseYear, expected), outcome(t, v.BaseYear, years)
	v.Years = years
	return v
}

// measuredNought tells of the gains and costs of a year that were measured to be
// nothing, in the place of what was expected: a fact, or a cell left at nought.
func measuredNought(rows []reconcile.ValueRow) (list []reconcile.BudgetAlert) {
	type kind struct {
		year   int
		nature string
	}
	sums := make(map[kind][2]reconcile.Amount) // expected, measured
	measured := make(map[kind]bool)
	for i := range rows {
		r := &rows[i]
		k, of := kind{r.Year, r.Nature}, index(r.State == reconcile.ValueMeasured)
		sum := sums[k]
		sum[of] += r.Amount
		sums[k], measured[k] = sum, measured[k] || of == 1
	}
	for k, sum := range sums {
		if measured[k] && sum[1] == 0 && sum[0] != 0 {
			code := reconcile.AlertGainNought
			if k.nature == reconcile.ValueCost {
				code = reconcile.AlertCostNought
			}
			list = append(list, reconcile.BudgetAlert{Code: code, Scope: strconv.Itoa(k.year), Amount: sum[0]})
		}
	}
	slices.SortFunc(list, func(a, b reconcile.BudgetAlert) int {
		return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(a.Scope, b.Scope))
	})
	return list
}

func index(is bool) int {
	if is {
		return 1
	}
	return 0
}

// outcome closes the years, in their order, and says what they come to.
func outcome(t *Terms, base int, years []reconcile.ValueYear) (o reconcile.ValueOutcome) {
	for i := range years {
		y := &years[i]
		y.Net = y.Gains - y.Costs
		o.Gains, o.Costs, o.Net = o.Gains+y.Gains, o.Costs+y.Costs, o.Net+y.Net
		y.Cumulated, y.Present = o.Net, present(y.Net, t.Rate, y.Year-base)
		o.Present += y.Present
		switch {
		case y.Cumulated < 0:
			o.Payback = 0
		case o.Payback == 0 && o.Costs > 0:
			o.Payback = y.Year
		}
		if o.TestYear == 0 && y.Costs > 0 {
			o.TestYear = y.Year + testAfter
		}
	}
	for i := range years {
		y := &years[i]
		if y.Year <= o.TestYear {
			o.TestCosts += y.Costs
		}
		if y.Year == o.TestYear {
			o.TestTold, o.TestGains = true, y.Gains
		}
	}
	o.TestPassed = o.TestTold && o.TestGains >= o.TestCosts
	return o
}

// present is an amount of some years later, or earlier where years is negative,
// at a yearly rate, rounded to the nearest centime.
func present(a reconcile.Amount, rate decimal.Decimal, years int) reconcile.Amount {
	factor := decimal.New(1, 0)
	for range max(years, -years) {
		factor = factor.Mul(rate.Add(decimal.New(1, 0)))
	}
	if years < 0 {
		return reconcile.Round(a.Decimal().Mul(factor), reconcile.HalfUp)
	}
	return reconcile.Amount(decimal.New(int64(a), 0).DivRound(factor, 0).IntPart())
}
