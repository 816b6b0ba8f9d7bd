"""Hostile texts made of the rules: what starts them, again and again, in every kind of file.

`benches/hostile.py --generate` runs it. A *unit* is a keyword of patterns/*.toml, a key, a bracket, the beginning of
a pattern or of an example. It is repeated alone, with separators, with line breaks, with a second unit, and in
random order, and the text is put into a *host*: a JSON string, a block scalar, a cell of a notebook, a string
constant of a class. Texts are scanned in groups; a group that costs more than it should is halved until the texts
that are to blame stand alone, and those are measured in two sizes.
"""

import json
import pathlib
import random
import re
import struct
import tomllib
import warnings
from re import _constants as sre
from re import _parser as parser

PATTERNS = pathlib.Path(__file__).resolve().parent.parent / "patterns"

BRACKETS = [
    "(", "[", "{", "<", ")", "]", "}", ">", '"', "'", "`", '"""', "'''", "${", "{{", "}}", "<!--", "<![CDATA[", "/*", "//",
    "#{", "%s", "{}", "\\", "\\\"", "\\\\\"", "=\"", "='", ":\"", "(\"", "[\"", "{\"", "@", "!", "&", "*", "|", "~", "#",
    "!data:", "--", "-", ":", "=", "::", "://", ";", ",", ".", "?", "%", "^", "$", "\t", " ", "\u2028", "é", "\0", "\x01",
]  # fmt: skip
SEPARATORS = [" ", ",", ":", "=", ".", "-", "/", "~", ";", "|", "&", "+", "_", '"', "'", "\\", "(", ")", "é", "\u2028", "A"]
LINE_ENDS = ["\n", "\r\n", " \\\n", "\n\n", ":\n", "\n  "]


def rules():
    for path in sorted(PATTERNS.glob("*.toml")):
        yield from tomllib.loads(path.read_text()).get("rule", [])


def sample(parsed, depth=0):
    """A short text that the parsed pattern matches, as far as that is easy."""
    out = []
    for op, argument in parsed:
        if op is sre.LITERAL:
            out.append(chr(argument))
        elif op is sre.NOT_LITERAL:
            out.append("a" if argument != ord("a") else "b")
        elif op is sre.ANY:
            out.append("a")
        elif op is sre.IN:
            out.append(member(argument))
        elif op in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
            low, _, inner = argument
            out.append(sample(inner, depth + 1) * min(low, 100))
        elif op is sre.SUBPATTERN:
            out.append(sample(argument[3], depth + 1))
        elif op is sre.BRANCH:
            out.append(sample(argument[1][0], depth + 1))
    return "".join(out)


def member(items):
    if items and items[0][0] is sre.NEGATE:
        refused = set()
        for op, argument in items[1:]:
            if op is sre.LITERAL:
                refused.add(chr(argument))
            elif op is sre.RANGE:
                refused.update(chr(code) for code in range(argument[0], min(argument[1], 255) + 1))
        return next((c for c in "aA0-.x;" if c not in refused), "é")
    for op, argument in items:
        if op is sre.LITERAL:
            return chr(argument)
        if op is sre.RANGE:
            return chr(argument[0])
        if op is sre.CATEGORY:
            return {sre.CATEGORY_SPACE: " ", sre.CATEGORY_DIGIT: "1"}.get(argument, "a")
    return "a"


def flat(items):
    for op, argument in items:
        if op is sre.SUBPATTERN:
            yield from flat(argument[3])
        else:
            yield op, argument


def beginnings(pattern):
    """Texts that a pattern begins to match: one for each of its elements but the last."""
    # What Python does not write as Rust does.
    text = pattern.replace("(?s-u:.)", "(?s:.)").replace("(?-u)", "").replace("(?<", "(?P<").replace("(?P<=", "(?<=")
    text = re.sub(r"\(\?([imsx]*)-?u?([imsx]*)\)", lambda m: "" if not (m[1] + m[2]) else f"(?{m[1]})", text)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            parsed = parser.parse(text)
        except re.error:
            return
    branches = [list(parsed)]
    if len(parsed) == 1 and parsed[0][0] is sre.BRANCH:
        branches = parsed[0][1][1]
    for branch in branches:
        items = list(flat(branch))
        for length in range(1, len(items)):
            text = sample(items[:length])
            if text:
                yield text


