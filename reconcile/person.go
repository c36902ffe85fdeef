package reconcile

import (
	"crypto/sha256"
	"encoding/hex"
)

// otherPerson tells whether two agents under one key are two persons: their
// matricules say so or, where one is missing, their names.
func (a *Agent) otherPerson(b *Agent) bool {
	if a.Matricule != "" && b.Matricule != "" {
		return a.Matricule != b.Matricule
	}
	x, y := a.Name(), b.Name()
	return x != "" && y != "" && x != y
}

// SamePayslip tells whether two rows under one key, which several persons share,
// are of one payslip.
func SamePayslip(a, b *Agent) bool {
	return a.Matricule == b.Matricule && (a.Matricule != "" || a.Name() == b.Name()) && a.Dossier == b.Dossier
}

// person tells an agent from others under his key: his matricule, or a digest of
// his name where there is none, so that no name stands in a key.
func (a *Agent) person() string {
	switch name := a.Name(); {
	case a.Matricule != "":
		return a.Matricule
	case name != "":
		sum := sha256.Sum256([]byte(name))
		return "~" + hex.EncodeToString(sum[:6])
	}
	return ""
}

// Bounds on what one person holds under a key in a month. maxPosts is beyond
// what anybody holds without a number for each dossier: a NIR that more
// matricules, or more names, share is nobody's.
const (
	maxPosts    = 4
	maxFaces    = 64
	maxKeyLines = 200_000 // pay lines
)

// company is what the rows of one key say of the persons under it, whatever
// their order.
type company struct {
	faces               []face
	matricules, unnamed int  // different matricules; different names without one
	several             bool // two of the faces are two persons
	doubtful            bool // a row's NIR may be another's
}

type face struct{ matricule, surname, firstName string }

// meet takes in a row.
func (c *company) meet(a *Agent) {
	c.doubtful = c.doubtful || a.NIRState().Doubtful()
	newMatricule := a.Matricule != ""
	newName := a.Matricule == ""
	for _, f := range c.faces {
		known := Agent{Matricule: f.matricule, Surname: f.surname, FirstName: f.firstName}
		if f.matricule == a.Matricule && f.surname == a.Surname && f.firstName == a.FirstName {
			return
		}
		c.several = c.several || a.otherPerson(&known)
		newMatricule = newMatricule && f.matricule != a.Matricule
	}
	if len(c.faces) > maxFaces {
		return
	}
	c.faces = append(c.faces, face{a.Matricule, a.Surname, a.FirstName})
	if newMatricule {
		c.matricules++
	}
	if newName && a.Name() != "" {
		c.unnamed++
	}
}

// shared tells whether the key is of several persons.
func (c *company) shared() bool {
	return c.several && c.doubtful || c.matricules > maxPosts || c.unnamed > maxPosts || len(c.faces) > maxFaces
}

// Strangers tells whether rows of one key are of several persons.
func Strangers(rows []*Payslip) bool {
	var c company
	for _, p := range rows {
		c.meet(&p.Agent)
	}
	return c.shared()
}
