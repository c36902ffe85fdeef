package reports

import (
	"cmp"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	"bascule/reconcile"
)

// ImportCounts are the figures of an import of decisions.
type ImportCounts struct {
	Import    int64                    `json:"import"` // its number, 0 when nothing was imported
	DryRun    bool                     `json:"dry_run"`
	Rows      int                      `json:"rows"`      // of the workbooks, annotated or not
	Annotated int                      `json:"annotated"` // rows where a reviewer wrote, or finds what was decided
	Decisions int                      `json:"decisions"` // new ones
	ByStatus  map[reconcile.Status]int `json:"by_status"`
	Unchanged int                      `json:"unchanged"` // rows that say what is decided already
	Awaiting  int                      `json:"awaiting"`  // decisions that wait for a visa
	Gone      int                      `json:"gone"`      // about gaps that the last run no longer has
	OffList   int                      `json:"off_list"`  // with a reason that is not on the list
	Again     int                      `json:"again"`     // workbooks left aside: they were imported before, as they are
}

// ImportText tells an import in a few lines.
func ImportText(lang string, labels Labels, c *ImportCounts) string {
	m := newMessages(lang, labels)
	lines := []string{m.n("import.rows", int64(c.Rows)) + ", " + m.n("import.annotated", int64(c.Annotated)) + "."}
	switch n := m.n("import.decisions", int64(c.Decisions)); {
	case c.Decisions == 0:
		lines = append(lines, m.t("import.none"))
	case c.DryRun:
		lines = append(lines, m.t("import.dry", n))
	default:
		lines = append(lines, m.t("import.done", c.Import, n))
	}
	for _, s := range reconcile.Statuses {
		if n := c.ByStatus[s]; n > 0 {
			lines = append(lines, "  "+pad(m.status(s), 24, false)+pad(m.count(int64(n)), 10, true))
		}
	}
	for _, of := range []struct {
		n    int
		text string
	}{
		{c.Unchanged, m.n("import.unchanged", int64(c.Unchanged))}, {c.Awaiting, m.n("import.awaiting", int64(c.Awaiting))},
		{c.Again, m.n("import.again", int64(c.Again))}, {c.Gone, m.n("import.gone", int64(c.Gone))}, {c.OffList, m.n("import.off_list", int64(c.OffList))},
	} {
		if of.n > 0 {
			lines = append(lines, of.text)
		}
	}
	if c.Decisions > 0 && !c.DryRun {
		lines = append(lines, m.t("import.next"))
	}
	return strings.Join(lines, "\n")
}

// DecisionLine is a decision, and what it covers in the last run.
type DecisionLine struct {
	reconcile.Decision
	Reason     string // its label
	Holds      int64  // gaps that it holds for, those that derive from them included
	Reopened   int64  // gaps for which it no longer does
	ReplacedBy string // reference of the decision that took its place
}

// MarshalJSON writes the decision under stable names; amounts are strings.
func (l DecisionLine) MarshalJSON() ([]byte, error) {
	d := &l.Decision
	return json.Marshal(struct {
		Decision     string           `json:"decision"`
		Scope        string           `json:"scope"` // gap or cluster
		Fingerprint  string           `json:"fingerprint,omitempty"`
		Cluster      string           `json:"cluster,omitempty"`
		Axis         string           `json:"axis,omitempty"`
		Value        string           `json:"value,omitempty"`
		Element      string           `json:"element"`
		Amount       reconcile.Amount `json:"amount"`
		Low          reconcile.Amount `json:"low"`
		High         reconcile.Amount `json:"high"`
		Status       reconcile.Status `json:"status"`
		Reason       string           `json:"reason"`
		Reference    string           `json:"reference"`
		Author       string           `json:"author"`
		Visa         string           `json:"visa"`
		Comment      string           `json:"comment"`
		From         reconcile.Period `json:"valid_from"`
		To           string           `json:"valid_to"`
		Run          int              `json:"run"`
		Import       int64            `json:"import"`
		ImportedAt   string           `json:"imported_at"`
		Place        string           `json:"place"`
		ReplacedBy   string           `json:"replaced_by,omitempty"`
		Holds        int64            `json:"holds"`
		ReopenedGaps int64            `json:"reopened"`
	}{d.Ref(), scopeOf(d), d.Fingerprint, d.Cluster.ID, d.Cluster.Axis, d.Cluster.Value, d.Element, d.Amount, d.Low, d.High, d.Status, d.Reason, d.Reference, d.Author,
		d.Visa, d.Comment, d.From, d.To.String(), d.Run, d.Import, d.At, d.Place, l.ReplacedBy, l.Holds, l.Reopened})
}

