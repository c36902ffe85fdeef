package reports

import (
	"io"
	"strings"

	"bascule/reconcile"
)

// BudgetChanges are what an import of the budget brings.
type BudgetChanges struct {
	Import    int64                   `json:"import"` // its number, 0 when nothing was imported
	DryRun    bool                    `json:"dry_run"`
	Read      int                     `json:"read"`
	Unchanged int                     `json:"unchanged"`
	Returned  int                     `json:"returned"` // of the changes, those that bring back a former version
	Changes   []BudgetChange          `json:"changes"`
	Alerts    []reconcile.BudgetAlert `json:"alerts"`
	Doubts    []BudgetDoubt           `json:"doubts"`
}

// BudgetChange is a row that says something new, or corrects a former one.
type BudgetChange struct {
	Kind   reconcile.BudgetKind `json:"kind"`
	Key    string               `json:"key"`
	File   string               `json:"file"`
	Place  string               `json:"place"`
	Fields []FieldChange        `json:"fields"` // of a correction; none for a new row
	// Withdrawn tells that the row counts no more.
	Withdrawn bool          `json:"withdrawn"`
	Returns   *BudgetReturn `json:"returns,omitempty"` // the former version that it brings back
}

// BudgetReturn is when a version that comes back was imported, and corrected.
type BudgetReturn struct {
	At        string `json:"at"`
	Corrected string `json:"corrected"`
}

// FieldChange is a field that a correction changes.
type FieldChange struct {
	Field string `json:"field"`
	Old   string `json:"old"`
	New   string `json:"new"`
}

// BudgetDoubt is a new credit that may be another one, told again.
type BudgetDoubt struct {
	File  string `json:"file"`
	Place string `json:"place"`
	Key   string `json:"key"`
	Like  string `json:"like"`
}

// correctionsShown bounds the corrections listed on a screen; --json gives all.
const correctionsShown = 30

// BudgetImportText tells an import of the budget in a few lines: what is new by
// kind of file, and each correction, old then new.
func BudgetImportText(lang string, labels Labels, c *BudgetChanges) string {
	m := newMessages(lang, labels)
	lines := []string{m.n("budget_import.read", int64(c.Read)) + "."}
	changes := m.n("budget_import.changes", int64(len(c.Changes)))
	switch {
	case len(c.Changes) == 0:
		lines = append(lines, m.t("budget_import.none"))
	case c.DryRun:
		lines = append(lines, m.t("import.dry", changes))
	default:
		lines = append(lines, m.t("import.done", c.Import, changes))
	}
	corrected := 0
	for _, kind := range reconcile.BudgetKinds {
		fresh, corrections, withdrawn := 0, 0, 0
		for i := range c.Changes {
			switch {
			case c.Changes[i].Kind != kind:
			case c.Changes[i].Withdrawn:
				withdrawn++
			case len(c.Changes[i].Fields) > 0:
				corrections++
			default:
				fresh++
			}
		}
		corrected += corrections + withdrawn
		if fresh+corrections+withdrawn > 0 {
			line := "  " + pad(m.t("budget_kind."+string(kind)), 24, false) + m.n("budget_import.new", int64(fresh)) + ", " + m.n("budget_import.corrected", int64(corrections))
			if withdrawn > 0 {
				line += ", " + m.n("budget_import.withdrawn", int64(withdrawn))
			}
			lines = append(lines, line)
		}
	}
	if c.Unchanged > 0 {
		lines = append(lines, m.n("budget_import.unchanged", int64(c.Unchanged)))
	}
	lines = append(lines, m.corrections(c, corrected)...)
	lines = append(lines, m.returns(c)...)
	for i := range c.Doubts {
		d := &c.Doubts[i]
		lines = append(lines, Warn.mark()+m.t("budget_import.doubt", Clean(d.File), Clean(d.Place), Clean(d.Key), Clean(d.Like)))
	}
	for i := range c.Alerts {
		lines = append(lines, alertRole(c.Alerts[i].Code).mark()+m.alertText(&c.Alerts[i]))
	}
	if len(c.Changes) > 0 && !c.DryRun {
		lines = append(lines, m.t("budget_import.next"))
	}
	return strings.Join(lines, "\n")
}

