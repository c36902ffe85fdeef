package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"bascule/mappings"
	"bascule/reconcile"
	"bascule/reconcile/extract"
)

// mappingsDir is the folder of tables and layouts: that of the configuration,
// or the one that init would write here.
func (a *App) mappingsDir() string {
	if a.Config == nil {
		return "mappings"
	}
	return a.Config.Abs(a.Config.Mappings)
}

func (a *App) layoutNames() []string { return mappings.LayoutNames(a.mappingsDir()) }

// layoutToCheck reads the layout of a name, or a file of layout.
func (a *App) layoutToCheck(name string) (*extract.Layout, error) {
	path, text := name, []byte(nil)
	var err error
	if strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml") || strings.ContainsRune(name, filepath.Separator) {
		if text, err = os.ReadFile(name); err != nil {
			return nil, &reconcile.InputError{File: name, Err: errors.New("le format ne peut être lu"), Hint: "indiquer un fichier .yaml, ou un nom que donne « bascule layout list »"}
		}
	} else if text, path, err = mappings.LayoutText(a.mappingsDir(), name); err != nil {
		return nil, err
	}
	return extract.ParseLayout(path, text)
}

// layoutPage is what layout check shows.
type layoutPage struct {
	Layout *extract.Layout
	Path   string
	Found  *extract.Inspection
}

func (p *layoutPage) text() string {
	var b strings.Builder
	l, f := p.Layout, p.Found
	fmt.Fprintf(&b, "Format    %s — %s (%s, %s)\n", l.Name, l.Title, l.Shape, l.Encoding)
	fmt.Fprintf(&b, "Fichier   %s%s\n", p.Path, monthOf(&f.Load))
	p.writeFirstAgent(&b)
	if f.Load.Payslips > 0 {
		p.writeTotals(&b)
	}
	p.writeProblems(&b)
	for _, w := range p.Found.Warnings {
		fmt.Fprintf(&b, "\nAvertissement : %s\n", w)
	}
	if f.Refusal == nil {
		fmt.Fprintf(&b, "\nVERDICT : le fichier serait chargé, %s bulletins et %s lignes.\n", grouped(f.Load.Payslips), grouped(f.Load.Sums.Lines))
	} else {
		b.WriteString("\nVERDICT : le fichier serait refusé, pour la raison qui suit.\n")
		if f.BlamedText != "" {
			writeRuled(&b, f.BlamedText)
		}
	}
	return b.String()
}

func monthOf(l *reconcile.Load) string {
	if l.Period == 0 {
		return ""
	}
	return fmt.Sprintf(", paye de %v", l.Period)
}

var roleTitles = map[string]string{"header": "En-tête", "agent": "Agent", "line": "Ligne de paye", "totals": "Totaux du bulletin", "trailer": "Enregistrement de fin", "row": "Ligne de paye"}

// writeFirstAgent shows the records of the first agent: each kind once field by
// field, his other pay lines as a table, then what they add up to.
func (p *layoutPage) writeFirstAgent(b *strings.Builder) {
	f := p.Found
	for i := 0; i < len(f.Seen); i++ {
		s, rest := &f.Seen[i], i+1
		p.writeSeen(b, s)
		for rest < len(f.Seen) && f.Seen[rest].Role == s.Role && (s.Role == "line" || s.Role == "row") {
			rest++
		}
		if rest > i+1 {
			p.writeLines(b, f.Seen[i+1:rest])
			i = rest - 1
		}
	}
	if s := f.First; s != nil {
		fmt.Fprintf(b, "\nLe bulletin, refait de ses lignes : à payer %s, à déduire %s, net %s, pour information %s", frenchAmount(s.Sums.ToPay), frenchAmount(s.Sums.ToDeduct), frenchAmount(s.Sums.Net()), frenchAmount(s.Sums.Information))
		if net := s.Declared.Net; net.Set {
			fmt.Fprintf(b, " ; net déclaré %s", frenchAmount(net.Amount))
		}
		b.WriteString("\n")
	}
}

