#!/usr/bin/env python3
"""Makes a ministry of chance with its budget, runs it some months, and adds its budget workbooks up again (budget.py).

Usage: budget_random.py BASCULE FOLDER [SEED] [AGENTS]. FOLDER must not exist. To the ministry of « bascule generate » it adds, in flat files,
what that one lacks: payslips in two files, on two programmes, under two accountants, elsewhere on one side, of persons who share a NIR; unknown codes and
arrears; waves that switch within the year; credits, ceilings, profile, project and value; corrections, decisions, and a month loaded again.
At last it spoils numbers of a workbook, which must be refused."""
import glob, os, random, re, subprocess, sys

import openpyxl

HERE = os.path.dirname(os.path.abspath(__file__))
PLACES = [(p, f'{p}-B{b}', f'SVC{s}', a) for p in ('176', '216', '307', '') for b in '12' for s in '123' for a in ('075', '038')]
CODES = [('101000', 'R1010', 'P'), ('101070', 'R1017', 'P'), ('104000', 'R1040', 'P'), ('209002', '0203', 'P'), ('101050', 'R1510', 'D'), ('411050', 'R9110', 'I')]
HEADER = 'mois;nir;cle;dossier;matricule;nom;quotite;service;programme;bop;comptable;statut;code;sens;montant;origine'


