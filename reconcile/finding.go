package reconcile

// Finding is something that no longer holds as it was sealed, or a doubt that
// leaves the runs intact.
type Finding struct {
	Runs    []int  `json:"runs"`            // those that it touches; none: no run rests upon it
	Table   string `json:"table,omitempty"` // of the database
	Rows    string `json:"rows,omitempty"`  // where in the table, or the file
	What    string `json:"what"`
	Hint    string `json:"hint,omitempty"`
	Warning bool   `json:"warning,omitempty"` // a doubt: nothing is proved wrong
}

// Verification is what a walk through the database found.
type Verification struct {
	Findings []Finding
	Entries  int64  // of the chain
	Head     string // hash of its last entry
	Sealed   struct{ Runs, Loads, Imports int }
	Unsealed int            // runs made before the chain
	Purges   []Purge        // what retention erased, oldest first
	Oldest   Period         // the oldest month that holds persons, 0 for none
	Current  Period         // that of the last run
	Runs     []Run          // those verified, without their loads, oldest first
	Known    map[int]string // every run of the database, and its seal, blank for one made before the chain
}

// Broken counts the findings that are no mere doubt.
func (v *Verification) Broken() (n int) {
	for i := range v.Findings {
		if !v.Findings[i].Warning {
			n++
		}
	}
	return n
}
