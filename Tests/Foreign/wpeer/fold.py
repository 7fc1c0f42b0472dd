"""Sections 9 and 9.2: the states of objects and the brain digest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .bodies import ADD, CONTENT, COUNT, CREATE, ERASE, MARK, REMOVE, SET, TEXT
from .cbor import INT_MAX, INT_MIN, decode, encode
from .events import Event
from .identity import H
from .membership import Membership
from .replica import NAMED, Replica
from .text import TextWrite, merge
from .writes import Write, competing

Object = tuple[str, bytes]  # created or named, and its 32 bytes


class Brain:
    """What a replica shows."""

    def __init__(self, replica: Replica):
        self.replica = replica
        self.membership = Membership(replica)
        self.persons = self.membership.persons
        self.objects: dict[Object, list[Event]] = {}  # their counting events by order
        by_order = sorted(replica.of_class(CONTENT), key=lambda e: e.order)
        counting = [e for e in by_order if e.body is not None and self.membership.counts(e)]
        self.erased = self._erased(counting)  # events, whether their bodies are there or not
        for e in counting:
            form, name = replica.objects[e.id]
            is_of_other = form == NAMED and name != self.membership.owner[e.device]
            if e.id not in self.erased and not is_of_other:
                self.objects.setdefault((form, name), []).append(e)

    def _erased(self, counting: list[Event]) -> set[bytes]:
        """Section 9.3."""
        objects, owner = self.replica.objects, self.membership.owner
        out: set[bytes] = set()
        for e in counting:
            named = {i for change in e.changes if change[0] == ERASE for i in change[1]}
            for i in named:
                event = self.replica.events.get(i)
                if event is None or objects.get(i) != objects[e.id] or event.holds_erasure():
                    continue
                is_own = owner.get(event.device) == owner[e.device]
                if is_own or self.membership.is_by_moderator(e):
                    out.add(i)
        return out

    def state(self, where: Object) -> list[Any]:
        return ObjectFold(self, where[1], self.objects[where]).state()

    def digest(self) -> bytes:
        total = sum(int.from_bytes(H(encode(self.state(o))), "big") for o in self.objects)
        persons = [[p.id, p.name, p.role] for _, p in sorted(self.persons.items())]
        summed = (total % (1 << 256)).to_bytes(32, "big")
        return H(encode(["weonomy/1 brain", self.membership.team, summed, persons]))


def erase(replica: Replica) -> None:
    """Drops the bodies of erased events, and has them refused from now on (section 9.3)."""
    if replica.has_erasures:
        replica.erased = Brain(replica).erased
        for i in replica.erased:
            replica.events[i].body = None


class ObjectFold:
    def __init__(self, brain: Brain, object_: bytes, events: list[Event]):
        self.object, self.events = object_, events
        self.owner = brain.membership.owner
        self.past = _pasts(events, brain.replica)

    def precedes(self, a: Write, b: Write) -> bool:
        if a.event is b.event:
            return a.place < b.place
        return a.event.id in self.past[b.event.id]

    def _writes(self, *numbers: int) -> list[tuple[list[Any], Write]]:
        """The changes of those numbers, by order and place, with what each of them writes."""
        return [
            (change, Write(e, place, change[-1]))
            for e in self.events
            for place, change in enumerate(e.changes)
            if change[0] in numbers
        ]

    def _by_field(self, number: int) -> dict[str, list[Write]]:
        out: dict[str, list[Write]] = {}
        for change, write in self._writes(number):
            out.setdefault(change[1], []).append(write)
        return out

    def _each(self, number: int, fold: Callable[[list[Write]], Any]) -> dict[str, Any]:
        return {name: fold(writes) for name, writes in self._by_field(number).items()}

    def state(self) -> list[Any]:
        kinds = [write.value for _, write in self._writes(CREATE)]
        first = self.events[0]
        return [
            self.object,
            kinds[0] if kinds else "",
            self.owner[first.device],
            first.wall,
            self._each(SET, lambda ws: [w.value for w in competing(ws, self.precedes)]),
            self._each(TEXT, self._text),
            self._sets(),
            self._each(COUNT, _sum),
            self._marks(),
        ]

    def _text(self, writes: list[Write]) -> str:
        hunks: dict[Event, list[Any]] = {}
        for write in writes:
            hunks.setdefault(write.event, []).extend(write.value)
        return merge([
            TextWrite(e.id, self.owner[e.device], e.lamport, self.past[e.id], of_event)
            for e, of_event in hunks.items()
        ])  # fmt: skip

    def _sets(self) -> dict[str, list[Any]]:
        removes = self._by_field(REMOVE)
        out = {}
        for name, adds in self._by_field(ADD).items():
            taken = [(encode(r.value), self.past[r.event.id]) for r in removes.get(name, [])]
            elements = {
                raw
                for raw, add in ((encode(a.value), a.event.id) for a in adds)
                if not any(raw == removed and add in past for removed, past in taken)
            }
            if elements:
                out[name] = [decode(raw) for raw in sorted(elements)]
        return out

    def _latest(self) -> set[bytes]:
        """The events with writes that no other event writing the same field follows."""
        writers: dict[str, set[bytes]] = {}
        for change, write in self._writes(SET, ADD, REMOVE, TEXT):
            writers.setdefault(change[1], set()).add(write.event.id)
        return {
            i for ids in writers.values() for i in ids if not any(i in self.past[x] for x in ids)
        }

    def _marks(self) -> list[Any]:
        by_mark: dict[tuple[str, bytes, bytes], list[Write]] = {}
        for (_, name, key, _), write in self._writes(MARK):
            where = (name, encode(key), self.owner[write.event.device])
            by_mark.setdefault(where, []).append(write)
        latest, out = self._latest(), []
        for (name, key, person), writes in by_mark.items():
            shown = competing(writes, self.precedes)[0]
            if shown.value is not None:
                is_current = latest <= self.past[shown.event.id] | {shown.event.id}
                out.append([name, decode(key), person, shown.value, is_current])
        return sorted(out, key=lambda mark: encode(mark[:3]))


def _sum(writes: list[Write]) -> int:
    total = 0
    for write in writes:
        total = max(INT_MIN, min(INT_MAX, total + write.value))
    return total


def _pasts(events: list[Event], replica: Replica) -> dict[bytes, set[bytes]]:
    """The causal past of each event inside its object, through any stored event of it."""
    past: dict[bytes, set[bytes]] = {}
    stack = [e.id for e in events]
    while stack:
        top = stack[-1]
        before = [p for p in replica.events[top].parents if p in replica.objects]
        missing = [p for p in before if p not in past]
        if top not in past and missing:
            stack.extend(missing)
            continue
        stack.pop()
        past.setdefault(top, set(before).union(*(past[p] for p in before)))
    return past
