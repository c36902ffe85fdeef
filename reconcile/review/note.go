package review

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"bascule/reconcile"
)

// Field is a cell that a reviewer fills.
type Field int

// The reviewer's cells, in the order of the workbook (CONTRACT 6).
const (
	FieldStatus Field = iota
	FieldReason
	FieldReference
	FieldAuthor
	FieldVisa
	FieldComment
	fieldCount
)

// fieldNames are the headers of the cells, for messages.
var fieldNames = [fieldCount]string{"Statut", "Motif", "Décision", "Valideur", "Visa", "Commentaire"}

// Note is what a reviewer wrote on one row of a workbook, or of a file, and
// what the row says of itself.
type Note struct {
	File    string
	Run     int    // whose workbook it is, 0 where the file does not say
	Axis    string // population that the workbook holds, blank for all
	Value   string
	Cluster bool   // the row is a cluster; otherwise a gap
	ID      string // identifier of the cluster, fingerprint of the gap
	Carried string // reference of the decision that the workbook shows, blank for none
	At      string // of the row: « Écarts!12 »
	Cells   [fieldCount]Cell
	Locked  []Locked
}

// Cell is what a cell holds, and where it stands: « Écarts!AE12 ».
type Cell struct{ Text, At string }

// Locked is a cell that nobody should have changed.
type Locked struct {
	Name string // header of the column
	Key  string // its stable name
	Cell
	Want string // what the run has there
}

// Problem is a reason to refuse a whole import.
type Problem struct {
	File  string
	At    string // cell, or row
	Field string // header of the column
	What  string // completes the sentence "<field> …"
	Hint  string
}

func (p *Problem) Error() string {
	return (&reconcile.InputError{File: p.File, Field: strings.Trim(p.At+" "+p.Field, " "), Err: fmt.Errorf("%s", p.What), Hint: p.Hint}).Error()
}

// text is what a cell of the note holds.
func (n *Note) text(f Field) string { return n.Cells[f].Text }

// blank tells whether the reviewer's cells are: the row only names a decision.
func (n *Note) blank() bool {
	return !slices.ContainsFunc(n.Cells[:], func(c Cell) bool { return c.Text != "" })
}

// problem tells what is wrong with a cell of the note.
func (n *Note) problem(f Field, hint, format string, args ...any) Problem {
	at := n.Cells[f].At
	if at == "" {
		at = n.At
	}
	return Problem{File: n.File, At: at, Field: fieldNames[f], What: fmt.Sprintf(format, args...), Hint: hint}
}

// row tells what is wrong with the note as a whole.
func (n *Note) row(hint, format string, args ...any) Problem {
	return Problem{File: n.File, At: n.At, What: fmt.Sprintf(format, args...), Hint: hint}
}

// scope is what the note is about.
func (n *Note) scope() Scope {
	if n.Cluster {
		return Scope{Cluster: n.ID, Axis: n.Axis, Value: n.Value}
	}
	return Scope{Fingerprint: n.ID}
}

// merge joins two notes on one scope: each may leave to the other what it does
// not say, a visa above all. It reports the field on which they disagree, and
// whether the other added anything.
func (n *Note) merge(o *Note) (of Field, agree, adds bool) {
	for f := range fieldCount {
		a, b := n.text(f), o.text(f)
		switch {
		case b == "" || same(f, a, b):
		case a == "":
			n.Cells[f], adds = o.Cells[f], true
		default:
			return f, false, adds
		}
	}
	return 0, true, adds
}

// same compares two cells as a reader would: names whatever their letters, texts
// whatever their blanks and ends of lines, and the signs that workbooks do not
// show.
func same(f Field, a, b string) bool {
	if f == FieldAuthor || f == FieldVisa {
		return SamePerson(a, b)
	}
	return a == b || slices.Equal(shown(a), shown(b))
}

// shown are the words of a text.
func shown(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == utf8.RuneError || r == '\ufffe' || r == '\uffff'
	})
}

// SamePerson tells whether two names may be of one person, whatever the order of
// their words, their accents, capitals and signs: « Jean DUPONT » is « dupont,
// jean », and may be « J. Dupont », « Dupont » or « Mme Dupont ».
func SamePerson(a, b string) bool {
	few, many := words(a), words(b)
	if len(few) > len(many) {
		few, many = many, few
	}
	whole := len(few) == len(many)
	for _, word := range few {
		i := slices.IndexFunc(many, func(other string) bool { return abbreviates(word, other) || abbreviates(other, word) })
		if i < 0 {
			return false
		}
		whole = whole || len(word) > 1 && many[i] == word
		many = slices.Delete(many, i, i+1)
	}
	return whole && len(few) > 0
}

// abbreviates tells whether a word is another one, or its first letter.
func abbreviates(short, word string) bool {
	return short == word || utf8.RuneCountInString(short) == 1 && strings.HasPrefix(word, short)
}

// titles stand before names, and tell nobody from another.
var titles = []string{"m", "mr", "mme", "mlle", "monsieur", "madame", "mademoiselle", "dr", "mrs", "ms", "miss"}

// words are those of a name, in small letters without accents, the longest
// first, without the titles before it.
func words(name string) []string {
	bare := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) { // an accent that stands by itself
			return -1
		}
		return r
	}, reconcile.Plain(name))
	list := strings.FieldsFunc(bare, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for len(list) > 1 && slices.Contains(titles, list[0]) {
		list = list[1:]
	}
	slices.SortFunc(list, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), strings.Compare(a, b)) })
	return list
}
