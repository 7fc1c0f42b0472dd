"""Section 19: every example block of Protocol.md, computed from the inputs named beside it."""

from __future__ import annotations

import re
from contextlib import nullcontext
from pathlib import Path

from ..beacon import Beacon, key_of, seal
from ..bodies import ADMIT, CONTENT, GENESIS, INVITE, MEMBERSHIP
from ..cbor import encode
from ..channel import Sealer, framed
from ..events import run_of
from ..fingerprint import Fingerprint
from ..files import File
from ..fold import Brain
from ..identity import DeviceKeys, Invitation, SigningKey, team_psk
from ..messages import ANSWER, NEWS, RANGES, SENT
from ..noise import Initiator, Responder
from ..replica import CREATED, WALL, Author, Replica
from ..round import describe, summary
from ..session import hello, join_request
from ..stick import BUNDLE, FRONTIER, bundle_messages, file_name, folder_name
from ..stick import write as write_carried
from ..text import Hunk, TextWrite, merge
from .registry import Environment, case, expect_equal

SALT, LOG = bytes(range(16)), bytes(range(1, 9))
ANNA = DeviceKeys(SigningKey(b"\1" * 32), b"\2" * 32, "laptop")
BRAM = DeviceKeys(SigningKey(b"\5" * 32), b"\6" * 32, "desk")
TEAM_PSK = team_psk(b"\4" * 32)


