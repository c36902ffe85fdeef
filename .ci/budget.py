#!/usr/bin/env python3
"""Adds every figure of a run's budget workbook again, from the stable views of the database and the ministry's tables, with sqlite3 and csv alone.

Usage: budget.py FOLDER DATABASE MAPPINGS. FOLDER is one run's outputs. Prints what is wrong, a line each, and exits 1; or how many figures
of each sheet were added again, and exits 0. budget_lines.py adds up the payroll, budget_year.py what the year comes to, budget_month.py and
budget_sheets.py hold the sheets against both."""
import decimal, json, sys

from budget_book import Book
from budget_lines import Payroll, Refused, Tables
from budget_month import Month, mass_sheet, programme_sheet, summary_sheet
from budget_sheets import checks_sheet, project_sheet, trajectory_sheet, value_sheet, workstream_sheet
from budget_year import Effect, Imported, Project, Value, Year

decimal.getcontext().prec = 100


def main(folder, database, mappings):
    book = Book(folder, {})
    payroll = Payroll(database, Tables(mappings), book.run)
    config = json.loads(payroll.config)
    book.labels = config.get('labels') or {}
    imported = Imported(payroll.db, payroll.budgeted)
    month, year, effect = Month(payroll), Year(payroll, imported), Effect(payroll)
    project, value = Project(imported, payroll.period), Value(imported, config.get('budget') or {})
    for hold, *facts in ((mass_sheet, month), (programme_sheet, month), (summary_sheet, month), (trajectory_sheet, year, effect), (workstream_sheet, project),
                         (project_sheet, project), (value_sheet, value), (checks_sheet, payroll, imported, month, year, effect, project, value)):
        try:
            hold(book, *facts)
        except (KeyError, IndexError, StopIteration, ValueError) as e:
            book.wrong.append(f'{hold.__name__} stops at a row that is not known: {e!r}')
    book.leftovers()
    if book.wrong:
        print('\n'.join(book.wrong))
        return 1
    print(f'budget workbook kept: {sum(book.held.values())} figures added again (' + ', '.join(f'{k} {n}' for k, n in book.held.items()) + ')')
    return 0


if __name__ == '__main__':
    try:
        sys.exit(main(*sys.argv[1:4]))
    except Refused as reason:
        sys.exit(f'{sys.argv[1]}: {reason}')
