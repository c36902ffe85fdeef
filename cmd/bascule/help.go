package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// commandGroups is the order in which the help shows the commands: that in
// which a newcomer meets them.
var commandGroups = []struct {
	title    string
	commands []string
}{
	{"Mettre en route", []string{"init", "layout", "generate"}},
	{"Réconcilier", []string{"run", "load", "compare", "report"}},
	{"Comprendre", []string{"explain", "runs", "mapping"}},
	{"Décider", []string{"review", "gate", "budget"}},
	{"Prouver et conserver", []string{"verify", "backup", "purge"}},
	{"Outils", []string{"version", "completion", "help"}},
}

const exitCodesHelp = `Codes de sortie :
  0    rien n'est ouvert : tout est égal, toléré ou justifié
  1    il reste des écarts ouverts
  2    commande, configuration ou fichier refusé, ou autre échec
  3    une autre exécution travaille sur la base
  4    gate : l'avis de bascule est défavorable
  130  interrompu
`

// writeHelp prints the help of a command. It stands for the templates of
// cobra, whose words and default values are English.
func writeHelp(w io.Writer, cmd *cobra.Command) error {
	var b strings.Builder
	about := cmd.Long
	if about == "" {
		about = cmd.Short
	}
	fmt.Fprintf(&b, "%s\n\n%s\n", strings.TrimSpace(about), usageLine(cmd))
	if cmd.Example != "" {
		fmt.Fprintf(&b, "\nExemples :\n%s\n", indent(cmd.Example))
	}
	writeCommands(&b, cmd)
	// help is an option of every command, listed with the common ones.
	own := flagLines(cmd.NonInheritedFlags(), cmd.Root().PersistentFlags())
	if len(own) > 0 {
		fmt.Fprintf(&b, "\nOptions :\n%s", columns(own))
	}
	if common := flagLines(cmd.Root().PersistentFlags(), nil); len(common) > 0 {
		fmt.Fprintf(&b, "\nOptions communes :\n%s", columns(common))
	}
	if !cmd.HasParent() {
		b.WriteString("\n" + exitCodesHelp)
		fmt.Fprintf(&b, "\nL'aide d'une commande : %s COMMANDE --help\n", cmd.CommandPath())
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// usageLine shows how the command is written.
func usageLine(cmd *cobra.Command) string {
	line := cmd.CommandPath()
	if _, rest, ok := strings.Cut(cmd.Use, " "); ok {
		line += " " + rest
	}
	return "Usage : " + line + " [options]"
}

func writeCommands(b *strings.Builder, cmd *cobra.Command) {
	if !cmd.HasAvailableSubCommands() {
		return
	}
	if cmd.HasParent() {
		var lines [][2]string
		for _, c := range cmd.Commands() {
			lines = append(lines, [2]string{c.Name(), c.Short})
		}
		fmt.Fprintf(b, "\nCommandes :\n%s", columns(lines))
		return
	}
	for _, group := range commandGroups {
		var lines [][2]string
		for _, name := range group.commands {
			i := slices.IndexFunc(cmd.Commands(), func(c *cobra.Command) bool { return c.Name() == name })
			if i >= 0 {
				lines = append(lines, [2]string{name, cmd.Commands()[i].Short})
			}
		}
		fmt.Fprintf(b, "\n%s :\n%s", group.title, columns(lines))
	}
}

// flagLines describes the options that are not among the excluded ones.
func flagLines(flags, excluded *pflag.FlagSet) [][2]string {
	var lines [][2]string
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden || excluded != nil && excluded.Lookup(f.Name) != nil {
			return
		}
		placeholder, about := pflag.UnquoteUsage(f)
		name := "    --" + f.Name
		if f.Shorthand != "" {
			name = "-" + f.Shorthand + ", --" + f.Name
		}
		if f.Value.Type() != "bool" {
			name += " " + strings.ToUpper(placeholder)
		}
		if f.DefValue != "" && f.DefValue != "0" && f.DefValue != "false" {
			about += fmt.Sprintf(" (par défaut : %s)", f.DefValue)
		}
		lines = append(lines, [2]string{name, about})
	})
	return lines
}

// columns prints pairs in two aligned columns.
func columns(lines [][2]string) string {
	width := 0
	for _, line := range lines {
		width = max(width, utf8.RuneCountInString(line[0]))
	}
	var b strings.Builder
	for _, line := range lines {
		fmt.Fprintf(&b, "  %s%s  %s\n", line[0], strings.Repeat(" ", width-utf8.RuneCountInString(line[0])), line[1])
	}
	return b.String()
}

func indent(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return "  " + strings.Join(lines, "\n  ")
}

// helpCommand is "bascule help COMMANDE".
func (a *App) helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMANDE]",
		Short: "affiche l'aide d'une commande",
		Long:  "Affiche l'aide d'une commande, ou la liste des commandes.",
		RunE: func(cmd *cobra.Command, args []string) error {
			target := cmd.Root()
			for _, name := range args {
				i := slices.IndexFunc(target.Commands(), func(c *cobra.Command) bool { return c.Name() == name && !c.Hidden })
				if i < 0 {
					return unknownCommand(target, name)
				}
				target = target.Commands()[i]
			}
			return writeHelp(a.Stdout, target)
		},
	}
}
