package reports

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"strings"
	"sync"

	"bascule/reconcile"
)

//go:embed messages.csv
var messagesCSV string

// catalogue holds the rows of messages.csv by key: the French text, then the
// English one.
var catalogue = sync.OnceValue(func() map[string][2]string {
	r := csv.NewReader(strings.NewReader(messagesCSV))
	r.Comma, r.Comment, r.FieldsPerRecord = ';', '#', 3
	rows, err := r.ReadAll()
	if err != nil {
		panic("messages.csv, embedded and tested: " + err.Error())
	}
	texts := make(map[string][2]string, len(rows))
	for _, row := range rows[1:] {
		texts[row[0]] = [2]string{row[1], row[2]}
	}
	return texts
})

// ofMonths ends the key of what a message becomes where two months of one system
// are compared.
const ofMonths = "@months"

// messages speaks one language about two named systems, or two months of one.
type messages struct {
	english bool
	months  bool // of one system compared with itself
	labels  *strings.Replacer
	escaped *strings.Replacer // the same, for texts with verbs
}

func newMessages(lang string, l Labels) *messages {
	l = l.orDefault()
	legacy, onp := Clean(l.Legacy), Clean(l.ONP)
	escape := func(s string) string { return strings.ReplaceAll(s, "%", "%%") }
	return &messages{
		english: lang == "en",
		months:  l.Months,
		labels:  strings.NewReplacer("{legacy}", legacy, "{onp}", onp),
		escaped: strings.NewReplacer("{legacy}", escape(legacy), "{onp}", escape(onp)),
	}
}

// t is the text of a key, its verbs filled with args.
func (m *messages) t(key string, args ...any) string {
	text := m.text(key)
	if len(args) == 0 || !strings.Contains(text, "%") {
		return m.labels.Replace(text)
	}
	return fmt.Sprintf(m.escaped.Replace(text), args...)
}

// text is the text of a key as the catalogue writes it, blank for none.
func (m *messages) text(key string) string {
	texts := catalogue()[key]
	if other, differs := catalogue()[key+ofMonths]; differs && m.months {
		texts = other
	}
	if m.english {
		return texts[1]
	}
	return texts[0]
}

func (m *messages) lang() string {
	if m.english {
		return "en"
	}
	return "fr"
}

// n is the text of a count: key.one or key.many. Nought is singular in French.
func (m *messages) n(key string, n int64) string {
	if n == 1 || n == 0 && !m.english {
		return m.t(key+".one", m.count(n))
	}
	return m.t(key+".many", m.count(n))
}

func (m *messages) kind(k reconcile.Kind) string           { return m.t("kind." + string(k)) }
func (m *messages) cause(c reconcile.Cause) string         { return m.t("cause." + string(c)) }
func (m *messages) status(s reconcile.Status) string       { return m.t("status." + string(s)) }
func (m *messages) evolution(e reconcile.Evolution) string { return m.t("evolution." + string(e)) }
func (m *messages) fault(f reconcile.Fault) string         { return m.t("fault." + string(f)) }
func (m *messages) side(s reconcile.Side) string           { return m.t("side." + s.String()) }

// sense names a sense; a blank sense has no name.
func (m *messages) sense(s reconcile.Sense) string {
	if !s.Valid() {
		return ""
	}
	return m.t("sense." + s.String())
}

// field names a field of the situation or of the imputation, as CONTRACT 3.2 spells it.
func (m *messages) field(name string) string {
	if _, known := catalogue()["field."+name]; !known {
		return name
	}
	return m.t("field." + name)
}

// doubt puts an identity discrepancy into a sentence: its rule, then the
// dossiers, accountants or candidates of both sides.
func (m *messages) doubt(d *reconcile.Discrepancy) string {
	if _, known := catalogue()["rule."+d.Rule]; !known {
		return d.Rule
	}
	rule := m.t("rule." + d.Rule)
	switch {
	case d.LegacyText+d.ONPText == "":
		return rule
	case d.LegacyText == "" || d.ONPText == "":
		return m.t("doubt.one", rule, Clean(d.LegacyText+d.ONPText))
	}
	return m.t("gaps.change", rule, Clean(d.LegacyText), Clean(d.ONPText))
}

// or is the translation of a value that may be blank.
func or[S ~string](s S, translate func(S) string) string {
	if s == "" {
		return ""
	}
	return translate(s)
}
