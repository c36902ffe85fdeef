package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"html"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"bascule/reports/xlsx"
)

// secretAgent is a person whose every trait is a word that nothing else holds.
type secretAgent struct{ surname, first, nir, key, iban, matricule, service string }

var secretAgents = []secretAgent{
	{"ZYLBERQUIST", "Ermeline", "1750375000101", "31", "FR7630001007941234567890185", "K0000001", "PREF-EST"},
	{"VANDERSMOOK", "Odalric", "2800175000202", "57", "FR7612345678901234567890123", "K0000002", "PREF-EST"},
	{"QUERBOUILH", "Sidonie", "1690413000303", "11", "FR7698765432109876543210987", "K0000003", "DDSP-SUD"},
	{"TREGOURDEN", "Yolaine", "2910229000404", "73", "FR7611112222333344445555666", "K0000004", "DDSP-SUD"},
}

const secretHeader = "mois;nir;cle;dossier;matricule;nom;prenom;service;programme;iban;code;libelle;sens;montant\n"

func (a secretAgent) row(code, amount string) string {
	return strings.Join([]string{"2013-12", a.nir, a.key, "01", a.matricule, a.surname, a.first, a.service, "176", a.iban, code, "essai", "P", amount}, ";") + "\n"
}

// secretMinistry makes each agent differ, be absent, be on a line that cannot be
// read, or all of it.
func secretMinistry(t *testing.T, privacy string) {
	t.Helper()
	flatMinistry(t, "l.csv")
	legacy, onp := secretHeader, secretHeader
	for i, a := range secretAgents {
		legacy += a.row("101000", "1000,00") + a.row("999001", "7,00")
		if i%2 == 0 {
			onp += a.row("R1010", "1010,00")
		} else {
			onp += a.row("R1010", "mille") // and absent
		}
	}
	other := secretAgents[1]
	other.nir, other.key = "2800175000299", "09" // who may be the one that is absent
	onp += other.row("R1010", "990,00")
	writeAll(t, map[string]string{"l.csv": legacy, "o.csv": onp})
	edit(t, "config.yaml", func(b []byte) []byte {
		return append(b, "limits: { max_rejects: \"100\" }\nsplit: { by: \"service\" }\nprivacy: "+privacy+"\n"...)
	})
	mustExit(t, exitOpen, "run")
}

// traits of an agent that a setting hides.
func (a secretAgent) identity() []string {
	return []string{a.nir, a.nir[:13], a.nir + a.key, a.iban, a.iban[4:]}
}
func (a secretAgent) names() []string { return []string{a.surname, a.first} }

// found is where a word stands in the files, in whatever case, as text or as it
// is escaped in XML.
func found(files []publishedFile, word string) (places []string) {
	for _, f := range files {
		text := strings.ToLower(f.name + "\n" + f.part + "\n" + html.UnescapeString(string(f.content)))
		if strings.Contains(text, strings.ToLower(word)) {
			places = append(places, strings.TrimSpace(f.name+" "+f.part))
		}
	}
	return places
}

func TestWhatIsMaskedStandsInNoFile(t *testing.T) {
	for _, c := range []struct {
		privacy      string
		nir, surname bool // shown
		reason       string
	}{
		{"{ mask_nir: true, names: false }", false, false, "neither identity nor name"},
		{"{ mask_nir: true, names: true }", false, true, "names alone"},
		{"{ mask_nir: false, names: false }", true, false, "the NIR alone"},
	} {
		secretMinistry(t, c.privacy)
		files := filesOf(t, "out")
		shown := map[bool]int{}
		for _, a := range secretAgents {
			for _, word := range a.identity() {
				places := found(files, word)
				if shown[true] += len(places); !c.nir && len(places) > 0 {
					t.Errorf("%s: what identifies %s is in %q", c.reason, a.matricule, places)
				}
			}
			for _, word := range a.names() {
				places := found(files, word)
				if shown[false] += len(places); !c.surname && len(places) > 0 {
					t.Errorf("%s: the name of %s is in %q", c.reason, a.matricule, places)
				}
			}
			if len(found(files, a.matricule)) == 0 {
				t.Errorf("%s: %s is nowhere: nothing was looked at", c.reason, a.matricule)
			}
		}
		if c.nir != (shown[true] > 0) || c.surname != (shown[false] > 0) {
			t.Errorf("%s: %d identities and %d names are shown", c.reason, shown[true], shown[false])
		}
		_, stdout, stderr := invoke(t, "explain", secretAgents[0].matricule)
		for _, word := range append(secretAgents[0].identity(), secretAgents[0].names()...) {
			isName := word == secretAgents[0].surname || word == secretAgents[0].first
			if hidden := isName && !c.surname || !isName && !c.nir; hidden && strings.Contains(stdout+stderr, word) {
				t.Errorf("%s: the screen shows %q", c.reason, word)
			}
		}
	}
}

