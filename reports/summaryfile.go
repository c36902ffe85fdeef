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
	full.Outputs = listed(s.Outputs)
	full.Notes = listed(s.Notes)
	full.Closing.Checks = listed(s.Closing.Checks)
	full.Discrepancies.ByKind = counted(s.Discrepancies.ByKind)
	full.Discrepancies.ByCause = counted(s.Discrepancies.ByCause)
	full.Discrepancies.ByEvolution = counted(s.Discrepancies.ByEvolution)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(&full)
}

func listed[E any](list []E) []E {
	if list == nil {
		return []E{}
	}
	return list
}

func counted[K comparable](counts map[K]int64) map[K]int64 {
	if counts == nil {
		return map[K]int64{}
	}
	return counts
}
