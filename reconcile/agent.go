package reconcile

import (
	"cmp"
	"strconv"
	"strings"
)

// Side is one of the two systems compared.
type Side uint8

// The sides. A delta is always ONP − Legacy.
const (
	Legacy Side = iota
	ONP
)

// Sides lists both, in the order of every screen and file.
var Sides = [2]Side{Legacy, ONP}

// String is the word used in files, columns and keys.
func (s Side) String() string {
	if s == ONP {
		return "onp"
	}
	return "legacy"
}

// ParseSide reads what String prints.
func ParseSide(s string) (Side, bool) {
	switch s {
	case "legacy":
		return Legacy, true
	case "onp":
		return ONP, true
	}
	return 0, false
}

// Field names one field of an agent's administrative situation or of the
// imputation of his pay.
type Field uint8

// The fields that are compared, in the order they are reported. Service to
// IBAN are situation; Programme, BOP and Accountant are imputation (budget).
const (
	FieldGrade Field = iota
	FieldEchelon
	FieldIndice
	FieldNBI
	FieldQuotite
	FieldChildren
	FieldService
	FieldStatus
	FieldZone
	FieldIBAN
	FieldProgramme
	FieldBOP
	FieldAccountant
	fieldCount
)

var fieldNames = [fieldCount]string{"grade", "echelon", "indice", "nbi", "quotite", "children", "service", "status", "zone", "iban", "programme", "bop", "accountant"}

// String is the field's name in files and columns (CONTRACT 3.2).
func (f Field) String() string { return fieldNames[f] }

// Budget tells whether the field is imputation rather than situation.
func (f Field) Budget() bool { return f >= FieldProgramme }

// Fields lists the fields in the order they are reported.
func Fields() []Field {
	all := make([]Field, fieldCount)
	for i := range all {
		all[i] = Field(i)
	}
	return all
}

// FieldSet is a set of fields: those a layout carries. A field that one side's
// file does not carry at all cannot differ.
type FieldSet uint16

// AllFields is the set of every field.
const AllFields FieldSet = 1<<fieldCount - 1

// With adds f to the set.
func (s FieldSet) With(f Field) FieldSet { return s | 1<<f }

// Has tells whether f is in the set.
func (s FieldSet) Has(f Field) bool { return s&(1<<f) != 0 }

// Absent is the value of a number the file leaves blank. Absent is not zero.
const Absent int32 = -1

// Agent is who is paid and in what situation, as one side's file says it.
type Agent struct {
	NIR, NIRKey string // social security number (13 characters) and its key
	Dossier     string // order number when one administration pays the same person several times
	Matricule   string // number in the ministry's HR system
	Surname     string
	FirstName   string

	Grade      string // NNE code of the grade
	Echelon    string // without leading zeros
	Indice     int32  // indice majoré, in points, or Absent
	NBI        int32  // nouvelle bonification indiciaire, in points, or Absent
	Quotite    int32  // working time in hundredths of a percent (10000 = full time), or Absent
	Children   int32  // dependent children, or Absent
	Service    string
	Status     string // T titulaire, S stagiaire, C contractuel, M militaire, O ouvrier d'État
	Zone       string // residence zone 1, 2 or 3
	IBANDigest string // keyed digest of the bank account: compared, never shown
	Programme  string
	BOP        string
	Accountant string // comptable assignataire

	Carried FieldSet // the fields that the layout of the file carries
}

// Name is "SURNAME First name", or what there is of it.
func (a *Agent) Name() string {
	if a.Surname == "" || a.FirstName == "" {
		return a.Surname + a.FirstName
	}
	return a.Surname + " " + a.FirstName
}

// IdentityField is a field that may stand in an identity key.
type IdentityField string

// The identity fields.
const (
	IdentityNIR       IdentityField = "nir"
	IdentityDossier   IdentityField = "dossier"
	IdentityMatricule IdentityField = "matricule"
)

// Identity tells how agents of both sides are recognised: Key first, then
// Fallback for those that Key left alone.
type Identity struct {
	Key, Fallback []IdentityField
}

// KeySeparator stands between the parts of a key.
const KeySeparator = "/"

// NoKey starts the key of a payslip whose key fields are blank. Such a payslip
// can only be matched by the fallback.
const NoKey = "?"

// keyEscapes keep two agents from having one key because a field holds what
// separates fields.
var keyEscapes = strings.NewReplacer("%", "%25", KeySeparator, "%2F", NoKey, "%3F")

// KeyOf joins the fields of the agent into a key; ok is false when a field
// other than the dossier is blank.
func KeyOf(a *Agent, fields []IdentityField) (key string, ok bool) {
	ok = len(fields) > 0
	for i, f := range fields {
		if i > 0 {
			key += KeySeparator
		}
		v := ""
		switch f {
		case IdentityNIR:
			v = a.identifying()
		case IdentityDossier:
			v = a.Dossier
		case IdentityMatricule:
			v = a.Matricule
		}
		ok = ok && (v != "" || f == IdentityDossier)
		key += keyEscapes.Replace(v)
	}
	return key, ok
}

// Text is the value of a field as the file printed it, blank when absent.
func (a *Agent) Text(f Field) string {
	switch f {
	case FieldGrade:
		return a.Grade
	case FieldEchelon:
		return a.Echelon
	case FieldIndice:
		return optInt(a.Indice)
	case FieldNBI:
		return optInt(a.NBI)
	case FieldQuotite:
		return quotiteText(a.Quotite)
	case FieldChildren:
		return optInt(a.Children)
	case FieldService:
		return a.Service
	case FieldStatus:
		return a.Status
	case FieldZone:
		return a.Zone
	case FieldIBAN:
		return a.IBANDigest
	case FieldProgramme:
		return a.Programme
	case FieldBOP:
		return a.BOP
	case FieldAccountant:
		return a.Accountant
	}
	return ""
}

func optInt(v int32) string {
	if v == Absent {
		return ""
	}
	return strconv.Itoa(int(v))
}

// quotiteText prints hundredths of a percent as a percentage: 8000 is "80",
// 8571 is "85.71".
func quotiteText(v int32) string {
	if v == Absent {
		return ""
	}
	return (Fixed(v) * FixedUnit / 100).String()
}

// same tells whether both agents have the same value in a field.
func (a *Agent) same(b *Agent, f Field) bool {
	switch f {
	case FieldIndice:
		return a.Indice == b.Indice
	case FieldNBI:
		return a.NBI == b.NBI
	case FieldQuotite:
		return a.Quotite == b.Quotite
	case FieldChildren:
		return a.Children == b.Children
	}
	return a.Text(f) == b.Text(f)
}

// compare orders agents by their fields, the imputation first.
func (a *Agent) compare(b *Agent) int {
	for f := fieldCount; f > 0; f-- {
		if !a.same(b, f-1) {
			return cmp.Compare(a.Text(f-1), b.Text(f-1))
		}
	}
	return cmp.Or(cmp.Compare(a.Matricule, b.Matricule), cmp.Compare(a.Surname, b.Surname), cmp.Compare(a.FirstName, b.FirstName),
		cmp.Compare(a.NIR, b.NIR), cmp.Compare(a.NIRKey, b.NIRKey))
}
