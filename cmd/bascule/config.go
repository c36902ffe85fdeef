package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/go-viper/mapstructure/v2"
	"github.com/spf13/pflag"
	"github.com/spf13/viper"
	"go.yaml.in/yaml/v3"

	"bascule/reconcile"
)

// Path is a path as the configuration writes it: with slashes, and relative to
// the folder of the configuration unless absolute. Only Config.Abs makes it
// something to open.
type Path string

// Config is the resolved configuration (CONTRACT 2).
type Config struct {
	Period    reconcile.Period
	Lang      string
	Labels    Labels
	Database  Path
	Output    Path
	Mappings  Path
	Inputs    Inputs
	Identity  Identity
	Tolerance reconcile.Tolerance
	Review    Review
	Split     Split
	Report    Report
	Limits    Limits
	Privacy   Privacy
	Gates     []table        // of reconcile.GateFields; none: those of the folder of mappings
	Waves     Path           // blank: that of the folder of mappings, if it is there
	Budget    map[string]any // read by budgetTerms
	Metrics   Metrics

	OnFinish        []string // command run after a night, and its arguments; none: no command
	OnFinishSeconds int      // that it may take

	Months   reconcile.Months `mapstructure:"-"` // given by the command line alone
	File     string           `mapstructure:"-"` // as the command line gives it
	Dir      string           `mapstructure:"-"` // absolute folder that paths are relative to
	Warnings []string         `mapstructure:"-"` // what a reader must know, in French

	lines    map[string]int // of the file, by key
	patterns [2][]Input     // the inputs, where periodMark still stands
}

// Labels are the names of both systems on screens and sheets.
type Labels struct{ Legacy, ONP string }

// Of is the label of a side.
func (l Labels) Of(side reconcile.Side) string {
	if side == reconcile.ONP {
		return l.ONP
	}
	return l.Legacy
}

// Inputs are the files of both sides.
type Inputs struct{ Legacy, ONP []Input }

// Of lists the inputs of a side.
func (in Inputs) Of(side reconcile.Side) []Input {
	if side == reconcile.ONP {
		return in.ONP
	}
	return in.Legacy
}

// Input is a file, or a pattern of files, in one layout.
type Input struct {
	Path   Path
	Layout string
	Member string // pattern of the members to read in an archive; blank for all
}

// Identity tells how agents are recognised, and where the crosswalk between
// both sides' keys stands.
type Identity struct {
	reconcile.Identity `mapstructure:",squash"`
	Crosswalk          Path // blank: that of the folder of mappings, if it is there
}

// Review steers the decisions.
type Review struct {
	MarginCents reconcile.Amount // by which the amount of a decided gap may move, either way
}

// Split tells by what the gaps are shared out between workbooks.
type Split struct{ By string } // an axis of reconcile.Along, blank for one workbook alone

// Report says how much of some lists the workbooks show.
type Report struct{ Payslips int } // largest payslips shown in full, 0 for none

// Limits bound what is read and written.
type Limits struct {
	MaxRejects       string // share of the lines, "1%" or "0,5%", or number of lines, "20"
	MaxLineBytes     int
	MaxUnzippedBytes int64 // of one file, or of one member of an archive
	SheetRows        int
}

// Privacy says what the results show of persons.
type Privacy struct {
	MaskNIR              bool
	Names                bool
	KeyFile              Path   // of pseudonyms, fingerprints and seals; blank: the database has its own
	WorkbookPasswordEnv  string // name of an environment variable, blank for none
	WorkbookPasswordFile Path   // blank for none; neither: no password
	RetentionMonths      int
}

// Metrics is where the figures for a supervisor go, blank for nowhere.
type Metrics struct{ Path Path }

