package reconcile

// Explainer says why the discrepancies of a pair exist: it gives each a cause
// and the rule that decided, a root or none, the side at fault, the evidence
// and the pattern. It changes no fact. One goroutine uses one Explainer.
type Explainer interface {
	Explain(*Findings) error
}

// Findings are all discrepancies of one pair, and what they were found in. They
// are valid during the call only.
type Findings struct {
	Pair  *Pair
	Cells [2][]Cell // what each side pays, ordered by element and origin; none where a side is missing
	Rows  []Discrepancy
}

// FactName names one thing that a rule relied upon.
type FactName string

// The facts of evidence. What a value is written as follows the name: an amount
// in euros with a point ("1234.56"), a number ("74.28"), a month ("2013-12"), or
// a word (a side, an element, a field, a text).
const (
	FactSide         FactName = "side"          // the side that the rule speaks of
	FactElement      FactName = "element"       // the element that a gap depends on directly
	FactRoot         FactName = "root"          // the element of the root
	FactField        FactName = "field"         // field of the situation that differs
	FactLegacyValue  FactName = "legacy_value"  // its values, after each FactField
	FactONPValue     FactName = "onp_value"     //
	FactRate         FactName = "rate"          // row of rates.csv, or "SCALE/KEY" of scales.csv
	FactApplied      FactName = "applied"       // the value that FactSide applied, a number
	FactAppliedFrom  FactName = "applied_from"  // months in which that value holds
	FactAppliedTo    FactName = "applied_to"    //
	FactAppliedKey   FactName = "applied_key"   // key of the scale that FactSide applied
	FactOfficial     FactName = "official"      // the value of the table, a number
	FactOfficialFrom FactName = "official_from" // months in which it holds
	FactOfficialTo   FactName = "official_to"   //
	FactSource       FactName = "source"        // decree or page of the row
	FactExpected     FactName = "expected"      // amount that the scale gives on FactSide
	FactPaid         FactName = "paid"          // amount that FactSide pays
	FactLegacyScale  FactName = "legacy_scale"  // amount that the scale gives on the legacy side
	FactONPScale     FactName = "onp_scale"     // amount that the scale gives on the ONP side
	FactLegacyDays   FactName = "legacy_days"   // thirtieths paid or withheld
	FactONPDays      FactName = "onp_days"      //
	FactLegacyRound  FactName = "legacy_round"  // rounding convention of each side, a word
	FactONPRound     FactName = "onp_round"     //
	FactMonth        FactName = "month"         // a month of pay
	FactOrigin       FactName = "origin"        // a month of origin
	FactCode         FactName = "code"          // a pay code of FactSide
	FactText         FactName = "text"          // a word of the file
	FactAmount       FactName = "amount"        // an amount that matters
	FactPopulation   FactName = "population"    // payslips on which a convention was found
	FactShare        FactName = "share"         // percentage of them that follow it
	FactShared       FactName = "shared"        // further element on which the gap depends, of another root
)

// Fact is one thing that a rule relied upon.
type Fact struct {
	Name  FactName
	Value string
}

// Effect is what a root and the gaps that derive from it amount to together.
type Effect struct {
	Derived  int64  // gaps that derive from it
	Net      Amount // on the net to pay
	Employer Amount // on employer contributions
	Budget   Amount // on the cost: what is paid and what the employer contributes
}

// Fact gives the first value of a name, blank for none.
func (d *Discrepancy) Fact(name FactName) string {
	for _, f := range d.Evidence {
		if f.Name == name {
			return f.Value
		}
	}
	return ""
}

// ClusterOf is the stable identifier of a cluster: the same from run to run, and
// from month to month.
func ClusterOf(kind Kind, element string, cause Cause, rule, pattern string) string {
	return Digest(nil, "cluster", family(kind), element, string(cause), rule, pattern)[:12]
}

// flush explains the discrepancies of the pair, gives them the decisions that
// hold, counts the pair, and passes them on.
func (c *Comparer) flush(p *Pair) error {
	if err := c.explain(p); err != nil {
		return err
	}
	if c.terms.Reviewer != nil && len(c.rows) > 0 {
		c.terms.Reviewer.Review(c.rows)
	}
	if c.measure.matched {
		c.Tally.matched(c.rows)
	}
	if c.emitted.agent != nil {
		c.Tally.wave(c.waveOf(c.emitted.agent)).settle(&c.measure, c.rows)
		c.massGaps()
	}
	for i := range c.rows {
		c.Tally.discrepancy(&c.rows[i])
		if err := c.sink.Discrepancy(&c.rows[i]); err != nil {
			return err
		}
	}
	c.rows = c.rows[:0]
	return nil
}

func (c *Comparer) explain(p *Pair) error {
	if c.explainer == nil || len(c.rows) == 0 {
		return nil
	}
	f := Findings{Pair: p, Rows: c.rows}
	for _, side := range Sides {
		if p.Groups[side].Payslip != nil {
			f.Cells[side] = c.sides[side].cells
		}
	}
	return c.explainer.Explain(&f)
}
