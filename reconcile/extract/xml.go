package extract

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"bascule/reconcile"
)

// errRepeated completes the sentence "<field> …".
var errRepeated = errors.New("est donné deux fois dans la ligne")

// maxXMLDepth bounds the nesting of elements; real files go to eight.
const maxXMLDepth = 64

// xmlFile is the state of the reading of an XML file whose values stand in an
// attribute. Elements are known by their local names: vendors differ in the
// prefix they give to the root, and give none inside.
type xmlFile struct {
	*Reader
	dec *xml.Decoder
	src *xmlSource

	header, agent, line, totals *record
	path                        []byte // of the current element, below the root
	ends                        []int  // where path ends at each depth
	slipDepth, linesDepth       int    // depths of the current payslip and of its group of lines; 0 outside
	rowDepth                    int    // depth of the current pay line
	slipAt, rowAt               int64  // offsets where they start
	ended                       bool   // the root is closed

	head, slip, row filled
	monthKnown      bool
	rows            []keptRow // of the lines of the current payslip
}

// filled is a row whose cells come one by one.
type filled struct {
	row
	rank  [fieldCount]int // of the place that filled each cell, from 1
	arena []byte
	bad   fault
}

// keptRow is where a line of the current payslip stands, for its reject in case
// the agent turns out to be unknown.
type keptRow struct {
	line     int
	from, to int64
	group    string
}

func (r *Reader) readXML(in io.Reader) error {
	src, err := newXMLSource(in, r.o.MaxLineBytes)
	if err != nil {
		return err
	}
	l := r.layout
	f := &xmlFile{Reader: r, src: src, dec: xml.NewDecoder(src), header: l.record(roleHeader), agent: l.record(roleAgent), line: l.record(roleLine), totals: l.record(roleTotals)}
	f.dec.CharsetReader = src.declared
	r.encodeRaw = func(text []byte) []byte { return src.charset.encode(text) }
	for {
		start := f.dec.InputOffset()
		if f.slipDepth == 0 {
			src.trim(start)
		}
		src.token = 0
		token, err := f.dec.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			return f.syntax(err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			err = f.open(t, start)
		case xml.EndElement:
			err = f.close()
		case xml.CharData:
			if len(f.ends) == 0 && len(bytes.TrimSpace(t)) > 0 {
				err = f.fail("", errors.New("du texte se trouve hors de l'élément racine"), "redemander le fichier")
			}
		}
		if err != nil {
			return err
		}
	}
	return f.end()
}

func (f *xmlFile) lineNumber() int { return f.src.line }

func (f *xmlFile) fail(field string, err error, hint string) error {
	return f.refuse(f.lineNumber(), field, err, hint)
}

// syntax turns an error of the decoder into a refusal. The decoder's own words
// are English and may quote the file: they are not shown.
func (f *xmlFile) syntax(err error) error {
	var bad *encodingError
	var known *reconcile.InputError
	var syntax *xml.SyntaxError
	if f.src.failed != nil {
		err = f.src.failed
	}
	switch {
	case errors.As(err, &known):
		return err
	case errors.As(err, &bad):
		return f.fail("", fmt.Errorf("le fichier %w", bad), bad.hint)
	case errors.As(err, &syntax) && strings.Contains(syntax.Msg, "unexpected EOF"):
		return f.fail("", errors.New("le fichier s'arrête au milieu d'un élément : fichier coupé ?"), "le transmettre de nouveau en entier")
	case errors.As(err, &syntax) && strings.Contains(syntax.Msg, "entity"):
		return f.fail("", errors.New("un « & » n'est pas écrit « &amp; »"), "faire corriger le fichier par l'éditeur du logiciel")
	}
	return f.fail("", errors.New("n'est pas du XML bien formé"), "faire corriger le fichier par l'éditeur du logiciel")
}

func (f *xmlFile) depth() int { return len(f.ends) }

// below is the path of the current element under the one at a depth.
func (f *xmlFile) below(depth int) []byte {
	if f.depth() <= depth {
		return nil
	}
	return f.path[f.ends[depth-1]+1:]
}

