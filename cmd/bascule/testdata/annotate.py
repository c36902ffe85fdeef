"""Fills the reviewer's cells of a workbook, as a person does in a spreadsheet.

Usage: annotate.py FROM TO EDITS.json, where EDITS is a list of {"id", "cells": {header: text}} : the rows of the sheets Écarts and
Grappes that bear the fingerprint or the cluster."""
import json, sys
import openpyxl

source, target, edits = sys.argv[1:4]
edits = {e['id']: e['cells'] for e in json.load(open(edits, encoding='utf-8'))}
book = openpyxl.load_workbook(source)
done = set()
for sheet in book.worksheets:
    header = next((row for row in sheet.iter_rows(min_row=1, max_row=20) if {'Statut', 'Motif', 'Visa'} <= {c.value for c in row}), None)
    if not header:
        continue
    column = {c.value: c.column for c in header if c.value}
    key = column.get('Empreinte') or column.get('Grappe')
    for row in range(header[0].row + 1, sheet.max_row + 1):
        name = sheet.cell(row, key).value
        for title, text in edits.get(name, {}).items():
            cell = sheet.cell(row, column[title])
            assert not cell.protection.locked, f'{sheet.title}!{cell.coordinate} is locked'
            cell.value = text
            done.add(name)
missing = set(edits) - done
assert not missing, f'no row for {sorted(missing)}'
book.save(target)
