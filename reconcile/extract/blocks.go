package extract

import (
	"bytes"
	"crypto/sha256"
	"hash/crc32"

	"bascule/reconcile"
)

// A file of typed records is read by blocks: some payslips that follow each
// other, cut where their own bytes say so. What is inserted, taken out or altered
// in one place of the file changes the block it stands in and leaves the others
// as they were, wherever they now begin: one that an earlier reading with the
// same options met need not be read again.
const (
	blockPayslips    = 32 // of a block, about
	maxBlockPayslips = 8 * blockPayslips
	maxBlockBytes    = 1 << 20
	// maxBlockAmount is a trillion euros in centimes: a block of more is not kept,
	// and adding one never overflows.
	maxBlockAmount reconcile.Amount = 100_000_000_000_000
)

// Block is some payslips that follow each other in a file.
type Block struct {
	Digest   [sha256.Size]byte // SHA-256 of their bytes
	Line     int               // of the file, that it begins with
	Payslips int64
	// Said is what reading them again would count, for Options.Known of a later
	// reading; nil where they must be read again each time.
	Said []byte
	// Known is the number that Options.Known knows the block by: its payslips are
	// not read, hence not yielded. 0: they came just before it.
	Known int64
}

// blockReader is the state of the reading by blocks.
type blockReader struct {
	on     bool // the file is read so
	open   bool
	ended  bool // it ends where a payslip does
	fresh  bool // it may be kept: it begins with an agent, and is not known yet
	block  Block
	last   int      // line of the file that it ends with
	before reckoned // when it began
	cells  blockCells
	taken  []takenCell // of the block being taken
}

// reckoned is what the reader has counted up to a place of the file.
type reckoned struct {
	fileLines, records, agents, lineCount, payslips, proper int64
	sums                                                    reconcile.Sums
	steady                                                  steady
}

// steady is what a block that may be kept leaves as it is.
type steady struct {
	rejects, doubtful, aside int64
	counts                   counts
	codes                    int
	finished                 bool
}

func (f *recordFile) reckonedSoFar() reckoned {
	return reckoned{fileLines: int64(f.lines.last), records: f.records, agents: f.agents, lineCount: f.lineCount, payslips: f.load.Payslips,
		proper: f.doubts.proper, sums: f.load.Sums,
		steady: steady{rejects: f.load.Rejects, doubtful: f.doubts.doubtful, aside: f.load.Aside, counts: f.counts, codes: len(f.codes.all), finished: f.finished}}
}

// readsBlocks tells whether the file is read by blocks.
func (r *Reader) readsBlocks() bool {
	return r.o.Blocks && r.layout.length == 0 && r.inspection == nil
}

// atRecord is called between two records. It ends the block that ends here and
// begins the one that begins here, going over it when it is known.
func (f *recordFile) atRecord() error {
	b := &f.blocks
	for b.on {
		if b.open {
			if f.lines.last < b.last {
				return nil
			}
			if err := f.endBlock(); err != nil {
				return err
			}
		}
		known, err := f.beginBlock()
		if err != nil || !known {
			return err
		}
	}
	return nil
}

// beginBlock looks at the block that begins here. It is open after that, unless
// it is known and gone over, or nothing is left.
func (f *recordFile) beginBlock() (known bool, err error) {
	b := &f.blocks
	next, err := f.lines.ahead(f.cut)
	if err != nil || next.lines == 0 {
		return false, err
	}
	b.open, b.ended, b.fresh, b.last, b.before = true, next.ended, false, f.lines.last+next.lines, f.reckonedSoFar()
	b.block = Block{Line: f.lines.last + 1}
	if !next.ended || next.agents == 0 || !f.isAgent(next.text) || f.slip.open || !f.started || f.finished {
		return false, nil
	}
	b.fresh, b.block.Digest = true, sha256.Sum256(next.text)
	if f.o.Known == nil {
		return false, nil
	}
	number, said, err := f.o.Known(b.block.Digest)
	if err != nil || said == nil {
		return false, err
	}
	b.fresh = false
	if taken, err := f.take(said, next.lines); !taken || err != nil {
		return false, err
	}
	b.open, b.block.Known, b.block.Payslips = false, number, f.load.Payslips-b.before.payslips
	f.lines.skip(len(next.text), next.lines)
	f.row.line = f.lines.last
	return true, f.emit(Item{Block: &b.block})
}

