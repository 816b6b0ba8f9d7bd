#!/usr/bin/env python3
"""What a scan of a bucket costs: requests, bytes over the wire, and CPU time.

    benches/remote.py [PATH] [--binary KEYSIFT] [ARGUMENT OF THE SCAN...]

Serves a file, or the files below a folder (default benches/.corpus), as a bucket on this machine, runs
keysift over it, and prints what was asked for.
"""

import argparse
import pathlib

from bucket import Bucket, Stored

HERE = pathlib.Path(__file__).resolve().parent


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", nargs="?", type=pathlib.Path, default=HERE / ".corpus")
    parser.add_argument("--binary", default=str(HERE.parent / "target/release/keysift"))
    options, arguments = parser.parse_known_args()
    folder = options.path if options.path.is_dir() else options.path.parent
    files = [path for path in [options.path, *options.path.rglob("*")] if path.is_file()]
    if not files:
        parser.error(f"{options.path}: no files; benches/corpus.sh fetches some")
    bucket = Bucket({path.relative_to(folder).as_posix(): Stored.file(path) for path in files})
    taken = bucket.scan(options.binary, *arguments)
    count, size, summary = bucket.count, bucket.size(), taken.summary
    print(f"objects             {len(files)}, {size:,} bytes")
    print(f"requests            {count.requests}, {count.requests.get('GET', 0) / len(files):.1f} GET an object")
    print(f"bytes sent          {count.sent:,}, {100 * count.sent / size:.0f} % of the objects")
    print(f"CPU                 {taken.user:.1f} s user, {taken.system:.1f} s system, "
          f"{(taken.user + taken.system) / (size / 1e9):.1f} s a GB of objects")
    print(f"peak memory         {taken.peak:.0f} MiB")
    print(f"wall clock          {taken.elapsed:.1f} s")
    print(f"complete            {summary['complete']}, {summary['artifacts']} artifacts, {summary['entries']} entries")
    for key, (requests, sent) in sorted(count.by_key.items(), key=lambda item: -item[1][1])[:5]:
        print(f"  {key}: {requests} GET, {sent:,} of {bucket.objects[key].size:,} bytes")


if __name__ == "__main__":
    main()
