package reconcile

import (
	"cmp"
	"slices"
)

// axes lists the axes that have a book, in their order.
func (t *MassTally) axes() []MassAxis {
	axes := make([]MassAxis, 0, len(t.books))
	for axis := range t.books {
		axes = append(axes, axis)
	}
	slices.SortFunc(axes, CompareMassAxes)
	return axes
}

// CompareMassAxes orders axes by their parts.
func CompareMassAxes(a, b MassAxis) int {
	return cmp.Or(cmp.Compare(a.Programme, b.Programme), cmp.Compare(a.BOP, b.BOP), cmp.Compare(a.Service, b.Service), cmp.Compare(a.Population, b.Population), cmp.Compare(a.Wave, b.Wave))
}

// Lines are the amounts of both sides, by axis and category.
func (t *MassTally) Lines() []MassLine {
	var lines []MassLine
	for _, axis := range t.axes() {
		b := t.books[axis]
		for i, category := range t.categories {
			l := MassLine{axis, category, b.held[Legacy][i], b.held[ONP][i], [2]Amount{b.arrears[Legacy][i], b.arrears[ONP][i]}}
			if l.Legacy != 0 || l.ONP != 0 || l.Arrears != [2]Amount{} {
				lines = append(lines, l)
			}
		}
	}
	return lines
}

// Gaps are what the gaps amount to, by axis, category, cause and what is held of
// them.
func (t *MassTally) Gaps() []MassGap {
	var gaps []MassGap
	for _, axis := range t.axes() {
		b := t.books[axis]
		from := len(gaps)
		for k, sum := range b.gaps {
			gaps = append(gaps, MassGap{axis, t.categories[k.category], k.cause, k.judged, k.oneOff, sum.delta, sum.gaps})
		}
		slices.SortFunc(gaps[from:], compareMassGaps)
	}
	return gaps
}

func compareMassGaps(a, b MassGap) int {
	rank := func(is bool) int {
		if is {
			return 1
		}
		return 0
	}
	return cmp.Or(cmp.Compare(a.Title2, b.Title2), cmp.Compare(rank(a.CAS), rank(b.CAS)), cmp.Compare(a.Account, b.Account),
		cmp.Compare(a.Cause, b.Cause), cmp.Compare(a.Judged, b.Judged), cmp.Compare(rank(a.OneOff), rank(b.OneOff)))
}

// Heads count who is paid, by axis.
func (t *MassTally) Heads() []MassHead {
	var heads []MassHead
	for _, axis := range t.axes() {
		if b := t.books[axis]; b.heads != [2]int64{} {
			heads = append(heads, MassHead{axis, b.heads, b.quotite})
		}
	}
	return heads
}

// Checks prove that the mass closes: what both sides pay differs by the gaps and,
// programme by programme, by what one of them books elsewhere, which the ledger
// counts by itself.
func (t *MassTally) Checks(l *Ledger) []Check {
	type account struct{ differ, gaps Amount }
	sums := make(map[string]*account)
	var whole account
	for axis, b := range t.books {
		of := sums[axis.Programme]
		if of == nil {
			of = new(account)
			sums[axis.Programme] = of
		}
		for i := range t.categories {
			of.differ += b.held[ONP][i] - b.held[Legacy][i]
		}
		for _, sum := range b.gaps {
			of.gaps += sum.delta
		}
	}
	var checks []Check
	for _, programme := range l.programmes() {
		of := sums[programme]
		if of == nil {
			of = new(account)
		}
		whole.differ, whole.gaps = whole.differ+of.differ, whole.gaps+of.gaps
		left := of.gaps + t.transfers(l.books[programme])
		checks = append(checks, Check{Name: "mass", Scope: programme, Left: left, Right: of.differ, OK: left == of.differ})
	}
	return append(checks, Check{Name: "mass", Scope: "ministry", Left: whole.gaps, Right: whole.differ, OK: whole.gaps == whole.differ})
}

// transfers is what a programme holds of the mass that another one bears, for
// one of the sides.
func (t *MassTally) transfers(b *book) (sum Amount) {
	for i := range b.elements {
		if t.of[i] != noCategory {
			sum += b.elements[i].Transfer
		}
	}
	for k, v := range b.codes {
		if k.sense == ToPay {
			sum += v.Transfer
		}
	}
	return sum
}
