package reconcile

import (
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// without takes the rows of some codes out of the tables.
func (m *ministry) without(codes ...Code) *ministry {
	t := m.terms.Tables
	t.Correspondences = slices.DeleteFunc(t.Correspondences, func(c Correspondence) bool { return slices.Contains(codes, c.Code) })
	return m
}

// read is what the reader adds up, with the labels of the codes.
func (m *ministry) read(labels map[Code]string) (read [2][]CodeTotal) {
	for _, side := range Sides {
		for _, p := range m.payslips[side] {
			for _, l := range p.Lines {
				read[side] = append(read[side], CodeTotal{Code: l.Code, Sense: l.Sense, Label: labels[l.Code], Lines: 1, Amount: l.Amount})
			}
		}
	}
	return read
}

// parts cuts the pairs into ranges of keys.
func (m *ministry) parts(bounds ...string) []iter.Seq2[*Pair, error] {
	bounds = append(append([]string{""}, bounds...), "\xff")
	var parts []iter.Seq2[*Pair, error]
	for i := range bounds[1:] {
		within := func(rows iter.Seq2[*Payslip, error]) iter.Seq2[*Payslip, error] {
			return func(yield func(*Payslip, error) bool) {
				for p, err := range rows {
					if p.Key >= bounds[i] && p.Key < bounds[i+1] && !yield(p, err) {
						return
					}
				}
			}
		}
		parts = append(parts, Pairs(Assemble(within(m.rows(Legacy))), Assemble(within(m.rows(ONP)))))
	}
	return parts
}

func (m *ministry) suggest(t *testing.T, labels map[Code]string) *Suggestions {
	t.Helper()
	s, err := Suggest(m.terms.Tables, december, m.read(labels), m.parts())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// first is the best candidate of a code in a line.
func first(s *Suggestions, code Code) string {
	for i := range s.Codes {
		if s.Codes[i].Code != code {
			continue
		}
		if len(s.Codes[i].Candidates) == 0 {
			return "none"
		}
		c := &s.Codes[i].Candidates[0]
		name := string(c.Element)
		if name == "" {
			name = "new"
		}
		if c.ByLabel {
			name += "?"
		}
		return fmt.Sprintf("%s %s x%d with %v %v %d/%d", c.Confidence, name, c.Factor, c.With[Legacy], c.With[ONP], c.Evidence.Closed, c.Evidence.Agents)
	}
	return "mapped"
}

// money is an amount that is nobody else's.
func money(i int) Amount { return Amount(10_000 + 137*i*i + 11*i) }

func nir(i int) string { return fmt.Sprintf("%03d", i) }

// pays adds an agent on both sides.
func (m *ministry) pays(i int, legacy, onp []PayLine) {
	m.legacy(agent(nir(i), legacy...)).onp(agent(nir(i), onp...))
}

func TestSuggestFindsWhatTheAmountsTell(t *testing.T) {
	cases := []struct {
		reason  string
		without []Code
		agents  int
		legacy  func(i int) []PayLine
		onp     func(i int) []PayLine
		want    map[Code]string
	}{
		{"a code whose element is otherwise open for all its agents", []Code{"LBONUS"}, 20,
			func(i int) []PayLine { return []PayLine{line("LBONUS", ToPay, money(i))} },
			func(i int) []PayLine { return []PayLine{line("OBONUS", ToPay, money(i))} },
			map[Code]string{"LBONUS": "sure BONUS x1 with [] [] 20/20"}},
		{"one agent in ten is paid otherwise: the others tell", []Code{"LBONUS"}, 30,
			func(i int) []PayLine { return []PayLine{line("LBONUS", ToPay, money(i))} },
			func(i int) []PayLine {
				return []PayLine{line("OBONUS", ToPay, money(i)+Amount(i%10/9*500))}
			},
			map[Code]string{"LBONUS": "sure BONUS x1 with [] [] 27/30"}},
		{"a code printed with the other sign", []Code{"LBONUS"}, 20,
			func(i int) []PayLine { return []PayLine{line("LBONUS", ToDeduct, money(i))} },
			func(i int) []PayLine { return []PayLine{line("OBONUS", ToPay, money(i))} },
			map[Code]string{"LBONUS": "sure BONUS x-1 with [] [] 20/20"}},
		{"two codes that feed an element together, each for all agents", []Code{"LBONUS"}, 20,
			func(i int) []PayLine {
				return []PayLine{line("X1", ToPay, money(i)), line("X2", ToPay, money(i+50))}
			},
			func(i int) []PayLine { return []PayLine{line("OBONUS", ToPay, money(i)+money(i+50))} },
			map[Code]string{"X1": "sure BONUS x1 with [X2] [] 20/20", "X2": "sure BONUS x1 with [X1] [] 20/20"}},
		{"two codes of which an agent has one, the other, or both", []Code{"LBONUS"}, 30,
			func(i int) []PayLine {
				return [][]PayLine{{line("X1", ToPay, money(i))}, {line("X2", ToPay, money(i))}, {line("X1", ToPay, 777), line("X2", ToPay, money(i)-777)}}[i%3]
			},
			func(i int) []PayLine { return []PayLine{line("OBONUS", ToPay, money(i))} },
			map[Code]string{"X1": "sure BONUS x1 with [X2] [] 20/20", "X2": "sure BONUS x1 with [X1] [] 20/20"}},
		{"a code that the other side prints as three, none of them known", []Code{"LBONUS", "OBONUS", "O2BONUS"}, 20,
			func(i int) []PayLine {
				return []PayLine{line("X", ToPay, money(i)+money(i+30)+money(i+60)), line("LPAY", ToPay, 5)}
			},
			func(i int) []PayLine {
				return []PayLine{line("Y1", ToPay, money(i)), line("Y2", ToPay, money(i+30)), line("Y3", ToPay, money(i+60)), line("OPAY", ToPay, 5)}
			},
			map[Code]string{"X": "sure new x1 with [] [Y1 Y2 Y3] 20/20", "Y2": "sure new x1 with [X] [Y1 Y3] 20/20"}},
		{"shares of an agent and of his employer are equal and never mixed", []Code{"LPENSION", "LCAS", "OPENSION", "O2PENSION"}, 20,
			func(i int) []PayLine {
				return []PayLine{line("LPENSION", ToDeduct, money(i)), line("LCAS", Information, money(i))}
			},
			func(i int) []PayLine {
				return []PayLine{line("OPENSION", ToDeduct, money(i)), line("OCAS", Information, money(i))}
			},
			map[Code]string{"LPENSION": "sure new x1 with [] [OPENSION] 20/20", "OPENSION": "sure new x1 with [LPENSION] [] 20/20", "LCAS": "sure CAS x1 with [] [] 20/20"}},
		{"arrears spread otherwise over the months", []Code{"LBONUS"}, 20,
			func(i int) []PayLine {
				return []PayLine{line("LBONUS", ToPay, money(i)), line("LBONUS", ToPay, 300, october)}
			},
			func(i int) []PayLine {
				return []PayLine{line("OBONUS", ToPay, money(i)), line("OBONUS", ToPay, 100, october), line("OBONUS", ToPay, 200, november)}
			},
			map[Code]string{"LBONUS": "sure BONUS x1 with [] [] 20/20"}},
		{"arrears that one side pays a month later: the pay month tells", []Code{"LBONUS"}, 20,
			func(i int) []PayLine {
				return []PayLine{line("LBONUS", ToPay, money(i)), line("LBONUS", ToPay, money(i+40), october)}
			},
			func(i int) []PayLine { return []PayLine{line("OBONUS", ToPay, money(i))} },
			map[Code]string{"LBONUS": "sure BONUS x1 with [] [] 20/20"}},
		{"two agents are not proof", []Code{"LBONUS"}, 2,
			func(i int) []PayLine { return []PayLine{line("LBONUS", ToPay, money(i))} },
			func(i int) []PayLine { return []PayLine{line("OBONUS", ToPay, money(i))} },
			map[Code]string{"LBONUS": "weak BONUS x1 with [] [] 2/2"}},
		{"one amount for many agents is likely at best", []Code{"LBONUS"}, 20,
			func(int) []PayLine { return []PayLine{line("LBONUS", ToPay, 10_000)} },
			func(int) []PayLine { return []PayLine{line("OBONUS", ToPay, 10_000)} },
			map[Code]string{"LBONUS": "likely BONUS x1 with [] [] 20/20"}},
		{"a rate that differs for all leaves a lead", []Code{"LBONUS"}, 20,
			func(i int) []PayLine { return []PayLine{line("LBONUS", ToPay, money(i))} },
			func(i int) []PayLine { return []PayLine{line("OBONUS", ToPay, money(i)*1003/1000)} },
			map[Code]string{"LBONUS": "weak BONUS x1 with [] [] 0/20"}},
		{"a code that only one side has", nil, 20,
			func(i int) []PayLine { return []PayLine{line("X", ToPay, money(i)), line("LPAY", ToPay, 5)} },
			func(int) []PayLine { return []PayLine{line("OPAY", ToPay, 5)} },
			map[Code]string{"X": "none"}},
		{"a code and its reversal on the same side are no answer", nil, 20,
			func(i int) []PayLine { return []PayLine{line("X1", ToPay, money(i)), line("X2", ToDeduct, money(i))} },
			func(int) []PayLine { return []PayLine{line("OPAY", ToPay, 5)} },
			map[Code]string{"X1": "none", "X2": "none"}},
		{"agents whom one side alone pays tell nothing", []Code{"LBONUS"}, 0, nil, nil, nil},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			m := newMinistry().without(c.without...)
			for i := range c.agents {
				m.pays(i, c.legacy(i), c.onp(i))
			}
			if c.agents == 0 {
				m.legacy(agent("900", line("LBONUS", ToPay, 100))).onp(agent("901", line("OBONUS", ToPay, 100)))
				c.want = map[Code]string{"LBONUS": "none"}
			}
			s := m.suggest(t, nil)
			for code, want := range c.want {
				if got := first(s, code); got != want {
					t.Errorf("%s: %s, wanted %s", code, got, want)
				}
			}
		})
	}
}

