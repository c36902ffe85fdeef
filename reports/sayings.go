package reports

import (
	"strconv"
	"strings"
	"sync"

	"bascule/reconcile"
)

// saidPrefix starts the keys of what other packages say in sayings: their French
// text is the format of the saying.
const saidPrefix = "say."

// said gives the English format of a saying by the French one.
var said = sync.OnceValue(func() map[string]string {
	formats := map[string]string{}
	for key, texts := range catalogue() {
		if strings.HasPrefix(key, saidPrefix) {
			formats[texts[0]] = texts[1]
		}
	}
	return formats
})

// say puts a saying into the language.
func (m *messages) say(s *reconcile.Saying) string { return s.In(m) }

// Pattern implements reconcile.Language. What the catalogue does not know, of a
// version that said it otherwise, stays French.
func (m *messages) Pattern(s *reconcile.Saying) string {
	switch {
	case !m.english:
	case s.Format != "":
		if format, known := said()[s.Format]; known {
			return format
		}
	case s.English != "":
		return s.English
	}
	return s.Format + s.Text
}

// Count implements reconcile.Language.
func (m *messages) Count(digits string) string {
	if n, err := strconv.ParseInt(digits, 10, 64); err == nil {
		return m.count(n)
	}
	return digits
}

// notes are those of a run.
func (m *messages) notes(s *reconcile.Summary) []string {
	if len(s.Sayings) == 0 {
		return listed(s.Notes)
	}
	notes := make([]string, len(s.Sayings))
	for i, saying := range s.Sayings {
		notes[i] = m.say(saying)
	}
	return notes
}
