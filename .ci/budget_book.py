"""The budget workbook as it was published, and what is held against it."""
import csv, glob, os, re
from decimal import Decimal

import openpyxl

from budget_lines import Refused, REPOSITORY
from budget_year import Count, Jobs, Share

SHEETS = {'fr': ['Synthèse', 'Masse salariale', 'Programmes', 'Trajectoire', 'Projet AE-CP', 'Chantiers', 'Valeur', 'Contrôles'],
          'en': ['Summary', 'Payroll mass', 'Programmes', 'Trajectory', 'Project AE-CP', 'Workstreams', 'Value', 'Checks']}
MONEY = re.compile(r'(?<![\d,])(?:\d{1,3}(?:[\u00a0\u202f]\d{3})*,\d\d[\u00a0\u202f]€|€\d{1,3}(?:,\d{3})*\.\d\d)')


def cents(v):
    """Centimes of a cell; a blank one is none."""
    if v is None or v == '':
        return 0
    return int((Decimal(repr(v)) * 100).to_integral_exact())


class Book:
    """A workbook, the cells of it that were added again, and what is wrong."""

    def __init__(self, folder, labels):
        paths = glob.glob(os.path.join(folder, 'budget-*-run-*.xlsx'))
        if len(paths) != 1:
            raise Refused(f'holds {len(paths)} budget workbooks, not one')
        self.run = int(re.search(r'run-(\d+)\.xlsx$', paths[0]).group(1))
        self.book = openpyxl.load_workbook(paths[0])
        self.wrong, self.held, self.checked, self.told = [], {}, set(), set()
        self.lang = 'fr' if 'Synthèse' in self.book.sheetnames else 'en'
        with open(os.path.join(REPOSITORY, 'reports/messages.csv'), encoding='utf-8') as f:
            self.titles = {r['key']: r[self.lang] for r in csv.DictReader(f, delimiter=';')}
        self.labels = labels
        self.same('sheets', self.book.sheetnames, SHEETS[self.lang])
        self.page, self.list, self.programmes, self.trajectory, self.project, self.workstreams, self.value, self.checks = self.book.worksheets
        for sheet in self.book.worksheets:
            self.held[sheet.title] = 0
            self.same(f'{sheet.title}: merged cells', list(sheet.merged_cells.ranges), [])
            self.same(f'{sheet.title}: title in A1', bool(sheet['A1'].value), True)

    def word(self, key):
        return self.titles[key].replace('{legacy}', self.labels.get('legacy') or 'PSOP').replace('{onp}', self.labels.get('onp') or 'ONP')

    def same(self, what, got, want):
        if got != want:
            self.wrong.append(f'{what}: the workbook says {got}, the database {want}')

    def figures(self, what, cells, wants):
        """Holds cells against centimes, counts, jobs or shares; None is a blank cell. What is held once is known to be added again."""
        for i, (cell, want) in enumerate(zip(cells, wants, strict=True)):
            sheet, got = cell.parent.title, cell.value
            self.checked.add((sheet, cell.coordinate))
            self.held[sheet] += 1
            if got is not None and not isinstance(got, (int, float)):
                self.wrong.append(f'{sheet}!{cell.coordinate}, {what}, figure {i + 1}: {got!r} is no number')
                continue
            if isinstance(want, Share):
                want = None if want[1] == 0 else int(Decimal(want[0]) * 10000 / Decimal(want[1]))
                got = None if got is None else int(Decimal(repr(got)) * 10000)
            elif isinstance(want, Jobs):
                got, want = None if got is None else int(Decimal(repr(got)) * 10000), int(want)
            elif isinstance(want, Count):
                want = int(want)
            elif want is not None:
                self.tell(want)
                got = None if got is None else cents(got)
            self.same(f'{sheet}!{cell.coordinate}, {what}, figure {i + 1}', got, want)

    def tell(self, *amounts):
        """Amounts that sentences may quote."""
        self.told.update(abs(a) for a in amounts if a is not None)

    def table(self, sheet):
        """The rows of the table of a sheet, as cells."""
        t = next(iter(sheet.tables.values()), None)
        return list(sheet[t.ref])[1:] if t else []

    def blocks(self, sheet, title, columns, left=1, skip=2):
        """The rows of each block under a heading, until a blank first cell, with the cells of its header."""
        found = []
        for at in [r for r in range(1, sheet.max_row + 1) if sheet.cell(r, left).value == title]:
            r = at + skip
            header = [sheet.cell(r - 1, left + i).value for i in range(40)]
            rows = []
            while sheet.cell(r, left).value not in (None, ''):
                rows.append([sheet.cell(r, left + i) for i in range(columns)])
                r += 1
            found.append((header, rows))
        if not found:
            self.wrong.append(f'{sheet.title}: no block « {title} »')
        return found

    def block(self, *args, **more):
        return [r for _, rows in self.blocks(*args, **more) for r in rows]

    def leftovers(self):
        """Refuses any number that was not added again, and any amount in a sentence that is none of them."""
        for sheet in self.book.worksheets:
            for row in sheet.iter_rows():
                numbers = any(isinstance(c.value, (int, float)) for c in row)
                for c in row:
                    if isinstance(c.value, (int, float)) and (sheet.title, c.coordinate) not in self.checked:
                        self.wrong.append(f'{sheet.title}!{c.coordinate}: {c.value} was not added again')
                    elif isinstance(c.value, str) and not (numbers and sheet in (self.workstreams, self.project)):  # where labels are the ministry's
                        self._sentence(sheet, c)

    def _sentence(self, sheet, c):
        for quoted in MONEY.findall(c.value):
            self.held[sheet.title] += 1
            if int(re.sub(r'\D', '', quoted)) not in self.told:
                self.wrong.append(f'{sheet.title}!{c.coordinate}: {quoted} in a sentence is no figure added again')
