package extract

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"

	"bascule/reconcile"
)

// flatFile is the state of the reading of a file or sheet of one row per pay line.
// Consecutive rows that repeat the same agent make one payslip.
type flatFile struct {
	*Reader
	row       row
	rec       *record
	columns   []field // of the file; fNone where the layout knows none
	agentRow  []byte  // the agent's cells of the last row, to tell a new agent
	scratch   []byte
	agentBad  fault  // what is wrong with them
	cellBad   fault  // a cell of the row holds what no field can be: in a sheet only
	monthRow  []byte // the cells of the last month found to be the period
	dataLines int64
}

func (r *Reader) readFlat() error {
	if err := r.openText(); err != nil {
		return err
	}
	f := r.newFlatFile()
	for {
		b, empty, err := r.next(&f.row)
		if err == io.EOF {
			return f.end()
		}
		if err != nil {
			return err
		}
		columns, bad, err := r.columns(&f.row, b)
		if err != nil {
			return err
		}
		f.counts.unended = r.lines.noEOL
		if err := f.take(columns, bad, empty); err != nil {
			return err
		}
	}
}

func (r *Reader) newFlatFile() *flatFile {
	return &flatFile{Reader: r, row: row{charset: r.layout.charset}, rec: r.layout.record(roleLine)}
}

// take handles one row: the first holds the names. bad tells why its columns
// are not to be trusted; empty is the last empty row before it, or 0.
func (f *flatFile) take(columns [][]byte, bad error, empty int) error {
	if f.columns == nil {
		return f.readNames(columns, bad)
	}
	if empty > 0 {
		if err := f.rejectEmpty(empty); err != nil {
			return err
		}
	}
	return f.read(columns, bad)
}

// end closes a file that has no more rows.
func (f *flatFile) end() error {
	switch {
	case f.columns == nil:
		return f.refuse(0, "", errors.New("le fichier ne contient aucune ligne"), "redemander l'extraction")
	case f.dataLines == 0:
		return f.refuse(0, "", errors.New("le fichier ne contient aucune ligne de paye"), "redemander l'extraction")
	}
	return f.endPayslip()
}

func (f *flatFile) rejectEmpty(line int) error {
	f.records++
	f.lineCount++
	f.load.Rejected.Lines++
	return f.reject(&reconcile.Reject{Line: line, Record: f.rec.tag, Reason: reconcile.Say("ligne vide")})
}

// readNames finds the columns by the names of the first row.
func (f *flatFile) readNames(columns [][]byte, bad error) error {
	const hint = "la première ligne doit porter les noms de colonnes du format"
	if bad != nil {
		return f.refuse(f.row.line, "", fmt.Errorf("la ligne d'en-tête ne se lit pas : %w", bad), hint)
	}
	var found [fieldCount]bool
	for _, c := range columns {
		name := strings.TrimSpace(string(f.layout.charset.append(nil, c)))
		id, known := f.rec.named(name)
		switch {
		case !known:
			f.unknown = append(f.unknown, f.shownColumn(name))
		case found[id] && id != fNone:
			return f.refuse(f.row.line, f.layout.format[id].word.String(), errors.New("deux colonnes portent ce nom"), "n'en garder qu'une")
		}
		found[id] = true
		f.columns = append(f.columns, id)
	}
	if missing := f.missing(&found); missing != nil {
		return f.refuse(f.row.line, missing.String(), errors.New("cette colonne manque"), hint)
	}
	f.load.Carried = 0
	for id := range fieldCount {
		if c := fieldInfos[id].carries; found[id] && c != notCompared {
			f.load.Carried = f.load.Carried.With(reconcile.Field(c))
		}
	}
	return nil
}

// shownColumn names a column that nothing is known of: its place, where the
// name may be a person's number.
func (f *flatFile) shownColumn(name string) *reconcile.Saying {
	const figures = 4
	n := 0
	for _, c := range name {
		if '0' <= c && c <= '9' {
			n++
		}
	}
	if n >= figures {
		return reconcile.Say("la %se", len(f.columns)+1)
	}
	return reconcile.Say("« %s »", short(name))
}

// short bounds a column's name, which may be anything.
func short(name string) string {
	const longest = 40
	if r := []rune(name); len(r) > longest {
		return string(r[:longest]) + "…"
	}
	return name
}

