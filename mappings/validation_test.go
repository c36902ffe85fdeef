package mappings

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"bascule/reconcile"
)

const (
	goodElements = `element;label_fr;label_en;kind;title2;cas;account;tolerance_cents;formula;compared;reason
PAYE;Paye;Pay;gain;21;non;641;1;;oui;
CAS;CAS;CAS;patronale;22;oui;645;;;oui;
`
	goodCorrespondences = `element;side;code;factor;valid_from;valid_to
PAYE;legacy;101000;1;;
PAYE;onp;0101;-1;;2013-11
PAYE;onp;0102;1;2013-12;
CAS;legacy;411050;1;;
`
	goodRates = `rate;label;value;unit;valid_from;valid_to;source;mark
CAS_CIVIL;CAS;74,28;percent;2013-01;2013-11;décret;S
CAS_CIVIL;CAS;44,28;percent;2013-12;;décret;S
`
	goodScales = `scale;key;value;unit;valid_from;valid_to;source;mark
RESIDENCE;1;3;percent;;;décret;S
RESIDENCE;2;1;percent;;;décret;S
`
	goodCrosswalk = "legacy_key;onp_key;reason\nA/01;B/01;NIR provisoire\n"
	goodReasons   = "reason;label_fr;label_en;statuses;months;free;source\nARRONDI;Arrondi admis;Rounding;justified accepted;6;non;DOMAIN 4.1\nAUTRE;Autre;;;;oui;usage\n"
	goodGates     = "id;scope;metric;operator;threshold;runs;blocking\nA;V1;concordance_payslips;>=;99,8 %;3;oui\nB;;rejects;=;0;;non\n"
	goodWaves     = "wave;label;cutover;programme;service\nV1;Pilote;2014-04;176;PN*\nV2;Reste;2014-07;;\n"
)

// goodFiles is a small ministry whose tables are right.
func goodFiles() []file {
	return []file{
		{elementsFile, "t/elements.csv", []byte(goodElements)},
		{correspondencesFile, "t/correspondances.csv", []byte(goodCorrespondences)},
		{ratesFile, "t/rates.csv", []byte(goodRates)},
		{scalesFile, "t/scales.csv", []byte(goodScales)},
		{crosswalkFile, "t/identites.csv", []byte(goodCrosswalk)},
		{wavesFile, "t/vagues.csv", []byte(goodWaves)},
		{reasonsFile, "t/motifs.csv", []byte(goodReasons)},
		{gatesFile, "t/gates.csv", []byte(goodGates)},
	}
}

// spoil replaces text, which must be there, in one of the good tables.
func spoil(t *testing.T, name, from, to string) []file {
	t.Helper()
	files := goodFiles()
	for i := range files {
		if files[i].name == name {
			content := string(files[i].content)
			if !strings.Contains(content, from) {
				t.Fatalf("the good %s does not hold %q", name, from)
			}
			files[i].content = []byte(strings.Replace(content, from, to, 1))
		}
	}
	return files
}

