package reports

import (
	_ "embed"
	"html/template"
	"io"
	"slices"
	"strings"

	"bascule/reconcile"
)

//go:embed barometer.html
var barometerHTML string

// barometerTemplate escapes whatever it is given, each value for where it stands.
var barometerTemplate = template.Must(template.New("barometer").Parse(barometerHTML))

// page is the barometer for those who do not open workbooks: texts only, for
// barometer.html to lay out.
type page struct {
	Lang, Title, Identity, Privacy string

	Verdict    pageText
	Reasons    []string
	Sections   []pageSection
	RunHeading string
	RunFacts   []pageFact
}

// pageText is a text and the class that shows how grave it is.
type pageText struct{ Text, Class string }

type pageSection struct {
	ID, Heading string
	Notes       []pageText
	Figures     []pageFact
	Chart       *pageChart // nil for none
	Tables      []pageTable
}

type pageFact struct {
	Label, Value string
	Digest       bool
}

// WriteBarometer writes the barometer as one page of HTML, without script and
// without anything from elsewhere. It names nobody, by no key, and gives no measure
// of a wave of a few payslips.
func WriteBarometer(w io.Writer, d *AvisData) error {
	v := newAvisView(d)
	v.public = true
	return barometerTemplate.Execute(w, v.page())
}

func (v *avisView) page() *page {
	verdict, role := v.m.opinionText(v.summary(), reconcile.WholeMinistry)
	p := &page{
		Lang:       v.m.lang(),
		Title:      v.m.t("avis.title", v.m.month(v.Run.Period)),
		Identity:   v.identity(),
		Privacy:    v.m.t("page.privacy", fewest),
		Verdict:    pageText{role.mark() + verdict, pageClass(role)},
		Sections:   []pageSection{v.figureSection(), v.newsSection(), v.trendSection(), v.bridgeSection(), v.criteriaSection(), v.targetSection(), v.closingSection()},
		RunHeading: v.m.t("page.run"),
		RunFacts:   v.runFacts(),
	}
	for _, line := range v.reasonLines() {
		p.Reasons = append(p.Reasons, strings.TrimSpace(line.Cells[0].Text))
	}
	return p
}

// pageClass is the class of the style sheet that shows a role.
func pageClass(r Role) string {
	switch r {
	case Good:
		return "good"
	case Warn:
		return "warn"
	case Bad:
		return "bad"
	case Total:
		return "total"
	case Muted, Faint:
		return "muted"
	}
	return ""
}

func (v *avisView) figureSection() pageSection {
	p, d := v.summary().Payslips, v.summary().Discrepancies
	return pageSection{ID: "figures", Heading: v.m.t("page.figures"), Figures: []pageFact{
		{Label: v.m.t("payslips.concordance"), Value: v.concordance()},
		{Label: v.m.t("page.payslips"), Value: v.m.count(allPayslips(&p))},
		{Label: v.m.t("page.differing"), Value: v.m.count(p.Differing)},
		{Label: v.m.t("payslips.missing_in_onp"), Value: v.m.count(p.MissingInONP)},
		{Label: v.m.t("payslips.missing_in_legacy"), Value: v.m.count(p.MissingInLegacy)},
		{Label: v.m.t("page.open"), Value: v.m.t("page.of", v.m.count(d.Open), v.m.count(d.Total))},
		{Label: v.m.t("word.net_effect"), Value: v.m.delta(d.Delta)},
		{Label: v.m.t("gaps.information"), Value: v.m.delta(d.DeltaInformation)},
		{Label: v.m.t("gaps.absolute"), Value: v.m.money(d.Absolute)},
	}}
}

// newsSection tells what moved since the run before, and who has to act.
func (v *avisView) newsSection() pageSection {
	return pageSection{ID: "news", Heading: v.m.t("page.news"), Notes: []pageText{{Text: v.evolutionText()}},
		Tables: append(v.tablesOf(v.ownerBlock()), v.tablesOf(v.ageBlock())...)}
}

func (v *avisView) trendSection() pageSection {
	return pageSection{ID: "trend", Heading: v.m.t("page.trend"), Chart: v.trendChart(), Tables: v.tablesOf(v.runBlock())}
}

// bridgeSection leads from one payroll's nets to the other's, cause by cause as
// the Synthèse does, and shows that nothing remains.
func (v *avisView) bridgeSection() pageSection {
	steps := v.causeSteps()
	lines, note := v.bridgeBlock(steps), v.m.t("page.bridge.open")
	const employer = 2 // column of the block: the page is about nets, and narrow
	for i := range lines[1:] {
		lines[1+i].Cells = slices.Delete(lines[1+i].Cells, employer, employer+1)
	}
	if difference, known := v.netDifference(); known {
		remainder := difference
		for i := range steps {
			remainder -= steps[i].net
		}
		if remainder == 0 {
			note = v.m.t("page.bridge.note")
		}
		lines = append(lines, Line{Cells: []Cell{T(v.m.t("page.difference")), {}, D(difference)}}, Line{Cells: asTotal([]Cell{T(v.m.t("page.remainder")), {}, D(remainder)})})
	}
	return pageSection{ID: "bridge", Heading: v.m.t("page.bridge"), Notes: []pageText{{note, "soft"}}, Chart: v.stepChart(steps), Tables: v.tablesOf(lines)}
}

