"""Cases of sections 5, 10, 11.3 and 14: messages that end a session, and with which code."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

from ..cbor import encode
from ..channel import Channel, Closed, framed, write
from ..events import runs_of
from ..identity import DeviceKeys, team_psk
from ..messages import (
    BLOCKS,
    BYE,
    EVENTS,
    HAVE,
    HELLO,
    INTRODUCE,
    INTRODUCED,
    INVITED,
    JOIN,
    PING,
    RANGES,
    SENT,
    SYNCED,
    TOTALS,
    WELCOME,
    Code,
)
from ..round import describe
from .harness import PeerFounds, ProgramFounds, await_message, end_code
from .registry import case

BAD, UNEXPECTED = Code.BAD_MESSAGE, Code.UNEXPECTED_MESSAGE


@case(ProgramFounds)
def strangers(t: ProgramFounds) -> None:
    """10: who fits no secret, or spoils the handshake, hears nothing."""

    def opened(psk: bytes, spoilt: int = 0) -> Code | str:
        def tamper(number: int, message: bytes) -> bytes:
            return message[:-1] + bytes([message[-1] ^ 1]) if number == spoilt else message

        try:
            return end_code(t.initiate(psk, tamper=tamper))
        except Closed:
            return "closed"

    psk = team_psk(t.secret)
    t.check_equal(opened(t.randbytes(32)), "closed", "a wrong psk")
    t.check_equal(opened(psk, spoilt=1), "closed", "message 1 spoilt")
    t.check_equal(opened(psk, spoilt=3), "closed", "message 3 spoilt")
    for raw in (
        b"GET / HTTP/1.1\r\n\r\n",
        b"\0\0",
        framed(t.randbytes(47)),
        framed(t.randbytes(49)),
        b"\xff\xff",
    ):
        sock = t.laptop.dial()
        sock.sendall(raw)
        with contextlib.suppress(ConnectionError):
            t.check_equal(sock.recv(1), b"", f"the answer to {raw.hex()}")
        sock.close()
    t.session()


@case(ProgramFounds)
def greetings(t: ProgramFounds) -> None:
    stranger = t.new_keys()
    content = [e for e in t.replica.events.values() if e.class_ == 0]

    def code(
        *messages: Any,
        keys: DeviceKeys | None = None,
        static: DeviceKeys | None = None,
        initiator: bool = True,
        place: int = 0,
        value: Any = HELLO,
    ) -> Code | str:
        """How a session ends after a hello with one field changed, and messages after it."""
        keys = keys or t.keys
        channel = t.initiate(static=(static or keys).channel_secret)
        hello = t.hello(channel, keys, initiator)
        hello[place] = value
        channel.send(*hello)
        for message in messages:
            channel.send(*message)
        return end_code(channel)

    t.check_equal(code(place=2, value=bytes(64)), Code.BAD_PROOF, "a bad proof")
    t.check_equal(code(initiator=False), Code.BAD_PROOF, "the proof of a responder")
    t.check_equal(code(static=stranger), Code.BAD_PROOF, "another channel key")
    t.check_equal(code(place=1, value=stranger.public), Code.BAD_PROOF, "another device")
    t.check_equal(code(place=3, value=bytes(15)), BAD, "a short fingerprint")
    t.check_equal(code(place=4, value=-1), BAD, "a count below 0")
    unknown = Code.UNKNOWN_DEVICE
    t.check_equal(code([INTRODUCED], keys=stranger), unknown, "a stranger")
    t.check_equal(code([INTRODUCE], keys=stranger), unknown, "neither knows the other")
    for message in (
        [EVENTS, runs_of(content)],
        [SYNCED, bytes(16), 0],
        [TOTALS, 0, 0],
        [SENT],
        [HELLO, bytes(32), bytes(64), bytes(16), 0, 0, 0],
    ):
        t.check_equal(code(message, keys=stranger), UNEXPECTED, f"a stranger's {message[0]}")
    ranges = [RANGES, describe(t.replica)]
    t.check_equal(code(ranges, keys=stranger), UNEXPECTED, "ranges of an initiator")
    join = [JOIN, bytes(32), bytes(32), "", [t.keys.device()], bytes(16), bytes(64)]
    for first in ([SENT], join):
        channel = t.initiate()
        channel.send(*first)
        t.check_equal(end_code(channel), UNEXPECTED, f"message {first[0]} instead of hello")
    t.session()


@case(ProgramFounds)
def messages_of_another_form(t: ProgramFounds) -> None:
    """5, 11: code 7; 10: code 5 for frames, 6 for a message that is too long."""

    def code(raw: bytes) -> Code | str:
        channel = t.greeted()
        channel.send_bytes(raw)
        return end_code(channel)

    deep: Any = PING
    for _ in range(17):
        deep = [deep]
    for raw in (
        b"",
        b"\x81\xf9\x3c\x00",  # a float
        b"\x9f\x09\xff",  # an indefinite length
        b"\x81\x18\x09",  # a head that is too long
        b"\x81\x09\x00",  # a byte after the end
        b"\x81\xc1\x09",  # a tag
        b"\x81\xf7",  # undefined
        b"\x81\xe0",  # a simple value
        b"\x83\x0a\x01\x61\xff",  # text that is not UTF-8
        b"\x9b\x7f" + b"\xff" * 7,  # a length that the input cannot hold
        b"\x81\x1b\x80" + bytes(7),  # an integer out of range
        encode(deep),
        encode([15]),
        encode([-1]),
        encode(1),
        encode([]),
        encode([PING, 1]),
        encode([True]),
        encode([SYNCED, bytes(16)]),
        encode([BYE, 65536, ""]),
        encode([BYE, 0, "r" * 1025]),
        encode([EVENTS, [1]]),
        encode([EVENTS, [[]] * 1025]),
        encode([BLOCKS, bytes([2]) + bytes(40), []]),
        encode([BLOCKS, bytes(41), [bytes(15)]]),
        encode([HAVE, bytes(41), 0, False, []]),
    ):
        t.check_equal(code(raw), BAD, raw[:20].hex())
    t.check_equal(code(bytes(1179649)), Code.MESSAGE_TOO_LONG, "a message that is too long")
    for plaintext in (b"", b"\2\x81\x09", b"\1"):
        channel = t.greeted()
        write(channel.sock, channel.sealer.seal_frame(plaintext))
        t.check_equal(end_code(channel), Code.BAD_FRAME, f"the frame {plaintext.hex()}")
    for frame in (bytes(40), bytes(15), b""):
        channel = t.greeted()
        write(channel.sock, framed(frame))
        t.check_equal(end_code(channel), Code.BAD_FRAME, f"a seal of {len(frame)} bytes")
    t.session()


@case(ProgramFounds)
def messages_out_of_place_at_rest(t: ProgramFounds) -> None:
    """11.3: code 8."""
    for messages in (
        [[TOTALS, 0, 0]],
        [[SENT]],
        [[HAVE, bytes(41), True, False, []]],
        [[BLOCKS, bytes(41), []]],
        [[RANGES, describe(t.replica)]],
        [[RANGES, [[0, b""]]]],
        [[INVITED, bytes(32), bytes(32), "x"]],
        [[WELCOME, bytes(32), [bytes(32)]]],
        [[HELLO, bytes(32), bytes(64), bytes(16), 0, 0, 0]],
        [[INTRODUCE], [INTRODUCE]],
        [[INTRODUCED], [INTRODUCED]],
    ):
        t.check_equal(t.code_after(*messages), UNEXPECTED, f"messages {messages}")
    t.session()
    t.expect_same()


@case(ProgramFounds)
def messages_out_of_place_in_a_round(t: ProgramFounds) -> None:
    """11.3 and 12.1: codes 8 and 7."""
    t.session()
    t.laptop.run("share", "-m", "so that there is a round")
    nothing, key, totals = [RANGES, [[0, b""]]], bytes(41), [TOTALS, 0, 0]
    for messages in (
        [[SENT]],
        [totals],
        [nothing, nothing],
        [nothing, totals, totals],
        [nothing, totals, [SENT], [SENT]],
        [nothing, [HAVE, key, True, False, []]],
        [nothing, [BLOCKS, key, [bytes(16)]]],
        [nothing, totals, [BLOCKS, key, []]],
    ):
        t.check_equal(t.code_after(*messages), UNEXPECTED, f"messages {messages}")
    many = [[bytes(40) + bytes([i]), 1, 0, bytes(16)] for i in range(65)]
    for ranges in (
        [],
        [[0, key]],
        [[0, b""], [0, b""]],
        [[0, bytes(40) + b"\1"], [0, key], [0, b""]],
        [[4, b""]],
        [[0]],
        [[0, b"", 1]],
        [[1, b"", bytes(15), 0]],
        [[3, b"", [[key, 0, 0, bytes(16)]]]],
        [[3, b"", [[key, 1, -1, bytes(16)]]]],
        [[3, b"", [[key, 1, -2, bytes(16)]]]],
        [[3, b"", [many[1], many[0]]]],
        [[3, bytes(40) + b"\1", [many[1]]], [0, b""]],
        [[2, b"", many]],
        [[0, bytes(40) + bytes([i + 1])] for i in range(64)] + [[0, b""]],
    ):
        t.check_equal(t.code_after([RANGES, ranges]), BAD, f"the ranges {ranges}"[:80])
    t.session()
    t.expect_same()


@case(PeerFounds)
def refusals_by_the_initiator(t: PeerFounds) -> None:
    """The same codes where the program dialled."""
    t.share()

    def ends(
        *messages: Any,
        keys: DeviceKeys | None = None,
        initiator: bool = False,
        raw: bytes | None = None,
    ) -> Any:
        def serve(channel: Channel) -> Code | str:
            await_message(channel, HELLO)
            channel.send(*t.hello(channel, keys, initiator))
            if raw is not None:
                channel.send_bytes(raw)
            for message in messages:
                channel.send(*message)
            return end_code(channel)

        return t.dials(serve)[1]

    t.check_equal(ends(initiator=True), Code.BAD_PROOF, "the proof of an initiator")
    t.check_equal(ends([INTRODUCE], keys=t.new_keys()), Code.UNKNOWN_DEVICE, "a stranger")
    ranges = [RANGES, describe(t.replica)]
    code = ends(ranges, [INTRODUCED], keys=t.new_keys())
    t.check_equal(code, Code.UNKNOWN_DEVICE, "a stranger's first ranges")
    code = ends(ranges, ranges, keys=t.new_keys())
    t.check_equal(code, UNEXPECTED, "a stranger's second ranges")
    t.check_equal(ends(raw=b"\xff\xff"), BAD, "what is no CBOR")
    t.check_equal(ends([RANGES, [[0, b""]]]), UNEXPECTED, "a round that begins without a question")
    t.check_equal(ends([TOTALS, 0, 0]), UNEXPECTED, "totals before ranges")
    t.check_equal(t.dials()[0], 0, "the exit code of an honest session")
    t.expect_same()


@case(PeerFounds)
def rounds_that_do_not_converge(t: PeerFounds) -> None:
    """12.3: two outcomes that come for the third time end a session that is not live."""
    t.share()

    def rounds(outcome: Callable[[], bytes]) -> tuple[int, Code | str]:
        """How many rounds there are with such outcomes of ours, and how they end."""

        def serve(channel: Channel) -> tuple[int, Code | str]:
            await_message(channel, HELLO)
            channel.send(*t.hello(channel, initiator=False))
            for n in range(1, 100):
                try:
                    _round(t, channel, outcome())
                except Stopped as stopped:
                    return n - 1, stopped.code
            return 100, "open"

        result: tuple[int, Code | str] = t.dials(serve)[1]
        return result

    same = t.randbytes(16)
    t.check_equal(rounds(lambda: same), (3, Code.NOT_CONVERGING), "the same outcome")
    t.check_equal(rounds(lambda: t.randbytes(16)), (64, Code.NOT_CONVERGING), "another each time")
    t.check_equal(t.dials()[0], 0, "the exit code of an honest session")
    t.expect_same()


class Stopped(Exception):
    def __init__(self, code: Code):
        self.code = code


def _round(t: PeerFounds, channel: Channel, outcome: bytes) -> None:
    """A whole round in which we have nothing to send, and then say another outcome."""
    channel.send(RANGES, describe(t.replica))
    while True:
        message = channel.receive()
        if message[0] == BYE:
            raise Stopped(Code(message[1]))
        if message[0] == RANGES:
            channel.send(TOTALS, 0, 0)
            channel.send(SENT)
        if message[0] == SYNCED:
            break
    channel.send(SYNCED, outcome, 1)
