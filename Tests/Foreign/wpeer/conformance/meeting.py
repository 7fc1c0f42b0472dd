"""Cases of section 11.2: who was put out, a replaced secret, a further device; 12.2: bodies."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from ..bodies import CONTENT, COUNCIL, GRANT, READMIT, REVOKE_DEVICE
from ..cbor import encode
from ..channel import Channel, Closed
from ..events import Event, run_of
from ..identity import DeviceCode, DeviceKeys, RecoveryKey, seal, team_psk
from ..membership import FOUNDER, Membership
from ..messages import (
    BYE,
    ENROL,
    EVENTS,
    HELLO,
    PAIRING,
    RANGES,
    SENT,
    SYNCED,
    TOTALS,
    INVITED,
    WANT,
    Code,
)
from ..noise import BadSeal
from ..replica import Replica
from ..session import Ended, Session
from .harness import SECRETS_TRIED, PeerFounds, ProgramFounds, Team, await_message, end_code
from .registry import Environment, case, eventually, expect, expect_equal

TRUST = 4  # the exit code of what ends for want of trust


class Listening(PeerFounds):
    def __init__(self, environment: Environment):
        super().__init__(environment)
        self.laptop.listen()


# --- who was put out ------------------------------------------------------------------------------


def past_of(replica: Replica, *events: Event) -> set[bytes]:
    """These events and their past."""
    out, stack = set[bytes](), [e.id for e in events]
    while stack:
        i = stack.pop()
        if i not in out:
            out.add(i)
            stack += replica.events[i].links
    return out


def _ends_with(code: Code, work: Callable[[], Any]) -> None:
    """A session ends with the peer's `bye`."""
    try:
        work()
    except Ended as end:
        expect_equal((end.code, end.ours), (code, False), "how the session ends")
    else:
        raise AssertionError("the session goes on")


def _expect_told(t: Team, keys: DeviceKeys, theirs: Replica, *acts: Event) -> None:
    """Who was put out dials: it gets the proof and nothing else, and nothing of it is taken."""
    before = set(theirs.events)
    late = t.new_log(keys, replica=theirs).write(0, t.content([0, "share"]))
    channel = t.initiate(static=keys.channel_secret)
    session = Session(channel, theirs, keys, True)

    def goes_on() -> None:
        session.greet()
        with suppress(Closed):
            session.send(EVENTS, [run_of([late])])
        session.watch(lambda: False)

    _ends_with(Code.EXCLUDED, goes_on)
    expect(set(session.received) <= {HELLO, EVENTS, BYE}, f"messages: {session.received}")
    expect_equal(set(theirs.events) - {late.id}, before | past_of(t.replica, *acts), "its events")
    t.expect_same("after who was put out came")


@case(Listening)
def put_out(t: Listening) -> None:
    """An exclusion, then a readmission and a second exclusion: those that stand are shown."""
    keys, _ = t.admit("Excluded")
    t.share(author=t.new_log(keys))
    t.session()
    theirs = t.replica.copy()
    t.admit("Later")
    t.share([1, "title", "not for everyone"])
    first = t.exclude(t.author, keys.person)
    t.session()
    _expect_told(t, keys, theirs.copy(), first)
    t.write_membership(READMIT, {0: keys.person, 1: [first.id], 2: []})
    t.session()
    t.session(keys=keys, replica=theirs.copy())
    second = t.exclude(t.author, keys.person)
    t.session()
    _expect_told(t, keys, theirs.copy(), second)


@case(Listening)
def put_out_and_lifted_by_a_junior(t: Listening) -> None:
    """A lift by one who is not senior enough takes nothing away, not from the proof either."""
    keys, junior = t.admit("Excluded")[0], t.admit("Junior")[0]
    t.grant(junior.person, [junior.public])
    t.session()
    theirs = t.replica.copy()
    exclusion = t.exclude(t.author, keys.person)
    t.write_membership(READMIT, {0: keys.person, 1: [exclusion.id], 2: []}, t.new_log(junior))
    t.session()
    t.expect_same()
    _expect_told(t, keys, theirs, exclusion)


