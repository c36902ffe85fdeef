package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// finishVariables tell the command of on_finish how the night ended. They name
// places and counts, never a person or an amount.
var finishVariables = []string{"BASCULE_EXIT", "BASCULE_RUN", "BASCULE_PERIOD", "BASCULE_FOLDER", "BASCULE_SUMMARY"}

// onFinish runs the command of on_finish after a night, however it ended, once its
// lock is given back. Whatever becomes of it, the night ended as it did: a failure
// is a warning.
func (a *App) onFinish(ctx context.Context, code int) {
	if !a.night || a.Config == nil || len(a.Config.OnFinish) == 0 {
		return
	}
	delay := time.Duration(a.Config.OnFinishSeconds) * time.Second
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), delay)
	defer stop()
	name := a.Config.Abs(Path(a.Config.OnFinish[0]))
	cmd := exec.CommandContext(ctx, name, a.Config.OnFinish[1:]...)
	cmd.Dir, cmd.Env = a.Config.Dir, a.finishEnvironment(code)
	// What it prints goes nowhere: it might show what no log may hold. It is killed
	// with all that it started.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		a.Log.Info("on_finish", "état", "terminée")
	case ctx.Err() != nil:
		a.Log.Warn("on_finish : la commande est arrêtée, son délai est passé", "secondes", a.Config.OnFinishSeconds)
	case errors.As(err, &exit):
		a.Log.Warn("on_finish : la commande a échoué", "état", exit.ProcessState.String())
	default:
		a.Log.Warn("on_finish : la commande ne peut être lancée", "chemin", name, "remède", "vérifiez qu'elle existe, que ce compte peut l'exécuter et qu'elle commence par #! si c'est un script")
	}
}

// finishEnvironment is ours without the password of the workbooks, and the
// variables of the night.
func (a *App) finishEnvironment(code int) []string {
	c := a.Config
	hidden := append([]string{c.Privacy.WorkbookPasswordEnv}, finishVariables...)
	env := slices.DeleteFunc(os.Environ(), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		return slices.Contains(hidden, name)
	})
	run, folder, summary := "", "", ""
	if r := a.finished; r != nil {
		run, folder = fmt.Sprint(r.ID), c.Abs(Path(r.Folder))
		summary = filepath.Join(folder, "summary.json")
	}
	for i, value := range []string{fmt.Sprint(code), run, c.Period.String(), folder, summary} {
		env = append(env, finishVariables[i]+"="+value)
	}
	return env
}
