package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"

	"bascule/reconcile"
	"bascule/reconcile/extract"
)

const (
	periodLine = `period: "2013-12"` + "\n"
	inputsLine = `inputs: { legacy: [ { path: "psop.txt", layout: "psop" } ], onp: [ { path: "sipaye.csv", layout: "sipaye" } ] }` + "\n"
	minimal    = periodLine + inputsLine
)

// writeConfig writes a configuration in a folder of its own.
func writeConfig(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func mustLoad(t *testing.T, file string, flags *pflag.FlagSet) *Config {
	t.Helper()
	c, err := LoadConfig(file, flags)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// leaves flattens the frozen configuration to its keys.
func leaves(t *testing.T, c *Config) map[string]any {
	t.Helper()
	var tree map[string]any
	if err := json.Unmarshal([]byte(c.Frozen()), &tree); err != nil {
		t.Fatal(err)
	}
	flat := map[string]any{}
	for name, value := range tree {
		section, ok := value.(map[string]any)
		if !ok || findKey(name) != nil {
			flat[name] = value
			continue
		}
		for leaf, v := range section {
			flat[name+"."+leaf] = v
		}
	}
	return flat
}

func TestMinimalConfigurationTakesTheDefaultsOfTheContract(t *testing.T) {
	c := mustLoad(t, writeConfig(t, minimal), nil)
	want := &Config{
		Period: reconcile.NewPeriod(2013, 12), Lang: "fr", Labels: Labels{"PSOP", "ONP"},
		Database: "data/bascule.db", Output: "out", Mappings: "mappings",
		Inputs: Inputs{Legacy: []Input{{Path: "psop.txt", Layout: "psop"}}, ONP: []Input{{Path: "sipaye.csv", Layout: "sipaye"}}},
		Identity: Identity{Identity: reconcile.Identity{
			Key:      []reconcile.IdentityField{reconcile.IdentityNIR, reconcile.IdentityDossier},
			Fallback: []reconcile.IdentityField{reconcile.IdentityMatricule, reconcile.IdentityDossier},
		}},
		Report:  Report{Payslips: 12},
		Limits:  Limits{MaxRejects: "1%", MaxLineBytes: 65536, MaxUnzippedBytes: 21474836480, SheetRows: 1048576},
		Privacy: Privacy{MaskNIR: true, Names: true, RetentionMonths: 60},
		Gates:   []table{}, Budget: map[string]any{}, OnFinish: []string{}, OnFinishSeconds: 60,
		patterns: [2][]Input{{{Path: "psop.txt", Layout: "psop"}}, {{Path: "sipaye.csv", Layout: "sipaye"}}},
	}
	c.File, c.Dir, c.lines = "", "", nil
	if diff := cmp.Diff(want, c, cmp.AllowUnexported(Config{})); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestEveryKeyIsFrozen(t *testing.T) {
	frozen := leaves(t, mustLoad(t, writeConfig(t, minimal+`on_finish: ["/bin/prevenir"]
on_finish_seconds: 5
privacy: { key_file: "k" }
`), nil))
	frozen["privacy.workbook_password_file"] = "" // a configuration gives it or the other: TestEveryKeyIsOverriddenByItsVariable
	if len(frozen) != len(keys) {
		t.Errorf("%d keys frozen, %d exist", len(frozen), len(keys))
	}
	for i := range keys {
		if _, ok := frozen[keys[i].name]; !ok {
			t.Errorf("%s is not frozen", keys[i].name)
		}
	}
}

// environmentCases gives every key a value that is not its own in minimal, and
// how it is frozen.
var environmentCases = map[string]struct {
	text string
	want any
}{
	"period":                         {"2014-01", "2014-01"},
	"lang":                           {"en", "en"},
	"labels.legacy":                  {"Paye NG", "Paye NG"},
	"labels.onp":                     {"0201", "0201"}, // taken as it is: no YAML here
	"database":                       {"/srv/b.db", "/srv/b.db"},
	"output":                         {"résultats", "résultats"},
	"mappings":                       {"./tables/", "tables"},
	"inputs.legacy":                  {`[{path: "a*.txt", layout: psop}]`, []any{map[string]any{"path": "a*.txt", "layout": "psop"}}},
	"inputs.onp":                     {`[{path: "{period}.zip", layout: flat, member: "{period}/*.csv"}]`, []any{map[string]any{"path": "2013-12.zip", "layout": "flat", "member": "2013-12/*.csv"}}},
	"identity.key":                   {"[matricule]", []any{"matricule"}},
	"identity.fallback":              {"[]", []any{}},
	"identity.crosswalk":             {"t/i.csv", "t/i.csv"},
	"tolerance.line_cents":           {"2", 2.0},
	"tolerance.payslip_cents":        {"50", 50.0},
	"review.margin_cents":            {"5", 5.0},
	"split.by":                       {"wave", "wave"},
	"report.payslips":                {"0", 0.0},
	"limits.max_rejects":             {"20", "20"},
	"limits.max_line_bytes":          {"128", 128.0},
	"limits.max_unzipped_bytes":      {"1048576", 1048576.0},
	"limits.sheet_rows":              {"1000", 1000.0},
	"privacy.mask_nir":               {"false", false},
	"privacy.names":                  {"False", false},
	"privacy.workbook_password_env":  {"MOT_DE_PASSE", "MOT_DE_PASSE"},
	"privacy.key_file":               {"k/cle", "k/cle"},
	"privacy.workbook_password_file": {"k/mdp", "k/mdp"},
	"on_finish":                      {`["/bin/prevenir", "paye du mois"]`, []any{"/bin/prevenir", "paye du mois"}},
	"on_finish_seconds":              {"5", 5.0},
	"privacy.retention_months":       {"12", 12.0},
	"gates":                          {`[{id: G1, metric: rejects, operator: "=", threshold: "0"}]`, []any{map[string]any{"id": "G1", "metric": "rejects", "operator": "=", "threshold": "0"}}},
	"waves":                          {"t/v.csv", "t/v.csv"},
	"budget":                         {`{discount_rate: "4,5 %", base_year: 2013}`, map[string]any{"discount_rate": "4,5 %", "base_year": 2013.0}},
	"metrics.path":                   {"m.prom", "m.prom"},
}

func TestEveryKeyIsOverriddenByItsVariable(t *testing.T) {
	file := writeConfig(t, minimal)
	before := mustLoad(t, file, nil)
	for i := range keys {
		name := keys[i].name
		t.Run(name, func(t *testing.T) {
			c, ok := environmentCases[name]
			if !ok {
				t.Fatal("the key has no case")
			}
			t.Setenv(keys[i].env(), c.text)
			after := mustLoad(t, file, nil)
			if diff := cmp.Diff(c.want, leaves(t, after)[name]); diff != "" {
				t.Errorf("%s -want +got:\n%s", keys[i].env(), diff)
			}
			if before.Hash() == after.Hash() {
				t.Error("the hash does not tell the difference")
			}
		})
	}
}

func TestVariableNamesFollowTheKeys(t *testing.T) {
	if got := findKey("limits.max_rejects").env(); got != "BASCULE_LIMITS_MAX_REJECTS" {
		t.Errorf("got %s", got)
	}
}

func TestFlagWinsOverEnvironmentOverFileOverDefault(t *testing.T) {
	flags := func(args ...string) *pflag.FlagSet {
		f := pflag.NewFlagSet("run", pflag.ContinueOnError)
		f.String("period", "", "")
		f.String("lang", "", "")
		if err := f.Parse(args); err != nil {
			t.Fatal(err)
		}
		return f
	}
	file := writeConfig(t, minimal+"lang: en\n")
	steps := []struct {
		reason, env, flag, period string
	}{
		{"the file alone", "", "", "2013-12"},
		{"the environment over the file", "2014-02", "", "2014-02"},
		{"the flag over both", "2014-02", "2014-03", "2014-03"},
		{"the flag over the file", "", "2014-03", "2014-03"},
	}
	for _, s := range steps {
		t.Run(s.reason, func(t *testing.T) {
			t.Setenv("BASCULE_PERIOD", s.env)
			var args []string
			if s.flag != "" {
				args = []string{"--period", s.flag}
			}
			c := mustLoad(t, file, flags(args...))
			if c.Period.String() != s.period || c.Lang != "en" {
				t.Errorf("got %s, %s", c.Period, c.Lang)
			}
		})
	}
	if c := mustLoad(t, writeConfig(t, minimal), flags("--lang", "en")); c.Lang != "en" {
		t.Errorf("--lang over the default: got %s", c.Lang)
	}
}

func TestFrozenConfigurationDependsOnMeaningAlone(t *testing.T) {
	first := mustLoad(t, writeConfig(t, minimal), nil)
	second := mustLoad(t, writeConfig(t, "# autre dossier, autre ordre\nlang: \"fr\"\n"+inputsLine+
		"output: ./out/\n"+periodLine+"limits:\n  sheet_rows: 1048576\n"), nil)
	if diff := cmp.Diff(first.Frozen(), second.Frozen()); diff != "" {
		t.Errorf("same meaning in another folder, -first +second:\n%s", diff)
	}
	if first.Hash() != second.Hash() {
		t.Error("hashes differ")
	}
	if strings.Contains(first.Frozen(), first.Dir) {
		t.Error("the folder of the machine is frozen")
	}
	golden, err := os.ReadFile("testdata/frozen.json")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(golden), first.Frozen()); diff != "" {
		t.Errorf("canonical form, which recorded hashes rest on, -want +got:\n%s", diff)
	}
}

func TestPathsAreRelativeToTheConfiguration(t *testing.T) {
	c := mustLoad(t, writeConfig(t, minimal+"output: \"/srv/out\"\n"), nil)
	for _, p := range []struct {
		path Path
		want string
	}{
		{c.Database, filepath.Join(c.Dir, "data", "bascule.db")},
		{c.Output, "/srv/out"},
		{c.Identity.Crosswalk, ""},
	} {
		if got := c.Abs(p.path); got != p.want {
			t.Errorf("%q leads to %q, want %q", p.path, got, p.want)
		}
	}
}

func TestShippedConfigurationsHoldEveryKeyWithItsDefault(t *testing.T) {
	own := []string{"period", "inputs.legacy", "inputs.onp", "identity.crosswalk", "waves"}
	for file, period := range map[string]string{"config_template.yaml": "psop-2013-12.txt", "../../config.yaml": "fixtures/demo/psop-2013-12.txt"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := parseConfig(file, text)
		if err != nil {
			t.Fatal(err)
		}
		c := mustLoad(t, file, nil)
		defaults := leaves(t, mustLoad(t, writeConfig(t, minimal), nil))
		got := leaves(t, c)
		for i := range keys {
			name := keys[i].name
			if _, given := parsed.values[name]; !given {
				t.Errorf("%s does not hold %s", file, name)
			}
			if !slices.Contains(own, name) && !reflect.DeepEqual(got[name], defaults[name]) {
				t.Errorf("%s: %s is %v, the default %v", file, name, got[name], defaults[name])
			}
		}
		if c.Inputs.Legacy[0].Path != Path(period) || c.Identity.Crosswalk != "mappings/identites.csv" || c.Waves != "mappings/vagues.csv" {
			t.Errorf("%s: %+v", file, c)
		}
	}
}

func TestMisspeltVariablesAreToldWithTheRightName(t *testing.T) {
	got := strangeVariables([]string{"BASCULE_PERIODE=x", "BASCULE_PERIOD=2013-12", "BASCULE_ZZZ_QUITE_OTHER=1",
		"PATH=/", "BASCULE_PERIOS=secret", "BASCULE_LANGUE"}, "BASCULE_PERIOS")
	want := []string{
		"la variable d'environnement BASCULE_LANGUE est sans effet : vouliez-vous BASCULE_LANG ?",
		"la variable d'environnement BASCULE_PERIODE est sans effet : vouliez-vous BASCULE_PERIOD ?",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestWorkbookPasswordComesFromTheVariableOrNotAtAll(t *testing.T) {
	if password, err := mustLoad(t, writeConfig(t, minimal), nil).WorkbookPassword(); password != "" || err != nil {
		t.Errorf("no variable: got %q, %v", password, err)
	}
	file := writeConfig(t, minimal+"privacy: { workbook_password_env: \"CLASSEURS\" }\n")
	c := mustLoad(t, file, nil)
	t.Setenv("CLASSEURS", "ouvre-toi")
	if password, err := c.WorkbookPassword(); password != "ouvre-toi" || err != nil {
		t.Errorf("variable: got %q, %v", password, err)
	}
	t.Setenv("CLASSEURS", "")
	want := file + `:3: privacy.workbook_password_env: désigne la variable CLASSEURS, qui est vide — donnez-lui le mot de passe, ou écrivez "" pour des classeurs sans mot de passe`
	if _, err := c.WorkbookPassword(); err == nil || err.Error() != want {
		t.Errorf("empty variable: got %v", err)
	}
	t.Setenv("CLASSEURS", strings.Repeat("x", 256))
	if _, err := c.WorkbookPassword(); err == nil || !strings.Contains(err.Error(), "qui dépasse 255 octets — ") || strings.Contains(err.Error(), "xxx") {
		t.Errorf("%v", err)
	}
}

func TestLimitOfRejectsIsReadAlikeByTheReader(t *testing.T) {
	for _, text := range []string{"0", "20", "999999999", "0%", "1%", "0,5%", "0.0001 %", "99,9999%", "100%", "100,00 %"} {
		if err := checkMaxRejects(text); err != nil {
			t.Errorf("%q is refused: it %v", text, err)
		}
		if _, err := extract.ParseLimit(text); err != nil {
			t.Errorf("%q is accepted here and refused by the reader: %v", text, err)
		}
	}
	for _, text := range []string{"", "-1", "1 000", "101%", "100,01%", "1%%", "%", "0x10", "1e3%"} {
		if checkMaxRejects(text) == nil {
			t.Errorf("%q is accepted", text)
		}
	}
}
