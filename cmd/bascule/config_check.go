package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"bascule/reconcile"
)

// fault is what is wrong with a value, before it is known where it came from.
type fault struct {
	line  int
	field string // dotted path under the key, blank for the key itself
	err   error  // completes the sentence "<field> …"
	hint  string
}

// configText is a configuration file, checked key by key.
type configText struct {
	file   string
	values map[string]any // by key, for the keys that the file gives
	lines  map[string]int // by key, and by path of each input
}

// parseConfig reads the text of a configuration file and refuses everything
// that CONTRACT 2 does not allow.
func parseConfig(file string, text []byte) (*configText, error) {
	t := &configText{file: file, values: map[string]any{}, lines: map[string]int{}}
	node, f := parseYAML(text)
	if f == nil && node != nil {
		f = t.section("", node)
	}
	if f != nil {
		return nil, &reconcile.InputError{File: file, Line: f.line, Field: f.field, Err: f.err, Hint: f.hint}
	}
	return t, nil
}

var yamlLine = regexp.MustCompile(`line ([0-9]+)`)

// parseYAML returns the root of the only document, or nil for an empty text.
func parseYAML(text []byte) (*yaml.Node, *fault) {
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var document, next yaml.Node
	err := decoder.Decode(&document)
	if errors.Is(err, io.EOF) {
		return nil, nil
	}
	if err == nil {
		if err = decoder.Decode(&next); errors.Is(err, io.EOF) {
			return document.Content[0], nil
		}
		if err == nil {
			return nil, &fault{line: next.Line, err: errors.New("contient un second document"), hint: "retirez la ligne --- et ce qui la suit"}
		}
	}
	f := &fault{err: errors.New("n'est pas du YAML lisible"), hint: "vérifiez les guillemets, les deux-points, et le retrait, fait d'espaces et jamais de tabulations"}
	if strings.Contains(err.Error(), "UTF-8") || strings.Contains(err.Error(), "control characters") {
		f.err, f.hint = errors.New("n'est pas un texte UTF-8"), "enregistrez le fichier en UTF-8"
	}
	if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
		f.line, _ = strconv.Atoi(m[1])
	}
	return nil, f
}

// section reads a table of keys, the root or one below.
func (t *configText) section(path string, node *yaml.Node) *fault {
	if node.Kind != yaml.MappingNode {
		if isNull(node) {
			return &fault{node.Line, path, errBlank, "donnez-lui ses clés ou retirez-la : " + strings.Join(children(path), ", ")}
		}
		return &fault{node.Line, path, errors.New("doit être une table de clés"), "écrivez ses clés : " + strings.Join(children(path), ", ")}
	}
	if f := checkNames(path, node, children(path)); f != nil {
		return f
	}
	for i := 0; i < len(node.Content); i += 2 {
		name, value := join(path, node.Content[i].Value), node.Content[i+1]
		k := findKey(name)
		if k == nil {
			if f := t.section(name, value); f != nil {
				return f
			}
			continue
		}
		v, f := k.read(value)
		if f != nil {
			f.field = name + f.field
			return f
		}
		t.values[name], t.lines[name] = v, value.Line
		for j, item := range value.Content {
			switch k.kind {
			case inputsValue:
				t.lines[inputPathKey(name, j)] = item.Line
			case gatesValue:
				t.lines[gateKey(j)] = item.Line
			}
		}
	}
	return nil
}

// inputPathKey names the path of an input in messages, counting from 1.
func inputPathKey(name string, index int) string { return fmt.Sprintf("%s[%d].path", name, index+1) }

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }

// checkNames refuses the keys of a table that are repeated or not among the
// known ones; all are known when known is nil.
func checkNames(path string, node *yaml.Node, known []string) *fault {
	seen := map[string]int{}
	for i := 0; i < len(node.Content); i += 2 {
		k := node.Content[i]
		name := join(path, k.Value)
		if k.Kind != yaml.ScalarNode || k.Tag != "!!str" {
			return &fault{k.Line, name, errors.New("n'est pas un nom de clé"), "écrivez un mot"}
		}
		if first, again := seen[k.Value]; again {
			return &fault{k.Line, name, fmt.Errorf("est déjà donnée ligne %d", first), "gardez l'une des deux"}
		}
		seen[k.Value] = k.Line
		if known != nil && !slices.Contains(known, k.Value) {
			return &fault{k.Line, name, errors.New("est une clé inconnue"), keyAdvice(path, k.Value, known)}
		}
	}
	return nil
}

