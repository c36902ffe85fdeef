package mappings

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"bascule/reconcile"
)

const (
	layoutsDir = "layouts"
	layoutExt  = ".yaml"
)

// LayoutText finds a layout by its name: the folder's own
// dir/layouts/name.yaml first, else the one shipped. path is what errors
// should show. An unknown name is an InputError that lists those known.
func LayoutText(dir, name string) (text []byte, shown string, err error) {
	onDisk := filepath.Join(dir, layoutsDir, name+layoutExt)
	if !isLayoutName(name) {
		return nil, "", unknownLayout(dir, name)
	}
	switch text, err = ReadFile(onDisk); {
	case err == nil:
		return text, onDisk, nil
	case !errors.Is(err, fs.ErrNotExist):
		return nil, "", err
	}
	within := path.Join(layoutsDir, name+layoutExt)
	if text, err = embedded.ReadFile(within); err != nil {
		return nil, "", unknownLayout(dir, name)
	}
	return text, path.Join("mappings", within), nil
}

func isLayoutName(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' && c != '_' {
			return false
		}
	}
	return s != ""
}

func unknownLayout(dir, name string) error {
	return &reconcile.InputError{File: filepath.Join(dir, layoutsDir), Field: "layout", Err: fmt.Errorf("« %s » n'est pas un format connu", name),
		Hint: "formats connus : " + strings.Join(LayoutNames(dir), ", ")}
}

// LayoutNames lists the layouts of the folder and those shipped, sorted.
func LayoutNames(dir string) []string {
	var names []string
	onDisk, _ := os.ReadDir(filepath.Join(dir, layoutsDir)) // absent: only those shipped are known
	shipped, _ := embedded.ReadDir(layoutsDir)
	for _, entry := range append(onDisk, shipped...) {
		if name, ok := strings.CutSuffix(entry.Name(), layoutExt); ok && isLayoutName(name) && !entry.IsDir() {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// WriteDefaults writes into dir the tables and layouts shipped that are not
// there yet, mode 0644, and gives their paths, sorted. It never overwrites.
func WriteDefaults(dir string) (written []string, err error) {
	if err := os.MkdirAll(filepath.Join(dir, layoutsDir), 0o755); err != nil {
		return nil, fmt.Errorf("créer le dossier des tables : %w", err)
	}
	err = fs.WalkDir(embedded, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := embedded.ReadFile(name)
		if err != nil {
			return err
		}
		target := filepath.Join(dir, filepath.FromSlash(name))
		created, err := writeNew(target, content)
		if created {
			written = append(written, target)
		}
		return err
	})
	slices.Sort(written)
	return written, err
}

// writeNew creates a file that does not exist. A file half written is removed,
// or a second attempt would take it for the user's own.
func writeNew(target string, content []byte) (created bool, err error) {
	f, err := os.OpenFile(target, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("écrire une table par défaut : %w", err)
	}
	_, err = f.Write(content)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return false, errors.Join(fmt.Errorf("écrire une table par défaut : %w", err), os.Remove(target))
	}
	return true, nil
}
