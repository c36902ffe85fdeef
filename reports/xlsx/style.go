package xlsx

import (
	"strings"

	"github.com/xuri/excelize/v2"

	"bascule/reports"
)

// The fonts: Arial is measured alike by Excel and LibreOffice on every system.
const (
	textFont   = "Arial"
	digestFont = "Courier New"
	textSize   = 10
)

// Colours, in RRGGBB.
const (
	ink      = "1F2937"
	navy     = "1F3864"
	grey     = "6B7280"
	rule     = "D1D5DB"
	linkBlue = "0B5CAD"
	white    = "FFFFFF"
	inputBg  = "FFF9DB"
)

// tone is the text and the ground of a role that judges.
type tone struct{ text, ground string }

var tones = map[reports.Role]tone{
	reports.Good:  {"14532D", "DCFCE7"},
	reports.Warn:  {"713F12", "FEF3C7"},
	reports.Bad:   {"7F1D1D", "FEE2E2"},
	reports.Muted: {grey, ""},
	reports.Faint: {grey, ""},
}

var tabColours = map[reports.Role]string{reports.Good: "16A34A", reports.Warn: "D97706", reports.Bad: "DC2626", reports.Muted: "9CA3AF"}

// look is all that decides a style.
type look struct {
	typ    reports.CellType
	role   reports.Role
	wrap   bool
	link   bool
	signed bool // a count or a share whose sign is shown
	right  bool
	large  bool
	inset  bool
}

// style makes or finds the style of a look.
func (b *book) style(l look) (int, error) {
	if id, ok := b.styles[l]; ok {
		return id, nil
	}
	id, err := b.file.NewStyle(b.newStyle(l))
	b.styles[l] = id
	return id, err
}

func (b *book) newStyle(l look) *excelize.Style {
	font := &excelize.Font{Family: textFont, Size: textSize, Color: ink}
	s := &excelize.Style{Font: font, Alignment: &excelize.Alignment{Vertical: "center", WrapText: l.wrap}, Protection: &excelize.Protection{Locked: l.role != reports.Input}}
	list := inList(l.role) && !l.large || l.inset
	if format := b.numberFormat(l); format != "" {
		if list && !l.link && numeric(l.typ) {
			format = strings.ReplaceAll(format, ";", padding+";") + padding
		}
		s.CustomNumFmt = &format
	}
	if l.typ == reports.Digest {
		font.Family, font.Size = digestFont, textSize-1
	}
	applyRole(s, l.role)
	if l.link {
		font.Underline = "single"
		if _, judged := tones[l.role]; !judged {
			font.Color = linkBlue
		}
	}
	if l.large {
		font.Size = textSize + 3
	}
	switch {
	case numeric(l.typ):
		s.Alignment.Horizontal = "right"
		s.Alignment.ShrinkToFit = true // in a column that is too narrow, digits are small and not ####
		if list && l.link {            // the padding would be underlined
			s.Alignment.Indent = 1
		}
	case l.right && !l.wrap && l.role != reports.Header:
		s.Alignment.Horizontal = "right"
		if list {
			format := "@" + padding
			s.CustomNumFmt = &format
		}
	case l.right:
		s.Alignment.Horizontal, s.Alignment.Indent = "right", 1
	case list:
		s.Alignment.Horizontal, s.Alignment.Indent = "left", 1
	}
	return s
}

// padding is blank: a digit and an exclamation mark wide, as an indent is. It keeps
// figures off the right edge of their column, where LibreOffice draws some without
// the indent that they have.
const padding = "_0_!"

// inList tells whether a role is that of a cell of a list, off the edges of its
// column.
func inList(r reports.Role) bool {
	switch r {
	case reports.Body, reports.Faint, reports.Input, reports.Header, reports.Total:
		return true
	}
	return judges(r)
}

// bold tells whether a role has bold letters.
func bold(r reports.Role) bool {
	switch r {
	case reports.Title, reports.Heading, reports.Header, reports.Total, reports.Strong:
		return true
	}
	return judges(r)
}

