-- What a night need not do again. The digest of a payslip covers all that its file says of it, but the place in the file; blank in
-- the rows from before. A run keeps the accounts of the pairs it had nothing to say of, under its terms, and tells the others by one
-- payslip each: the next run takes the accounts from there and compares the others, and those that changed.
ALTER TABLE payslip ADD COLUMN digest TEXT NOT NULL DEFAULT '';

DROP INDEX payslip_key;
-- The sums stand in the index too: adding those of a load need not read its lines.
CREATE INDEX payslip_key ON payslip (load_id, agent_key, digest, programme, sum_lines, sum_p, sum_d, sum_i);

CREATE TABLE quiet (
  run_id   INTEGER PRIMARY KEY REFERENCES run (id),
  terms    TEXT NOT NULL,                -- digest of all that decided the run, but its payslips
  accounts TEXT NOT NULL,                -- JSON, reconcile.Quiet
  noted    TEXT NOT NULL                 -- ids of payslips, ascending: the first, then each as its distance from the one before
) STRICT;
