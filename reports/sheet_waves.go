package reports

import (
	"strings"

	"bascule/reconcile"
)

// waveSheet gives a row to each wave, then to the whole: what was measured, the
// opinion and its reasons.
func (v *avisView) waveSheet() *Sheet {
	opinion := v.titled("opinion", Text, 33)
	opinion.Rules = v.opinionRules()
	return &Sheet{
		Name:  v.names.waves,
		Tab:   Muted,
		Lines: v.head(v.m.t("waves.title", v.m.month(v.Run.Period)), v.m.t("waves.purpose")),
		Table: &Table{
			Name: v.m.t("table.waves"),
			Columns: []Column{
				v.titled("wave", Text, 12), v.titledLong("wave_label", 34), v.titled("cutover", Month, 10), opinion, v.titledLong("reasons", 64),
				v.titled("payslips", Count, 11), v.titled("rate_payslips", Percent, 15), v.titled("rate_lines", Percent, 15), v.titled("rate_amount", Percent, 15),
				v.titled("gap_share", Percent, 12), v.titled("explained_share", Percent, 13), v.titled("open_roots", Count, 11), v.titled("missing_payslips", Count, 11),
				v.titled("unmapped_codes", Count, 13), v.titled("max_net_gap", Money, 18),
			},
			Frozen: 1,
			Empty:  v.m.t("avis.no_wave"),
			Rows:   slice(append(append([]string{}, v.avis.Waves...), reconcile.WholeMinistry), v.waveCells),
		},
	}
}

func (v *avisView) waveCells(name *string) []Cell {
	w := v.waveRow(*name)
	return []Cell{
		T(v.m.wave(*name)), T(w.Label), M(w.Cutover), T(v.opinionCell(v.summary().OpinionOn(*name)).Text), v.m.prose(v.reasons(*name)),
		N(v.measure(*name, reconcile.MetricConcordancePayslips).Of),
		v.measureCell(*name, reconcile.MetricConcordancePayslips), v.measureCell(*name, reconcile.MetricConcordanceLines), v.measureCell(*name, reconcile.MetricConcordanceAmount),
		v.measureCell(*name, reconcile.MetricAbsoluteDeltaShare), v.measureCell(*name, reconcile.MetricExplainedShare), v.measureCell(*name, reconcile.MetricOpenRoots),
		v.measureCell(*name, reconcile.MetricMissingPayslips), v.measureCell(*name, reconcile.MetricUnmappedCodes), v.measureCell(*name, reconcile.MetricMaxNetGap),
	}
}

// reasons say why the opinion on a wave is what it is. The whole, which every
// criterion weighs on, counts them.
func (v *avisView) reasons(wave string) string {
	text, _ := v.m.opinionText(v.summary(), wave)
	if wave == reconcile.WholeMinistry {
		return text
	}
	var parts []string
	for i := range v.summary().Gates {
		r := &v.summary().Gates[i]
		if r.OK || !r.Judges(wave) {
			continue
		}
		_, role := v.m.gateVerdict(r)
		parts = append(parts, strings.TrimSuffix(role.mark(), " ")+noBreak+v.m.gateReason(r))
	}
	if len(parts) == 0 {
		return text
	}
	return strings.Join(parts, " · ")
}
