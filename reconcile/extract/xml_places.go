package extract

import (
	"bytes"
	"strings"
)

// xmlNode is an element that a layout names, or one on the way to it. The
// elements of a file are followed down the nodes, so that none is searched among
// all the places of a layout.
type xmlNode struct {
	name     string
	children []*xmlNode
	fills    []xmlFill
	lines    bool // each element inside is a pay line
}

// xmlFill is a cell that the value of an element fills. Among several elements
// for one field, the one of the lowest rank wins.
type xmlFill struct {
	*place
	rank uint16
}

// newXMLNode makes the nodes of the places of records, below an element.
func newXMLNode(records ...*record) *xmlNode {
	root := &xmlNode{}
	for _, rec := range records {
		for i := range rec.places {
			if p := &rec.places[i]; p.id != fNone {
				n := root.at(p.name)
				n.fills = append(n.fills, xmlFill{p, uint16(i + 1)})
			}
		}
	}
	return root
}

// at finds or makes the node of a path.
func (n *xmlNode) at(path string) *xmlNode {
	for name := range strings.SplitSeq(path, "/") {
		child := n.child([]byte(name))
		if child == nil {
			child = &xmlNode{name: name}
			n.children = append(n.children, child)
		}
		n = child
	}
	return n
}

// child is the node of an element inside, nil where the layout names none.
func (n *xmlNode) child(name []byte) *xmlNode {
	if n == nil {
		return nil
	}
	for _, c := range n.children {
		if c.name == string(name) {
			return c
		}
	}
	return nil
}

// filled is a row whose cells come one by one.
type filled struct {
	row
	rank  [fieldCount]uint16 // of the place that filled each cell
	used  []field            // the cells that are filled
	arena []byte
	bad   fault
}

// newFilled makes an empty row. The scanner gives UTF-8, whatever the file is
// in, and no control character.
func newFilled() filled {
	utf8, _ := charsetNamed("utf-8")
	return filled{row: row{charset: utf8}}
}

func (f *filled) reset(line int) {
	for _, id := range f.used {
		f.cell[id], f.rank[id] = nil, 0
	}
	f.line, f.used, f.arena, f.bad = line, f.used[:0], f.arena[:0], fault{}
}

// fill takes the value of an element into the cells that the node says. The
// first element of a path wins; repeated is the field of a second one.
func (f *filled) fill(n *xmlNode, value []byte, l *Layout) (repeated field) {
	for i := range n.fills {
		p := &n.fills[i]
		b := p.part(value)
		if len(b) == 0 {
			continue
		}
		switch old := f.rank[p.id]; {
		case old == p.rank:
			repeated = p.id
			continue
		case old != 0 && old < p.rank:
			continue
		case old == 0:
			f.used = append(f.used, p.id)
		}
		from := len(f.arena)
		f.arena = append(f.arena, b...)
		f.rank[p.id] = p.rank
		f.set(p.id, f.arena[from:], l)
	}
	return repeated
}

// part takes the characters of a value that the place names.
func (p *place) part(value []byte) []byte {
	if p.partTo == 0 {
		return value
	}
	from, to, n := len(value), len(value), 0
	for i, c := range value {
		if c&0xC0 == 0x80 {
			continue
		}
		if n == p.partFrom {
			from = i
		}
		if n == p.partTo {
			to = i
			break
		}
		n++
	}
	return bytes.TrimSpace(value[from:to])
}
