"""Cases of section 8: who may do what, and what follows for content."""

from __future__ import annotations

from typing import Any

from ..bodies import (
    ADD_DEVICE,
    ADDRESS,
    ADOPT,
    CLOSE,
    CONTENT,
    COUNCIL,
    GRANT,
    MEMBERSHIP,
    READMIT,
    REDUCE,
    REVOKE_DEVICE,
)
from ..cbor import encode
from ..events import Event
from ..fold import Brain
from ..identity import DeviceKeys, H, SigningKey
from ..membership import FOUNDER, MEMBER, MODERATOR, NONE, READER, Membership
from ..replica import Author
from .harness import PeerFounds
from .registry import Environment, case, expect, expect_equal


class Governing(PeerFounds):
    """A team with moderators; laptop listens."""

    def __init__(self, environment: Environment):
        self.recovery = [SigningKey(environment.random.randbytes(32)) for _ in range(3)]
        self.last_decision = b""
        super().__init__(environment)
        self.laptop.listen()

    def rules(self) -> tuple[bool, list[bytes], int]:
        return False, [k.public for k in self.recovery], 2

    def act(self, author: Author, kind: int, *fields: Any, **how: Any) -> Event:
        return self.write_membership(kind, dict(enumerate(fields)), author, **how)

    def member(self, name: str, role: int = MEMBER) -> tuple[DeviceKeys, Author]:
        keys, _ = self.admit(name, self.invite(role=role))
        return keys, self.new_log(keys)

    def moderator(self, name: str) -> tuple[DeviceKeys, Author]:
        keys, author = self.member(name)
        self.grant(keys.person, [keys.public])
        return keys, author

    def cut(self, *events: Event) -> list[Any]:
        return [[e.device, e.log, [e.id]] for e in events]

    def decide(
        self, *proposal: Any, author: Author | None = None, signers: int = 2, raw: bytes = b""
    ) -> Event:
        raw = raw or encode([proposal[0], dict(enumerate(proposal[1:]))])
        previous = self.last_decision
        signed = encode([self.replica.team, previous, raw])
        signatures = [
            [k.public, k.sign("weonomy/1 council", signed)] for k in self.recovery[:signers]
        ]
        self.last_decision = H(encode([previous, raw]))
        return self.act(author or self.author, COUNCIL, raw, previous, signatures)

    def settle(self, keys: DeviceKeys | None = None) -> None:
        """Both hold and show the same."""
        self.session(keys=keys)
        self.expect_same()

    def expect_counting(self, *events: Event, yes: bool = True) -> None:
        membership = Membership(self.replica)
        for e in events:
            is_act = e.class_ == MEMBERSHIP
            counts = e.id in membership.fold.counting if is_act else membership.counts(e)
            expect_equal(counts, yes, f"whether {e.id.hex()[:8]} counts")

    def role(self, keys: DeviceKeys) -> int:
        return Brain(self.replica).persons[keys.person].role


class TwoMustAgree(Governing):
    def rules(self) -> tuple[bool, list[bytes], int]:
        return True, [], 0


@case(Governing)
def cuts(t: Governing) -> None:
    """What lies outside does not count, whatever it cites; a fork is cut on one side."""
    keys, author = t.member("Cut")
    inside = t.share(author=author)
    outside = t.share(author=author)
    branch = t.replica.add(author.event(CONTENT, t.content([0, "share"]), after=inside))
    early = t.invite(author=author)[1]
    reduction = t.exclude(t.author, keys.person, t.cut(inside))
    after = t.share(author=author, parents=[reduction.id])
    another = t.share(author=t.new_log(keys))
    t.settle()
    t.expect_counting(inside, reduction)
    t.expect_counting(outside, branch, early, after, another, yes=False)
    expect_equal(t.role(keys), NONE, "the role")


