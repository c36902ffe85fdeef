package extract

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"bascule/reconcile"
)

// The shapes of file.
const (
	shapeRecords = "records" // typed records: header, agent, line, totals, trailer
	shapeFlat    = "flat"    // one row per pay line, the agent's fields repeated
	shapeXML     = "xml"     // elements whose values stand in an attribute
	shapeXLSX    = "xlsx"    // flat, in a sheet of a workbook
)

var shapes = []string{shapeRecords, shapeFlat, shapeXML, shapeXLSX}

// encodingXML is the encoding of XML files: the one that each declares.
const encodingXML = "xml"

// Layout says how a kind of file is written (CONTRACT 3). It is read-only once
// parsed and may serve several readers at once.
type Layout struct {
	Name, Title string
	Shape       string
	Encoding    string
	Hash        string             // SHA-256 of the descriptor's text
	Carried     reconcile.FieldSet // the fields it knows; a flat file may hold fewer

	file       string
	charset    *charset // nil when each file declares its own
	fixed      bool
	typeFrom   int // where the type of a fixed record stands, 0-based, half open
	typeTo     int
	length     int // of every record, in bytes, in a file without line ends; 0 in the others
	delimiter  byte
	mark       byte // decimal mark
	absent     []string
	records    []*record
	format     [fieldCount]format
	senses     []senseStep
	asides     []asideRule
	negativeD  bool     // deductions are printed with their sign from the agent's side
	value      string   // XML attribute that holds the values
	namespaces []string // XML namespaces accepted, by prefix; none means any
	sheet      string   // of a workbook; blank means the first that is visible
}

// rows tells whether the layout is one of rows under a header: flat, or xlsx.
func (l *Layout) rows() bool { return l.Shape == shapeFlat || l.Shape == shapeXLSX }

// record is a kind of record: what it is for and where its fields are.
type record struct {
	tag    string // what its type column holds; in XML, the element
	role   role
	places []place
	width  int  // of a fixed record
	coded  bool // it may hold packed or zoned fields, and zeros for blanks
	line   int  // in the descriptor
}

// place tells where a field is: positions of a fixed record (0-based, half
// open; sign −1 when the sign is inside), or the name of a column or element.
type place struct {
	id       field
	from, to int
	sign     int
	name     string

	coding  coding
	digits  int  // of a packed text, from the right; all when 0
	numeric bool // the field has a sign

	partFrom, partTo int // characters of the element's value; the whole when partTo is 0
}

// ParseLayout reads a layout descriptor. file names it in errors, which are
// InputErrors with the line to blame.
func ParseLayout(file string, text []byte) (*Layout, error) {
	sum := sha256.Sum256(text)
	l := &Layout{file: file, Hash: hex.EncodeToString(sum[:])}
	for f := range fieldCount {
		l.format[f] = format{word: fieldInfos[f].words, implied: explicit}
	}
	d := &descriptor{file: file, layout: l}
	if err := d.read(text); err != nil {
		return nil, err
	}
	if err := l.validate(); err != nil {
		return nil, err
	}
	if err := l.encodeWords(); err != nil {
		return nil, err
	}
	for _, r := range l.records {
		for _, p := range r.places {
			if c := fieldInfos[p.id].carries; c != notCompared {
				l.Carried = l.Carried.With(reconcile.Field(c))
			}
		}
	}
	return l, nil
}

// encodeWords writes the words that a file is looked through for as it writes
// them.
func (l *Layout) encodeWords() error {
	words := make([]*string, 0, len(l.absent))
	for i := range l.absent {
		words = append(words, &l.absent[i])
	}
	for i := range l.senses {
		for j := range l.senses[i].values {
			words = append(words, &l.senses[i].values[j].text)
		}
	}
	for _, word := range words {
		if l.charset == nil {
			break // XML gives UTF-8
		}
		b, ok := l.charset.encoded(*word)
		if !ok {
			return l.blame(0, *word, "écrire un mot que cet encodage peut porter", "ne s'écrit pas en %s", l.Encoding)
		}
		*word = string(b)
	}
	for i := range l.senses {
		for _, v := range l.senses[i].values {
			if len(v.text) == 1 {
				l.senses[i].letters[v.text[0]] = v.sense
			}
		}
	}
	return nil
}

// record finds the record of a role, or nil.
func (l *Layout) record(r role) *record {
	for _, rec := range l.records {
		if rec.role&r != 0 {
			return rec
		}
	}
	return nil
}

// has tells whether the record declares a field.
func (rec *record) has(id field) bool {
	for _, p := range rec.places {
		if p.id == id {
			return true
		}
	}
	return false
}

// overlaps tells whether two fixed fields, or their signs, share a position.
func (p *place) overlaps(q *place) bool {
	return p.from < q.to && q.from < p.to || p.sign >= q.from && p.sign < q.to || q.sign >= p.from && q.sign < p.to || p.sign >= 0 && p.sign == q.sign
}

