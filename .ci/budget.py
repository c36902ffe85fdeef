#!/usr/bin/env python3
"""Re-adds a run's budget workbook from v_pay_line, v_payslip, v_discrepancy and the tables, with sqlite3 and csv alone.

Usage: budget.py FOLDER DATABASE MAPPINGS. FOLDER is one run's outputs. The figures that rest on imported files are added again from the rows in force
(v_budget_row). Prints what is wrong, a line each, and exits 1; or one line, and exits 0. It does not know the pay that several files hold twice, which a
run sets aside."""
import collections, csv, datetime, glob, hashlib, json, os, re, sqlite3, sys
from decimal import ROUND_HALF_UP, Decimal

import openpyxl

folder, database, mappings = sys.argv[1:4]
wrong, held = [], 0


def same(what, got, want):
    global held
    held += 1
    if got != want:
        wrong.append(f'{what}: the workbook says {got}, the database {want}')


def rows_of(name):
    with open(os.path.join(mappings, name), encoding='utf-8-sig', newline='') as f:
        return list(csv.DictReader((l for l in f if not l.startswith('#')), delimiter=';'))


def cents(v):
    """Centimes of a cell; a blank one is none."""
    if v is None or v == '':
        return 0
    if not isinstance(v, (int, float)):
        raise SystemExit(f'{v!r} is no amount')
    return int((Decimal(repr(v)) * 100).to_integral_exact())


def half_up(d):
    return int(d.quantize(Decimal(1), rounding=ROUND_HALF_UP))


# ── What the database and the tables say ────────────────────────────────────────────────────────────────────────────────────────────
db = sqlite3.connect(f'file:{database}?mode=ro', uri=True)
summary = json.load(open(f'{folder}/summary.json'))
run, period = summary['run'], summary['period']
elements = {r['element']: r for r in rows_of('elements.csv')}
targets = {}
for r in rows_of('correspondances.csv'):
    if (not r['valid_from'] or r['valid_from'] <= period) and (not r['valid_to'] or period <= r['valid_to']):
        targets[r['side'], r['code']] = r['element'], int(r['factor'])
cutover = {}
for r in rows_of('vagues.csv'):
    cutover.setdefault(r['wave'], r['cutover'])


def nature(element):
    e = elements[element]
    return (e['title2'], e['cas'] == 'oui', e['account']) if e['title2'] else None


def category(side, code, sense, amount):
    """The nature of a line and its amount in the mass, None where it is none."""
    target = targets.get((side, code))
    if target and (elements[target[0]]['kind'] in ('gain', 'retenue')) == (sense in 'PD'):
        of = nature(target[0])
        return (of, amount * target[1]) if of else None
    return (('', False, ''), amount) if sense == 'P' else None


mass = collections.Counter()  # side, programme, bop, service, status, nature
payslips = collections.defaultdict(collections.Counter)  # side, key: natures
present = {}
for side, programme, bop, service, status, key, code, sense, amount, origin, quotite, payslip, home in db.execute(
        '''select l.side, l.programme, l.bop, l.service, p.status, l.agent_key, l.code, l.sense, l.cents, l.origin, p.quotite, l.payslip_id, p.programme
           from v_pay_line l join v_payslip p using (payslip_id) where l.period = ?''', (period,)):
    of = category(side, code, sense, amount)
    if not of:
        continue
    mass[side, programme, bop, service, status, of[0]] += of[1]
    payslips[side, key][of[0]] += of[1]
    if origin == period and of[1] > 0:
        present[side, key] = home, 10000 if quotite is None or quotite < 0 else quotite
heads, jobs = collections.Counter(), collections.Counter()
for (side, key), (programme, quotite) in present.items():
    heads[side, programme] += 1
    jobs[side, programme] += quotite

found = {}
for row in db.execute('''select fingerprint, agent_key, programme, bop, service, wave, kind, element, side, sense, origin, delta_cents, cause, root, at_fault, status
                         from v_discrepancy where run = ?''', (run,)):
    found[row[0]] = row


