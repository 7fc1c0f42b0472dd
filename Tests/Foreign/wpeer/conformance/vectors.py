"""The published membership histories give the events that count."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

from ..membership import Membership
from ..model_vectors import Translation, Vector, effective, load
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
    vectors = load(PUBLISHED)
    others = [v.name for v in vectors if effective(v, model_rule=True) != v.effective]
    expect_equal(others, [], "histories with another outcome")
    differing = 0
    for v in vectors:
        counting = effective(v, model_rule=False)
        expect(v.effective <= counting, f"{v.name}: something does not count any more")
        differing += counting != v.effective
        _expect_to_follow_from_admissions(v, counting - v.effective)
    print(f"        {len(vectors)} histories, in {differing} more counts than in the model")


def _expect_to_follow_from_admissions(v: Vector, further: set[str]) -> None:
    """What counts besides is by persons with an admission beside a grant or another admission,
    and by those whom they admitted."""
    translation = Translation(v.operations)
    membership = Membership(translation.replica)
    fold, ids = membership.fold, {translation.events[o].id for o in further}
    for o in further:
        person = membership.graph.author(translation.events[o])
        admissions = fold.admissions.get(person or b"", [])
        follows = any(a.event.id in ids for a in admissions)
        beside = bool(admissions) and (person in fold.rank or len(admissions) > 1)
        expect(follows or beside, f"{v.name}: {o} counts for no reason")
