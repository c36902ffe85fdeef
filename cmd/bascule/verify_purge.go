package main

import (
	"fmt"
	"os"
	"path/filepath"

	"bascule/reconcile"
)

// purgedText is one line about what retention erased: its seal says how much, and
// what is left still stands.
func purgedText(p *reconcile.Purge) string {
	proof := "sans preuve encore"
	if p.Proof != nil {
		proof = "0 trace à la relecture"
	}
	return fmt.Sprintf("  purgé le %s, avant %v : %s, %s — %s et %s effacés, %s\n", dayOf(p.At), p.Before, numberOf(int(p.Loads), "chargement"), numberOf(int(p.Runs), "exécution"),
		numberOf(int(p.Payslips), "bulletin"), numberOf(int(p.Discrepancies), "écart"), proof)
}

// purged holds what a purged run keeps of its files against the database, and
// doubts those that should be gone. One that was filed elsewhere is not missed.
func (p *published) purged(r *reconcile.Run, folder string) error {
	files, err := p.app.personal(r)
	if err != nil {
		return err
	}
	if len(files) > 0 {
		p.find(r.ID, p.shown(folder), fmt.Sprintf("purgée, et %s qui peuvent nommer quelqu'un sont encore là, ou revenus", numberOf(len(files), "fichier")),
			"relancez « bascule purge » avec le même mois", true)
	}
	summary := filepath.Join(folder, "summary.json")
	if _, err := os.Stat(summary); err == nil {
		if err := p.summary(r, summary); err != nil {
			return err
		}
	}
	for _, o := range r.Summary.Outputs {
		path := filepath.Join(folder, filepath.FromSlash(o.File))
		if _, err := os.Stat(path); err != nil || !keptWhenPurged(r, o.File) {
			continue
		}
		if err := p.output(r, path, o.SHA256); err != nil {
			return err
		}
	}
	return nil
}
