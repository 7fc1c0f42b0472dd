"""The published membership histories (an executable model's), as membership events of section 8.

Keys, statements, proofs and decisions are real; ids and lamports are the model's, since they
decide its order, so signatures of events are left out.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .bodies import (
    ADD_DEVICE,
    ADDRESS,
    ADMIT,
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
)
from .cbor import encode
from .events import Event
from .identity import D, DeviceKeys, H, SigningKey
from .membership import FOUNDER, MEMBER, MODERATOR, NONE, Membership
from .replica import Replica

LOGS = {CONTENT: b"content.", MEMBERSHIP: b"members."}
SALT = bytes(16)


@dataclass
class Vector:
    name: str
    operations: list[Any]
    effective: set[str]


def load(path: Path) -> list[Vector]:
    vectors = json.loads(path.read_text("utf-8"))["vectors"]
    return [Vector(v["name"], v["ops"], set(v["effective"])) for v in vectors]


def effective(translation: Translation, membership: Membership) -> set[str]:
    """The operations that count, by section 8."""
    return {
        o
        for o, e in translation.events.items()
        if (e.class_ == CONTENT and membership.counts(e)) or e.id in membership.fold.counting
    }


class Translation:
    def __init__(self, operations: list[Any]):
        self.operations = {o["id"]: o for o in operations}
        self.events: dict[str, Event] = {}
        self._keys: dict[str, DeviceKeys] = {}
        self._first_device: dict[str, str] = {}  # of a person
        self._last_in_log: dict[str, dict[int, Event | None]] = {}  # by class, at an operation
        self._past: dict[str, set[bytes]] = {}  # the membership events behind an operation
        self._council = SigningKey(D("council", b""))
        self._last_decision = b""
        for o in operations:
            if o["kind"] in ("genesis", "admit"):
                person = o["data"].get("person", o["person"])
                self._first_device.setdefault(person, sorted(o["data"]["devices"])[0])
        (genesis,) = (o for o in operations if o["kind"] == "genesis")
        self.replica = Replica(self._id(genesis["id"]))
        for o in sorted(operations, key=lambda o: (o["lamport"], o["id"])):
            self._translate(o)

    @staticmethod
    def _id(model_id: str) -> bytes:
        return bytes.fromhex(model_id).ljust(32, b"\0")

    def _device(self, name: str) -> DeviceKeys:
        if name not in self._keys:
            self._keys[name] = DeviceKeys(SigningKey(D("device", name.encode())), H(b"channel"))
        return self._keys[name]

    def _person(self, name: str) -> bytes:
        return self._device(self._first_device.get(name, name)).person

    def _translate(self, o: Any) -> None:
        is_content = o["kind"] == "content"
        class_ = CONTENT if is_content else MEMBERSHIP
        before = self._last_in_log.get(o["prev"], {CONTENT: None, MEMBERSHIP: None})
        past = set[bytes]()
        for dep in o["deps"]:
            past |= self._past[dep]
        prev = before[class_]
        body = [SALT, [[0, "share"]]] if is_content else self._membership(o)
        raw = encode(body)
        e = Event(
            self.replica.team, self._device(o["device"]).public, LOGS[class_], class_,
            prev.seq + 1 if prev else 0, prev.id if prev else b"", b"", sorted(past),
            o["lamport"], 0, len(raw), H(raw), bytes(64), raw,
        )  # fmt: skip
        e.__dict__["id"] = self._id(o["id"])
        self.replica.put(e)
        self.events[o["id"]] = e
        self._last_in_log[o["id"]] = before | {class_: e}
        self._past[o["id"]] = past if is_content else past | {e.id}

    def _membership(self, o: Any) -> list[Any]:
        kind, fields = self._fields(o)
        if o["person"] == "council":
            proposal = encode([kind, dict(enumerate(fields))])
            signed = encode([self.replica.team, self._last_decision, proposal])
            signature = self._council.sign("weonomy/1 council", signed)
            kind, fields = (
                COUNCIL,
                [proposal, self._last_decision, [[self._council.public, signature]]],
            )
            self._last_decision = H(encode([fields[1], proposal]))
        return [SALT, kind, dict(enumerate(fields))]

    def _fields(self, o: Any) -> tuple[int, list[Any]]:
        kind, data = o["kind"], o["data"]
        person = self._person(data.get("person", o["person"]))
        keys = [self._device(d) for d in sorted(data.get("devices", []))]
        lifts = [self._id(i) for i in data.get("lifts", [])]
        if kind == "genesis":
            devices = [k.device(person) for k in keys]
            return GENESIS, ["", "F", devices, False, [self._council.public], 1, ""]
        if kind == "invite":
            return INVITE, [self._invite_key(o["id"]).public, bytes(32), MEMBER, 1, None, ""]
        if kind == "admit":
            return ADMIT, self._admit(data["invite"], person, [k.device(person) for k in keys])
        if kind in ("grant", "founder"):
            role = FOUNDER if kind == "founder" else MODERATOR
            return GRANT, [person, role, [k.public for k in keys], lifts]
        if kind == "reduce":
            to = {"none": NONE, "member": MEMBER}[data["to"]]
            return REDUCE, [person, to, self._cut(data["cut"]), "severe", True, None]
        if kind == "warn":
            return ADDRESS, [person, "", None]
        if kind == "readmit":
            return READMIT, [person, lifts, []]
        if kind == "adddev":
            return ADD_DEVICE, [person, self._device(data["device"]).device(person)]
        if kind == "revdev":
            device = self._device(data["device"]).public
            return REVOKE_DEVICE, [self._person(data["owner"]), device, self._cut(data["cut"])]
        assert kind == "close", kind
        return CLOSE, [self._id(data["invite"])]

    def _invite_key(self, invite: str) -> SigningKey:
        return SigningKey(D("invite", invite.encode()))

    def _admit(self, invite: str, person: bytes, devices: list[Any]) -> list[Any]:
        signed = [self._id(invite), person, "", devices, SALT]
        proof = self._invite_key(invite).sign(
            "weonomy/1 join", encode([self.replica.team, *signed])
        )
        return [*signed, proof]

    def _cut(self, cut: dict[str, list[str]]) -> list[list[Any]]:
        """One head of the model becomes one in the log of each class."""
        out = []
        for device, heads in cut.items():
            for class_, log in LOGS.items():
                at = [self._last_in_log[h][class_] for h in heads if h in self._last_in_log]
                ids = sorted({e.id for e in at if e})
                out.append([self._device(device).public, log, ids])
        return out
