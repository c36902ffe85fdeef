package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"bascule/reconcile"
)

// Part is the population of a run that has one value on an axis, as Parts gives
// it; the zero Part is the whole run.
type Part struct {
	Axis, Value string // the value may be blank: those that have none

	ids string // of its discrepancies, as JSON: each part is read without going through the others
}

// axisColumns are the columns that populations are cut by (reconcile.Along).
var axisColumns = map[string]string{"service": "service", "programme": "programme", "bop": "bop", "wave": "wave"}

var errAxis = errors.New("n'est pas un axe de découpage")

// Parts lists the populations of a run along an axis, in the order of their
// values: each discrepancy is in one of them.
func (d *DB) Parts(ctx context.Context, run int, axis string) ([]Part, error) {
	column, known := axisColumns[axis]
	if !known {
		return nil, &reconcile.InputError{Field: axis, Err: errAxis, Hint: "écrivez service, programme, wave ou bop"}
	}
	return collect(stream(ctx, d, func(rows *sql.Rows) (Part, error) {
		p := Part{Axis: axis}
		err := rows.Scan(&p.Value, &p.ids)
		return p, err
	}, "SELECT "+column+", json_group_array(id) FROM "+wholeRun+" WHERE run_id = ?1 GROUP BY 1 ORDER BY 1", run))
}

// from is where the discrepancies of the part are read from: a run as ?1, the
// part as ?2.
func (p Part) from() string {
	if p.Axis == "" {
		return "(SELECT * FROM " + wholeRun + " WHERE run_id = ?1 AND ?2 = '')"
	}
	return "(SELECT x.* FROM json_each(?2) j CROSS JOIN discrepancy x ON x.id = j.value WHERE x.run_id = ?1)"
}