def judged(status, fault):
    if status == 'tolerated':
        return 'tolerated'
    if status in ('justified', 'accepted'):
        return 'justified'
    if status in ('to_fix_onp', 'to_fix_legacy'):
        return status[len('to_fix_'):]
    return fault if fault in ('onp', 'legacy') else 'unexplained'


def one_off(row):
    return row[12] in ('arrears', 'timing') or bool(row[10]) and row[10] != period


gaps = collections.Counter()  # programme, bop, service, wave, nature, cause, judged, one-off
for row in found.values():
    _, key, programme, bop, service, wave, kind, element, side, sense, origin, delta, cause, root, fault, status = row
    above = found.get(root) or row
    of = above[12] or 'unexplained', judged(status, fault), one_off(row) or one_off(above)
    if kind in ('missing_in_onp', 'missing_in_legacy'):
        holder, sign = ('legacy', -1) if kind == 'missing_in_onp' else ('onp', 1)
        for n, amount in payslips[holder, key].items():
            gaps[(programme, bop, service, wave, n) + of] += sign * amount
    elif kind in ('amount', 'line_missing_in_onp', 'line_missing_in_legacy'):
        if nature(element):
            gaps[(programme, bop, service, wave, nature(element)) + of] += delta
    elif kind == 'unmapped' and sense == 'P':
        gaps[(programme, bop, service, wave, ('', False, '')) + of] += delta


def masses(keep=lambda programme, bop, n: True):
    sums = {'legacy': 0, 'onp': 0}
    for (side, programme, bop, service, status, n), amount in mass.items():
        if keep(programme, bop, n):
            sums[side] += amount
    return sums['legacy'], sums['onp']


def moved(keep):
    delta = once = 0
    for (programme, bop, service, wave, n, cause, held_to_be, oneoff), amount in gaps.items():
        if keep(programme, bop, n, cause, held_to_be):
            delta += amount
            once += amount if oneoff else 0
    return delta, once


# ── What the workbook says ─────────────────────────────────────────────────────────────────────────────────────────────────────────
book = openpyxl.load_workbook(glob.glob(f'{folder}/budget-*.xlsx')[0])
wanted = {'fr': ['Synthèse', 'Masse salariale', 'Programmes', 'Trajectoire', 'Projet AE-CP', 'Chantiers', 'Valeur', 'Contrôles'],
          'en': ['Summary', 'Payroll mass', 'Programmes', 'Trajectory', 'Project AE-CP', 'Workstreams', 'Value', 'Checks']}
lang = 'fr' if 'Synthèse' in book.sheetnames else 'en'
same('sheets', book.sheetnames, wanted[lang])
page, list_sheet, by_programme, trajectory, project, workstreams, value, checks = [book[n] for n in book.sheetnames]
for sheet in book.worksheets:
    same(f'{sheet.title}: merged cells', list(sheet.merged_cells.ranges), [])
    same(f'{sheet.title}: title in A1', bool(sheet['A1'].value), True)
same('frozen header', bool(list_sheet.freeze_panes), True)
titles = {n: t for r in csv.DictReader(open(os.path.join(os.path.dirname(os.path.abspath(__file__)), '../reports/messages.csv'), encoding='utf-8'), delimiter=';') for n, t in [(r['key'], r[lang])]}
labels = json.loads(db.execute('select config from run where id = ?', (run,)).fetchone()[0]).get('labels') or {}


def word(key):
    text = titles[key].replace('{legacy}', labels.get('legacy') or 'PSOP').replace('{onp}', labels.get('onp') or 'ONP')
    return text


def table(sheet):
    if not sheet.tables:
        return []
    t = next(iter(sheet.tables.values()))
    cells = [[c.value for c in r] for r in sheet[t.ref]]
    return [dict(enumerate(r)) for r in cells[1:]]


def block(sheet, title, columns, left=1):
    """The rows of a block under its heading, until a blank first cell."""
    at = next((c.row for c in sheet[openpyxl.utils.get_column_letter(left)] if c.value == title), None)
    if at is None:
        wrong.append(f'{sheet.title}: no block « {title} »')
        return []
    rows, r = [], at + 2
    while sheet.cell(r, left).value not in (None, ''):
        rows.append([sheet.cell(r, left + i).value for i in range(columns)])
        r += 1
    return rows


