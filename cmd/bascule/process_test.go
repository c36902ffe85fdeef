package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
	"syscall"
	"testing"
	"time"
)

// asProgram makes the test binary be the program itself, for the tests that kill
// it; atClock stops its clock, and watchedFrom has its calls to the system
// watched.
const (
	asProgram   = "TEST_AS_BASCULE"
	atClock     = "TEST_CLOCK"
	watchedFrom = "TEST_WATCHED_FROM"
	logged      = "TEST_LOGGED" // a first load goes through the log, as small ones do
	alone       = "TEST_ALONE"  // the test that a process is for
)

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) == "" {
		debug.SetGCPercent(gcPercent) // as the program does
		os.Exit(m.Run())
	}
	if socket := os.Getenv(watchedFrom); socket != "" {
		if err := askToBeWatched(socket); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(unwatchable)
		}
	}
	if clock := os.Getenv(atClock); clock != "" {
		now, err := time.Parse(time.RFC3339, clock)
		if err != nil {
			panic(err)
		}
		os.Exit(appAt(now, os.Getenv(logged) != "", os.Stdout, os.Stderr).execute(context.Background(), os.Args[1:]))
	}
	main()
}

// appAt is the program, its clock stopped, its first loads written as large ones
// unless they are to go through the log.
func appAt(now time.Time, logged bool, stdout, stderr io.Writer) *App {
	app := newApp(stdout, stderr)
	app.Now = func() time.Time { return now }
	if !logged {
		app.straight = 1
	}
	return app
}

// elsewhere has a long test, which goes from folder to folder, run in a process of
// its own beside others: a process is in one folder at a time. It tells the test
// whether it is done so.
func elsewhere(t *testing.T) bool {
	t.Helper()
	if os.Getenv(alone) == t.Name() {
		return false
	}
	t.Parallel()
	noteFixtures(t)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	pattern := "^" + t.Name() + "$"
	if _, part, ok := strings.Cut(flag.Lookup("test.run").Value.String(), "/"); ok {
		pattern += "/" + part
	}
	args := []string{"-test.v", "-test.run=" + pattern}
	flag.Visit(func(f *flag.Flag) {
		if f.Name == "test.short" || f.Name == "test.skip" || !strings.HasPrefix(f.Name, "test.") {
			args = append(args, "-"+f.Name+"="+f.Value.String())
		}
	})
	if end, ok := t.Deadline(); ok { // or it would outlive this process
		args = append(args, "-test.timeout="+time.Until(end.Add(-time.Second)).String())
	}
	cmd := exec.CommandContext(t.Context(), self, args...)
	cmd.Env = append(os.Environ(), alone+"="+t.Name())
	out, err := cmd.CombinedOutput()
	switch {
	case err != nil:
		t.Errorf("%v\n%s", err, out)
	case bytes.Contains(out, []byte("\n--- SKIP: "+t.Name())):
		t.Skipf("%s", out)
	case !bytes.Contains(out, []byte("\n--- PASS: "+t.Name())):
		t.Errorf("it was not run:\n%s", out)
	default:
		t.Logf("%s", out)
	}
	return true
}

// noteFixtures has this process ask for the files that tests run elsewhere read, so
// that go test takes no result from before they changed.
func noteFixtures(t *testing.T) {
	t.Helper()
	files := 0
	for _, dir := range []string{"testdata", "../../fixtures", "../../mappings"} {
		err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				files++
				_, err = os.Stat(name)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if files < 100 {
		t.Fatalf("only %d fixtures", files)
	}
}

// program is a command line of the program, in a process of its own.
func program(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, args...)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	return cmd
}

// killedAfter starts a command, kills it as the system would after a while, and
// tells whether it was still at work.
func killedAfter(t *testing.T, cmd *exec.Cmd, wait time.Duration) bool {
	t.Helper()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(wait)
	if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Fatal(err)
	}
	_ = cmd.Wait() // its state tells
	status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus)
	return ok && status.Signaled()
}
