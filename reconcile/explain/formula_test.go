package explain

import (
	"strings"
	"testing"

	"bascule/reconcile"
)

// bookWith gives an element of the shipped tables another formula.
func bookWith(t *testing.T, element, formula string) (*Book, *reconcile.Tables, error) {
	t.Helper()
	tb := tables(t)
	e, ok := tb.Element(reconcile.ElementCode(element))
	if !ok {
		t.Fatalf("no element %s", element)
	}
	e.Formula = formula
	b, err := NewBook(tb)
	return b, tb, err
}

func TestFormulasThatAreRefused(t *testing.T) {
	for _, c := range []struct{ reason, formula, want string }{
		{"not an expression", "taux(FNAL) *", "n'est pas une expression"},
		{"a text is no number", `"x" * 2`, "n'est pas une expression"},
		{"an operator that money does not know", "TRAITEMENT_BRUT % 2", "n'est pas une expression"},
		{"a function that does not exist", "racine(TRAITEMENT_BRUT)", "fonction inconnue : racine"},
		{"too few arguments", "min(TRAITEMENT_BRUT)", "mauvais nombre d'arguments : min"},
		{"an element that depends on itself through another", "arrondi(PC_AGENT)", "dépend d'elle-même : TRAITEMENT_BRUT → PC_AGENT → TRAITEMENT_BRUT"},
	} {
		_, _, err := bookWith(t, "TRAITEMENT_BRUT", c.formula)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "elements.csv:2") {
			t.Errorf("%s: %q gives %v, wanted %q with its line", c.reason, c.formula, err, c.want)
		}
	}
}

func TestAFormulaThatNamesWhatTheTablesLackIsLeftAside(t *testing.T) {
	for _, formula := range []string{"taux(INCONNU)", "bareme(RESIDENCE, couleur)", "bareme(INCONNU, zone)", "assiette(inconnue)", "base(INCONNUE)", "NULLE_PART", "NBI suit NULLE_PART", "total(NULLE_PART)"} {
		b, _, err := bookWith(t, "IAT", formula)
		if err != nil || len(b.Left()) != 1 || b.Left()[0].Element != "IAT" {
			t.Errorf("%q gives %v, %v", formula, b, err)
		}
	}
	tb := tables(t)
	for i := range tb.Elements {
		tb.Elements[i].Bases = nil // a ministry's own table, without the column
	}
	b, err := NewBook(tb)
	if err != nil || len(b.Left()) == 0 || b.formulas[0] == nil {
		t.Errorf("without groups: %v; the formulas that need none must stay", err)
	}
}

// TestFormulasReckon fixes what each construct gives, worked out by hand: index
// 467, 80 %, two children, zone 1, NBI 20, in December 2013.
func TestFormulasReckon(t *testing.T) {
	agent := with(func(a *reconcile.Agent) { a.Quotite, a.Children, a.Zone, a.NBI, a.Status = 8000, 2, "1", 20, "C" })
	for _, c := range []struct {
		formula string
		want    reconcile.Amount
	}{
		{"1.005 + 2 * 3 - 4 / 8", 651},                           // 6.505: half up
		{"arrondi(1.005)", 101},                                  //
		{"tronque(1.009)", 100},                                  //
		{"arrondi(-1.005)", -101},                                // away from zero
		{"tronque(mensuel(indice) * part * jours / 30)", 185343}, // 2162.3462 × 6/7
		{"arrondi(mensuel(indice) * quotite / 100)", 172988},     // 2162.3462 × 0.8
		{"arrondi(bareme(RESIDENCE, zone) * 100)", 300},          //
		{"arrondi(echelle(SFT_FIXE, children))", 1067},           //
		{"arrondi(taux(PC_AGENT) * TRAITEMENT_BRUT)", 8760},      // of 1,000 €
		{"arrondi(total(IAT))", 3000},                            // 10 now, 20 of October
		{"arrondi(IAT)", 1000},                                   //
		{"arrondi(MGEN_ADULTE)", 4000},                           // a deduction is positive
		{"arrondi(assiette(csg))", 103000},                       // pay and indemnity, all months
		{"arrondi(assiette_mois(primes))", 1000},                 //
		{"min(IAT, taux(PC_AGENT))", 9},                          // 0.0876 €
		{"max(IAT, 12)", 1200},                                   //
		{"au_dela(IAT, 10, 5)", 0},                               // exceeds strictly
		{"au_dela(IAT, 9.99, 5)", 500},                           //
		{"selon(status, C, 1, 2)", 100},                          //
		{"sinon(bareme(TEMPS_PARTIEL_NUM, zone), 7)", 700},       // no such key
	} {
		b, tb, err := bookWith(t, "REMBOURSEMENT_TRANSPORT", c.formula)
		if err != nil {
			t.Errorf("%s: %v", c.formula, err)
			continue
		}
		if len(b.Left()) > 0 {
			t.Errorf("%s: left aside: %v", c.formula, b.Left()[0].Unknown)
			continue
		}
		index := func(code string) int32 {
			for i := range tb.Elements {
				if string(tb.Elements[i].Code) == code {
					return int32(i)
				}
			}
			return -1
		}
		p := paid{agent: &agent, period: december, days: 30, cells: []reconcile.Cell{
			reconcile.NewCell(index("TRAITEMENT_BRUT"), december, 100000, 1), reconcile.NewCell(index("IAT"), december-2, 2000, 1),
			reconcile.NewCell(index("IAT"), december, 1000, 1), reconcile.NewCell(index("MGEN_ADULTE"), december, -4000, 1)}}
		f := b.formulas[index("REMBOURSEMENT_TRANSPORT")]
		r := reckoning{book: b, paid: &p, origin: december, current: true, rounding: f.declared}
		if got, ok := r.amount(f); !ok || got != c.want {
			t.Errorf("%s gives %v (%v), wanted %v", c.formula, got, ok, c.want)
		}
	}
}

