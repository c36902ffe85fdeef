package main

import (
	"bascule/reconcile"
)

// checkJSON is the result of mapping check for --json.
type checkJSON struct {
	Period   reconcile.Period `json:"period"`
	Legacy   coverageJSON     `json:"legacy"`
	ONP      coverageJSON     `json:"onp"`
	Codes    []codeJSON       `json:"codes"`     // by state, then the heaviest first
	OneSided []elementJSON    `json:"one_sided"` // elements that one side feeds alone
	Codeless []elementJSON    `json:"codeless"`  // elements without a code on a side, and not seen on the other
}

type coverageJSON struct {
	Codes        int              `json:"codes"`
	Mapped       int              `json:"mapped"`
	Lines        int64            `json:"lines"`
	MappedLines  int64            `json:"mapped_lines"`
	Absolute     reconcile.Amount `json:"absolute"`
	MappedAmount reconcile.Amount `json:"mapped_absolute"`
}

type codeJSON struct {
	Side     string                `json:"side"`
	Code     reconcile.Code        `json:"code"`
	Sense    string                `json:"sense"`
	Label    string                `json:"label"`
	State    reconcile.CodeState   `json:"state"`
	Element  reconcile.ElementCode `json:"element"`
	Factor   int64                 `json:"factor"`
	From     reconcile.Period      `json:"valid_from"`
	To       reconcile.Period      `json:"valid_to"`
	Lines    int64                 `json:"lines"`
	Agents   int64                 `json:"agents"`
	Amount   reconcile.Amount      `json:"amount"`
	Absolute reconcile.Amount      `json:"absolute"`
}

type elementJSON struct {
	Element  reconcile.ElementCode `json:"element"`
	Lacks    string                `json:"lacks"` // the side that does not feed it
	Codes    []reconcile.Code      `json:"codes"` // of that side, never seen
	Lines    int64                 `json:"lines"` // of the other side
	Agents   int64                 `json:"agents"`
	Amount   reconcile.Amount      `json:"amount"`
	Absolute reconcile.Amount      `json:"absolute"`
}

func newCheckJSON(c *reconcile.MappingCheck) *checkJSON {
	j := &checkJSON{Period: c.Period, Legacy: newCoverageJSON(&c.Coverage[reconcile.Legacy]), ONP: newCoverageJSON(&c.Coverage[reconcile.ONP]),
		Codes: make([]codeJSON, len(c.Codes)), OneSided: newElementsJSON(c.OneSided), Codeless: newElementsJSON(c.Codeless)}
	for i := range c.Codes {
		k := &c.Codes[i]
		j.Codes[i] = codeJSON{k.Side.String(), k.Code, k.Sense.String(), k.Label, k.State, k.Element, k.Factor, k.From, k.To, k.Lines, k.Agents, k.Amount, k.Absolute}
	}
	return j
}

func newCoverageJSON(v *reconcile.SideCoverage) coverageJSON {
	return coverageJSON{v.Codes, v.Mapped, v.Lines, v.MappedLines, v.Absolute, v.MappedAmount}
}

func newElementsJSON(list []reconcile.ElementCheck) []elementJSON {
	all := make([]elementJSON, len(list))
	for i := range list {
		k := &list[i]
		all[i] = elementJSON{k.Element.Code, k.Side.String(), orNone(k.Codes), k.Lines, k.Agents, k.Amount, k.Total}
	}
	return all
}

// orNone keeps an empty list from being null.
func orNone(codes []reconcile.Code) []reconcile.Code {
	if codes == nil {
		return []reconcile.Code{}
	}
	return codes
}

// suggestionsJSON is the result of mapping suggest for --json.
type suggestionsJSON struct {
	Period   reconcile.Period `json:"period"`
	Paid     int64            `json:"agents"`    // whom both sides pay
	Sampled  int              `json:"sampled"`   // agents of a code that sums are searched with, at most
	Left     int              `json:"left_over"` // further codes, not searched
	Codes    []suggestedJSON  `json:"codes"`
	Rows     []rowJSON        `json:"rows"`
	Elements []newElementJSON `json:"new_elements"`
	Written  []string         `json:"written"`
}