// keyAdvice is the remedy for an unknown key: the known key it resembles, the
// place where a key of that name does stand, or the list of what may be written.
func keyAdvice(path, name string, known []string) string {
	if near := nearest(name, known); near != "" {
		return "écrivez " + join(path, near)
	}
	for i := range keys {
		if strings.HasSuffix(keys[i].name, "."+strings.ToLower(name)) {
			return "écrivez-la sous sa section : " + keys[i].name
		}
	}
	return "clés admises ici : " + strings.Join(known, ", ")
}

// read turns the node of a value into what viper holds for the key: a string,
// an int64, a bool, or the YAML text of a list or table.
func (k *key) read(n *yaml.Node) (any, *fault) {
	if f := refuseAlias(n); f != nil {
		return nil, f
	}
	switch k.kind {
	case textValue:
		return readText(n, k.check, k.remedy)
	case wholeValue:
		return k.readWhole(n)
	case boolValue:
		if n.Kind != yaml.ScalarNode || n.Tag != "!!bool" {
			return nil, &fault{n.Line, "", errors.New("n'est ni true ni false"), k.remedy}
		}
		return strings.ToLower(n.Value) == "true", nil
	}
	f := k.checkStructure(n)
	if f != nil {
		return nil, f
	}
	text, err := yaml.Marshal(n)
	if err != nil {
		return nil, &fault{n.Line, "", err, k.remedy}
	}
	return string(text), nil
}

// refuseAlias keeps the configuration readable line by line, and bounded.
func refuseAlias(n *yaml.Node) *fault {
	if n.Kind == yaml.AliasNode || n.Anchor != "" {
		return &fault{n.Line, "", errors.New("emploie un renvoi YAML (& ou *)"), "écrivez la valeur en toutes lettres"}
	}
	for _, child := range n.Content {
		if f := refuseAlias(child); f != nil {
			return f
		}
	}
	return nil
}

func readText(n *yaml.Node, check func(string) error, remedy string) (string, *fault) {
	switch {
	case isNull(n):
		return "", &fault{n.Line, "", errBlank, remedy}
	case n.Kind != yaml.ScalarNode:
		return "", &fault{n.Line, "", errors.New("doit être un texte, ni liste ni table"), remedy}
	case n.Tag != "!!str":
		// YAML has read a number, a date or a boolean: 0201 has become 129.
		if check(n.Value) == nil {
			remedy = fmt.Sprintf("mettez des guillemets : %q", n.Value)
		}
		return "", &fault{n.Line, "", errors.New("doit être un texte entre guillemets"), remedy}
	}
	if err := check(n.Value); err != nil {
		return "", &fault{n.Line, "", err, remedy}
	}
	return n.Value, nil
}

var wholePattern = regexp.MustCompile(`^-?(0|[1-9][0-9]*)$`)

func (k *key) readWhole(n *yaml.Node) (int64, *fault) {
	if isNull(n) {
		return 0, &fault{n.Line, "", errBlank, k.remedy}
	}
	if n.Kind == yaml.ScalarNode && n.Tag == "!!str" && wholePattern.MatchString(n.Value) {
		return 0, &fault{n.Line, "", errors.New("doit être un nombre sans guillemets"), "écrivez " + n.Value}
	}
	if n.Kind != yaml.ScalarNode || n.Tag != "!!int" || !wholePattern.MatchString(n.Value) {
		return 0, &fault{n.Line, "", errors.New("n'est pas un nombre entier"), k.remedy}
	}
	v, err := strconv.ParseInt(n.Value, 10, 64)
	switch {
	case err != nil || v > k.max:
		return 0, &fault{n.Line, "", fmt.Errorf("dépasse %d", k.max), k.remedy}
	case v < 0 && k.min == 0:
		return 0, &fault{n.Line, "", errors.New("est négatif"), k.remedy}
	case v < k.min:
		return 0, &fault{n.Line, "", fmt.Errorf("est inférieur à %d", k.min), k.remedy}
	}
	return v, nil
}
