package reports

import (
	"strings"
	"testing"

	"bascule/reconcile"
)

func TestLettersAreMeasuredByTheWidestProgramThatDrawsThem(t *testing.T) {
	for _, c := range []struct {
		text string
		want int // tenths of the width of a digit in Arial 10, by its own tables
	}{
		{"", 0}, {"0123456789", 100}, {"WWWW", 68}, {"MM", 30}, {"illi", 16}, {"Été", 27}, {"–", 11}, {"…", 18}, {"@", 19},
		{"\u200b", 0}, {"e\u0301", 10}, {"漢字", 2 * WidestLetter}, {"😀", WidestLetter}, {"\ufffd", 18}, {"Œ", 18}, {"Ж", 15},
	} {
		if got := Breadth(c.text); got != c.want {
			t.Errorf("%q measures %d, wanted %d", c.text, got, c.want)
		}
	}
	for r := rune(0); r < 0x3000; r++ {
		if wide := LetterBreadth(r); wide < 0 || wide > WidestLetter {
			t.Errorf("U+%04X measures %d: more than the widest letter", r, wide)
		}
	}
	if thin, bold := Breadth("Ouvert"), BoldBreadth("Ouvert"); bold <= thin {
		t.Errorf("in bold it measures %d, otherwise %d", bold, thin)
	}
}

func TestALongTextIsFoldedWholeIntoLinesThatFit(t *testing.T) {
	const room = 300
	for _, text := range []string{
		"", "court", strings.Repeat("i", 300), strings.Repeat("W", 200), strings.Repeat("Contribution employeur · ", 9), strings.Repeat("漢字", 60),
		"court " + strings.Repeat("W", 40) + " fin", strings.Repeat("a ", 40_000), strings.Repeat("M", 17) + " " + strings.Repeat("M", 17),
	} {
		lines := foldTo(text, room)
		for _, line := range lines {
			if need := Breadth(line); need > room {
				t.Errorf("a line of %.20q takes %d of %d", text, need, room)
			}
		}
		plain := func(s string) string { return strings.ReplaceAll(s, " ", "") }
		if got := plain(strings.Join(lines, "")); got != plain(text) {
			t.Errorf("%.20q comes out as %.40q", text, got)
		}
	}
	for _, line := range foldBold(strings.Repeat("M ", 40), room) {
		if need := BoldBreadth(line); need > room {
			t.Errorf("a line in bold takes %d of %d", need, room)
		}
	}
	if got := foldTo("un mot "+strings.Repeat("e", 28), room); len(got) != 2 || got[0] != "un mot" {
		t.Errorf("a word that fits on a line is cut: %q", got)
	}
}

func TestNoLineOfASentenceEndsInsideAnAmountOrAQuotation(t *testing.T) {
	fr, en := newMessages("fr", Labels{}), newMessages("en", Labels{})
	for _, c := range []struct{ got, want string }{
		{fr.tied("Découle de « Traitement brut » : oui ; 44,28 % n° 12"), "Découle de «\u00a0Traitement brut\u00a0»\u00a0: oui\u00a0; 44,28\u00a0% n°\u00a012"},
		{fr.tied("soit " + fr.money(-98_765_432_10) + " et 3 124"), "soit −98\u202f765\u202f432,10\u00a0€ et 3 124"},
		{fr.tied("3 → 4 = 7"), "3\u00a0→ 4\u00a0= 7"},
		{fr.tied("sans rien"), "sans rien"},
		{en.tied("from " + en.money(-1_00) + " : to"), "from \u2011€1.00 : to"},
	} {
		if c.got != c.want {
			t.Errorf("%q, wanted %q", c.got, c.want)
		}
	}
}

func TestNumbersInSentencesHaveTheirThousandsApart(t *testing.T) {
	fr, en := newMessages("fr", Labels{}), newMessages("en", Labels{})
	for _, c := range []struct{ got, want string }{
		{fr.figure("3031"), "3\u00a0031"}, {en.figure("3031"), "3,031"}, {fr.figure("12345.678"), "12\u00a0345,678"}, {en.figure("-12345.678"), "-12,345.678"},
		{fr.figure("55.5635"), "55,5635"}, {fr.figure("-0.50"), "−0,50"}, {fr.figure("8/30"), "8/30"}, {fr.figure("1.2.3"), "1.2.3"}, {fr.figure("+5"), "+5"}, {fr.figure(""), ""},
		{fr.rateText("4%"), "4\u00a0%"}, {fr.rateText("4.5 %"), "4,5\u00a0%"}, {en.rateText("4,5\u00a0%"), "4.5%"},
	} {
		if c.got != c.want {
			t.Errorf("%q, wanted %q", c.got, c.want)
		}
	}
}

func TestAnAxisOfMoneyHasShortFigures(t *testing.T) {
	m := newMessages("fr", Labels{})
	for _, c := range []struct {
		greatest reconcile.Amount
		unit     Unit
		name     string
	}{{0, Euros, "€"}, {-99_999_99, Euros, "€"}, {-100_000_00, Thousands, "k€"}, {19_999_999_99, Thousands, "k€"}, {-20_000_000_00, Millions, "M€"}, {300_000_000_00, Millions, "M€"}} {
		if unit, name := m.unitOf(5, c.greatest, -7); unit != c.unit || name != c.name {
			t.Errorf("up to %s: %s", c.greatest, name)
		}
	}
}

func TestAClusterIsNamedOnOneLineWhereItsLabelAllows(t *testing.T) {
	v := newView(&Data{Run: &reconcile.Run{}, Lang: "fr"})
	long := &reconcile.Cluster{Kind: reconcile.AmountDiffers, Element: "ELEMENT_DONT_LE_NOM_PREND_PRESQUE_TOUTE_LA_LIGNE", Cause: reconcile.CauseSwapped, Pattern: "=1234567", Count: 2}
	short := &reconcile.Cluster{Kind: reconcile.AmountDiffers, Element: "PRIME", Cause: reconcile.CauseRate, Pattern: "=1234567", Count: 2}
	doubt := &reconcile.Cluster{Kind: reconcile.IdentityDoubt, Element: "ID", Cause: reconcile.CauseIdentity}
	texts := v.clusterTexts([]reconcile.Cluster{*short, *long, *doubt})
	if !strings.HasSuffix(texts[0], " · +12\u00a0345,67\u00a0€") {
		t.Errorf("%q does not tell by how much", texts[0])
	}
	if texts[1] != "ELEMENT_DONT_LE_NOM_PREND_PRESQUE_TOUTE_LA_LIGNE · Montants permutés" {
		t.Errorf("%q", texts[1])
	}
	if strings.HasSuffix(texts[2], "· ") || strings.HasSuffix(texts[2], "·") {
		t.Errorf("%q ends in a separator", texts[2])
	}
	one := *long
	one.Element = "ELEMENT_DONT_LE_NOM_EST_ASSEZ_LONG"
	other := one
	other.Pattern = "=-300"
	if texts = v.clusterTexts([]reconcile.Cluster{one, *short, other}); texts[0] == texts[2] || !strings.HasSuffix(texts[2], " · −3,00\u00a0€") {
		t.Errorf("two clusters read alike, or not by how much: %q", texts)
	}
}
