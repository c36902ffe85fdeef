package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"bascule/reconcile"
)

// nights simulates the nights of a ministry whose new system is mended, broken
// and decided upon: it plants every gap itself, one for each payslip, and knows
// what each night must say of it.
type nights struct {
	t       *testing.T
	dice    *rand.Rand
	onp     [][]string // rows of the extract without any gap
	line    map[string]int
	night   int
	planted map[string]reconcile.Amount // tonight's gaps, by matricule
	seen    map[string]*sighting        // last night's, as the model has them
	decided map[string]decidedGap       // by matricule
	cluster decidedCluster
	prints  map[string]string // fingerprint of each matricule
	made    int               // decisions so far
	met     map[string]int    // what the campaign went through
	script  string
}

// sighting is what the model knows of a gap.
type sighting struct {
	delta              reconcile.Amount
	status             reconcile.Status
	decision, reopened string
	evolution          reconcile.Evolution
	first              string
	age                int
}

type decidedGap struct {
	ref    string
	amount reconcile.Amount
	status reconcile.Status
	visa   bool
}

// decidedCluster is a decision about all gaps of one amount on one element.
type decidedCluster struct {
	ref                  string
	element, cause, rule string
	amount               reconcile.Amount
}

const campaignNights = 10

func TestTenNightsSayWhatWasPlanted(t *testing.T) {
	if elsewhere(t) {
		return
	}
	python := pythonWithOpenpyxl(t)
	office := tool(t, "libreoffice")
	script, err := filepath.Abs("testdata/annotate.py")
	if err != nil {
		t.Fatal(err)
	}
	seeds := []uint64{2013}
	if *campaign {
		seeds = []uint64{2013, 3, 11, 77, 501}
	}
	for _, seed := range seeds {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			ministry(t, 150, int(seed), "--plant", emptyPlan(t))
			c := &nights{t: t, script: script, dice: rand.New(rand.NewPCG(seed, 5)), line: make(map[string]int), planted: make(map[string]reconcile.Amount),
				seen: make(map[string]*sighting), decided: make(map[string]decidedGap), prints: make(map[string]string), met: make(map[string]int)}
			c.read()
			for c.night = 1; c.night <= campaignNights; c.night++ {
				c.change()
				c.write()
				c.run()
				c.check()
				if c.night < campaignNights {
					c.decide(python, office)
				}
			}
			c.sawEverything()
			if verdict := c.command(exitClosed, "verify"); !strings.Contains(verdict, "tout tient") {
				t.Errorf("the chain of ten nights:\n%s", verdict)
			}
		})
	}
}

