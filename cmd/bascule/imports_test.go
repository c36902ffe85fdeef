package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// sourceFile is a Go file of the tree, with the folder of its package relative
// to the root of the module.
type sourceFile struct {
	path, folder string
	test         bool
	ast          *ast.File
}

// sources parses every Go file of the module.
func sources(t *testing.T) []sourceFile {
	t.Helper()
	root := filepath.Join("..", "..")
	var files []sourceFile
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && name != root && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "testdata" || hasOwnModule(name)) {
			return fs.SkipDir
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		relative = filepath.ToSlash(relative)
		files = append(files, sourceFile{relative, path.Dir(relative), strings.HasSuffix(name, "_test.go"), parsed})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 50 {
		t.Fatalf("only %d Go files were found: the walk is broken", len(files))
	}
	return files
}

func hasOwnModule(folder string) bool {
	_, err := os.Stat(filepath.Join(folder, "go.mod"))
	return err == nil
}

// A technology may be imported by one package only (DESIGN 1.2).
var technologies = []struct{ prefix, home string }{
	{"github.com/mattn/go-sqlite3", "reconcile/sqlite"},
	{"github.com/jmoiron/sqlx", "reconcile/sqlite"},
	{"database/sql", "reconcile/sqlite"},
	{"github.com/xuri/excelize", "reports/xlsx"},
	{"github.com/spf13", "cmd/bascule"},
}

// What each package of the module may import of the others, besides reconcile
// (DESIGN 2). cmd/bascule may import everything.
var allowed = map[string][]string{"reports/xlsx": {"reports"}}

func TestEveryImportPointsAtReconcile(t *testing.T) {
	for _, f := range sources(t) {
		for _, spec := range f.ast.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			for _, tech := range technologies {
				if (name == tech.prefix || strings.HasPrefix(name, tech.prefix+"/")) && f.folder != tech.home && !f.test {
					t.Errorf("%s imports %s, which only %s may", f.path, name, tech.home)
				}
			}
			inside, ours := strings.CutPrefix(name, "bascule/")
			third := strings.Contains(strings.SplitN(name, "/", 2)[0], ".")
			switch {
			case f.test || f.folder == "cmd/bascule":
			case f.folder == "reconcile" && (ours || third && name != "github.com/shopspring/decimal"):
				t.Errorf("%s imports %s: reconcile knows the standard library and decimal only", f.path, name)
			case ours && inside != "reconcile" && !slices.Contains(allowed[f.folder], inside):
				t.Errorf("%s imports %s: siblings do not know each other", f.path, name)
			}
		}
	}
}

func TestNoFloatComesNearMoney(t *testing.T) {
	for _, f := range sources(t) {
		if f.test || f.folder == "reports/xlsx" || f.folder == "cmd/bascule" {
			continue
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && (id.Name == "float64" || id.Name == "float32" || id.Name == "NewFromFloat" || id.Name == "InexactFloat64") {
				t.Errorf("%s uses %s", f.path, id.Name)
			}
			return true
		})
	}
}

func TestTheTreeIsTheAgreedOne(t *testing.T) {
	folders := []string{"cmd/bascule", "reconcile", "reconcile/explain", "reconcile/review", "reconcile/budget", "reconcile/extract", "reconcile/sqlite",
		"mappings", "reports", "reports/xlsx", "fixtures"}
	for _, f := range sources(t) {
		if !slices.Contains(folders, f.folder) {
			t.Errorf("%s stands in a folder that the design does not know", f.path)
		}
		if name := strings.TrimSuffix(f.ast.Name.Name, "_test"); slices.Contains([]string{"util", "utils", "common", "helper", "helpers", "manager", "types"}, name) {
			t.Errorf("%s: package %s names no notion of the field", f.path, name)
		}
	}
}
