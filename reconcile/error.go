package reconcile

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode"
)

// InputError is what is wrong with something a person delivered, where, and
// what to do about it. It never holds a person's values.
type InputError struct {
	File  string
	Line  int    // 0 when no line is to blame
	Field string // the file's own word for the field, column or key
	Err   error  // completes the sentence "<field> …"
	Hint  string // the remedy
}

// Error prints one line, whatever a file made us quote: file:line: field: what
// — remedy.
func (e *InputError) Error() string {
	var b strings.Builder
	b.WriteString(e.File)
	if e.Line > 0 {
		fmt.Fprintf(&b, ":%d", e.Line)
	}
	if e.Field != "" {
		fmt.Fprintf(&b, ": %s", e.Field)
	}
	fmt.Fprintf(&b, ": %v", e.Err)
	if e.Hint != "" {
		fmt.Fprintf(&b, " — %s", e.Hint)
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.TrimPrefix(b.String(), ": ")) // where no file is to blame
}

// Unwrap is the cause.
func (e *InputError) Unwrap() error { return e.Err }

// Reject is a line of a file that could not be read. It is stored, counted,
// totalled where its amount is readable, and listed; never dropped.
type Reject struct {
	Load   int64
	File   string
	Line   int
	Record string  // the layout's name of the record
	Field  *Saying // nil when no field is to blame
	Reason *Saying // completes the sentence "<field> …"
	Raw    []byte  // the bytes of the file, undecoded
	// Readable is the record in characters, a point for what is none, where Raw is
	// EBCDIC; blank elsewhere.
	Readable string
	Sense    Sense // 0 when unknown
	Amount   OptAmount
	Payslip  bool // the whole record of an agent could not be attached to anyone
}

// FirstCause is the first error, of what several goroutines ended with, that is
// not the echo of another one's cancellation.
func FirstCause(errs []error) error {
	var echo error
	for _, err := range errs {
		if err != nil && !errors.Is(err, context.Canceled) {
			return err
		}
		if echo == nil {
			echo = err
		}
	}
	return echo
}
