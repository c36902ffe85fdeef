package mappings

import (
	"slices"
	"strings"

	"bascule/reconcile"
)

// Warnings are what is allowed in tables and yet suspect, in a stable order: an element that no code of a side feeds, two codes that
// differ by leading zeros alone, a wave that no agent can reach.
func Warnings(t *reconcile.Tables) []*reconcile.Saying {
	return slices.Concat(unfedElements(t), turnedNets(t), zeroTwins(t), unreachedWaves(t))
}

func unfedElements(t *reconcile.Tables) []*reconcile.Saying {
	type fed struct {
		element reconcile.ElementCode
		side    reconcile.Side
	}
	known := map[fed]bool{}
	for _, c := range t.Correspondences {
		known[fed{c.Element, c.Side}] = true
	}
	var list []*reconcile.Saying
	for i := range t.Elements {
		for _, side := range reconcile.Sides {
			if !known[fed{t.Elements[i].Code, side}] {
				list = append(list, reconcile.Say("%s : aucun code côté %s n'alimente l'élément %s", correspondencesFile, side, t.Elements[i].Code))
			}
		}
	}
	return list
}

// turnedNets tells which codes of the net are counted with the other sign: the
// nets compared are then not those of the file.
func turnedNets(t *reconcile.Tables) []*reconcile.Saying {
	var list []*reconcile.Saying
	for _, c := range t.Correspondences {
		if e, ok := t.Element(c.Element); ok && c.Factor < 0 && e.Kind.Sense().Net() {
			list = append(list, reconcile.Say("%s : le code %s (%s) est compté avec le signe opposé dans le net ; les nets comparés sont ceux d'après ce facteur", correspondencesFile, c.Code, c.Side))
		}
	}
	return list
}

// zeroTwins finds 201 beside 0201: a spreadsheet may have eaten the zeros.
func zeroTwins(t *reconcile.Tables) []*reconcile.Saying {
	first := map[string]reconcile.Code{}
	var list []*reconcile.Saying
	for _, c := range t.Correspondences {
		key := c.Side.String() + " " + strings.TrimLeft(string(c.Code), "0")
		twin, met := first[key]
		if !met {
			first[key] = c.Code
		} else if twin != c.Code {
			list = append(list, reconcile.Say("%s : côté %s, les codes %s et %s ne diffèrent que par des zéros de tête", correspondencesFile, c.Side, twin, c.Code))
		}
	}
	return list
}

func unreachedWaves(t *reconcile.Tables) []*reconcile.Saying {
	for i := range t.Waves {
		if catchesAll(&t.Waves[i]) && i+1 < len(t.Waves) {
			return []*reconcile.Saying{reconcile.Say("%s : la vague %s retient tous les agents, les suivantes n'en auront aucun", wavesFile, t.Waves[i].Name)}
		}
	}
	return nil
}

func catchesAll(w *reconcile.Wave) bool {
	return !slices.ContainsFunc(w.Selectors, func(s reconcile.Selector) bool { return strings.Trim(s.Pattern, "*") != "" })
}
