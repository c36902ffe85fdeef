package main

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"

	"bascule/reconcile"
	"bascule/reconcile/explain"
	"bascule/reconcile/sqlite"
)

// surveyed is about how many agents are looked at to find how each side rounds:
// enough for a convention that nineteen in twenty follow.
const surveyed = 600

// explained gives the comparison an explainer: the formulas of the tables, the
// conventions that a sample of payslips tells, and the neighbouring months.
func (k *comparison) explained(ctx context.Context) error {
	book := k.app.books[k.terms.Tables]
	for _, left := range book.Left() {
		k.reckoned = append(k.reckoned, reconcile.Say("elements.csv : formule de « %s » laissée de côté (élément comparé sans barème) : elle emploie un nom inconnu : %s", left.Element, left.Unknown))
	}
	survey := explain.NewSurvey(book, k.terms)
	if err := k.survey(ctx, survey); err != nil {
		return err
	}
	for _, c := range survey.Conclude() {
		k.reckoned = append(k.reckoned, k.convention(&c))
	}
	k.terms.Explainer = func() reconcile.Explainer {
		n := &neighbours{comparison: k, ctx: ctx, mapped: map[reconcile.Period]*reconcile.Mapping{}}
		return explain.New(book, survey, k.terms, n.paid)
	}
	return nil
}

// survey shows a sample of the payslips to the survey.
func (k *comparison) survey(ctx context.Context, s *explain.Survey) error {
	keys, err := k.db.SampleKeys(ctx, k.run.LoadsOf(reconcile.Legacy), surveyed)
	if err != nil {
		return err
	}
	var errs [2]error
	var wait sync.WaitGroup
	for _, side := range reconcile.Sides {
		wait.Go(func() { errs[side] = k.surveySide(ctx, s, side, keys) })
	}
	wait.Wait()
	return errors.Join(errs[:]...)
}

func (k *comparison) surveySide(ctx context.Context, s *explain.Survey, side reconcile.Side, keys []string) error {
	for group, err := range reconcile.Assemble(k.db.PayslipsUnder(ctx, k.run.LoadsOf(side), keys)) {
		if err != nil {
			return err
		}
		if !group.Shared {
			s.Observe(side, group.Payslip)
		}
	}
	return nil
}

// roundingWords says the conventions in words.
var roundingWords = map[explain.Rounding]*reconcile.Saying{
	explain.HalfUp:   reconcile.Say("arrondit au centime le plus proche"),
	explain.Truncate: reconcile.Say("tronque au centime"),
	explain.Point4:   reconcile.Say("arrondit le point mensuel à quatre décimales"),
	explain.Point5:   reconcile.Say("arrondit le point mensuel à cinq décimales"),
	explain.Annual:   reconcile.Say("arrondit le montant annuel, puis tronque le douzième"),
}

func (k *comparison) convention(c *explain.Convention) *reconcile.Saying {
	label := reconcile.Verbatim(string(c.Element))
	if e, ok := k.terms.Tables.Element(c.Element); ok {
		label = &reconcile.Saying{Text: e.LabelFR, English: e.LabelEN}
	}
	return reconcile.Say("arrondi : %s %s pour « %s » (%n bulletins sur %n lus), alors que la table dit qu'on %s",
		k.app.labels().For(k.run).Of(c.Side), roundingWords[c.Rounding], label, c.Follow, c.Payslips, roundingWords[c.Declared])
}

// neighbours finds what an agent was paid in the months around the run's. One
// goroutine uses one.
type neighbours struct {
	*comparison
	ctx    context.Context
	mapped map[reconcile.Period]*reconcile.Mapping
}

// paid implements explain.Neighbour.
func (n *neighbours) paid(side reconcile.Side, agent *reconcile.Agent, month reconcile.Period) (cells []reconcile.Cell, found, loaded bool, err error) {
	var loads []reconcile.Load
	for i := range n.around {
		if l := &n.around[i]; l.Side == side && l.Period == month {
			loads = append(loads, *l)
		}
	}
	key, ok := reconcile.KeyOf(agent, n.terms.Identity.Key)
	if len(loads) == 0 || !ok { // without a key of his own, he cannot be found there
		return nil, false, false, nil
	}
	if n.mapped[month] == nil {
		n.mapped[month] = n.terms.Tables.At(month)
	}
	rows, err := n.db.PayslipsOf(n.ctx, loads, key)
	if err != nil {
		return nil, false, true, err
	}
	for group, err := range reconcile.Assemble(rowsOf(rows)) {
		if err != nil || group.Shared {
			return nil, false, false, err
		}
		return n.mapped[month].Cells(side, group.Payslip), true, true, nil
	}
	return nil, false, true, nil
}

// loadsAround are the loads of the months before and after, of which timing is
// told: they decide the result too. A month of which one side is missing, or
// read under other settings, whose keys may be others, is as good as not loaded.
func (a *App) loadsAround(ctx context.Context, db *sqlite.DB) ([]reconcile.Load, error) {
	if a.Config.Months.Set() {
		return nil, nil
	}
	var around []reconcile.Load
	for _, month := range []reconcile.Period{a.Config.Period - 1, a.Config.Period + 1} {
		loads, err := db.ActiveLoads(ctx, month)
		if err != nil {
			return nil, err
		}
		ofONP := slices.IndexFunc(loads, func(l reconcile.Load) bool { return l.Side == reconcile.ONP })
		if ofONP > 0 && a.checkReading(loads) == nil { // the legacy ones come first
			around = append(around, loads...)
		}
	}
	slices.SortFunc(around, func(a, b reconcile.Load) int {
		return cmp.Or(cmp.Compare(a.Period, b.Period), cmp.Compare(a.Side, b.Side), compareFiles(&a, &b))
	})
	return around, nil
}
