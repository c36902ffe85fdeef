package explain

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"bascule/mappings"
	"bascule/reconcile"
)

const december = reconcile.Period(2013*12 + 11)

// tables are those shipped with the program: their formulas are what is tested.
func tables(t testing.TB) *reconcile.Tables {
	t.Helper()
	tb, err := mappings.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	return tb
}

// scene is one pair of payslips and what the rules say of it.
type scene struct {
	t      testing.TB
	tables *reconcile.Tables
	terms  *reconcile.Terms
	slips  [2][]*reconcile.Payslip
	near   Neighbour
	rows   []reconcile.Discrepancy
	shadow map[string]int // "decider also rule": rows that a later rule would have taken too
	met    map[string]int // rows by the rule that decided
}

func newScene(t testing.TB) *scene {
	tb := tables(t)
	return &scene{t: t, tables: tb, shadow: map[string]int{}, met: map[string]int{}, terms: &reconcile.Terms{Period: december, Tables: tb, Mapping: tb.At(december),
		Identity: reconcile.Identity{Key: []reconcile.IdentityField{reconcile.IdentityNIR}}, Secret: []byte("s")}}
}

// officer is a full-time officer in zone 3 whose index is that of the grid.
func officer() reconcile.Agent {
	return reconcile.Agent{NIR: "1800175123456", Dossier: "01", Matricule: "M1", Surname: "X", Grade: "AT1010", Echelon: "1", Indice: 467, NBI: 0, Quotite: 10000,
		Children: 0, Service: "S", Status: "T", Zone: "3", Programme: "176", BOP: "176-A", Accountant: "075", Carried: reconcile.AllFields}
}

// euroCents reads "12.34".
func euroCents(t testing.TB, s string) reconcile.Amount {
	t.Helper()
	a, err := reconcile.ParseAmount(s)
	if err != nil {
		t.Fatalf("%s: %v", s, err)
	}
	return a
}

// slip adds a payslip: "ELEMENT amount [origin]" or "=CODE sense amount" a line,
// amounts as printed, deductions positive.
func (s *scene) slip(side reconcile.Side, a reconcile.Agent, lines ...string) *scene {
	s.t.Helper()
	system, month := s.terms.Months.Source(side, s.terms.Period)
	p := &reconcile.Payslip{ID: int64(len(s.slips[0])+len(s.slips[1])) + 1, Load: int64(side) + 1, Key: a.NIR, Period: month, Agent: a, Whole: true}
	for _, text := range lines {
		f := strings.Fields(text)
		l := reconcile.PayLine{Origin: month, Base: reconcile.NoFixed, Rate: reconcile.NoFixed}
		if code, raw := strings.CutPrefix(f[0], "="); raw {
			l.Code, l.Sense, l.Amount = reconcile.Code(code), reconcile.Sense(f[1][0]), euroCents(s.t, f[2])
		} else {
			l.Code, l.Sense, l.Amount = s.code(system, f[0]), s.element(f[0]).Kind.Sense(), euroCents(s.t, f[1])
			if len(f) > 2 {
				l.Origin, _ = reconcile.ParsePeriod(f[2])
			}
		}
		if l.Sense == reconcile.ToDeduct {
			l.Amount = -l.Amount
		}
		p.Lines = append(p.Lines, l)
	}
	p.Sums = reconcile.SumLines(p.Lines)
	s.slips[side] = append(s.slips[side], p)
	return s
}

func (s *scene) element(code string) *reconcile.Element {
	e, ok := s.tables.Element(reconcile.ElementCode(code))
	if !ok {
		s.t.Fatalf("no element %s", code)
	}
	return e
}

func (s *scene) code(side reconcile.Side, element string) reconcile.Code {
	for _, c := range s.tables.Correspondences {
		if string(c.Element) == element && c.Side == side && s.terms.Period.Within(c.From, c.To) {
			return c.Code
		}
	}
	s.t.Fatalf("no code of %s", element)
	return ""
}

func (s *scene) legacy(a reconcile.Agent, lines ...string) *scene {
	return s.slip(reconcile.Legacy, a, lines...)
}
func (s *scene) onp(a reconcile.Agent, lines ...string) *scene {
	return s.slip(reconcile.ONP, a, lines...)
}

