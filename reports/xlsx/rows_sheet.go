package xlsx

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
)

// Excel's own bounds, and what a row may weigh.
const (
	maxRows     = 1 << 20
	maxColumns  = 1 << 14
	maxRowBytes = 16 << 20
)

// scanner takes the rows of a sheet out of its XML.
type scanner struct {
	book    *Workbook
	shared  *sharedTexts
	row     Row
	last    int // number of the former row
	size    int // of the texts of the row
	inRows  bool
	inRow   bool
	cell    cell
	inCell  bool
	collect bool    // the text that comes is the cell's
	text    []byte  // of the cell
	style   string  // of the former cell
	raw     *rawRow // takes the texts in the place of row, when not nil
}

// rawRow is a row whose texts are all in one buffer, used again by the next:
// they are not made strings.
type rawRow struct {
	number int
	texts  []byte
	ends   []int // of the text of each cell, blank for none
}

// text is what cell i holds.
func (r *rawRow) text(i int) []byte {
	if i == 0 {
		return r.texts[:r.ends[0]]
	}
	return r.texts[r.ends[i-1]:r.ends[i]]
}

// cell is the cell being read.
type cell struct {
	column   int // from 1
	kind     string
	style    string
	formula  bool
	result   bool // its value is stored, be it blank
	inline   bool // inside its rich text
	phonetic int  // inside the reading aid of an Asian text, which is no text
}

func (w *Workbook) readSheet(sheet int, yield func(Row, error) bool) error {
	s := &scanner{book: w}
	return s.read(sheet, func() bool { return yield(s.row, nil) })
}

// readRaw is Rows for who needs no string.
func (w *Workbook) readRaw(sheet int, yield func(*rawRow) error) (err error) {
	s := &scanner{book: w, raw: &rawRow{}}
	stopped := s.read(sheet, func() bool {
		s.raw.number = s.row.Number
		err = yield(s.raw)
		return err == nil
	})
	if err != nil {
		return err
	}
	return stopped
}

// read calls row at the end of each row that holds something.
func (s *scanner) read(sheet int, row func() bool) error {
	if err := errors.Join(s.book.readShared(), s.book.readStyles()); err != nil {
		return err
	}
	p, err := s.book.openAhead(s.book.sheets[sheet])
	if err != nil {
		return err
	}
	defer p.Close()
	s.shared = s.book.shared
	for {
		if s.inRow && !s.inCell {
			if err := s.plainCells(p.lexer); err != nil {
				return err
			}
		}
		what, err := p.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		switch what {
		case startOf:
			err = s.start(p.lexer)
		case chars:
			err = s.chars(p.text)
		case endOf:
			var whole bool
			if whole, err = s.end(p.name); whole && err == nil && !row() {
				return errStopped
			}
		}
		if err != nil {
			return err
		}
	}
}

func (s *scanner) start(l *lexer) error {
	switch name := string(l.name); {
	case name == "sheetData":
		s.inRows = true
	case s.inRows && name == "row" && !s.inRow:
		s.inRow = true
		return s.startRow(string(l.attr("r")))
	case s.inRow && name == "c" && !s.inCell:
		s.inCell = true
		return s.startCell(l.attr("r"), l.attr("t"), l.attr("s"))
	case !s.inCell:
	case name == "f":
		s.cell.formula = true
	case name == "is":
		s.cell.inline = true
	case name == "rPh":
		s.cell.phonetic++
	case name == "v":
		s.collect, s.cell.result = true, true
	case name == "t" && s.cell.inline && s.cell.phonetic == 0:
		s.collect = true
	}
	return nil
}

func (s *scanner) startRow(number string) error {
	n := s.last + 1
	if number != "" {
		var err error
		if n, err = strconv.Atoi(number); err != nil {
			return damaged("une ligne n'a pas de numéro lisible")
		}
	}
	if n <= s.last || n > maxRows {
		return damaged("les lignes d'une feuille ne sont pas dans l'ordre")
	}
	s.last, s.size = n, 0
	s.row = Row{Number: n, Cells: s.row.Cells[:0], Types: s.row.Types[:0]}
	if s.raw != nil {
		s.raw.texts, s.raw.ends = s.raw.texts[:0], s.raw.ends[:0]
	}
	s.cell = cell{}
	return nil
}

func (s *scanner) startCell(reference, kind, style []byte) error {
	column := s.cell.column + 1
	if len(reference) > 0 {
		var ok bool
		if column, ok = columnOf(reference); !ok {
			return damaged("une cellule n'a pas d'adresse lisible")
		}
	}
	if column <= s.cell.column || column > maxColumns {
		return damaged("les cellules d'une ligne ne sont pas dans l'ordre")
	}
	var known string
	switch string(kind) { // the usual ones are no new strings
	case "":
		known = ""
	case "inlineStr":
		known = "inlineStr"
	case "s":
		known = "s"
	default:
		known = string(kind)
	}
	if s.raw == nil && string(style) != s.style { // one for all its cells, most often
		s.style = string(style)
	}
	s.cell = cell{column: column, kind: known, style: s.style}
	s.text = s.text[:0]
	return nil
}

// columnOf reads the letters of an address like AB12, A being 1.
func columnOf(reference []byte) (column int, ok bool) {
	i := 0
	for ; i < len(reference) && i < 4 && reference[i]|0x20 >= 'a' && reference[i]|0x20 <= 'z'; i++ {
		column = 26*column + int(reference[i]|0x20-'a') + 1
	}
	return column, i > 0 && i < len(reference) && reference[i] >= '1' && reference[i] <= '9'
}

