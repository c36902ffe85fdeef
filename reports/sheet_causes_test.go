package reports_test

import (
	"strings"
	"testing"
)

func TestAClusterOfOneServiceSaysSoInTheSingular(t *testing.T) {
	for _, c := range []struct {
		lang, sheet string
		words       []string
	}{
		{"fr", "Grappes", []string{"Services : SGAP-PARIS, PREF-075", "et 7 autres · Vague : V1 · Prog. : 176, 152"}},
		{"en", "Clusters", []string{"Services: SGAP-PARIS, PREF-075", "and 7 more · Wave: V1 · Prog.: 176, 152"}},
	} {
		file, _ := publish(t, invented(60, c.lang))
		text := strings.ReplaceAll(sheetText(t, file, c.sheet), "\u00a0", " ")
		for _, words := range c.words {
			if !strings.Contains(text, words) {
				t.Errorf("%s does not say %q\n%s", c.sheet, words, text[:min(len(text), 2000)])
			}
		}
	}
}
