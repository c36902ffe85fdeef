#!/usr/bin/env python3
"""Holds workbooks against the rules of Office Open XML (ECMA-376, part 1, transitional) that Excel repairs a file for, without any library of workbooks.

Usage: ooxml.py FILE…              prints what is wrong, a line each, and exits 1; or one line, and exits 0.
       ooxml.py --self-test FILE   breaks a copy of FILE in memory, one way after the other, and exits 1 when a break goes unseen."""
import io, math, posixpath, re, sys, zipfile
import xml.etree.ElementTree as ET

MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
REL = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
ROWS, COLUMNS = 1048576, 16384

# The order of the children, by element (CT_* of sml.xsd, dml-chart.xsd and dml-spreadsheetDrawing.xsd).
AXIS = 'axId scaling delete axPos majorGridlines minorGridlines title numFmt majorTickMark minorTickMark tickLblPos spPr txPr crossAx crosses crossesAt '
SERIES = {  # a series is of the kind of its chart
    'barChart': 'idx order tx spPr invertIfNegative pictureOptions dPt dLbls trendline errBars cat val shape extLst'.split(),
    'lineChart': 'idx order tx spPr marker dPt dLbls trendline errBars cat val smooth extLst'.split(),
    'pieChart': 'idx order tx spPr explosion dPt dLbls cat val extLst'.split(),
    'areaChart': 'idx order tx spPr pictureOptions dPt dLbls trendline errBars cat val extLst'.split(),
}
ORDER = {name: order.split() for name, order in {
    'worksheet': 'sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetCalcPr sheetProtection protectedRanges scenarios autoFilter sortState '
                 'dataConsolidate customSheetViews mergeCells phoneticPr conditionalFormatting dataValidations hyperlinks printOptions pageMargins '
                 'pageSetup headerFooter rowBreaks colBreaks customProperties cellWatches ignoredErrors smartTags drawing legacyDrawing '
                 'legacyDrawingHF drawingHF picture oleObjects controls webPublishItems tableParts extLst',
    'workbook': 'fileVersion fileSharing workbookPr workbookProtection bookViews sheets functionGroups externalReferences definedNames calcPr oleSize '
                'customWorkbookViews pivotCaches smartTagPr smartTagTypes webPublishing fileRecoveryPr webPublishObjects extLst',
    'styleSheet': 'numFmts fonts fills borders cellStyleXfs cellXfs cellStyles dxfs tableStyles colors extLst',
    'dxf': 'font numFmt fill alignment border protection extLst', 'xf': 'alignment protection extLst',
    'border': 'start end left right top bottom diagonal vertical horizontal',
    'sheetPr': 'tabColor outlinePr pageSetUpPr', 'sheetView': 'pane selection pivotSelection extLst', 'c': 'f v is extLst',
    'dataValidation': 'formula1 formula2', 'headerFooter': 'oddHeader oddFooter evenHeader evenFooter firstHeader firstFooter',
    'table': 'autoFilter sortState tableColumns tableStyleInfo extLst', 'sst': 'si extLst',
    'pivotCacheDefinition': 'cacheSource cacheFields cacheHierarchies kpis tupleCache calculatedItems calculatedMembers dimensions measureGroups maps extLst',
    'pivotTableDefinition': 'location pivotFields rowFields rowItems colFields colItems pageFields dataFields formats conditionalFormats chartFormats '
                            'pivotHierarchies pivotTableStyleInfo filters rowHierarchiesUsage colHierarchiesUsage extLst',
    'chartSpace': 'date1904 lang roundedCorners AlternateContent style clrMapOvr pivotSource protection chart spPr txPr externalData printSettings userShapes extLst',
    'chart': 'title autoTitleDeleted pivotFmts view3D floor sideWall backWall plotArea legend plotVisOnly dispBlanksAs showDLblsOverMax extLst',
    'title': 'tx layout overlay spPr txPr extLst', 'legend': 'legendPos legendEntry layout overlay spPr txPr extLst',
    'barChart': 'barDir grouping varyColors ser dLbls gapWidth overlap serLines axId extLst',
    'lineChart': 'grouping varyColors ser dLbls dropLines hiLowLines upDownBars marker smooth axId extLst',
    'catAx': AXIS + 'auto lblAlgn lblOffset noMultiLvlLbl extLst', 'valAx': AXIS + 'crossBetween majorUnit minorUnit dispUnits extLst',
    'dLbls': 'dLbl delete numFmt spPr txPr dLblPos showLegendKey showVal showCatName showSerName showPercent showBubbleSize separator showLeaderLines leaderLines extLst',
    'twoCellAnchor': 'from to sp grpSp graphicFrame cxnSp pic contentPart clientData',
}.items()}

KINDS = {  # of a relationship, what it may lead to
    'worksheet': 'spreadsheetml.worksheet+xml', 'styles': 'spreadsheetml.styles+xml', 'theme': 'officedocument.theme+xml', 'sharedStrings': 'spreadsheetml.sharedStrings+xml',
    'table': 'spreadsheetml.table+xml', 'drawing': 'officedocument.drawing+xml', 'chart': 'drawingml.chart+xml', 'comments': 'spreadsheetml.comments+xml',
    'pivotTable': 'spreadsheetml.pivotTable+xml', 'pivotCacheDefinition': 'spreadsheetml.pivotCacheDefinition+xml', 'vmlDrawing': 'vmlDrawing',
    'pivotCacheRecords': 'spreadsheetml.pivotCacheRecords+xml', 'core-properties': 'core-properties+xml', 'extended-properties': 'extended-properties+xml',
    'custom-properties': 'custom-properties+xml', 'officeDocument': 'spreadsheetml.sheet.main+xml', 'image': 'image/',
}