// netDifference is that of the nets of both sides, as the closing proved it.
func (v *avisView) netDifference() (reconcile.Amount, bool) {
	for _, c := range v.summary().Closing.Checks {
		if c.Name == "identity" && c.Scope == "net" {
			return c.Right, true
		}
	}
	return 0, false
}

// criteriaSection crosses the waves and the criteria, then gives the opinion on
// each wave.
func (v *avisView) criteriaSection() pageSection {
	s := pageSection{ID: "criteria", Heading: v.m.t("page.criteria")}
	if len(v.avis.Waves) == 0 {
		s.Notes = append(s.Notes, pageText{Text: v.m.t("avis.no_wave")})
	}
	if len(v.summary().Gates) == 0 {
		s.Notes = append(s.Notes, pageText{Text: v.m.t("gates.none")})
	} else {
		s.Tables = []pageTable{v.criteriaTable()}
	}
	if len(v.avis.Waves) > 0 {
		s.Tables = append(s.Tables, v.tablesOf(v.waveBlock())...)
	}
	return s
}

// criteriaTable has a row for each wave and a column for each criterion: verdict,
// value and successive runs, each on its line.
func (v *avisView) criteriaTable() pageTable {
	t := pageTable{Caption: v.m.t("page.criteria.table"), Head: []pageCell{{Text: v.m.t("avis.wave")}}}
	var ids []string
	for i := range v.summary().Gates {
		if r := &v.summary().Gates[i]; !slices.Contains(ids, r.ID) {
			ids = append(ids, r.ID)
			t.Head = append(t.Head, pageCell{Text: v.m.gateName(&r.Gate) + " " + v.m.threshold(&r.Gate)})
		}
	}
	t.Head = append(t.Head, pageCell{Text: v.m.t("avis.opinion")})
	for _, wave := range append(slices.Clone(v.avis.Waves), reconcile.WholeMinistry) {
		row := make([]pageCell, len(t.Head))
		row[0] = pageCell{Text: v.m.wave(wave), Row: true}
		for i := range ids {
			row[i+1] = pageCell{Text: v.m.t("page.unjudged"), Class: "muted"}
		}
		for i := range v.summary().Gates {
			if r := &v.summary().Gates[i]; r.Wave == wave {
				verdict, role := v.m.gateVerdict(r)
				row[slices.Index(ids, r.ID)+1] = pageCell{Text: strings.Join([]string{verdict, v.gateValue(r), v.m.gateHeld(r)}, "\n"), Class: "lines " + pageClass(role)}
			}
		}
		opinion := v.opinionCell(v.summary().OpinionOn(wave))
		row[len(row)-1] = pageCell{Text: opinion.Text, Class: pageClass(opinion.Role)}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func (v *avisView) targetSection() pageSection {
	return pageSection{ID: "targets", Heading: v.m.t("page.targets"), Tables: v.tablesOf(v.targetBlock())}
}

// closingSection says whether the run closes, by how many equalities.
func (v *avisView) closingSection() pageSection {
	c, checks := v.closing(), v.summary().Closing.Checks
	return pageSection{ID: "closing", Heading: v.m.t("page.closing"), Notes: []pageText{
		{c.Text, strings.TrimSpace("note " + pageClass(c.Role))},
		{Text: v.m.t("page.checks", v.m.count(int64(len(checks)-falseChecks(checks))), v.m.count(int64(len(checks))))},
	}}
}

// runFacts identify the run: what is on paper can be held against the database.
func (v *avisView) runFacts() []pageFact {
	facts := []pageFact{{Label: v.m.t("signatures.run"), Value: v.m.t("signatures.run_of", v.Run.ID, v.m.month(v.Run.Period), v.m.instant(v.Run.StartedAt))}}
	for _, f := range []pageFact{{Label: v.m.t("checks.inputs"), Value: v.Run.Inputs}, {Label: v.m.t("signatures.gates"), Value: v.Run.GatesHash},
		{Label: v.m.t("checks.config"), Value: v.Run.ConfigHash}, {Label: v.m.t("checks.tables"), Value: v.Run.TablesHash}, {Label: v.m.t("avis.seal"), Value: v.avis.Seal}} {
		if f.Value != "" {
			f.Digest = true
			facts = append(facts, f)
		}
	}
	return facts
}
