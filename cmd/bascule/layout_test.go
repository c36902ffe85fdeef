package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// section is a block of the guide to layouts, without its fences.
func section(t *testing.T, guide, name string) string {
	t.Helper()
	_, rest, ok := strings.Cut(guide, "<!-- "+name+" -->\n")
	block, _, closed := strings.Cut(rest, "<!-- end -->")
	lines := strings.Split(strings.TrimSuffix(block, "\n"), "\n")
	if !ok || !closed || len(lines) < 3 {
		t.Fatalf("the guide has no section %q", name)
	}
	return strings.Join(lines[1:len(lines)-1], "\n") + "\n"
}

// TestTheGuideToLayoutsIsTrue follows the worked example of the guide.
func TestTheGuideToLayoutsIsTrue(t *testing.T) {
	guide, err := os.ReadFile("../../mappings/layouts/README.md")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	t.Chdir(dir)
	for name, part := range map[string]string{"extraction.txt": "file", "depart.yaml": "layout"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(section(t, string(guide), part)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), []string{"layout", "check", "depart.yaml", "extraction.txt"}, &stdout, &stderr); code != 0 {
		t.Fatalf("exit %d: %s", code, stderr.String())
	}
	page := strings.ReplaceAll(stdout.String(), "\u202f", " ")
	for _, line := range strings.Split(strings.TrimSpace(section(t, string(guide), "answers")), "\n") {
		if !strings.Contains(page, line) {
			t.Errorf("the guide promises %q, the page is\n%s", line, page)
		}
	}
}

func TestLayoutCheckShowsWhatItReads(t *testing.T) {
	demo, err := filepath.Abs("../../fixtures")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	for _, c := range []struct {
		layout, file string
		code         int
		want         []string
		reason       string
	}{
		{"psop", "demo/psop-2013-12.txt", 0, []string{"paye de 2013-12", "Agent « 10 », ligne 2", "----+----1", "signe 51", "autres lignes", "déclaré par le fichier", "VERDICT : le fichier serait chargé"}, "a good file of fixed positions"},
		{"sipaye", "demo/sipaye-2013-11.csv", 0, []string{"paye de 2013-11", "colonne 2", "net déclaré"}, "a good file of columns, of another month"},
		{"exemple-ebcdic", "bad/109-indice-condense-illisible.bin", 2, []string{"x'0A467C'", "ILLISIBLE : n'est pas un nombre codé", "Problèmes : 1\n", "serait refusé"}, "a packed number that is none"},
		{"sipaye", "demo/psop-2013-12.txt", 2, []string{"serait refusé", "0000920131220"}, "the layout of another file shows the line it stumbles on"},
		{"psop", "bad/042-vide.txt", 2, []string{"serait refusé"}, "an empty file"},
		{"flat", "bad/068-colonne-montant-absente.csv", 2, []string{"serait refusé"}, "a file without its amounts"},
	} {
		var stdout, stderr bytes.Buffer
		code := run(t.Context(), []string{"layout", "check", c.layout, filepath.Join(demo, filepath.FromSlash(c.file))}, &stdout, &stderr)
		if code != c.code || (code == 2) != (stderr.Len() > 0) {
			t.Errorf("%s: exit %d, %s", c.reason, code, stderr.String())
		}
		for _, want := range c.want {
			if !strings.Contains(stdout.String(), want) {
				t.Errorf("%s: no %q in\n%s", c.reason, want, stdout.String())
			}
		}
	}
}

func TestLayoutCheckSpeaksJSON(t *testing.T) {
	file, err := filepath.Abs("../../fixtures/demo/psop-2013-12.txt")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), []string{"layout", "check", "psop", file, "--json"}, &stdout, &stderr); code != 0 {
		t.Fatalf("exit %d: %s", code, stderr.String())
	}
	var got struct {
		First   []seenView `json:"first_agent"`
		Refusal string
		File    struct{ Payslips int64 }
	}
	if err := json.Unmarshal(stdout.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if len(got.First) < 4 || got.First[1].Role != "agent" || got.First[1].Fields[0].Name != "nir" || got.Refusal != "" || got.File.Payslips == 0 {
		t.Errorf("%s", stdout.String())
	}
}

func TestLayoutRefusesWhatIsNoLayout(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, args := range [][]string{{"layout"}, {"layout", "chek"}, {"layout", "check", "psop"}, {"layout", "check", "absent", "x"}, {"layout", "check", "absent.yaml", "x"}, {"layout", "list", "x"}} {
		var stdout, stderr bytes.Buffer
		if code := run(t.Context(), args, &stdout, &stderr); code != 2 || strings.Count(stderr.String(), "\n") != 1 {
			t.Errorf("%v: exit %d, %q", args, code, stderr.String())
		}
	}
}