// LoadConfig reads the configuration file; a flag of the name of a key wins
// over the environment, the environment over the file. Every refusal is a
// reconcile.InputError that names what gave the value.
func LoadConfig(file string, flags *pflag.FlagSet) (*Config, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, unreadable(file, err)
	}
	parsed, err := parseConfig(file, text)
	if err != nil {
		return nil, err
	}
	dir, err := filepath.Abs(filepath.Dir(file))
	if err != nil {
		return nil, fmt.Errorf("dossier de la configuration : %w", err)
	}
	v := viper.New()
	for i := range keys {
		k := &keys[i]
		v.SetDefault(k.name, k.fallback)
		if err := errors.Join(k.bindEnv(v), k.bindFlag(v, flags)); err != nil {
			return nil, err
		}
	}
	if err := v.MergeConfigMap(parsed.nested()); err != nil {
		return nil, fmt.Errorf("%s: lecture : %w", file, err)
	}
	config := &Config{File: file, Dir: dir, lines: parsed.lines}
	if err := v.UnmarshalExact(config, decodeConfig); err != nil {
		return nil, fmt.Errorf("%s: lecture : %w", file, err)
	}
	if err := config.resolve(); err != nil {
		return nil, err
	}
	config.Warnings = strangeVariables(os.Environ(), config.Privacy.WorkbookPasswordEnv)
	return config, nil
}

func unreadable(file string, err error) error {
	e := &reconcile.InputError{File: file, Err: errors.New("ne peut être lu"), Hint: "vérifiez les droits sur ce fichier"}
	info, statErr := os.Stat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		e.Err, e.Hint = errors.New("n'existe pas"), "lancez « bascule init » pour écrire une configuration commentée, ou indiquez la vôtre par --config FICHIER"
	case statErr == nil && info.IsDir():
		e.Err, e.Hint = errors.New("est un dossier"), "indiquez le fichier de configuration par --config FICHIER"
	}
	return e
}

// bindEnv binds the key to its variable, once sure that what it holds is fit.
func (k *key) bindEnv(v *viper.Viper) error {
	if text := os.Getenv(k.env()); text != "" {
		if err := k.checkOutside("environnement", k.env(), text); err != nil {
			return err
		}
	}
	return v.BindEnv(k.name, k.env())
}

// bindFlag binds the key to the flag of its name, if the command has one.
func (k *key) bindFlag(v *viper.Viper, flags *pflag.FlagSet) error {
	if flags == nil {
		return nil
	}
	flag := flags.Lookup(k.name)
	if flag == nil || !flag.Changed {
		return nil
	}
	if err := k.checkOutside("ligne de commande", "--"+k.name, flag.Value.String()); err != nil {
		return err
	}
	return v.BindPFlag(k.name, flag)
}

// checkOutside checks a value that does not come from the file. Texts are
// taken as they are; the rest is read as YAML.
func (k *key) checkOutside(source, name, text string) error {
	node := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text}
	var f *fault
	if k.kind != textValue {
		node, f = parseYAML([]byte(text))
		if node == nil && f == nil {
			f = &fault{err: errBlank, hint: k.remedy}
		}
	}
	if f == nil {
		_, f = k.read(node)
	}
	if f == nil {
		return nil
	}
	if k.kind == textValue {
		// Only YAML wants the quotes: here they would be part of the value.
		f.hint = strings.NewReplacer(` entre guillemets`, ``, `ou ""`, `ou rien`, `"`, ``).Replace(f.hint)
	}
	return &reconcile.InputError{File: source, Field: name + f.field, Err: f.err, Hint: f.hint}
}

// nested is what the file gives, as the table of tables that viper merges.
func (t *configText) nested() map[string]any {
	root := map[string]any{}
	for name, value := range t.values {
		section, leaf, found := strings.Cut(name, ".")
		if !found {
			root[name] = value
			continue
		}
		table, ok := root[section].(map[string]any)
		if !ok {
			table = map[string]any{}
			root[section] = table
		}
		table[leaf] = value
	}
	return root
}

