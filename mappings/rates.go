package mappings

import "bascule/reconcile"

// Columns of rates.csv.
const (
	rateName = iota
	rateLabel
	rateValue
	rateUnit
	rateFrom
	rateTo
	rateSource
	rateMark
)

// Columns of scales.csv.
const (
	scaleName = iota
	scaleKey
	scaleValue
	scaleUnit
	scaleFrom
	scaleTo
	scaleSource
	scaleMark
)

var (
	rateColumns  = []string{"rate", "label", "value", "unit", "valid_from", "valid_to", "source", "mark"}
	scaleColumns = []string{"scale", "key", "value", "unit", "valid_from", "valid_to", "source", "mark"}
)

const (
	hintSource  = "citez le décret ou la page d'où vient la valeur"
	hintOverlap = "fermez la première période le mois qui précède la seconde"
)

// readRates reads rates.csv. A rate has one value at a time.
func readRates(f file, p *Problems) []reconcile.Rate {
	rows := readRows(f, rateColumns, p)
	rates := make([]reconcile.Rate, 0, len(rows))
	taken := dated{}
	for i := range rows {
		r := &rows[i]
		v := r.months(rateFrom, rateTo)
		rate := reconcile.Rate{
			Name: r.name(rateName), Label: r.required(rateLabel, "donnez le libellé du taux"),
			Value: r.value(rateValue), Unit: r.unit(rateUnit), From: v.from, To: v.to,
			Source: r.required(rateSource, hintSource), Mark: r.mark(rateMark),
		}
		if first := taken.clash(rate.Name, v, r.line); first > 0 {
			r.bad(rateName, hintOverlap, "« %s » a déjà une valeur pour les mêmes mois ligne %d", rate.Name, first)
		}
		rates = append(rates, rate)
	}
	return rates
}

// readScales reads scales.csv. A key of a scale has one value at a time.
func readScales(f file, p *Problems) []reconcile.ScaleRow {
	rows := readRows(f, scaleColumns, p)
	scales := make([]reconcile.ScaleRow, 0, len(rows))
	taken := dated{}
	for i := range rows {
		r := &rows[i]
		v := r.months(scaleFrom, scaleTo)
		s := reconcile.ScaleRow{Scale: r.name(scaleName), Key: r.word(scaleKey), Value: r.value(scaleValue), Unit: r.unit(scaleUnit),
			From: v.from, To: v.to, Source: r.required(scaleSource, hintSource), Mark: r.mark(scaleMark)}
		if s.Key == "" {
			r.bad(scaleKey, "donnez la clé de la ligne dans le barème", "est vide")
		}
		if first := taken.clash(s.Scale+" "+s.Key, v, r.line); first > 0 {
			r.bad(scaleKey, hintOverlap, "« %s » a déjà une valeur dans %s pour les mêmes mois ligne %d", s.Key, s.Scale, first)
		}
		scales = append(scales, s)
	}
	return scales
}
