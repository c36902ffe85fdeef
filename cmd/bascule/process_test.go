package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime/debug"
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
		os.Exit(appAt(now, os.Stdout, os.Stderr).execute(context.Background(), os.Args[1:]))
	}
	main()
}

// appAt is the program, its clock stopped, its first loads written as large ones.
func appAt(now time.Time, stdout, stderr io.Writer) *App {
	app := newApp(stdout, stderr)
	app.Now = func() time.Time { return now }
	app.straight = 1
	return app
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
