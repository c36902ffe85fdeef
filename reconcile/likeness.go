package reconcile

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Likeness tells how much two labels are alike, 0 to 1000: which of their words
// agree, whatever the case, the accents and the order. A word agrees with one
// that it begins ("RETEN" and "Retenue"), so that labels cut by a file and
// abbreviations are understood, and a word of capitals with the initials of the
// whole other label ("SFT").
func Likeness(a, b string) int {
	x, y := words(a), words(b)
	if len(x) == 0 || len(y) == 0 {
		return 0
	}
	if isInitials(x, b) || isInitials(y, a) {
		return 900
	}
	agreed := 0
	taken := make([]bool, len(y))
	for _, w := range x {
		if i := agreeing(w, y, taken); i >= 0 {
			taken[i] = true
			agreed++
		}
	}
	// Half for what both say, half for what the shorter says: a file cuts labels.
	return (1000*agreed*2/(len(x)+len(y)) + 1000*agreed/min(len(x), len(y))) / 2
}

// agreeing finds the first free word that agrees with w, an equal one before
// all.
func agreeing(w string, list []string, taken []bool) int {
	const shortest = 3 // letters that a beginning must have
	found := -1
	for i, v := range list {
		switch {
		case taken[i]:
		case v == w:
			return i
		case found < 0 && min(len(v), len(w)) >= shortest && (strings.HasPrefix(v, w) || strings.HasPrefix(w, v)):
			found = i
		}
	}
	return found
}

// emptyWords say nothing of what a line is. An arrears line bears the label of
// the element behind its own word.
var emptyWords = map[string]bool{"de": true, "du": true, "des": true, "d": true, "la": true, "le": true, "les": true, "l": true, "et": true, "ou": true,
	"au": true, "aux": true, "en": true, "par": true, "pour": true, "sur": true, "rappel": true}

// words cuts a label into its words that mean something, in small letters
// without accents.
func words(label string) []string {
	fields := strings.FieldsFunc(Plain(label), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	kept := fields[:0]
	for _, w := range fields {
		if !emptyWords[w] {
			kept = append(kept, w)
		}
	}
	return kept
}

// isInitials tells whether a label is the initials of another's words.
func isInitials(word []string, label string) bool {
	list := words(label)
	if len(word) != 1 || len(list) < 2 || utf8.RuneCountInString(word[0]) != len(list) {
		return false
	}
	i := 0
	for _, r := range word[0] {
		first, _ := utf8.DecodeRuneInString(list[i])
		if r != first {
			return false
		}
		i++
	}
	return true
}

// accents maps each letter of French that bears one to its plain letters.
var accents = strings.NewReplacer("à", "a", "â", "a", "ä", "a", "ç", "c", "é", "e", "è", "e", "ê", "e", "ë", "e", "î", "i", "ï", "i",
	"ô", "o", "ö", "o", "ù", "u", "û", "u", "ü", "u", "ÿ", "y", "œ", "oe", "æ", "ae")

// Plain is a text in small letters without accents.
func Plain(s string) string { return accents.Replace(strings.ToLower(s)) }
