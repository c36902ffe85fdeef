package main

import (
	"slices"

	"github.com/spf13/cobra"
)

// completeWithout has the shell propose no file in place of a month.
func completeWithout(cmd *cobra.Command, option string) {
	if err := cmd.RegisterFlagCompletionFunc(option, cobra.NoFileCompletions); err != nil {
		panic("completion of an option that does not exist: " + err.Error())
	}
}

var shells = []string{"bash", "zsh", "fish", "powershell"}

// completionCommand is "bascule completion". It stands for cobra's own, whose
// help is English.
func (a *App) completionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "completion SHELL",
		Short: "écrit le script qui complète les commandes au clavier",
		Long: `Écrit sur la sortie standard le script qui complète commandes et options quand on presse la touche Tab.
SHELL est bash, zsh, fish ou powershell.`,
		Example: `source <(bascule completion bash)
bascule completion fish > ~/.config/fish/completions/bascule.fish`,
		Args:      arguments(1, 1, "bash, zsh, fish ou powershell"),
		ValidArgs: shells,
		RunE: func(cmd *cobra.Command, args []string) error {
			root := cmd.Root()
			switch args[0] {
			case "bash":
				return root.GenBashCompletionV2(a.Stdout, true)
			case "zsh":
				return root.GenZshCompletion(a.Stdout)
			case "fish":
				return root.GenFishCompletion(a.Stdout, true)
			case "powershell":
				return root.GenPowerShellCompletionWithDesc(a.Stdout)
			}
			hint := "écrivez bash, zsh, fish ou powershell"
			if near := nearest(args[0], slices.Clone(shells)); near != "" {
				hint = "vouliez-vous « bascule completion " + near + " » ?"
			}
			return &usageError{"interpréteur inconnu", hint}
		},
	}
}
