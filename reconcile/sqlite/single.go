package sqlite

import (
	"fmt"
	"iter"

	"bascule/reconcile"
)

const insertSingle = `INSERT INTO single (side, agent_key, marks, person, proved, surname, payslip_id, loose_1, loose_2, loose_3, loose_4)
	VALUES (?,?,?,?,?,?,?,?,?,?,?)`

// Single keeps a payslip that the key left alone, row by row.
func (r *Recorder) Single(s *reconcile.Single) error {
	rows := s.Payslip.Rows
	if rows == nil {
		rows = []int64{s.Payslip.ID}
	}
	for _, id := range rows {
		r.values = append(r.values[:0], int64(s.Side), s.Payslip.Key, marksOf(s), s.Person, s.Proved, s.Surname, id)
		for _, loose := range s.Loose {
			r.values = append(r.values, loose)
		}
		if err := r.put(r.single); err != nil {
			return err
		}
	}
	return nil
}

// The marks of a payslip kept.
const (
	markShared = 1 << iota
	markSplit
	markTwice
)

func marksOf(s *reconcile.Single) (marks int64) {
	for _, m := range []struct {
		set  bool
		mark int64
	}{{s.Shared, markShared}, {s.Split, markSplit}, {s.Twice, markTwice}} {
		if m.set {
			marks |= m.mark
		}
	}
	return marks
}

// Where the payslips kept stand in a pass: those whose looser key both sides
// have, unless they are two that reconcile.Single.Strangers tells apart, and
// those of them that are more than two.
const (
	payslipsInPass = "count(DISTINCT concat(side, x'1f', agent_key, x'1f', person))"
	metInPass      = "SELECT loose_%[1]d FROM single WHERE loose_%[1]d <> '' GROUP BY loose_%[1]d HAVING min(side) <> max(side)" +
		" AND (%[1]d = 1 OR " + payslipsInPass + " > 2 OR count(DISTINCT nullif(proved, '')) < 2 OR count(DISTINCT nullif(surname, '')) < 2)"
	crowdedInPass = metInPass + " AND " + payslipsInPass + " > 2"
)

// Singles streams the payslips kept that a pass brings together, in the order
// Rematch wants.
func (r *Recorder) Singles(by reconcile.Match) iter.Seq2[*reconcile.Single, error] {
	return r.singles(by, fmt.Sprintf("loose_%[1]d AS loose FROM single WHERE loose_%[1]d IN ("+metInPass+")", by))
}

// Alone streams the payslips kept that no pass has settled, in the order that
// reconcile.Alone wants.
func (r *Recorder) Alone() iter.Seq2[*reconcile.Single, error] {
	return r.singles(reconcile.ByKey, "'' AS loose FROM single")
}

// singles orders the few columns kept before it fetches the payslips: sorting
// those would write all of their lines once more.
func (r *Recorder) singles(by reconcile.Match, from string) iter.Seq2[*reconcile.Single, error] {
	return func(yield func(*reconcile.Single, error) bool) {
		rows, err := r.conn.QueryContext(r.ctx, "SELECT s.side, s.loose, s.marks, s.person, "+columnsOfPayslip+` FROM
			(SELECT side, agent_key, marks, person, payslip_id, `+from+` ORDER BY loose, side, agent_key, person, `+rankOfPayslip+`, `+lineOfPayslip+`, payslip_id LIMIT -1) s
			CROSS JOIN payslip p ON p.id = s.payslip_id`, r.run.ID)
		if err != nil {
			yield(nil, describe(err))
			return
		}
		defer rows.Close()
		decode := newDecoder(r.run.Loads)
		for rows.Next() {
			var s reconcile.Single
			var loose, head, lines string
			var marks int64
			if err := rows.Scan(&s.Side, &loose, &marks, &s.Person, &head, &lines); err != nil {
				yield(nil, err)
				return
			}
			s.Shared, s.Split, s.Twice = marks&markShared != 0, marks&markSplit != 0, marks&markTwice != 0
			if by != reconcile.ByKey {
				s.Loose[by-1] = loose
			}
			if s.Payslip, err = decode.payslip(head, lines); err != nil {
				yield(nil, err)
				return
			}
			if !yield(&s, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(nil, describe(err))
		}
	}
}

// rankOfPayslip is the place of a kept payslip's load in the run.
const rankOfPayslip = "(SELECT l.rank FROM payslip q JOIN run_load l ON l.load_id = q.load_id AND l.run_id = ?1 WHERE q.id = payslip_id)"

// lineOfPayslip is its place in the file: payslips that were copied from an
// earlier load are not numbered in the order of theirs.
const lineOfPayslip = "(SELECT q.line FROM payslip q WHERE q.id = payslip_id)"

// Crowds streams the candidates of the looser keys of a pass that more than two
// payslips have, in the order of Singles.
func (r *Recorder) Crowds(by reconcile.Match) iter.Seq2[*reconcile.Candidate, error] {
	return func(yield func(*reconcile.Candidate, error) bool) {
		rows, err := r.conn.QueryContext(r.ctx, fmt.Sprintf(`SELECT s.loose_%[1]d, s.side, s.agent_key, s.person, p.matricule, p.dossier
			FROM single s CROSS JOIN payslip p ON p.id = s.payslip_id WHERE s.loose_%[1]d IN (`+crowdedInPass+`)
			ORDER BY s.loose_%[1]d, s.side, s.agent_key, s.person, p.matricule DESC, p.dossier DESC`, by))
		if err != nil {
			yield(nil, describe(err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			var c reconcile.Candidate
			if err := rows.Scan(&c.Loose, &c.Side, &c.Key, &c.Person, &c.Matricule, &c.Dossier); err != nil {
				yield(nil, err)
				return
			}
			if !yield(&c, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(nil, describe(err))
		}
	}
}

// Settle forgets the payslips that a pass has brought together: they are
// compared, or too many to choose between.
func (r *Recorder) Settle(by reconcile.Match) error {
	_, err := r.conn.ExecContext(r.ctx, fmt.Sprintf("DELETE FROM single WHERE loose_%[1]d IN ("+metInPass+")", by))
	return describe(err)
}