@case(Governing)
def mutual_exclusion(t: Governing) -> None:
    """The senior one wins; a founder is not reduced by a moderator, nor by itself."""
    (one, by_one), (two, by_two) = t.moderator("Senior"), t.moderator("Junior")
    known = t.membership_heads()
    by_junior = t.exclude(by_two, one.person, parents=known)
    by_senior = t.exclude(by_one, two.person, parents=known)
    of_founder = t.exclude(by_one, t.keys.person)
    t.settle()
    t.expect_counting(by_senior)
    t.expect_counting(by_junior, of_founder, yes=False)


@case(Governing)
def lifts(t: Governing) -> None:
    """By one who is senior enough and knows of the reduction; not what lay outside before."""
    (_, by_one), (_, by_two) = t.moderator("Senior"), t.moderator("Junior")
    keys, author = t.member("Reduced")
    outside = t.share(author=author)
    reduction = t.exclude(by_one, keys.person)
    junior = t.act(by_two, READMIT, keys.person, [reduction.id], [])
    too_early = t.share(author=author, parents=[junior.id])
    t.settle()
    expect_equal(t.role(keys), NONE, "the role after a junior's lift")
    lift = t.act(by_one, GRANT, keys.person, READER, [], [reduction.id])
    unread = t.share(author=author, parents=[lift.id])
    t.settle()
    t.expect_counting(unread)
    t.expect_counting(outside, too_early, yes=False)
    expect_equal(t.role(keys), MEMBER, "the role")


@case(Governing)
def readmission_alone(t: Governing) -> None:
    """8.1: a person of whom no admission counts is a member by a readmission."""
    keys = t.new_keys()
    by_moderator = t.moderator("Moderator")[1]
    readmission = t.act(by_moderator, READMIT, keys.person, [], [keys.device()])
    share = t.share([1, "title", "readmitted"], author=t.new_log(keys), parents=[readmission.id])
    t.admit("By the readmitted", author=t.new_log(keys))
    t.check_equal(t.role(keys), MEMBER, "the role")
    t.session()
    t.expect_counting(share)
    t.expect_same()


@case(Governing)
def leaving(t: Governing) -> None:
    keys, author = t.member("Leaver")
    other, by_other = t.moderator("Demotes itself")
    kept = t.share(author=author)
    left = t.act(author, REDUCE, keys.person, NONE, t.cut(kept), "", False, None)
    after = t.share(author=author, parents=[left.id])
    severe = t.exclude(by_other, other.person)
    t.act(by_other, REDUCE, other.person, MEMBER, [], "", False, None)
    late = t.invite(author=by_other)[1]
    t.settle()
    t.expect_counting(kept, left)
    t.expect_counting(after, severe, late, yes=False)
    expect_equal((t.role(keys), t.role(other)), (NONE, MEMBER), "the roles")


@case(Governing)
def own_devices(t: Governing) -> None:
    """A senior device revokes a junior one of its person, and nobody else's."""
    keys, author = t.member("Owner")
    first, second = t.new_keys(), t.new_keys()
    added = [
        t.act(author, ADD_DEVICE, keys.person, k.device(keys.person)) for k in (first, second)
    ]
    by_first = t.new_log(first)
    inside = t.share(author=by_first, parents=[added[0].id])
    outside = t.share(author=by_first)
    t.act(author, REVOKE_DEVICE, keys.person, first.public, t.cut(inside))
    upwards = t.act(t.new_log(second), REVOKE_DEVICE, keys.person, keys.public, [])
    t.settle()
    t.expect_counting(inside)
    t.expect_counting(outside, upwards, yes=False)


@case(Governing)
def devices_of_others(t: Governing) -> None:
    """8.1: a member who says that another's device is its own takes nothing from it."""
    victim, by_victim = t.member("Victim")
    attacker, by_attacker = t.member("Attacker")
    share = t.share([1, "title", "by the victim"], author=by_victim)
    claim = t.act(by_attacker, REVOKE_DEVICE, attacker.person, victim.public, [])
    of_founder = t.act(by_attacker, REVOKE_DEVICE, attacker.person, t.keys.public, [])
    ours = t.share([1, "title", "by the founder"])
    t.session()
    t.expect_counting(share, ours)
    t.expect_counting(claim, of_founder, yes=False)
    t.expect_same()


