package extract

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"

	"bascule/reconcile"
)

// The benchmarks read a month of benchAgents payslips of benchLines lines. At
// that shape, 300,000 agents are 15 times what BenchmarkPsop reads.
const (
	benchAgents = 20_000
	benchLines  = 25
)

func benchmark(b *testing.B, layout, name string, content []byte, agents int64) {
	b.Helper()
	path := filepath.Join(b.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		b.Fatal(err)
	}
	l := shippedLayout(b, layout)
	b.SetBytes(int64(len(content)))
	b.ReportAllocs()
	for b.Loop() {
		r := NewReader(path, l, testOptions("2013-12"))
		var lines int64
		for item, err := range r.Items() {
			if err != nil {
				b.Fatal(err)
			}
			lines += int64(len(item.Payslip.Lines))
		}
		if lines != agents*benchLines {
			b.Fatalf("%d lines", lines)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(agents*benchLines), "ns/line")
}

func BenchmarkPsop(b *testing.B) {
	var w bytes.Buffer
	w.WriteString("0000920131220131215SLR-075 \n")
	var pay, lines int64
	for a := range benchAgents {
		fmt.Fprintf(&w, "10%013d%02d01M%09d%-30s%-20s%-6s%02d%04d%03d%05d%02d%-10s%-3s%-8s%-3s%c%c%-27s\n", 1600000000000+a, a%97, a, "NOM", "PRÉNOM", "123456", 7, 500, 10, 10000, 2, "SVC0012345", "176", "BOP00001", "075", 'T', '1', "FR7630001007941234567890185")
		for k := range benchLines {
			amount := int64(100*k + a%1000)
			pay += amount
			lines++
			fmt.Fprintf(&w, "20%06d%-30sP%011d+%011d+%08d%6s\n", 100000+1000*k, "TRAITEMENT BRUT", amount, 250000, 54000, []string{"      ", "201311"}[k/24])
		}
		fmt.Fprintf(&w, "30%011d+%011d+%011d+%011d+\n", 0, 0, 0, 0)
	}
	fmt.Fprintf(&w, "99%09d%011d%015d+%015d+%015d+\n", benchAgents, lines, pay, 0, 0)
	benchmark(b, "psop", "psop.txt", latin9(b, w.String()), benchAgents)
}

func BenchmarkSipaye(b *testing.B) {
	benchmark(b, "sipaye", "sipaye.csv", sipayeMonth(), benchAgents)
}

// sipayeMonth is a month of benchAgents payslips of benchLines lines.
func sipayeMonth() []byte {
	var w bytes.Buffer
	w.WriteString("E;009;2013-12;2013-12-15;1.0\n")
	var pay reconcile.Amount
	for a := range benchAgents {
		fmt.Fprintf(&w, "A;%013d;%02d;01;M%09d;NOM;PRÉNOM;123456;7;500;10;100;2;SVC0012345;176;BOP00001;075;T;1;FR7630001007941234567890185\n", 1600000000000+a, a%97, a)
		for k := range benchLines {
			amount := reconcile.Amount(100*k + a%1000)
			pay += amount
			fmt.Fprintf(&w, "L;R%05d;Traitement indiciaire;P;%s;2500,00;5,4;\n", 1000*k, euros(amount))
		}
		w.WriteString("T;0,00;0,00;0,00;0,00\n")
	}
	fmt.Fprintf(&w, "F;%d;%d;%s;0,00;0,00\n", benchAgents, benchAgents*benchLines, euros(pay))
	return w.Bytes()
}

// BenchmarkSipayeByBlocks is BenchmarkSipaye keeping all blocks, then knowing all
// but those where codes are met for the first time.
func BenchmarkSipayeByBlocks(b *testing.B) {
	path := filepath.Join(b.TempDir(), "sipaye.csv")
	content := sipayeMonth()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		b.Fatal(err)
	}
	l, o := shippedLayout(b, "sipaye"), testOptions("2013-12")
	o.Blocks = true
	kept := make(map[[sha256.Size]byte][]byte)
	read := func() (payslips int64) {
		r := NewReader(path, l, o)
		for item, err := range r.Items() {
			switch {
			case err != nil:
				b.Fatal(err)
			case item.Block != nil && item.Block.Said != nil:
				kept[item.Block.Digest] = item.Block.Said
			case item.Payslip != nil:
				payslips++
			}
		}
		return payslips
	}
	known := func(digest [sha256.Size]byte) (int64, []byte, error) { return 1, kept[digest], nil }
	for _, mode := range []string{"kept", "known"} {
		b.Run(mode, func(b *testing.B) {
			b.SetBytes(int64(len(content)))
			b.ReportAllocs()
			if mode == "known" {
				o.Known = known
			}
			for b.Loop() {
				if n := read(); (n == benchAgents) != (mode == "kept") {
					b.Fatalf("%d payslips are read", n)
				}
			}
		})
	}
}

