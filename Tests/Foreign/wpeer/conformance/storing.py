"""Cases of section 7: what is stored, what waits, what ends a session."""

from __future__ import annotations

from typing import Any

from ..bodies import CONTENT, MEMBERSHIP
from ..cbor import encode
from ..events import SEQUENCE_MAX, Event, run_of
from ..messages import EVENTS, Code
from ..replica import PENDING_BYTES_MAX
from .harness import PeerFounds, ProgramFounds, Team
from .registry import case


def _expect_to_wait(t: Team, *events: Event) -> None:
    """The program takes a run without ending the session, and does not store it."""
    probe = t.probe()
    t.give([list(events)], [[probe]], stored=[probe])
    t.replica.add(probe)


@case(ProgramFounds)
def events_that_break_a_rule(t: ProgramFounds) -> None:
    """Rules 2, 4, 5 and 6: code 9, or 4 for another genesis."""
    one, two = t.share(), t.share()
    t.session()
    title = t.content([1, "title", "z"])

    def code(class_: int = CONTENT, body: Any = title, **fields: Any) -> Code | str:
        author = fields.pop("author", t.author)
        return t.code_after_events(author.event(class_, body, **fields))

    edit: dict[str, Any] = {"object_": one.id, "parents": [one.id]}
    bad = Code.BAD_EVENT
    t.check_equal(code(lamport=two.lamport + 2, **edit), bad, "a lamport that is too great")
    t.check_equal(code(lamport=two.lamport, **edit), bad, "a lamport that is too small")
    other = t.new_log()
    t.check_equal(code(object_=one.id, parents=[one.id, two.id]), bad, "parents of two objects")
    t.check_equal(code(object_=two.id, parents=[one.id]), bad, "a parent of another object")
    t.check_equal(code(parents=[one.id]), bad, "a content parent without object")
    stranger = t.new_log(t.new_keys())
    t.check_equal(code(author=stranger), Code.BAD_MESSAGE, "a first event without parents")
    code_of_stranger = code(author=stranger, parents=[t.replica.team])
    t.check_equal(code_of_stranger, bad, "a device that nothing introduces")
    stranger = t.new_log(introduced_by=t.replica.team)
    t.check_equal(code(author=stranger), bad, "a parent that does not introduce the device")
    t.check_equal(
        code(MEMBERSHIP, [t.salt(), 99, {}], author=other, parents=[one.id]),
        bad,
        "a membership event with a content parent",
    )
    t.check_equal(code(seq=9, **edit), bad, "a seq that prev does not have")
    t.check_equal(code(prev=one.id, seq=two.seq + 1, **edit), bad, "a prev of another seq")
    t.check_equal(code(seq=5, prev=t.replica.team, author=other), bad, "a prev of another log")
    genesis = run_of([t.replica.events[t.replica.team]])
    genesis[5][0][3] += 1
    t.check_equal(t.code_after([EVENTS, [genesis]]), Code.OTHER_TEAM, "another genesis")
    t.session()
    t.expect_same()


