package reconcile

// Load is one file read into the store.
type Load struct {
	ID       int64
	Side     Side
	Period   Period
	Path     string
	Bytes    int64
	SHA256   string
	Layout   string
	Options  string // digest of the layout's text and of what else steers the reading
	LoadedAt string // RFC 3339, UTC
	Ministry string // as the header says
	Produced string // date of production, as the header says
	Sender   string
	Payslips int64
	Taken    int64 // payslips whose lines an earlier load holds
	Aside    int64 // lines kept apart by the layout
	Sums     Sums  // of the lines read
	Rejected Sums  // of the lines rejected, where their amount is readable
	Rejects  int64 // records rejected
	Controls []Check
	Carried  FieldSet
	Reused   bool // already in the store: not read again
}

// CodeTotal is what went through one code of one programme in a load, as the
// reader added it: the first of the three sums of the closing.
type CodeTotal struct {
	Programme string
	Code      Code
	Label     string
	Sense     Sense
	Lines     int64
	Amount    Amount // signed from the agent's side for P and D
}

// Run is one reconciliation of a month.
type Run struct {
	ID         int
	Period     Period
	Months     Months // zero: both systems are compared
	Previous   int
	StartedAt  string // RFC 3339, UTC
	Version    string // of the program
	Inputs     string // digest of the inputs, configuration and tables: equal inputs, same run
	ConfigHash string
	TablesHash string
	GatesHash  string   // of the gates that judge it; blank where none may
	Config     string   // resolved configuration, frozen
	Decided    int64    // the last decision that it knew, 0 for none
	Budgeted   int64    // the last import of the budget that it knew, 0 for none
	Grounds    *Grounds // what decisions about it may rest upon; recorded, and read by itself
	Purged     string   // when its persons were erased, RFC 3339, UTC; blank where they stand
	Folder     string   // where its outputs are published, relative to the configuration
	Loads      []Load
	Summary    Summary
}

// EngineVersion is part of what decides a run's result: it is raised whenever
// the same files, configuration and tables may give another one.
const EngineVersion = 7

// Summarise puts the loads of a run and the engine's accounts into figures.
func (r *Run) Summarise(t *Tally, closing Closing) {
	s := &r.Summary
	s.Run, s.Period, s.PreviousRun = r.ID, r.Period, r.Previous
	s.Compares = ComparesSystems
	if r.Months.Set() {
		s.Compares, s.LegacyPeriod, s.System = ComparesMonths, r.Months.Earlier, r.Months.Side.String()
	}
	s.Payslips, s.Discrepancies, s.Closing = t.Payslips, t.Discrepancies, closing
	s.Gates, s.Opinions, s.Outputs, s.Notes = []GateResult{}, map[string]Opinion{}, []Output{}, []string{}
	for _, side := range Sides {
		tally, of := &t.Sides[side], SideSummary{}
		var sums Sums
		for i := range r.Loads {
			if l := &r.Loads[i]; r.PlaceOf(l) == side {
				of.Files++
				of.Rejected += l.Rejects
				of.RejectedSums = of.RejectedSums.Plus(l.Rejected)
				of.Aside += l.Aside
				sums = sums.Plus(l.Sums)
			}
		}
		sums = sums.Minus(tally.SetAside)
		of.Agents, of.Payslips, of.Duplicates, of.Unbalanced = tally.Agents, tally.Payslips, tally.Duplicates, tally.Unbalanced
		of.Lines, of.ToPay, of.ToDeduct, of.Information = sums.Lines, sums.ToPay, sums.ToDeduct, sums.Information
		n := &tally.NIRs
		of.NIR = NIRSummary{n[NIRValid], n[NIRKeyAbsent], n[NIRWrongKey], n[NIRProvisional], n[NIRMalformed], n[NIRMasked], n[NIRAbsent]}
		*s.Side(side) = of
	}
}

// PlaceOf is the side whose place a load takes in the run: its own, or when two
// months are compared that of its month. Nothing else tells it.
func (r *Run) PlaceOf(l *Load) Side {
	switch {
	case !r.Months.Set():
		return l.Side
	case l.Period == r.Months.Earlier:
		return Legacy
	}
	return ONP
}

// Alike tells whether both runs compare the same thing: the systems, in this
// month or another; or the very same months of one system.
func (r *Run) Alike(o *Run) bool {
	return r.Months == o.Months && (!r.Months.Set() || r.Period == o.Period)
}

// LoadsOf lists the run's loads that take the place of one side.
func (r *Run) LoadsOf(side Side) []Load {
	var loads []Load
	for i := range r.Loads {
		if r.PlaceOf(&r.Loads[i]) == side {
			loads = append(loads, r.Loads[i])
		}
	}
	return loads
}
