package xlsx

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"bascule/reconcile"
	"bascule/reports"
)

// stampProperty is the document property that tells where a workbook came from.
const stampProperty = "bascule-repere"

const (
	// headerWithin is among how many rows that hold something the header of a table
	// is sought: those of the workbook stand at row 6, below what a reviewer may have
	// put on top.
	headerWithin = 60
	// stampWithin is among how many the stamp is sought: it stands near row 25.
	stampWithin = 500
	// maxAnnotationBytes bounds the texts kept: a million rows of 250 bytes.
	maxAnnotationBytes = 256 << 20
)

// ReadAnnotations reads back what reviewers wrote in a workbook of écarts,
// whatever program saved it: columns are found by their headers, in either
// language, on all sheets, wherever they were moved. The password serves only
// where the file is encrypted. Any error is an InputError, after which nothing
// of the file may be kept.
func ReadAnnotations(file *os.File, password string) (_ *reports.Annotated, err error) {
	defer func() {
		if err != nil {
			err = inFile(file.Name(), err)
		}
	}()
	w, err := openFile(file, password)
	if err != nil {
		return nil, err
	}
	a := &annotations{book: w, out: &reports.Annotated{}}
	if a.out.Stamp, err = w.stamp(); err != nil {
		return nil, err
	}
	for i := range w.names {
		if err := a.sheet(i); err != nil {
			return nil, err
		}
	}
	if a.out.Stamp.Run == 0 {
		return nil, unfit("n'est pas un classeur d'écarts écrit par bascule, ou son repère a disparu",
			"rendre le classeur tel que bascule l'a écrit, feuille Lisez-moi comprise")
	}
	return a.out, nil
}

// inFile makes any error of reading an InputError that names the file.
func inFile(path string, err error) error {
	var input *reconcile.InputError
	if errors.As(err, &input) {
		named := *input
		named.File = path
		return &named
	}
	return &reconcile.InputError{File: path, Err: fmt.Errorf("la lecture s'est interrompue : %w", err), Hint: "l'ouvrir dans un tableur et l'enregistrer de nouveau, ou le redemander"}
}

// stamp reads the document property that tells where a workbook came from, if
// it is still there.
func (w *Workbook) stamp() (reports.Stamp, error) {
	text, err := w.property(stampProperty)
	if err != nil {
		return reports.Stamp{}, err
	}
	s, _ := reports.ParseStamp(text)
	return s, nil
}

// property is the text of a property of the document, blank where it has none.
func (w *Workbook) property(name string) (string, error) {
	const properties = "docprops/custom.xml"
	if w.parts[properties] == nil {
		return "", nil
	}
	var custom struct {
		Properties []struct {
			Name string `xml:"name,attr"`
			Text string `xml:"lpwstr"`
		} `xml:"property"`
	}
	if err := w.decode(properties, &custom); err != nil {
		return "", err
	}
	for _, p := range custom.Properties {
		if p.Name == name {
			return p.Text, nil
		}
	}
	return "", nil
}

// annotations is the reading of one workbook.
type annotations struct {
	book *Workbook
	out  *reports.Annotated
	kept int // bytes of text
}

// sheet reads the annotated table of a sheet, if it has one, or else the stamp,
// where the properties do not tell it.
func (a *annotations) sheet(sheet int) error {
	var t *annotatedTable
	met := 0 // rows that hold something
	for row, err := range a.book.Rows(sheet) {
		if err != nil {
			return err
		}
		if t != nil {
			if err := a.row(t, &row); err != nil {
				return err
			}
			continue
		}
		if blankRow(row.Cells) {
			continue
		}
		sought := a.out.Stamp.Run == 0
		if met++; met <= headerWithin {
			name := a.book.names[sheet]
			if t, err = findHeader(name, row.Cells); err != nil {
				return err
			}
			if at := identifierAt(row.Cells); t == nil && at > 0 {
				return &reconcile.InputError{Field: name + "!" + cellName(at, row.Number), Err: errors.New("la ligne d'un écart n'a plus ses en-têtes au-dessus d'elle"),
					Hint: "remettre la ligne des en-têtes en tête du tableau : un tri l'a déplacée, ou elle est effacée"}
			}
		} else if !sought || met > stampWithin {
			return nil
		}
		if sought {
			a.findStamp(row.Cells)
		}
	}
	return nil
}

func (a *annotations) findStamp(cells []string) {
	for _, text := range cells {
		if s, ok := reports.ParseStamp(text); ok {
			a.out.Stamp = s
			return
		}
	}
}

// row keeps a row that a reviewer filled, and apart one that names a decision. One without identifier is kept too:
// what somebody wrote is never dropped in silence.
func (a *annotations) row(t *annotatedTable, row *Row) error {
	filled, carried := false, false
	for i, column := range t.columns {
		if !column.Input && !column.Carried {
			continue
		}
		text := strings.TrimSpace(cellAt(row, t.at[i]))
		_, decision := reconcile.ParseDecisionRef(text)
		filled, carried = filled || column.Input && text != "", carried || column.Carried && decision
	}
	if strings.TrimSpace(cellAt(row, t.at[0])) != "" {
		a.out.Read++
	}
	if !filled && !carried {
		return nil
	}
	texts := make([]string, len(t.columns))
	for i, column := range t.columns {
		texts[i] = strings.Clone(a.text(row, t.at[i], column.Amount))
		a.kept += len(texts[i])
	}
	if a.kept > maxAnnotationBytes {
		return unfit("le classeur contient trop de textes pour être lu en mémoire", "le rendre en plusieurs classeurs")
	}
	to := &a.out.Rows
	if !filled {
		to = &a.out.Bare
	}
	*to = append(*to, reports.Annotation{Sheet: t.sheet, Row: row.Number, Cluster: t.cluster, Texts: texts, Columns: t.at})
	return nil
}

func cellAt(row *Row, column int) string {
	if column > len(row.Cells) {
		return ""
	}
	return row.Cells[column-1]
}

// text is what a cell says to whoever reads it: an amount to the centime, a day
// as AAAA-MM-JJ, a number without the noise of floats.
func (a *annotations) text(row *Row, column int, amount bool) string {
	text := strings.TrimSpace(cellAt(row, column))
	if text == "" {
		return ""
	}
	switch row.Types[column-1] {
	case Number:
		if amount {
			if cents, err := amountOf(text); err == nil {
				return cents.String()
			}
		}
		return plainNumber(text, 0, "")
	case Percent:
		return plainNumber(text, 2, " %")
	case Day:
		return dayText(text, a.book.date1904)
	}
	return text
}
