package xlsx

import (
	"bytes"
	"io"
)

// event is what a lexer meets.
type event byte

const (
	noEvent event = iota
	startOf       // an element: name and attributes
	endOf         // an element: name
	chars         // some text: text
)

// lexer cuts the XML of a sheet into events. A sheet of 50,000 rows has fourteen
// million of them, on which encoding/xml spends half a microsecond and three
// allocations each; this one reads no more of XML than the packages of workbooks
// use: UTF-8, no document type, the five entities. It is as strict: what is cut
// or ill-formed is an error, never an end.
type lexer struct {
	in   io.Reader
	buf  []byte
	r, w int // what is read and not yet used: buf[r:w]
	err  error

	name  []byte // of the element, its prefix left out
	attrs []attribute
	text  []byte
	made  []byte // the values and the text that had entities, of one event

	open    []byte // names of the elements that are open, one after the other
	ends    []int
	closing bool // the element that starts ends at once
	started bool // the root was met
}

// attribute is an attribute of an element, its prefix included. It is of use
// until the next event, like all that a lexer gives.
type attribute struct{ name, value []byte }

var errSyntax = damaged("son XML est mal formé ou coupé")

func newLexer(in io.Reader) *lexer { return &lexer{in: in, buf: make([]byte, 1<<16)} }

// next is the next event; io.EOF ends a part that is whole.
func (l *lexer) next() (event, error) {
	if l.closing {
		l.closing = false
		return endOf, l.pop(l.open[l.lastOpen():])
	}
	for {
		head, err := l.peek(1)
		if err == io.EOF && len(l.ends) == 0 && l.started {
			return noEvent, io.EOF
		}
		if err != nil {
			return noEvent, cut(err)
		}
		what := noEvent
		if head[0] == '<' {
			what, err = l.markup()
		} else {
			what, err = l.chars()
		}
		if what != noEvent || err != nil {
			return what, err
		}
	}
}

// cut is the error of a part that ends before it should.
func cut(err error) error {
	if err == io.EOF {
		return errSyntax
	}
	return err
}

// peek makes sure that n bytes are at hand.
func (l *lexer) peek(n int) ([]byte, error) {
	for l.w-l.r < n {
		if err := l.fill(); err != nil {
			return nil, err
		}
	}
	return l.buf[l.r:l.w], nil
}

// fill reads on, making room where there is none.
func (l *lexer) fill() error {
	switch {
	case l.err != nil:
		return l.err
	case l.r > 0:
		l.w = copy(l.buf, l.buf[l.r:l.w])
		l.r = 0
	case l.w == len(l.buf):
		if len(l.buf) >= maxTokenBytes {
			return damaged("un texte y est plus long que toute cellule")
		}
		l.buf = append(l.buf, make([]byte, len(l.buf))...)
	}
	n, err := l.in.Read(l.buf[l.w:])
	l.w += n
	l.err = err
	if n > 0 {
		return nil
	}
	return err
}

// until gives what stands before a mark and goes past it.
func (l *lexer) until(mark string) ([]byte, error) {
	for from := 0; ; {
		if at := bytes.Index(l.buf[l.r+from:l.w], []byte(mark)); at >= 0 {
			found := l.buf[l.r : l.r+from+at]
			l.r += from + at + len(mark)
			return found, nil
		}
		from = max(0, l.w-l.r-len(mark)+1)
		if err := l.fill(); err != nil {
			return nil, cut(err)
		}
	}
}

// chars gives the text up to the next mark-up; none around the root.
func (l *lexer) chars() (event, error) {
	for from := 0; ; {
		at := bytes.IndexByte(l.buf[l.r+from:l.w], '<')
		if at >= 0 {
			at += from
		} else {
			from = l.w - l.r
			err := l.fill()
			if err == nil {
				continue
			}
			if err != io.EOF {
				return noEvent, err
			}
			at = from
		}
		raw := l.buf[l.r : l.r+at]
		l.r += at
		if len(l.ends) == 0 { // around the root
			raw = bytes.TrimPrefix(raw, []byte("\ufeff"))
			if len(bytes.TrimSpace(raw)) > 0 {
				return noEvent, errSyntax
			}
			return noEvent, nil
		}
		var err error
		l.text, l.made, err = unescape(l.made[:0], raw)
		return chars, err
	}
}

