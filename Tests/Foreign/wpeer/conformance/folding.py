"""Cases of sections 8 and 9: what two replicas with the same events show."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from nacl import bindings as sodium

from ..bodies import CONTENT
from ..cbor import INT_MAX, INT_MIN, encode
from ..events import Event
from ..fold import Brain
from ..identity import DeviceKeys, SigningKey, verify
from ..membership import MEMBER, MODERATOR, READER, Membership
from ..messages import INTRODUCE, INTRODUCED, Code
from .harness import PeerFounds, Team, await_message, end_code
from .registry import case, expect, expect_equal

VALUES: list[Any] = [
    None, True, False, 0, -1, "a", "é", "\U0001f600x", b"\0", [1, [2]], {1: 2, "k": None},
    INT_MAX, INT_MIN,
]  # fmt: skip
FIELDS = ["title", "body", "t", "é"]


def _random_change(t: Team) -> list[Any]:
    choose = t.random.choice
    number, field, value = choose([1, 1, 2, 2, 3, 4, 5, 5, 6, 7, 8]), choose(FIELDS), choose(VALUES)
    if number == 4:
        return [4, field, choose([1, -1, INT_MAX, INT_MIN])]
    if number == 5:
        return [5, field, [_random_hunk(t) for _ in range(t.random.randrange(4))]]
    if number == 6:
        return [6, field, choose(VALUES), value]
    if number == 7:
        return [7, [t.randbytes(32)]]
    return [8, value] if number == 8 else [number, field, value]


def _random_hunk(t: Team) -> list[Any]:
    choose = t.random.choice
    return [
        choose([0, 1, 3, 99, INT_MAX]),
        choose([0, 1, 7, INT_MAX]),
        choose(["", "a", "\U0001f600", "e\u0301"]),
    ]


def _random_wall(t: Team) -> int:
    return t.random.choice([INT_MIN, INT_MAX, 0, t.random.randrange(10**12)])


def _write_at_random(t: PeerFounds, n: int) -> None:
    """Edits of a few objects by some members, one of whom does not count, some without body."""
    keys = [t.admit("One")[0], t.admit("Two")[0], t.admit("Nobody", proof=bytes(64))[0]]
    authors = [t.author, *(t.new_log(k) for k in keys)]
    objects: list[list[Event]] = []
    for _ in range(n):
        author = t.random.choice(authors)
        changes = [_random_change(t) for _ in range(t.random.randrange(1, 5))]
        how: dict[str, Any] = {"wall": _random_wall(t)}
        if not objects or t.random.random() < 0.1:
            changes.insert(0, [0, "share"])
            objects.append([])
        else:
            events = t.random.choice(objects[-3:])
            how["object_"] = events[0].id
            how["parents"] = [e.id for e in t.random.choices(events[-5:], k=2)]
            objects.append(objects.pop(objects.index(events)))
        event = author.event(CONTENT, t.content(*changes), **how)
        if t.random.random() < 0.1:
            event.body = None
        objects[-1].append(t.replica.add(event))


@case(PeerFounds)
def random_edits(t: PeerFounds) -> None:
    """9: every kind of change, in every order."""
    t.laptop.listen()
    for n in range(2):
        _write_at_random(t, 120)
        t.session()
        t.expect_same(f"after {n + 1} times")


@case(PeerFounds)
def random_texts(t: PeerFounds) -> None:
    """9.1: three persons change one text, mostly without knowing of each other."""
    t.laptop.listen()
    authors = [t.author, *(t.new_log(t.admit(name)[0]) for name in ("One", "Two"))]
    nobody = t.new_log(t.admit("Nobody", proof=bytes(64))[0])
    for _ in range(3):
        events = [t.share([5, "body", [[0, 0, "The cat sat."]]])]
        for n in range(60):
            author = nobody if t.random.random() < 0.05 else t.random.choice(authors)
            hunks = [
                [
                    t.random.randrange(20),
                    t.random.choice([0, 0, 1, 3]),
                    t.random.choice(["", "ab", f"[{n}]", "\U0001f600"]),
                ]
                for _ in range(t.random.randrange(1, 3))
            ]
            parents = [e.id for e in t.random.sample(events[-8:], min(2, len(events)))]
            edit = t.edit(events[0], [5, "body", hunks], author=author, parents=parents)
            if t.random.random() < 0.05:
                t.replica.events[edit.id].body = None
            events.append(edit)
    t.session()
    t.expect_same()


@case(PeerFounds)
def text_of_both(t: PeerFounds) -> None:
    """9.1: what two persons type at one place is not mixed."""
    t.laptop.listen()
    share = t.share([1, "title", "T"], [5, "body", [[0, 0, "one three"]]])
    t.session()
    t.laptop.run("edit", share.id.hex(), "--message", "one, two three")
    t.edit(share, [5, "body", [[9, 0, " four"]]])
    t.session()
    t.expect_same()
    (text,) = [state[5]["body"] for state in _states(t) if state[0] == share.id]
    expect_equal(text, "one, two three four", "the text")


def _states(t: Team) -> list[list[Any]]:
    brain = Brain(t.replica)
    return [brain.state(where) for where in brain.objects]


@case(PeerFounds)
def order_inside_one_event(t: PeerFounds) -> None:
    """9: changes of one event follow each other; a remove takes what other events added."""
    t.laptop.listen()
    titles = [1, "title", "one"], [1, "title", "two"]
    share = t.share(*titles, [2, "topics", "a"], [2, "topics", "b"])
    t.edit(
        share,
        [2, "topics", "c"],
        [3, "topics", "a"],
        [3, "topics", "c"],
        [6, "reaction", "used", True],
        [1, "title", "three"],
        [5, "body", [[0, 0, "ab"], [1, 1, "c"]]],
        [5, "body", [[99, 9, "d"]]],
        [0, "need"],
    )
    t.session()
    t.expect_same()


@case(PeerFounds)
def null_competes(t: PeerFounds) -> None:
    t.laptop.listen()
    share = t.share([1, "title", "one"])
    for value in (None, "two", None):
        t.edit(share, [1, "title", value], [6, "reaction", "used", value])
    t.session()
    t.expect_same()


@case(PeerFounds)
def created_and_named_objects(t: PeerFounds) -> None:
    """9: they are two, also where their 32 bytes are equal; in a named one one person counts."""
    t.laptop.listen()
    t.session()
    share = t.share([1, "title", "created"])

    def named(name: bytes, *changes: Any, **how: Any) -> Event:
        author = how.pop("author", t.author)
        return author.write(CONTENT, t.content(*changes), object_=name, **how)  # type: ignore[no-any-return]

    of_share = named(share.id, [1, "title", "named by the share"])
    keys, _ = t.admit("Quinn")
    others = t.new_log(keys)
    own = named(t.keys.person, [0, "profile"], [1, "name", "Piet"])
    named(t.keys.person, [1, "name", "by Quinn"], author=others)
    named(t.keys.person, [1, "name", "by Quinn, after"], author=others, parents=[own.id])
    named(keys.person, [0, "profile"], [1, "name", "Quinn"], author=others)
    named(t.keys.person, [1, "contact", "apart"])
    t.session()
    t.expect_same()
    both = t.author.event(CONTENT, t.content(), object_=share.id, parents=[share.id, of_share.id])
    expect_equal(t.code_after_events(both), Code.BAD_EVENT, "parents of both")


def _three_titles(t: PeerFounds, change: Callable[[Event], Event]) -> None:
    """A second title, made by `change` from an event that does not count, between two others."""
    share = t.share([1, "title", "one"], [2, "topics", "a"])
    between = change(share)
    t.edit(share, [1, "title", "three"], [6, "reaction", "used", True], parents=[between.id])
    t.session()
    t.expect_same()


@case(PeerFounds)
def causality_through_absent_bodies(t: PeerFounds) -> None:
    """9: a ≺ b also through an event that has no body here."""

    def without_body(share: Event) -> Event:
        body = t.content([1, "title", "two"])
        bare = t.author.event(CONTENT, body, object_=share.id, parents=[share.id])
        bare.body = None
        return t.replica.add(bare)

    t.laptop.listen()
    _three_titles(t, without_body)


@case(PeerFounds)
def causality_through_events_that_do_not_count(t: PeerFounds) -> None:
    """9: a ≺ b also through an event of a device that is nobody's."""

    def by_nobody(share: Event) -> Event:
        keys, _ = t.admit("Nobody", proof=bytes(64))
        return t.edit(share, [1, "title", "two"], author=t.new_log(keys))

    t.laptop.listen()
    _three_titles(t, by_nobody)


