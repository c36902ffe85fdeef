package reconcile

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

const (
	martin      = "1730975108042"
	durand      = "2800175056012"
	provisional = "7730975108042"
)

// paid is a payslip of one line, under the key that the reader would give it.
func paid(m *ministry, side Side, nir, dossier, matricule, accountant string, cents Amount, load int64) *Payslip {
	p := agentOf("176", nir, matricule, line(Code("LO"[side:side+1]+"PAY"), ToPay, cents))
	p.Agent.Dossier, p.Agent.Accountant, p.Load = dossier, accountant, load
	m.rekey(p)
	m.payslips[side] = append(m.payslips[side], p)
	return p
}

func TestNobodyIsLostOrDoubledByHisIdentity(t *testing.T) {
	cases := []struct {
		reason string
		build  func(*ministry)
		want   []string
	}{
		{"a key that fails on one side puts that side at fault", func(m *ministry) {
			paid(m, Legacy, martin, "01", "M1", "075", 100, 1).Agent.NIRKey = "37"
			paid(m, ONP, "1730975108024", "01", "M1", "075", 100, 1).Agent.NIRKey = "37"
		}, []string{"1730975108042/01 identity nir_key onp"}},
		{"a key that fails on both sides accuses none", func(m *ministry) {
			paid(m, Legacy, "1730975108048", "01", "M1", "075", 100, 1).Agent.NIRKey = "37"
			paid(m, ONP, "1730975108024", "01", "M1", "075", 100, 1).Agent.NIRKey = "37"
		}, []string{"1730975108048/01 identity nir_key unknown"}},
		{"a provisional number is stronger evidence than a wrong key", func(m *ministry) {
			paid(m, Legacy, provisional, "01", "M1", "075", 100, 1)
			paid(m, ONP, martin, "01", "M1", "075", 100, 1).Agent.NIRKey = "37"
		}, []string{"7730975108042/01 identity provisional_nir legacy"}},
		{"a wrong key under the same number is no discrepancy", func(m *ministry) {
			paid(m, Legacy, martin, "01", "M1", "075", 100, 1).Agent.NIRKey = "37"
			paid(m, ONP, martin, "01", "M1", "075", 100, 1).Agent.NIRKey = "38"
		}, nil},
		{"masked numbers do not make one of several agents", func(m *ministry) {
			paid(m, Legacy, "XXXXXXXXXXXXX", "01", "M1", "075", 100, 1)
			paid(m, Legacy, "XXXXXXXXXXXXX", "01", "M2", "075", 200, 1)
			paid(m, ONP, martin, "01", "M1", "075", 100, 1)
			paid(m, ONP, durand, "01", "M2", "075", 200, 1)
		}, []string{"?M1/01 identity masked_nir unknown", "?M2/01 identity masked_nir unknown"}},
		{"the same provisional number on both sides, for two persons", func(m *ministry) {
			for _, side := range Sides {
				paid(m, side, provisional, "01", "M1", "075", 100, 1)
				paid(m, side, provisional, "01", "M2", "075", 200+Amount(side), 1)
			}
		}, []string{"7730975108042/01/?M1 identity shared_nir both", "7730975108042/01/?M2 identity shared_nir both", "7730975108042/01/?M2 amount compared_line unknown"}},
		{"parts of two persons under one provisional number, mixed in a flat file", func(m *ministry) {
			for _, matricule := range []string{"M1", "M2", "M1", "", "M2"} {
				paid(m, Legacy, provisional, "01", matricule, "075", 100, 1).Whole = false
			}
			paid(m, ONP, martin, "01", "M1", "075", 200, 1)
			paid(m, ONP, durand, "01", "M2", "075", 200, 1)
		}, []string{"7730975108042/01/?M1 identity shared_nir legacy", "7730975108042/01/?M2 identity shared_nir legacy",
			"7730975108042/01 identity shared_nir legacy", "7730975108042/01 missing_in_onp missing_payslip unknown"}},
		{"a double of one of two persons who share a number is set aside", func(m *ministry) {
			paid(m, Legacy, provisional, "01", "M1", "075", 100, 1)
			paid(m, Legacy, provisional, "01", "M2", "075", 200, 1)
			paid(m, Legacy, provisional, "01", "M2", "075", 200, 2)
			paid(m, ONP, martin, "01", "M1", "075", 100, 1)
			paid(m, ONP, durand, "01", "M2", "075", 200, 1)
		}, []string{"7730975108042/01/?M1 identity shared_nir legacy", "7730975108042/01/?M2 identity doubled_in_files legacy",
			"7730975108042/01/?M2 identity shared_nir legacy"}},
		{"a true number that more matricules share than one person has posts", func(m *ministry) {
			for i := range 5 {
				paid(m, Legacy, martin, "01", fmt.Sprint("M", i), "075", 100, 1)
				paid(m, ONP, nirs[i][:12]+"9", "01", fmt.Sprint("M", i), "075", 100, 1)
			}
		}, []string{"1730975108042/01/?M0 identity shared_nir legacy", "1730975108042/01/?M1 identity shared_nir legacy",
			"1730975108042/01/?M2 identity shared_nir legacy", "1730975108042/01/?M3 identity shared_nir legacy", "1730975108042/01/?M4 identity shared_nir legacy"}},
		{"a dossier that changed with the accountant", func(m *ministry) {
			paid(m, Legacy, martin, "01", "M1", "075", 100, 1)
			paid(m, ONP, martin, "02", "M1", "038", 100, 1)
		}, []string{"1730975108042/01 identity other_dossier 01→02 accountant", "1730975108042/01 budget imputation_field unknown"}},
		{"a dossier that changed, found by the matricule alone", func(m *ministry) {
			paid(m, Legacy, martin, "01", "M1", "075", 100, 1)
			paid(m, ONP, provisional, "02", "M1", "075", 100, 1)
		}, []string{"1730975108042/01 identity other_dossier 01→02 identity"}},
		{"a second dossier that one side lacks is a plain missing", func(m *ministry) {
			paid(m, Legacy, martin, "01", "M1", "075", 100, 1)
			paid(m, Legacy, martin, "02", "M1", "075", 50, 1)
			paid(m, ONP, martin, "01", "M1", "075", 100, 1)
		}, []string{"1730975108042/02 missing_in_onp missing_payslip unknown"}},
		{"two dossiers against another one are not chosen between", func(m *ministry) {
			paid(m, Legacy, martin, "01", "M1", "075", 100, 1)
			paid(m, Legacy, martin, "02", "M1", "075", 50, 1)
			paid(m, ONP, martin, "03", "M1", "075", 100, 1)
		}, []string{"1730975108042/01 identity ambiguous 2: M1/01, M1/02→1: M1/03 identity", "1730975108042/01 missing_in_onp missing_payslip unknown",
			"1730975108042/02 identity ambiguous 2: M1/01, M1/02→1: M1/03 identity", "1730975108042/02 missing_in_onp missing_payslip unknown",
			"1730975108042/03 identity ambiguous 2: M1/01, M1/02→1: M1/03 identity", "1730975108042/03 missing_in_legacy missing_payslip unknown"}},
		{"a provisional number does not find another matricule", func(m *ministry) {
			paid(m, Legacy, provisional, "01", "M1", "075", 100, 1)
			paid(m, ONP, provisional, "02", "M2", "075", 100, 1)
		}, []string{"7730975108042/01 missing_in_onp missing_payslip unknown", "7730975108042/02 missing_in_legacy missing_payslip unknown"}},
		{"the crosswalk beats the fallback", func(m *ministry) {
			m.terms.Tables.Crosswalk = []CrosswalkRow{{martin + "/01", durand + "/01", "jugement"}}
			paid(m, Legacy, martin, "01", "M1", "075", 100, 1)
			paid(m, ONP, durand, "01", "M9", "075", 100, 1)
			paid(m, ONP, "1690549588157", "01", "M1", "075", 70, 1)
		}, []string{"1730975108042/01 identity crosswalk unknown", "1690549588157/01 missing_in_legacy missing_payslip unknown"}},
		{"parts that two accountants pay are added up", func(m *ministry) {
			paid(m, Legacy, martin, "01", "M1", "075", 60, 1)
			paid(m, Legacy, martin, "01", "M1", "038", 40, 2)
			paid(m, ONP, martin, "01", "M1", "038", 100, 1)
		}, []string{"1730975108042/01 identity split_accountants 038 + 075→ accountant", "1730975108042/01 budget imputation_field unknown"}},
		{"parts in one file as well", func(m *ministry) {
			paid(m, Legacy, martin, "01", "M1", "075", 60, 1)
			paid(m, Legacy, martin, "01", "M1", "038", 40, 1)
			paid(m, ONP, martin, "01", "M1", "038", 100, 1)
		}, []string{"1730975108042/01 identity split_accountants 038 + 075→ accountant", "1730975108042/01 budget imputation_field unknown"}},
		{"both sides part it alike: nothing differs", func(m *ministry) {
			for _, side := range Sides {
				paid(m, side, martin, "01", "M1", "075", 60, 1)
				paid(m, side, martin, "01", "M1", "038", 40, 2)
			}
		}, nil},
		{"a part delivered twice is set aside once", func(m *ministry) {
			paid(m, Legacy, martin, "01", "M1", "075", 60, 1)
			paid(m, Legacy, martin, "01", "M1", "038", 40, 2)
			paid(m, Legacy, martin, "01", "M1", "038", 40, 3)
			paid(m, ONP, martin, "01", "M1", "038", 100, 1)
		}, []string{"1730975108042/01 identity split_accountants 038 + 075→ accountant", "1730975108042/01 identity doubled_in_files legacy",
			"1730975108042/01 budget imputation_field unknown"}},
		{"the same lines under two accountants may be a double delivery", func(m *ministry) {
			paid(m, Legacy, martin, "01", "M1", "075", 100, 1)
			paid(m, Legacy, martin, "01", "M1", "038", 100, 2)
			paid(m, ONP, martin, "01", "M1", "075", 100, 1)
		}, []string{"1730975108042/01 identity doubled_in_files_accountants legacy"}},
		{"two posts of one person in two files are added up", func(m *ministry) {
			paid(m, Legacy, martin, "", "M1", "075", 60, 1)
			paid(m, Legacy, martin, "", "M2", "075", 40, 2)
			paid(m, ONP, martin, "", "M1", "075", 100, 1)
		}, []string{"1730975108042/ identity conflicting_matricules legacy"}},
		{"an accountant left blank parts nothing", func(m *ministry) {
			paid(m, Legacy, martin, "01", "M1", "075", 60, 1)
			paid(m, Legacy, martin, "01", "M1", "", 40, 2)
			paid(m, ONP, martin, "01", "M1", "075", 60, 1)
		}, []string{"1730975108042/01 identity doubled_in_files legacy"}},
		{"a parted payslip is found by the fallback whole", func(m *ministry) {
			paid(m, Legacy, martin, "01", "M1", "075", 60, 1)
			paid(m, Legacy, martin, "01", "M1", "038", 40, 2)
			paid(m, ONP, provisional, "01", "M1", "038", 100, 1)
		}, []string{"1730975108042/01 identity split_accountants 038 + 075→ accountant", "1730975108042/01 identity provisional_nir onp",
			"1730975108042/01 budget imputation_field unknown"}},
	}
	for _, c := range cases {
		m := newMinistry()
		c.build(m)
		var got []string
		for _, d := range m.run(t).rows {
			s := fmt.Sprintf("%s %s %s ", d.Key, d.Kind, d.Rule)
			if d.Kind == IdentityDoubt && d.LegacyText+d.ONPText != "" {
				s += fmt.Sprintf("%s→%s %s", d.LegacyText, d.ONPText, d.Cause)
			} else {
				s += string(d.AtFault)
			}
			got = append(got, s)
		}
		slices.Sort(got)
		want := slices.Sorted(slices.Values(c.want))
		equal(t, c.reason, got, want)
	}
}