// blame is an error of the descriptor.
func (l *Layout) blame(line int, key, hint, format string, args ...any) error {
	return &reconcile.InputError{File: l.file, Line: line, Field: key, Err: fmt.Errorf(format, args...), Hint: hint}
}

// validate checks what no single key can: that the keys agree with each other
// and with the shape.
func (l *Layout) validate() error {
	if l.Shape == shapeXLSX && l.Encoding == "" {
		l.Encoding = utf8Name
	}
	switch {
	case l.Name == "" || strings.Trim(l.Name, "abcdefghijklmnopqrstuvwxyz0123456789-") != "":
		return l.blame(0, "name", "écrire par exemple name: psop", "doit être fait de minuscules, de chiffres et de tirets")
	case l.Title == "":
		return l.blame(0, "title", "dire en français de quel fichier il s'agit", "manque")
	case l.Shape == "":
		return l.blame(0, "shape", "choisir parmi : "+strings.Join(shapes, ", "), "manque")
	case l.Encoding == "":
		return l.blame(0, "encoding", "choisir parmi : "+strings.Join(layoutEncodings(), ", "), "manque")
	case (l.Encoding == encodingXML) != (l.Shape == shapeXML):
		return l.blame(0, "encoding", "« xml » va avec shape: xml, et avec elle seule", "ne convient pas à la forme « %s »", l.Shape)
	case l.Shape == shapeXLSX && l.Encoding != utf8Name:
		return l.blame(0, "encoding", "supprimer encoding : un classeur dit le sien", "ne convient pas à la forme « xlsx »")
	case len(l.senses) == 0:
		return l.blame(0, "sense", "dire comment se lit le sens d'une ligne : - { by: column, values: { P: P, D: D, I: I } }", "manque")
	}
	l.charset, _ = charsetNamed(l.Encoding)
	if err := l.validateShape(); err != nil {
		return err
	}
	for _, r := range l.records {
		r.coded = l.length > 0 || slices.ContainsFunc(r.places, func(p place) bool { return p.coding != codingText })
		if err := l.validateRecord(r); err != nil {
			return err
		}
	}
	return l.validateRules()
}

func (l *Layout) validateShape() error {
	var seen role
	for _, r := range l.records {
		if seen&r.role != 0 {
			return l.blame(r.line, "is", "garder un seul enregistrement de chaque sorte", "deux enregistrements ont le même rôle")
		}
		seen |= r.role
	}
	needed := roleHeader | roleAgent | roleLine
	if l.rows() {
		needed = roleAgent | roleLine
	}
	if seen&needed != needed || l.rows() && len(l.records) != 1 {
		hint := "décrire header, agent et line"
		if l.rows() {
			hint = "décrire un seul enregistrement « is: row »"
		}
		return l.blame(0, "records", hint, "ne décrit pas les enregistrements de la forme « %s »", l.Shape)
	}
	switch {
	case l.length > 0 && !l.fixed:
		return l.blame(0, "length", "supprimer length, ou donner type", "ne convient qu'aux enregistrements à positions fixes")
	case l.charset != nil && l.charset.ebcdic != nil && l.length == 0:
		return l.blame(0, "length", "écrire la longueur de tout enregistrement, en octets : length: 160", "manque : un fichier en EBCDIC n'a pas de fins de ligne")
	case l.Shape == shapeRecords && l.fixed == (l.delimiter != 0):
		return l.blame(0, "type", "donner soit type (positions fixes), soit delimiter (colonnes)", "positions fixes ou colonnes : il faut choisir")
	case l.Shape == shapeFlat && (l.fixed || l.delimiter == 0):
		return l.blame(0, "delimiter", `écrire delimiter: ";"`, "manque")
	case (l.Shape == shapeXML || l.Shape == shapeXLSX) && (l.fixed || l.delimiter != 0):
		return l.blame(0, "type", "supprimer type et delimiter", "ne convient pas à la forme « %s »", l.Shape)
	case l.Shape != shapeXLSX && l.sheet != "":
		return l.blame(0, "sheet", "supprimer sheet", "ne convient qu'à la forme « xlsx »")
	case l.Shape == shapeXML && seen&roleTrailer != 0:
		return l.blame(0, "records", "le supprimer", "un enregistrement de fin ne convient pas à la forme « xml » : il ne serait pas lu")
	case l.Shape == shapeXML && l.value == "":
		return l.blame(0, "value", "nommer l'attribut qui porte les valeurs", "manque")
	case l.Shape != shapeXML && (l.value != "" || len(l.namespaces) > 0):
		return l.blame(0, "value", "supprimer value et namespaces", "ne convient qu'à la forme « xml »")
	}
	return nil
}

// required lists the fields without which a record is of no use: one of each
// group.
var required = []struct {
	role  role
	oneOf []field
}{
	{roleHeader, []field{fPeriod, fYear}},
	{roleAgent, []field{fNIR, fMatricule}},
	{roleLine, []field{fCode}},
	{roleLine, []field{fAmount}},
	{roleTotals, []field{fToPay, fToDeduct, fNet, fEmployer}},
	{roleTrailer, []field{fPayslips, fLineCount, fTotalToPay, fTotalToDeduct, fTotalInformation}},
}

