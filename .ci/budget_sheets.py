"""The sheets of the year, of the project and of the checks."""
import datetime, hashlib, itertools, json, re
from decimal import Decimal

from budget_month import JUDGED, NATURES
from budget_year import KINDS, METHODS, Count, Counter, Jobs, Share, amount, yearly_jobs


def month_of(value):
    return value.strftime('%Y-%m') if isinstance(value, (datetime.date, datetime.datetime)) else value


# ── Trajectoire ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
def trajectory_sheet(book, year, effect):
    """Where each programme ends the year, the ministry month by month, every month of every programme, the effect of the switchover."""
    sheet = book.trajectory
    if not sheet.tables:
        book.same(f'{sheet.title}: nothing to show', bool(year.spenders), False)
        return
    names = {book.word('programme.of').replace('%s', q) if q else book.word('programme.none'): q for q in year.spenders}
    rows = book.block(sheet, book.word('trajectory.landing'), 16)
    book.same(f'{sheet.title}: programmes', [r[0].value for r in rows], [*names, book.word('word.total')])
    for r in rows:
        mine = year.spenders if r[0].value == book.word('word.total') else [names[r[0].value]]
        book.figures(f'landing, {r[0].value}', r[1:], landing(year, mine, r is rows[-1]))
    ministry_block(book, year)
    detail_table(book, year, names)
    effect_blocks(book, year, effect)


def ends(year, mine):
    return [summed_or_none(year.months(method, mine)) for method in METHODS]


def summed_or_none(values):
    return None if None in values or not values else sum(values)


def landing(year, mine, whole):
    executed, arrears = (sum(of[q, m] for q in mine for m in year.made) for of in (year.paid, year.arrears))
    wants = [executed, arrears, *ends(year, mine)]
    if mine and set(mine) <= year.opened:
        natures = lambda c: 0 if c['nature'] == 'lfi' else 2 if c['nature'] in ('gel', 'degel') else 1
        parts = [year.credits(mine, lambda c, n=n: natures(c) == n) for n in range(3)]
        wants += parts + [sum(parts), sum(parts) - wants[2], Share((sum(parts) - wants[2], sum(parts)))]
    else:
        wants += [None] * 6
    done = sum(year.jobs[q, m] for q in mine for m in year.made)
    end = sum(year.forecast_jobs(q, m) for q in mine for m in year.of_year) if year.made else None
    limit = year.limit(mine, whole)
    return wants + [yearly_jobs(j) for j in (done, end, limit, None if limit is None or end is None else limit - end)]


def ministry_block(book, year):
    """The ministry month by month, cumulated."""
    mine, credited = year.spenders, set(year.spenders) <= year.opened
    executed = [sum(year.paid[q, m] for q in mine) if m in year.runs else None for m in year.of_year]
    columns = {method: year.months(method, mine) for method in METHODS}
    run_up = {k: list(itertools.accumulate(v or 0 for v in column)) for k, column in {'paid': executed, **columns}.items()}
    ceiling = yearly_jobs(year.limit(mine, True))
    for i, (r, m) in enumerate(zip(book.block(book.trajectory, book.word('trajectory.ministry'), 11), year.of_year, strict=True)):
        wants = [executed[i], None if executed[i] is None else run_up['paid'][i]]
        wants += [None if columns[k][i] is None else run_up[k][i] for k in METHODS]
        have = year.credits(mine, lambda c: c['date'][:7] <= m)
        wants += [have, have - run_up['explained'][i]] if credited else [None, None]
        wants += [Jobs(sum(year.jobs[q, m] for q in mine)) if m in year.runs else None, Jobs(sum(year.forecast_jobs(q, m) for q in mine)), ceiling]
        book.figures(f'ministry, {m}', r[1:], wants)


def detail_table(book, year, names):
    rows = book.table(book.trajectory)
    book.same(f'{book.trajectory.title}: months', [(names.get(r[0].value), month_of(r[1].value)) for r in rows], [(q, m) for q in year.spenders for m in year.of_year])
    for r in rows:
        q, m = names[r[0].value], month_of(r[1].value)
        ran = m in year.runs
        run = [Count(year.runs[m]), year.both['legacy', q, m], year.both['onp', q, m], year.paid[q, m], year.arrears[q, m]] if ran else [None] * 5
        wants = run + [year.profile[q, m] if (q, m) in year.told else None] + [year.month(k, q, m) for k in METHODS]
        wants += [year.credits([q], lambda c: c['date'][:7] <= m) if q in year.opened else None]
        wants += [Jobs(year.jobs[q, m]) if ran else None, Jobs(year.forecast_jobs(q, m)), Jobs(year.flows[q, m, 'in']), Jobs(year.flows[q, m, 'out'])]
        book.figures(f'{r[0].value}, {m}', r[2:], wants)


