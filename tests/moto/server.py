"""moto's server, with two differences to the real services taken out.

    python tests/moto/server.py -H 127.0.0.1 -p PORT

- werkzeug joins slashes that follow each other before it looks up who answers, but to S3 `a//b`, `/a` and
  `a/` are keys like any other.
- Managed Service for Apache Flink tells times in seconds since 1970; moto writes dates, which no SDK but
  Python's reads.
"""

import datetime
import json
import sys

from moto.kinesisanalyticsv2.responses import KinesisAnalyticsV2Response
from werkzeug.routing import Map

make_map = Map.__init__
describe = KinesisAnalyticsV2Response.describe_application


def exact(self, *arguments, **options):
    make_map(self, *arguments, **{"merge_slashes": False} | options)


def in_seconds(self):
    answer = json.loads(describe(self))
    detail = answer["ApplicationDetail"]
    for name in [name for name in detail if name.endswith("Timestamp")]:
        detail[name] = datetime.datetime.fromisoformat(detail[name]).timestamp()
    return json.dumps(answer)


Map.__init__ = exact
KinesisAnalyticsV2Response.describe_application = in_seconds

if __name__ == "__main__":
    from moto.server import main

    main(sys.argv[1:])
