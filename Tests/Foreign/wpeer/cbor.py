"""Section 5: the one canonical form of CBOR, and tests for the form of a decoded value."""

from __future__ import annotations

from typing import Any, TypeGuard

INT_MIN, INT_MAX = -(1 << 63), (1 << 63) - 1
DEPTH_MAX = 16


class BadForm(Exception):
    """Bytes that are not canonical, or a value that is not of the form it should have."""


def _head(major: int, n: int) -> bytes:
    if n < 24:
        return bytes([major << 5 | n])
    for code, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if n < 1 << (8 * size):
            return bytes([major << 5 | code]) + n.to_bytes(size, "big")
    raise BadForm("a number that is too large")


def encode(value: Any) -> bytes:
    if value is None:
        return b"\xf6"
    if isinstance(value, bool):
        return b"\xf5" if value else b"\xf4"
    if isinstance(value, int):
        if not INT_MIN <= value <= INT_MAX:
            raise BadForm("an integer out of range")
        return _head(0, value) if value >= 0 else _head(1, -1 - value)
    if isinstance(value, bytes):
        return _head(2, len(value)) + value
    if isinstance(value, str):
        raw = value.encode("utf-8")
        return _head(3, len(raw)) + raw
    if isinstance(value, list | tuple):
        return _head(4, len(value)) + b"".join(map(encode, value))
    if isinstance(value, dict):
        pairs = sorted((encode(k), encode(v)) for k, v in value.items())
        return _head(5, len(pairs)) + b"".join(k + v for k, v in pairs)
    raise BadForm(f"no form for {type(value).__name__}")


class _Decoder:
    def __init__(self, data: bytes):
        self.data, self.at = data, 0

    def take(self, n: int) -> bytes:
        if n > len(self.data) - self.at:
            raise BadForm("a length that the input cannot hold")
        part = self.data[self.at : self.at + n]
        self.at += n
        return part

    def head(self) -> tuple[int, int, int]:
        first = self.take(1)[0]
        major, info = first >> 5, first & 31
        if info < 24:
            return major, info, info
        if info > 27:
            raise BadForm("an indefinite length or a reserved head")
        size = 1 << (info - 24)
        n = int.from_bytes(self.take(size), "big")
        if major != 7 and n < (24 if size == 1 else 1 << (4 * size)):
            raise BadForm("a head longer than its number needs")
        return major, info, n

    def value(self, depth: int) -> Any:
        major, info, n = self.head()
        if major == 7:
            if info in (20, 21, 22):
                return (False, True, None)[info - 20]
            raise BadForm("a float or a simple value that is not allowed")
        if major == 6:
            raise BadForm("a tag")
        if major in (0, 1):
            if n > INT_MAX:
                raise BadForm("an integer out of range")
            return n if major == 0 else -1 - n
        if major == 2:
            return self.take(n)
        if major == 3:
            try:
                return self.take(n).decode("utf-8")
            except UnicodeDecodeError as error:
                raise BadForm("text that is not UTF-8") from error
        if depth == DEPTH_MAX:
            raise BadForm("too many containers inside one another")
        if n * (1 if major == 4 else 2) > len(self.data) - self.at:
            raise BadForm("a length that the input cannot hold")
        if major == 4:
            return [self.value(depth + 1) for _ in range(n)]
        return self.map(n, depth + 1)

    def map(self, n: int, depth: int) -> dict[Any, Any]:
        result: dict[Any, Any] = {}
        last = b""
        for _ in range(n):
            start = self.at
            if self.data[start : start + 1] and self.data[start] >> 5 not in (0, 1, 3):
                raise BadForm("a key that is neither an integer nor text")
            key = self.value(depth)
            raw = self.data[start : self.at]
            if raw <= last:
                raise BadForm("keys that repeat or do not ascend")
            last = raw
            result[key] = self.value(depth)
        return result


def decode(data: bytes) -> Any:
    decoder = _Decoder(data)
    value = decoder.value(0)
    if decoder.at != len(data):
        raise BadForm("bytes after the end")
    return value


def decode_first(data: bytes) -> Any:
    """The first item; what follows is not looked at."""
    return _Decoder(data).value(0)


def need(condition: bool, what: str) -> None:
    if not condition:
        raise BadForm(what)


def is_int(x: Any, low: int = INT_MIN, high: int = INT_MAX) -> TypeGuard[int]:
    return isinstance(x, int) and not isinstance(x, bool) and low <= x <= high


def is_uint(x: Any) -> TypeGuard[int]:
    return is_int(x, 0)


def is_bool(x: Any) -> TypeGuard[bool]:
    return isinstance(x, bool)


def is_bytes(x: Any, size: int | None = None) -> TypeGuard[bytes]:
    return isinstance(x, bytes) and (size is None or len(x) == size)


def is_text(x: Any, most: int | None = None) -> TypeGuard[str]:
    """`most` counts bytes of UTF-8."""
    return isinstance(x, str) and (most is None or len(x.encode("utf-8")) <= most)


def is_ids(x: Any) -> TypeGuard[list[bytes]]:
    return isinstance(x, list) and all(is_bytes(i, 32) for i in x)
