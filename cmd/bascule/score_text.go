package main

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// missTitles are the titles of the examples of each sort of miss.
var missTitles = map[missKind]string{
	wrongCause:    "Cause fausse",
	wrongRoot:     "Dérivé pendu à une autre racine",
	wrongFault:    "Autre côté en tort, ou aucun",
	blamesAnyway:  "Côté accusé alors que rien ne tranche",
	falseRounding: "Dit d'arrondi au-delà de la tolérance",
	notFound:      "Semé et non trouvé",
	notPlanted:    "Trouvé et non semé",
}

// write prints the page of a month.
func (m *scoredMonth) write(b *strings.Builder) {
	fmt.Fprintf(b, "%s : %s écarts semés ; exécution n° %d de %s : %s écarts trouvés\n\n", m.File, grouped(m.Planted), m.Run, m.Period, grouped(m.Found))
	for _, line := range [...][2]string{
		{"causes justes", m.Causes.text()},
		{"  dont celles des écarts racines", m.RootCauses.text()},
		{"écarts dérivés pendus à la bonne racine", m.Roots.text()},
		{"côté en tort juste, là où l'on peut trancher", m.AtFault.text()},
		{"côté accusé là où rien ne tranche", m.Blamed.text()},
		{"dits d'arrondi au-delà de la tolérance", grouped(m.Roundings)},
		{"semés et non trouvés", grouped(m.NotFound)},
		{"trouvés et non semés", grouped(m.NotPlanted)},
	} {
		fmt.Fprintf(b, "  %-46s %s\n", line[0], line[1])
	}
	b.WriteString("\nCauses : semées en lignes, trouvées en colonnes\n\n")
	writeGrid(b, m.matrix())
	for _, of := range m.Misses {
		fmt.Fprintf(b, "\n%s\n\n", missTitles[of.Kind])
		rows := [][]string{{"élément", "semé", "trouvé", "règle", "fois", "bulletin"}}
		for _, e := range of.Examples {
			rows = append(rows, []string{orDash(e.Element), orDash(e.Planted), orDash(e.Found), orDash(e.Rule), grouped(e.Count), e.Matricule + "/" + e.Dossier})
		}
		writeGrid(b, rows)
	}
}

// matrix is the confusion matrix with its titles and the share of each row that
// is right. Rows and columns without a count are left out.
func (s *score) matrix() [][]string {
	counts, planted, found := map[[2]string]int64{}, map[string]bool{}, map[string]bool{}
	for _, c := range s.Confusion {
		counts[[2]string{c.Planted, c.Found}] = c.Count
		planted[c.Planted], found[c.Found] = true, true
	}
	right := map[string]share{}
	for _, c := range s.ByCause {
		right[c.Cause] = c.share
	}
	names := append(causeNames(), "")
	rows := [][]string{{""}}
	for _, name := range names {
		if found[name] {
			rows[0] = append(rows[0], orElse(name, "non trouvé"))
		}
	}
	rows[0] = append(rows[0], "justes")
	for _, name := range names {
		if !planted[name] {
			continue
		}
		row := []string{orElse(name, "non semé")}
		for _, column := range names {
			if n := counts[[2]string{name, column}]; found[column] && n > 0 {
				row = append(row, grouped(n))
			} else if found[column] {
				row = append(row, "·")
			}
		}
		if of := right[name]; of.Of > 0 {
			row = append(row, of.percent())
		}
		rows = append(rows, row)
	}
	return rows
}

// writeGrid prints rows in columns: the first to the left, those that hold
// numbers to the right.
func writeGrid(b *strings.Builder, rows [][]string) {
	widths, numbers := make([]int, len(rows[0])), make([]bool, len(rows[0]))
	for n, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
			numbers[i] = numbers[i] || n > 0 && i > 0 && (cell == "·" || strings.HasSuffix(cell, "%"))
			if n > 0 && i > 0 && cell != "" && strings.Trim(cell, "0123456789\u202f") == "" {
				numbers[i] = true
			}
		}
	}
	for _, row := range rows {
		line := ""
		for i, cell := range row {
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if numbers[i] {
				line += "  " + pad + cell
			} else {
				line += "  " + cell + pad
			}
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
}

// text is "12 sur 13 (92,30 %)".
func (s share) text() string {
	if s.Of == 0 {
		return "aucun cas"
	}
	return fmt.Sprintf("%s sur %s (%s)", grouped(s.Right), grouped(s.Of), s.percent())
}

// percent is cut at two decimals: a share never looks as good as the target it
// misses.
func (s share) percent() string {
	hundredths := s.Right * 10_000 / s.Of
	return fmt.Sprintf("%d,%02d %%", hundredths/100, hundredths%100)
}

func orDash(s string) string { return orElse(s, "—") }

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
