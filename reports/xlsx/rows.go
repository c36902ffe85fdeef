package xlsx

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"io"
	"iter"
	"path"
	"strconv"
	"strings"

	"bascule/reconcile"
)

// Workbook is a workbook that any program made, open for reading. It reads the
// package by itself, row after row: excelize would take a sheet that breaks off
// for one that ends there, give TRUE as 1 and a text for the number it looks
// like, and leave the rows in clear on the disk. What it reads is bounded by
// whoever opened the archive; errors leave out the file's name.
type Workbook struct {
	parts    map[string]*zip.File // by their names in lower case
	names    []string
	hidden   []bool
	sheets   []string // part of each sheet
	texts    string   // part of the shared texts, blank for none
	styles   string   // part of the styles, blank for none
	shown    []byte   // by style: Number, Day or Percent; once read
	date1904 bool
	shared   *sharedTexts // once read
}

// Row is a row of a sheet: the text of each cell as it is stored, and its type.
// Row and its slices are reused by the next iteration, the texts are not. It is
// an alias, so that a package that does not know this one can take it.
type Row = struct {
	Number int
	Cells  []string
	Types  []byte // of each cell, below; 0 where there is none
}

// The types of a cell.
const (
	Text     byte = 's'
	Number   byte = 'n'
	Day      byte = 'D' // a number that Excel shows as a day or a time
	Percent  byte = 'p' // a number that Excel shows as a percentage: 0.8571 for 85.71 %
	Bool     byte = 'b' // "1" or "0"
	Error    byte = 'e' // "#N/A"
	Date     byte = 'd' // AAAA-MM-JJ, maybe with a time
	NoResult byte = 'f' // a formula whose result is not stored; its text is "="
)

// maxPartBytes bounds the parts that are read whole.
const maxPartBytes = 16 << 20

func unfit(what, hint string) error {
	return &reconcile.InputError{Err: errors.New(what), Hint: hint}
}

func damaged(what string) error {
	return unfit("le classeur est abîmé : "+what, "l'ouvrir dans un tableur et l'enregistrer de nouveau, ou le redemander")
}

// Open reads what a workbook says of itself.
func Open(z *zip.Reader) (*Workbook, error) {
	w := &Workbook{parts: make(map[string]*zip.File, len(z.File))}
	for _, f := range z.File {
		name := partName(f.Name)
		if w.parts[name] != nil {
			return nil, damaged("deux de ses parties portent le même nom")
		}
		w.parts[name] = f
	}
	switch {
	case w.parts["mimetype"] != nil:
		return nil, unfit("est un document OpenDocument (.ods), pas un classeur .xlsx", "l'enregistrer en .xlsx")
	case w.parts["xl/workbook.bin"] != nil:
		return nil, unfit("est un classeur binaire (.xlsb), pas un .xlsx", "l'enregistrer en .xlsx")
	}
	main, err := w.mainPart()
	if err != nil {
		return nil, err
	}
	if w.parts[partName(main)] == nil {
		return nil, unfit("n'est pas un classeur Excel (.xlsx)", "vérifier que le format déclaré est bien celui de ce fichier, ou l'enregistrer en .xlsx")
	}
	return w, w.readMain(main)
}

