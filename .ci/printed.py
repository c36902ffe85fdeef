#!/usr/bin/env python3
"""Prints workbooks with LibreOffice and looks at every page, as a reader of the paper would: no ####, no blank page, none upright, a footer with
its number on each, and no sheet lost. It measures no text: the tests of reports do.

Usage: printed.py FILE…   prints what is wrong, a line each, and exits 1; or one line, and exits 0."""
import pathlib, re, subprocess, sys, tempfile, zipfile

wrong = []


def run(*command):
    return subprocess.run(command, check=True, capture_output=True).stdout


def inked(pdf):
    """Of each page: whether anything is drawn above its footer, and whether it lies."""
    foot = 0.93  # of the height
    drawing = subprocess.Popen(['pdftoppm', '-r', '24', '-gray', str(pdf)], stdout=subprocess.PIPE)
    while drawing.stdout.readline():  # P5
        wide, high = map(int, drawing.stdout.readline().split())
        drawing.stdout.readline()
        page = drawing.stdout.read(wide * high)
        yield min(page[:int(high * foot) * wide]) < 200, wide > high
    if drawing.wait():
        sys.exit(f'{pdf.name}: pdftoppm fails')


def look(book, folder):
    run('libreoffice', f'-env:UserInstallation={folder.as_uri()}/profile', '--headless', '--convert-to',
        'pdf:calc_pdf_Export:{"ExportBookmarks":{"type":"boolean","value":"true"}}', '--outdir', str(folder), str(book))
    pdf = folder / (book.stem + '.pdf')
    sheets = len(re.findall(rb'<sheet ', zipfile.ZipFile(book).read('xl/workbook.xml')))
    marks = re.findall(r'<item page="(\d+)">(.*?)</item>', run('pdftohtml', '-xml', '-i', '-stdout', '-l', '1', str(pdf)).decode('utf-8', 'replace'))
    if len(marks) != sheets:
        wrong.append(f'{book.name}: {len(marks)} of its {sheets} sheets are printed')
    texts = run('pdftotext', '-layout', str(pdf), '-').decode('utf-8', 'replace').split('\f')[:-1]

    def at(page):
        sheet = [name for first, name in marks if int(first) <= page][-1:]
        return f'{book.name}, {"".join(sheet)}, page {page}'

    for page, text in enumerate(texts, 1):
        if '###' in text:
            wrong.append(f'{at(page)}: a column is too narrow for its figures')
        if not re.search(rf'\b{page} */ *{len(texts)}\b', text):
            wrong.append(f'{at(page)}: no number at its foot')
    for page, (drawn, lies) in enumerate(inked(pdf), 1):
        if not drawn:
            wrong.append(f'{at(page)}: nothing is printed')
        if not lies:
            wrong.append(f'{at(page)}: the page stands upright')
    return sheets, len(texts)


with tempfile.TemporaryDirectory() as folder:
    seen = [look(pathlib.Path(book), pathlib.Path(folder)) for book in sys.argv[1:]]
print('\n'.join(wrong) or f'{sum(s for s, _ in seen)} sheets of {len(seen)} workbooks are printed on {sum(p for _, p in seen)} pages, each whole')
sys.exit(bool(wrong))
