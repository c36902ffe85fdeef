package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"bascule/reconcile"
)

// invoke runs a command line as a shell would.
func invoke(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, log bytes.Buffer
	code = run(context.Background(), args, &out, &log)
	return code, out.String(), log.String()
}

func TestRefusedCommandLinesExit2WithOneLine(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("bad.yaml", []byte("periode: \"2013-12\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("good.yaml", []byte(minimal), 0o600); err != nil {
		t.Fatal(err)
	}
	cases := []struct{ reason, args, want string }{
		{"misspelt command", "rnu", `commande inconnue : "rnu" — voyez « bascule --help »`},
		{"nearly a command", "comparer", `commande inconnue : "comparer" — vouliez-vous « bascule compare » ?`},
		{"unknown command with unknown option", "foo --bar", `commande inconnue : "foo" — voyez « bascule --help »`},
		{"command of a later version", "publier", `commande inconnue : "publier" — voyez « bascule --help »`},
		{"misspelt sub-command", "runs shw 3", `commande inconnue : "shw" — vouliez-vous « bascule runs show » ?`},
		{"help on nothing", "help rin", `commande inconnue : "rin" — vouliez-vous « bascule run » ?`},
		{"misspelt option", "run --perriod 2013-12", "option inconnue : --perriod — vouliez-vous --period ?"},
		{"unknown letter", "run -x", "option inconnue : -x — voyez « bascule run --help »"},
		{"option without its value", "run --config", "l'option --config attend une valeur — voyez « bascule run --help »"},
		{"letters for a number", "report --run sept", "--run : n'est pas un nombre entier possible — voyez « bascule report --help »"},
		{"word for a switch", "run --force=peut-être", "--force : n'est pas true ou false — voyez « bascule run --help »"},
		{"broken option", "run --=3", "option mal écrite — voyez « bascule run --help »"},
		{"run 0 is no run", "report --run 0", "--run : n'est pas un numéro de run — les numéros commencent à 1, voyez « bascule runs »"},
		{"run 0 is no run, elsewhere", "runs show 0", "ce n'est pas un numéro de run — les numéros commencent à 1, voyez « bascule runs »"},
		{"argument too many", "run janvier", "« bascule run » n'attend pas d'argument — voyez « bascule run --help »"},
		{"no agent", "explain", "« bascule explain » attend un AGENT — voyez « bascule explain --help »"},
		{"two agents", "explain 1 2", "« bascule explain » n'attend rien après un AGENT — voyez « bascule explain --help »"},
		{"no file", "load --side onp", "« bascule load » attend un ou plusieurs fichiers — voyez « bascule load --help »"},
		{"no side", "load a.txt", "--side : est obligatoire — écrivez --side legacy ou --side onp"},
		{"no such side", "load --side psop a.txt", "--side : côté inconnu — écrivez --side legacy ou --side onp"},
		{"layout that is a path", "load --config good.yaml --side onp --layout a/b a.txt", "--layout : n'est pas un nom de format — écrivez le nom d'un fichier de mappings/layouts, sans extension : psop"},
		{"unknown language", "version --lang de", "--lang : langue inconnue — écrivez --lang fr ou --lang en"},
		{"unknown log format", "version --log-format xml", "--log-format : forme inconnue — écrivez --log-format text ou --log-format json"},
		{"unknown shell", "completion bsh", "interpréteur inconnu — vouliez-vous « bascule completion bash » ?"},
		{"no agents to generate", "generate --out x", "--agents : n'est pas un nombre de 1 à 10000000 — écrivez par exemple --agents 300"},
		{"nowhere to generate", "generate --agents 3", "--out : est obligatoire — écrivez le dossier où écrire : --out essai"},
		{"impossible month to generate", "generate --agents 3 --out x --period 2013", "ligne de commande: --period: n'est pas un mois possible écrit AAAA-MM — écrivez le mois de paye : 2013-12"},
		{"absent plants", "generate --agents 3 --out x --plant absent.csv", "absent.csv: ne peut être lu — vérifiez le chemin donné à --plant"},
		{"impossible month", "run --config good.yaml --period 2013-13", "ligne de commande: --period: n'est pas un mois possible écrit AAAA-MM — écrivez le mois de paye : 2013-12"},
		{"no configuration", "run", "config.yaml: n'existe pas — lancez « bascule init » pour écrire une configuration commentée, ou indiquez la vôtre par --config FICHIER"},
		{"bad configuration", "runs --config bad.yaml", "bad.yaml:1: periode: est une clé inconnue — écrivez period"},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			code, stdout, stderr := invoke(t, strings.Fields(c.args)...)
			if code != exitFailure || stdout != "" || stderr != "bascule: "+c.want+"\n" {
				t.Errorf("bascule %s: code %d, stdout %q\ngot  %swant bascule: %s", c.args, code, stdout, stderr, c.want)
			}
		})
	}
}

