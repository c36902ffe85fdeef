package extract

import (
	"bytes"
	stdcsv "encoding/csv"
	"io"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestColumnsAreThoseOfTheStandardReader compares the splitter with
// encoding/csv on records of any fields.
func TestColumnsAreThoseOfTheStandardReader(t *testing.T) {
	field := rapid.StringOf(rapid.SampledFrom([]rune("ab;,\" é\u202f0\n")))
	rapid.Check(t, func(t *rapid.T) {
		fields := rapid.SliceOfN(field, 1, 30).Draw(t, "fields")
		var w bytes.Buffer
		writer := stdcsv.NewWriter(&w)
		writer.Comma = ';'
		if err := writer.Write(fields); err != nil {
			t.Fatal(err)
		}
		writer.Flush()
		record := bytes.TrimSuffix(w.Bytes(), []byte("\n"))
		if len(fields) == 1 && fields[0] == "" {
			record = nil // encoding/csv quotes a lone empty field
		}
		s := splitter{delimiter: ';'}
		if state := s.split(record); state != splitDone {
			t.Fatalf("%q: state %d", record, state)
		}
		var got []string
		for _, c := range s.columns {
			got = append(got, string(c))
		}
		if len(got) != len(fields) || strings.Join(got, "\x00") != strings.Join(fields, "\x00") {
			t.Fatalf("%q gives %q, want %q", record, got, fields)
		}
	})
}

func TestQuotesAreJudgedByRFC4180(t *testing.T) {
	for _, c := range []struct {
		record string
		want   splitState
		reason string
	}{
		{`a;"b";c`, splitDone, "a whole field between quotes"},
		{`a;"b;c`, splitOpen, "no second quote"},
		{`a;"`, splitOpen, "a quote at the end opens"},
		{`a;""`, splitDone, "an empty field"},
		{`a;"b""`, splitOpen, "a doubled quote closes nothing"},
		{`a;b"c;d`, splitBad, "a quote inside a field without quotes"},
		{`a;"b"c;d`, splitBad, "text after the closing quote"},
		{`a; "b"`, splitBad, "a space before the quote"},
	} {
		s := splitter{delimiter: ';'}
		if got := s.split([]byte(c.record)); got != c.want {
			t.Errorf("%s: state %d, want %d: %s", c.record, got, c.want, c.reason)
		}
	}
}

// TestLinesAreWholeWhateverTheReads feeds the line reader in pieces of any
// size.
func TestLinesAreWholeWhateverTheReads(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.SliceOfN(rapid.StringMatching(`[a-z]{0,20}`), 1, 30).Draw(t, "lines")
		end := rapid.SampledFrom([]string{"\n", "\r\n"}).Draw(t, "end")
		text := strings.Join(lines, end)
		if rapid.Bool().Draw(t, "last line ended") || lines[len(lines)-1] == "" {
			text += end
		}
		s := newLineReader(&pieces{text, rapid.IntRange(1, 9).Draw(t, "piece")}, 20)
		for i, want := range lines {
			got, err := s.read()
			if err != nil || string(got) != want || s.first != i+1 {
				t.Fatalf("line %d is %q, %v; want %q", s.first, got, err, want)
			}
		}
		if b, err := s.read(); err == nil {
			t.Fatalf("one more line: %q", b)
		}
	})
}

// pieces reads a text a few bytes at a time.
type pieces struct {
	text string
	size int
}

func (p *pieces) Read(b []byte) (int, error) {
	n := copy(b[:min(len(b), p.size)], p.text)
	p.text = p.text[n:]
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}
