package reconcile

import (
	"slices"
	"strings"
	"unicode"
)

// setAside reports what doubles a payslip in another file.
func (c *Comparer) setAside(side Side, g *Group) error {
	for i, double := range g.Doubles {
		c.Tally.Ledger.setAside(c.terms.Mapping, side, double.Payslip)
		rule := "doubled_in_files"
		if double.OtherAccountant {
			rule = "doubled_in_files_accountants"
		}
		if err := c.repeated(side, double.Payslip, CauseDuplicate, rule, i); err != nil {
			return err
		}
	}
	return nil
}

// doubts reports what is doubtful about the payslips of a pair, once it is known
// which they are: repeated in one file, of two persons maybe, or parted between
// accountants.
func (c *Comparer) doubts(p *Pair) error {
	for _, side := range Sides {
		g := &p.Groups[side]
		if g.Payslip == nil {
			continue
		}
		if g.Repeated {
			if err := c.repeated(side, g.Payslip, CauseDuplicate, "repeated_in_file", 0); err != nil {
				return err
			}
		}
		if rule := g.Payslip.conflicting(); rule != "" {
			if err := c.repeated(side, g.Payslip, CauseIdentity, rule, 0); err != nil {
				return err
			}
		}
		if err := c.split(side, p); err != nil {
			return err
		}
	}
	return nil
}

// newPerson tells whether the agent of a group of First was not met before.
func (c *Comparer) newPerson(side Side, g *Group) bool {
	person := Person(g.Payslip.Key)
	fresh := person != c.person[side]
	c.person[side] = person
	return fresh
}

// conflicting names what speaks for two persons under one key, the matricules
// or else the names of the parts of the payslip; blank where nothing does.
func (p *Payslip) conflicting() (rule string) {
	for i := range p.Others {
		switch o := &p.Others[i]; {
		case !p.Agent.otherPerson(o):
		case o.Matricule != "" && p.Agent.Matricule != "":
			return "conflicting_matricules"
		default:
			rule = "conflicting_names"
		}
	}
	return rule
}

// split reports a payslip whose parts two accountants pay, unless both sides
// part it alike.
func (c *Comparer) split(side Side, p *Pair) error {
	g, other := &p.Groups[side], &p.Groups[1-side]
	if !g.Split {
		return nil
	}
	accountants := g.Payslip.values(FieldAccountant)
	if other.Split && other.Payslip.values(FieldAccountant) == accountants {
		return nil
	}
	c.headOf(side, g.Payslip)
	d := c.blank(IdentityDoubt)
	d.Side, d.Cause, d.Rule = side, CauseAccountant, "split_accountants"
	*d.text(side) = accountants
	return c.emit(d)
}

// looserKeys are the fields of the key of each pass; none for a pass that would
// try nothing new.
func looserKeys(id *Identity) (keys [len(Passes)][]IdentityField) {
	personal := func(fields []IdentityField) []IdentityField {
		person := slices.DeleteFunc(slices.Clone(fields), func(f IdentityField) bool { return f == IdentityDossier })
		if len(person) == len(fields) {
			return nil
		}
		return person
	}
	keys[ByFallback-1] = id.Fallback
	keys[ByPerson-1] = personal(id.Key)
	keys[ByPersonFallback-1] = personal(id.Fallback)
	return keys
}

// singles are the payslips of a pair to be tried under looser keys: the one that
// misses the other side, all that have no key of their own, and all under a key
// that several persons share.
func (c *Comparer) singles(p *Pair) []*Single {
	var singles []*Single
	shared := p.Groups[Legacy].Shared || p.Groups[ONP].Shared
	apart := shared || strings.HasPrefix(p.Key, NoKey)
	for _, side := range Sides {
		g := &p.Groups[side]
		if g.Payslip == nil || p.Groups[1-side].Payslip != nil && !apart {
			continue
		}
		s := c.single(side, g, shared)
		if s.Loose == [len(Passes)]string{} && !shared {
			return nil
		}
		singles = append(singles, s)
	}
	return singles
}

// single is a payslip with its looser keys. Under a key that several persons
// share on one of the sides, the person is a looser key too.
func (c *Comparer) single(side Side, g *Group, shared bool) *Single {
	a := &g.Payslip.Agent
	s := &Single{Side: side, Shared: g.Shared, Split: g.Split, Twice: g.Repeated, Payslip: g.Payslip, Surname: plainLetters(a.Surname)}
	if a.NIRState() == NIRValid {
		s.Proved = a.NIR
	}
	person := a.person()
	if a.Dossier != "" && !slices.Contains(c.terms.Identity.Key, IdentityDossier) {
		person += KeySeparator + a.Dossier
	}
	if g.Shared {
		s.Person = person
	} else if row := c.crosswalk[side][g.Payslip.Key]; row != nil {
		s.Loose[ByCrosswalk-1] = row.LegacyKey
	}
	for i, fields := range c.looser {
		if Passes[i] == ByPerson && (g.Shared || a.Matricule != "" && slices.Contains(fields, IdentityNIR) && a.NIRState().Doubtful()) {
			continue // a NIR that may be another's does not find a person
		}
		if key, ok := KeyOf(a, fields); ok {
			s.Loose[i] = key
		}
	}
	if shared && s.Loose[ByFallback-1] == "" && person != "" {
		s.Loose[ByFallback-1] = sharedKey(g.Payslip.Key, person)
	}
	return s
}