func (f *xmlFile) open(t xml.StartElement, start int64) error {
	if f.depth() == 0 {
		if err := f.openRoot(t); err != nil {
			return err
		}
	}
	if f.depth() >= maxXMLDepth {
		return f.fail("", errors.New("les éléments sont emboîtés sans fin"), "vérifier le fichier")
	}
	f.path = append(append(f.path, '/'), t.Name.Local...)
	f.ends = append(f.ends, len(f.path))
	switch {
	case f.depth() == 1:
	case t.Name.Local == f.agent.tag:
		return f.openPayslip(start)
	case f.linesDepth > 0 && f.depth() == f.linesDepth+1:
		f.row.reset(f.lineNumber())
		f.row.group, f.rowDepth, f.rowAt = t.Name.Local, f.depth(), start
	case f.rowDepth > 0:
		f.fillLine(t)
	case f.slipDepth > 0 && f.linesDepth == 0 && string(f.below(f.slipDepth)) == f.line.tag:
		f.linesDepth = f.depth()
	case f.slipDepth > 0 && f.linesDepth == 0:
		f.fill(&f.slip, t, f.agent, f.below(f.slipDepth))
		f.fill(&f.slip, t, f.totals, f.below(f.slipDepth))
	case f.slipDepth == 0:
		f.fill(&f.head, t, f.header, f.below(1))
	}
	return nil
}

// openRoot checks that the file is of the family that the layout reads.
func (f *xmlFile) openRoot(t xml.StartElement) error {
	if f.ended || t.Name.Local != f.header.tag {
		return f.fail("", fmt.Errorf("le fichier n'est pas un seul élément « %s »", f.header.tag), "vérifier que le format « "+f.layout.Name+" » est bien celui de ce fichier")
	}
	accepted := len(f.layout.namespaces) == 0 || t.Name.Space == ""
	for _, prefix := range f.layout.namespaces {
		accepted = accepted || strings.HasPrefix(t.Name.Space, prefix)
	}
	if !accepted {
		return f.fail("xmlns", errors.New("espace de noms inconnu du format"), "ajouter l'espace de noms à « namespaces » s'il s'agit bien de ce format")
	}
	f.head.reset(f.lineNumber())
	return nil
}

// reset empties the row. The decoder gives UTF-8, whatever the file is in.
func (f *filled) reset(line int) {
	utf8, _ := charsetNamed("utf-8")
	f.row = row{line: line, charset: utf8, high: true, control: true}
	f.rank, f.arena, f.bad = [fieldCount]int{}, f.arena[:0], fault{}
}

// fill takes the value of an element, where the record has a place for it. The
// first element of a path wins; among several paths, the first of the layout.
func (f *xmlFile) fill(into *filled, t xml.StartElement, rec *record, path []byte) (repeated field) {
	if rec == nil {
		return fNone
	}
	for i := range rec.places {
		p := &rec.places[i]
		if p.name != string(path) {
			continue
		}
		value := p.part(f.value(t))
		if value == "" {
			continue
		}
		rank := i + 1
		if old := into.rank[p.id]; old != 0 && old <= rank {
			if old == rank {
				repeated = p.id
			}
			continue
		}
		from := len(into.arena)
		into.arena = append(into.arena, value...)
		into.rank[p.id] = rank
		into.set(p.id, into.arena[from:], f.layout)
	}
	return repeated
}

// fillLine takes the value of an element of a pay line, where each may stand
// but once.
func (f *xmlFile) fillLine(t xml.StartElement) {
	if id := f.fill(&f.row, t, f.line, f.below(f.rowDepth)); id != fNone {
		note(&f.row.bad, f.layout.format[id].word, errRepeated)
		f.row.cell[id] = nil
	}
}

func (f *xmlFile) value(t xml.StartElement) string {
	for i := range t.Attr {
		if t.Attr[i].Name.Local == f.layout.value {
			return strings.TrimSpace(t.Attr[i].Value)
		}
	}
	return ""
}

// part takes the characters of a value that the place names.
func (p *place) part(value string) string {
	if p.partTo == 0 {
		return value
	}
	r := []rune(value)
	return strings.TrimSpace(string(r[min(p.partFrom, len(r)):min(p.partTo, len(r))]))
}

