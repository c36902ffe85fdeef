package main

import (
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"bascule/reconcile"
)

// valueKind is the form that the value of a key takes in YAML.
type valueKind uint8

const (
	textValue   valueKind = iota // text, quoted where YAML would read something else
	wholeValue                   // whole number in plain decimal digits
	boolValue                    // true or false
	inputsValue                  // list of { path, layout, member }
	fieldsValue                  // list of identity fields
	gatesValue                   // list of gates
	budgetValue                  // table of the budget
	wordsValue                   // list of a command and its arguments
)

// key is a leaf of the configuration: what it may hold, and what to write
// when it holds something else. A list or a table goes through viper as YAML
// text, from the file and from the environment alike: viper would lower-case
// its keys and cut them on dots.
type key struct {
	name     string // dotted path
	kind     valueKind
	fallback any                // value when nobody gives one; YAML text for lists and tables
	check    func(string) error // of a text; completes the sentence "<key> …"
	min, max int64              // of a whole number
	remedy   string
}

// keys is the whole of CONTRACT 2. A key exists nowhere else: strictness,
// environment, defaults and remedies are all read from here.
var keys = []key{
	{name: "period", fallback: "", check: checkPeriod, remedy: `écrivez le mois de paye entre guillemets : "2013-12"`},
	{name: "lang", fallback: "fr", check: oneOf("fr", "en"), remedy: `écrivez "fr" ou "en"`},
	{name: "labels.legacy", fallback: "PSOP", check: checkLabel, remedy: `écrivez un nom court entre guillemets : "PSOP"`},
	{name: "labels.onp", fallback: "ONP", check: checkLabel, remedy: `écrivez un nom court entre guillemets : "ONP"`},
	{name: "database", fallback: "data/bascule.db", check: checkPath, remedy: `écrivez le chemin du fichier de la base : "data/bascule.db"`},
	{name: "output", fallback: "out", check: checkPath, remedy: `écrivez le dossier des résultats : "out"`},
	{name: "mappings", fallback: "mappings", check: checkPath, remedy: `écrivez le dossier des tables : "mappings"`},
	{name: "inputs.legacy", kind: inputsValue, fallback: "[]", remedy: `écrivez une liste : [ { path: "psop-{period}.txt", layout: "psop" } ]`},
	{name: "inputs.onp", kind: inputsValue, fallback: "[]", remedy: `écrivez une liste : [ { path: "sipaye-{period}.csv", layout: "sipaye" } ]`},
	{name: "identity.key", kind: fieldsValue, fallback: `["nir", "dossier"]`, remedy: `écrivez une liste prise parmi nir, dossier, matricule : ["nir", "dossier"]`},
	{name: "identity.fallback", kind: fieldsValue, fallback: `["matricule", "dossier"]`, remedy: `écrivez une liste prise parmi nir, dossier, matricule : ["matricule", "dossier"], ou [] pour aucune`},
	{name: "identity.crosswalk", fallback: "", check: optional(checkPath), remedy: `écrivez le chemin de la table de passage : "mappings/identites.csv", ou "" pour celle du dossier des tables`},
	{name: "tolerance.line_cents", kind: wholeValue, fallback: 0, max: maxToleranceCents, remedy: "écrivez des centimes entiers : 50 vaut 0,50 € ; un pourcentage cacherait les plus gros montants"},
	{name: "tolerance.payslip_cents", kind: wholeValue, fallback: 0, max: maxToleranceCents, remedy: "écrivez des centimes entiers : 50 vaut 0,50 € ; un pourcentage cacherait les plus gros montants"},
	{name: "review.margin_cents", kind: wholeValue, fallback: 0, max: maxToleranceCents, remedy: "écrivez des centimes entiers : 5 laisse une décision tenir tant que l'écart n'a pas bougé de plus de 0,05 €"},
	{name: "split.by", fallback: "", check: optional(oneOf("service", "programme", "wave", "bop")), remedy: `écrivez "service", "programme", "wave" (vague) ou "bop", ou "" pour un seul classeur`},
	{name: "report.payslips", kind: wholeValue, fallback: 12, max: maxPayslips, remedy: "écrivez un nombre de bulletins de 0 à 200 : 12"},
	{name: "limits.max_rejects", fallback: "1%", check: checkMaxRejects, remedy: `écrivez une part des lignes, "1%" ou "0,5%", ou un nombre de lignes, "20"`},
	{name: "limits.max_line_bytes", kind: wholeValue, fallback: 65536, min: 128, max: 16 << 20, remedy: "écrivez un nombre d'octets de 128 à 16777216 : 65536"},
	{name: "limits.max_unzipped_bytes", kind: wholeValue, fallback: 20 << 30, min: 1 << 20, max: 1 << 50, remedy: "écrivez un nombre d'octets de 1048576 à 1125899906842624 : 21474836480"},
	{name: "limits.sheet_rows", kind: wholeValue, fallback: maxSheetRows, min: 64, max: maxSheetRows, remedy: "écrivez un nombre de lignes de 64 à 1048576, la limite d'Excel"},
	{name: "privacy.mask_nir", kind: boolValue, fallback: true, remedy: "écrivez true (le NIR devient un pseudonyme) ou false"},
	{name: "privacy.names", kind: boolValue, fallback: true, remedy: "écrivez true (les noms figurent dans les classeurs) ou false"},
	{name: "privacy.key_file", fallback: "", check: optional(checkPath), remedy: `écrivez le chemin d'un fichier que vous seul lisez : "/etc/bascule/cle", ou "" pour une clé gardée dans la base`},
	{name: "privacy.workbook_password_file", fallback: "", check: optional(checkPath), remedy: `écrivez le chemin d'un fichier que vous seul lisez, jamais le mot de passe : "/etc/bascule/classeurs", ou "" pour aucun`},
	{name: "privacy.workbook_password_env", fallback: "", check: optional(checkVariable), remedy: `écrivez le nom d'une variable d'environnement, jamais le mot de passe : "MOT_DE_PASSE_CLASSEURS"`},
	{name: "privacy.retention_months", kind: wholeValue, fallback: 60, min: 1, max: 1200, remedy: "écrivez un nombre de mois de 1 à 1200 : 60"},
	{name: "gates", kind: gatesValue, fallback: "[]", remedy: "écrivez une liste de critères, ou [] pour ceux de gates.csv"},
	{name: "waves", fallback: "", check: optional(checkPath), remedy: `écrivez le chemin de la table des vagues : "mappings/vagues.csv", ou "" pour celle du dossier des tables`},
	{name: "budget", kind: budgetValue, fallback: "{}", remedy: `écrivez ses clés : { discount_rate: "4%", margin_alert: "1%" }, ou {} pour aucune`},
	{name: "on_finish", kind: wordsValue, fallback: "[]", remedy: `écrivez une liste, la commande puis ses arguments : ["/usr/local/bin/prevenir", "paye"], ou [] pour aucune ; aucun interpréteur ne la lit`},
	{name: "on_finish_seconds", kind: wholeValue, fallback: 60, min: 1, max: 3600, remedy: "écrivez un nombre de secondes de 1 à 3600 : 60"},
	{name: "metrics.path", fallback: "", check: optional(checkPath), remedy: `écrivez le chemin du fichier de mesures : "out/metrics.prom", ou "" pour aucun`},
}

