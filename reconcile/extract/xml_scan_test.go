package extract

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

const (
	formsFolder    = "../../fixtures/cases/formes"
	realFolder     = "../../../shared/data"
	scanTokenBytes = 4096 // the limit that the tests of the scanner set
)

// xmlSeeds are all the XML files at hand, good and bad.
func xmlSeeds(t testing.TB) [][]byte {
	t.Helper()
	seeds := [][]byte{pes(pesPayslip(pesAgent, pesSituation, pesLine, ""))}
	for _, folder := range []string{galleryFolder, formsFolder, realFolder} {
		paths, err := filepath.Glob(filepath.Join(folder, "*.xhl"))
		if err != nil || len(paths) == 0 && folder != realFolder {
			t.Fatalf("no XML in %s: %v", folder, err)
		}
		for _, path := range paths {
			content, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			seeds = append(seeds, content)
		}
	}
	return seeds
}

// scanned is what a scanner makes of a file.
type scanned struct {
	Tags []string
	Err  error
	Line int
}

// scanAll gives each tag of a file as one text: "<Mt V=1.00" and "</Mt".
func scanAll(in io.Reader) (got scanned) {
	s, err := newXMLScanner(in, scanTokenBytes)
	for err == nil {
		var token xmlToken
		if token, err = s.next(); err != nil || token == xmlOver {
			break
		}
		if token == xmlEnd {
			got.Tags = append(got.Tags, "</")
			continue
		}
		tag := "<" + string(s.local)
		for _, a := range s.attrs {
			tag += fmt.Sprintf(" %s=%q", a.local, s.decoded(nil, a.value))
		}
		if got.Tags = append(got.Tags, tag); s.empty {
			got.Tags = append(got.Tags, "</")
		}
	}
	if err == nil {
		err = s.finish()
	}
	s.countLines(s.pos)
	got.Err, got.Line = err, s.line
	return got
}

// oracle is what encoding/xml makes of a file, and what it saw that the
// scanner may refuse.
type oracle struct {
	Tags []string
	Err  error

	directive   bool // <!DOCTYPE and its like: entities would have to be expanded
	outside     bool // text or CDATA outside the elements, spaces apart
	twice       bool // an attribute given twice: which value is meant?
	declaration bool // an XML declaration that is not the first thing, or that is not as XML says
	colons      bool // a processing instruction whose name has several colons
	surrogate   bool // a reference to half a character, which encoding/xml makes a U+FFFD
	crowded     bool // more attributes than the scanner takes
}

var (
	wellDeclared = regexp.MustCompile(`^[ \t\r\n]*(version[ \t\r\n]*=[ \t\r\n]*("1\.0"|'1\.0')[ \t\r\n]*)?(encoding[ \t\r\n]*=[ \t\r\n]*("[^"]+"|'[^']+')[ \t\r\n]*)?(standalone[ \t\r\n]*=[ \t\r\n]*("(yes|no)"|'(yes|no)')[ \t\r\n]*)?$`)
	numeric      = regexp.MustCompile(`&#(x[0-9a-fA-F]+|[0-9]+);`)
	equals       = regexp.MustCompile(`\s*=\s*`)
)

func askOracle(content []byte) (r oracle) {
	content = bytes.TrimPrefix(content, []byte("\xEF\xBB\xBF"))
	for _, m := range numeric.FindAllSubmatch(content, -1) {
		n, _ := strconv.ParseUint(strings.Replace(string(m[1]), "x", "0x", 1), 0, 64)
		r.surrogate = r.surrogate || n >= 0xD800 && n <= 0xDFFF
	}
	// encoding/xml does not see "encoding = …" with spaces, which XML allows.
	if i := bytes.Index(content, []byte("?>")); i > 0 && bytes.HasPrefix(bytes.TrimLeft(content, xmlSpaces), []byte("<?xml")) {
		content = append(equals.ReplaceAll(content[:i], []byte("=")), content[i:]...)
	}
	written := bytes.Contains(content, []byte("&")) || bytes.Contains(content, []byte("<![CDATA[")) // spaces maybe, as references or in a section
	d := xml.NewDecoder(bytes.NewReader(content))
	d.CharsetReader = oracleCharset
	for depth, first := 0, true; ; {
		token, err := d.Token()
		if err == io.EOF {
			return r
		}
		if err != nil {
			r.Err = err
			return r
		}
		switch token := token.(type) {
		case xml.StartElement:
			depth++
			tag := "<" + token.Name.Local
			var names []xml.Name
			for _, a := range token.Attr {
				tag += fmt.Sprintf(" %s=%q", a.Name.Local, a.Value)
				r.twice = r.twice || slices.Contains(names, a.Name)
				names = append(names, a.Name)
			}
			r.crowded = r.crowded || len(names) > maxXMLAttributes
			r.Tags = append(r.Tags, tag)
		case xml.EndElement:
			depth--
			r.Tags = append(r.Tags, "</")
		case xml.CharData:
			blank := len(bytes.Trim(token, xmlSpaces)) == 0
			r.outside = r.outside || depth == 0 && (!blank || written)
			first = first && blank
			continue
		case xml.Directive:
			r.directive = true
		case xml.ProcInst:
			r.colons = r.colons || strings.Count(token.Target, ":") > 1
			if token.Target == "xml" {
				r.declaration = r.declaration || !first || !wellDeclared.Match(token.Inst)
			}
		}
		first = false
	}
}

