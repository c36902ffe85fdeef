package explain

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"math/big"
	"slices"
	"strings"

	"bascule/reconcile"
)

// op is what a node of a formula does.
type op uint8

const (
	opNumber   op = iota
	opAdd         // args
	opSubtract    // args[0] − args[1]
	opMultiply    // args
	opDivide      // args[0] ÷ args[1]
	opNegate      // −args[0]
	opMin         // args; a ceiling where one of them is a rate
	opMax         // args; a floor where one of them is a rate
	opRound       // args[0], under the rounding
	opElement     // amount of the element in the month of the line
	opTotal       // amount of the element over all months of origin
	opMembers     // amounts of all elements of the base, in the month of the line
	opTotals      // the same over all months of origin
	opField       // number of the situation
	opPart        // part of full pay that the working time gives
	opDays        // thirtieths of the month paid
	opEvent       // thirtieths of this line alone
	opMonthly     // a twelfth of args[0] index points
	opRate        // dated value
	opScale       // dated value of the scale for a field
	opSteps       // dated value of the scale for a number of persons
	opBase        // amount of bases.csv
	opWhen        // args[0] if the field is the word, else args[1]
	opAbove       // args[2] if args[0] exceeds args[1], else nothing
	opElse        // args[0] where it can be reckoned, else args[1]
)

// node is a part of a formula.
type node struct {
	op       op
	args     []*node
	name     string // of a rate, a scale, a base or a group of elements; or a word
	field    reconcile.Field
	element  int32
	number   *big.Rat
	rounding reconcile.Rounding
	outer    bool // a rounding that ends the formula
}

// Formula says how the amount of an element follows from other elements, the
// situation and the dated tables (mappings/README.md tells the grammar).
type Formula struct {
	element  int32
	root     *node
	declared Rounding   // convention that the outermost rounding declares
	follows  []int32    // elements on which it depends though it is reckoned from the situation
	depends  []int32    // all elements whose amounts enter it, and follows
	inputs   []*node    // what else enters it: fields, working time, thirtieths, rates
	bounds   []*node    // floors, ceilings and thresholds that a rate sets
	options  []Rounding // conventions under which it can be reckoned, the declared one first
	event    bool       // it has thirtieths of its own
	timed    bool       // it depends on the thirtieths of the month
	static   bool       // it depends on the situation: not to be applied to a rappel
}

// errFormula completes the sentence "la formule …".
var (
	errSyntax   = errors.New("n'est pas une expression")
	errFunction = errors.New("emploie une fonction inconnue")
	errArgs     = errors.New("donne à une fonction un mauvais nombre d'arguments")
	errCycle    = errors.New("dépend d'elle-même")
)

// unknownName is what a formula names and the tables do not hold.
type unknownName string

// Error completes the sentence "la formule …".
func (n unknownName) Error() string { return "emploie un nom inconnu : " + string(n) }

const hintGrammar = "voyez la grammaire des formules dans mappings/README.md"

// followsWord introduces the elements on which a formula depends though it is
// reckoned from the situation: "… suit TRAITEMENT_BRUT NBI".
const followsWord = " suit "

// compiler turns the text of a formula into nodes.
type compiler struct {
	tables   *reconcile.Tables
	elements map[string]int32
	groups   map[string]bool
	rates    map[string]bool
	scales   map[string]bool
	bases    map[string]bool
}

func newCompiler(t *reconcile.Tables) *compiler {
	c := &compiler{tables: t, elements: map[string]int32{}, groups: map[string]bool{}, rates: map[string]bool{}, scales: map[string]bool{}, bases: map[string]bool{}}
	for i := range t.Elements {
		c.elements[string(t.Elements[i].Code)] = int32(i)
		for _, g := range t.Elements[i].Bases {
			c.groups[g] = true
		}
	}
	for i := range t.Rates {
		c.rates[t.Rates[i].Name] = true
	}
	for i := range t.Scales {
		c.scales[t.Scales[i].Scale] = true
	}
	for i := range t.Bases {
		c.bases[t.Bases[i].Name] = true
	}
	return c
}