func BenchmarkFlat(b *testing.B) {
	var w bytes.Buffer
	w.WriteString("mois;nir;dossier;matricule;nom;prenom;grade;echelon;indice;programme;code;libelle;sens;montant;base;taux;origine\n")
	for a := range benchAgents {
		for k := range benchLines {
			fmt.Fprintf(&w, "2013-12;%013d;01;M%09d;NOM;PRÉNOM;123456;7;500;176;R%05d;Traitement;P;%s;2500,00;5,4;\n", 1600000000000+a, a, 1000*k, euros(reconcile.Amount(100*k+a%1000)))
		}
	}
	benchmark(b, "flat", "flat.csv", w.Bytes(), benchAgents)
}

func BenchmarkPesPaye(b *testing.B) {
	var w bytes.Buffer
	w.WriteString(`<?xml version="1.0" encoding="ISO-8859-1"?><a:DocumentPaye xmlns:a="http://www.minefi.gouv.fr/cp/helios/pes_v2/paye_1_1"><Annee V="2013"/><Mois V="12"/><DonneesIndiv>`)
	for a := range benchAgents {
		fmt.Fprintf(&w, "\n<PayeIndivMensuel><Agent><Nom V=\"NOM\"/><Matricule V=\"M%d\"/><NIR V=\"%d\"/><Statut V=\"TITULAIRE\"/></Agent><Remuneration>", a, 160000000000000+a)
		for k := range benchLines {
			fmt.Fprintf(&w, `<Indemnite><Libelle V="PRIME"/><Code V="C%d"/><Mt V="%s"/><Ordre V="1"/></Indemnite>`+"\n", k, reconcile.Amount(100*k+a%1000))
		}
		w.WriteString("</Remuneration><MtNetAPayer V=\"0\"/></PayeIndivMensuel>")
	}
	w.WriteString("</DonneesIndiv></a:DocumentPaye>")
	benchmark(b, "pes-paye", "pes.xhl", w.Bytes(), benchAgents)
}

// pesVendor writes payslips of benchLines lines as a vendor does, one element to
// a line; the whole is in UTF-8.
func pesVendor(w *bytes.Buffer, payslips int) {
	groups := []string{"TraitBrut", "IndemResid", "SupFam", "Indemnite", "Indemnite", "Deduction", "Deduction", "Cotisation", "Cotisation", "Retenue"}
	labels := []string{"TRAITEMENT INDICIAIRE", "INDEMNITÉ DE RÉSIDENCE", "SUPPLÉMENT FAMILIAL", "IND. ADM. ET TECHNICITÉ", "PRIME SERVICE", "RETENUE PC", "CSG DÉDUCTIBLE", "COT. SS MALADIE", "CONTRIB. VIEIL. RG", "MUTUELLE"}
	for a := range payslips {
		fmt.Fprintf(w, `<PayeIndivMensuel>
<Agent>
<Civilite V = "M"/>
<Nom V = "DE L&apos;EXEMPLE"/>
<Prenom V = "RENÉ"/>
<Matricule V = "M%06d"/>
<NIR  V = "%d"/>
<Adresse>
<TypAdr V = "1"/>
<Adr2 V = "12 RUE DE LA RÉPUBLIQUE"/>
<CP V = "75001"/>
<Ville V = "PARIS"/>
<CodRes V = "0"/>
</Adresse>
<NbEnfants V = "2"/>
<Statut V = "TITULAIRE"/>
<EmploiMetier V = "RESPONSABLE RÉSEAUX"/>
<Grade V = "654321"/>
<Echelon V = "0007"/>
<Indice V = "467"/>
</Agent>
<Evenement>
<Code V = "MOR"/>
</Evenement>
<Service V = "ASS SECTEUR 3"/>
<NBI V = "0"/>
<QuotiteTrav V = "100"/>
<Periode>
<DateDebut V = "2013-12-01"/>
<DateFin V = "2013-12-31"/>
</Periode>
<Remuneration>
`, a, 160_000_000_000_000+a)
		for k := range benchLines {
			fmt.Fprintf(w, `<%[1]s>
<Libelle V = "%[2]s"/>
<Code V = "%[3]dN"/>
<Taux V = "%[4]d.650"/>
<NbUnite V = "2773"/>
<Mt V = "%[5]s"/>
<PeriodeRef>
<DateDebut V = "2013-12-01"/>
<DateFin V = "2013-12-31"/>
</PeriodeRef>
<CodeCaisse V = "URSSAF"/>
<Ordre V = "99680%[3]d"/>
</%[1]s>
`, groups[k%len(groups)], labels[k%len(labels)], 100+k, k%10, reconcile.Amount(100*k+a%1000))
		}
		w.WriteString(`</Remuneration>
<MtBrut V = "2773.00"/>
<MtNet V = "2314.07"/>
<MtNetAPayer V = "2314.07"/>
<DatePaiement V = "2013-12-27"/>
<MtImposable V = "2391.06"/>
</PayeIndivMensuel>
`)
	}
}

