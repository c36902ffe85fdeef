package reconcile

import "unicode/utf8"

// MatchPattern tells whether a text fits a pattern, where * stands for any
// characters and ? for one. Nothing else is special.
func MatchPattern(pattern, text string) bool {
	star, rest := -1, 0 // where to take up again after the last *, and with how much of the text
	p, t := 0, 0
	for t < len(text) {
		_, width := utf8.DecodeRuneInString(text[t:])
		switch {
		case p < len(pattern) && pattern[p] == '*':
			p++
			star, rest = p, t
		case p < len(pattern) && pattern[p] == '?':
			p, t = p+1, t+width
		case p < len(pattern) && pattern[p] == text[t]:
			p, t = p+1, t+1
		case star >= 0:
			_, skipped := utf8.DecodeRuneInString(text[rest:])
			rest += skipped
			p, t = star, rest
		default:
			return false
		}
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
}
