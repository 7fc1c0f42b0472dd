"""Cases of section 4: limits of time and of connections."""

from __future__ import annotations

import select
import socket
import sys
import time

from ..channel import Channel, Closed, read_frame
from ..identity import Invitation
from ..messages import BYE, HELLO, INTRODUCE, INVITED, PING, Code
from .harness import ProgramFounds, await_message, end_code
from .registry import case, eventually, expect, expect_equal


def _is_closed(sock: socket.socket) -> bool:
    """Whether the program closed a connection without a word, waiting for that."""
    try:
        read_frame(sock)
    except Closed:
        return True
    return False


def _are_open(socks: list[socket.socket]) -> bool:
    """Whether the program has said nothing on any of them and closed none."""
    return not select.select(socks, [], [], 0)[0]


def _end_of_one_who_pings(channel: Channel) -> None:
    """Waits for the end of a session in which nothing but pings is said."""
    while True:
        try:
            if channel.receive(1)[0] == BYE:
                return
        except TimeoutError:
            channel.send(PING)
        except Closed:
            return


@case(ProgramFounds, waits=True)
def silence(t: ProgramFounds) -> None:
    """handshakeSecondsMax, halfOpenSecondsMax, idleSecondsMax, and the ping after 10 seconds."""
    invitation = Invitation.parse(t.laptop.run("invite")["code"])
    silent = t.greeted()
    await_message(silent, HELLO)
    start = time.monotonic()

    def expect_seconds(low: float, high: float, what: str) -> None:
        passed = time.monotonic() - start
        expect(low - 0.5 <= passed <= high + 10, f"{what} after {passed:.1f} s")

    no_message = t.laptop.dial()
    no_hello = t.initiate()
    no_join = t.initiate(invitation.psk)
    stranger = t.greeted(t.new_keys())
    await_message(no_join, INVITED)
    await_message(stranger, INTRODUCE)
    expect(_is_closed(no_message), "no message 1: closed without a word")
    expect_seconds(5, 5, "no message 1")
    expect_equal(end_code(no_hello), Code.HANDSHAKE_TIMEOUT, "no hello")
    expect_equal(end_code(no_join), Code.HANDSHAKE_TIMEOUT, "no join")
    expect_seconds(5, 5, "no hello, no join")
    await_message(silent, PING)
    expect_seconds(10, 10, "the first ping")
    _end_of_one_who_pings(stranger)
    expect_seconds(15, 15, "no introduction")
    expect_equal(end_code(silent), Code.IDLE_TIMEOUT, "no frame")
    expect_seconds(30, 30, "no frame")
    t.session()


@case(ProgramFounds)
def half_open_connections(t: ProgramFounds) -> None:
    """halfOpenPerAddressMax: a fifth that has not finished its handshake is closed at once."""
    waiting = [t.laptop.dial() for _ in range(4)]
    expect(_is_closed(t.laptop.dial()), "a fifth connection of one address")
    expect(_are_open(waiting), "the four before it stay open")
    waiting.pop().close()

    def opens() -> bool:
        try:
            t.initiate().close()
        except Closed:
            return False
        return True

    eventually(opens, "a connection after another one was closed")
    for sock in waiting:
        sock.close()


@case(ProgramFounds)
def half_open_connections_of_many(t: ProgramFounds) -> None:
    """halfOpenMax: so is a 65th of all addresses."""
    if sys.platform != "linux":
        return  # elsewhere loopback has one address
    waiting = [t.laptop.dial(f"127.0.1.{1 + n // 4}") for n in range(64)]
    expect(_is_closed(t.laptop.dial("127.0.2.1")), "a 65th connection")
    expect(_are_open(waiting), "the 64 before it stay open")
    for sock in waiting:
        sock.close()
