package reconcile

import "testing"

func TestTheStateOfANIRIsToldByItsFiguresAndItsKey(t *testing.T) {
	cases := []struct {
		nir, key string
		want     NIRState
		reason   string
	}{
		{"2550814168025", "38", NIRValid, "the example printed in public notices: 2550814168025 mod 97 = 59, 97 − 59 = 38"},
		{"1730975108042", "37", NIRValid, "1730975108042 mod 97 = 60, 97 − 60 = 37"},
		{"255081416802538", "", NIRValid, "the key may follow in the same field"},
		{"153032A004001", "65", NIRValid, "2A counts as 19: 1530319004001 mod 97 = 32, 97 − 32 = 65"},
		{"153032B004001", "92", NIRValid, "2B counts as 18: 1530318004001 mod 97 = 5, 97 − 5 = 92"},
		{"153032b004001", "92", NIRValid, "a small letter is the same département"},
		{"1690549588157", "33", NIRValid, "1690549588157 mod 97 = 64, 97 − 64 = 33"},
		{"1732075108042", "71", NIRWrongKey, "a month of 20 is one of an incomplete civil record, but the key is another's"},
		{"2550814168025", "83", NIRWrongKey, "figures of the key exchanged"},
		{"2550814168052", "38", NIRWrongKey, "figures of the number exchanged"},
		{"2550814168025", "8", NIRWrongKey, "a key of one figure"},
		{"2550814168025", "3X", NIRWrongKey, "a key that is no number"},
		{"2550814168025", "", NIRKeyAbsent, "no key proves it, none denies it"},
		{"7730975108042", "28", NIRProvisional, "first digit 7, whatever the key"},
		{"8730975108042", "00", NIRProvisional, "first digit 8"},
		{"3730075108042", "", NIRProvisional, "first digit 3, the month yet unknown"},
		{"4730975108042", "", NIRProvisional, "first digit 4"},
		{"5730975108042", "", NIRMalformed, "no sex is 5"},
		{"0730975108042", "", NIRMalformed, "no sex is 0"},
		{"9730975108042", "", NIRMalformed, "no sex is 9"},
		{"1731375108042", "", NIRMalformed, "no month is 13"},
		{"1730075108042", "", NIRMalformed, "no month is 00"},
		{"1734575108042", "", NIRMalformed, "no month is 45"},
		{"173097510804", "", NIRMalformed, "cut: twelve characters"},
		{"17309751080423", "", NIRMalformed, "fourteen characters"},
		{"1 73 09 75 108 042", "", NIRMalformed, "spaced out"},
		{"1A30975108042", "", NIRMalformed, "Corsica's letter out of place"},
		{"M00000000001", "", NIRMalformed, "another kind of number, which identifies as it is written"},
		{"1M1", "", NIRMalformed, "another kind of number, that starts with a figure"},
		{"173O975108042", "", NIRMalformed, "a letter typed for a zero: both systems may share the slip"},
		{"1", "", NIRMalformed, "short, and maybe a true number elsewhere"},
		{"0000000000000", "", NIRMasked, "all zeros"},
		{"0000000000000", "97", NIRMasked, "all zeros, with the key that goes with them"},
		{"9999999999999", "", NIRMasked, "all nines"},
		{"XXXXXXXXXXXXX", "XX", NIRMasked, "all X"},
		{"1XXXXXXXXXXXX", "", NIRMasked, "the sex alone is left"},
		{"17309XXXXXXXX", "37", NIRMasked, "the date is left"},
		{"173097510804X", "", NIRMasked, "one figure is hidden"},
		{"*************", "", NIRMasked, "stars"},
		{"1730975******", "", NIRMasked, "stars after the département"},
		{"15105Z", "", NIRMasked, "as real XHL files write it"},
		{"-------------", "", NIRMasked, "one sign repeated"},
		{"", "37", NIRAbsent, "a key without a number proves nothing"},
	}
	for _, c := range cases {
		a := Agent{NIR: c.nir, NIRKey: c.key, Matricule: "M1"}
		if got := a.NIRState(); got != c.want {
			t.Errorf("%s %s: got %v, wanted %v: %s", c.nir, c.key, got, c.want, c.reason)
		}
		_, identifies := KeyOf(&a, []IdentityField{IdentityNIR})
		if want := c.want != NIRMasked && c.want != NIRAbsent; identifies != want {
			t.Errorf("%s: makes a key: %v, wanted %v: %s", c.nir, identifies, want, c.reason)
		}
	}
}

func TestCheckingANIRAllocatesNothing(t *testing.T) {
	if n := testing.AllocsPerRun(100, func() { CheckNIR("153032A004001", "65"); CheckNIR("15105Z", "") }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkCheckNIR(b *testing.B) {
	for b.Loop() {
		CheckNIR("2550814168025", "38")
	}
}
