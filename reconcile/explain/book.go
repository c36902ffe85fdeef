package explain

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"bascule/reconcile"
)

// Book is the tables of a ministry made ready for reckoning: formulas, dated
// rates and scales. It is read-only and may be shared by goroutines.
type Book struct {
	tables   *reconcile.Tables
	formulas []*Formula // by element; nil where the element has none
	index    map[string]int32
	order    []int32 // elements, each after those it depends on
	rank     []int32 // place of each element in order
	bases    map[string]*node
	members  map[string][]int32 // elements of each group
	rates    map[string][]dated
	scales   map[string]map[string][]dated
	highest  map[string]int64 // highest number among the keys of each scale
	keys     map[string][]reconcile.ScaleKey
	part     *node // of bases.csv, where it tells what a working time is paid
	left     []Left
}

// dated is a value and the months in which it holds.
type dated struct {
	value    *big.Rat // a percentage is divided by a hundred
	printed  string   // as the table has it
	from, to reconcile.Period
	source   string
}

// partBase is the base that tells what part of full pay a working time gives.
const partBase = "PART"

// Left is a formula that names what the tables do not hold: it is left aside,
// and its element is compared without a scale.
type Left struct {
	Element reconcile.ElementCode
	Unknown string // what it names
}

// Left lists the formulas left aside, in the order of the table.
func (b *Book) Left() []Left { return b.left }

// NewBook compiles the formulas of the tables. One that names what they do not
// hold is left aside (Left). Any other error is an InputError that names the
// table, the line and the remedy.
func NewBook(t *reconcile.Tables) (*Book, error) {
	b := &Book{tables: t, formulas: make([]*Formula, len(t.Elements)), bases: map[string]*node{}, members: map[string][]int32{},
		rates: map[string][]dated{}, scales: map[string]map[string][]dated{}, highest: map[string]int64{}, keys: map[string][]reconcile.ScaleKey{}}
	b.value()
	c := newCompiler(t)
	if err := b.compileBases(c); err != nil {
		return nil, err
	}
	b.part = b.bases[partBase]
	if name := b.loopOfBases(); name != "" {
		i := slices.IndexFunc(t.Bases, func(base reconcile.Base) bool { return base.Name == name })
		return nil, refuse("bases.csv", t.Bases[i].Line, name, errCycle)
	}
	for i := range t.Elements {
		e := &t.Elements[i]
		if e.Formula == "" {
			continue
		}
		root, follows, err := c.compile(e.Formula)
		if unknown := unknownName(""); errors.As(err, &unknown) {
			b.left = append(b.left, Left{e.Code, string(unknown)})
			continue
		}
		if err != nil {
			return nil, refuse("elements.csv", e.Line, string(e.Code), err)
		}
		f := &Formula{element: int32(i), root: root, follows: follows}
		f.markOuter(root)
		f.analyse(b)
		b.formulas[i] = f
	}
	return b, b.sort()
}

// compileBases compiles what the formulas share. A base that names what the
// tables do not hold is left out, and with it those that need it.
func (b *Book) compileBases(c *compiler) error {
	for again := true; again; {
		again = false
		for i := range b.tables.Bases {
			n := &b.tables.Bases[i]
			if !c.bases[n.Name] {
				continue
			}
			root, follows, err := c.compile(n.Formula)
			if err == nil && len(follows) > 0 {
				err = fmt.Errorf("%w (une base ne suit rien)", errSyntax)
			}
			switch unknown := unknownName(""); {
			case errors.As(err, &unknown):
				delete(c.bases, n.Name)
				delete(b.bases, n.Name)
				again = true
			case err != nil:
				return refuse("bases.csv", n.Line, n.Name, err)
			default:
				b.bases[n.Name] = root
			}
		}
	}
	return nil
}

func refuse(file string, line int, name string, err error) error {
	return &reconcile.InputError{File: file, Line: line, Field: "formula", Err: fmt.Errorf("« %s » : la formule %w", name, err), Hint: hintGrammar}
}

