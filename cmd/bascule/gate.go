package main

import (
	"github.com/spf13/cobra"
)

// gateCommand is "bascule gate".
func (a *App) gateCommand() *cobra.Command {
	var wave string
	var number int
	cmd := &cobra.Command{
		Use:   "gate [--wave V] [--run N]",
		Short: "l'avis de bascule : favorable ou non, critère par critère",
		Long: `Dit l'avis de bascule d'un run, tel que ses critères l'ont rendu : chaque critère avec sa valeur, son seuil et le nombre de runs
successifs où il est tenu, puis tout ce qui a été assoupli depuis le premier jour. Les critères sont dans gates.csv, ou sous gates: dans
la configuration ; les changer vaut pour le prochain run. L'avis défavorable se signale par le code de sortie 4.`,
		Example: "bascule gate\nbascule gate --wave V1\nbascule gate --run 7 --json",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := checkRun(cmd, number); err != nil {
				return err
			}
			if err := a.configure(cmd); err != nil {
				return err
			}
			return a.Gate(cmd.Context(), number, wave, cmd.Flags().Changed("wave"))
		},
	}
	cmd.Flags().StringVar(&wave, "wave", "", "`vague` de vagues.csv ; sinon tout le ministère")
	cmd.Flags().IntVar(&number, "run", 0, "`n`uméro du run ; sinon le dernier")
	return cmd
}
