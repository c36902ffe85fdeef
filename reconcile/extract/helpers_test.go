package extract

import (
	"os"
	"path/filepath"
	"slices"
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
		Digest:     func(iban string) string { return "digest of " + iban[:min(4, len(iban))] },
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

// readFile reads a file to its end, keeping a copy of all that comes out.
type readFile struct {
	payslips []reconcile.Payslip
	rejects  []reconcile.Reject
	load     reconcile.Load
	totals   []reconcile.CodeTotal
	warnings []string
	err      error
}

func readPath(path string, l *Layout, o Options) readFile {
	return readAll(NewReader(path, l, o), nil)
}

// readAll reads to the end, and passes each block on with what came before it.
func readAll(r *Reader, block func(got *readFile, b *Block)) (got readFile) {
	for item, err := range r.Items() {
		switch {
		case err != nil:
			got.err = err
		case item.Payslip != nil:
			p := *item.Payslip
			p.Lines = slices.Clone(p.Lines)
			got.payslips = append(got.payslips, p)
		case item.Block != nil:
			block(&got, item.Block)
		default:
			got.rejects = append(got.rejects, *item.Reject)
		}
	}
	got.load, got.totals = r.Load(), r.Totals()
	for _, w := range r.Warnings() {
		got.warnings = append(got.warnings, w.String())
	}
	return got
}

// readText reads a file of the given content, which must be accepted.
func readText(t testing.TB, layout, period string, content []byte) readFile {
	t.Helper()
	got := readPath(writeFile(t, "input", content), shippedLayout(t, layout), testOptions(period))
	if got.err != nil {
		t.Fatal(got.err)
	}
	for i := range got.rejects {
		checkSaid(t, &got.rejects[i])
	}
	return got
}

// checkSaid checks that the reason of a reject can be put into another language.
func checkSaid(t testing.TB, r *reconcile.Reject) {
	t.Helper()
	if r.Reason == nil || r.Reason.Format == "" {
		t.Errorf("line %d is rejected for a reason in French alone: %q", r.Line, r.Reason)
	}
}

func writeFile(t testing.TB, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// at puts text into a record of fixed positions, 1-based as in CONTRACT 3.1.
func at(record []byte, position int, text string) []byte {
	for len(record) < position-1+len(text) {
		record = append(record, ' ')
	}
	copy(record[position-1:], text)
	return record
}

func period(t testing.TB, s string) reconcile.Period {
	t.Helper()
	p, err := reconcile.ParsePeriod(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func layoutText(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(layoutsFolder, name+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
