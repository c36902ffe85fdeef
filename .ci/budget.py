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


class Count(int):
    """A figure that is no amount."""


class Jobs(int):
    """Full-time jobs, in ten-thousandths."""


class Share(tuple):
    """A numerator and a denominator: shown in hundredths of a percent, cut towards zero."""


checked = set()


def figures(what, cells, wants):
    """Holds cells against centimes, counts, jobs or shares; None is a blank cell. What is held once is known to be added again."""
    for i, (cell, want) in enumerate(zip(cells, wants, strict=True)):
        checked.add((cell.parent.title, cell.coordinate))
        got = cell.value
        if isinstance(want, Share):
            want = None if want[1] == 0 else int(Decimal(want[0]) * 10000 / Decimal(want[1]))
            got = None if got is None else int(Decimal(repr(got)) * 10000)
        elif isinstance(want, Jobs):
            got, want = None if got is None else int(Decimal(repr(got)) * 10000), int(want)
        elif isinstance(want, Count):
            want = int(want)
        elif want is not None:
            got = None if got is None else cents(got)
        same(f'{cell.parent.title}!{cell.coordinate}, {what}, figure {i + 1}', got, want)


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
present = {}  # agents with pay of the month, by side and key
for side, programme, bop, service, status, key, code, sense, amount, origin, quotite, home, home_bop in db.execute(
        '''select l.side, l.programme, l.bop, l.service, p.status, l.agent_key, l.code, l.sense, l.cents, l.origin, p.quotite, p.programme, p.bop
           from v_pay_line l join v_payslip p using (payslip_id) where l.period = ?''', (period,)):
    of = category(side, code, sense, amount)
    if not of:
        continue
    mass[side, programme, bop, service, status, of[0]] += of[1]
    payslips[side, key][of[0]] += of[1]
    if origin == period and of[1] > 0:
        present[side, key] = home, home_bop, 10000 if quotite is None or quotite < 0 else quotite

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
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), '../reports/messages.csv'), encoding='utf-8') as f:
    titles = {r['key']: r[lang] for r in csv.DictReader(f, delimiter=';')}
labels = json.loads(db.execute('select config from run where id = ?', (run,)).fetchone()[0]).get('labels') or {}


def word(key):
    return titles[key].replace('{legacy}', labels.get('legacy') or 'PSOP').replace('{onp}', labels.get('onp') or 'ONP')


def table(sheet):
    """The rows of the table of a sheet, as cells."""
    t = next(iter(sheet.tables.values()), None)
    return list(sheet[t.ref])[1:] if t else []


def blocks(sheet, title, columns, left=1, skip=2):
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
        wrong.append(f'{sheet.title}: no block « {title} »')
    return found


def block(*args, **more):
    return [r for _, rows in blocks(*args, **more) for r in rows]


JUDGED = ['onp', 'legacy', 'justified', 'tolerated', 'unexplained']
NATURES = ['21', '22', '23', '']
TOTAL = word('word.total')
everything = lambda *_: True


def nature_of(text):
    return text[:2] if re.match(r'2\d ', text) else ''


# Masse salariale: every row against its neighbours, then every axis against the database, then the totals.
seen, seen_gaps, sums = collections.Counter(), collections.Counter(), [0] * 9
for r in table(list_sheet):
    v = [c.value for c in r]
    n = nature_of(v[5]), v[6] == word('mass.cas.yes'), v[7] or ''
    amounts = [cents(x) for x in v[8:17]]
    same(f'list, row {r[0].row}: the gap', amounts[2], amounts[1] - amounts[0])
    same(f'list, row {r[0].row}: gaps and transfers', sum(amounts[3:]), amounts[2])
    axis = v[0] or '', v[1] or '', v[2] or ''
    seen[('legacy', *axis, (v[3] or '')[:1], n)] += amounts[0]
    seen[('onp', *axis, (v[3] or '')[:1], n)] += amounts[1]
    for i, j in enumerate(JUDGED):
        seen_gaps[(*axis, v[4] or '', n, j)] += amounts[3 + i]
    for i, a in enumerate(amounts):
        sums[i] += a
        checked.add((list_sheet.title, r[8 + i].coordinate))
for k in set(seen) | set(mass):
    same(f'mass of {k}', seen[k], mass[k])
