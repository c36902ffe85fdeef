package extract

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bascule/fixtures"
	"bascule/mappings"
	"bascule/reconcile"
)

// ministryPayslips is what the psop file of a synthetic ministry holds.
func ministryPayslips(t testing.TB, agents int, seed uint64, month string) []reconcile.Payslip {
	t.Helper()
	p := period(t, month)
	tables, err := mappings.Load(filepath.Dir(layoutsFolder), p)
	if err != nil {
		t.Fatal(err)
	}
	var legacy, onp, truth bytes.Buffer
	if _, err := fixtures.Generate(fixtures.Options{Agents: agents, Seed: seed, Period: p, Tables: tables}, &legacy, &onp, &truth); err != nil {
		t.Fatal(err)
	}
	return readText(t, "psop", month, legacy.Bytes()).payslips
}

// TestWhatIsReadIsWrittenAndReadAgain takes the payslips of synthetic
// ministries through every shipped layout: read, written as the layout says,
// read again, they are the same.
func TestWhatIsReadIsWrittenAndReadAgain(t *testing.T) {
	names, err := filepath.Glob(filepath.Join(layoutsFolder, "*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	const shipped = 7
	if len(names) < shipped {
		t.Fatalf("only %d layouts were found", len(names))
	}
	for _, month := range []string{"2013-12", "2024-02"} {
		slips := ministryPayslips(t, 120, 31, month)
		for _, name := range names {
			l := shippedLayout(t, filepath.Base(name[:len(name)-len(".yaml")]))
			t.Run(month+"/"+l.Name, func(t *testing.T) { roundTrip(t, l, month, slips) })
		}
	}
}

func roundTrip(t *testing.T, l *Layout, month string, slips []reconcile.Payslip) {
	o := testOptions(month)
	if l.charset != nil && l.charset.ebcdic != nil {
		slips = inLatin1(slips)
	}
	if !l.record(roleAgent).has(fNIR) {
		o.Identity = reconcile.Identity{Key: []reconcile.IdentityField{reconcile.IdentityMatricule}}
		slips = recoded(slips)
	}
	through := func(slips []reconcile.Payslip) readFile {
		if l.Shape == shapeXLSX {
			return readBook(t, writeBook(t, l, o.Period, slips), l, month)
		}
		return readPath(writeFile(t, "extract", writeLayout(t, l, o.Period, slips)), l, o)
	}
	first := through(slips)
	if first.err != nil {
		t.Fatal(first.err)
	}
	again := through(first.payslips)
	if again.err != nil {
		t.Fatal(again.err)
	}
	if len(first.rejects)+len(again.rejects) > 0 {
		t.Fatalf("rejects: %v", append(first.rejects, again.rejects...))
	}
	if len(first.payslips) != len(slips) {
		t.Fatalf("%d payslips became %d", len(slips), len(first.payslips))
	}
	for i := range slips {
		if diff := cmp.Diff(carriedBy(l, &slips[i]), carriedBy(l, &first.payslips[i])); diff != "" {
			t.Fatalf("payslip %d changed on its way through the layout (-written +read):\n%s", i, diff)
		}
		if diff := cmp.Diff(first.payslips[i], again.payslips[i]); diff != "" {
			t.Fatalf("payslip %d is not the same twice (-first +second):\n%s", i, diff)
		}
	}
	if first.load.Sums != again.load.Sums || first.load.Payslips != again.load.Payslips {
		t.Errorf("sums %+v became %+v", first.load.Sums, again.load.Sums)
	}
}

// inLatin1 spells the names without the letters that EBCDIC pages lack.
func inLatin1(slips []reconcile.Payslip) []reconcile.Payslip {
	all := slices.Clone(slips)
	for i := range all {
		a := &all[i].Agent
		for _, s := range []*string{&a.Surname, &a.FirstName} {
			*s = strings.NewReplacer("Ÿ", "Y", "Œ", "O", "œ", "o").Replace(*s)
		}
	}
	return all
}

// recoded keeps one payslip of each person and gives its lines codes of the
// example without NIR, which knows no dossier and tells the sense of a line by
// its code.
func recoded(slips []reconcile.Payslip) []reconcile.Payslip {
	var all []reconcile.Payslip
	for i := range slips {
		if i == 0 || slips[i].Agent.Matricule != slips[i-1].Agent.Matricule {
			all = append(all, slips[i])
		}
	}
	for i := range all {
		all[i].Lines = slices.Clone(all[i].Lines)
		for j := range all[i].Lines {
			line := &all[i].Lines[j]
			line.Code = map[reconcile.Sense]reconcile.Code{reconcile.ToPay: "1010", reconcile.ToDeduct: "7010", reconcile.Information: "6010"}[line.Sense]
		}
	}
	return all
}

// carriedBy keeps of a payslip what the layout can tell: all amounts, and the
// fields that it describes.
func carriedBy(l *Layout, p *reconcile.Payslip) reconcile.Payslip {
	agent, line, totals := l.record(roleAgent), l.record(roleLine), l.record(roleTotals)
	kept := reconcile.Payslip{Period: p.Period, Sums: p.Sums}
	for _, text := range []struct {
		id   field
		from string
		into *string
	}{{fNIR, p.Agent.NIR, &kept.Agent.NIR}, {fNIRKey, p.Agent.NIRKey, &kept.Agent.NIRKey}, {fDossier, p.Agent.Dossier, &kept.Agent.Dossier},
		{fMatricule, p.Agent.Matricule, &kept.Agent.Matricule}, {fSurname, p.Agent.Surname, &kept.Agent.Surname},
		{fFirstName, p.Agent.FirstName, &kept.Agent.FirstName}, {fGrade, p.Agent.Grade, &kept.Agent.Grade}, {fEchelon, p.Agent.Echelon, &kept.Agent.Echelon},
		{fService, p.Agent.Service, &kept.Agent.Service}, {fProgramme, p.Agent.Programme, &kept.Agent.Programme}, {fBOP, p.Agent.BOP, &kept.Agent.BOP},
		{fAccountant, p.Agent.Accountant, &kept.Agent.Accountant}, {fStatus, p.Agent.Status, &kept.Agent.Status}, {fZone, p.Agent.Zone, &kept.Agent.Zone}} {
		if agent.has(text.id) {
			*text.into = text.from
		}
	}
	for _, number := range []struct {
		id   field
		from int32
		into *int32
	}{{fIndice, p.Agent.Indice, &kept.Agent.Indice}, {fNBI, p.Agent.NBI, &kept.Agent.NBI}, {fQuotite, p.Agent.Quotite, &kept.Agent.Quotite},
		{fChildren, p.Agent.Children, &kept.Agent.Children}} {
		if agent.has(number.id) {
			*number.into = number.from
		}
	}
	for _, pl := range p.Lines {
		if !line.has(fBase) {
			pl.Base = reconcile.NoFixed
		}
		if !line.has(fRate) {
			pl.Rate = reconcile.NoFixed
		}
		kept.Lines = append(kept.Lines, pl)
	}
	if totals != nil {
		kept.Declared.Net = p.Declared.Net
		if totals.has(fToPay) {
			kept.Declared = p.Declared
		}
	}
	return kept
}

// TestDemoPayslipsGoThroughEveryRecordLayout does the same with what the other
// system of the demonstration wrote.
func TestDemoPayslipsGoThroughEveryRecordLayout(t *testing.T) {
	text, err := os.ReadFile("../../fixtures/demo/sipaye-2013-12.csv")
	if err != nil {
		t.Fatal(err)
	}
	slips := readText(t, "sipaye", "2013-12", text).payslips
	for _, name := range []string{"psop", "sipaye", "exemple-ebcdic", "flat"} {
		t.Run(name, func(t *testing.T) { roundTrip(t, shippedLayout(t, name), "2013-12", slips) })
	}
}

// TestOrderAndSplittingChangeNothing shuffles the payslips of a file and their
// lines, and cuts it in five: whatever the shape, the same payslips come out.
func TestOrderAndSplittingChangeNothing(t *testing.T) {
	names, err := filepath.Glob(filepath.Join(layoutsFolder, "*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	slips := inLatin1(ministryPayslips(t, 150, 12, "2013-12"))
	for _, name := range names {
		l := shippedLayout(t, filepath.Base(name[:len(name)-len(".yaml")]))
		t.Run(l.Name, func(t *testing.T) {
			o, slips := testOptions("2013-12"), slips
			if !l.record(roleAgent).has(fNIR) {
				o.Identity = reconcile.Identity{Key: []reconcile.IdentityField{reconcile.IdentityMatricule}}
				slips = recoded(slips)
			}
			read := func(part []reconcile.Payslip) readFile {
				if l.Shape == shapeXLSX {
					return readBook(t, writeBook(t, l, o.Period, part), l, "2013-12")
				}
				return readPath(writeFile(t, "extract", writeLayout(t, l, o.Period, part)), l, o)
			}
			want := told(t, read(slips))
			dice := rand.New(rand.NewPCG(5, 8))
			shuffled := slices.Clone(slips)
			for i := range shuffled {
				shuffled[i].Lines = slices.Clone(shuffled[i].Lines)
				dice.Shuffle(len(shuffled[i].Lines), func(j, k int) {
					lines := shuffled[i].Lines
					lines[j], lines[k] = lines[k], lines[j]
				})
			}
			dice.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
			if diff := cmp.Diff(want, told(t, read(shuffled))); diff != "" {
				t.Errorf("shuffled (-straight +shuffled):\n%s", diff)
			}
			var parts []string
			const n = 5
			for i := range n {
				parts = append(parts, told(t, read(shuffled[i*len(shuffled)/n:(i+1)*len(shuffled)/n]))...)
			}
			slices.Sort(parts)
			if diff := cmp.Diff(want, parts); diff != "" {
				t.Errorf("in five files (-one +five):\n%s", diff)
			}
		})
	}
}

// told lists the payslips of a file, each with its lines, sorted.
func told(t *testing.T, got readFile) []string {
	t.Helper()
	if got.err != nil || len(got.rejects) > 0 {
		t.Fatal(got.err, got.rejects)
	}
	all := make([]string, len(got.payslips))
	for i := range got.payslips {
		p := &got.payslips[i]
		lines := make([]string, len(p.Lines))
		for j := range p.Lines {
			lines[j] = fmt.Sprint(p.Lines[j])
		}
		slices.Sort(lines)
		all[i] = fmt.Sprint(p.Key, p.Agent, p.Declared, p.Sums, lines)
	}
	slices.Sort(all)
	return all
}
