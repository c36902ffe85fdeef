package extract

import (
	"fmt"
	"slices"
	"strings"

	"bascule/reconcile"
)

// They complete the sentence "<field> …" for an agent that no key recognises.
var (
	errIdentity  = reconcile.Say("est vide : l'agent ne peut pas être identifié")
	errMaskedNIR = reconcile.Say("est masqué, sans autre champ qui identifie l'agent")
)

// assembly is the payslip being read.
type assembly struct {
	payslip   reconcile.Payslip
	codes     []int32 // of its lines
	programme int32
	totalsAt  int // line of its totals, 0 before they come
	open      bool
	lost      bool   // its agent cannot be identified: its lines are rejected
	text      []byte // scratch for the agent's texts
}

// fault is a field that cannot be read, and why.
type fault struct {
	field *reconcile.Saying
	err   error
}

// beginPayslip ends the current payslip and starts one with the agent of the
// row. bad tells why the row's cells are not to be trusted.
func (r *Reader) beginPayslip(row *row, tag string, bad error) error {
	if err := r.endPayslip(); err != nil {
		return err
	}
	r.agents++
	s := &r.slip
	s.start(row.line, r.o.Period, true)
	identity, situation := fault{err: bad}, fault{}
	if bad == nil {
		identity, situation = r.readAgent(row, &s.payslip)
	}
	if identity.err != nil {
		s.lost = true
		return r.reject(&reconcile.Reject{Line: row.line, Record: tag, Field: identity.field, Reason: reconcile.SayingOf(identity.err), Raw: r.rawCopy(row), Payslip: true})
	}
	if err := r.openProgramme(); err != nil {
		return err
	}
	if situation.err != nil {
		return r.reject(&reconcile.Reject{Line: row.line, Record: tag, Field: situation.field, Reason: reconcile.SayingOf(situation.err), Raw: r.rawCopy(row)})
	}
	return nil
}

// start empties the assembly for the payslip that begins at the line.
func (s *assembly) start(line int, period reconcile.Period, whole bool) {
	s.payslip = reconcile.Payslip{Line: line, Period: period, Lines: s.payslip.Lines[:0], Whole: whole}
	s.codes, s.totalsAt, s.open, s.lost = s.codes[:0], 0, true, false
}

// openProgramme finds where the lines of the current payslip are totalled.
func (r *Reader) openProgramme() (err error) {
	if r.slip.programme, err = r.totals.programme(r.slip.payslip.Agent.Programme); err != nil {
		return r.refuse(0, "", err, "vérifier le format déclaré pour ce fichier")
	}
	return nil
}

// agentTexts lists the text fields of an agent, identity first.
var agentTexts = [...]field{fNIR, fNIRKey, fDossier, fMatricule, fSurname, fFirstName, fGrade, fEchelon, fService, fProgramme, fBOP, fAccountant, fStatus, fZone}

const identityTexts = 4

// readAgent reads the agent and the key of the payslip. A fault of identity
// loses the payslip; the first fault of situation is told, and every field at
// fault is left absent.
func (r *Reader) readAgent(row *row, p *reconcile.Payslip) (identity, situation fault) {
	l, a := r.layout, &p.Agent
	text := r.slip.text[:0]
	var ends [len(agentTexts)]int
	for i, f := range agentTexts {
		r.checkText(row, f)
		if err := row.unreadable(f); err != nil {
			if i < identityTexts {
				return fault{l.format[f].word, err}, fault{}
			}
			note(&situation, l.format[f].word, err)
			row.cell[f] = nil
		}
		if f == fSurname || f == fFirstName {
			r.watch(row, f)
		}
		if f == fEchelon {
			text = appendEchelon(text, l, row)
		} else {
			text = l.appendText(text, row, f)
		}
		ends[i] = len(text)
	}
	r.slip.text = text
	all, from := string(text), 0
	for i, into := range [...]*string{&a.NIR, &a.NIRKey, &a.Dossier, &a.Matricule, &a.Surname, &a.FirstName, &a.Grade, &a.Echelon, &a.Service, &a.Programme, &a.BOP, &a.Accountant, &a.Status, &a.Zone} {
		*into, from = all[from:ends[i]], ends[i]
	}
	var ok bool
	if p.Key, ok = r.key(a); !ok {
		if a.NIRState() == reconcile.NIRMasked {
			return fault{r.keyWord(), errMaskedNIR}, fault{}
		}
		return fault{r.keyWord(), errIdentity}, fault{}
	}
	for _, n := range [...]struct {
		id    field
		scale int
		into  *int32
	}{{fIndice, 0, &a.Indice}, {fNBI, 0, &a.NBI}, {fQuotite, 2, &a.Quotite}, {fChildren, 0, &a.Children}} {
		var err error
		if *n.into, err = l.count(row, n.id, n.scale); err != nil {
			note(&situation, l.format[n.id].word, err)
		}
	}
	a.IBANDigest = r.digestIBAN(row)
	a.Carried = r.load.Carried
	return fault{}, situation
}