func TestPartsOfTwoAccountantsAreNoFurtherFileAside(t *testing.T) {
	m := newMinistry()
	paid(m, Legacy, martin, "01", "M1", "075", 60, 1)
	paid(m, Legacy, martin, "01", "M1", "038", 40, 2)
	paid(m, Legacy, martin, "01", "M1", "038", 40, 3)
	paid(m, ONP, martin, "01", "M1", "038", 100, 1)
	s := m.run(t).tally.Sides[Legacy]
	if s.Payslips != 2 || s.Duplicates != 1 || s.SetAside.ToPay != 40 || s.Agents != 1 {
		t.Errorf("got %+v, wanted two payslips of one agent and one aside, of 0.40", s)
	}
}

func TestCandidatesAreListedInOrderUpToFive(t *testing.T) {
	m := newMinistry()
	paid(m, Legacy, martin, "01", "M1", "075", 100, 1)
	for _, dossier := range []string{"17", "12", "16", "11", "15", "13"} {
		paid(m, ONP, martin, dossier, "M1", "075", 100, 1)
	}
	for _, d := range m.run(t).rows {
		if want := "6: M1/11, M1/12, M1/13, M1/15, M1/16, …"; d.ONPText != want {
			t.Fatalf("%s lists %q, wanted %q", brief(d), d.ONPText, want)
		}
	}
}