type suggestedJSON struct {
	Side       string              `json:"side"`
	Code       reconcile.Code      `json:"code"`
	Sense      string              `json:"sense"`
	Label      string              `json:"label"`
	State      reconcile.CodeState `json:"state"`
	Lines      int64               `json:"lines"`
	Agents     int64               `json:"agents"`
	Paid       int64               `json:"agents_both_sides"`
	Amount     reconcile.Amount    `json:"amount"`
	Absolute   reconcile.Amount    `json:"absolute"`
	Candidates []candidateJSON     `json:"candidates"`
}

type candidateJSON struct {
	Element      reconcile.ElementCode `json:"element"` // blank: to be made
	ByLabel      bool                  `json:"element_by_label"`
	Factor       int64                 `json:"factor"`
	Confidence   reconcile.Confidence  `json:"confidence"`
	With         codesJSON             `json:"with"`   // further unmapped codes of the element
	Mapped       codesJSON             `json:"mapped"` // codes that feed it already
	Agents       int64                 `json:"agents"`
	Closed       int64                 `json:"closed"`
	Near         int64                 `json:"near"` // closed, or within a hundredth
	Others       int64                 `json:"others"`
	Amount       reconcile.Amount      `json:"amount"`
	ClosedAmount reconcile.Amount      `json:"closed_amount"`
	Distinct     int                   `json:"distinct_amounts"`
	Rival        int64                 `json:"rival"`
	Likeness     int                   `json:"label_likeness"` // 0 to 1000
	Alternatives []candidateJSON       `json:"alternatives"`
}

type codesJSON struct {
	Legacy []reconcile.Code `json:"legacy"`
	ONP    []reconcile.Code `json:"onp"`
}

type rowJSON struct {
	Element    reconcile.ElementCode `json:"element"`
	Side       string                `json:"side"`
	Code       reconcile.Code        `json:"code"`
	Factor     int64                 `json:"factor"`
	From       reconcile.Period      `json:"valid_from"`
	To         reconcile.Period      `json:"valid_to"`
	Confidence reconcile.Confidence  `json:"confidence"`
}

type newElementJSON struct {
	Element reconcile.ElementCode `json:"element"`
	Label   string                `json:"label"`
	Kind    reconcile.ElementKind `json:"kind"`
}

func newSuggestionsJSON(s *reconcile.Suggestions, d *draft, written []string) *suggestionsJSON {
	j := &suggestionsJSON{Period: s.Period, Paid: s.Paid, Sampled: s.Sampled, Left: s.Left, Codes: make([]suggestedJSON, len(s.Codes)),
		Rows: make([]rowJSON, len(d.proposals.Rows)), Elements: make([]newElementJSON, len(d.proposals.Elements)), Written: written}
	for i := range s.Codes {
		c := &s.Codes[i]
		j.Codes[i] = suggestedJSON{c.Side.String(), c.Code, c.Sense.String(), c.Label, c.State, c.Lines, c.Agents, c.Paid, c.Amount, c.Absolute, newCandidatesJSON(c.Candidates)}
	}
	for i := range d.proposals.Rows {
		r := &d.proposals.Rows[i]
		j.Rows[i] = rowJSON{r.Element, r.Side.String(), r.Code, r.Factor, r.From, r.To, r.Confidence}
	}
	for i, e := range d.proposals.Elements {
		j.Elements[i] = newElementJSON{e.Code, e.Label, e.Kind}
	}
	return j
}

func newCandidatesJSON(list []reconcile.CodeCandidate) []candidateJSON {
	all := make([]candidateJSON, len(list))
	for i := range list {
		c, e := &list[i], &list[i].Evidence
		all[i] = candidateJSON{c.Element, c.ByLabel, c.Factor, c.Confidence,
			codesJSON{orNone(c.With[reconcile.Legacy]), orNone(c.With[reconcile.ONP])}, codesJSON{orNone(c.Mapped[reconcile.Legacy]), orNone(c.Mapped[reconcile.ONP])},
			e.Agents, e.Closed, e.Near, e.Others, e.Amount, e.ClosedAmount, e.Distinct, c.Rival, c.Likeness, newCandidatesJSON(c.Alternatives)}
	}
	return all
}