const (
	maxSheetRows      = 1048576       // of an Excel sheet
	maxPayslips       = 200           // held in memory together, and read by people: beyond, the lists serve better
	maxToleranceCents = 1_000_000_000 // ten million euros: beyond any payslip, far from overflow
)

// env is the environment variable of the key.
func (k *key) env() string {
	return "BASCULE_" + strings.ToUpper(strings.ReplaceAll(k.name, ".", "_"))
}

func findKey(name string) *key {
	for i := range keys {
		if keys[i].name == name {
			return &keys[i]
		}
	}
	return nil
}

// children are the names that may stand under a section, in the order of keys;
// none when the name is no section.
func children(section string) []string {
	var names []string
	for i := range keys {
		rest := keys[i].name
		if section != "" {
			after, ok := strings.CutPrefix(rest, section+".")
			if !ok {
				continue
			}
			rest = after
		}
		if name, _, _ := strings.Cut(rest, "."); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

var (
	errBlank    = errors.New("est vide")
	errVariable = errors.New("n'est pas le nom d'une variable d'environnement")
	errRejects  = errors.New("n'est ni une part des lignes ni un nombre de lignes")
	errLabel    = errors.New("dépasse 20 caractères")
	errControl  = errors.New("contient un caractère de contrôle")
	errGlob     = errors.New("n'est pas un motif de fichiers lisible : il manque un ]")
	errBrace    = errors.New("contient une accolade autre que {period}")
	errLayout   = errors.New("n'est pas un nom de format")
)

func optional(check func(string) error) func(string) error {
	return func(s string) error {
		if s == "" {
			return nil
		}
		return check(s)
	}
}

func oneOf(words ...string) func(string) error {
	return func(s string) error {
		if slices.Contains(words, s) {
			return nil
		}
		return fmt.Errorf("n'est pas une valeur admise (%s)", strings.Join(words, ", "))
	}
}

func checkPeriod(s string) error {
	_, err := reconcile.ParsePeriod(s)
	return err
}

func checkText(s string) error {
	if strings.TrimSpace(s) == "" {
		return errBlank
	}
	if strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return errControl
	}
	return nil
}

func checkLabel(s string) error {
	if utf8.RuneCountInString(s) > 20 {
		return errLabel
	}
	return checkText(s)
}

func checkPath(s string) error { return checkText(s) }

func checkInputPath(s string) error { return checkPattern(s, filepath.Match) }

func checkMember(s string) error { return checkPattern(s, path.Match) }

func checkPattern(s string, match func(pattern, name string) (bool, error)) error {
	if err := checkText(s); err != nil {
		return err
	}
	if strings.ContainsAny(strings.ReplaceAll(s, periodMark, ""), "{}") {
		return errBrace
	}
	if _, err := match(s, ""); err != nil {
		return errGlob
	}
	return nil
}

// checkLayout accepts the name of a file of mappings/layouts, and nothing that
// could lead out of that folder.
func checkLayout(s string) error {
	if err := checkText(s); err != nil {
		return err
	}
	if !layoutPattern.MatchString(s) {
		return errLayout
	}
	return nil
}

var (
	layoutPattern   = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)
	variablePattern = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	countPattern    = regexp.MustCompile(`^[0-9]{1,9}$`)
	sharePattern    = regexp.MustCompile(`^(100([.,]0{1,4})?|[0-9]{1,2}([.,][0-9]{1,4})?) ?%$`)
)

func checkVariable(s string) error {
	if !variablePattern.MatchString(s) {
		return errVariable
	}
	return nil
}

func checkMaxRejects(s string) error {
	if !countPattern.MatchString(s) && !sharePattern.MatchString(s) {
		return errRejects
	}
	return nil
}
