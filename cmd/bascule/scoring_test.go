package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bascule/reconcile"
)

// onePayslip is a payslip on which the index is wrong and something else is
// rounded, as the truth tells it and as a perfect engine does.
func onePayslip() (planted []plantedGap, found []foundGap) {
	key := func(kind reconcile.Kind, element string, delta reconcile.Amount) gapKey {
		return gapKey{"123", "01", kind, element, "2013-12", delta}
	}
	planted = []plantedGap{
		{key(reconcile.AmountDiffers, "TRAITEMENT_BRUT", -4630), reconcile.CauseSituation, "", reconcile.FaultONP},
		{key(reconcile.AmountDiffers, "PC_AGENT", 406), reconcile.CauseDerived, "TRAITEMENT_BRUT", reconcile.FaultONP},
		{key(reconcile.AmountDiffers, "CRDS", 23), reconcile.CauseDerived, "TRAITEMENT_BRUT+INDEMNITE_RESIDENCE", reconcile.FaultUnknown},
		{key(reconcile.AmountDiffers, "INDEMNITE_RESIDENCE", 1), reconcile.CauseRounding, "", reconcile.FaultUnknown},
	}
	for _, p := range planted {
		root, _, _ := strings.Cut(p.roots, "+")
		found = append(found, foundGap{gapKey: p.gapKey, cause: p.cause, rule: "rule", root: root, fault: p.fault})
	}
	return planted, found
}

func scoreOf(planted []plantedGap, found []foundGap) *score {
	s := newScorer()
	for _, p := range planted {
		s.plant(p)
	}
	for _, f := range found {
		s.find(f)
	}
	return s.result()
}

func TestAPerfectExplanationScoresAllAndEachErrorLowersItsOwnFigure(t *testing.T) {
	perfect := score{Planted: 4, Found: 4, Causes: share{4, 4}, RootCauses: share{2, 2}, Roots: share{2, 2}, AtFault: share{2, 2}, Blamed: share{0, 2}}
	for _, c := range []struct {
		reason string
		spoil  func(found []foundGap) []foundGap
		want   func(s *score)
		miss   missKind
	}{
		{"nothing is wrong", func(f []foundGap) []foundGap { return f }, func(*score) {}, ""},
		{"another root of a mixed gap is right too", func(f []foundGap) []foundGap { f[2].root = "INDEMNITE_RESIDENCE"; return f }, func(*score) {}, ""},
		{"the wrong cause of a root", func(f []foundGap) []foundGap { f[0].cause = reconcile.CauseRate; return f },
			func(s *score) { s.Causes.Right, s.RootCauses.Right = 3, 1 }, wrongCause},
		{"the wrong root", func(f []foundGap) []foundGap { f[1].root = "INDEMNITE_RESIDENCE"; return f }, func(s *score) { s.Roots.Right = 1 }, wrongRoot},
		{"no root", func(f []foundGap) []foundGap { f[2].root = ""; return f }, func(s *score) { s.Roots.Right = 1 }, wrongRoot},
		{"a root whose name begins alike", func(f []foundGap) []foundGap { f[2].root = "INDEMNITE"; return f }, func(s *score) { s.Roots.Right = 1 }, wrongRoot},
		{"the wrong side", func(f []foundGap) []foundGap { f[0].fault = reconcile.FaultLegacy; return f }, func(s *score) { s.AtFault.Right = 1 }, wrongFault},
		{"no side", func(f []foundGap) []foundGap { f[1].fault = reconcile.FaultUnknown; return f }, func(s *score) { s.AtFault.Right = 1 }, wrongFault},
		{"a side where none can be told", func(f []foundGap) []foundGap { f[3].fault = reconcile.FaultONP; return f }, func(s *score) { s.Blamed.Right = 1 }, blamesAnyway},
		{"a rounding above the tolerance", func(f []foundGap) []foundGap { f[0].cause = reconcile.CauseRounding; return f },
			func(s *score) { s.Causes.Right, s.RootCauses.Right, s.Roundings = 3, 1, 1 }, falseRounding},
		{"a rounding within the tolerance is but another cause", func(f []foundGap) []foundGap {
			f[0].cause, f[0].tolerated = reconcile.CauseRounding, true
			return f
		}, func(s *score) { s.Causes.Right, s.RootCauses.Right = 3, 1 }, wrongCause},
		{"a gap that is not found is wrong everywhere", func(f []foundGap) []foundGap { return append(f[:1], f[2:]...) }, func(s *score) {
			s.Found, s.NotFound, s.Causes.Right, s.Roots.Right, s.AtFault.Right = 3, 1, 3, 1, 1
		}, notFound},
		{"a gap of another amount is another gap", func(f []foundGap) []foundGap { f[1].delta++; return f }, func(s *score) {
			s.NotFound, s.NotPlanted, s.Causes.Right, s.Roots.Right, s.AtFault.Right = 1, 1, 3, 1, 1
		}, notFound},
		{"the same gap twice is once too often", func(f []foundGap) []foundGap { return append(f, f[0]) }, func(s *score) { s.Found, s.NotPlanted = 5, 1 }, notPlanted},
	} {
		planted, found := onePayslip()
		got := *scoreOf(planted, c.spoil(found))
		shown := map[missKind]int64{}
		for _, m := range got.Misses {
			for _, e := range m.Examples {
				shown[m.Kind] += e.Count
			}
		}
		if c.miss == "" && len(shown) > 0 || c.miss != "" && shown[c.miss] != 1 {
			t.Errorf("%s: examples %v", c.reason, shown)
		}
		got.ByCause, got.Confusion, got.Misses = nil, nil, nil
		want := perfect
		c.want(&want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.reason, diff)
		}
	}
}

