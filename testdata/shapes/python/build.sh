#!/usr/bin/env bash
# Compiles the sources here with each interpreter that is found, 3.6 to 3.14. The pyc files name the
# sources without a folder and hold a hash instead of a time, so that the same interpreter gives the
# same bytes.
set -euo pipefail

cd "$(dirname "$0")"
for minor in 6 7 8 9 10 11 12 13 14; do
  python=$(command -v "python3.$minor") || continue
  "$python" -c '' 2>/dev/null || continue
  for source in *.py; do
    "$python" - "$source" "3$minor" <<'PYTHON'
import py_compile, sys
source, tag = sys.argv[1:]
compiled = "%s.cpython-%s.pyc" % (source[:-3], tag)
modes = [py_compile.PycInvalidationMode.UNCHECKED_HASH] if sys.version_info >= (3, 7) else []
py_compile.compile(source, compiled, source, True, -1, *modes)
PYTHON
  done
done
