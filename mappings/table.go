package mappings

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"bascule/reconcile"
)

// row is one line of a table. Its methods read a column by its position in the
// header and report what they cannot read.
type row struct {
	path     string
	line     int
	header   []string
	cells    []string
	problems *Problems
}

// readRows cuts a table into rows: UTF-8 with or without BOM, LF or CRLF,
// fields separated by semicolons, quotes as in RFC 4180. The header must start
// with the given columns; further ones are kept. Rows of a wrong width are
// reported and left out.
func readRows(f file, columns []string, p *Problems) []row {
	content := bytes.TrimPrefix(f.content, []byte("\ufeff"))
	if line := InvalidUTF8(content); line > 0 {
		p.add(&reconcile.InputError{File: f.path, Line: line, Err: errors.New("la ligne n'est pas en UTF-8"), Hint: "enregistrez la table au format « CSV UTF-8 »"})
		return nil
	}
	r := csv.NewReader(bytes.NewReader(content))
	r.Comma = ';'
	r.FieldsPerRecord = -1
	var header []string
	var rows []row
	for {
		cells, err := r.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			p.add(QuoteError(f.path, err))
			break
		}
		line, _ := r.FieldPos(0)
		switch {
		case header == nil:
			if header = cells; !validHeader(f.path, line, header, columns, p) {
				return nil
			}
		case len(cells) != len(header):
			p.add(&reconcile.InputError{File: f.path, Line: line, Err: fmt.Errorf("la ligne a %d champs au lieu de %d", len(cells), len(header)), Hint: "chaque colonne de l'en-tête attend un champ, même vide"})
		default:
			rows = append(rows, row{f.path, line, header, cells, p})
		}
	}
	if header == nil && len(bytes.TrimSpace(content)) == 0 {
		p.add(&reconcile.InputError{File: f.path, Err: errors.New("la table est vide"), Hint: "la première ligne doit être « " + strings.Join(columns, ";") + " »"})
	}
	return rows
}

// InvalidUTF8 is the first line that is not UTF-8, or 0.
func InvalidUTF8(content []byte) int {
	if utf8.Valid(content) {
		return 0
	}
	for n := 1; ; n++ {
		line, rest, _ := bytes.Cut(content, []byte("\n"))
		if !utf8.Valid(line) {
			return n
		}
		content = rest
	}
}

// QuoteError tells where the quotes of a CSV file are wrong.
func QuoteError(path string, err error) *reconcile.InputError {
	e := &reconcile.InputError{File: path, Err: errors.New("les guillemets sont mal placés"), Hint: "un champ entre guillemets double ceux qu'il contient"}
	var parse *csv.ParseError
	if errors.As(err, &parse) {
		e.Line = parse.StartLine
	}
	return e
}

func validHeader(path string, line int, header, columns []string, p *Problems) bool {
	refuse := func(err error) bool {
		p.add(&reconcile.InputError{File: path, Line: line, Field: "en-tête", Err: err,
			Hint: "écrivez « " + strings.Join(columns, ";") + " », puis vos propres colonnes s'il y en a"})
		return false
	}
	for i, c := range columns {
		if i >= len(header) || header[i] != c {
			return refuse(fmt.Errorf("la colonne %d devrait être « %s »", i+1, c))
		}
	}
	seen := map[string]bool{}
	for i, c := range header {
		if c == "" {
			return refuse(fmt.Errorf("la colonne %d n'a pas de nom", i+1))
		}
		if seen[c] {
			return refuse(fmt.Errorf("la colonne « %s » est répétée", c))
		}
		seen[c] = true
	}
	return true
}

// bad reports that a column of the row is wrong; format completes the sentence
// "<column> …".
func (r *row) bad(column int, hint, format string, args ...any) {
	r.problems.add(&reconcile.InputError{File: r.path, Line: r.line, Field: r.header[column], Err: fmt.Errorf(format, args...), Hint: hint})
}

// text reads free text; spaces around it mean nothing.
func (r *row) text(column int) string {
	s := strings.TrimSpace(r.cells[column])
	if strings.ContainsFunc(s, func(c rune) bool { return c < ' ' || c == 0x7f }) {
		r.bad(column, "écrivez le texte sur une seule ligne", "contient un saut de ligne ou un caractère de contrôle")
	}
	return s
}

