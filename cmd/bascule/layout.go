package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"bascule/reconcile"
	"bascule/reconcile/extract"
)

// problemsShown is how many problems of a file a person can take in.
const problemsShown = 10

// layoutCommand is "bascule layout".
func (a *App) layoutCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "layout COMMANDE",
		Short: "écrire le format d'une extraction : essai d'un format sur un fichier",
		Long: `Aide à écrire un format, le fichier YAML qui dit comment une extraction est faite. Le guide, avec un exemple suivi, est dans
mappings/layouts/README.md.`,
		Example: "bascule layout list\nbascule layout check psop psop-2013-12.txt",
		Args:    cobra.ArbitraryArgs,
		RunE:    subcommandNeeded,
	}
	cmd.AddCommand(a.layoutCheckCommand(), a.layoutListCommand())
	return cmd
}

// subcommandNeeded is what a command that only holds others does by itself.
func subcommandNeeded(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return unknownCommand(cmd, args[0])
	}
	return &usageError{"il manque une commande à « " + cmd.CommandPath() + " »", seeHelp(cmd)}
}

func (a *App) layoutCheckCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "check FORMAT FICHIER",
		Short: "essaie un format sur un fichier : le premier agent tel qu'il est lu, les totaux, les problèmes",
		Long: `Lit tout le fichier avec le format, sans rien charger, et montre ce que le format en comprend : l'en-tête et le premier agent
champ par champ, avec leurs positions, d'un fichier ou de chaque fichier d'une archive ; les totaux par sens et par code ; les dix premiers problèmes. FORMAT est un nom de
mappings/layouts, ou le chemin d'un fichier .yaml. Le mois est celui du fichier. La configuration n'est pas nécessaire ;
s'il y en a une, son identité, ses limites et son dossier de formats servent.

La page montre les données d'une personne : ne la transmettez pas.

Code de sortie : 0 si le fichier serait chargé, 2 s'il serait refusé.`,
		Example: `bascule layout check psop psop-2013-12.txt
bascule layout check mappings/layouts/exemple-ebcdic.yaml extraction.bin`,
		Args: arguments(2, 2, "un FORMAT et un FICHIER"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := a.configureIfAny(cmd); err != nil {
				return err
			}
			return a.CheckLayout(args[0], args[1])
		},
	}
}

func (a *App) layoutListCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "list",
		Short:   "les formats connus : ceux du dossier de la configuration et ceux livrés",
		Long:    "Liste les formats que la configuration peut nommer : ceux de son dossier mappings/layouts, puis ceux livrés avec le programme.",
		Example: "bascule layout list",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := a.configureIfAny(cmd); err != nil {
				return err
			}
			return a.ListLayouts()
		},
	}
}

// configureIfAny loads the configuration where there is one, or where the
// command line names one.
func (a *App) configureIfAny(cmd *cobra.Command) error {
	if _, err := os.Stat(a.configFile); errors.Is(err, fs.ErrNotExist) && !cmd.Flags().Changed("config") {
		return nil
	}
	return a.configure(cmd)
}

// CheckLayout tries a layout on a file and prints what becomes of it.
func (a *App) CheckLayout(name, path string) error {
	l, err := a.layoutToCheck(name)
	if err != nil {
		return err
	}
	options, err := a.checkOptions()
	if err != nil {
		return err
	}
	files, err := extract.Files(path, "", options.MaxUnzippedBytes)
	if err != nil {
		return err
	}
	defer files[0].Close()
	text, views, refusal := "", []any{}, error(nil)
	for _, f := range files {
		found := extract.Inspect(f.Reader(l, options), problemsShown)
		page := layoutPage{Layout: l, Path: f.Path(), Found: found}
		text, views = text+page.text(), append(views, page.view())
		if refusal == nil {
			refusal = found.Refusal
		}
	}
	var all any = views
	if len(views) == 1 {
		all = views[0]
	}
	if err := a.print(text, all); err != nil {
		return err
	}
	return refusal
}

// checkOptions are those under which the configuration would load the file, or
// the usual ones.
func (a *App) checkOptions() (extract.Options, error) {
	rejects, o := findKey("limits.max_rejects").fallback.(string), extract.Options{Workbook: openWorkbook, Identity: reconcile.Identity{
		Key:      []reconcile.IdentityField{reconcile.IdentityNIR, reconcile.IdentityDossier},
		Fallback: []reconcile.IdentityField{reconcile.IdentityMatricule, reconcile.IdentityDossier},
	}}
	if c := a.Config; c != nil {
		rejects = c.Limits.MaxRejects
		o.Identity, o.MaxLineBytes, o.MaxUnzippedBytes = c.Identity.Identity, c.Limits.MaxLineBytes, c.Limits.MaxUnzippedBytes
	}
	var err error
	o.MaxRejects, err = extract.ParseLimit(rejects)
	return o, err
}

// layoutInfo is a layout as the list shows it.
type layoutInfo struct {
	Name  string `json:"name"`
	Shape string `json:"shape"`
	Title string `json:"title"`
	Error string `json:"error,omitempty"`
}

// ListLayouts prints the layouts that a configuration may name.
func (a *App) ListLayouts() error {
	infos := []layoutInfo{}
	var lines [][2]string
	for _, name := range a.layoutNames() {
		info := layoutInfo{Name: name}
		if l, err := a.layoutToCheck(name); err != nil {
			info.Error = oneLine(err)
			lines = append(lines, [2]string{name, "ILLISIBLE : " + info.Error})
		} else {
			info.Shape, info.Title = l.Shape, l.Title
			lines = append(lines, [2]string{name, fmt.Sprintf("%-8s %s", l.Shape, l.Title)})
		}
		infos = append(infos, info)
	}
	return a.print(columns(lines), map[string]any{"layouts": infos})
}
