package xlsx

import "bytes"

// plainCell is a cell written in the plainest way.
type plainCell struct {
	reference, style, kind, text []byte
	result                       bool // it has a value
}

// plainCell reads a cell that is whole at hand and written as excelize writes
// them: <c r="A1" s="2"><v>1</v></c>, or the text of t="inlineStr" in <is><t>.
// Nothing is used of any other, which next reads: this is but its shortest way,
// and no less strict.
func (l *lexer) plainCell(c *plainCell) (ok bool, err error) {
	const start, end = `<c r="`, `</c>`
	in := l.buf[l.r:l.w]
	if l.closing || !starts(in, start) {
		return false, nil
	}
	*c = plainCell{}
	i := len(start)
	if c.reference, i = quotedWord(in, i); i < 0 {
		return false, nil
	}
	if starts(in[i:], ` s="`) {
		if c.style, i = quotedWord(in, i+len(` s="`)); i < 0 {
			return false, nil
		}
	}
	if starts(in[i:], ` t="`) {
		if c.kind, i = quotedWord(in, i+len(` t="`)); i < 0 {
			return false, nil
		}
	}
	if i == len(in) || in[i] != '>' {
		return false, nil
	}
	i++
	after := end
	switch rest := in[i:]; {
	case starts(rest, `<v>`):
		i, after, c.result = i+len(`<v>`), `</v></c>`, true
	case string(c.kind) != "inlineStr":
	case starts(rest, `<is><t>`):
		i, after = i+len(`<is><t>`), `</t></is></c>`
	case starts(rest, `<is><t xml:space="preserve">`):
		i, after = i+len(`<is><t xml:space="preserve">`), `</t></is></c>`
	}
	size := bytes.IndexByte(in[i:], '<')
	if size < 0 || !starts(in[i+size:], after) || after == end && size > 0 {
		return false, nil
	}
	if c.text, l.made, err = unescape(l.made[:0], in[i:i+size]); err != nil {
		return false, err
	}
	l.r += i + size + len(after)
	return true, nil
}

func starts(in []byte, with string) bool {
	return len(in) >= len(with) && string(in[:len(with)]) == with
}

// quotedWord is the letters and digits from i to a quote, and what is after it;
// -1 where there is anything else.
func quotedWord(in []byte, i int) ([]byte, int) {
	for from := i; i < len(in); i++ {
		switch c := in[i]; {
		case c == '"':
			return in[from:i], i + 1
		case c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9':
		default:
			return nil, -1
		}
	}
	return nil, -1
}

// plainCells takes the cells of a row that are written so, up to one that is
// not.
func (s *scanner) plainCells(l *lexer) error {
	var c plainCell
	for {
		ok, err := l.plainCell(&c)
		if !ok || err != nil {
			return err
		}
		if err := s.startCell(c.reference, c.kind, c.style); err != nil {
			return err
		}
		s.collect, s.cell.result = true, c.result
		if err := s.chars(c.text); err != nil {
			return err
		}
		s.collect = false
		if err := s.endCell(); err != nil {
			return err
		}
	}
}
