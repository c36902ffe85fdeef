package budget

import (
	"slices"

	"bascule/reconcile"
)

// total adds the programmes up. What one of them lacks tells nothing of the
// ministry.
func (y *year) total(programmes []reconcile.ProgrammeBudget) reconcile.ProgrammeBudget {
	t := reconcile.ProgrammeBudget{Categories: []reconcile.CategoryBudget{}}
	t.Credits.Told = len(programmes) > 0
	for i := range programmes {
		p := &programmes[i]
		t.Executed, t.Arrears, t.Latest = t.Executed+p.Executed, t.Arrears+p.Arrears, t.Latest+p.Latest
		c, e, j := &t.Credits, &t.Parts, &t.Jobs
		c.Told, c.LFI, c.Moved, c.Frozen, c.Available = c.Told && p.Credits.Told, c.LFI+p.Credits.LFI, c.Moved+p.Credits.Moved, c.Frozen+p.Credits.Frozen, c.Available+p.Credits.Available
		e.Base, e.Switch, e.Season, e.Flows = e.Base+p.Parts.Base, e.Switch+p.Parts.Switch, e.Season+p.Parts.Season, e.Flows+p.Parts.Flows
		j.Executed, j.Latest = j.Executed+p.Jobs.Executed, j.Latest+p.Jobs.Latest
		addCategories(&t, p.Categories)
	}
	type pb = reconcile.ProgrammeBudget
	for _, f := range []struct {
		to *reconcile.Forecast
		of func(*pb) *reconcile.Forecast
	}{{&t.Declared, func(p *pb) *reconcile.Forecast { return &p.Declared }}, {&t.Simple, func(p *pb) *reconcile.Forecast { return &p.Simple }},
		{&t.Explained, func(p *pb) *reconcile.Forecast { return &p.Explained }}} {
		sum := every(programmes, func(p *pb) reconcile.OptAmount {
			return reconcile.OptAmount{Amount: f.of(p).YearEnd, Set: f.of(p).Told}
		})
		f.to.Told, f.to.YearEnd = sum.Set, sum.Amount
		closeForecast(f.to, &t.Credits)
	}
	y.totalJobs(&t, programmes)
	for at := range y.months {
		t.Months = append(t.Months, totalMonth(programmes, at, y.period(at)))
	}
	return t
}

// totalJobs closes the jobs of the ministry: its own ceiling, or else the sum of
// those of all its programmes.
func (y *year) totalJobs(t *reconcile.ProgrammeBudget, programmes []reconcile.ProgrammeBudget) {
	type pb = reconcile.ProgrammeBudget
	j := &t.Jobs
	j.Declared = everyJobs(programmes, func(p *pb) reconcile.OptJobs { return p.Jobs.Declared })
	j.Simple = everyJobs(programmes, func(p *pb) reconcile.OptJobs { return p.Jobs.Simple })
	j.Explained = everyJobs(programmes, func(p *pb) reconcile.OptJobs { return p.Jobs.Explained })
	if j.Ceiling = y.ceiling(""); !j.Ceiling.Set {
		j.Ceiling = everyJobs(programmes, func(p *pb) reconcile.OptJobs { return p.Jobs.Ceiling })
	}
	closeJobs(j)
	if j.Latest == 0 {
		return
	}
	lasting := t.Latest
	for _, b := range y.books {
		lasting -= b.months[y.latest].arrears
	}
	t.Parts.AverageCost = ratio(lasting, reconcile.Amount(reconcile.OneETP), reconcile.Amount(j.Latest))
}

func totalMonth(programmes []reconcile.ProgrammeBudget, at int, month reconcile.Period) reconcile.ProgrammeMonth {
	t := reconcile.ProgrammeMonth{Month: month}
	for i := range programmes {
		m := &programmes[i].Months[at]
		t.Run, t.Legacy, t.ONP, t.Arrears, t.Available = m.Run, t.Legacy+m.Legacy, t.ONP+m.ONP, t.Arrears+m.Arrears, t.Available+m.Available
		t.Entries, t.Exits = t.Entries+m.Entries, t.Exits+m.Exits
	}
	type pm = reconcile.ProgrammeMonth
	amounts := func(of func(*pm) reconcile.OptAmount) reconcile.OptAmount {
		return every(programmes, func(p *reconcile.ProgrammeBudget) reconcile.OptAmount { return of(&p.Months[at]) })
	}
	jobs := func(of func(*pm) reconcile.OptJobs) reconcile.OptJobs {
		return everyJobs(programmes, func(p *reconcile.ProgrammeBudget) reconcile.OptJobs { return of(&p.Months[at]) })
	}
	t.Executed = amounts(func(m *pm) reconcile.OptAmount { return m.Executed })
	t.Profile = amounts(func(m *pm) reconcile.OptAmount { return m.Profile })
	t.Declared = amounts(func(m *pm) reconcile.OptAmount { return m.Declared })
	t.Simple = amounts(func(m *pm) reconcile.OptAmount { return m.Simple })
	t.Explained = amounts(func(m *pm) reconcile.OptAmount { return m.Explained })
	t.Jobs = jobs(func(m *pm) reconcile.OptJobs { return m.Jobs })
	t.Forecast = jobs(func(m *pm) reconcile.OptJobs { return m.Forecast })
	return t
}

// every adds what all programmes know, and knows nothing where one of them does
// not.
func every(programmes []reconcile.ProgrammeBudget, of func(*reconcile.ProgrammeBudget) reconcile.OptAmount) reconcile.OptAmount {
	sum := reconcile.OptAmount{Set: len(programmes) > 0}
	for i := range programmes {
		a := of(&programmes[i])
		if !a.Set {
			return reconcile.OptAmount{}
		}
		sum.Amount += a.Amount
	}
	return sum
}

// everyJobs is every, of jobs.
func everyJobs(programmes []reconcile.ProgrammeBudget, of func(*reconcile.ProgrammeBudget) reconcile.OptJobs) reconcile.OptJobs {
	sum := every(programmes, func(p *reconcile.ProgrammeBudget) reconcile.OptAmount {
		j := of(p)
		return reconcile.OptAmount{Amount: reconcile.Amount(j.Jobs), Set: j.Set}
	})
	return reconcile.OptJobs{Jobs: reconcile.Jobs(sum.Amount), Set: sum.Set}
}

// addCategories adds the categories of a programme. Credits are known there
// where every programme that pays or was given some was given them split so.
func addCategories(t *reconcile.ProgrammeBudget, of []reconcile.CategoryBudget) {
	for _, c := range of {
		at := slices.IndexFunc(t.Categories, func(x reconcile.CategoryBudget) bool { return x.Title2 == c.Title2 && x.CAS == c.CAS })
		if at < 0 {
			t.Categories = append(t.Categories, c)
			continue
		}
		x := &t.Categories[at]
		x.Executed += c.Executed
		x.Credits = reconcile.OptAmount{Amount: x.Credits.Amount + c.Credits.Amount, Set: x.Credits.Set && c.Credits.Set}
		if !x.Credits.Set {
			x.Credits.Amount = 0
		}
	}
	slices.SortFunc(t.Categories, compareCategories)
}
