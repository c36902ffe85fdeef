package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"bascule/reconcile"
)

// ignoreFile compares what is listed by its path and its layout.
var ignoreFile = cmpopts.IgnoreFields(Extract{}, "File")

func writeFiles(t *testing.T, dir string, names ...string) {
	t.Helper()
	for _, name := range names {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func legacyInputs(items string) string {
	return periodLine + "inputs:\n  onp: [ { path: \"x\", layout: \"x\" } ]\n  legacy:\n" + items
}

func TestInputsExpandToExistingFilesInOrder(t *testing.T) {
	cases := []struct {
		reason, items string
		files         []string
		want          []Extract
	}{
		{"pattern, sorted, folders left out", "    - { path: \"in/psop*\", layout: \"psop\" }\n",
			[]string{"in/psop-2.txt", "in/psop-1.txt", "in/other.txt", "in/psop-dir/f"},
			[]Extract{{Path: "in/psop-1.txt", Layout: "psop"}, {Path: "in/psop-2.txt", Layout: "psop"}}},
		{"the month in the path", "    - { path: \"{period}/psop-{period}.txt\", layout: \"psop\" }\n",
			[]string{"2013-12/psop-2013-12.txt", "2013-11/psop-2013-11.txt"},
			[]Extract{{Path: "2013-12/psop-2013-12.txt", Layout: "psop"}}},
		{"two layouts, in the order of the files", "    - { path: \"b.txt\", layout: \"psop\" }\n    - { path: \"./a*.csv\", layout: \"flat\" }\n",
			[]string{"b.txt", "a1.csv"},
			[]Extract{{Path: "a1.csv", Layout: "flat"}, {Path: "b.txt", Layout: "psop"}}},
		{"a file whose name looks like a pattern", "    - { path: \"psop[1].txt\", layout: \"psop\" }\n",
			[]string{"psop[1].txt", "psop1.txt"},
			[]Extract{{Path: "psop[1].txt", Layout: "psop"}}},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			// A folder whose own name is a pattern must not disturb.
			dir := filepath.Join(t.TempDir(), "paye [2013]*")
			writeFiles(t, dir, c.files...)
			file := filepath.Join(dir, "config.yaml")
			if err := os.WriteFile(file, []byte(legacyInputs(c.items)), 0o600); err != nil {
				t.Fatal(err)
			}
			got, err := mustLoad(t, file, nil).Files(reconcile.Legacy)
			if diff := cmp.Diff(c.want, got, ignoreFile); diff != "" || err != nil {
				t.Errorf("%v, -want +got:\n%s", err, diff)
			}
		})
	}
}

func TestInputsAboveTheConfigurationStayRelative(t *testing.T) {
	dir := t.TempDir()
	writeFiles(t, dir, "in/a.txt")
	file := filepath.Join(dir, "conf", "config.yaml")
	writeFiles(t, dir, "conf/config.yaml")
	if err := os.WriteFile(file, []byte(legacyInputs("    - { path: \"../in/*.txt\", layout: \"psop\" }\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	c := mustLoad(t, file, nil)
	got, err := c.Files(reconcile.Legacy)
	if diff := cmp.Diff([]Extract{{Path: "../in/a.txt", Layout: "psop"}}, got, ignoreFile); diff != "" || err != nil {
		t.Fatalf("%v, -want +got:\n%s", err, diff)
	}
	if c.Abs(got[0].Path) != filepath.Join(dir, "in", "a.txt") {
		t.Errorf("leads to %s", c.Abs(got[0].Path))
	}
}

func TestInputsThatLeadNowhereAreRefusedAtTheirLine(t *testing.T) {
	const hint = " — vérifiez le chemin, relatif au dossier de config.yaml, et le mois de paye 2013-12"
	cases := []struct{ reason, items, want string }{
		{"no such file", "    - { path: \"psop-{period}.txt\", layout: \"psop\" }\n",
			"config.yaml:5: inputs.legacy[1].path: désigne un fichier qui n'existe pas : psop-2013-12.txt" + hint},
		{"pattern without a match, second input", "    - { path: \"there.txt\", layout: \"psop\" }\n    - { path: \"psop*.txt\", layout: \"psop\" }\n",
			"config.yaml:6: inputs.legacy[2].path: ne correspond à aucun fichier : psop*.txt" + hint},
		{"a folder", "    - { path: \"dir\", layout: \"psop\" }\n",
			"config.yaml:5: inputs.legacy[1].path: désigne un dossier, pas un fichier : dir" + hint},
		{"one file twice", "    - { path: \"there.txt\", layout: \"psop\" }\n    - { path: \"./th*.txt\", layout: \"flat\" }\n",
			"config.yaml:6: inputs.legacy[2].path: désigne une seconde fois there.txt — gardez une seule mention de ce fichier : ses bulletins compteraient double"},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			file := writeConfig(t, legacyInputs(c.items))
			writeFiles(t, filepath.Dir(file), "there.txt", "dir/f")
			_, err := mustLoad(t, file, nil).Files(reconcile.Legacy)
			if err == nil {
				t.Fatal("accepted")
			}
			if got := strings.ReplaceAll(err.Error(), filepath.Dir(file)+"/", ""); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}