// compile reads the text of a formula.
func (c *compiler) compile(text string) (root *node, follows []int32, err error) {
	text, list, _ := strings.Cut(text, followsWord)
	parsed, err := parser.ParseExpr(text)
	if err != nil {
		return nil, nil, fmt.Errorf("%w (%s)", errSyntax, firstLine(err))
	}
	for _, name := range strings.Fields(list) {
		e, ok := c.elements[name]
		if !ok {
			return nil, nil, unknownName(name)
		}
		follows = append(follows, e)
	}
	root, err = c.expression(parsed)
	return root, follows, err
}

func firstLine(err error) string {
	text, _, _ := strings.Cut(err.Error(), "\n")
	return text
}

var binary = map[token.Token]op{token.ADD: opAdd, token.SUB: opSubtract, token.MUL: opMultiply, token.QUO: opDivide}

func (c *compiler) expression(e ast.Expr) (*node, error) {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return c.expression(e.X)
	case *ast.BasicLit:
		number, ok := new(big.Rat).SetString(e.Value)
		if !ok || e.Kind != token.INT && e.Kind != token.FLOAT {
			return nil, fmt.Errorf("%w (%s)", errSyntax, e.Value)
		}
		return &node{op: opNumber, number: number}, nil
	case *ast.UnaryExpr:
		if e.Op == token.SUB {
			return c.with(&node{op: opNegate}, e.X)
		}
	case *ast.BinaryExpr:
		if o, ok := binary[e.Op]; ok {
			return c.with(&node{op: o}, e.X, e.Y)
		}
	case *ast.Ident:
		return c.identifier(e.Name)
	case *ast.CallExpr:
		if f, ok := e.Fun.(*ast.Ident); ok {
			return c.call(f.Name, e.Args)
		}
	}
	return nil, fmt.Errorf("%w", errSyntax)
}

func (c *compiler) with(n *node, args ...ast.Expr) (*node, error) {
	for _, a := range args {
		arg, err := c.expression(a)
		if err != nil {
			return nil, err
		}
		n.args = append(n.args, arg)
	}
	return n, nil
}

func (c *compiler) identifier(name string) (*node, error) {
	switch name {
	case "part":
		return &node{op: opPart}, nil
	case "jours":
		return &node{op: opDays}, nil
	case "trentiemes":
		return &node{op: opEvent}, nil
	}
	if f, ok := fieldOf(name); ok {
		return &node{op: opField, field: f}, nil
	}
	if e, ok := c.elements[name]; ok {
		return &node{op: opElement, element: e}, nil
	}
	return nil, unknownName(name)
}

func fieldOf(name string) (reconcile.Field, bool) {
	for _, f := range reconcile.Fields() {
		if f.String() == name {
			return f, true
		}
	}
	return 0, false
}

// call compiles a function. Names in its arguments are words, not amounts.
func (c *compiler) call(name string, args []ast.Expr) (*node, error) {
	words := make([]string, len(args))
	for i, a := range args {
		if id, ok := a.(*ast.Ident); ok {
			words[i] = id.Name
		}
	}
	arity := map[string]int{"taux": 1, "bareme": 2, "echelle": 2, "mensuel": 1, "arrondi": 1, "tronque": 1, "total": 1, "assiette": 1, "assiette_mois": 1,
		"base": 1, "selon": 4, "au_dela": 3, "sinon": 2, "min": -2, "max": -2}
	n, ok := arity[name]
	switch {
	case !ok:
		return nil, fmt.Errorf("%w : %s", errFunction, name)
	case n >= 0 && len(args) != n || n < 0 && len(args) < -n:
		return nil, fmt.Errorf("%w : %s", errArgs, name)
	}
	known := func(set map[string]bool, o op) (*node, error) {
		if !set[words[0]] {
			return nil, unknownName(name + "(" + words[0] + ")")
		}
		return &node{op: o, name: words[0]}, nil
	}
	switch name {
	case "taux":
		return known(c.rates, opRate)
	case "base":
		return known(c.bases, opBase)
	case "assiette":
		return known(c.groups, opTotals)
	case "assiette_mois":
		return known(c.groups, opMembers)
	case "bareme", "echelle":
		return c.scale(name, words)
	case "total":
		e, ok := c.elements[words[0]]
		if !ok {
			return nil, unknownName("total(" + words[0] + ")")
		}
		return &node{op: opTotal, element: e}, nil
	case "selon":
		f, ok := fieldOf(words[0])
		if !ok {
			return nil, unknownName(words[0])
		}
		return c.with(&node{op: opWhen, field: f, name: words[1]}, args[2:]...)
	}
	return c.with(functions(name), args...)
}

