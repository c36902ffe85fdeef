package extract

import (
	"bufio"
	"io"
)

// prefetch reads a source before its reader asks for it, and digests it, on
// another core: reading records is all that one can do.
type prefetch struct {
	full chan piece
	free chan []byte
	stop chan struct{}
	piece
	left []byte // of the piece, still to be given out
}

// piece is some bytes of the source, and the error that came with them.
type piece struct {
	text []byte
	err  error
}

const (
	prefetchPieces = 4
	prefetchBytes  = 256 << 10
)

// readAhead has what follows read through a prefetch. Nothing has been read yet.
func (s *source) readAhead() {
	f := &prefetch{full: make(chan piece, prefetchPieces), free: make(chan []byte, prefetchPieces), stop: make(chan struct{})}
	for range prefetchPieces {
		f.free <- make([]byte, prefetchBytes)
	}
	s.ahead = f
	s.raw = bufio.NewReaderSize(prefetched{s}, 4096)
	s.text = s.raw
	go f.run(s)
}

// run reads up to the end, an error, or a stop.
func (f *prefetch) run(s *source) {
	defer close(f.full)
	for {
		var buffer []byte
		select {
		case buffer = <-f.free:
		case <-f.stop:
			return
		}
		n, err := s.in.Read(buffer)
		s.hash.Write(buffer[:n])
		s.hashed += int64(n)
		select {
		case f.full <- piece{buffer[:n], err}:
		case <-f.stop:
			return
		}
		if err != nil {
			return
		}
	}
}

// end stops the reading, and waits until nothing is read any more.
func (f *prefetch) end() {
	close(f.stop)
	for range f.full {
	}
}

// prefetched gives what was read ahead, and counts it.
type prefetched struct{ s *source }

func (r prefetched) Read(p []byte) (int, error) {
	f := r.s.ahead
	for len(f.left) == 0 {
		if f.err != nil {
			return 0, f.err
		}
		if f.text != nil {
			f.free <- f.text[:prefetchBytes]
		}
		next, more := <-f.full
		if !more { // after an error alone, which is given above
			return 0, io.ErrUnexpectedEOF
		}
		f.piece, f.left = next, next.text
	}
	n := copy(p, f.left)
	f.left = f.left[n:]
	r.s.read.Add(int64(n))
	return n, nil
}
