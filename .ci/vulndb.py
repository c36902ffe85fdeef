#!/usr/bin/env python3
"""Lays out the database of known vulnerabilities of Go as govulncheck reads it from a folder.

Usage: vulndb.py OUT
vuln.go.dev gives it on line; the module golang.org/x/vulndb holds the same reports, and comes from the module proxy, which machines that
build Go programs reach. Prints the version taken, whose date is that of the last report. Exits 1 where the proxy does not serve it."""
import json, pathlib, subprocess, sys

if len(sys.argv) != 2:
    sys.exit(__doc__)
out = pathlib.Path(sys.argv[1])
got = subprocess.run(['go', 'mod', 'download', '-json', 'golang.org/x/vulndb@latest'], cwd='/', capture_output=True, text=True)
if got.returncode != 0:
    sys.exit(f'golang.org/x/vulndb cannot be downloaded: {got.stderr.strip() or got.stdout.strip()}')
module = json.loads(got.stdout)

(out / 'ID').mkdir(parents=True)
(out / 'index').mkdir()
modules, latest = {}, ''
for path in sorted(pathlib.Path(module['Dir'], 'data', 'osv').glob('GO-*.json')):
    text = path.read_text(encoding='utf-8')
    report = json.loads(text)
    (out / 'ID' / path.name).write_text(text, encoding='utf-8')
    latest = max(latest, report['modified'])
    for affected in report['affected']:
        fixed = [e['fixed'] for r in affected.get('ranges') or [] for e in r['events'] if 'fixed' in e]
        vulns = modules.setdefault(affected['package']['name'], {})
        vulns[report['id']] = {'id': report['id'], 'modified': report['modified'], **({'fixed': fixed[-1]} if fixed else {})}
if not modules:
    sys.exit(f'golang.org/x/vulndb {module["Version"]} holds no report where they are looked for: its layout has changed')
(out / 'index' / 'db.json').write_text(json.dumps({'modified': latest}))
(out / 'index' / 'modules.json').write_text(json.dumps([{'path': p, 'vulns': list(v.values())} for p, v in sorted(modules.items())]))
print(f'{sum(map(len, modules.values()))} entries of {len(modules)} modules, golang.org/x/vulndb {module["Version"]}')
