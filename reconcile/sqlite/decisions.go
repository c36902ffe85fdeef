package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"bascule/reconcile"
)

const (
	decisionColumns = `d.id, d.import_id, d.run, d.place, i.at, d.fingerprint, d.cluster, d.kind, d.element, d.cause, d.rule, d.pattern, d.axis, d.axis_value,
		d.amount, d.low, d.high, d.legacy_text, d.onp_text, d.status, d.reason, d.reference, d.author, d.visa, d.comment, d.valid_from, d.valid_to, d.basis, d.replaces`
	insertDecision = `INSERT INTO decision (id, import_id, run, place, fingerprint, cluster, kind, element, cause, rule, pattern, axis, axis_value,
		amount, low, high, legacy_text, onp_text, status, reason, reference, author, visa, comment, valid_from, valid_to, basis, replaces)
		VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)`
)

// Import is one reading of annotated files, or of files of the budget.
type Import struct {
	ID    int64
	At    string         // RFC 3339, UTC
	Files []ImportedFile // in the order they were given
	Read  int            // annotated rows, or rows of the budget
}

// ImportedFile is a file of an import, by its name and its content.
type ImportedFile struct{ Name, SHA256 string }

// Decide records the decisions of an import, all of them or none, numbers them,
// fills in its ID, and seals it in the chain.
func (d *DB) Decide(ctx context.Context, of *Import, decisions []reconcile.Decision) error {
	list, err := fileList(of.Files)
	if err != nil {
		return err
	}
	return d.transaction(ctx, func(c *sql.Conn) error {
		var last int64
		if err := c.QueryRowContext(ctx, "SELECT coalesce(max(id), 0) FROM decision").Scan(&last); err != nil {
			return err
		}
		r, err := c.ExecContext(ctx, "INSERT INTO review_import (at, files, read, decided) VALUES (?,?,?,?)", of.At, list, of.Read, len(decisions))
		if err != nil {
			return err
		}
		if of.ID, err = r.LastInsertId(); err != nil {
			return err
		}
		insert, err := c.PrepareContext(ctx, insertDecision)
		if err != nil {
			return err
		}
		defer insert.Close()
		for i := range decisions {
			x := &decisions[i]
			x.ID, x.Import, x.At = last+int64(i)+1, of.ID, of.At
			basis, err := json.Marshal(&x.Basis)
			if err != nil {
				return err
			}
			k := &x.Cluster
			if _, err := insert.ExecContext(ctx, x.ID, x.Import, x.Run, x.Place, x.Fingerprint, k.ID, string(x.Kind), x.Element, string(k.Cause), k.Rule, k.Pattern, k.Axis, k.Value,
				int64(x.Amount), int64(x.Low), int64(x.High), x.LegacyText, x.ONPText, string(x.Status), x.Reason, x.Reference, x.Author, x.Visa, x.Comment,
				x.From.String(), x.To.String(), string(basis), x.Replaces); err != nil {
				return err
			}
		}
		return d.sealImport(ctx, c, of.ID, of.At)
	})
}

// Imported are the contents, by their SHA-256, of the files whose decisions were
// ever imported.
func (d *DB) Imported(ctx context.Context) (map[string]bool, error) {
	imported := make(map[string]bool)
	for sum, err := range stream(ctx, d, scanText, "SELECT DISTINCT f.value ->> 1 FROM review_import i JOIN json_each(i.files) f ORDER BY 1") {
		if err != nil {
			return nil, err
		}
		imported[sum] = true
	}
	return imported, nil
}

// Decisions lists all decisions ever made, in their order.
func (d *DB) Decisions(ctx context.Context) ([]reconcile.Decision, error) {
	return collect(stream(ctx, d, func(rows *sql.Rows) (x reconcile.Decision, err error) {
		k := &x.Cluster
		var from, to, basis string
		if err := rows.Scan(&x.ID, &x.Import, &x.Run, &x.Place, &x.At, &x.Fingerprint, &k.ID, &x.Kind, &x.Element, &k.Cause, &k.Rule, &k.Pattern, &k.Axis, &k.Value,
			&x.Amount, &x.Low, &x.High, &x.LegacyText, &x.ONPText, &x.Status, &x.Reason, &x.Reference, &x.Author, &x.Visa, &x.Comment, &from, &to, &basis, &x.Replaces); err != nil {
			return x, err
		}
		if x.From, err = reconcile.ParsePeriod(from); err == nil && to != "" {
			x.To, err = reconcile.ParsePeriod(to)
		}
		if err != nil {
			return x, err
		}
		return x, json.Unmarshal([]byte(basis), &x.Basis)
	}, "SELECT "+decisionColumns+" FROM decision d JOIN review_import i ON i.id = d.import_id ORDER BY d.id"))
}

