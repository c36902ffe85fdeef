package xlsx

import (
	"bytes"
	"strings"
)

// orderCharts puts what excelize writes of a series in the order that the schema
// gives (dml-chart.xsd, CT_BarSer and CT_LineSer), and leaves out what belongs to
// a series of the other kind, or leads nowhere.
func (b *book) orderCharts() {
	b.file.Pkg.Range(func(name, content any) bool {
		if part := name.(string); strings.HasPrefix(part, "xl/charts/chart") {
			ordered := orderSeries(content.([]byte), "barChart", "invertIfNegative", "marker", "smooth")
			b.file.Pkg.Store(part, orderSeries(ordered, "lineChart", "marker", "invertIfNegative"))
		}
		return true
	})
}

// unnamed is what excelize writes of a series whose name stands nowhere.
const unnamed = "<tx><strRef><f></f></strRef></tx>"

// orderSeries moves one element of the series of a kind of chart before their
// points, labels and figures, and drops others.
func orderSeries(chart []byte, kind, early string, foreign ...string) []byte {
	head, inside, tail, found := element(chart, kind)
	if !found {
		return chart
	}
	ordered := bytes.Clone(head)
	for {
		before, series, after, more := element(inside, "ser")
		if !more {
			break
		}
		series = bytes.Replace(series, []byte(unnamed), nil, 1)
		for _, name := range foreign {
			series = without(series, name)
		}
		if _, moved, _, there := element(series, early); there {
			rest := without(series, early)
			at := len(rest)
			for _, name := range [...]string{"dPt", "dLbls", "cat", "val"} {
				if i := bytes.Index(rest, []byte("<"+name+">")); i >= 0 {
					at = min(at, i)
				}
			}
			series = bytes.Join([][]byte{rest[:at], moved, rest[at:]}, nil)
		}
		ordered = append(append(ordered, before...), series...)
		inside = after
	}
	return append(append(ordered, inside...), orderSeries(tail, kind, early, foreign...)...)
}

// element is the first element of a name, what stands before it and after it. It
// holds none of its name.
func element(in []byte, name string) (before, whole, after []byte, found bool) {
	end := []byte("</" + name + ">")
	from := max(bytes.Index(in, []byte("<"+name+">")), bytes.Index(in, []byte("<"+name+" ")))
	if from < 0 {
		return in, nil, nil, false
	}
	to := bytes.Index(in[from:], end)
	if to < 0 {
		return in, nil, nil, false
	}
	to += from + len(end)
	return in[:from], in[from:to], in[to:], true
}

func without(in []byte, name string) []byte {
	before, _, after, found := element(in, name)
	if !found {
		return in
	}
	return append(bytes.Clone(before), after...)
}
