#!/usr/bin/env python3
"""Has bascule load a workbook that openpyxl wrote, and the same one saved by LibreOffice: writers that share no code with its reader.

Usage: sheets.py BASCULE. Works in the current folder. Prints what is wrong, a line each, and exits 1; or one line, and exits 0."""
import datetime, json, subprocess, sys

import openpyxl

bascule = sys.argv[1]
wrong = []
book = openpyxl.Workbook()
sheet = book.active
sheet.append('mois nir cle dossier matricule code libelle sens montant base taux origine'.split())
agent = [1850475123456, 5, '01', 481.0]
month, noon = datetime.date(2013, 12, 1), datetime.datetime(2013, 12, 31, 12)
for m, code, sense, amount, base, origin in [
        (month, 101000, 'P', 1234.56, 0.1 + 0.2, datetime.date(2013, 10, 1)),
        ('2013-12', '0201', 'D', '1\u00a0234,50', None, '2013-11'),
        (noon, '3.10', 'P', 1234.5599999999999, None, None),
        (month, '101000', 'P', '#N/A', None, None),
        (month, '101000', 'P', True, None, None)]:
    sheet.append([m, *agent, code, 'essai', sense, amount, base, None, origin])
book.create_sheet('Notes')['A1'] = 'à lire'
book.save('openpyxl.xlsx')
subprocess.run(['libreoffice', '--headless', '--convert-to', 'xlsx:Calc MS Excel 2007 XML', '--outdir', 'libreoffice', 'openpyxl.xlsx'], check=True, capture_output=True)
subprocess.run([bascule, 'init', '.'], check=True, capture_output=True)
text = open('config.yaml', encoding='utf-8').read().replace('max_rejects: "1%"', 'max_rejects: "2"')
open('config.yaml', 'w', encoding='utf-8').write(text)
want = {'payslips': 1, 'lines': 3, 'rejected': 2, 'to_pay': '2469.12', 'to_deduct': '1234.50'}
for path in 'openpyxl.xlsx', 'libreoffice/openpyxl.xlsx':
    done = subprocess.run([bascule, 'load', '--side', 'legacy', '--layout', 'xlsx', '--json', '--quiet', path], capture_output=True, text=True)
    if done.returncode:
        wrong.append(f'{path}: {done.stderr}')
        continue
    load = json.loads(done.stdout)['loads'][0]
    wrong += [f'{path}: {key} is {load[key]}, not {value}' for key, value in want.items() if load[key] != value]
print('\n'.join(wrong) or 'sheets of openpyxl and LibreOffice are read to the cent')
sys.exit(bool(wrong))