// oracleCharset decodes the single-byte encodings for encoding/xml.
func oracleCharset(label string, in io.Reader) (io.Reader, error) {
	c, ok := charsetNamed(strings.ToLower(label))
	if !ok && !strings.EqualFold(label, "us-ascii") {
		return nil, errors.New("unknown encoding")
	}
	if !ok || c.cm == nil {
		return in, nil
	}
	text, err := io.ReadAll(in)
	return bytes.NewReader(c.append(nil, text)), err
}

// mayRefuse tells whether the scanner may refuse what encoding/xml reads.
func (r *oracle) mayRefuse(err error, content []byte) bool {
	var bytesWrong *encodingError
	switch {
	case errors.As(err, &bytesWrong):
		return true // NUL, and what is not in the declared encoding, in comments as well
	case errors.Is(err, errTooBig):
		return r.crowded || len(content) > scanTokenBytes
	case errors.Is(err, errDoctype):
		return r.directive
	case errors.Is(err, errOutside):
		return r.outside
	case errors.Is(err, errMalformed), errors.Is(err, errCutXML):
		return r.directive || r.twice || r.declaration || r.colons || r.surrogate
	}
	return false
}

// checkScan checks that the scanner reads what encoding/xml reads, or refuses
// more, for a reason that is listed; and that it reads the same whatever the
// pieces in which the bytes come.
func checkScan(t *testing.T, content []byte) {
	t.Helper()
	got := scanAll(bytes.NewReader(content))
	for size, in := range map[string]io.Reader{
		"1 byte":         iotest.OneByteReader(bytes.NewReader(content)),
		"7 bytes":        sevenBytes{bytes.NewReader(content)},
		"data with EOF":  iotest.DataErrReader(bytes.NewReader(content)),
		"half of a read": iotest.HalfReader(bytes.NewReader(content)),
	} {
		if diff := cmp.Diff(got, scanAll(in), cmp.Comparer(func(x, y error) bool { return fmt.Sprint(x) == fmt.Sprint(y) })); diff != "" {
			t.Fatalf("in pieces of %s (-whole +pieces):\n%s", size, diff)
		}
	}
	want := askOracle(content)
	switch {
	case got.Err == nil && want.Err != nil:
		t.Fatalf("read, but encoding/xml refuses: %v", want.Err)
	case got.Err == nil:
		if diff := cmp.Diff(want.Tags, got.Tags); diff != "" {
			t.Fatalf("tags (-encoding/xml +scanner):\n%s", diff)
		}
	case want.Err == nil && !want.mayRefuse(got.Err, content):
		t.Fatalf("line %d: refused, but encoding/xml reads it: %v", got.Line, got.Err)
	}
}

// sevenBytes reads seven bytes at a time.
type sevenBytes struct{ io.Reader }

func (r sevenBytes) Read(p []byte) (int, error) { return r.Reader.Read(p[:min(len(p), 7)]) }

// FuzzXMLScan holds the scanner against encoding/xml on any bytes.
func FuzzXMLScan(f *testing.F) {
	for _, seed := range xmlSeeds(f) {
		f.Add(seed)
	}
	for _, c := range scanCases {
		f.Add([]byte(c.text))
	}
	f.Fuzz(checkScan)
}

