package main

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"bascule/mappings"
	"bascule/reconcile"
)

// configTemplate is the configuration that init writes: every key, commented.
//
//go:embed config_template.yaml
var configTemplate []byte

// budgetSamples are the files of the budget with their headers, explained and
// without a row.
//
//go:embed budget/*.csv
var budgetSamples embed.FS

// unitSamples are what has systemd, or cron, run the nights.
//
//go:embed exploitation/*
var unitSamples embed.FS

// initResult is what init did.
type initResult struct {
	Folder  string   `json:"folder"`
	Written []string `json:"written"`
	Kept    []string `json:"kept"` // already there, left as they were
}

// initCommand is "bascule init".
func (a *App) initCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "init [DOSSIER]",
		Short: "écrit une configuration et des tables commentées",
		Long: `Écrit dans le dossier, le dossier courant si l'on n'en donne pas, de quoi commencer : config.yaml, les tables de correspondance,
les formats de fichiers, les modèles des fichiers du budget et, dans exploitation, les unités systemd et les lignes de cron. Un fichier qui s'y trouve déjà n'est jamais touché.`,
		Example: "bascule init\nbascule init /srv/paye/interieur",
		Args:    arguments(0, 1, "un DOSSIER"),
		RunE: func(_ *cobra.Command, args []string) error {
			dir := "."
			if len(args) > 0 {
				dir = args[0]
			}
			result, err := initialise(dir)
			if err != nil {
				return err
			}
			return a.print(result.text(), result)
		},
	}
}

// initialise writes what is missing in the folder.
func initialise(dir string) (*initResult, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("création du dossier %s : %w", dir, err)
	}
	result := &initResult{Folder: dir, Written: []string{}, Kept: []string{}}
	if err := result.write(filepath.Join(dir, "config.yaml"), configTemplate); err != nil {
		return nil, err
	}
	tables := filepath.Join(dir, "mappings")
	before, err := filesUnder(tables)
	if err != nil {
		return nil, err
	}
	written, err := mappings.WriteDefaults(tables)
	if err != nil {
		return nil, err
	}
	result.Written = append(result.Written, written...)
	result.Kept = append(result.Kept, before...)
	if err := result.writeSamples(dir); err != nil {
		return nil, err
	}
	return result, result.writeUnits(dir)
}

// write writes a file unless it is there already.
func (r *initResult) write(file string, content []byte) error {
	created, err := writeNew(file, content)
	if err != nil {
		return fmt.Errorf("écriture de %s : %w", file, err)
	}
	if created {
		r.Written = append(r.Written, file)
	} else {
		r.Kept = append(r.Kept, file)
	}
	return nil
}

// writeSamples writes the files of the budget to be filled in.
func (r *initResult) writeSamples(dir string) error {
	names := make([]string, len(reconcile.BudgetKinds))
	for i, kind := range reconcile.BudgetKinds {
		names[i] = string(kind) + ".csv"
	}
	return r.writeEmbedded(budgetSamples, "budget", dir, names, func(content []byte) []byte { return content })
}

// sampleFolder stands in the units for the folder of the configuration.
const sampleFolder = "/srv/bascule"

// writeUnits writes the units and the lines of cron, for this folder where its
// name can stand in a unit as it is.
func (r *initResult) writeUnits(dir string) error {
	entries, err := unitSamples.ReadDir("exploitation")
	if err != nil {
		return err
	}
	folder, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	if shellWord(folder) != folder || strings.ContainsAny(folder, "%:") {
		folder = sampleFolder
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name()
	}
	return r.writeEmbedded(unitSamples, "exploitation", dir, names, func(content []byte) []byte {
		return bytes.ReplaceAll(content, []byte(sampleFolder), []byte(folder))
	})
}

// writeEmbedded writes files of an embedded folder, each as adapted, in a folder
// of the same name.
func (r *initResult) writeEmbedded(from embed.FS, folder, dir string, names []string, adapted func([]byte) []byte) error {
	to := filepath.Join(dir, folder)
	if err := os.MkdirAll(to, 0o700); err != nil {
		return fmt.Errorf("création du dossier %s : %w", to, err)
	}
	for _, name := range names {
		content, err := from.ReadFile(folder + "/" + name)
		if err != nil {
			return err
		}
		if err := r.write(filepath.Join(to, name), adapted(content)); err != nil {
			return err
		}
	}
	return nil
}

// writeNew writes a file that must not exist yet; it tells whether it did.
func writeNew(file string, content []byte) (bool, error) {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	_, err = f.Write(content)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		// Half a configuration would be kept by the next attempt.
		return false, errors.Join(err, os.Remove(file))
	}
	return true, nil
}

func filesUnder(dir string) ([]string, error) {
	var files []string
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			files = append(files, path)
		}
		return err
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	slices.Sort(files)
	return files, err
}

func (r *initResult) text() string {
	var b strings.Builder
	for _, file := range r.Written {
		fmt.Fprintf(&b, "écrit    %s\n", file)
	}
	for _, file := range r.Kept {
		fmt.Fprintf(&b, "conservé %s\n", file)
	}
	config, place := "", "."
	if filepath.Clean(r.Folder) != "." {
		config, place = " --config "+shellWord(filepath.Join(r.Folder, "config.yaml")), shellWord(r.Folder)
	}
	fmt.Fprintf(&b, `
Pour essayer sur un ministère fictif :
  bascule generate --agents 300 --seed 1 --out %s%s
  bascule run%s
Pour vos extractions : indiquez leurs chemins et leurs formats sous inputs, dans config.yaml.
`, place, config, config)
	return b.String()
}

// shellWord quotes a path that a shell would cut or expand.
func shellWord(path string) string {
	plain := func(r rune) bool {
		return r > 0x7f || strings.ContainsRune("-_./+:@%,=", r) || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
	}
	if strings.ContainsFunc(path, func(r rune) bool { return !plain(r) }) {
		return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
	}
	return path
}
