package sqlite

import (
	"errors"
	"fmt"
	"reflect"
	"testing"

	"bascule/reconcile"
)

// Every field of a discrepancy has a value of its own, of signs that a text of
// columns might be cut at.
func TestADiscrepancyIsReadAsItWasRecorded(t *testing.T) {
	d := openStore(t)
	var want reconcile.Discrepancy
	n := int64(0)
	var fill func(v reflect.Value)
	fill = func(v reflect.Value) {
		n++
		switch v.Kind() {
		case reflect.String:
			v.SetString(fmt.Sprintf("%d,:\x1f\x00é|'\"", n))
		case reflect.Int, reflect.Int32, reflect.Int64:
			v.SetInt(-n)
		case reflect.Struct:
			for i := range v.NumField() {
				if v.Type().Field(i).IsExported() {
					fill(v.Field(i))
				}
			}
		}
	}
	fill(reflect.ValueOf(&want).Elem())
	want.Side, want.Sense, want.Origin = reconcile.ONP, reconcile.ToDeduct, december
	want.Evidence = []reconcile.Fact{{Name: reconcile.FactText, Value: "a,b:\"c\"\x1f"}}
	run, _ := record(t, d, "2026-01-01", want)
	want.Evolution, want.FirstSeen, want.AgeDays = reconcile.EvolutionNew, "2026-01-01", 0
	got, err := collect(d.Discrepancies(background, run.ID, Part{}))
	if err != nil || len(got) != 1 || !reflect.DeepEqual(*got[0], want) {
		t.Errorf("%v\ngot    %+v\nwanted %+v", err, got, want)
	}
	if _, err := d.write.Exec(`UPDATE discrepancy SET name = CAST(x'ff00' AS TEXT)`); err != nil {
		t.Fatal(err)
	}
	if got, err := collect(d.Discrepancies(background, run.ID, Part{})); err != nil || got[0].Name != "\xff\x00" {
		t.Errorf("bytes that are no letters: %+v, %v", got, err)
	}
}

func TestAPackedRowThatIsNoneIsRefused(t *testing.T) {
	for _, c := range [][2]string{{"", ""}, {"1", "x"}, {"1,2", "x"}, {"1,-1", ""}, {"x,1", "y"}, {"1,1,1", "y"}, {"1,1", "yz"}} {
		u := unpacker{heads: c[0], texts: c[1]}
		u.number()
		u.text()
		if err := u.end(); !errors.Is(err, errPacked) {
			t.Errorf("%q %q: %v", c[0], c[1], err)
		}
	}
	u := unpacker{heads: "-7,1", texts: "é"[:1]}
	if n, s := u.number(), u.text(); n != -7 || s != "é"[:1] || u.end() != nil {
		t.Error("a good one is refused", n, s)
	}
}
