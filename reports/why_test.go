package reports

import (
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"bascule/reconcile"
)

// rules are those of the engine and of reconcile/explain that have a sentence;
// those of identities have one already.
var rules = []string{"unmapped_code", "sense_mismatch", "unmapped_counterpart", "situation_field", "grid_index", "situation_pay", "situation_share",
	"rate_dated", "rate_printed", "rate_key", "rate_changed", "threshold_ignored", "derived_formula", "derived_gap", "proration_part", "proration_days",
	"proration_entry", "proration_absence", "proration_follows", "proration_thirtieths", "net_over_origins", "one_off_arrears", "arrears_origin",
	"timing_neighbour", "timing_presumed", "timing_entry", "timing_exit", "timing_late_presumed", "tacit_renewal", "sign_opposite", "duplicate_line", "swapped_elements", "hand_entered_round",
	"hand_entered", "rounding_convention", "tolerance", "not_compared", "accountant_field", "imputation_field", "imputation_shares", "entered", "left",
	"scale_breach", "declared_net", "unexplained"}

// facts makes evidence of names and values.
func facts(pairs ...string) []reconcile.Fact {
	var list []reconcile.Fact
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, reconcile.Fact{Name: reconcile.FactName(pairs[i]), Value: pairs[i+1]})
	}
	return list
}

// allFacts has one of each.
func allFacts() []reconcile.Fact {
	return facts("side", "onp", "element", "TRAITEMENT_BRUT", "root", "ISSP", "field", "indice", "legacy_value", "467", "onp_value", "472", "rate", "PC_AGENT",
		"applied", "8.49", "applied_from", "2012-11", "applied_to", "2012-12", "applied_key", "RESIDENCE/2", "official", "8.76", "official_from", "2013-01",
		"official_to", "2013-12", "source", "décret 2010-1749", "expected", "188.37", "paid", "182.56", "legacy_scale", "2150.31", "onp_scale", "2173.33",
		"legacy_days", "30", "onp_days", "15", "legacy_round", "half_up", "onp_round", "truncate", "month", "2013-11", "origin", "2013-10", "code", "101000",
		"text", "PN1010/5", "amount", "150.00", "population", "12345", "share", "99.8", "shared", "TRAITEMENT_BRUT")
}

func inventedTables() *reconcile.Tables {
	return &reconcile.Tables{
		Elements: []reconcile.Element{{Code: "TRAITEMENT_BRUT", LabelFR: "Traitement brut", LabelEN: "Base pay"}, {Code: "ISSP", LabelFR: "Sujétions de police", LabelEN: "Police duties"}},
		Rates:    []reconcile.Rate{{Name: "PC_AGENT", Label: "Retenue pour pension", Value: decimal.New(876, -2), Unit: reconcile.UnitPercent}, {Name: "POINT_INDICE", Label: "Valeur du point", Unit: reconcile.UnitEuroYear}},
		Scales:   []reconcile.ScaleRow{{Scale: "RESIDENCE", Key: "1", Unit: reconcile.UnitPercent}},
	}
}

func TestEverySentenceStandsWhateverFactsItLacks(t *testing.T) {
	for _, lang := range []string{"fr", "en"} {
		teller := newTeller(newMessages(lang, Labels{}), inventedTables())
		for _, rule := range rules {
			all := allFacts()
			sets := [][]reconcile.Fact{all, nil}
			for i := range all {
				sets = append(sets, all[i:i+1], append(append([]reconcile.Fact{}, all[:i]...), all[i+1:]...))
			}
			for _, evidence := range sets {
				text := teller.why(&reconcile.Discrepancy{Kind: reconcile.AmountDiffers, Rule: rule, Cause: reconcile.CauseRate, AtFault: reconcile.FaultUnknown, Evidence: evidence})
				for _, bad := range []string{"()", "  ", "( ", " )", "{", "}", "[", "]", "|", "%!", " .", " ,", "..", "«  »", " ]"} {
					if strings.Contains(text, bad) {
						t.Errorf("%s, %s: %q in %q", lang, rule, bad, text)
					}
				}
				if !strings.HasSuffix(text, ".") || len(text) < 10 {
					t.Errorf("%s, %s: %q is no sentence", lang, rule, text)
				}
			}
		}
	}
}

