"""Cases of section 11.5: what a laptop is told of those whom others met."""

from __future__ import annotations

import time
from typing import Any

from ..bodies import CONTENT
from ..messages import NEWS, Code
from ..session import Session
from .harness import ProgramFounds, end_code
from .registry import case, expect, expect_equal


def _standing(t: ProgramFounds, name: str) -> dict[str, Any]:
    peers = t.laptop.run("status")["peers"]
    (peer,) = [p for p in peers if p["person"]["name"] == name]
    return peer


@case(ProgramFounds)
def told_of_others(t: ProgramFounds) -> None:
    """A live peer hears whom the program met, when, and how much both held, and not of itself."""
    kees = t.new_keys()
    before = int(1000 * time.time())
    _, replica, _ = t.join("Kees", kees)
    channel = t.initiate(static=t.keys.channel_secret)
    session = Session(channel, t.replica, t.keys, True, True).greet().run()
    session.watch(lambda: bool(session.news))
    (heard,) = session.news[0]
    expect_equal(heard[0], kees.public, "whose device it tells of")
    expect(before - 1000 <= heard[1] <= 1000 * time.time() + 1000, "when it was met")
    expect_equal(heard[2], len(replica.events), "how much both held")
    # Loopback is nobody's address but its own.
    expect_equal(heard[3:], [[], []], "logs and addresses")
    channel.close()


@case(ProgramFounds)
def hears_of_others(t: ProgramFounds) -> None:
    """The program shows what it is told and whose word that is, as far as it can be true."""
    kees, far = t.new_keys(), int(1000 * time.time()) + 10**12
    t.join("Kees", kees)
    t.join("Lena", t.new_keys())
    channel = t.initiate(static=t.keys.channel_secret)
    session = Session(channel, t.replica, t.keys, True, True).greet().run()
    log = bytes([CONTENT]) + kees.public + b"\7" * 8
    addresses = ["127.0.0.1:7431", "intranet:7431", "192.0.2.7:7431", "[2001:db8::7]:7431"]
    unknown = [t.randbytes(32), far, 1, [], ["192.0.2.9:7431"]]
    session.send(NEWS, sorted([[kees.public, far, 1, [[log, 4]], addresses], unknown]))
    # An answer shows that it was taken in.
    t.share([1, "title", "After the news"])
    session.push()
    session.watch(lambda: session.same)
    # It is written down within a second.
    deadline = time.monotonic() + 10
    while (kees_now := _standing(t, "Kees"))["state"] == "unknown":
        expect(time.monotonic() < deadline, "it shows nothing of what it was told")
        time.sleep(0.1)
    expect_equal((kees_now["state"], kees_now["i_lack"]), ("ahead", 4), "how Kees stands")
    expect_equal(kees_now["told_by"]["name"], "Piet", "whose word it is")
    listed = t.laptop.run("peer", "list")["peers"]
    told = {p["address"] for p in listed if p["told_by"]}
    expect_equal(told, {"192.0.2.7:7431", "[2001:db8::7]:7431"}, "addresses that it took")
    expect_equal(_standing(t, "Lena")["told_by"], None, "whom nobody told of")
    channel.close()


@case(ProgramFounds)
def news_of_another_form(t: ProgramFounds) -> None:
    """News that break the form end the session; before the hello they have no place."""
    one, two = sorted([t.randbytes(32), t.randbytes(32)])
    log = bytes([CONTENT]) + one + b"\1" * 8
    bad: list[list[Any]] = [
        [[two, 1, 1, [], []], [one, 1, 1, [], []]],
        [[one, 1, 1, [], []], [one, 1, 1, [], []]],
        [[one, 1, -1, [], []]],
        [[one, 1, 1, [[log, 0]], []]],
        [[one, 1, 1, [[log, 1], [log, 1]], []]],
        [[one, 1, 1, [], ["a"] * 5]],
        [[one, 1, 1, [], [""]]],
        [[one, 1, 1, [], ["1" * 65]]],
        [[n.to_bytes(32, "big"), 1, 1, [], []] for n in range(65)],
    ]
    for news in bad:
        expect_equal(t.code_after([NEWS, news]), Code.BAD_MESSAGE, f"after {str(news)[:60]}")
    channel = t.initiate(static=t.keys.channel_secret)
    channel.send(NEWS, [])
    expect_equal(end_code(channel), Code.UNEXPECTED_MESSAGE, "news before the hello")