def all_same(what, got, want):
    for i, (g, w) in enumerate(zip(got, want)):
        same(f'{what}, figure {i + 1}', cents(g), w)


JUDGED = ['onp', 'legacy', 'justified', 'tolerated', 'unexplained']
NATURES = ['21', '22', '23', '']

# The list: every row, then every axis.
seen, seen_gaps = collections.Counter(), collections.Counter()
for r in table(list_sheet):
    code = r[5][:2] if re.match(r'2\d ', r[5]) else ''
    n = code, r[6] == word('mass.cas.yes'), r[7] or ''
    status = (r[3] or '')[:1]
    legacy, onp, delta = cents(r[8]), cents(r[9]), cents(r[10])
    where = ' '.join(str(r[i] or '') for i in range(8))
    same(f'list, {where}: the gap', delta, onp - legacy)
    same(f'list, {where}: gaps and transfers', sum(cents(r[i]) for i in range(11, 17)), delta)
    axis = r[0] or '', r[1] or '', r[2] or ''
    seen[('legacy', *axis, status, n)] += legacy
    seen[('onp', *axis, status, n)] += onp
    for i, j in enumerate(JUDGED):
        seen_gaps[(*axis, r[4] or '', n, j)] += cents(r[11 + i])
for k in set(seen) | set(mass):
    same(f'mass of {k}', seen[k], mass[k])
want_gaps = collections.Counter()
for (programme, bop, service, wave, n, cause, held_to_be, oneoff), amount in gaps.items():
    want_gaps[programme, bop, service, wave, n, held_to_be] += amount
for k in set(seen_gaps) | set(want_gaps):
    same(f'gaps of {k}', seen_gaps[k], want_gaps[k])

# Programmes: the table, its blocks, the averages.
programmes = sorted({k[1] for k in mass})
name = {p: word('programme.of').replace('%s', p) if p else word('programme.none') for p in programmes}
back = {v: k for k, v in name.items()}
total_legacy, total_onp = masses()
for r in table(by_programme):
    p = back[r[0]]
    legacy, onp = masses(lambda q, b, n: q == p)
    all_same(r[0], [r[1], r[2], r[3]], [legacy, onp, onp - legacy])
    same(f'{r[0]}: heads', (r[6], r[7]), (heads['legacy', p], heads['onp', p]))
    for i, side, amount in ((8, 'legacy', legacy), (9, 'onp', onp)):
        same(f'{r[0]}: jobs, {side}', int(Decimal(repr(r[i])) * 10000), jobs[side, p])
        if jobs[side, p]:
            same(f'{r[0]}: cost of a job, {side}', cents(r[i + 2]), half_up(Decimal(amount) * 10000 / jobs[side, p]))


def nature_deltas(keep):
    out = []
    for t in NATURES:
        l, o = masses(lambda q, b, n: keep(q) and n[0] == t)
        out.append(o - l)
    for cas in (True, False):
        l, o = masses(lambda q, b, n: keep(q) and n[1] == cas)
        out.append(o - l)
    return out


for title in ('programmes.gaps',):
    for r in block(by_programme, word(title), 10):
        p = back.get(r[0])
        keep = (lambda q: True) if r[0] == word('word.total') else (lambda q: q == p)
        l, o = masses(lambda q, b, n: keep(q))
        g = moved(lambda q, b, n, c, j: keep(q))[0]
        all_same(f'{r[0]} by nature', r[1:], [o - l, g, o - l - g] + nature_deltas(keep))
causes = {word(f'cause.{c}'): c for c in {k[5] for k in gaps}}
for row in by_programme.iter_rows(min_col=1, max_col=1):
    if row[0].value != word('programmes.by_cause'):
        continue
    at = row[0].row
    header = [c.value for c in by_programme[at + 1] if c.value]
    r = at + 2
    while by_programme.cell(r, 1).value:
        label = by_programme.cell(r, 1).value
        keep = (lambda q: True) if label == word('word.total') else (lambda q, p=back[label]: q == p)
        for i, h in enumerate(header[4:]):
            same(f'{label}, {h}', cents(by_programme.cell(r, 5 + i).value), moved(lambda q, b, n, c, j: keep(q) and c == causes[h])[0])
        r += 1
