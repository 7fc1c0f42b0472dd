"""Cases of section 12.2: forked logs, blocks, and lists of ids."""

from __future__ import annotations

from typing import Any

from ..bodies import MEMBERSHIP
from ..channel import Channel
from ..events import LogKey
from ..messages import ANSWER, BLOCKS, BYE, HAVE, RANGES, TOTALS, Code
from ..round import ids_of_block, summary
from .harness import PeerFounds, ProgramFounds, await_message, end_code
from .registry import case, expect_equal


@case(ProgramFounds)
def forks(t: ProgramFounds) -> None:
    base = t.share()
    t.session()
    branch = t.chain(base, 1)
    t.give([branch], stored=branch)
    t.replica.add(t.next_share(base))
    t.session()
    t.expect_same("at a tie")
    for e in t.chain(base, 600):
        t.replica.add(e)
    t.session()
    branch = t.chain(base, 1)
    t.give([branch], stored=branch)
    t.session()
    t.expect_same("where we are ahead")
    branch = t.chain(base, 1500)
    t.give([branch[:500]], [branch[500:1000]], [branch[1000:]], stored=branch)
    t.replica.add(t.next_share(base))
    t.session()
    t.expect_same("where the program is ahead")


@case(ProgramFounds)
def wide_forks(t: ProgramFounds) -> None:
    """A block with more ids than one message holds, on both sides."""
    base = t.share()
    t.session()
    theirs = [t.next_share(base) for _ in range(1100)]
    runs = [[e] for e in theirs]
    t.give(runs[:600], runs[600:], stored=theirs)
    for e in [t.next_share(base) for _ in range(1200)]:
        t.replica.add(e)
    t.session()
    t.expect_same()


@case(PeerFounds)
def forks_where_the_program_dials(t: PeerFounds) -> None:
    """At a tie, of a content log and a membership log, among many logs."""
    t.laptop.listen()
    base = t.share()
    t.session()
    content = t.next_share(base)
    body = [t.salt(), 99, {}]
    membership = t.author.event(MEMBERSHIP, body, parents=t.membership_heads())
    t.give([[membership], [content]], stored=[membership, content])
    t.laptop.stop()
    t.write_membership(99, {0: 0})
    t.replica.add(t.next_share(base))
    for _ in range(100):
        t.share(author=t.new_log())
    expect_equal(t.dials()[0], 0, "the exit code")
    t.expect_same()


def _until_blocks(t: ProgramFounds) -> tuple[Channel, LogKey]:
    """A session in which the program has sent blocks of a forked log."""
    channel = t.greeted()
    their_ranges = await_message(channel, RANGES)[1]
    theirs = {s[0]: s for s in their_ranges[0][2]}
    differ = [key for key in sorted(theirs) if theirs[key] != summary(t.replica, key)]
    channel.send(RANGES, [[ANSWER, b"", [summary(t.replica, key) for key in differ]]])
    channel.send(TOTALS, 0, 0)
    return channel, await_message(channel, BLOCKS)[1]


@case(ProgramFounds)
def lists_of_ids(t: ProgramFounds) -> None:
    """12.2: what a `have` may be; idsPerBlockMax and the codes of section 14."""
    base = t.share()
    t.session()
    branch = t.chain(base, 300)
    t.give([branch], stored=branch)
    held = t.replica.copy()
    for e in branch:
        held.add(e)
    t.replica.add(t.next_share(base))
    key = base.log_key

    def ends(*lists: tuple[bool, list[Any]], question: bool = True) -> Any:
        channel, of = _until_blocks(t)
        t.check_equal(of, key, "the log of the blocks")
        for continued, blocks in lists:
            channel.send(HAVE, key, question, continued, blocks)
        return end_code(channel)

    def answers(blocks: list[Any]) -> list[Any]:
        channel, _ = _until_blocks(t)
        channel.send(HAVE, key, True, False, blocks)
        out: list[Any] = []
        while True:
            _, of, question, continued, listed = await_message(channel, HAVE)
            t.check_equal((of, question), (key, False), "whose answer")
            out += [[block, set(ids)] for block, ids in listed]
            if not continued:
                channel.close()
                return out

    def ids(n: int) -> list[bytes]:
        return [t.randbytes(32) for _ in range(n)]

    first, second = set(ids_of_block(held, key, 0)), set(ids_of_block(held, key, 1))
    t.check_equal(answers([]), [], "the answer to an empty list")
    t.check_equal(answers([[0, ids(3)]]), [[0, first]], "the answer about one block")
    t.check_equal(answers([[0, ids(1)], [1, []]]), [[0, first]], "a block without ids")
    t.check_equal(answers([[0, ids(1)], [1, ids(1)]]), [[0, first], [1, second]], "two blocks")

    bad, unexpected, too_much = Code.BAD_MESSAGE, Code.UNEXPECTED_MESSAGE, Code.TOO_MUCH
    t.check_equal(ends((False, [[0, ids(1025)]])), bad, "more than idsListedMax ids")
    t.check_equal(ends((False, [[1, []], [0, []]])), bad, "blocks that descend in a message")
    t.check_equal(ends((False, [[0, []], [0, []]])), bad, "a block twice in a message")
    t.check_equal(ends((True, [])), unexpected, "a continued list that is empty")
    t.check_equal(ends((False, []), (False, [])), unexpected, "a list after the last one")
    t.check_equal(ends((False, []), question=False), unexpected, "an answer to nothing")
    lists = [(True, [[1, ids(1)]]), (True, [[0, ids(1)]])]
    t.check_equal(ends(*lists), unexpected, "blocks that descend over messages")
    lists = [(True, [[0, ids(1)]]), (True, [[0, []]])]
    t.check_equal(ends(*lists), unexpected, "a block that is repeated without ids")
    lists = [(True, [[0, ids(1)]]), (True, [[0, ids(1)], [1, ids(1)]]), (True, [[1, []]])]
    t.check_equal(ends(*lists), unexpected, "a block that is repeated in a third message")
    lists = [(True, [[0, ids(1024)]]) for _ in range(65)]
    t.check_equal(ends(*lists), too_much, "more than idsPerBlockMax ids")
    again = ids(1024)
    lists = [(True, [[0, again]]) for _ in range(65)]
    t.check_equal(ends(*lists), too_much, "more than idsPerBlockMax ids, the same again and again")
    channel, _ = _until_blocks(t)
    channel.send(HAVE, bytes(41), True, False, [])
    t.check_equal(end_code(channel), unexpected, "a list of another log")
    t.session()
    t.expect_same()


@case(PeerFounds)
def ranges_without_end(t: PeerFounds) -> None:
    """12.1: a side may refuse more than 1024 `ranges` in a round; section 14: with tooMuch."""
    for _ in range(20):
        t.share(author=t.new_log())

    def serve(channel: Channel) -> list[Any]:
        channel.receive()
        channel.send(*t.hello(channel, initiator=False))
        while True:
            channel.send(RANGES, [[1, b"", bytes(16), 1]])
            message = channel.receive()
            if message[0] == BYE:
                return message[1:]

    expect_equal(t.dials(serve)[1], [Code.TOO_MUCH, "ranges"], "the end of it")
