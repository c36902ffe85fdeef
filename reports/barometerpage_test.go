package reports_test

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"bascule/reconcile"
	"bascule/reports"
)

// pageNode is an element of a page as a strict reader finds it.
type pageNode struct {
	name     string
	attrs    map[string]string
	text     string // all that it holds
	children []string
}

// readPage reads a page strictly: every attribute quoted, every element closed in
// its order.
func readPage(t *testing.T, page string) []*pageNode {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(page))
	d.Entity = xml.HTMLEntity
	var all, open []*pageNode
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatalf("unbalanced or unquoted: %v", err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			n := &pageNode{name: token.Name.Local, attrs: map[string]string{}}
			for _, a := range token.Attr {
				n.attrs[a.Name.Local] = a.Value
			}
			if len(open) > 0 {
				open[len(open)-1].children = append(open[len(open)-1].children, n.name)
			}
			all, open = append(all, n), append(open, n)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			for _, n := range open {
				n.text += string(token)
			}
		}
	}
}

func barometer(t *testing.T, d *reports.AvisData) string {
	t.Helper()
	var b strings.Builder
	if err := reports.WriteBarometer(&b, d); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// closedOpinion is an opinion on a run whose causes and closing are those of its
// summary.
func closedOpinion(waves, runs int, lang string) *reports.AvisData {
	d := judgedBy(opinion(waves, runs, lang), true)
	s := &d.Run.Summary
	d.ByCause = []reconcile.CauseTotal{
		{Cause: reconcile.CauseRate, Count: 5, Roots: 2, Open: 4, Effect: reconcile.Effect{Net: 1_234_56}},
		{Cause: reconcile.CauseSituation, Count: 3, Roots: 1, Effect: reconcile.Effect{Net: s.Discrepancies.Delta - 1_234_56}},
		{Cause: reconcile.CauseDerived, Count: 9},
	}
	s.Closing.Checks = append(s.Closing.Checks, reconcile.Check{Name: "identity", Scope: "net", Left: s.Discrepancies.Delta, Right: s.Discrepancies.Delta, OK: true})
	return d
}

var hostile = `<script>alert("1")</script>' " onload=x & é ` + "\u202e" + `עברית {{.}} ]]> http://x.example/`

func hostileOpinion() *reports.AvisData {
	d := closedOpinion(2, 3, "fr")
	d.Labels = reports.Labels{Legacy: `<b>"P&P'`, ONP: `<img src=x>`}
	for i := range d.Tables.Waves {
		d.Tables.Waves[i].Label = hostile
	}
	for i := range d.Run.Summary.Gates {
		d.Run.Summary.Gates[i].Label = hostile
	}
	d.Run.Version, d.Seal = hostile, hostile
	return d
}

func TestThePageIsOneFileThatAsksForNothingAndRunsNothing(t *testing.T) {
	allowed := strings.Fields("html head meta title style body header main footer section h1 h2 p ul li dl div dt dd table caption thead tbody tr th td svg desc line polyline circle rect text")
	attributes := strings.Fields("lang charset http-equiv content name class id role aria-label aria-labelledby tabindex scope colspan viewBox x y x1 y1 x2 y2 cx cy r width height points")
	none := opinion(0, 0, "fr")
	none.Run.Summary.Opinion = reconcile.Unfavourable
	for reason, d := range map[string]*reports.AvisData{"many waves": closedOpinion(20, 30, "fr"), "in English": closedOpinion(3, 2, "en"), "nothing at all": none, "hostile labels": hostileOpinion()} {
		page := barometer(t, d)
		ids := map[string]bool{}
		nodes := readPage(t, page)
		for _, n := range nodes {
			if !slices.Contains(allowed, n.name) {
				t.Errorf("%s: holds <%s>", reason, n.name)
			}
			for name, value := range n.attrs {
				if !slices.Contains(attributes, name) {
					t.Errorf("%s: <%s> has %s", reason, n.name, name)
				}
				if strings.Contains(value, "://") && name != "aria-label" {
					t.Errorf("%s: %s leads elsewhere: %s", reason, name, value)
				}
			}
			if id := n.attrs["id"]; id != "" {
				if ids[id] {
					t.Errorf("%s: two elements are %s", reason, id)
				}
				ids[id] = true
			}
		}
		for _, n := range nodes {
			for _, id := range strings.Fields(n.attrs["aria-labelledby"]) {
				if !ids[id] {
					t.Errorf("%s: <%s> is named by %s, which is not there", reason, n.name, id)
				}
			}
			switch n.name {
			case "html":
				if n.attrs["lang"] != map[bool]string{true: "en", false: "fr"}[reason == "in English"] {
					t.Errorf("%s: the language is %q", reason, n.attrs["lang"])
				}
			case "table":
				if len(n.children) == 0 || n.children[0] != "caption" {
					t.Errorf("%s: a table begins with %v", reason, n.children)
				}
			case "th":
				if n.attrs["scope"] == "" {
					t.Errorf("%s: a header %q of nothing", reason, n.text)
				}
			case "svg":
				if n.attrs["role"] != "img" || len(n.children) < 2 || n.children[0] != "title" || n.children[1] != "desc" {
					t.Errorf("%s: a drawing begins with %v", reason, n.children[:2])
				}
			case "style":
				if strings.Contains(n.text, "url(") || strings.Contains(n.text, "@import") {
					t.Errorf("%s: the style comes from elsewhere", reason)
				}
			}
		}
		if !strings.Contains(page, `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline';`) {
			t.Errorf("%s: no policy", reason)
		}
	}
}

func TestHostileLabelsAreTexts(t *testing.T) {
	nodes := readPage(t, barometer(t, hostileOpinion()))
	want := reports.Clean(hostile)
	if strings.ContainsRune(want, '\u202e') {
		t.Fatal("the direction of writing is still reversed")
	}
	for _, name := range []string{"th", "dd", "li"} {
		if !slices.ContainsFunc(nodes, func(n *pageNode) bool { return n.name == name && strings.Contains(n.text, want[:20]) }) {
			t.Errorf("no <%s> shows the label as it is", name)
		}
	}
	if !slices.ContainsFunc(nodes, func(n *pageNode) bool {
		return n.name == "h2" && strings.Contains(n.text, `<b>"P&P'`) && strings.Contains(n.text, "<img src=x>")
	}) {
		t.Error("the names of the systems are not shown as they are")
	}
}

func TestThePageSaysWhatTheSummaryHolds(t *testing.T) {
	for _, c := range []struct {
		lang  string
		words []string
	}{
		{"fr", []string{"Avis de bascule — paye de décembre 2013", "✘ Défavorable : 2 critères bloquants ne sont pas tenus.", "✘ V1, V2 — Libellé de PART : 0,06 %, attendu ≤ 0,05 % (V1)",
			"Cette page ne contient aucune donnée personnelle", "Taux ou barème 2 +1 234,56 €", "Reste 0,00 €", "il ne reste rien",
			"V1 ✔ Tenu 0 1 sur 1 ⚠ Réserve 99,70 % 2 exécutions sur 3 ✘ Non tenu 0,06 % 0 sur 1 ✘ Défavorable", "Ensemble sans objet", "SIRH 3 9 −123,45 €", "n° 3 · 21/12/2013 90,60 %", "5ea1"}},
		{"en", []string{"✘ Unfavourable: 2 blocking criteria are not met.", "This page holds no personal data", "Remainder €0.00", "V2 ✔ Met 0 1 of 1", "no. 3 · 21/12/2013 90.60%"}},
	} {
		d := closedOpinion(2, 3, c.lang)
		nodes := readPage(t, barometer(t, d))
		text := strings.Join(strings.Fields(strings.ReplaceAll(spaced(nodes), "\u00a0", " ")), " ")
		s := &d.Run.Summary
		p := s.Payslips
		for _, figure := range []int64{p.Matched + p.MissingInONP + p.MissingInLegacy, p.Differing, p.MissingInONP, s.Discrepancies.Open, s.Discrepancies.Total} {
			if !strings.Contains(text, grouped(figure, c.lang)) {
				t.Errorf("%s: %d is not there", c.lang, figure)
			}
		}
		for _, words := range c.words {
			if !strings.Contains(text, words) {
				t.Errorf("%s: does not say %q\n%s", c.lang, words, text)
			}
		}
	}
	d := closedOpinion(2, 3, "fr")
	checks := d.Run.Summary.Closing.Checks
	checks[len(checks)-1].Right--
	if page := strings.ReplaceAll(barometer(t, d), "\u00a0", " "); strings.Contains(page, "il ne reste rien") || !strings.Contains(page, "−0,01 €") {
		t.Error("causes that do not make up the difference are not told")
	}
}

// spaced is the text of the leaves of a page, one after the other.
func spaced(nodes []*pageNode) string {
	var b strings.Builder
	for _, n := range nodes {
		if len(n.children) == 0 && n.name != "style" {
			b.WriteString(" " + n.text)
		}
	}
	return b.String()
}

func grouped(n int64, lang string) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + map[string]string{"fr": " ", "en": ","}[lang] + s[i:]
	}
	return s
}

