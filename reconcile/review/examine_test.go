package review

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"bascule/reconcile"
)

// known is a database of two runs of December: run 2 has the gaps f and g and a
// cluster, run 3 the same but g, and f's amount as given.
func known(deltaOfF reconcile.Amount) *Known {
	k := &Known{Tables: tables(), Grounds: make(map[int]*reconcile.Grounds), Current: 3, Runs: map[int]*reconcile.Run{2: {ID: 2, Period: december}, 3: {ID: 3, Period: december}},
		Gaps: map[int]map[string]*reconcile.Discrepancy{
			2: {"f": rowOf("f", -100), "g": rowOf("g", 250)},
			3: {"f": rowOf("f", deltaOfF)},
		},
		Clusters: map[ClusterPlace]*reconcile.Cluster{{Run: 2, ID: "c1"}: {ID: "c1", Kind: reconcile.LineMissingInONP, Element: "PENSION", Cause: reconcile.CauseRate,
			Rule: "rate_table", Pattern: "PC onp", Low: -300, High: -100, DeltaNet: -700, Example: rowOf("f", -100)}},
	}
	k.Status = func(text string) (reconcile.Status, bool) {
		s, ok := map[string]reconcile.Status{"Justifié": "justified", "À corriger (ONP)": "to_fix_onp", "Ouvert": "open", "Toléré": "tolerated"}[text]
		return s, ok
	}
	k.Reason = func(text string) (*reconcile.Reason, bool) {
		i := slices.IndexFunc(k.Tables.Reasons, func(r reconcile.Reason) bool { return r.LabelFR == text })
		if i < 0 {
			return nil, false
		}
		return &k.Tables.Reasons[i], true
	}
	return k
}

// written is a note on f of run 2: status, reason, reference, author, visa and
// comment, separated by bars.
func written(cells string) *Note {
	n := &Note{File: "a.xlsx", Run: 2, ID: "f", At: "Écarts!12"}
	for i, text := range strings.Split(cells, "|") {
		n.Cells[i] = Cell{text, fmt.Sprintf("Écarts!%c12", 'A'+i)}
	}
	return n
}

const good = "Justifié|Arrondi admis|note 12|Anne Martin|Paul Durand|vu"

