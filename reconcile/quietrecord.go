package reconcile

import (
	"encoding/json"
	"fmt"
	"slices"
)

// quietRecord is how quiet accounts are kept between two runs. Elements and
// categories are told by their rank, which the terms decide.
type quietRecord struct {
	Pairs      int64               `json:"pairs"`
	NIRs       [2][nirStates]int64 `json:"nirs"`
	Elements   int                 `json:"elements"`
	Categories int                 `json:"categories"`
	Books      []quietBook         `json:"books"`
	Mass       []quietMass         `json:"mass"`
	Waves      []quietWave         `json:"waves"`
}

type quietBook struct {
	Programme string     `json:"programme"`
	Parts     int64      `json:"parts"`
	Held      [][3]int64 `json:"held"` // element, legacy, ONP
}

type quietMass struct {
	Axis    MassAxis   `json:"axis"`
	Heads   [2]int64   `json:"heads"`
	Quotite [2]int64   `json:"quotite"`
	Held    [][5]int64 `json:"held"` // category, legacy, ONP, and the arrears of both
}

type quietWave struct {
	Name       string `json:"name"`
	Payslips   int64  `json:"payslips"`
	Concordant int64  `json:"concordant"`
	Lines      int64  `json:"lines"`
	Paid       int64  `json:"paid"`
}

// MarshalJSON writes the accounts, in a stable order.
func (q *Quiet) MarshalJSON() ([]byte, error) {
	r := quietRecord{Pairs: q.Pairs, NIRs: q.nirs, Elements: q.ledger.elements, Categories: len(q.mass.categories),
		Books: []quietBook{}, Mass: []quietMass{}, Waves: []quietWave{}}
	for _, programme := range q.ledger.programmes() {
		b := q.ledger.books[programme]
		of := quietBook{Programme: programme, Parts: b.parts, Held: [][3]int64{}}
		for i := range b.elements {
			if held := b.elements[i].Held; held != [2]Amount{} {
				of.Held = append(of.Held, [3]int64{int64(i), int64(held[Legacy]), int64(held[ONP])})
			}
		}
		r.Books = append(r.Books, of)
	}
	for _, axis := range q.mass.axes() {
		b := q.mass.books[axis]
		of := quietMass{Axis: axis, Heads: b.heads, Quotite: b.quotite, Held: [][5]int64{}}
		for i := range q.mass.categories {
			row := [5]int64{int64(i), int64(b.held[Legacy][i]), int64(b.held[ONP][i]), int64(b.arrears[Legacy][i]), int64(b.arrears[ONP][i])}
			if row != [5]int64{int64(i)} {
				of.Held = append(of.Held, row)
			}
		}
		if of.Heads != [2]int64{} || of.Quotite != [2]int64{} || len(of.Held) > 0 {
			r.Mass = append(r.Mass, of)
		}
	}
	names := make([]string, 0, len(q.waves))
	for name := range q.waves { // sorted below
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if w := q.waves[name]; w.Payslips != 0 {
			r.Waves = append(r.Waves, quietWave{name, w.Payslips, w.Concordant, w.Lines, int64(w.Paid)})
		}
	}
	return json.Marshal(&r)
}

// ParseQuiet reads accounts kept by a run under the same terms.
func ParseQuiet(m *Mapping, text []byte) (*Quiet, error) {
	var r quietRecord
	if err := json.Unmarshal(text, &r); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotQuiet, err)
	}
	q := NewQuiet(m)
	if r.Pairs < 0 || r.Elements != q.ledger.elements || r.Categories != len(q.mass.categories) {
		return nil, ErrNotQuiet
	}
	q.Pairs, q.nirs = r.Pairs, r.NIRs
	for i := range r.Books {
		b := q.ledger.book(r.Books[i].Programme)
		b.parts = r.Books[i].Parts
		for _, row := range r.Books[i].Held {
			if row[0] < 0 || row[0] >= int64(r.Elements) {
				return nil, ErrNotQuiet
			}
			b.elements[row[0]].Held = [2]Amount{Amount(row[1]), Amount(row[2])}
		}
	}
	for i := range r.Mass {
		b := q.mass.book(r.Mass[i].Axis)
		b.heads, b.quotite = r.Mass[i].Heads, r.Mass[i].Quotite
		for _, row := range r.Mass[i].Held {
			if row[0] < 0 || row[0] >= int64(r.Categories) {
				return nil, ErrNotQuiet
			}
			for _, s := range Sides {
				b.held[s][row[0]], b.arrears[s][row[0]] = Amount(row[1+s]), Amount(row[3+s])
			}
		}
	}
	for _, w := range r.Waves {
		to := waveIn(q.waves, w.Name)
		to.Payslips, to.Concordant, to.Lines, to.Paid = w.Payslips, w.Concordant, w.Lines, Amount(w.Paid)
	}
	return q, nil
}