func TestTheMatrixCountsEveryGapOnce(t *testing.T) {
	planted, found := onePayslip()
	found[1].cause = reconcile.CauseRate
	found[3].delta = 2
	s := scoreOf(planted, found)
	if diff := cmp.Diff([]confusion{{"situation", "situation", 1}, {"derived", "rate", 1}, {"derived", "derived", 1}, {"rounding", "", 1}, {"", "rounding", 1}}, s.Confusion); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]causeScore{{"situation", share{1, 1}}, {"derived", share{1, 2}}, {"rounding", share{0, 1}}}, s.ByCause, cmp.AllowUnexported(causeScore{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	want := [][]string{
		{"", "situation", "rate", "derived", "rounding", "non trouvé", "justes"},
		{"situation", "1", "·", "·", "·", "·", "100,00 %"},
		{"derived", "·", "1", "1", "·", "·", "50,00 %"},
		{"rounding", "·", "·", "·", "·", "1", "0,00 %"},
		{"non semé", "·", "·", "·", "1", "·"},
	}
	if diff := cmp.Diff(want, s.matrix()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestExamplesAreTheTenMostFrequentSorts(t *testing.T) {
	var planted []plantedGap
	var found []foundGap
	for sort := range 12 {
		for n := range 12 - sort {
			k := gapKey{string(rune('a' + n)), "01", reconcile.AmountDiffers, "E" + string(rune('a'+sort)), "2013-12", 5}
			planted = append(planted, plantedGap{k, reconcile.CauseRate, "", reconcile.FaultUnknown})
			found = append(found, foundGap{gapKey: k, cause: reconcile.CauseUnexplained, rule: "none"})
		}
	}
	misses := scoreOf(planted, found).Misses
	if len(misses) != 1 || len(misses[0].Examples) != 10 {
		t.Fatalf("got %+v", misses)
	}
	if diff := cmp.Diff(example{missed{"Eb", "rate", "unexplained", "none"}, 11, "a", "01"}, misses[0].Examples[1], cmp.AllowUnexported(example{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAShareIsNeverRoundedUpToItsTarget(t *testing.T) {
	for _, c := range []struct {
		share share
		want  string
	}{
		{share{98999, 100000}, "98\u202f999 sur 100\u202f000 (98,99 %)"},
		{share{3, 3}, "3 sur 3 (100,00 %)"},
		{share{0, 0}, "aucun cas"},
	} {
		if got := c.share.text(); got != c.want {
			t.Errorf("got %q, wanted %q", got, c.want)
		}
	}
}
