package extract

import (
	"bytes"
	"compress/gzip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bascule/reconcile"
)

// psopFile is a file of one payslip whose every field holds a value of its own,
// each placed by the positions of CONTRACT 3.1.
func psopFile() [][]byte {
	header := at(at(at(at(at(nil, 1, "00"), 3, "009"), 6, "201312"), 12, "20131215"), 20, "SLR-075")
	agent := []byte{}
	for _, f := range []struct {
		position int
		text     string
	}{
		{1, "10"}, {3, "1600175000001"}, {16, "42"}, {18, "03"}, {20, "AB 123"}, {30, "D'EXEMPLE"}, {60, "CAMILLE"}, {80, "654321"}, {86, "07"},
		{88, "0467"}, {92, "025"}, {95, "08571"}, {100, "03"}, {102, "SGAP LYON"}, {112, "176"}, {115, "BOP-69"}, {123, "038"}, {126, "S"},
		{127, "2"}, {128, "FR7630001007941234567890185"},
	} {
		agent = at(agent, f.position, f.text)
	}
	line := func(code, label, sense, amount, sign, base, baseSign, rate, origin string) []byte {
		b := at(at(at(at(nil, 1, "20"), 3, code), 9, label), 39, sense)
		return at(at(at(at(at(at(b, 40, amount), 51, sign), 52, base), 63, baseSign), 64, rate), 72, origin)
	}
	return [][]byte{
		header, agent,
		line("101000", "TRAITEMENT BRUT", "P", "00000216234", "+", "00000250001", "-", "00054321", "201310"),
		line("101050", "RETENUE PC", "D", "00000020000", "+", "           ", " ", "        ", "      "),
		line("411050", "CONTRIB. PC", "I", "00000100000", "+", "           ", " ", "        ", "      "),
		line("201958", "RAPPEL", "P", "00000000100", "-", "00000000000", "+", "00000000", "      "),
		at(at(at(at(at(at(at(at(at(nil, 1, "30"), 3, "00000216134"), 14, "+"), 15, "00000020000"), 26, "+"), 27, "00000196134"), 38, "+"), 39, "00000100000"), 50, "+"),
		at(at(at(at(at(at(at(at(at(nil, 1, "99"), 3, "000000001"), 12, "00000000004"), 23, "000000000216134"), 38, "+"), 39, "000000000020000"), 54, "+"), 55, "000000000100000"), 70, "+"),
	}
}

func psopPayslip(t testing.TB) reconcile.Payslip {
	december := period(t, "2013-12")
	return reconcile.Payslip{
		Line: 2, Key: "1600175000001/03", Period: december, Whole: true,
		Agent: reconcile.Agent{
			NIR: "1600175000001", NIRKey: "42", Dossier: "03", Matricule: "AB 123", Surname: "D'EXEMPLE", FirstName: "CAMILLE",
			Grade: "654321", Echelon: "7", Indice: 467, NBI: 25, Quotite: 8571, Children: 3, Service: "SGAP LYON", Status: "S", Zone: "2",
			IBANDigest: "digest of FR76", Programme: "176", BOP: "BOP-69", Accountant: "038", Carried: reconcile.AllFields,
		},
		Lines: []reconcile.PayLine{
			{Code: "101000", Sense: 'P', Amount: 216234, Origin: period(t, "2013-10"), Base: -2500_010_000, Rate: 5_432_100},
			{Code: "101050", Sense: 'D', Amount: -20000, Origin: december, Base: reconcile.NoFixed, Rate: reconcile.NoFixed},
			{Code: "411050", Sense: 'I', Amount: 100000, Origin: december, Base: reconcile.NoFixed, Rate: reconcile.NoFixed},
			{Code: "201958", Sense: 'P', Amount: -100, Origin: december, Base: 0, Rate: 0},
		},
		Declared: reconcile.Declared{ToPay: reconcile.Some(216134), ToDeduct: reconcile.Some(20000), Net: reconcile.Some(196134), Employer: reconcile.Some(100000)},
		Sums:     reconcile.Sums{Lines: 4, ToPay: 216134, ToDeduct: 20000, Information: 100000},
	}
}

func joinLines(lines [][]byte, end string) []byte {
	return append(bytes.Join(lines, []byte(end)), end...)
}

