package extract

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"bascule/reconcile"
)

// What is wrong with the quotes of a delimited record.
var (
	errQuoteBad  = reconcile.Say("la ligne a un guillemet mal placé")
	errQuoteOpen = reconcile.Say("la ligne ouvre un guillemet qu'elle ne ferme pas")
)

// maxQuotedLines bounds the lines that a quoted field may run over: beyond, the
// quote is a stray one.
const maxQuotedLines = 100

// recordFile is the state of the reading of a file of typed records.
type recordFile struct {
	*Reader
	row      row
	started  bool // the header came
	finished bool // the trailer came
	latest   *record
}

func (r *Reader) readRecords() error {
	if err := r.openText(); err != nil {
		return err
	}
	f := &recordFile{Reader: r, row: row{charset: r.layout.charset}}
	r.blocks.on = r.readsBlocks()
	for {
		if err := f.atRecord(); err != nil {
			return err
		}
		b, empty, err := r.next(&f.row)
		if err == io.EOF {
			return f.end()
		}
		if err != nil {
			return err
		}
		if empty > 0 {
			return r.refuse(empty, "", errors.New("ligne vide au milieu du fichier"), "redemander l'extraction, ou retirer les lignes vides")
		}
		if err := f.read(b); err != nil {
			return err
		}
	}
}

// read handles one record according to its type.
func (f *recordFile) read(b []byte) error {
	rec, bad, err := f.fill(b)
	if err != nil {
		return err
	}
	if rec != nil && bad == nil {
		f.see(&f.row, rec)
	}
	switch {
	case f.finished:
		return f.refuse(f.row.line, "", errors.New("des données suivent l'enregistrement de fin"), "redemander l'extraction")
	case rec == nil && !f.started:
		return f.refuse(f.row.line, "", fmt.Errorf("le fichier ne commence pas par l'enregistrement d'en-tête « %s »", f.layout.record(roleHeader).tag), "vérifier que le format « "+f.layout.Name+" » est bien celui de ce fichier")
	case rec == nil:
		return f.unknownType(b)
	case !f.started && rec.role != roleHeader:
		return f.refuse(f.row.line, "", fmt.Errorf("l'enregistrement d'en-tête « %s » manque en première ligne", f.layout.record(roleHeader).tag), "redemander l'extraction complète")
	}
	switch rec.role {
	case roleLine, roleTotals:
		if f.agents == 0 {
			return f.refuse(f.row.line, "", fmt.Errorf("un enregistrement « %s » précède le premier agent", rec.tag), "redemander l'extraction complète")
		}
		if rec.role == roleLine {
			return f.readLine(&f.row, rec.tag, bad, f.slip.lostFault())
		}
		return f.readTotals(&f.row, rec.tag, bad)
	case roleAgent:
		return f.beginPayslip(&f.row, rec.tag, bad)
	case roleTrailer:
		f.finished = true
		return f.readTrailer(&f.row, rec, bad)
	}
	if f.started {
		return f.refuse(f.row.line, "", errors.New("second enregistrement d'en-tête"), "donner un fichier par extraction, sans les mettre bout à bout")
	}
	f.started = true
	return f.readHeader(&f.row, rec, bad)
}

// fill takes the record apart. rec is nil when its type is unknown; bad tells
// why its cells are not to be trusted.
func (f *recordFile) fill(b []byte) (rec *record, bad, err error) {
	l := f.layout
	if l.fixed {
		if len(b) < l.typeTo {
			return nil, nil, nil
		}
		if rec = f.tagged(b[l.typeFrom:l.typeTo]); rec != nil {
			bad = f.row.fillFixed(rec, b)
		}
		if rec != nil && rec.coded {
			f.row.decodeFixed(rec)
		}
		return rec, bad, nil
	}
	columns, bad, err := f.columns(&f.row, b)
	if err != nil || len(columns) == 0 {
		return nil, nil, err
	}
	if rec = f.tagged(columns[0]); rec != nil && bad == nil {
		bad = f.row.fillColumns(rec, columns, l)
	}
	return rec, bad, nil
}

// columns cuts a delimited record, reading on when a quoted field holds a line
// end. When no later quote closes it, the record is its first line alone.
func (r *Reader) columns(row *row, b []byte) (columns [][]byte, bad, err error) {
	state := r.splitter.split(b)
	for n := 1; state == splitOpen; n++ {
		if b, err = r.lines.extend(); err != nil && err != io.EOF && !errors.Is(err, errLineTooLong) {
			return nil, nil, err
		}
		if err != nil || n > maxQuotedLines {
			return r.strayQuote(row, errQuoteOpen)
		}
		if err = r.checkEncoding(row, b); err != nil {
			return nil, nil, err
		}
		state = r.splitter.split(b)
	}
	if state == splitBad {
		return r.strayQuote(row, errQuoteBad)
	}
	return r.splitter.columns, nil, nil
}

