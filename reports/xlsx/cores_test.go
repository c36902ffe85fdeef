package xlsx

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"
)

func TestBlocksDeflatedApartUnfoldAsOne(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, size := range []int{0, 1, foldedBytes - 1, foldedBytes, foldedBytes + 1, 5*foldedBytes + 17} {
		content := make([]byte, size)
		for i := range content {
			content[i] = byte('a' + random.IntN(4))
		}
		var folded bytes.Buffer
		w, err := newFolder(&folded)
		if err != nil {
			t.Fatal(err)
		}
		for rest := content; len(rest) > 0; { // in pieces that fit no block
			n := min(len(rest), 77_777)
			if _, err := w.Write(rest[:n]); err != nil {
				t.Fatal(err)
			}
			rest = rest[n:]
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		back, err := io.ReadAll(flate.NewReader(&folded))
		if err != nil || !bytes.Equal(back, content) {
			t.Errorf("%d bytes come back as %d: %v", size, len(back), err)
		}
	}
}

type full struct{ room int }

func (f *full) Write(p []byte) (int, error) {
	if f.room -= len(p); f.room < 0 {
		return 0, errFull
	}
	return len(p), nil
}

var errFull = errors.New("no room left")

func TestAFullDiskStopsTheDeflating(t *testing.T) {
	w, err := newFolder(&full{room: 1000})
	if err != nil {
		t.Fatal(err)
	}
	noise := make([]byte, 8*foldedBytes)
	for i := range noise {
		noise[i] = byte(rand.Uint32())
	}
	_, err = w.Write(noise)
	if err = errors.Join(err, w.Close()); !errors.Is(err, errFull) {
		t.Errorf("%v", err)
	}
}

func TestRowsReachTheStreamInTheirOrder(t *testing.T) {
	for _, n := range []int{0, 1, batchCells, 10*batchCells + 3} { // rows of two cells
		stream, file := newStream(t)
		q := newQueue(stream)
		for i := range n {
			row, err := q.next(i+1, 2)
			if err != nil {
				t.Fatal(err)
			}
			row.leave(0)
			row.set(1, 0, int64(i))
		}
		if err := errors.Join(q.close(), stream.Flush()); err != nil {
			t.Fatal(err)
		}
		w := reopened(t, file)
		at := 0
		for row, err := range w.Rows(0) {
			if err != nil {
				t.Fatal(err)
			}
			if at++; row.Number != at || row.Cells[0] != "" || row.Cells[1] != fmt.Sprint(at-1) {
				t.Fatalf("row %d: %+v", at, row)
			}
		}
		if at != n {
			t.Errorf("%d rows read for %d", at, n)
		}
	}
}

func TestAStreamThatFailsOnTheOtherCoreStopsTheWriting(t *testing.T) {
	for _, bad := range []int{5, batchCells, 10 * batchCells} {
		stream, _ := newStream(t)
		q := newQueue(stream)
		var err error
		i := 0
		for ; i < 100*batchCells && err == nil; i++ {
			number := i + 1
			if i == bad {
				number = 1 // rows must ascend
			}
			var row *queued
			if row, err = q.next(number, 1); err == nil {
				row.set(0, 0, "x")
			}
		}
		if err == nil {
			t.Errorf("row %d fails, and the writing goes on to the end", bad)
		}
		q.stop()
	}
	stream, _ := newStream(t)
	q := newQueue(stream)
	for _, number := range []int{2, 1} {
		if _, err := q.next(number, 1); err != nil {
			t.Fatal(err)
		}
	}
	if q.close() == nil {
		t.Error("the last rows fail, and nobody tells")
	}
}

func newStream(t *testing.T) (*excelize.StreamWriter, *excelize.File) {
	t.Helper()
	file := excelize.NewFile(excelize.Options{TmpDir: t.TempDir()})
	t.Cleanup(func() { _ = file.Close() })
	stream, err := file.NewStreamWriter("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	return stream, file
}

func reopened(t *testing.T, file *excelize.File) *Workbook {
	t.Helper()
	content, err := file.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return inMemory(t, content.Bytes())
}

// inMemory opens a workbook given by its bytes.
func inMemory(t rapid.TB, content []byte) *Workbook {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	w, err := Open(z)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestReadingAheadGivesTheSameBytesAndTheSameError(t *testing.T) {
	content := strings.Repeat("0123456789abcdef", 100_000)
	for _, c := range []struct {
		in   io.Reader
		err  error
		want int
	}{
		{strings.NewReader(content), nil, len(content)},
		{iotest.HalfReader(strings.NewReader(content)), nil, len(content)},
		{iotest.DataErrReader(strings.NewReader(content)), nil, len(content)},
		{io.MultiReader(strings.NewReader(content[:300_001]), iotest.ErrReader(errFull)), errFull, 300_001},
		{strings.NewReader(""), nil, 0},
	} {
		a := readAhead(io.NopCloser(c.in))
		back, err := io.ReadAll(a)
		if !errors.Is(err, c.err) || string(back) != content[:c.want] {
			t.Errorf("%d bytes and %v, wanted %d and %v", len(back), err, c.want, c.err)
		}
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	}
	a := readAhead(io.NopCloser(strings.NewReader(content)))
	if _, err := a.Read(make([]byte, 10)); err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil { // and the other core ends: close waits for it
		t.Error(err)
	}
}

// drawnCell is a cell as excelize writes it, or nearly.
func drawnCell(t *rapid.T, column string) string {
	text := rapid.StringOf(rapid.SampledFrom([]rune("aé€&<>\"'\r\n\t _x0041_0123456789.-E\u0000\ufffe"))).Draw(t, "text")
	var escaped bytes.Buffer
	if rapid.Bool().Draw(t, "raw") {
		escaped.WriteString(text)
	} else {
		_ = xml.EscapeText(&escaped, []byte(text))
	}
	style := rapid.SampledFrom([]string{"", ` s="3"`, ` s=""`, ` s="x y"`}).Draw(t, "style")
	body := rapid.SampledFrom([]string{
		`><v>%s</v></c>`, ` t="inlineStr"><is><t>%s</t></is></c>`, ` t="inlineStr"><is><t xml:space="preserve">%s</t></is></c>`, `></c>`, `/>`, ` t="inlineStr"></c>`,
		` t="str"><v>%s</v></c>`, ` t="s"><v>%s</v></c>`, ` t="b"><v>%s</v></c>`, ` t="other"><v>%s</v></c>`, `><f>A1</f><v>%s</v></c>`, `>%s</c>`, `><v>%s</c>`,
		` t="inlineStr"><is><r><t>%s</t></r></is></c>`, `><is><t>%s</t></is></c>`, `><v>%s</v></c><c r="Z1"><v>1</v></c>`,
	}).Draw(t, "body")
	if strings.Contains(body, "%s") {
		body = fmt.Sprintf(body, escaped.String())
	}
	return `<c r="` + column + `1"` + style + body
}

func TestThePlainWayThroughACellReadsWhatTheLongOneDoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cells := ""
		for _, column := range rapid.SliceOfN(rapid.SampledFrom([]string{"A", "B", "C", "", "AA", "é"}), 0, 4).Draw(t, "columns") {
			cells += drawnCell(t, column)
		}
		plain, plainErr := sheetOf(t, cells)
		long, longErr := sheetOf(t, strings.ReplaceAll(cells, "<c r=", "<c  r=")) // which no cell written plainly has
		if (plainErr == nil) != (longErr == nil) || plainErr == nil && !cmp.Equal(plain, long) {
			t.Fatalf("%q\n%q %v\n%q %v", cells, plain, plainErr, long, longErr)
		}
		raw, rawErr := rawOf(t, cells)
		if (rawErr == nil) != (longErr == nil) || rawErr == nil && !cmp.Equal(raw, long) {
			t.Fatalf("%q, as bytes\n%q %v\n%q %v", cells, raw, rawErr, long, longErr)
		}
	})
}

// oneRow is a workbook whose only sheet has a row of these cells.
func oneRow(t *rapid.T, cells string) *Workbook {
	var file bytes.Buffer
	z := zip.NewWriter(&file)
	for name, text := range map[string]string{
		"xl/workbook.xml":            `<workbook xmlns:r="r"><sheets><sheet name="S" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="rId1" Type="x/worksheet" Target="s.xml"/></Relationships>`,
		"xl/s.xml":                   `<worksheet><sheetData><row r="1">` + cells + `</row></sheetData></worksheet>`,
	} {
		w, err := z.Create(name)
		if err == nil {
			_, err = io.WriteString(w, text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return inMemory(t, file.Bytes())
}

func sheetOf(t *rapid.T, cells string) (texts []string, err error) {
	for row, err := range oneRow(t, cells).Rows(0) {
		if err != nil {
			return nil, err
		}
		texts = append(texts, row.Cells...)
	}
	return texts, nil
}

func rawOf(t *rapid.T, cells string) (texts []string, err error) {
	err = oneRow(t, cells).readRaw(0, func(row *rawRow) error {
		for i := range row.ends {
			texts = append(texts, string(row.text(i)))
		}
		return nil
	})
	return texts, err
}
