package main

import (
	"errors"
	"fmt"

	"go.yaml.in/yaml/v3"

	"bascule/reconcile"
)

// gateKey names a gate in messages, counting from 1.
func gateKey(index int) string { return fmt.Sprintf("gates[%d]", index+1) }

// checkGates checks each gate by itself. Waves are checked with the tables.
func checkGates(n *yaml.Node) *fault {
	for i, item := range n.Content {
		f := checkGate(item)
		if f != nil {
			f.field = fmt.Sprintf("[%d]%s", i+1, f.field)
			return f
		}
	}
	return nil
}

func checkGate(item *yaml.Node) *fault {
	if item.Kind != yaml.MappingNode {
		return &fault{item.Line, "", errors.New("doit être une table de clés"), `écrivez { id: "REJETS", metric: "rejects", operator: "=", threshold: "0" }`}
	}
	if f := checkNames("", item, reconcile.GateFields); f != nil {
		f.field = "." + f.field
		return f
	}
	if f := checkOpaque(item); f != nil {
		return f
	}
	texts := make(map[string]string)
	lines := make(map[string]int)
	for i := 0; i < len(item.Content); i += 2 {
		name, value := item.Content[i].Value, item.Content[i+1]
		if value.Kind != yaml.ScalarNode {
			return &fault{value.Line, "." + name, errors.New("doit être un texte, ni liste ni table"), "écrivez une seule valeur"}
		}
		texts[name], lines[name] = value.Value, value.Line
	}
	_, faults := reconcile.ReadGate(func(field string) string { return texts[field] })
	if len(faults) == 0 {
		return nil
	}
	first := faults[0]
	line, given := lines[first.Field]
	if !given {
		return &fault{item.Line, "." + first.Field, errors.New("manque"), first.Hint}
	}
	return &fault{line, "." + first.Field, first.Err, first.Hint}
}

// gates are those that judge the runs: of the configuration, or when it has none
// of the tables.
func (c *Config) gates(t *reconcile.Tables) ([]reconcile.Gate, error) {
	if len(c.Gates) == 0 {
		return t.Gates, nil
	}
	gates := make([]reconcile.Gate, len(c.Gates))
	for i, of := range c.Gates {
		gates[i], _ = reconcile.ReadGate(func(field string) string { // checkGate has accepted it
			if value, given := of[field]; given {
				return fmt.Sprint(value)
			}
			return ""
		})
	}
	if i, f := reconcile.CheckGates(gates, t.Waves); f != nil {
		return nil, &reconcile.InputError{File: c.File, Line: c.lines[gateKey(i)], Field: gateKey(i) + "." + f.Field, Err: f.Err, Hint: f.Hint}
	}
	return gates, nil
}
