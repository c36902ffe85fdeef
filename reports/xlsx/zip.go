package xlsx

import (
	"archive/zip"
	"bufio"
	"fmt"
	"io"
	"math"
	"os"

	"github.com/xuri/excelize/v2"
)

// save writes the package to the file. Without a password the archive goes
// straight to the file: excelize would hold it whole in memory.
func (b *book) save(file *os.File) error {
	if b.options.Password != "" {
		return b.file.Write(file)
	}
	out := bufio.NewWriterSize(file, 1<<16)
	b.file.ZipWriter = func(io.Writer) excelize.ZipWriter { return newArchive(out) }
	if _, err := b.file.WriteToBuffer(); err != nil {
		return err
	}
	return out.Flush()
}

// archive is a zip writer that deflates fast and refuses a part beyond 4 GiB,
// which Excel reads only under rules that the standard library does not keep.
type archive struct{ *zip.Writer }

func newArchive(w io.Writer) archive {
	z := zip.NewWriter(w)
	z.RegisterCompressor(zip.Deflate, newFolder)
	return archive{z}
}

// Create starts a part.
func (a archive) Create(name string) (io.Writer, error) {
	w, err := a.Writer.Create(name)
	return &limited{w: w, name: name, left: math.MaxUint32}, err
}

type limited struct {
	w    io.Writer
	name string
	left int64
}

func (l *limited) Write(p []byte) (int, error) {
	if l.left -= int64(len(p)); l.left < 0 {
		return 0, fmt.Errorf("la partie %s dépasse 4 Gio : diminuer limits.sheet_rows", l.name)
	}
	return l.w.Write(p)
}
