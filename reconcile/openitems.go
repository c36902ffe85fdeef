package reconcile

import (
	"cmp"
	"slices"
)

// UnmappedCode is a code of one side whose lines, of the net or outside it,
// feed no element. Lines to pay and to deduct of one code are taken together: a
// row of the tables would map both.
type UnmappedCode struct {
	Side     Side
	Code     Code
	Net      bool
	Sense    Sense // that of most lines
	Label    string
	State    CodeState
	Lines    int64
	Agents   int64 // of that sense
	Amount   Amount
	Absolute Amount
}

// maxUnmapped bounds the codes of a side that hypotheses are made for, so that
// the counters of all pairs of them stay under 100 MB.
const maxUnmapped = 400

// unmappedCodes lists the codes that the reader met and that feed nothing,
// those of most lines when there are more than maxUnmapped on a side, by side
// and code. It also tells how many are left out.
func unmappedCodes(m *Mapping, read [2][]CodeTotal) (kept []UnmappedCode, left int) {
	var all []UnmappedCode
	index := make(map[unmappedKey]int)
	for _, side := range Sides {
		for i := range read[side] {
			t := &read[side][i]
			if _, ok := m.Target(side, t.Code, t.Sense); ok || t.Lines == 0 {
				continue
			}
			k := unmappedKey{side, t.Code, t.Sense.Net()}
			at, ok := index[k]
			if !ok {
				at = len(all)
				index[k] = at
				all = append(all, UnmappedCode{Side: side, Code: t.Code, Net: k.net, Sense: t.Sense})
			}
			all[at].Lines += t.Lines
		}
	}
	slices.SortFunc(all, func(a, b UnmappedCode) int {
		return cmp.Or(cmp.Compare(a.Side, b.Side), cmp.Compare(b.Lines, a.Lines), compareUnmapped(&a, &b))
	})
	var count [2]int
	for _, u := range all {
		if count[u.Side]++; count[u.Side] <= maxUnmapped {
			kept = append(kept, u)
		}
	}
	slices.SortFunc(kept, func(a, b UnmappedCode) int { return compareUnmapped(&a, &b) })
	return kept, len(all) - len(kept)
}

type unmappedKey struct {
	side Side
	code Code
	net  bool
}

// count fills in what a check found of the codes.
func count(unmapped []UnmappedCode, check *MappingCheck) {
	index := make(map[unmappedKey]*UnmappedCode, len(unmapped))
	for i := range unmapped {
		u := &unmapped[i]
		u.Lines = 0
		index[unmappedKey{u.Side, u.Code, u.Net}] = u
	}
	most := make(map[*UnmappedCode]int64)
	for i := range check.Codes {
		c := &check.Codes[i]
		u := index[unmappedKey{c.Side, c.Code, c.Sense.Net()}]
		if u == nil || !c.State.Open() {
			continue
		}
		if c.Lines > most[u] {
			most[u], u.Sense, u.Label, u.Agents, u.State = c.Lines, c.Sense, c.Label, c.Agents, c.State
		}
		u.Lines += c.Lines
		u.Amount += c.Amount
		u.Absolute += c.Absolute
	}
}

func compareUnmapped(a, b *UnmappedCode) int {
	return cmp.Or(cmp.Compare(a.Side, b.Side), cmp.Compare(a.Code, b.Code), cmp.Compare(netIndex(a.Net), netIndex(b.Net)))
}

// item names what may be open on an agent's two payslips: first the elements,
// by index, then the unmapped codes.
type item int32

// openItem is what an item leaves open for one agent, ONP − Legacy: the gap of
// an element, the amount of an unmapped code. Amounts are summed over the
// origins, since both systems spread arrears as they like; those of the pay
// month stand apart, since one may pay arrears that the other does not yet.
type openItem struct {
	item           item
	total, current Amount
}

// closes tells whether some items that sum to these amounts leave nothing open
// for an agent who has the amounts of one in them.
func (one *openItem) closes(total, current Amount) bool {
	return one.total != 0 && total == 0 || one.current != 0 && current == 0
}

