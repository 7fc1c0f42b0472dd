"""Section 11.4: files: their trees, and who gives what to whom in a session."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .identity import D
from .messages import (
    ASK_CHUNKS,
    ASK_LEAVES,
    CHUNK,
    HOLDING,
    LEAVES,
    RUN_CHUNKS_MAX,
    SEEK,
    SEGMENT_LEAVES,
)

FILE_BYTES_MAX = 1 << 38
SMALL_BYTES_MAX = 1 << 26


class OutOfPlace(Exception):
    """A part of a file that was not asked for."""


def chunk_bytes(size: int) -> int:
    return 1 << 16 if size <= SMALL_BYTES_MAX else 1 << 20


def chunk_count(size: int) -> int:
    return max(1, -(-size // chunk_bytes(size)))


def leaf_of(chunk: bytes) -> bytes:
    return D("weonomy/1 chunk", chunk)


def _join(left: bytes, right: bytes) -> bytes:
    return D("weonomy/1 chunks", left + right)


def _split(n: int) -> int:
    return 1 << ((n - 1).bit_length() - 1)


def root_of(leaves: list[bytes]) -> bytes:
    if len(leaves) == 1:
        return leaves[0]
    k = _split(len(leaves))
    return _join(root_of(leaves[:k]), root_of(leaves[k:]))


def id_of(size: int, root: bytes) -> bytes:
    return D("weonomy/1 file", size.to_bytes(8, "big") + root)


def proof_of(leaves: list[bytes], first: int, count: int) -> list[bytes]:
    """The other halves from a segment up to the root, the nearest first."""
    if count == len(leaves):
        return []
    k = _split(len(leaves))
    if first < k:
        return [*proof_of(leaves[:k], first, count), root_of(leaves[k:])]
    return [*proof_of(leaves[k:], first - k, count), root_of(leaves[:k])]


def root_by_proof(n: int, first: int, leaves: list[bytes], proof: list[bytes]) -> bytes:
    if len(leaves) == n:
        return root_of(leaves)
    k = _split(n)
    other = proof[-1] if proof else b""
    if first < k:
        return _join(root_by_proof(k, first, leaves, proof[:-1]), other)
    return _join(other, root_by_proof(n - k, first - k, leaves, proof[:-1]))


class File:
    """A whole file."""

    def __init__(self, content: bytes):
        self.content, self.size = content, len(content)
        self.leaves = [leaf_of(self.chunk(n)) for n in range(chunk_count(self.size))]
        self.id = id_of(self.size, root_of(self.leaves))

    def chunk(self, n: int) -> bytes:
        size = chunk_bytes(self.size)
        return self.content[n * size : (n + 1) * size]

    def segment(self, number: int) -> list[Any]:
        first = number * SEGMENT_LEAVES
        leaves = self.leaves[first : first + SEGMENT_LEAVES]
        return [LEAVES, self.id, number, leaves, proof_of(self.leaves, first, len(leaves))]


class _Fetch:
    def __init__(self, size: int):
        self.size = size
        self.leaves: dict[int, bytes] = {}
        self.chunks: dict[int, bytes] = {}
        self.due: set[int] = set()


class Exchange:
    """Both sides' part of section 11.4 in one session."""

    def __init__(self, send: Callable[..., None]):
        self._send = send
        self.held: dict[bytes, File] = {}
        self.wants: dict[bytes, int] = {}  # sizes by id
        self._fetches: dict[bytes, _Fetch] = {}
        self._answers = 0
        self.is_settled = self.is_peer_settled = False
        self.asked_chunks = 0

    def begin(self) -> None:
        ids = list(self.wants)
        self._answers = len(ids) > 0
        self.is_settled = not ids
        self._send(SEEK, self.is_settled, ids)

    def is_over(self) -> bool:
        return self.is_settled and self.is_peer_settled

    def on(self, type_: int, fields: list[Any]) -> None:
        if type_ == SEEK:
            self._on_seek(*fields)
        elif type_ == HOLDING:
            self._on_holding(*fields)
        elif type_ == LEAVES:
            self._on_leaves(*fields)
        elif type_ == CHUNK:
            self._on_chunk(*fields)
        elif type_ == ASK_LEAVES:
            self._give(fields[0], lambda file: self._send(*file.segment(fields[1])))
        elif type_ == ASK_CHUNKS:
            self.is_peer_settled = False
            for n in range(fields[1], fields[1] + fields[2]):
                self.asked_chunks += 1
                self._give(
                    fields[0],
                    lambda file, n=n: self._send(CHUNK, file.id, n, file.chunk(n)),  # type: ignore[misc]
                )

    def _give(self, id_: bytes, give: Callable[[File], None]) -> None:
        file = self.held.get(id_)
        if file is None:
            self._send(HOLDING, False, [[id_, False]])
        else:
            give(file)

    def _on_seek(self, settled: bool, ids: list[bytes]) -> None:
        self.is_peer_settled = settled
        if ids:
            self._send(HOLDING, True, [[i, True] for i in sorted(set(ids)) if i in self.held])

    def _on_holding(self, answer: bool, holdings: list[Any]) -> None:
        if answer:
            self._answers = 0
        for id_, held in holdings:
            if id_ not in self.wants or held is not True or id_ in self._fetches:
                continue
            fetch = self._fetches[id_] = _Fetch(self.wants[id_])
            n = chunk_count(fetch.size)
            if n == 1:
                self._ask(id_, fetch, range(1))
            for number in range(-(-n // SEGMENT_LEAVES) if n > 1 else 0):
                fetch.due.add(-1 - number)
                self._send(ASK_LEAVES, id_, number)
        self._settle()

    def _ask(self, id_: bytes, fetch: _Fetch, chunks: range) -> None:
        for first in chunks[::RUN_CHUNKS_MAX]:
            part = range(first, min(first + RUN_CHUNKS_MAX, chunks.stop))
            fetch.due.update(part)
            self._send(ASK_CHUNKS, id_, first, len(part))

    def _on_leaves(self, id_: bytes, number: int, leaves: list[bytes], proof: list[bytes]) -> None:
        fetch = self._fetches.get(id_)
        if fetch is None or -1 - number not in fetch.due:
            raise OutOfPlace("leaves that were not asked for")
        fetch.due.remove(-1 - number)
        n, first = chunk_count(fetch.size), number * SEGMENT_LEAVES
        assert id_of(fetch.size, root_by_proof(n, first, leaves, proof)) == id_, "other leaves"
        fetch.leaves.update(enumerate(leaves, first))
        self._ask(id_, fetch, range(first, first + len(leaves)))

    def _on_chunk(self, id_: bytes, n: int, chunk: bytes) -> None:
        fetch = self._fetches.get(id_)
        if fetch is None or n not in fetch.due:
            raise OutOfPlace("a chunk that was not asked for")
        fetch.due.remove(n)
        if chunk_count(fetch.size) == 1:
            assert id_of(fetch.size, leaf_of(chunk)) == id_, "another chunk"
        else:
            assert leaf_of(chunk) == fetch.leaves[n], "another chunk"
        fetch.chunks[n] = chunk
        if not fetch.due:
            content = b"".join(fetch.chunks[n] for n in sorted(fetch.chunks))
            self.held[id_] = File(content)
            assert self.held[id_].id == id_ and len(content) == fetch.size
            del self.wants[id_], self._fetches[id_]
        self._settle()

    def _settle(self) -> None:
        if not self._fetches and not self._answers and not self.is_settled:
            self.is_settled = True
            self._send(SEEK, True, [])