// required reads free text that may not be blank.
func (r *row) required(column int, hint string) string {
	s := r.text(column)
	if s == "" {
		r.bad(column, hint, "est vide")
	}
	return s
}

// word reads a key: spaces around it would make two of one.
func (r *row) word(column int) string {
	s := r.cells[column]
	if s != strings.TrimSpace(s) {
		r.bad(column, "retirez-les", "commence ou finit par des espaces")
	}
	return strings.TrimSpace(s)
}

// name reads an identifier made of capitals, digits and underscores.
func (r *row) name(column int) string {
	s := r.word(column)
	if !isName(s) {
		r.bad(column, "n'employez que A-Z, 0-9 et « _ », sans accent ni espace", "n'est pas un nom possible")
	}
	return s
}

func isName(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '_' {
			return false
		}
	}
	return s != "" && len(s) <= maxNameBytes
}

// maxNameBytes keeps names within a column of a sheet.
const maxNameBytes = 40

// oneOf reads a word out of a list.
func (r *row) oneOf(column int, words ...string) (string, bool) {
	s := r.word(column)
	for _, w := range words {
		if s == w {
			return s, true
		}
	}
	r.bad(column, "écrivez "+strings.Join(words, ", "), "vaut « %s »", s)
	return s, false
}

// yes reads oui or non.
func (r *row) yes(column int) bool {
	s, _ := r.oneOf(column, "oui", "non")
	return s == "oui"
}

// months reads a validity, whose bounds are included and may be open.
func (r *row) months(from, to int) validity {
	v := validity{r.month(from), r.month(to)}
	if v.from != 0 && v.to != 0 && v.to < v.from {
		r.bad(to, "un mois de fin ne précède pas le mois de début", "précède %s", r.header[from])
	}
	return v
}

func (r *row) month(column int) reconcile.Period {
	s := r.word(column)
	if s == "" {
		return 0
	}
	m, err := reconcile.ParsePeriod(s)
	if err != nil {
		r.bad(column, "exemple : 2013-12 ; vide = sans borne", "%w", err)
	}
	return m
}

// value reads an exact number as the French write it: "1 430,76". A decimal
// point is accepted too.
func (r *row) value(column int) decimal.Decimal {
	s := strings.Map(func(c rune) rune {
		switch c {
		case ' ', '\u00a0', '\u202f':
			return -1
		case ',':
			return '.'
		}
		return c
	}, r.cells[column])
	if !isNumber(s) {
		r.bad(column, "exemple : 8,76 ; l'unité a sa propre colonne", "n'est pas un nombre")
		return decimal.Decimal{}
	}
	d, err := decimal.NewFromString(s)
	if err != nil {
		r.bad(column, "exemple : 8,76", "n'est pas un nombre")
	}
	return d
}

// isNumber accepts digits with at most one mark inside, at most 18 of them:
// no sign, since no rate or scale is negative, and no exponent.
func isNumber(s string) bool {
	whole, fraction, hasMark := strings.Cut(s, ".")
	return len(s) <= 18 && isDigits(whole) && (!hasMark || isDigits(fraction))
}

func isDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// unit reads one of the units of rates and scales.
func (r *row) unit(column int) reconcile.Unit {
	s, _ := r.oneOf(column, string(reconcile.UnitPercent), string(reconcile.UnitEuroMonth), string(reconcile.UnitEuroYear), string(reconcile.UnitPoints), string(reconcile.UnitNumber))
	return reconcile.Unit(s)
}

// mark reads a confidence mark (README).
func (r *row) mark(column int) string {
	s, _ := r.oneOf(column, "S", "L", "U", "D", "X")
	return s
}

// validity is the months during which a row holds, bounds included; a zero
// bound is open.
type validity struct{ from, to reconcile.Period }

func (v validity) overlaps(w validity) bool {
	return (v.to == 0 || w.from <= v.to) && (w.to == 0 || v.from <= w.to)
}

// dated remembers the validities met under each key, to find overlaps.
type dated map[string][]datedLine

type datedLine struct {
	validity
	line int
}

// clash adds a validity under key and gives the line of an earlier one that
// holds in the same month, or 0.
func (d dated) clash(key string, v validity, line int) int {
	first := 0
	for _, other := range d[key] {
		if first == 0 && v.overlaps(other.validity) {
			first = other.line
		}
	}
	d[key] = append(d[key], datedLine{v, line})
	return first
}
