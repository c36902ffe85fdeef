-- The chain of seals: what was loaded, compared, published and decided, in the order it happened. An entry holds the digests of
-- the rows it stands for (sqlite.content) and, in hash, the HMAC-SHA-256 of itself and of the entry before under the secret of the
-- database: none can be changed, added between two others or taken away without those that follow giving it away.
CREATE TABLE ledger (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  kind    TEXT NOT NULL,
  subject INTEGER NOT NULL,               -- id of the load, run, import…
  at      TEXT NOT NULL,                  -- RFC 3339, UTC
  content TEXT NOT NULL,                  -- JSON
  former  TEXT NOT NULL,                  -- hash of the entry before, blank for the first
  hash    TEXT NOT NULL
) STRICT;
CREATE INDEX ledger_subject ON ledger (kind, subject);

CREATE TRIGGER ledger_kept BEFORE UPDATE ON ledger BEGIN SELECT raise(ABORT, 'la chaîne des sceaux ne se modifie pas'); END;
CREATE TRIGGER ledger_not_erased BEFORE DELETE ON ledger BEGIN SELECT raise(ABORT, 'la chaîne des sceaux ne s''efface pas'); END;

-- The last rows that were there before the chain: no entry is owed for them.
INSERT INTO meta (key, value) SELECT 'unsealed', json_object('load', (SELECT coalesce(max(id), 0) FROM load),
  'run', (SELECT coalesce(max(id), 0) FROM run), 'review_import', (SELECT coalesce(max(id), 0) FROM review_import));
