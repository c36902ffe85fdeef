package xlsx

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"io"
	"os"
	"slices"

	"github.com/xuri/excelize/v2"
)

const (
	// maxFileBytes bounds a workbook that comes back: a million rows of forty
	// columns take 150 MB.
	maxFileBytes = 512 << 20
	// maxUnfoldedBytes bounds what its parts unfold to: those of a million rows
	// take 3 GB.
	maxUnfoldedBytes = 8 << 30
	maxParts         = 10_000
)

const hintXLSX = "rendre le classeur .xlsx que bascule a écrit, une fois rempli"

// openFile opens a workbook that a person hands in, by the file it is read from.
func openFile(file *os.File, password string) (*Workbook, error) {
	info, err := file.Stat()
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, unfit("n'est pas un fichier", hintXLSX)
	case info.Size() > maxFileBytes:
		return nil, unfit("dépasse 512 Mio : aucun classeur de bascule n'est si grand", hintXLSX)
	}
	return openAt(file, info.Size(), password, maxUnfoldedBytes)
}

// openAt opens a workbook whose parts unfold to at most so many bytes.
func openAt(at io.ReaderAt, size int64, password string, most uint64) (*Workbook, error) {
	head := make([]byte, len(compoundHead))
	if _, err := at.ReadAt(head, 0); err != nil && err != io.EOF {
		return nil, err
	}
	switch {
	case bytes.Equal(head, compoundHead):
		content, err := decrypted(at, size, password)
		if err != nil {
			return nil, err
		}
		at, size = bytes.NewReader(content), int64(len(content))
	case !bytes.HasPrefix(head, []byte("PK")):
		return nil, unfit("n'est pas un classeur Excel (.xlsx)", hintXLSX)
	}
	z, err := zip.NewReader(at, size)
	if err != nil {
		return nil, damaged("son archive est coupée")
	}
	unfolded := uint64(0)
	for _, f := range z.File {
		unfolded += min(f.UncompressedSize64, most)
	}
	if len(z.File) > maxParts || unfolded > most {
		return nil, unfit("se déplie au-delà de ce qu'un classeur de bascule contient", hintXLSX)
	}
	return Open(z)
}

// compoundHead starts the compound files, of which encrypted workbooks are.
var compoundHead = []byte{0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1}

var errPassword = unfit("le classeur est chiffré : le mot de passe manque ou n'est pas le bon", "donner celui de privacy.workbook_password_env, ou l'enregistrer sans mot de passe")

// decrypted is the package that an encrypted workbook holds.
func decrypted(file io.ReaderAt, size int64, password string) (content []byte, err error) {
	raw := make([]byte, size)
	if _, err := file.ReadAt(raw, 0); err != nil && err != io.EOF {
		return nil, err
	}
	sizes := compoundSizes(raw)
	switch {
	case len(sizes) == 0:
		return nil, unfit("est un classeur d'avant 2007 (.xls) ou un autre document, pas un .xlsx", hintXLSX)
	case slices.Max(sizes) > uint64(size):
		return nil, damaged("son chiffrement est abîmé")
	case password == "":
		return nil, errPassword
	}
	defer func() { // the library trusts the offsets that the file declares
		if recover() != nil {
			content, err = nil, damaged("son chiffrement est abîmé")
		}
	}()
	content, err = excelize.Decrypt(raw, &excelize.Options{Password: password})
	if err != nil || !bytes.HasPrefix(content, []byte("PK")) {
		return nil, errPassword
	}
	return content, nil
}

// compoundSizes are the sizes that a compound file declares for the streams of
// an encrypted workbook, none where it holds none: the library makes room for
// them unseen.
func compoundSizes(raw []byte) (sizes []uint64) {
	const entry, sizeAt = 128, 120 // bytes of an entry of its folder; where its size stands there
	for _, name := range [...]string{"EncryptionInfo", "EncryptedPackage"} {
		wide := make([]byte, 0, 2*len(name)+2)
		for _, c := range []byte(name + "\x00") {
			wide = append(wide, c, 0)
		}
		for at := 0; at+entry <= len(raw); at += entry {
			if bytes.HasPrefix(raw[at:], wide) {
				sizes = append(sizes, binary.LittleEndian.Uint64(raw[at+sizeAt:]))
			}
		}
	}
	return sizes
}
