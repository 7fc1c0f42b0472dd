"""Section 8, before the fold: pasts, whose a device is, and what lies within a cut."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .bodies import ADD_DEVICE, ADMIT, GENESIS, MEMBERSHIP, READMIT, fields_fit
from .events import Event
from .identity import is_valid_for, person_of
from .replica import Replica

ACTS_PER_DEVICE_MAX = 10000

Order = tuple[int, bytes]
Cut = list[list[Any]]


class Graph:
    """The membership events of a replica; a set of them is an integer, a bit for each."""

    def __init__(self, replica: Replica):
        self.team, self.events = replica.team, replica.events
        self.by_order = sorted(replica.of_class(MEMBERSHIP), key=lambda e: e.order)
        self._bit = {e.id: 1 << n for n, e in enumerate(self.by_order)}
        self._past: dict[bytes, int] = {}  # of membership events and content events
        for e in self.by_order:
            self._past[e.id] = self._behind(e.links)
        self.fits = {e.id: fields_fit(e.value) for e in self.by_order}
        self.owner: dict[bytes, bytes] = {}  # device -> person
        self.channels: dict[bytes, bytes] = {}  # device -> channel key
        for e in self.by_order:
            self._take_statements(e)
        self.by_person: dict[bytes, list[Event]] = {}  # those that are looked at, by order
        self.looked_at: list[Event] = []
        acts: dict[bytes, int] = {}
        for e in self.by_order:
            acts[e.device] = acts.get(e.device, 0) + 1
            if acts[e.device] > ACTS_PER_DEVICE_MAX:
                continue
            self.looked_at.append(e)
            if e.device in self.owner:
                self.by_person.setdefault(self.owner[e.device], []).append(e)
        self._chains: dict[bytes, set[bytes]] = {}

    def _take_statements(self, e: Event) -> None:
        for person, device in statements(e) if self.fits[e.id] else ():
            if device[0] not in self.owner and is_valid_for(device, person):
                self.owner[device[0]], self.channels[device[0]] = person, device[1]

    def author(self, e: Event) -> bytes | None:
        return self.owner.get(e.device)

    def _behind(self, ids: Iterable[bytes]) -> int:
        past = 0
        for i in ids:
            past |= self._past[i] | self._bit[i]
        return past

    def _past_of(self, e: Event) -> int:
        """The past; of a content event its membership past (section 8.3)."""
        chain = []
        while e.id not in self._past:
            chain.append(e)
            if not e.seq:
                break
            e = self.events[e.prev]
        for event in reversed(chain):
            past = self._past[event.prev] if event.seq else 0
            past |= self._behind(i for i in event.parents if i in self._bit)
            self._past[event.id] = past
        return self._past[chain[0].id if chain else e.id]

    def is_past(self, id_: bytes, e: Event) -> bool:
        """Whether a membership event is in past(e)."""
        return bool(self._past_of(e) & self._bit.get(id_, 0))

    def within(self, e: Event, cut: Cut) -> bool:
        return any(
            e.id in self._chain(head)
            for device, log, heads in cut
            if (device, log) == (e.device, e.log)
            for head in heads
            if head in self.events
        )

    def _chain(self, head: bytes) -> set[bytes]:
        """An event and what is reached from it by prev."""
        if head not in self._chains:
            e, chain = self.events[head], {head}
            while e.seq:
                chain.add(e.prev)
                e = self.events[e.prev]
            self._chains[head] = chain
        return self._chains[head]


def statements(e: Event) -> list[tuple[bytes, list[Any]]]:
    """The persons and devices that a membership event states, whether validly or not."""
    _, kind, fields = e.value
    if kind == GENESIS:
        devices = fields[2]
        return [(person_of(devices[0][0]), d) for d in devices]
    if kind == ADMIT:
        return [(fields[1], d) for d in fields[3]]
    if kind == READMIT:
        return [(fields[0], d) for d in fields[2]]
    return [(fields[0], fields[1])] if kind == ADD_DEVICE else []


