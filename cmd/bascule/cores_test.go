package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// Fifty ministries: go test ./cmd/bascule -run OneOrManyCores -campaign

func TestOneOrManyCoresGiveTheSameResult(t *testing.T) {
	if elsewhere(t) {
		return
	}
	ministries := 3
	if *campaign {
		ministries = 50
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for i := range ministries {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			dice := rand.New(rand.NewPCG(uint64(i), 2013))
			ministry(t, 40+dice.IntN(600), 1000+dice.IntN(1_000_000))
			if err := os.WriteFile("cle", []byte("0123456789abcdefghijklmnopqrstuvwxyz\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			t.Setenv("BASCULE_PRIVACY_KEY_FILE", "cle")
			var first []string
			for _, cores := range []int{1, 2, 7} {
				runtime.GOMAXPROCS(cores)
				got, _ := resultOn(t, fmt.Sprintf("coeurs-%d", cores), 1)
				if first == nil {
					first = got
				}
				for part := range got {
					if got[part] != first[part] {
						t.Errorf("on %d cores and on one:\n%s", cores, firstDifference(first[part], got[part]))
					}
				}
			}
		})
	}
}

// resultOn runs the ministry of the working folder on the base of a place, which
// makes the run of a number, and gives all that its result is made of, each part
// as a text, and what was logged.
func resultOn(t *testing.T, place string, number int, more ...string) (parts []string, logged string) {
	t.Helper()
	t.Setenv("BASCULE_DATABASE", filepath.Join(place, "bascule.db"))
	t.Setenv("BASCULE_OUTPUT", filepath.Join(place, "out"))
	var out, log bytes.Buffer
	app := newApp(&out, &log)
	app.Now = func() time.Time { return time.Date(2013, 12, 19+number, 7, 0, 0, 0, time.UTC) }
	if code := app.execute(context.Background(), append([]string{"run"}, more...)); code != exitOpen && code != exitClosed {
		t.Fatalf("run exits %d: %s", code, log.String())
	}
	folder := filepath.Join(place, runFolderOf(t, number))
	var summary map[string]any
	if err := json.Unmarshal([]byte(readFile(t, filepath.Join(folder, "summary.json"))), &summary); err != nil {
		t.Fatal(err)
	}
	// The seal covers in which order the payslips of both files came to be stored,
	// and the digests of the workbooks cover the seal that they print.
	for _, key := range []string{"seal", "outputs", "seconds"} {
		if _, there := summary[key]; !there {
			t.Fatalf("summary.json has no %s", key)
		}
		delete(summary, key)
	}
	text, err := json.MarshalIndent(summary, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	parts = []string{string(text), readFile(t, filepath.Join(folder, "discrepancies.csv")), readFile(t, filepath.Join(folder, "rejects.csv"))}
	for _, query := range []string{
		"SELECT fingerprint, evidence, pattern, cluster, derived, effect_net_cents, effect_employer_cents, effect_budget_cents, legacy_text, onp_text FROM v_discrepancy WHERE run = %d",
		"SELECT * FROM v_budget WHERE run = %d",
		"SELECT * FROM measure WHERE run_id = %d",
	} {
		parts = append(parts, queried(t, filepath.Join(place, "bascule.db"), fmt.Sprintf(query, number)))
	}
	return parts, log.String()
}

// queried is what a query gives, sorted, one row a line; no row at all is an error.
func queried(t *testing.T, path, query string) string {
	t.Helper()
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	values, into := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, fmt.Sprint(values...))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	if len(lines) == 0 {
		t.Fatalf("no row: %s", query)
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// firstDifference shows the first line where two texts differ.
func firstDifference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range max(len(w), len(g)) {
		a, b := "", ""
		if i < len(w) {
			a = w[i]
		}
		if i < len(g) {
			b = g[i]
		}
		if a != b {
			return fmt.Sprintf("line %d\n  one core:  %s\n  now:       %s", i+1, a, b)
		}
	}
	return "nothing"
}
