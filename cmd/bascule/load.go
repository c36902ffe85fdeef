package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"bascule/reconcile"
)

// loadCommand is "bascule load".
func (a *App) loadCommand() *cobra.Command {
	var sideText, layout string
	cmd := &cobra.Command{
		Use:   "load --side legacy|onp [--layout FORMAT] FICHIER…",
		Short: "charge des extractions, sans comparer",
		Long: `Lit une ou plusieurs extractions d'un côté et les garde dans la base. Un fichier déjà chargé n'est pas relu ; un fichier
modifié remplace l'ancien. Chaque fichier d'une archive .zip est une extraction. C'est le premier tiers de « bascule run ».
Les chemins sont relatifs au dossier courant.`,
		Example: `bascule load --side legacy psop-2013-12.txt
bascule load --side onp --layout sipaye sipaye-2013-12.csv.gz`,
		Args: arguments(1, -1, "un ou plusieurs fichiers"),
		RunE: func(cmd *cobra.Command, args []string) error {
			side, err := parseSide(sideText)
			if err != nil {
				return err
			}
			return a.load(cmd, side, layout, args)
		},
	}
	addPeriod(cmd)
	cmd.Flags().StringVar(&sideText, "side", "", "`côté` des fichiers : legacy (l'ancien système) ou onp (le nouveau)")
	completeSides(cmd)
	cmd.Flags().StringVar(&layout, "layout", "", "`format` des fichiers ; sinon celui que la configuration donne à ce côté")
	return cmd
}

func (a *App) load(cmd *cobra.Command, side reconcile.Side, layout string, files []string) error {
	if err := a.configure(cmd); err != nil {
		return err
	}
	a.about(a.Config.Period, 0)
	var err error
	if layout == "" {
		layout, err = a.Config.soleLayout(side)
	} else if checkLayout(layout) != nil {
		err = &usageError{"--layout : " + errLayout.Error(), "écrivez le nom d'un fichier de mappings/layouts, sans extension : psop"}
	}
	if err != nil {
		return err
	}
	var result *LoadResult
	err = a.exclusively(func() (err error) {
		result, err = a.Load(cmd.Context(), side, layout, files)
		return err
	})
	if err != nil {
		return err
	}
	a.Progress.Done()
	return a.print(loadText(result), map[string]any{"loads": loadViews(result)})
}

// soleLayout is the layout of all inputs of a side.
func (c *Config) soleLayout(side reconcile.Side) (string, error) {
	inputs := c.Inputs.Of(side)
	for _, in := range inputs {
		if in.Layout != inputs[0].Layout {
			return "", &usageError{"--layout : est obligatoire, la configuration donnant plusieurs formats à ce côté", "écrivez par exemple --layout " + inputs[0].Layout}
		}
	}
	if len(inputs) == 0 {
		return "", errors.New("aucun format pour ce côté")
	}
	return inputs[0].Layout, nil
}

// loadView is a load as --json prints it: the keys of summary.json where they
// mean the same.
type loadView struct {
	Side        string           `json:"side"`
	Period      reconcile.Period `json:"period"`
	File        string           `json:"file"`
	Layout      string           `json:"layout"`
	Bytes       int64            `json:"bytes"`
	SHA256      string           `json:"sha256"`
	Reused      bool             `json:"reused"`
	Payslips    int64            `json:"payslips"`
	Lines       int64            `json:"lines"`
	Aside       int64            `json:"aside"`
	Rejected    int64            `json:"rejected"`
	ToPay       reconcile.Amount `json:"to_pay"`
	ToDeduct    reconcile.Amount `json:"to_deduct"`
	Information reconcile.Amount `json:"information"`
	Warnings    []string         `json:"warnings"`
}

func loadViews(result *LoadResult) []loadView {
	views := make([]loadView, len(result.Loads))
	for i := range result.Loads {
		views[i] = loadViewOf(&result.Loads[i], result.warningsOf(i))
	}
	return views
}

// warningsOf is what the reader had to say of a load.
func (r *LoadResult) warningsOf(i int) []string {
	if i < len(r.Warnings) {
		return inFrench(r.Warnings[i])
	}
	return []string{}
}

// inFrench puts sayings into the words of the terminal.
func inFrench(sayings []*reconcile.Saying) []string {
	texts := []string{}
	for _, s := range sayings {
		texts = append(texts, s.String())
	}
	return texts
}

func loadViewOf(l *reconcile.Load, warnings []string) loadView {
	return loadView{l.Side.String(), l.Period, l.Path, l.Layout, l.Bytes, l.SHA256, l.Reused,
		l.Payslips, l.Sums.Lines, l.Aside, l.Rejects, l.Sums.ToPay, l.Sums.ToDeduct, l.Sums.Information, warnings}
}

func loadText(result *LoadResult) string {
	var b strings.Builder
	for i, l := range result.Loads {
		state := "chargé"
		if l.Reused {
			state = "déjà chargé"
		}
		fmt.Fprintf(&b, "%s : %s — %s bulletins, %s lignes, %s rejets\n", l.Path, state, grouped(l.Payslips), grouped(l.Sums.Lines), grouped(l.Rejects))
		for _, w := range result.warningsOf(i) {
			fmt.Fprintf(&b, "  attention : %s\n", w)
		}
	}
	return b.String()
}

// grouped prints a count with French thousands, "12 345".
func grouped(n int64) string {
	digits := fmt.Sprint(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "\u202f" + digits[i:]
	}
	return digits
}
