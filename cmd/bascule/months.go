package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"bascule/reconcile"
	"bascule/reconcile/extract"
	"bascule/reconcile/sqlite"
	"bascule/reports"
)

// addMonths gives a command the options that compare one system with itself.
func addMonths(cmd *cobra.Command) {
	cmd.Flags().String("side", "", "`côté` à comparer à lui-même, avec --legacy-period : legacy ou onp")
	cmd.Flags().String("legacy-period", "", "mois antérieur, `AAAA-MM`, qui prend la place de l'ancien système")
	completeSides(cmd)
}

// completeSides has the shell propose the sides, and no file in place of a month.
func completeSides(cmd *cobra.Command) {
	propose := func(name string, words ...cobra.Completion) {
		if err := cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp)); err != nil {
			panic("completion of an option that does not exist: " + err.Error())
		}
	}
	propose("side", cobra.CompletionWithDesc("legacy", "l'ancien système"), cobra.CompletionWithDesc("onp", "le nouveau"))
	for _, month := range []string{"period", "legacy-period"} {
		if cmd.Flags().Lookup(month) != nil {
			propose(month)
		}
	}
}

// parseMonths reads the options of addMonths; a command without them compares
// the systems.
func parseMonths(cmd *cobra.Command) (m reconcile.Months, err error) {
	earlier := cmd.Flags().Lookup("legacy-period")
	if earlier == nil {
		return m, nil
	}
	side := cmd.Flags().Lookup("side")
	switch {
	case !earlier.Changed && !side.Changed:
		return m, nil
	case !earlier.Changed:
		return m, &usageError{"--legacy-period : est obligatoire avec --side", "écrivez aussi le mois antérieur : --legacy-period 2013-11"}
	case !side.Changed:
		return m, &usageError{"--side : est obligatoire avec --legacy-period", "écrivez aussi le système à comparer à lui-même : --side legacy ou --side onp"}
	}
	if m.Side, err = parseSide(side.Value.String()); err != nil {
		return m, err
	}
	if m.Earlier, err = reconcile.ParsePeriod(earlier.Value.String()); err != nil {
		err = &usageError{"--legacy-period : " + err.Error(), "écrivez le mois antérieur : --legacy-period 2013-11"}
	}
	return m, err
}

// compareMonths puts the months in the configuration, the later one being its
// month of pay.
func (c *Config) compareMonths(m reconcile.Months) error {
	if m.Set() && m.Earlier >= c.Period {
		return &usageError{fmt.Sprintf("--legacy-period : doit précéder le mois de paye, %v", c.Period), "écrivez un mois antérieur, ou donnez l'autre mois par --period"}
	}
	c.Months = m
	return nil
}

// intake is what is to be loaded of one system for one month.
type intake struct {
	side   reconcile.Side
	period reconcile.Period
	files  []Extract
}

// intakes lists what the run reads: the files of both systems, or of one for
// both months. An earlier month whose paths do not tell it is left to what is
// loaded already.
func (a *App) intakes() ([]intake, error) {
	c := a.Config
	var all []intake
	for _, place := range reconcile.Sides {
		in := intake{}
		in.side, in.period = c.Months.Source(place, c.Period)
		if in.period != c.Period && !c.monthly(in.side) {
			continue
		}
		var err error
		if in.files, err = c.FilesOf(in.side, in.period); err != nil {
			return nil, err
		}
		all = append(all, in)
	}
	return all, nil
}

// monthly tells whether all inputs of a side name their month of pay.
func (c *Config) monthly(side reconcile.Side) bool {
	return !slices.ContainsFunc(c.patterns[side], func(in Input) bool { return !strings.Contains(string(in.Path)+in.Member, periodMark) })
}

// inForce lists the loads in force for the places that no intake feeds; a place
// without any is refused, before anything is read.
func (a *App) inForce(ctx context.Context, db *sqlite.DB, read []intake) ([]reconcile.Load, error) {
	c := a.Config
	var all []reconcile.Load
	for _, place := range reconcile.Sides {
		system, month := c.Months.Source(place, c.Period)
		if slices.ContainsFunc(read, func(in intake) bool { return in.side == system && in.period == month }) {
			continue
		}
		loads, err := db.ActiveLoads(ctx, month)
		if err != nil {
			return nil, err
		}
		loads = slices.DeleteFunc(loads, func(l reconcile.Load) bool { return l.Side != system })
		if len(loads) == 0 {
			return nil, c.notLoaded(place)
		}
		if err := a.checkReading(loads); err != nil {
			return nil, err
		}
		all = append(all, loads...)
	}
	return all, nil
}

// checkReading refuses loads that were read in another way than today's: under
// another identity or layout, or by a program that read otherwise.
func (a *App) checkReading(loads []reconcile.Load) error {
	p := loadPlan{app: a, layouts: make(map[string]*extract.Layout), options: extract.Options{Identity: a.Config.Identity.Identity}}
	for i := range loads {
		l := &loads[i]
		layout, err := p.layout(l.Layout)
		if err != nil {
			return err
		}
		if l.Options != p.digest(layout) {
			return fmt.Errorf("%s a été chargé sous d'autres réglages (identité, format, limites) ou par une autre version — relancez « bascule run », ou chargez-le de nouveau par « bascule load --side %v --period %v --layout %s FICHIER »", l.Path, l.Side, l.Period, l.Layout)
		}
	}
	return nil
}

// notLoaded says that nothing takes a side's place, and what to do.
func (c *Config) notLoaded(place reconcile.Side) error {
	system, month := c.Months.Source(place, c.Period)
	remedy := fmt.Sprintf("chargez ses fichiers par « bascule load --side %v »", system)
	if c.Months.Set() {
		remedy = fmt.Sprintf("chargez ses fichiers par « bascule load --side %v --period %v FICHIER », ou écrivez %s dans leur chemin (inputs.%v)", system, month, periodMark, system)
	}
	return fmt.Errorf("rien n'est chargé côté %s pour %v : tout y serait absent — %s", c.Labels.Of(system), month, remedy)
}

// labels are the names of the systems; those of a run's sides are labels().For(run).
func (a *App) labels() reports.Labels {
	return reports.Labels{Legacy: a.Config.Labels.Legacy, ONP: a.Config.Labels.ONP}
}

// workbookName names the workbook of a run by what it compares.
func workbookName(run *reconcile.Run) string {
	if run.Months.Set() {
		return fmt.Sprintf("ecarts-%v-%v-%v-run-%04d.xlsx", run.Months.Side, run.Months.Earlier, run.Period, run.ID)
	}
	return fmt.Sprintf("ecarts-%v-run-%04d.xlsx", run.Period, run.ID)
}
