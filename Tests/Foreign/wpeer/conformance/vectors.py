"""The published membership histories give the events that count."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

from ..events import Event
from ..membership import Membership
from ..model_vectors import Translation, effective, load
from .registry import case, expect, expect_equal

PUBLISHED = (
    Path(__file__).resolve().parents[5] / "shared/vectors/membership/membership_vectors.json"
)


@case(nullcontext)
def membership_vectors(_: object) -> None:
    """8: all of them under the model's own rule; by the page only what follows from its rule
    counts besides."""
    if not PUBLISHED.exists():
        return
    others, differing = [], 0
    for v in load(PUBLISHED):
        translation = Translation(v.operations)
        as_model = Membership(translation.replica, model_rule=True)
        if effective(translation, as_model) != v.effective:
            others.append(v.name)
        membership = Membership(translation.replica)
        counting = effective(translation, membership)
        expect(v.effective <= counting, f"{v.name}: something does not count any more")
        differing += counting != v.effective
        further = {translation.events[o] for o in counting - v.effective}
        _expect_to_follow_from_admissions(v.name, membership, further)
    expect_equal(others, [], "histories with another outcome")
    print(f"        published histories, in {differing} of which more counts than in the model")


def _expect_to_follow_from_admissions(
    name: str, membership: Membership, further: set[Event]
) -> None:
    """What counts besides is by persons with an admission beside a grant or another admission,
    and by those whom they admitted."""
    fold, ids = membership.fold, {e.id for e in further}
    for e in further:
        person = membership.graph.author(e)
        admissions = fold.admissions.get(person or b"", [])
        follows = any(a.event.id in ids for a in admissions)
        beside = bool(admissions) and (person in fold.rank or len(admissions) > 1)
        expect(follows or beside, f"{name}: {e.id.hex()[:16]} counts for no reason")
