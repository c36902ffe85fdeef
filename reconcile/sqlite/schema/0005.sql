-- Why a discrepancy exists: what the rule relied upon, the cluster of a root and what the root weighs with all that derives
-- from it. Evidence is a JSON array of [name, value] in the order of the rule (reconcile.Fact).
ALTER TABLE discrepancy ADD COLUMN evidence TEXT NOT NULL DEFAULT '[]';
ALTER TABLE discrepancy ADD COLUMN pattern TEXT NOT NULL DEFAULT '';
ALTER TABLE discrepancy ADD COLUMN cluster TEXT NOT NULL DEFAULT '';
ALTER TABLE discrepancy ADD COLUMN derived INTEGER NOT NULL DEFAULT 0;          -- gaps that derive from it
ALTER TABLE discrepancy ADD COLUMN effect_net INTEGER NOT NULL DEFAULT 0;       -- its own and theirs, centimes
ALTER TABLE discrepancy ADD COLUMN effect_employer INTEGER NOT NULL DEFAULT 0;
ALTER TABLE discrepancy ADD COLUMN effect_budget INTEGER NOT NULL DEFAULT 0;

-- The rows of a run in the order they were written: reading all of them by their fingerprints takes ten times as long.
CREATE INDEX discrepancy_run ON discrepancy (run_id);

DROP VIEW v_discrepancy;
CREATE VIEW v_discrepancy AS
  SELECT run_id AS run, r.period, fingerprint, agent_key, dossier, matricule, name, service, programme, bop, wave, kind, element, d.side AS side, sense, origin,
    CASE WHEN kind IN ('missing_in_legacy', 'line_missing_in_legacy', 'situation', 'budget') OR kind IN ('unmapped', 'identity') AND d.side = 'onp'
      THEN NULL ELSE legacy END AS legacy_cents,
    CASE WHEN kind IN ('missing_in_onp', 'line_missing_in_onp', 'situation', 'budget') OR kind IN ('unmapped', 'identity') AND d.side = 'legacy'
      THEN NULL ELSE onp END AS onp_cents, delta AS delta_cents, legacy_text, onp_text, delta_net AS delta_net_cents,
    delta_info AS delta_information_cents, cause, rule, root, at_fault, evolution, status, decision, first_seen, age_days,
    evidence, pattern, cluster, derived, effect_net AS effect_net_cents, effect_employer AS effect_employer_cents,
    effect_budget AS effect_budget_cents
  FROM discrepancy d JOIN run r ON r.id = d.run_id;