want_gaps = collections.Counter()
for (programme, bop, service, wave, n, cause, held_to_be, oneoff), amount in gaps.items():
    want_gaps[programme, bop, service, wave, n, held_to_be] += amount
for k in set(seen_gaps) | set(want_gaps):
    same(f'gaps of {k}', seen_gaps[k], want_gaps[k])
totals = next(r for r in list_sheet.iter_rows() if r[0].value == TOTAL) if seen else ()
for i, c in enumerate(totals[8:17]):
    same(f'list, total {i + 1}', cents(c.value), sums[i])
    checked.add((list_sheet.title, c.coordinate))
same('frozen header', bool(list_sheet.freeze_panes), bool(seen))

# Programmes.
programmes = sorted({k[1] for k in mass})


def programme_name(p):
    return word('programme.of').replace('%s', p) if p else word('programme.none')


back = {programme_name(p): p for p in programmes}


def of_label(label):
    return everything if label == TOTAL else lambda q, *_: q == back[label]


def mass_cells(keep):
    l, o = masses(keep)
    return [l, o, o - l, Share((o - l, l))]


total_legacy, total_onp = masses()


def people(keep):
    """Agents and jobs of both sides, and what a job costs."""
    heads, jobs = {'legacy': 0, 'onp': 0}, {'legacy': 0, 'onp': 0}
    for (side, key), (programme, bop, quotite) in present.items():
        if keep(programme, bop):
            heads[side] += 1
            jobs[side] += quotite
    l, o = masses(lambda q, b, n: keep(q, b))
    cost = [half_up(Decimal(a) * 10000 / jobs[s]) if jobs[s] else None for s, a in (('legacy', l), ('onp', o))]
    return [Count(heads['legacy']), Count(heads['onp']), Jobs(jobs['legacy']), Jobs(jobs['onp'])] + cost


def programme_row(what, cells, keep):
    m = mass_cells(lambda q, b, n: keep(q, b))
    figures(what, cells, m + [Share((m[2], total_onp - total_legacy))] + people(keep))


if programmes:
    at = next(r for r in by_programme.iter_rows() if r[0].value == TOTAL)
    programme_row('all programmes', at[1:12], everything)
for r in table(by_programme):
    programme_row(r[0].value, r[1:12], lambda q, b: q == back[r[0].value])
for r in block(by_programme, word('programmes.by_bop'), 12):
    p, _, b = r[0].value.partition(' — ')
    b = '' if b == word('programmes.no_bop') else b
    programme_row(r[0].value, r[1:12], lambda q, c: (q, c) == (p, b))
for r in block(by_programme, word('programmes.gaps'), 10):
    keep = of_label(r[0].value)
    delta = lambda of: (lambda l, o: o - l)(*masses(lambda q, b, n: keep(q) and of(n)))
    g = moved(keep)[0]
    figures(r[0].value, r[1:], [delta(everything), g, delta(everything) - g] + [delta(lambda n: n[0] == t) for t in NATURES] + [delta(lambda n: n[1]), delta(lambda n: not n[1])])
causes = {word(f'cause.{c}'): c for c in {k[5] for k in gaps}}
shown_causes = set()
for header, rows in blocks(by_programme, word('programmes.by_cause'), 12) if causes else []:
    names = [h for h in header[4:] if h]
    shown_causes |= set(names)
    for r in rows:
        keep = of_label(r[0].value)
        l, o = masses(lambda q, b, n: keep(q))
        g = moved(keep)[0]
        figures(r[0].value, r[1:4 + len(names)], [o - l, g, o - l - g] + [moved(lambda q, b, n, c, j: keep(q) and c == causes[h])[0] for h in names])
same('causes', shown_causes, set(causes))
of_programme = None
for r in block(by_programme, word('programmes.by_nature'), 5):
    if r[0].value in back:
        of_programme, keep = back[r[0].value], everything
    elif r[0].value in (word('mass.cas'), word('mass.without_cas')):
        keep = lambda n, cas=r[0].value == word('mass.cas'): n[1] == cas
    else:
        keep = lambda n, t=nature_of(r[0].value): n[0] == t
    figures(f'{of_programme}, {r[0].value}', r[1:], mass_cells(lambda q, b, n: q == of_programme and keep(n)))

