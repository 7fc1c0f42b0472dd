"""Cases of sections 10 to 12: what two honest peers do, and section 16: what the program writes."""

from __future__ import annotations

from typing import Any

from ..bodies import CONTENT
from ..cbor import encode
from ..channel import REKEY_EVERY, write
from ..fold import Brain
from ..membership import Membership
from ..messages import EVENTS, HELLO, INTRODUCE, INTRODUCED, PING, RANGES
from ..session import Session
from .harness import PeerFounds, ProgramFounds, await_message
from .registry import case, expect, expect_equal


@case(ProgramFounds)
def join_and_nothing_new(t: ProgramFounds) -> None:
    t.expect_same("after joining")
    expect_equal(Membership(t.replica).persons[t.keys.person].name, "Piet", "our name")
    session = t.session()
    expect_equal((session.sent, session.received), ({HELLO: 1}, {HELLO: 1}), "messages by type")


@case(ProgramFounds)
def writes_both_ways(t: ProgramFounds) -> None:
    share = t.share(
        [1, "title", "x"], [5, "body", [[0, 0, "abc"]]], [2, "topics", "a"], [4, "seen", 2]
    )
    edits = [
        t.edit(
            share,
            [1, "title", f"edit {i}"],
            [5, "body", [[i, 1, "é"]]],
            [3 if i % 2 else 2, "topics", "a"],
            [6, "reaction", "used", True],
        )
        for i in range(4)
    ]
    t.edit(share, [5, "body", [[0, 2, "\U0001f600"]]], parents=[e.id for e in edits[:2]])
    need = t.author.write(CONTENT, t.content([0, "need"], [1, "title", "how?"]))
    t.edit(need, [6, "answered", share.id, True], [1, "lang", None])
    profile = t.content([1, "name", "Piet"], [2, "offers", {"level": "expert", "topic": "git"}])
    t.author.write(CONTENT, profile, object_=t.keys.person)
    t.laptop.run("share", "-t", "git", "-m", "Rebase every day")
    session = t.session()
    # new events in unforked logs cost two round trips after the handshake (12.3)
    expect_equal((session.sent[RANGES], session.received[RANGES]), (1, 1), "messages of ranges")
    expect_equal((session.sent[EVENTS], session.received[EVENTS]), (1, 1), "messages of events")
    t.expect_same()


@case(ProgramFounds)
def live_push(t: ProgramFounds) -> None:
    """12.3: what arrives is pushed, the program's own and what another peer gave it."""
    keys = t.new_keys()
    _, theirs, _ = t.join("Quinn", keys)
    channel = t.initiate(static=keys.channel_secret)
    second = Session(channel, theirs, keys, True, live=True).greet().run()
    first = t.session(live=True)

    t.share([1, "title", "pushed"])
    first.push()
    first.watch(lambda: first.same)
    second.watch(lambda: theirs.fingerprint() == t.replica.fingerprint())
    count = len(theirs.events)
    t.laptop.run("share", "-m", "pushed by the program")
    for session in (first, second):
        session.watch(lambda s=session: len(s.replica.events) == count + 1 and s.same)  # type: ignore[misc]
    t.expect_same()


@case(PeerFounds)
def introduction(t: PeerFounds) -> None:
    """11.2: a member that the program has not heard of, who dials and who is dialled."""
    t.laptop.listen()
    t.session()
    keys, _ = t.admit("Who dials")
    t.share(author=t.new_log(keys))
    t.session(keys=keys)
    t.expect_same("after dialling")
    t.laptop.stop()
    t.keys, _ = t.admit("Who is dialled")
    t.share(author=t.new_log())
    expect_equal(t.dials()[0], 0, "the exit code")
    t.expect_same("after being dialled")


@case(ProgramFounds)
def many_logs(t: ProgramFounds) -> None:
    """12.1: ranges inside ranges."""
    for _ in range(300):
        t.share(author=t.new_log())
    t.session()
    theirs = t.replica.copy()
    for _ in range(90):
        t.share(author=t.new_log(replica=theirs))
    t.session(replica=theirs)
    for _ in range(90):
        t.share(author=t.new_log())
    t.session()
    t.expect_same()


@case(PeerFounds)
def program_dials(t: PeerFounds) -> None:
    code, session = t.dials()
    expect_equal((code, session.sent, session.received), (0, {HELLO: 1}, {HELLO: 1}), "no news")
    for _ in range(100):
        t.share(author=t.new_log())
    t.laptop.run("share", "-m", "from the program")
    expect_equal(t.dials()[0], 0, "the exit code with news both ways")
    t.expect_same()


@case(ProgramFounds)
def large_bodies(t: ProgramFounds) -> None:
    """Section 4: bodies up to bodyBytesMax, messages of many frames."""
    empty = len(encode(t.content([0, "share"], [5, "body", [[0, 0, ""]]])))
    for size in (65470, 65471, 400000, 1048576):
        text = "x" * (size - empty - 4)
        share = t.share([5, "body", [[0, 0, text]]])
        expect(abs(share.size - size) <= 2, "the size that was meant")
    last = t.author.event(CONTENT, t.content([0, "share"], [5, "body", [[0, 0, text]]]))
    expect_equal(last.size, 1048576, "the largest body")
    t.session()
    t.expect_same()


