package xlsx

import (
	"strings"
	"unicode/utf8"

	"bascule/reports"
)

// linesOf is the height that a wrapped text needs in a room, 0 for the usual one:
// neither Excel nor LibreOffice measures the rows of a streamed sheet. bolder is
// what each letter takes more. Programs end lines at spaces, and some of them
// after other signs: the most of all counts is right for each.
func linesOf(text string, room, bolder int) int {
	if len(text)*(reports.WidestLetter+bolder) <= room || reports.Breadth(text)+bolder*utf8.RuneCountInString(text) <= room {
		return 0
	}
	lines := linesEnding(text, room, bolder, 0)
	for i, signs := range [...]string{hyphen: "-", stop: "?!|", slash: "/"} {
		if signs != "" && strings.ContainsAny(text, signs) {
			lines = max(lines, linesEnding(text, room, bolder, ending(i)))
		}
	}
	if lines == 1 {
		return 0
	}
	return lines
}

// ending is after what a line may end, but for spaces.
type ending uint8

// The signs after which programs end lines: each allows those before it.
const (
	hyphen ending = 1 + iota
	stop
	slash
)

// endings tells of each sign from which ending on a line may end after it.
var endings = [128]ending{'-': hyphen, '?': stop, '!': stop, '|': stop, '/': slash}

// linesEnding counts the lines of a text whose lines may end at spaces and after
// some signs; a word longer than a line is cut.
func linesEnding(text string, room, bolder int, after ending) int {
	lines, line, word := 1, 0, 0
	for _, r := range text {
		wide := reports.LetterBreadth(r) + bolder
		switch {
		case r == ' ':
			line, word = line+wide, 0
			continue
		case line+wide <= room:
		case word > 0 && word+wide <= room && word < line: // the word goes to the next line, whole
			lines, line = lines+1, word
		default:
			lines, line, word = lines+1, 0, 0
		}
		line, word = line+wide, word+wide
		if r < 128 && endings[r] != 0 && endings[r] <= after {
			word = 0
		}
	}
	return lines
}
