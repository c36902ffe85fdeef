package extract

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// TestPlainSeesEveryByte compares the check by words with one by bytes.
func TestPlainSeesEveryByte(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := []byte(strings.Repeat("a", rapid.IntRange(0, 40).Draw(t, "length")))
		if len(b) > 0 && rapid.Bool().Draw(t, "spoilt") {
			b[rapid.IntRange(0, len(b)-1).Draw(t, "where")] = rapid.Byte().Draw(t, "byte")
		}
		want := true
		for _, c := range b {
			want = want && c >= ' ' && c < 0x80
		}
		if got := plain(b); got != want {
			t.Fatalf("%q is plain: %v", b, got)
		}
	})
}

func encodedIn(c *charset, text []byte) []byte {
	b, _ := c.encoded(string(text))
	return b
}

func TestSingleBytesDecodeToUTF8AndBack(t *testing.T) {
	for _, c := range charsets {
		if c.cm == nil || c.ebcdic != nil {
			continue
		}
		for i := range 256 {
			text := c.append(nil, []byte{byte(i)})
			switch impossible := c.table[i].n == 0; {
			case impossible && string(text) == "\uFFFD" && i >= 0x80 && i < 0xA0:
			case impossible || !utf8.Valid(text) || !bytes.Equal(encodedIn(c, text), []byte{byte(i)}):
				t.Errorf("%s: byte %#x gives %q", c.name, i, text)
			}
		}
	}
}

func TestEncodingIsCheckedAgainstTheOneDeclared(t *testing.T) {
	for _, c := range []struct{ declared, bytes, want, reason string }{
		{"utf-8", "é", "", "as declared"},
		{"utf-8", "\xE9", "ressemble à iso-8859-15", "a single byte"},
		{"utf-8", "d\x92\xE9", "ressemble à windows-1252", "a curly apostrophe of Windows"},
		{"utf-8", "\xC3", "ressemble à iso-8859-15", "a character cut in two"},
		{"utf-8", "\xED\xA0\x80", "n'est pas de l'utf-8", "half of a surrogate pair"},
		{"iso-8859-15", "\xE9l\xE8ve \xA4", "", "as declared"},
		{"iso-8859-15", "é", "est en utf-8", "every byte beyond ASCII is UTF-8"},
		{"iso-8859-1", "É", "est en utf-8", "UTF-8 whose second byte would be a control"},
		{"iso-8859-15", "d\x92", "essayer windows-1252", "a curly apostrophe of Windows"},
		{"iso-8859-1", "\x80", "essayer windows-1252", "the euro sign of Windows"},
		{"windows-1252", "d\x92\x80", "", "as declared"},
		{"windows-1252", "\x81", "octets impossibles en windows-1252", "a byte that stands for nothing"},
		{"windows-1252", "d’", "est en utf-8", "a curly apostrophe of UTF-8"},
		{"iso-8859-15", "a\x00", "octet nul", "a binary file"},
	} {
		cs, ok := charsetNamed(c.declared)
		if !ok {
			t.Fatal(c.declared)
		}
		_, _, err := cs.check([]byte(c.bytes))
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error()+err.(*encodingError).hint, c.want) {
			t.Errorf("%q in %s: %v, want %q: %s", c.bytes, c.declared, err, c.want, c.reason)
		}
	}
}