# --- membership -----------------------------------------------------------------------------------


def _names(t: Team) -> dict[str, int]:
    return {p.name: p.role for p in Membership(t.replica).persons.values()}


@case(PeerFounds)
def roles_and_admissions(t: PeerFounds) -> None:
    """8: which invites, grants and admits count."""
    t.laptop.listen()
    first, _ = t.admit("Moderator")
    t.grant(first.person, [first.public])
    by_moderator = t.new_log(first)
    second, _ = t.admit("By a moderator", t.invite(author=by_moderator))
    by_member = t.new_log(second)
    third, _ = t.admit("Granted in turn")
    t.grant(third.person, [third.public], author=by_moderator)
    t.admit("By one granted in turn", t.invite(author=t.new_log(third)))
    t.grant(second.person, [second.public], role=MEMBER)
    t.grant(t.keys.person, [t.keys.public], author=by_moderator)
    t.admit("Uninvited", t.invite(author=by_member))
    t.admit("Admitted by a member", author=by_member)
    t.admit("Bad proof", proof=bytes(64))
    t.admit("Another person", person=bytes(32))
    t.admit("Too high a role", t.invite(role=MODERATOR))
    t.admit("Reader", t.invite(role=READER))
    t.admit("No role", t.invite(role=0))
    t.admit("Again", t.invite(role=READER), keys=second)
    t.admit("No device", devices=[])
    t.grant(t.randbytes(32), [])
    t.session()
    t.expect_same()
    expect_equal(
        _names(t),
        {
            "Piet": 4,
            "Bram": 2,
            "Moderator": 3,
            "By a moderator": 2,
            "Granted in turn": 3,
            "": 3,
            "By one granted in turn": 2,
            "Admitted by a member": 2,
            "Reader": 1,
            "No role": 0,
        },
        "names and roles",
    )


