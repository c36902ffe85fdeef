package reports

import (
	"slices"
	"strconv"
	"strings"

	"bascule/reconcile"
)

// Largest are the payslips whose open roots weigh most, each once.
type Largest struct {
	Asked           int // how many the configuration asks for; 0: no such sheet
	Of              []LargestPayslip
	Payslips, Roots int64 // that have an open root, and these roots, those of Of too
}

// LargestPayslip is an agent's two payslips, and the open root that has it shown.
type LargestPayslip struct {
	Root *reconcile.Discrepancy
	View *AgentView
}

// The columns of the sheet: code, element, origin, code, both amounts, gap, mark
// and cause. What stands above the lines of a payslip shares them.
const (
	payslipCode = iota
	payslipElement
	payslipOrigin
	payslipOtherCode
	payslipLegacy
	payslipONP
	payslipGap
	payslipMark
	payslipCause
	payslipColumns
)

var payslipWidths = []int{15, 47, 10, 21, 18, 18, 18, 18, 25}

// payslipSheet shows the largest payslips, both sides facing each other, under an
// index. It is nil where the configuration asks for none.
func (v *view) payslipSheet() *Sheet {
	if v.Largest.Asked == 0 {
		return nil
	}
	lines := v.payslipHead()
	if len(v.Largest.Of) == 0 {
		lines = append(lines, Line{Cells: []Cell{T(Good.mark() + v.m.t("payslip.none")).As(Strong)}})
	} else {
		index := heading(v.m.t("payslip.index"))
		index.Cells[0].Mark = payslipIndex
		lines = append(lines, index,
			Line{Cells: payslipHeader(payslipMark, v.m.t("payslip.payslip"), v.m.t("col.agent"), v.m.t("col.programme"), v.m.t("col.service"), v.m.t("payslip.effect_net"), v.m.t("payslip.effect_employer"),
				v.m.t("payslip.net_gap"), v.m.t("payslip.roots"), v.m.t("payslip.first_cause")), Height: 1})
	}
	var blocks []Line
	for i := range v.Largest.Of {
		b := payslipBlock{agentPage: newAgentPage(v.Largest.Of[i].View), v: v, of: &v.Largest.Of[i], rank: i + 1}
		lines = append(lines, b.entry())
		blocks = append(blocks, b.lines()...)
		v.noteBlock(&b)
	}
	return &Sheet{Name: v.sheets.payslips, Tab: Muted, Widths: payslipWidths, Lines: append(append(lines, Line{}), blocks...), Printed: payslipColumns}
}

// payslipHead says what is shown, how it was chosen, how many others there are,
// and what the marks mean.
func (v *view) payslipHead() []Line {
	l := &v.Largest
	lines := v.head(v.m.t("payslip.title", v.m.month(v.Run.Period)), v.m.t("payslip.purpose"))
	rest := v.m.t("payslip.all")
	if others := l.Payslips - int64(len(l.Of)); others > 0 {
		rest = v.m.t("payslip.rest", v.m.n("payslip.others", others), v.m.n("payslip.open_roots", l.Roots))
	}
	about := []Line{{Cells: []Cell{T(v.m.t("payslip.chosen", l.Asked))}}}
	if len(l.Of) > 0 {
		about = append(about, Line{Cells: []Cell{T(rest).As(Strong)}})
	}
	about = append(about, Line{Cells: []Cell{T(v.m.t("payslip.legend"))}})
	return slices.Insert(lines, len(lines)-2, about...)
}

// payslips names the sheet, where there is one.
func (v *view) payslips() string {
	if v.Largest.Asked == 0 {
		return ""
	}
	return v.sheets.payslips
}

// noteBlock remembers where the clusters of a payslip can be seen.
func (v *view) noteBlock(b *payslipBlock) {
	if v.shown == nil {
		v.shown = map[string]string{}
	}
	for _, d := range b.a.Discrepancies {
		if _, known := v.shown[d.Cluster]; !known && d.Cluster != "" {
			v.shown[d.Cluster] = b.mark()
		}
	}
}

// toBlock links a cell to a payslip that shows a root of a cluster, if any does.
func (v *view) toBlock(c Cell, cluster string) Cell {
	if mark := v.shown[cluster]; mark != "" {
		return c.ToMark(v.sheets.payslips, mark)
	}
	return c
}

// payslipHeader is a header row above figures from the amounts up to a column; a
// blank text leaves its column without one.
func payslipHeader(lastFigure int, texts ...string) []Cell {
	cells := make([]Cell, payslipColumns)
	for i, text := range texts {
		cells[i] = T(text)
	}
	for i := range cells {
		cells[i].Role, cells[i].Right, cells[i].Wrap = Header, i >= payslipLegacy && i <= lastFigure, true
	}
	return cells
}

