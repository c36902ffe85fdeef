package sqlite

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"

	"bascule/reconcile"
)

var november = december - 1

// recordEmpty keeps an empty run.
func recordEmpty(t *testing.T, d *DB, p reconcile.Period, m reconcile.Months) *reconcile.Run {
	t.Helper()
	run := &reconcile.Run{Period: p, Months: m, StartedAt: "2014-01-02T03:04:05Z"}
	if err := d.Record(background, run, func(*Recorder) error { return nil }); err != nil {
		t.Fatal(err)
	}
	return run
}

func TestARunFollowsTheLastOneThatComparedTheSame(t *testing.T) {
	d := openStore(t)
	onp, legacy := reconcile.Months{Side: reconcile.ONP, Earlier: november}, reconcile.Months{Side: reconcile.Legacy, Earlier: november}
	for _, c := range []struct {
		reason   string
		period   reconcile.Period
		months   reconcile.Months
		previous int
	}{
		{"1: the systems, first", november, reconcile.Months{}, 0},
		{"2: months have no past among the systems", december, onp, 0},
		{"3: the systems go back to their last month, over the months", december, reconcile.Months{}, 1},
		{"4: the other system", december, legacy, 0},
		{"5: the same months", december, onp, 2},
		{"6: another earlier month", december, reconcile.Months{Side: reconcile.ONP, Earlier: november - 1}, 0},
		{"7: another later month", december + 1, reconcile.Months{Side: reconcile.ONP, Earlier: november}, 0},
		{"8: the systems, the month after", december + 1, reconcile.Months{}, 3},
	} {
		if got := recordEmpty(t, d, c.period, c.months).Previous; got != c.previous {
			t.Errorf("%s: follows %d, wanted %d", c.reason, got, c.previous)
		}
	}
	for _, c := range []struct {
		months reconcile.Months
		want   int
	}{{reconcile.Months{}, 3}, {onp, 5}, {legacy, 4}} {
		r, err := d.LatestRun(background, december, c.months)
		if err != nil || r == nil || r.ID != c.want || r.Months != c.months || r.Period != december {
			t.Errorf("the last of %+v is %+v, %v, wanted run %d", c.months, r, err, c.want)
		}
	}
	if r, err := d.LatestRun(background, november, onp); err != nil || r != nil {
		t.Errorf("a comparison never made gives %+v, %v", r, err)
	}
}

// firstSchema makes a database as the first version of the program left it.
func firstSchema(t *testing.T, path string) {
	t.Helper()
	c, err := sqlx.Open("sqlite3", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	text, err := schema.ReadFile("schema/0001.sql")
	if err != nil {
		t.Fatal(err)
	}
	const run = `INSERT INTO run (id, period, previous, started_at, version, inputs, config_hash, tables_hash, config, folder, summary)
		VALUES (1, '2013-12', 0, '2014-01-02T03:04:05Z', '', 'same', '', '', '', '', '{"run": 1}')`
	for _, statement := range []string{string(text), run, "PRAGMA user_version = 1"} {
		if _, err := c.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
}

func TestADatabaseOfTheFirstSchemaKeepsItsRuns(t *testing.T) {
	path := filepath.Join(t.TempDir(), "old.db")
	firstSchema(t, path)
	d, err := Open(background, path, bytes.NewReader(make([]byte, 32)))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	r, err := d.LatestRun(background, december, reconcile.Months{})
	if err != nil || r == nil || r.Inputs != "same" || r.Months.Set() || r.Summary.Compares != reconcile.ComparesSystems {
		t.Errorf("the former run is %+v, %v", r, err)
	}
	rows, err := d.read.Queryx("SELECT * FROM v_run")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	const first, last = "run period previous_run started_at", "delta summary compares legacy_period side budgeted config"
	if all := strings.Join(columns, " "); !strings.HasPrefix(all, first) || !strings.HasSuffix(all, last) {
		t.Errorf("v_run has %s", all)
	}
}

func TestARunOfMonthsThatMakesNoSenseIsNotStored(t *testing.T) {
	d := openStore(t)
	recordEmpty(t, d, december, reconcile.Months{})
	for _, values := range []string{"'onp', ''", "'', '2013-11'", "'onp', '2013-12'", "'onp', '2014-01'", "'psop', '2013-11'"} {
		_, err := d.write.Exec(fmt.Sprintf("UPDATE run SET (side, legacy_period) = (%s)", values))
		if err == nil || !strings.Contains(err.Error(), "CHECK") {
			t.Errorf("%s: got %v, wanted a refusal", values, err)
		}
	}
}
