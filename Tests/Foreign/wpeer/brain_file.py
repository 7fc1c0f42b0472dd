"""Section 16.1: brain files."""

from __future__ import annotations

import base64
import json
from typing import Any

from .bodies import MEMBERSHIP
from .cbor import BadForm, need
from .events import Event
from .fold import erase
from .replica import Ingest, Replica

SCHEMA = "weonomy.brain-file/1"


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(text: Any) -> bytes:
    need(isinstance(text, str), "not base 64")
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as error:
        raise BadForm("not base 64") from error


def _line(value: dict[str, Any]) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False) + "\n"


def line_of(e: Event) -> str:
    return _line({
        "id": e.id.hex(),
        "header": _base64(e.header),
        "signature": _base64(e.signature),
        "body": None if e.body is None else _base64(e.body),
    })  # fmt: skip


def first_line(team: bytes) -> str:
    return _line({"schema": SCHEMA, "team": team.hex()})


def write(replica: Replica) -> str:
    events = sorted(replica.events.values(), key=lambda e: (e.class_ != MEMBERSHIP, *e.order))
    return first_line(replica.team) + "".join(map(line_of, events))


def read(text: str, into: Replica | None = None) -> Replica:
    """A new replica with what the file holds, or the same one with that added."""
    lines = [json.loads(line) for line in text.split("\n") if line.strip()]
    need(bool(lines) and lines[0].get("schema") == SCHEMA, "not a brain file")
    replica = into or Replica(bytes.fromhex(lines[0]["team"]))
    need(lines[0].get("team") == replica.team.hex(), "the brain file of another team")
    ingest = Ingest(replica, None)
    logs: dict[bytes, list[Event]] = {}
    for line in lines[1:]:
        body = None if line["body"] is None else _bytes(line["body"])
        e = Event.from_header(_bytes(line["header"]), _bytes(line["signature"]), body)
        logs.setdefault(e.log_key, []).append(e)
    for events in logs.values():
        for e in sorted(events, key=lambda e: e.seq):
            ingest.take([e])
    ingest.settle()
    erase(replica)
    return replica
