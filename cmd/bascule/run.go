package main

import (
	"github.com/spf13/cobra"

	"bascule/reports"
)

// runCommand is "bascule run".
func (a *App) runCommand() *cobra.Command {
	var force bool
	cmd := &cobra.Command{
		Use:   "run [--period AAAA-MM] [--side onp|legacy --legacy-period AAAA-MM] [--force]",
		Short: "le traitement de nuit : charge, compare, explique et publie",
		Long: `Charge les extractions des deux côtés, les compare au centime, cherche la cause de chaque écart et publie les résultats
dans un dossier neuf, <output>/<mois>/run-NNNN. La commande peut être relancée sans risque : si rien n'a changé, rien n'est refait.

Avec --side et --legacy-period, compare un seul système à lui-même : sa paye d'un mois antérieur prend la place de l'ancien système,
celle du mois de paye la place du nouveau. Les deux mois sont chargés quand leur chemin contient {period} ; sinon l'antérieur doit l'être.`,
		Example: `bascule run
bascule run --period 2014-01
bascule run --side onp --legacy-period 2013-11 --period 2013-12
bascule run --config /etc/bascule/interieur.yaml --quiet --log-format json`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			a.night = true
			return a.reconcile(cmd, func() (*RunResult, error) { return a.Run(cmd.Context(), force) })
		},
	}
	addPeriod(cmd)
	addMonths(cmd)
	cmd.Flags().BoolVar(&force, "force", false, "refait le travail même si rien n'a changé depuis le dernier run")
	return cmd
}

// compareCommand is "bascule compare".
func (a *App) compareCommand() *cobra.Command {
	var force bool
	cmd := &cobra.Command{
		Use:   "compare [--period AAAA-MM] [--side onp|legacy --legacy-period AAAA-MM] [--force]",
		Short: "compare ce qui est chargé, sans relire de fichier ni publier",
		Long: `Compare les deux côtés tels qu'ils sont chargés dans la base et enregistre un run. C'est le deuxième tiers de « bascule run » ;
« bascule report » en est le dernier. Avec --side et --legacy-period, compare un seul système à lui-même, d'un mois sur l'autre.`,
		Example: "bascule compare\nbascule compare --period 2014-01 --force\nbascule compare --side onp --legacy-period 2013-11",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.reconcile(cmd, func() (*RunResult, error) { return a.Compare(cmd.Context(), force) })
		},
	}
	addPeriod(cmd)
	addMonths(cmd)
	cmd.Flags().BoolVar(&force, "force", false, "compare même si rien n'a changé depuis le dernier run")
	return cmd
}

// reportCommand is "bascule report".
func (a *App) reportCommand() *cobra.Command {
	var number int
	cmd := &cobra.Command{
		Use:   "report [--run N]",
		Short: "publie les résultats d'un run : classeurs, page HTML, CSV, JSON",
		Long: `Écrit les résultats d'un run déjà comparé : le classeur des écarts, celui du budget, celui de l'avis de bascule, son baromètre en HTML,
discrepancies.csv, rejects.csv et summary.json.
C'est le dernier tiers de « bascule run ».`,
		Example: "bascule report\nbascule report --run 7",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := checkRun(cmd, number); err != nil {
				return err
			}
			return a.reconcile(cmd, func() (*RunResult, error) { return a.Report(cmd.Context(), number) })
		},
	}
	cmd.Flags().IntVar(&number, "run", 0, "`n`uméro du run ; sinon le dernier")
	return cmd
}

// reconcile runs a stage that ends with a run, and prints its result.
func (a *App) reconcile(cmd *cobra.Command, stage func() (*RunResult, error)) error {
	months, err := parseMonths(cmd)
	if err != nil {
		return err
	}
	if err := a.configure(cmd); err != nil {
		return err
	}
	a.about(a.Config.Period, 0)
	if err := a.Config.compareMonths(months); err != nil {
		return err
	}
	var result *RunResult
	err = a.exclusively(func() (err error) {
		result, err = stage()
		return err
	})
	if err != nil {
		return err
	}
	a.Progress.Done()
	a.open, a.finished = result.Open, result.Run
	return a.print(result.Text, reports.Worded(&result.Run.Summary, a.Config.Lang))
}

// checkRun refuses an option --run that is given and is no run number.
func checkRun(cmd *cobra.Command, number int) error {
	if cmd.Flags().Changed("run") && number < 1 {
		return &usageError{"--run : n'est pas un numéro de run", "les numéros commencent à 1, voyez « bascule runs »"}
	}
	return nil
}