func TestTwoBonusesOfOneAmountAreToldByTheirLabelsAtBest(t *testing.T) {
	m := newMinistry()
	for i := range 20 {
		m.pays(i, []PayLine{line("A1", ToPay, 10_000), line("A2", ToPay, 10_000)}, []PayLine{line("B1", ToPay, 10_000), line("B2", ToPay, 10_000)})
	}
	blind := m.suggest(t, nil)
	told := m.suggest(t, map[Code]string{"A1": "PRIME DE NUIT", "A2": "PRIME DE FROID", "B1": "Prime de froid", "B2": "Prime de nuit"})
	for _, code := range []Code{"A1", "A2", "B1", "B2"} {
		if got := first(blind, code); !strings.HasPrefix(got, "weak new") {
			t.Errorf("without labels %s is %s", code, got)
		}
	}
	for code, want := range map[Code]string{"A1": "[B2] 20/20", "A2": "[B1] 20/20", "B1": "[A2] [] 20/20", "B2": "[A1] [] 20/20"} {
		if got := first(told, code); !strings.HasSuffix(got, want) || strings.HasPrefix(got, "sure") {
			t.Errorf("with labels %s is %s", code, got)
		}
	}
}

func TestLabelsChooseAmongElementsWithoutCodes(t *testing.T) {
	m := newMinistry().without("LBONUS", "OBONUS", "O2BONUS", "LPAY", "OPAY", "O2PAY")
	for i := range 20 {
		m.pays(i, []PayLine{line("X1", ToPay, money(i)), line("X2", ToPay, money(i+40))}, []PayLine{line("Y1", ToPay, money(i)), line("Y2", ToPay, money(i+40))})
	}
	m.pays(20, []PayLine{line("X3", ToPay, 7)}, []PayLine{line("OCAS", Information, 7)})
	s := m.suggest(t, map[Code]string{"X1": "PRIME", "Y1": "versement", "X2": "divers", "Y2": "Traitement", "X3": "mystère"})
	for code, want := range map[Code]string{
		"X1": "likely BONUS? x1 with [] [Y1] 20/20", "Y1": "likely BONUS? x1 with [X1] [] 20/20",
		"X2": "likely PAY? x1 with [] [Y2] 20/20", "Y2": "likely PAY? x1 with [X2] [] 20/20", "X3": "none"} {
		if got := first(s, code); got != want {
			t.Errorf("%s: %s, wanted %s", code, got, want)
		}
	}
}