func TestImportIsRefusedByCell(t *testing.T) {
	with := func(cells string, change func(*Note)) []*Note {
		n := written(cells)
		if change != nil {
			change(n)
		}
		return []*Note{n}
	}
	cases := []struct {
		reason string
		notes  []*Note
		delta  reconcile.Amount // of f in run 3
		want   string
	}{
		{"no status", with("|Arrondi admis||Anne Martin|Paul Durand|", nil), -100, "a.xlsx: Écarts!A12 Statut: manque"},
		{"unknown status", with("Vu|Arrondi admis||Anne Martin|Paul Durand|", nil), -100, "a.xlsx: Écarts!A12 Statut: n'est pas un statut que l'on décide"},
		{"a status that is computed", with("Toléré|Arrondi admis||Anne Martin|Paul Durand|", nil), -100, "a.xlsx: Écarts!A12 Statut: n'est pas un statut que l'on décide"},
		{"no reason", with("Justifié|||Anne Martin|Paul Durand|", nil), -100, "a.xlsx: Écarts!B12 Motif: manque"},
		{"a reason for another status", with("Justifié|Erreur ONP||Anne Martin|Paul Durand|", nil), -100, "a.xlsx: Écarts!B12 Motif: ne va pas avec ce statut"},
		{"nobody decides", with("Justifié|Arrondi admis|||Paul Durand|", nil), -100, "a.xlsx: Écarts!D12 Valideur: manque"},
		{"one person decides and signs", with("Justifié|Arrondi admis||Anne Martin|MARTIN, anne|", nil), -100, "a.xlsx: Écarts!E12 Visa: est la personne qui décide"},
		{"a visa of no letters", with("Justifié|Arrondi admis||Anne Martin|--|", nil), -100, "a.xlsx: Écarts!E12 Visa: n'est pas un nom"},
		{"unreadable limit", with("Justifié|Arrondi admis|jusqu'à Pâques|Anne Martin|Paul Durand|", nil), -100, "a.xlsx: Écarts!C12 Décision: limite la décision à un mois qui ne se lit pas"},
		{"limit in the past", with("Justifié|Arrondi admis|jusqu'au 2013-11|Anne Martin|Paul Durand|", nil), -100, "a.xlsx: Écarts!C12 Décision: limite la décision à un mois passé"},
		{"limit beyond the reason's", with("Justifié|Dérogation|jusqu'au 06/2014|Anne Martin|Paul Durand|", nil), -100, "a.xlsx: Écarts!C12 Décision: dépasse 2014-01"},
		{"the amount has changed since", with(good, nil), -99, "a.xlsx: Écarts!12: n'a plus la même valeur"},
		{"unknown fingerprint", with(good, func(n *Note) { n.ID = "zzz" }), -100, "a.xlsx: Écarts!12: n'est pas un écart de l'exécution n° 2"},
		{"unknown cluster", with(good, func(n *Note) { n.ID, n.Cluster = "zzz", true }), -100, "a.xlsx: Écarts!12: n'est pas une grappe de l'exécution n° 2"},
		{"unknown run", with(good, func(n *Note) { n.Run = 9 }), -100, "a.xlsx: Écarts!12: vient de l'exécution n° 9, que cette base n'a pas"},
		{"a locked cell was changed", with(good, func(n *Note) {
			n.Locked = []Locked{{"Écart", "delta", Cell{"-1.50", "Écarts!K12"}, "-1.00"}}
		}), -100, "a.xlsx: Écarts!K12 Écart: a été modifié"},
		{"two reviewers disagree", append(with(good, nil), with(strings.Replace(good, "Justifié", "À corriger (ONP)", 1), func(n *Note) { n.File = "b.xlsx" })...), -100,
			"b.xlsx: Écarts!A12 Statut: n'est pas ce qu'une autre annotation du même écart dit, a.xlsx Écarts!A12"},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			o := Examine(c.notes, known(c.delta))
			if len(o.Problems) != 1 || !strings.HasPrefix(o.Problems[0].Error(), c.want) || o.Problems[0].Hint == "" {
				t.Errorf("got %+v, want one that starts with %q", o.Problems, c.want)
			}
		})
	}
}

func TestClosedListOfReasonsRefusesOthers(t *testing.T) {
	k := known(-100)
	note := "Justifié|Arrondis|n° 4|Anne Martin|Paul Durand|vu"
	o := Examine([]*Note{written(note)}, k)
	if len(o.Problems) > 0 || o.OffList != 1 || o.Decisions[0].Reason != "AUTRE" || o.Decisions[0].Comment != "Arrondis — vu" {
		t.Errorf("with a free reason: %+v", o)
	}
	k.Tables.Reasons = k.Tables.Reasons[:3]
	o = Examine([]*Note{written(note)}, k)
	if len(o.Problems) != 1 || !strings.HasPrefix(o.Problems[0].Error(), "a.xlsx: Écarts!B12 Motif: n'est pas un motif de la liste") {
		t.Errorf("without: %+v", o.Problems)
	}
}

func TestNoteBecomesADecision(t *testing.T) {
	k := known(-100)
	k.Margin = 5
	o := Examine([]*Note{written("Justifié|Arrondi admis|note 12, jusqu’au 2014-03|Anne Martin|Paul Durand|vu")}, k)
	if len(o.Problems) > 0 || len(o.Decisions) != 1 {
		t.Fatalf("%+v", o)
	}
	d := o.Decisions[0]
	if d.Fingerprint != "f" || d.Amount != -100 || d.Low != -105 || d.High != -95 || d.From != december || d.To != december+3 || d.Reason != "ARRONDI" ||
		d.Author != "Anne Martin" || d.Visa != "Paul Durand" || d.Comment != "vu" || d.Place != "a.xlsx, Écarts!12" || d.Run != 2 ||
		d.Basis.Mapping == "" || len(d.Basis.Rates) != 1 || d.Basis.Rates[0].Value != "8.76" {
		t.Errorf("%+v", d)
	}
}