def read_examples(page: str) -> dict[str, str]:
    blocks = re.findall(r"^```example (\S+)\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    return {name: "".join(text.split()) for name, text in blocks}


def _identity() -> dict[str, bytes]:
    return {
        "device-key": ANNA.public,
        "channel-key": ANNA.channel,
        "person": ANNA.person,
        "device": encode(ANNA.device()),
        "team-psk": TEAM_PSK,
    }


def _beacon() -> dict[str, bytes]:
    hour = WALL // 3_600_000
    beacon = Beacon(bytes(range(1, 9)), 1, ANNA.public[:8], 7431, bytes.fromhex("1122334455667788"))
    return {
        "beacon-key": key_of(b"\4" * 32, hour),
        "beacon-plain": beacon.plain,
        "beacon": seal(beacon, b"\4" * 32, hour, b"\x0a" * 24),
    }


def _team() -> tuple[Replica, dict[str, bytes]]:
    """Sections 6, 7.3, 9.2 and 12: a replica that holds the five events, and its examples."""
    fields = {0: "Team Noord", 1: "Anna", 2: [ANNA.device()], 3: False, 4: [], 5: 0, 6: ""}
    author = Author(Replica(b""), ANNA, LOG)
    genesis = author.event(MEMBERSHIP, [SALT, GENESIS, fields])
    replica = Replica(genesis.id)
    replica.add(genesis)
    author = Author(replica, ANNA, LOG)

    invitation = Invitation(b"\3" * 16, genesis.id[:8])
    fields = {0: invitation.key.public, 1: invitation.psk, 2: 2, 3: 1, 4: None, 5: "Bram"}
    invite = author.write(MEMBERSHIP, [SALT, INVITE, fields], parents=[genesis.id])

    request = join_request(invitation, genesis.id, invite.id, "Bram", [BRAM.device()], b"\7" * 16)
    admit_body = [SALT, ADMIT, dict(enumerate(request[1:]))]
    admit = author.write(MEMBERSHIP, admit_body, parents=[invite.id])

    changes = [
        [0, "share"],
        [1, "title", "WAL over NFS"],
        [5, "body", [[0, 0, "It fails."]]],
        [2, "topics", "sqlite"],
    ]
    share = author.write(CONTENT, [SALT, changes])
    changes = [[1, "title", "No WAL over NFS"]]
    edit = author.write(
        CONTENT, [SALT, changes], object_=share.id, parents=[share.id], wall=WALL + 60000
    )
    brain = Brain(replica)
    return replica, {
        "genesis-body": genesis.body or b"",
        "genesis-header": genesis.header,
        "genesis-signature": genesis.signature,
        "genesis-id": genesis.id,
        "invite-key": invitation.key.public,
        "invite-psk": invitation.psk,
        "invite-body": invite.body or b"",
        "invite-id": invite.id,
        "admit-proof": request[6],
        "admit-id": admit.id,
        "share-body": share.body or b"",
        "share-header": share.header,
        "share-id": share.id,
        "edit-id": edit.id,
        "run": encode(run_of([share, edit])),
        "fingerprint": Fingerprint([share.id, edit.id]).value(),
        "nothing": Fingerprint().value(),
        "state": encode(brain.state((CREATED, share.id))),
        "brain-digest": brain.digest(),
        "ranges": encode([RANGES, describe(replica)]),
    }


def _channel(replica: Replica) -> dict[str, bytes]:
    """Section 10: Bram dials Anna."""
    bram = Initiator(TEAM_PSK, BRAM.channel_secret, b"\10" * 32)
    anna = Responder([TEAM_PSK], ANNA.channel_secret, b"\11" * 32)
    one = bram.write1()
    anna.read1(one)
    two = anna.write2()
    bram.read2(two)
    three = bram.write3()
    anna.read3(three)
    expect_equal(anna.state.h, bram.state.h, "the handshake hashes of both")
    message = encode(hello(BRAM, replica.fingerprint(), bram.state.h, initiator=True))
    return {
        "handshake-1": framed(one),
        "handshake-2": framed(two),
        "handshake-3": framed(three),
        "handshake-hash": bram.state.h,
        "hello": message,
        "hello-frame": Sealer(bram.state.split()[0]).seal(message),
    }


def _texts() -> dict[str, bytes]:
    """Section 9.1: texts that several persons changed without knowing of each other."""

    def write(n: int, person: str, lamport: int, past: set[int], *hunks: Hunk) -> TextWrite:
        ids = frozenset(bytes([i]) * 32 for i in past)
        return TextWrite(bytes([n]) * 32, person.encode() * 32, lamport, ids, list(hunks))

    order = [
        write(1, "a", 1, set(), (0, 0, "A")),
        write(2, "b", 1, set(), (0, 0, "B")),
        write(3, "c", 2, {1, 2}, (1, 0, "C")),
        write(4, "d", 2, {1}, (1, 0, "D")),
    ]
    three_ways = [
        write(1, "a", 1, set(), (0, 0, "The cat sat.")),
        write(2, "b", 2, {1}, (4, 3, "dog")),
        write(3, "c", 2, {1}, (4, 8, "dog ran.")),
        write(4, "d", 2, {1}, (11, 0, " down")),
    ]
    return {"text-order": merge(order).encode(), "text-three-ways": merge(three_ways).encode()}


def _carried(replica: Replica) -> dict[str, bytes]:
    """Section 16.2: what Anna's laptop leaves on a stick."""
    secret, holds = b"\4" * 32, replica.fingerprint()
    logs = [summary(replica, key) for key in sorted(replica.logs)]
    frontier = [[RANGES, [[ANSWER, b"", logs]]], [SENT]]
    bundle = bundle_messages(replica.of_class(CONTENT))
    salts = bytes(range(16)), bytes(range(16, 32))
    return {
        "carried-frontier": write_carried(
            FRONTIER, secret, salts[0], ANNA, WALL, holds, frontier
        ),
        "carried-bundle": write_carried(BUNDLE, secret, salts[1], ANNA, WALL, holds, bundle),
    }


def _files() -> dict[str, bytes]:
    """Section 11.4: of one chunk, and of three."""
    small, large = File(b"\7" * 300), File(b"\7" * 150_000)
    return {
        "file-small-leaf": small.leaves[0],
        "file-small-id": small.id,
        "file-large-leaves": b"".join(large.leaves),
        "file-large-id": large.id,
        "file-leaves": encode(large.segment(0)),
    }


def _news() -> dict[str, bytes]:
    """Section 11.5: what is told of Bram's device."""
    ahead = [[bytes([CONTENT]) + BRAM.public + bytes(range(1, 9)), 2]]
    return {"news": encode([NEWS, [[BRAM.public, WALL, 3, ahead, ["192.168.1.7:7431"]]]])}


def compute_examples() -> dict[str, str]:
    replica, of_team = _team()
    invitation = Invitation(b"\3" * 16, replica.team[:8])
    examples = {
        **_identity(), **of_team, **_channel(replica), **_texts(), **_carried(replica), **_beacon(),
        **_files(), **_news(),
    }  # fmt: skip
    return {name: value.hex() for name, value in examples.items()} | {
        "invitation-code": invitation.code,
        "carried-folder": folder_name(replica.team[:8]),
        "carried-name": file_name(BUNDLE, ANNA.public, b"\4" * 32),
    }


def differing_examples(page: Path) -> list[str]:
    """The names of the examples that differ or that one side lacks."""
    written, computed = read_examples(page.read_text("utf-8")), compute_examples()
    names = written.keys() | computed.keys()
    return sorted(n for n in names if written.get(n) != computed.get(n))


@case(nullcontext)
def worked_examples(environment: Environment) -> None:
    expect_equal(differing_examples(environment.page), [], "the examples that differ")
