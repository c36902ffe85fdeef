package reconcile

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/shopspring/decimal"
)

// GateFields are the columns of gates.csv and the keys of `gates:`; the last two
// may be left out.
var GateFields = []string{"id", "scope", "metric", "operator", "threshold", "runs", "blocking", "label", "source"}

// GateRequired counts the fields of GateFields that gates.csv must have.
const GateRequired = 7

const (
	maxSuccessive  = 366 // runs that a gate may ask for: a year of nights
	maxGateIDRunes = 40
)

// GateFault is what is wrong with a field of a gate. Err completes the sentence
// "<field> …".
type GateFault struct {
	Field string
	Err   error
	Hint  string
}

var errGateBlank = errors.New("est vide")

// ReadGate reads a gate from the texts of its fields. Blank, a scope is the whole
// ministry, runs is 1, and a gate is blocking. Names of waves are checked by
// CheckGates, which knows them.
func ReadGate(text func(field string) string) (Gate, []GateFault) {
	var faults []GateFault
	bad := func(field, hint string, err error) { faults = append(faults, GateFault{field, err, hint}) }
	read := func(field string) string { return strings.TrimSpace(text(field)) }
	g := Gate{ID: read("id"), Scope: parseScope(read("scope")), Metric: Metric(read("metric")), Runs: 1, Blocking: true, Label: read("label"), Source: read("source")}
	switch n := utf8.RuneCountInString(g.ID); {
	case n == 0:
		bad("id", "donnez un nom court et unique au critère : CONCORDANCE", errGateBlank)
	case n > maxGateIDRunes || strings.ContainsFunc(g.ID, func(r rune) bool { return r < ' ' || r == 0x7f }):
		bad("id", "donnez un nom court, sur une ligne", fmt.Errorf("n'est pas un nom possible : %d caractères au plus", maxGateIDRunes))
	}
	known := slices.Contains(Metrics, g.Metric)
	if !known {
		bad("metric", "écrivez "+joined(Metrics), fmt.Errorf("vaut « %s », qui n'est pas une mesure", g.Metric))
	}
	operator, err := parseOperator(read("operator"))
	if err != nil {
		bad("operator", "écrivez "+joined(Operators), err)
	}
	g.Operator = operator
	if known {
		var hint string
		if g.Threshold, hint, err = g.Metric.parseThreshold(read("threshold")); err != nil {
			bad("threshold", hint, err)
		}
	}
	if s := read("runs"); s != "" {
		if g.Runs, err = strconv.Atoi(s); err != nil || g.Runs < 1 || g.Runs > maxSuccessive {
			bad("runs", fmt.Sprintf("écrivez un nombre d'exécutions successives, de 1 à %d", maxSuccessive), fmt.Errorf("vaut « %s »", s))
		}
	}
	if s := read("blocking"); s != "" {
		yes, ok := parseYes(s)
		if !ok {
			bad("blocking", "écrivez oui (le critère bloque la bascule) ou non", fmt.Errorf("vaut « %s »", s))
		}
		g.Blocking = yes
	}
	return g, faults
}

func joined[S ~string](list []S) string {
	words := make([]string, len(list))
	for i, s := range list {
		words[i] = string(s)
	}
	return strings.Join(words, ", ")
}

// parseScope reads a scope; what is no word of ours is the name of a wave.
func parseScope(s string) string {
	switch strings.ToLower(s) {
	case "", "*", ScopeOverall, "all", "global", "ministry", "ministère", "ministere", "ensemble":
		return ScopeOverall
	case ScopeWaves, "waves", "vague", "vagues":
		return ScopeWaves
	}
	if name, ok := strings.CutPrefix(s, ScopeOne); ok {
		s = strings.TrimSpace(name)
	}
	return ScopeOne + s
}

