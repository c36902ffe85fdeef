package sqlite

import (
	"database/sql"
	"errors"
	"strconv"
	"strings"

	"bascule/reconcile"
)

// A discrepancy is read as two texts: its numbers with the lengths of its texts,
// and the texts one behind the other. Fetching forty columns one by one would
// take three times as long, and a report reads each of them twice.
var (
	numbersOfGap = []string{"legacy", "onp", "delta", "legacy_lines", "onp_lines", "delta_net", "delta_info", "legacy_payslip", "onp_payslip", "age_days",
		"derived", "effect_net", "effect_employer", "effect_budget"}
	textsOfGap = []string{"fingerprint", "agent_key", "dossier", "matricule", "name", "service", "programme", "bop", "wave", "kind", "element", "side", "sense",
		"origin", "legacy_text", "onp_text", "cause", "rule", "root", "at_fault", "evolution", "status", "decision", "first_seen", "evidence", "pattern",
		"cluster", "reopened"}
	discrepancyColumns = packed(numbersOfGap, textsOfGap)
)

// packed selects columns of d, none of them NULL, as an unpacker takes them.
func packed(numbers, texts []string) string {
	heads, all := make([]string, 0, len(numbers)+len(texts)), make([]string, 0, len(texts))
	for _, c := range numbers {
		heads = append(heads, "d."+c)
	}
	for _, c := range texts {
		heads = append(heads, "octet_length(d."+c+")")
		all = append(all, "d."+c)
	}
	return "concat_ws(',', " + strings.Join(heads, ", ") + "), concat(" + strings.Join(all, ", ") + ")"
}

// errPacked means that a row is not what its table must hold.
var errPacked = errors.New("un écart enregistré est illisible: base altérée")

// unpacker gives the values of a packed row back, numbers first.
type unpacker struct {
	heads, texts string
	bad          bool
}

func (u *unpacker) number() int64 {
	head, rest, _ := strings.Cut(u.heads, ",")
	u.heads = rest
	v, err := strconv.ParseInt(head, 10, 64)
	u.bad = u.bad || err != nil
	return v
}

func (u *unpacker) text() string {
	n := u.number()
	if n < 0 || n > int64(len(u.texts)) {
		u.bad = true
		return ""
	}
	s := u.texts[:n]
	u.texts = u.texts[n:]
	return s
}

func (u *unpacker) end() error {
	if u.bad || u.heads != "" || u.texts != "" {
		return errPacked
	}
	return nil
}

func scanDiscrepancy(rows *sql.Rows) (*reconcile.Discrepancy, error) {
	var u unpacker
	if err := rows.Scan(&u.heads, &u.texts); err != nil {
		return nil, err
	}
	amount := func() reconcile.Amount { return reconcile.Amount(u.number()) }
	d := &reconcile.Discrepancy{Legacy: amount(), ONP: amount(), Delta: amount(), LegacyLines: int32(u.number()), ONPLines: int32(u.number()),
		DeltaNet: amount(), DeltaInformation: amount(), LegacyPayslip: u.number(), ONPPayslip: u.number(), AgeDays: int(u.number()),
		Effect: reconcile.Effect{Derived: u.number(), Net: amount(), Employer: amount(), Budget: amount()}}
	d.Fingerprint, d.Key, d.Dossier, d.Matricule, d.Name, d.Service, d.Programme, d.BOP, d.Wave = u.text(), u.text(), u.text(), u.text(), u.text(), u.text(), u.text(), u.text(), u.text()
	d.Kind, d.Element = reconcile.Kind(u.text()), u.text()
	side, sense, origin := u.text(), u.text(), u.text()
	d.LegacyText, d.ONPText, d.Cause, d.Rule, d.Root = u.text(), u.text(), reconcile.Cause(u.text()), u.text(), u.text()
	d.AtFault, d.Evolution, d.Status = reconcile.Fault(u.text()), reconcile.Evolution(u.text()), reconcile.Status(u.text())
	d.Decision, d.FirstSeen = u.text(), u.text()
	evidence := u.text()
	d.Pattern, d.Cluster, d.Reopened = u.text(), u.text(), u.text()
	if err := u.end(); err != nil {
		return nil, err
	}
	var err error
	if d.Evidence, err = parseFacts(evidence); err != nil {
		return nil, err
	}
	d.Side, _ = reconcile.ParseSide(side) // written by Recorder
	if sense != "" {
		d.Sense = reconcile.Sense(sense[0])
	}
	if origin != "" {
		d.Origin, err = reconcile.ParsePeriod(origin)
	}
	return d, err
}