@case(Listening)
def a_revoked_device_is_told(t: Listening) -> None:
    """The other device of the person goes on."""
    first, second = t.new_keys(), t.new_keys()
    devices = [k.device(first.person) for k in (first, second)]
    t.admit("Two", keys=first, devices=devices)
    t.session()
    theirs = t.replica.copy()
    t.share()
    fields = {0: first.person, 1: second.public, 2: []}
    revocation = t.write_membership(REVOKE_DEVICE, fields)
    t.session()
    _expect_told(t, second, theirs.copy(), revocation)
    t.session(keys=first, replica=theirs)
    expect_equal(theirs.fingerprint(), t.replica.fingerprint(), "what the other holds")


@case(Listening)
def put_out_in_an_open_session(t: Listening) -> None:
    keys, _ = t.admit("Excluded")
    t.session()
    theirs = t.replica.copy()
    channel = t.initiate(static=keys.channel_secret)
    session = Session(channel, theirs, keys, True, live=True).greet().run()
    exclusion = t.exclude(t.author, keys.person)
    t.session()
    _ends_with(Code.EXCLUDED, lambda: session.watch(lambda: False))
    expect(exclusion.id in theirs.events, "the proof comes")
    share = t.share()
    t.session()
    expect(share.id not in theirs.events, "nothing else comes")


@case(Listening)
def the_role_none(t: Listening) -> None:
    """Who was admitted as nobody is put out, and has no proof of more than that."""
    keys, _ = t.admit("Nobody", t.invite(role=0))
    t.session()
    _expect_told(t, keys, t.replica.copy())


@case(Listening)
def devices_that_only_say_whose_they_are(t: Listening) -> None:
    """11.2: a device that a stored event states, and that did not join, is nobody's."""
    member, _ = t.admit("Member")
    stranger = t.new_keys()
    device = stranger.device(t.keys.person)
    t.write_membership(READMIT, {0: t.keys.person, 1: [], 2: [device]}, t.new_log(member))
    t.session()
    channel = t.initiate(static=stranger.channel_secret)
    session = Session(channel, t.replica, stranger, True, live=True)
    _ends_with(Code.UNKNOWN_DEVICE, lambda: session.greet().watch(lambda: False))


@case(PeerFounds)
def the_program_is_put_out(t: PeerFounds) -> None:
    """It believes the events, not the `bye`."""

    def say_bye(channel: Channel) -> None:
        channel.send(*t.hello(channel, initiator=False))
        channel.send(BYE, Code.EXCLUDED, "put out")
        end_code(channel)

    t.dials(say_bye)
    t.laptop.run("share", "-m", "not yet")
    expect_equal(t.dials()[0], 0, "the exit code after a bye without proof")
    (keys,) = (p for p in Membership(t.replica).persons if p != t.keys.person)
    exclusion = t.exclude(t.author, keys)
    share = t.share()
    session: Session | None = None

    def respond(channel: Channel) -> None:
        nonlocal session
        session = Session(channel, t.replica, t.keys, False)
        with suppress(Ended):
            session.greet()

    expect_equal(t.dials(respond)[0], TRUST, "the exit code of sync")
    expect(session is not None and not session.is_peer_known, "we know no such device")
    lines = t.bodies()
    expect(exclusion.id in lines and share.id not in lines, "the proof and nothing else")
    expect_equal(t.laptop.attempt("share", "-m", "late")[0], TRUST, "the exit code of share")


# --- a replaced secret ----------------------------------------------------------------------------


def _opens(t: Team, secret: bytes) -> bool:
    channel = None
    try:
        channel = t.initiate(team_psk(secret))
    except Closed:
        return False
    finally:
        if channel:
            channel.close()
    return True