// written is a cell of a file.
func (m *messages) written(text string) string {
	if text == "" {
		return m.t("budget_import.blank")
	}
	return Clean(text)
}

// returns warns of the rows that bring back what had been corrected.
func (m *messages) returns(c *BudgetChanges) (lines []string) {
	if c.Returned == 0 {
		return nil
	}
	lines = append(lines, Warn.mark()+m.n("budget_import.returned", int64(c.Returned)))
	for i := range c.Changes {
		x := &c.Changes[i]
		if x.Returns == nil {
			continue
		}
		if len(lines) > correctionsShown {
			return append(lines, "  "+m.n("budget_import.more_returned", int64(c.Returned-correctionsShown)))
		}
		lines = append(lines, "  "+m.t("budget_import.return", Clean(x.File), Clean(x.Place), Clean(x.Key), m.instant(x.Returns.At), m.instant(x.Returns.Corrected)))
	}
	return lines
}

func (m *messages) corrections(c *BudgetChanges, corrected int) (lines []string) {
	for i := range c.Changes {
		x := &c.Changes[i]
		if len(x.Fields) == 0 {
			continue
		}
		if len(lines) == correctionsShown {
			return append(lines, "  "+m.n("budget_import.more", int64(corrected-correctionsShown)))
		}
		var fields []string
		for _, f := range x.Fields {
			fields = append(fields, m.t("budget_import.field", f.Field, m.written(f.Old), m.written(f.New)))
		}
		if x.Withdrawn {
			fields = []string{m.t("budget_import.withdrawal")}
		}
		lines = append(lines, "  "+m.t("budget_import.correction", Clean(x.File), Clean(x.Place), Clean(x.Key), strings.Join(fields, ", ")))
	}
	return lines
}

// WriteBudget prints where the budget stands, on one screen.
func WriteBudget(w io.Writer, lang string, labels Labels, f *reconcile.BudgetFigures) error {
	m := newMessages(lang, labels)
	title := m.t("budget_show.title", f.Year, m.month(f.Through))
	if f.Run > 0 {
		title += " · " + m.t("budget_show.run", f.Run)
	}
	if f.Import > 0 {
		title += " · " + m.t("budget_show.import", f.Import)
	}
	lines := []string{title, strings.Repeat("─", screenWidth)}
	lines = append(lines, m.budgetProgrammes(f)...)
	if e := &f.Effect; len(f.Executed) > 0 {
		lines = append(lines, "", m.t("budget_show.effect", m.delta(e.Delta), m.delta(e.Lasting), m.delta(e.OneOff), m.delta(e.FullYear)),
			m.t("budget_show.tolerated", m.delta(f.Tolerated.Delta), m.delta(f.Tolerated.Yearly), m.money(f.Tolerated.CentPerAgent)))
	}
	if f.Project != nil {
		lines = append(append(lines, ""), m.budgetProject(f.Project)...)
	}
	if f.Value != nil {
		lines = append(append(lines, ""), m.budgetValue(f.Value)...)
	}
	if f.Import == 0 {
		lines = append(lines, "", m.t("budget_checks.nothing"))
	}
	lines = append(lines, "")
	if len(f.Alerts) == 0 {
		lines = append(lines, Good.mark()+m.t("alert.none"))
	}
	for i := range f.Alerts {
		lines = append(lines, shorten(alertRole(f.Alerts[i].Code).mark()+m.alertText(&f.Alerts[i]), screenWidth))
	}
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	_, err := io.WriteString(w, strings.Join(lines, "\n")+"\n")
	return err
}