bops = sorted({(k[1], k[2]) for k in mass})
rows = block(by_programme, word('programmes.by_bop'), 12)
same('BOP', len(rows), len(bops))
for r in rows:
    p, _, b = r[0].partition(' — ')
    b = '' if b == word('programmes.no_bop') else b
    l, o = masses(lambda q, c, n: (q, c) == (p, b))
    all_same(f'BOP {r[0]}', r[1:4], [l, o, o - l])

# Synthèse: the month, the bridge, what is held of the gaps, the year.
for r in block(page, word('mass.month'), 5):
    keep = {word('mass.total'): lambda q, b, n: True, word('mass.cas'): lambda q, b, n: n[1], word('mass.without_cas'): lambda q, b, n: not n[1]}.get(
        r[0], lambda q, b, n: n[0] == (r[0][:2] if re.match(r'2\d ', r[0]) else ''))
    l, o = masses(keep)
    all_same(f'month, {r[0]}', r[1:4], [l, o, o - l])
bridge = block(page, word('bridge.heading'), 5)
steps = 0
if bridge:
    same('bridge, from', cents(bridge[0][1]), total_legacy)
    same('bridge, to', cents(bridge[-1][1]), total_onp)
    shown = {causes[r[0]] for r in bridge[1:-1] if r[0] in causes}
    for r in bridge[1:-1]:
        keep = (lambda q, b, n, c, j: c == causes[r[0]]) if r[0] in causes else (lambda q, b, n, c, j: c not in shown)
        d, once = moved(keep)
        all_same(f'bridge, {r[0]}', r[1:], [d, once, d - once, 12 * (d - once)])
        steps += cents(r[1])
    same('bridge closes', total_legacy + steps, total_onp)
for r in block(page, word('judged.heading'), 5, 7):
    keep = next((lambda q, b, n, c, j, of=of: j == of for of in JUDGED if r[0] == word(f'judged.{of}')), lambda *_: True)
    d, once = moved(keep)
    all_same(f'held, {r[0]}', r[1:], [d, once, d - once, 12 * (d - once)])
delta, once = moved(lambda *_: True)
benchmark = half_up(Decimal(12 * total_legacy) * Decimal('0.0092'))
all_same('year', [r[1] for r in block(page, word('year.heading'), 2, 7)][:4], [delta - once, 12 * (delta - once), once, benchmark])
for r in block(page, word('programmes.heading'), 5, 7):
    if r[1] is not None:
        l, o = masses(lambda q, b, n: r[0] == word('word.total') or q == back[r[0]])
        all_same(f'page, {r[0]}', r[1:4], [l, o, o - l])
for check in summary['closing']['checks']:
    if check['name'] == 'mass':
        l, o = masses(lambda q, b, n: check['scope'] == 'ministry' or q == check['scope'])
        same(f'closing of the run, {check["scope"]}', int(Decimal(check['right']) * 100), o - l)

# ── The year: what was executed, the credits, the project, its value ───────────────────────────────────────────────────────────────
year = period[:4]
budgeted = db.execute('select budgeted from run where id = ?', (run,)).fetchone()[0]
kept, order = {}, ['credits', 'plafonds', 'profil', 'chantiers', 'operations', 'jalons', 'valeur']
for kind, key, content in db.execute('select kind, key, content from v_budget_row where import <= ? order by row', (budgeted,)):
    kept[kind, key] = content  # a later row of the same key takes the place of a former one
imported = collections.defaultdict(list)
for (kind, key), content in kept.items():
    imported[kind].append(json.loads(content))
if budgeted:
    digest = hashlib.sha256()
    for kind, key in sorted(kept, key=lambda k: (order.index(k[0]), k[1].encode())):
        digest.update(f'{kind}\t{key}\t{kept[kind, key]}\n'.encode())
    same('digest of what was imported', digest.hexdigest() in {c.value for r in checks.iter_rows() for c in r}, True)


def amount(text):
    return int(Decimal(str(text)) * 100)