// TestThePageCanBeReadByTheWeakSighted: WCAG asks for a contrast of 4.5, by day
// and by night and on paper.
func TestThePageCanBeReadByTheWeakSighted(t *testing.T) {
	page := barometer(t, closedOpinion(1, 2, "fr"))
	schemes := regexp.MustCompile(`:root \{[^}]*\}`).FindAllString(page, -1)
	if len(schemes) != 3 {
		t.Fatalf("%d schemes, want day, night and paper", len(schemes))
	}
	for _, scheme := range schemes {
		colours := map[string]string{}
		for _, m := range regexp.MustCompile(`--([a-z-]+): #([0-9a-f]{6})`).FindAllStringSubmatch(scheme, -1) {
			colours[m[1]] = m[2]
		}
		for _, pair := range [][2]string{{"ink", "ground"}, {"soft", "ground"}, {"title", "ground"}, {"soft", "panel"}, {"ink", "panel"}, {"good", "good-ground"}, {"warn", "warn-ground"}, {"bad", "bad-ground"}} {
			if c := contrast(t, colours[pair[0]], colours[pair[1]]); c < 4.5 {
				t.Errorf("%s on %s: %.2f", pair[0], pair[1], c)
			}
		}
		for _, drawn := range []string{"curve", "up", "down", "whole"} {
			if c := contrast(t, colours[drawn], colours["ground"]); c < 3 {
				t.Errorf("%s: %.2f", drawn, c)
			}
		}
	}
}

