package extract

import (
	"cmp"
	"errors"
	"slices"

	"bascule/reconcile"
)

// errTooMany refuses a file whose codes or programmes are too many to be any.
var errTooMany = errors.New("trop de codes ou de programmes différents pour un fichier de paye")

// codeInfo is what is known of a code from its first line on.
type codeInfo struct {
	code   reconcile.Code
	label  string // as its first line prints it
	index  int32
	sense  reconcile.Sense // what the table of codes of the layout says, or 0
	asides uint64          // rules of the layout that may put its lines aside
}

// codeTable gives each code of a file one string and one index.
type codeTable struct {
	byBytes map[string]*codeInfo
	byCode  map[reconcile.Code]int32 // index of each
	twice   bool                     // two entries have the same code
	all     []*codeInfo
	recent  [1 << recentBits]recentCode
}

// recentCode is an entry of a small cache in front of the map: codes are short
// and few, and looking them up is a tenth of the reading.
type recentCode struct {
	key  uint64
	info *codeInfo
}

const recentBits = 10

// packed puts a code of at most seven bytes and its length in one word. Longer
// codes are not cached.
func packed(b []byte) (key uint64, ok bool) {
	if len(b) > 7 {
		return 0, false
	}
	for _, c := range b {
		key = key<<8 | uint64(c)
	}
	return key | uint64(len(b)+1)<<56, true
}

// of finds or makes the entry of the row's code. The blank code has one too,
// for lines that the layout sets aside without looking at their code.
func (t *codeTable) of(row *row, l *Layout) (*codeInfo, error) {
	b := trimmed(row.cell[fCode])
	key, cached := packed(b)
	const golden = 0x9E3779B97F4A7C15
	slot := &t.recent[key*golden>>(64-recentBits)]
	if cached && slot.key == key {
		return slot.info, nil
	}
	c, err := t.find(b, row, l)
	if cached && err == nil {
		*slot = recentCode{key, c}
	}
	return c, err
}

func (t *codeTable) find(b []byte, row *row, l *Layout) (*codeInfo, error) {
	if c, ok := t.byBytes[string(b)]; ok {
		return c, nil
	}
	if len(t.all) >= maxCodes {
		return nil, errTooMany
	}
	if t.byBytes == nil {
		t.byBytes, t.byCode = make(map[string]*codeInfo), make(map[reconcile.Code]int32)
	}
	code := l.text(row, fCode)
	if l.format[fCode].pad > 0 { // 101 may be another way to write 0101
		if c, ok := t.byBytes[code]; ok {
			t.byBytes[string(b)] = c
			return c, nil
		}
	}
	c := &codeInfo{code: reconcile.Code(code), label: l.text(row, fLabel), index: int32(len(t.all)), sense: l.senseOfCode(code), asides: l.asidesOf(code)}
	t.byBytes[string(b)] = c
	if l.format[fCode].pad > 0 {
		t.byBytes[code] = c
	}
	if _, met := t.byCode[c.code]; met {
		t.twice = true
	}
	t.byCode[c.code] = c.index
	t.all = append(t.all, c)
	return c, nil
}

// total is what went through one code under one sense.
type total struct {
	lines  int64
	amount reconcile.Amount
}

// totals adds lines by programme, code and sense: the first of the three sums
// of the closing.
type totals struct {
	byName map[string]int32
	names  []string
	grid   grid
}

// grid holds totals: a row for each programme, by 3 × code + sense.
type grid struct {
	rows [][]total
	size int // of all rows
}

// cellAt is a place in a grid.
type cellAt struct{ programme, at int32 }

// add counts the lines of a payslip, and notes the places that were empty, where
// they are asked for.
func (g *grid) add(programme int32, lines []reconcile.PayLine, codes []int32, touched *[]cellAt) error {
	row := g.rows[programme]
	for i := range lines {
		at := int(codes[i])*len(reconcile.Senses) + senseIndex(lines[i].Sense)
		if at >= len(row) {
			var err error
			if row, err = g.grow(programme, at); err != nil {
				return err
			}
		}
		if touched != nil && row[at].lines == 0 {
			*touched = append(*touched, cellAt{programme, int32(at)})
		}
		row[at].lines++
		row[at].amount += lines[i].Amount
	}
	return nil
}

// grow makes the row of a programme long enough to hold a place.
func (g *grid) grow(programme int32, at int) ([]total, error) {
	row := g.rows[programme]
	if g.size += at + 1 - len(row); g.size > maxCells {
		return nil, errTooMany
	}
	row = append(row, make([]total, at+1-len(row))...)
	g.rows[programme] = row
	return row, nil
}

// programme gives the index of a programme.
func (t *totals) programme(name string) (int32, error) {
	if i, ok := t.byName[name]; ok {
		return i, nil
	}
	if len(t.names) >= maxProgrammes {
		return 0, errTooMany
	}
	if t.byName == nil {
		t.byName = make(map[string]int32)
	}
	i := int32(len(t.names))
	name = string([]byte(name)) // not a slice of the payslip's own text
	t.byName[name] = i
	t.names, t.grid.rows = append(t.names, name), append(t.grid.rows, nil)
	return i, nil
}

func senseIndex(s reconcile.Sense) int {
	switch s {
	case reconcile.ToPay:
		return 0
	case reconcile.ToDeduct:
		return 1
	}
	return 2
}

// add counts the lines of a payslip.
func (t *totals) add(programme int32, lines []reconcile.PayLine, codes []int32) error {
	return t.grid.add(programme, lines, codes, nil)
}

// put counts lines added up already.
func (t *totals) put(to cellAt, lines total) error {
	row := t.grid.rows[to.programme]
	if int(to.at) >= len(row) {
		var err error
		if row, err = t.grid.grow(to.programme, int(to.at)); err != nil {
			return err
		}
	}
	row[to.at].lines += lines.lines
	row[to.at].amount += lines.amount
	return nil
}

func (t *totals) sorted(codes *codeTable) []reconcile.CodeTotal {
	var out []reconcile.CodeTotal
	for p, cells := range t.grid.rows {
		for at, c := range cells {
			if c.lines == 0 {
				continue
			}
			code := codes.all[at/len(reconcile.Senses)]
			out = append(out, reconcile.CodeTotal{Programme: t.names[p], Code: code.code, Label: code.label,
				Sense: reconcile.Senses[at%len(reconcile.Senses)], Lines: c.lines, Amount: c.amount})
		}
	}
	slices.SortFunc(out, func(a, b reconcile.CodeTotal) int {
		return cmp.Or(cmp.Compare(a.Programme, b.Programme), cmp.Compare(a.Code, b.Code), senseIndex(a.Sense)-senseIndex(b.Sense))
	})
	return out
}

// sums adds all the totals up.
func (t *totals) sums() reconcile.Sums {
	var s reconcile.Sums
	for _, cells := range t.grid.rows {
		for at, c := range cells {
			if c.lines > 0 {
				s.Add(reconcile.Senses[at%len(reconcile.Senses)], c.amount)
				s.Lines += c.lines - 1
			}
		}
	}
	return s
}