def effect_blocks(book, year, effect):
    """The effect month by month, then by wave, then the tolerated centimes of the last month."""
    sheet, since = book.trajectory, Counter()
    rows = book.block(sheet, book.word('effect.heading'), 11, skip=3)
    for r, m in zip(rows[:len(year.made)], year.made, strict=True):
        legacy, onp = (sum(year.both[side, q, m] for q in year.spenders) for side in ('legacy', 'onp'))
        since.update(legacy=legacy, onp=onp, delta=onp - legacy, lasting=effect.of[m, 'lasting'])
        month = [effect.of[m, k] for k in ('lasting', 'once', 'before', 'after')]
        book.figures(f'effect, {m}', r[1:], [Count(year.runs[m]), legacy, onp, onp - legacy, *month, since['delta'], since['lasting']])
    year_long = [sum(effect.of[m, k] for m in year.made) for k in ('lasting', 'once', 'before', 'after')]
    book.figures('effect, all', rows[len(year.made)][1:], [None, since['legacy'], since['onp'], since['delta'], *year_long, None, None])
    tables = year.payroll.tables
    waves = [*tables.cutover] + sorted(effect.waves - set(tables.cutover) - {''}) + ([''] if '' in effect.waves else [])
    for r, wave in zip(book.block(sheet, book.word('effect.waves'), 8), waves, strict=True):
        after = len([m for m in year.made if tables.payer(wave, m) == 'onp'])
        cells = {when: [effect.by_wave[wave, when], effect.by_wave[wave, when, 'lasting']] for when in ('before', 'after')}
        book.figures(f'wave {wave}', r[2:], [Count(len(year.made) - after), *cells['before'], Count(after), *cells['after']])
    last = year.made[-1]
    book.tell(12 * effect.of[last, 'lasting'])
    for r in book.block(sheet, book.word('tolerated.heading'), 7):
        whole, cents = sum(year.both['legacy', q, last] for q in year.spenders), effect.tolerated[last]
        book.figures('tolerated', r[1:], [cents, Share((cents, whole)), 12 * cents, Count(effect.tolerated[last, 'gaps']), Count(year.agents[last]), 12 * year.agents[last]])


# ── Projet AE-CP, Chantiers ────────────────────────────────────────────────────────────────────────────────────────────────────────
def commitment_cells(c):
    return [c['ae'], c['paid'], Share((c['paid'], c['ae'])), c['left'], c['expected'], Count(c['payments'])]


def workstream_sheet(book, project):
    """The commitments and their total, every operation as it was imported, how late the milestones are."""
    sheet = book.workstreams
    rows = book.block(sheet, book.word('workstreams.commitments'), 11) if project.commitments else []
    if rows:
        *rows, total = rows
        book.figures('commitments', total[5:], commitment_cells(sum(project.commitments.values(), Counter())))
    book.same(f'{sheet.title}: commitments', sorted(r[0].value for r in rows), sorted(project.commitments))
    for r in rows:
        book.figures(f'commitment {r[0].value}', r[5:11], commitment_cells(project.commitments[r[0].value]))
    imported = {o['operation']: o for o in project.imported['operations']}
    listed = book.table(sheet)
    book.same(f'{sheet.title}: operations', sorted(r[0].value for r in listed), sorted(imported))
    for r in listed:
        o = imported[r[0].value]
        book.figures(f'operation {o["operation"]}', r[5:7], [amount(o['ae']), amount(o['cp'])])
    milestones(book, project)


def milestones(book, project):
    days = {book.word(f'workstreams.{k}.{n}').replace('%s', '') for k in ('late', 'met_late') for n in ('one', 'many')}
    of = {j['jalon']: j for j in project.imported['jalons']}
    for row in book.workstreams.iter_rows(max_col=4):
        text, found = str(row[3].value or ''), of.get(row[0].value)
        number = re.sub(r'\D', '', text)
        if found and any(re.sub(r'\d+', '', text).endswith(d) for d in days):
            late = datetime.date.fromisoformat(min(found['realise'] or project.day, project.day)) - datetime.date.fromisoformat(found['prevu'])
            book.held[book.workstreams.title] += 1
            if found['realise'] and found['realise'] <= project.day:
                late = datetime.date.fromisoformat(found['realise']) - datetime.date.fromisoformat(found['prevu'])
            book.same(f'milestone {row[0].value}, days', int(number), late.days)


