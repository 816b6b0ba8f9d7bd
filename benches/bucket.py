"""A bucket on this machine, by the few operations of S3 that reading takes. It counts what is asked for."""

import dataclasses
import http.server
import json
import os
import pathlib
import re
import subprocess
import tempfile
import threading
import time
import urllib.parse
from xml.sax.saxutils import escape

PAGE = 1000


class Stored:
    """An object: pieces of files, `(path, start, end)`, and bytes, one behind the other."""

    def __init__(self, etag, pieces):
        self.etag, self.pieces = f'"{etag:032x}"', pieces
        self.size = sum(self.length(piece) for piece in pieces)

    @classmethod
    def file(cls, path):
        size = path.stat().st_size
        return cls(size, [(path, 0, size)])

    @staticmethod
    def length(piece):
        return len(piece) if isinstance(piece, bytes) else piece[2] - piece[1]

    def read(self, start, end):
        out, at = [], 0
        for piece in self.pieces:
            first, last = max(start - at, 0), min(end - at, self.length(piece))
            if first < last and isinstance(piece, bytes):
                out.append(piece[first:last])
            elif first < last:
                with open(piece[0], "rb") as file:
                    file.seek(piece[1] + first)
                    out.append(file.read(last - first))
            at += self.length(piece)
        return b"".join(out)


class Count:
    def __init__(self):
        self.lock = threading.Lock()
        self.forget()

    def forget(self):
        self.requests, self.sent, self.by_key = {}, 0, {}

    def add(self, kind, key, sent):
        with self.lock:
            self.requests[kind] = self.requests.get(kind, 0) + 1
            self.sent += sent
            if kind == "GET":
                requests, total = self.by_key.get(key, (0, 0))
                self.by_key[key] = (requests + 1, total + sent)


class Bucket:
    """The objects, by their keys, as the bucket `corpus` at `url`."""

    def __init__(self, objects):
        self.objects, self.count = objects, Count()
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler(self))
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def size(self):
        return sum(stored.size for stored in self.objects.values())

    def scan(self, binary, *arguments):
        """What a scan of it took, counted anew."""
        self.count.forget()
        environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        environment |= {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "us-east-1"}
        with tempfile.TemporaryDirectory() as folder:
            report = pathlib.Path(folder) / "report.json"
            words = ["scan", "s3://corpus/", "--endpoint-url", self.url, "--format", "json"]
            words += ["--output", str(report), "--quiet", *arguments]
            start = time.monotonic()
            child = subprocess.Popen([binary, *words], env=environment)
            peak, ended = 0, 0
            while not ended:
                peak = max(peak, most_held(child.pid))
                time.sleep(0.01)
                ended, status, usage = os.wait4(child.pid, os.WNOHANG)
            took, code = time.monotonic() - start, os.waitstatus_to_exitcode(status)
            child.returncode = code
            if code not in (0, 1, 3):
                raise SystemExit(f"keysift: exit code {code}")
            told = json.loads(report.read_text())
        return Taken(told["summary"], told["findings"], took, usage.ru_utime, usage.ru_stime, peak)


def most_held(process):
    """The most memory that a process has held so far, in MiB. What the system tells of one that ended counts
    in what its parent held when it was started."""
    try:
        status = pathlib.Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0
    found = re.search(r"VmHWM:\s*(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0


@dataclasses.dataclass
class Taken:
    summary: dict
    findings: list
    elapsed: float
    user: float
    system: float
    # MiB.
    peak: float


def handler(bucket):
    count = bucket.count

    class Handler(http.server.BaseHTTPRequestHandler):
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

        def asked(self):
            url = urllib.parse.urlsplit(self.path)
            path = urllib.parse.unquote(url.path).split("/", 2)
            key = path[2] if len(path) > 2 else ""
            return key, bucket.objects.get(key), dict(urllib.parse.parse_qsl(url.query))

        def do_HEAD(self):
            key, stored, _ = self.asked()
            count.add("HEAD", key, 0)
            if not key:
                return self.answer(200, headers=[("x-amz-bucket-region", "us-east-1")])
            if stored is None:
                return self.answer(404)
            self.answer(200, headers=[("ETag", stored.etag), ("Content-Length", str(stored.size))])

        def do_GET(self):
            key, stored, query = self.asked()
            if not key:
                return self.list(query)
            if stored is None:
                return self.answer(404, b"<Error><Code>NoSuchKey</Code></Error>")
            headers = [("ETag", stored.etag), ("Accept-Ranges", "bytes")]
            first, last, status = 0, stored.size - 1, 200
            if found := re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", "")):
                first, last, status = int(found[1]), min(int(found[2] or last), last), 206
                headers.append(("Content-Range", f"bytes {first}-{last}/{stored.size}"))
            body = stored.read(first, last + 1)
            count.add("GET", key, len(body))
            self.answer(status, body, headers)

        def list(self, query):
            count.add("LIST", "", 0)
            after = query.get("continuation-token", "")
            rest = [key for key in sorted(bucket.objects) if key.startswith(query.get("prefix", "")) and key > after]
            page = rest[:PAGE]
            quote = urllib.parse.quote if query.get("encoding-type") else escape
            items = "".join(
                f"<Contents><Key>{quote(key)}</Key><Size>{bucket.objects[key].size}</Size>"
                f"<ETag>{escape(bucket.objects[key].etag)}</ETag></Contents>"
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

    return Handler
