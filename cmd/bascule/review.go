package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"bascule/reconcile"
	"bascule/reconcile/sqlite"
	"bascule/reports"
)

// reviewCommand is "bascule review".
func (a *App) reviewCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "review",
		Short: "les décisions des valideurs : import des classeurs annotés, liste, export",
		Long: `Les valideurs écrivent leurs décisions dans le classeur des écarts : six colonnes des feuilles Écarts et Grappes, Statut, Motif,
Décision, Valideur, Visa, Commentaire. « bascule review import » les relit ; l'exécution suivante les reconduit, de nuit en nuit et de
mois en mois, tant que l'écart reste celui qui a été décidé.`,
		Example: "bascule review import retour/*.xlsx\nbascule review list\nbascule review export --out decisions.csv",
	}
	cmd.AddCommand(a.reviewImportCommand(), a.reviewListCommand(), a.reviewExportCommand())
	return cmd
}

func (a *App) reviewImportCommand() *cobra.Command {
	var dryRun bool
	cmd := &cobra.Command{
		Use:   "import CLASSEUR… [--dry-run]",
		Short: "relit des classeurs annotés : tout, ou rien si quelque chose ne va pas",
		Long: `Relit un ou plusieurs classeurs annotés, de n'importe quelle exécution de cette base, entiers ou partagés par service. Les lignes sont
retrouvées par leur empreinte : triez, filtrez, effacez des lignes, déplacez des colonnes. Tout est vérifié d'abord, tous classeurs
ensemble ; s'il y a un problème, la liste en est donnée par feuille et cellule, et rien n'est importé. Un classeur déjà importé
tel quel est laissé de côté.

Une décision qui clôt des écarts (Justifié, Accepté) demande le visa d'une autre personne ; sans visa elle est gardée, en attente, et les
écarts restent ouverts. Une décision sur une grappe vaut aussi pour les agents qui y entreront. « jusqu'au 2014-06 », dans la colonne
Décision, en limite la durée. Elles prennent effet à la prochaine exécution : « bascule run ».`,
		Example: "bascule review import retour/ecarts-2013-12-run-0007.xlsx --dry-run\nbascule review import retour/*.xlsx",
		Args:    arguments(1, -1, "un ou plusieurs classeurs annotés"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := a.configure(cmd); err != nil {
				return err
			}
			var result *ImportResult
			err := a.exclusively(func() (err error) {
				result, err = a.ReviewImport(cmd.Context(), args, dryRun)
				return err
			})
			if err != nil {
				return err
			}
			a.Progress.Done()
			return a.printImport(result)
		},
	}
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "vérifie et dit ce qui serait importé, sans rien écrire")
	return cmd
}

// printImport prints what was imported, or why nothing was: then the command
// fails.
func (a *App) printImport(r *ImportResult) error {
	summary := newImportJSON(r)
	if len(r.Problems) == 0 {
		return a.print(reports.ImportText(a.Config.Lang, a.labels(), &summary.ImportCounts), summary)
	}
	lines := make([]string, len(r.Problems))
	for i := range r.Problems {
		lines[i] = r.Problems[i].Error()
	}
	return a.refuseImport(lines, summary, "les annotations : rien n'est importé — corrigez les cellules citées, puis relancez")
}

// problemLinesShown bounds the problems listed on a screen; --json gives them all.
const problemLinesShown = 50

// refuseImport says why nothing was imported: as JSON, or the first problems, a
// line each. Its error ends the command.
func (a *App) refuseImport(problems []string, result any, where string) error {
	if a.JSON {
		if err := a.print("", result); err != nil {
			return err
		}
	} else {
		for _, line := range problems[:min(len(problems), problemLinesShown)] {
			fmt.Fprintln(a.Stderr, "  "+line)
		}
		if more := len(problems) - problemLinesShown; more > 0 {
			fmt.Fprintf(a.Stderr, "  … et %d autre(s) : --json les donne tous\n", more)
		}
	}
	return fmt.Errorf("%d problème(s) dans %s", len(problems), where)
}

