"""Section 8: membership, a pure function of the set of membership events."""

from __future__ import annotations

import heapq
import time
from dataclasses import dataclass, field
from typing import Any

from .bodies import ADMIT, DEVICES_MAX, GENESIS, GRANT, INVITE, MEMBERSHIP, fields_fit
from .cbor import encode
from .events import Event
from .identity import is_valid_for, person_of, verify
from .replica import Replica

NONE, READER, MEMBER, MODERATOR, FOUNDER = range(5)
PERSONS_MAX = 1000
INVITATIONS_TRIED_MAX = 32


def now() -> int:
    """The wall clock in milliseconds."""
    return int(time.time() * 1000)


@dataclass
class Person:
    id: bytes
    name: str
    role: int
    devices: list[bytes] = field(default_factory=list)
    admissions: list[bytes] = field(default_factory=list)


class Membership:
    def __init__(self, replica: Replica):
        self.team = replica.team
        self.events = sorted(replica.of_class(MEMBERSHIP), key=lambda e: e.order)
        self._by_id = {e.id: e for e in self.events}
        self._index = {e.id: n for n, e in enumerate(self.events)}
        self._past: dict[bytes, int] = {}  # event -> the set of indexes of its past, as bits
        for e in self.events:
            past = 0
            for link in e.links:
                past |= self._past[link] | 1 << self._index[link]
            self._past[e.id] = past
        self.team_name = ""
        self.persons: dict[bytes, Person] = {}
        self.owner: dict[bytes, bytes] = {}  # device -> person
        self.channels: dict[bytes, bytes] = {}  # device -> channel key
        self.invites: dict[bytes, Event] = {}  # those that count
        self.admissions: dict[bytes, bytes] = {}  # genesis and admits that count -> person
        # whether this version must not write invite, grant and admit
        self.is_frozen = any(e.value[1] > GRANT or not fields_fit(e.value) for e in self.events)
        self._fold()

    def is_past(self, id_: bytes, of: Event) -> bool:
        return bool(self._past[of.id] >> self._index[id_] & 1)

    def _of_kind(self, kind: int) -> list[Event]:
        return [e for e in self.events if e.value[1] == kind and fields_fit(e.value)]

    def _enroll(self, person: Person, admission: Event, devices: list[Any]) -> None:
        person.admissions.append(admission.id)
        self.admissions[admission.id] = person.id
        for signing, channel, *_ in devices:
            if signing in person.devices or len(person.devices) == DEVICES_MAX:
                continue
            if self.owner.setdefault(signing, person.id) == person.id:
                person.devices.append(signing)
                self.channels[signing] = channel

    def _fold(self) -> None:
        genesis = self._by_id.get(self.team)
        if genesis is None or genesis not in self._of_kind(GENESIS):
            return
        self.team_name, name, devices, *_ = (genesis.value[2][n] for n in range(7))
        if not devices or genesis.device != devices[0][0]:
            return
        founder = person_of(genesis.device)
        if not all(is_valid_for(d, founder) for d in devices):
            return
        self.persons[founder] = Person(founder, name, FOUNDER)
        self._enroll(self.persons[founder], genesis, devices)
        moderators = self._fold_grants(genesis)
        self._fold_admits(genesis)
        for person in self.persons.values():
            if person.id in moderators and person.role != FOUNDER:
                person.role = MODERATOR

    def _fold_grants(self, genesis: Event) -> set[bytes]:
        """Finds the invites that count; gives the persons whose grants do."""
        invites, grants = self._of_kind(INVITE), self._of_kind(GRANT)
        persons: set[bytes] = set()
        queue = [(0, 0, genesis.id)]
        counting = {genesis.id}
        while queue:
            depth, _, id_ = heapq.heappop(queue)
            grant = self._by_id[id_]
            listed = grant.introduces()
            for e in invites:
                if self.is_past(id_, e) and e.device in listed and e.value[2][2] <= MEMBER:
                    self.invites[e.id] = e
            for e in grants:
                fields = e.value[2]
                if e.id in counting or not self.is_past(id_, e) or e.device not in listed:
                    continue
                if fields[1] == MODERATOR:
                    counting.add(e.id)
                    persons.add(fields[0])
                    heapq.heappush(queue, (depth + 1, e.lamport, e.id))
        return persons

    def _fold_admits(self, genesis: Event) -> None:
        counting = {genesis.id: genesis}
        admits, progress = self._of_kind(ADMIT), True
        while progress:
            progress = False
            for e in admits:
                if e.id in counting or not self._counts(e, counting):
                    continue
                invite, person, name, devices = (e.value[2][n] for n in range(4))
                if person not in self.persons:
                    role = self.invites[invite].value[2][2]
                    self.persons[person] = Person(person, name, role)
                self._enroll(self.persons[person], e, devices)
                counting[e.id] = e
                progress = True

    def _counts(self, e: Event, counting: dict[bytes, Event]) -> bool:
        invite, person, name, devices, nonce, proof = (e.value[2][n] for n in range(6))
        if invite not in self.invites or not self.is_past(invite, e) or not devices:
            return False
        if person not in self.persons and len(self.persons) >= PERSONS_MAX:
            return False
        signed = encode([self.team, invite, person, name, devices, nonce])
        return (
            person == person_of(devices[0][0])
            and any(self._admits_author(c, e) for c in counting.values())
            and verify(self.invites[invite].value[2][0], "weonomy/1 join", signed, proof)
            and all(is_valid_for(d, person) for d in devices)
        )

    def _admits_author(self, admission: Event, e: Event) -> bool:
        """Whether an admission that counts is of the person who has e's device, and lists it."""
        return (
            self.owner.get(e.device) == self.admissions[admission.id]
            and e.device in admission.introduces()
            and self.is_past(admission.id, e)
        )

    # --- what a session asks

    def is_member(self, device: bytes) -> bool:
        """Whether the device is that of a person with role 1 or more (section 11.2)."""
        person = self.owner.get(device)
        return person is not None and self.persons[person].role >= READER

    def admitted_under(self, invite: bytes) -> list[bytes]:
        """The persons whose admissions that count name the invitation."""
        return [
            person
            for admission, person in self.admissions.items()
            if self._by_id[admission].value[1] == ADMIT
            and self._by_id[admission].value[2][0] == invite
        ]

    def is_open(self, invite: Event, at: int) -> bool:
        uses, expiry = invite.value[2][3], invite.value[2][4]
        is_used_up = len(self.admitted_under(invite.id)) >= uses
        return invite.id in self.invites and not is_used_up and (expiry is None or expiry > at)

    def invitations_tried(self, at: int) -> list[Event]:
        """The invitations whose psks a responder tries, in order (section 10)."""
        newest = sorted(self.invites.values(), key=lambda e: e.order, reverse=True)
        by_open = sorted(newest, key=lambda e: not self.is_open(e, at))
        return by_open[:INVITATIONS_TRIED_MAX]
