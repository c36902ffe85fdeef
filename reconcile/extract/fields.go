package extract

import "bascule/reconcile"

// field is something a layout can say where to find.
type field uint8

// The fields, grouped by the record that carries them.
const (
	fNone field = iota

	fMinistry
	fPeriod
	fYear
	fMonth
	fProduced
	fSender

	fNIR
	fNIRKey
	fDossier
	fMatricule
	fSurname
	fFirstName
	fGrade
	fEchelon
	fIndice
	fNBI
	fQuotite
	fChildren
	fService
	fProgramme
	fBOP
	fAccountant
	fStatus
	fZone
	fIBAN

	fCode
	fLabel
	fSense
	fAmount
	fBase
	fRate
	fOrigin

	fToPay
	fToDeduct
	fNet
	fEmployer

	fPayslips
	fLineCount
	fTotalToPay
	fTotalToDeduct
	fTotalInformation

	fieldCount
)

// kind is how the text of a field is read.
type kind uint8

const (
	kindText kind = iota
	kindInt
	kindAmount
	kindFixed
	kindHundredths // a percentage kept in hundredths
	kindMonth
	kindDate
	kindSense
)

// role is what a record is for.
type role uint8

const (
	roleHeader role = 1 << iota
	roleAgent
	roleLine
	roleTotals
	roleTrailer
)

const notCompared = -1

// fieldInfo describes a field: its name in a layout, its name in a message,
// how it is read, the records it may stand in, and the field of the agent's
// situation that it carries.
type fieldInfo struct {
	name, french string
	kind         kind
	roles        role
	carries      int8
}

var fieldInfos = [fieldCount]fieldInfo{
	fNone:             {"filler", "remplissage", kindText, roleHeader | roleAgent | roleLine | roleTotals | roleTrailer, notCompared},
	fMinistry:         {"ministry", "ministère", kindText, roleHeader, notCompared},
	fPeriod:           {"period", "mois de paye", kindMonth, roleHeader | roleAgent, notCompared},
	fYear:             {"year", "année", kindMonth, roleHeader | roleAgent, notCompared},
	fMonth:            {"month", "mois", kindMonth, roleHeader | roleAgent, notCompared},
	fProduced:         {"produced", "date de production", kindDate, roleHeader, notCompared},
	fSender:           {"sender", "émetteur", kindText, roleHeader, notCompared},
	fNIR:              {"nir", "NIR", kindText, roleAgent, notCompared},
	fNIRKey:           {"key", "clé du NIR", kindText, roleAgent, notCompared},
	fDossier:          {"dossier", "dossier", kindText, roleAgent, notCompared},
	fMatricule:        {"matricule", "matricule", kindText, roleAgent, notCompared},
	fSurname:          {"surname", "nom", kindText, roleAgent, notCompared},
	fFirstName:        {"first_name", "prénom", kindText, roleAgent, notCompared},
	fGrade:            {"grade", "grade", kindText, roleAgent, int8(reconcile.FieldGrade)},
	fEchelon:          {"echelon", "échelon", kindText, roleAgent, int8(reconcile.FieldEchelon)},
	fIndice:           {"indice", "indice", kindInt, roleAgent, int8(reconcile.FieldIndice)},
	fNBI:              {"nbi", "NBI", kindInt, roleAgent, int8(reconcile.FieldNBI)},
	fQuotite:          {"quotite", "quotité", kindHundredths, roleAgent, int8(reconcile.FieldQuotite)},
	fChildren:         {"children", "enfants", kindInt, roleAgent, int8(reconcile.FieldChildren)},
	fService:          {"service", "service", kindText, roleAgent, int8(reconcile.FieldService)},
	fProgramme:        {"programme", "programme", kindText, roleAgent, int8(reconcile.FieldProgramme)},
	fBOP:              {"bop", "BOP", kindText, roleAgent, int8(reconcile.FieldBOP)},
	fAccountant:       {"accountant", "comptable", kindText, roleAgent, int8(reconcile.FieldAccountant)},
	fStatus:           {"status", "statut", kindText, roleAgent, int8(reconcile.FieldStatus)},
	fZone:             {"zone", "zone", kindText, roleAgent, int8(reconcile.FieldZone)},
	fIBAN:             {"iban", "IBAN", kindText, roleAgent, int8(reconcile.FieldIBAN)},
	fCode:             {"code", "code", kindText, roleLine, notCompared},
	fLabel:            {"label", "libellé", kindText, roleLine, notCompared},
	fSense:            {"sense", "sens", kindSense, roleLine, notCompared},
	fAmount:           {"amount", "montant", kindAmount, roleLine, notCompared},
	fBase:             {"base", "base", kindFixed, roleLine, notCompared},
	fRate:             {"rate", "taux", kindFixed, roleLine, notCompared},
	fOrigin:           {"origin", "mois d'origine", kindMonth, roleLine, notCompared},
	fToPay:            {"to_pay", "total à payer", kindAmount, roleTotals, notCompared},
	fToDeduct:         {"to_deduct", "total à déduire", kindAmount, roleTotals, notCompared},
	fNet:              {"net", "net à payer", kindAmount, roleTotals, notCompared},
	fEmployer:         {"employer", "charges patronales", kindAmount, roleTotals, notCompared},
	fPayslips:         {"payslips", "nombre de dossiers", kindInt, roleTrailer, notCompared},
	fLineCount:        {"lines", "nombre de lignes", kindInt, roleTrailer, notCompared},
	fTotalToPay:       {"total_to_pay", "total P", kindAmount, roleTrailer, notCompared},
	fTotalToDeduct:    {"total_to_deduct", "total D", kindAmount, roleTrailer, notCompared},
	fTotalInformation: {"total_information", "total I", kindAmount, roleTrailer, notCompared},
}

// fieldNamed finds a field by its name in a layout, among those of the roles.
func fieldNamed(name string, roles role) (field, bool) {
	for f := range fieldCount {
		if fieldInfos[f].name == name && fieldInfos[f].roles&roles != 0 {
			return f, true
		}
	}
	return fNone, false
}

// fieldNames lists the fields of the roles, for the hint of an error.
func fieldNames(roles role) []string {
	var names []string
	for f := range fieldCount {
		if fieldInfos[f].roles&roles != 0 {
			names = append(names, fieldInfos[f].name)
		}
	}
	return names
}

var roleNames = []struct {
	role role
	name string
}{
	{roleHeader, "header"}, {roleAgent, "agent"}, {roleLine, "line"}, {roleTotals, "totals"}, {roleTrailer, "trailer"},
	{roleAgent | roleLine, "row"},
}
