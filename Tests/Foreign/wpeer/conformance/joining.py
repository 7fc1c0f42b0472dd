"""Cases of section 11.2, joining, and of sections 6, 8 and 10 about invitations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from ..bodies import GENESIS, GRANT, MEMBERSHIP, READMIT, REVOKE_DEVICE
from ..channel import Channel, Closed
from ..events import Event, run_of, runs_of
from ..identity import DIGITS, DeviceKeys, Invitation
from ..membership import PERSONS_MAX, READER, now
from ..messages import (
    EVENTS,
    HELLO,
    INTRODUCE,
    INTRODUCED,
    INVITED,
    JOIN,
    SYNCED,
    WELCOME,
    Code,
)
from ..replica import Author, Replica
from ..session import join_request
from .harness import PeerFounds, ProgramFounds, Team, await_message, end_code
from .registry import case, expect, expect_equal


def _ask(
    t: Team,
    invitation: Invitation,
    keys: DeviceKeys,
    static: DeviceKeys | None = None,
    **changed: Any,
) -> Channel:
    """A channel on which a request to join went out, with fields changed after signing it."""
    channel = t.initiate(invitation.psk, (static or keys).channel_secret)
    _, team, invite, _ = await_message(channel, INVITED)
    named = changed.get("invite", invite)
    signed = changed.pop("signed", [keys.device()])
    request = join_request(invitation, team, named, "Joan", signed, t.salt())
    for place, name in enumerate(("invite", "person", "name", "devices", "nonce", "proof"), 1):
        request[place] = changed.get(name, request[place])
    channel.send(*request)
    return channel


def _admission(t: Team, invitation: Invitation, keys: DeviceKeys) -> bytes:
    channel = _ask(t, invitation, keys)
    _, admission, secrets = await_message(channel, WELCOME)
    channel.close()
    expect(t.secret in secrets, "the team secret is among those of welcome")
    return bytes(admission)


@case(ProgramFounds)
def refused_joins(t: ProgramFounds) -> None:
    invitation = Invitation.parse(t.laptop.run("invite", "--uses", "9")["code"])
    keys, other = t.new_keys(), t.new_keys()

    def refused(static: DeviceKeys | None = None, **changed: Any) -> Any:
        return end_code(_ask(t, invitation, keys, static, **changed))

    unsigned = [*keys.device()[:3], bytes(64)]
    of_another = keys.device(other.person)
    bad = Code.BAD_PROOF
    t.check_equal(refused(proof=bytes(64)), bad, "a bad proof")
    t.check_equal(refused(name="John"), bad, "another name than the proof is about")
    t.check_equal(refused(person=bytes(32)), bad, "another person")
    t.check_equal(refused(static=other), bad, "another channel key")
    t.check_equal(refused(signed=[unsigned]), bad, "a device without its signature")
    t.check_equal(refused(signed=[of_another]), bad, "a device of another person")
    t.check_equal(refused(devices=[]), Code.BAD_MESSAGE, "no device")
    t.check_equal(refused(invite=bytes(32)), Code.JOIN_REFUSED, "another invitation")
    t.check_equal(refused(name="n" * 257), Code.BAD_MESSAGE, "a name that is too long")
    channel = _ask(t, invitation, keys)
    await_message(channel, HELLO)
    channel.send(SYNCED, bytes(16), 0)
    t.check_equal(end_code(channel), Code.UNEXPECTED_MESSAGE, "no hello after welcome")
    first = _admission(t, invitation, keys)
    t.check_equal(_admission(t, invitation, keys), first, "the admission of one who is admitted")
    t.session()
    t.expect_same()


@case(PeerFounds)
def invitations_that_are_not_open(t: PeerFounds) -> None:
    """10, 11.2: their psk is tried, and only who was admitted under one of them is welcomed."""
    t.laptop.listen()
    used, used_invite = t.invite()
    expired, _ = t.invite(expiry=now() - 1000)
    without_uses, _ = t.invite(uses=0)
    not_counting, _ = t.invite(role=3)
    ahead, _ = t.invite(expiry=now() + 3_600_000)
    keys, admission = t.admit("Admitted", (used, used_invite))
    t.session()
    for name, invitation in (("expired", expired), ("no uses", without_uses), ("used up", used)):
        code = end_code(_ask(t, invitation, t.new_keys()))
        t.check_equal(code, Code.JOIN_REFUSED, f"a stranger's join: {name}")
    t.check_equal(_admission(t, used, keys), admission.id, "the admission that it has")
    t.check_equal(_admission(t, ahead, keys), admission.id, "the same under an open one")
    _admission(t, ahead, t.new_keys())
    code = end_code(_ask(t, ahead, t.new_keys()))
    t.check_equal(code, Code.JOIN_REFUSED, "one use only")
    try:
        t.initiate(not_counting.psk)
    except Closed:
        pass
    else:
        raise AssertionError("an invite that does not count opens the channel")
    t.session()
    t.expect_same()


@case(PeerFounds)
def invitations_tried(t: PeerFounds) -> None:
    """10: 32 of them are tried, the open ones first and the newest of those first."""
    t.laptop.listen()
    first = [t.invite() for _ in range(2)]
    others = [t.invite() for _ in range(32)]
    closed = t.invite(expiry=now() - 1000)
    t.session()

    def opens(invited: tuple[Invitation, Event]) -> bool:
        try:
            await_message(t.initiate(invited[0].psk), INVITED)
        except Closed:
            return False
        return True

    opened = [opens(invited) for invited in (*first, others[0], others[-1], closed)]
    expect_equal(opened, [False, False, True, True, False], "which of them open the channel")


@case(PeerFounds)
def join_again_after_a_lost_welcome(t: PeerFounds) -> None:
    """8, 11.2: who is admitted already gets the admission that it has."""
    t.laptop.listen()
    invitation, _ = t.invite()
    t.session()
    keys = t.new_keys()
    first = _admission(t, invitation, keys)
    expect_equal(_admission(t, invitation, keys), first, "the admission")
    t.session()
    expect(first in t.replica.events, "the admission is an event")
    t.expect_same()


@case(PeerFounds)
def membership_that_is_not_understood(t: PeerFounds) -> None:
    """8: with such an event of who may act, nobody is admitted, and content goes on."""
    t.laptop.listen()
    invitation, _ = t.invite(uses=9)
    t.session()
    keys = t.new_keys()
    first = _admission(t, invitation, keys)
    t.session()
    reader, _ = t.admit("Reader", t.invite(role=READER))
    nobody, _ = t.admit("Nobody", proof=bytes(64))
    for author in (reader, nobody):
        t.write_membership(99, {}, t.new_log(author))
    t.write_membership(5, {0: t.keys.person, 1: "An address", 2: None})
    t.session()
    _admission(t, invitation, t.new_keys())
    t.session()
    t.write_membership(99, {})
    t.session()
    code = end_code(_ask(t, invitation, t.new_keys()))
    expect_equal(code, Code.JOIN_REFUSED, "a newcomer's join")
    expect_equal(_admission(t, invitation, keys), first, "the admission of one who has it")
    expect(t.laptop.attempt("invite")[0] != 0, "invite is refused")
    t.laptop.run("share", "-m", "Content goes on")
    t.session()
    t.expect_same()


@case(PeerFounds)
def membership_of_another_form(t: PeerFounds) -> None:
    """8: the same with fields that are not of their form, and with a kind above 12."""
    t.laptop.listen()
    for kind, fields in ((1, {0: 0}), (99, {0: 0})):
        t.write_membership(kind, fields)
        t.session()
        expect(t.laptop.attempt("invite")[0] != 0, f"invite is refused after kind {kind}")
    t.expect_same()


@case(PeerFounds)
def a_full_team(t: PeerFounds) -> None:
    """8: personsMax persons; the next does not count, and hears joinRefused."""
    t.laptop.listen()
    invited = t.invite(uses=2000)
    for n in range(PERSONS_MAX - 2):
        keys, admission = t.admit(f"{n}", invited, parents=[invited[1].id])
    t.session()
    t.check_equal(t.laptop.run("status")["people"], PERSONS_MAX, "persons")
    code = end_code(_ask(t, invited[0], t.new_keys()))
    t.check_equal(code, Code.JOIN_REFUSED, "one more who joins")
    t.check_equal(_admission(t, invited[0], keys), admission.id, "one who is admitted")
    t.admit("One too many", invited)
    unknown = t.new_keys()
    t.write_membership(READMIT, {0: unknown.person, 1: [], 2: [unknown.device()]})
    t.write_membership(GRANT, {0: t.randbytes(32), 1: READER, 2: [], 3: []})
    t.write_membership(READMIT, {0: keys.person, 1: [], 2: []})
    t.session()
    t.expect_same()


@case(PeerFounds)
def refusals_by_a_newcomer(t: PeerFounds) -> None:
    """11.2: a newcomer trusts only the team of its invitation."""
    invitation, invite = t.invite()
    stranger = t.new_keys()

    def ends(serve: Callable[[Channel], None]) -> Code | str:
        """How a newcomer ends a session."""

        def work(channel: Channel) -> Code | str:
            serve(channel)
            return end_code(channel)

        t.replace_laptop()
        exit_code, result = t.joins(invitation.code, work)
        expect(exit_code != 0, "join succeeds")
        return cast(Code | str, result)

    def invited(channel: Channel, team: bytes | None = None) -> None:
        channel.send(INVITED, team or t.replica.team, invite.id, "Team")
        if team is None:
            await_message(channel, JOIN)

    def welcome(channel: Channel, keys: DeviceKeys, initiator: bool = False) -> None:
        invited(channel)
        channel.send(WELCOME, bytes(32), [t.secret])
        channel.send(*t.hello(channel, keys, initiator))

    def of_nobody(channel: Channel) -> None:
        welcome(channel, stranger)
        await_message(channel, INTRODUCE)
        channel.send(EVENTS, runs_of(t.replica.of_class(MEMBERSHIP)))
        channel.send(INTRODUCED)

    def of_another_team(channel: Channel) -> None:
        welcome(channel, t.keys)
        await_message(channel, INTRODUCE)
        fields = {0: "T", 1: "P", 2: [stranger.device()], 3: False, 4: [], 5: 0, 6: ""}
        author = Author(Replica(b""), stranger, t.randbytes(8))
        genesis = author.event(MEMBERSHIP, [t.salt(), GENESIS, fields])
        channel.send(EVENTS, [run_of([genesis])])

    def without_welcome(channel: Channel) -> None:
        invited(channel)
        channel.send(*t.hello(channel, initiator=False))

    def in_its_own_name(channel: Channel) -> None:
        welcome(channel, t.keys, initiator=True)

    another = invitation.team_prefix[::-1] + bytes(24)
    t.check_equal(ends(lambda c: invited(c, another)), Code.OTHER_TEAM, "another team")
    t.check_equal(ends(of_nobody), Code.UNKNOWN_DEVICE, "a responder that is nobody's device")
    t.check_equal(ends(of_another_team), Code.OTHER_TEAM, "another genesis")
    t.check_equal(ends(in_its_own_name), Code.BAD_PROOF, "the proof of an initiator")
    t.check_equal(ends(without_welcome), Code.UNEXPECTED_MESSAGE, "hello before welcome")


@case(PeerFounds)
def invitation_codes(t: PeerFounds) -> None:
    """6: how a code is read."""
    invitation, invite = t.invite()
    code = invitation.code
    t.replace_laptop()
    wrong = DIGITS[(DIGITS.index(code[-2]) + 1) % 32]
    expect(t.refuses_code(code[:-2] + wrong + code[-1]), "a wrong digit")
    filled = DIGITS[DIGITS.index(code[-1]) | 1]
    expect(t.refuses_code(code[:-1] + filled), "filling bits that are not zero")
    expect(t.refuses_code(code[:-1]), "a digit that lacks")
    expect(t.refuses_code(code[2:]), "without `we`")
    spoken = code.upper().replace("-", " ")
    exit_code, _ = t.joins(spoken, lambda channel: t.welcome(channel, invite))
    expect_equal(exit_code, 0, "the exit code with upper case and spaces")
    t.expect_same()


@case(PeerFounds)
def who_was_put_out_asks_again(t: PeerFounds) -> None:
    """11.2: under the invitation of then, and under an open one, it gets no secret."""
    t.laptop.listen()
    invited = t.invite()
    excluded, _ = t.admit("Excluded", invited)
    first, second = t.new_keys(), t.new_keys()
    of_two = t.invite()
    t.admit("Two", of_two, first, [k.device(first.person) for k in (first, second)])
    ahead, _ = t.invite(uses=9)
    t.exclude(t.author, excluded.person)
    t.write_membership(REVOKE_DEVICE, {0: first.person, 1: first.public, 2: []})
    t.session()
    for name, keys, then in (("excluded", excluded, invited), ("revoked", first, of_two)):
        for invitation in (then[0], ahead):
            code = end_code(_ask(t, invitation, keys))
            t.check_equal(code, Code.JOIN_REFUSED, f"a join of who is {name}")
    t.session()
    t.expect_same()