# Synthèse.
for r in block(page, word('mass.month'), 5):
    keep = {word('mass.total'): everything, word('mass.cas'): lambda q, b, n: n[1], word('mass.without_cas'): lambda q, b, n: not n[1]}.get(
        r[0].value, lambda q, b, n, t=nature_of(r[0].value): n[0] == t)
    figures(f'month, {r[0].value}', r[1:], mass_cells(keep))


def movement(keep):
    d, once = moved(keep)
    return [d, once, d - once, 12 * (d - once)]


bridge = block(page, word('bridge.heading'), 18)
if bridge:
    figures('bridge, from', bridge[0][1:5], [total_legacy, None, None, None])
    shown = {causes[r[0].value] for r in bridge[1:-1] if r[0].value in causes}
    level = 0
    for r in bridge[1:-1]:
        keep = (lambda q, b, n, c, j: c == causes[r[0].value]) if r[0].value in causes else (lambda q, b, n, c, j: c not in shown)
        m = movement(keep)
        figures(f'bridge, {r[0].value}', r[1:5], m)
        low, high = min(level, level + m[0]), max(level, level + m[0])
        parts = [max(high, 0) - max(low, 0), min(low, 0) - min(high, 0)]
        figures(f'chart, {r[0].value}', r[12:17], [max(low, 0) + min(high, 0)] + (parts + [None, None] if m[0] >= 0 else [None, None] + parts))
        level += m[0]
    figures('bridge, to', bridge[-1][1:5], [total_onp] + movement(everything)[1:])
    if len(bridge) > 2:
        figures('chart, whole', bridge[-1][17:18], [level])
    same('bridge closes', total_legacy + level, total_onp)
for r in block(page, word('judged.heading'), 5, 7):
    keep = next((lambda q, b, n, c, j, of=of: j == of for of in JUDGED if r[0].value == word(f'judged.{of}')), everything)
    figures(f'held, {r[0].value}', r[1:], movement(keep))
delta, once, lasting, full = movement(everything)
benchmark = half_up(Decimal(12 * total_legacy) * Decimal('0.0092'))
rows = block(page, word('year.heading'), 3, 7)
for r, want in zip(rows, [[lasting, Share((lasting, total_legacy))], [full, Share((full, 12 * total_legacy))], [once, Share((once, 12 * total_legacy))],
                          [benchmark, Share((92, 10000))], [None, Share((full, benchmark))]], strict=True):
    figures(f'year, {r[0].value}', r[1:], want)
for r in block(page, word('programmes.heading'), 5, 7):
    if r[0].value in back or r[0].value == TOTAL:
        figures(f'page, {r[0].value}', r[1:], mass_cells(of_label(r[0].value)))
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


def amount(text):
    return int(Decimal(str(text)) * 100)


def add(kind, keep, *keys):
    return sum(amount(x[k]) for x in imported[kind] for k in keys if keep(x))


if budgeted:
    digest = hashlib.sha256()
    for kind, key in sorted(kept, key=lambda k: (order.index(k[0]), k[1].encode())):
        digest.update(f'{kind}\t{key}\t{kept[kind, key]}\n'.encode())
    same('digest of what was imported', digest.hexdigest() in {c.value for r in checks.iter_rows() for c in r}, True)
    held_in = {'credits': ('ae', 'cp'), 'profil': ('montant', 'montant'), 'chantiers': ('ae', 'cp'), 'operations': ('ae', 'cp'), 'valeur': ('montant', 'montant')}
    kinds = {word(f'budget_kind.{k}'): k for k in order}
    for r in block(checks, word('budget_checks.imported'), 5, skip=3):
        k = kinds[r[0].value]
        ae, cp = (add(k, everything, x) for x in held_in[k]) if k in held_in else (0, 0)
        figures(f'imported, {k}', r[2:], [ae, cp, Count(len(imported[k]))])

months = dict(db.execute("""select period, max(run) from v_run where compares = 'systems' and run <= ?1 and period like ?2 and period <= ?3
                            and exists (select 1 from v_budget b where b.run = v_run.run) group by period""", (run, year + '-%', period)))
if programmes:
    months[period] = run
of_year = [f'{year}-{m:02}' for m in range(1, 13)]
made, unmade = sorted(months), [m for m in of_year if m not in months]


def payer(wave, month):
    return 'onp' if cutover.get(wave) and month >= cutover[wave] else 'legacy'


