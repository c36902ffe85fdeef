package reports

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// WidestLetter bounds what Breadth counts for a letter.
const WidestLetter = 25

// latin are the advances of Arial's letters from U+0000 to U+00FF, in tenths of
// that of a digit (0.556 em), rounded upwards. Liberation Sans has the same.
var latin = [256]uint8{
	0x20: 5, 5, 7, 10, 10, 16, 12, 4, 6, 6, 7, 11, 5, 6, 5, 5,
	10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 5, 5, 11, 11, 11, 10,
	19, 12, 12, 13, 13, 12, 11, 14, 13, 5, 9, 12, 10, 15, 13, 14,
	12, 14, 13, 12, 11, 13, 12, 17, 12, 12, 11, 5, 5, 5, 9, 10,
	6, 10, 10, 9, 10, 10, 5, 10, 10, 4, 4, 9, 4, 15, 10, 10,
	10, 10, 6, 9, 5, 10, 9, 13, 9, 9, 9, 6, 5, 6, 11,
	0xA0: 5, 6, 10, 10, 10, 10, 5, 10, 6, 14, 7, 10, 11, 0, 14, 10,
	8, 10, 6, 6, 6, 11, 10, 6, 6, 6, 7, 10, 15, 15, 15, 11,
	12, 12, 12, 12, 12, 12, 18, 13, 12, 12, 12, 12, 5, 5, 5, 5,
	13, 13, 14, 14, 14, 14, 14, 11, 14, 13, 13, 13, 13, 12, 12, 11,
	10, 10, 10, 10, 10, 10, 16, 9, 10, 10, 10, 10, 5, 5, 5, 5,
	10, 10, 10, 10, 10, 10, 10, 10, 11, 10, 10, 10, 10, 9, 10, 9,
}

// Breadth is the width of a text in Arial, in tenths of the width of a digit.
func Breadth(text string) int {
	used := 0
	for i := 0; i < len(text); {
		if c := text[i]; c < utf8.RuneSelf {
			used += int(latin[c])
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		used += LetterBreadth(r)
		i += size
	}
	return used
}

// LetterBreadth is what Breadth counts for a letter.
func LetterBreadth(r rune) int {
	if r < 0x100 {
		return int(latin[r])
	}
	return foreignBreadth(r)
}

// foreignBreadth counts the letters that Arial lacks, which come from another
// font, by the widest of their kind.
func foreignBreadth(r rune) int {
	const lower, upper, symbol = 13, 15, 18
	switch {
	case r == utf8.RuneError:
		return symbol
	case r >= 0x1100 && (r < 0x1E00 || r > 0x27FF): // scripts of whole squares, pictures
		if unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) {
			return 0
		}
		return WidestLetter
	case strings.ContainsRune("’‘\u202f\u2009", r):
		return 4
	case strings.ContainsRune("–“”•€−≥≤≈≠↑↓‑", r):
		return 11
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	case r == 'œ' || r == 'Œ':
		return symbol
	case unicode.IsLower(r):
		return lower
	case unicode.IsUpper(r):
		return upper
	}
	return symbol
}

// BoldBreadth is Breadth in bold letters.
func BoldBreadth(text string) int { return Breadth(text) + Bolder*utf8.RuneCountInString(text) }

// Bolder is what a letter in bold takes more, at most.
const Bolder = 1

// Room is what a column holds of a text, in the unit of Breadth: a width counts
// digits, of which margins take half of one, the indent of what stands in a list
// one and a half, and letters that a screen draws on whole pixels a twentieth.
func Room(width int) int {
	const margins = 5
	return max(0, width*onScreen/10-margins-Indent)
}

// onScreen is the part of a width that holds letters, in hundredths.
const onScreen = 95

// Indent is what a text that is not indented has more.
const Indent = 15

// roomOf is what columns side by side hold of a text that is not indented.
func roomOf(widths []int) int {
	room := 0
	for _, w := range widths {
		room += w * onScreen / 10
	}
	return room
}

// widthOfWords is the width of a column that holds each word of a bold text.
func widthOfWords(text string) int {
	width := 0
	for _, word := range strings.Fields(text) {
		for Room(width) < BoldBreadth(word) {
			width++
		}
	}
	return width
}

// foldTo cuts a text into lines of some room, at spaces, or in a word that is
// wider than a line.
func foldTo(text string, room int) []string { return foldLetters(text, room, 0) }

// foldBold is foldTo in bold letters.
func foldBold(text string, room int) []string { return foldLetters(text, room, Bolder) }

// foldLetters is foldTo of letters that each take some more.
func foldLetters(text string, room, bolder int) []string {
	var lines []string
	var line strings.Builder
	used := 0
	next := func() {
		lines, used = append(lines, strings.TrimRight(line.String(), " ")), 0
		line.Reset()
	}
	for _, word := range strings.SplitAfter(text, " ") {
		shown := strings.TrimRight(word, " ")
		if used > 0 && used+Breadth(shown)+bolder*utf8.RuneCountInString(shown) > room {
			next()
		}
		for _, r := range word {
			wide := LetterBreadth(r) + bolder
			if used > 0 && used+wide > room && r != ' ' {
				next()
			}
			line.WriteRune(r)
			used += wide
		}
	}
	next()
	return lines
}