func (l *Layout) validateRecord(r *record) error {
	if len(r.tag) != l.typeTo-l.typeFrom && l.fixed || r.tag == "" {
		return l.blame(r.line, "record", "écrire le type entre guillemets, comme dans le fichier", "n'a pas la longueur du type d'enregistrement")
	}
	for _, other := range l.records {
		if other != r && other.tag == r.tag && l.Shape != shapeXML {
			return l.blame(r.line, "record", "", "« %s » est décrit deux fois", r.tag)
		}
	}
	groups := required
	if l.rows() {
		groups = append(groups[:len(groups):len(groups)], struct {
			role  role
			oneOf []field
		}{roleAgent, []field{fPeriod, fYear}})
	}
	for _, g := range groups {
		found := r.role&g.role == 0
		var names []string
		for _, f := range g.oneOf {
			found = found || r.has(f)
			names = append(names, fieldInfos[f].name)
		}
		if !found {
			return l.blame(r.line, "fields", "ajouter "+strings.Join(names, " ou "), "l'enregistrement « %s » manque d'un champ obligatoire", r.tag)
		}
	}
	if r.role == roleAgent && (r.has(fPeriod) || r.has(fYear)) {
		return l.blame(r.line, "period", "le supprimer : le mois se lit dans l'en-tête, ou sur chaque ligne d'un fichier plat", "le mois de paye n'est pas lu dans l'enregistrement d'un agent")
	}
	if r.has(fYear) != r.has(fMonth) || r.has(fYear) && r.has(fPeriod) {
		return l.blame(r.line, "fields", "donner soit period, soit year et month", "le mois de paye est décrit à moitié ou deux fois")
	}
	if l.length > 0 && r.width > l.length {
		return l.blame(r.line, "length", "revoir length ou les positions", "« %s » va jusqu'à la position %d, au-delà des %d octets d'un enregistrement", r.tag, r.width, l.length)
	}
	for i, p := range r.places {
		if l.fixed && p.id != fNone && p.overlaps(&place{from: l.typeFrom, to: l.typeTo, sign: -1}) {
			return l.blame(r.line, fieldInfos[p.id].name, "revoir les positions", "chevauche le type d'enregistrement dans « %s »", r.tag)
		}
		if p.sign >= p.from && p.sign < p.to {
			return l.blame(r.line, fieldInfos[p.id].name, "revoir les positions", "chevauche son signe dans « %s »", r.tag)
		}
		for _, q := range r.places[:i] {
			switch {
			case p.id == q.id && p.id != fNone && l.Shape != shapeXML:
				return l.blame(r.line, fieldInfos[p.id].name, "", "est décrit deux fois dans « %s »", r.tag)
			case l.fixed && p.overlaps(&q):
				return l.blame(r.line, fieldInfos[p.id].name, "revoir les positions", "chevauche %s dans « %s »", fieldInfos[q.id].name, r.tag)
			}
		}
		if err := l.validateFormat(r, p); err != nil {
			return err
		}
	}
	return nil
}

func (l *Layout) validateFormat(r *record, p place) error {
	info, f := &fieldInfos[p.id], &l.format[p.id]
	switch info.kind {
	case kindMonth, kindDate:
		if f.form == formNone {
			return l.blame(r.line, info.name, "ajouter form: "+strings.Join(formNames(), " ou "), "n'a pas de forme de date")
		}
		d := forms[f.form]
		if info.kind == kindDate && d.day < 0 || (p.id == fPeriod || p.id == fOrigin) && (d.year < 0 || d.month < 0) {
			return l.blame(r.line, info.name, "choisir parmi : "+strings.Join(formNames(), ", "), "a une forme de date incomplète")
		}
	case kindAmount, kindFixed, kindHundredths:
		if f.implied == explicit && l.mark == 0 {
			return l.blame(r.line, info.name, `ajouter decimals: 2 (décimales implicites), ou decimal: "," pour tout le fichier`, "n'a ni décimales implicites ni signe décimal")
		}
	}
	return nil
}

func (l *Layout) validateRules() error {
	line := l.record(roleLine)
	for _, s := range l.senses {
		switch {
		case s.by == byColumn && !line.has(fSense):
			return l.blame(s.line, "by", "décrire le champ sense", "le sens est lu dans une colonne qui n'est pas décrite")
		case s.by == byGroup && l.Shape != shapeXML:
			return l.blame(s.line, "by", "choisir column, sign, code ou always", "« group » ne convient qu'à la forme « xml »")
		}
	}
	for _, a := range l.asides {
		if len(a.groups) > 0 && l.Shape != shapeXML {
			return l.blame(a.line, "groups", "", "ne convient qu'à la forme « xml »")
		}
	}
	return nil
}
