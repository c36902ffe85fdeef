package reports

import (
	"cmp"
	"slices"

	"bascule/reconcile"
)

// BudgetData is what the budget workbook is made from: a run of both systems and
// its payroll mass, each list in the order of the store.
type BudgetData struct {
	Run    *reconcile.Run
	Tables *reconcile.Tables
	Labels Labels
	Lang   string // "fr" or "en"

	Lines []reconcile.MassLine
	Gaps  []reconcile.MassGap
	Heads []reconcile.MassHead

	Figures  *reconcile.BudgetFigures // what is reckoned of the year
	Imported *reconcile.Budget        // what was imported and is in force; nil for nothing
	Digest   string                   // of what was imported; blank for nothing
}

// Budget is the budget workbook (CONTRACT 6): Synthèse, Masse salariale,
// Programmes, Trajectoire, Projet AE-CP, Chantiers, Valeur, Contrôles.
func Budget(d *BudgetData) *Workbook {
	v := newBudgetView(d)
	return v.document(v.m.t("mass.title", v.m.month(v.Run.Period)), v.m.t("mass.subject", v.Run.ID), v.m.t("mass.keywords"),
		v.budgetSummarySheet(), v.massSheet(), v.programmeSheet(), v.trajectorySheet(), v.projectSheet(), v.workstreamSheet(), v.valueSheet(), v.budgetCheckSheet())
}

// budgetView is BudgetData with what its sheets share.
type budgetView struct {
	*view
	budget     *BudgetData
	names      budgetNames
	whole      massPart
	programmes []massPart
}

type budgetNames struct {
	mass, programmes, trajectory, project, workstreams, value string
}

func newBudgetView(d *BudgetData) *budgetView {
	v := &budgetView{budget: d, view: newView(&Data{Run: d.Run, Tables: d.Tables, Labels: d.Labels, Lang: d.Lang})}
	v.names = budgetNames{v.m.t("sheet.mass"), v.m.t("sheet.programmes"), v.m.t("sheet.trajectory"), v.m.t("sheet.project"), v.m.t("sheet.workstreams"), v.m.t("sheet.value")}
	v.whole = massPart{lines: d.Lines, gaps: d.Gaps, heads: d.Heads}
	v.programmes = v.whole.split(func(a *reconcile.MassAxis) string { return a.Programme })
	return v
}

// massPart is the payroll mass of some axes.
type massPart struct {
	name  string // what the axes have in common
	lines []reconcile.MassLine
	gaps  []reconcile.MassGap
	heads []reconcile.MassHead
}

// split cuts a part by a value of its axes, in the order of the values.
func (p *massPart) split(by func(*reconcile.MassAxis) string) []massPart {
	at, parts := map[string]int{}, []massPart{}
	of := func(a *reconcile.MassAxis) *massPart {
		name := by(a)
		i, known := at[name]
		if !known {
			i = len(parts)
			at[name] = i
			parts = append(parts, massPart{name: name})
		}
		return &parts[i]
	}
	for i := range p.lines {
		part := of(&p.lines[i].MassAxis)
		part.lines = append(part.lines, p.lines[i])
	}
	for i := range p.gaps {
		part := of(&p.gaps[i].MassAxis)
		part.gaps = append(part.gaps, p.gaps[i])
	}
	for i := range p.heads {
		part := of(&p.heads[i].MassAxis)
		part.heads = append(part.heads, p.heads[i])
	}
	slices.SortFunc(parts, func(a, b massPart) int { return compareNames(a.name, b.name) })
	return parts
}

// compareNames orders names, the blank one last.
func compareNames(a, b string) int {
	switch {
	case a == b:
		return 0
	case a == "" || b != "" && a > b:
		return 1
	}
	return -1
}

// masses are what both sides pay.
type masses struct{ legacy, onp reconcile.Amount }

func (m masses) delta() reconcile.Amount { return m.onp - m.legacy }

// mass adds up what is paid in the categories kept.
func (p *massPart) mass(keep func(*reconcile.MassCategory) bool) (m masses) {
	for i := range p.lines {
		if l := &p.lines[i]; keep(&l.MassCategory) {
			m.legacy, m.onp = m.legacy+l.Legacy, m.onp+l.ONP
		}
	}
	return m
}

// movement is what some gaps amount to.
type movement struct {
	delta, oneOff reconcile.Amount
	gaps          int64
}

func (m movement) lasting() reconcile.Amount { return m.delta - m.oneOff }

// moved adds up the gaps kept.
func (p *massPart) moved(keep func(*reconcile.MassGap) bool) (m movement) {
	for i := range p.gaps {
		g := &p.gaps[i]
		if !keep(g) {
			continue
		}
		m.delta, m.gaps = m.delta+g.Delta, m.gaps+g.Gaps
		if g.OneOff {
			m.oneOff += g.Delta
		}
	}
	return m
}

// judged adds up the gaps by what is held of them, in the order of AllJudged.
func (p *massPart) judged() []movement {
	sums := make([]movement, len(reconcile.AllJudged))
	for i, judged := range reconcile.AllJudged {
		sums[i] = p.moved(func(g *reconcile.MassGap) bool { return g.Judged == judged })
	}
	return sums
}

// transfers is what one side books in the part and the other elsewhere.
func (p *massPart) transfers() reconcile.Amount {
	return p.mass(everyCategory).delta() - p.moved(everyGap).delta
}

// staff counts who is paid, by side.
type staff struct{ heads, quotite [2]int64 }

func (p *massPart) staff() (s staff) {
	for i := range p.heads {
		for side := range s.heads {
			s.heads[side] += p.heads[i].Heads[side]
			s.quotite[side] += p.heads[i].Quotite[side]
		}
	}
	return s
}

func everyCategory(*reconcile.MassCategory) bool { return true }
func everyGap(*reconcile.MassGap) bool           { return true }
func withCAS(c *reconcile.MassCategory) bool     { return c.CAS }
func withoutCAS(c *reconcile.MassCategory) bool  { return !c.CAS }

// ofCause keeps the gaps of a cause; those without any are unexplained.
func ofCause(cause reconcile.Cause) func(*reconcile.MassGap) bool {
	return func(g *reconcile.MassGap) bool { return cmp.Or(g.Cause, reconcile.CauseUnexplained) == cause }
}

func ofTitle2(title2 string) func(*reconcile.MassCategory) bool {
	return func(c *reconcile.MassCategory) bool { return c.Title2 == title2 }
}

// title2 are the categories of the expense; blank is to be classed.
var title2 = []string{"21", "22", "23", ""}

// causes are those that move the mass, the heaviest first.
func (p *massPart) causes() []causeMovement {
	var list []causeMovement
	for _, cause := range reconcile.Causes {
		if m := p.moved(ofCause(cause)); m.gaps > 0 {
			list = append(list, causeMovement{cause, m})
		}
	}
	slices.SortStableFunc(list, func(x, y causeMovement) int { return cmp.Compare(y.delta.Abs(), x.delta.Abs()) })
	return list
}

type causeMovement struct {
	cause reconcile.Cause
	movement
}
