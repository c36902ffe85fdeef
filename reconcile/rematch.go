package reconcile

import (
	"fmt"
	"iter"
	"slices"
	"strings"
)

// Single is a payslip, or a row of one, that the key left alone, with the looser
// keys under which it is tried once more.
type Single struct {
	Side    Side
	Loose   [len(Passes)]string // by pass, blank where there is none
	Shared  bool                // its key is of several persons: Person tells which
	Person  string
	Split   bool   // as in Group
	Twice   bool   // Group.Repeated
	Proved  string // the NIR, where its key proves it
	Surname string // in plain letters
	Payslip *Payslip
}

// Strangers tells whether two singles that a looser key brings together are
// known to be two persons: both NIRs are proved, and so are the names other. The
// crosswalk knows better.
func (s *Single) Strangers(t *Single, by Match) bool {
	return by != ByCrosswalk && s.Proved != t.Proved && s.Proved != "" && t.Proved != "" && s.Surname != t.Surname && s.Surname != "" && t.Surname != ""
}

// Under is the looser key of a pass.
func (s *Single) Under(by Match) string { return s.Loose[by-1] }

// follows tells whether the row is of the same payslip as the one before it.
func (s *Single) follows(t *Single, by Match) bool {
	return s.Side == t.Side && s.Payslip.Key == t.Payslip.Key && s.Person == t.Person && (by == ByKey || s.Under(by) == t.Under(by))
}

// Candidate is one row of a payslip that more than one of the other side, or
// of its own, could be matched with.
type Candidate struct {
	Loose              string
	Side               Side
	Key, Person        string
	Matricule, Dossier string
}

// Rivals are the payslips of one looser key, too many to make a pair.
type Rivals struct {
	Count [2]int
	first [2][]string // the first few in the order of names
}

// maxRivals are told of each side.
const maxRivals = 5

// String names the candidates of a side by matricule and dossier, after their
// number: "2: M1/01, M2/01".
func (r *Rivals) String(side Side) string {
	s := fmt.Sprintf("%d: %s", r.Count[side], strings.Join(r.first[side], ", "))
	if r.Count[side] > len(r.first[side]) {
		s += ", …"
	}
	return s
}

func (r *Rivals) add(c *Candidate) {
	name := c.Matricule + KeySeparator + c.Dossier
	r.Count[c.Side]++
	names := &r.first[c.Side]
	at, _ := slices.BinarySearch(*names, name)
	if *names = slices.Insert(*names, at, name); len(*names) > maxRivals {
		*names = (*names)[:maxRivals]
	}
}

// Rematch pairs the singles of one pass, in ascending (looser key, side, key,
// person, load) order, that have counterparts under their looser key: one of
// each side make a pair. Crowds lists, in the same order, all candidates of the
// looser keys that have more: those are Ambiguous, and stay alone. However many
// they are, two payslips are held.
func Rematch(by Match, singles iter.Seq2[*Single, error], crowds iter.Seq2[*Candidate, error]) iter.Seq2[*Pair, error] {
	return func(yield func(*Pair, error) bool) {
		next, stop := iter.Pull2(rivals(crowds))
		defer stop()
		crowd, err, more := next()
		var held *lone
		for l, failed := range regroup(by, singles) {
			for more && err == nil && failed == nil && crowd.loose < l.loose {
				crowd, err, more = next()
			}
			if failed == nil {
				failed = err
			}
			if failed != nil {
				yield(nil, failed)
				return
			}
			switch {
			case more && crowd.loose == l.loose:
				p := l.alone()
				p.Match, p.Rivals = Ambiguous, &crowd.Rivals
				if !yield(p, nil) {
					return
				}
			case held == nil:
				held = l
			case held.loose != l.loose || held.side != Legacy || l.side != ONP:
				yield(nil, fmt.Errorf("rapprochement de repli: %w", ErrOrder))
				return
			default:
				p := &Pair{Key: held.group.Payslip.Key, Match: by}
				p.Groups[Legacy], p.Groups[ONP] = *held.group, *l.group
				if held = nil; !yield(p, nil) {
					return
				}
			}
		}
		if held != nil {
			yield(nil, fmt.Errorf("rapprochement de repli: %w", ErrOrder))
		}
	}
}

// Alone gives the singles that no pass has settled, in ascending (side, key,
// person, load) order, as pairs that miss the other side.
func Alone(singles iter.Seq2[*Single, error]) iter.Seq2[*Pair, error] {
	return func(yield func(*Pair, error) bool) {
		for l, err := range regroup(ByKey, singles) {
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(l.alone(), nil) {
				return
			}
		}
	}
}

// lone is a payslip put together again from its rows.
type lone struct {
	side  Side
	loose string
	group *Group
}

func (l *lone) alone() *Pair {
	p := &Pair{Key: l.group.Payslip.Key}
	p.Groups[l.side] = *l.group
	return p
}

// regroup joins the rows of each payslip, under the looser key of a pass, or
// under none for ByKey.
func regroup(by Match, singles iter.Seq2[*Single, error]) iter.Seq2[*lone, error] {
	return func(yield func(*lone, error) bool) {
		var a assembler
		var last *Single
		end := func() bool {
			if last == nil {
				return true
			}
			l := &lone{side: last.Side, group: a.group()}
			if by != ByKey {
				l.loose = last.Under(by)
			}
			l.group.Split, l.group.Repeated = l.group.Split || last.Split, l.group.Repeated || last.Twice
			if last.Shared {
				l.group.sharedBy(last.Person)
			}
			return yield(l, nil)
		}
		for s, err := range singles {
			if err == nil && by != ByKey && last != nil && s.Under(by) < last.Under(by) {
				err = fmt.Errorf("rapprochement de repli: %w", ErrOrder)
			}
			if err != nil {
				yield(nil, err)
				return
			}
			if last != nil && s.follows(last, by) {
				a.hold(s.Payslip)
			} else {
				if !end() {
					return
				}
				a.start(s.Payslip)
			}
			last = s
		}
		end()
	}
}

// sharedBy gives the payslips of a person who shares his key a key of his own.
func (g *Group) sharedBy(person string) {
	g.Shared = true
	g.Payslip.Key = sharedKey(g.Payslip.Key, person)
	for _, d := range g.Doubles {
		d.Payslip.Key = g.Payslip.Key
	}
}

// sharedKey is no key that KeyOf can make. The one without a matricule keeps the
// key as it is.
func sharedKey(key, person string) string {
	if person == "" {
		return key
	}
	return key + KeySeparator + NoKey + keyEscapes.Replace(person)
}

// crowd is the rivals of one looser key.
type crowd struct {
	Rivals
	loose string
}

// rivals counts the candidates of each looser key.
func rivals(candidates iter.Seq2[*Candidate, error]) iter.Seq2[*crowd, error] {
	return func(yield func(*crowd, error) bool) {
		var now *crowd
		var last Candidate
		for c, err := range candidates {
			if err != nil {
				yield(nil, err)
				return
			}
			if now == nil || now.loose != c.Loose {
				if now != nil && !yield(now, nil) {
					return
				}
				now, last = &crowd{loose: c.Loose}, Candidate{}
			} else if c.Side == last.Side && c.Key == last.Key && c.Person == last.Person {
				continue // a further row of the same payslip
			}
			now.add(c)
			last = *c
		}
		if now != nil {
			yield(now, nil)
		}
	}
}
