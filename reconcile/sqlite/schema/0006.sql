-- What people decided, and what each run measured. Decisions are only ever added: a later one of the same scope takes the place
-- of a former one, and the triggers keep every row as it was written.
CREATE TABLE review_import (
  id       INTEGER PRIMARY KEY,
  at       TEXT NOT NULL,                 -- RFC 3339, UTC
  files    TEXT NOT NULL,                 -- JSON array of [name, SHA-256]
  read     INTEGER NOT NULL,              -- annotated rows
  decided  INTEGER NOT NULL               -- decisions they brought
) STRICT;

CREATE TABLE decision (
  id          INTEGER PRIMARY KEY,
  import_id   INTEGER NOT NULL REFERENCES review_import (id),
  run         INTEGER NOT NULL,           -- whose workbook it was written in, 0 for a file of another kind
  place       TEXT NOT NULL,
  fingerprint TEXT NOT NULL,              -- blank: the scope is a cluster
  cluster     TEXT NOT NULL,
  kind        TEXT NOT NULL,
  element     TEXT NOT NULL,
  cause       TEXT NOT NULL,
  rule        TEXT NOT NULL,
  pattern     TEXT NOT NULL,
  axis        TEXT NOT NULL,
  axis_value  TEXT NOT NULL,
  amount      INTEGER NOT NULL,           -- centimes
  low         INTEGER NOT NULL,
  high        INTEGER NOT NULL,
  legacy_text TEXT NOT NULL,
  onp_text    TEXT NOT NULL,
  status      TEXT NOT NULL,
  reason      TEXT NOT NULL,
  reference   TEXT NOT NULL,
  author      TEXT NOT NULL,
  visa        TEXT NOT NULL,
  comment     TEXT NOT NULL,
  valid_from  TEXT NOT NULL,
  valid_to    TEXT NOT NULL,
  basis       TEXT NOT NULL,              -- JSON, reconcile.Basis
  replaces    INTEGER NOT NULL,
  CHECK ((fingerprint = '') <> (cluster = ''))
) STRICT;
CREATE INDEX decision_import ON decision (import_id);
CREATE INDEX decision_replaces ON decision (replaces);

CREATE TRIGGER decision_kept BEFORE UPDATE ON decision BEGIN SELECT raise(ABORT, 'une décision ne se modifie pas'); END;
CREATE TRIGGER decision_not_erased BEFORE DELETE ON decision BEGIN SELECT raise(ABORT, 'une décision ne s''efface pas'); END;
CREATE TRIGGER review_import_kept BEFORE UPDATE ON review_import BEGIN SELECT raise(ABORT, 'un import de décisions ne se modifie pas'); END;
CREATE TRIGGER review_import_not_erased BEFORE DELETE ON review_import BEGIN SELECT raise(ABORT, 'un import de décisions ne s''efface pas'); END;

-- What a run measured of each wave, and of the whole ministry (wave '*'), for the gates: value / "of" (reconcile.Measure).
CREATE TABLE measure (
  run_id INTEGER NOT NULL REFERENCES run (id),
  wave   TEXT NOT NULL,
  metric TEXT NOT NULL,
  rank   INTEGER NOT NULL,              -- their order
  value  INTEGER NOT NULL,
  "of"   INTEGER NOT NULL,
  PRIMARY KEY (run_id, wave, metric)
) STRICT, WITHOUT ROWID;

ALTER TABLE discrepancy ADD COLUMN reopened TEXT NOT NULL DEFAULT ''; -- why the decision no longer holds
ALTER TABLE run ADD COLUMN grounds TEXT NOT NULL DEFAULT '';          -- JSON, reconcile.Grounds: what decisions about the run may rest upon
ALTER TABLE run ADD COLUMN decided INTEGER NOT NULL DEFAULT 0;        -- the last decision that the run knew

CREATE VIEW v_decision AS
  SELECT d.id AS decision, 'D-' || d.id AS reference_number, d.import_id AS import, i.at AS imported_at, d.run, d.place, d.fingerprint, d.cluster, d.kind, d.element, d.cause,
    d.rule, d.pattern, d.axis, d.axis_value, d.amount AS amount_cents, d.low AS low_cents, d.high AS high_cents, d.status, d.reason, d.reference,
    d.author, d.visa, d.comment, d.valid_from, d.valid_to, d.replaces,
    NOT EXISTS (SELECT 1 FROM decision n WHERE n.replaces = d.id) AS in_force
  FROM decision d JOIN review_import i ON i.id = d.import_id;

DROP VIEW v_discrepancy;
CREATE VIEW v_discrepancy AS
  SELECT run_id AS run, r.period, fingerprint, agent_key, dossier, matricule, name, service, programme, bop, wave, kind, element, d.side AS side, sense, origin,
    CASE WHEN kind IN ('missing_in_legacy', 'line_missing_in_legacy', 'situation', 'budget') OR kind IN ('unmapped', 'identity') AND d.side = 'onp'
      THEN NULL ELSE legacy END AS legacy_cents,
    CASE WHEN kind IN ('missing_in_onp', 'line_missing_in_onp', 'situation', 'budget') OR kind IN ('unmapped', 'identity') AND d.side = 'legacy'
      THEN NULL ELSE onp END AS onp_cents, delta AS delta_cents, legacy_text, onp_text, delta_net AS delta_net_cents,
    delta_info AS delta_information_cents, cause, rule, root, at_fault, evolution, status, decision, reopened, first_seen, age_days,
    evidence, pattern, cluster, derived, effect_net AS effect_net_cents, effect_employer AS effect_employer_cents,
    effect_budget AS effect_budget_cents
  FROM discrepancy d JOIN run r ON r.id = d.run_id;