// judges tells whether a role colours the ground of its cell, as in a list.
func judges(r reports.Role) bool { return tones[r].ground != "" }

func applyRole(s *excelize.Style, role reports.Role) {
	font := s.Font
	switch role {
	case reports.Title:
		font.Size, font.Bold, font.Color = 16, true, navy
	case reports.Subtitle:
		font.Size, font.Color = textSize-1, grey
	case reports.Heading:
		font.Size, font.Bold, font.Color = textSize+1, true, navy
	case reports.Header:
		font.Bold, font.Color = true, white
		s.Fill = solid(navy)
		s.Alignment.WrapText = true
	case reports.Total:
		font.Bold = true
		s.Border = []excelize.Border{{Type: "top", Color: navy, Style: 1}, {Type: "bottom", Color: rule, Style: 1}}
	case reports.Strong:
		font.Bold = true
		s.Alignment.Vertical = "top"
	case reports.Paragraph:
		s.Alignment.WrapText, s.Alignment.Vertical = true, "top"
	case reports.Body, reports.Faint:
		s.Border = []excelize.Border{{Type: "bottom", Color: rule, Style: 1}}
	case reports.Input:
		s.Fill = solid(inputBg)
		s.Border = []excelize.Border{{Type: "bottom", Color: rule, Style: 1}, {Type: "left", Color: rule, Style: 1}}
	}
	if t, judged := tones[role]; judged {
		font.Color = t.text
		if t.ground != "" {
			font.Bold = true
			s.Fill = solid(t.ground)
		}
	}
}

// conditional makes the style that a rule lays over a cell.
func (b *book) conditional(role reports.Role) (int, error) {
	if id, ok := b.conditionals[role]; ok {
		return id, nil
	}
	t := tones[role]
	s := &excelize.Style{Font: &excelize.Font{Color: t.text, Bold: t.ground != ""}}
	if t.ground != "" {
		s.Fill = solid(t.ground)
	}
	id, err := b.file.NewConditionalStyle(s)
	b.conditionals[role] = id
	return id, err
}

func solid(colour string) excelize.Fill {
	return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}}
}

func numeric(t reports.CellType) bool {
	switch t {
	case reports.Money, reports.Delta, reports.Count, reports.Percent, reports.Figure, reports.Jobs:
		return true
	}
	return false
}

// numberFormat is the format code of a type. The codes of French amounts name
// their locale, so that they read 1 234,56 € on an English desktop too where
// the program allows it.
func (b *book) numberFormat(l look) string {
	switch l.typ {
	case reports.Money:
		return b.either(`[$-40C]#,##0.00\ "€";[$-40C]\-#,##0.00\ "€"`, `[$€-809]#,##0.00;\-[$€-809]#,##0.00`)
	case reports.Delta:
		return b.either(`[$-40C]\+#,##0.00\ "€";[Red][$-40C]\-#,##0.00\ "€";[$-40C]0.00\ "€"`, `\+[$€-809]#,##0.00;[Red]\-[$€-809]#,##0.00;[$€-809]0.00`)
	case reports.Count:
		if l.signed {
			return b.either(`[$-40C]\+#,##0;[Red][$-40C]\-#,##0;0`, `\+#,##0;[Red]\-#,##0;0`)
		}
		return b.either(`[$-40C]#,##0`, `#,##0`)
	case reports.Percent:
		if l.signed {
			return b.either(`[$-40C]\+#,##0.00\ %;[Red][$-40C]\-#,##0.00\ %;[$-40C]0.00\ %`, `\+#,##0.00%;[Red]\-#,##0.00%;0.00%`)
		}
		return b.either(`[$-40C]#,##0.00\ %`, `#,##0.00%`)
	case reports.Jobs:
		return b.either(`[$-40C]#,##0.00`, `#,##0.00`)
	case reports.Date:
		return `dd/mm/yyyy`
	case reports.Month:
		return `yyyy\-mm`
	}
	return ""
}

func (b *book) either(french, english string) string {
	if b.book.Lang == "en" {
		return english
	}
	return french
}
