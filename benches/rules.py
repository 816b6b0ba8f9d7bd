#!/usr/bin/env python3
"""What more rules cost: a scan with the built-in rules, and with some hundred further ones beside them.

    benches/rules.py benches/.corpus                                       user CPU, in turn
    benches/rules.py --instructions benches/.corpus/flink-sql-client-2.3.0.jar   counted by valgrind

The further rules are made up, the same ones each time: tokens with a prefix of their own, as services give them
out; values near the name of a service, as in the rules of other scanners; and keys of configuration. A third of
the names begin with a plain word, and a third of the rules of the second kind look for nothing but that word,
since there are services that are called so.
"""

import argparse
import json
import pathlib
import random
import re
import statistics
import subprocess
import sys
import tempfile

from run import ROOT, measure

SYLLABLES = "ba bri cel dra fen gor hal jup kel lum mar nex ori pul quo rin sol tra vex zan".split()
WORDS = "linear vector segment square compass harbor signal beacon atlas summit anchor relay bridge mosaic pioneer".split()
KEYS = ["api.key", "secret", "auth.token", "password", "client.secret"]


def token(rng, service):
    separator = rng.choice("_-")
    prefix = service[:4] + separator + rng.choice(["live", "prod", "pat", "key"]) + separator
    letters, length = rng.choice(["A-Za-z0-9", "a-f0-9", "A-Z0-9"]), rng.choice([24, 32, 40, 64])
    return {"kind": "token", "random": True, "keywords": [prefix], "pattern": rf"\b{prefix}[{letters}]{{{length}}}\b"}


def near(rng, service):
    word = rng.choice(WORDS) if rng.random() < 0.3 else service
    pattern = rf"(?i){word}[ \t\w.-]{{0,30}}[\s'\"]{{0,3}}(?:=|>|:=|:|=>|,)[\s'\"=]{{0,5}}([a-f0-9]{{{rng.choice([32, 40])}}})(?:['\"\s;]|$)"
    return {"kind": "token", "keywords": [word], "pattern": pattern, "group": 1, "min-entropy": 3.0}


def bound(rng, service):
    return {"kind": "binding", "keys": [f"{service}.{key}" for key in rng.sample(KEYS, 2)]}


def made(count):
    """A file of rules. Strings and lists are written alike in JSON and TOML."""
    rng = random.Random(count)
    rules = []
    for number in range(count):
        stem = rng.choice(WORDS) + rng.choice(SYLLABLES) if rng.random() < 0.3 else "".join(rng.sample(SYLLABLES, 3))
        kind = rng.choices([token, near, bound], weights=[5, 3, 2])[0]
        rule = {
            "id": f"made-{number}",
            "title": f"Made-up credential {number}",
            "severity": "high",
            "confidence": "high" if kind is token else "medium",
            "lifetime": "long-term",
            "remedy": "None: it is made up.",
            **kind(rng, stem),
        }
        rules.append("[[rule]]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in rule.items()))
    return "\n".join(rules)


def instructions(command):
    """All that one thread executes, what is paid once for the rules included."""
    with tempfile.NamedTemporaryFile() as out:
        counted = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out.name}", *command, "--threads", "1"]
        errors = subprocess.run(counted, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True).stderr
    return int(re.search(r"Collected : (\d+)", errors)[1]) / 1e6


def user(command):
    return measure(command, 1, subprocess.DEVNULL)["user"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("targets", nargs="+")
    parser.add_argument("--more", type=int, default=300, help="further rules (default: 300)")
    parser.add_argument("-n", "--runs", type=int, default=7, help="runs of each (default: 7)")
    parser.add_argument("--instructions", action="store_true", help="count instructions, once")
    parser.add_argument("--keysift", default=str(ROOT / "target/release/keysift"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "more.toml"
        file.write_text(made(options.more))
        checked = subprocess.run([options.keysift, "rules", "check", file], capture_output=True, text=True)
        if checked.returncode:
            sys.exit(checked.stdout + checked.stderr)
        for target in options.targets:
            scan = [options.keysift, "scan", target, "--output", str(pathlib.Path(folder) / "report"), "--quiet"]
            commands = {"built-in": scan, f"and {options.more} more": [*scan, "--rules", str(file)]}
            count, unit = (instructions, "million instructions") if options.instructions else (user, "s of user CPU")
            taken = {name: [] for name in commands}
            for turn in range(1 if options.instructions else options.runs + 1):
                for name, command in commands.items():
                    taken[name].append(count(command))
            # The first round warms up.
            few, many = (statistics.median(values[1:] or values) for values in taken.values())
            print(f"{target}: {few:.2f} {unit} with the built-in rules, {many:.2f} with {options.more} more: {many / few - 1:+.1%}")


if __name__ == "__main__":
    main()
