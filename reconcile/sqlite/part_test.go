package sqlite

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bascule/reconcile"
)

// TestPartsShareARunOut: each discrepancy is in one part, and what is read of a
// part is of nobody else.
func TestPartsShareARunOut(t *testing.T) {
	d := openStore(t)
	services := []string{"DDSP-13", "", "x' OR '1'='1", "DDSP-13 ", "préf;075"}
	var rows []reconcile.Discrepancy
	for i := range 40 {
		r := root(fmt.Sprintf("%02x", i), "=-10", reconcile.Amount(-10-i))
		r.Key, r.Service, r.Wave, r.Programme, r.BOP = fmt.Sprintf("k%02d", i), services[i%5], fmt.Sprintf("V%d", i%2), "176", ""
		if i%8 == 7 {
			r.Kind, r.Cause = reconcile.MissingInONP, reconcile.CauseTacitRenewal
		}
		derived := under(&r, r.Fingerprint+"x", 1)
		derived.Service, derived.Wave, derived.Programme = r.Service, r.Wave, r.Programme
		rows = append(rows, derived, r)
	}
	gathered(t, d, rows...) // another run, whose rows are nobody's here
	run := gathered(t, d, rows...)
	for _, c := range []struct {
		axis string
		want []string
	}{
		{"service", []string{"", "DDSP-13", "DDSP-13 ", "préf;075", "x' OR '1'='1"}}, {"wave", []string{"V0", "V1"}}, {"programme", []string{"176"}}, {"bop", []string{""}},
	} {
		parts, err := d.Parts(background, run, c.axis)
		if err != nil {
			t.Fatal(err)
		}
		var values []string
		var total measured
		for _, p := range parts {
			values = append(values, p.Value)
			m := measure(t, d, run, p)
			total.add(&m)
		}
		if diff := cmp.Diff(c.want, values); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", c.axis, diff)
		}
		if whole := measure(t, d, run, Part{}); total != whole || whole.Rows != 80 {
			t.Errorf("%s: the parts make %+v, the whole %+v", c.axis, total, whole)
		}
	}
	var input *reconcile.InputError
	if _, err := d.Parts(background, run, "name"); !errors.As(err, &input) {
		t.Errorf("an axis that is none: %v", err)
	}
}

// measured is what each list of a part adds up to.
type measured struct {
	Rows, Missing, OfCauses, OfByCause, OfClusters, Agents int64
	Net, CausesNet, ClustersNet                            reconcile.Amount
}

func (m *measured) add(o *measured) {
	m.Rows, m.Missing, m.OfCauses, m.OfByCause, m.OfClusters, m.Agents = m.Rows+o.Rows, m.Missing+o.Missing, m.OfCauses+o.OfCauses, m.OfByCause+o.OfByCause, m.OfClusters+o.OfClusters, m.Agents+o.Agents
	m.Net, m.CausesNet, m.ClustersNet = m.Net+o.Net, m.CausesNet+o.CausesNet, m.ClustersNet+o.ClustersNet
}

func measure(t *testing.T, d *DB, run int, p Part) (m measured) {
	t.Helper()
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	agents := map[string]bool{}
	for x, err := range d.Discrepancies(background, run, p) {
		must(err)
		if p.Axis != "" && x.Along(p.Axis) != p.Value {
			t.Errorf("%s %q holds a row of %q", p.Axis, p.Value, x.Along(p.Axis))
		}
		agents[x.Key] = true
		m.Rows, m.Net = m.Rows+1, m.Net+x.DeltaNet
	}
	m.Agents = int64(len(agents))
	for x, err := range d.Missing(background, run, p) {
		must(err)
		if p.Axis != "" && x.Along(p.Axis) != p.Value {
			t.Errorf("%s %q holds a missing payslip of %q", p.Axis, p.Value, x.Along(p.Axis))
		}
		m.Missing++
	}
	causes, err := d.Causes(background, run, p)
	must(err)
	for i := range causes {
		m.OfCauses, m.CausesNet = m.OfCauses+causes[i].Count, m.CausesNet+causes[i].DeltaNet
	}
	byCause, err := d.ByCause(background, run, p)
	must(err)
	for i := range byCause {
		m.OfByCause += byCause[i].Count
	}
	clusters, err := d.Clusters(background, run, p, 100)
	must(err)
	for i := range clusters {
		c := &clusters[i]
		m.OfClusters, m.ClustersNet = m.OfClusters+c.Count, m.ClustersNet+c.DeltaNet
		if p.Axis != "" && c.Example.Along(p.Axis) != p.Value {
			t.Errorf("%s %q shows an example of %q", p.Axis, p.Value, c.Example.Along(p.Axis))
		}
		if p.Axis == "service" && (c.Services.Count > 1 || len(c.Services.First) > 0 && c.Services.First[0] != p.Value) {
			t.Errorf("service %q shows others: %+v", p.Value, c.Services)
		}
	}
	return m
}
