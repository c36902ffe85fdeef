package reconcile

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"
)

func TestParseAmountReadsWhatPeopleWrite(t *testing.T) {
	cases := []struct {
		reason, text string
		want         Amount
		err          error
	}{
		{"a decimal comma", "1234,56", 123456, nil},
		{"a decimal point", "1234.56", 123456, nil},
		{"spaces of thousands: plain, no-break, narrow", "1 234\u00a0567\u202f890,12", 123456789012, nil},
		{"one decimal is tenths", "184.4", 18440, nil},
		{"no decimal is euros", "580", 58000, nil},
		{"a leading minus", "-12,30", -1230, nil},
		{"a trailing minus", "12,30-", -1230, nil},
		{"a trailing plus", "12,30+", 1230, nil},
		{"a zero whole part may be left out", ",05", 5, nil},
		{"zeros beyond the centime are harmless", "1,230000", 123, nil},
		{"a fraction of a centime is refused, not rounded", "1,234", 0, ErrAmountPrecision},
		{"nothing is not zero", "", 0, ErrAmountEmpty},
		{"blanks are not zero", " \u00a0", 0, ErrAmountEmpty},
		{"letters are not zero", "12a,00", 0, ErrAmountSyntax},
		{"a sign alone", "-", 0, ErrAmountSyntax},
		{"two signs", "--1", 0, ErrAmountSyntax},
		{"two decimal marks", "1,234.56", 0, ErrAmountSyntax},
		{"a mark without decimals", "12,", 0, ErrAmountSyntax},
		{"an exponent", "1e3", 0, ErrAmountSyntax},
		{"an amount beyond belief", "10000000000000,01", 0, ErrAmountRange},
		{"an amount that would overflow", "99999999999999999999999", 0, ErrAmountRange},
	}
	for _, c := range cases {
		got, err := ParseAmount(c.text)
		if got != c.want || !errors.Is(err, c.err) {
			t.Errorf("%s: %q gives %v, %v; wanted %v, %v", c.reason, c.text, got, err, c.want, c.err)
		}
	}
}

func TestAmountsAreReadBackAsWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := Amount(rapid.Int64Range(-int64(maxAmount), int64(maxAmount)).Draw(t, "cents"))
		if got, err := ParseAmount(a.String()); got != a || err != nil {
			t.Fatalf("%d printed %q read %d, %v", a, a, got, err)
		}
		if got, err := ParseAmount(strings.Replace(a.String(), ".", ",", 1)); got != a || err != nil {
			t.Fatalf("%d with a comma read %d, %v", a, got, err)
		}
		if !a.Decimal().Equal(decimal.RequireFromString(a.String())) {
			t.Fatalf("%d is %v as a decimal", a, a.Decimal())
		}
		text, err := json.Marshal(a)
		var back Amount
		if err != nil || json.Unmarshal(text, &back) != nil || back != a {
			t.Fatalf("%d as JSON %s read %d, %v", a, text, back, err)
		}
	})
}

func FuzzParseAmount(f *testing.F) {
	for _, s := range []string{"1 234,56", "-12.5", "1234,56-", "", "-", "1e9", "9999999999999999999", "\u00a0", "1,2.3", "٣"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := ParseAmount(s)
		if err != nil {
			if a != 0 {
				t.Fatalf("%q is refused with %v and gives %v", s, err, a)
			}
			return
		}
		plain := strings.Map(dropSpaces, strings.TrimSpace(strings.ReplaceAll(s, ",", ".")))
		if last := len(plain) - 1; plain[last] == '-' || plain[last] == '+' {
			plain = plain[last:] + plain[:last]
		}
		want, err := decimal.NewFromString(strings.TrimPrefix(strings.TrimSpace(plain), "+"))
		if err != nil || !want.Shift(2).Equal(decimal.NewFromInt(int64(a))) {
			t.Fatalf("%q gives %v, an independent reading %v (%v)", s, a, want, err)
		}
	})
}

func TestRoundFollowsItsRule(t *testing.T) {
	// IM 467 at the point of 2010-07 to 2016-06 (DOMAIN 4.1): 25,948.1545 € a year.
	twelfth := decimal.RequireFromString("25948.1545").DivRound(decimal.NewFromInt(12), 12)
	cases := []struct {
		reason string
		euros  decimal.Decimal
		rule   Rounding
		want   Amount
	}{
		{"the worked example, half up", twelfth, HalfUp, 216235},
		{"the worked example, truncated", twelfth, Truncate, 216234},
		{"a half goes up", decimal.RequireFromString("0.005"), HalfUp, 1},
		{"a negative half goes away from zero", decimal.RequireFromString("-0.005"), HalfUp, -1},
		{"truncation goes towards zero", decimal.RequireFromString("-0.019"), Truncate, -1},
	}
	for _, c := range cases {
		if got := Round(c.euros, c.rule); got != c.want {
			t.Errorf("%s: got %v, wanted %v", c.reason, got, c.want)
		}
	}
}

func TestPeriodsAreMonthsThatExist(t *testing.T) {
	for text, want := range map[string]string{"2013-12": "2013-12", "2013-01": "2013-01", "2013-00": "", "2013-13": "", "13-12": "", "2013/12": "", "1949-12": "", "20x3-12": "", "": ""} {
		p, err := ParsePeriod(text)
		if p.String() != want || (err == nil) != (want != "") {
			t.Errorf("%q gives %q, %v; wanted %q", text, p, err, want)
		}
	}
	if p, err := ParsePeriodCompact("201312"); err != nil || p != december {
		t.Errorf("201312 gives %v, %v", p, err)
	}
	if p, err := ParsePeriodCompact("201313"); err == nil {
		t.Errorf("201313 gives %v", p)
	}
	if string(december.Append(nil)) != "2013-12" || november.Within(december, 0) || !december.Within(0, december) {
		t.Error("a month is not printed or bounded right")
	}
}

func TestFixedKeepsSixDecimals(t *testing.T) {
	cases := map[Fixed]string{NoFixed: "", 0: "0", 74_280_000: "74.28", -8_760_000: "-8.76", 1: "0.000001", 100_000_000: "100"}
	for f, want := range cases {
		if got := f.String(); got != want {
			t.Errorf("%d prints %q, wanted %q", f, got, want)
		}
	}
}
