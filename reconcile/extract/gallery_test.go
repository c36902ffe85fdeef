package extract

import (
	"archive/zip"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bascule/reconcile"
	"bascule/reports/xlsx"
)

const galleryFolder = "../../fixtures/bad"

// TestGalleryTellsEachDefect reads every file of the error gallery and compares
// what becomes of it with the .want that stands beside it. The first line of a
// .want tells how to read the file; the rest is what a user sees.
func TestGalleryTellsEachDefect(t *testing.T) {
	inputs := galleryInputs(t)
	const fewest = 30
	if len(inputs) < fewest {
		t.Fatalf("the gallery holds %d files, fewer than %d", len(inputs), fewest)
	}
	for _, path := range inputs {
		name := filepath.Base(path)
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(wantOf(path))
			if err != nil {
				t.Fatalf("every file of the gallery has its .want: %v", err)
			}
			head, want, _ := strings.Cut(string(text), "\n")
			if diff := cmp.Diff(want, strings.ReplaceAll(galleryOutcome(t, path, head), path, name)); diff != "" {
				t.Errorf("what a user sees changed (-want +got):\n%s", diff)
			}
		})
	}
}

// TestGalleryHasNoOrphanWant finds the .want files whose input is gone.
func TestGalleryHasNoOrphanWant(t *testing.T) {
	expected := map[string]bool{}
	for _, path := range galleryInputs(t) {
		expected[wantOf(path)] = true
	}
	wants, err := filepath.Glob(filepath.Join(galleryFolder, "*.want"))
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range wants {
		if !expected[w] {
			t.Errorf("%s has no input", w)
		}
	}
}

func galleryInputs(t testing.TB) []string {
	t.Helper()
	entries, err := os.ReadDir(galleryFolder)
	if err != nil {
		t.Fatal(err)
	}
	var inputs []string
	for _, e := range entries {
		if ext := filepath.Ext(e.Name()); ext != ".want" && ext != ".md" {
			inputs = append(inputs, filepath.Join(galleryFolder, e.Name()))
		}
	}
	return inputs
}

// wantOf is the .want of a gallery file: the same name up to its first dot.
func wantOf(path string) string {
	base, _, _ := strings.Cut(filepath.Base(path), ".")
	return filepath.Join(filepath.Dir(path), base+".want")
}

// galleryOutcome reads a file in the way that the first line of its .want asks
// for: "layout: psop; period: 2013-12; limit: 50", and each member of an
// archive.
func galleryOutcome(t testing.TB, path, head string) string {
	t.Helper()
	settings := map[string]string{}
	for _, s := range strings.Split(head, ";") {
		key, value, ok := strings.Cut(s, ":")
		if !ok {
			t.Fatalf("%s: first line %q", wantOf(path), head)
		}
		settings[strings.TrimSpace(key)] = strings.TrimSpace(value)
	}
	o := testOptions(settings["period"])
	var err error
	if o.MaxRejects, err = ParseLimit(settings["limit"]); err != nil {
		t.Fatalf("%s: %v", wantOf(path), err)
	}
	if bytes, ok := settings["max_line_bytes"]; ok {
		if o.MaxLineBytes, err = strconv.Atoi(bytes); err != nil {
			t.Fatal(err)
		}
	}
	layout := shippedLayout(t, settings["layout"])
	layout.sheet = settings["sheet"]
	o.Workbook = openXLSX
	files, err := Files(path, settings["member"], 0)
	if err != nil {
		return fmt.Sprintf("refusé : %v\n", err)
	}
	defer files[0].Close()
	var all strings.Builder
	for _, f := range files {
		all.WriteString(outcome(f.Reader(layout, o)))
	}
	return all.String()
}

// openXLSX opens a real workbook.
func openXLSX(z *zip.Reader) (Workbook, error) {
	w, err := xlsx.Open(z)
	if err != nil {
		return nil, err
	}
	return w, nil
}

// outcome is what a user sees of a file.
func outcome(r *Reader) string {
	var b strings.Builder
	for item, err := range r.Items() {
		switch {
		case err != nil:
			fmt.Fprintf(&b, "refusé : %v\n", err)
			return b.String()
		case item.Reject != nil:
			b.WriteString(rejectText(item.Reject))
		}
	}
	load := r.Load()
	fmt.Fprintf(&b, "accepté : %d bulletin(s), %d ligne(s), %d rejet(s)\n", load.Payslips, load.Sums.Lines, load.Rejects)
	for _, c := range load.Controls {
		if c.Note != "" {
			fmt.Fprintf(&b, "contrôle : %s %s = %s, %s\n", c.Name, euros(c.Left), euros(c.Right), c.Note)
		}
	}
	for _, w := range r.Warnings() {
		fmt.Fprintf(&b, "avertissement : %s : %s\n", load.Path, w)
	}
	return b.String()
}

func rejectText(rej *reconcile.Reject) string {
	s := fmt.Sprintf("rejet : %s:%d [%s] %s", rej.File, rej.Line, rej.Record, rej.Field)
	s = strings.TrimRight(s, " ") + ": " + rej.Reason.String()
	if rej.Amount.Set {
		sense := "sens ?"
		if rej.Sense != 0 {
			sense = rej.Sense.String()
		}
		s += fmt.Sprintf(" (%s %s)", sense, euros(rej.Amount.Amount))
	}
	if rej.Payslip {
		s += " (bulletin entier)"
	}
	return s + "\n"
}
