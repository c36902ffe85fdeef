package extract

import (
	"archive/zip"
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"sync/atomic"

	"bascule/reconcile"
)

// Digest gives the SHA-256 of a file's bytes, in hexadecimal, and its size. It
// refuses a folder, an absent or an empty file, a file that changes meanwhile.
func Digest(path string) (sha256hex string, size int64, err error) {
	return File{path: path}.Digest()
}

// source is the bytes of an extract, unzipped where they are, and the digest of
// those that an auditor would digest: the file's, or the member's content.
type source struct {
	path   string // shown
	onDisk string // the file that must not change meanwhile
	info   fs.FileInfo
	file   *os.File
	member *zip.File // nil for a file of its own

	hash   hash.Hash
	hashed int64
	read   *atomic.Int64
	random bool          // read through file, in any order; hashed afterwards
	in     io.ReadCloser // what is hashed
	ahead  *prefetch     // of in, where it is read from one end to the other; or nil
	raw    *bufio.Reader // the same
	text   io.Reader     // what it holds
	kind   string        // of archive, for errors
}

// What errors call a compressed source.
const (
	kindGzip     = "l'archive .gz"
	kindZip      = "l'archive .zip"
	kindWorkbook = "le classeur"
)

// oleHead starts the documents of office programs of before 2007, and the
// encrypted ones of today.
var oleHead = []byte{0xD0, 0xCF, 0x11, 0xE0}

// rawFile hashes and counts what is read of the file.
type rawFile struct{ s *source }

func (r rawFile) Read(p []byte) (int, error) {
	n, err := r.s.in.Read(p)
	r.s.hash.Write(p[:n])
	r.s.hashed += int64(n)
	if !r.s.random {
		r.s.read.Add(int64(n))
	}
	return n, err
}

func openSource(path string, read *atomic.Int64) (*source, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, openError(path, err)
	}
	switch {
	case info.IsDir():
		return nil, refuse(path, errors.New("est un dossier, pas un fichier"), "donner le fichier lui-même, ou un motif comme dossier/*.txt")
	case !info.Mode().IsRegular():
		return nil, refuse(path, errors.New("n'est pas un fichier ordinaire"), "déposer l'extraction dans un fichier")
	case info.Size() == 0:
		return nil, refuse(path, errEmptyFile, "redemander l'extraction")
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, openError(path, err)
	}
	s := &source{path: path, onDisk: path, info: info, file: file, in: file, read: read}
	s.begin()
	return s, nil
}

var errEmptyFile = errors.New("le fichier est vide")

// begin makes what is hashed ready to be read.
func (s *source) begin() {
	s.hash = sha256.New()
	s.raw = bufio.NewReaderSize(rawFile{s}, 4096)
	s.text = s.raw
}

// sniff tells by its first bytes what the source is: text, gzip, or something
// that no layout of text can read.
func (s *source) sniff(maxUnzipped int64) error {
	head, err := s.raw.Peek(4)
	if err != nil && err != io.EOF {
		return s.readError(err)
	}
	switch {
	case s.member != nil && (isZip(head) || bytes.HasPrefix(head, []byte{0x1F, 0x8B})):
		return refuse(s.path, errors.New("est une archive ou un classeur dans l'archive"), "livrer les extractions directement dans l'archive .zip")
	case bytes.HasPrefix(head, []byte{0x1F, 0x8B}):
		s.kind = kindGzip
		gz, err := gzip.NewReader(s.raw)
		if err != nil {
			return s.readError(err)
		}
		s.text = &bounded{r: gz, in: s.read.Load, max: maxUnzipped}
	case isZip(head):
		return refuse(s.path, errors.New("est un classeur ou une archive .zip, pas un fichier texte"), "donner un format de la forme « xlsx », ou exporter la feuille en CSV")
	case bytes.HasPrefix(head, oleHead):
		return refuse(s.path, errors.New("est un document bureautique, pas un fichier texte"), "exporter la feuille en CSV")
	case bytes.HasPrefix(head, []byte{0xFF, 0xFE}), bytes.HasPrefix(head, []byte{0xFE, 0xFF}):
		return refuse(s.path, errors.New("est en UTF-16"), "faire produire ou convertir le fichier dans l'encodage du format")
	}
	return nil
}

// Read gives the text of the file.
func (s *source) Read(p []byte) (int, error) {
	n, err := s.text.Read(p)
	if err != nil && err != io.EOF {
		err = s.readError(err)
	}
	return n, err
}

// finish reads what remains of the source and checks that the file on the disk
// is still the one that was opened.
func (s *source) finish() (sha256hex string, size int64, err error) {
	// Without their own ways of copying, which take a few KiB at a time.
	if _, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{s.raw}, make([]byte, 256<<10)); err != nil {
		return "", 0, s.readError(err)
	}
	now, err := os.Stat(s.onDisk)
	if err != nil || now.Size() != s.info.Size() || !now.ModTime().Equal(s.info.ModTime()) || !os.SameFile(now, s.info) || s.member == nil && s.hashed != s.info.Size() {
		return "", 0, refuse(s.path, errors.New("le fichier a changé pendant la lecture"), "attendre la fin du dépôt (écrire à côté, puis renommer) et relancer")
	}
	return hex.EncodeToString(s.hash.Sum(nil)), s.hashed, nil
}

func (s *source) close() {
	if s.ahead != nil {
		s.ahead.end()
	}
	s.in.Close()
}

func (s *source) readError(err error) error {
	var known *reconcile.InputError
	var bomb *bombError
	switch {
	case errors.As(err, &known):
		return err
	case errors.As(err, &bomb):
		return refuse(s.path, bomb, bomb.hint)
	case s.kind == "", errors.As(err, new(*fs.PathError)):
	case s.kind == kindWorkbook:
		return refuse(s.path, fmt.Errorf("%s est abîmé", s.kind), "l'enregistrer de nouveau et le transmettre en entier")
	case errors.Is(err, zip.ErrChecksum):
		return refuse(s.path, fmt.Errorf("%s est abîmée : la somme de contrôle (CRC) ne correspond pas", s.kind), "la transmettre de nouveau")
	case errors.Is(err, zip.ErrFormat):
		return refuse(s.path, fmt.Errorf("contient plus que ce que %s déclare", s.kind), "refaire l'archive")
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return refuse(s.path, fmt.Errorf("%s est coupée", s.kind), "la transmettre de nouveau en entier")
	case errors.Is(err, gzip.ErrChecksum), errors.Is(err, gzip.ErrHeader), errors.As(err, new(flate.CorruptInputError)):
		return refuse(s.path, fmt.Errorf("%s est abîmée", s.kind), "la transmettre de nouveau")
	}
	return refuse(s.path, fmt.Errorf("lecture impossible : %w", err), "vérifier le disque et les droits, puis relancer")
}

func openError(path string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return refuse(path, errors.New("le fichier n'existe pas"), "vérifier « inputs » dans la configuration et le dépôt du fichier")
	case errors.Is(err, fs.ErrPermission):
		return refuse(path, errors.New("le fichier ne peut pas être ouvert"), "donner le droit de lecture à ce compte")
	}
	return refuse(path, fmt.Errorf("ouverture impossible : %w", errors.Unwrap(err)), "vérifier le chemin")
}

// refuse is an error about a file as a whole.
func refuse(path string, err error, hint string) error {
	return &reconcile.InputError{File: path, Err: err, Hint: hint}
}
