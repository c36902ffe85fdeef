package reports

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"bascule/reconcile"
)

// teller puts discrepancies into sentences, from their rule and evidence alone.
type teller struct {
	m        *messages
	elements map[string]*reconcile.Element
	rates    map[string]rateName // by the name of the rate, or of the scale
}

// rateName is how a rate is called, and the unit of its values.
type rateName struct {
	label string // blank for a scale
	unit  reconcile.Unit
}

func newTeller(m *messages, tables *reconcile.Tables) *teller {
	t := &teller{m: m, elements: map[string]*reconcile.Element{}, rates: map[string]rateName{}}
	if tables == nil {
		return t
	}
	for i := range tables.Elements {
		t.elements[string(tables.Elements[i].Code)] = &tables.Elements[i]
	}
	for i := range tables.Rates {
		t.rates[tables.Rates[i].Name] = rateName{tables.Rates[i].Label, tables.Rates[i].Unit}
	}
	for i := range tables.Scales {
		t.rates[tables.Scales[i].Scale] = rateName{"", tables.Scales[i].Unit}
	}
	return t
}

// why says why a discrepancy exists, in one sentence, then which side is at
// fault where the sentence has not said it. Facts that are missing are left out.
func (t *teller) why(d *reconcile.Discrepancy) string {
	text := ""
	s := sentence{teller: t, d: d}
	switch template := t.m.text("why." + d.Rule); {
	case template != "":
		text, _ = s.fill(template)
	case d.Kind == reconcile.IdentityDoubt:
		text = strings.TrimSuffix(t.m.doubt(d), ".") + "."
	case d.Cause == reconcile.CauseUnexplained || d.Cause == "":
		text = t.m.t("why.unexplained")
	default:
		text = t.m.cause(d.Cause) + "."
	}
	if d.AtFault == "" || d.AtFault == reconcile.FaultUnknown || s.accused == d.AtFault {
		return text
	}
	return text + " " + t.m.t("verdict.fault."+string(d.AtFault))
}

// sentence is one sentence being made.
type sentence struct {
	*teller
	d       *reconcile.Discrepancy
	accused reconcile.Fault // the side that the words show to be wrong
}

// fill writes the first alternative of a template whose values are all known.
// Alternatives stand between bars; what brackets hold is left out when it lacks
// a value; {name} is a value and {side!} a side shown to be wrong.
func (s *sentence) fill(template string) (string, bool) {
	before := s.accused
	for rest, more := template, true; more; {
		var alternative string
		alternative, rest, more = cutTop(rest)
		if text, known := s.sequence(alternative); known {
			return text, true
		}
		s.accused = before
	}
	return "", false
}

// cutTop cuts a template at its first bar outside brackets.
func cutTop(template string) (before, after string, found bool) {
	depth := 0
	for i := range len(template) {
		switch template[i] {
		case '[':
			depth++
		case ']':
			depth--
		case '|':
			if depth == 0 {
				return template[:i], template[i+1:], true
			}
		}
	}
	return template, "", false
}

func (s *sentence) sequence(template string) (string, bool) {
	var b strings.Builder
	for i := 0; i < len(template); i++ {
		switch template[i] {
		case '[':
			end := closing(template, i)
			if text, known := s.fill(template[i+1 : end]); known {
				b.WriteString(text)
			}
			i = end
		case '{':
			end := i + strings.IndexByte(template[i:], '}')
			value := s.value(template[i+1 : end])
			if value == "" {
				return "", false
			}
			b.WriteString(value)
			i = end
		default:
			b.WriteByte(template[i])
		}
	}
	return b.String(), true
}

