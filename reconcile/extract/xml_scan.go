package extract

import (
	"bytes"
	"io"
)

// xmlError is why a file is no XML that may be read. It is a whole sentence.
type xmlError struct{ what, hint string }

func (e *xmlError) Error() string { return e.what }

const hintVendor = "faire corriger le fichier par l'éditeur du logiciel"

var (
	errMalformed = &xmlError{"n'est pas du XML bien formé", hintVendor}
	errReference = &xmlError{"un « & » n'est pas écrit « &amp; »", hintVendor}
	errCutXML    = &xmlError{"le fichier s'arrête au milieu d'un élément : fichier coupé ?", "le transmettre de nouveau en entier"}
	errOutside   = &xmlError{"du texte se trouve hors de l'élément racine", "redemander le fichier"}
	errTooBig    = &xmlError{"le fichier contient un élément ou un bulletin plus long que la limite", "vérifier le fichier, ou relever limits.max_line_bytes"}
	errDoctype   = &xmlError{"le fichier contient une déclaration <!DOCTYPE>, qui n'est pas lue", "la faire retirer par l'éditeur du logiciel : un fichier de paye n'en a pas"}

	// errMore is no fault: the bytes shown end before the token does.
	errMore = &xmlError{}
)

// maxPayslipBytes bounds the text of one payslip.
const maxPayslipBytes = 16 << 20

// maxXMLAttributes bounds those of one element; real ones have one, and the
// root three.
const maxXMLAttributes = 256

// xmlToken is what the scanner stops at.
type xmlToken uint8

const (
	xmlStart xmlToken = iota // or an element that is closed at once
	xmlEnd
	xmlOver // the end of the file
)

// xmlScanner cuts an XML file into tags. It judges whether the file is well
// formed, as encoding/xml does or more strictly, and allocates nothing: what it
// gives is valid until the next tag.
//
// A token is scanned anew when the bytes shown end within it. The result thus
// rests on the bytes alone, not on how they came.
type xmlScanner struct {
	*xmlSource
	maxToken int
	start    int   // of the current token in buf
	pos      int   // after it
	slip     int64 // offset of the payslip that must stay readable, or -1

	name  []byte // of the element, as written
	local []byte // its local name in UTF-8
	empty bool   // the element is closed at once
	attrs []xmlAttr

	open    []byte            // names of the open elements, as written, one after the other
	ends    []int             // where each ends
	foreign map[string][]byte // names beyond ASCII, in UTF-8
	scratch []byte
}

// xmlAttr is an attribute of the current element.
type xmlAttr struct {
	name, local []byte
	value       []byte // as written
	plain       bool   // the value stands for itself
}

func newXMLScanner(in io.Reader, maxToken int) (*xmlScanner, error) {
	src, after, err := newXMLSource(in, maxToken)
	return &xmlScanner{xmlSource: src, maxToken: maxToken, pos: after, slip: -1}, err
}

// next goes to the next tag.
func (s *xmlScanner) next() (xmlToken, error) {
	for s.start = s.pos; ; {
		if s.start == s.end && s.closed == io.EOF {
			if len(s.ends) > 0 {
				return xmlOver, errCutXML
			}
			return xmlOver, nil
		}
		token, n, bad := s.scan(s.buf[s.start : s.end+1])
		if bad == errMore {
			if n = s.end - s.start; n <= s.maxToken {
				if err := s.refill(); err != nil {
					return xmlOver, err
				}
				continue
			}
		}
		switch s.pos = s.start + min(n, s.maxToken+1); {
		case n > s.maxToken || s.slip >= 0 && s.offset()-s.slip > maxPayslipBytes:
			return xmlOver, errTooBig
		case bad != nil:
			return xmlOver, bad
		case token != xmlOver:
			return token, nil
		}
		s.start = s.pos
	}
}

// refill shows more of the current token.
func (s *xmlScanner) refill() error {
	keep := s.start
	if s.slip >= 0 {
		keep = int(s.slip - s.base)
	}
	if err := s.more(keep, max(s.end-s.start, 1)); err != nil {
		s.pos = s.end
		if err == io.EOF {
			return errCutXML
		}
		return err
	}
	s.start -= keep
	s.pos = s.start
	return nil
}

// offset is where the file is read up to; startOffset, where the current token
// starts.
func (s *xmlScanner) offset() int64      { return s.base + int64(s.pos) }
func (s *xmlScanner) startOffset() int64 { return s.base + int64(s.start) }

// scan finds the token at the start of b, which ends with a 0. n is its length
// or, when it is bad, where it is. What is neither a start nor an end counts as
// xmlOver, and is to be passed over.
func (s *xmlScanner) scan(b []byte) (token xmlToken, n int, bad *xmlError) {
	if b[0] != '<' {
		if n, bad = s.text(b); bad == nil && len(s.ends) == 0 && len(bytes.TrimLeft(b[:n], xmlSpaces)) > 0 {
			bad = errOutside
		}
		return xmlOver, n, bad
	}
	switch b[1] {
	case '/':
		n, bad = s.endTag(b)
		return xmlEnd, n, bad
	case '?':
		n, bad = s.instruction(b)
		return xmlOver, n, bad
	case '!':
		n, bad = s.special(b)
		return xmlOver, n, bad
	}
	n, bad = s.startTag(b)
	return xmlStart, n, bad
}

