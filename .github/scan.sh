#!/usr/bin/env bash
# Scans, and leaves the verdict to a later step: the report is uploaded before the job fails.
set -euo pipefail

words=(scan)
while IFS= read -r line; do
  [ -z "$line" ] || words+=("$line")
done <<<"${OPTIONS:-}"
words+=(--)
while IFS= read -r line; do
  [ -z "$line" ] || words+=("$line")
done <<<"$TARGETS"

sarif=$RUNNER_TEMP/keysift.sarif
summary=$RUNNER_TEMP/keysift.md
code=0
keysift "${words[0]}" --fail-on "$FAIL_ON" --format text --format "sarif=$sarif" --format "markdown=$summary" \
  "${words[@]:1}" || code=$?

# Without a report there is nothing to upload, and the reason stands in the log.
if [ -s "$summary" ]; then cat "$summary" >>"$GITHUB_STEP_SUMMARY"; fi
if [ -s "$sarif" ]; then echo "sarif=$sarif" >>"$GITHUB_OUTPUT"; fi
echo "exit-code=$code" >>"$GITHUB_OUTPUT"
