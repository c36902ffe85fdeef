package extract

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"bascule/reconcile"
)

// Workbook is a workbook open for reading. Its rows come in order, those that
// hold nothing left out.
type Workbook interface {
	Sheets() []string // worksheets only, in their order
	Hidden(sheet int) bool
	Date1904() bool // days are counted from 1904
	Rows(sheet int) iter.Seq2[SheetRow, error]
}

// SheetRow is a row of a sheet: the text of each cell as the file stores it, and
// what it stands for. It is an alias, so that a package that does not know this
// one can give it.
type SheetRow = struct {
	Number int
	Cells  []string
	Types  []byte // of each cell, below; of no meaning where the text is blank
}

// The types of a cell.
const (
	cellText     byte = 's'
	cellNumber   byte = 'n'
	cellDay      byte = 'D' // a number that the sheet shows as a day
	cellPercent  byte = 'p' // a number that the sheet shows a hundredfold, as a percentage
	cellBool     byte = 'b'
	cellError    byte = 'e'
	cellDate     byte = 'd' // AAAA-MM-JJ, maybe with a time
	cellNoResult byte = 'f' // a formula whose result is not stored; its text is not blank
)

// maxWorkbookMember bounds a workbook inside an archive, which is read in
// memory: a full sheet of a million rows takes some 100 MB.
const maxWorkbookMember = 256 << 20

// sheetFile is the state of the reading of a sheet.
type sheetFile struct {
	*flatFile
	date1904 bool
	cells    SheetRow // the current row
	text     []byte   // of its cells, as the fields want it
	ends     []int
	columns  [][]byte
}

// readSheet reads the sheet of a workbook that the layout names.
func (r *Reader) readSheet(src *source) error {
	book, err := r.openWorkbook(src)
	if err != nil {
		return err
	}
	sheet, err := r.findSheet(book)
	if err != nil {
		return err
	}
	f := &sheetFile{flatFile: r.newFlatFile(), date1904: book.Date1904()}
	r.encodeRaw = func([]byte) []byte { return f.joined() }
	last := 0
	for row, err := range book.Rows(sheet) {
		if err != nil {
			return src.readError(r.located(err))
		}
		if err := f.takeRow(row, last); err != nil {
			return err
		}
		last = row.Number
	}
	if err := r.findUnread(src, book, sheet); err != nil {
		return err
	}
	return f.end()
}

// openWorkbook opens the source as a workbook, within bounds.
func (r *Reader) openWorkbook(src *source) (Workbook, error) {
	src.kind = kindWorkbook
	var at io.ReaderAt = src.file
	size := src.info.Size()
	if src.member != nil {
		src.kind = kindZip
		content, err := io.ReadAll(io.LimitReader(src.raw, maxWorkbookMember+1))
		if err != nil {
			return nil, src.readError(err)
		}
		if len(content) > maxWorkbookMember {
			return nil, r.refuse(0, "", fmt.Errorf("le classeur dépasse %d octets dans son archive", maxWorkbookMember), "l'extraire de l'archive")
		}
		at, size, src.kind = bytes.NewReader(content), int64(len(content)), kindWorkbook
	} else {
		src.random = true
		at = readAtCounter{src}
	}
	head := make([]byte, len(oleHead))
	n, err := at.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return nil, src.readError(err)
	}
	switch {
	case bytes.HasPrefix(head, oleHead):
		return nil, r.refuseOLE(at)
	case bytes.HasPrefix(head, []byte{0x1F, 0x8B}):
		return nil, r.refuse(0, "", errors.New("est compressé en .gz, ce qu'un classeur ne peut être"), "le livrer tel quel (un .xlsx est déjà compressé), ou dans un .zip")
	case !isZip(head[:n]):
		return nil, r.refuse(0, "", errors.New("n'est pas un classeur Excel (.xlsx)"), "vérifier que le format déclaré est bien celui de ce fichier, ou l'enregistrer en .xlsx")
	case r.o.Workbook == nil:
		return nil, r.refuse(0, "", errors.New("aucun lecteur de classeurs n'est donné"), "signaler ce défaut du programme")
	}
	z, err := openZip(at, size, r.o.MaxUnzippedBytes)
	if err == nil {
		err = checkDeclared(z.File, size, r.o.MaxUnzippedBytes, r.o.MaxUnzippedBytes)
	}
	if err == errBadZip || err == errManyMembers {
		return nil, r.refuse(0, "", errors.New("le classeur est coupé ou abîmé"), "l'enregistrer de nouveau et le transmettre en entier")
	}
	if err != nil {
		return nil, src.readError(err)
	}
	book, err := r.o.Workbook(z)
	if err != nil {
		return nil, src.readError(r.located(err))
	}
	return book, nil
}

// readAtCounter counts what is read of the file, wherever it is read.
type readAtCounter struct{ s *source }

func (c readAtCounter) ReadAt(p []byte, offset int64) (int, error) {
	n, err := c.s.file.ReadAt(p, offset)
	c.s.read.Add(int64(n))
	return n, err
}

// refuseOLE tells an encrypted workbook from one of before 2007: the folder of
// an encrypted one names its content.
func (r *Reader) refuseOLE(at io.ReaderAt) error {
	const sectorShift, folder, most = 30, 48, 4096 // offsets in the header; bytes looked at
	header, entries := make([]byte, 512), make([]byte, most)
	if n, _ := at.ReadAt(header, 0); n == len(header) {
		shift := uint(header[sectorShift])
		sector := int64(header[folder]) | int64(header[folder+1])<<8 | int64(header[folder+2])<<16 | int64(header[folder+3])<<24
		n := 0
		if shift <= 12 {
			n, _ = at.ReadAt(entries, (sector+1)<<shift)
		}
		entries = entries[:n]
	}
	if bytes.Contains(bytes.ReplaceAll(entries, []byte{0}, nil), []byte("EncryptedPackage")) {
		return r.refuse(0, "", errors.New("le classeur est protégé par un mot de passe"), "l'enregistrer sans mot de passe")
	}
	return r.refuse(0, "", errors.New("est un classeur d'avant 2007 (.xls) ou un autre document, pas un .xlsx"), "l'enregistrer en .xlsx")
}

