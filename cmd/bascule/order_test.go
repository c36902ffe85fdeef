package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// psopParts cuts a psop file into its header, the records of each agent, and the
// place of its trailer.
func psopParts(t *testing.T, name string) (header string, agents [][]string) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.SplitSeq(strings.TrimRight(string(text), "\n"), "\n") {
		switch line[:2] {
		case "00":
			header = line
		case "10":
			agents = append(agents, []string{line})
		case "20", "30":
			last := &agents[len(agents)-1]
			*last = append(*last, line)
		}
	}
	return header, agents
}

// writePsop writes agents under a header, with the trailer that they make.
func writePsop(t *testing.T, name, header string, agents [][]string) {
	t.Helper()
	var b strings.Builder
	b.WriteString(header + "\n")
	lines, sums := 0, map[byte]int64{}
	for _, records := range agents {
		for _, r := range records {
			b.WriteString(r + "\n")
			if r[:2] != "20" {
				continue
			}
			cents, err := strconv.ParseInt(r[39:50], 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			if r[50] == '-' {
				cents = -cents
			}
			lines++
			sums[r[38]] += cents
		}
	}
	fmt.Fprintf(&b, "99%09d%011d", len(agents), lines)
	for _, sense := range []byte("PDI") {
		sign := byte('+')
		if sums[sense] < 0 {
			sign, sums[sense] = '-', -sums[sense]
		}
		fmt.Fprintf(&b, "%015d%c", sums[sense], sign)
	}
	b.WriteString("\n")
	if err := os.WriteFile(name, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestOrderAndSplittingOfFilesChangeNoResult shuffles the agents of the legacy
// file and their lines, then cuts it in five: the list of gaps stays the same.
func TestOrderAndSplittingOfFilesChangeNoResult(t *testing.T) {
	d := newMappingDesk(t, 400, 23)
	want, _ := d.gapsOfRun()
	header, agents := psopParts(t, "psop-2013-12.txt")
	dice := rand.New(rand.NewPCG(3, 9))
	for _, records := range agents {
		pay := records[1 : len(records)-1]
		if last := records[len(records)-1]; last[:2] != "30" {
			pay = records[1:]
		}
		dice.Shuffle(len(pay), func(i, j int) { pay[i], pay[j] = pay[j], pay[i] })
	}
	dice.Shuffle(len(agents), func(i, j int) { agents[i], agents[j] = agents[j], agents[i] })
	writePsop(t, "psop-2013-12.txt", header, agents)
	d.bascule(1, "run", "--period", "2013-12", "--quiet")
	if got, _ := d.gapsOfRun(); !slices.Equal(got, want) {
		t.Errorf("shuffled: %d gaps, %d before", len(got), len(want))
	}
	const n = 5
	for i := range n {
		writePsop(t, fmt.Sprintf("part-%d.txt", i), header, agents[i*len(agents)/n:(i+1)*len(agents)/n])
	}
	config, err := os.ReadFile("config.yaml")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(config), `"psop-{period}.txt"`, `"part-*.txt"`, 1)
	if text == string(config) {
		t.Fatal("the configuration names no psop file")
	}
	if err := os.WriteFile("config.yaml", []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	d.bascule(1, "run", "--period", "2013-12", "--quiet")
	if got, _ := d.gapsOfRun(); !slices.Equal(got, want) {
		t.Errorf("in five files: %d gaps, %d before", len(got), len(want))
	}
	if runs, err := filepath.Glob("out/2013-12/run-*"); err != nil || len(runs) != 3 {
		t.Errorf("%d runs, %v: the files were taken for the same", len(runs), err)
	}
}
