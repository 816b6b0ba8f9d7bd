#!/usr/bin/env bash
# Rebuilds testdata/shapes/shapes-*.jar from their sources, with javac, kotlinc and scalac.
# Needs JDK 17 and Maven; the sources are built in a temporary copy, so that no target/ is left here.
set -euo pipefail

umask 022
export TZ=UTC

shapes=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for language in ${*:-java java8 kotlin scala}; do
  cp -R "$shapes/$language" "$work/$language"
  mvn --batch-mode --quiet --file "$work/$language/pom.xml" package
  cp "$work/$language/target/shapes-$language.jar" "$shapes/"
  printf 'shapes-%s.jar  %s bytes\n' "$language" "$(wc -c <"$shapes/shapes-$language.jar")"
done
