package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"

	"bascule/reconcile"
)

// familyOfKind is the kind under which a cluster gathers a line missing on
// either side and an amount that differs (reconcile.ClusterOf).
const familyOfKind = "CASE WHEN kind IN ('line_missing_in_onp', 'line_missing_in_legacy') THEN 'amount' ELSE kind END"

// lonely are the roots of a run whose pattern is an amount that no other root
// has for the same element, cause and rule.
const lonely = `SELECT min(id) AS id, ` + familyOfKind + ` AS family, element, cause, rule FROM ` + wholeRun + `
	WHERE run_id = ?1 AND root = '' AND pattern LIKE '=%' GROUP BY 2, 3, 4, 5, pattern HAVING count(*) = 1`

// GatherClusters takes the amount out of the pattern of the roots that are alone
// to have theirs, so that they make one cluster and not thousands. It is called
// once all discrepancies of the run are recorded.
func (r *Recorder) GatherClusters() error {
	rows, err := r.conn.QueryContext(r.ctx, "SELECT DISTINCT family, element, cause, rule FROM ("+lonely+") ORDER BY 1, 2, 3, 4", r.run.ID)
	if err != nil {
		return describe(err)
	}
	defer rows.Close()
	var groups [][5]string
	for rows.Next() {
		var g [5]string
		if err := rows.Scan(&g[0], &g[1], &g[2], &g[3]); err != nil {
			return err
		}
		g[4] = reconcile.ClusterOf(reconcile.Kind(g[0]), g[1], reconcile.Cause(g[2]), g[3], "")
		groups = append(groups, g)
	}
	if err := rows.Err(); err != nil || len(groups) == 0 {
		return describe(err)
	}
	named, err := json.Marshal(groups)
	if err != nil {
		return err
	}
	_, err = r.conn.ExecContext(r.ctx, `WITH lonely AS MATERIALIZED (`+lonely+`),
		named AS MATERIALIZED (SELECT value ->> 0 AS family, value ->> 1 AS element, value ->> 2 AS cause, value ->> 3 AS rule, value ->> 4 AS cluster FROM json_each(?2))
		UPDATE discrepancy SET pattern = '', cluster = g.cluster
		FROM (SELECT id, n.cluster FROM lonely JOIN named n USING (family, element, cause, rule)) g WHERE discrepancy.id = g.id`, r.run.ID, string(named))
	return describe(err)
}

// Of a root: what it weighs with all that derives from it, where that was not
// recorded its own, and its cluster. Runs of before clusters were recorded have
// none: what makes one stands for its identifier.
const (
	netOfRoot     = "iif(derived = 0, delta_net, effect_net)"
	weightOfRoot  = "CASE WHEN derived = 0 THEN abs(delta_net) + abs(delta_info) ELSE abs(effect_net) + abs(effect_employer) END"
	faultsOfRoots = `sum(root = '' AND at_fault = 'legacy'), sum(root = '' AND at_fault = 'onp'), sum(root = '' AND at_fault = 'both'),
		sum(root = '' AND at_fault NOT IN ('legacy', 'onp', 'both'))`
)

// roots are those of the part, each under its cluster.
func (p Part) roots() string {
	return "(SELECT *, iif(cluster <> '', cluster, concat_ws(x'1f', " + familyOfKind + ", element, cause, rule, pattern)) AS grouped FROM " + p.from() + " WHERE root = '')"
}

// Clusters lists the clusters of a run's roots, those that move most money with
// all that derives from them first, at most limit.
func (d *DB) Clusters(ctx context.Context, run int, of Part, limit int) ([]reconcile.Cluster, error) {
	var keys, examples []string
	clusters, err := collect(stream(ctx, d, func(rows *sql.Rows) (c reconcile.Cluster, err error) {
		var key, example string
		err = rows.Scan(&key, &example, &c.Kind, &c.Element, &c.Cause, &c.Rule, &c.Pattern, &c.Count, &c.Agents, &c.Open, &c.DeltaNet, &c.DeltaInformation, &c.Low, &c.High,
			&c.Effect.Derived, &c.Effect.Net, &c.Effect.Employer, &c.Effect.Budget, &c.Absolute,
			&c.AtFault.Legacy, &c.AtFault.ONP, &c.AtFault.Both, &c.AtFault.Unknown, &c.ByCount)
		c.ID = reconcile.ClusterOf(c.Kind, c.Element, c.Cause, c.Rule, c.Pattern)
		keys, examples = append(keys, key), append(examples, example)
		return c, err
	}, `SELECT grouped, min(fingerprint), min(kind), element, cause, rule, pattern, count(*) AS roots, count(DISTINCT agent_key),
			sum(`+open+`), sum(delta_net), sum(delta_info), min(delta), max(delta),
			sum(derived), sum(`+netOfRoot+`), sum(effect_employer), sum(effect_budget), sum(`+weightOfRoot+`) AS absolute, `+faultsOfRoots+`,
			row_number() OVER (ORDER BY count(*) DESC, sum(`+weightOfRoot+`) DESC, grouped)
		FROM `+of.roots()+` GROUP BY grouped ORDER BY absolute DESC, roots DESC, grouped LIMIT ?3`, run, of.ids, limit))
	if err != nil {
		return nil, err
	}
	at := make(map[string]*reconcile.Cluster, len(clusters))
	for i := range clusters {
		at[keys[i]] = &clusters[i]
	}
	if err := d.spreads(ctx, run, of, at); err != nil {
		return nil, err
	}
	return clusters, d.examples(ctx, run, clusters, examples)
}

