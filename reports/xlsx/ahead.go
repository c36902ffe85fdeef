package xlsx

import "io"

const (
	aheadBytes  = 128 << 10 // of a block
	aheadBlocks = 4
)

// ahead unfolds a part on another core, some blocks before they are read.
type ahead struct {
	in   io.ReadCloser
	full chan aheadBlock
	free chan []byte
	stop chan struct{}
	now  aheadBlock
	left []byte // of now, not yet read
}

type aheadBlock struct {
	bytes []byte
	err   error // after the bytes
}

func readAhead(in io.ReadCloser) *ahead {
	a := &ahead{in: in, full: make(chan aheadBlock, aheadBlocks), free: make(chan []byte, aheadBlocks), stop: make(chan struct{})}
	for range aheadBlocks {
		a.free <- make([]byte, aheadBytes)
	}
	go a.fill()
	return a
}

// fill reads up to the end, an error, or who stops it.
func (a *ahead) fill() {
	defer close(a.full)
	for {
		var b aheadBlock
		select {
		case <-a.stop:
			return
		case b.bytes = <-a.free:
		}
		n := 0
		for n < len(b.bytes) && b.err == nil {
			var more int
			more, b.err = a.in.Read(b.bytes[n:])
			n += more
		}
		b.bytes = b.bytes[:n]
		a.full <- b // there is room for every block
		if b.err != nil {
			return
		}
	}
}

func (a *ahead) Read(p []byte) (int, error) {
	for len(a.left) == 0 {
		if a.now.err != nil {
			return 0, a.now.err
		}
		if a.now.bytes != nil {
			a.free <- a.now.bytes[:cap(a.now.bytes)]
		}
		a.now = <-a.full
		a.left = a.now.bytes
	}
	n := copy(p, a.left)
	a.left = a.left[n:]
	return n, nil
}

// Close waits for the other core before it closes the part.
func (a *ahead) Close() error {
	close(a.stop)
	for range a.full { // until fill ends
	}
	return a.in.Close()
}
