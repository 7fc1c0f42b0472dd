"""Section 16.2: files that are carried by a stick."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from nacl import bindings as sodium
from nacl.exceptions import CryptoError

from .cbor import BadForm, decode, encode, is_bytes, is_int, is_uint, need
from .events import Event, events_of, runs_of
from .identity import DIGITS, D, DeviceKeys, H, unseal, verify
from .messages import (
    ANSWER,
    EVENTS,
    INVITED,
    JOIN,
    RANGES,
    SENT,
    TOTALS,
    WANT,
    check_message,
)

MAGIC, VERSION = b"wecarry", 1
BUNDLE, FRONTIER, REQUEST = range(3)
SUFFIX = {BUNDLE: ".bundle", FRONTIER: ".frontier", REQUEST: ".request"}
LAST = 1 << 31
TAG_BYTES, MESSAGE_MAX = 16, 1179648
HEADING_MAX, BOXES_MAX, NOTES_MAX, LOGS_MAX = 2097152, 16000, 32, 65536


class Cut(Exception):
    """What follows is missing or damaged; what came before it is good."""


def _tag(value: bytes) -> str:
    number = int.from_bytes(value[:10], "big")
    return "".join(DIGITS[number >> shift & 31] for shift in range(75, -1, -5))


def folder_name(team_prefix: bytes) -> str:
    return _tag(D("weonomy/1 stick folder", team_prefix))


def file_name(kind: int, device: bytes, secret: bytes) -> str:
    return _tag(D("weonomy/1 stick file", secret + device)) + SUFFIX[kind]


def _secret_tag(secret: bytes, salt: bytes) -> bytes:
    return D("weonomy/1 bundle secret", secret + salt)[:8]


def _nonce(number: int, last: bool) -> bytes:
    return bytes(15) + bytes([last]) + number.to_bytes(8, "big")


def _open(sealed: bytes, ad: bytes, nonce: bytes, key: bytes) -> bytes | None:
    try:
        return sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(sealed, ad, nonce, key)
    except (CryptoError, ValueError):
        return None


@dataclass
class Heading:
    kind: int
    salt: bytes
    tag: bytes
    boxes: list[bytes]
    notes: list[bytes]
    hash: bytes

    def secret(self, known: Iterable[bytes], keys: DeviceKeys | None = None) -> bytes:
        """The one that fits, of those that are known and the one in this device's box."""
        boxed = [] if keys is None else [unseal(box, keys) for box in self.boxes]
        for secret in [*known, *boxed]:
            if secret is not None and _secret_tag(secret, self.salt) == self.tag:
                return secret
        raise BadForm("no secret fits")

    def invited(self, psk: bytes) -> list[Any] | None:
        """The `invited` message for who holds an invitation."""
        key = D("weonomy/1 bundle note", psk + self.salt)
        for note in self.notes:
            opened = _open(note, b"", bytes(24), key)
            if opened is not None:
                message = decode(opened)
                check_message(message)
                need(message[0] == INVITED, "a note that is no invitation")
                return message
        return None


@dataclass
class About:
    device: bytes
    wall: int
    fingerprint: bytes
    count: int


@dataclass
class Content:
    """What a file says, as far as it goes."""

    heading: Heading
    about: About | None = None
    messages: list[list[Any]] = field(default_factory=list)
    whole: bool = False

    def logs(self) -> list[list[Any]]:
        return [log for m in self.messages if m[0] == RANGES for log in m[1][0][2]]

    def events(self, team: bytes) -> list[list[Event]]:
        return [events_of(run, team) for m in self.messages if m[0] == EVENTS for run in m[1]]


def heading_of(data: bytes) -> tuple[Heading, int]:
    """The heading, and where the records begin."""
    need(data[:7] == MAGIC and len(data) >= 12, "not a carried file")
    need(data[7] == VERSION, "another version")
    end = 12 + int.from_bytes(data[8:12], "big")
    need(end - 12 <= HEADING_MAX and end <= len(data), "the length of the heading")
    x = decode(data[12:end])
    need(isinstance(x, list) and len(x) == 5 and is_int(x[0], BUNDLE, REQUEST), "a heading")
    need(is_bytes(x[1], 16) and is_bytes(x[2], 8), "a heading")
    need(isinstance(x[3], list) and len(x[3]) <= BOXES_MAX, "boxes")
    need(all(is_bytes(box, 80) for box in x[3]), "a box")
    need(isinstance(x[4], list) and len(x[4]) <= NOTES_MAX, "notes")
    need(all(isinstance(note, bytes) and len(note) <= 2048 for note in x[4]), "a note")
    return Heading(*x, H(data[:end])), end


