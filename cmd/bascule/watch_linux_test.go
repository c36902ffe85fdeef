package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The operations on files that a blow can fall on.
const (
	opWrite  = "write"
	opSync   = "fsync"
	opRename = "rename"
	opCreate = "create"
	opRemove = "remove"
	opRead   = "read" // of the base: what a step of SQL reads
)

// watchedCalls are the calls to the system that stop and ask, those of Go and
// those of SQLite alike, and the operation that each is.
var watchedCalls = map[uint32]string{
	unix.SYS_WRITE: opWrite, unix.SYS_PWRITE64: opWrite, unix.SYS_WRITEV: opWrite, unix.SYS_FTRUNCATE: opWrite, unix.SYS_COPY_FILE_RANGE: opWrite,
	unix.SYS_FSYNC: opSync, unix.SYS_FDATASYNC: opSync,
	unix.SYS_RENAMEAT: opRename, unix.SYS_RENAMEAT2: opRename,
	unix.SYS_OPENAT: opCreate, unix.SYS_MKDIRAT: opCreate,
	unix.SYS_UNLINKAT: opRemove,
	unix.SYS_PREAD64:  opRead,
}

// unwatchable is the exit code of a child on a system that forbids the watch.
const unwatchable = 77

// askToBeWatched has every watched call of this process, from now on, wait for
// the answer of whoever holds the other end of the socket.
func askToBeWatched(socket string) error {
	fd, err := strconv.Atoi(socket)
	if err != nil {
		return err
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	filter := []unix.SockFilter{{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: 0}} // the number of the call
	left := len(watchedCalls)
	for call := range watchedCalls {
		filter = append(filter, unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: call, Jt: uint8(left)})
		left--
	}
	filter = append(filter, unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ALLOW},
		unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_USER_NOTIF})
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("prctl: %w", err)
	}
	listener, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER,
		unix.SECCOMP_FILTER_FLAG_NEW_LISTENER|unix.SECCOMP_FILTER_FLAG_TSYNC|unix.SECCOMP_FILTER_FLAG_TSYNC_ESRCH, uintptr(unsafe.Pointer(&program)))
	if errno != 0 {
		return fmt.Errorf("seccomp: %w", errno)
	}
	return errors.Join(unix.Sendmsg(fd, []byte{0}, unix.UnixRights(int(listener)), nil, 0), unix.Close(int(listener)), unix.Close(fd))
}

// blow is what befalls a command: its nth operation of a kind fails, and those
// after it too when it lasts; or the command is killed before it does it.
type blow struct {
	op    string // blank: any
	nth   int
	errno syscall.Errno
	lasts bool
	kill  bool
}

func (b *blow) String() string {
	what := b.op
	if what == "" {
		what = "operation"
	}
	switch {
	case b.kill:
		return fmt.Sprintf("killed before %s %d", what, b.nth)
	case b.lasts:
		return fmt.Sprintf("%v from %s %d on", b.errno, what, b.nth)
	}
	return fmt.Sprintf("%v at %s %d", b.errno, what, b.nth)
}

// errnos are what a disk says that refuses.
var errnos = map[string][]syscall.Errno{
	opWrite: {syscall.ENOSPC, syscall.EIO, syscall.EDQUOT}, opSync: {syscall.EIO, syscall.ENOSPC}, opRename: {syscall.EIO, syscall.EACCES, syscall.ENOSPC},
	opCreate: {syscall.ENOSPC, syscall.EACCES, syscall.EMFILE, syscall.EROFS}, opRemove: {syscall.EACCES, syscall.EIO}, opRead: {syscall.EIO},
}

// aim draws a blow of a kind among the operations that the command makes, as
// they were counted.
func aim(dice *rand.Rand, op string, counted map[string]int, kill bool) *blow {
	b := &blow{op: op, nth: 1 + dice.IntN(max(1, counted[op])), kill: kill}
	if !kill {
		b.errno = errnos[op][dice.IntN(len(errnos[op]))]
		b.lasts = dice.IntN(2) == 0
	}
	return b
}

