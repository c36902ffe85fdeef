package reports

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"bascule/reconcile"
)

// SuggestionsView is what `mapping suggest` shows: the candidates, and the rows
// to paste as the tables of the ministry want them.
type SuggestionsView struct {
	Suggestions *reconcile.Suggestions
	Tables      *reconcile.Tables
	Proposals   *reconcile.Proposals
	Lang        string
	Labels      Labels

	Correspondences, Elements []byte   // CSV with its header, nil where there is none
	Written                   []string // the files that hold them; otherwise they are printed
}

// fewAgents is where a count is called small.
const fewAgents = 3

// WriteSuggestions prints each code with its ranked candidates, then the rows.
func WriteSuggestions(w io.Writer, v *SuggestionsView) error {
	p := &suggestPage{mappingPage{m: newMessages(v.Lang, v.Labels)}, v}
	s := v.Suggestions
	p.printf("%s", p.m.t("suggest.title", p.m.month(s.Period)))
	p.printf("%s", strings.Repeat("─", screenWidth))
	if len(s.Codes) == 0 {
		p.printf("%s", p.m.t("suggest.nothing"))
	}
	if len(s.Codes) > 0 {
		p.printf("%s", p.m.n("suggest.paid", s.Paid))
	}
	if slices.ContainsFunc(s.Codes, func(c reconcile.Suggestion) bool { return c.Paid > int64(s.Sampled) }) {
		p.printf("%s", p.m.t("suggest.sampled", p.m.count(int64(s.Sampled))))
	}
	if s.Left > 0 {
		p.printf("%s", p.m.n("suggest.left", int64(s.Left)))
	}
	for i := range s.Codes {
		p.code(&s.Codes[i])
	}
	if len(s.Codes) > 0 {
		p.rows()
	}
	_, err := io.WriteString(w, p.b.String())
	return err
}

type suggestPage struct {
	mappingPage
	v *SuggestionsView
}

// code prints an unmapped code and its candidates.
func (p *suggestPage) code(s *reconcile.Suggestion) {
	label := Clean(s.Label)
	if label == "" {
		label = p.m.t("suggest.unlabelled")
	}
	p.printf("")
	p.printf("%s %s · %s · %s", p.m.side(s.Side), Clean(string(s.Code)), label, p.m.sense(s.Sense))
	p.printf("  %s · %s · %s", p.m.n("suggest.lines", s.Lines), p.m.n("suggest.agents", s.Agents), p.m.money(s.Absolute))
	switch {
	case s.Paid == 0:
		p.printf("  %s", p.m.t("suggest.unpaid"))
	case s.Paid <= fewAgents:
		p.printf("  %s", p.m.n("suggest.few", s.Paid))
	}
	switch s.State {
	case reconcile.CodeOutOfDate:
		p.printf("  %s", p.m.t("suggest.out_of_date"))
	case reconcile.CodeRefused:
		p.printf("  %s", p.m.t("suggest.refused"))
	}
	if len(s.Candidates) == 0 {
		p.printf("  %s", p.m.t("suggest.none"))
	}
	for i := range s.Candidates {
		p.candidate(s, i+1, &s.Candidates[i])
	}
}

func (p *suggestPage) candidate(s *reconcile.Suggestion, rank int, c *reconcile.CodeCandidate) {
	name := p.m.t("suggest.new")
	if c.Element != "" {
		name = string(c.Element)
		if e, ok := p.v.Tables.Element(c.Element); ok {
			name += " " + p.m.t("why.quoted", Clean(e.Label(p.v.Lang)))
		}
	}
	p.printf("  %d. %s%s", rank, pad(p.m.t("confidence."+string(c.Confidence)), 10, false), name)
	p.printf("       %s", p.composition(s, c))
	p.printf("       %s", p.evidence(c))
	for _, note := range p.notes(c) {
		p.printf("       %s", note)
	}
	for i := range c.Alternatives {
		a := &c.Alternatives[i]
		p.printf("       %s", p.m.t("suggest.or", p.composition(s, a), p.m.count(a.Evidence.Closed), p.m.count(a.Evidence.Agents)))
	}
}

// composition writes the equation that the amounts bear out, legacy = ONP.
func (p *suggestPage) composition(s *reconcile.Suggestion, c *reconcile.CodeCandidate) string {
	sides := [2][]string{}
	for _, side := range reconcile.Sides {
		if side == s.Side {
			sides[side] = append(sides[side], Clean(string(s.Code)))
		}
		for _, list := range [2][]reconcile.Code{c.With[side], c.Mapped[side]} {
			for _, code := range list {
				sides[side] = append(sides[side], Clean(string(code)))
			}
		}
		if len(sides[side]) == 0 {
			sides[side] = []string{"–"}
		}
	}
	text := fmt.Sprintf("%s %s = %s %s", p.m.side(reconcile.Legacy), strings.Join(sides[reconcile.Legacy], " + "),
		p.m.side(reconcile.ONP), strings.Join(sides[reconcile.ONP], " + "))
	if c.Factor < 0 {
		text += " · " + p.m.t("suggest.turned")
	}
	return text
}

func (p *suggestPage) evidence(c *reconcile.CodeCandidate) string {
	e := &c.Evidence
	if e.Near == 0 {
		return p.m.t("suggest.label_alone")
	}
	all := max(e.Others, e.Closed)
	return p.m.t("suggest.evidence", p.m.count(e.Closed), p.m.count(e.Agents), p.m.rate(e.Closed, e.Agents), p.m.rate(int64(e.ClosedAmount), int64(e.Amount)),
		p.m.count(e.Closed), p.m.count(all), p.m.rate(e.Closed, all))
}

// notes says what weakens a candidate.
func (p *suggestPage) notes(c *reconcile.CodeCandidate) []string {
	var notes []string
	e := &c.Evidence
	if c.ByLabel && e.Near > 0 {
		notes = append(notes, p.m.t("suggest.by_label"))
	}
	if e.Closed > 1 && e.Distinct == 1 {
		notes = append(notes, p.m.t("suggest.constant"))
	}
	if c.Rival*2 >= e.Closed && c.Rival > 0 {
		notes = append(notes, p.m.n("suggest.rival", c.Rival))
	}
	if e.Near*10 > e.Closed*11 {
		notes = append(notes, p.m.n("suggest.near", e.Near-e.Closed))
	}
	return notes
}

// rows prints the rows to paste, or where they are, and what they leave aside.
func (p *suggestPage) rows() {
	p.printf("")
	for i := range p.v.Proposals.Edit {
		p.printf("%s", p.m.t("suggest.edit", p.m.side(p.v.Proposals.Edit[i].Side), Clean(string(p.v.Proposals.Edit[i].Code))))
	}
	if len(p.v.Proposals.Rows) == 0 {
		p.printf("%s", p.m.t("suggest.no_rows"))
		return
	}
	n := int64(len(p.v.Proposals.Rows))
	if len(p.v.Written) > 0 {
		p.printf("%s", p.m.n("suggest.written", n))
		for _, file := range p.v.Written {
			p.printf("  %s", filepath.ToSlash(file))
		}
		return
	}
	if p.v.Elements != nil {
		p.printf("%s", p.m.n("suggest.elements", int64(len(p.v.Proposals.Elements))))
		p.b.Write(p.v.Elements)
		p.printf("")
	}
	p.printf("%s", p.m.n("suggest.rows", n))
	p.b.Write(p.v.Correspondences)
}