// scanCases are small files, what is made of them, and why.
var scanCases = []struct {
	reason, text string
	err          error
}{
	{"nothing at all", ``, nil},
	{"values in either quotes, spaces around =", `<a V = "1" W='2' X	=
"3"/>`, nil},
	{"no space between attributes, as encoding/xml", `<a V="1"W="2"/>`, nil},
	{"the five references, decimal and hexadecimal ones", `<a V="&amp;&lt;&gt;&quot;&apos;&#65;&#x42;&#x20AC;"/>`, nil},
	{"line ends in a value are one", "<a V='1\r\n2\r3\n4\r\r\n'/>", nil},
	{"a reference between CR and LF", "<a V='1\r&#10;\n'/>", nil},
	{"the other quote in a value", `<a V="l'indice" W='le "net"'/>`, nil},
	{"a > in a value", `<a V="1>0"/>`, nil},
	{"a comment, an instruction, a section", `<a><!-- <b> & -- ></a>`, errMalformed},
	{"a comment with dashes", `<a><!-- - - --><!----><!-->--><!--->--></a>`, nil},
	{"a comment that ends with three dashes", `<a><!-- ---></a>`, errMalformed},
	{"instructions", `<?a?><?b c="d"?><a><?xml-stylesheet ? > ?></a>`, nil},
	{"an instruction in a space of names of a space of names", `<?a:b:c ?>`, errMalformed},
	{"a section", `<a><![CDATA[<b>&amp;]] >]]]]></a>`, nil},
	{"the end of a section without a section", `<a>]]></a>`, errMalformed},
	{"the end of a section around a reference", `<a>]&amp;]></a>`, nil},
	{"names with prefixes", `<a:b a:V="1" V="2"></a:b>`, nil},
	{"prefixes that differ", `<a:b></c:b>`, errMalformed},
	{"names that are colons", `<:a></:a><b:/>`, nil},
	{"a name of two colons", `<a:b:c/>`, errMalformed},
	{"letters beyond ASCII", `<bénéficiaire prénom="É"></bénéficiaire>`, nil},
	{"a sign that is no letter", `<a×/>`, errMalformed},
	{"letters beyond ASCII, in latin", "<?xml version='1.0' encoding='ISO-8859-1'?><b\xE9n\xE9:\xC9 V='\xC9 &#233;'/>", nil},
	{"a name that starts with a digit", `<1a/>`, errMalformed},
	{"a name that goes on after its start", `<a></ab>`, errMalformed},
	{"an end that never started", `<a/></a>`, errMalformed},
	{"an end with attributes", `<a></a V="1">`, errMalformed},
	{"spaces in an end", "<a></a \n>", nil},
	{"spaces before a name", `< a/>`, errMalformed},
	{"an attribute twice", `<a V="1" V="2"/>`, errMalformed},
	{"an attribute without a value", `<a V/>`, errMalformed},
	{"an attribute without quotes", `<a V=1/>`, errMalformed},
	{"a < in a value", `<a V="<"/>`, errMalformed},
	{"a bare &", `<a V="A & B"/>`, errReference},
	{"a bare & in a text", `<a>A & B</a>`, errReference},
	{"a bare & before a quote", `<a V="A&"/>`, errReference},
	{"a reference without its end", `<a V="&amp"/>`, errReference},
	{"a reference to an entity", `<a V="&eacute;"/>`, errReference},
	{"a reference to nothing", `<a V="&#;"/>`, errReference},
	{"a reference beyond Unicode", `<a V="&#x110000;&#99999999999999999999;"/>`, errReference},
	{"a reference to a control character", `<a V="&#7;"/>`, errMalformed},
	{"a reference to half a character", `<a V="&#xD800;"/>`, errMalformed},
	{"a control character in a value", "<a V='\x07'/>", errMalformed},
	{"a control character in a text", "<a>\x07</a>", errMalformed},
	{"what is no character", "<a>\uFFFE</a>", errMalformed},
	{"what is no character, in a section", "<a><![CDATA[\uFFFF]]></a>", errMalformed},
	{"an entity declared", `<!DOCTYPE a [<!ENTITY e "x">]><a V="&e;"/>`, errDoctype},
	{"a list of attributes declared in the middle", `<a><!ATTLIST a V CDATA "1"></a>`, errMalformed},
	{"an external subset", `<!DOCTYPE a SYSTEM "http://exemple.org/a.dtd"><a/>`, errDoctype},
	{"text before", `x<a/>`, errOutside},
	{"text after", `<a/> x`, errOutside},
	{"a no-break space after", "<a/>\u00a0", errOutside},
	{"a section after", `<a/><![CDATA[ ]]>`, errOutside},
	{"cut in a name", `<a><Mon`, errCutXML},
	{"cut in a value", `<a><Mt V="12`, errCutXML},
	{"cut in a reference", `<a><Mt V="&am`, errCutXML},
	{"cut in a text", `<a> `, errCutXML},
	{"cut in a comment", `<a/><!-- `, errCutXML},
	{"cut in a section", `<a><![CDATA[]]`, errCutXML},
	{"cut in its declaration", `<?xml version="1.0"`, errCutXML},
	{"a declaration with spaces around =", "\n<?xml version = '1.0' encoding = 'ISO-8859-1' standalone='yes' ?><a V='\xC9'/>", nil},
	{"a form feed is no space of XML", "<?xml\f?><a/>", errMalformed},
	{"a declaration of another version", `<?xml version="1.1"?><a/>`, errMalformed},
	{"a declaration without quotes", `<?xml version=1.0?><a/>`, errMalformed},
	{"two encodings", `<?xml encoding="utf-8" encoding="iso-8859-1"?><a/>`, errMalformed},
	{"a declaration after the start", `<a/><?xml version="1.0" encoding="iso-8859-1"?>`, errMalformed},
	{"a token that is too long", `<a V="` + strings.Repeat("x", scanTokenBytes) + `"/>`, errTooBig},
	{"a token that is just short enough", `<a V="` + strings.Repeat("x", scanTokenBytes-len(`<a V=""/>`)) + `"/>`, nil},
	{"spaces that are too long", strings.Repeat(" ", scanTokenBytes+1) + `<a/>`, errTooBig},
	{"too many attributes", `<a ` + manyAttributes(maxXMLAttributes+1) + `/>`, errTooBig},
	{"as many attributes as may be", `<a ` + manyAttributes(maxXMLAttributes) + `/>`, nil},
	{"a mark of UTF-8", "\xEF\xBB\xBF<a/>", nil},
	{"a NUL in a comment", "<a><!-- \x00 --></a>", errNul},
	{"UTF-16 without its mark", "<\x00a\x00/\x00>\x00", errNul},
}

