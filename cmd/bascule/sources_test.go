package main

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

// parts are three flat files of one side: five agents, of whom M1 is paid 10 €
// less than in the other.
var parts = map[string]string{
	"l-1.csv": flatHeader + flatRow("M1", "101000", "90,00"),
	"l-2.csv": flatHeader + flatRow("M2", "101000", "50,00") + flatRow("M3", "101000", "1,00"),
	"l-3.csv": flatHeader + flatRow("M4", "101000", "1,00"),
}

// writeZip writes an archive of some files, in the order of their names.
func writeZip(t *testing.T, path string, files map[string]string) {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	var names []string
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte(files[name]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

// gaps are the discrepancies of a run, without its number.
func gaps(t *testing.T, run int) []map[string]string {
	t.Helper()
	table := readTable(t, filepath.Join(runFolderOf(t, run), "discrepancies.csv"))
	for _, row := range table {
		for _, key := range []string{"run", "agent", "fingerprint", "evolution", "first_seen", "age_days"} { // of the run, or of the database's secret
			delete(row, key)
		}
	}
	return table
}

// loaded runs load and tells each file and whether it was known.
func loaded(t *testing.T, files ...string) map[string]bool {
	t.Helper()
	code, stdout, stderr := invoke(t, append([]string{"load", "--side", "legacy", "--json", "--quiet"}, files...)...)
	var result struct {
		Loads []struct {
			File   string
			Reused bool
		}
	}
	if err := json.Unmarshal([]byte(stdout), &result); code != exitClosed || err != nil {
		t.Fatalf("exits %d: %s", code, stderr)
	}
	found := make(map[string]bool)
	for _, l := range result.Loads {
		found[l.File] = l.Reused
	}
	return found
}

func TestAnArchiveGivesWhatItsFilesGive(t *testing.T) {
	flatMinistry(t, "l-*.csv")
	writeAll(t, parts)
	mustExit(t, exitOpen, "run")
	want := gaps(t, 1)
	plain := summaryOf(t, runFolderOf(t, 1))

	flatMinistry(t, "depot/l.zip")
	if err := os.Mkdir("depot", 0o700); err != nil {
		t.Fatal(err)
	}
	writeZip(t, "depot/l.zip", parts)
	mustExit(t, exitOpen, "run")
	if diff := cmp.Diff(want, gaps(t, 1)); diff != "" || len(want) < 3 {
		t.Errorf("%d gaps, -plain +archive:\n%s", len(want), diff)
	}
	if s := summaryOf(t, runFolderOf(t, 1)); s.Legacy != plain.Legacy || s.Legacy.Files != 3 {
		t.Errorf("legacy %+v, plain %+v", s.Legacy, plain.Legacy)
	}
	// The second night, nothing is read again: the members would be refused.
	known := map[string]bool{"depot/l.zip/l-1.csv": true, "depot/l.zip/l-2.csv": true, "depot/l.zip/l-3.csv": true}
	if diff := cmp.Diff(known, loaded(t, "depot/l.zip")); diff != "" {
		t.Errorf("the second night:\n%s", diff)
	}
	mustExit(t, exitOpen, "run")
	mustExit(t, exitOpen, "compare")
	if _, err := os.Stat(runFolderOf(t, 2)); err == nil {
		t.Error("run, load and compare do not agree on the files")
	}
	writeAll(t, map[string]string{"l-2.csv": parts["l-2.csv"]})
	if !loaded(t, "l-2.csv")["l-2.csv"] {
		t.Error("a member that was extracted is read again")
	}
}

// TestAnArchiveDeliveredAgainReplacesTheFormerOne: a member that is gone counts
// no more, by load and compare as by run.
func TestAnArchiveDeliveredAgainReplacesTheFormerOne(t *testing.T) {
	flatMinistry(t, "l.zip")
	writeZip(t, "l.zip", parts)
	mustExit(t, exitOpen, "run")
	writeZip(t, "l.zip", map[string]string{"l-1.csv": parts["l-1.csv"], "n-2.csv": parts["l-2.csv"]})
	if got := loaded(t, "l.zip"); !got["l.zip/l-1.csv"] || !got["l.zip/n-2.csv"] || len(got) != 2 {
		t.Errorf("loaded %v", got)
	}
	mustExit(t, exitOpen, "compare")
	mustExit(t, exitOpen, "report")
	if s := summaryOf(t, runFolderOf(t, 2)); s.Legacy.Files != 2 || s.Legacy.Lines != 3 {
		t.Errorf("%d files, %d lines", s.Legacy.Files, s.Legacy.Lines)
	}
	mustExit(t, exitOpen, "run")
	if _, err := os.Stat(runFolderOf(t, 3)); err == nil {
		t.Error("run and compare do not agree on the files")
	}
}

func TestMembersAreChosenInTheConfiguration(t *testing.T) {
	flatMinistry(t, "l.zip")
	edit(t, "config.yaml", func(b []byte) []byte {
		return bytes.Replace(b, []byte(`legacy: [ { path: "l.zip", layout: "flat" } ]`), []byte(`legacy: [ { path: "l.zip", layout: "flat", member: "{period}/l-[12].csv" }, { path: "l.zip", layout: "flat", member: "l-3.csv" } ]`), 1)
	})
	writeZip(t, "l.zip", map[string]string{"2013-12/l-1.csv": parts["l-1.csv"], "2013-12/l-2.csv": parts["l-2.csv"], "l-3.csv": parts["l-3.csv"], "lisez-moi.txt": "bonjour"})
	mustExit(t, exitOpen, "run")
	if s := summaryOf(t, runFolderOf(t, 1)); s.Legacy.Files != 3 || s.Legacy.Lines != 4 {
		t.Errorf("%d files, %d lines", s.Legacy.Files, s.Legacy.Lines)
	}
	edit(t, "config.yaml", func(b []byte) []byte { return bytes.Replace(b, []byte(`"l-3.csv"`), []byte(`"*/l-1.csv"`), 1) })
	if stderr := mustExit(t, exitFailure, "run"); !strings.Contains(stderr, "désigne une seconde fois l.zip/2013-12/l-1.csv") {
		t.Errorf("one member twice: %s", stderr)
	}
}

// writeBook writes flat rows in a workbook, as Excel would store them.
func writeBook(t *testing.T, path, text string) {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for i, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		for j, cell := range strings.Split(line, ";") {
			name, err := excelize.CoordinatesToCellName(j+1, i+1)
			if err != nil {
				t.Fatal(err)
			}
			var value any = cell
			if n, err := strconv.ParseFloat(strings.Replace(cell, ",", ".", 1), 64); err == nil {
				value = n
			}
			if cell == "2013-12" {
				value = time.Date(2013, 12, 1, 0, 0, 0, 0, time.UTC)
			}
			if err := f.SetCellValue("Sheet1", name, value); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
}

func TestAWorkbookGivesWhatTheFlatFileGives(t *testing.T) {
	rows := flatHeader + flatRow("M1", "101000", "90,10") + flatRow("M2", "101000", "50,00") + flatRow("M3", "101000", "1234,56")
	flatMinistry(t, "l.csv")
	writeAll(t, map[string]string{"l.csv": rows})
	mustExit(t, exitOpen, "run")
	want := gaps(t, 1)
	for _, inArchive := range []bool{false, true} {
		path := map[bool]string{false: "l.xlsx", true: "l.zip"}[inArchive]
		flatMinistry(t, path)
		edit(t, "config.yaml", func(b []byte) []byte {
			b = bytes.Replace(b, []byte(path+`", layout: "flat"`), []byte(path+`", layout: "xlsx"`), 1)
			return append(b, "identity: { key: [\"matricule\"], fallback: [] }\n"...)
		})
		edit(t, "mappings/layouts/xlsx.yaml", func(b []byte) []byte {
			return bytes.Replace(b, []byte("column: dossier }"), []byte("column: dossier, pad: 2 }"), 1)
		})
		writeBook(t, "l.xlsx", rows)
		if inArchive {
			writeZip(t, "l.zip", map[string]string{"l.xlsx": readFile(t, "l.xlsx")})
		}
		mustExit(t, exitOpen, "run")
		if diff := cmp.Diff(want, gaps(t, 1)); diff != "" || len(want) < 2 {
			t.Errorf("%s: %d gaps, -flat +workbook:\n%s", path, len(want), diff)
		}
		for file, known := range loaded(t, path) {
			if !known {
				t.Errorf("%s is read again the second night", file)
			}
		}
	}
}

// bomb is ten gigabytes of a byte, deflated to ten megabytes: blocks that end on
// a byte can be put one after the other.
func bomb(t *testing.T, c byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestCompression)
	if err == nil {
		_, err = w.Write(bytes.Repeat([]byte{c}, 1<<20))
	}
	if err == nil {
		err = w.Flush()
	}
	if err != nil {
		t.Fatal(err)
	}
	return append(bytes.Repeat(b.Bytes(), 10<<10), "\x01\x00\x00\xff\xff"...)
}

// bombZip is an archive of the bomb under a header that declares a size.
func bombZip(t *testing.T, deflated []byte, size uint64) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.CreateRaw(&zip.FileHeader{Name: "l.csv", Method: zip.Deflate, CRC32: 1, CompressedSize64: uint64(len(deflated)), UncompressedSize64: size})
	if err == nil {
		_, err = w.Write(deflated)
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func gz(deflated []byte) []byte {
	return slices.Concat([]byte("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"), deflated, make([]byte, 8))
}

// hostile are the sources that nobody should deliver, put in the place of a good
// archive.
var hostile = []struct {
	reason string
	place  func(t *testing.T, path string)
	want   string
}{
	{"ten gigabytes in an archive", func(t *testing.T, path string) { write(t, path, bombZip(t, bomb(t, 0), 10<<30)) }, `l\.zip/l\.csv: .*plus de 200 fois sa taille`},
	{"ten gigabytes under a header that lies", func(t *testing.T, path string) { write(t, path, bombZip(t, bomb(t, '\n'), 4096)) }, `l\.zip/l\.csv: contient plus que ce que`},
	{"ten gigabytes in a .gz", func(t *testing.T, path string) { write(t, path, gz(bomb(t, '\n'))) }, `l\.zip: .*plus de 200 fois sa taille`},
	{"ten gigabytes of one line in a .gz", func(t *testing.T, path string) { write(t, path, gz(bomb(t, 0))) }, `l\.zip:1: la ligne est plus longue que la limite`},
	{"a hundred megabytes of one line", func(t *testing.T, path string) { write(t, path, bytes.Repeat([]byte("x"), 100<<20)) }, `l\.zip:1: la ligne est plus longue que la limite`},
	{"an archive that is cut", func(t *testing.T, path string) { edit(t, path, func(b []byte) []byte { return b[:len(b)/2] }) }, `l\.zip: l'archive \.zip est coupée ou abîmée`},
	{"one bad member among three", func(t *testing.T, path string) {
		writeZip(t, path, map[string]string{"l-1.csv": parts["l-1.csv"], "l-2.csv": strings.ReplaceAll(parts["l-2.csv"], "2013-12", "2013-11"), "l-3.csv": parts["l-3.csv"]})
	}, `l\.zip/l-2\.csv:2: mois: .*2013-11`},
	{"a workbook for a text", func(t *testing.T, path string) { writeBook(t, "l.xlsx", flatHeader); rename(t, "l.xlsx", path) }, `l\.zip: est un classeur`},
	{"a folder", func(t *testing.T, path string) { inPlace(t, path, func() error { return os.Mkdir(path, 0o700) }) }, `un dossier`},
	{"a device", func(t *testing.T, path string) {
		inPlace(t, path, func() error { return os.Symlink("/dev/zero", path) })
	}, `autre chose qu'un fichier`},
	{"a link to itself", func(t *testing.T, path string) { inPlace(t, path, func() error { return os.Symlink(path, path) }) }, `inaccessible`},
}

func write(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

func rename(t *testing.T, from, to string) {
	t.Helper()
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
}

func inPlace(t *testing.T, path string, make func() error) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := make(); err != nil {
		t.Fatal(err)
	}
}

func TestHostileSourcesAreRefusedAtOnceAndTouchNothing(t *testing.T) {
	if elsewhere(t) {
		return
	}
	for _, c := range hostile {
		t.Run(c.reason, func(t *testing.T) {
			flatMinistry(t, "l.zip")
			writeZip(t, "l.zip", parts)
			mustExit(t, exitOpen, "run")
			before := fingerprintOf(t, "data", "out")
			c.place(t, "l.zip")
			var then, now runtime.MemStats
			runtime.ReadMemStats(&then)
			stderr := mustExit(t, exitFailure, "run")
			runtime.ReadMemStats(&now)
			if !regexp.MustCompile(`^bascule: .*` + c.want + `.* — .*\n$`).MatchString(stderr) {
				t.Errorf("stderr %q", stderr)
			}
			if allocated := (now.TotalAlloc - then.TotalAlloc) >> 20; allocated > 64 {
				t.Errorf("%d MiB", allocated)
			}
			if fingerprintOf(t, "data", "out") != before {
				t.Error("the database or an earlier output was touched")
			}
		})
	}
}

// TestAFileThatGrowsWhileItIsReadIsRefused: somebody is still writing it.
func TestAFileThatGrowsWhileItIsReadIsRefused(t *testing.T) {
	flatMinistry(t, "l.csv")
	writeAll(t, map[string]string{"l.csv": parts["l-1.csv"]})
	mustExit(t, exitOpen, "run")
	before := fingerprintOf(t, "data", "out")
	var rows strings.Builder
	rows.WriteString(flatHeader)
	for i := range 50_000 {
		rows.WriteString(flatRow(fmt.Sprint("M", i), "101000", "1,00"))
	}
	writeAll(t, map[string]string{"l.csv": rows.String()})
	f, err := os.OpenFile("l.csv", os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	stop, stopped := make(chan struct{}), make(chan error)
	go func() {
		for {
			select {
			case <-stop:
				stopped <- nil
				return
			default:
			}
			if _, err := f.WriteString("\n"); err != nil {
				stopped <- err
				return
			}
		}
	}()
	stderr := mustExit(t, exitFailure, "run")
	close(stop)
	if err := <-stopped; err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(stderr, "l.csv: le fichier a changé pendant la lecture — ") {
		t.Errorf("stderr %q", stderr)
	}
	if fingerprintOf(t, "data", "out") != before {
		t.Error("the database or an earlier output was touched")
	}
}
