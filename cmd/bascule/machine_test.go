package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
	"testing"

	"bascule/reconcile"
)

func TestWhatTheMachineRefusesIsToldToAUser(t *testing.T) {
	wrote := func(errno error) error { return &fs.PathError{Op: "write", Path: "/srv/out/a.csv", Err: errno} }
	cases := []struct {
		reason string
		err    error
		want   string
	}{
		{"a full disk", fmt.Errorf("a.csv : %w", wrote(syscall.ENOSPC)), "/srv/out/a.csv : disque plein — libérez de la place sur ce disque, puis relancez"},
		{"a rename, told at its target", &os.LinkError{Op: "rename", Old: "/srv/out/b", New: "/srv/out/c", Err: syscall.EACCES}, "/srv/out/c : accès refusé — donnez à ce compte les droits sur le fichier et sur son dossier, puis relancez"},
		{"what follows from the first is left out", errors.Join(wrote(syscall.EIO), wrote(syscall.EROFS)), "/srv/out/a.csv : le disque refuse une lecture ou une écriture — vérifiez ce disque, ou ce partage, puis relancez"},
		{"an input told already", &reconcile.InputError{File: "a.csv", Err: errors.New("n'existe pas"), Hint: "vérifiez le chemin"}, "a.csv: n'existe pas — vérifiez le chemin"},
		{"something else", errors.New("le bouclage n'est pas exact"), "le bouclage n'est pas exact"},
		{"a refusal that has no words", wrote(syscall.EPIPE), "write /srv/out/a.csv: broken pipe"},
	}
	for _, c := range cases {
		if got := plainly(c.err); got != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.reason, got, c.want)
		}
	}
}
