package reconcile

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestASayingIsStoredAndRecalled(t *testing.T) {
	for _, c := range []struct {
		saying *Saying
		stored string
		reason string
	}{
		{nil, "", "nothing is said"},
		{Say("est vide"), `["est vide"]`, "a format stands in a list"},
		{Say("%n %s (par exemple %s:%s)", 3, Say("masqué(s)"), "psop.txt", 12), `["%n %s (par exemple %s:%s)","3",["masqué(s)"],"psop.txt","12"]`, "its values after it"},
		{Verbatim("montant"), "montant", "a text is stored as it is"},
		{Verbatim(`["est vide"]`), `["%s","[\"est vide\"]"]`, "unless it would be taken for something else"},
		{&Saying{Text: "Traitement", English: "Pay"}, `{"fr":"Traitement","en":"Pay"}`, "a text in both languages"},
	} {
		if got := c.saying.Stored(); got != c.stored {
			t.Errorf("%s: stored as %s, wanted %s", c.reason, got, c.stored)
		}
		if got := Recall(c.stored); got.String() != c.saying.String() {
			t.Errorf("%s: recalled as %q, wanted %q", c.reason, got, c.saying)
		}
	}
}

func TestWhatIsNoSayingIsRecalledAsItStands(t *testing.T) {
	for _, text := range []string{"est vide", "[", "[]", "[3]", `[["est vide"]]`, `[null]`, `["est vide"`, `["est vide",3]`, "{", `{"fr":1}`, "[vide]", "12", "null", `"est vide"`} {
		if got := Recall(text); got.String() != text {
			t.Errorf("%s is recalled as %q", text, got)
		}
	}
}

func TestAnySayingIsRecalled(t *testing.T) {
	var sayings func(depth int) *rapid.Generator[*Saying]
	sayings = func(depth int) *rapid.Generator[*Saying] {
		return rapid.Custom(func(t *rapid.T) *Saying {
			if depth == 0 || rapid.Bool().Draw(t, "text") {
				return Verbatim(rapid.String().Draw(t, "words"))
			}
			s := &Saying{Format: rapid.StringN(1, 20, -1).Draw(t, "format")}
			s.Args = rapid.SliceOfN(sayings(depth-1), 0, 3).Draw(t, "args")
			if len(s.Args) == 0 {
				s.Args = nil
			}
			return s
		})
	}
	rapid.Check(t, func(t *rapid.T) {
		s := sayings(3).Draw(t, "saying")
		got := Recall(s.Stored())
		if s.Format != "" {
			if diff := cmp.Diff(s, got); diff != "" {
				t.Fatalf("recalled (-want +got):\n%s", diff)
			}
		} else if got.String() != s.String() {
			t.Fatalf("%q is recalled as %q", s, got)
		}
	})
}

func TestAnErrorIsSaidInItsOwnWords(t *testing.T) {
	empty := Say("est vide")
	if got := SayingOf(empty); got != empty {
		t.Errorf("a saying becomes %+v", got)
	}
	for _, err := range []error{errors.New("autre"), fmt.Errorf("le champ %w : mois", empty)} {
		if got := SayingOf(err); got.Format != "" || got.Text != err.Error() {
			t.Errorf("%v becomes %+v: words around a saying must not be lost", err, got)
		}
	}
}
