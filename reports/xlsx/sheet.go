package xlsx

import (
	"fmt"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"bascule/reports"
)

const (
	lineHeight = 13.5 // points
	tallest    = 30   // lines: Excel refuses a row above 409 points
)

// page is one sheet of the file. The order of its life is that of this file:
// begin (all that stands before the rows), lines and rows, end (all that
// stands after them, before the stream is flushed). excelize loses, silently,
// what comes in another order.
type page struct {
	*book
	sheet  *reports.Sheet
	name   string
	stream *excelize.StreamWriter
	row    int // last row written
	filled int // last row that holds something
	links  []link
	last   []last // of each column
	wide   []int  // widths of the columns
	shown  []int  // of those printed
	blocks bool   // printing keeps blocks whole
	paper  []printedRow
}

// last is what the cell above was made of: lists repeat themselves.
type last struct {
	look
	style int
	text  any

	measured string // and the lines that it takes
	lines    int
}

type link struct {
	col, row    int
	sheet, mark string
}

// place is a mark of a sheet, by the name of its table's first; target is where
// it stands.
type place struct{ sheet, mark string }

type target struct {
	sheet, cell string
}

// sheet writes a sheet, and those its table overflows to.
func (b *book) sheet(s *reports.Sheet) error {
	if s.Table == nil {
		p, err := b.begin(s, s.Name, 0)
		if err != nil {
			return err
		}
		if err := p.lines(s.Lines, ""); err != nil {
			return err
		}
		return p.end(0, 0)
	}
	return b.table(s)
}

// begin opens a sheet: colour and page first, then the stream, then widths and
// panes. header is the row of the table's header, 0 for none.
func (b *book) begin(s *reports.Sheet, name string, header int) (*page, error) {
	if err := b.newSheet(name); err != nil {
		return nil, err
	}
	if err := b.layout(s, name); err != nil {
		return nil, err
	}
	if err := b.pivots(s, name, header); err != nil {
		return nil, err
	}
	if s.Table != nil && s.Table.Outline {
		if err := b.outline(); err != nil {
			return nil, err
		}
	}
	stream, err := b.file.NewStreamWriter(name)
	if err != nil {
		return nil, err
	}
	p := &page{book: b, sheet: s, name: name, stream: stream, wide: widthsOf(s), shown: printedWidths(s), blocks: inBlocks(s)}
	if err := p.widths(); err != nil {
		return nil, err
	}
	if header > 0 {
		if err := p.freeze(header, s.Table.Frozen); err != nil {
			return nil, err
		}
	}
	b.digest.Write([]byte("\n# " + name))
	b.rows = newQueue(stream)
	return p, nil
}

func (b *book) newSheet(name string) error {
	if n := len(utf16.Encode([]rune(name))); n > excelize.MaxSheetNameLength {
		return fmt.Errorf("le nom de feuille %q dépasse %d caractères", name, excelize.MaxSheetNameLength)
	}
	b.sheets++
	if b.sheets == 1 {
		return b.file.SetSheetName("Sheet1", name)
	}
	_, err := b.file.NewSheet(name)
	return err
}

// widthsOf are those of the columns of a sheet, in characters.
func widthsOf(s *reports.Sheet) []int {
	if len(s.Widths) > 0 || s.Table == nil {
		return s.Widths
	}
	widths := make([]int, len(s.Table.Columns))
	for i := range s.Table.Columns {
		widths[i] = s.Table.Columns[i].Width
	}
	return widths
}

func (p *page) widths() error {
	widths := p.wide
	for i := len(widths); i > 0; i-- { // excelize writes the last one set first, and they must ascend
		if err := p.stream.SetColWidth(i, i, float64(widths[i-1])); err != nil {
			return err
		}
	}
	return nil
}

// freeze keeps the header and the key columns in sight, unless what stands
// above the header would fill the screen.
func (p *page) freeze(header, columns int) error {
	const highest = 12 // rows
	if header > highest {
		return nil
	}
	return p.stream.SetPanes(&excelize.Panes{
		Freeze: true, XSplit: columns, YSplit: header, TopLeftCell: cellName(columns+1, header+1), ActivePane: activePane(columns),
		Selection: []excelize.Selection{{SQRef: cellName(columns+1, header+1), ActiveCell: cellName(columns+1, header+1), Pane: activePane(columns)}},
	})
}

func activePane(columns int) string {
	if columns > 0 {
		return "bottomRight"
	}
	return "bottomLeft"
}

// lines writes what stands above or below the table; suffix is added to the
// title.
func (p *page) lines(lines []reports.Line, suffix string) error {
	for i := range lines {
		line := &lines[i]
		cells := line.Cells
		if i == 0 && suffix != "" && len(cells) > 0 {
			cells = append([]reports.Cell(nil), cells...)
			cells[0].Text += suffix
		}
		if err := p.write(cells, nil, linesIn(line, p.shown)); err != nil {
			return err
		}
		p.mark(line.Block, line.Joint)
	}
	return nil
}

// mark tells of the row just written where a printed page may begin.
func (p *page) mark(block, joint bool) {
	if p.blocks {
		row := &p.paper[p.row-1]
		row.block, row.joint = block, joint
	}
}

