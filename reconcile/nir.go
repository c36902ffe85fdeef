package reconcile

import "strings"

// NIRState is what can be told of a social security number (NIR) by itself.
type NIRState uint8

// The states, from the best.
const (
	NIRValid       NIRState = iota
	NIRKeyAbsent            // well formed, without a key to prove it
	NIRWrongKey             // well formed, but the key is another number's
	NIRProvisional          // given until the true one is certified: first digit 3, 4, 7 or 8
	NIRMalformed            // no NIR: length, characters, sex or month of birth, one figure repeated
	NIRMasked               // hidden on purpose: one value for many persons
	NIRAbsent
	nirStates
)

// Doubtful tells whether the number may be that of several persons: nobody has
// certified it, or its key says that it is another's.
func (s NIRState) Doubtful() bool {
	return s == NIRWrongKey || s == NIRProvisional || s == NIRMalformed
}

const (
	nirLength    = 13
	nirKeyLength = 2
	nirModulus   = 97
)

// CheckNIR tells the state of a NIR and its key, which may also follow the NIR
// in one field of 15 characters. A NIR is sex, year, month, place and order of
// birth (décret 82-103 of 22 January 1982, art. 4); the key is 97 less the
// number modulo 97, where Corsica's 2A counts as 19 and 2B as 18 (DOMAIN 1.5).
func CheckNIR(nir, key string) NIRState {
	if nir == "" {
		return NIRAbsent
	}
	nir, key = splitNIR(nir, key)
	remainder, numeric := nirRemainder(nir)
	switch {
	case !numeric || nir[0] == '0' || nir[0] == '9':
		if maskedNIR(nir) {
			return NIRMasked
		}
		return NIRMalformed
	case nir[0] > '2':
		if strings.IndexByte("3478", nir[0]) >= 0 {
			return NIRProvisional
		}
		return NIRMalformed
	case !birthMonth(int(nir[3]-'0')*10 + int(nir[4]-'0')), strings.Trim(nir, nir[:1]) == "":
		return NIRMalformed
	case key == "":
		return NIRKeyAbsent
	}
	expected := nirModulus - remainder
	if len(key) == nirKeyLength && int(key[0])-'0' == expected/10 && int(key[1])-'0' == expected%10 {
		return NIRValid
	}
	return NIRWrongKey
}

// splitNIR parts a NIR from the key that follows it in the same field.
func splitNIR(nir, key string) (string, string) {
	if key == "" && len(nir) == nirLength+nirKeyLength {
		return nir[:nirLength], nir[nirLength:]
	}
	return nir, key
}

// birthMonth tells whether a NIR may have that month: beyond 12, the civil
// record was incomplete.
func birthMonth(m int) bool { return 1 <= m && m <= 12 || 20 <= m && m <= 42 || 50 <= m }

// nirRemainder is the number modulo 97, if it has the length and the figures of
// a NIR.
func nirRemainder(nir string) (remainder int, numeric bool) {
	if len(nir) != nirLength {
		return 0, false
	}
	for i := range nirLength {
		digit := int(nir[i]) - '0'
		if i == 6 && nir[5] == '2' {
			switch nir[i] { // the 2 is taken already: one less, then 9 or 8
			case 'A', 'a':
				remainder, digit = remainder+nirModulus-1, 9
			case 'B', 'b':
				remainder, digit = remainder+nirModulus-1, 8
			}
		}
		if digit < 0 || digit > 9 {
			return 0, false
		}
		remainder = (remainder*10 + digit) % nirModulus
	}
	return remainder, true
}

// maskedNIR tells whether what stands for a NIR hides one: zeros, nines, three
// signs or more in the place of figures as in 1XXXXXXXXXXXX or 1730975******, or
// sex, year and month alone and a letter as in the 15105Z of real XHL files.
// Anything else identifies as it is written.
func maskedNIR(s string) bool {
	const fewest = 3 // signs that hide
	if strings.Trim(s, "0") == "" || len(s) >= nirLength && strings.Trim(s, "9") == "" {
		return true
	}
	signs, others := 0, 0
	for _, r := range s {
		switch {
		case strings.ContainsRune("*?#•·xX.-_", r):
			signs++
		case r < '0' || r > '9':
			others++
		}
	}
	last := s[len(s)-1] | 0x20 // in small letters
	switch {
	case signs > 0:
		return others == 0 && (signs >= fewest || len(s) == nirLength && strings.ContainsAny(s, "*?#•·xX"))
	case len(s) != len("15105Z") || others != 1:
		return false
	}
	return (s[0] == '1' || s[0] == '2') && 'c' <= last && last <= 'z' && birthMonth(int(s[3]-'0')*10+int(s[4]-'0'))
}

// NIRState tells what can be told of the agent's NIR.
func (a *Agent) NIRState() NIRState { return CheckNIR(a.NIR, a.NIRKey) }

// identifying is the NIR as a part of a key. A masked one is blank: as a key it
// would make one person of all those it hides. Any other serves as it is
// written, since both systems may share a slip.
func (a *Agent) identifying() string {
	if nir, _ := splitNIR(a.NIR, a.NIRKey); nir != "" && maskedNIR(nir) {
		return ""
	}
	return a.NIR
}
