package main

import (
	"regexp"
	"strings"
	"testing"
)

// TestEveryDependencyIsListedWithItsLicence holds licences.csv against go.mod;
// .ci/licences.py writes it, and holds it against what each module ships.
func TestEveryDependencyIsListedWithItsLicence(t *testing.T) {
	listed := make(map[string]string)
	for i, line := range strings.Split(strings.TrimSpace(readFile(t, "licences.csv")), "\n") {
		cells := strings.Split(line, ";")
		if len(cells) != 4 || i > 0 && cells[2] == "" {
			t.Fatalf("%q is no row of licences", line)
		}
		listed[cells[0]] = cells[1]
	}
	required := regexp.MustCompile(`(?m)^\s+(\S+) (v\S+)`).FindAllStringSubmatch(readFile(t, "../../go.mod"), -1)
	if len(required) < 10 || len(listed) != len(required)+1 {
		t.Errorf("%d modules are required, %d listed: run python3 .ci/licences.py", len(required), len(listed)-1)
	}
	for _, m := range required {
		if listed[m[1]] != m[2] {
			t.Errorf("%s %s is not listed: run python3 .ci/licences.py", m[1], m[2])
		}
	}
}