func TestSentencesSayWhatTheFactsSay(t *testing.T) {
	amount := func(rule string, fault reconcile.Fault, evidence ...string) reconcile.Discrepancy {
		return reconcile.Discrepancy{Kind: reconcile.AmountDiffers, Rule: rule, Cause: reconcile.CauseRate, AtFault: fault, Evidence: facts(evidence...)}
	}
	const nb = noBreak
	for _, c := range []struct {
		reason, fr, en string
		d              reconcile.Discrepancy
	}{
		{"a rate of another date accuses: no verdict follows", "ONP applique « Retenue pour pension » = 8,49" + nb + "% (de 11/2012 à 12/2012) au lieu de 8,76" + nb + "% (décret 2010-1749) : 182,56" + nb + "€ là où le barème donne 188,37" + nb + "€.",
			"ONP applies “Retenue pour pension” = 8.49% (from 2012-11 to 2012-12) instead of 8.76% (décret 2010-1749): €182.56 where the scale gives €188.37.",
			amount("rate_dated", reconcile.FaultONP, "side", "onp", "rate", "PC_AGENT", "applied", "8.49", "applied_from", "2012-11", "applied_to", "2012-12", "official", "8.76", "source", "décret 2010-1749", "expected", "188.37", "paid", "182.56")},
		{"a table without source, a value still in force, the other side at fault too", "PSOP applique « Valeur du point » = 55,2871 (depuis 10/2009) au lieu de 55,5635. Les deux en cause.",
			"PSOP applies “Valeur du point” = 55.2871 (since 2009-10) instead of 55.5635. Both at fault.",
			amount("rate_dated", reconcile.FaultBoth, "side", "legacy", "rate", "POINT_INDICE", "applied", "55.2871", "applied_from", "2009-10", "official", "55.5635")},
		{"nothing is known but the rule and the verdict", "Un taux d'une autre date est appliqué. ONP en cause.", "A rate of another date is applied. ONP at fault.", amount("rate_dated", reconcile.FaultONP)},
		{"the key of a scale, whose unit is the scale's", "ONP applique le taux de « RESIDENCE/2 » (1" + nb + "%) au lieu de celui de « RESIDENCE/1 » (3" + nb + "%), décret 85-1148.",
			"ONP applies the rate of “RESIDENCE/2” (1%) instead of that of “RESIDENCE/1” (3%), décret 85-1148.",
			amount("rate_key", reconcile.FaultONP, "side", "onp", "rate", "RESIDENCE/1", "applied", "1", "applied_key", "RESIDENCE/2", "official", "3", "source", "décret 85-1148")},
		{"pay that follows the situation", "Suit la situation (indice majoré 467 → 472, échelon 5 → 6) : chaque côté paye ce que le barème donne pour la sienne, soit 2" + nb + "150,31" + nb + "€ et 2" + nb + "173,33" + nb + "€. PSOP en cause.",
			"Follows the situation (index 467 → 472, step 5 → 6): each side pays what the scale gives for its own, €2,150.31 and €2,173.33. PSOP at fault.",
			amount("situation_pay", reconcile.FaultLegacy, "field", "indice", "legacy_value", "467", "onp_value", "472", "field", "echelon", "legacy_value", "5", "onp_value", "6", "legacy_scale", "2150.31", "onp_scale", "2173.33")},
		{"an index that the grid does not give", "ONP a l'indice 472 là où la grille donne 467 pour PN1010/5 (décret 2008-836).", "ONP has index 472 where the grid gives 467 for PN1010/5 (décret 2008-836).",
			amount("grid_index", reconcile.FaultONP, "side", "onp", "text", "PN1010/5", "applied", "472", "official", "467", "source", "décret 2008-836")},
		{"a derived gap whose base is another element than the root", "Découle de « Traitement brut » : la formule, appliquée à l'écart de « Sujétions de police », le donne au centime.",
			"Derives from “Base pay”: the formula, applied to the gap of “Police duties”, gives it to the centime.",
			amount("derived_formula", reconcile.FaultUnknown, "element", "ISSP", "root", "TRAITEMENT_BRUT")},
		{"a derived gap of two roots", "Découle de « Traitement brut » et de « Sujétions de police » : la formule, appliquée à cet écart, le donne au centime.",
			"Derives from “Base pay” and “Police duties”: the formula, applied to that gap, gives it to the centime.",
			amount("derived_formula", reconcile.FaultUnknown, "element", "TRAITEMENT_BRUT", "root", "TRAITEMENT_BRUT", "shared", "ISSP")},
		{"roots of several months of one element", "Découle de « Traitement brut » et de « Sujétions de police » : la formule, appliquée à cet écart, le donne au centime.",
			"Derives from “Base pay” and “Police duties”: the formula, applied to that gap, gives it to the centime.",
			amount("derived_formula", reconcile.FaultUnknown, "element", "TRAITEMENT_BRUT", "root", "TRAITEMENT_BRUT", "shared", "TRAITEMENT_BRUT", "shared", "ISSP", "shared", "ISSP")},
		{"a ceiling in euros has its thousands apart", "ONP n'applique pas « PLAFOND » = 3" + nb + "031.", "ONP does not apply “PLAFOND” = 3,031.",
			amount("threshold_ignored", reconcile.FaultONP, "side", "onp", "rate", "PLAFOND", "official", "3031")},
		{"thirtieths of a whole month", "ONP paye 15/30 de ce que paye PSOP.", "ONP pays 15/30 of what PSOP pays.", amount("proration_thirtieths", reconcile.FaultUnknown, "legacy_days", "30", "onp_days", "15")},
		{"an entry in February", "Entrée en cours de mois, 14/30 côté PSOP et 16/30 côté ONP : ONP compte 30 moins les jours d'avant, au lieu des jours de l'entrée à la fin du mois (CE, 26 février 1996, 156217).",
			"Entry within the month, 14/30 in PSOP and 16/30 in ONP: ONP counts 30 less the days before, instead of the days from entry to the end of the month (CE, 26 février 1996, 156217).",
			amount("proration_entry", reconcile.FaultONP, "legacy_days", "14", "onp_days", "16", "side", "onp", "source", "CE, 26 février 1996, 156217")},
		{"paid a month before", "Simple décalage : payé par PSOP ce mois-ci, par ONP en novembre 2013.", "Only shifted: paid by PSOP this month, by ONP in November 2013.",
			amount("timing_neighbour", reconcile.FaultUnknown, "side", "onp", "month", "2013-11")},
		{"rounding conventions found on many payslips", "Arrondi : au centime le plus proche côté PSOP, au centime inférieur côté ONP (99,8" + nb + "% de 12" + nb + "345 bulletins).",
			"Rounding: to the nearest centime in PSOP, down to the centime in ONP (99.8% of 12,345 payslips).",
			amount("rounding_convention", reconcile.FaultUnknown, "legacy_round", "half_up", "onp_round", "truncate", "population", "12345", "share", "99.8")},
		{"an unknown amount", "PSOP paye 21,25" + nb + "€ là où le barème donne 20,00" + nb + "€, et ONP le suit : aucune règle connue ne donne ce montant.",
			"PSOP pays €21.25 where the scale gives €20.00, which ONP follows: no known rule gives that amount.",
			amount("scale_breach", reconcile.FaultLegacy, "side", "legacy", "expected", "20.00", "paid", "21.25")},
		{"a field tells its values", "Échelon : 5 côté PSOP, vide côté ONP. ONP en cause.", "Step: 5 in PSOP, blank in ONP. ONP at fault.",
			reconcile.Discrepancy{Kind: reconcile.SituationDiffers, Element: "echelon", Rule: "situation_field", LegacyText: "5", AtFault: reconcile.FaultONP}},
		{"a bank account does not", "Compte bancaire : ••• côté PSOP, ••• côté ONP.", "Bank account: ••• in PSOP, ••• in ONP.",
			reconcile.Discrepancy{Kind: reconcile.SituationDiffers, Element: "iban", Rule: "situation_field", LegacyText: "digest-1", ONPText: "digest-2"}},
		{"an unmapped code needs no evidence", "Le code « 202206 » côté PSOP n'a pas de correspondance : tout son montant reste à part.", "The code “202206” of PSOP feeds no element: its whole amount stands apart.",
			reconcile.Discrepancy{Kind: reconcile.Unmapped, Element: "202206", Side: reconcile.Legacy, Rule: "unmapped_code"}},
		{"an identity says what it said", "Même personne sous un autre dossier : 01 → 02.", "Same person under another file number: 01 → 02.",
			reconcile.Discrepancy{Kind: reconcile.IdentityDoubt, Rule: "other_dossier", Cause: reconcile.CauseIdentity, LegacyText: "01", ONPText: "02"}},
		{"a rule of another version of the program", "Taux ou barème. Les deux en cause.", "Rate or scale. Both at fault.", amount("yet_unknown", reconcile.FaultBoth)},
		{"no rule at all", "Rien ne l'explique encore : à analyser.", "Nothing explains it yet: to be analysed.", reconcile.Discrepancy{Cause: reconcile.CauseUnexplained}},
	} {
		for lang, want := range map[string]string{"fr": c.fr, "en": c.en} {
			if got := newTeller(newMessages(lang, Labels{}), inventedTables()).why(&c.d); got != want {
				t.Errorf("%s, %s:\n got %q\nwant %q", lang, c.reason, got, want)
			}
		}
	}
}