func (f *xmlFile) openPayslip(start int64) error {
	if f.slipDepth > 0 {
		return f.fail(f.agent.tag, errors.New("un bulletin en contient un autre"), "faire corriger le fichier par l'éditeur du logiciel")
	}
	if err := f.checkHeader(); err != nil {
		return err
	}
	f.records++
	f.agents++
	f.slip.reset(f.lineNumber())
	f.slipDepth, f.slipAt, f.rows = f.depth(), start, f.rows[:0]
	f.Reader.slip.start(f.lineNumber(), f.o.Period, true)
	return nil
}

// checkHeader reads the month of the file, which stands before the payslips.
func (f *xmlFile) checkHeader() error {
	if f.monthKnown {
		return nil
	}
	f.monthKnown = true
	return f.readHeader(&f.head.row, f.header, nil)
}

func (f *xmlFile) close() error {
	var err error
	switch depth := f.depth(); {
	case depth == f.rowDepth:
		err = f.closeLine()
		f.rowDepth = 0
	case depth == f.linesDepth:
		f.linesDepth = 0
	case depth == f.slipDepth:
		err = f.closePayslip()
		f.slipDepth = 0
	case depth == 1:
		f.ended = true
		err = f.checkHeader()
	}
	f.ends = f.ends[:len(f.ends)-1]
	f.path = f.path[:f.lastEnd()]
	return err
}

func (f *xmlFile) lastEnd() int {
	if len(f.ends) == 0 {
		return 0
	}
	return f.ends[len(f.ends)-1]
}

func (f *xmlFile) closeLine() error {
	f.records++
	to := f.dec.InputOffset()
	f.row.raw = f.src.since(f.rowAt, to)
	kept := len(f.Reader.slip.codes)
	if err := f.readLine(&f.row.row, f.row.group, nil, f.row.bad); err != nil {
		return err
	}
	if len(f.Reader.slip.codes) > kept {
		f.rows = append(f.rows, keptRow{f.row.line, f.rowAt, to, f.row.group})
	}
	return nil
}

// closePayslip reads the agent, who may stand anywhere in the payslip, and
// yields it. When the agent cannot be identified, its lines are rejected.
func (f *xmlFile) closePayslip() error {
	s, row := &f.Reader.slip, &f.slip.row
	row.raw = f.src.since(f.slipAt, f.dec.InputOffset())
	row.raw = row.raw[:min(len(row.raw), f.o.MaxLineBytes)]
	identity, situation := f.readAgent(row, &s.payslip)
	if identity.err != nil {
		return f.losePayslip(identity)
	}
	if err := f.openProgramme(); err != nil {
		return err
	}
	if situation.err != nil {
		err := f.reject(&reconcile.Reject{Line: row.line, Record: f.agent.tag, Field: situation.field, Reason: situation.err.Error(), Raw: f.rawCopy(row)})
		if err != nil {
			return err
		}
	}
	if f.totals != nil && f.anyTotal() {
		if err := f.readTotals(row, f.totals.tag, nil); err != nil {
			return err
		}
	}
	return f.endPayslip()
}

func (f *xmlFile) anyTotal() bool {
	for _, p := range f.totals.places {
		if !f.slip.blank(p.id) {
			return true
		}
	}
	return false
}

// losePayslip rejects the agent, then the lines already read.
func (f *xmlFile) losePayslip(identity fault) error {
	s, row := &f.Reader.slip, &f.slip.row
	s.open, s.lost = false, true
	err := f.reject(&reconcile.Reject{Line: row.line, Record: f.agent.tag, Field: identity.field, Reason: identity.err.Error(), Raw: f.rawCopy(row), Payslip: true})
	for i, k := range f.rows {
		if err != nil {
			return err
		}
		f.row.line, f.row.raw = k.line, f.src.since(k.from, k.to)
		err = f.rejectLine(&f.row.row, k.group, s.lostFault(), parsedLine{line: &s.payslip.Lines[i]})
	}
	return err
}

// end judges the whole file.
func (f *xmlFile) end() error {
	if !f.ended {
		return f.fail("", errors.New("le fichier ne contient aucun élément"), "redemander le fichier")
	}
	if err := f.src.end(); err != nil {
		return f.syntax(err)
	}
	return nil
}
