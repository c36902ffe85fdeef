package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"bascule/reconcile"
	"bascule/reconcile/review"
	"bascule/reconcile/sqlite"
	"bascule/reports"
)

// gatesFor are the gates that judge a run, and leave their hash in it: none
// where months are compared, which says nothing of the switchover.
func (a *App) gatesFor(run *reconcile.Run, t *reconcile.Tables) ([]reconcile.Gate, error) {
	if run.Months.Set() {
		return nil, nil
	}
	gates, err := a.Config.gates(t)
	if err != nil {
		return nil, err
	}
	run.GatesHash = reconcile.GatesHash(gates)
	return gates, nil
}

// judge records what the run measured, and lets the gates judge it with the
// successive runs before it.
func (k *comparison) judge(ctx context.Context, measures []reconcile.Measure) error {
	if err := k.recorder.Measures(measures); err != nil {
		return err
	}
	if k.run.Months.Set() {
		return nil
	}
	if err := k.recorder.GateSet(k.gates); err != nil {
		return err
	}
	needs := 2 // the trend
	for i := range k.gates {
		needs = max(needs, k.gates[i].Needs())
	}
	before, err := measuredBefore(ctx, k.db, k.run, needs-1)
	if err != nil {
		return err
	}
	awaiting, err := k.recorder.Awaiting()
	if err != nil {
		return err
	}
	j := review.Judge(k.gates, k.terms.Tables.Waves, append([]review.Measured{{Run: k.run.ID, Measures: measures}}, before...), awaiting)
	s := &k.run.Summary
	s.Gates, s.Opinion, s.Opinions, s.AwaitingVisa = j.Results, j.Opinion, j.Waves, j.Awaiting
	return nil
}

// measuredBefore is what the successive runs before one measured, the newest
// first: those that compare both systems. Runs of the same files are one, which
// the last of them speaks for: neither a run made again, nor gates or a decision
// changed meanwhile, is another night that the systems held.
func measuredBefore(ctx context.Context, db *sqlite.DB, run *reconcile.Run, most int) ([]review.Measured, error) {
	runs, err := db.RunKeys(ctx)
	if err != nil {
		return nil, err
	}
	files, err := db.FilesOfRuns(ctx)
	if err != nil {
		return nil, err
	}
	var ids []int
	seen := map[string]bool{sqlite.Files(run.Loads): true}
	for i := range runs {
		r := &runs[i]
		if r.ID >= run.ID || r.Months.Set() || seen[files[r.ID]] {
			continue
		}
		if len(ids) == most {
			break
		}
		seen[files[r.ID]] = true
		ids = append(ids, r.ID)
	}
	measures, err := db.Measures(ctx, ids...)
	if err != nil {
		return nil, err
	}
	before := make([]review.Measured, len(ids))
	for i, id := range ids {
		before[i] = review.Measured{Run: id, Measures: measures[id]}
	}
	return before, nil
}

// gateOpinion is the opinion of a run on a wave, or on the whole ministry.
type gateOpinion struct {
	run        *reconcile.Run
	wave       string
	waves      []string
	loosenings []reconcile.Loosening
}

func (o *gateOpinion) opinion() reconcile.Opinion { return o.run.Summary.OpinionOn(o.wave) }

// Gate prints the opinion of a run, the last one when number is 0, on the wave
// asked for or on the whole ministry.
func (a *App) Gate(ctx context.Context, number int, wave string, asked bool) error {
	return a.withStore(ctx, func(db *sqlite.DB) error {
		run, err := findRun(ctx, db, number)
		if err != nil {
			return err
		}
		switch {
		case run.Months.Set():
			return &usageError{fmt.Sprintf("l'exécution n° %d compare deux mois d'un même système : aucun critère ne la juge", run.ID), "indiquez par --run une comparaison des deux systèmes"}
		case run.Summary.Opinion == "":
			return fmt.Errorf("l'exécution n° %d date d'avant les critères de bascule — relancez « bascule run »", run.ID)
		}
		o := gateOpinion{run: run, wave: reconcile.WholeMinistry}
		if o.waves, err = judgedWaves(ctx, db, run); err != nil {
			return err
		}
		if asked {
			o.wave = wave
			if !slices.Contains(o.waves, wave) || wave == reconcile.NoWave {
				return unknownWave(wave, o.waves)
			}
		}
		if o.loosenings, err = loosenings(ctx, db, run); err != nil {
			return err
		}
		a.unfavourable = o.opinion() == reconcile.Unfavourable
		if a.JSON {
			return a.print("", newGateJSON(&o))
		}
		return reports.WriteGate(a.Stdout, &reports.GateView{Run: run, Wave: o.wave, Waves: o.waves, Loosenings: o.loosenings, Labels: a.labels(), Lang: a.Config.Lang})
	})
}

func unknownWave(name string, waves []string) error {
	named := slices.DeleteFunc(slices.Clone(waves), func(w string) bool { return w == reconcile.NoWave })
	if len(named) == 0 {
		return &usageError{"--wave : vagues.csv ne définit aucune vague", "retirez --wave"}
	}
	hint := "vagues de cette exécution : " + strings.Join(named, ", ")
	return &usageError{fmt.Sprintf("--wave : vague inconnue : %q", name), hint}
}

// judgedWaves lists the waves that a run measured, in the order of vagues.csv as
// it was; the agents of none come last, where there are some.
func judgedWaves(ctx context.Context, db *sqlite.DB, run *reconcile.Run) ([]string, error) {
	measures, err := db.Measures(ctx, run.ID)
	if err != nil {
		return nil, err
	}
	var waves []string
	for _, m := range measures[run.ID] {
		if _, judged := run.Summary.Opinions[m.Wave]; judged && !slices.Contains(waves, m.Wave) {
			waves = append(waves, m.Wave)
		}
	}
	return waves, nil
}

// loosenings are all that ever became less demanding up to a run.
func loosenings(ctx context.Context, db *sqlite.DB, run *reconcile.Run) ([]reconcile.Loosening, error) {
	sets, err := db.GateSets(ctx, run.ID)
	return review.Loosenings(sets), err
}
