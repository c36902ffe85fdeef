"""The payroll of the months of a run, added up with SQL from the pay lines and the gaps.

Everything starts from v_run, v_run_load, v_load, v_payslip, v_pay_line and v_discrepancy, and from the ministry's tables (elements.csv,
correspondances.csv, vagues.csv). Nothing is taken from what the program itself added up.

Terms, as the README has them. A payslip is what one side holds under one key, whatever the number of rows (parts) it lies in. Mass: the
lines whose code feeds an element of title 2, and those to pay whose code feeds no element. A gap is ONP − legacy."""
import collections, csv, os, re, sqlite3
from decimal import Decimal

REPOSITORY = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..')
FULL_TIME = 10_000  # hundredths of a percent; what a file that gives no working time means
UNCLASSED = ('', False, '')  # nature of the lines to pay whose code feeds no element

Mass = collections.namedtuple('Mass', 'period side programme bop service status wave nature arrears cents')
Gap = collections.namedtuple('Gap', 'period programme bop service status wave nature cause judged one_off cents')
Head = collections.namedtuple('Head', 'period side programme bop service wave quotite')

SCHEMA = '''
CREATE TABLE month (period TEXT PRIMARY KEY, run INTEGER);
CREATE TABLE feeds (period, side, code, sense, title2, cas, account, factor);  -- what a code of a side feeds, in a month
CREATE TABLE slip (payslip_id INTEGER PRIMARY KEY, period, side, payslip, programme, bop, service);  -- the rows that count
CREATE TABLE whole (payslip INTEGER PRIMARY KEY, period, side, status, wave, programme, bop, service, quotite);  -- payslips put together from their rows, and where they count as agents
'''

MASS = '''
CREATE TABLE mass AS
SELECT s.payslip, s.period, s.side, s.programme, s.bop, s.service, coalesce(f.title2, '') AS title2, coalesce(f.cas, 0) AS cas, coalesce(f.account, '') AS account,
  l.origin <> s.period AS arrears, sum(l.cents * coalesce(f.factor, 1)) AS cents, max(l.origin = s.period AND l.cents * coalesce(f.factor, 1) > 0) AS present
FROM slip s CROSS JOIN base.v_pay_line l ON l.payslip_id = s.payslip_id
LEFT JOIN feeds f ON f.period = s.period AND f.side = s.side AND f.code = l.code AND f.sense = l.sense
WHERE CASE WHEN f.code IS NULL THEN l.sense = 'P' ELSE f.title2 <> '' END
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
'''

HEADS = '''
SELECT w.period, w.side, w.programme, w.bop, w.service, w.wave, w.quotite FROM whole w
WHERE EXISTS (SELECT 1 FROM mass m WHERE m.payslip = w.payslip AND m.present)
'''


class Refused(Exception):
    """What is asked cannot be added up again, and why."""


def table(mappings, name):
    """The rows of a table of the ministry; none of one that may be missing and is."""
    path = os.path.join(mappings, name)
    if name == 'vagues.csv' and not os.path.exists(path):
        return []
    with open(path, encoding='utf-8-sig', newline='') as f:
        return list(csv.DictReader((l for l in f if not l.startswith('#')), delimiter=';'))


class Tables:
    """The ministry's tables, as far as the budget rests on them."""

    def __init__(self, mappings):
        self.elements = {r['element']: r for r in table(mappings, 'elements.csv')}
        self.codes = table(mappings, 'correspondances.csv')
        self.waves = table(mappings, 'vagues.csv')
        self.cutover = {}
        for r in self.waves:
            self.cutover.setdefault(r['wave'], r['cutover'])

    def nature(self, element):
        """Category of title 2, CAS Pensions, account; None for what is no expense of title 2."""
        e = self.elements[element]
        return (e['title2'], e['cas'] == 'oui', e['account']) if e['title2'] else None

    def feeds(self, period):
        """What each code feeds in a month: a code on the other side of the payslip than its element feeds nothing."""
        for r in self.codes:
            if (r['valid_from'] or period) <= period <= (r['valid_to'] or period):
                e = self.elements[r['element']]
                for sense in 'PD' if e['kind'] in ('gain', 'retenue') else 'I':
                    yield period, r['side'], r['code'], sense, e['title2'], e['cas'] == 'oui', e['account'], int(r['factor'])

    def wave(self, row):
        """The first row of vagues.csv all of whose patterns fit; '' for none."""
        for r in self.waves:
            if all(fits(pattern, text_of(row, field)) for field, pattern in r.items() if pattern and field not in ('wave', 'label', 'cutover')):
                return r['wave']
        return ''

    def payer(self, wave, month):
        """Who pays: the legacy side until the cutover of the wave, ONP from it on."""
        return 'onp' if self.cutover.get(wave) and month >= self.cutover[wave] else 'legacy'


