package main

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"bascule/reconcile"
	"bascule/reconcile/sqlite"
	"bascule/reports/xlsx"
)

// Verify holds the database against its seals and its rows, then what was
// published against the database. It writes nothing, and needs no lock.
func (a *App) Verify(ctx context.Context, last bool) (*reconcile.Verification, error) {
	names, err := a.printedSummaries() // before the database is: a run published meanwhile is none that it lost
	if err != nil {
		return nil, err
	}
	key, err := a.Config.databaseKey()
	if err != nil {
		return nil, err
	}
	v, err := sqlite.Verify(ctx, a.Config.Abs(a.Config.Database), last, a.Progress, sqlite.WithKey(key), sqlite.WithWaiting(a.waitsForBase))
	if err != nil {
		return nil, err
	}
	p := published{app: a, v: v, read: make(map[string]bool)}
	a.Progress.Start("fichiers publiés (exécutions)", int64(len(v.Runs)))
	for i := range v.Runs {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := p.unlessRepublished(ctx, &v.Runs[i]); err != nil {
			return nil, err
		}
		a.Progress.Add(1)
	}
	if len(p.absent) > 0 {
		v.Findings = append(v.Findings, reconcile.Finding{Runs: p.absent, What: "les résultats publiés ne sont plus dans leur dossier", Warning: true,
			Hint: "s'ils n'ont pas été archivés exprès, « bascule report --run N » les réécrit"})
	}
	if first := a.Config.overdue(v.Oldest, v.Current); first != 0 {
		v.Findings = append(v.Findings, reconcile.Finding{What: fmt.Sprintf("des mois dépassent la durée de conservation de %d mois, le plus ancien est %v", a.Config.Privacy.RetentionMonths, v.Oldest), Warning: true,
			Hint: fmt.Sprintf("« bascule purge --before %v » efface les personnes de ceux d'avant", first)})
	}
	return v, p.orphans(names)
}

// published compares the files of runs with what the database says of them.
type published struct {
	app    *App
	v      *reconcile.Verification
	absent []int           // runs whose whole folder is not there
	read   map[string]bool // printed summaries held against their runs
}

const writeAgain = "gardez-en une copie, puis « bascule report --run N » le réécrit"

func (p *published) find(run int, file, what, hint string, warning bool) {
	p.v.Findings = append(p.v.Findings, reconcile.Finding{Runs: []int{run}, Rows: file, What: what, Hint: hint, Warning: warning})
}

// unlessRepublished verifies the files of a run; where they are those of a
// publication made meanwhile, there is nothing to hold them against.
func (p *published) unlessRepublished(ctx context.Context, r *reconcile.Run) error {
	before := len(p.v.Findings)
	if err := p.run(r); err != nil {
		return err
	}
	if !slices.ContainsFunc(p.v.Findings[before:], func(f reconcile.Finding) bool { return !f.Warning }) {
		return nil
	}
	again, err := sqlite.Republished(ctx, p.app.Config.Abs(p.app.Config.Database), r)
	if err != nil || !again {
		return err
	}
	p.v.Findings = p.v.Findings[:before]
	p.find(r.ID, p.shown(p.app.Config.Abs(Path(r.Folder))), "publiée de nouveau pendant la vérification", "relancez « bascule verify » quand l'exécution en cours est finie", true)
	return nil
}

func (p *published) run(r *reconcile.Run) error {
	if len(r.Summary.Outputs) == 0 {
		return nil // compared, never published
	}
	folder := p.app.Config.Abs(Path(r.Folder))
	former, err := interrupted(r, folder)
	if err != nil {
		return err
	}
	if former != "" {
		p.find(r.ID, p.shown(folder), "sa publication a été interrompue : ce qui suit est contrôlé là où elle a mis le dossier d'avant, "+p.shown(former),
			"« bascule report --run N » la refait", true)
		folder = former
	}
	if r.Purged != "" {
		return p.purged(r, folder)
	}
	if _, err := os.Stat(folder); errors.Is(err, fs.ErrNotExist) {
		p.absent = append(p.absent, r.ID)
		return nil
	}
	if err := p.summary(r, filepath.Join(folder, "summary.json")); err != nil {
		return err
	}
	for _, o := range r.Summary.Outputs {
		if err := p.output(r, filepath.Join(folder, filepath.FromSlash(o.File)), o.SHA256); err != nil {
			return err
		}
	}
	return nil
}

// output holds a file against the digest that the database has of it.
func (p *published) output(r *reconcile.Run, path, want string) error {
	_, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		p.find(r.ID, p.shown(path), "fichier absent", "s'il n'a pas été déplacé exprès, « bascule report --run N » le réécrit", true)
		return nil
	case err != nil:
		return err
	case filepath.Ext(path) == ".xlsx":
		err = p.workbook(r, path, want)
	default:
		err = p.bytes(r, path, want)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// shown is a path relative to the configuration, where it can be.
func (p *published) shown(path string) string {
	if rel, err := filepath.Rel(p.app.Config.Dir, path); err == nil {
		return filepath.ToSlash(rel)
	}
	return path
}

// summary holds a printed summary, and the seal in it, against the database's.
func (p *published) summary(r *reconcile.Run, path string) error {
	p.read[path] = true
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		p.find(r.ID, p.shown(path), "fichier absent", "s'il n'a pas été déplacé exprès, « bascule report --run N » le réécrit", true)
		return nil
	}
	if err != nil {
		return err
	}
	var printed reconcile.Summary
	if json.Unmarshal(text, &printed) != nil {
		p.find(r.ID, p.shown(path), "ne peut plus être relu", writeAgain, false)
		return nil
	}
	if printed.Seal != r.Summary.Seal {
		p.find(r.ID, p.shown(path), fmt.Sprintf("le sceau imprimé, %s, n'est pas celui de la base, %s", sealOrNone(printed.Seal), sealOrNone(r.Summary.Seal)),
			"la base a été refaite, ou le fichier modifié : comparez avec un exemplaire gardé ailleurs", false)
		return nil
	}
	if !sameSummary(text, &printed, &r.Summary) {
		p.find(r.ID, p.shown(path), "les chiffres imprimés ne sont pas ceux de la base", writeAgain, false)
	}
	return nil
}

