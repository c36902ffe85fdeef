package explain

import (
	"testing"

	"bascule/reconcile"
)

// BenchmarkExplain explains one payslip of a wrong index: a root and what
// derives from it. At 3 % of 300,000 payslips, 9,000 times this is a night's.
func BenchmarkExplain(b *testing.B) {
	s := newScene(b)
	s.legacy(officer(), "TRAITEMENT_BRUT 2162.34", "IAT 140.00", "PC_AGENT 189.42", "CSG_DEDUCTIBLE 115.37", "CRDS 11.31", "PC_CAS 957.48", "ATI 6.92", "AF_EMPLOYEUR 116.77")
	s.onp(with(func(a *reconcile.Agent) { a.Indice = 491 }), "TRAITEMENT_BRUT 2273.47", "IAT 140.00", "PC_AGENT 199.16", "CSG_DEDUCTIBLE 120.93", "CRDS 11.86", "PC_CAS 1006.69", "ATI 7.28", "AF_EMPLOYEUR 122.77")
	book, err := NewBook(s.tables)
	if err != nil {
		b.Fatal(err)
	}
	var found reconcile.Findings
	s.terms.Explainer = func() reconcile.Explainer { return keeper{&found} }
	c := reconcile.NewComparer(s.terms, s)
	one := func(side reconcile.Side) func(func(*reconcile.Group, error) bool) {
		return func(yield func(*reconcile.Group, error) bool) {
			yield(&reconcile.Group{Payslip: s.slips[side][0]}, nil)
		}
	}
	if err := c.First(reconcile.Pairs(one(reconcile.Legacy), one(reconcile.ONP))); err != nil || len(found.Rows) < 7 {
		b.Fatalf("%d rows, %v", len(found.Rows), err)
	}
	x := New(book, nil, s.terms, nil)
	b.ReportAllocs()
	for b.Loop() {
		if err := x.Explain(&found); err != nil {
			b.Fatal(err)
		}
	}
}

// keeper keeps a copy of what a comparison finds.
type keeper struct{ found *reconcile.Findings }

func (k keeper) Explain(f *reconcile.Findings) error {
	*k.found = reconcile.Findings{Pair: f.Pair, Rows: append([]reconcile.Discrepancy(nil), f.Rows...)}
	for _, side := range reconcile.Sides {
		k.found.Cells[side] = append([]reconcile.Cell(nil), f.Cells[side]...)
	}
	return nil
}