def units():
    """All of them, once each, in an order that does not change."""
    found = dict.fromkeys(BRACKETS)
    for rule in rules():
        examples = []
        for example in rule.get("examples", []):
            examples.append(example if isinstance(example, str) else example.get("value", ""))
        whole = "\n".join(examples)
        for keyword in rule.get("keywords", []):
            found[keyword] = None
            at = whole.lower().find(keyword)
            if at >= 0:
                found[whole[at : at + len(keyword)]] = None
        for key in rule.get("keys", []):
            found[key.replace("**", "x").replace("*", "x")] = None
        for text in beginnings(rule.get("pattern", "")):
            found[text[:300]] = None
        for example in examples:
            for part in (4, 2, 1):
                found[example[: max(1, min(300, len(example) // part) - (part == 1))]] = None
        found.update(dict.fromkeys(f"{key}=" for key in rule.get("keys", [])[:2]))
    found.pop("", None)
    return list(found)


def texts(seed):
    """Titles, and what makes a text of so many bytes; in random order, so that any part of them is a sample."""
    rng = random.Random(seed)
    known = units()
    cases = [("alone", unit, "") for unit in known]
    cases += [("separated", unit, separator) for unit in known for separator in SEPARATORS]
    cases += [("lines", unit, end) for unit in known for end in LINE_ENDS]
    cases += [("pairs", unit, rng.choice(known)) for unit in known for _ in range(6)]
    cases += [("mixed", unit, rng.choice(known)) for unit in known for _ in range(2)]
    cases += [("values", unit, f"=Tr0ub4dor-{number}-3x") for number, unit in enumerate(known)]
    rng.shuffle(cases)
    for kind, unit, other in cases:
        yield f"{kind} {unit[:60]!r} {other[:30]!r}", lambda size, kind=kind, unit=unit, other=other: text_of(
            kind, unit, other, size
        )


def text_of(kind, unit, other, size):
    if kind != "mixed":
        whole = unit + other
        return whole * (size // len(whole.encode()) + 1)
    # Without a period, so that nothing that was worked out for one stretch helps with the next.
    rng = random.Random(unit)
    parts, length = [], 0
    while length < size:
        part = rng.choice((unit, other, unit + rng.choice(SEPARATORS), rng.choice(SEPARATORS), rng.choice("aZ9 \n")))
        parts.append(part)
        length += len(part.encode())
    return "".join(parts)


def in_json(text):
    return '{"a":[' + json.dumps(text) + ',"password"]}'


def in_block(text):
    return "a:\n  b: |\n" + "".join(f"    {line}\n" for line in text.split("\n")) + "  password: x\n"


def in_notebook(text):
    lines = [line + "\n" for line in text.split("\n")]
    cell = {"cell_type": "code", "source": lines, "outputs": [], "metadata": {}}
    return json.dumps({"nbformat": 4, "metadata": {}, "cells": [cell]})


def in_source(text):
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", '\\n" +\n    "')
    return 'class A {\n  String password = "' + escaped + '";\n}\n'


def in_log(text):
    head = "2024-01-01 00:00:00,000 INFO  GlobalConfiguration [] - Loading: "
    return "".join(f"{head}{line}\n" for line in text.split("\n"))


def in_xml(text):
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    return f"<a><password>{escaped}</password></a>"


def in_properties(text):
    return "a.password=" + text.replace("\\", "\\\\").replace("\n", "\\n\\\n  ") + "\n"


def in_class(text):
    """A class whose constants are the text, and a method that loads each of them."""
    raw = text.encode("utf-8", "replace").replace(b"\0", b"\xc0\x80")
    pieces = [raw[at : at + 60_000] for at in range(0, len(raw), 60_000)][:60]
    pool, count = [], 0

    def add(entry):
        nonlocal count
        pool.append(entry)
        count += 1
        return count

    def utf8(value):
        return add(b"\x01" + struct.pack(">H", len(value)) + value)

    this = add(b"\x07" + struct.pack(">H", utf8(b"A")))
    above = add(b"\x07" + struct.pack(">H", utf8(b"java/lang/Object")))
    code_name, method, of = utf8(b"Code"), utf8(b"password"), utf8(b"()V")
    strings = [add(b"\x08" + struct.pack(">H", utf8(piece))) for piece in pieces]
    code = b"".join(b"\x13" + struct.pack(">H", index) + b"\x57" for index in strings) + b"\xb1"
    body = struct.pack(">HHI", 2, 2, len(code)) + code + struct.pack(">HH", 0, 0)
    member = struct.pack(">HHHH", 9, method, of, 1) + struct.pack(">HI", code_name, len(body)) + body
    head = b"\xca\xfe\xba\xbe" + struct.pack(">HHH", 0, 52, count + 1) + b"".join(pool)
    return head + struct.pack(">HHHH", 0x21, this, above, 0) + struct.pack(">HH", 0, 1) + member + struct.pack(">H", 0)


def as_it_is(text):
    return text


# Names decide which reader is asked.
HOSTS = {
    "a.txt": as_it_is,
    "a.json": in_json,
    "a.yaml": in_block,
    "b.yaml": as_it_is,
    "a.ipynb": in_notebook,
    "A.java": in_source,
    "B.java": as_it_is,
    "a.py": as_it_is,
    "a.sql": as_it_is,
    "a.log": in_log,
    "a.xml": in_xml,
    "b.xml": as_it_is,
    "a.properties": in_properties,
    "b.properties": as_it_is,
    "A.class": in_class,
    "a.sh": as_it_is,
    "a.conf": as_it_is,
    "a.md": as_it_is,
    "a.toml": as_it_is,
    "a.so": lambda text: b"\x7fELF\x00\x01\x02\xff" * 64 + text.encode("utf-8", "replace") + b"\x00\xff",
}


def encoded(content):
    return content if isinstance(content, bytes) else content.encode("utf-8", "replace")


class Search:
    """Looks for the costliest texts for so many seconds of the clock."""

    def __init__(self, folder, cost, size, most, stop):
        self.folder, self.cost, self.size, self.most, self.stop = pathlib.Path(folder), cost, size, most, stop
        self.worst = []
        self.looked = 0

    def run(self, cases, group=8):
        pending = []
        for case in cases:
            if self.stop():
                break
            pending.append(case)
            if len(pending) == group:
                self.look(pending)
                pending = []
        self.look(pending)
        self.worst.sort(key=lambda found: -found[0])

    def write(self, cases, size):
        total = 0
        paths = []
        for number, (_, make, host) in enumerate(cases):
            path = self.folder / str(number) / host
            path.parent.mkdir(exist_ok=True)
            content = encoded(HOSTS[host](make(size)))
            path.write_bytes(content)
            total += len(content)
            paths.append(path)
        return paths, total

    def measure(self, cases, size):
        paths, total = self.write(cases, size)
        spent = self.cost(str(self.folder))
        for path in paths:
            path.unlink()
        return spent, total

    def look(self, cases):
        if not cases:
            return
        if len(cases) > 1:
            spent, total = self.measure(cases, self.size)
            # One text that takes all it may, beside others that take a fifth of that.
            each = total / len(cases) / (1 << 20)
            if spent > 0.02 + self.most * each * (1 + 0.2 * len(cases)):
                half = len(cases) // 2
                self.look(cases[:half])
                self.look(cases[half:])
            else:
                self.looked += len(cases)
            return
        self.looked += 1
        # What is spent once, however long the text is, is no cost of its bytes.
        small, few = self.measure(cases, self.size)
        large, many = self.measure(cases, self.size * 4)
        per_megabyte = (large - small) / max(many - few, 1) * (1 << 20)
        self.worst.append((per_megabyte, f"{cases[0][2]:13} {cases[0][0]}"))