// writeLines shows the other pay lines of the agent, one a row.
func (p *layoutPage) writeLines(b *strings.Builder, lines []extract.Seen) {
	var names []string
	for i := range lines {
		for _, f := range lines[i].Fields {
			if !slices.Contains(names, f.Name) {
				names = append(names, f.Name)
			}
		}
	}
	fmt.Fprintf(b, "\nSes %d autres lignes\n", len(lines))
	rows := [][]string{append([]string{"ligne"}, names...)}
	for i := range lines {
		row := append(make([]string, 0, len(names)+1), strconv.Itoa(lines[i].Line))
		for _, name := range names {
			at := slices.IndexFunc(lines[i].Fields, func(f extract.SeenField) bool { return f.Name == name })
			switch {
			case at < 0:
				row = append(row, "")
			case lines[i].Fields[at].Err != nil:
				row = append(row, "ILLISIBLE")
			default:
				row = append(row, lines[i].Fields[at].Value)
			}
		}
		rows = append(rows, row)
	}
	writeColumns(b, rows)
}

func (p *layoutPage) writeSeen(b *strings.Builder, s *extract.Seen) {
	fmt.Fprintf(b, "\n%s « %s », ligne %d\n", roleTitles[s.Role], s.Record, s.Line)
	if s.Text != "" {
		writeRuled(b, s.Text)
	}
	rows := [][]string{{"champ", "où", "dans le fichier", "compris"}}
	for _, f := range s.Fields {
		value := f.Value
		switch {
		case f.Err != nil:
			value = "ILLISIBLE : " + f.Err.Error()
		case value == "":
			value = "(absent)"
		}
		rows = append(rows, []string{f.Name, f.Where, f.Raw, value})
	}
	writeColumns(b, rows)
	if len(s.Unread) > 0 {
		fmt.Fprintf(b, "  non décrit, et non vide : positions %s\n", strings.Join(s.Unread, ", "))
	}
}

// writeRuled prints a record under a ruler, as mainframe editors do: each digit
// stands at a position that is a multiple of ten.
func writeRuled(b *strings.Builder, text string) {
	const width = 100
	runes := []rune(text)
	for from := 0; from < len(runes); from += width {
		part := runes[from:min(from+width, len(runes))]
		var ruler strings.Builder
		for i := from + 10; i < from+len(part)+10; i += 10 {
			fmt.Fprintf(&ruler, "----+---%2d", i/10)
		}
		fmt.Fprintf(b, "  %s\n  %s\n", strings.ReplaceAll(string([]rune(ruler.String())[:len(part)]), " ", "-"), string(part))
	}
}

// writeColumns aligns rows under their heading.
func writeColumns(b *strings.Builder, rows [][]string) {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	for _, row := range rows {
		line := " "
		for i, cell := range row {
			line += " " + cell + strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell)+1)
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
}

// codesShown bounds the list of codes to what a screen holds.
const codesShown = 20

func (p *layoutPage) writeTotals(b *strings.Builder) {
	l := &p.Found.Load
	fmt.Fprintf(b, "\nTotaux du fichier : %s bulletins, %s lignes, %s mises à part, %s rejets\n", grouped(l.Payslips), grouped(l.Sums.Lines), grouped(l.Aside), grouped(l.Rejects))
	rows := [][]string{{"", "lu", "rejeté", "déclaré par le fichier"}}
	for _, t := range []struct {
		name, control  string
		read, rejected reconcile.Amount
	}{{"à payer (P)", "trailer_to_pay", l.Sums.ToPay, l.Rejected.ToPay}, {"à déduire (D)", "trailer_to_deduct", l.Sums.ToDeduct, l.Rejected.ToDeduct},
		{"pour information (I)", "trailer_information", l.Sums.Information, l.Rejected.Information}} {
		declared := "(rien)"
		for _, c := range l.Controls {
			if c.Name == t.control {
				declared = frenchAmount(c.Left)
			}
		}
		rows = append(rows, []string{t.name, frenchAmount(t.read), frenchAmount(t.rejected), declared})
	}
	writeColumns(b, rows)
	codes := slices.Clone(p.byCode())
	fmt.Fprintf(b, "\nCodes : %d%s\n", len(codes), among(codesShown, int64(len(codes)), ", les plus gros"))
	rows = [][]string{{"code", "sens", "lignes", "montant", "libellé"}}
	for _, c := range codes[:min(codesShown, len(codes))] {
		amount := c.Amount
		if c.Sense == reconcile.ToDeduct {
			amount = -amount
		}
		rows = append(rows, []string{string(c.Code), c.Sense.String(), grouped(c.Lines), frenchAmount(amount), c.Label})
	}
	writeColumns(b, rows)
}

