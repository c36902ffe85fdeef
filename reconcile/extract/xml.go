package extract

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"bascule/reconcile"
)

// errRepeated completes the sentence "<field> …".
var errRepeated = reconcile.Say("est donné deux fois dans la ligne")

// maxXMLDepth bounds the nesting of elements; real files go to eight.
const maxXMLDepth = 64

// xmlFile is the state of the reading of an XML file whose values stand in an
// attribute. Elements are known by their local names: vendors differ in the
// prefix they give to the root, and give none inside.
type xmlFile struct {
	*Reader
	scan *xmlScanner

	header, agent, line, totals    *record
	inHeader, inPayslip, inPayLine *xmlNode

	depth                 int
	node                  [maxXMLDepth + 1]*xmlNode // of the open elements, by depth
	slipDepth, linesDepth int                       // depths of the current payslip and of its group of lines; 0 outside
	rowDepth              int                       // depth of the current pay line
	slipAt, rowAt         int64                     // offsets where they start
	ended                 bool                      // the root is closed

	head, slip, row filled
	groups          map[string]string
	monthKnown      bool
	rows            []keptRow // of the lines of the current payslip
}

// keptRow is where a line of the current payslip stands, for its reject in case
// the agent turns out to be unknown.
type keptRow struct {
	line     int
	from, to int64
	group    string
}

func (r *Reader) readXML(in io.Reader) error {
	l := r.layout
	f := &xmlFile{Reader: r, header: l.record(roleHeader), agent: l.record(roleAgent), line: l.record(roleLine), totals: l.record(roleTotals), head: newFilled(), slip: newFilled(), row: newFilled()}
	f.inHeader, f.inPayslip, f.inPayLine = newXMLNode(f.header), newXMLNode(f.agent), newXMLNode(f.line)
	if f.totals != nil {
		f.inPayslip = newXMLNode(f.agent, f.totals)
	}
	f.inPayslip.at(f.line.tag).lines = true
	var err error
	if f.scan, err = newXMLScanner(in, r.o.MaxLineBytes); err != nil {
		return f.syntax(err)
	}
	for {
		token, err := f.scan.next()
		switch {
		case err != nil:
			return f.syntax(err)
		case token == xmlOver:
			return f.end()
		case token == xmlStart:
			if err = f.open(); err == nil && f.scan.empty {
				err = f.close()
			}
		default:
			err = f.close()
		}
		if err != nil {
			return err
		}
	}
}

// lineNumber is the line where the current token ends, or where it is wrong.
func (f *xmlFile) lineNumber() int {
	f.scan.countLines(f.scan.pos)
	return f.scan.line
}

func (f *xmlFile) fail(field string, err error, hint string) error {
	return f.refuse(f.lineNumber(), field, err, hint)
}

// syntax turns an error of the scanner into a refusal.
func (f *xmlFile) syntax(err error) error {
	var encoding *encodingError
	var syntax *xmlError
	switch {
	case errors.As(err, &encoding):
		return f.fail("", fmt.Errorf("le fichier %w", err), encoding.hint)
	case errors.As(err, &syntax):
		return f.fail("", err, syntax.hint)
	}
	return err
}

func (f *xmlFile) open() error {
	local := f.scan.local
	if f.depth == 0 {
		if err := f.openRoot(); err != nil {
			return err
		}
	}
	if f.depth >= maxXMLDepth {
		return f.fail("", errors.New("les éléments sont emboîtés sans fin"), "vérifier le fichier")
	}
	f.depth++
	node := &f.node[f.depth]
	switch {
	case f.depth == 1:
		*node = f.inHeader
	case string(local) == f.agent.tag:
		*node = f.inPayslip
		return f.openPayslip()
	case f.linesDepth > 0 && f.depth == f.linesDepth+1:
		*node = f.inPayLine
		f.row.reset(f.lineNumber())
		f.row.group, f.rowDepth, f.rowAt = f.group(local), f.depth, f.scan.startOffset()
	default:
		*node = f.node[f.depth-1].child(local)
		f.enter(*node)
	}
	return nil
}

// enter takes what an element holds, where the layout names it.
func (f *xmlFile) enter(n *xmlNode) {
	switch {
	case n == nil:
	case f.rowDepth > 0:
		f.fillLine(n)
	case f.linesDepth > 0:
	case n.lines:
		f.linesDepth = f.depth
	case f.slipDepth > 0:
		f.slip.fill(n, f.value(n), f.layout)
	default:
		f.head.fill(n, f.value(n), f.layout)
	}
}

// value is that of the current element, looked for where a cell awaits it.
func (f *xmlFile) value(n *xmlNode) []byte {
	if len(n.fills) == 0 {
		return nil
	}
	return f.scan.value(f.layout.value)
}

