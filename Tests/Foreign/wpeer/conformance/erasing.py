"""Cases of section 9.3: erased bodies go, stay away, and leave their headers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from .. import brain_file
from ..bodies import ADOPT, CONTENT, READMIT, REDUCE
from ..events import Event
from ..fold import erase
from ..membership import NONE
from ..replica import Replica
from .harness import PeerFounds
from .registry import case, expect, expect_equal

SECRET = "that must go"


class Erasing(PeerFounds):
    def titled(self, text: str = SECRET, **how: object) -> Event:
        return self.share([1, "title", text], **how)  # type: ignore[arg-type]

    def sync(self) -> None:
        erase(self.replica)
        self.session()
        self.expect_same()

    def expect_erased(self, *events: Event) -> None:
        bodies = self.bodies()
        for e in events:
            expect(e.id in bodies, "the header stays")
            expect(not bodies[e.id], "the body is gone")

    def expect_kept(self, *events: Event) -> None:
        bodies = self.bodies()
        expect(all(bodies[e.id] for e in events), "the body stays")

    def give_again(self, *events: Event) -> None:
        probe = self.probe()
        self.give(*([[e]] for e in events), [[probe]], stored=[probe])
        self.replica.add(probe)

    def import_again(self, *events: Event) -> None:
        path = Path(self.laptop.folder, "old.jsonl")
        lines = "".join(map(brain_file.line_of, events))
        path.write_text(brain_file.first_line(self.replica.team) + lines, "utf-8")
        self.laptop.attempt("import", str(path))


def _expect_stubs(t: Erasing, *events: Event) -> None:
    """What the program sends to someone new."""
    keys, _ = t.admit("New")
    t.session()
    replica = Replica(t.replica.team)
    for e in t.replica.events.values():
        if e.class_ != CONTENT:
            replica.put(replace(e))
    t.session(keys=keys, replica=replica)
    for e in events:
        expect_equal(replica.events[e.id].body, None, "the body that is sent")
    expect_equal(replica.fingerprint(), t.replica.fingerprint(), "what is sent")


@case(Erasing)
def erasures(t: Erasing) -> None:
    """By the author and by a moderator; another member's has no effect."""
    t.laptop.listen()
    member, other = (t.admit(name)[0] for name in ("Member", "Other"))
    by_member, by_other = t.new_log(member), t.new_log(other)
    own, of_member, kept = (t.titled(author=by_member) for _ in range(3))
    ours = t.titled()
    t.sync()
    old = [replace(e) for e in (own, of_member, ours)]
    t.edit(own, [7, [own.id]], [1, "title", "new"], author=by_member)
    t.edit(of_member, [7, [of_member.id]])
    t.edit(kept, [7, [kept.id]], author=by_other)
    t.edit(ours, [7, [ours.id]], author=t.new_log())
    t.sync()
    t.expect_erased(own, of_member, ours)
    t.expect_kept(kept)
    t.give_again(*old)
    t.import_again(*old)
    t.expect_same("after the bodies came again")
    t.expect_erased(*old)
    _expect_stubs(t, own, of_member, ours)


@case(Erasing)
def erasure_before_what_it_erases(t: Erasing) -> None:
    """An event that comes after its erasure, with its body or without."""
    t.laptop.listen()
    share = t.titled("stays")
    t.sync()
    apart = t.replica.copy()
    late, bare = (
        t.edit(share, [1, "title", SECRET], author=t.new_log(replica=apart)) for _ in range(2)
    )
    t.edit(share, [7, [late.id, bare.id]])
    t.sync()
    for e in (replace(late), replace(bare, body=None)):
        t.replica.put(e)
    t.session()
    erase(t.replica)
    t.expect_same("after they came")
    t.give_again(late, bare)
    t.expect_same("after the bodies came")
    t.expect_erased(late, bare)


@case(Erasing)
def an_erasure_whose_body_comes_later(t: Erasing) -> None:
    """It was named by another erasure when nobody here could see that it holds one."""
    t.laptop.listen()
    share = t.titled()
    t.sync()
    holding = t.author.event(CONTENT, t.content([7, [share.id]]), share.id, [share.id])
    body, holding.body = holding.body, None
    t.replica.add(holding)
    t.edit(share, [7, [holding.id]])
    t.sync()
    t.give_again(replace(holding, body=body))
    t.replica.add_body(holding, body)
    erase(t.replica)
    t.expect_same("after the body came")
    t.expect_erased(share)
    t.expect_kept(holding)


