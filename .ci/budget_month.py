"""The sheets of the month: Masse salariale, Programmes, Synthèse."""
import collections, re
from decimal import Decimal

from budget_year import Count, Jobs, Share, half_up, ratio

JUDGED = ['onp', 'legacy', 'justified', 'tolerated', 'unexplained']
NATURES = ['21', '22', '23', '']
BENCHMARK = Share((92, 10000))  # +0.92 %, title 2 of 2022 beyond its credits (DOMAIN 5.1)


def everything(*_):
    return True


class Month:
    """What the month of the run comes to."""

    def __init__(self, payroll):
        self.payroll = payroll
        self.mass = [m for m in payroll.mass if m.period == payroll.period]
        self.gaps = [g for g in payroll.gaps if g.period == payroll.period]
        self.heads = [h for h in payroll.heads if h.period == payroll.period]
        self.programmes = sorted({m.programme for m in self.mass} | {g.programme for g in self.gaps})
        self.causes = sorted({g.cause for g in self.gaps})

    def sides(self, keep=everything):
        return [sum(m.cents for m in self.mass if m.side == side and keep(m)) for side in ('legacy', 'onp')]

    def delta(self, keep=everything):
        legacy, onp = self.sides(keep)
        return onp - legacy

    def cells(self, keep=everything):
        legacy, onp = self.sides(keep)
        return [legacy, onp, onp - legacy, Share((onp - legacy, legacy))]

    def moved(self, keep=everything):
        """What gaps move, and the part of it that will not come back."""
        kept = [g for g in self.gaps if keep(g)]
        return sum(g.cents for g in kept), sum(g.cents for g in kept if g.one_off)

    def movement(self, keep=everything):
        delta, once = self.moved(keep)
        return [delta, once, delta - once, 12 * (delta - once)]

    def row(self, keep=everything):
        """A row of the sheet of programmes: the mass, its share of the gap, agents and jobs of both sides, and what a job costs."""
        heads, jobs = ([sum(f(h) for h in self.heads if h.side == side and keep(h)) for side in ('legacy', 'onp')] for f in (lambda h: 1, lambda h: h.quotite))
        cost = [ratio(a, 10000, j) if j else None for a, j in zip(self.sides(keep), jobs)]
        return self.cells(keep) + [Share((self.delta(keep), self.delta()))] + [Count(n) for n in heads] + [Jobs(j) for j in jobs] + cost


class Labels:
    """The labels of rows, as what they keep."""

    def __init__(self, book, month):
        self.book = book
        self.total = book.word('word.total')
        self.back = {self.programme(p): p for p in month.programmes}
        self.causes = {book.word(f'cause.{c}'): c for c in month.causes}

    def programme(self, p):
        return self.book.word('programme.of').replace('%s', p) if p else self.book.word('programme.none')

    def of(self, label):
        """What the row of a programme keeps, or that of the total."""
        if label == self.total:
            return everything
        return lambda x, p=self.back[label]: x.programme == p

    def nature(self, label):
        """What the row of a nature of expense keeps."""
        word = self.book.word
        if label == word('mass.total'):
            return everything
        if label in (word('mass.cas'), word('mass.without_cas')):
            return lambda x, cas=label == word('mass.cas'): x.nature[1] == cas
        return lambda x, t=title2_of(label): x.nature[0] == t


def title2_of(text):
    return text[:2] if re.match(r'2\d ', text) else ''


def mass_sheet(book, month):
    """Every row, by programme, BOP, service, population, wave and nature of the expense, then their total."""
    sides, gaps, sheet = collections.Counter(), collections.Counter(), book.list
    for m in month.mass:
        sides[m.programme, m.bop, m.service, m.status, m.wave, m.nature, m.side] += m.cents
    for g in month.gaps:
        gaps[g.programme, g.bop, g.service, g.status, g.wave, g.nature, g.judged] += g.cents
    left = {k[:-1] for sums in (sides, gaps) for k, cents in sums.items() if cents}

    def amounts(axes):
        legacy, onp = (sum(sides[(*axis, side)] for axis in axes) for side in ('legacy', 'onp'))
        judged = [sum(gaps[(*axis, j)] for axis in axes) for j in JUDGED]
        return [legacy, onp, onp - legacy, *judged, onp - legacy - sum(judged)]

    def hold(what, cells, axes):
        book.figures(what, cells, [None if want == 0 and cell.value is None else want for cell, want in zip(cells, amounts(axes))])

    for r in book.table(sheet):
        v = [c.value or '' for c in r[:8]]
        axis = v[0], v[1], v[2], v[3][:1], v[4], (title2_of(v[5]), v[6] == book.word('mass.cas.yes'), v[7])
        hold(' '.join(v), r[8:17], [axis])
        left.discard(axis)
    for axis in sorted(left):
        book.wrong.append(f'{sheet.title}: no row for {axis}')
    if book.table(sheet):
        totals = next(r for r in sheet.iter_rows() if r[0].value == book.word('word.total'))
        hold('total', totals[8:17], sorted({k[:-1] for k in [*sides, *gaps]}))
    book.same('frozen header', bool(sheet.freeze_panes), bool(book.table(sheet)))