@case(ProgramFounds)
def events_of_another_form(t: ProgramFounds) -> None:
    """Rules 1 and 3: code 7, whatever the past."""
    one = t.share()
    t.session()
    salt = t.salt()

    def code(body: Any, class_: int = CONTENT, **fields: Any) -> Code | str:
        how = {"object_": one.id, "parents": [one.id]} if class_ == CONTENT else {}
        return t.code_after_events(t.author.event(class_, body, **(how | fields)))

    bad = Code.BAD_MESSAGE
    bodies = {
        "a float": b"\x82\x50" + salt + b"\x81\x83\x01\x61\x74\xf9\x3c\x00",
        "a short salt": encode([salt[1:], []]),
        "no changes": encode([salt]),
        "set without a value": encode([salt, [[1, "t"]]]),
        "a field of 65 bytes": encode([salt, [[1, "f" * 65, 1]]]),
        "a kind of 65 bytes": encode([salt, [[0, "é" * 32 + "f"]]]),
        "a position below 0": encode([salt, [[5, "t", [[-1, 0, ""]]]]]),
        "a delta that is text": encode([salt, [[4, "t", "1"]]]),
        "an empty change": encode([salt, [[]]]),
        "a change below 0": encode([salt, [[-1]]]),
        "4097 changes": encode([salt, [[4, "f", 1]] * 4097]),
        "erase of no id": encode([salt, [[7, [salt]]]]),
        "containers too deep": encode([salt, [[8, _nested(14)]]]),
        "bytes after the end": encode([salt, []]) + b"\0",
        "no body at all": b"",
    }
    for name, body in bodies.items():
        t.check_equal(code(body), bad, name)
    membership = {
        "fields that are a list": [salt, 99, []],
        "a kind below 0": [salt, -1, {}],
        "a key that is bytes": b"\x83\x50" + salt + b"\x18\x63\xa1\x41\x00\x00",
        "keys that descend": b"\x83\x50" + salt + b"\x18\x63\xa2\x01\x00\x00\x00",
    }
    for name, fields in membership.items():
        t.check_equal(code(fields, MEMBERSHIP), bad, name)
    good = t.content([1, "title", "z"])
    many = sorted(t.randbytes(32) for _ in range(33))
    t.check_equal(code(good, parents=many, lamport=9), bad, "33 parents")
    run = run_of([t.author.event(CONTENT, good, object_=one.id, parents=[one.id])])
    for name, place, value in (
        ("parents that repeat", 1, [one.id, one.id]),
        ("an object of 31 bytes", 0, bytes(31)),
        ("a lamport below 0", 2, -1),
        ("a body that is too large", 5, [1048577, bytes(32)]),
        ("a signature of 63 bytes", 4, bytes(63)),
        ("a hash of 31 bytes", 5, [1, bytes(31)]),
    ):
        item = list(run[5][0])
        item[place] = value
        t.check_equal(t.code_after([EVENTS, [[*run[:5], [item]]]]), bad, name)
    for name, changed in (
        ("a run without events", [*run[:5], []]),
        ("a run of class 2", [2, *run[1:]]),
        ("a seq below 0", [*run[:3], -1, *run[4:]]),
        ("a log id of 7 bytes", [*run[:2], bytes(7), *run[3:]]),
        ("1025 events", [*run[:5], run[5] * 1025]),
    ):
        t.check_equal(t.code_after([EVENTS, [changed]]), bad, name)
    t.session()
    t.expect_same()


@case(ProgramFounds)
def headers_whose_fields_do_not_go_together(t: ProgramFounds) -> None:
    """Rules 1 and 3, code 7: what a header shows alone, though no field by itself is wrong."""
    one = t.share()
    t.session()
    body = t.content([1, "title", "z"])
    how: dict[str, Any] = {"object_": one.id, "parents": [one.id]}
    bare = t.author.event(MEMBERSHIP, [t.salt(), 99, {}])
    bare.body = None
    for name, event in (
        ("a first event with a prev", t.author.event(CONTENT, body, seq=0, prev=one.id, **how)),
        ("a later event without prev", t.author.event(CONTENT, body, prev=b"", **how)),
        ("an object in class 1", t.author.event(MEMBERSHIP, [t.salt(), 99, {}], one.id)),
        ("a membership event without its body", bare),
    ):
        t.check_equal(t.code_after_events(event), Code.BAD_MESSAGE, name)
    t.session()
    t.expect_same()


def _nested(n: int) -> Any:
    return [_nested(n - 1)] if n else 0


@case(ProgramFounds)
def sequence_max(t: ProgramFounds) -> None:
    """Section 4: seq at most sequenceMax; prev decides about the others."""
    t.share()
    t.session()

    def far(seq: int) -> Event:
        prev = t.randbytes(32)
        return t.author.event(CONTENT, t.content([0, "share"]), seq=seq, prev=prev)

    t.check_equal(t.code_after_events(far(SEQUENCE_MAX + 1)), Code.BAD_MESSAGE, "beyond it")
    t.check_equal(t.code_after_events(far((1 << 63) - 1)), Code.BAD_MESSAGE, "far beyond it")
    last = far(SEQUENCE_MAX)
    run = run_of([last, t.next_share(last)])
    t.check_equal(t.code_after([EVENTS, [run]]), Code.BAD_MESSAGE, "a run that goes beyond it")
    _expect_to_wait(t, last)
    t.session()
    t.expect_same()


