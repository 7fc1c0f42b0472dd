"""Section 12: summaries, ranges, blocks and lists of ids: what one round compares."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .cbor import encode
from .events import LogKey
from .fingerprint import Fingerprint
from .identity import H
from .messages import (
    ANSWER,
    BLOCK_EVENTS,
    FINGERPRINT,
    IDS_LISTED_MAX,
    IDS_PER_BLOCK_MAX,
    LIST,
    LOGS_ANSWERED_MAX,
    LOGS_LISTED_MAX,
    RANGES_MAX,
    SKIP,
)
from .replica import Log, Replica

SPLIT = 16
Summary = list[Any]  # [log key, count, sequence-max, fingerprint]


class TooMuch(Exception):
    """A limit was passed; the reason is its name."""


class OutOfPlace(Exception):
    """What could come, but not after what came before it."""


# --- summaries and ranges (12.1) ------------------------------------------------------------------


def summary(replica: Replica, key: LogKey) -> Summary:
    log = replica.logs.get(key, Log())
    return [key, len(log.ids), log.sequence_max, Fingerprint(log.ids).value()]


def _between(replica: Replica, lower: LogKey, upper: LogKey) -> list[LogKey]:
    return [k for k in sorted(replica.logs) if k >= lower and (not upper or k < upper)]


def _fingerprint_of(replica: Replica, keys: list[LogKey]) -> tuple[bytes, int]:
    return Fingerprint(H(encode(summary(replica, k))) for k in keys).with_count()


def describe(replica: Replica, lower: LogKey = b"", upper: LogKey = b"") -> list[Any]:
    """The ranges that say what a replica holds between two keys."""
    keys = _between(replica, lower, upper)
    if len(keys) <= LOGS_LISTED_MAX:
        return [[LIST, upper, [summary(replica, k) for k in keys]]]
    step = -(-len(keys) // SPLIT)
    starts = range(0, len(keys), step)
    ends = [*(keys[at] for at in starts[1:]), upper]
    return [
        [FINGERPRINT, end, *_fingerprint_of(replica, keys[at : at + step])]
        for at, end in zip(starts, ends, strict=True)
    ]


def differing(replica: Replica, range_: list[Any], lower: LogKey) -> dict[LogKey, Summary]:
    """The logs of either side that differ in a range of mode 2, with the peer's summaries."""
    _, upper, listed = range_
    peer = {s[0]: s for s in listed}
    keys = sorted(peer.keys() | set(_between(replica, lower, upper)))
    nothing = Fingerprint().value()
    return {k: peer.get(k, [k, 0, -1, nothing]) for k in keys if peer.get(k) != summary(replica, k)}


@dataclass
class Answer:
    ranges: list[Any]
    differ: dict[LogKey, Summary]  # what the peer's lists and answers show to differ


def answer(replica: Replica, ranges: list[Any]) -> Answer:
    out = Answer([], {})
    lower, answered = b"", 0
    for r in ranges:
        mode, upper = r[0], r[1]
        part: list[Any] = [[SKIP, upper]]
        differ: dict[LogKey, Summary] = {}
        if mode == ANSWER:
            out.differ.update((s[0], s) for s in r[2])
        elif mode == FINGERPRINT:
            own = _fingerprint_of(replica, _between(replica, lower, upper))
            if own != (r[2], r[3]):
                part = describe(replica, lower, upper)
        elif mode == LIST:
            differ = differing(replica, r, lower)
            if differ:
                part = [[ANSWER, upper, [summary(replica, k) for k in differ]]]
        room = RANGES_MAX - len(out.ranges) - len(part)
        answered += len(differ)
        if room < 0 or (room == 0 and upper) or answered > LOGS_ANSWERED_MAX:
            own = _fingerprint_of(replica, _between(replica, lower, b""))
            out.ranges.append([FINGERPRINT, b"", *own])
            return out
        out.differ.update(differ)
        out.ranges += part
        lower = upper
    return out


def is_comparing(ranges: list[Any]) -> bool:
    """Whether ranges ask for an answer."""
    return any(r[0] in (FINGERPRINT, LIST) for r in ranges)


