#!/usr/bin/env bash
# Rebuilds testdata/orders.jar and testdata/orders-clean.jar from their sources.
# Needs JDK 17 and Maven; the sources are built in a temporary copy, so that no target/ is left here.
set -euo pipefail

# Both end up in zip entries.
umask 022
export TZ=UTC

testdata=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cp -R "$testdata/orders" "$testdata/orders-clean" "$work/"
cat >"$work/pom.xml" <<'POM'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>com.acme</groupId>
  <artifactId>all</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <modules>
    <module>orders/acme-common</module>
    <module>orders</module>
    <module>orders-clean/acme-common</module>
    <module>orders-clean</module>
  </modules>
</project>
POM

mvn --batch-mode --quiet --file "$work/pom.xml" package

for name in orders orders-clean; do
  cp "$work/$name/target/$name.jar" "$testdata/$name.jar"
  printf '%s  %s bytes\n' "$name.jar" "$(wc -c <"$testdata/$name.jar")"
done
