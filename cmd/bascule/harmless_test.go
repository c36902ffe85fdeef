package main

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"bascule/reports"
	"bascule/reports/xlsx"
)

// awkward are texts that programs take for something else, or that no cell
// holds as they are.
var awkward = []string{
	`=HYPERLINK("http://x","y")`, "+1", "-1", "@SUM(A1)", "\t=1+1", "=cmd|' /C calc'!A0", " =1+1", "\u00a0=1", "\ufeff=1", "＝1", "%0A=1",
	"😀 Zoé", strings.Repeat("x", 200), strings.Repeat("é", 40_000), "a\u202eb", "\u200f=1", "_x000D_", "_x0041_", "<b>&amp;</b>", `O'Brien "q"`, "';DROP", "a;b", "#N/A", "TRUE", "1E5", "00012",
}

const awkwardHeader = "mois;nir;dossier;matricule;nom;grade;service;programme;code;libelle;sens;montant\n"

func awkwardRow(i int, text, code, amount string) string {
	quoted := `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
	return fmt.Sprintf("2013-12;%013d;01;M%04d;%s;%s;%s;176;%s;%s;P;%s\n", 1_750_375_000_000+i, i, quoted, quoted, quoted, code, quoted, amount)
}

// awkwardMinistry has each text as a name, a grade, a service and a label: of an
// agent who differs, of one who is absent, of a code that nothing maps, and of
// a line that cannot be read.
func awkwardMinistry(t *testing.T) {
	t.Helper()
	flatMinistry(t, "l.csv")
	legacy, onp := awkwardHeader, awkwardHeader
	for i, text := range awkward {
		legacy += awkwardRow(i, text, "101000", "1000,00") + awkwardRow(i, text, fmt.Sprintf("9%05d", i), "12,00") + awkwardRow(100+i, text, "101000", "50,00")
		onp += awkwardRow(i, text, "R1010", fmt.Sprintf("%d,00", 900+i)) + awkwardRow(200+i, text, "R1010", "douze")
	}
	writeAll(t, map[string]string{"l.csv": legacy, "o.csv": onp})
	edit(t, "config.yaml", func(b []byte) []byte {
		return append(b, "limits: { max_rejects: \"100\", max_line_bytes: 400000 }\nsplit: { by: \"service\" }\n"...)
	})
	mustExit(t, exitOpen, "run")
}

func TestTextsOfExtractsAreInertInEveryFile(t *testing.T) {
	if elsewhere(t) {
		return
	}
	awkwardMinistry(t)
	folder := runFolderOf(t, 1)
	books := 0
	for _, f := range filesOf(t, folder) {
		switch {
		case strings.HasSuffix(f.name, ".csv"):
			inertCSV(t, f)
		case strings.HasSuffix(f.name, ".json"):
			if !json.Valid(f.content) {
				t.Errorf("%s is no JSON", f.name)
			}
		case f.part != "":
			if f.part == "xl/workbook.xml" {
				books++
			}
			inertPart(t, f)
		}
	}
	if books < 3+len(awkward)/2 {
		t.Errorf("%d workbooks were looked at", books)
	}
	shown := namesShown(t, filepath.Join(folder, "ecarts-2013-12-run-0001.xlsx"))
	for _, text := range awkward {
		want := strings.TrimSpace(reports.Clean(text))
		if utf8.RuneCountInString(want) > 16_383 {
			want = string([]rune(want)[:16_382]) + "…"
		}
		if !shown[want] {
			t.Errorf("%.60q is shown nowhere as it is", text)
		}
	}
	noFormulaFor(t, folder)
}

// publishedFile is a file of a run, or a part of one of its workbooks.
type publishedFile struct {
	name, part string
	content    []byte
}

// filesOf are all the files of a folder, each part of each workbook apart.
func filesOf(t *testing.T, folder string) (files []publishedFile) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files = append(files, publishedFile{name: path, content: content})
		if !bytes.HasPrefix(content, []byte("PK")) {
			return nil
		}
		z, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
		if err != nil {
			return err
		}
		for _, f := range z.File {
			in, err := f.Open()
			if err != nil {
				return err
			}
			content, err := io.ReadAll(in)
			if err = errors.Join(err, in.Close()); err != nil {
				return err
			}
			files = append(files, publishedFile{name: path, part: f.Name, content: content})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// inertCSV fails on a field that a spreadsheet would compute.
func inertCSV(t *testing.T, f publishedFile) {
	t.Helper()
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(f.content), "\ufeff")))
	r.Comma = ';'
	rows, err := r.ReadAll()
	if err != nil || len(rows) < len(awkward) || !utf8.Valid(f.content) {
		t.Fatalf("%s: %d rows, %v", f.name, len(rows), err)
	}
	for _, row := range rows[1:] {
		for i, text := range row {
			bare := strings.TrimLeft(text, " \t\r\n\u00a0\ufeff\u200f\u202e\ufffd")
			amount := strings.Trim(bare, "-0123456789,.") == "" // of this program: its texts are quoted
			if bare != "" && strings.ContainsRune("=+-@＝＋－＠", []rune(bare)[0]) && (!amount || rows[0][i] == "name" || rows[0][i] == "service") {
				t.Errorf("%s, %s: %.40q would be computed", f.name, rows[0][i], text)
			}
			if strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\u202e' }) {
				t.Errorf("%s, %s: %.40q holds a control character", f.name, rows[0][i], text)
			}
		}
	}
}

// inertPart fails on a part that is no XML, that holds a formula in a cell, or
// that leads out of the workbook.
func inertPart(t *testing.T, f publishedFile) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(f.content))
	for {
		token, err := d.Token()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatalf("%s, %s: %v", f.name, f.part, err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			if e.Name.Local == "f" && strings.HasPrefix(f.part, "xl/worksheets/") {
				t.Errorf("%s, %s holds a formula", f.name, f.part)
			}
			for _, a := range e.Attr {
				if a.Name.Local == "TargetMode" {
					t.Errorf("%s, %s leads out of the workbook", f.name, f.part)
				}
			}
		case xml.CharData:
			if bytes.ContainsRune(e, '\u202e') {
				t.Errorf("%s, %s turns the writing round", f.name, f.part)
			}
		}
	}
}

// namesShown are the texts of a workbook, as our own reader finds them.
func namesShown(t *testing.T, path string) map[string]bool {
	t.Helper()
	sheets, err := xlsx.ReadSheets(path, []byte(readFile(t, path)), "")
	if err != nil {
		t.Fatal(err)
	}
	shown := map[string]bool{}
	for _, s := range sheets {
		for _, row := range s.Rows {
			for i, text := range row.Cells {
				if row.Types[i] == xlsx.Text {
					shown[strings.TrimSpace(text)] = true
				}
			}
		}
	}
	return shown
}

// noFormulaFor fails on a formula, or on a link out of a workbook, that openpyxl
// finds.
func noFormulaFor(t *testing.T, folder string) {
	t.Helper()
	const script = `
import glob, openpyxl, sys
n = 0
for path in glob.glob(sys.argv[1] + '/**/*.xlsx', recursive=True):
    for sheet in openpyxl.load_workbook(path):
        for row in sheet.iter_rows():
            for cell in row:
                n += cell.value is not None
                if cell.data_type == 'f' or cell.hyperlink and cell.hyperlink.target:
                    print(path, sheet.title, cell.coordinate, cell.data_type)
print(n, 'cells')`
	out, err := exec.Command(pythonWithOpenpyxl(t), "-c", script, folder).CombinedOutput()
	if lines := strings.Split(strings.TrimSpace(string(out)), "\n"); err != nil || len(lines) != 1 || !strings.HasSuffix(lines[0], " cells") || lines[0] == "0 cells" {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestBytesThatAreNoTextAreRefusedBeforeAnythingIsWritten(t *testing.T) {
	for _, name := range []string{"inv\xe9lide", "\xed\xa0\x80 paire", "=\xff1"} {
		flatMinistry(t, "l.csv")
		writeAll(t, map[string]string{"l.csv": awkwardHeader + awkwardRow(1, name, "101000", "1000,00")})
		if stderr := mustExit(t, exitFailure, "run"); !strings.Contains(stderr, "l.csv:2") || strings.Contains(stderr, "\xff") {
			t.Errorf("%q: %q", name, stderr)
		}
		if _, err := os.Stat("out"); err == nil {
			t.Errorf("%q: something was written", name)
		}
	}
}
