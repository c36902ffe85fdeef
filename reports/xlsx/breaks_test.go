package xlsx_test

import (
	"fmt"
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
		{100, []int{20, 60, 5}, []int{22, 82}, "one that no page holds begins a page, and so does what follows it"},
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
