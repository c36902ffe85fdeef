-- A file that comes night after night is read by blocks, some payslips that follow each other. Those of a block that an earlier load
-- of the same side, month and options holds, byte for byte, are not read again: what they are is copied, but for their lines, which
-- stay where they are.
ALTER TABLE payslip ADD COLUMN same INTEGER; -- payslip of the earlier load that holds the lines, which are blank here
ALTER TABLE load ADD COLUMN taken TEXT NOT NULL DEFAULT '{}'; -- JSON: how many payslips were taken so, by load that they come from

CREATE TABLE block (
  id      INTEGER PRIMARY KEY,
  load_id INTEGER NOT NULL REFERENCES load (id),
  digest  BLOB NOT NULL,                 -- SHA-256 of its bytes
  line    INTEGER NOT NULL,              -- of the file, that it begins with
  said    BLOB NOT NULL,                 -- what the reader counted in it
  rows    TEXT NOT NULL                  -- JSON, ids of its payslips
) STRICT;
CREATE INDEX block_load ON block (load_id);

DROP VIEW v_pay_line;
CREATE VIEW v_pay_line AS
  SELECT p.id AS payslip_id, p.load_id, l.side, l.period, p.agent_key, p.dossier, p.matricule, p.service, p.programme, p.bop, p.accountant,
    j.key + 1 AS line, j.value ->> 0 AS code, j.value ->> 1 AS sense, j.value ->> 2 AS cents, coalesce(j.value ->> 3, l.period) AS origin,
    j.value ->> 4 AS base, j.value ->> 5 AS rate
  FROM payslip p JOIN load l ON l.id = p.load_id, json_each(iif(p.same IS NULL, p.lines, (SELECT q.lines FROM payslip q WHERE q.id = p.same))) j
  WHERE l.active = 1;