def programme_sheet(book, month):
    """Each programme and their total, then by BOP, by origin of the gap, by cause and by nature of the expense."""
    sheet, labels, word = book.programmes, Labels(book, month), book.word
    if month.programmes:
        total = next(r for r in sheet.iter_rows() if r[0].value == labels.total)
        book.figures('all programmes', total[1:12], month.row())
    rows = book.table(sheet)
    book.same(f'{sheet.title}: programmes', sorted(r[0].value for r in rows), sorted(labels.back))
    for r in rows:
        book.figures(r[0].value, r[1:12], month.row(labels.of(r[0].value)))
    for r in book.block(sheet, word('programmes.by_bop'), 12):
        p, _, b = r[0].value.partition(' — ')
        b = '' if b == word('programmes.no_bop') else b
        book.figures(r[0].value, r[1:12], month.row(lambda x: (x.programme, x.bop) == (p, b)))
    for r in book.block(sheet, word('programmes.gaps'), 10):
        keep = labels.of(r[0].value)
        natures = [month.delta(lambda m, t=t: keep(m) and m.nature[0] == t) for t in NATURES]
        cas = [month.delta(lambda m, is_cas=is_cas: keep(m) and m.nature[1] == is_cas) for is_cas in (True, False)]
        book.figures(r[0].value, r[1:], differences(month, keep) + natures + cas)
    causes_blocks(book, month, labels)
    nature_blocks(book, month, labels)


def differences(month, keep):
    """The gap of the mass, what the gaps tell of it, and what one side books elsewhere."""
    delta, moved = month.delta(keep), month.moved(keep)[0]
    return [delta, moved, delta - moved]


def causes_blocks(book, month, labels):
    shown = set()
    for header, rows in book.blocks(book.programmes, book.word('programmes.by_cause'), 12) if month.causes else []:
        names = [h for h in header[4:] if h]
        shown |= set(names)
        for r in rows:
            keep = labels.of(r[0].value)
            causes = [month.moved(lambda g, c=labels.causes[n]: keep(g) and g.cause == c)[0] for n in names]
            book.figures(r[0].value, r[1:4 + len(names)], differences(month, keep) + causes)
    book.same(f'{book.programmes.title}: causes', shown, set(labels.causes))


def nature_blocks(book, month, labels):
    mine = everything
    for r in book.block(book.programmes, book.word('programmes.by_nature'), 5):
        of = everything
        if r[0].value in labels.back:
            mine = labels.of(r[0].value)
        else:
            of = labels.nature(r[0].value)
        book.figures(f'by nature, {r[0].value}', r[1:], month.cells(lambda m: mine(m) and of(m)))


def summary_sheet(book, month):
    """The page: the month, the bridge between both masses, what is held of the gaps, a year of such months, the programmes."""
    page, labels, word = book.page, Labels(book, month), book.word
    for r in book.block(page, word('mass.month'), 5):
        book.figures(f'month, {r[0].value}', r[1:], month.cells(labels.nature(r[0].value)))
    bridge(book, month, labels)
    for r in book.block(page, word('judged.heading'), 5, 7):
        keep = next((lambda g, j=j: g.judged == j for j in JUDGED if r[0].value == word(f'judged.{j}')), everything)
        book.figures(f'held, {r[0].value}', r[1:], month.movement(keep))
    legacy, _ = month.sides()
    _, once, lasting, full = month.movement()
    benchmark = half_up(Decimal(12 * legacy) * BENCHMARK[0] / BENCHMARK[1])
    wants = [[lasting, Share((lasting, legacy))], [full, Share((full, 12 * legacy))], [once, Share((once, 12 * legacy))], [benchmark, BENCHMARK], [None, Share((full, benchmark))]]
    for r, want in zip(book.block(page, word('year.heading'), 3, 7), wants, strict=True):
        book.figures(f'year, {r[0].value}', r[1:], want)
    for r in book.block(page, word('programmes.heading'), 5, 7):
        if r[0].value in labels.back or r[0].value == labels.total:
            book.figures(f'page, {r[0].value}', r[1:], month.cells(labels.of(r[0].value)))
    for p in month.programmes:  # alerts quote them, by side
        book.tell(*month.sides(lambda m: m.programme == p and m.nature == ('', False, '')))
    for j in JUDGED:
        book.tell(*month.movement(lambda g: g.judged == j), 12 * month.moved(lambda g: g.judged == j)[0])
    book.tell(*month.sides(lambda m: m.nature == ('', False, '')))


def bridge(book, month, labels):
    """From the mass of one side to that of the other, cause by cause, with the steps that its chart draws."""
    rows = book.block(book.page, book.word('bridge.heading'), 18)
    if not rows:
        return
    legacy, onp = month.sides()
    book.figures('bridge, from', rows[0][1:5], [legacy, None, None, None])
    shown = {labels.causes[r[0].value] for r in rows[1:-1] if r[0].value in labels.causes}
    level = 0
    for r in rows[1:-1]:
        cause = labels.causes.get(r[0].value)
        movement = month.movement(lambda g: g.cause == cause if cause else g.cause not in shown)
        book.figures(f'bridge, {r[0].value}', r[1:5], movement)
        low, high = min(level, level + movement[0]), max(level, level + movement[0])
        parts = [max(high, 0) - max(low, 0), min(low, 0) - min(high, 0)]
        book.figures(f'chart, {r[0].value}', r[12:17], [max(low, 0) + min(high, 0)] + (parts + [None, None] if movement[0] >= 0 else [None, None] + parts))
        level += movement[0]
    book.figures('bridge, to', rows[-1][1:5], [onp] + month.movement()[1:])
    if len(rows) > 2:
        book.figures('chart, whole', rows[-1][17:18], [level])
    book.same('the bridge closes', legacy + level, onp)
