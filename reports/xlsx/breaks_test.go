package xlsx_test

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"bascule/reports"
	"bascule/reports/xlsx"
)

// blocks is a sheet of blocks of some lines each, as wide as asked.
func blocks(wide int, heights ...int) *reports.Workbook {
	s := &reports.Sheet{Name: "Blocs", Widths: []int{wide / 2, wide - wide/2}, Lines: []reports.Line{{Cells: []reports.Cell{reports.T("Titre")}, Height: 1}}}
	for _, n := range heights {
		for i := range n {
			s.Lines = append(s.Lines, reports.Line{Cells: []reports.Cell{reports.T("ligne")}, Height: 1, Block: i == 0})
		}
	}
	s.Lines[0].Cells[0] = reports.T("vers le second bloc").ToMark("Blocs", "second")
	s.Lines[1+heights[0]].Cells[0].Mark = "second"
	return &reports.Workbook{Title: "Blocs", Lang: "fr", Sheets: []*reports.Sheet{s}}
}

func TestAPrintedPageCutsNoBlockThatItCanHold(t *testing.T) {
	for _, c := range []struct {
		wide    int
		heights []int
		breaks  []int
		reason  string
	}{
		{100, []int{5, 5}, nil, "all of it on one page"},
		{100, []int{30, 20, 5}, []int{32}, "the second would be cut, the third follows it"},
		{100, []int{5, 40, 5}, []int{7, 47}, "one barely too high is made smaller with its sheet, not cut"},
		{100, []int{20, 60, 5}, []int{22, 59}, "one that no page holds begins a page, and what follows it is on its last"},
		{100, []int{20, 77, 5}, []int{22, 59, 94}, "no page holds the last line alone of one that takes several"},
		{300, []int{30, 20, 5}, nil, "a wide sheet is made smaller, and its page holds more"},
	} {
		path, _ := write(t, blocks(c.wide, c.heights...), xlsx.Options{})
		text := part(t, path, "xl/worksheets/sheet1.xml")
		if n := strings.Count(text, "<brk "); n != len(c.breaks) {
			t.Errorf("%s: %d breaks, want %d", c.reason, n, len(c.breaks))
		}
		for _, row := range c.breaks { // a break stands under the row before
			if want := fmt.Sprintf(`<brk id="%d" max="16383" man="true">`, row-1); !strings.Contains(text, want) {
				t.Errorf("%s: no break before row %d", c.reason, row)
			}
		}
		if strings.Contains(text, "fitToPage=\"true\"") || !strings.Contains(text, `scale="`) {
			t.Errorf("%s: fitted to a page, where Excel heeds no break", c.reason)
		}
		if want := fmt.Sprintf(`location="'Blocs'!A%d"`, 2+c.heights[0]); !strings.Contains(text, want) {
			t.Errorf("%s: no link to the second block", c.reason)
		}
	}
}

func TestASheetWithATablePrintsItsBlocksWhole(t *testing.T) {
	s := &reports.Sheet{Name: "Liste", Lines: []reports.Line{
		{Cells: []reports.Cell{reports.T("Titre")}, Height: 2}, {}, {Cells: []reports.Cell{reports.T("La liste").As(reports.Heading)}, Height: 1, Block: true},
	}}
	s.Table = &reports.Table{Name: "Liste", Columns: []reports.Column{{Header: "Nom", Width: 60}, {Header: "Autre", Width: 60}}}
	for range 4 {
		s.Below = append(s.Below, reports.Line{Cells: []reports.Cell{reports.T("suite")}, Height: 1})
	}
	s.Below[0].Block = true
	for _, c := range []struct {
		above, rows int
		breaks      []int
		reason      string
	}{
		{0, 5, nil, "all of it on one page"},
		{0, 24, nil, "the end fills the page"},
		{0, 28, []int{33}, "what stands below begins a page rather than being cut"},
		{0, 80, []int{36, 71}, "a list is cut anywhere, its header counted on each page"},
		{30, 5, []int{33}, "a heading stays with the header and the rows under it"},
	} {
		wb := &reports.Workbook{Title: "Liste", Lang: "fr", Sheets: []*reports.Sheet{s}}
		sheet := *s
		lines := sheet.Lines
		sheet.Lines = append([]reports.Line{}, lines[:2]...)
		for range c.above {
			sheet.Lines = append(sheet.Lines, reports.Line{Cells: []reports.Cell{reports.T("ligne")}, Height: 1})
		}
		sheet.Lines = append(sheet.Lines, lines[2])
		table := *s.Table
		table.Rows = func(yield func([]reports.Cell, error) bool) {
			for range c.rows {
				if !yield([]reports.Cell{reports.T("un"), reports.T("deux")}, nil) {
					return
				}
			}
		}
		sheet.Table, wb.Sheets[0] = &table, &sheet
		path, _ := write(t, wb, xlsx.Options{})
		text := part(t, path, "xl/worksheets/sheet1.xml")
		got := []int{}
		for _, m := range regexp.MustCompile(`<brk id="(\d+)"`).FindAllStringSubmatch(text, -1) {
			id, _ := strconv.Atoi(m[1])
			got = append(got, id+1)
		}
		if !slices.Equal(got, c.breaks) {
			t.Errorf("%s: pages begin at rows %v, want %v", c.reason, got, c.breaks)
		}
	}
}
