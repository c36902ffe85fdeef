package extract

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"slices"
	"strings"
	"testing"

	"bascule/reconcile"
)

// layoutWriter writes payslips as a layout describes them: the way back of a
// Reader, for the tests alone. It knows the descriptor, and nothing of the code
// that reads.
type layoutWriter struct {
	t      testing.TB
	l      *Layout
	period reconcile.Period
	out    bytes.Buffer
	slips  int64
	sums   reconcile.Sums
	bytes  map[rune]byte // of the encoding
}

// writeLayout writes a whole file.
func writeLayout(t testing.TB, l *Layout, period reconcile.Period, slips []reconcile.Payslip) []byte {
	w := &layoutWriter{t: t, l: l, period: period}
	switch l.Shape {
	case shapeXML:
		w.xmlFile(slips)
	case shapeFlat:
		w.flatFile(slips)
	default:
		w.recordsFile(slips)
	}
	return w.out.Bytes()
}

func (w *layoutWriter) recordsFile(slips []reconcile.Payslip) {
	w.record(roleHeader, nil, nil)
	for i := range slips {
		p := &slips[i]
		w.slips++
		w.sums = w.sums.Plus(reconcile.SumLines(p.Lines))
		w.record(roleAgent, p, nil)
		for j := range p.Lines {
			w.record(roleLine, p, &p.Lines[j])
		}
		w.record(roleTotals, p, nil)
	}
	w.record(roleTrailer, nil, nil)
}

func (w *layoutWriter) record(role role, p *reconcile.Payslip, line *reconcile.PayLine) {
	rec := w.l.record(role)
	if rec == nil {
		return
	}
	if w.l.fixed {
		w.fixed(rec, p, line)
		return
	}
	columns := []string{rec.tag}
	for _, place := range rec.places {
		columns = append(columns, w.quoted(w.text(&place, p, line)))
	}
	w.out.Write(w.encoded(strings.Join(columns, string(w.l.delimiter)) + "\r\n"))
}

func (w *layoutWriter) flatFile(slips []reconcile.Payslip) {
	rec := w.l.record(roleLine)
	var names []string
	for _, place := range rec.places {
		names = append(names, w.quoted(place.name))
	}
	w.out.Write(w.encoded(strings.Join(names, string(w.l.delimiter)) + "\n"))
	for i := range slips {
		for j := range slips[i].Lines {
			var columns []string
			for _, place := range rec.places {
				columns = append(columns, w.quoted(w.text(&place, &slips[i], &slips[i].Lines[j])))
			}
			w.out.Write(w.encoded(strings.Join(columns, string(w.l.delimiter)) + "\n"))
		}
	}
}

// writeBook writes a workbook, numbers as numbers and texts as texts, but a
// padded one that a spreadsheet takes for a number.
func writeBook(t testing.TB, l *Layout, period reconcile.Period, slips []reconcile.Payslip) *fakeBook {
	w := &layoutWriter{t: t, l: l, period: period}
	rec := l.record(roleLine)
	var names []string
	for _, place := range rec.places {
		names = append(names, place.name)
	}
	var rows []SheetRow
	for i := range slips {
		for j := range slips[i].Lines {
			var cells []string
			for _, place := range rec.places {
				text := w.text(&place, &slips[i], &slips[i].Lines[j])
				switch {
				case text == "":
				case place.numeric:
					text = "n" + strings.Replace(text, ",", ".", 1)
				case place.id == fNIRKey:
					text = "n" + strings.TrimLeft(text, "0")
				default:
					text = "s" + text
				}
				cells = append(cells, text)
			}
			rows = append(rows, typed(len(rows)+2, cells...))
		}
	}
	return sheetOf(strings.Join(names, ";"), rows...)
}

// quoted puts quotes round what needs them (RFC 4180).
func (w *layoutWriter) quoted(s string) string {
	if strings.ContainsAny(s, "\"\r\n"+string(w.l.delimiter)) {
		return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
	}
	return s
}

// encoded writes text in the encoding of the file.
func (w *layoutWriter) encoded(s string) []byte {
	c := w.l.charset
	if c.cm == nil {
		return []byte(s)
	}
	var b []byte
	for _, r := range s {
		b = append(b, w.encodedRune(c, r))
	}
	return b
}

// encodedRune finds the byte of the file that stands for a character.
func (w *layoutWriter) encodedRune(c *charset, r rune) byte {
	if w.bytes == nil {
		w.bytes = make(map[rune]byte)
		for i := 255; i >= 0; i-- {
			x := byte(i)
			if c.ebcdic != nil {
				x = c.ebcdic[i]
			}
			w.bytes[[]rune(string(c.append(nil, []byte{x})))[0]] = byte(i)
		}
	}
	b, ok := w.bytes[r]
	if !ok {
		w.t.Fatalf("%q is not in %s", r, c.name)
	}
	return b
}

