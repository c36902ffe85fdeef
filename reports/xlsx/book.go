package xlsx

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"bascule/reports"
)

// book is a workbook being written.
type book struct {
	book    *reports.Workbook
	options Options
	file    *excelize.File

	styles       map[look]int
	conditionals map[reports.Role]int
	lists        map[string]list
	listNames    []string
	marks        map[place]target
	pending      []*page // whose links wait for sheets to come
	sheets       int     // begun so far
	result       Result
	parts        []part
	digest       hash.Hash
	told         []byte // what the digest takes of the row
	text         []byte // of the cell
	rows         *queue // to the stream of the sheet that is open
}

// list is where the items of a drop-down stand.
type list struct {
	sheet       string
	col         int
	first, last int
}

func newBook(wb *reports.Workbook, o Options) (*book, error) {
	b := &book{
		book: wb, options: o,
		file:   excelize.NewFile(excelize.Options{TmpDir: o.TempDir, Password: o.Password}),
		styles: map[look]int{}, conditionals: map[reports.Role]int{}, lists: map[string]list{}, marks: map[place]target{},
		digest: sha256.New(),
	}
	if err := b.file.SetDefaultFont(textFont); err != nil {
		return nil, err
	}
	size := float64(textSize)
	b.file.Styles.Fonts.Font[0].Sz.Val = &size
	return b, b.properties()
}

// properties names the document: readers and screen readers announce it.
func (b *book) properties() error {
	created := b.options.Created.UTC().Format(time.RFC3339)
	language := "fr-FR"
	if b.book.Lang == "en" {
		language = "en-GB"
	}
	creator := firstOf(b.options.Creator, "bascule")
	if err := b.file.SetDocProps(&excelize.DocProperties{
		Title: b.book.Title, Subject: b.book.Subject, Description: b.book.Description, Keywords: b.book.Keywords,
		Creator: creator, LastModifiedBy: creator, Created: created, Modified: created, Language: language,
	}); err != nil {
		return err
	}
	return b.file.SetAppProps(&excelize.AppProperties{Application: creator})
}

// finish ends the workbook: the sheets whose links waited, its charts, the lists
// of the drop-downs, and the plan by which the file is read back. Nothing here may
// touch a sheet that was flushed: excelize would parse it back into memory, whole.
func (b *book) finish() error {
	for _, p := range b.pending {
		if err := p.close(); err != nil {
			return err
		}
	}
	b.orderCharts()
	for _, name := range b.listNames {
		l := b.lists[name]
		if err := b.file.SetDefinedName(&excelize.DefinedName{Name: name, RefersTo: quoted(l.sheet) + "!" + absolute(l.col, l.first) + ":" + absolute(l.col, l.last)}); err != nil {
			return err
		}
	}
	b.result.SHA256 = hex.EncodeToString(b.digest.Sum(nil))
	plan, err := json.Marshal(plan{Content: b.result.SHA256, Parts: b.parts})
	if err != nil {
		return err
	}
	if b.book.Stamp.Run > 0 {
		if err := b.file.SetCustomProps(excelize.CustomProperty{Name: stampProperty, Value: b.book.Stamp.String()}); err != nil {
			return err
		}
	}
	return b.file.SetCustomProps(excelize.CustomProperty{Name: planProperty, Value: string(plan)})
}

// value turns a cell into what the stream takes, and adds the text it is stored
// under. The former text of the column is not made a value again.
func (b *book) value(c *reports.Cell, text []byte, former *any) (any, []byte, error) {
	switch c.Type {
	case reports.Blank:
		return nil, text, nil
	case reports.Text, reports.Digest:
		s := fitting(c.Text)
		if last, ok := (*former).(string); !ok || last != s {
			*former = s
		}
		return *former, append(text, s...), nil
	case reports.Money, reports.Delta:
		f, err := number(c.N, 2)
		return f, appendNumber(text, c.N, 2), err
	case reports.Percent:
		n := ratio(c.N, c.Of)
		f, err := number(n, 4)
		return f, appendNumber(text, n, 4), err
	case reports.Jobs:
		f, err := number(c.N, 4)
		return f, appendNumber(text, c.N, 4), err
	case reports.Count, reports.Date, reports.Month:
		return c.N, strconv.AppendInt(text, c.N, 10), nil
	}
	return nil, text, fmt.Errorf("type de cellule %d inconnu", c.Type)
}

// appendCell adds what the digest of the content takes of a cell. Blank texts
// count for nothing: a reader cannot tell them from absent ones.
func appendCell(to []byte, row, col int, text []byte) []byte {
	if len(text) == 0 {
		return to
	}
	to = strconv.AppendInt(append(to, '\n'), int64(row), 10)
	to = strconv.AppendInt(append(to, ' '), int64(col), 10)
	return appendQuoted(append(to, ' '), text)
}

// appendQuoted is strconv.AppendQuote, faster on texts that need no escape.
func appendQuoted(to, text []byte) []byte {
	for i := 0; i < len(text); {
		c, size := text[i], 1
		switch {
		case c == '"' || c == '\\' || c < ' ' || c == 0x7f:
			return strconv.AppendQuote(to, string(text))
		case c == 0xC3 && i+1 < len(text) && text[i+1]&0xC0 == 0x80: // À to ÿ
			size = 2
		case c >= utf8.RuneSelf:
			var r rune
			if r, size = utf8.DecodeRune(text[i:]); r == utf8.RuneError || !strconv.IsPrint(r) {
				return strconv.AppendQuote(to, string(text))
			}
		}
		i += size
	}
	return append(append(append(to, '"'), text...), '"')
}

// fitting cuts a text to what a cell holds.
func fitting(s string) string {
	const most = excelize.TotalCellChars / 2 // a letter beyond the basic plane counts for two
	if len(s) <= most {
		return s
	}
	runes := []rune(s)
	if len(runes) <= most {
		return s
	}
	return string(runes[:most-1]) + "…"
}

func quoted(sheet string) string { return "'" + strings.ReplaceAll(sheet, "'", "''") + "'" }

func absolute(col, row int) string {
	name, err := excelize.CoordinatesToCellName(col, row, true)
	if err != nil {
		panic("coordonnées hors de la feuille : " + err.Error())
	}
	return name
}

func cellName(col, row int) string { return strings.ReplaceAll(absolute(col, row), "$", "") }

func area(c1, r1, c2, r2 int) string { return cellName(c1, r1) + ":" + cellName(c2, r2) }
