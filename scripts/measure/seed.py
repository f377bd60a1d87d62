"""Many finished tasks at once, written into etcd beside the API server: 100,000 of them by its front door take ten minutes.

usage (in the cluster's network): python3 -m measure.seed KEY FIRST COUNT    copies the stored object at KEY under new names
"""

from __future__ import annotations

import base64
import json
import sys
import urllib.request
import uuid

ETCD = "http://127.0.0.1:2379/v3/kv/"
BATCH = 100


def call(verb: str, body: object) -> dict[str, object]:
    request = urllib.request.Request(ETCD + verb, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as response:
        value: dict[str, object] = json.load(response)
        return value


def encode(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def main() -> None:
    key, first, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    found = call("range", {"key": encode(key)}).get("kvs")
    if not isinstance(found, list):
        sys.exit(f"there is no {key} in etcd")
    pattern = json.loads(base64.b64decode(found[0]["value"]))
    folder = key.rpartition("/")[0]
    for start in range(first, first + count, BATCH):
        puts = []
        for number in range(start, min(start + BATCH, first + count)):
            pattern["metadata"] |= {"name": f"seeded-{number:06d}", "uid": str(uuid.uuid4())}
            puts.append({"requestPut": {"key": encode(f"{folder}/seeded-{number:06d}"), "value": encode(json.dumps(pattern))}})
        call("txn", {"success": puts})


if __name__ == "__main__":
    main()
