package extract

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// member is a file to put in an archive.
type member struct{ name, content string }

func zipOf(t testing.TB, members ...member) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, m := range members {
		w, err := z.Create(m.name)
		if err == nil {
			_, err = w.Write([]byte(m.content))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// rawZip is an archive of one member whose header says what it is told to.
func rawZip(t testing.TB, compressed []byte, size uint64, sum uint32) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.CreateRaw(&zip.FileHeader{Name: "paie.csv", Method: zip.Deflate, CRC32: sum, CompressedSize64: uint64(len(compressed)), UncompressedSize64: size})
	if err == nil {
		_, err = w.Write(compressed)
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// inflating is a deflated stream that unfolds into first, then into times MiB of
// the byte: blocks that end on a byte can be put one after the other.
func inflating(t testing.TB, first string, c byte, times int) []byte {
	t.Helper()
	block := func(content []byte) []byte {
		var b bytes.Buffer
		w, err := flate.NewWriter(&b, flate.BestCompression)
		if err == nil {
			_, err = w.Write(content)
		}
		if err == nil {
			err = w.Flush()
		}
		if err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	const last = "\x01\x00\x00\xff\xff" // an empty stored block ends the stream
	mebibyte := block(bytes.Repeat([]byte{c}, 1<<20))
	return append(append(block([]byte(first)), bytes.Repeat(mebibyte, times)...), last...)
}

func gzipOf(deflated []byte) []byte {
	return append(append([]byte("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"), deflated...), make([]byte, 8)...)
}

const tenGiB = 10 << 10 // in MiB

// atOnce is how much of a bomb of ten gigabytes may be read before it is
// refused: of the file, or of what its member unfolds to.
const atOnce = 65 << 20

// refusal reads a file to its refusal, and tells how much of it was read.
func refusal(r *Reader) (read int64, err error) {
	for item, failed := range r.Items() {
		if item.Payslip == nil {
			err = failed
		}
	}
	return r.BytesRead(), err
}

// TestBombsAreRefusedAtOnceInConstantMemory: neither are ten gigabytes unfolded,
// nor held.
func TestBombsAreRefusedAtOnceInConstantMemory(t *testing.T) {
	header := strings.Join(flatLines()[:2], "\n") + "\n"
	zeros, lines := inflating(t, header, 0, tenGiB), inflating(t, header, '\n', tenGiB)
	for _, c := range []struct {
		reason  string
		content []byte
		want    string
	}{
		{"an archive that owns up", rawZip(t, zeros, tenGiB<<20, 1), "plus de 200 fois sa taille"},
		{"an archive that says little", rawZip(t, lines, 1000, 1), "contient plus que ce que l'archive .zip déclare"},
		{"an archive that says what could be", rawZip(t, lines, 60<<20, 1), "contient plus que ce que l'archive .zip déclare"},
		{"a member beyond the limit", rawZip(t, zeros, 21<<30, 1), "au-delà de la limite de 21474836480 octets"},
		{"a .gz of empty lines", gzipOf(lines), "plus de 200 fois sa taille"},
		{"a .gz of one line", gzipOf(zeros), "la ligne est plus longue que la limite"},
	} {
		path := writeFile(t, "bomb", c.content)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		read := int64(0)
		files, err := Files(path, "", 0)
		if err == nil {
			read, err = refusal(files[0].Reader(shippedLayout(t, "flat"), testOptions("2013-12")))
			files[0].Close()
		}
		runtime.ReadMemStats(&after)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), " — ") {
			t.Errorf("%s: %v", c.reason, err)
		}
		if allocated := after.TotalAlloc - before.TotalAlloc; read > atOnce || allocated > 8<<20 {
			t.Errorf("%s: %d bytes read, %d allocated", c.reason, read, allocated)
		}
	}
}

// TestAWorkbookMayBeABombToo: its sheet is one of its parts.
func TestAWorkbookMayBeABombToo(t *testing.T) {
	blanks := inflating(t, "<worksheet><sheetData>", ' ', tenGiB)
	for _, c := range []struct {
		size uint64
		want string
	}{
		{tenGiB << 20, "plus de 200 fois sa taille"},
		{21 << 30, "au-delà de la limite de 21474836480 octets"},
		{1000, "le classeur est abîmé"},
		{60 << 20, "plus long que toute cellule"},
	} {
		good, err := zip.OpenReader(filepath.Join(galleryFolder, "150-classeur-au-lieu-d-un-texte.xlsx"))
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for _, f := range good.File {
			if !strings.Contains(f.Name, "worksheets") {
				if err := z.Copy(f); err != nil {
					t.Fatal(err)
				}
			}
		}
		w, err := z.CreateRaw(&zip.FileHeader{Name: "xl/worksheets/sheet1.xml", Method: zip.Deflate, CRC32: 1, CompressedSize64: uint64(len(blanks)), UncompressedSize64: c.size})
		if err == nil {
			_, err = w.Write(blanks)
		}
		if err := errors.Join(err, z.Close(), good.Close()); err != nil {
			t.Fatal(err)
		}
		path := writeFile(t, "paye.xlsx", b.Bytes())
		o := testOptions("2013-12")
		o.Workbook = openXLSX
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		read, err := refusal(NewReader(path, shippedLayout(t, "xlsx"), o))
		runtime.ReadMemStats(&after)
		if allocated := after.TotalAlloc - before.TotalAlloc; err == nil || !strings.Contains(err.Error(), c.want) || read > atOnce || allocated > 32<<20 {
			t.Errorf("%d bytes declared: %d read, %d allocated, %v", c.size, read, allocated, err)
		}
	}
}

// TestTheLimitHoldsBelowTheRatio: what unfolds like a pay file is bounded too.
func TestTheLimitHoldsBelowTheRatio(t *testing.T) {
	var text strings.Builder
	text.WriteString("mois;nir;code;montant\n")
	for i := range 60_000 {
		fmt.Fprintf(&text, "2013-12;1;R1;%d,00\n", i)
	}
	content := zipOf(t, member{"paie.csv", text.String()})
	path := writeFile(t, "paie.zip", content)
	if _, err := Files(path, "", 1<<20); err == nil || !strings.Contains(err.Error(), "limite de 1048576 octets") {
		t.Errorf("an archive: %v", err)
	}
	o := testOptions("2013-12")
	o.MaxUnzippedBytes = 1 << 20
	gz := gzipOf(content[bytes.Index(content, []byte("paie.csv"))+len("paie.csv"):])
	if err := readPath(writeFile(t, "paie.csv.gz", gz), shippedLayout(t, "flat"), o).err; err == nil || !strings.Contains(err.Error(), "limite de 1048576 octets") {
		t.Errorf("a .gz: %v", err)
	}
}

// TestAMemberIsTheFileItHolds: digest, size, payslips and totals are those of
// the plain file, so that it is known again wherever it stands.
func TestAMemberIsTheFileItHolds(t *testing.T) {
	plain := writeFile(t, "paie.csv", csv(flatLines()...))
	path := writeFile(t, "depot.zip", zipOf(t, member{"2013/", ""}, member{"2013/paie.csv", string(csv(flatLines()...))}))
	files, err := Files(path, "", 0)
	if err != nil || len(files) != 1 {
		t.Fatalf("%v, %v", files, err)
	}
	defer files[0].Close()
	got, want := readOne(files[0], shippedLayout(t, "flat"), testOptions("2013-12")), readPath(plain, shippedLayout(t, "flat"), testOptions("2013-12"))
	if got.err != nil || got.load.Path != path+"/2013/paie.csv" || files[0].Member() != "2013/paie.csv" {
		t.Fatalf("%q, %v", got.load.Path, got.err)
	}
	got.load.Path, want.load.Path = "", ""
	got.load.Controls, want.load.Controls = nil, nil // their scope is the path
	if diff := cmp.Diff(want.load, got.load) + cmp.Diff(want.payslips, got.payslips); diff != "" {
		t.Errorf("-plain +member:\n%s", diff)
	}
	sum, size, err := files[0].Digest()
	if plainSum, plainSize, plainErr := Digest(plain); err != nil || plainErr != nil || sum != plainSum || size != plainSize || size != files[0].Size() || sum != got.load.SHA256 {
		t.Errorf("%s %d %v", sum, size, err)
	}
}

func readOne(f File, l *Layout, o Options) readFile {
	r := f.Reader(l, o)
	var got readFile
	for item, err := range r.Items() {
		got.err = err
		if item.Payslip != nil {
			p := *item.Payslip
			p.Lines = append(p.Lines[:0:0], p.Lines...)
			got.payslips = append(got.payslips, p)
		}
	}
	got.load = r.Load()
	return got
}

func TestMembersAreChosenByTheirWholeName(t *testing.T) {
	path := writeFile(t, "depot.zip", zipOf(t, member{"psop-2.txt", "x"}, member{"a/psop-1.txt", "x"}, member{"psop-1.txt", "x"}, member{"lisez-moi", "x"}))
	for _, c := range []struct {
		pattern string
		want    []string
	}{
		{"", []string{"psop-2.txt", "a/psop-1.txt", "psop-1.txt", "lisez-moi"}},
		{"psop-*.txt", []string{"psop-2.txt", "psop-1.txt"}},
		{"*/psop-?.txt", []string{"a/psop-1.txt"}},
	} {
		files, err := Files(path, c.pattern, 0)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range files {
			got = append(got, f.Member())
		}
		files[0].Close()
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", c.pattern, diff)
		}
	}
	if _, err := Files(writeFile(t, "psop.txt", []byte("x")), "psop*", 0); err == nil || !strings.Contains(err.Error(), "n'est pas une archive") {
		t.Errorf("a pattern of members for a plain file: %v", err)
	}
}

func TestArchivesOfTooManyMembersAreRefused(t *testing.T) {
	var members []member
	for i := range maxMembers + 1 {
		members = append(members, member{fmt.Sprint(i), ""})
	}
	long := zipOf(t, member{strings.Repeat("a", 60_000), "x"}, member{"b", "x"})
	entry := long[bytes.Index(long, []byte("PK\x01\x02")):bytes.LastIndex(long, []byte("PK\x01\x02"))]
	for reason, content := range map[string][]byte{
		"one too many":          zipOf(t, members...),
		"a directory of 60 Mio": append(append(long[:bytes.Index(long, entry):bytes.Index(long, entry)], bytes.Repeat(entry, 1000)...), endOf(1000, 1000*len(entry), bytes.Index(long, entry))...),
		"a count that is a lie": append(append(long[:bytes.Index(long, entry):bytes.Index(long, entry)], bytes.Repeat(entry, 1000)...), endOf(2, 1000*len(entry), bytes.Index(long, entry))...),
	} {
		if _, err := Files(writeFile(t, "a.zip", content), "", 0); err == nil || !strings.Contains(err.Error(), "contient plus de 10000 fichiers") {
			t.Errorf("%s: %v", reason, err)
		}
	}
}

// endOf is the end of an archive's directory.
func endOf(entries, size, offset int) []byte {
	b := []byte("PK\x05\x06\x00\x00\x00\x00")
	for _, v := range [...]struct{ v, width int }{{entries, 2}, {entries, 2}, {size, 4}, {offset, 4}, {0, 2}} {
		for i := range v.width {
			b = append(b, byte(v.v>>(8*i)))
		}
	}
	return b
}

// TestACRCOfZeroIsVerified: the library takes it for none.
func TestACRCOfZeroIsVerified(t *testing.T) {
	text := csv(flatLines()...)
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestSpeed)
	if err == nil {
		_, err = w.Write(text)
	}
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	for sum, want := range map[uint32]string{crc32.ChecksumIEEE(text): "", 0: "(CRC) ne correspond pas"} {
		content := rawZip(t, b.Bytes(), uint64(len(text)), sum)
		for i := 6; i < 8; i++ { // no data descriptor
			content[i] = 0
			content[bytes.Index(content, []byte("PK\x01\x02"))+i+2] = 0
		}
		files, err := Files(writeFile(t, "a.zip", content), "", 0)
		if err != nil {
			t.Fatal(err)
		}
		err = readOne(files[0], shippedLayout(t, "flat"), testOptions("2013-12")).err
		files[0].Close()
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("CRC %x: %v", sum, err)
		}
	}
}