// fillLine takes the value of an element of a pay line, where each may stand
// but once.
func (f *xmlFile) fillLine(n *xmlNode) {
	if id := f.row.fill(n, f.value(n), f.layout); id != fNone {
		note(&f.row.bad, f.layout.format[id].word, errRepeated)
		f.row.cell[id] = nil
	}
}

// openRoot checks that the file is of the family that the layout reads.
func (f *xmlFile) openRoot() error {
	if f.ended || string(f.scan.local) != f.header.tag {
		return f.fail("", fmt.Errorf("le fichier n'est pas un seul élément « %s »", f.header.tag), "vérifier que le format « "+f.layout.Name+" » est bien celui de ce fichier")
	}
	namespace := f.scan.namespace()
	accepted := len(f.layout.namespaces) == 0 || namespace == ""
	for _, prefix := range f.layout.namespaces {
		accepted = accepted || strings.HasPrefix(namespace, prefix)
	}
	if !accepted {
		return f.fail("xmlns", errors.New("espace de noms inconnu du format"), "ajouter l'espace de noms à « namespaces » s'il s'agit bien de ce format")
	}
	f.head.reset(f.lineNumber())
	return nil
}

// maxXMLGroups bounds the groups of lines that are remembered; real files have
// twelve.
const maxXMLGroups = 256

// group gives one string to all the lines of a group.
func (f *xmlFile) group(name []byte) string {
	g, ok := f.groups[string(name)]
	if !ok {
		g = string(name)
		if f.groups == nil {
			f.groups = make(map[string]string)
		}
		if len(f.groups) < maxXMLGroups {
			f.groups[g] = g
		}
	}
	return g
}

func (f *xmlFile) openPayslip() error {
	if f.slipDepth > 0 {
		return f.fail(f.agent.tag, errors.New("un bulletin en contient un autre"), "faire corriger le fichier par l'éditeur du logiciel")
	}
	if err := f.checkHeader(); err != nil {
		return err
	}
	f.records++
	f.agents++
	f.slip.reset(f.lineNumber())
	f.slipDepth, f.slipAt, f.rows = f.depth, f.scan.startOffset(), f.rows[:0]
	f.scan.slip = f.slipAt
	f.Reader.slip.start(f.lineNumber(), f.o.Period, true)
	return nil
}

// checkHeader reads the month of the file, which stands before the payslips.
func (f *xmlFile) checkHeader() error {
	if f.monthKnown {
		return nil
	}
	f.monthKnown = true
	f.see(&f.head.row, f.header)
	return f.readHeader(&f.head.row, f.header, nil)
}

func (f *xmlFile) close() (err error) {
	switch f.depth {
	case f.rowDepth:
		err = f.closeLine()
		f.rowDepth = 0
	case f.linesDepth:
		f.linesDepth = 0
	case f.slipDepth:
		err = f.closePayslip()
		f.slipDepth, f.scan.slip = 0, -1
	case 1:
		f.ended = true
		err = f.checkHeader()
	}
	f.depth--
	return err
}

func (f *xmlFile) closeLine() error {
	f.records++
	to := f.scan.offset()
	f.row.raw = f.scan.since(f.rowAt, to)
	f.see(&f.row.row, f.line)
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
	row.raw = f.scan.since(f.slipAt, f.scan.offset())
	row.raw = row.raw[:min(len(row.raw), f.o.MaxLineBytes)]
	f.see(row, f.agent)
	if f.totals != nil {
		f.see(row, f.totals)
	}
	identity, situation := f.readAgent(row, &s.payslip)
	if identity.err != nil {
		return f.losePayslip(identity)
	}
	if err := f.openProgramme(); err != nil {
		return err
	}
	if situation.err != nil {
		err := f.reject(&reconcile.Reject{Line: row.line, Record: f.agent.tag, Field: situation.field, Reason: reconcile.SayingOf(situation.err), Raw: f.rawCopy(row)})
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
	err := f.reject(&reconcile.Reject{Line: row.line, Record: f.agent.tag, Field: identity.field, Reason: reconcile.SayingOf(identity.err), Raw: f.rawCopy(row), Payslip: true})
	for i, k := range f.rows {
		if err != nil {
			return err
		}
		f.row.line, f.row.raw = k.line, f.scan.since(k.from, k.to)
		err = f.rejectLine(&f.row.row, k.group, s.lostFault(), parsedLine{line: &s.payslip.Lines[i]})
	}
	return err
}

// end judges the whole file.
func (f *xmlFile) end() error {
	if !f.ended {
		return f.fail("", errors.New("le fichier ne contient aucun élément"), "redemander le fichier")
	}
	if err := f.scan.finish(); err != nil {
		return f.syntax(err)
	}
	return nil
}
