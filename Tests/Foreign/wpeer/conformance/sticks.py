"""Section 16.2: what is carried by a stick, both ways, and joining by it."""

from __future__ import annotations

from pathlib import Path

from ..bodies import CONTENT, MEMBERSHIP
from ..identity import Invitation, seal
from ..messages import ANSWER, JOIN, RANGES, SENT
from ..replica import WALL, Ingest
from ..round import summary
from ..session import join_request
from ..stick import (
    BUNDLE,
    FRONTIER,
    REQUEST,
    Content,
    bundle_messages,
    file_name,
    folder_name,
    heading_of,
    read,
    write,
)
from .harness import PeerFounds, Team
from .registry import case, expect, expect_equal


class Stick:
    """A folder that goes back and forth between the program and us."""

    def __init__(self, t: Team):
        self.t, self.path = t, Path(t.laptop.folder, "stick")
        self.path.mkdir(exist_ok=True)

    @property
    def folder(self) -> Path:
        return self.path / "Weonomy" / folder_name(self.t.replica.team[:8])

    def carry(self, *words: str, code: int = 0) -> dict[str, object]:
        exit_code, answer = self.t.laptop.attempt("carry", str(self.path), *words)
        expect_equal(exit_code, code, f"the exit code of carry: {answer}")
        return dict(answer.get("data") or {})

    def found(self, kind: str) -> list[Content]:
        files = sorted(self.folder.glob(f"*.{kind}"))
        return [read(file.read_bytes(), [self.t.secret], self.t.keys) for file in files]

    def take_in(self) -> None:
        ingest = Ingest(self.t.replica, None)
        for content in self.found("bundle"):
            if content.about and content.about.device != self.t.keys.public:
                for events in content.events(self.t.replica.team):
                    ingest.take(events)
        ingest.settle()

    def leave(self, messages: list[list[object]] | None = None) -> None:
        """All that we hold, and that we hold it."""
        t, holds = self.t, self.t.replica.fingerprint()
        self.folder.mkdir(parents=True, exist_ok=True)
        events = t.replica.of_class(MEMBERSHIP) + t.replica.of_class(CONTENT)
        logs = [summary(t.replica, key) for key in sorted(t.replica.logs)]
        frontier = [[RANGES, [[ANSWER, b"", logs]]], [SENT]]
        for kind, said in ((BUNDLE, messages or bundle_messages(events)), (FRONTIER, frontier)):
            name = file_name(kind, t.keys.public, t.secret)
            data = write(kind, t.secret, t.randbytes(16), t.keys, WALL, holds, said)
            (self.folder / name).write_bytes(data)


@case(PeerFounds)
def by_stick(t: PeerFounds) -> None:
    """Each side reads what the other left, and leaves only what the other lacks."""
    stick = Stick(t)
    t.share([1, "title", "by hand"])
    stick.leave()
    t.laptop.run("share", "-m", "From the program")
    stick.carry()
    (frontier,) = (f for f in stick.found("frontier") if f.about.device != t.keys.public)
    expect(frontier.whole, "a whole frontier")
    held = len(t.replica.events)
    stick.take_in()
    t.expect_same("after one visit of each")
    (bundle,) = (b for b in stick.found("bundle") if b.about.device != t.keys.public)
    sent = [e for run in bundle.events(t.replica.team) for e in run]
    expect_equal(len(sent), len(t.replica.events) - held, "events in the delta")
    stick.leave()
    stick.carry()
    bundles = {b.about.device for b in stick.found("bundle")}
    expect_equal(bundles, {t.keys.public}, "whose bundles are left where nobody lacks anything")


@case(PeerFounds)
def cut_bundles(t: PeerFounds) -> None:
    """A record that is whole is taken, whatever is behind it; the visit says so."""
    stick = Stick(t)
    shares = [t.share([1, "title", str(n)]) for n in range(4)]
    events = t.replica.of_class(MEMBERSHIP) + t.replica.of_class(CONTENT)
    totals, first, _ = bundle_messages(events[:-2])
    second = bundle_messages(shares[-2:])[1]
    stick.leave([totals, first, second, [SENT]])
    path = stick.folder / file_name(BUNDLE, t.keys.public, t.secret)
    whole = path.read_bytes()
    path.write_bytes(whole[:-60] + bytes(60))
    stick.carry(code=3)
    expect_equal(t.laptop.run("status")["events"], len(events) - 2, "events of what was whole")
    path.write_bytes(whole)
    stick.carry()
    t.expect_same("with the rest")


