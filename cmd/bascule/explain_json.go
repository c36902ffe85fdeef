package main

import (
	"bascule/reconcile"
	"bascule/reports"
)

// agentJSON is what explain --json says of one payslip: nothing that the
// page does not show, so neither NIR nor bank account.
type agentJSON struct {
	Run           int               `json:"run"`
	Period        reconcile.Period  `json:"period"`
	LegacyPeriod  reconcile.Period  `json:"legacy_period,omitempty"` // of two months, the earlier
	Agent         string            `json:"agent"`
	Matricule     string            `json:"matricule"`
	Dossier       string            `json:"dossier"`
	Situation     []fieldJSON       `json:"situation"`
	Lines         []lineJSON        `json:"lines"`
	Net           sidesJSON         `json:"net"`
	Discrepancies []discrepancyJSON `json:"discrepancies"`
}

// sidesJSON holds both sides' amounts; a side that has none is null.
type sidesJSON struct {
	Legacy *reconcile.Amount `json:"legacy"`
	ONP    *reconcile.Amount `json:"onp"`
}

type fieldJSON struct {
	Field  string  `json:"field"`
	Legacy *string `json:"legacy"`
	ONP    *string `json:"onp"`
}

type lineJSON struct {
	Element string           `json:"element"`
	Mapped  bool             `json:"mapped"`
	Sense   string           `json:"sense"`
	Origin  reconcile.Period `json:"origin"`
	sidesJSON
	Delta reconcile.Amount `json:"delta"`
}

type discrepancyJSON struct {
	Fingerprint string           `json:"fingerprint"`
	Kind        reconcile.Kind   `json:"kind"`
	Element     string           `json:"element"`
	Origin      reconcile.Period `json:"origin"`
	Delta       reconcile.Amount `json:"delta"`
	Legacy      string           `json:"legacy_text"` // of an identity: dossiers, accountants, candidates
	ONP         string           `json:"onp_text"`
	Net         reconcile.Amount `json:"delta_net"`
	Information reconcile.Amount `json:"delta_information"`
	Cause       reconcile.Cause  `json:"cause"`
	Rule        string           `json:"rule"`
	Root        string           `json:"root"`
	AtFault     reconcile.Fault  `json:"at_fault"`
	Status      reconcile.Status `json:"status"`
	Explanation string           `json:"explanation"`
	Evidence    []factJSON       `json:"evidence"`
	Pattern     string           `json:"pattern"`
	Cluster     string           `json:"cluster"`
	Agents      int64            `json:"cluster_agents"`
	Effect      effectJSON       `json:"effect"`
}

type factJSON struct {
	Name  reconcile.FactName `json:"name"`
	Value string             `json:"value"`
}

// effectJSON is what a root and the gaps that derive from it amount to.
type effectJSON struct {
	Derived  int64            `json:"derived"`
	Net      reconcile.Amount `json:"net"`
	Employer reconcile.Amount `json:"employer"`
	Budget   reconcile.Amount `json:"budget"`
}

func newAgentJSON(v *reports.AgentView) agentJSON {
	j := agentJSON{Run: v.Run, Period: v.Period, LegacyPeriod: v.LegacyPeriod, Agent: v.Agent, Situation: []fieldJSON{}, Lines: []lineJSON{}, Discrepancies: []discrepancyJSON{}}
	for side, p := range v.Payslips {
		if p == nil {
			continue
		}
		if j.Matricule == "" {
			j.Matricule, j.Dossier = p.Agent.Matricule, p.Agent.Dossier
		}
		net := p.Sums.Net()
		*[2]**reconcile.Amount{&j.Net.Legacy, &j.Net.ONP}[side] = &net
	}
	for _, f := range reconcile.Fields() {
		if f != reconcile.FieldIBAN {
			j.Situation = append(j.Situation, fieldJSON{f.String(), textOf(v.Payslips[reconcile.Legacy], f), textOf(v.Payslips[reconcile.ONP], f)})
		}
	}
	for i := range v.Lines {
		l := &v.Lines[i]
		line := lineJSON{Element: l.Element, Mapped: !l.Raw, Sense: l.Sense.String(), Origin: l.Origin, Delta: l.Delta()}
		if l.Lines[reconcile.Legacy] > 0 {
			line.Legacy = &l.Amounts[reconcile.Legacy]
		}
		if l.Lines[reconcile.ONP] > 0 {
			line.ONP = &l.Amounts[reconcile.ONP]
		}
		j.Lines = append(j.Lines, line)
	}
	sentences := v.Sentences()
	for i, d := range v.Discrepancies {
		row := discrepancyJSON{Fingerprint: d.Fingerprint, Kind: d.Kind, Element: d.Element, Origin: d.Origin, Delta: d.Delta,
			Cause: d.Cause, Rule: d.Rule, Root: d.Root, AtFault: d.AtFault, Status: d.Status,
			Net: d.DeltaNet, Information: d.DeltaInformation, Explanation: sentences[i], Evidence: []factJSON{}, Pattern: d.Pattern,
			Cluster: d.Cluster, Agents: v.ClusterAgents[d.Cluster], Effect: effectJSON(d.Effect)}
		for _, f := range d.Evidence {
			row.Evidence = append(row.Evidence, factJSON(f))
		}
		if d.Kind == reconcile.IdentityDoubt {
			row.Legacy, row.ONP = d.LegacyText, d.ONPText
		}
		j.Discrepancies = append(j.Discrepancies, row)
	}
	return j
}

// textOf is a field of one side, or nothing where its file does not carry it.
func textOf(p *reconcile.Payslip, f reconcile.Field) *string {
	if p == nil || !p.Agent.Carried.Has(f) {
		return nil
	}
	text := p.Agent.Text(f)
	return &text
}
