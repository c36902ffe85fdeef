package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"iter"
	"runtime"
	"slices"
	"sync"

	"bascule/reconcile"
	"bascule/reconcile/sqlite"
)

// prepare asks the database, all at once, for what the comparison needs to know
// before its first pair.
func (k *comparison) prepare(ctx context.Context) error {
	plain := *k.terms // without the explainer, which is being made
	return together(
		func() error { return k.explained(ctx) },
		func() (err error) { k.rest, err = k.restOf(ctx, &plain); return err },
		func() (err error) { k.accounts, err = k.heldSums(ctx); return err })
}

// together runs tasks that do not wait for each other, one on each core, and
// waits for all.
func together(tasks ...func() error) error {
	errs := make([]error, len(tasks))
	turn := make(chan struct{}, runtime.GOMAXPROCS(0))
	var wait sync.WaitGroup
	for i, task := range tasks {
		wait.Go(func() {
			turn <- struct{}{}
			defer func() { <-turn }()
			errs[i] = task()
		})
	}
	wait.Wait()
	return reconcile.FirstCause(errs)
}

// maxNoted is the share of the payslips, one in so many, beyond which comparing
// those that may differ alone costs as much as comparing all of them.
const maxNoted = 3

// firstPass compares by the key: all the payslips or, where the former run was
// made under the same terms, those that changed since and those it had something
// to say of. It returns what the next run may take from this one, nil for
// nothing.
func (k *comparison) firstPass(ctx context.Context) (*reconcile.Tally, *sqlite.Kept, error) {
	var comparers []*reconcile.Comparer
	var err error
	quiet := reconcile.NewQuiet(k.terms.Mapping)
	if k.rest != nil {
		quiet = k.rest.quiet
		k.app.Log.Info("comparaison", "bulletins repris de l'exécution", k.former.ID, "nombre", quiet.Pairs, "clés comparées", len(k.rest.keys))
		comparers, err = k.compareKeys(ctx, k.rest.keys)
	} else {
		comparers, err = k.compareAll(ctx)
	}
	if err != nil {
		return nil, nil, err
	}
	tally := &comparers[0].Tally
	kept := &sqlite.Kept{Terms: k.termsDigest()}
	for i, c := range comparers {
		if i > 0 {
			tally.Merge(&c.Tally)
		}
		quiet.Merge(c.Quiet)
		kept.Noted = append(kept.Noted, c.Noted...)
	}
	tally.AddQuiet(quiet)
	if int64(len(kept.Noted))*maxNoted > payslipsOf(k.run.Loads) {
		return tally, nil, nil
	}
	kept.Accounts, err = json.Marshal(quiet)
	return tally, kept, err
}

// compareAll compares one range of keys on each core.
func (k *comparison) compareAll(ctx context.Context) ([]*reconcile.Comparer, error) {
	legacy, onp := k.run.LoadsOf(reconcile.Legacy), k.run.LoadsOf(reconcile.ONP)
	ranges, err := k.db.Ranges(ctx, k.run.Loads, runtime.GOMAXPROCS(0))
	if err != nil {
		return nil, err
	}
	k.app.Progress.Start("comparaison (bulletins)", max(payslipsOf(legacy), payslipsOf(onp)))
	return k.inParallel(ctx, len(ranges), func(ctx context.Context, i int, loads []reconcile.Load) iter.Seq2[*reconcile.Payslip, error] {
		return k.db.Payslips(ctx, loads, ranges[i])
	})
}

// compareKeys compares the payslips under some keys, ascending.
func (k *comparison) compareKeys(ctx context.Context, keys []string) ([]*reconcile.Comparer, error) {
	k.app.Progress.Start("comparaison (bulletins)", int64(len(keys)))
	parts := partsOf(keys, runtime.GOMAXPROCS(0))
	return k.inParallel(ctx, len(parts), func(ctx context.Context, i int, loads []reconcile.Load) iter.Seq2[*reconcile.Payslip, error] {
		return k.db.PayslipsUnder(ctx, loads, parts[i])
	})
}

// partsOf cuts keys into n parts that no person straddles. There may be fewer,
// at least one.
func partsOf(keys []string, n int) [][]string {
	var parts [][]string
	for ; n > 1; n-- {
		end := len(keys) / n
		for end > 0 && end < len(keys) && reconcile.Person(keys[end]) == reconcile.Person(keys[end-1]) {
			end++
		}
		parts, keys = append(parts, keys[:end]), keys[end:]
	}
	return append(parts, keys)
}

