"""Section 8: the team, and what a session and the fold of objects ask about it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from .bodies import ADMIT, SECRET
from .events import Event
from .identity import DeviceKeys, unseal
from .replica import Replica
from .team_fold import FOUNDER, MEMBER, MODERATOR, NONE, PERSONS_MAX, READER, Cutting, TeamFold

__all__ = [
    "FOUNDER", "MEMBER", "MODERATOR", "NONE", "PERSONS_MAX", "READER",
    "Membership", "Person", "now",
]  # fmt: skip

INVITATIONS_TRIED_MAX = 32


def now() -> int:
    """The wall clock in milliseconds."""
    return int(time.time() * 1000)


@dataclass
class Person:
    id: bytes
    name: str
    role: int
    devices: list[bytes] = field(default_factory=list)  # those that joined, revoked ones too
    admissions: list[bytes] = field(default_factory=list)


class Membership:
    def __init__(self, replica: Replica, model_rule: bool = False):
        self.fold = fold = TeamFold(replica, model_rule)
        self.graph = fold.graph
        self.team = replica.team
        self.team_name = fold.genesis.value[2][0] if fold.genesis else ""
        self.owner, self.channels = self.graph.owner, self.graph.channels
        self.invites = {i: self.graph.events[i] for i in fold.invites}  # those that count
        self.is_frozen = fold.is_frozen
        self._admits: dict[bytes, list[Event]] = {}  # those stored of each person, by order
        for e in self.graph.by_order:
            if self.graph.fits[e.id] and e.value[1] == ADMIT:
                self._admits.setdefault(e.value[2][1], []).append(e)
        self.persons: dict[bytes, Person] = {}
        for p in [*fold.grants, *fold.readmissions, *fold.admissions]:
            if p not in self.persons and p in fold.known:
                devices = list(fold.devices.get(p, {}))
                admissions = [base.event.id for base in fold.admissions.get(p, [])]
                self.persons[p] = Person(p, self._name(p), self._role(p), devices, admissions)

    def _name(self, person: bytes) -> str:
        genesis = self.fold.genesis
        if genesis and person == self.graph.author(genesis):
            return str(genesis.value[2][1])
        stored = self._admits.get(person, [])
        counting = [e for e in stored if e.id in self.fold.counting]
        return next((e.value[2][2] for e in counting + stored), "")

    def _role(self, person: bytes) -> int:
        role = max((base.role for base in self.fold.bases(person)), default=NONE)
        for r in self.fold.reductions.get(person, []):
            if not self._is_lifted(r):
                role = min(role, r.to)
        return role

    def _is_lifted(self, r: Cutting) -> bool:
        return any(lift.seniority <= r.seniority for lift in self.fold.lifts_of(r))

    # --- what a session asks

    def is_active(self, device: bytes) -> bool:
        """Whether the device joined as that of a person with role 1 or more, and was not revoked."""
        person = self.persons.get(self.owner.get(device, b""))
        is_in = person is not None and device in person.devices and person.role >= READER
        return is_in and not self.fold.revocations.get(device)

    def is_put_out(self, device: bytes) -> bool:
        """Whether the device is one of a person of the team and not active (section 11.2)."""
        person = self.persons.get(self.owner.get(device, b""))
        return person is not None and device in person.devices and not self.is_active(device)

    def proof_of_exclusion(self, device: bytes) -> list[Event]:
        """What a device that was put out is sent, parents first."""
        reductions = self.fold.reductions.get(self.owner[device], [])
        acts = [r for r in reductions if r.to == NONE and not self._is_lifted(r)]
        acts += self.fold.revocations.get(device, [])
        ids = {i for r in acts for i in r.ids}
        return [
            e
            for e in self.graph.by_order
            if e.id in ids or any(self.graph.is_past(e.id, self.graph.events[i]) for i in ids)
        ]

    def admitted_under(self, invite: bytes) -> list[bytes]:
        """The persons whose admissions that count name the invitation."""
        return [
            e.value[2][1]
            for e in self.graph.by_order
            if e.id in self.fold.counting and e.value[1] == ADMIT and e.value[2][0] == invite
        ]

    def is_open(self, invite: Event, at: int) -> bool:
        if invite.id not in self.invites:
            return False
        uses, expiry = invite.value[2][3], invite.value[2][4]
        author = self.graph.owner[invite.device]
        is_ended = self.fold.closes.get(invite.id) or self.fold.reductions.get(author)
        is_used_up = len(self.admitted_under(invite.id)) >= uses
        return not is_ended and not is_used_up and (expiry is None or expiry > at)

    def invitations_tried(self, at: int) -> list[Event]:
        """The invitations whose psks a responder tries, in order (section 10)."""
        newest = sorted(self.invites.values(), key=lambda e: e.order, reverse=True)
        by_open = sorted(newest, key=lambda e: not self.is_open(e, at))
        return by_open[:INVITATIONS_TRIED_MAX]

    def secrets(self, keys: DeviceKeys, first: bytes | None = None) -> list[bytes]:
        """The secrets that a device can open, the newest first, with the one that the team began
        with where it is given (8.4)."""
        counting = [e for e in self.graph.by_order if e.id in self.fold.counting]
        sealing = [e for e in counting if e.value[1] == SECRET]
        sealing.sort(key=lambda e: (e.value[2][0], *e.order), reverse=True)
        opened = (
            unseal(sealed, keys)
            for e in sealing
            for device, sealed in e.value[2][1]
            if device == keys.public
        )
        known = [secret for secret in opened if secret is not None and len(secret) == 32]
        return known if first is None else [*known, first]

    def is_settled(self, change: Event) -> bool:
        moderators = [p.id for p in self.persons.values() if p.role >= MODERATOR]
        return all(
            any(e.id == change.id or self.graph.is_past(change.id, e) for e in by_person)
            for by_person in (self.graph.by_person.get(p, []) for p in moderators)
        )

    # --- content (section 8.3)

    def counts(self, e: Event) -> bool:
        """Whether a content event does, its body and object left aside."""
        author = self.graph.author(e)
        if author is None or not self.fold.has_base(e, author, self.fold.bases(author), MEMBER):
            return False
        return all(self._adopts(r, e) for r in self.fold.hindrances(e, author, MEMBER))

    def is_quarantined(self, e: Event) -> bool:
        author = self.graph.author(e)
        return (
            author is not None
            and not self.counts(e)
            and self.fold.has_base(e, author, self.fold.bases(author), MEMBER)
        )

    def _adopts(self, r: Cutting, e: Event) -> bool:
        return any(
            e.id in adopt.value[2][0] and k <= r.seniority and self.graph.is_past(r.id, adopt)
            for adopt, k in self.fold.adopts
        )

    def is_by_moderator(self, e: Event) -> bool:
        author = self.graph.author(e)
        if author is None:
            return False
        return self.fold.allowed(e, self.fold.grants.get(author, []), MODERATOR)
