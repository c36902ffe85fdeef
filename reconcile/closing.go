package reconcile

import "fmt"

// StoredSum is what the database adds over its payslips of one side and
// programme.
type StoredSum struct {
	Side      Side
	Programme string
	Sums      Sums
}

// RowSum is what the database adds over its recorded discrepancies of one
// programme, kind, element and side.
type RowSum struct {
	Programme             string
	Kind                  Kind
	Element               string
	Side                  Side
	Sense                 Sense
	DeltaNet, Information Amount
}

// Accounts are the sums that others than the engine made of the same run.
type Accounts struct {
	Loads  []Load
	Read   [2][]CodeTotal // by the reader, from the files
	Stored []StoredSum    // by the database, from its payslips
	Rows   []RowSum       // by the database, from its discrepancies
}

// Close proves that no centime was lost between the files and the
// discrepancies (doc.go, Invariants), or says which account does not close.
func Close(m *Mapping, t *Tally, a *Accounts) Closing {
	c := closer{mapping: m, ledger: t.Ledger, read: newLedger(len(m.Elements))}
	for _, side := range Sides {
		for i := range a.Read[side] {
			c.book(side, &a.Read[side][i])
		}
	}
	for i := range a.Loads {
		c.checks = append(c.checks, a.Loads[i].Controls...)
	}
	c.stored(a)
	c.engine()
	c.rows(a.Rows)
	c.checks = append(c.checks, t.Mass.Checks(t.Ledger)...)
	net, information := c.identities()
	ok := true
	for i := range c.checks {
		ok = ok && c.checks[i].OK
	}
	c.add("identity", "net", t.Discrepancies.Delta, net)
	c.add("identity", "information", t.Discrepancies.DeltaInformation, information)
	last := c.checks[len(c.checks)-2:]
	return Closing{
		OK:       ok && last[0].OK && last[1].OK,
		Identity: fmt.Sprintf("%v = %v", t.Discrepancies.Delta, net),
		Checks:   c.checks,
	}
}

// closer gathers the checks.
type closer struct {
	mapping *Mapping
	ledger  *Ledger // the engine's accounts
	read    *Ledger // the reader's, translated to elements
	checks  []Check
}

func (c *closer) book(side Side, t *CodeTotal) {
	b := c.read.book(t.Programme)
	if target, ok := c.mapping.Target(side, t.Code, t.Sense); ok {
		b.elements[target.Element].Held[side] += t.Amount * Amount(target.Factor)
		return
	}
	b.code(codeKey{t.Code, side, t.Sense}).Held[side] += t.Amount
}

func (c *closer) add(name, scope string, left, right Amount) {
	c.checks = append(c.checks, Check{Name: name, Scope: scope, Left: left, Right: right, OK: left == right})
}

// stored holds the database's sums against the reader's, per side and sense,
// and names the programme where they part.
func (c *closer) stored(a *Accounts) {
	type key struct {
		side      Side
		programme string
	}
	read := make(map[key]*Sums)
	var totals [2][2]Sums // side; reader, database
	for _, side := range Sides {
		for i := range a.Read[side] {
			t := &a.Read[side][i]
			k := key{side, t.Programme}
			if read[k] == nil {
				read[k] = new(Sums)
			}
			read[k].Add(t.Sense, t.Amount)
			read[k].Lines += t.Lines - 1
			totals[side][0].Add(t.Sense, t.Amount)
			totals[side][0].Lines += t.Lines - 1
		}
	}
	for _, s := range a.Stored {
		totals[s.Side][1] = totals[s.Side][1].Plus(s.Sums)
		r := read[key{s.Side, s.Programme}]
		if r == nil {
			r = new(Sums)
		}
		if *r != s.Sums {
			c.sums("stored", fmt.Sprintf("%v %s", s.Side, s.Programme), *r, s.Sums)
		}
	}
	for _, side := range Sides {
		c.sums("stored", side.String(), totals[side][0], totals[side][1])
	}
}

func (c *closer) sums(name, scope string, left, right Sums) {
	c.add(name, scope+" P", left.ToPay, right.ToPay)
	c.add(name, scope+" D", left.ToDeduct, right.ToDeduct)
	c.add(name, scope+" I", left.Information, right.Information)
	c.checks = append(c.checks, Check{Name: name, Scope: scope, Left: Amount(left.Lines), Right: Amount(right.Lines), Counted: true, OK: left.Lines == right.Lines})
}

// account is one (programme, element or code) in the accounts of both.
type account struct {
	programme    string
	name         string // element, or raw code
	side         Side   // of a raw code
	raw          bool
	sense        Sense
	engine, read *Balance
}