// payslipBlock is one payslip of the sheet.
type payslipBlock struct {
	*agentPage
	v    *view
	of   *LargestPayslip
	rank int
}

// payslipIndex is the mark of the index.
const payslipIndex = "index"

// mark is that of the heading.
func (b *payslipBlock) mark() string { return "payslip " + strconv.Itoa(b.rank) }

// entry is the payslip in the index, with a link to where it stands.
func (b *payslipBlock) entry() Line {
	r := b.of.Root
	cells := make([]Cell, payslipColumns)
	cells[payslipCode] = T(b.m.t("payslip.number", b.rank)).ToMark(b.v.sheets.payslips, b.mark())
	cells[payslipElement], cells[payslipOrigin], cells[payslipOtherCode] = whole(b.title()), whole(r.Programme), whole(r.Service)
	net, employer := effects(r)
	cells[payslipLegacy], cells[payslipONP], cells[payslipGap] = D(net), D(employer), D(b.netGap())
	open := int64(0)
	for i := range b.branches {
		if b.branches[i].root.Status.Open() {
			open++
		}
	}
	cells[payslipMark], cells[payslipCause] = N(open), T(or(r.Cause, b.m.cause))
	return Line{Cells: asBody(cells), Height: 1}
}

// effects of a root, with what derives from it, on the net and on the employer's
// contributions. A run of before they were recorded has the root's own.
func effects(d *reconcile.Discrepancy) (net, employer reconcile.Amount) {
	if d.Effect.Derived == 0 {
		return d.DeltaNet, d.Effect.Employer
	}
	return d.Effect.Net, d.Effect.Employer
}

// title names the agent: his key as it may be shown and, where allowed, his name.
func (b *payslipBlock) title() string {
	text := Clean(b.a.Agent)
	if agent := b.a.agent(); agent != nil && b.a.ShowName && agent.Name() != "" {
		text += " · " + Clean(agent.Name())
	}
	return text
}

func (b *payslipBlock) netGap() reconcile.Amount {
	var gap reconcile.Amount
	for _, d := range b.a.Discrepancies {
		gap += d.DeltaNet
	}
	return gap
}

func (b *payslipBlock) lines() []Line {
	lines := b.head()
	lines = append(lines, b.roots()...)
	lines = append(lines, b.situation()...)
	lines = append(lines, b.amounts()...)
	return append(lines, Line{})
}

// head says whose payslips they are.
func (b *payslipBlock) head() []Line {
	r := b.of.Root
	const bolder, larger = 12, 11 // percent of what a heading takes more: its letters are bold, and of 11 points for 10
	room := roomOf(payslipWidths[:payslipMark]) * 100 / (100 + bolder + larger)
	titles := foldTo(b.m.t("payslip.number", b.rank)+" — "+b.title(), room)
	title := make([]Cell, payslipColumns)
	title[0] = T(titles[0]).As(Heading)
	title[0].Mark = b.mark()
	title[payslipMark] = T("→ " + b.v.sheets.discrepancies).To(b.v.sheets.discrepancies)
	title[payslipCause] = T("↑ "+b.m.t("payslip.index")).ToMark(b.v.sheets.payslips, payslipIndex)
	var about []string
	if agent := b.a.agent(); agent != nil {
		about = append(about, b.m.t("agent.who", Clean(agent.Matricule), Clean(agent.Dossier)))
	}
	for _, part := range [][2]string{{b.m.t("col.service"), r.Service}, {b.m.field("programme"), r.Programme}, {b.m.t("col.bop"), r.BOP}, {b.m.t("col.wave"), r.Wave}} {
		if part[1] != "" {
			about = append(about, b.m.t("payslip.about", part[0], Clean(part[1])))
		}
	}
	lines := []Line{{Cells: title, Height: 1, Block: true}}
	for _, more := range titles[1:] {
		lines = append(lines, Line{Cells: []Cell{T(more).As(Heading)}, Height: 1})
	}
	for _, text := range foldTo(strings.Join(about, " · "), roomOf(payslipWidths)) {
		lines = append(lines, Line{Cells: []Cell{T(text).As(Subtitle)}, Height: 1})
	}
	for side, s := range b.a.Payslips {
		if s == nil {
			lines = append(lines, Line{Cells: []Cell{T(Warn.mark() + b.m.t("payslip.absent", b.m.side(reconcile.Side(side)))).As(Strong)}, Height: 1})
		}
	}
	return lines
}

