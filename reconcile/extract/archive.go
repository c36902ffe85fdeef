package extract

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"math"
	"os"
	"path"
	"slices"
	"strings"
	"sync/atomic"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// File is one extract: a file of the disk, or a member of a .zip archive.
type File struct {
	path    string
	archive *archive  // nil for a file of its own
	member  *zip.File // of the archive
}

// archive is a .zip archive that stays open from its listing to the end of the
// reading: what was listed is what is read.
type archive struct {
	file *os.File
	info fs.FileInfo
	zip  *zip.Reader
}

// Files lists the extracts that a file holds: itself, or where its bytes are
// those of a .zip archive, the members whose names match the pattern of
// path.Match. All of them must be fit to be read when the pattern is blank.
// Close the first when all are read. A workbook is one extract.
func Files(path, pattern string, maxUnzipped int64) ([]File, error) {
	if maxUnzipped <= 0 {
		maxUnzipped = defaultMaxUnzipped
	}
	a, err := openArchive(path, maxUnzipped)
	if err != nil {
		return nil, err
	}
	if a == nil {
		if pattern != "" {
			return nil, refuse(path, errors.New("n'est pas une archive .zip"), "retirer member, ou donner une archive")
		}
		return []File{{path: path}}, nil
	}
	files, err := a.members(path, pattern, maxUnzipped)
	if err != nil {
		a.file.Close()
	}
	return files, err
}

// Member is the name of the member in its archive, fit to be shown; blank for a
// file of its own.
func (f File) Member() string {
	if f.member == nil {
		return ""
	}
	return shownName(memberName(f.member))
}

// Path is the file's, or the archive's and the member's: what errors call it.
func (f File) Path() string {
	if f.member == nil {
		return f.path
	}
	return f.path + "/" + f.Member()
}

// Size is the number of bytes of the file, or of what the member holds; 0 when
// it cannot be told.
func (f File) Size() int64 {
	if f.member != nil {
		return int64(f.member.UncompressedSize64)
	}
	info, err := os.Stat(f.path)
	if err != nil || !info.Mode().IsRegular() {
		return 0
	}
	return info.Size()
}

// Digest gives the SHA-256 of the file's bytes, or of what the member holds, in
// hexadecimal, and its size.
func (f File) Digest() (sha256hex string, size int64, err error) {
	var read atomic.Int64
	s, err := f.open(&read)
	if err != nil {
		return "", 0, err
	}
	defer s.close()
	return s.finish()
}

// Close lets go of the archive of a member, for all of its members.
func (f File) Close() error {
	if f.archive == nil {
		return nil
	}
	return f.archive.file.Close()
}

func (f File) open(read *atomic.Int64) (*source, error) {
	if f.member == nil {
		return openSource(f.path, read)
	}
	if f.member.UncompressedSize64 == 0 {
		return nil, refuse(f.Path(), errEmptyFile, "redemander l'extraction")
	}
	s := &source{path: f.Path(), onDisk: f.path, info: f.archive.info, member: f.member, read: read, kind: kindZip}
	in, err := f.member.Open()
	if err != nil {
		return nil, refuse(s.path, errBadZip, "la transmettre de nouveau")
	}
	s.in = &checked{ReadCloser: in, want: f.member.CRC32}
	s.begin()
	return s, nil
}

// checked verifies the CRC of a member even where its header holds 0, which the
// library takes for none.
type checked struct {
	io.ReadCloser
	sum, want uint32
}

func (c *checked) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	c.sum = crc32.Update(c.sum, crc32.IEEETable, p[:n])
	if err == io.EOF && c.sum != c.want {
		err = zip.ErrChecksum
	}
	return n, err
}

// isZip tells whether a file starts as an archive does: with a member, without
// any, or in several volumes.
func isZip(head []byte) bool {
	return bytes.HasPrefix(head, []byte("PK\x03\x04")) || bytes.HasPrefix(head, []byte("PK\x05\x06")) || bytes.HasPrefix(head, []byte("PK\x07\x08"))
}

