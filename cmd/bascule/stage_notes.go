package main

import (
	"context"
	"fmt"
	"strings"

	"bascule/mappings"
	"bascule/reconcile"
	"bascule/reports"
)

// notes gathers what a reader of the run must know and no figure says.
func (k *comparison) notes(ctx context.Context, tally *reconcile.Tally) error {
	var notes []*reconcile.Saying
	for i := range k.run.Loads {
		l := &k.run.Loads[i]
		warnings, err := k.db.Warnings(ctx, l.ID)
		if err != nil {
			return err
		}
		for _, w := range warnings {
			notes = append(notes, reconcile.Say("%s : %s", l.Path, w))
		}
	}
	labels := k.app.labels().For(k.run)
	for _, side := range reconcile.Sides {
		for _, of := range []func(context.Context, *reconcile.SideTally) (*reconcile.Saying, error){k.unbalanced, k.doubtfulNIRs} {
			note, err := of(ctx, &tally.Sides[side])
			if err != nil {
				return err
			}
			if note != nil {
				notes = append(notes, reconcile.Say("%s : %s", labels.Of(side), note))
			}
		}
	}
	purged, err := k.afterPurge(ctx)
	notes = append(append(notes, k.reckoned...), purged...)
	s := &k.run.Summary
	s.Sayings = append(notes, mappings.Warnings(k.terms.Tables)...)
	s.Notes = reports.Worded(s, k.app.Config.Lang).Notes
	return err
}

func (k *comparison) unbalanced(ctx context.Context, t *reconcile.SideTally) (*reconcile.Saying, error) {
	if t.Unbalanced == 0 {
		return nil, nil
	}
	places, err := k.db.Places(ctx, t.Examples[:min(3, len(t.Examples))])
	var examples []string
	for _, p := range places {
		examples = append(examples, fmt.Sprintf("%s:%d", p.Path, p.Line))
	}
	return reconcile.Say("%n bulletin(s) dont les totaux déclarés ne sont pas ceux de leurs lignes, par exemple %s", t.Unbalanced, strings.Join(examples, " ")), err
}

// doubtfulNIRs tells how many NIRs do not prove who is paid. They still find
// him, except the masked ones: nothing is refused for them.
func (k *comparison) doubtfulNIRs(ctx context.Context, t *reconcile.SideTally) (*reconcile.Saying, error) {
	var parts []*reconcile.Saying
	for _, s := range []struct {
		state reconcile.NIRState
		words *reconcile.Saying
	}{{reconcile.NIRWrongKey, reconcile.Say("à clé fausse")}, {reconcile.NIRProvisional, reconcile.Say("provisoire(s)")},
		{reconcile.NIRMalformed, reconcile.Say("mal formé(s)")}, {reconcile.NIRMasked, reconcile.Say("masqué(s)")}} {
		n := t.NIRs[s.state]
		if n == 0 {
			continue
		}
		places, err := k.db.Places(ctx, []int64{t.NIRRows[s.state]})
		if err != nil {
			return nil, err
		}
		parts = append(parts, reconcile.Say("%n %s (par exemple %s:%s)", n, s.words, places[0].Path, places[0].Line))
	}
	if parts == nil {
		return nil, nil
	}
	return reconcile.Say("NIR %s", reconcile.List(parts)), nil
}