// spreads tells where the roots of some clusters are found.
func (d *DB) spreads(ctx context.Context, run int, within Part, at map[string]*reconcile.Cluster) error {
	for _, of := range []struct {
		column, order string
		shown         int
		spread        func(*reconcile.Cluster) *reconcile.Spread
	}{
		{"service", "count(*) DESC, ", 5, func(c *reconcile.Cluster) *reconcile.Spread { return &c.Services }},
		{"wave", "count(*) DESC, ", 5, func(c *reconcile.Cluster) *reconcile.Spread { return &c.Waves }},
		{"programme", "count(*) DESC, ", 5, func(c *reconcile.Cluster) *reconcile.Spread { return &c.Programmes }},
		{"matricule", "", 3, func(c *reconcile.Cluster) *reconcile.Spread { return &c.Examples }},
	} {
		type part struct {
			key, value string
			count      int64
		}
		parts := stream(ctx, d, func(rows *sql.Rows) (p part, err error) {
			err = rows.Scan(&p.key, &p.value, &p.count)
			return p, err
		}, `SELECT grouped, value, count FROM (SELECT grouped, `+of.column+` AS value, count(*) OVER (PARTITION BY grouped) AS count,
				row_number() OVER (PARTITION BY grouped ORDER BY `+of.order+of.column+`) AS rank FROM `+within.roots()+`
				WHERE `+of.column+` <> '' GROUP BY grouped, `+of.column+`) WHERE rank <= ?3 ORDER BY grouped, rank`, run, within.ids, of.shown)
		for p, err := range parts {
			if err != nil {
				return err
			}
			if c := at[p.key]; c != nil {
				s := of.spread(c)
				s.Count, s.First = p.count, append(s.First, p.value)
			}
		}
	}
	return nil
}

// examples fetches the root of lowest fingerprint of each cluster.
func (d *DB) examples(ctx context.Context, run int, clusters []reconcile.Cluster, fingerprints []string) error {
	list, err := json.Marshal(fingerprints)
	if err != nil {
		return err
	}
	at := make(map[string]*reconcile.Cluster, len(clusters))
	for i := range clusters {
		at[fingerprints[i]] = &clusters[i]
	}
	for row, err := range stream(ctx, d, scanDiscrepancy, "SELECT "+discrepancyColumns+` FROM json_each(?2) j
		CROSS JOIN discrepancy d ON d.run_id = ?1 AND d.fingerprint = j.value`, run, string(list)) {
		if err != nil {
			return err
		}
		c := at[row.Fingerprint]
		c.Kind, c.Example = row.Kind, row
	}
	return nil
}

// AgentsOfClusters counts the agents of the clusters that some discrepancies of
// a run are in.
func (d *DB) AgentsOfClusters(ctx context.Context, run int, of []*reconcile.Discrepancy) (map[string]int64, error) {
	var ids []string
	for _, x := range of {
		if x.Cluster != "" {
			ids = append(ids, x.Cluster)
		}
	}
	agents := make(map[string]int64, len(ids))
	if len(ids) == 0 {
		return agents, nil
	}
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	rows, err := d.read.QueryContext(ctx, "SELECT cluster, count(DISTINCT agent_key) FROM "+wholeRun+` WHERE run_id = ?1
		AND cluster IN (SELECT value FROM json_each(?2)) GROUP BY cluster`, run, string(list))
	if err != nil {
		return nil, describe(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		var n int64
		if err := rows.Scan(&id, &n); err != nil {
			return nil, err
		}
		agents[id] = n
	}
	return agents, describe(rows.Err())
}

// Causes sums a run's discrepancies by cause, kind and status, the heaviest
// first.
func (d *DB) Causes(ctx context.Context, run int, of Part) ([]reconcile.CauseTotal, error) {
	return d.causes(ctx, run, of, "cause, kind, status")
}

// ByCause sums them by cause alone: Kind and Status are blank.
func (d *DB) ByCause(ctx context.Context, run int, of Part) ([]reconcile.CauseTotal, error) {
	return d.causes(ctx, run, of, "cause, '', ''")
}

func (d *DB) causes(ctx context.Context, run int, of Part, by string) ([]reconcile.CauseTotal, error) {
	return collect(stream(ctx, d, func(rows *sql.Rows) (t reconcile.CauseTotal, err error) {
		err = rows.Scan(&t.Cause, &t.Kind, &t.Status, &t.Count, &t.Agents, &t.Open, &t.DeltaNet, &t.DeltaInformation, &t.Absolute,
			&t.Roots, &t.Effect.Derived, &t.Effect.Net, &t.Effect.Employer, &t.Effect.Budget,
			&t.AtFault.Legacy, &t.AtFault.ONP, &t.AtFault.Both, &t.AtFault.Unknown)
		return t, err
	}, `SELECT `+by+`, count(*), count(DISTINCT agent_key), sum(`+open+`), sum(delta_net), sum(delta_info),
			sum(abs(delta_net) + abs(delta_info)) AS absolute,
			sum(root = ''), sum(derived), sum(iif(root = '', `+netOfRoot+`, 0)), sum(effect_employer), sum(effect_budget), `+faultsOfRoots+`
		FROM `+of.from()+` GROUP BY 1, 2, 3 ORDER BY absolute DESC, count(*) DESC, 1, 2, 3`, run, of.ids))
}
