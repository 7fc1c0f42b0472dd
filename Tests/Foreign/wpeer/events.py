"""Sections 7 and 11.1: events, what of the storing rules an event shows alone, and runs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from .bodies import CONTENT, ERASE, MEMBERSHIP, check_body, introduced_devices
from .cbor import decode, encode, is_bytes, is_ids, is_int, is_uint, need
from .identity import DeviceKeys, H, verify

FORMAT = 1
PARENTS_MAX, HEADER_MAX, BODY_MAX, SEQUENCE_MAX = 32, 2048, 1048576, 16777215
RUN_MAX = 1024

LogKey = bytes  # class (1) ‖ device (32) ‖ log id (8)


@dataclass(eq=False)
class Event:
    team: bytes
    device: bytes
    log: bytes
    class_: int
    seq: int
    prev: bytes
    object: bytes
    parents: list[bytes]
    lamport: int
    wall: int
    size: int
    hash: bytes
    signature: bytes = b""
    body: bytes | None = None

    @cached_property
    def header(self) -> bytes:
        return encode([
            FORMAT, self.team, self.device, self.log, self.class_, self.seq, self.prev,
            self.object, self.parents, self.lamport, self.wall, self.size, self.hash,
        ])  # fmt: skip

    @cached_property
    def id(self) -> bytes:
        return H(self.header + self.signature)

    @cached_property
    def _value(self) -> Any:
        assert self.body is not None
        return check_body(self.class_, self.body)

    @property
    def value(self) -> Any:
        """The body, decoded; None where it is not there."""
        return None if self.body is None else self._value

    @property
    def changes(self) -> list[Any]:
        return [] if self.body is None else list(self.value[1])

    def holds_erasure(self) -> bool:
        return any(change[0] == ERASE for change in self.changes)

    @property
    def log_key(self) -> LogKey:
        return bytes([self.class_]) + self.device + self.log

    @property
    def order(self) -> tuple[int, bytes]:
        return self.lamport, self.id

    @property
    def stored_bytes(self) -> int:
        return len(self.header) + len(self.signature) + self.size

    @property
    def links(self) -> list[bytes]:
        """What must be stored before it."""
        return [*self.parents, self.prev] if self.seq else self.parents

    def sign(self, keys: DeviceKeys) -> Event:
        self.signature = keys.signing.sign("weonomy/1 event", self.header)
        return self

    def is_authentic(self) -> bool:
        return verify(self.device, "weonomy/1 event", self.header, self.signature)

    def introduces(self) -> set[bytes]:
        return introduced_devices(self.value) if self.class_ == MEMBERSHIP else set()

    @classmethod
    def from_header(cls, header: bytes, signature: bytes, body: bytes | None) -> Event:
        fields = decode(header)
        need(isinstance(fields, list) and len(fields) == 13, "a header of another form")
        need(is_int(fields[0], FORMAT, FORMAT), "a format that is not known")
        need(is_bytes(signature, 64), "a signature of another form")
        event = cls(*fields[1:])
        event.signature, event.body = signature, body
        event.check_alone()
        return event

    def check_alone(self) -> None:
        """Rules 1 and 3, which need no other event."""
        need(is_bytes(self.team, 32) or self.team == b"", "team")
        need(is_bytes(self.device, 32) and is_bytes(self.log, 8), "device or log")
        need(is_int(self.class_, CONTENT, MEMBERSHIP), "class")
        need(is_int(self.seq, 0, SEQUENCE_MAX), "seq")
        need(is_bytes(self.prev, 32) if self.seq else self.prev == b"", "prev")
        names_object = is_bytes(self.object, 32) and self.class_ == CONTENT
        need(self.object == b"" or names_object, "object")
        need(is_ids(self.parents) and len(self.parents) <= PARENTS_MAX, "parents")
        ascending = zip(self.parents, self.parents[1:], strict=False)
        need(all(a < b for a, b in ascending), "parents that do not ascend")
        need(is_uint(self.lamport) and is_int(self.wall), "lamport or wall")
        need(is_int(self.size, 0, BODY_MAX) and is_bytes(self.hash, 32), "size or hash")
        need(len(self.header) <= HEADER_MAX, "a header that is too long")
        if self.body is None:
            need(self.class_ == CONTENT, "a membership event without its body")
        else:
            need(len(self.body) == self.size and H(self.body) == self.hash, "size or hash of body")
            check_body(self.class_, self.body)


# --- runs -----------------------------------------------------------------------------------------


def _signed64(n: int) -> int:
    n %= 1 << 64
    return n - (1 << 64) if n >= 1 << 63 else n


def run_of(events: list[Event]) -> list[Any]:
    first, wall, items = events[0], 0, []
    for e in events:
        body: Any = e.body if e.body is not None else [e.size, e.hash]
        delta = _signed64(e.wall - wall)
        items.append([e.object, e.parents, e.lamport, delta, e.signature, body])
        wall = e.wall
    return [first.class_, first.device, first.log, first.seq, first.prev, items]


def runs_of(events: list[Event]) -> list[Any]:
    """Groups events, in order of arrival, into runs; runs in order of their first event."""
    open_runs: dict[LogKey, list[Event]] = {}
    runs: list[list[Event]] = []
    for e in events:
        run = open_runs.get(e.log_key)
        if run is None or run[-1].id != e.prev or len(run) == RUN_MAX:
            run = open_runs[e.log_key] = []
            runs.append(run)
        run.append(e)
    return [run_of(run) for run in runs]


def events_of(run: Any, team: bytes) -> list[Event]:
    need(isinstance(run, list) and len(run) == 6, "a run of another form")
    class_, device, log, seq, prev, items = run
    need(is_int(class_, CONTENT, MEMBERSHIP) and is_uint(seq), "class or seq of a run")
    need(isinstance(items, list) and 1 <= len(items) <= RUN_MAX, "items of a run")
    wall, out = 0, []
    for item in items:
        need(isinstance(item, list) and len(item) == 6, "an item of another form")
        object_, parents, lamport, delta, signature, body = item
        need(is_int(delta) and is_bytes(signature, 64), "wall or signature of an item")
        wall = _signed64(wall + delta)
        if isinstance(body, bytes):
            size, digest = len(body), H(body)
        else:
            need(isinstance(body, list) and len(body) == 2, "the body of an item")
            (size, digest), body = body, None
        is_genesis = class_ == MEMBERSHIP and seq == 0 and lamport == 0
        event = Event(
            b"" if is_genesis else team, device, log, class_, seq, prev, object_, parents,
            lamport, wall, size, digest, signature, body,
        )  # fmt: skip
        event.check_alone()
        out.append(event)
        seq, prev = seq + 1, event.id
    return out
