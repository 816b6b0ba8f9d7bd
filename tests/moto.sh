#!/usr/bin/env bash
# Scans what another implementation of S3, STS and Managed Service for Apache Flink serves: moto, from PyPI.
# The server is started here, waited for, and stopped.
#   tests/moto.sh KEYSIFT
set -euo pipefail
keysift=$(realpath "$1")
cd "$(dirname "$0")/.."

venv=${MOTO_VENV:-target/moto}
if [ ! -x "$venv/bin/moto_server" ]; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet 'moto[server]==5.*'
fi

log=$(mktemp)
port=$("$venv/bin/python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
"$venv/bin/python" tests/moto/server.py -H 127.0.0.1 -p "$port" >"$log" 2>&1 &
server=$!
trap 'kill "$server" 2>/dev/null; wait "$server" 2>/dev/null || true; rm -f "$log"' EXIT
for _ in $(seq 300); do
  kill -0 "$server" 2>/dev/null || { cat "$log" >&2; echo "moto ended" >&2; exit 1; }
  if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then break; fi
  sleep 0.1
done
"$venv/bin/python" tests/moto/compare.py "$keysift" "http://127.0.0.1:$port"
