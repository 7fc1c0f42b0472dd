"""Random adversarial histories of a team: real keys, real events, views that differ, and authors
who fork, backdate, forge, claim each other's devices, and decide as a council."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from ..bodies import (
    ADD_DEVICE,
    ADDRESS,
    ADMIT,
    ADOPT,
    CLOSE,
    CONTENT,
    COUNCIL,
    GENESIS,
    GRANT,
    INVITE,
    MEMBERSHIP,
    READMIT,
    REDUCE,
    REVOKE_DEVICE,
    SECRET,
)
from ..cbor import encode
from ..events import PARENTS_MAX, Event
from ..identity import DeviceKeys, H, SigningKey
from ..replica import Replica, heads

READER, MEMBER, MODERATOR, FOUNDER = range(1, 5)
FIELDS = ["title", "body", "t"]


@dataclass
class Device:
    keys: DeviceKeys
    person: bytes  # who uses it
    known: set[bytes] = field(default_factory=set)
    last: dict[int, list[Event]] = field(default_factory=lambda: {CONTENT: [], MEMBERSHIP: []})


class World:
    def __init__(
        self,
        rng: random.Random,
        replica: Replica,
        founder: DeviceKeys,
        council_keys: list[SigningKey],
    ):
        self.random, self.replica = rng, replica
        self.devices: list[Device] = []
        self.invite_keys: dict[bytes, SigningKey] = {}
        self.council_keys = council_keys
        self.decisions: list[tuple[bytes, bytes, bytes]] = []  # previous, proposal, hash
        self.founder = self.device(founder, founder.person)
        self.see(self.founder, replica.events)
        for e in replica.events.values():
            if e.device == founder.public:
                self.founder.last[e.class_].append(e)

    # --- randomness

    def chance(self, p: float) -> bool:
        return self.random.random() < p

    def some(self, items: Iterable[Any], p: float = 0.5) -> list[Any]:
        return [i for i in items if self.chance(p)]

    def one(self, items: Iterable[Any]) -> Any:
        return self.random.choice(list(items))

    def bytes32(self) -> bytes:
        return self.random.randbytes(32)

    # --- devices and what they know

    def new_keys(self) -> DeviceKeys:
        return DeviceKeys(SigningKey(self.bytes32()), self.bytes32(), "d")

    def device(self, keys: DeviceKeys, person: bytes) -> Device:
        device = Device(keys, person)
        self.devices.append(device)
        return device

    def persons(self) -> list[bytes]:
        return list(dict.fromkeys(d.person for d in self.devices))

    def see(self, d: Device, ids: Iterable[bytes]) -> None:
        d.known.update(ids)

    def known(self, d: Device, class_: int, kind: int | None = None) -> list[Event]:
        return [
            e
            for e in self.replica.of_class(class_)
            if e.id in d.known and (kind is None or e.value[1] == kind)
        ]

    # --- events

    def write(
        self,
        d: Device,
        class_: int,
        body: Any,
        object_: bytes = b"",
        parents: Iterable[bytes] = (),
        backdate: bool = False,
    ) -> Event | None:
        """The next event of one of the device's logs, or of a new one, or of a fork of one; none
        where nothing introduces the device."""
        events, last = self.replica.events, d.last[class_]
        prev: Event | None = None
        if last and not self.chance(0.05):
            prev = last[-1] if not self.chance(0.06) else self.one(last)
        log = prev.log if prev else self._log(d, class_)
        names = set(parents)
        membership = heads(self.known(d, MEMBERSHIP))
        if class_ == MEMBERSHIP or not self.chance(0.3):
            if backdate or self.chance(0.08):
                names.update(self.some(self._ids(d), 0.1)[:4])
            else:
                names.update(membership)
        if prev is None:
            introducing = [i for i in self.replica.introductions.get(d.keys.public, [])]
            if not introducing:
                return None
            names.add(self.one(introducing))
        if prev:
            names.discard(prev.id)
        linked = sorted(names)[:PARENTS_MAX] if len(names) <= PARENTS_MAX else sorted(
            self.random.sample(sorted(names), PARENTS_MAX)
        )
        past = [events[i] for i in linked] + ([prev] if prev else [])
        raw = encode(body)
        e = Event(
            self.replica.team, d.keys.public, log, class_, prev.seq + 1 if prev else 0,
            prev.id if prev else b"", object_, linked,
            1 + max(p.lamport for p in past) if past else 0, self.random.randrange(1 << 40),
            len(raw), H(raw), b"", raw,
        ).sign(d.keys)  # fmt: skip
        if not past:
            return None
        self.replica.add(e)
        last.append(e)
        self.see(d, self._past(e))
        return e

    def _ids(self, d: Device) -> list[bytes]:
        return [e.id for e in self.known(d, MEMBERSHIP)]

    def _past(self, e: Event) -> set[bytes]:
        out, stack = {e.id}, [e.id]
        while stack:
            for i in self.replica.events[stack.pop()].links:
                if i not in out:
                    out.add(i)
                    stack.append(i)
        return out

    def _log(self, d: Device, class_: int) -> bytes:
        """A new log id, sometimes that of a log of the other class."""
        others = [e.log for e in d.last[1 - class_]]
        taken = {e.log for e in d.last[class_]}
        free = [log for log in others if log not in taken]
        return self.one(free) if free and self.chance(0.3) else self.random.randbytes(8)

    def membership(self, d: Device, kind: int, *fields: Any, **how: Any) -> Event | None:
        body = [self.random.randbytes(16), kind, dict(enumerate(fields))]
        return self.write(d, MEMBERSHIP, body, **how)

    # --- acts

    def invite(self, d: Device) -> Event | None:
        key = SigningKey(self.bytes32())
        role = self.random.choices([0, 1, 2, 3], [1, 2, 8, 1])[0]
        e = self.membership(d, INVITE, key.public, self.bytes32(), role, 1, None, "")
        if e:
            self.invite_keys[e.id] = key
        return e

    def admit(self, d: Device) -> Event | None:
        invites = self.known(d, MEMBERSHIP, INVITE)
        if not invites:
            return None
        invite = self.one(invites[-4:])
        keys = self.new_keys()
        person, count = keys.person, self.random.choices([1, 2, 3], [6, 3, 1])[0]
        all_keys = [keys] + [self.new_keys() for _ in range(count - 1)]
        if self.chance(0.2):  # who is known already, or is put out
            other = self.one(self.devices)
            person = other.person
            first = next(x for x in self.devices if x.person == person)
            all_keys = [first.keys, *all_keys[1:]]
        if self.chance(0.1):  # a device that is someone else's
            all_keys.append(self.one(self.devices).keys)
        if self.chance(0.05):
            person = self.one(self.persons())
        devices = [k.device(person) for k in all_keys]
        if self.chance(0.06):
            devices[self.random.randrange(len(devices))][3] = self.random.randbytes(64)
        return self.enter(d, invite, person, all_keys, devices)

    def enter(
        self, d: Device, invite: Event, person: bytes, all_keys: list[DeviceKeys], devices: Any
    ) -> Event | None:
        nonce, name = self.random.randbytes(16), f"P{len(self.devices)}"
        signed = [invite.id, person, name, devices, nonce]
        key = self.invite_keys.get(invite.id) or SigningKey(self.bytes32())
        proof = key.sign("weonomy/1 join", encode([self.replica.team, *signed]))
        if self.chance(0.05):
            proof = self.random.randbytes(64)
        e = self.membership(d, ADMIT, *signed, proof)
        if e:
            for k in all_keys:
                self._introduce(k, person, e)
        return e

    def _introduce(self, keys: DeviceKeys, person: bytes, e: Event) -> None:
        if all(x.keys.public != keys.public for x in self.devices):
            self.see(self.device(keys, person), self._past(e))

    def grant(self, d: Device) -> Event | None:
        person = self._target() if self.chance(0.6) else self._reduced(d)
        role = self.random.choices(range(5), [1, 2, 2, 12, 1])[0]
        keys = [x.keys.public for x in self.devices if x.person == person]
        if self.chance(0.15):
            keys = self.some(keys) + [self.one(self.devices).keys.public]
        if self.chance(0.2):
            self.random.shuffle(keys)
        return self.membership(d, GRANT, person, role, keys, self._lifts(d))

    def _target(self) -> bytes:
        return self.bytes32() if self.chance(0.02) else self.one(self.persons())

    def _reduced(self, d: Device) -> bytes:
        """Someone of whom the device knows a reduction, where it knows one."""
        persons = [e.value[2][0] for e in self.known(d, MEMBERSHIP, REDUCE)]
        return self.one(persons) if persons and self.chance(0.7) else self._target()

    def _lifts(self, d: Device) -> list[bytes]:
        reductions = self.known(d, MEMBERSHIP, REDUCE) + self.known(d, MEMBERSHIP, COUNCIL)
        ids = [e.id for e in reductions]
        if self.chance(0.1):
            ids += self.some(self._ids(d), 0.05)
        return ids if self.chance(0.4) else self.some(ids, 0.3)

    def cut(self, d: Device, devices: Iterable[bytes]) -> list[Any]:
        """Often all that is known, else something earlier, nothing, or heads that are not there."""
        out: list[Any] = []
        for device in devices:
            logs: dict[bytes, list[Event]] = {}
            for e in self.replica.events.values():
                if e.device == device and (e.id in d.known or self.chance(0.02)):
                    logs.setdefault(e.log, []).append(e)
            for log, events in logs.items():
                if self.chance(0.15):
                    continue
                if self.chance(0.6):
                    ids = heads(events)
                else:
                    ids = [self.one(events).id for _ in range(self.random.choice([1, 1, 2, 3]))]
                if self.chance(0.05):
                    ids.append(self.bytes32())
                if self.chance(0.05):
                    log = self.random.randbytes(8)
                out.append([device, log, sorted(set(ids))])
        self.random.shuffle(out)
        return out

    def _cut_of(self, d: Device, person: bytes) -> list[Any]:
        if self.chance(0.1):
            return []
        return self.cut(d, [x.keys.public for x in self.devices if x.person == person])

    def reduce(self, d: Device) -> Event | None:
        person, to = self._target(), self.random.choices(range(5), [12, 2, 4, 2, 1])[0]
        addresses = [e.id for e in self.known(d, MEMBERSHIP, ADDRESS)]
        of_person = [i for i in addresses if self.replica.events[i].value[2][0] == person]
        address = None
        if of_person and self.chance(0.7):
            address = self.one(of_person)
        elif addresses and self.chance(0.2):
            address = self.one(addresses)
        severe, reason = self.chance(0.8), "" if self.chance(0.1) else "reason"
        if address and self.chance(0.7):
            severe = False
        cut = self._cut_of(d, person)
        return self.membership(
            d, REDUCE, person, to, cut, reason, severe, address, backdate=self.chance(0.1)
        )

    def leave(self, d: Device) -> Event | None:
        to = self.random.choices(range(5), [10, 2, 2, 1, 1])[0]
        return self.membership(d, REDUCE, d.person, to, self._cut_of(d, d.person), "", False, None)

    def address(self, d: Device) -> Event | None:
        return self.membership(d, ADDRESS, self._target(), "text", None)

    def readmit(self, d: Device) -> Event | None:
        person = self._reduced(d)
        keys = [self.new_keys() for _ in range(self.random.choice([0, 0, 1, 2]))]
        if self.chance(0.3):
            keys += [x.keys for x in self.devices if x.person == person]
        if self.chance(0.08):
            keys.append(self.one(self.devices).keys)
        devices = [k.device(person if self.chance(0.95) else self.bytes32()) for k in keys]
        e = self.membership(d, READMIT, person, self._lifts(d), devices)
        if e:
            for k in keys:
                self._introduce(k, person, e)
        return e

    def add_device(self, d: Device) -> Event | None:
        keys = self.one(self.devices).keys if self.chance(0.15) else self.new_keys()
        person = d.person if self.chance(0.93) else self.one(self.persons())
        device = keys.device(person if self.chance(0.95) else self.bytes32())
        e = self.membership(d, ADD_DEVICE, person, device)
        if e:
            self._introduce(keys, person, e)
        return e

    def revoke_device(self, d: Device) -> Event | None:
        own = [x for x in self.devices if x.person == d.person]
        target = self.one(own if self.chance(0.5) else self.devices)
        owner = target.person
        if self.chance(0.06):
            owner = self.one(self.persons()) if self.chance(0.5) else d.person
        cut = [] if self.chance(0.1) else self.cut(d, [target.keys.public])
        return self.membership(d, REVOKE_DEVICE, owner, target.keys.public, cut)

    def close(self, d: Device) -> Event | None:
        invites = [e for e in self.replica.of_class(MEMBERSHIP) if e.value[1] == INVITE]
        known = [e for e in invites if e.id in d.known]
        if not known:
            return None
        return self.membership(d, CLOSE, self.one(invites if self.chance(0.1) else known).id)

    def secret(self, d: Device) -> Event | None:
        return self.membership(d, SECRET, self.random.randrange(3), [])

    def adopt(self, d: Device) -> Event | None:
        content = self.replica.of_class(CONTENT)
        ids = [e.id for e in self.random.sample(content, min(len(content), 8))]
        by_known = [e.id for e in self.known(d, CONTENT)]
        person = self._reduced(d)
        devices = {x.keys.public for x in self.devices if x.person == person}
        of_person = [e.id for e in content if e.device in devices]
        return self.membership(d, ADOPT, ids + self.some(by_known, 0.3) + of_person)

    def unknown(self, d: Device) -> Event | None:
        bad: list[tuple[int, list[Any]]] = [
            (13, []), (99, [1]), (GRANT, [1]), (REDUCE, [self.bytes32(), 9]), (ADOPT, [0]),
            (GENESIS, ["T", "N", [d.keys.device(d.person)], False, [], 0, ""]),
            (GENESIS, ["T", "N", [], False, [], 0, ""]),
        ]  # fmt: skip
        kind, fields = self.one(bad)
        return self.membership(d, kind, *fields)

    # --- the council

    def council(self, d: Device) -> Event | None:
        if self.decisions and self.chance(0.25):  # another who carries the same
            previous, proposal, _ = self.one(self.decisions[-2:])
        else:
            last = self.decisions[-1][2] if self.decisions else b""
            if self.chance(0.15):
                last = self.one([b"", *(x[2] for x in self.decisions)])
            previous, proposal = last, self._proposal(d)
        hashed = H(encode([previous, proposal]))
        signed = encode([self.replica.team, previous, proposal])
        count = self.random.choices(range(5), [1, 3, 5, 5, 3])[0]
        signers = self.random.sample(self.council_keys, count)
        signatures = [[k.public, k.sign("weonomy/1 council", signed)] for k in signers]
        if self.chance(0.1):
            signatures = signatures[:1] * self.random.choice([2, 17]) + signatures[1:]
        if signatures and self.chance(0.05):
            signatures[0] = [signatures[0][0], self.random.randbytes(64)]
        e = self.membership(d, COUNCIL, proposal, previous, signatures)
        if e and count >= 2 and all(x[2] != hashed for x in self.decisions):
            self.decisions.append((previous, proposal, hashed))
        return e

    def _proposal(self, d: Device) -> bytes:
        person, r = self._target(), self.random.random()
        if r < 0.35:
            keys = [x.keys.public for x in self.devices if x.person == person]
            role = FOUNDER if self.chance(0.95) else MODERATOR
            return encode([GRANT, {0: person, 1: role, 2: keys, 3: self._lifts(d)}])
        if r < 0.8:
            to = self.random.choice([0, 0, 0, 1, 2, 3, 4])
            reason = "" if self.chance(0.2) else "reason"
            severe, address = not self.chance(0.04), None
            fields = [person, to, self._cut_of(d, person), reason, severe, address]
            return encode([REDUCE, dict(enumerate(fields))])
        if r < 0.94:
            return self.keys_proposal()
        return self.one([b"", b"\xff", encode([99, {}]), encode([GRANT, {}]), encode([10])])

    def keys_proposal(self) -> bytes:
        keys = [k.public for k in self.random.sample(self.council_keys, self.random.randrange(5))]
        if keys and self.chance(0.1):
            keys.append(keys[0])
        threshold = self.random.randrange(len(keys) + 2)
        if self.chance(0.7):
            threshold = len(keys) // 2 + 1
        return encode([COUNCIL, {0: keys, 1: threshold}])

    def first_keys(self, d: Device) -> Event | None:
        return self.membership(d, COUNCIL, self.keys_proposal(), b"", [])

    # --- content

    def content(self, d: Device) -> Event | None:
        changes = [self._change() for _ in range(self.random.randrange(1, 4))]
        objects = self.known(d, CONTENT)
        if objects and self.chance(0.7):
            of = self.one(objects)
            form, name = self.replica.objects[of.id]
            siblings = [e for e in objects if self.replica.objects[e.id] == (form, name)]
            ids = heads(siblings) if self.chance(0.7) else [e.id for e in self.some(siblings, 0.3)]
            parents = ids[: PARENTS_MAX // 2] or [of.id]
            if self.chance(0.3):
                stored = [i for i, o in self.replica.objects.items() if o == (form, name)]
                named = self.random.sample(stored, min(len(stored), 2))
                if self.chance(0.1):
                    named.append(self.bytes32())
                changes.insert(self.random.randrange(2), [7, named])
            e = self.write(d, CONTENT, self._body(changes), name, parents)
        elif self.chance(0.25):
            name = d.person if self.chance(0.7) else self.one(self.persons())
            e = self.write(d, CONTENT, self._body([[0, "profile"], *changes]), name)
        else:
            e = self.write(d, CONTENT, self._body([[0, "share"], *changes]))
        if e and self.chance(0.03):
            e.body = None
        return e

    def _body(self, changes: list[Any]) -> list[Any]:
        return [self.random.randbytes(16), changes]

    def _change(self) -> list[Any]:
        n, name = self.random.choice([1, 1, 2, 3, 4, 5, 6]), self.one(FIELDS)
        value = self.one("abc")
        if n == 4:
            return [4, name, self.random.randrange(-5, 6)]
        if n == 5:
            hunk = [self.random.randrange(8), self.random.randrange(3), self.one(["", "xy", "z"])]
            return [5, name, [hunk]]
        return [6, name, value, self.one([True, None])] if n == 6 else [n, name, value]

    # --- histories

    def gossip(self, d: Device) -> None:
        other = self.one(self.devices)
        both = d.known | other.known
        d.known, other.known = set(both), set(both)

    def begin(self) -> None:
        """Some members and moderators, so that there is much to quarrel about."""
        f = self.founder
        if self.chance(0.5):
            self.first_keys(f)
        for _ in range(self.random.randrange(3, 6)):
            invite = self.invite(f)
            keys = [self.new_keys() for _ in range(self.random.choice([1, 1, 2]))]
            if invite:
                person = keys[0].person
                self.enter(f, invite, person, keys, [k.device(person) for k in keys])
        for person in self.random.sample(self.persons(), min(3, len(self.persons()))):
            keys_of = [x.keys.public for x in self.devices if x.person == person]
            self.membership(f, GRANT, person, MODERATOR, keys_of, [])
        for d in self.devices:
            if self.chance(0.7):
                self.see(d, f.known)

    def step(self) -> None:
        acts: list[tuple[float, Callable[[Device], Any]]] = [
            (25, self.gossip), (5, self.invite), (8, self.admit), (7, self.grant), (9, self.reduce),
            (3, self.leave), (4, self.address), (5, self.readmit), (5, self.add_device),
            (5, self.revoke_device), (3, self.close), (1, self.secret), (5, self.adopt),
            (2, self.unknown), (5, self.council), (1, self.first_keys), (25, self.content),
        ]  # fmt: skip
        act = self.random.choices([a for _, a in acts], [w for w, _ in acts])[0]
        act(self.founder if self.chance(0.15) else self.one(self.devices))

    def live(self, steps: int) -> None:
        self.begin()
        for _ in range(steps):
            self.step()