def stream_cells(s):
    return [s['ae'], s['committed'], s['ae'] - s['committed'], s['expected_ae'], s['cp'], s['paid'], s['cp'] - s['paid'], s['expected_cp'], s['to_pay'], s['further'],
            s['completion'], Count(s['late'])]


def project_sheet(book, project):
    """The workstreams and their total, the year, then year by year."""
    sheet, rows, whole = book.project, book.table(book.project), project.whole
    book.same(f'{sheet.title}: workstreams', len(rows), len(project.streams))
    for r in rows:
        name = '' if r[0].value == book.word('project.unattached') else r[0].value.split(' — ')[0]
        book.figures(f'workstream {r[0].value}', r[1:], stream_cells(project.streams[name]))
    for s in project.streams.values():  # alerts quote what is short
        book.tell(s['all_paid'], s['ae'] - s['committed'] - s['expected_ae'], s['cp'] - s['paid'] - s['expected_cp'])
    for c in project.commitments.values():
        book.tell(c['paid'] - c['ae'])
    if not rows:
        return
    book.figures('project', [sheet.cell(rows[-1][0].row + 1, i) for i in range(2, 14)], stream_cells(whole))
    book.tell(whole['all_committed'], whole['all_paid'])
    for r in book.block(sheet, book.word('project.standing').replace('%s', project.year), 7)[:2]:
        opened, used, expected = (whole[k] for k in (('ae', 'committed', 'expected_ae') if r[0].value == book.word('project.ae') else ('cp', 'paid', 'expected_cp')))
        book.figures(r[0].value, r[1:], [opened, used, Share((used, opened)), opened - used, expected, opened - used - expected])
    for r in book.block(sheet, book.word('project.years'), 6):
        book.figures(f'project, {r[0].value}', r[1:], project_year(project, r[0].value))


def project_year(project, year):
    def operations(column, keep):
        return sum(amount(o[column]) for o in project.operations if o['date'][:4] == year and keep(o))

    opened = [project.imported.add('chantiers', k, lambda w: str(w['exercice']) == year) for k in ('ae', 'cp')]
    done = [operations(k, lambda o: o['nature'] == n and project.done(o)) for k, n in (('ae', 'engagement'), ('cp', 'paiement'))]
    planned = operations('cp', lambda o: o['nature'] == 'prevision' or o['nature'] == 'paiement' and not project.done(o))
    return [opened[0], done[0], opened[1], done[1], planned]


# ── Valeur ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
def value_sheet(book, value):
    """Year by year, then the outcome of what was expected and of what is retained."""
    rows = book.table(book.value)
    book.same(f'{book.value.title}: years', [r[0].value for r in rows], [str(y) for y in value.years])
    for r in rows:
        book.figures(f'value, {r[0].value}', r[1:], value.years[int(r[0].value)])
    if not rows:
        return
    columns = [sum(column) for column in zip(*value.years.values())]
    columns[7] = None  # what is cumulated is not added
    book.figures('value, all', [book.value.cell(rows[-1][0].row + 1, i) for i in range(2, 11)], columns)
    outcome = book.block(book.value, book.word('value.outcome'), 4)
    for r, what in zip(outcome[:4], ('gains', 'costs', 'net', 'present'), strict=True):
        expected, retained = value.expected[what], value.retained[what]
        book.figures(f'outcome, {what}', r[1:], [expected, retained, retained - expected])
    for i, (gains, costs) in enumerate(((0, 2), (4, 5))):
        payback, test = value.payback(gains, costs), value.test(gains, costs)
        book.same('payback year', outcome[4][1 + i].value, str(payback) if payback else book.word('value.never'))
        book.tell(*test[:2])
        if test[2] is not None:
            book.same('euro for a euro', str(outcome[5][1 + i].value)[2:], book.word('word.yes' if test[2] else 'word.no'))


