package budget

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"bascule/reconcile"
)

const (
	maxTextRunes = 300
	// maxJobs keeps the jobs of a thousand programmes within an int64.
	maxJobs = 10_000_000
	// significantDigits is what a spreadsheet keeps of a number: beyond them stands
	// the noise of its own sums, 0.30000000000000004.
	significantDigits = 15
)

// column names a column of a spreadsheet: A, B, … AA.
func column(at int) string {
	name := ""
	for at++; at > 0; at = (at - 1) / 26 {
		name = string(rune('A'+(at-1)%26)) + name
	}
	return name
}

// place is where the row stands, as it is kept and shown.
func (l *line) place() string {
	if l.table.Sheet == "" {
		return fmt.Sprint(l.number)
	}
	return fmt.Sprintf("%s!%d", l.table.Sheet, l.number)
}

// problem blames a column of the row, or the whole row for a blank one.
func (l *line) problem(name string, err error, hint string) {
	l.failed = true
	p := Problem{&reconcile.InputError{File: l.table.File, Line: l.number, Field: name, Err: err, Hint: hint}, place{sheet: l.table.Sheet, row: l.number, name: name}}
	if l.table.Sheet != "" {
		p.Line, p.Field, p.at.name = 0, l.place(), ""
		if at, there := l.at[name]; there {
			p.at.column, p.at.name = column(at), name
			p.Field = fmt.Sprintf("%s!%s%d (%s)", l.table.Sheet, p.at.column, l.number, name)
		}
	}
	l.batch.problems = append(l.batch.problems, p)
}

// checkWidth refuses what stands under no name: an amount moved by one column
// would otherwise be lost.
func (l *line) checkWidth() {
	named := make([]bool, len(l.cells))
	for _, at := range l.at {
		if at < len(named) {
			named[at] = true
		}
	}
	for i, c := range l.cells {
		if !named[i] && strings.TrimSpace(c.Text) != "" {
			l.problem("", fmt.Errorf("la colonne %s est remplie et n'a pas de nom", column(i)), "vérifiez les points-virgules de la ligne, et mettez entre guillemets un texte qui en contient")
			return
		}
	}
}

func (l *line) cell(name string) Cell {
	if at, there := l.at[name]; there && at < len(l.cells) {
		return l.cells[at]
	}
	return Cell{}
}

// text reads a text on one line, which may be blank.
func (l *line) text(name string) string {
	s, _ := l.readable(name)
	return s
}

// readable is text, and tells whether the cell could be read.
func (l *line) readable(name string) (string, bool) {
	c := l.cell(name)
	s := strings.TrimSpace(c.Text)
	switch {
	case c.Kind == Unreadable:
		l.problem(name, errors.New("contient une erreur ou une formule sans résultat"), "remplacez la formule par sa valeur")
	case strings.ContainsFunc(s, unicode.IsControl):
		l.problem(name, errors.New("contient un saut de ligne ou un caractère de contrôle"), "écrivez le texte sur une seule ligne")
	case utf8.RuneCountInString(s) > maxTextRunes:
		l.problem(name, fmt.Errorf("dépasse %d caractères", maxTextRunes), "abrégez ce texte")
	default:
		return s, true
	}
	return "", false
}

var errBlank = errors.New("est vide")

// needed reads a text that may not be blank.
func (l *line) needed(name, hint string) string {
	s, ok := l.readable(name)
	if ok && s == "" {
		l.problem(name, errBlank, hint)
	}
	return s
}

// word reads one of some words, whatever its accents and capitals.
func (l *line) word(name string, words ...string) string {
	s, ok := l.readable(name)
	if !ok {
		return ""
	}
	for _, w := range words {
		if fold(s) == w {
			return w
		}
	}
	err := fmt.Errorf("vaut « %s »", s)
	if s == "" {
		err = errBlank
	}
	list := slices.DeleteFunc(slices.Clone(words), func(w string) bool { return w == "" })
	l.problem(name, err, "écrivez l'un de : "+strings.Join(list, ", "))
	return ""
}

