-- Payslips that the key left alone, row by row, with the looser key of each pass (reconcile.Passes), while a comparison
-- runs; empty otherwise.
DROP TABLE single;
CREATE TABLE single (
  side       INTEGER NOT NULL,
  agent_key  TEXT NOT NULL,
  marks      INTEGER NOT NULL,           -- 1: several persons are under the key, and person tells which; 2: parted; 4: repeated
  person     TEXT NOT NULL,
  proved     TEXT NOT NULL,              -- the NIR, where its key proves it
  surname    TEXT NOT NULL,              -- in plain letters
  payslip_id INTEGER NOT NULL,
  loose_1    TEXT NOT NULL,
  loose_2    TEXT NOT NULL,
  loose_3    TEXT NOT NULL,
  loose_4    TEXT NOT NULL
) STRICT;