func (w *layoutWriter) fixed(rec *record, p *reconcile.Payslip, line *reconcile.PayLine) {
	width := rec.width
	if w.l.length > 0 {
		width = w.l.length
	}
	row := bytes.Repeat(w.encoded(" "), width)
	copy(row[w.l.typeFrom:], w.encoded(rec.tag))
	for i := range rec.places {
		place := &rec.places[i]
		if place.id == fNone {
			continue
		}
		text, field := w.text(place, p, line), row[place.from:place.to]
		negative := strings.HasPrefix(text, "-")
		digits := strings.TrimPrefix(text, "-")
		switch {
		case place.coding != codingText && text == "":
		case place.coding == codingPacked:
			w.pack(field, digits, negative)
		case place.coding == codingZoned:
			w.zone(field, digits, negative)
		case place.numeric && text != "":
			copy(field, w.encoded(fmt.Sprintf("%0*s", len(field), digits)))
			if place.sign >= 0 {
				row[place.sign] = w.encoded(map[bool]string{true: "-", false: "+"}[negative])[0]
			}
		default:
			copy(field, w.encoded(text))
		}
	}
	w.out.Write(row)
	if w.l.length == 0 {
		w.out.WriteString("\n")
	}
}

func (w *layoutWriter) pack(field []byte, digits string, negative bool) {
	digits = fmt.Sprintf("%0*s", 2*len(field)-1, digits)
	sign := byte(0xC)
	if negative {
		sign = 0xD
	}
	for i := range field {
		low := sign
		if 2*i+1 < len(digits) {
			low = digits[2*i+1] - '0'
		}
		field[i] = (digits[2*i]-'0')<<4 | low
	}
}

func (w *layoutWriter) zone(field []byte, digits string, negative bool) {
	digits = fmt.Sprintf("%0*s", len(field), digits)
	if w.l.charset.ebcdic == nil {
		copy(field, digits)
		field[len(field)-1] = "{ABCDEFGHI}JKLMNOPQR"[map[bool]int{true: 10}[negative]+int(digits[len(digits)-1]-'0')]
		return
	}
	for i := range field {
		field[i] = 0xF0 | (digits[i] - '0')
	}
	field[len(field)-1] &= map[bool]byte{true: 0xDF, false: 0xCF}[negative]
}

// text is a field as the file writes it, before its coding: a number without
// its mark where the mark is implied, with its sign in front.
func (w *layoutWriter) text(place *place, p *reconcile.Payslip, line *reconcile.PayLine) string {
	f := &w.l.format[place.id]
	number := func(v int64, scale int) string { return w.number(f, v, scale) }
	switch place.id {
	case fPeriod, fYear, fMonth:
		return dated(f.form, w.period)
	case fProduced:
		return map[form]string{formCompactDate: "20131220", formISODate: "2013-12-20"}[f.form]
	case fMinistry:
		return "009"
	case fSense:
		return w.senseWord(line.Sense)
	case fAmount:
		return number(int64(w.printed(line)), 2)
	case fBase:
		return w.optional(f, line.Base)
	case fRate:
		return w.optional(f, line.Rate)
	case fOrigin:
		if line.Origin == w.period {
			return ""
		}
		return dated(f.form, line.Origin)
	case fCode:
		return string(line.Code)
	case fLabel:
		return "LIBELLÉ"
	case fPayslips:
		return number(w.slips, 0)
	case fLineCount:
		return number(w.sums.Lines, 0)
	case fTotalToPay:
		return number(int64(w.sums.ToPay), 2)
	case fTotalToDeduct:
		return number(int64(w.sums.ToDeduct), 2)
	case fTotalInformation:
		return number(int64(w.sums.Information), 2)
	case fNone, fSender, fIBAN:
		return ""
	}
	return w.agentText(place, p)
}

func (w *layoutWriter) agentText(place *place, p *reconcile.Payslip) string {
	f, a := &w.l.format[place.id], &p.Agent
	for _, n := range []struct {
		id    field
		v     int32
		scale int
	}{{fIndice, a.Indice, 0}, {fNBI, a.NBI, 0}, {fQuotite, a.Quotite, 2}, {fChildren, a.Children, 0}} {
		if n.id == place.id {
			if n.v == reconcile.Absent {
				return ""
			}
			return w.number(f, int64(n.v), n.scale)
		}
	}
	for _, d := range []struct {
		id field
		v  reconcile.OptAmount
	}{{fToPay, p.Declared.ToPay}, {fToDeduct, p.Declared.ToDeduct}, {fNet, p.Declared.Net}, {fEmployer, p.Declared.Employer}} {
		if d.id == place.id {
			if !d.v.Set {
				return ""
			}
			return w.number(f, int64(d.v.Amount), 2)
		}
	}
	texts := map[field]string{fNIR: a.NIR, fNIRKey: a.NIRKey, fDossier: a.Dossier, fMatricule: a.Matricule, fSurname: a.Surname, fFirstName: a.FirstName,
		fGrade: a.Grade, fEchelon: a.Echelon, fService: a.Service, fProgramme: a.Programme, fBOP: a.BOP, fAccountant: a.Accountant, fStatus: a.Status, fZone: a.Zone}
	text := texts[place.id]
	for _, v := range f.values {
		if v.to == text {
			return v.from
		}
	}
	return text
}