func TestNoCommandShowsTheHelpAndExits2(t *testing.T) {
	code, stdout, stderr := invoke(t)
	if code != exitFailure || stdout != "" || !strings.Contains(stderr, "Réconcilier :") || !strings.HasSuffix(stderr, "bascule: il manque une commande — écrivez par exemple « bascule run »\n") {
		t.Errorf("code %d, stdout %q, stderr:\n%s", code, stdout, stderr)
	}
}

func TestExitCodesOfResults(t *testing.T) {
	stopped, stop := context.WithCancel(context.Background())
	stop()
	busy := fmt.Errorf("run : %w", &busyError{path: "b.db.lock"})
	cases := []struct {
		reason string
		ctx    context.Context
		err    error
		open   bool
		want   int
	}{
		{"nothing open", context.Background(), nil, false, 0},
		{"open discrepancies", context.Background(), nil, true, 1},
		{"any failure, even with an open result", context.Background(), errors.New("x"), true, 2},
		{"lock held", context.Background(), busy, false, 3},
		{"interrupted, whatever the stage made of it", stopped, errors.New("sqlite: interrupted"), false, 130},
		{"finished just before the signal", stopped, nil, true, 1},
	}
	for _, c := range cases {
		if got := exitCode(c.ctx, c.err, c.open); got != c.want {
			t.Errorf("%s: got %d, want %d", c.reason, got, c.want)
		}
	}
}

func TestInterruptedCommandExits130(t *testing.T) {
	file := writeConfig(t, minimal)
	ctx, stop := context.WithCancel(context.Background())
	stop()
	var stdout, stderr bytes.Buffer
	code := run(ctx, []string{"run", "--config", file}, &stdout, &stderr)
	if code != exitInterrupted || stdout.Len() > 0 || !strings.Contains(stderr.String(), "bascule: interrompu") {
		t.Errorf("code %d, stdout %q, stderr %q", code, stdout.String(), stderr.String())
	}
}

type fullDisk struct{}

var errFull = errors.New("disque plein")

func (fullDisk) Write([]byte) (int, error) { return 0, errFull }

func TestResultThatCannotBeWrittenIsAFailure(t *testing.T) {
	var stderr bytes.Buffer
	if code := run(context.Background(), []string{"version"}, fullDisk{}, &stderr); code != exitFailure || stderr.String() != "bascule: disque plein\n" {
		t.Errorf("code %d, stderr %q", code, stderr.String())
	}
}

func TestErrorOfSeveralLinesIsToldInOne(t *testing.T) {
	if got := oneLine(errors.Join(errors.New("a"), errors.New("b"))); got != "a ; b" {
		t.Errorf("got %q", got)
	}
}

// allCommands walks the tree of commands that a user sees.
func allCommands(cmd *cobra.Command) []*cobra.Command {
	list := []*cobra.Command{cmd}
	for _, c := range cmd.Commands() {
		if !c.Hidden {
			list = append(list, allCommands(c)...)
		}
	}
	return list
}

func TestHelpIsFrenchAndComplete(t *testing.T) {
	english := []string{"Usage:", "Available Commands", "Additional", "Flags", "Aliases", "Examples:", "help for", "Help about",
		"default", "Use \"", " string ", " int ", " uint", "completion script", "more information"}
	root := newApp(&bytes.Buffer{}, &bytes.Buffer{}).rootCommand()
	root.InitDefaultHelpCmd()
	for _, cmd := range allCommands(root) {
		path := strings.Fields(cmd.CommandPath())[1:]
		if cmd.HasParent() && (cmd.Short == "" || cmd.Long == "" || cmd.Example == "" && cmd.Name() != "help") {
			t.Errorf("%v lacks a short text, a long text or an example", path)
		}
		for _, args := range [][]string{append(slices.Clone(path), "--help"), append([]string{"help"}, path...)} {
			code, stdout, stderr := invoke(t, args...)
			if code != exitClosed || stderr != "" || !strings.Contains(stdout, "Usage : "+cmd.CommandPath()) || !strings.Contains(stdout, "Options communes :") {
				t.Errorf("%v: code %d, stderr %q, stdout:\n%s", args, code, stderr, stdout)
			}
			for _, word := range english {
				if strings.Contains(stdout, word) {
					t.Errorf("%v: English %q in:\n%s", args, word, stdout)
				}
			}
		}
	}
}

