"""Section 7: what is stored and when; the pool of what waits; an author of events."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from .bodies import CONTENT, MEMBERSHIP
from .cbor import encode
from .events import BODY_MAX, Event, LogKey, events_of
from .fingerprint import Fingerprint
from .identity import DeviceKeys, H

PENDING_BYTES_MAX = 8388608
WALL = 1780000000000
CREATED, NAMED = "created", "named"


class BadEvent(Exception):
    """An event that breaks a rule of section 7 that no later event can mend."""


class OtherTeam(Exception):
    """An event of another team, or another genesis."""


@dataclass
class Log:
    ids: set[bytes] = field(default_factory=set)
    by_seq: dict[int, list[bytes]] = field(default_factory=dict)

    def between(self, low: int = 0, high: int | None = None) -> list[bytes]:
        """The ids of the events with low ≤ seq < high."""
        return sorted(
            i
            for seq, ids in self.by_seq.items()
            if seq >= low and (high is None or seq < high)
            for i in ids
        )

    @property
    def sequence_max(self) -> int:
        return max(self.by_seq, default=-1)


class Replica:
    def __init__(self, team: bytes):
        self.team = team
        self.events: dict[bytes, Event] = {}  # in order of arrival
        self.logs: dict[LogKey, Log] = {}
        self.objects: dict[bytes, tuple[str, bytes]] = {}  # content event -> its object
        self.introductions: dict[bytes, list[bytes]] = {}  # device -> events that introduce it
        self.erased: set[bytes] = set()  # whose bodies are not taken (section 9.3)
        self.has_erasures = False  # whether a body holds one
        self._fingerprint = Fingerprint()

    def fingerprint(self) -> tuple[bytes, int]:
        return self._fingerprint.with_count()

    def of_class(self, class_: int) -> list[Event]:
        return [e for e in self.events.values() if e.class_ == class_]

    def wanted(self) -> list[bytes]:
        """The events that lack their body and are not erased."""
        return [e.id for e in self.events.values() if e.body is None and e.id not in self.erased]

    def copy(self) -> Replica:
        twin = Replica(self.team)
        for e in self.events.values():
            twin.put(replace(e))
        return twin

    def is_linked(self, e: Event) -> bool:
        return all(i in self.events for i in e.links)

    def _object(self, e: Event) -> tuple[str, bytes]:
        """The object that a content event belongs to (section 9)."""
        of_parents = {self.objects[i] for i in e.parents if i in self.objects}
        if not e.object:
            if of_parents:
                raise BadEvent("an event without object that has a content parent")
            return CREATED, e.id
        if not of_parents:
            return NAMED, e.object
        if len(of_parents) > 1 or {i for _, i in of_parents} != {e.object}:
            raise BadEvent("a parent of another object")
        return of_parents.pop()

    def check(self, e: Event) -> None:
        """Rules 2, 4, 5 and 6, with prev and parents stored."""
        is_genesis = e.id == self.team
        if e.team != (b"" if is_genesis else self.team):
            raise OtherTeam("an event of another team")
        parents = [self.events[i] for i in e.parents]
        prev = self.events[e.prev] if e.seq else None
        if prev and (prev.log_key != e.log_key or prev.seq != e.seq - 1):
            raise BadEvent("prev is not the event before")
        if e.class_ == MEMBERSHIP and any(p.class_ == CONTENT for p in parents):
            raise BadEvent("a membership event with a content parent")
        if e.class_ == CONTENT:
            self._object(e)
        past = [*parents, prev] if prev else parents
        if e.lamport != (1 + max(p.lamport for p in past) if past else 0):
            raise BadEvent("a wrong lamport")
        if not e.seq and not is_genesis and not any(e.device in p.introduces() for p in parents):
            raise BadEvent("a log that nothing introduces")

    def put(self, e: Event) -> None:
        """Stores without a check."""
        self.events[e.id] = e
        log = self.logs.setdefault(e.log_key, Log())
        log.ids.add(e.id)
        log.by_seq.setdefault(e.seq, []).append(e.id)
        self._fingerprint.add(e.id)
        if e.class_ == CONTENT:
            self.objects[e.id] = self._object(e)
            self.has_erasures |= e.holds_erasure()
        for device in e.introduces():
            self.introductions.setdefault(device, []).append(e.id)

    def add_body(self, to: Event, body: bytes | None) -> None:
        """Takes the body of an event that is known without it, unless it was erased."""
        to.body = body
        self.has_erasures |= to.holds_erasure()
        if to.id in self.erased and not to.holds_erasure():
            to.body = None

    def add(self, e: Event) -> Event:
        """Stores an event of our own making."""
        e.check_alone()
        self.check(e)
        self.put(e)
        return e


class Ingest:
    """Takes events from outside, of one session or file; what lacks its past waits."""

    def __init__(self, replica: Replica, bytes_max: int | None = PENDING_BYTES_MAX):
        self.replica, self.bytes_max = replica, bytes_max
        self.waiting: dict[bytes, Event] = {}  # in order of arrival
        self.authentic: set[bytes] = set()  # of those that wait
        self._bytes = 0

    def take_run(self, run: Any) -> None:
        """Takes a run; `settle` follows after all runs of a message."""
        events = events_of(run, self.replica.team)
        if any(e.team == b"" and e.id != self.replica.team for e in events):
            raise OtherTeam("another genesis")
        self.take(events)

    def take(self, events: list[Event]) -> None:
        """Takes successive events of one log, and verifies one signature where that is enough."""
        verified = len(events) - 1
        while verified >= 0 and not events[verified].is_authentic():
            verified -= 1
        for e in events:
            known = self.replica.events.get(e.id) or self.waiting.get(e.id)
            if known is None:
                self.waiting[e.id] = e
                self._bytes += e.stored_bytes
            elif known.body is None:
                self.replica.add_body(known, e.body)
        if verified >= 0:
            self._mark_authentic(events[verified])
        self._bound()

    def _mark_authentic(self, e: Event | None) -> None:
        while e is not None and e.id not in self.authentic:
            self.authentic.add(e.id)
            e = self.waiting.get(e.prev)

    def _bound(self) -> None:
        """Drops the oldest of what is held or waits where it comes to too much."""
        if self.bytes_max is None or self._bytes <= self.bytes_max:
            return
        for e in list(self.waiting.values()):
            if self._bytes > self.bytes_max and not self._is_ready(e):
                self._forget(e)

    def _is_ready(self, e: Event) -> bool:
        return e.id in self.authentic and self.replica.is_linked(e)

    def _forget(self, e: Event) -> None:
        del self.waiting[e.id]
        self.authentic.discard(e.id)
        self._bytes -= e.stored_bytes

    def settle(self) -> list[Event]:
        """Stores what waits and can be stored, parents first."""
        stored: list[Event] = []
        progress = True
        while progress:
            progress = False
            for e in list(self.waiting.values()):
                if self._is_ready(e):
                    self._forget(e)
                    self.replica.check(e)
                    self.replica.put(e)
                    stored.append(e)
                    progress = True
        return stored


def heads(events: Iterable[Event]) -> list[bytes]:
    """The ids of those that no other of them names."""
    events = list(events)
    named = {i for e in events for i in e.links}
    return sorted(e.id for e in events if e.id not in named)


class Author:
    """Writes events of one device into one log id of a replica.

    The first event of a log, and the next content event after it comes to be known, name the
    membership events that introduce the device; with `introduced_by`, that event alone.
    """

    def __init__(
        self, replica: Replica, keys: DeviceKeys, log: bytes, introduced_by: bytes | None = None
    ):
        self.replica, self.keys, self.log = replica, keys, log
        self.introduced_by = introduced_by
        self._named: set[bytes] = set()

    def _standing(self, class_: int, first: bool) -> set[bytes]:
        if self.introduced_by is not None:
            return {self.introduced_by} if first else set()
        known = set(self.replica.introductions.get(self.keys.public, []))
        if class_ == MEMBERSHIP:
            return known if first else set()
        return known - self._named

    def _last(self, class_: int) -> Event | None:
        log = self.replica.logs.get(bytes([class_]) + self.keys.public + self.log)
        return self.replica.events[log.by_seq[log.sequence_max][0]] if log else None

    def event(
        self,
        class_: int,
        body: Any,
        object_: bytes = b"",
        parents: Iterable[bytes] = (),
        wall: int = WALL,
        after: Event | None = None,
        **changed: Any,
    ) -> Event:
        """Builds and signs the next event of the log (after `after`, for a fork)."""
        prev = after or self._last(class_)
        names = set(parents) | self._standing(class_, prev is None)
        events = self.replica.events
        past = [events[i] for i in names if i in events] + ([prev] if prev else [])
        raw = body if isinstance(body, bytes) else encode(body)
        assert len(raw) <= BODY_MAX or changed
        fields: dict[str, Any] = {
            "team": self.replica.team,
            "device": self.keys.public,
            "log": self.log,
            "class_": class_,
            "seq": prev.seq + 1 if prev else 0,
            "prev": prev.id if prev else b"",
            "object": object_,
            "parents": sorted(names),
            "lamport": 1 + max(p.lamport for p in past) if past else 0,
            "wall": wall,
            "size": len(raw),
            "hash": H(raw),
            "body": raw,
        }
        return Event(**(fields | changed)).sign(self.keys)

    def write(self, class_: int, body: Any, **how: Any) -> Event:
        """Builds the next event and stores it."""
        e = self.replica.add(self.event(class_, body, **how))
        if class_ == CONTENT:
            self._named.update(e.parents)
        return e
