package main

import (
	"github.com/spf13/cobra"
)

const aboutBascule = `bascule compare, agent par agent et au centime, ce que deux systèmes de paye versent pour un même mois :
l'ancien (PSOP) et le nouveau (ONP). Il dit qui serait payé autrement, de combien, pourquoi, et de quel côté est l'erreur.

Pour commencer :
  bascule init                                  écrit une configuration et des tables commentées
  bascule generate --agents 300 --seed 1 --out . fabrique deux extractions d'essai
  bascule run                                   charge, compare, et écrit le classeur des écarts`

// rootCommand assembles the command line.
func (a *App) rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:               "bascule COMMANDE",
		Long:              aboutBascule,
		SilenceErrors:     true,
		SilenceUsage:      true,
		DisableAutoGenTag: true,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
		PersistentPreRunE: a.prepare,
		// Arbitrary, so that an unknown command comes to RunE and not to cobra's English.
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(cmd, args[0])
			}
			if err := writeHelp(a.Stderr, cmd); err != nil {
				return err
			}
			return &usageError{"il manque une commande", "écrivez par exemple « bascule run »"}
		},
	}
	flags := root.PersistentFlags()
	flags.StringVar(&a.configFile, "config", "config.yaml", "`fichier` de configuration")
	flags.BoolVar(&a.JSON, "json", false, "résultat en JSON sur la sortie standard")
	flags.BoolVar(&a.Quiet, "quiet", false, "ni avancement ni journal, sauf les avertissements")
	flags.StringVar(&a.logFormat, "log-format", "text", "`forme` du journal, text ou json")
	flags.String("lang", "", "`langue` des résultats, fr ou en ; sinon celle de la configuration")
	flags.StringVar(&a.profile, "profile", "", "`dossier` où écrire les profils d'exécution, pour qui mesure le programme")
	_ = flags.MarkHidden("profile")
	flags.BoolP("help", "h", false, "affiche cette aide")
	flags.SortFlags = false

	root.SetFlagErrorFunc(translateFlagError)
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) { _ = writeHelp(a.Stdout, cmd) })
	root.SetUsageFunc(func(cmd *cobra.Command) error { return writeHelp(a.Stderr, cmd) })
	root.SetHelpCommand(a.helpCommand())
	root.AddCommand(a.initCommand(), a.generateCommand(), a.runCommand(), a.loadCommand(), a.compareCommand(), a.reportCommand(),
		a.explainCommand(), a.runsCommand(), a.reviewCommand(), a.gateCommand(), a.budgetCommand(), a.verifyCommand(), a.purgeCommand(), a.backupCommand(), a.layoutCommand(), a.mappingCommand(), a.versionCommand(), a.completionCommand())
	return root
}

// addPeriod gives a command the option that overrides the key period.
func addPeriod(cmd *cobra.Command) {
	cmd.Flags().String("period", "", "mois de paye, `AAAA-MM`, à la place de celui de la configuration")
}
