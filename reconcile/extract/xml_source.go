package extract

import (
	"bytes"
	"encoding/binary"
	"io"
	"strings"
)

// xmlSource shows the scanner the bytes of an XML file, as the file has them,
// once they are found to be in the encoding that it declares. It keeps those
// that the scanner still needs: a token, or the current payslip for its rejects.
type xmlSource struct {
	in      io.Reader
	charset *charset
	utf8    utf8Watch
	buf     []byte
	end     int   // of what is shown; buf[end] is 0, which no file may hold
	base    int64 // offset of buf[0]
	counted int   // up to where the lines are counted
	line    int
	closed  error // why nothing comes after end; io.EOF when the file is over
}

// xmlSpaces are the only ones that XML knows.
const xmlSpaces = " \t\r\n"

// errNul is what UTF-16 and binaries look like.
var errNul = &encodingError{"contient un octet nul : ce n'est pas du texte", "donner le fichier d'origine (ni UTF-16, ni binaire)"}

// newXMLSource reads the start of a file and what it declares of itself. The
// text follows at the offset after.
func newXMLSource(in io.Reader, maxToken int) (s *xmlSource, after int, err error) {
	utf8, _ := charsetNamed("utf-8")
	s = &xmlSource{in: in, charset: utf8, buf: make([]byte, readSize), line: 1}
	n := 0
	for s.closed == nil && n < len(s.buf)-1 && !declarationRead(s.buf[:n]) {
		n = s.read(n)
	}
	if rest, ok := bytes.CutPrefix(s.buf[:n], []byte(utf8Mark)); ok {
		s.utf8.mark = true
		n = copy(s.buf, rest)
	}
	encoding, after, err := readDeclaration(s.buf[:n], maxToken, s.closed)
	s.countLines(after)
	if err == nil {
		err = s.declared(encoding)
	}
	s.show(0, n)
	return s, after, err
}

const (
	utf8Mark         = "\xEF\xBB\xBF"
	declarationStart = "<?xml"
	declarationEnd   = "?>"
)

// declarationRead tells whether the start of a file holds its whole declaration,
// if it has one.
func declarationRead(text []byte) bool {
	text = bytes.TrimLeft(bytes.TrimPrefix(text, []byte(utf8Mark)), xmlSpaces)
	return len(text) > len(declarationStart) && (!bytes.HasPrefix(text, []byte(declarationStart)) || bytes.Contains(text, []byte(declarationEnd)))
}

// readDeclaration finds the encoding that the XML declaration names, "" when it
// names none, and where it ends. Spaces may come before it.
func readDeclaration(text []byte, maxToken int, closed error) (encoding string, after int, err error) {
	rest := bytes.TrimLeft(text, xmlSpaces)
	after = len(text) - len(rest) + len(declarationStart)
	if !bytes.HasPrefix(rest, []byte(declarationStart)) || after < len(text) && (xmlClass[text[after]]&xmlNameByte != 0 || text[after] == ':' || text[after] >= 0x80) {
		return "", 0, nil
	}
	rest, _, found := bytes.Cut(rest[len(declarationStart):], []byte(declarationEnd))
	switch {
	case bytes.IndexByte(rest, 0) >= 0:
		return "", after, errNul
	case len(rest) > maxToken, !found && closed == nil:
		return "", after, errTooBig
	case !found && closed == io.EOF:
		return "", len(text), errCutXML
	case !found:
		return "", after, closed
	}
	after += len(rest) + len(declarationEnd)
	seen := ""
	for rest = bytes.TrimLeft(rest, xmlSpaces); len(rest) > 0; rest = bytes.TrimLeft(rest, xmlSpaces) {
		before, quoted, _ := bytes.Cut(rest, []byte("="))
		name := string(bytes.TrimRight(before, xmlSpaces))
		quoted = bytes.TrimLeft(quoted, xmlSpaces)
		if len(quoted) == 0 || quoted[0] != '"' && quoted[0] != '\'' || strings.Contains(seen, "<"+name) {
			return "", after, errMalformed
		}
		value, next, closes := bytes.Cut(quoted[1:], quoted[:1])
		switch v := string(value); {
		case !closes:
			return "", after, errMalformed
		case name == "encoding" && v != "":
			encoding = v
		case name == "version" && v == "1.0", name == "standalone" && (v == "yes" || v == "no"):
		default:
			return "", after, errMalformed
		}
		seen, rest = seen+"<"+name, next
	}
	return encoding, after, nil
}

// declared switches to the encoding that the XML declaration names.
func (s *xmlSource) declared(name string) error {
	if name == "" || strings.EqualFold(name, "us-ascii") {
		return nil
	}
	c, ok := charsetNamed(name)
	if !ok || c.ebcdic != nil {
		return &encodingError{"déclare un encodage inconnu de l'outil", "encodages lus : " + strings.Join(charsetNames(), ", ")}
	}
	if s.charset = c; s.utf8.mark && c.cm != nil {
		return s.notAsDeclared()
	}
	return nil
}