@case(ProgramFounds)
def the_program_replaces_the_secret(t: ProgramFounds) -> None:
    """8.4, 10: with an exclusion; the newest four open the channel."""
    for n in range(SECRETS_TRIED):
        keys = t.new_keys()
        t.join(f"Guest {n}", keys)
        words = ["--reason", "a reason", "--severe", "--confirm", f"Guest {n}"]
        t.laptop.run("safety", "exclude", f"Guest {n}", *words)
        known = len(t.secrets())
        eventually(lambda: _syncs(t), "the laptop listens with what it decided")
        secrets = t.secrets()
        expect_equal(len(secrets), known + 1, "secrets that we can open")
        expect(not Membership(t.replica).secrets(keys), "none is sealed to who was put out")
        opened = [_opens(t, s) for s in secrets]
        expect_equal(opened, [n < SECRETS_TRIED for n in range(len(secrets))], "which open")
    _, _, newest = t.join("Late", t.new_keys())
    expect_equal(newest, t.secrets()[0], "the first secret of welcome")


def _syncs(t: Team) -> bool:
    t.session()
    return True


@case(Listening)
def a_secret_by_order(t: Listening) -> None:
    """8.4: the greatest (epoch, lamport, id) that a device can open, of those that count."""
    laptop = next(d for d in Membership(t.replica).channels.items() if d[0] != t.keys.public)
    both = dict([laptop, (t.keys.public, t.keys.channel)])
    member, _ = t.admit("Member")
    newest = t.replace_secret(5, both)
    t.replace_secret(4, both)
    void = t.replace_secret(7, both, author=t.new_log(member))
    garbage = {0: 6, 1: [[laptop[0], t.randbytes(80)], [laptop[0], seal(b"short", laptop[1])]]}
    t.write_membership(11, garbage)
    others = t.replace_secret(8, {t.keys.public: t.keys.channel})
    t.session()
    expect(not _opens(t, void), "a member's secret opens nothing")
    expect(not _opens(t, others), "nor one that is not the laptop's to open")
    t.laptop.stop()
    expect_equal(t.dials()[0], 0, "the exit code")
    expect_equal(t.opened_by, newest, "what the program dials with")
    t.expect_same()


@case(PeerFounds)
def a_missed_change_of_secret(t: PeerFounds) -> None:
    """The program dials with an older one, then with the newest; and one who missed it."""
    devices = Membership(t.replica).channels
    newest = t.replace_secret(1, devices)
    expect_equal(t.dials()[0], 0, "the exit code")
    expect_equal(t.opened_by, t.secret, "what the program dials with before")
    expect_equal(t.dials()[0], 0, "the exit code")
    expect_equal(t.opened_by, newest, "what the program dials with afterwards")
    t.laptop.run("share", "-m", "for one who missed it")
    t.known_secrets = lambda: [t.secret]  # type: ignore[method-assign]
    with t.laptop.running("sync", t.address, "--once") as process:
        try:
            t.accept().close()
        except (BadSeal, Closed):
            pass
        else:
            raise AssertionError("the program dials with the older one first")
        t.respond(t.accept())
        expect_equal(process.exit_code(), 0, "the exit code with the older one")
    t.expect_same()


# --- a further device -----------------------------------------------------------------------------


@case(ProgramFounds)
def a_further_device(t: ProgramFounds) -> None:
    """It joins by `device add`; the code is spent then."""
    t.laptop.stop()
    words = ["device", "add", "--port", "0", "--host", "127.0.0.1"]
    with t.laptop.running(*words) as process:
        offer = process.line()["data"]
        t.laptop.port, code = offer["port"], DeviceCode.parse(offer["code"])
        t.check_equal(_enrol(t, code, other=True), Code.BAD_PROOF, "a device of another person")
        static = t.new_keys()
        t.check_equal(_enrol(t, code, static=static), Code.BAD_PROOF, "another channel key")
        t.session()
        keys = t.new_keys("second")
        channel = t.initiate(code.psk, keys.channel_secret)
        session, admission, secrets, person = Session.enrol(channel, keys, code)
        session.run()
        expect(t.secret in secrets, "the team secret is among those of welcome")
        expect_equal(process.exit_code(), 0, "the exit code of device add")
    t.laptop.listen()
    e = session.replica.events[admission]
    expect_equal(e.value[1:], [7, {0: person, 1: keys.device(person)}], "the admission")
    expect(Membership(session.replica).is_active(keys.public), "the device joined")
    try:
        t.initiate(code.psk)
    except Closed:
        pass
    else:
        raise AssertionError("the code opens the channel once more")
    author = t.new_log(keys, replica=session.replica)
    t.share([1, "title", "by the second device"], author=author)
    t.session(keys=keys, replica=session.replica)
    t.session()
    t.expect_same()


