package extract

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"bascule/reconcile"
)

// TestAmountsKeepTheirCentimes: whatever way a file writes an amount, reading
// it gives back the same number of centimes.
func TestAmountsKeepTheirCentimes(t *testing.T) {
	comma := format{implied: explicit, mark: ','}
	apart := format{implied: 2, signed: true}
	inside := format{implied: 2}
	rapid.Check(t, func(t *rapid.T) {
		cents := rapid.Int64Range(-int64(maxLineAmount), int64(maxLineAmount)).Draw(t, "cents")
		size, sign := cents, "+"
		if cents < 0 {
			size, sign = -cents, "-"
		}
		plainText := fmt.Sprintf("%d,%02d", size/100, size%100)
		separator := rapid.SampledFrom([]string{" ", "\u00a0", "\u202f", "\xA0"}).Draw(t, "separator")
		for _, written := range []struct {
			how   string
			f     format
			text  string
			apart byte
		}{
			{"sign in front", comma, sign + plainText, 0},
			{"sign behind", comma, plainText + sign, 0},
			{"sign behind, after a space", comma, plainText + " " + sign, 0},
			{"grouped", comma, sign + grouping(size/100, separator) + fmt.Sprintf(",%02d", size%100), 0},
			{"useless zeros", comma, sign + "000" + plainText + "000", 0},
			{"implied decimals, sign apart", apart, fmt.Sprintf("%015d", size), sign[0]},
			{"implied decimals, sign in front", inside, sign + fmt.Sprintf("%015d", size), 0},
			{"surrounded by spaces", comma, "  " + sign + plainText + "  ", 0},
		} {
			got, set, err := written.f.scaled([]byte(written.text), written.apart, 2)
			if err != nil || !set || got != cents {
				t.Fatalf("%s: %q reads %d, %v, %v; want %d", written.how, written.text, got, set, err, cents)
			}
		}
	})
}

// grouping writes n with a separator between thousands.
func grouping(n int64, separator string) string {
	s := fmt.Sprint(n)
	var groups []string
	for len(s) > 3 {
		groups = append([]string{s[len(s)-3:]}, groups...)
		s = s[:len(s)-3]
	}
	return strings.Join(append([]string{s}, groups...), separator)
}

// TestBasesKeepTheirMillionths is the same for bases and rates.
func TestBasesKeepTheirMillionths(t *testing.T) {
	f := format{implied: explicit, mark: ','}
	rapid.Check(t, func(t *rapid.T) {
		v := reconcile.Fixed(rapid.Int64Range(-1e17, 1e17).Draw(t, "millionths"))
		text := strings.Replace(v.String(), ".", ",", 1)
		got, set, err := f.scaled([]byte(text), 0, 6)
		if err != nil || !set || reconcile.Fixed(got) != v {
			t.Fatalf("%q reads %d, %v, %v", text, got, set, err)
		}
	})
}

// TestEightDigitsAtOnceReadAsOneByOne compares the fast reading with the plain
// one on any bytes.
func TestEightDigitsAtOnceReadAsOneByOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := rapid.SliceOfN(rapid.SampledFrom([]byte("0123456789 -/:\x00\x80\xB1\xFF")), 1, 18).Draw(t, "bytes")
		if rapid.Bool().Draw(t, "digits only") {
			for i := range b {
				b[i] = '0' + b[i]%10
			}
		}
		var want int64
		wantOK := true
		for _, c := range b {
			wantOK = wantOK && c >= '0' && c <= '9'
			want = want*10 + int64(c-'0')
		}
		got, ok := digits(b)
		if ok != wantOK || ok && got != want {
			t.Fatalf("%q reads %d, %v", b, got, ok)
		}
	})
}

