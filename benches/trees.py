#!/usr/bin/env python3
"""Makes the trees of small files for benches/run.py: the same ones each time, with nothing secret in them.

    benches/trees.py configs [DIR]        2,000 configuration files in 100 folders, as an organisation's repositories have them
    benches/trees.py small-files [DIR]    100,000 files of 40 to 400 bytes in 1,000 folders
    benches/trees.py big-jar [DIR]        one jar of a gigabyte: the largest classes of benches/.corpus, over and over

DIR defaults to benches/.NAME. What is there already stays.
"""

import pathlib
import random
import sys
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
GIB = 1 << 30
WORDS = "orders payments stream sink source topic group checkpoint interval parallelism state backend bucket region retry timeout buffer window".split()


def properties(rng):
    return "".join(f"{rng.choice(WORDS)}.{rng.choice(WORDS)}={rng.randrange(10**6)}\n" for _ in range(30))


def yaml(rng):
    lines = []
    for section in rng.sample(WORDS, 6):
        lines.append(f"{section}:")
        lines += [f"  {word}: {rng.choice(WORDS)}-{rng.randrange(1000)}" for word in rng.sample(WORDS, 5)]
    return "\n".join(lines) + "\n"


def json(rng):
    groups = ",\n".join(
        f'  {{"PropertyGroupId": "{group}", "PropertyMap": {{'
        + ", ".join(f'"{word}.{group}": "{rng.randrange(10**6)}"' for word in rng.sample(WORDS, 6))
        + "}}"
        for group in rng.sample(WORDS, 5)
    )
    return f"[\n{groups}\n]\n"


def sql(rng):
    table = rng.choice(WORDS)
    columns = ",\n".join(f"  {word}_{number} STRING" for number, word in enumerate(rng.sample(WORDS, 8)))
    return f"CREATE TABLE {table} (\n{columns}\n) WITH (\n  'connector' = 'kinesis',\n  'stream' = '{table}',\n  'aws.region' = 'eu-west-1'\n);\n"


KINDS = [("application.properties", properties), ("values.yaml", yaml), ("flink-application-properties-dev.json", json), ("tables.sql", sql)]


def configs(target):
    for number in range(2000):
        name, make = KINDS[number % len(KINDS)]
        folder = target / f"service-{number // 20:03}" / f"config-{number % 20:02}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(make(random.Random(number)))


def small_files(target):
    for number in range(100_000):
        folder = target / f"{number // 100:04}"
        if number % 100 == 0:
            folder.mkdir(parents=True, exist_ok=True)
        rng = random.Random(number)
        lines = [f"{rng.choice(WORDS)} {rng.choice(WORDS)} = {rng.randrange(10**6)}" for _ in range(rng.randrange(2, 18))]
        (folder / f"{number % 100:02}.conf").write_text("\n".join(lines) + "\n")


def big_jar(target):
    entries = []
    for jar in sorted((HERE / ".corpus").glob("*.jar")):
        with zipfile.ZipFile(jar) as archive:
            entries += [archive.read(entry) for entry in archive.infolist() if entry.filename.endswith(".class") and entry.file_size > 20_000]
    if not entries:
        sys.exit("benches/corpus.sh comes first")
    target.mkdir(parents=True, exist_ok=True)
    written = 0
    with zipfile.ZipFile(target / "big.jar", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        while written < GIB:
            for entry in entries:
                # Another name and a byte behind the class, so that no two entries are the same.
                info = zipfile.ZipInfo(f"com/acme/C{len(archive.filelist)}.class")
                info.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(info, entry + len(archive.filelist).to_bytes(4, "big"))
                written = archive.fp.tell()
                if written >= GIB:
                    break


MAKERS = {"configs": configs, "small-files": small_files, "big-jar": big_jar}


def main():
    if len(sys.argv) not in (2, 3) or sys.argv[1] not in MAKERS:
        sys.exit(__doc__)
    name = sys.argv[1]
    target = pathlib.Path(sys.argv[2]) if len(sys.argv) == 3 else HERE / f".{name}"
    if target.exists() and any(target.iterdir()):
        print(f"{target}: there already")
        return
    MAKERS[name](target)
    print(f"{target}: {sum(1 for file in target.rglob('*') if file.is_file())} files")


if __name__ == "__main__":
    main()
