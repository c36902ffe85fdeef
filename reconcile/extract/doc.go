// Package extract turns the files of a payroll system into payslips.
//
// A Layout, read from a YAML descriptor, says how a file is written; a Reader
// walks the file once and yields payslips and rejects in the order of the file:
//
//	bytes ─lines→ records ─layout→ cells ─values→ Payslip | Reject
//
// The three shapes (records, flat, xml) differ only in how they fill the cells
// of a row; what a cell means is written once. Three things may happen to what
// is read (CONTRACT 3.5):
//
//   - the file is refused: an error ends the sequence and nothing of it must be
//     kept. Its header, its trailer, its encoding or its end is wrong;
//   - a record is rejected: a field of it cannot be read. It is yielded as a
//     Reject, counted, and totalled where its amount is readable;
//   - it is part of a payslip.
//
// Nothing is dropped in silence and nothing unreadable becomes 0. The layout may
// name lines that are titles or totals: these are set aside and counted.
package extract