const (
	pesHead = "<?xml version=\"1.0\" encoding=\"%s\"?>\n<astre:DocumentPaye xmlns:astre=\"http://www.minefi.gouv.fr/cp/helios/pes_v2/paye_1_1\">\n<Annee V = \"2013\"/>\n<Mois V = \"12\"/>\n<DonneesIndiv>\n"
	pesTail = "</DonneesIndiv>\n</astre:DocumentPaye>\n"
)

// BenchmarkReadXML reads a vendor's file in the two encodings that files are in.
func BenchmarkReadXML(b *testing.B) {
	for _, encoding := range []string{"UTF-8", "ISO-8859-1"} {
		b.Run(encoding, func(b *testing.B) {
			var w bytes.Buffer
			fmt.Fprintf(&w, pesHead, encoding)
			pesVendor(&w, benchAgents/4)
			w.WriteString(pesTail)
			content := w.Bytes()
			if encoding != "UTF-8" {
				var err error
				if content, err = charmap.ISO8859_1.NewEncoder().Bytes(content); err != nil {
					b.Fatal(err)
				}
			}
			benchmark(b, "pes-paye", "pes.xhl", content, benchAgents/4)
		})
	}
}

// BenchmarkReadXMLStream reads 200 MB and tells how much of the heap is alive
// meanwhile, which may not grow with the file.
func BenchmarkReadXMLStream(b *testing.B) {
	const block, blocks, most = 500, 54, 8 << 20
	var w bytes.Buffer
	pesVendor(&w, block)
	l := shippedLayout(b, "pes-paye")
	b.SetBytes(int64(w.Len() * blocks))
	b.ReportAllocs()
	var before, now runtime.MemStats
	var peak uint64
	for b.Loop() {
		parts := []io.Reader{strings.NewReader(fmt.Sprintf(pesHead, "UTF-8"))}
		for range blocks {
			parts = append(parts, bytes.NewReader(w.Bytes()))
		}
		parts = append(parts, strings.NewReader(pesTail))
		r := NewReader("stream.xhl", l, testOptions("2013-12"))
		runtime.GC()
		runtime.ReadMemStats(&before)
		payslips := 0
		r.yield = func(item Item, _ error) bool {
			if payslips++; payslips%2000 == 0 {
				runtime.GC()
				runtime.ReadMemStats(&now)
				peak = max(peak, now.HeapAlloc-min(before.HeapAlloc, now.HeapAlloc))
			}
			return item.Reject == nil
		}
		if err := r.readXML(io.MultiReader(parts...)); err != nil || payslips != block*blocks {
			b.Fatal(payslips, err)
		}
		if peak > most {
			b.Fatalf("%d bytes alive, more than %d", peak, most)
		}
	}
	b.ReportMetric(float64(peak)/(1<<20), "MB-alive")
}
