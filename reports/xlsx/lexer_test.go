package xlsx

import (
	"bytes"
	"encoding/xml"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// lexed are the events of a text, until its end or what is wrong with it.
func lexed(in io.Reader) (events []string, err error) {
	l := newLexer(in)
	for {
		what, err := l.next()
		if err == io.EOF {
			return joined(events), nil
		}
		if err != nil {
			return joined(events), err
		}
		switch what {
		case startOf:
			text := "<" + string(l.name)
			for _, a := range l.attrs {
				if !bytes.HasPrefix(a.name, []byte("xmlns")) {
					text += " " + string(local(a.name)) + "=" + string(a.value)
				}
			}
			events = append(events, text)
		case endOf:
			events = append(events, "/"+string(l.name))
		case chars:
			events = append(events, "."+string(l.text))
		}
	}
}

// standard are the same events by the standard library.
func standard(in io.Reader) (events []string, err error) {
	d := xml.NewDecoder(in)
	for {
		token, err := d.Token()
		if err == io.EOF {
			return joined(events), nil
		}
		if err != nil {
			return joined(events), err
		}
		switch t := token.(type) {
		case xml.StartElement:
			text := "<" + t.Name.Local
			for _, a := range t.Attr {
				if a.Name.Space != "xmlns" && a.Name.Local != "xmlns" {
					text += " " + a.Name.Local + "=" + a.Value
				}
			}
			events = append(events, text)
		case xml.EndElement:
			events = append(events, "/"+t.Name.Local)
		case xml.CharData:
			events = append(events, "."+string(t))
		}
	}
}

// joined puts texts that follow each other together: where they are cut means
// nothing.
func joined(events []string) []string {
	var all []string
	for _, e := range events {
		if n := len(all); n > 0 && e[0] == '.' && all[n-1][0] == '.' {
			all[n-1] += e[1:]
			continue
		}
		if e != "." {
			all = append(all, e)
		}
	}
	return all
}

var lexedTexts = []struct{ reason, text string }{
	{"a sheet", `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n" + `<worksheet xmlns="u" xmlns:r="v"><sheetData><row r="1" spans="1:2"><c r="A1" t="s"><v>0</v></c><c r="B1"/></row></sheetData></worksheet>` + "\n"},
	{"prefixes", `<x:a xmlns:x="u" x:b="1" b='2'><x:c/></x:a>`},
	{"entities", `<a b="&lt;&#233;&quot;'">&amp;&gt;&apos;&#xE9;&#10;</a>`},
	{"ends of lines", "<a>x\r\ny\rz\n</a>"},
	{"comments, instructions and a text kept as it is", "<!-- x --><a><?p q?>x<!-- < & --><![CDATA[<&]]>y</a><!-- z -->"},
	{"blanks in tags", "<a\n b = \"1\"\tc='2' ></a >"},
	{"a letter of two units", "<a>😀 é</a>"},
}

func TestTheLexerReadsWhatTheStandardLibraryReads(t *testing.T) {
	for _, c := range lexedTexts {
		want, err := standard(strings.NewReader(c.text))
		if err != nil {
			t.Fatalf("%s: %v", c.reason, err)
		}
		want = inside(want)
		got, err := lexed(strings.NewReader(c.text))
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got)\n%s", c.reason, err, diff)
		}
		if got, err = lexed(iotest.OneByteReader(strings.NewReader(c.text))); err != nil || !cmp.Equal(want, got) {
			t.Errorf("%s, byte after byte: %v %q", c.reason, err, got)
		}
	}
}

// inside leaves out what the standard library says of the blanks around the root.
func inside(events []string) []string {
	depth := 0
	var all []string
	for _, e := range events {
		switch e[0] {
		case '<':
			depth++
		case '/':
			depth--
		case '.':
			if depth == 0 {
				continue
			}
		}
		all = append(all, e)
	}
	return all
}

func TestTheLexerRefusesWhatIsCutOrIllFormed(t *testing.T) {
	for _, c := range []struct{ reason, text string }{
		{"nothing", ""}, {"no root", " <!-- x --> "}, {"a text before the root", "x<a/>"}, {"a text after it", "<a/>x"}, {"two roots", "<a/><b/>"},
		{"an element left open", "<a><b></b>"}, {"another closed", "<a></b>"}, {"one closed too many", "<a/></a>"}, {"a tag cut", "<a b="}, {"a name cut", "<a"},
		{"a value without quotes", "<a b=1/>"}, {"an attribute without value", "<a b/>"}, {"attributes that touch", `<a b="1"c="2"/>`}, {"a mark in a value", `<a b="<"/>`},
		{"an entity that nobody knows", "<a>&nbsp;</a>"}, {"an ampersand alone", "<a>a & b</a>"}, {"a character that XML does not admit", "<a>&#0;</a>"}, {"one written as it is", "<a>\x01</a>"},
		{"a surrogate", "<a>&#xD800;</a>"}, {"bytes that are not UTF-8", "<a>\xe9</a>"}, {"another encoding", `<?xml version="1.0" encoding="ISO-8859-1"?><a/>`}, {"UTF-16", "\xff\xfe<\x00a\x00/\x00>\x00"},
		{"a document type", "<!DOCTYPE a><a/>"}, {"entities of its own", `<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>`}, {"a comment cut", "<a/><!-- x"}, {"a name that begins with a digit", "<1/>"}, {"no name", "< a/>"},
	} {
		if events, err := lexed(strings.NewReader(c.text)); err == nil {
			t.Errorf("%s: read as %q", c.reason, events)
		}
	}
}

// FuzzLexer holds the lexer against the standard library: what both read they
// read alike.
func FuzzLexer(f *testing.F) {
	for _, c := range lexedTexts {
		f.Add(c.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := lexed(strings.NewReader(text))
		if slow, again := lexed(iotest.OneByteReader(strings.NewReader(text))); (err == nil) != (again == nil) || err == nil && !cmp.Equal(got, slow) {
			t.Fatalf("byte after byte: %q %v, at once: %q %v", slow, again, got, err)
		}
		want, wrong := standard(strings.NewReader(text))
		if err != nil || wrong != nil {
			return
		}
		if diff := cmp.Diff(inside(want), got); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	})
}
