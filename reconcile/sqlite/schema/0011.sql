-- What an auditor needs to add a run up again from the stable views alone: which files it read and in which order, which payslips each
-- gap is about, which import of the budget it knew and under which configuration.

CREATE VIEW v_run_load AS
  SELECT run_id AS run, load_id, rank, path FROM run_load;

DROP VIEW v_run;
CREATE VIEW v_run AS
  SELECT id AS run, period, previous AS previous_run, started_at, version, inputs, config_hash, tables_hash, folder, published,
    json_extract(summary, '$.payslips.matched') AS matched, json_extract(summary, '$.payslips.identical') AS identical,
    json_extract(summary, '$.payslips.tolerated') AS tolerated, json_extract(summary, '$.payslips.differing') AS differing,
    json_extract(summary, '$.payslips.missing_in_onp') AS missing_in_onp, json_extract(summary, '$.payslips.missing_in_legacy') AS missing_in_legacy,
    json_extract(summary, '$.discrepancies.total') AS discrepancies, json_extract(summary, '$.discrepancies.open') AS open,
    json_extract(summary, '$.discrepancies.delta') AS delta, summary,
    CASE side WHEN '' THEN 'systems' ELSE 'months' END AS compares, legacy_period, side, budgeted, config
  FROM run;

DROP VIEW v_discrepancy;
CREATE VIEW v_discrepancy AS
  SELECT run_id AS run, r.period, fingerprint, agent_key, dossier, matricule, name, service, programme, bop, wave, kind, element, d.side AS side, sense, origin,
    CASE WHEN kind IN ('missing_in_legacy', 'line_missing_in_legacy', 'situation', 'budget') OR kind IN ('unmapped', 'identity') AND d.side = 'onp'
      THEN NULL ELSE legacy END AS legacy_cents,
    CASE WHEN kind IN ('missing_in_onp', 'line_missing_in_onp', 'situation', 'budget') OR kind IN ('unmapped', 'identity') AND d.side = 'legacy'
      THEN NULL ELSE onp END AS onp_cents, delta AS delta_cents, legacy_text, onp_text, delta_net AS delta_net_cents,
    delta_info AS delta_information_cents, cause, rule, root, at_fault, evolution, status, decision, reopened, first_seen, age_days,
    evidence, pattern, cluster, derived, effect_net AS effect_net_cents, effect_employer AS effect_employer_cents,
    effect_budget AS effect_budget_cents, legacy_payslip AS legacy_payslip_id, onp_payslip AS onp_payslip_id
  FROM discrepancy d JOIN run r ON r.id = d.run_id;