// decodeConfig teaches viper our types and the spelling of our keys.
func decodeConfig(d *mapstructure.DecoderConfig) {
	d.MatchName = func(key, field string) bool {
		return strings.EqualFold(strings.ReplaceAll(key, "_", ""), field)
	}
	d.DecodeHook = func(from, to reflect.Type, data any) (any, error) {
		text, ok := data.(string)
		switch {
		case !ok:
			return data, nil
		case to == reflect.TypeFor[reconcile.Period]() && text == "":
			return reconcile.Period(0), nil
		case to == reflect.TypeFor[reconcile.Period]():
			return reconcile.ParsePeriod(text)
		case to.Kind() == reflect.Slice || to.Kind() == reflect.Map:
			value := reflect.New(to)
			err := yaml.Unmarshal([]byte(text), value.Interface())
			return value.Elem().Interface(), err
		}
		return data, nil
	}
}

// resolve puts the month in the paths and refuses what is missing.
func (c *Config) resolve() error {
	if c.Period == 0 {
		return c.missing("period")
	}
	for _, side := range reconcile.Sides {
		inputs := c.Inputs.Of(side)
		if len(inputs) == 0 {
			return c.missing("inputs." + side.String())
		}
		for i := range inputs {
			c.patterns[side] = append(c.patterns[side], inputs[i])
			inputs[i] = inputs[i].in(c.Period)
		}
	}
	if c.Labels.Legacy == c.Labels.ONP {
		return c.refuse("labels.onp", errors.New("est aussi le nom de l'autre côté"), "donnez deux noms différents")
	}
	if c.Privacy.WorkbookPasswordEnv != "" && c.Privacy.WorkbookPasswordFile != "" {
		return c.refuse("privacy.workbook_password_file", errors.New("donne un second mot de passe, avec workbook_password_env"), "gardez l'une des deux clés")
	}
	for _, p := range []*Path{&c.Database, &c.Output, &c.Mappings, &c.Identity.Crosswalk, &c.Waves, &c.Metrics.Path, &c.Privacy.KeyFile, &c.Privacy.WorkbookPasswordFile} {
		if *p != "" {
			*p = Path(path.Clean(filepath.ToSlash(string(*p))))
		}
	}
	return nil
}

func (c *Config) missing(name string) error {
	return c.refuse(name, errors.New("est obligatoire"), findKey(name).remedy)
}

// refuse blames a key, at its line when the file gives it.
func (c *Config) refuse(name string, err error, hint string) error {
	return &reconcile.InputError{File: c.File, Line: c.lines[name], Field: name, Err: err, Hint: hint}
}

// strangeVariables warns of variables that look like ours, and are not: a
// misspelt override would otherwise be silently without effect.
func strangeVariables(environ []string, passwordVariable string) []string {
	ours := make([]string, len(keys))
	for i := range keys {
		ours[i] = keys[i].env()
	}
	var warnings []string
	for _, entry := range environ {
		name, _, _ := strings.Cut(entry, "=")
		if !strings.HasPrefix(name, "BASCULE_") || name == passwordVariable || slices.Contains(ours, name) || slices.Contains(finishVariables, name) {
			continue
		}
		if near := nearest(name, ours); near != "" {
			warnings = append(warnings, fmt.Sprintf("la variable d'environnement %s est sans effet : vouliez-vous %s ?", name, near))
		}
	}
	slices.Sort(warnings)
	return warnings
}

// Abs is where the path leads on this machine, or nothing for a blank path.
func (c *Config) Abs(p Path) string {
	if p == "" {
		return ""
	}
	if filepath.IsAbs(string(p)) {
		return filepath.Clean(string(p))
	}
	return filepath.Join(c.Dir, filepath.FromSlash(string(p)))
}

// canonical is the one way to write the path of a file, from the folder of the
// configuration where that can be: a load is found again by it.
func (c *Config) canonical(p Path) Path {
	if rel, err := filepath.Rel(c.Dir, c.Abs(p)); err == nil {
		return Path(filepath.ToSlash(rel))
	}
	return Path(filepath.ToSlash(c.Abs(p)))
}