func (s *scanner) chars(text []byte) error {
	if !s.collect {
		return nil
	}
	if s.size += len(text); s.size > maxRowBytes {
		return damaged("une ligne y est plus longue que tout ce qu'Excel admet")
	}
	s.text = append(s.text, text...)
	return nil
}

// end handles the end of an element; whole tells that the row is ready, and
// holds something.
func (s *scanner) end(name []byte) (whole bool, err error) {
	switch string(name) {
	case "sheetData":
		s.inRows = false
	case "row":
		whole = s.inRow && (len(s.row.Cells) > 0 || s.raw != nil && len(s.raw.ends) > 0)
		s.inRow = false
	case "v", "t":
		s.collect = false
	case "is":
		s.cell.inline = false
	case "rPh":
		s.cell.phonetic--
	case "c":
		if s.inCell {
			s.inCell = false
			err = s.endCell()
		}
	}
	return whole, err
}

// endCell puts a cell that holds something in the row.
func (s *scanner) endCell() error {
	text, kind, shared := s.text, Text, ""
	switch s.cell.kind {
	case "", "n":
		text, kind = bytes.TrimSpace(text), s.book.numberKind(s.cell.style)
	case "b":
		text, kind = bytes.TrimSpace(text), Bool
	case "e":
		kind = Error
	case "d":
		text, kind = bytes.TrimSpace(text), Date
	case "s":
		if index := bytes.TrimSpace(text); len(index) > 0 {
			var ok bool
			if shared, ok = s.shared.at(string(index)); !ok {
				return damaged("une cellule renvoie à un texte qui n'existe pas")
			}
		}
		text = nil
	case "str", "inlineStr":
		if bytes.Contains(text, []byte("_x")) {
			text = []byte(unescaped(string(text)))
		}
	default:
		return damaged("une cellule est d'un type inconnu")
	}
	if len(text)+len(shared) == 0 && s.cell.formula && !(s.cell.kind == "str" && s.cell.result) {
		text, kind = []byte("="), NoResult
	}
	if len(text)+len(shared) > 0 {
		s.keep(text, shared, kind)
	}
	return nil
}

// keep puts the text of the cell in the row, where its column is.
func (s *scanner) keep(text []byte, shared string, kind byte) {
	if s.raw != nil {
		for len(s.raw.ends) < s.cell.column-1 {
			s.raw.ends = append(s.raw.ends, len(s.raw.texts))
		}
		s.raw.texts = append(append(s.raw.texts, text...), shared...)
		s.raw.ends = append(s.raw.ends, len(s.raw.texts))
		return
	}
	if len(text) > 0 {
		shared = string(text)
	}
	for len(s.row.Cells) < s.cell.column-1 {
		s.row.Cells, s.row.Types = append(s.row.Cells, ""), append(s.row.Types, 0)
	}
	s.row.Cells, s.row.Types = append(s.row.Cells, shared), append(s.row.Types, kind)
}

// sharedTexts is the texts that the cells refer to, one after the other.
type sharedTexts struct {
	all  string
	ends []uint32
}

// maxSharedBytes bounds the texts, which stand in memory: a full sheet of a
// million rows with ten texts of 20 bytes of its own on each takes 210 MB.
const (
	maxSharedBytes = 256 << 20
	maxSharedTexts = 32 << 20
)

func (t *sharedTexts) at(index string) (string, bool) {
	i, err := strconv.Atoi(index)
	if err != nil || i < 0 || i >= len(t.ends) {
		return "", false
	}
	from := uint32(0)
	if i > 0 {
		from = t.ends[i-1]
	}
	return t.all[from:t.ends[i]], true
}

// readShared reads the shared texts, once.
func (w *Workbook) readShared() error {
	if w.shared != nil || w.texts == "" {
		if w.shared == nil {
			w.shared = &sharedTexts{}
		}
		return nil
	}
	p, err := w.open(w.texts)
	if err != nil {
		return err
	}
	defer p.Close()
	var all strings.Builder
	t, item, collect, phonetic := &sharedTexts{}, []byte(nil), false, 0
	for {
		what, err := p.next()
		if err == io.EOF {
			t.all = all.String()
			w.shared = t
			return nil
		}
		if err != nil {
			return err
		}
		switch what {
		case startOf:
			switch string(p.name) {
			case "si":
				item = item[:0]
			case "rPh":
				phonetic++
			case "t":
				collect = phonetic == 0
			}
		case chars:
			if collect {
				item = append(item, p.text...)
			}
		case endOf:
			switch string(p.name) {
			case "rPh":
				phonetic--
			case "t":
				collect = false
			case "si":
				all.WriteString(unescaped(string(item)))
				t.ends = append(t.ends, uint32(all.Len()))
			}
		}
		if all.Len()+len(item) > maxSharedBytes || len(t.ends) > maxSharedTexts {
			return unfit("le classeur contient trop de textes différents pour être lu en mémoire", "le livrer en plusieurs classeurs, ou en CSV")
		}
	}
}

// unescaped turns _x000D_ into the character that XML cannot hold.
func unescaped(text string) string {
	if !strings.Contains(text, "_x") {
		return text
	}
	var b strings.Builder
	for {
		before, after, found := strings.Cut(text, "_x")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		if code, err := strconv.ParseUint(after[:min(4, len(after))], 16, 16); err == nil && len(after) > 4 && after[4] == '_' && !slices.Contains([]byte("+-_"), after[0]) {
			b.WriteRune(rune(code))
			text = after[5:]
			continue
		}
		b.WriteString("_x")
		text = after
	}
}
