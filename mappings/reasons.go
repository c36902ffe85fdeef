package mappings

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"bascule/reconcile"
)

// Columns of motifs.csv.
const (
	reasonCode = iota
	reasonLabelFR
	reasonLabelEN
	reasonStatuses
	reasonMonths
	reasonFree
	reasonSource
)

var reasonColumns = []string{"reason", "label_fr", "label_en", "statuses", "months", "free", "source"}

const (
	// maxReasonMonths bounds how long a decision holds: longer is without limit.
	maxReasonMonths = 120
	// maxReasonLabel keeps labels, in characters, within a drop-down.
	maxReasonLabel = 60
)

// readReasons reads motifs.csv. A label stands for one reason in each language,
// whatever its capitals: a workbook holds labels, not codes. At most one row is
// free.
func readReasons(f file, p *Problems) []reconcile.Reason {
	rows := readRows(f, reasonColumns, p)
	reasons := make([]reconcile.Reason, 0, len(rows))
	codes, labels := map[string]int{}, [2]map[string]int{{}, {}}
	free := 0
	for i := range rows {
		r := &rows[i]
		reason := reconcile.Reason{
			Code: r.name(reasonCode), LabelFR: r.label(reasonLabelFR), LabelEN: r.label(reasonLabelEN), Statuses: r.statuses(reasonStatuses),
			Months: r.limit(reasonMonths), Free: r.yes(reasonFree), Source: r.required(reasonSource, "citez le texte ou l'usage qui fonde le motif"),
		}
		if reason.LabelFR == "" {
			r.bad(reasonLabelFR, "donnez le libellé que les valideurs choisiront", "est vide")
		}
		if first := codes[reason.Code]; first > 0 {
			r.bad(reasonCode, "un motif n'a qu'une ligne", "« %s » figure déjà ligne %d", reason.Code, first)
		}
		codes[reason.Code] = r.line
		for i, lang := range [...]string{"fr", "en"} {
			label := strings.ToLower(reason.Label(lang))
			if first := labels[i][label]; first > 0 && label != "" {
				r.bad(reasonLabelFR+i, "donnez un libellé propre à chaque motif", "« %s » est déjà le libellé de la ligne %d", reason.Label(lang), first)
			}
			labels[i][label] = r.line
		}
		if reason.Free {
			if free > 0 {
				r.bad(reasonFree, "un seul motif reçoit les textes libres", "la ligne %d est déjà libre", free)
			}
			free = r.line
		}
		reasons = append(reasons, reason)
	}
	return reasons
}

// label reads what a drop-down shows.
func (r *row) label(column int) string {
	s := r.text(column)
	if utf8.RuneCountInString(s) > maxReasonLabel {
		r.bad(column, "abrégez-le : le commentaire et la décision disent le reste", "dépasse %d caractères", maxReasonLabel)
	}
	return s
}

// statuses reads the statuses that a reviewer may choose, separated by spaces.
func (r *row) statuses(column int) []reconcile.Status {
	var list []reconcile.Status
	for _, word := range strings.Fields(r.cells[column]) {
		if s := reconcile.Status(word); isDecidable(s) {
			list = append(list, s)
			continue
		}
		r.bad(column, "écrivez "+decidableWords()+", séparés par des espaces ; vide = tous", "« %s » n'est pas un statut qui se décide", word)
	}
	return list
}

func isDecidable(s reconcile.Status) bool {
	for _, of := range reconcile.Statuses {
		if of == s {
			return s != reconcile.StatusTolerated // computed, never decided
		}
	}
	return false
}

func decidableWords() string {
	var words []string
	for _, s := range reconcile.Statuses {
		if isDecidable(s) {
			words = append(words, string(s))
		}
	}
	return strings.Join(words, ", ")
}

// limit reads a number of months, 0 for none.
func (r *row) limit(column int) int {
	s := r.word(column)
	if s == "" {
		return 0
	}
	n, err := strconv.Atoi(s)
	if err != nil || !isDigits(s) || n < 1 || n > maxReasonMonths {
		r.bad(column, "écrivez un nombre de mois de 1 à 120 ; vide = sans limite", "« %s » n'est pas une durée", s)
	}
	return n
}
