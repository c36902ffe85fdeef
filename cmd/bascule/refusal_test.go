package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const (
	psopFile   = "psop-2013-12.txt"
	sipayeFile = "sipaye-2013-12.csv"
)

// edit rewrites a file of the ministry.
func edit(t *testing.T, name string, change func([]byte) []byte) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, change(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// firstLine replaces a part of the first line that starts with prefix.
func firstLine(prefix string, at int, with string) func([]byte) []byte {
	return func(text []byte) []byte {
		i := 0
		if !bytes.HasPrefix(text, []byte(prefix)) {
			i = bytes.Index(text, []byte("\n"+prefix)) + 1
		}
		out := bytes.Clone(text)
		copy(out[i+at:], with)
		return out
	}
}

func lastLine(text []byte) int { return bytes.LastIndexByte(bytes.TrimRight(text, "\n"), '\n') + 1 }

// fingerprintOf digests every file of the folders, and the content of the
// database as SQLite would see it.
func fingerprintOf(t *testing.T, folders ...string) string {
	t.Helper()
	h := sha256.New()
	for _, folder := range folders {
		err := filepath.WalkDir(folder, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || strings.HasSuffix(name, ".lock") {
				return err
			}
			text, err := os.ReadFile(name)
			h.Write([]byte(name))
			h.Write(text)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

var refusals = []struct {
	reason string
	damage func(t *testing.T)
	want   string // regular expression of the one line on stderr
}{
	{"the month of another pay", func(t *testing.T) { edit(t, psopFile, firstLine("00", 5, "201311")) },
		`psop-2013-12\.txt:1: mois de paye.*2013-11.*2013-12.* — `},
	{"a file cut in the middle of a record", func(t *testing.T) { edit(t, psopFile, func(b []byte) []byte { return b[:len(b)/2] }) },
		`psop-2013-12\.txt:\d+: .*coupé.* — `},
	{"a file whose trailer is missing", func(t *testing.T) { edit(t, psopFile, func(b []byte) []byte { return b[:lastLine(b)] }) },
		`psop-2013-12\.txt:\d+: .*99.* — `},
	{"a trailer that disagrees by one centime", func(t *testing.T) {
		edit(t, psopFile, func(b []byte) []byte {
			out := bytes.Clone(b)
			last := lastLine(b) + 36
			out[last] = '0' + (out[last]-'0'+1)%10
			return out
		})
	}, `psop-2013-12\.txt:\d+: total P.* — `},
	{"a trailer that counts another number of lines", func(t *testing.T) {
		edit(t, sipayeFile, func(b []byte) []byte {
			return regexp.MustCompile(`\nF;(\d+);\d+;`).ReplaceAll(b, []byte("\nF;$1;1;"))
		})
	}, `sipaye-2013-12\.csv:\d+: nombre de lignes.* — `},
	{"UTF-8 where ISO-8859-15 is declared", func(t *testing.T) {
		edit(t, psopFile, func(b []byte) []byte {
			return bytes.Replace(b, []byte{0xe9}, []byte("é"), -1)
		})
	}, `psop-2013-12\.txt:\d+: .*(encodage|UTF-8|utf-8).* — `},
	{"ISO-8859-15 where UTF-8 is declared", func(t *testing.T) {
		edit(t, sipayeFile, func(b []byte) []byte { return bytes.Replace(b, []byte("é"), []byte{0xe9}, -1) })
	}, `sipaye-2013-12\.csv:\d+: .*(encodage|UTF-8|utf-8).* — `},
	{"letters in an amount: the total can no longer be proved", func(t *testing.T) { edit(t, psopFile, firstLine("20", 42, "ABC")) },
		`psop-2013-12\.txt:3: montant.* — `},
	{"letters in an amount on the other side", func(t *testing.T) {
		edit(t, sipayeFile, func(b []byte) []byte {
			return regexp.MustCompile(`\nL;([^;]*;[^;]*;P;)\d+,`).ReplaceAllFunc(b, func() func([]byte) []byte {
				done := false
				return func(m []byte) []byte {
					if done {
						return m
					}
					done = true
					return append(bytes.TrimRight(m, "0123456789,"), "12A,"...)
				}
			}())
		})
	}, `sipaye-2013-12\.csv:\d+: montant.* — `},
	{"an impossible date of production", func(t *testing.T) { edit(t, psopFile, firstLine("00", 11, "20131345")) },
		`psop-2013-12\.txt:1: date de production.* — `},
	{"an unknown type of record", func(t *testing.T) { edit(t, psopFile, firstLine("20", 0, "25")) },
		`psop-2013-12\.txt:3: type d'enregistrement.* — `},
	{"an empty file", func(t *testing.T) { edit(t, psopFile, func([]byte) []byte { return nil }) }, `psop-2013-12\.txt: .*vide.* — `},
	{"a missing table", func(t *testing.T) {
		if err := os.Remove("mappings/correspondances.csv"); err != nil {
			t.Fatal(err)
		}
	}, `correspondances\.csv: .*manque.*bascule init`},
	{"a table with an error", func(t *testing.T) {
		edit(t, "mappings/correspondances.csv", func(b []byte) []byte { return append(b, "NOBODY;legacy;999999;1;;;;\n"...) })
	}, `correspondances\.csv:\d+: .* — `},
	{"a folder in place of a file", func(t *testing.T) {
		if err := os.Remove(psopFile); err != nil {
			t.Fatal(err)
		}
		if err := os.Mkdir(psopFile, 0o700); err != nil {
			t.Fatal(err)
		}
	}, `dossier.* — `},
	{"a file that is not there", func(t *testing.T) {
		if err := os.Remove(psopFile); err != nil {
			t.Fatal(err)
		}
	}, `n'existe pas.* — `},
	{"a layout with an error", func(t *testing.T) {
		edit(t, "mappings/layouts/psop.yaml", func(b []byte) []byte { return append(b, "surprise: 1\n"...) })
	}, `psop\.yaml:\d+: .* — `},
	{"a layout that nobody knows", func(t *testing.T) {
		edit(t, "config.yaml", func(b []byte) []byte { return bytes.Replace(b, []byte(`"psop"`), []byte(`"psob"`), 1) })
	}, `psob.*psop`},
	{"an unknown key", func(t *testing.T) {
		edit(t, "config.yaml", func(b []byte) []byte { return append(b, "tolerence: 1\n"...) })
	},
		`config\.yaml:\d+: tolerence.*tolerance`},
}

func TestBadInputIsToldInOneLineAndTouchesNothing(t *testing.T) {
	if elsewhere(t) {
		return
	}
	for _, c := range refusals {
		t.Run(c.reason, func(t *testing.T) {
			ministry(t, 60, 8)
			if code, _, stderr := invoke(t, "run", "--quiet"); code != exitOpen {
				t.Fatalf("the sound ministry exits %d: %s", code, stderr)
			}
			before := fingerprintOf(t, "data", "out")
			c.damage(t)
			code, stdout, stderr := invoke(t, "run", "--quiet")
			if code != exitFailure {
				t.Errorf("exits %d, wanted %d", code, exitFailure)
			}
			if stdout != "" || strings.Count(stderr, "\n") != 1 {
				t.Errorf("stdout %q, stderr %q: wanted one line on stderr", stdout, stderr)
			}
			if !regexp.MustCompile(`^bascule: .*` + c.want).MatchString(stderr) {
				t.Errorf("stderr %q, wanted %s", stderr, c.want)
			}
			if after := fingerprintOf(t, "data", "out"); after != before {
				t.Error("the database or an earlier output was touched")
			}
		})
	}
}

func TestAnUnreadableFieldRejectsItsLineAndTheRunGoesOn(t *testing.T) {
	ministry(t, 200, 8)
	edit(t, psopFile, firstLine("20", 71, "201313")) // an impossible month of origin
	code, _, stderr := invoke(t, "run", "--quiet")
	if code != exitOpen {
		t.Fatalf("exits %d: %s", code, stderr)
	}
	s := summaryOf(t, runFolderOf(t, 1))
	if s.Legacy.Rejected != 1 || !s.Closing.OK {
		t.Errorf("rejected %d, closing %v", s.Legacy.Rejected, s.Closing.OK)
	}
	rejects := readTable(t, filepath.Join(runFolderOf(t, 1), "rejects.csv"))
	if len(rejects) != 1 || rejects[0]["file"] != psopFile || rejects[0]["line"] != "3" || rejects[0]["amount"] == "" || rejects[0]["raw"] == "" {
		t.Errorf("rejects.csv says %v", rejects)
	}
}

func TestTwoEmptyExtractsAreNoSuccess(t *testing.T) {
	ministry(t, 5, 1)
	if err := os.WriteFile(psopFile, []byte("0023020131220131220PSOP    \n99"+strings.Repeat("0", 20)+strings.Repeat(strings.Repeat("0", 15)+"+", 3)+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(sipayeFile, []byte("E;230;2013-12;2013-12-20;1\nF;0;0;0,00;0,00;0,00\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, stderr := invoke(t, "run", "--quiet"); code != exitFailure || !strings.Contains(stderr, "vide") {
		t.Errorf("exits %d: %s", code, stderr)
	}
}