// accounts walks every account that the engine or the reader knows, in order.
func (c *closer) accounts(visit func(account)) {
	for _, programme := range c.read.programmes() {
		c.ledger.book(programme)
	}
	for _, programme := range c.ledger.programmes() {
		engine, read := c.ledger.books[programme], c.read.book(programme)
		for i := range engine.elements {
			e := &c.mapping.Elements[i]
			visit(account{programme, string(e.Code), 0, false, e.Kind.Sense(), &engine.elements[i], &read.elements[i]})
		}
		for _, k := range read.codeKeys() {
			engine.code(k)
		}
		for _, k := range engine.codeKeys() {
			visit(account{programme, string(k.code), k.side, true, k.sense, engine.codes[k], read.code(k)})
		}
	}
}

func (a *account) scope() string {
	if a.raw {
		return fmt.Sprintf("%v %s %v %s", a.sense, a.name, a.side, a.programme)
	}
	return fmt.Sprintf("%v %s %s", a.sense, a.name, a.programme)
}

// engine holds the amounts that the engine decoded against the reader's: in
// all per side, and by account where they part.
func (c *closer) engine() {
	var left, right [2]Amount
	c.accounts(func(a account) {
		for _, side := range Sides {
			held := a.engine.Held[side] + a.engine.Aside[side]
			left[side] += held
			right[side] += a.read.Held[side]
			if held != a.read.Held[side] {
				c.add("engine", side.String()+" "+a.scope(), held, a.read.Held[side])
			}
		}
	})
	for _, side := range Sides {
		c.add("engine", side.String(), left[side], right[side])
	}
}

// rows holds the recorded discrepancies against the engine's accounts: the
// gaps of lines by account, those of missing payslips by programme.
func (c *closer) rows(rows []RowSum) {
	type key struct {
		programme, name string
		raw             bool
		side            Side
		sense           Sense
	}
	lines := make(map[key]Amount)
	missing := make(map[key]Amount)
	for _, r := range rows {
		switch {
		case r.Kind == MissingInLegacy || r.Kind == MissingInONP:
			missing[key{programme: r.Programme, sense: ToPay}] += r.DeltaNet
			missing[key{programme: r.Programme, sense: Information}] += r.Information
		case r.Kind == Unmapped:
			lines[key{r.Programme, r.Element, true, r.Side, r.Sense}] += r.DeltaNet + r.Information
		case r.Kind == AmountDiffers || r.Kind == LineMissingInLegacy || r.Kind == LineMissingInONP:
			lines[key{r.Programme, r.Element, false, 0, r.Sense}] += r.DeltaNet + r.Information
		}
	}
	var left, right, leftMissing, rightMissing Amount
	c.accounts(func(a account) {
		k := key{a.programme, a.name, a.raw, a.side, a.sense}
		left, right = left+lines[k], right+a.engine.Delta
		if lines[k] != a.engine.Delta {
			c.add("recorded", a.scope(), lines[k], a.engine.Delta)
		}
		delete(lines, k)
		k = key{programme: a.programme, sense: ToPay}
		if !a.sense.Net() {
			k.sense = Information
		}
		missing[k] -= a.engine.Missing
		rightMissing += a.engine.Missing
	})
	leftMissing = rightMissing
	parted := Amount(len(lines)) // recorded on accounts that the engine does not know
	for _, v := range missing {  // counted and summed: the order is indifferent
		leftMissing += v
		if v != 0 {
			parted++
		}
	}
	c.add("recorded", "lines", left, right)
	c.add("recorded", "missing", leftMissing, rightMissing)
	c.checks = append(c.checks, Check{Name: "recorded", Scope: "accounts", Left: parted, Counted: true, OK: parted == 0})
}

// identities states the closing identity for each sense, element and programme
// that holds anything, and returns the right-hand sides in all.
func (c *closer) identities() (net, information Amount) {
	var transfers Amount
	c.accounts(func(a account) {
		right := (a.read.Held[ONP] - a.engine.Aside[ONP]) - (a.read.Held[Legacy] - a.engine.Aside[Legacy])
		if a.sense.Net() {
			net += right
		} else {
			information += right
		}
		transfers += a.engine.Transfer
		left := a.engine.Delta + a.engine.Missing + a.engine.Transfer
		if left == 0 && right == 0 && a.read.Held == [2]Amount{} {
			return
		}
		check := Check{Name: "closing", Scope: a.scope(), Left: left, Right: right, OK: left == right}
		if a.engine.Transfer != 0 {
			check.Note = NoteOf(NoteTransfer, a.engine.Transfer)
		}
		c.checks = append(c.checks, check)
	})
	c.add("transfers", "", transfers, 0)
	return net, information
}
