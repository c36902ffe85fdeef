package budget

import (
	"fmt"
	"slices"
	"strings"

	"bascule/reconcile"
)

// Problem is what is wrong with a row, with a file, or with what they are held
// against.
type Problem struct {
	*reconcile.InputError
	at place // of a row; zero for the others
}

// place is where a row stands, and which of its cells is to blame.
type place struct {
	sheet  string // blank for a CSV file
	row    int
	column string // its letters, in a sheet
	name   string // of the column; blank for the whole row
}

// same tells whether two problems are one, but for their rows.
func (p *Problem) same(o *Problem) bool {
	return p.at.row > 0 && o.at.row > 0 && p.File == o.File && p.at.sheet == o.at.sheet && p.at.name == o.at.name && p.Hint == o.Hint && p.Err.Error() == o.Err.Error()
}

// rangesShown bounds the rows that one problem cites.
const rangesShown = 10

// Grouped tells once, where it is met first, what is wrong in the same way with
// the same value on several rows of a file, and on which ones.
func Grouped(problems []Problem) []*reconcile.InputError {
	var list []*reconcile.InputError
	told := make([]bool, len(problems))
	for i := range problems {
		p := &problems[i]
		if told[i] {
			continue
		}
		rows := []int{p.at.row}
		for j := i + 1; j < len(problems); j++ {
			if !told[j] && p.same(&problems[j]) {
				told[j] = true
				rows = append(rows, problems[j].at.row)
			}
		}
		if slices.Sort(rows); len(rows) == 1 {
			list = append(list, p.InputError)
			continue
		}
		list = append(list, &reconcile.InputError{File: p.File, Field: p.at.onRows(rows), Err: p.Err, Hint: p.Hint})
	}
	return list
}

// onRows cites rows: « lignes 2 à 46, 50: programme », « Crédits!E4:E9, E12 (ae) ».
func (p *place) onRows(rows []int) string {
	var ranges []string
	left := 0
	for start := 0; start < len(rows); {
		end := start + 1
		for end < len(rows) && rows[end] <= rows[end-1]+1 {
			end++
		}
		if len(ranges) < rangesShown {
			ranges = append(ranges, p.span(rows[start], rows[end-1]))
		} else {
			left += end - start
		}
		start = end
	}
	text := strings.Join(ranges, ", ")
	if left > 0 {
		text += fmt.Sprintf(" et %d autre(s)", left)
	}
	switch {
	case p.sheet == "" && p.name == "":
		return "lignes " + text
	case p.sheet == "":
		return fmt.Sprintf("lignes %s: %s", text, p.name)
	case p.name == "":
		return p.sheet + "!" + text
	}
	return fmt.Sprintf("%s!%s (%s)", p.sheet, text, p.name)
}

func (p *place) span(first, last int) string {
	switch {
	case first == last:
		return fmt.Sprintf("%s%d", p.column, first)
	case p.sheet != "":
		return fmt.Sprintf("%s%d:%s%d", p.column, first, p.column, last)
	case last == first+1:
		return fmt.Sprintf("%d, %d", first, last)
	}
	return fmt.Sprintf("%d à %d", first, last)
}
