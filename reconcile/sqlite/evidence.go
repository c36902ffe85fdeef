package sqlite

import (
	"errors"

	"bascule/reconcile"
)

// errEvidence means that the evidence of a discrepancy is not as appendFacts
// wrote it.
var errEvidence = errors.New("les éléments de preuve d'un écart sont illisibles: base altérée")

// appendFacts writes evidence as a JSON array of [name, value].
func appendFacts(b []byte, facts []reconcile.Fact) []byte {
	b = append(b, '[')
	for i := range facts {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendText(append(b, '['), string(facts[i].Name))
		b = append(appendText(append(b, ','), facts[i].Value), ']')
	}
	return append(b, ']')
}

// parseFacts reads what appendFacts wrote.
func parseFacts(text string) ([]reconcile.Fact, error) {
	if text == "[]" {
		return nil, nil
	}
	var facts []reconcile.Fact
	p := lineParser{s: text}
	for open := p.take('['); open; open = p.take(',') {
		name, named := "", p.take('[')
		if named {
			name, named = p.text()
		}
		if !named || !p.take(',') {
			return nil, errEvidence
		}
		value, ok := p.text()
		if !ok || !p.take(']') {
			return nil, errEvidence
		}
		facts = append(facts, reconcile.Fact{Name: reconcile.FactName(name), Value: value})
	}
	if !p.take(']') || p.end() != nil {
		return nil, errEvidence
	}
	return facts, nil
}