paid, both, arrears, lasting_of = (collections.Counter() for _ in range(4))
etp, effect, by_wave, tolerated, agents = (collections.Counter() for _ in range(5))
waves_met = set()
for month, of in months.items():
    for programme, wave, *sides in db.execute('select programme, wave, legacy, onp, legacy_arrears, onp_arrears from mass where run_id = ?', (of,)):
        for i, side in enumerate(('legacy', 'onp')):
            both[side, programme, month] += sides[i]
            if side == payer(wave, month):
                paid[programme, month] += sides[i]
                arrears[programme, month] += sides[2 + i]
            if month == made[-1]:
                lasting_of[programme, wave, side] += sides[i] - sides[2 + i]
        waves_met.add(wave)
    for programme, wave, legacy, onp, heads_legacy, heads_onp in db.execute('select programme, wave, legacy_quotite, onp_quotite, legacy_heads, onp_heads from mass_head where run_id = ?', (of,)):
        etp[programme, month] += onp if payer(wave, month) == 'onp' else legacy
        agents[month] += heads_onp if payer(wave, month) == 'onp' else heads_legacy
    for wave, oneoff, held_to_be, d, n in db.execute('select wave, one_off, judged, delta, gaps from mass_gap where run_id = ?', (of,)):
        when = 'after' if payer(wave, month) == 'onp' else 'before'
        effect[month, 'once' if oneoff else 'lasting'] += d
        effect[month, when] += d
        by_wave[wave, when] += d
        by_wave[wave, when, 'lasting'] += 0 if oneoff else d
        waves_met.add(wave)
        if held_to_be == 'tolerated':
            tolerated[month] += d
            tolerated[month, 'gaps'] += n
same('lasting and one-off of the run', (effect[period, 'lasting'], effect[period, 'once']), (lasting, once))


def of_title2(c):
    return str(c['exercice']) == year and c['categorie'].startswith('2')


opened = {c['programme'] for c in imported['credits'] if of_title2(c)}
profile, flows = collections.Counter(), collections.Counter()
told = set()
hundredths = lambda text: int(Decimal(str(text)) * 10000)
for p in imported['profil']:
    if str(p['exercice']) == year and (amount(p['montant']) or any(hundredths(p[k]) for k in ('etpt', 'entrees', 'sorties'))):  # noughts withdraw a row
        profile[p['programme'], p['mois']] += amount(p['montant'])
        flows[p['programme'], p['mois'], 'in'] += hundredths(p['entrees'])
        flows[p['programme'], p['mois'], 'out'] += hundredths(p['sorties'])
        told.add((p['programme'], p['mois']))
ceilings = {c['programme']: Decimal(str(c['etpt'])) for c in imported['plafonds'] if str(c['exercice']) == year}
spenders = sorted({q for q, _ in paid} | opened | {q for q, _ in told} | set(ceilings) - {''})


def ratio(a, by, of):
    return half_up(Decimal(a) * by / of)


def booked(q, month):
    return sum(a for (p, wave, side), a in lasting_of.items() if p == q and side == payer(wave, month))


def explained(q, month):
    """The amount and the jobs that the explained method gives for a month without a run."""
    last = made[-1]
    base, now = booked(q, last), etp[q, last]
    cost = ratio(base, 10000, now) if now else 0
    step = [m for m in of_year if (last < m <= month or month < m <= last)]
    moving = sum(flows[q, m, 'in'] - flows[q, m, 'out'] for m in step) * (1 if month > last else -1)
    worth = ratio(cost, moving, 10000)
    then = booked(q, month)
    season = ratio(then, profile[q, month] - worth - profile[q, last], profile[q, last]) if {(q, last), (q, month)} <= told and profile[q, last] > 0 else 0
    return then + season + worth, now + moving


def method(name, q, month):
    if month in months:
        return paid[q, month]
    if name == 'declared':
        return profile[q, month] if (q, month) in told else None
    return paid[q, made[-1]] if name == 'simple' else explained(q, month)[0]


def summed(values):
    values = list(values)
    return None if None in values or not values else sum(values)


def available(mine, until='9999'):
    return sum(add('credits', lambda c: of_title2(c) and c['programme'] == q and c['date'][:7] <= until, 'cp') for q in mine)


def etpt(tenthousandths):
    return None if tenthousandths is None else Jobs(int((Decimal(tenthousandths) / 120000).quantize(Decimal('0.01'), rounding=ROUND_HALF_UP) * 10000))


