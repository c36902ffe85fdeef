// Package explain says why the discrepancies of a payslip exist.
//
// # Terms
//
// A Formula (elements.csv) says how an element follows from others, from the
// situation and from the dated tables. A side follows the scale for an element
// when the formula, applied to that side's own amounts and situation, gives what
// it pays. A root is a gap that another cause than a gap before it explains; a
// derived gap hangs under its root.
//
// # Algorithm
//
//  1. Compile the formulas once (Book), and find on a sample of payslips the
//     rounding convention that each side follows for each element (Survey).
//  2. For each pair, find on each side the thirtieths of the month that its
//     index pay tells (days.go), and match the codes without correspondence with
//     the lines that miss because of them.
//  3. Take the gaps of money in the order of the formulas, each after those it
//     depends on, then all others, and give each to the rules (rules.go): the
//     first that does not abstain decides.
//  4. Add to each root what derives from it (Effect), and name its cluster.
//
// Rules change no fact. They look at one pair, at the neighbouring months of
// its agent where the store holds them, and at the Survey; never at another
// agent, so that neither the order nor the number of the others matters.
package explain
