package budget

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"bascule/reconcile"
)

// read reads the row as its kind says, and gives it its natural key.
func (l *line) read() {
	l.withdrawn = l.word("retrait", "", "oui", "non") == "oui"
	switch l.kind {
	case reconcile.BudgetCredits:
		l.credit()
	case reconcile.BudgetCeilings:
		l.ceiling()
	case reconcile.BudgetProfile:
		l.profile()
	case reconcile.BudgetWorkstreams:
		l.workstream()
	case reconcile.BudgetOperations:
		l.operation()
	case reconcile.BudgetMilestones:
		l.milestone()
	case reconcile.BudgetValues:
		l.valueRow()
	}
}

// is sets what the row says, and its key.
func (l *line) is(value any, key ...string) {
	for i, k := range key {
		key[i] = strings.NewReplacer(`\`, `\\`, "|", `\|`).Replace(k)
	}
	l.value, l.key = value, strings.Join(key, "|")
}

const hintProgramme = "écrivez le numéro du programme : 176"

func (l *line) credit() {
	c := reconcile.Credit{Year: l.year("exercice"), Programme: l.needed("programme", hintProgramme), Category: l.category(), CAS: l.word("cas", "", "oui", "non"),
		Nature: reconcile.CreditNature(l.word("nature", texts(reconcile.CreditNatures)...)), Date: l.day("date", false), AE: l.amount("ae", false), CP: l.amount("cp", false),
		Label: l.text("libelle"), Source: l.text("source")}
	l.is(c, strconv.Itoa(c.Year), c.Programme, c.Category, c.CAS, string(c.Nature), string(c.Date), fold(c.Source))
	if l.failed {
		return
	}
	if of := c.Date.Period(); of.Year() != c.Year && (c.Nature != reconcile.CreditLFI || of != reconcile.NewPeriod(c.Year-1, 12)) {
		l.problem("date", fmt.Errorf("n'est pas de l'exercice %d", c.Year), "corrigez l'exercice ou la date ; une LFI peut être de décembre de l'année précédente")
	}
	if reconcile.InTitle2(c.Category) && c.AE != c.CP {
		l.problem("cp", fmt.Errorf("n'est pas égal à l'AE, en titre 2 : %v et %v", c.CP, c.AE), "en dépenses de personnel, AE = CP (LOLF, article 8) : corrigez l'une des deux, ou la catégorie")
	}
	if !reconcile.InTitle2(c.Category) && c.CAS != "" {
		l.problem("cas", errors.New("n'a de sens qu'en titre 2"), "laissez-le vide")
	}
	l.checkSign(&c)
}

// checkSign holds the sign of the credits to what their nature does.
func (l *line) checkSign(c *reconcile.Credit) {
	for _, of := range []struct {
		name   string
		amount reconcile.Amount
	}{{"ae", c.AE}, {"cp", c.CP}} {
		switch c.Nature {
		case reconcile.CreditGel, reconcile.CreditAnnulation:
			if of.amount > 0 {
				l.problem(of.name, fmt.Errorf("est positif : une ligne « %s » diminue les crédits", c.Nature), "écrivez-le avec le signe moins : -1000,00")
			}
		case reconcile.CreditLFI, reconcile.CreditReport, reconcile.CreditFonds, reconcile.CreditDegel:
			if of.amount < 0 {
				l.problem(of.name, fmt.Errorf("est négatif : une ligne « %s » augmente les crédits", c.Nature), "écrivez-le sans signe, ou changez la nature : annulation, gel")
			}
		}
	}
}

func texts[T ~string](list []T) []string {
	words := make([]string, len(list))
	for i, w := range list {
		words[i] = string(w)
	}
	return words
}

// category reads a category of expenses: two digits, or the title alone.
func (l *line) category() string {
	text, ok := l.readable("categorie")
	s := strings.TrimPrefix(fold(text), "t")
	switch {
	case !ok:
		return ""
	case s == "":
		return reconcile.Title2
	case s == "2" || s == "21" || s == "22" || s == "23":
		return s
	case s[0] >= '1' && s[0] <= '7' && s[0] != '2' && (len(s) == 1 || len(s) == 2 && s[1] >= '1' && s[1] <= '9'):
		return s
	}
	l.problem("categorie", fmt.Errorf("vaut « %s »", text), "écrivez 21, 22 ou 23, rien pour tout le titre 2, ou la catégorie d'un autre titre : 31, 51")
	return ""
}

func (l *line) ceiling() {
	c := reconcile.Ceiling{Year: l.year("exercice"), Programme: l.text("programme"), Jobs: reconcile.Jobs(l.hundredths("etpt", false)) * reconcile.OneETPT / 100, Label: l.text("libelle"), Source: l.text("source")}
	l.is(c, strconv.Itoa(c.Year), c.Programme)
}

func (l *line) profile() {
	etp := func(name string) reconcile.ETP {
		return reconcile.ETP(l.hundredths(name, true)) * reconcile.OneETP / 100
	}
	p := reconcile.ProfileMonth{Year: l.year("exercice"), Programme: l.needed("programme", hintProgramme), Category: l.category(), Month: l.month("mois"), Amount: l.positive("montant", false),
		Jobs: etp("etpt"), Entries: etp("entrees"), Exits: etp("sorties")}
	l.is(p, strconv.Itoa(p.Year), p.Programme, p.Category, p.Month.String())
	if l.failed {
		return
	}
	if p.Month.Year() != p.Year {
		l.problem("mois", fmt.Errorf("n'est pas de l'exercice %d", p.Year), "corrigez l'exercice ou le mois")
	}
	switch {
	case !reconcile.InTitle2(p.Category):
		l.problem("categorie", errors.New("n'est pas du titre 2"), "le profil est celui des dépenses de personnel : 21, 22, 23, ou rien pour leur ensemble")
	case (p.Category == "22" || p.Category == "23") && (p.Jobs != 0 || p.Entries != 0 || p.Exits != 0):
		l.problem("etpt", errors.New("les emplois comptent une fois, pas dans chaque catégorie"), "donnez etpt, entrees et sorties sur la ligne de la catégorie 21")
	}
}

func (l *line) workstream() {
	w := reconcile.Workstream{ID: l.needed("chantier", "donnez un nom court au chantier : RACCORDEMENT"), Label: l.text("libelle"), Year: l.year("exercice"), AE: l.positive("ae", false), CP: l.positive("cp", false),
		ExpectedAE: l.positive("prevision_ae", true), ExpectedCP: l.positive("prevision_cp", true)}
	l.is(w, w.ID, strconv.Itoa(w.Year))
}

func (l *line) operation() {
	o := reconcile.Operation{ID: l.needed("operation", "donnez un numéro à l'opération : celui de l'engagement ou de la demande de paiement"), Workstream: l.text("chantier"),
		Nature: reconcile.OperationNature(l.word("nature", "engagement", "paiement", "prevision", "annulation")), Date: l.day("date", false), Commitment: l.text("engagement"),
		AE: l.amount("ae", true), CP: l.amount("cp", true), Third: l.text("tiers"), Label: l.text("libelle")}
	if l.withdrawn {
		o.Nature, l.withdrawn = reconcile.OperationWithdrawn, false // which has its own word
	}
	l.is(o, o.ID)
	if l.failed {
		return
	}
	switch o.Nature {
	case reconcile.OperationCommitment:
		switch {
		case o.CP != 0:
			l.problem("cp", errors.New("un engagement ne consomme que des AE"), "laissez cp vide ; le paiement est une opération à part, qui cite l'engagement")
		case o.AE == 0:
			l.problem("ae", errBlank, "écrivez le montant ferme engagé")
		case o.AE < 0 && o.Commitment == "":
			l.problem("ae", errors.New("est négatif"), "un retrait d'engagement cite l'engagement qu'il diminue, dans la colonne engagement")
		}
	case reconcile.OperationPayment:
		switch {
		case o.AE != 0:
			l.problem("ae", errors.New("un paiement ne consomme que des CP"), "laissez ae vide")
		case o.CP == 0:
			l.problem("cp", errBlank, "écrivez le montant payé")
		case o.Commitment == "":
			l.problem("engagement", errBlank, "citez l'engagement payé : aucun paiement sans engagement")
		}
	case reconcile.OperationExpected:
		if o.AE < 0 || o.CP < 0 || o.AE == 0 && o.CP == 0 {
			l.problem("cp", errors.New("une prévision a un montant positif"), "écrivez ce qui sera engagé (ae) ou payé (cp)")
		}
	case reconcile.OperationWithdrawn:
		if o.AE != 0 || o.CP != 0 {
			l.problem("ae", errors.New("une annulation n'a pas de montant"), "laissez ae et cp vides : l'opération citée ne comptera plus, et reste dans l'historique")
		}
	}
	if o.Commitment == o.ID {
		l.problem("engagement", errors.New("cite l'opération elle-même"), "citez un autre engagement, ou laissez vide")
	}
}

func (l *line) milestone() {
	m := reconcile.Milestone{ID: l.needed("jalon", "donnez un nom court au jalon"), Workstream: l.needed("chantier", "nommez le chantier dont c'est le jalon"), Planned: l.day("prevu", l.withdrawn), Met: l.day("realise", true), Label: l.text("libelle")}
	l.is(m, m.ID)
}

func (l *line) valueRow() {
	v := reconcile.ValueRow{Year: l.year("annee"), Nature: l.word("nature", reconcile.ValueGain, reconcile.ValueCost), State: l.word("etat", reconcile.ValueExpected, reconcile.ValueMeasured),
		Amount: l.positive("montant", false), Label: l.needed("libelle", "dites ce que c'est : il distingue les lignes d'une même année"), Source: l.text("source")}
	l.is(v, strconv.Itoa(v.Year), v.Nature, v.State, fold(v.Label))
}
