"""Lists the modules that go.mod requires, with the licence that each of them ships, into cmd/bascule/licences.csv. With --check, only tells
whether that file says so still: a module added, updated, or under another licence is then an error."""
import json
import pathlib
import re
import subprocess
import sys

ADMITTED = {"MIT", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "MPL-2.0", "ISC"}
TABLE = pathlib.Path("cmd/bascule/licences.csv")


KINDS = [
    ("Apache-2.0", r"Apache License\b.*?Version 2\.0"),
    ("MPL-2.0", r"Mozilla Public License,? [Vv]ersion 2\.0"),
    ("MIT", r"Permission is hereby granted, free of charge"),
    ("ISC", r"Permission to use, copy, modify, and(/or)? distribute this software for any purpose"),
    ("BSD-3-Clause", r"Redistribution and use in source and binary forms(?=.*([Nn]either the name|may not be used to endorse))"),
    ("BSD-2-Clause", r"Redistribution and use in source and binary forms(?!.*([Nn]either the name|may not be used to endorse))"),
]


def kinds(text):
    text = re.sub(r"\s+", " ", text)
    return {name for name, pattern in KINDS if re.search(pattern, text)}


def licence(module):
    found = set()
    for file in sorted(pathlib.Path(module["Dir"]).iterdir()):
        if file.is_file() and re.match(r"(licen[cs]e|copying)", file.name, re.I):
            of = kinds(file.read_text(errors="replace"))
            if not of:
                sys.exit(f"{module['Path']}: {file.name} is no licence that this script knows: read it, then teach it")
            found |= of
    if not found:
        sys.exit(f"{module['Path']}: ships no licence")
    if not found <= ADMITTED:
        sys.exit(f"{module['Path']}: {' '.join(sorted(found - ADMITTED))} is not admitted")
    return " AND ".join(sorted(found))


def modules():
    required = json.loads(subprocess.check_output(["go", "mod", "edit", "-json"]))["Require"]
    subprocess.check_call(["go", "mod", "download"] + [m["Path"] for m in required])
    text = subprocess.check_output(["go", "list", "-m", "-json"] + [m["Path"] for m in required], text=True)
    decoder, at, listed = json.JSONDecoder(), 0, []
    while at < len(text.rstrip()):
        module, at = decoder.raw_decode(text, at)
        at += len(text[at:]) - len(text[at:].lstrip())
        listed.append(module)
    return sorted(listed, key=lambda m: m["Path"])


def linked():
    paths = subprocess.check_output(["go", "list", "-deps", "-f", "{{with .Module}}{{.Path}}{{end}}", "./cmd/bascule"], text=True)
    return set(paths.split())


within = linked()
rows = ["module;version;licence;dans le programme"]
rows += [f"{m['Path']};{m['Version']};{licence(m)};{'oui' if m['Path'] in within else 'non'}" for m in modules()]
text = "\n".join(rows) + "\n"
if "--check" not in sys.argv:
    TABLE.write_text(text)
elif not TABLE.exists() or TABLE.read_text() != text:
    sys.exit(f"{TABLE} is stale: run python3 .ci/licences.py and read what changed")
print(f"{len(rows) - 1} modules, {len(within) - 1} of them in the program, all under admitted licences")
