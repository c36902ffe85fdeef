package budget

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"bascule/reconcile"
)

// Table is a file, or a sheet of one, as rows of cells. Its first row that holds
// something is its header, which tells its kind; rows that begin with # are
// comments.
type Table struct {
	File   string // as it is shown
	Sheet  string // blank: lines are numbered in the file itself
	Hidden bool   // the sheet, which nobody sees who opens the workbook
	Rows   []Row
}

// Row is a row of a table.
type Row struct {
	Number int // line of the file, or row of the sheet
	Cells  []Cell
}

// Cell is a cell as the file gives it. A spreadsheet knows numbers and days from
// texts; a CSV file does not.
type Cell struct {
	Text string // of a day, AAAA-MM-JJ
	Kind CellKind
}

// CellKind is what a cell is known to hold.
type CellKind uint8

// The kinds of cells.
const (
	Written    CellKind = iota // characters of a CSV file
	Text                       // text of a spreadsheet: never an amount
	Number                     // with up to fifteen digits that mean something
	Day                        // a date
	Percent                    // shown as a percentage: 50 % holds 0.5
	Unreadable                 // an error, or a formula without result
)

// columns of a kind of file; those marked with ? may be left out.
var columns = map[reconcile.BudgetKind][]string{
	reconcile.BudgetCredits:     {"exercice", "programme", "categorie?", "cas?", "nature", "date", "ae", "cp", "libelle?", "source?", withdrawn},
	reconcile.BudgetCeilings:    {"exercice", "programme", "etpt", "libelle?", "source?", withdrawn},
	reconcile.BudgetProfile:     {"exercice", "programme", "categorie?", "mois", "montant", "etpt?", "entrees?", "sorties?", withdrawn},
	reconcile.BudgetWorkstreams: {"chantier", "libelle?", "exercice", "ae", "cp", "prevision_ae?", "prevision_cp?", withdrawn},
	reconcile.BudgetOperations:  {"operation", "chantier", "nature", "date", "engagement", "ae", "cp", "tiers?", "libelle?", withdrawn},
	reconcile.BudgetMilestones:  {"jalon", "chantier", "prevu", "realise", "libelle?", withdrawn},
	reconcile.BudgetValues:      {"annee", "nature", "etat", "montant", "libelle", "source?", withdrawn},
}

const withdrawn = "retrait?" // oui: the row of that key counts no more

// Columns lists the columns of a kind of file, all of them.
func Columns(kind reconcile.BudgetKind) []string {
	list := make([]string, len(columns[kind]))
	for i, c := range columns[kind] {
		list[i] = strings.TrimSuffix(c, "?")
	}
	return list
}

func required(kind reconcile.BudgetKind) (list []string) {
	for _, c := range columns[kind] {
		if !strings.HasSuffix(c, "?") {
			list = append(list, c)
		}
	}
	return list
}

var (
	errNothingLoaded = errors.New("aucune extraction n'est encore chargée : les seuls programmes connus sont ceux de vagues.csv")
	errNoHeader      = errors.New("n'a pas d'en-tête")
	errNoSemicolon   = errors.New("n'a aucun point-virgule entre ses colonnes")
	errHidden        = errors.New("est une feuille masquée, et elle est remplie : qui ouvre le classeur ne verrait pas ce qui compte")
	errNoRows        = errors.New("ne contient aucune ligne sous son en-tête, ni aucun autre fichier donné")
)

// batch is what is being read: rows as they come, and all that is wrong.
type batch struct {
	problems []Problem
	rows     []*line
	// nothingLoaded tells that programmes are unknown for want of any extract.
	nothingLoaded bool
}

// refuse keeps a problem that no row is to blame for.
func (b *batch) refuse(e *reconcile.InputError) {
	b.problems = append(b.problems, Problem{InputError: e})
}

// line is a row of a known kind.
type line struct {
	batch  *batch
	table  *Table
	kind   reconcile.BudgetKind
	number int
	at     map[string]int // column of each name
	cells  []Cell
	value  any // reconcile.Credit, … once read
	key    string
	// withdrawn tells that the row is to count no more: but for what makes its key,
	// nothing of it is read.
	withdrawn bool
	failed    bool
}