class Ministry:
    def __init__(self, bascule, folder, seed, agents):
        self.bascule, self.folder, self.seed, self.agents = os.path.abspath(bascule), folder, seed, agents
        self.dice = random.Random(seed)
        year = 2013
        self.months = [f'{year}-{m:02}' for m in sorted(self.dice.sample(range(1, 13), 3))]
        self.year = year
        self.programmes = []

    def call(self, *words, codes=(0, 1)):
        done = subprocess.run([self.bascule, *words], cwd=self.folder, capture_output=True, text=True)
        if done.returncode not in codes:
            sys.exit(f'seed {self.seed}: « {" ".join(words)} » exits {done.returncode}\n{done.stderr}')
        return done

    def write(self, name, lines):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'w', encoding='utf-8') as f:
            f.write('\n'.join(lines) + '\n')
        return name

    # ── Payroll ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────
    def settle(self):
        self.call('init', '.', codes=(0,))
        inputs = {'legacy': ('psop-{period}.txt', 'psop', 'plus-legacy-*-{period}.csv'), 'onp': ('sipaye-{period}.csv', 'sipaye', 'plus-onp-*-{period}.csv')}
        config = [f'period: "{self.months[-1]}"', 'mappings: "mappings"', 'inputs:']
        for side, (main, layout, plus) in inputs.items():
            config += [f'  {side}:', f'    - {{ path: "{main}", layout: "{layout}" }}', f'    - {{ path: "{plus}", layout: "flat" }}']
        config += ['privacy: { mask_nir: false, names: true }', f'tolerance: {{ line_cents: {self.dice.choice([0, 1, 3])}, payslip_cents: 0 }}',
                   f'budget: {{ discount_rate: "{self.dice.choice(["4%", "2,5 %", "0%"])}", margin_alert: "1%" }}', f'lang: {self.dice.choice(["fr", "en"])}']
        self.write('config.yaml', config)
        dates = [f'{self.year}-{self.dice.randint(1, 12):02}' for _ in range(4)]
        self.write('mappings/vagues.csv', ['wave;label;cutover;service;programme;bop;grade;status;accountant', f'V1;Pilote;{dates[0]};;216;*B1;;;', f'V2;Militaires;{dates[1]};;;;;M;',
                                           f'V3;Comptable;{dates[2]};;176;;;;038', f'V4;Police;{dates[3]};;1*;;;;', 'V5;Plus tard;2014-06;;307;;;;', 'V6;Autres;2014-01;;2*;;;;'])
        for month in self.months:
            self.call('generate', '--agents', str(self.agents), '--seed', str(self.seed), '--period', month, '--out', '.', codes=(0,))
        self.people = [self.person(i) for i in range(120)]
        for month in self.months:
            self.extras(month)

    def person(self, i):
        nir = f'{self.dice.randint(1, 2)}{self.dice.randint(50, 90)}{self.dice.randint(1, 12):02}75{i % 100:03}{self.dice.randint(1, 999):03}'
        key = f'{97 - int(nir) % 97:02}'
        if i % 10 == 0:  # shared with the next one: provisional, or under a wrong key
            nir, key = self.dice.choice([(f'7{nir[1:]}', ''), (nir, '01' if key != '01' else '02')])
        elif i % 10 == 1:
            nir, key = self.last
        self.last = nir, key
        places = self.dice.sample(PLACES, self.dice.choice([1, 1, 2, 3]))
        onp = [self.dice.choice([(p, b, 'SVC9', a), self.dice.choice(PLACES)]) if self.dice.random() < 0.15 else (p, b, s, a) for p, b, s, a in places]
        return {'id': [nir, key, '01', f'X{i:05}', f'NOM{i}'], 'places': (places, onp), 'status': self.dice.choice('TSCM'),
                'quotites': [self.dice.choice(['100', '80', '85,71', '50', '']) for _ in places]}

    def rows(self, who, month, part, lines, side):
        programme, bop, service, accountant = who['places'][side][part]
        head = [month, *who['id'], who['quotites'][part], service, programme, bop, accountant, who['status']]
        return [';'.join(head + [code[side], code[2], f'{cents // 100},{cents % 100:02}', origin]) for code, cents, origin in lines]

    def lines(self, month):
        codes = self.dice.sample(CODES, self.dice.randint(1, 4))
        before = f'{self.year}-{max(1, int(month[5:]) - 1):02}'
        return [(c, self.dice.randint(1, 300000), '' if self.dice.random() < 0.8 else before) for c in codes]

    def extras(self, month):
        """The flat files of a month: the first of each side, and a second that holds some of it again, and other parts."""
        files = {(side, n): [HEADER] for side in (0, 1) for n in (1, 2)}
        for who in self.people:
            pay = [self.lines(month) for _ in who['quotites']]
            for side in (0, 1):
                mine = [self.altered(lines) if side else lines for lines in pay]
                if self.dice.random() < 0.05:
                    continue  # absent from this side
                parts = [self.rows(who, month, n, lines, side) for n, lines in enumerate(mine)]
                first, second = files[side, 1], files[side, 2]
                fate = self.dice.random()
                first += [r for part in (parts[:-1] if fate < 0.15 and len(parts) > 1 else parts) for r in part]
                if fate < 0.15:  # another part, or the same again, in the other file
                    second += parts[-1]
                elif fate < 0.25:  # the same place, with other lines: held again
                    second += self.rows(who, month, 0, self.lines(month), side)
                elif fate < 0.30:  # the same lines under another accountant
                    second += [r.replace(';075;', ';xxx;').replace(';038;', ';075;').replace(';xxx;', ';038;') for r in parts[0]]
                elif fate < 0.35:  # twice in one file
                    first += parts[0]
        for (side, n), lines in files.items():
            lines.append(f'{month};1600175000{n}0{side};;01;Y{n}{side};SEUL{n}{side};100;SVC9;176;176-B9;075;T;{CODES[0][side]};P;1000,00;')  # so that no file is empty
            self.write(f'plus-{("legacy", "onp")[side]}-{n}-{month}.csv', lines)

    def altered(self, lines):
        out = []
        for code, cents, origin in lines:
            chance = self.dice.random()
            if chance < 0.05:
                continue
            if chance < 0.08:
                code = (code[0], 'ZZ99', code[2])
            out.append((code, cents + (self.dice.choice([1, -1, 2, 5000]) if chance > 0.8 and cents > 1 else 0), origin))
        return out or lines

    # ── Budget ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────
    def euros(self, most, signed=False):
        cents = self.dice.randint(-most if signed else 0, most)
        return f'{"-" if cents < 0 else ""}{abs(cents) // 100},{abs(cents) % 100:02}'

    def day(self, first=None, year=None):
        return f'{year or self.year}-{self.dice.randint(1, 12):02}-{self.dice.randint(1, 28):02}'

    def payroll_budget(self):
        credits, ceilings, profile, covered = [], [], [], self.dice.random() < 0.7
        for p in self.programmes:
            if covered or self.dice.random() < 0.5:
                natures = self.dice.sample(['lfi', 'report', 'lfr', 'virement', 'transfert', 'fonds de concours', 'decret d\'avance', 'annulation', 'gel', 'degel'], 6) + ['lfi']
                for i, nature in enumerate(natures):
                    a = self.euros(10 ** 9, nature in ('virement', 'transfert', 'lfr'))
                    a = f'-{a}' if nature in ('gel', 'annulation') and a != '0,00' else a
                    category = self.dice.choice([('21', 'non'), ('22', 'oui'), ('22', 'non'), ('23', ''), ('', '')])
                    credits.append(f'{self.year};{p};{category[0]};{category[1]};{nature};{self.day()};{a};{a};;S{i}')
                credits.append(f'{self.year};{p};3;;lfi;{self.day()};{self.euros(10 ** 9)};{self.euros(10 ** 9)};;hors titre 2')
                credits.append(f'{self.year - 1};{p};2;;lfi;{self.day(year=self.year - 1)};{"5000,00;5000,00"};;an dernier')
            if self.dice.random() < 0.6:
                ceilings.append(f'{self.year};{p};{self.euros(30000)};;')
            if covered or self.dice.random() < 0.6:
                for m in range(1, 13):
                    for category in ('21', '22') if p < '2' else ('',):
                        told, posts = self.dice.random() > 0.05, category != '22'
                        flows = f'{self.euros(300)};{self.euros(self.dice.choice([300, 9000]))}' if told and posts else ';'
                        profile.append(f'{self.year};{p};{category};{self.year}-{m:02};{self.euros(5 * 10 ** 7) if told else "0"};;{flows}')
        if self.dice.random() < 0.5:
            ceilings.append(f'{self.year};;{self.euros(100000)};;')
        ceilings.append(f'{self.year - 1};176;5;;')
        return {'credits': ['exercice;programme;categorie;cas;nature;date;ae;cp;libelle;source', *credits], 'plafonds': ['exercice;programme;etpt;libelle;source', *ceilings],
                'profil': ['exercice;programme;categorie;mois;montant;etpt;entrees;sorties', *profile]}

    def project_budget(self):
        streams, operations, milestones = [], [], []
        for s in 'ABCD':
            for y in self.dice.sample([self.year - 1, self.year, self.year + 1, self.year + 2], 3):
                streams.append(f'{s};Chantier {s};{y};{self.euros(10 ** 8)};{self.euros(10 ** 8)};{self.dice.choice(["", self.euros(10 ** 8)])};{self.dice.choice(["", self.euros(10 ** 8)])}')
            for n in range(self.dice.randint(0, 5)):
                ej, start = f'EJ-{s}{n}', self.day(year=self.year - self.dice.randint(0, 1))
                operations.append(f'{ej};{s};engagement;{start};;{self.euros(10 ** 8)};;;')
                for k in range(self.dice.randint(0, 5)):
                    nature, date = self.dice.choice(['engagement', 'paiement', 'paiement', 'prevision']), max(start, self.day(year=self.year + self.dice.choice([-1, 0, 0, 1])))
                    ae, cp = (self.euros(10 ** 7), '') if nature == 'engagement' else ('', self.euros(6 * 10 ** 7)) if nature == 'paiement' else (self.euros(10 ** 6), self.euros(10 ** 7))
                    operations.append(f'{ej}-{k};{self.dice.choice([s, ""])};{nature};{date};{ej};{ae};{cp};;')
            for n in range(self.dice.randint(0, 2)):
                operations.append(f'PR-{s}{n};{s};prevision;{self.day(year=self.year + self.dice.choice([-1, 0, 1]))};;{self.euros(10 ** 7)};{self.euros(10 ** 7)};;')
            milestones += [f'J{s}{n};{s};{self.day()};{self.dice.choice(["", self.day()])};' for n in range(2)]
        operations.append(f'SANS;;prevision;{self.day()};;{self.euros(10 ** 7)};{self.euros(10 ** 7)};;')
        value = [f'{y};{n};{e};{self.euros(10 ** 9)};{n}{i};' for y in range(2012, 2018) for n in ('gain', 'cout') for e in ('attendu', 'mesure') for i in range(2) if self.dice.random() < 0.5]
        return {'chantiers': ['chantier;libelle;exercice;ae;cp;prevision_ae;prevision_cp', *streams], 'operations': ['operation;chantier;nature;date;engagement;ae;cp;tiers;libelle', *operations],
                'jalons': ['jalon;chantier;prevu;realise;libelle', *milestones], 'valeur': ['annee;nature;etat;montant;libelle;source', *value]}

    def budget(self):
        """Imports it, then corrects a part of it: amounts, and an operation withdrawn."""
        kinds = {**self.payroll_budget(), **self.project_budget()}
        self.call('budget', 'import', *[self.write(f'budget/{k}.csv', lines) for k, lines in kinds.items()], codes=(0,))
        def again(kind, change):
            return [f'{kinds[kind][0]};retrait', *(change(r) for r in self.dice.sample(kinds[kind][1:], min(6, len(kinds[kind]) - 1)))]

        def moved(row):
            return re.sub(r'(?<=;)(\d+,\d\d);\1(?=;)', lambda m: ';'.join([self.dice.choice([self.euros(10 ** 8), '0'])] * 2), row)

        corrections = {k: again(k, lambda r: f'{moved(r)};{self.dice.choice(["oui", "", "non"])}') for k in ('credits', 'plafonds', 'profil', 'jalons', 'valeur')}
        withdrawn = [r.split(';') for r in kinds['operations'][1:] if r.startswith('PR-') or r.count('-') > 3][:3]
        corrections['operations'] = [kinds['operations'][0], *(';'.join([r[0], r[1], 'annulation', r[3], r[4], '', '', '', '']) for r in withdrawn)]
        files = [self.write(f'correction/{k}.csv', lines) for k, lines in corrections.items() if len(lines) > 1]
        self.call('budget', 'import', *files, codes=(0,))

    # ── Decisions ───────────────────────────────────────────────────────────────────────────────────────────────────────────────
    def decide(self):
        """Annotates some gaps of the last run, as a reviewer does."""
        path = sorted(glob.glob(os.path.join(self.folder, 'out', self.months[-1], 'run-*', 'ecarts-*.xlsx')))[-1]
        book = openpyxl.load_workbook(path)
        sheet = next(s for s in book.worksheets if s.title in ('Écarts', 'Gaps', 'Discrepancies'))
        table = next(iter(sheet.tables.values()))
        rows = list(sheet[table.ref])
        titles = [c.value for c in rows[0]]
        french = 'Visa' in titles and 'Valideur' in titles
        at = {k: titles.index(k) for k in (('Statut', 'Motif', 'Décision', 'Valideur', 'Visa') if french else titles[-6:-1])}
        words = ['Justifié', 'Accepté', 'À corriger PSOP', 'À corriger ONP'] if french else ['Justified', 'Accepted', 'To fix in PSOP', 'To fix in ONP']
        reasons = ['Erreur de l\'ancien système établie', 'Error of the former system established']
        for row in self.dice.sample(rows[1:], min(25, len(rows) - 1)):
            values = [self.dice.choice(words[:2] if self.dice.random() < 0.6 else words[2:]), reasons[not french], 'D-1', 'Lecteur', 'Relecteur']
            for k, v in zip(at, values):
                row[at[k]].value = v
        annotated = os.path.join(self.folder, 'annotated.xlsx')
        book.save(annotated)
        return self.call('review', 'import', 'annotated.xlsx', codes=(0, 2))

    # ── Adding up again ─────────────────────────────────────────────────────────────────────────────────────────────────────────
    def added_again(self, folder, **more):
        tables = os.path.join(self.folder, 'data/bascule.db'), os.path.join(self.folder, 'mappings')
        return subprocess.run([sys.executable, os.path.join(HERE, 'budget.py'), folder, *tables], **more).returncode

    def spoilt(self, folder):
        """Whether a workbook with one number of some sheet moved by a hundredth passes, which none may."""
        path, = glob.glob(os.path.join(folder, 'budget-*.xlsx'))
        beside = os.path.join(self.folder, 'spoilt')
        os.makedirs(beside)
        for name in self.dice.sample(openpyxl.load_workbook(path).sheetnames, 2):
            book = openpyxl.load_workbook(path)
            numbers = [c for row in book[name].iter_rows() for c in row if isinstance(c.value, (int, float))]
            cell = self.dice.choice(numbers)
            cell.value += 0.01
            book.save(os.path.join(beside, os.path.basename(path)))
            if self.added_again(beside, capture_output=True) == 0:
                print(f'seed {self.seed}: {name}!{cell.coordinate} is wrong by a hundredth, and passes')
                return True
        return False


def main(bascule, folder, seed='1', agents='300'):
    os.makedirs(folder)
    ministry = Ministry(bascule, folder, int(seed), int(agents))
    ministry.settle()
    for month in ministry.months:
        ministry.call('run', '--quiet', '--period', month)
    ministry.programmes = ['176', '216', '307']
    ministry.budget()
    ministry.call('run', '--quiet', '--period', ministry.months[-1])
    decided = ministry.decide()
    print(f'seed {seed}: months {", ".join(ministry.months)}; decisions {"imported" if decided.returncode == 0 else "refused: " + decided.stderr[:300]}')
    ministry.extras(ministry.months[0])  # corrected since: every month that shows it is made again
    for month in ministry.months:
        ministry.call('run', '--quiet', '--period', month)
    lasts = [sorted(glob.glob(os.path.join(folder, 'out', month, 'run-*')))[-1] for month in ministry.months]
    failed = any([ministry.added_again(last) for last in lasts])
    return int(failed or ministry.spoilt(lasts[-1]))


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
