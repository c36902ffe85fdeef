package main

import (
	"strconv"

	"github.com/spf13/cobra"
)

// runsCommand is "bascule runs".
func (a *App) runsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "runs",
		Short: "l'historique des runs : taux, tendance, entrées",
		Long: `Liste les runs, du plus récent au plus ancien, avec leurs taux de concordance et leurs écarts ouverts. La tendance, en points de taux,
les nouveaux et les résolus se comptent depuis le run d'avant.`,
		Example: "bascule runs\nbascule runs show 7",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := a.configure(cmd); err != nil {
				return err
			}
			return a.Runs(cmd.Context(), a.Stdout)
		},
	}
	cmd.AddCommand(&cobra.Command{
		Use:     "show N",
		Short:   "montre un run : entrées, empreintes, totaux, bouclage",
		Long:    "Montre un run en entier : ses fichiers et leurs empreintes, sa configuration, ses totaux et son bouclage, les décisions connues et son sceau.",
		Example: "bascule runs show 7",
		Args:    arguments(1, 1, "un numéro de run"),
		RunE: func(cmd *cobra.Command, args []string) error {
			number, err := strconv.Atoi(args[0])
			if err != nil || number < 1 {
				return &usageError{"ce n'est pas un numéro de run", "les numéros commencent à 1, voyez « bascule runs »"}
			}
			if err := a.configure(cmd); err != nil {
				return err
			}
			return a.ShowRun(cmd.Context(), number, a.Stdout)
		},
	})
	return cmd
}
