package mappings

import (
	"fmt"

	"bascule/reconcile"
)

// maxProblems is how many problems are kept: enough for one sitting, and a
// table in the wrong format would otherwise yield one per row.
const maxProblems = 20

// Problems are all that is wrong with the tables, in the order of the files
// and lines; the first twenty are kept, all are counted.
type Problems struct {
	List  []*reconcile.InputError
	Total int
}

// Error prints the first problem on one line and counts the others.
func (p *Problems) Error() string {
	text := p.List[0].Error()
	switch others := p.Total - 1; {
	case others == 1:
		text += " (et 1 autre problème dans les tables)"
	case others > 1:
		text += fmt.Sprintf(" (et %d autres problèmes dans les tables)", others)
	}
	return text
}

// Unwrap gives the problems kept, so that errors.As finds the first.
func (p *Problems) Unwrap() []error {
	list := make([]error, len(p.List))
	for i, e := range p.List {
		list[i] = e
	}
	return list
}

func (p *Problems) add(e *reconcile.InputError) {
	p.Total++
	if len(p.List) < maxProblems {
		p.List = append(p.List, e)
	}
}