// endBlock closes the block that was read, its last payslip included.
func (f *recordFile) endBlock() error {
	b := &f.blocks
	if b.ended = b.ended && f.lines.last == b.last; b.ended {
		if err := f.endPayslip(); err != nil {
			return err
		}
	}
	b.open = false
	if err := f.totals.merge(&b.cells); err != nil {
		return f.refuse(0, "", err, "vérifier le format déclaré pour ce fichier")
	}
	now := f.reckonedSoFar()
	b.block.Payslips = now.payslips - b.before.payslips
	if b.fresh && b.ended && f.comesAgain(&now) {
		b.block.Said = f.said(&now)
	}
	b.cells.clear()
	return f.emit(Item{Block: &b.block})
}

// comesAgain tells whether what was counted since the block began is counted
// again whenever its bytes come: nothing was refused or doubtful, no code was met
// for the first time, when its label is read, nothing was set aside, whose code
// would have to be met too, and no quote ran over a line end, which what follows
// decides.
func (f *recordFile) comesAgain(now *reckoned) bool {
	was := &f.blocks.before
	return now.steady == was.steady && !f.codes.twice && now.records-was.records == now.fileLines-was.fileLines && now.payslips > was.payslips &&
		greatest(now.sums.Minus(was.sums)) <= maxBlockAmount
}

// cut tells whether a record is an agent's, and whether the block that has so many
// agents already ends before it: at another agent whose bytes say so, at the first
// agent where there was none, at what is no payslip's.
func (f *recordFile) cut(record []byte, agents int) (agent, ends bool) {
	rec := f.tagged(f.layout.tagOf(record))
	switch {
	case rec == nil:
		return false, false
	case rec.role == roleAgent:
		return true, agents == 0 || agents >= maxBlockPayslips || crc32.Checksum(record, castagnoli)%blockPayslips == 0
	}
	return false, rec.role == roleHeader || rec.role == roleTrailer
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func (f *recordFile) isAgent(text []byte) bool {
	rec := f.tagged(f.layout.tagOf(text))
	return rec != nil && rec.role == roleAgent
}

// tagOf is where the type of a record stands in it, empty where it is too short.
func (l *Layout) tagOf(record []byte) []byte {
	if l.fixed {
		if len(record) < l.typeTo {
			return nil
		}
		return record[l.typeFrom:l.typeTo]
	}
	if i := bytes.IndexByte(record, l.delimiter); i >= 0 {
		return record[:i]
	}
	return bytes.TrimRight(record, "\r\n")
}

// upcoming are the lines that come next.
type upcoming struct {
	text   []byte // valid until more is read
	lines  int
	agents int
	ended  bool // by what follows, or the end of the file
}

// ahead looks at the lines that come next, up to the one that cut stops at, which
// is never the first, or to the bounds of a block. They are still to be read.
func (s *lineReader) ahead(cut func(line []byte, agents int) (agent, ends bool)) (u upcoming, err error) {
	s.start = s.next
	at := s.next
	for at-s.start < maxBlockBytes {
		end, moved, err := s.lineEnd(at)
		if err != nil {
			return u, err
		}
		at -= moved
		if end == at {
			u.ended = s.eof
			break // the end of the file, or a line too long, which its reading refuses
		}
		agent, ends := cut(s.buf[at:end], u.agents)
		if ends && u.lines > 0 {
			u.ended = true
			break
		}
		if agent {
			u.agents++
		}
		at = end
		u.lines++
	}
	u.text = s.buf[s.start:at]
	return u, nil
}

// lineEnd is where the line that starts at a place ends, its end included: the
// place itself where there is no more, or more than a line may have. moved tells
// by how much all moved to the front of the buffer meanwhile.
func (s *lineReader) lineEnd(at int) (end, moved int, err error) {
	from := at
	for {
		if i := bytes.IndexByte(s.buf[from:s.end], '\n'); i >= 0 {
			return from + i + 1, moved, nil
		}
		if s.eof {
			return s.end, moved, nil
		}
		if from = s.end; from-at > s.max+1 {
			return at, moved, nil
		}
		by, err := s.fill()
		if err != nil {
			return at, moved, err
		}
		at, from, moved = at-by, from-by, moved+by
	}
}

// skip goes over lines that ahead gave.
func (s *lineReader) skip(bytes, lines int) {
	s.next += bytes
	s.last += lines
	s.start = s.next
}
