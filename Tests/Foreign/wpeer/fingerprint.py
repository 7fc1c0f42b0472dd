"""Section 12: the fingerprint of a set of 32-byte members."""

from __future__ import annotations

from collections.abc import Iterable

from .cbor import encode
from .identity import H


class Fingerprint:
    def __init__(self, members: Iterable[bytes] = ()):
        self.sum, self.count = 0, 0
        for member in members:
            self.add(member)

    def add(self, member: bytes) -> None:
        self.sum = (self.sum + int.from_bytes(member, "big")) % (1 << 256)
        self.count += 1

    def value(self) -> bytes:
        return H(encode([self.sum.to_bytes(32, "big"), self.count]))[:16]

    def with_count(self) -> tuple[bytes, int]:
        return self.value(), self.count