// read reads a table into the batch.
func (b *batch) read(t *Table) {
	if t.Hidden {
		b.refuse(&reconcile.InputError{File: t.File, Field: t.Sheet, Err: errHidden, Hint: "affichez cette feuille, ou supprimez-la"})
		return
	}
	var kind reconcile.BudgetKind
	var at map[string]int
	for i := range t.Rows {
		r := &t.Rows[i]
		if blankRow(r) || strings.HasPrefix(strings.TrimSpace(r.Cells[0].Text), "#") {
			continue
		}
		if at == nil {
			if kind, at = b.header(t, r); at == nil {
				return
			}
			continue
		}
		l := &line{batch: b, table: t, kind: kind, number: r.Number, at: at, cells: r.Cells}
		l.checkWidth()
		l.read()
		b.rows = append(b.rows, l)
	}
	if at == nil {
		b.refuse(&reconcile.InputError{File: t.File, Field: t.Sheet, Err: errNoHeader, Hint: hintKinds()})
	}
}

func blankRow(r *Row) bool {
	return !slices.ContainsFunc(r.Cells, func(c Cell) bool { return strings.TrimSpace(c.Text) != "" })
}

func hintKinds() string {
	var list []string
	for _, kind := range reconcile.BudgetKinds {
		list = append(list, string(kind))
	}
	return "la première ligne nomme les colonnes, comme dans les exemples que « bascule init » écrit dans le dossier budget : " + strings.Join(list, ", ")
}

// header finds the kind whose columns a header names, or says what is wrong with
// it and gives no columns.
func (b *batch) header(t *Table, r *Row) (reconcile.BudgetKind, map[string]int) {
	names := make([]string, len(r.Cells))
	for i, c := range r.Cells {
		names[i] = strings.NewReplacer(" ", "_", "-", "_").Replace(fold(c.Text))
	}
	refuse := func(err error, hint string) (reconcile.BudgetKind, map[string]int) {
		e := &reconcile.InputError{File: t.File, Field: "en-tête", Err: err, Hint: hint}
		if t.Sheet == "" {
			e.Line = r.Number
		} else {
			e.Field = fmt.Sprintf("%s!%d (en-tête)", t.Sheet, r.Number)
		}
		b.refuse(e)
		return "", nil
	}
	if t.Sheet == "" && len(r.Cells) == 1 && strings.ContainsAny(r.Cells[0].Text, ",\t|") {
		return refuse(errNoSemicolon, "enregistrez le fichier avec des points-virgules comme séparateurs, ou donnez le classeur .xlsx")
	}
	kind, score := reconcile.BudgetKind(""), 1
	for _, k := range reconcile.BudgetKinds {
		of, n := Columns(k), 0
		for _, name := range names {
			if slices.Contains(of, name) {
				n += 2
			}
		}
		for _, name := range required(k) {
			if !slices.Contains(names, name) {
				n--
			}
		}
		if n > score {
			kind, score = k, n
		}
	}
	if kind == "" {
		return refuse(errors.New("n'est celui d'aucun fichier du budget"), hintKinds())
	}
	at := make(map[string]int)
	for i, name := range names {
		_, again := at[name]
		switch {
		case name == "":
		case again:
			return refuse(fmt.Errorf("répète la colonne « %s »", name), "gardez l'une des deux")
		case !slices.Contains(Columns(kind), name):
			return refuse(fmt.Errorf("a une colonne inconnue : « %s »", strings.TrimSpace(r.Cells[i].Text)), fmt.Sprintf("colonnes du fichier « %s » : %s", kind, strings.Join(Columns(kind), ";")))
		default:
			at[name] = i
		}
	}
	for _, name := range required(kind) {
		if _, there := at[name]; !there {
			return refuse(fmt.Errorf("n'a pas la colonne « %s »", name), fmt.Sprintf("colonnes du fichier « %s » : %s", kind, strings.Join(Columns(kind), ";")))
		}
	}
	return kind, at
}

// fold makes two spellings of a word the same: capitals, accents, apostrophes and
// spaces.
func fold(s string) string {
	return strings.Join(strings.Fields(accents.Replace(strings.ToLower(s))), " ")
}

var accents = strings.NewReplacer("à", "a", "â", "a", "ä", "a", "é", "e", "è", "e", "ê", "e", "ë", "e", "î", "i", "ï", "i", "ô", "o", "ö", "o", "ù", "u", "û", "u", "ü", "u", "ç", "c", "’", "'",
	"\u00a0", " ", "\u202f", " ")