def local(tag):
    return tag.rpartition('}')[2]


def number(text, default=None):
    try:
        return int(text)
    except (TypeError, ValueError):
        return default


def column(letters):
    n = 0
    for c in letters:
        n = 26 * n + ord(c) - 64
    return n


def corner(text):
    """A1 → (1, 1), None when it is no cell."""
    m = re.fullmatch(r'\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6})', text or '')
    if not m or column(m[1]) > COLUMNS or int(m[2]) > ROWS:
        return None
    return column(m[1]), int(m[2])


def area(text):
    """A1:C5 → (1, 1, 3, 5); a cell, whole rows and whole columns too; None when it is nothing."""
    first, _, last = (text or '').partition(':')
    last = last or first
    a, b = corner(first), corner(last)
    if a and b:
        return (*a, *b) if a[0] <= b[0] and a[1] <= b[1] else None
    m = re.fullmatch(r'\$?([0-9]+):\$?([0-9]+)', text or '')
    if m and 1 <= int(m[1]) <= int(m[2]) <= ROWS:
        return 1, int(m[1]), COLUMNS, int(m[2])
    m = re.fullmatch(r'\$?([A-Z]{1,3}):\$?([A-Z]{1,3})', text or '')
    if m and column(m[1]) <= column(m[2]) <= COLUMNS:
        return column(m[1]), 1, column(m[2]), ROWS
    return None


def units(text):
    return len(text.encode('utf-16-le', 'surrogatepass')) // 2


class Sheet:
    def __init__(self, name, part):
        self.name, self.part, self.root = name, part, None
        self.texts = {}  # by (column, row)
        self.last = 0


