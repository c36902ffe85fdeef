package reconcile

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// Saying is a sentence, or a piece of one, that the program says of data and that
// somebody will read later, maybe in another language: what fills it is kept apart
// from its words. Its format in French is its key in the catalogue of messages. A
// nil Saying says nothing.
type Saying struct {
	Format string    // in French: %s for words, %n for a count; blank for a text
	Args   []*Saying // one for each verb of the format, in the order of any language
	// Text is words that nobody translates: a path, the name of a column, a sentence
	// that an earlier version finished before it stored it.
	Text    string
	English string // the same words, where their author wrote them in English too
}

// Say makes a saying of a format, which must stand in the catalogue, and of
// sayings, texts and numbers. No argument may be a person's value.
func Say(format string, args ...any) *Saying {
	s := &Saying{Format: format}
	for _, arg := range args {
		a, ok := arg.(*Saying)
		if !ok {
			a = Verbatim(fmt.Sprint(arg))
		}
		s.Args = append(s.Args, a)
	}
	return s
}

// Verbatim is a text that is the same in all languages.
func Verbatim(text string) *Saying { return &Saying{Text: text} }

// List is sayings in a row. Both languages put the same commas between them.
func List(items []*Saying) *Saying {
	return &Saying{Format: strings.TrimSuffix(strings.Repeat("%s, ", len(items)), ", "), Args: items}
}

// SayingOf is what an error says, in words that can be translated if it is a
// saying itself.
func SayingOf(err error) *Saying {
	if s, ok := err.(*Saying); ok { // one that is wrapped is a part of what the error says
		return s
	}
	return Verbatim(err.Error())
}

// Language puts sayings into words.
type Language interface {
	// Pattern is the format of a saying in the language, or its text.
	Pattern(*Saying) string
	// Count prints a number of things.
	Count(digits string) string
}

// In is the saying in a language.
func (s *Saying) In(l Language) string {
	if s == nil {
		return ""
	}
	pattern, args := l.Pattern(s), s.Args
	var b strings.Builder
	for {
		before, after, found := strings.Cut(pattern, "%")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		if after == "" || len(args) == 0 { // no verb
			return b.String() + "%" + after
		}
		value := args[0].In(l)
		if after[0] == 'n' {
			value = l.Count(value)
		}
		b.WriteString(value)
		pattern, args = after[1:], args[1:]
	}
}

// french is the language of the code and of the terminal, where numbers stand as
// they are.
type french struct{}

func (french) Pattern(s *Saying) string   { return s.Format + s.Text }
func (french) Count(digits string) string { return digits }

// String is the saying in French.
func (s *Saying) String() string { return s.In(french{}) }

// Error is the saying in French: one may be the error of who refuses something.
func (s *Saying) Error() string { return s.String() }

// twoTexts is how a text written in both languages is stored.
type twoTexts struct {
	French  string `json:"fr"`
	English string `json:"en"`
}

// errSaying means that a JSON text is no saying.
var errSaying = errors.New("no saying")

// MarshalJSON writes a text as a string, and any other saying as a list: its
// format, then its arguments.
func (s *Saying) MarshalJSON() ([]byte, error) {
	switch {
	case s.Format != "":
		list := []any{s.Format}
		for _, a := range s.Args {
			list = append(list, a)
		}
		return json.Marshal(list)
	case s.English != "":
		return json.Marshal(twoTexts{s.Text, s.English})
	}
	return json.Marshal(s.Text)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (s *Saying) UnmarshalJSON(b []byte) error {
	*s = Saying{}
	switch b[0] {
	case '"':
		return json.Unmarshal(b, &s.Text)
	case '{':
		var both twoTexts
		err := json.Unmarshal(b, &both)
		s.Text, s.English = both.French, both.English
		return err
	case '[':
		var list []*Saying
		if err := json.Unmarshal(b, &list); err != nil {
			return err
		}
		if len(list) == 0 || list[0] == nil || list[0].Text == "" {
			return errSaying
		}
		s.Format = list[0].Text
		if len(list) > 1 {
			s.Args = list[1:]
		}
		return nil
	}
	return errSaying
}

// Stored is the saying in a column of texts: a text as it is, JSON for any other.
func (s *Saying) Stored() string {
	switch {
	case s == nil:
		return ""
	case s.Format == "" && s.English == "" && !strings.HasPrefix(s.Text, "[") && !strings.HasPrefix(s.Text, "{"):
		return s.Text
	case s.Format == "" && s.English == "": // not to be taken for JSON
		s = &Saying{Format: "%s", Args: []*Saying{s}}
	}
	text, err := json.Marshal(s)
	if err != nil {
		panic("a saying is made of texts: " + err.Error())
	}
	return string(text)
}

// Recall reads what Stored gave. What a version that finished its sentences has
// stored is a text.
func Recall(stored string) *Saying {
	s := new(Saying)
	switch {
	case stored == "":
		return nil
	case (stored[0] == '[' || stored[0] == '{') && json.Unmarshal([]byte(stored), s) == nil:
		return s
	}
	return Verbatim(stored)
}
