package sqlite

import (
	"fmt"
	"slices"
	"testing"

	"bascule/reconcile"
)

// keyedBy is a file that holds one payslip under each key, of one line.
func keyedBy(keys map[string]reconcile.Amount) *memorySource {
	return &memorySource{payslips: func(yield func(*reconcile.Payslip) error) error {
		for i, key := range sortedKeys(keys) {
			p := &reconcile.Payslip{Key: key, Line: i + 2, Whole: true, Lines: []reconcile.PayLine{{Code: "A", Sense: 'P', Amount: keys[key], Origin: december, Base: reconcile.NoFixed, Rate: reconcile.NoFixed}}}
			p.Sums = reconcile.SumLines(p.Lines)
			if err := yield(p); err != nil {
				return err
			}
		}
		return nil
	}}
}

func sortedKeys(m map[string]reconcile.Amount) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func TestChangedTellsThePayslipsThatAreNoLongerTheSame(t *testing.T) {
	d := openStore(t)
	base := map[string]reconcile.Amount{"1/01": 100, "2/01": 200, "3/01": 300, "4/01": 400}
	former := mustLoad(t, d, SamePaths, job(reconcile.ONP, "o", "1", keyedBy(base)))
	cases := []struct {
		name string
		now  *memorySource
		want []string
	}{
		{"the same, elsewhere in the file", keyedBy(map[string]reconcile.Amount{"0/01": 1, "1/01": 100, "2/01": 200, "3/01": 300, "4/01": 400}), []string{"0/01"}},
		{"another amount", keyedBy(map[string]reconcile.Amount{"1/01": 100, "2/01": 201, "3/01": 300, "4/01": 400}), []string{"2/01"}},
		{"one gone", keyedBy(map[string]reconcile.Amount{"1/01": 100, "3/01": 300, "4/01": 400}), []string{"2/01"}},
		{"two exchanged", keyedBy(map[string]reconcile.Amount{"1/01": 100, "2/01": 300, "3/01": 200, "4/01": 400}), []string{"2/01", "3/01"}},
	}
	for i, c := range cases {
		now := mustLoad(t, d, SamePaths, job(reconcile.ONP, "o", fmt.Sprint(i+2), c.now))
		got, err := d.Changed(background, former, now)
		slices.Sort(got)
		if got = slices.Compact(got); err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, %v; wanted %q", c.name, got, err, c.want)
		}
	}
	twice := keyedBy(base)
	once := twice.payslips
	twice.payslips = func(yield func(*reconcile.Payslip) error) error {
		if err := once(yield); err != nil {
			return err
		}
		return keyedBy(map[string]reconcile.Amount{"3/01": 300}).payslips(yield)
	}
	now := mustLoad(t, d, SamePaths, job(reconcile.ONP, "o", "99", twice))
	if got, err := d.Changed(background, former, now); err != nil || !slices.Equal(got, []string{"3/01"}) {
		t.Errorf("one delivered twice, alike: %q, %v", got, err)
	}
}

// A payslip stored before digests were is the same as no other.
func TestChangedTrustsNoPayslipWithoutDigest(t *testing.T) {
	d := openStore(t)
	former := mustLoad(t, d, SamePaths, job(reconcile.ONP, "o", "1", keyedBy(map[string]reconcile.Amount{"1/01": 100})))
	now := mustLoad(t, d, SamePaths, job(reconcile.ONP, "o", "2", keyedBy(map[string]reconcile.Amount{"1/01": 200})))
	if _, err := d.write.Exec("UPDATE payslip SET digest = ''"); err != nil {
		t.Fatal(err)
	}
	if got, err := d.Changed(background, former, now); err != nil || len(got) == 0 {
		t.Errorf("%q, %v", got, err)
	}
}

func TestKeysOfPersonsAreTheirsAlone(t *testing.T) {
	d := openStore(t)
	loads := mustLoad(t, d, SamePaths, job(reconcile.Legacy, "l", "1", keyedBy(map[string]reconcile.Amount{"12/01": 1, "12/02": 2, "12": 3, "123/01": 4, "12-A/01": 5, "12.5": 6, "é/1": 7, "13/01": 8, "a%2Fb/01": 9})),
		job(reconcile.ONP, "o", "1", keyedBy(map[string]reconcile.Amount{"12/03": 1, "12/01": 2, "é/2": 3})))
	got, err := d.KeysOfPersons(background, loads, []string{"12", "é", "absent"})
	want := []string{"12", "12/01", "12/02", "12/03", "é/1", "é/2"}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%q, %v; wanted %q", got, err, want)
	}
	var read []string
	for p, err := range d.PayslipsUnder(background, loads[:1], got) {
		if err != nil {
			t.Fatal(err)
		}
		read = append(read, p.Key)
	}
	if want := []string{"12", "12/01", "12/02", "é/1"}; !slices.Equal(read, want) {
		t.Errorf("read %q, wanted %q", read, want)
	}
}

func TestWhatARunKeepsIsReadAgain(t *testing.T) {
	d := openStore(t)
	loads := mustLoad(t, d, SamePaths, job(reconcile.ONP, "o", "1", keyedBy(map[string]reconcile.Amount{"1/01": 100, "2/01": 200})))
	run := recordRun(t, d, loads)
	k, err := d.Kept(background, run.ID)
	if err != nil || k == nil || k.Terms != "t" || string(k.Accounts) != "{}" || !slices.Equal(k.Noted, []int64{2, 7}) {
		t.Errorf("%+v, %v", k, err)
	}
	keys, err := d.KeysOf(background, k.Noted)
	if err != nil || !slices.Equal(keys, []string{"2/01"}) {
		t.Errorf("keys %q, %v", keys, err)
	}
	if k, err := d.Kept(background, run.ID+1); k != nil || err != nil {
		t.Errorf("of a run that is not there: %+v, %v", k, err)
	}
}