func contrast(t *testing.T, x, y string) float64 {
	t.Helper()
	light := func(hex string) float64 {
		n, err := strconv.ParseUint(hex, 16, 32)
		if err != nil {
			t.Fatalf("colour %q: %v", hex, err)
		}
		sum := 0.0
		for i, weight := range []float64{0.0722, 0.7152, 0.2126} {
			c := float64(n>>(8*i)&255) / 255
			if c <= 0.03928 {
				c /= 12.92
			} else {
				c = math.Pow((c+0.055)/1.055, 2.4)
			}
			sum += weight * c
		}
		return sum + 0.05
	}
	return max(light(x)/light(y), light(y)/light(x))
}

func TestThePageGivesNoMeasureOfAFewPayslips(t *testing.T) {
	for _, c := range []struct {
		payslips int64
		shown    bool
	}{{1, false}, {4, false}, {5, true}} {
		for lang, texts := range map[string][]string{"fr": {"777,77", "moins de 5 bulletins : non publié"}, "en": {"777.77", "fewer than 5 payslips: not published"}} {
			d := closedOpinion(2, 3, lang)
			for i := range d.Measures {
				m := &d.Measures[i]
				switch {
				case m.Wave == "V1" && m.Metric == reconcile.MetricConcordancePayslips:
					m.Value, m.Of = c.payslips-1, c.payslips
				case m.Wave != "V2" && m.Metric == reconcile.MetricMaxNetGap: // that of the whole is that of V1
					m.Value = 777_77
				}
			}
			gap := inventedGate("ECART", reconcile.MetricMaxNetGap, reconcile.AtMost, "100", 1, true)
			for i, wave := range []string{"V1", "V2"} {
				d.Run.Summary.Gates = append(d.Run.Summary.Gates, reconcile.GateResult{Gate: gap, Wave: wave, Figure: reconcile.Figure{Value: []int64{777_77, 99_99}[i], Of: 1}, Measured: true, Seen: 1, OK: i == 1})
			}
			page := barometer(t, d)
			if got := strings.Contains(page, texts[0]); got != c.shown {
				t.Errorf("%s, %d payslips: the gap of one of them is shown: %v", lang, c.payslips, got)
			}
			if got := !strings.Contains(page, texts[1]+"</td>"); got != c.shown { // the head of the page says it in other words
				t.Errorf("%s, %d payslips: it is told that nothing is hidden: %v", lang, c.payslips, got)
			}
			if other := strings.NewReplacer("777", "99", "77", "99").Replace(texts[0]); !strings.Contains(page, other) {
				t.Errorf("%s, %d payslips: the gap of the other wave, %s, is not shown", lang, c.payslips, other)
			}
			if text := bookText(t, publishAvis(t, d)); !strings.Contains(text, "777") {
				t.Errorf("%s, %d payslips: the workbook hides what it is for", lang, c.payslips)
			}
		}
	}
}
