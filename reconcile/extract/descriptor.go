package extract

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"bascule/reconcile"
)

// descriptor walks the YAML of a layout node by node, so that every error has
// its line and every scalar is taken as it is written: 0201 stays 0201.
type descriptor struct {
	file      string
	layout    *Layout
	described [fieldCount]bool
}

// keys lists what a mapping may hold, in the order in which it is read: a key
// may rest on those before it, wherever they stand in the file.
type keys []struct {
	name string
	read func(*yaml.Node) error
}

func (d *descriptor) fail(n *yaml.Node, key, hint, format string, args ...any) error {
	return d.layout.blame(n.Line, key, hint, format, args...)
}

func (d *descriptor) read(text []byte) error {
	dec := yaml.NewDecoder(bytes.NewReader(text))
	var doc, second yaml.Node
	if err := dec.Decode(&doc); err != nil {
		return d.syntax(err)
	}
	if err := dec.Decode(&second); err != io.EOF {
		return d.fail(&second, "", "un fichier par format", "contient plusieurs documents YAML")
	}
	if len(doc.Content) == 0 {
		return d.syntax(io.EOF)
	}
	l := d.layout
	return d.mapping(doc.Content[0], "", keys{
		{"name", d.text(&l.Name)},
		{"title", d.text(&l.Title)},
		{"shape", d.choice(&l.Shape, shapes)},
		{"encoding", d.encoding},
		{"sheet", d.text(&l.sheet)},
		{"type", d.typePositions},
		{"length", d.length},
		{"delimiter", d.character(&l.delimiter, ";", ",", "|", "\t")},
		{"decimal", d.character(&l.mark, ",", ".", string(eitherMark))},
		{"absent", d.texts(&l.absent)},
		{"deductions", d.deductions},
		{"value", d.text(&l.value)},
		{"namespaces", d.texts(&l.namespaces)},
		{"records", d.each(d.record)},
		{"sense", d.each(d.senseStep)},
		{"aside", d.each(d.asideRule)},
	})
}

// syntax turns "yaml: line 3: …" into an error with its line.
func (d *descriptor) syntax(err error) error {
	line := 0
	what := strings.TrimPrefix(err.Error(), "yaml: ")
	if _, scanErr := fmt.Sscanf(what, "line %d: ", &line); scanErr == nil {
		_, what, _ = strings.Cut(what, ": ")
	}
	if errors.Is(err, io.EOF) {
		what = "le fichier est vide"
	}
	return &reconcile.InputError{File: d.file, Line: line, Err: errors.New("n'est pas du YAML : " + what), Hint: "comparer avec un format livré"}
}

func (d *descriptor) mapping(n *yaml.Node, what string, known keys) error {
	if n.Kind != yaml.MappingNode {
		return d.fail(n, what, "écrire { clé: valeur, … }", "une liste de clés est attendue")
	}
	var names []string
	for _, k := range known {
		names = append(names, k.name)
	}
	values := make([]*yaml.Node, len(known))
	for i := 0; i < len(n.Content); i += 2 {
		name := n.Content[i]
		at := slices.Index(names, name.Value)
		switch {
		case at < 0:
			return d.fail(name, name.Value, "clés possibles : "+strings.Join(names, ", "), "clé inconnue")
		case values[at] != nil:
			return d.fail(name, name.Value, "n'en garder qu'une", "la clé est donnée deux fois")
		}
		values[at] = n.Content[i+1]
	}
	for i, value := range values {
		if value == nil {
			continue
		}
		if err := known[i].read(value); err != nil {
			var located *reconcile.InputError
			if errors.As(err, &located) {
				return err
			}
			return d.fail(value, known[i].name, "", "%w", err)
		}
	}
	return nil
}

func (d *descriptor) each(read func(*yaml.Node) error) func(*yaml.Node) error {
	return func(n *yaml.Node) error {
		if n.Kind != yaml.SequenceNode {
			return d.fail(n, "", "commencer chaque élément par un tiret", "une liste est attendue")
		}
		for _, item := range n.Content {
			if err := read(item); err != nil {
				return err
			}
		}
		return nil
	}
}

func scalar(n *yaml.Node) (string, error) {
	if n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
		return "", errors.New("un texte est attendu")
	}
	return n.Value, nil
}

func (d *descriptor) text(into *string) func(*yaml.Node) error {
	return func(n *yaml.Node) (err error) {
		*into, err = scalar(n)
		return err
	}
}