func TestClusterNoteIsAPredicate(t *testing.T) {
	n := written(good)
	n.ID, n.Cluster, n.Axis, n.Value = "c1", true, "", ""
	o := Examine([]*Note{n}, known(-100))
	if len(o.Problems) > 0 || len(o.Decisions) != 1 {
		t.Fatalf("%+v", o)
	}
	d := o.Decisions[0]
	want := reconcile.Predicate{ID: "c1", Cause: reconcile.CauseRate, Rule: "rate_table", Pattern: "PC onp"}
	if d.Cluster != want || d.Kind != reconcile.AmountDiffers || d.Element != "PENSION" || d.Amount != -700 || d.Low != -600 || d.High != -1 {
		t.Errorf("%+v", d)
	}
}

func TestBoundsOfACluster(t *testing.T) {
	cases := []struct {
		reason, pattern string
		low, high       reconcile.Amount
		wantLow         reconcile.Amount
		wantHigh        reconcile.Amount
	}{
		{"an equal amount is that amount", "=-100", -100, -100, -100, -100},
		{"various amounts are those seen", "", -300, 20, -300, 20},
		{"a proven rule leaves room on its side of zero", "PC onp", -300, -100, -600, -1},
		{"and on the other", "PC onp", 100, 300, 1, 600},
		{"on both where it has both", "PC onp", -300, 200, -600, 400},
		{"a field moves no money", "6 7", 0, 0, 0, 0},
	}
	for _, c := range cases {
		low, high := bounds(&reconcile.Cluster{Pattern: c.pattern, Low: c.low, High: c.high}, 0)
		if low != c.wantLow || high != c.wantHigh {
			t.Errorf("%s: from %v to %v, want %v to %v", c.reason, low, high, c.wantLow, c.wantHigh)
		}
	}
}

func TestWhatIsAlreadyDecidedIsNotDecidedAgain(t *testing.T) {
	made := onGap("f", func(d *reconcile.Decision) { d.ID, d.Reference, d.Comment = 1, "note 12", "vu" })
	other := "À corriger (ONP)|Erreur ONP||%s||"
	cases := []struct {
		reason    string
		note      string
		carried   string
		decided   int64 // the last decision that run 2 knew
		unchanged int
		decisions int
		refused   bool
	}{
		{"the workbook only shows it", good, "D-1", 1, 1, 0, false},
		{"the same workbook is imported twice", good, "", 0, 1, 0, false},
		{"it is changed where it is shown", fmt.Sprintf(other, "Zoé Petit"), "D-1", 1, 0, 1, false},
		{"its author changes his mind", fmt.Sprintf(other, "Anne Martin"), "", 0, 0, 1, false},
		{"somebody else decided otherwise since", fmt.Sprintf(other, "Zoé Petit"), "", 0, 0, 0, true},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			k := known(-100)
			k.Decisions, k.Runs[2].Decided = []reconcile.Decision{made}, c.decided
			n := written(c.note)
			n.Carried = c.carried
			k.Gaps[2]["f"].Decision = c.carried
			o := Examine([]*Note{n}, k)
			if o.Unchanged != c.unchanged || len(o.Decisions) != c.decisions || len(o.Problems) > 0 != c.refused {
				t.Errorf("%+v", o)
			}
			if c.decisions > 0 && o.Decisions[0].Replaces != 1 {
				t.Errorf("replaces %d, want 1", o.Decisions[0].Replaces)
			}
		})
	}
}

