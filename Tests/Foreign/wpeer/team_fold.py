"""Section 8.1: the fold of the membership events."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from .bodies import (
    ADD_DEVICE,
    ADDRESS,
    ADMIT,
    ADOPT,
    CLOSE,
    DEVICES_MAX,
    GENESIS,
    GRANT,
    INVITE,
    READMIT,
    REDUCE,
    REVOKE_DEVICE,
    SECRET,
)
from .cbor import encode
from .council import Council, Decision
from .events import Event
from .graph import Cut, Graph
from .identity import is_valid_for, person_of, verify
from .replica import Replica

NONE, READER, MEMBER, MODERATOR, FOUNDER = range(5)
PERSONS_MAX = 1000

Key = tuple[float, int, bytes]  # seniority: (depth, lamport, id); the least is the most senior
COUNCIL_KEY: Key = (-1, 0, b"")
JUNIOR: Key = (math.inf, 0, b"")  # the seniority none

DeviceKey = tuple[int, int, bytes, int]  # (depth, lamport, id, place)


@dataclass(eq=False)
class Base:
    event: Event
    role: int
    devices: list[bytes]


@dataclass(eq=False)
class Cutting:
    """A reduction or a revocation that counts."""

    id: bytes
    person: bytes
    cut: Cut
    seniority: Key
    to: int = NONE
    ids: set[bytes] = field(default_factory=set)  # a lift may name any


@dataclass(eq=False)
class Lift:
    event: Event
    person: bytes
    seniority: Key


class TeamFold:
    def __init__(self, replica: Replica, model_rule: bool = False):
        self.graph = graph = Graph(replica)
        self.model_rule = model_rule  # an admission is no base once its person has a grant
        self.counting: set[bytes] = set()
        self.grants: dict[bytes, list[Base]] = {}
        self.readmissions: dict[bytes, list[Base]] = {}
        self.admissions: dict[bytes, list[Base]] = {}
        self.rank: dict[bytes, Key] = {}
        self.devices: dict[bytes, dict[bytes, DeviceKey]] = {}  # in the order in which they joined
        self.reductions: dict[bytes, list[Cutting]] = {}
        self.revocations: dict[bytes, list[Cutting]] = {}  # by device
        self.lifts: dict[bytes, list[Lift]] = {}
        self.invites: dict[bytes, Key] = {}
        self.closes: dict[bytes, list[Event]] = {}
        self.adopts: list[tuple[Event, Key]] = []
        self.is_frozen = False
        self.known: set[bytes] = set()  # of whom there are at most PERSONS_MAX
        self._early_closes: dict[bytes, list[tuple[Event, Key]]] = {}
        self._passed: dict[tuple[bytes, ...], dict[bytes, Event]] = {}
        self._in_effect: dict[tuple[bytes, ...], set[bytes]] = {}
        self._key_of: dict[bytes, Key] = {}
        self._grants_to_look_at: list[tuple[Key, bytes, Base]] = []
        self.genesis = self._genesis(replica)
        if self.genesis is None:
            return
        self.council = Council(graph, self.genesis)
        self.counting.update(self.council.counting)
        self.is_frozen = self.council.is_unknown
        for decision in self.council.decisions:
            self._decide(decision)
        self._moderate()
        self._admit()

    def _genesis(self, replica: Replica) -> Event | None:
        e = replica.events.get(replica.team)
        if e is None or not self.graph.fits[e.id] or e.value[1] != GENESIS:
            return None
        devices = e.value[2][2]
        if not devices or devices[0][0] != e.device:
            return None
        founder = person_of(e.device)
        is_sound = all(
            is_valid_for(d, founder) and self.graph.owner.get(d[0]) == founder for d in devices
        )
        return e if is_sound else None

    # --- who may do what

    def allowed(self, e: Event, bases: Iterable[Base], role: int) -> bool:
        author = self.graph.author(e)
        return (
            author is not None
            and self.has_base(e, author, bases, role)
            and not self.hindrances(e, author, role)
        )

    def has_base(self, e: Event, author: bytes, bases: Iterable[Base], role: int) -> bool:
        return e.device in self.devices.get(author, {}) and any(
            base.role >= role and self.graph.is_past(base.event.id, e) for base in bases
        )

    def hindrances(self, e: Event, author: bytes, role: int) -> list[Cutting]:
        """The reductions and revocations that keep e from what takes this role."""
        return [
            r for r in self.revocations.get(e.device, []) if not self.graph.within(e, r.cut)
        ] + [
            r
            for r in self.reductions.get(author, [])
            if r.to < role and not self.graph.within(e, r.cut) and not self._is_lifted(r, e)
        ]

    def _is_lifted(self, r: Cutting, e: Event) -> bool:
        return any(
            lift.seniority <= r.seniority and self.graph.is_past(lift.event.id, e)
            for lift in self.lifts_of(r)
        )

    def lifts_of(self, r: Cutting) -> list[Lift]:
        named = (lift for i in r.ids for lift in self.lifts.get(i, []))
        return [lift for lift in named if lift.person == r.person]

    def bases(self, person: bytes) -> list[Base]:
        every = (self.grants, self.readmissions, self.admissions)
        return [base for by_person in every for base in by_person.get(person, [])]

    def _standing(self, person: bytes, reduction: Event) -> Key:
        return min(
            (
                self._key_of[base.event.id]
                for base in self.grants.get(person, [])
                if not self.graph.is_past(reduction.id, base.event)
            ),
            default=JUNIOR,
        )

    # --- the council

    def _decide(self, decision: Decision) -> None:
        events, fields = decision.events, decision.fields
        person = fields[0]
        if decision.kind == GRANT:
            for e in events:
                self._grants_to_look_at.append(
                    ((0, e.lamport, e.id), person, Base(e, FOUNDER, fields[2]))
                )
                for r in fields[3]:
                    self._lift(r, person, e, COUNCIL_KEY)
        else:
            ids = {e.id for e in events}
            r = Cutting(events[0].id, person, fields[2], COUNCIL_KEY, fields[1], ids)
            self.reductions.setdefault(person, []).append(r)

    # --- the first loop: by seniority

    def _moderate(self) -> None:
        genesis = self.genesis
        assert genesis
        self.counting.add(genesis.id)
        listed = [device[0] for device in genesis.value[2][2]]
        base = Base(genesis, FOUNDER, listed)
        queue = self._grants_to_look_at
        queue.append(((0, 0, genesis.id), person_of(genesis.device), base))
        heapq.heapify(queue)
        while queue:
            k, p, m = heapq.heappop(queue)
            self._key_of[m.event.id] = k
            self.grants.setdefault(p, []).append(m)
            self.rank.setdefault(p, k)
            self._grow_devices(p, [m], [m])
            self._leave(p, [m])
            for e in self.graph.by_person.get(p, []):
                if e.id not in self.counting and self.graph.fits[e.id]:
                    if self.allowed(e, [m], MODERATOR):
                        self._act(e, k)

    def _act(self, e: Event, k: Key) -> None:
        _, kind, fields = e.value
        if kind == INVITE and fields[2] <= MEMBER:
            self._invite(e, k)
        elif kind == CLOSE:
            self._close(e, k)
        elif kind == GRANT and fields[1] in (READER, MEMBER, MODERATOR):
            self._grant(e, k)
        elif kind == REDUCE:
            self._reduce(e, k)
        elif kind == REVOKE_DEVICE:
            self._revoke(e, k)
        elif kind == READMIT:
            self.counting.add(e.id)
            listed = [device[0] for device in fields[2]]
            self._readmit(e, k, fields[0], Base(e, MEMBER, listed), fields[1])
        elif kind in (ADDRESS, SECRET, ADOPT):
            self.counting.add(e.id)
            if kind == ADOPT:
                self.adopts.append((e, k))

    def _invite(self, e: Event, k: Key) -> None:
        self.counting.add(e.id)
        self.invites[e.id] = k
        for close, of in self._early_closes.get(e.id, []):
            if of <= k:
                self.counting.add(close.id)
                self.closes.setdefault(e.id, []).append(close)

    def _close(self, e: Event, k: Key) -> None:
        invite = e.value[2][0]
        if invite not in self.invites:
            self._early_closes.setdefault(invite, []).append((e, k))
        elif k <= self.invites[invite]:
            self.counting.add(e.id)
            self.closes.setdefault(invite, []).append(e)

    def _grant(self, e: Event, k: Key) -> None:
        person, role, devices, lifted = (e.value[2][n] for n in range(4))
        self.counting.add(e.id)
        base = Base(e, role, devices)
        if role == MODERATOR:
            for r in lifted:
                self._lift(r, person, e, k)
            key = (k[0] + 1, e.lamport, e.id)
            heapq.heappush(self._grants_to_look_at, (key, person, base))
        else:
            self._readmit(e, k, person, base, lifted)

    def _readmit(self, e: Event, k: Key, person: bytes, base: Base, lifted: list[bytes]) -> None:
        for r in lifted:
            self._lift(r, person, e, k)
        self.readmissions.setdefault(person, []).append(base)

    def _lift(self, r: bytes, person: bytes, e: Event, k: Key) -> None:
        """Takes a lift of r, which may be found to count only later."""
        if k == COUNCIL_KEY or self.graph.is_past(r, e):
            self.lifts.setdefault(r, []).append(Lift(e, person, k))

    def _reduce(self, e: Event, k: Key) -> None:
        person, to, cut, reason, severe, address = (e.value[2][n] for n in range(6))
        if person == self.graph.author(e) or to > MODERATOR or not k < self._standing(person, e):
            return

        def take_effect(which: Event, seniority: Key) -> None:
            r = Cutting(
                which.id, person, which.value[2][2], seniority, which.value[2][1], {which.id}
            )
            self.reductions.setdefault(person, []).append(r)

        if to != NONE:
            self.counting.add(e.id)
            take_effect(e, k)
        elif (severe and reason) or self._is_addressed(e, person, address):
            self._agree(e, k, (b"reduce", person), take_effect)

    def _is_addressed(self, e: Event, person: bytes, address: bytes | None) -> bool:
        if address is None or not self.graph.is_past(address, e):
            return False
        _, kind, fields = self.graph.events[address].value
        return bool(self.graph.fits[address] and kind == ADDRESS and fields[0] == person)

    def _revoke(self, e: Event, k: Key) -> None:
        owner, device, _ = (e.value[2][n] for n in range(3))
        is_of_other = owner != self.graph.author(e) and self.graph.owner.get(device) == owner
        if not is_of_other or not k < self.rank.get(owner, JUNIOR):
            return

        def take_effect(which: Event, seniority: Key) -> None:
            r = Cutting(which.id, owner, which.value[2][2], seniority, ids={which.id})
            self.revocations.setdefault(device, []).append(r)

        self._agree(e, k, (b"revoke", device), take_effect)

    def _agree(
        self, e: Event, k: Key, about: tuple[bytes, ...], effect: Callable[[Event, Key], None]
    ) -> None:
        """Gives effect to e, or, where two must agree, to the later of e and another."""
        assert self.genesis
        if not self.genesis.value[2][3]:
            self.counting.add(e.id)
            effect(e, k)
            return
        passed = self._passed.setdefault(about, {})
        in_effect = self._in_effect.setdefault(about, set())
        for other in passed.values():
            is_later = self.graph.is_past(other.id, e)
            is_apart = not is_later and not self.graph.is_past(e.id, other)
            if is_apart or self.graph.author(other) == self.graph.author(e):
                continue
            self.counting.update((e.id, other.id))
            later = e if is_later else other
            if later.id not in in_effect:
                in_effect.add(later.id)
                effect(later, k)
        passed[e.id] = e

    # --- the second loop: by nearness to the founder and the moderators

    def _admit(self) -> None:
        queue: list[tuple[float, Key, int, bytes, bytes, Base | None]] = []
        for p, k in self.rank.items():
            queue.append((0, k, 0, b"", p, None))
        for p, readmissions in self.readmissions.items():
            for m in readmissions if not self.model_rule else ():
                queue.append((math.inf, JUNIOR, *m.event.order, p, None))
        heapq.heapify(queue)
        self.known = set(self.rank)
        done: set[bytes] = set()
        while queue:
            depth, *_, p, a = heapq.heappop(queue)
            if self.model_rule and p in done:
                continue
            done.add(p)
            if p not in self.known and len(self.known) >= PERSONS_MAX:
                continue
            self.known.add(p)
            if a:
                self.admissions.setdefault(p, []).append(a)
            bases = self.bases(p)
            roots = ([a] if a else []) + self.readmissions.get(p, [])
            self._grow_devices(p, roots, bases)
            self._leave(p, bases)
            for e in self.graph.by_person.get(p, []):
                if e.id in self.counting or not self.allowed(e, bases, MEMBER):
                    continue
                if not self.graph.fits[e.id]:
                    self.is_frozen = True
                elif e.value[1] == ADMIT and self._admission_counts(e):
                    invite, person, _, devices, *_ = (e.value[2][n] for n in range(6))
                    self.counting.add(e.id)
                    self.known.add(person)
                    role = self.graph.events[invite].value[2][2]
                    base = Base(e, role, [device[0] for device in devices])
                    heapq.heappush(queue, (depth + 1, JUNIOR, *e.order, person, base))

    def _admission_counts(self, e: Event) -> bool:
        invite, person, name, devices, nonce, proof = (e.value[2][n] for n in range(6))
        if invite not in self.invites or not self.graph.is_past(invite, e) or not devices:
            return False
        event = self.graph.events[invite]
        ends = [c.id for c in self.closes.get(invite, [])]
        ends += [r.id for r in self.reductions.get(self.graph.owner[event.device], [])]
        if not all(self.graph.is_past(e.id, self.graph.events[i]) for i in ends):
            return False
        if person not in self.known and len(self.known) >= PERSONS_MAX:
            return False
        signed = encode([self.graph.team, invite, person, name, devices, nonce])
        return (
            person == person_of(devices[0][0])
            and verify(event.value[2][0], "weonomy/1 join", signed, proof)
            and all(is_valid_for(d, person) for d in devices)
        )

    # --- one person

    def _leave(self, p: bytes, bases: list[Base]) -> None:
        for e in self.graph.by_person.get(p, []):
            if not self.graph.fits[e.id] or e.value[1] != REDUCE or e.id in self.counting:
                continue
            person, to, cut, _, severe, address = (e.value[2][n] for n in range(6))
            is_leaving = person == p and to <= MODERATOR and not severe and address is None
            if is_leaving and self.allowed(e, bases, READER):
                self.counting.add(e.id)
                r = Cutting(e.id, p, cut, JUNIOR, to, {e.id})
                self.reductions.setdefault(p, []).append(r)

    def _grow_devices(self, p: bytes, roots: list[Base], bases: list[Base]) -> None:
        devices = self.devices.setdefault(p, {})
        queue: list[tuple[DeviceKey, bytes]] = [(key, d) for d, key in devices.items()]
        for root in roots:
            for place, d in enumerate(root.devices):
                if self.graph.owner.get(d) == p:
                    queue.append(((0, *root.event.order, place), d))
        heapq.heapify(queue)
        done: set[bytes] = set()
        while queue:
            key, d = heapq.heappop(queue)
            if d in done:
                continue
            done.add(d)
            if d not in devices and len(devices) < DEVICES_MAX:
                devices[d] = key
            for e in self.graph.by_person.get(p, []):
                if e.device != d or e.id in self.counting or not self.graph.fits[e.id]:
                    continue
                _, kind, fields = e.value
                if kind not in (ADD_DEVICE, REVOKE_DEVICE) or fields[0] != p:
                    continue
                if not self.allowed(e, bases, READER):
                    continue
                device: Any = fields[1]
                if kind == ADD_DEVICE and self.graph.owner.get(device[0]) == p:
                    self.counting.add(e.id)
                    heapq.heappush(queue, ((key[0] + 1, *e.order, 0), device[0]))
                elif kind == REVOKE_DEVICE and device not in devices:
                    if self.graph.owner.get(device) == p:
                        self.counting.add(e.id)
                        r = Cutting(e.id, p, fields[2], JUNIOR, ids={e.id})
                        self.revocations.setdefault(device, []).append(r)
