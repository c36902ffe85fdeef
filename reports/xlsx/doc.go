// Package xlsx prints a reports.Workbook as an Excel file. It is the only user
// of excelize, whose stream loses without a word what is set in the wrong
// order: sheet.go holds the one order that works.
//
// A file appears whole or not at all: it is written beside its place, read
// back, compared with what was meant, synced, and renamed.
package xlsx