// named finds the field of a column, whatever the case of its name.
func (rec *record) named(column string) (id field, known bool) {
	for _, p := range rec.places {
		if strings.EqualFold(p.name, column) {
			return p.id, true
		}
	}
	return fNone, false
}

// missing names the first column that the file needs and lacks, or nothing.
func (f *flatFile) missing(found *[fieldCount]bool) *reconcile.Saying {
	for _, id := range [...]field{fPeriod, fYear, fMonth, fCode, fAmount} {
		if f.rec.has(id) && !found[id] {
			return f.layout.format[id].word
		}
	}
	if f.identified(f.o.Identity.Key, found) || f.identified(f.o.Identity.Fallback, found) {
		return nil
	}
	return f.keyWord()
}

// identified tells whether the columns found can make a key of these fields.
func (f *flatFile) identified(key []reconcile.IdentityField, found *[fieldCount]bool) bool {
	for _, k := range key {
		id, ok := fieldNamed(string(k), roleAgent)
		if k != reconcile.IdentityDossier && (!ok || !found[id]) {
			return false
		}
	}
	return len(key) > 0
}

// read handles one row of a pay line.
func (f *flatFile) read(columns [][]byte, bad error) error {
	f.dataLines++
	if bad == nil && len(columns) != len(f.columns) {
		bad = reconcile.Say("la ligne a %n colonnes au lieu de %n", len(columns), len(f.columns))
		if f.counts.unended {
			bad = reconcile.Say("la ligne a %n colonnes au lieu de %n : dernière ligne coupée ?", len(columns), len(f.columns))
		}
	}
	if bad != nil {
		return f.readLine(&f.row, f.rec.tag, bad, fault{})
	}
	for i, id := range f.columns {
		if id != fNone {
			f.row.set(id, columns[i], f.layout)
		}
	}
	already := f.cellBad
	if already.err == nil {
		var err error
		if already, err = f.checkMonth(); err != nil {
			return err
		}
	}
	if already.err == nil {
		var err error
		if already, err = f.agent(); err != nil {
			return err
		}
	}
	f.see(&f.row, f.rec)
	return f.readLine(&f.row, f.rec.tag, nil, already)
}

// checkMonth refuses a row of another month than the period. A month that
// cannot be read is a fault of the row.
func (f *flatFile) checkMonth() (fault, error) {
	month := f.joined(fPeriod, fMonth)
	if f.monthRow != nil && bytes.Equal(month, f.monthRow) {
		return fault{}, nil
	}
	p, word, err := f.layout.payMonth(&f.row, f.rec)
	if err != nil {
		return fault{word, err}, nil
	}
	if err := f.checkPeriod(f.row.line, word, p); err != nil {
		return fault{}, err
	}
	f.monthRow = append(f.monthRow[:0], month...)
	return fault{}, nil
}

// joined gives the cells from first to last in one piece, to compare rows.
func (f *flatFile) joined(first, last field) []byte {
	b := f.scratch[:0]
	for id := first; id <= last; id++ {
		b = binary.LittleEndian.AppendUint32(b, uint32(len(f.row.cell[id])))
		b = append(b, f.row.cell[id]...)
	}
	f.scratch = b
	return b
}

// agent starts a payslip when the row is not of the same agent, in the same
// situation, as the row before it.
func (f *flatFile) agent() (fault, error) {
	cells := f.joined(fNIR, fIBAN)
	s := &f.slip
	if f.agentRow != nil && bytes.Equal(cells, f.agentRow) {
		return f.agentBad, nil
	}
	f.agentRow = append(f.agentRow[:0], cells...)
	previous, matricule, wasOpen := s.payslip.Key, s.payslip.Agent.Matricule, s.open
	if err := f.endPayslip(); err != nil {
		return fault{}, err
	}
	s.start(f.row.line, f.o.Period, false)
	identity, situation := f.readAgent(&f.row, &s.payslip)
	if f.agentBad = identity; identity.err == nil {
		f.agentBad = situation
	}
	if s.open = f.agentBad.err == nil; !s.open {
		return f.agentBad, nil
	}
	if wasOpen && previous == s.payslip.Key && matricule == s.payslip.Agent.Matricule {
		f.counts.varying++
	}
	return fault{}, f.openProgramme()
}
