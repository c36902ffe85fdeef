package reports

import "bascule/reconcile"

const signatureColumns = 5

// signatureSheet is the page that is printed and signed by hand. It names the
// run, its seal and the opinion: the paper and the database answer for each other.
// Where the waves are too many for one page, no page cuts what is to be signed.
func (v *avisView) signatureSheet() *Sheet {
	lines := v.head(v.m.t("signatures.title", v.m.month(v.Run.Period)), v.m.t("signatures.purpose"))
	lines = append(lines, v.opinionBanner(signatureColumns), Line{})
	fact := func(key string, c Cell) Line { return Line{Cells: []Cell{T(v.m.t(key)).As(Strong), c}} }
	lines = append(lines,
		fact("signatures.run", T(v.m.t("signatures.run_of", v.Run.ID, v.m.month(v.Run.Period), v.m.instant(v.Run.StartedAt)))),
		fact("checks.inputs", H(v.Run.Inputs)),
		fact("signatures.gates", H(v.Run.GatesHash)))
	lines = append(lines, v.sealLines()...)
	lines = append(lines, Line{}, heading(v.m.t("avis.waves")))
	for _, name := range v.avis.Waves {
		w := v.waveRow(name)
		label := T(w.Label).As(Body)
		label.Wrap = true
		cells := []Cell{T(v.m.wave(name)).As(Body), label, M(w.Cutover).As(Body), v.opinionCell(v.summary().Opinions[name])}
		lines = append(lines, Line{Cells: cells})
	}
	if len(v.avis.Waves) == 0 {
		lines = append(lines, Line{Cells: []Cell{T(v.m.t("avis.no_wave"))}})
	}
	if n := int64(len(v.avis.Loosenings)); n > 0 {
		lines = append(lines, Line{}, Line{Cells: []Cell{T(Warn.mark() + v.m.n("avis.loosened", n)).To(v.names.gates)}})
	}
	onePage := len(v.avis.Waves) <= barometerWaves // more would print too small to be read and signed
	visas := heading(v.m.t("signatures.heading"))
	visas.Block = !onePage
	lines = append(lines, Line{}, visas,
		Line{Cells: headers(signatureColumns, v.m.t("signatures.quality"), v.m.t("signatures.name"), v.m.t("signatures.date"), v.m.t("signatures.position"), v.m.t("signatures.visa")), Height: 2})
	for _, who := range []string{v.m.t("signatures.pilot"), v.m.t("signatures.hr"), v.m.t("signatures.accountant"), v.m.t("signatures.controller")} {
		cells := make([]Cell, signatureColumns)
		for i := range cells {
			cells[i].Role = Input
		}
		cells[0] = T(who).As(Body)
		cells[0].Wrap = true
		lines = append(lines, Line{Cells: cells, Height: 4})
	}
	lines = append(lines, Line{}, heading(v.m.t("signatures.reserves")))
	for range 3 {
		cells := make([]Cell, signatureColumns)
		for i := range cells {
			cells[i].Role = Input
		}
		lines = append(lines, Line{Cells: cells, Height: 2})
	}
	return &Sheet{Name: v.names.signatures, Tab: opinionRole(v.summary().OpinionOn(reconcile.WholeMinistry)), Widths: []int{38, 46, 16, 30, 36}, Lines: lines, OnePage: onePage}
}
