package reconcile

import (
	"context"
	"errors"
	"fmt"
	"testing"
)

func TestInputErrorsAreOneLineWithPlaceAndRemedy(t *testing.T) {
	cases := []struct {
		reason string
		err    InputError
		want   string
	}{
		{"all of it", InputError{"f.txt", 12, "montant", ErrAmountSyntax, "corriger l'extraction"}, "f.txt:12: montant: n'est pas un nombre — corriger l'extraction"},
		{"a file as a whole", InputError{File: "f.txt", Err: errors.New("est vide")}, "f.txt: est vide"},
		{"what a file made us quote holds a line end", InputError{File: "f.yaml", Line: 2, Field: "00\n0", Err: errors.New("clé inconnue")}, "f.yaml:2: 00 0: clé inconnue"},
	}
	for _, c := range cases {
		if got := c.err.Error(); got != c.want {
			t.Errorf("%s: %q, wanted %q", c.reason, got, c.want)
		}
	}
}

func TestTheCauseIsToldAndNotItsEchoes(t *testing.T) {
	wrong := errors.New("x")
	if got := FirstCause([]error{nil, context.Canceled, fmt.Errorf("plage 2 : %w", context.Canceled), wrong}); got != wrong {
		t.Errorf("got %v", got)
	}
	if got := FirstCause([]error{nil, context.Canceled}); !errors.Is(got, context.Canceled) {
		t.Errorf("interrupted: got %v", got)
	}
	if got := FirstCause([]error{nil, nil}); got != nil {
		t.Errorf("got %v", got)
	}
}