func (a *App) reviewListCommand() *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use:   "list [--all]",
		Short: "liste les décisions en vigueur : qui, quoi, jusqu'à quand",
		Long: `Liste les décisions en vigueur, avec ce qu'elles couvrent dans la dernière exécution : les écarts qui les suivent, et ceux pour
lesquels elles ne tiennent plus. --all donne aussi celles qu'une autre a remplacées.`,
		Example: "bascule review list\nbascule review list --all --json",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			list, err := a.decisions(cmd, all)
			if err != nil {
				return err
			}
			if a.JSON {
				return a.print("", list)
			}
			return reports.WriteDecisionList(a.Stdout, a.Config.Lang, a.labels(), list)
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "aussi les décisions remplacées")
	return cmd
}

func (a *App) reviewExportCommand() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "export [--out FICHIER]",
		Short: "écrit toutes les décisions, remplacées comprises, en CSV",
		Long: `Écrit l'historique entier des décisions en CSV (« ; », UTF-8) : portée, statut, motif, valideur, visa, durée, import et cellule d'où
elles viennent, et celle qui les remplace. C'est ce qu'un auditeur demande.`,
		Example: "bascule review export > decisions.csv\nbascule review export --out decisions.csv",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			list, err := a.decisions(cmd, true)
			if err != nil {
				return err
			}
			write := func(w io.Writer) error {
				return reports.WriteDecisionFile(w, a.Config.Lang, a.labels(), list)
			}
			if out == "" {
				return write(a.Stdout)
			}
			return replaceFile(out, write)
		},
	}
	cmd.Flags().StringVar(&out, "out", "", "`fichier` à écrire ; sinon la sortie standard")
	return cmd
}

// replaceFile writes a file beside its place, and puts it there in one rename.
func replaceFile(name string, write func(io.Writer) error) error {
	beside := name + ".partiel"
	if err := os.Remove(beside); err != nil && !os.IsNotExist(err) {
		return err
	}
	if _, err := writeFile(beside, write); err != nil {
		return err
	}
	return os.Rename(beside, name)
}

// decisions lists the decisions in force, or all of them, with what they cover
// in the last run of the systems.
func (a *App) decisions(cmd *cobra.Command, all bool) ([]reports.DecisionLine, error) {
	if err := a.configure(cmd); err != nil {
		return nil, err
	}
	var list []reports.DecisionLine
	err := a.withStore(cmd.Context(), func(db *sqlite.DB) (err error) {
		list, err = a.decisionLines(cmd.Context(), db, all)
		return err
	})
	return list, err
}

func (a *App) decisionLines(ctx context.Context, db *sqlite.DB, all bool) ([]reports.DecisionLine, error) {
	tables, err := a.tables(a.Config.Period, reconcile.Months{})
	if err != nil {
		return nil, err
	}
	decisions, err := db.Decisions(ctx)
	if err != nil {
		return nil, err
	}
	covered := make(map[string]sqlite.Covered)
	run, err := findRun(ctx, db, 0)
	if err == nil {
		covered, err = db.Covered(ctx, run.ID)
	} else if err == errNoRunYet { // nothing is covered yet
		err = nil
	}
	if err != nil {
		return nil, err
	}
	replaced := make(map[int64]int64)
	for i := range decisions {
		replaced[decisions[i].Replaces] = decisions[i].ID
	}
	lines := []reports.DecisionLine{}
	for i := range decisions {
		d := &decisions[i]
		by := replaced[d.ID]
		if by != 0 && !all {
			continue
		}
		c := covered[d.Ref()]
		line := reports.DecisionLine{Decision: *d, Holds: c.Holds, Reopened: c.Reopened}
		if by != 0 {
			line.ReplacedBy = reconcile.DecisionRef(by)
		}
		if r, ok := tables.Reason(d.Reason); ok {
			line.Reason = r.Label(a.Config.Lang)
		}
		lines = append(lines, line)
	}
	return lines, nil
}
