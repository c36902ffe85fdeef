package main

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

func TestInitWritesUnitsForItsFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "paye")
	mustExit(t, exitClosed, "init", dir)
	for _, name := range []string{"bascule.service", "bascule-verify.service"} {
		text := readFile(t, filepath.Join(dir, "exploitation", name))
		for _, want := range []string{"User=bascule", "UMask=0077", "NoNewPrivileges=yes", "ProtectSystem=strict", "PrivateTmp=yes", "LimitCORE=0", "WorkingDirectory=" + dir + "\n", "ReadWritePaths=" + dir + "\n"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: no %s", name, want)
			}
		}
		if name == "bascule.service" != strings.Contains(text, "SuccessExitStatus=1") {
			t.Errorf("%s: open gaps are a success of a night, a base that was edited is none of a verification", name)
		}
	}
	odd := filepath.Join(t.TempDir(), "avec espace")
	mustExit(t, exitClosed, "init", odd)
	if text := readFile(t, filepath.Join(odd, "exploitation", "bascule.service")); !strings.Contains(text, "WorkingDirectory="+sampleFolder+"\n") {
		t.Error("a unit cannot hold this folder as it is")
	}
}

// TestTheSamplesCallCommandsAndOptionsThatExist parses the command lines of the
// units and of the lines of cron.
func TestTheSamplesCallCommandsAndOptionsThatExist(t *testing.T) {
	entries, err := unitSamples.ReadDir("exploitation")
	if err != nil {
		t.Fatal(err)
	}
	called := map[string]int{}
	for _, e := range entries {
		content, err := unitSamples.ReadFile("exploitation/" + e.Name())
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(content)) {
			_, rest, found := strings.Cut(line, "/usr/local/bin/bascule ")
			if !found {
				continue
			}
			rest, _, _ = strings.Cut(rest, " >>")
			words := strings.Fields(strings.ReplaceAll(rest, "$(date +", ""))
			root := newApp(nil, nil).rootCommand()
			i := slices.IndexFunc(root.Commands(), func(c *cobra.Command) bool { return c.Name() == words[0] })
			if i < 0 {
				t.Errorf("%s: no command %s", e.Name(), words[0])
				continue
			}
			called[words[0]]++
			if err := root.Commands()[i].ParseFlags(words[1:]); err != nil {
				t.Errorf("%s: %s: %v", e.Name(), rest, err)
			}
		}
	}
	if called["run"] != 2 || called["verify"] != 2 || called["backup"] != 1 {
		t.Errorf("called %v", called)
	}
}
