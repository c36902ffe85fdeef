package reports

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"bascule/reconcile"
)

// Annotated is what a workbook holds that came back from its reviewers.
type Annotated struct {
	Stamp Stamp
	Rows  []Annotation // those where a reviewer's cell is not blank, in the order of the sheets
	Bare  []Annotation // those that name a decision, and where they are all blank
	Read  int          // rows with an identifier, annotated or not
}

// Annotation is a row that a reviewer filled: a gap's, or a cluster's.
type Annotation struct {
	Sheet   string // as the workbook names it now
	Row     int    // of the sheet, from 1
	Cluster bool
	Texts   []string // by the order of the columns of its kind of sheet
	Columns []int    // where each was found, from 1: one list for all rows of a sheet
}

// Text is what a cell of the row holds, trimmed, blank where it holds nothing.
func (a *Annotation) Text(key string) string {
	if i := annotatedAt(a.Cluster, key); i >= 0 {
		return a.Texts[i]
	}
	return ""
}

// At is the address of a cell, in the place where it was found: Écarts!AE12.
func (a *Annotation) At(key string) string {
	letters := ""
	if i := annotatedAt(a.Cluster, key); i >= 0 {
		letters = columnLetters(a.Columns[i])
	}
	return a.Sheet + "!" + letters + strconv.Itoa(a.Row)
}

// Amount is the amount that a cell holds, unset where it is blank.
func (a *Annotation) Amount(key string) (reconcile.OptAmount, error) {
	text := a.Text(key)
	if text == "" {
		return reconcile.OptAmount{}, nil
	}
	amount, err := reconcile.ParseAmount(text)
	return reconcile.OptAmount{Amount: amount, Set: err == nil}, err
}

// columnLetters names a column, A being 1.
func columnLetters(column int) string {
	letters := ""
	for ; column > 0; column = (column - 1) / 26 {
		letters = string(rune('A'+(column-1)%26)) + letters
	}
	return letters
}

// AnnotatedColumn is a column that is read back.
type AnnotatedColumn struct {
	Key     string
	Headers []string // that it may bear, the first in French
	Amount  bool
	Input   bool // the reviewer's
	Carried bool // the reference of the decision that the row shows
}

// Bears tells whether a header is the column's, whatever its capitals and the
// ends of line inside.
func (c *AnnotatedColumn) Bears(header string) bool {
	for _, own := range c.Headers {
		if len(header) >= len(own) && strings.EqualFold(strings.Join(strings.Fields(header), " "), own) {
			return true
		}
	}
	return false
}

// The columns that are read back, what identifies a row first. The others tell
// the state that the reviewer saw, and let a row be named to him.
var (
	inputKeys    = []string{"review_status", "review_reason", "review_decision", "review_author", "review_visa", "review_comment"}
	gapKeys      = append([]string{"fingerprint", "agent", "matricule", "element", "kind", "delta", "delta_net", "delta_information", "decision"}, inputKeys...)
	clusterKeys  = append([]string{"cluster", "element", "cause", "roots", "absolute", "low", "high", "decided"}, inputKeys...)
	amountsOfRow = []string{"delta", "delta_net", "delta_information", "absolute", "low", "high"}
)

func annotatedKeys(cluster bool) []string {
	if cluster {
		return clusterKeys
	}
	return gapKeys
}

func annotatedAt(cluster bool, key string) int { return index(annotatedKeys(cluster), key) }

func index(list []string, s string) int {
	for i := range list {
		if list[i] == s {
			return i
		}
	}
	return -1
}

// AnnotatedColumns are the columns read back from a sheet of gaps or of
// clusters, in the order of Annotation.Texts. The first identifies the row.
func AnnotatedColumns(cluster bool) []AnnotatedColumn {
	keys := annotatedKeys(cluster)
	columns := make([]AnnotatedColumn, len(keys))
	for i, key := range keys {
		columns[i] = AnnotatedColumn{Key: key, Headers: headersOf(key), Amount: index(amountsOfRow, key) >= 0, Input: index(inputKeys, key) >= 0, Carried: key == "decision" || key == "decided"}
	}
	return columns
}

// headersOf are the headers that a column may bear: each language, for two
// systems and for two months.
func headersOf(key string) []string {
	var headers []string
	for _, variant := range [...]string{"col." + key, "col." + key + ofMonths} {
		if texts, known := catalogue()[variant]; known {
			headers = append(headers, texts[0], texts[1])
		}
	}
	return headers
}

// Stamp tells which database and run a workbook came from, and whose part of
// the run it holds.
type Stamp struct {
	Database string `json:"database"` // public identifier
	Run      int    `json:"run"`
	Lang     string `json:"lang"`
	Axis     string `json:"axis,omitempty"` // "service", "programme", "wave", "bop"; blank for the whole run
	Value    string `json:"value,omitempty"`
}

// stampMark starts the text of a stamp: what else a sheet may hold does not
// look like it.
const stampMark = "repere "

// maxStampBytes is what Excel keeps of a property of the document.
const maxStampBytes = 255

// String is the stamp as a cell or a property holds it. A value too long for
// them is cut: the identifiers stand whole.
func (s Stamp) String() string {
	s.Value = shorten(s.Value, maxStampBytes)
	for {
		text, err := json.Marshal(s)
		if err != nil {
			panic("un repère est fait de textes et d'un nombre : " + err.Error())
		}
		stamp := stampMark + escapeUnclean(string(text))
		value := []rune(strings.TrimSuffix(s.Value, "…"))
		if len(stamp) < maxStampBytes || len(value) == 0 {
			return stamp
		}
		s.Value = string(value[:len(value)-1]) + "…"
	}
}

// escapeUnclean writes what Clean would change in a JSON text as JSON can, so
// that it comes back.
func escapeUnclean(text string) string {
	if Clean(text) == text {
		return text
	}
	var escaped strings.Builder
	for _, r := range text {
		if cleanRune(r) == r {
			escaped.WriteRune(r)
		} else {
			fmt.Fprintf(&escaped, `\u%04x`, r)
		}
	}
	return escaped.String()
}

// ParseStamp reads what String wrote.
func ParseStamp(text string) (s Stamp, ok bool) {
	text, ok = strings.CutPrefix(strings.TrimSpace(text), stampMark)
	if !ok || json.Unmarshal([]byte(text), &s) != nil || s.Run <= 0 {
		return Stamp{}, false
	}
	return s, true
}
