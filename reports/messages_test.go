package reports

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"bascule/reconcile"
)

var verb = regexp.MustCompile(`%(\[\d\])?[a-z]`)

func TestEveryMessageIsWrittenInBothLanguages(t *testing.T) {
	for key, texts := range catalogue() {
		if texts[0] == "" || texts[1] == "" {
			t.Errorf("%s : il manque une langue : %q", key, texts)
		}
		if fr, en := verb.FindAllString(texts[0], -1), verb.FindAllString(texts[1], -1); !slices.Equal(fr, en) {
			t.Errorf("%s : les verbes diffèrent : %v et %v", key, fr, en)
		}
	}
	if rows := strings.Count(messagesCSV, "\n") - 1; rows != len(catalogue()) {
		t.Errorf("%d lignes pour %d clés : une clé est écrite deux fois", rows, len(catalogue()))
	}
}

// domains are the values that complete a key made at run time.
func domains() map[string]bool {
	values := map[string]bool{}
	for _, k := range reconcile.Kinds {
		values["kind."+string(k)] = true
	}
	for _, c := range reconcile.Causes {
		values["cause."+string(c)] = true
	}
	for _, s := range reconcile.Statuses {
		values["status."+string(s)] = true
	}
	for _, e := range reconcile.Evolutions {
		values["evolution."+string(e)] = true
	}
	for _, f := range []reconcile.Fault{reconcile.FaultLegacy, reconcile.FaultONP, reconcile.FaultBoth, reconcile.FaultUnknown} {
		values["fault."+string(f)] = true
	}
	for _, s := range reconcile.Sides {
		values["side."+s.String()] = true
	}
	for _, s := range reconcile.Senses {
		values["sense."+s.String()] = true
	}
	for f := reconcile.FieldGrade; f <= reconcile.FieldAccountant; f++ {
		values["field."+f.String()] = true
	}
	for _, name := range []string{"stored", "engine", "recorded", "closing", "identity", "transfers", "workbook", "mass", "parts", "budget",
		"trailer_payslips", "trailer_lines", "trailer_to_pay", "trailer_to_deduct", "trailer_information",
		"reader_lines", "reader_to_pay", "reader_to_deduct", "reader_information"} {
		values["check."+name] = true
	}
	for _, name := range []string{"lines", "missing", "accounts", "net", "information", "discrepancies", "ministry"} {
		values["scope."+name] = true
	}
	for _, rule := range reconcile.IdentityRules {
		values["rule."+rule] = true
	}
	for _, c := range []reconcile.Confidence{reconcile.Sure, reconcile.Likely, reconcile.Weak} {
		values["confidence."+string(c)] = true
	}
	for _, c := range []reconcile.CodeState{reconcile.CodeUnmapped, reconcile.CodeOutOfDate, reconcile.CodeRefused, reconcile.CodeUnseen} {
		values["state."+string(c)] = true
	}
	for _, axis := range []string{"service", "programme", "wave", "bop"} {
		values["part."+axis] = true
	}
	for _, o := range []reconcile.Owner{reconcile.OwnerHR, reconcile.OwnerONP, reconcile.OwnerLegacy, reconcile.OwnerReference} {
		values["owner."+string(o)] = true
	}
	for _, rule := range rules {
		values["why."+rule] = true
	}
	for _, f := range []reconcile.Fault{reconcile.FaultLegacy, reconcile.FaultONP, reconcile.FaultBoth} {
		values["verdict.fault."+string(f)] = true
	}
	for _, convention := range []string{"half_up", "truncate", "point4", "point5", "annual"} {
		values["round."+convention] = true
	}
	for _, metric := range reconcile.Metrics {
		values["metric."+string(metric)] = true
	}
	for _, o := range reconcile.Opinions {
		values["opinion."+string(o)] = true
	}
	for _, l := range reconcile.AllLoosened {
		values["loosened."+string(l)] = true
	}
	for _, trend := range []reconcile.Trend{reconcile.TrendBetter, reconcile.TrendSame, reconcile.TrendWorse} {
		values["trend."+string(trend)] = true
	}
	for _, scope := range []string{reconcile.ScopeOverall, reconcile.ScopeWaves} {
		values["gate.scope."+scope] = true
	}
	for _, j := range reconcile.AllJudged {
		values["judged."+string(j)] = true
	}
	for _, j := range []reconcile.Judged{reconcile.JudgedONP, reconcile.JudgedLegacy, reconcile.JudgedUnknown} {
		values["alert."+string(j)] = true
	}
	for _, status := range []string{"T", "S", "C", "M", "O"} {
		values["population."+status] = true
	}
	for _, category := range title2 {
		if category != "" {
			values["title2."+category] = true
		}
	}
	for _, s := range bridgeParts {
		values[s.key] = true
	}
	for _, code := range reconcile.BudgetAlerts {
		values["budget_alert."+string(code)] = true
	}
	for _, kind := range reconcile.BudgetKinds {
		values["budget_kind."+string(kind)] = true
	}
	for _, nature := range []reconcile.OperationNature{reconcile.OperationCommitment, reconcile.OperationPayment, reconcile.OperationExpected, reconcile.OperationWithdrawn} {
		values["operation."+string(nature)] = true
	}
	for _, method := range []string{"explained", "declared", "simple"} {
		values["check.year_"+method] = true
	}
	for month := 1; month <= 12; month++ {
		values["month."+strconv.Itoa(month)] = true
	}
	return values
}

