package reports

import (
	"slices"

	"bascule/reconcile"
)

// AvisData is what the opinion is made from: a run that its gates judged, and
// what there is to tell of all runs before it.
type AvisData struct {
	Run    *reconcile.Run
	Tables *reconcile.Tables
	Labels Labels
	Lang   string // "fr" or "en"

	Seal       string                // of the run, in the chain of runs; blank where there is none
	Waves      []string              // judged, in the order of vagues.csv; NoWave last
	Measures   []reconcile.Measure   // of the run
	Loosenings []reconcile.Loosening // ever, the first first
	Owners     []reconcile.OwnerTotal
	RootAges   [len(reconcile.AgeBounds) + 1]int64 // open roots by age
	Ageing     []reconcile.AgeTotal                // what may have been paid wrongly
	Decisions  []reconcile.DecisionTotal
	ByCause    []reconcile.CauseTotal // of all gaps of the run
	History    []AvisRun              // every run up to this one, oldest first
}

// AvisRun is a run in the history of an opinion.
type AvisRun struct {
	RunPoint
	Compares   Labels
	Systems    bool // both systems are compared: otherwise it says nothing of the switchover
	Lines      reconcile.Figure
	Amount     reconcile.Figure
	Justified  int64
	Inputs     string // digest
	Opinion    reconcile.Opinion
	Seal       string
	AgainOf    int // the run before it that had the same inputs, 0 for none
	Loosenings int
}

// Avis is the workbook of the opinion (CONTRACT 6): Baromètre, Vagues, Critères,
// Historique, Signatures.
func Avis(d *AvisData) *Workbook {
	v := newAvisView(d)
	return v.document(v.m.t("avis.title", v.m.month(v.Run.Period)), v.m.t("avis.subject", v.Run.ID), v.m.t("avis.keywords"),
		v.barometerSheet(), v.waveSheet(), v.gateSheet(), v.historySheet(), v.signatureSheet())
}

// avisView is AvisData with what its sheets share.
type avisView struct {
	*view
	avis   *AvisData
	names  avisNames
	public bool // for who may not know what one person is paid
}

type avisNames struct{ barometer, waves, gates, history, signatures string }

func newAvisView(d *AvisData) *avisView {
	v := &avisView{avis: d, view: newView(&Data{Run: d.Run, Tables: d.Tables, Labels: d.Labels, Lang: d.Lang, ByCause: d.ByCause})}
	v.names = avisNames{v.m.t("sheet.barometer"), v.m.t("sheet.waves"), v.m.t("sheet.gates"), v.m.t("sheet.history"), v.m.t("sheet.signatures")}
	for i := range d.History {
		if d.History[i].Systems {
			v.view.History = append(v.view.History, d.History[i].RunPoint)
		}
	}
	return v
}

// head is the top of each sheet but the first.
func (v *avisView) head(title, purpose string) []Line {
	lines := v.view.head(title, purpose)
	lines[3].Cells = []Cell{T("← " + v.names.barometer).To(v.names.barometer)}
	return lines
}

// opinionBanner is the opinion on the whole in a coloured line.
func (v *avisView) opinionBanner(columns int) Line {
	text, role := v.m.opinionText(v.summary(), reconcile.WholeMinistry)
	return Line{Cells: banner(role.mark()+text, role, columns), Height: 2}
}

// sealLines give the seal of the run, where it has one.
func (v *avisView) sealLines() []Line {
	if v.avis.Seal == "" {
		return nil
	}
	return []Line{{Cells: []Cell{T(v.m.t("avis.seal")).As(Strong), H(v.avis.Seal)}}}
}

func (v *avisView) measure(wave string, metric reconcile.Metric) reconcile.Figure {
	for i := range v.avis.Measures {
		if m := &v.avis.Measures[i]; m.Wave == wave && m.Metric == metric {
			return m.Figure()
		}
	}
	return reconcile.Figure{}
}

// measureCell shows a measure: of nothing, it is blank. A share of gaps is rounded
// up: none is not a few.
func (v *avisView) measureCell(wave string, metric reconcile.Metric) Cell {
	f := v.measure(wave, metric)
	switch {
	case f.Of == 0:
		return Cell{}
	case v.hides(wave, metric):
		return T(v.m.t("page.few", fewest)).As(Muted)
	case metric == reconcile.MetricAbsoluteDeltaShare:
		const places, whole = 2, 10_000
		return R(percent(f, places, true).Shift(places).IntPart(), whole)
	case metric.Share():
		return R(f.Value, f.Of)
	case metric.Money():
		return A(reconcile.Amount(f.Value))
	}
	return N(f.Value)
}

// fewest is the least number of payslips whose measures the public sees: under it,
// a figure is nearly that of one person, whom colleagues know.
const fewest = 5

// hides tells whether a measure is kept from the public: that of a few payslips,
// and the greatest gap of the whole, which may be theirs, for others would tell it.
func (v *avisView) hides(wave string, metric reconcile.Metric) bool {
	few := func(wave string) bool {
		of := v.measure(wave, reconcile.MetricConcordancePayslips).Of
		return of > 0 && of < fewest
	}
	return v.public && (few(wave) || wave == reconcile.WholeMinistry && metric.Money() && slices.ContainsFunc(v.avis.Waves, few))
}

// gateValue is what a criterion measured, as its reader may know it.
func (v *avisView) gateValue(r *reconcile.GateResult) string {
	if v.hides(r.Wave, r.Metric) {
		return v.m.t("page.few", fewest)
	}
	return v.m.gateValue(r)
}

// waveRow finds the row of vagues.csv that names a wave.
func (v *avisView) waveRow(name string) reconcile.Wave {
	if v.Tables == nil {
		return reconcile.Wave{Name: name}
	}
	i := slices.IndexFunc(v.Tables.Waves, func(w reconcile.Wave) bool { return w.Name == name })
	if i < 0 {
		return reconcile.Wave{Name: name}
	}
	return v.Tables.Waves[i]
}

// opinionCell is an opinion with its mark and colour.
func (v *avisView) opinionCell(o reconcile.Opinion) Cell {
	if o == "" {
		return Cell{}
	}
	role := opinionRole(o)
	return T(role.mark() + v.m.opinion(o)).As(role)
}

func (v *avisView) opinionRules() []Rule {
	var rules []Rule
	for _, o := range reconcile.Opinions {
		rules = append(rules, Rule{v.opinionCell(o).Text, opinionRole(o)})
	}
	return rules
}