# ── Contrôles ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
def checks_sheet(book, payroll, imported, month, year, effect, project, value):
    """What was imported and its digest; then both members of every equality."""
    if payroll.budgeted:
        imported_block(book, imported)
    wants = equalities(book, payroll, month, year, effect, project, value)
    for r in book.table(book.checks):
        name, scope = r[0].value, r[1].value
        if (name, scope) not in wants:
            book.wrong.append(f'{book.checks.title}: « {name} », {scope}, is no equality that is known')
            continue
        want = wants[name, scope]
        book.figures(f'{name}, {scope}', r[2:5], [want, want, 0])
        book.same(f'{name}, {scope}', str(r[5].value)[:1], '✔')


def imported_block(book, imported):
    digest = hashlib.sha256()
    for kind, key in sorted(imported.contents, key=lambda k: (KINDS.index(k[0]), k[1].encode())):
        digest.update(f'{kind}\t{key}\t{imported.contents[kind, key]}\n'.encode())
    book.same('digest of what was imported', digest.hexdigest() in {c.value for r in book.checks.iter_rows() for c in r}, True)
    columns = {'credits': ('ae', 'cp'), 'profil': ('montant', 'montant'), 'chantiers': ('ae', 'cp'), 'operations': ('ae', 'cp'), 'valeur': ('montant', 'montant')}
    kinds = {book.word(f'budget_kind.{k}'): k for k in KINDS}
    for r in book.block(book.checks, book.word('budget_checks.imported'), 5, skip=3):
        k = kinds[r[0].value]
        ae, cp = (imported.add(k, column) for column in columns[k]) if k in columns else (0, 0)
        book.figures(f'imported, {k}', r[2:], [ae, cp, Count(len(imported[k]))])


def equalities(book, payroll, month, year, effect, project, value):
    """What both members of each equality come to, by its name and its scope."""
    wants, word = {}, book.word
    ministry = word('scope.ministry')

    def put(scope, **of):
        wants.update({(word(f'check.{name}'), scope): amount for name, amount in of.items()})

    for p in [None, *month.programmes]:
        keep = (lambda x, p=p: x.programme == p) if p is not None else lambda x: True
        name = ministry if p is None else word('programme.of').replace('%s', p) if p else word('programme.none')
        moved, delta = month.moved(keep)[0], month.delta(keep)
        put(name, mass_judged=moved, mass_causes=moved, mass_natures=delta, mass_cas=delta, mass_run=delta, mass_closing=delta)
    put(ministry, mass_transfers=0)
    closing_of_the_run(book, payroll, month)
    for q in [None, *year.spenders] if year.spenders else []:
        mine = year.spenders if q is None else [q]
        name = ministry if q is None else word('programme.of').replace('%s', q) if q else word('programme.none')
        explained, declared, simple = ends(year, mine)
        put(name, year_months=sum(year.paid[p, m] for p in mine for m in year.made), year_explained=explained, year_declared=declared, year_simple=simple)
    executed, credits = sum(year.paid.values()), year.credits(year.spenders)
    put(ministry, year_programmes=executed, year_categories=executed, credits_programmes=credits, credits_parts=credits, credits_imported=credits)
    delta = sum(month.delta(lambda m: True) if m == payroll.period else 0 for m in year.made)
    since = sum(year.both['onp', q, m] - year.both['legacy', q, m] for q in year.spenders for m in year.made)
    put(ministry, effect_months=since, effect_parts=since, effect_cutover=since)
    put(month_name(book, payroll.period), effect_run=delta, effect_lasting=effect.of[payroll.period, 'lasting'])
    put(word('sheet.project'), project_streams=project.whole['to_pay'], project_commitments=project.whole['to_pay'], project_left=project.whole['to_pay'], project_completion=project.whole['completion'])
    put(word('sheet.value'), value_net=value.retained['net'], value_years=value.retained['net'], value_present=value.retained['present'])
    return wants


def month_name(book, period):
    """The month as the sheets write it, which only the scope of two checks does."""
    names = [r[1].value for r in book.table(book.checks) if r[0].value == book.word('check.effect_run')]
    return names[0] if names else period


def closing_of_the_run(book, payroll, month):
    """Programme totals are those of the reconciliation."""
    for check in json.loads(payroll.summary)['closing']['checks']:
        if check['name'] == 'mass':
            keep = (lambda m: True) if check['scope'] == 'ministry' else lambda m, p=check['scope']: m.programme == p
            book.held[book.checks.title] += 1
            book.same(f'closing of the run, {check["scope"]}', int(Decimal(check['right']) * 100), month.delta(keep))