// inParallel compares n parts of the keys, each on a goroutine of its own.
func (k *comparison) inParallel(ctx context.Context, n int, payslips func(ctx context.Context, part int, loads []reconcile.Load) iter.Seq2[*reconcile.Payslip, error]) ([]*reconcile.Comparer, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	legacy, onp := k.run.LoadsOf(reconcile.Legacy), k.run.LoadsOf(reconcile.ONP)
	comparers, errs := make([]*reconcile.Comparer, n), make([]error, n)
	var wait sync.WaitGroup
	for i := range n {
		comparers[i] = reconcile.NewComparer(k.terms, k)
		wait.Go(func() {
			errs[i] = comparers[i].First(k.app.Progress.counting(reconcile.Pairs(
				reconcile.Assemble(payslips(ctx, i, legacy)), reconcile.Assemble(payslips(ctx, i, onp)))))
			if errs[i] != nil {
				cancel()
			}
		})
	}
	wait.Wait()
	return comparers, reconcile.FirstCause(errs)
}

// rest is what is left to compare when the former run is relied upon.
type rest struct {
	keys  []string         // ascending, all those of the persons concerned
	quiet *reconcile.Quiet // accounts of all other pairs
}

// restOf finds what is left to compare, nil where it is everything.
func (k *comparison) restOf(ctx context.Context, terms *reconcile.Terms) (*rest, error) {
	if k.former == nil || k.former.Purged != "" || !k.sameShape() {
		return nil, nil
	}
	kept, err := k.db.Kept(ctx, k.former.ID)
	if err != nil || kept == nil || kept.Terms != k.termsDigest() {
		return nil, err
	}
	r := new(rest)
	if r.quiet, err = reconcile.ParseQuiet(terms.Mapping, kept.Accounts); err != nil {
		return nil, err
	}
	noted, err := k.db.KeysOf(ctx, kept.Noted)
	if err != nil {
		return nil, err
	}
	var changed []string
	loads := slices.Clone(k.run.Loads)
	for _, side := range reconcile.Sides {
		former := k.former.LoadsOf(side)
		some, err := k.db.Changed(ctx, former, k.run.LoadsOf(side))
		if err != nil {
			return nil, err
		}
		changed, loads = append(changed, some...), append(loads, former...)
	}
	if int64(len(noted)+len(changed))*maxNoted > payslipsOf(k.run.Loads) {
		return nil, nil
	}
	known := personsOf(noted)
	if r.keys, err = k.db.KeysOfPersons(ctx, loads, personsOf(append(noted, changed...))); err != nil {
		return nil, err
	}
	return r, k.takeOut(ctx, terms, r.quiet, slices.DeleteFunc(slices.Clone(r.keys), func(key string) bool {
		_, found := slices.BinarySearch(known, reconcile.Person(key))
		return found
	}))
}

// sameShape tells whether each load of the former run has one of this one in its
// place, that carries the same fields.
func (k *comparison) sameShape() bool {
	for _, side := range reconcile.Sides {
		if !slices.EqualFunc(k.former.LoadsOf(side), k.run.LoadsOf(side), func(a, b reconcile.Load) bool {
			return a.Side == b.Side && a.Period == b.Period && a.Carried == b.Carried
		}) {
			return false
		}
	}
	return true
}

// personsOf lists the persons of some keys, ascending, each once.
func personsOf(keys []string) []string {
	persons := make([]string, len(keys))
	for i, key := range keys {
		persons[i] = reconcile.Person(key)
	}
	slices.Sort(persons)
	return slices.Compact(persons)
}

// takeOut moves the pairs that the former run found quiet under some keys out of
// the quiet accounts: as they were then, they are compared once more.
func (k *comparison) takeOut(ctx context.Context, terms *reconcile.Terms, quiet *reconcile.Quiet, keys []string) error {
	c := reconcile.NewComparer(terms, silent{})
	side := func(side reconcile.Side) iter.Seq2[*reconcile.Group, error] {
		return reconcile.Assemble(k.db.PayslipsUnder(ctx, k.former.LoadsOf(side), keys))
	}
	if err := c.First(reconcile.Pairs(side(reconcile.Legacy), side(reconcile.ONP))); err != nil {
		return err
	}
	if len(c.Noted) > 0 {
		return reconcile.ErrNotQuiet
	}
	return quiet.Take(c.Quiet)
}

// silent is told nothing.
type silent struct{}

func (silent) Discrepancy(*reconcile.Discrepancy) error { return reconcile.ErrNotQuiet }
func (silent) Single(*reconcile.Single) error           { return reconcile.ErrNotQuiet }

// termsDigest covers all that decides whether a pair is quiet, and what it counts
// for, but its payslips.
func (k *comparison) termsDigest() string {
	text, err := json.Marshal([]any{reconcile.EngineVersion, k.run.Period, k.run.Months.Side.String(), k.run.Months.Earlier, k.run.ConfigHash, k.run.TablesHash})
	if err != nil {
		panic(fmt.Sprintf("terms that JSON cannot hold: %v", err))
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
