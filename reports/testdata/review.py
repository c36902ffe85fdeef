"""Annotates a workbook of gaps as a reviewer would, by openpyxl: fills rows,
sorts them, deletes some, moves columns and renames the sheet.

    review.py SOURCE TARGET

It prints, as JSON, what must be read back: for each annotated row its
identifier, its amount and the reviewer's six texts.
"""

import json
import sys

import openpyxl
from openpyxl.utils import get_column_letter

HEADER = 6
REVIEW = ["Statut", "Motif", "Décision", "Valideur", "Visa", "Commentaire"]


def table(sheet):
    """The header and the rows of a sheet's table, as lists of values."""
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=HEADER)]
    return rows[0], rows[1:]


def write(sheet, header, rows):
    """Puts a table in the place of the former one."""
    formats = {c.value: sheet.cell(HEADER + 1, c.column).number_format for c in sheet[HEADER]}
    sheet.delete_rows(HEADER, sheet.max_row - HEADER + 1)
    for i, row in enumerate([header] + rows):
        for j, value in enumerate(row):
            cell = sheet.cell(HEADER + i, j + 1, value)
            if i:
                cell.number_format = formats[header[j]]


def main(source, target):
    book = openpyxl.load_workbook(source)
    gaps, clusters = book["Écarts"], book["Grappes"]
    gaps.tables.clear()  # a table may not be reordered under its columns
    header, rows = table(gaps)
    at = {name: i for i, name in enumerate(header)}

    def fill(row, *texts):
        for name, text in zip(REVIEW, texts):
            row[at[name]] = text

    for i, row in enumerate(rows):
        if i % 3 == 0:
            fill(row, "Justifié", "Arrondi admis", f"PV-{i}", "Alice Renard", "Bruno Leduc", f"vu le 3/{i} & « ok » <b>")
        if i == 7:
            fill(row, "À corriger ONP", "texte libre : règle à revoir", 20131204, "Alice Renard", None, "première ligne\nseconde ligne")
    gone = rows.pop(9)
    gone_too = rows.pop(30)
    rows.sort(key=lambda row: (row[at["Matricule"]], row[at["Empreinte"]]), reverse=True)
    order = [at[name] for name in REVIEW] + [i for i in range(len(header)) if header[i] not in REVIEW and header[i] != "Nom"]
    write(gaps, [header[i] for i in order], [[row[i] for i in order] for row in rows])
    gaps.auto_filter.ref = f"A{HEADER}:{get_column_letter(len(order))}{HEADER + len(rows)}"
    gaps.row_dimensions[HEADER + 2].hidden = True
    gaps.title = "Revue de mars"

    names = [cell.value for cell in clusters[HEADER]]
    for name, text in zip(REVIEW, ["Accepté", "Arrondi admis", "PV-G", "Alice Renard", "Bruno Leduc", None]):
        clusters.cell(HEADER + 1, names.index(name) + 1, text)
    book.save(target)

    expected = []
    for row in rows:
        texts = [str(row[at[name]] or "").replace("\r", "") for name in REVIEW]
        if any(texts):
            expected.append({"id": row[at["Empreinte"]], "delta": row[at["Effet net"]], "texts": texts})
    for row in clusters.iter_rows(min_row=HEADER + 1, values_only=True):
        texts = [str(row[names.index(name)] or "") for name in REVIEW]
        if any(texts):
            expected.append({"id": row[names.index("Grappe")], "delta": row[names.index("Écart minimal")], "texts": texts})
    json.dump({"rows": expected, "gone": [gone[at["Empreinte"]], gone_too[at["Empreinte"]]]}, sys.stdout)


main(*sys.argv[1:])
