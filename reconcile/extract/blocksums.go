package extract

import (
	"encoding/binary"

	"bascule/reconcile"
)

// blockCells adds up the lines of a block by programme, code and sense.
type blockCells struct {
	grid    grid
	touched []cellAt
}

// add counts the lines of a payslip.
func (c *blockCells) add(programme int32, lines []reconcile.PayLine, codes []int32) error {
	for int(programme) >= len(c.grid.rows) {
		c.grid.rows = append(c.grid.rows, nil)
	}
	return c.grid.add(programme, lines, codes, &c.touched)
}

func (c *blockCells) clear() {
	for _, t := range c.touched {
		c.grid.rows[t.programme][t.at] = total{}
	}
	c.touched = c.touched[:0]
}

// merge counts the lines of a block.
func (t *totals) merge(c *blockCells) error {
	for _, to := range c.touched {
		if err := t.put(to, c.grid.rows[to.programme][to.at]); err != nil {
			return err
		}
	}
	return nil
}

// saidVersion starts what is said of a block. Whoever raises it raises what the
// options of a load are digested with, too: else blocks that can no longer be
// taken are looked for, and read, night after night.
const saidVersion = 1

// blockSums is what the reading of a block counted.
type blockSums struct {
	lines, records, agents, lineCount, payslips, proper int64
	sums                                                reconcile.Sums
	cells                                               int64 // how many programmes, codes and senses follow
}

// numbers lists them in the order in which they are written down.
func (s *blockSums) numbers() [11]*int64 {
	return [...]*int64{&s.lines, &s.records, &s.agents, &s.lineCount, &s.payslips, &s.proper,
		&s.sums.Lines, (*int64)(&s.sums.ToPay), (*int64)(&s.sums.ToDeduct), (*int64)(&s.sums.Information), &s.cells}
}

// said writes down what the reading of the block counted.
func (r *Reader) said(now *reckoned) []byte {
	was, c := &r.blocks.before, &r.blocks.cells
	all := blockSums{now.fileLines - was.fileLines, now.records - was.records, now.agents - was.agents, now.lineCount - was.lineCount,
		now.payslips - was.payslips, now.proper - was.proper, now.sums.Minus(was.sums), int64(len(c.touched))}
	text := append(make([]byte, 0, 64+16*len(c.touched)), saidVersion)
	for _, n := range all.numbers() {
		text = binary.AppendVarint(text, *n)
	}
	for _, t := range c.touched {
		total := c.grid.rows[t.programme][t.at]
		code := r.codes.all[int(t.at)/len(reconcile.Senses)].code
		text = appendText(text, r.totals.names[t.programme])
		text = appendText(text, string(code))
		text = append(text, byte(int(t.at)%len(reconcile.Senses)))
		text = binary.AppendVarint(text, total.lines)
		text = binary.AppendVarint(text, int64(total.amount))
	}
	return text
}

func appendText(dst []byte, s string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
}

// takenCell is what a known block says of one code.
type takenCell struct {
	programme []byte
	code      int32
	sense     int
	total     total
}

// take counts a known block of so many lines as if it were read, and tells whether
// it could: all of its codes must have been met, and what was said must make sense.
func (r *Reader) take(said []byte, lines int) (bool, error) {
	in := saidReader{text: said}
	if in.byte() != saidVersion {
		return false, nil
	}
	var all blockSums
	for _, n := range all.numbers() {
		*n = in.number()
	}
	if in.bad || all.lines != int64(lines) || all.cells > int64(len(said)) || r.nearBounds() || !r.takenCells(&in, &all) {
		return false, nil
	}
	for i := range r.blocks.taken {
		c := &r.blocks.taken[i]
		programme, err := r.totals.programme(string(c.programme))
		if err == nil {
			err = r.totals.put(cellAt{programme, c.code*int32(len(reconcile.Senses)) + int32(c.sense)}, c.total)
		}
		if err != nil {
			return false, r.refuse(0, "", err, "vérifier le format déclaré pour ce fichier")
		}
	}
	r.records += all.records
	r.agents += all.agents
	r.lineCount += all.lineCount
	r.load.Payslips += all.payslips
	r.doubts.proper += all.proper
	r.load.Sums = r.load.Sums.Plus(all.sums)
	return true, nil
}

// nearBounds tells whether one more block might take the sums beyond what a file
// may hold: then it is read, to blame the payslip that does.
func (r *Reader) nearBounds() bool {
	return greatest(r.load.Sums) > maxFileAmount-maxBlockAmount
}

// takenCells takes apart what was said of the codes of a known block, which must
// add up to its sums.
func (r *Reader) takenCells(in *saidReader, of *blockSums) bool {
	cells, all := r.blocks.taken[:0], reconcile.Sums{}
	for range of.cells {
		var c takenCell
		var met bool
		c.programme = in.bytes()
		c.code, met = r.codes.byCode[reconcile.Code(in.bytes())]
		c.sense, c.total.lines, c.total.amount = int(in.byte()), in.number(), reconcile.Amount(in.number())
		if in.bad || !met || r.codes.twice || c.sense >= len(reconcile.Senses) {
			return false
		}
		all.Add(reconcile.Senses[c.sense], c.total.amount)
		all.Lines += c.total.lines - 1
		cells = append(cells, c)
	}
	r.blocks.taken = cells
	return len(in.text) == 0 && all == of.sums
}

// saidReader takes apart what was said of a block.
type saidReader struct {
	text []byte
	bad  bool
}

func (s *saidReader) byte() byte {
	if len(s.text) == 0 {
		s.bad = true
		return 0
	}
	b := s.text[0]
	s.text = s.text[1:]
	return b
}

func (s *saidReader) number() int64 {
	v, n := binary.Varint(s.text)
	if n <= 0 {
		s.bad = true
		return 0
	}
	s.text = s.text[n:]
	return v
}

func (s *saidReader) bytes() []byte {
	v, n := binary.Uvarint(s.text)
	if n <= 0 || v > uint64(len(s.text)-n) {
		s.bad = true
		return nil
	}
	b := s.text[n : n+int(v)]
	s.text = s.text[n+int(v):]
	return b
}