// failOperations strikes the operations of commands on files, whoever makes them:
// Go or SQLite.
func failOperations(t *testing.T, all []*situation) {
	few := struckFaults()
	if !*campaign {
		few = min(few, 2)
	}
	for _, kind := range []struct {
		name, op string
		strikes  int
		kill     bool
	}{{"write", opWrite, struckFaults(), false}, {"fsync", opSync, struckFaults(), false}, {"rename", opRename, struckFaults(), false},
		{"creation", opCreate, few, false}, {"removal", opRemove, few, false}, {"read of the base", opRead, few, false}, {"killed at an operation", "", few, true}} {
		each(t, kind.name, kind.strikes, func(t *testing.T, dice *rand.Rand, f *faults) bool {
			s, p, at := draw(t, dice, all)
			operations := s.operations(t, at)
			if operations[kind.op] == 0 {
				return false
			}
			b := aim(dice, kind.op, operations, kind.kill)
			var stderr bytes.Buffer
			cmd := p.apart(s.commands[at]...)
			cmd.Stderr = &stderr
			w := watch(t, cmd, p.dir, b)
			t.Logf("%s: %v, %v of %d, %s: exits %d, %s", s.name, s.commands[at][:1], b, operations[kind.op], strings.TrimPrefix(w.where, p.dir+"/"), cmd.ProcessState.ExitCode(), &stderr)
			if !w.fell {
				return false
			}
			f.count(s.name)
			if cmd.ProcessState.ExitCode() == s.codes[at] {
				f.count("harmless")
			}
			s.struck(p, at, cmd.ProcessState.ExitCode(), stderr.String())
			return true
		})
	}
}

// operations counts those of a command, by kind.
func (s *situation) operations(t *testing.T, at int) map[string]int {
	t.Helper()
	s.counting.Lock()
	defer s.counting.Unlock()
	if s.made == nil {
		s.made = make([]map[string]int, len(s.commands))
	}
	if s.made[at] == nil {
		p := s.built.copied(t)
		for i, before := range s.commands[:at] {
			p.must(s.codes[i], before...)
		}
		s.made[at] = watch(t, p.apart(s.commands[at]...), p.dir, nil).counted
		t.Logf("%s: %v: %v", s.name, s.commands[at][:1], s.made[at])
	}
	return s.made[at]
}

// watcher answers the calls of one command.
type watcher struct {
	dir     string // operations elsewhere are let through
	blow    *blow
	counted map[string]int
	fell    bool
	where   string // the file that the blow fell on
	kill    func() error
}

