package mappings

import (
	"fmt"
	"slices"
	"strings"

	"bascule/reconcile"
)

// Warnings are what is allowed in tables and yet suspect, as French sentences
// in a stable order: an element that no code of a side feeds, two codes that
// differ by leading zeros alone, a wave that no agent can reach.
func Warnings(t *reconcile.Tables) []string {
	return slices.Concat(unfedElements(t), turnedNets(t), zeroTwins(t), unreachedWaves(t))
}

func unfedElements(t *reconcile.Tables) []string {
	type fed struct {
		element reconcile.ElementCode
		side    reconcile.Side
	}
	known := map[fed]bool{}
	for _, c := range t.Correspondences {
		known[fed{c.Element, c.Side}] = true
	}
	var list []string
	for i := range t.Elements {
		for _, side := range reconcile.Sides {
			if !known[fed{t.Elements[i].Code, side}] {
				list = append(list, fmt.Sprintf("%s : aucun code côté %s n'alimente l'élément %s", correspondencesFile, side, t.Elements[i].Code))
			}
		}
	}
	return list
}

// turnedNets tells which codes of the net are counted with the other sign: the
// nets compared are then not those of the file.
func turnedNets(t *reconcile.Tables) []string {
	var list []string
	for _, c := range t.Correspondences {
		if e, ok := t.Element(c.Element); ok && c.Factor < 0 && e.Kind.Sense().Net() {
			list = append(list, fmt.Sprintf("%s : le code %s (%s) est compté avec le signe opposé dans le net ; les nets comparés sont ceux d'après ce facteur", correspondencesFile, c.Code, c.Side))
		}
	}
	return list
}

// zeroTwins finds 201 beside 0201: a spreadsheet may have eaten the zeros.
func zeroTwins(t *reconcile.Tables) []string {
	first := map[string]reconcile.Code{}
	var list []string
	for _, c := range t.Correspondences {
		key := c.Side.String() + " " + strings.TrimLeft(string(c.Code), "0")
		twin, met := first[key]
		if !met {
			first[key] = c.Code
		} else if twin != c.Code {
			list = append(list, fmt.Sprintf("%s : côté %s, les codes %s et %s ne diffèrent que par des zéros de tête", correspondencesFile, c.Side, twin, c.Code))
		}
	}
	return list
}

func unreachedWaves(t *reconcile.Tables) []string {
	for i := range t.Waves {
		if catchesAll(&t.Waves[i]) && i+1 < len(t.Waves) {
			return []string{fmt.Sprintf("%s : la vague %s retient tous les agents, les suivantes n'en auront aucun", wavesFile, t.Waves[i].Name)}
		}
	}
	return nil
}

func catchesAll(w *reconcile.Wave) bool {
	return !slices.ContainsFunc(w.Selectors, func(s reconcile.Selector) bool { return strings.Trim(s.Pattern, "*") != "" })
}
