#!/usr/bin/env python3
"""Compares keysift with inflating alone on the same directory, and says what each costs.

    cargo build --release --bin keysift --example inflate_only
    benches/corpus.sh
    benches/run.py benches/.corpus

Both run in turn, with the same number of threads and after one round that is not counted. Figures
are medians, with the range behind them. Nothing is asserted: times depend on the machine.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
MIB = 1 << 20
# ru_maxrss is in KiB, but in bytes on macOS.
RSS_UNIT = 1 if sys.platform == "darwin" else 1024


def measure(command, threads, stdout):
    """Runs a command and returns what it cost and how it ended."""
    env = dict(os.environ, RAYON_NUM_THREADS=str(threads))
    with tempfile.TemporaryFile() as errors:
        start = time.perf_counter()
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=stdout, stderr=errors, env=env)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        errors.seek(0)
        tail = errors.read().decode("utf-8", "replace").strip().splitlines()[-3:]
    return {
        "wall": wall,
        "user": usage.ru_utime,
        "sys": usage.ru_stime,
        "rss": usage.ru_maxrss * RSS_UNIT / MIB,
        "exit": child.returncode,
        "stderr": tail,
    }


def run_keysift(options, report):
    command = [options.keysift, "scan", options.directory, "--format", "json", "--output", report, *options.extra]
    result = measure(command, options.threads, subprocess.DEVNULL)
    try:
        summary = json.loads(pathlib.Path(report).read_text())["summary"]
        result.update(entries=summary["entries"], bytes=summary["bytes"])
    except (OSError, ValueError, KeyError) as error:
        result["report"] = f"no summary in the report: {error}"
    pathlib.Path(report).unlink(missing_ok=True)
    return result


def run_inflate(options, output):
    with open(output, "wb") as stdout:
        result = measure([options.inflate, options.directory], options.threads, stdout)
    try:
        totals = json.loads(pathlib.Path(output).read_text())
        result.update(entries=totals["entries"], bytes=totals["bytes"])
        if totals["failed"]:
            result["report"] = f"{totals['failed']} entries or archives could not be inflated"
    except (ValueError, KeyError) as error:
        result["report"] = f"no totals: {error}"
    return result


def spread(results, field, digits):
    values = [result[field] for result in results]
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f}-{max(values):.{digits}f})"


def distinct(results, field, form=str):
    values = sorted({result[field] for result in results if field in result})
    return " / ".join(form(value) for value in values) or "-"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", help="what to scan, e.g. benches/.corpus")
    parser.add_argument("-n", "--runs", type=int, default=5, help="counted runs of each (default: 5)")
    parser.add_argument("-t", "--threads", type=int, default=os.cpu_count() or 1, help="threads of each (default: all)")
    parser.add_argument("--keysift", default=str(ROOT / "target/release/keysift"))
    parser.add_argument("--inflate", default=str(ROOT / "target/release/examples/inflate_only"))
    parser.add_argument("--json", metavar="FILE", help="write every single result there")
    parser.epilog = "What follows -- goes to keysift as it is."
    words = sys.argv[1:]
    split = words.index("--") if "--" in words else len(words)
    options = parser.parse_args(words[:split])
    options.extra = words[split + 1 :]

    if options.runs < 1:
        parser.error("--runs must be at least 1")
    for program in (options.keysift, options.inflate):
        if not os.access(program, os.X_OK):
            parser.error(f"{program} is missing: cargo build --release --bin keysift --example inflate_only")
    if not os.path.isdir(options.directory):
        parser.error(f"{options.directory} is no directory: benches/corpus.sh fetches the corpus")

    results = {"keysift": [], "inflate": []}
    with tempfile.TemporaryDirectory() as scratch:
        runners = {
            "keysift": lambda: run_keysift(options, os.path.join(scratch, "report.json")),
            "inflate": lambda: run_inflate(options, os.path.join(scratch, "totals.json")),
        }
        for turn in range(options.runs + 1):
            # Whoever goes first finds a cooler machine: take turns at that, too.
            for name in sorted(runners, reverse=turn % 2 == 0):
                result = runners[name]()
                if turn:
                    results[name].append(result)

    rows = [("", "keysift", "inflating alone", "ratio")]
    for label, field, digits in (("wall s", "wall", 2), ("user CPU s", "user", 2), ("sys CPU s", "sys", 2), ("peak RSS MiB", "rss", 0)):
        scan, floor = (statistics.median(result[field] for result in results[name]) for name in ("keysift", "inflate"))
        ratio = f"{scan / floor:.2f}" if floor else "-"
        rows.append((label, spread(results["keysift"], field, digits), spread(results["inflate"], field, digits), ratio))
    for label, field in (("entries", "entries"), ("inflated bytes", "bytes")):
        rows.append((label, *(distinct(results[name], field, "{:,}".format) for name in ("keysift", "inflate")), ""))
    rows.append(("exit code", *(distinct(results[name], "exit") for name in ("keysift", "inflate")), ""))

    print(f"{options.directory}: {options.runs} runs of each, {options.threads} threads, medians (range)\n")
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for row in rows:
        print("  ".join(cell.ljust(width) if not column else cell.rjust(width) for column, (cell, width) in enumerate(zip(row, widths))))
    for name, runs in results.items():
        for note in sorted({run["report"] for run in runs if "report" in run}):
            print(f"{name}: {note}")
        for line in sorted({line for run in runs if run["exit"] not in (0, 1) for line in run["stderr"]}):
            print(f"{name}: {line}")
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps({"threads": options.threads, **results}, indent=2) + "\n")


if __name__ == "__main__":
    main()