func manyAttributes(n int) string {
	s := ""
	for i := range n {
		s += fmt.Sprintf(" v%d=''", i)
	}
	return s
}

func TestScanReadsWhatXMLIs(t *testing.T) {
	for _, c := range scanCases {
		t.Run(c.reason, func(t *testing.T) {
			if got := scanAll(strings.NewReader(c.text)); got.Err != c.err {
				t.Errorf("%v, want %v", got.Err, c.err)
			}
			checkScan(t, []byte(c.text))
		})
	}
}

// TestScanRefusesEveryCut: a file that stops before its end is refused, wherever
// it stops.
func TestScanRefusesEveryCut(t *testing.T) {
	whole := pes(pesPayslip(pesAgent, pesSituation, pesLine, ""))
	start, end := bytes.Index(whole, []byte("<astre:")), bytes.LastIndex(whole, []byte(">"))
	for n := start + 1; n <= end; n++ {
		if got := scanAll(bytes.NewReader(whole[:n])); got.Err != errCutXML || !utf8.Valid(whole[:n]) {
			t.Fatalf("cut after %d bytes: %v", n, got.Err)
		}
	}
}

// TestScanTellsAReadingError: what the disk says is not taken for the end.
func TestScanTellsAReadingError(t *testing.T) {
	broken := errors.New("broken")
	for _, text := range []string{"", "<?xml", "<a>", "<a/>", `<a V="`} {
		if got := scanAll(io.MultiReader(strings.NewReader(text), iotest.ErrReader(broken))); got.Err != broken {
			t.Errorf("%q: %v", text, got.Err)
		}
	}
	if got := scanAll(iotest.TimeoutReader(iotest.OneByteReader(strings.NewReader("<a/>")))); got.Err != iotest.ErrTimeout {
		t.Errorf("timeout: %v", got.Err)
	}
}