func parseOperator(s string) (Operator, error) {
	switch o := Operator(s); {
	case s == "==":
		return Equals, nil
	case s == "≥":
		return AtLeast, nil
	case s == "≤":
		return AtMost, nil
	case slices.Contains(Operators, o):
		return o, nil
	case s == "":
		return "", errGateBlank
	}
	return "", fmt.Errorf("vaut « %s »", s)
}

func parseYes(s string) (yes, ok bool) {
	switch strings.ToLower(s) {
	case "true", "oui", "yes":
		return true, true
	case "false", "non", "no":
		return false, true
	}
	return false, false
}

// parseThreshold reads a threshold in the unit of the metric: a share as a
// percentage, "99,5 %", or without its sign a fraction up to 1 and a percentage
// above; an amount in euros; a count. The text returned is the remedy.
func (m Metric) parseThreshold(s string) (decimal.Decimal, string, error) {
	hint := "écrivez un nombre entier : 0"
	switch {
	case m.Share():
		hint = `écrivez une part, en pourcentage : "99,5 %"`
	case m.Money():
		hint = `écrivez un montant en euros : "100,00"`
	}
	if s == "" {
		return decimal.Decimal{}, hint, errGateBlank
	}
	d, err := m.threshold(s)
	return d, hint, err
}

func (m Metric) threshold(s string) (decimal.Decimal, error) {
	if m.Money() {
		a, err := ParseAmount(strings.TrimSuffix(s, "€"))
		if err == nil && a < 0 {
			err = errors.New("est négatif")
		}
		return a.Decimal(), err
	}
	number, percent := strings.CutSuffix(strings.Replace(strings.Map(dropSpaces, s), ",", ".", 1), "%")
	whole, fraction, mark := strings.Cut(number, ".")
	const longest = 15 // digits of a count, or of a part of a share
	if whole == "" || mark && fraction == "" || !digits(whole) || !digits(fraction) || len(whole) > longest || len(fraction) > longest {
		return decimal.Decimal{}, fmt.Errorf("vaut « %s », qui n'est pas un nombre", s)
	}
	d, err := decimal.NewFromString(number)
	switch {
	case err != nil:
		return d, fmt.Errorf("vaut « %s », qui n'est pas un nombre", s)
	case !m.Share() && (percent || !d.IsInteger()):
		return d, fmt.Errorf("vaut « %s » : cette mesure compte des choses entières", s)
	case !m.Share():
		return d, nil
	}
	one := decimal.NewFromInt(1)
	if percent || d.Cmp(one) > 0 {
		d = d.Shift(-2)
	}
	if d.Cmp(one) > 0 {
		return d, fmt.Errorf("vaut « %s » : une part ne dépasse pas 100 %%", s)
	}
	return d, nil
}

// CheckGates finds the first gate, by its rank, whose identifier is taken or
// whose wave no row of vagues.csv names; nil is none.
func CheckGates(gates []Gate, waves []Wave) (int, *GateFault) {
	seen := make(map[string]int, len(gates))
	for i := range gates {
		g := &gates[i]
		if first, taken := seen[g.ID]; taken {
			return i, &GateFault{"id", fmt.Errorf("« %s » est déjà le nom du critère %d", g.ID, first+1), "donnez un nom à chaque critère"}
		}
		seen[g.ID] = i
		name, one := g.Wave()
		if !one || slices.ContainsFunc(waves, func(w Wave) bool { return w.Name == name }) {
			continue
		}
		words := []string{ScopeOverall, ScopeWaves}
		for _, w := range WaveNames(waves) {
			words = append(words, ScopeOne+w)
		}
		return i, &GateFault{"scope", fmt.Errorf("« %s » n'est ni l'ensemble, ni une vague connue", name), "écrivez " + strings.Join(words, ", ")}
	}
	return 0, nil
}

// WaveNames lists the waves, each once, in the order of vagues.csv.
func WaveNames(waves []Wave) []string {
	var names []string
	for i := range waves {
		if !slices.Contains(names, waves[i].Name) {
			names = append(names, waves[i].Name)
		}
	}
	return names
}