// Discrepancy and Single implement reconcile.Sink.
func (s *scene) Discrepancy(d *reconcile.Discrepancy) error {
	s.rows = append(s.rows, *d)
	return nil
}
func (s *scene) Single(*reconcile.Single) error { return nil }

// watcher explains as the Explainer does, and asks every rule of every row.
type watcher struct {
	*Explainer
	scene *scene
}

func (w watcher) Explain(f *reconcile.Findings) error {
	c := w.open(f)
	ask := func(row int) {
		decider := ""
		for i := range rules {
			if _, ok := rules[i].decide(c, row); !ok {
				continue
			}
			if decider == "" {
				decider = rules[i].name
				w.scene.met[decider]++
				continue
			}
			w.scene.shadow[decider+" before "+rules[i].name]++
		}
		c.decide(row)
	}
	for i := range w.gaps {
		c.measure(&w.gaps[i])
		ask(w.gaps[i].row)
	}
	for i := range f.Rows {
		if c.root[i] == noRow {
			ask(i)
		}
	}
	c.close()
	return c.err
}

func (s *scene) play() *scene {
	s.t.Helper()
	book, err := NewBook(s.tables)
	if err != nil {
		s.t.Fatal(err)
	}
	s.terms.Explainer = func() reconcile.Explainer { return watcher{New(book, nil, s.terms, s.near), s} }
	all := func(side reconcile.Side) func(func(*reconcile.Payslip, error) bool) {
		return func(yield func(*reconcile.Payslip, error) bool) {
			for _, p := range s.slips[side] {
				if !yield(p, nil) {
					return
				}
			}
		}
	}
	c := reconcile.NewComparer(s.terms, s)
	if err := c.First(reconcile.Pairs(reconcile.Assemble(all(reconcile.Legacy)), reconcile.Assemble(all(reconcile.ONP)))); err != nil {
		s.t.Fatal(err)
	}
	return s
}

// said puts the verdicts in short: "ELEMENT[@origin] cause rule fault [< root]".
func (s *scene) said() []string {
	name := map[string]string{}
	for i := range s.rows {
		name[s.rows[i].Fingerprint] = s.rows[i].Element
	}
	var said []string
	for i := range s.rows {
		d := &s.rows[i]
		text := d.Element
		if d.Element == "" {
			text = string(d.Kind)
		}
		if d.Origin != 0 && d.Origin != s.terms.Period {
			text += "@" + d.Origin.String()
		}
		text = fmt.Sprint(text, " ", d.Cause, " ", d.Rule, " ", d.AtFault)
		if d.Root != "" {
			text += " < " + name[d.Root]
		}
		said = append(said, text)
	}
	return said
}

// with changes an agent.
func with(change func(*reconcile.Agent)) reconcile.Agent {
	a := officer()
	change(&a)
	return a
}

