package extract

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"bascule/reconcile"
)

// The benchmarks read a month of benchAgents payslips of benchLines lines. At
// that shape, 300,000 agents are 15 times what BenchmarkPsop reads.
const (
	benchAgents = 20_000
	benchLines  = 25
)

func benchmark(b *testing.B, layout, name string, content []byte) {
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
		if lines != benchAgents*benchLines {
			b.Fatalf("%d lines", lines)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/(benchAgents*benchLines), "ns/line")
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
	benchmark(b, "psop", "psop.txt", latin9(b, w.String()))
}

func BenchmarkSipaye(b *testing.B) {
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
	benchmark(b, "sipaye", "sipaye.csv", w.Bytes())
}

func BenchmarkFlat(b *testing.B) {
	var w bytes.Buffer
	w.WriteString("mois;nir;dossier;matricule;nom;prenom;grade;echelon;indice;programme;code;libelle;sens;montant;base;taux;origine\n")
	for a := range benchAgents {
		for k := range benchLines {
			fmt.Fprintf(&w, "2013-12;%013d;01;M%09d;NOM;PRÉNOM;123456;7;500;176;R%05d;Traitement;P;%s;2500,00;5,4;\n", 1600000000000+a, a, 1000*k, euros(reconcile.Amount(100*k+a%1000)))
		}
	}
	benchmark(b, "flat", "flat.csv", w.Bytes())
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
	benchmark(b, "pes-paye", "pes.xhl", w.Bytes())
}
