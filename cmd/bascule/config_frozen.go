package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// Frozen is the resolved configuration as canonical JSON: keys sorted, all of
// them but those of freezeGiven, paths as written. It is the same on every machine.
func (c *Config) Frozen() string {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	tree := c.tree()
	if c.Months.Set() { // otherwise absent: a run of the systems is what it was before months could be compared
		tree["months"] = table{"side": c.Months.Side.String(), "legacy_period": c.Months.Earlier}
	}
	c.freezeGiven(tree)
	if err := encoder.Encode(tree); err != nil {
		panic(fmt.Sprintf("configuration that YAML gave and JSON cannot hold: %v", err))
	}
	return b.String()
}

// freezeGiven adds the keys that came later, where they are given: a configuration
// that does not know them freezes as it did, and its nights are not made again.
func (c *Config) freezeGiven(tree table) {
	privacy := tree["privacy"].(table)
	if c.Privacy.KeyFile != "" {
		privacy["key_file"] = c.Privacy.KeyFile
	}
	if c.Privacy.WorkbookPasswordFile != "" {
		privacy["workbook_password_file"] = c.Privacy.WorkbookPasswordFile
	}
	if len(c.OnFinish) > 0 {
		tree["on_finish"] = c.OnFinish
	}
	if c.OnFinishSeconds != findKey("on_finish_seconds").fallback {
		tree["on_finish_seconds"] = c.OnFinishSeconds
	}
}

// Hash is the SHA-256 of Frozen, in hexadecimal.
func (c *Config) Hash() string {
	sum := sha256.Sum256([]byte(c.Frozen()))
	return hex.EncodeToString(sum[:])
}

type table = map[string]any

// tree is the configuration under the names of its keys.
func (c *Config) tree() table {
	return table{
		"period":   c.Period,
		"lang":     c.Lang,
		"labels":   table{"legacy": c.Labels.Legacy, "onp": c.Labels.ONP},
		"database": c.Database, "output": c.Output, "mappings": c.Mappings,
		"inputs":    table{"legacy": inputTrees(c.Inputs.Legacy), "onp": inputTrees(c.Inputs.ONP)},
		"identity":  table{"key": c.Identity.Key, "fallback": c.Identity.Fallback, "crosswalk": c.Identity.Crosswalk},
		"tolerance": table{"line_cents": int64(c.Tolerance.LineCents), "payslip_cents": int64(c.Tolerance.PayslipCents)},
		"review":    table{"margin_cents": int64(c.Review.MarginCents)},
		"split":     table{"by": c.Split.By},
		"report":    table{"payslips": c.Report.Payslips},
		"limits": table{"max_rejects": c.Limits.MaxRejects, "max_line_bytes": c.Limits.MaxLineBytes,
			"max_unzipped_bytes": c.Limits.MaxUnzippedBytes, "sheet_rows": c.Limits.SheetRows},
		"privacy": table{"mask_nir": c.Privacy.MaskNIR, "names": c.Privacy.Names,
			"workbook_password_env": c.Privacy.WorkbookPasswordEnv, "retention_months": c.Privacy.RetentionMonths},
		"gates": c.Gates, "waves": c.Waves, "budget": c.Budget,
		"metrics": table{"path": c.Metrics.Path},
	}
}

func inputTrees(inputs []Input) []table {
	trees := make([]table, len(inputs))
	for i, in := range inputs {
		trees[i] = table{"path": in.Path, "layout": in.Layout}
		if in.Member != "" {
			trees[i]["member"] = in.Member
		}
	}
	return trees
}
