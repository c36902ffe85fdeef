-- Retention. A purge erases the payslips, the rejects and the gaps of the months before one, and what decisions about them said of a
-- person; totals, summaries and the chain stay. Its entry of the chain tells what was erased, row counts and digests; purge, in load
-- and run, tells which purge erased their rows, 0 for none.
CREATE TABLE purge (
  id            INTEGER PRIMARY KEY,
  at            TEXT NOT NULL,            -- RFC 3339, UTC
  before        TEXT NOT NULL,            -- the first month kept
  loads         INTEGER NOT NULL,
  runs          INTEGER NOT NULL,
  payslips      INTEGER NOT NULL,         -- rows erased
  rejects       INTEGER NOT NULL,
  discrepancies INTEGER NOT NULL,
  decisions     INTEGER NOT NULL          -- decisions left without what they said of a person
) STRICT;

CREATE TRIGGER purge_kept BEFORE UPDATE ON purge BEGIN SELECT raise(ABORT, 'une purge ne se modifie pas'); END;
CREATE TRIGGER purge_not_erased BEFORE DELETE ON purge BEGIN SELECT raise(ABORT, 'une purge ne s''efface pas'); END;

ALTER TABLE load ADD COLUMN purge INTEGER NOT NULL DEFAULT 0;
ALTER TABLE run ADD COLUMN purge INTEGER NOT NULL DEFAULT 0;

-- What the gaps of a purged run amounted to. Centimes.
CREATE TABLE gap_total (
  run_id    INTEGER NOT NULL REFERENCES run (id),
  kind      TEXT NOT NULL,
  cause     TEXT NOT NULL,
  status    TEXT NOT NULL,
  at_fault  TEXT NOT NULL,
  gaps      INTEGER NOT NULL,
  roots     INTEGER NOT NULL,
  delta_net INTEGER NOT NULL,
  delta_info INTEGER NOT NULL,
  absolute  INTEGER NOT NULL,             -- both without signs
  overpaid  INTEGER NOT NULL,             -- by the legacy system: the negative effects on nets
  underpaid INTEGER NOT NULL,
  moving    INTEGER NOT NULL,             -- gaps that move a net
  PRIMARY KEY (run_id, kind, cause, status, at_fault)
) STRICT, WITHOUT ROWID;

CREATE VIEW v_purge AS
  SELECT p.id AS purge, p.at, p.before, p.loads, p.runs, p.payslips, p.rejects, p.discrepancies, p.decisions,
    EXISTS (SELECT 1 FROM ledger WHERE kind = 'erasure' AND subject = p.id) AS proved
  FROM purge p;
