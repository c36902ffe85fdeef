package mappings

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"bascule/reconcile"
)

func shipped(t *testing.T) *reconcile.Tables {
	t.Helper()
	tables, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	return tables
}

func month(t *testing.T, s string) reconcile.Period {
	t.Helper()
	p, err := reconcile.ParsePeriod(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestShippedTablesHoldAMinistry(t *testing.T) {
	tables := shipped(t)
	if n := len(tables.Elements); n < 60 {
		t.Errorf("%d elements, want at least 60", n)
	}
	if got := Warnings(tables); len(got) > 0 {
		t.Errorf("the shipped tables have warnings: %q", got)
	}
	if got := tables.Elements[0].Code; got != "TRAITEMENT_BRUT" {
		t.Errorf("the first element is %s: file order is lost", got)
	}
	for _, e := range tables.Elements {
		if e.LabelEN == "" {
			t.Errorf("%s has no English label", e.Code)
		}
		if e.Kind == reconcile.Patronale && e.Title2 != "22" {
			t.Errorf("%s: an employer contribution is category 22, not %q", e.Code, e.Title2)
		}
		if e.Tolerance.Set != (e.Code == "TRAITEMENT_BRUT") {
			t.Errorf("%s: only TRAITEMENT_BRUT has a tolerance of its own (DOMAIN 4.1)", e.Code)
		}
		if e.Compared != (e.Code != "NET_IMPOSABLE") {
			t.Errorf("%s: only NET_IMPOSABLE is not compared", e.Code)
		}
	}
}

func TestShippedReasonsLetEachStatusBeGiven(t *testing.T) {
	tables := shipped(t)
	free := 0
	for i := range tables.Reasons {
		r := &tables.Reasons[i]
		if r.LabelEN == "" || !strings.HasPrefix(r.Source, "DOMAIN ") && r.Source != "usage" {
			t.Errorf("%s: English label %q, source %q", r.Code, r.LabelEN, r.Source)
		}
		if r.Free {
			free++
		}
	}
	if free != 1 {
		t.Errorf("%d reasons take free texts, want one", free)
	}
	for _, s := range reconcile.Statuses[:6] {
		if !slices.ContainsFunc(tables.Reasons, func(r reconcile.Reason) bool { return !r.Free && r.Gives(s) }) {
			t.Errorf("no reason of the list gives %s", s)
		}
	}
	if waiver, ok := tables.Reason("DEROGATION"); !ok || waiver.Months == 0 || waiver.Gives(reconcile.StatusOpen) {
		t.Errorf("a waiver has a term and closes gaps: %+v", waiver)
	}
}

func TestShippedCorrespondencesHaveEveryShape(t *testing.T) {
	tables := shipped(t)
	count := func(element reconcile.ElementCode, side reconcile.Side, p reconcile.Period) (n int) {
		for _, c := range tables.Correspondences {
			if c.Element == element && c.Side == side && p.Within(c.From, c.To) {
				n++
			}
		}
		return n
	}
	december := month(t, "2013-12")
	for _, c := range []struct {
		element     reconcile.ElementCode
		legacy, onp int
		reason      string
	}{
		{"TRAITEMENT_BRUT", 1, 1, "1-1"},
		{"IFTS", 1, 2, "1-n: the new system splits it"},
		{"ISSP", 1, 2, "1-n: base and complement"},
		{"INDEMNITE_SUJETION", 2, 1, "n-1: the new system merges them"},
		{"HEURES_SUPPLEMENTAIRES", 2, 2, "n-n"},
		{"PRIME_RESULTATS", 1, 1, "a code replaced leaves one in force"},
	} {
		if legacy, onp := count(c.element, reconcile.Legacy, december), count(c.element, reconcile.ONP, december); legacy != c.legacy || onp != c.onp {
			t.Errorf("%s: %d-%d, want %d-%d (%s)", c.element, legacy, onp, c.legacy, c.onp, c.reason)
		}
	}
	november, after := tables.At(month(t, "2013-11")), tables.At(december)
	if _, ok := november.Target(reconcile.ONP, "R2080", reconcile.ToPay); !ok {
		t.Error("R2080 is in force in November 2013")
	}
	if _, ok := after.Target(reconcile.ONP, "R2080", reconcile.ToPay); ok {
		t.Error("R2080 was replaced by R2081 in December 2013")
	}
	for _, c := range tables.Correspondences {
		if c.Side == reconcile.Legacy && len(c.Code) != 6 {
			t.Errorf("%s: a PSOP code has six characters", c.Code)
		}
		if c.Side == reconcile.ONP && len(c.Code) > 12 {
			t.Errorf("%s: an ONP rubric has at most twelve characters", c.Code)
		}
	}
}

func TestShippedRatesAreThoseOfTheTexts(t *testing.T) {
	tables := shipped(t)
	for _, c := range []struct{ rate, month, want, reason string }{
		{"CAS_CIVIL", "2009-11", "60.14", ""},
		{"CAS_CIVIL", "2009-12", "40.14", "one-month drop"},
		{"CAS_CIVIL", "2010-01", "62.14", ""},
		{"CAS_CIVIL", "2012-12", "68.59", ""},
		{"CAS_CIVIL", "2013-11", "74.28", ""},
		{"CAS_CIVIL", "2013-12", "44.28", "one-month drop"},
		{"CAS_CIVIL", "2014-01", "74.28", ""},
		{"CAS_CIVIL", "2025-01", "78.28", ""},
		{"CAS_MILITAIRE", "2013-12", "126.07", "the drop of December 2013 is civil only"},
		{"PC_AGENT", "2012-10", "8.39", ""},
		{"PC_AGENT", "2012-11", "8.49", "raised within the year"},
		{"PC_AGENT", "2013-12", "8.76", ""},
		{"PC_AGENT", "2020-06", "11.10", "still in force"},
		{"ATI", "2012-12", "0.33", ""},
		{"ATI", "2013-01", "0.32", ""},
		{"POINT_INDICE", "2010-06", "55.2871", ""},
		{"POINT_INDICE", "2013-12", "55.5635", "frozen from July 2010 to June 2016"},
		{"POINT_INDICE", "2016-06", "55.5635", ""},
		{"POINT_INDICE", "2023-07", "59.0734", ""},
		{"INDICE_MINIMUM", "2012-06", "302", ""},
		{"INDICE_MINIMUM", "2012-07", "308", ""},
		{"INDICE_MINIMUM", "2013-12", "309", ""},
		{"RESIDENCE_INDICE_PLANCHER", "2013-12", "313", ""},
		{"SFT_INDICE_PLANCHER", "2013-12", "449", ""},
		{"SFT_INDICE_PLAFOND", "2024-01", "722", ""},
		{"CSG_ASSIETTE", "2011-12", "97", ""},
		{"CSG_ASSIETTE", "2012-01", "98.25", ""},
		{"CSG_DEDUCTIBLE", "2017-12", "5.1", ""},
		{"CSG_DEDUCTIBLE", "2018-01", "6.8", ""},
		{"CSG_NON_DEDUCTIBLE", "2013-12", "2.4", ""},
		{"CRDS", "2013-12", "0.5", ""},
		{"PSS_MOIS", "2013-12", "3086", ""},
		{"SOLIDARITE_SEUIL", "2012-06", "1398.34", ""},
		{"SOLIDARITE_SEUIL", "2012-07", "1426.12", ""},
		{"SOLIDARITE_SEUIL", "2013-12", "1430.76", ""},
		{"SOLIDARITE_PLAFOND", "2013-12", "12516", ""},
		{"RAFP_PLAFOND", "2013-12", "20", ""},
		{"IRCANTEC_A_AGENT", "2013-12", "2.45", ""},
		{"IRCANTEC_B_EMPLOYEUR", "2014-01", "11.975", ""},
		{"AF_EMPLOYEUR", "2013-12", "5.40", ""},
		{"AF_EMPLOYEUR", "2014-01", "5.25", ""},
		{"MALADIE_EMPLOYEUR", "2013-12", "9.70", ""},
	} {
		r, ok := tables.Rate(c.rate, month(t, c.month))
		if !ok || !r.Value.Equal(decimal.RequireFromString(c.want)) {
			t.Errorf("%s in %s: got %v, want %s %s", c.rate, c.month, r, c.want, c.reason)
		}
	}
	if _, ok := tables.Rate("SOLIDARITE_TAUX", month(t, "2018-01")); ok {
		t.Error("the solidarity contribution ended in December 2017")
	}
}

func TestWorkedAmountsOfDecember2013ComeOutOfTheTables(t *testing.T) {
	tables, p := shipped(t), month(t, "2013-12")
	rate := func(name string) decimal.Decimal {
		r, ok := tables.Rate(name, p)
		if !ok {
			t.Fatalf("no %s", name)
		}
		return r.Value
	}
	scale := func(name, key string) decimal.Decimal {
		s, ok := tables.Scale(name, key, p)
		if !ok {
			t.Fatalf("no %s %s", name, key)
		}
		return s.Value
	}
	year := decimal.NewFromInt(467).Mul(rate("POINT_INDICE"))
	if !year.Equal(decimal.RequireFromString("25948.1545")) {
		t.Errorf("IM 467: %s a year, want 25948.1545 (DOMAIN 4.1)", year)
	}
	hundred, twelve := decimal.NewFromInt(100), decimal.NewFromInt(12)
	for _, c := range []struct{ bound, children, want string }{
		{"SFT_INDICE_PLANCHER", "2", "73.04"}, {"SFT_INDICE_PLAFOND", "2", "110.27"},
		{"SFT_INDICE_PLANCHER", "3", "181.56"}, {"SFT_INDICE_PLAFOND", "3", "280.83"},
		{"SFT_INDICE_PLANCHER", "+", "129.31"}, {"SFT_INDICE_PLAFOND", "+", "203.77"},
	} {
		pay := rate(c.bound).Mul(rate("POINT_INDICE")).DivRound(twelve, 8)
		got := scale("SFT_FIXE", c.children).Add(pay.Mul(scale("SFT_PROPORTIONNEL", c.children)).DivRound(hundred, 8))
		// DOMAIN 3.3 gives the bounds to the centime without naming the rounding.
		if diff := got.Sub(decimal.RequireFromString(c.want)).Abs(); diff.GreaterThan(decimal.New(1, -2)) {
			t.Errorf("SFT %s at %s: %s, want %s", c.children, c.bound, got, c.want)
		}
	}
}

func TestEveryRateAndScaleNamesItsSource(t *testing.T) {
	tables := shipped(t)
	for _, r := range tables.Rates {
		if r.Source == "" || !strings.Contains("SLUDX", r.Mark) {
			t.Errorf("rate %s from %s: source %q, mark %q", r.Name, r.From, r.Source, r.Mark)
		}
	}
	for _, s := range tables.Scales {
		if s.Source == "" || !strings.Contains("SLUDX", s.Mark) {
			t.Errorf("scale %s %s: source %q, mark %q", s.Scale, s.Key, s.Source, s.Mark)
		}
	}
}

func TestGradesRiseWithTheirSteps(t *testing.T) {
	tables, p := shipped(t), month(t, "2013-12")
	grades := map[string]bool{}
	previous := map[string]decimal.Decimal{}
	for _, s := range tables.Scales {
		if s.Scale != "GRILLE" {
			continue
		}
		grade, step, ok := strings.Cut(s.Key, "/")
		if !ok || len(grade) != 6 || len(step) > 2 || !p.Within(s.From, s.To) {
			t.Errorf("GRILLE %s: a key is GRADE/ECHELON, six and two characters at most (CONTRACT 3.1)", s.Key)
		}
		if s.Value.LessThanOrEqual(previous[grade]) || s.Value.LessThan(decimal.NewFromInt(309)) || s.Value.GreaterThan(decimal.NewFromInt(1270)) {
			t.Errorf("GRILLE %s: %s points after %s", s.Key, s.Value, previous[grade])
		}
		grades[grade], previous[grade] = true, s.Value
	}
	if len(grades) < 25 {
		t.Errorf("%d grades, want at least 25", len(grades))
	}
}

func TestTheLastShippedWaveCatchesEveryAgent(t *testing.T) {
	tables := shipped(t)
	for _, c := range []struct{ programme, want string }{{"216", "V1"}, {"307", "V2"}, {"176", "V3"}, {"207", "V4"}, {"", "V4"}} {
		if got := tables.WaveOf(&reconcile.Agent{Programme: c.programme}); got != c.want {
			t.Errorf("programme %q is in wave %q, want %q", c.programme, got, c.want)
		}
	}
}

func TestDefaultsWrittenAreTheTablesShipped(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "mappings")
	written, err := WriteDefaults(dir)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.IsSorted(written) || !slices.Contains(written, filepath.Join(dir, "layouts", "psop.yaml")) || !slices.Contains(written, filepath.Join(dir, ratesFile)) {
		t.Errorf("written %q", written)
	}
	for _, name := range written {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o644 {
			t.Errorf("%s: %v %v", name, info.Mode(), err)
		}
	}
	onDisk, err := Load(dir, month(t, "2013-12"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(shipped(t), onDisk); diff != "" {
		t.Errorf("the tables on disk are not those shipped, hash included:\n%s", diff)
	}
}

func TestDefaultsNeverOverwrite(t *testing.T) {
	dir := t.TempDir()
	own := filepath.Join(dir, elementsFile)
	if err := os.WriteFile(own, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	written, err := WriteDefaults(dir)
	if err != nil || slices.Contains(written, own) {
		t.Errorf("written %q, %v", written, err)
	}
	if got, _ := os.ReadFile(own); string(got) != "mine" {
		t.Errorf("the user's table became %q", got)
	}
	if again, err := WriteDefaults(dir); err != nil || len(again) > 0 {
		t.Errorf("a second time wrote %q, %v", again, err)
	}
}

func TestHashFollowsContentAndNothingElse(t *testing.T) {
	a, b := goodFiles(), goodFiles()
	slices.Reverse(b)
	for i := range b {
		b[i].path = "elsewhere/" + b[i].name
	}
	if hashOf(a) != hashOf(b) {
		t.Error("order of reading or place of the files changes the hash")
	}
	seen := map[string]string{hashOf(a): "none"}
	for i := range a {
		c := goodFiles()
		c[i].content = append(c[i].content, '\n')
		h := hashOf(c)
		if other, met := seen[h]; met {
			t.Errorf("changing %s gives the hash of changing %s", c[i].name, other)
		}
		seen[h] = c[i].name
	}
}

// folder writes the shipped defaults and gives their folder.
func folder(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "tables")
	if _, err := WriteDefaults(dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestAMissingTableNamesFolderFileAndRemedy(t *testing.T) {
	for _, name := range []string{elementsFile, correspondencesFile, ratesFile, scalesFile} {
		dir := folder(t)
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
		_, err := Load(dir, 0)
		want := filepath.Join(dir, name) + ": la table manque dans le dossier « " + dir + " » — lancez « bascule init » pour écrire les tables par défaut"
		var input *reconcile.InputError
		if !errors.As(err, &input) || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}

func TestCrosswalkAndWavesMayBeAbsent(t *testing.T) {
	dir := folder(t)
	for _, name := range []string{crosswalkFile, wavesFile} {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	tables, err := Load(dir, 0)
	if err != nil || tables.Waves != nil || tables.Crosswalk != nil {
		t.Errorf("%v", err)
	}
}

func TestTablesOutsideTheFolderMustExist(t *testing.T) {
	dir := folder(t)
	waves := filepath.Join(t.TempDir(), "nos-vagues.csv")
	if _, err := LoadPaths(Paths{Dir: dir, Waves: waves}, 0); err == nil || !strings.HasPrefix(err.Error(), waves+": la table manque") {
		t.Errorf("got %v", err)
	}
	if err := os.WriteFile(waves, []byte("wave;label;cutover\nW;Tous;2015-01\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	tables, err := LoadPaths(Paths{Dir: dir, Waves: waves}, 0)
	if err != nil || len(tables.Waves) != 1 || tables.Waves[0].Name != "W" {
		t.Errorf("%v", err)
	}
}

func TestWhatIsNoFolderOrNoFileIsRefused(t *testing.T) {
	dir := folder(t)
	if _, err := Load(filepath.Join(dir, elementsFile), 0); err == nil || !strings.Contains(err.Error(), "n'est pas un dossier de tables — lancez « bascule init »") {
		t.Errorf("a file for a folder: %v", err)
	}
	rates := filepath.Join(dir, ratesFile)
	if err := errors.Join(os.Remove(rates), os.Mkdir(rates, 0o700)); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(dir, 0); err == nil || err.Error() != rates+": est un dossier — un fichier est attendu" {
		t.Errorf("a folder for a file: %v", err)
	}
}

func TestALayoutOnDiskHidesTheOneShipped(t *testing.T) {
	dir := t.TempDir()
	text, shown, err := LayoutText(dir, "psop")
	want, embeddedErr := fs.ReadFile(embedded, "layouts/psop.yaml")
	if err != nil || embeddedErr != nil || shown != "mappings/layouts/psop.yaml" || string(text) != string(want) {
		t.Fatalf("shipped layout: %q %v %v", shown, err, embeddedErr)
	}
	own := filepath.Join(dir, "layouts", "psop.yaml")
	if err := errors.Join(os.Mkdir(filepath.Dir(own), 0o700), os.WriteFile(own, []byte("mine"), 0o600)); err != nil {
		t.Fatal(err)
	}
	if text, shown, err = LayoutText(dir, "psop"); err != nil || shown != own || string(text) != "mine" {
		t.Errorf("got %q from %q, %v", text, shown, err)
	}
}

func TestAnUnknownLayoutListsThoseKnown(t *testing.T) {
	dir := t.TempDir()
	own := filepath.Join(dir, "layouts", "a-nous.yaml")
	if err := errors.Join(os.Mkdir(filepath.Dir(own), 0o700), os.WriteFile(own, []byte("mine"), 0o600)); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"girafe", "", "../layouts/a-nous", "psop.yaml"} {
		_, _, err := LayoutText(dir, name)
		var input *reconcile.InputError
		if !errors.As(err, &input) || !strings.HasPrefix(input.Hint, "formats connus : a-nous, ") || !strings.Contains(input.Hint, "psop") {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestWarningsTellWhatIsSuspect(t *testing.T) {
	tables := &reconcile.Tables{
		Elements: []reconcile.Element{{Code: "FED", Kind: reconcile.Gain}, {Code: "HALF", Kind: reconcile.Gain}, {Code: "ALONE"}},
		Correspondences: []reconcile.Correspondence{
			{Element: "FED", Side: reconcile.Legacy, Code: "201"}, {Element: "FED", Side: reconcile.ONP, Code: "0201"},
			{Element: "FED", Side: reconcile.ONP, Code: "0201", From: 1}, {Element: "HALF", Side: reconcile.ONP, Code: "201", Factor: -1},
		},
		Waves: []reconcile.Wave{{Name: "V1", Selectors: []reconcile.Selector{{Pattern: "*"}}}, {Name: "V2"}},
	}
	want := []string{
		"correspondances.csv : aucun code côté legacy n'alimente l'élément HALF",
		"correspondances.csv : aucun code côté legacy n'alimente l'élément ALONE",
		"correspondances.csv : aucun code côté onp n'alimente l'élément ALONE",
		"correspondances.csv : le code 201 (onp) est compté avec le signe opposé dans le net ; les nets comparés sont ceux d'après ce facteur",
		"correspondances.csv : côté onp, les codes 0201 et 201 ne diffèrent que par des zéros de tête",
		"vagues.csv : la vague V1 retient tous les agents, les suivantes n'en auront aucun",
	}
	var got []string
	for _, w := range Warnings(tables) {
		got = append(got, w.String())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