func (s *xmlSource) notAsDeclared() error {
	return &encodingError{"est en utf-8 alors qu'il déclare " + s.charset.name, "faire corriger la déclaration <?xml … encoding=…?> du fichier"}
}

// more shows at least want bytes more, unless the file ends before. What stands
// before keep is forgotten, and what follows moves to the front.
func (s *xmlSource) more(keep, want int) error {
	if s.closed != nil {
		return s.closed
	}
	s.countLines(keep)
	s.end = copy(s.buf, s.buf[keep:s.end])
	s.base, s.counted = s.base+int64(keep), s.counted-keep
	if s.end+want >= len(s.buf) || s.end > len(s.buf)/2 {
		s.buf = append(s.buf, make([]byte, max(len(s.buf), want))...)
	}
	to := s.end
	for to < s.end+want && s.closed == nil {
		to = s.read(to)
	}
	s.show(s.end, to)
	return nil
}

// read adds what comes next in the file to the first bytes of buf, and gives how
// many there are now: more than before, or closed tells why.
func (s *xmlSource) read(from int) (to int) {
	for range 100 {
		n, err := s.in.Read(s.buf[from : len(s.buf)-1])
		if n > 0 || err != nil {
			s.closed = err
			return from + n
		}
	}
	s.closed = io.ErrNoProgress
	return from
}

// show checks the bytes read and shows those before the first bad one.
func (s *xmlSource) show(from, to int) {
	good, err := s.check(s.buf[from:to])
	if err != nil {
		s.closed = err
	}
	s.end = from + good
	s.buf[s.end] = 0
}

// check tells how many of the bytes are in the encoding of the file. Most are
// ASCII: it looks at eight of them at once.
func (s *xmlSource) check(b []byte) (good int, err error) {
	const highBits, each = 0x8080808080808080, 0x0101010101010101
	for i := 0; i < len(b); {
		if i+8 <= len(b) && s.utf8.need == 0 {
			if w := binary.LittleEndian.Uint64(b[i:]); (w|(w-each))&highBits == 0 {
				i += 8
				continue
			}
		}
		for stop := min(i+8, len(b)); i < stop; i++ {
			x := b[i]
			if x == 0 {
				return i, errNul
			}
			if x < 0x80 && s.utf8.need == 0 {
				continue
			}
			if err := s.checkHigh(x); err != nil {
				return i, err
			}
		}
	}
	return len(b), nil
}

// checkHigh checks a byte beyond ASCII, or one that should be.
func (s *xmlSource) checkHigh(x byte) error {
	if !s.utf8.broken {
		if s.utf8.see(x); s.utf8.broken {
			s.utf8.need = 0
		}
	}
	switch {
	case s.charset.cm == nil && s.utf8.broken:
		return &encodingError{"n'est pas en utf-8, contrairement à ce qu'il déclare", "faire corriger la déclaration <?xml … encoding=…?> du fichier"}
	case s.charset.cm == nil || s.charset.table[x].n > 0:
		return nil
	case !s.utf8.broken:
		return s.notAsDeclared()
	}
	return &encodingError{"contient des octets impossibles en " + s.charset.name, "le fichier est sans doute en windows-1252 : faire corriger sa déclaration <?xml … encoding=…?>"}
}

// finish judges the whole file: a single-byte encoding was declared, and all
// that is beyond ASCII is UTF-8.
func (s *xmlSource) finish() error {
	if s.charset.cm != nil && s.utf8.seen && !s.utf8.broken && s.utf8.need == 0 {
		return s.notAsDeclared()
	}
	return nil
}

// since gives the bytes from an offset to another.
func (s *xmlSource) since(from, to int64) []byte { return s.buf[from-s.base : to-s.base] }

// countLines makes line the number of the line where buf[to] stands.
func (s *xmlSource) countLines(to int) {
	if to > s.counted {
		s.line += bytes.Count(s.buf[s.counted:to], []byte{'\n'})
		s.counted = to
	}
}

// utf8Watch tells whether the bytes beyond ASCII that it is shown are UTF-8.
type utf8Watch struct {
	seen, broken, mark bool
	need               int // continuation bytes awaited
	low, high          byte
}

func (w *utf8Watch) see(x byte) {
	w.seen = w.seen || x >= 0x80
	if w.need > 0 {
		if x >= w.low && x <= w.high {
			w.need--
			w.low, w.high = 0x80, 0xBF
			return
		}
		w.broken, w.need = true, 0
	}
	w.low, w.high = 0x80, 0xBF
	switch {
	case x < 0x80:
	case x >= 0xC2 && x <= 0xDF:
		w.need = 1
	case x >= 0xE0 && x <= 0xEF:
		w.need = 2
		switch x {
		case 0xE0:
			w.low = 0xA0
		case 0xED:
			w.high = 0x9F
		}
	case x >= 0xF0 && x <= 0xF4:
		w.need = 3
		switch x {
		case 0xF0:
			w.low = 0x90
		case 0xF4:
			w.high = 0x8F
		}
	default:
		w.broken = true
	}
}
