#!/usr/bin/env python3
"""How a scan of hostile texts grows with their size.

    benches/hostile.py [--binary target/release/keysift] [--megabytes 1 4 16] [--only WORD]
    benches/hostile.py --generate [--minutes 10] [--seed 1]

Writes one text after the other into a temporary folder, scans it alone, and prints CPU time per size, how
the cost of a byte grew from the first size to the last, seconds a megabyte of the last, and peak memory.
Growth above 2 is flagged (linear is 1.0), and so is more than half a second a megabyte (--most); the exit
code is 1 then.

With --generate, the texts are made of the rules (generated.py), and the costliest are printed.
"""

import argparse
import os
import random
import resource
import subprocess
import sys
import tempfile
import time

import generated

SECRET = "qW3rT5yU7iO9pA1sD3fG5hJ7kL9zX1cV3bN5mQ2w"


def key_ids(size):
    rng = random.Random(1)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    return b"\n".join(b"AKIA" + "".join(rng.choices(letters, k=16)).encode() for _ in range(size // 21))


def same_line(text):
    return text.replace(b"\n", b" ")


def pairs(size):
    rng = random.Random(2)
    ids = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    secrets = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    row = 110
    return b"".join(
        f"aws_access_key_id={'AKIA' + ''.join(rng.choices(ids, k=16))}\n"
        f"aws_secret_access_key={''.join(rng.choices(secrets, k=40))}\n".encode()
        for _ in range(size // row)
    )


def passwords(size):
    rng = random.Random(3)
    letters = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
    return b"".join(f"db.password={''.join(rng.choices(letters, k=12))}\n".encode() for _ in range(size // 25))


def repeated(unit):
    unit = unit.encode() if isinstance(unit, str) else unit
    return lambda size: unit * (size // len(unit) + 1)


def nested(opening, middle="", closing=""):
    def make(size):
        depth = size // (len(opening) + len(closing))
        return (opening * depth + middle + closing * depth).encode()

    return make


def framed(before, unit, after=""):
    return lambda size: (before + unit * (size // len(unit)) + after).encode()


def yaml_aliases(size):
    lines = ["a0: &a0 [password, password]"]
    while size > 0:
        number = len(lines)
        line = f"a{number}: &a{number} [{', '.join([f'*a{number - 1}'] * 9)}]"
        lines.append(line)
        size -= len(line)
    return "\n".join(lines).encode()


def entities(size):
    head = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">'
    lines = []
    number = 0
    while size > 0:
        line = f'<!ENTITY b{number} "&a;&a;&a;&a;&a;&a;&a;&a;">'
        lines.append(line)
        size -= len(line)
        number += 1
    return (head + "".join(lines) + "]><x><password>&b0;</password></x>").encode()


def notebook(size):
    cell = '{"cell_type":"code","source":["db_password = \\"Tr0ub4dor-and-3x\\"\\n"],"outputs":[],"metadata":{}}'
    return ('{"nbformat":4,"metadata":{},"cells":[' + ",".join([cell] * (size // (len(cell) + 1))) + "]}").encode()


def marshal(unit):
    head = b"\xcb\x0d\r\n" + bytes(12) + b"c" + bytes(20)
    return lambda size: head + unit * (size // len(unit))


# Names decide which reader is asked.
SHAPES = {
    "key ids, one a line|a.txt": key_ids,
    "key ids, one line|a.txt": lambda size: same_line(key_ids(size)),
    "key pairs|credentials": pairs,
    "key pairs, one line|a.txt": lambda size: same_line(pairs(size)),
    "passwords|a.properties": passwords,
    "passwords, one line|a.txt": lambda size: same_line(passwords(size)),
    "the same password|a.properties": repeated("db.password=Tr0ub4dor-and-3x\n"),
    "the same password, one line|a.txt": repeated("db.password=Tr0ub4dor-and-3x "),
    "the same key id|a.txt": repeated("AKIA2W3QFYOZTM3D7QXA\n"),
    "the same key id, one line|a.txt": repeated("AKIA2W3QFYOZTM3D7QXA "),
    "keyword in a row|a.txt": repeated("AKIA"),
    "keywords in a row|a.txt": repeated("AKIAASIAghp_xoxb-eyJpasswordsecret"),
    "PEM begins|a.txt": repeated("-----BEGIN RSA PRIVATE KEY-----\n"),
    "PEM begins, one line|a.txt": repeated("-----BEGIN PRIVATE KEY-----"),
    "password= in a row|a.txt": repeated("password="),
    "password: in a row|a.yaml": repeated("password: "),
    "quotes|a.txt": framed("password ", '"'),
    "quotes of two kinds|a.java": framed("password ", "\"'"),
    "backslashes|a.txt": framed('password="', "\\"),
    "escaped quotes|a.java": framed('password = "', '\\"'),
    "escaped escapes|a.json": framed('{"password":"', '\\\\\\"', '"}'),
    "brackets|a.java": framed("password", "("),
    "brackets and quotes|a.java": framed("password", '("a",'),
    "calls in calls|a.py": nested('password("x", ', '"y"', ")"),
    "concatenation|a.java": framed('String password = "x"', ' + "y"', ";"),
    "equals|a.properties": framed("password", "="),
    "continued lines|a.properties": framed("password=", "\\\n"),
    "continued lines with text|a.properties": framed("password=", "ab \\\n"),
    "spaces|a.properties": framed("password", " "),
    "spaces, then a value|a.txt": repeated("password" + " " * 300 + "= x\n"),
    "tabs|a.yaml": framed("password", "\t"),
    "line ends|a.yaml": framed("password:", "\n"),
    "template opens|a.yaml": framed("password: ", "{{"),
    "template opens|a.json": framed('{"password": ', "{{"),
    "placeholder opens|a.properties": framed("password=", "${"),
    "placeholders|a.properties": nested("${a:", "password", "}"),
    "comment opens|a.json": framed('{"password":1 ', "/*"),
    "comment opens|a.java": framed('password="x" ', "/* "),
    "json arrays|a.json": nested("[", '"password"', "]"),
    "json arrays, open|a.json": framed('{"password":', "["),
    "json objects|a.json": nested('{"password":', '"x"', "}"),
    "json names|a.json": nested('{"name":"password","value":', '"x"', "}"),
    "json of many objects|a.json": lambda size: b'[{"db":{"password":"Tr0ub4dor-and-3x"}}'
    + b',{"a":{"b":[]}}' * (size // 15)
    + b"]",
    "json with the same password|a.json": framed("[", '{"password":"Tr0ub4dor-and-3x"},', "{}]"),
    "json in strings|a.json": framed('{"a":[', '"{\\"password\\":\\"{\\\\\\"password\\\\\\":1}\\"}",', "1]}"),
    "json surrogates|a.json": framed('{"password":"', "\\ud800", '"}'),
    "yaml flows|a.yaml": nested("[", "password", "]"),
    "yaml flows, open|a.yaml": framed("password: ", "{a: "),
    "yaml lists|a.yaml": framed("", "- ", "password: x"),
    "yaml questions|a.yaml": framed("", "? ", "password: x"),
    "yaml depth|a.yaml": lambda size: "\n".join(
        " " * depth + "password:" for depth in range(int((2 * size) ** 0.5))
    ).encode(),
    "yaml aliases|a.yaml": yaml_aliases,
    "yaml anchors|a.yaml": repeated("password: &a &b &c *a\n"),
    "yaml documents|a.yaml": repeated("---\npassword: x\n"),
    "yaml quote opens|a.yaml": repeated("password: \"\n"),
    "yaml quote opens, deeper|a.yaml": lambda size: "\n".join(
        " " * (depth % 900) + 'password: "' for depth in range(size // 460)
    ).encode(),
    "yaml block scalars|a.yaml": repeated("password: |\n"),
    "yaml block scalars with files|a.yaml": repeated("a.properties: |\n  password=Tr0ub4dor-and-3x\n"),
    "yaml secrets|a.yaml": repeated("kind: Secret\ndata:\n  password: cGFzc3dvcmQ9VHIwdWI0ZG9y\n---\n"),
    "xml elements|a.xml": nested("<password>", "x", "</password>"),
    "xml elements, open|a.xml": repeated("<password>"),
    "xml names|a.xml": lambda size: "".join(f"<a{number}>" for number in range(size // 9)).encode() + b"</password>" * 9,
    "xml opens|a.xml": framed("<password", "<"),
    "xml comments|a.xml": repeated("<!-- password "),
    "xml sections|a.xml": repeated("<![CDATA[ password "),
    "xml instructions|a.xml": repeated("<? password "),
    "xml attributes|a.xml": framed("<a ", 'password="x" ', "/>"),
    "xml attribute opens|a.xml": repeated('<a password="'),
    "xml end tags|a.xml": framed("<a>", "</b>", "<password>x</password></a>"),
    "xml unclosed and closed|a.xml": lambda size: b"<a>" * (size // 6) + b"</b>" * (size // 8) + b"password",
    "xml entities|a.xml": entities,
    "xml ampersands|a.xml": framed("<password>", "&", "</password>"),
    "xml doctype|a.xml": repeated("<!DOCTYPE password ["),
    "hocon|a.conf": nested("password {", "a = x", "}"),
    "hocon, open|a.conf": framed("password", " {"),
    "hocon lists|a.conf": framed("password = ", "["),
    "hocon triple quotes|a.conf": repeated('password = """\n'),
    "hcl|a.tf": nested('resource "password" "x" {\n', "a = 1", "}\n"),
    "hcl heredocs|a.tf": repeated("password = <<EOT\n"),
    "toml|a.toml": framed("password = ", "["),
    "toml tables|a.toml": repeated("[[password.a.b]]\npassword='x'\n"),
    "toml multi-line|a.toml": repeated("password = '''\n"),
    "ini sections|a.ini": repeated("[password]\n"),
    "ini, open|a.ini": framed("", "[", "password=x"),
    "sql options|a.sql": framed("CREATE TABLE t WITH (", "'password' = 'Tr0ub4dor-and-3x', ", ")"),
    "sql opens|a.sql": repeated("WITH ('password' = '"),
    "sql identified by|a.sql": repeated("IDENTIFIED BY "),
    "jaas|a.txt": framed("sasl.jaas.config=x.LoginModule required ", 'password="x" ', ";"),
    "urls|a.txt": repeated("jdbc:mysql://"),
    "urls in a row|a.txt": repeated("://user:"),
    "url with passwords|a.txt": framed("jdbc:x://h/?", "password=x&"),
    "url passwords|a.txt": repeated("amqp://user:Tr0ub4dor-and-3x@host/\n"),
    "at signs|a.txt": framed("mongodb://a:", "@"),
    "command line|a.sh": framed("mysql ", "--password x "),
    "option opens|a.sh": framed("mysql ", "--password="),
    "log|a.log": repeated("2024-01-01 00:00:00,000 INFO  GlobalConfiguration [] - Loading configuration property: s3.secret-key, x\n"),
    "markdown|a.md": repeated("`password`: `"),
    "csv|a.csv": framed("user,password\n", "joe,Tr0ub4dor-and-3x\n"),
    "base64|a.txt": framed("password=", "QUtJQTJXM1FGWU9aVE0zRDdRWEEK"),
    "hex|a.txt": framed("secret=", "0123456789abcdef"),
    "digits|a.txt": framed("password=", "1"),
    "letters|a.txt": framed("password=", "aA1-"),
    "word of one line|a.txt": framed("password", "a"),
    "dots|a.properties": framed("", "a.", "password=x"),
    "notebook|a.ipynb": notebook,
    "notebook cells, empty|a.ipynb": framed('{"nbformat":4,"password":1,"cells":[', "{},", "{}]}"),
    "notebook in one cell|a.ipynb": framed(
        '{"nbformat":4,"cells":[{"cell_type":"code","source":[', '"password = \'x\'\\n",', '""]}]}'
    ),
    "python strings|a.py": repeated("password = '''\n"),
    "python f-strings|a.py": framed('password = f"', "{a}", '"'),
    "dockerfile|Dockerfile": repeated("ENV password \\\n"),
    "utf-16|a.txt": lambda size: ("\ufeff" + "password=Tr0ub4dor-and-3x\n" * (size // 52)).encode("utf-16-le"),
    "marshal tuples|a.pyc": marshal(b"\x29\x01"),
    "marshal strings|a.pyc": marshal(b"z\x08password"),
    "marshal code|a.pyc": marshal(b"c" + bytes(20)),
    "java objects|a.ser": lambda size: b"\xac\xed\x00\x05" + b"ur\x00\x01a" + bytes(8) + b"\x02\x00\x00xp\x7f\xff\xff\xff" + b"t\x00\x08password" * (size // 11),
    "java classes|a.ser": lambda size: b"\xac\xed\x00\x05" + b"sr\x00\x01a" * (size // 5),
    "java arrays|a.ser": lambda size: b"\xac\xed\x00\x05" + b"ur\x00\x13[Ljava.lang.Object;\x90\xceX\x9f\x10s)l\x02\x00\x00xp\x00\x00\x00\x01" + b"uq\x00~\x00\x00\x00\x00\x00\x01" * (size // 10),
    "savepoint|_metadata": lambda size: b"\x49\x60\x67\x2d" + b"\x00\x08password\x00\x03abc" * (size // 15),
    "binary runs|a.so": repeated(b"\x00\x01AKIA2W3QFYOZTM3D7QXA\x00"),
    "zip signatures|a.bin": repeated(b"PK\x03\x04"),
    "zip local headers|a.zip": repeated(b"PK\x03\x04\x14\x00\x00\x00\x00\x00" + bytes(12) + b"\x00\x00\x00\x00" + b"\x01\x00\x00\x00" + b"a"),
    "zip open-ended headers|a.zip": repeated(b"PK\x03\x04\x14\x00\x08\x00\x00\x00" + bytes(12) + b"\x00\x00\x00\x00" + b"\x01\x00\x00\x00" + b"a"),
    "zip end records|a.bin": repeated(b"PK\x05\x06" + bytes(18)),
    "zip directory records|a.bin": repeated(b"PK\x01\x02" + bytes(42)),
}


def write(path, make, size):
    """In a process of its own: Linux charges a child with the memory of the process that forked it."""
    child = os.fork()
    if child == 0:
        with open(path, "wb") as file:
            file.write(make(size))
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if status:
        sys.exit(f"cannot write {path}")


def scan(binary, path, seconds):
    process = subprocess.Popen(
        [binary, "scan", "--format", "json", "--output", "/dev/null", "--quiet", path],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds)),
    )
    _, status, usage = os.wait4(process.pid, 0)
    code = os.waitstatus_to_exitcode(status)
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, "killed" if code < 0 else code


def spent_on(binary, seconds):
    """What a scan of a folder costs beyond an empty one."""
    with tempfile.TemporaryDirectory() as empty:
        start = min(scan(binary, empty, seconds)[0] for _ in range(5))
    return lambda folder: scan(binary, folder, seconds)[0] - start


def generate(arguments):
    deadline = time.monotonic() + arguments.minutes * 60
    rng = random.Random(arguments.seed)
    hosts = [host for host in generated.HOSTS if not arguments.host or host in arguments.host]
    cases = (
        (title, make, host)
        for title, make in generated.texts(arguments.seed)
        if arguments.only in title
        for host in rng.sample(hosts, min(arguments.hosts, len(hosts)))
    )
    with tempfile.TemporaryDirectory() as folder:
        cost = spent_on(arguments.binary, arguments.seconds)
        search = generated.Search(
            folder, cost, arguments.kilobytes << 10, arguments.most, lambda: time.monotonic() > deadline
        )
        search.run(cases)
    for per_megabyte, title in search.worst[: arguments.show]:
        print(f"{per_megabyte:8.2f} s/MB  {title}{'  <<<' if per_megabyte > arguments.most else ''}")
    flagged = sum(per_megabyte > arguments.most for per_megabyte, _ in search.worst)
    print(f"{flagged} of {search.looked} texts take more than {arguments.most} s/MB")
    return 1 if flagged else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default="target/release/keysift")
    parser.add_argument("--megabytes", type=float, nargs="+", default=[1, 4, 16])
    parser.add_argument("--only", default="")
    parser.add_argument("--seconds", type=int, default=60, help="CPU time that one scan may take")
    parser.add_argument("--most", type=float, default=0.5, help="seconds that a megabyte may take")
    parser.add_argument("--generate", action="store_true", help="texts made of the rules")
    parser.add_argument("--minutes", type=float, default=10, help="how long generated texts are tried")
    parser.add_argument("--seed", type=int, default=1, help="which of them, and in which order")
    parser.add_argument("--kilobytes", type=int, default=64, help="the size of a generated text")
    parser.add_argument("--host", nargs="*", help="names of the files that they are put into")
    parser.add_argument("--hosts", type=int, default=1, help="in how many of those each is put")
    parser.add_argument("--show", type=int, default=40, help="how many of the costliest are printed")
    arguments = parser.parse_args()
    return generate(arguments) if arguments.generate else grow(arguments)


def grow(arguments):
    columns = "".join(f"{size:>9g} MB" for size in arguments.megabytes)
    print(f"{'text':42}{columns}   growth    s/MB   memory  exit")
    flagged = 0
    with tempfile.TemporaryDirectory() as folder:
        for title, make in SHAPES.items():
            if arguments.only not in title:
                continue
            name = title.split("|")[1]
            path = os.path.join(folder, name)
            costs, memory, codes = [], 0, []
            for size in arguments.megabytes:
                write(path, make, int(size * (1 << 20)))
                cost, peak, code = scan(arguments.binary, path, arguments.seconds)
                costs.append(cost)
                memory = max(memory, peak)
                codes.append(code)
                if code == "killed":
                    break
            size = os.path.getsize(path) / (1 << 20)
            os.remove(path)
            # What is below a few hundredths of a second is start-up.
            growth = (costs[-1] / arguments.megabytes[len(costs) - 1]) / (max(costs[0], 0.05) / arguments.megabytes[0])
            each = costs[-1] / max(size, 0.25)
            bad = growth > 2 or each > arguments.most or any(code not in (0, 1, 3) for code in codes)
            flagged += bad
            cells = "".join(f"{cost:>11.2f}s" for cost in costs).ljust(len(columns))
            print(
                f"{title:42}{cells}  {growth:6.1f}  {each:6.2f}  {memory:6.0f}M  {codes[-1]}{'  <<<' if bad else ''}",
                flush=True,
            )
    print(f"{flagged} of them grow faster than their size, or cost more than {arguments.most} s/MB")
    return 1 if flagged else 0


if __name__ == "__main__":
    sys.exit(main())
