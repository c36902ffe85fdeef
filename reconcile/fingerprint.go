package reconcile

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
)

// fingerprint identifies a discrepancy from run to run, and from month to
// month: who, what and where, never how much. It is keyed, so that nobody finds
// an agent by trying social security numbers. The origin is the aligned one,
// which a gap has alone. A gap between two months is that of those months only,
// never one between the systems.
func (t *Terms) fingerprint(d *Discrepancy) string {
	origin := "" // the pay month: the same gap next month has the same fingerprint
	if d.Origin != t.Period {
		origin = d.Origin.String()
	}
	side := ""
	if d.Kind == Unmapped || d.Kind == IdentityDoubt {
		side = d.Side.String()
	}
	sense := ""
	if d.Kind == Unmapped {
		sense = d.Sense.String()
	}
	rule := ""
	if d.Kind == IdentityDoubt {
		rule = doubt(d.Rule) + strconv.Itoa(d.ordinal)
	}
	parts := []string{"fingerprint", d.Key, family(d.Kind), d.Element, origin, side, sense, rule}
	if t.Months.Set() {
		parts = append(parts, t.Months.Side.String(), t.Months.Earlier.String(), t.Period.String())
	}
	return Digest(t.Secret, parts...)
}

// doubt joins the rules that explain one and the same pair, made by the
// fallback: what the NIRs prove may change from one night to the next.
func doubt(rule string) string {
	switch rule {
	case "provisional_nir", "nir_key", "masked_nir":
		return ruleFallback
	}
	return rule
}

// family joins the kinds under which one and the same gap may show from one
// night to the next: a line missing today may be a wrong amount tomorrow.
func family(k Kind) string {
	if k.Family() == AmountDiffers {
		return "line"
	}
	return string(k)
}

// Family is the kind that stands for all those under which one gap may show:
// AmountDiffers for the lines missing on one side.
func (k Kind) Family() Kind {
	if k == LineMissingInLegacy || k == LineMissingInONP {
		return AmountDiffers
	}
	return k
}

// Digest is a keyed digest of some parts, 24 hexadecimal digits long: about
// one chance in 10^17 that two among a million are equal.
func Digest(secret []byte, parts ...string) string { return Digester(secret)(parts...) }

// Digester gives Digest under one key, for one goroutine that asks for many.
func Digester(secret []byte) func(parts ...string) string {
	h := hmac.New(sha256.New, secret)
	var text []byte
	return func(parts ...string) string {
		h.Reset()
		text = text[:0]
		for _, p := range parts {
			text = append(append(text, p...), 0)
		}
		h.Write(text)
		text = h.Sum(text[:0])
		return hex.EncodeToString(text[:12])
	}
}
