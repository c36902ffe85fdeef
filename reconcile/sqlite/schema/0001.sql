-- One payslip is one row; its lines are a JSON array of arrays [code, sense, cents, origin, base, rate] in file order, where
-- trailing absent values are left out (DESIGN 5). Amounts are INTEGER centimes, dates and codes TEXT.

CREATE TABLE meta (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE load (
  id          INTEGER PRIMARY KEY,
  side        TEXT NOT NULL CHECK (side IN ('legacy', 'onp')),
  period      TEXT NOT NULL,
  path        TEXT NOT NULL,
  bytes       INTEGER NOT NULL DEFAULT 0,
  sha256      TEXT NOT NULL DEFAULT '',
  layout      TEXT NOT NULL,
  options     TEXT NOT NULL,             -- digest of the layout and of what else steers the reading
  loaded_at   TEXT NOT NULL,
  ministry    TEXT NOT NULL DEFAULT '',
  produced    TEXT NOT NULL DEFAULT '',
  sender      TEXT NOT NULL DEFAULT '',
  payslips    INTEGER NOT NULL DEFAULT 0,
  aside       INTEGER NOT NULL DEFAULT 0,
  lines       INTEGER NOT NULL DEFAULT 0,
  to_pay      INTEGER NOT NULL DEFAULT 0,
  to_deduct   INTEGER NOT NULL DEFAULT 0,
  information INTEGER NOT NULL DEFAULT 0,
  rejects     INTEGER NOT NULL DEFAULT 0,
  rejected    TEXT NOT NULL DEFAULT '{}', -- sums of the rejected lines whose amount is readable
  controls    TEXT NOT NULL DEFAULT '[]', -- control totals verified
  warnings    TEXT NOT NULL DEFAULT '[]',
  carried     INTEGER NOT NULL DEFAULT 0, -- set of the fields that the layout carries
  active      INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)) -- 0: superseded, kept for the runs that used it
) STRICT;
CREATE INDEX load_content ON load (side, period, options, sha256);

CREATE TABLE payslip (
  id          INTEGER PRIMARY KEY,
  load_id     INTEGER NOT NULL REFERENCES load (id),
  agent_key   TEXT NOT NULL,
  line        INTEGER NOT NULL,
  whole       INTEGER NOT NULL,
  nir         TEXT NOT NULL,
  nir_key     TEXT NOT NULL,
  dossier     TEXT NOT NULL,
  matricule   TEXT NOT NULL,
  surname     TEXT NOT NULL,
  first_name  TEXT NOT NULL,
  grade       TEXT NOT NULL,
  echelon     TEXT NOT NULL,
  indice      INTEGER,
  nbi         INTEGER,
  quotite     INTEGER,                   -- hundredths of a percent
  children    INTEGER,
  service     TEXT NOT NULL,
  status      TEXT NOT NULL,
  zone        TEXT NOT NULL,
  iban        TEXT NOT NULL,             -- keyed digest
  programme   TEXT NOT NULL,
  bop         TEXT NOT NULL,
  accountant  TEXT NOT NULL,
  to_pay      INTEGER,                   -- declared at the foot of the payslip
  to_deduct   INTEGER,
  net         INTEGER,
  employer    INTEGER,
  sum_lines   INTEGER NOT NULL,          -- added by the reader
  sum_p       INTEGER NOT NULL,
  sum_d       INTEGER NOT NULL,
  sum_i       INTEGER NOT NULL,
  lines       TEXT NOT NULL
) STRICT;
-- The sums stand in the index too: adding those of a load need not read its lines.
CREATE INDEX payslip_key ON payslip (load_id, agent_key, programme, sum_lines, sum_p, sum_d, sum_i);

CREATE TABLE code_total (
  load_id   INTEGER NOT NULL REFERENCES load (id),
  programme TEXT NOT NULL,
  code      TEXT NOT NULL,
  sense     TEXT NOT NULL,
  label     TEXT NOT NULL,
  lines     INTEGER NOT NULL,
  cents     INTEGER NOT NULL,            -- signed from the agent's side for P and D
  PRIMARY KEY (load_id, programme, code, sense)
) STRICT, WITHOUT ROWID;

CREATE TABLE reject (
  id      INTEGER PRIMARY KEY,
  load_id INTEGER NOT NULL REFERENCES load (id),
  file    TEXT NOT NULL,
  line    INTEGER NOT NULL,
  record  TEXT NOT NULL,
  field   TEXT NOT NULL,
  reason  TEXT NOT NULL,
  raw     BLOB NOT NULL,
  sense   TEXT NOT NULL,
  cents   INTEGER
) STRICT;
CREATE INDEX reject_load ON reject (load_id);