func TestPsopFieldsStandWhereTheContractSays(t *testing.T) {
	got := readText(t, "psop", "2013-12", joinLines(psopFile(), "\n"))
	if diff := cmp.Diff([]reconcile.Payslip{psopPayslip(t)}, got.payslips); diff != "" {
		t.Errorf("payslip (-want +got):\n%s", diff)
	}
	if len(got.rejects)+len(got.warnings) > 0 {
		t.Errorf("rejects %v, warnings %v", got.rejects, got.warnings)
	}
	load := got.load
	if load.Ministry != "009" || load.Produced != "2013-12-15" || load.Sender != "SLR-075" {
		t.Errorf("header %q %q %q", load.Ministry, load.Produced, load.Sender)
	}
	if load.Payslips != 1 || load.Sums != psopPayslip(t).Sums || load.Carried != reconcile.AllFields || load.Layout != "psop" {
		t.Errorf("load %+v", load)
	}
	wantTotals := []reconcile.CodeTotal{
		{Programme: "176", Code: "101000", Label: "TRAITEMENT BRUT", Sense: 'P', Lines: 1, Amount: 216234},
		{Programme: "176", Code: "101050", Label: "RETENUE PC", Sense: 'D', Lines: 1, Amount: -20000},
		{Programme: "176", Code: "201958", Label: "RAPPEL", Sense: 'P', Lines: 1, Amount: -100},
		{Programme: "176", Code: "411050", Label: "CONTRIB. PC", Sense: 'I', Lines: 1, Amount: 100000},
	}
	if diff := cmp.Diff(wantTotals, got.totals); diff != "" {
		t.Errorf("totals (-want +got):\n%s", diff)
	}
}

func TestPsopControlsCarryBothFigures(t *testing.T) {
	got := readText(t, "psop", "2013-12", joinLines(psopFile(), "\n"))
	want := map[string]reconcile.Amount{"trailer_payslips": 1, "trailer_lines": 4, "trailer_to_pay": 216134, "trailer_to_deduct": 20000, "trailer_information": 100000}
	for _, c := range got.load.Controls {
		if !c.OK || c.Left != c.Right {
			t.Errorf("control %+v", c)
		}
		if figure, ok := want[c.Name]; ok && c.Left != figure {
			t.Errorf("%s is %d, want %d", c.Name, c.Left, figure)
		}
		delete(want, c.Name)
	}
	if len(want) > 0 {
		t.Errorf("controls never made: %v", want)
	}
}

// TestPsopIsReadAlikeHoweverItIsSent: line ends, stripped blanks, compression
// and a last line without an end change nothing but the bytes.
func TestPsopIsReadAlikeHoweverItIsSent(t *testing.T) {
	var stripped [][]byte
	for _, l := range psopFile() {
		stripped = append(stripped, bytes.TrimRight(l, " "))
	}
	var wide [][]byte
	for _, l := range psopFile() {
		wide = append(wide, append(bytes.Clone(l), "          "...))
	}
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	w.Write(joinLines(psopFile(), "\r\n"))
	w.Close()
	for _, c := range []struct {
		reason  string
		content []byte
	}{
		{"CRLF, as Windows and mainframe transfers write", joinLines(psopFile(), "\r\n")},
		{"trailing blanks stripped by an editor", joinLines(stripped, "\n")},
		{"records padded beyond their last field", joinLines(wide, "\n")},
		{"no end on the last line", bytes.TrimRight(joinLines(psopFile(), "\n"), "\n")},
		{"empty lines after the trailer", append(joinLines(psopFile(), "\n"), "\n\r\n"...)},
		{"gzip, whatever the name", zipped.Bytes()},
	} {
		got := readText(t, "psop", "2013-12", c.content)
		if diff := cmp.Diff([]reconcile.Payslip{psopPayslip(t)}, got.payslips); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.reason, diff)
		}
		if got.load.Bytes != int64(len(c.content)) {
			t.Errorf("%s: %d bytes, want those of the file, %d", c.reason, got.load.Bytes, len(c.content))
		}
	}
}

func TestPsopAccentsBecomeUTF8(t *testing.T) {
	lines := psopFile()
	at(lines[1], 30, string(latin9(t, "ÉLÈVE-ŒUVRÉ")))
	at(lines[2], 9, string(latin9(t, "INDEMNITÉ D'HABILLEMENT €")))
	got := readText(t, "psop", "2013-12", joinLines(lines, "\n"))
	if s := got.payslips[0].Agent.Surname; s != "ÉLÈVE-ŒUVRÉ" {
		t.Errorf("surname %q", s)
	}
	if s := got.totals[0].Label; s != "INDEMNITÉ D'HABILLEMENT €" {
		t.Errorf("label %q", s)
	}
}

