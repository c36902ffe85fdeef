package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"bascule/reconcile"
	"bascule/reconcile/budget"
	"bascule/reconcile/sqlite"
	"bascule/reports"
)

// budgetCommand is "bascule budget".
func (a *App) budgetCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "budget",
		Short: "le budget : import des crédits, des plafonds et du projet ; où l'on en est",
		Long: `Les crédits de titre 2, les plafonds d'emplois et le profil mensuel de chaque programme, les AE et CP du projet, ses jalons et sa valeur
s'importent par fichiers CSV ou XLSX, dont « bascule init » écrit des modèles dans le dossier budget. Chaque exécution les rapproche de
la masse salariale : exécuté, atterrissage, marge, emplois, effet de la bascule.`,
		Example: "bascule budget import budget/*.csv --dry-run\nbascule budget import budget/credits.csv\nbascule budget show",
	}
	cmd.AddCommand(a.budgetImportCommand(), a.budgetShowCommand())
	return cmd
}

func (a *App) budgetImportCommand() *cobra.Command {
	var dryRun bool
	cmd := &cobra.Command{
		Use:   "import FICHIER… [--dry-run]",
		Short: "lit crédits, plafonds, profil, chantiers, opérations, jalons, valeur : tout, ou rien",
		Long: `Lit un ou plusieurs fichiers CSV (UTF-8, « ; ») ou classeurs XLSX (une sorte de fichier par feuille) ; l'en-tête dit de quelle sorte il
s'agit. Tout est vérifié d'abord, tous fichiers ensemble ; s'il y a un problème, la liste en est donnée par fichier et ligne, ou cellule,
et rien n'est importé.

Une ligne est reconnue à sa clé (opération, jalon ; chantier et exercice ; exercice, programme, nature, date et source d'un crédit). Relue
sans changement, elle ne fait rien ; changée, elle corrige la précédente, qui reste dans l'historique. Une ligne absente d'un nouveau
fichier reste en vigueur. Une ligne se retire en la redonnant avec « oui » dans une colonne « retrait », que toute sorte de fichier peut
avoir (une opération, aussi par la nature « annulation ») ; elle reste dans l'historique.`,
		Example: "bascule budget import budget/*.csv --dry-run\nbascule budget import budget-2014.xlsx",
		Args:    arguments(1, -1, "un ou plusieurs fichiers de budget"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := a.configure(cmd); err != nil {
				return err
			}
			var result *BudgetImport
			err := a.exclusively(func() (err error) {
				result, err = a.ImportBudget(cmd.Context(), args, dryRun)
				return err
			})
			if err != nil {
				return err
			}
			return a.printBudgetImport(result)
		},
	}
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "vérifie et dit ce qui serait importé, sans rien écrire")
	return cmd
}

// printBudgetImport prints what was imported, or why nothing was: then the
// command fails.
func (a *App) printBudgetImport(r *BudgetImport) error {
	summary := newBudgetImportJSON(r)
	if len(r.Problems) == 0 {
		return a.print(reports.BudgetImportText(a.Config.Lang, a.labels(), &summary.BudgetChanges), summary)
	}
	var lines []string
	for _, g := range budget.Grouped(r.Problems) {
		lines = append(lines, g.Error())
	}
	where := "les fichiers du budget"
	if all := len(r.Problems); all > len(lines) {
		where += fmt.Sprintf(" (%d, ligne à ligne : --json)", all)
	}
	return a.refuseImport(lines, summary, where+" : rien n'est importé — corrigez les lignes citées, puis relancez")
}

// budgetImportJSON is the result of « budget import » as a program reads it.
type budgetImportJSON struct {
	reports.BudgetChanges
	Files    []fileJSON          `json:"files"`
	Problems []budgetProblemJSON `json:"problems"`
}

type budgetProblemJSON struct {
	File    string `json:"file"`
	Line    int    `json:"line"` // 0 in a workbook, where the field tells the cell
	Field   string `json:"field"`
	Problem string `json:"problem"`
	Remedy  string `json:"remedy"`
}

func newBudgetImportJSON(r *BudgetImport) *budgetImportJSON {
	j := &budgetImportJSON{Files: []fileJSON{}, Problems: []budgetProblemJSON{},
		BudgetChanges: reports.BudgetChanges{Import: r.Import.ID, DryRun: r.DryRun, Read: r.Read, Unchanged: r.Unchanged, Changes: []reports.BudgetChange{}, Alerts: r.Alerts, Doubts: []reports.BudgetDoubt{}}}
	for _, c := range r.Changes {
		of := reports.BudgetChange{Kind: c.Kind, Key: c.Key, File: c.File, Place: c.Place, Fields: []reports.FieldChange{}, Withdrawn: c.Withdrawn}
		if c.Returns != nil {
			of.Returns = &reports.BudgetReturn{At: c.Returns.At, Corrected: c.Returns.Corrected}
			j.Returned++
		}
		for _, f := range c.Fields {
			of.Fields = append(of.Fields, reports.FieldChange(f))
		}
		j.Changes = append(j.Changes, of)
	}
	for _, d := range r.Doubts {
		j.Doubts = append(j.Doubts, reports.BudgetDoubt{File: d.File, Place: d.Place, Key: d.Key, Like: d.Former})
	}
	for _, f := range r.Import.Files {
		j.Files = append(j.Files, fileJSON{f.Name, f.SHA256})
	}
	for _, p := range r.Problems {
		j.Problems = append(j.Problems, budgetProblemJSON{p.File, p.Line, p.Field, p.Err.Error(), p.Hint})
	}
	return j
}

func (a *App) budgetShowCommand() *cobra.Command {
	var number int
	cmd := &cobra.Command{
		Use:   "show [--run N]",
		Short: "où en est le budget : exécuté, atterrissage, marge, emplois, projet, alertes",
		Long: `Dit sur un écran, pour chaque programme, ce qu'il a payé, où il finit l'année par la méthode expliquée, ce que ses crédits et son plafond
d'emplois laissent, puis l'effet de la bascule, les AE et CP du projet, sa valeur et les alertes. Tout ce qui est importé compte, même
depuis la dernière exécution ; --run N dit ce que cette exécution-là savait. --json donne tous les mois et les trois méthodes.`,
		Example: "bascule budget show\nbascule budget show --run 7 --json",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := checkRun(cmd, number); err != nil {
				return err
			}
			if err := a.configure(cmd); err != nil {
				return err
			}
			var figures *reconcile.BudgetFigures
			err := a.withStore(cmd.Context(), func(db *sqlite.DB) (err error) {
				figures, err = a.Budget(cmd.Context(), db, number)
				return err
			})
			if err != nil {
				return err
			}
			if a.JSON {
				return a.print("", figures)
			}
			return reports.WriteBudget(a.Stdout, a.Config.Lang, a.labels(), figures)
		},
	}
	cmd.Flags().IntVar(&number, "run", 0, "`n`uméro du run ; sinon l'état d'aujourd'hui")
	return cmd
}
