package extract

import (
	"errors"
	"slices"
	"strconv"

	"go.yaml.in/yaml/v3"

	"bascule/reconcile"
)

// maxAsideRules is the number of bits of the sets that asidesOf makes.
const maxAsideRules = 64

func (d *descriptor) translations(into *[]translation) func(*yaml.Node) error {
	return d.pairs(func(key, value *yaml.Node) error {
		to, err := scalar(value)
		*into = append(*into, translation{key.Value, to})
		return err
	})
}

// pairs reads a mapping whose keys are data, each once.
func (d *descriptor) pairs(read func(key, value *yaml.Node) error) func(*yaml.Node) error {
	return func(n *yaml.Node) error {
		if n.Kind != yaml.MappingNode {
			return errors.New("une table { de: vers } est attendue")
		}
		var seen []string
		for i := 0; i < len(n.Content); i += 2 {
			if slices.Contains(seen, n.Content[i].Value) {
				return d.fail(n.Content[i], n.Content[i].Value, "n'en garder qu'une", "la valeur est donnée deux fois")
			}
			seen = append(seen, n.Content[i].Value)
			if err := read(n.Content[i], n.Content[i+1]); err != nil {
				return err
			}
		}
		return nil
	}
}

func (d *descriptor) senseLetter(into *reconcile.Sense) func(*yaml.Node) error {
	return func(n *yaml.Node) error {
		var s string
		if err := d.choice(&s, []string{"P", "D", "I"})(n); err != nil {
			return err
		}
		*into = reconcile.Sense(s[0])
		return nil
	}
}

func (d *descriptor) senseStep(n *yaml.Node) error {
	s := senseStep{line: n.Line}
	by := ""
	err := d.mapping(n, "sense", keys{
		{"by", d.choice(&by, senseBys)},
		{"values", d.pairs(func(key, value *yaml.Node) error {
			v := senseValue{text: key.Value}
			s.values = append(s.values, v)
			return d.senseLetter(&s.values[len(s.values)-1].sense)(value)
		})},
		{"table", d.each(func(n *yaml.Node) error { return d.senseRow(&s, n) })},
		{"positive", d.senseLetter(&s.positive)},
		{"negative", d.senseLetter(&s.negative)},
		{"sense", d.senseLetter(&s.always)},
	})
	if err != nil {
		return err
	}
	s.by = senseBy(slices.Index(senseBys, by))
	given := [...]bool{byColumn: len(s.values) > 0, byCode: len(s.table) > 0, byGroup: len(s.table) > 0, bySign: s.positive.Valid() && s.negative.Valid() && s.positive.Net() && s.negative.Net(), always: s.always.Valid()}
	extra := len(s.values) > 0 && s.by != byColumn || len(s.table) > 0 && s.by != byCode && s.by != byGroup ||
		(s.positive != 0 || s.negative != 0) && s.by != bySign || s.always != 0 && s.by != always
	if by == "" || !given[s.by] || extra {
		return d.fail(n, "sense", "by: column et values, by: code ou group et table, by: sign avec positive et negative (P ou D), by: always et sense", "l'étape « %s » est incomplète ou contient des clés d'une autre", by)
	}
	d.layout.senses = append(d.layout.senses, s)
	return nil
}

func (d *descriptor) senseRow(s *senseStep, n *yaml.Node) error {
	var patterns []string
	var sense reconcile.Sense
	err := d.mapping(n, "table", keys{
		{"codes", d.texts(&patterns)},
		{"groups", d.texts(&patterns)},
		{"sense", d.senseLetter(&sense)},
	})
	if err != nil {
		return err
	}
	if len(patterns) == 0 || sense == 0 {
		return d.fail(n, "table", `écrire - { codes: ["10*"], sense: P }`, "la ligne de la table est incomplète")
	}
	for _, p := range patterns {
		s.table = append(s.table, senseValue{p, sense})
	}
	return nil
}

func (d *descriptor) asideRule(n *yaml.Node) error {
	a := asideRule{line: n.Line}
	var zero string
	var without []string
	err := d.mapping(n, "aside", keys{
		{"codes", d.texts(&a.codes)},
		{"groups", d.texts(&a.groups)},
		{"label_prefix", d.texts(&a.prefixes)},
		{"amount", d.choice(&zero, []string{"zero"})},
		{"without", d.texts(&without)},
	})
	if err != nil {
		return err
	}
	a.zero = zero != ""
	for _, name := range without {
		f, ok := fieldNamed(name, roleLine)
		if !ok || f == fNone {
			return d.fail(n, "without", "par exemple without: [base, rate]", "champ inconnu d'une ligne")
		}
		a.without = append(a.without, f)
	}
	if len(a.codes)+len(a.groups)+len(a.prefixes)+len(a.without) == 0 && !a.zero {
		return d.fail(n, "aside", "donner codes, groups, label_prefix, amount: zero ou without", "la règle mettrait toutes les lignes à part")
	}
	d.layout.asides = append(d.layout.asides, a)
	if len(d.layout.asides) > maxAsideRules {
		return d.fail(n, "aside", "regrouper les motifs", "plus de %d règles", maxAsideRules)
	}
	return nil
}

// maxPad bounds the width of a padded text.
const maxPad = 64

// pad reads the width up to which a text made of digits gets zeros in front.
func (d *descriptor) pad(f *format, id field, n *yaml.Node) error {
	width, err := strconv.Atoi(n.Value)
	if err != nil || width < 1 || width > maxPad || fieldInfos[id].kind != kindText || id == fNone {
		return d.fail(n, "pad", "par exemple pad: 13 pour le NIR, de 1 à 64", "ne convient pas à ce champ : une largeur, et un champ de texte")
	}
	f.pad = width
	return nil
}
