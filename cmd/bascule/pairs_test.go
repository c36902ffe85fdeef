package main

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bascule/fixtures"
)

// Sixty ministries: go test ./cmd/bascule -run ComparesWhatChangedAlone -campaign

// A night under the terms of the one before compares what changed, and what
// there was something to say of, alone. Its result must be that of a night which
// compares everything, to the last figure.
func TestANightThatComparesWhatChangedAloneGivesTheSameResult(t *testing.T) {
	if elsewhere(t) {
		return
	}
	ministries := 3
	if *campaign {
		ministries = 60
	}
	taken, copied := 0, 0
	for seed := range ministries {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			dice := rand.New(rand.NewPCG(uint64(seed), 2014))
			agents, number := 60+dice.IntN(400), 1000+dice.IntN(1_000_000)
			ministry(t, agents, number, "--plant", randomPlan(t, dice))
			resultOn(t, "reprise", 1)
			for night := 2; night <= 4; night++ {
				producedOtherwise(t, dice, agents, number, night)
				copyBase(t, "reprise", "complet")
				got, log := resultOn(t, "reprise", night)
				want, whole := resultOn(t, "complet", night, "--force")
				if strings.Contains(whole, "bulletins repris") {
					t.Fatal("a forced night takes from the one before")
				}
				if strings.Contains(log, "bulletins repris") {
					taken++
				}
				if strings.Contains(log, "ne se vérifie pas") {
					t.Errorf("night %d could not rely on the one before: %s", night, log)
				}
				for part := range want {
					if got[part] != want[part] {
						t.Errorf("night %d, all compared and what changed alone:\n%s", night, firstDifference(want[part], got[part]))
					}
				}
				for _, query := range storedInForce {
					if a, b := queried(t, "reprise/bascule.db", query), queried(t, "complet/bascule.db", query); a != b {
						t.Errorf("night %d holds other rows, all read and what changed alone:\n%s", night, firstDifference(b, a))
					}
				}
				var n int
				fmt.Sscan(queried(t, "reprise/bascule.db", "SELECT count(*) FROM v_payslip v JOIN payslip p ON p.id = v.payslip_id WHERE p.same IS NOT NULL"), &n)
				copied += n
				for _, kept := range []string{"accounts", "length(noted) - length(replace(noted, ' ', ''))"} {
					query := fmt.Sprintf("SELECT %s FROM quiet WHERE run_id = %d UNION ALL SELECT 'row'", kept, night)
					if a, b := queried(t, "reprise/bascule.db", query), queried(t, "complet/bascule.db", query); a != b {
						t.Errorf("night %d keeps other %s: %s", night, kept, firstDifference(b, a))
					}
				}
			}
		})
	}
	if copied < 50*ministries {
		t.Errorf("%d payslips were taken from earlier loads: too few to prove anything", copied)
	}
	if taken < 2*ministries {
		t.Errorf("%d nights of %d took from the one before: the others prove nothing", taken, 3*ministries)
	}
}

// storedInForce is what the loads in force hold, but for the numbers of the rows.
var storedInForce = []string{
	`SELECT v.side, v.period, l.path, p.line, v.agent_key, v.nir, v.nir_key, v.dossier, v.matricule, v.surname, v.first_name, v.grade, v.echelon, v.indice, v.nbi, v.quotite,
		v.children, v.service, v.status, v.zone, v.iban, v.programme, v.bop, v.accountant, v.lines, to_pay_cents, to_deduct_cents, information_cents,
		declared_to_pay_cents, declared_to_deduct_cents, declared_net_cents, declared_employer_cents, p.digest, p.whole
		FROM v_payslip v JOIN payslip p ON p.id = v.payslip_id JOIN load l ON l.id = p.load_id`,
	`SELECT v.side, v.agent_key, p.line, v.line, code, sense, cents, origin, base, rate FROM v_pay_line v JOIN payslip p ON p.id = v.payslip_id`,
	`SELECT l.side, c.programme, c.code, c.sense, c.label, c.lines, c.cents FROM code_total c JOIN load l ON l.id = c.load_id WHERE l.active = 1`,
	`SELECT side, period, path, bytes, sha256, ministry, produced, sender, payslips, aside, lines, to_pay, to_deduct, information, rejects, rejected, controls, warnings, carried
		FROM load WHERE active = 1`,
}

