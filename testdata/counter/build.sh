#!/usr/bin/env bash
# Rebuilds testdata/counter/ledger.jar from its Java sources. Needs JDK 17.
set -euo pipefail
umask 022
export TZ=UTC
counter=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
javac --release 17 -parameters -g -d "$work" $(find "$counter/src/main/java" -name '*.java')
jar --create --file "$counter/ledger.jar" --main-class com.acme.ledger.LedgerJob --date 2024-01-01T00:00:00Z -C "$work" .
