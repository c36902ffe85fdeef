// Package mappings loads the business facts of a ministry: the tables and the
// file layouts that lie beside its Go files. They are embedded as defaults and
// meant to be overridden by a folder on disk (CONTRACT 3 and 4). Everything is
// validated before anything is used, each problem with its file, line and
// remedy.
package mappings

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"sort"

	"bascule/reconcile"
)

//go:embed *.csv layouts/*.yaml
var embedded embed.FS

// The tables of CONTRACT 4, in the order they are read: the correspondences
// refer to the elements, the gates to the waves.
const (
	elementsFile        = "elements.csv"
	correspondencesFile = "correspondances.csv"
	ratesFile           = "rates.csv"
	scalesFile          = "scales.csv"
	crosswalkFile       = "identites.csv"
	wavesFile           = "vagues.csv"
	basesFile           = "bases.csv"
	scaleKeysFile       = "cles_baremes.csv"
	reasonsFile         = "motifs.csv"
	gatesFile           = "gates.csv"
)

var tableFiles = []string{elementsFile, correspondencesFile, ratesFile, scalesFile, crosswalkFile, wavesFile, basesFile, scaleKeysFile, reasonsFile, gatesFile}

// optionalFiles are the tables that a ministry may do without.
var optionalFiles = []string{crosswalkFile, wavesFile, basesFile, scaleKeysFile, reasonsFile, gatesFile}

// maxTableBytes bounds one table: a crosswalk of 300,000 persons at 60 bytes a
// row is 18 MB, and nothing else comes near.
const maxTableBytes = 64 << 20

// Paths tells where the tables are. Crosswalk and Waves name files outside the
// folder, blank for the ones that may lie in it.
type Paths struct {
	Dir              string
	Crosswalk, Waves string
}

// Load reads and validates the tables of a folder on disk. Those of
// optionalFiles may be absent; any other missing table is refused.
// Unless period is zero, both sides must have correspondences in force that
// month. The error is a *Problems, or an *reconcile.InputError when a file
// cannot be read at all.
func Load(dir string, period reconcile.Period) (*reconcile.Tables, error) {
	return LoadPaths(Paths{Dir: dir}, period)
}

// LoadPaths is Load where some tables stand outside the folder. A file named
// in p must exist.
func LoadPaths(p Paths, period reconcile.Period) (*reconcile.Tables, error) {
	if info, err := os.Stat(p.Dir); err != nil || !info.IsDir() {
		return nil, &reconcile.InputError{File: p.Dir, Field: "mappings", Err: errors.New("n'est pas un dossier de tables"), Hint: hintInit}
	}
	var files []file
	for _, name := range tableFiles {
		where, required := filepath.Join(p.Dir, name), !slices.Contains(optionalFiles, name)
		switch {
		case name == crosswalkFile && p.Crosswalk != "":
			where, required = p.Crosswalk, true
		case name == wavesFile && p.Waves != "":
			where, required = p.Waves, true
		}
		content, err := ReadFile(where)
		if errors.Is(err, fs.ErrNotExist) {
			if !required {
				continue
			}
			missing := fmt.Errorf("la table manque dans le dossier « %s »", filepath.Dir(where))
			return nil, &reconcile.InputError{File: where, Err: missing, Hint: hintInit}
		}
		if err != nil {
			return nil, err
		}
		files = append(files, file{name, where, content})
	}
	return parse(files, period)
}

// Embedded reads and validates the tables shipped with the program.
func Embedded() (*reconcile.Tables, error) {
	var files []file
	for _, name := range tableFiles {
		content, err := embedded.ReadFile(name)
		if err != nil {
			return nil, err
		}
		files = append(files, file{name, path.Join("mappings", name), content})
	}
	return parse(files, 0)
}

const hintInit = "lancez « bascule init » pour écrire les tables par défaut"

// ReadFile reads whole a file that people write, a table, a layout or a file of the
// budget, within bounds. A missing one is fs.ErrNotExist; any other trouble is an
// InputError.
func ReadFile(path string) ([]byte, error) {
	refuse := func(what, hint string) error {
		return &reconcile.InputError{File: path, Err: errors.New(what), Hint: hint}
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if err != nil {
		return nil, refuse("le fichier ne peut pas être ouvert", "vérifiez les droits de lecture")
	}
	defer f.Close()
	info, err := f.Stat()
	if err == nil && info.IsDir() {
		return nil, refuse("est un dossier", "un fichier est attendu")
	}
	content, err := io.ReadAll(io.LimitReader(f, maxTableBytes+1))
	if err != nil {
		return nil, refuse("la lecture s'est interrompue", "vérifiez le disque, puis relancez")
	}
	if len(content) > maxTableBytes {
		return nil, refuse("le fichier dépasse 64 Mio", "vérifiez le chemin : aucun fichier de cette sorte n'est si grand")
	}
	return content, nil
}

// file is a table as read, before it is understood.
type file struct {
	name, path string // name in CONTRACT 4; path as shown to the user
	content    []byte
}

// parse understands and validates all tables together.
func parse(files []file, period reconcile.Period) (*reconcile.Tables, error) {
	p := &Problems{}
	t := &reconcile.Tables{Hash: hashOf(files)}
	for _, f := range files {
		switch f.name {
		case elementsFile:
			t.Elements = readElements(f, p)
		case correspondencesFile:
			t.Correspondences = readCorrespondences(f, t.Elements, p)
			checkInForce(f, t.Correspondences, period, p)
		case ratesFile:
			t.Rates = readRates(f, p)
		case scalesFile:
			t.Scales = readScales(f, p)
		case crosswalkFile:
			t.Crosswalk = readCrosswalk(f, p)
		case wavesFile:
			t.Waves = readWaves(f, p)
		case basesFile:
			t.Bases = readBases(f, p)
		case scaleKeysFile:
			t.ScaleKeys = readScaleKeys(f, p)
		case reasonsFile:
			t.Reasons = readReasons(f, p)
		case gatesFile:
			t.Gates = readGates(f, t.Waves, p)
		}
	}
	if p.Total > 0 {
		return nil, p
	}
	return t, nil
}

// hashOf is the SHA-256 over name, length and content of each file, in the
// order of their names: equal content gives an equal hash wherever it is read.
func hashOf(files []file) string {
	sorted := append([]file(nil), files...)
	sort.Slice(sorted, func(i, j int) bool { return sorted[i].name < sorted[j].name })
	h := sha256.New()
	for _, f := range sorted {
		fmt.Fprintf(h, "%s\x00%d\x00", f.name, len(f.content))
		h.Write(f.content)
	}
	return hex.EncodeToString(h.Sum(nil))
}