months = dict(db.execute("""select period, max(run) from v_run where compares = 'systems' and run <= ?1 and period like ?2 and period <= ?3
                            and exists (select 1 from v_budget b where b.run = v_run.run) group by period""", (run, year + '-%', period)))
months[period] = run
paid, both = collections.Counter(), collections.Counter()
etp = collections.Counter()
for month, of in months.items():
    for programme, wave, legacy, onp in db.execute('select programme, wave, legacy_cents, onp_cents from v_budget where run = ?', (of,)):
        paid[programme, month] += onp if cutover.get(wave) and month >= cutover[wave] else legacy
        both['legacy', programme, month] += legacy
        both['onp', programme, month] += onp
    for programme, wave, legacy, onp in db.execute('select programme, wave, legacy_quotite, onp_quotite from mass_head where run_id = ?', (of,)):
        etp[programme, month] += onp if cutover.get(wave) and month >= cutover[wave] else legacy
credits = collections.Counter()
opened = {c['programme'] for c in imported['credits'] if str(c['exercice']) == year and c['categorie'].startswith('2')}
for c in imported['credits']:
    if str(c['exercice']) == year and c['categorie'].startswith('2'):
        part = 'lfi' if c['nature'] == 'lfi' else 'frozen' if c['nature'] in ('gel', 'degel') else 'moved'
        credits[c['programme'], part] += amount(c['cp'])
profile, told = collections.Counter(), set()
for p in imported['profil']:
    if str(p['exercice']) == year:
        profile[p['programme'], p['mois']] += amount(p['montant'])
        told.add((p['programme'], p['mois']))
of_year = [f'{year}-{m:02}' for m in range(1, 13)]
unmade = [m for m in of_year if m not in months]
landing = block(trajectory, word('trajectory.landing'), 16) if months and programmes else []
spent = {p for p, _ in paid}
for r in landing:
    whole = r[0] == word('word.total')
    mine = [q for q in spent | opened if whole or r[0] == word('programme.of').replace('%s', q) or not q and r[0] == word('programme.none')]
    executed = sum(paid[q, m] for q in mine for m in months)
    same(f'{r[0]}: executed', cents(r[1]), executed)
    same(f'{r[0]}: simple forecast', cents(r[5]), executed + len(unmade) * sum(paid[q, period] for q in mine))
    if r[4] is not None:
        same(f'{r[0]}: declared forecast', cents(r[4]), executed + sum(profile[q, m] for q in mine for m in unmade))
    if r[9] is not None:
        parts = [sum(credits[q, part] for q in mine) for part in ('lfi', 'moved', 'frozen')]
        all_same(f'{r[0]}: credits', r[6:10], parts + [sum(parts)])
        same(f'{r[0]}: margin', cents(r[10]), sum(parts) - cents(r[3]))
    same(f'{r[0]}: jobs', half_up(Decimal(sum(etp[q, m] for q in mine for m in months)) * 100 / 120000), int(Decimal(repr(r[12])) * 100))
ends = collections.Counter()
for r in table(trajectory):
    p = next(q for q in spent | opened | {k[0] for k in told} if r[0] == (word('programme.of').replace('%s', q) if q else word('programme.none')))
    m = r[1].strftime('%Y-%m') if isinstance(r[1], (datetime.date, datetime.datetime)) else r[1]
    if m in months:
        all_same(f'{r[0]}, {m}', [r[3], r[4], r[5]], [both['legacy', p, m], both['onp', p, m], paid[p, m]])
        same(f'{r[0]}, {m}: jobs', int(Decimal(repr(r[12])) * 10000), etp[p, m])
    if (p, m) in told:
        same(f'{r[0]}, {m}: profile', cents(r[7]), profile[p, m])
    ends[r[0]] += cents(r[8])
for r in landing[:-1]:
    if r[3] is not None:
        same(f'{r[0]}: explained forecast', cents(r[3]), ends[r[0]])
