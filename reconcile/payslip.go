package reconcile

// Sense tells on which side of the payslip a line stands.
type Sense byte

// The senses (CONTRACT 3.4).
const (
	ToPay       Sense = 'P' // paid to the agent, counted +
	ToDeduct    Sense = 'D' // deducted from him, counted −
	Information Sense = 'I' // employer contributions and lines outside the net
)

// Senses lists the three, in the order of every screen and file.
var Senses = [3]Sense{ToPay, ToDeduct, Information}

// Valid tells whether s is one of the three.
func (s Sense) Valid() bool { return s == ToPay || s == ToDeduct || s == Information }

// Net tells whether lines of this sense are part of the net to pay.
func (s Sense) Net() bool { return s != Information }

// String is the letter.
func (s Sense) String() string { return string(rune(s)) }

// Code is a pay code of one side: a PSOP code, an ONP rubric.
type Code string

// PayLine is one line of a payslip.
type PayLine struct {
	Code   Code
	Sense  Sense
	Amount Amount // signed from the agent's side for P and D, as printed for I
	Origin Period // month concerned; the pay month when the file leaves it blank
	Base   Fixed  // as printed, or NoFixed
	Rate   Fixed  // as printed, or NoFixed
}

// Declared holds the totals that a file prints at the foot of a payslip.
// Each is present or not: absent is not zero.
type Declared struct {
	ToPay, ToDeduct, Net, Employer OptAmount
}

// OptAmount is an amount that a file may leave out.
type OptAmount struct {
	Amount Amount
	Set    bool
}

// Some is a present OptAmount.
func Some(a Amount) OptAmount { return OptAmount{Amount: a, Set: true} }

// MarshalJSON writes null for an absent amount.
func (o OptAmount) MarshalJSON() ([]byte, error) {
	if !o.Set {
		return []byte("null"), nil
	}
	return o.Amount.MarshalJSON()
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (o *OptAmount) UnmarshalJSON(b []byte) error {
	if o.Set = string(b) != "null"; !o.Set {
		return nil
	}
	return o.Amount.UnmarshalJSON(b)
}

// Payslip is the unit: what a file holds, what a row stores, what the engine
// compares, what a person reads.
type Payslip struct {
	ID     int64 // row in the store, 0 before
	Load   int64 // the load it came with, 0 before
	Line   int   // line of the file where it starts
	Key    string
	Period Period
	Agent  Agent
	Lines  []PayLine
	// Of a payslip joined from several, nil for nearly all: the programme of each
	// run of lines, the other values of the agent's fields, and all its rows.
	Parts  []Part
	Others []Agent
	Rows   []int64
	// Declared totals, as the file prints them.
	Declared Declared
	// Sums of Lines as the reader added them; ToDeduct is positive.
	Sums Sums
	// Whole is true when the file delimits payslips itself, so that a second one
	// under the same key is a repetition, not a continuation.
	Whole bool
}

// Sums are the totals of some pay lines by sense, each in the file's own sign:
// a deduction counts + in ToDeduct.
type Sums struct {
	Lines       int64  `json:"lines"`
	ToPay       Amount `json:"to_pay"`
	ToDeduct    Amount `json:"to_deduct"`
	Information Amount `json:"information"`
}

// Add counts one line.
func (s *Sums) Add(sense Sense, signed Amount) {
	s.Lines++
	switch sense {
	case ToPay:
		s.ToPay += signed
	case ToDeduct:
		s.ToDeduct -= signed
	default:
		s.Information += signed
	}
}

// Plus is the sum of both.
func (s Sums) Plus(t Sums) Sums {
	return Sums{s.Lines + t.Lines, s.ToPay + t.ToPay, s.ToDeduct + t.ToDeduct, s.Information + t.Information}
}

// Minus takes t away.
func (s Sums) Minus(t Sums) Sums {
	return Sums{s.Lines - t.Lines, s.ToPay - t.ToPay, s.ToDeduct - t.ToDeduct, s.Information - t.Information}
}

// Net is what the agent receives: P − D.
func (s Sums) Net() Amount { return s.ToPay - s.ToDeduct }

// SumLines adds the lines.
func SumLines(lines []PayLine) Sums {
	var s Sums
	for i := range lines {
		s.Add(lines[i].Sense, lines[i].Amount)
	}
	return s
}
