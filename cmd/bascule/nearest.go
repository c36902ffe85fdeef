package main

// nearest is the candidate that word most probably misspells, or nothing when
// none is close.
func nearest(word string, candidates []string) string {
	best, bestDistance := "", max(1, len([]rune(word))/3)+1
	for _, candidate := range candidates {
		if d := editDistance(word, candidate); d < bestDistance {
			best, bestDistance = candidate, d
		}
	}
	return best
}

// editDistance counts the letters to insert, delete or replace to go from one
// word to the other (Levenshtein).
func editDistance(from, to string) int {
	target := []rune(to)
	row := make([]int, len(target)+1)
	for j := range row {
		row[j] = j
	}
	for i, letter := range []rune(from) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range target {
			replaced := diagonal
			if letter != target[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(target)]
}