if landing:
    at = next(c.row for c in trajectory['A'] if c.value == word('effect.heading'))
    r, cumulated = at + 3, 0
    for m in sorted(months):
        delta = sum(both['onp', q, m] - both['legacy', q, m] for q in spent)
        cumulated += delta
        row = [trajectory.cell(r, i).value for i in range(1, 12)]
        all_same(f'effect, {m}', [row[2], row[3], row[4], row[9]], [sum(both['legacy', q, m] for q in spent), sum(both['onp', q, m] for q in spent), delta, cumulated])
        same(f'effect, {m}: parts', (cents(row[5]) + cents(row[6]), cents(row[7]) + cents(row[8])), (delta, delta))
        if m == period:
            d, o = moved(lambda *_: True)
            all_same(f'effect, {m}: lasting and one-off', row[5:7], [d - o, o])
        r += 1

operations = [o for o in imported['operations'] if o['nature'] != 'annulation']
commitments = {o['operation']: [amount(o['ae']), 0, 0, 0] for o in operations if o['nature'] == 'engagement' and not o['engagement']}
for o in operations:
    c = commitments.get(o['engagement'])
    if c is None:
        continue
    if o['nature'] == 'engagement':
        c[0] += amount(o['ae'])
    elif o['nature'] == 'paiement':
        c[1] += amount(o['cp'])
    else:
        c[2] += amount(o['cp'])
for c in commitments.values():
    c[3] = max(0, c[0] - c[1])
rows = table(workstreams)
same('commitments', sorted(r[0] for r in rows), sorted(commitments))
for r in rows:
    ae, cp, expected, left = commitments[r[0]]
    all_same(f'commitment {r[0]}', [r[5], r[6], r[8], r[9]], [ae, cp, left, expected])
streams = collections.defaultdict(collections.Counter)
home = {o['operation']: o['chantier'] for o in operations}
for w in imported['chantiers']:
    streams[w['chantier']]['x'] += 0
    if str(w['exercice']) == year:
        streams[w['chantier']]['ae'] += amount(w['ae'])
        streams[w['chantier']]['cp'] += amount(w['cp'])
for o in operations:
    s = streams[o['chantier'] or home.get(o['engagement'], '')]
    if o['date'][:4] == year:
        s['committed'] += amount(o['ae']) if o['nature'] == 'engagement' else 0
        s['paid'] += amount(o['cp']) if o['nature'] == 'paiement' else 0
    s['all_paid'] += amount(o['cp']) if o['nature'] == 'paiement' else 0
    if o['operation'] in commitments:
        s['to_pay'] += commitments[o['operation']][3]
for r in table(project):
    key = '' if r[0] == word('project.unattached') else r[0].split(' — ')[0]
    s = streams[key]
    all_same(f'workstream {r[0]}', [r[1], r[2], r[3], r[5], r[6], r[7], r[9]], [s['ae'], s['committed'], s['ae'] - s['committed'], s['cp'], s['paid'], s['cp'] - s['paid'], s['to_pay']])
    same(f'workstream {r[0]}: completion', cents(r[11]), s['all_paid'] + s['to_pay'] + cents(r[10]))

values = collections.Counter()
measured = set()
for x in imported['valeur']:
    values[x['annee'], x['nature'], x['etat']] += amount(x['montant'])
    if x['etat'] == 'mesure':
        measured.add((x['annee'], x['nature']))
cumulated = 0
npv = (summary.get('budget') or {}).get('value') or {}
for r in table(value):
    y = int(r[0])
    of = [values[y, 'gain', 'attendu'], values[y, 'gain', 'mesure'], values[y, 'cout', 'attendu'], values[y, 'cout', 'mesure']]
    gains, costs = of[1 if (y, 'gain') in measured else 0], of[3 if (y, 'cout') in measured else 2]
    cumulated += gains - costs
    rate = Decimal(npv['rate'].replace('%', '').replace(',', '.').strip()) / 100
    present_value = half_up(Decimal(gains - costs) * (1 + rate) ** (npv['base_year'] - y))
    all_same(f'value, {y}', [r[i] for i in range(1, 10)], of + [gains, costs, gains - costs, cumulated, present_value])

print('\n'.join(wrong) if wrong else f'budget workbook kept ({held} figures added again)')
sys.exit(bool(wrong))
