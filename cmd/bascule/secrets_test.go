package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	firstKey  = "q8Zr1v0m3yTnW5kL7pXc2dJf9sHb4gUe6aRi\n"
	secondKey = "Xc2dJf9sHb4gUe6aRiq8Zr1v0m3yTnW5kL7p\n"
)

// secretAt writes a file of some mode, whatever the mask.
func secretAt(t *testing.T, name, text string, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(name, mode); err != nil {
		t.Fatal(err)
	}
}

func TestAFileOfSecretsIsRefusedUnlessItsOwnerAloneReadsIt(t *testing.T) {
	flatMinistry(t, "o.csv")
	for _, c := range []struct {
		reason, text string
		mode         os.FileMode
		key          string
		want         string // blank: taken
	}{
		{"a key", firstKey, 0o600, "key_file", ""},
		{"that nobody may write", firstKey, 0o400, "key_file", ""},
		{"the group reads it", firstKey, 0o640, "key_file", "que d'autres comptes peuvent lire ou exécuter (0640) — chmod 600 "},
		{"everybody does", firstKey, 0o604, "key_file", "(0604) — chmod 600 "},
		{"too short", "abcdefghij\n", 0o600, "key_file", "trop courte ou trop simple — il y faut au moins 32 octets"},
		{"of one letter", strings.Repeat("a", 64), 0o600, "key_file", "trop courte ou trop simple"},
		{"a file far too long", strings.Repeat(firstKey, 200), 0o600, "key_file", "dépasse 4096 octets"},
		{"a password", "s3cret partagé\n", 0o400, "workbook_password_file", ""},
		{"readable by the group", "s3cret partagé\n", 0o440, "workbook_password_file", "(0440) — chmod 600 "},
		{"none", "\n", 0o600, "workbook_password_file", "ne contient pas une ligne et une seule"},
		{"two lines", "s3cret\npartagé\n", 0o600, "workbook_password_file", "ne contient pas une ligne et une seule"},
	} {
		t.Run(c.reason, func(t *testing.T) {
			secretAt(t, "secret", c.text, c.mode)
			defer remove(t, "secret")
			config := mustLoad(t, writeConfig(t, minimal), nil)
			config.Dir, config.Privacy.KeyFile = mustGetwd(t), "secret"
			_, err := config.databaseKey()
			if c.key != "key_file" {
				config.Privacy.WorkbookPasswordFile = "secret"
				_, err = config.WorkbookPassword()
			}
			switch {
			case c.want == "" && err != nil:
				t.Errorf("refused: %v", err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "privacy."+c.key)):
				t.Errorf("got %v", err)
			case err != nil && strings.TrimSpace(c.text) != "" && strings.Contains(err.Error(), strings.TrimSpace(c.text)):
				t.Errorf("the secret is in the message: %v", err)
			}
		})
	}
	if os.Geteuid() != 0 {
		return // only root gives a file away
	}
	secretAt(t, "autrui", firstKey, 0o600)
	if err := os.Chown("autrui", 12345, -1); err != nil {
		t.Fatal(err)
	}
	config := mustLoad(t, writeConfig(t, minimal), nil)
	config.Dir, config.Privacy.KeyFile = mustGetwd(t), "autrui"
	if _, err := config.databaseKey(); err == nil || !strings.Contains(err.Error(), "appartient à un autre compte — chown ") {
		t.Errorf("got %v", err)
	}
}

func mustGetwd(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestTheKeyOfAFileIsNowhereInTheBaseAndNoOtherOpensIt(t *testing.T) {
	flatMinistry(t, "l.csv")
	writeAll(t, map[string]string{"l.csv": flatHeader + flatRow("M1", "101000", "90,00") + flatRow("M2", "101000", "50,00")})
	secretAt(t, "cle", firstKey, 0o600)
	t.Setenv("BASCULE_PRIVACY_KEY_FILE", "cle")
	mustExit(t, exitOpen, "run")
	mustExit(t, exitClosed, "verify")
	if content := readFile(t, "data/bascule.db"); strings.Contains(content, "secret") && strings.Contains(content, strings.TrimSpace(firstKey)) {
		t.Error("the key is in the base")
	}
	agent := func() string { return readTable(t, filepath.Join(runFolderOf(t, 1), "discrepancies.csv"))[0]["agent"] }
	first := agent()
	mustExit(t, exitClosed, "backup", "copie.db")

	secretAt(t, "cle", secondKey, 0o600)
	for _, args := range []string{"run", "verify", "runs", "review list", "purge --before 2013-12 --force"} {
		if stderr := mustExit(t, exitFailure, strings.Fields(args)...); !strings.Contains(stderr, "n'est pas la clé de cette base") {
			t.Errorf("%s under another key: %s", args, stderr)
		}
	}
	t.Setenv("BASCULE_PRIVACY_KEY_FILE", "")
	if stderr := mustExit(t, exitFailure, "verify"); !strings.Contains(stderr, "la clé de la base est dans un fichier: indiquez-le par privacy.key_file") {
		t.Error(stderr)
	}
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		remove(t, "data/bascule.db"+suffix)
	}
	remove(t, "out")
	secretAt(t, "cle", firstKey, 0o600)
	t.Setenv("BASCULE_PRIVACY_KEY_FILE", "cle")
	mustExit(t, exitOpen, "run")
	if got := agent(); got != first {
		t.Errorf("another base of the same key calls the agent %s, the first %s", got, first)
	}
}

func TestABaseThatHasItsOwnKeyTakesNoOther(t *testing.T) {
	twoNights(t)
	secretAt(t, "cle", firstKey, 0o600)
	t.Setenv("BASCULE_PRIVACY_KEY_FILE", "cle")
	for _, args := range []string{"run", "verify"} {
		if stderr := mustExit(t, exitFailure, args); !strings.Contains(stderr, "la base a sa propre clé, tirée à sa création") {
			t.Errorf("%s: %s", args, stderr)
		}
	}
	t.Setenv("BASCULE_PRIVACY_KEY_FILE", "")
	mustExit(t, exitClosed, "verify")
}

func TestWorkbooksTakeTheirPasswordFromAFile(t *testing.T) {
	flatMinistry(t, "l.csv")
	writeAll(t, map[string]string{"l.csv": flatHeader + flatRow("M1", "101000", "90,00")})
	secretAt(t, "mdp", "s3cret partagé\n", 0o600)
	t.Setenv("BASCULE_PRIVACY_WORKBOOK_PASSWORD_FILE", "mdp")
	mustExit(t, exitOpen, "run")
	hidden, err := encrypted(filepath.Join(runFolderOf(t, 1), "ecarts-2013-12-run-0001.xlsx"))
	if err != nil || !hidden {
		t.Errorf("%v: the workbook is open to all", err)
	}
	mustExit(t, exitClosed, "verify")
	t.Setenv("BASCULE_PRIVACY_WORKBOOK_PASSWORD_ENV", "MOT_DE_PASSE")
	if stderr := mustExit(t, exitFailure, "run"); !strings.Contains(stderr, "privacy.workbook_password_file: donne un second mot de passe") {
		t.Error(stderr)
	}
}
