package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"bascule/mappings"
	"bascule/reconcile"
	"bascule/reconcile/sqlite"
	"bascule/reports"
)

// CheckMapping prints what the tables make of the codes in force.
func (a *App) CheckMapping(ctx context.Context, w io.Writer) error {
	return a.withStore(ctx, func(db *sqlite.DB) error {
		s, err := a.loadedCodes(ctx, db)
		if err != nil {
			return err
		}
		check, err := reconcile.CheckMapping(s.tables, a.Config.Period, s.read, s.parts)
		if err != nil {
			return err
		}
		a.Progress.Done()
		a.open = check.Open()
		if a.JSON {
			return a.print("", newCheckJSON(check))
		}
		return reports.WriteMappingCheck(w, a.Config.Lang, a.labels(), check)
	})
}

// SuggestMapping prints candidates for the codes that nothing covers, and the
// rows to paste, or writes these to a new file.
func (a *App) SuggestMapping(ctx context.Context, out string, w io.Writer) error {
	if out != "" {
		if err := refuseExisting(out, elementsBeside(out)); err != nil {
			return err
		}
	}
	return a.withStore(ctx, func(db *sqlite.DB) error {
		s, err := a.loadedCodes(ctx, db)
		if err != nil {
			return err
		}
		suggestions, err := reconcile.Suggest(s.tables, a.Config.Period, s.read, s.parts)
		if err != nil {
			return err
		}
		a.Progress.Done()
		a.open = len(suggestions.Codes) > 0
		d, err := a.draft(suggestions, s.tables)
		if err != nil {
			return err
		}
		written, err := d.write(out)
		if err != nil {
			return err
		}
		if a.JSON {
			return a.print("", newSuggestionsJSON(suggestions, d, written))
		}
		return reports.WriteSuggestions(w, &reports.SuggestionsView{Suggestions: suggestions, Tables: s.tables, Proposals: d.proposals,
			Lang: a.Config.Lang, Labels: a.labels(), Correspondences: d.correspondences, Elements: d.elements, Written: written})
	})
}

// loadedCodes is what is in force for a month, as the engine takes it.
type loadedCodes struct {
	tables *reconcile.Tables
	read   [2][]reconcile.CodeTotal
	parts  []iter.Seq2[*reconcile.Pair, error] // one range of keys for each core
}

func (a *App) loadedCodes(ctx context.Context, db *sqlite.DB) (*loadedCodes, error) {
	c := a.Config
	tables, err := a.tables(c.Period, reconcile.Months{})
	if err != nil {
		return nil, err
	}
	loads, err := db.ActiveLoads(ctx, c.Period)
	if err != nil {
		return nil, err
	}
	var of [2][]reconcile.Load
	for _, l := range loads {
		of[l.Side] = append(of[l.Side], l)
	}
	for _, side := range reconcile.Sides {
		if linesOf(of[side]) == 0 {
			return nil, fmt.Errorf("rien n'est chargé côté %s pour %v — chargez ses fichiers par « bascule load --side %v », ou les deux côtés par « bascule run »", c.Labels.Of(side), c.Period, side)
		}
	}
	s := &loadedCodes{tables: tables}
	for _, side := range reconcile.Sides {
		if s.read[side], err = db.CodeTotals(ctx, of[side]); err != nil {
			return nil, err
		}
	}
	ranges, err := db.Ranges(ctx, loads, runtime.GOMAXPROCS(0))
	if err != nil {
		return nil, err
	}
	a.Progress.Start("codes (bulletins)", 0)
	for _, r := range ranges {
		s.parts = append(s.parts, a.Progress.counting(reconcile.Pairs(
			reconcile.Assemble(db.Payslips(ctx, of[reconcile.Legacy], r)), reconcile.Assemble(db.Payslips(ctx, of[reconcile.ONP], r)))))
	}
	return s, nil
}

// draft is the rows to paste, as the tables of the folder want them.
type draft struct {
	proposals                 *reconcile.Proposals
	correspondences, elements []byte // nil where there are none
}

func (a *App) draft(s *reconcile.Suggestions, t *reconcile.Tables) (*draft, error) {
	d := &draft{proposals: s.Propose(t)}
	d.proposals.Rows = slices.DeleteFunc(d.proposals.Rows, func(r reconcile.Proposal) bool { return !mappings.Possible(r.Code) })
	if len(d.proposals.Rows) == 0 {
		return d, nil
	}
	drafts, err := mappings.NewDrafts(a.Config.Abs(a.Config.Mappings))
	if err != nil {
		return nil, err
	}
	var rows, elements bytes.Buffer
	if err := drafts.Correspondences(&rows, d.proposals.Rows, s.Period); err != nil {
		return nil, err
	}
	d.correspondences = rows.Bytes()
	if len(d.proposals.Elements) > 0 {
		if err := drafts.Elements(&elements, d.proposals.Elements, s.Period); err != nil {
			return nil, err
		}
		d.elements = elements.Bytes()
	}
	return d, nil
}

// write makes the files asked for, and lists them.
func (d *draft) write(out string) ([]string, error) {
	written := []string{}
	if out == "" {
		return written, nil
	}
	for _, f := range []struct {
		name    string
		content []byte
	}{{out, d.correspondences}, {elementsBeside(out), d.elements}} {
		if f.content == nil {
			continue
		}
		created, err := writeNew(f.name, f.content)
		if err == nil && !created {
			err = existing(f.name)
		}
		if err != nil {
			return nil, err
		}
		written = append(written, f.name)
	}
	return written, nil
}

// elementsBeside names the file of the new elements after that of the rows.
func elementsBeside(out string) string {
	ext := filepath.Ext(out)
	return strings.TrimSuffix(out, ext) + "-elements" + ext
}

func refuseExisting(files ...string) error {
	for _, f := range files {
		if _, err := os.Lstat(f); err == nil {
			return existing(f)
		}
	}
	return nil
}

var errExists = errors.New("existe déjà")

func existing(file string) error {
	return &reconcile.InputError{File: file, Err: errExists, Hint: "donnez un autre nom à --out, ou retirez ce fichier"}
}
