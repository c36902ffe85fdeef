package xlsx

import (
	"cmp"
	"errors"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"bascule/reports"
)

const paperA4 = 9

var errNoOutline = errors.New("le plan des lignes ne peut pas être annoncé")

// layout sets the page: A4 landscape, one page wide, a footer that says how
// confidential it is and page x/y.
func (b *book) layout(s *reports.Sheet, name string) error {
	colour, fit, below := tabColours[s.Tab], !inBlocks(s), false
	props := &excelize.SheetPropsOptions{FitToPage: &fit, OutlineSummaryBelow: &below}
	if colour != "" {
		props.TabColorRGB = &colour
	}
	if err := b.file.SetSheetProps(name, props); err != nil {
		return err
	}
	size, orientation, wide, high := paperA4, "landscape", 1, 0
	if s.OnePage {
		high = 1
	}
	page := &excelize.PageLayoutOptions{Size: &size, Orientation: &orientation, FitToWidth: &wide, FitToHeight: &high}
	if !fit {
		scale := pageScale(s)
		page = &excelize.PageLayoutOptions{Size: &size, Orientation: &orientation, AdjustTo: &scale}
	}
	if err := b.file.SetPageLayout(name, page); err != nil {
		return err
	}
	side, top, bottom, foot := pageSide, pageTop, pageBottom, pageFoot
	if err := b.file.SetPageMargins(name, &excelize.PageLayoutMarginsOptions{Left: &side, Right: &side, Top: &top, Bottom: &bottom, Header: &foot, Footer: &foot}); err != nil {
		return err
	}
	if err := b.file.SetHeaderFooter(name, &excelize.HeaderFooterOptions{
		OddFooter: `&L&8` + footerText(b.book.Footer) + `&C&8` + footerText(b.book.Title) + `&R&8&P / &N`,
	}); err != nil {
		return err
	}
	grid := false
	return b.file.SetSheetView(name, 0, &excelize.ViewOptions{ShowGridLines: &grid})
}

// outline has programs draw the margin of the outline on the sheet just begun:
// excelize keeps the field that tells so, and has no way to set it.
func (b *book) outline() error {
	sheet, found := b.file.Sheet.Load("xl/worksheets/sheet" + strconv.Itoa(b.sheets) + ".xml")
	if !found {
		return errNoOutline
	}
	return announceLevels(sheet)
}

// announceLevels fails, and does not panic, where the field is gone or is no
// longer a number.
func announceLevels(sheet any) error {
	levels := fieldOf(fieldOf(reflect.ValueOf(sheet), "SheetFormatPr"), "OutlineLevelRow")
	if !levels.CanSet() || !levels.CanUint() {
		return errNoOutline
	}
	levels.SetUint(1)
	return nil
}

// fieldOf is a field of the structure that a pointer leads to, if there is one.
func fieldOf(pointer reflect.Value, name string) reflect.Value {
	if pointer.Kind() != reflect.Pointer || pointer.Elem().Kind() != reflect.Struct {
		return reflect.Value{}
	}
	return pointer.Elem().FieldByName(name)
}

// footerText doubles the ampersand, which commands in a footer. A text that
// begins with a digit would be read as the end of the font size before it, and
// one that is long is cut: Excel refuses a footer beyond 255 characters.
func footerText(s string) string {
	const most = 110 // each of two texts, and what commands around them
	var text []rune
	room := most
	if s != "" && s[0] >= '0' && s[0] <= '9' {
		s = " " + s
	}
	for _, r := range s {
		size := utf16.RuneLen(r)
		if r == '&' {
			size = 2
		}
		if room -= max(size, 1); room < 1 {
			return string(append(text, '…'))
		}
		if r == '&' {
			text = append(text, '&')
		}
		text = append(text, r)
	}
	return string(text)
}

// printing repeats the header row on each page, and leaves out the columns beyond
// the printed ones and the rows beyond the first of a table that is brief.
func (p *page) printing(header, last int) error {
	if err := p.file.SetDefinedName(&excelize.DefinedName{
		Name: "_xlnm.Print_Titles", Scope: p.name, RefersTo: quoted(p.name) + "!" + rowsOf(header),
	}); err != nil {
		return err
	}
	t := p.sheet.Table
	switch {
	case t.Brief:
		shown := 0
		if p.name == p.sheet.Name { // the first rows are not on a sheet that continues it
			shown = min(t.First, last-header)
		}
		if shown == 0 { // no header over nothing
			shown = -1
		}
		return p.printArea(cmp.Or(t.Printed, len(t.Columns)), header+shown)
	case t.Printed > 0:
		return p.printArea(t.Printed, last)
	}
	return nil
}

// printArea leaves the columns beyond some out of what is printed.
func (p *page) printArea(printed, last int) error {
	return p.file.SetDefinedName(&excelize.DefinedName{
		Name: "_xlnm.Print_Area", Scope: p.name, RefersTo: quoted(p.name) + "!" + absolute(1, 1) + ":" + absolute(printed, last),
	})
}

// rowsOf names a whole row: $5:$5.
func rowsOf(row int) string {
	name := strings.TrimPrefix(absolute(1, row), "$A")
	return name + ":" + name
}
