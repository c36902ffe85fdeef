package sqlite

import (
	"database/sql"
	"fmt"
	"maps"

	"bascule/reconcile"
)

// sums adds up again, from the rows alone, what loads and runs say of
// themselves.
func (v *verifier) sums() error {
	if err := v.loadSums(); err != nil {
		return err
	}
	for i := range v.Runs {
		if err := v.runSums(&v.Runs[i]); err != nil {
			return err
		}
	}
	return nil
}

// loadSums holds three sums of each load equal: that of its payslips, of its
// codes, and its own.
func (v *verifier) loadSums() error {
	rows, err := v.c.QueryContext(v.ctx, `SELECT id, l.total, coalesce(p.total, '0 0 0 0'), coalesce(c.total, '0 0 0 0') FROM
		(SELECT id, purge, concat_ws(' ', lines, to_pay, to_deduct, information) AS total FROM load) l
		LEFT JOIN (SELECT load_id, concat_ws(' ', sum(sum_lines), sum(sum_p), sum(sum_d), sum(sum_i)) AS total FROM payslip GROUP BY load_id) p ON p.load_id = id
		LEFT JOIN (SELECT load_id, concat_ws(' ', sum(lines), sum(iif(sense = 'P', cents, 0)), sum(iif(sense = 'D', -cents, 0)), sum(iif(sense = 'I', cents, 0))) AS total
			FROM code_total GROUP BY load_id) c ON c.load_id = id
		WHERE l.purge = 0 AND l.total <> coalesce(p.total, '0 0 0 0') OR l.total <> coalesce(c.total, '0 0 0 0') ORDER BY id`)
	if err != nil {
		return err
	}
	defer rows.Close()
	var wrong []entry
	for rows.Next() {
		e := entry{kind: sealLoad}
		var own, payslips, codes string
		if err := rows.Scan(&e.subject, &own, &payslips, &codes); err != nil {
			return err
		}
		e.content = "nombre de lignes, à payer, à déduire et pour information en centimes : " + own + " annoncés, " + payslips + " aux bulletins, " + codes + " par code"
		wrong = append(wrong, e)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for i := range wrong {
		if v.last && !v.inScope(&wrong[i]) {
			continue
		}
		v.find(reconcile.Finding{Runs: v.runsOn(&wrong[i]), Table: "load", Rows: fmt.Sprintf("ligne %d", wrong[i].subject),
			What: labelOf(&wrong[i]) + " : les totaux ne sont plus ceux des lignes (" + wrong[i].content + ")", Hint: restore})
	}
	return nil
}

// runSums rebuilds the figures of a run from its discrepancies and its loads.
func (v *verifier) runSums(r *reconcile.Run) error {
	found, err := v.figures(r.ID)
	if err != nil {
		return err
	}
	unequal := func(what string, of, rows any) {
		v.find(reconcile.Finding{Runs: []int{r.ID}, Table: "run", Rows: fmt.Sprintf("ligne %d", r.ID),
			What: fmt.Sprintf("%s : %v dans la synthèse, %v d'après les lignes", what, of, rows), Hint: restore})
	}
	s := &r.Summary.Discrepancies
	for _, c := range []struct {
		what     string
		of, rows int64
	}{
		{"écarts", s.Total, found.Total}, {"écarts ouverts", s.Open, found.Open}, {"écarts justifiés", s.Justified, found.Justified},
		{"écarts tolérés", s.Tolerated, found.Tolerated}, {"écarts racines", s.Roots, found.Roots},
	} {
		if c.of != c.rows {
			unequal(c.what, c.of, c.rows)
		}
	}
	for _, c := range []struct {
		what     string
		of, rows reconcile.Amount
	}{
		{"somme des écarts", s.Delta, found.Delta}, {"somme pour information", s.DeltaInformation, found.DeltaInformation},
		{"somme sans les signes", s.Absolute, found.Absolute}, {"somme des écarts tolérés", s.ToleratedDelta, found.ToleratedDelta},
	} {
		if c.of != c.rows {
			unequal(c.what, c.of, c.rows)
		}
	}
	if !maps.Equal(s.ByKind, found.ByKind) {
		unequal("écarts par nature", s.ByKind, found.ByKind)
	}
	if !maps.Equal(s.ByCause, found.ByCause) {
		unequal("écarts par cause", s.ByCause, found.ByCause)
	}
	return v.identity(r, unequal)
}

// figures counts and adds up the discrepancies of a run.
func (v *verifier) figures(run int) (*reconcile.DiscrepancySummary, error) {
	rows, err := v.c.QueryContext(v.ctx, `SELECT kind, cause, status, count(*), sum(root = ''), sum(delta_net), sum(delta_info), sum(abs(delta_net) + abs(delta_info))
			FROM `+wholeRun+` WHERE run_id = ?1 GROUP BY kind, cause, status
		UNION ALL SELECT kind, cause, status, gaps, roots, delta_net, delta_info, absolute FROM gap_total WHERE run_id = ?1`, run)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	s := &reconcile.DiscrepancySummary{ByKind: make(map[reconcile.Kind]int64), ByCause: make(map[reconcile.Cause]int64)}
	for rows.Next() {
		var kind reconcile.Kind
		var cause reconcile.Cause
		var status reconcile.Status
		var n, roots int64
		var net, information, absolute reconcile.Amount
		if err := rows.Scan(&kind, &cause, &status, &n, &roots, &net, &information, &absolute); err != nil {
			return nil, err
		}
		switch {
		case status == reconcile.StatusTolerated:
			s.Tolerated, s.ToleratedDelta = s.Tolerated+n, s.ToleratedDelta+net+information
		case status.Open():
			s.Open += n
		default:
			s.Justified += n
		}
		s.Total, s.Roots, s.ByKind[kind], s.ByCause[cause] = s.Total+n, s.Roots+roots, s.ByKind[kind]+n, s.ByCause[cause]+n
		s.Delta, s.DeltaInformation, s.Absolute = s.Delta+net, s.DeltaInformation+information, s.Absolute+absolute
	}
	return s, rows.Err()
}

// identity holds what the loads of a run amount to against its sides, doubles
// set aside, and the gap between the sides against the sum of the gaps. The
// factors of the correspondences may part the two gaps: then the closing that
// the run recorded tells which it is.
func (v *verifier) identity(r *reconcile.Run, unequal func(string, any, any)) error {
	rows, err := v.c.QueryContext(v.ctx, `SELECT iif(?2 = '', l.side, iif(l.period = ?2, 'legacy', 'onp')), sum(s.n), sum(s.p), sum(s.d), sum(s.i)
		FROM run_load r JOIN load l ON l.id = r.load_id
		JOIN (SELECT load_id, sum(sum_lines) AS n, sum(sum_p) AS p, sum(sum_d) AS d, sum(sum_i) AS i FROM payslip
				WHERE load_id IN (SELECT load_id FROM run_load WHERE run_id = ?1) GROUP BY load_id
			UNION ALL SELECT id, lines, to_pay, to_deduct, information FROM load WHERE purge <> 0) s ON s.load_id = l.id
		WHERE r.run_id = ?1 GROUP BY 1`, r.ID, r.Months.Earlier.String())
	if err != nil {
		return err
	}
	defer rows.Close()
	var loaded [2]reconcile.Sums
	for rows.Next() {
		var name string
		var s reconcile.Sums
		var lines, toPay, toDeduct, information sql.NullInt64
		if err := rows.Scan(&name, &lines, &toPay, &toDeduct, &information); err != nil {
			return err
		}
		s = reconcile.Sums{Lines: lines.Int64, ToPay: reconcile.Amount(toPay.Int64), ToDeduct: reconcile.Amount(toDeduct.Int64), Information: reconcile.Amount(information.Int64)}
		if side, ok := reconcile.ParseSide(name); ok {
			loaded[side] = s
		}
	}
	for _, side := range reconcile.Sides {
		of := r.Summary.Side(side)
		shown := reconcile.Sums{Lines: of.Lines, ToPay: of.ToPay, ToDeduct: of.ToDeduct, Information: of.Information}
		if of.Duplicates == 0 && shown != loaded[side] {
			unequal("totaux côté "+side.String(), sumsText(shown), sumsText(loaded[side]))
		}
	}
	s := &r.Summary
	for _, c := range []struct {
		scope       string
		gaps, apart reconcile.Amount
	}{
		{"net", s.Discrepancies.Delta, s.ONP.ToPay - s.ONP.ToDeduct - s.Legacy.ToPay + s.Legacy.ToDeduct},
		{"information", s.Discrepancies.DeltaInformation, s.ONP.Information - s.Legacy.Information},
	} {
		if c.gaps != c.apart && !closes(&s.Closing, c.scope, c.gaps) {
			unequal("bouclage ("+c.scope+")", c.apart, c.gaps)
		}
	}
	return rows.Err()
}

func sumsText(s reconcile.Sums) string {
	return fmt.Sprintf("%d lignes, P %v, D %v, I %v", s.Lines, s.ToPay, s.ToDeduct, s.Information)
}

// closes tells whether the closing that the run recorded gives these gaps.
func closes(closing *reconcile.Closing, scope string, gaps reconcile.Amount) bool {
	for i := range closing.Checks {
		if c := &closing.Checks[i]; c.Name == "identity" && c.Scope == scope {
			return c.Right == gaps
		}
	}
	return false
}