func TestAnArchiveThatChangesAfterItsListingIsRefused(t *testing.T) {
	content := zipOf(t, member{"paie.csv", string(csv(flatLines()...))})
	for reason, change := range map[string]func(path string) error{
		"grown":    func(path string) error { return os.WriteFile(path, append(content, 'x'), 0o600) },
		"replaced": func(path string) error { return replaceFile(path, content) },
		"removed":  os.Remove,
	} {
		path := writeFile(t, "depot.zip", content)
		files, err := Files(path, "", 0)
		if err != nil {
			t.Fatal(err)
		}
		if err := change(path); err != nil {
			t.Fatal(err)
		}
		err = readOne(files[0], shippedLayout(t, "flat"), testOptions("2013-12")).err
		files[0].Close()
		if err == nil || !strings.Contains(err.Error(), "a changé pendant la lecture") {
			t.Errorf("%s: %v", reason, err)
		}
	}
}

func replaceFile(path string, content []byte) error {
	if err := os.WriteFile(path+".new", content, 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

func TestWhatIsNoArchiveIsOneFile(t *testing.T) {
	for _, path := range []string{t.TempDir(), filepath.Join(t.TempDir(), "absent"), os.DevNull, writeFile(t, "PK.txt", []byte("PK"))} {
		files, err := Files(path, "", 0)
		if err != nil || len(files) != 1 || files[0].Path() != path || files[0].Member() != "" {
			t.Errorf("%s: %v, %v", path, files, err)
		}
	}
}