func TestEveryValueOfADomainHasAMessage(t *testing.T) {
	for key := range domains() {
		if _, known := catalogue()[key]; !known {
			t.Errorf("%s : pas de message", key)
		}
	}
}

// called are the literals that the code asks the catalogue for.
func called(t *testing.T) map[string]bool {
	keys := map[string]bool{}
	eachCall(t, func(call *ast.CallExpr) { addCalled(keys, call) })
	return keys
}

// eachCall visits what the code of the package calls.
func eachCall(t *testing.T, visit func(*ast.CallExpr)) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				visit(call)
			}
			return true
		})
	}
}

func addCalled(keys map[string]bool, call *ast.CallExpr) {
	name := ""
	switch f := call.Fun.(type) {
	case *ast.SelectorExpr:
		name = f.Sel.Name
	case *ast.Ident:
		name = f.Name
	}
	for i, arg := range call.Args {
		literal, ok := arg.(*ast.BasicLit)
		if !ok || literal.Kind != token.STRING {
			continue
		}
		key, _ := strconv.Unquote(literal.Value)
		switch {
		case name == "massCheck" && i == 0:
			keys["check."+key] = true
		case (name == "column" || name == "wrapped") && i == 0:
			keys["col."+key], keys["col."+key+".note"] = true, true
		case (name == "titled" || name == "titledLong") && i == 0:
			keys["col."+key] = true
		case !strings.Contains(key, "."): // a blank of a page, no key
		case i == 0 && slices.Contains([]string{"t", "counts", "money", "row", "fact"}, name):
			keys[key] = true
		case name == "n" && i == 0:
			keys[key+".one"], keys[key+".many"] = true, true
		case name == "section" && i == 0:
			keys[key] = true
		case name == "section":
			keys[key], keys[key+".note"] = true, true
		}
	}
}

func TestEveryBlankOfAMessageIsFilled(t *testing.T) {
	eachCall(t, func(call *ast.CallExpr) {
		f, ok := call.Fun.(*ast.SelectorExpr)
		if !ok || f.Sel.Name != "t" || len(call.Args) == 0 || call.Ellipsis.IsValid() {
			return
		}
		literal, ok := call.Args[0].(*ast.BasicLit)
		if !ok {
			return
		}
		key, _ := strconv.Unquote(literal.Value)
		blanks := map[string]bool{} // %[1]s fills the same one each time
		for i, v := range verb.FindAllString(catalogue()[key][0], -1) {
			if !strings.Contains(v, "[") {
				v = strconv.Itoa(i)
			}
			blanks[v] = true
		}
		if len(blanks) != len(call.Args)-1 {
			t.Errorf("%s: %d blanks, given %d values", key, len(blanks), len(call.Args)-1)
		}
	})
}

