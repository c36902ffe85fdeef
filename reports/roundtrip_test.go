package reports_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"bascule/reconcile"
	"bascule/reports"
	"bascule/reports/xlsx"
)

// python is an interpreter that has openpyxl.
func python(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"python3", "/usr/bin/python3"} {
		if exec.Command(name, "-c", "import openpyxl").Run() == nil {
			return name
		}
	}
	absent(t, "python3-openpyxl")
	return ""
}

// absent skips the test where a program is not installed, and fails it in CI,
// where it must be.
func absent(t *testing.T, program string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is not installed", program)
	}
	t.Skipf("%s is not installed", program)
}

// reviewed is what testdata/review.py says must be read back.
type reviewed struct {
	Rows []struct {
		ID    string
		Delta json.Number
		Texts []string
	}
	Gone []string
}

// byOpenpyxl annotates a workbook.
func byOpenpyxl(t *testing.T, source, target string) (r reviewed) {
	t.Helper()
	command := exec.Command(python(t), filepath.Join("testdata", "review.py"), source, target)
	command.Stderr = os.Stderr
	out, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	must(t, json.Unmarshal(out, &r))
	return r
}

// byLibreOffice saves a workbook again, in another folder.
func byLibreOffice(t *testing.T, source string) string {
	t.Helper()
	program, err := exec.LookPath("soffice")
	if err != nil {
		absent(t, "libreoffice")
	}
	folder := t.TempDir()
	command := exec.Command(program, "-env:UserInstallation=file://"+filepath.Join(folder, "profile"), "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", folder, source)
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return filepath.Join(folder, filepath.Base(source))
}

// annotated are the annotations of a workbook as review.py tells them, with
// where the status was found.
func annotated(t *testing.T, path string) (rows []string, a *reports.Annotated) {
	t.Helper()
	a, err := readAnnotations(path, "")
	if err != nil {
		t.Fatal(err)
	}
	file, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for i := range a.Rows {
		r := &a.Rows[i]
		id, amount := "fingerprint", "delta_net"
		if r.Cluster {
			id, amount = "cluster", "low"
		}
		cells := []string{r.Text(id), r.Text(amount)}
		for _, key := range []string{"review_status", "review_reason", "review_decision", "review_author", "review_visa", "review_comment"} {
			cells = append(cells, r.Text(key))
			sheet, cell, _ := strings.Cut(r.At(key), "!")
			if there, err := file.GetCellValue(sheet, cell); err != nil || strings.TrimSpace(there) != r.Text(key) {
				t.Errorf("%s holds %q %v, not %q", r.At(key), there, err, r.Text(key))
			}
		}
		rows = append(rows, strings.Join(cells, "|"))
	}
	return rows, a
}

// TestAWorkbookEditedElsewhereIsReadRight: sorted, filtered, with rows deleted
// and columns moved by openpyxl, saved again by LibreOffice, it says what its
// reviewer wrote, to the cell and to the centime.
func TestAWorkbookEditedElsewhereIsReadRight(t *testing.T) {
	d := decided(90, "fr")
	d.Clusters[0].Low, d.Clusters[0].High = -2_682, 6_705
	source := written(t, d, xlsx.Options{})
	edited := filepath.Join(t.TempDir(), "revue.xlsx")
	expected := byOpenpyxl(t, source, edited)
	if len(expected.Rows) < 30 || len(expected.Gone) != 2 {
		t.Fatalf("the script annotated %d rows and deleted %d", len(expected.Rows), len(expected.Gone))
	}
	var want []string
	for _, r := range expected.Rows {
		amount, err := reconcile.ParseAmount(r.Delta.String())
		must(t, err)
		want = append(want, strings.Join(append([]string{r.ID, amount.String()}, r.Texts...), "|"))
	}
	slices.Sort(want)
	for _, c := range []struct{ reason, path string }{{"by openpyxl", edited}, {"by openpyxl, then LibreOffice", byLibreOffice(t, edited)}} {
		got, a := annotated(t, c.path)
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", c.reason, diff)
		}
		if want := (reports.Stamp{Database: "0123456789ab", Run: 7, Lang: "fr"}); a.Stamp != want {
			t.Errorf("%s: stamp %+v", c.reason, a.Stamp)
		}
		if want := 88 + len(d.Clusters); a.Read != want {
			t.Errorf("%s: %d rows read, want %d", c.reason, a.Read, want)
		}
	}
}

// TestAWorkbookSavedAgainSaysTheSame: what is prefilled comes back as it was,
// and the reviewer keeps his lists and his locked cells.
func TestAWorkbookSavedAgainSaysTheSame(t *testing.T) {
	for _, lang := range []string{"fr", "en"} {
		source := written(t, decided(30, lang), xlsx.Options{})
		saved := byLibreOffice(t, source)
		want, _ := annotated(t, source)
		got, a := annotated(t, saved)
		if diff := cmp.Diff(want, got); diff != "" || a.Stamp.Lang != lang || len(got) != 3 {
			t.Errorf("%s: stamp %+v (-want +got)\n%s", lang, a.Stamp, diff)
		}
		for _, sheet := range []string{"xl/worksheets/sheet3.xml", "xl/worksheets/sheet4.xml"} {
			text := partText(t, saved, sheet)
			for _, kept := range []string{"<sheetProtection", "Statuts", "Motifs"} {
				if !strings.Contains(text, kept) {
					t.Errorf("%s: LibreOffice left no %s in %s", lang, kept, sheet)
				}
			}
		}
	}
}
