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

// fieldInfo describes a field: its name in a layout, what it is called where the
// file gives it no name, how it is read, the records it may stand in, and the field of the agent's
// situation that it carries.
type fieldInfo struct {
	name    string
	words   *reconcile.Saying
	kind    kind
	roles   role
	carries int8
}

var fieldInfos = [fieldCount]fieldInfo{
	fNone:             {"filler", reconcile.Say("remplissage"), kindText, roleHeader | roleAgent | roleLine | roleTotals | roleTrailer, notCompared},
	fMinistry:         {"ministry", reconcile.Say("ministère"), kindText, roleHeader, notCompared},
	fPeriod:           {"period", reconcile.Say("mois de paye"), kindMonth, roleHeader | roleAgent, notCompared},
	fYear:             {"year", reconcile.Say("année"), kindMonth, roleHeader | roleAgent, notCompared},
	fMonth:            {"month", reconcile.Say("mois"), kindMonth, roleHeader | roleAgent, notCompared},
	fProduced:         {"produced", reconcile.Say("date de production"), kindDate, roleHeader, notCompared},
	fSender:           {"sender", reconcile.Say("émetteur"), kindText, roleHeader, notCompared},
	fNIR:              {"nir", reconcile.Say("NIR"), kindText, roleAgent, notCompared},
	fNIRKey:           {"key", reconcile.Say("clé du NIR"), kindText, roleAgent, notCompared},
	fDossier:          {"dossier", reconcile.Say("dossier"), kindText, roleAgent, notCompared},
	fMatricule:        {"matricule", reconcile.Say("matricule"), kindText, roleAgent, notCompared},
	fSurname:          {"surname", reconcile.Say("nom"), kindText, roleAgent, notCompared},
	fFirstName:        {"first_name", reconcile.Say("prénom"), kindText, roleAgent, notCompared},
	fGrade:            {"grade", reconcile.Say("grade"), kindText, roleAgent, int8(reconcile.FieldGrade)},
	fEchelon:          {"echelon", reconcile.Say("échelon"), kindText, roleAgent, int8(reconcile.FieldEchelon)},
	fIndice:           {"indice", reconcile.Say("indice"), kindInt, roleAgent, int8(reconcile.FieldIndice)},
	fNBI:              {"nbi", reconcile.Say("NBI"), kindInt, roleAgent, int8(reconcile.FieldNBI)},
	fQuotite:          {"quotite", reconcile.Say("quotité"), kindHundredths, roleAgent, int8(reconcile.FieldQuotite)},
	fChildren:         {"children", reconcile.Say("enfants"), kindInt, roleAgent, int8(reconcile.FieldChildren)},
	fService:          {"service", reconcile.Say("service"), kindText, roleAgent, int8(reconcile.FieldService)},
	fProgramme:        {"programme", reconcile.Say("programme"), kindText, roleAgent, int8(reconcile.FieldProgramme)},
	fBOP:              {"bop", reconcile.Say("BOP"), kindText, roleAgent, int8(reconcile.FieldBOP)},
	fAccountant:       {"accountant", reconcile.Say("comptable"), kindText, roleAgent, int8(reconcile.FieldAccountant)},
	fStatus:           {"status", reconcile.Say("statut"), kindText, roleAgent, int8(reconcile.FieldStatus)},
	fZone:             {"zone", reconcile.Say("zone"), kindText, roleAgent, int8(reconcile.FieldZone)},
	fIBAN:             {"iban", reconcile.Say("IBAN"), kindText, roleAgent, int8(reconcile.FieldIBAN)},
	fCode:             {"code", reconcile.Say("code"), kindText, roleLine, notCompared},
	fLabel:            {"label", reconcile.Say("libellé"), kindText, roleLine, notCompared},
	fSense:            {"sense", reconcile.Say("sens"), kindSense, roleLine, notCompared},
	fAmount:           {"amount", reconcile.Say("montant"), kindAmount, roleLine, notCompared},
	fBase:             {"base", reconcile.Say("base"), kindFixed, roleLine, notCompared},
	fRate:             {"rate", reconcile.Say("taux"), kindFixed, roleLine, notCompared},
	fOrigin:           {"origin", reconcile.Say("mois d'origine"), kindMonth, roleLine, notCompared},
	fToPay:            {"to_pay", reconcile.Say("total à payer"), kindAmount, roleTotals, notCompared},
	fToDeduct:         {"to_deduct", reconcile.Say("total à déduire"), kindAmount, roleTotals, notCompared},
	fNet:              {"net", reconcile.Say("net à payer"), kindAmount, roleTotals, notCompared},
	fEmployer:         {"employer", reconcile.Say("charges patronales"), kindAmount, roleTotals, notCompared},
	fPayslips:         {"payslips", reconcile.Say("nombre de dossiers"), kindInt, roleTrailer, notCompared},
	fLineCount:        {"lines", reconcile.Say("nombre de lignes"), kindInt, roleTrailer, notCompared},
	fTotalToPay:       {"total_to_pay", reconcile.Say("total P"), kindAmount, roleTrailer, notCompared},
	fTotalToDeduct:    {"total_to_deduct", reconcile.Say("total D"), kindAmount, roleTrailer, notCompared},
	fTotalInformation: {"total_information", reconcile.Say("total I"), kindAmount, roleTrailer, notCompared},
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