# --- blocks and lists of ids (12.2) ---------------------------------------------------------------


def block_fingerprints(replica: Replica, key: LogKey) -> list[bytes]:
    log = replica.logs.get(key, Log())
    starts = range(0, log.sequence_max + 1, BLOCK_EVENTS)
    return [Fingerprint(log.between(at, at + BLOCK_EVENTS)).value() for at in starts]


def ids_of_block(replica: Replica, key: LogKey, block: int) -> list[bytes]:
    log = replica.logs.get(key, Log())
    return log.between(block * BLOCK_EVENTS, (block + 1) * BLOCK_EVENTS)


def split_ids(blocks: dict[int, list[bytes]]) -> list[list[Any]]:
    """The lists of the `have` messages of one log; only a block too long for one is cut."""
    messages: list[list[Any]] = [[]]
    room = IDS_LISTED_MAX
    for block, ids in sorted(blocks.items()):
        if len(ids) > room and messages[-1]:
            messages.append([])
            room = IDS_LISTED_MAX
        rest = ids
        while len(rest) > room:
            messages[-1].append([block, rest[:room]])
            messages.append([])
            rest, room = rest[room:], IDS_LISTED_MAX
        messages[-1].append([block, rest])
        room -= len(rest)
    return messages


@dataclass
class IdList:
    """What the peer lists of one log, over all its `have` messages."""

    blocks: dict[int, list[bytes]] = field(default_factory=dict)
    _last: int = -1

    def extend(self, blocks: list[Any]) -> None:
        for n, (block, ids) in enumerate(blocks):
            goes_on = n == 0 and block == self._last and ids and self.blocks[block]
            if block <= self._last and not goes_on:
                raise OutOfPlace("a block that does not ascend")
            known = self.blocks.setdefault(block, [])
            known += ids
            if len(known) > IDS_PER_BLOCK_MAX:
                raise TooMuch("have")
            self._last = block

    def ids(self) -> set[bytes]:
        return {i for ids in self.blocks.values() for i in ids}


# --- a round (12.3) -------------------------------------------------------------------------------


@dataclass
class Round:
    comparing: bool = True
    ranges: int = 0  # that the peer sent
    differ: dict[LogKey, Summary] = field(default_factory=dict)  # with the peer's summaries
    questions: dict[LogKey, IdList] = field(default_factory=dict)  # about blocks that we sent
    answers: dict[LogKey, IdList] = field(default_factory=dict)  # to questions of ours
    listed: dict[LogKey, dict[int, list[bytes]]] = field(default_factory=dict)  # what we listed
    plan: set[bytes] = field(default_factory=set)  # to be sent
    lacks: bool = False  # whether the peer has something for us
    awaits_blocks: bool = False
    awaits_want: bool = False  # whether the peer's may still come
    sent_totals: bool = False
    sent_sent: bool = False
    peer_totals: bool = False
    peer_sent: bool = False
    own_outcome: tuple[bytes, int] | None = None
    peer_outcome: tuple[bytes, int] | None = None


def plan(replica: Replica, round_: Round, is_initiator: bool) -> list[LogKey]:
    """Decides, for each log that differs, what to send; gives those of which blocks go out."""
    of_blocks = []
    for key, peer in sorted(round_.differ.items()):
        own, log = summary(replica, key), replica.logs.get(key, Log())
        _, count, sequence_max, fingerprint = peer
        if own == peer:
            continue
        if count == 0:
            round_.plan.update(log.ids)
            continue
        prefix = Fingerprint(log.between(0, sequence_max + 1))
        if (
            own[1]
            and count == sequence_max + 1
            and sequence_max < own[2]
            and prefix.with_count() == (fingerprint, count)
        ):
            round_.plan.update(log.between(sequence_max + 1))
            continue
        round_.lacks = True
        if own[1] and (own[2] > sequence_max or (own[2] == sequence_max and not is_initiator)):
            of_blocks.append(key)
        elif own[1]:
            round_.awaits_blocks = True
    return of_blocks