// markup reads what starts with "<": a tag or, giving no event, what is left
// aside.
func (l *lexer) markup() (event, error) {
	head, err := l.peek(2)
	if err != nil {
		return noEvent, cut(err)
	}
	switch head[1] {
	case '/':
		l.r += 2
		name, err := l.until(">")
		if err != nil {
			return noEvent, err
		}
		return endOf, l.pop(bytes.TrimRight(name, " \t\r\n"))
	case '?':
		l.r += 2
		instruction, err := l.until("?>")
		if err == nil && bytes.HasPrefix(instruction, []byte("xml ")) && !inUTF8(instruction) {
			err = errSyntax
		}
		return noEvent, err
	case '!':
		return l.aside()
	}
	return l.tag()
}

// inUTF8 tells whether a declaration names UTF-8, or no encoding.
func inUTF8(declaration []byte) bool {
	_, encoding, named := bytes.Cut(declaration, []byte("encoding"))
	return !named || bytes.Contains(bytes.ToLower(encoding), []byte("utf-8"))
}

// aside reads a comment, or a text that needs no escape. A document type, which
// a workbook may not have, is refused.
func (l *lexer) aside() (event, error) {
	const comment, verbatim = "<!--", "<![CDATA["
	head, err := l.peek(len(verbatim))
	if err != nil {
		return noEvent, cut(err)
	}
	switch {
	case bytes.HasPrefix(head, []byte(comment)):
		l.r += len(comment)
		_, err := l.until("-->")
		return noEvent, err
	case bytes.HasPrefix(head, []byte(verbatim)) && len(l.ends) > 0:
		l.r += len(verbatim)
		l.text, err = l.until("]]>")
		if err == nil && !legal(l.text) {
			err = errSyntax
		}
		return chars, err
	}
	return noEvent, errSyntax
}

// tag reads the tag that starts an element.
func (l *lexer) tag() (event, error) {
	size, err := l.tagSize()
	if err != nil {
		return noEvent, err
	}
	raw := l.buf[l.r+1 : l.r+size]
	l.r += size + 1
	raw, l.closing = bytes.CutSuffix(raw, []byte("/"))
	end := 0
	for end < len(raw) && !blank(raw[end]) {
		end++
	}
	name := raw[:end]
	if !validName(name) || len(l.ends) == 0 && l.started {
		return noEvent, errSyntax
	}
	l.started = true
	if len(l.ends) == maxPartDepth {
		return noEvent, damaged("ses éléments sont emboîtés sans fin")
	}
	l.open = append(l.open, name...)
	l.ends = append(l.ends, len(l.open))
	l.name = local(name)
	return startOf, l.attributes(raw[end:])
}

// tagSize is where the tag ends: at the first ">" out of quotes.
func (l *lexer) tagSize() (int, error) {
	quote := byte(0)
	for i := 1; ; i++ {
		for l.r+i == l.w {
			if err := l.fill(); err != nil {
				return 0, cut(err)
			}
		}
		switch c := l.buf[l.r+i]; {
		case c == '<':
			return 0, errSyntax
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return i, nil
		}
	}
}

// attributes reads name="value", each after a blank.
func (l *lexer) attributes(raw []byte) error {
	l.attrs, l.made = l.attrs[:0], l.made[:0]
	for {
		rest := trimBlanks(raw)
		if len(rest) == 0 {
			return nil
		}
		equal := bytes.IndexByte(rest, '=')
		if equal < 0 || !blank(raw[0]) {
			return errSyntax
		}
		name, value := trimBlanks(rest[:equal]), trimBlanks(rest[equal+1:])
		if !validName(name) || len(value) < 2 || value[0] != '"' && value[0] != '\'' {
			return errSyntax
		}
		end := bytes.IndexByte(value[1:], value[0])
		if end < 0 {
			return errSyntax
		}
		raw = value[end+2:]
		var text []byte
		var err error
		if text, l.made, err = unescape(l.made, value[1:end+1]); err != nil {
			return err
		}
		l.attrs = append(l.attrs, attribute{name, text})
	}
}

// attr is the value of an attribute without prefix, nil for none.
func (l *lexer) attr(name string) []byte {
	for i := range l.attrs {
		if string(l.attrs[i].name) == name {
			return l.attrs[i].value
		}
	}
	return nil
}

func (l *lexer) lastOpen() int {
	if n := len(l.ends); n > 1 {
		return l.ends[n-2]
	}
	return 0
}

// pop ends the element that is open, if that is its name.
func (l *lexer) pop(name []byte) error {
	if len(l.ends) == 0 || !bytes.Equal(l.open[l.lastOpen():], name) {
		return errSyntax
	}
	from := l.lastOpen()
	l.name = local(l.open[from:])
	l.open, l.ends = l.open[:from], l.ends[:len(l.ends)-1]
	return nil
}
