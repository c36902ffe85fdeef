package mappings

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"bascule/reconcile"
)

// Drafts writes rows that a person may paste at the end of the tables of a
// folder: they have the columns of its tables, further ones included.
type Drafts struct {
	correspondences, elements []string
}

// NewDrafts reads the headers of the tables of a folder.
func NewDrafts(dir string) (*Drafts, error) {
	d := &Drafts{}
	for _, t := range []struct {
		header   *[]string
		name     string
		required []string
	}{{&d.correspondences, correspondencesFile, correspondenceColumns}, {&d.elements, elementsFile, elementColumns}} {
		path := filepath.Join(dir, t.name)
		content, err := ReadFile(path)
		if err != nil {
			return nil, err
		}
		p := &Problems{}
		rows := readRows(file{t.name, path, content}, t.required, p)
		if len(rows) == 0 && p.Total == 0 {
			p.add(&reconcile.InputError{File: path, Err: errors.New("la table n'a aucune ligne"), Hint: hintInit})
		}
		if p.Total > 0 {
			return nil, p
		}
		*t.header = rows[0].header
	}
	return d, nil
}

// Possible tells whether a table may hold the code.
func Possible(code reconcile.Code) bool {
	return isCode(string(code)) && strings.TrimSpace(string(code)) == string(code) && !isScientific(string(code))
}

// Correspondences writes the rows of correspondances.csv, under its header.
// The source says on what evidence.
func (d *Drafts) Correspondences(w io.Writer, rows []reconcile.Proposal, period reconcile.Period) error {
	table := make([]map[string]string, len(rows))
	for i := range rows {
		r := &rows[i]
		source := fmt.Sprintf("proposé par bascule mapping suggest, %s, %d/%d agents", period, r.Closed, r.Agents)
		if r.ByLabel {
			source += ", élément choisi par le libellé"
		}
		table[i] = map[string]string{"element": string(r.Element), "side": r.Side.String(), "code": string(r.Code), "factor": fmt.Sprint(r.Factor),
			"valid_from": r.From.String(), "valid_to": r.To.String(), "source": source, "mark": draftMark(r.Confidence == reconcile.Sure && !r.ByLabel)}
	}
	return writeDraft(w, d.correspondences, table)
}

// Elements writes the rows of elements.csv, under its header.
func (d *Drafts) Elements(w io.Writer, elements []reconcile.NewElement, period reconcile.Period) error {
	table := make([]map[string]string, len(elements))
	for i := range elements {
		e := &elements[i]
		label := strings.Map(func(c rune) rune {
			if c < ' ' || c == 0x7f {
				return ' '
			}
			return c
		}, e.Label)
		table[i] = map[string]string{"element": string(e.Code), "label_fr": label, "kind": string(e.Kind), "cas": "non", "compared": "oui",
			"source": fmt.Sprintf("proposé par bascule mapping suggest, %s", period), "mark": draftMark(false)}
	}
	return writeDraft(w, d.elements, table)
}

// draftMark is the confidence mark of a proposed row (README): likely, or to be
// confirmed.
func draftMark(likely bool) string {
	if likely {
		return "L"
	}
	return "U"
}

func writeDraft(w io.Writer, header []string, table []map[string]string) error {
	c := csv.NewWriter(w)
	c.Comma = ';'
	rows := [][]string{header}
	for _, values := range table {
		row := make([]string, len(header))
		for i, column := range header {
			row[i] = values[column]
		}
		rows = append(rows, row)
	}
	return c.WriteAll(rows)
}
