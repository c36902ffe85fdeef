package extract

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bascule/reconcile"
)

// fuzzReader reads any bytes with a shipped layout, seeded by the files of the
// gallery with the given ending and by good files.
func fuzzReader(f *testing.F, layout, ending string, good ...[]byte) {
	for _, path := range galleryInputs(f) {
		if !strings.Contains(filepath.Base(path), ending) {
			continue
		}
		content, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(content)
	}
	for _, g := range good {
		f.Add(g)
	}
	l := shippedLayout(f, layout)
	path := filepath.Join(f.TempDir(), "input")
	o := testOptions("2013-12")
	o.MaxRejects, o.MaxLineBytes = Limit{absolute: maxRejectsEver}, 4096
	f.Fuzz(func(t *testing.T, content []byte) {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		checkReading(t, path, l, o)
	})
}

// checkReading reads a file and checks that, where it is accepted, no centime
// was lost: what was yielded, what was rejected and what the reader says agree.
func checkReading(t *testing.T, path string, l *Layout, o Options) {
	t.Helper()
	checkReader(t, NewReader(path, l, o))
}

func checkReader(t *testing.T, r *Reader) {
	t.Helper()
	var kept, rejected reconcile.Sums
	var payslips, rejects int64
	for item, err := range r.Items() {
		switch {
		case err != nil:
			if strings.Contains(err.Error(), "\n") || strings.Contains(err.Error(), "défaut du programme") {
				t.Fatalf("error %q", err)
			}
			return
		case item.Payslip != nil && item.Reject != nil:
			t.Fatal("an item is both")
		case item.Payslip != nil:
			payslips++
			if sums := reconcile.SumLines(item.Payslip.Lines); sums != item.Payslip.Sums || item.Payslip.Key == "" {
				t.Fatalf("payslip %+v sums %+v", item.Payslip, sums)
			}
			kept = kept.Plus(item.Payslip.Sums)
		default:
			rejects++
			checkSaid(t, item.Reject)
			if rej := item.Reject; rej.Amount.Set && rej.Sense != 0 {
				rejected.Add(rej.Sense, rej.Amount.Amount)
			}
		}
	}
	load := r.Load()
	rejected.Lines = load.Rejected.Lines // lines whose amount cannot be read are counted there, and summed nowhere
	if load.Sums != kept || load.Rejected != rejected || load.Payslips != payslips || load.Rejects != rejects {
		t.Fatalf("load %+v, yielded %+v and rejected %+v", load, kept, rejected)
	}
	var byCode reconcile.Sums
	for _, c := range r.Totals() {
		byCode.Add(c.Sense, c.Amount)
		byCode.Lines += c.Lines - 1
	}
	if byCode != kept {
		t.Fatalf("totals by code %+v, yielded %+v", byCode, kept)
	}
	for _, c := range load.Controls {
		if !c.OK || c.Left != c.Right {
			t.Fatalf("control %+v", c)
		}
	}
}

func FuzzPsop(f *testing.F) {
	fuzzReader(f, "psop", ".txt", joinLines(psopFile(), "\n"), joinLines(psopFile(), "\r\n"))
}

func FuzzSipaye(f *testing.F) { fuzzReader(f, "sipaye", ".csv", sipayeText(), quoteAll(sipayeText())) }

func FuzzFlat(f *testing.F) { fuzzReader(f, "flat", ".csv", csv(flatLines()...)) }

func FuzzPesPaye(f *testing.F) {
	fuzzReader(f, "pes-paye", ".xhl", pes(pesPayslip(pesAgent, pesSituation, pesLine, "")))
}

func FuzzMainframe(f *testing.F) { fuzzReader(f, "exemple-ebcdic", ".bin", ebcdicFile(f)) }

// FuzzNumber: a number that is read prints back to an equal number, and nothing
// but digits, a mark, signs and spaces is ever read.
func FuzzNumber(f *testing.F) {
	for _, seed := range []string{"0", "-1,5", "1 234,56", "1\u202f234,56-", "00000012345", "1.5", ",5", "1,", "1e9", "99999999999999999999", "\xA0"} {
		f.Add([]byte(seed), uint8(2), byte('+'))
	}
	f.Fuzz(func(t *testing.T, b []byte, scale uint8, sign byte) {
		scale %= 7
		comma := format{implied: explicit, mark: ','}
		v, set, err := comma.scaled(b, 0, int(scale))
		if err == nil && set {
			if strings.ContainsFunc(string(b), func(c rune) bool { return c < 0x80 && !strings.ContainsRune("0123456789,+- ", c) }) {
				t.Fatalf("%q reads %d", b, v)
			}
			again, _, err := comma.scaled([]byte(strings.Replace((reconcile.Fixed(v)).String(), ".", ",", 1)), 0, 6)
			if err != nil || again != v {
				t.Fatalf("%q reads %d, then %d, %v", b, v, again, err)
			}
		}
		apart := format{implied: 2, signed: true}
		if v, set, err := apart.scaled(b, sign, 2+int(scale%5)); err == nil && set && (v < 0) != (sign == '-' && v != 0) {
			t.Fatalf("%q %q reads %d", b, sign, v)
		}
	})
}

// FuzzLayout: any descriptor is parsed or refused in one line.
func FuzzLayout(f *testing.F) {
	paths, err := filepath.Glob(filepath.Join(layoutsFolder, "*.yaml"))
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte(smallLayout))
	f.Fuzz(func(t *testing.T, text []byte) {
		if _, err := ParseLayout("fuzz.yaml", text); err != nil && strings.Contains(err.Error(), "\n") {
			t.Fatalf("error %q", err)
		}
	})
}