func scopeOf(d *reconcile.Decision) string {
	if d.Fingerprint == "" {
		return "cluster"
	}
	return "gap"
}

// WriteDecisionList prints decisions, one line each.
func WriteDecisionList(w io.Writer, lang string, labels Labels, list []DecisionLine) error {
	m := newMessages(lang, labels)
	if len(list) == 0 {
		_, err := fmt.Fprintln(w, m.t("decisions.none"))
		return err
	}
	widths := [...]int{9, 22, 34, 26, 22, 22, 12, 8, 10}
	line := func(cells ...string) error {
		text := ""
		for i, c := range cells {
			text += pad(c, widths[i], i >= 7)
		}
		_, err := fmt.Fprintln(w, strings.TrimRight(text, " "))
		return err
	}
	if err := line(m.t("decisions.ref"), m.t("col.review_status"), m.t("decisions.scope"), m.t("col.review_reason"), m.t("col.review_author"), m.t("col.review_visa"), m.t("decisions.until"), m.t("decisions.holds"), m.t("decisions.reopened")); err != nil {
		return err
	}
	for i := range list {
		l := &list[i]
		visa := Clean(l.Visa)
		if l.Awaits() {
			visa = m.t("decisions.awaited")
		}
		until := l.To.String()
		if l.ReplacedBy != "" {
			until = m.t("decisions.replaced", l.ReplacedBy)
		}
		about := Clean(cmp.Or(l.Element, or(l.Kind, m.kind)))
		scope := m.t("decisions.gap", about)
		if l.Fingerprint == "" {
			scope = m.t("decisions.cluster", about)
		}
		if l.Cluster.Axis != "" {
			scope += " (" + Clean(l.Cluster.Value) + ")"
		}
		if err := line(l.Ref(), m.status(l.Status), scope, Clean(l.Reason), Clean(l.Author), visa, until, m.count(l.Holds), m.count(l.Reopened)); err != nil {
			return err
		}
	}
	return nil
}

const decisionFileColumns = "decision;scope;fingerprint;cluster;axis;value;kind;element;cause;rule;pattern;amount;low;high;status;reason;reference;author;visa;comment;" +
	"valid_from;valid_to;run;import;imported_at;place;replaces;replaced_by;holds;reopened"

// WriteDecisionFile writes decisions as CSV, for auditors.
func WriteDecisionFile(w io.Writer, lang string, labels Labels, list []DecisionLine) error {
	m := newMessages(lang, labels)
	return writeCSV(w, decisionFileColumns, func(out *csv.Writer) error {
		for i := range list {
			l := &list[i]
			c := &l.Cluster
			replaces := ""
			if l.Replaces != 0 {
				replaces = reconcile.DecisionRef(l.Replaces)
			}
			if err := out.Write([]string{l.Ref(), scopeOf(&l.Decision), l.Fingerprint, c.ID, c.Axis, inert(c.Value), string(l.Kind), inert(l.Element), string(c.Cause), c.Rule, inert(c.Pattern),
				m.decimal(l.Amount), m.decimal(l.Low), m.decimal(l.High), string(l.Status), inert(l.Reason), inert(l.Reference), inert(l.Author), inert(l.Visa), inert(l.Comment),
				l.From.String(), l.To.String(), strconv.Itoa(l.Run), strconv.FormatInt(l.Import, 10), l.At, inert(l.Place), replaces, l.ReplacedBy,
				strconv.FormatInt(l.Holds, 10), strconv.FormatInt(l.Reopened, 10)}); err != nil {
				return err
			}
		}
		return nil
	})
}
