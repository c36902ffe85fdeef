package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bascule/reconcile"
)

func readFile(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestGenerateNeedsNoConfiguration(t *testing.T) {
	t.Chdir(t.TempDir())
	code, stdout, stderr := invoke(t, "generate", "--agents", "30", "--seed", "7", "--out", "a/b")
	if code != exitClosed || stderr != "" || strings.Count(stdout, "écrit    ") != 3 {
		t.Fatalf("code %d, stderr %q, stdout:\n%s", code, stderr, stdout)
	}
	if code, _, _ := invoke(t, "generate", "--agents", "30", "--seed", "7", "--out", "c", "--json"); code != exitClosed {
		t.Fatalf("code %d", code)
	}
	for _, name := range []string{"psop-2013-12.txt", "sipaye-2013-12.csv", "truth-2013-12.csv"} {
		if first, second := readFile(t, "a/b/"+name), readFile(t, "c/"+name); first == "" || first != second {
			t.Errorf("%s is empty or differs under one seed", name)
		}
	}
}

func TestGenerateFollowsTheConfigurationAndTheFlag(t *testing.T) {
	t.Chdir(t.TempDir())
	if code, _, stderr := invoke(t, "init"); code != exitClosed {
		t.Fatal(stderr)
	}
	t.Setenv("BASCULE_PERIOD", "2013-11")
	if code, _, stderr := invoke(t, "generate", "--agents", "20", "--out", "."); code != exitClosed {
		t.Fatal(stderr)
	}
	for _, side := range reconcile.Sides {
		if files, err := mustLoad(t, "config.yaml", nil).Files(side); err != nil || len(files) != 1 {
			t.Errorf("what init, then generate, leave for run: %v, %v", files, err)
		}
	}
	code, stdout, stderr := invoke(t, "generate", "--agents", "20", "--out", "flag", "--period", "2013-10", "--json")
	var result generateResult
	if err := json.Unmarshal([]byte(stdout), &result); err != nil || code != exitClosed {
		t.Fatalf("%v, code %d, %s", err, code, stderr)
	}
	if result.Period.String() != "2013-10" || result.Agents != 20 || result.Legacy.Payslips < 20 || result.Legacy.ToPay <= 0 || result.Files[0] != "flag/psop-2013-10.txt" {
		t.Errorf("got %s", stdout)
	}
	readFile(t, result.Files[2])
}

func TestGenerateRefusesTablesThatAreNotThere(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("config.yaml", []byte(minimal), 0o600); err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr := invoke(t, "generate", "--agents", "3", "--out", "x")
	if code != exitFailure || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, "mappings") {
		t.Errorf("code %d, stdout %q, stderr %q", code, stdout, stderr)
	}
	if code, _, stderr := invoke(t, "generate", "--agents", "3", "--out", "x", "--config", "absent.yaml"); code != exitFailure || !strings.HasPrefix(stderr, "bascule: absent.yaml: n'existe pas") {
		t.Errorf("a configuration that is named must exist: code %d, %s", code, stderr)
	}
	if _, err := os.Stat("x"); err == nil {
		t.Error("something was written")
	}
}

func TestGeneratePlantsWhatIsAsked(t *testing.T) {
	t.Chdir(t.TempDir())
	for file, text := range map[string]string{"none.csv": "cause;variant;per_mille\n", "bad.csv": "cause;variant;per_mille\nmagie;;3\n"} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if code, _, stderr := invoke(t, "generate", "--agents", "30", "--out", "x", "--plant", "none.csv"); code != exitClosed {
		t.Fatal(stderr)
	}
	if truth := readFile(t, "x/truth-2013-12.csv"); strings.Count(truth, "\n") != 1 {
		t.Errorf("an empty plan planted:\n%s", truth)
	}
	if code, _, stderr := invoke(t, "generate", "--agents", "30", "--out", "x", "--plant", "bad.csv"); code != exitFailure || !strings.HasPrefix(stderr, "bascule: bad.csv:2: cause: ") {
		t.Errorf("code %d, %s", code, stderr)
	}
}

func TestInterruptedGenerateLeavesNothing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "x")
	t.Chdir(t.TempDir())
	ctx, stop := context.WithCancel(context.Background())
	stop()
	var stdout, stderr bytes.Buffer
	code := run(ctx, []string{"generate", "--agents", "3000", "--out", dir}, &stdout, &stderr)
	if code != exitInterrupted || stdout.Len() > 0 {
		t.Errorf("code %d, stderr %q", code, stderr.String())
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left %v, %v", left, err)
	}
}