for r in block(trajectory, word('trajectory.landing'), 16) if trajectory.tables else []:
    whole = r[0].value == TOTAL
    mine = spenders if whole else [q for q in spenders if r[0].value == programme_name(q)]
    executed = sum(paid[q, m] for q in mine for m in made)
    ends = {name: summed(method(name, q, m) for q in mine for m in of_year) for name in ('explained', 'declared', 'simple')}
    wants = [executed, sum(arrears[q, m] for q in mine for m in made), ends['explained'], ends['declared'], ends['simple']]
    if mine and set(mine) <= opened:
        parts = [sum(add('credits', lambda c: of_title2(c) and c['programme'] == q and keep(c['nature']), 'cp') for q in mine)
                 for keep in (lambda n: n == 'lfi', lambda n: n not in ('lfi', 'gel', 'degel'), lambda n: n in ('gel', 'degel'))]
        margin = sum(parts) - ends['explained']
        wants += parts + [sum(parts), margin, Share((margin, sum(parts)))]
    else:
        wants += [None] * 6
    done = sum(etp[q, m] for q in mine for m in made)
    end = done + sum(explained(q, m)[1] for q in mine for m in unmade) if made else None
    ceiling = ceilings.get('' if whole else mine[0] if mine and mine[0] else None)  # pay booked nowhere has not the ministry's
    if whole and ceiling is None and mine and all(q in ceilings for q in mine):
        ceiling = sum(ceilings[q] for q in mine)
    limit = None if ceiling is None else int(ceiling * 120000)
    figures(f'landing, {r[0].value}', r[1:], wants + [etpt(done), etpt(end), etpt(limit), etpt(None if limit is None or end is None else limit - end)])
    if whole:
        ceiling_all = etpt(limit)
cumulated = collections.Counter()
for r, m in zip(block(trajectory, word('trajectory.ministry'), 11), of_year) if trajectory.tables else []:
    wants = [sum(paid[q, m] for q in spenders) if m in months else None]
    cumulated['paid'] += wants[0] or 0
    wants.append(cumulated['paid'] if m in months else None)
    for name in ('explained', 'declared', 'simple'):
        month = summed(method(name, q, m) for q in spenders)
        cumulated[name] += month or 0
        wants.append(None if month is None else cumulated[name])
    have = available(spenders, m)
    wants += [have, have - cumulated['explained']] if set(spenders) <= opened else [None, None]
    now = sum(etp[q, m] for q in spenders)
    figures(f'ministry, {m}', r[1:], wants + [Jobs(now) if m in months else None, Jobs(now if m in months else sum(explained(q, m)[1] for q in spenders)), ceiling_all])
for r in table(trajectory):
    q = next(q for q in spenders if r[0].value == programme_name(q))
    m = r[1].value.strftime('%Y-%m') if isinstance(r[1].value, (datetime.date, datetime.datetime)) else r[1].value
    ran = m in months
    figures(f'{r[0].value}, {m}', r[2:], [Count(months[m]) if ran else None, both['legacy', q, m] if ran else None, both['onp', q, m] if ran else None, paid[q, m] if ran else None,
            arrears[q, m] if ran else None, profile[q, m] if (q, m) in told else None] + [method(name, q, m) for name in ('explained', 'declared', 'simple')] +
            [available([q], m) if q in opened else None, Jobs(etp[q, m]) if ran else None, Jobs(etp[q, m] if ran else explained(q, m)[1]), Jobs(flows[q, m, 'in']), Jobs(flows[q, m, 'out'])])
