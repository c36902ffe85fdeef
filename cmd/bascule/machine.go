package main

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"syscall"

	"bascule/reconcile"
)

// machineSays tells, of what a machine refuses, what is the matter and what to do.
var machineSays = map[syscall.Errno][2]string{
	syscall.ENOSPC: {"disque plein", "libérez de la place sur ce disque"},
	syscall.EDQUOT: {"quota de disque atteint", "libérez de la place, ou faites relever le quota de ce compte"},
	syscall.EIO:    {"le disque refuse une lecture ou une écriture", "vérifiez ce disque, ou ce partage"},
	syscall.ESTALE: {"le partage ne répond plus pour ce fichier", "vérifiez qu'il est monté"},
	syscall.EROFS:  {"le disque est en lecture seule", "rendez-le accessible en écriture, ou indiquez un autre dossier"},
	syscall.EACCES: {"accès refusé", "donnez à ce compte les droits sur le fichier et sur son dossier"},
	syscall.EPERM:  {"opération interdite", "donnez à ce compte les droits sur le fichier et sur son dossier"},
	syscall.EMFILE: {"trop de fichiers ouverts", "relevez la limite de ce compte (ulimit -n)"},
	syscall.ENFILE: {"trop de fichiers ouverts sur cette machine", "fermez d'autres programmes"},
	syscall.ENOENT: {"n'existe pas", "créez-le, ou corrigez le chemin qui y mène"},
	syscall.EXDEV:  {"est sur un autre disque que son dossier", "gardez sur un même disque le dossier des résultats et ses sous-dossiers"},
}

// plainly is the text of an error, in one line. What the machine refuses is told
// in the words of a user, for the first file that it befell: the others follow
// from it.
func plainly(err error) string {
	text := oneLine(err)
	path, errno := refusedBy(err)
	refusal, known := machineSays[errno]
	if !known || !strings.Contains(text, errno.Error()) { // nothing refused, or told already
		return text
	}
	return path + " : " + refusal[0] + " — " + refusal[1] + ", puis relancez"
}

// refusedBy finds the file, and what the machine said of it.
func refusedBy(err error) (path string, errno syscall.Errno) {
	var file *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &file):
		errors.As(file.Err, &errno)
		return file.Path, errno
	case errors.As(err, &link):
		errors.As(link.Err, &errno)
		return link.New, errno
	}
	return "", 0
}

// clockNotes says that the clock has gone back since the former run of the month:
// dates and ages are then not to be believed, whichever of the two was wrong.
func (a *App) clockNotes(run, former *reconcile.Run) []*reconcile.Saying {
	if former == nil || former.StartedAt <= run.StartedAt { // both in UTC
		return nil
	}
	note := reconcile.Say("l'horloge de la machine a reculé : cette exécution est datée du %s, celle d'avant (n° %s) du %s ; vérifiez l'heure, les âges des écarts s'y comptent",
		run.StartedAt, former.ID, former.StartedAt)
	a.Log.Warn(note.String())
	return []*reconcile.Saying{note}
}