// closing is where the bracket that opens at i closes.
func closing(template string, i int) int {
	depth := 0
	for ; i < len(template); i++ {
		switch template[i] {
		case '[':
			depth++
		case ']':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return i
}

// value is the text of a value that a template names, blank when unknown.
func (s *sentence) value(name string) string {
	switch name {
	case "legacy":
		return s.m.side(reconcile.Legacy)
	case "onp":
		return s.m.side(reconcile.ONP)
	case "side", "side!", "other":
		return s.side(name)
	case "lesser", "greater", "thirtieths":
		return s.thirtieths(name)
	case "fields":
		return s.fields()
	case "field", "Field":
		return s.field(name)
	case "legacy_text", "onp_text":
		return s.fieldText(name)
	case "reason":
		return strings.TrimSuffix(Clean(s.d.Decision), ".")
	case "applied_span":
		return s.span(reconcile.FactAppliedFrom, reconcile.FactAppliedTo)
	case "official_span":
		return s.span(reconcile.FactOfficialFrom, reconcile.FactOfficialTo)
	case "base": // of the formula, where it is not the root itself
		if s.d.Fact(reconcile.FactElement) == s.d.Fact(reconcile.FactRoot) {
			return ""
		}
		return s.fact(reconcile.FactElement)
	case "shared":
		return s.shared()
	}
	return s.fact(reconcile.FactName(name))
}

// fact is a fact as the language writes it.
func (s *sentence) fact(name reconcile.FactName) string {
	value := s.d.Fact(name)
	if value == "" {
		if name == reconcile.FactCode && s.d.Kind == reconcile.Unmapped {
			return Clean(s.d.Element)
		}
		return ""
	}
	switch name {
	case reconcile.FactElement, reconcile.FactRoot:
		return s.element(value)
	case reconcile.FactExpected, reconcile.FactPaid, reconcile.FactLegacyScale, reconcile.FactONPScale, reconcile.FactAmount:
		if a, err := reconcile.ParseAmount(value); err == nil {
			return s.m.money(a)
		}
	case reconcile.FactApplied, reconcile.FactOfficial:
		return s.number(value, s.rate().unit)
	case reconcile.FactShare:
		return s.number(value, reconcile.UnitPercent)
	case reconcile.FactPopulation:
		if n, err := strconv.ParseInt(value, 10, 64); err == nil {
			return s.m.count(n)
		}
	case reconcile.FactLegacyDays, reconcile.FactONPDays:
		return s.number(value, reconcile.UnitNumber)
	case reconcile.FactRate:
		if label := s.rate().label; label != "" {
			return Clean(label)
		}
	case reconcile.FactMonth, reconcile.FactOrigin:
		if p, err := reconcile.ParsePeriod(value); err == nil {
			return s.m.month(p)
		}
	case reconcile.FactLegacyRound, reconcile.FactONPRound:
		if text := s.m.text("round." + value); text != "" {
			return text
		}
	}
	return Clean(value)
}

// rate is what the tables say of the rate of the evidence.
func (s *sentence) rate() rateName { return s.rateNamed(s.d.Fact(reconcile.FactRate)) }

// rateNamed is what the tables say of a rate, or of a step of a scale as
// "SCALE/KEY".
func (t *teller) rateNamed(name string) rateName {
	if r, known := t.rates[name]; known {
		return r
	}
	scale, _, _ := strings.Cut(name, "/")
	return rateName{unit: t.rates[scale].unit}
}

// number writes a number with the mark of the language.
func (t *teller) number(value string, unit reconcile.Unit) string {
	value = t.m.figure(Clean(value))
	switch {
	case unit != reconcile.UnitPercent:
		return value
	case t.m.english:
		return value + "%"
	}
	return value + noBreak + "%"
}

func (t *teller) element(code string) string {
	if e, known := t.elements[code]; known {
		return e.Label(t.m.lang())
	}
	if _, known := catalogue()["field."+code]; known {
		return t.m.field(code)
	}
	return Clean(code)
}

// side is the side that the rule speaks of, or the other.
func (s *sentence) side(name string) string {
	side, known := reconcile.ParseSide(s.d.Fact(reconcile.FactSide))
	if !known {
		if s.d.Kind != reconcile.Unmapped {
			return ""
		}
		side = s.d.Side
	}
	switch name {
	case "side!":
		s.accused = reconcile.Fault(side.String())
	case "other":
		side = 1 - side
	}
	return s.m.side(side)
}

// thirtieths tells which side pays how many thirtieths of the other, where that
// one pays a whole month.
func (s *sentence) thirtieths(name string) string {
	const whole = "30"
	legacy, onp := s.d.Fact(reconcile.FactLegacyDays), s.d.Fact(reconcile.FactONPDays)
	lesser, days := reconcile.ONP, onp
	if onp == whole {
		lesser, days = reconcile.Legacy, legacy
	}
	switch {
	case legacy == "" || onp == "" || legacy != whole && onp != whole:
		return ""
	case name == "lesser":
		return s.m.side(lesser)
	case name == "greater":
		return s.m.side(1 - lesser)
	}
	return s.number(days, reconcile.UnitNumber)
}

// fields are the fields of the evidence that differ: "indice majoré 467 → 472".
func (s *sentence) fields() string {
	var list []string
	for i := 0; i+2 < len(s.d.Evidence); i++ {
		f, l, o := s.d.Evidence[i], s.d.Evidence[i+1], s.d.Evidence[i+2]
		if f.Name != reconcile.FactField || l.Name != reconcile.FactLegacyValue || o.Name != reconcile.FactONPValue {
			continue
		}
		if f.Value == reconcile.FieldIBAN.String() {
			l.Value, o.Value = hidden(l.Value), hidden(o.Value)
		}
		list = append(list, lowerFirst(s.m.field(f.Value))+" "+blankAsNothing(s.m, Clean(l.Value))+" → "+blankAsNothing(s.m, Clean(o.Value)))
	}
	return strings.Join(list, ", ")
}

func (s *sentence) field(name string) string {
	field := s.d.Fact(reconcile.FactField)
	if field == "" && textual(s.d.Kind) {
		field = s.d.Element
	}
	if field = Clean(s.m.field(field)); name == "field" {
		return lowerFirst(field)
	}
	return field
}

// fieldText is one side's value of the field that differs.
func (s *sentence) fieldText(name string) string {
	if s.d.LegacyText+s.d.ONPText == "" {
		return ""
	}
	legacy, onp := values(s.d)
	if name == "onp_text" {
		legacy = onp
	}
	return blankAsNothing(s.m, Clean(legacy))
}

// span tells from when to when a value holds: "de 07/2010 à 06/2016".
func (s *sentence) span(from, to reconcile.FactName) string {
	first, err1 := reconcile.ParsePeriod(s.d.Fact(from))
	last, err2 := reconcile.ParsePeriod(s.d.Fact(to))
	switch {
	case err1 == nil && err2 == nil:
		return s.m.t("why.span", s.m.shortMonth(first), s.m.shortMonth(last))
	case err1 == nil:
		return s.m.t("why.since", s.m.shortMonth(first))
	case err2 == nil:
		return s.m.t("why.until", s.m.shortMonth(last))
	}
	return ""
}

// shared are the further elements on which the gap depends.
func (s *sentence) shared() string {
	said := []string{s.d.Fact(reconcile.FactRoot)} // of several months, an element is named once
	var list []string
	for _, f := range s.d.Evidence {
		if f.Name == reconcile.FactShared && f.Value != "" && !slices.Contains(said, f.Value) {
			said = append(said, f.Value)
			list = append(list, s.m.t("why.quoted", s.element(f.Value)))
		}
	}
	return strings.Join(list, ", ")
}

// lowerFirst puts a label inside a sentence; an acronym stays as it is.
func lowerFirst(s string) string {
	first, n := utf8.DecodeRuneInString(s)
	if second, _ := utf8.DecodeRuneInString(s[n:]); !unicode.IsLower(second) {
		return s
	}
	return string(unicode.ToLower(first)) + s[n:]
}