func (s *xmlScanner) startTag(b []byte) (int, *xmlError) {
	local, i, bad := s.qualified(b, 1)
	if bad != nil {
		return i, bad
	}
	s.name, s.local, s.attrs = b[1:i], local, s.attrs[:0]
	for {
		for xmlClass[b[i]]&xmlSpace != 0 {
			i++
		}
		switch b[i] {
		case '>':
			s.empty = false
			s.open = append(s.open, s.name...)
			s.ends = append(s.ends, len(s.open))
			return i + 1, nil
		case '/':
			if s.empty = true; b[i+1] != '>' {
				return i + 1, unexpected(b, i+1)
			}
			return i + 2, nil
		}
		if i, bad = s.attribute(b, i); bad != nil {
			return i, bad
		}
	}
}

// attribute adds the attribute at b[i:] to those of the element, and gives where
// it ends.
func (s *xmlScanner) attribute(b []byte, i int) (int, *xmlError) {
	from := i
	local, i, bad := s.qualified(b, i)
	if bad != nil {
		return i, bad
	}
	a := xmlAttr{name: b[from:i], local: local, plain: true}
	for xmlClass[b[i]]&xmlSpace != 0 {
		i++
	}
	if b[i] != '=' {
		return i, unexpected(b, i)
	}
	for i++; xmlClass[b[i]]&xmlSpace != 0; {
		i++
	}
	quote := b[i]
	if quote != '"' && quote != '\'' {
		return i, unexpected(b, i)
	}
	i++
	for from = i; ; {
		for xmlClass[b[i]]&xmlInValue != 0 {
			i++
		}
		if b[i] == quote {
			break
		}
		n, bad := 1, (*xmlError)(nil)
		switch b[i] {
		case '"', '\'':
		case '\r':
			a.plain = false
		case '&':
			a.plain = false
			_, n, bad = reference(b[i:])
		default:
			a.plain = false
			n, bad = s.char(b, i)
		}
		if i += n; bad != nil {
			return i, bad
		}
	}
	a.value = b[from:i]
	for j := range s.attrs {
		if bytes.Equal(s.attrs[j].name, a.name) {
			return i, errMalformed
		}
	}
	if len(s.attrs) == maxXMLAttributes {
		return i, errTooBig
	}
	s.attrs = append(s.attrs, a)
	return i + 1, nil
}

func (s *xmlScanner) endTag(b []byte) (int, *xmlError) {
	const from = len("</")
	i, matched := from, false
	if last := len(s.ends) - 1; last >= 0 {
		name := s.open[s.endBelow(last):]
		if matched = bytes.HasPrefix(b[from:], name); matched {
			i += len(name)
		}
	}
	if c := b[i]; !matched || xmlClass[c]&xmlNameByte != 0 || c == ':' || c >= 0x80 {
		var bad *xmlError
		matched = false
		if _, i, bad = s.qualified(b, from); bad != nil {
			return i, bad
		}
	}
	for xmlClass[b[i]]&xmlSpace != 0 {
		i++
	}
	switch {
	case b[i] != '>':
		return i, unexpected(b, i)
	case !matched:
		return i, errMalformed
	}
	last := len(s.ends) - 1
	s.open, s.ends = s.open[:s.endBelow(last)], s.ends[:last]
	return i + 1, nil
}

// endBelow is where the name of the open element of an index starts.
func (s *xmlScanner) endBelow(index int) int {
	if index == 0 {
		return 0
	}
	return s.ends[index-1]
}

// instruction gives the length of the processing instruction that b starts with.
// The declaration was read before: a second one could change the encoding.
func (s *xmlScanner) instruction(b []byte) (int, *xmlError) {
	const from = len("<?")
	_, i, bad := s.qualified(b, from)
	if bad != nil {
		return i, bad
	}
	if string(b[from:i]) == "xml" {
		return i, unexpected(b, i)
	}
	end := bytes.Index(b[i:], []byte("?>"))
	if end < 0 {
		return i, errMore
	}
	return i + end + len("?>"), nil
}

// special gives the length of the comment or of the section that b starts with.
func (s *xmlScanner) special(b []byte) (int, *xmlError) {
	if n, ok := begins(b, "<!--"); ok {
		return comment(b)
	} else if n > len("<!") {
		return n, unexpected(b, n)
	}
	if n, ok := begins(b, "<![CDATA["); ok {
		n, bad := s.cdata(b)
		if bad == nil && len(s.ends) == 0 {
			bad = errOutside
		}
		return n, bad
	} else if n > len("<!") {
		return n, unexpected(b, n)
	}
	n, ok := begins(b, "<!DOCTYPE")
	if ok {
		return n, errDoctype
	}
	return n, unexpected(b, n)
}

// value is the trimmed text in UTF-8 of the attribute of a name, or else of the
// first of that local name.
func (s *xmlScanner) value(local string) []byte {
	var found *xmlAttr
	for i := range s.attrs {
		if a := &s.attrs[i]; string(a.name) == local {
			found = a
			break
		} else if found == nil && string(a.local) == local {
			found = a
		}
	}
	if found == nil {
		return nil
	}
	v := found.value
	if !found.plain {
		s.scratch = s.decoded(s.scratch[:0], v)
		v = s.scratch
	}
	return bytes.TrimSpace(v)
}
