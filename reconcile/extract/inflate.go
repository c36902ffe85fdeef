package extract

import (
	"archive/zip"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"math"
)

// Bounds on what compressed files may unfold into. A month of pay of the whole
// State is 2.5 M agents × 27 lines × 80 bytes = 5.4 GB in one file: the default
// is four times that. Pay extracts compress 10 to 60 times, and deflate 1032
// times at the most: 200 tells one from the other, once there is enough to tell.
const (
	defaultMaxUnzipped = 20 << 30
	maxRatio           = 200
	ratioFrom          = 64 << 20
)

// bombError refuses what unfolds into more than any pay file is. It completes
// the sentence "<file>: …".
type bombError struct{ what, hint string }

func (e *bombError) Error() string { return e.what }

func errUnzipped(max int64) error {
	return &bombError{fmt.Sprintf("se décompresse au-delà de la limite de %d octets", max), "vérifier le fichier, ou relever limits.max_unzipped_bytes"}
}

var errRatio = &bombError{fmt.Sprintf("se décompresse en plus de %d fois sa taille : aucune extraction de paye n'est ainsi", maxRatio), "redemander l'extraction"}

// checkUnfolded judges bytes unfolded from compressed ones.
func checkUnfolded(out, in, max int64) error {
	switch {
	case out > max:
		return errUnzipped(max)
	case out > ratioFrom && out/maxRatio > in:
		return errRatio
	}
	return nil
}

// bounded gives decompressed bytes until they are too many.
type bounded struct {
	r        io.Reader
	in       func() int64 // compressed bytes taken so far
	out, max int64
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	b.out += int64(n)
	if bomb := checkUnfolded(b.out, b.in(), b.max); bomb != nil {
		return 0, bomb
	}
	return n, err
}

// counted counts what is read.
type counted struct {
	r io.Reader
	n int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// inflater is a decompressor of zip members that stops at bombs, whatever the
// headers say.
func inflater(max int64) zip.Decompressor {
	return func(r io.Reader) io.ReadCloser {
		in := &counted{r: r}
		inflate := flate.NewReader(in)
		return struct {
			io.Reader
			io.Closer
		}{&bounded{r: inflate, in: func() int64 { return in.n }, max: max}, inflate}
	}
}

// maxMembers bounds the files of one archive: a month has some hundreds.
const maxMembers = 10_000

// maxDirectoryBytes bounds the directory of an archive: 10,000 entries of 1 KiB.
const maxDirectoryBytes = 10 << 20

// What is wrong with an archive as a whole.
var (
	errManyMembers = errors.New("contient plus de 10000 fichiers")
	errBadZip      = errors.New("l'archive .zip est coupée ou abîmée")
)

// openZip lists an archive in bounded memory, and prepares its members to be
// read in bounds.
func openZip(at io.ReaderAt, size, max int64) (*zip.Reader, error) {
	d := &directory{at: at, left: maxDirectoryBytes}
	z, err := zip.NewReader(d, size)
	switch {
	case d.left < 0 || err == nil && len(z.File) > maxMembers:
		return nil, errManyMembers
	case err != nil:
		return nil, errBadZip
	}
	d.listed = true
	z.RegisterDecompressor(zip.Deflate, inflater(max))
	return z, nil
}

// checkDeclared judges the sizes that an archive of a size declares for some of
// its files. They may share their compressed bytes: together, they may not
// unfold further than one alone.
func checkDeclared(files []*zip.File, size, max, total int64) error {
	var out int64
	for _, f := range files {
		if f.UncompressedSize64 > uint64(max) {
			return errUnzipped(max)
		}
		if err := checkUnfolded(int64(f.UncompressedSize64), int64(min(f.CompressedSize64, uint64(size))), max); err != nil {
			return err
		}
		out += int64(min(f.UncompressedSize64, math.MaxInt64/maxMembers))
	}
	return checkUnfolded(out, size, total)
}

// directory bounds what the listing of an archive reads.
type directory struct {
	at     io.ReaderAt
	left   int
	listed bool
}

func (d *directory) ReadAt(p []byte, offset int64) (int, error) {
	if !d.listed {
		if d.left -= len(p); d.left < 0 {
			return 0, errManyMembers
		}
	}
	return d.at.ReadAt(p, offset)
}
