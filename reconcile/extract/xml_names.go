package extract

import (
	"bytes"
	"encoding/xml"
	"strings"
)

// maxXMLForeign bounds the names beyond ASCII that are remembered.
const maxXMLForeign = 256

// qualified reads the name at b[i:], and gives where it ends and what it is
// called locally, in UTF-8.
func (s *xmlScanner) qualified(b []byte, i int) (local []byte, end int, bad *xmlError) {
	end = i
	for xmlClass[b[end]]&xmlNameByte != 0 {
		end++
	}
	if b[end] == ':' || b[end] >= 0x80 {
		return s.rareName(b, i)
	}
	if xmlClass[b[i]]&xmlNameStart == 0 || b[end] == 0 {
		return nil, end, unexpected(b, end)
	}
	return b[i:end], end, nil
}

// rareName is qualified for names with a prefix or with letters beyond ASCII.
func (s *xmlScanner) rareName(b []byte, i int) (local []byte, end int, bad *xmlError) {
	end = i
	high := false
	for xmlClass[b[end]]&xmlNameByte != 0 || b[end] == ':' || b[end] >= 0x80 {
		high = high || b[end] >= 0x80
		end++
	}
	name := b[i:end]
	switch {
	case b[end] == 0:
		return nil, end, errMore
	case high:
		known, ok := s.foreign[string(name)]
		if !ok {
			known = s.learn(name)
		}
		name = known
	case xmlClass[name[0]]&xmlNameStart == 0 && name[0] != ':':
		name = nil
	}
	prefix, local, qualified := bytes.Cut(name, []byte(":"))
	switch {
	case len(name) == 0 || bytes.IndexByte(local, ':') >= 0:
		return nil, end, errMalformed
	case !qualified || len(prefix) == 0 || len(local) == 0:
		return name, end, nil
	}
	return local, end, nil
}

// learn gives in UTF-8 a name with letters beyond ASCII, or nil where it is none.
// Such names are few; encoding/xml knows the letters that XML allows.
func (s *xmlScanner) learn(name []byte) []byte {
	text := s.charset.append(nil, name)
	if _, err := xml.NewDecoder(strings.NewReader("<" + string(text) + "/>")).Token(); err != nil {
		text = nil
	}
	if s.foreign == nil {
		s.foreign = make(map[string][]byte)
	}
	if len(s.foreign) < maxXMLForeign {
		s.foreign[string(name)] = text
	}
	return text
}

// namespace is the one of the root element, whose attributes alone may declare
// it. An unknown prefix stands for itself.
func (s *xmlScanner) namespace() string {
	declaration := "xmlns"
	prefix, local, ok := strings.Cut(string(s.name), ":")
	if ok = ok && prefix != "" && local != ""; ok {
		declaration += ":" + prefix
	}
	for i := range s.attrs {
		if string(s.attrs[i].name) == declaration && prefix != "xml" && prefix != "xmlns" {
			return string(s.decoded(nil, s.attrs[i].value))
		}
	}
	if ok {
		return prefix
	}
	return ""
}
