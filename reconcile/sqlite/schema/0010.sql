-- The budget as it was imported: credits, ceilings, declared profile, the project's AE and CP, its value. Rows are only ever added: a later
-- one of the same kind and key takes the place of a former one, and the triggers keep every row as it was written.
CREATE TABLE budget_import (
  id    INTEGER PRIMARY KEY,
  at    TEXT NOT NULL,                    -- RFC 3339, UTC
  files TEXT NOT NULL,                    -- JSON array of [name, SHA-256]
  read  INTEGER NOT NULL,                 -- rows read
  kept  INTEGER NOT NULL                  -- rows that said something new
) STRICT;

CREATE TABLE budget_row (
  id        INTEGER PRIMARY KEY,
  import_id INTEGER NOT NULL REFERENCES budget_import (id),
  kind      TEXT NOT NULL,                -- credits, plafonds, profil, chantiers, operations, jalons, valeur
  key       TEXT NOT NULL,                -- natural key in the kind
  content   TEXT NOT NULL,                -- JSON of the row; amounts are texts of two decimals
  file      TEXT NOT NULL,
  place     TEXT NOT NULL,                -- line, or sheet!row
  replaces  INTEGER NOT NULL              -- the former row of the same key, 0 for none
) STRICT;
CREATE INDEX budget_row_import ON budget_row (import_id);
CREATE UNIQUE INDEX budget_row_replaces ON budget_row (replaces) WHERE replaces > 0;
CREATE UNIQUE INDEX budget_row_first ON budget_row (kind, key) WHERE replaces = 0;

CREATE TRIGGER budget_row_kept BEFORE UPDATE ON budget_row BEGIN SELECT raise(ABORT, 'une ligne de budget ne se modifie pas'); END;
CREATE TRIGGER budget_row_not_erased BEFORE DELETE ON budget_row BEGIN SELECT raise(ABORT, 'une ligne de budget ne s''efface pas'); END;
CREATE TRIGGER budget_import_kept BEFORE UPDATE ON budget_import BEGIN SELECT raise(ABORT, 'un import de budget ne se modifie pas'); END;
CREATE TRIGGER budget_import_not_erased BEFORE DELETE ON budget_import BEGIN SELECT raise(ABORT, 'un import de budget ne s''efface pas'); END;

-- Of the payroll mass, what belongs to another month of origin than the one it is paid in.
ALTER TABLE mass ADD COLUMN legacy_arrears INTEGER NOT NULL DEFAULT 0;
ALTER TABLE mass ADD COLUMN onp_arrears INTEGER NOT NULL DEFAULT 0;

ALTER TABLE run ADD COLUMN budgeted INTEGER NOT NULL DEFAULT 0; -- the last import of the budget that the run knew

CREATE VIEW v_budget_row AS
  SELECT b.id AS row, b.import_id AS import, i.at AS imported_at, b.kind, b.key, b.content, b.file, b.place, b.replaces,
    NOT EXISTS (SELECT 1 FROM budget_row n WHERE n.replaces = b.id) AS in_force
  FROM budget_row b JOIN budget_import i ON i.id = b.import_id;
