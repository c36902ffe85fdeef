package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"bascule/reconcile"
	"bascule/reconcile/explain"
)

// Exit codes (CONTRACT 1).
const (
	exitClosed      = 0 // nothing is open
	exitOpen        = 1 // open discrepancies remain
	exitFailure     = 2 // usage, configuration, input refused, or any failure
	exitBusy        = 3 // another run holds the lock
	exitRefused     = 4 // gate: unfavourable opinion
	exitInterrupted = 130
)

// App is one execution of the program: what the stages need and must not take
// from the machine by themselves.
type App struct {
	Config         *Config // nil for the commands that need none
	Log            *slog.Logger
	Now            func() time.Time
	Rand           io.Reader
	Progress       *Progress // nil, and still usable, when nothing is to be drawn
	Stdout, Stderr io.Writer
	Version        string
	JSON           bool // results are JSON on Stdout
	Quiet          bool

	straight   int64  // bytes to read from which on a load is written straight into the base; 0: the usual
	command    string // its name, as "review import"
	configFile string
	logFormat  string
	profile    string       // folder of the profiles asked for
	profiled   func() error // ends them
	loaded     map[reconcile.Period]*reconcile.Tables
	books      map[*reconcile.Tables]*explain.Book // their formulas, compiled
	jsonLog    bool                                // what ends the command is a record too
	plainLog   *slog.Logger                        // Log, before what the command is about was known
	night      bool                                // the command is run, whose end on_finish follows
	finished   *reconcile.Run                      // what it ended with
	open       bool                                // the result of the command leaves discrepancies open

	unfavourable bool // the opinion asked for is
}

func newApp(stdout, stderr io.Writer) *App {
	return &App{loaded: make(map[reconcile.Period]*reconcile.Tables), books: make(map[*reconcile.Tables]*explain.Book),
		Log: slog.New(slog.DiscardHandler), Now: time.Now, Rand: rand.Reader, Stdout: stdout, Stderr: stderr, Version: buildVersion().String()}
}

// execute runs the command line and reports its error, if any, in one line.
func (a *App) execute(ctx context.Context, args []string) int {
	root := a.rootCommand()
	root.SetArgs(append([]string{}, args...))
	root.SetOut(a.Stdout)
	root.SetErr(a.Stderr)
	err := root.ExecuteContext(ctx)
	a.Progress.Done()
	if a.profiled != nil {
		err = errors.Join(err, a.profiled())
	}
	code := exitCode(ctx, err, a.open)
	if err == nil && a.unfavourable {
		code = exitRefused
	}
	if err != nil {
		a.say(err, code)
	}
	a.onFinish(ctx, code)
	return code
}

// say tells what ended the command, in one line: a record where the log is made
// of records.
func (a *App) say(err error, code int) {
	text := plainly(err)
	if code == exitInterrupted {
		text = "interrompu — rien d'inachevé n'est publié, relancez la commande"
	}
	if a.jsonLog {
		a.Log.Error(text, "code", code)
		return
	}
	fmt.Fprintln(a.Stderr, "bascule: "+text)
}

// about has every record of the log name what the command works on: the month of
// pay and, once it is known, the run.
func (a *App) about(month reconcile.Period, run int) {
	if a.plainLog == nil {
		a.plainLog = a.Log
	}
	a.Log = a.plainLog.With("période", month.String())
	if run != 0 {
		a.Log = a.plainLog.With("run", run, "période", month.String())
	}
}

// exitCode maps what a command ended with to the codes that schedulers read.
func exitCode(ctx context.Context, err error, open bool) int {
	var busy *busyError
	switch {
	case err == nil && open:
		return exitOpen
	case err == nil:
		return exitClosed
	case ctx.Err() != nil:
		return exitInterrupted
	case errors.As(err, &busy):
		return exitBusy
	}
	return exitFailure
}

func oneLine(err error) string {
	lines := strings.FieldsFunc(err.Error(), func(r rune) bool { return r == '\n' || r == '\r' })
	return strings.Join(lines, " ; ")
}

// prepare reads the common options, before any command runs.
func (a *App) prepare(cmd *cobra.Command, _ []string) error {
	_, a.command, _ = strings.Cut(cmd.CommandPath(), " ")
	if lang := cmd.Flag("lang").Value.String(); lang != "" && lang != "fr" && lang != "en" {
		return &usageError{"--lang : langue inconnue", "écrivez --lang fr ou --lang en"}
	}
	if a.profile != "" {
		var err error
		if a.profiled, err = startProfiles(a.profile); err != nil {
			return err
		}
	}
	options := &slog.HandlerOptions{Level: slog.LevelInfo, ReplaceAttr: a.stampTime}
	if a.Quiet {
		options.Level = slog.LevelWarn
	}
	switch a.logFormat {
	case "text":
		a.Log = slog.New(slog.NewTextHandler(a.Stderr, options))
	case "json":
		a.Log, a.jsonLog = slog.New(slog.NewJSONHandler(a.Stderr, options)), true
	default:
		return &usageError{"--log-format : forme inconnue", "écrivez --log-format text ou --log-format json"}
	}
	if !a.Quiet && !a.JSON && isTerminal(a.Stderr) {
		a.Progress = newProgress(a.Stderr)
	}
	return nil
}

// stampTime gives log lines the injected clock.
func (a *App) stampTime(groups []string, attr slog.Attr) slog.Attr {
	if attr.Key == slog.TimeKey && len(groups) == 0 {
		return slog.Time(slog.TimeKey, a.Now().UTC().Truncate(time.Second))
	}
	return attr
}

// configure loads the configuration that the command line designates.
func (a *App) configure(cmd *cobra.Command) error {
	config, err := LoadConfig(a.configFile, cmd.Flags())
	if err != nil {
		return err
	}
	a.Config = config
	for _, warning := range config.Warnings {
		a.Log.Warn(warning)
	}
	return nil
}

// exclusively runs a stage that writes, alone on its database.
func (a *App) exclusively(stage func() error) error {
	l, err := takeLock(a.Config.Abs(a.Config.Database), a.command, a.Now())
	if err != nil {
		return err
	}
	return errors.Join(stage(), l.release())
}

// instant is now, as the database writes it.
func (a *App) instant() string { return a.Now().UTC().Format(time.RFC3339) }

// print writes the result of a command: the text, or the value as JSON.
func (a *App) print(text string, value any) error {
	if a.JSON {
		encoder := json.NewEncoder(a.Stdout)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		return encoder.Encode(value)
	}
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	_, err := io.WriteString(a.Stdout, text)
	return err
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
