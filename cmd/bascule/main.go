// Command bascule reconciles two payroll systems: what the new one would pay
// against what the former one pays, to the centime, with the cause of each gap.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
)

// gcPercent trades some 70 MB for a fifth of the time of a load: the heap is
// small and of constant size, and would be collected hundreds of times a second.
const gcPercent = 300

// heapBytes is where that trade ends: beyond, the heap is collected as often as
// it takes, and still grows where what is alive needs more. The report, whose
// files are written together, would otherwise leave 60 MB of garbage at its peak.
const heapBytes = 128 << 20

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(heapBytes)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// A second signal kills at once, should a stage be slow to stop.
	context.AfterFunc(ctx, stop)
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run executes one command line and returns its exit code (CONTRACT 1).
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	return newApp(stdout, stderr).execute(ctx, args)
}