func TestAPopulationIsToldNothingOfTheOthers(t *testing.T) {
	secretMinistry(t, "{ mask_nir: false, names: true }")
	folder := runFolderOf(t, 1)
	summary := summaryOf(t, folder)
	totals := []string{summary.Legacy.ToPay.String(), summary.ONP.ToPay.String(), summary.Discrepancies.Delta.String()}
	for _, service := range []string{"PREF-EST", "DDSP-SUD"} {
		files := filesOf(t, filepath.Join(folder, "parts"))
		own := files[:0]
		for _, f := range files {
			if strings.Contains(f.name, service) {
				own = append(own, f)
			}
		}
		for _, a := range secretAgents {
			for _, word := range append(append(a.names(), a.matricule, a.nir), a.service) {
				if places := found(own, word); (a.service == service) != (len(places) > 0) && word != a.nir || a.service != service && len(places) > 0 {
					t.Errorf("the workbook of %s: a trait of %s is in %q", service, a.matricule, places)
				}
			}
		}
		for _, total := range totals {
			if places := found(own, ">"+total+"<"); len(places) > 0 {
				t.Errorf("the workbook of %s: a total of the ministry is in %q", service, places)
			}
		}
		if len(own) < 10 {
			t.Errorf("%s: %d parts were looked at", service, len(own))
		}
	}
}

func TestAPasswordEncryptsEveryWorkbook(t *testing.T) {
	const password = "Sésame, ouvre-toi 2013"
	t.Setenv("MOT_DE_PASSE_ESSAI", password)
	secretMinistry(t, `{ mask_nir: false, names: true, workbook_password_env: "MOT_DE_PASSE_ESSAI" }`)
	books := 0
	for _, f := range filesOf(t, "out") {
		if !strings.HasSuffix(f.name, ".xlsx") {
			continue
		}
		books++
		if !bytes.HasPrefix(f.content, []byte{0xD0, 0xCF, 0x11, 0xE0}) {
			t.Fatalf("%s is not encrypted", f.name)
		}
		for _, a := range secretAgents {
			for _, word := range append(a.names(), a.nir, a.matricule, password) {
				if bytes.Contains(f.content, []byte(word)) || bytes.Contains(f.content, wide(word)) {
					t.Errorf("%s shows a secret in clear", f.name)
				}
			}
		}
		for _, wrong := range []string{"", "sésame"} {
			if _, err := xlsx.Sums(f.name, xlsx.Options{Password: wrong}); err == nil {
				t.Errorf("%s opens with %q", f.name, wrong)
			}
			if file, err := excelize.OpenFile(f.name, excelize.Options{Password: wrong}); err == nil {
				t.Errorf("%s opens with %q: %v", f.name, wrong, file.Close())
			}
		}
		if _, err := xlsx.Sums(f.name, xlsx.Options{Password: password}); err != nil {
			t.Errorf("%s: %v", f.name, err)
		}
		file, err := excelize.OpenFile(f.name, excelize.Options{Password: password})
		if err != nil {
			t.Fatalf("%s: %v", f.name, err)
		}
		if err := file.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if books != 3+2 {
		t.Errorf("%d workbooks, of which all were to be encrypted", books)
	}
}

// wide is a word in UTF-16, as encrypted containers name things.
func wide(word string) (raw []byte) {
	for _, unit := range utf16.Encode([]rune(word)) {
		raw = binary.LittleEndian.AppendUint16(raw, unit)
	}
	return raw
}

func TestWhatIsWrittenIsForItsOwnerAlone(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	secretMinistry(t, "{ mask_nir: false, names: true }")
	for _, folder := range []string{"out", "data"} {
		err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			info, err := d.Info()
			if err != nil {
				return err
			}
			if want := map[bool]fs.FileMode{true: 0o700, false: 0o600}[d.IsDir()]; info.Mode().Perm() != want {
				t.Errorf("%s is of mode %o, wanted %o", path, info.Mode().Perm(), want)
			}
			if strings.HasPrefix(d.Name(), ".") {
				t.Errorf("%s is left behind", path)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	leftNothing(t, temp)
}

func TestARunThatIsStoppedInItsWorkbooksLeavesNoPayDataBehind(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	ministry(t, 300, 8)
	t.Setenv("BASCULE_SPLIT_BY", "service") // a workbook each: it takes a while
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	go func() {
		for ctx.Err() == nil {
			if begun, _ := filepath.Glob("out/2013-12/.publication-*/*.xlsx"); len(begun) > 0 {
				stop()
			}
			time.Sleep(time.Millisecond)
		}
	}()
	var stdout, stderr bytes.Buffer
	if code := run(ctx, []string{"run", "--quiet"}, &stdout, &stderr); code == exitClosed || code == exitOpen {
		t.Fatalf("code %d: it was not stopped\n%s", code, &stderr)
	}
	leftNothing(t, "out/2013-12")
	leftNothing(t, temp)
}

func leftNothing(t *testing.T, folder string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	if len(entries) > 0 {
		t.Errorf("left behind in %s: %v", folder, entries)
	}
}