if trajectory.tables:
    rows = block(trajectory, word('effect.heading'), 11, skip=3)
    since = collections.Counter()
    for r, m in zip(rows, made):
        l, o = sum(both['legacy', q, m] for q in spenders), sum(both['onp', q, m] for q in spenders)
        since['legacy'], since['onp'], since['delta'], since['lasting'] = since['legacy'] + l, since['onp'] + o, since['delta'] + o - l, since['lasting'] + effect[m, 'lasting']
        figures(f'effect, {m}', r[1:], [Count(months[m]), l, o, o - l, effect[m, 'lasting'], effect[m, 'once'], effect[m, 'before'], effect[m, 'after'], since['delta'], since['lasting']])
    add_up = lambda what: sum(effect[m, what] for m in made)
    figures('effect, all', rows[len(made)][1:], [None, since['legacy'], since['onp'], since['delta'], add_up('lasting'), add_up('once'), add_up('before'), add_up('after'), None, None])
    waves = [*cutover] + sorted(waves_met - set(cutover) - {''}) + ([''] if '' in waves_met else [])
    for r, wave in zip(block(trajectory, word('effect.waves'), 8), waves, strict=True):
        switched = [m for m in made if payer(wave, m) == 'onp']
        figures(f'wave {wave}', r[2:], [Count(len(made) - len(switched)), by_wave[wave, 'before'], by_wave[wave, 'before', 'lasting'], Count(len(switched)), by_wave[wave, 'after'], by_wave[wave, 'after', 'lasting']])
    last = made[-1] if made else period
    for r in block(trajectory, word('tolerated.heading'), 7):
        whole = sum(both['legacy', q, last] for q in spenders)
        figures('tolerated', r[1:], [tolerated[last], Share((tolerated[last], whole)), 12 * tolerated[last], Count(tolerated[last, 'gaps']), Count(agents[last]), 12 * agents[last]])

# The project: commitments, then workstreams, then the whole.
operations = [o for o in imported['operations'] if o['nature'] != 'annulation']
commitments = {o['operation']: collections.Counter(ae=amount(o['ae'])) for o in operations if o['nature'] == 'engagement' and not o['engagement']}
for o in operations:
    if o['engagement'] in commitments:
        c = commitments[o['engagement']]
        c['ae'] += amount(o['ae']) if o['nature'] == 'engagement' else 0
        c['paid'] += amount(o['cp']) if o['nature'] == 'paiement' else 0
        c['payments'] += o['nature'] == 'paiement'
        c['expected'] += amount(o['cp']) if o['nature'] == 'prevision' else 0
for c in commitments.values():
    c['left'] = max(0, c['ae'] - c['paid'])


def commitment_cells(c):
    return [c['ae'], c['paid'], Share((c['paid'], c['ae'])), c['left'], c['expected'], Count(c['payments'])]


rows = table(workstreams)
same('commitments', sorted(r[0].value for r in rows), sorted(commitments))
for r in rows:
    figures(f'commitment {r[0].value}', r[5:11], commitment_cells(commitments[r[0].value]))
if rows:
    figures('commitments', [workstreams.cell(rows[-1][0].row + 1, i) for i in range(6, 12)], commitment_cells(sum(commitments.values(), collections.Counter())))
if imported['operations']:
    by_id = {o['operation']: o for o in imported['operations']}
    for r in block(workstreams, word('workstreams.operations'), 10):
        figures(f'operation {r[0].value}', r[5:7], [amount(by_id[r[0].value]['ae']), amount(by_id[r[0].value]['cp'])])
day = f'{year}-{period[5:]}-{31 if period[5:] == "12" else (datetime.date(int(year), int(period[5:]) + 1, 1) - datetime.timedelta(1)).day}'
of_commitment = {o['operation']: o['chantier'] for o in operations}
streams = collections.defaultdict(collections.Counter)
for w in imported['chantiers']:
    s = streams[w['chantier']]
    if str(w['exercice']) == year:
        s.update(ae=amount(w['ae']), cp=amount(w['cp']), declared_ae=amount(w['prevision_ae']), declared_cp=amount(w['prevision_cp']))
for j in imported['jalons']:
    until = min(j['realise'] or day, day)
    streams[j['chantier']]['late'] += j['prevu'] < until
for o in operations:
    s, now = streams[o['chantier'] or of_commitment.get(o['engagement'], '')], o['date'][:4] == year
    if o['nature'] == 'engagement':
        s.update(all_committed=amount(o['ae']), committed=amount(o['ae']) if now else 0)
    elif o['nature'] == 'paiement':
        s.update(all_paid=amount(o['cp']), paid=amount(o['cp']) if now else 0)
    else:
        if o['date'][:4] <= year:
            s.update(foreseen_ae=amount(o['ae']), foreseen_cp=amount(o['cp']))
        if not o['engagement']:
            s.update(further_ae=amount(o['ae']), further_cp=amount(o['cp']))
        else:
            s['amending'] += amount(o['ae'])
    if o['operation'] in commitments:
        s['to_pay'] += commitments[o['operation']]['left']
