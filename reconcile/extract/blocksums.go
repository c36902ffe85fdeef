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
	row := c.grid.rows[programme]
	for i := range lines {
		at := int(codes[i])*len(reconcile.Senses) + senseIndex(lines[i].Sense)
		if at >= len(row) {
			var err error
			if row, err = c.grid.grow(programme, at); err != nil {
				return err
			}
		}
		if row[at].lines == 0 {
			c.touched = append(c.touched, cellAt{programme, int32(at)})
		}
		row[at].lines++
		row[at].amount += lines[i].Amount
	}
	return nil
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

// saidVersion starts what is said of a block.
const saidVersion = 1

// said writes down what the reading of the block counted.
func (r *Reader) said(now *reckoned) []byte {
	was, c := &r.blocks.before, &r.blocks.cells
	s := now.sums.Minus(was.sums)
	text := append(make([]byte, 0, 64+16*len(c.touched)), saidVersion)
	for _, n := range [...]int64{now.fileLines - was.fileLines, now.records - was.records, now.agents - was.agents, now.lineCount - was.lineCount,
		now.payslips - was.payslips, now.aside - was.aside, now.proper - was.proper,
		s.Lines, int64(s.ToPay), int64(s.ToDeduct), int64(s.Information), int64(len(c.touched))} {
		text = binary.AppendVarint(text, n)
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
	var n [12]int64
	for i := range n {
		n[i] = in.number()
	}
	if in.bad || n[0] != int64(lines) || n[11] > int64(len(said)) {
		return false, nil
	}
	sums := reconcile.Sums{Lines: n[7], ToPay: reconcile.Amount(n[8]), ToDeduct: reconcile.Amount(n[9]), Information: reconcile.Amount(n[10])}
	if !r.takenCells(&in, n[11], sums) {
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
	r.records += n[1]
	r.agents += n[2]
	r.lineCount += n[3]
	r.load.Payslips += n[4]
	r.load.Aside += n[5]
	r.doubts.proper += n[6]
	r.load.Sums = r.load.Sums.Plus(sums)
	return true, r.checkSums(r.lines.last)
}

// takenCells takes apart what was said of the codes of a known block, which must
// add up to its sums.
func (r *Reader) takenCells(in *saidReader, number int64, sums reconcile.Sums) bool {
	cells, all := r.blocks.taken[:0], reconcile.Sums{}
	for range number {
		var c takenCell
		var met bool
		c.programme = in.bytes()
		c.code, met = r.codes.byCode[reconcile.Code(in.bytes())]
		c.sense, c.total.lines, c.total.amount = int(in.byte()), in.number(), reconcile.Amount(in.number())
		if in.bad || !met || c.sense >= len(reconcile.Senses) {
			return false
		}
		all.Add(reconcile.Senses[c.sense], c.total.amount)
		all.Lines += c.total.lines - 1
		cells = append(cells, c)
	}
	r.blocks.taken = cells
	return len(in.text) == 0 && all == sums
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