// within tells whether all words of a JSON text stand in another, in their order:
// an older version printed fewer keys, nobody prints more, or one twice.
func within(text, whole []byte) bool {
	words := func(text []byte) *json.Decoder {
		d := json.NewDecoder(bytes.NewReader(text))
		d.UseNumber()
		return d
	}
	in, of := words(text), words(whole)
	for {
		want, err := in.Token()
		if err != nil {
			return errors.Is(err, io.EOF)
		}
		for found := false; !found; {
			got, err := of.Token()
			if err != nil {
				return false
			}
			found = got == want
		}
	}
}

func (p *published) bytes(r *reconcile.Run, path, want string) (err error) {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return err
	}
	if hex.EncodeToString(h.Sum(nil)) != want {
		p.find(r.ID, p.shown(path), "le fichier n'est plus celui qui a été publié", writeAgain, false)
	}
	return nil
}

// workbook re-reads a workbook cell by cell. What a reviewer wrote in his columns
// does not count.
func (p *published) workbook(r *reconcile.Run, path, want string) error {
	hidden, err := encrypted(path)
	if err != nil {
		return err
	}
	password := ""
	if hidden {
		if password, err = p.app.Config.WorkbookPassword(); err != nil {
			p.find(r.ID, p.shown(path), "chiffré, et le mot de passe manque", "donnez la variable d'environnement que la configuration nomme", true)
			return nil
		}
	}
	got, err := xlsx.Sums(path, xlsx.Options{Password: password, TempDir: os.TempDir()})
	switch {
	case err == nil && got.SHA256 == want:
	case err == nil:
		p.find(r.ID, p.shown(path), "le contenu du classeur n'est plus celui qui a été publié, hors des colonnes du valideur", writeAgain, false)
	case errors.Is(err, xlsx.ErrForeign):
		p.find(r.ID, p.shown(path), "le classeur a été réenregistré par un programme qui retire ses repères : rien ne prouve qu'il soit intact",
			"importez-en les décisions s'il en porte, puis "+writeAgain, false)
	case hidden:
		p.find(r.ID, p.shown(path), "chiffré, et le mot de passe d'aujourd'hui ne l'ouvre pas", "donnez celui de la nuit de l'exécution", true)
	default:
		p.find(r.ID, p.shown(path), "le classeur ne peut plus être relu", writeAgain, false)
	}
	return nil
}

// encrypted tells whether a workbook is the container of an encrypted one: it
// is no ZIP archive then.
func encrypted(path string) (_ bool, err error) {
	f, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	head := make([]byte, 4)
	n, err := io.ReadFull(f, head)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	return bytes.Equal(head[:n], []byte{0xd0, 0xcf, 0x11, 0xe0}), err
}

// printedSummaries lists those of every published run, in order.
func (a *App) printedSummaries() ([]string, error) {
	names, err := filepath.Glob(filepath.Join(escapeGlob(a.Config.Abs(a.Config.Output)), "*", "run-*", "summary.json"))
	slices.Sort(names)
	return names, err
}

// orphans looks for published runs that the database does not have: its end was
// cut off, with the entries of the chain that would tell, or it was replaced, and
// another run has the number since.
func (p *published) orphans(names []string) error {
	for _, name := range names {
		if p.read[name] {
			continue
		}
		text, err := os.ReadFile(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue // being published anew
		}
		if err != nil {
			return err
		}
		var printed reconcile.Summary
		readable := json.Unmarshal(text, &printed) == nil
		if !readable { // the name of its folder still tells the run
			_, _ = fmt.Sscanf(filepath.Base(filepath.Dir(name)), "run-%d", &printed.Run)
		}
		seal, known := p.v.Known[printed.Run]
		switch {
		case !known:
			p.find(printed.Run, p.shown(name), "publiée, mais la base n'a plus cette exécution", replaced, readable && printed.Seal == "")
		case readable && seal != printed.Seal:
			p.find(printed.Run, p.shown(name), "la base donne ce numéro à une autre exécution", replaced, printed.Seal == "")
		}
	}
	return nil
}

const replaced = "la fin de la base a été effacée, ou la base remplacée : restaurez la bonne"

func sealOrNone(seal string) string { return cmp.Or(seal, "aucun") }

// distinct sorts numbers and keeps each once.
func distinct(numbers []int) []int {
	sorted := slices.Clone(numbers)
	slices.Sort(sorted)
	return slices.Compact(sorted)
}
