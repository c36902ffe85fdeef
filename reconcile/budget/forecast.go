package budget

import "bascule/reconcile"

// forecast says where a programme ends the year, month by month and by each
// method.
func (y *year) forecast(p *reconcile.ProgrammeBudget, b *book) {
	run := y.latest >= 0
	p.Declared.Told, p.Simple.Told, p.Explained.Told = true, run, run
	declaredJobs := true
	var declared, simple, explained reconcile.Jobs // of the months without a run
	var e estimate
	if run {
		e = y.estimate(b)
		p.Latest, p.Jobs.Latest, p.Parts.AverageCost = b.months[y.latest].paid, b.months[y.latest].etp, e.cost
	}
	for at := range b.months {
		m := y.month(p.Programme, b, at)
		if m.Run == 0 {
			d := &b.profile[at]
			p.Declared.Told, declaredJobs = p.Declared.Told && d.told, declaredJobs && d.etp != 0
			declared += d.etp.Year()
			if run {
				e.add(&p.Parts, &m, y.period(at), at)
				simple, explained = simple+p.Jobs.Latest.Year(), explained+m.Forecast.Jobs
			}
		}
		p.Declared.YearEnd += m.Declared.Amount
		p.Simple.YearEnd += m.Simple.Amount
		p.Explained.YearEnd += m.Explained.Amount
		p.Months = append(p.Months, m)
	}
	for _, f := range []*reconcile.Forecast{&p.Declared, &p.Simple, &p.Explained} {
		closeForecast(f, &p.Credits)
	}
	j := &p.Jobs
	if declaredJobs {
		j.Declared = reconcile.SomeJobs(j.Executed + declared)
	}
	if run {
		j.Simple, j.Explained = reconcile.SomeJobs(j.Executed+simple), reconcile.SomeJobs(j.Executed+explained)
	}
	closeJobs(j)
}

func closeForecast(f *reconcile.Forecast, c *reconcile.CreditTotals) {
	if !f.Told {
		*f = reconcile.Forecast{}
		return
	}
	if c.Told {
		f.Margin = reconcile.Some(c.Available - f.YearEnd)
		f.Exceeded = f.Margin.Amount < 0
	}
}

func closeJobs(j *reconcile.JobFigures) {
	if j.Ceiling.Set && j.Explained.Set {
		j.Margin = reconcile.SomeJobs(j.Ceiling.Jobs - j.Explained.Jobs)
	}
}

// month says what is known of a month before any estimate.
func (y *year) month(programme string, b *book, at int) reconcile.ProgrammeMonth {
	m := reconcile.ProgrammeMonth{Month: y.period(at), Available: y.availableAt(programme, y.period(at)), Entries: b.profile[at].entries, Exits: b.profile[at].exits}
	if d := &b.profile[at]; d.told {
		m.Profile = reconcile.Some(d.amount)
		m.Declared = m.Profile
	}
	if y.months[at] == nil {
		return m
	}
	of := &b.months[at]
	m.Run, m.Legacy, m.ONP, m.Arrears = y.months[at].Run, of.booked[reconcile.Legacy], of.booked[reconcile.ONP], of.arrears
	m.Executed = reconcile.Some(of.paid)
	m.Declared, m.Simple, m.Explained = m.Executed, m.Executed, m.Executed
	m.Jobs = reconcile.SomeJobs(of.etp.Year())
	m.Forecast = m.Jobs
	return m
}

// estimate is what the explained method knows of the latest month.
type estimate struct {
	year *year
	book *book
	base reconcile.Amount // lasting part of what is paid
	cost reconcile.Amount // of one job, lasting; 0 where nobody is paid
	etp  reconcile.ETP
}

func (y *year) estimate(b *book) estimate {
	e := estimate{year: y, book: b, etp: b.months[y.latest].etp}
	e.base = e.booked(y.period(y.latest))
	if e.etp != 0 {
		e.cost = ratio(e.base, reconcile.Amount(reconcile.OneETP), reconcile.Amount(e.etp))
	}
	return e
}

// booked is the lasting part of the latest month, as the sides that pay in a
// month book it.
func (e *estimate) booked(month reconcile.Period) (sum reconcile.Amount) {
	for wave, amounts := range e.book.lasting {
		sum += amounts[e.year.terms.payer(wave, month)]
	}
	return sum
}

// flows are the declared entries less exits between the latest month and
// another, before it or after.
func (e *estimate) flows(at int) (etp reconcile.ETP) {
	p := &e.book.profile
	for i := e.year.latest + 1; i <= at; i++ {
		etp += p[i].entries - p[i].exits
	}
	for i := e.year.latest; i > at; i-- {
		etp -= p[i].entries - p[i].exits
	}
	return etp
}

// likeness is how many times what is paid, lasting, may be what was declared for
// the same month: beyond it, the profile tells nothing of that pay.
const likeness = 10

// season is what the declared profile says of a month above or below the latest
// one, but for the flows; ok is false where it is not of the size of what is paid.
func (e *estimate) season(booked, flows reconcile.Amount, at int) (season reconcile.Amount, ok bool) {
	now, then := &e.book.profile[e.year.latest], &e.book.profile[at]
	switch {
	case !now.told || !then.told || booked == 0:
		return 0, true
	case likeness*now.amount < booked.Abs():
		return 0, false
	}
	return ratio(booked, then.amount-flows-now.amount, now.amount), true
}

// add estimates a month that has no run. Nobody is fewer than none, and their pay
// is not less than nothing.
func (e *estimate) add(parts *reconcile.ExplainedParts, m *reconcile.ProgrammeMonth, month reconcile.Period, at int) {
	latest := e.book.months[e.year.latest].paid
	booked := e.booked(month)
	told := e.flows(at)
	etp := max(told, -e.etp)
	flows := ratio(e.cost, reconcile.Amount(etp), reconcile.Amount(reconcile.OneETP))
	season, ok := e.season(booked, flows, at)
	least := min(booked, 0)
	m.Unlike, m.Bounded = !ok, etp != told || booked+season+flows < least || max(e.cost.Abs(), flows.Abs(), season.Abs()) == maxRatio
	if booked+season+flows < least {
		flows = max(flows, least-booked)
		season = least - booked - flows
	}
	parts.Base, parts.Switch, parts.Season, parts.Flows = parts.Base+e.base, parts.Switch+booked-e.base, parts.Season+season, parts.Flows+flows
	m.Simple, m.Explained = reconcile.Some(latest), reconcile.Some(booked+season+flows)
	m.Forecast = reconcile.SomeJobs((e.etp + etp).Year())
}