// texts reads one text or a list of them.
func (d *descriptor) texts(into *[]string) func(*yaml.Node) error {
	return func(n *yaml.Node) error {
		items := []*yaml.Node{n}
		if n.Kind == yaml.SequenceNode {
			items = n.Content
		}
		for _, item := range items {
			s, err := scalar(item)
			if err != nil {
				return err
			}
			*into = append(*into, s)
		}
		return nil
	}
}

func (d *descriptor) choice(into *string, among []string) func(*yaml.Node) error {
	return func(n *yaml.Node) error {
		s, err := scalar(n)
		if err == nil && !slices.Contains(among, s) {
			return d.fail(n, s, "choisir parmi : "+strings.Join(among, ", "), "valeur inconnue")
		}
		*into = s
		return err
	}
}

func (d *descriptor) character(into *byte, among ...string) func(*yaml.Node) error {
	return func(n *yaml.Node) error {
		var s string
		if err := d.choice(&s, among)(n); err != nil {
			return err
		}
		*into = s[0]
		return nil
	}
}

func (d *descriptor) deductions(n *yaml.Node) error {
	var s string
	err := d.choice(&s, []string{"positive", "negative"})(n)
	d.layout.negativeD = s == "negative"
	return err
}

// positions reads "3-15" or "39", 1-based and inclusive, into 0-based and half
// open.
func positions(n *yaml.Node) (from, to int, err error) {
	s, err := scalar(n)
	if err != nil {
		return 0, 0, err
	}
	first, last, ranged := strings.Cut(s, "-")
	from, err = strconv.Atoi(first)
	to = from
	if err == nil && ranged {
		to, err = strconv.Atoi(last)
	}
	const widest = 65536
	if err != nil || from < 1 || to < from || to > widest {
		return 0, 0, errors.New(`les positions s'écrivent "3-15", comptées à partir de 1`)
	}
	return from - 1, to, nil
}

func (d *descriptor) typePositions(n *yaml.Node) (err error) {
	d.layout.fixed = true
	d.layout.typeFrom, d.layout.typeTo, err = positions(n)
	return err
}

func (d *descriptor) record(n *yaml.Node) error {
	r := &record{line: n.Line}
	d.layout.records = append(d.layout.records, r)
	return d.mapping(n, "records", keys{
		{"record", d.text(&r.tag)},
		{"is", func(n *yaml.Node) error {
			var names []string
			for _, k := range roleNames {
				if k.name == n.Value {
					r.role = k.role
				}
				names = append(names, k.name)
			}
			return d.choice(new(string), names)(n)
		}},
		{"fields", func(n *yaml.Node) error {
			if r.role == 0 {
				return d.fail(n, "fields", "écrire is: header, agent, line, totals, trailer ou row", "le rôle de l'enregistrement n'est pas dit")
			}
			return d.each(func(n *yaml.Node) error { return d.field(r, n) })(n)
		}},
	})
}

// field reads one field of a record and how it is written.
func (d *descriptor) field(r *record, n *yaml.Node) error {
	p := place{sign: -1}
	f := format{implied: explicit}
	var decimals, at *yaml.Node
	err := d.mapping(n, "fields", keys{
		{"name", func(n *yaml.Node) (err error) {
			p.id, err = d.fieldID(r, n)
			return err
		}},
		{"at", func(n *yaml.Node) (err error) {
			at = n
			p.from, p.to, err = positions(n)
			return err
		}},
		{"sign_at", func(n *yaml.Node) (err error) {
			f.signed = true
			to := 0
			if p.sign, to, err = positions(n); err == nil && to != p.sign+1 {
				err = errors.New(`le signe tient en une position : "51"`)
			}
			return err
		}},
		{"decimals", func(n *yaml.Node) error { decimals = n; return nil }},
		{"coding", d.coding(&p)},
		{"digits", d.digits(&p)},
		{"form", func(n *yaml.Node) error {
			f.form, _ = formNamed(n.Value)
			return d.choice(new(string), formNames())(n)
		}},
		{"part", func(n *yaml.Node) (err error) {
			p.partFrom, p.partTo, err = positions(n)
			return err
		}},
		{"column", d.text(&p.name)},
		{"element", d.text(&p.name)},
		{"values", d.translations(&f.values)},
		{"pad", func(n *yaml.Node) error { return d.pad(&f, p.id, n) }},
	})
	if err == nil {
		err = d.settle(n, &p, &f, at, decimals)
	}
	if err != nil {
		return err
	}
	r.places, r.width = append(r.places, p), max(r.width, p.to, p.sign+1)
	return d.keep(n, p.id, &f)
}

