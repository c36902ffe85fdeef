package sqlite

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"

	"bascule/reconcile"
)

// errLines means that the lines of a payslip are not as appendLines wrote them.
var errLines = errors.New("les lignes du bulletin sont illisibles: base altérée")

// appendLines writes pay lines as a JSON array of arrays [code, sense, cents,
// origin, base, rate]. The origin is null when it is the pay month; trailing
// nulls are left out.
func appendLines(b []byte, lines []reconcile.PayLine, period reconcile.Period) []byte {
	b = append(b, '[')
	for i := range lines {
		l := &lines[i]
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '[')
		b = appendText(b, string(l.Code))
		b = append(b, ',', '"', byte(l.Sense), '"', ',')
		b = strconv.AppendInt(b, int64(l.Amount), 10)
		last := 2
		switch {
		case l.Rate != reconcile.NoFixed:
			last = 5
		case l.Base != reconcile.NoFixed:
			last = 4
		case l.Origin != period:
			last = 3
		}
		if last >= 3 {
			if l.Origin == period {
				b = append(b, ",null"...)
			} else {
				b = append(b, ',', '"')
				b = append(l.Origin.Append(b), '"')
			}
		}
		if last >= 4 {
			b = appendFixed(b, l.Base)
		}
		if last >= 5 {
			b = appendFixed(b, l.Rate)
		}
		b = append(b, ']')
	}
	return append(b, ']')
}

func appendFixed(b []byte, f reconcile.Fixed) []byte {
	if f == reconcile.NoFixed {
		return append(b, ",null"...)
	}
	b = append(b, ',', '"')
	return append(f.Append(b), '"')
}

func appendText(b []byte, s string) []byte {
	high, special := byte(0), false
	for i := 0; i < len(s); i++ {
		high |= s[i]
		special = special || s[i] < ' ' || s[i] == '"' || s[i] == '\\'
	}
	if special || high >= utf8.RuneSelf && !utf8.ValidString(s) {
		quoted, _ := json.Marshal(s) // a string always marshals
		return append(b, quoted...)
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}

// lineParser reads what appendLines wrote. Codes are slices of the text.
type lineParser struct {
	s string
	i int
}

// parseLines appends the lines of the text to lines.
func parseLines(lines []reconcile.PayLine, text string, period reconcile.Period) ([]reconcile.PayLine, error) {
	p := lineParser{s: text}
	if !p.take('[') {
		return nil, errLines
	}
	if p.take(']') {
		return lines, p.end()
	}
	for {
		line := reconcile.PayLine{Origin: period, Base: reconcile.NoFixed, Rate: reconcile.NoFixed}
		if !p.line(&line) {
			return nil, errLines
		}
		lines = append(lines, line)
		if p.take(']') {
			return lines, p.end()
		}
		if !p.take(',') {
			return nil, errLines
		}
	}
}

func (p *lineParser) end() error {
	if p.i != len(p.s) {
		return errLines
	}
	return nil
}

func (p *lineParser) take(c byte) bool {
	if p.i < len(p.s) && p.s[p.i] == c {
		p.i++
		return true
	}
	return false
}

func (p *lineParser) line(l *reconcile.PayLine) bool {
	if !p.take('[') {
		return false
	}
	code, ok := p.text()
	if !ok || !p.take(',') {
		return false
	}
	l.Code = reconcile.Code(code)
	sense, ok := p.text()
	if !ok || len(sense) != 1 || !p.take(',') {
		return false
	}
	l.Sense = reconcile.Sense(sense[0])
	if l.Amount, ok = p.integer(); !ok || !l.Sense.Valid() {
		return false
	}
	if p.take(']') {
		return true
	}
	if !p.take(',') || !p.origin(&l.Origin) {
		return false
	}
	for _, f := range [2]*reconcile.Fixed{&l.Base, &l.Rate} {
		if p.take(']') {
			return true
		}
		if !p.take(',') || !p.fixed(f) {
			return false
		}
	}
	return p.take(']')
}

func (p *lineParser) null() bool {
	if strings.HasPrefix(p.s[p.i:], "null") {
		p.i += 4
		return true
	}
	return false
}

// text reads a JSON string; escapes are rare and left to the library.
func (p *lineParser) text() (string, bool) {
	if !p.take('"') {
		return "", false
	}
	start, high := p.i, byte(0)
	for p.i < len(p.s) {
		switch p.s[p.i] {
		case '"':
			s := p.s[start:p.i]
			p.i++
			return s, high < utf8.RuneSelf || utf8.ValidString(s)
		case '\\':
			return p.escaped(start - 1)
		}
		high |= p.s[p.i]
		p.i++
	}
	return "", false
}

func (p *lineParser) escaped(start int) (string, bool) {
	for p.i < len(p.s) && p.s[p.i] != '"' {
		if p.s[p.i] == '\\' {
			p.i++
		}
		p.i++
	}
	if p.i >= len(p.s) {
		return "", false
	}
	p.i++
	var s string
	return s, json.Unmarshal([]byte(p.s[start:p.i]), &s) == nil
}

func (p *lineParser) integer() (reconcile.Amount, bool) {
	negative := p.take('-')
	start, v := p.i, reconcile.Amount(0)
	for p.i < len(p.s) && p.s[p.i] >= '0' && p.s[p.i] <= '9' {
		v = v*10 + reconcile.Amount(p.s[p.i]-'0')
		p.i++
	}
	if negative {
		v = -v
	}
	return v, p.i > start && p.i-start <= 18
}

func (p *lineParser) origin(o *reconcile.Period) bool {
	if p.null() {
		return true
	}
	s, ok := p.text()
	if !ok {
		return false
	}
	v, err := reconcile.ParsePeriod(s)
	*o = v
	return err == nil
}

// fixed reads a decimal string of at most six decimals, as Fixed.Append wrote
// it.
func (p *lineParser) fixed(f *reconcile.Fixed) bool {
	if p.null() {
		return true
	}
	if !p.take('"') {
		return false
	}
	negative := p.take('-')
	start, decimals, v := p.i, -1, int64(0)
	for ; p.i < len(p.s) && p.s[p.i] != '"'; p.i++ {
		switch c := p.s[p.i]; {
		case c == '.' && decimals < 0:
			decimals = 0
			continue
		case c < '0' || c > '9' || decimals == 6:
			return false
		case decimals >= 0:
			decimals++
		}
		v = v*10 + int64(p.s[p.i]-'0')
	}
	if p.i == start || p.i-start > 20 || !p.take('"') {
		return false
	}
	for decimals = max(decimals, 0); decimals < 6; decimals++ {
		v *= 10
	}
	if negative {
		v = -v
	}
	*f = reconcile.Fixed(v)
	return true
}