// value indexes what the tables hold.
func (b *Book) value() {
	t := b.tables
	b.index = make(map[string]int32, len(t.Elements))
	for i := range t.Elements {
		b.index[string(t.Elements[i].Code)] = int32(i)
		for _, g := range t.Elements[i].Bases {
			b.members[g] = append(b.members[g], int32(i))
		}
	}
	number := func(v *big.Rat, unit reconcile.Unit) *big.Rat {
		if unit == reconcile.UnitPercent {
			return v.Quo(v, big.NewRat(100, 1))
		}
		return v
	}
	for i := range t.Rates {
		r := &t.Rates[i]
		b.rates[r.Name] = append(b.rates[r.Name], dated{number(r.Value.Rat(), r.Unit), r.Value.String(), r.From, r.To, r.Source})
	}
	for i := range t.Scales {
		s := &t.Scales[i]
		if b.scales[s.Scale] == nil {
			b.scales[s.Scale] = map[string][]dated{}
		}
		if n, err := strconv.ParseInt(s.Key, 10, 64); err == nil {
			b.highest[s.Scale] = max(b.highest[s.Scale], n)
		}
		b.scales[s.Scale][s.Key] = append(b.scales[s.Scale][s.Key], dated{number(s.Value.Rat(), s.Unit), s.Value.String(), s.From, s.To, s.Source})
	}
	for _, k := range t.ScaleKeys {
		b.keys[k.Scale] = append(b.keys[k.Scale], k)
	}
}

// at finds the value that holds in a month.
func at(values []dated, p reconcile.Period) *dated {
	for i := range values {
		if p.Within(values[i].from, values[i].to) {
			return &values[i]
		}
	}
	return nil
}

// keyOf is the key of a scale for a value of a field: what the table of keys
// says, or the value itself.
func (b *Book) keyOf(scale string, field reconcile.Field, value string) string {
	for i := range b.keys[scale] {
		if k := &b.keys[scale][i]; k.Field == field && reconcile.MatchPattern(k.Pattern, value) {
			return k.Key
		}
	}
	return value
}

// steps is the value of a scale for a number of persons: that of the number
// where the scale has it, else that of the highest, and « + » for each beyond.
func (b *Book) steps(scale string, n int64, p reconcile.Period) (*big.Rat, bool) {
	values := b.scales[scale]
	if n <= 0 {
		return new(big.Rat), true
	}
	if v := at(values[strconv.FormatInt(n, 10)], p); v != nil {
		return v.value, true
	}
	more := at(values["+"], p)
	if more == nil {
		return new(big.Rat), len(values) > 0
	}
	for known := min(n-1, b.highest[scale]); known > 0; known-- {
		if v := at(values[strconv.FormatInt(known, 10)], p); v != nil {
			beyond := new(big.Rat).Mul(more.value, big.NewRat(n-known, 1))
			return beyond.Add(beyond, v.value), true
		}
	}
	return new(big.Rat), true // below the first step
}

// loopOfBases names a base that depends on itself, or is blank.
func (b *Book) loopOfBases() string {
	state := map[string]int{} // 1: being visited, 2: done
	var loop string
	var visit func(name string)
	var walk func(n *node)
	walk = func(n *node) {
		if n.op == opBase {
			visit(n.name)
		}
		for _, a := range n.args {
			walk(a)
		}
	}
	visit = func(name string) {
		if state[name] == 1 {
			loop = name
			return
		}
		if state[name] == 0 {
			state[name] = 1
			walk(b.bases[name])
			state[name] = 2
		}
	}
	for i := range b.tables.Bases {
		if b.bases[b.tables.Bases[i].Name] == nil {
			continue
		}
		if visit(b.tables.Bases[i].Name); loop != "" {
			return loop
		}
	}
	return ""
}

// sort puts the elements in an order where each comes after those it depends
// on, and otherwise as the table has them.
func (b *Book) sort() error {
	state := make([]uint8, len(b.formulas))
	path := []string{}
	var visit func(e int32) bool
	visit = func(e int32) bool {
		path = append(path, string(b.tables.Elements[e].Code))
		if state[e] == 1 {
			return false
		}
		if state[e] == 0 {
			state[e] = 1
			if f := b.formulas[e]; f != nil {
				for _, d := range slices.Sorted(slices.Values(f.depends)) {
					if !visit(d) {
						return false
					}
				}
			}
			state[e] = 2
			b.order = append(b.order, e)
		}
		path = path[:len(path)-1]
		return true
	}
	for e := range b.formulas {
		if !visit(int32(e)) {
			name := path[len(path)-1]
			i := slices.Index(path, name)
			element, _ := b.tables.Element(reconcile.ElementCode(name))
			return refuse("elements.csv", element.Line, name, fmt.Errorf("%w : %s", errCycle, strings.Join(path[i:], " → ")))
		}
	}
	b.rank = make([]int32, len(b.order))
	for i, e := range b.order {
		b.rank[e] = int32(i)
	}
	return nil
}