// note keeps the first fault.
func note(f *fault, field *reconcile.Saying, err error) {
	if f.err == nil {
		*f = fault{field, err}
	}
}

// appendEchelon drops the zeros that some systems pad with; 00 is 0.
func appendEchelon(dst []byte, l *Layout, row *row) []byte {
	from := len(dst)
	dst = l.appendText(dst, row, fEchelon)
	zeros := 0
	for from+zeros < len(dst)-1 && dst[from+zeros] == '0' {
		zeros++
	}
	return append(dst[:from], dst[from+zeros:]...)
}

func (r *Reader) key(a *reconcile.Agent) (string, bool) {
	key, ok := reconcile.KeyOf(a, r.o.Identity.Key)
	if ok {
		return key, true
	}
	key, ok = reconcile.KeyOf(a, r.o.Identity.Fallback)
	return reconcile.NoKey + key, ok
}

// keyWord is what the file calls the fields that can identify an agent.
func (r *Reader) keyWord() *reconcile.Saying {
	var words *reconcile.Saying
	for _, f := range slices.Concat(r.o.Identity.Key, r.o.Identity.Fallback) {
		if id, ok := fieldNamed(string(f), roleAgent); ok && f != reconcile.IdentityDossier {
			if word := r.layout.format[id].word; words == nil {
				words = word
			} else {
				words = reconcile.Say("%s ou %s", words, word)
			}
		}
	}
	return words
}

// digestIBAN gives what may be kept of a bank account, written with or without
// spaces.
func (r *Reader) digestIBAN(row *row) string {
	if r.o.Digest == nil || row.blank(fIBAN) {
		return ""
	}
	iban := strings.ToUpper(strings.ReplaceAll(r.layout.text(row, fIBAN), " ", ""))
	return r.o.Digest(iban)
}

// endPayslip adds the current payslip to the totals and yields it.
func (r *Reader) endPayslip() error {
	s := &r.slip
	if !s.open {
		return nil
	}
	s.open = false
	if s.lost {
		return nil
	}
	p := &s.payslip
	p.Sums = reconcile.SumLines(p.Lines)
	var err error
	if r.blocks.open {
		err = r.blocks.cells.add(s.programme, p.Lines, s.codes)
	} else {
		err = r.totals.add(s.programme, p.Lines, s.codes)
	}
	if err != nil {
		return r.refuse(0, "", err, "vérifier le format déclaré pour ce fichier")
	}
	r.load.Payslips++
	r.load.Sums = r.load.Sums.Plus(p.Sums)
	if greatest(r.load.Sums) > maxFileAmount {
		return r.refuse(p.Line, "", fmt.Errorf("les montants du fichier s'ajoutent au-delà de ce qui peut être compté"), "vérifier le format déclaré pour ce fichier")
	}
	r.countFaults(s)
	return r.emit(Item{Payslip: p})
}

// greatest is the greatest of some sums, without its sign.
func greatest(s reconcile.Sums) reconcile.Amount {
	return max(s.ToPay.Abs(), s.ToDeduct.Abs(), s.Information.Abs())
}

// countFaults notes what the warnings tell of a payslip. Whether its totals are
// those of its lines is for the engine to say.
func (r *Reader) countFaults(s *assembly) {
	p := &s.payslip
	if len(p.Lines) == 0 && p.Whole {
		r.counts.withoutLines++
	}
	if s.totalsAt == 0 && r.layout.record(roleTotals) != nil {
		r.counts.withoutTotals++
	}
}

// readTotals reads the totals at the foot of a payslip.
func (r *Reader) readTotals(row *row, tag string, bad error) error {
	s, l := &r.slip, r.layout
	var d reconcile.Declared
	f := fault{err: bad}
	switch {
	case s.lost:
		f = s.lostFault()
	case s.totalsAt != 0:
		f.err = reconcile.Say("second enregistrement de totaux du bulletin, après celui de la ligne %s", s.totalsAt)
	case bad == nil:
		for _, t := range [...]struct {
			id   field
			into *reconcile.OptAmount
		}{{fToPay, &d.ToPay}, {fToDeduct, &d.ToDeduct}, {fNet, &d.Net}, {fEmployer, &d.Employer}} {
			amount, set, err := l.amount(row, t.id)
			if err != nil {
				note(&f, l.format[t.id].word, err)
			}
			*t.into = reconcile.OptAmount{Amount: amount, Set: set}
		}
	}
	if s.totalsAt == 0 {
		s.totalsAt = row.line
	}
	if f.err != nil {
		return r.reject(&reconcile.Reject{Line: row.line, Record: tag, Field: f.field, Reason: reconcile.SayingOf(f.err), Raw: r.rawCopy(row)})
	}
	s.payslip.Declared = d
	return nil
}

// lostFault is what is wrong with every line of a lost payslip.
func (s *assembly) lostFault() fault {
	if !s.lost {
		return fault{}
	}
	return fault{err: reconcile.Say("le bulletin est rejeté avec son enregistrement d'agent, ligne %s", s.payslip.Line)}
}
