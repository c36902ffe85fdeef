package extract

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bascule/reconcile"
)

// keptBlock is what a store would keep of a block.
type keptBlock struct {
	said     []byte
	line     int
	payslips []reconcile.Payslip
}

// blockMemory stands for the store between two readings.
type blockMemory struct {
	blocks  []keptBlock
	numbers map[[sha256.Size]byte]int64
}

// read reads a file by blocks, and takes the payslips of those known from memory.
// It also tells how many.
func (m *blockMemory) read(path string, l *Layout, o Options) (got readFile, taken int64) {
	o.Blocks = true
	o.Known = func(digest [sha256.Size]byte) (int64, []byte, error) {
		n := m.numbers[digest]
		if n == 0 {
			return 0, nil, nil
		}
		return n, m.blocks[n-1].said, nil
	}
	got = readAll(NewReader(path, l, o), func(got *readFile, b *Block) {
		switch {
		case b.Known != 0:
			k := &m.blocks[b.Known-1]
			for _, p := range k.payslips {
				p.Line += b.Line - k.line
				got.payslips = append(got.payslips, p)
			}
			taken += b.Payslips
		case b.Said != nil:
			m.blocks = append(m.blocks, keptBlock{b.Said, b.Line, slices.Clone(got.payslips[len(got.payslips)-int(b.Payslips):])})
			m.numbers[b.Digest] = int64(len(m.blocks))
		}
	})
	return got, taken
}

// TestAKnownBlockIsCountedAsIfItWereRead reads a file night after night, altered
// each time, by blocks and in full: all that comes out is the same.
func TestAKnownBlockIsCountedAsIfItWereRead(t *testing.T) {
	slips := ministryPayslips(t, 700, 5, "2013-12")
	for _, name := range []string{"psop", "sipaye"} {
		t.Run(name, func(t *testing.T) {
			l, o := shippedLayout(t, name), testOptions("2013-12")
			memory := blockMemory{numbers: make(map[[sha256.Size]byte]int64)}
			rng := rand.New(rand.NewPCG(7, uint64(len(name))))
			night := slices.Clone(slips)
			refused, rejects, before := 0, 0, int64(0)
			for n := range 40 {
				if n > 1 { // the second night brings the same file
					night = altered(rng, night)
				}
				text := writeLayout(t, l, o.Period, night)
				if n%4 == 3 {
					text = spoilt(rng, text)
				}
				path := writeFile(t, fmt.Sprintf("night-%d", n), text)
				want := readPath(path, l, o)
				got, taken := memory.read(path, l, o)
				if want, got := fmt.Sprint(want.err), fmt.Sprint(got.err); want != got {
					t.Fatalf("night %d: in full %s, by blocks %s", n, want, got)
				}
				if want.err != nil {
					refused++
					continue
				}
				rejects += len(want.rejects)
				if !reflect.DeepEqual(want, got) {
					t.Fatalf("night %d (-in full +by blocks):\n%s", n, cmp.Diff(want, got, cmp.AllowUnexported(readFile{})))
				}
				if n == 1 && taken < got.load.Payslips/3 {
					t.Fatalf("%d payslips of %d were known", taken, got.load.Payslips)
				}
				before += taken
			}
			if refused == 0 || rejects == 0 || before < 4000 {
				t.Fatalf("%d nights refused, %d rejects, %d payslips known before: too few to tell", refused, rejects, before)
			}
		})
	}
}

// altered is the file of another night: payslips come, go, move and change.
func altered(rng *rand.Rand, slips []reconcile.Payslip) []reconcile.Payslip {
	night := slices.Clone(slips)
	at := func() int { return rng.IntN(len(night)) }
	for range 1 + rng.IntN(4) {
		switch i := at(); rng.IntN(6) {
		case 0:
			night = slices.Delete(night, i, min(len(night), i+1+rng.IntN(3)))
		case 1: // twice in the file
			night = slices.Insert(night, i, night[at()])
		case 2: // another place
			part := slices.Clone(night[i:min(len(night), i+90)])
			night = slices.Delete(night, i, i+len(part))
			night = slices.Insert(night, rng.IntN(len(night)+1), part...)
		case 3:
			night[i].Lines = slices.Clone(night[i].Lines)
			if len(night[i].Lines) > 0 {
				line := &night[i].Lines[rng.IntN(len(night[i].Lines))]
				line.Amount += reconcile.Amount(rng.IntN(5))
				line.Code = []reconcile.Code{line.Code, "999001", "999002"}[rng.IntN(3)]
			}
		case 4:
			night[i].Agent.Surname = []string{`L"HER`, `"`, "ÉÈÊ", "ŒUVRÉ", "D;E"}[rng.IntN(5)]
		case 5:
			night[i].Lines = nil
		}
	}
	return night
}

// spoilt alters a few bytes of a file, which is refused for it, or has records
// rejected, or nothing.
func spoilt(rng *rand.Rand, text []byte) []byte {
	text = bytes.Clone(text)
	for range 1 + rng.IntN(3) {
		i := rng.IntN(len(text))
		if rng.IntN(2) == 0 {
			text[i] = "\"X;\n 0A\xE9"[rng.IntN(8)]
		} else if '0' <= text[i] && text[i] <= '9' {
			text[i] = 'A'
		}
	}
	return text
}