@case(ProgramFounds)
def holes_after_the_last_event(t: ProgramFounds) -> None:
    """Rule 4: prev has seq one less, also where prev is the last event of its log."""
    last = t.share()
    t.session()
    for seq in (last.seq + 2, last.seq + 7, SEQUENCE_MAX):
        event = t.author.event(CONTENT, t.content([0, "share"]), seq=seq)
        t.check_equal(t.code_after_events(event), Code.BAD_EVENT, f"seq {seq} after {last.seq}")
    t.session()
    t.expect_same()


@case(ProgramFounds)
def events_that_wait(t: ProgramFounds) -> None:
    """7: no parent, no prev or no signature yet is no fault."""
    one = t.share()
    t.session()
    title, unknown = t.content([1, "title", "z"]), t.randbytes(32)
    edit: dict[str, Any] = {"object_": one.id, "parents": [one.id]}
    _expect_to_wait(t, t.author.event(CONTENT, title, object_=one.id, parents=[unknown], lamport=9))
    _expect_to_wait(t, t.author.event(CONTENT, title, seq=9, prev=unknown, **edit))
    _expect_to_wait(t, t.author.event(CONTENT, title, team=bytes(32), **edit))
    unsigned = t.author.event(CONTENT, title, **edit)
    unsigned.signature = bytes(64)
    _expect_to_wait(t, unsigned)
    t.session()
    t.expect_same()


@case(ProgramFounds)
def events_in_any_order(t: ProgramFounds) -> None:
    """7: what waits is stored when its past comes, in one session."""
    t.session()
    larger = t.replica.copy()
    author = t.new_log(replica=larger)
    events = [t.share(author=author)]
    for n in range(40):
        events.append(t.edit(events[-1], [1, "title", f"{n}"], author=author))
    shuffled = t.random.sample(events, len(events))
    t.give(*([[e]] for e in shuffled), stored=events)
    t.replica = larger
    t.expect_same()


@case(ProgramFounds)
def one_signature_a_run(t: ProgramFounds) -> None:
    """Rule 7: events whose own signature is wrong are authentic by what follows them."""
    first = t.author.event(CONTENT, t.content([0, "share"]))
    first.signature = bytes(64)
    second = t.next_share(first)
    third = t.next_share(second)
    third.signature = bytes(64)
    probe = t.probe()
    t.session()
    t.give([[first], [probe]], stored=[probe])  # the first is held
    t.replica.add(probe)
    t.give([[first]], [[second]], stored=[first, second])
    t.replica.put(first)
    t.replica.add(second)
    _expect_to_wait(t, second, third)
    t.expect_same()


@case(ProgramFounds)
def a_body_that_comes_later(t: ProgramFounds) -> None:
    """7: an event without its body is stored and does not count, until its body comes."""
    event = t.author.event(CONTENT, t.content([0, "share"], [1, "title", "withheld"]))
    body, event.body = event.body, None
    t.give([[event]], stored=[event])
    t.replica.add(event)
    t.expect_same("without the body")

    def give_again() -> None:
        probe = t.probe()
        t.give([[event]], [[probe]], stored=[probe])
        t.replica.add(probe)

    event.body = body
    give_again()
    t.expect_same("with the body")
    event.body = None
    give_again()
    event.body = body
    t.expect_same("after it came without its body again")


@case(PeerFounds)
def keys_of_membership_fields(t: PeerFounds) -> None:
    """7.2: the fields may have any integer and text as keys."""
    t.laptop.listen()
    t.session()
    t.write_membership(99, {-1: 1, 0: None, "a": {"b": 2}})
    t.session()
    t.expect_same("a kind that is not known")
    t.write_membership(9, {0: t.replica.team, -5: 1, "more": []})
    t.session()
    t.expect_same("a kind that is known")


@case(ProgramFounds)
def pending_events_are_bounded(t: ProgramFounds) -> None:
    """Section 4: pendingBytesMax; the oldest are dropped first, and come in another session."""
    t.session()
    first = t.author.event(CONTENT, t.content([0, "share"]))
    size = 900_000
    body = t.content([1, "title", "x" * size])
    how: dict[str, Any] = {"object_": first.id, "parents": [first.id]}
    how["lamport"] = first.lamport + 1
    fit = PENDING_BYTES_MAX // size
    waiting = [t.new_log().event(CONTENT, body, **how) for _ in range(fit + 3)]
    t.give(*([[e]] for e in waiting), [[first]], stored=[first, *waiting[-fit:]])
    for e in [first, *waiting]:
        t.replica.add(e)
    t.session()
    t.expect_same()
