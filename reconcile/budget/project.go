package budget

import (
	"cmp"
	"slices"
	"time"

	"bascule/reconcile"
)

// projectOf reckons where the project stands at the end of the last month taken
// into account, or gives nil where nothing of it was imported.
func projectOf(y *year) *reconcile.ProjectBudget {
	b := y.budget
	if len(b.Workstreams) == 0 && len(b.Operations) == 0 && len(b.Milestones) == 0 {
		return nil
	}
	p := &reconcile.ProjectBudget{AsOf: y.asOf(), Workstreams: []reconcile.WorkstreamBudget{}, Commitments: commitments(b.Operations)}
	for _, id := range workstreams(b) {
		p.Workstreams = append(p.Workstreams, y.workstream(id, p.Commitments))
	}
	p.Milestones = milestones(b.Milestones, p.AsOf)
	for i := range p.Workstreams {
		w := &p.Workstreams[i]
		for j := range p.Milestones {
			if p.Milestones[j].Late && p.Milestones[j].Workstream == w.ID {
				w.Late++
			}
		}
		addWorkstream(&p.Total, w)
	}
	p.Years = y.projectYears()
	return p
}

// asOf is the day of the report: the last of its month.
func (y *year) asOf() reconcile.Day {
	p := y.terms.Through
	return reconcile.Day(time.Date(p.Year(), time.Month(p.Month()), p.Days(), 0, 0, 0, 0, time.UTC).Format(time.DateOnly))
}

// planned makes expected operations of the commitments and payments dated after
// a day: then nothing was committed nor paid yet.
func planned(operations []reconcile.Operation, asOf reconcile.Day) []reconcile.Operation {
	list := slices.Clone(operations)
	for i := range list {
		if o := &list[i]; o.Date > asOf && (o.Nature == reconcile.OperationCommitment || o.Nature == reconcile.OperationPayment) {
			o.Nature = reconcile.OperationExpected
		}
	}
	return list
}

// attach gives the operations that name no workstream that of their commitment.
func attach(operations []reconcile.Operation) []reconcile.Operation {
	of := make(map[string]string)
	for i := range operations {
		of[operations[i].ID] = operations[i].Workstream
	}
	list := slices.Clone(operations)
	for i := range list {
		if list[i].Workstream == "" {
			list[i].Workstream = of[list[i].Commitment]
		}
	}
	return list
}