func TestUnreadableNumbersAreNeverGuessed(t *testing.T) {
	comma := format{implied: explicit, mark: ','}
	apart := format{implied: 2, signed: true}
	for _, c := range []struct {
		f      format
		text   string
		sign   byte
		want   error
		reason string
	}{
		{comma, "12A,00", 0, errNumber, "a letter"},
		{comma, "1O,00", 0, errNumber, "the letter O for a zero"},
		{comma, "12.50", 0, errNumber, "the mark of another country"},
		{comma, "1.234,50", 0, errNumber, "two marks"},
		{comma, "1,2,3", 0, errNumber, "two commas"},
		{comma, "12,", 0, errNumber, "a mark without decimals"},
		{comma, ",", 0, errNumber, "a mark alone"},
		{comma, "-", 0, errNumber, "a sign alone"},
		{comma, "--1,00", 0, errNumber, "two signs in front"},
		{comma, "-1,00-", 0, errNumber, "a sign on both ends"},
		{comma, "1-2,00", 0, errNumber, "a sign inside"},
		{comma, "1 23,00", 0, errNumber, "a group of two digits is a typing error, not a thousand"},
		{comma, "1234 567,00", 0, errNumber, "a first group of four"},
		{comma, " 1 234 ,00", 0, errNumber, "a space before the mark"},
		{comma, "1  234,00", 0, errNumber, "two spaces in a row"},
		{comma, "1,005", 0, errPrecision, "a tenth of a centime cannot be kept"},
		{comma, "1e3", 0, errNumber, "an exponent, as spreadsheets write"},
		{comma, "12345678901234567,00", 0, errRange, "nineteen digits in centimes"},
		{comma, "999999999999999999999999999999", 0, errRange, "far beyond an int64"},
		{comma, "99999999999999999999999999999x", 0, errNumber, "far beyond an int64, and a letter"},
		{apart, "00000012A45", '+', errNumber, "a letter among implied decimals"},
		{apart, "    1234567", '+', errNumber, "padded with blanks where zeros are due"},
		{apart, "00000012345", ' ', errSign, "no sign"},
		{apart, "00000012345", 'C', errSign, "a sign that is a letter"},
		{apart, "           ", '-', errSign, "a sign without a number"},
	} {
		if got, set, err := c.f.scaled([]byte(c.text), c.sign, 2); !errors.Is(err, c.want) || set {
			t.Errorf("%q reads %d, %v, %v; want %v: %s", c.text, got, set, err, c.want, c.reason)
		}
	}
}

func TestEitherMarkIsReadUnlessItMayBeThousands(t *testing.T) {
	either := format{implied: explicit, mark: eitherMark}
	for _, c := range []struct {
		text   string
		scale  int
		want   int64
		err    error
		reason string
	}{
		{"1234,56", 2, 123456, nil, "a comma"},
		{"1234.56", 2, 123456, nil, "a point"},
		{"-0.5", 2, -50, nil, "one decimal"},
		{"1 234", 2, 123400, nil, "no mark"},
		{"8.760000", 6, 8760000, nil, "a rate may have more decimals"},
		{"1,230", 2, 0, errPrecision, "a comma of thousands would divide by a thousand"},
		{"1.230", 2, 0, errPrecision, "so would a point"},
		{"1.234,56", 2, 0, errPrecision, "both marks"},
	} {
		got, _, err := either.scaled([]byte(c.text), 0, c.scale)
		if got != c.want || !errors.Is(err, c.err) {
			t.Errorf("%q reads %d, %v; want %d, %v: %s", c.text, got, err, c.want, c.err, c.reason)
		}
	}
}

func TestBlankNumbersAreAbsentNotZero(t *testing.T) {
	for _, c := range []struct {
		f      format
		text   string
		sign   byte
		reason string
	}{
		{format{implied: explicit, mark: ','}, "", 0, "an empty column"},
		{format{implied: explicit, mark: ','}, "   ", 0, "a column of spaces"},
		{format{implied: 2, signed: true}, "           ", ' ', "an all-blank number and its blank sign"},
		{format{implied: 2, signed: true}, "           ", '+', "an all-blank number whose sign was written all the same"},
	} {
		if v, set, err := c.f.scaled([]byte(c.text), c.sign, 2); v != 0 || set || err != nil {
			t.Errorf("%q reads %d, %v, %v: %s", c.text, v, set, err, c.reason)
		}
	}
}

