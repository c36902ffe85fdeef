// Package reports turns a run into what people and schedulers read: the
// écarts workbook, discrepancies.csv, rejects.csv, summary.json and the screen
// that ends `run`. A report is data: a Workbook of sheets of typed cells with
// roles, whose rows are streamed. Printing it is another package's trade.
//
// Words live in messages.csv, in French and in English; no other file of the
// package holds a sentence that a user reads.
package reports
