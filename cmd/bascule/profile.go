package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
)

// startProfiles writes into the folder, until stopped, what the processors were
// busy with (cpu.pprof), then what was allocated since the start (allocs.pprof):
// to be read by `go tool pprof`. They hold no pay data.
func startProfiles(folder string) (stop func() error, err error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("--profile : %w", err)
	}
	cpu, err := os.OpenFile(filepath.Join(folder, "cpu.pprof"), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, fmt.Errorf("--profile : %w", err)
	}
	if err := pprof.StartCPUProfile(cpu); err != nil {
		return nil, errors.Join(fmt.Errorf("--profile : %w", err), cpu.Close())
	}
	return func() error {
		pprof.StopCPUProfile()
		allocs, err := os.OpenFile(filepath.Join(folder, "allocs.pprof"), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
		if err != nil {
			return errors.Join(err, cpu.Close())
		}
		runtime.GC() // what is still held is then exact
		return errors.Join(pprof.Lookup("allocs").WriteTo(allocs, 0), allocs.Close(), cpu.Close())
	}, nil
}
