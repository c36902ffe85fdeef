package budget

import (
	"cmp"
	"slices"

	"github.com/shopspring/decimal"

	"bascule/reconcile"
)

// Figures reckons the budget of the year of t.Through: months are the last runs
// of its months, in any order, b what was imported.
func Figures(t *Terms, months []Month, b *reconcile.Budget) *reconcile.BudgetFigures {
	y := newYear(t, months, b)
	f := &reconcile.BudgetFigures{Year: y.year, Through: t.Through, Import: b.Import, Executed: []reconcile.Period{}, Estimated: []reconcile.Period{}, Programmes: []reconcile.ProgrammeBudget{},
		Other: y.otherTitles(), Imported: imported(b)}
	for i, m := range y.months {
		if m == nil {
			f.Estimated = append(f.Estimated, y.period(i))
			continue
		}
		f.Executed = append(f.Executed, m.Period)
		f.Run = m.Run
	}
	for _, name := range y.names() {
		f.Programmes = append(f.Programmes, y.programme(name))
	}
	f.Total = y.total(f.Programmes)
	f.Effect, f.Tolerated = y.effect(), y.tolerated()
	f.Project, f.Value = projectOf(y), valueOf(t, b.Values)
	f.Alerts = y.alerts(f)
	return f
}

// year is one exercise being reckoned.
type year struct {
	terms  *Terms
	year   int
	months [12]*Month // nil: no run
	latest int        // index of the last one that has a run, -1 for none
	budget *reconcile.Budget
	books  map[string]*book // by programme
}

// book is what a programme has paid, and was declared to.
type book struct {
	months  [12]paid
	lasting map[string][2]reconcile.Amount // of the latest month, by wave and side
	parts   map[categoryKey]reconcile.Amount
	profile [12]declared
}

type paid struct {
	booked [2]reconcile.Amount // by side
	// Of the side that pays.
	paid, arrears reconcile.Amount
	etp           reconcile.ETP
}

type declared struct {
	told           bool
	amount         reconcile.Amount
	etp            reconcile.ETP
	entries, exits reconcile.ETP
}

type categoryKey struct {
	title2 string
	cas    bool
}

func newYear(t *Terms, months []Month, b *reconcile.Budget) *year {
	asOf := *b
	y := &year{terms: t, year: t.Through.Year(), latest: -1, budget: &asOf, books: make(map[string]*book)}
	asOf.Operations = planned(attach(b.Operations), y.asOf())
	for i := range months {
		m := &months[i]
		if m.Period.Year() != y.year || m.Period > t.Through {
			continue
		}
		at := m.Period.Month() - 1
		y.months[at], y.latest = m, max(y.latest, at)
	}
	for at, m := range y.months {
		if m != nil {
			y.execute(at, m)
		}
	}
	for i := range b.Profile {
		if p := &b.Profile[i]; p.Year == y.year && p.Says() {
			d := &y.book(p.Programme).profile[p.Month.Month()-1]
			d.told = true
			d.amount, d.etp, d.entries, d.exits = d.amount+p.Amount, d.etp+p.Jobs, d.entries+p.Entries, d.exits+p.Exits
		}
	}
	return y
}

func (y *year) period(at int) reconcile.Period { return reconcile.NewPeriod(y.year, at+1) }

func (y *year) book(programme string) *book {
	b := y.books[programme]
	if b == nil {
		b = &book{lasting: make(map[string][2]reconcile.Amount), parts: make(map[categoryKey]reconcile.Amount)}
		y.books[programme] = b
	}
	return b
}

// payer is the side that pays the agents of a wave in a month.
func (t *Terms) payer(wave string, month reconcile.Period) reconcile.Side {
	if cutover := t.cutover(wave); cutover != 0 && month >= cutover {
		return reconcile.ONP
	}
	return reconcile.Legacy
}

func (t *Terms) cutover(wave string) reconcile.Period {
	for i := range t.Waves {
		if t.Waves[i].Name == wave {
			return t.Waves[i].Cutover
		}
	}
	return 0
}

// execute books a month.
func (y *year) execute(at int, m *Month) {
	for i := range m.Lines {
		l := &m.Lines[i]
		b := y.book(l.Programme)
		amounts, payer := [2]reconcile.Amount{l.Legacy, l.ONP}, y.terms.payer(l.Wave, m.Period)
		of := &b.months[at]
		for _, side := range reconcile.Sides {
			of.booked[side] += amounts[side]
		}
		of.paid, of.arrears = of.paid+amounts[payer], of.arrears+l.Arrears[payer]
		b.parts[categoryKey{l.Title2, l.CAS}] += amounts[payer]
		if at == y.latest {
			lasting := b.lasting[l.Wave]
			for _, side := range reconcile.Sides {
				lasting[side] += amounts[side] - l.Arrears[side]
			}
			b.lasting[l.Wave] = lasting
		}
	}
	for i := range m.Heads {
		h := &m.Heads[i]
		y.book(h.Programme).months[at].etp += reconcile.ETP(h.Quotite[y.terms.payer(h.Wave, m.Period)])
	}
}

