package sqlite

import (
	"fmt"
	"slices"
	"strings"
)

func (v *verifier) table(name string) (*table, error) {
	if t := v.tables[name]; t != nil {
		return t, nil
	}
	t, err := describeTable(v.ctx, v.c, name)
	v.tables[name] = t
	return t, err
}

// part holds the rows of one table against what an entry says of them.
func (v *verifier) part(e *entry, of *covered, p *part) error {
	t, err := v.table(p.Table)
	if err != nil {
		return err
	}
	if len(p.Chunks) == 0 {
		return v.extra(e, of, p)
	}
	for _, c := range p.Columns {
		if !slices.Contains(t.columns, c) {
			v.changed(e, p, "colonne "+c, "la colonne n'existe plus")
			return nil
		}
	}
	if t.ids {
		err = v.byID(e, t, p)
	} else {
		err = v.whole(e, of, t, p)
	}
	if err == nil {
		err = v.extra(e, of, p)
	}
	if err != nil {
		return err
	}
	return v.laterColumns(e, of, t, p)
}

// byID reads each chunk by its ids.
func (v *verifier) byID(e *entry, t *table, p *part) error {
	query := "SELECT id, " + t.rowBytes(p.Columns) + " FROM " + quoted(p.Table) + " WHERE id BETWEEN ? AND ? ORDER BY id"
	for i := range p.Chunks {
		want := &p.Chunks[i]
		got := newChunker(want.Rows)
		var ids []int64
		err := eachRow(v.ctx, v.c, func(id int64, row []byte) {
			got.add(id, row)
			ids = append(ids, id)
		}, query, want.First, want.First+want.Rows-1)
		if err != nil {
			return err
		}
		v.watch.Add(int(want.Rows))
		if chunks := got.seal(); len(chunks) == 1 && chunks[0] == *want {
			continue
		}
		v.changed(e, p, rowsText(missing(want, ids), want), "n'est plus ce qui a été scellé")
	}
	return nil
}

// missing are the ids of a chunk that are no longer there.
func missing(c *chunk, ids []int64) []int64 {
	var gone []int64
	at := 0
	for id := c.First; id < c.First+c.Rows; id++ {
		if at < len(ids) && ids[at] == id {
			at++
			continue
		}
		gone = append(gone, id)
	}
	return gone
}

const rowsShown = 5

func rowsText(gone []int64, c *chunk) string {
	switch {
	case len(gone) > 0:
		texts := make([]string, 0, rowsShown)
		for _, id := range gone[:min(rowsShown, len(gone))] {
			texts = append(texts, fmt.Sprint(id))
		}
		text := "lignes effacées : " + strings.Join(texts, ", ")
		if len(gone) > rowsShown {
			text += fmt.Sprintf("… (%d)", len(gone))
		}
		return text
	case c.Rows == 1:
		return fmt.Sprintf("ligne %d", c.First)
	}
	return fmt.Sprintf("entre les lignes %d et %d", c.First, c.First+c.Rows-1)
}

// extra looks for rows of the subject that were not there when it was sealed:
// what they hold is nobody's.
func (v *verifier) extra(e *entry, of *covered, p *part) error {
	n, err := v.number("SELECT count(*) FROM "+quoted(p.Table)+" WHERE "+of.rows, e.subject)
	if err != nil || n <= p.rows() {
		return err
	}
	v.changed(e, p, fmt.Sprintf("%d de plus", n-p.rows()), "des lignes ont été ajoutées")
	return nil
}

// whole digests all rows of a table without ids.
func (v *verifier) whole(e *entry, of *covered, t *table, p *part) error {
	got, err := digestRows(v.ctx, v.c, t, of, p.Columns, e.subject)
	if err != nil {
		return err
	}
	v.watch.Add(int(p.rows()))
	for i := range p.Chunks {
		if i < len(got.Chunks) && got.Chunks[i] == p.Chunks[i] {
			continue
		}
		v.changed(e, p, fmt.Sprintf("de la %de à la %de", p.Chunks[i].First+1, p.Chunks[i].First+p.Chunks[i].Rows), "n'est plus ce qui a été scellé")
		return nil
	}
	return nil
}

// laterColumns holds the columns that came after the entry to the value that the
// change of schema gave its rows: nobody has filled them since.
func (v *verifier) laterColumns(e *entry, of *covered, t *table, p *part) error {
	var touched []string
	for _, c := range t.covers(of) {
		if slices.Contains(p.Columns, c) {
			continue
		}
		value := "NULL"
		if d := t.defaults[c]; d.Valid {
			value = d.String
		}
		touched = append(touched, quoted(c)+" IS NOT ("+value+")")
	}
	if touched == nil {
		return nil
	}
	n, err := v.number("SELECT count(*) FROM "+quoted(p.Table)+" WHERE "+of.rows+" AND ("+strings.Join(touched, " OR ")+")", e.subject)
	if err == nil && n > 0 {
		v.changed(e, p, fmt.Sprintf("%d", n), "des colonnes ajoutées depuis ont été remplies")
	}
	return err
}
