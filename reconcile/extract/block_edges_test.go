package extract

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// nights reads files one after the other, in full and by blocks, which must come
// to the same. It tells how many payslips of the last were taken, and what the
// reading in full ended with.
func nights(t *testing.T, l *Layout, texts ...[]byte) (taken int64, err error) {
	t.Helper()
	o, memory := testOptions("2013-12"), blockMemory{numbers: make(map[[sha256.Size]byte]int64)}
	for n, text := range texts {
		path := writeFile(t, fmt.Sprintf("night-%d", n), text)
		want := readPath(path, l, o)
		var got readFile
		got, taken = memory.read(path, l, o)
		if want, got := fmt.Sprint(want.err), fmt.Sprint(got.err); want != got {
			t.Fatalf("night %d:\nin full   %s\nby blocks %s", n, want, got)
		}
		if err = want.err; err == nil && !reflect.DeepEqual(want, got) {
			t.Fatalf("night %d (-in full +by blocks):\n%s", n, cmp.Diff(want, got, cmp.AllowUnexported(readFile{})))
		}
	}
	return taken, err
}

func TestAKnownBlockAfterTheTrailerIsRefused(t *testing.T) {
	l := shippedLayout(t, "sipaye")
	text := writeLayout(t, l, testOptions("2013-12").Period, ministryPayslips(t, 700, 5, "2013-12"))
	end := bytes.LastIndex(text, []byte("\nF;")) + 1
	f := recordFile{Reader: &Reader{layout: l}}
	var begins []int
	for at := bytes.IndexByte(text, '\n') + 1; at < end; at += bytes.IndexByte(text[at:], '\n') + 1 {
		record := text[at : at+bytes.IndexByte(text[at:], '\n')+1]
		if _, ends := f.cut(record, 1); ends {
			begins = append(begins, at)
		}
	}
	begins = append(begins, end)
	for i := range len(begins) - 1 {
		night := append(bytes.Clone(text), text[begins[i]:begins[i+1]]...)
		if _, err := nights(t, l, text, night); err == nil {
			t.Fatal("the file is not refused")
		}
	}
	if len(begins) < 10 {
		t.Errorf("%d blocks tell too little", len(begins))
	}
}

func TestEmptyLinesEndAFileReadByBlocks(t *testing.T) {
	text := layoutText(t, "sipaye")
	l, err := ParseLayout("sipaye.yaml", []byte(text[:strings.Index(text, "  - record: F")]))
	if err != nil {
		t.Fatal(err)
	}
	night := writeLayout(t, l, testOptions("2013-12").Period, ministryPayslips(t, 100, 5, "2013-12"))
	if _, err := nights(t, l, night, append(bytes.Clone(night), "\n\r\n\n"...), bytes.TrimRight(night, "\r\n"), night); err != nil {
		t.Error(err)
	}
}

// The label of a code is that of its first line, which may be one set aside.
func TestALineSetAsideInAKnownBlockGivesItsCodeALabel(t *testing.T) {
	l, err := ParseLayout("sipaye.yaml", []byte(layoutText(t, "sipaye")+"\naside:\n  - { amount: zero }\n"))
	if err != nil {
		t.Fatal(err)
	}
	slips := slices.Repeat(ministryPayslips(t, 5, 5, "2013-12")[:1], 400) // all of the same codes
	for i := range slips {
		slips[i].Agent.Matricule = fmt.Sprint(1000 + i)
	}
	text := writeLayout(t, l, testOptions("2013-12").Period, slips)
	lines := bytes.SplitAfter(text, []byte("\n"))
	// Every agent of the middle has a line set aside, of a code met before.
	build := func(before string) []byte {
		var out []byte
		agents := 0
		for _, line := range lines {
			if bytes.HasPrefix(line, []byte("F;")) {
				f := strings.Split(string(line), ";")
				n := bytes.Count(out, []byte("\nL;"))
				f[2] = fmt.Sprint(n)
				line = []byte(strings.Join(f, ";"))
			}
			if bytes.HasPrefix(line, []byte("T;")) {
				agents++
				switch {
				case agents == 2 && before != "":
					out = append(out, "L;999001;"+before+";P;0,00;;;\n"...)
				case agents > 200 && agents < 300:
					out = append(out, "L;999001;MIDDLE;P;0,00;;;\n"...)
				case agents == 399:
					out = append(out, "L;999001;LAST;P;1,00;;;\nL;999001;LAST;P;-1,00;;;\n"...)
				}
			}
			out = append(out, line...)
		}
		return out
	}
	if taken, err := nights(t, l, build("FIRST"), build("")); err != nil || taken == 0 {
		t.Errorf("%d taken: %v", taken, err)
	}
}

func TestTooManyProgrammesAreRefusedAlikeInAKnownBlock(t *testing.T) {
	l := shippedLayout(t, "sipaye")
	slips := slices.Repeat(ministryPayslips(t, 5, 5, "2013-12")[:1], maxProgrammes-10)
	for i := range slips {
		slips[i].Agent.Programme = fmt.Sprint(10000 + i)
	}
	p := testOptions("2013-12").Period
	first := writeLayout(t, l, p, slips)
	more := slices.Clone(slips[:20])
	for i := range more {
		more[i].Agent.Programme = fmt.Sprint(90000 + i)
	}
	if _, err := nights(t, l, first, writeLayout(t, l, p, append(more, slips...))); err == nil {
		t.Error("the file is not refused")
	}
}