func TestTheCatalogueHoldsWhatTheCodeAsksAndNothingElse(t *testing.T) {
	asked := called(t)
	for key := range asked {
		if _, known := catalogue()[key]; !known {
			t.Errorf("%s : demandé par le code, absent du catalogue", key)
		}
	}
	values := domains()
	for key := range catalogue() {
		if strings.HasPrefix(key, saidPrefix) { // TestEverySayingHasOneMessageInBothLanguages
			continue
		}
		key = strings.TrimSuffix(key, ofMonths)
		if !asked[key] && !values[strings.TrimSuffix(key, ".note")] {
			t.Errorf("%s : dans le catalogue, demandé nulle part", key)
		}
	}
}

func TestLabelsStandInMessagesAsTheyAre(t *testing.T) {
	m := newMessages("fr", Labels{Legacy: "PAY 100 %", ONP: "SIRHIUS"})
	for _, c := range []struct{ got, want, reason string }{
		{m.kind(reconcile.MissingInONP), "Bulletin absent côté SIRHIUS", "a label replaces its mark"},
		{m.t("missing.purpose", 2, 3), "Absents côté SIRHIUS : 2. Absents côté PAY 100 % : 3. L'effet est celui du bulletin entier.", "a percent sign in a label is no verb"},
		{m.status(reconcile.StatusToFixLegacy), "À corriger PAY 100 %", "nor is it doubled where there is no verb"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, wanted %q", c.reason, c.got, c.want)
		}
	}
}

func TestNumbersReadAsTheLanguageWritesThem(t *testing.T) {
	fr, en := newMessages("fr", Labels{}), newMessages("en", Labels{})
	for _, c := range []struct{ got, want, reason string }{
		{fr.money(-123456), "−1\u00a0234,56\u00a0€", "French thousands, comma, minus"},
		{en.money(-123456), "-€1,234.56", "English amount"},
		{fr.delta(1), "+0,01\u00a0€", "a gain shows its sign"},
		{fr.delta(0), "0,00\u00a0€", "nothing has no sign"},
		{fr.rate(99_999, 100_000), "99,99\u00a0%", "not all is never 100 %"},
		{fr.rate(100_000, 100_000), "100,00\u00a0%", "all is"},
		{fr.rate(0, 0), "–", "a share of nothing"},
		{fr.decimal(-5), "-0,05", "CSV amount, plain minus"},
		{en.decimal(1234567), "12345.67", "CSV amount, no thousands"},
		{fr.month(reconcile.NewPeriod(2013, 8)), "août 2013", "a month in words"},
		{fr.n("gaps.open", 0), "0 écart ouvert", "nought is singular in French"},
		{en.n("gaps.open", 0), "0 open gaps", "and plural in English"},
		{fr.instant("2013-12-21T03:15:00+01:00"), "21/12/2013 02:15 UTC", "an instant in UTC"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, wanted %q", c.reason, c.got, c.want)
		}
	}
}

func TestCellsHoldDaysAsSheetsCountThem(t *testing.T) {
	if got := Day("2013-12-19T10:00:00Z"); got.Type != Date || got.N != 41627 {
		t.Errorf("19 December 2013 is %+v, wanted day 41627", got)
	}
	if got := M(reconcile.NewPeriod(2013, 12)); got.Type != Month || got.N != 41609 {
		t.Errorf("December 2013 is %+v, wanted day 41609", got)
	}
	if got := Day("demain"); got.Type != Text || got.Text != "demain" {
		t.Errorf("what is no date stays a text: %+v", got)
	}
}