class Book:
    def __init__(self, content):
        self.wrong, self.parts, self.roots, self.rels = [], {}, {}, {}
        self.sheets, self.names, self.tables = [], {}, {}
        self.strings, self.xfs, self.dxfs = None, 0, 0
        try:
            self.zip = zipfile.ZipFile(io.BytesIO(content))
        except zipfile.BadZipFile as e:
            self.say('package', f'is no archive ({e}): encrypted?')
            return
        for step in self.archive, self.types, self.relations, self.book, self.styles, self.shared, self.cells, self.names_, self.pages, self.tables_, \
                self.pivots, self.drawings, self.properties:
            try:
                step()
            except Exception as e:  # what is broken enough to stop a step is told by the step before; this must never pass in silence
                self.say('package', f'{step.__name__.strip("_")} cannot be checked: {e!r}')

    def say(self, part, what):
        self.wrong.append(f'{part}: {what}')

    # The package.

    def archive(self):
        seen = set()
        if bad := self.zip.testzip():
            self.say(bad, 'its bytes do not add up to its CRC')
        for info in self.zip.infolist():
            if info.filename.lower() in seen or '\\' in info.filename or info.filename.startswith('/'):
                self.say(info.filename, 'is there twice, or is no name of a part')
            seen.add(info.filename.lower())
            self.parts[info.filename] = self.zip.read(info)
            if info.filename.endswith(('.xml', '.rels', '.vml')):
                try:
                    self.roots[info.filename] = ET.fromstring(self.parts[info.filename])
                except ET.ParseError as e:
                    self.say(info.filename, f'is not well formed: {e}')
        for name, root in self.roots.items():
            for e in root.iter():
                self.order(name, e)

    def order(self, part, e, order=None):
        order = order or ORDER.get(local(e.tag))
        for series in e if local(e.tag) in SERIES else []:
            if local(series.tag) == 'ser':
                self.order(part, series, SERIES[local(e.tag)])
        if order is None or e.tag.startswith('{http://schemas.openxmlformats.org/drawingml/2006/main}') or local(e.tag) == 'chart' and len(e) == 0:
            return
        at = 0
        for child in e:
            name = local(child.tag)
            if name not in order:
                self.say(part, f'{name} has no place in {local(e.tag)}')
            elif order.index(name) < at:
                self.say(part, f'{name} comes too late in {local(e.tag)}')
            else:
                at = order.index(name)
        once = [local(c.tag) for c in e if local(e.tag) in ('worksheet', 'workbook', 'styleSheet', 'table') and local(c.tag) != 'conditionalFormatting']
        for name in {n for n in once if once.count(n) > 1}:
            self.say(part, f'{name} is there twice')

    def types(self):
        root = self.roots.get('[Content_Types].xml')
        if root is None:
            return self.say('[Content_Types].xml', 'is missing')
        default = {e.get('Extension').lower(): e.get('ContentType') for e in root if local(e.tag) == 'Default'}
        override = {}
        for e in root:
            if local(e.tag) == 'Override':
                name = e.get('PartName')
                if name in override:
                    self.say('[Content_Types].xml', f'{name} is there twice')
                if name.lstrip('/') not in self.parts:
                    self.say('[Content_Types].xml', f'{name} is no part')
                override[name] = e.get('ContentType')
        self.type = {}
        for name in self.parts:
            if name != '[Content_Types].xml':
                self.type[name] = override.get('/' + name) or default.get(name.rpartition('.')[2].lower())
                if not self.type[name]:
                    self.say(name, 'has no content type')

    def relations(self):
        for name, root in self.roots.items():
            if not name.endswith('.rels'):
                continue
            folder, file = posixpath.split(name)
            of = posixpath.join(posixpath.dirname(folder), file[:-len('.rels')]) if file != '.rels' else ''
            if of and of not in self.parts:
                self.say(name, f'is of {of}, which is missing')
            found = {}
            for r in root:
                kind = r.get('Type').rpartition('/')[2]
                if r.get('Id') in found:
                    self.say(name, f'{r.get("Id")} is there twice')
                target = r.get('Target')
                if r.get('TargetMode') != 'External':
                    target = target.lstrip('/') if target.startswith('/') else posixpath.normpath(posixpath.join(posixpath.dirname(of), target))
                    if target not in self.parts:
                        self.say(name, f'{r.get("Id")} leads to {target}, which is missing')
                    elif KINDS.get(kind) and KINDS[kind].lower() not in (self.type.get(target) or '').lower():
                        self.say(name, f'{target} is a {kind} of type {self.type.get(target)}')
                found[r.get('Id')] = kind, target
            self.rels[of] = found
        used = {}
        for name, root in self.roots.items():
            used[name] = [v for e in root.iter() for k, v in e.attrib.items() if k.startswith('{' + REL + '}')]
            for v in used[name]:
                if v not in self.rels.get(name, {}):
                    self.say(name, f'{v} is no relationship of it')
        for of, found in self.rels.items():
            for i, (kind, target) in found.items():
                if kind in ('worksheet', 'table', 'drawing', 'chart', 'vmlDrawing', 'hyperlink') and i not in used.get(of, []):
                    self.say(of, f'{i}, its {kind}, serves nothing')
        reached, todo = set(), ['']
        while todo:
            for kind, target in self.rels.get(todo.pop(), {}).values():
                if target in self.parts and target not in reached:
                    reached.add(target)
                    todo.append(target)
        for name in set(self.type) - reached:
            if not name.endswith('.rels'):
                self.say(name, 'nothing leads to it')

    # The workbook.

    def book(self):
        main = next((t for k, t in self.rels.get('', {}).values() if k == 'officeDocument'), 'xl/workbook.xml')
        self.main, root = main, self.roots[main]
        seen, ids = set(), set()
        for s in root.find(f'{{{MAIN}}}sheets'):
            name, sid = s.get('name', ''), number(s.get('sheetId'), 0)
            if not name or units(name) > 31 or re.search(r"[\[\]:*?/\\]|^'|'$|[\x00-\x1f]", name) or name.lower() == 'history':
                self.say(main, f'« {name} » is no name of a sheet')  # Excel keeps History for itself
            if name.lower() in seen:
                self.say(main, f'two sheets are named {name}')
            if sid < 1 or sid in ids:
                self.say(main, f'{name}: sheetId {sid} is taken, or none')
            seen.add(name.lower())
            ids.add(sid)
            kind, part = self.rels[main].get(s.get(f'{{{REL}}}id'), (None, None))
            sheet = Sheet(name, part)
            sheet.root = self.roots.get(part)
            if sheet.root is None or kind != 'worksheet':
                self.say(main, f'{name} has no worksheet')
            else:
                self.sheets.append(sheet)
        if all(s.get('state', 'visible') != 'visible' for s in root.find(f'{{{MAIN}}}sheets')):
            self.say(main, 'no sheet is visible')
        for v in root.iter(f'{{{MAIN}}}workbookView'):
            for key in 'activeTab', 'firstSheet':
                if number(v.get(key), 0) >= len(self.sheets):
                    self.say(main, f'{key} is beyond the sheets')
        for n in root.iter(f'{{{MAIN}}}definedName'):
            self.defined(n)

    def defined(self, n):
        name, scope = n.get('name', ''), n.get('localSheetId')
        if scope is not None and number(scope, -1) not in range(len(self.sheets)):
            return self.say(self.main, f'{name} is of sheet {scope}, which is none')
        key = name.lower(), scope
        if key in self.names:
            self.say(self.main, f'the name {name} is defined twice')
        if not name.startswith('_xlnm.') and (not re.fullmatch(r'[^\W\d][\w.\\?]{0,254}|\\[\w.]*', name) or corner(name.upper()) or re.fullmatch(r'(?i)r\d*c\d*|[rc]', name)):
            self.say(self.main, f'{name} is no name')
        self.names[key] = n.text or ''

    def target(self, text):
        """'Sheet'!$A$1:$B$2 → the sheet and the area; (None, None) when it leads nowhere."""
        m = re.fullmatch(r"(?:'((?:[^']|'')+)'|([^'!]+))!(.+)", text or '')
        name = (m[1] or m[2]).replace("''", "'") if m else None
        sheet = next((s for s in self.sheets if s.name.lower() == (name or '').lower()), None)
        where = area(m[3]) if m else None
        return (sheet, where) if sheet and where else (None, None)

    def names_(self):
        for (name, scope), text in self.names.items():
            for piece in re.findall(r"(?:'(?:[^']|'')*'|[^',])+", text) or ['']:
                sheet, where = self.target(piece)
                if not sheet:
                    self.say(self.main, f'the name {name} leads nowhere: {text}')
                elif name.startswith('_xlnm.') and (scope is None or self.sheets[int(scope)] is not sheet):
                    self.say(self.main, f'{name} is of another sheet: {text}')
                elif name == '_xlnm.print_titles' and where[2] != COLUMNS and where[3] != ROWS:
                    self.say(self.main, f'{name} is of no whole row or column: {text}')

    # The styles and the texts.

    def styles(self):
        part = next((t for k, t in self.rels[self.main].values() if k == 'styles'), None)
        if not part:
            return self.say(self.main, 'has no styles')
        root = self.roots[part]
        lists = {local(e.tag): list(e) for e in root}
        for e in root:
            if e.get('count') is not None and number(e.get('count')) != len(e):
                self.say(part, f'{local(e.tag)} counts {e.get("count")} for {len(e)}')
        for name, least in ('fonts', 1), ('fills', 2), ('borders', 1), ('cellStyleXfs', 1), ('cellXfs', 1):
            if len(lists.get(name, [])) < least:
                self.say(part, f'{name} are fewer than {least}')
        own = {}
        for f in lists.get('numFmts', []):
            i, code = number(f.get('numFmtId'), 0), f.get('formatCode', '')
            bare = re.sub(r'\\.|"[^"]*"|\[[^\]]*\]', '', code)
            if i < 164 or i in own or not 0 < len(code) <= 255 or '"' in bare or '[' in bare or bare.count(';') > 3:
                self.say(part, f'the format {i} is taken, or is none: {code}')
            own[i] = code
        for name in 'cellStyleXfs', 'cellXfs':
            for n, xf in enumerate(lists.get(name, [])):
                for key, of in ('fontId', 'fonts'), ('fillId', 'fills'), ('borderId', 'borders'), ('xfId', 'cellStyleXfs'):
                    if number(xf.get(key), 0) not in range(max(1, len(lists.get(of, [])))):
                        self.say(part, f'{name} {n}: {key} {xf.get(key)} is beyond')
                if number(xf.get('numFmtId'), 0) >= 164 and number(xf.get('numFmtId')) not in own:
                    self.say(part, f'{name} {n}: its format {xf.get("numFmtId")} is not defined')
        for s in lists.get('cellStyles', []):
            if number(s.get('xfId'), 0) not in range(len(lists.get('cellStyleXfs', []))):
                self.say(part, f'the style {s.get("name")} is beyond')
        for c in root.iter(f'{{{MAIN}}}color'):
            if c.get('rgb') is not None and not re.fullmatch('(?i)[0-9a-f]{8}|[0-9a-f]{6}', c.get('rgb')):
                self.say(part, f'{c.get("rgb")} is no colour')
        self.xfs, self.dxfs = len(lists.get('cellXfs', [])), len(lists.get('dxfs', []))

    def shared(self):
        part = next((t for k, t in self.rels[self.main].values() if k == 'sharedStrings'), None)
        if part:
            root = self.roots[part]
            self.strings = [self.text(part, si) for si in root]
            if root.get('uniqueCount') is not None and number(root.get('uniqueCount')) != len(root):
                self.say(part, f'uniqueCount is {root.get("uniqueCount")} for {len(root)}')

    def text(self, part, e):
        """The text of an element, phonetic runs left out, its _xHHHH_ undone."""
        def runs(x):
            return ''.join((c.text or '') if local(c.tag) == 't' else '' if local(c.tag) == 'rPh' else runs(c) for c in x)
        text = re.sub(r'_x([0-9A-Fa-f]{4})_', lambda m: chr(int(m[1], 16)), runs(e))
        if units(text) > 32767:
            self.say(part, f'a text of {units(text)} characters is more than a cell holds')
        if re.search('[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]', text):
            self.say(part, 'a text holds a character that no cell may')
        return text

    # The sheets.

    def cells(self):
        for s in self.sheets:
            last, deepest = 0, 0
            for row in s.root.find(f'{{{MAIN}}}sheetData'):
                r = number(row.get('r'), last + 1)
                if r <= last or r > ROWS:
                    self.say(s.part, f'row {row.get("r")} comes after row {last}')
                if float(row.get('ht', 0)) > 409.5 or number(row.get('outlineLevel'), 0) > 7 or number(row.get('s'), 0) >= self.xfs:
                    self.say(s.part, f'row {r} is too high, too deep or of no style')
                last, deepest, before = r, max(deepest, number(row.get('outlineLevel'), 0)), 0
                for c in row:
                    before = self.cell(s, c, r, before)
            s.last = last
            grouped = s.root.find(f'{{{MAIN}}}sheetFormatPr')
            if deepest > number(grouped.get('outlineLevelRow') if grouped is not None else 0, 0):
                self.say(s.part, f'rows are grouped {deepest} deep, which sheetFormatPr does not tell: Excel shows no outline')

    def cell(self, s, c, row, before):
        at = corner(c.get('r'))
        if not at or at[1] != row or at[0] <= before:
            self.say(s.part, f'cell {c.get("r")} does not stand in row {row}, after column {before}')
            return before
        if number(c.get('s'), 0) not in range(self.xfs):
            self.say(s.part, f'{c.get("r")}: style {c.get("s")} is beyond')
        kind, v, inline = c.get('t', 'n'), c.find(f'{{{MAIN}}}v'), c.find(f'{{{MAIN}}}is')
        if kind not in ('b', 'd', 'e', 'inlineStr', 'n', 's', 'str') or (kind == 'inlineStr') != (inline is not None) and kind == 'inlineStr' or inline is not None and v is not None:
            self.say(s.part, f'{c.get("r")}: a cell of type {kind} does not hold that')
        value = (v.text or '') if v is not None else None
        if kind == 'inlineStr' and inline is not None:
            s.texts[at] = self.text(s.part, inline)
        elif kind == 's':
            if self.strings is None or number(value, -1) not in range(len(self.strings)):
                self.say(s.part, f'{c.get("r")}: text {value} is beyond the shared ones')
            else:
                s.texts[at] = self.strings[int(value)]
        elif kind == 'str':
            s.texts[at] = value or ''
        elif value is not None:
            try:
                good = math.isfinite(float(value)) and not re.search('[^0-9.eE+-]', value) if kind == 'n' else value in '01' if kind == 'b' else True
            except ValueError:
                good = False
            if not good:
                self.say(s.part, f'{c.get("r")}: the value is no {"number" if kind == "n" else "boolean"}')
        return at[0]

    def pages(self):
        for s in self.sheets:
            self.columns(s)
            self.panes(s)
            self.rules(s)
            self.validations(s)
            self.links(s)
            if s.root.find(f'{{{MAIN}}}pageMargins') is not None and min(float(v) for v in s.root.find(f'{{{MAIN}}}pageMargins').attrib.values()) < 0:
                self.say(s.part, 'a margin is negative')
            for e in s.root.iter(f'{{{MAIN}}}headerFooter'):
                for t in e:
                    if units(t.text or '') > 255:
                        self.say(s.part, f'{local(t.tag)} is longer than 255 characters')
            for e in s.root.iter(f'{{{MAIN}}}ignoredError'):
                self.ranges(s, e)
            merged = [area(m.get('ref')) for m in s.root.iter(f'{{{MAIN}}}mergeCell')]
            if None in merged or any(overlap(a, b) for i, a in enumerate(merged) for b in merged[:i]):
                self.say(s.part, 'merged cells overlap, or are none')

    def columns(self, s):
        before = 0
        for c in s.root.iter(f'{{{MAIN}}}col'):
            low, high = number(c.get('min'), 0), number(c.get('max'), 0)
            if not before < low <= high <= COLUMNS or not 0 <= float(c.get('width', 0)) <= 255 or number(c.get('style'), 0) >= max(1, self.xfs):
                self.say(s.part, f'the columns {low} to {high} are not in order, too wide or of no style')
            before = high

    def panes(self, s):
        for view in s.root.iter(f'{{{MAIN}}}sheetView'):
            pane = view.find(f'{{{MAIN}}}pane')
            there = {'topLeft'}
            if pane is not None:
                x, y = int(float(pane.get('xSplit', 0))), int(float(pane.get('ySplit', 0)))
                if x:
                    there.add('topRight')
                if y:
                    there.add('bottomLeft')
                if x and y:
                    there.add('bottomRight')
                if pane.get('state') not in ('frozen', 'split', 'frozenSplit', None) or pane.get('activePane', 'topLeft') not in there or not (x or y):
                    self.say(s.part, f'the pane {pane.attrib} does not exist')
                first = corner(pane.get('topLeftCell'))
                if pane.get('state') == 'frozen' and first != (x + 1, y + 1):
                    self.say(s.part, f'the frozen pane begins at {pane.get("topLeftCell")}, not after its {x} columns and {y} rows')
            for e in view.iter(f'{{{MAIN}}}selection'):
                if e.get('pane', 'topLeft') not in there or e.get('sqref') and not all(area(a) for a in e.get('sqref').split()):
                    self.say(s.part, f'the selection {e.attrib} is in no pane')

    def ranges(self, s, e):
        found = [area(a) for a in (e.get('sqref') or '').split()]
        if not found or None in found:
            self.say(s.part, f'{local(e.tag)} is of no range: {e.get("sqref")}')

    def rules(self, s):
        seen = set()
        for block in s.root.iter(f'{{{MAIN}}}conditionalFormatting'):
            self.ranges(s, block)
            for rule in block:
                if rule.get('dxfId') is not None and number(rule.get('dxfId'), -1) not in range(self.dxfs):
                    self.say(s.part, f'a rule shows the format {rule.get("dxfId")}, which is none')
                priority = number(rule.get('priority'), 0)
                if priority < 1 or priority in seen:
                    self.say(s.part, f'the priority {priority} of a rule is taken, or none')
                seen.add(priority)
                if rule.get('type') in ('cellIs', 'expression') and not (rule.findtext(f'{{{MAIN}}}formula') or '').strip():
                    self.say(s.part, 'a rule has no formula')

    def validations(self, s):
        for block in s.root.iter(f'{{{MAIN}}}dataValidations'):
            if block.get('count') is not None and number(block.get('count')) != len(block):
                self.say(s.part, f'dataValidations counts {block.get("count")} for {len(block)}')
            for v in block:
                self.ranges(s, v)
                for key, most in ('promptTitle', 32), ('errorTitle', 32), ('prompt', 255), ('error', 255):
                    if units(v.get(key, '')) > most:
                        self.say(s.part, f'the {key} of a validation is longer than {most} characters')
                for f in v:
                    text = f.text or ''
                    if units(text) > 255:
                        self.say(s.part, f'the formula of a validation is longer than 255 characters')
                    elif v.get('type') == 'list' and not text.startswith('"'):
                        scope = str(self.sheets.index(s))
                        if not self.target(text)[0] and not area(text) and (text.lower(), None) not in self.names and (text.lower(), scope) not in self.names:
                            self.say(s.part, f'the list {text} of a validation leads nowhere')
                    elif v.get('type') == 'list' and not re.fullmatch(r'"(?:[^"]|"")*"', text):
                        self.say(s.part, f'the list of a validation is not quoted')

    def links(self, s):
        links = list(s.root.iter(f'{{{MAIN}}}hyperlink'))
        if len(links) > 65529:
            self.say(s.part, f'{len(links)} links are more than Excel holds')
        for e in links:
            where = e.get('location')
            if not area(e.get('ref')) or where is None and e.get(f'{{{REL}}}id') is None:
                self.say(s.part, f'the link at {e.get("ref")} leads nowhere')
            elif where is not None and e.get(f'{{{REL}}}id') is None and not self.target(where)[0] and (where.lower(), None) not in self.names:
                self.say(s.part, f'the link at {e.get("ref")} leads to {where}, which is nowhere')
            if units(e.get('tooltip', '')) > 255:
                self.say(s.part, f'the tooltip at {e.get("ref")} is longer than 255 characters')

    # The tables.

    def tables_(self):
        ids = set()
        for s in self.sheets:
            own = s.root.find(f'{{{MAIN}}}autoFilter')
            taken = [area(own.get('ref'))] if own is not None else []
            block = s.root.find(f'{{{MAIN}}}tableParts')
            if block is not None and block.get('count') is not None and number(block.get('count')) != len(block):
                self.say(s.part, f'tableParts counts {block.get("count")} for {len(block)}')
            for p in block if block is not None else []:
                _, part = self.rels.get(s.part, {}).get(p.get(f'{{{REL}}}id'), (None, None))
                if part in self.roots:
                    self.table(s, part, self.roots[part], ids, taken)

    def table(self, s, part, t, ids, taken):
        name, ref = t.get('displayName', ''), area(t.get('ref'))
        if number(t.get('id'), 0) < 1 or t.get('id') in ids:
            self.say(part, f'id {t.get("id")} is taken, or none')
        ids.add(t.get('id'))
        if not re.fullmatch(r'[^\W\d][\w.]{0,254}', name) or corner(name.upper()) or re.fullmatch(r'(?i)r\d*c\d*|[rc]', name):
            self.say(part, f'{name} is no name of a table')
        if name.lower() in self.tables or (name.lower(), None) in self.names:
            self.say(part, f'the name {name} is taken')
        columns = t.find(f'{{{MAIN}}}tableColumns')
        if not ref or ref[1] >= ref[3]:
            return self.say(part, f'the range {t.get("ref")} holds no row')
        self.tables[name.lower()] = s, ref
        if any(overlap(ref, other) for other in taken):
            self.say(part, f'{t.get("ref")} runs into another table, or into the filter of the sheet')
        taken.append(ref)
        if ref[3] > s.last:
            self.say(part, f'{t.get("ref")} goes beyond the last row, {s.last}')
        if number(columns.get('count')) != len(columns) or len(columns) != ref[2] - ref[0] + 1:
            self.say(part, f'{len(columns)} columns, said to be {columns.get("count")}, for {t.get("ref")}')
        seen, numbers = set(), set()
        for i, c in enumerate(columns):
            title = re.sub(r'_x([0-9A-Fa-f]{4})_', lambda m: chr(int(m[1], 16)), c.get('name', ''))
            if not title or title.lower() in seen or c.get('id') in numbers or units(title) > 255:
                self.say(part, f'the column « {title} » is there twice, or has no name')
            seen.add(title.lower())
            numbers.add(c.get('id'))
            if t.get('headerRowCount', '1') != '0' and s.texts.get((ref[0] + i, ref[1])) != title:
                self.say(part, f'the column « {title} » stands under « {s.texts.get((ref[0] + i, ref[1]))} »')
        own = t.find(f'{{{MAIN}}}autoFilter')
        if own is not None and area(own.get('ref')) != ref:
            self.say(part, f'its filter is of {own.get("ref")}')

    def pivots(self):
        caches = {}
        for e in self.roots[self.main].iter(f'{{{MAIN}}}pivotCache'):
            _, part = self.rels[self.main].get(e.get(f'{{{REL}}}id'), (None, None))
            if e.get('cacheId') in caches or part not in self.roots:
                self.say(self.main, f'the pivot cache {e.get("cacheId")} is there twice, or nowhere')
            else:
                caches[e.get('cacheId')] = self.cache(part, self.roots[part])
        for s in self.sheets:
            for kind, part in self.rels.get(s.part, {}).values():
                if kind != 'pivotTable' or part not in self.roots:
                    continue
                t = self.roots[part]
                fields = caches.get(t.get('cacheId'))
                if fields is None:
                    self.say(part, f'its cache {t.get("cacheId")} is none')
                    continue
                where = area(t.find(f'{{{MAIN}}}location').get('ref'))
                if not where:
                    self.say(part, 'it stands nowhere')
                own = t.find(f'{{{MAIN}}}pivotFields')
                if number(own.get('count')) != len(own) or len(own) != len(fields):
                    self.say(part, f'{len(own)} fields for the {len(fields)} of its cache')
                for name, key in ('rowFields', 'x'), ('colFields', 'x'), ('dataFields', 'fld'), ('pageFields', 'fld'):
                    for f in t.find(f'{{{MAIN}}}{name}') if t.find(f'{{{MAIN}}}{name}') is not None else []:
                        if number(f.get(key), -1) not in range(len(fields)) and not (key == 'x' and f.get(key) == '-2'):
                            self.say(part, f'{name} names the field {f.get(key)}, which is none')

    def cache(self, part, root):
        source = root.find(f'.//{{{MAIN}}}worksheetSource')
        fields = [f.get('name') for f in root.find(f'{{{MAIN}}}cacheFields')]
        if source is None:
            return fields
        sheet, where = self.tables.get((source.get('name') or '').lower(), (None, None))
        if not source.get('name'):
            sheet, where = next((s for s in self.sheets if s.name == source.get('sheet')), None), area(source.get('ref'))
        if not sheet or not where or where[3] > sheet.last:
            self.say(part, f'its source {source.attrib} is nowhere')
        else:
            heads = [sheet.texts.get((c, where[1])) for c in range(where[0], where[2] + 1)]
            if heads != fields:
                self.say(part, f'its fields {fields} stand under {heads}')
        return fields

    # The drawings.

    def drawings(self):
        for s in self.sheets:
            for kind, part in self.rels.get(s.part, {}).values():
                if kind == 'drawing' and part in self.roots:
                    ids = set()
                    for e in self.roots[part].iter():
                        if local(e.tag) == 'cNvPr':
                            if not (e.get('descr') or '').strip():
                                self.say(part, f'« {e.get("name")} » has no text for those who do not see it')
                            if e.get('id') in ids:
                                self.say(part, f'id {e.get("id")} is taken')
                            ids.add(e.get('id'))
        for name, root in self.roots.items():
            if local(root.tag) != 'chartSpace':
                continue
            axes = {e.get('val') for e in root.iter() if local(e.tag) == 'axId'}
            crossed = {e.get('val') for e in root.iter() if local(e.tag) == 'crossAx'}
            if not crossed <= axes:
                self.say(name, f'axes {crossed - axes} are none')
            for e in root.iter():
                if local(e.tag) == 'f':
                    sheet, where = self.target(e.text)
                    if not sheet or where[3] > sheet.last:
                        self.say(name, f'it draws {e.text}, which is nowhere')

    def properties(self):
        kinds = {k: t for k, t in self.rels.get('', {}).values()}
        core = self.roots.get(kinds.get('core-properties'))
        found = {local(e.tag): e.text or '' for e in core} if core is not None else {}
        for name in 'title', 'creator', 'created', 'modified', 'language':
            if not found.get(name):
                self.say('docProps/core.xml', f'has no {name}')
        for name in 'created', 'modified':
            if found.get(name) and not re.fullmatch(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ', found[name]):
                self.say('docProps/core.xml', f'{name} is no date: {found[name]}')
        if core is not None and len(found) != len(core):
            self.say('docProps/core.xml', 'says something twice')
        app = self.roots.get(kinds.get('extended-properties'))
        if app is None or not any(local(e.tag) == 'Application' and e.text for e in app):
            self.say('docProps/app.xml', 'names no application')
        custom = self.roots.get(kinds.get('custom-properties'))
        pids = [number(p.get('pid'), 0) for p in custom] if custom is not None else []
        names = [p.get('name', '').lower() for p in custom] if custom is not None else []
        if len(set(pids)) != len(pids) or len(set(names)) != len(names) or any(p < 2 for p in pids):
            self.say('docProps/custom.xml', 'two properties have one number or one name')


def overlap(a, b):
    return bool(a and b and a[0] <= b[2] and b[0] <= a[2] and a[1] <= b[3] and b[1] <= a[3])


# The ways of the self-test: what is broken, in which part, from which pattern to which text.
BREAKS = [
    ('a tag is cut', r'xl/workbook\.xml', r'</sheets>', ''),
    ('a part loses its content type', r'\[Content_Types\]\.xml', r'<Override PartName="/xl/styles\.xml"[^>]*>(</Override>)?', ''),
    ('a content type is of no part', r'\[Content_Types\]\.xml', r'PartName="/xl/styles\.xml"', 'PartName="/xl/style.xml"'),
    ('a relationship leads nowhere', r'xl/_rels/workbook\.xml\.rels', r'worksheets/sheet2\.xml', 'worksheets/sheet99.xml'),
    ('an r:id resolves to nothing', r'xl/workbook\.xml', r'(<sheet [^>]*r:id=")[^"]*', r'\1rId999'),
    ('the margins come before the rows', r'xl/worksheets/sheet1\.xml', r'(?s)(<sheetData>.*</sheetData>)(.*)(<pageMargins[^>]*>(?:</pageMargins>)?)', r'\3\1\2'),
    ('a style is beyond the styles', r'xl/worksheets/sheet1\.xml', r'(<c r="A1" s=")\d+', r'\g<1>9999'),
    ('a count of styles is wrong', r'xl/styles\.xml', r'<cellXfs count="\d+"', '<cellXfs count="1"'),
    ('a font is beyond the fonts', r'xl/styles\.xml', r'fontId="[1-9]\d*"', 'fontId="900"'),
    ('a row comes twice', r'xl/worksheets/sheet1\.xml', r'<row r="2"', '<row r="1"'),
    ('a cell stands in another row', r'xl/worksheets/sheet1\.xml', r'<c r="A1"', '<c r="A7"'),
    ('a cell is beyond the columns', r'xl/worksheets/sheet1\.xml', r'<c r="A1"', '<c r="XFE1"'),
    ('a cell is of an unknown type', r'xl/worksheets/sheet1\.xml', r't="inlineStr"', 't="text"'),
    ('a number is none', r'xl/worksheets/sheet\d+\.xml', r'<v>-?\d+(\.\d+)?</v>', '<v>douze</v>'),
    ('a shared text is beyond', r'xl/worksheets/sheet1\.xml', r't="inlineStr"><is><t[^>]*>[^<]*</t></is>', 't="s"><v>999999</v>'),
    ('a text is too long', r'xl/worksheets/sheet1\.xml', r'<is><t>', '<is><t>' + 'x' * 32768),
    ('a text holds a control character', r'xl/worksheets/sheet1\.xml', r'<is><t>', '<is><t>_x0007_'),
    ('a sheet has a name of 32 letters', r'xl/workbook\.xml', r'<sheet name="[^"]*"', '<sheet name="' + 'x' * 32 + '"'),
    ('a sheet has a name with a slash', r'xl/workbook\.xml', r'<sheet name="[^"]*"', '<sheet name="a/b"'),
    ('a name leads to no sheet', r'xl/workbook\.xml', r"(<definedName [^>]*>)(&#39;|')[^<]*", r'\1Nulle!$A$1'),
    ('the titles of a print are a cell', r'xl/workbook\.xml', r'(Print_Titles">[^<]*!)[^<]*', r'\g<1>$A$1'),
    ('a table has a column too many', r'xl/tables/table1\.xml', r'<tableColumns count="\d+">', '<tableColumns count="99"><tableColumn id="99" name="De trop"></tableColumn>'),
    ('a header is not the column\'s name', r'xl/tables/table1\.xml', r'(<tableColumn id="1" name=")[^"]*', r'\1Autre'),
    ('two tables have one name', r'xl/tables/table2\.xml', r'displayName="[^"]*"', None),
    ('two tables have one number', r'xl/tables/table2\.xml', r'(<table [^>]*?) id="\d+"', r'\1 id="1"'),
    ('a sheet filters what its table filters', r'xl/worksheets/sheet\d+\.xml', r'(</sheetData>(?:<sheetProtection[^>]*>(?:</sheetProtection>)?)?)(?=.*<tablePart )', r'\1<autoFilter ref="A1:B900"/>'),
    ('a rule shows a format that is none', r'xl/worksheets/sheet\d+\.xml', r'dxfId="\d+"', 'dxfId="99"'),
    ('a frozen pane begins elsewhere', r'xl/worksheets/sheet\d+\.xml', r'(<pane [^>]*topLeftCell=")[^"]*', r'\1A1'),
    ('a link leads to no sheet', r'xl/worksheets/sheet\d+\.xml', r'(<hyperlink [^>]*location=")[^"]*', r"\1'Nulle part'!A1"),
    ('a list leads nowhere', r'xl/worksheets/sheet\d+\.xml', r'<formula1>[^<]*', '<formula1>Nulle'),
    ('a list is too long', r'xl/worksheets/sheet\d+\.xml', r'<formula1>[^<]*', '<formula1>"' + 'x' * 256 + '"'),
    ('a chart draws cells of no sheet', r'xl/charts/chart1\.xml', r'(<c:f>|<f>)[^<]*', r'\1Nulle!$A$1'),
    ('a drawing is not told in words', r'xl/drawings/drawing1\.xml', r' descr="[^"]*"', ''),
    ('a bar is told to be smooth', r'xl/charts/chart\d+\.xml', r'(<barChart>.*?<val>.*?</val>)', r'\1<smooth val="0"></smooth>'),
    ('the document has no language', r'docProps/core\.xml', r'<dc:language>[^<]*</dc:language>', ''),
    ('the columns are not in order', r'xl/worksheets/sheet1\.xml', r'<col min="1" max="1"', '<col min="1" max="9"'),
    ('a pivot table reads nowhere', r'xl/pivotCache/pivotCacheDefinition1\.xml', r'ref="[A-Z0-9:]*" sheet="[^"]*"|sheet="[^"]*"', 'ref="A1:B2" sheet="Nulle"'),
    ('a byte of a part is another', None, None, None),
]


def self_test(path):
    content = open(path, 'rb').read()
    if wrong := Book(content).wrong:
        print(f'{path} is broken as it is:\n' + '\n'.join(wrong))
        return 1
    parts = {i.filename: zipfile.ZipFile(io.BytesIO(content)).read(i) for i in zipfile.ZipFile(io.BytesIO(content)).infolist()}
    unseen, tried = [], 0
    for what, part, pattern, text in BREAKS:
        if part is None:
            at = content.index(b'PK\x03\x04', 200) + 200
            broken = content[:at] + bytes([content[at] ^ 0x55]) + content[at + 1:]
        else:
            broken = changed(parts, part, pattern, text)
        if broken is None:
            continue  # the workbook has nothing of the sort
        tried += 1
        if not Book(broken).wrong:
            unseen.append(what)
    print('\n'.join(f'unseen: {what}' for what in unseen) or f'{tried} ways of breaking {path.rpartition("/")[2]}, all seen')
    return bool(unseen) or tried < 20


def changed(parts, part, pattern, text):
    """The workbook with the first part that can be broken so."""
    for name in sorted(parts):
        if not re.fullmatch(part, name):
            continue
        xml = parts[name].decode()
        if text is None:
            text = re.search('displayName="[^"]*"', parts['xl/tables/table1.xml'].decode())[0]
        after, n = re.subn(pattern, text, xml, count=1)
        if n and after != xml:
            out = io.BytesIO()
            with zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED) as z:
                for other, body in parts.items():
                    z.writestr(other, after.encode() if other == name else body)
            return out.getvalue()
    return None


def main(arguments):
    if len(arguments) == 2 and arguments[0] == '--self-test':
        return self_test(arguments[1])
    if not arguments or arguments[0].startswith('-'):
        print(__doc__)
        return 2
    wrong = [f'{path}: {w}' for path in arguments for w in Book(open(path, 'rb').read()).wrong]
    print('\n'.join(wrong) or f'{len(arguments)} workbook(s) as Office Open XML has them')
    return bool(wrong)


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