func TestMonthsAndDatesMustExist(t *testing.T) {
	for _, c := range []struct {
		form, text, month, date string
		reason                  string
	}{
		{"AAAAMM", "201312", "2013-12", "", "as PSOP writes it"},
		{"AAAA-MM", "2013-02", "2013-02", "", "as SI-Paye writes it"},
		{"MM/AAAA", "02/2013", "2013-02", "", "as a French screen writes it"},
		{"AAAAMMJJ", "20131215", "2013-12", "2013-12-15", "the month of a date"},
		{"AAAA-MM-JJ", "2012-02-29", "2012-02", "2012-02-29", "a leap year"},
		{"JJ/MM/AAAA", "31/12/2013", "2013-12", "2013-12-31", "a French date"},
		{"AAAAMM", "201313", "", "", "month 13"},
		{"AAAAMM", "201300", "", "", "month 0"},
		{"AAAAMM", "20131", "", "", "too short"},
		{"AAAAMM", "2013 1", "", "", "a blank inside"},
		{"AAAAMM", "120113", "", "", "year 1201 is a typing error"},
		{"AAAA-MM", "2013/02", "", "", "another mark"},
		{"AAAA-MM-JJ", "2013-02-29", "", "", "no leap year"},
		{"JJ/MM/AAAA", "12/31/2013", "", "", "an American date"},
		{"JJ/MM/AAAA", "00/12/2013", "", "", "day 0"},
	} {
		f, ok := formNamed(c.form)
		if !ok {
			t.Fatalf("form %s", c.form)
		}
		p, err := f.month([]byte(c.text))
		if p.String() != c.month || (err == nil) != (c.month != "") {
			t.Errorf("%s: month of %q is %q, %v; want %q: %s", c.form, c.text, p, err, c.month, c.reason)
		}
		if forms[f].day < 0 {
			continue
		}
		if d, err := f.date([]byte(c.text)); d != c.date || (err == nil) != (c.date != "") {
			t.Errorf("%s: date of %q is %q, %v; want %q: %s", c.form, c.text, d, err, c.date, c.reason)
		}
	}
}

func TestLimitOfRejects(t *testing.T) {
	for _, c := range []struct {
		text             string
		rejects, records int64
		exceeded, atOnce bool
		reason           string
	}{
		{"0", 1, 1000, true, true, "none accepted"},
		{"0", 0, 1000, false, false, "none accepted, none met"},
		{"50", 50, 60, false, false, "the limit itself is accepted"},
		{"50", 51, 1_000_000, true, true, "a number is judged at once"},
		{"1%", 1, 100, false, false, "exactly one in a hundred"},
		{"1%", 2, 100, true, false, "a share is judged at the end"},
		{"1%", 1, 99, true, false, "just above one in a hundred"},
		{"0,5 %", 1, 200, false, false, "decimal comma and a space"},
		{"0.5%", 1, 199, true, false, "decimal point"},
		{"100%", 7, 7, false, false, "everything may be rejected"},
		{"0%", 1, 1_000_000_000, true, false, "a share of nothing"},
	} {
		l, err := ParseLimit(c.text)
		if err != nil {
			t.Errorf("%q: %v", c.text, err)
			continue
		}
		if got := l.exceeded(c.rejects, c.records); got != c.exceeded {
			t.Errorf("%q: %d of %d exceeded is %v: %s", c.text, c.rejects, c.records, got, c.reason)
		}
		if got := l.exceededSoFar(c.rejects); got != c.atOnce {
			t.Errorf("%q: %d so far exceeded is %v: %s", c.text, c.rejects, got, c.reason)
		}
		if again, err := ParseLimit(l.String()); err != nil || again != l {
			t.Errorf("%q prints %q, which does not read back: %v", c.text, l, err)
		}
	}
	for _, bad := range []string{"", "%", "abc", "-1", "1.5", "101%", "-1%", "1%%", "1e3"} {
		if l, err := ParseLimit(bad); err == nil {
			t.Errorf("%q is accepted as %v", bad, l)
		}
	}
}