func TestAbsentSituationIsNotZero(t *testing.T) {
	lines := psopFile()
	lines[1] = lines[1][:85] // nothing after the grade
	a := readText(t, "psop", "2013-12", joinLines(lines, "\n")).payslips[0].Agent
	if a.Indice != reconcile.Absent || a.NBI != reconcile.Absent || a.Quotite != reconcile.Absent || a.Children != reconcile.Absent {
		t.Errorf("numbers %d %d %d %d", a.Indice, a.NBI, a.Quotite, a.Children)
	}
	if a.Grade != "654321" || a.Echelon+a.Service+a.Programme+a.IBANDigest != "" {
		t.Errorf("texts %+v", a)
	}
}

func TestEchelonLosesItsPaddingOnly(t *testing.T) {
	for _, c := range []struct{ printed, want, reason string }{
		{"07", "7", "padded"}, {"00", "0", "échelon zero exists"}, {"0 ", "0", "échelon zero, not padded"},
		{"12", "12", "not padded"}, {"  ", "", "absent"}, {"A3", "A3", "chevron"}, {"10", "10", "a zero that counts"},
	} {
		lines := psopFile()
		at(lines[1], 86, c.printed)
		if got := readText(t, "psop", "2013-12", joinLines(lines, "\n")).payslips[0].Agent.Echelon; got != c.want {
			t.Errorf("%q gives %q, want %q: %s", c.printed, got, c.want, c.reason)
		}
	}
}

func TestKeyFallsBackThenFails(t *testing.T) {
	for _, c := range []struct{ nir, matricule, key, reason string }{
		{"1600175000001", "AB 123    ", "1600175000001/03", "the key is whole"},
		{"             ", "AB 123    ", "?AB 123/03", "no NIR: the fallback, marked"},
		{"             ", "          ", "", "neither: nobody"},
	} {
		lines := psopFile()
		at(at(lines[1], 3, c.nir), 20, c.matricule)
		got := readText(t, "psop", "2013-12", joinLines(lines, "\n"))
		switch {
		case c.key == "" && (len(got.payslips) != 0 || len(got.rejects) != 6 || !got.rejects[0].Payslip || got.rejects[1].Payslip):
			t.Errorf("%s: %d payslips, rejects %+v", c.reason, len(got.payslips), got.rejects)
		case c.key == "" && got.load.Rejected != psopPayslip(t).Sums:
			t.Errorf("%s: rejected %+v", c.reason, got.load.Rejected)
		case c.key != "" && (len(got.payslips) != 1 || got.payslips[0].Key != c.key):
			t.Errorf("%s: %+v", c.reason, got.payslips)
		}
	}
}

func TestIBANIsLeftBlankWithoutADigest(t *testing.T) {
	o := testOptions("2013-12")
	o.Digest = nil
	got := readPath(writeFile(t, "psop.txt", joinLines(psopFile(), "\n")), shippedLayout(t, "psop"), o)
	if got.err != nil || got.payslips[0].Agent.IBANDigest != "" {
		t.Errorf("%v %+v", got.err, got.payslips)
	}
}

func TestRejectKeepsTheBytesOfTheFile(t *testing.T) {
	lines := psopFile()
	at(lines[2], 9, string(latin9(t, "INDEMNITÉ")))
	at(lines[2], 52, "x")
	got := readText(t, "psop", "2013-12", joinLines(lines, "\r\n"))
	if len(got.rejects) != 1 || !bytes.Equal(got.rejects[0].Raw, lines[2]) {
		t.Fatalf("rejects %+v", got.rejects)
	}
	want := reconcile.Reject{File: got.load.Path, Line: 3, Record: "20", Field: fieldInfos[fBase].words, Reason: errNumber, Raw: lines[2], Sense: 'P', Amount: reconcile.Some(216234)}
	if diff := cmp.Diff(want, got.rejects[0]); diff != "" {
		t.Errorf("reject (-want +got):\n%s", diff)
	}
	if got.load.Sums.ToPay != -100 || got.load.Rejected != (reconcile.Sums{Lines: 1, ToPay: 216234}) || got.load.Rejects != 1 {
		t.Errorf("load %+v", got.load)
	}
}

func TestErrorsHoldNoPersonsValue(t *testing.T) {
	lines := psopFile()
	at(at(lines[1], 3, "             "), 20, "          ")
	at(lines[2], 40, "0000X216234")
	got := readPath(writeFile(t, "psop.txt", joinLines(lines, "\n")), shippedLayout(t, "psop"), testOptions("2013-12"))
	said := got.err.Error()
	for _, r := range got.rejects {
		said += r.Reason.String() + r.Field.String()
	}
	for _, secret := range []string{"EXEMPLE", "CAMILLE", "X216234", "FR76"} {
		if strings.Contains(said, secret) {
			t.Errorf("%q is told: %s", secret, said)
		}
	}
}
