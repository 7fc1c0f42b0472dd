"""Section 11: the messages of a session and their forms; section 14: the codes of `bye`."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from itertools import pairwise
from typing import Any

from .bodies import DEVICES_MAX
from .cbor import is_bool, is_bytes, is_ids, is_int, is_text, is_uint, need
from .identity import is_device

(HELLO, JOIN, WELCOME, RANGES, TOTALS, EVENTS, HAVE, SENT, SYNCED, PING, BYE, INVITED, BLOCKS,
 INTRODUCE, INTRODUCED, WANT, PAIRING, ENROL, SEEK, HOLDING, ASK_LEAVES, LEAVES, ASK_CHUNKS,
 CHUNK, NEWS) = range(25)  # fmt: skip
OF_FILES = range(SEEK, CHUNK + 1)
SEGMENT_LEAVES, RUN_CHUNKS_MAX, CHUNKS_MAX, PROOF_MAX = 1024, 64, 1 << 18, 8
SKIP, FINGERPRINT, LIST, ANSWER = range(4)  # modes of a range

LOGS_LISTED_MAX, RANGES_MAX, LOGS_ANSWERED_MAX, RUNS_MAX = 64, 64, 8192, 1024
IDS_LISTED_MAX, IDS_PER_BLOCK_MAX, BLOCKS_MAX, BLOCK_EVENTS = 1024, 65536, 65536, 256
RANGES_PER_ROUND_MAX, SECRETS_MAX = 1024, 16


class Code(IntEnum):
    ORDERLY = 0
    NOT_ONE_OF_US = 1
    UNKNOWN_DEVICE = 2
    BAD_PROOF = 3
    OTHER_TEAM = 4
    BAD_FRAME = 5
    MESSAGE_TOO_LONG = 6
    BAD_MESSAGE = 7
    UNEXPECTED_MESSAGE = 8
    BAD_EVENT = 9
    HANDSHAKE_TIMEOUT = 10
    IDLE_TIMEOUT = 11
    JOIN_REFUSED = 12
    STORE = 13
    TOO_MUCH = 14
    NOT_CONVERGING = 15
    DISCONNECTED = 16
    KEYS = 17
    EXCLUDED = 18


def _is_log_key(x: Any) -> bool:
    return is_bytes(x, 41) and x[0] < 2


def _is_fingerprint(x: Any) -> bool:
    return is_bytes(x, 16)


def _is_summary(x: Any) -> bool:
    return (
        isinstance(x, list)
        and len(x) == 4
        and _is_log_key(x[0])
        and is_uint(x[1])
        and is_int(x[2], -1)
        and _is_fingerprint(x[3])
        and (x[1] == 0) == (x[2] == -1)
    )


def _check_ranges(ranges: Any) -> None:
    need(isinstance(ranges, list) and 1 <= len(ranges) <= RANGES_MAX, "ranges")
    lower = b""
    for n, r in enumerate(ranges):
        need(isinstance(r, list) and len(r) >= 2 and is_int(r[0], SKIP, ANSWER), "a range")
        need(len(r) == (2, 4, 3, 3)[r[0]], "the length of a range")
        is_last = n == len(ranges) - 1
        need(r[1] == b"" if is_last else is_bytes(r[1], 41) and r[1] > lower, "an upper")
        if r[0] == FINGERPRINT:
            need(_is_fingerprint(r[2]) and is_uint(r[3]), "a fingerprint")
        if r[0] in (LIST, ANSWER):
            most = LOGS_LISTED_MAX if r[0] == LIST else LOGS_ANSWERED_MAX
            need(isinstance(r[2], list) and len(r[2]) <= most, "a list of logs")
            need(all(map(_is_summary, r[2])), "a summary of a log")
            keys = [summary[0] for summary in r[2]]
            need(all(a < b for a, b in pairwise(keys)), "logs that do not ascend")
            need(all(lower <= k and (is_last or k < r[1]) for k in keys), "a log out of its range")
        lower = r[1]


def _check_have(key: Any, question: Any, continued: Any, blocks: Any) -> None:
    need(_is_log_key(key) and is_bool(question) and is_bool(continued), "have")
    need(isinstance(blocks, list), "have")
    for block in blocks:
        need(isinstance(block, list) and len(block) == 2, "a block")
        need(is_uint(block[0]) and is_ids(block[1]), "a block")
    need(all(a[0] < b[0] for a, b in pairwise(blocks)), "blocks that do not ascend")
    need(sum(len(ids) for _, ids in blocks) <= IDS_LISTED_MAX, "too many ids")
    need(bool(blocks) or not continued, "a continued list that is empty")


def _list(form: Callable[[Any], bool], least: int, most: int) -> Callable[[Any], bool]:
    return lambda x: isinstance(x, list) and least <= len(x) <= most and all(map(form, x))


def _bytes(size: int) -> Callable[[Any], bool]:
    return lambda x: is_bytes(x, size)


def _text(most: int) -> Callable[[Any], bool]:
    return lambda x: is_text(x, most)


def _is_index(x: Any) -> bool:
    return is_int(x, 0, CHUNKS_MAX - 1)


def _is_segment(x: Any) -> bool:
    return is_int(x, 0, CHUNKS_MAX // SEGMENT_LEAVES - 1)


def _is_ahead(x: Any) -> bool:
    return isinstance(x, list) and len(x) == 2 and _is_log_key(x[0]) and is_uint(x[1]) and x[1] > 0


def _is_heard_of(x: Any) -> bool:
    return (
        isinstance(x, list)
        and len(x) == 5
        and is_bytes(x[0], 32)
        and is_int(x[1])
        and is_uint(x[2])
        and _list(_is_ahead, 0, 16)(x[3])
        and all(a[0] < b[0] for a, b in pairwise(x[3]))
        and _list(lambda a: is_text(a, 64) and a != "", 0, 4)(x[4])
    )


def _is_holding(x: Any) -> bool:
    return (
        isinstance(x, list)
        and len(x) == 2
        and is_bytes(x[0], 32)
        and (is_bool(x[1]) or (isinstance(x[1], bytes) and len(x[1]) <= CHUNKS_MAX // 8))
    )


_FORMS: dict[int, list[Callable[[Any], bool]]] = {
    HELLO: [_bytes(32), _bytes(64), _is_fingerprint, is_uint, is_uint, is_uint],
    JOIN: [_bytes(32), _bytes(32), _text(256), _list(is_device, 1, DEVICES_MAX), _bytes(16),
           _bytes(64)],
    WELCOME: [_bytes(32), _list(_bytes(32), 1, SECRETS_MAX)],
    RANGES: [lambda _: True],
    TOTALS: [is_uint, is_uint],
    EVENTS: [_list(lambda _: True, 0, RUNS_MAX)],
    HAVE: [lambda _: True] * 4,
    SENT: [],
    SYNCED: [_is_fingerprint, is_uint],
    PING: [],
    BYE: [lambda x: is_int(x, 0, 65535), _text(1024)],
    INVITED: [_bytes(32), _bytes(32), _text(1024)],
    BLOCKS: [_is_log_key, _list(_is_fingerprint, 0, BLOCKS_MAX)],
    INTRODUCE: [],
    INTRODUCED: [],
    WANT: [lambda x: is_ids(x) and len(x) <= IDS_LISTED_MAX],
    PAIRING: [_bytes(32), _bytes(32), _text(1024)],
    ENROL: [is_device],
    SEEK: [is_bool, lambda x: is_ids(x) and len(x) <= IDS_LISTED_MAX],
    HOLDING: [is_bool, _list(_is_holding, 0, IDS_LISTED_MAX)],
    ASK_LEAVES: [_bytes(32), _is_segment],
    LEAVES: [_bytes(32), _is_segment, _list(_bytes(32), 0, SEGMENT_LEAVES),
             _list(_bytes(32), 0, PROOF_MAX)],
    ASK_CHUNKS: [_bytes(32), _is_index, lambda x: is_int(x, 1, RUN_CHUNKS_MAX)],
    CHUNK: [_bytes(32), _is_index, lambda x: isinstance(x, bytes) and len(x) <= 1 << 20],
    NEWS: [_list(_is_heard_of, 0, 64)],
}  # fmt: skip


def check_message(message: Any) -> None:
    need(isinstance(message, list) and bool(message) and is_int(message[0]), "not a message")
    need(message[0] in _FORMS, "a type that is not known")
    fields, forms = message[1:], _FORMS[message[0]]
    need(len(fields) == len(forms), "another length")
    fit = all(form(x) for form, x in zip(forms, fields, strict=True))
    need(fit, f"message {message[0]} of another form")
    if message[0] == RANGES:
        _check_ranges(fields[0])
    elif message[0] == HAVE:
        _check_have(*fields)
    elif message[0] == HOLDING:
        need(all(a[0] < b[0] for a, b in pairwise(fields[1])), "files that do not ascend")
    elif message[0] == NEWS:
        need(all(a[0] < b[0] for a, b in pairwise(fields[0])), "devices that do not ascend")
    elif message[0] == ASK_CHUNKS:
        need(fields[1] + fields[2] <= CHUNKS_MAX, "chunks that no file has")
    elif message[0] == EVENTS:
        need(all(isinstance(run, list) for run in fields[0]), "a run of another form")