def fits(pattern, text):
    return re.fullmatch(''.join('.*' if c == '*' else '.' if c == '?' else re.escape(c) for c in pattern), text, re.S) is not None


def text_of(row, field):
    """A field of an agent as a file prints it: a working time of 8571 hundredths of a percent is 85.71."""
    value = row[field]
    if value is None or value == '':
        return ''
    return f'{Decimal(value) / 100:f}'.rstrip('0').rstrip('.') if field == 'quotite' and value % 100 else str(value // 100 if field == 'quotite' else value)


# ── Which rows are one payslip, and which are set aside ────────────────────────────────────────────────────────────────────────────
FIRST = 'accountant bop programme iban zone status service children quotite nbi indice echelon grade'.split()


def first_agent(rows):
    """Of rows that make one payslip, who is paid: the least by content, the imputation first, so that the order of a file tells nothing."""
    return min(rows, key=lambda r: [text_of(r, f) for f in FIRST] + [r[f] for f in ('matricule', 'surname', 'first_name', 'nir', 'nir_key')])


def doubtful(nir, key):
    """Whether a NIR may be another person's: provisional, malformed, or with the key of another number. A masked one is no key at all."""
    if not key and len(nir) == 15:
        nir, key = nir[:13], nir[13:]
    digits = re.sub(r'^(.{5})2[Aa]', r'\g<1>19', nir) if re.match(r'.{5}2[Aa]', nir) else re.sub(r'^(.{5})2[Bb]', r'\g<1>18', nir)
    if nir == '':
        return False
    if not re.fullmatch(r'[1-8]\d{12}', digits):
        return not re.fullmatch(r'0+|9{13,}|[\d*?#•·xX.\-_]*[*?#•·xX.\-_]+[\d*?#•·xX.\-_]*', nir)
    if digits[0] in '345678':
        return True
    month = int(nir[3:5])
    if not (1 <= month <= 12 or 20 <= month <= 42 or month >= 50) or len(set(nir)) == 1:
        return True
    return key != '' and key != f'{97 - int(digits) % 97:02}'


def name_of(r):
    return f'{r["surname"]} {r["first_name"]}'.strip()


def several_persons(rows):
    """Whether the rows of one key are of several persons: a doubtful NIR that two matricules share, or two names without one; or more
    than anybody holds."""
    faces = {(r['matricule'], name_of(r)) for r in rows}
    apart = any((a[0] != b[0]) if a[0] and b[0] else (a[1] != b[1] and a[1] != '' and b[1] != '') for a in faces for b in faces)
    without = {name for matricule, name in faces if not matricule and name}
    return apart and any(doubtful(r['nir'], r['nir_key']) for r in rows) or len({m for m, _ in faces if m}) > 4 or len(without) > 4 or len(faces) > 64


def persons(rows):
    """The rows of one key, person by person."""
    if len(rows) == 1 or not several_persons(rows):
        return [rows]
    of = collections.defaultdict(list)
    for r in rows:
        of[r['matricule'] or name_of(r), r['dossier']].append(r)
    return list(of.values())


def kept(rows, lines_of):
    """The rows of one payslip without those that another file holds again. They are other parts, and count, where other lines stand there
    under another accountant, another matricule or another dossier."""
    if len({r['load_id'] for r in rows}) == 1:
        return rows
    units = collections.defaultdict(list)
    for r in sorted(rows, key=lambda r: (r['rank'], r['payslip_id'])):
        units[r['load_id'], r['accountant'], r['matricule'] or name_of(r), r['dossier']].append(r)
    content = {k: sorted(line for r in unit for line in lines_of(r['payslip_id'])) for k, unit in units.items()}

    def again(k, other):
        same_place = all(not a or not b or a == b for a, b in ((k[1], other[1]), (units[k][0]['matricule'], units[other][0]['matricule']), (k[3], other[3])))
        return k[0] != other[0] and (same_place or content[k] == content[other])

    counted = []
    for k in units:
        if not any(again(k, other) for other in counted):
            counted.append(k)
    return [r for k in counted for r in units[k]]


def place_of(r):
    return r['programme'], r['bop'], r['service']


def where_paid_most(rows):
    """Where a payslip counts as an agent, and his working time there: the place with the most to pay (ΣP), then the smallest."""
    paid = collections.Counter()
    for r in rows:
        paid[place_of(r)] += r['to_pay_cents']
    place = min(paid, key=lambda p: (-paid[p], p))
    quotite = first_agent([r for r in rows if place_of(r) == place])['quotite']
    return place, FULL_TIME if quotite is None else quotite


# ── The payroll ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
class Payroll:
    """The mass, the gaps and the heads of the last run of the systems in each month of the year, up to a run."""

    def __init__(self, database, tables, run):
        self.tables = tables
        self.db = sqlite3.connect(':memory:', uri=True)
        self.db.execute('ATTACH ? AS base', (f'file:{database}?mode=ro',))
        self.db.row_factory = sqlite3.Row
        self.db.executescript(SCHEMA)
        self.run = run
        found = self.db.execute('SELECT period, budgeted, config, summary FROM base.v_run WHERE run = ?', (run,)).fetchone()
        if found is None:
            raise Refused(f'the database has no run {run}')
        self.period, self.budgeted, self.config, self.summary = found
        self.months = dict(self.db.execute("""SELECT period, max(run) FROM base.v_run WHERE compares = 'systems' AND run <= ? AND period BETWEEN ? AND ?
                                              GROUP BY period""", (run, self.period[:4] + '-01', self.period)).fetchall())
        self.payslip_of, self.partner, self.aside = {}, {}, []
        for period, of in self.months.items():
            self._month(period, of)
        self.db.executescript(MASS + ';CREATE INDEX mass_payslip ON mass (payslip)')
        self.mass = [Mass(*r[:7], (r[7], bool(r[8]), r[9]), bool(r[10]), r[11]) for r in self.db.execute(
            '''SELECT m.period, m.side, m.programme, m.bop, m.service, w.status, w.wave, m.title2, m.cas, m.account, m.arrears, sum(m.cents)
               FROM mass m JOIN whole w USING (payslip) GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11''')]
        self.heads = [Head(*r) for r in self.db.execute(HEADS)]
        self.gaps = [g for period, of in self.months.items() for g in self._gaps(period, of)]

    def _month(self, period, run):
        """Puts the payslips of a month together, and finds who pays each."""
        self.db.execute('INSERT INTO month VALUES (?, ?)', (period, run))
        self.db.executemany('INSERT INTO feeds VALUES (?,?,?,?,?,?,?,?)', self.tables.feeds(period))
        gone = self.db.execute('SELECT r.path FROM base.v_run_load r JOIN base.v_load l USING (load_id) WHERE r.run = ? AND NOT l.active', (run,)).fetchall()
        if gone:
            raise Refused(f'run {run} rests on files that were loaded again since ({gone[0][0]}): v_pay_line has their new lines')
        sides = {side: self._payslips(period, run, side) for side in ('legacy', 'onp')}
        self._pair(run, sides)
        for side, payslips in sides.items():
            for number, rows in payslips.items():
                agent = first_agent(rows)
                other = first_agent(sides['legacy'][self.partner[number]]) if number in self.partner else agent
                place, quotite = where_paid_most(rows)
                self.db.execute('INSERT INTO whole VALUES (?,?,?,?,?,?,?,?,?)', (number, period, side, agent['status'], self.tables.wave(other), *place, quotite))
                self.db.executemany('INSERT INTO slip VALUES (?,?,?,?,?,?,?)', ((r['payslip_id'], period, side, number, *place_of(r)) for r in rows))

    def _payslips(self, period, run, side):
        """The payslips of a side: the rows that count, by the number of one of them."""
        rows = self.db.execute('''SELECT p.*, l.rank FROM base.v_payslip p JOIN base.v_run_load l ON l.load_id = p.load_id AND l.run = ?
                                  WHERE p.period = ? AND p.side = ? ORDER BY p.agent_key, l.rank, p.payslip_id''', (run, period, side))
        by_key = collections.defaultdict(list)
        for r in rows:
            by_key[r['agent_key']].append(r)
        payslips = {}
        for together in by_key.values():
            for mine in persons(together):
                counted = kept(mine, self._lines)
                number = counted[0]['payslip_id']
                payslips[number] = counted
                self.payslip_of.update((r['payslip_id'], number) for r in mine)
                self.aside += [(period, side, r['payslip_id'], r['net_cents']) for r in mine if r not in counted]
        return payslips

    def _lines(self, payslip_id):
        return [tuple(r) for r in self.db.execute('SELECT code, sense, origin, cents FROM base.v_pay_line WHERE payslip_id = ?', (payslip_id,))]

    def _pair(self, run, sides):
        """Finds the legacy payslip that each of ONP was compared with: a gap tells it, else the key that each of both has to itself."""
        alone = {}
        for side, payslips in sides.items():
            keys = collections.Counter(rows[0]['agent_key'] for rows in payslips.values())
            alone[side] = {rows[0]['agent_key']: number for number, rows in payslips.items() if keys[rows[0]['agent_key']] == 1 and not rows[0]['agent_key'].startswith('?')}
        for key, number in alone['onp'].items():
            if key in alone['legacy']:
                self.partner[number] = alone['legacy'][key]
        for legacy, onp in self.db.execute('SELECT DISTINCT legacy_payslip_id, onp_payslip_id FROM base.v_discrepancy WHERE run = ? AND legacy_payslip_id > 0 AND onp_payslip_id > 0', (run,)):
            self.partner[self.payslip_of[onp]] = self.payslip_of[legacy]

    def _gaps(self, period, run):
        """What the gaps of a run move in the mass. A gap has the cause of the one it derives from, and is one-off where either is."""
        found = {r['fingerprint']: r for r in self.db.execute('SELECT * FROM base.v_discrepancy WHERE run = ?', (run,))}
        status = dict(self.db.execute('SELECT payslip, status FROM whole').fetchall())
        for r in found.values():
            above = found.get(r['root']) or r
            agent = status[self.payslip_of[r['legacy_payslip_id'] or r['onp_payslip_id']]]
            for nature, cents in self._moves(r):
                yield Gap(period, r['programme'], r['bop'], r['service'], agent, r['wave'], nature, above['cause'] or 'unexplained', judged(r),
                          one_off(r, period) or one_off(above, period), cents)

    def _moves(self, r):
        """The amounts of a gap, by nature of the expense."""
        kind = r['kind']
        if kind in ('missing_in_onp', 'missing_in_legacy'):
            sign = -1 if kind == 'missing_in_onp' else 1
            payslip = self.payslip_of[r['legacy_payslip_id'] or r['onp_payslip_id']]
            return [((m[0], bool(m[1]), m[2]), sign * m[3]) for m in self.db.execute('SELECT title2, cas, account, sum(cents) FROM mass WHERE payslip = ? GROUP BY 1, 2, 3', (payslip,))]
        if kind in ('amount', 'line_missing_in_onp', 'line_missing_in_legacy'):
            nature = self.tables.nature(r['element'])
            return [(nature, r['delta_cents'])] if nature else []
        return [(UNCLASSED, r['delta_cents'])] if kind == 'unmapped' and r['sense'] == 'P' else []


def judged(r):
    """What is held of a gap: what was decided of it, else the side at fault."""
    if r['status'] == 'tolerated':
        return 'tolerated'
    if r['status'] in ('justified', 'accepted'):
        return 'justified'
    if r['status'] in ('to_fix_onp', 'to_fix_legacy'):
        return r['status'][len('to_fix_'):]
    return r['at_fault'] if r['at_fault'] in ('onp', 'legacy') else 'unexplained'


def one_off(r, period):
    return r['cause'] in ('arrears', 'timing') or bool(r['origin']) and r['origin'] != period
