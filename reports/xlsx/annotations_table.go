package xlsx

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/shopspring/decimal"

	"bascule/reconcile"
	"bascule/reports"
)

// headersEnough tells the header of an annotated table from any other row: those
// of other sheets share four columns with it at most.
const headersEnough = 6

// annotatedTable is an annotated table whose header was found.
type annotatedTable struct {
	sheet   string
	cluster bool
	columns []reports.AnnotatedColumn
	at      []int // of each of them, from 1
}

// annotatedColumns are those of gaps, then those of clusters.
var annotatedColumns = sync.OnceValue(func() [2][]reports.AnnotatedColumn {
	return [2][]reports.AnnotatedColumn{reports.AnnotatedColumns(false), reports.AnnotatedColumns(true)}
})

// findHeader tells whether a row is the header of an annotated table, and where
// its columns stand; nil where it is none. What identifies the rows tells gaps
// from clusters or, where that is missing, the greater number of columns.
func findHeader(sheet string, cells []string) (*annotatedTable, error) {
	var best *annotatedTable
	most := 0
	for i, columns := range annotatedColumns() {
		t := &annotatedTable{sheet: sheet, cluster: i == 1, columns: columns, at: make([]int, len(columns))}
		found := 0
		for j := range columns {
			if t.at[j] = 1 + slices.IndexFunc(cells, columns[j].Bears); t.at[j] > 0 {
				found++
			}
		}
		if found < headersEnough {
			continue
		}
		if t.at[0] > 0 {
			found += len(cells) // more than any number of columns
		}
		if found > most {
			best, most = t, found
		}
	}
	if best == nil {
		return nil, nil
	}
	return best, best.check(cells)
}

// check refuses a header that lacks a column, or has one twice.
func (t *annotatedTable) check(cells []string) error {
	for i := range t.columns {
		column := &t.columns[i]
		refuse := func(what, hint string) error {
			return &reconcile.InputError{Field: t.sheet, Err: fmt.Errorf("la colonne « %s » %s", column.Headers[0], what), Hint: hint}
		}
		if t.at[i] == 0 {
			return refuse("manque", "rendre la feuille avec ses colonnes, leurs en-têtes inchangés ; masquer une colonne suffit à ne plus la voir")
		}
		if again := slices.IndexFunc(cells[t.at[i]:], column.Bears); again >= 0 {
			return refuse(fmt.Sprintf("est présente deux fois (%s et %s)", cellLetters(t.at[i]), cellLetters(t.at[i]+again+1)), "supprimer celle qui est de trop")
		}
	}
	return nil
}

func blankRow(cells []string) bool {
	return !slices.ContainsFunc(cells, func(s string) bool { return s != "" })
}

// identifierAt is the column of what identifies a gap or a cluster, where the row
// is as wide as theirs; 0 where it is none of them. They are digests, in small
// hexadecimal letters.
func identifierAt(cells []string) int {
	const least = 12 // cells that any of their rows fills
	filled, at := 0, 0
	for i, text := range cells {
		if text != "" {
			filled++
		}
		if len(text) >= 12 && len(text) <= 24 && strings.Trim(text, "0123456789abcdef") == "" && strings.ContainsAny(text, "abcdef") {
			at = i + 1
		}
	}
	if filled < least {
		return 0
	}
	return at
}

// cellLetters names a column.
func cellLetters(column int) string { return strings.TrimRight(cellName(column, 1), "1") }

// plainNumber writes a number as it reads, shifted by a number of digits, with
// what follows it. Excel saves seventeen digits: those beyond the fifteenth are
// the noise of its floats.
func plainNumber(text string, shift int32, suffix string) string {
	d, err := exact(text)
	if err != nil {
		return text
	}
	return d.Shift(shift).String() + suffix
}

const longestNumber = 30 // characters, as programs write them

var errNoNumber = errors.New("n'est pas un nombre")

// exact reads the number of a cell, to the digits that Excel holds.
func exact(text string) (decimal.Decimal, error) {
	if len(text) > longestNumber {
		return decimal.Decimal{}, errNoNumber
	}
	d, err := decimal.NewFromString(text)
	if err != nil || d.Exponent() < -longestNumber*11 || d.Exponent() > longestNumber*11 {
		return decimal.Decimal{}, errNoNumber
	}
	whole := int32(len(d.Abs().Truncate(0).String()))
	return d.Round(significantDigits - whole), nil
}

// dayText writes the day that a number stands for, or the number where it
// stands for none.
func dayText(text string, date1904 bool) string {
	d, err := exact(text)
	if err != nil {
		return text
	}
	const greatest = 2_958_465 // 31 December 9999
	days := d.IntPart()
	epoch := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	if date1904 {
		epoch = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	if days < 1 || days > greatest {
		return d.String()
	}
	return epoch.AddDate(0, 0, int(days)).Format(time.DateOnly)
}
