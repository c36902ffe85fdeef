#!/usr/bin/env python3
"""Opens a run's workbook with openpyxl and re-adds it: a reader that shares no code with the writer.

Usage: workbook.py FOLDER, one run's outputs. Prints what is wrong, a line each, and exits 1; or one line, and exits 0."""
import csv, glob, json, re, sys
from decimal import Decimal

import openpyxl

folder = sys.argv[1]
wrong = []


def check(ok, what):
    if not ok:
        wrong.append(what)


summary = json.load(open(f'{folder}/summary.json'))
path = glob.glob(f'{folder}/ecarts-*.xlsx')[0]
book = openpyxl.load_workbook(path)
wanted = ['Synthèse', 'Causes', 'Grappes', 'Écarts', 'Absents', 'Correspondances', 'Rejets', 'Contrôles', 'Lisez-moi']
check([n for n in book.sheetnames if n in wanted] == wanted, f'sheets are {book.sheetnames}')
for name in book.sheetnames:
    check(book[name]['A1'].value, f'{name}: no title in A1')
    check(not book[name].merged_cells.ranges, f'{name}: merged cells')

sheet = book['Écarts']
table = next(iter(sheet.tables.values()))
cells = list(sheet[table.ref])
header = [c.value for c in cells[0]]
rows = [dict(zip(header, r)) for r in cells[1:]]
d = summary['discrepancies']
check(len(rows) == d['total'], f'Écarts has {len(rows)} rows, the summary {d["total"]}')


def add(column):
    total = Decimal(0)
    for r in rows:
        v = r[column].value
        if v is None:
            continue
        if not isinstance(v, (int, float)):
            wrong.append(f'{column}: {v!r} is no number')
            return None
        total += Decimal(repr(v)).quantize(Decimal('0.01'))
    return total


def column(*words):
    found = [h for h in header if all(w in h.lower() for w in words)]
    check(found, f'no column of {words} among {header}')
    return found[0] if found else header[0]


check(add(column('effet', 'net')) == Decimal(d['delta']), f'the effect on nets adds up to {add(column("effet", "net"))}, the summary says {d["delta"]}')
check(add(column('effet', 'hors')) == Decimal(d['delta_information']), f'the effect outside nets adds up to {add(column("effet", "hors"))}, the summary says {d["delta_information"]}')
with open(f'{folder}/discrepancies.csv', encoding='utf-8-sig', newline='') as f:
    listed = list(csv.DictReader(f, delimiter=';'))
prints = [r[column('empreinte')].value for r in rows]
check(sorted(prints) == sorted(r['fingerprint'] for r in listed), 'Écarts and discrepancies.csv list other discrepancies')

reviewer = ['Statut', 'Motif', 'Décision', 'Valideur', 'Visa', 'Commentaire']
check(sheet.protection.sheet, 'Écarts is not protected')
for h in header:
    locked = cells[1][header.index(h)].protection.locked
    mine = any(re.match(w + r'\b', h) for w in reviewer) and h in header[-len(reviewer):]
    check(locked != mine, f'{h}: locked is {locked}')
check([any(h.startswith(w) for h in header[-6:]) for w in reviewer] == [True] * 6, f'the reviewer\'s columns are {header[-6:]}')
check(sheet.data_validations.dataValidation, 'Écarts has no drop-down list')
check(sheet.freeze_panes, 'Écarts has no frozen header')

# What derives stands under its root, and nothing else does.
under = 0
for above, r in zip([None] + rows, rows):
    root = r[column('racine')].value
    follows = bool(root) and above is not None and root in (above[column('empreinte')].value, above[column('racine')].value)
    level = sheet.row_dimensions[r[header[0]].row].outlineLevel
    check(level == follows, f'row {r[header[0]].row} of Écarts: outline level {level}, under its root: {follows}')
    under += follows
check(under or not any(r[column('racine')].value for r in rows), 'no gap stands under its root')

# Every link leads somewhere, and those of clusters and causes to rows.
deep = 0
for name in book.sheetnames:
    for row in book[name].iter_rows():
        for cell in row:
            link = cell.hyperlink and cell.hyperlink.location
            if link:
                to, at = re.fullmatch(r"'(.+)'!([A-Z]+[0-9]+)", link).groups()
                check(to in book.sheetnames and book[to][at].value is not None, f'{name}!{cell.coordinate} leads to {link}, where nothing stands')
                deep += at != 'A1'
check(deep or not rows, 'no link leads to a row')

# The pivot table adds up rows that add up to the run.
aggregates = list(book['Agrégats'][next(iter(book['Agrégats'].tables.values())).ref]) if rows else []
if rows:
    pivots = book['Analyse']._pivots
    check(len(pivots) == 1 and pivots[0].cache.cacheSource.worksheetSource.sheet == 'Agrégats', 'Analyse has no pivot table over Agrégats')
    names = [c.value for c in aggregates[0]]
    for title, want in (('Effet net', d['delta']), ('Effet hors net', d['delta_information']), ('Somme sans signe', d['absolute']), ('Écarts', d['total'])):
        got = sum(Decimal(repr(r[names.index(title)].value)).quantize(Decimal('0.01')) for r in aggregates[1:])
        check(got == Decimal(want), f'Agrégats: {title} adds up to {got}, the summary says {want}')
print('\n'.join(wrong) if wrong else f'workbook kept ({len(rows)} rows re-added)')
sys.exit(1 if wrong else 0)
