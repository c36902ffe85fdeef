package reports

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"bascule/reconcile"
)

// WriteMetrics writes a run's figures and measures for a supervisor, in the text
// format of Prometheus. No figure is of one person. Amounts are in euros, shares
// between 0 and 1; the whole ministry is the wave "*", no wave is "".
func WriteMetrics(w io.Writer, run *reconcile.Run, measures []reconcile.Measure) error {
	s := &run.Summary
	var b strings.Builder
	gauge := func(name, help string, samples ...string) {
		fmt.Fprintf(&b, "# HELP bascule_%s %s\n# TYPE bascule_%s gauge\n", name, help, name)
		for _, sample := range samples {
			fmt.Fprintf(&b, "bascule_%s%s\n", name, sample)
		}
	}
	labelled := func(label, value string, figure any) string { return fmt.Sprintf("{%s=%q} %v", label, value, figure) }
	gauge("run", "Number of the last run.", fmt.Sprintf("{period=%q} %d", run.Period, run.ID))
	if at, err := time.Parse(time.RFC3339, run.StartedAt); err == nil {
		gauge("run_timestamp_seconds", "When the last run started.", fmt.Sprintf(" %d", at.Unix()))
	}
	var payslips, lines, rejected []string
	for _, side := range reconcile.Sides {
		of := s.Side(side)
		payslips = append(payslips, labelled("side", side.String(), of.Payslips))
		lines = append(lines, labelled("side", side.String(), of.Lines))
		rejected = append(rejected, labelled("side", side.String(), of.Rejected))
	}
	gauge("payslips", "Payslips read, per side.", payslips...)
	gauge("lines", "Pay lines read, per side.", lines...)
	gauge("rejected", "Records rejected, per side.", rejected...)
	p := s.Payslips
	gauge("payslips_verdict", "Payslips, per verdict.", labelled("verdict", "identical", p.Identical), labelled("verdict", "tolerated", p.Tolerated),
		labelled("verdict", "differing", p.Differing), labelled("verdict", "missing_in_onp", p.MissingInONP), labelled("verdict", "missing_in_legacy", p.MissingInLegacy))
	d := s.Discrepancies
	gauge("discrepancies", "Discrepancies, per state.", labelled("state", "open", d.Open), labelled("state", "justified", d.Justified), labelled("state", "tolerated", d.Tolerated))
	var kinds []string
	for _, k := range reconcile.Kinds {
		kinds = append(kinds, labelled("kind", string(k), d.ByKind[k]))
	}
	gauge("discrepancies_kind", "Discrepancies, per kind.", kinds...)
	gauge("delta_euros", "Sum of the gaps, ONP minus legacy.", labelled("on", "net", d.Delta), labelled("on", "information", d.DeltaInformation))
	gauge("absolute_euros", "Sum of the gaps without their signs.", fmt.Sprintf(" %v", d.Absolute))
	gauge("seconds", "Duration of each stage.", labelled("stage", "load", s.Seconds.Load), labelled("stage", "compare", s.Seconds.Compare), labelled("stage", "report", s.Seconds.Report))
	for _, metric := range reconcile.Metrics {
		var samples []string
		for i := range measures {
			if m := &measures[i]; m.Metric == metric && m.Of > 0 {
				samples = append(samples, labelled("wave", m.Wave, metric.Decimal(m.Figure())))
			}
		}
		if len(samples) > 0 {
			gauge("gate_"+string(metric), gateHelp(metric), samples...)
		}
	}
	if s.Opinion != "" {
		samples := []string{labelled("wave", reconcile.WholeMinistry, opinionRank(s.Opinion))}
		for _, wave := range slices.Sorted(maps.Keys(s.Opinions)) {
			samples = append(samples, labelled("wave", wave, opinionRank(s.Opinions[wave])))
		}
		gauge("opinion", "Opinion on the switchover: 2 favourable, 1 with reservations, 0 unfavourable.", samples...)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func gateHelp(m reconcile.Metric) string {
	return newMessages("en", Labels{}).t("metric." + string(m) + ".note")
}

// opinionRank is higher the better the opinion.
func opinionRank(o reconcile.Opinion) int {
	return len(reconcile.Opinions) - 1 - slices.Index(reconcile.Opinions, o)
}
