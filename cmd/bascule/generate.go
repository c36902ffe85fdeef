package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"bascule/fixtures"
	"bascule/mappings"
	"bascule/reconcile"
)

// maxAgents bounds a synthetic ministry to four times the staff of the State.
const maxAgents = 10_000_000

// generation is what generate was asked for.
type generation struct {
	agents   int
	seed     uint64
	out      string
	plant    string
	explicit bool // the configuration was named: it must exist
}

// generateCommand is "bascule generate".
func (a *App) generateCommand() *cobra.Command {
	var g generation
	cmd := &cobra.Command{
		Use:   "generate --agents N --seed S --out DOSSIER [--period AAAA-MM] [--plant FICHIER]",
		Short: "fabrique un ministère fictif : deux extractions et leur vérité",
		Long: `Fabrique les extractions d'un ministère fictif, pour essayer ou pour mesurer : psop-AAAA-MM.txt, sipaye-AAAA-MM.csv, et
truth-AAAA-MM.csv, la liste des écarts qui y ont été semés. La même graine donne toujours les mêmes fichiers. Les tables sont celles de la
configuration s'il y en a une, sinon celles du programme.

Le fichier de --plant choisit les écarts : une première ligne « cause;variant;per_mille », puis une ligne par cause, par exemple « rate;;5 »
pour cinq bulletins sur mille. Ceux qui n'y sont pas ne sont pas semés.`,
		Example: `bascule generate --agents 300 --seed 1 --out essai
bascule generate --agents 20000 --seed 7 --out essai --period 2014-01 --plant ecarts.csv`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			g.explicit = cmd.Flags().Changed("config")
			return a.generate(cmd, &g)
		},
	}
	cmd.Flags().IntVar(&g.agents, "agents", 0, "`n`ombre d'agents")
	cmd.Flags().Uint64Var(&g.seed, "seed", 1, "`graine` du hasard")
	cmd.Flags().StringVar(&g.out, "out", "", "`dossier` où écrire")
	cmd.Flags().String("period", "", "mois de paye `AAAA-MM` ; sinon celui de la configuration, sinon 2013-12")
	cmd.AddCommand(a.scoreCommand())
	cmd.Flags().StringVar(&g.plant, "plant", "", "`fichier` des écarts à semer ; sinon de toutes les causes")
	return cmd
}

func (a *App) generate(cmd *cobra.Command, g *generation) error {
	switch {
	case g.agents < 1 || g.agents > maxAgents:
		return &usageError{fmt.Sprintf("--agents : n'est pas un nombre de 1 à %d", maxAgents), "écrivez par exemple --agents 300"}
	case g.out == "":
		return &usageError{"--out : est obligatoire", "écrivez le dossier où écrire : --out essai"}
	}
	period, tables, err := a.ministry(cmd, g.explicit)
	if err != nil {
		return err
	}
	options := fixtures.Options{Agents: g.agents, Seed: g.seed, Period: period, Tables: tables}
	if g.plant != "" {
		if options.Plants, err = readPlants(g.plant); err != nil {
			return err
		}
	}
	return a.writeMinistry(cmd.Context(), options, g.out)
}

// ministry is the month and the tables to generate with: those of the
// configuration when there is one.
func (a *App) ministry(cmd *cobra.Command, explicit bool) (reconcile.Period, *reconcile.Tables, error) {
	if _, err := os.Stat(a.configFile); errors.Is(err, fs.ErrNotExist) && !explicit {
		period := reconcile.NewPeriod(2013, 12)
		if flag := cmd.Flag("period"); flag.Changed {
			k := findKey("period")
			if err := k.checkOutside("ligne de commande", "--period", flag.Value.String()); err != nil {
				return 0, nil, err
			}
			if period, err = reconcile.ParsePeriod(flag.Value.String()); err != nil {
				return 0, nil, err
			}
		}
		tables, err := mappings.Embedded()
		return period, tables, err
	}
	if err := a.configure(cmd); err != nil {
		return 0, nil, err
	}
	tables, err := a.readTables(a.Config.Period)
	return a.Config.Period, tables, err
}

func readPlants(file string) ([]fixtures.Plant, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, &reconcile.InputError{File: file, Err: errors.New("ne peut être lu"), Hint: "vérifiez le chemin donné à --plant"}
	}
	defer f.Close()
	return fixtures.ReadPlants(f, file)
}

// generateResult is the result of generate for --json.
type generateResult struct {
	Period   reconcile.Period          `json:"period"`
	Files    []string                  `json:"files"`
	Agents   int                       `json:"agents"`
	Legacy   generatedSide             `json:"legacy"`
	ONP      generatedSide             `json:"onp"`
	Planted  int64                     `json:"planted"`  // payslips that received a difference
	Expected int64                     `json:"expected"` // rows of the truth
	ByCause  map[reconcile.Cause]int64 `json:"by_cause"`
}

type generatedSide struct {
	Payslips    int64            `json:"payslips"`
	Lines       int64            `json:"lines"`
	ToPay       reconcile.Amount `json:"to_pay"`
	ToDeduct    reconcile.Amount `json:"to_deduct"`
	Information reconcile.Amount `json:"information"`
}

func (a *App) writeMinistry(ctx context.Context, options fixtures.Options, dir string) error {
	a.Progress.Start("agents", int64(options.Agents))
	drawn := 0
	stats, err := fixtures.GenerateFiles(ctx, options, dir, func(done, _ int) {
		a.Progress.Add(done - drawn)
		drawn = done
	})
	a.Progress.Done()
	if err != nil {
		return err
	}
	side := func(s reconcile.Side) generatedSide {
		sums := stats.Sums[s]
		return generatedSide{stats.Payslips[s], sums.Lines, sums.ToPay, sums.ToDeduct, sums.Information}
	}
	result := generateResult{Period: options.Period, Agents: stats.Agents, Legacy: side(reconcile.Legacy), ONP: side(reconcile.ONP),
		Planted: stats.Planted, Expected: stats.Rows, ByCause: stats.ByCause}
	for _, name := range []string{"psop-%s.txt", "sipaye-%s.csv", "truth-%s.csv"} {
		result.Files = append(result.Files, filepath.Join(dir, fmt.Sprintf(name, options.Period)))
	}
	return a.print(result.text(), result)
}

func (r *generateResult) text() string {
	what := []string{
		fmt.Sprintf("%s bulletins, %s lignes", grouped(r.Legacy.Payslips), grouped(r.Legacy.Lines)),
		fmt.Sprintf("%s bulletins, %s lignes", grouped(r.ONP.Payslips), grouped(r.ONP.Lines)),
		fmt.Sprintf("%s écarts à trouver, semés sur %s bulletins", grouped(r.Expected), grouped(r.Planted)),
	}
	var b strings.Builder
	for i, file := range r.Files {
		fmt.Fprintf(&b, "écrit    %s : %s\n", file, what[i])
	}
	return b.String()
}