@case(PeerFounds)
def joining_by_stick(t: PeerFounds) -> None:
    """The program asks by a note that we leave, and comes in by a box that we leave."""
    invitation, invite = t.invite()
    t.replace_laptop()
    stick = Stick(t)
    salt = t.randbytes(16)
    note = _note(t, invitation, invite.id, salt)
    _leave_frontier(t, stick, salt, [], [note])
    code = Path(t.laptop.folder, "code")
    code.write_text(invitation.code)
    words = ["join", str(stick.path), "--name", "Bram", "--code-file", str(code)]
    expect_equal(t.laptop.attempt(*words)[0], 0, "the exit code of asking")
    (request,) = stick.folder.glob("*.request")
    content = read(request.read_bytes(), [invitation.psk])
    ((type_, invite_id, person, name, devices, nonce, proof),) = content.messages
    expect_equal((type_, invite_id, name), (JOIN, invite.id, "Bram"), "the request")
    fields = [invite.id, person, name, devices, nonce, proof]
    admit = [t.salt(), 2, dict(enumerate(fields))]
    t.author.write(MEMBERSHIP, admit, parents=t.membership_heads())
    stick.leave()
    _leave_frontier(t, stick, salt, [seal(t.secret, devices[0][1])], [note])
    expect_equal(t.laptop.attempt(*words)[0], 0, "the exit code of coming in")
    stick.take_in()
    t.expect_same("with the newcomer")
    expect(not list(stick.folder.glob("*.request")), "the request is gone")


def _note(t: Team, invitation: Invitation, invite: bytes, salt: bytes) -> bytes:
    from nacl.bindings import crypto_aead_xchacha20poly1305_ietf_encrypt as encrypt

    from ..cbor import encode
    from ..identity import D
    from ..messages import INVITED

    key = D("weonomy/1 bundle note", invitation.psk + salt)
    message = encode([INVITED, t.replica.team, invite, "Team Py"])
    return encrypt(message, b"", bytes(24), key)


def _leave_frontier(
    t: Team, stick: Stick, salt: bytes, boxes: list[bytes], notes: list[bytes]
) -> None:
    stick.folder.mkdir(parents=True, exist_ok=True)
    logs = [summary(t.replica, key) for key in sorted(t.replica.logs)]
    said = [[RANGES, [[ANSWER, b"", logs]]], [SENT]]
    holds = t.replica.fingerprint()
    data = write(FRONTIER, t.secret, salt, t.keys, WALL, holds, said, boxes, notes)
    (stick.folder / file_name(FRONTIER, t.keys.public, t.secret)).write_bytes(data)


@case(PeerFounds)
def notes_of_the_program(t: PeerFounds) -> None:
    """We find the program's note for an invitation, ask, and are let in by its box."""
    stick = Stick(t)
    invited = t.invite()
    stick.leave()
    stick.carry()
    keys = t.new_keys("newcomer")
    frontiers = list(stick.folder.glob("*.frontier"))
    invitation, invite = invited
    headings = [heading_of(file.read_bytes())[0] for file in frontiers]
    (found,) = [m for m in (h.invited(invitation.psk) for h in headings) if m]
    expect_equal(found[1:3], [t.replica.team, invite.id], "the note")
    request = join_request(
        invitation, t.replica.team, invite.id, "Nel", [keys.device()], t.randbytes(16)
    )
    data = write(REQUEST, invitation.psk, t.randbytes(16), keys, 0, (b"", 0), [request])
    (stick.folder / file_name(REQUEST, keys.public, invitation.psk)).write_bytes(data)
    answer = stick.carry()
    expect(bool(answer.get("admitted")), f"taken in: {answer}")
    own = [heading_of(file.read_bytes())[0] for file in stick.folder.glob("*.frontier")]
    secrets = [s for s in (_boxed(h, keys) for h in own) if s]
    expect_equal(secrets, [t.secret], "the secret in the box")


def _boxed(heading: object, keys: object) -> bytes | None:
    from ..cbor import BadForm

    try:
        return heading.secret([], keys)  # type: ignore[attr-defined,no-any-return]
    except BadForm:
        return None
