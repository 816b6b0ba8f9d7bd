#!/usr/bin/env python3
"""Compares keysift with inflating alone and with kingfisher on the same directories, and says what each costs.

    cargo build --release --bin keysift --example inflate_only
    benches/corpus.sh
    benches/run.py benches/.corpus

    pip install kingfisher-bin
    benches/connectors.sh
    benches/trees.py configs
    benches/trees.py small-files
    benches/run.py --kingfisher kingfisher benches/.corpus benches/.connectors benches/.configs benches/.small-files

All run in turn, with the same number of threads and after one round that is not counted. kingfisher
runs twice in each turn: with its temporary folder on disk, and in memory. Figures are medians, with
the range behind them; ratios are of medians. Nothing is asserted: times depend on the machine.
"""

import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
MIB = 1 << 20
# ru_maxrss is in KiB, but in bytes on macOS.
RSS_UNIT = 1 if sys.platform == "darwin" else 1024


def measure(command, threads, stdout, **env):
    """Runs a command and returns what it cost and how it ended."""
    env = dict(os.environ, RAYON_NUM_THREADS=str(threads), **env)
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


def run_keysift(options, directory, scratch):
    report = os.path.join(scratch, "report.json")
    command = [options.keysift, "scan", directory, "--threads", str(options.threads), "--format", "json", "--output", report, *options.extra]
    result = measure(command, options.threads, subprocess.DEVNULL)
    try:
        summary = json.loads(pathlib.Path(report).read_text())["summary"]
        result.update(entries=summary["entries"], bytes=summary["bytes"])
    except (OSError, ValueError, KeyError) as error:
        result["report"] = f"no summary in the report: {error}"
    pathlib.Path(report).unlink(missing_ok=True)
    return result


def run_inflate(options, directory, scratch):
    output = os.path.join(scratch, "totals.json")
    with open(output, "wb") as stdout:
        result = measure([options.inflate, directory], options.threads, stdout)
    try:
        totals = json.loads(pathlib.Path(output).read_text())
        result.update(entries=totals["entries"], bytes=totals["bytes"])
        if totals["failed"]:
            result["report"] = f"{totals['failed']} entries or archives could not be inflated"
    except (ValueError, KeyError) as error:
        result["report"] = f"no totals: {error}"
    return result


def run_kingfisher(options, directory, scratch, temporary):
    report = os.path.join(scratch, "kingfisher.json")
    flags = ["--no-validate", "--no-update-check", "--format", "json", "--output", report, "--jobs", str(options.threads)]
    with tempfile.TemporaryDirectory(dir=temporary) as folder:
        return measure([options.kingfisher, "scan", *flags, directory], options.threads, subprocess.DEVNULL, TMPDIR=folder)


def spread(results, field, digits):
    values = [result[field] for result in results]
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f}-{max(values):.{digits}f})"


def distinct(results, field, form=str):
    values = sorted({result[field] for result in results if field in result})
    return " / ".join(form(value) for value in values) or "-"


ROWS = [("wall s", "wall", 2), ("user CPU s", "user", 2), ("sys CPU s", "sys", 2), ("peak RSS MiB", "rss", 0)]


def compare(options, directory):
    """Runs everything on one directory in turns; all results by runner."""
    runners = {"keysift": run_keysift, "inflating alone": run_inflate}
    if options.kingfisher:
        runners["kingfisher, disk"] = lambda *words: run_kingfisher(*words, options.disk)
        runners["kingfisher, memory"] = lambda *words: run_kingfisher(*words, options.memory)
    results = {name: [] for name in runners}
    with tempfile.TemporaryDirectory() as scratch:
        for turn in range(options.runs + 1):
            # Whoever goes first finds a cooler machine: take turns at that, too.
            for name in sorted(runners, reverse=turn % 2 == 0):
                result = runners[name](options, directory, scratch)
                if turn:
                    results[name].append(result)
    return results


def print_table(options, directory, results):
    names = list(results)
    rows = [["", *names, *(f"{name} : keysift" if "kingfisher" in name else "keysift : inflating" for name in names[1:])]]
    for label, field, digits in ROWS:
        medians = {name: statistics.median(result[field] for result in results[name]) for name in names}
        row = [label, *(spread(results[name], field, digits) for name in names)]
        for name in names[1:]:
            top, bottom = (name, "keysift") if "kingfisher" in name else ("keysift", name)
            row.append(f"{medians[top] / medians[bottom]:.2f}" if medians[bottom] else "-")
        rows.append(row)
    for field in ("entries", "bytes"):
        rows.append([field, *(distinct(results[name], field, "{:,}".format) for name in names), *[""] * (len(names) - 1)])
    rows.append(["exit code", *(distinct(results[name], "exit") for name in names), *[""] * (len(names) - 1)])

    print(f"{directory}: {options.runs} runs of each, {options.threads} threads, medians (range)\n")
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        print("  ".join(cell.ljust(width) if not column else cell.rjust(width) for column, (cell, width) in enumerate(zip(row, widths))))
    for name, runs in results.items():
        for note in sorted({run["report"] for run in runs if "report" in run}):
            print(f"{name}: {note}")
        if name in ("keysift", "inflating alone"):
            for line in sorted({line for run in runs if run["exit"] not in (0, 1) for line in run["stderr"]}):
                print(f"{name}: {line}")
    print(flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directories", nargs="+", help="what to scan, e.g. benches/.corpus")
    parser.add_argument("-n", "--runs", type=int, default=5, help="counted runs of each (default: 5)")
    parser.add_argument("-t", "--threads", type=int, default=os.cpu_count() or 1, help="threads of each (default: all)")
    parser.add_argument("--keysift", default=str(ROOT / "target/release/keysift"))
    parser.add_argument("--inflate", default=str(ROOT / "target/release/examples/inflate_only"))
    parser.add_argument("--kingfisher", metavar="PROGRAM", help="also run this (default: not)")
    parser.add_argument("--disk", default=str(ROOT / "target"), help="where kingfisher's folder on disk is made")
    parser.add_argument("--memory", default="/dev/shm", help="where its folder in memory is made")
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
    if options.kingfisher and not shutil.which(options.kingfisher):
        parser.error(f"{options.kingfisher} is missing: pip install kingfisher-bin")
    for directory in options.directories:
        if not os.path.isdir(directory):
            parser.error(f"{directory} is no directory: the commands above make it")

    everything = {}
    for directory in options.directories:
        everything[directory] = compare(options, directory)
        print_table(options, directory, everything[directory])
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps({"threads": options.threads, **everything}, indent=2) + "\n")


if __name__ == "__main__":
    main()