func TestAKeyThatAGreatManyShareIsPassedOnAsItComes(t *testing.T) {
	const many = 20000
	read, passed := 0, 0
	rows := func(yield func(*Payslip, error) bool) {
		for ; read < many; read++ {
			if read > passed+2 {
				t.Fatalf("%d payslips of one key are held", read-passed)
			}
			p := agentOf("176", provisional, fmt.Sprint("M", read))
			if !yield(p, nil) {
				return
			}
		}
	}
	for g, err := range Assemble(rows) {
		if err != nil || !g.Shared || len(g.Payslip.Rows) > 0 {
			t.Fatalf("group %d: %+v, %v", passed, g, err)
		}
		passed++
	}
	if passed != many {
		t.Errorf("%d groups of %d persons", passed, many)
	}
}

func TestNIRsAreCountedByState(t *testing.T) {
	m := newMinistry()
	for i, nir := range []string{martin, provisional, "12", "15105Z", durand} {
		paid(m, Legacy, nir, "01", fmt.Sprint("M", i), "075", 100, 1).Agent.NIRKey = strings.Repeat("37", (5-i)/5)
	}
	paid(m, ONP, durand, "01", "M4", "075", 100, 1).Agent.NIRKey = "37"
	r := Run{}
	r.Summarise(m.run(t).tally, Closing{})
	if want := (NIRSummary{Valid: 1, KeyAbsent: 1, Provisional: 1, Malformed: 1, Masked: 1}); r.Summary.Legacy.NIR != want {
		t.Errorf("got %+v, wanted %+v", r.Summary.Legacy.NIR, want)
	}
	if want := (NIRSummary{WrongKey: 1}); r.Summary.ONP.NIR != want {
		t.Errorf("got %+v, wanted %+v", r.Summary.ONP.NIR, want)
	}
}
