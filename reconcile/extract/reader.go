package extract

import (
	"archive/zip"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"strings"
	"sync/atomic"

	"bascule/reconcile"
)

// Options steer a reading.
type Options struct {
	Period   reconcile.Period // the month that the file must be of; 0 takes whatever month it is of
	Side     reconcile.Side
	Identity reconcile.Identity
	// Digest turns an IBAN, without spaces, into what may be kept of it. When
	// it is nil the field is left blank. The IBAN itself is never kept.
	Digest       func(iban string) string
	MaxRejects   Limit // the zero Limit accepts no reject
	MaxLineBytes int   // of one record; 0 means 65,536
	// MaxUnzippedBytes bounds what a compressed file or a workbook may unfold
	// into; 0 means 20 GiB.
	MaxUnzippedBytes int64
	// Blocks has the payslips of a file of typed records told by blocks too.
	Blocks bool
	// Known finds a block that an earlier reading kept, made with the same layout
	// and the same options: its number, not 0, and what that reading said of it,
	// valid until the next call; nil where none did. It may be nil.
	Known func(digest [sha256.Size]byte) (number int64, said []byte, err error)
	// Workbook opens a workbook for the layouts of shape xlsx; nil where there is
	// none. It may leave the file's name out of its InputErrors.
	Workbook func(*zip.Reader) (Workbook, error)
}

// Item is one thing met in a file; exactly one of its fields is set.
type Item struct {
	Payslip *reconcile.Payslip
	Reject  *reconcile.Reject
	Block   *Block
}

// Bounds on what one file may hold. No real month comes near them: beyond, the
// layout is not the right one.
const (
	defaultMaxLineBytes = 65536
	maxRejectsEver      = 100_000
	maxPayslipLines     = 100_000
	maxCodes            = 20_000
	maxProgrammes       = 5_000
	maxCells            = 4_000_000 // 64 MB of totals
	// maxLineAmount is a hundred billion euros in centimes: with
	// maxPayslipLines of them, the sum of a payslip stays within 10^18.
	maxLineAmount reconcile.Amount = 10_000_000_000_000
	// maxFileAmount leaves room to add one payslip without overflow.
	maxFileAmount reconcile.Amount = math.MaxInt64 / 2
)

// Reader reads one file, once.
type Reader struct {
	file   File
	path   string // shown
	layout *Layout
	o      Options

	bytesRead atomic.Int64
	lines     *lineReader
	splitter  splitter
	yield     func(Item, error) bool
	encodeRaw func([]byte) []byte // gives the bytes of the current row, where it has none of its own

	inspection *Inspection // where to show what is read; nil outside Inspect
	shown      *row        // the row whose record is being read
	translated []byte      // the current record of an EBCDIC file, as rows hold it
	doubts     doubts

	load      reconcile.Load
	records   int64 // records read, of any kind
	agents    int64 // agent records read, rejected ones too
	lineCount int64 // line records read: kept, rejected, set aside
	unproved  unproved
	first     *reconcile.Reject // the first one

	slip    assembly
	blocks  blockReader
	codes   codeTable
	totals  totals
	counts  counts
	unknown []*reconcile.Saying // columns or elements that the layout does not know
	unread  []*reconcile.Saying // sheets that hold something and were not read
}

// counts is what the warnings tell.
type counts struct {
	withoutTotals, withoutLines, varying int64
	unended                              bool // a file without control totals ends in the middle of a line, maybe
}

// NewReader prepares to read a file. Nothing is opened before Items is ranged
// over.
func NewReader(path string, l *Layout, o Options) *Reader { return File{path: path}.Reader(l, o) }

// Reader prepares to read the file, as NewReader does.
func (f File) Reader(l *Layout, o Options) *Reader {
	if o.MaxLineBytes <= 0 {
		o.MaxLineBytes = defaultMaxLineBytes
	}
	if o.MaxUnzippedBytes <= 0 {
		o.MaxUnzippedBytes = defaultMaxUnzipped
	}
	return &Reader{file: f, path: f.Path(), layout: l, o: o}
}

// errStopped unwinds the reading when the consumer wants no more.
var errStopped = errors.New("stopped")

