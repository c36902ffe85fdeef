-- The gates that judged the runs. A version is added by the first run that is judged by it, and never changed: a threshold that
-- was loosened shows for ever.
CREATE TABLE gate_set (
  id    INTEGER PRIMARY KEY,
  hash  TEXT NOT NULL,                    -- SHA-256 of gates
  at    TEXT NOT NULL,                    -- RFC 3339, UTC: when the run started
  run   INTEGER NOT NULL,
  gates TEXT NOT NULL                     -- JSON, reconcile.GatesText
) STRICT;

CREATE TRIGGER gate_set_kept BEFORE UPDATE ON gate_set BEGIN SELECT raise(ABORT, 'une version des critères ne se modifie pas'); END;
CREATE TRIGGER gate_set_not_erased BEFORE DELETE ON gate_set BEGIN SELECT raise(ABORT, 'une version des critères ne s''efface pas'); END;

ALTER TABLE run ADD COLUMN gates_hash TEXT NOT NULL DEFAULT ''; -- of the gates that judged it; blank where none may