// partName is how parts are found, whatever slashes and letters a program uses.
func partName(name string) string {
	return strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(name, `\`, "/"), "/"))
}

type relationships struct {
	Relationship []struct {
		ID     string `xml:"Id,attr"`
		Type   string `xml:"Type,attr"`
		Target string `xml:"Target,attr"`
	}
}

// mainPart finds the part that lists the sheets.
func (w *Workbook) mainPart() (string, error) {
	const usual, root = "xl/workbook.xml", "_rels/.rels"
	if w.parts[root] == nil {
		return usual, nil
	}
	var rels relationships
	if err := w.decode(root, &rels); err != nil {
		return "", err
	}
	for _, r := range rels.Relationship {
		if strings.HasSuffix(r.Type, "/officeDocument") {
			return strings.TrimPrefix(r.Target, "/"), nil
		}
	}
	return usual, nil
}

// readMain lists the worksheets: charts and macros have no rows.
func (w *Workbook) readMain(main string) error {
	var book struct {
		Properties struct {
			Date1904 string `xml:"date1904,attr"`
		} `xml:"workbookPr"`
		Sheets []struct {
			Name  string     `xml:"name,attr"`
			State string     `xml:"state,attr"`
			Attrs []xml.Attr `xml:",any,attr"`
		} `xml:"sheets>sheet"`
	}
	var rels relationships
	folder, file := path.Split(main)
	if err := errors.Join(w.decode(main, &book), w.decode(folder+"_rels/"+file+".rels", &rels)); err != nil {
		return err
	}
	w.date1904 = book.Properties.Date1904 == "1" || book.Properties.Date1904 == "true"
	target := make(map[string]string, len(rels.Relationship))
	for _, r := range rels.Relationship {
		part := r.Target
		if !strings.HasPrefix(part, "/") {
			part = path.Join(folder, part)
		}
		switch {
		case strings.HasSuffix(r.Type, "/worksheet"):
			target[r.ID] = part
		case strings.HasSuffix(r.Type, "/sharedStrings"):
			w.texts = part
		case strings.HasSuffix(r.Type, "/styles"):
			w.styles = part
		}
	}
	for _, s := range book.Sheets {
		for _, a := range s.Attrs {
			if part := target[a.Value]; a.Name.Local == "id" && part != "" {
				w.names, w.hidden, w.sheets = append(w.names, s.Name), append(w.hidden, s.State != "" && s.State != "visible"), append(w.sheets, part)
			}
		}
	}
	if len(w.sheets) == 0 {
		return damaged("il n'a aucune feuille de calcul")
	}
	return nil
}

// Sheets names the worksheets, in their order.
func (w *Workbook) Sheets() []string { return w.names }

// Hidden tells whether Excel hides a sheet.
func (w *Workbook) Hidden(sheet int) bool { return w.hidden[sheet] }

// Date1904 tells whether the workbook counts its days from 1904.
func (w *Workbook) Date1904() bool { return w.date1904 }

// Rows yields the rows of a sheet that hold something, hidden ones too, in
// their order. An error ends the sequence: nothing that came before it may be
// kept, for the sheet is not known to be whole.
func (w *Workbook) Rows(sheet int) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		if err := w.readSheet(sheet, yield); err != nil && !errors.Is(err, errStopped) {
			yield(Row{}, err)
		}
	}
}

var errStopped = errors.New("stopped")

// xmlPart is a part being read.
type xmlPart struct {
	io.Closer
	*lexer
}

// maxPartDepth bounds the nesting of elements, of which the decoder keeps a
// stack; those of a sheet go to eight.
const maxPartDepth = 64

// maxTokenBytes bounds one tag or one text of a part: a cell holds 32,767
// characters.
const maxTokenBytes = 4 << 20

// open opens a part that is read event after event.
func (w *Workbook) open(name string) (*xmlPart, error) {
	in, err := w.openPart(name)
	if err != nil {
		return nil, err
	}
	return &xmlPart{in, newLexer(in)}, nil
}

// openAhead is open for a part that is long to unfold.
func (w *Workbook) openAhead(name string) (*xmlPart, error) {
	in, err := w.openPart(name)
	if err != nil {
		return nil, err
	}
	unfolded := readAhead(in)
	return &xmlPart{unfolded, newLexer(unfolded)}, nil
}

func (w *Workbook) openPart(name string) (io.ReadCloser, error) {
	f := w.parts[partName(name)]
	if f == nil {
		return nil, damaged("la partie " + strconv.Quote(name) + " manque")
	}
	in, err := f.Open()
	if err != nil || f.CRC32 == 0 && f.UncompressedSize64 > 0 { // without a CRC, the library verifies nothing
		return nil, damaged("une partie ne s'ouvre pas")
	}
	return in, nil
}

// decode reads a small part whole.
func (w *Workbook) decode(name string, into any) error {
	in, err := w.openPart(name)
	if err != nil {
		return err
	}
	defer in.Close()
	bounded := &io.LimitedReader{R: in, N: maxPartBytes}
	err = xml.NewDecoder(bounded).Decode(into)
	switch {
	case bounded.N == 0:
		return damaged("une de ses parties est plus longue que toute autre")
	case errors.As(err, new(*xml.SyntaxError)):
		return errSyntax
	}
	return err
}
