package review

import (
	"fmt"
	"slices"
	"strings"

	"bascule/reconcile"
)

// Known is what the store and the tables know, against which notes are held.
type Known struct {
	Tables  *reconcile.Tables
	Current int              // the last run of the systems
	Margin  reconcile.Amount // by which the amount of a gap may move, either way

	Decisions []reconcile.Decision // all those ever made, in their order
	Runs      map[int]*reconcile.Run
	Gaps      map[int]map[string]*reconcile.Discrepancy // by run and fingerprint
	Clusters  map[ClusterPlace]*reconcile.Cluster
	Grounds   map[int]*reconcile.Grounds // by run

	// Status and Reason read what the workbook shows in any of its languages.
	Status func(text string) (reconcile.Status, bool)
	Reason func(text string) (*reconcile.Reason, bool)
}

// ClusterPlace is a cluster of a run, in a population.
type ClusterPlace struct {
	Run             int
	ID, Axis, Value string
}

// Outcome is what an import comes to.
type Outcome struct {
	Decisions []reconcile.Decision // new ones, without a number
	Problems  []Problem            // in the order of the notes; when there is any, nothing is imported
	Unchanged int                  // notes that say what is already decided
	Awaiting  int                  // decisions that await their visa
	Gone      int                  // decisions about gaps that the last run no longer has
	OffList   int                  // reasons that no list has, taken by the free one
}

// Examine checks notes, from one or many workbooks, and turns them into
// decisions.
func Examine(notes []*Note, k *Known) *Outcome {
	x := &examiner{Known: k, outcome: &Outcome{}, inForce: make(map[matter]*reconcile.Decision), byID: make(map[string]*reconcile.Decision, len(k.Decisions))}
	for i := range k.Decisions {
		d := &k.Decisions[i]
		x.inForce[x.matter(d.Run, ScopeOf(d))] = d // the last one
		x.byID[d.Ref()] = d
	}
	for _, n := range x.gather(notes) {
		x.note(n)
	}
	return x.outcome
}

type examiner struct {
	*Known
	outcome *Outcome
	inForce map[matter]*reconcile.Decision
	byID    map[string]*reconcile.Decision
}

// matter is a scope, in what a run compares: a cluster bears the same identifier
// between the systems and between two months of one.
type matter struct {
	Scope
	months reconcile.Months
	period reconcile.Period
}

func (x *examiner) matter(run int, s Scope) matter {
	if r := x.Runs[run]; r != nil && r.Months.Set() {
		return matter{s, r.Months, r.Period}
	}
	return matter{Scope: s}
}

// former is the decision in force on what a note is about, nil for none.
func (x *examiner) former(n *Note) *reconcile.Decision {
	return x.inForce[x.matter(n.Run, n.scope())]
}

func (x *examiner) refuse(p Problem) { x.outcome.Problems = append(x.outcome.Problems, p) }

// gather leaves out the notes that only show what was decided, and joins those
// about one and the same thing, unless their writers disagree.
func (x *examiner) gather(notes []*Note) []*Note {
	var kept []*Note
	at := make(map[matter]*Note, len(notes))
	for _, n := range notes {
		if n.blank() {
			x.erased(n)
			continue
		}
		if d := x.byID[n.Carried]; d != nil && ScopeOf(d) == n.scope() && x.says(n, d) && !x.renews(n, d) {
			x.outcome.Unchanged++
			continue
		}
		about := x.matter(n.Run, n.scope())
		if first := at[about]; first != nil {
			x.join(first, n)
			continue
		}
		at[about] = n
		kept = append(kept, n)
	}
	return kept
}

// erased refuses that a decision in force was wiped out where it was shown: what
// that means is for its reviewer to say.
func (x *examiner) erased(n *Note) {
	if d := x.former(n); d != nil && d.Ref() == n.Carried && !x.renews(n, d) {
		x.refuse(n.problem(FieldStatus, "choisissez « Ouvert » pour revenir sur la décision, ou remettez ce qui y était", "a été effacé, alors que la décision %s tient", n.Carried))
	}
}