func TestHelpListsEveryCommandOnce(t *testing.T) {
	root := newApp(&bytes.Buffer{}, &bytes.Buffer{}).rootCommand()
	root.InitDefaultHelpCmd()
	var listed, exist []string
	for _, group := range commandGroups {
		listed = append(listed, group.commands...)
	}
	for _, cmd := range root.Commands() {
		exist = append(exist, cmd.Name())
	}
	slices.Sort(listed)
	slices.Sort(exist)
	if !slices.Equal(listed, exist) {
		t.Errorf("listed %v, exist %v", listed, exist)
	}
}

func TestVersionInTextAndJSON(t *testing.T) {
	if code, stdout, _ := invoke(t, "version"); code != exitClosed || !strings.HasPrefix(stdout, "bascule ") || !strings.Contains(stdout, "\ngo1.") {
		t.Errorf("code %d, %q", code, stdout)
	}
	_, stdout, _ := invoke(t, "version", "--json")
	var v versionInfo
	if err := json.Unmarshal([]byte(stdout), &v); err != nil || v.Version == "" || v.Go == "" {
		t.Errorf("%v in %q", err, stdout)
	}
	if got := (versionInfo{Version: "v1.2.0", Commit: "0a1b2c3d4e5f6a7b", Modified: true}).String(); got != "v1.2.0 0a1b2c3d4e5f+" {
		t.Errorf("got %q", got)
	}
}

func TestCompletionForEachShell(t *testing.T) {
	for _, shell := range shells {
		if code, stdout, stderr := invoke(t, "completion", shell); code != exitClosed || !strings.Contains(stdout, "bascule") || stderr != "" {
			t.Errorf("%s: code %d, stderr %q", shell, code, stderr)
		}
	}
}

func TestWarningsGoToTheLogAtTheInjectedTime(t *testing.T) {
	t.Setenv("BASCULE_PERIODE", "2013-11")
	for _, c := range []struct{ reason, args, want string }{
		{"text", "runs", `time=2014-01-02T03:04:05.000Z level=WARN msg="la variable d'environnement BASCULE_PERIODE est sans effet : vouliez-vous BASCULE_PERIOD ?"`},
		{"json, and quiet does not hide a warning", "runs --log-format json --quiet", `{"time":"2014-01-02T03:04:05Z","level":"WARN","msg":"la variable d'environnement BASCULE_PERIODE est sans effet : vouliez-vous BASCULE_PERIOD ?"}`},
	} {
		var stdout, stderr bytes.Buffer
		app := newApp(&stdout, &stderr)
		app.Now = func() time.Time { return time.Date(2014, 1, 2, 3, 4, 5, 6, time.UTC) }
		app.execute(context.Background(), append(strings.Fields(c.args), "--config", writeConfig(t, minimal)))
		if first, _, _ := strings.Cut(stderr.String(), "\n"); first != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.reason, first, c.want)
		}
	}
}

// testRun is a result with open discrepancies.
func testRun(open int64) *RunResult {
	r := &reconcile.Run{ID: 7}
	r.Summary.Run = 7
	r.Summary.Discrepancies.Open = open
	return &RunResult{Run: r, Text: "le résumé", Open: open > 0}
}

func TestResultOfARunIsPrintedAndDecidesTheCode(t *testing.T) {
	cases := []struct {
		reason string
		json   bool
		open   int64
		code   int
		want   string
	}{
		{"text, all closed", false, 0, exitClosed, "le résumé\n"},
		{"text, some open", false, 3, exitOpen, "le résumé\n"},
		{"json holds the summary of the contract", true, 3, exitOpen, "\"open\": 3,"},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			var stdout bytes.Buffer
			app := newApp(&stdout, &bytes.Buffer{})
			app.configFile, app.JSON = writeConfig(t, minimal), c.json
			err := app.reconcile(app.runCommand(), func() (*RunResult, error) { return testRun(c.open), nil })
			if code := exitCode(context.Background(), err, app.open); code != c.code {
				t.Errorf("code %d (%v), want %d", code, err, c.code)
			}
			if !strings.Contains(stdout.String(), c.want) || c.json != json.Valid(stdout.Bytes()) {
				t.Errorf("got %q, want %q", stdout.String(), c.want)
			}
		})
	}
}

