package xlsx

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"os"
	"path/filepath"
	"slices"

	"github.com/xuri/excelize/v2"

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

// Sums reads a written file back, cell by cell: its content's digest, and the
// exact total of each column of amounts.
func Sums(path string, o Options) (_ Result, err error) {
	spills, err := os.MkdirTemp(firstOf(o.TempDir, filepath.Dir(path)), Spills)
	if err != nil {
		return Result{}, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(spills)) }()
	file, err := excelize.OpenFile(path, excelize.Options{RawCellValue: true, TmpDir: spills, Password: o.Password})
	if err != nil {
		return Result{}, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	plan, err := planOf(file)
	if err != nil {
		return Result{}, err
	}
	r := reader{file: file, digest: sha256.New()}
	for _, name := range file.GetSheetList() {
		if err := r.sheet(name, plan.Parts); err != nil {
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

func planOf(file *excelize.File) (plan, error) {
	properties, err := file.GetCustomProps()
	if err != nil {
		return plan{}, err
	}
	for _, p := range properties {
		text, ok := p.Value.(string)
		if p.Name != planProperty || !ok {
			continue
		}
		var found plan
		if err := json.Unmarshal([]byte(text), &found); err != nil {
			return plan{}, ErrForeign
		}
		return found, nil
	}
	return plan{}, ErrForeign
}

type reader struct {
	file    *excelize.File
	digest  hash.Hash
	scratch []byte
	result  Result
}

// sheet reads one sheet, adding its rows to the table it is a part of.
func (r *reader) sheet(name string, parts []part) error {
	at := slices.IndexFunc(parts, func(p part) bool { return p.Sheet == name })
	r.digest.Write([]byte("\n# " + name))
	rows, err := r.file.Rows(name)
	if err != nil {
		return err
	}
	last, n := 0, 0
	for n = 1; rows.Next(); n++ {
		cells, err := rows.Columns()
		if err != nil {
			return errors.Join(err, rows.Close())
		}
		if len(cells) > 0 {
			last = n
		}
		if err := r.row(n, cells, at, parts); err != nil {
			return errors.Join(err, rows.Close())
		}
	}
	if at >= 0 && last != parts[at].End {
		return errors.Join(fmt.Errorf("%d lignes relues, %d écrites", last, parts[at].End), rows.Close())
	}
	if at >= 0 {
		r.table(&parts[at]).Rows += parts[at].Last - parts[at].Header
	}
	return rows.Close()
}

func (r *reader) row(n int, cells []string, at int, parts []part) error {
	inTable := at >= 0 && n > parts[at].Header && n <= parts[at].Last
	r.scratch = r.scratch[:0]
	for i, text := range cells {
		if inTable && slices.Contains(parts[at].Inputs, i+1) {
			continue
		}
		r.scratch = appendCell(r.scratch, n, i+1, text)
	}
	r.digest.Write(r.scratch)
	if !inTable {
		return nil
	}
	t := r.table(&parts[at])
	for i, c := range parts[at].Sums {
		if c.Col > len(cells) || cells[c.Col-1] == "" {
			continue
		}
		a, err := amountOf(cells[c.Col-1])
		if err != nil {
			return fmt.Errorf("%s : %w", cellName(c.Col, n), err)
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
