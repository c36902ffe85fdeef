package reports

import (
	"strings"

	"bascule/reconcile"
)

// signedRate prints n out of of as a percentage whose sign is always shown,
// rounded towards zero.
func (m *messages) signedRate(n, of int64) string {
	if of < 0 {
		n, of = -n, -of
	}
	switch {
	case of > 0 && rateIn(n, of) == 0 && rateIn(-n, of) == 0: // nothing that is shown has a sign
		return m.rate(0, of)
	case n > 0 && of > 0:
		return "+" + m.rate(n, of)
	case n < 0 && of > 0:
		return m.minus() + m.rate(-n, of)
	}
	return m.rate(n, of)
}

// title2 names a category of title 2; what feeds no element is to be classed.
func (m *messages) title2(category string) string {
	if _, known := catalogue()["title2."+category]; known {
		return m.t("title2." + category)
	}
	if category == "" {
		return m.t("title2.none")
	}
	return category
}

func (m *messages) judged(j reconcile.Judged) string { return m.t("judged." + string(j)) }

// programme names a programme; pay booked nowhere has none.
func (m *messages) programme(code string) string {
	if code == "" {
		return m.t("programme.none")
	}
	return m.t("programme.of", Clean(code))
}

// jobs prints jobs of a year to two decimals, as an amount without its unit.
func (m *messages) jobs(j reconcile.Jobs) string {
	return strings.TrimSuffix(strings.Replace(m.money(reconcile.Amount(j.Decimal().Shift(2).IntPart())), "€", "", 1), noBreak)
}

// population names a status as the files have it.
func (m *messages) population(status string) string {
	if _, known := catalogue()["population."+status]; !known {
		return status
	}
	return m.t("population." + status)
}
