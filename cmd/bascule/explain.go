package main

import "github.com/spf13/cobra"

// explainCommand is "bascule explain".
func (a *App) explainCommand() *cobra.Command {
	var number int
	cmd := &cobra.Command{
		Use:   "explain AGENT [--period AAAA-MM] [--run N]",
		Short: "montre les deux bulletins d'un agent et la cause de chaque écart",
		Long: `Affiche côte à côte les deux bulletins d'un agent, et pour chaque écart sa cause, l'écart racine dont il découle et la règle
qui en a décidé. AGENT est son matricule, ou la clé ou le pseudonyme que donnent le classeur et discrepancies.csv.`,
		Example: "bascule explain 0000123456\nbascule explain 0000123456 --period 2013-11\nbascule explain 0000123456 --run 7",
		Args:    arguments(1, 1, "un AGENT"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := checkRun(cmd, number); err != nil {
				return err
			}
			if err := a.configure(cmd); err != nil {
				return err
			}
			return a.Explain(cmd.Context(), args[0], a.Config.Period, number, a.Stdout)
		},
	}
	addPeriod(cmd)
	cmd.Flags().IntVar(&number, "run", 0, "`n`uméro du run ; sinon le dernier du mois")
	return cmd
}
