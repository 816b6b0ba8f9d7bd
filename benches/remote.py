#!/usr/bin/env python3
"""What a scan of a bucket costs: requests, bytes over the wire, and CPU time.

    benches/remote.py [DIR] [--binary KEYSIFT] [ARGUMENT OF THE SCAN...]

Serves the files below DIR (default benches/.corpus) as the bucket `corpus` on this machine, by the few
operations of S3 that reading takes, runs keysift over it, and prints what was asked for.
"""

import argparse
import http.server
import json
import os
import pathlib
import re
import resource
import subprocess
import tempfile
import threading
import time
import urllib.parse
from xml.sax.saxutils import escape

HERE = pathlib.Path(__file__).resolve().parent
PAGE = 1000


class Count:
    def __init__(self):
        self.lock = threading.Lock()
        self.requests, self.sent, self.by_key = {}, 0, {}

    def add(self, kind, key, sent):
        with self.lock:
            self.requests[kind] = self.requests.get(kind, 0) + 1
            self.sent += sent
            if kind == "GET":
                requests, total = self.by_key.get(key, (0, 0))
                self.by_key[key] = (requests + 1, total + sent)


def handler(files, count):
    keys = sorted(files)

    class Bucket(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def answer(self, status, body=b"", headers=()):
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            if not any(name == "Content-Length" for name, _ in headers):
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def key(self):
            url = urllib.parse.urlsplit(self.path)
            path = urllib.parse.unquote(url.path).split("/", 2)
            return (path[2] if len(path) > 2 else ""), dict(urllib.parse.parse_qsl(url.query))

        def head(self, key):
            size = files[key].stat().st_size
            return [("ETag", f'"{size:032x}"'), ("Accept-Ranges", "bytes")], size

        def do_HEAD(self):
            key, _ = self.key()
            count.add("HEAD", key, 0)
            if not key:
                return self.answer(200, headers=[("x-amz-bucket-region", "us-east-1")])
            if key not in files:
                return self.answer(404)
            headers, size = self.head(key)
            self.answer(200, headers=[*headers, ("Content-Length", str(size))])

        def do_GET(self):
            key, query = self.key()
            if not key:
                return self.list(query)
            if key not in files:
                return self.answer(404, b"<Error><Code>NoSuchKey</Code></Error>")
            headers, size = self.head(key)
            first, last, status = 0, size - 1, 200
            if found := re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", "")):
                first, last, status = int(found[1]), min(int(found[2] or last), last), 206
                headers.append(("Content-Range", f"bytes {first}-{last}/{size}"))
            with open(files[key], "rb") as file:
                file.seek(first)
                body = file.read(last - first + 1)
            count.add("GET", key, len(body))
            self.answer(status, body, headers)

        def list(self, query):
            count.add("LIST", "", 0)
            after = query.get("continuation-token", "")
            rest = [key for key in keys if key.startswith(query.get("prefix", "")) and key > after]
            page = rest[:PAGE]
            quote = urllib.parse.quote if query.get("encoding-type") else escape
            items = "".join(
                f"<Contents><Key>{quote(key)}</Key><Size>{files[key].stat().st_size}</Size>"
                f"<ETag>&quot;{files[key].stat().st_size:032x}&quot;</ETag></Contents>"
                for key in page
            )
            more = len(rest) > PAGE
            token = f"<NextContinuationToken>{escape(page[-1])}</NextContinuationToken>" if more else ""
            encoding = "<EncodingType>url</EncodingType>" if query.get("encoding-type") else ""
            text = (
                '<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
                f"<IsTruncated>{str(more).lower()}</IsTruncated>{token}{encoding}{items}</ListBucketResult>"
            )
            self.answer(200, text.encode(), [("Content-Type", "application/xml")])

    return Bucket


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dir", nargs="?", type=pathlib.Path, default=HERE / ".corpus")
    parser.add_argument("--binary", default=str(HERE.parent / "target/release/keysift"))
    options, arguments = parser.parse_known_args()
    files = {path.relative_to(options.dir).as_posix(): path for path in options.dir.rglob("*") if path.is_file()}
    if not files:
        parser.error(f"{options.dir}: no files; benches/corpus.sh fetches some")
    count = Count()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler(files, count))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment |= {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "us-east-1"}
    url = f"http://127.0.0.1:{server.server_port}"
    with tempfile.TemporaryDirectory() as folder:
        report = pathlib.Path(folder) / "report.json"
        words = ["scan", "s3://corpus/", "--endpoint-url", url, "--format", "json", "--output", str(report), "--quiet"]
        start = time.monotonic()
        code = subprocess.run([options.binary, *words, *arguments], env=environment).returncode
        took = time.monotonic() - start
        if code not in (0, 1, 3):
            raise SystemExit(f"keysift: exit code {code}")
        summary = json.loads(report.read_text())["summary"]
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    size = sum(path.stat().st_size for path in files.values())
    gets = count.requests.get("GET", 0)
    print(f"objects             {len(files)}, {size:,} bytes")
    print(f"requests            {count.requests}, {gets / len(files):.1f} GET an object")
    print(f"bytes sent          {count.sent:,}, {100 * count.sent / size:.0f} % of the objects")
    print(f"CPU                 {usage.ru_utime:.1f} s user, {usage.ru_stime:.1f} s system, "
          f"{(usage.ru_utime + usage.ru_stime) / (size / 1e9):.1f} s a GB of objects")
    print(f"peak memory         {usage.ru_maxrss / 1024:.0f} MiB")
    print(f"wall clock          {took:.1f} s")
    print(f"complete            {summary['complete']}, {summary['artifacts']} artifacts, {summary['entries']} entries")
    for key, (requests, sent) in sorted(count.by_key.items(), key=lambda item: -item[1][1])[:5]:
        whole = files[key].stat().st_size
        print(f"  {key}: {requests} GET, {sent:,} of {whole:,} bytes")


if __name__ == "__main__":
    main()
