package main

import (
	"errors"
	"fmt"

	"go.yaml.in/yaml/v3"

	"bascule/reconcile"
	"bascule/reconcile/budget"
)

// The keys of the budget.
const (
	keyDiscountRate = "discount_rate"
	keyBaseYear     = "base_year"
	keyMarginAlert  = "margin_alert"
)

// defaultRate discounts the project's value when the configuration declares no
// rate: that of public investments since 2005 (Commissariat général du Plan,
// « Révision du taux d'actualisation des investissements publics »).
const defaultRate = "4%"

var errShare = errors.New("n'est pas un pourcentage de 0 à 100, de quatre décimales au plus")

// checkBudget checks the keys of the budget one by one.
func checkBudget(n *yaml.Node) *fault {
	if f := checkNames("", n, []string{keyDiscountRate, keyBaseYear, keyMarginAlert}); f != nil {
		f.field = "." + f.field
		return f
	}
	if f := checkOpaque(n); f != nil {
		return f
	}
	for i := 0; i < len(n.Content); i += 2 {
		name, value := n.Content[i].Value, n.Content[i+1]
		bad := func(err error, hint string) *fault { return &fault{value.Line, "." + name, err, hint} }
		switch {
		case value.Kind != yaml.ScalarNode:
			return bad(errors.New("doit être une valeur, ni liste ni table"), "écrivez une seule valeur")
		case name == keyBaseYear:
			if _, err := reconcile.ParsePeriod(value.Value + "-01"); err != nil {
				return bad(errors.New("n'est pas une année possible"), "écrivez quatre chiffres : 2013")
			}
		case !sharePattern.MatchString(value.Value):
			return bad(errShare, `écrivez-le entre guillemets : "4%" ou "4,5 %"`)
		}
	}
	return nil
}

// budgetTerms are the terms of a run: keys are those of its configuration, which
// checkBudget has accepted.
func budgetTerms(keys map[string]any, through reconcile.Period, waves []reconcile.Wave) (*budget.Terms, error) {
	t := &budget.Terms{Through: through, Waves: waves, RateText: defaultRate}
	if text, given := keys[keyDiscountRate]; given {
		t.RateText = fmt.Sprint(text)
	}
	var err error
	if t.Rate, err = budget.ParseShare(t.RateText); err != nil {
		return nil, err
	}
	if text, given := keys[keyMarginAlert]; given {
		if t.MarginAlert, err = budget.ParseShare(fmt.Sprint(text)); err != nil {
			return nil, err
		}
	}
	if text, given := keys[keyBaseYear]; given {
		p, err := reconcile.ParsePeriod(fmt.Sprint(text) + "-01")
		if err != nil {
			return nil, err
		}
		t.BaseYear = p.Year()
	}
	return t, nil
}
