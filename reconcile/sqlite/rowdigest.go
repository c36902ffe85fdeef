package sqlite

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"database/sql/driver"
	"encoding/hex"
	"fmt"
	"hash"
	"slices"
	"strconv"
	"strings"
)

// part is what an entry of the chain says of one table: the columns it covers,
// by name, so that a column added later changes no older digest; and the digest
// of the rows, chunk by chunk, so that a change is found near its row.
type part struct {
	Table   string   `json:"table"`
	Columns []string `json:"columns"` // without id, which the chunks tell
	Chunks  []chunk  `json:"chunks"`
}

// chunk is a few rows in a row: their ids follow each other. In a table without
// ids, First counts the rows before.
type chunk struct {
	First  int64  `json:"first"`
	Rows   int64  `json:"rows"`
	SHA256 string `json:"sha256"`
}

func (p *part) rows() (n int64) {
	for i := range p.Chunks {
		n += p.Chunks[i].Rows
	}
	return n
}

// chunkRows is the size of a chunk: 100 bytes of the chain for so many rows.
const chunkRows = 1024

// chunker cuts rows into chunks and digests each.
type chunker struct {
	most   int64 // rows of a chunk
	chunks []chunk
	hash   hash.Hash
	text   [sha256.Size]byte
}

func newChunker(most int64) *chunker {
	return &chunker{most: most, chunks: []chunk{}, hash: sha256.New()}
}

func (c *chunker) add(id int64, row []byte) {
	last := len(c.chunks) - 1
	if last < 0 || c.chunks[last].Rows == c.most || c.chunks[last].First+c.chunks[last].Rows != id {
		c.seal()
		c.chunks = append(c.chunks, chunk{First: id})
		last++
	}
	c.chunks[last].Rows++
	c.hash.Write(row)
}

// seal ends the chunk that is open, if one is.
func (c *chunker) seal() []chunk {
	if last := len(c.chunks) - 1; last >= 0 {
		c.chunks[last].SHA256 = hex.EncodeToString(c.hash.Sum(c.text[:0]))
		c.hash.Reset()
	}
	return c.chunks
}

// rowWriter turns rows that are being inserted into the bytes that rowBytes
// makes of them once they are stored.
type rowWriter struct{ text []byte }

func (w *rowWriter) row(values []driver.Value) []byte {
	b := w.text[:0]
	for i, v := range values {
		if i > 0 {
			b = append(b, ',')
		}
		switch v := v.(type) {
		case nil:
			b = append(b, '~')
		case int64:
			b = strconv.AppendInt(b, v, 10)
		case string:
			b = strconv.AppendInt(b, int64(len(v)), 10)
		case bool:
			b = append(b, "01"[b2i(v)])
		default:
			panic(fmt.Sprintf("a row holds a %T, which no column is made of", v))
		}
	}
	b = append(b, ':')
	for _, v := range values {
		if s, ok := v.(string); ok {
			b = append(b, s...)
		}
	}
	w.text = b
	return b
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// rowBytes is the SQL of a row's canonical bytes: each number and the length of
// each text, "~" for NULL, then the texts. SQLite writes them: fetching forty
// columns one by one would cost three times as much.
func (t *table) rowBytes(columns []string) string {
	heads, texts := make([]string, len(columns)), []string{"':'"}
	for i, c := range columns {
		if t.numbers[c] {
			heads[i] = "ifnull(" + quoted(c) + ", '~')"
			continue
		}
		heads[i] = "ifnull(octet_length(" + quoted(c) + "), '~')"
		texts = append(texts, quoted(c))
	}
	return "CAST(concat(concat_ws(',', " + strings.Join(heads, ", ") + "), " + strings.Join(texts, ", ") + ") AS BLOB)"
}

func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// table is what the database says of one of its tables.
type table struct {
	columns  []string
	numbers  map[string]bool           // columns of integers; the others are texts or bytes
	defaults map[string]sql.NullString // as SQL
	key      []string                  // the primary key, in order
	ids      bool                      // it has an integer key named id
}

func describeTable(ctx context.Context, c *sql.Conn, name string) (*table, error) {
	rows, err := c.QueryContext(ctx, "SELECT name, type, dflt_value, pk FROM pragma_table_info(?) ORDER BY cid", name)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	t := &table{numbers: make(map[string]bool), defaults: make(map[string]sql.NullString)}
	ranks := make(map[string]int)
	for rows.Next() {
		var column, kind string
		var value sql.NullString
		var rank int
		if err := rows.Scan(&column, &kind, &value, &rank); err != nil {
			return nil, err
		}
		t.columns, t.defaults[column], t.numbers[column] = append(t.columns, column), value, kind == "INTEGER"
		if rank > 0 {
			t.key, ranks[column] = append(t.key, column), rank
			t.ids = column == "id" && kind == "INTEGER"
		}
	}
	t.ids = t.ids && len(t.key) == 1
	slices.SortFunc(t.key, func(a, b string) int { return ranks[a] - ranks[b] })
	return t, rows.Err()
}

// covers lists the columns that an entry made today covers.
func (t *table) covers(of *covered) []string {
	return slices.DeleteFunc(slices.Clone(t.columns), func(c string) bool {
		if of.only != nil {
			return !slices.Contains(of.only, c)
		}
		return slices.Contains(of.except, c) || t.ids && c == "id"
	})
}

// digestRows digests stored rows: all those that the covered part of a subject
// holds, or those of some ids.
func digestRows(ctx context.Context, c *sql.Conn, t *table, of *covered, columns []string, subject int64) (*part, error) {
	id, order := "0", strings.Join(quotedAll(t.key), ", ")
	if t.ids {
		id = "id"
	}
	from := of.from
	if from == "" {
		from = quoted(of.table)
	}
	chunks := newChunker(of.chunkRows())
	rank := int64(0)
	err := eachRow(ctx, c, func(id int64, row []byte) {
		if !t.ids {
			id, rank = rank, rank+1
		}
		chunks.add(id, row)
	}, "SELECT "+id+", "+t.rowBytes(columns)+" FROM "+from+" WHERE "+of.rows+" ORDER BY "+order, subject)
	return &part{Table: of.table, Columns: columns, Chunks: chunks.seal()}, err
}

// eachRow passes the identifier and the bytes of each row on.
func eachRow(ctx context.Context, c *sql.Conn, each func(int64, []byte), query string, args ...any) error {
	rows, err := c.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	var id int64
	var row sql.RawBytes
	for rows.Next() {
		if err := rows.Scan(&id, &row); err != nil {
			return err
		}
		each(id, row)
	}
	return rows.Err()
}

func quotedAll(names []string) []string {
	all := make([]string, len(names))
	for i, n := range names {
		all[i] = quoted(n)
	}
	return all
}