// keep makes the format that of the field. A field may have several places, but
// is read in one way.
func (d *descriptor) keep(n *yaml.Node, id field, f *format) error {
	known := &d.layout.format[id]
	if id == fNone {
		return nil
	}
	if d.described[id] && (known.implied != f.implied || known.signed != f.signed || known.form != f.form || known.pad != f.pad || !slices.Equal(known.values, f.values)) {
		return d.fail(n, fieldInfos[id].name, "donner aux deux places les mêmes decimals, form, values et pad", "est décrit deux fois, de deux façons")
	}
	d.described[id] = true
	*known = *f
	return nil
}

// settle checks what a field's keys say together, and completes it.
func (d *descriptor) settle(n *yaml.Node, p *place, f *format, at, decimals *yaml.Node) error {
	l, info := d.layout, &fieldInfos[p.id]
	p.numeric = info.numeric()
	f.word, f.mark = info.words, l.mark
	if p.name != "" {
		f.word = reconcile.Verbatim(p.name)
	}
	if err := d.placed(n, p, at, f.signed); err != nil {
		return err
	}
	if len(f.values) > 0 && (info.kind != kindText || info.roles != roleAgent) {
		return d.fail(n, info.name, "les mots du sens se traduisent sous sense:", "values ne convient qu'aux textes de la situation de l'agent")
	}
	if err := d.decimals(f, info.kind, p, decimals); err != nil {
		return err
	}
	if err := d.coded(n, p, f); err != nil {
		return err
	}
	if f.form == formNone && p.id == fYear {
		f.form = formYear
	}
	if f.form == formNone && p.id == fMonth {
		f.form = formMonth
	}
	if p.coding == codingPacked && p.digits == 0 && f.form != formNone {
		p.digits = forms[f.form].length
	}
	return nil
}

func (d *descriptor) fieldID(r *record, n *yaml.Node) (field, error) {
	id, ok := fieldNamed(n.Value, r.role)
	if !ok {
		return fNone, d.fail(n, n.Value, "choisir parmi : "+strings.Join(fieldNames(r.role), ", "), "champ inconnu de cet enregistrement")
	}
	return id, nil
}

// placed checks that the field says where it is, in the way of the shape.
func (d *descriptor) placed(n *yaml.Node, p *place, at *yaml.Node, signed bool) error {
	l := d.layout
	switch {
	case l.fixed && (at == nil || p.name != ""):
		return d.fail(n, fieldInfos[p.id].name, `écrire at: "3-15"`, "n'a pas de positions")
	case !l.fixed && (at != nil || signed):
		return d.fail(n, fieldInfos[p.id].name, "supprimer at et sign_at, ou donner type", "des positions sans type d'enregistrement")
	case p.partTo > 0 && l.Shape != shapeXML:
		return d.fail(n, fieldInfos[p.id].name, "supprimer part", "part ne convient qu'à la forme « xml »")
	case (l.rows() || l.Shape == shapeXML) == (p.name == ""):
		return d.fail(n, fieldInfos[p.id].name, "donner column (flat, xlsx) ou element (xml), et eux seuls", "la place du champ n'est pas celle de la forme « %s »", l.Shape)
	}
	return nil
}

// decimals settles how many decimals a number implies. Integers imply none.
func (d *descriptor) decimals(f *format, k kind, p *place, n *yaml.Node) error {
	most := map[kind]int{kindAmount: 2, kindHundredths: 2, kindFixed: 6}
	if k == kindInt {
		f.implied = 0
	}
	if n == nil {
		return nil
	}
	v, err := strconv.Atoi(n.Value)
	if limit, number := most[k]; err != nil || !number || v < 0 || v > limit {
		return d.fail(n, "decimals", "0 à 2 pour un montant, 0 à 6 pour une base ou un taux", "nombre de décimales impossible pour ce champ")
	}
	if p.width()+most[k]-v > maxDigits {
		return d.fail(n, "decimals", "un nombre a au plus 18 chiffres", "le champ est trop large")
	}
	f.implied = int8(v)
	return nil
}
