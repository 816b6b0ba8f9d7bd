#!/usr/bin/env bash
# Fetches the jars of benches/connectors.txt from Maven Central, for a scan of what jobs are shaded with.
#
#   benches/connectors.sh [DIR]     DIR defaults to benches/.connectors
#
# Needs Maven. What is there already is not fetched again.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
dir=${1:-$here/.connectors}
mkdir -p "$dir"
grep -v '^#' "$here/connectors.txt" | while IFS=: read -r group artifact version; do
  [ -e "$dir/$artifact-$version.jar" ] && continue
  mvn --batch-mode --quiet dependency:copy "-Dartifact=$group:$artifact:$version" "-DoutputDirectory=$dir" </dev/null >/dev/null \
    || echo "$group:$artifact:$version: not to be had" >&2
done
echo "$dir: $(find "$dir" -name '*.jar' | wc -l) jars"
