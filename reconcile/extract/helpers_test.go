package extract

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/text/encoding/charmap"

	"bascule/reconcile"
)

const layoutsFolder = "../../mappings/layouts"

// shippedLayout parses a layout that ships with the program.
func shippedLayout(t testing.TB, name string) *Layout {
	t.Helper()
	path := filepath.Join(layoutsFolder, name+".yaml")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	l, err := ParseLayout(path, text)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// testOptions are those of a usual configuration, with a readable digest.
func testOptions(period string) Options {
	p, err := reconcile.ParsePeriod(period)
	if err != nil {
		panic(err)
	}
	return Options{
		Period: p,
		Identity: reconcile.Identity{
			Key:      []reconcile.IdentityField{reconcile.IdentityNIR, reconcile.IdentityDossier},
			Fallback: []reconcile.IdentityField{reconcile.IdentityMatricule, reconcile.IdentityDossier},
		},
		Digest:     func(iban string) string { return "digest of " + iban[:4] },
		MaxRejects: Limit{absolute: 50},
	}
}

// latin9 writes text in ISO-8859-15.
func latin9(t testing.TB, text string) []byte {
	t.Helper()
	b, err := charmap.ISO8859_15.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
