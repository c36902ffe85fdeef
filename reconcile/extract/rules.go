package extract

import (
	"strings"

	"bascule/reconcile"
)

// Why the sense of a line cannot be told. They complete the sentence "sens …".
var (
	errSense      = reconcile.Say("n'est pas un sens connu du format")
	errSenseCode  = reconcile.Say("n'est donné par aucun motif de code du format")
	errSenseGroup = reconcile.Say("n'est donné par aucun groupe du format")
)

// senseBy is what tells the sense of a line.
type senseBy uint8

const (
	byColumn senseBy = iota
	byCode
	byGroup
	bySign
	always
)

var senseBys = []string{byColumn: "column", byCode: "code", byGroup: "group", bySign: "sign", always: "always"}

// senseStep is one way to tell the sense of a line. The steps of a layout are
// tried in order; the first that decides wins.
type senseStep struct {
	by       senseBy
	values   []senseValue         // column: word → sense
	letters  [256]reconcile.Sense // the words of one byte among them
	table    []senseValue         // code, group: pattern → sense, first match wins
	positive reconcile.Sense
	negative reconcile.Sense
	always   reconcile.Sense
	line     int // in the descriptor
}

type senseValue struct {
	text  string
	sense reconcile.Sense
}

// asideRule names lines that are titles or totals: every condition it states
// must hold.
type asideRule struct {
	codes    []string // patterns
	groups   []string
	prefixes []string // of the label
	zero     bool     // the amount is zero or blank
	without  []field  // these are blank
	line     int      // in the descriptor
}

func matchesAny(patterns []string, text string) bool {
	for _, p := range patterns {
		if reconcile.MatchPattern(p, text) {
			return true
		}
	}
	return false
}

// senseOfCode is what the table of codes says, or 0. It is asked once for each
// code of a file.
func (l *Layout) senseOfCode(code string) reconcile.Sense {
	for i := range l.senses {
		if l.senses[i].by == byCode {
			if s := lookup(l.senses[i].table, code); s != 0 {
				return s
			}
		}
	}
	return 0
}

func lookup(table []senseValue, text string) reconcile.Sense {
	for _, v := range table {
		if reconcile.MatchPattern(v.text, text) {
			return v.sense
		}
	}
	return 0
}

// sense tells on which side of the payslip a line stands, and gives its amount
// signed from the agent's side for P and D (CONTRACT 3.4). An unreadable amount
// stays as it came.
func (l *Layout) sense(row *row, code *codeInfo, amount reconcile.Amount, readable bool) (reconcile.Sense, reconcile.Amount, error) {
	for i := range l.senses {
		step := &l.senses[i]
		var sense reconcile.Sense
		switch step.by {
		case byColumn:
			b := trimmed(row.cell[fSense])
			if len(b) == 0 {
				continue
			}
			if sense = step.word(b); sense == 0 {
				return 0, amount, errSense
			}
		case byCode:
			sense = code.sense
		case byGroup:
			sense = lookup(step.table, row.group)
		case bySign:
			if !readable {
				return 0, amount, nil // the amount is to blame, not the sense
			}
			sense = step.positive
			if amount < 0 {
				sense = step.negative
			}
			return sense, stored(sense, amount.Abs()), nil
		case always:
			sense = step.always
		}
		if sense != 0 && l.negativeD {
			return sense, amount, nil
		}
		if sense != 0 {
			return sense, stored(sense, amount), nil
		}
	}
	switch l.senses[len(l.senses)-1].by {
	case byCode:
		return 0, amount, errSenseCode
	case byGroup:
		return 0, amount, errSenseGroup
	}
	return 0, amount, errEmpty
}

// stored signs an amount from the agent's side.
func stored(sense reconcile.Sense, amount reconcile.Amount) reconcile.Amount {
	if sense == reconcile.ToDeduct {
		return -amount
	}
	return amount
}

// word is the sense that a word of the column stands for, or 0.
func (s *senseStep) word(b []byte) reconcile.Sense {
	if len(b) == 1 {
		return s.letters[b[0]]
	}
	for i := range s.values {
		if s.values[i].text == string(b) {
			return s.values[i].sense
		}
	}
	return 0
}

// asidesOf is the set of the rules that may put lines of this code aside.
func (l *Layout) asidesOf(code string) (rules uint64) {
	for i := range l.asides {
		if len(l.asides[i].codes) == 0 || matchesAny(l.asides[i].codes, code) {
			rules |= 1 << i
		}
	}
	return rules
}

// aside tells whether one of the rules puts the line aside. zero tells that
// its amount is zero or blank.
func (l *Layout) aside(row *row, rules uint64, zero bool) bool {
	for i := range l.asides {
		if rules&(1<<i) != 0 && l.asides[i].holds(row, l, zero) {
			return true
		}
	}
	return false
}

func (a *asideRule) holds(row *row, l *Layout, zero bool) bool {
	if a.zero && !zero || len(a.groups) > 0 && !matchesAny(a.groups, row.group) {
		return false
	}
	for _, f := range a.without {
		if len(trimmed(row.cell[f])) > 0 {
			return false
		}
	}
	if len(a.prefixes) == 0 {
		return true
	}
	label := string(row.charset.append(nil, row.cell[fLabel]))
	for _, p := range a.prefixes {
		if strings.HasPrefix(label, p) {
			return true
		}
	}
	return false
}
