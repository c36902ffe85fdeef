package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

// backupCommand is "bascule backup".
func (a *App) backupCommand() *cobra.Command {
	var force bool
	cmd := &cobra.Command{
		Use:   "backup FICHIER [--force]",
		Short: "sauvegarde cohérente de la base, même pendant une exécution",
		Long: `Écrit dans un fichier neuf (0600) une copie cohérente de la base, sans arrêter ni gêner ce qui s'en sert, puis la relit : ses pages, et la
tête de sa chaîne de sceaux. Le fichier n'apparaît sous son nom qu'une fois la copie prouvée et sur le disque. Pour restaurer : aucune
commande en cours, copiez ce fichier à la place de la base, effacez les fichiers -wal, -shm et -journal à côté d'elle, puis « bascule verify ».
Si la clé est dans un fichier (privacy.key_file), sauvegardez-la ailleurs : sans elle, la copie ne s'ouvre pas.`,
		Example: "bascule backup /srv/sauvegardes/bascule-2013-12-31.db\nbascule backup bascule.db.copie --force --json",
		Args:    arguments(1, 1, "le FICHIER à écrire"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := a.configure(cmd); err != nil {
				return err
			}
			result, err := a.Backup(cmd.Context(), args[0], force)
			if err != nil {
				return err
			}
			a.Progress.Done()
			return a.print(fmt.Sprintf("✔ %s : %s, %s, %s, relus\n  tête de la chaîne (%s) : %s\n  SHA-256 : %s", result.File, numberOf(int(result.Bytes), "octet"), numberOf(int(result.Runs), "exécution"),
				numberOf(int(result.Loads), "chargement"), numberOf(int(result.Entries), "entrée"), result.Head, result.SHA256), result)
		},
	}
	cmd.Flags().BoolVar(&force, "force", false, "remplace le fichier s'il existe")
	return cmd
}