// roots list what differs and why, one sentence each.
func (b *payslipBlock) roots() []Line {
	sentence := roomOf(payslipWidths[payslipElement:]) - Indent
	lines := []Line{{Cells: payslipHeader(payslipMark, b.m.t("payslip.mark"), b.m.t("payslip.root"), "", b.m.t("payslip.status"), b.m.t("payslip.effect_net"), b.m.t("payslip.effect_employer"), b.m.t("word.gap"),
		b.m.t("payslip.derived"), b.m.t("col.cause")), Height: 1}}
	for i := range b.branches {
		d := b.branches[i].root
		cells := make([]Cell, payslipColumns)
		cells[payslipCode] = b.gapMark(d, i+1)
		cells[payslipElement], cells[payslipOtherCode] = T(b.what(d)), T(or(d.Status, b.m.status))
		cells[payslipElement].Wrap = true
		net, employer := effects(d)
		cells[payslipLegacy], cells[payslipONP], cells[payslipGap] = D(net), D(employer), b.v.gap(d)
		cells[payslipMark], cells[payslipCause] = N(len(b.branches[i].derived)), T(or(d.Cause, b.m.cause))
		lines = append(lines, Line{Cells: asBody(cells), Height: 1})
		for _, text := range foldTo(b.m.tied(b.why(d)), sentence) {
			lines = append(lines, Line{Cells: []Cell{{}, {Type: Text, Text: text, Inset: true}}, Height: 1})
		}
		if small := b.source(d); small.Type != Blank {
			small.Inset = true
			lines = append(lines, Line{Cells: []Cell{{}, small}, Height: 1})
		}
	}
	return lines
}

// source tells the rule that decided and the cluster it is in.
func (b *payslipBlock) source(d *reconcile.Discrepancy) Cell {
	var parts []string
	if d.Rule != "" {
		parts = append(parts, b.m.t("agent.rule", d.Rule))
	}
	if d.Cluster == "" {
		return T(strings.Join(parts, " · ")).As(Muted)
	}
	parts = append(parts, b.m.t("agent.cluster", d.Cluster))
	return T(strings.Join(parts, " · ")).As(Muted).To(b.v.sheets.clusters)
}

// situation lists the fields that differ.
func (b *payslipBlock) situation() []Line {
	var lines []Line
	for _, f := range b.fields() {
		if !f.differs {
			continue
		}
		cells := make([]Cell, payslipColumns)
		cells[payslipElement], cells[payslipOtherCode], cells[payslipLegacy] = T(b.m.field(f.field.String())), T(blankAsNothing(b.m, f.texts[reconcile.Legacy])), T(blankAsNothing(b.m, f.texts[reconcile.ONP]))
		cells[payslipMark] = T("≠")
		for i := range b.branches {
			if d := b.branches[i].root; textual(d.Kind) && d.Element == f.field.String() {
				cells[payslipMark] = b.gapMark(d, i+1)
			}
		}
		lines = append(lines, Line{Cells: asBody(cells), Height: 1})
	}
	if len(lines) == 0 {
		return nil
	}
	header := payslipHeader(0, "", b.m.t("payslip.situation"), "", b.m.side(reconcile.Legacy), b.m.side(reconcile.ONP), "", "", b.m.t("payslip.mark"))
	return slices.Insert(lines, 0, Line{Cells: header, Height: 1})
}

// gapMark tells whether a gap is a root or derives from one, and which.
func (b *payslipBlock) gapMark(d *reconcile.Discrepancy, root int) Cell {
	switch {
	case d.Status == reconcile.StatusTolerated:
		return T(b.m.t("payslip.mark.tolerated")).As(Muted)
	case b.branches[root-1].root == d:
		return T(b.m.t("payslip.mark.root", root)).As(statusRole(d.Status))
	}
	return T(b.m.t("payslip.mark.derived", root))
}

// codes lists pay codes in their order, each once with its number of lines.
func codes(list []reconcile.Code) string {
	var parts []string
	for i, c := range list {
		if slices.Contains(list[:i], c) {
			continue
		}
		n := 0
		for _, other := range list {
			if other == c {
				n++
			}
		}
		text := Clean(string(c))
		if n > 1 {
			text += " ×" + strconv.Itoa(n)
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, " ")
}

// asBody gives the cells the roles that they have in a list.
func asBody(cells []Cell) []Cell {
	for i := range cells {
		cells[i].Role = rowRole(cells[i].Role)
	}
	return cells
}