// budgetRow is a row of six columns: a name, four amounts, jobs.
func budgetRow(name string, cells ...string) string {
	row := pad(name, 12, false)
	for _, c := range cells {
		row += " " + pad(c, 20, true)
	}
	return row
}

// budgetProgrammes prints money, then jobs: together they would not fit.
func (m *messages) budgetProgrammes(f *reconcile.BudgetFigures) []string {
	all := append(append([]reconcile.ProgrammeBudget{}, f.Programmes...), f.Total)
	name := func(i int) string {
		switch {
		case i == len(all)-1:
			return m.t("scope.ministry")
		case all[i].Programme == "":
			return m.t("programme.none")
		}
		return Clean(all[i].Programme)
	}
	lines := []string{budgetRow(m.t("budget_show.programme"), m.t("budget_show.executed"), m.t("budget_show.landing"), m.t("budget_show.credits"), m.t("budget_show.margin"))}
	for i := range all {
		p := &all[i]
		credits, landing := "–", "–"
		if p.Credits.Told {
			credits = m.money(p.Credits.Available)
		}
		if p.Explained.Told {
			landing = m.money(p.Explained.YearEnd)
		}
		lines = append(lines, budgetRow(name(i), m.money(p.Executed), landing, credits, m.known(p.Explained.Margin)))
	}
	lines = append(lines, "", budgetRow(m.t("budget_show.jobs"), m.t("budget_show.executed"), m.t("budget_show.landing"), m.t("budget_show.ceiling"), m.t("budget_show.margin")))
	for i := range all {
		j := &all[i].Jobs
		lines = append(lines, budgetRow(name(i), m.jobs(j.Executed), m.knownJobs(j.Explained), m.knownJobs(j.Ceiling), m.knownJobs(j.Margin)))
	}
	if n := len(f.Estimated); n > 0 && len(f.Executed) > 0 {
		lines = append(lines, m.n("budget_show.estimated", int64(n)))
	}
	return lines
}

// known prints an amount that may be absent, with its sign.
func (m *messages) known(a reconcile.OptAmount) string {
	if !a.Set {
		return "–"
	}
	return m.delta(a.Amount)
}

func (m *messages) knownJobs(j reconcile.OptJobs) string {
	if !j.Set {
		return "–"
	}
	return m.jobs(j.Jobs)
}

func (m *messages) budgetProject(p *reconcile.ProjectBudget) []string {
	t := &p.Total
	return []string{
		budgetRow(m.t("budget_show.project"), m.t("budget_show.opened"), m.t("budget_show.used"), m.t("budget_show.left"), m.t("budget_show.expected")),
		budgetRow("AE", m.money(t.AE), m.money(t.Committed), m.delta(t.LeftAE), m.money(t.ExpectedAE)),
		budgetRow("CP", m.money(t.CP), m.money(t.Paid), m.delta(t.LeftCP), m.money(t.ExpectedCP)),
		m.t("budget_show.to_pay", m.money(t.ToPay), m.money(t.Completion)),
	}
}

func (m *messages) budgetValue(v *reconcile.ProjectValue) []string {
	r := &v.Retained
	lines := []string{m.t("budget_show.value", m.money(r.Gains), m.money(r.Costs), m.delta(r.Present), m.rateText(v.Rate), v.BaseYear)}
	payback := m.t("budget_show.no_payback")
	if r.Payback > 0 {
		payback = m.t("budget_show.payback", r.Payback)
	}
	switch {
	case r.TestYear == 0:
		return append(lines, payback)
	case !r.TestTold:
		return append(lines, payback, Warn.mark()+m.t("value.beyond", r.TestYear))
	}
	mark := Bad.mark()
	if r.TestPassed {
		mark = Good.mark()
	}
	return append(lines, payback, mark+m.t("budget_show.test", r.TestYear, m.money(r.TestGains), m.money(r.TestCosts)))
}
