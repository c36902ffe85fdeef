package extract

import (
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
// refuses what a Reader would refuse before reading: a folder, an absent or an
// empty file, a file that changes meanwhile.
func Digest(path string) (sha256hex string, size int64, err error) {
	var read atomic.Int64
	s, err := openSource(path, &read)
	if err != nil {
		return "", 0, err
	}
	defer s.close()
	return s.finish()
}

// source is the bytes of a file, unzipped where they are, and the digest of
// those that stand on the disk.
type source struct {
	path string
	file *os.File
	info fs.FileInfo
	hash hash.Hash
	read *atomic.Int64
	raw  *bufio.Reader // the file itself
	text io.Reader     // what it holds
}

// rawFile hashes and counts what is read of the file.
type rawFile struct{ s *source }

func (r rawFile) Read(p []byte) (int, error) {
	n, err := r.s.file.Read(p)
	r.s.hash.Write(p[:n])
	r.s.read.Add(int64(n))
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
		return nil, refuse(path, errors.New("le fichier est vide"), "redemander l'extraction")
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, openError(path, err)
	}
	s := &source{path: path, file: file, info: info, hash: sha256.New(), read: read}
	s.raw = bufio.NewReaderSize(rawFile{s}, 4096)
	s.text = s.raw
	if err := s.sniff(); err != nil {
		file.Close()
		return nil, err
	}
	return s, nil
}

// sniff tells by its first bytes what the file is: text, gzip, or something
// that no layout can read.
func (s *source) sniff() error {
	head, err := s.raw.Peek(4)
	if err != nil && err != io.EOF {
		return s.readError(err)
	}
	switch {
	case bytes.HasPrefix(head, []byte{0x1F, 0x8B}):
		gz, err := gzip.NewReader(s.raw)
		if err != nil {
			return s.readError(err)
		}
		s.text = gz
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return refuse(s.path, errors.New("est une archive .zip ou un classeur, pas un fichier texte"), "extraire le fichier qu'elle contient, ou exporter la feuille en CSV")
	case bytes.HasPrefix(head, []byte{0xD0, 0xCF, 0x11, 0xE0}):
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

// finish reads what remains of the file and checks that it is still the one
// that was opened.
func (s *source) finish() (sha256hex string, size int64, err error) {
	if _, err := io.Copy(io.Discard, s.raw); err != nil {
		return "", 0, s.readError(err)
	}
	size = s.read.Load()
	now, err := os.Stat(s.path)
	if err != nil || now.Size() != s.info.Size() || !now.ModTime().Equal(s.info.ModTime()) || !os.SameFile(now, s.info) || size != s.info.Size() {
		return "", 0, refuse(s.path, errors.New("le fichier a changé pendant la lecture"), "attendre la fin du dépôt (écrire à côté, puis renommer) et relancer")
	}
	return hex.EncodeToString(s.hash.Sum(nil)), size, nil
}

func (s *source) close() { s.file.Close() }

func (s *source) readError(err error) error {
	var known *reconcile.InputError
	switch {
	case errors.As(err, &known):
		return err
	case errors.Is(err, io.ErrUnexpectedEOF), s.text == s.raw && errors.Is(err, io.EOF):
		return refuse(s.path, errors.New("l'archive .gz est coupée"), "la transmettre de nouveau en entier")
	case errors.Is(err, gzip.ErrChecksum), errors.Is(err, gzip.ErrHeader), errors.As(err, new(flate.CorruptInputError)):
		return refuse(s.path, errors.New("l'archive .gz est abîmée"), "la transmettre de nouveau")
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
