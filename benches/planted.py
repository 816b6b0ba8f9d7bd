#!/usr/bin/env python3
"""Plants a secret into real archives: keysift has to find it, or to say that it did not read the archive in full.

    benches/collections.sh
    benches/planted.py target/release/keysift [FOLDER] [--seed 1] [--least 100] [--told] [--keep DIR]

FOLDER defaults to benches/.collections. Each folder in it is one collection; its containers are known by their
bytes: zip, tar, cpio, and streams of gzip, bzip2, xz, lzma, zlib, zstd and lz4. Each one gets the secret in
several ways, one file for each way: an entry that the directory of a zip lists first, last, twice or not at
all, a member of a tar anywhere, a stream in front of another or behind it, the same in what a stream holds,
and a new tar.gz with the container beside the secret.

Prints figures per collection and what keysift was silent about. The exit code is 1 if that is anything, or if
fewer containers than --least were there. --keep writes the silent files to DIR.
"""

import argparse
import bz2
import gzip
import io
import json
import lzma
import pathlib
import random
import re
import shutil
import string
import struct
import subprocess
import sys
import tarfile
import tempfile
import warnings
import zipfile
import zlib

HERE = pathlib.Path(__file__).resolve().parent
NAME = "planted.properties"
# Larger containers are left out.
LARGEST = 1 << 20
# What a stream may hold to be packed again.
MOST_INSIDE = 8 << 20
BLOCK = 512


# What a container is.

MAGICS = [
    ("zip", b"PK\3\4"), ("zip", b"PK\5\6"), ("zip", b"PK\7\10PK\3\4"), ("zip", b"PK00PK\3\4"),
    ("gzip", b"\x1f\x8b\x08"), ("xz", b"\xfd7zXZ\0"), ("zstd", b"\x28\xb5\x2f\xfd"),
    ("lz4", b"\x04\x22\x4d\x18"), ("lz4", b"\x02\x21\x4c\x18"), ("cpio", b"07070"),
]  # fmt: skip