def _records(data: bytes, at: int, heading: Heading, secret: bytes) -> Iterator[tuple[bytes, bool]]:
    key = D("weonomy/1 bundle key", secret + heading.salt)
    number, last = 0, False
    while not last:
        length = int.from_bytes(data[at : at + 4], "big")
        last, length = length >= LAST, length & (LAST - 1)
        if not TAG_BYTES <= length <= MESSAGE_MAX + TAG_BYTES or at + 4 + length > len(data):
            raise Cut
        opened = _open(data[at + 4 : at + 4 + length], heading.hash, _nonce(number, last), key)
        if opened is None:
            raise Cut
        yield opened, last
        number, at = number + 1, at + 4 + length
    if at != len(data):
        raise Cut


def _about(x: Any, heading: Heading) -> About:
    need(isinstance(x, list) and len(x) == 5 and is_bytes(x[0], 32), "about")
    need(is_int(x[1]) and is_bytes(x[2], 16) and is_uint(x[3]) and is_bytes(x[4], 64), "about")
    signed = encode([heading.hash, *x[1:4]])
    need(verify(x[0], "weonomy/1 bundle", signed, x[4]), "not by the device that it names")
    return About(*x[:4])


def _check_place(content: Content, message: list[Any], last: bool) -> None:
    kinds = [m[0] for m in content.messages]
    kind, type_ = content.heading.kind, message[0]
    if type_ == SENT:
        fits = last and (TOTALS in kinds if kind == BUNDLE else kind == FRONTIER)
    elif kind == BUNDLE:
        fits = type_ == (EVENTS if TOTALS in kinds else TOTALS)
    elif kind == FRONTIER:
        fits = type_ in (RANGES, WANT) and WANT not in kinds
    else:
        fits = type_ == JOIN and not kinds
    need(fits and last == (type_ in (SENT, JOIN)), "a message that has no place here")
    if type_ == RANGES:
        need(len(message[1]) == 1 and message[1][0][0] == ANSWER, "ranges of another form")
        keys = [log[0] for log in [*content.logs(), *message[1][0][2]]]
        need(keys == sorted(set(keys)) and len(keys) <= LOGS_MAX, "logs that do not ascend")


def read(data: bytes, secrets: Iterable[bytes], keys: DeviceKeys | None = None) -> Content:
    """What a file says up to where it is cut or damaged; BadForm for what is never right."""
    heading, at = heading_of(data)
    content = Content(heading)
    secret = heading.secret(secrets, keys)
    try:
        for opened, last in _records(data, at, heading, secret):
            x = decode(opened)
            if content.about is None and heading.kind != REQUEST:
                need(not last, "nothing but a beginning")
                content.about = _about(x, heading)
                continue
            check_message(x)
            _check_place(content, x, last)
            content.messages.append(x)
            content.whole = last
    except Cut:
        content.whole = False
    return content


def write(
    kind: int, secret: bytes, salt: bytes, keys: DeviceKeys, wall: int,
    holds: tuple[bytes, int], messages: list[list[Any]],
    boxes: list[bytes] | None = None, notes: list[bytes] | None = None,
) -> bytes:  # fmt: skip
    """A file of these messages; the last one ends it."""
    heading = encode([kind, salt, _secret_tag(secret, salt), boxes or [], notes or []])
    head = MAGIC + bytes([VERSION]) + len(heading).to_bytes(4, "big") + heading
    key = D("weonomy/1 bundle key", secret + salt)
    contents = [encode(m) for m in messages]
    if kind != REQUEST:
        signature = keys.signing.sign("weonomy/1 bundle", encode([H(head), wall, *holds]))
        contents.insert(0, encode([keys.public, wall, *holds, signature]))
    data = head
    for number, content in enumerate(contents):
        last = number == len(contents) - 1
        sealed = sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(
            content, H(head), _nonce(number, last), key
        )
        data += (len(sealed) | LAST * last).to_bytes(4, "big") + sealed
    return data


def bundle_messages(events: list[Event]) -> list[list[Any]]:
    """One window of events, membership first, in order of arrival."""
    size = sum(e.size for e in events)
    return [[TOTALS, len(events), size], [EVENTS, runs_of(events)], [SENT]]
