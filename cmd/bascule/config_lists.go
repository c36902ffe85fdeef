package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"bascule/reconcile"
)

// checkStructure checks a list or a table before it is decoded.
func (k *key) checkStructure(n *yaml.Node) *fault {
	if k.kind == budgetValue {
		if n.Kind != yaml.MappingNode {
			return &fault{n.Line, "", errors.New("doit être une table de clés"), k.remedy}
		}
		return checkBudget(n)
	}
	if n.Kind != yaml.SequenceNode {
		return &fault{n.Line, "", errors.New("doit être une liste"), k.remedy}
	}
	switch k.kind {
	case inputsValue:
		return k.checkInputs(n)
	case fieldsValue:
		return k.checkFields(n)
	case wordsValue:
		return k.checkWords(n)
	}
	return checkGates(n)
}

func (k *key) checkInputs(n *yaml.Node) *fault {
	if len(n.Content) == 0 {
		return &fault{n.Line, "", errBlank, k.remedy}
	}
	for i, item := range n.Content {
		if f := k.checkInput(item); f != nil {
			f.field = fmt.Sprintf("[%d]%s", i+1, f.field)
			return f
		}
	}
	return nil
}

func (k *key) checkInput(item *yaml.Node) *fault {
	if item.Kind != yaml.MappingNode {
		return &fault{item.Line, "", errors.New("doit dire path et layout"), k.remedy}
	}
	if f := checkNames("", item, []string{"path", "layout", "member"}); f != nil {
		f.field = "." + f.field
		return f
	}
	missing := []string{"path", "layout"}
	for i := 0; i < len(item.Content); i += 2 {
		name, value := item.Content[i].Value, item.Content[i+1]
		check, remedy := checkInputPath, `écrivez le chemin d'un fichier, * et {period} admis : "psop-{period}.txt"`
		switch name {
		case "layout":
			check, remedy = checkLayout, `écrivez le nom d'un format de mappings/layouts, sans extension : "psop"`
		case "member":
			check, remedy = checkMember, `écrivez le motif des fichiers à lire dans l'archive, * et {period} admis : "psop-*.txt"`
		}
		if _, f := readText(value, check, remedy); f != nil {
			f.field = "." + name
			return f
		}
		missing = slices.DeleteFunc(missing, func(s string) bool { return s == name })
	}
	if len(missing) > 0 {
		return &fault{item.Line, "." + missing[0], errors.New("manque"), k.remedy}
	}
	return nil
}

// checkWords checks a command and its arguments. It is a path: what is found
// along PATH may be another program.
func (k *key) checkWords(n *yaml.Node) *fault {
	for i, item := range n.Content {
		word, f := readText(item, checkText, k.remedy)
		if f == nil && i == 0 && !strings.Contains(word, "/") {
			f = &fault{line: item.Line, err: errors.New("n'est pas le chemin d'une commande"), hint: "écrivez son chemin entier : \"/usr/local/bin/prevenir\""}
		}
		if f != nil {
			f.field = fmt.Sprintf("[%d]", i+1)
			return f
		}
	}
	return nil
}

var identityFields = []string{string(reconcile.IdentityNIR), string(reconcile.IdentityDossier), string(reconcile.IdentityMatricule)}

func (k *key) checkFields(n *yaml.Node) *fault {
	var fields []string
	for i, item := range n.Content {
		field, f := readText(item, checkText, k.remedy)
		if f == nil && !slices.Contains(identityFields, field) {
			f = &fault{line: item.Line, err: errors.New("n'est pas un champ d'identité"), hint: k.remedy}
			if near := nearest(field, identityFields); near != "" {
				f.hint = fmt.Sprintf("écrivez %q", near)
			}
		}
		if f == nil && slices.Contains(fields, field) {
			f = &fault{line: item.Line, err: errors.New("est déjà dans la liste"), hint: "gardez l'une des deux mentions"}
		}
		if f != nil {
			f.field = fmt.Sprintf("[%d]", i+1)
			return f
		}
		fields = append(fields, field)
	}
	if len(fields) == 0 && k.name == "identity.fallback" {
		return nil
	}
	// A dossier number tells the payslips of one person apart; it names nobody.
	if !slices.Contains(fields, "nir") && !slices.Contains(fields, "matricule") {
		return &fault{n.Line, "", errors.New("ne désigne personne : il y faut nir ou matricule"), k.remedy}
	}
	return nil
}

// checkOpaque checks what every value must obey, in a structure whose keys are
// the business of whoever reads it: no repeated key, nothing that YAML has
// turned into a float, an octal or a date.
func checkOpaque(n *yaml.Node) *fault {
	switch n.Kind {
	case yaml.SequenceNode:
		for i, item := range n.Content {
			if f := checkOpaque(item); f != nil {
				f.field = fmt.Sprintf("[%d]%s", i+1, f.field)
				return f
			}
		}
		return nil
	case yaml.MappingNode:
		if f := checkNames("", n, nil); f != nil {
			f.field = "." + f.field
			return f
		}
		for i := 0; i < len(n.Content); i += 2 {
			if f := checkOpaque(n.Content[i+1]); f != nil {
				f.field = "." + n.Content[i].Value + f.field
				return f
			}
		}
		return nil
	}
	switch {
	case isNull(n):
		return &fault{line: n.Line, err: errBlank, hint: "donnez une valeur ou retirez la clé"}
	case n.Tag == "!!str", n.Tag == "!!bool", n.Tag == "!!int" && wholePattern.MatchString(n.Value):
		return nil
	}
	return &fault{line: n.Line, err: errors.New("doit être un texte entre guillemets"), hint: fmt.Sprintf("mettez des guillemets : %q", n.Value)}
}
