package main

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bascule/reconcile"
)

// configErrors is the gallery of refused configurations: each text, and the
// whole message.
var configErrors = []struct {
	reason, text, want string
}{
	{"misspelt key", minimal + "databse: \"x\"\n",
		"config.yaml:3: databse: est une clé inconnue — écrivez database"},
	{"misspelt key of a section", minimal + "limits:\n  max_reject: \"1%\"\n",
		"config.yaml:4: limits.max_reject: est une clé inconnue — écrivez limits.max_rejects"},
	{"key out of its section", minimal + "mask_nir: true\n",
		"config.yaml:3: mask_nir: est une clé inconnue — écrivez-la sous sa section : privacy.mask_nir"},
	{"key like no other", minimal + "privacy: { couleur: \"bleu\" }\n",
		"config.yaml:3: privacy.couleur: est une clé inconnue — clés admises ici : mask_nir, names, key_file, workbook_password_file, workbook_password_env, retention_months"},
	{"viper would accept capitals", "Period: \"2013-12\"\n" + inputsLine,
		"config.yaml:1: Period: est une clé inconnue — écrivez period"},
	{"dotted key: viper would cut it", minimal + "limits.sheet_rows: 100\n",
		"config.yaml:3: limits.sheet_rows: est une clé inconnue — clés admises ici : period, lang, labels, database, output, mappings, inputs, identity, tolerance, review, split, report, limits, privacy, gates, waves, budget, on_finish, on_finish_seconds, metrics"},
	{"key given twice", minimal + "lang: fr\nlang: en\n",
		"config.yaml:4: lang: est déjà donnée ligne 3 — gardez l'une des deux"},
	{"key given twice in an input", periodLine + "inputs:\n  onp:\n    - path: \"a\"\n      path: \"b\"\n      layout: psop\n",
		"config.yaml:5: inputs.onp[1].path: est déjà donnée ligne 4 — gardez l'une des deux"},
	{"key that is no word", minimal + "12: 3\n",
		"config.yaml:3: 12: n'est pas un nom de clé — écrivez un mot"},

	{"month as a number", "period: 201312\n" + inputsLine,
		`config.yaml:1: period: doit être un texte entre guillemets — écrivez le mois de paye entre guillemets : "2013-12"`},
	{"month as a date", "period: 2013-12-01\n" + inputsLine,
		`config.yaml:1: period: doit être un texte entre guillemets — écrivez le mois de paye entre guillemets : "2013-12"`},
	{"impossible month", "period: \"2013-13\"\n" + inputsLine,
		`config.yaml:1: period: n'est pas un mois possible écrit AAAA-MM — écrivez le mois de paye entre guillemets : "2013-12"`},
	{"month written the French way", "period: \"12/2013\"\n" + inputsLine,
		`config.yaml:1: period: n'est pas un mois possible écrit AAAA-MM — écrivez le mois de paye entre guillemets : "2013-12"`},
	{"no month", inputsLine,
		`config.yaml: period: est obligatoire — écrivez le mois de paye entre guillemets : "2013-12"`},
	{"empty month", "period:\n" + inputsLine,
		`config.yaml:1: period: est vide — écrivez le mois de paye entre guillemets : "2013-12"`},
	{"code eaten by YAML: 0201 is octal", minimal + "labels:\n  legacy: 0201\n",
		`config.yaml:4: labels.legacy: doit être un texte entre guillemets — mettez des guillemets : "0201"`},
	{"amount eaten by YAML: 0.10 is a float", minimal + "labels: { onp: 0.10 }\n",
		`config.yaml:3: labels.onp: doit être un texte entre guillemets — mettez des guillemets : "0.10"`},
	{"a label nobody can read", minimal + "labels: { onp: \"  \" }\n",
		`config.yaml:3: labels.onp: est vide — écrivez un nom court entre guillemets : "ONP"`},
	{"a label too long for a sheet", minimal + "labels: { onp: \"Opérateur national de paye\" }\n",
		`config.yaml:3: labels.onp: dépasse 20 caractères — écrivez un nom court entre guillemets : "ONP"`},
	{"both sides under one name", minimal + "labels: { onp: \"PSOP\" }\n",
		"config.yaml:3: labels.onp: est aussi le nom de l'autre côté — donnez deux noms différents"},
	{"unknown language", minimal + "lang: de\n",
		`config.yaml:3: lang: n'est pas une valeur admise (fr, en) — écrivez "fr" ou "en"`},
	{"list where a text stands", minimal + "database: [ \"a\" ]\n",
		`config.yaml:3: database: doit être un texte, ni liste ni table — écrivez le chemin du fichier de la base : "data/bascule.db"`},
	{"blank path", minimal + "output: \"\"\n",
		`config.yaml:3: output: est vide — écrivez le dossier des résultats : "out"`},
	{"control character", minimal + "output: \"a\\tb\"\n",
		`config.yaml:3: output: contient un caractère de contrôle — écrivez le dossier des résultats : "out"`},

	{"tolerance in percent", minimal + "tolerance: { line_cents: \"1,5 %\" }\n",
		"config.yaml:3: tolerance.line_cents: n'est pas un nombre entier — écrivez des centimes entiers : 50 vaut 0,50 € ; un pourcentage cacherait les plus gros montants"},
	{"tolerance in euros", minimal + "tolerance: { line_cents: 0.5 }\n",
		"config.yaml:3: tolerance.line_cents: n'est pas un nombre entier — écrivez des centimes entiers : 50 vaut 0,50 € ; un pourcentage cacherait les plus gros montants"},
	{"negative tolerance", minimal + "tolerance:\n  payslip_cents: -1\n",
		"config.yaml:4: tolerance.payslip_cents: est négatif — écrivez des centimes entiers : 50 vaut 0,50 € ; un pourcentage cacherait les plus gros montants"},
	{"octal number", minimal + "tolerance: { line_cents: 010 }\n",
		"config.yaml:3: tolerance.line_cents: n'est pas un nombre entier — écrivez des centimes entiers : 50 vaut 0,50 € ; un pourcentage cacherait les plus gros montants"},
	{"quoted number", minimal + "tolerance: { line_cents: \"50\" }\n",
		"config.yaml:3: tolerance.line_cents: doit être un nombre sans guillemets — écrivez 50"},
	{"number beyond 64 bits", minimal + "limits: { sheet_rows: 9999999999999999999 }\n",
		"config.yaml:3: limits.sheet_rows: dépasse 1048576 — écrivez un nombre de lignes de 64 à 1048576, la limite d'Excel"},
	{"more rows than Excel has", minimal + "limits: { sheet_rows: 1048577 }\n",
		"config.yaml:3: limits.sheet_rows: dépasse 1048576 — écrivez un nombre de lignes de 64 à 1048576, la limite d'Excel"},
	{"no row under the header", minimal + "limits: { sheet_rows: 1 }\n",
		"config.yaml:3: limits.sheet_rows: est inférieur à 64 — écrivez un nombre de lignes de 64 à 1048576, la limite d'Excel"},
	{"lines shorter than a record", minimal + "limits: { max_line_bytes: 127 }\n",
		"config.yaml:3: limits.max_line_bytes: est inférieur à 128 — écrivez un nombre d'octets de 128 à 16777216 : 65536"},
	{"missing number", minimal + "limits: { max_line_bytes: }\n",
		"config.yaml:3: limits.max_line_bytes: est vide — écrivez un nombre d'octets de 128 à 16777216 : 65536"},
	{"more than all lines", minimal + "limits: { max_rejects: \"101%\" }\n",
		`config.yaml:3: limits.max_rejects: n'est ni une part des lignes ni un nombre de lignes — écrivez une part des lignes, "1%" ou "0,5%", ou un nombre de lignes, "20"`},
	{"unquoted count of rejects", minimal + "limits: { max_rejects: 20 }\n",
		`config.yaml:3: limits.max_rejects: doit être un texte entre guillemets — mettez des guillemets : "20"`},
	{"keeping personal data no time", minimal + "privacy: { retention_months: 0 }\n",
		"config.yaml:3: privacy.retention_months: est inférieur à 1 — écrivez un nombre de mois de 1 à 1200 : 60"},
	{"French yes", minimal + "privacy: { mask_nir: oui }\n",
		"config.yaml:3: privacy.mask_nir: n'est ni true ni false — écrivez true (le NIR devient un pseudonyme) ou false"},
	{"a password instead of a variable, never repeated", minimal + "privacy: { workbook_password_env: \"S3cret!\" }\n",
		`config.yaml:3: privacy.workbook_password_env: n'est pas le nom d'une variable d'environnement — écrivez le nom d'une variable d'environnement, jamais le mot de passe : "MOT_DE_PASSE_CLASSEURS"`},
	{"an unquoted password, never repeated", minimal + "privacy: { workbook_password_env: 1234 }\n",
		`config.yaml:3: privacy.workbook_password_env: doit être un texte entre guillemets — écrivez le nom d'une variable d'environnement, jamais le mot de passe : "MOT_DE_PASSE_CLASSEURS"`},

	{"no inputs", periodLine,
		`config.yaml: inputs.legacy: est obligatoire — écrivez une liste : [ { path: "psop-{period}.txt", layout: "psop" } ]`},
	{"one side only", periodLine + "inputs:\n  legacy: [ { path: \"a\", layout: \"psop\" } ]\n",
		`config.yaml: inputs.onp: est obligatoire — écrivez une liste : [ { path: "sipaye-{period}.csv", layout: "sipaye" } ]`},
	{"empty list of inputs", periodLine + "inputs:\n  legacy: []\n",
		`config.yaml:3: inputs.legacy: est vide — écrivez une liste : [ { path: "psop-{period}.txt", layout: "psop" } ]`},
	{"one input, not in a list", periodLine + "inputs:\n  legacy: { path: \"a\", layout: \"psop\" }\n",
		`config.yaml:3: inputs.legacy: doit être une liste — écrivez une liste : [ { path: "psop-{period}.txt", layout: "psop" } ]`},
	{"bare paths", periodLine + "inputs:\n  legacy: [ \"a.txt\" ]\n",
		`config.yaml:3: inputs.legacy[1]: doit dire path et layout — écrivez une liste : [ { path: "psop-{period}.txt", layout: "psop" } ]`},
	{"second input without layout", periodLine + "inputs:\n  legacy:\n    - { path: \"a\", layout: \"psop\" }\n    - { path: \"b\" }\n",
		`config.yaml:5: inputs.legacy[2].layout: manque — écrivez une liste : [ { path: "psop-{period}.txt", layout: "psop" } ]`},
	{"blank layout", periodLine + "inputs:\n  legacy:\n    - path: \"a\"\n      layout: \"\"\n",
		`config.yaml:5: inputs.legacy[1].layout: est vide — écrivez le nom d'un format de mappings/layouts, sans extension : "psop"`},
	{"layout that leads out of its folder", periodLine + "inputs:\n  legacy:\n    - path: \"a\"\n      layout: \"../psop\"\n",
		`config.yaml:5: inputs.legacy[1].layout: n'est pas un nom de format — écrivez le nom d'un format de mappings/layouts, sans extension : "psop"`},
	{"blank path of an input", periodLine + "inputs:\n  legacy:\n    - path: \" \"\n      layout: \"psop\"\n",
		`config.yaml:4: inputs.legacy[1].path: est vide — écrivez le chemin d'un fichier, * et {period} admis : "psop-{period}.txt"`},
	{"misspelt key of an input", periodLine + "inputs:\n  legacy:\n    - path: \"a\"\n      layouts: \"psop\"\n",
		"config.yaml:5: inputs.legacy[1].layouts: est une clé inconnue — écrivez layout"},
	{"a placeholder that does not exist", periodLine + "inputs:\n  legacy:\n    - path: \"psop-{mois}.txt\"\n      layout: \"psop\"\n",
		`config.yaml:4: inputs.legacy[1].path: contient une accolade autre que {period} — écrivez le chemin d'un fichier, * et {period} admis : "psop-{period}.txt"`},
	{"a pattern cut short", periodLine + "inputs:\n  legacy:\n    - path: \"psop-[0-9.txt\"\n      layout: \"psop\"\n",
		`config.yaml:4: inputs.legacy[1].path: n'est pas un motif de fichiers lisible : il manque un ] — écrivez le chemin d'un fichier, * et {period} admis : "psop-{period}.txt"`},

	{"misspelt identity field", minimal + "identity:\n  key: [ \"nir\", \"dosier\" ]\n",
		`config.yaml:4: identity.key[2]: n'est pas un champ d'identité — écrivez "dossier"`},
	{"unknown identity field", minimal + "identity:\n  key: [ \"email\" ]\n",
		`config.yaml:4: identity.key[1]: n'est pas un champ d'identité — écrivez une liste prise parmi nir, dossier, matricule : ["nir", "dossier"]`},
	{"identity field given twice", minimal + "identity: { fallback: [ \"nir\", \"nir\" ] }\n",
		"config.yaml:3: identity.fallback[2]: est déjà dans la liste — gardez l'une des deux mentions"},
	{"a key that is the same for everybody", minimal + "identity: { key: [ \"dossier\" ] }\n",
		`config.yaml:3: identity.key: ne désigne personne : il y faut nir ou matricule — écrivez une liste prise parmi nir, dossier, matricule : ["nir", "dossier"]`},
	{"no key", minimal + "identity: { key: [] }\n",
		`config.yaml:3: identity.key: ne désigne personne : il y faut nir ou matricule — écrivez une liste prise parmi nir, dossier, matricule : ["nir", "dossier"]`},
	{"text instead of fields", minimal + "identity: { key: \"nir\" }\n",
		`config.yaml:3: identity.key: doit être une liste — écrivez une liste prise parmi nir, dossier, matricule : ["nir", "dossier"]`},

	{"gates as a text", minimal + "gates: \"gates.csv\"\n",
		"config.yaml:3: gates: doit être une liste — écrivez une liste de critères, ou [] pour ceux de gates.csv"},
	{"gate that is a word", minimal + "gates: [ \"REJETS\" ]\n",
		`config.yaml:3: gates[1]: doit être une table de clés — écrivez { id: "REJETS", metric: "rejects", operator: "=", threshold: "0" }`},
	{"misspelt key of a gate", minimal + "gates:\n  - id: \"G1\"\n    treshold: \"1\"\n",
		"config.yaml:5: gates[1].treshold: est une clé inconnue — écrivez threshold"},
	{"gate without a threshold", minimal + "gates:\n  - { id: \"G1\", metric: \"rejects\", operator: \"=\" }\n",
		"config.yaml:4: gates[1].threshold: manque — écrivez un nombre entier : 0"},
	{"gate whose threshold is two", minimal + "gates:\n  - { id: \"G1\", metric: \"rejects\", operator: \"=\", threshold: [ 0, 1 ] }\n",
		"config.yaml:4: gates[1].threshold: doit être un texte, ni liste ni table — écrivez une seule valeur"},
	{"second gate of an impossible share", minimal + "gates:\n  - { id: \"G1\", metric: \"rejects\", operator: \"=\", threshold: 0 }\n  - id: \"G2\"\n    metric: stability\n    operator: \"<=\"\n    threshold: \"150 %\"\n",
		"config.yaml:8: gates[2].threshold: vaut « 150 % » : une part ne dépasse pas 100 % — écrivez une part, en pourcentage : \"99,5 %\""},
	{"unquoted threshold", minimal + "gates:\n  - id: \"G1\"\n    threshold: 99.50\n",
		`config.yaml:5: gates[1].threshold: doit être un texte entre guillemets — mettez des guillemets : "99.50"`},
	{"budget as a number", minimal + "budget: 3\n",
		`config.yaml:3: budget: doit être une table de clés — écrivez ses clés : { discount_rate: "4%", margin_alert: "1%" }, ou {} pour aucune`},
	{"misspelt key of the budget", minimal + "budget:\n  discount_rat: \"4%\"\n",
		"config.yaml:4: budget.discount_rat: est une clé inconnue — écrivez discount_rate"},
	{"key of the budget that does not exist", minimal + "budget: { plafonds: \"b.csv\" }\n",
		"config.yaml:3: budget.plafonds: est une clé inconnue — clés admises ici : discount_rate, base_year, margin_alert"},
	{"unquoted rate", minimal + "budget: { discount_rate: 0.04 }\n",
		`config.yaml:3: budget.discount_rate: doit être un texte entre guillemets — mettez des guillemets : "0.04"`},
	{"rate without its unit", minimal + "budget: { discount_rate: \"0,04\" }\n",
		`config.yaml:3: budget.discount_rate: n'est pas un pourcentage de 0 à 100, de quatre décimales au plus — écrivez-le entre guillemets : "4%" ou "4,5 %"`},
	{"several rates", minimal + "budget: { discount_rate: [ \"4%\" ] }\n",
		"config.yaml:3: budget.discount_rate: doit être une valeur, ni liste ni table — écrivez une seule valeur"},
	{"base year that is none", minimal + "budget:\n  base_year: 13\n",
		"config.yaml:4: budget.base_year: n'est pas une année possible — écrivez quatre chiffres : 2013"},
	{"key given twice in the budget", minimal + "budget: { base_year: 2013, base_year: 2014 }\n",
		"config.yaml:3: budget.base_year: est déjà donnée ligne 3 — gardez l'une des deux"},
	{"empty value in the budget", minimal + "budget: { margin_alert: }\n",
		"config.yaml:3: budget.margin_alert: est vide — donnez une valeur ou retirez la clé"},

	{"section without keys", minimal + "labels:\n",
		"config.yaml:3: labels: est vide — donnez-lui ses clés ou retirez-la : legacy, onp"},
	{"text instead of a section", minimal + "metrics: \"m.prom\"\n",
		"config.yaml:3: metrics: doit être une table de clés — écrivez ses clés : path"},
	{"reference to another value", minimal + "labels: { legacy: &x \"A\", onp: *x }\n",
		"config.yaml:3: labels.legacy: emploie un renvoi YAML (& ou *) — écrivez la valeur en toutes lettres"},
	{"a section by reference", "labels: &l { legacy: \"A\" }\n" + minimal + "metrics: *l\n",
		"config.yaml:4: metrics: doit être une table de clés — écrivez ses clés : path"},
	{"tabulation", "period: \"2013-12\"\n\tlang: fr\n",
		"config.yaml:2: n'est pas du YAML lisible — vérifiez les guillemets, les deux-points, et le retrait, fait d'espaces et jamais de tabulations"},
	{"two documents", minimal + "---\nlang: en\n",
		"config.yaml:3: contient un second document — retirez la ligne --- et ce qui la suit"},
	{"Latin-1", "labels: { legacy: \"Pay\xe9\" }\n",
		"config.yaml: n'est pas un texte UTF-8 — enregistrez le fichier en UTF-8"},
	{"empty file", "",
		`config.yaml: period: est obligatoire — écrivez le mois de paye entre guillemets : "2013-12"`},
	{"comments only", "# rien\n",
		`config.yaml: period: est obligatoire — écrivez le mois de paye entre guillemets : "2013-12"`},
	{"a text, no table", "bonjour\n",
		"config.yaml:1: doit être une table de clés — écrivez ses clés : period, lang, labels, database, output, mappings, inputs, identity, tolerance, review, split, report, limits, privacy, gates, waves, budget, on_finish, on_finish_seconds, metrics"},
}