func TestALabelAloneIsAWeakLead(t *testing.T) {
	m := newMinistry().without("LBONUS")
	m.pays(1, []PayLine{line("X", ToPay, 100)}, []PayLine{line("OBONUS", ToPay, 173)})
	s := m.suggest(t, map[Code]string{"X": "PRIME"})
	if got := first(s, "X"); got != "weak BONUS? x1 with [] [] 0/1" {
		t.Error(got)
	}
}

func TestSuggestDependsNeitherOnTheRangesNorOnTheOrder(t *testing.T) {
	m := newMinistry().without("LBONUS", "LPAY", "OPAY")
	for i := range 600 {
		m.pays(i, []PayLine{line("LPAY", ToPay, money(i)), line("LBONUS", ToPay, money(i+7)), line("X"+Code(strconv.Itoa(i%3)), ToPay, money(i+9))},
			[]PayLine{line("OPAY", ToPay, money(i)), line("OBONUS", ToPay, money(i+7)+Amount(i%40/39)), line("Y", ToPay, money(i+9))})
	}
	var texts []string
	for _, bounds := range [][]string{nil, {"300"}, {"100", "200", "550"}} {
		read := m.read(nil)
		slices.Reverse(read[Legacy])
		s, err := Suggest(m.terms.Tables, december, read, m.parts(bounds...))
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, fmt.Sprintf("%+v", *s))
	}
	if texts[0] != texts[1] || texts[0] != texts[2] || !strings.Contains(texts[0], "sure") {
		t.Errorf("three ways of reading give\n%s\n%s\n%s", texts[0], texts[1], texts[2])
	}
}

func TestAnErrorOfAStreamStopsTheSearch(t *testing.T) {
	m := newMinistry().without("LBONUS")
	m.pays(1, []PayLine{line("LBONUS", ToPay, 1)}, nil)
	broken := func(yield func(*Pair, error) bool) { yield(nil, ErrOrder) }
	if _, err := Suggest(m.terms.Tables, december, m.read(nil), append(m.parts(), broken)); err == nil {
		t.Error("the search goes on")
	}
	if _, err := CheckMapping(m.terms.Tables, december, m.read(nil), append(m.parts(), broken)); err == nil {
		t.Error("the check goes on")
	}
}

func TestCodesBeyondTheBoundAreCounted(t *testing.T) {
	m := newMinistry()
	var lines []PayLine
	for i := range maxUnmapped + 3 {
		lines = append(lines, line(Code(fmt.Sprintf("Z%03d", i)), ToPay, money(i)))
	}
	m.pays(1, lines, nil)
	if s := m.suggest(t, nil); s.Left != 3 || len(s.Codes) != maxUnmapped {
		t.Errorf("%d examined, %d left", len(s.Codes), s.Left)
	}
}
