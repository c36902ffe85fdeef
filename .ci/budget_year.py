"""What a year comes to: the trajectory, the effect of the switchover, the project and its value, from the payroll and the imported rows.

The arithmetic is that of the README, section « Le budget ». A quotient becomes an amount at the nearest centime, halves away from zero."""
import calendar, collections, json
from decimal import ROUND_HALF_UP, Decimal

KINDS = ['credits', 'plafonds', 'profil', 'chantiers', 'operations', 'jalons', 'valeur']
METHODS = ['explained', 'declared', 'simple']
Counter = collections.Counter
LIKENESS = 10  # a profile of less than a tenth of what is paid tells nothing of the season


class Count(int):
    """A figure that is no amount."""


class Jobs(int):
    """Full-time jobs, in ten-thousandths."""


class Share(tuple):
    """A numerator and a denominator: shown in hundredths of a percent, cut towards zero."""


def half_up(d):
    return int(d.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def ratio(a, by, of):
    return half_up(Decimal(a) * by / of)


def amount(text):
    return int(Decimal(str(text)) * 100)


def hundredths(text):
    return int(Decimal(str(text)) * 10000)


def summed(values):
    """A sum, None where one of its members is not told."""
    values = list(values)
    return None if None in values or not values else sum(values)


class Imported:
    """The rows of the budget that a run knew. A later row of the same key takes the place of a former one, or withdraws it."""

    def __init__(self, db, budgeted):
        self.contents = {}
        for kind, key, content in db.execute('SELECT kind, key, content FROM base.v_budget_row WHERE import <= ? ORDER BY row', (budgeted,)):
            self.contents[kind, key] = content
        self.rows = collections.defaultdict(list)
        for (kind, _), content in self.contents.items():
            row = json.loads(content)
            if row.get('retrait') != 'oui':
                self.rows[kind].append(row)

    def __getitem__(self, kind):
        return self.rows[kind]

    def add(self, kind, column, keep=lambda row: True):
        return sum(amount(r[column]) for r in self.rows[kind] if keep(r))


class Year:
    """The trajectory of the year: what each month was paid, or is forecast to be, by programme."""

    def __init__(self, payroll, imported):
        self.payroll, self.imported = payroll, imported
        self.year, self.period = payroll.period[:4], payroll.period
        self.of_year = [f'{self.year}-{m:02}' for m in range(1, 13)]
        self.runs = {p: r for p, r in payroll.months.items() if any(m.period == p for m in payroll.mass)}
        self.made = sorted(self.runs)
        self._paid()
        self._declared()
        self.spenders = sorted({q for q, _ in self.paid} | self.opened | {q for q, _ in self.told} | set(self.ceilings) - {''})

    def _paid(self):
        """What the side that pays has booked, and who it pays."""
        payer, last = self.payroll.tables.payer, self.made[-1] if self.made else None
        self.paid, self.arrears, self.both, self.lasting, self.jobs, self.agents = (Counter() for _ in range(6))
        for m in self.payroll.mass:
            self.both[m.side, m.programme, m.period] += m.cents
            self.paid[m.programme, m.period] += m.cents if m.side == payer(m.wave, m.period) else 0
            self.arrears[m.programme, m.period] += m.cents if m.arrears and m.side == payer(m.wave, m.period) else 0
            if m.period == last and not m.arrears:
                self.lasting[m.programme, m.wave, m.side] += m.cents
        for h in self.payroll.heads:
            if h.side == payer(h.wave, h.period):
                self.jobs[h.programme, h.period] += h.quotite
                self.agents[h.period] += 1

    def _declared(self):
        self.opened = {c['programme'] for c in self.imported['credits'] if self.of_title2(c) and (amount(c['ae']) or amount(c['cp']))}  # a nought says nothing
        self.profile, self.flows, self.told = Counter(), Counter(), set()
        for p in self.imported['profil']:
            if str(p['exercice']) == self.year and (amount(p['montant']) or any(hundredths(p[k]) for k in ('etpt', 'entrees', 'sorties'))):
                at = p['programme'], p['mois']
                self.profile[at] += amount(p['montant'])
                self.flows[at + ('in',)] += hundredths(p['entrees'])
                self.flows[at + ('out',)] += hundredths(p['sorties'])
                self.told.add(at)
        self.ceilings = {c['programme']: Decimal(str(c['etpt'])) for c in self.imported['plafonds'] if str(c['exercice']) == self.year and hundredths(c['etpt'])}

    def of_title2(self, credit):
        return str(credit['exercice']) == self.year and credit['categorie'].startswith('2')

    def explained(self, q, month):
        """The amount and the jobs of a month without a run: the lasting part of the latest month as the payer of the month books it; the season,
        at constant staff; entries less exits at the average cost of a job. Never less than nothing."""
        def booked(m):
            return sum(a for (p, wave, side), a in self.lasting.items() if p == q and side == self.payroll.tables.payer(wave, m))

        last = self.made[-1]
        now, then = self.jobs[q, last], booked(month)
        cost = ratio(booked(last), 10000, now) if now else 0
        between = [m for m in self.of_year if last < m <= month or month < m <= last]
        moving = sum(self.flows[q, m, 'in'] - self.flows[q, m, 'out'] for m in between) * (1 if month > last else -1)
        moving = max(moving, -now)  # nobody is fewer than none
        worth, season, profile = ratio(cost, moving, 10000), 0, self.profile[q, last]
        if {(q, last), (q, month)} <= self.told and profile > 0 and LIKENESS * profile >= abs(then):
            season = ratio(then, self.profile[q, month] - worth - profile, profile)
        return max(then + season + worth, min(then, 0)), now + moving

    def month(self, method, q, month):
        if month in self.runs:
            return self.paid[q, month]
        if method == 'declared':
            return self.profile[q, month] if (q, month) in self.told else None
        return self.paid[q, self.made[-1]] if method == 'simple' else self.explained(q, month)[0]

    def months(self, method, mine):
        """A month of some programmes, one by one."""
        return [summed(self.month(method, q, m) for q in mine) for m in self.of_year]

    def forecast_jobs(self, q, month):
        return self.jobs[q, month] if month in self.runs else self.explained(q, month)[1]

    def credits(self, mine, keep=lambda c: True):
        return self.imported.add('credits', 'cp', lambda c: self.of_title2(c) and c['programme'] in mine and keep(c))

    def limit(self, mine, whole):
        """The ceiling of jobs, in ten-thousandths of a job a month; pay booked nowhere has not the ministry's."""
        ceiling = self.ceilings.get('' if whole else mine[0] or None)
        if whole and ceiling is None and mine and all(q in self.ceilings for q in mine):
            ceiling = sum(self.ceilings[q] for q in mine)
        return None if ceiling is None else int(ceiling * 120000)


def yearly_jobs(tenthousandths):
    """Jobs of a year from those of its months, to two decimals."""
    return None if tenthousandths is None else Jobs(int((Decimal(tenthousandths) / 120000).quantize(Decimal('0.01'), rounding=ROUND_HALF_UP) * 10000))


class Effect:
    """What the switchover does, month by month and wave by wave: ONP − legacy on what both sides pay, whoever pays."""

    def __init__(self, payroll):
        self.of, self.by_wave, self.tolerated, self.waves = Counter(), Counter(), Counter(), set()
        self.waves |= {m.wave for m in payroll.mass}
        for g in payroll.gaps:
            when, lasting = 'after' if payroll.tables.payer(g.wave, g.period) == 'onp' else 'before', 0 if g.one_off else g.cents
            self.of[g.period, 'once' if g.one_off else 'lasting'] += g.cents
            self.of[g.period, when] += g.cents
            self.by_wave[g.wave, when] += g.cents
            self.by_wave[g.wave, when, 'lasting'] += lasting
            self.waves.add(g.wave)
            if g.judged == 'tolerated':
                self.tolerated[g.period] += g.cents
                self.tolerated[g.period, 'gaps'] += 1


class Project:
    """Commitments and workstreams at the end of the month of the run. What is dated later is planned, not done."""

    def __init__(self, imported, period):
        self.year = period[:4]
        self.day = f'{period}-{calendar.monthrange(int(self.year), int(period[5:]))[1]}'
        self.imported = imported
        self.operations = [o for o in imported['operations'] if o['nature'] != 'annulation']
        self.stream_of = {o['operation']: o['chantier'] for o in self.operations}
        self.commitments = self._commitments()
        self.streams = collections.defaultdict(Counter)
        self._opened()
        for o in self.operations:
            self._operation(o)
        self.whole = Counter()
        for s in self.streams.values():
            self._complete(s)
            self.whole.update(s)

    def done(self, o):
        return o['date'] <= self.day

    def _commitments(self):
        """What each commitment made by that day comes to, with what amends and pays it."""
        found = {o['operation']: Counter() for o in self.operations if o['nature'] == 'engagement' and not o['engagement'] and self.done(o)}
        for o in self.operations:
            c = found.get(o['engagement'] or o['operation'])
            if c is None:
                continue
            if not self.done(o) or o['nature'] == 'prevision':
                c['expected'] += amount(o['cp'])
            elif o['nature'] == 'engagement':
                c['ae'] += amount(o['ae'])
            else:
                c.update(paid=amount(o['cp']), payments=1)
        for c in found.values():
            c['left'] = max(0, c['ae'] - c['paid'])
        return found

    def _opened(self):
        for w in self.imported['chantiers']:
            s, year = self.streams[w['chantier']], str(w['exercice'])
            if year == self.year:
                s.update(ae=amount(w['ae']), cp=amount(w['cp']), declared_cp=amount(w['prevision_cp']))
            if year >= self.year:
                s['declared', year] += amount(w['prevision_ae'])
        for j in self.imported['jalons']:
            self.streams[j['chantier']]['late'] += j['prevu'] < min(j['realise'] or self.day, self.day)

    def _operation(self, o):
        s, ae, cp, now = self.streams[o['chantier'] or self.stream_of.get(o['engagement'], '')], amount(o['ae']), amount(o['cp']), o['date'][:4] == self.year
        if o['operation'] in self.commitments:
            s['to_pay'] += self.commitments[o['operation']]['left']
        if o['nature'] == 'prevision' or not self.done(o):  # planned; what is overdue is due this year
            year = max(o['date'][:4], self.year)
            s['planned', year] += ae
            s.update(foreseen_cp=cp if year == self.year else 0)
            s.update(amending=ae) if o['engagement'] else s.update(without_commitment=cp)
        elif o['nature'] == 'engagement':
            s.update(all_committed=ae, committed=ae if now else 0)
        else:
            s.update(all_paid=cp, paid=cp if now else 0)

    def _complete(self, s):
        """What is still expected this year, and what the workstream will have cost: what is to be committed is, each year, the greater of the
        operations to come and of what was declared less what is committed; or, where greater, the CP without commitment and the amendments."""
        to_commit = {}
        for year in {k[1] for k in s if isinstance(k, tuple)}:
            committed = s['committed'] if year == self.year else 0
            to_commit[year] = max(s['planned', year], s['declared', year] - committed)
        s['expected_ae'], s['expected_cp'] = to_commit.get(self.year, 0), max(s['foreseen_cp'], s['declared_cp'] - s['paid'])
        s['further'] = max(sum(to_commit.values()), s['without_commitment'] + s['amending'])
        s['completion'] = s['all_paid'] + s['to_pay'] + s['further']


class Value:
    """What the project is worth, year by year. What is measured takes the place of what was expected of the same year and nature."""

    def __init__(self, imported, config):
        told, measured = Counter(), set()
        for x in imported['valeur']:
            told[int(x['annee']), x['nature'], x['etat']] += amount(x['montant'])
            if x['etat'] == 'mesure':
                measured.add((int(x['annee']), x['nature']))
        years = range(min(y for y, _, _ in told), max(y for y, _, _ in told) + 1) if told else []
        rate = Decimal(str(config.get('discount_rate') or '4%').replace('%', '').replace(',', '.').strip()) / 100
        base = int(config.get('base_year') or (years[0] if years else 0))
        self.years, self.expected, self.retained = {}, Counter(), Counter()
        for y in years:
            of = [told[y, 'gain', 'attendu'], told[y, 'gain', 'mesure'], told[y, 'cout', 'attendu'], told[y, 'cout', 'mesure']]
            gains, costs = of[1 if (y, 'gain') in measured else 0], of[3 if (y, 'cout') in measured else 2]
            for outcome, g, c in ((self.expected, of[0], of[2]), (self.retained, gains, costs)):
                outcome.update(gains=g, costs=c, net=g - c, present=half_up(Decimal(g - c) * (1 + rate) ** (base - y)))
            self.years[y] = of + [gains, costs, gains - costs, self.retained['net'], half_up(Decimal(gains - costs) * (1 + rate) ** (base - y))]

    def payback(self, gains, costs):
        """The first year from which what was gained covers what was spent, for good; None where there is none."""
        left, spent, found = 0, 0, None
        for y, of in self.years.items():
            left, spent = left + of[gains] - of[costs], spent + of[costs]
            found = None if left < 0 else found or (y if spent else None)
        return found

    def test(self, gains, costs):
        """One euro saved for one spent within three years: gains of the third year after the first cost, all costs up to it, and the verdict."""
        first = next((y for y, of in self.years.items() if of[costs] > 0), None)
        if first is None or first + 3 not in self.years:
            return 0, 0, None
        spent = sum(of[costs] for y, of in self.years.items() if y <= first + 3)
        return self.years[first + 3][gains], spent, self.years[first + 3][gains] >= spent
