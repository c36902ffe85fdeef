package explain

import "bascule/reconcile"

// duplicate explains a side that holds one line twice: without it, both agree.
func duplicate(c *pairCase, row int) (verdict, bool) {
	g, ok := c.gap(row)
	if !ok {
		return verdict{}, false
	}
	for _, side := range reconcile.Sides {
		excess := c.excess(g, side)
		lines, others := c.linesOf(g, side), c.linesOf(g, 1-side)
		if line := twice(lines, excess, len(lines) > len(others)); line != nil {
			return rootOf(reconcile.CauseDuplicate, "duplicate_line", faultOf(side), "",
				fact(reconcile.FactSide, side.String()), fact(reconcile.FactCode, string(line.Code)), fact(reconcile.FactAmount, excess.String())), true
		}
	}
	return verdict{}, false
}

// twice finds the lines that stand twice and make up the excess, all together or
// one alone: under one code, or under two of the element where the other side
// has fewer lines.
func twice(lines []elementLine, excess reconcile.Amount, more bool) *elementLine {
	var sum reconcile.Amount
	var first *elementLine
	paired := make([]bool, len(lines))
	for i := range lines {
		for j := range lines[:i] {
			a, b := &lines[i], &lines[j]
			if paired[i] || paired[j] || a.Amount != b.Amount || a.Sense != b.Sense || a.Code != b.Code && !more {
				continue
			}
			if a.Amount == excess {
				return a
			}
			paired[i], paired[j] = true, true
			if sum += a.Amount; first == nil {
				first = a
			}
		}
	}
	if first != nil && sum == excess {
		return first
	}
	return nil
}