// printed is the amount of a line in the file's own sign.
func (w *layoutWriter) printed(line *reconcile.PayLine) reconcile.Amount {
	if line.Sense == reconcile.ToDeduct && !w.l.negativeD {
		return -line.Amount
	}
	return line.Amount
}

func (w *layoutWriter) senseWord(s reconcile.Sense) string {
	for _, v := range w.l.senses[0].values {
		if v.sense == s {
			return v.text
		}
	}
	return ""
}

func (w *layoutWriter) optional(f *format, v reconcile.Fixed) string {
	if v == reconcile.NoFixed {
		return ""
	}
	return w.number(f, int64(v), 6)
}

// number writes units of 10^-scale.
func (w *layoutWriter) number(f *format, v int64, scale int) string {
	sign := ""
	if v < 0 {
		sign, v = "-", -v
	}
	if f.implied != explicit {
		for ; scale > int(f.implied); scale-- {
			if v%10 != 0 {
				w.t.Fatalf("%s has more decimals than the layout", f.word)
			}
			v /= 10
		}
		for ; scale < int(f.implied); scale++ {
			v *= 10
		}
		return sign + fmt.Sprint(v)
	}
	for scale > 2 && v%10 == 0 {
		v, scale = v/10, scale-1
	}
	mark := map[bool]string{true: ",", false: string(f.mark)}[f.mark == eitherMark]
	text := fmt.Sprintf("%0*d", scale+1, v)
	if scale == 0 {
		return sign + text
	}
	return sign + text[:len(text)-scale] + mark + text[len(text)-scale:]
}

func dated(f form, p reconcile.Period) string {
	year, month, _ := strings.Cut(p.String(), "-")
	return strings.NewReplacer("AAAA", year, "MM", month, "JJ", "01").Replace(forms[f].name.Format)
}

// xmlFile writes the elements of each record under their own paths.
func (w *layoutWriter) xmlFile(slips []reconcile.Payslip) {
	header, agent, totals := w.l.record(roleHeader), w.l.record(roleAgent), w.l.record(roleTotals)
	fmt.Fprintf(&w.out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<p:%s xmlns:p=%q>\n", header.tag, w.l.namespaces[0])
	w.elements(header, nil, nil)
	for i := range slips {
		p := &slips[i]
		fmt.Fprintf(&w.out, "<DonneesIndiv><%s>\n", agent.tag)
		w.elements(agent, p, nil)
		fmt.Fprintf(&w.out, "<%s>\n", w.l.record(roleLine).tag)
		for j := range p.Lines {
			group := w.group(p.Lines[j].Sense)
			fmt.Fprintf(&w.out, "<%s>", group)
			w.elements(w.l.record(roleLine), p, &p.Lines[j])
			fmt.Fprintf(&w.out, "</%s>\n", group)
		}
		fmt.Fprintf(&w.out, "</%s>\n", w.l.record(roleLine).tag)
		w.elements(totals, p, nil)
		fmt.Fprintf(&w.out, "</%s></DonneesIndiv>\n", agent.tag)
	}
	fmt.Fprintf(&w.out, "</p:%s>\n", header.tag)
}

func (w *layoutWriter) group(s reconcile.Sense) string {
	for _, v := range w.l.senses[0].table {
		if v.sense == s {
			return v.text
		}
	}
	w.t.Fatalf("no group of sense %v", s)
	return ""
}

// elements writes the values of a record: parts of one element side by side, the
// first place of a field only.
func (w *layoutWriter) elements(rec *record, p *reconcile.Payslip, line *reconcile.PayLine) {
	var paths []string
	var done []field
	values := map[string]string{}
	for i := range rec.places {
		place := &rec.places[i]
		text := w.text(place, p, line)
		if text == "" || slices.Contains(done, place.id) {
			continue
		}
		done = append(done, place.id)
		if place.partTo > 0 {
			text += strings.Repeat(" ", place.partTo-place.partFrom-len(text))
		}
		if _, ok := values[place.name]; !ok {
			paths = append(paths, place.name)
		}
		values[place.name] += text
	}
	for _, path := range paths {
		names := strings.Split(path, "/")
		last := len(names) - 1
		var value bytes.Buffer
		if err := xml.EscapeText(&value, []byte(values[path])); err != nil {
			w.t.Fatal(err)
		}
		for _, n := range names[:last] {
			fmt.Fprintf(&w.out, "<%s>", n)
		}
		fmt.Fprintf(&w.out, "<%s %s=\"%s\"/>", names[last], w.l.value, value.String())
		for i := last - 1; i >= 0; i-- {
			fmt.Fprintf(&w.out, "</%s>", names[i])
		}
	}
}
