package xlsx

import (
	"strconv"
	"strings"
)

// readStyles tells of each style of the cells how Excel shows a number of it:
// as a day, as a percentage, or as it is.
func (w *Workbook) readStyles() error {
	if w.styles == "" || w.shown != nil {
		return nil
	}
	var sheet struct {
		Formats []struct {
			ID   int    `xml:"numFmtId,attr"`
			Code string `xml:"formatCode,attr"`
		} `xml:"numFmts>numFmt"`
		Cells []struct {
			Format int `xml:"numFmtId,attr"`
		} `xml:"cellXfs>xf"`
	}
	if err := w.decode(w.styles, &sheet); err != nil {
		return err
	}
	own := make(map[int]string, len(sheet.Formats))
	for _, f := range sheet.Formats {
		own[f.ID] = f.Code
	}
	w.shown = make([]byte, len(sheet.Cells))
	for i, c := range sheet.Cells {
		code, ok := own[c.Format]
		if !ok {
			code = builtinFormat(c.Format)
		}
		w.shown[i] = shownAs(code)
	}
	return nil
}

// builtinFormat stands for the formats that Excel numbers and files do not hold
// (ECMA-376, part 1, 18.8.30): percentages, days and times.
func builtinFormat(id int) string {
	switch {
	case id == 9, id == 10:
		return "%"
	case 14 <= id && id <= 22, 27 <= id && id <= 36, 45 <= id && id <= 47, 50 <= id && id <= 58:
		return "d"
	}
	return ""
}

// shownAs reads a format: quoted text, escaped characters, colours and
// conditions aside.
func shownAs(code string) byte {
	percent := false
	for i := 0; i < len(code); i++ {
		switch c := code[i]; c {
		case '"', '[':
			closing := byte('"')
			if c == '[' {
				closing = ']'
			}
			end := strings.IndexByte(code[i+1:], closing)
			if end < 0 {
				end = len(code) - i - 2
			}
			if inside := strings.ToLower(code[i+1 : i+1+end]); c == '[' && inside != "" && strings.Trim(inside, "hms") == "" {
				return Day // [h]:mm, an elapsed time
			}
			i += end + 1
		case '\\', '_', '*':
			i++
		case 'y', 'Y', 'm', 'M', 'd', 'D', 'h', 'H', 's', 'S', 'a', 'A', 'j', 'J':
			return Day // French and other programs write jj/mm/aaaa
		case 'E', 'e', 'G', 'g':
			if strings.HasPrefix(strings.ToLower(code[i:]), "general") {
				i += len("general") - 1
			}
		case '%':
			percent = true
		case ';': // negative numbers and the like are shown as the first part says
			i = len(code)
		}
	}
	if percent {
		return Percent
	}
	return Number
}

// numberKind is the type of a cell of numbers of a style.
func (w *Workbook) numberKind(style string) byte {
	if i, err := strconv.Atoi(style); err == nil && i >= 0 && i < len(w.shown) {
		return w.shown[i]
	}
	return Number
}