// write adds a row. Cells of a table take the looks of their column.
func (p *page) write(cells []reports.Cell, columns []reports.Column, height int) error {
	p.row++
	if p.blocks {
		p.paper = append(p.paper, printedRow{height: defaultHeight})
	}
	if len(cells) == 0 {
		return nil
	}
	p.filled = p.row
	for len(p.last) < len(cells) {
		p.last = append(p.last, last{})
	}
	row, err := p.rows.next(p.row, len(cells))
	if err != nil {
		return err
	}
	p.told = p.told[:0]
	for i := range cells {
		needs := 0
		if columns != nil && (columns[i].Wrap || p.cuts(&cells[i], i)) {
			needs = p.linesFor(&cells[i], &columns[i], i)
			height = max(height, needs)
		}
		if err := p.put(row, &cells[i], columns, i, needs > 0 || columns == nil && wraps(cells, i, p.shown)); err != nil {
			return err
		}
	}
	p.digest.Write(p.told)
	if p.blocks { // programs differ in the height of a row that does not say it
		height = max(height, 1)
	}
	if height > 0 {
		row.options.Height = float64(min(height, tallest)) * lineHeight
		if p.blocks {
			p.paper[p.row-1].height = row.options.Height
		}
	}
	row.options.OutlineLevel = int(cells[0].Level)
	return nil
}

// linesFor is the height that a cell of a table needs; a column repeats its texts.
// What a rule colours is bold.
func (p *page) linesFor(c *reports.Cell, column *reports.Column, i int) int {
	above := &p.last[i]
	if above.measured != c.Text {
		bolder := 0
		if len(column.Rules) > 0 {
			bolder = reports.Bolder
		}
		above.measured, above.lines = c.Text, linesOf(c.Text, reports.Room(column.Width), bolder)
	}
	return above.lines
}

// cuts tells whether a text of a table would be cut on paper, were it on one line.
func (p *page) cuts(c *reports.Cell, i int) bool {
	printed := p.sheet.Table.Printed
	return c.Type == reports.Text && (printed == 0 || i < printed)
}

// put prepares cell i of a row, on one line unless it wraps. LibreOffice keeps a
// link on one line, and cuts it: a text that takes several is none.
func (p *page) put(row *queued, c *reports.Cell, columns []reports.Column, i int, wrap bool) error {
	if c.Link != "" && wrap && !c.Wrap {
		unlinked := *c
		unlinked.Link = ""
		c = &unlinked
	}
	l := look{typ: c.Type, role: c.Role, wrap: c.Wrap || wrap, link: c.Link != "", right: c.Right, large: c.Large, inset: c.Inset, signed: (c.Type == reports.Count || c.Type == reports.Percent) && c.Text != ""}
	if columns != nil {
		l = inColumn(l, &columns[i])
	}
	if l == (look{}) {
		row.leave(i)
		return nil
	}
	above := &p.last[i]
	if above.style == 0 || above.look != l {
		style, err := p.style(l)
		if err != nil {
			return err
		}
		above.look, above.style = l, style
	}
	value, text, err := p.value(c, p.text[:0], &above.text)
	if err != nil {
		return err
	}
	p.text = text
	if columns == nil || !columns[i].Input {
		p.told = appendCell(p.told, p.row, i+1, text)
	}
	row.set(i, above.style, value)
	if c.Link != "" || c.Mark != "" {
		p.link(c, i+1)
	}
	if c.List != "" {
		p.item(c.List, i+1)
	}
	return nil
}

func inColumn(l look, c *reports.Column) look {
	if l.role == reports.Plain {
		l.role = reports.Body
	}
	if c.Input {
		l.role = reports.Input
	}
	if l.typ == reports.Blank {
		l.typ = c.Type
	}
	l.wrap = l.wrap || c.Wrap
	return l
}

// item notes that the cell is one of a list.
func (p *page) item(name string, col int) {
	l, known := p.lists[name]
	if !known {
		l = list{sheet: p.name, col: col, first: p.row}
		p.listNames = append(p.listNames, name)
	}
	l.last = p.row
	p.lists[name] = l
}

// end sets what stands after the rows, then closes the stream or, where links
// lead to sheets to come, leaves that to the end of the workbook. The table, if
// any, has its header at the row header and its last row at last.
func (p *page) end(header, last int) error {
	if err := p.rows.close(); err != nil {
		return err
	}
	for i := range p.sheet.Charts {
		if err := p.chart(&p.sheet.Charts[i]); err != nil {
			return err
		}
	}
	if header > 0 {
		if err := p.endTable(header, last); err != nil {
			return err
		}
	}
	if p.blocks {
		if err := p.breakPages(header); err != nil {
			return err
		}
	}
	if printed := p.sheet.Printed; printed > 0 {
		if err := p.printArea(printed, p.row); err != nil {
			return err
		}
	}
	if p.waits() {
		p.pending = append(p.pending, p)
		return nil
	}
	return p.close()
}

// breakPages sets where printed pages begin.
func (p *page) breakPages(header int) error {
	const whole = 100
	for _, row := range pageBreaks(p.paper, pageRoom*whole/float64(pageScale(p.sheet)), header) {
		if err := p.file.InsertPageBreak(p.name, cellName(1, row)); err != nil {
			return err
		}
	}
	return nil
}