def _enrol(
    t: Team, code: DeviceCode, other: bool = False, static: DeviceKeys | None = None
) -> Code | str:
    keys = t.new_keys()
    channel = t.initiate(code.psk, (static or keys).channel_secret)
    _, _, person, _ = await_message(channel, PAIRING)
    channel.send(ENROL, keys.device(keys.person if other else person))
    return end_code(channel)


@case(PeerFounds)
def the_program_as_a_further_device(t: PeerFounds) -> None:
    code = DeviceCode(t.salt(), t.replica.team[:8])
    t.device_codes = [code]
    t.replace_laptop()
    expect(t.refuses_code("we" + code.code[2:]), "the check is of a device code")
    another = DeviceCode(t.salt(), t.randbytes(8))

    def offer(channel: Channel) -> Code | str:
        channel.send(PAIRING, t.replica.team, t.keys.person, "Team Py")
        return end_code(channel)

    t.device_codes = [another, code]
    _, ended = t.joins(another.code, offer)
    expect_equal(ended, Code.OTHER_TEAM, "another team")

    def of_an_invitation(channel: Channel) -> Code | str:
        channel.send(INVITED, t.replica.team, t.replica.team, "Team Py")
        return end_code(channel)

    _, ended = t.joins(code.code, of_an_invitation)
    expect_equal(ended, Code.UNEXPECTED_MESSAGE, "invited where pairing is awaited")
    exit_code, session = t.joins(code.code, lambda c: _pair(t, c))
    expect_equal(exit_code, 0, "the exit code of join")
    expect_equal(len(Membership(t.replica).persons[t.keys.person].devices), 2, "our devices")
    t.laptop.run("share", "-m", "by the second device")
    expect_equal(t.dials()[0], 0, "the exit code of sync")
    t.expect_same()


def _pair(t: PeerFounds, channel: Channel) -> Session:
    expect(isinstance(t.opened_by, DeviceCode), "the program joins under the device code")
    return Session.pair(channel, t.author, t.secrets(), t.salt()).run()


@case(ProgramFounds)
def printed_recovery_keys(t: ProgramFounds) -> None:
    """6, 8.2: keys that the program prints sign a decision, and it takes what they decide."""
    printed = t.laptop.run("team", "recovery", "--keys", "3", "--agree", "2")["keys"]
    keys = [RecoveryKey.parse(code) for code in printed]
    expect(all(k.team_prefix == t.replica.team[:8] for k in keys), "whose keys they are")
    t.session()
    fields = [t.keys.person, FOUNDER, [t.keys.public], []]
    proposal = encode([GRANT, dict(enumerate(fields))])
    signed = encode([t.replica.team, b"", proposal])
    signatures = [[k.key.public, k.key.sign("weonomy/1 council", signed)] for k in keys[1:]]
    t.write_membership(COUNCIL, {0: proposal, 1: b"", 2: signatures})
    t.session()
    t.expect_same()
    expect_equal(Membership(t.replica).persons[t.keys.person].role, FOUNDER, "our role")


# --- bodies ---------------------------------------------------------------------------------------


