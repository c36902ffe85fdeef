package xlsx

import (
	"bytes"
	"compress/flate"
	"errors"
	"io"
	"runtime"
	"sync"
)

// foldedBytes is what is deflated at once. A block knows nothing of the one
// before, which costs some hundredths of the size; a million rows take 2,500.
const foldedBytes = 1 << 20

// folder deflates a part, fast, as many blocks at once as there are cores: what
// several writers made is one stream when each but the last ends on a whole
// byte, and refers to nothing before it.
type folder struct {
	out     io.Writer
	filling *fold
	folding []*fold // in their order
}

type fold struct {
	in   []byte
	out  bytes.Buffer
	flat *flate.Writer
	done chan error
}

func newFolder(out io.Writer) (io.WriteCloser, error) {
	return &folder{out: out, filling: folds.Get().(*fold)}, nil
}

// folds serve again: each takes a megabyte, and a workbook has tens of parts.
var folds = sync.Pool{New: func() any { return &fold{done: make(chan error, 1)} }}

func (f *folder) Write(p []byte) (int, error) {
	for done := 0; done < len(p); {
		n := min(len(p)-done, foldedBytes-len(f.filling.in))
		f.filling.in = append(f.filling.in, p[done:done+n]...)
		if done += n; len(f.filling.in) == foldedBytes {
			if err := f.turn(); err != nil {
				return 0, err
			}
		}
	}
	return len(p), nil
}

// turn sends the full block to a core, once one is free, and begins another.
func (f *folder) turn() error {
	if len(f.folding) >= runtime.GOMAXPROCS(0) {
		if err := f.settle(); err != nil {
			return err
		}
	}
	f.folding = append(f.folding, f.filling)
	go f.filling.fold(false)
	f.filling = folds.Get().(*fold)
	return nil
}

// settle writes the oldest block.
func (f *folder) settle() error {
	oldest := f.folding[0]
	f.folding = f.folding[1:]
	if err := <-oldest.done; err != nil {
		return err
	}
	_, err := f.out.Write(oldest.out.Bytes())
	oldest.in = oldest.in[:0]
	oldest.out.Reset()
	folds.Put(oldest)
	return err
}

// Close deflates and writes what is left. No core works for the part after it.
func (f *folder) Close() error {
	go f.filling.fold(true)
	f.folding = append(f.folding, f.filling)
	var failed error
	for len(f.folding) > 0 {
		failed = errors.Join(failed, f.settle())
	}
	return failed
}

func (f *fold) fold(last bool) {
	if f.flat == nil {
		f.flat, _ = flate.NewWriter(&f.out, flate.BestSpeed) // fails on no level of the package
	} else {
		f.flat.Reset(&f.out)
	}
	_, err := f.flat.Write(f.in)
	if last {
		err = errors.Join(err, f.flat.Close())
	} else {
		err = errors.Join(err, f.flat.Flush())
	}
	f.done <- err
}
