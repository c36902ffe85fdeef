package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// lock keeps the database to one writing command at a time. The system drops
// it when the process dies, however it dies.
type lock struct {
	flock *flock.Flock
	path  string
}

// holder is what the lock file says of who holds it.
type holder struct {
	PID     int    `json:"pid"`
	Host    string `json:"host"`
	User    string `json:"user"`
	Command string `json:"command"` // its name alone: arguments may name a person
	Since   string `json:"since"`   // RFC 3339, UTC
}

// busyError is the refusal of the lock: exit code 3.
type busyError struct {
	path   string
	holder holder
	now    time.Time
}

func (e *busyError) Error() string {
	h := &e.holder
	who := "une autre exécution"
	if h.PID != 0 {
		who = fmt.Sprintf("« bascule %s » de %s, processus %d sur %s, depuis %s%s,", h.Command, h.User, h.PID, h.Host, h.Since, e.age())
	}
	return fmt.Sprintf("%s: %s travaille déjà sur cette base — attendez sa fin, puis relancez", e.path, who)
}

// age is for how long the lock has been held, to tell a night at work from one
// that hangs.
func (e *busyError) age() string {
	since, err := time.Parse(time.RFC3339, e.holder.Since)
	if err != nil || e.now.Before(since) {
		return ""
	}
	minutes := int(e.now.Sub(since).Minutes())
	switch {
	case minutes < 1:
		return " (moins d'une minute)"
	case minutes < 60:
		return fmt.Sprintf(" (%d min)", minutes)
	case minutes < 48*60:
		return fmt.Sprintf(" (%d h %02d)", minutes/60, minutes%60)
	}
	return fmt.Sprintf(" (%d jours)", minutes/60/24)
}

// takeLock locks the database, whose folder it creates when needed, or tells
// in a busyError who has it. The lock stands beside the database. What a holder
// that died left in it bars nobody: the system, not the text, holds the lock.
func takeLock(database, command string, now time.Time) (*lock, error) {
	if err := os.MkdirAll(filepath.Dir(database), 0o700); err != nil {
		return nil, fmt.Errorf("création du dossier de la base : %w", err)
	}
	path := database + ".lock"
	l := &lock{flock: flock.New(path, flock.SetPermissions(0o600)), path: path}
	locked, err := l.flock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("verrou de la base : %w", err)
	}
	if !locked {
		return nil, &busyError{path: path, holder: readHolder(path), now: now}
	}
	host, err := os.Hostname()
	if err != nil {
		host = "?"
	}
	text, err := json.Marshal(holder{PID: os.Getpid(), Host: host, User: userName(), Command: command, Since: now.UTC().Format(time.RFC3339)})
	if err == nil {
		err = os.WriteFile(path, append(text, '\n'), 0o600)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("verrou de la base : %w", err), l.flock.Unlock())
	}
	return l, nil
}

// userName is who runs the program, by his number where the system has no name.
func userName() string {
	if u, err := user.Current(); err == nil && u.Username != "" {
		return u.Username
	}
	return fmt.Sprint(os.Getuid())
}

// readHolder is empty when the file does not tell: the holder may be between
// locking and writing its name.
func readHolder(path string) holder {
	var h holder
	if text, err := os.ReadFile(path); err != nil || json.Unmarshal(text, &h) != nil {
		return holder{}
	}
	return h
}

// release empties the file and gives the lock back. The file itself stays:
// removing it would let two processes lock two files of the same name.
func (l *lock) release() error {
	return errors.Join(os.Truncate(l.path, 0), l.flock.Unlock())
}