// join adds to a note what another one says of the same thing. Whoever signs in
// a workbook must have seen there the amounts that the other has decided on.
func (x *examiner) join(first, n *Note) {
	const hint = "accordez-vous sur une seule décision, et effacez l'autre"
	var mine, theirs reconcile.Decision
	if _, ok := x.scope(n, &mine); !ok {
		return
	}
	f, agree, adds := first.merge(n)
	switch {
	case !agree:
		x.refuse(n.problem(f, hint, "n'est pas ce qu'une autre annotation du même écart dit, %s %s", first.File, first.Cells[f].At))
	case adds && first.Run != n.Run:
		problems := len(x.outcome.Problems)
		_, ok := x.scope(first, &theirs)
		x.outcome.Problems = x.outcome.Problems[:problems] // told when its turn comes
		if ok && (mine.Low != theirs.Low || mine.High != theirs.High || mine.LegacyText != theirs.LegacyText || mine.ONPText != theirs.ONPText) {
			x.refuse(n.row("annotez toutes deux le classeur le plus récent", "complète une annotation d'une autre exécution, qui porte sur d'autres montants, %s %s", first.File, first.At))
		}
	}
}

// says tells whether a note repeats a decision.
func (x *examiner) says(n *Note, d *reconcile.Decision) bool {
	status, known := x.Status(n.text(FieldStatus))
	return known && status == d.Status && x.saysWhy(n, d) && same(FieldReference, n.text(FieldReference), d.Reference) && SamePerson(n.text(FieldAuthor), d.Author) &&
		(n.text(FieldVisa) == d.Visa || SamePerson(n.text(FieldVisa), d.Visa))
}

// saysWhy compares the reason and the comment. A workbook calls by its code the
// reason that the list no longer has.
func (x *examiner) saysWhy(n *Note, d *reconcile.Decision) bool {
	reason, offList, ok := x.reasonOf(n)
	code, comment := "", n.commented(offList)
	switch {
	case (offList || !ok) && n.text(FieldReason) == d.Reason:
		code, comment = d.Reason, n.text(FieldComment)
	case !ok:
		return false
	case reason != nil:
		code = reason.Code
	}
	return code == d.Reason && same(FieldComment, comment, d.Comment)
}

// renews tells whether a note says again what its workbook did not show as
// decided, although its run knew it: the decision held no longer, and somebody
// takes it anew.
func (x *examiner) renews(n *Note, d *reconcile.Decision) bool {
	run := x.Runs[n.Run]
	if run == nil || d.ID > run.Decided {
		return false
	}
	if n.Cluster {
		return n.Carried != d.Ref()
	}
	row := x.Gaps[n.Run][n.ID]
	return row != nil && (row.Decision != d.Ref() || row.Reopened != "" && row.Reopened != reconcile.AwaitsVisa)
}

// commented is the comment of a note: a reason that no list has stands before it.
func (n *Note) commented(offList bool) string {
	if !offList {
		return n.text(FieldComment)
	}
	return strings.Trim(n.text(FieldReason)+" — "+n.text(FieldComment), " —")
}

// reasonOf reads the reason of a note: nil for none. A text that is on no list
// is the free reason's, where the ministry has one.
func (x *examiner) reasonOf(n *Note) (r *reconcile.Reason, offList, ok bool) {
	text := n.text(FieldReason)
	if text == "" {
		return nil, false, true
	}
	if r, ok := x.Reason(text); ok {
		return r, false, true
	}
	i := slices.IndexFunc(x.Tables.Reasons, func(r reconcile.Reason) bool { return r.Free })
	if i < 0 {
		return nil, false, false
	}
	return &x.Tables.Reasons[i], true, true
}

// note checks one note and makes its decision, unless something is wrong.
func (x *examiner) note(n *Note) {
	former := x.former(n)
	if former != nil && x.says(n, former) && !x.renews(n, former) {
		x.outcome.Unchanged++
		return
	}
	before := len(x.outcome.Problems)
	d := reconcile.Decision{Run: n.Run, Place: n.File + ", " + n.At, Reference: n.text(FieldReference), Author: n.text(FieldAuthor), Visa: n.text(FieldVisa)}
	x.words(n, &d)
	x.persons(n, &d)
	period, ok := x.scope(n, &d)
	if ok {
		x.validity(n, &d, period)
		x.against(n, &d)
	}
	if len(x.outcome.Problems) > before {
		return
	}
	if former != nil {
		d.Replaces = former.ID
	}
	if d.Awaits() {
		x.outcome.Awaiting++
	}
	if !n.Cluster && !x.Runs[n.Run].Months.Set() && x.Gaps[x.Current][n.ID] == nil {
		x.outcome.Gone++
	}
	x.outcome.Decisions = append(x.outcome.Decisions, d)
}

