"""Section 10, second half: frames over TCP, and messages cut into frames."""

from __future__ import annotations

import contextlib
import select
import socket
import struct
import time
from collections.abc import Callable
from typing import Any

from .cbor import decode, encode
from .noise import BadSeal, CipherState, Initiator, Responder

FRAME_MAX = 65535
PART_MAX = FRAME_MAX - 16 - 1
MESSAGE_MAX = 1179648
REKEY_EVERY = 65536
SECONDS = 30.0  # how long anything may take that is awaited


class Closed(Exception):
    """The peer closed the connection, or it broke."""


class MessageTooLong(Exception):
    """The parts of a message come to more than messageBytesMax."""


def read_exactly(sock: socket.socket, n: int, deadline: float | None) -> bytes:
    out = b""
    while len(out) < n:
        left = None if deadline is None else max(0.0, deadline - time.monotonic())
        try:
            if not select.select([sock], [], [], left)[0]:
                raise TimeoutError("nothing came in time")
            part = sock.recv(n - len(out))
        except TimeoutError:
            raise
        except (OSError, ValueError) as error:
            raise Closed(str(error)) from error
        if not part:
            raise Closed("closed inside a frame" if out else "closed")
        out += part
    return out


def read_frame(sock: socket.socket, seconds: float | None = SECONDS) -> bytes:
    deadline = None if seconds is None else time.monotonic() + seconds
    return read_exactly(sock, struct.unpack(">H", read_exactly(sock, 2, deadline))[0], deadline)


def framed(frame: bytes) -> bytes:
    return struct.pack(">H", len(frame)) + frame


def write(sock: socket.socket, data: bytes) -> None:
    try:
        sock.sendall(data)
    except OSError as error:
        raise Closed(str(error)) from error


class Sealer:
    """One direction of a channel: messages to the bytes that go over TCP."""

    def __init__(self, cipher: CipherState):
        self.cipher, self.frames = cipher, 0

    def seal_frame(self, plaintext: bytes) -> bytes:
        sealed = framed(self.cipher.encrypt(plaintext))
        self.frames += 1
        if self.frames % REKEY_EVERY == 0:
            self.cipher.rekey()
        return sealed

    def seal(self, message: bytes, part_bytes: int = PART_MAX) -> bytes:
        frames = []
        for at in range(0, max(len(message), 1), part_bytes):
            flag = b"\0" if at + part_bytes >= len(message) else b"\1"
            frames.append(self.seal_frame(flag + message[at : at + part_bytes]))
        return b"".join(frames)


class Opener:
    """The other direction: frames to messages."""

    def __init__(self, cipher: CipherState):
        self.cipher, self.frames = cipher, 0

    def open_frame(self, frame: bytes) -> bytes:
        plaintext = self.cipher.decrypt(frame)
        self.frames += 1
        if self.frames % REKEY_EVERY == 0:
            self.cipher.rekey()
        if not plaintext or plaintext[0] > 1 or plaintext == b"\1":
            raise BadSeal("a part of another form")
        return plaintext


class Channel:
    """An open channel: one CBOR message at a time."""

    def __init__(
        self,
        sock: socket.socket,
        sealer: Sealer,
        opener: Opener,
        handshake_hash: bytes,
        peer_static: bytes,
        psk_index: int = 0,
    ):
        self.sock, self.sealer, self.opener = sock, sealer, opener
        self.handshake_hash, self.peer_static = handshake_hash, peer_static
        self.psk_index = psk_index

    def send(self, *message: Any) -> None:
        self.send_bytes(encode(message))

    def send_bytes(self, message: bytes, part_bytes: int = PART_MAX) -> None:
        write(self.sock, self.sealer.seal(message, part_bytes))

    def receive_bytes(self, seconds: float | None = SECONDS) -> bytes:
        parts, size = [], 0
        while True:
            plaintext = self.opener.open_frame(read_frame(self.sock, seconds))
            parts.append(plaintext[1:])
            size += len(plaintext) - 1
            if size > MESSAGE_MAX:
                raise MessageTooLong
            if plaintext[0] == 0:
                return b"".join(parts)

    def receive(self, seconds: float = SECONDS) -> list[Any]:
        message = decode(self.receive_bytes(seconds))
        assert isinstance(message, list)
        return message

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)
        self.sock.close()


def _open(
    sock: socket.socket,
    initiates: bool,
    handshake: Initiator | Responder,
    psk_index: int = 0,
) -> Channel:
    first, second = handshake.state.split()
    ours, theirs = (first, second) if initiates else (second, first)
    return Channel(
        sock, Sealer(ours), Opener(theirs), handshake.state.h, handshake.peer_static, psk_index
    )


def initiate(
    sock: socket.socket,
    psk: bytes,
    static: bytes,
    ephemeral: bytes,
    tamper: Callable[[int, bytes], bytes] = lambda _number, message: message,
) -> Channel:
    """`tamper` lets a test change handshake message 1 or 3."""
    handshake = Initiator(psk, static, ephemeral)
    write(sock, framed(tamper(1, handshake.write1())))
    handshake.read2(read_frame(sock))
    write(sock, framed(tamper(3, handshake.write3())))
    return _open(sock, True, handshake)


def respond(sock: socket.socket, psks: list[bytes], static: bytes, ephemeral: bytes) -> Channel:
    handshake = Responder(psks, static, ephemeral)
    handshake.read1(read_frame(sock))
    write(sock, framed(handshake.write2()))
    handshake.read3(read_frame(sock))
    return _open(sock, False, handshake, handshake.psk_index)
