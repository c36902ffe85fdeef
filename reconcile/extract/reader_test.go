package extract

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bascule/reconcile"
)

func TestDigestIsThatOfTheLoad(t *testing.T) {
	content := sipayeText()
	path := writeFile(t, "sipaye.csv", content)
	sum := sha256.Sum256(content)
	want := hex.EncodeToString(sum[:])
	got, size, err := Digest(path)
	if err != nil || got != want || size != int64(len(content)) {
		t.Errorf("Digest is %s, %d, %v", got, size, err)
	}
	load := readPath(path, shippedLayout(t, "sipaye"), testOptions("2013-12")).load
	if load.SHA256 != want || load.Bytes != size {
		t.Errorf("load has %s, %d", load.SHA256, load.Bytes)
	}
}

func TestWhatIsNoFileIsRefusedWithARemedy(t *testing.T) {
	folder := t.TempDir()
	empty := writeFile(t, "empty.txt", nil)
	for _, c := range []struct{ path, want string }{
		{folder, "est un dossier"},
		{filepath.Join(folder, "absent.txt"), "n'existe pas"},
		{empty, "est vide"},
		{filepath.Join(empty, "under-a-file.txt"), "ouverture impossible"},
	} {
		_, _, digestErr := Digest(c.path)
		readErr := readPath(c.path, shippedLayout(t, "psop"), testOptions("2013-12")).err
		for _, err := range []error{digestErr, readErr} {
			var input *reconcile.InputError
			if !errors.As(err, &input) || input.File != c.path || input.Hint == "" || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: %v, want %q", c.path, err, c.want)
			}
		}
	}
}

func TestFileThatChangesWhileItIsReadIsRefused(t *testing.T) {
	for reason, change := range map[string]func(path string) error{
		"appended to": func(path string) error {
			f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
			if err != nil {
				return err
			}
			defer f.Close()
			_, err = f.WriteString("\n")
			return err
		},
		"replaced": func(path string) error {
			if err := os.WriteFile(path+".new", sipayeText(), 0o600); err != nil {
				return err
			}
			return os.Rename(path+".new", path)
		},
		"removed": os.Remove,
	} {
		path := writeFile(t, "sipaye.csv", sipayeText())
		var err error
		for item, e := range NewReader(path, shippedLayout(t, "sipaye"), testOptions("2013-12")).Items() {
			if err = e; item.Payslip == nil {
				continue
			}
			if changeErr := change(path); changeErr != nil {
				t.Fatal(changeErr)
			}
		}
		if err == nil || !strings.Contains(err.Error(), "a changé pendant la lecture") {
			t.Errorf("%s: %v", reason, err)
		}
	}
}

// TestStringsOutliveTheIteration: the payslip and its lines are reused, its
// texts are not.
func TestStringsOutliveTheIteration(t *testing.T) {
	second := strings.NewReplacer("1600175000001", "2700275000002", "EXEMPLE", "MODELE", "R1000", "R9999")
	lines := append([]string{}, sipayeLines[:7]...)
	for _, l := range sipayeLines[1:7] {
		lines = append(lines, second.Replace(l))
	}
	lines = append(lines, "F;2;8;4322,68;400,00;2000,00")
	var agents []reconcile.Agent
	var keys []string
	var codes []reconcile.Code
	var seen *reconcile.Payslip
	r := NewReader(writeFile(t, "sipaye.csv", csv(lines...)), shippedLayout(t, "sipaye"), testOptions("2013-12"))
	for item, err := range r.Items() {
		if err != nil {
			t.Fatal(err)
		}
		if seen != nil && seen != item.Payslip {
			t.Error("the payslip is not reused")
		}
		seen = item.Payslip
		agents, keys, codes = append(agents, seen.Agent), append(keys, seen.Key), append(codes, seen.Lines[0].Code)
	}
	if agents[0].Surname != "D'EXEMPLE" || agents[1].Surname != "D'MODELE" || keys[0] != "1600175000001/03" || keys[1] != "2700275000002/03" || codes[0] != "R1000" || codes[1] != "R9999" {
		t.Errorf("%v %v %v", agents, keys, codes)
	}
	if r.BytesRead() != r.Load().Bytes {
		t.Errorf("%d bytes told, %d read", r.BytesRead(), r.Load().Bytes)
	}
}

func TestTheConsumerMayStop(t *testing.T) {
	for _, c := range []struct {
		layout  string
		content []byte
	}{
		{"sipaye", sipayeText()}, {"flat", csv(flatLines()...)}, {"pes-paye", pes(pesPayslip(pesAgent, "", pesLine, ""))},
		{"sipaye", sipayeText("5,4321", "x")},
	} {
		items := 0
		for range NewReader(writeFile(t, "input", c.content), shippedLayout(t, c.layout), testOptions("2013-12")).Items() {
			items++
			break
		}
		if items != 1 {
			t.Errorf("%s: %d items", c.layout, items)
		}
	}
}

func TestTooManyRejectsStopTheReadingAtOnce(t *testing.T) {
	var lines []string
	for range 1000 {
		lines = append(lines, "2013-12;1;R1;x")
	}
	o := testOptions("2013-12")
	o.MaxRejects = Limit{absolute: 3}
	got := readPath(writeFile(t, "flat.csv", csv(append([]string{"mois;nir;code;montant"}, lines...)...)), shippedLayout(t, "flat"), o)
	if got.err == nil || len(got.rejects) != 4 {
		t.Errorf("%d rejects, %v", len(got.rejects), got.err)
	}
}

func TestLimitsStopWhatNoPayFileHolds(t *testing.T) {
	var codes, payslip strings.Builder
	codes.WriteString("mois;nir;code;montant\n")
	for i := range maxCodes + 1 {
		codes.WriteString("2013-12;1;C" + strings.Repeat("x", i%7) + string(rune('A'+i%26)) + hex.EncodeToString([]byte{byte(i >> 8), byte(i)}) + ";1,00\n")
	}
	payslip.WriteString("mois;nir;code;montant\n" + strings.Repeat("2013-12;1;C;1,00\n", maxPayslipLines+1))
	for _, c := range []struct{ content, want string }{
		{codes.String(), "trop de codes"},
		{payslip.String(), "plus de 100000 lignes"},
	} {
		got := readPath(writeFile(t, "flat.csv", []byte(c.content)), shippedLayout(t, "flat"), testOptions("2013-12"))
		if got.err == nil || !strings.Contains(got.err.Error(), c.want) {
			t.Errorf("%v, want %q", got.err, c.want)
		}
	}
}

// TestLongRecordsCrossTheBuffer reads records around the size of the reading
// buffer: none is lost, cut or read twice.
func TestLongRecordsCrossTheBuffer(t *testing.T) {
	label := strings.Repeat("é", 20_000)
	lines := []string{"mois;nir;code;libelle;montant"}
	for range 40 {
		lines = append(lines, "2013-12;1;R1;"+label+";1,00", `2013-12;1;R2;"`+label+"\n"+`";2,00`)
	}
	got := readText(t, "flat", "2013-12", csv(lines...))
	if got.load.Sums != (reconcile.Sums{Lines: 80, ToPay: 12_000}) || len(got.rejects) > 0 {
		t.Errorf("%+v, %d rejects", got.load.Sums, len(got.rejects))
	}
	if got.totals[0].Label != label {
		t.Error("the label is not whole")
	}
}
