package reconcile

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"
)

// ETP is a quantity of work in one month, exact: hundredths of a percent of a
// full working time. 10,000 is one full-time job.
type ETP int64

// Jobs is a quantity of work over the months of a year, exact and summable: the
// sum of the ETP of its months. 120,000 is one full-time job for a year (ETPT).
type Jobs int64

// One full-time job, in a month and for a year.
const (
	OneETP  ETP  = fullTime
	OneETPT Jobs = 12 * fullTime
)

// Decimal is the number of full-time jobs, exactly.
func (e ETP) Decimal() decimal.Decimal { return decimal.New(int64(e), -4) }

// Year is what the month counts for in the jobs of its year.
func (e ETP) Year() Jobs { return Jobs(e) }

// MarshalJSON writes the number of full-time jobs as a string of four decimals.
func (e ETP) MarshalJSON() ([]byte, error) {
	return []byte(`"` + e.Decimal().StringFixed(4) + `"`), nil
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (e *ETP) UnmarshalJSON(b []byte) error {
	d, err := quotedDecimal(b)
	*e = ETP(d.Shift(4).IntPart())
	return err
}

// Decimal is the number of jobs of a year (ETPT) to two decimals, halves away
// from zero.
func (j Jobs) Decimal() decimal.Decimal {
	return decimal.New(int64(j), 0).DivRound(decimal.New(int64(OneETPT), 0), 2)
}

// MarshalJSON writes what Decimal gives as a string of two decimals.
func (j Jobs) MarshalJSON() ([]byte, error) {
	return []byte(`"` + j.Decimal().StringFixed(2) + `"`), nil
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (j *Jobs) UnmarshalJSON(b []byte) error {
	d, err := quotedDecimal(b)
	*j = Jobs(d.Mul(decimal.New(int64(OneETPT), 0)).IntPart())
	return err
}

func quotedDecimal(b []byte) (decimal.Decimal, error) {
	d, err := decimal.NewFromString(strings.Trim(string(b), `"`))
	if err != nil {
		return d, fmt.Errorf("nombre d'emplois : %w", err)
	}
	return d, nil
}

// OptJobs is a quantity of work that may be absent, which is not zero.
type OptJobs struct {
	Jobs Jobs
	Set  bool
}

// SomeJobs is a present OptJobs.
func SomeJobs(j Jobs) OptJobs { return OptJobs{j, true} }

// MarshalJSON writes null for an absent quantity.
func (o OptJobs) MarshalJSON() ([]byte, error) {
	if !o.Set {
		return []byte("null"), nil
	}
	return o.Jobs.MarshalJSON()
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (o *OptJobs) UnmarshalJSON(b []byte) error {
	if o.Set = string(b) != "null"; !o.Set {
		return nil
	}
	return o.Jobs.UnmarshalJSON(b)
}