@case(PeerFounds)
def content_of_every_role(t: PeerFounds) -> None:
    """8.3, 11.2: content of roles 0 and 1 does not count; with role 0 a device is put out."""
    t.laptop.listen()
    for role in (0, 1):
        keys, _ = t.admit(f"Role {role}", t.invite(role=role))
        t.share(author=t.new_log(keys))
        t.session()
        t.expect_same(f"with content of role {role}")
        if role == 0:
            channel = t.greeted(keys)
            expect_equal(end_code(channel), Code.EXCLUDED, "a session with role 0")
        else:
            t.session(keys=keys)


@case(PeerFounds)
def standing_in_a_content_log(t: PeerFounds) -> None:
    """8: content counts from where its log names an admission of its person that counts."""
    t.laptop.listen()
    keys = t.new_keys()
    _, void = t.admit("Void", keys=keys, proof=bytes(64))
    early = t.new_log(keys, void.id)
    share = t.share([1, "title", "before"], author=early)
    _, admission = t.admit("Valid", keys=keys)
    t.share([1, "title", "still before"], author=early)
    t.edit(share, [1, "title", "from here"], author=early, parents=[share.id, admission.id])
    t.share([1, "title", "after"], author=early)
    other, of_other = t.admit("Other")
    t.share(author=t.new_log(keys, void.id), parents=[of_other.id])
    granted = t.new_keys()
    t.share(author=t.new_log(granted, t.grant(t.randbytes(32), [granted.public]).id))
    t.session()
    t.expect_same()
    _ = other


@case(PeerFounds)
def contested_devices(t: PeerFounds) -> None:
    """8: a device stays whose it was first, with the channel key that was named first."""
    t.laptop.listen()
    one, two = t.new_keys(), t.new_keys()
    shared = t.new_keys()

    def devices(of: DeviceKeys, *more: DeviceKeys) -> list[Any]:
        return [k.device(of.person) for k in (of, *more)]

    t.admit("One", keys=one, devices=devices(one, shared))
    _, second = t.admit("Two", keys=two, devices=devices(two, shared))
    t.share(author=t.new_log(shared))
    t.share(author=t.new_log(shared, second.id))
    many = [t.new_keys() for _ in range(17)]
    t.admit("Two again", keys=two, devices=devices(two, *many[:10]))
    _, last = t.admit("And again", keys=two, devices=devices(two, *many[8:]))
    t.admit("With 17 devices", keys=many[0], devices=devices(many[0], *many[1:]))
    t.share(author=t.new_log(many[12]))
    t.share(author=t.new_log(many[15], last.id))
    changed = DeviceKeys(one.signing, t.randbytes(32))
    t.admit("One with another channel key", keys=changed)
    t.session()
    t.expect_same()
    t.session(keys=one)
    expect_equal(t.code_after(keys=changed), Code.BAD_PROOF, "the channel key named later")


