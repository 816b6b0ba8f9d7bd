#!/usr/bin/env python3
"""What the cache saves: a new version of a jar in a bucket, beside older ones that were scanned before.

    benches/versions.py [JAR] [--class NAME] [--older N] [--binary KEYSIFT]

JAR (default flink-dist of benches/.corpus) is put into a bucket N times (default 20), each time with another
content of one class, and once more as the new version. The bucket is scanned without a cache; then with one
that knows the older versions; and with one that knows their entries, too (--trust-crc). No version is
written to disk: each is served from pieces of JAR.
"""

import argparse
import pathlib
import struct
import tempfile
import zlib

from bucket import Bucket, Stored

HERE = pathlib.Path(__file__).resolve().parent
TASK = "org/apache/flink/runtime/taskmanager/Task.class"
# APPNOTE 4.3.7, 4.3.12 and 4.3.16: local header, record of the directory, end record.
LOCAL, RECORD, END = struct.Struct("<4s5H3I2H"), struct.Struct("<4s6H3I5H2I"), struct.Struct("<4s4H2IH")


class Jar:
    """A jar, as far as it takes to replace one class of it."""

    def __init__(self, path, name):
        self.path, self.name, self.records = path, name.encode(), []
        with open(path, "rb") as file:
            file.seek(-END.size, 2)
            end = END.unpack(file.read(END.size))
            if end[0] != b"PK\5\6":
                raise SystemExit(f"{path}: ends with a comment, or is no zip")
            self.start = end[6]
            file.seek(self.start)
            directory, at = file.read(end[5]), 0
            while at < len(directory):
                record = RECORD.unpack_from(directory, at)
                length = RECORD.size + sum(record[10:13])
                self.records.append((record, directory[at + RECORD.size : at + length]))
                at += length
            offsets = sorted([record[16] for record, _ in self.records] + [self.start])
            found = [record for record, rest in self.records if rest[: record[10]] == self.name]
            if not found:
                raise SystemExit(f"{path}: no {name}")
            self.offset = found[0][16]
            self.next = offsets[offsets.index(self.offset) + 1]
            file.seek(self.offset)
            local = file.read(self.next - self.offset)
            data = local[LOCAL.size + sum(LOCAL.unpack_from(local)[9:11]) :]
            self.content = zlib.decompress(data, -15) if found[0][4] == 8 else data[: found[0][8]]

    def version(self, number):
        """With another name of the source file in the class."""
        source = self.name.rsplit(b"/")[-1].replace(b".class", b".java")
        other = b"V%0*d.java" % (len(source) - 6, number)
        content = self.content.replace(source, other)
        deflate = zlib.compressobj(6, zlib.DEFLATED, -15)
        data = deflate.compress(content) + deflate.flush()
        crc = zlib.crc32(content)
        local = LOCAL.pack(b"PK\3\4", 20, 0, 8, 0, 33, crc, len(data), len(content), len(self.name), 0)
        entry = local + self.name + data
        shift = len(entry) - (self.next - self.offset)
        directory = bytearray()
        for record, rest in self.records:
            record = list(record)
            if record[16] == self.offset:
                record[3], record[4], record[7], record[8], record[9] = 0, 8, crc, len(data), len(content)
            elif record[16] > self.offset:
                record[16] += shift
            directory += RECORD.pack(*record) + rest
        entries, start = len(self.records), self.start + shift
        directory += END.pack(b"PK\5\6", 0, 0, entries, entries, len(directory), start, 0)
        before, behind = (self.path, 0, self.offset), (self.path, self.next, self.start)
        return Stored(number + 1, [before, entry, behind, bytes(directory)])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("jar", nargs="?", type=pathlib.Path, default=HERE / ".corpus/flink-dist-2.3.0.jar")
    parser.add_argument("--class", dest="name", default=TASK)
    parser.add_argument("--older", type=int, default=20)
    parser.add_argument("--binary", default=str(HERE.parent / "target/release/keysift"))
    options = parser.parse_args()
    if not options.jar.is_file():
        parser.error(f"{options.jar}: no such file; benches/corpus.sh fetches it")
    jar = Jar(options.jar, options.name)
    versions = {f"releases/app-{number:03}.jar": jar.version(number) for number in range(options.older + 1)}
    newest = max(versions)
    old = {key: stored for key, stored in versions.items() if key != newest}
    size = sum(stored.size for stored in versions.values())
    print(f"{len(versions)} versions of {options.jar.name}, {size:,} bytes; the newest has {versions[newest].size:,}\n")
    print("| scan | GET | bytes fetched | of the newest | CPU | peak memory |")
    print("|---|---|---|---|---|---|")
    bucket = Bucket(old)

    def row(name, *arguments):
        taken = bucket.scan(options.binary, *arguments)
        count = bucket.count
        gets, own = count.requests.get("GET", 0), count.by_key.get(newest, (0, 0))
        print(f"| {name} | {gets} | {count.sent:,} | {own[0]} GET, {own[1]:,} | {taken.user + taken.system:.1f} s "
              f"| {taken.peak:.0f} MiB |", flush=True)
        if not taken.summary["complete"]:
            raise SystemExit(f"{name}: the scan was not complete")
        return {(one["fingerprint"], place["uri"], place["line"])
                for one in taken.findings for place in one["locations"]}

    bucket.objects = versions
    expected = row("all, without a cache")
    with tempfile.TemporaryDirectory() as folder:
        for name, trust in [("`--cache`", []), ("`--cache --trust-crc`", ["--trust-crc"])]:
            arguments = ["--cache", str(pathlib.Path(folder) / f"{len(trust)}.redb"), *trust]
            bucket.objects = old
            row(f"the older ones, {name} for the first time", *arguments)
            row(f"the older ones again, {name}", *arguments)
            bucket.objects = versions
            if row(f"all, {name}", *arguments) != expected:
                raise SystemExit(f"{name}: other findings than without a cache")


if __name__ == "__main__":
    main()