@case(ProgramFounds)
def messages_in_small_parts(t: ProgramFounds) -> None:
    """Section 10: a message may be cut anywhere."""
    channel = t.initiate()
    channel.send_bytes(encode(t.hello(channel)), 1)
    expect_equal(await_message(channel, HELLO)[0], HELLO, "the answer")
    channel.send_bytes(encode([INTRODUCE]), 1)
    await_message(channel, INTRODUCED)
    channel.close()


@case(ProgramFounds)
def rekeying(t: ProgramFounds) -> None:
    """Section 10: each direction rekeys after 65536 of its messages."""
    session = t.session(live=True)
    sealer, ping = session.channel.sealer, encode([PING])
    while sealer.frames < REKEY_EVERY + 100:
        write(session.channel.sock, b"".join(sealer.seal(ping) for _ in range(500)))
    t.share()
    session.push()
    session.watch(lambda: session.same)
    t.expect_same()


# --- section 16 -----------------------------------------------------------------------------------

KINDS: dict[str, tuple[set[str], set[str], set[str], set[str]]] = {
    # registers, texts, sets, marks
    "share": (
        {"title", "kind", "lang", "source", "sourceHash", "byline", "retracted", "files", "goal", "about"},
        {"body"},
        {"topics"},
        {"reaction", "validation", "invited"},
    ),
    "need": (
        {"title", "status", "tried", "good", "for", "heard", "shadow", "lang", "retracted"},
        {"body"},
        {"topics"},
        {"reaction", "validation", "answered", "learnt"},
    ),
    "answer": (
        {"title", "about", "lesson", "arrived", "lang", "retracted"},
        {"body"},
        {"topics"},
        {"reaction", "validation"},
    ),
    "profile": (
        {"name", "role", "contact", "confirmed"},
        set(),
        {"offers", "learning", "languages", "responsibilities"},
        set(),
    ),
    "goal": ({"metric", "topic", "min", "by", "retracted"}, set(), set(), set()),
    "community": ({"name", "retracted"}, {"body"}, {"topics", "coaches"}, {"member"}),
}


@case(ProgramFounds)
def kinds_and_fields(t: ProgramFounds) -> None:
    """Section 16: what the program writes has the kinds, fields and values of the table."""
    ours, run = t.share([1, "title", "Ours"]).id.hex(), t.laptop.run
    t.session()
    share = run("share", "-k", "howto", "-t", "Big Data", "--title", "T", "-m", "One\ntwo")["id"]
    asked = run("ask", "How do I restore it?", "-t", "sqlite", "--tried", "luck", "--yes")
    need = asked["need"]["id"]
    run("answer", need, "-m", "Copy it first", "--resolve")
    run("react", share, "thanks")
    run("validate", ours, "--note", "tried it", "--until", "2100")
    run("edit", share, "--title", "Another")
    run("profile", "offer", "sqlite", "--level", "expert")
    run("profile", "responsibility", "the backups")
    run("brain", "goals", "--metric", "bus-factor", "--min", "2", "-t", "sqlite", "--by", "2100")
    run("community", "add", "Data", "--about", "All about data", "-t", "sqlite")
    run("ask", "Who knows tape?", "--for", "Ria", "--heard", "--shadow", "--yes")
    run("share", "-k", "log", "--on", share, "-m", "Step one")
    run("retract", run("share", "-m", "soon gone")["id"], "--yes")
    t.session()
    brain = Brain(t.replica)
    states: dict[str, list[list[Any]]] = {}
    for where in brain.objects:
        state = brain.state(where)
        states.setdefault(state[1], []).append(state)
    expect_equal(states.keys(), KINDS.keys(), "the kinds")
    for kind, (registers, texts, sets, marks) in KINDS.items():
        for state in states[kind]:
            expect(state[4].keys() <= registers, f"registers of {kind}: {state[4].keys()}")
            expect(state[5].keys() <= texts, f"texts of {kind}: {state[5].keys()}")
            expect(state[6].keys() <= sets, f"sets of {kind}: {state[6].keys()}")
            expect({m[0] for m in state[8]} <= marks, f"marks of {kind}: {state[8]}")
            expect_equal(state[7], {}, f"counters of {kind}")
    howto = next(s for s in states["share"] if s[4]["title"] == ["Another"])
    expect_equal(howto[4]["kind"], ["howto"], "the kind of share")
    expect_equal(howto[6], {"topics": ["big-data"]}, "a topic")
    (reaction,) = howto[8]
    (validation,) = next(s for s in states["share"] if s[0].hex() == ours)[8]
    expect_equal((reaction[1], reaction[3]), ("thanks", True), "a reaction")
    expect_equal((validation[1], validation[3]["note"]), ("", "tried it"), "a validation")
    expect(isinstance(validation[3]["until"], int), "until in milliseconds")
    expect_equal((reaction[4], validation[4]), (False, True), "current: edited or not")
    about, status = states["answer"][0][4]["about"], states["need"][0][4]["status"]
    expect_equal((about, status), ([bytes.fromhex(need)], ["resolved"]), "an answer and its need")
    profile = next(s for s in states["profile"] if s[6])
    expect_equal(profile[6]["offers"], [{"level": "expert", "topic": "sqlite"}], "an offer")
    owed = {"result": "", "what": "the backups", "why": ""}
    expect_equal(profile[6]["responsibilities"], [owed], "a responsibility")
    t.expect_same()