@case(PeerFounds)
def an_admission_by_a_contested_device(t: PeerFounds) -> None:
    """8: an admit needs an admission of the person who has its author's device in its past."""
    t.laptop.listen()
    shared, one, two = t.new_keys(), t.new_keys(), t.new_keys()
    invited = t.invite()
    _, of_one = t.admit("One", invited, one, [one.device(), shared.device(one.person)])
    apart = t.new_log()
    first = t.invite(author=apart, parents=[t.replica.team])
    devices = [two.device(), shared.device(two.person)]
    _, of_two = t.admit("Two", first, two, devices, author=apart, parents=[first[1].id])
    for lister, name in ((of_one, "By a device of One"), (of_two, "By a device of Two")):
        author = t.new_log(shared, lister.id)
        invite = invited if lister is of_one else first
        t.admit(name, invite, author=author, parents=[lister.id])
    t.session()
    t.expect_same()
    names = set(_names(t))
    expect_equal(names, {"Piet", "Bram", "One", "Two", "By a device of Two"}, "names")


@case(PeerFounds)
def grants_that_authors_name(t: PeerFounds) -> None:
    """7: an author names the grant to it in the next event of its content log."""
    t.laptop.listen()
    t.session()
    t.laptop.run("share", "-m", "before")
    (bram,) = [p for p in Membership(t.replica).persons.values() if p.name == "Bram"]
    grant = t.grant(bram.id, bram.devices)
    t.session()
    for n, names in ((1, True), (2, False)):
        known = set(t.replica.events)
        t.laptop.run("share", "-m", f"after {n}")
        t.session()
        (written,) = [e for e in t.replica.of_class(CONTENT) if e.id not in known]
        expect_equal(grant.id in written.parents, names, f"whether event {n} names the grant")


class MixedOrderKey(SigningKey):
    """A key that is not in the main subgroup, with signatures that verify all the same."""

    POINT_OF_ORDER_8 = bytes.fromhex(
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"
    )

    def __init__(self, randbytes: Callable[[int], bytes]):
        self._randbytes = randbytes
        self._scalar = sodium.crypto_core_ed25519_scalar_reduce(randbytes(64))
        point = sodium.crypto_scalarmult_ed25519_base_noclamp(self._scalar)
        self.public = sodium.crypto_core_ed25519_add(point, self.POINT_OF_ORDER_8)

    def sign(self, domain: str, message: bytes) -> bytes:
        signed = domain.encode() + b"\0" + message
        while True:
            r = sodium.crypto_core_ed25519_scalar_reduce(self._randbytes(64))
            point = sodium.crypto_scalarmult_ed25519_base_noclamp(r)
            digest = hashlib.sha512(point + self.public + signed).digest()
            k = sodium.crypto_core_ed25519_scalar_reduce(digest)
            if k[0] % 8 == 0:
                product = sodium.crypto_core_ed25519_scalar_mul(k, self._scalar)
                return point + sodium.crypto_core_ed25519_scalar_add(r, product)


@case(PeerFounds)
def keys_of_mixed_order(t: PeerFounds) -> None:
    """6: an enrolled key must be of the main subgroup; an invitation's need not be."""
    t.laptop.listen()
    keys = DeviceKeys(MixedOrderKey(t.randbytes), t.randbytes(32))
    device = keys.device()
    signed = encode([keys.person, *device[:3]])
    expect(verify(keys.public, "weonomy/1 device", signed, device[3]), "the signature verifies")
    t.admit("Mixed", keys=keys)
    t.share(author=t.new_log(keys))
    invitation, invite = t.invite()
    invitation.key = MixedOrderKey(t.randbytes)
    fields = {**invite.value[2], 0: invitation.key.public}
    t.admit("By a mixed invitation", (invitation, t.write_membership(1, fields)))
    t.session()
    t.expect_same()
    expect_equal(set(_names(t)), {"Piet", "Bram", "By a mixed invitation"}, "names")


@case(PeerFounds)
def past_through_malformed_membership(t: PeerFounds) -> None:
    """8: past(e) is all that is reached; an event that is not applied cuts nothing."""
    t.laptop.listen()
    for kind, fields in ((1, {}), (1, {0: 0}), (3, {1: 7}), (5, {0: 0}), (12, {0: 1}), (99, {})):
        t.write_membership(kind, fields)
    t.admit("After them")
    t.session()
    t.expect_same()
    expect("After them" in _names(t), "the admit counts")
