-- The payroll mass of a run: what each side books, and what the gaps move, by programme, BOP, service, population (status), wave and
-- nature of the expense (title-2 category, CAS Pensions, account; blank: codes to pay that feed no element). Centimes.
CREATE TABLE mass (
  run_id     INTEGER NOT NULL REFERENCES run (id),
  programme  TEXT NOT NULL,
  bop        TEXT NOT NULL,
  service    TEXT NOT NULL,
  population TEXT NOT NULL,
  wave       TEXT NOT NULL,
  title2     TEXT NOT NULL,
  cas        INTEGER NOT NULL CHECK (cas IN (0, 1)),
  account    TEXT NOT NULL,
  legacy     INTEGER NOT NULL,
  onp        INTEGER NOT NULL,
  PRIMARY KEY (run_id, programme, bop, service, population, wave, title2, cas, account)
) STRICT, WITHOUT ROWID;

CREATE TABLE mass_gap (
  run_id     INTEGER NOT NULL REFERENCES run (id),
  programme  TEXT NOT NULL,
  bop        TEXT NOT NULL,
  service    TEXT NOT NULL,
  population TEXT NOT NULL,
  wave       TEXT NOT NULL,
  title2     TEXT NOT NULL,
  cas        INTEGER NOT NULL CHECK (cas IN (0, 1)),
  account    TEXT NOT NULL,
  cause      TEXT NOT NULL,              -- of the root that the gaps derive from
  judged     TEXT NOT NULL,              -- onp, legacy: whose error; justified, tolerated, unexplained
  one_off    INTEGER NOT NULL CHECK (one_off IN (0, 1)),
  delta      INTEGER NOT NULL,
  gaps       INTEGER NOT NULL,
  PRIMARY KEY (run_id, programme, bop, service, population, wave, title2, cas, account, cause, judged, one_off)
) STRICT, WITHOUT ROWID;

-- Who is paid for the month: agents with pay of the month, and the sum of their working times in hundredths of a percent.
CREATE TABLE mass_head (
  run_id         INTEGER NOT NULL REFERENCES run (id),
  programme      TEXT NOT NULL,
  bop            TEXT NOT NULL,
  service        TEXT NOT NULL,
  population     TEXT NOT NULL,
  wave           TEXT NOT NULL,
  legacy_heads   INTEGER NOT NULL,
  onp_heads      INTEGER NOT NULL,
  legacy_quotite INTEGER NOT NULL,
  onp_quotite    INTEGER NOT NULL,
  PRIMARY KEY (run_id, programme, bop, service, population, wave)
) STRICT, WITHOUT ROWID;

CREATE VIEW v_budget AS
  SELECT m.run_id AS run, r.period, m.programme, m.bop, m.service, m.population, m.wave, m.title2, m.cas, m.account,
    m.legacy AS legacy_cents, m.onp AS onp_cents, m.onp - m.legacy AS delta_cents
  FROM mass m JOIN run r ON r.id = m.run_id;
