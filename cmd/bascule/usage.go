package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"bascule/reconcile"
)

// usageError is a command line that cannot be understood, and how to write it.
type usageError struct {
	what string
	hint string
}

func (e *usageError) Error() string { return e.what + " — " + e.hint }

func seeHelp(cmd *cobra.Command) string { return "voyez « " + cmd.CommandPath() + " --help »" }

// translateFlagError says in French what pflag found wrong. Values are not
// repeated: an option may hold what must not be printed.
func translateFlagError(cmd *cobra.Command, err error) error {
	if given := cmd.Flags().Args(); !cmd.HasParent() && len(given) > 0 {
		return unknownCommand(cmd, given[0])
	}
	var (
		unknown *pflag.NotExistError
		missing *pflag.ValueRequiredError
		invalid *pflag.InvalidValueError
	)
	switch {
	case errors.As(err, &unknown):
		return unknownFlag(cmd, unknown)
	case errors.As(err, &missing):
		return &usageError{fmt.Sprintf("l'option --%s attend une valeur", missing.GetFlag().Name), seeHelp(cmd)}
	case errors.As(err, &invalid):
		return &usageError{fmt.Sprintf("--%s : n'est pas %s", invalid.GetFlag().Name, expected(invalid.GetFlag())), seeHelp(cmd)}
	}
	return &usageError{"option mal écrite", seeHelp(cmd)}
}

func unknownFlag(cmd *cobra.Command, e *pflag.NotExistError) error {
	if e.GetSpecifiedShortnames() != "" {
		return &usageError{fmt.Sprintf("option inconnue : -%s", e.GetSpecifiedName()), seeHelp(cmd)}
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	hint := seeHelp(cmd)
	if near := nearest(e.GetSpecifiedName(), names); near != "" {
		hint = "vouliez-vous --" + near + " ?"
	}
	return &usageError{fmt.Sprintf("option inconnue : --%s", e.GetSpecifiedName()), hint}
}

// expected names what an option holds, for the sentence "n'est pas …".
func expected(f *pflag.Flag) string {
	switch f.Value.Type() {
	case "bool":
		return "true ou false"
	case "int", "int64", "uint64":
		return "un nombre entier possible"
	}
	return "une valeur possible"
}

// unknownCommand suggests the command that was probably meant.
func unknownCommand(parent *cobra.Command, name string) error {
	var names []string
	for _, c := range parent.Commands() {
		if !c.Hidden {
			names = append(names, c.Name())
		}
	}
	hint := seeHelp(parent)
	if near := nearest(name, names); near != "" {
		hint = fmt.Sprintf("vouliez-vous « %s %s » ?", parent.CommandPath(), near)
	}
	return &usageError{fmt.Sprintf("commande inconnue : %q", name), hint}
}

// noArguments refuses anything after the options; for a command that has
// sub-commands, it takes what it finds for one.
func noArguments(cmd *cobra.Command, args []string) error {
	switch {
	case len(args) == 0:
		return nil
	case cmd.HasSubCommands():
		return unknownCommand(cmd, args[0])
	}
	return &usageError{fmt.Sprintf("« %s » n'attend pas d'argument", cmd.CommandPath()), seeHelp(cmd)}
}

// arguments wants between least and most arguments, named in the help; a
// negative most is no limit.
func arguments(least, most int, name string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) < least:
			return &usageError{fmt.Sprintf("« %s » attend %s", cmd.CommandPath(), name), seeHelp(cmd)}
		case most >= 0 && len(args) > most:
			return &usageError{fmt.Sprintf("« %s » n'attend rien après %s", cmd.CommandPath(), name), seeHelp(cmd)}
		}
		for _, arg := range args {
			if strings.TrimSpace(arg) == "" {
				return &usageError{fmt.Sprintf("« %s » a reçu un argument vide", cmd.CommandPath()), "attendu : " + name}
			}
		}
		return nil
	}
}

// parseSide reads the option --side.
func parseSide(text string) (reconcile.Side, error) {
	if side, ok := reconcile.ParseSide(text); ok {
		return side, nil
	}
	what := "--side : côté inconnu"
	if text == "" {
		what = "--side : est obligatoire"
	}
	return 0, &usageError{what, "écrivez --side legacy ou --side onp"}
}
