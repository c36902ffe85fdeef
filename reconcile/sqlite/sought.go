package sqlite

import (
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"os"
)

// Sought are values that were erased, to be found nowhere.
type Sought struct {
	values  []soughtValue
	known   map[string]bool
	Sampled bool // there were more
}

type soughtValue struct {
	text string
	weak bool // a number that others may hold by chance
}

// Values shorter than that prove nothing: anything holds them.
const leastSought = 8

// add keeps a value to be sought.
func (s *Sought) add(text string, weak bool) {
	if len(text) < leastSought || s.known[text] {
		return
	}
	if s.known == nil {
		s.known = make(map[string]bool)
	}
	s.known[text] = true
	s.values = append(s.values, soughtValue{text, weak})
}

// finder looks for many texts at once among bytes: a filter of their first eight
// bytes passes few places on.
type finder struct {
	filter [1 << 16]uint64
	starts map[uint64][]int
	texts  []string
	most   int // length of the longest
	found  []bool
	left   int // not found yet
}

func newFinder(texts []string) *finder {
	f := &finder{starts: make(map[uint64][]int, len(texts)), texts: texts, found: make([]bool, len(texts)), left: len(texts)}
	for i, t := range texts {
		start := binary.BigEndian.Uint64([]byte(t))
		at := slot(start)
		f.filter[at>>6] |= 1 << (at & 63)
		f.starts[start] = append(f.starts[start], i)
		f.most = max(f.most, len(t))
	}
	return f
}

// slot spreads the starts of texts over the filter.
func slot(start uint64) uint64 { return start * 0x9e3779b97f4a7c15 >> 42 }

func (f *finder) scan(b []byte) {
	var start uint64
	for i, c := range b {
		start = start<<8 | uint64(c)
		at := slot(start)
		if i < leastSought-1 || f.filter[at>>6]&(1<<(at&63)) == 0 {
			continue
		}
		rest := b[i-leastSought+1:]
		for _, n := range f.starts[start] {
			if !f.found[n] && len(rest) >= len(f.texts[n]) && string(rest[:len(f.texts[n])]) == f.texts[n] {
				f.found[n] = true
				f.left--
			}
		}
	}
}

const scanBytes = 4 << 20

// scanFile looks through the raw bytes of a file, and tells how many there are;
// none where there is no file.
func (f *finder) scanFile(path string, watch Watch) (total int64, err error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	buffer := make([]byte, scanBytes+f.most)
	kept := 0 // the end of what was read before, in which a text may begin
	for {
		n, err := io.ReadFull(file, buffer[kept:])
		total += int64(n)
		watch.Add(n)
		f.scan(buffer[:kept+n])
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return total, nil
		}
		if err != nil {
			return total, err
		}
		kept = min(f.most, kept+n)
		copy(buffer, buffer[len(buffer)-kept:])
	}
}
