package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
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
	PID   int    `json:"pid"`
	Host  string `json:"host"`
	Since string `json:"since"` // RFC 3339, UTC
}

// busyError is the refusal of the lock: exit code 3.
type busyError struct {
	path   string
	holder holder
}

func (e *busyError) Error() string {
	who := "une autre exécution"
	if e.holder.PID != 0 {
		who = fmt.Sprintf("le processus %d sur %s, depuis %s,", e.holder.PID, e.holder.Host, e.holder.Since)
	}
	return fmt.Sprintf("%s: %s travaille déjà sur cette base — attendez sa fin, puis relancez", e.path, who)
}

// takeLock locks the database, whose folder it creates when needed, or tells
// in a busyError who has it. The lock stands beside the database.
func takeLock(database string, now time.Time) (*lock, error) {
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
		return nil, &busyError{path: path, holder: readHolder(path)}
	}
	host, err := os.Hostname()
	if err != nil {
		host = "?"
	}
	text, err := json.Marshal(holder{PID: os.Getpid(), Host: host, Since: now.UTC().Format(time.RFC3339)})
	if err == nil {
		err = os.WriteFile(path, append(text, '\n'), 0o600)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("verrou de la base : %w", err), l.flock.Unlock())
	}
	return l, nil
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