whole = collections.Counter()
for s in streams.values():
    s['expected_ae'], s['expected_cp'] = max(s['foreseen_ae'], s['declared_ae'] - s['committed']), max(s['foreseen_cp'], s['declared_cp'] - s['paid'])
    s['further'] = max(s['further_ae'], s['further_cp']) + s['amending']
    whole.update(s)


def stream_cells(s):
    return [s['ae'], s['committed'], s['ae'] - s['committed'], s['expected_ae'], s['cp'], s['paid'], s['cp'] - s['paid'], s['expected_cp'], s['to_pay'], s['further'],
            s['all_paid'] + s['to_pay'] + s['further'], Count(s['late'])]


rows = table(project)
same('workstreams', len(rows), len(streams))
for r in rows:
    figures(f'workstream {r[0].value}', r[1:], stream_cells(streams['' if r[0].value == word('project.unattached') else r[0].value.split(' — ')[0]]))
if rows:
    figures('project', [project.cell(rows[-1][0].row + 1, i) for i in range(2, 14)], stream_cells(whole))
    for r in block(project, word('project.standing').replace('%s', year), 7)[:2]:
        opened_, used, expected = ('ae', 'committed', 'expected_ae') if r[0].value == word('project.ae') else ('cp', 'paid', 'expected_cp')
        a, b, c = whole[opened_], whole[used], whole[expected]
        figures(r[0].value, r[1:], [a, b, Share((b, a)), a - b, c, a - b - c])
    for r in block(project, word('project.years'), 6):
        y = r[0].value
        ops = lambda nature, k: sum(amount(o[k]) for o in operations if o['nature'] == nature and o['date'][:4] == y)
        figures(f'project, {y}', r[1:], [add('chantiers', lambda w: str(w['exercice']) == y, 'ae'), ops('engagement', 'ae'), add('chantiers', lambda w: str(w['exercice']) == y, 'cp'),
                ops('paiement', 'cp'), ops('prevision', 'cp')])

# The value.
values, measured = collections.Counter(), set()
for x in imported['valeur']:
    values[x['annee'], x['nature'], x['etat']] += amount(x['montant'])
    if x['etat'] == 'mesure':
        measured.add((x['annee'], x['nature']))
worth = (summary.get('budget') or {}).get('value') or {}
outcome, columns = {'expected': collections.Counter(), 'retained': collections.Counter()}, [0] * 9
for r in table(value):
    y = int(r[0].value)
    factor = (1 + Decimal(worth['rate'].replace('%', '').replace(',', '.').strip()) / 100) ** (worth['base_year'] - y)
    of = [values[y, 'gain', 'attendu'], values[y, 'gain', 'mesure'], values[y, 'cout', 'attendu'], values[y, 'cout', 'mesure']]
    gains, costs = of[1 if (y, 'gain') in measured else 0], of[3 if (y, 'cout') in measured else 2]
    for name, g, c in (('expected', of[0], of[2]), ('retained', gains, costs)):
        outcome[name].update(gains=g, costs=c, net=g - c, present=half_up(Decimal(g - c) * factor))
    row = of + [gains, costs, gains - costs, outcome['retained']['net'], half_up(Decimal(gains - costs) * factor)]
    figures(f'value, {y}', r[1:], row)
    columns = [a + b for a, b in zip(columns, row)]
    last = r[0].row
if table(value):
    columns[7] = None
    figures('value, all', [value.cell(last + 1, i) for i in range(2, 11)], columns)
    for r, what in zip(block(value, word('value.outcome'), 4)[:4], ('gains', 'costs', 'net', 'present'), strict=True):
        e, k = outcome['expected'][what], outcome['retained'][what]
        figures(f'outcome, {what}', r[1:], [e, k, k - e])

# Contrôles: both members of each equality are equal, and say so.
for r in table(checks):
    for c in r[2:5]:
        checked.add((checks.title, c.coordinate))
    same(f'check {r[0].value}, {r[1].value}', (cents(r[2].value), cents(r[4].value), str(r[5].value)[:1]), (cents(r[3].value), 0, '✔'))

for sheet in book.worksheets:
    for row in sheet.iter_rows():
        for c in row:
            if isinstance(c.value, (int, float)) and (sheet.title, c.coordinate) not in checked:
                wrong.append(f'{sheet.title}!{c.coordinate}: {c.value} was not added again')
print('\n'.join(wrong) if wrong else f'budget workbook kept ({held} figures added again)')
sys.exit(bool(wrong))