func TestALabelWithMarksOfTheTemplatesStaysAsItIs(t *testing.T) {
	m := newMessages("fr", Labels{Legacy: "PAY {100 %} [a|b]", ONP: "ONP"})
	d := reconcile.Discrepancy{Rule: "hand_entered_round", Kind: reconcile.AmountDiffers, AtFault: reconcile.FaultLegacy}
	const want = "PAY {100 %} [a|b] porte un montant rond saisi par le ministère, ONP un montant calculé. PAY {100 %} [a|b] en cause."
	if got := newTeller(m, nil).why(&d); got != want {
		t.Errorf("got %q", got)
	}
}

func TestPatternsAreShownInWords(t *testing.T) {
	for _, c := range []struct {
		reason, pattern, fr, en string
		kind                    reconcile.Kind
	}{
		{"an equal amount is money", "=-1234", "−12,34\u00a0€", "-€12.34", reconcile.AmountDiffers},
		{"a field has its name, a number the mark of the language", "indice 335 → 348, quotite 85.71", "Indice majoré 335 → 348, Quotité 85,71", "Index 335 → 348, Working time 85.71", reconcile.AmountDiffers},
		{"conventions are words", "truncate → half_up", "au centime inférieur → au centime le plus proche", "down to the centime → to the nearest centime", reconcile.AmountDiffers},
		{"a rate keeps the name of the table", "CAS_CIVIL 44.28 → 74.28", "CAS_CIVIL 44,28 → 74,28", "CAS_CIVIL 44.28 → 74.28", reconcile.AmountDiffers},
		{"values of a field are those of the files", "1.5 → zone", "1.5 → zone", "1.5 → zone", reconcile.SituationDiffers},
	} {
		for lang, want := range map[string]string{"fr": c.fr, "en": c.en} {
			v := newView(&Data{Run: &reconcile.Run{}, Lang: lang})
			if got := v.pattern(&reconcile.Cluster{Kind: c.kind, Pattern: c.pattern, Count: 2}); got != want {
				t.Errorf("%s: %q in %s is %q, wanted %q", c.reason, c.pattern, lang, got, want)
			}
		}
	}
}