def kind(data):
    for name, magic in MAGICS:
        if data.startswith(magic):
            return name
    if re.match(rb"BZh[1-9](1AY&SY|\x17rE8P\x90)", data):
        return "bzip2"
    if is_tar(data):
        return "tar"
    # These begin like text or chance: something has to come out.
    if data[:2] in (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda") and unpacked("zlib", data):
        return "zlib"
    if data[:1] == b"\x5d" and is_usual(data[1:5]) and unpacked("lzma", data):
        return "lzma"
    # A zip with something in front.
    return "zip" if End.of(data) and b"PK\3\4" in data else None


def is_tar(data):
    try:
        tarfile.TarInfo.frombuf(data[:BLOCK], "latin-1", "replace")
        return True
    except (tarfile.HeaderError, ValueError):
        return False


def is_usual(dictionary):
    """The sizes that xz takes: powers of two, and half as much again."""
    bits = f"{int.from_bytes(dictionary, 'little'):b}".rstrip("0")
    return bits in ("1", "11") or len(bits) == 32


def unpacked(codec, data):
    """What a stream holds, as far as it can be read; None for more than is packed again."""
    if codec not in DECODERS:
        return None
    content, rest = [], data
    while rest and sum(map(len, content)) <= MOST_INSIDE:
        decoder = DECODERS[codec]()
        try:
            content.append(decoder.decompress(rest, MOST_INSIDE))
        except (zlib.error, OSError, lzma.LZMAError, EOFError, ValueError):
            break
        if not decoder.eof:
            break
        rest = decoder.unused_data
    content = b"".join(content)
    return content if len(content) <= MOST_INSIDE else None


DECODERS = {
    "gzip": lambda: zlib.decompressobj(31),
    "zlib": zlib.decompressobj,
    "bzip2": bz2.BZ2Decompressor,
    "xz": lzma.LZMADecompressor,
    "lzma": lambda: lzma.LZMADecompressor(lzma.FORMAT_ALONE),
}


def zstd(content):
    """One frame of raw blocks of 64 KiB."""
    blocks = [content[at : at + 65536] for at in range(0, len(content), 65536)] or [b""]
    frame = b"\x28\xb5\x2f\xfd\xa0" + struct.pack("<I", len(content))
    for number, block in enumerate(blocks):
        frame += struct.pack("<I", len(block) << 3 | (number == len(blocks) - 1))[:3] + block
    return frame


def lz4(content):
    """One frame of blocks of 64 KiB that are not compressed."""
    frame = b"\x04\x22\x4d\x18\x60\x40\x82"
    for at in range(0, len(content), 65536):
        block = content[at : at + 65536]
        frame += struct.pack("<I", len(block) | 1 << 31) + block
    return frame + b"\0\0\0\0"


ENCODERS = {
    "gzip": lambda content: gzip.compress(content, mtime=0),
    "zlib": zlib.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "lzma": lambda content: lzma.compress(content, lzma.FORMAT_ALONE),
    "zstd": zstd,
    "lz4": lz4,
}


# Ways of planting. Each yields the name of the way, and a function that makes the file of the text.


class End:
    """The end record of a zip, with that of zip64, and the directory that lies in front."""

    @classmethod
    def of(cls, data):
        at = len(data)
        while (at := data.rfind(b"PK\5\6", 0, at)) >= 0:
            end = cls(data, at)
            if end.is_sound:
                return end
        return None

    def __init__(self, data, at):
        self.data, self.at, self.wide = data, at, None
        self.is_sound = False
        if at + 22 > len(data):
            return
        self.entries, size, offset = struct.unpack_from("<HII", data, at + 10)
        behind = at
        if data[at - 20 : at - 16] == b"PK\6\7" and at >= 76 and data[at - 76 : at - 72] == b"PK\6\6":
            self.wide = behind = at - 76
            self.entries, size, offset = struct.unpack_from("<QQQ", data, behind + 32)
        self.start, self.behind = behind - size, behind
        # What stands in front of the archive shifts it.
        self.shift = self.start - offset
        listed = data[self.start : self.start + 4] == b"PK\1\2" if self.start >= 0 else False
        self.is_sound = self.start >= 0 and self.shift >= 0 and (listed or size == 0)

    def first_name(self):
        length = struct.unpack_from("<H", self.data, self.start + 28)[0]
        return self.data[self.start + 46 :][:length]

    def with_entry(self, text, name=NAME.encode(), first=False, listed=True):
        deflater = zlib.compressobj(9, zlib.DEFLATED, -15)
        packed = deflater.compress(text) + deflater.flush()
        fields = struct.pack("<HHHHIIIHH", 0, 8, 0, 33, zlib.crc32(text), len(packed), len(text), len(name), 0)
        local = b"PK\3\4" + struct.pack("<H", 20) + fields + name + packed
        record = b"PK\1\2" + struct.pack("<HH", 20, 20) + fields
        record += struct.pack("<HHHII", 0, 0, 0, 0, self.start - self.shift) + name
        record = record if listed else b""
        directory = self.data[self.start : self.behind]
        directory = record + directory if first else directory + record
        rest = bytearray(self.data[self.behind :])

        def add(at, form, amount):
            (value,) = struct.unpack_from(form, rest, at)
            # All ones: the field of zip64 holds.
            if self.wide is None or form == "<Q" or value != (1 << 8 * struct.calcsize(form)) - 1:
                struct.pack_into(form, rest, at, value + amount & (1 << 8 * struct.calcsize(form)) - 1)

        if self.wide is not None:
            for at, amount in (24, listed), (32, listed), (40, len(record)), (48, len(local)):
                add(at, "<Q", amount)
            add(56 + 8, "<Q", len(local) + len(record))
        at = self.at - self.behind
        for field, form, amount in (8, "<H", listed), (10, "<H", listed), (12, "<I", len(record)), (16, "<I", len(local)):
            add(at + field, form, amount)
        return self.data[: self.start] + local + directory + bytes(rest)


def in_zip(data):
    def appended(text):
        file = io.BytesIO(data)
        with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(NAME, text)
        return file.getvalue()

    yield "appended by zipfile", appended
    if end := End.of(data):
        yield "listed last", lambda text: end.with_entry(text)
        yield "listed first", lambda text: end.with_entry(text, first=True)
        yield "not listed", lambda text: end.with_entry(text, listed=False)
        if end.entries:
            yield "listed twice", lambda text: end.with_entry(text, name=end.first_name())
    yield "text behind", lambda text: data + text
    yield "text in front", lambda text: text + data


def tar_member(text):
    member = tarfile.TarInfo(NAME)
    member.size = len(text)
    return member.tobuf(tarfile.USTAR_FORMAT) + text + b"\0" * (-len(text) % BLOCK)


def in_tar(data):
    offsets, end = [], None
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
            # Not all of those that claim to go on for ever.
            for member in archive:
                offsets.append(member.offset)
                if len(offsets) > 10_000:
                    break
            end = archive.offset
    except (tarfile.TarError, ValueError, OSError, OverflowError, EOFError):
        pass
    at = lambda offset: lambda text: data[:offset] + tar_member(text) + data[offset:]
    yield "in front", at(0)
    if len(offsets) > 1 and offsets[len(offsets) // 2] < len(data):
        yield "in the middle", at(offsets[len(offsets) // 2])
    if offsets and end is not None and end <= len(data):
        yield "at the end", at(end)
    yield "behind the end", lambda text: data + b"\0" * (-len(data) % BLOCK) + tar_member(text) + b"\0" * 2 * BLOCK
    yield "text behind", lambda text: data + text


def cpio_member(name, content):
    fields = (0, 0o100644 if content else 0, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(name) + 1, 0)
    head = b"070701" + b"".join(b"%08x" % field for field in fields) + name + b"\0"
    return head + b"\0" * (-len(head) % 4) + content + b"\0" * (-len(content) % 4)


def in_cpio(data):
    member = lambda text: cpio_member(NAME.encode(), text)
    yield "in front", lambda text: member(text) + data
    yield "behind the end", lambda text: data + member(text) + cpio_member(b"TRAILER!!!", b"")
    yield "text behind", lambda text: data + text


def in_stream(codec, data):
    encode = ENCODERS[codec]
    yield "stream in front", lambda text: encode(text) + data
    yield "stream behind", lambda text: data + encode(text)
    yield "stream behind NULs", lambda text: data + b"\0" * BLOCK + encode(text)
    yield "text behind", lambda text: data + text
    content = unpacked(codec, data)
    inner = kind(content) if content else None
    for way, plant in ways(inner, content) if inner else ():
        yield f"inside: {way}", lambda text, plant=plant: encode(plant(text))


def ways(name, data):
    if name in ENCODERS:
        return in_stream(name, data)
    return {"zip": in_zip, "tar": in_tar, "cpio": in_cpio}[name](data)


def beside(data):
    def packed(text, first):
        file = io.BytesIO()
        with tarfile.open(fileobj=file, mode="w:gz", compresslevel=1) as archive:
            for name, content in sorted([(NAME, text), ("original", data)], reverse=first):
                member = tarfile.TarInfo(name)
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
        return file.getvalue()

    yield "beside, in front", lambda text: packed(text, True)
    yield "beside, behind", lambda text: packed(text, False)


# Scans.


def scan(keysift, folder):
    """The report: which secrets were found where, and which files were not read in full."""
    command = [keysift, "scan", folder, "--quiet", "--show-secrets", "--no-config", "--no-baseline", "--no-cache"]
    run = subprocess.run([*command, "--format", "json"], capture_output=True, text=True)
    if run.returncode not in (0, 1, 3):
        sys.exit(f"{' '.join(map(str, command))}: exit code {run.returncode}\n{run.stderr}")
    report = json.loads(run.stdout)
    artifact = lambda uri: pathlib.PurePath(uri.split("!")[0]).name
    found = {
        (artifact(location["uri"]), part.get("value"))
        for finding in report["findings"]
        for location in finding["locations"]
        for part in finding["parts"]
    }
    return found, {artifact(trouble["uri"]) for trouble in report["trouble"]}


def token(rng):
    return "ghp_" + "".join(rng.choices(string.ascii_letters + string.digits, k=36))


def containers(folder):
    """Each once, however often it comes."""
    seen = set()
    for file in sorted(file for file in folder.rglob("*") if file.is_file()):
        data = file.read_bytes()
        name = kind(data)
        if name and data not in seen:
            seen.add(data)
            yield file.relative_to(folder), name, data


class Collection:
    def __init__(self, keysift, folder, rng, keep):
        self.containers = self.larger = 0
        originals, variants = {}, {}
        with tempfile.TemporaryDirectory() as work:
            as_is, planted = pathlib.Path(work, "as-is"), pathlib.Path(work, "planted")
            as_is.mkdir(), planted.mkdir()
            for number, (path, name, data) in enumerate(containers(folder)):
                if len(data) > LARGEST:
                    self.larger += 1
                    continue
                self.containers += 1
                original = f"{number:05}"
                (as_is / original).write_bytes(data)
                for way, plant in [*ways(name, data), *beside(data)]:
                    secret = token(rng)
                    try:
                        content = plant(f'token = "{secret}"\n'.encode())
                    except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error, RuntimeError, EOFError):
                        # zipfile does not read it.
                        continue
                    # Without an ending: that one can be wrong, too.
                    file = f"{original}-{len(variants):06}"
                    (planted / file).write_bytes(content)
                    variants[file] = original, f"{path} ({name}): {way}", secret
            _, told_before = scan(keysift, as_is)
            found, told = scan(keysift, planted)
            self.variants = len(variants)
            self.found = sum((file, secret) in found for file, (_, _, secret) in variants.items())
            lost = [file for file, (_, _, secret) in variants.items() if (file, secret) not in found]
            self.instead = [variants[file][1] for file in lost if file in told]
            self.told_before = sum(file in told and variants[file][0] in told_before for file in lost)
            self.silent = [variants[file][1] for file in lost if file not in told]
            for file in lost:
                if keep and file not in told:
                    place = keep / re.sub(r"[^\w.-]+", "_", f"{folder.name} {variants[file][1]}")
                    shutil.copyfile(planted / file, place)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("keysift")
    options.add_argument("folder", nargs="?", type=pathlib.Path, default=HERE / ".collections")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--least", type=int, default=100, help="how many containers must be there")
    options.add_argument("--told", action="store_true", help="also list what was told of instead of found")
    options.add_argument("--keep", type=pathlib.Path, help="a folder for the silent files")
    options = options.parse_args()
    if not options.folder.is_dir():
        sys.exit(f"{options.folder}: not there; benches/collections.sh fetches it")
    if options.keep:
        options.keep.mkdir(parents=True, exist_ok=True)
    # Of names that come twice.
    warnings.simplefilter("ignore")
    rng = random.Random(options.seed)
    print(f"seed {options.seed}")
    print(f"{'collection':20} containers  planted    found   not read in full (as it is, too)   silent")
    containers, silent = 0, []
    for folder in sorted(folder for folder in options.folder.iterdir() if folder.is_dir()):
        one = Collection(options.keysift, folder, rng, options.keep)
        containers += one.containers
        silent += (f"{folder.name}/{way}" for way in one.silent)
        figures = f"{one.containers:10} {one.variants:8} {one.found:8} {len(one.instead):18} {one.told_before:15} {len(one.silent):8}"
        print(f"{folder.name:20} {figures}", flush=True)
        if one.larger:
            print(f"  {one.larger} left out: too large")
        for way in one.instead if options.told else ():
            print(f"  told: {way}")
    for way in silent:
        print(f"silent: {way}")
    if containers < options.least:
        print(f"only {containers} containers, of at least {options.least}")
    sys.exit(bool(silent) or containers < options.least)


if __name__ == "__main__":
    main()