// amount reads euros, to the centime. A blank one is zero where it may be.
func (l *line) amount(name string, mayBeBlank bool) reconcile.Amount {
	if l.withdrawn {
		return 0
	}
	c := l.cell(name)
	s := strings.TrimSpace(c.Text)
	if s == "" && mayBeBlank {
		return 0
	}
	const hint = "écrivez un nombre, deux décimales au plus, sans unité : 1234,56"
	switch c.Kind {
	case Written:
		a, err := reconcile.ParseAmount(s)
		if err != nil {
			l.problem(name, err, hint)
		}
		return a
	case Number:
		return l.number15(name, s, hint)
	}
	err := errors.New("est un texte, pas un nombre")
	switch {
	case s == "":
		err = errBlank
	case c.Kind == Day:
		err = errors.New("est une date, pas un nombre")
	case c.Kind == Percent:
		err = errors.New("est un pourcentage, pas un nombre")
	case c.Kind == Unreadable:
		err = errors.New("contient une erreur ou une formule sans résultat")
	}
	l.problem(name, err, "tapez le nombre dans la cellule, au format Nombre et sans unité")
	return 0
}

// number15 reads a number of a spreadsheet by the digits that mean something.
func (l *line) number15(name, s, hint string) reconcile.Amount {
	d, err := decimal.NewFromString(s)
	if err != nil || len(s) > 40 || d.Exponent() > 15 || d.Exponent() < -60 {
		l.problem(name, reconcile.ErrAmountSyntax, hint)
		return 0
	}
	whole := int32(d.NumDigits()) + d.Exponent() // digits before the mark
	d = d.Round(min(significantDigits, significantDigits-whole))
	a, err := reconcile.ParseAmount(d.String())
	if err != nil {
		l.problem(name, err, hint)
	}
	return a
}

// positive reads an amount that is not negative.
func (l *line) positive(name string, mayBeBlank bool) reconcile.Amount {
	a := l.amount(name, mayBeBlank)
	if a < 0 {
		l.problem(name, errors.New("est négatif"), "écrivez un montant positif")
	}
	return a
}

// hundredths reads a quantity of jobs, to two decimals.
func (l *line) hundredths(name string, mayBeBlank bool) int64 {
	n := int64(l.positive(name, mayBeBlank))
	if n > maxJobs*100 {
		l.problem(name, errors.New("dépasse dix millions d'emplois"), "écrivez un nombre d'emplois, pas un montant")
		return 0
	}
	return n
}

// year reads a year.
func (l *line) year(name string) int {
	s, ok := l.readable(name)
	p, err := reconcile.ParsePeriod(s + "-01")
	if ok && err != nil {
		l.problem(name, errors.New("n'est pas une année possible"), "écrivez quatre chiffres : 2013")
	}
	return p.Year()
}

// month reads a month, AAAA-MM, or the first day of one, which is what a
// spreadsheet makes of it.
func (l *line) month(name string) reconcile.Period {
	s, ok := l.readable(name)
	if l.cell(name).Kind == Day {
		s = strings.TrimSuffix(s, "-01")
	}
	if m, y, slash := strings.Cut(s, "/"); slash && len(m) == 2 {
		s = y + "-" + m
	}
	p, err := reconcile.ParsePeriod(s)
	if ok && err != nil {
		l.problem(name, err, "écrivez le mois : 2013-12")
	}
	return p
}

// day reads a date, AAAA-MM-JJ or JJ/MM/AAAA.
func (l *line) day(name string, mayBeBlank bool) reconcile.Day {
	s, ok := l.readable(name)
	if !ok || s == "" && mayBeBlank {
		return ""
	}
	for _, form := range []string{time.DateOnly, "02/01/2006"} {
		if t, err := time.Parse(form, s); err == nil && t.Year() >= 1950 && t.Year() < 2150 {
			return reconcile.Day(t.Format(time.DateOnly))
		}
	}
	err := errors.New("n'est pas une date possible")
	switch {
	case s == "":
		err = errBlank
	case l.cell(name).Kind == Number:
		err = errors.New("est un nombre, pas une date")
	}
	l.problem(name, err, "écrivez la date : 31/12/2013 ou 2013-12-31")
	return ""
}
