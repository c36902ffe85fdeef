-- What a run compares: both systems in its month ('' and ''), or one of them with its own pay of an earlier month, which stands in
-- the place of the legacy side.

ALTER TABLE run ADD COLUMN side TEXT NOT NULL DEFAULT '' CHECK (side IN ('', 'legacy', 'onp'));
ALTER TABLE run ADD COLUMN legacy_period TEXT NOT NULL DEFAULT '' CHECK ((legacy_period = '') = (side = '') AND legacy_period < period);

DROP VIEW v_run;
CREATE VIEW v_run AS
  SELECT id AS run, period, previous AS previous_run, started_at, version, inputs, config_hash, tables_hash, folder, published,
    json_extract(summary, '$.payslips.matched') AS matched, json_extract(summary, '$.payslips.identical') AS identical,
    json_extract(summary, '$.payslips.tolerated') AS tolerated, json_extract(summary, '$.payslips.differing') AS differing,
    json_extract(summary, '$.payslips.missing_in_onp') AS missing_in_onp, json_extract(summary, '$.payslips.missing_in_legacy') AS missing_in_legacy,
    json_extract(summary, '$.discrepancies.total') AS discrepancies, json_extract(summary, '$.discrepancies.open') AS open,
    json_extract(summary, '$.discrepancies.delta') AS delta, summary,
    CASE side WHEN '' THEN 'systems' ELSE 'months' END AS compares, legacy_period, side
  FROM run;
