package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// mounted mounts a file system, unless this account may not: then the caller has
// the calls themselves refused, as a disk would.
func mounted(t *testing.T, source, target, kind string, flags uintptr, options string) bool {
	t.Helper()
	err := syscall.Mount(source, target, kind, flags, options)
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EACCES) {
		return false
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(target, 0); err != nil {
			t.Error(err)
		}
	})
	return true
}

// empty is a ministry with its first night to come, and what that night gives.
func empty(t *testing.T) *situation {
	t.Helper()
	s := &situation{name: "empty", built: newPlace(t), commands: [][]string{{"run"}}}
	s.reference(t)
	return s
}

// TestFaultOfAFullDisk gives the ministry a disk that is too small, larger each
// time: it fills at another moment. Once it is large enough the night ends as it
// would have.
func TestFaultOfAFullDisk(t *testing.T) {
	s := empty(t)
	disk := t.TempDir()
	const firstKiB, stepKiB, largestKiB = 1100, 150, 8000
	if !mounted(t, "none", disk, "tmpfs", 0, fmt.Sprintf("size=%dk,mode=700", firstKiB)) {
		t.Log("this account may not mount a disk: its calls are refused instead")
		fullCalls(t, s)
		return
	}
	p := place{t: t, dir: filepath.Join(disk, "m")}
	if err := os.CopyFS(p.dir, os.DirFS(s.built.dir)); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(p.dir, "cle"), 0o600); err != nil {
		t.Fatal(err)
	}
	full := 0
	for size := firstKiB; ; size += stepKiB {
		if size > largestKiB {
			t.Fatal("no disk is large enough")
		}
		if err := syscall.Mount("none", disk, "tmpfs", syscall.MS_REMOUNT, fmt.Sprintf("size=%dk", size)); err != nil {
			t.Fatal(err)
		}
		code, _, stderr := p.in("run")
		if code == exitOpen {
			break
		}
		full++
		if code != exitFailure || !strings.Contains(stderr, "disque plein — libérez de la place") || strings.Count(stderr, "\n") != 1 || english.MatchString(stderr) {
			t.Errorf("%d KiB: exits %d: %s", size, code, stderr)
		}
		s.wholeOrAbsent(p)
		if code, stdout, stderr := p.in("verify"); code != exitClosed && !neverWritten.MatchString(stderr) {
			t.Errorf("%d KiB: verify exits %d: %s%s", size, code, stdout, stderr)
		}
	}
	t.Logf("the disk was full %d times", full)
	if full < 5 {
		t.Error("the disk was hardly ever full")
	}
	// The night may have left no room to empty the log of the base: who comes next does.
	if err := syscall.Mount("none", disk, "tmpfs", syscall.MS_REMOUNT, fmt.Sprintf("size=%dk", largestKiB)); err != nil {
		t.Fatal(err)
	}
	p.must(exitClosed, "verify")
	s.same(p)
}

// fullCalls refuses every write from some moment on.
func fullCalls(t *testing.T, s *situation) {
	writes := s.operations(t, 0)[opWrite]
	for i := range 10 {
		p := s.built.copied(t)
		w := watch(t, p.apart("run"), p.dir, &blow{op: opWrite, nth: 1 + i*writes/10, errno: syscall.ENOSPC, lasts: true})
		if !w.fell {
			t.Error("the disk was not full")
		}
		p.must(exitOpen, "run")
		s.same(p)
	}
}

// TestFaultOfAFolderThatMayOnlyBeRead is told with the path, and leaves
// nothing.
func TestFaultOfAFolderThatMayOnlyBeRead(t *testing.T) {
	s := empty(t)
	for _, folder := range []string{"out", "data"} {
		for _, before := range []string{"no night", "a night"} {
			t.Run(folder+", "+before, func(t *testing.T) {
				p := s.built.copied(t)
				command := "run"
				if before == "a night" {
					p.must(exitOpen, "run")
					command = "report"
				}
				dir := filepath.Join(p.dir, folder)
				if err := os.MkdirAll(dir, 0o700); err != nil {
					t.Fatal(err)
				}
				left := listing(t, p.dir)
				free := onlyRead(t, dir)
				code, _, stderr := p.in(command)
				if code != exitFailure || strings.Count(stderr, "\n") != 1 || english.MatchString(stderr) || !strings.Contains(stderr, " — ") {
					t.Errorf("exits %d: %s", code, stderr)
				}
				t.Log(stderr)
				if folder == "data" && !slices.Equal(listing(t, p.dir), left) {
					t.Errorf("left: %v", listing(t, p.dir))
				}
				free()
				p.must(exitOpen, "run")
				s.same(p)
			})
		}
	}
}

// onlyRead forbids to write in a folder, even to root, until freed.
func onlyRead(t *testing.T, dir string) (free func()) {
	t.Helper()
	if os.Geteuid() != 0 {
		if err := os.Chmod(dir, 0o500); err != nil {
			t.Fatal(err)
		}
		return func() { _ = os.Chmod(dir, 0o700) }
	}
	if err := syscall.Mount(dir, dir, "", syscall.MS_BIND, ""); err != nil {
		t.Skipf("NOT CHECKED: root may write everywhere, and may not mount here: %v", err)
	}
	if err := syscall.Mount("", dir, "", syscall.MS_BIND|syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	}
}

func listing(t *testing.T, dir string) (all []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(name string, _ os.DirEntry, err error) error {
		all = append(all, name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
