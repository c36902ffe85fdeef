//go:build !linux

package main

import "errors"

const unwatchable = 77

func askToBeWatched(string) error { return errors.New("only Linux lets a process be watched") }
