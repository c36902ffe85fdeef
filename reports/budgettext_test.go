package reports_test

import (
	"strings"
	"testing"

	"bascule/reconcile"
	"bascule/reports"
)

func TestTheScreenOfTheBudgetClaimsNoMoreThanTheFiguresTell(t *testing.T) {
	for _, c := range []struct {
		reason     string
		figures    reconcile.BudgetFigures
		want, miss string
	}{
		{"an alert about the operations of no workstream is not one of the project",
			reconcile.BudgetFigures{Alerts: []reconcile.BudgetAlert{{Code: reconcile.AlertCommittedAboveAE, Amount: 8000}}}, "Engagements au-delà des AE — sans chantier", ""},
		{"pay booked nowhere has no credits: the ministry has some",
			reconcile.BudgetFigures{Alerts: []reconcile.BudgetAlert{{Code: reconcile.AlertCreditsMissing}}}, "Crédits absents — Sans programme", ""},
		{"the ceiling of the ministry is no programme's",
			reconcile.BudgetFigures{Alerts: []reconcile.BudgetAlert{{Code: reconcile.AlertCeilingExceeded, Jobs: reconcile.OneETPT}}}, "Plafond d'emplois dépassé — 1,00", ""},
		{"the three-year test of which no row tells the year is not failed",
			reconcile.BudgetFigures{Value: &reconcile.ProjectValue{Rate: "4%", BaseYear: 2012, Retained: reconcile.ValueOutcome{Costs: 100, TestYear: 2015}}}, "rien n'est donné pour 2015", "✘"},
	} {
		var screen strings.Builder
		if err := reports.WriteBudget(&screen, "fr", reports.Labels{}, &c.figures); err != nil {
			t.Fatal(err)
		}
		if text := screen.String(); !strings.Contains(text, c.want) || c.miss != "" && strings.Contains(text, c.miss) {
			t.Errorf("%s:\n%s", c.reason, text)
		}
	}
}