// plainLetters is a name in small letters without accents, spaces or signs.
func plainLetters(name string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) {
			return -1
		}
		return r
	}, Plain(name))
}

// identity reports that the pair was not made by its key (step 1).
func (c *Comparer) identity(p *Pair) error {
	if p.Match == ByKey {
		return nil
	}
	l, o := &p.Groups[Legacy].Payslip.Agent, &p.Groups[ONP].Payslip.Agent
	d := c.blank(IdentityDoubt)
	d.Cause = CauseIdentity
	switch {
	case p.Match == ByCrosswalk:
		d.Rule, d.Status = "crosswalk", StatusJustified
		d.Decision = c.crosswalk[Legacy][p.Groups[Legacy].Payslip.Key].Reason
	case p.Groups[Legacy].Shared || p.Groups[ONP].Shared:
		d.Rule, d.AtFault = ruleSharedNIR, faultOf(p.Groups[Legacy].Shared, p.Groups[ONP].Shared)
	case p.Match == ByFallback:
		d.Rule, d.AtFault = nirEvidence(l.NIRState(), o.NIRState())
	default:
		d.Rule, d.LegacyText, d.ONPText = "other_dossier", l.Dossier, o.Dossier
		if l.Accountant != o.Accountant && l.Accountant != "" && o.Accountant != "" {
			d.Cause = CauseAccountant // he left one dossier for another (DOMAIN 6.2)
		}
	}
	return c.emit(d)
}

// Rules of identity that are named in several places.
const (
	ruleFallback  = "fallback_key"
	ruleSharedNIR = "shared_nir"
)

// IdentityRules lists the rules of identity, each of which the screens put into
// a sentence.
var IdentityRules = []string{"crosswalk", ruleFallback, "provisional_nir", "nir_key", "masked_nir", ruleSharedNIR, "other_dossier", "ambiguous",
	"split_accountants", "conflicting_matricules", "conflicting_names", "repeated_in_file", "doubled_in_files", "doubled_in_files_accountants"}

// nirEvidence names why the key may have missed a pair that the fallback made,
// and the side that the NIR speaks against.
func nirEvidence(l, o NIRState) (rule string, fault Fault) {
	rule = ruleFallback
	switch {
	case l == NIRProvisional || o == NIRProvisional:
		rule = "provisional_nir"
	case l == NIRWrongKey || o == NIRWrongKey:
		rule = "nir_key"
	case l == NIRMasked || o == NIRMasked:
		rule = "masked_nir"
	}
	faulty := func(s NIRState) bool { return s == NIRProvisional || s == NIRWrongKey }
	if faulty(l) && faulty(o) {
		return rule, FaultUnknown
	}
	return rule, faultOf(faulty(l), faulty(o))
}

func faultOf(legacy, onp bool) Fault {
	switch {
	case legacy && onp:
		return FaultBoth
	case legacy:
		return FaultLegacy
	case onp:
		return FaultONP
	}
	return FaultUnknown
}

// alone reports what is doubtful about a payslip that found no counterpart:
// several that could be, or a key that is not its own alone (step 1).
func (c *Comparer) alone(p *Pair) error {
	side := sideOf(p)
	d := c.blank(IdentityDoubt)
	d.Side, d.Cause = side, CauseIdentity
	switch {
	case p.Match == Ambiguous:
		d.Rule = "ambiguous"
		d.LegacyText, d.ONPText = p.Rivals.String(Legacy), p.Rivals.String(ONP)
	case p.Groups[side].Shared:
		d.Rule, d.AtFault = ruleSharedNIR, faultOf(side == Legacy, side == ONP)
	default:
		return nil
	}
	return c.emit(d)
}

// repeated reports a payslip met again in the same file or in another one, or
// whose parts may be two persons. Its amounts are shown and move nothing: they are summed once, elsewhere.
func (c *Comparer) repeated(side Side, payslip *Payslip, cause Cause, rule string, ordinal int) error {
	c.headOf(side, payslip)
	d := c.blank(IdentityDoubt)
	d.Side, d.Cause, d.Rule, d.AtFault, d.ordinal = side, cause, rule, faultOf(side == Legacy, side == ONP), ordinal
	d.Legacy = payslip.Sums.Net()
	if side == ONP {
		d.Legacy, d.ONP = 0, d.Legacy
	}
	return c.emit(d)
}

// headOf prepares the columns of what is told of one side's payslip.
func (c *Comparer) headOf(side Side, payslip *Payslip) {
	p := &Pair{Key: payslip.Key}
	p.Groups[side].Payslip = payslip
	c.head(p)
}