// scope fills in what the decision is about, and tells the month it was given
// for.
func (x *examiner) scope(n *Note, d *reconcile.Decision) (reconcile.Period, bool) {
	run := x.Runs[n.Run]
	if run == nil {
		x.refuse(n.row("repartez d'un classeur de cette base", "vient de l'exécution n° %d, que cette base n'a pas", n.Run))
		return 0, false
	}
	for _, c := range n.Locked {
		if c.Text != c.Want {
			x.refuse(Problem{File: n.File, At: c.At, Field: c.Name, What: "a été modifié depuis que le classeur est publié", Hint: "repartez du classeur publié : seules les six colonnes d'annotation se remplissent"})
			return 0, false
		}
	}
	if n.Cluster {
		return run.Period, x.cluster(n, d, run)
	}
	return run.Period, x.gap(n, d, run)
}

func (x *examiner) cluster(n *Note, d *reconcile.Decision, run *reconcile.Run) bool {
	c := x.Clusters[ClusterPlace{n.Run, n.ID, n.Axis, n.Value}]
	if c == nil {
		x.refuse(n.row("repartez du classeur publié", "n'est pas une grappe de l'exécution n° %d", n.Run))
		return false
	}
	d.Kind, d.Element, d.Cluster = c.Kind.Family(), c.Element, reconcile.Predicate{ID: n.ID, Cause: c.Cause, Rule: c.Rule, Pattern: c.Pattern, Axis: n.Axis, Value: n.Value}
	d.Amount = c.DeltaNet + c.DeltaInformation
	d.Low, d.High = bounds(c, x.Margin)
	if c.Example != nil {
		d.Basis = BasisOf(x.grounds(run), c.Example)
	}
	d.Basis.Apart = c.Apart
	return true
}

// grounds are what the reviewer's decision rests upon: the tables as the run of
// his workbook had them, today's where it did not keep them.
func (x *examiner) grounds(run *reconcile.Run) *reconcile.Grounds {
	g := x.Grounds[run.ID]
	if g == nil {
		g = GroundsOf(x.Tables, run.Period)
		x.Grounds[run.ID] = g
	}
	return g
}

// bounds are the deltas that a decision on a cluster covers: those its gaps have
// on the day it is taken. Where a rule has proved to the cent why they exist, the
// amount follows from the agent's situation: tomorrow's may be up to twice the
// greatest, on the same side of zero.
func bounds(c *reconcile.Cluster, margin reconcile.Amount) (low, high reconcile.Amount) {
	low, high = c.Low, c.High
	if c.Pattern != "" && !strings.HasPrefix(c.Pattern, "=") {
		if low < 0 {
			low, high = 2*low, max(high, -1)
		}
		if c.High > 0 {
			low, high = min(low, 1), 2*c.High
		}
	}
	return low - margin, high + margin
}

func (x *examiner) gap(n *Note, d *reconcile.Decision, run *reconcile.Run) bool {
	row := x.Gaps[n.Run][n.ID]
	if row == nil {
		x.refuse(n.row("repartez du classeur publié : son empreinte a été changée, ou vient d'une autre base", "n'est pas un écart de l'exécution n° %d", n.Run))
		return false
	}
	current := x.Gaps[x.Current][n.ID]
	switch {
	case run.Months.Set(), current == nil: // its gaps are those of two months for ever; or it is gone
	case current.Delta != row.Delta || current.LegacyText != row.LegacyText || current.ONPText != row.ONPText:
		x.refuse(n.row(fmt.Sprintf("reprenez cette ligne dans le classeur de l'exécution n° %d", x.Current), "n'a plus la même valeur depuis que le classeur est publié"))
		return false
	}
	d.Fingerprint, d.Kind, d.Element = n.ID, row.Kind.Family(), row.Element
	d.Amount, d.Low, d.High = row.Delta, row.Delta-x.Margin, row.Delta+x.Margin
	d.LegacyText, d.ONPText = row.LegacyText, row.ONPText
	d.Basis = BasisOf(x.grounds(run), row)
	return true
}

// against refuses to overwrite what somebody else has decided since the workbook
// was made. Whoever took a decision may take it again, and have it signed.
func (x *examiner) against(n *Note, d *reconcile.Decision) {
	former := x.former(n)
	if former == nil || former.Ref() == n.Carried || former.ID <= x.Runs[n.Run].Decided || SamePerson(former.Author, d.Author) || x.says(n, former) {
		return
	}
	x.refuse(n.row("repartez du classeur de la dernière exécution, qui la montre", "a été décidé autrement par quelqu'un d'autre (%s), depuis que le classeur est publié", former.Ref()))
}