// TestAnotherRateGivesAnotherVerdict: the table decides, not the code.
func TestAnotherRateGivesAnotherVerdict(t *testing.T) {
	said := func(change func(*reconcile.Rate)) string {
		s := newScene(t)
		for i := range s.tables.Rates {
			change(&s.tables.Rates[i])
		}
		s.legacy(officer(), "TRAITEMENT_BRUT 2162.34", "PC_CAS 957.48").onp(officer(), "TRAITEMENT_BRUT 2162.34", "PC_CAS 1606.19")
		return s.play().said()[0]
	}
	if got := said(func(*reconcile.Rate) {}); got != "PC_CAS rate rate_dated onp" {
		t.Errorf("with the table as shipped: %s", got)
	}
	swap := func(r *reconcile.Rate) {
		if r.Name == "CAS_CIVIL" && r.From == december && r.To == december {
			r.From, r.To = december-24, december-24
		}
		if r.Name == "CAS_CIVIL" && r.To == december-1 {
			r.To = december
		}
	}
	if got := said(swap); got != "PC_CAS rate rate_dated legacy" {
		t.Errorf("once the table says that the rate of November holds in December: %s", got)
	}
}

// TestASurveyFindsTheConventionOfASide: ONP rounds to the nearest centime where
// the table truncates; a wrong rate is no convention.
func TestASurveyFindsTheConventionOfASide(t *testing.T) {
	s := newScene(t)
	book, err := NewBook(s.tables)
	if err != nil {
		t.Fatal(err)
	}
	survey := NewSurvey(book, s.terms)
	indices := []int32{309, 317, 335, 344, 353, 364, 376, 390, 407, 425, 443, 462, 467, 491, 500, 501, 502, 503, 504, 505, 506, 507, 508, 509, 510, 511, 512, 513, 514, 515, 516, 517, 518, 519, 520}
	for _, points := range indices {
		exact := reckoning{book: book, paid: &paid{agent: &reconcile.Agent{Indice: points, Quotite: 10000}, period: december, days: 30}, origin: december, current: true}
		for _, side := range reconcile.Sides {
			exact.rounding = [2]Rounding{Truncate, HalfUp}[side]
			pay, ok := exact.amount(book.formulas[0])
			if !ok {
				t.Fatal("no index pay")
			}
			scene := newScene(t)
			scene.slip(side, with(func(a *reconcile.Agent) { a.Indice = points }), "TRAITEMENT_BRUT "+pay.String(), "ATI 1.00")
			survey.Observe(side, scene.slips[side][0])
		}
	}
	told := survey.Conclude()
	if len(told) != 1 || told[0].Element != "TRAITEMENT_BRUT" || told[0].Side != reconcile.ONP || told[0].Rounding != HalfUp || told[0].Follow != int64(len(indices)) {
		t.Fatalf("the survey tells %+v", told)
	}
	if survey.Of(reconcile.Legacy, book.formulas[0]) != Truncate || survey.Of(reconcile.ONP, book.formulas[0]) != HalfUp {
		t.Error("the conventions are not those of the sides")
	}
	ati := int32(-1)
	for i := range s.tables.Elements {
		if s.tables.Elements[i].Code == "ATI" {
			ati = int32(i)
		}
	}
	if survey.Trusted(ati) || !survey.Trusted(0) {
		t.Error("a formula that no payslip follows is believed, or one that all follow is not")
	}
}
