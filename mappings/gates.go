package mappings

import (
	"slices"

	"bascule/reconcile"
)

// readGates reads gates.csv: the columns of reconcile.GateFields, the last two of
// which may be left out. Waves are those of vagues.csv, read before.
func readGates(f file, waves []reconcile.Wave, p *Problems) []reconcile.Gate {
	rows := readRows(f, reconcile.GateFields[:reconcile.GateRequired], p)
	gates := make([]reconcile.Gate, 0, len(rows))
	for i := range rows {
		r := &rows[i]
		g, faults := reconcile.ReadGate(func(field string) string {
			if column := slices.Index(r.header, field); column >= 0 {
				return r.text(column)
			}
			return ""
		})
		for _, fault := range faults {
			r.bad(slices.Index(r.header, fault.Field), fault.Hint, "%w", fault.Err)
		}
		gates = append(gates, g)
	}
	if p.Total > 0 { // wrong waves would put the blame here
		return gates
	}
	if i, fault := reconcile.CheckGates(gates, waves); fault != nil {
		rows[i].bad(slices.Index(rows[i].header, fault.Field), fault.Hint, "%w", fault.Err)
	}
	return gates
}
