package xlsx

import (
	"github.com/xuri/excelize/v2"

	"bascule/reports"
)

// maxLinks is Excel's limit of links in a sheet: what is beyond stays a text.
const maxLinks = 65_529

// link notes that a cell leads somewhere, and where its mark stands: the first
// cell that bears it and does not lead to it.
func (p *page) link(c *reports.Cell, col int) {
	if c.Link != "" && len(p.links) < maxLinks {
		p.links = append(p.links, link{col, p.row, c.Link, c.Mark})
	}
	if at := (place{p.sheet.Name, c.Mark}); c.Mark != "" && c.Link != p.sheet.Name { // a link within the sheet leads to another cell
		if _, known := p.marks[at]; !known {
			p.marks[at] = target{p.name, cellName(col, p.row)}
		}
	}
}

// waits tells whether a link leads to a mark that was not met yet.
func (p *page) waits() bool {
	for _, l := range p.links {
		if _, known := p.marks[place{l.sheet, l.mark}]; l.mark != "" && !known {
			return true
		}
	}
	return false
}

// close sets the links, now that the places they lead to are known, and ends the
// stream.
func (p *page) close() error {
	for _, l := range p.links {
		to, known := p.marks[place{l.sheet, l.mark}]
		if !known {
			to = target{l.sheet, "A1"}
		}
		if err := p.file.SetCellHyperLink(p.name, cellName(l.col, l.row), quoted(to.sheet)+"!"+to.cell, "Location", excelize.HyperlinkOpts{Tooltip: &to.sheet}); err != nil {
			return err
		}
	}
	return p.stream.Flush()
}
