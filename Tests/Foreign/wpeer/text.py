"""Section 9.1: the text of a field, merged scalar by scalar.

This follows the page's own steps and is slow on purpose; only a text of which no writes are
concurrent takes the short way that the page allows.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, field
from itertools import pairwise

Hunk = tuple[int, int, str]  # at, delete, insert
Who = tuple[bytes, int, bytes]  # person, lamport, event id


@dataclass(frozen=True)
class TextWrite:
    """All hunks of a field by one counting event."""

    event: bytes
    person: bytes
    lamport: int
    past: Set[bytes]  # event ids, also of events that do not count
    hunks: list[Hunk]

    @property
    def who(self) -> Who:
        return self.person, self.lamport, self.event


@dataclass(eq=False)
class _Item:
    scalar: str
    by: Who
    left: _Item | None
    right: _Item | None
    deleted_by: set[bytes] = field(default_factory=set)


class _View:
    """What one event's author saw of the items."""

    def __init__(self, items: list[_Item], write: TextWrite):
        self.items, self.write = items, write
        self.seen = write.past | {write.event}

    def is_known(self, item: _Item) -> bool:
        return item.by[2] in self.seen

    def visible(self) -> list[_Item]:
        return [x for x in self.items if self.is_known(x) and not x.deleted_by & self.seen]

    def _index(self, item: _Item | None, none: int) -> int:
        return none if item is None else self.items.index(item)

    def apply(self, hunk: Hunk) -> None:
        at, delete, insert = hunk
        visible = self.visible()
        at = min(at, len(visible))
        for item in visible[at : at + delete]:
            item.deleted_by.add(self.write.event)
        left = visible[at - 1] if at else None
        for scalar in insert:
            left = self._insert(scalar, left)

    def _insert(self, scalar: str, left: _Item | None) -> _Item:
        after_left = self._index(left, -1) + 1
        right = next((x for x in self.items[after_left:] if self.is_known(x)), None)
        if right is not None and right.left is not left:
            right = None
        item = _Item(scalar, self.write.who, left, right)
        self.items.insert(self._place(item, after_left), item)
        return item

    def _place(self, item: _Item, after_left: int) -> int:
        place = i = after_left
        searching = False
        end = len(self.items)
        while i < end and not self.is_known(self.items[i]):
            other = self.items[i]
            if self._index(other.left, -1) < self._index(item.left, -1):
                break
            if other.left is item.left:
                if other.right is item.right and item.by < other.by:
                    break
                searching = self._index(other.right, end) < self._index(item.right, end)
            i += 1
            if not searching:
                place = i
        return place


def merge(writes: list[TextWrite]) -> str:
    """The text that writes make, which are by (lamport, id)."""
    if all(a.event in b.past for a, b in pairwise(writes)):
        text = ""
        for at, delete, insert in (hunk for write in writes for hunk in write.hunks):
            at = min(at, len(text))
            text = text[:at] + insert + text[at + min(delete, len(text) - at) :]
        return text
    items: list[_Item] = []
    for write in writes:
        view = _View(items, write)
        for hunk in write.hunks:
            view.apply(hunk)
    return "".join(item.scalar for item in items if not item.deleted_by)