// watch runs a command whose operations on the files of a folder are counted, and
// lets a blow fall.
func watch(t *testing.T, cmd *exec.Cmd, dir string, b *blow) *watcher {
	t.Helper()
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	theirs := os.NewFile(uintptr(pair[1]), "watch")
	cmd.ExtraFiles = []*os.File{theirs}
	cmd.Env = append(cmd.Env, watchedFrom+"=3")
	if err := errors.Join(cmd.Start(), theirs.Close()); err != nil {
		t.Fatal(err)
	}
	w := &watcher{dir: dir, blow: b, counted: make(map[string]int), kill: cmd.Process.Kill}
	err = w.answerAll(pair[0])
	_ = cmd.Wait() // its state tells
	if cmd.ProcessState.ExitCode() == unwatchable {
		if *campaign {
			t.Fatal("this system forbids to watch the calls of a process: no operation can be made to fail")
		}
		t.Skip("NOT CHECKED: this system forbids to watch the calls of a process, and no operation was made to fail")
	}
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// answerAll receives the listener and answers until the command has ended.
func (w *watcher) answerAll(socket int) error {
	defer unix.Close(socket)
	control := make([]byte, unix.CmsgSpace(4))
	_, n, _, _, err := unix.Recvmsg(socket, make([]byte, 1), control, 0)
	if err != nil || n == 0 {
		return err // it has ended already
	}
	messages, err := unix.ParseSocketControlMessage(control[:n])
	if err != nil {
		return err
	}
	fds, err := unix.ParseUnixRights(&messages[0])
	if err != nil {
		return err
	}
	defer unix.Close(fds[0])
	for {
		poll := []unix.PollFd{{Fd: int32(fds[0]), Events: unix.POLLIN}}
		if _, err := unix.Poll(poll, -1); err != nil && !errors.Is(err, unix.EINTR) {
			return err
		}
		if poll[0].Revents&unix.POLLHUP != 0 {
			return nil
		}
		if poll[0].Revents&unix.POLLIN != 0 {
			if err := w.answer(fds[0]); err != nil {
				return err
			}
		}
	}
}

// call is struct seccomp_notif, answer struct seccomp_notif_resp.
type (
	call struct {
		id         uint64
		pid, flags uint32
		nr, arch   uint32
		ip         uint64
		args       [6]uint64
	}
	answer struct {
		id    uint64
		val   int64
		errno int32
		flags uint32
	}
)

func (w *watcher) answer(listener int) error {
	var c call
	if _, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(listener), unix.SECCOMP_IOCTL_NOTIF_RECV, uintptr(unsafe.Pointer(&c))); errno != 0 {
		return ignoring(errno, unix.ENOENT, unix.EINTR) // the thread is gone
	}
	a := answer{id: c.id, flags: unix.SECCOMP_USER_NOTIF_FLAG_CONTINUE}
	if op, file := w.operation(&c); op != "" && w.falls(op, file) {
		if w.blow.kill {
			return w.kill()
		}
		a.flags, a.errno = 0, -int32(w.blow.errno)
	}
	_, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(listener), unix.SECCOMP_IOCTL_NOTIF_SEND, uintptr(unsafe.Pointer(&a)))
	return ignoring(errno, unix.ENOENT, unix.EINTR)
}

func ignoring(errno syscall.Errno, those ...syscall.Errno) error {
	for _, e := range append(those, 0) {
		if errno == e {
			return nil
		}
	}
	return errno
}

// falls counts an operation and tells whether the blow falls on it.
func (w *watcher) falls(op, file string) bool {
	w.counted[op]++
	w.counted[""]++
	b := w.blow
	if b == nil || b.op != "" && b.op != op || w.counted[b.op] < b.nth || w.counted[b.op] > b.nth && !b.lasts {
		return false
	}
	if !w.fell {
		w.fell, w.where = true, file
	}
	return true
}

// operation is what a call does to which file of the folder, blank for a call
// that is none of ours.
func (w *watcher) operation(c *call) (op, file string) {
	op = watchedCalls[c.nr]
	switch c.nr {
	case unix.SYS_OPENAT:
		if c.args[2]&(unix.O_CREAT|unix.O_WRONLY|unix.O_RDWR) == 0 {
			return "", ""
		}
		file = text(c.pid, c.args[1])
	case unix.SYS_MKDIRAT, unix.SYS_RENAMEAT, unix.SYS_RENAMEAT2, unix.SYS_UNLINKAT:
		file = text(c.pid, c.args[1])
		if !filepath.IsAbs(file) { // within a folder opened before
			file = filepath.Join(opened(c.pid, c.args[0]), file)
		}
	default:
		file = opened(c.pid, c.args[0])
	}
	if !strings.HasPrefix(file, w.dir+"/") {
		return "", ""
	}
	return op, file
}

// opened is the path of an open file of a process.
func opened(pid uint32, fd uint64) string {
	path, _ := os.Readlink(fmt.Sprintf("/proc/%d/fd/%d", pid, int32(fd))) // of a closed one: blank
	return path
}

// text reads a string in the memory of a process.
func text(pid uint32, at uint64) string {
	f, err := os.Open(fmt.Sprintf("/proc/%d/mem", pid))
	if err != nil {
		return ""
	}
	defer f.Close()
	buffer := make([]byte, unix.PathMax)
	n, err := f.ReadAt(buffer, int64(at))
	if n == 0 && err != io.EOF {
		return ""
	}
	s, _, _ := strings.Cut(string(buffer[:n]), "\x00")
	return s
}