// What a night keeps is for the same terms alone, and is not believed where it
// does not close.
func TestWhatANightKeepsIsNotTakenBlindly(t *testing.T) {
	if elsewhere(t) {
		return
	}
	cases := []struct {
		name, logged string
		taken        bool
		change       func(t *testing.T)
	}{
		{"nothing", "bulletins repris", true, func(*testing.T) {}},
		{"another tolerance", "bulletins repris", false, func(t *testing.T) { t.Setenv("BASCULE_TOLERANCE_LINE_CENTS", "1") }},
		{"another label", "bulletins repris", false, func(t *testing.T) {
			name := "mappings/elements.csv"
			if err := os.WriteFile(name, []byte(strings.Replace(readFile(t, name), "Traitement brut", "Traitement", 1)), 0o600); err != nil {
				t.Fatal(err)
			}
		}},
		{"accounts altered", "ne se vérifie pas", true, func(t *testing.T) {
			alter(t, "reprise/bascule.db", `UPDATE quiet SET accounts = json_set(accounts, '$.books[0].held[0][1]', json_extract(accounts, '$.books[0].held[0][1]') + 1)`)
		}},
		{"accounts unreadable", "ne se vérifie pas", true, func(t *testing.T) {
			alter(t, "reprise/bascule.db", `UPDATE quiet SET accounts = '{'`)
		}},
		{"a payslip forgotten", "ne se vérifie pas", true, func(t *testing.T) { alter(t, "reprise/bascule.db", `UPDATE quiet SET noted = ''`) }},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			ministry(t, 300, 7)
			resultOn(t, "reprise", 1)
			mustExit(t, exitClosed, "generate", "--agents", "300", "--seed", "7", "--period", "2013-12", "--out", "nuit-2", "--plant", emptyPlan(t))
			if err := os.Rename("nuit-2/sipaye-2013-12.csv", "sipaye-2013-12.csv"); err != nil {
				t.Fatal(err)
			}
			copyBase(t, "reprise", "complet")
			c.change(t)
			got, log := resultOn(t, "reprise", 2)
			if strings.Contains(log, c.logged) != c.taken {
				t.Errorf("logged: %s", log)
			}
			want, _ := resultOn(t, "complet", 2, "--force")
			for part := range want {
				if got[part] != want[part] {
					t.Errorf("all compared and this night:\n%s", firstDifference(want[part], got[part]))
				}
			}
		})
	}
}

// alter does to a base what nobody should.
func alter(t *testing.T, base, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite3", base)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	r, err := db.Exec(statement)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := r.RowsAffected(); err != nil || n == 0 {
		t.Fatal("nothing is altered", err)
	}
}

// randomPlan plants a few of the known differences, more or less often.
func randomPlan(t *testing.T, dice *rand.Rand) string {
	t.Helper()
	plan := "cause;variant;per_mille\n"
	for _, p := range fixtures.DefaultPlants() {
		if dice.IntN(2) == 0 {
			plan += fmt.Sprintf("%s;%s;%d\n", p.Cause, p.Variant, min(1000, dice.IntN(2*p.PerMille+2)))
		}
	}
	name := filepath.Join(t.TempDir(), "plan.csv")
	if err := os.WriteFile(name, []byte(plan), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// producedOtherwise produces the extracts of one side, or of both, with other
// differences planted in the same ministry.
func producedOtherwise(t *testing.T, dice *rand.Rand, agents, number, night int) {
	t.Helper()
	folder := fmt.Sprintf("nuit-%d", night)
	mustExit(t, exitClosed, "generate", "--agents", fmt.Sprint(agents), "--seed", fmt.Sprint(number), "--period", "2013-12", "--out", folder, "--plant", randomPlan(t, dice))
	sides := [][]string{{"psop-2013-12.txt"}, {"sipaye-2013-12.csv"}, {"psop-2013-12.txt", "sipaye-2013-12.csv"}}
	for _, name := range sides[dice.IntN(len(sides))] {
		if err := os.WriteFile(name, []byte(readFile(t, filepath.Join(folder, name))), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// copyBase makes the base of a place that of another one.
func copyBase(t *testing.T, from, to string) {
	t.Helper()
	base, err := os.ReadFile(filepath.Join(from, "bascule.db"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(to, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(to, "bascule.db"), base, 0o600); err != nil {
		t.Fatal(err)
	}
}