func TestWhatHeldNoLongerIsDecidedAgainInTheSameWords(t *testing.T) {
	k := known(-150)
	k.Decisions, k.Current = []reconcile.Decision{onGap("f", func(d *reconcile.Decision) { d.Reference, d.Comment = "note 12", "vu" })}, 3
	k.Runs[3].Decided = 1
	k.Gaps[3]["f"].Decision, k.Gaps[3]["f"].Reopened = "D-1", "amount -1.00"
	n := written(good)
	n.Run, n.Carried = 3, "D-1" // its cells were blank there
	o := Examine([]*Note{n}, k)
	if len(o.Decisions) != 1 || o.Decisions[0].Amount != -150 || o.Decisions[0].Replaces != 1 || o.Unchanged != 0 {
		t.Fatalf("%+v", o)
	}
	o.Decisions[0].ID = 2
	k.Decisions = append(k.Decisions, o.Decisions[0])
	if o = Examine([]*Note{n}, k); o.Unchanged != 1 || len(o.Decisions)+len(o.Problems) > 0 {
		t.Errorf("imported again: %+v", o)
	}
}

func TestDecisionWipedOutWhereItIsShownIsAskedAbout(t *testing.T) {
	cases := []struct {
		reason string
		change func(*Known, *Note)
		want   string // how the only problem starts
	}{
		{"its six cells were cleared", func(*Known, *Note) {}, "a.xlsx: Écarts!A12 Statut: a été effacé, alors que la décision D-1 tient — choisissez « Ouvert »"},
		{"they were blank: it held no longer", func(k *Known, _ *Note) { k.Gaps[2]["f"].Reopened = "amount 1.00" }, ""},
		{"they were blank: the row names the decision of its cluster", func(k *Known, _ *Note) { k.Decisions[0] = onCluster(1, "PC onp", -200, -1) }, ""},
		{"another took its place since", func(k *Known, _ *Note) {
			k.Decisions = append(k.Decisions, onGap("f", func(d *reconcile.Decision) { d.ID = 2 }))
		}, ""},
		{"those of a cluster", func(k *Known, n *Note) {
			k.Decisions[0] = onCluster(1, "PC onp", -200, -1)
			k.Decisions[0].Cluster.ID, n.Cluster, n.ID = "c1", true, "c1"
		}, "a.xlsx: Écarts!A12 Statut: a été effacé"},
	}
	for _, c := range cases {
		k, n := known(-100), written("|||||")
		k.Decisions, k.Runs[2].Decided, k.Gaps[2]["f"].Decision = []reconcile.Decision{onGap("f", nil)}, 1, "D-1"
		n.Carried = "D-1"
		c.change(k, n)
		o := Examine([]*Note{n}, k)
		if len(o.Decisions)+o.Unchanged > 0 || (len(o.Problems) > 0) != (c.want != "") || c.want != "" && !strings.HasPrefix(o.Problems[0].Error(), c.want) {
			t.Errorf("%s: %+v", c.reason, o)
		}
	}
}

func TestWhatIsInForceMayBeSaidOfAGapThatHasMoved(t *testing.T) {
	k := known(-150)
	k.Decisions = []reconcile.Decision{onGap("f", func(d *reconcile.Decision) { d.Reference, d.Comment = "note 12", "vu" })}
	if o := Examine([]*Note{written(good)}, k); len(o.Problems)+len(o.Decisions) > 0 || o.Unchanged != 1 {
		t.Errorf("an old workbook, saved again: %+v", o)
	}
}

func TestClusterThatItsDecisionLeftIsDecidedAgain(t *testing.T) {
	k := known(-100)
	k.Decisions = []reconcile.Decision{onCluster(1, "PC onp", -600, -1)}
	k.Decisions[0].Cluster.ID, k.Decisions[0].Reference, k.Decisions[0].Comment = "c1", "note 12", "vu"
	k.Runs[2].Decided = 1
	n := written(good)
	n.ID, n.Cluster = "c1", true // its workbook does not show D-1: it had expired
	if o := Examine([]*Note{n}, k); len(o.Decisions) != 1 || o.Decisions[0].Replaces != 1 {
		t.Errorf("%+v", o)
	}
	n.Carried = "D-1"
	if o := Examine([]*Note{n}, k); len(o.Decisions) != 0 || o.Unchanged != 1 {
		t.Errorf("where it is shown: %+v", o)
	}
}