// located puts the file's name in an error that the workbook's reader made
// without knowing it.
func (r *Reader) located(err error) error {
	var input *reconcile.InputError
	if errors.As(err, &input) && input.File == "" {
		named := *input
		named.File = r.path
		return &named
	}
	return err
}

// findSheet finds the sheet that the layout names, or the first visible one.
func (r *Reader) findSheet(book Workbook) (int, error) {
	names := book.Sheets()
	for i, name := range names {
		if r.layout.sheet == "" && !book.Hidden(i) || r.layout.sheet != "" && strings.EqualFold(name, r.layout.sheet) {
			return i, nil
		}
	}
	if r.layout.sheet == "" {
		return 0, r.refuse(0, "", errors.New("le classeur n'a aucune feuille visible"), "nommer la feuille à lire par sheet dans le format")
	}
	var known []string
	for _, name := range names {
		known = append(known, "« "+short(name)+" »")
	}
	return 0, r.refuse(0, r.layout.sheet, errors.New("le classeur n'a pas de feuille de ce nom"), "corriger sheet dans le format ; feuilles du classeur : "+strings.Join(known, ", "))
}

// findUnread notes the other sheets that hold something.
func (r *Reader) findUnread(src *source, book Workbook, sheet int) error {
	for i, name := range book.Sheets() {
		if i == sheet {
			continue
		}
		for _, err := range book.Rows(i) {
			if err != nil {
				return src.readError(r.located(err))
			}
			r.unread = append(r.unread, reconcile.Say("« %s »", short(name)))
			break
		}
	}
	return nil
}

// takeRow handles one row of the sheet; last is the number of the one before.
func (f *sheetFile) takeRow(row SheetRow, last int) error {
	f.cells, f.row.line = row, row.Number
	f.records++
	empty := 0
	switch {
	case row.Number <= last || len(row.Types) != len(row.Cells):
		return f.refuse(row.Number, "", errors.New("les lignes du classeur ne sont pas dans l'ordre"), "l'enregistrer de nouveau")
	case f.flatFile.columns == nil && row.Number > 1:
		return f.refuse(1, "", errors.New("la première ligne de la feuille est vide"), "elle doit porter les noms de colonnes du format")
	case row.Number > last+1:
		empty = row.Number - 1
	}
	if err := f.checkCells(); err != nil {
		return err
	}
	columns, bad := f.fill()
	return f.take(columns, bad, empty)
}

// checkCells holds the cells to what the lines of a file are held to.
func (f *sheetFile) checkCells() error {
	size := len(f.cells.Cells)
	f.row.control = false
	for _, c := range f.cells.Cells {
		size += len(c)
		f.text = append(f.text[:0], c...)
		if plain(f.text) {
			continue
		}
		_, control, err := f.layout.charset.check(f.text)
		var bad *encodingError
		if errors.As(err, &bad) {
			return f.refuse(f.row.line, "", fmt.Errorf("la ligne %w", err), "enregistrer de nouveau le classeur")
		}
		f.row.control = f.row.control || control
	}
	if size > f.o.MaxLineBytes {
		return f.refuse(f.row.line, "", fmt.Errorf("la ligne %w de %d octets", errLineTooLong, f.o.MaxLineBytes), "vérifier la feuille, ou relever limits.max_line_bytes")
	}
	return nil
}

// fill gives the cells as the columns of a flat file: as many as there are
// names, in the writing that their fields are read in.
func (f *sheetFile) fill() (columns [][]byte, bad error) {
	names := f.flatFile.columns
	n := len(f.cells.Cells)
	f.cellBad = fault{}
	if names == nil {
		for n > 0 && f.cells.Cells[n-1] == "" {
			n--
		}
	} else {
		beyond := func(cell string) bool { return strings.TrimSpace(cell) != "" }
		if n > len(names) && slices.ContainsFunc(f.cells.Cells[len(names):], beyond) {
			bad = reconcile.Say("la ligne a une cellule remplie au-delà des %n colonnes de l'en-tête", len(names))
		}
		n = len(names)
	}
	f.text, f.ends = f.text[:0], f.ends[:0]
	for i := range n {
		id := fNone
		if names != nil {
			id = names[i]
		}
		if i < len(f.cells.Cells) {
			var err error
			if f.text, err = f.appendCell(f.text, id, f.cells.Cells[i], f.cells.Types[i]); err != nil && (id != fNone || names == nil) {
				note(&f.cellBad, f.layout.format[id].word, err)
			}
		}
		f.ends = append(f.ends, len(f.text))
	}
	f.columns = f.columns[:0]
	from := 0
	for _, end := range f.ends {
		f.columns = append(f.columns, f.text[from:end:end])
		from = end
	}
	if names == nil && f.cellBad.err != nil {
		bad = fmt.Errorf("une cellule %w", f.cellBad.err)
		f.cellBad = fault{}
	}
	return f.columns, bad
}

// joined shows the current row as a line, for a reject.
func (f *sheetFile) joined() []byte { return []byte(strings.Join(f.cells.Cells, ";")) }
