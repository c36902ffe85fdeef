package reports

import (
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestCleanMakesTextsHarmless(t *testing.T) {
	for _, c := range []struct{ text, want, reason string }{
		{"MARTIN", "MARTIN", "plain text is untouched"},
		{"Échelon 2 😀", "Échelon 2 😀", "letters of any alphabet and emoji are text"},
		{"a\tb\r\nc", "a b  c", "what breaks a line becomes a space"},
		{"a\x00b\x1bc\u0085", "a\ufffdb\ufffdc\ufffd", "other controls are shown as lost"},
		{"abc\u202eexe.xls", "abc\ufffdexe.xls", "writing cannot be turned round"},
		{"a\xffb", "a\ufffdb", "a byte that is no UTF-8 is shown as lost"},
	} {
		if got := Clean(c.text); got != c.want {
			t.Errorf("%s: %q, wanted %q", c.reason, got, c.want)
		}
	}
}

func TestCleanIsStableAndPrintable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := Clean(string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")))
		if !utf8.ValidString(s) || Clean(s) != s {
			t.Fatalf("%q is not clean", s)
		}
		for _, r := range s {
			if unicode.IsControl(r) {
				t.Fatalf("%q holds a control", s)
			}
		}
	})
}

func TestInertTextsAreNoFormula(t *testing.T) {
	for _, c := range []struct{ text, want, reason string }{
		{`=HYPERLINK("x")`, `'=HYPERLINK("x")`, "equals"},
		{"+1", "'+1", "plus"}, {"-1", "'-1", "minus: a text, not an amount"}, {"@SUM", "'@SUM", "at"},
		{"\t=1", "' =1", "a tab hides what follows"}, {"\r=1", "' =1", "so does a return"},
		{"＝1", "'＝1", "wide signs count in some locales"},
		{" =1", "' =1", "a space that a spreadsheet leaves out"}, {"\u00a0=1", "'\u00a0=1", "one that does not break"}, {"\ufeff+1", "'\ufeff+1", "a mark that nobody sees"},
		{"\n@SUM", "' @SUM", "the end of a line"}, {"\x00-1", "'\ufffd-1", "a character that is lost"}, {"\u200e=1", "'\ufffd=1", "the direction of writing"},
		{"\tMARTIN", "' MARTIN", "a tab alone"}, {" MARTIN", " MARTIN", "a space alone"}, {" ", " ", "nothing but a space"},
		{"a=1", "a=1", "inside a text it is only a sign"}, {"", "", "nothing stays nothing"},
	} {
		if got := inert(c.text); got != c.want {
			t.Errorf("%s: %q, wanted %q", c.reason, got, c.want)
		}
	}
}

func TestRawLinesHideWhoTheySpeakOf(t *testing.T) {
	const raw = "10275032A123456 MARTIN FR7630001007941234567890185 P00000123456+"
	for _, c := range []struct {
		nir, letters bool
		want, reason string
	}{
		{false, false, raw, "nothing is to be hidden"},
		{true, false, "••••••••••••••• MARTIN ••••••••••••••••••••••••••• P00000123456+", "NIR and bank account go, the amount stays"},
		{true, true, "••••••••••••••• xxxxxx ••••••••••••••••••••••••••• x00000123456+", "names go too"},
	} {
		if got := maskRaw(raw, c.nir, c.letters); got != c.want {
			t.Errorf("%s: %q, wanted %q", c.reason, got, c.want)
		}
	}
}

func TestPrintableReadsAnyBytes(t *testing.T) {
	for _, c := range []struct{ raw, want, reason string }{
		{"\xe9chelon\x00", "échelon\ufffd", "bytes that are not UTF-8 are read as Latin-1"},
		{"échelon", "échelon", "UTF-8 is read as it is"},
	} {
		if got := printable([]byte(c.raw)); got != c.want {
			t.Errorf("%s: %q, wanted %q", c.reason, got, c.want)
		}
	}
}