@case(Erasing)
def erasure_of_an_erasure(t: Erasing) -> None:
    """An event with an erasure stays, and what it erased stays away."""
    t.laptop.listen()
    share = t.titled()
    first = t.edit(share, [7, [share.id]])
    old = replace(share)
    second = t.edit(first, [7, [first.id, share.id]])
    t.edit(second, [7, [second.id]])
    t.sync()
    t.expect_kept(first, second)
    t.give_again(old)
    t.expect_erased(share)


@case(Erasing)
def erasure_of_another_object(t: Erasing) -> None:
    """It takes only what is of its own object; in a profile a moderator's takes effect too."""
    t.laptop.listen()
    member, _ = t.admit("Member")
    author = t.new_log(member)
    one, two = t.titled("one", author=author), t.titled("two", author=author)
    t.edit(one, [7, [two.id]], author=author)
    body = t.content([0, "profile"], [1, "contact", SECRET])
    profile = author.write(CONTENT, body, object_=member.person)
    t.edit(profile, [7, [profile.id]], [1, "contact", "by a moderator"])
    t.sync()
    t.expect_kept(two)
    t.expect_erased(profile)


@case(Erasing)
def erasure_of_ones_own_in_the_profile_of_another(t: Erasing) -> None:
    """It takes effect, though nothing of either counts there."""
    t.laptop.listen()
    author = t.new_log(t.admit("Member")[0])
    stray = author.write(CONTENT, t.content([1, "contact", SECRET]), object_=t.keys.person)
    t.edit(stray, [7, [stray.id]], author=author)
    t.sync()
    t.expect_erased(stray)


@case(Erasing)
def erasure_that_stops_counting(t: Erasing) -> None:
    """The moderator who erased is cut off before it: the body is taken again."""
    t.laptop.listen()
    moderator, member = t.admit("Moderator")[0], t.admit("Member")[0]
    grant = t.grant(moderator.person, [moderator.public])
    share = t.titled(author=t.new_log(member))
    by_moderator = t.new_log(moderator)
    erasing = t.edit(share, [7, [share.id]], author=by_moderator, parents=[share.id, grant.id])
    old = replace(share)
    t.sync()
    t.expect_erased(share)
    fields = [moderator.person, NONE, [], "erases what is not to be erased", True, None]
    t.write_membership(REDUCE, dict(enumerate(fields)))
    t.sync()
    t.give_again(old)
    t.replica.add_body(share, old.body)
    t.expect_same("with the body again")
    t.expect_kept(share, erasing)


@case(Erasing)
def erasure_that_counts_later(t: Erasing) -> None:
    """Its author is cut off before it, and it is adopted; in an object of its own, and in the
    profile of another."""
    t.laptop.listen()
    member, _ = t.admit("Member")
    author = t.new_log(member)
    share = t.titled(author=author)
    stray = author.write(CONTENT, t.content([1, "contact", SECRET]), object_=t.keys.person)
    erasures = [t.edit(e, [7, [e.id]], author=author) for e in (share, stray)]
    cut = [[member.public, author.log, [stray.id]]]
    fields = [member.person, NONE, cut, "a reason", True, None]
    t.write_membership(REDUCE, dict(enumerate(fields)))
    t.sync()
    t.expect_kept(share, stray)
    t.write_membership(ADOPT, {0: [e.id for e in erasures]})
    t.sync()
    t.expect_erased(share, stray)


@case(Erasing)
def erasure_of_a_device_that_did_not_join(t: Erasing) -> None:
    """8, 9.3: whose a device is holds whether the event counts that states it."""
    t.laptop.listen()
    member, _ = t.admit("Member")
    author, second = t.new_log(member), t.new_keys()
    fields = {0: member.person, 1: [], 2: [second.device(member.person)]}
    void = t.write_membership(READMIT, fields, author)
    share = t.titled("shown", author=author)
    stray = t.edit(
        share, [1, "title", SECRET], author=t.new_log(second), parents=[share.id, void.id]
    )
    t.edit(stray, [7, [stray.id]], author=author)
    t.sync()
    t.expect_erased(stray)
