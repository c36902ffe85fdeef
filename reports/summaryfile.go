package reports

import (
	"encoding/json"
	"io"

	"bascule/reconcile"
)

// WriteSummary writes summary.json (CONTRACT 5): indented, its keys in a fixed
// order, its lists and maps never null.
func WriteSummary(w io.Writer, s *reconcile.Summary) error {
	full := *s
	full.Gates = listed(s.Gates)
	full.Opinions = counted(s.Opinions)
	full.Outputs = listed(s.Outputs)
	full.Notes, full.Sayings = listed(s.Notes), nil
	full.Closing.Checks = listed(s.Closing.Checks)
	full.Discrepancies.ByKind = counted(s.Discrepancies.ByKind)
	full.Discrepancies.ByCause = counted(s.Discrepancies.ByCause)
	full.Discrepancies.ByEvolution = counted(s.Discrepancies.ByEvolution)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(&full)
}

// Worded is a summary as it is shown in a language: its notes in words, and not
// what they are made of. Those that a run was recorded with as finished texts stay
// what they are.
func Worded(s *reconcile.Summary, lang string) reconcile.Summary {
	worded := *s
	worded.Notes, worded.Sayings = newMessages(lang, Labels{}).notes(s), nil
	return worded
}

func listed[E any](list []E) []E {
	if list == nil {
		return []E{}
	}
	return list
}

func counted[K comparable, V any](counts map[K]V) map[K]V {
	if counts == nil {
		return map[K]V{}
	}
	return counts
}