// sceneCases: each says why the verdict is right. 467 points at 55.5635 € are
// 2,162.3462 € a month.
var sceneCases = []struct {
	reason string
	set    func(*scene)
	want   []string
}{
	{"a payslip twice in a file is a doubt about identity, whatever its amounts", func(s *scene) {
		s.legacy(officer(), "TRAITEMENT_BRUT 2162.34").legacy(officer(), "TRAITEMENT_BRUT 2162.34").onp(officer(), "TRAITEMENT_BRUT 4324.68")
	}, []string{"identity duplicate repeated_in_file legacy"}},
	{"an unknown code and the line that misses because of it are one root and one derived gap", func(s *scene) {
		s.legacy(officer(), "IAT 120.00").onp(officer(), "=ZX17 P 120.00")
	}, []string{"ZX17 mapping unmapped_code unknown", "IAT derived unmapped_counterpart unknown < ZX17"}},
	{"an element that is not compared is justified by the table", func(s *scene) {
		s.legacy(officer(), "NET_IMPOSABLE 10.00").onp(officer(), "NET_IMPOSABLE 12.00")
	}, []string{"NET_IMPOSABLE unexplained not_compared unknown"}},
	{"another index: base pay is the root, its pension retention derives", func(s *scene) {
		s.legacy(officer(), "TRAITEMENT_BRUT 2162.34", "PC_AGENT 189.42")
		s.onp(with(func(a *reconcile.Agent) { a.Indice = 491 }), "TRAITEMENT_BRUT 2273.47", "PC_AGENT 199.16")
	}, []string{"TRAITEMENT_BRUT situation situation_pay unknown", "PC_AGENT derived derived_formula unknown < TRAITEMENT_BRUT", "indice situation situation_field unknown"}},
	{"another programme moves no money", func(s *scene) {
		s.legacy(officer(), "IAT 1.00").onp(with(func(a *reconcile.Agent) { a.Programme = "216" }), "IAT 1.00")
	}, []string{"programme budget_only imputation_field unknown"}},
	{"of two months, one alone holds who entered", func(s *scene) {
		s.terms.Months = reconcile.Months{Side: reconcile.ONP, Earlier: december - 1}
		s.terms.Mapping = s.tables.For(december, s.terms.Months)
		s.onp(officer(), "IAT 1.00")
	}, []string{"missing_in_legacy situation entered unknown"}},
	{"who is paid by the legacy side alone has left", func(s *scene) { s.legacy(officer(), "IAT 1.00") }, []string{"missing_in_onp tacit_renewal tacit_renewal legacy"}},
	{"who is paid by ONP alone has come", func(s *scene) { s.onp(officer(), "IAT 1.00") }, []string{"missing_in_legacy timing timing_entry legacy"}},
	{"an entry on the 24th is 8/30 of December, not 7/30 (CE 156217)", func(s *scene) {
		s.legacy(officer(), "TRAITEMENT_BRUT 576.62").onp(officer(), "TRAITEMENT_BRUT 504.54")
	}, []string{"TRAITEMENT_BRUT proration proration_entry onp"}},
	{"a centime more is the nearest centime instead of the one below", func(s *scene) {
		s.legacy(officer(), "TRAITEMENT_BRUT 2162.34", "PC_AGENT 189.42").onp(officer(), "TRAITEMENT_BRUT 2162.35", "PC_AGENT 189.42")
	}, []string{"TRAITEMENT_BRUT rounding rounding_convention unknown"}},
	{"a retention of which both sides withhold ten euros more still follows its base", func(s *scene) {
		s.legacy(officer(), "TRAITEMENT_BRUT 2162.34", "PC_AGENT 199.42")
		s.onp(with(func(a *reconcile.Agent) { a.Indice = 491 }), "TRAITEMENT_BRUT 2273.47", "PC_AGENT 209.16")
	}, []string{"TRAITEMENT_BRUT situation situation_pay unknown", "PC_AGENT derived derived_gap unknown < TRAITEMENT_BRUT", "indice situation situation_field unknown"}},
	{"under the floor of 313, a residence allowance on the real index ignores it: 3 % of 309 points", func(s *scene) {
		low := with(func(a *reconcile.Agent) { a.Indice, a.Zone = 309, "1" })
		s.legacy(low, "TRAITEMENT_BRUT 1430.76", "INDEMNITE_RESIDENCE 43.47").onp(low, "TRAITEMENT_BRUT 1430.76", "INDEMNITE_RESIDENCE 42.92")
	}, []string{"INDEMNITE_RESIDENCE threshold threshold_ignored onp"}},
	{"the rate of November in December 2013: no effect on the net", func(s *scene) {
		s.legacy(officer(), "TRAITEMENT_BRUT 2162.34", "PC_CAS 957.48").onp(officer(), "TRAITEMENT_BRUT 2162.34", "PC_CAS 1606.19")
	}, []string{"PC_CAS rate rate_dated onp"}},
	{"a centime that no convention gives is within the element's tolerance", func(s *scene) {
		s.legacy(officer(), "TRAITEMENT_BRUT 2162.34").onp(officer(), "TRAITEMENT_BRUT 2162.33")
	}, []string{"TRAITEMENT_BRUT rounding tolerance unknown"}},
	{"80 % is 6/7 of the pay and of the indemnities", func(s *scene) {
		s.legacy(officer(), "TRAITEMENT_BRUT 2162.34", "IAT 140.00")
		s.onp(with(func(a *reconcile.Agent) { a.Quotite = 8000 }), "TRAITEMENT_BRUT 1853.43", "IAT 120.00")
	}, []string{"TRAITEMENT_BRUT situation situation_pay unknown", "IAT situation situation_share unknown", "quotite situation situation_field unknown"}},
	{"80 % paid 80/100: the part is wrong, and the indemnities follow", func(s *scene) {
		part := with(func(a *reconcile.Agent) { a.Quotite = 8000 })
		s.legacy(part, "TRAITEMENT_BRUT 1853.43", "IAT 120.00").onp(part, "TRAITEMENT_BRUT 1729.87", "IAT 112.00")
	}, []string{"TRAITEMENT_BRUT proration proration_part onp", "IAT proration proration_follows onp"}},
	{"the same arrears over other months are no money", func(s *scene) {
		s.legacy(officer(), "IAT 50.00 2013-10").onp(officer(), "IAT 20.00 2013-10", "IAT 30.00 2013-09")
	}, []string{"IAT@2013-09 arrears net_over_origins unknown", "IAT@2013-10 arrears net_over_origins unknown"}},
	{"what ONP pays this month and the legacy side the next is shifted: the legacy side is late", func(s *scene) {
		s.near = func(side reconcile.Side, _ *reconcile.Agent, month reconcile.Period) ([]reconcile.Cell, bool, bool, error) {
			if side == reconcile.Legacy && month == december+1 {
				i := slices.IndexFunc(s.tables.Elements, func(e reconcile.Element) bool { return e.Code == "ASTREINTE" })
				return []reconcile.Cell{reconcile.NewCell(int32(i), december, 7500, 1)}, true, true, nil
			}
			return nil, false, month == december+1, nil
		}
		s.legacy(officer(), "IAT 1.00").onp(officer(), "IAT 1.00", "ASTREINTE 75.00")
	}, []string{"ASTREINTE timing timing_neighbour legacy"}},
	{"a deduction of the wrong sign is a credit", func(s *scene) {
		s.legacy(officer(), "MGEN_ADULTE 40.00").onp(officer(), "MGEN_ADULTE -40.00")
	}, []string{"MGEN_ADULTE sign sign_opposite onp"}},
	{"a line twice", func(s *scene) {
		s.legacy(officer(), "MGEN_ADULTE 40.00").onp(officer(), "MGEN_ADULTE 40.00", "MGEN_ADULTE 40.00")
	}, []string{"MGEN_ADULTE duplicate duplicate_line onp"}},
	{"amounts exchanged", func(s *scene) {
		s.legacy(officer(), "IAT 140.00", "IEMP 95.00").onp(officer(), "IAT 95.00", "IEMP 140.00")
	}, []string{"IAT swapped swapped_elements unknown", "IEMP swapped swapped_elements unknown"}},
	{"a rappel of last spring that one side alone pays", func(s *scene) {
		s.legacy(officer(), "IAT 1.00", "IAT 33.00 2013-04").onp(officer(), "IAT 1.00")
	}, []string{"IAT@2013-04 arrears arrears_origin unknown"}},
	{"an indemnity that one side alone pays, when no other month is known", func(s *scene) {
		s.legacy(officer(), "IAT 1.00").onp(officer(), "IAT 1.00", "ASTREINTE 75.00")
	}, []string{"ASTREINTE timing timing_presumed legacy"}},
	{"what is paid more of last month was paid then by the other, when that month is not known", func(s *scene) {
		s.legacy(officer(), "ASTREINTE 30.00 2013-11").onp(officer(), "ASTREINTE 75.00 2013-11")
	}, []string{"ASTREINTE@2013-11 timing timing_late_presumed onp"}},
	{"28/30 of an indemnity while the base pay is whole", func(s *scene) {
		s.legacy(officer(), "TRAITEMENT_BRUT 2162.34", "IAT 151.50").onp(officer(), "TRAITEMENT_BRUT 2162.34", "IAT 141.40")
	}, []string{"IAT proration proration_thirtieths unknown"}},
	{"a round amount against a reckoned one was keyed", func(s *scene) {
		s.legacy(officer(), "IAT 150.00").onp(officer(), "IAT 147.13")
	}, []string{"IAT hand_entered hand_entered_round unknown"}},
	{"family allowances off the scale, by nothing known", func(s *scene) {
		s.legacy(officer(), "TRAITEMENT_BRUT 2162.34", "AF_EMPLOYEUR 116.77").onp(officer(), "TRAITEMENT_BRUT 2162.34", "AF_EMPLOYEUR 131.00")
	}, []string{"AF_EMPLOYEUR unexplained scale_breach onp"}},
	{"an index off the grid: the grid tells who is wrong, of the pay too", func(s *scene) {
		s.legacy(with(func(a *reconcile.Agent) { a.Grade, a.Echelon, a.Indice = "PN1010", "9", 425 }), "TRAITEMENT_BRUT 1967.87", "PC_AGENT 172.39")
		s.onp(with(func(a *reconcile.Agent) { a.Grade, a.Echelon, a.Indice = "PN1010", "9", 407 }), "TRAITEMENT_BRUT 1884.52", "PC_AGENT 165.08")
	}, []string{"TRAITEMENT_BRUT situation situation_pay onp", "PC_AGENT derived derived_formula onp < TRAITEMENT_BRUT", "indice situation grid_index onp"}},
	{"four thirtieths of absence against two: the week-end counts (CE 336908)", func(s *scene) {
		s.legacy(officer(), "TRAITEMENT_BRUT 2162.34", "ABSENCE_SERVICE_FAIT 144.16 2013-11").onp(officer(), "TRAITEMENT_BRUT 2162.34", "ABSENCE_SERVICE_FAIT 288.31 2013-11")
	}, []string{"ABSENCE_SERVICE_FAIT@2013-11 proration proration_absence legacy"}},
	{"the police rate of another corps: 25 % where the grade has 26 %", func(s *scene) {
		police := with(func(a *reconcile.Agent) { a.Grade = "PN1010" })
		s.legacy(police, "TRAITEMENT_BRUT 2162.34", "ISSP 562.21").onp(police, "TRAITEMENT_BRUT 2162.34", "ISSP 540.59")
	}, []string{"ISSP rate rate_key onp"}},
	{"of two months, each follows its own rate", func(s *scene) {
		s.terms.Months = reconcile.Months{Side: reconcile.ONP, Earlier: december - 1}
		s.terms.Mapping = s.tables.For(december, s.terms.Months)
		s.legacy(officer(), "TRAITEMENT_BRUT 2162.34", "PC_CAS 1606.19").onp(officer(), "TRAITEMENT_BRUT 2162.34", "PC_CAS 957.48")
	}, []string{"PC_CAS rate rate_changed unknown"}},
	{"two roots on one payslip: what depends on one alone hangs there, the rest on the first", func(s *scene) {
		s.legacy(officer(), "TRAITEMENT_BRUT 2162.34", "NBI 0.00", "PC_AGENT 189.42", "PC_NBI 0.00", "ATI 6.92")
		s.onp(with(func(a *reconcile.Agent) { a.Indice, a.NBI = 491, 20 }), "TRAITEMENT_BRUT 2273.47", "NBI 92.61", "PC_AGENT 199.16", "PC_NBI 8.11", "ATI 7.28")
	}, []string{"TRAITEMENT_BRUT situation situation_pay unknown", "NBI situation situation_pay unknown", "PC_AGENT derived derived_formula unknown < TRAITEMENT_BRUT",
		"PC_NBI derived derived_formula unknown < NBI", "ATI derived derived_formula unknown < TRAITEMENT_BRUT", "indice situation situation_field unknown", "nbi situation situation_field unknown"}},
	{"a day of absence cannot span a week-end: nobody is blamed", func(s *scene) {
		s.legacy(officer(), "TRAITEMENT_BRUT 2162.34", "ABSENCE_SERVICE_FAIT 72.08 2013-11").onp(officer(), "TRAITEMENT_BRUT 2162.34", "ABSENCE_SERVICE_FAIT 216.23 2013-11")
	}, []string{"ABSENCE_SERVICE_FAIT@2013-11 proration proration_days unknown"}},
	{"29 thirtieths against a whole month is no entry: nobody is blamed", func(s *scene) {
		s.legacy(officer(), "TRAITEMENT_BRUT 2090.26").onp(officer(), "TRAITEMENT_BRUT 2162.34")
	}, []string{"TRAITEMENT_BRUT proration proration_days unknown"}},
	{"a gap of fifteen euros is not a rounding because one side truncates", func(s *scene) {
		police := with(func(a *reconcile.Agent) { a.Grade = "PN1010" })
		s.legacy(police, "TRAITEMENT_BRUT 2162.34", "ISSP 562.20")
		s.onp(with(func(a *reconcile.Agent) { a.Grade, a.Indice = "PN1010", 480 }), "TRAITEMENT_BRUT 2222.54", "ISSP 577.86")
	}, []string{"TRAITEMENT_BRUT situation situation_pay unknown", "ISSP derived derived_formula unknown < TRAITEMENT_BRUT", "indice situation situation_field unknown"}},
	{"a working time of nought divides nothing", func(s *scene) {
		s.legacy(with(func(a *reconcile.Agent) { a.Quotite = 0 }), "TRAITEMENT_BRUT 2162.34", "IAT 100.00").onp(officer(), "TRAITEMENT_BRUT 2162.34", "IAT 120.00")
	}, []string{"IAT hand_entered hand_entered unknown", "quotite situation situation_field unknown"}},
	{"a field that one file does not carry does not differ", func(s *scene) {
		part := with(func(a *reconcile.Agent) { a.Quotite = 8000 })
		blind := with(func(a *reconcile.Agent) {
			a.Quotite, a.Carried = reconcile.Absent, reconcile.FieldSet(0).With(reconcile.FieldIndice)
		})
		s.legacy(part, "TRAITEMENT_BRUT 1853.43", "IAT 80.00").onp(blind, "TRAITEMENT_BRUT 1853.43", "IAT 93.33")
	}, []string{"IAT hand_entered hand_entered_round unknown"}},
	{"a contribution that one side does not withhold may not be due: nobody is blamed", func(s *scene) {
		s.legacy(officer(), "TRAITEMENT_BRUT 2162.34", "IRCANTEC_A_AGENT 52.98").onp(officer(), "TRAITEMENT_BRUT 2162.34")
	}, []string{"IRCANTEC_A_AGENT unexplained scale_breach unknown"}},
	{"the military rate for a civil agent", func(s *scene) {
		s.legacy(officer(), "TRAITEMENT_BRUT 2162.34", "PC_CAS 957.48").onp(officer(), "TRAITEMENT_BRUT 2162.34", "PC_CAS 2726.06")
	}, []string{"PC_CAS rate rate_key onp"}},
	{"an employer code cannot stand for a bonus of the same amount", func(s *scene) {
		s.legacy(officer(), "=ZX17 I 50.00").onp(officer(), "PRIME_COMMANDEMENT 50.00")
	}, []string{"ZX17 mapping unmapped_code unknown", "PRIME_COMMANDEMENT timing timing_presumed legacy"}},
	{"a mutual insurer's amount follows nothing", func(s *scene) {
		s.legacy(officer(), "MGEN_ADULTE 40.00").onp(officer(), "MGEN_ADULTE 43.17")
	}, []string{"MGEN_ADULTE unexplained unexplained unknown"}},
}

func TestRulesDecide(t *testing.T) {
	for _, c := range sceneCases {
		t.Run(c.reason, func(t *testing.T) {
			s := newScene(t)
			c.set(s)
			if got := s.play().said(); !slices.Equal(got, c.want) {
				t.Errorf("said:\n%s\nwanted:\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
}

// TestEachRuleDecidesACase also prints, with -v, where a later rule would have
// decided too: that is where their order matters.
func TestEachRuleDecidesACase(t *testing.T) {
	met, shadow := map[string]int{}, map[string]int{}
	for _, c := range sceneCases {
		s := newScene(t)
		c.set(s)
		s.play()
		for name, n := range s.met {
			met[name] += n
		}
		for name, n := range s.shadow {
			shadow[name] += n
		}
	}
	for _, r := range rules {
		if met[r.name] == 0 {
			t.Errorf("no case is decided by %s", r.name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(shadow)) {
		if !strings.HasSuffix(name, " before unexplained") {
			t.Logf("%s: %d", name, shadow[name])
		}
	}
}
