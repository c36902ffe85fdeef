package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"bascule/reconcile"
	"bascule/reconcile/extract"
)

// periodMark stands for the month of pay, AAAA-MM, in the path of an input, so
// that one configuration serves every month.
const periodMark = "{period}"

// Extract is one file to read, or one member of an archive.
type Extract struct {
	Path    Path // as it is shown and stored: a member stands after its archive and a slash
	Archive Path // of a member
	Layout  string
	File    extract.File
}

// in is the input in a month of pay.
func (in Input) in(month reconcile.Period) Input {
	in.Path = Path(strings.ReplaceAll(string(in.Path), periodMark, month.String()))
	in.Member = strings.ReplaceAll(in.Member, periodMark, month.String())
	return in
}

// Files lists the extracts of a side that exist now: patterns expanded, archives
// opened, each once, in the order of the paths. A pattern or a file that leads
// to nothing is refused, for an input forgotten would be agents missing.
func (c *Config) Files(side reconcile.Side) ([]Extract, error) { return c.FilesOf(side, c.Period) }

// FilesOf is Files in another month of pay.
func (c *Config) FilesOf(side reconcile.Side, month reconcile.Period) ([]Extract, error) {
	var files []Extract
	seen := make(map[string]bool)
	for i, in := range c.Inputs.Of(side) {
		name := inputPathKey("inputs."+side.String(), i)
		if month != c.Period {
			in = c.patterns[side][i].in(month)
		}
		paths, err := c.expand(in.Path)
		if err != nil {
			return nil, c.refuse(name, err, "vérifiez le chemin, relatif au dossier de "+filepath.Base(c.File)+", et le mois de paye "+month.String())
		}
		for _, p := range paths {
			found, err := c.extracts(Input{Path: p, Layout: in.Layout, Member: in.Member})
			if err != nil {
				return nil, err
			}
			for _, e := range found {
				if seen[e.File.Path()] {
					return nil, c.refuse(name, fmt.Errorf("désigne une seconde fois %s", e.Path), "gardez une seule mention de ce fichier : ses bulletins compteraient double")
				}
				seen[e.File.Path()] = true
				files = append(files, e)
			}
		}
	}
	slices.SortFunc(files, func(f, g Extract) int { return strings.Compare(string(f.Path), string(g.Path)) })
	return files, nil
}

// extracts lists what one file holds: itself, or the members of an archive.
func (c *Config) extracts(in Input) ([]Extract, error) {
	files, err := extract.Files(c.Abs(in.Path), in.Member, c.Limits.MaxUnzippedBytes)
	if err != nil {
		return nil, err
	}
	found := make([]Extract, len(files))
	for i, f := range files {
		found[i] = Extract{Path: c.canonical(in.Path), Layout: in.Layout, File: f}
		if member := f.Member(); member != "" {
			found[i].Archive = found[i].Path
			found[i].Path += Path("/" + member)
		}
	}
	return found, nil
}

// expand finds the files of one path. A file of that very name wins over the
// pattern that its name may also be.
func (c *Config) expand(p Path) ([]Path, error) {
	info, err := os.Stat(c.Abs(p))
	switch {
	case err == nil && info.IsDir():
		return nil, fmt.Errorf("désigne un dossier, pas un fichier : %s", p)
	case err == nil && !info.Mode().IsRegular():
		return nil, fmt.Errorf("désigne autre chose qu'un fichier : %s", p)
	case err == nil:
		return []Path{Path(filepath.ToSlash(filepath.Clean(string(p))))}, nil
	case !errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("désigne un fichier inaccessible : %s", p)
	case !strings.ContainsAny(string(p), "*?["):
		return nil, fmt.Errorf("désigne un fichier qui n'existe pas : %s", p)
	}
	pattern := filepath.FromSlash(string(p))
	if !filepath.IsAbs(pattern) {
		pattern = filepath.Join(escapeGlob(c.Dir), pattern)
	}
	matches, err := filepath.Glob(pattern)
	if err != nil {
		return nil, errGlob
	}
	var paths []Path
	for _, match := range matches {
		if info, err := os.Stat(match); err != nil || !info.Mode().IsRegular() {
			continue
		}
		if !filepath.IsAbs(string(p)) {
			if match, err = filepath.Rel(c.Dir, match); err != nil {
				return nil, err
			}
		}
		paths = append(paths, Path(filepath.ToSlash(match)))
	}
	if len(paths) == 0 {
		return nil, fmt.Errorf("ne correspond à aucun fichier : %s", p)
	}
	return paths, nil
}

// escapeGlob keeps a folder whose name holds [ or * from acting as a pattern.
func escapeGlob(dir string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(dir)
}

// checkFolder refuses a key whose folder cannot be made, because a file stands
// on its way.
func (c *Config) checkFolder(name string, p Path) error {
	for folder := c.Abs(p); ; folder = filepath.Dir(folder) {
		info, err := os.Stat(folder)
		switch {
		case err == nil && !info.IsDir():
			return c.refuse(name, fmt.Errorf("passe par un fichier, pas un dossier : %s", folder), "indiquez un autre dossier, ou déplacez ce fichier")
		case err == nil || filepath.Dir(folder) == folder:
			return nil
		}
	}
}