func TestWhatAWorkbookDoesNotShowIsNotAChange(t *testing.T) {
	cases := []struct{ reason, shown, reference, comment string }{
		{"ends of line", "Justifié|Arrondi admis|note 12, n° 4|Anne Martin|Paul Durand|vu le 3 avec Zoé", "note 12,\nn° 4", "vu\tle 3\r\navec Zoé"},
		{"signs without a shape", "Justifié|Arrondi admis|note 12|Anne Martin|Paul Durand|vu \ufffd", "note 12", "vu \u0007"},
	}
	for _, c := range cases {
		k := known(-100)
		k.Decisions = []reconcile.Decision{onGap("f", func(d *reconcile.Decision) { d.Reference, d.Comment = c.reference, c.comment })}
		k.Runs[2].Decided, k.Gaps[2]["f"].Decision = 1, "D-1"
		n := written(c.shown)
		n.Carried = "D-1"
		if o := Examine([]*Note{n}, k); o.Unchanged != 1 || len(o.Decisions) > 0 {
			t.Errorf("%s: %+v", c.reason, o)
		}
	}
}

func TestReasonThatTheListNoLongerHasIsShownNotTaken(t *testing.T) {
	for _, free := range []bool{true, false} {
		k := known(-100)
		k.Decisions = []reconcile.Decision{onGap("f", func(d *reconcile.Decision) { d.Reason, d.Comment = "ANCIEN", "vu" })}
		k.Runs[2].Decided, k.Gaps[2]["f"].Decision = 1, "D-1"
		if !free {
			k.Tables.Reasons = k.Tables.Reasons[:3]
		}
		n := written("Justifié|ANCIEN||Anne Martin|Paul Durand|vu")
		n.Carried = "D-1"
		if o := Examine([]*Note{n}, k); o.Unchanged != 1 || len(o.Decisions)+len(o.Problems) > 0 {
			t.Errorf("with a free reason %v: %+v", free, o)
		}
	}
}

func TestClustersOfTwoMonthsAreNotThoseOfTheSystems(t *testing.T) {
	k := known(-100)
	k.Runs[4] = &reconcile.Run{ID: 4, Period: december, Months: reconcile.Months{Side: reconcile.ONP, Earlier: november}}
	of := ClusterPlace{Run: 2, ID: "c1"}
	cluster := k.Clusters[of]
	of.Run = 4
	k.Clusters[of] = cluster
	months, systems := written(good), written(good)
	months.ID, months.Cluster, months.Run = "c1", true, 4
	systems.ID, systems.Cluster = "c1", true
	o := Examine([]*Note{months, systems}, k)
	if len(o.Problems) > 0 || len(o.Decisions) != 2 {
		t.Fatalf("together: %+v", o)
	}
	o.Decisions[0].ID, k.Decisions = 1, o.Decisions[:1]
	if o = Examine([]*Note{systems}, k); len(o.Decisions) != 1 || o.Decisions[0].Replaces != 0 {
		t.Errorf("one after the other: %+v", o)
	}
}