// Gaps finds the discrepancies of a run that have some fingerprints.
func (d *DB) Gaps(ctx context.Context, run int, fingerprints []string) (map[string]*reconcile.Discrepancy, error) {
	list, err := json.Marshal(orEmpty(fingerprints))
	if err != nil {
		return nil, err
	}
	found := make(map[string]*reconcile.Discrepancy)
	for row, err := range stream(ctx, d, scanDiscrepancy, "SELECT "+discrepancyColumns+` FROM json_each(?2) j
		CROSS JOIN discrepancy d ON d.run_id = ?1 AND d.fingerprint = j.value`, run, string(list)) {
		if err != nil {
			return nil, err
		}
		found[row.Fingerprint] = row
	}
	return found, nil
}

// Grounds is what decisions about a run rest upon, nil where it did not keep it.
func (d *DB) Grounds(ctx context.Context, run int) (*reconcile.Grounds, error) {
	var text string
	err := d.read.QueryRowContext(ctx, "SELECT grounds FROM run WHERE id = ?", run).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) || err == nil && text == "" {
		return nil, nil
	}
	if err != nil {
		return nil, describe(err)
	}
	g := new(reconcile.Grounds)
	return g, json.Unmarshal([]byte(text), g)
}

// ClustersNamed finds some clusters of a run, in one population or, where axis
// is blank, in the whole ministry: what a decision about them needs to know.
func (d *DB) ClustersNamed(ctx context.Context, run int, ids []string, axis, value string) (map[string]*reconcile.Cluster, error) {
	list, err := json.Marshal(orEmpty(ids))
	if err != nil {
		return nil, err
	}
	var examples []string
	clusters, err := collect(stream(ctx, d, func(rows *sql.Rows) (c reconcile.Cluster, err error) {
		var example string
		err = rows.Scan(&c.ID, &example, &c.Kind, &c.Element, &c.Cause, &c.Rule, &c.Pattern, &c.Count, &c.Low, &c.High, &c.DeltaNet, &c.DeltaInformation)
		examples = append(examples, example)
		return c, err
	}, `SELECT cluster, min(fingerprint), min(kind), element, cause, rule, pattern, count(*), min(delta), max(delta), sum(delta_net), sum(delta_info) FROM `+wholeRun+`
		WHERE run_id = ?1 AND root = '' AND cluster IN (SELECT value FROM json_each(?2))
			AND (?3 = '' OR CASE ?3 WHEN 'service' THEN service WHEN 'programme' THEN programme WHEN 'bop' THEN bop WHEN 'wave' THEN wave END = ?4)
		GROUP BY cluster ORDER BY cluster`, run, string(list), axis, value))
	if err != nil {
		return nil, err
	}
	found := make(map[string]*reconcile.Cluster, len(clusters))
	for i := range clusters {
		found[clusters[i].ID] = &clusters[i]
	}
	if err := d.apart(ctx, run, found); err != nil {
		return nil, err
	}
	return found, d.examples(ctx, run, clusters, examples)
}

// apart tells the clusters of various amounts which amounts have, in the whole
// run, a cluster of their own for the same element, cause and rule.
func (d *DB) apart(ctx context.Context, run int, clusters map[string]*reconcile.Cluster) error {
	type amount struct{ family, element, cause, rule, pattern string }
	for a, err := range stream(ctx, d, func(rows *sql.Rows) (a amount, err error) {
		err = rows.Scan(&a.family, &a.element, &a.cause, &a.rule, &a.pattern)
		return a, err
	}, "SELECT DISTINCT "+familyOfKind+", element, cause, rule, pattern FROM "+wholeRun+` WHERE run_id = ? AND root = '' AND pattern LIKE '=%'
		ORDER BY 1, 2, 3, 4, 5`, run) {
		if err != nil {
			return err
		}
		if c := clusters[reconcile.ClusterOf(reconcile.Kind(a.family), a.element, reconcile.Cause(a.cause), a.rule, "")]; c != nil {
			c.Apart = append(c.Apart, a.pattern)
		}
	}
	return nil
}

// Covered counts the gaps of a run that a decision bears upon.
type Covered struct {
	Holds    int64
	Reopened int64 // those for which it no longer holds, or awaits its visa
}

// Covered counts them for each decision, by its reference.
func (d *DB) Covered(ctx context.Context, run int) (map[string]Covered, error) {
	type row struct {
		ref string
		Covered
	}
	all := make(map[string]Covered)
	for r, err := range stream(ctx, d, func(rows *sql.Rows) (r row, err error) {
		err = rows.Scan(&r.ref, &r.Holds, &r.Reopened)
		return r, err
	}, "SELECT decision, sum(reopened = ''), sum(reopened <> '') FROM "+wholeRun+" WHERE run_id = ? AND decision LIKE 'D-%' GROUP BY decision ORDER BY decision", run) {
		if err != nil {
			return nil, err
		}
		all[r.ref] = r.Covered
	}
	return all, nil
}