func functions(name string) *node {
	switch name {
	case "mensuel":
		return &node{op: opMonthly}
	case "arrondi":
		return &node{op: opRound, rounding: reconcile.HalfUp}
	case "tronque":
		return &node{op: opRound, rounding: reconcile.Truncate}
	case "au_dela":
		return &node{op: opAbove}
	case "sinon":
		return &node{op: opElse}
	case "min":
		return &node{op: opMin}
	}
	return &node{op: opMax}
}

func (c *compiler) scale(function string, words []string) (*node, error) {
	f, ok := fieldOf(words[1])
	if !ok || !c.scales[words[0]] {
		return nil, unknownName(function + "(" + words[0] + ", " + words[1] + ")")
	}
	if function == "echelle" {
		return &node{op: opSteps, name: words[0], field: f}, nil
	}
	return &node{op: opScale, name: words[0], field: f}, nil
}

// analyse lists what enters the formula, through the bases too.
func (f *Formula) analyse(b *Book) {
	f.options = []Rounding{f.declared}
	seen := map[*node]bool{}
	monthly := false
	var walk func(n *node)
	walk = func(n *node) {
		if seen[n] {
			return
		}
		seen[n] = true
		switch n.op {
		case opElement, opTotal:
			f.depend(n.element)
		case opMembers, opTotals:
			for _, e := range b.members[n.name] {
				f.depend(e)
			}
		case opField, opPart, opDays, opSteps:
			f.inputs = append(f.inputs, n)
			f.static = true
		case opEvent:
			f.event = true
		case opRate, opScale, opWhen:
			f.inputs = append(f.inputs, n)
		case opMonthly:
			monthly = true
			f.inputs = append(f.inputs, pointOfIndex)
		case opBase:
			walk(b.bases[n.name])
		case opMin, opMax, opAbove:
			if boundRate(n) != nil {
				f.bounds = append(f.bounds, n)
			}
		}
		f.timed = f.timed || n.op == opDays
		for _, a := range n.args {
			walk(a)
		}
	}
	walk(f.root)
	for _, e := range f.follows {
		f.depend(e)
	}
	for r := HalfUp; r < roundings; r++ {
		if r != f.declared && (monthly || r == HalfUp || r == Truncate) {
			f.options = append(f.options, r)
		}
	}
}

// pointOfIndex is the rate that index points are worth.
var pointOfIndex = &node{op: opRate, name: pointRate}

func (f *Formula) depend(e int32) {
	if !slices.Contains(f.depends, e) {
		f.depends = append(f.depends, e)
	}
}

// boundRate is the rate that makes a minimum, a maximum or a condition a bound;
// nil for none. The bound stands last, as the grammar says.
func boundRate(n *node) *node {
	if n.op == opAbove {
		return rateWithin(n.args[1])
	}
	return rateWithin(n.args[len(n.args)-1])
}

func rateWithin(n *node) *node {
	if n.op == opRate {
		return n
	}
	for _, a := range n.args {
		if r := rateWithin(a); r != nil {
			return r
		}
	}
	return nil
}

// markOuter finds the roundings that end the formula: the convention of a side
// takes their place.
func (f *Formula) markOuter(n *node) {
	switch n.op {
	case opRound:
		n.outer = true
		f.declared = HalfUp
		if n.rounding == reconcile.Truncate {
			f.declared = Truncate
		}
	case opAbove:
		f.markOuter(n.args[2])
	case opNegate:
		f.markOuter(n.args[0])
	case opWhen, opElse:
		f.markOuter(n.args[0])
		f.markOuter(n.args[1])
	}
}