func TestVisaIsForTheAmountThatWasDecided(t *testing.T) {
	author, visa := written("Justifié|Arrondi admis|note 12|Anne Martin||"), written("||||Paul Durand|")
	visa.File, visa.Run, visa.At = "b.xlsx", 3, "Écarts!12"
	cases := []struct {
		reason string
		change func(*Known)
		want   string // how the only problem starts
	}{
		{"the same amount in both runs", func(*Known) {}, ""},
		{"signed in an older workbook, for another amount", func(k *Known) { k.Gaps[2]["f"].Delta = -90 }, "a.xlsx: Écarts!12: n'a plus la même valeur"},
		{"signed where the run has no such gap", func(k *Known) { delete(k.Gaps[3], "f") }, "b.xlsx: Écarts!12: n'est pas un écart de l'exécution n° 3"},
		{"signed for another amount, of what is gone since", func(k *Known) {
			k.Runs[5], k.Current = &reconcile.Run{ID: 5, Period: december}, 5
			k.Gaps[3]["f"].Delta = -90
		}, "b.xlsx: Écarts!12: complète une annotation d'une autre exécution, qui porte sur d'autres montants, a.xlsx Écarts!12"},
	}
	for _, c := range cases {
		k := known(-100)
		c.change(k)
		a, v := *author, *visa
		o := Examine([]*Note{&a, &v}, k)
		if c.want == "" && (len(o.Problems) > 0 || len(o.Decisions) != 1 || o.Decisions[0].Visa == "") ||
			c.want != "" && (len(o.Problems) != 1 || !strings.HasPrefix(o.Problems[0].Error(), c.want)) {
			t.Errorf("%s: %+v", c.reason, o)
		}
	}
	k, a, v := known(-100), *author, *visa
	v.Locked = []Locked{{"Écart", "delta", Cell{"-1.50", "Écarts!K12"}, "-1.00"}} // sorted without its annotations
	if o := Examine([]*Note{&a, &v}, k); len(o.Problems) != 1 || !strings.HasPrefix(o.Problems[0].Error(), "b.xlsx: Écarts!K12 Écart: a été modifié") {
		t.Errorf("a row that is another's: %+v", o)
	}
}

func TestTwoHandsOnOneRowAreJoined(t *testing.T) {
	author, visa := written("Justifié|Arrondi admis|note 12|Anne Martin||"), written("Justifié|||||bon")
	visa.Cells[FieldVisa].Text = "Paul Durand"
	o := Examine([]*Note{author, visa}, known(-100))
	if len(o.Problems) > 0 || len(o.Decisions) != 1 || o.Decisions[0].Visa != "Paul Durand" || o.Decisions[0].Comment != "bon" || o.Awaiting != 0 {
		t.Errorf("%+v", o)
	}
	o = Examine([]*Note{written("Justifié|Arrondi admis|note 12|Anne Martin||")}, known(-100))
	if len(o.Problems) > 0 || o.Awaiting != 1 {
		t.Errorf("without a visa: %+v", o)
	}
}

func TestGapThatIsGoneIsDecidedForItsReturn(t *testing.T) {
	n := written(good)
	n.ID = "g"
	o := Examine([]*Note{n}, known(-100))
	if len(o.Problems) > 0 || o.Gone != 1 || len(o.Decisions) != 1 {
		t.Errorf("%+v", o)
	}
}

func TestSamePerson(t *testing.T) {
	cases := []struct {
		reason, a, b string
		want         bool
	}{
		{"order and capitals", "Jean DUPONT", "dupont, jean", true},
		{"accents, written apart too", "Zoé Lefèvre", "ZOE LEFE\u0300VRE", true},
		{"an initial", "J. Dupont", "Jean Dupont", true},
		{"the name alone", "Dupont", "Jean Dupont", true},
		{"two first names", "Jean Dupont", "Marie Dupont", false},
		{"two persons", "Anne Martin", "Paul Durand", false},
		{"two initials", "A. Martin", "B. Martin", false},
		{"numbers tell", "Contrôleur 1", "Contrôleur 2", false},
		{"letters alone tell", "Agent A", "Agent B", false},
		{"a compound name", "Marie-Anne Le Gall", "LE GALL Marie Anne", true},
		{"a title is no first name", "Anne Martin", "Mme MARTIN", true},
		{"two titles", "M. Paul Durand", "Monsieur Durand", true},
		{"a letter that stands last is no title", "Agent M", "Agent A", false},
		{"nobody", "", "", false},
	}
	for _, c := range cases {
		if got := SamePerson(c.a, c.b); got != c.want {
			t.Errorf("%s: %q and %q: %v", c.reason, c.a, c.b, got)
		}
	}
}