// workstreams lists all those met, in their order, and a blank one where an
// operation in force has none.
func workstreams(b *reconcile.Budget) []string {
	var ids []string
	for i := range b.Workstreams {
		ids = append(ids, b.Workstreams[i].ID)
	}
	for i := range b.Operations {
		if b.Operations[i].Nature != reconcile.OperationWithdrawn {
			ids = append(ids, b.Operations[i].Workstream)
		}
	}
	for i := range b.Milestones {
		ids = append(ids, b.Milestones[i].Workstream)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// commitments says what is left to pay of each commitment: what it commits, with
// what amends it, less what was paid.
func commitments(operations []reconcile.Operation) []reconcile.CommitmentBudget {
	list := []reconcile.CommitmentBudget{}
	at := make(map[string]int)
	for i := range operations {
		if o := &operations[i]; o.Nature == reconcile.OperationCommitment && o.Commitment == "" {
			at[o.ID] = len(list)
			list = append(list, reconcile.CommitmentBudget{ID: o.ID, Workstream: o.Workstream, Date: o.Date, Third: o.Third, Label: o.Label, AE: o.AE})
		}
	}
	for i := range operations {
		o := &operations[i]
		n, found := at[o.Commitment]
		if !found {
			continue
		}
		c := &list[n]
		switch o.Nature {
		case reconcile.OperationCommitment:
			c.AE += o.AE
		case reconcile.OperationPayment:
			c.Paid, c.Payments, c.Last = c.Paid+o.CP, c.Payments+1, max(c.Last, o.Date)
		case reconcile.OperationExpected:
			c.Expected += o.CP
		}
	}
	for i := range list {
		list[i].ToPay = max(0, list[i].AE-list[i].Paid)
	}
	slices.SortFunc(list, func(a, b reconcile.CommitmentBudget) int {
		return cmp.Or(cmp.Compare(a.Workstream, b.Workstream), cmp.Compare(a.Date, b.Date), cmp.Compare(a.ID, b.ID))
	})
	return list
}

// workstream reckons one workstream.
func (y *year) workstream(id string, commitments []reconcile.CommitmentBudget) reconcile.WorkstreamBudget {
	w := reconcile.WorkstreamBudget{ID: id}
	declared := make(map[int]*reconcile.Workstream) // by year
	for i := range y.budget.Workstreams {
		if x := &y.budget.Workstreams[i]; x.ID == id {
			w.Label, declared[x.Year] = x.Label, x
		}
	}
	whole := declared[y.year]
	if whole == nil {
		whole = new(reconcile.Workstream)
	}
	w.AE, w.CP = whole.AE, whole.CP
	n := y.spend(&w)
	// What is declared for a whole year and what operations foresee may disagree:
	// a shortage that either tells must be seen, and a cost.
	for year, x := range declared {
		switch {
		case year == y.year:
			n.ae[year] = max(n.ae[year], x.ExpectedAE-w.Committed)
		case year > y.year:
			n.ae[year] = max(n.ae[year], x.ExpectedAE)
		}
	}
	w.ExpectedAE, w.ExpectedCP = n.ae[y.year], max(w.ExpectedCP, whole.ExpectedCP-w.Paid)
	w.LeftAE, w.LeftCP = w.AE-w.Committed, w.CP-w.Paid
	for i := range commitments {
		if commitments[i].Workstream == id {
			w.ToPay += commitments[i].ToPay
		}
	}
	for _, ae := range n.ae {
		w.Further += ae
	}
	w.Further = max(w.Further, n.amending+n.uncommitted)
	w.Completion = w.AllPaid + w.ToPay + w.Further
	return w
}

// needs are what operations of a workstream foresee beyond what is committed.
type needs struct {
	ae          map[int]reconcile.Amount // to commit, by year, none before that of the report
	amending    reconcile.Amount         // of it, on commitments that are told
	uncommitted reconcile.Amount         // CP of no commitment
}

// spend adds the operations of a workstream, and tells what they foresee.
func (y *year) spend(w *reconcile.WorkstreamBudget) needs {
	n := needs{ae: make(map[int]reconcile.Amount)}
	for i := range y.budget.Operations {
		o := &y.budget.Operations[i]
		if o.Workstream != w.ID {
			continue
		}
		now := o.Date.Year() == y.year
		switch o.Nature {
		case reconcile.OperationCommitment:
			w.AllCommit += o.AE
			if now {
				w.Committed += o.AE
			}
		case reconcile.OperationPayment:
			w.AllPaid += o.CP
			if now {
				w.Paid += o.CP
			}
		case reconcile.OperationExpected:
			n.ae[max(o.Date.Year(), y.year)] += o.AE
			if o.Commitment == "" {
				n.uncommitted += o.CP
			} else {
				n.amending += o.AE
			}
			if o.Date.Year() <= y.year {
				w.ExpectedCP += o.CP
			}
		}
	}
	return n
}

func addWorkstream(t, w *reconcile.WorkstreamBudget) {
	for _, x := range []struct {
		to *reconcile.Amount
		of reconcile.Amount
	}{{&t.AE, w.AE}, {&t.Committed, w.Committed}, {&t.LeftAE, w.LeftAE}, {&t.CP, w.CP}, {&t.Paid, w.Paid}, {&t.LeftCP, w.LeftCP}, {&t.ExpectedAE, w.ExpectedAE}, {&t.ExpectedCP, w.ExpectedCP},
		{&t.AllCommit, w.AllCommit}, {&t.AllPaid, w.AllPaid}, {&t.ToPay, w.ToPay}, {&t.Further, w.Further}, {&t.Completion, w.Completion}} {
		*x.to += x.of
	}
	t.Late += w.Late
}

// milestones tells which are late on a day: not met and due before it, or met
// after the day that was planned.
func milestones(list []reconcile.Milestone, asOf reconcile.Day) []reconcile.MilestoneState {
	states := []reconcile.MilestoneState{}
	for _, m := range list {
		s := reconcile.MilestoneState{Milestone: m}
		until := m.Met
		if until == "" || until > asOf {
			until = asOf
		}
		if days := daysBetween(m.Planned, until); days > 0 {
			s.Late, s.Days = true, days
		}
		states = append(states, s)
	}
	slices.SortFunc(states, func(a, b reconcile.MilestoneState) int {
		return cmp.Or(cmp.Compare(a.Workstream, b.Workstream), cmp.Compare(a.Planned, b.Planned), cmp.Compare(a.ID, b.ID))
	})
	return states
}

func daysBetween(from, to reconcile.Day) int {
	f, err := time.Parse(time.DateOnly, string(from))
	if err != nil { // the import lets none through
		return 0
	}
	t, err := time.Parse(time.DateOnly, string(to))
	if err != nil {
		return 0
	}
	return int(t.Sub(f) / (24 * time.Hour))
}

// projectYears adds the project up year by year.
func (y *year) projectYears() []reconcile.ProjectYear {
	years := make(map[int]*reconcile.ProjectYear)
	of := func(year int) *reconcile.ProjectYear {
		if years[year] == nil {
			years[year] = &reconcile.ProjectYear{Year: year}
		}
		return years[year]
	}
	for i := range y.budget.Workstreams {
		w := &y.budget.Workstreams[i]
		at := of(w.Year)
		at.AE, at.CP = at.AE+w.AE, at.CP+w.CP
	}
	for i := range y.budget.Operations {
		switch o := &y.budget.Operations[i]; o.Nature {
		case reconcile.OperationCommitment:
			of(o.Date.Year()).Committed += o.AE
		case reconcile.OperationPayment:
			of(o.Date.Year()).Paid += o.CP
		case reconcile.OperationExpected:
			of(o.Date.Year()).Expected += o.CP
		}
	}
	list := []reconcile.ProjectYear{}
	for _, at := range years {
		list = append(list, *at)
	}
	slices.SortFunc(list, func(a, b reconcile.ProjectYear) int { return cmp.Compare(a.Year, b.Year) })
	return list
}
