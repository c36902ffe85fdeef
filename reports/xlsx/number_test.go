package xlsx

import (
	"strconv"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"bascule/reconcile"
)

func TestEveryAmountSurvivesExcel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cents := rapid.Int64Range(-999_999_999_999_999, 999_999_999_999_999).Draw(t, "cents")
		f, err := number(cents, 2)
		if err != nil {
			t.Fatal(err)
		}
		text := string(appendNumber(nil, cents, 2))
		for _, stored := range []string{text, strconv.FormatFloat(f, 'g', 17, 64), strconv.FormatFloat(f, 'G', 15, 64)} {
			if back, err := amountOf(stored); err != nil || back != reconcile.Amount(cents) {
				t.Fatalf("%d becomes %s, then %v %v", cents, stored, back, err)
			}
		}
	})
}

func TestANumberIsTheNearestFloatAndIsStoredAsItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(-999_999_999_999_999, 999_999_999_999_999).Draw(t, "n")
		for decimals := range tenTo {
			exact := decimal.New(n, -int32(decimals))
			nearest, _ := exact.Float64()
			f, err := number(n, decimals)
			if err != nil || f != nearest {
				t.Fatalf("%v becomes %v, the nearest is %v: %v", exact, f, nearest, err)
			}
			want := strconv.FormatFloat(nearest, 'f', -1, 64) // what excelize writes
			if got := string(appendNumber(nil, n, decimals)); got != want {
				t.Fatalf("%v is said to be stored as %s, and is as %s", exact, got, want)
			}
		}
	})
}

func TestWhatExcelWouldRoundIsRefused(t *testing.T) {
	for _, cents := range []int64{1_000_000_000_000_000, -1_000_000_000_000_000, -1_234_567_890_123_456, 1<<63 - 1, -1 << 63} {
		if f, err := number(cents, 2); err == nil {
			t.Errorf("%d became %v", cents, f)
		}
	}
}

func TestRatiosAreRoundedDown(t *testing.T) {
	for _, c := range []struct {
		n, of, want int64
		reason      string
	}{
		{1, 3, 3333, "a third"}, {999_999, 1_000_000, 9999, "nearly all is not all"}, {7, 7, 10_000, "all"},
		{900_000_000_000_000, 1_000_000_000_000_000, 9000, "sums of centimes do not overflow"},
	} {
		if got := ratio(c.n, c.of); got != c.want {
			t.Errorf("%s: %d, wanted %d", c.reason, got, c.want)
		}
	}
}