// weight is the amount by which an item counts.
func (one *openItem) weight() Amount {
	if one.total != 0 {
		return one.total.Abs()
	}
	return one.current.Abs()
}

// inventory knows the items of a mapping and a list of unmapped codes. It is
// read-only and may be shared by goroutines.
type inventory struct {
	mapping  *Mapping
	unmapped []UnmappedCode
	net      []bool // by item
	refs     [2]map[Code][2]itemRef
}

// itemRef is the item that a line of a code adds to, and with which sign.
type itemRef struct {
	item item
	sign Amount // 0: none
}

func newInventory(m *Mapping, unmapped []UnmappedCode) *inventory {
	v := &inventory{mapping: m, unmapped: unmapped, net: make([]bool, len(m.Elements)+len(unmapped))}
	for _, side := range Sides {
		v.refs[side] = make(map[Code][2]itemRef, len(m.targets[side]))
		for code, t := range m.targets[side] {
			refs := [2]itemRef{}
			refs[netIndex(m.Elements[t.Element].Kind.Sense().Net())] = itemRef{item(t.Element), signOf(side) * Amount(t.Factor)}
			v.refs[side][code] = refs
		}
	}
	for i := range m.Elements {
		v.net[i] = m.Elements[i].Kind.Sense().Net()
	}
	for i := range unmapped {
		u, at := &unmapped[i], item(len(m.Elements)+i)
		refs := v.refs[u.Side][u.Code]
		refs[netIndex(u.Net)] = itemRef{at, signOf(u.Side)}
		v.refs[u.Side][u.Code] = refs
		v.net[at] = u.Net
	}
	return v
}

func netIndex(net bool) int {
	if net {
		return 0
	}
	return 1
}

func (v *inventory) isElement(i item) bool { return int(i) < len(v.mapping.Elements) }

// code is the unmapped code of an item that is no element.
func (v *inventory) code(i item) *UnmappedCode { return &v.unmapped[int(i)-len(v.mapping.Elements)] }

func (v *inventory) items() int { return len(v.net) }

// observer finds the open items of pairs. One goroutine uses one observer.
type observer struct {
	*inventory
	values []openItem // by item
	seen   []item
	open   []openItem
}

func newObserver(v *inventory) *observer {
	return &observer{inventory: v, values: make([]openItem, v.items())}
}

// paidByBoth tells whether the pair is one agent's, paid by both sides. Under a
// key that several persons share, nothing says that both payslips are one's.
func (p *Pair) paidByBoth() bool {
	l, o := &p.Groups[Legacy], &p.Groups[ONP]
	return l.Payslip != nil && o.Payslip != nil && !l.Shared && !o.Shared
}

// observe lists the open items of an agent whom both sides pay, by item, valid
// until the next call.
func (o *observer) observe(p *Pair) []openItem {
	o.open = o.open[:0]
	if !p.paidByBoth() {
		return nil
	}
	for _, i := range o.seen {
		o.values[i] = openItem{}
	}
	o.seen = o.seen[:0]
	for _, side := range Sides {
		payslip := p.Groups[side].Payslip
		for i := range payslip.Lines {
			l := &payslip.Lines[i]
			ref := o.refs[side][l.Code][netIndex(l.Sense.Net())]
			if ref.sign == 0 {
				continue
			}
			v := &o.values[ref.item]
			if *v == (openItem{}) {
				v.item = ref.item
				o.seen = append(o.seen, ref.item)
			}
			v.total += ref.sign * l.Amount
			if l.Origin == payslip.Period {
				v.current += ref.sign * l.Amount
			}
		}
	}
	for _, i := range o.seen {
		if v := &o.values[i]; v.total != 0 || v.current != 0 {
			o.open = append(o.open, *v)
		}
	}
	slices.SortFunc(o.open, func(a, b openItem) int { return cmp.Compare(a.item, b.item) })
	o.open = slices.Compact(o.open) // item 0 is met again where its lines cancel out
	return o.open
}