def _without_bodies(t: Team, n: int = 1) -> list[Event]:
    """Shares of which the program gets no body."""
    shares = [t.share([1, "title", "withheld"], author=t.new_log()) for _ in range(n)]
    bare = t.replica.copy()
    for e in shares:
        bare.events[e.id].body = None
    bare.wanted = list  # type: ignore[method-assign, assignment]
    t.session(replica=bare)
    return shares


@case(ProgramFounds)
def bodies_that_are_asked_for(t: ProgramFounds) -> None:
    """12.2: with nothing else new; by the program and by us; and of what was erased, none."""
    one, two = _without_bodies(t, 2)
    session = t.session()
    expect_equal(session.received[WANT], 1, "the program's messages of want")
    t.expect_same("with the bodies")
    theirs = t.replica.copy()
    theirs.events[one.id].body = None
    session = t.session(replica=theirs)
    expect_equal(theirs.events[one.id].body, one.body, "the body that we asked for")
    t.edit(two, [7, [two.id]])
    t.session()
    old = t.replica.copy()
    old.erased = set()
    old.events[two.id].body = None
    t.session(replica=old)
    expect_equal(old.events[two.id].body, None, "what is erased is not sent")
    channel = t.greeted()
    expect_equal(await_message(channel, HELLO)[5], 0, "nothing erased is wanted")
    channel.close()
    t.expect_same("in the end")


@case(Listening)
def a_body_that_one_peer_withholds(t: Listening) -> None:
    """It is asked for from another, who dials and who is dialled."""
    keys, _ = t.admit("Another")
    t.session()
    _without_bodies(t)
    t.session(keys=keys, replica=t.replica.copy())
    t.expect_same("by another who dials")
    _without_bodies(t)
    t.laptop.stop()
    expect_equal(t.dials()[0], 0, "the exit code")
    t.expect_same("by one who is dialled")


@case(ProgramFounds)
def wants_at_any_time(t: ProgramFounds) -> None:
    """11.3, 12.2: in the round where a hello said so, else once the program is at rest."""
    totals, nothing = [TOTALS, 0, 0], [RANGES, [[0, b""]]]
    ids = [e.id for e in t.replica.of_class(CONTENT)]

    def begun(wanted: int, *messages: Any) -> Any:
        t.share()
        channel = t.initiate()
        channel.send(*t.hello(channel, wanted=wanted))
        await_message(channel, RANGES)
        for message in messages:
            channel.send(*message)
        return channel

    def answered(name: str, wanted: int, *messages: Any) -> None:
        channel = begun(wanted, *messages)
        channel.send(SENT)
        channel.send(SYNCED, *t.replica.fingerprint())
        (run,) = await_message(channel, EVENTS)[1]
        t.check_equal(len(run[5]), len(ids), name)
        channel.close()

    want = [WANT, [bytes(32), *ids]]
    answered("in a round", 2, nothing, want, totals)
    answered("before comparing", 1, want, nothing, totals)
    answered("nothing was lacking", 0, nothing, want, totals)
    answered("twice", 1, nothing, want, want, totals)
    answered("after totals", 1, nothing, totals, want)
    bad = Code.BAD_MESSAGE
    t.check_equal(end_code(begun(1, nothing, [WANT, [bytes(32)] * 1025])), bad, "too many")
    t.check_equal(end_code(begun(1, nothing, [WANT, [bytes(31)]])), bad, "what is no id")


@case(PeerFounds)
def wanted_by_the_program(t: PeerFounds) -> None:
    """11, 12.2: how many it says that it lacks, and its one `want`."""
    t.laptop.listen()
    lacking = {e.id for e in _without_bodies(t, 3)}
    channel = t.greeted()
    expect_equal(await_message(channel, HELLO)[5], len(lacking), "how many")
    await_message(channel, RANGES)
    channel.send(RANGES, [[0, b""]])
    expect_equal(set(await_message(channel, WANT)[1]), lacking, "which")
    await_message(channel, TOTALS)
    channel.close()
    t.session()
    t.expect_same()
