#!/usr/bin/env bash
# Fills fuzz/corpus/TARGET with seeds from the fixtures.
set -euo pipefail
cd "$(dirname "$0")"

seed() {
  local target=$1
  shift
  mkdir -p "corpus/$target"
  find "$@" -type f -size -64k -print0 | while IFS= read -r -d '' file; do
    cp "$file" "corpus/$target/$(sha256sum "$file" | cut -c1-16)"
  done
}

testdata=../testdata
classes=$(mktemp -d)
trap 'rm -rf "$classes"' EXIT
for jar in "$testdata"/orders.jar "$testdata"/shapes/shapes-*.jar; do
  python3 -m zipfile -e "$jar" "$classes/$(basename "$jar")"
done
seed class "$classes" -name '*.class'
seed python "$testdata" -name '*.pyc'
seed serialized "$testdata" -name '*.ser'
seed savepoint "$testdata" -name '_metadata'
seed json "$testdata" -name '*.json'
seed yaml "$testdata" '(' -name '*.yaml' -o -name '*.yml' ')'
seed xml "$testdata" -name '*.xml'
seed properties "$testdata" -name '*.properties'
seed ini "$testdata" '(' -name '*.conf' -o -name '*.ini' -o -name '*.toml' -o -name '.env' -o -name credentials ')'
seed terraform "$testdata" -name '*.tf'
seed code "$testdata" '(' -name '*.java' -o -name '*.scala' -o -name '*.kt' -o -name '*.py' -o -name '*.sh' ')'
seed sql "$testdata" -name '*.sql'
seed log "$testdata" -name '*.log'
seed notebook "$testdata" '(' -name '*.ipynb' -o -name '*.zpln' ')'
seed plain "$testdata" '(' -name '*.md' -o -name '*.txt' -o -name 'Dockerfile*' ')'
seed archive "$testdata" -name '*.jar'
seed zip "$testdata" -name '*.jar'
# What once cost much, was lost without a word, or was paired with what it did not belong to.
seed plain seeds/entries
seed properties seeds/entries -name '*.properties'
seed log seeds/entries -name '*.log'
seed class seeds/entries -name '*.class'
seed archive seeds/archives
seed zip seeds/archives -name '*.zip'
seed rules ../patterns -name '*.toml'
seed config seeds -name keysift.toml
seed gitleaks seeds -name gitleaks.toml
