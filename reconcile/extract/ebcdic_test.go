package extract

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"

	"bascule/reconcile"
)

// TestEBCDICPagesAreThoseOfAnotherProgram decodes what iconv of the GNU C
// library wrote (iconv -f UTF-8 -t IBM1047, and IBM1147).
func TestEBCDICPagesAreThoseOfAnotherProgram(t *testing.T) {
	for _, c := range []struct{ page, bytes, want string }{
		{"ebcdic-1047", "c4e4d7d6d5e360d371d9e840d596539393856b409799899485404440937d51a3517a40f0f1f2f3f4f5f6f7f8f940c0d0adbde04f7c7b5a90b5b1dd4854515fa15e9f",
			`DUPONT-LÉRY Noëlle, prime à l'été: 0123456789 {}[]\|@#!°§£ùçèé^~;¤`},
		{"ebcdic-1147", "c4e4d7d6d5e360d371d9e840d596539393856b409799899485407c40937dc0a3c07a40f0f1f2f3f4f5f6f7f8f940515490b548bb44b14f4a5a7b6ae0d0c05fbd5e9f",
			`DUPONT-LÉRY Noëlle, prime à l'été: 0123456789 {}[]\|@#!°§£ùçèé^~;€`},
	} {
		raw, err := hex.DecodeString(c.bytes)
		if err != nil {
			t.Fatal(err)
		}
		cs, _ := charsetNamed(c.page)
		if got := string(cs.append(nil, cs.translated(nil, raw))); got != c.want {
			t.Errorf("%s gives %q, want %q", c.page, got, c.want)
		}
	}
}

func TestEBCDICPagesLoseNoByte(t *testing.T) {
	for _, c := range []*charset{ebcdic1047, ebcdic1147} {
		seen := map[byte]bool{}
		for i := range 256 {
			seen[c.ebcdic[i]] = true
		}
		if len(seen) != 256 {
			t.Errorf("%s: 256 bytes give %d", c.name, len(seen))
		}
	}
}

