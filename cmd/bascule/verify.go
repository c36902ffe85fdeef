package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"bascule/reconcile"
)

// verifyCommand is "bascule verify".
func (a *App) verifyCommand() *cobra.Command {
	var last bool
	cmd := &cobra.Command{
		Use:   "verify [--last]",
		Short: "contrôle que rien n'a été réécrit : base, chaîne des sceaux, sommes, fichiers publiés",
		Long: `Relit toute la base sans rien y écrire : son intégrité, son schéma, la chaîne des sceaux qui lie chargements, exécutions, publications
et imports de décisions, chaque ligne scellée, puis les sommes des chargements et des exécutions. Relit enfin les fichiers publiés :
les CSV à l'octet, les classeurs cellule par cellule hors des colonnes du valideur. Dit quelles exécutions ne tiennent plus, et où.
Le sceau d'une exécution est imprimé dans summary.json et dans la feuille Contrôles : gardez-en une copie hors de la machine.`,
		Example: "bascule verify\nbascule verify --last\nbascule verify --json",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := a.configure(cmd); err != nil {
				return err
			}
			v, err := a.Verify(cmd.Context(), last)
			if err != nil {
				return err
			}
			a.Progress.Done()
			if err := a.print(verifyText(v, last), verifyViewOf(v)); err != nil {
				return err
			}
			return brokenError(v)
		},
	}
	cmd.Flags().BoolVar(&last, "last", false, "la dernière exécution seulement, avec ce dont elle dépend")
	return cmd
}

var errBroken = errors.New("la base ou les fichiers publiés ont été modifiés")

// brokenError makes the command fail when something no longer holds.
func brokenError(v *reconcile.Verification) error {
	if v.Broken() == 0 {
		return nil
	}
	return fmt.Errorf("%w : %s%s — conservez-les en l'état pour l'enquête, puis restaurez une sauvegarde", errBroken, numberOf(v.Broken(), "problème"), inRuns(brokenRuns(v)))
}

// brokenRuns are the runs that no longer hold, in order.
func brokenRuns(v *reconcile.Verification) []int {
	var runs []int
	for i := range v.Findings {
		if !v.Findings[i].Warning {
			runs = append(runs, v.Findings[i].Runs...)
		}
	}
	return distinct(runs)
}

func inRuns(runs []int) string {
	if len(runs) == 0 {
		return ""
	}
	return ", " + runsText(runs)
}

// runsText names runs: "exécutions 1, 2 et 7 à 9".
func runsText(runs []int) string {
	var parts []string
	for i := 0; i < len(runs); {
		j := i
		for j+1 < len(runs) && runs[j+1] == runs[j]+1 {
			j++
		}
		switch j - i {
		case 0:
			parts = append(parts, fmt.Sprint(runs[i]))
		case 1:
			parts = append(parts, fmt.Sprint(runs[i]), fmt.Sprint(runs[j]))
		default:
			parts = append(parts, fmt.Sprintf("%d à %d", runs[i], runs[j]))
		}
		i = j + 1
	}
	if len(runs) == 1 {
		return "exécution " + parts[0]
	}
	return "exécutions " + strings.Join(parts, ", ")
}

func numberOf(n int, word string) string {
	if n > 1 {
		word += "s"
	}
	return grouped(int64(n)) + " " + word
}

// verifyText prints one line for each finding, then the verdict.
func verifyText(v *reconcile.Verification, last bool) string {
	var b strings.Builder
	for i := range v.Findings {
		b.WriteString(findingText(&v.Findings[i]) + "\n")
	}
	covered := fmt.Sprintf("%s, %s, %s", numberOf(v.Sealed.Runs, "exécution"), numberOf(v.Sealed.Loads, "chargement"), numberOf(v.Sealed.Imports, "import"))
	for i := range v.Purges {
		b.WriteString(purgedText(&v.Purges[i]))
	}
	if v.Unsealed > 0 {
		fmt.Fprintf(&b, "⚠ %s d'avant la chaîne des sceaux : non scellées, leurs sommes et leurs fichiers seuls sont vérifiés\n", numberOf(v.Unsealed, "exécution"))
	}
	scope := ""
	if last {
		scope = " (la dernière exécution relue, la chaîne en entier)"
	}
	if v.Broken() == 0 {
		fmt.Fprintf(&b, "✔ %s : tout tient%s\n", covered, scope)
	} else {
		fmt.Fprintf(&b, "✘ %s : %s%s%s\n", covered, numberOf(v.Broken(), "problème"), inRuns(brokenRuns(v)), scope)
	}
	if n := len(v.Runs); n > 0 && v.Runs[n-1].Summary.Seal != "" {
		fmt.Fprintf(&b, "  sceau de l'exécution %d : %s\n", v.Runs[n-1].ID, v.Runs[n-1].Summary.Seal)
	}
	fmt.Fprintf(&b, "  tête de la chaîne (%s) : %s\n", numberOf(int(v.Entries), "entrée"), v.Head)
	return b.String()
}

// findingText is one line: which runs, where, what, and what to do.
func findingText(f *reconcile.Finding) string {
	mark := "✘ "
	if f.Warning {
		mark = "⚠ "
	}
	var where []string
	if len(f.Runs) > 0 {
		where = append(where, runsText(f.Runs))
	}
	if f.Table != "" {
		where = append(where, "table "+f.Table)
	}
	if f.Rows != "" {
		where = append(where, f.Rows)
	}
	text := mark + strings.Join(where, ", ")
	if len(where) > 0 {
		text += " : "
	}
	text += f.What
	if f.Hint != "" {
		text += " — " + f.Hint
	}
	return text
}

// verifyView is the result as --json prints it.
type verifyView struct {
	OK       bool                `json:"ok"`
	Runs     int                 `json:"runs"`
	Loads    int                 `json:"loads"`
	Imports  int                 `json:"imports"`
	Unsealed int                 `json:"unsealed"`
	Entries  int64               `json:"entries"`
	Head     string              `json:"head"`
	Broken   []int               `json:"broken_runs"`
	Findings []reconcile.Finding `json:"findings"`
	Purges   []reconcile.Purge   `json:"purges"`
	Seals    []sealView          `json:"seals"`
}

type sealView struct {
	Run  int    `json:"run"`
	Seal string `json:"seal"`
}

func verifyViewOf(v *reconcile.Verification) verifyView {
	view := verifyView{v.Broken() == 0, v.Sealed.Runs, v.Sealed.Loads, v.Sealed.Imports, v.Unsealed, v.Entries, v.Head,
		append([]int{}, brokenRuns(v)...), append([]reconcile.Finding{}, v.Findings...), append([]reconcile.Purge{}, v.Purges...), []sealView{}}
	for i := range view.Findings {
		view.Findings[i].Runs = append([]int{}, view.Findings[i].Runs...)
	}
	for i := range v.Runs {
		view.Seals = append(view.Seals, sealView{v.Runs[i].ID, v.Runs[i].Summary.Seal})
	}
	return view
}