func TestConfigurationErrorsGiveFileLineKeyAndRemedy(t *testing.T) {
	for _, c := range configErrors {
		t.Run(c.reason, func(t *testing.T) {
			file := writeConfig(t, c.text)
			_, err := LoadConfig(file, nil)
			var input *reconcile.InputError
			if !errors.As(err, &input) {
				t.Fatalf("got %v, want an InputError", err)
			}
			got := strings.ReplaceAll(err.Error(), filepath.Dir(file)+"/", "")
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestEnvironmentErrorsNameTheVariable(t *testing.T) {
	cases := []struct {
		reason, variable, text, want string
	}{
		{"text: no quotes in the remedy", "BASCULE_PERIOD", "12/2013",
			"environnement: BASCULE_PERIOD: n'est pas un mois possible écrit AAAA-MM — écrivez le mois de paye : 2013-12"},
		{"number", "BASCULE_TOLERANCE_LINE_CENTS", "1%",
			"environnement: BASCULE_TOLERANCE_LINE_CENTS: n'est pas un nombre entier — écrivez des centimes entiers : 50 vaut 0,50 € ; un pourcentage cacherait les plus gros montants"},
		{"truth", "BASCULE_PRIVACY_NAMES", "1",
			"environnement: BASCULE_PRIVACY_NAMES: n'est ni true ni false — écrivez true (les noms figurent dans les classeurs) ou false"},
		{"list", "BASCULE_INPUTS_ONP", "sipaye.csv",
			`environnement: BASCULE_INPUTS_ONP: doit être une liste — écrivez une liste : [ { path: "sipaye-{period}.csv", layout: "sipaye" } ]`},
		{"item of a list", "BASCULE_INPUTS_ONP", `[{path: "a", layout: ""}]`,
			`environnement: BASCULE_INPUTS_ONP[1].layout: est vide — écrivez le nom d'un format de mappings/layouts, sans extension : "psop"`},
		{"unreadable", "BASCULE_GATES", "[",
			"environnement: BASCULE_GATES: n'est pas du YAML lisible — vérifiez les guillemets, les deux-points, et le retrait, fait d'espaces et jamais de tabulations"},
	}
	file := writeConfig(t, minimal)
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			t.Setenv(c.variable, c.text)
			_, err := LoadConfig(file, nil)
			if err == nil || err.Error() != c.want {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}

func TestAbsentConfigurationSendsToInit(t *testing.T) {
	dir := t.TempDir()
	cases := []struct{ reason, file, want string }{
		{"nothing there", filepath.Join(dir, "absent.yaml"), dir + "/absent.yaml: n'existe pas — lancez « bascule init » pour écrire une configuration commentée, ou indiquez la vôtre par --config FICHIER"},
		{"a folder", dir, dir + ": est un dossier — indiquez le fichier de configuration par --config FICHIER"},
	}
	for _, c := range cases {
		if _, err := LoadConfig(c.file, nil); err == nil || err.Error() != c.want {
			t.Errorf("%s: got %v", c.reason, err)
		}
	}
}
