package extract

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math/bits"
)

// errLineTooLong completes the sentence "la ligne …".
var errLineTooLong = errors.New("est plus longue que la limite")

const readSize = 256 << 10

// errPartial completes the sentence "le fichier …".
var errPartial = errors.New("s'arrête au milieu d'un enregistrement")

// lineReader cuts a stream into lines ended by LF or CRLF, or into records of
// one size. The slices it gives are valid until the next call.
type lineReader struct {
	src   io.Reader
	max   int // bytes of one record
	size  int // of every record, in a file without line ends; 0 in the others
	buf   []byte
	start int // of the current record
	next  int // where the line after it starts
	end   int // of what was read
	eof   bool
	first int  // number of the first line of the current record
	last  int  // number of its last line
	noEOL bool // the current record is ended by the end of the file alone

	firstLength, firstSpan int // of its first line, without and with its end
	firstNoEOL             bool
}

func newLineReader(src io.Reader, maxBytes int) *lineReader {
	return &lineReader{src: src, max: maxBytes, buf: make([]byte, readSize)}
}

// head gives the first bytes of the stream, at most n, and leaves them there.
func (s *lineReader) head(n int) ([]byte, error) {
	for s.end < n && !s.eof {
		if _, err := s.fill(); err != nil {
			return nil, err
		}
	}
	return s.buf[:min(n, s.end)], nil
}

// skipBOM skips the mark of UTF-8 at the front of the stream, and tells whether
// there was one.
func (s *lineReader) skipBOM() (bool, error) {
	const bom = "\xEF\xBB\xBF"
	if head, err := s.head(len(bom)); err != nil || string(head) != bom {
		return false, err
	}
	s.next = len(bom)
	return true, nil
}

// read gives the next line without its end, or io.EOF.
func (s *lineReader) read() ([]byte, error) {
	s.start = s.next
	s.first = s.last + 1
	if s.size > 0 {
		return s.ofSize()
	}
	b, err := s.upToEOL()
	s.firstLength, s.firstSpan, s.firstNoEOL = len(b), s.next-s.start, s.noEOL
	return b, err
}

// ofSize gives the next record of a file without line ends.
func (s *lineReader) ofSize() ([]byte, error) {
	for s.end-s.start < s.size && !s.eof {
		if _, err := s.fill(); err != nil {
			return nil, err
		}
	}
	switch s.end - s.start {
	case 0:
		return nil, io.EOF
	default:
		if s.end-s.start < s.size {
			return nil, errPartial
		}
	}
	s.next = s.start + s.size
	s.last++
	return s.buf[s.start:s.next], nil
}

// extend gives the current record with one more line, for a quoted field that
// holds a line end; io.EOF when there is none.
func (s *lineReader) extend() ([]byte, error) { return s.upToEOL() }

// rewind takes back what extend added, and gives the first line again.
func (s *lineReader) rewind() []byte {
	s.next, s.last, s.noEOL = s.start+s.firstSpan, s.first, s.firstNoEOL
	return s.buf[s.start : s.start+s.firstLength]
}

func (s *lineReader) upToEOL() ([]byte, error) {
	from := s.next
	for {
		if i := bytes.IndexByte(s.buf[from:s.end], '\n'); i >= 0 {
			from += i
			s.next = from + 1
			break
		}
		from = s.end
		if from-s.start > s.max+1 { // one more for a CR that may end it
			return nil, errLineTooLong
		}
		if s.eof {
			if s.next == s.end {
				return nil, io.EOF
			}
			s.next, s.noEOL = s.end, true
			break
		}
		moved, err := s.fill()
		if err != nil {
			return nil, err
		}
		from -= moved
	}
	s.last++
	b := s.buf[s.start:from]
	if !s.noEOL && len(b) > 0 && b[len(b)-1] == '\r' {
		b = b[:len(b)-1]
	}
	if len(b) > s.max {
		return nil, errLineTooLong
	}
	return b, nil
}

// fill reads more, moving the current record to the front of the buffer first;
// moved tells by how much.
func (s *lineReader) fill() (moved int, err error) {
	moved = s.start
	copy(s.buf, s.buf[s.start:s.end])
	s.start, s.next, s.end = 0, s.next-moved, s.end-moved
	if s.end == len(s.buf) {
		s.buf = append(s.buf, make([]byte, len(s.buf))...)
	}
	for range 100 {
		n, err := s.src.Read(s.buf[s.end:])
		s.end += n
		if err == io.EOF {
			s.eof = true
			return moved, nil
		}
		if err != nil || n > 0 {
			return moved, err
		}
	}
	return moved, io.ErrNoProgress
}

// splitState tells how the splitting of a record into columns went.
type splitState uint8

const (
	splitDone splitState = iota
	splitOpen            // it ends inside quotes
	splitBad             // a quote stands where RFC 4180 allows none
)

// splitter cuts delimited records into columns.
type splitter struct {
	delimiter byte
	columns   [][]byte
	unquoted  []byte // holds the fields whose doubled quotes were halved
}

// split fills s.columns with the columns of b, without their quotes. It looks
// at eight bytes at once: columns are too short for a search each.
func (s *splitter) split(b []byte) splitState {
	const each = 0x0101010101010101
	columns, from, i := s.columns[:0], 0, 0
	delimiters, quotes := each*uint64(s.delimiter), each*uint64('"')
	for ; i+8 <= len(b); i += 8 {
		w := binary.LittleEndian.Uint64(b[i:])
		if zeroBytes(w^quotes) != 0 {
			return s.splitQuoted(b)
		}
		for found := zeroBytes(w ^ delimiters); found != 0; found &= found - 1 {
			at := i + bits.TrailingZeros64(found)/8
			columns = append(columns, b[from:at])
			from = at + 1
		}
	}
	for ; i < len(b); i++ {
		switch b[i] {
		case '"':
			return s.splitQuoted(b)
		case s.delimiter:
			columns = append(columns, b[from:i])
			from = i + 1
		}
	}
	s.columns = append(columns, b[from:])
	return splitDone
}

// zeroBytes has the highest bit of each byte of w that is zero.
func zeroBytes(w uint64) uint64 {
	const low = 0x7F7F7F7F7F7F7F7F
	return ^((w&low + low) | w | low)
}

func (s *splitter) splitQuoted(b []byte) splitState {
	s.columns = s.columns[:0]
	if cap(s.unquoted) < len(b) {
		s.unquoted = make([]byte, 0, 2*len(b))
	}
	s.unquoted = s.unquoted[:0] // never longer than b: columns may point into it
	for {
		if len(b) == 0 || b[0] != '"' {
			i := bytes.IndexByte(b, s.delimiter)
			column := b
			if i >= 0 {
				column = b[:i]
			}
			if bytes.IndexByte(column, '"') >= 0 {
				return splitBad
			}
			s.columns = append(s.columns, column)
			if i < 0 {
				return splitDone
			}
			b = b[i+1:]
			continue
		}
		from := len(s.unquoted)
		b = b[1:]
		for {
			i := bytes.IndexByte(b, '"')
			if i < 0 {
				return splitOpen
			}
			s.unquoted = append(s.unquoted, b[:i]...)
			b = b[i+1:]
			if len(b) == 0 || b[0] != '"' {
				break
			}
			s.unquoted, b = append(s.unquoted, '"'), b[1:]
		}
		s.columns = append(s.columns, s.unquoted[from:len(s.unquoted):len(s.unquoted)])
		if len(b) == 0 {
			return splitDone
		}
		if b[0] != s.delimiter {
			return splitBad
		}
		b = b[1:]
	}
}
