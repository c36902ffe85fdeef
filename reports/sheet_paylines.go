package reports

import (
	"slices"

	"bascule/reconcile"
)

// amounts are the lines of both payslips by element and origin, under their
// sense, then the totals and the proof that the gaps are all of the difference.
func (b *payslipBlock) amounts() []Line {
	lines := []Line{{Cells: payslipHeader(payslipGap, b.m.t("payslip.legacy_codes"), b.m.t("payslip.element"), b.m.t("col.origin"), b.m.t("payslip.onp_codes"), b.m.side(reconcile.Legacy), b.m.side(reconcile.ONP),
		b.m.t("word.gap"), b.m.t("payslip.mark"), b.m.t("col.cause")), Height: 1, Joint: true}}
	for _, sense := range reconcile.Senses {
		first := true
		for i := range b.a.Lines {
			l := &b.a.Lines[i]
			if l.Sense != sense {
				continue
			}
			if first {
				lines = append(lines, Line{Cells: []Cell{T(b.m.sense(sense)).As(Strong)}, Height: 1, Joint: true})
				first = false
			}
			lines = append(lines, b.payLine(l))
		}
	}
	return append(lines, b.totals()...)
}

// payLine is one element of one origin on both sides.
func (b *payslipBlock) payLine(l *reconcile.Aligned) Line {
	cells := make([]Cell, payslipColumns)
	text := func(col int, s string) {
		cells[col] = T(s)
		cells[col].Wrap = true
	}
	text(payslipCode, codes(l.Codes[reconcile.Legacy]))
	text(payslipElement, b.lineLabel(l))
	cells[payslipOrigin] = M(l.Origin)
	text(payslipOtherCode, codes(l.Codes[reconcile.ONP]))
	for side, col := range [2]int{payslipLegacy, payslipONP} {
		if l.Lines[side] > 0 {
			cells[col] = A(l.Amounts[side])
		}
	}
	if l.Delta() != 0 {
		cells[payslipGap] = D(l.Delta())
		cells[payslipMark], cells[payslipCause] = b.lineMark(l)
	}
	return Line{Cells: asBody(cells), Height: 1}
}

// lineMark tells what the gap of a line comes from: of a payslip that one side
// lacks, from that.
func (b *payslipBlock) lineMark(l *reconcile.Aligned) (mark, cause Cell) {
	d, root := b.gapOf(l)
	if d != nil {
		return b.gapMark(d, root), T(or(d.Cause, b.m.cause))
	}
	at := slices.IndexFunc(b.branches, func(x branch) bool { return wholePayslip(x.root.Kind) })
	if at < 0 {
		return T("≠"), Cell{}
	}
	return T(b.m.t("payslip.mark.derived", at+1)), T(or(b.branches[at].root.Cause, b.m.cause))
}

// payTotals are the sums of some lines of both payslips.
type payTotals struct{ toPay, toDeduct, employer, other [2]reconcile.Amount }

// add books every line under its sense; outside the net, apart what the employer
// contributes.
func (b *payslipBlock) add() (t payTotals) {
	for i := range b.a.Lines {
		l := &b.a.Lines[i]
		to := &t.other
		switch e := b.elements[l.Element]; {
		case l.Sense == reconcile.ToPay:
			to = &t.toPay
		case l.Sense == reconcile.ToDeduct:
			to = &t.toDeduct
		case !l.Raw && e != nil && e.Kind == reconcile.Patronale:
			to = &t.employer
		}
		for side := range to {
			to[side] += l.Amounts[side]
		}
	}
	return t
}

func both(x, y [2]reconcile.Amount) [2]reconcile.Amount {
	return [2]reconcile.Amount{x[0] + y[0], x[1] + y[1]}
}

func gapOfSides(x [2]reconcile.Amount) reconcile.Amount {
	return x[reconcile.ONP] - x[reconcile.Legacy]
}

func (b *payslipBlock) totals() []Line {
	t := b.add()
	net := both(t.toPay, t.toDeduct)
	row := func(key string, sums [2]reconcile.Amount) Line {
		cells := make([]Cell, payslipColumns)
		cells[payslipElement] = T(b.m.t(key))
		for side, col := range [2]int{payslipLegacy, payslipONP} {
			if b.a.Payslips[side] != nil {
				cells[col] = A(sums[side])
			}
		}
		cells[payslipGap] = D(gapOfSides(sums))
		return Line{Cells: asTotal(cells), Height: 1}
	}
	lines := []Line{row("payslip.total.to_pay", t.toPay), row("payslip.total.to_deduct", t.toDeduct), row("agent.net", net), row("payslip.total.employer", t.employer)}
	if t.other != [2]reconcile.Amount{} {
		lines = append(lines, row("payslip.total.other", t.other))
	}
	return append(lines, b.closing(net, both(t.employer, t.other)))
}

// closing holds the gaps that the run recorded against the difference of the
// lines shown and that of the payslips as they were read.
func (b *payslipBlock) closing(net, outside [2]reconcile.Amount) Line {
	var gaps, gapsOutside reconcile.Amount
	for _, d := range b.a.Discrepancies {
		gaps += d.DeltaNet
		gapsOutside += d.DeltaInformation
	}
	var read [2]reconcile.Amount
	for side, s := range b.a.Payslips {
		if s != nil {
			read[side] = s.Sums.Net()
		}
	}
	figures := []any{b.m.delta(gaps), b.m.delta(gapOfSides(net)), b.m.delta(gapsOutside), b.m.delta(gapOfSides(outside))}
	role, text := Good, b.m.t("payslip.closes", figures...)
	if gaps != gapOfSides(net) || gapsOutside != gapOfSides(outside) || gaps != gapOfSides(read) {
		role, text = Bad, b.m.t("payslip.not_closed", figures...)
	}
	cells := make([]Cell, payslipColumns)
	for i := range cells {
		cells[i] = Cell{Role: role}
	}
	cells[0] = T(role.mark() + text).As(role)
	return Line{Cells: cells, Height: 1}
}