@case(Governing)
def stolen_devices(t: Governing) -> None:
    """A moderator revokes a member's device; a member does not."""
    keys, author = t.member("Owner")
    _, by_other = t.member("Other")
    share = t.share(author=author)
    t.act(by_other, REVOKE_DEVICE, keys.person, keys.public, [])
    t.settle()
    t.expect_counting(share)
    t.act(t.moderator("Moderator")[1], REVOKE_DEVICE, keys.person, keys.public, [])
    t.settle()
    t.expect_counting(share, yes=False)


@case(Governing)
def adoption(t: Governing) -> None:
    """What lies outside counts when it is adopted by one senior enough for every cut."""
    _, by_senior = t.moderator("Senior")
    _, by_junior = t.moderator("Junior")
    keys, author = t.member("Cut")
    one, two = (t.share([1, "title", name], author=author) for name in ("one", "two"))
    early = t.act(by_senior, ADOPT, [one.id, two.id])
    t.exclude(by_senior, keys.person)
    t.act(by_junior, ADOPT, [one.id, two.id])
    t.settle()
    t.expect_counting(early)
    t.expect_counting(one, two, yes=False)
    t.act(by_senior, ADOPT, [one.id])
    t.settle()
    t.expect_counting(one)
    t.expect_counting(two, yes=False)
    t.exclude(t.author, keys.person)
    t.settle()
    t.expect_counting(one, yes=False)


@case(Governing)
def invitations_end(t: Governing) -> None:
    """Closed by one as senior; ended with a reduction of who invites."""
    keys, by_moderator = t.moderator("Moderator")
    closed, ended = t.invite(author=by_moderator), t.invite(author=by_moderator)
    before = t.membership_heads()
    known, _ = t.admit("Known", ended)
    t.act(t.author, CLOSE, closed[1].id)
    t.exclude(t.author, keys.person, t.cut(ended[1]))
    late = [t.admit(name, i, parents=before) for name, i in (("1", closed), ("2", ended))]
    t.settle()
    expect_equal(t.role(known), MEMBER, "who was known to the one who ended it")
    t.expect_counting(*(e for _, e in late), yes=False)


@case(Governing)
def address_before_exclusion(t: Governing) -> None:
    _, author = t.moderator("Moderator")
    one, two = t.member("One")[0], t.member("Two")[0]
    address = t.act(author, ADDRESS, one.person, "text", None)
    t.act(author, REDUCE, two.person, NONE, [], "", False, address.id)
    t.act(author, REDUCE, two.person, NONE, [], "", True, None)
    t.act(author, REDUCE, two.person, NONE, [], "a reason", False, None)
    t.settle()
    expect_equal(t.role(two), MEMBER, "the role of who was not addressed")
    t.act(author, REDUCE, one.person, NONE, [], "", False, address.id)
    t.settle()
    expect_equal(t.role(one), NONE, "the role of who was")


@case(TwoMustAgree)
def second_moderator(t: TwoMustAgree) -> None:
    """Two acts of two authors, one after the other; the later one's cut."""
    (_, by_one), (_, by_two) = t.moderator("One"), t.moderator("Two")
    keys, author = t.member("Member")
    first, second = t.share(author=author), t.share(author=author)
    known = t.membership_heads()
    apart = t.exclude(by_one, keys.person, t.cut(second), parents=known)
    t.exclude(by_one, keys.person)
    beside = t.exclude(by_two, keys.person, parents=known)
    t.settle()
    t.expect_counting(apart, beside, yes=False)
    later = t.exclude(by_two, keys.person, t.cut(first))
    t.act(by_one, REVOKE_DEVICE, keys.person, keys.public, [])
    t.settle()
    t.expect_counting(apart, later, first)
    t.expect_counting(second, yes=False)