func TestGoodTablesAreAccepted(t *testing.T) {
	for _, c := range []struct{ reason, name, from, to string }{
		{"as they are", elementsFile, "PAYE", "PAYE"},
		{"a BOM is what Excel writes", elementsFile, "element;", "\ufeffelement;"},
		{"CRLF is what Windows writes", wavesFile, goodWaves, strings.ReplaceAll(goodWaves, "\n", "\r\n")},
		{"columns of the ministry's own may follow", elementsFile, goodElements, strings.ReplaceAll(strings.ReplaceAll(goodElements, "\n", ";x\n"), ";reason;x", ";reason;note")},
		{"quotes protect a semicolon", elementsFile, ";Paye;", `;"Paye ; ""brute""";`},
		{"a decimal point is a decimal mark too", ratesFile, "74,28", "74.28"},
		{"thousands may be spaced", ratesFile, "74,28", "1\u202f430,76"},
		{"spaces around a label mean nothing", elementsFile, ";Paye;", "; Paye ;"},
		{"one code may feed two elements, one after the other", correspondencesFile, "CAS;legacy;411050;1;;", "CAS;onp;0101;1;2013-12;"},
		{"the same code on the other side is another code", correspondencesFile, "CAS;legacy;411050;1;;", "CAS;onp;101000;1;;"},
		{"no reason at all: any text is one", reasonsFile, goodReasons, "reason;label_fr;label_en;statuses;months;free;source\n"},
		{"a closed list of reasons", reasonsFile, "oui;usage", "non;usage"},
		{"no wave at all", wavesFile, goodWaves, "wave;label;cutover\nV1;Tout;2014-04\n"},
		{"no gate at all", gatesFile, goodGates, "id;scope;metric;operator;threshold;runs;blocking\n"},
		{"gates may say more", gatesFile, goodGates, "id;scope;metric;operator;threshold;runs;blocking;source;label;note\nA;;rejects;=;0;;;décret;Rejets;à revoir\n"},
	} {
		t.Run(c.reason, func(t *testing.T) {
			if _, err := parse(spoil(t, c.name, c.from, c.to), 0); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestEachProblemIsLocatedAndHasARemedy(t *testing.T) {
	for _, c := range []struct{ reason, name, from, to, want string }{
		{"a column renamed", elementsFile, "label_en", "english",
			"t/elements.csv:1: en-tête: la colonne 3 devrait être « label_en » — écrivez « element;label_fr;label_en;kind;title2;cas;account;tolerance_cents;formula;compared;reason », puis vos propres colonnes s'il y en a"},
		{"commas for semicolons", ratesFile, goodRates, strings.ReplaceAll(goodRates, ";", ","),
			"t/rates.csv:1: en-tête: la colonne 1 devrait être « rate » — écrivez « rate;label;value;unit;valid_from;valid_to;source;mark », puis vos propres colonnes s'il y en a"},
		{"a column without a name", ratesFile, "mark\n", "mark;\n",
			"t/rates.csv:1: en-tête: la colonne 9 n'a pas de nom — écrivez « rate;label;value;unit;valid_from;valid_to;source;mark », puis vos propres colonnes s'il y en a"},
		{"a column twice", wavesFile, "programme;service", "service;service",
			"t/vagues.csv:1: en-tête: la colonne « service » est répétée — écrivez « wave;label;cutover », puis vos propres colonnes s'il y en a"},
		{"a field missing", correspondencesFile, "CAS;legacy;411050;1;;", "CAS;legacy;411050;1;",
			"t/correspondances.csv:5: la ligne a 5 champs au lieu de 6 — chaque colonne de l'en-tête attend un champ, même vide"},
		{"Latin-1 bytes", ratesFile, "44,28;percent;2013-12;;décret", "44,28;percent;2013-12;;d\xe9cret",
			"t/rates.csv:3: la ligne n'est pas en UTF-8 — enregistrez la table au format « CSV UTF-8 »"},
		{"a stray quote", ratesFile, "CAS_CIVIL;CAS;44", `CAS_CIVIL;C"AS;44`,
			"t/rates.csv:3: les guillemets sont mal placés — un champ entre guillemets double ceux qu'il contient"},
		{"a quote never closed", scalesFile, "2;1;percent;;;décret", `2;1;percent;;;"décret`,
			"t/scales.csv:3: les guillemets sont mal placés — un champ entre guillemets double ceux qu'il contient"},
		{"an empty file", scalesFile, goodScales, "",
			"t/scales.csv: la table est vide — la première ligne doit être « scale;key;value;unit;valid_from;valid_to;source;mark »"},

		{"no element", elementsFile, goodElements, goodElements[:strings.Index(goodElements, "PAYE")],
			"t/elements.csv: la table ne contient aucun élément — lancez « bascule init » pour écrire les tables par défaut"},
		{"an accent in a name, which leaves an orphan", elementsFile, "CAS;CAS;CAS", "CAS_É;CAS;CAS",
			"t/elements.csv:3: element: n'est pas un nom possible — n'employez que A-Z, 0-9 et « _ », sans accent ni espace (et 1 autre problème dans les tables)"},
		{"an element twice, which leaves an orphan", elementsFile, "CAS;CAS;CAS;", "PAYE;CAS;CAS;",
			"t/elements.csv:3: element: figure déjà ligne 2 — gardez une seule des deux lignes (et 1 autre problème dans les tables)"},
		{"a label on two lines", elementsFile, ";Paye;", ";\"Pa\nye\";",
			"t/elements.csv:2: label_fr: contient un saut de ligne ou un caractère de contrôle — écrivez le texte sur une seule ligne"},
		{"no label", elementsFile, ";Paye;", ";;",
			"t/elements.csv:2: label_fr: est vide — donnez le libellé qui figurera dans les classeurs"},
		{"an unknown kind", elementsFile, "patronale", "prime",
			"t/elements.csv:3: kind: vaut « prime » — écrivez gain, retenue, patronale, info"},
		{"a title 2 category that does not exist", elementsFile, "gain;21", "gain;24",
			"t/elements.csv:2: title2: vaut « 24 » — écrivez 21, 22 ou 23, ou laissez vide hors du titre 2"},
		{"a boolean in English", elementsFile, "22;oui;645", "22;yes;645",
			"t/elements.csv:3: cas: vaut « yes » — écrivez oui, non"},
		{"an account with letters", elementsFile, ";641;", ";641A;",
			"t/elements.csv:2: account: n'est pas un compte du plan comptable — exemple : 641"},
		{"a negative tolerance", elementsFile, "641;1;", "641;-1;",
			"t/elements.csv:2: tolerance_cents: est négatif — écrivez un nombre entier de centimes, ou rien"},
		{"a tolerance as a percentage", elementsFile, "641;1;", "641;1%;",
			"t/elements.csv:2: tolerance_cents: n'est pas un nombre de centimes — écrivez un nombre entier de centimes, ou rien"},
		{"a tolerance in euros", elementsFile, "641;1;", "641;0,01;",
			"t/elements.csv:2: tolerance_cents: n'est pas un nombre de centimes — écrivez un nombre entier de centimes, ou rien"},
		{"not compared and no reason", elementsFile, ";oui;\nCAS", ";non;\nCAS",
			"t/elements.csv:2: reason: est vide alors que compared vaut « non » — dites pourquoi l'élément n'est pas comparé"},

		{"a reason twice", reasonsFile, "AUTRE;Autre", "ARRONDI;Autre",
			"t/motifs.csv:3: reason: « ARRONDI » figure déjà ligne 2 — un motif n'a qu'une ligne"},
		{"a label twice, capitals aside", reasonsFile, "AUTRE;Autre;;", "AUTRE;ARRONDI ADMIS;Other;",
			"t/motifs.csv:3: label_fr: « ARRONDI ADMIS » est déjà le libellé de la ligne 2 — donnez un libellé propre à chaque motif"},
		{"a label twice in English, where the French one stands in", reasonsFile, "Autre;;", "Rounding;;",
			"t/motifs.csv:3: label_en: « Rounding » est déjà le libellé de la ligne 2 — donnez un libellé propre à chaque motif"},
		{"a reason without a label", reasonsFile, "AUTRE;Autre", "AUTRE;",
			"t/motifs.csv:3: label_fr: est vide — donnez le libellé que les valideurs choisiront"},
		{"a label that no drop-down shows whole", reasonsFile, "AUTRE;Autre", "AUTRE;" + strings.Repeat("é", 61),
			"t/motifs.csv:3: label_fr: dépasse 60 caractères — abrégez-le : le commentaire et la décision disent le reste"},
		{"a status that is computed", reasonsFile, "justified accepted", "justified tolerated",
			"t/motifs.csv:2: statuses: « tolerated » n'est pas un statut qui se décide — écrivez open, to_fix_legacy, to_fix_onp, to_fix_hr, justified, accepted, séparés par des espaces ; vide = tous"},
		{"a duration in words", reasonsFile, "accepted;6", "accepted;6 mois",
			"t/motifs.csv:2: months: « 6 mois » n'est pas une durée — écrivez un nombre de mois de 1 à 120 ; vide = sans limite"},
		{"a duration of nothing", reasonsFile, "accepted;6", "accepted;0",
			"t/motifs.csv:2: months: « 0 » n'est pas une durée — écrivez un nombre de mois de 1 à 120 ; vide = sans limite"},
		{"two free reasons", reasonsFile, ";6;non;", ";6;oui;",
			"t/motifs.csv:3: free: la ligne 2 est déjà libre — un seul motif reçoit les textes libres"},
		{"a reason without a source", reasonsFile, "oui;usage", "oui;",
			"t/motifs.csv:3: source: est vide — citez le texte ou l'usage qui fonde le motif"},

		{"an orphan element", correspondencesFile, "CAS;legacy", "CASS;legacy",
			"t/correspondances.csv:5: element: « CASS » n'est pas dans elements.csv — ajoutez-le à elements.csv ou corrigez le nom"},
		{"an unknown side", correspondencesFile, "CAS;legacy", "CAS;psop",
			"t/correspondances.csv:5: side: vaut « psop » — écrivez legacy, onp"},
		{"an unknown factor", correspondencesFile, "411050;1", "411050;2",
			"t/correspondances.csv:5: factor: vaut « 2 » — écrivez 1, -1"},
		{"a code that a spreadsheet turned into a number", correspondencesFile, "411050", "4,11E+05",
			"t/correspondances.csv:5: code: « 4,11E+05 » n'est pas un code — un tableur a changé le code en nombre : mettez la colonne au format texte et ressaisissez-le"},
		{"a code as a formula", correspondencesFile, "411050", "=411050",
			"t/correspondances.csv:5: code: « =411050 » n'est pas un code possible — une lettre ou un chiffre d'abord, ni guillemet ni caractère de commande, 30 octets au plus"},
		{"no code", correspondencesFile, "411050", "",
			"t/correspondances.csv:5: code: est vide — écrivez le code tel que l'extrait le porte"},
		{"a code with spaces around", correspondencesFile, "411050", " 411050",
			"t/correspondances.csv:5: code: commence ou finit par des espaces — retirez-les"},
		{"one code for two elements", correspondencesFile, "411050", "101000",
			"t/correspondances.csv:5: code: « 101000 » vaut déjà, côté legacy, pour les mêmes mois ligne 2 — un code n'alimente qu'un élément à la fois : corrigez les mois de validité"},
		{"validities that share one month", correspondencesFile, "CAS;legacy;411050;1;;", "CAS;onp;0102;1;;2013-12",
			"t/correspondances.csv:5: code: « 0102 » vaut déjà, côté onp, pour les mêmes mois ligne 4 — un code n'alimente qu'un élément à la fois : corrigez les mois de validité"},
		{"a thirteenth month", correspondencesFile, "2013-11", "2013-13",
			"t/correspondances.csv:3: valid_to: n'est pas un mois possible écrit AAAA-MM — exemple : 2013-12 ; vide = sans borne"},

		{"an end before the beginning", ratesFile, "2013-01;2013-11", "2013-11;2013-01",
			"t/rates.csv:2: valid_to: précède valid_from — un mois de fin ne précède pas le mois de début"},
		{"a rate with two values in a month", ratesFile, "2013-12;;", "2013-11;;",
			"t/rates.csv:3: rate: « CAS_CIVIL » a déjà une valeur pour les mêmes mois ligne 2 — fermez la première période le mois qui précède la seconde"},
		{"a rate with its percent sign", ratesFile, "74,28", "74,28 %",
			"t/rates.csv:2: value: n'est pas un nombre — exemple : 8,76 ; l'unité a sa propre colonne"},
		{"an exponent", ratesFile, "74,28", "1e1000000",
			"t/rates.csv:2: value: n'est pas un nombre — exemple : 8,76 ; l'unité a sa propre colonne"},
		{"a negative rate", ratesFile, "74,28", "-74,28",
			"t/rates.csv:2: value: n'est pas un nombre — exemple : 8,76 ; l'unité a sa propre colonne"},
		{"no value", ratesFile, "74,28", "",
			"t/rates.csv:2: value: n'est pas un nombre — exemple : 8,76 ; l'unité a sa propre colonne"},
		{"an unknown unit", ratesFile, "percent", "%",
			"t/rates.csv:2: unit: vaut « % » — écrivez percent, euro_month, euro_year, points, number"},
		{"a rate without its source", ratesFile, ";décret;", "; ;",
			"t/rates.csv:2: source: est vide — citez le décret ou la page d'où vient la valeur"},
		{"an unknown mark", ratesFile, "décret;S", "décret;?",
			"t/rates.csv:2: mark: vaut « ? » — écrivez S, L, U, D, X"},

		{"a scale with two values of a key", scalesFile, "RESIDENCE;2", "RESIDENCE;1",
			"t/scales.csv:3: key: « 1 » a déjà une valeur dans RESIDENCE pour les mêmes mois ligne 2 — fermez la première période le mois qui précède la seconde"},
		{"no key", scalesFile, "RESIDENCE;1", "RESIDENCE;",
			"t/scales.csv:2: key: est vide — donnez la clé de la ligne dans le barème"},
		{"a step without its source", scalesFile, ";décret;", ";;",
			"t/scales.csv:2: source: est vide — citez le décret ou la page d'où vient la valeur"},

		{"a key missing", crosswalkFile, "A/01", "",
			"t/identites.csv:2: legacy_key: est vide — écrivez la clé d'identité, ses parties séparées par « / »"},
		{"two persons become one", crosswalkFile, "NIR provisoire\n", "NIR provisoire\nC/01;B/01;\n",
			"t/identites.csv:3: onp_key: figure déjà ligne 2 — une clé n'a qu'une ligne"},

		{"a selector that is no field", wavesFile, "programme;service", "programme;direction",
			"t/vagues.csv:1: direction: n'est pas un champ de l'agent — écrivez grade, echelon, indice, nbi, quotite, children, service, status, zone, programme, bop, accountant"},
		{"a wave twice", wavesFile, "V2;Reste", "V1;Reste",
			"t/vagues.csv:3: wave: « V1 » a un autre libellé ou un autre mois ligne 2 — donnez le même libellé et le même mois à toutes les lignes d'une vague"},
		{"a cutover that is a date", wavesFile, "2014-04", "01/04/2014",
			"t/vagues.csv:2: cutover: n'est pas un mois possible écrit AAAA-MM — exemple : 2013-12 ; vide = sans borne"},
		{"no cutover", wavesFile, "2014-04", "",
			"t/vagues.csv:2: cutover: est vide — écrivez le mois de bascule AAAA-MM"},
		{"a gate of a wave that is none", gatesFile, "A;V1;", "A;V9;",
			"t/gates.csv:2: scope: « V9 » n'est ni l'ensemble, ni une vague connue — écrivez overall, wave, wave:V1, wave:V2"},
		{"a gate twice", gatesFile, "B;", "A;",
			"t/gates.csv:3: id: « A » est déjà le nom du critère 1 — donnez un nom à chaque critère"},
		{"a gate of no metric", gatesFile, "rejects", "rejets",
			"t/gates.csv:3: metric: vaut « rejets », qui n'est pas une mesure — écrivez concordance_payslips, concordance_lines, concordance_amount, open_roots, missing_payslips, absolute_delta_share, max_net_gap, unmapped_codes, rejects, explained_share, stability"},
		{"a threshold that a spreadsheet spoilt", gatesFile, "99,8 %", "99,8E-02",
			"t/gates.csv:2: threshold: vaut « 99,8E-02 », qui n'est pas un nombre — écrivez une part, en pourcentage : \"99,5 %\""},
		{"a pattern that is a set of characters", wavesFile, "PN*", "P[N",
			"t/vagues.csv:2: service: « P[N » n'est pas un motif — seuls « * » (des caractères) et « ? » (un caractère) remplacent du texte"},
	} {
		t.Run(c.reason, func(t *testing.T) {
			_, err := parse(spoil(t, c.name, c.from, c.to), 0)
			if err == nil {
				t.Fatal("accepted")
			}
			if got := err.Error(); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestAllProblemsAreCountedAndTwentyKept(t *testing.T) {
	files := goodFiles()
	for i := range 30 {
		files[2].content = fmt.Appendf(files[2].content, "R%d;x;x;percent;;;s;S\n", i)
	}
	files[3].content = append(files[3].content, "RESIDENCE;9;1;percent;;;;S\n"...)
	_, err := parse(files, 0)
	var problems *Problems
	if !errors.As(err, &problems) {
		t.Fatalf("got %v", err)
	}
	if problems.Total != 31 || len(problems.List) != 20 {
		t.Errorf("%d problems counted and %d kept, want 31 and 20", problems.Total, len(problems.List))
	}
	if want := "t/rates.csv:4: value: n'est pas un nombre — exemple : 8,76 ; l'unité a sa propre colonne (et 30 autres problèmes dans les tables)"; err.Error() != want {
		t.Errorf("got  %s\nwant %s", err, want)
	}
	var input *reconcile.InputError
	if !errors.As(err, &input) || input.Line != 4 || input.Field != "value" {
		t.Errorf("the first problem is not found by errors.As: %v", input)
	}
}

func TestAMonthWithoutCorrespondencesIsRefused(t *testing.T) {
	files := spoil(t, correspondencesFile, "2013-12;", "2013-12;2014-06")
	if _, err := parse(files, reconcile.NewPeriod(2014, 6)); err != nil {
		t.Errorf("the last month in force is refused: %v", err)
	}
	_, err := parse(files, reconcile.NewPeriod(2014, 7))
	want := "t/correspondances.csv: aucune correspondance côté onp ne vaut en 2014-07 — complétez la table ou ses mois de validité"
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestCrosswalkMessagesQuoteNoKey(t *testing.T) {
	_, err := parse(spoil(t, crosswalkFile, "A/01;B/01", "1800175123456/01;B /01 \n1800175123456/01;B/02"), 0)
	if err == nil || strings.Contains(err.Error(), "1800175123456") {
		t.Errorf("got %v", err)
	}
}

func FuzzTablesNeverPanic(f *testing.F) {
	for _, g := range goodFiles() {
		f.Add(g.content)
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		for i := range goodFiles() {
			files := goodFiles()
			files[i].content = content
			if tables, err := parse(files, 0); (tables == nil) == (err == nil) {
				t.Errorf("tables %v with error %v", tables, err)
			}
		}
	})
}