// byCode adds the totals of a code over the programmes, the biggest first.
func (p *layoutPage) byCode() []reconcile.CodeTotal {
	var codes []reconcile.CodeTotal
	for _, t := range p.Found.Totals {
		i := slices.IndexFunc(codes, func(c reconcile.CodeTotal) bool { return c.Code == t.Code && c.Sense == t.Sense })
		if i < 0 {
			i = len(codes)
			codes = append(codes, reconcile.CodeTotal{Code: t.Code, Label: t.Label, Sense: t.Sense})
		}
		codes[i].Lines += t.Lines
		codes[i].Amount += t.Amount
	}
	slices.SortStableFunc(codes, func(a, b reconcile.CodeTotal) int {
		return cmp.Or(cmp.Compare(b.Amount.Abs(), a.Amount.Abs()), cmp.Compare(a.Code, b.Code))
	})
	return codes
}

// among says that a list shows the first of more.
func among(shown int, all int64, which string) string {
	if int64(shown) >= all {
		return ""
	}
	return which
}

func (p *layoutPage) writeProblems(b *strings.Builder) {
	f := p.Found
	if len(f.Rejects) == 0 {
		return
	}
	fmt.Fprintf(b, "\nProblèmes : %s%s\n", grouped(f.Load.Rejects), among(len(f.Rejects), f.Load.Rejects, ", les premiers"))
	for i := range f.Rejects {
		r := &f.Rejects[i]
		what := strings.TrimSpace(r.Field.String() + " " + r.Reason.String())
		fmt.Fprintf(b, "  %2d. ligne %d, « %s » : %s\n", i+1, r.Line, r.Record, what)
	}
}

// frenchAmount prints centimes as "1 234,56".
func frenchAmount(a reconcile.Amount) string {
	sign := ""
	if a < 0 {
		sign = "-"
	}
	return fmt.Sprintf("%s%s,%02d", sign, grouped(int64(a.Abs()/100)), a.Abs()%100)
}

type seenView struct {
	Record string     `json:"record"`
	Role   string     `json:"role"`
	Line   int        `json:"line"`
	Text   string     `json:"text,omitempty"`
	Fields []seenItem `json:"fields"`
	Unread []string   `json:"unread,omitempty"`
}

type seenItem struct {
	Name  string `json:"name"`
	Where string `json:"where"`
	Raw   string `json:"raw"`
	Value string `json:"value"`
	Error string `json:"error,omitempty"`
}

type problemView struct {
	Line   int    `json:"line"`
	Record string `json:"record"`
	Field  string `json:"field"`
	Reason string `json:"reason"`
}

// view is the page as --json prints it.
func (p *layoutPage) view() any {
	f := p.Found
	first, problems := []seenView{}, []problemView{}
	for i := range f.Seen {
		s := &f.Seen[i]
		v := seenView{Record: s.Record, Role: s.Role, Line: s.Line, Text: s.Text, Fields: []seenItem{}, Unread: s.Unread}
		for _, field := range s.Fields {
			item := seenItem{Name: field.Name, Where: field.Where, Raw: field.Raw, Value: field.Value}
			if field.Err != nil {
				item.Error = field.Err.Error()
			}
			v.Fields = append(v.Fields, item)
		}
		first = append(first, v)
	}
	for i := range f.Rejects {
		r := &f.Rejects[i]
		problems = append(problems, problemView{r.Line, r.Record, r.Field.String(), r.Reason.String()})
	}
	refusal := ""
	if f.Refusal != nil {
		refusal = oneLine(f.Refusal)
	}
	l := f.Load
	l.Layout, l.Path = p.Layout.Name, p.Path
	return map[string]any{"layout": p.Layout.Name, "file": loadViewOf(&l, inFrench(p.Found.Warnings)), "first_agent": first, "problems": problems, "refusal": refusal}
}