// Items yields payslips and rejects in the order of the file. An error ends
// the sequence: the file is refused, and nothing that came before it may be
// kept. The Payslip and its Lines are reused by the next iteration; their
// strings are not. The Block is reused too; what it Said is not.
func (r *Reader) Items() iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		r.yield = yield
		if err := r.read(); err != nil && !errors.Is(err, errStopped) {
			yield(Item{}, err)
		}
	}
}

func (r *Reader) read() error {
	if r.load.Path != "" {
		return r.refuse(0, "", errors.New("le fichier est lu deux fois par le même lecteur"), "signaler ce défaut du programme")
	}
	src, err := r.file.open(&r.bytesRead)
	if err != nil {
		return err
	}
	defer src.close()
	r.load = reconcile.Load{Side: r.o.Side, Period: r.o.Period, Path: r.path, Layout: r.layout.Name, Carried: r.layout.Carried}
	if err := r.readShape(src); err != nil {
		return err
	}
	if err := r.proveSums(); err != nil {
		return err
	}
	if err := r.proveEncoding(); err != nil {
		return err
	}
	if r.o.MaxRejects.exceeded(r.load.Rejects, r.records) {
		return r.tooManyRejects()
	}
	r.load.SHA256, r.load.Bytes, err = src.finish()
	return err
}

// readShape reads the source in the way of the layout.
func (r *Reader) readShape(src *source) error {
	if r.layout.Shape == shapeXLSX {
		return r.readSheet(src)
	}
	src.readAhead()
	if err := src.sniff(r.o.MaxUnzippedBytes); err != nil {
		return err
	}
	r.splitter.delimiter = r.layout.delimiter
	r.lines = newLineReader(src, r.o.MaxLineBytes)
	r.lines.size = r.layout.length
	switch r.layout.Shape {
	case shapeRecords:
		return r.readRecords()
	case shapeFlat:
		return r.readFlat()
	}
	return r.readXML(src)
}

// Load tells what was read. It is complete once Items has ended without an
// error; its ID, Options and LoadedAt are the store's.
func (r *Reader) Load() reconcile.Load { return r.load }

// Totals is what went through each code of each programme in the payslips
// yielded, sorted by programme, code and sense.
func (r *Reader) Totals() []reconcile.CodeTotal { return r.totals.sorted(&r.codes) }

// BytesRead tells how much of the file was read. It may be asked by another
// goroutine, to draw a progress bar.
func (r *Reader) BytesRead() int64 { return r.bytesRead.Load() }

// Warnings tells what a reader of the figures must know, without any person's
// data: one sentence each, complete once Items has ended. They do not name the
// file.
func (r *Reader) Warnings() []*reconcile.Saying {
	var all []*reconcile.Saying
	warn := func(n int64, warning *reconcile.Saying) {
		if n > 0 {
			all = append(all, warning)
		}
	}
	c := &r.counts
	if n := len(r.unknown); n > 0 {
		all = append(all, reconcile.Say("%n colonne(s) inconnue(s) du format, non lue(s) : %s", n, reconcile.List(r.unknown)))
	}
	if n := len(r.unread); n > 0 {
		all = append(all, reconcile.Say("%n autre(s) feuille(s) non vide(s), non lue(s) : %s", n, reconcile.List(r.unread)))
	}
	if c.unended {
		all = append(all, reconcile.Say("la dernière ligne n'a pas de fin, et rien ne prouve que le fichier n'est pas coupé"))
	}
	if n := r.doubts.doubtful; n > 0 {
		all = append(all, reconcile.Say("%n caractère(s) étrange(s) dans les noms et libellés, qui seraient des lettres en %s", n, lookalikeOf[r.layout.charset].name))
	}
	warn(c.withoutTotals, reconcile.Say("%n bulletin(s) sans totaux", c.withoutTotals))
	warn(c.withoutLines, reconcile.Say("%n bulletin(s) sans aucune ligne de paye", c.withoutLines))
	warn(c.varying, reconcile.Say("%n fois, la situation d'un agent change d'une ligne à la suivante : ses lignes sont lues en plusieurs morceaux", c.varying))
	warn(r.load.Aside, reconcile.Say("%n ligne(s) de titre ou de total mises à part", r.load.Aside))
	return all
}

