package xlsx

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"math"
	"os"
	"slices"

	"bascule/reconcile"
	"bascule/reports"
)

// planProperty is the document property that tells how to read the file back.
const planProperty = "bascule-plan"

// ErrForeign is met on a workbook that Write did not make.
var ErrForeign = errors.New("n'est pas un classeur écrit par bascule")

// plan says where the tables of a file stand.
type plan struct {
	Content string `json:"content"` // SHA-256 of the content
	Parts   []part `json:"parts"`
}

// part is the share of a table that one sheet holds.
type part struct {
	Table  string      `json:"table"` // name of the table's first sheet
	Sheet  string      `json:"sheet"`
	Header int         `json:"header"` // row; the rows follow it
	Last   int         `json:"last"`
	End    int         `json:"end"` // last row of the sheet: lines may stand below the table
	Sums   []sumColumn `json:"sums,omitempty"`
	Inputs []int       `json:"inputs,omitempty"` // columns of the reviewer
}

type sumColumn struct {
	Key string `json:"key"`
	Col int    `json:"col"`
}

func partOf(s *reports.Sheet, name string, header, last, end int) part {
	p := part{Table: s.Name, Sheet: name, Header: header, Last: last, End: end}
	for i := range s.Table.Columns {
		c := &s.Table.Columns[i]
		if summed(c) {
			p.Sums = append(p.Sums, sumColumn{c.Key, i + 1})
		}
		if c.Input {
			p.Inputs = append(p.Inputs, i+1)
		}
	}
	return p
}

// Sums reads a written file back from the disk, cell by cell: its content's
// digest, and the exact total of each column of amounts.
func Sums(path string, o Options) (_ Result, err error) {
	file, err := os.Open(path)
	if err != nil {
		return Result{}, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	info, err := file.Stat()
	if err != nil {
		return Result{}, err
	}
	book, err := openAt(file, info.Size(), o.Password, math.MaxUint64)
	if err != nil {
		return Result{}, err
	}
	plan, err := book.plan()
	if err != nil {
		return Result{}, err
	}
	r := reader{book: book, digest: sha256.New()}
	for i, name := range book.names {
		if err := r.sheet(i, plan.Parts); err != nil {
			return Result{}, fmt.Errorf("feuille %s : %w", name, err)
		}
	}
	r.result.SHA256 = hex.EncodeToString(r.digest.Sum(nil))
	return r.result, nil
}

// Verify tells whether the file holds what Write said it does.
func Verify(path string, want Result, o Options) error {
	got, err := Sums(path, o)
	if err != nil {
		return fmt.Errorf("relire : %w", err)
	}
	for i := range want.Tables {
		if i >= len(got.Tables) || got.Tables[i].Sheet != want.Tables[i].Sheet || got.Tables[i].Rows != want.Tables[i].Rows ||
			!slices.Equal(got.Tables[i].Sums, want.Tables[i].Sums) {
			return fmt.Errorf("relire : la feuille %s ne rend pas les sommes écrites", want.Tables[i].Sheet)
		}
	}
	if got.SHA256 != want.SHA256 {
		return errors.New("relire : le contenu relu n'est pas celui qui a été écrit")
	}
	return nil
}

// plan reads the document property that tells where the tables stand.
func (w *Workbook) plan() (plan, error) {
	text, err := w.property(planProperty)
	if err != nil {
		return plan{}, err
	}
	var found plan
	if text == "" || json.Unmarshal([]byte(text), &found) != nil {
		return plan{}, ErrForeign
	}
	return found, nil
}

type reader struct {
	book   *Workbook
	digest hash.Hash
	told   []byte // what the digest takes of the row
	result Result
}

// sheet reads one sheet, adding its rows to the table it is a part of.
func (r *reader) sheet(sheet int, parts []part) error {
	name := r.book.names[sheet]
	at := slices.IndexFunc(parts, func(p part) bool { return p.Sheet == name })
	r.digest.Write([]byte("\n# " + name))
	if at < 0 {
		return r.book.readRaw(sheet, func(row *rawRow) error {
			r.tell(row, nil)
			return nil
		})
	}
	p, last := &parts[at], 0
	t := r.table(p)
	err := r.book.readRaw(sheet, func(row *rawRow) error {
		last = row.number
		if row.number <= p.Header || row.number > p.Last {
			r.tell(row, nil)
			return nil
		}
		r.tell(row, p.Inputs)
		return t.add(row, p.Sums)
	})
	if err == nil && last != p.End {
		err = fmt.Errorf("%d lignes relues, %d écrites", last, p.End)
	}
	t.Rows += p.Last - p.Header
	return err
}

// tell gives the digest a row, its reviewer's columns left out.
func (r *reader) tell(row *rawRow, inputs []int) {
	r.told = r.told[:0]
	for i := range row.ends {
		if !slices.Contains(inputs, i+1) {
			r.told = appendCell(r.told, row.number, i+1, row.text(i))
		}
	}
	r.digest.Write(r.told)
}

// add adds the amounts of a row up.
func (t *Table) add(row *rawRow, sums []sumColumn) error {
	for i, c := range sums {
		if c.Col > len(row.ends) {
			continue
		}
		text := row.text(c.Col - 1)
		if len(text) == 0 {
			continue
		}
		a, err := centimes(text)
		if err != nil {
			return fmt.Errorf("%s : %w", cellName(c.Col, row.number), err)
		}
		t.Sums[i].Amount += a
	}
	return nil
}

// table finds or begins the table a part belongs to.
func (r *reader) table(p *part) *Table {
	for i := range r.result.Tables {
		if r.result.Tables[i].Sheet == p.Table {
			return &r.result.Tables[i]
		}
	}
	t := Table{Sheet: p.Table}
	for _, c := range p.Sums {
		t.Sums = append(t.Sums, Sum{Column: c.Key})
	}
	r.result.Tables = append(r.result.Tables, t)
	return &r.result.Tables[len(r.result.Tables)-1]
}

// centimes is amountOf, faster on what a number is written as here.
func centimes(text []byte) (reconcile.Amount, error) {
	const mostDigits = 15
	digits, decimals, seen := int64(0), -1, 0
	for i, c := range text {
		switch {
		case c >= '0' && c <= '9':
			digits, seen = 10*digits+int64(c-'0'), seen+1
			if decimals >= 0 {
				decimals++
			}
		case c == '-' && i == 0:
		case c == '.' && decimals < 0 && seen > 0:
			decimals = 0
		default:
			return amountOf(string(text))
		}
	}
	if decimals = max(decimals, 0); seen == 0 || seen > mostDigits || decimals > 2 {
		return amountOf(string(text))
	}
	cents := reconcile.Amount(digits * tenTo[2-decimals])
	if text[0] == '-' {
		cents = -cents
	}
	return cents, nil
}

// amountOf reads the amount of a cell.
func amountOf(text string) (reconcile.Amount, error) {
	d, err := exact(text)
	if err != nil {
		return 0, reconcile.ErrAmountSyntax
	}
	if cents := d.Shift(2); cents.IsInteger() {
		return reconcile.Amount(cents.IntPart()), nil
	}
	return 0, reconcile.ErrAmountPrecision
}
