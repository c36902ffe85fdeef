package main

import (
	"context"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"bascule/fixtures"
	"bascule/reconcile"
	"bascule/reconcile/sqlite"
)

// scoreCommand is "bascule generate score".
func (a *App) scoreCommand() *cobra.Command {
	var number int
	cmd := &cobra.Command{
		Use:   "score VÉRITÉ… [--run N]",
		Short: "juge l'explication des écarts d'après ce qui a été semé",
		Long: `Confronte la vérité d'un ministère fictif à ce que la dernière exécution du même mois en dit : la matrice des causes, semées et
trouvées ; la part des écarts dérivés pendus à la bonne racine ; la part des côtés en tort bien désignés là où la vérité en désigne un, et
combien le sont alors que rien ne permet de trancher ; les écarts dits d'arrondi au-delà de leur tolérance. Un écart semé et non trouvé est
faux partout. Suivent, pour chaque sorte d'erreur, les dix cas les plus fréquents, avec le premier bulletin où « bascule explain » les montre.

Le mois est celui du nom de la vérité, truth-AAAA-MM.csv ; avec --run, celui de l'exécution. Le code de sortie est 0, quel que soit le
résultat, sauf si un fichier ne peut être lu.`,
		Example: "bascule generate score truth-2013-12.csv\nbascule generate score truth-2013-11.csv truth-2013-12.csv\nbascule generate score truth-2013-12.csv --run 7 --json",
		Args:    arguments(1, -1, "un fichier de vérité au moins"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := checkRun(cmd, number); err != nil {
				return err
			}
			if number != 0 && len(args) > 1 {
				return &usageError{"--run : ne vaut que pour une vérité", "donnez un seul fichier, ou retirez --run"}
			}
			if err := a.configure(cmd); err != nil {
				return err
			}
			return a.Score(cmd.Context(), args, number)
		},
	}
	cmd.Flags().IntVar(&number, "run", 0, "`n`uméro du run ; sinon le dernier du mois")
	return cmd
}

// scoredMonth is a truth and the run that it judges.
type scoredMonth struct {
	File   string           `json:"file"`
	Run    int              `json:"run"`
	Period reconcile.Period `json:"period"`
	score
}

// Score prints what the runs of the months of some truths are worth.
func (a *App) Score(ctx context.Context, files []string, number int) error {
	return a.withStore(ctx, func(db *sqlite.DB) error {
		months := make([]scoredMonth, len(files))
		for i, file := range files {
			run, err := runOfTruth(ctx, db, file, number)
			if err != nil {
				return err
			}
			s := newScorer()
			if err := readTruth(file, s.plant); err != nil {
				return err
			}
			if err := a.findAll(ctx, db, run, s); err != nil {
				return err
			}
			months[i] = scoredMonth{file, run.ID, run.Period, *s.result()}
		}
		var text strings.Builder
		for i := range months {
			if i > 0 {
				text.WriteString("\n")
			}
			months[i].write(&text)
		}
		return a.print(text.String(), months)
	})
}

var errNoMonth = errors.New("son nom ne dit pas le mois")

func runOfTruth(ctx context.Context, db *sqlite.DB, file string, number int) (*reconcile.Run, error) {
	if number != 0 {
		return findRun(ctx, db, number)
	}
	name, ok := strings.CutPrefix(strings.TrimSuffix(filepath.Base(file), ".csv"), "truth-")
	period, err := reconcile.ParsePeriod(name)
	if !ok || err != nil {
		return nil, &reconcile.InputError{File: file, Err: errNoMonth, Hint: "nommez le fichier truth-AAAA-MM.csv, ou donnez l'exécution par --run"}
	}
	return runToExplain(ctx, db, period, 0)
}

// readTruth passes on the rows of a truth.
func readTruth(file string, row func(plantedGap)) error {
	f, err := os.Open(file)
	if err != nil {
		return &reconcile.InputError{File: file, Err: errors.New("ne peut être lu"), Hint: "vérifiez le chemin de la vérité"}
	}
	defer f.Close()
	wrong := func(line int, field, what string) error {
		return &reconcile.InputError{File: file, Line: line, Field: field, Err: errors.New(what), Hint: "donnez la vérité telle que « bascule generate » l'écrit"}
	}
	r := csv.NewReader(f)
	r.Comma, r.ReuseRecord = ';', true
	for line := 1; ; line++ {
		c, err := r.Read()
		switch {
		case err == io.EOF && line > 1:
			return nil
		case err != nil:
			return wrong(line, "", "n'est pas une ligne de vérité")
		case line == 1 && strings.Join(c, ";") != fixtures.TruthHeader:
			return wrong(line, "en-tête", "n'est pas celui d'une vérité")
		case line == 1:
			continue
		}
		cents, err := strconv.ParseInt(c[5], 10, 64)
		if err != nil {
			return wrong(line, "delta_cents", "n'est pas un nombre de centimes")
		}
		row(plantedGap{gapKey{c[0], c[1], reconcile.Kind(c[2]), c[3], c[4], reconcile.Amount(cents)}, reconcile.Cause(c[6]), c[7], reconcile.Fault(c[8])})
	}
}

// findAll gives the scorer a run's discrepancies, one payslip after the other:
// the root of a gap is on its payslip.
func (a *App) findAll(ctx context.Context, db *sqlite.DB, run *reconcile.Run, s *scorer) error {
	tables, err := a.tablesOf(run)
	if err != nil {
		return err
	}
	var slip []*reconcile.Discrepancy
	flush := func() {
		for _, f := range foundOf(slip, tables, a.Config.Tolerance) {
			s.find(f)
		}
		slip = slip[:0]
	}
	for d, err := range db.Discrepancies(ctx, run.ID, sqlite.Part{}) {
		if err != nil {
			return err
		}
		if len(slip) > 0 && slip[0].Key != d.Key {
			flush()
		}
		slip = append(slip, d)
	}
	flush()
	return nil
}

// foundOf is what the discrepancies of a payslip say.
func foundOf(slip []*reconcile.Discrepancy, tables *reconcile.Tables, tolerance reconcile.Tolerance) []foundGap {
	elements := make(map[string]string, len(slip))
	for _, d := range slip {
		elements[d.Fingerprint] = d.Element
	}
	found := make([]foundGap, len(slip))
	for i, d := range slip {
		found[i] = foundGap{gapKey: keyOf(d), cause: d.Cause, rule: d.Rule, root: elements[d.Root], fault: d.AtFault}
		if e, ok := tables.Element(reconcile.ElementCode(d.Element)); ok {
			found[i].tolerated = tolerance.Line(e, d.Delta)
		}
	}
	return found
}

func keyOf(d *reconcile.Discrepancy) gapKey {
	k := gapKey{matricule: d.Matricule, dossier: d.Dossier, kind: d.Kind, element: d.Element, delta: d.Delta}
	if d.Origin != 0 {
		k.origin = d.Origin.String()
	}
	return k
}
