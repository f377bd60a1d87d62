"""One request to the API server, in the words that plans match on."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

VERBS = {"POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}


@dataclass
class Request:
    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    verb: str = ""
    group: str = ""
    resource: str = ""
    namespace: str = ""
    name: str = ""
    subresource: str = ""

    def __post_init__(self) -> None:
        url = urlsplit(self.target)
        self.path, self.query = url.path, {key: values[0] for key, values in parse_qs(url.query).items()}
        self._read_path([part for part in url.path.split("/") if part])
        self.verb = VERBS.get(self.method, "")
        if self.subresource == "exec":
            self.verb = "exec"
        elif not self.verb:
            self.verb = "get" if self.name else "watch" if self.query.get("watch") in ("1", "true") else "list"

    def _read_path(self, parts: list[str]) -> None:
        if parts[:1] == ["api"] and len(parts) > 2:
            rest = parts[2:]
        elif parts[:1] == ["apis"] and len(parts) > 3:
            self.group, rest = parts[1], parts[3:]
        else:
            return
        if rest[0] == "namespaces" and len(rest) > 2 and rest[2] not in ("status", "finalize"):
            self.namespace, rest = rest[1], rest[2:]
        self.resource, self.name, self.subresource = (rest + ["", "", ""])[:3]

    @property
    def is_write(self) -> bool:
        # A dry run changes nothing, and is asked at most once in ten minutes.
        return self.method != "GET" and self.verb != "exec" and "dryRun" not in self.query

    @property
    def json(self) -> Any:
        """The body of a write; Secrets are never kept."""
        if not self.body or self.resource == "secrets":
            return None
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    def __str__(self) -> str:
        place = "/".join(part for part in (self.namespace, self.name) if part)
        return f"{self.verb} {self.resource}{'/' + self.subresource if self.subresource else ''} {place}".strip()