// emptyPlan is a plan of plants without any.
func emptyPlan(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "plan.csv")
	if err := os.WriteFile(name, []byte("cause;variant;per_mille\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// tool finds a program that the machine must have where the checks run.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	return path
}

func pythonWithOpenpyxl(t *testing.T) string {
	t.Helper()
	for _, python := range []string{"python3", "/usr/bin/python3"} {
		if exec.Command(python, "-c", "import openpyxl").Run() == nil {
			return python
		}
	}
	if os.Getenv("CI") != "" {
		t.Fatal("no python3 has openpyxl")
	}
	t.Skip("no python3 has openpyxl")
	return ""
}

// read takes the extract in, and of each agent that has one payslip the line
// whose amount the campaign will change: his greatest pay of the month.
func (c *nights) read() {
	r := csv.NewReader(strings.NewReader(readFile(c.t, "sipaye-2013-12.csv")))
	r.Comma, r.FieldsPerRecord = ';', -1
	rows, err := r.ReadAll()
	if err != nil {
		c.t.Fatal(err)
	}
	c.onp = rows
	payslips := make(map[string]int)
	matricule := ""
	for i, row := range rows {
		switch row[0] {
		case "A":
			matricule = row[4]
			payslips[matricule]++
		case "L":
			best, met := c.line[matricule]
			if row[3] == "P" && row[7] == "" && (!met || centsOf(c.t, row[4]) > centsOf(c.t, rows[best][4])) {
				c.line[matricule] = i
			}
		}
	}
	for matricule, n := range payslips {
		if n > 1 {
			delete(c.line, matricule)
		}
	}
	if len(c.line) < 100 {
		c.t.Fatalf("only %d agents to play with", len(c.line))
	}
}

func centsOf(t *testing.T, s string) reconcile.Amount {
	t.Helper()
	a, err := reconcile.ParseAmount(strings.Replace(s, ",", ".", 1))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// free lists the agents without a gap, and busy those with one, in their order.
func (c *nights) free() (free, busy []string) {
	for matricule := range c.line {
		if _, ok := c.planted[matricule]; ok {
			busy = append(busy, matricule)
		} else {
			free = append(free, matricule)
		}
	}
	slices.Sort(free)
	slices.Sort(busy)
	return free, busy
}

// change mends some gaps, changes others, adds some, and brings an amount that
// was decided back.
func (c *nights) change() {
	free, busy := c.free()
	for _, matricule := range busy {
		switch c.dice.IntN(6) {
		case 0:
			delete(c.planted, matricule)
		case 1:
			c.planted[matricule] = c.amount()
		case 2:
			if d, ok := c.decided[matricule]; ok {
				c.planted[matricule] = d.amount
			}
		}
	}
	for range 6 {
		if matricule := free[c.dice.IntN(len(free))]; c.planted[matricule] == 0 {
			c.planted[matricule] = c.amount()
		}
	}
	// A cluster: one amount for several agents, new ones every night.
	for range 3 {
		if matricule := free[c.dice.IntN(len(free))]; c.planted[matricule] == 0 {
			c.planted[matricule] = -4321
		}
	}
}

func (c *nights) amount() reconcile.Amount {
	a := reconcile.Amount(101 + c.dice.IntN(30_000))
	if c.dice.IntN(2) == 0 {
		return -a / 10 // never more than is paid
	}
	return a
}

// write writes tonight's extract, its totals added again.
func (c *nights) write() {
	byLine := make(map[int]reconcile.Amount, len(c.planted))
	for matricule, delta := range c.planted {
		byLine[c.line[matricule]] = delta
	}
	comma := func(a reconcile.Amount) string { return strings.Replace(a.String(), ".", ",", 1) }
	var payslip, whole reconcile.Amount
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	w.Comma = ';'
	for i, row := range c.onp {
		row = slices.Clone(row)
		switch row[0] {
		case "A":
			payslip = 0
		case "L":
			if delta := byLine[i]; delta != 0 {
				row[4] = comma(centsOf(c.t, row[4]) + delta)
				payslip, whole = payslip+delta, whole+delta
			}
		case "T":
			row[1], row[3] = comma(centsOf(c.t, row[1])+payslip), comma(centsOf(c.t, row[3])+payslip)
		case "F":
			row[3] = comma(centsOf(c.t, row[3]) + whole)
		}
		if err := w.Write(row); err != nil {
			c.t.Fatal(err)
		}
	}
	w.Flush()
	if err := os.WriteFile("sipaye-2013-12.csv", out.Bytes(), 0o600); err != nil {
		c.t.Fatal(err)
	}
}

// sawEverything fails a campaign that did not meet what it is there for.
func (c *nights) sawEverything() {
	for _, what := range []string{"new", "persisting", "changed", "reopened", "resolved", "justified", "accepted", "to_fix_onp", "visa", "amount", "newcomer in the cluster"} {
		if c.met[what] == 0 {
			c.t.Errorf("the campaign never met: %s", what)
		}
	}
}

// today is the date of the night: some weeks apart, so that ages grow unevenly.
func (c *nights) today() time.Time {
	return time.Date(2013, 12, 1, 22, 0, 0, 0, time.UTC).AddDate(0, 0, c.night*c.night)
}

// command runs a command line on the day of the night.
func (c *nights) command(want int, args ...string) string {
	c.t.Helper()
	var stdout, stderr bytes.Buffer
	a := newApp(&stdout, &stderr)
	a.Now = c.today
	if code := a.execute(context.Background(), append(args, "--quiet")); code != want {
		c.t.Fatalf("night %d: %v exits %d, wanted %d: %s%s", c.night, args, code, want, stdout.String(), stderr.String())
	}
	return stdout.String()
}

func (c *nights) run() {
	c.command(exitOpen, "run")
	c.command(exitOpen, "run") // the same night again is the same run
}

// expect is what the model says of tonight, by matricule, and how many gaps of
// last night are gone.
func (c *nights) expect(rows map[string]map[string]string) (map[string]*sighting, int64) {
	now := make(map[string]*sighting, len(c.planted))
	for matricule, delta := range c.planted {
		s := &sighting{delta: delta, status: reconcile.StatusOpen, evolution: reconcile.EvolutionNew, first: c.today().Format(time.DateOnly)}
		c.carry(matricule, rows[matricule], s)
		if before := c.seen[matricule]; before != nil {
			first, err := time.Parse(time.DateOnly, before.first)
			if err != nil {
				c.t.Fatal(err)
			}
			s.first, s.age = before.first, int(c.today().Truncate(24*time.Hour).Sub(first).Hours()/24)
			switch {
			case !before.status.Open() && s.status.Open():
				s.evolution = reconcile.EvolutionReopened
			case before.delta != delta:
				s.evolution = reconcile.EvolutionChanged
			default:
				s.evolution = reconcile.EvolutionPersisting
			}
		}
		now[matricule] = s
	}
	resolved := int64(0)
	for matricule := range c.seen {
		if now[matricule] == nil {
			resolved++
		}
	}
	return now, resolved
}

// carry says which decision holds for a gap.
func (c *nights) carry(matricule string, row map[string]string, s *sighting) {
	own, decided := c.decided[matricule]
	inCluster := c.cluster.ref != "" && s.delta == c.cluster.amount && row["element"] == c.cluster.element && row["cause"] == c.cluster.cause && row["rule"] == c.cluster.rule
	switch {
	case decided && own.amount == s.delta && !own.visa && !own.status.Open():
		s.decision, s.reopened = own.ref, reconcile.AwaitsVisa
		if inCluster { // what awaits a visa does not stand in the way of what was signed
			s.decision, s.reopened, s.status = c.cluster.ref, "", reconcile.StatusJustified
		}
	case decided && own.amount == s.delta:
		s.decision, s.status = own.ref, own.status
	case inCluster:
		s.decision, s.status = c.cluster.ref, reconcile.StatusJustified
	case decided:
		s.decision, s.reopened = own.ref, reconcile.ReopenedAmount+" "+own.amount.String()
	}
}

func (c *nights) folder() string {
	folders, err := filepath.Glob("out/2013-12/run-*")
	if err != nil || len(folders) == 0 {
		c.t.Fatal("no run", err)
	}
	return folders[len(folders)-1]
}

// check holds the night's outputs against the model.
func (c *nights) check() {
	rows := readTable(c.t, filepath.Join(c.folder(), "discrepancies.csv"))
	byMatricule := make(map[string]map[string]string, len(rows))
	for _, row := range rows {
		byMatricule[row["matricule"]] = row
		c.prints[row["matricule"]] = row["fingerprint"]
	}
	want, resolved := c.expect(byMatricule)
	if len(rows) != len(want) {
		c.t.Errorf("night %d: %d gaps, planted %d", c.night, len(rows), len(want))
	}
	counts := map[reconcile.Evolution]int64{reconcile.EvolutionResolved: resolved}
	justified, open := int64(0), int64(0)
	for _, row := range rows {
		s := want[row["matricule"]]
		if s == nil {
			c.t.Errorf("night %d: a gap that nobody planted: %v", c.night, row)
			continue
		}
		got := fmt.Sprint(cents(c.t, row["delta"]), row["status"], row["decision"], row["reopened"], row["evolution"], row["first_seen"], row["age_days"])
		if wanted := fmt.Sprint(int64(s.delta), s.status, s.decision, s.reopened, s.evolution, s.first, s.age); got != wanted {
			c.t.Errorf("night %d, %s: got %s, planted %s", c.night, row["matricule"], got, wanted)
		}
		counts[s.evolution]++
		c.meet(s)
		if s.status.Open() {
			open++
		} else {
			justified++
		}
	}
	summary := summaryOf(c.t, c.folder())
	for _, e := range reconcile.Evolutions {
		if summary.Discrepancies.ByEvolution[e] != counts[e] {
			c.t.Errorf("night %d: %d %s, planted %d", c.night, summary.Discrepancies.ByEvolution[e], e, counts[e])
		}
	}
	if summary.Discrepancies.Open != open || summary.Discrepancies.Justified != justified {
		c.t.Errorf("night %d: %d open and %d justified, planted %d and %d", c.night, summary.Discrepancies.Open, summary.Discrepancies.Justified, open, justified)
	}
	c.seen = want
	c.met["resolved"] += int(resolved)
}

func (c *nights) meet(s *sighting) {
	word, _, _ := strings.Cut(s.reopened, " ")
	for _, what := range []string{string(s.evolution), string(s.status), word} {
		c.met[what]++
	}
	if s.evolution == reconcile.EvolutionNew && s.decision != "" && s.decision == c.cluster.ref {
		c.met["newcomer in the cluster"]++
	}
}

// annotationEdit is what a reviewer writes on the row of a fingerprint or a cluster.
type annotationEdit struct {
	ID    string            `json:"id"`
	Cells map[string]string `json:"cells"`

	matricule string // blank for a cluster
	status    reconcile.Status
	visa      string
}

// ways are the decisions that reviewers of the campaign take.
var ways = []struct {
	status              reconcile.Status
	label, reason, visa string
}{
	{reconcile.StatusJustified, "Justifié", "Arrondi admis", "Paul Durand"},
	{reconcile.StatusAccepted, "Accepté", "Règle validée par le service", "Paul Durand"},
	{reconcile.StatusToFixONP, "À corriger ONP", "Erreur ONP à corriger", ""},
	{reconcile.StatusJustified, "Justifié", "Dérogation", ""}, // awaits its visa
}

// decision is what a reviewer writes on a gap.
func (c *nights) decision(matricule string) annotationEdit {
	w := ways[c.dice.IntN(len(ways))]
	return annotationEdit{ID: c.prints[matricule], matricule: matricule, status: w.status, visa: w.visa, Cells: map[string]string{"Statut": w.label, "Motif": w.reason,
		"Décision": fmt.Sprintf("note %d", c.night), "Valideur": "Anne Martin", "Visa": w.visa, "Commentaire": "nuit " + strconv.Itoa(c.night)}}
}

// edits are what the reviewers write tonight: new decisions, others taken again,
// and visas that were awaited.
func (c *nights) edits() []annotationEdit {
	var list []annotationEdit
	matricules := make([]string, 0, len(c.seen))
	for matricule := range c.seen {
		matricules = append(matricules, matricule)
	}
	slices.Sort(matricules)
	for _, matricule := range matricules {
		s, own := c.seen[matricule], c.decided[matricule]
		mine := own.ref != "" && s.decision == own.ref
		switch roll := c.dice.IntN(10); {
		case mine && s.reopened == reconcile.AwaitsVisa && roll < 5:
			list = append(list, annotationEdit{ID: c.prints[matricule], matricule: matricule, status: own.status, visa: "Zoé Petit", Cells: map[string]string{"Visa": "Zoé Petit"}})
		case mine && s.reopened == "" && roll == 0, (s.decision == "" || s.reopened != "" && s.reopened != reconcile.AwaitsVisa) && roll < 3:
			list = append(list, c.decision(matricule))
		}
	}
	if c.night == 2 {
		list = append(list, c.decideCluster())
	}
	return list
}

// decideCluster justifies the gaps of one amount on one element, all together.
func (c *nights) decideCluster() annotationEdit {
	db, err := sql.Open("sqlite3", "file:data/bascule.db?mode=ro")
	if err != nil {
		c.t.Fatal(err)
	}
	defer db.Close()
	var id string
	err = db.QueryRow(`SELECT cluster, element, cause, rule FROM v_discrepancy WHERE run = (SELECT max(run) FROM v_run) AND pattern = '=-4321'
		GROUP BY 1, 2, 3, 4 ORDER BY count(*) DESC, 1 LIMIT 1`).Scan(&id, &c.cluster.element, &c.cluster.cause, &c.cluster.rule)
	if err != nil {
		c.t.Fatal(err)
	}
	c.cluster.amount = -4321
	return annotationEdit{ID: id, status: reconcile.StatusJustified, visa: "Paul Durand", Cells: map[string]string{"Statut": "Justifié", "Motif": "Arrondi admis", "Valideur": "Anne Martin", "Visa": "Paul Durand"}}
}

// decide annotates the night's workbook and imports it. Every third night the
// workbook also goes through LibreOffice.
func (c *nights) decide(python, office string) {
	edits := c.edits()
	books, err := filepath.Glob(filepath.Join(c.folder(), "ecarts-*.xlsx"))
	if err != nil || len(books) != 1 {
		c.t.Fatal(books, err)
	}
	text, err := json.Marshal(edits)
	if err != nil {
		c.t.Fatal(err)
	}
	if err := os.WriteFile("edits.json", text, 0o600); err != nil {
		c.t.Fatal(err)
	}
	c.external(python, c.script, books[0], "retour.xlsx", "edits.json")
	returned := "retour.xlsx"
	if c.night%3 == 0 {
		c.external(office, "--headless", "--convert-to", "xlsx", "--outdir", "libre", "retour.xlsx")
		returned = "libre/retour.xlsx"
	}
	c.command(exitClosed, "review", "import", returned)
	c.command(exitClosed, "review", "import", returned) // once more decides nothing more
	c.remember(edits)
}

// remember notes the decisions, as the tool lists them, once sure that they are
// those that were written.
func (c *nights) remember(edits []annotationEdit) {
	var list []map[string]any
	if err := json.Unmarshal([]byte(c.command(exitClosed, "review", "list", "--all", "--json")), &list); err != nil {
		c.t.Fatal(err)
	}
	if c.made += len(edits); len(list) != c.made {
		c.t.Fatalf("night %d: %d decisions are listed, %d were made", c.night, len(list), c.made)
	}
	inForce := make(map[string]map[string]any)
	for _, d := range list {
		if d["replaced_by"] == nil {
			inForce[fmt.Sprint(d["fingerprint"], d["cluster"])] = d
		}
	}
	for _, e := range edits {
		key := fmt.Sprint(e.ID, nil)
		if e.matricule == "" {
			key = fmt.Sprint(nil, e.ID)
		}
		d := inForce[key]
		if d == nil || d["status"] != string(e.status) || d["visa"] != e.visa || d["author"] != "Anne Martin" {
			c.t.Errorf("night %d: wrote %+v, decided %v", c.night, e, d)
			continue
		}
		ref := d["decision"].(string)
		if e.matricule == "" {
			c.cluster.ref = ref
			continue
		}
		c.decided[e.matricule] = decidedGap{ref, c.seen[e.matricule].delta, e.status, e.visa != ""}
	}
}

func (c *nights) external(name string, args ...string) {
	c.t.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		c.t.Fatalf("night %d: %s: %v\n%s", c.night, name, err, out)
	}
}
