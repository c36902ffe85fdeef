package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"bascule/reconcile"
)

// purgeCommand is "bascule purge".
func (a *App) purgeCommand() *cobra.Command {
	var before string
	var dryRun, force bool
	cmd := &cobra.Command{
		Use:   "purge --before AAAA-MM [--dry-run] [--force]",
		Short: "durée de conservation : efface les personnes des mois d'avant, garde les totaux et la chaîne",
		Long: `Efface, pour les mois de paye d'avant AAAA-MM, les bulletins, les rejets et leurs octets, les écarts, ce que les décisions disaient
d'une personne, et les fichiers publiés qui nomment quelqu'un. Restent les chargements, les exécutions, leurs synthèses, leurs totaux, la
masse salariale, les avis et la chaîne des sceaux, que « bascule verify » parcourt toujours.

Ce qui est à effacer est d'abord tenu à ses sceaux : une base modifiée à la main n'est pas purgée. L'effacement est scellé, la base
réécrite sans page libre, son journal vidé, puis les octets des deux relus : clés, NIR, matricules, noms et lignes rejetées effacés y sont
cherchés, et le compte en est donné. Interrompue, la commande se relance telle quelle. Le mois en vigueur et celui d'avant, que la nuit
compare encore, demandent --force. Ni les extractions, ni les sauvegardes, ni les copies des classeurs ne sont effacées : c'est à vous.`,
		Example: "bascule purge --before 2014-01 --dry-run\nbascule purge --before 2014-01",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			month, err := reconcile.ParsePeriod(before)
			if err != nil {
				what := "--before : " + err.Error()
				if before == "" {
					what = "--before : est obligatoire"
				}
				return &usageError{what, "écrivez le premier mois à garder : --before 2014-01"}
			}
			if err := a.configure(cmd); err != nil {
				return err
			}
			var result *PurgeResult
			err = a.exclusively(func() (err error) {
				result, err = a.Purge(cmd.Context(), month, dryRun, force)
				return err
			})
			if err != nil {
				return err
			}
			a.Progress.Done()
			if err := a.print(purgeText(result), result); err != nil {
				return err
			}
			return result.failure()
		},
	}
	cmd.Flags().StringVar(&before, "before", "", "premier mois gardé, `AAAA-MM` : tous ceux d'avant sont effacés")
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "dit ce qui serait effacé, sans rien effacer")
	cmd.Flags().BoolVar(&force, "force", false, "efface aussi le mois en vigueur, ou celui d'avant")
	completeWithout(cmd, "before")
	return cmd
}

// purgeText says what was erased, its proof, and what is left to others.
func purgeText(r *PurgeResult) string {
	var b strings.Builder
	p := &r.Purge
	switch {
	case r.nothing():
		fmt.Fprintf(&b, "Rien à effacer avant %v : %s.\n", p.Before, r.oldestText())
	case p.Loads+p.Runs > 0:
		verb := "Effacé"
		if r.DryRun {
			verb = "Serait effacé"
		}
		fmt.Fprintf(&b, "%s, avant %v : %s et %s de %s, %s de %s, %s, %s.\n", verb, p.Before,
			numberOf(int(p.Payslips), "bulletin"), numberOf(int(p.Rejects), "rejet"), numberOf(int(p.Loads), "chargement"),
			numberOf(int(p.Discrepancies), "écart"), numberOf(int(p.Runs), "exécution"), decisionsText(p.Decisions), publishedText(r.Files))
	default:
		fmt.Fprintf(&b, "Purge interrompue achevée, ou résultats revenus effacés : %s.\n", publishedText(r.Files))
	}
	if p.Proof != nil {
		b.WriteString(proofText(p.Proof))
	}
	if len(r.Extracts) > 0 {
		fmt.Fprintf(&b, "Reste à effacer par vous, %s d'avant %v : %s\n", numberOf(len(r.Extracts), "extraction"), p.Before, strings.Join(r.Extracts, ", "))
	}
	if !r.DryRun && !r.nothing() {
		b.WriteString("Les sauvegardes d'avant la purge et les copies des classeurs les contiennent encore : effacez-les aussi.\n")
	}
	return b.String()
}

func decisionsText(n int64) string {
	if n > 1 {
		return numberOf(int(n), "décision") + " rendues anonymes"
	}
	return numberOf(int(n), "décision") + " rendue anonyme"
}

func publishedText(files int) string {
	if files > 1 {
		return numberOf(files, "fichier") + " publiés"
	}
	return numberOf(files, "fichier") + " publié"
}

// proofText is the proof of erasure in a few words.
func proofText(e *reconcile.Erasure) string {
	if !e.Clean() {
		return fmt.Sprintf("✘ %s sur %s cherchées, %s libres, %s de journal\n", numberOf(e.Traces, "trace"), grouped(int64(e.Sought)), numberOf(int(e.FreePages), "page"), numberOf(int(e.LogBytes), "octet"))
	}
	text := fmt.Sprintf("✔ 0 trace : base réécrite, 0 page libre, journal vide, %s relus", numberOf(int(e.Bytes), "octet"))
	switch {
	case e.Sought == 0:
		text += " ; les valeurs effacées ne sont plus connues depuis l'interruption, aucune n'a pu être cherchée"
	default:
		text += fmt.Sprintf(", %s cherchées", numberOf(e.Sought, "valeur"))
		if e.Sampled {
			text += " (un échantillon régulier)"
		}
		if e.Kept > 0 {
			text += fmt.Sprintf(", dont %s de personnes que les mois gardés payent aussi", grouped(int64(e.Kept)))
		}
	}
	if len(e.Elsewhere) > 0 {
		text += " ; d'autres sont dans la table " + strings.Join(e.Elsewhere, ", ") + ", qui garde qui a décidé et pourquoi"
	}
	return text + "\n"
}