CREATE TABLE run (
  id          INTEGER PRIMARY KEY,
  period      TEXT NOT NULL,
  previous    INTEGER NOT NULL,          -- 0: none
  started_at  TEXT NOT NULL,
  version     TEXT NOT NULL,
  inputs      TEXT NOT NULL,             -- digest of all that decides the result
  config_hash TEXT NOT NULL,
  tables_hash TEXT NOT NULL,
  config      TEXT NOT NULL,
  folder      TEXT NOT NULL,
  summary     TEXT NOT NULL,
  published   INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE run_load (
  run_id  INTEGER NOT NULL REFERENCES run (id),
  load_id INTEGER NOT NULL REFERENCES load (id),
  rank    INTEGER NOT NULL,
  path    TEXT NOT NULL,                 -- of the file, that night
  PRIMARY KEY (run_id, load_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE discrepancy (
  id             INTEGER PRIMARY KEY,
  run_id         INTEGER NOT NULL REFERENCES run (id),
  fingerprint    TEXT NOT NULL,
  agent_key      TEXT NOT NULL,
  dossier        TEXT NOT NULL,
  matricule      TEXT NOT NULL,
  name           TEXT NOT NULL,
  service        TEXT NOT NULL,
  programme      TEXT NOT NULL,
  bop            TEXT NOT NULL,
  wave           TEXT NOT NULL,
  kind           TEXT NOT NULL,
  element        TEXT NOT NULL,
  side           TEXT NOT NULL,
  sense          TEXT NOT NULL,
  origin         TEXT NOT NULL,
  legacy         INTEGER NOT NULL,
  onp            INTEGER NOT NULL,
  delta          INTEGER NOT NULL,
  legacy_text    TEXT NOT NULL,
  onp_text       TEXT NOT NULL,
  legacy_lines   INTEGER NOT NULL,
  onp_lines      INTEGER NOT NULL,
  delta_net      INTEGER NOT NULL,
  delta_info     INTEGER NOT NULL,
  legacy_payslip INTEGER NOT NULL,
  onp_payslip    INTEGER NOT NULL,
  cause          TEXT NOT NULL,
  rule           TEXT NOT NULL,
  root           TEXT NOT NULL,
  at_fault       TEXT NOT NULL,
  evolution      TEXT NOT NULL,
  status         TEXT NOT NULL,
  decision       TEXT NOT NULL,
  first_seen     TEXT NOT NULL,
  age_days       INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX discrepancy_fingerprint ON discrepancy (run_id, fingerprint);

-- Payslips that the key left alone, while a comparison runs; empty otherwise.
CREATE TABLE single (
  side      INTEGER NOT NULL,
  by        INTEGER NOT NULL,
  loose     TEXT NOT NULL,
  load_id   INTEGER NOT NULL,
  agent_key TEXT NOT NULL
) STRICT;

CREATE VIEW v_run AS
  SELECT id AS run, period, previous AS previous_run, started_at, version, inputs, config_hash, tables_hash, folder, published,
    json_extract(summary, '$.payslips.matched') AS matched, json_extract(summary, '$.payslips.identical') AS identical,
    json_extract(summary, '$.payslips.tolerated') AS tolerated, json_extract(summary, '$.payslips.differing') AS differing,
    json_extract(summary, '$.payslips.missing_in_onp') AS missing_in_onp, json_extract(summary, '$.payslips.missing_in_legacy') AS missing_in_legacy,
    json_extract(summary, '$.discrepancies.total') AS discrepancies, json_extract(summary, '$.discrepancies.open') AS open,
    json_extract(summary, '$.discrepancies.delta') AS delta, summary
  FROM run;

CREATE VIEW v_load AS
  SELECT id AS load_id, side, period, path, bytes, sha256, layout, loaded_at, ministry, produced, sender, payslips, lines, aside, rejects,
    to_pay AS to_pay_cents, to_deduct AS to_deduct_cents, information AS information_cents, active
  FROM load;

-- The payslips of the loads in force; those superseded stay in the table.
CREATE VIEW v_payslip AS
  SELECT p.id AS payslip_id, p.load_id, l.side, l.period, p.agent_key, p.nir, p.nir_key, p.dossier, p.matricule, p.surname, p.first_name,
    p.grade, p.echelon, p.indice, p.nbi, p.quotite, p.children, p.service, p.status, p.zone, p.iban, p.programme, p.bop, p.accountant,
    p.sum_lines AS lines, p.sum_p AS to_pay_cents, p.sum_d AS to_deduct_cents, p.sum_i AS information_cents, p.sum_p - p.sum_d AS net_cents,
    p.to_pay AS declared_to_pay_cents, p.to_deduct AS declared_to_deduct_cents, p.net AS declared_net_cents, p.employer AS declared_employer_cents
  FROM payslip p JOIN load l ON l.id = p.load_id WHERE l.active = 1;

-- One row per pay line; cents is signed from the agent's side for P and D, natural for I.
CREATE VIEW v_pay_line AS
  SELECT p.id AS payslip_id, p.load_id, l.side, l.period, p.agent_key, p.dossier, p.matricule, p.service, p.programme, p.bop, p.accountant,
    j.key + 1 AS line, j.value ->> 0 AS code, j.value ->> 1 AS sense, j.value ->> 2 AS cents, coalesce(j.value ->> 3, l.period) AS origin,
    j.value ->> 4 AS base, j.value ->> 5 AS rate
  FROM payslip p JOIN load l ON l.id = p.load_id, json_each(p.lines) j WHERE l.active = 1;

CREATE VIEW v_discrepancy AS
  SELECT run_id AS run, r.period, fingerprint, agent_key, dossier, matricule, name, service, programme, bop, wave, kind, element, side, sense, origin,
    CASE WHEN kind IN ('missing_in_legacy', 'line_missing_in_legacy', 'situation', 'budget') OR kind IN ('unmapped', 'identity') AND side = 'onp'
      THEN NULL ELSE legacy END AS legacy_cents,
    CASE WHEN kind IN ('missing_in_onp', 'line_missing_in_onp', 'situation', 'budget') OR kind IN ('unmapped', 'identity') AND side = 'legacy'
      THEN NULL ELSE onp END AS onp_cents, delta AS delta_cents, legacy_text, onp_text, delta_net AS delta_net_cents,
    delta_info AS delta_information_cents, cause, rule, root, at_fault, evolution, status, decision, first_seen, age_days
  FROM discrepancy d JOIN run r ON r.id = d.run_id;