@case(Governing)
def the_council(t: Governing) -> None:
    """It replaces a founder; who it made founder acts; others' keys from then on."""
    heir, by_heir = t.member("Heir")
    last = t.share()
    t.settle()
    (last_act,) = (t.replica.events[i] for i in t.membership_heads())
    t.decide(REDUCE, t.keys.person, NONE, t.cut(last, last_act), "stolen", True, None)
    t.settle(heir)
    expect_equal(t.role(t.keys), NONE, "the role of the founder")
    t.decide(GRANT, heir.person, FOUNDER, [heir.public], [], author=by_heir, signers=1)
    t.settle(heir)
    expect_equal(t.role(heir), MEMBER, "the role by one signature")
    t.last_decision = Membership(t.replica).fold.council.last
    t.decide(GRANT, heir.person, FOUNDER, [heir.public], [], author=by_heir)
    t.settle(heir)
    expect_equal(t.role(heir), FOUNDER, "the role of the heir")
    old = t.recovery
    t.recovery = [SigningKey(t.randbytes(32)) for _ in range(3)]
    new, t.recovery = t.recovery, old
    t.decide(COUNCIL, [k.public for k in new], 2, author=by_heir)
    keys, _ = t.admit("Last", t.invite(author=by_heir), author=by_heir)
    void = t.decide(REDUCE, keys.person, NONE, [], "by old keys", True, None, author=by_heir)
    t.settle(heir)
    expect_equal(t.role(keys), MEMBER, "the role after a decision by old keys")
    t.recovery, t.last_decision = new, void.value[2][1]
    t.decide(REDUCE, keys.person, NONE, [], "by new keys", True, None, author=by_heir)
    t.settle(heir)
    expect_equal(t.role(keys), NONE, "the role")


def _after(t: Governing, raw: bytes) -> int:
    """The role of a member whom the council excludes after a decision."""
    keys, _ = t.member("Member")
    t.decide(raw=raw)
    t.decide(REDUCE, keys.person, NONE, [], "a reason", True, None)
    t.session()
    t.expect_same()
    return t.role(keys)


@case(Governing)
def decisions_of_another_form(t: Governing) -> None:
    """8.2: a proposal of another form is the last decision."""
    expect_equal(_after(t, encode([99, {}])), MEMBER, "the role")


@case(Governing)
def decisions_with_other_values(t: Governing) -> None:
    """8.2: an exclusion that is not severe is of another form."""
    keys, _ = t.member("Other")
    fields = dict(enumerate([keys.person, NONE, [], "", False, None]))
    expect_equal(_after(t, encode([REDUCE, fields])), MEMBER, "the role")
    expect_equal(t.role(keys), MEMBER, "the other's role")


@case(Governing)
def keys_without_a_majority(t: Governing) -> None:
    """8.2: keys of which half are enough are of another form."""
    raw = encode([COUNCIL, {0: [k.public for k in t.recovery[:2]], 1: 1}])
    expect_equal(_after(t, raw), MEMBER, "the role")


@case(Governing)
def demotion(t: Governing) -> None:
    """Who was a moderator goes on as a member."""
    keys, author = t.moderator("Moderator")
    t.act(t.author, REDUCE, keys.person, MEMBER, [], "", False, None)
    share, invite = t.share(author=author), t.invite(author=author)[1]
    t.settle()
    t.expect_counting(share)
    t.expect_counting(invite, yes=False)
    expect(t.role(keys) < MODERATOR, "the role")


@case(Governing)
def reduction_to_founder(t: Governing) -> None:
    """8.1: there is no such reduction, so the invitations of who is named go on."""
    keys, by_moderator = t.moderator("Moderator")
    invited = t.invite(author=by_moderator)
    known = t.membership_heads()
    reduction = t.act(t.author, REDUCE, keys.person, FOUNDER, [], "a reason", True, None)
    newcomer, admission = t.admit("Newcomer", invited, parents=known)
    expect(newcomer.person in Membership(t.replica).persons, "the newcomer is one of us")
    t.session()
    t.expect_counting(admission)
    t.expect_counting(reduction, yes=False)
    t.expect_same()
