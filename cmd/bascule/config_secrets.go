package main

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
)

// Secrets come from a file or from the environment, never from the command line,
// which every account of the machine can read.

// maxPasswordBytes is what the encryption of workbooks takes.
const maxPasswordBytes = 255

// WorkbookPassword is what protects the workbooks, blank for no protection. A
// variable that is named and empty is refused: the workbooks would go out open.
func (c *Config) WorkbookPassword() (string, error) {
	if c.Privacy.WorkbookPasswordFile != "" {
		return c.passwordFile("privacy.workbook_password_file", c.Privacy.WorkbookPasswordFile)
	}
	const key = "privacy.workbook_password_env"
	variable := c.Privacy.WorkbookPasswordEnv
	if variable == "" {
		return "", nil
	}
	password := os.Getenv(variable)
	if password == "" {
		return "", c.refuse(key, fmt.Errorf("désigne la variable %s, qui est vide", variable),
			"donnez-lui le mot de passe, ou écrivez \"\" pour des classeurs sans mot de passe")
	}
	return password, c.passwordLength(key, "la variable "+variable, password)
}

// passwordLength refuses a password that no spreadsheet takes; from tells where
// it comes from.
func (c *Config) passwordLength(key, from, password string) error {
	if len(password) <= maxPasswordBytes {
		return nil
	}
	return c.refuse(key, fmt.Errorf("désigne %s, qui dépasse %d octets", from, maxPasswordBytes),
		"donnez-lui un mot de passe plus court : aucun tableur n'en admet un si long")
}

func (c *Config) passwordFile(key string, p Path) (string, error) {
	text, err := c.secretFile(key, p)
	if err != nil {
		return "", err
	}
	if text == "" || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return "", c.refuse(key, fmt.Errorf("désigne %s, qui ne contient pas une ligne et une seule", p), "écrivez-y le mot de passe, seul, sur une ligne")
	}
	return text, c.passwordLength(key, string(p), text)
}

const (
	leastKeyBytes = 32
	leastVariety  = 8 // different bytes: a key of one letter is none
)

const newKey = "(umask 077; head -c 32 /dev/urandom | base64 > cle)"

// databaseKey is the key of pseudonyms, fingerprints and seals that the
// configuration gives the database, nil for none.
func (c *Config) databaseKey() ([]byte, error) {
	const key = "privacy.key_file"
	if c.Privacy.KeyFile == "" {
		return nil, nil
	}
	text, err := c.secretFile(key, c.Privacy.KeyFile)
	if err != nil {
		return nil, err
	}
	seen := make(map[byte]bool)
	for i := range len(text) {
		seen[text[i]] = true
	}
	if len(text) < leastKeyBytes || len(seen) < leastVariety {
		return nil, c.refuse(key, fmt.Errorf("désigne %s, dont la clé est trop courte ou trop simple", c.Privacy.KeyFile), fmt.Sprintf("il y faut au moins %d octets tirés au hasard : %s", leastKeyBytes, newKey))
	}
	sum := sha256.Sum256([]byte("bascule\x00" + text))
	return sum[:], nil
}

// mostSecretBytes is more than any secret holds.
const mostSecretBytes = 4096

// secretFile reads a file that its owner alone may read, without the end of its
// last line. What it says of one that is refused is not what it holds.
func (c *Config) secretFile(key string, p Path) (_ string, err error) {
	name := c.Abs(p)
	f, err := os.Open(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", c.refuse(key, fmt.Errorf("désigne un fichier qui n'existe pas : %s", p), "vérifiez le chemin, ou écrivez \"\" pour aucun")
	case err != nil:
		return "", c.refuse(key, fmt.Errorf("désigne un fichier qui ne s'ouvre pas : %s", p), "donnez-le au compte qui lance bascule : chown et chmod 600")
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	mode := info.Mode()
	switch {
	case !mode.IsRegular():
		return "", c.refuse(key, fmt.Errorf("désigne autre chose qu'un fichier : %s", p), "indiquez un fichier")
	case mode.Perm()&^0o600 != 0:
		return "", c.refuse(key, fmt.Errorf("désigne %s, que d'autres comptes peuvent lire ou exécuter (%04o)", p, mode.Perm()), "chmod 600 "+shellWord(name))
	case !ownedByUs(info):
		return "", c.refuse(key, fmt.Errorf("désigne %s, qui appartient à un autre compte", p), "chown "+userName()+" "+shellWord(name))
	}
	text, err := io.ReadAll(io.LimitReader(f, mostSecretBytes+1))
	if err != nil {
		return "", err
	}
	if len(text) > mostSecretBytes {
		return "", c.refuse(key, fmt.Errorf("désigne %s, qui dépasse %d octets", p, mostSecretBytes), "vérifiez que c'est le bon fichier")
	}
	return strings.TrimRight(string(text), "\r\n"), nil
}