func TestResultOfALoadIsPrinted(t *testing.T) {
	result := &LoadResult{Loads: []reconcile.Load{
		{Side: reconcile.ONP, Period: reconcile.NewPeriod(2013, 12), Path: "sipaye.csv", Layout: "sipaye", Payslips: 1234, Rejects: 1,
			Sums: reconcile.Sums{Lines: 1234567, ToPay: 123456}},
		{Path: "autre.csv", Reused: true},
	}}
	const want = "sipaye.csv : chargé — 1\u202f234 bulletins, 1\u202f234\u202f567 lignes, 1 rejets\n" +
		"autre.csv : déjà chargé — 0 bulletins, 0 lignes, 0 rejets\n"
	if got := loadText(result); got != want {
		t.Errorf("got %q", got)
	}
	var stdout bytes.Buffer
	app := &App{Stdout: &stdout, JSON: true}
	if err := app.print("", loadViews(result)[:1]); err != nil {
		t.Fatal(err)
	}
	for _, pair := range []string{`"side": "onp"`, `"period": "2013-12"`, `"file": "sipaye.csv"`, `"to_pay": "1234.56"`, `"lines": 1234567`, `"reused": false`} {
		if !strings.Contains(stdout.String(), pair) {
			t.Errorf("no %s in %s", pair, stdout.String())
		}
	}
}

func TestLoadTakesTheOnlyLayoutOfTheSide(t *testing.T) {
	c := mustLoad(t, writeConfig(t, minimal), nil)
	if layout, err := c.soleLayout(0); err != nil || layout != "psop" {
		t.Errorf("got %q, %v", layout, err)
	}
	c.Inputs.Legacy = append(c.Inputs.Legacy, Input{Path: "a.csv", Layout: "flat"})
	const want = "--layout : est obligatoire, la configuration donnant plusieurs formats à ce côté — écrivez par exemple --layout psop"
	if _, err := c.soleLayout(0); err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}

func TestInitThenLoad(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "mon ministère")
	code, stdout, stderr := invoke(t, "init", dir)
	if code != exitClosed || stderr != "" || !strings.Contains(stdout, "écrit    "+filepath.Join(dir, "config.yaml")+"\n") ||
		!strings.Contains(stdout, "écrit    "+filepath.Join(dir, "mappings", "elements.csv")+"\n") || strings.Contains(stdout, "conservé") {
		t.Fatalf("code %d, stderr %q, stdout:\n%s", code, stderr, stdout)
	}
	if !strings.Contains(stdout, "bascule run --config '"+dir+"/config.yaml'") {
		t.Errorf("the next step cannot be copied into a shell:\n%s", stdout)
	}
	c := mustLoad(t, filepath.Join(dir, "config.yaml"), nil)
	if c.Inputs.Legacy[0].Path != "psop-2013-12.txt" || c.Inputs.ONP[0].Path != "sipaye-2013-12.csv" {
		t.Errorf("inputs %+v", c.Inputs)
	}
}

func TestInitTwiceKeepsWhatIsThere(t *testing.T) {
	dir := t.TempDir()
	mine := filepath.Join(dir, "config.yaml")
	if err := os.WriteFile(mine, []byte(minimal), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, stdout, _ := invoke(t, "init", dir); code != exitClosed || !strings.Contains(stdout, "conservé "+mine+"\n") || !strings.Contains(stdout, "écrit ") {
		t.Errorf("first: code %d\n%s", code, stdout)
	}
	code, stdout, _ := invoke(t, "init", dir, "--json")
	var result initResult
	if err := json.Unmarshal([]byte(stdout), &result); err != nil || code != exitClosed || len(result.Written) != 0 || !slices.Contains(result.Kept, mine) {
		t.Errorf("second: %v, code %d\n%s", err, code, stdout)
	}
	if text, err := os.ReadFile(mine); err != nil || string(text) != minimal {
		t.Errorf("the user's file was touched: %v %q", err, text)
	}
}

func TestProgressIsDrawnOnlyWhenAsked(t *testing.T) {
	var none *Progress
	none.Start("agents", 3)
	none.Add(3)
	none.Done()
	var b bytes.Buffer
	p := newProgress(&b)
	p.Add(1) // before any bar: nothing to draw
	p.Start("agents", 2)
	p.Add(2)
	p.Done()
	p.Start("bulletins", 0)
	p.Done()
	if !strings.Contains(b.String(), "agents") {
		t.Errorf("nothing drawn: %q", b.String())
	}
	if isTerminal(&b) {
		t.Error("a buffer is no terminal")
	}
}