// refuse is an error that refuses the file because of a record. line 0 blames
// the file as a whole.
func (r *Reader) refuse(line int, field string, err error, hint string) error {
	return &reconcile.InputError{File: r.path, Line: line, Field: field, Err: err, Hint: hint}
}

// emit hands an item over to the consumer.
func (r *Reader) emit(item Item) error {
	if !r.yield(item, nil) {
		return errStopped
	}
	return nil
}

// reject hands a reject over, and stops when there are too many.
func (r *Reader) reject(rej *reconcile.Reject) error {
	rej.File = r.path
	if c := r.layout.charset; c != nil && c.ebcdic != nil {
		rej.Readable = readable(c, c.translated(nil, rej.Raw))
	}
	r.load.Rejects++
	if r.first == nil {
		r.first = rej
	}
	if err := r.emit(Item{Reject: rej}); err != nil {
		return err
	}
	if r.load.Rejects > maxRejectsEver || r.o.MaxRejects.exceededSoFar(r.load.Rejects) {
		return r.tooManyRejects()
	}
	return nil
}

func (r *Reader) tooManyRejects() error {
	limit := r.o.MaxRejects.String()
	if r.load.Rejects > maxRejectsEver {
		limit = "100000"
	}
	first := strings.TrimSpace(r.first.Field.String() + " " + r.first.Reason.String())
	return r.refuse(r.first.Line, "", fmt.Errorf("%d enregistrement(s) rejeté(s) sur %d, au-delà de la limite %s ; le premier : %s", r.load.Rejects, r.records, limit, first),
		"corriger le fichier ou le format, ou relever limits.max_rejects")
}

// lineError turns an error of the line reader into a refusal.
func (r *Reader) lineError(err error) error {
	switch {
	case errors.Is(err, errLineTooLong):
		return r.refuse(r.lines.first, "", fmt.Errorf("la ligne %w de %d octets", err, r.o.MaxLineBytes), "vérifier les fins de ligne et le format, ou relever limits.max_line_bytes")
	case errors.Is(err, errPartial):
		return r.refuse(r.lines.first, "", fmt.Errorf("le fichier %w de %d octets : fichier coupé, ou longueur inexacte", err, r.layout.length), "le transmettre de nouveau en entier, ou corriger « length » dans le format")
	}
	return err
}

// next gives the next record that is not an empty line, its encoding checked.
// empty is the number of the last empty line that came before it, 0 when there
// was none; empty lines at the end of a file are no record.
func (r *Reader) next(row *row) (b []byte, empty int, err error) {
	for {
		b, err = r.lines.read()
		if err == io.EOF {
			return nil, 0, io.EOF
		}
		if err != nil {
			return nil, 0, r.lineError(err)
		}
		if len(b) > 0 {
			break
		}
		empty = r.lines.first
	}
	r.records++
	row.line = r.lines.first
	r.shown = row
	if r.layout.length > 0 {
		return r.unlined(row, b), empty, nil
	}
	return b, empty, r.checkEncoding(row, b)
}

// unlined makes b the bytes of the row, in a file that may hold binary fields:
// its text is checked field by field, and not as a whole.
func (r *Reader) unlined(row *row, b []byte) []byte {
	row.raw, row.cut = b, 0
	if r.layout.charset.ebcdic != nil {
		r.translated = r.layout.charset.translated(r.translated, b)
		b = r.translated
	}
	row.high = !plain(b)
	row.control = row.high
	return b
}

// checkEncoding makes b the bytes of the row, once they are found to be in the
// encoding of the layout.
func (r *Reader) checkEncoding(row *row, b []byte) (err error) {
	row.raw, row.high, row.control, row.cut = b, false, false, 0
	if plain(b) {
		return nil
	}
	if row.high, row.control, err = r.layout.charset.check(b); err == nil {
		return nil
	}
	var bad *encodingError
	if errors.As(err, &bad) {
		return r.refuse(row.line, "", fmt.Errorf("la ligne %w", err), bad.hint)
	}
	return err
}
