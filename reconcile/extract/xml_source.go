package extract

import (
	"bufio"
	"bytes"
	"io"
	"strings"
)

// errTooBig ends the reading of an XML file whose one token or one payslip is
// longer than any can be.
var errTooBig = &encodingError{"contient un élément ou un bulletin plus long que la limite", "vérifier le fichier, ou relever limits.max_line_bytes"}

// maxPayslipBytes bounds the text of one payslip.
const maxPayslipBytes = 16 << 20

// xmlSource gives an XML file byte by byte to the decoder, in UTF-8. It checks
// the encoding that the file declares, and keeps the text of the current
// payslip for rejects.
type xmlSource struct {
	in       *bufio.Reader
	charset  *charset
	pending  []byte // of a character decoded into several bytes
	kept     []byte // what was given since the last trim
	given    int64
	token    int // bytes given since the last token
	maxToken int
	line     int
	utf8     utf8Watch
	failed   error // the first error: the decoder may hide it behind its own
}

func newXMLSource(in io.Reader, maxToken int) (*xmlSource, error) {
	utf8, _ := charsetNamed("utf-8")
	s := &xmlSource{in: bufio.NewReaderSize(in, readSize), charset: utf8, maxToken: maxToken, line: 1}
	head, err := s.in.Peek(3)
	if err != nil && err != io.EOF {
		return nil, err
	}
	if bytes.Equal(head, []byte("\xEF\xBB\xBF")) {
		s.utf8.mark = true
		_, err = s.in.Discard(len(head))
	} else {
		err = nil
	}
	return s, err
}

// declared switches to the encoding that the XML declaration names.
func (s *xmlSource) declared(name string, _ io.Reader) (io.Reader, error) {
	c, ok := charsetNamed(strings.ToLower(name))
	if !ok && strings.EqualFold(name, "us-ascii") {
		return s, nil
	}
	if !ok || c.ebcdic != nil {
		return nil, &encodingError{"déclare un encodage inconnu de l'outil", "encodages lus : " + strings.Join(charsetNames(), ", ")}
	}
	if s.charset = c; s.utf8.mark && c.cm != nil {
		return nil, s.notAsDeclared()
	}
	return s, nil
}

func (s *xmlSource) notAsDeclared() error {
	return &encodingError{"est en utf-8 alors qu'il déclare " + s.charset.name, "faire corriger la déclaration <?xml … encoding=…?> du fichier"}
}

// Read is there because the decoder wants a Reader; it uses ReadByte.
func (s *xmlSource) Read(p []byte) (int, error) {
	for i := range p {
		b, err := s.ReadByte()
		if err != nil {
			return i, err
		}
		p[i] = b
	}
	return len(p), nil
}

// ReadByte gives the next byte of the text in UTF-8.
func (s *xmlSource) ReadByte() (byte, error) {
	x, err := s.decoded()
	if s.token++; s.token > s.maxToken || len(s.kept) > maxPayslipBytes {
		err = errTooBig
	}
	if err != nil {
		if s.failed == nil && err != io.EOF {
			s.failed = err
		}
		return 0, err
	}
	s.given++
	s.kept = append(s.kept, x)
	return x, nil
}

func (s *xmlSource) decoded() (byte, error) {
	if len(s.pending) > 0 {
		x := s.pending[0]
		s.pending = s.pending[1:]
		return x, nil
	}
	x, err := s.in.ReadByte()
	if err != nil {
		return 0, err
	}
	switch {
	case x == '\n':
		s.line++
	case x == 0:
		return 0, &encodingError{"contient un octet nul : ce n'est pas du texte", "donner le fichier d'origine (ni UTF-16, ni binaire)"}
	}
	if x < 0x80 && s.utf8.need == 0 {
		return x, nil
	}
	s.utf8.see(x)
	if s.charset.cm == nil {
		if s.utf8.broken {
			return 0, &encodingError{"n'est pas en utf-8, contrairement à ce qu'il déclare", "faire corriger la déclaration <?xml … encoding=…?> du fichier"}
		}
		return x, nil
	}
	u := &s.charset.table[x]
	switch {
	case u.n == 0 && !s.utf8.broken:
		return 0, s.notAsDeclared()
	case u.n == 0:
		return 0, &encodingError{"contient des octets impossibles en " + s.charset.name, "le fichier est sans doute en windows-1252 : faire corriger sa déclaration <?xml … encoding=…?>"}
	}
	s.pending = u.b[1:u.n]
	return u.b[0], nil
}

// end judges the whole file: a single-byte encoding was declared, and all that
// is beyond ASCII is UTF-8.
func (s *xmlSource) end() error {
	if s.charset.cm != nil && s.utf8.seen && !s.utf8.broken && s.utf8.need == 0 {
		return s.notAsDeclared()
	}
	return nil
}

// trim forgets the text given before an offset.
func (s *xmlSource) trim(offset int64) {
	s.kept = append(s.kept[:0], s.since(offset, s.given)...)
}

// since gives the text kept from an offset to another.
func (s *xmlSource) since(from, to int64) []byte {
	start := s.given - int64(len(s.kept))
	return s.kept[max(from-start, 0):max(to-start, 0)]
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
