// Package reconcile compares what two payroll systems say of the same month,
// agent by agent, to the centime.
//
// # Terms
//
// A Payslip belongs to an Agent and holds PayLines. Each side, Legacy and ONP,
// has its own Codes; a Mapping translates them to pivot Elements. A Discrepancy
// is one difference on one payslip: its Kind is a fact, its Cause an opinion of
// a named rule. A delta is always ONP − Legacy, on amounts signed from the
// agent's side.
//
// # Algorithm
//
//  1. Take the next pair of payslips in key order. A missing side is one
//     discrepancy that carries the whole payslip. Those that the key leaves alone
//     are tried once more: under the crosswalk, under the fallback key, then under
//     the person alone, whose dossier may have changed (Passes). A pair found so is
//     compared like any other and carries an identity doubt. Several candidates
//     are never chosen between: all stay missing, and name each other.
//  2. Compare the fields of the situation that both files carry.
//  3. Map each side's lines to pivot elements and factors. A code without
//     mapping is a discrepancy of its own, with its full amount.
//  4. Sum the lines of equal (element, origin), and keep their count.
//  5. Compare per (element, origin): equal, within tolerance, or a gap.
//  6. Net the gaps of an element over its origins: where they vanish, money is
//     spread otherwise over the months, not lost.
//  7. Compare the imputation (programme, BOP, accountant) even where amounts
//     are equal.
//  8. Check each payslip: its lines against its declared totals, and its gaps
//     against the difference of the nets.
//
// compare.go follows these numbers.
//
// # Two months of one system
//
// Months sets one system against itself: an earlier month takes the legacy
// side's place, and a delta is later − earlier. Each month's codes are mapped as
// valid that month. The earlier month's origins are moved by the distance of both
// (step 4), so that current pay meets current pay, and a rappel one as old: two
// rappels of one month of origin, paid in different months, stay two gaps. Step 6
// does not apply, nor does the crosswalk.
//
// # A night after another
//
// A pair that nothing is to be said of (quiet.go) moves sums alone, which only
// add. Under the same terms, the pairs that were quiet the night before and whose
// two payslips are still the same need not be compared again: Quiet keeps their
// accounts. Whoever had anything to say of him is compared again, since what was
// decided of a gap, or seen of it before, may have changed. The closing holds all
// accounts, taken over or not, against those of the reader and of the database.
//
// # Invariants
//
// For each sense, element and programme, exactly:
//
//	Σ deltas + Σ transfers = Σ ONP − Σ Legacy
//
// where the deltas are those of all discrepancies (open, justified, tolerated,
// unmapped, missing payslips) and a transfer is an equal amount that one side
// books on another programme; transfers sum to zero. The right-hand side is
// added by the reader from the files, by the database from its rows, and by the
// engine from the lines it decodes; the three must agree (Close).
//
// Payslips of one key in one file are one payslip: parts of a flat file are
// joined, and a payslip that a file holds twice is joined and reported. A payslip
// met again in another file of the same side is set aside, reported, and summed
// nowhere, unless it is another part: other lines, of another accountant or
// another matricule.
//
// A masked NIR is no key. A doubtful one (CheckNIR) is a key as it is written,
// until two matricules of one side share it: those are two persons, each
// compared with his own counterpart.
//
// Nothing here reads a file, a clock or a database: the engine is a function of
// its inputs, whatever their order, and its memory does not grow with them.
package reconcile
