package sqlite

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"bascule/reconcile"
)

func TestLinesAreReadBackAsWritten(t *testing.T) {
	fixed := rapid.OneOf(rapid.Just(reconcile.NoFixed), rapid.Map(rapid.Int64Range(-1e17, 1e17), func(v int64) reconcile.Fixed { return reconcile.Fixed(v) }))
	one := rapid.Custom(func(t *rapid.T) reconcile.PayLine {
		return reconcile.PayLine{
			Code:   reconcile.Code(rapid.String().Draw(t, "code")),
			Sense:  rapid.SampledFrom(reconcile.Senses[:]).Draw(t, "sense"),
			Amount: reconcile.Amount(rapid.Int64Range(-1e15, 1e15).Draw(t, "cents")),
			Origin: december - reconcile.Period(rapid.IntRange(0, 2).Draw(t, "months")),
			Base:   fixed.Draw(t, "base"),
			Rate:   fixed.Draw(t, "rate"),
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOfN(one, 0, 5).Draw(t, "lines")
		text := string(appendLines(nil, want, december))
		got, err := parseLines(nil, text, december)
		if err != nil || !slices.Equal(got, want) {
			t.Fatalf("%s\ngives %v, %v\nwanted %v", text, got, err, want)
		}
	})
}

func TestTamperedLinesAreRefused(t *testing.T) {
	cases := []struct{ reason, text string }{
		{"nothing", ""},
		{"not an array", "{}"},
		{"cut", `[["A","P",1]`},
		{"cut in a code", `[["A`},
		{"something follows", `[["A","P",1]]x`},
		{"an unknown sense", `[["A","X",1]]`},
		{"an amount that is no integer", `[["A","P",1.5]]`},
		{"an amount beyond int64", `[["A","P",99999999999999999999]]`},
		{"an impossible origin", `[["A","P",1,"2013-13"]]`},
		{"a rate of seven decimals", `[["A","P",1,null,null,"1.1234567"]]`},
		{"an empty rate", `[["A","P",1,null,null,""]]`},
		{"a seventh column", `[["A","P",1,null,null,"1",2]]`},
		{"no amount", `[["A","P"]]`},
	}
	for _, c := range cases {
		if got, err := parseLines(nil, c.text, december); err == nil {
			t.Errorf("%s: %q is read as %v", c.reason, c.text, got)
		}
	}
}

func FuzzParseLines(f *testing.F) {
	f.Add(`[["101000","P",216235,null,"25948.1545","8.76"],["X\"é","D",-5,"2013-10"]]`)
	f.Add(`[]`)
	f.Fuzz(func(t *testing.T, text string) {
		lines, err := parseLines(nil, text, december)
		if err != nil {
			return
		}
		again, err := parseLines(nil, string(appendLines(nil, lines, december)), december)
		if err != nil || !slices.Equal(lines, again) {
			t.Fatalf("%q is read as %v, then as %v, %v", text, lines, again, err)
		}
	})
}