// openArchive opens a file that is an archive of extracts, and gives nil for
// any other: the reader will say what is wrong.
func openArchive(path string, maxUnzipped int64) (*archive, error) {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return nil, nil
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, nil
	}
	var head [4]byte
	if n, _ := file.ReadAt(head[:], 0); !isZip(head[:n]) {
		return nil, file.Close()
	}
	z, err := openZip(file, info.Size(), maxUnzipped)
	switch {
	case err != nil:
		file.Close()
		return nil, refuse(path, err, "la transmettre de nouveau en entier, un fichier par extraction")
	case isOffice(z):
		return nil, file.Close()
	}
	return &archive{file: file, info: info, zip: z}, nil
}

// isOffice tells a workbook, or another document, from an archive of extracts.
func isOffice(z *zip.Reader) bool {
	return slices.ContainsFunc(z.File, func(f *zip.File) bool {
		return strings.EqualFold(f.Name, "[Content_Types].xml") || f.Name == "mimetype"
	})
}

// members lists what the archive holds under the pattern, folders excepted.
func (a *archive) members(archivePath, pattern string, maxUnzipped int64) ([]File, error) {
	var files []File
	var chosen []*zip.File
	var others []string
	seen := make(map[string]bool)
	for _, m := range a.zip.File {
		if m.UncompressedSize64 == 0 && strings.HasSuffix(strings.ReplaceAll(m.Name, `\`, "/"), "/") {
			continue
		}
		f := File{path: archivePath, archive: a, member: m}
		if matched, err := path.Match(pattern, memberName(m)); err != nil || pattern != "" && !matched {
			others = append(others, "« "+short(f.Member())+" »")
			continue
		}
		if seen[f.Member()] {
			return nil, refuse(f.Path(), errors.New("deux fichiers de l'archive portent ce nom"), "refaire l'archive avec un seul")
		}
		if err := unfit(m); err != nil {
			return nil, refuse(f.Path(), err, "refaire l'archive sans mot de passe, par la compression ordinaire (deflate)")
		}
		if err := checkDeclared([]*zip.File{m}, a.info.Size(), maxUnzipped, maxUnzipped); err != nil {
			return nil, (&source{path: f.Path()}).readError(err)
		}
		seen[f.Member()] = true
		files, chosen = append(files, f), append(chosen, m)
	}
	if err := checkDeclared(chosen, a.info.Size(), maxUnzipped, math.MaxInt64); err != nil {
		return nil, (&source{path: archivePath}).readError(err)
	}
	switch {
	case len(files) > 0:
		return files, nil
	case len(others) == 0:
		return nil, refuse(archivePath, errors.New("l'archive .zip ne contient aucun fichier"), "redemander l'extraction")
	}
	const most = 5
	return nil, refuse(archivePath, fmt.Errorf("aucun fichier de l'archive ne répond à « %s »", pattern), "corriger member ; l'archive contient "+strings.Join(others[:min(most, len(others))], ", "))
}

// unfit tells why a member cannot be read at all.
func unfit(m *zip.File) error {
	const encrypted, masked = 1, 1 << 13
	switch {
	case m.Flags&(encrypted|masked) != 0:
		return errors.New("est chiffré dans l'archive")
	case m.Method != zip.Store && m.Method != zip.Deflate:
		return fmt.Errorf("est compressé par une méthode inconnue (%d)", m.Method)
	}
	return nil
}

// memberName is the name of a member. Archivers of Windows write it in the page
// of its consoles.
func memberName(m *zip.File) string {
	if !m.NonUTF8 || utf8.ValidString(m.Name) {
		return m.Name
	}
	if text, err := charmap.CodePage850.NewDecoder().String(m.Name); err == nil {
		return text
	}
	return m.Name
}

// shownName is the name of a member without what could deceive a reader or a
// terminal.
func shownName(name string) string {
	return strings.Map(func(r rune) rune {
		if r == unicode.ReplacementChar || !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, name)
}
