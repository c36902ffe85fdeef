//go:build !linux

package main

import (
	"errors"
	"testing"
)

const unwatchable = 77

var errUnwatched = errors.New("NOT CHECKED: Linux alone lets the calls of a process be watched, and no operation on files was made to fail")

func askToBeWatched(string) error { return errUnwatched }

func failOperations(t *testing.T, _ []*situation) { t.Log(errUnwatched) }
