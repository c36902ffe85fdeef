package extract

import (
	"errors"
	"strconv"
	"strings"

	"bascule/reconcile"
)

// Limit is how many rejects a file may have: a number of records, or a share
// of the records read. The zero Limit accepts none.
type Limit struct {
	absolute int64
	share    reconcile.Fixed // in percent
	percent  bool
}

// errLimit completes the sentence "limits.max_rejects …".
var errLimit = errors.New(`s'écrit "50" (nombre d'enregistrements) ou "1%" (part des enregistrements lus)`)

// ParseLimit reads "50" or "1%", "0,5 %".
func ParseLimit(s string) (Limit, error) {
	s = strings.TrimSpace(s)
	text, percent := strings.CutSuffix(s, "%")
	f := format{implied: explicit, mark: '.'}
	b := []byte(strings.Replace(strings.TrimSpace(text), ",", ".", 1))
	scale := 0
	if percent {
		scale = 6
	}
	v, set, err := f.scaled(b, 0, scale)
	if err != nil || !set || v < 0 || percent && v > 100*reconcile.FixedUnit {
		return Limit{}, errLimit
	}
	if percent {
		return Limit{share: reconcile.Fixed(v), percent: true}, nil
	}
	return Limit{absolute: v}, nil
}

// String prints what ParseLimit reads.
func (l Limit) String() string {
	if l.percent {
		return l.share.String() + "%"
	}
	return strconv.FormatInt(l.absolute, 10)
}

// exceededSoFar tells whether more records can no longer bring the rejects
// back under the limit.
func (l Limit) exceededSoFar(rejects int64) bool { return !l.percent && rejects > l.absolute }

// exceeded judges the whole file. Rejects are bounded, hence no overflow.
func (l Limit) exceeded(rejects, records int64) bool {
	if !l.percent {
		return rejects > l.absolute
	}
	whole, rest := records/100, records%100
	allowed := whole*int64(l.share) + rest*int64(l.share)/100
	return rejects*reconcile.FixedUnit > allowed
}