func (r *Reader) strayQuote(row *row, bad error) ([][]byte, error, error) {
	b := r.lines.rewind()
	r.splitter.split(b)
	return r.splitter.columns, bad, r.checkEncoding(row, b)
}

// tagged finds the record of a type. Most often it is that of the line before.
func (f *recordFile) tagged(tag []byte) *record {
	if f.latest != nil && f.latest.tag == string(tag) {
		return f.latest
	}
	for _, rec := range f.layout.records {
		if rec.tag == string(tag) {
			f.latest = rec
			return rec
		}
	}
	return nil
}

// unknownType refuses a record of no known type. In a file without line ends,
// the length of the records may be to blame.
func (f *recordFile) unknownType(b []byte) error {
	l, hint := f.layout, "types connus : "+f.layout.tags()
	if l.length > 0 {
		hint += fmt.Sprintf(" ; vérifier aussi length, la longueur des enregistrements (%d)", l.length)
		if raw := f.row.raw[0]; f.records == 2 && (raw == '\n' || raw == '\r' || l.charset.ebcdic != nil && (raw == 0x15 || raw == 0x25)) {
			hint = fmt.Sprintf("les enregistrements finissent par une fin de ligne : écrire length: %d et décrire la dernière position en filler", l.length+1)
			if l.charset.ebcdic == nil {
				hint = "les enregistrements finissent par une fin de ligne : retirer length"
			}
		}
	}
	return f.refuse(f.row.line, "", fmt.Errorf("type d'enregistrement inconnu%s", f.tagFound(b)), hint)
}

func (l *Layout) tags() string {
	s := ""
	for i, rec := range l.records {
		if i > 0 {
			s += ", "
		}
		s += rec.tag
	}
	return s
}

// tagFound shows an unknown record type where it is short enough to hold no
// person's data.
func (f *recordFile) tagFound(b []byte) string {
	tag := b
	if f.layout.fixed && len(b) >= f.layout.typeTo {
		tag = b[f.layout.typeFrom:f.layout.typeTo]
	} else if !f.layout.fixed && len(f.splitter.columns) > 0 {
		tag = f.splitter.columns[0]
	}
	if len(tag) > 2 || len(tag) == 0 || !plain(tag) {
		return ""
	}
	return " « " + string(tag) + " »"
}

// readHeader checks that the file is of the month asked for, and keeps what it
// says of its origin.
func (r *Reader) readHeader(row *row, rec *record, bad error) error {
	const hint = "vérifier que le format déclaré est bien celui de ce fichier"
	if bad != nil {
		return r.refuse(row.line, "", fmt.Errorf("l'en-tête ne se lit pas : %w", bad), hint)
	}
	p, word, err := r.layout.payMonth(row, rec)
	if err != nil {
		return r.refuse(row.line, word.String(), err, hint)
	}
	if err := r.checkPeriod(row.line, word, p); err != nil {
		return err
	}
	if rec.has(fProduced) {
		b := row.cell[fProduced]
		if r.load.Produced, err = r.layout.format[fProduced].form.date(b); err != nil {
			return r.refuse(row.line, r.layout.format[fProduced].word.String(), err, "redemander l'extraction")
		}
	}
	r.load.Ministry, r.load.Sender = r.layout.text(row, fMinistry), r.layout.text(row, fSender)
	return nil
}

func (r *Reader) checkPeriod(line int, word *reconcile.Saying, p reconcile.Period) error {
	if r.o.Period == 0 {
		r.o.Period, r.load.Period = p, p
	}
	if p == r.o.Period {
		return nil
	}
	return r.refuse(line, word.String(), fmt.Errorf("le fichier est du mois %s, la période demandée est %s", p, r.o.Period), "donner le fichier du bon mois, ou changer la période")
}

// end closes a file that has no more records.
func (f *recordFile) end() error {
	switch {
	case !f.started:
		return f.refuse(0, "", errors.New("le fichier ne contient aucun enregistrement"), "redemander l'extraction")
	case !f.finished && f.layout.record(roleTrailer) != nil:
		return f.refuse(f.row.line, "", fmt.Errorf("l'enregistrement de fin « %s » manque : fichier coupé ?", f.layout.record(roleTrailer).tag), "le transmettre de nouveau en entier")
	}
	if f.blocks.open { // empty lines, which are no record, end the file
		if err := f.endBlock(); err != nil {
			return err
		}
	}
	return f.endPayslip()
}

// rawCopy keeps the bytes of a record as the file has them.
func (r *Reader) rawCopy(row *row) []byte {
	if r.encodeRaw != nil {
		return r.encodeRaw(row.raw)
	}
	return bytes.Clone(row.raw)
}
