package extract

import (
	"time"

	"bascule/reconcile"
)

// form is how a month or a date is written.
type form uint8

const (
	formNone form = iota
	formYear
	formMonth
	formCompactMonth
	formISOMonth
	formFrenchMonth
	formCompactDate
	formISODate
	formFrenchDate
)

// forms lists the ways to write months and dates that a layout may name, with
// the positions of year, month and day (0-based, -1 when the form has none).
var forms = [...]struct {
	name             *reconcile.Saying
	length           int
	year, month, day int
	marks            []int
	mark             byte
}{
	formYear:         {name: reconcile.Say("AAAA"), length: 4, year: 0, month: -1, day: -1},
	formMonth:        {name: reconcile.Say("MM"), length: 2, year: -1, month: 0, day: -1},
	formCompactMonth: {name: reconcile.Say("AAAAMM"), length: 6, year: 0, month: 4, day: -1},
	formISOMonth:     {name: reconcile.Say("AAAA-MM"), length: 7, year: 0, month: 5, day: -1, marks: []int{4}, mark: '-'},
	formFrenchMonth:  {name: reconcile.Say("MM/AAAA"), length: 7, year: 3, month: 0, day: -1, marks: []int{2}, mark: '/'},
	formCompactDate:  {name: reconcile.Say("AAAAMMJJ"), length: 8, year: 0, month: 4, day: 6},
	formISODate:      {name: reconcile.Say("AAAA-MM-JJ"), length: 10, year: 0, month: 5, day: 8, marks: []int{4, 7}, mark: '-'},
	formFrenchDate:   {name: reconcile.Say("JJ/MM/AAAA"), length: 10, year: 6, month: 3, day: 0, marks: []int{2, 5}, mark: '/'},
}

func formNamed(name string) (form, bool) {
	for f := formYear; int(f) < len(forms); f++ {
		if forms[f].name.Format == name {
			return f, true
		}
	}
	return formNone, false
}

func formNames() []string {
	var names []string
	for _, f := range forms[formYear:] {
		names = append(names, f.name.Format)
	}
	return names
}

// parse reads year, month and day; those that the form lacks are 0.
func (f form) parse(b []byte) (year, month, day int, ok bool) {
	d := &forms[f]
	if f == formMonth && len(b) == 1 {
		v, ok := digits(b)
		return 0, int(v), 0, ok
	}
	if len(b) != d.length {
		return 0, 0, 0, false
	}
	for _, i := range d.marks {
		if b[i] != d.mark {
			return 0, 0, 0, false
		}
	}
	ok = part(b, d.year, 4, &year) && part(b, d.month, 2, &month) && part(b, d.day, 2, &day)
	return year, month, day, ok
}

func part(b []byte, at, width int, into *int) bool {
	if at < 0 {
		return true
	}
	v, ok := digits(b[at : at+width])
	*into = int(v)
	return ok
}

// month reads the month of a month or of a whole date, which must exist.
func (f form) month(b []byte) (reconcile.Period, error) {
	year, month, day, ok := f.parse(b)
	p := reconcile.NewPeriod(year, month)
	if !ok || p == 0 || forms[f].day >= 0 && !dayExists(year, month, day) {
		return 0, f.impossible()
	}
	return p, nil
}

// date reads a whole date and gives it as AAAA-MM-JJ.
func (f form) date(b []byte) (string, error) {
	year, month, day, ok := f.parse(b)
	if !ok || reconcile.NewPeriod(year, month) == 0 || !dayExists(year, month, day) {
		return "", f.impossible()
	}
	return time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC).Format(time.DateOnly), nil
}

// impossible completes the sentence "<field> …".
func (f form) impossible() error {
	if forms[f].day >= 0 {
		return reconcile.Say("n'est pas une date possible écrite %s", forms[f].name)
	}
	return reconcile.Say("n'est pas un mois possible écrit %s", forms[f].name)
}

func dayExists(year, month, day int) bool {
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	return t.Day() == day && int(t.Month()) == month
}