func TestAnEBCDICPageHasSeveralNames(t *testing.T) {
	for name, want := range map[string]string{"ebcdic-1147": "ebcdic-1147", "IBM-1147": "ebcdic-1147", "cp1047": "ebcdic-1047", "ibm1047": "ebcdic-1047",
		"UTF-8": "utf-8", "ebcdic-037": "", "cp1252": "", "": ""} {
		got := ""
		if c, ok := charsetNamed(name); ok {
			got = c.name
		}
		if got != want {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
}

func TestPackedAndZonedNumbers(t *testing.T) {
	for _, c := range []struct {
		coding coding
		ebcdic bool
		bytes  string // in hexadecimal
		want   string // sign and digits; "" for absent, "?" for unreadable
		reason string
	}{
		{codingPacked, true, "12345C", "+12345", "S9(5) COMP-3"},
		{codingPacked, true, "00001D", "-00001", "a negative number"},
		{codingPacked, false, "0201312F", "+0201312", "an unsigned one, in a file of any page"},
		{codingPacked, true, "1A", "+1", "A is positive too"},
		{codingPacked, true, "1B", "-1", "B is negative too"},
		{codingPacked, true, "1E", "+1", "E is positive too"},
		{codingPacked, true, "00000C", "+00000", "zero is a number"},
		{codingPacked, true, "000000", "", "LOW-VALUES: nothing was written"},
		{codingPacked, true, "404040", "", "blanks: nothing was written"},
		{codingPacked, false, "202020", "", "blanks of ASCII"},
		{codingPacked, true, "123456", "?", "no sign"},
		{codingPacked, true, "1A345C", "?", "a digit that is none"},
		{codingPacked, true, "A2345C", "?", "a first digit that is none"},
		{codingPacked, true, "F1F2F3", "?", "digits that are not packed"},
		{codingZoned, true, "F1F2C3", "+123", "DISPLAY, positive"},
		{codingZoned, true, "F1F2D3", "-123", "DISPLAY, negative"},
		{codingZoned, true, "F1F2F3", "+123", "DISPLAY without a sign"},
		{codingZoned, true, "D0", "-0", "one digit"},
		{codingZoned, true, "404040", "", "blanks"},
		{codingZoned, true, "C1F2F3", "?", "a sign in front"},
		{codingZoned, true, "F1F24E", "?", "a sign apart"},
		{codingZoned, true, "F1F2CA", "?", "a digit that is none"},
		{codingZoned, true, "40F2C3", "?", "a blank for a zero"},
		{codingZoned, false, hex.EncodeToString([]byte("12C")), "+123", "turned into ASCII by an American page"},
		{codingZoned, false, hex.EncodeToString([]byte("12{")), "+120", "the brace is +0"},
		{codingZoned, false, hex.EncodeToString([]byte("12}")), "-120", "the other brace is -0"},
		{codingZoned, false, hex.EncodeToString([]byte("12R")), "-129", "R is -9"},
		{codingZoned, false, "3132E9", "+120", "é: +0 turned by page 1147"},
		{codingZoned, false, "3132E8", "-120", "è: -0 turned by page 1147"},
		{codingZoned, false, hex.EncodeToString([]byte("12s")), "-123", "the negative digits of other compilers"},
		{codingZoned, false, hex.EncodeToString([]byte("123")), "+123", "no sign"},
		{codingZoned, false, hex.EncodeToString([]byte("1 3")), "?", "a blank in the middle"},
		{codingZoned, false, hex.EncodeToString([]byte("12S")), "?", "a letter that is no digit"},
	} {
		raw, err := hex.DecodeString(c.bytes)
		if err != nil {
			t.Fatal(err)
		}
		digits, sign, ok := c.coding.decode(nil, raw, c.ebcdic)
		got := "?"
		switch {
		case ok && sign == 0:
			got = ""
		case ok:
			got = string(sign) + string(digits)
		}
		if got != c.want {
			t.Errorf("%s of %s gives %q, want %q: %s", codings[c.coding], c.bytes, got, c.want, c.reason)
		}
	}
}

// ebcdicFile is a small file of the example, with one agent and one line, some
// of whose bytes are replaced. Records are numbered from 1, positions too.
func ebcdicFile(t testing.TB, replace ...func([]byte)) []byte {
	l := shippedLayout(t, "exemple-ebcdic")
	p := reconcile.Payslip{Period: period(t, "2013-12"), Agent: reconcile.Agent{NIR: "2550814168025", NIRKey: "38", Dossier: "01", Matricule: "M1", Surname: "LÉRY", FirstName: "Anaé",
		Indice: 467, NBI: reconcile.Absent, Quotite: 10000, Children: 2}, Lines: []reconcile.PayLine{
		{Code: "101000", Sense: reconcile.ToPay, Amount: 216235, Origin: period(t, "2013-12"), Base: reconcile.NoFixed, Rate: reconcile.NoFixed},
		{Code: "101050", Sense: reconcile.ToDeduct, Amount: -18942, Origin: period(t, "2013-11"), Base: reconcile.NoFixed, Rate: reconcile.NoFixed}}}
	b := writeLayout(t, l, p.Period, []reconcile.Payslip{p})
	for _, f := range replace {
		f(b)
	}
	return b
}

// bytesAt replaces bytes of a record of the example.
func bytesAt(record, position int, text string) func([]byte) {
	return func(b []byte) { copy(b[(record-1)*160+position-1:], text) }
}

func TestAMainframeFileIsReadToTheCentime(t *testing.T) {
	got := readText(t, "exemple-ebcdic", "2013-12", ebcdicFile(t))
	if len(got.payslips) != 1 || len(got.rejects) != 0 {
		t.Fatalf("%d payslips, %d rejects", len(got.payslips), len(got.rejects))
	}
	p := got.payslips[0]
	if p.Agent.Surname != "LÉRY" || p.Agent.FirstName != "Anaé" || p.Agent.NIRKey != "38" || p.Agent.NBI != reconcile.Absent || p.Agent.Quotite != 10000 {
		t.Errorf("agent %+v", p.Agent)
	}
	if p.Lines[0].Amount != 216235 || p.Lines[1].Amount != -18942 || p.Lines[1].Origin.String() != "2013-11" {
		t.Errorf("lines %+v", p.Lines)
	}
}

func TestAMainframeFileIsRefusedOrRejectedWithItsReason(t *testing.T) {
	ascii := bytes.Repeat([]byte("0000920131220131215SLR-075            "), 20)
	psop := []byte("0000920131220131215SLR-075 \n" + strings.Repeat("1", 400) + "\n")
	cs := ebcdic1147
	for _, c := range []struct {
		layout string
		file   []byte
		want   string
		reason string
	}{
		{"exemple-ebcdic", ascii, "le fichier est en ASCII, ou dans un encodage qui en vient, alors que le format déclare ebcdic-1147", "the transfer turned it into ASCII"},
		{"psop", ebcdicFile(t), "le fichier est en EBCDIC alors que le format déclare iso-8859-15", "the transfer was binary"},
		{"exemple-ebcdic", ebcdicFile(t)[:900], ":6: le fichier s'arrête au milieu d'un enregistrement de 160 octets", "a cut file"},
		{"exemple-ebcdic", ebcdicFile(t)[:800], "l'enregistrement de fin « 99 » manque", "a file cut between records"},
		{"exemple-ebcdic", ebcdicFile(t, bytesAt(1, 6, "\xF2\xF0\xF1\xF3")), ":1: mois de paye: n'est pas un nombre codé comme le dit le format", "a month that is not packed"},
		{"exemple-ebcdic", ebcdicFile(t, bytesAt(3, 40, "\x00\x00\x00\x21\x62\x35")), "montant: n'est pas un nombre codé", "an amount without its sign: the totals prove nothing"},
		{"exemple-ebcdic", ebcdicFile(t, bytesAt(3, 40, "\x00\x00\x00\x00\x00\x00")), "montant: est vide", "an amount of binary zeros is absent, not zero"},
		{"exemple-ebcdic", ebcdicFile(t, bytesAt(2, 30, "\xD3\xC0\xD9\xE8"), bytesAt(2, 60, "\xC1\x95\x81\x51")), "", "lower and upper case of page 1147 and a brace"},
		{"exemple-ebcdic", ebcdicFile(t, bytesAt(2, 30, "\x51\x54\xC1"), bytesAt(2, 60, "\xC1\x95\x81\x51")), ":2: les noms et libellés ne sont pas en ebcdic-1147, ressemblent à ebcdic-1047", "names of page 1047"},
	} {
		got := readPath(writeFile(t, "extract.bin", c.file), shippedLayout(t, c.layout), testOptions("2013-12"))
		if (got.err == nil) != (c.want == "") || got.err != nil && !strings.Contains(got.err.Error(), c.want) {
			t.Errorf("%s: %v\nwant %s", c.reason, got.err, c.want)
		}
	}
	lined := []byte{}
	for b := ebcdicFile(t); len(b) > 0; b = b[160:] {
		lined = append(append(lined, b[:160]...), 0x15)
	}
	got := readPath(writeFile(t, "extract.bin", lined), shippedLayout(t, "exemple-ebcdic"), testOptions("2013-12"))
	if got.err == nil || !strings.Contains(got.err.Error(), "finissent par une fin de ligne") {
		t.Errorf("records with line ends: %v", got.err)
	}
	if ebcdic, ascii := inEBCDIC(psop); ebcdic || !ascii {
		t.Error("a psop file looks like EBCDIC")
	}
	if ebcdic, ascii := inEBCDIC([]byte(cs.name)); ebcdic || ascii {
		t.Error("a few bytes tell nothing")
	}
}

func TestNamesTellLatin1FromLatin9(t *testing.T) {
	flat := func(surname string) []byte {
		return []byte("mois;nir;nom;code;montant\n2013-12;2550814168025;" + surname + ";101000;10,00\n")
	}
	text := strings.Replace(layoutText(t, "flat"), "encoding: utf-8", "encoding: iso-8859-1", 1)
	l, err := ParseLayout("latin1.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	for surname, want := range map[string]string{"C\xBCUR": "ressemblent à iso-8859-15", "L\xC9RY": "", "D\xB4ARC": ""} {
		got := readPath(writeFile(t, "flat.csv", flat(surname)), l, testOptions("2013-12"))
		if (got.err == nil) != (want == "") || got.err != nil && !strings.Contains(got.err.Error(), want) {
			t.Errorf("%q: %v, want %q", surname, got.err, want)
		}
	}
}