// names are the programmes that pay something or were given something for the
// year, in their order.
func (y *year) names() []string {
	var names []string
	for name := range y.books {
		names = append(names, name)
	}
	for i := range y.budget.Credits {
		if c := &y.budget.Credits[i]; c.Year == y.year && reconcile.InTitle2(c.Category) && c.Says() {
			names = append(names, c.Programme)
		}
	}
	for i := range y.budget.Ceilings {
		if c := &y.budget.Ceilings[i]; c.Year == y.year && c.Programme != "" && c.Says() {
			names = append(names, c.Programme)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// programme reckons one programme.
func (y *year) programme(name string) reconcile.ProgrammeBudget {
	b := y.books[name]
	if b == nil { // given something, and pays nothing yet
		b = &book{}
	}
	p := reconcile.ProgrammeBudget{Programme: name, Credits: y.credits(name), Categories: y.categories(name, b)}
	for at := range b.months {
		m := &b.months[at]
		p.Executed, p.Arrears, p.Jobs.Executed = p.Executed+m.paid, p.Arrears+m.arrears, p.Jobs.Executed+m.etp.Year()
	}
	if name != "" { // pay booked nowhere has no ceiling; the blank one is the ministry's
		p.Jobs.Ceiling = y.ceiling(name)
	}
	y.forecast(&p, b)
	return p
}

// credits adds the credits of title 2 of a programme.
func (y *year) credits(programme string) (t reconcile.CreditTotals) {
	for i := range y.budget.Credits {
		c := &y.budget.Credits[i]
		if c.Year != y.year || c.Programme != programme || !reconcile.InTitle2(c.Category) || !c.Says() {
			continue
		}
		t.Told = true
		switch {
		case c.Nature == reconcile.CreditLFI:
			t.LFI += c.CP
		case c.Nature.Freezes():
			t.Frozen += c.CP
		default:
			t.Moved += c.CP
		}
	}
	t.Available = t.LFI + t.Moved + t.Frozen
	return t
}

// availableAt is what credits opened until the end of a month leave to spend.
func (y *year) availableAt(programme string, month reconcile.Period) (sum reconcile.Amount) {
	for i := range y.budget.Credits {
		c := &y.budget.Credits[i]
		if c.Year == y.year && c.Programme == programme && reconcile.InTitle2(c.Category) && c.Date.Period() <= month {
			sum += c.CP
		}
	}
	return sum
}

// categories lists what each category has paid, beside the credits that were
// split the same way.
func (y *year) categories(programme string, b *book) []reconcile.CategoryBudget {
	opened := make(map[categoryKey]reconcile.Amount)
	var keys []categoryKey
	for i := range y.budget.Credits {
		c := &y.budget.Credits[i]
		if c.Year == y.year && c.Programme == programme && reconcile.InTitle2(c.Category) && c.Category != reconcile.Title2 && c.CAS != "" && c.Says() {
			k := categoryKey{c.Category, c.CAS == "oui"}
			opened[k] += c.CP
			keys = append(keys, k)
		}
	}
	for k := range b.parts {
		keys = append(keys, k)
	}
	list := []reconcile.CategoryBudget{}
	slices.SortFunc(keys, func(a, b categoryKey) int { return compareCategories(category(a), category(b)) })
	for _, k := range slices.Compact(keys) {
		of := category(k)
		of.Executed = b.parts[k]
		if amount, told := opened[k]; told {
			of.Credits = reconcile.Some(amount)
		}
		list = append(list, of)
	}
	return list
}

func category(k categoryKey) reconcile.CategoryBudget {
	return reconcile.CategoryBudget{Title2: k.title2, CAS: k.cas}
}

// compareCategories puts what is borne by the CAS after what is not.
func compareCategories(a, b reconcile.CategoryBudget) int {
	rank := func(cas bool) int {
		if cas {
			return 1
		}
		return 0
	}
	return cmp.Or(cmp.Compare(a.Title2, b.Title2), cmp.Compare(rank(a.CAS), rank(b.CAS)))
}

// ceiling is that of a programme, or of the ministry for a blank one.
func (y *year) ceiling(programme string) reconcile.OptJobs {
	for i := range y.budget.Ceilings {
		if c := &y.budget.Ceilings[i]; c.Year == y.year && c.Programme == programme && c.Says() {
			return reconcile.SomeJobs(c.Jobs)
		}
	}
	return reconcile.OptJobs{}
}

// otherTitles adds the credits beyond title 2, by programme and category.
func (y *year) otherTitles() []reconcile.OtherTitleCredit {
	list := []reconcile.OtherTitleCredit{}
	for i := range y.budget.Credits {
		c := &y.budget.Credits[i]
		if c.Year != y.year || reconcile.InTitle2(c.Category) || !c.Says() {
			continue
		}
		at := slices.IndexFunc(list, func(o reconcile.OtherTitleCredit) bool {
			return o.Programme == c.Programme && o.Category == c.Category
		})
		if at < 0 {
			at, list = len(list), append(list, reconcile.OtherTitleCredit{Programme: c.Programme, Category: c.Category})
		}
		list[at].AE, list[at].CP = list[at].AE+c.AE, list[at].CP+c.CP
	}
	return list
}

// maxRatio bounds a quotient as an amount is: 10^13 €, so that those of nine
// thousand months still sum within an int64.
const maxRatio = 1_000_000_000_000_000

// ratio is amount × by ÷ of, rounded to the nearest centime, within ± maxRatio.
func ratio(amount, by, of reconcile.Amount) reconcile.Amount {
	d := decimal.New(int64(amount), 0).Mul(decimal.New(int64(by), 0)).DivRound(decimal.New(int64(of), 0), 0)
	return reconcile.Amount(decimal.Max(decimal.New(-maxRatio, 0), decimal.Min(decimal.New(maxRatio, 0), d)).IntPart())
}
