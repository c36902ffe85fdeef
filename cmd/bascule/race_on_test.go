//go:build race

package main

// raced tells that the race detector is at work, which makes all of it slower.
const raced = true
