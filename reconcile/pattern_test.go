package reconcile

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestPatternsAgreeWithRegularExpressions(t *testing.T) {
	text := rapid.StringOf(rapid.SampledFrom([]rune("ab/[é*?")))
	rapid.Check(t, func(t *rapid.T) {
		pattern, s := text.Draw(t, "pattern"), text.Draw(t, "text")
		expression := regexp.QuoteMeta(pattern)
		expression = strings.ReplaceAll(strings.ReplaceAll(expression, `\*`, `(?s:.*)`), `\?`, `(?s:.)`)
		if got, want := MatchPattern(pattern, s), regexp.MustCompile("^"+expression+"$").MatchString(s); got != want {
			t.Fatalf("%q against %q: %v, wanted %v", pattern, s, got, want)
		}
	})
}

func TestKeysOfDifferentAgentsDiffer(t *testing.T) {
	fields := []IdentityField{IdentityMatricule, IdentityDossier}
	part := rapid.StringOf(rapid.SampledFrom([]rune("1/%?2F")))
	rapid.Check(t, func(t *rapid.T) {
		a := Agent{Matricule: part.Draw(t, "matricule"), Dossier: part.Draw(t, "dossier")}
		b := Agent{Matricule: part.Draw(t, "other matricule"), Dossier: part.Draw(t, "other dossier")}
		keyA, okA := KeyOf(&a, fields)
		keyB, _ := KeyOf(&b, fields)
		if (keyA == keyB) != (a.Matricule == b.Matricule && a.Dossier == b.Dossier) || okA && strings.HasPrefix(keyA, NoKey) {
			t.Fatalf("%+v has key %q, %+v has key %q", a, keyA, b, keyB)
		}
	})
}
