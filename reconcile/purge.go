package reconcile

// Purge is what retention erased at once: the payslips, rejects and gaps of the
// months before one. Totals, summaries and the chain stay.
type Purge struct {
	ID            int64    `json:"purge"`  // 0: nothing was to be erased, or not yet
	At            string   `json:"at"`     // RFC 3339, UTC
	Before        Period   `json:"before"` // the first month kept
	Loads         int64    `json:"loads"`
	Runs          int64    `json:"runs"`
	Payslips      int64    `json:"payslips"`
	Rejects       int64    `json:"rejects"`
	Discrepancies int64    `json:"discrepancies"`
	Decisions     int64    `json:"decisions"` // left without what they said of a person
	Proof         *Erasure `json:"proof,omitempty"`
}

// Erasure is the proof that a purge left nothing behind: its values sought among
// the raw bytes of the database, free pages included, once it was rewritten.
type Erasure struct {
	Sought    int      `json:"sought"`     // keys, NIRs, matricules, names and rejected lines; 0 after an interruption, which loses them
	Sampled   bool     `json:"sampled"`    // there were more
	Kept      int      `json:"kept"`       // of persons whom a month that is kept pays too
	Elsewhere []string `json:"elsewhere"`  // tables that still say the others, as those who decided
	Traces    int      `json:"traces"`     // found where no row is
	Bytes     int64    `json:"bytes"`      // read, of the database and of its log
	FreePages int64    `json:"free_pages"` // of the database
	LogBytes  int64    `json:"log_bytes"`  // of the write-ahead log
}

// Clean tells whether nothing is left of what was erased.
func (e *Erasure) Clean() bool { return e.Traces == 0 && e.FreePages == 0 && e.LogBytes == 0 }
